/*
 * documents.h - what the API says of itself: the document for programs, a page for people.
 *
 * Static: on the loop's thread.
 */
#ifndef API_ROUTES_DOCUMENTS_H
#define API_ROUTES_DOCUMENTS_H

#include "api/http/exchange.h"

http_handler documents_openapi; /* GET /openapi.json */
http_handler documents_page;    /* GET /docs */
http_handler documents_file;    /* GET /docs/{file}: what the page is made of */

#endif
