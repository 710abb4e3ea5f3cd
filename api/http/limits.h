/*
 * limits.h - every bound on what a client can make the service hold or wait for.
 *
 * Memory of all connections together is bounded by connections_max * about 32 KiB (of those whose clients send nothing:
 * about 2 KiB, 16 KiB with TLS) + body_bytes_total_max + the answers of the requests that were let in before the bytes were
 * full.
 */
#ifndef API_HTTP_LIMITS_H
#define API_HTTP_LIMITS_H

#include <stddef.h>
#include <stdint.h>

#define HTTP_HEAD_SIZE_MAX 8192 /* bytes of request line and fields */
#define HTTP_HEADERS_MAX 64
#define HTTP_BODY_HELD_MAX ((size_t)8 << 20) /* a route that takes larger bodies gets them in a file (spool.h) */

struct http_limits {
    /* When as many are open, the one whose client has kept us waiting the longest is closed to make room, be it idle or
     * in the midst of a request; but none whose caller has said who it is, and none whose request is being handled. When
     * there are no others, new ones wait in the kernel's queue, and each connection ends with the answer that it is given. */
    size_t connections_max;
    size_t requests_per_connection_max; /* then it is closed behind an answer */
    size_t body_bytes_total_max; /* of all requests and answers held at once; one request may always be there */
    uint64_t spool_bytes_total_max; /* of all bodies in files of the server */
    size_t queue_requests_max;   /* that may wait for a worker, of each class (workers.h); beyond it the answer is 503 */
    int32_t queue_ms;            /* that they may wait; then the answer is 503 too */
    /* Absolute: a client that sends a byte now and then gains nothing. */
    int32_t head_ms;   /* from a request's first byte to the end of its head */
    int32_t body_ms;   /* from there to the end of its body */
    int32_t spool_bytes_per_ms_min; /* a body that goes into a file has the time more that it takes at this speed */
    int32_t answer_ms; /* for the client to take the answer */
    int32_t idle_ms;   /* between requests */
    int32_t age_ms;    /* of a connection; when it is over, closed behind the next answer */
    int32_t linger_ms; /* reading on after a refusal, so that the client sees the answer and not a reset */
    int32_t stop_ms;   /* for what is under way when the service is told to stop */
};

/* clang-format off */
#define HTTP_LIMITS_DEFAULT                                                                                            \
    ((struct http_limits){.connections_max = 10240, .requests_per_connection_max = 10000,                              \
                          .body_bytes_total_max = (size_t)32 << 20, .spool_bytes_total_max = (uint64_t)4 << 30,        \
                          .queue_requests_max = 512, .queue_ms = 10000, .head_ms = 5000, .body_ms = 20000,             \
                          .spool_bytes_per_ms_min = 256, .answer_ms = 30000, .idle_ms = 60000, .age_ms = 3600000,      \
                          .linger_ms = 2000, .stop_ms = 25000})
/* clang-format on */

#endif
