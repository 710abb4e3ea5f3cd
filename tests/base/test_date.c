#include "base/date.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

static struct date ymd(int year, int month, int day)
{
    struct date date;
    struct zcd_error err;

    assert_int_equal(date_from_ymd(year, month, day, &date, &err), ZCD_OK);
    return date;
}

static void check_ymd(struct date date, int year, int month, int day)
{
    assert_int_equal(date.days, ymd(year, month, day).days);
}

/* Counted by hand from the calendar: 30 years with 7 leap days before 2000, and so on. */
static void known_days_have_their_number_and_weekday(void **state)
{
    (void)state;
    assert_int_equal(ymd(1970, 1, 1).days, 0);
    assert_int_equal(date_weekday(ymd(1970, 1, 1)), 4); /* Thursday */
    assert_int_equal(ymd(2000, 1, 1).days, 30 * 365 + 7);
    assert_int_equal(date_weekday(ymd(2000, 1, 1)), 6); /* Saturday */
    assert_int_equal(ymd(1900, 1, 1).days, -(70 * 365 + 17));
    assert_int_equal(date_weekday(ymd(1900, 1, 1)), 1);   /* Monday */
    assert_int_equal(date_weekday(ymd(2020, 10, 9)), 5);  /* Friday */
    assert_int_equal(date_weekday(ymd(1949, 10, 1)), 6);  /* Saturday */
    assert_int_equal(date_weekday(ymd(2026, 3, 31)), 2);  /* Tuesday */
}

/* Walk the calendar as a person would, by the lengths of the months, and compare every day of three centuries. */
static void every_day_from_1900_to_2199_goes_there_and_back(void **state)
{
    int32_t days = ymd(1900, 1, 1).days;
    int weekday = 1;
    int checked = 0;

    (void)state;
    for (int year = 1900; year <= 2199; year++) {
        bool is_leap = (year % 4 == 0 && year % 100 != 0) || year == 2000;
        int lengths[] = {31, is_leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
        for (int month = 1; month <= 12; month++) {
            for (int day = 1; day <= lengths[month - 1]; day++) {
                struct date date = ymd(year, month, day);
                int year_back;
                int month_back;
                int day_back;
                char text[DATE_TEXT_SIZE];
                struct date parsed;
                struct zcd_error err;

                date_to_ymd(date, &year_back, &month_back, &day_back);
                if (date.days != days || date_weekday(date) != weekday || year_back != year || month_back != month
                    || day_back != day || date_parse(date_format(date, text), &parsed, &err) != ZCD_OK
                    || parsed.days != days)
                    fail_msg("%d-%d-%d", year, month, day);
                days++;
                weekday = weekday % 7 + 1;
                checked++;
            }
        }
    }
    assert_int_equal(checked, 300 * 365 + 73); /* 75 fours, without 1900 and 2100 */
}

static void refuses_days_that_do_not_exist(void **state)
{
    static const int absent[][3] = {
        {2021, 2, 29}, {1900, 2, 29}, {2100, 2, 29}, {2020, 2, 30}, {2020, 4, 31}, {2020, 6, 31}, {2020, 9, 31},
        {2020, 11, 31}, {2020, 1, 32}, {2020, 1, 0}, {2020, 0, 1}, {2020, 13, 1}, {2020, -1, 1}, {2020, 1, -1},
    };
    (void)state;
    for (size_t i = 0; i < sizeof absent / sizeof *absent; i++) {
        struct date date = {77};
        struct zcd_error err;

        assert_int_equal(date_from_ymd(absent[i][0], absent[i][1], absent[i][2], &date, &err), ZCD_INVALID);
        assert_string_equal(err.message, "no such day in the calendar");
        assert_int_equal(date.days, 77);
    }
}

static void refuses_years_outside_the_range(void **state)
{
    struct date date = {77};
    struct zcd_error err;

    (void)state;
    assert_int_equal(date_from_ymd(1899, 12, 31, &date, &err), ZCD_INVALID);
    assert_string_equal(err.message, "year is not between 1900 and 2199");
    assert_int_equal(date_from_ymd(2200, 1, 1, &date, &err), ZCD_INVALID);
    assert_int_equal(date_parse("0000-01-01", &date, &err), ZCD_INVALID);
    assert_int_equal(date.days, 77);
}

static void reads_one_form_only(void **state)
{
    static const char *const refused[] = {
        "", "2", "2026-03-3", "2026-03-311", "2026-3-31", "26-03-31", "20260331", "2026/03/31", "2026-03-31 ",
        " 2026-03-31", "2026-03-3a", "2026-0x-31", "+026-03-31", "2026-03--1", "2026-03-31T00:00:00Z", "２０２６-03-31",
    };
    struct date date;
    struct zcd_error err;

    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        assert_int_equal(date_parse(refused[i], &date, &err), ZCD_INVALID);
        assert_string_equal(err.message, "date is not written YYYY-MM-DD");
    }
    assert_int_equal(date_parse("2026-02-30", &date, &err), ZCD_INVALID);
    assert_string_equal(err.message, "no such day in the calendar");
    assert_int_equal(date_parse("2026-03-31", &date, &err), ZCD_OK);
    check_ymd(date, 2026, 3, 31);
}

static void months_keep_the_day_or_take_the_last_one(void **state)
{
    (void)state;
    check_ymd(date_add_months(ymd(2020, 1, 31), 1), 2020, 2, 29);
    check_ymd(date_add_months(ymd(2021, 1, 31), 1), 2021, 2, 28);
    check_ymd(date_add_months(ymd(2020, 1, 31), 2), 2020, 3, 31);
    check_ymd(date_add_months(ymd(2020, 1, 31), 3), 2020, 4, 30);
    check_ymd(date_add_months(ymd(2020, 2, 29), 12), 2021, 2, 28);
    check_ymd(date_add_months(ymd(2020, 2, 29), 48), 2024, 2, 29);
    check_ymd(date_add_months(ymd(2020, 12, 15), 1), 2021, 1, 15);
    check_ymd(date_add_months(ymd(2020, 1, 15), -1), 2019, 12, 15);
    check_ymd(date_add_months(ymd(2020, 3, 31), -1), 2020, 2, 29);
    check_ymd(date_add_months(ymd(2020, 10, 9), 0), 2020, 10, 9);
    check_ymd(date_add_months(ymd(2020, 10, 9), -14 * 12), 2006, 10, 9);
}

static void whole_months_between_are_rounded_down(void **state)
{
    (void)state;
    assert_int_equal(date_months_between(ymd(2020, 1, 30), ymd(2020, 2, 29)), 0);
    assert_int_equal(date_months_between(ymd(2020, 1, 30), ymd(2020, 3, 30)), 2);
    assert_int_equal(date_months_between(ymd(2020, 1, 31), ymd(2020, 2, 29)), 0);
    assert_int_equal(date_months_between(ymd(2020, 1, 31), ymd(2020, 3, 1)), 1);
    assert_int_equal(date_months_between(ymd(2020, 1, 29), ymd(2020, 2, 29)), 1);
    assert_int_equal(date_months_between(ymd(2020, 10, 9), ymd(2020, 10, 9)), 0);
    assert_int_equal(date_months_between(ymd(2020, 10, 9), ymd(2021, 10, 8)), 11);
    assert_int_equal(date_months_between(ymd(2020, 10, 9), ymd(2021, 10, 9)), 12);
    assert_int_equal(date_months_between(ymd(2009, 5, 20), ymd(2020, 10, 9)), 136);
}

/* Adding n months and counting them back gives n wherever the day of the month exists in the month reached. */
static void counting_months_undoes_adding_them(void **state)
{
    (void)state;
    for (int32_t days = ymd(2019, 1, 1).days; days <= ymd(2022, 12, 31).days; days++) {
        struct date from = {days};
        int year;
        int month;
        int day;

        date_to_ymd(from, &year, &month, &day);
        for (int months = 0; day <= 28 && months <= 60; months++)
            assert_int_equal(date_months_between(from, date_add_months(from, months)), months);
    }
}

static void days_add_and_subtract(void **state)
{
    (void)state;
    check_ymd(date_add_days(ymd(2020, 2, 28), 2), 2020, 3, 1);
    check_ymd(date_add_days(ymd(2021, 1, 1), -1), 2020, 12, 31);
    assert_int_equal(date_days_between(ymd(2020, 1, 1), ymd(2021, 1, 1)), 366);
    assert_int_equal(date_days_between(ymd(2021, 1, 1), ymd(2020, 1, 1)), -366);
}

static void arithmetic_stops_at_the_ends_of_the_calendar(void **state)
{
    (void)state;
    check_ymd(date_add_days(ymd(2199, 12, 30), 5), 2199, 12, 31);
    check_ymd(date_add_days(ymd(2199, 12, 30), INT32_MAX), 2199, 12, 31);
    check_ymd(date_add_days(ymd(1900, 1, 2), INT32_MIN), 1900, 1, 1);
    check_ymd(date_add_months(ymd(2199, 12, 30), 1), 2199, 12, 31);
    check_ymd(date_add_months(ymd(2199, 12, 30), INT32_MAX), 2199, 12, 31);
    check_ymd(date_add_months(ymd(1900, 1, 2), -1), 1900, 1, 1);
    check_ymd(date_add_months(ymd(1900, 1, 2), INT32_MIN), 1900, 1, 1);
}

static void none_is_smaller_than_every_date(void **state)
{
    (void)state;
    assert_true(date_is_none(DATE_NONE));
    assert_false(date_is_none(ymd(1900, 1, 1)));
    assert_true(date_compare(DATE_NONE, ymd(1900, 1, 1)) < 0);
    assert_true(date_compare(ymd(1900, 1, 1), DATE_NONE) > 0);
    assert_true(date_compare(ymd(2020, 10, 9), ymd(2020, 10, 8)) > 0);
    assert_int_equal(date_compare(DATE_NONE, DATE_NONE), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_days_have_their_number_and_weekday),
        cmocka_unit_test(every_day_from_1900_to_2199_goes_there_and_back),
        cmocka_unit_test(refuses_days_that_do_not_exist),
        cmocka_unit_test(refuses_years_outside_the_range),
        cmocka_unit_test(reads_one_form_only),
        cmocka_unit_test(months_keep_the_day_or_take_the_last_one),
        cmocka_unit_test(whole_months_between_are_rounded_down),
        cmocka_unit_test(counting_months_undoes_adding_them),
        cmocka_unit_test(days_add_and_subtract),
        cmocka_unit_test(arithmetic_stops_at_the_ends_of_the_calendar),
        cmocka_unit_test(none_is_smaller_than_every_date),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
