/*
 * value.h - typed values to bind to a statement, single or as arrays, in PostgreSQL's binary format.
 *
 * Pure but for the heap behind arrays. Thread: any.
 */
#ifndef DB_VALUE_H
#define DB_VALUE_H

#include "base/bytes.h"
#include "base/date.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Numbers are PostgreSQL's own type OIDs (pg_type.dat), fixed for ever. */
enum db_type {
    DB_BOOL = 16,
    DB_BYTEA = 17,
    DB_INT8 = 20,
    DB_INT4 = 23,
    DB_TEXT = 25,
    DB_BYTEA_ARRAY = 1001,
    DB_INT4_ARRAY = 1007,
    DB_TEXT_ARRAY = 1009,
    DB_INT8_ARRAY = 1016,
    DB_DATE = 1082,
    DB_TIMESTAMPTZ = 1184,
    DB_UUID = 2950
};

/* One bound value; made by the functions below. Bytes are borrowed until the call it is given to returns. */
struct db_value {
    enum db_type type;
    bool is_null;
    int64_t number;
    struct bytes bytes;
};

struct db_value db_null(enum db_type type);
struct db_value db_bool(bool value);
struct db_value db_int4(int32_t value);
struct db_value db_int8(int64_t value);
struct db_value db_text(const char *text); /* NULL is SQL NULL */
struct db_value db_bytea(struct bytes value);
struct db_value db_date(struct date date); /* DATE_NONE is SQL NULL */
struct db_value db_timestamptz(int64_t at_us);
struct db_value db_uuid(const uint8_t uuid[16]);

/* An array to bind as one value, for inserting many rows with unnest(). Start with db_array_init; end with _done. */
struct db_array {
    enum db_type type;     /* of the array */
    struct buffer encoded; /* in PostgreSQL's binary form */
    int32_t count;
};
void db_array_init(struct db_array *array, enum db_type type);
void db_array_add_int4(struct db_array *array, int32_t value);
void db_array_add_int8(struct db_array *array, int64_t value);
void db_array_add_bytea(struct db_array *array, struct bytes value);
void db_array_add_text(struct db_array *array, const char *text); /* NULL is SQL NULL */
struct db_value db_array_value(struct db_array *array);           /* borrowed until the next change */
void db_array_done(struct db_array *array);

#define DB_VALUES(...)                                                                                                 \
    (const struct db_value[]){__VA_ARGS__}, sizeof((const struct db_value[]){__VA_ARGS__}) / sizeof(struct db_value)
#define DB_NO_VALUES NULL, 0

#endif
