#include "db/copy.h"

#include "db/connection_internal.h"
#include "db/value_internal.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>

/* PostgreSQL manual, COPY, "Binary Format": signature, no flags, no extension; then rows; then a count of -1. */
static const uint8_t HEADER[] = {'P', 'G', 'C', 'O', 'P', 'Y', '\n', 0xff, '\r', '\n', 0, 0, 0, 0, 0, 0, 0, 0, 0};
static const uint8_t TRAILER[] = {0xff, 0xff};
enum { CHUNK_SIZE = 1 << 16 };

void db_copy_add(struct db_copy *copy, const struct db_value *values, size_t count)
{
    uint8_t size[4], scratch[8];

    assert(count < INT16_MAX);
    db_put_big_endian(size, count, 2);
    buffer_append(&copy->encoded, size, 2);
    for (size_t i = 0; i < count; i++) {
        struct bytes value = {0};
        if (!values[i].is_null)
            value = db_value_encode(&values[i], scratch);
        assert(value.size <= INT32_MAX);
        db_put_big_endian(size, values[i].is_null ? UINT32_MAX : value.size, 4); /* -1: NULL */
        buffer_append(&copy->encoded, size, 4);
        if (value.size > 0)
            buffer_append(&copy->encoded, value.data, value.size);
    }
    copy->row_count++;
}

void db_copy_done(struct db_copy *copy)
{
    buffer_done(&copy->encoded);
    copy->row_count = 0;
}

/* Wait until the socket takes more. */
static enum zcd_code wait_to_send(struct db *db, int64_t deadline_ms, struct zcd_error *err)
{
    for (;;) {
        int unsent = PQflush(db->pq);
        if (unsent == 0)
            return ZCD_OK;
        int64_t left_ms = deadline_ms - db_now_ms();
        if (unsent < 0 || left_ms <= 0)
            return db_lose(db, "sending failed", err);
        struct pollfd wait = {.fd = PQsocket(db->pq), .events = POLLIN | POLLOUT};
        int ready = poll(&wait, 1, (int)left_ms);
        if (ready < 0 && errno != EINTR)
            return db_lose(db, "waiting failed", err);
        if (ready > 0 && (wait.revents & ~POLLOUT) != 0 && PQconsumeInput(db->pq) != 1)
            return db_lose(db, "closed by the server", err);
    }
}

static enum zcd_code put(struct db *db, const uint8_t *data, size_t size, int64_t deadline_ms, struct zcd_error *err)
{
    for (size_t sent = 0; sent < size;) {
        size_t chunk = size - sent < CHUNK_SIZE ? size - sent : CHUNK_SIZE;
        if (PQputCopyData(db->pq, (const char *)data + sent, (int)chunk) != 1)
            return db_lose(db, "sending failed", err);
        enum zcd_code code = wait_to_send(db, deadline_ms, err);
        if (code != ZCD_OK)
            return code;
        sent += chunk;
    }
    return ZCD_OK;
}

static enum zcd_code put_rows(struct db *db, const struct db_copy *copy, int64_t deadline_ms, struct zcd_error *err)
{
    if (put(db, HEADER, sizeof HEADER, deadline_ms, err) != ZCD_OK
        || put(db, copy->encoded.data, copy->encoded.size, deadline_ms, err) != ZCD_OK
        || put(db, TRAILER, sizeof TRAILER, deadline_ms, err) != ZCD_OK)
        return err->code;
    if (PQputCopyEnd(db->pq, NULL) != 1)
        return db_lose(db, "sending failed", err);
    return wait_to_send(db, deadline_ms, err);
}

/* One result of the statement; NULL closes it. */
static enum zcd_code read_result(struct db *db, const struct db_statement *statement, int64_t deadline_ms,
                                 ExecStatusType expected, struct zcd_error *err)
{
    PGresult *result = NULL;
    enum zcd_code code = db_next_result(db, deadline_ms, &result, err);

    if (code != ZCD_OK)
        return code;
    if (PQresultStatus(result) != expected)
        code = db_fail_result(db, result, statement->name, err);
    PQclear(result);
    return code;
}

static enum zcd_code drain(struct db *db, int64_t deadline_ms, struct zcd_error *err)
{
    for (;;) {
        PGresult *result = NULL;
        enum zcd_code code = db_next_result(db, deadline_ms, &result, err);
        if (code != ZCD_OK || result == NULL)
            return code;
        PQclear(result);
    }
}

static enum zcd_code run(struct db *db, const struct db_statement *statement, const struct db_copy *copy,
                         struct zcd_error *err)
{
    int64_t deadline_ms = db_now_ms() + db->options.answer_timeout_ms;
    struct zcd_error unwanted;

    enum zcd_code code = read_result(db, statement, deadline_ms, PGRES_COPY_IN, err);
    if (code == ZCD_OK)
        code = put_rows(db, copy, deadline_ms, err);
    if (code == ZCD_OK)
        code = read_result(db, statement, deadline_ms, PGRES_COMMAND_OK, err);
    if (db->pq == NULL)
        return code;
    enum zcd_code drained = drain(db, deadline_ms, code == ZCD_OK ? err : &unwanted);
    return code == ZCD_OK ? drained : code;
}

enum zcd_code db_copy_send(struct db *db, const struct db_statement *statement, struct db_copy *copy,
                           struct zcd_error *err)
{
    if (copy->row_count == 0)
        return ZCD_OK;
    if (db->pending_count > 0) {
        enum zcd_code queued = db_finish_pending(db, err);
        if (queued != ZCD_OK)
            return queued;
    }
    /* COPY is not spoken in a pipeline. */
    if (!db_is_usable(db) || PQexitPipelineMode(db->pq) != 1 || PQsendQuery(db->pq, statement->sql) != 1)
        return db_lose(db, "sending failed", err);
    db->failure = DB_FAILURE_NONE;
    enum zcd_code code = run(db, statement, copy, err);
    if (db->pq != NULL && PQenterPipelineMode(db->pq) != 1)
        return db_lose(db, "out of step", err);
    buffer_clear(&copy->encoded);
    copy->row_count = 0;
    return code;
}
