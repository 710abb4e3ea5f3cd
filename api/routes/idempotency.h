/*
 * idempotency.h - requests that create something and may be repeated: the field Idempotency-Key
 * (draft-ietf-httpapi-idempotency-key-header-07).
 *
 * A key belongs to its caller and stands for one method, path and body. What it was carried out for is known for seven
 * days: a repetition is answered with what was created then, as it is now, and "Idempotency-Replayed: true". The key's row
 * commits in the transaction of what is created, so a request is carried out once however often it is sent, whatever is
 * killed. What was refused may be mended and sent again under the same key. On a worker's thread.
 */
#ifndef API_ROUTES_IDEMPOTENCY_H
#define API_ROUTES_IDEMPOTENCY_H

#include "api/flows/idempotency_store.h"
#include "api/http/exchange.h"

#include <stdbool.h>

struct app_worker;

/*
 * Look at a request that creates something, before anything else is done.
 *
 *   show    in   the handler that answers GET for what is created, with its id as first parameter
 *   status  in   of the answer when it is created
 *   key     out  NULL: it bears no key. Else the row to insert with what is created, once its subject is set; in the arena
 *
 * False when the exchange is finished or on its way: carried out before (shown again), the key stands for another request
 * (422), the key is none (400), or the database is away (503).
 */
bool idempotency_begin(struct http_exchange *exchange, struct app_worker *worker, http_handler *show, int status,
                       struct idempotency_row **key);

/* Answer 409: the row could not be inserted, since a request with the same key was carried out at the same time. */
void idempotency_answer_taken(struct http_exchange *exchange);

#endif
