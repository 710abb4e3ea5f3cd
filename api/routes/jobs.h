/*
 * jobs.h - long work: asking for it is each kind's own route, looking after it is here.
 *
 * Who asked sees a job, and whoever belongs to the same lender; for all others there is none. On a worker's thread; the
 * context is struct app_worker.
 */
#ifndef API_ROUTES_JOBS_H
#define API_ROUTES_JOBS_H

#include "api/http/exchange.h"
#include "api/jobs/job.h"

struct app_worker;

http_handler jobs_list;   /* GET /v1/jobs?state=&limit=&cursor= */
http_handler jobs_show;   /* GET /v1/jobs/{id} */
http_handler jobs_cancel; /* DELETE /v1/jobs/{id} */

/*
 * For the routes of the kinds: ask for a job in the name of the exchange's caller and answer 202 with its Location, or the
 * problem.
 *
 *   input       in  a JSON object, checked
 *   input_file  in  the job's from then on, unless it is refused; or NULL
 */
void jobs_accept(struct http_exchange *exchange, struct app_worker *worker, const struct job_kind *kind,
                 const char *input, const char *input_file);

/* The row of that name in JOB_KINDS, which must be there. */
const struct job_kind *jobs_kind(const char *name);

#endif
