/*
 * sessions.h - /v1/sessions: log in, ask who one is, log out.
 */
#ifndef API_ROUTES_SESSIONS_H
#define API_ROUTES_SESSIONS_H

#include "api/http/exchange.h"

void sessions_create(struct http_exchange *exchange, void *context); /* POST /v1/sessions */
void sessions_show(struct http_exchange *exchange, void *context);   /* GET /v1/sessions/current */
void sessions_end(struct http_exchange *exchange, void *context);    /* DELETE /v1/sessions/current */

#endif
