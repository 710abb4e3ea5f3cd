/* assessments.h - /v1/assessments: decide and record, and read what was recorded. On a worker's thread. */
#ifndef API_ROUTES_ASSESSMENTS_H
#define API_ROUTES_ASSESSMENTS_H

#include "api/http/exchange.h"
#include "base/bytes.h"

struct app_worker;
struct idempotency_row;

/* POST /v1/assessments. Answered by the log's writer, once the decision is durable, in the tree and signed. */
void assessments_create(struct http_exchange *exchange, void *context);

/* GET /v1/assessments/{id} */
void assessments_show(struct http_exchange *exchange, void *context);

/*
 * The second half of a POST that decides: on this dossier, recorded byte for byte, which lives as long as the exchange.
 *   key  in  what idempotency_begin gave
 */
void assessments_decide(struct http_exchange *exchange, struct app_worker *worker, struct bytes dossier,
                        struct idempotency_row *key);

#endif
