/*
 * copy.h - many rows into a table at once, by COPY in PostgreSQL's binary format.
 *
 * Rows are gathered in memory, then sent as one COPY; whoever has more than fits sends several times.
 * Thread: that of the connection.
 */
#ifndef DB_COPY_H
#define DB_COPY_H

#include "base/bytes.h"
#include "db/query.h"

#include <stddef.h>

/* Rows that wait. Start with {0}; end with db_copy_done. */
struct db_copy {
    struct buffer encoded;
    size_t row_count;
    int64_t added; /* by whoever numbers the rows over several sendings; never reset here */
};

/* Add a row: one value for each column that the statement names, in its order. */
void db_copy_add(struct db_copy *copy, const struct db_value *values, size_t count);

/*
 * Send all that was queued on the connection, then the rows, and forget them. Inside a transaction of db_transaction_run.
 *
 *   statement  in  "COPY table (columns) FROM STDIN (FORMAT binary)"
 *
 * What db_query gives. Without rows nothing is sent.
 */
enum zcd_code db_copy_send(struct db *db, const struct db_statement *statement, struct db_copy *copy,
                           struct zcd_error *err) ZCD_MUST_USE;

void db_copy_done(struct db_copy *copy);

#endif
