#include "api/jobs/import_job.h"

#include "api/app.h"
#include "api/clock.h"
#include "api/codec/import_encode.h"
#include "api/flows/import_file.h"
#include "api/flows/matching.h"
#include "audit/canonical_json.h"
#include "base/cleanup.h"
#include "contracts/import_report_store.h"
#include "contracts/import_store.h"
#include "db/connection.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>

const char IMPORT_JOB_KIND[] = "import";
const char IMPORT_WITHDRAWAL_JOB_KIND[] = "import_withdrawal";

enum { PROGRESS_US = 1000000 };

struct importing {
    struct job_run *run;
    struct import_file file;
    int64_t file_bytes, told_us;
    struct matching_result matched_again; /* receipts of statements that were kept before */
};

static struct import_actor actor_of(const struct job *job)
{
    return (struct import_actor){.id = job->caller_id, .role = job->caller_role, .lender = job->caller_lender};
}

/* ------------------------------------------------------------------ whose job it is */

/* How far it is; what was read last stays once all is read. */
static enum zcd_code keep_progress(struct importing *importing, struct db *db, int64_t done, struct zcd_error *err)
{
    struct job_progress progress = {
        .done = done, .total = importing->file_bytes, .facts = JOB_PROGRESS_UNKNOWN, .line = JOB_PROGRESS_UNKNOWN};

    if (importing->file.counter != NULL) {
        const struct import_progress read = import_file_progress(&importing->file);
        progress.facts = (int64_t)read.facts;
        progress.line = (int64_t)read.line;
    }
    return job_keep(importing->run, db, &progress, NULL, err);
}

/*
 * Locks the job's row until the import is committed, so that no other process begins it meanwhile. That this process is about to
 * stop is no reason any more to throw the work away: what remains is the commit.
 */
static enum zcd_code confirm(void *context, struct db *db, struct zcd_error *err)
{
    struct importing *importing = context;
    enum zcd_code code = keep_progress(importing, db, importing->file_bytes, err);

    return code == ZCD_UNAVAILABLE && db_last_failure(db) == DB_FAILURE_NONE ? ZCD_OK : code;
}

/* Was it done by an earlier attempt, whose process died before it could say so? */
static enum zcd_code find_done(const struct job_run *run, int64_t *import, struct zcd_error *err)
{
    *import = 0;
    if (run->job->attempts <= 1)
        return ZCD_OK;
    enum zcd_code code = import_report_store_find_job(run->db, run->job->caller_lender, run->job->id, import, err);
    return code == ZCD_NOT_FOUND ? ZCD_OK : code;
}

/* Facts have come, or gone: receipts of earlier statements may belong to them. */
static enum zcd_code match_again(struct importing *importing, struct app_worker *worker, struct zcd_error *err)
{
    const struct log_config log = app_log_config(worker->app->config, worker->app->key);
    const struct import_actor actor = actor_of(importing->run->job);

    return matching_run(importing->run->db, &log, &actor, &importing->matched_again, err);
}

/* ------------------------------------------------------------------ results */

static void append_number(struct buffer *json, const char *before, bool is_there, int64_t number)
{
    buffer_append_text(json, before);
    if (is_there)
        canonical_json_append_integer(json, number);
    else
        buffer_append_text(json, "null");
}

static void write_result(const struct import_row *row, const struct import_outcome_row *outcome, bool is_dry_run,
                         const struct import_line *lines, size_t count, uint64_t matched_again, struct buffer *json)
{
    char digest_text[SHA256_TEXT_SIZE];
    struct sha256 digest;

    memcpy(digest.bytes, row->file_sha256, sizeof digest.bytes);
    append_number(json, "{\"added\":", true, row->fact_count);
    buffer_append_format(json, ",\"changed\":%s,\"dry_run\":%s,\"file_sha256\":\"%s\",\"found\":%s", row->id != 0 ? "true" : "false",
                         is_dry_run ? "true" : "false", sha256_format(&digest, digest_text), outcome->outcome);
    append_number(json, ",\"import\":", row->id != 0, row->id);
    buffer_append_format(json, ",\"kind\":\"%s\",\"lines\":[", row->kind);
    for (size_t i = 0; i < count && i < IMPORT_JOB_LINES_MAX; i++) {
        buffer_append_text(json, i == 0 ? "" : ",");
        import_encode_line(&lines[i], json);
    }
    append_number(json, "],\"matched_again\":", true, (int64_t)matched_again);
    append_number(json, ",\"record\":", row->id != 0, outcome->log_index);
    buffer_append_text(json, "}");
}

/* Of one that is in the database. */
static enum zcd_code write_kept(const struct importing *importing, int64_t import, struct zcd_error *err)
{
    const struct job_run *run = importing->run;
    const char *lender = run->job->caller_lender;
    struct import_row row;
    struct import_outcome_row outcome;
    struct import_line *lines;
    size_t count;

    enum zcd_code code = import_store_find(run->db, lender, import, run->arena, &row, err);
    if (code == ZCD_OK)
        code = import_report_store_find(run->db, lender, import, run->arena, &outcome, err);
    if (code == ZCD_OK)
        code = import_report_store_lines(run->db, lender, import, 0, IMPORT_JOB_LINES_MAX, run->arena, &lines, &count, err);
    if (code == ZCD_OK)
        write_result(&row, &outcome, false, lines, count, importing->matched_again.matched, &importing->run->result);
    return code;
}

/* Of one that left nothing there. */
static void write_unchanged(struct import_file *file, struct buffer *json)
{
    struct import_row row = {.kind = import_kind_name(file->source.kind)};
    const struct import_outcome_row outcome = {.outcome = (const char *)file->outcome.data};
    const struct import_line *lines;
    size_t count;

    memcpy(row.file_sha256, file->digest.bytes, sizeof row.file_sha256);
    import_report_lines(file->report, &lines, &count);
    write_result(&row, &outcome, file->is_dry_run, lines, count, 0, json);
}

/* ------------------------------------------------------------------ importing */

static enum zcd_code tell(void *context, const struct import_progress *progress, struct zcd_error *err)
{
    struct importing *importing = context;
    int64_t now_us = clock_now_us();

    if (now_us - importing->told_us < PROGRESS_US)
        return ZCD_OK;
    importing->told_us = now_us;
    return keep_progress(importing, importing->run->db, (int64_t)progress->bytes, err);
}

static enum zcd_code read_input(struct importing *importing, const struct json_t *input, struct zcd_error *err)
{
    struct import_file *file = &importing->file;
    const char *kind = "", *organisation = NULL, *name = NULL;

    if (canonical_json_read_boolean(input, "dry_run", &file->is_dry_run, err) != ZCD_OK
        || canonical_json_read_text_or_null(input, "file_name", &name, err) != ZCD_OK
        || canonical_json_read_text(input, "kind", &kind, err) != ZCD_OK
        || canonical_json_read_text_or_null(input, "organisation", &organisation, err) != ZCD_OK)
        return err->code;
    file->name = name;
    file->source.kind = import_kind_find(kind);
    file->source.organisation = organisation;
    return file->source.kind == IMPORT_KIND_NONE ? zcd_fail(err, ZCD_INVALID, "no kind of file that this version knows") : ZCD_OK;
}

static enum zcd_code open_file(struct importing *importing, struct zcd_error *err)
{
    const char *path = importing->run->job->input_file;
    struct stat found;

    importing->file.source.file = path == NULL ? NULL : fopen(path, "rbe");
    if (importing->file.source.file == NULL)
        return zcd_fail(err, ZCD_NOT_FOUND, "the file that was sent cannot be opened: %s", strerror(errno));
    if (fstat(fileno(importing->file.source.file), &found) != 0)
        return zcd_fail(err, ZCD_NOT_FOUND, "the file that was sent cannot be read: %s", strerror(errno));
    importing->file_bytes = (int64_t)found.st_size;
    return ZCD_OK;
}

static enum zcd_code keep(struct importing *importing, struct app_worker *worker, struct zcd_error *err)
{
    struct job_run *run = importing->run;
    const struct log_config log = app_log_config(worker->app->config, worker->app->key);
    const struct import_job job = {.id = run->job->id, .confirm = confirm, .context = importing};
    const struct import_actor actor = actor_of(run->job);
    struct import_result result = {.is_changed = false};

    enum zcd_code code = import_file_keep(&importing->file, &log, &actor, &job, &result, err);
    if (code != ZCD_OK)
        return code;
    if (!result.is_changed) {
        write_unchanged(&importing->file, &run->result);
        return ZCD_OK;
    }
    code = match_again(importing, worker, err);
    return code == ZCD_OK ? write_kept(importing, result.import, err) : code;
}

static enum zcd_code import_once(struct importing *importing, struct app_worker *worker, struct zcd_error *err)
{
    struct job_run *run = importing->run;
    struct import_file *file = &importing->file;

    file->directory = worker->app->config->spool_directory;
    file->db = run->db;
    file->lender = run->job->caller_lender;
    enum zcd_code code = import_file_begin(file, err);
    if (code == ZCD_OK && !file->is_dry_run)
        return keep(importing, worker, err);
    if (code == ZCD_OK)
        code = import_file_read(file, err);
    if (code == ZCD_OK)
        code = keep_progress(importing, run->db, importing->file_bytes, err);
    if (code == ZCD_OK)
        write_unchanged(file, &run->result);
    return code;
}

/* What a statement or a notice was read against may change until it is written; then it is read again. */
static bool is_to_be_read_again(const struct importing *importing, enum zcd_code code)
{
    enum import_kind kind = importing->file.source.kind;

    return code == ZCD_CONFLICT && (kind == IMPORT_KIND_STATEMENT || kind == IMPORT_KIND_NOTICE)
           && !atomic_load(&importing->run->is_lost) && !atomic_load(&importing->run->is_cancelled);
}

static enum zcd_code import(struct importing *importing, struct app_worker *worker, struct zcd_error *err)
{
    const struct import_file given = importing->file;
    enum zcd_code code = open_file(importing, err);

    if (code == ZCD_OK)
        code = import_once(importing, worker, err);
    for (int i = 1; i < IMPORT_FILE_ATTEMPTS && is_to_be_read_again(importing, code); i++) {
        FILE *opened = importing->file.source.file;
        import_file_done(&importing->file);
        importing->file = given;
        importing->file.source.file = opened;
        code = import_once(importing, worker, err);
    }
    return code;
}

static void importing_done(struct importing *importing)
{
    if (importing->file.source.file != NULL)
        (void)fclose(importing->file.source.file);
    import_file_done(&importing->file);
}

enum zcd_code import_job(struct job_run *run, struct app_worker *worker, struct zcd_error *err)
{
    ZCD_AUTO(importing_done)
    struct importing importing = {.run = run, .file = {.progress = tell}};
    ZCD_AUTO(canonical_json_free)
    struct json_t *input = NULL;
    int64_t done = 0;

    importing.file.progress_context = &importing;
    enum zcd_code code = canonical_json_decode(bytes_of_text(run->job->input), &input, err);
    if (code == ZCD_OK)
        code = read_input(&importing, input, err);
    if (code == ZCD_OK)
        code = find_done(run, &done, err);
    if (code == ZCD_OK && done == 0)
        return import(&importing, worker, err);
    if (code == ZCD_OK)
        code = match_again(&importing, worker, err);
    return code == ZCD_OK ? write_kept(&importing, done, err) : code;
}

/* ------------------------------------------------------------------ withdrawing */

static void write_withdrawn(int64_t import, int64_t record, int64_t withdraws, struct buffer *json)
{
    append_number(json, "{\"import\":", true, import);
    append_number(json, ",\"record\":", true, record);
    append_number(json, ",\"withdraws\":", true, withdraws);
    buffer_append_text(json, "}");
}

static enum zcd_code withdraw(struct importing *importing, struct app_worker *worker, int64_t withdraws, struct zcd_error *err)
{
    struct job_run *run = importing->run;
    const struct log_config log = app_log_config(worker->app->config, worker->app->key);
    const struct import_job job = {.id = run->job->id, .confirm = confirm, .context = importing};
    const struct import_actor actor = actor_of(run->job);
    struct import_result result;

    enum zcd_code code = import_withdraw(&log, &actor, withdraws, &job, &result, err);
    if (code == ZCD_OK)
        code = match_again(importing, worker, err);
    if (code == ZCD_OK)
        write_withdrawn(result.import, (int64_t)result.record, withdraws, &run->result);
    return code;
}

enum zcd_code import_withdrawal_job(struct job_run *run, struct app_worker *worker, struct zcd_error *err)
{
    struct importing importing = {.run = run, .file_bytes = 1}; /* one step of one */
    ZCD_AUTO(canonical_json_free)
    struct json_t *input = NULL;
    struct import_outcome_row outcome;
    int64_t withdraws = 0, done = 0;

    enum zcd_code code = canonical_json_decode(bytes_of_text(run->job->input), &input, err);
    if (code == ZCD_OK)
        code = canonical_json_read_integer(input, "import", 1, CANONICAL_JSON_INTEGER_MAX, &withdraws, err);
    if (code == ZCD_OK)
        code = find_done(run, &done, err);
    if (code == ZCD_OK && done == 0)
        return withdraw(&importing, worker, withdraws, err);
    if (code == ZCD_OK)
        code = match_again(&importing, worker, err);
    if (code == ZCD_OK)
        code = import_report_store_find(run->db, run->job->caller_lender, done, run->arena, &outcome, err);
    if (code == ZCD_OK)
        write_withdrawn(done, outcome.log_index, withdraws, &run->result);
    return code;
}
