/*
 * webhooks.h - where a lender is told of events: for its administrators.
 *
 * A webhook is seen by administrators of its own lender; for all others there is none. A secret is shown once, by the request
 * that makes it. On a worker's thread; the context is struct app_worker.
 */
#ifndef API_ROUTES_WEBHOOKS_H
#define API_ROUTES_WEBHOOKS_H

#include "api/http/exchange.h"

http_handler webhooks_create;     /* POST /v1/webhooks */
http_handler webhooks_list;       /* GET /v1/webhooks */
http_handler webhooks_show;       /* GET /v1/webhooks/{id} */
http_handler webhooks_delete;     /* DELETE /v1/webhooks/{id} */
http_handler webhooks_rotate;     /* POST /v1/webhooks/{id}/secrets */
http_handler webhooks_enable;     /* POST /v1/webhooks/{id}/enable */
http_handler webhooks_deliveries; /* GET /v1/webhooks/{id}/deliveries?state=&limit=&cursor= */

#endif
