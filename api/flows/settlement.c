#include "api/flows/settlement.h"

#include "api/clock.h"
#include "api/flows/idempotency_store.h"
#include "api/flows/submit.h"
#include "api/jobs/matching_job.h"
#include "audit/canonical_json.h"
#include "base/cleanup.h"
#include "base/error_list.h"
#include "contracts/import_store.h"
#include "contracts/payer_alias_store.h"
#include "contracts/receivable_store.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { FACT_NAME_SIZE = 96 };

/* ---------------------------------------------------------------------------- record */

static void append_member(struct buffer *json, const char *name, const char *value)
{
    buffer_append_format(json, "%s\"%s\":", json->size > 1 ? "," : "", name);
    canonical_json_append_string(json, bytes_of_text(value));
}

static struct bytes keep_bytes(const struct buffer *from, struct arena *arena)
{
    return (struct bytes){(const uint8_t *)arena_copy_bytes(arena, from->data, from->size), from->size};
}

/* What is committed to: all that the person said. */
static struct bytes make_value(const struct settlement *settlement, struct arena *arena)
{
    ZCD_AUTO(buffer_done)
    struct buffer json = {0};
    bool is_of_receipt = settlement->form == SETTLEMENT_OF_RECEIPT;

    buffer_append_text(&json, "{");
    if (settlement->alias != NULL) {
        append_member(&json, "alias", settlement->alias);
        append_member(&json, "alias_of", settlement->payer_id);
    }
    if (is_of_receipt)
        buffer_append_format(&json, "%s\"parts\":[", json.size > 1 ? "," : "");
    for (size_t i = 0; i < settlement->share_count; i++) {
        buffer_append_format(&json, "%s{\"amount_fen\":%" PRId64 ",\"contract\":", i == 0 ? "" : ",", settlement->shares[i].amount_fen);
        canonical_json_append_string(&json, bytes_of_text(settlement->shares[i].contract));
        buffer_append_text(&json, ",\"milestone\":");
        canonical_json_append_string(&json, bytes_of_text(settlement->shares[i].milestone));
        buffer_append_text(&json, "}");
    }
    if (is_of_receipt)
        buffer_append_text(&json, "]");
    if (settlement->form == SETTLEMENT_OF_RECEIPT || settlement->form == SETTLEMENT_TAKEN_BACK)
        append_member(&json, "receipt", settlement->receipt.key.id);
    append_member(&json, "state",
                  settlement->form == SETTLEMENT_OF_RECEIPT   ? "settled"
                  : settlement->form == SETTLEMENT_TAKEN_BACK ? "waiting"
                  : settlement->form == SETTLEMENT_ALIAS      ? "taught"
                                                              : "removed");
    buffer_append_text(&json, "}");
    return keep_bytes(&json, arena);
}

/* The names of facts are bounded in records: long ids of receipts stand in the value alone. */
static void name_fact(const struct settlement *settlement, char name[static FACT_NAME_SIZE])
{
    if (settlement->form == SETTLEMENT_ALIAS || settlement->form == SETTLEMENT_ALIAS_REMOVED)
        (void)snprintf(name, FACT_NAME_SIZE, "payer_alias");
    else
        (void)snprintf(name, FACT_NAME_SIZE, "receipt/%s/%.48s", settlement->receipt.key.account, settlement->receipt.key.id);
}

static bool is_plain(const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text < ' ' || *text > '~' || *text == '"' || *text == '\\')
            return false;
    }
    return true;
}

static enum zcd_code make_record(struct settlement *settlement, const char *note, const struct caller *caller,
                                 struct arena *arena, struct zcd_error *err)
{
    ZCD_AUTO(buffer_done)
    struct buffer body = {0};
    char fact[FACT_NAME_SIZE], digest[SHA256_TEXT_SIZE];
    struct log_entry *entry = &settlement->entry;

    name_fact(settlement, fact);
    submit_prepare(&entry->record, RECORD_CORRECTION, caller->id, caller->role);
    entry->record.actor.lender = caller->lender;
    settlement->commitments[0] = commitment_new(make_value(settlement, arena));
    buffer_append_format(&body, "{\"fact\":\"%s\",\"new\":\"%s\",\"old\":null,\"text\":", is_plain(fact) ? fact : "receipt",
                         sha256_format(&settlement->commitments[0].digest, digest));
    entry->commitment_count = 1;
    if (*note != '\0') {
        settlement->commitments[1] = commitment_new(bytes_of_text(note));
        buffer_append_format(&body, "\"%s\"}", sha256_format(&settlement->commitments[1].digest, digest));
        entry->commitment_count = 2;
    } else {
        buffer_append_text(&body, "null}");
    }
    entry->commitments = settlement->commitments;
    entry->record.body = keep_bytes(&body, arena);
    return uscc_parse(settlement->facts.uscc, &entry->record.subject.uscc, err);
}

static void begin(struct settlement *settlement, enum settlement_form form, const struct caller *caller, const char *uscc)
{
    settlement->form = form;
    settlement->facts = (struct facts_of){uscc, caller->lender};
    settlement->actor = caller->id;
}

/* -------------------------------------------------------------------------- checking */

/* Is the part one that its milestone can take, for all that is known? */
static void check_share(const struct receivables *known, const struct receipt_share *shares, size_t i,
                        const struct error_place *place)
{
    const struct receipt_share *share = &shares[i];
    const struct receivable *receivable = receivables_find(known, share->contract, share->milestone);

    if (receivable == NULL) {
        error_add(place, NULL, "the organisation has no such milestone");
        return;
    }
    for (size_t before = 0; before < i; before++) {
        if (strcmp(shares[before].contract, share->contract) == 0 && strcmp(shares[before].milestone, share->milestone) == 0)
            error_add(place, NULL, "the milestone stands twice");
    }
    if (*share->milestone != '\0' && share->amount_fen > receivable->open_fen)
        error_add(place, NULL, "more than is open of the milestone: %" PRId64 " fen", receivable->open_fen);
}

static void check_sum(const struct settlement_request *request, int64_t amount_fen, const struct error_place *place)
{
    int64_t left_fen = amount_fen - request->not_contract_fen;

    for (size_t i = 0; i < request->part_count && left_fen >= 0; i++)
        left_fen = request->parts[i].amount_fen > left_fen ? -1 : left_fen - request->parts[i].amount_fen;
    if (left_fen != 0)
        error_add(place, "parts", "the parts and not_contract_fen do not make up the receipt's %" PRId64 " fen", amount_fen);
}

/* What is wrong is added; the result is whether that could be found out. */
static enum zcd_code check_shares(struct db *db, const struct settlement *settlement, struct arena *arena,
                                  const struct error_place *place, struct zcd_error *err)
{
    struct receivables known;
    enum zcd_code code = settlement->share_count == 0
                             ? ZCD_OK
                             : receivable_store_load_open(db, &settlement->facts, arena, &known, err);

    for (size_t i = 0; code == ZCD_OK && i < settlement->share_count; i++) {
        const struct error_place row = error_place_row(place, "parts", i);
        check_share(&known, settlement->shares, i, &row);
    }
    return code;
}

/* The payer is known, and the name is another than its own. */
static enum zcd_code check_alias(struct db *db, const struct settlement *settlement, struct arena *arena, bool *is_own,
                                 struct zcd_error *err)
{
    const struct payer *payer;
    size_t size = strlen(settlement->alias);
    enum zcd_code code =
        payer_alias_store_find_payer(db, &settlement->facts, settlement->payer_id, arena, &payer, err);

    *is_own = false;
    if (code == ZCD_NOT_FOUND)
        return zcd_fail(err, ZCD_INVALID, "the organisation has no such payer");
    if (code != ZCD_OK)
        return code;
    *is_own = true;
    if (size == 0 || size > PAYER_ALIAS_SIZE_MAX)
        return zcd_fail(err, ZCD_INVALID, "a name has 1 to %d bytes", PAYER_ALIAS_SIZE_MAX);
    if (strcmp(payer->name, settlement->alias) == 0)
        return zcd_fail(err, ZCD_INVALID, "that is the payer's own name");
    return ZCD_OK;
}

/* All that a person asks for; what is wrong is added, and the result is whether that could be found out. */
static enum zcd_code check_request(struct db *db, const struct settlement_request *request, struct settlement *settlement,
                                   struct arena *arena, const struct error_place *place, struct zcd_error *err)
{
    bool unused;
    enum zcd_code code = check_shares(db, settlement, arena, place, err);

    if (code != ZCD_OK)
        return code;
    check_sum(request, settlement->receipt.amount_fen, place);
    if (strlen(request->note) > COMMITMENT_VALUE_SIZE_MAX)
        error_add(place, "note", "longer than %d bytes", COMMITMENT_VALUE_SIZE_MAX);
    if (*request->alias_of == '\0')
        return ZCD_OK;
    settlement->payer_id = request->alias_of;
    settlement->alias = settlement->receipt.payer_name;
    code = check_alias(db, settlement, arena, &unused, err);
    if (code != ZCD_INVALID)
        return code;
    error_add_error(place, "alias_of", err);
    return ZCD_OK;
}

enum zcd_code settlement_prepare(struct db *db, const struct settlement_request *request, const struct receipt_row_read *receipt,
                                 const struct caller *caller, const char *uscc, struct arena *arena,
                                 struct settlement *settlement, struct zcd_error *err)
{
    struct error_list list = {.arena = arena};
    const struct error_place place = error_place_of(&list);

    begin(settlement, SETTLEMENT_OF_RECEIPT, caller, uscc);
    settlement->receipt = *receipt;
    settlement->seen_import = receipt->import_id;
    if (receipt->state != RECEIPT_WAITING)
        return zcd_fail(err, ZCD_CONFLICT, "the receipt does not wait for anybody to say where it belongs");
    settlement->shares = ARENA_NEW(arena, struct receipt_share, request->part_count + 1);
    settlement->share_count = request->part_count;
    for (size_t i = 0; i < request->part_count; i++)
        settlement->shares[i] =
            (struct receipt_share){request->parts[i].contract, request->parts[i].milestone, request->parts[i].amount_fen};
    enum zcd_code code = check_request(db, request, settlement, arena, &place, err);
    if (code == ZCD_OK)
        code = error_list_refuse(&list, err);
    return code == ZCD_OK ? make_record(settlement, request->note, caller, arena, err) : code;
}

enum zcd_code settlement_prepare_taking_back(const struct receipt_row_read *receipt, const struct caller *caller, const char *uscc,
                                             struct arena *arena, struct settlement *settlement, struct zcd_error *err)
{
    begin(settlement, SETTLEMENT_TAKEN_BACK, caller, uscc);
    settlement->receipt = *receipt;
    settlement->seen_import = receipt->import_id;
    if (receipt->state != RECEIPT_SETTLED)
        return zcd_fail(err, ZCD_CONFLICT, "nobody has said where the receipt belongs");
    return make_record(settlement, "", caller, arena, err);
}

/* Does the name stand already? */
static enum zcd_code find_alias(struct db *db, const struct settlement *settlement, struct arena *arena, bool *is_known,
                                struct zcd_error *err)
{
    struct payer_alias_row *aliases;
    size_t count;
    enum zcd_code code = payer_alias_store_load(db, &settlement->facts, arena, &aliases, &count, err);

    *is_known = false;
    for (size_t i = 0; code == ZCD_OK && i < count; i++)
        *is_known = *is_known || (strcmp(aliases[i].payer_id, settlement->payer_id) == 0
                                  && strcmp(aliases[i].alias, settlement->alias) == 0);
    return code;
}

enum zcd_code settlement_prepare_alias(struct db *db, const struct payer_alias_request *request, bool is_removed,
                                       const struct caller *caller, const char *uscc, struct arena *arena,
                                       struct settlement *settlement, struct zcd_error *err)
{
    bool is_known, is_alias = false;

    begin(settlement, is_removed ? SETTLEMENT_ALIAS_REMOVED : SETTLEMENT_ALIAS, caller, uscc);
    settlement->payer_id = request->payer;
    settlement->alias = request->alias;
    enum zcd_code code = is_removed ? ZCD_OK : check_alias(db, settlement, arena, &is_alias, err);
    if (code == ZCD_INVALID)
        return zcd_fail_within(err, is_alias ? "alias" : "payer");
    if (code == ZCD_OK)
        code = find_alias(db, settlement, arena, &is_known, err);
    if (code != ZCD_OK)
        return code;
    if (is_known != is_removed)
        return zcd_fail(err, ZCD_CONFLICT, is_removed ? "the payer has no such name" : "the payer has that name already");
    return make_record(settlement, "", caller, arena, err);
}

/* ------------------------------------------------------------------------ submitting */

static void finish(struct log_entry *entry, const struct log_receipt *receipt, const struct zcd_error *err)
{
    struct settlement *settlement = entry->user;

    settlement->done(settlement, receipt == NULL ? err : NULL);
}

enum zcd_code settlement_submit(struct log *log, struct settlement *settlement, struct zcd_error *err)
{
    settlement->entry.user = settlement;
    settlement->entry.done = finish;
    return log_submit(log, &settlement->entry, err);
}

bool settlement_is(const struct log_entry *entry)
{
    return entry->record.kind == RECORD_CORRECTION && entry->done == finish;
}

/* ------------------------------------------------------------------------------ rows */

static enum zcd_code fail_old(struct settlement *settlement, const char *why, struct zcd_error *err)
{
    settlement->is_old = true;
    return zcd_fail(err, ZCD_CONFLICT, "%s", why);
}

/* The receipt as it stands now, with the lender's turn taken, is the one that the person saw. */
static enum zcd_code check_still(struct db *db, struct settlement *settlement, struct arena *arena, struct zcd_error *err)
{
    struct receipt_row_read now;
    enum zcd_code code = receipt_store_find(db, &settlement->facts, &settlement->receipt.key, arena, &now, err);

    if (code == ZCD_NOT_FOUND)
        return fail_old(settlement, "the statement that showed the receipt was taken back", err);
    if (code != ZCD_OK)
        return code;
    if (now.import_id != settlement->seen_import)
        return fail_old(settlement, "it was said meanwhile where the receipt belongs, or it was matched again", err);
    return ZCD_OK;
}

static void now_settled(struct settlement *settlement, const struct fact_import *import)
{
    struct receipt_row_read *receipt = &settlement->receipt;

    receipt->state = RECEIPT_SETTLED;
    receipt->matched_fen = 0;
    for (size_t i = 0; i < settlement->share_count; i++)
        receipt->matched_fen += settlement->shares[i].amount_fen;
    receipt->reason = match_reason_code(settlement->share_count == 0 ? MATCH_PERSON_NO_PAYMENT : MATCH_PERSON);
    receipt->confidence_ppm = match_reason_confidence_ppm(MATCH_PERSON);
    receipt->recorded_at_us = import->recorded_at_us;
    receipt->actor = settlement->actor;
}

static enum zcd_code write_settlement(struct db *db, struct settlement *settlement, struct fact_import *import,
                                      struct arena *arena, struct zcd_error *err)
{
    struct error_list list = {.arena = NULL};
    const struct error_place place = error_place_of(&list);
    enum zcd_code code = check_still(db, settlement, arena, err);

    if (code == ZCD_OK)
        code = check_shares(db, settlement, arena, &place, err);
    if (code == ZCD_OK && list.count > 0)
        return fail_old(settlement, "a milestone has no longer as much open as the part", err);
    if (code == ZCD_OK)
        code = receipt_store_settle(db, import, settlement->facts.uscc, &settlement->receipt, settlement->shares,
                                    settlement->share_count, err);
    if (code == ZCD_OK)
        now_settled(settlement, import);
    if (code == ZCD_OK && settlement->alias != NULL)
        code = payer_alias_store_write(db, import, settlement->facts.uscc, settlement->payer_id, settlement->alias, false, err);
    return code;
}

static enum zcd_code write_alias(struct db *db, struct settlement *settlement, struct fact_import *import, struct zcd_error *err)
{
    bool is_removed = settlement->form == SETTLEMENT_ALIAS_REMOVED;
    enum zcd_code code = payer_alias_store_write(db, import, settlement->facts.uscc, settlement->payer_id, settlement->alias,
                                                 is_removed, err);

    if (code == ZCD_OK && import->added == 0)
        return fail_old(settlement, is_removed ? "the payer has no such name" : "the payer has that name already", err);
    return code;
}

static enum zcd_code write_import(struct db *db, struct settlement *settlement, int64_t at_us, struct zcd_error *err)
{
    ZCD_AUTO(arena_done)
    struct arena arena = {0};
    struct fact_import import;
    enum zcd_code code = import_store_begin_at_once(db, settlement->facts.lender, at_us, &settlement->is_busy, &import, err);

    if (code == ZCD_OK)
        code = settlement->form == SETTLEMENT_OF_RECEIPT ? write_settlement(db, settlement, &import, &arena, err)
                                                         : write_alias(db, settlement, &import, err);
    return code == ZCD_OK
               ? import_store_end(db, &import, &(struct import_row){.kind = "correction", .actor = settlement->actor}, err)
               : code;
}

static enum zcd_code take_back(struct db *db, struct settlement *settlement, int64_t at_us, struct zcd_error *err)
{
    ZCD_AUTO(arena_done)
    struct arena arena = {0};
    struct fact_import withdrawal;
    enum zcd_code code = check_still(db, settlement, &arena, err);

    if (code == ZCD_OK)
        code = import_store_withdraw(db, settlement->facts.lender, settlement->seen_import, settlement->actor, at_us,
                                     &settlement->is_busy, &withdrawal, err);
    settlement->is_old = settlement->is_old || (code == ZCD_CONFLICT && !settlement->is_busy);
    return code;
}

enum zcd_code settlement_insert_rows(struct db *db, const struct log_entry *entry, struct zcd_error *err)
{
    struct settlement *settlement = entry->user;

    settlement->is_old = settlement->is_busy = false; /* of a try before, as is the next */
    settlement->receipt.state = RECEIPT_WAITING;
    enum zcd_code code = import_store_take_turn(db, settlement->facts.lender, &settlement->is_busy, err);
    if (code == ZCD_OK)
        code = settlement->form == SETTLEMENT_TAKEN_BACK ? take_back(db, settlement, clock_now_us(), err)
                                                         : write_import(db, settlement, clock_now_us(), err);
    if (code == ZCD_OK && settlement->alias != NULL) /* receipts under that name may match by now */
        code = matching_job_ask(db, &entry->record, err);
    if (code != ZCD_OK || settlement->key == NULL)
        return code;
    settlement->key->subject = settlement->facts.uscc;
    return idempotency_store_insert(db, settlement->key, err);
}
