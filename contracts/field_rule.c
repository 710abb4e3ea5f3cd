#include "contracts/field_rule_internal.h"

#include "base/bytes.h"
#include "base/money.h"
#include "contracts/dossier.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static size_t text_size_max(enum field_kind kind)
{
    if (kind == FIELD_ID)
        return DOSSIER_ID_SIZE_MAX;
    if (kind == FIELD_NAME)
        return DOSSIER_NAME_SIZE_MAX;
    if (kind == FIELD_TITLE)
        return DOSSIER_TITLE_SIZE_MAX;
    return DOSSIER_NOTE_SIZE_MAX;
}

/* May this byte stand in a text of that kind? Bytes of 0x80 and more are judged as UTF-8 elsewhere. */
static bool is_allowed(unsigned char byte, enum field_kind kind)
{
    if (kind == FIELD_ID)
        return byte > 0x20 && byte < 0x7f;
    if (kind == FIELD_NOTE && (byte == '\n' || byte == '\t'))
        return true;
    return byte >= 0x20 && byte != 0x7f;
}

enum zcd_code field_text_check(const char *text, enum field_kind kind, struct zcd_error *err)
{
    assert(text != NULL);

    size_t size_max = text_size_max(kind);
    size_t size = strnlen(text, size_max + 1);
    if (size == 0)
        return zcd_fail(err, ZCD_INVALID, "is empty");
    if (size > size_max)
        return zcd_fail(err, ZCD_INVALID, "is longer than %zu bytes", size_max);
    for (size_t i = 0; i < size; i++) {
        if (!is_allowed((unsigned char)text[i], kind))
            return zcd_fail(err, ZCD_INVALID, kind == FIELD_ID ? "byte %zu is not printable ASCII" : "byte %zu is a control character",
                            i + 1);
    }
    if (!bytes_are_utf8((struct bytes){(const uint8_t *)text, size}))
        return zcd_fail(err, ZCD_INVALID, "is not UTF-8");
    return ZCD_OK;
}

static enum zcd_code check_text(const struct field_rule *rule, const char *text, struct zcd_error *err)
{
    if (rule->optional && text[0] == '\0')
        return ZCD_OK;
    return field_text_check(text, rule->kind, err);
}

static enum zcd_code check_code(const struct field_rule *rule, int number, struct zcd_error *err)
{
    if ((rule->optional && number == 0) || codelist_has(rule->codes, number))
        return ZCD_OK;
    return zcd_fail(err, ZCD_INVALID, number == 0 ? "is not given" : "is no code of its list");
}

static enum zcd_code check_range(int64_t value, int64_t min, int64_t max, struct zcd_error *err)
{
    if (value < min)
        return zcd_fail(err, ZCD_INVALID, "is %lld, below %lld", (long long)value, (long long)min);
    if (value > max)
        return zcd_fail(err, ZCD_INVALID, "is %lld, above %lld", (long long)value, (long long)max);
    return ZCD_OK;
}

static enum zcd_code check_amount(const struct field_rule *rule, int64_t amount_fen, struct zcd_error *err)
{
    if (amount_fen == DOSSIER_FEN_NONE)
        return rule->optional ? ZCD_OK : zcd_fail(err, ZCD_INVALID, "is not given");
    return check_range(amount_fen, rule->min, MONEY_FEN_MAX, err);
}

static enum zcd_code check_count(const struct field_rule *rule, int32_t count, struct zcd_error *err)
{
    if (rule->optional && count == DOSSIER_COUNT_NONE)
        return ZCD_OK;
    return check_range(count, rule->min, rule->max, err);
}

static enum zcd_code check_date(const struct field_rule *rule, struct date date, struct date as_of, struct zcd_error *err)
{
    if (date_is_none(date))
        return rule->optional ? ZCD_OK : zcd_fail(err, ZCD_INVALID, "is not given");
    if (rule->kind == FIELD_PAST_DATE && date_compare(date, as_of) > 0)
        return zcd_fail(err, ZCD_INVALID, "is after as_of");
    return ZCD_OK;
}

static enum zcd_code check_field(const struct field_rule *rule, const void *member, struct date as_of, struct zcd_error *err)
{
    switch (rule->kind) {
    case FIELD_ID:
    case FIELD_NAME:
    case FIELD_TITLE:
    case FIELD_NOTE:
        return check_text(rule, *(const char *const *)member, err);
    case FIELD_CODE:
        return check_code(rule, *(const int *)member, err);
    case FIELD_AMOUNT:
        return check_amount(rule, *(const int64_t *)member, err);
    case FIELD_PPM:
        return check_range(*(const int64_t *)member, 0, DOSSIER_EXPERIENCE_PPM_MAX, err);
    case FIELD_COUNT:
        return check_count(rule, *(const int32_t *)member, err);
    case FIELD_DATE:
    case FIELD_PAST_DATE:
        return check_date(rule, *(const struct date *)member, as_of, err);
    }
    abort(); /* no other kind stands in a table */
}

void field_rules_check(const struct field_rule *rules, size_t rule_count, const void *record, struct date as_of,
                       const struct error_place *place)
{
    struct zcd_error err;

    for (size_t i = 0; i < rule_count; i++) {
        const void *member = (const char *)record + rules[i].offset;
        if (check_field(&rules[i], member, as_of, &err) != ZCD_OK)
            error_add_error(place, rules[i].name, &err);
    }
}
