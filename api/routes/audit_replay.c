#include "api/routes/audit_replay.h"

#include "api/app.h"
#include "api/codec/replay_decode.h"
#include "api/flows/decide.h"
#include "api/flows/replay.h"
#include "api/http/query.h"
#include "api/jobs/replay_job.h"
#include "api/routes/access.h"
#include "api/routes/answer.h"
#include "api/routes/jobs.h"
#include "api/routes/log_index.h"
#include "api/routes/shown.h"
#include "audit/canonical_json.h"
#include "base/cleanup.h"

enum {
    RANGE_MAX = 64
}; /* a decision takes milliseconds, and others wait for the worker; zcd audit replay has no bound */

static enum zcd_code replay_one(struct app_worker *worker, struct db *db, uint64_t index, struct buffer *json,
                                struct disclosed *disclosed, struct zcd_error *err)
{
    ZCD_AUTO(arena_done)
    struct arena arena = {0};
    struct replay replay;

    enum zcd_code code = replay_record(worker->app->log, db, index, worker->workspace, &arena, &replay, err);
    if (code != ZCD_OK)
        return code;
    *disclosed = replay.disclosed;
    replay_encode(&replay, json);
    return ZCD_OK;
}

static enum zcd_code check_access(struct app_worker *worker, struct db *db, const struct caller *caller, uint64_t index,
                                  struct zcd_error *err)
{
    ZCD_AUTO(log_record_done)
    struct log_record record = {0};
    enum zcd_code code = log_read_record(worker->app->log, db, index, &record, err);

    return code == ZCD_OK ? access_check_record(caller, buffer_bytes(&record.leaf), err) : code;
}

void audit_replay_show(struct http_exchange *exchange, void *context)
{
    struct app_worker *worker = context;
    struct disclosed *disclosed = ARENA_NEW(&exchange->arena, struct disclosed, 1);
    uint64_t index = 0;
    struct zcd_error err;
    struct db *db;

    enum zcd_code code = log_index_parse(exchange->request.parameters[0], &index, &err);
    if (code == ZCD_OK)
        code = app_worker_db(worker, &db, &err);
    if (code == ZCD_OK)
        code = check_access(worker, db, exchange->caller, index, &err);
    if (code == ZCD_OK)
        code = replay_one(worker, db, index, &exchange->response.body, disclosed, &err);
    if (code != ZCD_OK) {
        answer_error(exchange, &err);
        return;
    }
    exchange->response.content_type = "application/json";
    shown_send(exchange, worker, db, "record", disclosed, 1);
}

static enum zcd_code read_range(struct http_exchange *exchange, uint64_t *from, uint64_t *to, struct zcd_error *err)
{
    static const char *const NAMES[] = {"from", "to"};
    uint64_t *const numbers[] = {from, to};
    const char *values[2];
    struct zcd_error reason;

    enum zcd_code code = http_query_parse(exchange->request.query, NAMES, 2, &exchange->arena, values, err);
    for (int i = 0; code == ZCD_OK && i < 2; i++) {
        if (values[i] != NULL && log_index_parse(values[i], numbers[i], &reason) == ZCD_OK)
            continue;
        (void)zcd_fail(err, ZCD_INVALID, "an index of the log must be given");
        return zcd_fail_within(err, NAMES[i]);
    }
    if (code == ZCD_OK && (*to < *from || *to - *from > RANGE_MAX)) {
        (void)zcd_fail(err, ZCD_INVALID, "not behind from, or more than %d records behind it", RANGE_MAX);
        return zcd_fail_within(err, "to");
    }
    return code;
}

void audit_replay_range(struct http_exchange *exchange, void *context)
{
    struct app_worker *worker = context;
    struct buffer *json = &exchange->response.body;
    struct disclosed *disclosed = ARENA_NEW(&exchange->arena, struct disclosed, RANGE_MAX);
    uint64_t from = 0, to = 0;
    struct zcd_error err;
    struct db *db;

    if (read_range(exchange, &from, &to, &err) != ZCD_OK) {
        answer_invalid(exchange, 400, &err);
        return;
    }
    enum zcd_code code = app_worker_db(worker, &db, &err);
    buffer_append_text(json, "{\"replays\":[");
    for (uint64_t index = from; code == ZCD_OK && index < to; index++) {
        buffer_append_text(json, index == from ? "" : ",");
        code = replay_one(worker, db, index, json, &disclosed[index - from], &err);
    }
    buffer_append_text(json, "]}");
    if (code != ZCD_OK) {
        answer_error(exchange, &err);
        return;
    }
    exchange->response.content_type = "application/json";
    shown_send(exchange, worker, db, "record", disclosed, (size_t)(to - from));
}

void audit_replay_begin(struct http_exchange *exchange, void *context)
{
    struct app_worker *worker = context;
    ZCD_AUTO(buffer_done)
    struct buffer note = {0};
    ZCD_AUTO(buffer_done)
    struct buffer input = {0};
    struct checkpoint checkpoint;
    struct replay_request *request;
    struct zcd_error err;

    if (log_read_checkpoint(worker->app->log, &note, &checkpoint, &err) != ZCD_OK) {
        answer_error(exchange, &err);
        return;
    }
    if (replay_request_decode(exchange->request.body, checkpoint.size, &exchange->arena, &request, &err) != ZCD_OK) {
        answer_invalid(exchange, decide_was_refused_as_json(exchange->request.body) ? 400 : 422, &err);
        return;
    }
    buffer_append_format(&input, "{\"from\":%lld,\"to\":%lld}", (long long)request->from, (long long)request->to);
    jobs_accept(exchange, worker, jobs_kind(REPLAY_JOB_KIND), (const char *)input.data, NULL);
}
