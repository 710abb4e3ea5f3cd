/*
 * date.h - a civil day in Asia/Shanghai, without a time of day.
 *
 * Proleptic Gregorian calendar, ISO 8601. Days count from 1970-01-01; valid dates are 1900-01-01 to 2199-12-31.
 * Pure; knows no clock and no time zone. Thread: any.
 */
#ifndef BASE_DATE_H
#define BASE_DATE_H

#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>

/* Compare with date_compare or directly on .days. DATE_NONE (a field that was not given) is smaller than all. */
struct date {
    int32_t days; /* since 1970-01-01 */
};

#define DATE_NONE ((struct date){INT32_MIN})
#define DATE_TEXT_SIZE 11 /* "2026-03-31" and NUL */

/* year 1900-2199, month 1-12, day 1-31. A day that does not exist is ZCD_INVALID. */
enum zcd_code date_from_ymd(int year, int month, int day, struct date *date, struct zcd_error *err) ZCD_MUST_USE;

/* Read exactly "YYYY-MM-DD". ZCD_INVALID: wrong form, then a day that does not exist. */
enum zcd_code date_parse(const char *text, struct date *date, struct zcd_error *err) ZCD_MUST_USE;

/* Write "YYYY-MM-DD"; returns text. The date is not DATE_NONE. */
const char *date_format(struct date date, char text[DATE_TEXT_SIZE]);

void date_to_ymd(struct date date, int *year, int *month, int *day);

bool date_is_none(struct date date);
int date_compare(struct date a, struct date b); /* negative, 0, positive */
/* Stops at 1900-01-01 and 2199-12-31, as date_add_months does: a far date must not become an invalid one. */
struct date date_add_days(struct date date, int32_t days);
/* Same day of the month `months` later (or earlier); the month's last day where that day does not exist. */
struct date date_add_months(struct date date, int months);
int32_t date_days_between(struct date from, struct date to); /* to - from */
int date_weekday(struct date date);                          /* ISO 8601: Monday 1 ... Sunday 7 */
/*
 * Whole months from one day to another, from <= to: a month is full when the day of the month is reached again, so
 * 2020-01-30 to 2020-02-29 is 0 and to 2020-03-30 is 2.
 */
int date_months_between(struct date from, struct date to);

#endif
