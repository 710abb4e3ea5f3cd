#include "api/events/event_store.h"

#include "api/public_id.h"
#include "base/cleanup.h"
#include "db/query.h"

#include <string.h>

/* ------------------------------------------------------------------ publishing */

/* Held to the end of the transaction: positions are committed in their order. Whoever changes many streams takes it too, so
 * that two never wait for one another's rows. */
static const struct db_statement LOCK = {"event_lock", "SELECT pg_advisory_xact_lock(hashtextextended('events', 0))"};

static const struct db_statement INSERT = {
    "event_insert",
    "WITH asked AS (SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::int8[], $6::text[], $7::text[])"
    "  WITH ORDINALITY AS a (uscc, id, type, lender, at_us, data, trace_id, place)),"
    " wanted AS (SELECT * FROM asked a WHERE EXISTS (SELECT FROM webhook w WHERE w.lender = a.lender AND a.type = ANY (w.types))"
    "  ORDER BY place),"
    " made AS (INSERT INTO event (uscc, id, type, lender, at, data, trace_id)"
    "  SELECT uscc, id, type, lender, to_timestamp(0) + at_us * interval '1 microsecond', data, nullif(trace_id, '') FROM wanted ORDER BY place"
    "  RETURNING uscc, position, type, lender),"
    " sent AS (INSERT INTO webhook_delivery (uscc, webhook_id, position)"
    "  SELECT m.uscc, w.id, m.position FROM made m JOIN webhook w ON w.lender = m.lender AND m.type = ANY (w.types)"
    "  RETURNING uscc, webhook_id)"
    " INSERT INTO webhook_stream AS s (uscc, webhook_id, is_open)"
    " SELECT DISTINCT d.uscc, d.webhook_id, w.disabled_at IS NULL FROM sent d JOIN webhook w ON w.id = d.webhook_id"
    " ORDER BY 1, 2"
    " ON CONFLICT (uscc, webhook_id) DO UPDATE SET is_open = excluded.is_open,"
    " not_before = CASE WHEN s.is_open THEN s.not_before ELSE now() END"};

enum zcd_code event_store_insert(struct db *db, const struct event *events, size_t count, struct zcd_error *err)
{
    enum { COLUMNS = 7 };
    static const enum db_type TYPES[COLUMNS] = {DB_TEXT_ARRAY, DB_TEXT_ARRAY, DB_TEXT_ARRAY,
                                                DB_TEXT_ARRAY, DB_INT8_ARRAY, DB_TEXT_ARRAY, DB_TEXT_ARRAY};
    struct db_array column[COLUMNS];
    struct db_value value[COLUMNS];
    char id[PUBLIC_ID_SIZE];

    for (int i = 0; i < COLUMNS; i++)
        db_array_init(&column[i], TYPES[i]);
    for (size_t i = 0; i < count; i++) {
        db_array_add_text(&column[0], events[i].uscc);
        db_array_add_text(&column[1], public_id_new("evt_", events[i].at_us, id));
        db_array_add_text(&column[2], events[i].type);
        db_array_add_text(&column[3], events[i].lender);
        db_array_add_int8(&column[4], events[i].at_us);
        db_array_add_text(&column[5], events[i].data);
        db_array_add_text(&column[6], events[i].trace_id == NULL ? "" : events[i].trace_id);
    }
    for (int i = 0; i < COLUMNS; i++)
        value[i] = db_array_value(&column[i]);
    enum zcd_code code = db_queue(db, &LOCK, DB_NO_VALUES, NULL, err);
    if (code == ZCD_OK)
        code = db_queue(db, &INSERT, value, COLUMNS, NULL, err);
    for (int i = 0; i < COLUMNS; i++)
        db_array_done(&column[i]);
    return code;
}

/* ------------------------------------------------------------------ taking */

/*
 * Not two streams of one webhook at a time: one that is slow keeps one thread busy, not all. The stream's own lease is asked for by itself:
 * who gets the row's lock just after another let go of it looks at the row again, and at no other.
 */
static const struct db_statement TAKE = {
    "event_take",
    "UPDATE webhook_stream s SET lease = $1, lease_until = clock_timestamp() + $2 * interval '1 millisecond'"
    " FROM (SELECT o.uscc, o.webhook_id FROM webhook_stream o WHERE o.is_open AND o.not_before <= clock_timestamp()"
    "  AND (o.lease_until IS NULL OR o.lease_until <= clock_timestamp())"
    "  AND NOT EXISTS (SELECT FROM webhook_stream b WHERE b.webhook_id = o.webhook_id AND b.lease_until > clock_timestamp())"
    "  ORDER BY o.not_before FOR UPDATE OF o SKIP LOCKED LIMIT 1) t"
    " WHERE s.uscc = t.uscc AND s.webhook_id = t.webhook_id RETURNING s.uscc, s.webhook_id"};
static const struct db_statement FIRST = {
    "event_first",
    "SELECT d.position, d.attempts, e.id, e.type, e.data, e.trace_id, e.at, w.url FROM webhook_delivery d"
    " JOIN event e ON e.uscc = d.uscc AND e.position = d.position JOIN webhook w ON w.id = d.webhook_id"
    " WHERE d.uscc = $1 AND d.webhook_id = $2 AND d.state = 'waiting' ORDER BY d.position LIMIT 1"};
static const struct db_statement SECRETS = {
    "event_secrets", "SELECT secret FROM webhook_secret WHERE webhook_id = $1"
                     " AND (expires_at IS NULL OR expires_at > clock_timestamp()) ORDER BY created_at DESC LIMIT 4"};
static const struct db_statement CLOSE = {
    "event_close", "UPDATE webhook_stream SET is_open = false, lease = NULL, lease_until = NULL WHERE uscc = $1 AND webhook_id = $2"};

static enum zcd_code read_first(const struct db_rows *rows, struct arena *arena, struct event_delivery *delivery,
                                struct zcd_error *err)
{
    enum zcd_code code = db_rows_int8(rows, 0, "position", &delivery->position, err);

    if (code == ZCD_OK)
        code = db_rows_int4(rows, 0, "attempts", &delivery->attempts, err);
    if (code == ZCD_OK)
        code = db_rows_copy_text(rows, 0, "id", arena, &delivery->id, err);
    if (code == ZCD_OK)
        code = db_rows_copy_text(rows, 0, "type", arena, &delivery->type, err);
    if (code == ZCD_OK)
        code = db_rows_copy_text(rows, 0, "data", arena, &delivery->data, err);
    if (code == ZCD_OK && !db_rows_is_null(rows, 0, "trace_id"))
        code = db_rows_copy_text(rows, 0, "trace_id", arena, &delivery->trace_id, err);
    if (code == ZCD_OK)
        code = db_rows_copy_text(rows, 0, "url", arena, &delivery->url, err);
    return code == ZCD_OK ? db_rows_timestamptz(rows, 0, "at", &delivery->at_us, err) : code;
}

static enum zcd_code read_secrets(struct db *db, struct arena *arena, struct event_delivery *delivery,
                                  struct zcd_error *err)
{
    ZCD_AUTO(db_rows_done)
    struct db_rows rows = {0};
    enum zcd_code code = db_query(db, &SECRETS, DB_VALUES(db_text(delivery->webhook_id)), &rows, err);

    for (int row = 0; code == ZCD_OK && row < rows.count; row++) {
        struct bytes secret;
        code = db_rows_bytea(&rows, row, "secret", &secret, err);
        if (code != ZCD_OK)
            return code;
        delivery->secrets[delivery->secret_count++] =
            (struct bytes){(uint8_t *)arena_copy_bytes(arena, secret.data, secret.size), secret.size};
    }
    return code;
}

enum zcd_code event_store_take(struct db *db, const uint8_t lease[EVENT_LEASE_SIZE], int32_t lease_ms,
                               struct arena *arena, struct event_delivery *delivery, struct zcd_error *err)
{
    ZCD_AUTO(db_rows_done)
    struct db_rows taken = {0};
    ZCD_AUTO(db_rows_done)
    struct db_rows first = {0};
    struct event_delivery read = {0};

    enum zcd_code code = db_query(db, &TAKE, DB_VALUES(db_uuid(lease), db_int4(lease_ms)), &taken, err);
    if (code == ZCD_OK && taken.count == 0)
        return zcd_fail(err, ZCD_NOT_FOUND, "nothing is to be sent");
    if (code == ZCD_OK)
        code = db_rows_copy_text(&taken, 0, "uscc", arena, &read.uscc, err);
    if (code == ZCD_OK)
        code = db_rows_copy_text(&taken, 0, "webhook_id", arena, &read.webhook_id, err);
    if (code == ZCD_OK)
        code = db_query(db, &FIRST, DB_VALUES(db_text(read.uscc), db_text(read.webhook_id)), &first, err);
    if (code == ZCD_OK && first.count == 0) { /* its events were removed */
        code = db_execute(db, &CLOSE, DB_VALUES(db_text(read.uscc), db_text(read.webhook_id)), err);
        delivery->id = NULL;
        return code;
    }
    if (code == ZCD_OK)
        code = read_first(&first, arena, &read, err);
    if (code == ZCD_OK)
        code = read_secrets(db, arena, &read, err);
    if (code != ZCD_OK)
        return code;
    memcpy(read.lease, lease, sizeof read.lease);
    *delivery = read;
    return ZCD_OK;
}

/* ------------------------------------------------------------------ settling */

/* Locked before the next statement looks: one who publishes to this stream has committed, or comes behind us. */
static const struct db_statement HOLD = {
    "event_hold", "SELECT 1 AS held FROM webhook_stream WHERE uscc = $1 AND webhook_id = $2 AND lease = $3 FOR UPDATE"};
static const struct db_statement NOTE = {
    "event_note", "UPDATE webhook_delivery SET state = $4, attempts = attempts + 1, last_status = $5, last_error = $6,"
                  " first_tried_at = coalesce(first_tried_at, clock_timestamp()), last_tried_at = clock_timestamp()"
                  " WHERE uscc = $1 AND webhook_id = $2 AND position = $3"};
static const struct db_statement NOTE_SUCCESS = {
    "event_note_success", "UPDATE webhook SET last_success_at = clock_timestamp(), last_error = NULL WHERE id = $1"};
static const struct db_statement NOTE_FAILURE = {
    "event_note_failure",
    "UPDATE webhook w SET last_failure_at = clock_timestamp(), last_error = $2, "
    " disabled_at = CASE WHEN off THEN coalesce(w.disabled_at, clock_timestamp()) ELSE w.disabled_at END,"
    " disabled_reason = CASE WHEN off AND w.disabled_at IS NULL THEN CASE WHEN $3 THEN 'gone' ELSE 'failing' END"
    "  ELSE w.disabled_reason END"
    " FROM (SELECT $3 OR ($4 AND NOT EXISTS (SELECT FROM webhook h, webhook_delivery d WHERE h.id = $1 AND d.uscc = $5"
    "  AND d.webhook_id = $1 AND d.position = $6 AND h.last_success_at > d.first_tried_at)) AS off) judged"
    " WHERE w.id = $1 RETURNING off"};
static const struct db_statement CLOSE_ALL = {"event_close_all",
                                              "UPDATE webhook_stream SET is_open = false WHERE webhook_id = $1"};
static const struct db_statement RELEASE = {
    "event_release",
    "UPDATE webhook_stream s SET lease = NULL, lease_until = NULL, not_before = clock_timestamp() + $3 * interval '1 millisecond',"
    " is_open = EXISTS (SELECT FROM webhook_delivery d WHERE d.uscc = $1 AND d.webhook_id = $2 AND d.state = 'waiting')"
    " AND EXISTS (SELECT FROM webhook w WHERE w.id = $2 AND w.disabled_at IS NULL)"
    " WHERE s.uscc = $1 AND s.webhook_id = $2"};

static enum zcd_code note_failure(struct db *db, const struct event_delivery *delivery,
                                  const struct event_outcome *outcome, bool *disabled, struct zcd_error *err)
{
    ZCD_AUTO(db_rows_done)
    struct db_rows rows = {0};
    enum zcd_code code =
        db_query(db, &NOTE_FAILURE,
                 DB_VALUES(db_text(delivery->webhook_id), db_text(outcome->error), db_bool(outcome->is_gone),
                           db_bool(outcome->is_given_up), db_text(delivery->uscc), db_int8(delivery->position)),
                 &rows, err);

    if (code == ZCD_OK && rows.count > 0)
        code = db_rows_bool(&rows, 0, "off", disabled, err);
    if (code == ZCD_OK && *disabled)
        code = db_queue(db, &CLOSE_ALL, DB_VALUES(db_text(delivery->webhook_id)), NULL, err);
    return code;
}

static enum zcd_code note(struct db *db, const struct event_delivery *delivery, const struct event_outcome *outcome,
                          bool *disabled, struct zcd_error *err)
{
    const char *state = outcome->is_delivered ? "delivered" : outcome->is_given_up ? "failed" : "waiting";
    enum zcd_code code = db_queue(db, &NOTE,
                                  DB_VALUES(db_text(delivery->uscc), db_text(delivery->webhook_id),
                                            db_int8(delivery->position), db_text(state),
                                            outcome->status == 0 ? db_null(DB_INT4) : db_int4(outcome->status),
                                            db_text(outcome->error)),
                                  NULL, err);

    if (code != ZCD_OK)
        return code;
    return outcome->is_delivered ? db_queue(db, &NOTE_SUCCESS, DB_VALUES(db_text(delivery->webhook_id)), NULL, err)
                                 : note_failure(db, delivery, outcome, disabled, err);
}

enum zcd_code event_store_settle(struct db *db, const struct event_delivery *delivery,
                                 const struct event_outcome *outcome, bool *disabled, struct zcd_error *err)
{
    ZCD_AUTO(db_rows_done)
    struct db_rows held = {0};
    const bool may_disable = outcome->is_gone || outcome->is_given_up;
    const struct db_value uscc = db_text(delivery->uscc), webhook = db_text(delivery->webhook_id);
    enum zcd_code code = may_disable ? db_queue(db, &LOCK, DB_NO_VALUES, NULL, err) : ZCD_OK;

    *disabled = false;
    if (code == ZCD_OK)
        code = db_query(db, &HOLD, DB_VALUES(uscc, webhook, db_uuid(delivery->lease)), &held, err);
    if (code == ZCD_OK && held.count == 0)
        return zcd_fail(err, ZCD_NOT_FOUND, "the stream is another process's by now");
    if (code == ZCD_OK && !outcome->is_cut_short)
        code = note(db, delivery, outcome, disabled, err);
    if (code == ZCD_OK)
        code = db_queue(db, &RELEASE, DB_VALUES(uscc, webhook, db_int8(outcome->is_cut_short ? 0 : outcome->delay_ms)),
                        NULL, err);
    return code;
}

static const struct db_statement FORGET = {
    "event_forget",
    "DELETE FROM event WHERE position IN (SELECT e.position FROM event e WHERE e.created_at < now() - interval '30 days'"
    " AND NOT EXISTS (SELECT FROM webhook_delivery d JOIN webhook w ON w.id = d.webhook_id WHERE d.uscc = e.uscc"
    "  AND d.position = e.position AND d.state = 'waiting' AND w.disabled_at IS NULL) ORDER BY e.created_at LIMIT 1000)"};

enum zcd_code event_store_forget(struct db *db, struct zcd_error *err)
{
    return db_execute(db, &FORGET, DB_NO_VALUES, err);
}
