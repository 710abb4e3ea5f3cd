#include "db/value_internal.h"

#include <assert.h>
#include <string.h>

struct db_value db_null(enum db_type type)
{
    return (struct db_value){.type = type, .is_null = true};
}

struct db_value db_bool(bool value)
{
    return (struct db_value){.type = DB_BOOL, .number = value};
}

struct db_value db_int4(int32_t value)
{
    return (struct db_value){.type = DB_INT4, .number = value};
}

struct db_value db_int8(int64_t value)
{
    return (struct db_value){.type = DB_INT8, .number = value};
}

struct db_value db_text(const char *text)
{
    if (text == NULL)
        return db_null(DB_TEXT);
    return (struct db_value){.type = DB_TEXT, .bytes = bytes_of_text(text)};
}

struct db_value db_bytea(struct bytes value)
{
    return (struct db_value){.type = DB_BYTEA, .bytes = value};
}

struct db_value db_date(struct date date)
{
    if (date_is_none(date))
        return db_null(DB_DATE);
    return (struct db_value){.type = DB_DATE, .number = date.days - DB_EPOCH_DAYS};
}

struct db_value db_timestamptz(int64_t at_us)
{
    return (struct db_value){.type = DB_TIMESTAMPTZ, .number = at_us - DB_EPOCH_US};
}

struct db_value db_uuid(const uint8_t uuid[16])
{
    return (struct db_value){.type = DB_UUID, .bytes = {uuid, 16}};
}

void db_put_big_endian(uint8_t *out, uint64_t value, size_t size)
{
    for (size_t i = 0; i < size; i++)
        out[i] = (uint8_t)(value >> (8 * (size - 1 - i)));
}

struct bytes db_value_encode(const struct db_value *value, uint8_t scratch[8])
{
    switch (value->type) {
    case DB_BOOL:
        db_put_big_endian(scratch, (uint64_t)value->number, 1);
        return (struct bytes){scratch, 1};
    case DB_INT4:
    case DB_DATE:
        db_put_big_endian(scratch, (uint32_t)value->number, 4);
        return (struct bytes){scratch, 4};
    case DB_INT8:
    case DB_TIMESTAMPTZ:
        db_put_big_endian(scratch, (uint64_t)value->number, 8);
        return (struct bytes){scratch, 8};
    case DB_BYTEA:
    case DB_TEXT:
    case DB_UUID:
    case DB_BYTEA_ARRAY:
    case DB_INT4_ARRAY:
    case DB_TEXT_ARRAY:
    case DB_INT8_ARRAY:
        return value->bytes;
    }
    assert(false && "a type of enum db_type");
    return (struct bytes){0};
}

/* ------------------------------------------------------------------ arrays */

/* array_send(): dimensions, has-nulls flag, element type, then length and lower bound of the one dimension. */
enum { HEADER_SIZE = 20, COUNT_OFFSET = 12 };

static enum db_type element_type(enum db_type array_type)
{
    switch ((int)array_type) {
    case DB_BYTEA_ARRAY:
        return DB_BYTEA;
    case DB_INT4_ARRAY:
        return DB_INT4;
    case DB_TEXT_ARRAY:
        return DB_TEXT;
    case DB_INT8_ARRAY:
        return DB_INT8;
    }
    assert(false && "an array type of enum db_type");
    return DB_TEXT;
}

static void append_number(struct buffer *buffer, uint64_t value, size_t size)
{
    uint8_t encoded[8];

    db_put_big_endian(encoded, value, size);
    buffer_append(buffer, encoded, size);
}

void db_array_init(struct db_array *array, enum db_type type)
{
    *array = (struct db_array){.type = type};
    append_number(&array->encoded, 1, 4); /* one dimension */
    append_number(&array->encoded, 1, 4); /* there may be nulls */
    append_number(&array->encoded, (uint64_t)element_type(type), 4);
    append_number(&array->encoded, 0, 4); /* the count, written by db_array_value */
    append_number(&array->encoded, 1, 4); /* indices start at 1 */
    assert(array->encoded.size == HEADER_SIZE);
}

static void add_element(struct db_array *array, const void *data, size_t size)
{
    assert(size <= INT32_MAX);
    append_number(&array->encoded, size, 4);
    buffer_append(&array->encoded, data, size);
    array->count++;
}

void db_array_add_int4(struct db_array *array, int32_t value)
{
    uint8_t encoded[4];

    assert(array->type == DB_INT4_ARRAY);
    db_put_big_endian(encoded, (uint32_t)value, sizeof encoded);
    add_element(array, encoded, sizeof encoded);
}

void db_array_add_int8(struct db_array *array, int64_t value)
{
    uint8_t encoded[8];

    assert(array->type == DB_INT8_ARRAY);
    db_put_big_endian(encoded, (uint64_t)value, sizeof encoded);
    add_element(array, encoded, sizeof encoded);
}

void db_array_add_bytea(struct db_array *array, struct bytes value)
{
    assert(array->type == DB_BYTEA_ARRAY);
    add_element(array, value.data, value.size);
}

void db_array_add_text(struct db_array *array, const char *text)
{
    assert(array->type == DB_TEXT_ARRAY);
    if (text != NULL) {
        add_element(array, text, strlen(text));
        return;
    }
    append_number(&array->encoded, UINT32_MAX, 4); /* -1: NULL */
    array->count++;
}

struct db_value db_array_value(struct db_array *array)
{
    db_put_big_endian(array->encoded.data + COUNT_OFFSET, (uint32_t)array->count, 4);
    return (struct db_value){.type = array->type, .bytes = buffer_bytes(&array->encoded)};
}

void db_array_done(struct db_array *array)
{
    buffer_done(&array->encoded);
    array->count = 0;
}
