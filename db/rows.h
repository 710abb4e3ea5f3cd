/*
 * rows.h - the rows of a result, read by column name.
 *
 * Thread: one at a time.
 */
#ifndef DB_ROWS_H
#define DB_ROWS_H

#include "base/arena.h"
#include "base/bytes.h"
#include "base/date.h"
#include "base/error.h"
#include "db/value.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The rows of a result; start with {0}. What is read from them is borrowed until db_rows_done. */
struct db_rows {
    void *result;
    int count;
};
void db_rows_done(struct db_rows *rows); /* {0} again */

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
/* The same copied into the arena, which outlives the rows; with _or_null a NULL is NULL. */
enum zcd_code db_rows_copy_text(const struct db_rows *rows, int row, const char *column, struct arena *arena, const char **value,
                                struct zcd_error *err) ZCD_MUST_USE;
enum zcd_code db_rows_copy_text_or_null(const struct db_rows *rows, int row, const char *column, struct arena *arena,
                                        const char **value, struct zcd_error *err) ZCD_MUST_USE;
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
 * Read a value by its column's place, from 0, for those who made the statement's list of columns from the same table as they
 * read by: no search by name for each of thousands of values. NULL comes as a value that is_null. Another type than asked for is
 * ZCD_CORRUPT. Bytes are borrowed until db_rows_done; texts have a NUL behind them.
 */
enum zcd_code db_rows_value(const struct db_rows *rows, int row, int column, enum db_type type, struct db_value *value,
                            struct zcd_error *err) ZCD_MUST_USE;

#endif
