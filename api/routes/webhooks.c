#include "api/routes/webhooks.h"

#include "api/app.h"
#include "api/clock.h"
#include "api/codec/webhook_decode.h"
#include "api/events/courier.h"
#include "api/events/event.h"
#include "api/events/signature.h"
#include "api/events/webhook_store.h"
#include "api/flows/decide.h"
#include "api/http/query.h"
#include "api/identity/caller.h"
#include "api/public_id.h"
#include "api/routes/answer.h"
#include "api/routes/cursor.h"
#include "api/routes/idempotency.h"
#include "api/routes/log_index.h"
#include "audit/canonical_json.h"
#include "audit/record.h"
#include "base/cleanup.h"
#include "db/transaction.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#define LOCATION "/v1/webhooks/"

enum { OVERLAP_S = 24 * 3600, LIMIT_DEFAULT = 20, LIMIT_MAX = 100 };

/* ------------------------------------------------------------------ as JSON */

static void append_text(struct buffer *json, const char *name, const char *text)
{
    buffer_append_format(json, ",\"%s\":", name);
    if (text == NULL)
        buffer_append_text(json, "null");
    else
        canonical_json_append_string(json, bytes_of_text(text));
}

static void append_instant(struct buffer *json, const char *name, int64_t at_us)
{
    char text[RECORD_AT_TEXT_SIZE];

    append_text(json, name, at_us == 0 ? NULL : record_at_format(at_us, text));
}

/* secret: as it is shown once; NULL ever after */
static void encode(const struct webhook *webhook, const char *secret, struct buffer *json)
{
    char at[RECORD_AT_TEXT_SIZE];

    buffer_append_format(json, "{\"created_at\":\"%s\"", record_at_format(webhook->created_at_us, at));
    append_text(json, "created_by", webhook->created_by);
    append_instant(json, "disabled_at", webhook->disabled_at_us);
    append_text(json, "disabled_reason", webhook->disabled_reason);
    append_text(json, "id", webhook->id);
    append_text(json, "last_error", webhook->last_error);
    append_instant(json, "last_failure_at", webhook->last_failure_at_us);
    append_instant(json, "last_success_at", webhook->last_success_at_us);
    if (secret != NULL)
        append_text(json, "secret", secret);
    buffer_append_text(json, ",\"types\":[");
    for (size_t i = 0; i < webhook->type_count; i++)
        buffer_append_format(json, "%s\"%s\"", i == 0 ? "" : ",", webhook->types[i]);
    buffer_append_text(json, "]");
    append_text(json, "url", webhook->url);
    buffer_append_format(json, ",\"waiting\":%lld}", (long long)webhook->waiting_count);
}

/* ------------------------------------------------------------------ one webhook, changed or looked at */

/* What is done to a webhook before it is shown. */
struct change {
    db_transaction_body *run; /* NULL: nothing. Its context is this */
    const char *lender, *id;
    uint8_t secret[WEBHOOK_SECRET_SIZE];
    const struct webhook *made;
    struct idempotency_row *key; /* NULL: none */
};

static enum zcd_code find(struct db *db, const struct change *change, struct arena *arena, struct webhook *webhook,
                          struct zcd_error *err)
{
    struct webhook found[WEBHOOKS_MAX];
    size_t count;
    enum zcd_code code = webhook_store_list(db, change->lender, change->id, arena, found, &count, err);

    if (code == ZCD_OK && count == 0)
        return zcd_fail(err, ZCD_NOT_FOUND, "there is no such webhook");
    if (code == ZCD_OK)
        *webhook = found[0];
    return code;
}

static enum zcd_code change_and_find(struct app_worker *worker, struct change *change, struct arena *arena,
                                     struct webhook *webhook, struct zcd_error *err)
{
    struct db *db;

    if (!public_id_is(WEBHOOK_ID_PREFIX, change->id))
        return zcd_fail(err, ZCD_NOT_FOUND, "there is no such webhook");
    enum zcd_code code = app_worker_db(worker, &db, err);
    if (code == ZCD_OK && change->run != NULL)
        code = db_transaction_run(db, DB_READ_COMMITTED, change->run, change, err);
    return code == ZCD_OK ? find(db, change, arena, webhook, err) : code;
}

static void add_location(struct http_exchange *exchange, const char *id)
{
    char *location = arena_alloc(&exchange->arena, sizeof LOCATION + PUBLIC_ID_SIZE, 1);

    (void)snprintf(location, sizeof LOCATION + PUBLIC_ID_SIZE, LOCATION "%s", id);
    http_response_add_header(&exchange->response, "Location", location);
}

/* is_secret: the change made one, which is shown now and never again */
static void answer_change(struct http_exchange *exchange, struct app_worker *worker, struct change *change,
                          bool is_secret, int status)
{
    char secret[WEBHOOK_SECRET_TEXT_SIZE];
    struct webhook webhook;
    struct zcd_error err;

    if (change_and_find(worker, change, &exchange->arena, &webhook, &err) != ZCD_OK) {
        answer_error(exchange, &err);
        return;
    }
    if (status == 201 || exchange->response.status_of_success == 201)
        add_location(exchange, webhook.id);
    encode(&webhook, is_secret ? webhook_secret_format(change->secret, secret) : NULL, &exchange->response.body);
    answer_json(exchange, status);
}

static struct change change_of(const struct http_exchange *exchange, db_transaction_body *run)
{
    return (struct change){.run = run, .lender = exchange->caller->lender, .id = exchange->request.parameters[0]};
}

void webhooks_show(struct http_exchange *exchange, void *context)
{
    struct change none = change_of(exchange, NULL);
    answer_change(exchange, context, &none, false, 200);
}

static enum zcd_code run_enable(struct db *db, void *context, struct zcd_error *err)
{
    const struct change *change = context;
    return webhook_store_enable(db, change->lender, change->id, err);
}

void webhooks_enable(struct http_exchange *exchange, void *context)
{
    struct app_worker *worker = context;
    struct change change = change_of(exchange, run_enable);

    answer_change(exchange, worker, &change, false, 200);
    courier_wake(worker->app->courier);
}

static void new_secret(uint8_t secret[WEBHOOK_SECRET_SIZE])
{
    if (getrandom(secret, WEBHOOK_SECRET_SIZE, 0) != WEBHOOK_SECRET_SIZE)
        abort(); /* so few bytes cannot fail once the system is up */
}

static enum zcd_code insert_key(struct db *db, const struct change *change, struct zcd_error *err)
{
    if (change->key == NULL)
        return ZCD_OK;
    change->key->subject = change->id;
    return idempotency_store_insert(db, change->key, err);
}

static enum zcd_code run_rotate(struct db *db, void *context, struct zcd_error *err)
{
    const struct change *change = context;
    enum zcd_code code = webhook_store_add_secret(db, change->lender, change->id,
                                                  (struct bytes){change->secret, sizeof change->secret}, OVERLAP_S, err);

    return code == ZCD_OK ? insert_key(db, change, err) : code;
}

void webhooks_rotate(struct http_exchange *exchange, void *context)
{
    struct change change = change_of(exchange, run_rotate);

    if (!idempotency_begin(exchange, context, webhooks_show, 200, &change.key))
        return;
    new_secret(change.secret);
    answer_change(exchange, context, &change, true, 200);
}

static enum zcd_code run_delete(struct db *db, void *context, struct zcd_error *err)
{
    const struct change *change = context;
    return webhook_store_delete(db, change->lender, change->id, err);
}

void webhooks_delete(struct http_exchange *exchange, void *context)
{
    struct app_worker *worker = context;
    struct change look = change_of(exchange, NULL);
    struct change change = change_of(exchange, run_delete);
    struct webhook webhook;
    struct zcd_error err;
    struct db *db;

    enum zcd_code code = change_and_find(worker, &look, &exchange->arena, &webhook, &err);
    if (code == ZCD_OK)
        code = app_worker_db(worker, &db, &err);
    if (code == ZCD_OK)
        code = db_transaction_run(db, DB_READ_COMMITTED, run_delete, &change, &err);
    if (code != ZCD_OK) {
        answer_error(exchange, &err);
        return;
    }
    encode(&webhook, NULL, &exchange->response.body);
    answer_json(exchange, 200);
}

/* ------------------------------------------------------------------ making one */

static enum zcd_code run_insert(struct db *db, void *context, struct zcd_error *err)
{
    const struct change *change = context;
    enum zcd_code code =
        webhook_store_insert(db, change->made, (struct bytes){change->secret, sizeof change->secret}, err);

    return code == ZCD_OK ? insert_key(db, change, err) : code;
}

void webhooks_create(struct http_exchange *exchange, void *context)
{
    char id[PUBLIC_ID_SIZE];
    struct webhook webhook = {.id = public_id_new(WEBHOOK_ID_PREFIX, clock_now_us(), id),
                              .lender = exchange->caller->lender,
                              .created_by = exchange->caller->id};
    struct change change = {.run = run_insert, .lender = exchange->caller->lender, .id = id, .made = &webhook};
    struct webhook_request *request;
    struct zcd_error err;

    if (webhook_request_decode(exchange->request.body, &exchange->arena, &request, &err) != ZCD_OK) {
        answer_invalid(exchange, decide_was_refused_as_json(exchange->request.body) ? 400 : 422, &err);
        return;
    }
    webhook.url = request->url;
    webhook.type_count = request->type_count;
    memcpy(webhook.types, request->types, request->type_count * sizeof *request->types);
    if (!idempotency_begin(exchange, context, webhooks_show, 201, &change.key))
        return;
    new_secret(change.secret);
    answer_change(exchange, context, &change, true, 201);
}

/* ------------------------------------------------------------------ lists */

void webhooks_list(struct http_exchange *exchange, void *context)
{
    struct buffer *json = &exchange->response.body;
    struct webhook found[WEBHOOKS_MAX];
    size_t count = 0;
    struct zcd_error err;
    struct db *db;

    enum zcd_code code = app_worker_db(context, &db, &err);
    if (code == ZCD_OK)
        code = webhook_store_list(db, exchange->caller->lender, NULL, &exchange->arena, found, &count, &err);
    if (code != ZCD_OK) {
        answer_error(exchange, &err);
        return;
    }
    buffer_append_text(json, "{\"webhooks\":[");
    for (size_t i = 0; i < count; i++) {
        buffer_append_text(json, i == 0 ? "" : ",");
        encode(&found[i], NULL, json);
    }
    buffer_append_text(json, "]}");
    answer_json(exchange, 200);
}

struct listing {
    const char *state;
    uint64_t below, limit;
};

static enum zcd_code read_number(const char *text, const char *name, uint64_t least, uint64_t most, uint64_t *number,
                                 struct zcd_error *err)
{
    struct zcd_error reason;
    uint64_t read;

    if (text == NULL)
        return ZCD_OK;
    if (log_index_parse(text, &read, &reason) != ZCD_OK || read < least || read > most) {
        (void)zcd_fail(err, ZCD_INVALID, "not a number from %llu to %llu", (unsigned long long)least,
                       (unsigned long long)most);
        return zcd_fail_within(err, name);
    }
    *number = read;
    return ZCD_OK;
}

static enum zcd_code read_listing(struct http_exchange *exchange, struct listing *listing, struct zcd_error *err)
{
    static const char *const NAMES[] = {"cursor", "limit", "state"};
    const char *values[3];
    enum zcd_code code = http_query_parse(exchange->request.query, NAMES, 3, &exchange->arena, values, err);

    if (code == ZCD_OK)
        code = cursor_parse_number(values[0], CANONICAL_JSON_INTEGER_MAX, &listing->below, err);
    if (code == ZCD_OK)
        code = read_number(values[1], "limit", 1, LIMIT_MAX, &listing->limit, err);
    if (code != ZCD_OK)
        return code;
    listing->state = values[2];
    if (values[2] == NULL || strcmp(values[2], "waiting") == 0 || strcmp(values[2], "delivered") == 0
        || strcmp(values[2], "failed") == 0)
        return ZCD_OK;
    (void)zcd_fail(err, ZCD_INVALID, "no delivery is ever in this state");
    return zcd_fail_within(err, "state");
}

static void encode_delivery(const struct webhook_delivery *delivery, struct buffer *json)
{
    char at[RECORD_AT_TEXT_SIZE];

    buffer_append_format(json, "{\"at\":\"%s\",\"attempts\":%d", record_at_format(delivery->at_us, at),
                         (int)delivery->attempts);
    append_text(json, "event", delivery->event);
    append_instant(json, "first_tried_at", delivery->first_tried_at_us);
    append_text(json, "last_error", delivery->last_error);
    if (delivery->last_status == 0)
        append_text(json, "last_status", NULL);
    else
        buffer_append_format(json, ",\"last_status\":%d", (int)delivery->last_status);
    append_instant(json, "last_tried_at", delivery->last_tried_at_us);
    append_text(json, "state", delivery->state);
    append_text(json, "type", delivery->type);
    append_text(json, "uscc", delivery->uscc[0] == '\0' ? NULL : delivery->uscc);
    buffer_append_text(json, "}");
}

static void encode_deliveries(const struct webhook_delivery *deliveries, size_t count, size_t limit, struct buffer *json)
{
    bool has_more = count > limit;
    char next[CURSOR_TEXT_SIZE];

    buffer_append_text(json, "{\"deliveries\":[");
    for (size_t i = 0; i < (has_more ? limit : count); i++) {
        buffer_append_text(json, i == 0 ? "" : ",");
        encode_delivery(&deliveries[i], json);
    }
    if (has_more)
        buffer_append_format(json, "],\"next\":\"%s\"}", cursor_format_number((uint64_t)deliveries[limit - 1].position, next));
    else
        buffer_append_text(json, "],\"next\":null}");
}

void webhooks_deliveries(struct http_exchange *exchange, void *context)
{
    struct listing listing = {.below = INT64_MAX, .limit = LIMIT_DEFAULT};
    struct change none = change_of(exchange, NULL);
    struct webhook_delivery *found = NULL;
    struct webhook webhook = {.id = NULL};
    size_t count = 0;
    struct zcd_error err;
    struct db *db;

    if (read_listing(exchange, &listing, &err) != ZCD_OK) {
        answer_invalid(exchange, 400, &err);
        return;
    }
    enum zcd_code code = change_and_find(context, &none, &exchange->arena, &webhook, &err);
    if (code == ZCD_OK)
        code = app_worker_db(context, &db, &err);
    if (code == ZCD_OK)
        code = webhook_store_deliveries(db, webhook.lender, webhook.id, listing.state, (int64_t)listing.below,
                                        (size_t)listing.limit + 1, &exchange->arena, &found, &count, &err);
    if (code != ZCD_OK) {
        answer_error(exchange, &err);
        return;
    }
    encode_deliveries(found, count, (size_t)listing.limit, &exchange->response.body);
    answer_json(exchange, 200);
}
