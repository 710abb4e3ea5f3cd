/*
 * response.h - what a handler answers: status, a few fields, a body.
 *
 * Thread: whoever has the exchange.
 */
#ifndef API_HTTP_RESPONSE_H
#define API_HTTP_RESPONSE_H

#include "api/http/head.h"
#include "api/http/request.h"
#include "base/bytes.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HTTP_RESPONSE_HEADERS_MAX 16
#define HTTP_DATE_SIZE 30 /* "Sun, 06 Nov 1994 08:49:37 GMT" and NUL */

struct http_response {
    int status;                /* one of those http_status_phrase knows */
    int status_of_success;     /* sent in place of 200; 0: 200 is 200 */
    const char *content_type;  /* NULL without a body */
    const char *cache_control; /* NULL stands for "no-store" */
    const char *content_security_policy; /* NULL: nothing in the body may be run or loaded */
    struct http_header headers[HTTP_RESPONSE_HEADERS_MAX];
    size_t header_count;
    struct buffer body; /* released with the exchange */
};

/*
 * Add a field. Name and value live as long as the exchange (its arena, or static); neither may hold a control character,
 * which is our own to see to: nothing a client sent goes into a field.
 */
void http_response_add_header(struct http_response *response, const char *name, const char *value);

/* "Not Found" for 404; every status the service uses is known. */
const char *http_status_phrase(int status);

/* An instant as fields have it (RFC 9110 5.6.7); returns text. */
const char *http_date_format(int64_t at_s, char text[HTTP_DATE_SIZE]);

/*
 * Append the head of the answer: status line, the handler's fields, and those that every answer has (length, id of the
 * request, date, and what keeps a browser from doing more with it than showing it).
 */
void http_response_write_head(const struct http_response *response, const char *request_id, int64_t at_s, bool closes,
                              struct buffer *text);

#endif
