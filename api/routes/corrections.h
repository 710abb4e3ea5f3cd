/*
 * corrections.h - a director says that a fact about the own organisation is wrong; an officer of the lender whose fact it is decides.
 */
#ifndef API_ROUTES_CORRECTIONS_H
#define API_ROUTES_CORRECTIONS_H

#include "api/http/exchange.h"

http_handler corrections_file;   /* POST /v1/organisations/{uscc}/corrections */
http_handler corrections_list;   /* GET  /v1/organisations/{uscc}/corrections?state=&limit=&cursor= */
http_handler corrections_show;   /* GET  /v1/organisations/{uscc}/corrections/{id} */
http_handler corrections_accept; /* POST /v1/organisations/{uscc}/corrections/{id}/acceptance */
http_handler corrections_refuse; /* POST /v1/organisations/{uscc}/corrections/{id}/refusal */

#endif
