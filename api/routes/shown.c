#include "api/routes/shown.h"

#include "api/app.h"
#include "api/clock.h"
#include "api/identity/caller.h"
#include "api/routes/answer.h"

#include <stdio.h>

static void refuse(struct http_exchange *exchange, const struct zcd_error *err)
{
    char detail[sizeof err->message + 64];

    (void)snprintf(detail, sizeof detail, "not shown, since it cannot be recorded who reads it: %s", err->message);
    exchange->response.header_count = 0;
    answer_error_as(exchange, err, detail);
}

/* On this thread or the log's writer's. */
static void finish(struct reading *reading, const struct zcd_error *err)
{
    struct http_exchange *exchange = reading->user;

    if (err != NULL) {
        refuse(exchange, err);
        return;
    }
    exchange->response.status = 200;
    answer_add_etag(exchange);
    http_exchange_finish(exchange);
}

void shown_send(struct http_exchange *exchange, struct app_worker *worker, struct db *db, const char *form,
                const struct disclosed *shown, size_t count)
{
    struct app *app = worker->app;
    struct reading *reading = ARENA_NEW(&exchange->arena, struct reading, 1);

    *reading = (struct reading){.form = form,
                                .caller = exchange->caller->id,
                                .role = exchange->caller->role,
                                .lender = exchange->caller->lender,
                                .shown = shown,
                                .shown_count = count,
                                .done = finish,
                                .user = exchange};
    disclosure_record(app->disclosures, app->log, db, clock_now_us(), &exchange->arena, reading);
}
