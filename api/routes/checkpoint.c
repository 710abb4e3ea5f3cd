#include "api/routes/checkpoint.h"

#include "api/app.h"
#include "api/flows/witnessing.h"
#include "api/routes/answer.h"
#include "base/cleanup.h"

static void answer_note(struct http_exchange *exchange)
{
    exchange->response.status = 200;
    exchange->response.content_type = "text/plain; charset=utf-8";
    exchange->response.cache_control = "no-cache";
    http_exchange_finish(exchange);
}

/* Where the newest checkpoint is the published one, with the cosignatures that it has. */
static void prefer_published(const struct app *app, const struct checkpoint *newest, struct buffer *note)
{
    ZCD_AUTO(buffer_done)
    struct buffer published = {0};
    struct checkpoint checkpoint;
    struct zcd_error err;

    if (witnessing_read(app->config->checkpoint_store, log_vkey(app->log), &published, &checkpoint, NULL, &err) != ZCD_OK
        || checkpoint.size != newest->size || !sha256_equal(&checkpoint.root, &newest->root))
        return;
    buffer_clear(note);
    buffer_append(note, published.data, published.size);
}

void checkpoint_show_published(struct http_exchange *exchange, void *context)
{
    const struct app_worker *worker = context;
    struct buffer *note = &exchange->response.body;
    struct checkpoint checkpoint;
    struct zcd_error err;

    enum zcd_code code = witnessing_read(worker->app->config->checkpoint_store, log_vkey(worker->app->log), note,
                                         &checkpoint, NULL, &err);
    if (code == ZCD_OK)
        answer_note(exchange);
    else
        answer_error_as(exchange, &err,
                        code == ZCD_NOT_FOUND ? "no checkpoint was published with cosignatures"
                                              : "the published checkpoint cannot be read");
}

void checkpoint_show(struct http_exchange *exchange, void *context)
{
    const struct app_worker *worker = context;
    struct checkpoint newest;
    struct zcd_error err;

    if (log_read_checkpoint(worker->app->log, &exchange->response.body, &newest, &err) != ZCD_OK) {
        /* Anybody may ask; paths are for the operators. */
        answer_error_as(exchange, &err, "the checkpoint cannot be read");
        return;
    }
    prefer_published(worker->app, &newest, &exchange->response.body);
    answer_note(exchange);
}
