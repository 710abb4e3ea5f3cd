/*
 * job_store.h - the table of jobs. The database's clock alone says when a lease ends. Thread: that of the connection.
 */
#ifndef API_JOBS_JOB_STORE_H
#define API_JOBS_JOB_STORE_H

#include "api/jobs/job.h"

struct db;

/*
 * Insert a waiting job, in a transaction.
 *   job       in  id, kind, caller, input, input_file
 *   open_max  in  of this kind and caller; ZCD_CONFLICT when there are as many
 */
enum zcd_code job_store_insert(struct db *db, const struct job *job, int32_t open_max,
                               struct zcd_error *err) ZCD_MUST_USE;

/* The same, unless one of its kind waits for its caller's lender already: that one does. */
enum zcd_code job_store_insert_alone(struct db *db, const struct job *job, struct zcd_error *err) ZCD_MUST_USE;

/*
 * Take the next job that may run, in a transaction: one that waits, or whose lease has run out. Those of callers that have
 * the fewest running go first, then the oldest.
 *
 *   lease_ms  in   from now
 *   arena     in   holds the job's texts
 *   job       out  written only on ZCD_OK
 *
 * ZCD_NOT_FOUND: there is none. ZCD_UNAVAILABLE.
 */
enum zcd_code job_store_take(struct db *db, const uint8_t lease[JOB_LEASE_SIZE], int32_t lease_ms, struct arena *arena,
                             struct job *job, struct zcd_error *err) ZCD_MUST_USE;

/* End what was begun as often as it may be and whose lease has run out: as failed, with what is known. */
enum zcd_code job_store_end_lost(struct db *db, struct zcd_error *err) ZCD_MUST_USE;

/* Extend a lease. ZCD_NOT_FOUND: it is another's by now. */
enum zcd_code job_store_extend(struct db *db, const char *id, const uint8_t lease[JOB_LEASE_SIZE], int32_t lease_ms,
                               bool *cancel_asked, struct zcd_error *err) ZCD_MUST_USE;

/* The same, with progress and checkpoint (NULL leaves it). */
enum zcd_code job_store_keep(struct db *db, const struct job *job, int32_t lease_ms, bool *cancel_asked,
                             struct zcd_error *err) ZCD_MUST_USE;

/* Give it back: it may be begun again after a while. An attempt that was not its fault does not count. ZCD_NOT_FOUND. */
enum zcd_code job_store_return(struct db *db, const char *id, const uint8_t lease[JOB_LEASE_SIZE], int64_t delay_ms,
                               bool counts, struct zcd_error *err) ZCD_MUST_USE;

/*
 * End it.
 *   job  in  id and lease; state, and with it result or problem
 * ZCD_NOT_FOUND: it is another's by now.
 */
enum zcd_code job_store_end(struct db *db, const struct job *job, int32_t retention_days,
                            struct zcd_error *err) ZCD_MUST_USE;

/* Whose jobs: a caller's own, and those of the lender it belongs to. */
struct job_owner {
    const char *caller_id;
    const char *caller_lender; /* or NULL */
};

/* One job. ZCD_NOT_FOUND: there is none, or it is somebody else's. */
enum zcd_code job_store_find(struct db *db, const struct job_owner *owner, const char *id, struct arena *arena,
                             struct job *job, struct zcd_error *err) ZCD_MUST_USE;

/*
 * Newest first, without their results and checkpoints.
 *   state   in   NULL for any
 *   before  in   the id behind which to begin; NULL for the newest
 *   jobs    out  in the arena; at most `limit`
 */
enum zcd_code job_store_list(struct db *db, const struct job_owner *owner, const char *state, const char *before,
                             size_t limit, struct arena *arena, struct job **jobs, size_t *count,
                             struct zcd_error *err) ZCD_MUST_USE;

/* A waiting job is cancelled at once; a running one is asked to end. ZCD_NOT_FOUND; ZCD_CONFLICT: it has ended. */
enum zcd_code job_store_cancel(struct db *db, const struct job_owner *owner, const char *id,
                               struct zcd_error *err) ZCD_MUST_USE;

/* How many wait and how many are being done, by all processes together. */
enum zcd_code job_store_count(struct db *db, int64_t *waiting, int64_t *running, struct zcd_error *err) ZCD_MUST_USE;

/*
 * Forget the files of jobs that have ended, which are to be removed then.
 *   files  out  their paths, in the arena
 */
enum zcd_code job_store_release_files(struct db *db, struct arena *arena, const char ***files, size_t *count,
                                      struct zcd_error *err) ZCD_MUST_USE;

/*
 * Of these files, those that no job has.
 *   files  in/out  paths; compared by their names, since processes may call their common directory differently
 */
enum zcd_code job_store_filter_unknown(struct db *db, const char **files, size_t *count, struct zcd_error *err) ZCD_MUST_USE;

/*
 * Remove rows whose time is over.
 *   files  out  paths of their files, in the arena
 */
enum zcd_code job_store_forget(struct db *db, struct arena *arena, const char ***files, size_t *count,
                               struct zcd_error *err) ZCD_MUST_USE;

#endif
