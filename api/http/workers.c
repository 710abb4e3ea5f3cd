#include "api/http/workers.h"

#include "api/http/fair_queue.h"
#include "base/arena.h"

#include <assert.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>

enum { CLASSES = HTTP_THREAD_COUNT - HTTP_ON_WORKER, BULK = HTTP_ON_WORKER_IN_BULK - HTTP_ON_WORKER, BULK_PART = 4 };

struct task {
    struct http_exchange *exchange;
    http_handler *handle;
    int64_t since_ms;
    int class;
    struct task *next; /* of those unused */
};

struct workers {
    struct workers_config config;
    pthread_t *threads;
    size_t running_max[CLASSES];

    pthread_mutex_t lock; /* of all below */
    pthread_cond_t changed;
    struct fair_queue *queues[CLASSES];
    size_t running[CLASSES];
    int next_class; /* whose turn it is */
    struct task *unused;
    bool is_stopping;

    struct arena arena;
};

static int64_t now_ms(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* With the lock held: the next of a class that may have another thread; NULL when there is none. */
static struct task *take_of_turn(struct workers *workers)
{
    for (int i = 0; i < CLASSES; i++) {
        int class = (workers->next_class + i) % CLASSES;
        if (workers->running[class] >= workers->running_max[class])
            continue;
        struct task *task = fair_queue_take(workers->queues[class]);
        if (task == NULL)
            continue;
        workers->next_class = (class + 1) % CLASSES;
        workers->running[class]++;
        return task;
    }
    return NULL;
}

static bool is_empty(const struct workers *workers)
{
    size_t waiting = 0;

    for (int class = 0; class < CLASSES; class++)
        waiting += fair_queue_count(workers->queues[class]);
    return waiting == 0;
}

/* False when there is nothing left and there will be nothing more. */
static bool take_task(struct workers *workers, struct task *taken)
{
    struct task *task = NULL;

    (void)pthread_mutex_lock(&workers->lock);
    while ((task = take_of_turn(workers)) == NULL && !(workers->is_stopping && is_empty(workers)))
        (void)pthread_cond_wait(&workers->changed, &workers->lock);
    if (task != NULL) {
        *taken = *task;
        task->next = workers->unused;
        workers->unused = task;
    }
    (void)pthread_mutex_unlock(&workers->lock);
    return task != NULL;
}

/* Another of its class may run now, which a thread may be waiting for. */
static void end_task(struct workers *workers, int class)
{
    (void)pthread_mutex_lock(&workers->lock);
    bool was_full = workers->running[class]-- == workers->running_max[class];
    if (was_full || workers->is_stopping)
        (void)pthread_cond_broadcast(&workers->changed);
    (void)pthread_mutex_unlock(&workers->lock);
}

static void *work(void *argument)
{
    struct workers *workers = argument;
    void *worker = workers->config.begin(workers->config.context);
    struct task task;

    while (take_task(workers, &task)) {
        if (now_ms() - task.since_ms > workers->config.waiting_ms)
            workers->config.expire(task.exchange, workers->config.context);
        else
            task.handle(task.exchange, worker);
        if (workers->config.after != NULL)
            workers->config.after(worker, workers->config.context);
        end_task(workers, task.class);
    }
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

static void make_queues(struct workers *workers)
{
    const struct workers_config *config = &workers->config;

    for (int class = 0; class < CLASSES; class++) {
        bool is_bulk = class == BULK;
        size_t places = is_bulk ? (config->waiting_max + BULK_PART - 1) / BULK_PART : config->waiting_max;
        workers->queues[class] = fair_queue_new(places);
        workers->running_max[class] = is_bulk ? (config->thread_count + 1) / 2 : config->thread_count;
    }
}

struct workers *workers_start(const struct workers_config *config)
{
    assert(config->thread_count > 0);
    assert(config->waiting_max > 0);
    assert(config->waiting_ms > 0);

    struct arena arena = {0};
    struct workers *workers = ARENA_NEW(&arena, struct workers, 1);
    workers->config = *config;
    workers->threads = ARENA_NEW(&arena, pthread_t, config->thread_count);
    workers->arena = arena;
    make_queues(workers);
    (void)pthread_mutex_init(&workers->lock, NULL);
    (void)pthread_cond_init(&workers->changed, NULL);
    start_threads(workers);
    return workers;
}

/* With the lock held. As many are made as ever waited at once. */
static struct task *new_task(struct workers *workers)
{
    struct task *task = workers->unused;

    if (task == NULL)
        return ARENA_NEW(&workers->arena, struct task, 1);
    workers->unused = task->next;
    return task;
}

bool workers_submit(struct workers *workers, struct http_exchange *exchange, const struct http_route *route)
{
    const char *group = exchange->group == NULL ? "" : exchange->group;
    const char *member = exchange->member == NULL ? "" : exchange->member;
    const int class = (int)route->thread - HTTP_ON_WORKER;

    (void)pthread_mutex_lock(&workers->lock);
    struct task *task = new_task(workers);
    *task = (struct task){.exchange = exchange, .handle = route->handle, .since_ms = now_ms(), .class = class};
    bool has_room = !workers->is_stopping && fair_queue_put(workers->queues[class], group, member, task);
    if (has_room) {
        (void)pthread_cond_signal(&workers->changed);
    } else {
        task->next = workers->unused;
        workers->unused = task;
    }
    (void)pthread_mutex_unlock(&workers->lock);
    return has_room;
}

size_t workers_waiting(struct workers *workers, enum http_thread class)
{
    (void)pthread_mutex_lock(&workers->lock);
    size_t count = fair_queue_count(workers->queues[class - HTTP_ON_WORKER]);
    (void)pthread_mutex_unlock(&workers->lock);
    return count;
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
    for (int class = 0; class < CLASSES; class++)
        fair_queue_free(workers->queues[class]);
    struct arena arena = workers->arena; /* which workers itself lives in */
    arena_done(&arena);
}
