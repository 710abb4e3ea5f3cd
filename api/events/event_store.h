/*
 * event_store.h - the outbox and its streams: one for each organisation and webhook, whose events are sent one after another.
 *
 * Thread: that of the connection.
 */
#ifndef API_EVENTS_EVENT_STORE_H
#define API_EVENTS_EVENT_STORE_H

#include "api/events/event.h"
#include "base/arena.h"
#include "base/bytes.h"

#define EVENT_LEASE_SIZE 16
#define EVENT_SECRETS_MAX 4

/* See event_publish. */
enum zcd_code event_store_insert(struct db *db, const struct event *events, size_t count,
                                 struct zcd_error *err) ZCD_MUST_USE;

/* The first event of a stream that waits, and where it goes. Texts live in the arena. */
struct event_delivery {
    const char *uscc, *webhook_id;
    uint8_t lease[EVENT_LEASE_SIZE];
    int64_t position;
    int32_t attempts; /* before this one */
    const char *id, *type, *data;
    const char *trace_id; /* NULL: none */
    int64_t at_us;
    const char *url;
    struct bytes secrets[EVENT_SECRETS_MAX]; /* the newest first */
    size_t secret_count;
};

/*
 * Take a stream whose time has come, in a transaction.
 * ZCD_NOT_FOUND: there is none. ZCD_UNAVAILABLE.
 */
enum zcd_code event_store_take(struct db *db, const uint8_t lease[EVENT_LEASE_SIZE], int32_t lease_ms,
                               struct arena *arena, struct event_delivery *delivery, struct zcd_error *err) ZCD_MUST_USE;

/* How an attempt went. */
struct event_outcome {
    bool is_delivered;
    bool is_given_up; /* this was the last attempt */
    bool is_cut_short; /* this process ends: nothing is said of the receiver, and the attempt does not count */
    bool is_gone;     /* the webhook wants nothing any more: 410 */
    int status;       /* 0: there was no answer */
    const char *error; /* NULL when delivered */
    int64_t delay_ms; /* until the next attempt, where there is one */
};

/*
 * Write it down and let the stream go, in a transaction. A webhook that is gone, or has taken nothing since the attempts of an
 * event that is given up began, is disabled.
 *   disabled  out  it was, just now
 * ZCD_NOT_FOUND: the lease is over, and another process sends it.
 */
enum zcd_code event_store_settle(struct db *db, const struct event_delivery *delivery,
                                 const struct event_outcome *outcome, bool *disabled,
                                 struct zcd_error *err) ZCD_MUST_USE;

/* Remove what is older than 30 days and not on its way. */
enum zcd_code event_store_forget(struct db *db, struct zcd_error *err) ZCD_MUST_USE;

#endif
