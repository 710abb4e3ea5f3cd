/*
 * server.h - the HTTP server: one event loop, a few workers, bounded in every direction.
 *
 * The loop's thread owns sockets and connections; workers see exchanges and nothing else. What the service is about comes
 * in through the configuration: routes, who may call them, what a refusal looks like.
 *
 * libevent carries the bytes (bufferevents); the heads are read by head.h. Its own evhttp is not used: 2.1 has no hook
 * between head and body, so that anybody could make it hold the largest body of every connection before a token is looked
 * at; it answers its own errors in HTML; and it takes framings that other readers read otherwise.
 */
#ifndef API_HTTP_SERVER_H
#define API_HTTP_SERVER_H

#include "api/http/exchange.h"
#include "api/http/head.h"
#include "api/http/limits.h"
#include "api/http/router.h"
#include "api/http/tls.h"
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HTTP_ADDRESS_SIZE 64 /* "[2001:db8::1]:8080" and NUL */

struct http_server;

/* One answer, for the log of the service. Holds nothing that a client sent. */
struct http_observation {
    const char *request_id;
    const char *trace_id; /* the request's own id, where its client named no trace */
    const char *method;
    const char *route; /* its pattern; "" when the request found none */
    int status;
    int64_t duration_us;  /* from the end of the head to the answer's first byte */
    size_t body_size;     /* of the answer */
    bool client_has_left; /* nobody was there to take it */
};

/* Borrowed until http_server_close. */
struct http_server_config {
    const char *listen; /* numeric address and port: "127.0.0.1:8080", "[::1]:0"; port 0 takes a free one */
    const struct http_route *routes; /* a row without a pattern ends them */
    const struct http_answer_types *answer_types; /* of those that do not answer with JSON; likewise. NULL: Accept is not read */
    struct http_tls_files tls; /* without a certificate file: plain HTTP */
    struct http_limits limits;
    const char *spool_directory; /* for bodies larger than HTTP_BODY_HELD_MAX (spool.h); NULL: they are answered 503 */
    size_t worker_count;
    void *(*worker_begin)(void *context); /* on each worker's thread; what it gives is the context of its handlers */
    void (*worker_end)(void *worker, void *context);
    void (*worker_after)(void *worker, void *context); /* there too, after each handler; NULL is fine */
    bool leaves_signals; /* another server of the process has them; this one ends by http_server_stop */

    /* On the loop's thread; none of them waits for anything. */
    /* Asked for routes with roles, before the body: sets the exchange's caller, or refuses. */
    struct http_refusal (*authorise)(const struct http_route *route, struct http_exchange *exchange, void *context);
    /* On a worker's too, for what has waited too long. */
    void (*refuse)(struct http_exchange *exchange, const struct http_refusal *refusal,
                   void *context); /* fills response */
    void (*observe)(const struct http_observation *observation, void *context);
    /* The certificate was replaced, or err says why the one before stays. NULL is fine. */
    void (*certificate_changed)(const struct zcd_error *err, void *context);
    void *context; /* of these, and of the handlers that run on the loop */
};

/*
 * Bind, listen, start the workers. Ignores SIGPIPE for the whole process: a client that leaves must not end it. Raises the
 * process's soft limit of open files to what connections_max needs, as far as the hard limit lets it; then there are as
 * many connections as there can be descriptors for.
 *
 *   server  out  handed over; release with http_server_close
 *
 * ZCD_INVALID when `listen` is no address; ZCD_UNAVAILABLE when it cannot be bound; the codes of tls_open and spool_open.
 */
enum zcd_code http_server_open(const struct http_server_config *config, struct http_server **server,
                               struct zcd_error *err) ZCD_MUST_USE;

/* Where it listens, with the real port; returns text. */
const char *http_server_address(const struct http_server *server, char text[HTTP_ADDRESS_SIZE]);

/* How many may be connected at once. */
size_t http_server_connections_max(const struct http_server *server);

/*
 * Serve until SIGTERM, SIGINT or http_server_stop (SIGHUP reads the certificate again, which is looked at every ten seconds
 * anyway); then take no more connections, answer what is under way (at most
 * stop_ms; a second signal cuts it short), and end the workers. On the thread that owns the loop.
 */
void http_server_run(struct http_server *server);

/* How much it has to do. Any thread, until http_server_close. */
struct http_load {
    size_t connections; /* open */
    size_t waiting[HTTP_THREAD_COUNT]; /* requests in the queue for a worker, of each class; none at HTTP_ON_LOOP */
};
struct http_load http_server_load(struct http_server *server);

/* Tell it to stop. Any thread. */
void http_server_stop(struct http_server *server);

/* After http_server_run, and after nobody can finish an exchange any more. NULL is fine. */
void http_server_close(struct http_server *server);

#endif
