/*
 * imports.h - files of facts: sent, read by a job, kept for the caller's lender, and taken back.
 *
 * Imports are the lender's: for all others there are none. On a worker's thread; the context is struct app_worker.
 */
#ifndef API_ROUTES_IMPORTS_H
#define API_ROUTES_IMPORTS_H

#include "api/http/exchange.h"

#define IMPORTS_FILE_SIZE_MAX ((size_t)1 << 30)

http_handler imports_create;   /* POST /v1/imports?kind=&organisation=&dry_run=&file_name= */
http_handler imports_list;     /* GET /v1/imports?limit=&cursor= */
http_handler imports_show;     /* GET /v1/imports/{id} */
http_handler imports_report;   /* GET /v1/imports/{id}/report?limit=&cursor= */
http_handler imports_withdraw; /* POST /v1/imports/{id}/withdrawal */

#endif
