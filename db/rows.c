#include "db/rows.h"

#include "db/value_internal.h"

#include <assert.h>
#include <libpq-fe.h>
#include <string.h>

void db_rows_done(struct db_rows *rows)
{
    PQclear(rows->result);
    *rows = (struct db_rows){0};
}

static int column_of(const struct db_rows *rows, int row, const char *column)
{
    assert(rows->result != NULL);
    assert(row >= 0 && row < rows->count);
    int found = PQfnumber(rows->result, column);
    assert(found >= 0); /* the statement does not have this column */
    return found;
}

bool db_rows_is_null(const struct db_rows *rows, int row, const char *column)
{
    return PQgetisnull(rows->result, row, column_of(rows, row, column)) == 1;
}

/* The value's bytes, once it is neither NULL nor of another type. */
static enum zcd_code fetch(const struct db_rows *rows, int row, const char *column, enum db_type type,
                           struct bytes *value, struct zcd_error *err)
{
    int i = column_of(rows, row, column);

    if (PQftype(rows->result, i) != (Oid)type)
        return zcd_fail(err, ZCD_CORRUPT, "database: column %s has another type than expected", column);
    if (PQgetisnull(rows->result, row, i) == 1)
        return zcd_fail(err, ZCD_CORRUPT, "database: column %s is null", column);
    value->data = (const uint8_t *)PQgetvalue(rows->result, row, i);
    value->size = (size_t)PQgetlength(rows->result, row, i);
    return ZCD_OK;
}

static enum zcd_code fetch_number(const struct db_rows *rows, int row, const char *column, enum db_type type,
                                  size_t size, uint64_t *number, struct zcd_error *err)
{
    struct bytes value = {0};
    enum zcd_code code = fetch(rows, row, column, type, &value, err);

    if (code != ZCD_OK)
        return code;
    assert(value.size == size); /* given by the type */
    *number = 0;
    for (size_t i = 0; i < size; i++)
        *number = *number << 8 | value.data[i];
    return ZCD_OK;
}

enum zcd_code db_rows_bool(const struct db_rows *rows, int row, const char *column, bool *value, struct zcd_error *err)
{
    uint64_t number = 0;
    enum zcd_code code = fetch_number(rows, row, column, DB_BOOL, 1, &number, err);

    if (code == ZCD_OK)
        *value = number != 0;
    return code;
}

enum zcd_code db_rows_int4(const struct db_rows *rows, int row, const char *column, int32_t *value,
                           struct zcd_error *err)
{
    uint64_t number = 0;
    enum zcd_code code = fetch_number(rows, row, column, DB_INT4, 4, &number, err);

    if (code == ZCD_OK)
        *value = (int32_t)(uint32_t)number;
    return code;
}

enum zcd_code db_rows_int8(const struct db_rows *rows, int row, const char *column, int64_t *value,
                           struct zcd_error *err)
{
    uint64_t number = 0;
    enum zcd_code code = fetch_number(rows, row, column, DB_INT8, 8, &number, err);

    if (code == ZCD_OK)
        *value = (int64_t)number;
    return code;
}

enum zcd_code db_rows_text(const struct db_rows *rows, int row, const char *column, const char **value,
                           struct zcd_error *err)
{
    struct bytes bytes = {0};
    enum zcd_code code = fetch(rows, row, column, DB_TEXT, &bytes, err);

    if (code == ZCD_OK)
        *value = (const char *)bytes.data; /* libpq puts a NUL behind every value */
    return code;
}

enum zcd_code db_rows_copy_text(const struct db_rows *rows, int row, const char *column, struct arena *arena, const char **value,
                                struct zcd_error *err)
{
    const char *borrowed;
    enum zcd_code code = db_rows_text(rows, row, column, &borrowed, err);

    if (code == ZCD_OK)
        *value = arena_copy_text(arena, borrowed);
    return code;
}

enum zcd_code db_rows_copy_text_or_null(const struct db_rows *rows, int row, const char *column, struct arena *arena,
                                        const char **value, struct zcd_error *err)
{
    if (!db_rows_is_null(rows, row, column))
        return db_rows_copy_text(rows, row, column, arena, value, err);
    *value = NULL;
    return ZCD_OK;
}

enum zcd_code db_rows_bytea(const struct db_rows *rows, int row, const char *column, struct bytes *value,
                            struct zcd_error *err)
{
    return fetch(rows, row, column, DB_BYTEA, value, err);
}

enum zcd_code db_rows_fixed(const struct db_rows *rows, int row, const char *column, uint8_t *value, size_t size,
                            struct zcd_error *err)
{
    struct bytes bytes = {0};
    bool is_uuid = PQftype(rows->result, column_of(rows, row, column)) == (Oid)DB_UUID;
    enum zcd_code code = fetch(rows, row, column, is_uuid ? DB_UUID : DB_BYTEA, &bytes, err);

    if (code != ZCD_OK)
        return code;
    if (bytes.size != size)
        return zcd_fail(err, ZCD_CORRUPT, "database: column %s has %zu bytes, not %zu", column, bytes.size, size);
    memcpy(value, bytes.data, size);
    return ZCD_OK;
}

enum zcd_code db_rows_date(const struct db_rows *rows, int row, const char *column, struct date *value,
                           struct zcd_error *err)
{
    uint64_t number = 0;
    enum zcd_code code = fetch_number(rows, row, column, DB_DATE, 4, &number, err);

    if (code != ZCD_OK)
        return code;
    int32_t days = (int32_t)(uint32_t)number;
    if (days == INT32_MAX || days == INT32_MIN || days > INT32_MAX - DB_EPOCH_DAYS)
        return zcd_fail(err, ZCD_CORRUPT, "database: column %s is not a day", column);
    value->days = days + DB_EPOCH_DAYS;
    return ZCD_OK;
}

enum zcd_code db_rows_timestamptz(const struct db_rows *rows, int row, const char *column, int64_t *at_us,
                                  struct zcd_error *err)
{
    uint64_t number = 0;
    enum zcd_code code = fetch_number(rows, row, column, DB_TIMESTAMPTZ, 8, &number, err);

    if (code != ZCD_OK)
        return code;
    int64_t since_epoch_us = (int64_t)number;
    if (since_epoch_us == INT64_MIN || since_epoch_us > INT64_MAX - DB_EPOCH_US)
        return zcd_fail(err, ZCD_CORRUPT, "database: column %s is not an instant", column);
    *at_us = since_epoch_us + DB_EPOCH_US;
    return ZCD_OK;
}

static uint64_t number_of(struct bytes value)
{
    uint64_t number = 0;

    assert(value.size <= 8);
    for (size_t i = 0; i < value.size; i++)
        number = number << 8 | value.data[i];
    return number;
}

enum zcd_code db_rows_value(const struct db_rows *rows, int row, int column, enum db_type type, struct db_value *value,
                            struct zcd_error *err)
{
    assert(row >= 0 && row < rows->count && column >= 0 && column < PQnfields(rows->result));
    if (PQftype(rows->result, column) != (Oid)type)
        return zcd_fail(err, ZCD_CORRUPT, "database: column %s has another type than expected",
                        PQfname(rows->result, column));
    if (PQgetisnull(rows->result, row, column) == 1) {
        *value = db_null(type);
        return ZCD_OK;
    }
    struct bytes bytes = {(const uint8_t *)PQgetvalue(rows->result, row, column),
                          (size_t)PQgetlength(rows->result, row, column)};
    *value = (struct db_value){.type = type, .bytes = bytes};
    if (type == DB_BOOL || type == DB_INT8)
        value->number = (int64_t)number_of(bytes);
    if (type == DB_INT4 || type == DB_DATE)
        value->number = (int32_t)(uint32_t)number_of(bytes);
    if (type == DB_DATE)
        value->number += DB_EPOCH_DAYS; /* as struct date counts */
    return ZCD_OK;
}
