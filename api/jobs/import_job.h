/*
 * import_job.h - read a file that was sent and keep what it says, or only tell (a dry run); take an import back.
 *
 * "import": input {"dry_run":BOOL,"file_name":TEXT|null,"kind":TEXT,"organisation":TEXT|null} and the file; progress in bytes of
 * it. Result:
 *   {"added":N,"changed":BOOL,"dry_run":BOOL,"file_sha256":TEXT,"found":{"counts":..,"coverage":..,"line_counts":..},
 *    "import":N|null,"kind":TEXT,"lines":[..],"record":N|null}
 * with the first IMPORT_JOB_LINES_MAX lines of the report, the gravest first. The import, its report and the job's right to both
 * are one transaction: a job that is begun again after a crash finds what it has done, and does nothing twice.
 *
 * "import_withdrawal": input {"import":N}; result {"import":N,"record":N,"withdraws":N}.
 *
 * A file that cannot be taken at all fails the job, with the place and the rule.
 */
#ifndef API_JOBS_IMPORT_JOB_H
#define API_JOBS_IMPORT_JOB_H

#include "api/jobs/job.h"

#define IMPORT_JOB_LINES_MAX 100

extern const char IMPORT_JOB_KIND[]; /* their names in JOB_KINDS */
extern const char IMPORT_WITHDRAWAL_JOB_KIND[];

job_work import_job;
job_work import_withdrawal_job;

#endif
