/*
 * organisations.h - which organisations the caller may see.
 */
#ifndef API_ROUTES_ORGANISATIONS_H
#define API_ROUTES_ORGANISATIONS_H

#include "api/http/exchange.h"

http_handler organisations_list; /* GET /v1/organisations?beginning=&name=&limit=&cursor= */

#endif
