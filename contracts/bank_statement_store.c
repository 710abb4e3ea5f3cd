#include "contracts/bank_statement_store.h"

#include "base/cleanup.h"
#include "contracts/contract_store.h"
#include "contracts/import/fact.h"
#include "contracts/organisation.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { PIECE_SIZE = 1 << 19, WAITING_SIZE_MAX = 1 << 20, TEXTS = 7 };

static const struct db_statement COPY = {
    "copy_bank_statement_rest", "COPY bank_statement_rest (uscc, lender, import_id, part, receipts) FROM STDIN (FORMAT binary)"};

static const struct db_statement INSERT = {
    "bank_statement_insert", "INSERT INTO bank_statement (uscc, lender, import_id, matched_to) VALUES ($1, $2, $3, $3)"};

/* -------------------------------------------------------------- setting aside */

static enum zcd_code send(struct db *db, struct bank_statement_rest *rest, size_t size_max, struct zcd_error *err)
{
    return rest->pieces.encoded.size > size_max ? db_copy_send(db, &COPY, &rest->pieces, err) : ZCD_OK;
}

static void end_piece(const struct fact_import *import, const char *uscc, struct bank_statement_rest *rest)
{
    const struct db_value row[] = {db_text(uscc), db_text(import->lender), db_int8(import->id), db_int4(++rest->piece_count),
                                   db_bytea(buffer_bytes(&rest->receipts))};

    db_copy_add(&rest->pieces, row, sizeof row / sizeof *row);
    buffer_clear(&rest->receipts);
}

enum zcd_code bank_statement_store_set_aside(struct db *db, const struct fact_import *import, const char *uscc,
                                             const struct kept_receipt *receipt, struct bank_statement_rest *rest,
                                             struct zcd_error *err)
{
    const char *const texts[] = {receipt->account, receipt->id, receipt->payer_name, receipt->note};
    struct buffer *to = &rest->receipts;

    buffer_append_format(to, "%" PRId64 "%c%" PRId32 "%c%" PRId64 "%c", receipt->line, 0, receipt->received_on.days, 0,
                         receipt->amount_fen, 0);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        buffer_append(to, texts[i], strlen(texts[i]) + 1);
    rest->receipt_count++;
    if (to->size < PIECE_SIZE)
        return ZCD_OK;
    end_piece(import, uscc, rest);
    return send(db, rest, WAITING_SIZE_MAX, err);
}

enum zcd_code bank_statement_store_end(struct db *db, struct fact_import *import, const char *uscc,
                                       struct bank_statement_rest *rest, struct zcd_error *err)
{
    if (rest->receipts.size > 0)
        end_piece(import, uscc, rest);
    if (send(db, rest, 0, err) != ZCD_OK
        || db_execute(db, &INSERT, DB_VALUES(db_text(uscc), db_text(import->lender), db_int8(import->id)), err) != ZCD_OK)
        return err->code;
    import->set_aside += rest->receipt_count;
    return ZCD_OK;
}

void bank_statement_done(struct bank_statement_rest *rest)
{
    buffer_done(&rest->receipts);
    db_copy_done(&rest->pieces);
}

bool bank_statement_may_match_later(const char *payer_name, const char *note)
{
    size_t characters = 0;

    for (const char *c = payer_name; *c != '\0'; c++)
        characters += ((unsigned char)*c & 0xc0) != 0x80; /* not one that continues a character of UTF-8 */
    bool is_person = (characters >= 2 && characters <= 4) || strstr(payer_name, "·") != NULL;
    return !is_person || strpbrk(note, "0123456789") != NULL;
}

/* -------------------------------------------------------------- what was set aside */

#define STANDS(row) row ".import_id <> ALL (ARRAY(SELECT withdraws FROM import WHERE lender = $2 AND withdraws IS NOT NULL))"

/* $3 the statement; 0: all */
static const struct db_statement REST = {
    "bank_statement_rest", "SELECT receipts FROM bank_statement_rest r WHERE uscc = $1 AND lender = $2 AND ($3 = 0 OR import_id = $3)"
                           " AND " STANDS("r") " ORDER BY import_id, part"};

static int compare_texts(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool is_among(const char *const *ids, size_t count, const char *id)
{
    return bsearch(&id, ids, count, sizeof *ids, compare_texts) != NULL;
}

/* The next receipt of a piece, whose texts stay where they are. False behind the last one. */
static enum zcd_code take_receipt(struct bytes *piece, struct kept_receipt *receipt, struct zcd_error *err)
{
    const char *texts[TEXTS];

    for (size_t i = 0; i < TEXTS; i++) {
        const uint8_t *end = memchr(piece->data, 0, piece->size);
        if (end == NULL)
            return zcd_fail(err, ZCD_CORRUPT, "database: receipts of a statement are cut");
        texts[i] = (const char *)piece->data;
        piece->size -= (size_t)(end + 1 - piece->data);
        piece->data = end + 1;
    }
    *receipt = (struct kept_receipt){.line = strtoll(texts[0], NULL, 10),
                                     .received_on = {(int32_t)strtol(texts[1], NULL, 10)},
                                     .amount_fen = strtoll(texts[2], NULL, 10),
                                     .account = texts[3],
                                     .id = texts[4],
                                     .payer_name = texts[5],
                                     .note = texts[6],
                                     .reason = MATCH_NO_PAYER};
    return ZCD_OK;
}

/* Receipts that grow; in the heap until they are handed over. */
struct gathered {
    struct kept_receipt *receipts;
    size_t count, capacity;
};

static void gathered_done(struct gathered *gathered)
{
    free(gathered->receipts);
}

static struct kept_receipt *add(struct gathered *gathered)
{
    if (gathered->count == gathered->capacity) {
        gathered->capacity = gathered->capacity * 2 + 64;
        gathered->receipts = realloc(gathered->receipts, gathered->capacity * sizeof *gathered->receipts);
        if (gathered->receipts == NULL)
            abort();
    }
    return &gathered->receipts[gathered->count++];
}

static enum zcd_code read_rest(struct db *db, const struct facts_of *facts, int64_t statement, struct arena *arena,
                               struct gathered *gathered, struct zcd_error *err)
{
    ZCD_AUTO(db_rows_done)
    struct db_rows rows = {0};
    enum zcd_code code =
        db_query(db, &REST, DB_VALUES(db_text(facts->uscc), db_text(facts->lender), db_int8(statement)), &rows, err);

    for (int i = 0; code == ZCD_OK && i < rows.count; i++) {
        struct bytes piece;
        code = db_rows_bytea(&rows, i, "receipts", &piece, err);
        if (code != ZCD_OK)
            break;
        piece.data = (const uint8_t *)arena_copy_bytes(arena, piece.data, piece.size);
        while (code == ZCD_OK && piece.size > 0) {
            struct kept_receipt receipt;
            code = take_receipt(&piece, &receipt, err);
            if (code == ZCD_OK)
                *add(gathered) = receipt;
        }
    }
    return code;
}

enum zcd_code bank_statement_store_load_ids(struct db *db, const struct facts_of *facts, const char *const *known, size_t known_count,
                                            struct arena *arena, const char *const **ids, size_t *count, struct zcd_error *err)
{
    ZCD_AUTO(gathered_done)
    struct gathered rest = {0};
    size_t all = known_count, kept = 0;

    if (read_rest(db, facts, 0, arena, &rest, err) != ZCD_OK)
        return err->code;
    const char **sorted = ARENA_NEW(arena, const char *, known_count + rest.count + 1);
    if (known_count > 0)
        memcpy(sorted, known, known_count * sizeof *sorted);
    for (size_t i = 0; i < rest.count; i++)
        sorted[all++] = rest.receipts[i].id;
    qsort(sorted, all, sizeof *sorted, compare_texts);
    for (size_t i = 0; i < all; i++) {
        if (kept == 0 || strcmp(sorted[kept - 1], sorted[i]) != 0)
            sorted[kept++] = sorted[i];
    }
    *ids = sorted;
    *count = kept;
    return ZCD_OK;
}

/* -------------------------------------------------------------- old statements */

static const struct db_statement HAS_ANY = {
    "bank_statement_has_any", "SELECT EXISTS (SELECT FROM bank_statement WHERE uscc = $1 AND lender = $2) AS has_any"};

enum zcd_code bank_statement_store_has_any(struct db *db, const struct facts_of *facts, bool *has_any, struct zcd_error *err)
{
    ZCD_AUTO(db_rows_done)
    struct db_rows rows = {0};
    enum zcd_code code = db_query(db, &HAS_ANY, DB_VALUES(db_text(facts->uscc), db_text(facts->lender)), &rows, err);

    return code == ZCD_OK ? db_rows_bool(&rows, 0, "has_any", has_any, err) : code;
}

/* Did the table get rows of the organisation since, or lose some? $1 lender. */
#define CAME(table)                                                                                                    \
    "EXISTS (SELECT FROM " table " t WHERE t.uscc = s.uscc AND t.lender = $1 AND (t.import_id > s.matched_to"           \
    " OR t.import_id IN (SELECT w.withdraws FROM import w WHERE w.lender = $1 AND w.id > s.matched_to AND w.withdraws IS NOT NULL)))"

static const struct db_statement OLD = {
    "bank_statement_old",
    "SELECT s.uscc, s.import_id, i.file_sha256 FROM bank_statement s JOIN import i ON i.lender = $1 AND i.id = s.import_id"
    " WHERE s.lender = $1 AND NOT EXISTS (SELECT FROM import w WHERE w.lender = $1 AND w.withdraws = s.import_id)"
    " AND EXISTS (SELECT FROM import n WHERE n.lender = $1 AND n.id > s.matched_to)"
    " AND (" CAME("contract") " OR " CAME("milestone") " OR " CAME("payment") " OR " CAME("payer") " OR " CAME("payer_alias") ")"
    " ORDER BY s.import_id LIMIT $2"};

enum zcd_code bank_statement_store_find_old(struct db *db, const char *lender, struct arena *arena, struct old_statement **statements,
                                            size_t *count, struct zcd_error *err)
{
    ZCD_AUTO(db_rows_done)
    struct db_rows rows = {0};

    if (db_query(db, &OLD, DB_VALUES(db_text(lender), db_int8(BANK_STATEMENTS_MAX)), &rows, err) != ZCD_OK)
        return err->code;
    struct old_statement *found = ARENA_NEW(arena, struct old_statement, (size_t)rows.count + 1);
    for (int i = 0; i < rows.count; i++) {
        const char *uscc;
        struct bytes digest;
        if (db_rows_text(&rows, i, "uscc", &uscc, err) != ZCD_OK || db_rows_int8(&rows, i, "import_id", &found[i].import, err) != ZCD_OK
            || db_rows_bytea(&rows, i, "file_sha256", &digest, err) != ZCD_OK)
            return err->code;
        found[i].uscc = arena_copy_text(arena, uscc);
        found[i].file_sha256 = (const uint8_t *)arena_copy_bytes(arena, digest.data, digest.size);
    }
    *statements = found;
    *count = (size_t)rows.count;
    return ZCD_OK;
}

/* -------------------------------------------------------------- receipts as they stand */

/* $3 the statement. What a person said of a receipt stands in place of its head, and takes its parts along. */
static const struct db_statement RECEIPTS = {
    "bank_statement_receipts",
    "SELECT account, receipt_id, contract_id, milestone_id, received_on, amount_fen, coalesce(payer_name, '') AS payer_name,"
    " coalesce(note, '') AS note, reason, source_row, origin <> $3 AS is_another_statements FROM ("
    "SELECT DISTINCT ON (r.account, r.receipt_id, r.contract_id, r.milestone_id) r.*, coalesce(i.matches, i.id) AS origin"
    " FROM receipt r JOIN import i ON i.lender = $2 AND i.id = r.import_id WHERE r.uscc = $1 AND r.lender = $2 AND " STANDS("r")
    " ORDER BY r.account, r.receipt_id, r.contract_id, r.milestone_id, r.import_id DESC) h"
    " WHERE NOT removed AND (origin = $3 OR reason = 'payment_known') AND coalesce(currency, 'CNY') = 'CNY'"
    " AND reason NOT IN ('person', 'person_no_payment') ORDER BY account, receipt_id, contract_id, milestone_id"};

static const struct db_statement OFFERS = {
    "bank_statement_offers",
    "SELECT account, receipt_id, contract_id, milestone_id, confidence_ppm, reason FROM ("
    "SELECT DISTINCT ON (o.account, o.receipt_id, o.contract_id, o.milestone_id) o.*"
    " FROM receipt_offer o WHERE o.uscc = $1 AND o.lender = $2 AND " STANDS("o")
    " ORDER BY o.account, o.receipt_id, o.contract_id, o.milestone_id, o.import_id DESC) h"
    " WHERE NOT removed ORDER BY account, receipt_id, contract_id, milestone_id"};

static enum zcd_code read_receipt(const struct db_rows *rows, int row, struct arena *arena, struct kept_receipt *receipt,
                                  struct zcd_error *err)
{
    *receipt = (struct kept_receipt){.reason = MATCH_NONE};
    if (db_rows_copy_text(rows, row, "account", arena, &receipt->account, err) != ZCD_OK
        || db_rows_copy_text(rows, row, "receipt_id", arena, &receipt->id, err) != ZCD_OK
        || db_rows_copy_text(rows, row, "payer_name", arena, &receipt->payer_name, err) != ZCD_OK
        || db_rows_copy_text(rows, row, "note", arena, &receipt->note, err) != ZCD_OK
        || db_rows_date(rows, row, "received_on", &receipt->received_on, err) != ZCD_OK
        || db_rows_int8(rows, row, "amount_fen", &receipt->amount_fen, err) != ZCD_OK
        || db_rows_int8(rows, row, "source_row", &receipt->line, err) != ZCD_OK)
        return err->code;
    return db_rows_bool(rows, row, "is_another_statements", &receipt->is_another_statements, err);
}

static int compare_keys(const char *account, const char *id, const struct kept_receipt *receipt)
{
    int order = strcmp(account, receipt->account);

    return order != 0 ? order : strcmp(id, receipt->id);
}

static enum zcd_code read_hold(const struct db_rows *rows, int row, struct arena *arena, struct receipt_hold *hold, struct zcd_error *err)
{
    if (db_rows_copy_text(rows, row, "contract_id", arena, &hold->contract, err) != ZCD_OK
        || db_rows_copy_text(rows, row, "milestone_id", arena, &hold->milestone, err) != ZCD_OK)
        return err->code;
    return db_rows_copy_text(rows, row, "reason", arena, &hold->reason, err);
}

/* Rows of one receipt follow one another: its head alone, or its parts. */
static enum zcd_code read_receipts(const struct db_rows *rows, struct arena *arena, struct gathered *gathered, struct zcd_error *err)
{
    struct receipt_hold *holds = ARENA_NEW(arena, struct receipt_hold, (size_t)rows->count + 1);

    for (int i = 0; i < rows->count; i++) {
        const char *account, *id;
        struct kept_receipt *last = gathered->count == 0 ? NULL : &gathered->receipts[gathered->count - 1];
        if (db_rows_text(rows, i, "account", &account, err) != ZCD_OK || db_rows_text(rows, i, "receipt_id", &id, err) != ZCD_OK)
            return err->code;
        if (last == NULL || compare_keys(account, id, last) != 0) {
            last = add(gathered);
            if (read_receipt(rows, i, arena, last, err) != ZCD_OK)
                return err->code;
            last->holds = &holds[i];
        }
        if (read_hold(rows, i, arena, &holds[i], err) != ZCD_OK)
            return err->code;
        if (*holds[i].contract == '\0')
            last->reason = match_reason_find(holds[i].reason);
        else
            last->hold_count++;
    }
    return ZCD_OK;
}

/* Both are in the order of their keys. */
static enum zcd_code read_offers(const struct db_rows *rows, struct arena *arena, struct gathered *gathered, struct zcd_error *err)
{
    struct receipt_hold *holds = ARENA_NEW(arena, struct receipt_hold, (size_t)rows->count + 1);
    size_t next = 0;

    for (int i = 0; i < rows->count; i++) {
        const char *account, *id;
        if (db_rows_text(rows, i, "account", &account, err) != ZCD_OK || db_rows_text(rows, i, "receipt_id", &id, err) != ZCD_OK)
            return err->code;
        while (next < gathered->count && compare_keys(account, id, &gathered->receipts[next]) > 0)
            next++;
        struct kept_receipt *receipt = next == gathered->count ? NULL : &gathered->receipts[next];
        if (receipt == NULL || compare_keys(account, id, receipt) != 0 || receipt->reason == MATCH_NONE)
            continue; /* another statement's, or of one that a person settled */
        if (read_hold(rows, i, arena, &holds[i], err) != ZCD_OK
            || db_rows_int4(rows, i, "confidence_ppm", &holds[i].confidence_ppm, err) != ZCD_OK)
            return err->code;
        receipt->holds = receipt->hold_count == 0 ? &holds[i] : receipt->holds;
        receipt->hold_count++;
    }
    return ZCD_OK;
}

static void hand_over(const struct gathered *gathered, size_t count, struct arena *arena, struct kept_receipt **receipts)
{
    *receipts = ARENA_NEW(arena, struct kept_receipt, count + 1);
    if (count > 0)
        memcpy(*receipts, gathered->receipts, count * sizeof **receipts);
}

enum zcd_code bank_statement_store_load_paid(struct db *db, const struct facts_of *facts, struct arena *arena,
                                             struct kept_receipt **receipts, size_t *count, struct zcd_error *err)
{
    const int64_t no_statement = 0; /* so that all are another's */
    ZCD_AUTO(db_rows_done)
    struct db_rows rows = {0};
    ZCD_AUTO(gathered_done)
    struct gathered all = {0};

    if (db_query(db, &RECEIPTS, DB_VALUES(db_text(facts->uscc), db_text(facts->lender), db_int8(no_statement)), &rows, err) != ZCD_OK
        || read_receipts(&rows, arena, &all, err) != ZCD_OK)
        return err->code;
    hand_over(&all, all.count, arena, receipts);
    *count = all.count;
    return ZCD_OK;
}

enum zcd_code bank_statement_store_load(struct db *db, const struct facts_of *facts, int64_t statement, const char *const *known,
                                        size_t known_count, struct arena *arena, struct kept_receipt **receipts, size_t *count,
                                        struct zcd_error *err)
{
    ZCD_AUTO(db_rows_done)
    struct db_rows rows = {0};
    ZCD_AUTO(db_rows_done)
    struct db_rows offers = {0};
    ZCD_AUTO(gathered_done)
    struct gathered all = {0};

    if (db_query(db, &RECEIPTS, DB_VALUES(db_text(facts->uscc), db_text(facts->lender), db_int8(statement)), &rows, err) != ZCD_OK
        || db_query(db, &OFFERS, DB_VALUES(db_text(facts->uscc), db_text(facts->lender)), &offers, err) != ZCD_OK
        || read_receipts(&rows, arena, &all, err) != ZCD_OK || read_offers(&offers, arena, &all, err) != ZCD_OK)
        return err->code;
    size_t kept = all.count;
    if (read_rest(db, facts, statement, arena, &all, err) != ZCD_OK)
        return err->code;
    for (size_t i = kept; i < all.count; i++) {
        if (!is_among(known, known_count, all.receipts[i].id))
            all.receipts[kept++] = all.receipts[i];
    }
    hand_over(&all, kept, arena, receipts);
    *count = kept;
    return ZCD_OK;
}

/* -------------------------------------------------------------- writing changes */

enum table { RECEIPT, OFFER, PAYMENT, TABLE_COUNT };

static const struct fact_table *const TABLES[TABLE_COUNT] = {
    [RECEIPT] = &RECEIPT_FACTS, [OFFER] = &RECEIPT_OFFER_FACTS, [PAYMENT] = &PAYMENT_FACTS};

struct writing {
    struct db *db;
    const char *uscc;
    const struct receivable *receivables;
    struct db_copy waiting[TABLE_COUNT];
};

static struct fact_row row_of(const struct kept_receipt *receipt, bool removed)
{
    return (struct fact_row){.valid_from = receipt->received_on, .source_row = receipt->line, .removed = removed};
}

/* To a milestone, or its head: contract and milestone "". */
static void add_receipt(struct writing *writing, const struct kept_receipt *receipt, const struct receipt_hold *hold,
                        int64_t matched_fen, bool removed)
{
    const struct receipt_row row = {.row = row_of(receipt, removed),
                                    .account = receipt->account,
                                    .id = receipt->id,
                                    .contract_id = hold->contract,
                                    .milestone_id = hold->milestone,
                                    .received_on = receipt->received_on,
                                    .currency = FACT_CURRENCY_SCORED,
                                    .amount_fen = receipt->amount_fen,
                                    .matched_fen = matched_fen,
                                    .payer_name = receipt->payer_name,
                                    .note = receipt->note,
                                    .confidence_ppm = hold->confidence_ppm,
                                    .reason = hold->reason};

    fact_table_add(TABLES[RECEIPT], &writing->waiting[RECEIPT], writing->uscc, &row);
}

static void add_head(struct writing *writing, const struct kept_receipt *receipt, enum match_reason reason, bool removed)
{
    add_receipt(writing, receipt, &(struct receipt_hold){"", "", 0, match_reason_code(reason)}, 0, removed);
}

static void add_payment(struct writing *writing, const struct kept_receipt *receipt, const struct receipt_hold *hold,
                        int64_t amount_fen, bool removed)
{
    const struct payment_row row = {.row = row_of(receipt, removed),
                                    .contract_id = hold->contract,
                                    .milestone_id = hold->milestone,
                                    .currency = FACT_CURRENCY_SCORED,
                                    .payer_name = receipt->payer_name,
                                    .payment = {.id = receipt->id, .paid_on = receipt->received_on, .amount_fen = amount_fen}};

    fact_table_add(TABLES[PAYMENT], &writing->waiting[PAYMENT], writing->uscc, &row);
}

static void add_offer(struct writing *writing, const struct kept_receipt *receipt, const struct receipt_hold *hold, bool removed)
{
    const struct receipt_offer_row row = {.row = row_of(receipt, removed),
                                          .account = receipt->account,
                                          .receipt_id = receipt->id,
                                          .contract_id = hold->contract,
                                          .milestone_id = hold->milestone,
                                          .confidence_ppm = hold->confidence_ppm,
                                          .reason = hold->reason};

    fact_table_add(TABLES[OFFER], &writing->waiting[OFFER], writing->uscc, &row);
}

/* What it held is held no more. Of two rows of one key in one import the later counts, so that what it holds again comes back. */
static void let_go(struct writing *writing, const struct kept_receipt *receipt)
{
    for (size_t i = 0; i < receipt->hold_count; i++) {
        if (receipt->reason != MATCH_NONE) {
            add_offer(writing, receipt, &receipt->holds[i], true);
            continue;
        }
        add_receipt(writing, receipt, &receipt->holds[i], 0, true);
        add_payment(writing, receipt, &receipt->holds[i], 0, true);
    }
}

static void add_change(struct writing *writing, const struct receipt_change *change)
{
    const struct kept_receipt *receipt = change->receipt;
    bool has_head = receipt->reason != MATCH_NONE && receipt->reason != MATCH_NO_PAYER;

    let_go(writing, receipt);
    if (change->reason != MATCH_NONE && change->reason != receipt->reason)
        add_head(writing, receipt, change->reason, false);
    else if (change->reason == MATCH_NONE && has_head)
        add_head(writing, receipt, receipt->reason, true);
    for (size_t i = 0; i < change->part_count; i++) {
        const struct receipt_part *part = &change->parts[i];
        const struct receivable *receivable = &writing->receivables[part->receivable];
        const struct receipt_hold hold = {receivable->contract, receivable->milestone, part->confidence_ppm,
                                          match_reason_code(part->reason)};
        if (part->is_offer) {
            add_offer(writing, receipt, &hold, false);
            continue;
        }
        add_receipt(writing, receipt, &hold, part->amount_fen, false);
        add_payment(writing, receipt, &hold, part->amount_fen, false);
    }
}

static enum zcd_code stage(struct writing *writing, size_t size_max, struct zcd_error *err)
{
    for (int table = 0; table < TABLE_COUNT; table++) {
        if (writing->waiting[table].encoded.size > size_max
            && fact_table_stage(writing->db, TABLES[table], &writing->waiting[table], err) != ZCD_OK)
            return err->code;
    }
    return ZCD_OK;
}

static enum zcd_code write(struct writing *writing, struct fact_import *import, const struct receipt_change *changes, size_t count,
                           struct zcd_error *err)
{
    for (size_t i = 0; i < count; i++) {
        add_change(writing, &changes[i]);
        if (stage(writing, WAITING_SIZE_MAX, err) != ZCD_OK)
            return err->code;
    }
    if (stage(writing, 0, err) != ZCD_OK)
        return err->code;
    for (int table = 0; table < TABLE_COUNT; table++) {
        if (writing->waiting[table].added > 0 && fact_table_write(writing->db, TABLES[table], import, err) != ZCD_OK)
            return err->code;
    }
    return ZCD_OK;
}

enum zcd_code bank_statement_store_write(struct db *db, struct fact_import *import, const char *uscc, int64_t statement,
                                         const struct receivable *receivables, const struct receipt_change *changes, size_t count,
                                         struct zcd_error *err)
{
    struct writing writing = {.db = db, .uscc = uscc, .receivables = receivables};
    enum zcd_code code = write(&writing, import, changes, count, err);

    for (int table = 0; table < TABLE_COUNT; table++)
        db_copy_done(&writing.waiting[table]);
    return code == ZCD_OK
               ? bank_statement_store_mark(db, &(struct facts_of){uscc, import->lender}, statement, import->id, err)
               : code;
}

static const struct db_statement MARK = {"bank_statement_mark",
                                         "UPDATE bank_statement SET matched_to = greatest(matched_to, $4)"
                                         " WHERE uscc = $1 AND lender = $2 AND import_id = $3"};

enum zcd_code bank_statement_store_mark(struct db *db, const struct facts_of *facts, int64_t statement, int64_t matched_to,
                                        struct zcd_error *err)
{
    return db_execute(db, &MARK,
                      DB_VALUES(db_text(facts->uscc), db_text(facts->lender), db_int8(statement), db_int8(matched_to)), err);
}
