/*
 * workers.h - a fixed number of threads that take exchanges from one bounded queue.
 *
 * The queue's lock is held for moments only; a handler runs outside it.
 */
#ifndef API_HTTP_WORKERS_H
#define API_HTTP_WORKERS_H

#include "api/http/exchange.h"
#include "api/http/router.h"

#include <stdbool.h>
#include <stddef.h>

struct workers;

struct workers_config {
    size_t thread_count;
    size_t waiting_max; /* exchanges in the queue */
    /* Called on each worker's own thread, first and last. What begin gives is the context of every handler there. */
    void *(*begin)(void *context);
    void (*end)(void *worker, void *context);
    void *context;
};

/* Start the threads, with every signal blocked. Running out of threads ends the process. */
struct workers *workers_start(const struct workers_config *config);

/* Queue an exchange for a handler. False when the queue is full: the exchange stays the caller's. Any thread. */
bool workers_submit(struct workers *workers, struct http_exchange *exchange, http_handler *handle);

/* Let the queue run empty, end the threads, release. NULL is fine. */
void workers_stop(struct workers *workers);

#endif
