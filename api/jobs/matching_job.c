#include "api/jobs/matching_job.h"

#include "api/app.h"
#include "api/clock.h"
#include "api/flows/matching.h"
#include "api/jobs/job_store.h"
#include "contracts/bank_statement_store.h"

#include <inttypes.h>

const char MATCHING_JOB_KIND[] = "receipt_matching";

enum zcd_code matching_job_ask(struct db *db, const struct record *record, struct zcd_error *err)
{
    const struct facts_of facts = {record->subject.uscc.text, record->actor.lender};
    char id[PUBLIC_ID_SIZE];
    const struct job job = {.id = public_id_new(JOB_ID_PREFIX, clock_now_us(), id),
                            .kind = MATCHING_JOB_KIND,
                            .caller_id = record->actor.id,
                            .caller_role = record->actor.role,
                            .caller_lender = record->actor.lender,
                            .input = "{}"};
    bool has_any = false;
    enum zcd_code code = bank_statement_store_has_any(db, &facts, &has_any, err);

    return code == ZCD_OK && has_any ? job_store_insert_alone(db, &job, err) : code;
}

enum zcd_code matching_job(struct job_run *run, struct app_worker *worker, struct zcd_error *err)
{
    const struct log_config log = app_log_config(worker->app->config, worker->app->key);
    const struct import_actor actor = {
        .id = run->job->caller_id, .role = run->job->caller_role, .lender = run->job->caller_lender};
    struct matching_result result;
    enum zcd_code code = matching_run(run->db, &log, &actor, &result, err);

    if (code == ZCD_OK)
        buffer_append_format(&run->result, "{\"matched\":%" PRIu64 ",\"paid_before\":%" PRIu64 ",\"statements\":%" PRIu64 "}",
                             result.matched, result.paid_before, result.statements);
    return code;
}
