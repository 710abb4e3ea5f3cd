/*
 * connection_internal.h - what the files of this folder share about a connection.
 *
 * The connection is always in libpq's non-blocking pipeline mode: statements are sent one behind the other, a sync ends
 * the series, and results are read in order under a deadline.
 */
#ifndef DB_CONNECTION_INTERNAL_H
#define DB_CONNECTION_INTERNAL_H

#include "db/connection.h"
#include "db/query.h"

#include <libpq-fe.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { DB_PREPARED_MAX = 256, DB_PENDING_MAX = 256 };

/* One answer that is still to come. */
struct db_pending {
    const struct db_statement *statement;
    bool is_prepare;      /* the answer to preparing the statement, not to running it */
    struct db_rows *rows; /* where its rows go; NULL when they do not matter */
    PGresult *result;     /* kept until the whole series has succeeded */
};

struct db {
    PGconn *pq; /* NULL once the connection is given up */
    struct {
        char *conninfo, *role, *application_name;
        int32_t connect_timeout_ms, statement_timeout_ms, answer_timeout_ms;
    } options;
    enum db_failure failure;
    const struct db_statement *failed; /* by DB_FAILURE_STATEMENT */
    bool in_transaction;               /* BEGIN was queued, and neither COMMIT nor ROLLBACK has been answered */
    bool commit_pending;               /* COMMIT is among the pending statements */

    const struct db_statement *prepared[DB_PREPARED_MAX]; /* or being prepared */
    size_t prepared_count;
    struct db_pending pending[DB_PENDING_MAX];
    size_t pending_count;
};

/* Give the connection up: everything pending is void. Returns ZCD_UNAVAILABLE. */
enum zcd_code db_lose(struct db *db, const char *what, struct zcd_error *err);

/* Wait for the next result (NULL closes a statement's), or ZCD_UNAVAILABLE at the deadline or when the connection breaks. */
enum zcd_code db_next_result(struct db *db, int64_t deadline_ms, PGresult **result, struct zcd_error *err);

/* Send a sync and read the answer to everything pending. */
enum zcd_code db_finish_pending(struct db *db, struct zcd_error *err);

/* The failure of a result, as a code and db->failure; names the statement. */
enum zcd_code db_fail_result(struct db *db, const PGresult *result, const char *statement, struct zcd_error *err);

int64_t db_now_ms(void); /* monotonic */

#endif
