/*
 * server_internal.h - what server.c and connection.c share. All of it belongs to the loop's thread but `finished`.
 */
#ifndef API_HTTP_SERVER_INTERNAL_H
#define API_HTTP_SERVER_INTERNAL_H

#include "api/http/server.h"
#include "api/http/spool.h"
#include "api/http/workers.h"

#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/listener.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

/* An exchange with what the server keeps beside it. Lives in the exchange's own arena. */
struct pending {
    struct http_exchange exchange; /* first: the one is cast to the other */
    struct http_server *server;
    struct connection *connection;  /* NULL once the client has left */
    const struct http_route *route; /* NULL when none was found */
    uint8_t *body;
    struct spooled spooled; /* instead of body, on routes that take large ones */
    uint64_t body_received;
    size_t body_reserved; /* of the request, and once answered of the answer: counted in server->body_bytes */
    bool must_close;      /* the connection cannot be read on: its body was left unread, or its framing is in doubt */
    int64_t started_us;
    struct pending *next; /* in server->finished */
};

enum connection_state {
    CONNECTION_HANDSHAKE, /* of TLS */
    CONNECTION_IDLE, /* between requests: nothing of the next one has come */
    CONNECTION_HEAD,
    CONNECTION_BODY,
    CONNECTION_HANDLING, /* not read from, not waited for: the exchange is with its handler */
    CONNECTION_ANSWERING,
    CONNECTION_LINGERING /* answered for the last time; what still comes is thrown away */
};

/* Which connections are closed first when there is no room; and in each rank the one that has been there the longest. */
enum connection_rank {
    RANK_LINGERING,
    RANK_WAITING, /* for its client: since it was accepted or took its last answer, however much of a request has come */
    RANK_TAKING,  /* an answer to a caller that has not said who it is */
    RANK_KEPT,    /* never closed for others: in the hands of a handler, or of a caller that has said who it is */
    CONNECTION_RANKS
};

TAILQ_HEAD(connection_list, connection);

struct connection {
    struct http_server *server;
    TAILQ_ENTRY(connection) links; /* in server->connections[rank] */
    enum connection_rank rank;
    struct bufferevent *stream;
    struct event *deadline;
    enum connection_state state;
    struct pending *pending; /* in states BODY and HANDLING */
    bool closes;             /* after the answer that is being sent */
    bool is_known;           /* the caller of the present request was authorised */
    size_t request_count;
    int64_t opened_us;
};

struct http_server {
    struct http_server_config config;
    struct event_base *base;
    struct evconnlistener *listener; /* NULL once stopping */
    struct tls *tls; /* NULL: plain HTTP */
    struct event *signal_term, *signal_int, *signal_hup, *wake, *accept_again, *stop_deadline, *certificate_look;
    struct workers *workers;
    char address[HTTP_ADDRESS_SIZE];

    struct connection_list connections[CONNECTION_RANKS];
    _Atomic size_t connection_count; /* the loop's; read by others for http_server_load */
    size_t body_bytes;
    struct spool *spool; /* NULL: no route may take large bodies */
    bool is_stopping;

    int wake_fd; /* an eventfd: somebody put something into what follows */
    pthread_mutex_t lock;
    struct pending *finished_first, *finished_last;
    bool stop_asked;
};

/* Take over an accepted socket. */
void connection_open(struct http_server *server, evutil_socket_t socket);

/* Close it at once; an exchange that is with a handler loses its client. */
void connection_close(struct connection *connection);

/* Send a finished exchange's response, to its connection if that is still there. */
void connection_answer(struct pending *pending);

/* Close it if it is idle. */
void connection_close_idle(struct connection *connection);

/* Must a connection end rather than wait for another request? The server is stopping, or others need the room. */
bool server_needs_room(const struct http_server *server);

/* The number of connections has gone down. */
void server_connection_closed(struct http_server *server);

int64_t server_now_us(void); /* monotonic */

struct timeval server_timeval(int32_t wait_ms);

#endif
