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

#include "base/error.h"
#include "db/connection.h"
#include "db/rows.h"
#include "db/value.h"

#include <stddef.h>

/* name is unique within the program and stays below 60 bytes: it is the prepared statement's. */
struct db_statement {
    const char *name;
    const char *sql;
};

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

/* Send all that was queued, and wait: their rows are there. What db_query gives. */
enum zcd_code db_finish(struct db *db, struct zcd_error *err) ZCD_MUST_USE;

/*
 * Run a text of several statements, as a migration is. Not for anything a client had a part in. PostgreSQL's own
 * message enters err, because whoever migrates must see it.
 */
enum zcd_code db_execute_script(struct db *db, const char *script, struct zcd_error *err) ZCD_MUST_USE;

#endif
