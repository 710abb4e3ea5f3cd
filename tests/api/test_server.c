#include "api/http/server.h"
#include "api/http/spool.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <arpa/inet.h>
#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { BODY_SIZE_MAX = 1 << 20, LARGE_ANSWER_SIZE = 16 << 20, UPLOAD_SIZE_MAX = 64 << 20 };

/* A server of our own, with handlers that can be held up. */
struct fixture {
    struct http_server *server;
    pthread_t thread;
    int port;
    sem_t gate;        /* GET /gate waits here, on a worker */
    atomic_int waiting; /* how many do */
    atomic_int observed, left;
    char kept[128]; /* where POST /upload kept its body */
};

static void ok(struct http_exchange *exchange, const char *text)
{
    exchange->response.status = 200;
    exchange->response.content_type = "text/plain";
    buffer_append_text(&exchange->response.body, text);
    http_exchange_finish(exchange);
}

static void handle_hello(struct http_exchange *exchange, void *context)
{
    (void)context;
    ok(exchange, "hello");
}

static void handle_echo(struct http_exchange *exchange, void *context)
{
    (void)context;
    exchange->response.status = 201;
    exchange->response.content_type = "text/plain";
    buffer_append(&exchange->response.body, exchange->request.body.data, exchange->request.body.size);
    http_exchange_finish(exchange);
}

static void handle_large(struct http_exchange *exchange, void *context)
{
    static const uint8_t LARGE[LARGE_ANSWER_SIZE];
    (void)context;

    exchange->response.status = 200;
    exchange->response.content_type = "text/plain";
    buffer_append(&exchange->response.body, LARGE, sizeof LARGE);
    http_exchange_finish(exchange);
}

/* Counts the bytes of the file that are as the test sends them; keeps the file when they begin with 'k'. */
static void handle_upload(struct http_exchange *exchange, void *context)
{
    struct fixture *fixture = context;
    FILE *file = fopen(exchange->request.body_path, "rb");
    struct zcd_error err;
    const char *kept;
    uint64_t count = 0;

    assert_non_null(file);
    int first = fgetc(file);
    for (int c = first; c != EOF; c = fgetc(file))
        count += c == first ? 1 : 0;
    (void)fclose(file);
    if (first == 'k') {
        assert_int_equal(spool_keep(exchange->request.body_path, &exchange->arena, &kept, &err), ZCD_OK);
        (void)snprintf(fixture->kept, sizeof fixture->kept, "%s", kept);
    }
    exchange->response.status = 200;
    exchange->response.content_type = "text/plain";
    buffer_append_format(&exchange->response.body, "%llu", (unsigned long long)count);
    http_exchange_finish(exchange);
}

static void handle_gate(struct http_exchange *exchange, void *context)
{
    struct fixture *fixture = context;

    atomic_fetch_add(&fixture->waiting, 1);
    while (sem_wait(&fixture->gate) != 0)
        continue;
    ok(exchange, "opened");
}

static const struct http_route ROUTES[] = {
    {HTTP_GET, "/hello", 0, HTTP_SCOPE_ANY, HTTP_ON_LOOP, 0, NULL, handle_hello},
    {HTTP_GET, "/secret", 1, HTTP_SCOPE_ANY, HTTP_ON_LOOP, 0, NULL, handle_hello},
    {HTTP_POST, "/echo", 1, HTTP_SCOPE_ANY, HTTP_ON_WORKER, BODY_SIZE_MAX, "text/plain", handle_echo},
    {HTTP_GET, "/large", 1, HTTP_SCOPE_ANY, HTTP_ON_LOOP, 0, NULL, handle_large},
    {HTTP_POST, "/upload", 1, HTTP_SCOPE_ANY, HTTP_ON_WORKER, UPLOAD_SIZE_MAX, NULL, handle_upload},
    {HTTP_GET, "/gate", 0, HTTP_SCOPE_ANY, HTTP_ON_WORKER, 0, NULL, handle_gate},
    {.pattern = NULL},
};

static struct http_refusal authorise(const struct http_route *route, struct http_exchange *exchange, void *context)
{
    const char *value = http_request_header(&exchange->request, "Authorization");
    (void)route;
    (void)context;
    return value != NULL && strcmp(value, "Bearer right") == 0 ? (struct http_refusal){.status = 0}
                                                              : (struct http_refusal){.status = 401, .detail = "no"};
}

static void refuse(struct http_exchange *exchange, const struct http_refusal *refusal, void *context)
{
    (void)context;
    exchange->response.status = refusal->status;
    exchange->response.content_type = "text/plain";
    buffer_append_text(&exchange->response.body, refusal->detail);
    if (refusal->allow != NULL)
        http_response_add_header(&exchange->response, "Allow", refusal->allow);
}

static void observe(const struct http_observation *observation, void *context)
{
    struct fixture *fixture = context;
    atomic_fetch_add(&fixture->observed, 1);
    atomic_fetch_add(&fixture->left, observation->client_has_left ? 1 : 0);
}

static void *worker_begin(void *context)
{
    return context;
}

static void worker_end(void *worker, void *context)
{
    (void)worker;
    (void)context;
}

static void *run(void *server)
{
    http_server_run(server);
    return NULL;
}

static void start_with_spool(struct fixture *fixture, struct http_limits limits, const char *spool_directory)
{
    char address[HTTP_ADDRESS_SIZE];
    struct zcd_error err;
    struct http_server_config config = {.listen = "127.0.0.1:0",
                                        .routes = ROUTES,
                                        .limits = limits,
                                        .spool_directory = spool_directory,
                                        .worker_count = 2,
                                        .worker_begin = worker_begin,
                                        .worker_end = worker_end,
                                        .authorise = authorise,
                                        .refuse = refuse,
                                        .observe = observe,
                                        .context = fixture};

    *fixture = (struct fixture){0};
    assert_int_equal(sem_init(&fixture->gate, 0, 0), 0);
    assert_int_equal(http_server_open(&config, &fixture->server, &err), ZCD_OK);
    fixture->port = atoi(strrchr(http_server_address(fixture->server, address), ':') + 1);
    assert_int_equal(pthread_create(&fixture->thread, NULL, run, fixture->server), 0);
}

static void start(struct fixture *fixture, struct http_limits limits)
{
    start_with_spool(fixture, limits, NULL);
}

static void stop(struct fixture *fixture)
{
    http_server_stop(fixture->server);
    assert_int_equal(pthread_join(fixture->thread, NULL), 0);
    http_server_close(fixture->server);
    (void)sem_destroy(&fixture->gate);
}

static void nap(long wait_ms)
{
    (void)nanosleep(&(struct timespec){wait_ms / 1000, wait_ms % 1000 * 1000000}, NULL);
}

static void await(atomic_int *counter, int count)
{
    for (int i = 0; i < 1000 && atomic_load(counter) < count; i++)
        nap(5);
    assert_int_equal(atomic_load(counter), count);
}

static int dial(const struct fixture *fixture)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)fixture->port)};
    struct timeval wait = {10, 0};
    int client = socket(AF_INET, SOCK_STREAM, 0);

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_true(client >= 0);
    assert_int_equal(setsockopt(client, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait), 0);
    assert_int_equal(connect(client, (struct sockaddr *)&address, sizeof address), 0);
    return client;
}

static void say_bytes(int client, const void *data, size_t size)
{
    const char *at = data;

    while (size > 0) {
        ssize_t sent = send(client, at, size, MSG_NOSIGNAL);
        if (sent <= 0)
            return; /* the server may have had enough */
        at += sent;
        size -= (size_t)sent;
    }
}

static void say(int client, const char *text)
{
    say_bytes(client, text, strlen(text));
}

/* One answer, head and body as far as they come; its status, 0 when there is none. */
static int hear(int client, struct buffer *answer)
{
    char byte;

    buffer_clear(answer);
    while (answer->size < 4 || memcmp(answer->data + answer->size - 4, "\r\n\r\n", 4) != 0) {
        if (recv(client, &byte, 1, 0) != 1)
            return 0;
        buffer_append(answer, &byte, 1);
    }
    const char *length = strstr((const char *)answer->data, "Content-Length: ");
    long left = length == NULL ? 0 : strtol(length + 16, NULL, 10);
    int status = atoi((const char *)answer->data + 9);
    for (char chunk[4096]; left > 0;) {
        ssize_t got = recv(client, chunk, left < (long)sizeof chunk ? (size_t)left : sizeof chunk, 0);
        if (got <= 0)
            break;
        buffer_append(answer, chunk, (size_t)got);
        left -= got;
    }
    return status;
}

static bool is_closed(int client)
{
    char byte;
    return recv(client, &byte, 1, 0) <= 0;
}

/* Closed for certain, and not only silent for the time that recv waits. */
static bool has_ended(int client)
{
    char byte;
    return recv(client, &byte, 1, 0) == 0;
}

/* Say this on a connection of its own; the status of the answer. */
static int ask(const struct fixture *fixture, const char *text)
{
    struct buffer answer = {0};
    int client = dial(fixture);

    say(client, text);
    int status = hear(client, &answer);
    (void)close(client);
    buffer_done(&answer);
    return status;
}

static void answers_one_request_after_another_on_a_connection(void **state)
{
    struct fixture fixture;
    struct buffer answer = {0};
    (void)state;

    start(&fixture, HTTP_LIMITS_DEFAULT);
    int client = dial(&fixture);
    for (int i = 0; i < 3; i++) {
        say(client, "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n");
        assert_int_equal(hear(client, &answer), 200);
        assert_non_null(strstr((const char *)answer.data, "\r\n\r\nhello"));
    }
    /* Two in one piece, with a body between them. */
    say(client, "POST /echo HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer right\r\nContent-Type: text/plain\r\n"
                "Content-Length: 3\r\n\r\nabcGET /secret HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer right\r\n\r\n");
    assert_int_equal(hear(client, &answer), 201);
    assert_non_null(strstr((const char *)answer.data, "\r\n\r\nabc"));
    assert_int_equal(hear(client, &answer), 200);
    /* A refusal without a body leaves the connection open. */
    say(client, "GET /nothing HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_int_equal(hear(client, &answer), 404);
    say(client, "GET /hello HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    assert_int_equal(hear(client, &answer), 200);
    assert_true(is_closed(client));
    (void)close(client);
    stop(&fixture);
    assert_int_equal(atomic_load(&fixture.observed), 7);
    buffer_done(&answer);
}

static void refuses_by_path_method_token_and_size(void **state)
{
    struct fixture fixture;
    (void)state;

    start(&fixture, HTTP_LIMITS_DEFAULT);
    assert_int_equal(ask(&fixture, "GET / HTTP/1.1\r\nHost: a\r\n\r\n"), 404);
    assert_int_equal(ask(&fixture, "DELETE /hello HTTP/1.1\r\nHost: a\r\n\r\n"), 405);
    assert_int_equal(ask(&fixture, "GET /secret HTTP/1.1\r\nHost: a\r\n\r\n"), 401);
    assert_int_equal(ask(&fixture, "GET /secret HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer wrong\r\n\r\n"), 401);
    assert_int_equal(ask(&fixture, "HEAD /hello HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"), 200);
    assert_int_equal(ask(&fixture, "nonsense\r\n\r\n"), 400);
    /* The body is never waited for when the head is enough to refuse it. */
    assert_int_equal(ask(&fixture, "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 900000\r\n\r\n"), 401);
    assert_int_equal(ask(&fixture, "POST /echo HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer right\r\n"
                                   "Content-Type: text/plain\r\nContent-Length: 1048577\r\n\r\n"),
                     413);
    assert_int_equal(ask(&fixture, "POST /echo HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer right\r\n"
                                   "Content-Type: text/html\r\nContent-Length: 5\r\n\r\n"),
                     415);
    stop(&fixture);
}

/* A smuggled second request must not be answered, whatever became of the first. */
static void never_reads_on_behind_a_framing_in_doubt(void **state)
{
    static const char *const HEADS[] = {
        "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nContent-Length: 40\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length : 5\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: a\nContent-Length: 5\n\n",
        "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 35\r\n\r\n", /* no token: the body stays unread */
    };
    struct fixture fixture;
    struct buffer answer = {0};
    (void)state;

    start(&fixture, HTTP_LIMITS_DEFAULT);
    for (size_t i = 0; i < sizeof HEADS / sizeof *HEADS; i++) {
        int client = dial(&fixture);
        say(client, HEADS[i]);
        say(client, "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n");
        int status = hear(client, &answer);
        assert_in_range(status, 400, 411);
        assert_non_null(strstr((const char *)answer.data, "Connection: close\r\n"));
        assert_int_equal(hear(client, &answer), 0);
        (void)close(client);
    }
    stop(&fixture);
    buffer_done(&answer);
}

static void takes_a_large_body_and_gives_it_back(void **state)
{
    struct fixture fixture;
    struct buffer answer = {0};
    char *body = malloc(BODY_SIZE_MAX);
    (void)state;

    start(&fixture, HTTP_LIMITS_DEFAULT);
    for (int i = 0; i < BODY_SIZE_MAX; i++)
        body[i] = (char)('a' + i % 23);
    int client = dial(&fixture);
    for (int i = 0; i < 3; i++) {
        say(client, "POST /echo HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer right\r\nContent-Type: text/plain\r\n"
                    "Expect: 100-continue\r\nContent-Length: 1048576\r\n\r\n");
        assert_int_equal(hear(client, &answer), 100);
        say_bytes(client, body, BODY_SIZE_MAX);
        assert_int_equal(hear(client, &answer), 201);
        assert_true(answer.size > BODY_SIZE_MAX);
        assert_memory_equal(answer.data + answer.size - BODY_SIZE_MAX, body, BODY_SIZE_MAX);
    }
    (void)close(client);
    stop(&fixture);
    buffer_done(&answer);
    free(body);
}

/* A refused client that goes on sending still gets to read why. */
static void lets_a_refused_client_read_the_answer(void **state)
{
    struct fixture fixture;
    struct buffer answer = {0};
    char *body = calloc(9, BODY_SIZE_MAX);
    (void)state;

    start(&fixture, HTTP_LIMITS_DEFAULT);
    int client = dial(&fixture);
    say(client, "POST /echo HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer right\r\nContent-Type: text/plain\r\n"
                "Content-Length: 9437184\r\n\r\n");
    say_bytes(client, body, (size_t)9 * BODY_SIZE_MAX);
    assert_int_equal(hear(client, &answer), 413);
    assert_true(is_closed(client));
    (void)close(client);
    stop(&fixture);
    buffer_done(&answer);
    free(body);
}

static void bounds_the_time_of_head_and_body(void **state)
{
    struct http_limits limits = HTTP_LIMITS_DEFAULT;
    struct fixture fixture;
    struct buffer answer = {0};
    (void)state;

    limits.head_ms = 150;
    limits.body_ms = 150;
    limits.idle_ms = 400;
    start(&fixture, limits);
    int slow_head = dial(&fixture);
    int slow_body = dial(&fixture);
    int idle = dial(&fixture);
    say(slow_body, "POST /echo HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer right\r\nContent-Type: text/plain\r\n"
                   "Content-Length: 100\r\n\r\n");
    for (const char *c = "GET /hello HTTP/1.1\r\nHost: a"; *c != '\0'; c++) { /* more than 150 ms in all */
        say_bytes(slow_head, c, 1);
        say_bytes(slow_body, "x", 1);
        nap(8);
    }
    assert_int_equal(hear(slow_head, &answer), 408);
    assert_int_equal(hear(slow_body, &answer), 408);
    assert_true(is_closed(idle));
    (void)close(slow_head);
    (void)close(slow_body);
    (void)close(idle);
    stop(&fixture);
    buffer_done(&answer);
}

static void bounds_the_head(void **state)
{
    struct fixture fixture;
    struct buffer text = {0};
    (void)state;

    start(&fixture, HTTP_LIMITS_DEFAULT);
    buffer_append_text(&text, "GET /hello HTTP/1.1\r\nHost: a\r\nX: ");
    while (text.size < HTTP_HEAD_SIZE_MAX - 4)
        buffer_append_text(&text, "x");
    size_t size = text.size;
    buffer_append_text(&text, "\r\n\r\n");
    assert_int_equal(ask(&fixture, (const char *)text.data), 200);
    text.size = size;
    buffer_append_text(&text, "x\r\n\r\n");
    assert_int_equal(ask(&fixture, (const char *)text.data), 431);
    stop(&fixture);
    buffer_done(&text);
}

static void answers_503_when_its_workers_are_behind(void **state)
{
    struct http_limits limits = HTTP_LIMITS_DEFAULT;
    struct fixture fixture;
    struct buffer answer = {0};
    int client[4];
    (void)state;

    limits.queue_requests_max = 2;
    start(&fixture, limits);
    for (int i = 0; i < 4; i++) { /* two at work, two waiting */
        client[i] = dial(&fixture);
        say(client[i], "GET /gate HTTP/1.1\r\nHost: a\r\n\r\n");
        await(&fixture.waiting, i < 2 ? i + 1 : 2);
        nap(20);
    }
    assert_int_equal(ask(&fixture, "GET /gate HTTP/1.1\r\nHost: a\r\n\r\n"), 503);
    assert_int_equal(ask(&fixture, "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n"), 200); /* the loop itself is free */
    for (int i = 0; i < 4; i++)
        (void)sem_post(&fixture.gate);
    for (int i = 0; i < 4; i++) {
        assert_int_equal(hear(client[i], &answer), 200);
        (void)close(client[i]);
    }
    stop(&fixture);
    buffer_done(&answer);
}

static void bounds_the_bodies_held_at_once(void **state)
{
    struct http_limits limits = HTTP_LIMITS_DEFAULT;
    struct fixture fixture;
    struct buffer answer = {0};
    static const char HEAD[] = "POST /echo HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer right\r\nContent-Type: text/plain\r\n"
                               "Content-Length: 600\r\n\r\n";
    (void)state;

    limits.body_bytes_total_max = 1000;
    start(&fixture, limits);
    int first = dial(&fixture);
    say(first, HEAD);
    nap(50);
    assert_int_equal(ask(&fixture, HEAD), 503);
    (void)close(first); /* what it held is free again */
    nap(50);
    char body[600] = "";
    int second = dial(&fixture);
    say(second, HEAD);
    say_bytes(second, body, sizeof body);
    assert_int_equal(hear(second, &answer), 201);
    (void)close(second);
    stop(&fixture);
    buffer_done(&answer);
}

static void bounds_the_connections(void **state)
{
    struct http_limits limits = HTTP_LIMITS_DEFAULT;
    struct fixture fixture;
    struct buffer answer = {0};
    (void)state;

    limits.connections_max = 2;
    start(&fixture, limits);
    int first = dial(&fixture);
    say(first, "GET /gate HTTP/1.1\r\nHost: a\r\n\r\n");
    await(&fixture.waiting, 1);
    int second = dial(&fixture);
    say(second, "GET /gate HTTP/1.1\r\nHost: a\r\n\r\n");
    await(&fixture.waiting, 2);
    int third = dial(&fixture); /* in the kernel's queue: nobody is idle */
    say(third, "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n");
    nap(50);
    char byte;
    assert_true(recv(third, &byte, 1, MSG_DONTWAIT) < 0);
    (void)sem_post(&fixture.gate);
    (void)sem_post(&fixture.gate);
    assert_int_equal(hear(first, &answer), 200);
    assert_non_null(strstr((const char *)answer.data, "Connection: close\r\n")); /* others wait */
    (void)close(first);
    assert_int_equal(hear(third, &answer), 200);
    (void)close(second);
    (void)close(third);
    stop(&fixture);
    buffer_done(&answer);
}

static void idle_connections_shut_nobody_out(void **state)
{
    enum { CONNECTIONS_MAX = 4, IDLE_COUNT = 10 };
    struct http_limits limits = HTTP_LIMITS_DEFAULT;
    struct fixture fixture;
    struct buffer answer = {0};
    int idle[IDLE_COUNT];
    (void)state;

    limits.connections_max = CONNECTIONS_MAX;
    start(&fixture, limits);
    int busy = dial(&fixture); /* the oldest of all, but not idle */
    say(busy, "GET /gate HTTP/1.1\r\nHost: a\r\n\r\n");
    await(&fixture.waiting, 1);
    for (int i = 0; i < IDLE_COUNT; i++)
        idle[i] = dial(&fixture);
    assert_int_equal(ask(&fixture, "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n"), 200);
    assert_true(has_ended(idle[0]));
    say(idle[IDLE_COUNT - 1], "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_int_equal(hear(idle[IDLE_COUNT - 1], &answer), 200);
    (void)sem_post(&fixture.gate);
    assert_int_equal(hear(busy, &answer), 200);
    for (int i = 0; i < IDLE_COUNT; i++)
        (void)close(idle[i]);
    (void)close(busy);
    stop(&fixture);
    buffer_done(&answer);
}

/* One byte each and no more: they would hold a place each for as long as a head may take. */
static void stalling_connections_shut_nobody_out(void **state)
{
    enum { CONNECTIONS_MAX = 4, STALLING_COUNT = 10 };
    struct http_limits limits = HTTP_LIMITS_DEFAULT;
    struct fixture fixture;
    struct buffer answer = {0};
    int stalling[STALLING_COUNT];
    (void)state;

    limits.connections_max = CONNECTIONS_MAX;
    start(&fixture, limits);
    int known = dial(&fixture); /* the oldest, but its caller has shown a token */
    say(known, "POST /echo HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer right\r\nContent-Type: text/plain\r\n"
               "Expect: 100-continue\r\nContent-Length: 2\r\n\r\n");
    assert_int_equal(hear(known, &answer), 100);
    for (int i = 0; i < STALLING_COUNT; i++) {
        stalling[i] = dial(&fixture);
        say(stalling[i], "G");
    }
    assert_int_equal(ask(&fixture, "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n"), 200);
    assert_true(is_closed(stalling[0])); /* the slowest went first, the latest not at all */
    say(stalling[STALLING_COUNT - 1], "ET /hello HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_int_equal(hear(stalling[STALLING_COUNT - 1], &answer), 200);
    say(known, "ab");
    assert_int_equal(hear(known, &answer), 201);
    for (int i = 0; i < STALLING_COUNT; i++)
        (void)close(stalling[i]);
    (void)close(known);
    stop(&fixture);
    buffer_done(&answer);
}

static void closes_a_connection_after_its_requests_or_its_time(void **state)
{
    static const char HELLO[] = "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n";
    struct http_limits limits = HTTP_LIMITS_DEFAULT;
    struct fixture fixture;
    struct buffer answer = {0};
    (void)state;

    limits.requests_per_connection_max = 3;
    limits.age_ms = 200;
    start(&fixture, limits);
    int often = dial(&fixture);
    for (int i = 1; i <= 3; i++) {
        say(often, HELLO);
        assert_int_equal(hear(often, &answer), 200);
        bool is_last = strstr((const char *)answer.data, "Connection: close\r\n") != NULL;
        assert_int_equal(is_last, i == 3);
    }
    assert_true(has_ended(often));
    int aged = dial(&fixture);
    nap(250);
    say(aged, HELLO);
    assert_int_equal(hear(aged, &answer), 200);
    assert_non_null(strstr((const char *)answer.data, "Connection: close\r\n"));
    assert_true(has_ended(aged));
    (void)close(often);
    (void)close(aged);
    stop(&fixture);
    buffer_done(&answer);
}

static int count_files(const char *path)
{
    DIR *directory = opendir(path);
    int count = 0;

    assert_non_null(directory);
    for (const struct dirent *one = readdir(directory); one != NULL; one = readdir(directory))
        count += one->d_name[0] != '.' ? 1 : 0;
    (void)closedir(directory);
    return count;
}

static int begin_upload(const struct fixture *fixture, const char *token, long size)
{
    char head[256];
    int client = dial(fixture);

    (void)snprintf(head, sizeof head, "POST /upload HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer %s\r\nContent-Length: %ld\r\n\r\n",
                   token, size);
    say(client, head);
    return client;
}

static void say_times(int client, char byte, long count)
{
    char piece[65536];

    memset(piece, byte, sizeof piece);
    for (; count > 0; count -= (long)sizeof piece)
        say_bytes(client, piece, count < (long)sizeof piece ? (size_t)count : sizeof piece);
}

static void puts_a_large_body_into_a_file(void **state)
{
    enum { LARGE = 20000003 };
    char directory[] = "/tmp/zcd-spool-XXXXXX";
    struct fixture fixture;
    struct buffer answer = {0};
    (void)state;

    assert_non_null(mkdtemp(directory));
    start_with_spool(&fixture, HTTP_LIMITS_DEFAULT, directory);
    int client = begin_upload(&fixture, "right", LARGE);
    say_times(client, 'a', LARGE);
    assert_int_equal(hear(client, &answer), 200);
    assert_non_null(strstr((const char *)answer.data, "\r\n\r\n20000003"));
    (void)close(client);
    client = begin_upload(&fixture, "right", 5); /* small ones too */
    say(client, "kkkkk");
    assert_int_equal(hear(client, &answer), 200);
    (void)close(client);
    client = begin_upload(&fixture, "right", LARGE); /* leaves in the midst of it */
    say_times(client, 'k', LARGE / 2);
    (void)close(client);
    assert_int_equal(ask(&fixture, "POST /upload HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer right\r\nContent-Length: 0\r\n\r\n"), 400);
    stop(&fixture);

    struct stat kept;
    assert_int_equal(count_files(directory), 1);
    assert_int_equal(stat(fixture.kept, &kept), 0);
    assert_int_equal(kept.st_size, 5);
    assert_int_equal(kept.st_mode & 0777, 0600);
    assert_int_equal(unlink(fixture.kept), 0);
    assert_int_equal(rmdir(directory), 0);
    buffer_done(&answer);
}

static void refuses_large_bodies_for_which_there_is_no_room(void **state)
{
    char directory[] = "/tmp/zcd-spool-XXXXXX";
    struct http_limits limits = HTTP_LIMITS_DEFAULT;
    struct fixture fixture;
    struct buffer answer = {0};
    (void)state;

    limits.spool_bytes_total_max = 1000;
    assert_non_null(mkdtemp(directory));
    start_with_spool(&fixture, limits, directory);
    static const struct {
        const char *token;
        long size;
        int status;
    } CASES[] = {{"wrong", 900, 401}, {"right", 1001, 503}, {"right", UPLOAD_SIZE_MAX + 1L, 413}};
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        int client = begin_upload(&fixture, CASES[i].token, CASES[i].size);
        assert_int_equal(hear(client, &answer), CASES[i].status);
        (void)close(client);
    }
    int first = begin_upload(&fixture, "right", 600);
    say(first, "a");
    nap(50);
    int second = begin_upload(&fixture, "right", 600);
    assert_int_equal(hear(second, &answer), 503);
    say_times(first, 'a', 599);
    assert_int_equal(hear(first, &answer), 200);
    (void)close(first);
    (void)close(second);
    stop(&fixture);
    assert_int_equal(rmdir(directory), 0); /* it is empty */

    start(&fixture, limits); /* and without a directory */
    first = begin_upload(&fixture, "right", 6);
    assert_int_equal(hear(first, &answer), 503);
    (void)close(first);
    stop(&fixture);
    buffer_done(&answer);
}

static void removes_the_files_that_a_dead_process_left(void **state)
{
    char directory[] = "/tmp/zcd-spool-XXXXXX";
    static const char *const NAMES[] = {"body-old", "body-new", "kept-old", "other"};
    char path[64];
    struct spool *spool;
    struct zcd_error err;
    (void)state;

    assert_non_null(mkdtemp(directory));
    for (int i = 0; i < 4; i++) {
        (void)snprintf(path, sizeof path, "%s/%s", directory, NAMES[i]);
        FILE *file = fopen(path, "wb");
        assert_non_null(file);
        (void)fclose(file);
        struct timespec long_ago[2] = {{1000000000, 0}, {1000000000, 0}};
        if (i != 1)
            assert_int_equal(utimensat(AT_FDCWD, path, long_ago, 0), 0);
    }
    assert_int_equal(spool_open(directory, 1, &spool, &err), ZCD_OK);
    spool_close(spool);
    for (int i = 0; i < 4; i++) {
        (void)snprintf(path, sizeof path, "%s/%s", directory, NAMES[i]);
        assert_int_equal(unlink(path), i == 0 ? -1 : 0);
    }
    assert_int_equal(rmdir(directory), 0);
    assert_int_equal(spool_open(directory, 1, &spool, &err), ZCD_INVALID);
    assert_non_null(strstr(err.message, directory));
}

static void outlives_clients_that_leave(void **state)
{
    struct fixture fixture;
    struct linger reset = {1, 0};
    (void)state;

    start(&fixture, HTTP_LIMITS_DEFAULT);
    for (int i = 0; i < 20; i++) {
        int client = dial(&fixture);
        say(client, "GET /gate HTTP/1.1\r\nHost: a\r\n\r\n");
        await(&fixture.waiting, i + 1);
        if (i % 2 == 0)
            (void)setsockopt(client, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
        (void)close(client);
        (void)sem_post(&fixture.gate);
    }
    await(&fixture.observed, 20);
    assert_int_equal(ask(&fixture, "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n"), 200);
    stop(&fixture);
}

static void answers_what_is_under_way_when_told_to_stop(void **state)
{
    struct fixture fixture;
    struct buffer answer = {0};
    (void)state;

    start(&fixture, HTTP_LIMITS_DEFAULT);
    int idle = dial(&fixture);
    int client = dial(&fixture);
    say(client, "GET /gate HTTP/1.1\r\nHost: a\r\n\r\n");
    await(&fixture.waiting, 1);
    http_server_stop(fixture.server);
    assert_true(is_closed(idle));
    nap(50);
    (void)sem_post(&fixture.gate);
    assert_int_equal(hear(client, &answer), 200);
    assert_non_null(strstr((const char *)answer.data, "Connection: close\r\n"));
    (void)close(client);
    (void)close(idle);
    assert_int_equal(pthread_join(fixture.thread, NULL), 0);
    http_server_close(fixture.server);
    (void)sem_destroy(&fixture.gate);
    buffer_done(&answer);
}

/* More than the kernel takes from the server while the client does not read. */
static void ask_for_a_large_answer(struct fixture *fixture, int client)
{
    say(client, "GET /large HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer right\r\n\r\n");
    await(&fixture->observed, 1);
    nap(50);
}

static void bounds_the_answers_held_at_once(void **state)
{
    static const char SMALL[] = "POST /echo HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer right\r\n"
                                "Content-Type: text/plain\r\nContent-Length: 3\r\n\r\nabc";
    struct http_limits limits = HTTP_LIMITS_DEFAULT;
    struct fixture fixture;
    struct buffer answer = {0};
    (void)state;

    limits.body_bytes_total_max = LARGE_ANSWER_SIZE / 2; /* one may always be there */
    start(&fixture, limits);
    int slow = dial(&fixture);
    ask_for_a_large_answer(&fixture, slow);
    assert_int_equal(ask(&fixture, SMALL), 503);
    assert_int_equal(ask(&fixture, "GET /secret HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer right\r\n\r\n"), 503);
    assert_int_equal(ask(&fixture, "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n"), 200);
    assert_int_equal(hear(slow, &answer), 200);
    assert_int_equal(ask(&fixture, SMALL), 201); /* what it held is free again */
    (void)close(slow);
    stop(&fixture);
    buffer_done(&answer);
}

/* Its head promised to keep the connection, before anybody spoke of stopping. */
static void closes_behind_an_answer_that_was_being_sent_when_told_to_stop(void **state)
{
    struct fixture fixture;
    struct buffer answer = {0};
    (void)state;

    start(&fixture, HTTP_LIMITS_DEFAULT);
    int slow = dial(&fixture);
    ask_for_a_large_answer(&fixture, slow);
    http_server_stop(fixture.server);
    nap(50);
    assert_int_equal(hear(slow, &answer), 200);
    assert_null(strstr((const char *)answer.data, "Connection: close\r\n"));
    assert_true(has_ended(slow));
    (void)close(slow);
    assert_int_equal(pthread_join(fixture.thread, NULL), 0);
    http_server_close(fixture.server);
    (void)sem_destroy(&fixture.gate);
    buffer_done(&answer);
}

static void says_why_it_cannot_listen(void **state)
{
    struct fixture fixture;
    struct http_server *server;
    struct zcd_error err;
    char address[HTTP_ADDRESS_SIZE];
    struct http_server_config config = {.routes = ROUTES, .limits = HTTP_LIMITS_DEFAULT, .worker_count = 1};
    (void)state;

    static const char *const WRONG[] = {"", "8080", "127.0.0.1", "localhost:8080", "127.0.0.1:99999", "1.2.3:80"};
    for (size_t i = 0; i < sizeof WRONG / sizeof *WRONG; i++) {
        config.listen = WRONG[i];
        assert_int_equal(http_server_open(&config, &server, &err), ZCD_INVALID);
    }
    start(&fixture, HTTP_LIMITS_DEFAULT);
    config.listen = http_server_address(fixture.server, address);
    assert_int_equal(http_server_open(&config, &server, &err), ZCD_UNAVAILABLE);
    stop(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_one_request_after_another_on_a_connection),
        cmocka_unit_test(refuses_by_path_method_token_and_size),
        cmocka_unit_test(never_reads_on_behind_a_framing_in_doubt),
        cmocka_unit_test(takes_a_large_body_and_gives_it_back),
        cmocka_unit_test(lets_a_refused_client_read_the_answer),
        cmocka_unit_test(bounds_the_time_of_head_and_body),
        cmocka_unit_test(bounds_the_head),
        cmocka_unit_test(answers_503_when_its_workers_are_behind),
        cmocka_unit_test(bounds_the_bodies_held_at_once),
        cmocka_unit_test(bounds_the_connections),
        cmocka_unit_test(idle_connections_shut_nobody_out),
        cmocka_unit_test(stalling_connections_shut_nobody_out),
        cmocka_unit_test(closes_a_connection_after_its_requests_or_its_time),
        cmocka_unit_test(puts_a_large_body_into_a_file),
        cmocka_unit_test(refuses_large_bodies_for_which_there_is_no_room),
        cmocka_unit_test(removes_the_files_that_a_dead_process_left),
        cmocka_unit_test(bounds_the_answers_held_at_once),
        cmocka_unit_test(outlives_clients_that_leave),
        cmocka_unit_test(answers_what_is_under_way_when_told_to_stop),
        cmocka_unit_test(closes_behind_an_answer_that_was_being_sent_when_told_to_stop),
        cmocka_unit_test(says_why_it_cannot_listen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
