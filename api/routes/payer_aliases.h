/*
 * payer_aliases.h - the other names under which an organisation's payers pay, as officers teach them and take them back.
 *
 * Facts are those of the caller's lender about the organisation of the path. On a worker's thread.
 */
#ifndef API_ROUTES_PAYER_ALIASES_H
#define API_ROUTES_PAYER_ALIASES_H

#include "api/http/exchange.h"

/* GET, POST /v1/organisations/{uscc}/payer-aliases; GET, DELETE .../{id} */
void payer_aliases_list(struct http_exchange *exchange, void *context);
void payer_aliases_create(struct http_exchange *exchange, void *context);
void payer_aliases_show(struct http_exchange *exchange, void *context);
void payer_aliases_remove(struct http_exchange *exchange, void *context);

#endif
