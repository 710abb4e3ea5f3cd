/*
 * accept.h - which types of answer a client takes: the field Accept (RFC 9110 12.5.1).
 *
 * Pure. Thread: any.
 */
#ifndef API_HTTP_ACCEPT_H
#define API_HTTP_ACCEPT_H

#include "api/http/request.h"

#include <stdbool.h>

/*
 * Does the client take one of these types?
 *   types  in  "text/html" or several, with spaces between them
 *
 * The range that fits a type most closely says whether it is taken: weight 0 means that it is not. Parameters of a range other
 * than its weight are not looked at. True where no field Accept stands; an element that is no range takes nothing.
 */
bool http_accepts(const struct http_request *request, const char *types);

#endif
