/* Authorisations: whom they can name, and for what. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include "api/identity/authorisation.h"

#include <string.h>

#define USCC "52440307EXAMP00156"

static void authorisations_name_lenders_and_the_organiser_and_nobody_else(void **state)
{
    static const struct caller OFFICER = {.roles = CALLER_OFFICER, .lender = "bank"}, DIRECTOR = {.roles = CALLER_DIRECTOR, .uscc = USCC},
                               REGULATOR = {.roles = CALLER_REGULATOR}, ORGANISER = {.roles = CALLER_ORGANISER};
    char text[AUTHORISATION_GRANTEE_SIZE];
    (void)state;

    assert_string_equal(authorisation_grantee_of(&OFFICER, text), "lender/bank");
    assert_string_equal(authorisation_grantee_of(&ORGANISER, text), "organiser");
    assert_null(authorisation_grantee_of(&DIRECTOR, text));
    assert_null(authorisation_grantee_of(&REGULATOR, text));
}

static void a_scope_has_each_part_once(void **state)
{
    static const char *const BOTH[] = {"visits", "contracts"}, *const TWICE[] = {"visits", "visits"}, *const OTHER[] = {"visits", "all"};
    struct zcd_error err;
    unsigned scopes = 0;
    (void)state;

    assert_int_equal(authorisation_scopes_read(BOTH, 2, &scopes, &err), ZCD_OK);
    assert_int_equal(scopes, AUTHORISATION_VISITS | AUTHORISATION_CONTRACTS);
    assert_int_equal(authorisation_scopes_read(BOTH, 0, &scopes, &err), ZCD_INVALID);
    assert_int_equal(authorisation_scopes_read(TWICE, 2, &scopes, &err), ZCD_INVALID);
    assert_string_equal(err.pointer, "/1");
    assert_int_equal(authorisation_scopes_read(OTHER, 2, &scopes, &err), ZCD_INVALID);
    assert_string_equal(err.pointer, "/1");
}

static void takes_no_other_grantee_and_no_other_purpose(void **state)
{
    static const char *const GRANTEES[] = {"", "lender", "lender/", "round/", "Organiser", "organiser/", "bank", "lender/a\nb", "lender/\xff"};
    char long_one[AUTHORISATION_GRANTEE_SIZE + 1] = "lender/";
    struct zcd_error err;
    (void)state;

    for (size_t i = 0; i < sizeof GRANTEES / sizeof *GRANTEES; i++)
        assert_int_equal(authorisation_grantee_check(GRANTEES[i], &err), ZCD_INVALID);
    for (size_t i = strlen(long_one); i < sizeof long_one - 1; i++)
        long_one[i] = 'x';
    assert_int_equal(authorisation_grantee_check(long_one, &err), ZCD_INVALID);
    long_one[AUTHORISATION_GRANTEE_SIZE - 1] = '\0';
    assert_int_equal(authorisation_grantee_check(long_one, &err), ZCD_OK);
    assert_int_equal(authorisation_grantee_check("round/2026-1", &err), ZCD_OK);
    assert_int_equal(authorisation_grantee_check("organiser", &err), ZCD_OK);
    assert_int_equal(authorisation_purpose_check("matching", &err), ZCD_OK);
    assert_int_equal(authorisation_purpose_check("curiosity", &err), ZCD_INVALID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(authorisations_name_lenders_and_the_organiser_and_nobody_else),
        cmocka_unit_test(takes_no_other_grantee_and_no_other_purpose),
        cmocka_unit_test(a_scope_has_each_part_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
