#include "base/working_day.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

static struct date day_of(const char *text)
{
    struct date date;
    struct zcd_error err;

    assert_int_equal(date_parse(text, &date, &err), ZCD_OK);
    return date;
}

static bool is_working(struct date day)
{
    bool is_working_day;
    struct zcd_error err;

    assert_int_equal(working_day_is(day, &is_working_day, &err), ZCD_OK);
    return is_working_day;
}

static struct date add(struct date from, int count)
{
    struct date day;
    struct zcd_error err;

    assert_int_equal(working_day_add(from, count, &day, &err), ZCD_OK);
    return day;
}

static int count_between(struct date from, struct date to)
{
    int count;
    struct zcd_error err;

    assert_int_equal(working_day_count(from, to, &count, &err), ZCD_OK);
    return count;
}

/* The published totals: 365 or 366 days without weekends and holidays, with make-up days. */
static void each_year_has_its_published_number_of_working_days(void **state)
{
    static const struct {
        const char *before, *last;
        int working_days;
    } years[] = {
        {"2018-12-31", "2019-12-31", 250}, {"2019-12-31", "2020-12-31", 249}, {"2020-12-31", "2021-12-31", 250},
        {"2021-12-31", "2022-12-31", 249}, {"2022-12-31", "2023-12-31", 249}, {"2023-12-31", "2024-12-31", 251},
        {"2024-12-31", "2025-12-31", 248}, {"2025-12-31", "2026-12-31", 248},
    };
    (void)state;
    for (size_t i = 0; i < sizeof years / sizeof *years; i++)
        assert_int_equal(count_between(day_of(years[i].before), day_of(years[i].last)), years[i].working_days);
}

/* National Day and Mid-Autumn 2020: 1 to 8 October off; Sunday 27 September and Saturday 10 October worked. */
static void holidays_and_make_up_days_replace_the_weekday_rule(void **state)
{
    (void)state;
    assert_true(is_working(day_of("2020-09-27")));
    assert_false(is_working(day_of("2020-09-26")));
    for (int32_t i = 0; i < 8; i++)
        assert_false(is_working(date_add_days(day_of("2020-10-01"), i)));
    assert_true(is_working(day_of("2020-10-09")));
    assert_true(is_working(day_of("2020-10-10")));
    assert_false(is_working(day_of("2020-10-11")));
    assert_false(is_working(day_of("2020-01-31"))); /* added by the notice of 27 January 2020 */
    assert_true(is_working(day_of("2018-12-29")));  /* set by the notice for 2019 */
}

/* Four working days, the time the model case took. */
static void four_working_days_are_counted_over_a_holiday(void **state)
{
    (void)state;
    assert_int_equal(add(day_of("2020-09-30"), 4).days, day_of("2020-10-13").days); /* 9, 10, 12, 13 */
    assert_int_equal(add(day_of("2020-10-03"), 1).days, day_of("2020-10-09").days); /* from a day off */
    assert_int_equal(add(day_of("2020-10-19"), 4).days, day_of("2020-10-23").days);
    assert_int_equal(count_between(day_of("2020-09-30"), day_of("2020-10-13")), 4);
    assert_int_equal(count_between(day_of("2020-10-13"), day_of("2020-10-13")), 0);
}

static void counting_undoes_adding_from_every_day_of_five_years(void **state)
{
    (void)state;
    for (struct date from = day_of("2019-01-01"); date_compare(from, day_of("2023-12-31")) < 0; from.days++) {
        for (int count = 1; count <= 12; count++) {
            struct date day = add(from, count);
            assert_true(is_working(day));
            assert_int_equal(count_between(from, day), count);
        }
    }
}

static void a_year_without_a_calendar_has_no_answer(void **state)
{
    bool is_working_day = true;
    struct date day = {77};
    int count = 77;
    struct zcd_error err;

    (void)state;
    assert_int_equal(working_day_is(day_of("2017-12-31"), &is_working_day, &err), ZCD_INVALID);
    assert_string_equal(err.message, "the working-day calendar of 2017 is not known");
    assert_int_equal(working_day_is(day_of("2027-01-01"), &is_working_day, &err), ZCD_INVALID);
    assert_string_equal(err.message, "the working-day calendar of 2027 is not known");
    assert_int_equal(working_day_add(day_of("2026-12-30"), 2, &day, &err), ZCD_INVALID);
    assert_int_equal(working_day_add(day_of("2199-12-31"), 1, &day, &err), ZCD_INVALID);
    assert_int_equal(working_day_count(day_of("2026-12-30"), day_of("2027-01-01"), &count, &err), ZCD_INVALID);
    assert_int_equal(working_day_count(day_of("2017-12-30"), day_of("2018-01-05"), &count, &err), ZCD_INVALID);
    assert_int_equal(day.days, 77);
    assert_int_equal(count, 77);
}

static void the_day_before_the_first_year_never_counts_and_is_a_fair_start(void **state)
{
    (void)state;
    assert_int_equal(add(day_of("2017-12-31"), 1).days, day_of("2018-01-02").days);
    assert_int_equal(count_between(day_of("2017-12-31"), day_of("2018-01-05")), 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_year_has_its_published_number_of_working_days),
        cmocka_unit_test(holidays_and_make_up_days_replace_the_weekday_rule),
        cmocka_unit_test(four_working_days_are_counted_over_a_holiday),
        cmocka_unit_test(counting_undoes_adding_from_every_day_of_five_years),
        cmocka_unit_test(a_year_without_a_calendar_has_no_answer),
        cmocka_unit_test(the_day_before_the_first_year_never_counts_and_is_a_fair_start),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
