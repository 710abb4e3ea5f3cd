/*
 * job.h - work that takes longer than a request may: asked for in the transaction of whoever asks, done by any process of
 * the service, resumed by another when that one is gone.
 *
 * A job waits in the table until a runner takes it (runner.h), under a lease that the runner keeps extending. A runner that
 * dies lets the lease run out, and the next one begins the job again, from the checkpoint that it kept last. So everything
 * a kind does may happen twice, but for what it writes in one transaction with job_keep, which a runner that has lost its
 * lease cannot commit.
 *
 * How a kind is added: a row in job_kinds.c with its limits, and one function. Thread: said at each function.
 */
#ifndef API_JOBS_JOB_H
#define API_JOBS_JOB_H

#include "api/public_id.h"
#include "base/arena.h"
#include "base/bytes.h"
#include "base/error.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct app_worker;
struct caller;
struct db;

#define JOB_ID_PREFIX "job_"
#define JOB_LEASE_SIZE 16
#define JOB_PROGRESS_UNKNOWN (-1)

/* How far a job is, in units of its kind; each but done may be JOB_PROGRESS_UNKNOWN. */
struct job_progress {
    int64_t done, total;
    int64_t facts, line; /* of an import: facts read so far, and the last line of the file that was */
};

/* A job as it stands in its row. Texts live in the arena that it was read into; NULL where there is none. */
struct job {
    const char *id;
    const char *kind;
    const char *state; /* "waiting", "running", "succeeded", "failed", "cancelled" */
    const char *caller_id, *caller_role, *caller_lender, *caller_uscc;
    const char *input;      /* a JSON object of the kind's own */
    const char *input_file; /* of the job's own: removed with its row */
    const char *checkpoint; /* a JSON object of the kind's own */
    const char *result;     /* the same */
    struct zcd_error problem; /* code ZCD_OK: none */
    struct job_progress progress;
    int32_t attempts;
    bool cancel_asked;
    int64_t created_at_us, started_at_us, finished_at_us, expires_at_us; /* 0: not yet */
    uint8_t lease[JOB_LEASE_SIZE];
};

/* A job that is being done; the runner's. */
struct job_run {
    const struct job *job;
    struct arena *arena; /* lives until the job has ended */
    struct db *db;       /* the runner's connection */
    struct buffer result; /* to be filled: a JSON object */
    /* Set by other threads. */
    atomic_bool is_cancelled; /* somebody wants it to end */
    atomic_bool is_lost;      /* the lease ran out: another process has it */
    const atomic_bool *is_stopping; /* this process ends */
};

/*
 * Do the work. On the runner's thread, in no transaction.
 *
 * ZCD_OK: run->result is the result. ZCD_UNAVAILABLE: it is tried again later, from its checkpoint, until its attempts are
 * used up. Any other: it has failed, and err says why.
 */
typedef enum zcd_code job_work(struct job_run *run, struct app_worker *worker, struct zcd_error *err);

struct job_kind {
    const char *name; /* for ever */
    job_work *work;
    int32_t running_max;        /* at once, in all processes */
    int32_t caller_running_max; /* of these, of one caller */
    int32_t caller_open_max;    /* that one caller may have waiting or running */
    int32_t attempts_max;
    int32_t retention_days; /* of the ended job */
};

extern const struct job_kind JOB_KINDS[];
extern const size_t JOB_KIND_COUNT;

/*
 * Ask for a job, in a transaction of the caller's thread: it is there when that commits. Wake the runner then.
 *
 *   input       in   a JSON object
 *   input_file  in   path of a file that is the job's from then on; or NULL
 *   id          out  written only on ZCD_OK
 *
 * ZCD_CONFLICT: as many of this kind are open for this caller as may be. ZCD_UNAVAILABLE.
 */
enum zcd_code job_submit(struct db *db, const struct job_kind *kind, const struct caller *caller, const char *input,
                         const char *input_file, char id[PUBLIC_ID_SIZE], struct zcd_error *err) ZCD_MUST_USE;

/*
 * For a job's work: keep what is done so far, and ask whether to go on. Inside a transaction it is kept if that commits, and
 * the row is locked until then; outside of one, at once.
 *
 *   checkpoint  in   a JSON object from which the work could go on; NULL leaves the one before
 *
 * To be handed on: ZCD_CONFLICT: cancelled, or no longer ours; ZCD_UNAVAILABLE: the process is being stopped, or the
 * database is away.
 */
enum zcd_code job_keep(struct job_run *run, struct db *db, const struct job_progress *progress, const char *checkpoint,
                       struct zcd_error *err) ZCD_MUST_USE;

/*
 * Append the job as clients see it, a JSON object.
 *   has_result  in  with its result; a list does without
 *   chinese     in  the language of a problem's title
 */
void job_encode(const struct job *job, bool has_result, bool chinese, struct buffer *json);

#endif
