#include "db/query.h"

#include "db/connection_internal.h"
#include "db/value_internal.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { VALUES_MAX = 16 };

int64_t db_now_ms(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* --------------------------------------------------------------- failures */

/*
 * What a refusal means, by SQLSTATE (PostgreSQL manual, appendix A); the longest prefix that fits stands first.
 * Everything else, such as a missing table or right, is our own mistake or damaged data.
 */
static const struct {
    const char *sqlstate;
    enum zcd_code code;
    enum db_failure failure;
} MEANINGS[] = {
    {"40001", ZCD_CONFLICT, DB_FAILURE_RETRY},       /* serialization_failure */
    {"40P01", ZCD_CONFLICT, DB_FAILURE_RETRY},       /* deadlock_detected */
    {"23505", ZCD_CONFLICT, DB_FAILURE_STATEMENT},   /* unique_violation */
    {"23", ZCD_INVALID, DB_FAILURE_STATEMENT},       /* other integrity constraints */
    {"22", ZCD_INVALID, DB_FAILURE_STATEMENT},       /* data exceptions */
    {"08", ZCD_UNAVAILABLE, DB_FAILURE_RESOURCE},    /* connection exceptions */
    {"25006", ZCD_UNAVAILABLE, DB_FAILURE_RESOURCE}, /* read_only_sql_transaction: a standby */
    {"53", ZCD_UNAVAILABLE, DB_FAILURE_RESOURCE},    /* insufficient resources: disk, memory, connections */
    {"55P03", ZCD_UNAVAILABLE, DB_FAILURE_RESOURCE}, /* lock_not_available */
    {"57", ZCD_UNAVAILABLE, DB_FAILURE_RESOURCE},    /* operator intervention: time-out, shutdown */
    {"58", ZCD_UNAVAILABLE, DB_FAILURE_RESOURCE},    /* system errors */
};

static bool is_fatal(const PGresult *result)
{
    const char *severity = PQresultErrorField(result, PG_DIAG_SEVERITY_NONLOCALIZED);
    return severity == NULL || strcmp(severity, "ERROR") != 0; /* NULL: libpq's own, about the connection */
}

enum zcd_code db_fail_result(struct db *db, const PGresult *result, const char *statement, struct zcd_error *err)
{
    const char *sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    enum zcd_code code = ZCD_CORRUPT;

    if (sqlstate == NULL)
        sqlstate = "08000";
    db->failure = DB_FAILURE_STATEMENT;
    for (size_t i = 0; i < sizeof MEANINGS / sizeof MEANINGS[0]; i++) {
        if (strncmp(sqlstate, MEANINGS[i].sqlstate, strlen(MEANINGS[i].sqlstate)) == 0) {
            code = MEANINGS[i].code;
            db->failure = MEANINGS[i].failure;
            break;
        }
    }
    return zcd_fail(err, code, "database: statement %s failed with SQLSTATE %s", statement, sqlstate);
}

/* ---------------------------------------------------------------- waiting */

enum zcd_code db_next_result(struct db *db, int64_t deadline_ms, PGresult **result, struct zcd_error *err)
{
    for (;;) {
        int unsent = PQflush(db->pq);
        if (unsent < 0)
            return db_lose(db, "sending failed", err);
        if (PQisBusy(db->pq) == 0) {
            *result = PQgetResult(db->pq);
            return ZCD_OK;
        }
        int64_t left_ms = deadline_ms - db_now_ms();
        if (left_ms <= 0)
            return db_lose(db, "no answer in time", err);
        struct pollfd wait = {.fd = PQsocket(db->pq), .events = (short)(unsent == 1 ? POLLIN | POLLOUT : POLLIN)};
        int ready = poll(&wait, 1, (int)left_ms);
        if (ready < 0 && errno != EINTR)
            return db_lose(db, "waiting failed", err);
        if (ready > 0 && (wait.revents & ~POLLOUT) != 0 && PQconsumeInput(db->pq) != 1)
            return db_lose(db, "closed by the server", err);
    }
}

/* The result of one pending statement, with the NULL that closes it. */
static enum zcd_code read_answer(struct db *db, int64_t deadline_ms, struct db_pending *pending, struct zcd_error *err)
{
    PGresult *closing = NULL;
    enum zcd_code code = db_next_result(db, deadline_ms, &pending->result, err);

    if (code != ZCD_OK)
        return code;
    if (pending->result == NULL
        || (PQresultStatus(pending->result) == PGRES_FATAL_ERROR && is_fatal(pending->result))) {
        char sqlstate[6];
        const char *given = PQresultErrorField(pending->result, PG_DIAG_SQLSTATE);

        (void)snprintf(sqlstate, sizeof sqlstate, "%s", given == NULL ? "08000" : given);
        return db_lose(db, sqlstate, err);
    }
    code = db_next_result(db, deadline_ms, &closing, err);
    if (code != ZCD_OK)
        return code;
    assert(closing == NULL); /* one statement has one result: scripts go another way */
    return ZCD_OK;
}

static enum zcd_code read_sync(struct db *db, int64_t deadline_ms, struct zcd_error *err)
{
    PGresult *result = NULL;
    enum zcd_code code = db_next_result(db, deadline_ms, &result, err);

    if (code != ZCD_OK)
        return code;
    ExecStatusType status = PQresultStatus(result);
    PQclear(result);
    return status == PGRES_PIPELINE_SYNC ? ZCD_OK : db_lose(db, "out of step", err);
}

static bool succeeded(const struct db_pending *pending)
{
    ExecStatusType status = PQresultStatus(pending->result);
    return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
}

static void forget_prepared(struct db *db, const struct db_statement *statement)
{
    for (size_t i = 0; i < db->prepared_count; i++) {
        if (db->prepared[i] == statement)
            db->prepared[i] = db->prepared[--db->prepared_count];
    }
}

/* All have been answered: hand the rows out, or say what failed. */
static enum zcd_code settle(struct db *db, struct zcd_error *err)
{
    const struct db_pending *failed = NULL;

    for (size_t i = 0; i < db->pending_count; i++) {
        const struct db_pending *pending = &db->pending[i];
        if (succeeded(pending))
            continue;
        if (failed == NULL)
            failed = pending; /* those behind it were not run */
        if (pending->is_prepare)
            forget_prepared(db, pending->statement);
    }

    db->failure = DB_FAILURE_NONE;
    db->failed = failed == NULL ? NULL : failed->statement;
    enum zcd_code code = failed == NULL ? ZCD_OK : db_fail_result(db, failed->result, failed->statement->name, err);
    for (size_t i = 0; i < db->pending_count; i++) {
        struct db_pending *pending = &db->pending[i];
        if (code == ZCD_OK && pending->rows != NULL) {
            *pending->rows = (struct db_rows){pending->result, PQntuples(pending->result)};
            pending->result = NULL;
        }
        PQclear(pending->result);
        pending->result = NULL;
    }
    db->pending_count = 0;
    db->commit_pending = false;
    return code;
}

enum zcd_code db_finish_pending(struct db *db, struct zcd_error *err)
{
    int64_t deadline_ms = db_now_ms() + db->options.answer_timeout_ms;
    enum zcd_code code;

    if (!db_is_usable(db) || PQpipelineSync(db->pq) != 1)
        return db_lose(db, "sending failed", err);
    for (size_t i = 0; i < db->pending_count; i++) {
        code = read_answer(db, deadline_ms, &db->pending[i], err);
        if (code != ZCD_OK)
            return code;
        /* A refused statement takes the COMMIT behind it along: whatever happens now, nothing is kept. */
        if (!succeeded(&db->pending[i]))
            db->commit_pending = false;
    }
    code = read_sync(db, deadline_ms, err);
    if (code != ZCD_OK)
        return code;
    return settle(db, err);
}

/* ---------------------------------------------------------------- sending */

static bool is_prepared(const struct db *db, const struct db_statement *statement)
{
    for (size_t i = 0; i < db->prepared_count; i++) {
        if (db->prepared[i] == statement)
            return true;
    }
    return false;
}

static struct db_pending *add_pending(struct db *db, const struct db_statement *statement)
{
    assert(db->pending_count < DB_PENDING_MAX);
    struct db_pending *pending = &db->pending[db->pending_count++];
    *pending = (struct db_pending){.statement = statement};
    return pending;
}

static bool send_prepare(struct db *db, const struct db_statement *statement, const struct db_value *values,
                         size_t count)
{
    Oid types[VALUES_MAX];

    assert(strlen(statement->name) < 60);
    assert(db->prepared_count < DB_PREPARED_MAX);
    for (size_t i = 0; i < count; i++)
        types[i] = (Oid)values[i].type;
    if (PQsendPrepare(db->pq, statement->name, statement->sql, (int)count, types) != 1)
        return false;
    add_pending(db, statement)->is_prepare = true;
    db->prepared[db->prepared_count++] = statement;
    return true;
}

static bool send_values(struct db *db, const struct db_statement *statement, const struct db_value *values,
                        size_t count)
{
    uint8_t scratch[VALUES_MAX][8];
    const char *data[VALUES_MAX];
    int sizes[VALUES_MAX], formats[VALUES_MAX];

    for (size_t i = 0; i < count; i++) {
        struct bytes encoded = {0};
        if (!values[i].is_null)
            encoded = db_value_encode(&values[i], scratch[i]);
        assert(encoded.size <= INT32_MAX);
        /* libpq takes a null pointer for NULL; an empty value still needs an address. */
        const uint8_t *address = encoded.data == NULL ? scratch[i] : encoded.data;
        data[i] = values[i].is_null ? NULL : (const char *)address;
        sizes[i] = (int)encoded.size;
        formats[i] = 1; /* binary */
    }
    return PQsendQueryPrepared(db->pq, statement->name, (int)count, data, sizes, formats, 1) == 1;
}

enum zcd_code db_queue(struct db *db, const struct db_statement *statement, const struct db_value *values, size_t count,
                       struct db_rows *rows, struct zcd_error *err)
{
    assert(count <= VALUES_MAX);
    assert(rows == NULL || rows->result == NULL); /* start with {0} */

    if (!db_is_usable(db))
        return db_lose(db, "not connected", err);
    if (!is_prepared(db, statement) && !send_prepare(db, statement, values, count))
        return db_lose(db, "sending failed", err);
    if (!send_values(db, statement, values, count))
        return db_lose(db, "sending failed", err);
    add_pending(db, statement)->rows = rows;
    return ZCD_OK;
}

enum zcd_code db_query(struct db *db, const struct db_statement *statement, const struct db_value *values, size_t count,
                       struct db_rows *rows, struct zcd_error *err)
{
    enum zcd_code code = db_queue(db, statement, values, count, rows, err);
    return code == ZCD_OK ? db_finish_pending(db, err) : code;
}

enum zcd_code db_execute(struct db *db, const struct db_statement *statement, const struct db_value *values,
                         size_t count, struct zcd_error *err)
{
    return db_query(db, statement, values, count, NULL, err);
}

enum zcd_code db_finish(struct db *db, struct zcd_error *err)
{
    return db->pending_count == 0 ? ZCD_OK : db_finish_pending(db, err);
}

/* ---------------------------------------------------------------- scripts */

/* Here PostgreSQL's message is wanted: the script is ours, and whoever runs it must see what is wrong. */
static enum zcd_code fail_script(struct db *db, const PGresult *result, struct zcd_error *err)
{
    enum zcd_code code = db_fail_result(db, result, "script", err);
    const char *message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    const char *sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);

    if (message != NULL && sqlstate != NULL)
        return zcd_fail(err, code, "database: %s (SQLSTATE %s)", message, sqlstate);
    return code;
}

static enum zcd_code read_script_results(struct db *db, int64_t deadline_ms, struct zcd_error *err)
{
    enum zcd_code outcome = ZCD_OK;

    for (;;) {
        PGresult *result = NULL;
        enum zcd_code code = db_next_result(db, deadline_ms, &result, err);
        if (code != ZCD_OK)
            return code;
        if (result == NULL)
            return outcome;
        if (PQresultStatus(result) == PGRES_FATAL_ERROR && is_fatal(result)) {
            PQclear(result);
            return db_lose(db, "ended by the server", err);
        }
        if (PQresultStatus(result) == PGRES_FATAL_ERROR && outcome == ZCD_OK)
            outcome = fail_script(db, result, err);
        PQclear(result);
    }
}

enum zcd_code db_execute_script(struct db *db, const char *script, struct zcd_error *err)
{
    int64_t deadline_ms = db_now_ms() + db->options.answer_timeout_ms;

    if (db->pending_count > 0) {
        enum zcd_code queued = db_finish_pending(db, err);
        if (queued != ZCD_OK)
            return queued;
    }
    /* Several statements at once are for the simple protocol only, which the pipeline does not speak. */
    if (!db_is_usable(db) || PQexitPipelineMode(db->pq) != 1 || PQsendQuery(db->pq, script) != 1)
        return db_lose(db, "sending failed", err);
    db->failure = DB_FAILURE_NONE;
    enum zcd_code code = read_script_results(db, deadline_ms, err);
    if (db->pq != NULL && PQenterPipelineMode(db->pq) != 1)
        return db_lose(db, "out of step", err);
    return code;
}
