#include "api/http/workers.h"

#include "base/arena.h"

#include <assert.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

struct task {
    struct http_exchange *exchange;
    http_handler *handle;
};

struct workers {
    struct workers_config config;
    pthread_t *threads;

    pthread_mutex_t lock; /* of all below */
    pthread_cond_t changed;
    struct task *ring; /* config.waiting_max of them */
    size_t first;
    size_t count;
    bool is_stopping;

    struct arena arena;
};

/* False when there is nothing left and there will be nothing more. */
static bool take_task(struct workers *workers, struct task *task)
{
    (void)pthread_mutex_lock(&workers->lock);
    while (workers->count == 0 && !workers->is_stopping)
        (void)pthread_cond_wait(&workers->changed, &workers->lock);
    bool found = workers->count > 0;
    if (found) {
        *task = workers->ring[workers->first];
        workers->first = (workers->first + 1) % workers->config.waiting_max;
        workers->count--;
    }
    (void)pthread_mutex_unlock(&workers->lock);
    return found;
}

static void *work(void *argument)
{
    struct workers *workers = argument;
    void *worker = workers->config.begin(workers->config.context);
    struct task task;

    while (take_task(workers, &task))
        task.handle(task.exchange, worker);
    workers->config.end(worker, workers->config.context);
    return NULL;
}

/* Signals are the loop's: a worker must not be woken from a wait on the database by one. */
static void start_threads(struct workers *workers)
{
    sigset_t all;
    sigset_t before;

    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    for (size_t i = 0; i < workers->config.thread_count; i++) {
        if (pthread_create(&workers->threads[i], NULL, work, workers) != 0)
            abort();
    }
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
}

struct workers *workers_start(const struct workers_config *config)
{
    assert(config->thread_count > 0);
    assert(config->waiting_max > 0);

    struct arena arena = {0};
    struct workers *workers = ARENA_NEW(&arena, struct workers, 1);
    workers->config = *config;
    workers->threads = ARENA_NEW(&arena, pthread_t, config->thread_count);
    workers->ring = ARENA_NEW(&arena, struct task, config->waiting_max);
    workers->arena = arena;
    (void)pthread_mutex_init(&workers->lock, NULL);
    (void)pthread_cond_init(&workers->changed, NULL);
    start_threads(workers);
    return workers;
}

bool workers_submit(struct workers *workers, struct http_exchange *exchange, http_handler *handle)
{
    (void)pthread_mutex_lock(&workers->lock);
    bool has_room = workers->count < workers->config.waiting_max && !workers->is_stopping;
    if (has_room) {
        size_t last = (workers->first + workers->count) % workers->config.waiting_max;
        workers->ring[last] = (struct task){exchange, handle};
        workers->count++;
        (void)pthread_cond_signal(&workers->changed);
    }
    (void)pthread_mutex_unlock(&workers->lock);
    return has_room;
}

void workers_stop(struct workers *workers)
{
    if (workers == NULL)
        return;
    (void)pthread_mutex_lock(&workers->lock);
    workers->is_stopping = true;
    (void)pthread_cond_broadcast(&workers->changed);
    (void)pthread_mutex_unlock(&workers->lock);
    for (size_t i = 0; i < workers->config.thread_count; i++)
        (void)pthread_join(workers->threads[i], NULL);
    (void)pthread_cond_destroy(&workers->changed);
    (void)pthread_mutex_destroy(&workers->lock);
    struct arena arena = workers->arena; /* which workers itself lives in */
    arena_done(&arena);
}
