#include "api/routes/assessments.h"

#include "api/app.h"
#include "api/clock.h"
#include "api/flows/assess.h"
#include "api/metrics.h"
#include "api/routes/access.h"
#include "api/routes/answer.h"
#include "api/routes/idempotency.h"
#include "api/routes/shown.h"
#include "base/cleanup.h"
#include "contracts/assessment_store.h"

#include <stdio.h>
#include <string.h>

#define LOCATION "/v1/assessments/"

/* What is known of an assessment when the log answers: struct assessment's user. */
struct asked {
    struct http_exchange *exchange;
    const struct app *app;
};

/* A decision that is on record and on its way. */
static void count_decision(const struct app *app, const struct assessment *assessment)
{
    const struct metric_label labels[] = {{"outcome", outcome_name(assessment->decided.decision.outcome)},
                                          {"policy", app->policy.policy->id},
                                          {NULL, NULL}};
    metrics_add(app->metrics, METRIC_DECISIONS, labels, 1);
}

/* How long the deciding itself took, whatever comes of it then. */
static void measure_decision(const struct app *app, int64_t began_us)
{
    const struct metric_label labels[] = {{"policy", app->policy.policy->id}, {NULL, NULL}};
    metrics_observe(app->metrics, METRIC_DECISION_DURATION, labels, clock_monotonic_us() - began_us);
}

/* Who is told 503 must know whether to repeat: without a key, a repetition is not known as one. */
static void answer_not_acknowledged(struct http_exchange *exchange, const struct zcd_error *err, const char *meaning)
{
    char detail[sizeof err->message + 80];

    if (err->code != ZCD_UNAVAILABLE) { /* the record itself was refused */
        answer_error(exchange, err);
        return;
    }
    (void)snprintf(detail, sizeof detail, "%s: %s", meaning, err->message);
    answer_error_as(exchange, err, detail);
}

static void add_location(struct http_exchange *exchange, const char *id)
{
    char *location = arena_alloc(&exchange->arena, sizeof LOCATION + ASSESSMENT_ID_SIZE, 1);

    (void)snprintf(location, sizeof LOCATION + ASSESSMENT_ID_SIZE, LOCATION "%s", id);
    http_response_add_header(&exchange->response, "Location", location);
}

/* On the log's writer's thread, which waits meanwhile. */
static void answer_created(struct assessment *assessment, const struct log_receipt *receipt,
                           const struct zcd_error *err)
{
    const struct asked *asked = assessment->user;
    struct http_exchange *exchange = asked->exchange;

    if (receipt == NULL && err->code == ZCD_CONFLICT && assessment->key != NULL) {
        idempotency_answer_taken(exchange);
        return;
    }
    if (receipt == NULL) {
        answer_not_acknowledged(exchange, err,
                                assessment->key != NULL
                                    ? "it may have been recorded; send it again with the same key to find out"
                                    : "it may have been recorded; repeating makes another record");
        return;
    }
    count_decision(asked->app, assessment);
    add_location(exchange, assessment->id);
    assessment_encode_end(receipt->leaf, &receipt->proof, &exchange->response.body);
    answer_json(exchange, 201);
}

void assessments_decide(struct http_exchange *exchange, struct app_worker *worker, struct bytes dossier, struct idempotency_row *key)
{
    const struct app *app = worker->app;
    const struct caller *caller = exchange->caller;
    const struct assess_actor actor = {.id = caller->id, .role = caller->role, .lender = caller->lender};
    struct assessment *assessment = ARENA_NEW(&exchange->arena, struct assessment, 1);
    struct asked *asked = ARENA_NEW(&exchange->arena, struct asked, 1);
    struct zcd_error err;

    assessment->done = answer_created;
    *asked = (struct asked){exchange, app};
    assessment->user = asked;
    int64_t began_us = clock_monotonic_us();
    enum zcd_code code = assess_prepare(dossier, &app->policy, &actor, clock_now_us(), worker->workspace, &exchange->arena,
                                        assessment, &err);
    if (code != ZCD_OK) {
        answer_invalid(exchange, decide_was_refused_as_json(dossier) ? 400 : 422, &err);
        return;
    }
    measure_decision(app, began_us);
    if (key != NULL)
        key->subject = assessment->id;
    assessment->key = key;
    assessment->entry.trace_id = exchange->request.trace_id;
    assessment_encode_begin(assessment->id, assessment->decided.document, &exchange->response.body);
    if (assess_submit(app->log, assessment, &err) != ZCD_OK)
        answer_not_acknowledged(exchange, &err, "not recorded");
}

void assessments_create(struct http_exchange *exchange, void *context)
{
    struct idempotency_row *key;

    if (idempotency_begin(exchange, context, assessments_show, 201, &key))
        assessments_decide(exchange, context, exchange->request.body, key);
}

/* Row, leaf with proof, and the decision's bytes, into the answer's body. */
static enum zcd_code read_assessment(struct app_worker *worker, struct http_exchange *exchange,
                                     struct disclosed *disclosed, bool *is_own, struct zcd_error *err)
{
    const char *id = exchange->request.parameters[0];
    ZCD_AUTO(log_record_done)
    struct log_record record = {0};
    ZCD_AUTO(buffer_done)
    struct buffer document = {0};
    struct assessment_row row;
    struct sha256 sha256;
    struct uscc uscc;
    struct db *db;

    enum zcd_code code = assessment_id_parse(id, &uscc, err);
    if (code == ZCD_OK)
        code = app_worker_db(worker, &db, err);
    if (code == ZCD_OK)
        code = assessment_store_find(db, &uscc, id, &exchange->arena, &row, err);
    if (code == ZCD_OK)
        code = log_read_record(worker->app->log, db, row.log_index, &record, err);
    if (code == ZCD_OK)
        code = access_check_assessment(exchange->caller, db, buffer_bytes(&record.leaf), is_own, err);
    if (code != ZCD_OK)
        return code;
    memcpy(sha256.bytes, row.decision_sha256, sizeof sha256.bytes);
    code = log_read_document(db, &sha256, NULL, &document, err);
    if (code != ZCD_OK)
        return code;
    assessment_encode_begin(id, buffer_bytes(&document), &exchange->response.body);
    assessment_encode_end(buffer_bytes(&record.leaf), &record.proof, &exchange->response.body);
    return disclosed_read(buffer_bytes(&record.leaf), row.log_index, disclosed, err);
}

void assessments_show(struct http_exchange *exchange, void *context)
{
    struct app_worker *worker = context;
    struct disclosed *disclosed = ARENA_NEW(&exchange->arena, struct disclosed, 1);
    struct zcd_error err;
    bool is_own;

    if (read_assessment(worker, exchange, disclosed, &is_own, &err) != ZCD_OK) {
        if (err.code == ZCD_NOT_FOUND && exchange->response.status_of_success == 201)
            idempotency_answer_taken(exchange); /* committed this very moment, and not signed yet */
        else
            answer_error(exchange, &err);
        return;
    }
    exchange->response.content_type = "application/json";
    if (exchange->response.status_of_success == 201)
        add_location(exchange, exchange->request.parameters[0]);
    /* A lender's own users and the organisation's director read what is their own: that discloses nothing. */
    shown_send(exchange, worker, worker->db, "record", disclosed, is_own ? 0 : 1);
}
