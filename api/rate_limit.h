/*
 * rate_limit.h - how many requests a caller may make in a minute, of each class of work.
 *
 * Each caller has a quota of each class. It comes back evenly: a sixtieth of it a second. Whoever has not asked for a minute may
 * use all of it at once. (A generic cell rate algorithm: all that is kept of a caller is the instant at which its quota
 * would be whole again.) Of one process: two processes let through twice as much. What a caller may hold of the queues is
 * http/fair_queue.h's. Not for several threads at a time.
 */
#ifndef API_RATE_LIMIT_H
#define API_RATE_LIMIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum rate_class { RATE_READ, RATE_DECIDE, RATE_BATCH, RATE_CLASS_COUNT };

#define RATE_WINDOW_S 60
#define RATE_REQUESTS_MAX 60000000 /* a minute: one a microsecond */

struct rate_limit;

/* What a request finds. */
struct rate_state {
    bool is_taken;     /* false: nothing was left */
    int64_t remaining; /* whole requests that may follow at once */
    int64_t reset_s;   /* until the quota is whole again, rounded up */
    int64_t wait_s;    /* until one may be made; 0 when one was taken or remains */
};

/* requests: 1 to RATE_REQUESTS_MAX a minute, of each class. rate_limit_free. */
struct rate_limit *rate_limit_new(const size_t requests[RATE_CLASS_COUNT]);
void rate_limit_free(struct rate_limit *limit); /* NULL is fine */

/*
 * Take one request of a caller's quota.
 *   caller  in  its id; copied. What is kept grows with the callers that were ever seen: give only ids of known users
 *   now_us  in  of a clock that does not go back
 */
struct rate_state rate_limit_take(struct rate_limit *limit, enum rate_class class, const char *caller, int64_t now_us);

/* "read", "decide", "batch" */
const char *rate_class_name(enum rate_class class);

size_t rate_limit_requests(const struct rate_limit *limit, enum rate_class class);

#endif
