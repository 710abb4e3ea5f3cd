#include "api/http/accept.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

static bool accepts(const char *field, const char *types)
{
    const struct http_header header = {"ACCEPT", field};
    const struct http_request request = {.headers = &header, .header_count = 1};
    return http_accepts(&request, types);
}

static void refuses_what_no_range_takes(void **state)
{
    static const char *const FIELDS[] = {
        "text/html",          "text/*",
        "application/xml",    "application/jso",
        "application/jsonx",  "application/*x",
        "application",        "json",
        "*",                  "",
        ",",                  ";q=1",
        "application/json;q=0", "application/json;q=0.0",
        "application/json ; Q=0.000", "*/*;q=0",
        "application/*;q=0, text/html", "*/*, application/json;q=0", /* the closest range decides */
        "application/json;q=0, */*",    "text/html;a=\",application/json,\"",
    };
    (void)state;

    for (size_t i = 0; i < sizeof FIELDS / sizeof *FIELDS; i++)
        assert_false(accepts(FIELDS[i], "application/json"));
}

static void takes_what_the_closest_range_takes(void **state)
{
    static const char *const FIELDS[] = {
        "application/json", "Application/JSON", "application/*", "*/*",
        "text/html, application/json", "text/html;q=0.9 ,\t*/*;q=0.1", "application/json;q=0.001",
        "application/json;charset=utf-8", "application/json;q=1", "*/*;q=0, application/*", "application/*;q=0,application/json",
        "application/json;a=\"x;q=0\"", "text/html;a=\"\\\"\", application/json", ",,application/json",
    };
    (void)state;

    for (size_t i = 0; i < sizeof FIELDS / sizeof *FIELDS; i++)
        assert_true(accepts(FIELDS[i], "application/json"));
}

static void takes_one_type_of_several(void **state)
{
    (void)state;

    assert_true(accepts("text/css", "text/css text/javascript"));
    assert_true(accepts("text/javascript", "text/css text/javascript"));
    assert_true(accepts("text/css;q=0, text/*", "text/css text/javascript"));
    assert_false(accepts("text/html", "text/css text/javascript"));
}

/* RFC 9110 12.5.1: without the field any type is taken; RFC 9110 5.3: several fields are one list. */
static void reads_no_field_as_any_type_and_several_as_one(void **state)
{
    const struct http_header both[] = {{"Accept", "text/html"}, {"accept", "application/json"}};
    const struct http_request none = {.header_count = 0}, two = {.headers = both, .header_count = 2};
    (void)state;

    assert_true(http_accepts(&none, "application/json"));
    assert_true(http_accepts(&two, "application/json"));
    assert_false(http_accepts(&two, "text/plain"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refuses_what_no_range_takes),
        cmocka_unit_test(takes_what_the_closest_range_takes),
        cmocka_unit_test(takes_one_type_of_several),
        cmocka_unit_test(reads_no_field_as_any_type_and_several_as_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
