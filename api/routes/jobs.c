#include "api/routes/jobs.h"

#include "api/app.h"
#include "api/codec/problem.h"
#include "api/http/query.h"
#include "api/identity/caller.h"
#include "api/jobs/job_store.h"
#include "api/jobs/runner.h"
#include "api/routes/answer.h"
#include "api/routes/cursor.h"
#include "api/routes/idempotency.h"
#include "api/routes/log_index.h"
#include "base/cleanup.h"
#include "db/transaction.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define LOCATION "/v1/jobs/"

enum { LIMIT_DEFAULT = 20, LIMIT_MAX = 100 };

static struct job_owner owner_of(const struct caller *caller)
{
    return (struct job_owner){.caller_id = caller->id, .caller_lender = caller->lender};
}

static bool wants_chinese(const struct http_exchange *exchange)
{
    return problem_prefers_chinese(http_request_header(&exchange->request, "Accept-Language"));
}

static void answer_job(struct http_exchange *exchange, const struct job *job, int status)
{
    job_encode(job, true, wants_chinese(exchange), &exchange->response.body);
    answer_json(exchange, status);
}

static void add_location(struct http_exchange *exchange, const char *id)
{
    char *location = arena_alloc(&exchange->arena, sizeof LOCATION + PUBLIC_ID_SIZE, 1);

    (void)snprintf(location, sizeof LOCATION + PUBLIC_ID_SIZE, LOCATION "%s", id);
    http_response_add_header(&exchange->response, "Location", location);
}

/* ------------------------------------------------------------------ asking for one */

const struct job_kind *jobs_kind(const char *name)
{
    for (size_t i = 0; i < JOB_KIND_COUNT; i++) {
        if (strcmp(JOB_KINDS[i].name, name) == 0)
            return &JOB_KINDS[i];
    }
    assert(false); /* not in the table */
    return NULL;
}

struct asking {
    const struct job_kind *kind;
    const struct caller *caller;
    const char *input, *input_file;
    struct idempotency_row *key; /* NULL: none */
    char id[PUBLIC_ID_SIZE];
};

static enum zcd_code submit(struct db *db, void *context, struct zcd_error *err)
{
    struct asking *asking = context;
    enum zcd_code code =
        job_submit(db, asking->kind, asking->caller, asking->input, asking->input_file, asking->id, err);

    if (code != ZCD_OK || asking->key == NULL)
        return code;
    asking->key->subject = asking->id;
    return idempotency_store_insert(db, asking->key, err);
}

static enum zcd_code ask(struct http_exchange *exchange, struct app_worker *worker, struct asking *asking,
                         struct job *job, struct zcd_error *err)
{
    const struct job_owner owner = owner_of(exchange->caller);
    struct db *db;
    enum zcd_code code = app_worker_db(worker, &db, err);

    if (code == ZCD_OK)
        code = db_transaction_run(db, DB_READ_COMMITTED, submit, asking, err);
    if (code != ZCD_OK)
        return code;
    code = job_store_find(db, &owner, asking->id, &exchange->arena, job, err);
    runner_wake(worker->app->runner);
    return code;
}

void jobs_accept(struct http_exchange *exchange, struct app_worker *worker, const struct job_kind *kind,
                 const char *input, const char *input_file)
{
    struct asking asking = {.kind = kind, .caller = exchange->caller, .input = input, .input_file = input_file};
    struct zcd_error err;
    struct job job;

    if (!idempotency_begin(exchange, worker, jobs_show, 202, &asking.key)) {
        if (input_file != NULL)
            (void)unlink(input_file);
        return;
    }
    if (ask(exchange, worker, &asking, &job, &err) != ZCD_OK) {
        /* Where the commit's outcome is unknown the job may be there, and finds its file gone: it fails and says so. */
        if (input_file != NULL)
            (void)unlink(input_file);
        answer_error(exchange, &err);
        return;
    }
    add_location(exchange, job.id);
    answer_job(exchange, &job, 202);
}

/* ------------------------------------------------------------------ looking */

static enum zcd_code find(struct http_exchange *exchange, struct app_worker *worker, bool cancels, struct job *job,
                          struct zcd_error *err)
{
    const struct job_owner owner = owner_of(exchange->caller);
    const char *id = exchange->request.parameters[0];
    struct db *db;

    if (!public_id_is(JOB_ID_PREFIX, id))
        return zcd_fail(err, ZCD_NOT_FOUND, "there is no such job");
    enum zcd_code code = app_worker_db(worker, &db, err);
    if (code == ZCD_OK && cancels)
        code = job_store_cancel(db, &owner, id, err);
    return code == ZCD_OK ? job_store_find(db, &owner, id, &exchange->arena, job, err) : code;
}

static void show(struct http_exchange *exchange, void *context, bool cancels)
{
    struct zcd_error err;
    struct job job;

    if (find(exchange, context, cancels, &job, &err) != ZCD_OK) {
        answer_error(exchange, &err);
        return;
    }
    if (exchange->response.status_of_success == 202)
        add_location(exchange, job.id);
    answer_job(exchange, &job, 200);
}

void jobs_show(struct http_exchange *exchange, void *context)
{
    show(exchange, context, false);
}

void jobs_cancel(struct http_exchange *exchange, void *context)
{
    show(exchange, context, true);
}

/* ------------------------------------------------------------------ all of one's own */

struct listing {
    const char *state, *cursor;
    size_t limit;
};

static enum zcd_code read_state(const char *state, struct zcd_error *err)
{
    static const char *const STATES[] = {"waiting", "running", "succeeded", "failed", "cancelled"};

    for (size_t i = 0; i < sizeof STATES / sizeof *STATES; i++) {
        if (state == NULL || strcmp(state, STATES[i]) == 0)
            return ZCD_OK;
    }
    (void)zcd_fail(err, ZCD_INVALID, "no job is ever in this state");
    return zcd_fail_within(err, "state");
}

static enum zcd_code read_limit(const char *text, size_t *limit, struct zcd_error *err)
{
    struct zcd_error reason;
    uint64_t read = LIMIT_DEFAULT;

    if (text != NULL && (log_index_parse(text, &read, &reason) != ZCD_OK || read < 1 || read > LIMIT_MAX)) {
        (void)zcd_fail(err, ZCD_INVALID, "not a number from 1 to %d", LIMIT_MAX);
        return zcd_fail_within(err, "limit");
    }
    *limit = (size_t)read;
    return ZCD_OK;
}

static enum zcd_code read_listing(struct http_exchange *exchange, struct listing *listing, struct zcd_error *err)
{
    static const char *const NAMES[] = {"cursor", "limit", "state"};
    const char *values[3];
    enum zcd_code code = http_query_parse(exchange->request.query, NAMES, 3, &exchange->arena, values, err);

    if (code == ZCD_OK)
        code = read_limit(values[1], &listing->limit, err);
    if (code == ZCD_OK)
        code = read_state(values[2], err);
    if (code == ZCD_OK)
        code = cursor_parse(values[0], &exchange->arena, &listing->cursor, err);
    if (code == ZCD_OK)
        listing->state = values[2];
    return code;
}

/* One more than are shown was asked for: is there a next page? */
static void encode_page(const struct job *jobs, size_t count, size_t limit, bool chinese, struct buffer *json)
{
    bool has_more = count > limit;
    char next[CURSOR_TEXT_SIZE];

    buffer_append_text(json, "{\"jobs\":[");
    for (size_t i = 0; i < (has_more ? limit : count); i++) {
        buffer_append_text(json, i == 0 ? "" : ",");
        job_encode(&jobs[i], false, chinese, json);
    }
    if (has_more)
        buffer_append_format(json, "],\"next\":\"%s\"}", cursor_format(jobs[limit - 1].id, next));
    else
        buffer_append_text(json, "],\"next\":null}");
}

void jobs_list(struct http_exchange *exchange, void *context)
{
    const struct job_owner owner = owner_of(exchange->caller);
    struct listing listing = {.limit = LIMIT_DEFAULT};
    struct job *jobs = NULL;
    size_t count = 0;
    struct zcd_error err;
    struct db *db;

    if (read_listing(exchange, &listing, &err) != ZCD_OK) {
        answer_invalid(exchange, 400, &err);
        return;
    }
    enum zcd_code code = app_worker_db(context, &db, &err);
    if (code == ZCD_OK)
        code = job_store_list(db, &owner, listing.state, listing.cursor, listing.limit + 1, &exchange->arena, &jobs,
                              &count, &err);
    if (code != ZCD_OK) {
        answer_error(exchange, &err);
        return;
    }
    encode_page(jobs, count, listing.limit, wants_chinese(exchange), &exchange->response.body);
    answer_json(exchange, 200);
}
