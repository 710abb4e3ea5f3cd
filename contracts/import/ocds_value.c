#include "contracts/import/currency.h"
#include "contracts/import/json_pieces.h"
#include "contracts/import/ocds_internal.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { VALUE_SHOWN_MAX = 80, ID_SIZE_MAX = 64, ID_HEAD_SIZE = 31 };

static const struct {
    const char *code;
    enum import_severity severity;
    const char *zh, *en;
} RULES[] = {
#define OCDS_RULE(name, code, severity, zh, en) {code, IMPORT_##severity, zh, en},
#include "contracts/import/ocds_rules.def"
#undef OCDS_RULE
};

const struct ocds_coverage_row OCDS_COVERAGE_ROWS[OCDS_TOLD_COUNT] = {
#define OCDS_COVERAGE(name, code, of, zh, en) {code, OCDS_TOLD_##of, zh, en},
#include "contracts/import/ocds_coverage.def"
#undef OCDS_COVERAGE
};

/* ----------------------------------------------------------------------- reporting */

/* The longest beginning of at most size_max bytes that ends with a character. */
static size_t cut_size(const char *text, size_t size_max)
{
    size_t size = strlen(text);

    if (size <= size_max)
        return size;
    for (size = size_max; size > 0 && ((unsigned char)text[size] & 0xC0) == 0x80;)
        size--;
    return size;
}

static enum zcd_code report(const struct ocds_context *context, enum ocds_rule rule, const char *value,
                            const char *pointer, struct zcd_error *err)
{
    char shown[VALUE_SHOWN_MAX + 1] = "", field[sizeof(struct ocds_pointer) + 64];

    if (value != NULL && value[0] == JSON_PIECES_NUMBER)
        value++;
    if (value != NULL)
        (void)snprintf(shown, sizeof shown, "%.*s", (int)cut_size(value, VALUE_SHOWN_MAX), value);
    (void)snprintf(field, sizeof field, "%s%s", context->place, pointer);
    const struct import_line line = {.severity = RULES[rule].severity,
                                     .line = context->line,
                                     .field = field,
                                     .value = shown,
                                     .rule = RULES[rule].code,
                                     .zh = RULES[rule].zh,
                                     .en = RULES[rule].en};
    return context->sink->take_line(context->sink->context, &line, err);
}

enum zcd_code ocds_report(const struct ocds_context *context, enum ocds_rule rule, const char *value,
                          struct zcd_error *err, const char *format, ...)
{
    struct ocds_pointer pointer;
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(pointer.text, sizeof pointer.text, format, arguments);
    va_end(arguments);
    return report(context, rule, value, pointer.text, err);
}

struct ocds_pointer ocds_pointer(const char *format, ...)
{
    struct ocds_pointer pointer;
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(pointer.text, sizeof pointer.text, format, arguments);
    va_end(arguments);
    return pointer;
}

void ocds_say(struct ocds_reading *reading, enum ocds_rule rule, const char *value, const char *pointer)
{
    if (reading->code == ZCD_OK)
        reading->code = report(reading->context, rule, value, pointer, reading->err);
}

void ocds_count(struct ocds_reading *reading, enum ocds_told told)
{
    reading->context->coverage->counts[told]++;
}

void ocds_take(struct ocds_reading *reading, const struct fact *fact, const char *organisation,
               const char *pointer)
{
    const struct ocds_context *context = reading->context;
    char place[sizeof(struct ocds_pointer) + 64];

    (void)snprintf(place, sizeof place, "%s%s", context->place, pointer);
    struct fact placed = *fact;
    placed.organisation = organisation;
    placed.line = context->line;
    placed.place = place;
    if (reading->code == ZCD_OK)
        reading->code = context->sink->take_fact(context->sink->context, &placed, reading->err);
}

bool ocds_is_wanted(const struct ocds_reading *reading, const struct ocds_organisation *organisation)
{
    const char *only = reading->context->wanted->organisation;

    return *organisation->key != '\0' && (only == NULL || strcmp(only, organisation->key) == 0);
}

void ocds_take_for_all(struct ocds_reading *reading, const struct fact *fact, const struct ocds_suppliers *suppliers,
                       const char *pointer)
{
    for (size_t i = 0; i < suppliers->count; i++)
        if (ocds_is_wanted(reading, &suppliers->list[i]))
            ocds_take(reading, fact, suppliers->list[i].key, pointer);
}

/* -------------------------------------------------------------------------- values */

static bool is_plain(const char *text)
{
    for (; *text != '\0'; text++)
        if ((unsigned char)*text < 0x20 || *text == 0x7F)
            return false;
    return true;
}

const char *ocds_text(struct arena *arena, const json_t *value)
{
    char number[24];

    if (json_is_integer(value)) {
        (void)snprintf(number, sizeof number, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
        return arena_copy_text(arena, number);
    }
    if (!json_is_string(value))
        return "";
    const char *text = json_string_value(value);
    if (text[0] == JSON_PIECES_NUMBER)
        text++;
    while (*text == ' ')
        text++;
    size_t size = strlen(text);
    while (size > 0 && text[size - 1] == ' ')
        size--;
    char *copied = arena_copy_bytes(arena, text, size);
    for (char *at = copied; *at != '\0'; at++) /* names and titles come with line breaks in them */
        if (*at == '\n' || *at == '\r' || *at == '\t')
            *at = ' ';
    return is_plain(copied) ? copied : "";
}

const char *ocds_member_text(struct ocds_reading *reading, const json_t *object, const char *name, size_t size_max,
                             const char *pointer)
{
    const char *text = ocds_text(reading->context->arena, json_object_get(object, name));
    size_t size = cut_size(text, size_max);

    if (text[size] == '\0')
        return text;
    ocds_say(reading, OCDS_TEXT_CUT, text, ocds_pointer("%s/%s", pointer, name).text);
    return arena_copy_bytes(reading->context->arena, text, size);
}

size_t ocds_list_size(struct ocds_reading *reading, json_t *list, const char *pointer)
{
    if (json_is_array(list))
        return json_array_size(list);
    if (list == NULL || json_is_null(list))
        return 0;
    ocds_say(reading, json_is_object(list) ? OCDS_NOT_LISTED : OCDS_NO_LIST, NULL, pointer);
    return json_is_object(list) ? 1 : 0;
}

json_t *ocds_list_at(struct ocds_reading *reading, json_t *list, size_t i, const char *pointer)
{
    json_t *element = json_is_array(list) ? json_array_get(list, i) : list;

    if (json_is_object(element))
        return element;
    if (!json_is_null(element))
        ocds_say(reading, OCDS_NO_OBJECT, ocds_text(reading->context->arena, element),
                 ocds_pointer("%s/%zu", pointer, i).text);
    return NULL;
}

struct date ocds_date(struct ocds_reading *reading, const json_t *value, const char *pointer)
{
    const char *text = ocds_text(reading->context->arena, value);
    char day[DATE_TEXT_SIZE];
    struct date date;
    struct zcd_error unwanted;

    if (value == NULL || json_is_null(value) || (json_is_string(value) && *text == '\0'))
        return DATE_NONE;
    (void)snprintf(day, sizeof day, "%.10s", text);
    bool is_day = strlen(text) == 10 || (strlen(text) > 10 && (text[10] == 'T' || text[10] == ' '));
    if (is_day && date_parse(day, &date, &unwanted) == ZCD_OK)
        return date;
    ocds_say(reading, OCDS_DATE_FORM, text, pointer);
    return DATE_NONE;
}

static bool is_currency_text(const char *text)
{
    return strlen(text) == 3 && currency_decimals(text) >= 0;
}

static enum ocds_rule rule_of_outcome(enum currency_outcome outcome)
{
    switch (outcome) {
    case CURRENCY_TOO_FINE:
        return OCDS_AMOUNT_TOO_FINE;
    case CURRENCY_TOO_LARGE:
        return OCDS_AMOUNT_TOO_LARGE;
    case CURRENCY_NEGATIVE:
        return OCDS_AMOUNT_NEGATIVE;
    case CURRENCY_EXACT:
    case CURRENCY_NO_NUMBER:
        break;
    }
    return OCDS_AMOUNT_NO_NUMBER;
}

struct fact_money ocds_money(struct ocds_reading *reading, const json_t *value, const char *pointer)
{
    struct fact_money money = {FACT_MONEY_NONE, ""};
    const json_t *amount = json_object_get(value, "amount");
    const char *currency = ocds_text(reading->context->arena, json_object_get(value, "currency"));
    const char *text = ocds_text(reading->context->arena, amount);
    bool is_text = json_is_string(amount) && json_string_value(amount)[0] != JSON_PIECES_NUMBER;
    int64_t minor;

    if (amount == NULL || json_is_null(amount) || (is_text && *text == '\0'))
        return money;
    if (!is_currency_text(currency)) {
        ocds_say(reading, OCDS_CURRENCY_UNKNOWN, currency, ocds_pointer("%s/currency", pointer).text);
        return money;
    }
    enum currency_outcome outcome = currency_parse_amount(text, currency_decimals(currency), &minor);
    if (outcome != CURRENCY_EXACT) {
        ocds_say(reading, rule_of_outcome(outcome), text, ocds_pointer("%s/amount", pointer).text);
        return money;
    }
    if (is_text)
        ocds_say(reading, OCDS_AMOUNT_AS_TEXT, text, ocds_pointer("%s/amount", pointer).text);
    money.minor = minor;
    memcpy(money.currency, currency, sizeof money.currency);
    return money;
}

/* ------------------------------------------------------------------------------ ids */

/* FNV-1a, 128 bits (draft-eastlake-fnv): to tell apart what a publisher itself tells apart. */
static void digest(const char *text, unsigned __int128 *state)
{
    const unsigned __int128 prime = ((unsigned __int128)1 << 88) + 0x13B;

    for (; *text != '\0'; text++)
        *state = (*state ^ (unsigned char)*text) * prime;
}

static bool is_id_text(const char *text)
{
    for (; *text != '\0'; text++)
        if (*text <= 0x20 || *text >= 0x7F)
            return false;
    return true;
}

const char *ocds_fact_id(struct arena *arena, const char *first, const char *second, const char *third)
{
    size_t size = strlen(first) + strlen(second) + strlen(third) + 3;
    char *id = ARENA_NEW(arena, char, size < ID_SIZE_MAX + 1 ? ID_SIZE_MAX + 1 : size);
    unsigned __int128 state = ((unsigned __int128)0x6C62272E07BB0142U << 64) | 0x62B821756295C58DU;

    (void)snprintf(id, size, "%s%s%s%s%s", first, *second == '\0' ? "" : "/", second, *third == '\0' ? "" : "/", third);
    if (strlen(id) <= ID_SIZE_MAX && is_id_text(id))
        return id;
    digest(id, &state);
    for (int i = 0; i < ID_HEAD_SIZE; i++)
        if (id[i] <= 0x20 || id[i] >= 0x7F)
            id[i] = '_'; /* the end of a short id too */
    (void)snprintf(id + ID_HEAD_SIZE, ID_SIZE_MAX + 1 - ID_HEAD_SIZE, "~%016llx%016llx", (unsigned long long)(state >> 64),
                   (unsigned long long)state);
    return id;
}

/* ------------------------------------------------------------------------ extension */

json_t *ocds_extension(const json_t *object)
{
    json_t *extension = json_object_get(object, "x_zcd");

    return json_is_object(extension) ? extension : NULL;
}

int ocds_extension_code(struct ocds_reading *reading, const json_t *object, const char *name,
                        const struct codelist *codes, const char *pointer)
{
    const char *text = ocds_text(reading->context->arena, json_object_get(ocds_extension(object), name));
    int number = 0;

    if (*text != '\0' && !codelist_find(codes, text, &number))
        ocds_say(reading, OCDS_EXTENSION, text, ocds_pointer("%s/x_zcd/%s", pointer, name).text);
    return number;
}

int32_t ocds_extension_count(struct ocds_reading *reading, const json_t *object, const char *name, const char *pointer)
{
    json_t *value = json_object_get(ocds_extension(object), name);

    if (value == NULL || json_is_null(value))
        return DOSSIER_COUNT_NONE;
    if (json_is_integer(value) && json_integer_value(value) >= 0 && json_integer_value(value) <= 1000)
        return (int32_t)json_integer_value(value);
    ocds_say(reading, OCDS_EXTENSION, ocds_text(reading->context->arena, value),
             ocds_pointer("%s/x_zcd/%s", pointer, name).text);
    return DOSSIER_COUNT_NONE;
}
