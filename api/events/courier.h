/*
 * courier.h - the threads that bring events to webhooks. Several processes on one database share the work.
 *
 * An event is sent at least once: again after a process died between sending it and writing that down; its webhook-id stays
 * the same. Those of one organisation arrive in their order: one that fails holds up those behind it, and no others.
 */
#ifndef API_EVENTS_COURIER_H
#define API_EVENTS_COURIER_H

#include "api/app.h"

struct courier;

/* Begin, with every signal blocked. app is borrowed until courier_stop. NULL, and the log says so, when there are no threads. */
struct courier *courier_start(struct app *app);

/* Look now: something may have been published. Any thread. NULL is fine. */
void courier_wake(struct courier *courier);

/* After what is on its way. NULL is fine. */
void courier_stop(struct courier *courier);

#endif
