#include "api/events/webhook_store.h"

#include "base/cleanup.h"
#include "db/query.h"

#include <string.h>

/* As event_store.c's: whoever changes many streams, or who is told, waits for those who publish, and they for it. */
static const struct db_statement LOCK = {"webhook_lock",
                                         "SELECT pg_advisory_xact_lock(hashtextextended('events', 0))"};

/* ------------------------------------------------------------------ reading rows */

static enum zcd_code read_instant(const struct db_rows *rows, int row, const char *column, int64_t *at_us,
                                  struct zcd_error *err)
{
    *at_us = 0;
    return db_rows_is_null(rows, row, column) ? ZCD_OK : db_rows_timestamptz(rows, row, column, at_us, err);
}

/* Names have no commas. */
static enum zcd_code read_types(const struct db_rows *rows, int row, struct arena *arena, struct webhook *webhook,
                                struct zcd_error *err)
{
    const char *text;
    enum zcd_code code = db_rows_copy_text_or_null(rows, row, "types", arena, &text, err);

    while (code == ZCD_OK && webhook->type_count < WEBHOOK_TYPES_MAX && *text != '\0') {
        size_t size = strcspn(text, ",");
        webhook->types[webhook->type_count++] = arena_copy_bytes(arena, text, size);
        text += size + (text[size] == ',');
    }
    return code;
}

static enum zcd_code read_webhook(const struct db_rows *rows, int row, struct arena *arena, struct webhook *webhook,
                                  struct zcd_error *err)
{
    const struct {
        const char *column;
        const char **text;
    } TEXTS[] = {{"id", &webhook->id},
                 {"lender", &webhook->lender},
                 {"url", &webhook->url},
                 {"created_by", &webhook->created_by},
                 {"disabled_reason", &webhook->disabled_reason},
                 {"last_error", &webhook->last_error}};
    const struct {
        const char *column;
        int64_t *at_us;
    } INSTANTS[] = {{"created_at", &webhook->created_at_us},
                    {"disabled_at", &webhook->disabled_at_us},
                    {"last_success_at", &webhook->last_success_at_us},
                    {"last_failure_at", &webhook->last_failure_at_us}};
    enum zcd_code code = read_types(rows, row, arena, webhook, err);

    for (size_t i = 0; code == ZCD_OK && i < sizeof TEXTS / sizeof *TEXTS; i++)
        code = db_rows_copy_text_or_null(rows, row, TEXTS[i].column, arena, TEXTS[i].text, err);
    for (size_t i = 0; code == ZCD_OK && i < sizeof INSTANTS / sizeof *INSTANTS; i++)
        code = read_instant(rows, row, INSTANTS[i].column, INSTANTS[i].at_us, err);
    return code == ZCD_OK ? db_rows_int8(rows, row, "waiting", &webhook->waiting_count, err) : code;
}

/* ------------------------------------------------------------------ webhooks */

static const struct db_statement INSERT = {
    "webhook_insert", "INSERT INTO webhook (id, lender, url, types, created_by) SELECT $1, $2, $3, $4, $5"
                      " WHERE (SELECT count(*) FROM webhook WHERE lender = $2) < $6 RETURNING id"};
static const struct db_statement INSERT_SECRET = {"webhook_insert_secret",
                                                  "INSERT INTO webhook_secret (webhook_id, secret) VALUES ($1, $2)"};

enum zcd_code webhook_store_insert(struct db *db, const struct webhook *webhook, struct bytes secret,
                                   struct zcd_error *err)
{
    ZCD_AUTO(db_rows_done)
    struct db_rows rows = {0};
    ZCD_AUTO(db_array_done)
    struct db_array types;

    db_array_init(&types, DB_TEXT_ARRAY);
    for (size_t i = 0; i < webhook->type_count; i++)
        db_array_add_text(&types, webhook->types[i]);
    enum zcd_code code = db_queue(db, &LOCK, DB_NO_VALUES, NULL, err);
    if (code == ZCD_OK)
        code = db_query(db, &INSERT,
                        DB_VALUES(db_text(webhook->id), db_text(webhook->lender), db_text(webhook->url),
                                  db_array_value(&types), db_text(webhook->created_by), db_int8(WEBHOOKS_MAX)),
                        &rows, err);
    if (code == ZCD_OK && rows.count == 0)
        return zcd_fail(err, ZCD_CONFLICT, "a lender has at most %d webhooks", WEBHOOKS_MAX);
    return code == ZCD_OK ? db_queue(db, &INSERT_SECRET, DB_VALUES(db_text(webhook->id), db_bytea(secret)), NULL, err)
                          : code;
}

static const struct db_statement LIST = {
    "webhook_list",
    "SELECT id, lender, url, array_to_string(types, ',') AS types, created_by, created_at, disabled_at, disabled_reason,"
    " last_success_at, last_failure_at, last_error,"
    " (SELECT count(*) FROM webhook_delivery d WHERE d.webhook_id = w.id AND d.state = 'waiting') AS waiting"
    " FROM webhook w WHERE lender = $1 AND ($2::text IS NULL OR id = $2) ORDER BY id DESC LIMIT $3"};

enum zcd_code webhook_store_list(struct db *db, const char *lender, const char *id, struct arena *arena,
                                 struct webhook *webhooks, size_t *count, struct zcd_error *err)
{
    ZCD_AUTO(db_rows_done)
    struct db_rows rows = {0};
    enum zcd_code code =
        db_query(db, &LIST, DB_VALUES(db_text(lender), db_text(id), db_int8(WEBHOOKS_MAX)), &rows, err);

    for (int row = 0; code == ZCD_OK && row < rows.count; row++) {
        webhooks[row] = (struct webhook){0};
        code = read_webhook(&rows, row, arena, &webhooks[row], err);
    }
    if (code == ZCD_OK)
        *count = (size_t)rows.count;
    return code;
}

/* rows: of a change to one webhook */
static enum zcd_code check_found(const struct db_rows *rows, struct zcd_error *err)
{
    return rows->count > 0 ? ZCD_OK : zcd_fail(err, ZCD_NOT_FOUND, "there is no such webhook");
}

static const struct db_statement DELETE = {"webhook_delete",
                                           "DELETE FROM webhook WHERE lender = $1 AND id = $2 RETURNING id"};

enum zcd_code webhook_store_delete(struct db *db, const char *lender, const char *id, struct zcd_error *err)
{
    ZCD_AUTO(db_rows_done)
    struct db_rows rows = {0};
    enum zcd_code code = db_queue(db, &LOCK, DB_NO_VALUES, NULL, err);

    if (code == ZCD_OK)
        code = db_query(db, &DELETE, DB_VALUES(db_text(lender), db_text(id)), &rows, err);
    return code == ZCD_OK ? check_found(&rows, err) : code;
}

static const struct db_statement ENABLE = {
    "webhook_enable", "UPDATE webhook SET disabled_at = NULL, disabled_reason = NULL WHERE lender = $1 AND id = $2 RETURNING id"};
static const struct db_statement OPEN_ALL = {
    "webhook_open_all",
    "UPDATE webhook_stream s SET is_open = true, not_before = now() WHERE webhook_id = $1 AND EXISTS (SELECT FROM webhook_delivery d"
    " WHERE d.uscc = s.uscc AND d.webhook_id = s.webhook_id AND d.state = 'waiting')"};

enum zcd_code webhook_store_enable(struct db *db, const char *lender, const char *id, struct zcd_error *err)
{
    ZCD_AUTO(db_rows_done)
    struct db_rows rows = {0};
    enum zcd_code code = db_queue(db, &LOCK, DB_NO_VALUES, NULL, err);

    if (code == ZCD_OK)
        code = db_query(db, &ENABLE, DB_VALUES(db_text(lender), db_text(id)), &rows, err);
    if (code == ZCD_OK)
        code = check_found(&rows, err);
    return code == ZCD_OK ? db_queue(db, &OPEN_ALL, DB_VALUES(db_text(id)), NULL, err) : code;
}

/* ------------------------------------------------------------------ secrets */

static const struct db_statement HOLD = {"webhook_hold",
                                         "SELECT id FROM webhook WHERE lender = $1 AND id = $2 FOR UPDATE"};
static const struct db_statement EXPIRE = {
    "webhook_expire_secrets", "UPDATE webhook_secret SET expires_at = clock_timestamp() + $2 * interval '1 second'"
                              " WHERE webhook_id = $1 AND expires_at IS NULL"};
static const struct db_statement REMOVE_EXPIRED = {
    "webhook_remove_secrets", "DELETE FROM webhook_secret WHERE webhook_id = $1 AND expires_at <= clock_timestamp()"};
static const struct db_statement COUNT = {"webhook_count_secrets",
                                          "SELECT count(*) AS count FROM webhook_secret WHERE webhook_id = $1"};

enum zcd_code webhook_store_add_secret(struct db *db, const char *lender, const char *id, struct bytes secret,
                                       int32_t overlap_s, struct zcd_error *err)
{
    enum { SECRETS_MAX = 4 }; /* EVENT_SECRETS_MAX */
    ZCD_AUTO(db_rows_done)
    struct db_rows rows = {0};
    ZCD_AUTO(db_rows_done)
    struct db_rows counted = {0};
    int64_t count = 0;

    enum zcd_code code = db_query(db, &HOLD, DB_VALUES(db_text(lender), db_text(id)), &rows, err);
    if (code == ZCD_OK)
        code = check_found(&rows, err);
    if (code == ZCD_OK)
        code = db_queue(db, &REMOVE_EXPIRED, DB_VALUES(db_text(id)), NULL, err);
    if (code == ZCD_OK)
        code = db_query(db, &COUNT, DB_VALUES(db_text(id)), &counted, err);
    if (code == ZCD_OK)
        code = db_rows_int8(&counted, 0, "count", &count, err);
    if (code == ZCD_OK && count >= SECRETS_MAX)
        return zcd_fail(err, ZCD_CONFLICT, "%d secrets sign already; wait until one has expired", SECRETS_MAX);
    if (code == ZCD_OK)
        code = db_queue(db, &EXPIRE, DB_VALUES(db_text(id), db_int4(overlap_s)), NULL, err);
    return code == ZCD_OK ? db_queue(db, &INSERT_SECRET, DB_VALUES(db_text(id), db_bytea(secret)), NULL, err) : code;
}

/* ------------------------------------------------------------------ deliveries */

static const struct db_statement DELIVERIES = {
    "webhook_deliveries",
    "SELECT d.position, e.id, e.type, d.uscc, d.state, d.attempts, d.last_status, d.last_error, e.at, d.first_tried_at,"
    " d.last_tried_at FROM webhook_delivery d JOIN webhook w ON w.id = d.webhook_id"
    " JOIN event e ON e.uscc = d.uscc AND e.position = d.position WHERE w.lender = $1 AND d.webhook_id = $2"
    " AND ($3::text IS NULL OR d.state = $3) AND d.position < $4 ORDER BY d.position DESC LIMIT $5"};

static enum zcd_code read_delivery(const struct db_rows *rows, int row, struct arena *arena,
                                   struct webhook_delivery *delivery, struct zcd_error *err)
{
    const struct {
        const char *column;
        const char **text;
    } TEXTS[] = {{"id", &delivery->event},
                 {"type", &delivery->type},
                 {"uscc", &delivery->uscc},
                 {"state", &delivery->state},
                 {"last_error", &delivery->last_error}};
    enum zcd_code code = db_rows_int8(rows, row, "position", &delivery->position, err);

    for (size_t i = 0; code == ZCD_OK && i < sizeof TEXTS / sizeof *TEXTS; i++)
        code = db_rows_copy_text_or_null(rows, row, TEXTS[i].column, arena, TEXTS[i].text, err);
    if (code == ZCD_OK)
        code = db_rows_int4(rows, row, "attempts", &delivery->attempts, err);
    if (code == ZCD_OK && !db_rows_is_null(rows, row, "last_status"))
        code = db_rows_int4(rows, row, "last_status", &delivery->last_status, err);
    if (code == ZCD_OK)
        code = read_instant(rows, row, "at", &delivery->at_us, err);
    if (code == ZCD_OK)
        code = read_instant(rows, row, "first_tried_at", &delivery->first_tried_at_us, err);
    return code == ZCD_OK ? read_instant(rows, row, "last_tried_at", &delivery->last_tried_at_us, err) : code;
}

enum zcd_code webhook_store_deliveries(struct db *db, const char *lender, const char *id, const char *state,
                                       int64_t below, size_t limit, struct arena *arena,
                                       struct webhook_delivery **deliveries, size_t *count, struct zcd_error *err)
{
    ZCD_AUTO(db_rows_done)
    struct db_rows rows = {0};
    enum zcd_code code =
        db_query(db, &DELIVERIES,
                 DB_VALUES(db_text(lender), db_text(id), db_text(state), db_int8(below), db_int8((int64_t)limit)), &rows, err);

    if (code != ZCD_OK)
        return code;
    struct webhook_delivery *read = ARENA_NEW(arena, struct webhook_delivery, (size_t)rows.count + 1);
    for (int row = 0; code == ZCD_OK && row < rows.count; row++)
        code = read_delivery(&rows, row, arena, &read[row], err);
    if (code != ZCD_OK)
        return code;
    *deliveries = read;
    *count = (size_t)rows.count;
    return ZCD_OK;
}
