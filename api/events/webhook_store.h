/*
 * webhook_store.h - the tables of webhooks and their secrets, as those who administer them see them. Every query names the
 * lender. Thread: that of the connection.
 */
#ifndef API_EVENTS_WEBHOOK_STORE_H
#define API_EVENTS_WEBHOOK_STORE_H

#include "base/arena.h"
#include "base/bytes.h"
#include "base/error.h"

#include <stddef.h>
#include <stdint.h>

struct db;

#define WEBHOOK_ID_PREFIX "wh_"
#define WEBHOOK_TYPES_MAX 16
#define WEBHOOKS_MAX 20 /* of one lender */

/* Texts live in the arena; NULL, or 0, where there is none. */
struct webhook {
    const char *id, *lender, *url;
    const char *types[WEBHOOK_TYPES_MAX];
    size_t type_count;
    const char *created_by;
    const char *disabled_reason, *last_error;
    int64_t created_at_us, disabled_at_us, last_success_at_us, last_failure_at_us;
    int64_t waiting_count; /* of deliveries */
};

/* With its first secret, in a transaction. ZCD_CONFLICT: the lender has WEBHOOKS_MAX. */
enum zcd_code webhook_store_insert(struct db *db, const struct webhook *webhook, struct bytes secret,
                                   struct zcd_error *err) ZCD_MUST_USE;

/* One of a lender's, or with id NULL all, the newest first, at most WEBHOOKS_MAX. */
enum zcd_code webhook_store_list(struct db *db, const char *lender, const char *id, struct arena *arena,
                                 struct webhook *webhooks, size_t *count, struct zcd_error *err) ZCD_MUST_USE;

/* With all that is on its way, in a transaction. ZCD_NOT_FOUND. */
enum zcd_code webhook_store_delete(struct db *db, const char *lender, const char *id,
                                   struct zcd_error *err) ZCD_MUST_USE;

/* Send again what waits, in a transaction. ZCD_NOT_FOUND. */
enum zcd_code webhook_store_enable(struct db *db, const char *lender, const char *id,
                                   struct zcd_error *err) ZCD_MUST_USE;

/*
 * A new secret, in a transaction; those before it sign beside it for `overlap_s` more.
 * ZCD_NOT_FOUND; ZCD_CONFLICT: there are EVENT_SECRETS_MAX that sign already.
 */
enum zcd_code webhook_store_add_secret(struct db *db, const char *lender, const char *id, struct bytes secret,
                                       int32_t overlap_s, struct zcd_error *err) ZCD_MUST_USE;

struct webhook_delivery {
    int64_t position;
    const char *event, *type, *uscc, *state, *last_error;
    int32_t attempts, last_status;
    int64_t at_us, first_tried_at_us, last_tried_at_us;
};

/*
 * The newest first.
 *   state   in  NULL for any
 *   below   in  the position behind which to begin; INT64_MAX for the newest
 */
enum zcd_code webhook_store_deliveries(struct db *db, const char *lender, const char *id, const char *state,
                                       int64_t below, size_t limit, struct arena *arena,
                                       struct webhook_delivery **deliveries, size_t *count,
                                       struct zcd_error *err) ZCD_MUST_USE;

#endif
