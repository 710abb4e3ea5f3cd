#include "api/jobs/job.h"

#include "api/jobs/import_job.h"
#include "api/jobs/matching_job.h"
#include "api/jobs/replay_job.h"

/* clang-format off */
const struct job_kind JOB_KINDS[] = {
    /* name               work                   running_max  caller_running_max  caller_open_max  attempts_max  retention_days */
    {"audit_replay",      replay_job,            2,           1,                  10,              5,            30},
    {"import",            import_job,            2,           1,                  10,              5,            30},
    {"import_withdrawal", import_withdrawal_job, 2,           1,                  10,              5,            30},
    {"receipt_matching",  matching_job,          1,           1,                  1,               5,            30},
};
/* clang-format on */

const size_t JOB_KIND_COUNT = sizeof JOB_KINDS / sizeof *JOB_KINDS;
