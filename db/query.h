/*
 * query.h - statements with typed values in, rows by column name out.
 *
 * A statement is a static constant; it is prepared on first use on each connection, in the same round trip. Values and
 * results travel in PostgreSQL's binary format. Statements that were queued are sent together with the next one that is
 * waited for: a transaction of many statements costs as many round trips as it has questions whose answers it needs.
 * SQL stands only in *_store.c, audit/store_pg.c and db/ itself, right above the function that binds it.
 * Thread: that of the connection.
 */
#ifndef DB_QUERY_H
#define DB_QUERY_H

#include "base/bytes.h"
#include "base/date.h"
#include "base/error.h"
#include "db/connection.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* name is unique within the program and stays below 60 bytes: it is the prepared statement's. */
struct db_statement {
    const char *name;
    const char *sql;
};

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

/* The rows of a result; start with {0}. What is read from them is borrowed until db_rows_done. */
struct db_rows {
    void *result;
    int count;
};
void db_rows_done(struct db_rows *rows); /* {0} again */

/*
 * Send the statement, and all queued before it, and wait.
 *
 *   values  in   DB_VALUES(...), or NULL and 0
 *   rows    out  released with db_rows_done; written only on ZCD_OK
 *
 * ZCD_UNAVAILABLE when the connection is gone or the server cannot now; ZCD_CONFLICT for a unique violation or a
 * transaction to be run again; ZCD_INVALID for other violated constraints and values out of range; ZCD_CORRUPT for all
 * else (missing rights or tables, damaged pages). db_last_failure() says more.
 */
enum zcd_code db_query(struct db *db, const struct db_statement *statement, const struct db_value *values, size_t count,
                       struct db_rows *rows, struct zcd_error *err) ZCD_MUST_USE;

/* The same for a statement whose rows do not matter. */
enum zcd_code db_execute(struct db *db, const struct db_statement *statement, const struct db_value *values,
                         size_t count, struct zcd_error *err) ZCD_MUST_USE;

/*
 * Queue a statement: it runs, in order, no later than the next db_query, db_execute or commit on this connection, and
 * when it fails it is that call which fails, and nothing behind it is run. Values are copied.
 *
 *   rows  out  NULL, or filled when that next call returns ZCD_OK; must live until then
 *
 * ZCD_UNAVAILABLE when the connection is gone.
 */
enum zcd_code db_queue(struct db *db, const struct db_statement *statement, const struct db_value *values, size_t count,
                       struct db_rows *rows, struct zcd_error *err) ZCD_MUST_USE;

#define DB_VALUES(...)                                                                                                 \
    (const struct db_value[]){__VA_ARGS__}, sizeof((const struct db_value[]){__VA_ARGS__}) / sizeof(struct db_value)
#define DB_NO_VALUES NULL, 0

/*
 * Read one column of one row. A column that the statement does not have is our own bug; a NULL or another type than
 * asked for is ZCD_CORRUPT. db_rows_is_null asks first where NULL is allowed.
 */
bool db_rows_is_null(const struct db_rows *rows, int row, const char *column);
enum zcd_code db_rows_bool(const struct db_rows *rows, int row, const char *column, bool *value,
                           struct zcd_error *err) ZCD_MUST_USE;
enum zcd_code db_rows_int4(const struct db_rows *rows, int row, const char *column, int32_t *value,
                           struct zcd_error *err) ZCD_MUST_USE;
enum zcd_code db_rows_int8(const struct db_rows *rows, int row, const char *column, int64_t *value,
                           struct zcd_error *err) ZCD_MUST_USE;
/* Text is NUL-terminated; PostgreSQL holds no NUL inside. */
enum zcd_code db_rows_text(const struct db_rows *rows, int row, const char *column, const char **value,
                           struct zcd_error *err) ZCD_MUST_USE;
enum zcd_code db_rows_bytea(const struct db_rows *rows, int row, const char *column, struct bytes *value,
                            struct zcd_error *err) ZCD_MUST_USE;
/* Exactly `size` bytes of a bytea or uuid, copied; another length is ZCD_CORRUPT. */
enum zcd_code db_rows_fixed(const struct db_rows *rows, int row, const char *column, uint8_t *value, size_t size,
                            struct zcd_error *err) ZCD_MUST_USE;
enum zcd_code db_rows_date(const struct db_rows *rows, int row, const char *column, struct date *value,
                           struct zcd_error *err) ZCD_MUST_USE;
enum zcd_code db_rows_timestamptz(const struct db_rows *rows, int row, const char *column, int64_t *at_us,
                                  struct zcd_error *err) ZCD_MUST_USE;

/*
 * Run a text of several statements, as a migration is. Not for anything a client had a part in. PostgreSQL's own
 * message enters err, because whoever migrates must see it.
 */
enum zcd_code db_execute_script(struct db *db, const char *script, struct zcd_error *err) ZCD_MUST_USE;

#endif
