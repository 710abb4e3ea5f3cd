#include "scoring/law.h"

#include <assert.h>

bool law_holds(int32_t from, int32_t to, struct date day)
{
    int year, month, day_of_month;

    date_to_ymd(day, &year, &month, &day_of_month);
    int32_t on = year * 10000 + month * 100 + day_of_month;
    return from <= on && on <= to;
}

bool law_is_in_force(const struct law *law, struct date day)
{
    return law_holds(law->from, law->to, day);
}

struct date law_day(int32_t day)
{
    struct date date;
    struct zcd_error err;
    enum zcd_code code = date_from_ymd(day / 10000, day / 100 % 100, day % 100, &date, &err);
    assert(code == ZCD_OK);
    (void)code;
    return date;
}
