/*
 * event.h - what happened, for those who want to be told. Written in the transaction in which it happens: who is told, is told
 * of what is so; and what is so, is told.
 *
 * The transaction holds a lock from event_publish to its end, so that events are committed in the order of their positions.
 * Publish last: all others who publish wait.
 */
#ifndef API_EVENTS_EVENT_H
#define API_EVENTS_EVENT_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct db;
struct log_entry;

#define EVENT_DATA_SIZE_MAX 16384

struct event {
    const char *uscc;   /* the organisation that it is about; "" for none */
    const char *type;   /* a name from event_types.def */
    const char *lender; /* whom it concerns: the webhooks of this lender are told */
    int64_t at_us;
    const char *trace_id; /* of the request that it came of, passed on to receivers; NULL: of none */
    const char *data; /* a JSON object of at most EVENT_DATA_SIZE_MAX bytes: ids, and little more */
};

/* Is there an event of this name? */
bool event_type_is(const char *name);

/*
 * Queue events (db_queue), in a transaction; they run with its next statement, or its commit. What no webhook wants is not
 * kept. ZCD_UNAVAILABLE.
 */
enum zcd_code event_publish(struct db *db, const struct event *events, size_t count, struct zcd_error *err) ZCD_MUST_USE;

/* The same for those of a batch of records that others may be told of: the last of the log's insert_rows (audit/log.h). */
enum zcd_code event_publish_records(struct db *db, struct log_entry *const *entries, size_t count,
                                    struct zcd_error *err) ZCD_MUST_USE;

#endif
