#include "api/routes/payer_aliases.h"

#include "api/codec/json_values.h"
#include "api/codec/settlement_decode.h"
#include "api/flows/settlement.h"
#include "api/routes/answer.h"
#include "api/routes/idempotency.h"
#include "api/routes/lender_facts.h"
#include "api/routes/listing.h"
#include "audit/sha256.h"
#include "base/cleanup.h"
#include "contracts/payer_alias_store.h"

#include <stdio.h>
#include <string.h>

#define ALIAS_PREFIX "al_"

enum { PREFIX_SIZE = 3, ALIAS_DIGEST_SIZE = 16 };
enum { ALIAS_ID_SIZE = PREFIX_SIZE + 2 * ALIAS_DIGEST_SIZE + 1 };

static const char *format_alias_id(const char *payer_id, const char *alias, char id[static ALIAS_ID_SIZE])
{
    ZCD_AUTO(buffer_done)
    struct buffer text = {0};

    buffer_append(&text, payer_id, strlen(payer_id) + 1); /* with its NUL, so that "a", "bc" is not "ab", "c" */
    buffer_append_text(&text, alias);
    struct sha256 digest = sha256_of(buffer_bytes(&text));
    memcpy(id, ALIAS_PREFIX, PREFIX_SIZE);
    hex_encode(digest.bytes, ALIAS_DIGEST_SIZE, id + PREFIX_SIZE);
    return id;
}

static void write_alias(struct json_writer *writer, const char *payer_id, const char *alias)
{
    char id[ALIAS_ID_SIZE];

    json_write_object(writer, NULL);
    json_write_text(writer, "alias", alias);
    json_write_text(writer, "id", format_alias_id(payer_id, alias, id));
    json_write_text(writer, "payer", payer_id);
    json_write_end(writer);
}

void payer_aliases_list(struct http_exchange *exchange, void *context)
{
    struct facts_of facts;
    struct listing listing;
    struct payer_alias_row *rows;
    struct json_writer writer;
    struct zcd_error err;
    size_t count, from = 0;
    char id[ALIAS_ID_SIZE];
    struct db *db = lender_facts_begin(exchange, context, &facts);

    if (db == NULL)
        return;
    if (listing_read(exchange, &listing, &err) != ZCD_OK) {
        answer_invalid(exchange, 400, &err);
        return;
    }
    if (payer_alias_store_load(db, &facts, &exchange->arena, &rows, &count, &err) != ZCD_OK) {
        answer_error(exchange, &err);
        return;
    }
    /* What the cursor names may be gone: then there is nothing behind it. */
    while (listing.cursor != NULL && from < count
           && strcmp(format_alias_id(rows[from].payer_id, rows[from].alias, id), listing.cursor) != 0)
        from++;
    from += listing.cursor != NULL && from < count;
    size_t to = count - from > listing.limit ? from + listing.limit : count;
    json_writer_init(&writer, &exchange->response.body);
    json_write_object(&writer, NULL);
    listing_write_next(&writer, to < count, to < count ? format_alias_id(rows[to - 1].payer_id, rows[to - 1].alias, id) : NULL);
    json_write_array(&writer, "payer_aliases");
    for (size_t i = from; i < to; i++)
        write_alias(&writer, rows[i].payer_id, rows[i].alias);
    json_write_end(&writer);
    json_write_end(&writer);
    answer_json(exchange, 200);
}

/* The row of the id in the path. ZCD_NOT_FOUND. */
static enum zcd_code find_alias(struct http_exchange *exchange, struct db *db, const struct facts_of *facts, const char *id,
                                struct payer_alias_row *row, struct zcd_error *err)
{
    struct payer_alias_row *rows;
    char own[ALIAS_ID_SIZE];
    size_t count;
    enum zcd_code code = payer_alias_store_load(db, facts, &exchange->arena, &rows, &count, err);

    for (size_t i = 0; code == ZCD_OK && i < count; i++) {
        if (strcmp(format_alias_id(rows[i].payer_id, rows[i].alias, own), id) != 0)
            continue;
        *row = rows[i];
        return ZCD_OK;
    }
    return code == ZCD_OK ? zcd_fail(err, ZCD_NOT_FOUND, "the organisation's payers have no such name") : code;
}

static void answer_alias(struct http_exchange *exchange, const char *uscc, const char *payer_id, const char *alias, int status)
{
    struct json_writer writer;
    char id[ALIAS_ID_SIZE];

    if (status == 201) {
        size_t size = strlen("/v1/organisations//payer-aliases/") + strlen(uscc) + ALIAS_ID_SIZE;
        char *location = arena_alloc(&exchange->arena, size, 1);
        (void)snprintf(location, size, "/v1/organisations/%s/payer-aliases/%s", uscc, format_alias_id(payer_id, alias, id));
        http_response_add_header(&exchange->response, "Location", location);
    }
    json_writer_init(&writer, &exchange->response.body);
    write_alias(&writer, payer_id, alias);
    answer_json(exchange, status);
}

void payer_aliases_show(struct http_exchange *exchange, void *context)
{
    struct facts_of facts;
    struct payer_alias_row row;
    struct zcd_error err;
    struct db *db = lender_facts_begin(exchange, context, &facts);

    if (db == NULL)
        return;
    if (find_alias(exchange, db, &facts, exchange->request.parameters[1], &row, &err) != ZCD_OK)
        answer_error(exchange, &err);
    else
        answer_alias(exchange, facts.uscc, row.payer_id, row.alias, 200);
}

/* What was created under an Idempotency-Key: the body is the same, so it tells which. */
static void show_created(struct http_exchange *exchange, void *context)
{
    struct payer_alias_request *request;
    struct zcd_error err;

    (void)context;
    if (payer_alias_request_decode(exchange->request.body, &exchange->arena, &request, &err) != ZCD_OK)
        answer_invalid(exchange, 422, &err);
    else
        answer_alias(exchange, exchange->request.parameters[0], request->payer, request->alias, 201);
}

/* On the log's writer's thread, which waits meanwhile. */
static void answer_taught(struct settlement *settlement, const struct zcd_error *err)
{
    struct http_exchange *exchange = settlement->user;

    if (err != NULL)
        lender_facts_answer_failed(exchange, settlement, err);
    else if (settlement->form == SETTLEMENT_ALIAS)
        answer_alias(exchange, settlement->facts.uscc, settlement->payer_id, settlement->alias, 201);
    else
        lender_facts_answer_status(exchange, "removed");
}

static struct settlement *new_alias(struct http_exchange *exchange)
{
    struct settlement *settlement = ARENA_NEW(&exchange->arena, struct settlement, 1);

    settlement->user = exchange;
    settlement->done = answer_taught;
    return settlement;
}

void payer_aliases_create(struct http_exchange *exchange, void *context)
{
    struct settlement *settlement = new_alias(exchange);
    struct payer_alias_request *request;
    struct facts_of facts;
    struct zcd_error err;
    struct db *db = lender_facts_begin(exchange, context, &facts);

    if (db == NULL || !idempotency_begin(exchange, context, show_created, 201, &settlement->key))
        return;
    enum zcd_code code = payer_alias_request_decode(exchange->request.body, &exchange->arena, &request, &err);
    if (code == ZCD_OK)
        code = settlement_prepare_alias(db, request, false, exchange->caller, facts.uscc, &exchange->arena, settlement, &err);
    if (code != ZCD_OK)
        answer_refused(exchange, &err);
    else
        lender_facts_submit(exchange, context, settlement);
}

void payer_aliases_remove(struct http_exchange *exchange, void *context)
{
    struct settlement *settlement = new_alias(exchange);
    struct payer_alias_row row;
    struct facts_of facts;
    struct zcd_error err;
    struct db *db = lender_facts_begin(exchange, context, &facts);

    if (db == NULL)
        return;
    enum zcd_code code = find_alias(exchange, db, &facts, exchange->request.parameters[1], &row, &err);
    if (code == ZCD_OK)
        code = settlement_prepare_alias(db, &(struct payer_alias_request){row.payer_id, row.alias}, true, exchange->caller,
                                        facts.uscc, &exchange->arena, settlement, &err);
    if (code != ZCD_OK)
        answer_error(exchange, &err);
    else
        lender_facts_submit(exchange, context, settlement);
}
