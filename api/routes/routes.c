#include "api/routes/routes.h"

#include "api/identity/caller.h"
#include "api/routes/assessments.h"
#include "api/routes/audit_records.h"
#include "api/routes/audit_replay.h"
#include "api/routes/audit_search.h"
#include "api/routes/authorisations.h"
#include "api/routes/checkpoint.h"
#include "api/routes/corrections.h"
#include "api/routes/documents.h"
#include "api/routes/fact_changes.h"
#include "api/routes/facts.h"
#include "api/routes/imports.h"
#include "api/routes/jobs.h"
#include "api/routes/organisations.h"
#include "api/routes/probes.h"
#include "api/routes/payer_aliases.h"
#include "api/routes/receipts.h"
#include "api/routes/sessions.h"
#include "api/routes/stored_assessments.h"
#include "api/routes/tiles.h"
#include "api/routes/tokens.h"
#include "api/routes/users.h"
#include "api/routes/views.h"
#include "api/routes/webhooks.h"

enum { DOSSIER_SIZE_MAX = 8 << 20, SMALL_SIZE_MAX = 64 << 10 };

#define JSON "application/json"

/* Who may call, as in ARCHITECTURE.md; a route that is not for a role does not exist for it. */
enum {
    ANYBODY = 0,
    ASSESSING = CALLER_OFFICER | CALLER_SYSTEM,
    READING = CALLER_OFFICER | CALLER_SYSTEM | CALLER_APPROVER | CALLER_RISK_MANAGER | CALLER_DIRECTOR | CALLER_REGULATOR,
    AUTHORISED = READING | CALLER_ORGANISER, /* may be shown others' facts, or shows its own */
    BANKING = CALLER_OFFICER | CALLER_APPROVER | CALLER_RISK_MANAGER, /* a lender's people, about its own facts */
    LENDING = CALLER_OFFICER | CALLER_SYSTEM | CALLER_APPROVER | CALLER_RISK_MANAGER,
    AUDITING = CALLER_REGULATOR,
    ADMINISTERING = CALLER_ADMIN
};

#define ANY HTTP_SCOPE_ANY
#define OWN HTTP_SCOPE_OWN

/* clang-format off */
const struct http_route ROUTES[] = {
    {HTTP_POST, "/v1/assessments",                    ASSESSING, OWN, HTTP_ON_WORKER_DECIDING, DOSSIER_SIZE_MAX, JSON, assessments_create},
    {HTTP_GET,  "/v1/assessments/{id}",               READING,   OWN, HTTP_ON_WORKER, 0, NULL, assessments_show},
    {HTTP_POST, "/v1/organisations/{uscc}/assessments", ASSESSING, OWN, HTTP_ON_WORKER_DECIDING, SMALL_SIZE_MAX, JSON, stored_assessments_create},
    {HTTP_GET,  "/v1/organisations/{uscc}/dossier?",  AUTHORISED, OWN, HTTP_ON_WORKER, 0, NULL, stored_dossiers_show},
    {HTTP_GET,  "/v1/organisations/{uscc}/cashflow?", AUTHORISED, OWN, HTTP_ON_WORKER_DECIDING, 0, NULL, views_cashflow},
    {HTTP_GET,  "/v1/organisations/{uscc}/pipeline?", AUTHORISED, OWN, HTTP_ON_WORKER_DECIDING, 0, NULL, views_pipeline},
    {HTTP_GET,  "/v1/organisations/{uscc}/payers?",   AUTHORISED, OWN, HTTP_ON_WORKER_DECIDING, 0, NULL, views_payers},
    {HTTP_GET,  "/v1/organisations/{uscc}/renewal?",  AUTHORISED, OWN, HTTP_ON_WORKER_DECIDING, 0, NULL, views_renewal},
    {HTTP_GET,  "/v1/audit/records/{index}",          READING,   OWN, HTTP_ON_WORKER, 0, NULL, audit_records_show},
    {HTTP_GET,  "/v1/audit/records/{index}/bundle",   READING,   OWN, HTTP_ON_WORKER_IN_BULK, 0, NULL, audit_records_bundle},
    {HTTP_GET,  "/v1/audit/records?",                 READING,   OWN, HTTP_ON_WORKER, 0, NULL, audit_search},
    {HTTP_GET,  "/v1/audit/records/{index}/replay",   READING,   OWN, HTTP_ON_WORKER_DECIDING, 0, NULL, audit_replay_show},
    {HTTP_GET,  "/v1/audit/replay?",                  AUDITING,  ANY, HTTP_ON_WORKER_IN_BULK, 0, NULL, audit_replay_range},
    {HTTP_POST, "/v1/audit/replays",                  AUDITING,  ANY, HTTP_ON_WORKER, SMALL_SIZE_MAX, JSON, audit_replay_begin},
    {HTTP_GET,  "/v1/jobs?",                          CALLER_ANYBODY, OWN, HTTP_ON_WORKER, 0, NULL, jobs_list},
    {HTTP_GET,  "/v1/jobs/{id}",                      CALLER_ANYBODY, OWN, HTTP_ON_WORKER, 0, NULL, jobs_show},
    {HTTP_DELETE, "/v1/jobs/{id}",                    CALLER_ANYBODY, OWN, HTTP_ON_WORKER, 0, NULL, jobs_cancel},
    {HTTP_POST, "/v1/imports?",                       ASSESSING, OWN, HTTP_ON_WORKER_IN_BULK, IMPORTS_FILE_SIZE_MAX, NULL, imports_create},
    {HTTP_GET,  "/v1/imports?",                       LENDING,   OWN, HTTP_ON_WORKER, 0, NULL, imports_list},
    {HTTP_GET,  "/v1/imports/{id}",                   LENDING,   OWN, HTTP_ON_WORKER, 0, NULL, imports_show},
    {HTTP_GET,  "/v1/imports/{id}/report?",           LENDING,   OWN, HTTP_ON_WORKER, 0, NULL, imports_report},
    {HTTP_POST, "/v1/imports/{id}/withdrawal",        ASSESSING, OWN, HTTP_ON_WORKER, 0, NULL, imports_withdraw},
    {HTTP_POST, "/v1/authorisations",                 CALLER_DIRECTOR, OWN, HTTP_ON_WORKER, SMALL_SIZE_MAX, JSON, authorisations_create},
    {HTTP_GET,  "/v1/authorisations?",                AUTHORISED, OWN, HTTP_ON_WORKER, 0, NULL, authorisations_list},
    {HTTP_GET,  "/v1/authorisations/{id}",            AUTHORISED, OWN, HTTP_ON_WORKER, 0, NULL, authorisations_show},
    {HTTP_DELETE, "/v1/authorisations/{id}",          CALLER_DIRECTOR, OWN, HTTP_ON_WORKER, 0, NULL, authorisations_withdraw},
    {HTTP_GET,  "/v1/users?",                         CALLER_ADMIN, OWN, HTTP_ON_WORKER, 0, NULL, users_list},
    {HTTP_GET,  "/v1/users/{id}",                     CALLER_ADMIN, OWN, HTTP_ON_WORKER, 0, NULL, users_show},
    {HTTP_DELETE, "/v1/users/{id}",                   CALLER_ADMIN, OWN, HTTP_ON_WORKER, 0, NULL, users_disable},
    {HTTP_GET,  "/v1/role-changes?",                  CALLER_ADMIN, OWN, HTTP_ON_WORKER, 0, NULL, role_changes_list},
    {HTTP_POST, "/v1/role-changes",                   CALLER_ADMIN, OWN, HTTP_ON_WORKER, SMALL_SIZE_MAX, JSON, role_changes_propose},
    {HTTP_GET,  "/v1/role-changes/{id}",              CALLER_ADMIN, OWN, HTTP_ON_WORKER, 0, NULL, role_changes_show},
    {HTTP_DELETE, "/v1/role-changes/{id}",            CALLER_ADMIN, OWN, HTTP_ON_WORKER, 0, NULL, role_changes_refuse},
    {HTTP_POST, "/v1/role-changes/{id}/approval",     CALLER_ADMIN, OWN, HTTP_ON_WORKER, 0, NULL, role_changes_approve},
    {HTTP_GET,  "/v1/tokens?",                        CALLER_ANYBODY, OWN, HTTP_ON_WORKER, 0, NULL, tokens_list},
    {HTTP_POST, "/v1/tokens",                         CALLER_ANYBODY, OWN, HTTP_ON_WORKER, SMALL_SIZE_MAX, JSON, tokens_create},
    {HTTP_GET,  "/v1/tokens/{id}",                    CALLER_ANYBODY, OWN, HTTP_ON_WORKER, 0, NULL, tokens_show},
    {HTTP_DELETE, "/v1/tokens/{id}",                  CALLER_ANYBODY, OWN, HTTP_ON_WORKER, 0, NULL, tokens_revoke},
    {HTTP_GET,  "/v1/organisations/{uscc}/receipts?", BANKING, OWN, HTTP_ON_WORKER, 0, NULL, receipts_list},
    {HTTP_GET,  "/v1/organisations/{uscc}/receipts/{id}", BANKING, OWN, HTTP_ON_WORKER, 0, NULL, receipts_show},
    {HTTP_POST, "/v1/organisations/{uscc}/receipts/{id}/settlement", CALLER_OFFICER, OWN, HTTP_ON_WORKER, SMALL_SIZE_MAX, JSON, receipts_settle},
    {HTTP_DELETE, "/v1/organisations/{uscc}/receipts/{id}/settlement", CALLER_OFFICER, OWN, HTTP_ON_WORKER, 0, NULL, receipts_take_back},
    {HTTP_GET,  "/v1/organisations/{uscc}/payer-aliases?", BANKING, OWN, HTTP_ON_WORKER, 0, NULL, payer_aliases_list},
    {HTTP_POST, "/v1/organisations/{uscc}/payer-aliases", CALLER_OFFICER, OWN, HTTP_ON_WORKER, SMALL_SIZE_MAX, JSON, payer_aliases_create},
    {HTTP_GET,  "/v1/organisations/{uscc}/payer-aliases/{id}", BANKING, OWN, HTTP_ON_WORKER, 0, NULL, payer_aliases_show},
    {HTTP_DELETE, "/v1/organisations/{uscc}/payer-aliases/{id}", CALLER_OFFICER, OWN, HTTP_ON_WORKER, 0, NULL, payer_aliases_remove},
    {HTTP_POST, "/v1/sessions",                       ANYBODY,   ANY, HTTP_ON_WORKER_IN_BULK, SMALL_SIZE_MAX, JSON, sessions_create},
    {HTTP_GET,  "/v1/sessions/current",               CALLER_ANYBODY, ANY, HTTP_ON_WORKER, 0, NULL, sessions_show},
    {HTTP_DELETE, "/v1/sessions/current",             CALLER_ANYBODY, ANY, HTTP_ON_WORKER, 0, NULL, sessions_end},
    {HTTP_POST, "/v1/webhooks",                       ADMINISTERING, OWN, HTTP_ON_WORKER, SMALL_SIZE_MAX, JSON, webhooks_create},
    {HTTP_GET,  "/v1/webhooks",                       ADMINISTERING, OWN, HTTP_ON_WORKER, 0, NULL, webhooks_list},
    {HTTP_GET,  "/v1/webhooks/{id}",                  ADMINISTERING, OWN, HTTP_ON_WORKER, 0, NULL, webhooks_show},
    {HTTP_DELETE, "/v1/webhooks/{id}",                ADMINISTERING, OWN, HTTP_ON_WORKER, 0, NULL, webhooks_delete},
    {HTTP_POST, "/v1/webhooks/{id}/secrets",          ADMINISTERING, OWN, HTTP_ON_WORKER, 0, NULL, webhooks_rotate},
    {HTTP_POST, "/v1/webhooks/{id}/enable",           ADMINISTERING, OWN, HTTP_ON_WORKER, 0, NULL, webhooks_enable},
    {HTTP_GET,  "/v1/webhooks/{id}/deliveries?",      ADMINISTERING, OWN, HTTP_ON_WORKER, 0, NULL, webhooks_deliveries},
    {HTTP_GET,  "/v1/organisations?",                 AUTHORISED, OWN, HTTP_ON_WORKER, 0, NULL, organisations_list},
    {HTTP_GET,  "/v1/organisations/{uscc}?",          AUTHORISED, OWN, HTTP_ON_WORKER, 0, NULL, facts_show},
    {HTTP_POST, "/v1/organisations/{uscc}/corrections", CALLER_DIRECTOR, OWN, HTTP_ON_WORKER, SMALL_SIZE_MAX, JSON, corrections_file},
    {HTTP_GET,  "/v1/organisations/{uscc}/corrections?", READING, OWN, HTTP_ON_WORKER, 0, NULL, corrections_list},
    {HTTP_GET,  "/v1/organisations/{uscc}/corrections/{id}", READING, OWN, HTTP_ON_WORKER, 0, NULL, corrections_show},
    {HTTP_POST, "/v1/organisations/{uscc}/corrections/{id}/acceptance", CALLER_OFFICER, OWN, HTTP_ON_WORKER, 0, NULL, corrections_accept},
    {HTTP_POST, "/v1/organisations/{uscc}/corrections/{id}/refusal", CALLER_OFFICER, OWN, HTTP_ON_WORKER, SMALL_SIZE_MAX, JSON, corrections_refuse},
    {HTTP_GET,  "/v1/organisations/{uscc}/{collection}?", AUTHORISED, OWN, HTTP_ON_WORKER, 0, NULL, facts_list},
    {HTTP_GET,  "/v1/organisations/{uscc}/{collection}/{key}?", AUTHORISED, OWN, HTTP_ON_WORKER, 0, NULL, facts_show},
    {HTTP_PUT,  "/v1/organisations/{uscc}",           CALLER_OFFICER, OWN, HTTP_ON_WORKER, SMALL_SIZE_MAX, JSON, fact_changes_put},
    {HTTP_PUT,  "/v1/organisations/{uscc}/{collection}/{key}", CALLER_OFFICER, OWN, HTTP_ON_WORKER, SMALL_SIZE_MAX, JSON, fact_changes_put},
    {HTTP_DELETE, "/v1/organisations/{uscc}/{collection}/{key}", CALLER_OFFICER, OWN, HTTP_ON_WORKER, 0, NULL, fact_changes_delete},
    {HTTP_GET,  "/openapi.json",                      ANYBODY,   ANY, HTTP_ON_LOOP,   0, NULL, documents_openapi},
    {HTTP_GET,  "/docs",                              ANYBODY,   ANY, HTTP_ON_LOOP,   0, NULL, documents_page},
    {HTTP_GET,  "/docs/{file}",                       ANYBODY,   ANY, HTTP_ON_LOOP,   0, NULL, documents_file},
    {HTTP_GET,  "/log/checkpoint",                    ANYBODY,   ANY, HTTP_ON_WORKER, 0, NULL, checkpoint_show},
    {HTTP_GET,  "/log/published-checkpoint",          ANYBODY,   ANY, HTTP_ON_WORKER, 0, NULL, checkpoint_show_published},
    {HTTP_GET,  "/log/tile/{tile...}",                CALLER_ANYBODY, ANY, HTTP_ON_WORKER, 0, NULL, tiles_show},
    {HTTP_GET,  "/livez",                             ANYBODY,   ANY, HTTP_ON_LOOP,   0, NULL, probes_livez},
    {HTTP_GET,  "/startupz",                          ANYBODY,   ANY, HTTP_ON_LOOP,   0, NULL, probes_startupz},
    {HTTP_GET,  "/readyz",                            ANYBODY,   ANY, HTTP_ON_WORKER, 0, NULL, probes_readyz},
    {.pattern = NULL},
};
/* clang-format on */

const struct http_answer_types ANSWER_TYPES[] = {
    {"/v1/audit/records/{index}/bundle", "application/zip"},
    {"/docs", "text/html"},
    {"/docs/{file}", "text/css text/javascript"},
    {"/log/checkpoint", "text/plain"},
    {"/log/published-checkpoint", "text/plain"},
    {"/log/tile/{tile...}", "application/octet-stream"},
    {.pattern = NULL},
};
