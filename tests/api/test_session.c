/* The session's cookie among others, and its CSRF token; the expected digest is by Python's hashlib. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include "api/identity/session.h"

#include <string.h>

#define COUNT_OF(array) (sizeof(array) / sizeof(array)[0])
#define VALUE "zcd_0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define CSRF "a53ad8c29f3415d3338ce23ebe620324e78d59127a2923ce63edaf3987dc6006"

static void finds_its_cookie_among_others(void **state)
{
    static const char *const FIELDS[] = {
        SESSION_COOKIE "=" VALUE, "a=b; " SESSION_COOKIE "=" VALUE, SESSION_COOKIE "=" VALUE "; c=d",
        "a=b;" SESSION_COOKIE "=" VALUE ";c=d", ";; ; " SESSION_COOKIE "=" VALUE,
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(FIELDS); i++) {
        char value[SECRET_TEXT_SIZE] = "";

        assert_true(session_cookie_find(FIELDS[i], value));
        assert_string_equal(value, VALUE);
    }
}

static void takes_nothing_else_for_it(void **state)
{
    static const char *const FIELDS[] = {
        "", ";", "a=b", SESSION_COOKIE, SESSION_COOKIE "=", SESSION_COOKIE "=zcd_0", SESSION_COOKIE "=" VALUE "0",
        "x" SESSION_COOKIE "=" VALUE, "zcd_session=" VALUE, SESSION_COOKIE " =" VALUE, "\"" SESSION_COOKIE "=" VALUE "\"",
    };
    char value[SECRET_TEXT_SIZE] = "untouched";
    (void)state;

    assert_false(session_cookie_find(NULL, value));
    for (size_t i = 0; i < COUNT_OF(FIELDS); i++)
        assert_false(session_cookie_find(FIELDS[i], value));
    assert_string_equal(value, "untouched");
}

static void the_csrf_token_is_the_sessions_and_no_other(void **state)
{
    char text[SHA256_TEXT_SIZE];
    (void)state;

    assert_string_equal(session_csrf_format(VALUE, text), CSRF);
    assert_true(session_csrf_is(VALUE, CSRF));
    for (size_t i = 0; i < strlen(CSRF); i++) {
        memcpy(text, CSRF, sizeof text);
        text[i] = text[i] == '0' ? '1' : '0';
        assert_false(session_csrf_is(VALUE, text));
    }
    assert_false(session_csrf_is(VALUE, NULL));
    assert_false(session_csrf_is(VALUE, ""));
    assert_false(session_csrf_is(VALUE, CSRF "0"));
    assert_false(session_csrf_is("zcd_0", CSRF));
}

static void the_cookie_is_for_this_host_over_tls_and_out_of_reach_of_scripts(void **state)
{
    char text[SESSION_COOKIE_TEXT_SIZE];
    (void)state;

    assert_string_equal(session_cookie_format(VALUE, text),
                        SESSION_COOKIE "=" VALUE "; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=28800");
    assert_string_equal(session_cookie_format(NULL, text),
                        SESSION_COOKIE "=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0");
}

static void no_two_secrets_are_alike(void **state)
{
    char first[SECRET_TEXT_SIZE], second[SECRET_TEXT_SIZE];
    (void)state;

    assert_string_not_equal(secret_new(first), secret_new(second));
    assert_int_equal(strlen(first), SECRET_TEXT_SIZE - 1);
    assert_int_equal(strspn(first + 4, "0123456789abcdef"), 64);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_its_cookie_among_others),
        cmocka_unit_test(takes_nothing_else_for_it),
        cmocka_unit_test(the_csrf_token_is_the_sessions_and_no_other),
        cmocka_unit_test(the_cookie_is_for_this_host_over_tls_and_out_of_reach_of_scripts),
        cmocka_unit_test(no_two_secrets_are_alike),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
