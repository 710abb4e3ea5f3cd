/* Instants as clients write them. Seconds since 1970 from `date -u -d ... +%s`. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "api/codec/instant.h"

static void whole_seconds_and_six_decimals_are_read(void **state)
{
    struct zcd_error err;
    int64_t at_us = 0;
    (void)state;
    assert_int_equal(instant_parse("2026-03-31T09:30:00Z", &at_us, &err), ZCD_OK);
    assert_int_equal(at_us, INT64_C(1774949400000000));
    assert_int_equal(instant_parse("2026-03-31T09:30:00.000001Z", &at_us, &err), ZCD_OK);
    assert_int_equal(at_us, INT64_C(1774949400000001));
}

static void anything_else_is_refused_and_leaves_the_output_alone(void **state)
{
    static const char *const REFUSED[] = {"", "now", "2026-03-31", "2026-03-31T09:30:00", "2026-03-31T09:30:00+08:00", "2026-03-31T09:30Z",
                                          "2026-02-30T09:30:00Z", "2026-03-31T24:30:00Z", "2026-03-31T09:30:00.1Z", "2026-03-31 09:30:00Z",
                                          "2026-03-31T09:30:00.000001Z0", "-026-03-31T09:30:00Z"};
    (void)state;
    for (size_t i = 0; i < sizeof REFUSED / sizeof *REFUSED; i++) {
        struct zcd_error err;
        int64_t at_us = 42;
        assert_int_equal(instant_parse(REFUSED[i], &at_us, &err), ZCD_INVALID);
        assert_string_equal(err.pointer, "");
        assert_int_equal(at_us, 42);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_seconds_and_six_decimals_are_read),
        cmocka_unit_test(anything_else_is_refused_and_leaves_the_output_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
