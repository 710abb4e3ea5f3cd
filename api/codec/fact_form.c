#include "api/codec/fact_form.h"

#include "base/cleanup.h"
#include "contracts/contract_store.h"
#include "contracts/facility_store.h"
#include "contracts/monitoring_store.h"
#include "contracts/organisation_store.h"
#include "contracts/payer_store.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static const struct fact_form FORMS[FACT_FORM_COUNT] = {
#define FACT_FORM(NAME, name, TABLE, SCOPE, PARENT, required, day, zh, en) {name, &(TABLE), FACT_FORM_##PARENT, required, day},
#include "api/codec/fact_forms.def"
#undef FACT_FORM
};

const struct fact_form *fact_form_at(enum fact_form_number number)
{
    assert(number >= 0 && number < FACT_FORM_COUNT);
    return &FORMS[number];
}

enum fact_form_number fact_form_find(const char *name)
{
    for (int i = FACT_FORM_ORGANISATION + 1; i < FACT_FORM_COUNT; i++) {
        if (strcmp(FORMS[i].name, name) == 0)
            return (enum fact_form_number)i;
    }
    return FACT_FORM_NONE;
}

/* -------------------------------------------------------------------- keys */

enum { COMMA = ',', ESCAPE = '%' };

static bool is_unreserved(unsigned char byte) /* RFC 3986 2.3 */
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9')
           || (byte != '\0' && strchr("-._~", byte) != NULL);
}

static size_t count_parts(const char *key)
{
    size_t count = 1;

    for (const char *c = key; *c != '\0'; c++)
        count += *c == COMMA;
    return *key == '\0' ? 0 : count;
}

/* One byte of a part, as the tables write it. */
static void append_sql(struct buffer *key, unsigned char byte)
{
    if (byte == ESCAPE || byte == COMMA)
        buffer_append_format(key, "%%%02X", byte);
    else
        buffer_append(key, &byte, 1);
}

static bool unescape(const char *path_key, struct buffer *key)
{
    struct zcd_error unwanted;

    for (const char *c = path_key; *c != '\0'; c++) {
        uint8_t byte = (uint8_t)*c;
        if (byte == COMMA) {
            buffer_append(key, c, 1);
            continue;
        }
        if (byte == ESCAPE) {
            char digits[3] = {c[1], c[1] == '\0' ? '\0' : c[2], '\0'};
            for (char *digit = digits; *digit != '\0'; digit++)
                *digit = *digit >= 'A' && *digit <= 'F' ? (char)(*digit - 'A' + 'a') : *digit;
            if (hex_decode(digits, strlen(digits), &byte, 1, &unwanted) != ZCD_OK || byte < 0x20 || byte == 0x7f)
                return false;
            c += 2;
        }
        append_sql(key, byte);
    }
    return bytes_are_utf8(buffer_bytes(key));
}

enum zcd_code fact_key_read(const struct fact_form *form, const char *path_key, struct arena *arena,
                            const char **sql_key, struct zcd_error *err)
{
    ZCD_AUTO(buffer_done)
    struct buffer key = {0};

    if (count_parts(path_key) != form->table->key_count || !unescape(path_key, &key))
        return zcd_fail(err, ZCD_NOT_FOUND, "there is no such fact");
    *sql_key = key.size == 0 ? "" : arena_copy_bytes(arena, key.data, key.size);
    return ZCD_OK;
}

const char *fact_key_format(const char *sql_key, struct arena *arena)
{
    ZCD_AUTO(buffer_done)
    struct buffer key = {0};

    for (const char *c = sql_key; *c != '\0'; c++) {
        if (is_unreserved((unsigned char)*c) || *c == COMMA || *c == ESCAPE) /* a '%' begins an escape already */
            buffer_append(&key, c, 1);
        else
            buffer_append_format(&key, "%%%02X", (unsigned)(unsigned char)*c);
    }
    return key.size == 0 ? "" : arena_copy_bytes(arena, key.data, key.size);
}

/* ------------------------------------------------------------------- names */

/* Where the dossier has another name than the table. */
static const struct {
    const char *column, *member;
} NAMES[] = {
    {"contract_id", "contract"},   {"facility_id", "facility"}, {"facility_lender", "lender"},
    {"from_on", "from"},           {"milestone_id", "milestone"}, {"on_day", "on"},
    {"payer_id", "payer"},         {"payer_uscc", "uscc"},      {"payment_trigger", "trigger"},
    {"to_on", "to"},
};

bool fact_column_is_own_id(const struct fact_table *table, size_t column)
{
    const char *name = table->columns[column].name;
    size_t size = strlen(name);

    return column + 1 == table->key_count && size > 3 && strcmp(name + size - 3, "_id") == 0;
}

const char *fact_member_name(const struct fact_form *form, size_t column)
{
    const char *name = form->table->columns[column].name;

    if (fact_column_is_own_id(form->table, column))
        return "id";
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
        if (strcmp(NAMES[i].column, name) == 0)
            return NAMES[i].member;
    }
    return name;
}

bool fact_column_is_list(const struct fact_column *column)
{
    return strcmp(column->name, "pledged_contracts") == 0;
}

/* ------------------------------------------------------------------ values */

struct member {
    const char *name;
    const struct fact_column *column;
};

static int compare_members(const void *a, const void *b)
{
    return strcmp(((const struct member *)a)->name, ((const struct member *)b)->name);
}

static void write_text(const char *name, const char *text, struct json_writer *writer)
{
    if (text != NULL && *text != '\0')
        json_write_text(writer, name, text);
}

static void write_ids(const char *name, const char *ids, struct json_writer *writer)
{
    ZCD_AUTO(arena_done)
    struct arena arena = {0};

    if (ids == NULL || *ids == '\0')
        return;
    json_write_array(writer, name);
    char *rest = arena_copy_text(&arena, ids), *end;
    for (char *id = strtok_r(rest, " ", &end); id != NULL; id = strtok_r(NULL, " ", &end))
        json_write_text(writer, NULL, id);
    json_write_end(writer);
}

static void write_date(const char *name, struct date day, struct json_writer *writer)
{
    char text[DATE_TEXT_SIZE];

    if (!date_is_none(day))
        json_write_text(writer, name, date_format(day, text));
}

static void write_code(const char *name, const struct codelist *codes, const void *member, struct json_writer *writer)
{
    int number;

    memcpy(&number, member, sizeof number);
    if (number != 0)
        json_write_text(writer, name, codelist_name(codes, number));
}

static void write_member(const struct member *member, const void *row, struct json_writer *writer)
{
    const struct fact_column *column = member->column;
    const void *at = (const char *)row + column->offset;

    switch (column->type) {
    case FACT_COLUMN_ID:
    case FACT_COLUMN_TEXT:
        if (fact_column_is_list(column))
            write_ids(member->name, *(const char *const *)at, writer);
        else
            write_text(member->name, *(const char *const *)at, writer);
        return;
    case FACT_COLUMN_INT4:
    case FACT_COLUMN_COUNT:
        if (*(const int32_t *)at != DOSSIER_COUNT_NONE)
            json_write_integer(writer, member->name, *(const int32_t *)at);
        return;
    case FACT_COLUMN_FEN:
        if (*(const int64_t *)at != DOSSIER_FEN_NONE)
            json_write_integer(writer, member->name, *(const int64_t *)at);
        return;
    case FACT_COLUMN_YES:
        if (*(const bool *)at)
            json_write_boolean(writer, member->name, true);
        return;
    case FACT_COLUMN_DATE:
        write_date(member->name, *(const struct date *)at, writer);
        return;
    case FACT_COLUMN_CODE:
    case FACT_COLUMN_ID_CODE:
        write_code(member->name, column->codes, at, writer);
        return;
    case FACT_COLUMN_REGION:
        write_text(member->name, ((const struct region *)at)->code, writer);
        return;
    case FACT_COLUMN_USCC:
        write_text(member->name, ((const struct uscc *)at)->text, writer);
        return;
    }
    abort(); /* no other type stands in a table */
}

enum { MEMBERS_MAX = 40 };

void fact_value_write(const struct fact_form *form, const void *row, const char *name, struct json_writer *writer)
{
    struct member members[MEMBERS_MAX];
    size_t count = form->table->column_count;

    assert(count <= MEMBERS_MAX);
    for (size_t i = 0; i < count; i++)
        members[i] = (struct member){fact_member_name(form, i), &form->table->columns[i]};
    qsort(members, count, sizeof *members, compare_members);
    json_write_object(writer, name);
    for (size_t i = 0; i < count; i++)
        write_member(&members[i], row, writer);
    json_write_end(writer);
}
