#include "api/http/server_internal.h"

#include <arpa/inet.h>
#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <event2/util.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
    BACKLOG = 1024,
    ACCEPT_AGAIN_MS = 100,
    CERTIFICATE_LOOK_S = 10,
    FILES_RESERVED = 160 /* descriptors that are not connections: of the workers, of files, of the log */
};

int64_t server_now_us(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

struct timeval server_timeval(int32_t wait_ms)
{
    return (struct timeval){wait_ms / 1000, (suseconds_t)(wait_ms % 1000) * 1000};
}

/* ------------------------------------------------------------------ stopping */

static void break_if_done(struct http_server *server)
{
    if (server->is_stopping && server->connection_count == 0)
        (void)event_base_loopbreak(server->base);
}

static void begin_stop(struct http_server *server)
{
    if (server->is_stopping) { /* told twice: at once, then */
        (void)event_base_loopbreak(server->base);
        return;
    }
    struct timeval wait = server_timeval(server->config.limits.stop_ms);

    server->is_stopping = true;
    evconnlistener_free(server->listener);
    server->listener = NULL;
    (void)event_add(server->stop_deadline, &wait);
    for (struct connection *one = TAILQ_FIRST(&server->connections[RANK_WAITING]), *next; one != NULL; one = next) {
        next = TAILQ_NEXT(one, links);
        connection_close_idle(one);
    }
    break_if_done(server);
}

static void on_signal(evutil_socket_t number, short what, void *argument)
{
    (void)number;
    (void)what;
    begin_stop(argument);
}

static void on_stop_deadline(evutil_socket_t socket, short what, void *argument)
{
    struct http_server *server = argument;
    (void)socket;
    (void)what;
    (void)event_base_loopbreak(server->base);
}

/* ------------------------------------------------------------------ the certificate */

static void read_certificate_again(struct http_server *server)
{
    struct zcd_error err;
    bool is_read = tls_reload(server->tls, &err) == ZCD_OK;

    if (server->config.certificate_changed != NULL)
        server->config.certificate_changed(is_read ? NULL : &err, server->config.context);
}

static void on_hang_up(evutil_socket_t number, short what, void *argument)
{
    struct http_server *server = argument;
    (void)number;
    (void)what;
    if (server->tls != NULL)
        read_certificate_again(server);
}

static void on_certificate_look(evutil_socket_t socket, short what, void *argument)
{
    struct http_server *server = argument;
    (void)socket;
    (void)what;
    if (tls_has_changed(server->tls))
        read_certificate_again(server);
}

/* ------------------------------------------------------------------ from other threads */

static void wake(const struct http_server *server)
{
    uint64_t one = 1;
    ssize_t written = write(server->wake_fd, &one, sizeof one);
    assert(written == (ssize_t)sizeof one); /* its counter cannot be full */
    (void)written;
}

void http_exchange_finish(struct http_exchange *exchange)
{
    struct pending *pending = (struct pending *)exchange;
    struct http_server *server = pending->server;

    (void)pthread_mutex_lock(&server->lock);
    bool was_empty = server->finished_first == NULL;
    if (was_empty)
        server->finished_first = pending;
    else
        server->finished_last->next = pending;
    server->finished_last = pending;
    if (was_empty)
        wake(server);
    (void)pthread_mutex_unlock(&server->lock);
}

void http_server_stop(struct http_server *server)
{
    (void)pthread_mutex_lock(&server->lock);
    server->stop_asked = true;
    wake(server);
    (void)pthread_mutex_unlock(&server->lock);
}

static struct pending *take_finished(struct http_server *server, bool *stop_asked)
{
    (void)pthread_mutex_lock(&server->lock);
    struct pending *first = server->finished_first;
    server->finished_first = NULL;
    server->finished_last = NULL;
    *stop_asked = server->stop_asked;
    server->stop_asked = false;
    (void)pthread_mutex_unlock(&server->lock);
    return first;
}

static void on_wake(evutil_socket_t socket, short what, void *argument)
{
    struct http_server *server = argument;
    uint64_t count;
    bool stop_asked;
    (void)what;

    if (read(socket, &count, sizeof count) < 0) /* then somebody else's wake has been read already */
        return;
    for (struct pending *one = take_finished(server, &stop_asked), *next; one != NULL; one = next) {
        next = one->next;
        one->next = NULL;
        connection_answer(one);
    }
    if (stop_asked)
        begin_stop(server);
}

/* ------------------------------------------------------------------ accepting */

/* Which to close to make room; NULL when none may be. The one accepted just now is the last that waits: not that one. */
static struct connection *find_slowest(const struct http_server *server)
{
    const struct connection *newest = TAILQ_LAST(&server->connections[RANK_WAITING], connection_list);

    for (int rank = 0; rank < RANK_KEPT; rank++) {
        struct connection *first = TAILQ_FIRST(&server->connections[rank]);
        if (first != NULL && first != newest)
            return first;
    }
    return NULL;
}

static bool is_full(const struct http_server *server)
{
    return server->connection_count >= server->config.limits.connections_max;
}

bool server_needs_room(const struct http_server *server)
{
    return server->is_stopping || is_full(server);
}

/* Whoever only holds connections open, for which no token is needed, must not keep others out. */
static void on_accept(struct evconnlistener *listener, evutil_socket_t socket, struct sockaddr *address, int size,
                      void *argument)
{
    struct http_server *server = argument;
    (void)address;
    (void)size;

    connection_open(server, socket);
    if (!is_full(server))
        return;
    struct connection *slowest = find_slowest(server);
    if (slowest != NULL)
        connection_close(slowest);
    else
        (void)evconnlistener_disable(listener);
}

/* Out of descriptors, most likely: trying again at once would only spin. */
static void on_accept_error(struct evconnlistener *listener, void *argument)
{
    struct http_server *server = argument;
    struct timeval wait = server_timeval(ACCEPT_AGAIN_MS);

    (void)evconnlistener_disable(listener);
    (void)event_add(server->accept_again, &wait);
}

static void accept_again(struct http_server *server)
{
    if (server->listener != NULL && !is_full(server))
        (void)evconnlistener_enable(server->listener);
}

static void on_accept_again(evutil_socket_t socket, short what, void *argument)
{
    (void)socket;
    (void)what;
    accept_again(argument);
}

void server_connection_closed(struct http_server *server)
{
    server->connection_count--;
    if (server->connection_count + 1 == server->config.limits.connections_max)
        accept_again(server);
    break_if_done(server);
}

/* ------------------------------------------------------------------ life */

static void format_address(const struct sockaddr_storage *address, char text[HTTP_ADDRESS_SIZE])
{
    char host[INET6_ADDRSTRLEN] = "";

    if (address->ss_family == AF_INET6) {
        const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)address;
        (void)evutil_inet_ntop(AF_INET6, &v6->sin6_addr, host, sizeof host);
        (void)snprintf(text, HTTP_ADDRESS_SIZE, "[%s]:%u", host, (unsigned)ntohs(v6->sin6_port));
    } else {
        const struct sockaddr_in *v4 = (const struct sockaddr_in *)address;
        (void)evutil_inet_ntop(AF_INET, &v4->sin_addr, host, sizeof host);
        (void)snprintf(text, HTTP_ADDRESS_SIZE, "%s:%u", host, (unsigned)ntohs(v4->sin_port));
    }
}

/* "ADDRESS:PORT"; libevent's own reader takes no port 0. */
static bool parse_address(const char *text, struct sockaddr_storage *address, int *size)
{
    char host[HTTP_ADDRESS_SIZE];
    const char *colon = strrchr(text, ':');
    char *end = NULL;

    if (colon == NULL || colon == text || (size_t)(colon - text) >= sizeof host || !isdigit((unsigned char)colon[1]))
        return false;
    memcpy(host, text, (size_t)(colon - text));
    host[colon - text] = '\0';
    long port = strtol(colon + 1, &end, 10);
    *size = (int)sizeof *address;
    if (*end != '\0' || port > UINT16_MAX || evutil_parse_sockaddr_port(host, (struct sockaddr *)address, size) != 0)
        return false;
    if (address->ss_family == AF_INET6)
        ((struct sockaddr_in6 *)address)->sin6_port = htons((uint16_t)port);
    else
        ((struct sockaddr_in *)address)->sin_port = htons((uint16_t)port);
    return true;
}

static enum zcd_code listen_on(struct http_server *server, struct zcd_error *err)
{
    struct sockaddr_storage address = {0};
    int size;

    if (!parse_address(server->config.listen, &address, &size))
        return zcd_fail(err, ZCD_INVALID, "the address to listen on is not of the form 127.0.0.1:8080 or [::1]:8080");

    server->listener = evconnlistener_new_bind(server->base, on_accept, server,
                                               LEV_OPT_REUSEABLE | LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC,
                                               BACKLOG, (struct sockaddr *)&address, size);
    if (server->listener == NULL)
        return zcd_fail(err, ZCD_UNAVAILABLE, "cannot listen on %s: %s", server->config.listen, strerror(errno));
    evconnlistener_set_error_cb(server->listener, on_accept_error);

    socklen_t bound_size = sizeof address;
    (void)getsockname(evconnlistener_get_fd(server->listener), (struct sockaddr *)&address, &bound_size);
    format_address(&address, server->address);
    return ZCD_OK;
}

/* As many connections as there can be descriptors for. */
static void bound_connections(struct http_limits *limits)
{
    struct rlimit files;
    rlim_t wanted = limits->connections_max + FILES_RESERVED;

    if (getrlimit(RLIMIT_NOFILE, &files) != 0)
        return;
    if (files.rlim_cur < wanted) { /* RLIM_INFINITY is the largest number */
        files.rlim_cur = files.rlim_max < wanted ? files.rlim_max : wanted;
        (void)setrlimit(RLIMIT_NOFILE, &files);
        (void)getrlimit(RLIMIT_NOFILE, &files);
    }
    size_t possible = files.rlim_cur > 2 * FILES_RESERVED ? (size_t)files.rlim_cur - FILES_RESERVED : files.rlim_cur / 2;
    if (limits->connections_max > possible)
        limits->connections_max = possible;
}

static struct event *new_event(struct http_server *server, int fd, short what, event_callback_fn call)
{
    struct event *made = event_new(server->base, fd, what, call, server);

    if (made == NULL)
        abort();
    return made;
}

static struct http_server *new_server(const struct http_server_config *config)
{
    struct http_server *server = calloc(1, sizeof *server);

    if (server == NULL)
        abort();
    server->config = *config;
    for (int rank = 0; rank < CONNECTION_RANKS; rank++)
        TAILQ_INIT(&server->connections[rank]);
    bound_connections(&server->config.limits);
    server->base = event_base_new();
    server->wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (server->base == NULL || server->wake_fd < 0)
        abort();
    (void)pthread_mutex_init(&server->lock, NULL);
    server->wake = new_event(server, server->wake_fd, EV_READ | EV_PERSIST, on_wake);
    server->signal_term = new_event(server, SIGTERM, EV_SIGNAL | EV_PERSIST, on_signal);
    server->signal_int = new_event(server, SIGINT, EV_SIGNAL | EV_PERSIST, on_signal);
    server->signal_hup = new_event(server, SIGHUP, EV_SIGNAL | EV_PERSIST, on_hang_up);
    server->certificate_look = new_event(server, -1, EV_PERSIST, on_certificate_look);
    server->accept_again = new_event(server, -1, 0, on_accept_again);
    server->stop_deadline = new_event(server, -1, 0, on_stop_deadline);
    (void)event_add(server->wake, NULL);
    return server;
}

/* On a worker's thread. */
static void expire(struct http_exchange *exchange, void *context)
{
    static const struct http_refusal TOO_LATE = {.status = 503, .detail = "it has waited too long for its turn"};
    const struct http_server_config *config = &((struct pending *)exchange)->server->config;
    (void)context;

    config->refuse(exchange, &TOO_LATE, config->context);
    http_exchange_finish(exchange);
}

/* From here on: one that comes before http_server_run is seen there. */
static void take_signals(struct http_server *server)
{
    if (server->config.leaves_signals)
        return;
    (void)event_add(server->signal_term, NULL);
    (void)event_add(server->signal_int, NULL);
    (void)event_add(server->signal_hup, NULL);
}

enum zcd_code http_server_open(const struct http_server_config *config, struct http_server **server,
                               struct zcd_error *err)
{
    struct http_server *made = new_server(config);
    enum zcd_code code = config->tls.certificate_file == NULL ? ZCD_OK : tls_open(&config->tls, &made->tls, err);

    if (code == ZCD_OK && config->spool_directory != NULL)
        code = spool_open(config->spool_directory, config->limits.spool_bytes_total_max, &made->spool, err);
    if (code == ZCD_OK)
        code = listen_on(made, err);
    if (code != ZCD_OK) {
        http_server_close(made);
        return code;
    }
    (void)signal(SIGPIPE, SIG_IGN);
    take_signals(made);
    made->workers = workers_start(&(struct workers_config){.thread_count = config->worker_count,
                                                           .waiting_max = config->limits.queue_requests_max,
                                                           .waiting_ms = config->limits.queue_ms,
                                                           .begin = config->worker_begin,
                                                           .end = config->worker_end,
                                                           .expire = expire,
                                                           .after = config->worker_after,
                                                           .context = config->context});
    *server = made;
    return ZCD_OK;
}

size_t http_server_connections_max(const struct http_server *server)
{
    return server->config.limits.connections_max;
}

const char *http_server_address(const struct http_server *server, char text[HTTP_ADDRESS_SIZE])
{
    memcpy(text, server->address, HTTP_ADDRESS_SIZE);
    return text;
}

struct http_load http_server_load(struct http_server *server)
{
    struct http_load load = {.connections = server->connection_count};

    (void)pthread_mutex_lock(&server->lock);
    for (enum http_thread class = HTTP_ON_WORKER; server->workers != NULL && class < HTTP_THREAD_COUNT; class++)
        load.waiting[class] = workers_waiting(server->workers, class);
    (void)pthread_mutex_unlock(&server->lock);
    return load;
}

/* Nobody may look at them while they are taken apart. */
static void end_workers(struct http_server *server)
{
    (void)pthread_mutex_lock(&server->lock);
    struct workers *workers = server->workers;
    server->workers = NULL;
    (void)pthread_mutex_unlock(&server->lock);
    workers_stop(workers);
}

void http_server_run(struct http_server *server)
{
    if (server->tls != NULL)
        (void)event_add(server->certificate_look, &(struct timeval){CERTIFICATE_LOOK_S, 0});
    (void)event_base_dispatch(server->base);
    end_workers(server);
}

/* The server's own events go first: nothing may call back into it while it is taken apart. */
static void free_events(struct http_server *server)
{
    struct event *const EVENTS[] = {server->wake,         server->signal_term,   server->signal_int,      server->signal_hup,
                                    server->accept_again, server->stop_deadline, server->certificate_look};

    for (size_t i = 0; i < sizeof EVENTS / sizeof *EVENTS; i++)
        event_free(EVENTS[i]);
}

void http_server_close(struct http_server *server)
{
    bool stop_asked;

    if (server == NULL)
        return;
    end_workers(server);
    if (server->listener != NULL)
        evconnlistener_free(server->listener);
    server->listener = NULL;
    server->is_stopping = true;
    for (int rank = 0; rank < CONNECTION_RANKS; rank++) {
        while (!TAILQ_EMPTY(&server->connections[rank]))
            connection_close(TAILQ_FIRST(&server->connections[rank]));
    }
    for (struct pending *one = take_finished(server, &stop_asked), *next; one != NULL; one = next) {
        next = one->next;
        connection_answer(one);
    }
    free_events(server);
    event_base_free(server->base);
    tls_close(server->tls);
    spool_close(server->spool);
    (void)close(server->wake_fd);
    (void)pthread_mutex_destroy(&server->lock);
    free(server);
}
