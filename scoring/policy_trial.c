#include "scoring/policy_trial.h"

#include "base/money.h"

#include <assert.h>

/* ------------------------------------------------------------------ test cases */

static void compare(const struct policy_expectation *expected, const struct decision *decision,
                    struct policy_findings *findings)
{
    int64_t grade = decision->governing->grade.grade;

    if (expected->outcome != decision->outcome)
        policy_find(findings, POLICY_RULE_VECTOR, "outcome", "%s ≠ %s", outcome_name(expected->outcome),
                    outcome_name(decision->outcome));
    if (expected->grade != grade)
        policy_find(findings, POLICY_RULE_VECTOR, "grade", "%lld ≠ %lld", (long long)expected->grade, (long long)grade);
    if (expected->limit_fen != decision->limit_fen)
        policy_find(findings, POLICY_RULE_VECTOR, "limit_fen", "%lld ≠ %lld", (long long)expected->limit_fen,
                    (long long)decision->limit_fen);
}

static void try_vector(const struct policy *policy, size_t index, struct cashflow_workspace *workspace,
                       struct policy_findings *findings)
{
    const struct policy_vector *vector = &policy->vectors[index];
    struct arena arena = {0};
    struct decision decision;
    size_t root = policy_findings_enter(findings, "vectors");

    (void)policy_findings_enter_row(findings, index);
    (void)policy_findings_enter(findings, "expect");
    scoring_decide_once(vector->dossier, policy, vector->dossier->as_of, workspace, &arena, &decision);
    compare(&vector->expect, &decision, findings);
    policy_findings_leave(findings, root);
    arena_done(&arena);
}

/* ------------------------------------------------------------------ edges */

/* With this amount, a ratio to it in basis points is the number itself. */
#define EDGE_AMOUNT_FEN MONEY_BP_ONE

static bool divides_by_the_amount(enum characteristic id)
{
    return id == CHARACTERISTIC_RECEIVABLE_COVER || id == CHARACTERISTIC_INCOME_COVER
           || id == CHARACTERISTIC_COLLATERAL_COVER || id == CHARACTERISTIC_DEBT_SERVICE;
}

/*
 * Facts in which one characteristic has that value and all others are missing or 0. Debt service is (service + amount) in
 * basis points of receipts: with receipts of one in basis points too, it is the value where the service is value - amount.
 */
static void set_value(struct scorecard_facts *facts, enum characteristic id, int64_t value)
{
    *facts = (struct scorecard_facts){0};
    for (int i = 0; i < CHARACTERISTIC_END; i++)
        facts->values[i] = SCORECARD_MISSING;
    if (id == CHARACTERISTIC_RECEIVABLE_COVER) {
        facts->receivable_fen = value;
    } else if (id == CHARACTERISTIC_INCOME_COVER) {
        facts->annual_income_fen = value;
    } else if (id == CHARACTERISTIC_COLLATERAL_COVER) {
        facts->collateral_fen = value;
    } else if (id == CHARACTERISTIC_DEBT_SERVICE) {
        facts->debt_service_fen = value - EDGE_AMOUNT_FEN;
        facts->expected_receipts_fen = MONEY_BP_ONE;
    } else {
        facts->values[id] = value;
    }
}

struct edge {
    const struct policy *policy;
    size_t row; /* of the scorecard */
    struct policy_findings *findings;
    struct policy_trial *trial;
};

/* The value must land in the bin, and have its points. */
static void try_value(const struct edge *edge, int64_t value, size_t bin)
{
    const struct policy_characteristic *one = &edge->policy->scorecard.characteristics[edge->row];
    struct scorecard_facts facts;
    struct scorecard_result result;

    if (value < characteristic_value_min(one->id) || value > characteristic_value_max(one->id))
        return; /* nothing has it */
    set_value(&facts, one->id, value);
    scorecard_evaluate(&facts, edge->policy, EDGE_AMOUNT_FEN, &result);
    edge->trial->edge_count++;
    if (result.rows[edge->row].value != value || result.rows[edge->row].points != one->bins[bin].points)
        policy_find_in_row(edge->findings, POLICY_RULE_BOUNDARY, "bins", bin, NULL, "%lld: %lld ≠ %d", (long long)value,
                           (long long)one->bins[bin].points, result.rows[edge->row].points);
}

/* Around the upper edge of a bin. A bin that holds one value only ends at the value above its edge. */
static void try_edge(const struct edge *edge, size_t bin)
{
    const struct policy_characteristic *one = &edge->policy->scorecard.characteristics[edge->row];
    int64_t below = one->bins[bin].below;

    try_value(edge, below - 1, bin);
    try_value(edge, below, bin + 1);
    try_value(edge, below + 1, below + 1 < one->bins[bin + 1].below ? bin + 1 : bin + 2);
}

/* A missing value has its own points; those that are computed from amounts are never missing. */
static void try_missing(const struct edge *edge)
{
    const struct policy_characteristic *one = &edge->policy->scorecard.characteristics[edge->row];
    struct scorecard_facts facts;
    struct scorecard_result result;

    if (divides_by_the_amount(one->id))
        return;
    set_value(&facts, one->id, SCORECARD_MISSING);
    scorecard_evaluate(&facts, edge->policy, EDGE_AMOUNT_FEN, &result);
    edge->trial->edge_count++;
    if (result.rows[edge->row].points != one->missing_points)
        policy_find(edge->findings, POLICY_RULE_BOUNDARY, "missing_points", "%lld ≠ %d", (long long)one->missing_points,
                    result.rows[edge->row].points);
}

static void try_edges(const struct policy *policy, struct policy_findings *findings, struct policy_trial *trial)
{
    size_t root = policy_findings_enter(findings, "scorecard");

    (void)policy_findings_enter(findings, "characteristics");
    for (size_t i = 0; i < policy->scorecard.characteristic_count; i++) {
        const struct edge edge = {policy, i, findings, trial};
        size_t table = policy_findings_enter_row(findings, i);
        for (size_t j = 0; j + 1 < policy->scorecard.characteristics[i].bin_count; j++)
            try_edge(&edge, j);
        try_missing(&edge);
        policy_findings_leave(findings, table);
    }
    policy_findings_leave(findings, root);
}

void policy_try(const struct policy *policy, struct cashflow_workspace *workspace, struct policy_findings *findings,
                struct policy_trial *trial)
{
    *trial = (struct policy_trial){.vector_count = policy->vector_count};
    if (policy->vector_count == 0)
        policy_find(findings, POLICY_RULE_NO_VECTORS, NULL, POLICY_NO_FIGURES);
    for (size_t i = 0; i < policy->vector_count; i++)
        try_vector(policy, i, workspace, findings);
    try_edges(policy, findings, trial);
}
