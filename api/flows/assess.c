#include "api/flows/assess.h"

#include "api/clock.h"
#include "api/flows/idempotency_store.h"
#include "audit/canonical_json.h"
#include "base/cleanup.h"
#include "contracts/assessment_store.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

static_assert(ASSESSMENT_NONCE_SIZE == RECORD_NONCE_SIZE, "an assessment is named by its record's nonce");

/* ------------------------------------------------------------------ the record */

static void append_reason_names(struct buffer *json, const char *member, const struct reason_list *list)
{
    buffer_append_format(json, "\"%s\":[", member);
    for (size_t i = 0; i < list->count; i++) {
        buffer_append_text(json, i == 0 ? "" : ",");
        canonical_json_append_string(json, bytes_of_text(reason_code_name(list->rows[i].code)));
    }
    buffer_append_text(json, "]");
}

static void append_integer(struct buffer *json, const char *member, int64_t value)
{
    buffer_append_format(json, ",\"%s\":", member);
    canonical_json_append_integer(json, value);
}

/* What a reader of the log sees without the decision document; members in canonical order. */
static struct bytes make_body(const struct decision *decision, struct arena *arena)
{
    ZCD_AUTO(buffer_done)
    struct buffer json = {0};
    const struct decision_case *governing = decision->governing;

    buffer_append_text(&json, "{");
    append_reason_names(&json, "conditions", &decision->conditions);
    append_integer(&json, "grade", governing->grade.grade);
    append_integer(&json, "limit_fen", decision->limit_fen);
    buffer_append_text(&json, ",\"outcome\":");
    canonical_json_append_string(&json, bytes_of_text(outcome_name(decision->outcome)));
    if (governing->price.has_lpr)
        append_integer(&json, "rate_bp", governing->price.rate_bp);
    else
        buffer_append_text(&json, ",\"rate_bp\":null");
    buffer_append_text(&json, ",");
    append_reason_names(&json, "reasons", &decision->reasons);
    append_integer(&json, "tenor_months", governing->tenor_months);
    buffer_append_text(&json, "}");
    return (struct bytes){(uint8_t *)arena_copy_bytes(arena, json.data, json.size), json.size};
}

static bool is_retrospective(const struct policy *policy, struct date as_of, struct date today)
{
    return date_days_between(as_of, today) > policy->decision.as_of_age_days_max;
}

static void fill_record(const struct decided *decided, const struct loaded_policy *policy,
                        const struct assess_actor *actor, struct date today, struct arena *arena, struct record *record)
{
    const struct dossier *dossier = decided->dossier;

    record->kind = RECORD_ASSESSMENT;
    if (getrandom(record->nonce, sizeof record->nonce, 0) != (ssize_t)sizeof record->nonce)
        abort(); /* so few bytes cannot fail once the system is up */
    record->actor.id = actor->id;
    record->actor.role = actor->role;
    record->actor.lender = actor->lender;
    record->subject.uscc = dossier->organisation.uscc;
    record->subject.application = dossier->application.id;
    record->as_of = decided->decision.as_of;
    record->retrospective = is_retrospective(policy->policy, decided->decision.as_of, today);
    record->dossier_sha256 = decided->dossier_sha256;
    record->policy_sha256 = policy->sha256;
    record->decision_sha256 = decided->decision_sha256;
    record->engine.version = decide_engine_version();
    record->engine.source_sha256 = decide_engine_sha256();
    record->body = make_body(&decided->decision, arena);
}

/* ------------------------------------------------------------------ prepare and submit */

static void finish(struct log_entry *entry, const struct log_receipt *receipt, const struct zcd_error *err)
{
    struct assessment *assessment = entry->user;
    assessment->done(assessment, receipt, err);
}

static enum zcd_code check_day(struct date as_of, struct date today, struct zcd_error *err)
{
    if (date_compare(as_of, today) <= 0)
        return ZCD_OK;
    (void)zcd_fail(err, ZCD_INVALID, "the day has not come yet");
    return zcd_fail_within(err, "as_of");
}

enum zcd_code assess_prepare(struct bytes json, const struct loaded_policy *policy, const struct assess_actor *actor,
                             int64_t now_us, struct cashflow_workspace *workspace, struct arena *arena,
                             struct assessment *assessment, struct zcd_error *err)
{
    struct decided *decided = &assessment->decided;
    struct log_entry *entry = &assessment->entry;
    struct date today = clock_shanghai_day(now_us);

    enum zcd_code code = decide(json, policy, DATE_NONE, workspace, arena, decided, err);
    if (code == ZCD_OK)
        code = check_day(decided->decision.as_of, today, err);
    if (code != ZCD_OK)
        return code;

    const struct log_document documents[] = {
        {decided->dossier_sha256, LOG_DOCUMENT_DOSSIER, json},
        {policy->sha256, LOG_DOCUMENT_POLICY, buffer_bytes(&policy->canonical)},
        {decided->decision_sha256, LOG_DOCUMENT_DECISION, decided->document},
    };
    memcpy(assessment->documents, documents, sizeof documents);
    *entry = (struct log_entry){.documents = assessment->documents,
                                .document_count = sizeof documents / sizeof *documents,
                                .user = assessment,
                                .done = finish};
    fill_record(decided, policy, actor, today, arena, &entry->record);
    (void)assessment_id_format(&entry->record.subject.uscc, entry->record.nonce, assessment->id);
    return ZCD_OK;
}

enum zcd_code assess_submit(struct log *log, struct assessment *assessment, struct zcd_error *err)
{
    return log_submit(log, &assessment->entry, err);
}

/* ------------------------------------------------------------------ rows */

static void fill_row(const struct log_entry *entry, struct assessment_row *row)
{
    const struct assessment *assessment = entry->user;
    const struct record *record = &entry->record;

    *row = (struct assessment_row){.uscc = record->subject.uscc,
                                   .id = assessment->id,
                                   .log_index = entry->index,
                                   .application_id = record->subject.application,
                                   .outcome = outcome_name(assessment->decided.decision.outcome),
                                   .created_at_us = entry->at_us};
    memcpy(row->dossier_sha256, record->dossier_sha256.bytes, sizeof row->dossier_sha256);
    memcpy(row->policy_sha256, record->policy_sha256.bytes, sizeof row->policy_sha256);
    memcpy(row->decision_sha256, record->decision_sha256.bytes, sizeof row->decision_sha256);
}

static enum zcd_code insert_key(struct db *db, const struct log_entry *entry, struct zcd_error *err)
{
    const struct assessment *assessment = entry->user;

    if (entry->record.kind != RECORD_ASSESSMENT || assessment->key == NULL)
        return ZCD_OK;
    return idempotency_store_insert(db, assessment->key, err);
}

enum zcd_code assess_insert_rows(struct db *db, struct log_entry *const *entries, size_t count, void *context,
                                 struct zcd_error *err)
{
    struct arena arena = {0};
    struct assessment_row *rows = ARENA_NEW(&arena, struct assessment_row, count);
    size_t found = 0;
    (void)context;

    for (size_t i = 0; i < count; i++) {
        if (entries[i]->record.kind == RECORD_ASSESSMENT)
            fill_row(entries[i], &rows[found++]);
    }
    enum zcd_code code = found == 0 ? ZCD_OK : assessment_store_insert(db, rows, found, err);
    for (size_t i = 0; code == ZCD_OK && i < count; i++)
        code = insert_key(db, entries[i], err);
    arena_done(&arena);
    return code;
}

static void fill_restored(const struct log_restored *restored, char id[ASSESSMENT_ID_SIZE], struct assessment_row *row)
{
    const struct record *record = restored->record;

    *row = (struct assessment_row){.uscc = record->subject.uscc,
                                   .id = assessment_id_format(&record->subject.uscc, record->nonce, id),
                                   .log_index = restored->index,
                                   .application_id = record->subject.application,
                                   .outcome = restored->summary->outcome,
                                   .created_at_us = restored->at_us};
    memcpy(row->dossier_sha256, record->dossier_sha256.bytes, sizeof row->dossier_sha256);
    memcpy(row->policy_sha256, record->policy_sha256.bytes, sizeof row->policy_sha256);
    memcpy(row->decision_sha256, record->decision_sha256.bytes, sizeof row->decision_sha256);
}

enum zcd_code assess_restore_rows(struct db *db, const struct log_restored *restored, size_t count, void *context,
                                  struct zcd_error *err)
{
    ZCD_AUTO(arena_done)
    struct arena arena = {0};
    struct assessment_row *rows = ARENA_NEW(&arena, struct assessment_row, count);
    char(*ids)[ASSESSMENT_ID_SIZE] = arena_alloc(&arena, count, ASSESSMENT_ID_SIZE);
    size_t found = 0;
    (void)context;

    for (size_t i = 0; i < count; i++) {
        if (restored[i].record->kind == RECORD_ASSESSMENT && restored[i].summary->outcome != NULL) {
            fill_restored(&restored[i], ids[found], &rows[found]);
            found++;
        }
    }
    return found == 0 ? ZCD_OK : assessment_store_insert(db, rows, found, err);
}
