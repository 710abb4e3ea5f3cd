#include "api/routes/lender_facts.h"

#include "api/app.h"
#include "api/codec/json_writer.h"
#include "api/identity/caller.h"
#include "api/routes/answer.h"
#include "api/routes/idempotency.h"
#include "contracts/organisation_list_store.h"

struct db *lender_facts_begin(struct http_exchange *exchange, struct app_worker *worker, struct facts_of *facts)
{
    struct uscc uscc;
    struct zcd_error err, reason;
    struct db *db = NULL;
    bool knows = false;

    *facts = (struct facts_of){exchange->request.parameters[0], exchange->caller->lender};
    bool is_key = facts->lender != NULL && uscc_parse(facts->uscc, &uscc, &reason) == ZCD_OK;
    enum zcd_code code = app_worker_db(worker, &db, &err);
    if (code == ZCD_OK && is_key)
        code = organisation_list_store_knows(db, facts->uscc, facts->lender, &knows, &err);
    if (code == ZCD_OK && !knows)
        code = zcd_fail(&err, ZCD_NOT_FOUND, "there is no such organisation");
    if (code == ZCD_OK)
        return db;
    answer_error(exchange, &err);
    return NULL;
}

void lender_facts_submit(struct http_exchange *exchange, struct app_worker *worker, struct settlement *settlement)
{
    struct zcd_error err;

    settlement->entry.trace_id = exchange->request.trace_id;
    if (settlement_submit(worker->app->log, settlement, &err) != ZCD_OK)
        answer_error(exchange, &err);
}

void lender_facts_answer_failed(struct http_exchange *exchange, const struct settlement *settlement, const struct zcd_error *err)
{
    if (err->code == ZCD_CONFLICT && settlement->is_busy)
        answer_busy(exchange, err);
    else if (err->code == ZCD_CONFLICT && !settlement->is_old && settlement->key != NULL)
        idempotency_answer_taken(exchange);
    else
        answer_error(exchange, err);
}

void lender_facts_answer_status(struct http_exchange *exchange, const char *status)
{
    struct json_writer writer;

    json_writer_init(&writer, &exchange->response.body);
    json_write_object(&writer, NULL);
    json_write_text(&writer, "status", status);
    json_write_end(&writer);
    answer_json(exchange, 200);
}
