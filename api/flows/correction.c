#include "api/flows/correction.h"

#include "api/flows/idempotency_store.h"
#include "api/flows/submit.h"
#include "audit/canonical_json.h"
#include "base/cleanup.h"

#include <string.h>

static void format_id(const struct record *record, char id[static CORRECTION_ID_SIZE])
{
    memcpy(id, "co_", 3);
    memcpy(id + 3, record->subject.uscc.text, USCC_LENGTH);
    id[3 + USCC_LENGTH] = '_';
    hex_encode(record->nonce, RECORD_NONCE_SIZE, id + 4 + USCC_LENGTH);
}

/* ------------------------------------------------------------------ record */

static void commit(struct correction *correction, const char *member, const char *value, struct buffer *body)
{
    char digest[SHA256_TEXT_SIZE];

    buffer_append_format(body, "%s\"%s\":", body->size > 1 ? "," : "", member);
    if (value == NULL || *value == '\0') {
        buffer_append_text(body, "null");
        return;
    }
    struct commitment *commitment = &correction->commitments[correction->entry.commitment_count++];
    *commitment = commitment_new(bytes_of_text(value));
    buffer_append_format(body, "\"%s\"", sha256_format(&commitment->digest, digest));
}

static void append_name(const char *member, const char *name, struct buffer *body)
{
    buffer_append_format(body, "%s\"%s\":", body->size > 1 ? "," : "", member);
    canonical_json_append_string(body, bytes_of_text(name));
}

static enum zcd_code begin(struct correction *correction, enum record_kind kind, const struct correction_row *row,
                           const struct caller *caller, struct zcd_error *err)
{
    struct record *record = &correction->entry.record;

    submit_prepare(record, kind, caller->id, caller->role);
    record->actor.lender = caller->lender;
    correction->row = *row;
    return uscc_parse(row->uscc, &record->subject.uscc, err);
}

static void end(struct correction *correction, const struct buffer *body, struct arena *arena)
{
    struct log_entry *entry = &correction->entry;

    entry->record.body = (struct bytes){(const uint8_t *)arena_copy_bytes(arena, body->data, body->size), body->size};
    entry->commitments = correction->commitments;
}

enum zcd_code correction_prepare(const struct fact_named *fact, const struct fact_filing *filing,
                                 const struct fact_page *now, const struct caller *caller, struct arena *arena,
                                 struct correction *correction, struct zcd_error *err)
{
    ZCD_AUTO(buffer_done)
    struct buffer body = {0};
    const struct correction_row row = {.uscc = fact->uscc,
                                       .id = correction->id,
                                       .lender = fact->lender,
                                       .collection = fact->form->name,
                                       .key = fact->key,
                                       .seen_import = now->count > 0 ? now->told[0].import_id : 0,
                                       .filed_by = caller->id,
                                       .proposed = filing->proposed,
                                       .reason = filing->reason,
                                       .evidence = *filing->evidence == '\0' ? NULL : filing->evidence,
                                       .decided_index = -1};

    if (begin(correction, RECORD_CORRECTION_FILED, &row, caller, err) != ZCD_OK)
        return err->code;
    format_id(&correction->entry.record, correction->id);
    buffer_append_text(&body, "{");
    commit(correction, "evidence", filing->evidence, &body);
    append_name("fact", fact_named_format(fact, arena), &body);
    append_name("lender", fact->lender, &body);
    commit(correction, "new", filing->proposed, &body);
    commit(correction, "text", filing->reason, &body);
    buffer_append_text(&body, "}");
    end(correction, &body, arena);
    return ZCD_OK;
}

static enum zcd_code check_open(const struct correction_row *row, struct zcd_error *err)
{
    return row->outcome == NULL ? ZCD_OK : zcd_fail(err, ZCD_CONFLICT, "the correction was decided on already");
}

static struct fact_named fact_of(const struct correction_row *row)
{
    return (struct fact_named){
        .form = strcmp(row->collection, fact_form_at(FACT_FORM_ORGANISATION)->name) == 0
                    ? fact_form_at(FACT_FORM_ORGANISATION)
                    : fact_form_at(fact_form_find(row->collection)),
        .uscc = row->uscc,
        .lender = row->lender,
        .key = row->key,
    };
}

enum zcd_code correction_prepare_refusal(const struct correction_row *row, const char *reason, const struct caller *caller,
                                         struct arena *arena, struct correction *correction, struct zcd_error *err)
{
    ZCD_AUTO(buffer_done)
    struct buffer body = {0};
    const struct fact_named fact = fact_of(row);

    if (check_open(row, err) != ZCD_OK || begin(correction, RECORD_CORRECTION_REFUSED, row, caller, err) != ZCD_OK)
        return err->code;
    correction->is_refusal = true;
    correction->prior = (uint64_t)row->log_index;
    correction->entry.record.prior = &correction->prior;
    correction->entry.record.prior_count = 1;
    correction->row.outcome = "refused";
    correction->row.decided_by = caller->id;
    correction->row.decision = reason;
    buffer_append_text(&body, "{");
    append_name("fact", fact_named_format(&fact, arena), &body);
    commit(correction, "text", reason, &body);
    buffer_append_text(&body, "}");
    end(correction, &body, arena);
    return ZCD_OK;
}

/* -------------------------------------------------------------- acceptance */

/* In the transaction of the changed fact. */
static enum zcd_code accept_row(struct db *db, struct fact_change *change, struct zcd_error *err)
{
    struct correction_acceptance *acceptance = (struct correction_acceptance *)change; /* its first member */
    struct correction_row *row = &acceptance->row;

    row->outcome = "accepted";
    row->decided_by = change->actor;
    row->decided_at_us = change->entry.at_us;
    row->decided_index = (int64_t)change->entry.index;
    row->import_id = change->import;
    enum zcd_code code = correction_store_decide(db, row, NULL, err);
    if (code == ZCD_OK && acceptance->key != NULL) {
        acceptance->key->subject = row->id;
        code = idempotency_store_insert(db, acceptance->key, err);
    }
    return code;
}

/* What was proposed, read again; it may not fit the facts any more. */
static enum zcd_code read_proposed(struct db *db, const struct fact_named *fact, const struct correction_row *row,
                                   const struct fact_page *now, struct date today, struct arena *arena,
                                   struct fact_statement *statement, struct zcd_error *err)
{
    if (row->proposed == NULL)
        return zcd_fail(err, ZCD_CONFLICT, "what was proposed is erased");
    enum zcd_code code = fact_proposal_decode(fact->form, fact->key, bytes_of_text(row->proposed),
                                              now->count > 0 ? now->rows : NULL, today, arena, statement, err);
    if (code == ZCD_OK)
        code = fact_change_check(db, fact, statement->row, today, arena, err);
    if (code == ZCD_INVALID || code == ZCD_NOT_FOUND)
        return zcd_fail(err, ZCD_CONFLICT, "what was proposed does not fit the facts any more");
    return code;
}

enum zcd_code correction_prepare_acceptance(struct db *db, const struct correction_row *row, const struct caller *caller,
                                            struct date today, struct arena *arena,
                                            struct correction_acceptance *acceptance, struct zcd_error *err)
{
    const struct fact_named fact = fact_of(row);
    struct fact_statement statement;
    struct fact_page now;

    if (check_open(row, err) != ZCD_OK || fact_change_find(db, &fact, today, arena, &now, err) != ZCD_OK)
        return err->code;
    if ((now.count > 0 ? now.told[0].import_id : 0) != row->seen_import)
        return zcd_fail(err, ZCD_CONFLICT, "the fact has changed since the correction was filed");
    if (read_proposed(db, &fact, row, &now, today, arena, &statement, err) != ZCD_OK)
        return err->code;
    statement.reason = row->reason == NULL ? "" : row->reason;
    enum zcd_code code = fact_change_prepare(&fact, &statement, &now, caller, arena, &acceptance->change, err);
    acceptance->row = *row;
    acceptance->prior = (uint64_t)row->log_index;
    acceptance->change.entry.record.prior = &acceptance->prior;
    acceptance->change.entry.record.prior_count = 1;
    acceptance->change.insert_more = accept_row;
    return code;
}

/* -------------------------------------------------------------- submitting */

static void finish(struct log_entry *entry, const struct log_receipt *receipt, const struct zcd_error *err)
{
    struct correction *correction = entry->user;

    correction->done(correction, receipt == NULL ? err : NULL);
}

enum zcd_code correction_submit(struct log *log, struct correction *correction, struct zcd_error *err)
{
    correction->entry.user = correction;
    correction->entry.done = finish;
    return log_submit(log, &correction->entry, err);
}

bool correction_is(const struct log_entry *entry)
{
    return entry->done == finish
           && (entry->record.kind == RECORD_CORRECTION_FILED || entry->record.kind == RECORD_CORRECTION_REFUSED);
}

/* The commitments stand in the order of the body's members: evidence (where it is given), new, text. */
static enum zcd_code insert_filing(struct db *db, struct correction *correction, struct zcd_error *err)
{
    const struct commitment *given = correction->commitments;
    bool has_evidence = correction->entry.commitment_count == CORRECTION_COMMITMENTS;
    const struct correction_commitments commitments = {.evidence = has_evidence ? given[0].digest.bytes : NULL,
                                                       .proposed = given[has_evidence ? 1 : 0].digest.bytes,
                                                       .reason = given[has_evidence ? 2 : 1].digest.bytes};

    correction->row.log_index = (int64_t)correction->entry.index;
    correction->row.filed_at_us = correction->entry.at_us;
    return correction_store_insert(db, &correction->row, &commitments, err);
}

enum zcd_code correction_insert_rows(struct db *db, const struct log_entry *entry, struct zcd_error *err)
{
    struct correction *correction = entry->user;
    enum zcd_code code;

    if (correction->is_refusal) {
        correction->row.decided_index = (int64_t)entry->index;
        correction->row.decided_at_us = entry->at_us;
        code = correction_store_decide(db, &correction->row, correction->commitments[0].digest.bytes, err);
    } else {
        code = insert_filing(db, correction, err);
    }
    if (code != ZCD_OK || correction->key == NULL)
        return code;
    correction->key->subject = correction->row.id;
    return idempotency_store_insert(db, correction->key, err);
}
