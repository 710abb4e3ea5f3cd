#include "db/transaction.h"

#include "base/cleanup.h"
#include "db/connection_internal.h"

#include <assert.h>
#include <string.h>
#include <time.h>

enum { RUNS_MAX = 5, PAUSE_MS = 2 };

static const struct db_statement BEGIN[] = {
    [DB_READ_COMMITTED] = {"db_begin_read_committed", "BEGIN ISOLATION LEVEL READ COMMITTED"},
    [DB_REPEATABLE_READ] = {"db_begin_repeatable_read", "BEGIN ISOLATION LEVEL REPEATABLE READ"},
    [DB_REPEATABLE_READ_ONLY] = {"db_begin_read_only", "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"},
};
static const struct db_statement COMMIT = {"db_commit", "COMMIT"};
static const struct db_statement ROLLBACK = {"db_rollback", "ROLLBACK"};

/* What the body queued before it failed is sent too, and rolled back with the rest. */
static void roll_back(struct db *db)
{
    enum db_failure failure = db->failure;
    const struct db_statement *failed = db->failed;
    struct zcd_error unwanted;

    if (db->pending_count > 0 && db_finish_pending(db, &unwanted) != ZCD_OK && !db_is_usable(db))
        return;
    if (db_is_usable(db) && db_execute(db, &ROLLBACK, DB_NO_VALUES, &unwanted) != ZCD_OK)
        (void)db_lose(db, "rolling back failed", NULL);
    db->in_transaction = false;
    db->failure = failure; /* of the body, which is what the caller asks about */
    db->failed = failed;
}

static enum zcd_code commit(struct db *db, struct zcd_error *err)
{
    ZCD_AUTO(db_rows_done)
    struct db_rows answer = {0};
    enum zcd_code code = db_queue(db, &COMMIT, DB_NO_VALUES, &answer, err);

    if (code != ZCD_OK)
        return code;
    db->commit_pending = true;
    code = db_finish_pending(db, err);
    if (code != ZCD_OK)
        return code;
    db->in_transaction = false;
    /* A body that passed over a refused statement is told here: PostgreSQL answers such a COMMIT with ROLLBACK. */
    if (strcmp(PQcmdStatus(answer.result), "COMMIT") != 0) {
        db->failure = DB_FAILURE_STATEMENT;
        return zcd_fail(err, ZCD_CORRUPT, "database: the transaction had failed before it was committed");
    }
    return ZCD_OK;
}

static enum zcd_code run_once(struct db *db, enum db_isolation isolation, db_transaction_body *body, void *context,
                              struct zcd_error *err)
{
    enum zcd_code code = db_queue(db, &BEGIN[isolation], DB_NO_VALUES, NULL, err);

    if (code != ZCD_OK)
        return code;
    db->in_transaction = true;
    db->failure = DB_FAILURE_NONE;
    code = body(db, context, err);
    if (code == ZCD_OK)
        code = commit(db, err);
    if (code != ZCD_OK && db_is_usable(db) && db->in_transaction)
        roll_back(db);
    return code;
}

static void pause_ms(int64_t ms)
{
    struct timespec pause = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
    (void)nanosleep(&pause, NULL);
}

enum zcd_code db_transaction_run(struct db *db, enum db_isolation isolation, db_transaction_body *body, void *context,
                                 struct zcd_error *err)
{
    assert(!db->in_transaction); /* they do not nest */
    assert(db->pending_count == 0);

    for (int run = 1;; run++) {
        enum zcd_code code = run_once(db, isolation, body, context, err);
        if (code == ZCD_OK || db->failure != DB_FAILURE_RETRY || run == RUNS_MAX)
            return code;
        pause_ms((int64_t)PAUSE_MS << run);
    }
}
