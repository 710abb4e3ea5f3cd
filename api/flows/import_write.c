#include "api/flows/import_write.h"

#include "api/clock.h"
#include "api/events/event.h"
#include "api/flows/submit.h"
#include "base/cleanup.h"
#include "base/uscc.h"
#include "contracts/bank_statement_store.h"
#include "contracts/fact_sink_store.h"
#include "contracts/facts_store.h"
#include "contracts/import_report_store.h"
#include "contracts/import_store.h"
#include "contracts/receivable_store.h"
#include "db/connection.h"
#include "db/query.h"

#include <inttypes.h>
#include <string.h>

/* Time for the largest files: a lone statement may turn all rows of a table into statements. */
enum { STATEMENT_TIMEOUT_MS = 600000, PATIENCE_MS = 60000, PART_BYTES = 4 << 20 };

/* What the log's writer is to do in the transaction of the record. */
struct writing {
    const struct import_order *order;       /* a file, or */
    const struct import_matching *matching; /* receipts, or NULL both: a withdrawal */
    const struct import_job *job;           /* NULL: none */
    const struct import_actor *actor;
    int64_t withdraws;
    struct fact_import import; /* once it is written */
    struct buffer body;        /* of the record */
    struct import_result result;
    bool is_known; /* nothing is new: the transaction was given up */
};

static void close_log(struct log **log)
{
    log_close(*log);
}

/* --------------------------------------------------------------------- importing */

static enum zcd_code give_all(struct fact_spool *facts, struct fact_sink *sink, struct zcd_error *err)
{
    struct fact_sink_counts counts;
    enum zcd_code code = fact_spool_give(facts, fact_sink_take, sink, err);

    return code == ZCD_OK ? fact_sink_finish(sink, &counts, err) : code;
}

/* In parts, as they come; a file that says of one thing now this and now that, at its end. */
static enum zcd_code write_spooled(struct db *db, struct fact_spool *facts, struct fact_import *import, struct zcd_error *err)
{
    struct fact_sink *sink = fact_sink_new(db, import);
    enum zcd_code code = fact_sink_begin_parts(sink, PART_BYTES, err);

    if (code == ZCD_OK)
        code = give_all(facts, sink, err);
    if (code == ZCD_CONFLICT && fact_sink_is_told_twice(sink)) {
        code = fact_sink_begin_again(sink, err);
        if (code == ZCD_OK)
            code = give_all(facts, sink, err);
    }
    fact_sink_free(sink);
    return code;
}

/* What is beside an import: its report, the job that it came of, the record's place. */
static enum zcd_code write_outcome(struct db *db, const struct writing *writing, uint64_t index, struct zcd_error *err)
{
    static const struct import_reading NOTHING = {.row_count = 0};
    const struct import_reading *reading = writing->order == NULL ? &NOTHING : writing->order->reading;
    const struct import_outcome_row row = {.log_index = (int64_t)index,
                                           .job = writing->job == NULL ? NULL : writing->job->id,
                                           .outcome = reading->outcome,
                                           .line_total = (int64_t)reading->line_total};

    return import_report_store_insert(db, &writing->import, &row, reading->lines, reading->line_count, err);
}

/* The import's row, last; without a new fact the transaction is given up. */
static enum zcd_code keep_what_is_new(struct db *db, struct writing *writing, const struct import_row *row, struct zcd_error *err)
{
    const struct fact_import *import = &writing->import;

    writing->is_known = import->added == 0 && import->set_aside == 0;
    if (writing->is_known)
        return zcd_fail(err, ZCD_CONFLICT, "all of it is known");
    writing->result.import = import->id;
    writing->result.added = import->added;
    return import_store_end(db, import, row, err);
}

static enum zcd_code write_facts(struct db *db, struct writing *writing, int64_t at_us, struct zcd_error *err)
{
    const struct import_order *order = writing->order;
    struct fact_import *import = &writing->import;
    bool is_dossier = order->kind == IMPORT_KIND_DOSSIER;
    struct import_row row = {.kind = import_kind_name(order->kind),
                             .actor = order->actor.id,
                             .file_name = order->file_name,
                             .has_file = true};

    memcpy(row.file_sha256, order->file_sha256.bytes, sizeof row.file_sha256);
    enum zcd_code code = import_store_begin(db, order->actor.lender, at_us, !is_dossier, import, err);
    if (code == ZCD_OK && (order->kind == IMPORT_KIND_STATEMENT || order->kind == IMPORT_KIND_NOTICE))
        code = receivable_store_check(db, &(struct facts_of){order->organisation, order->actor.lender}, order->last_import, err);
    if (code == ZCD_OK)
        code = is_dossier ? facts_store_write_dossier(db, import, order->dossier, err)
                          : write_spooled(db, order->facts, import, err);
    return code == ZCD_OK ? keep_what_is_new(db, writing, &row, err) : code;
}

static enum zcd_code write_matching(struct db *db, struct writing *writing, int64_t at_us, struct zcd_error *err)
{
    const struct import_matching *matching = writing->matching;
    const struct import_row row = {.kind = "matching", .actor = writing->actor->id, .matches = matching->statement};
    const struct facts_of facts = {matching->organisation, writing->actor->lender};
    struct fact_import *import = &writing->import;
    enum zcd_code code = import_store_begin(db, facts.lender, at_us, false, import, err);

    if (code == ZCD_OK)
        code = receivable_store_check(db, &facts, matching->last_import, err);
    if (code == ZCD_OK)
        code = bank_statement_store_write(db, import, facts.uscc, matching->statement, matching->receivables, matching->changes,
                                          matching->change_count, err);
    return code == ZCD_OK ? keep_what_is_new(db, writing, &row, err) : code;
}

static enum zcd_code write_withdrawal(struct db *db, struct writing *writing, int64_t at_us, struct zcd_error *err)
{
    enum zcd_code code = import_store_withdraw(db, writing->actor->lender, writing->withdraws, writing->actor->id, at_us, NULL,
                                               &writing->import, err);

    if (code == ZCD_OK)
        writing->result.import = writing->import.id;
    return code;
}

static void write_body(const struct import_order *order, uint64_t row_count, struct buffer *body)
{
    char digest[SHA256_TEXT_SIZE];

    buffer_clear(body);
    buffer_append_format(body, "{\"form\":\"%s\",\"rows\":%" PRIu64 ",\"source_sha256\":\"%s\"}", import_kind_name(order->kind),
                         row_count, sha256_format(&order->file_sha256, digest));
}

/* How many facts there are is known once they were read. */
static enum zcd_code write_import(struct db *db, struct writing *writing, struct log_entry *entry, struct zcd_error *err)
{
    enum zcd_code code = write_facts(db, writing, clock_now_us(), err);

    if (code != ZCD_OK)
        return code;
    write_body(writing->order, writing->order->reading->row_count, &writing->body);
    entry->record.body = buffer_bytes(&writing->body);
    return record_body_check(RECORD_IMPORT, entry->record.body, err);
}

/* log_prepare_rows; this log submits one record. What takes long comes before the log's head is locked: decisions go on meanwhile. */
static enum zcd_code prepare_rows(struct db *db, struct log_entry *const *entries, size_t count, void *context,
                                  struct zcd_error *err)
{
    struct writing *writing = context;

    enum zcd_code code = count == 0 ? ZCD_OK : import_store_take_turn(db, writing->actor->lender, NULL, err);
    if (count == 0 || code != ZCD_OK)
        return code;
    if (writing->order != NULL)
        return write_import(db, writing, entries[0], err);
    return writing->matching != NULL ? write_matching(db, writing, clock_now_us(), err)
                                     : write_withdrawal(db, writing, clock_now_us(), err);
}

/* log_insert_rows. Events come last, as whoever publishes makes others wait. */
static enum zcd_code insert_rows(struct db *db, struct log_entry *const *entries, size_t count, void *context,
                                 struct zcd_error *err)
{
    struct writing *writing = context;

    if (count == 0)
        return ZCD_OK;
    enum zcd_code code = write_outcome(db, writing, entries[0]->index, err);

    if (code == ZCD_OK && writing->job != NULL)
        code = writing->job->confirm(writing->job->context, db, err);
    return code == ZCD_OK ? event_publish_records(db, entries, count, err) : code;
}

static enum zcd_code submit(const struct log_config *config, struct writing *writing, struct log_entry *entry,
                            struct import_result *result, struct zcd_error *err)
{
    ZCD_AUTO(close_log)
    struct log *log = NULL;
    struct log_config own = *config;

    own.prepare_rows = prepare_rows;
    own.insert_rows = insert_rows;
    own.insert_rows_context = writing;
    own.statement_timeout_ms = STATEMENT_TIMEOUT_MS;
    own.patience_ms = PATIENCE_MS;
    entry->record.actor.lender = writing->actor->lender;
    enum zcd_code code = log_open(&own, &log, err);
    if (code == ZCD_OK)
        code = submit_and_wait(log, entry, &writing->result.record, err);
    if (code == ZCD_CONFLICT && writing->is_known) {
        *result = (struct import_result){.is_changed = false};
        return ZCD_OK;
    }
    if (code != ZCD_OK)
        return code;
    *result = writing->result;
    result->is_changed = true;
    return ZCD_OK;
}

/* A file about several organisations, or about one abroad, is recorded as the log's own. */
static struct uscc subject_of(const char *organisation)
{
    struct uscc uscc = {""};
    struct zcd_error unwanted;

    return organisation != NULL && uscc_parse(organisation, &uscc, &unwanted) == ZCD_OK ? uscc : (struct uscc){""};
}

enum zcd_code import_write(const struct log_config *config, const struct import_order *order,
                           struct import_result *result, struct zcd_error *err)
{
    struct log_entry entry = {.document_count = 0};
    struct writing writing = {.order = order, .job = order->job, .actor = &order->actor};

    write_body(order, 0, &writing.body);
    submit_prepare(&entry.record, RECORD_IMPORT, order->actor.id, order->actor.role);
    entry.record.body = buffer_bytes(&writing.body);
    entry.record.subject.uscc = subject_of(order->organisation);
    enum zcd_code code = submit(config, &writing, &entry, result, err);
    buffer_done(&writing.body);
    return code;
}

enum zcd_code import_write_matching(const struct log_config *config, const struct import_actor *actor,
                                    const struct import_matching *matching, struct import_result *result,
                                    struct zcd_error *err)
{
    ZCD_AUTO(buffer_done)
    struct buffer body = {0};
    char digest[SHA256_TEXT_SIZE];
    struct log_entry entry = {.document_count = 0};
    struct writing writing = {.matching = matching, .actor = actor};

    buffer_append_format(&body, "{\"form\":\"matching\",\"rows\":%zu,\"source_sha256\":\"%s\"}", matching->change_count,
                         sha256_format(&matching->file_sha256, digest));
    submit_prepare(&entry.record, RECORD_IMPORT, actor->id, actor->role);
    entry.record.body = buffer_bytes(&body);
    entry.record.subject.uscc = subject_of(matching->organisation);
    return submit(config, &writing, &entry, result, err);
}

/* ------------------------------------------------------------------- withdrawing */

static enum zcd_code find(const struct log_config *config, const char *lender, int64_t import, struct arena *arena,
                          struct import_row *row, struct zcd_error *err)
{
    const struct db_options options = {.conninfo = config->conninfo, .role = config->role};
    struct db *db = NULL;
    enum zcd_code code = db_connect(&options, &db, err);

    if (code == ZCD_OK)
        code = import_store_find(db, lender, import, arena, row, err);
    db_close(db);
    if (code == ZCD_OK && !row->has_file)
        return zcd_fail(err, ZCD_CONFLICT, "the import came from no file");
    return code;
}

enum zcd_code import_withdraw(const struct log_config *config, const struct import_actor *actor, int64_t import,
                              const struct import_job *job, struct import_result *result, struct zcd_error *err)
{
    ZCD_AUTO(arena_done)
    struct arena arena = {0};
    ZCD_AUTO(buffer_done)
    struct buffer body = {0};
    struct import_row row;
    struct sha256 file;
    char digest[SHA256_TEXT_SIZE];
    struct log_entry entry = {.document_count = 0};
    struct writing writing = {.job = job, .actor = actor, .withdraws = import};

    enum zcd_code code = find(config, actor->lender, import, &arena, &row, err);
    if (code != ZCD_OK)
        return code;
    memcpy(file.bytes, row.file_sha256, sizeof file.bytes);
    buffer_append_format(&body, "{\"rows\":%" PRId64 ",\"source_sha256\":\"%s\",\"text\":null}", row.fact_count,
                         sha256_format(&file, digest));
    submit_prepare(&entry.record, RECORD_IMPORT_WITHDRAWN, actor->id, actor->role);
    entry.record.body = buffer_bytes(&body);
    return submit(config, &writing, &entry, result, err);
}
