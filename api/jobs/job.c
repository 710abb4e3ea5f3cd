#include "api/jobs/job.h"

#include "api/clock.h"
#include "api/codec/problem.h"
#include "api/identity/caller.h"
#include "api/jobs/job_store.h"
#include "api/jobs/runner.h"
#include "audit/canonical_json.h"
#include "audit/record.h"

#include <string.h>

enum zcd_code job_submit(struct db *db, const struct job_kind *kind, const struct caller *caller, const char *input,
                         const char *input_file, char id[PUBLIC_ID_SIZE], struct zcd_error *err)
{
    char made[PUBLIC_ID_SIZE];
    const struct job job = {.id = public_id_new(JOB_ID_PREFIX, clock_now_us(), made),
                            .kind = kind->name,
                            .caller_id = caller->id,
                            .caller_role = caller->role,
                            .caller_lender = caller->lender,
                            .caller_uscc = caller->uscc,
                            .input = input,
                            .input_file = input_file};
    enum zcd_code code = job_store_insert(db, &job, kind->caller_open_max, err);

    if (code == ZCD_OK)
        memcpy(id, made, sizeof made);
    return code;
}

enum zcd_code job_keep(struct job_run *run, struct db *db, const struct job_progress *progress, const char *checkpoint,
                       struct zcd_error *err)
{
    struct job kept = *run->job;
    bool cancel_asked = false;

    kept.progress = *progress;
    kept.checkpoint = checkpoint;
    enum zcd_code code = job_store_keep(db, &kept, RUNNER_LEASE_MS, &cancel_asked, err);
    if (code == ZCD_NOT_FOUND) {
        atomic_store(&run->is_lost, true);
        return zcd_fail(err, ZCD_CONFLICT, "another process does the job by now");
    }
    if (code != ZCD_OK)
        return code;
    if (cancel_asked) {
        atomic_store(&run->is_cancelled, true);
        return zcd_fail(err, ZCD_CONFLICT, "the job was cancelled");
    }
    if (atomic_load(run->is_stopping))
        return zcd_fail(err, ZCD_UNAVAILABLE, "the service stops");
    return ZCD_OK;
}

/* ------------------------------------------------------------------ as JSON */

static void append_text(struct buffer *json, const char *name, const char *text)
{
    buffer_append_format(json, ",\"%s\":", name);
    if (text == NULL)
        buffer_append_text(json, "null");
    else
        canonical_json_append_string(json, bytes_of_text(text));
}

static void append_instant(struct buffer *json, const char *name, int64_t at_us)
{
    char text[RECORD_AT_TEXT_SIZE];

    append_text(json, name, at_us == 0 ? NULL : record_at_format(at_us, text));
}

static void append_problem(const struct job *job, bool chinese, struct buffer *json)
{
    const struct problem problem = {.status = problem_status(job->problem.code),
                                    .detail = job->problem.message,
                                    .error = job->problem.pointer[0] == '\0' ? NULL : &job->problem};
    problem_encode(&problem, chinese, json);
}

static void append_number(struct buffer *json, const char *before, int64_t number)
{
    buffer_append_text(json, before);
    if (number == JOB_PROGRESS_UNKNOWN)
        buffer_append_text(json, "null");
    else
        canonical_json_append_integer(json, number);
}

static void append_progress(const struct job_progress *progress, struct buffer *json)
{
    append_number(json, ",\"progress\":{\"done\":", progress->done);
    append_number(json, ",\"facts\":", progress->facts);
    append_number(json, ",\"line\":", progress->line);
    append_number(json, ",\"total\":", progress->total);
    buffer_append_text(json, "}");
}

void job_encode(const struct job *job, bool has_result, bool chinese, struct buffer *json)
{
    buffer_append_format(json, "{\"attempts\":%d", (int)job->attempts);
    append_text(json, "caller", job->caller_id);
    buffer_append_format(json, ",\"cancel_asked\":%s", job->cancel_asked ? "true" : "false");
    append_instant(json, "created_at", job->created_at_us);
    append_instant(json, "expires_at", job->expires_at_us);
    append_instant(json, "finished_at", job->finished_at_us);
    append_text(json, "id", job->id);
    append_text(json, "kind", job->kind);
    buffer_append_text(json, ",\"problem\":");
    if (job->problem.code == ZCD_OK)
        buffer_append_text(json, "null");
    else
        append_problem(job, chinese, json);
    append_progress(&job->progress, json);
    if (has_result) {
        buffer_append_text(json, ",\"result\":");
        buffer_append_text(json, job->result == NULL ? "null" : job->result);
    }
    append_instant(json, "started_at", job->started_at_us);
    append_text(json, "state", job->state);
    buffer_append_text(json, "}");
}
