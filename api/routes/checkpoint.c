#include "api/routes/checkpoint.h"

#include "api/app.h"
#include "api/routes/answer.h"

void checkpoint_show(struct http_exchange *exchange, void *context)
{
    const struct app_worker *worker = context;
    struct zcd_error err;

    if (log_read_checkpoint(worker->app->log, &exchange->response.body, NULL, &err) != ZCD_OK) {
        /* Anybody may ask; paths are for the operators. */
        answer_error_as(exchange, &err, "the checkpoint cannot be read");
        return;
    }
    exchange->response.status = 200;
    exchange->response.content_type = "text/plain; charset=utf-8";
    exchange->response.cache_control = "no-cache";
    http_exchange_finish(exchange);
}
