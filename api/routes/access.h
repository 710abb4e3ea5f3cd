/*
 * access.h - who may call, and what those are told whom the server turns away.
 *
 * On the event loop's thread; the context is struct app.
 */
#ifndef API_ROUTES_ACCESS_H
#define API_ROUTES_ACCESS_H

#include "api/http/exchange.h"
#include "api/http/head.h"

#include <stdbool.h>

/* Does the request show the service's token (RFC 6750 2.1)? Digests are compared, in constant time. */
bool access_authorise(const struct http_request *request, void *context);

/* A refusal by the server as a problem, with the fields that its status asks for. */
void access_refuse(struct http_exchange *exchange, const struct http_refusal *refusal, void *context);

#endif
