#include "scoring/value_text.h"

#include "base/money.h"

#include <assert.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const char *value_text_format(struct arena *arena, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    assert(length >= 0);

    char *text = ARENA_NEW(arena, char, (size_t)length + 1);
    va_start(arguments, format);
    (void)vsnprintf(text, (size_t)length + 1, format, arguments);
    va_end(arguments);
    return text;
}

/* The text from `place` on begins with the mark: its length, else 0. */
static size_t mark_at(const char *place, const char *mark)
{
    return strncmp(place, mark, strlen(mark)) == 0 ? strlen(mark) : 0;
}

const char *value_text_fill(struct arena *arena, const char *text, const char *subject, const char *value)
{
    const char *before = text;

    for (const char *place = text; *place != '\0'; place++) {
        size_t subject_length = mark_at(place, "{subject}");
        size_t value_length = mark_at(place, "{value}");
        if (subject_length + value_length == 0)
            continue;
        const char *rest = value_text_fill(arena, place + subject_length + value_length, subject, value);
        return value_text_format(arena, "%.*s%s%s", (int)(place - before), before, subject_length > 0 ? subject : value, rest);
    }
    return before;
}

struct value_text value_text_money(struct arena *arena, int64_t amount_fen)
{
    char yuan[MONEY_TEXT_SIZE];

    money_format_yuan(amount_fen, yuan);
    return (struct value_text){value_text_format(arena, "%s元", yuan), value_text_format(arena, "CNY %s", yuan)};
}

/* Hundredths of a percent, with the sign kept where the whole part is zero. */
struct value_text value_text_bp(struct arena *arena, int64_t share_bp)
{
    int64_t size_bp = share_bp < 0 ? -share_bp : share_bp;
    const char *text = value_text_format(arena, "%s%" PRId64 ".%02" PRId64 " %%", share_bp < 0 ? "-" : "", size_bp / 100,
                                   size_bp % 100);
    return (struct value_text){text, text};
}

struct value_text value_text_ppm(struct arena *arena, int64_t share_ppm)
{
    return value_text_bp(arena, share_ppm / (MONEY_PPM_ONE / MONEY_BP_ONE));
}

struct value_text value_text_count(struct arena *arena, int64_t count, const char *unit_zh, const char *unit_en)
{
    int length = (int)strlen(unit_en) - (count == 1 ? 1 : 0); /* one month, not one months */
    const char *zh = value_text_format(arena, "%" PRId64 "%s", count, unit_zh);
    return (struct value_text){zh, value_text_format(arena, "%" PRId64 " %.*s", count, length, unit_en)};
}

/* Shares that are counts by nature: two decimals of a month, a person or a multiple instead of percent. */
static struct value_text ten_thousandths(struct arena *arena, int64_t value, const char *unit_zh, const char *unit_en)
{
    int64_t size = value < 0 ? -value : value;
    const char *number = value_text_format(arena, "%s%" PRId64 ".%02" PRId64, value < 0 ? "-" : "", size / MONEY_BP_ONE,
                                     size % MONEY_BP_ONE / 100);
    const char *zh = value_text_format(arena, "%s%s", number, unit_zh);
    return (struct value_text){zh, value_text_format(arena, "%s %s", number, unit_en)};
}

struct value_text value_text_characteristic(struct arena *arena, enum characteristic which, int64_t value)
{
    static const struct {
        const char *unit, *zh, *en;
    } UNITS[] = {
        {"months", "个月", "months"}, {"days", "天", "days"}, {"points", "分", "points"}, {"years", "年", "years"},
    };
    const char *unit = characteristic_unit(which);

    if (which == CHARACTERISTIC_LICENSED_PER_STATION)
        return ten_thousandths(arena, value, "人", "people");
    if (which == CHARACTERISTIC_CASH_MONTHS || which == CHARACTERISTIC_NET_ASSET_MONTHS)
        return ten_thousandths(arena, value, "个月", "months");
    if (which == CHARACTERISTIC_RECEIVABLE_COVER || which == CHARACTERISTIC_INCOME_COVER
        || which == CHARACTERISTIC_COLLATERAL_COVER)
        return ten_thousandths(arena, value, "倍", "times");
    if (strcmp(unit, "bp") == 0)
        return value_text_bp(arena, value);
    if (strcmp(unit, "level") == 0) {
        const char *level = value_text_format(arena, "%" PRId64 "A", value);
        return (struct value_text){level, level};
    }
    for (size_t i = 0; i < sizeof UNITS / sizeof *UNITS; i++) {
        if (strcmp(unit, UNITS[i].unit) == 0)
            return value_text_count(arena, value, UNITS[i].zh, UNITS[i].en);
    }
    assert(false); /* a unit in characteristics.def that this file does not know */
    return (struct value_text){"", ""};
}
