#include "api/routes/routes.h"

#include "api/routes/assessments.h"
#include "api/routes/audit_records.h"
#include "api/routes/audit_replay.h"
#include "api/routes/audit_search.h"
#include "api/routes/checkpoint.h"
#include "api/routes/probes.h"
#include "api/routes/tiles.h"

enum { DOSSIER_SIZE_MAX = 8 << 20 };

#define JSON "application/json"

/* clang-format off */
const struct http_route ROUTES[] = {
    {HTTP_POST, "/v1/assessments",                    HTTP_BEARER, HTTP_ON_WORKER, DOSSIER_SIZE_MAX, JSON, assessments_create},
    {HTTP_GET,  "/v1/assessments/{id}",               HTTP_BEARER, HTTP_ON_WORKER, 0, NULL, assessments_show},
    {HTTP_GET,  "/v1/audit/records/{index}",          HTTP_BEARER, HTTP_ON_WORKER, 0, NULL, audit_records_show},
    {HTTP_GET,  "/v1/audit/records/{index}/bundle",   HTTP_BEARER, HTTP_ON_WORKER, 0, NULL, audit_records_bundle},
    {HTTP_GET,  "/v1/audit/records?",                 HTTP_BEARER, HTTP_ON_WORKER, 0, NULL, audit_search},
    {HTTP_GET,  "/v1/audit/records/{index}/replay",   HTTP_BEARER, HTTP_ON_WORKER, 0, NULL, audit_replay_show},
    {HTTP_GET,  "/v1/audit/replay?",                  HTTP_BEARER, HTTP_ON_WORKER, 0, NULL, audit_replay_range},
    {HTTP_GET,  "/log/checkpoint",                    HTTP_PUBLIC, HTTP_ON_WORKER, 0, NULL, checkpoint_show},
    {HTTP_GET,  "/log/published-checkpoint",          HTTP_PUBLIC, HTTP_ON_WORKER, 0, NULL, checkpoint_show_published},
    {HTTP_GET,  "/log/tile/{tile...}",                HTTP_BEARER, HTTP_ON_WORKER, 0, NULL, tiles_show},
    {HTTP_GET,  "/livez",                             HTTP_PUBLIC, HTTP_ON_LOOP,   0, NULL, probes_livez},
    {HTTP_GET,  "/readyz",                            HTTP_PUBLIC, HTTP_ON_WORKER, 0, NULL, probes_readyz},
    {.pattern = NULL},
};
/* clang-format on */
