#include "api/reference.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

static struct reference_table look(size_t table, int year, int month, int day)
{
    struct reference_table tables[REFERENCE_TABLE_COUNT];
    struct date today;
    struct zcd_error err;

    assert_int_equal(date_from_ymd(year, month, day, &today, &err), ZCD_OK);
    reference_look(today, tables);
    return tables[table];
}

/* The last notice is of 2026, so the calendar ends with that year: 60 days before 2026-12-31 is 2026-11-01. */
static void the_calendar_says_sixty_days_before_that_it_ends(void **state)
{
    (void)state;
    assert_int_equal(look(0, 2026, 11, 1).state, REFERENCE_HOLDS);
    assert_int_equal(look(0, 2026, 11, 2).state, REFERENCE_ENDS_SOON);
    assert_int_equal(look(0, 2026, 12, 31).state, REFERENCE_ENDS_SOON);
    assert_int_equal(look(0, 2027, 1, 1).state, REFERENCE_ENDED);
    assert_true(strlen(look(0, 2027, 1, 1).zh) > 0 && strlen(look(0, 2027, 1, 1).en) > 0);
    assert_string_equal(look(0, 2026, 1, 1).en, "");
}

/* The last quote is of 2025-07-21; the next was due on 2025-08-20, by the 30th at the latest. */
static void the_lpr_says_when_a_quote_is_missing(void **state)
{
    (void)state;
    assert_int_equal(look(1, 2025, 8, 30).state, REFERENCE_HOLDS);
    assert_int_equal(look(1, 2025, 8, 31).state, REFERENCE_ENDED);
}

static void a_programme_concerns_its_region_and_all_below(void **state)
{
    (void)state;
    const struct regional_programme province = {.region = "510000"}, city = {.region = "420100"}, district = {.region = "330304"};

    assert_true(regional_programme_concerns(&province, "510105"));
    assert_false(regional_programme_concerns(&province, "500105"));
    assert_true(regional_programme_concerns(&city, "420102"));
    assert_false(regional_programme_concerns(&city, "420200"));
    assert_true(regional_programme_concerns(&district, "330304"));
    assert_false(regional_programme_concerns(&district, "330300"));
}

static void every_programme_has_both_texts_and_its_article(void **state)
{
    (void)state;
    assert_true(REGIONAL_PROGRAMME_COUNT >= 12);
    for (size_t i = 0; i < REGIONAL_PROGRAMME_COUNT; i++) {
        const struct regional_programme *programme = &REGIONAL_PROGRAMMES[i];
        assert_true(strlen(programme->zh) > 0 && strlen(programme->en) > 0);
        assert_int_equal(strlen(programme->seed), 3);
        assert_true(programme->has_figure == (programme->unit[0] != '\0'));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_calendar_says_sixty_days_before_that_it_ends),
        cmocka_unit_test(the_lpr_says_when_a_quote_is_missing),
        cmocka_unit_test(a_programme_concerns_its_region_and_all_below),
        cmocka_unit_test(every_programme_has_both_texts_and_its_article),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
