/*
 * working_day.h - working days of the State Council calendar, with make-up working days (调休).
 *
 * The table (data/reference/working_days.csv) is compiled in and covers whole years; a day outside them has no
 * answer, because guessing a holiday would move a statutory deadline. Pure. Thread: any.
 */
#ifndef BASE_WORKING_DAY_H
#define BASE_WORKING_DAY_H

#include "base/date.h"

/* ZCD_INVALID when the calendar of that year is not in the table. */
enum zcd_code working_day_is(struct date day, bool *is_working_day, struct zcd_error *err) ZCD_MUST_USE;

/* The count-th working day after `from` (count >= 1; from itself never counts). ZCD_INVALID as above. */
enum zcd_code working_day_add(struct date from, int count, struct date *day, struct zcd_error *err) ZCD_MUST_USE;

/* Working days in (from, to]; from <= to. ZCD_INVALID as above. */
enum zcd_code working_day_count(struct date from, struct date to, int *count, struct zcd_error *err) ZCD_MUST_USE;

/* The first and the last day that the calendar covers. */
struct date working_day_first(void);
struct date working_day_last(void);

#endif
