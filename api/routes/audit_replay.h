/*
 * audit_replay.h - decisions made again from what was recorded, and compared.
 *
 * On a worker's thread; the context is struct app_worker.
 */
#ifndef API_ROUTES_AUDIT_REPLAY_H
#define API_ROUTES_AUDIT_REPLAY_H

#include "api/http/exchange.h"

http_handler audit_replay_show;  /* GET /v1/audit/records/{index}/replay */
http_handler audit_replay_range; /* GET /v1/audit/replay?from=INDEX&to=INDEX */
http_handler audit_replay_begin; /* POST /v1/audit/replays: a longer range, as a job (jobs/replay_job.h) */

#endif
