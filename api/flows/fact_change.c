#include "api/flows/fact_change.h"

#include "api/clock.h"
#include "api/codec/json_writer.h"
#include "api/flows/submit.h"
#include "api/jobs/matching_job.h"
#include "audit/canonical_json.h"
#include "base/cleanup.h"
#include "contracts/contract_store.h"
#include "contracts/facts_store.h"
#include "contracts/import_store.h"
#include "contracts/payer_store.h"

#include <stdio.h>
#include <string.h>

enum zcd_code fact_change_find(struct db *db, const struct fact_named *fact, struct date today, struct arena *arena,
                               struct fact_page *page, struct zcd_error *err)
{
    const struct fact_question question = {.uscc = fact->uscc,
                                           .lender = fact->lender,
                                           .as_of = today,
                                           .known_at_us = FACTS_KNOWN_NOW,
                                           .after_lender = "",
                                           .after_key = "",
                                           .key = fact->key,
                                           .limit = 1};

    return fact_table_page(db, fact->form->table, &question, arena, page, err);
}

/* -------------------------------------------------------------- references */

/* Columns that name another thing, and of which form that is. */
static const struct {
    const char *column;
    enum fact_form_number form;
} REFERENCES[] = {
    {"contract_id", FACT_FORM_CONTRACTS},
    {"facility_id", FACT_FORM_FACILITIES},
    {"milestone_id", FACT_FORM_MILESTONES},
    {"payer_id", FACT_FORM_PAYERS},
};

/* The key of an id, as the tables write it; a milestone's begins with its contract's, the first column. */
static const char *key_of(const struct fact_form *form, const void *row, size_t column, struct arena *arena)
{
    ZCD_AUTO(buffer_done)
    struct buffer key = {0};
    const struct fact_column *columns = form->table->columns;
    size_t first = strcmp(columns[column].name, "milestone_id") == 0 ? 0 : column;

    for (size_t i = first; i <= column; i++) {
        const char *id = *(const char *const *)((const char *)row + columns[i].offset);
        buffer_append_text(&key, i == first ? "" : ",");
        for (; *id != '\0'; id++) {
            if (*id == '%' || *id == ',')
                buffer_append_format(&key, "%%%02X", (unsigned)*id);
            else
                buffer_append(&key, id, 1);
        }
    }
    return key.size == 0 ? "" : arena_copy_bytes(arena, key.data, key.size);
}

static enum zcd_code check_reference(struct db *db, const struct fact_named *fact, const void *row, size_t column,
                                     enum fact_form_number target, struct date today, struct arena *arena,
                                     const struct error_place *value, struct zcd_error *err)
{
    struct fact_named named = *fact;
    struct fact_page page;

    named.form = fact_form_at(target);
    named.key = key_of(fact->form, row, column, arena);
    enum zcd_code code = fact_change_find(db, &named, today, arena, &page, err);
    if (code == ZCD_OK && page.count == 0)
        error_add(value, fact_member_name(fact->form, column), "there is none of this id");
    return code;
}

enum zcd_code fact_change_check(struct db *db, const struct fact_named *fact, const void *row, struct date today,
                                struct arena *arena, struct zcd_error *err)
{
    struct error_list list = {.arena = arena};
    const struct error_place document = error_place_of(&list);
    const struct error_place value = error_place_member(&document, "value");
    const struct fact_table *table = fact->form->table;
    const struct fact_row *head = row;

    for (size_t column = 0; !head->removed && column < table->column_count; column++) {
        const char *const *id = (const void *)((const char *)row + table->columns[column].offset);
        for (size_t i = 0; i < sizeof REFERENCES / sizeof *REFERENCES; i++) {
            if (strcmp(REFERENCES[i].column, table->columns[column].name) != 0
                || fact_column_is_own_id(table, column) || **id == '\0')
                continue;
            enum zcd_code code =
                check_reference(db, fact, row, column, REFERENCES[i].form, today, arena, &value, err);
            if (code != ZCD_OK)
                return code;
        }
    }
    return error_list_refuse(&list, err);
}

/* ------------------------------------------------------------------ record */

const char *fact_named_format(const struct fact_named *fact, struct arena *arena)
{
    const char *key = fact_key_format(fact->key, arena);
    char *name = arena_alloc(arena, RECORD_NAME_LENGTH_MAX + 1, 1), digest[SHA256_TEXT_SIZE];
    struct sha256 sha256 = sha256_of(bytes_of_text(key));
    bool fits = strlen(fact->form->name) + 1 + strlen(key) <= RECORD_NAME_LENGTH_MAX;

    (void)snprintf(name, RECORD_NAME_LENGTH_MAX + 1, "%s/%s", fact->form->name,
                   fits ? key : sha256_format(&sha256, digest));
    return name;
}

/* A row's value, or null for what is no more. */
static enum zcd_code encode(const struct fact_form *form, const void *row, struct arena *arena, struct bytes *value,
                            struct zcd_error *err)
{
    ZCD_AUTO(buffer_done)
    struct buffer json = {0};
    const struct fact_row *head = row;
    struct json_writer writer;
    enum zcd_code code = ZCD_OK;

    if (head->removed) {
        buffer_append_text(&json, "null");
    } else {
        json_writer_init(&writer, &json);
        fact_value_write(form, row, NULL, &writer);
        code = json_writer_finish(&writer, err);
    }
    if (code == ZCD_OK)
        *value = (struct bytes){(const uint8_t *)arena_copy_bytes(arena, json.data, json.size), json.size};
    return code;
}

/* A commitment as the next member of the body; null where there is nothing to commit to. */
static void commit(struct fact_change *change, const char *member, const struct bytes *value, struct buffer *body)
{
    char digest[SHA256_TEXT_SIZE];

    buffer_append_format(body, ",\"%s\":", member);
    if (value == NULL) {
        buffer_append_text(body, "null");
        return;
    }
    struct commitment *commitment = &change->commitments[change->entry.commitment_count++];
    *commitment = commitment_new(*value);
    buffer_append_format(body, "\"%s\"", sha256_format(&commitment->digest, digest));
}

static enum zcd_code make_body(struct fact_change *change, const struct fact_statement *statement,
                               const struct fact_page *now, struct arena *arena, struct zcd_error *err)
{
    ZCD_AUTO(buffer_done)
    struct buffer body = {0};
    const struct bytes reason = bytes_of_text(statement->reason);
    struct bytes new_value, old_value;

    if (encode(change->fact.form, statement->row, arena, &new_value, err) != ZCD_OK
        || (now->count > 0 && encode(change->fact.form, now->rows, arena, &old_value, err) != ZCD_OK))
        return err->code;
    buffer_append_text(&body, "{\"fact\":");
    canonical_json_append_string(&body, bytes_of_text(fact_named_format(&change->fact, arena)));
    commit(change, "new", &new_value, &body);
    commit(change, "old", now->count > 0 ? &old_value : NULL, &body);
    commit(change, "text", reason.size > 0 ? &reason : NULL, &body);
    buffer_append_text(&body, "}");
    change->entry.record.body = (struct bytes){(const uint8_t *)arena_copy_bytes(arena, body.data, body.size), body.size};
    change->entry.commitments = change->commitments;
    return ZCD_OK;
}

enum zcd_code fact_change_prepare(const struct fact_named *fact, const struct fact_statement *statement,
                                  const struct fact_page *now, const struct caller *caller, struct arena *arena,
                                  struct fact_change *change, struct zcd_error *err)
{
    struct record *record = &change->entry.record;

    change->fact = *fact;
    change->actor = caller->id;
    change->row = statement->row;
    change->seen_import = now->count > 0 ? now->told[0].import_id : 0;
    submit_prepare(record, RECORD_CORRECTION, caller->id, caller->role);
    record->actor.lender = caller->lender;
    enum zcd_code code = uscc_parse(fact->uscc, &record->subject.uscc, err);
    return code == ZCD_OK ? make_body(change, statement, now, arena, err) : code;
}

/* -------------------------------------------------------------- submitting */

static void finish(struct log_entry *entry, const struct log_receipt *receipt, const struct zcd_error *err)
{
    struct fact_change *change = entry->user;

    change->done(change, receipt == NULL ? err : NULL);
}

enum zcd_code fact_change_submit(struct log *log, struct fact_change *change, struct zcd_error *err)
{
    change->entry.user = change;
    change->entry.done = finish;
    return log_submit(log, &change->entry, err);
}

bool fact_change_is(const struct log_entry *entry)
{
    return entry->record.kind == RECORD_CORRECTION && entry->done == finish;
}

/* -------------------------------------------------------------------- rows */

/* With the lender's turn taken: does still hold what the person saw? */
static enum zcd_code check_still(struct db *db, struct fact_change *change, int64_t at_us, struct zcd_error *err)
{
    ZCD_AUTO(arena_done)
    struct arena arena = {0};
    struct fact_page now;
    enum zcd_code code = fact_change_find(db, &change->fact, clock_shanghai_day(at_us), &arena, &now, err);

    if (code != ZCD_OK)
        return code;
    change->is_old = (now.count > 0 ? now.told[0].import_id : 0) != change->seen_import;
    return change->is_old ? zcd_fail(err, ZCD_CONFLICT, "the fact was changed meanwhile") : ZCD_OK;
}

/* Is it one of those that receipts are matched with? */
static bool is_matched_with(const struct fact_table *table)
{
    return table == &CONTRACT_FACTS || table == &MILESTONE_FACTS || table == &PAYMENT_FACTS || table == &PAYER_FACTS
           || table == &PAYER_ALIAS_FACTS;
}

enum zcd_code fact_change_insert_rows(struct db *db, const struct log_entry *entry, struct zcd_error *err)
{
    struct fact_change *change = entry->user;
    struct fact_import import;

    change->is_old = change->is_known = false; /* of a try before */
    enum zcd_code code = import_store_take_turn(db, change->fact.lender, &change->is_busy, err);
    if (code == ZCD_OK)
        code = import_store_begin_at_once(db, change->fact.lender, clock_now_us(), &change->is_busy, &import, err);
    if (code == ZCD_OK)
        code = check_still(db, change, entry->at_us, err);
    if (code == ZCD_OK)
        code = fact_table_write_row(db, change->fact.form->table, &import, change->fact.uscc, change->row, err);
    if (code != ZCD_OK)
        return code;
    change->is_known = import.added == 0;
    if (change->is_known)
        return zcd_fail(err, ZCD_CONFLICT, "that is what holds already");
    change->import = import.id;
    code = import_store_end(db, &import, &(struct import_row){.kind = "correction", .actor = change->actor}, err);
    if (code == ZCD_OK && is_matched_with(change->fact.form->table))
        code = matching_job_ask(db, &entry->record, err);
    return code == ZCD_OK && change->insert_more != NULL ? change->insert_more(db, change, err) : code;
}
