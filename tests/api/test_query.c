/* The part of a target behind the '?': what is read, and everything that is refused. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include "api/http/query.h"

static const char *const NAMES[] = {"uscc", "reason", "limit"};

static void reads_names_and_undoes_escapes(void **state)
{
    struct arena arena = {0};
    const char *values[3];
    struct zcd_error err;
    (void)state;

    assert_int_equal(http_query_parse("limit=20&uscc=%E7%8E%8B+a%2f", NAMES, 3, &arena, values, &err), ZCD_OK);
    assert_string_equal(values[0], "王+a/");
    assert_null(values[1]);
    assert_string_equal(values[2], "20");
    assert_int_equal(http_query_parse(NULL, NAMES, 3, &arena, values, &err), ZCD_OK);
    assert_null(values[0]);
    assert_int_equal(http_query_parse("", NAMES, 3, &arena, values, &err), ZCD_OK);
    assert_int_equal(http_query_parse("uscc=a=b", NAMES, 3, &arena, values, &err), ZCD_OK);
    assert_string_equal(values[0], "a=b");
    arena_done(&arena);
}

static void refuses_everything_else(void **state)
{
    static const struct {
        const char *query, *pointer;
    } CASES[] = {
        {"colour=red", "/colour"}, {"Limit=1", "/Limit"},      {"=1", "/"},
        {"limit", "/limit"},       {"limit=", "/limit"},       {"limit=1&limit=1", "/limit"},
        {"limit=%", "/limit"},     {"limit=%2", "/limit"},     {"limit=%zz", "/limit"},
        {"limit=%00", "/limit"},   {"limit=%0a", "/limit"},    {"limit=%7f", "/limit"},
        {"limit=%ff", "/limit"},   {"limit=%c0%af", "/limit"}, {"&limit=1", "/"},
        {"limit=1&&uscc=a", "/"},  {"lim%69t=1", "/lim%69t"},  {"\xff\xfe=1", "/??"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct arena arena = {0};
        const char *values[3];
        struct zcd_error err = {0};

        if (http_query_parse(CASES[i].query, NAMES, 3, &arena, values, &err) != ZCD_INVALID)
            fail_msg("accepted: %s", CASES[i].query);
        assert_string_equal(err.pointer, CASES[i].pointer);
        arena_done(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_names_and_undoes_escapes),
        cmocka_unit_test(refuses_everything_else),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
