/*
 * runner.h - the threads of a process that do jobs, and one that keeps their leases alive.
 *
 * Several processes on one database share the jobs between them. Without runners a process takes requests for jobs and
 * leaves the work to the others.
 */
#ifndef API_JOBS_RUNNER_H
#define API_JOBS_RUNNER_H

#include "api/app.h"

#include <stddef.h>

#define RUNNER_LEASE_MS 10000 /* a job whose process died is begun again after so long */

struct runner;

/*
 * Begin, with every signal blocked.
 *   app    in  borrowed until runner_stop
 *   count  in  jobs at a time; 0: none
 * NULL, and the log of the service says so, when there are no threads to be had.
 */
struct runner *runner_start(struct app *app, size_t count);

/* A job was asked for: look at once, and not at the next second. Any thread. NULL is fine. */
void runner_wake(struct runner *runner);

/* Give back what is not done, after the step that it is at, which the log must still be there for. NULL is fine. */
void runner_stop(struct runner *runner);

#endif
