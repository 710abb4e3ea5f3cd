#include "api/routes/stored_assessments.h"

#include "api/app.h"
#include "api/clock.h"
#include "api/codec/dossier_decode.h"
#include "api/flows/decide.h"
#include "api/flows/stored_dossier.h"
#include "api/http/query.h"
#include "api/routes/access.h"
#include "api/routes/answer.h"
#include "api/routes/assessments.h"
#include "api/routes/idempotency.h"
#include "api/routes/shown.h"
#include "audit/record.h"
#include "base/cleanup.h"
#include "contracts/receipt_store.h"

#include <string.h>

/* "2026-11-21T08:00:00.000000Z"; "" or NULL for now. */
static enum zcd_code read_known_at(const char *text, int64_t *known_at_us, struct zcd_error *err)
{
    if (text == NULL || text[0] == '\0') {
        *known_at_us = FACTS_KNOWN_NOW;
        return ZCD_OK;
    }
    return record_at_parse(text, known_at_us, err) == ZCD_OK ? ZCD_OK : zcd_fail_within(err, "known_at");
}

/* ------------------------------------------------------------------ assessing */

static enum zcd_code read_request(struct http_exchange *exchange, const struct facts_request **request,
                                  struct stored_dossier_key *key, struct zcd_error *err)
{
    enum zcd_code code = facts_request_decode(exchange->request.body, &exchange->arena, request, err);

    if (code == ZCD_OK)
        code = read_known_at((*request)->known_at, &key->known_at_us, err);
    if (code != ZCD_OK)
        return code;
    key->facts = (struct facts_of){exchange->request.parameters[0], exchange->caller->lender};
    key->as_of = (*request)->as_of;
    key->application = &(*request)->application;
    return ZCD_OK;
}

/* The bytes that are decided on, recorded and kept, in the exchange's arena. */
static enum zcd_code make_dossier(struct app_worker *worker, struct http_exchange *exchange,
                                  const struct stored_dossier_key *key, struct bytes *json, struct zcd_error *err)
{
    ZCD_AUTO(buffer_done)
    struct buffer text = {0};
    struct db *db;
    enum zcd_code code = app_worker_db(worker, &db, err);

    if (code == ZCD_OK)
        code = stored_dossier_write(db, &worker->app->policy, key, &exchange->arena, &text, err);
    if (code == ZCD_OK)
        *json = bytes_of_text(arena_copy_bytes(&exchange->arena, text.data, text.size));
    return code;
}

/* Of what the caller's lender does not know it learns nothing, not even that its question was ill put. */
static bool knows_organisation(struct http_exchange *exchange, struct app_worker *worker)
{
    const struct facts_of facts = {exchange->request.parameters[0], exchange->caller->lender};
    bool knows = false;
    struct zcd_error err;
    struct db *db;
    enum zcd_code code = app_worker_db(worker, &db, &err);

    if (code == ZCD_OK)
        code = receipt_store_knows(db, &facts, &knows, &err);
    if (code == ZCD_OK && !knows)
        code = zcd_fail(&err, ZCD_NOT_FOUND, "nothing is known of this organisation");
    if (code != ZCD_OK)
        answer_error(exchange, &err);
    return code == ZCD_OK;
}

void stored_assessments_create(struct http_exchange *exchange, void *context)
{
    const struct facts_request *request = NULL;
    struct app_worker *worker = context;
    struct stored_dossier_key key;
    struct idempotency_row *idempotency;
    struct bytes json;
    struct zcd_error err;

    if (!knows_organisation(exchange, worker) || !idempotency_begin(exchange, worker, assessments_show, 201, &idempotency))
        return;
    if (read_request(exchange, &request, &key, &err) != ZCD_OK) {
        answer_invalid(exchange, decide_was_refused_as_json(exchange->request.body) ? 400 : 422, &err);
        return;
    }
    if (make_dossier(worker, exchange, &key, &json, &err) != ZCD_OK)
        answer_error(exchange, &err);
    else
        assessments_decide(exchange, worker, json, idempotency);
}

/* ------------------------------------------------------------------ showing */

/* A dossier tells of everything, so every part of it must be open to the caller. */
static enum zcd_code check_access(struct db *db, const struct caller *caller, const struct facts_of *facts, bool *is_own,
                                  struct zcd_error *err)
{
    static const enum authorisation_scope SCOPES[] = {AUTHORISATION_ORGANISATION, AUTHORISATION_CONTRACTS,
                                                      AUTHORISATION_PAYMENTS, AUTHORISATION_FACILITIES};
    enum zcd_code code = ZCD_OK;

    for (size_t i = 0; code == ZCD_OK && i < sizeof SCOPES / sizeof *SCOPES; i++)
        code = access_check_facts(caller, db, facts->uscc, facts->lender, SCOPES[i], is_own, err);
    return code == ZCD_NOT_FOUND ? zcd_fail(err, code, "nothing is known of this organisation") : code;
}

static enum zcd_code read_query(struct http_exchange *exchange, struct stored_dossier_key *key, struct zcd_error *err)
{
    static const char *const NAMES[] = {"as_of", "known_at", "lender"};
    const char *values[3];
    enum zcd_code code = http_query_parse(exchange->request.query, NAMES, 3, &exchange->arena, values, err);

    if (code == ZCD_OK)
        code = read_known_at(values[1], &key->known_at_us, err);
    key->as_of = clock_shanghai_day(clock_now_us());
    if (code == ZCD_OK && values[0] != NULL && date_parse(values[0], &key->as_of, err) != ZCD_OK)
        code = zcd_fail_within(err, NAMES[0]);
    key->facts = (struct facts_of){exchange->request.parameters[0], values[2] != NULL ? values[2] : exchange->caller->lender};
    if (code == ZCD_OK && key->facts.lender == NULL && !caller_owns(exchange->caller, "", key->facts.uscc))
        code = zcd_fail(err, ZCD_NOT_FOUND, "nothing is known of this organisation");
    if (code == ZCD_OK && key->facts.lender == NULL) {
        (void)zcd_fail(err, ZCD_INVALID, "whose facts? This caller belongs to no lender");
        code = zcd_fail_within(err, NAMES[2]);
    }
    return code;
}

void stored_dossiers_show(struct http_exchange *exchange, void *context)
{
    struct app_worker *worker = context;
    struct disclosed *shown = ARENA_NEW(&exchange->arena, struct disclosed, 1);
    struct stored_dossier_key key = {.application = NULL};
    bool is_own = true;
    struct zcd_error err;
    struct db *db;

    enum zcd_code code = read_query(exchange, &key, &err);
    if (code == ZCD_INVALID) {
        answer_invalid(exchange, 400, &err);
        return;
    }
    if (code == ZCD_OK)
        code = app_worker_db(worker, &db, &err);
    if (code == ZCD_OK)
        code = check_access(db, exchange->caller, &key.facts, &is_own, &err);
    if (code == ZCD_OK)
        code = stored_dossier_write(db, &worker->app->policy, &key, &exchange->arena, &exchange->response.body, &err);
    if (code == ZCD_OK)
        code = uscc_parse(key.facts.uscc, &shown->uscc, &err);
    if (code != ZCD_OK) {
        answer_error(exchange, &err);
        return;
    }
    exchange->response.content_type = "application/json";
    shown_send(exchange, worker, db, "facts", shown, is_own ? 0 : 1);
}
