#include "api/http/trace.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

/* The examples and rules of W3C Trace Context, 3.2.2. */
#define TRACE "4bf92f3577b34da6a3ce929d0e0e4736"
#define PARENT "00f067aa0ba902b7"

static void reads_the_trace_of_this_version_and_of_later_ones(void **state)
{
    static const char *const FIELDS[] = {
        "00-" TRACE "-" PARENT "-01",        "00-" TRACE "-" PARENT "-00", "00-" TRACE "-" PARENT "-ff",
        "cc-" TRACE "-" PARENT "-01", "cc-" TRACE "-" PARENT "-01-what-the-future-will-be-like", "cc-" TRACE "-" PARENT "-01-",
    };
    (void)state;

    for (size_t i = 0; i < sizeof FIELDS / sizeof *FIELDS; i++) {
        char trace[HTTP_TRACE_ID_SIZE] = "";
        assert_true(http_trace_parse(FIELDS[i], trace));
        assert_string_equal(trace, TRACE);
    }
}

static void takes_nothing_from_what_is_ill_formed(void **state)
{
    static const char *const FIELDS[] = {
        "",
        "00",
        "00-" TRACE "-" PARENT,
        "00-" TRACE "-" PARENT "-1",
        "00-" TRACE "-" PARENT "-011",
        "00-" TRACE "-" PARENT "-01-what-the-future-will-be-like", /* version 00 ends there */
        "cc-" TRACE "-" PARENT "-01.what-the-future-will-be-like",
        "ff-" TRACE "-" PARENT "-01",
        "0-" TRACE "-" PARENT "-01",
        "0x-" TRACE "-" PARENT "-01",
        "00-00000000000000000000000000000000-" PARENT "-01",
        "00-" TRACE "-0000000000000000-01",
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-" PARENT "-01",
        "00-4bf92f3577b34da6a3ce929d0e0e473g-" PARENT "-01",
        "00-" TRACE "-00f067aa0ba902bx-01",
        "00_" TRACE "-" PARENT "-01",
        "00-" TRACE "_" PARENT "-01",
        "00-" TRACE "-" PARENT "_01",
        "00-" TRACE "-" PARENT "-0x",
    };
    (void)state;

    for (size_t i = 0; i < sizeof FIELDS / sizeof *FIELDS; i++) {
        char trace[HTTP_TRACE_ID_SIZE] = "as before";
        assert_false(http_trace_parse(FIELDS[i], trace));
        assert_string_equal(trace, "as before");
    }
    assert_false(http_trace_parse(NULL, NULL));
}

static void passes_on_a_field_that_it_reads_itself(void **state)
{
    char text[HTTP_TRACE_PARENT_SIZE], trace[HTTP_TRACE_ID_SIZE];
    (void)state;

    assert_string_equal(http_trace_format(TRACE, PARENT "ffff", text), "00-" TRACE "-" PARENT "-01");
    assert_true(http_trace_parse(text, trace));
    assert_string_equal(trace, TRACE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_the_trace_of_this_version_and_of_later_ones),
        cmocka_unit_test(takes_nothing_from_what_is_ill_formed),
        cmocka_unit_test(passes_on_a_field_that_it_reads_itself),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
