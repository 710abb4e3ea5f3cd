/*
 * decision.h - dossier + policy + date -> decision: the engine's one entry.
 *
 * A function in the mathematical sense: no clock, no I/O, no floating point; equal inputs give equal results on any
 * machine and for any order of contracts, payers, milestones and facilities in the input. scoring/README.md tells the
 * model in prose. Thread: any; one workspace per thread.
 */
#ifndef SCORING_DECISION_H
#define SCORING_DECISION_H

#include "scoring/cashflow.h"
#include "scoring/counterfactual.h"
#include "scoring/classification.h"
#include "scoring/deferral.h"
#include "scoring/early_warning.h"
#include "scoring/eligibility.h"
#include "scoring/green_channel.h"
#include "scoring/limit.h"
#include "scoring/price.h"
#include "scoring/reason.h"
#include "scoring/renewal.h"
#include "scoring/scorecard.h"

enum outcome { OUTCOME_APPROVE = 1, OUTCOME_APPROVE_WITH_CONDITIONS, OUTCOME_REFER, OUTCOME_DECLINE };

const char *outcome_name(enum outcome outcome); /* "approve", ... */

/* One answer of the engine: the facts as they stand, or with the lender's conditions met. */
struct decision_case {
    enum outcome outcome;            /* never APPROVE_WITH_CONDITIONS */
    const enum policy_lever *levers; /* conditions taken as met in this case; none as it stands */
    size_t lever_count;
    int64_t approved_fen;            /* 0 unless outcome is APPROVE */
    int64_t amount_fen;              /* what the figures below speak of: approved_fen, or where nothing is approved
                                        the limit, or where that is under the product minimum the amount asked */
    int32_t tenor_months;
    struct limit_result limit;
    struct cashflow_repayment repayment;  /* at the share that a sweep may take */
    struct cashflow_repayment sufficient; /* at the share that reaches the floor; only where has_sufficient */
    struct scorecard_facts facts;
    struct scorecard_result scorecard;
    struct scorecard_grade grade;
    struct price_result price;
    bool has_sufficient;             /* a sweep that the policy's floor needs less of than it may take */
    bool is_simulated;               /* the policy consults the simulation; false: repayment is shown, not used */
    bool is_marginal;                /* P(repaid) within the policy's standard errors of the floor */
    bool floor_failed;               /* P(repaid) below the floor at amount_fen */
    bool grade_failed;               /* grade worse than the policy approves */
};

struct decision {
    enum outcome outcome;
    struct date as_of;
    int64_t limit_fen;    /* what is lent; 0 unless approved, and for a deferral, which lends nothing */
    int64_t capacity_fen; /* least ceiling with every condition met that the lender can demand, over the tenor that carries most */
    struct decision_case as_it_stands;
    const struct decision_case *with_conditions; /* NULL where no condition helps */
    const struct decision_case *governing;       /* the one the outcome speaks of */
    struct eligibility_result eligibility;
    struct delay_result delay;
    struct pipeline_result pipeline;
    struct cashflow_result cashflow;
    struct classification_result classification;
    struct early_warning_result alerts;
    const struct renewal_result *renewal;             /* of a renewal or an increase; otherwise NULL */
    const struct deferral_result *deferral;           /* of a deferral, which it decides; otherwise NULL */
    const struct green_channel_result *green_channel; /* NULL for a first loan */
    struct reason_list reasons;    /* at most REASON_PRINCIPAL_MAX, for anything less than asked */
    struct reason_list strengths;
    struct reason_list conditions;
    struct reason_list evidence_needed;
    struct counterfactual_list counterfactuals;
};

/*
 * Decide. The dossier passed dossier_check, the policy policy_check; everything in *decision borrows from them and from
 * the arena. Cannot fail: every dossier that passed its check has an outcome.
 */
void scoring_decide(const struct dossier *dossier, const struct policy *policy, struct date as_of,
                    struct cashflow_workspace *workspace, struct arena *arena, struct decision *decision);

/*
 * The same without the search for counterfactuals (.counterfactuals is empty): one run of the engine, with its reasons. What
 * the search itself runs, and what is to be measured against scoring_decide.
 */
void scoring_decide_once(const struct dossier *dossier, const struct policy *policy, struct date as_of,
                         struct cashflow_workspace *workspace, struct arena *arena, struct decision *decision);

#endif
