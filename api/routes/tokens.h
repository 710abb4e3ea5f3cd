/*
 * tokens.h - /v1/tokens: everybody's own, and for administrators those of their lender's users.
 *
 * A token is its user's: administrators revoke any of their lender's, and make them for its systems alone. Who could make
 * one of a colleague could act as two.
 */
#ifndef API_ROUTES_TOKENS_H
#define API_ROUTES_TOKENS_H

#include "api/http/exchange.h"

void tokens_list(struct http_exchange *exchange, void *context);   /* GET /v1/tokens */
void tokens_create(struct http_exchange *exchange, void *context); /* POST /v1/tokens */
void tokens_show(struct http_exchange *exchange, void *context);   /* GET /v1/tokens/{id} */
void tokens_revoke(struct http_exchange *exchange, void *context); /* DELETE /v1/tokens/{id} */

#endif
