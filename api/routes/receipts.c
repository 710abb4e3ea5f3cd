#include "api/routes/receipts.h"

#include "api/app.h"
#include "api/codec/json_values.h"
#include "api/codec/settlement_decode.h"
#include "api/flows/settlement.h"
#include "api/identity/caller.h"
#include "api/routes/answer.h"
#include "api/routes/idempotency.h"
#include "api/routes/lender_facts.h"
#include "api/routes/listing.h"
#include "audit/record.h"
#include "base/cleanup.h"
#include "contracts/receipt_match.h"
#include "contracts/receipt_store.h"

#include <stdio.h>
#include <string.h>

#define RECEIPT_PREFIX "rc_"

enum { PREFIX_SIZE = 3, ACCOUNT_SIZE_MAX = 4, ID_BYTES_MAX = ACCOUNT_SIZE_MAX + 1 + 256 };

/* ------------------------------------------------------------------- whose and which */

/* "0100/771-1" */
static const char *format_key(const struct receipt_key *key, struct arena *arena)
{
    size_t size = strlen(key->account) + 1 + strlen(key->id) + 1;
    char *text = arena_alloc(arena, size, 1);

    (void)snprintf(text, size, "%s/%s", key->account, key->id);
    return text;
}

static bool parse_key(const char *text, struct arena *arena, struct receipt_key *key)
{
    char *copy = arena_copy_text(arena, text);
    char *slash = strchr(copy, '/');

    if (slash == NULL || slash - copy > ACCOUNT_SIZE_MAX || slash[1] == '\0')
        return false;
    *slash = '\0';
    *key = (struct receipt_key){copy, slash + 1};
    return true;
}

/* "2020-10-09/0100/771-1" */
static const char *format_position(const struct receipt_row_read *row, struct arena *arena)
{
    const char *key = format_key(&row->key, arena);
    size_t size = DATE_TEXT_SIZE + 1 + strlen(key);
    char day[DATE_TEXT_SIZE], *text = arena_alloc(arena, size, 1);

    (void)snprintf(text, size, "%s/%s", date_format(row->received_on, day), key);
    return text;
}

static bool parse_position(const char *text, struct arena *arena, struct receipt_place *place)
{
    char day[DATE_TEXT_SIZE] = "";
    struct zcd_error reason;

    if (strlen(text) < DATE_TEXT_SIZE || text[DATE_TEXT_SIZE - 1] != '/')
        return false;
    memcpy(day, text, DATE_TEXT_SIZE - 1);
    return date_parse(day, &place->on, &reason) == ZCD_OK && parse_key(text + DATE_TEXT_SIZE, arena, &place->key);
}

/* Ids of banks may hold anything: in paths they stand as hexadecimal. */
static const char *format_id(const struct receipt_key *key, struct arena *arena)
{
    const char *position = format_key(key, arena);
    size_t size = strlen(position);
    char *id = arena_alloc(arena, PREFIX_SIZE + 2 * size + 1, 1);

    memcpy(id, RECEIPT_PREFIX, PREFIX_SIZE);
    hex_encode((const uint8_t *)position, size, id + PREFIX_SIZE);
    return id;
}

static bool parse_id(const char *id, struct arena *arena, struct receipt_key *key)
{
    char position[ID_BYTES_MAX + 1] = "";
    size_t size = strlen(id);
    struct zcd_error reason;

    if (size < PREFIX_SIZE || memcmp(id, RECEIPT_PREFIX, PREFIX_SIZE) != 0 || (size - PREFIX_SIZE) / 2 > ID_BYTES_MAX)
        return false;
    size_t count = (size - PREFIX_SIZE) / 2;
    if (hex_decode(id + PREFIX_SIZE, size - PREFIX_SIZE, (uint8_t *)position, count, &reason) != ZCD_OK
        || strlen(position) != count || !bytes_are_utf8(bytes_of_text(position)))
        return false;
    return parse_key(position, arena, key);
}

static enum zcd_code find(struct http_exchange *exchange, struct db *db, const struct facts_of *facts,
                          struct receipt_row_read *row, struct zcd_error *err)
{
    struct receipt_key key;

    if (!parse_id(exchange->request.parameters[1], &exchange->arena, &key))
        return zcd_fail(err, ZCD_NOT_FOUND, "the organisation has no such receipt");
    return receipt_store_find(db, facts, &key, &exchange->arena, row, err);
}

/* -------------------------------------------------------------------- receipt as JSON */

static void write_reason(struct json_writer *writer, const char *code)
{
    enum match_reason reason = match_reason_find(code);

    json_write_object(writer, "reason");
    json_write_text(writer, "code", code);
    json_write_texts(writer, "text", reason == MATCH_NONE ? "" : match_reason_text_zh(reason),
                     reason == MATCH_NONE ? "" : match_reason_text_en(reason));
    json_write_end(writer);
}

/* A receipt with what hangs on it. */
struct shown_receipt {
    struct receipt_row_read row;
    struct receipt_offer_row *offers;
    struct receipt_share *shares;
    size_t offer_count, share_count;
};

static enum zcd_code load_shown(struct db *db, const struct facts_of *facts, const struct receipt_row_read *row,
                                struct arena *arena, struct shown_receipt *shown, struct zcd_error *err)
{
    shown->row = *row;
    enum zcd_code code = receipt_store_load_offers(db, facts, &row->key, arena, &shown->offers, &shown->offer_count, err);
    return code == ZCD_OK ? receipt_store_load_shares(db, facts, &row->key, arena, &shown->shares, &shown->share_count, err) : code;
}

static void write_offers(struct json_writer *writer, const struct shown_receipt *shown)
{
    json_write_array(writer, "offers");
    for (size_t i = 0; i < shown->offer_count; i++) {
        json_write_object(writer, NULL);
        json_write_integer(writer, "confidence_ppm", shown->offers[i].confidence_ppm);
        json_write_text(writer, "contract", shown->offers[i].contract_id);
        json_write_text(writer, "milestone", shown->offers[i].milestone_id);
        write_reason(writer, shown->offers[i].reason);
        json_write_end(writer);
    }
    json_write_end(writer);
}

static void write_shares(struct json_writer *writer, const struct shown_receipt *shown)
{
    json_write_array(writer, "parts");
    for (size_t i = 0; i < shown->share_count; i++) {
        json_write_object(writer, NULL);
        json_write_integer(writer, "amount_fen", shown->shares[i].amount_fen);
        json_write_text(writer, "contract", shown->shares[i].contract);
        json_write_text(writer, "milestone", shown->shares[i].milestone);
        json_write_end(writer);
    }
    json_write_end(writer);
}

static void write_settled(struct json_writer *writer, const struct receipt_row_read *row)
{
    char at[RECORD_AT_TEXT_SIZE];
    bool is_settled = row->state == RECEIPT_SETTLED;

    if (is_settled) {
        json_write_text(writer, "settled_at", record_at_format(row->recorded_at_us, at));
        json_write_text(writer, "settled_by", row->actor);
    } else {
        json_write_null(writer, "settled_at");
        json_write_null(writer, "settled_by");
    }
}

static void write_receipt(struct json_writer *writer, const struct shown_receipt *shown, struct arena *arena)
{
    const struct receipt_row_read *row = &shown->row;

    json_write_object(writer, NULL);
    json_write_text(writer, "account", row->key.account);
    json_write_integer(writer, "amount_fen", row->amount_fen);
    json_write_integer(writer, "confidence_ppm", row->confidence_ppm);
    json_write_text(writer, "id", format_id(&row->key, arena));
    json_write_integer(writer, "not_contract_fen", row->state == RECEIPT_SETTLED ? row->amount_fen - row->matched_fen : 0);
    json_write_text(writer, "note", row->note);
    write_offers(writer, shown);
    write_shares(writer, shown);
    json_write_text(writer, "payer_name", row->payer_name);
    write_reason(writer, row->reason);
    json_write_date(writer, "received_on", row->received_on);
    write_settled(writer, row);
    json_write_text(writer, "state", receipt_state_name(row->state));
    json_write_end(writer);
}

static void fill(struct http_exchange *exchange, const struct shown_receipt *shown)
{
    struct json_writer writer;

    json_writer_init(&writer, &exchange->response.body);
    write_receipt(&writer, shown, &exchange->arena);
}

static enum zcd_code find_shown(struct http_exchange *exchange, struct db *db, const struct facts_of *facts,
                                struct shown_receipt *shown, struct zcd_error *err)
{
    struct receipt_row_read row;
    enum zcd_code code = find(exchange, db, facts, &row, err);

    return code == ZCD_OK ? load_shown(db, facts, &row, &exchange->arena, shown, err) : code;
}

/* --------------------------------------------------------------------------- reading */

void receipts_show(struct http_exchange *exchange, void *context)
{
    struct facts_of facts;
    struct shown_receipt shown;
    struct zcd_error err;
    struct db *db = lender_facts_begin(exchange, context, &facts);

    if (db == NULL)
        return;
    if (find_shown(exchange, db, &facts, &shown, &err) != ZCD_OK) {
        answer_error(exchange, &err);
        return;
    }
    fill(exchange, &shown);
    answer_json(exchange, exchange->response.status_of_success == 201 ? 201 : 200);
}

struct search {
    enum receipt_state state;
    struct listing listing;
    struct receipt_place after;
};

static enum zcd_code read_search(struct http_exchange *exchange, struct search *search, struct zcd_error *err)
{
    const char *state = NULL;
    enum zcd_code code = listing_read_filtered(exchange, "state", &state, &search->listing, err);

    if (code != ZCD_OK)
        return code;
    search->state = state == NULL ? RECEIPT_WAITING : receipt_state_find(state);
    if (search->state == RECEIPT_NONE) {
        (void)zcd_fail(err, ZCD_INVALID, "one of waiting, settled, paid_before, matched");
        return zcd_fail_within(err, "state");
    }
    if (search->listing.cursor != NULL && !parse_position(search->listing.cursor, &exchange->arena, &search->after)) {
        (void)zcd_fail(err, ZCD_INVALID, "not the next of a page");
        return zcd_fail_within(err, "cursor");
    }
    return ZCD_OK;
}

static enum zcd_code write_page(struct http_exchange *exchange, struct db *db, const struct facts_of *facts,
                                const struct search *search, struct zcd_error *err)
{
    struct receipt_row_read *rows;
    struct json_writer writer;
    size_t count;
    enum zcd_code code = receipt_store_list(db, facts, search->state, search->listing.cursor == NULL ? NULL : &search->after,
                                            search->listing.limit + 1, &exchange->arena, &rows, &count, err);

    if (code != ZCD_OK)
        return code;
    bool has_more = count > search->listing.limit;
    count = has_more ? search->listing.limit : count;
    json_writer_init(&writer, &exchange->response.body);
    json_write_object(&writer, NULL);
    listing_write_next(&writer, has_more, has_more ? format_position(&rows[count - 1], &exchange->arena) : NULL);
    json_write_array(&writer, "receipts");
    for (size_t i = 0; i < count; i++) {
        struct shown_receipt shown;
        code = load_shown(db, facts, &rows[i], &exchange->arena, &shown, err);
        if (code != ZCD_OK)
            return code;
        write_receipt(&writer, &shown, &exchange->arena);
    }
    json_write_end(&writer);
    json_write_end(&writer);
    return ZCD_OK;
}

void receipts_list(struct http_exchange *exchange, void *context)
{
    struct facts_of facts;
    struct search search;
    struct zcd_error err;
    struct db *db = lender_facts_begin(exchange, context, &facts);

    if (db == NULL)
        return;
    if (read_search(exchange, &search, &err) != ZCD_OK)
        answer_invalid(exchange, 400, &err);
    else if (write_page(exchange, db, &facts, &search, &err) != ZCD_OK)
        answer_error(exchange, &err);
    else
        answer_json(exchange, 200);
}

/* -------------------------------------------------------------------------- settling */

/* On its way: the offers are read before, since the log's thread has no time to read. */
struct settling {
    struct settlement settlement;
    struct shown_receipt shown;
    struct http_exchange *exchange;
};

/* On the log's writer's thread, which waits meanwhile. */
static void answer_settled(struct settlement *settlement, const struct zcd_error *err)
{
    struct settling *settling = settlement->user;
    struct http_exchange *exchange = settling->exchange;

    if (err != NULL) {
        lender_facts_answer_failed(exchange, settlement, err);
    } else if (settlement->form == SETTLEMENT_TAKEN_BACK) {
        lender_facts_answer_status(exchange, "waiting");
    } else {
        settling->shown.row = settlement->receipt;
        settling->shown.shares = settlement->shares;
        settling->shown.share_count = settlement->share_count;
        fill(exchange, &settling->shown);
        answer_json(exchange, 201);
    }
}

static struct settling *new_settling(struct http_exchange *exchange)
{
    struct settling *settling = ARENA_NEW(&exchange->arena, struct settling, 1);

    settling->exchange = exchange;
    settling->settlement.user = settling;
    settling->settlement.done = answer_settled;
    return settling;
}

void receipts_settle(struct http_exchange *exchange, void *context)
{
    struct settling *settling = new_settling(exchange);
    struct settlement *settlement = &settling->settlement;
    struct settlement_request *request;
    struct facts_of facts;
    struct zcd_error err;
    struct db *db = lender_facts_begin(exchange, context, &facts);

    if (db == NULL)
        return;
    if (find_shown(exchange, db, &facts, &settling->shown, &err) != ZCD_OK) {
        answer_error(exchange, &err);
        return;
    }
    if (!idempotency_begin(exchange, context, receipts_show, 201, &settlement->key))
        return;
    enum zcd_code code = settlement_request_decode(exchange->request.body, &exchange->arena, &request, &err);
    if (code == ZCD_OK)
        code = settlement_prepare(db, request, &settling->shown.row, exchange->caller, facts.uscc, &exchange->arena, settlement, &err);
    if (code != ZCD_OK)
        answer_refused(exchange, &err);
    else
        lender_facts_submit(exchange, context, settlement);
}

void receipts_take_back(struct http_exchange *exchange, void *context)
{
    struct settling *settling = new_settling(exchange);
    struct settlement *settlement = &settling->settlement;
    char etag[ANSWER_ETAG_SIZE];
    struct facts_of facts;
    struct zcd_error err;
    struct db *db = lender_facts_begin(exchange, context, &facts);

    if (db == NULL)
        return;
    if (find_shown(exchange, db, &facts, &settling->shown, &err) != ZCD_OK) {
        answer_error(exchange, &err);
        return;
    }
    fill(exchange, &settling->shown);
    (void)answer_etag_format(buffer_bytes(&exchange->response.body), etag);
    buffer_clear(&exchange->response.body);
    if (!answer_check_match(exchange, etag))
        return;
    if (settlement_prepare_taking_back(&settling->shown.row, exchange->caller, facts.uscc, &exchange->arena, settlement, &err) != ZCD_OK)
        answer_error(exchange, &err);
    else
        lender_facts_submit(exchange, context, settlement);
}
