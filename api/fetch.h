/*
 * fetch.h - one HTTP request to somebody else, by libcurl: to witnesses, mirrors' sources, time-stamping authorities, and
 * those who want to be told of events.
 *
 * http and https only, certificates checked, no redirects, bounded in size and time. Thread: any; a call waits.
 */
#ifndef API_FETCH_H
#define API_FETCH_H

#include "base/bytes.h"
#include "base/error.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sockaddr;

#define FETCH_TYPE_SIZE 128

struct fetch_field {
    const char *name, *value; /* without control characters: our own */
};

/* May a connection be made to this very address, whatever name it was looked up by? */
typedef bool fetch_may_connect(const struct sockaddr *address, void *context);

struct fetch_request {
    const char *url;
    const char *token;        /* bearer token, or NULL */
    const char *content_type; /* of the body, with POST */
    const struct bytes *body; /* NULL: GET */
    const struct fetch_field *fields; /* further ones, field_count of them */
    size_t field_count;
    /* Asked for each address before it is connected to; no proxy is used then. NULL: any may be. */
    fetch_may_connect *may_connect;
    void *may_connect_context;
    const atomic_bool *ends; /* the request is given up once this is true, within a second; or NULL */
    size_t answer_size_max;
    int32_t timeout_ms; /* for all of it; 0 stands for 30 s */
};

struct fetch_answer {
    int status;
    char content_type[FETCH_TYPE_SIZE]; /* "" when there is none, or it is too long */
    struct buffer body;                 /* start with {0}, end with buffer_done; emptied first */
};

/*
 * ZCD_INVALID for a URL of another kind; ZCD_UNAVAILABLE when there is no whole answer: no connection, or none that
 * may be made, too slow, too large.
 * Any status is an answer.
 */
enum zcd_code fetch(const struct fetch_request *request, struct fetch_answer *answer,
                    struct zcd_error *err) ZCD_MUST_USE;

#endif
