/*
 * matching_job.h - receipts of statements are matched again (flows/matching) after a person taught a name or changed a fact by hand.
 *
 * The job's input is {}; its result {"matched": receipts that went to milestones, "paid_before": those whose payment another source tells
 * of by now, "statements": whose receipts changed}.
 */
#ifndef API_JOBS_MATCHING_JOB_H
#define API_JOBS_MATCHING_JOB_H

#include "api/jobs/job.h"
#include "audit/record.h"

extern const char MATCHING_JOB_KIND[];

job_work matching_job;

/*
 * Ask for one in the transaction of a record that changes what receipts are matched with, in the name of its actor. Nothing where the
 * actor's lender has no statement of the record's organisation, or one waits already. A runner finds it within a second.
 *
 * On the log's writer's thread. ZCD_UNAVAILABLE.
 */
enum zcd_code matching_job_ask(struct db *db, const struct record *record, struct zcd_error *err) ZCD_MUST_USE;

#endif
