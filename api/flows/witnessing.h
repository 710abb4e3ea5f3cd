/*
 * witnessing.h - take the newest checkpoint to the witnesses and to the time-stamping authority, and keep what they said.
 *
 * What comes of it is the published checkpoint: the note with cosignatures that satisfy the policy, in a file beside the
 * checkpoint store (PATH.published), and a timestamp token of its text (PATH.published.tsr). It lags behind the newest one by as
 * long as this takes; a witness that is away delays nothing else. Thread: any; waits for others.
 */
#ifndef API_FLOWS_WITNESSING_H
#define API_FLOWS_WITNESSING_H

#include "audit/checkpoint.h"
#include "audit/log.h"
#include "audit/witness_policy.h"
#include "base/bytes.h"
#include "base/error.h"

#include <stddef.h>
#include <stdint.h>

struct db;

struct witnessing_config {
    struct log *log; /* opened, if for reading only */
    struct db *db;
    const struct witness_policy *policy; /* NULL: no witnesses */
    const char *timestamp_url;           /* NULL: no timestamp */
    const char *checkpoint_path;         /* of the checkpoint store */
    int32_t timeout_ms;                  /* for each of the others; 0 stands for 10 s */
};

struct witnessed {
    uint64_t size;
    size_t cosigned;                                          /* witnesses that did */
    size_t failed;                                            /* witnesses that did not */
    struct zcd_error problem[WITNESS_POLICY_MEMBERS_MAX + 1]; /* why not, of each; the last may be the timestamp's */
    size_t problem_count;
    bool is_published; /* the quorum is met, and the file is on disk */
    bool is_timestamped;
};

/*
 * One round. Witnesses that fail are in `witnessed`, also on failure.
 * ZCD_NOT_FOUND: the quorum was not met, and what was published before stays. ZCD_UNAVAILABLE, ZCD_CORRUPT: the log, the
 * file.
 */
enum zcd_code witnessing_run(const struct witnessing_config *config, struct witnessed *witnessed,
                             struct zcd_error *err) ZCD_MUST_USE;

/*
 * The published checkpoint and its timestamp, for serving.
 *   note, token  out  appended to; token stays empty when there is none of this very text
 * ZCD_NOT_FOUND when nothing was published; ZCD_UNAVAILABLE; ZCD_CORRUPT when it is none by the log's key.
 */
enum zcd_code witnessing_read(const char *checkpoint_path, const struct note_vkey *vkey, struct buffer *note,
                              struct checkpoint *checkpoint, struct buffer *token, struct zcd_error *err) ZCD_MUST_USE;

#endif
