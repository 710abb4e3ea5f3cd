#include "contracts/import/notice_item_internal.h"

#include "base/cleanup.h"
#include "base/money.h"
#include "contracts/folded_text.h"
#include "contracts/import/statement_value.h"

#include <string.h>

enum { VALUE_SHOWN_SIZE_MAX = 100, NUMBER_SIZE_MAX = 40, DATE_SIZE_MAX = 24 };


struct rule_row {
    const char *code;
    enum import_severity severity;
    const char *zh, *en;
};

static const struct rule_row RULES[NOTICE_RULE_COUNT] = {
#define NOTICE_RULE(name, code, severity, zh, en) {code, severity, zh, en},
#include "contracts/import/notice_rules.def"
#undef NOTICE_RULE
};

struct field_row {
    enum notice_field field;
    const char *context, *name;
};

static const struct field_row FIELDS[] = {
#define NOTICE_FIELD(field, context, name) {NOTICE_##field, context, name},
#include "contracts/import/notice_fields.def"
#undef NOTICE_FIELD
};

static bool find_field(const char *folded, size_t size, const char *context, enum notice_field *field)
{
    for (size_t i = 0; i < sizeof FIELDS / sizeof *FIELDS; i++) {
        bool is_here = FIELDS[i].context[0] == '\0' || strcmp(FIELDS[i].context, context) == 0;
        if (!is_here || strlen(FIELDS[i].name) != size || memcmp(FIELDS[i].name, folded, size) != 0)
            continue;
        *field = FIELDS[i].field;
        return true;
    }
    return false;
}

bool notice_field_find(const char *name, const char *context, enum notice_field *field)
{
    ZCD_AUTO(buffer_done) struct buffer folded = {0};

    text_fold(name, &folded);
    const char *text = (const char *)folded.data;
    return find_field(text, folded.size, context, field) || find_field(text, strcspn(text, "("), context, field);
}

enum notice_kind notice_kind_of(const char *title)
{
    static const struct { const char *word; enum notice_kind kind; } WORDS[] = {
        {"验收结果公告", NOTICE_ACCEPTANCE}, {"验收公告", NOTICE_ACCEPTANCE},      {"账户变更", NOTICE_ACCOUNT_CHANGE},
        {"合同公告", NOTICE_CONTRACT},       {"中标(成交)结果公告", NOTICE_AWARD}, {"中标结果公告", NOTICE_AWARD},
        {"成交结果公告", NOTICE_AWARD},      {"中标公告", NOTICE_AWARD},           {"成交公告", NOTICE_AWARD},
        {"结果公告", NOTICE_AWARD},
    };
    ZCD_AUTO(buffer_done) struct buffer folded = {0};

    text_fold(title, &folded);
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++) {
        if (strstr((const char *)folded.data, WORDS[i].word) != NULL)
            return WORDS[i].kind;
    }
    return NOTICE_NONE;
}

/* At most size_max bytes of a text, without cutting a character. */
static size_t cut_size(const char *text, size_t size_max)
{
    size_t size = strnlen(text, size_max + 1);

    if (size <= size_max)
        return size;
    size = size_max;
    while (size > 0 && ((unsigned char)text[size] & 0xc0) == 0x80)
        size--;
    return size;
}

enum zcd_code notice_report(const struct import_sink *sink, enum notice_rule rule, uint64_t line, const char *field, const char *value,
                            struct zcd_error *err)
{
    char shown[VALUE_SHOWN_SIZE_MAX + 1];
    size_t size = cut_size(value, VALUE_SHOWN_SIZE_MAX);

    memcpy(shown, value, size);
    shown[size] = '\0';
    const struct import_line report = {.severity = RULES[rule].severity, .line = line, .field = field, .value = shown,
                                       .rule = RULES[rule].code, .zh = RULES[rule].zh, .en = RULES[rule].en};
    return sink->take_line(sink->context, &report, err);
}

enum zcd_code notice_take(struct notice *notice, enum notice_field field, const char *name, const char *value, uint64_t line,
                          const struct import_sink *sink, struct arena *arena, struct zcd_error *err)
{
    struct notice_item *item = &notice->items[field];

    text_fold(value, &notice->all);
    if (field == NOTICE_SKIPPED || value[0] == '\0')
        return ZCD_OK;
    size_t size = cut_size(value, NOTICE_ITEM_SIZE_MAX);
    if (item->value == NULL) {
        *item = (struct notice_item){arena_copy_text(arena, name), arena_copy_bytes(arena, value, size), line};
        return ZCD_OK;
    }
    bool is_same = strlen(item->value) == size && memcmp(item->value, value, size) == 0;
    return is_same ? ZCD_OK : notice_report(sink, NOTICE_REPEATED_RULE, line, name, value, err);
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

const char *notice_find_date(const char *text, struct date *date)
{
    for (const char *at = text; *at != '\0'; at++) {
        char piece[DATE_SIZE_MAX + 1];
        if (!is_digit(*at) || (at > text && is_digit(at[-1])))
            continue;
        /* The longest run that is a day: 2020年10月8日 has 4 + 3 + 2 + 3 + 1 + 3 bytes. */
        for (size_t size = strnlen(at, DATE_SIZE_MAX); size >= 8; size--) {
            memcpy(piece, at, size);
            piece[size] = '\0';
            if (!is_digit(at[size]) && strcspn(piece, " \t\nT") == size && statement_date_parse(piece, date))
                return at + size;
        }
    }
    return NULL;
}

/* Yuan with up to six decimals, times ten thousand. */
static bool parse_wan(const char *number, int64_t *fen)
{
    char moved[NUMBER_SIZE_MAX + 8];
    size_t whole = strcspn(number, ".");
    const char *decimals = number[whole] == '.' ? number + whole + 1 : "";
    size_t decimal_count = strlen(decimals);

    if (whole == 0 || whole > NUMBER_SIZE_MAX / 2 || decimal_count > 6 || strchr(number, ',') != NULL || number[0] == '-')
        return false;
    memcpy(moved, number, whole);
    for (size_t i = 0; i < 4; i++)
        moved[whole + i] = i < decimal_count ? decimals[i] : '0';
    moved[whole + 4] = '.';
    moved[whole + 5] = decimal_count > 4 ? decimals[4] : '0';
    moved[whole + 6] = decimal_count > 5 ? decimals[5] : '0';
    moved[whole + 7] = '\0';
    return statement_amount_parse(moved, fen);
}

/* What stands behind a number: its unit, in parentheses or not. */
struct unit {
    bool is_said, is_wan;
    const char *rest;
};

static struct unit unit_of(const char *text)
{
    static const struct { const char *word; bool is_wan; } UNITS[] = {
        {"万元", true}, {"(万元)", true}, {"万", true}, {"(万)", true}, {"元", false}, {"(元)", false}};

    for (size_t i = 0; i < sizeof UNITS / sizeof *UNITS; i++) {
        size_t size = strlen(UNITS[i].word);
        if (strncmp(text, UNITS[i].word, size) == 0)
            return (struct unit){.is_said = true, .is_wan = UNITS[i].is_wan, .rest = text + size};
    }
    return (struct unit){.rest = text};
}

static bool holds_one_of(const char *text, const char *const words[])
{
    for (; *words != NULL; words++) {
        if (strstr(text, *words) != NULL)
            return true;
    }
    return false;
}

/* Behind the unit. 元/人 and 元 a month are prices, not the amount. */
static bool is_end(const char *rest)
{
    static const char *const ENDS[] = {"(", ")", "整", "。", ";"};

    for (size_t i = 0; i < sizeof ENDS / sizeof *ENDS; i++) {
        if (strncmp(rest, ENDS[i], strlen(ENDS[i])) == 0)
            return true;
    }
    return *rest == '\0';
}

bool notice_amount_parse(const char *name, const char *text, int64_t *fen, bool *says_unit)
{
    static const char *const FOREIGN[] = {"美元", "港", "欧元", "英镑", "日元", "USD", "HKD", "EUR", "GBP", "JPY", "$", NULL};
    static const char *const YUAN[] = {"元", "人民币", "¥", "￥", "RMB", "CNY", NULL};
    ZCD_AUTO(buffer_done) struct buffer folded = {0};
    char number[NUMBER_SIZE_MAX + 1];
    int64_t parsed;

    text_fold(text, &folded);
    const char *words = (const char *)folded.data;
    /* "人民币小写:￥1,200,000.00元(大写:...)": the first run of digits, which nothing but words stands before. */
    size_t word_size = strcspn(words, "0123456789-");
    size_t size = strspn(words + word_size, "0123456789,.");
    if (size == 0 || size > NUMBER_SIZE_MAX || holds_one_of(words, FOREIGN) || holds_one_of(name, FOREIGN))
        return false;
    memcpy(number, words + word_size, size);
    number[size] = '\0';
    const struct unit unit = unit_of(words + word_size + size);
    bool is_wan = unit.is_said ? unit.is_wan : strstr(name, "万元") != NULL;
    if (!is_end(unit.rest) || !(is_wan ? parse_wan(number, &parsed) : statement_amount_parse(number, &parsed)) || parsed <= 0)
        return false;
    folded.data[word_size] = '\0';
    *says_unit = unit.is_said || holds_one_of(name, YUAN) || holds_one_of(words, YUAN);
    *fen = parsed;
    return true;
}
