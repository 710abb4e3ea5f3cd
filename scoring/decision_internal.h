/*
 * decision_internal.h - what amount would be approved, and nothing else of a decision: what a search asks many times. Only for
 * scoring/decision.c and scoring/counterfactual*.c.
 */
#ifndef SCORING_DECISION_INTERNAL_H
#define SCORING_DECISION_INTERNAL_H

#include "scoring/decision.h"

/* A case whose stages up to the cash flow are known. */
struct decision_probe {
    const struct dossier *dossier;
    const struct policy *policy;
    struct cashflow_workspace *workspace;
    struct arena *arena;
    struct decision stages; /* eligibility, delay, pipeline, cashflow */
};

/*
 * Run the stages.
 *   simulated  in  the result of the simulation whose paths are in the workspace, where they are this case's too; NULL: simulate
 */
void decision_probe_init(struct decision_probe *probe, const struct dossier *dossier, const struct policy *policy, struct date as_of,
                         const struct cashflow_result *simulated, struct cashflow_workspace *workspace, struct arena *arena);

/* What scoring_decide_once would approve with the policy's first lever_count conditions met; 0: nothing. */
int64_t decision_probe_approved_fen(struct decision_probe *probe, size_t lever_count);

#endif
