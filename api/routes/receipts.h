/*
 * receipts.h - receipts of bank statements: where they went and why, and what a person says of those that wait.
 *
 * Facts are those of the caller's lender about the organisation of the path. On a worker's thread.
 */
#ifndef API_ROUTES_RECEIPTS_H
#define API_ROUTES_RECEIPTS_H

#include "api/http/exchange.h"

/* GET /v1/organisations/{uscc}/receipts?state=waiting|settled|paid_before|matched&cursor=&limit= */
void receipts_list(struct http_exchange *exchange, void *context);

/* GET /v1/organisations/{uscc}/receipts/{id}: with its ETag */
void receipts_show(struct http_exchange *exchange, void *context);

/* POST /v1/organisations/{uscc}/receipts/{id}/settlement: 201 with the receipt; 409 when it does not wait any more */
void receipts_settle(struct http_exchange *exchange, void *context);

/* DELETE /v1/organisations/{uscc}/receipts/{id}/settlement: it waits again; If-Match */
void receipts_take_back(struct http_exchange *exchange, void *context);

#endif
