#include "api/reference.h"

#include "base/region.h"
#include "base/working_day.h"
#include "scoring/lpr_table.h"

#include <assert.h>
#include <string.h>

enum { LPR_DAY_OF_MONTH = 20 };

static enum reference_state calendar_state(struct date last, struct date today)
{
    if (date_compare(today, last) > 0)
        return REFERENCE_ENDED;
    return date_days_between(today, last) < REFERENCE_CALENDAR_NOTICE_DAYS ? REFERENCE_ENDS_SOON : REFERENCE_HOLDS;
}

/* A quote holds until the next, which is missing when the 20th of the month after has passed by more than holidays explain. */
static enum reference_state lpr_state(struct date last, struct date today)
{
    int year, month, day;
    struct date next;
    struct zcd_error ignored;

    date_to_ymd(last, &year, &month, &day);
    if (date_from_ymd(year, month, LPR_DAY_OF_MONTH, &next, &ignored) != ZCD_OK)
        return REFERENCE_ENDED;
    next = date_add_days(date_add_months(next, 1), REFERENCE_LPR_DELAY_DAYS);
    return date_compare(today, next) > 0 ? REFERENCE_ENDED : REFERENCE_HOLDS;
}

static void look_at_calendar(struct date today, struct reference_table *table)
{
    *table = (struct reference_table){.name = "working_days.csv",
                                      .first = working_day_first(),
                                      .last = working_day_last(),
                                      .row_count = (size_t)date_days_between(working_day_first(), working_day_last()) + 1,
                                      .zh = "",
                                      .en = ""};
    table->state = calendar_state(table->last, today);
    if (table->state == REFERENCE_HOLDS)
        return;
    table->zh = "工作日历只到此日：补入国务院办公厅下一年度放假通知后重新构建";
    table->en = "the working-day calendar ends: add the State Council's next holiday notice and build again";
}

static void look_at_lpr(struct date today, struct reference_table *table)
{
    *table = (struct reference_table){.name = "lpr.csv",
                                      .first = {LPR_QUOTES[0].days},
                                      .last = {LPR_QUOTES[LPR_QUOTE_COUNT - 1].days},
                                      .row_count = LPR_QUOTE_COUNT,
                                      .zh = "",
                                      .en = ""};
    table->state = lpr_state(table->last, today);
    if (table->state == REFERENCE_HOLDS)
        return;
    table->zh = "此后的LPR报价未录入，定价沿用最后一次报价：补入后重新构建";
    table->en = "later quotes of the LPR are missing and prices use the last one: add them and build again";
}

void reference_look(struct date today, struct reference_table tables[REFERENCE_TABLE_COUNT])
{
    look_at_calendar(today, &tables[0]);
    look_at_lpr(today, &tables[1]);
    tables[2] = (struct reference_table){.name = "regions.csv", .first = DATE_NONE, .last = DATE_NONE,
                                         .row_count = region_count(), .state = REFERENCE_HOLDS, .zh = "", .en = ""};
    tables[3] = (struct reference_table){.name = "regional_programmes.csv", .first = DATE_NONE, .last = DATE_NONE,
                                         .row_count = REGIONAL_PROGRAMME_COUNT, .state = REFERENCE_HOLDS, .zh = "", .en = ""};
}

const char *reference_state_name(enum reference_state state)
{
    switch (state) {
    case REFERENCE_HOLDS:
        return "holds";
    case REFERENCE_ENDS_SOON:
        return "ends_soon";
    case REFERENCE_ENDED:
        return "ended";
    }
    assert(false && "a state of enum reference_state");
    return "";
}

bool regional_programme_concerns(const struct regional_programme *programme, const char *region)
{
    size_t size = strlen(programme->region);

    /* 510000 is a province, 420100 a city, 330304 a district: trailing pairs of zeros stand for all below. */
    while (size > 2 && memcmp(programme->region + size - 2, "00", 2) == 0)
        size -= 2;
    return strlen(region) == strlen(programme->region) && memcmp(programme->region, region, size) == 0;
}
