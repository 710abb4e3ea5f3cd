#include "api/routes/checkpoint.h"

#include "api/app.h"
#include "api/routes/answer.h"

void checkpoint_show(struct http_exchange *exchange, void *context)
{
    const struct app_worker *worker = context;
    struct zcd_error err;

    if (log_read_checkpoint(worker->app->log, &exchange->response.body, NULL, &err) != ZCD_OK) {
        answer_error(exchange, &err);
        return;
    }
    exchange->response.status = 200;
    exchange->response.content_type = "text/plain; charset=utf-8";
    exchange->response.cache_control = "no-cache";
    http_exchange_finish(exchange);
}
