#include "api/jobs/job_store.h"

#include "base/cleanup.h"
#include "db/query.h"

#include <string.h>

/* ------------------------------------------------------------------ reading rows */

#define COLUMNS                                                                                                        \
    " id, kind, state, caller_id, caller_role, caller_lender, caller_uscc, input, input_file, progress_done,"          \
    " progress_facts, progress_line, progress_total, attempts, cancel_asked, created_at, started_at, finished_at, expires_at, problem_code,"          \
    " problem_detail, problem_pointer"

static enum zcd_code read_instant(const struct db_rows *rows, int row, const char *column, int64_t *at_us,
                                  struct zcd_error *err)
{
    *at_us = 0;
    return db_rows_is_null(rows, row, column) ? ZCD_OK : db_rows_timestamptz(rows, row, column, at_us, err);
}

static enum zcd_code code_of(const char *name)
{
    for (enum zcd_code code = ZCD_INVALID; code <= ZCD_CORRUPT; code++) {
        if (strcmp(zcd_code_name(code), name) == 0)
            return code;
    }
    return ZCD_CORRUPT;
}

static enum zcd_code read_problem(const struct db_rows *rows, int row, struct zcd_error *problem,
                                  struct zcd_error *err)
{
    const char *name, *detail, *pointer;

    problem->code = ZCD_OK;
    if (db_rows_is_null(rows, row, "problem_code"))
        return ZCD_OK;
    if (db_rows_text(rows, row, "problem_code", &name, err) != ZCD_OK
        || db_rows_text(rows, row, "problem_detail", &detail, err) != ZCD_OK
        || db_rows_text(rows, row, "problem_pointer", &pointer, err) != ZCD_OK)
        return err->code;
    (void)zcd_fail(problem, code_of(name), "%s", detail);
    if (strlen(pointer) < sizeof problem->pointer)
        memcpy(problem->pointer, pointer, strlen(pointer) + 1);
    return ZCD_OK;
}

static enum zcd_code read_times(const struct db_rows *rows, int row, struct job *job, struct zcd_error *err)
{
    enum zcd_code code = read_instant(rows, row, "created_at", &job->created_at_us, err);

    if (code == ZCD_OK)
        code = read_instant(rows, row, "started_at", &job->started_at_us, err);
    if (code == ZCD_OK)
        code = read_instant(rows, row, "finished_at", &job->finished_at_us, err);
    return code == ZCD_OK ? read_instant(rows, row, "expires_at", &job->expires_at_us, err) : code;
}

static enum zcd_code read_number(const struct db_rows *rows, int row, const char *column, int64_t *number, struct zcd_error *err)
{
    *number = JOB_PROGRESS_UNKNOWN;
    return db_rows_is_null(rows, row, column) ? ZCD_OK : db_rows_int8(rows, row, column, number, err);
}

static enum zcd_code read_progress(const struct db_rows *rows, int row, struct job_progress *progress, struct zcd_error *err)
{
    enum zcd_code code = db_rows_int8(rows, row, "progress_done", &progress->done, err);

    if (code == ZCD_OK)
        code = read_number(rows, row, "progress_total", &progress->total, err);
    if (code == ZCD_OK)
        code = read_number(rows, row, "progress_facts", &progress->facts, err);
    return code == ZCD_OK ? read_number(rows, row, "progress_line", &progress->line, err) : code;
}

/* The columns of COLUMNS. */
static enum zcd_code read_job(const struct db_rows *rows, int row, struct arena *arena, struct job *job,
                              struct zcd_error *err)
{
    const struct {
        const char *column;
        const char **text;
    } TEXTS[] = {{"id", &job->id},
                 {"kind", &job->kind},
                 {"state", &job->state},
                 {"caller_id", &job->caller_id},
                 {"caller_role", &job->caller_role},
                 {"caller_lender", &job->caller_lender},
                 {"caller_uscc", &job->caller_uscc},
                 {"input", &job->input},
                 {"input_file", &job->input_file}};
    enum zcd_code code = read_times(rows, row, job, err);

    for (size_t i = 0; code == ZCD_OK && i < sizeof TEXTS / sizeof *TEXTS; i++)
        code = db_rows_copy_text_or_null(rows, row, TEXTS[i].column, arena, TEXTS[i].text, err);
    if (code == ZCD_OK)
        code = read_problem(rows, row, &job->problem, err);
    if (code == ZCD_OK)
        code = read_progress(rows, row, &job->progress, err);
    if (code == ZCD_OK)
        code = db_rows_int4(rows, row, "attempts", &job->attempts, err);
    return code == ZCD_OK ? db_rows_bool(rows, row, "cancel_asked", &job->cancel_asked, err) : code;
}

/* ------------------------------------------------------------------ asking for a job */

/* Two requests of one caller at a time would both find room for one. */
static const struct db_statement LOCK_CALLER = {"job_lock_caller",
                                                "SELECT pg_advisory_xact_lock(hashtextextended('job ' || $1, 0))"};
static const struct db_statement INSERT = {
    "job_insert", "INSERT INTO job (id, kind, caller_id, caller_role, caller_lender, caller_uscc, input, input_file)"
                  " SELECT $1, $2, $3, $4, $5, $6, $7, $8 WHERE (SELECT count(*) FROM job"
                  " WHERE caller_id = $3 AND kind = $2 AND state IN ('waiting', 'running')) < $9 RETURNING id"};

enum zcd_code job_store_insert(struct db *db, const struct job *job, int32_t open_max, struct zcd_error *err)
{
    ZCD_AUTO(db_rows_done)
    struct db_rows rows = {0};
    enum zcd_code code = db_queue(db, &LOCK_CALLER, DB_VALUES(db_text(job->caller_id)), NULL, err);

    if (code == ZCD_OK)
        code = db_query(db, &INSERT,
                        DB_VALUES(db_text(job->id), db_text(job->kind), db_text(job->caller_id),
                                  db_text(job->caller_role), db_text(job->caller_lender), db_text(job->caller_uscc),
                                  db_text(job->input), db_text(job->input_file), db_int8(open_max)),
                        &rows, err);
    if (code == ZCD_OK && rows.count == 0)
        return zcd_fail(err, ZCD_CONFLICT, "%d jobs of this kind are not finished yet, and no more may wait", open_max);
    return code;
}

static const struct db_statement INSERT_ALONE = {
    "job_insert_alone", "INSERT INTO job (id, kind, caller_id, caller_role, caller_lender, caller_uscc, input)"
                        " SELECT $1, $2, $3, $4, $5, $6, $7 WHERE NOT EXISTS (SELECT FROM job"
                        " WHERE caller_lender = $5 AND kind = $2 AND state = 'waiting')"};

enum zcd_code job_store_insert_alone(struct db *db, const struct job *job, struct zcd_error *err)
{
    return db_queue(db, &INSERT_ALONE,
                    DB_VALUES(db_text(job->id), db_text(job->kind), db_text(job->caller_id), db_text(job->caller_role),
                              db_text(job->caller_lender), db_text(job->caller_uscc), db_text(job->input)),
                    NULL, err);
}

/* ------------------------------------------------------------------ taking one */

/* Without it two processes at a time could both find a kind below its limit. Held for two statements. */
static const struct db_statement LOCK_TAKING = {"job_lock_taking",
                                                "SELECT pg_advisory_xact_lock(hashtextextended('taking a job', 0))"};
static const struct db_statement TAKE = {
    "job_take",
    "UPDATE job SET state = 'running', attempts = attempts + 1, lease = $1, started_at = coalesce(started_at, now()),"
    " lease_until = clock_timestamp() + $2 * interval '1 millisecond'"
    " WHERE id = (SELECT j.id FROM job j"
    " JOIN unnest($3::text[], $4::int4[], $5::int4[]) AS k (kind, running_max, caller_running_max) ON k.kind = j.kind"
    " CROSS JOIN LATERAL (SELECT count(*) AS all_of_kind, count(*) FILTER (WHERE r.caller_id = j.caller_id) AS of_caller"
    "  FROM job r WHERE r.state = 'running' AND r.lease_until > clock_timestamp() AND r.kind = j.kind) AS now_running"
    " WHERE ((j.state = 'waiting' AND j.not_before <= clock_timestamp())"
    "  OR (j.state = 'running' AND j.lease_until <= clock_timestamp()))"
    " AND now_running.all_of_kind < k.running_max AND now_running.of_caller < k.caller_running_max"
    " ORDER BY now_running.of_caller, j.id FOR UPDATE OF j SKIP LOCKED LIMIT 1)"
    " RETURNING checkpoint," COLUMNS};

static enum zcd_code read_taken(const struct db_rows *rows, const uint8_t lease[JOB_LEASE_SIZE], struct arena *arena,
                                struct job *job, struct zcd_error *err)
{
    struct job read = {0};
    enum zcd_code code = read_job(rows, 0, arena, &read, err);

    if (code == ZCD_OK)
        code = db_rows_copy_text_or_null(rows, 0, "checkpoint", arena, &read.checkpoint, err);
    if (code != ZCD_OK)
        return code;
    memcpy(read.lease, lease, JOB_LEASE_SIZE);
    *job = read;
    return ZCD_OK;
}

enum zcd_code job_store_take(struct db *db, const uint8_t lease[JOB_LEASE_SIZE], int32_t lease_ms, struct arena *arena,
                             struct job *job, struct zcd_error *err)
{
    ZCD_AUTO(db_rows_done)
    struct db_rows rows = {0};
    ZCD_AUTO(db_array_done)
    struct db_array names;
    ZCD_AUTO(db_array_done)
    struct db_array running;
    ZCD_AUTO(db_array_done)
    struct db_array of_caller;

    db_array_init(&names, DB_TEXT_ARRAY);
    db_array_init(&running, DB_INT4_ARRAY);
    db_array_init(&of_caller, DB_INT4_ARRAY);
    for (size_t i = 0; i < JOB_KIND_COUNT; i++) {
        db_array_add_text(&names, JOB_KINDS[i].name);
        db_array_add_int4(&running, JOB_KINDS[i].running_max);
        db_array_add_int4(&of_caller, JOB_KINDS[i].caller_running_max);
    }
    enum zcd_code code = db_queue(db, &LOCK_TAKING, DB_NO_VALUES, NULL, err);
    if (code == ZCD_OK)
        code = db_query(db, &TAKE,
                        DB_VALUES(db_uuid(lease), db_int4(lease_ms), db_array_value(&names), db_array_value(&running),
                                  db_array_value(&of_caller)),
                        &rows, err);
    if (code == ZCD_OK && rows.count == 0)
        return zcd_fail(err, ZCD_NOT_FOUND, "no job waits");
    return code == ZCD_OK ? read_taken(&rows, lease, arena, job, err) : code;
}

static const struct db_statement END_LOST = {
    "job_end_lost",
    "UPDATE job j SET state = CASE WHEN cancel_asked THEN 'cancelled' ELSE 'failed' END, lease = NULL, lease_until = NULL,"
    " problem_code = CASE WHEN cancel_asked THEN NULL ELSE 'unavailable' END,"
    " problem_detail = CASE WHEN cancel_asked THEN NULL ELSE 'it was begun ' || attempts || ' times, and each time the"
    " process that did it ended before it' END,"
    " problem_pointer = CASE WHEN cancel_asked THEN NULL ELSE '' END,"
    " finished_at = clock_timestamp(), expires_at = clock_timestamp() + k.retention_days * interval '1 day'"
    " FROM unnest($1::text[], $2::int4[], $3::int4[]) AS k (kind, attempts_max, retention_days)"
    " WHERE k.kind = j.kind AND j.state = 'running' AND j.lease_until <= clock_timestamp()"
    " AND (j.attempts >= k.attempts_max OR j.cancel_asked)"};

enum zcd_code job_store_end_lost(struct db *db, struct zcd_error *err)
{
    ZCD_AUTO(db_array_done)
    struct db_array names;
    ZCD_AUTO(db_array_done)
    struct db_array attempts;
    ZCD_AUTO(db_array_done)
    struct db_array retention;

    db_array_init(&names, DB_TEXT_ARRAY);
    db_array_init(&attempts, DB_INT4_ARRAY);
    db_array_init(&retention, DB_INT4_ARRAY);
    for (size_t i = 0; i < JOB_KIND_COUNT; i++) {
        db_array_add_text(&names, JOB_KINDS[i].name);
        db_array_add_int4(&attempts, JOB_KINDS[i].attempts_max);
        db_array_add_int4(&retention, JOB_KINDS[i].retention_days);
    }
    return db_execute(db, &END_LOST,
                      DB_VALUES(db_array_value(&names), db_array_value(&attempts), db_array_value(&retention)), err);
}

/* ------------------------------------------------------------------ while it runs */

/* rows: of an update by lease, which says whether somebody wants the job to end. */
static enum zcd_code read_cancel(const struct db_rows *rows, bool *cancel_asked, struct zcd_error *err)
{
    if (rows->count == 0)
        return zcd_fail(err, ZCD_NOT_FOUND, "the job is no longer this runner's");
    return db_rows_bool(rows, 0, "cancel_asked", cancel_asked, err);
}

static const struct db_statement EXTEND = {
    "job_extend", "UPDATE job SET lease_until = clock_timestamp() + $3 * interval '1 millisecond'"
                  " WHERE id = $1 AND lease = $2 RETURNING cancel_asked"};

enum zcd_code job_store_extend(struct db *db, const char *id, const uint8_t lease[JOB_LEASE_SIZE], int32_t lease_ms,
                               bool *cancel_asked, struct zcd_error *err)
{
    ZCD_AUTO(db_rows_done)
    struct db_rows rows = {0};
    enum zcd_code code =
        db_query(db, &EXTEND, DB_VALUES(db_text(id), db_uuid(lease), db_int4(lease_ms)), &rows, err);

    return code == ZCD_OK ? read_cancel(&rows, cancel_asked, err) : code;
}

static const struct db_statement KEEP = {
    "job_keep", "UPDATE job SET lease_until = clock_timestamp() + $3 * interval '1 millisecond', progress_done = $4,"
                " progress_total = $5, progress_facts = $7, progress_line = $8, checkpoint = coalesce($6, checkpoint)"
                " WHERE id = $1 AND lease = $2 RETURNING cancel_asked"};

static struct db_value number_or_null(int64_t number)
{
    return number == JOB_PROGRESS_UNKNOWN ? db_null(DB_INT8) : db_int8(number);
}

enum zcd_code job_store_keep(struct db *db, const struct job *job, int32_t lease_ms, bool *cancel_asked,
                             struct zcd_error *err)
{
    ZCD_AUTO(db_rows_done)
    struct db_rows rows = {0};
    const struct job_progress *progress = &job->progress;
    enum zcd_code code = db_query(db, &KEEP,
                                  DB_VALUES(db_text(job->id), db_uuid(job->lease), db_int4(lease_ms),
                                            db_int8(progress->done), number_or_null(progress->total), db_text(job->checkpoint),
                                            number_or_null(progress->facts), number_or_null(progress->line)),
                                  &rows, err);

    return code == ZCD_OK ? read_cancel(&rows, cancel_asked, err) : code;
}

static const struct db_statement RETURN = {
    "job_return", "UPDATE job SET state = 'waiting', lease = NULL, lease_until = NULL,"
                  " not_before = clock_timestamp() + $3 * interval '1 millisecond',"
                  " attempts = attempts - CASE WHEN $4 THEN 0 ELSE 1 END"
                  " WHERE id = $1 AND lease = $2 RETURNING cancel_asked"};

enum zcd_code job_store_return(struct db *db, const char *id, const uint8_t lease[JOB_LEASE_SIZE], int64_t delay_ms,
                               bool counts, struct zcd_error *err)
{
    ZCD_AUTO(db_rows_done)
    struct db_rows rows = {0};
    bool cancel_asked;
    enum zcd_code code = db_query(
        db, &RETURN, DB_VALUES(db_text(id), db_uuid(lease), db_int8(delay_ms), db_bool(counts)), &rows, err);

    return code == ZCD_OK ? read_cancel(&rows, &cancel_asked, err) : code;
}

static const struct db_statement END = {
    "job_end", "UPDATE job SET state = $3, result = $4, problem_code = $5, problem_detail = $6, problem_pointer = $7,"
               " lease = NULL, lease_until = NULL, checkpoint = NULL, finished_at = clock_timestamp(),"
               " expires_at = clock_timestamp() + $8 * interval '1 day'"
               " WHERE id = $1 AND lease = $2 RETURNING cancel_asked"};

enum zcd_code job_store_end(struct db *db, const struct job *job, int32_t retention_days, struct zcd_error *err)
{
    ZCD_AUTO(db_rows_done)
    struct db_rows rows = {0};
    const struct zcd_error *problem = job->problem.code == ZCD_OK ? NULL : &job->problem;
    bool cancel_asked;
    enum zcd_code code =
        db_query(db, &END,
                 DB_VALUES(db_text(job->id), db_uuid(job->lease), db_text(job->state), db_text(job->result),
                           db_text(problem == NULL ? NULL : zcd_code_name(problem->code)),
                           db_text(problem == NULL ? NULL : problem->message),
                           db_text(problem == NULL ? NULL : problem->pointer), db_int4(retention_days)),
                 &rows, err);

    return code == ZCD_OK ? read_cancel(&rows, &cancel_asked, err) : code;
}

/* ------------------------------------------------------------------ for whoever asked */

static const struct db_statement FIND = {"job_find", "SELECT result," COLUMNS
                                                     " FROM job WHERE id = $1 AND (caller_id = $2 OR caller_lender = $3)"};

enum zcd_code job_store_find(struct db *db, const struct job_owner *owner, const char *id, struct arena *arena,
                             struct job *job, struct zcd_error *err)
{
    ZCD_AUTO(db_rows_done)
    struct db_rows rows = {0};
    struct job read = {0};
    enum zcd_code code = db_query(
        db, &FIND, DB_VALUES(db_text(id), db_text(owner->caller_id), db_text(owner->caller_lender)), &rows, err);

    if (code == ZCD_OK && rows.count == 0)
        return zcd_fail(err, ZCD_NOT_FOUND, "there is no such job");
    if (code == ZCD_OK)
        code = read_job(&rows, 0, arena, &read, err);
    if (code == ZCD_OK)
        code = db_rows_copy_text_or_null(&rows, 0, "result", arena, &read.result, err);
    if (code == ZCD_OK)
        *job = read;
    return code;
}

static const struct db_statement LIST = {
    "job_list", "SELECT" COLUMNS " FROM job WHERE (caller_id = $1 OR caller_lender = $2) AND ($3::text IS NULL OR state = $3)"
                " AND ($4::text IS NULL OR id < $4) ORDER BY id DESC LIMIT $5"};

enum zcd_code job_store_list(struct db *db, const struct job_owner *owner, const char *state, const char *before,
                             size_t limit, struct arena *arena, struct job **jobs, size_t *count, struct zcd_error *err)
{
    ZCD_AUTO(db_rows_done)
    struct db_rows rows = {0};
    enum zcd_code code = db_query(db, &LIST,
                                  DB_VALUES(db_text(owner->caller_id), db_text(owner->caller_lender), db_text(state),
                                            db_text(before), db_int8((int64_t)limit)),
                                  &rows, err);

    if (code != ZCD_OK)
        return code;
    struct job *read = ARENA_NEW(arena, struct job, (size_t)rows.count + 1);
    for (int row = 0; code == ZCD_OK && row < rows.count; row++)
        code = read_job(&rows, row, arena, &read[row], err);
    if (code != ZCD_OK)
        return code;
    *jobs = read;
    *count = (size_t)rows.count;
    return ZCD_OK;
}

static const struct db_statement CANCEL = {
    "job_cancel",
    "UPDATE job SET cancel_asked = true, state = CASE state WHEN 'waiting' THEN 'cancelled' ELSE state END,"
    " finished_at = CASE state WHEN 'waiting' THEN clock_timestamp() END,"
    " expires_at = CASE state WHEN 'waiting' THEN clock_timestamp() + k.retention_days * interval '1 day' END"
    " FROM unnest($4::text[], $5::int4[]) AS k (kind, retention_days)"
    " WHERE id = $1 AND (caller_id = $2 OR caller_lender = $3) AND state IN ('waiting', 'running') AND k.kind = job.kind"
    " RETURNING id"};

enum zcd_code job_store_cancel(struct db *db, const struct job_owner *owner, const char *id, struct zcd_error *err)
{
    ZCD_AUTO(db_rows_done)
    struct db_rows rows = {0};
    ZCD_AUTO(db_rows_done)
    struct db_rows there = {0};
    ZCD_AUTO(db_array_done)
    struct db_array names;
    ZCD_AUTO(db_array_done)
    struct db_array retention;
    const struct db_value who = db_text(owner->caller_id), lender = db_text(owner->caller_lender);

    db_array_init(&names, DB_TEXT_ARRAY);
    db_array_init(&retention, DB_INT4_ARRAY);
    for (size_t i = 0; i < JOB_KIND_COUNT; i++) {
        db_array_add_text(&names, JOB_KINDS[i].name);
        db_array_add_int4(&retention, JOB_KINDS[i].retention_days);
    }
    enum zcd_code code = db_query(
        db, &CANCEL, DB_VALUES(db_text(id), who, lender, db_array_value(&names), db_array_value(&retention)), &rows, err);
    if (code != ZCD_OK || rows.count > 0)
        return code;
    code = db_query(db, &FIND, DB_VALUES(db_text(id), who, lender), &there, err);
    if (code != ZCD_OK)
        return code;
    return there.count == 0 ? zcd_fail(err, ZCD_NOT_FOUND, "there is no such job")
                            : zcd_fail(err, ZCD_CONFLICT, "the job has ended");
}

/* The paths of a column input_file. */
static enum zcd_code query_files(struct db *db, const struct db_statement *statement, struct arena *arena, const char ***files,
                                 size_t *count, struct zcd_error *err)
{
    ZCD_AUTO(db_rows_done)
    struct db_rows rows = {0};
    enum zcd_code code = db_query(db, statement, DB_NO_VALUES, &rows, err);

    if (code != ZCD_OK)
        return code;
    const char **read = ARENA_NEW(arena, const char *, (size_t)rows.count + 1);
    size_t found = 0;
    for (int row = 0; code == ZCD_OK && row < rows.count; row++) {
        code = db_rows_copy_text_or_null(&rows, row, "input_file", arena, &read[found], err);
        found += read[found] != NULL;
    }
    if (code != ZCD_OK)
        return code;
    *files = read;
    *count = found;
    return ZCD_OK;
}

static const struct db_statement RELEASE_FILES = {
    "job_release_files", "WITH ended AS (SELECT id, input_file FROM job WHERE input_file IS NOT NULL"
                         " AND state IN ('succeeded', 'failed', 'cancelled') LIMIT 1000 FOR UPDATE SKIP LOCKED)"
                         " UPDATE job SET input_file = NULL FROM ended WHERE job.id = ended.id RETURNING ended.input_file"};

enum zcd_code job_store_release_files(struct db *db, struct arena *arena, const char ***files, size_t *count,
                                      struct zcd_error *err)
{
    return query_files(db, &RELEASE_FILES, arena, files, count, err);
}

static const struct db_statement FILTER_UNKNOWN = {
    "job_filter_unknown", "SELECT n FROM unnest($1::text[]) WITH ORDINALITY AS given (name, n) WHERE NOT EXISTS"
                          " (SELECT FROM job WHERE input_file IS NOT NULL AND right(input_file, length(name)) = name) ORDER BY n"};

enum zcd_code job_store_filter_unknown(struct db *db, const char **files, size_t *count, struct zcd_error *err)
{
    ZCD_AUTO(db_rows_done)
    struct db_rows rows = {0};
    ZCD_AUTO(db_array_done)
    struct db_array names;

    db_array_init(&names, DB_TEXT_ARRAY);
    for (size_t i = 0; i < *count; i++)
        db_array_add_text(&names, strrchr(files[i], '/'));
    enum zcd_code code = db_query(db, &FILTER_UNKNOWN, DB_VALUES(db_array_value(&names)), &rows, err);
    for (int row = 0; code == ZCD_OK && row < rows.count; row++) {
        int64_t place;
        code = db_rows_int8(&rows, row, "n", &place, err);
        if (code == ZCD_OK)
            files[row] = files[place - 1]; /* never before its own place */
    }
    if (code == ZCD_OK)
        *count = (size_t)rows.count;
    return code;
}

static const struct db_statement FORGET = {
    "job_forget", "DELETE FROM job WHERE id IN (SELECT id FROM job WHERE expires_at <= clock_timestamp()"
                  " ORDER BY expires_at LIMIT 1000 FOR UPDATE SKIP LOCKED) RETURNING input_file"};

enum zcd_code job_store_forget(struct db *db, struct arena *arena, const char ***files, size_t *count,
                               struct zcd_error *err)
{
    return query_files(db, &FORGET, arena, files, count, err);
}

static const struct db_statement COUNT = {
    "job_count", "SELECT count(*) FILTER (WHERE state = 'waiting') AS waiting, count(*) FILTER (WHERE state = 'running') AS running"
                 " FROM job WHERE state IN ('waiting', 'running')"};

enum zcd_code job_store_count(struct db *db, int64_t *waiting, int64_t *running, struct zcd_error *err)
{
    ZCD_AUTO(db_rows_done)
    struct db_rows rows = {0};
    int64_t found[2];
    enum zcd_code code = db_query(db, &COUNT, DB_NO_VALUES, &rows, err);

    if (code == ZCD_OK)
        code = db_rows_int8(&rows, 0, "waiting", &found[0], err);
    if (code == ZCD_OK)
        code = db_rows_int8(&rows, 0, "running", &found[1], err);
    if (code != ZCD_OK)
        return code;
    *waiting = found[0];
    *running = found[1];
    return ZCD_OK;
}
