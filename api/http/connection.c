#include "api/http/server_internal.h"

#include <assert.h>
#include <event2/buffer.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <time.h>

/* What is read ahead of what is asked for: a head, and the start of a body or of the next request. */
enum { READ_AHEAD_BYTES = 2 * HTTP_HEAD_SIZE_MAX };

static const char CONTINUE[] = "HTTP/1.1 100 Continue\r\n\r\n";

/* ------------------------------------------------------------------ exchanges */

static void new_request_id(char id[HTTP_REQUEST_ID_SIZE])
{
    uint8_t random[(HTTP_REQUEST_ID_SIZE - 1) / 2];

    if (getrandom(random, sizeof random, 0) != (ssize_t)sizeof random)
        abort(); /* so few bytes cannot fail once the system is up */
    hex_encode(random, sizeof random, id);
}

static struct pending *pending_new(struct connection *connection)
{
    struct arena arena = {0};
    struct pending *pending = ARENA_NEW(&arena, struct pending, 1);

    pending->exchange.arena = arena;
    pending->server = connection->server;
    pending->connection = connection;
    pending->started_us = server_now_us();
    new_request_id(pending->exchange.request.id);
    memcpy(pending->exchange.request.trace_id, pending->exchange.request.id, HTTP_TRACE_ID_SIZE);
    return pending;
}

static void pending_free(struct pending *pending)
{
    struct arena arena = pending->exchange.arena;

    pending->server->body_bytes -= pending->body_reserved;
    if (pending->server->spool != NULL)
        spool_remove(pending->server->spool, &pending->spooled);
    buffer_done(&pending->exchange.response.body);
    arena_done(&arena);
}

/* An evbuffer has sent the body that it borrowed, or given it up. */
static void body_was_sent(const void *data, size_t size, void *argument)
{
    (void)data;
    (void)size;
    pending_free(argument);
}

static void observe(const struct pending *pending)
{
    const struct http_server_config *config = &pending->server->config;
    const struct http_exchange *exchange = &pending->exchange;
    struct http_observation observation = {
        .request_id = exchange->request.id,
        .trace_id = exchange->request.trace_id,
        .method = http_method_name(exchange->request.method),
        .route = pending->route == NULL ? "" : pending->route->pattern,
        .status = exchange->response.status,
        .duration_us = server_now_us() - pending->started_us,
        .body_size = exchange->response.body.size,
        .client_has_left = pending->connection == NULL,
    };
    config->observe(&observation, config->context);
}

/* ------------------------------------------------------------------ states */

static void set_deadline(struct connection *connection, int32_t wait_ms)
{
    struct timeval wait = server_timeval(wait_ms);
    (void)event_add(connection->deadline, &wait); /* replaces the one before */
}

static enum connection_rank rank_of(const struct connection *connection)
{
    switch (connection->state) {
    case CONNECTION_LINGERING:
        return RANK_LINGERING;
    case CONNECTION_HANDSHAKE:
    case CONNECTION_IDLE:
    case CONNECTION_HEAD:
        return RANK_WAITING;
    case CONNECTION_BODY:
        return connection->is_known ? RANK_KEPT : RANK_WAITING;
    case CONNECTION_ANSWERING:
        return connection->is_known ? RANK_KEPT : RANK_TAKING;
    case CONNECTION_HANDLING:
        break;
    }
    return RANK_KEPT;
}

/* A connection goes to the end of its new rank; one that stays in its rank keeps its place. */
static void enter(struct connection *connection, enum connection_state state)
{
    struct connection_list *lists = connection->server->connections;

    connection->state = state;
    enum connection_rank rank = rank_of(connection);
    if (rank == connection->rank)
        return;
    TAILQ_REMOVE(&lists[connection->rank], connection, links);
    connection->rank = rank;
    TAILQ_INSERT_TAIL(&lists[rank], connection, links);
}

static void wait_for_request(struct connection *connection)
{
    connection->is_known = false;
    enter(connection, CONNECTION_IDLE);
    set_deadline(connection, connection->server->config.limits.idle_ms);
    (void)bufferevent_enable(connection->stream, EV_READ);
}

static void linger(struct connection *connection)
{
    /* The client reads the answer and then the end; it closes, and only then do we. Were the socket closed with
     * bytes unread, the kernel would send a reset, and the answer could be lost. */
    if (connection->server->tls != NULL)
        tls_say_goodbye(connection->stream);
    (void)shutdown(bufferevent_getfd(connection->stream), SHUT_WR);
    enter(connection, CONNECTION_LINGERING);
    set_deadline(connection, connection->server->config.limits.linger_ms);
    (void)bufferevent_enable(connection->stream, EV_READ);
}

/* So that a client finds its way to another process after a change, and to a new certificate, some day. */
static bool is_used_up(const struct connection *connection)
{
    const struct http_limits *limits = &connection->server->config.limits;

    return connection->request_count >= limits->requests_per_connection_max
           || server_now_us() - connection->opened_us >= (int64_t)limits->age_ms * 1000;
}

static void send_response(struct connection *connection, struct pending *pending)
{
    const struct http_exchange *exchange = &pending->exchange;
    struct evbuffer *output = bufferevent_get_output(connection->stream);
    struct buffer head = {0};

    if (connection->server->tls != NULL) /* RFC 6797: a browser that came once over TLS does not come without it */
        http_response_add_header(&pending->exchange.response, "Strict-Transport-Security", "max-age=31536000");
    connection->closes = pending->must_close || !exchange->request.keep_alive || server_needs_room(connection->server)
                         || is_used_up(connection);
    http_response_write_head(&exchange->response, exchange->request.id, (int64_t)time(NULL), connection->closes, &head);
    (void)evbuffer_add(output, head.data, head.size);
    buffer_done(&head);
    if (exchange->response.body.size == 0 || exchange->request.method == HTTP_HEAD)
        pending_free(pending);
    else
        (void)evbuffer_add_reference(output, exchange->response.body.data, exchange->response.body.size, body_was_sent,
                                     pending);
}

/* A client that takes its answer slowly holds memory as one that sends slowly does. */
static void reserve_answer(struct pending *pending)
{
    size_t size = pending->exchange.response.body.size;

    pending->server->body_bytes += size;
    pending->body_reserved += size;
}

void connection_answer(struct pending *pending)
{
    struct connection *connection = pending->connection;

    if (pending->exchange.response.status == 200 && pending->exchange.response.status_of_success != 0)
        pending->exchange.response.status = pending->exchange.response.status_of_success;
    observe(pending);
    if (connection == NULL) {
        pending_free(pending);
        return;
    }
    connection->pending = NULL;
    enter(connection, CONNECTION_ANSWERING);
    (void)bufferevent_disable(connection->stream, EV_READ);
    set_deadline(connection, connection->server->config.limits.answer_ms);
    reserve_answer(pending);
    send_response(connection, pending);
}

static void refuse(struct pending *pending, const struct http_refusal *refusal)
{
    const struct http_server_config *config = &pending->server->config;

    config->refuse(&pending->exchange, refusal, config->context);
    connection_answer(pending);
}

/* ------------------------------------------------------------------ reading */

static void hand_over(struct connection *connection, struct pending *pending)
{
    const struct http_route *route = pending->route;

    enter(connection, CONNECTION_HANDLING);
    connection->pending = pending;
    (void)event_del(connection->deadline);
    (void)bufferevent_disable(connection->stream, EV_READ);
    if (route->thread == HTTP_ON_LOOP) {
        route->handle(&pending->exchange, connection->server->config.context);
    } else if (!workers_submit(connection->server->workers, &pending->exchange, route)) {
        refuse(pending, &(struct http_refusal){.status = 503, .detail = "too many requests are waiting"});
    }
}

static struct http_refusal reserve_file(struct pending *pending)
{
    struct spool *spool = pending->server->spool;
    struct http_request *request = &pending->exchange.request;

    if (request->content_length == 0)
        return (struct http_refusal){.status = 400, .detail = "the body is empty"};
    if (spool == NULL)
        return (struct http_refusal){.status = 503, .detail = "no directory is set for large bodies (ZCD_SPOOL_DIRECTORY)"};
    if (!spool_begin(spool, request->content_length, &pending->exchange.arena, &pending->spooled))
        return (struct http_refusal){.status = 503, .detail = "there is no room for the body's file"};
    return (struct http_refusal){.status = 0};
}

/* A body may be held when there is room for it, or nothing else is held. The public paths answer in a few bytes and must
 * go on doing so; a request without a body may have a large answer, and waits for room as the others do. */
static struct http_refusal reserve_body(struct pending *pending)
{
    struct http_server *server = pending->server;

    if (http_route_spools(pending->route))
        return reserve_file(pending);
    size_t size = (size_t)pending->exchange.request.content_length;
    size_t held = server->body_bytes;
    size_t total = server->config.limits.body_bytes_total_max;
    bool may_be_large = size > 0 || pending->route->roles != 0;

    if (may_be_large && held > 0 && (held >= total || size > total - held))
        return (struct http_refusal){.status = 503, .detail = "too many requests and answers are held"};
    server->body_bytes += size;
    pending->body_reserved = size;
    return (struct http_refusal){.status = 0};
}

/* All that can be said of a request before its body. */
static struct http_refusal judge(struct pending *pending, struct bytes head)
{
    const struct http_server_config *config = &pending->server->config;
    struct http_request *request = &pending->exchange.request;
    struct arena *arena = &pending->exchange.arena;

    struct http_refusal refusal = http_head_parse(head, arena, request);
    if (!http_trace_parse(http_request_header(request, "traceparent"), request->trace_id))
        memcpy(request->trace_id, request->id, sizeof request->trace_id);
    if (refusal.status == 0)
        refusal = http_router_find(config->routes, request, arena, &pending->route);
    if (refusal.status == 0 && pending->route->roles != 0)
        refusal = config->authorise(pending->route, &pending->exchange, config->context);
    pending->connection->is_known = refusal.status == 0 && pending->route->roles != 0;
    if (refusal.status == 0)
        refusal = http_router_check(pending->route, config->answer_types, request);
    if (refusal.status == 0)
        refusal = reserve_body(pending);
    return refusal;
}

static void begin_body(struct connection *connection, struct pending *pending)
{
    struct http_request *request = &pending->exchange.request;
    const struct http_limits *limits = &connection->server->config.limits;
    uint64_t size = request->content_length;
    uint64_t wait_ms = (uint64_t)limits->body_ms;

    if (http_route_spools(pending->route))
        wait_ms += size / (uint64_t)limits->spool_bytes_per_ms_min;
    else
        pending->body = arena_alloc(&pending->exchange.arena, (size_t)size + 1, 1);
    connection->pending = pending;
    enter(connection, CONNECTION_BODY);
    set_deadline(connection, wait_ms > INT32_MAX ? INT32_MAX : (int32_t)wait_ms);
    if (request->expects_continue && evbuffer_get_length(bufferevent_get_input(connection->stream)) < size)
        (void)bufferevent_write(connection->stream, CONTINUE, sizeof CONTINUE - 1);
}

static void begin_request(struct connection *connection, struct bytes head)
{
    struct pending *pending = pending_new(connection);
    connection->request_count++;
    if (connection->server->tls != NULL)
        pending->exchange.request.client_subject = tls_client_subject(connection->stream, &pending->exchange.arena);
    struct http_refusal refusal = judge(pending, head);

    (void)evbuffer_drain(bufferevent_get_input(connection->stream), head.size);
    if (refusal.status != 0) {
        pending->must_close = pending->exchange.request.content_length > 0;
        refuse(pending, &refusal);
    } else if (pending->exchange.request.content_length > 0) {
        begin_body(connection, pending);
    } else {
        hand_over(connection, pending);
    }
}

/* The step functions say whether another step may follow at once. */

static bool read_head(struct connection *connection)
{
    struct evbuffer *input = bufferevent_get_input(connection->stream);
    size_t size = evbuffer_get_length(input);

    if (size > HTTP_HEAD_SIZE_MAX)
        size = HTTP_HEAD_SIZE_MAX;
    struct bytes start = {evbuffer_pullup(input, (ev_ssize_t)size), size};
    size_t head_size = http_head_size(start);
    if (head_size > 0) {
        begin_request(connection, (struct bytes){start.data, head_size});
        return true;
    }
    if (size == HTTP_HEAD_SIZE_MAX)
        refuse(pending_new(connection), &(struct http_refusal){.status = 431, .detail = "the head is too large"});
    return false;
}

/* The loop's thread writes to the page cache and does not wait for the disk. */
static bool read_body_into_file(struct connection *connection)
{
    struct pending *pending = connection->pending;
    uint64_t size = pending->exchange.request.content_length;
    struct evbuffer *input = bufferevent_get_input(connection->stream);

    while (pending->body_received < size && evbuffer_get_length(input) > 0) {
        uint64_t rest = size - pending->body_received;
        int written = evbuffer_write_atmost(input, pending->spooled.fd, rest > READ_AHEAD_BYTES ? READ_AHEAD_BYTES : (ev_ssize_t)rest);
        if (written <= 0) {
            pending->must_close = true;
            refuse(pending, &(struct http_refusal){.status = 503, .detail = "the body's file cannot be written"});
            return false;
        }
        pending->body_received += (uint64_t)written;
    }
    if (pending->body_received < size)
        return false;
    pending->exchange.request.body_path = pending->spooled.path;
    hand_over(connection, pending);
    return false;
}

static bool read_body(struct connection *connection)
{
    struct pending *pending = connection->pending;
    struct http_request *request = &pending->exchange.request;
    size_t size = (size_t)request->content_length;
    struct evbuffer *input = bufferevent_get_input(connection->stream);

    int received = evbuffer_remove(input, pending->body + pending->body_received, size - pending->body_received);
    pending->body_received += received > 0 ? (size_t)received : 0;
    if (pending->body_received < size)
        return false;
    request->body = (struct bytes){pending->body, size};
    hand_over(connection, pending);
    return false;
}

static bool read_first_byte(struct connection *connection)
{
    if (evbuffer_get_length(bufferevent_get_input(connection->stream)) == 0)
        return false;
    enter(connection, CONNECTION_HEAD);
    set_deadline(connection, connection->server->config.limits.head_ms);
    return true;
}

static bool throw_away(struct connection *connection)
{
    struct evbuffer *input = bufferevent_get_input(connection->stream);
    (void)evbuffer_drain(input, evbuffer_get_length(input));
    return false;
}

static bool step(struct connection *connection)
{
    switch (connection->state) {
    case CONNECTION_HANDSHAKE:
        return false;
    case CONNECTION_IDLE:
        return read_first_byte(connection);
    case CONNECTION_HEAD:
        return read_head(connection);
    case CONNECTION_BODY:
        return http_route_spools(connection->pending->route) ? read_body_into_file(connection) : read_body(connection);
    case CONNECTION_LINGERING:
        return throw_away(connection);
    case CONNECTION_HANDLING:
    case CONNECTION_ANSWERING:
        return false;
    }
    return false;
}

/* ------------------------------------------------------------------ events */

static void on_readable(struct bufferevent *stream, void *argument)
{
    (void)stream;
    while (step(argument))
        continue;
}

/* All of the output has gone out. */
static void on_written(struct bufferevent *stream, void *argument)
{
    struct connection *connection = argument;

    if (connection->state != CONNECTION_ANSWERING) /* 100 Continue */
        return;
    /* It may have become so since the head was written. */
    if (connection->closes || server_needs_room(connection->server)) {
        linger(connection);
    } else {
        wait_for_request(connection);
        on_readable(stream, connection); /* the next request may be here already */
    }
}

static void on_event(struct bufferevent *stream, short what, void *argument)
{
    if ((what & BEV_EVENT_CONNECTED) == 0) { /* the client has left, or the connection broke */
        connection_close(argument);
        return;
    }
    wait_for_request(argument);
    on_readable(stream, argument);
}

static void on_deadline(evutil_socket_t socket, short what, void *argument)
{
    static const struct http_refusal TOO_SLOW = {.status = 408, .detail = "the request did not come in time"};
    struct connection *connection = argument;
    (void)socket;
    (void)what;

    if (connection->state == CONNECTION_HEAD) {
        refuse(pending_new(connection), &TOO_SLOW);
    } else if (connection->state == CONNECTION_BODY) {
        connection->pending->must_close = true;
        refuse(connection->pending, &TOO_SLOW);
    } else {
        connection_close(connection);
    }
}

/* ------------------------------------------------------------------ life */

static struct bufferevent *new_stream(struct http_server *server, evutil_socket_t socket)
{
    int on = 1;

    /* An answer is written at once and whole; waiting for an acknowledgement before its tail would only cost time. */
    (void)setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return server->tls != NULL ? tls_accept(server->tls, server->base, socket)
                               : bufferevent_socket_new(server->base, socket, BEV_OPT_CLOSE_ON_FREE);
}

void connection_open(struct http_server *server, evutil_socket_t socket)
{
    struct connection *connection = calloc(1, sizeof *connection);
    struct bufferevent *stream = new_stream(server, socket);
    struct event *deadline = event_new(server->base, -1, 0, on_deadline, connection);

    if (connection == NULL || stream == NULL || deadline == NULL)
        abort(); /* out of memory, as in base */
    *connection = (struct connection){.server = server,
                                      .stream = stream,
                                      .deadline = deadline,
                                      .state = CONNECTION_HANDSHAKE,
                                      .rank = RANK_WAITING,
                                      .opened_us = server_now_us()};
    TAILQ_INSERT_TAIL(&server->connections[RANK_WAITING], connection, links);
    server->connection_count++;

    bufferevent_setcb(stream, on_readable, on_written, on_event, connection);
    bufferevent_setwatermark(stream, EV_READ, 0, READ_AHEAD_BYTES);
    if (server->tls == NULL) {
        wait_for_request(connection);
        return;
    }
    set_deadline(connection, server->config.limits.head_ms);
}

void connection_close(struct connection *connection)
{
    struct http_server *server = connection->server;
    struct pending *pending = connection->pending;

    if (pending != NULL && connection->state == CONNECTION_HANDLING)
        pending->connection = NULL;
    else if (pending != NULL)
        pending_free(pending);

    TAILQ_REMOVE(&server->connections[connection->rank], connection, links);
    event_free(connection->deadline);
    bufferevent_free(connection->stream);
    free(connection);
    server_connection_closed(server);
}

void connection_close_idle(struct connection *connection)
{
    if (connection->state == CONNECTION_IDLE)
        connection_close(connection);
}
