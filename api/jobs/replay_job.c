#include "api/jobs/replay_job.h"

#include "api/app.h"
#include "api/clock.h"
#include "api/flows/disclosure.h"
#include "api/flows/replay.h"
#include "audit/canonical_json.h"
#include "base/cleanup.h"

#include <string.h>

const char REPLAY_JOB_KIND[] = "audit_replay";

enum {
    STEP_RECORDS = 64, /* between two checkpoints: what a crash makes be done again */
    STATUSES = REPLAY_NO_DECISION + 1
};

/* In the order of their names, as canonical JSON has them. */
static const enum replay_status BY_NAME[STATUSES] = {REPLAY_ANOTHER_ENGINE, REPLAY_DIFFERENT, REPLAY_EQUAL,
                                                     REPLAY_NO_DECISION, REPLAY_NO_DOCUMENTS};

struct replaying {
    uint64_t from, to;
    /* What a checkpoint keeps. */
    uint64_t next;
    uint64_t counts[STATUSES];
    uint64_t left_out;
    struct buffer shown; /* replays with commas between them */
};

static void replaying_done(struct replaying *replaying)
{
    buffer_done(&replaying->shown);
}

/* ------------------------------------------------------------------ input and checkpoint */

static enum zcd_code read_index(const struct json_t *object, const char *name, uint64_t *index, struct zcd_error *err)
{
    int64_t read;
    enum zcd_code code = canonical_json_read_integer(object, name, 0, CANONICAL_JSON_INTEGER_MAX, &read, err);

    if (code == ZCD_OK)
        *index = (uint64_t)read;
    return code;
}

static enum zcd_code read_input(const char *text, struct replaying *replaying, struct zcd_error *err)
{
    ZCD_AUTO(canonical_json_free)
    struct json_t *input = NULL;
    enum zcd_code code = canonical_json_decode(bytes_of_text(text), &input, err);

    if (code == ZCD_OK)
        code = read_index(input, "from", &replaying->from, err);
    if (code == ZCD_OK)
        code = read_index(input, "to", &replaying->to, err);
    replaying->next = replaying->from;
    return code;
}

static void write_counts(const struct replaying *replaying, struct buffer *json)
{
    buffer_append_text(json, "{");
    for (int i = 0; i < STATUSES; i++)
        buffer_append_format(json, "%s\"%s\":%llu", i == 0 ? "" : ",", replay_status_name(BY_NAME[i]),
                             (unsigned long long)replaying->counts[BY_NAME[i]]);
    buffer_append_text(json, "}");
}

static void write_checkpoint(const struct replaying *replaying, struct buffer *json)
{
    buffer_clear(json);
    buffer_append_text(json, "{\"counts\":");
    write_counts(replaying, json);
    buffer_append_format(json, ",\"left_out\":%llu,\"next\":%llu,\"shown\":", (unsigned long long)replaying->left_out,
                         (unsigned long long)replaying->next);
    canonical_json_append_string(json, buffer_bytes(&replaying->shown));
    buffer_append_text(json, "}");
}

static enum zcd_code read_checkpoint(const char *text, struct replaying *replaying, struct zcd_error *err)
{
    ZCD_AUTO(canonical_json_free)
    struct json_t *checkpoint = NULL;
    const struct json_t *counts;
    const char *shown;

    if (text == NULL)
        return ZCD_OK;
    enum zcd_code code = canonical_json_decode(bytes_of_text(text), &checkpoint, err);
    if (code == ZCD_OK)
        code = canonical_json_read_object(checkpoint, "counts", &counts, err);
    for (int i = 0; code == ZCD_OK && i < STATUSES; i++)
        code = read_index(counts, replay_status_name((enum replay_status)i), &replaying->counts[i], err);
    if (code == ZCD_OK)
        code = read_index(checkpoint, "left_out", &replaying->left_out, err);
    if (code == ZCD_OK)
        code = read_index(checkpoint, "next", &replaying->next, err);
    if (code == ZCD_OK)
        code = canonical_json_read_text(checkpoint, "shown", &shown, err);
    if (code == ZCD_OK)
        buffer_append_text(&replaying->shown, shown);
    return code;
}

/* ------------------------------------------------------------------ work */

static void show(struct replaying *replaying, const struct replay *replay)
{
    ZCD_AUTO(buffer_done)
    struct buffer json = {0};

    if (replay->status == REPLAY_EQUAL || replay->status == REPLAY_NO_DECISION)
        return;
    replay_encode(replay, &json);
    if (replaying->left_out > 0 || replaying->shown.size + json.size + 1 > REPLAY_JOB_SHOWN_SIZE_MAX) {
        replaying->left_out++;
        return;
    }
    if (replaying->shown.size > 0)
        buffer_append_text(&replaying->shown, ",");
    buffer_append(&replaying->shown, json.data, json.size);
}

/* Up to STEP_RECORDS of them, and that they were read. */
static enum zcd_code replay_step(struct replaying *replaying, const struct job_run *run, struct app_worker *worker,
                                 struct zcd_error *err)
{
    ZCD_AUTO(arena_done)
    struct arena arena = {0};
    struct disclosed *disclosed = ARENA_NEW(&arena, struct disclosed, STEP_RECORDS);
    const struct job *job = run->job;
    size_t count = 0;
    enum zcd_code code = ZCD_OK;

    while (code == ZCD_OK && count < STEP_RECORDS && replaying->next < replaying->to) {
        struct replay replay;
        code = replay_record(worker->app->log, run->db, replaying->next, worker->workspace, &arena, &replay, err);
        if (code != ZCD_OK)
            return code;
        disclosed[count++] = replay.disclosed;
        replaying->counts[replay.status]++;
        show(replaying, &replay);
        replaying->next++;
    }
    struct reading reading = {.form = "record",
                              .caller = job->caller_id,
                              .role = job->caller_role,
                              .lender = job->caller_lender,
                              .shown = disclosed,
                              .shown_count = count};
    return disclosure_record_and_wait(worker->app->log, run->db, clock_now_us(), &arena, &reading, err);
}

static void write_result(const struct replaying *replaying, struct buffer *json)
{
    buffer_append_text(json, "{\"counts\":");
    write_counts(replaying, json);
    buffer_append_format(json, ",\"from\":%llu,\"left_out\":%llu,\"replays\":[", (unsigned long long)replaying->from,
                         (unsigned long long)replaying->left_out);
    buffer_append(json, replaying->shown.data, replaying->shown.size);
    buffer_append_format(json, "],\"to\":%llu}", (unsigned long long)replaying->to);
}

enum zcd_code replay_job(struct job_run *run, struct app_worker *worker, struct zcd_error *err)
{
    ZCD_AUTO(replaying_done)
    struct replaying replaying = {0};
    ZCD_AUTO(buffer_done)
    struct buffer checkpoint = {0};
    enum zcd_code code = read_input(run->job->input, &replaying, err);

    if (code == ZCD_OK)
        code = read_checkpoint(run->job->checkpoint, &replaying, err);
    while (code == ZCD_OK && replaying.next < replaying.to) {
        code = replay_step(&replaying, run, worker, err);
        if (code != ZCD_OK)
            break;
        write_checkpoint(&replaying, &checkpoint);
        const struct job_progress progress = {.done = (int64_t)(replaying.next - replaying.from),
                                              .total = (int64_t)(replaying.to - replaying.from),
                                              .facts = JOB_PROGRESS_UNKNOWN,
                                              .line = JOB_PROGRESS_UNKNOWN};
        code = job_keep(run, run->db, &progress, (const char *)checkpoint.data, err);
    }
    if (code == ZCD_OK)
        write_result(&replaying, &run->result);
    return code;
}
