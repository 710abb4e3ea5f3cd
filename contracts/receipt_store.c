#include "contracts/receipt_store.h"

#include "base/cleanup.h"
#include "contracts/organisation.h"
#include "contracts/receipt_match.h"

#include <assert.h>
#include <string.h>

enum { CERTAIN_PPM = 1000000 };

static const char *const STATES[] = {
    [RECEIPT_WAITING] = "waiting", [RECEIPT_SETTLED] = "settled", [RECEIPT_PAID_BEFORE] = "paid_before",
    [RECEIPT_MATCHED] = "matched"};

enum receipt_state receipt_state_find(const char *name)
{
    for (size_t state = RECEIPT_WAITING; state < sizeof STATES / sizeof *STATES; state++)
        if (strcmp(STATES[state], name) == 0)
            return (enum receipt_state)state;
    return RECEIPT_NONE;
}

const char *receipt_state_name(enum receipt_state state)
{
    return STATES[state];
}

/* --------------------------------------------------------------------------- reading */

#define STANDS(row) \
    row ".import_id <> ALL (ARRAY(SELECT withdraws FROM import WHERE lender = $2 AND withdraws IS NOT NULL))"

/*
 * The newest head of each receipt that stands. What nothing has replaced need not be compared with anything, which is nearly all of them;
 * CASE keeps the planner from comparing. Reasons are those of match_reasons.def.
 */
#define HEADS                                                                                                          \
    "SELECT r.account, r.receipt_id, r.received_on, coalesce(r.currency, 'CNY') AS currency, r.amount_fen,"            \
    " coalesce(r.matched_fen, 0) AS matched_fen, coalesce(r.payer_name, '') AS payer_name, coalesce(r.note, '') AS note,"  \
    " r.reason, coalesce(r.confidence_ppm, 0) AS confidence_ppm, r.import_id, r.recorded_at, i.actor, CASE WHEN r.reason IN ('person', 'person_no_payment') THEN 'settled'" \
    " WHEN r.reason = 'payment_known' THEN 'paid_before' ELSE 'waiting' END AS state"                                  \
    " FROM receipt r JOIN import i ON i.lender = r.lender AND i.id = r.import_id"                                      \
    " WHERE r.uscc = $1 AND r.lender = $2 AND r.contract_id = '' AND NOT r.removed AND " STANDS("r")                   \
    " AND CASE WHEN r.superseded_by IS NULL THEN true ELSE NOT EXISTS (SELECT FROM receipt n WHERE n.uscc = r.uscc AND n.lender = r.lender AND n.account = r.account"   \
    "   AND n.receipt_id = r.receipt_id AND n.contract_id = '' AND n.milestone_id = '' AND n.import_id > r.import_id"  \
    "   AND " STANDS("n") ") END"

/* $3 state, $4 to $6 day, id and account behind which to begin, $7 limit */
static const struct db_statement LIST = {
    "receipt_list",
    "SELECT * FROM (" HEADS ") h WHERE state = $3"
    " AND (received_on, receipt_id, account) > ($4, $5, $6) ORDER BY received_on, receipt_id, account LIMIT $7"};

/* Those that went to milestones by themselves; all parts of one have the same reason and the same import. */
#define MATCHED(which)                                                                                                 \
    "SELECT p.account, p.receipt_id, p.received_on, coalesce(p.currency, 'CNY') AS currency, p.amount_fen,"           \
    " sum(p.matched_fen)::bigint AS matched_fen, coalesce(p.payer_name, '') AS payer_name, coalesce(p.note, '') AS note," \
    " p.reason, p.confidence_ppm, p.import_id, p.recorded_at, i.actor, 'matched' AS state"                             \
    " FROM (SELECT DISTINCT ON (r.account, r.receipt_id, r.contract_id, r.milestone_id) r.* FROM receipt r"            \
    " WHERE r.uscc = $1 AND r.lender = $2 AND r.contract_id <> '' AND " STANDS("r") which                               \
    " ORDER BY r.account, r.receipt_id, r.contract_id, r.milestone_id, r.import_id DESC) p"                            \
    " JOIN import i ON i.lender = p.lender AND i.id = p.import_id WHERE NOT p.removed AND p.reason <> 'person'"        \
    " GROUP BY p.account, p.receipt_id, p.received_on, p.currency, p.amount_fen, p.payer_name, p.note, p.reason, p.confidence_ppm," \
    " p.import_id, p.recorded_at, i.actor"

static const struct db_statement LIST_MATCHED = {
    "receipt_list_matched",
    "SELECT * FROM (" MATCHED("") ") h WHERE state = $3"
    " AND (received_on, receipt_id, account) > ($4, $5, $6) ORDER BY received_on, receipt_id, account LIMIT $7"};

/* $3 account, $4 id */
static const struct db_statement FIND = {"receipt_find", HEADS " AND r.account = $3 AND r.receipt_id = $4"};
static const struct db_statement FIND_MATCHED = {"receipt_find_matched", MATCHED(" AND r.account = $3 AND r.receipt_id = $4")};

static enum zcd_code decode(const struct db_rows *rows, int row, struct arena *arena, struct receipt_row_read *read,
                            struct zcd_error *err)
{
    const char *state;

    if (db_rows_copy_text(rows, row, "account", arena, &read->key.account, err) != ZCD_OK
        || db_rows_copy_text(rows, row, "receipt_id", arena, &read->key.id, err) != ZCD_OK
        || db_rows_text(rows, row, "state", &state, err) != ZCD_OK
        || db_rows_date(rows, row, "received_on", &read->received_on, err) != ZCD_OK
        || db_rows_copy_text(rows, row, "currency", arena, &read->currency, err) != ZCD_OK
        || db_rows_int8(rows, row, "amount_fen", &read->amount_fen, err) != ZCD_OK
        || db_rows_int8(rows, row, "matched_fen", &read->matched_fen, err) != ZCD_OK
        || db_rows_copy_text(rows, row, "payer_name", arena, &read->payer_name, err) != ZCD_OK
        || db_rows_copy_text(rows, row, "note", arena, &read->note, err) != ZCD_OK
        || db_rows_copy_text(rows, row, "reason", arena, &read->reason, err) != ZCD_OK
        || db_rows_int4(rows, row, "confidence_ppm", &read->confidence_ppm, err) != ZCD_OK
        || db_rows_int8(rows, row, "import_id", &read->import_id, err) != ZCD_OK
        || db_rows_timestamptz(rows, row, "recorded_at", &read->recorded_at_us, err) != ZCD_OK
        || db_rows_copy_text(rows, row, "actor", arena, &read->actor, err) != ZCD_OK)
        return err->code;
    read->state = receipt_state_find(state);
    return ZCD_OK;
}

enum zcd_code receipt_store_list(struct db *db, const struct facts_of *facts, enum receipt_state state,
                                 const struct receipt_place *after, size_t limit, struct arena *arena,
                                 struct receipt_row_read **list, size_t *count, struct zcd_error *err)
{
    static const struct receipt_place BEGINNING = {{DOSSIER_AS_OF_MIN_DAYS}, {"", ""}};
    const struct receipt_place *from = after == NULL ? &BEGINNING : after;
    ZCD_AUTO(db_rows_done)
    struct db_rows rows = {0};

    if (db_query(db, state == RECEIPT_MATCHED ? &LIST_MATCHED : &LIST,
                 DB_VALUES(db_text(facts->uscc), db_text(facts->lender), db_text(receipt_state_name(state)),
                           db_date(from->on), db_text(from->key.id), db_text(from->key.account), db_int8((int64_t)limit)),
                 &rows, err)
        != ZCD_OK)
        return err->code;
    struct receipt_row_read *read = ARENA_NEW(arena, struct receipt_row_read, (size_t)rows.count + 1);
    for (int i = 0; i < rows.count; i++) {
        enum zcd_code code = decode(&rows, i, arena, &read[i], err);
        if (code != ZCD_OK)
            return code;
    }
    *list = read;
    *count = (size_t)rows.count;
    return ZCD_OK;
}

enum zcd_code receipt_store_find(struct db *db, const struct facts_of *facts, const struct receipt_key *key, struct arena *arena,
                                 struct receipt_row_read *row, struct zcd_error *err)
{
    ZCD_AUTO(db_rows_done)
    struct db_rows rows = {0};

    const struct db_value values[] = {db_text(facts->uscc), db_text(facts->lender), db_text(key->account), db_text(key->id)};
    enum zcd_code code = db_query(db, &FIND, values, 4, &rows, err);
    if (code == ZCD_OK && rows.count == 0) {
        db_rows_done(&rows);
        code = db_query(db, &FIND_MATCHED, values, 4, &rows, err);
    }
    if (code != ZCD_OK)
        return code;
    if (rows.count == 0)
        return zcd_fail(err, ZCD_NOT_FOUND, "the organisation has no such receipt");
    return decode(&rows, 0, arena, row, err);
}

/* $3 account, $4 id */
static const struct db_statement OFFERS = {
    "receipt_offers",
    "SELECT contract_id, milestone_id, confidence_ppm, reason FROM (SELECT DISTINCT ON (contract_id, milestone_id) o.* FROM receipt_offer o"
    " WHERE o.uscc = $1 AND o.lender = $2 AND o.account = $3 AND o.receipt_id = $4 AND " STANDS("o")
    " ORDER BY contract_id, milestone_id, import_id DESC) h WHERE NOT removed ORDER BY confidence_ppm DESC, contract_id, milestone_id"};

enum zcd_code receipt_store_load_offers(struct db *db, const struct facts_of *facts, const struct receipt_key *key,
                                        struct arena *arena, struct receipt_offer_row **offers, size_t *count,
                                        struct zcd_error *err)
{
    ZCD_AUTO(db_rows_done)
    struct db_rows rows = {0};

    if (db_query(db, &OFFERS, DB_VALUES(db_text(facts->uscc), db_text(facts->lender), db_text(key->account), db_text(key->id)),
                 &rows, err)
        != ZCD_OK)
        return err->code;
    struct receipt_offer_row *read = ARENA_NEW(arena, struct receipt_offer_row, (size_t)rows.count + 1);
    for (int i = 0; i < rows.count; i++) {
        if (db_rows_copy_text(&rows, i, "contract_id", arena, &read[i].contract_id, err) != ZCD_OK
            || db_rows_copy_text(&rows, i, "milestone_id", arena, &read[i].milestone_id, err) != ZCD_OK
            || db_rows_int4(&rows, i, "confidence_ppm", &read[i].confidence_ppm, err) != ZCD_OK
            || db_rows_copy_text(&rows, i, "reason", arena, &read[i].reason, err) != ZCD_OK)
            return err->code;
    }
    *offers = read;
    *count = (size_t)rows.count;
    return ZCD_OK;
}

/* $3 account, $4 id */
static const struct db_statement SHARES = {
    "receipt_shares",
    "SELECT contract_id, milestone_id, matched_fen FROM (SELECT DISTINCT ON (contract_id, milestone_id) r.* FROM receipt r"
    " WHERE r.uscc = $1 AND r.lender = $2 AND r.account = $3 AND r.receipt_id = $4 AND r.contract_id <> '' AND " STANDS("r")
    " ORDER BY contract_id, milestone_id, import_id DESC) h WHERE NOT removed ORDER BY contract_id, milestone_id"};

enum zcd_code receipt_store_load_shares(struct db *db, const struct facts_of *facts, const struct receipt_key *key,
                                        struct arena *arena, struct receipt_share **shares, size_t *count,
                                        struct zcd_error *err)
{
    ZCD_AUTO(db_rows_done)
    struct db_rows rows = {0};

    if (db_query(db, &SHARES, DB_VALUES(db_text(facts->uscc), db_text(facts->lender), db_text(key->account), db_text(key->id)),
                 &rows, err)
        != ZCD_OK)
        return err->code;
    struct receipt_share *read = ARENA_NEW(arena, struct receipt_share, (size_t)rows.count + 1);
    for (int i = 0; i < rows.count; i++) {
        if (db_rows_copy_text(&rows, i, "contract_id", arena, &read[i].contract, err) != ZCD_OK
            || db_rows_copy_text(&rows, i, "milestone_id", arena, &read[i].milestone, err) != ZCD_OK
            || db_rows_int8(&rows, i, "matched_fen", &read[i].amount_fen, err) != ZCD_OK)
            return err->code;
    }
    *shares = read;
    *count = (size_t)rows.count;
    return ZCD_OK;
}

/* -------------------------------------------------------------------------- settling */

static enum zcd_code write(struct db *db, const struct fact_table *table, struct db_copy *waiting, struct fact_import *import,
                           struct zcd_error *err)
{
    enum zcd_code code = fact_table_stage(db, table, waiting, err);
    return code == ZCD_OK ? fact_table_write(db, table, import, err) : code;
}

static void add_receipt(struct db_copy *waiting, const char *uscc, const struct receipt_row_read *receipt,
                        const struct receipt_share *share, enum match_reason reason)
{
    const struct receipt_row row = {
        .row = {.valid_from = receipt->received_on},
        .account = receipt->key.account,
        .id = receipt->key.id,
        .contract_id = share->contract,
        .milestone_id = share->milestone,
        .received_on = receipt->received_on,
        .currency = receipt->currency,
        .amount_fen = receipt->amount_fen,
        .matched_fen = share->amount_fen,
        .payer_name = receipt->payer_name,
        .note = receipt->note,
        .confidence_ppm = CERTAIN_PPM,
        .reason = match_reason_code(reason),
    };

    fact_table_add(&RECEIPT_FACTS, waiting, uscc, &row);
}

static void add_payment(struct db_copy *waiting, const char *uscc, const struct receipt_row_read *receipt,
                        const struct receipt_share *share)
{
    const struct payment_row row = {
        .row = {.valid_from = receipt->received_on},
        .contract_id = share->contract,
        .milestone_id = share->milestone,
        .currency = receipt->currency,
        .payer_name = receipt->payer_name,
        .payment = {.id = receipt->key.id, .paid_on = receipt->received_on, .amount_fen = share->amount_fen},
    };

    fact_table_add(&PAYMENT_FACTS, waiting, uscc, &row);
}

enum zcd_code receipt_store_settle(struct db *db, struct fact_import *import, const char *uscc,
                                   const struct receipt_row_read *receipt, const struct receipt_share *shares, size_t count,
                                   struct zcd_error *err)
{
    ZCD_AUTO(db_copy_done)
    struct db_copy receipts = {0};
    ZCD_AUTO(db_copy_done)
    struct db_copy payments = {0};
    struct receipt_share whole = {.contract = "", .milestone = ""};

    assert(receipt->state == RECEIPT_WAITING);
    for (size_t i = 0; i < count; i++) {
        whole.amount_fen += shares[i].amount_fen;
        add_receipt(&receipts, uscc, receipt, &shares[i], MATCH_PERSON);
        add_payment(&payments, uscc, receipt, &shares[i]);
    }
    add_receipt(&receipts, uscc, receipt, &whole, count == 0 ? MATCH_PERSON_NO_PAYMENT : MATCH_PERSON);
    enum zcd_code code = write(db, &RECEIPT_FACTS, &receipts, import, err);
    return code == ZCD_OK && count > 0 ? write(db, &PAYMENT_FACTS, &payments, import, err) : code;
}
