/* Small words that the parts of a world share: days, shares, texts, codes. */
#include "generator/world_internal.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int32_t day_of(int year, int month, int day)
{
    struct date date;
    struct zcd_error err;
    enum zcd_code code = date_from_ymd(year, month, day, &date, &err);

    assert(code == ZCD_OK);
    return code == ZCD_OK ? date.days : 0;
}

int year_of_day(int32_t day)
{
    int year;
    int month;
    int day_of_month;

    date_to_ymd((struct date){day}, &year, &month, &day_of_month);
    return year;
}

int32_t working_day_after(int32_t day)
{
    int weekday = date_weekday((struct date){day});
    return weekday <= 5 ? day : day + 8 - weekday;
}

int32_t day_max(int32_t a, int32_t b)
{
    return a > b ? a : b;
}

int64_t permille_of(int64_t amount, int64_t permille)
{
    return amount * permille / 1000;
}

const char *text_of(struct arena *arena, const char *format, ...)
{
    char text[256];
    va_list values;

    va_start(values, format);
    int size = vsnprintf(text, sizeof text, format, values);
    va_end(values);
    assert(size >= 0 && (size_t)size < sizeof text);
    return arena_copy_text(arena, text);
}

/* GB 11714-1997: letters count from A = 10; 10 is written X, 11 is written 0. */
static char organisation_check(const char body[8])
{
    static const int WEIGHTS[8] = {3, 7, 9, 10, 5, 8, 4, 2};
    int sum = 0;

    for (int i = 0; i < 8; i++)
        sum += WEIGHTS[i] * (body[i] <= '9' ? body[i] - '0' : body[i] - 'A' + 10);
    return "0123456789X0"[11 - sum % 11];
}

/* GB 32100-2015: a character's place in the alphabet is its value, weights are powers of three. */
static char code_check(const char body[17])
{
    static const char ALPHABET[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";
    int sum = 0;
    int weight = 1;

    for (int i = 0; i < 17; i++) {
        sum += weight * (int)(strchr(ALPHABET, body[i]) - ALPHABET);
        weight = weight * 3 % 31;
    }
    return ALPHABET[(31 - sum % 31) % 31];
}

/* A code that passes both checks and says by the letters EX in its organisation code that it is an example. */
struct uscc code_invent(const char *body_kind, const struct region *region, char letter, uint32_t number)
{
    char text[32];
    struct uscc code;
    struct zcd_error err;

    (void)snprintf(text, sizeof text, "%.2s%.6sEX%c%05u", body_kind, region->code, letter, (unsigned)(number % 100000));
    text[16] = organisation_check(text + 8);
    text[17] = code_check(text);
    text[18] = '\0';
    enum zcd_code parsed = uscc_parse(text, &code, &err);
    assert(parsed == ZCD_OK);
    (void)parsed;
    return code;
}
