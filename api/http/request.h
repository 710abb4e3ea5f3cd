/*
 * request.h - one HTTP request as handlers see it: no socket, no library, plain texts.
 *
 * All of it lives in the arena of its exchange. Thread: whoever has the exchange.
 */
#ifndef API_HTTP_REQUEST_H
#define API_HTTP_REQUEST_H

#include "api/http/trace.h"
#include "base/bytes.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HTTP_PARAMETERS_MAX 4
#define HTTP_REQUEST_ID_SIZE 33 /* 32 hexadecimal digits and NUL */

enum http_method {
    HTTP_METHOD_OTHER = 0, /* well-formed, but none that the service knows */
    HTTP_GET,
    HTTP_HEAD,
    HTTP_POST,
    HTTP_PUT,
    HTTP_PATCH,
    HTTP_DELETE,
    HTTP_OPTIONS
};

/* One field of the head; the name as the client wrote it. */
struct http_header {
    const char *name;
    const char *value; /* without white space around it */
};

struct http_request {
    enum http_method method;
    const char *path;  /* as sent, up to the '?': nothing is decoded */
    const char *query; /* behind the '?'; NULL when there is none */
    const struct http_header *headers;
    size_t header_count;
    const char *parameters[HTTP_PARAMETERS_MAX]; /* what stands for the {names} of the route, in their order */
    struct bytes body;     /* empty when it is in a file */
    const char *body_path; /* on routes that take large bodies: its file, removed with the exchange unless kept (spool.h) */
    const char *client_subject; /* of the client's certificate, verified (tls.h); NULL without one */
    char id[HTTP_REQUEST_ID_SIZE]; /* ours, random: names the request in logs, and in the answer's Request-Id */
    char trace_id[HTTP_TRACE_ID_SIZE]; /* the client's (trace.h), or the id again: names it in logs and problems */

    /* How it was framed. */
    int version_minor; /* of HTTP/1.x */
    uint64_t content_length;
    bool has_content_length;
    bool keep_alive;       /* the client does not mind another request on the connection */
    bool expects_continue; /* it waits for "100 Continue" before it sends the body */
};

/* "GET"; "" for HTTP_METHOD_OTHER. */
const char *http_method_name(enum http_method method);

/* The first field of that name, in any case of letters; NULL when there is none. */
const char *http_request_header(const struct http_request *request, const char *name);

/* Does the Content-Type say this type ("application/json")? Parameters behind it are not looked at. */
bool http_request_has_content_type(const struct http_request *request, const char *type);

#endif
