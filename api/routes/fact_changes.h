/*
 * fact_changes.h - an officer writes one fact of the own lender by hand: new, changed, or no more.
 *
 * What is changed must be named in its newest state (If-Match); what is new needs no condition, or "If-None-Match: *".
 */
#ifndef API_ROUTES_FACT_CHANGES_H
#define API_ROUTES_FACT_CHANGES_H

#include "api/http/exchange.h"

http_handler fact_changes_put;    /* PUT /v1/organisations/{uscc} and /v1/organisations/{uscc}/{collection}/{key} */
http_handler fact_changes_delete; /* DELETE /v1/organisations/{uscc}/{collection}/{key} */

#endif
