#include "api/routes/views.h"

#include "api/app.h"
#include "api/flows/stored_view.h"
#include "api/routes/answer.h"
#include "api/routes/stored_query.h"

static void show(struct http_exchange *exchange, struct app_worker *worker, enum stored_view_kind kind)
{
    struct stored_query query;
    struct zcd_error err;
    bool discloses;
    struct db *db;

    if (!stored_query_begin(exchange, worker, kind == STORED_VIEW_RENEWAL, &query, &db, &discloses))
        return;
    const struct stored_view_key key = {
        .kind = kind, .dossier = query.key, .known_at = query.known_at, .facility = query.facility};
    enum zcd_code code = stored_view_write(db, &worker->app->policy, &key, worker->workspace, &exchange->arena,
                                           &exchange->response.body, &err);
    if (code == ZCD_OK) {
        stored_query_send(exchange, worker, &query, db, discloses);
        return;
    }
    buffer_clear(&exchange->response.body);
    answer_refused(exchange, &err);
}

void views_cashflow(struct http_exchange *exchange, void *context)
{
    show(exchange, context, STORED_VIEW_CASHFLOW);
}

void views_pipeline(struct http_exchange *exchange, void *context)
{
    show(exchange, context, STORED_VIEW_PIPELINE);
}

void views_payers(struct http_exchange *exchange, void *context)
{
    show(exchange, context, STORED_VIEW_PAYERS);
}

void views_renewal(struct http_exchange *exchange, void *context)
{
    show(exchange, context, STORED_VIEW_RENEWAL);
}
