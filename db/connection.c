#include "db/connection_internal.h"

#include "base/cleanup.h"

#include <assert.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CONNECT_TIMEOUT_MS = 5000, STATEMENT_TIMEOUT_MS = 10000, ANSWER_MARGIN_MS = 5000, CLOSING_READS_MAX = 8 };

/*
 * remote_apply is more than `on`, and stays; everything else becomes `on`: a commit that is not on disk is none.
 * A transaction whose client has stopped would hold the log's head for ever: it is ended like any other that waits.
 */
static const struct db_statement SET_UP = {
    "db_set_up",
    "SELECT set_config('statement_timeout', $1, false),"
    "       set_config('lock_timeout', $1, false),"
    "       set_config('idle_in_transaction_session_timeout', $2, false),"
    "       set_config('synchronous_commit', CASE WHEN current_setting('synchronous_commit') = 'remote_apply'"
    "                                             THEN 'remote_apply' ELSE 'on' END, false),"
    "       CASE WHEN $3::text IS NOT NULL THEN set_config('role', $3, false) END"};

/* Running out of memory ends the process, as in base/. */
static char *copy_text(const char *text)
{
    char *copy = text == NULL ? NULL : strdup(text);
    if (text != NULL && copy == NULL)
        abort();
    return copy;
}

static int32_t or_default(int32_t value, int32_t otherwise)
{
    assert(value >= 0);
    return value == 0 ? otherwise : value;
}

static struct db *db_new(const struct db_options *options)
{
    struct db *db = calloc(1, sizeof *db);
    if (db == NULL)
        abort();
    db->options.conninfo = copy_text(options->conninfo);
    db->options.role = copy_text(options->role);
    db->options.application_name = copy_text(options->application_name == NULL ? "zcd" : options->application_name);
    db->options.connect_timeout_ms = or_default(options->connect_timeout_ms, CONNECT_TIMEOUT_MS);
    db->options.statement_timeout_ms = or_default(options->statement_timeout_ms, STATEMENT_TIMEOUT_MS);
    db->options.answer_timeout_ms =
        or_default(options->answer_timeout_ms, db->options.statement_timeout_ms + ANSWER_MARGIN_MS);
    return db;
}

void db_close(struct db *db)
{
    if (db == NULL)
        return;
    (void)db_lose(db, "closed", NULL);
    free(db->options.conninfo);
    free(db->options.role);
    free(db->options.application_name);
    free(db);
}

static void close_db(struct db **db)
{
    db_close(*db);
}

/* Parsed first, because libpq's message about a malformed string repeats parts of it, and one part is the password. */
static enum zcd_code check_conninfo(const char *conninfo, struct zcd_error *err)
{
    char *message = NULL;
    PQconninfoOption *parsed = PQconninfoParse(conninfo, &message);

    PQfreemem(message);
    PQconninfoFree(parsed);
    if (parsed == NULL)
        return zcd_fail(err, ZCD_INVALID, "database: the connection string cannot be parsed");
    return ZCD_OK;
}

/* Host, port, user and database may be named to an operator; the first line says what is the matter. */
static enum zcd_code fail_connecting(PGconn *pq, struct zcd_error *err)
{
    char line[sizeof err->message - 32];

    (void)snprintf(line, sizeof line, "%s", PQerrorMessage(pq));
    line[strcspn(line, "\n")] = '\0';
    return zcd_fail(err, ZCD_UNAVAILABLE, "database: %s", line);
}

static PGconn *start_connection(const struct db *db)
{
    char connect_timeout[16], tcp_user_timeout[16];

    (void)snprintf(connect_timeout, sizeof connect_timeout, "%d", (db->options.connect_timeout_ms + 999) / 1000);
    (void)snprintf(tcp_user_timeout, sizeof tcp_user_timeout, "%d", db->options.answer_timeout_ms);

    /* What stands before the connection string can be changed by it, what stands behind it cannot. */
    const char *const keywords[] = {"connect_timeout",  "keepalives_idle",  "keepalives_interval",
                                    "keepalives_count", "tcp_user_timeout", "fallback_application_name",
                                    "dbname",           "client_encoding",  NULL};
    const char *const values[] = {
        connect_timeout,      "30",   "5", "3", tcp_user_timeout, db->options.application_name,
        db->options.conninfo, "UTF8", NULL};
    static_assert(sizeof keywords == sizeof values, "a value for each keyword");
    return PQconnectdbParams(keywords, values, 1);
}

/* A notice may repeat data, and libraries do not print. */
static void ignore_notice(void *context, const PGresult *notice)
{
    (void)context;
    (void)notice;
}

static enum zcd_code set_up(struct db *db, struct zcd_error *err)
{
    char statement_timeout[16], idle_timeout[16];

    (void)snprintf(statement_timeout, sizeof statement_timeout, "%d", db->options.statement_timeout_ms);
    (void)snprintf(idle_timeout, sizeof idle_timeout, "%d", db->options.answer_timeout_ms);
    if (db_execute(db, &SET_UP, DB_VALUES(db_text(statement_timeout), db_text(idle_timeout), db_text(db->options.role)),
                   err)
        != ZCD_OK) {
        (void)db_lose(db, "set-up", NULL);
        if (db->options.role != NULL && err->code != ZCD_UNAVAILABLE)
            return zcd_fail(err, ZCD_UNAVAILABLE,
                            "database: cannot become role %s: is the database migrated, and the role granted?",
                            db->options.role);
        return zcd_fail(err, ZCD_UNAVAILABLE, "database: the session could not be set up");
    }
    return ZCD_OK;
}

static enum zcd_code open_connection(struct db *db, struct zcd_error *err)
{
    assert(db->pq == NULL);

    PGconn *pq = start_connection(db);
    if (pq == NULL)
        abort(); /* out of memory */
    db->failure = DB_FAILURE_CONNECTION;
    if (PQstatus(pq) != CONNECTION_OK) {
        enum zcd_code code = fail_connecting(pq, err);
        PQfinish(pq);
        return code;
    }
    PQsetNoticeReceiver(pq, ignore_notice, NULL);
    if (PQsetnonblocking(pq, 1) != 0 || PQenterPipelineMode(pq) != 1) {
        PQfinish(pq);
        return zcd_fail(err, ZCD_UNAVAILABLE, "database: libpq refuses pipeline mode");
    }
    db->pq = pq;
    return set_up(db, err);
}

enum zcd_code db_connect(const struct db_options *options, struct db **db, struct zcd_error *err)
{
    assert(options != NULL && options->conninfo != NULL);
    assert(db != NULL);

    enum zcd_code code = check_conninfo(options->conninfo, err);
    if (code != ZCD_OK)
        return code;

    ZCD_AUTO(close_db)
    struct db *fresh = db_new(options);
    code = open_connection(fresh, err);
    if (code != ZCD_OK)
        return code;
    *db = fresh;
    fresh = NULL;
    return ZCD_OK;
}

bool db_is_usable(const struct db *db)
{
    return db->pq != NULL && PQstatus(db->pq) == CONNECTION_OK;
}

/*
 * Has the server closed the connection while nobody used it, as it does when it is restarted? Its last words come
 * before the end of the stream, so it takes more than one reading to reach that end.
 */
static bool was_closed_meanwhile(const struct db *db)
{
    for (int i = 0; i < CLOSING_READS_MAX; i++) {
        struct pollfd now = {.fd = PQsocket(db->pq), .events = POLLIN};
        if (poll(&now, 1, 0) <= 0)
            return false;
        if (PQconsumeInput(db->pq) != 1)
            return true;
    }
    return false;
}

enum zcd_code db_ensure(struct db *db, struct zcd_error *err)
{
    if (db_is_usable(db) && (db->pending_count > 0 || !was_closed_meanwhile(db)))
        return ZCD_OK;
    (void)db_lose(db, "lost", NULL);
    return open_connection(db, err);
}

enum db_failure db_last_failure(const struct db *db)
{
    return db->failure;
}

const struct db_statement *db_failed_statement(const struct db *db)
{
    return db->failure == DB_FAILURE_STATEMENT ? db->failed : NULL;
}

enum zcd_code db_lose(struct db *db, const char *what, struct zcd_error *err)
{
    struct zcd_error unwanted;

    for (size_t i = 0; i < db->pending_count; i++)
        PQclear(db->pending[i].result);
    db->failure = db->commit_pending ? DB_FAILURE_COMMIT_UNKNOWN : DB_FAILURE_CONNECTION;
    db->pending_count = 0;
    db->prepared_count = 0;
    db->in_transaction = false;
    db->commit_pending = false;
    PQfinish(db->pq); /* NULL is fine */
    db->pq = NULL;
    return zcd_fail(err == NULL ? &unwanted : err, ZCD_UNAVAILABLE, "database: connection lost (%s)", what);
}
