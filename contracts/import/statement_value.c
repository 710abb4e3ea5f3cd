#include "contracts/import/statement_value.h"

#include "base/cleanup.h"
#include "base/money.h"
#include "contracts/folded_text.h"

#include <string.h>

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static const char *skip_prefix(const char *text, const char *prefix)
{
    size_t size = strlen(prefix);

    return strncmp(text, prefix, size) == 0 ? text + size : text;
}

/* Whole yuan with or without thousands separators; NULL when they are none. */
static const char *read_yuan(const char *at, int64_t *yuan)
{
    int group = 0; /* digits since the last comma */
    bool has_comma = false;

    if (!is_digit(*at))
        return NULL;
    for (*yuan = 0; is_digit(*at) || *at == ','; at++) {
        if (*at == ',') {
            if (group == 0 || group > 3 || (has_comma && group != 3))
                return NULL;
            has_comma = true;
            group = 0;
            continue;
        }
        *yuan = *yuan * 10 + (*at - '0');
        group++;
        if (*yuan > MONEY_FEN_MAX / 100)
            return NULL;
    }
    return has_comma && group != 3 ? NULL : at;
}

static const char *read_decimals(const char *at, int64_t *fen)
{
    int64_t worth = 10;

    *fen = 0;
    if (*at != '.')
        return at;
    if (!is_digit(*++at))
        return NULL;
    for (; is_digit(*at); at++) {
        if (worth == 0 && *at != '0')
            return NULL;
        *fen += (*at - '0') * worth;
        worth /= 10;
    }
    return at;
}

static bool parse_folded(const char *at, int64_t *fen)
{
    static const char *const PREFIXES[] = {"CNY", "RMB", "\xc2\xa5", "\xef\xbf\xa5"}; /* ¥ in both widths */
    bool is_negative = false;
    bool is_in_parentheses = *at == '(';
    int64_t yuan;
    int64_t decimals;

    if (at[0] == '\0' || strcmp(at, "-") == 0 || strcmp(at, "--") == 0) {
        *fen = 0;
        return true;
    }
    if (is_in_parentheses)
        at++;
    for (int round = 0; round < 2; round++) { /* a sign may stand on either side of the currency */
        if (!is_negative && (*at == '-' || *at == '+')) {
            is_negative = *at == '-';
            at++;
        }
        for (size_t i = 0; i < sizeof PREFIXES / sizeof *PREFIXES; i++)
            at = skip_prefix(at, PREFIXES[i]);
    }
    at = read_yuan(at, &yuan);
    if (at != NULL)
        at = read_decimals(at, &decimals);
    if (at == NULL)
        return false;
    at = skip_prefix(at, "元");
    if (is_in_parentheses && *at++ != ')')
        return false;
    if (*at != '\0' || yuan * 100 + decimals > MONEY_FEN_MAX)
        return false;
    *fen = is_negative || is_in_parentheses ? -(yuan * 100 + decimals) : yuan * 100 + decimals;
    return true;
}

bool statement_amount_parse(const char *text, int64_t *fen)
{
    ZCD_AUTO(buffer_done) struct buffer folded = {0};

    text_fold(text, &folded);
    return parse_folded((const char *)folded.data, fen);
}

static const char *read_number(const char *at, int digits_max, int *number)
{
    int digits = 0;

    for (*number = 0; is_digit(*at) && digits < digits_max; at++, digits++)
        *number = *number * 10 + (*at - '0');
    return digits == 0 ? NULL : at;
}

/* One of -, /, ., or the Chinese word; the same between month and day as between year and month. */
static const char *read_separator(const char *at, const char *word, char *separator)
{
    size_t size = strlen(word);

    if (strncmp(at, word, size) == 0) {
        *separator = 'w';
        return at + size;
    }
    if (*at != '-' && *at != '/' && *at != '.')
        return NULL;
    *separator = *at;
    return at + 1;
}

static bool all_digits(const char *text, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (!is_digit(text[i]))
            return false;
    }
    return true;
}

static bool make_date(int year, int month, int day, struct date *date)
{
    struct zcd_error ignored;

    return date_from_ymd(year, month, day, date, &ignored) == ZCD_OK;
}

static bool parse_compact(const char *text, struct date *date)
{
    size_t size = strlen(text);
    int year, month, day;

    if ((size != 8 && size != 14) || !all_digits(text, size))
        return false;
    (void)read_number(text, 4, &year);
    (void)read_number(text + 4, 2, &month);
    (void)read_number(text + 6, 2, &day);
    return make_date(year, month, day, date);
}

static bool parse_separated(const char *at, struct date *date)
{
    int year, month, day;
    char first, second;

    if (!all_digits(at, strnlen(at, 4)) || strnlen(at, 4) < 4)
        return false;
    at = read_number(at, 4, &year);
    at = read_separator(at, "年", &first);
    if (at != NULL)
        at = read_number(at, 2, &month);
    if (at != NULL)
        at = read_separator(at, "月", &second);
    if (at != NULL)
        at = read_number(at, 2, &day);
    if (at == NULL || first != second)
        return false;
    if (first == 'w') {
        const char *behind = skip_prefix(at, "日");
        if (behind == at)
            return false;
        at = behind;
    }
    return *at == '\0' && make_date(year, month, day, date);
}

/* "2020-10-08-09.30.00.000000": two digits, dots between them, the fraction or none. */
static void cut_time(char *day)
{
    size_t size = strlen(day);
    const char *time = day + 11;

    if (size < 19 || day[10] != '-' || !all_digits(time, 2) || time[2] != '.' || !all_digits(time + 3, 2) || time[5] != '.'
        || !all_digits(time + 6, 2) || strspn(time + 8, ".0123456789") != strlen(time + 8))
        return;
    day[10] = '\0';
}

bool statement_date_parse(const char *text, struct date *date)
{
    ZCD_AUTO(buffer_done) struct buffer day = {0};
    ZCD_AUTO(buffer_done) struct buffer folded = {0};

    /* The time of day stands behind a blank or a T; behind a dash as 10.11.12.000000 in what ICBC exports. */
    text += strspn(text, " \t");
    buffer_append(&day, text, strcspn(text, " T\t\n"));
    if (day.size == 0)
        return false;
    text_fold((const char *)day.data, &folded);
    cut_time((char *)folded.data);
    return parse_compact((const char *)folded.data, date) || parse_separated((const char *)folded.data, date);
}
