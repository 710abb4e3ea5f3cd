/*
 * authorisations.h - /v1/authorisations: a director says who may see the organisation's facts; those named see that they may.
 */
#ifndef API_ROUTES_AUTHORISATIONS_H
#define API_ROUTES_AUTHORISATIONS_H

#include "api/http/exchange.h"

void authorisations_create(struct http_exchange *exchange, void *context);   /* POST /v1/authorisations */
void authorisations_list(struct http_exchange *exchange, void *context);     /* GET /v1/authorisations */
void authorisations_show(struct http_exchange *exchange, void *context);     /* GET /v1/authorisations/{id} */
void authorisations_withdraw(struct http_exchange *exchange, void *context); /* DELETE /v1/authorisations/{id} */

#endif
