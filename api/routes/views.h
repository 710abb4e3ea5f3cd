/*
 * views.h - what the engine sees in the stored facts of an organisation: the views behind the charts and the director's questions.
 *
 * Each takes ?as_of=&known_at=&lender= (stored_query.h). None of them decides or records anything but who saw it.
 */
#ifndef API_ROUTES_VIEWS_H
#define API_ROUTES_VIEWS_H

#include "api/http/exchange.h"

http_handler views_cashflow; /* GET /v1/organisations/{uscc}/cashflow? */
http_handler views_pipeline; /* GET /v1/organisations/{uscc}/pipeline? */
http_handler views_payers;   /* GET /v1/organisations/{uscc}/payers? */
http_handler views_renewal;  /* GET /v1/organisations/{uscc}/renewal?, with &facility= */

#endif
