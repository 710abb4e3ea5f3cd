#include "api/routes/stored_assessments.h"

#include "api/app.h"
#include "api/codec/dossier_decode.h"
#include "api/flows/decide.h"
#include "api/flows/stored_dossier.h"
#include "api/identity/caller.h"
#include "api/routes/answer.h"
#include "api/routes/assessments.h"
#include "api/routes/idempotency.h"
#include "api/routes/known_at.h"
#include "api/routes/lender_facts.h"
#include "api/routes/stored_query.h"
#include "base/cleanup.h"

/* ------------------------------------------------------------------ assessing */

static enum zcd_code read_request(struct http_exchange *exchange, const struct facts_request **request,
                                  struct stored_dossier_key *key, struct zcd_error *err)
{
    enum zcd_code code = facts_request_decode(exchange->request.body, &exchange->arena, request, err);

    if (code == ZCD_OK)
        code = known_at_read((*request)->known_at, &key->known_at_us, err);
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

void stored_assessments_create(struct http_exchange *exchange, void *context)
{
    const struct facts_request *request = NULL;
    struct app_worker *worker = context;
    struct stored_dossier_key key;
    struct idempotency_row *idempotency;
    struct facts_of facts;
    struct bytes json;
    struct zcd_error err;

    if (lender_facts_begin(exchange, worker, &facts) == NULL || !idempotency_begin(exchange, worker, assessments_show, 201, &idempotency))
        return;
    if (read_request(exchange, &request, &key, &err) != ZCD_OK) {
        answer_invalid(exchange, decide_was_refused_as_json(exchange->request.body) ? 400 : 422, &err);
        return;
    }
    if (!known_at_is_settled(exchange, worker->db, NULL, key.known_at_us))
        return;
    if (make_dossier(worker, exchange, &key, &json, &err) != ZCD_OK)
        answer_error(exchange, &err);
    else
        assessments_decide(exchange, worker, json, idempotency);
}

/* ------------------------------------------------------------------ showing */

void stored_dossiers_show(struct http_exchange *exchange, void *context)
{
    struct app_worker *worker = context;
    struct stored_query query;
    struct zcd_error err;
    bool discloses;
    struct db *db;

    if (!stored_query_begin(exchange, worker, false, &query, &db, &discloses))
        return;
    if (stored_dossier_write(db, &worker->app->policy, &query.key, &exchange->arena, &exchange->response.body, &err) == ZCD_OK)
        stored_query_send(exchange, worker, &query, db, discloses);
    else
        answer_error(exchange, &err);
}
