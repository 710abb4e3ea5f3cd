/*
 * policy_trial.h - what a policy must do before it may decide: bring out its own test cases, and score every edge of every
 * bin as written.
 *
 * The cases are the author's: a dossier, and what this policy must say of it, so that a policy that is read, changed or run
 * on another engine shows by itself that it still means the same (the idea of PMML's ModelVerification). The edges are
 * made from the bins: just below, at and just above each, through the scorecard itself. Pure. Thread: any; one workspace
 * per thread.
 */
#ifndef SCORING_POLICY_TRIAL_H
#define SCORING_POLICY_TRIAL_H

#include "scoring/decision.h"
#include "scoring/policy.h"

#define POLICY_VECTORS_MAX 50

/* What the policy must say of the dossier on the dossier's own day. */
struct policy_expectation {
    enum outcome outcome;
    int64_t grade;     /* of the governing case, 1 to POLICY_GRADE_COUNT */
    int64_t limit_fen; /* what is lent; 0 where nothing is */
};

struct policy_vector {
    struct policy_text name;
    int64_t like; /* an earlier case, whose dossier this one is but for the members given here; -1: none */
    const struct dossier *dossier;
    struct policy_expectation expect;
};

struct policy_trial {
    size_t vector_count;
    size_t edge_count; /* values tried around edges, and missing ones */
};

/*
 * Try a policy that policy_check_all accepts.
 *
 *   findings  in/out  VECTOR at /vectors/N/expect/MEMBER with both values, BOUNDARY at /scorecard/characteristics/N/bins/M with
 *                     the value and both points, NO_VECTORS
 */
void policy_try(const struct policy *policy, struct cashflow_workspace *workspace, struct policy_findings *findings,
                struct policy_trial *trial);

#endif
