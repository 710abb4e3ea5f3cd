#include "base/date.h"

#include <assert.h>
#include <string.h>

/*
 * Conversion between days and civil dates after Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms"
 * (public domain), without its eras, because no year here is negative: the year begins on 1 March, so that the leap
 * day is its last, and the months' lengths repeat as 153 days in five months.
 */
enum {
    YEAR_MIN = 1900,
    YEAR_MAX = 2199,
    DAYS_MIN = -25567, /* 1900-01-01 */
    DAYS_MAX = 84005,  /* 2199-12-31 */
    DAYS_OF_EPOCH = 719468, /* from 0000-03-01 to 1970-01-01 */
    DAYS_PER_400_YEARS = 146097,
    DAYS_PER_100_YEARS = 36524,
    DAYS_PER_4_YEARS = 1461,
    MONTHS_PER_YEAR = 12
};

static bool is_leap(int year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int last_day_of_month(int year, int month)
{
    static const int LAST_DAY[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month == 2 && is_leap(year) ? 29 : LAST_DAY[month - 1];
}

static struct date date_of_valid_ymd(int year, int month, int day)
{
    int march_month = (month + 9) % MONTHS_PER_YEAR; /* March 0 ... February 11 */
    int march_year = month <= 2 ? year - 1 : year;
    int days = 365 * march_year + march_year / 4 - march_year / 100 + march_year / 400;
    return (struct date){days + (153 * march_month + 2) / 5 + day - 1 - DAYS_OF_EPOCH};
}

enum zcd_code date_from_ymd(int year, int month, int day, struct date *date, struct zcd_error *err)
{
    assert(date != NULL);

    if (year < YEAR_MIN || year > YEAR_MAX)
        return zcd_fail(err, ZCD_INVALID, "year is not between %d and %d", YEAR_MIN, YEAR_MAX);
    if (month < 1 || month > MONTHS_PER_YEAR || day < 1 || day > last_day_of_month(year, month))
        return zcd_fail(err, ZCD_INVALID, "no such day in the calendar");

    *date = date_of_valid_ymd(year, month, day);
    return ZCD_OK;
}

static bool has_date_form(const char *text)
{
    static const char FORM[] = "0000-00-00";

    for (size_t i = 0; i < sizeof FORM - 1; i++) {
        bool fits = FORM[i] == '0' ? text[i] >= '0' && text[i] <= '9' : text[i] == FORM[i];
        if (!fits)
            return false; /* also at the NUL of a short text */
    }
    return text[sizeof FORM - 1] == '\0';
}

static int number_at(const char *digits, int count)
{
    int number = 0;
    for (int i = 0; i < count; i++)
        number = number * 10 + (digits[i] - '0');
    return number;
}

enum zcd_code date_parse(const char *text, struct date *date, struct zcd_error *err)
{
    assert(text != NULL);

    if (!has_date_form(text))
        return zcd_fail(err, ZCD_INVALID, "date is not written YYYY-MM-DD");
    return date_from_ymd(number_at(text, 4), number_at(text + 5, 2), number_at(text + 8, 2), date, err);
}

static void put_number(char *text, int number, int digits)
{
    for (int i = digits - 1; i >= 0; i--) {
        text[i] = (char)('0' + number % 10);
        number /= 10;
    }
}

const char *date_format(struct date date, char text[DATE_TEXT_SIZE])
{
    int year;
    int month;
    int day;

    date_to_ymd(date, &year, &month, &day);
    memcpy(text, "0000-00-00", DATE_TEXT_SIZE);
    put_number(text, year, 4);
    put_number(text + 5, month, 2);
    put_number(text + 8, day, 2);
    return text;
}

void date_to_ymd(struct date date, int *year, int *month, int *day)
{
    assert(date.days >= DAYS_MIN);
    assert(date.days <= DAYS_MAX);

    int days = date.days + DAYS_OF_EPOCH;
    int day_of_era = days % DAYS_PER_400_YEARS;
    int year_of_era = (day_of_era - day_of_era / (DAYS_PER_4_YEARS - 1) + day_of_era / DAYS_PER_100_YEARS
                       - day_of_era / (DAYS_PER_400_YEARS - 1)) / 365;
    int march_year = days / DAYS_PER_400_YEARS * 400 + year_of_era;
    int day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int march_month = (5 * day_of_year + 2) / 153;

    *day = day_of_year - (153 * march_month + 2) / 5 + 1;
    *month = march_month < 10 ? march_month + 3 : march_month - 9;
    *year = *month <= 2 ? march_year + 1 : march_year;
}

bool date_is_none(struct date date)
{
    return date.days == DATE_NONE.days;
}

int date_compare(struct date a, struct date b)
{
    return (a.days > b.days) - (a.days < b.days);
}

struct date date_add_days(struct date date, int32_t days)
{
    assert(!date_is_none(date));

    int64_t sum = (int64_t)date.days + days;
    if (sum < DAYS_MIN)
        return (struct date){DAYS_MIN};
    return (struct date){sum > DAYS_MAX ? DAYS_MAX : (int32_t)sum};
}

struct date date_add_months(struct date date, int months)
{
    int year;
    int month;
    int day;

    date_to_ymd(date, &year, &month, &day);
    int64_t months_of_sum = (int64_t)year * MONTHS_PER_YEAR + (month - 1) + months;
    if (months_of_sum < YEAR_MIN * MONTHS_PER_YEAR)
        return (struct date){DAYS_MIN};
    if (months_of_sum >= (YEAR_MAX + 1) * MONTHS_PER_YEAR)
        return (struct date){DAYS_MAX};

    year = (int)(months_of_sum / MONTHS_PER_YEAR);
    month = (int)(months_of_sum % MONTHS_PER_YEAR) + 1;
    int last_day = last_day_of_month(year, month);
    return date_of_valid_ymd(year, month, day < last_day ? day : last_day);
}

int32_t date_days_between(struct date from, struct date to)
{
    assert(!date_is_none(from));
    assert(!date_is_none(to));
    return to.days - from.days;
}

int date_weekday(struct date date)
{
    assert(!date_is_none(date));
    /* 1970-01-01 was a Thursday, 4; the sum is positive for every valid date. */
    return (date.days + 3 + 7 * 4000) % 7 + 1;
}

int date_months_between(struct date from, struct date to)
{
    int from_year;
    int from_month;
    int from_day;
    int to_year;
    int to_month;
    int to_day;

    assert(date_compare(from, to) <= 0);
    date_to_ymd(from, &from_year, &from_month, &from_day);
    date_to_ymd(to, &to_year, &to_month, &to_day);
    int months = (to_year - from_year) * MONTHS_PER_YEAR + to_month - from_month;
    return to_day < from_day ? months - 1 : months;
}
