#include "base/working_day.h"

#include "base/reference_internal.h"

#include <assert.h>
#include <stdlib.h>

enum { FRIDAY = 5 };

static int compare_day(const void *key, const void *row)
{
    struct date day = *(const struct date *)key;
    return date_compare(day, (struct date){((const struct working_day_row *)row)->days});
}

/* The day is in the calendar. */
static bool is_working_day(struct date day)
{
    const struct working_day_row *exception =
        bsearch(&day, WORKING_DAY_ROWS, WORKING_DAY_ROW_COUNT, sizeof *WORKING_DAY_ROWS, compare_day);
    return exception != NULL ? exception->is_working_day : date_weekday(day) <= FRIDAY;
}

static bool is_in_calendar(struct date day)
{
    return day.days >= WORKING_DAY_FIRST_DAYS && day.days <= WORKING_DAY_LAST_DAYS;
}

static enum zcd_code fail_outside_calendar(struct date day, struct zcd_error *err)
{
    int year;
    int month;
    int day_of_month;

    date_to_ymd(day, &year, &month, &day_of_month);
    return zcd_fail(err, ZCD_INVALID, "the working-day calendar of %d is not known", year);
}

enum zcd_code working_day_is(struct date day, bool *is_working, struct zcd_error *err)
{
    assert(is_working != NULL);

    if (!is_in_calendar(day))
        return fail_outside_calendar(day, err);
    *is_working = is_working_day(day);
    return ZCD_OK;
}

enum zcd_code working_day_add(struct date from, int count, struct date *day, struct zcd_error *err)
{
    assert(count >= 1);
    assert(day != NULL);

    struct date at = from;
    while (count > 0) {
        at = date_add_days(at, 1);
        if (!is_in_calendar(at))
            return fail_outside_calendar(at, err);
        if (is_working_day(at))
            count--;
    }
    *day = at;
    return ZCD_OK;
}

enum zcd_code working_day_count(struct date from, struct date to, int *count, struct zcd_error *err)
{
    assert(date_compare(from, to) <= 0);
    assert(count != NULL);

    struct date first = date_add_days(from, 1);
    if (date_compare(from, to) < 0 && !is_in_calendar(first))
        return fail_outside_calendar(first, err);
    if (date_compare(from, to) < 0 && !is_in_calendar(to))
        return fail_outside_calendar(to, err);

    int counted = 0;
    for (struct date day = first; date_compare(day, to) <= 0; day.days++)
        counted += is_working_day(day);
    *count = counted;
    return ZCD_OK;
}

struct date working_day_first(void)
{
    return (struct date){WORKING_DAY_FIRST_DAYS};
}

struct date working_day_last(void)
{
    return (struct date){WORKING_DAY_LAST_DAYS};
}
