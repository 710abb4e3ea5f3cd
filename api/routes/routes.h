/*
 * routes.h - the table of everything the service answers to. api/openapi.yaml describes the same, and a test compares them.
 */
#ifndef API_ROUTES_ROUTES_H
#define API_ROUTES_ROUTES_H

#include "api/http/router.h"

extern const struct http_route ROUTES[]; /* a row without a pattern ends it */

/* Those that do not answer with JSON; a row without a pattern ends it. */
extern const struct http_answer_types ANSWER_TYPES[];

#endif
