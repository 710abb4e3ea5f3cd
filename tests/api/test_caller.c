#include "api/identity/caller.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

static void roles_are_written_and_read_back(void **state)
{
    (void)state;
    for (unsigned roles = 1; roles <= CALLER_ANYBODY; roles++) {
        char text[CALLER_ROLES_TEXT_SIZE];
        struct zcd_error err;
        unsigned read = 0;

        assert_int_equal(caller_roles_parse(caller_roles_format(roles, text), &read, &err), ZCD_OK);
        assert_int_equal(read, roles);
    }
    char text[CALLER_ROLES_TEXT_SIZE];
    assert_string_equal(caller_roles_format(CALLER_SYSTEM | CALLER_OFFICER, text), "officer,system");
    assert_string_equal(caller_role_name(caller_role_first(CALLER_SYSTEM | CALLER_APPROVER)), "approver");
}

static void refuses_what_names_no_role(void **state)
{
    static const char *const CASES[] = {"", "king", "officer,", ",officer", "officer,officer", "Officer", "officer approver"};
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct zcd_error err;
        unsigned roles = 77;
        assert_int_equal(caller_roles_parse(CASES[i], &roles, &err), ZCD_INVALID);
        assert_int_equal(roles, 77);
    }
}

static void nobody_serves_two_masters(void **state)
{
    static const struct {
        unsigned roles;
        const char *lender, *uscc;
        bool is_fine;
    } CASES[] = {
        {CALLER_OFFICER | CALLER_APPROVER | CALLER_ADMIN | CALLER_SYSTEM | CALLER_RISK_MANAGER, "b", NULL, true},
        {CALLER_DIRECTOR, NULL, "u", true},
        {CALLER_REGULATOR | CALLER_ORGANISER, NULL, NULL, true},
        {CALLER_OFFICER, NULL, NULL, false},
        {CALLER_OFFICER, NULL, "u", false},
        {CALLER_OFFICER, "b", "u", false},
        {CALLER_DIRECTOR, "b", NULL, false},
        {CALLER_DIRECTOR, NULL, NULL, false},
        {CALLER_REGULATOR, "b", NULL, false},
        {CALLER_OFFICER | CALLER_REGULATOR, "b", NULL, false},
        {0, "b", NULL, false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct zcd_error err;
        assert_int_equal(caller_roles_check(CASES[i].roles, CASES[i].lender, CASES[i].uscc, &err) == ZCD_OK, CASES[i].is_fine);
    }
}

static void what_is_ones_own(void **state)
{
    const struct caller officer = {.roles = CALLER_OFFICER, .lender = "b"};
    const struct caller director = {.roles = CALLER_DIRECTOR, .uscc = "u"};
    const struct caller regulator = {.roles = CALLER_REGULATOR};
    const struct caller organiser = {.roles = CALLER_ORGANISER};
    (void)state;

    assert_true(caller_owns(&officer, "b", "u"));
    assert_false(caller_owns(&officer, "c", "u"));
    assert_false(caller_owns(&officer, NULL, "u"));
    assert_true(caller_owns(&director, "b", "u"));
    assert_true(caller_owns(&director, NULL, "u"));
    assert_false(caller_owns(&director, "b", "v"));
    assert_false(caller_owns(&director, "b", ""));
    assert_false(caller_owns(&director, "b", NULL));
    assert_true(caller_owns(&regulator, NULL, NULL));
    assert_true(caller_owns(&regulator, "c", "v"));
    assert_false(caller_owns(&organiser, "b", "u"));
    assert_false(caller_owns(&organiser, NULL, NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(roles_are_written_and_read_back),
        cmocka_unit_test(refuses_what_names_no_role),
        cmocka_unit_test(nobody_serves_two_masters),
        cmocka_unit_test(what_is_ones_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
