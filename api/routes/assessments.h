/* assessments.h - /v1/assessments: decide and record, and read what was recorded. On a worker's thread. */
#ifndef API_ROUTES_ASSESSMENTS_H
#define API_ROUTES_ASSESSMENTS_H

#include "api/http/exchange.h"

/* POST /v1/assessments. Answered by the log's writer, once the decision is durable, in the tree and signed. */
void assessments_create(struct http_exchange *exchange, void *context);

/* GET /v1/assessments/{id} */
void assessments_show(struct http_exchange *exchange, void *context);

#endif
