#include "api/jobs/runner.h"

#include "api/http/spool.h"
#include "api/jobs/job_store.h"
#include "api/notice.h"
#include "base/cleanup.h"
#include "db/connection.h"
#include "db/transaction.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

enum {
    LOOK_MS = 1000,
    BEAT_MS = RUNNER_LEASE_MS / 3,
    FORGET_MS = 60000,
    ORPHAN_AGE_S = 86400,
    RETRY_FIRST_MS = 1000,
    RETRY_DOUBLINGS_MAX = 6
};

/* One thread that does jobs. */
struct slot {
    struct runner *runner;
    struct app_worker worker; /* its connection and memory */
    pthread_t thread;
    struct job_run *run; /* under the runner's mutex; NULL while it looks for one */
};

struct runner {
    struct app *app;
    struct app_worker keeper_worker; /* the keeper's connection */
    pthread_t keeper;
    pthread_mutex_t mutex; /* of runs, is_ended and the waiting */
    pthread_cond_t wake;
    bool is_ended; /* for the keeper, who outlives the others */
    atomic_bool is_stopping;
    atomic_bool has_failed; /* said once, until it succeeds again */
    size_t count;           /* of slots whose thread runs */
    struct slot slots[];
};

/* ------------------------------------------------------------------ waiting, saying */

/* With the mutex held. Until the time is over, or somebody wakes it. */
static void wait_ms(struct runner *runner, int64_t ms)
{
    struct timespec until;

    (void)clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += ms / 1000;
    until.tv_nsec += ms % 1000 * 1000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000;
    }
    (void)pthread_cond_timedwait(&runner->wake, &runner->mutex, &until);
}

static void say_trouble(struct runner *runner, enum zcd_code code, const struct zcd_error *err)
{
    bool is_trouble = code != ZCD_OK && code != ZCD_NOT_FOUND;

    if (is_trouble && !atomic_load(&runner->has_failed))
        notice("jobs_failed", "detail", err->message);
    atomic_store(&runner->has_failed, is_trouble);
}

static void say_ended(const struct job *job, const char *state)
{
    struct notice line;

    notice_begin(&line, "job");
    notice_text(&line, "id", job->id);
    notice_text(&line, "kind", job->kind);
    notice_text(&line, "state", state);
    notice_integer(&line, "attempts", job->attempts);
    notice_write(&line);
}

/* ------------------------------------------------------------------ one job */

static const struct job_kind *kind_of(const struct job *job)
{
    for (size_t i = 0; i < JOB_KIND_COUNT; i++) {
        if (strcmp(JOB_KINDS[i].name, job->kind) == 0)
            return &JOB_KINDS[i];
    }
    abort(); /* taken by name from the same table */
}

static void set_run(struct slot *slot, struct job_run *run)
{
    (void)pthread_mutex_lock(&slot->runner->mutex);
    slot->run = run;
    (void)pthread_mutex_unlock(&slot->runner->mutex);
}

/* What to write at the job's end; true when it is to be tried again instead. */
static bool judge(const struct job_run *run, const struct job_kind *kind, enum zcd_code code,
                  const struct zcd_error *err, struct job *ended)
{
    *ended = *run->job;
    ended->problem.code = ZCD_OK;
    if (code == ZCD_OK) {
        ended->state = "succeeded";
        ended->result = (const char *)run->result.data;
    } else if (atomic_load(&run->is_cancelled)) {
        ended->state = "cancelled";
    } else if (code == ZCD_UNAVAILABLE && (atomic_load(run->is_stopping) || run->job->attempts < kind->attempts_max)) {
        return true;
    } else {
        ended->state = "failed";
        ended->problem = *err;
    }
    return false;
}

static int64_t retry_delay_ms(int32_t attempts)
{
    int doublings = attempts - 1 < RETRY_DOUBLINGS_MAX ? attempts - 1 : RETRY_DOUBLINGS_MAX;
    return (int64_t)RETRY_FIRST_MS << doublings;
}

/* A row that cannot be written now is begun again when the lease is over. */
static void end(struct slot *slot, struct job_run *run, enum zcd_code code, const struct zcd_error *why)
{
    const struct job_kind *kind = kind_of(run->job);
    struct job ended;
    struct zcd_error err;
    struct db *db;
    bool again = judge(run, kind, code, why, &ended);
    bool stops = atomic_load(run->is_stopping);

    code = app_worker_db(&slot->worker, &db, &err);
    if (code == ZCD_OK && again)
        code = job_store_return(db, ended.id, ended.lease, stops ? 0 : retry_delay_ms(ended.attempts), !stops, &err);
    else if (code == ZCD_OK)
        code = job_store_end(db, &ended, kind->retention_days, &err);
    if (code == ZCD_NOT_FOUND) /* another process has begun it: that one says how it ends */
        return;
    say_trouble(slot->runner, code, &err);
    if (code != ZCD_OK)
        return;
    say_ended(&ended, again ? "waiting" : ended.state);
    if (!again && ended.input_file != NULL)
        (void)unlink(ended.input_file); /* where that fails, forget() comes to it */
}

static void do_job(struct slot *slot, const struct job *job, struct arena *arena)
{
    struct job_run run = {
        .job = job, .arena = arena, .db = slot->worker.db, .is_stopping = &slot->runner->is_stopping};
    struct zcd_error err;

    set_run(slot, &run);
    enum zcd_code code = kind_of(job)->work(&run, &slot->worker, &err);
    set_run(slot, NULL);
    if (!atomic_load(&run.is_lost))
        end(slot, &run, code, &err);
    buffer_done(&run.result);
}

/* ------------------------------------------------------------------ taking jobs */

struct taking {
    uint8_t lease[JOB_LEASE_SIZE];
    struct arena *arena;
    struct job job;
};

static enum zcd_code take_in_transaction(struct db *db, void *context, struct zcd_error *err)
{
    struct taking *taking = context;

    return job_store_take(db, taking->lease, RUNNER_LEASE_MS, taking->arena, &taking->job, err);
}

static enum zcd_code take(struct slot *slot, struct taking *taking, struct zcd_error *err)
{
    struct db *db;

    if (getrandom(taking->lease, sizeof taking->lease, 0) != (ssize_t)sizeof taking->lease)
        abort(); /* so few bytes cannot fail once the system is up */
    enum zcd_code code = app_worker_db(&slot->worker, &db, err);
    if (code == ZCD_OK)
        code = job_store_end_lost(db, err);
    return code == ZCD_OK ? db_transaction_run(db, DB_READ_COMMITTED, take_in_transaction, taking, err) : code;
}

/* True when there was one. */
static bool work_once(struct slot *slot)
{
    ZCD_AUTO(arena_done)
    struct arena arena = {0};
    struct taking taking = {.arena = &arena};
    struct zcd_error err;

    enum zcd_code code = take(slot, &taking, &err);
    say_trouble(slot->runner, code, &err);
    if (code != ZCD_OK)
        return false;
    do_job(slot, &taking.job, &arena);
    return true;
}

static void *work_until_stopped(void *context)
{
    struct slot *slot = context;
    struct runner *runner = slot->runner;

    while (!atomic_load(&runner->is_stopping)) {
        if (work_once(slot))
            continue;
        (void)pthread_mutex_lock(&runner->mutex);
        if (!atomic_load(&runner->is_stopping))
            wait_ms(runner, LOOK_MS);
        (void)pthread_mutex_unlock(&runner->mutex);
    }
    return NULL;
}

/* ------------------------------------------------------------------ keeping leases */

struct beat {
    char id[PUBLIC_ID_SIZE];
    uint8_t lease[JOB_LEASE_SIZE];
};

/* With the mutex held: what a slot does, if anything. */
static bool is_running(const struct slot *slot, struct beat *beat)
{
    if (slot->run == NULL)
        return false;
    (void)strncpy(beat->id, slot->run->job->id, sizeof beat->id - 1);
    memcpy(beat->lease, slot->run->job->lease, sizeof beat->lease);
    return true;
}

/* The slot may have gone on to another job while the database answered. */
static void tell(struct slot *slot, const struct beat *beat, bool is_lost, bool is_cancelled)
{
    (void)pthread_mutex_lock(&slot->runner->mutex);
    if (slot->run != NULL && memcmp(slot->run->job->lease, beat->lease, sizeof beat->lease) == 0) {
        if (is_lost)
            atomic_store(&slot->run->is_lost, true);
        if (is_cancelled)
            atomic_store(&slot->run->is_cancelled, true);
    }
    (void)pthread_mutex_unlock(&slot->runner->mutex);
}

static void beat_slot(struct slot *slot)
{
    struct beat beat = {0};
    struct zcd_error err;
    struct db *db;
    bool is_cancelled = false;

    (void)pthread_mutex_lock(&slot->runner->mutex);
    bool runs = is_running(slot, &beat);
    (void)pthread_mutex_unlock(&slot->runner->mutex);
    if (!runs)
        return;
    enum zcd_code code = app_worker_db(&slot->runner->keeper_worker, &db, &err);
    if (code == ZCD_OK)
        code = job_store_extend(db, beat.id, beat.lease, RUNNER_LEASE_MS, &is_cancelled, &err);
    tell(slot, &beat, code == ZCD_NOT_FOUND, code == ZCD_OK && is_cancelled);
}

static void remove_files(const char *const *files, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (unlink(files[i]) != 0 && errno != ENOENT)
            notice("job_file_left", "file", files[i]);
    }
}

/* Rows whose time is over, files of jobs that have ended, files that came with a request that no job came of. */
static void forget(struct runner *runner)
{
    ZCD_AUTO(arena_done)
    struct arena arena = {0};
    const char *directory = runner->app->config->spool_directory;
    const char **files = NULL;
    size_t count = 0;
    struct zcd_error err;
    struct db *db;

    if (app_worker_db(&runner->keeper_worker, &db, &err) != ZCD_OK
        || job_store_forget(db, &arena, &files, &count, &err) != ZCD_OK)
        return; /* later, then */
    remove_files(files, count);
    if (job_store_release_files(db, &arena, &files, &count, &err) != ZCD_OK)
        return;
    remove_files(files, count);
    if (directory == NULL)
        return;
    spool_list_kept(directory, ORPHAN_AGE_S, &arena, &files, &count);
    if (count > 0 && job_store_filter_unknown(db, files, &count, &err) == ZCD_OK)
        remove_files(files, count);
}

static void *keep_until_ended(void *context)
{
    struct runner *runner = context;
    int64_t since_forgot_ms = FORGET_MS;

    (void)pthread_mutex_lock(&runner->mutex);
    while (!runner->is_ended) {
        (void)pthread_mutex_unlock(&runner->mutex);
        for (size_t i = 0; i < runner->count; i++)
            beat_slot(&runner->slots[i]);
        if (since_forgot_ms >= FORGET_MS) {
            forget(runner);
            since_forgot_ms = 0;
        }
        (void)pthread_mutex_lock(&runner->mutex);
        if (!runner->is_ended)
            wait_ms(runner, BEAT_MS);
        since_forgot_ms += BEAT_MS;
    }
    (void)pthread_mutex_unlock(&runner->mutex);
    return NULL;
}

/* ------------------------------------------------------------------ life */

static void runner_free(struct runner *runner)
{
    for (size_t i = 0; i < runner->count; i++) {
        db_close(runner->slots[i].worker.db);
        cashflow_workspace_free(runner->slots[i].worker.workspace);
    }
    db_close(runner->keeper_worker.db);
    (void)pthread_cond_destroy(&runner->wake);
    (void)pthread_mutex_destroy(&runner->mutex);
    free(runner);
}

static struct runner *runner_new(struct app *app, size_t count)
{
    struct runner *runner = calloc(1, sizeof *runner + count * sizeof *runner->slots);
    pthread_condattr_t monotonic;

    if (runner == NULL)
        abort();
    runner->app = app;
    runner->keeper_worker.app = app;
    (void)pthread_mutex_init(&runner->mutex, NULL);
    (void)pthread_condattr_init(&monotonic);
    (void)pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    (void)pthread_cond_init(&runner->wake, &monotonic);
    (void)pthread_condattr_destroy(&monotonic);
    return runner;
}

static bool start_slot(struct runner *runner, struct slot *slot)
{
    *slot = (struct slot){.runner = runner, .worker = {.app = runner->app, .workspace = cashflow_workspace_new()}};
    if (pthread_create(&slot->thread, NULL, work_until_stopped, slot) == 0)
        return true;
    cashflow_workspace_free(slot->worker.workspace);
    return false;
}

static struct runner *start_threads(struct runner *runner, size_t count)
{
    while (runner->count < count && start_slot(runner, &runner->slots[runner->count]))
        runner->count++;
    if (runner->count == count && pthread_create(&runner->keeper, NULL, keep_until_ended, runner) == 0)
        return runner;
    notice("jobs_failed", "detail", "no threads for them");
    atomic_store(&runner->is_stopping, true);
    for (size_t i = 0; i < runner->count; i++)
        (void)pthread_join(runner->slots[i].thread, NULL);
    runner_free(runner);
    return NULL;
}

struct runner *runner_start(struct app *app, size_t count)
{
    sigset_t all;
    sigset_t before;

    if (count == 0)
        return NULL;
    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    struct runner *runner = start_threads(runner_new(app, count), count);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    return runner;
}

void runner_wake(struct runner *runner)
{
    if (runner == NULL)
        return;
    (void)pthread_mutex_lock(&runner->mutex);
    (void)pthread_cond_broadcast(&runner->wake);
    (void)pthread_mutex_unlock(&runner->mutex);
}

void runner_stop(struct runner *runner)
{
    if (runner == NULL)
        return;
    atomic_store(&runner->is_stopping, true);
    runner_wake(runner);
    for (size_t i = 0; i < runner->count; i++)
        (void)pthread_join(runner->slots[i].thread, NULL);
    (void)pthread_mutex_lock(&runner->mutex);
    runner->is_ended = true;
    (void)pthread_cond_broadcast(&runner->wake);
    (void)pthread_mutex_unlock(&runner->mutex);
    (void)pthread_join(runner->keeper, NULL);
    runner_free(runner);
}
