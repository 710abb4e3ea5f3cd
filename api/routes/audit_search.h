/*
 * audit_search.h - records by organisation, application, officer, day, outcome, reason and kind.
 *
 * On a worker's thread; the context is struct app_worker.
 */
#ifndef API_ROUTES_AUDIT_SEARCH_H
#define API_ROUTES_AUDIT_SEARCH_H

#include "api/http/exchange.h"

http_handler audit_search; /* GET /v1/audit/records?... */

#endif
