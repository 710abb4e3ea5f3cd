/*
 * workers.h - a fixed number of threads that take exchanges from bounded queues: one for each class of work.
 *
 * The classes take turns, so that none waits for all of another's; work in bulk has half of the threads at most. Within a
 * class callers take turns (fair_queue.h). What has waited too long is refused and not begun: its client has gone, or is
 * better told to come again. The lock is held for moments only; a handler runs outside it.
 */
#ifndef API_HTTP_WORKERS_H
#define API_HTTP_WORKERS_H

#include "api/http/exchange.h"
#include "api/http/router.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct workers;

struct workers_config {
    size_t thread_count;
    size_t waiting_max;  /* exchanges in the queue of each class; a quarter of it for work in bulk */
    int32_t waiting_ms;  /* that an exchange may wait before it is refused */
    /* Called on each worker's own thread, first and last. What begin gives is the context of every handler there. */
    void *(*begin)(void *context);
    void (*end)(void *worker, void *context);
    /* Finish an exchange that has waited too long. On a worker's thread. */
    void (*expire)(struct http_exchange *exchange, void *context);
    void (*after)(void *worker, void *context); /* after each handler; NULL is fine */
    void *context;
};

/* Start the threads, with every signal blocked. Running out of threads ends the process. */
struct workers *workers_start(const struct workers_config *config);

/*
 * Queue an exchange for its route's handler, in the queue of route->thread, in the name of its caller's group and member.
 * False when there is no place, or none for this caller: the exchange stays the caller's. Any thread.
 */
bool workers_submit(struct workers *workers, struct http_exchange *exchange, const struct http_route *route);

/* How many exchanges are in the queue of a class, HTTP_ON_WORKER or after it. Any thread. */
size_t workers_waiting(struct workers *workers, enum http_thread class);

/* Let the queues run empty, end the threads, release. NULL is fine. */
void workers_stop(struct workers *workers);

#endif
