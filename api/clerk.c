#include "api/clerk.h"

#include "api/clock.h"
#include "api/flows/daily_statement.h"
#include "api/flows/idempotency_store.h"
#include "api/jobs/job_store.h"
#include "api/metrics.h"
#include "api/notice.h"
#include "db/connection.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <time.h>

enum { PAUSE_S = 60 };

struct clerk {
    struct app *app;
    struct app_worker worker; /* for its connection */
    pthread_t thread;
    pthread_mutex_t mutex; /* guards is_stopping */
    pthread_cond_t wake;
    bool is_stopping;
    bool has_failed; /* said once, until it succeeds again */
};

/* All that is due: after days without a service there may be several. */
static enum zcd_code state_days(struct clerk *clerk, struct zcd_error *err)
{
    bool written = true;
    struct db *db;
    enum zcd_code code = app_worker_db(&clerk->worker, &db, err);

    while (code == ZCD_OK && written)
        code = daily_statement_write(clerk->app->log, db, clock_shanghai_day(clock_now_us()), &written, err);
    return code;
}

static enum zcd_code forget_keys(struct clerk *clerk, struct zcd_error *err)
{
    struct db *db;
    enum zcd_code code = app_worker_db(&clerk->worker, &db, err);

    return code == ZCD_OK ? idempotency_store_purge(db, err) : code;
}

static enum zcd_code count_jobs(struct clerk *clerk, struct zcd_error *err)
{
    const struct metric_label labels[2][2] = {{{"state", "waiting"}, {NULL, NULL}}, {{"state", "running"}, {NULL, NULL}}};
    int64_t waiting = 0;
    int64_t running = 0;
    struct db *db;

    enum zcd_code code = app_worker_db(&clerk->worker, &db, err);
    if (code == ZCD_OK)
        code = job_store_count(db, &waiting, &running, err);
    if (code != ZCD_OK)
        return code;
    metrics_set(clerk->app->metrics, METRIC_JOBS, labels[0], waiting);
    metrics_set(clerk->app->metrics, METRIC_JOBS, labels[1], running);
    return ZCD_OK;
}

static void work(struct clerk *clerk)
{
    struct zcd_error err;
    enum zcd_code code = state_days(clerk, &err);

    if (code == ZCD_OK)
        code = forget_keys(clerk, &err);
    if (code == ZCD_OK)
        code = count_jobs(clerk, &err);

    if (code != ZCD_OK && !clerk->has_failed)
        notice("clerk_failed", "detail", err.message);
    clerk->has_failed = code != ZCD_OK;
}

static void *work_until_stopped(void *context)
{
    struct clerk *clerk = context;

    (void)pthread_mutex_lock(&clerk->mutex);
    while (!clerk->is_stopping) {
        struct timespec until;

        (void)pthread_mutex_unlock(&clerk->mutex);
        work(clerk);
        (void)pthread_mutex_lock(&clerk->mutex);
        (void)clock_gettime(CLOCK_MONOTONIC, &until);
        until.tv_sec += PAUSE_S;
        while (!clerk->is_stopping && pthread_cond_timedwait(&clerk->wake, &clerk->mutex, &until) == 0)
            continue;
    }
    (void)pthread_mutex_unlock(&clerk->mutex);
    return NULL;
}

static void clerk_free(struct clerk *clerk)
{
    db_close(clerk->worker.db);
    (void)pthread_cond_destroy(&clerk->wake);
    (void)pthread_mutex_destroy(&clerk->mutex);
    free(clerk);
}

struct clerk *clerk_start(struct app *app)
{
    struct clerk *clerk = calloc(1, sizeof *clerk);
    pthread_condattr_t monotonic;

    if (clerk == NULL)
        abort();
    clerk->app = app;
    clerk->worker.app = app;
    (void)pthread_mutex_init(&clerk->mutex, NULL);
    (void)pthread_condattr_init(&monotonic);
    (void)pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    (void)pthread_cond_init(&clerk->wake, &monotonic);
    (void)pthread_condattr_destroy(&monotonic);
    if (pthread_create(&clerk->thread, NULL, work_until_stopped, clerk) != 0) {
        notice("clerk_failed", "detail", "no thread for it");
        clerk_free(clerk);
        return NULL;
    }
    return clerk;
}

void clerk_stop(struct clerk *clerk)
{
    if (clerk == NULL)
        return;
    (void)pthread_mutex_lock(&clerk->mutex);
    clerk->is_stopping = true;
    (void)pthread_cond_signal(&clerk->wake);
    (void)pthread_mutex_unlock(&clerk->mutex);
    (void)pthread_join(clerk->thread, NULL);
    clerk_free(clerk);
}
