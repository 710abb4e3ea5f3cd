#include "api/clock.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

/* The day turns in Shanghai at 16:00 UTC. */
static void knows_the_day_in_shanghai(void **state)
{
    static const struct {
        int64_t at_s;
        const char *day;
    } CASES[] = {
        {0, "1970-01-01"},
        {1603123199, "2020-10-19"}, /* 2020-10-19T15:59:59Z */
        {1603123200, "2020-10-20"}, /* 2020-10-19T16:00:00Z */
        {1709222400, "2024-03-01"}, /* 2024-02-29T16:00:00Z */
    };
    char text[DATE_TEXT_SIZE];
    (void)state;

    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++)
        assert_string_equal(date_format(clock_shanghai_day(CASES[i].at_s * 1000000), text), CASES[i].day);
}

static void knows_the_first_instant_of_a_day_in_shanghai(void **state)
{
    (void)state;
    for (int32_t days = -400; days < 40000; days += 7) {
        int64_t midnight_us = clock_shanghai_midnight_us((struct date){days});
        if (midnight_us <= 0)
            continue;
        assert_int_equal(clock_shanghai_day(midnight_us).days, days);
        assert_int_equal(clock_shanghai_day(midnight_us - 1).days, days - 1);
    }
    assert_true(clock_shanghai_midnight_us((struct date){19783}) == INT64_C(1709222400) * 1000000); /* 2024-03-01 */
}

static void goes_on(void **state)
{
    (void)state;
    int64_t before_us = clock_now_us();
    assert_true(before_us > INT64_C(1700000000) * 1000000);
    assert_true(clock_now_us() >= before_us);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(knows_the_day_in_shanghai),
        cmocka_unit_test(knows_the_first_instant_of_a_day_in_shanghai),
        cmocka_unit_test(goes_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
