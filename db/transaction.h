/*
 * transaction.h - the one owner of begin, commit, rollback and the retry.
 *
 * Thread: that of the connection.
 */
#ifndef DB_TRANSACTION_H
#define DB_TRANSACTION_H

#include "base/error.h"
#include "db/connection.h"

enum db_isolation {
    DB_READ_COMMITTED,      /* each statement sees what was committed before it; for those that lock what they read */
    DB_REPEATABLE_READ,     /* one snapshot, read and write */
    DB_REPEATABLE_READ_ONLY /* one snapshot, reading only */
};

/*
 * The work of one transaction. It may run more than once, each time on a clean slate: it must not answer a client, and
 * what it leaves in context must be right whichever run was the last. Any code but ZCD_OK rolls back and is handed on.
 * Statements it queued (db_queue) travel with the commit.
 */
typedef enum zcd_code db_transaction_body(struct db *db, void *context, struct zcd_error *err);

/*
 * Run the body in a transaction and commit. Serialization failures and deadlocks (40001, 40P01) run it again, at most
 * five times with a short growing pause, then end as ZCD_CONFLICT.
 *
 * The body's codes; ZCD_UNAVAILABLE when the server is away. When the connection was lost after COMMIT was sent, that is
 * ZCD_UNAVAILABLE too, and db_last_failure() is DB_FAILURE_COMMIT_UNKNOWN: whoever needs to know must look on another
 * connection. After every other failure nothing is kept.
 */
enum zcd_code db_transaction_run(struct db *db, enum db_isolation isolation, db_transaction_body *body, void *context,
                                 struct zcd_error *err) ZCD_MUST_USE;

#endif
