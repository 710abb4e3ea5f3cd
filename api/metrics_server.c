#include "api/metrics_server.h"

#include "api/clock.h"
#include "api/flows/decide.h"
#include "api/metrics.h"
#include "api/notice.h"
#include "api/routes/access.h"
#include "base/cleanup.h"
#include "engine_digest.h"

#include <dirent.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct metrics_server {
    struct app *app;
    struct http_server *http; /* the API's */
    struct http_server *own;
    pthread_t thread;
};

/* Prometheus' text format, version 0.0.4. */
#define CONTENT_TYPE "text/plain; version=0.0.4; charset=utf-8"

/* ------------------------------------------------------------------ what is looked at when asked */

/* proc(5): the second number of statm is the resident pages; 0 where there is none to be had. */
static int64_t resident_bytes(void)
{
    long long total = 0;
    long long resident = 0;
    FILE *file = fopen("/proc/self/statm", "re");

    if (file == NULL)
        return 0;
    int found = fscanf(file, "%lld %lld", &total, &resident);
    (void)fclose(file);
    return found == 2 ? (int64_t)resident * sysconf(_SC_PAGESIZE) : 0;
}

static int64_t open_files(void)
{
    DIR *folder = opendir("/proc/self/fd");
    int64_t count = -3; /* ".", ".." and the folder's own */

    if (folder == NULL)
        return 0;
    while (readdir(folder) != NULL)
        count++;
    (void)closedir(folder);
    return count;
}

static void measure_log(struct metrics *metrics, struct log *log)
{
    struct log_counts counts;

    log_count(log, &counts);
    metrics_set(metrics, METRIC_CHAIN_HEIGHT, NULL, (int64_t)counts.signed_size);
    metrics_set(metrics, METRIC_SEAL_LAG, NULL, counts.oldest_waiting_ms * 1000);
    metrics_set(metrics, METRIC_LOG_WAITING, NULL, (int64_t)counts.entries_waiting);
    metrics_set(metrics, METRIC_LOG_READY, NULL, counts.is_ready ? 1 : 0);
    metrics_set_total(metrics, METRIC_LOG_WRITTEN, (int64_t)counts.entries_acknowledged);
    metrics_set_total(metrics, METRIC_LOG_FAILED, (int64_t)counts.entries_failed);
    metrics_set_total(metrics, METRIC_LOG_BATCHES, (int64_t)counts.batches_committed);
    metrics_set_total(metrics, METRIC_LOG_SIGNED, (int64_t)counts.checkpoints_signed);
    metrics_set_total(metrics, METRIC_LOG_RECONNECTS, (int64_t)counts.reconnects);
}

/* What waits, as the load is shed: each class has a queue of its own. */
static const char *const CLASS_NAMES[HTTP_THREAD_COUNT] = {
    [HTTP_ON_WORKER] = "read", [HTTP_ON_WORKER_DECIDING] = "decide", [HTTP_ON_WORKER_IN_BULK] = "bulk"};

static void measure(const struct metrics_server *server)
{
    struct app *app = server->app;
    struct metrics *metrics = app->metrics;
    const struct http_load load = http_server_load(server->http);

    measure_log(metrics, app->log);
    metrics_set(metrics, METRIC_HTTP_CONNECTIONS, NULL, (int64_t)load.connections);
    for (enum http_thread class = HTTP_ON_WORKER; class < HTTP_THREAD_COUNT; class++)
        metrics_set(metrics, METRIC_HTTP_WAITING, (struct metric_label[]){{"class", CLASS_NAMES[class]}, {NULL, NULL}},
                    (int64_t)load.waiting[class]);
    metrics_set(metrics, METRIC_DB_IN_USE, NULL, (int64_t)app->db_in_use);
    metrics_set(metrics, METRIC_RESIDENT, NULL, resident_bytes());
    metrics_set(metrics, METRIC_OPEN_FILES, NULL, open_files());
    metrics_set_total(metrics, METRIC_LINES_DROPPED, notice_dropped());
}

/* What does not change while it serves; and counters at 0, so that the first increase is seen as one. */
static void measure_once(const struct app *app)
{
    const struct metric_label build[] = {
        {"version", decide_engine_version()}, {"engine_sha256", ZCD_ENGINE_SOURCE_SHA256}, {NULL, NULL}};

    metrics_set(app->metrics, METRIC_BUILD_INFO, build, 1);
    metrics_set(app->metrics, METRIC_START, NULL, clock_now_us());
    metrics_set(app->metrics, METRIC_DB_POOL, NULL, (int64_t)app->config->workers);
    for (enum outcome outcome = OUTCOME_APPROVE; outcome <= OUTCOME_DECLINE; outcome++) {
        const struct metric_label labels[] = {
            {"outcome", outcome_name(outcome)}, {"policy", app->policy.policy->id}, {NULL, NULL}};
        metrics_add(app->metrics, METRIC_DECISIONS, labels, 0);
    }
}

/* ------------------------------------------------------------------ the listener */

static void show(struct http_exchange *exchange, void *context)
{
    const struct metrics_server *server = context;

    measure(server);
    metrics_write(server->app->metrics, &exchange->response.body);
    exchange->response.status = 200;
    exchange->response.content_type = CONTENT_TYPE;
    http_exchange_finish(exchange);
}

static const struct http_route ROUTES_OF_METRICS[] = {
    {.method = HTTP_GET, .pattern = "/metrics", .thread = HTTP_ON_LOOP, .handle = show},
    {.pattern = NULL},
};

static void *begin_worker(void *context)
{
    return context;
}

static void end_worker(void *worker, void *context)
{
    (void)worker;
    (void)context;
}

static void observe(const struct http_observation *observation, void *context)
{
    (void)observation; /* being asked every few seconds is not worth a line */
    (void)context;
}

static void *run(void *argument)
{
    struct metrics_server *server = argument;

    http_server_run(server->own);
    return NULL;
}

static enum zcd_code open_listener(struct metrics_server *server, struct zcd_error *err)
{
    struct http_limits limits = HTTP_LIMITS_DEFAULT;
    limits.connections_max = 16;
    const struct http_server_config config = {.listen = server->app->config->metrics_listen,
                                              .routes = ROUTES_OF_METRICS,
                                              .limits = limits,
                                              .worker_count = 1, /* idle: the handler runs on the loop */
                                              .worker_begin = begin_worker,
                                              .worker_end = end_worker,
                                              .leaves_signals = true,
                                              .refuse = access_refuse,
                                              .observe = observe,
                                              .context = server};
    return http_server_open(&config, &server->own, err);
}

static bool start_thread(struct metrics_server *server)
{
    sigset_t all;
    sigset_t before;

    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    bool is_started = pthread_create(&server->thread, NULL, run, server) == 0;
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    return is_started;
}

enum zcd_code metrics_server_start(struct app *app, struct http_server *http, struct metrics_server **server,
                                   struct zcd_error *err)
{
    char address[HTTP_ADDRESS_SIZE];

    *server = NULL;
    if (app->config->metrics_listen == NULL)
        return ZCD_OK;
    struct metrics_server *made = calloc(1, sizeof *made);
    if (made == NULL)
        abort();
    made->app = app;
    made->http = http;
    measure_once(app);
    enum zcd_code code = open_listener(made, err);
    if (code == ZCD_OK && !start_thread(made)) {
        http_server_close(made->own);
        code = zcd_fail(err, ZCD_UNAVAILABLE, "no thread for the metrics");
    }
    if (code != ZCD_OK) {
        free(made);
        return code;
    }
    notice("metrics_served", "address", http_server_address(made->own, address));
    *server = made;
    return ZCD_OK;
}

void metrics_server_stop(struct metrics_server *server)
{
    if (server == NULL)
        return;
    http_server_stop(server->own);
    (void)pthread_join(server->thread, NULL);
    http_server_close(server->own);
    free(server);
}
