/*
 * decide.h - from the bytes of a dossier to the bytes of a decision: what the command line and the service have in common.
 *
 * Thread: any; one workspace per thread.
 */
#ifndef API_FLOWS_DECIDE_H
#define API_FLOWS_DECIDE_H

#include "api/flows/policy.h"
#include "audit/sha256.h"
#include "base/arena.h"
#include "base/bytes.h"
#include "base/date.h"
#include "base/error.h"
#include "scoring/decision.h"

struct decided {
    const struct dossier *dossier;
    struct decision decision;
    struct bytes document;        /* canonical JSON, zhengcaidai/decision/1 */
    struct sha256 dossier_sha256; /* of the bytes as they came */
    struct sha256 decision_sha256;
};

/*
 * Decide on a dossier.
 *
 *   json     in   the dossier, as it came
 *   as_of    in   DATE_NONE: the dossier's own
 *   arena    in   holds all that decided points to
 *   decided  out
 *
 * ZCD_INVALID: the refusals of dossier_decode, then an as_of before the dossier's own.
 */
enum zcd_code decide(struct bytes json, const struct loaded_policy *policy, struct date as_of,
                     struct cashflow_workspace *workspace, struct arena *arena, struct decided *decided,
                     struct zcd_error *err) ZCD_MUST_USE;

/* The same, on the dossier's own day, without the search for counterfactuals: for those who show figures and record nothing. */
enum zcd_code decide_figures(struct bytes json, const struct loaded_policy *policy, struct cashflow_workspace *workspace,
                             struct arena *arena, struct decided *decided, struct zcd_error *err) ZCD_MUST_USE;

/* Was it refused because the bytes are no JSON at all, rather than a document that breaks a rule? */
bool decide_was_refused_as_json(struct bytes json);

/* The engine that decides here: its version and the digest of its sources. */
const char *decide_engine_version(void);
struct sha256 decide_engine_sha256(void);

#endif
