#include "scoring/lpr.h"
#include "scoring/lpr_table.h"

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

/* Quotes as published by the National Interbank Funding Center. */
static void the_last_quote_on_or_before_the_day_holds(void **state)
{
    static const struct {
        const char *day, *quoted_on;
        int32_t one_year_bp;
    } cases[] = {
        {"2019-08-20", "2019-08-20", 425}, {"2019-09-19", "2019-08-20", 425}, {"2019-09-20", "2019-09-20", 420},
        {"2020-02-20", "2020-02-20", 405}, {"2020-04-20", "2020-04-20", 385}, {"2020-10-19", "2020-09-21", 385},
        {"2020-10-20", "2020-10-20", 385}, {"2022-06-20", "2022-06-20", 370}, {"2022-08-22", "2022-08-22", 365},
        {"2024-10-21", "2024-10-21", 310}, {"2025-05-20", "2025-05-20", 300}, {"2199-12-31", "2025-07-21", 300},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int32_t one_year_bp;
        struct date quoted_on;

        assert_true(lpr_find(day_of(cases[i].day), &one_year_bp, &quoted_on));
        assert_int_equal(one_year_bp, cases[i].one_year_bp);
        assert_int_equal(quoted_on.days, day_of(cases[i].quoted_on).days);
    }
}

static void before_the_first_quote_there_is_none(void **state)
{
    int32_t one_year_bp = 77;
    struct date quoted_on = {77};

    (void)state;
    assert_false(lpr_find(day_of("2019-08-19"), &one_year_bp, &quoted_on));
    assert_false(lpr_find(day_of("1900-01-01"), &one_year_bp, &quoted_on));
    assert_int_equal(one_year_bp, 77);
    assert_int_equal(quoted_on.days, 77);
}

/* A quote a month, each a plausible rate, the longer term never cheaper: what every published pair satisfies. */
static void the_table_is_whole_and_ascends(void **state)
{
    (void)state;
    assert_int_equal(LPR_QUOTE_COUNT, 72);
    assert_int_equal(LPR_QUOTES[0].five_year_bp, 485);
    assert_int_equal(LPR_QUOTES[71].five_year_bp, 350);
    for (size_t i = 0; i < LPR_QUOTE_COUNT; i++) {
        assert_in_range(LPR_QUOTES[i].one_year_bp, 300, 425);
        assert_in_range(LPR_QUOTES[i].five_year_bp, LPR_QUOTES[i].one_year_bp, 485);
        if (i > 0)
            assert_in_range(LPR_QUOTES[i].days - LPR_QUOTES[i - 1].days, 25, 35);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_last_quote_on_or_before_the_day_holds),
        cmocka_unit_test(before_the_first_quote_there_is_none),
        cmocka_unit_test(the_table_is_whole_and_ascends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
