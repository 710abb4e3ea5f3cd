/*
 * replay_job.h - decide again on a long range of the log, and tell what came out differently.
 *
 * Input {"from":INDEX,"to":INDEX}, progress in records. Result:
 *   {"counts":{"another_engine":N,"different":N,"equal":N,"no_decision":N,"no_documents":N},
 *    "from":INDEX,"left_out":N,"replays":[...],"to":INDEX}
 * with the replay (flows/replay.h) of each record that is neither equal nor without a decision, as far as they fit into
 * REPLAY_JOB_SHOWN_SIZE_MAX bytes; the others are counted in left_out. Whose records were decided again, and for whom, is on
 * record before the result is there to be read.
 */
#ifndef API_JOBS_REPLAY_JOB_H
#define API_JOBS_REPLAY_JOB_H

#include "api/jobs/job.h"

#define REPLAY_JOB_SHOWN_SIZE_MAX (256 << 10)

extern const char REPLAY_JOB_KIND[]; /* its name in JOB_KINDS */

job_work replay_job;

#endif
