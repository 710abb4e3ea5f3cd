#include "scoring/decision.h"

#include "base/money.h"
#include "scoring/decision_internal.h"
#include "scoring/servicing.h"

#include <assert.h>

const char *outcome_name(enum outcome outcome)
{
    switch (outcome) {
    case OUTCOME_APPROVE:
        return "approve";
    case OUTCOME_APPROVE_WITH_CONDITIONS:
        return "approve_with_conditions";
    case OUTCOME_REFER:
        return "refer";
    case OUTCOME_DECLINE:
        return "decline";
    }
    assert(false);
    return "";
}

/* What every case of one decision shares. */
struct engine {
    const struct dossier *dossier;
    const struct policy *policy;
    struct cashflow_workspace *workspace;
    struct arena *arena;
    struct decision *decision;
    bool amounts_only; /* of a case nothing but what would be approved */
};

/* One case under one tenor, while an amount is looked for. */
struct search {
    const struct engine *engine;
    const struct scorecard_facts *facts;
    struct cashflow_loan loan;
    bool floor_only; /* ask for the repayment floor alone */
    int64_t tried_fen;      /* the last amount whose bearable share was worked out, and that share */
    int32_t tried_share_bp;
};

/* ------------------------------------------------------------------ the search for an amount */

static bool uses_simulation(const struct policy *policy)
{
    return policy->repayment.floor_ppm > 0 || policy->scorecard.lens_count > 0;
}

static int64_t not_repaid_ppm(const struct policy *policy, int32_t repaid_ppm)
{
    return policy->scorecard.lens_count > 0 ? MONEY_PPM_ONE - repaid_ppm : -1;
}

/* Would the policy lend this much if this share could be swept? Turns from yes to no once as the amount rises. */
static bool would_lend(const struct search *search, int64_t amount_fen, int32_t share_bp)
{
    const struct policy *policy = search->engine->policy;
    struct cashflow_loan loan = search->loan;
    struct scorecard_result score;
    struct scorecard_grade grade;
    int32_t repaid_ppm = 0;

    loan.amount_fen = amount_fen;
    if (uses_simulation(policy))
        repaid_ppm = cashflow_repaid_ppm(search->engine->workspace, policy, &loan, share_bp);
    if (repaid_ppm < policy->repayment.floor_ppm)
        return false;
    if (search->floor_only)
        return true;
    scorecard_evaluate(search->facts, policy, amount_fen, &score);
    scorecard_grade(&score, policy, not_repaid_ppm(policy, repaid_ppm), &grade);
    return grade.grade <= policy->decision.approve_grade_max;
}

/* The largest whole number of steps up to `steps` that would be lent at this share; 0: none. */
static int64_t largest_steps(const struct search *search, int64_t steps, int32_t share_bp)
{
    const int64_t step_fen = search->engine->policy->limit.step_fen;
    int64_t low = 0;
    int64_t high = steps + 1;
    if (steps > 0 && would_lend(search, steps * step_fen, share_bp))
        return steps;
    while (high - low > 1) {
        int64_t middle = low + (high - low) / 2;
        if (would_lend(search, middle * step_fen, share_bp))
            low = middle;
        else
            high = middle;
    }
    return low;
}

static int32_t bearable_share_bp(struct search *search, int64_t amount_fen)
{
    if (amount_fen != search->tried_fen) {
        struct cashflow_loan loan = search->loan;
        loan.amount_fen = amount_fen;
        search->tried_fen = amount_fen;
        search->tried_share_bp = cashflow_sweep_share_bp(search->engine->workspace, search->engine->policy, &loan);
    }
    return search->tried_share_bp;
}

/*
 * The largest amount up to `limit_fen` that the policy lends, in whole steps; 0: none.
 *
 * A smaller loan may bear a smaller sweep, never a larger one. So the largest amount that would be lent at one share bounds
 * the answer from above; where the share that this amount really bears is smaller, the search goes on below with that
 * one. Each turn lowers the share by a step or ends. The answer is the true maximum, so asking for more never gives less.
 */
static int64_t largest_amount(struct search *search, int64_t limit_fen)
{
    const struct policy *policy = search->engine->policy;
    int64_t steps = limit_fen / policy->limit.step_fen;
    int32_t share_bp = (int32_t)policy->repayment.sweep_share_max_bp;
    for (;;) {
        steps = largest_steps(search, steps, share_bp);
        if (steps == 0 || !uses_simulation(policy))
            return steps * policy->limit.step_fen;
        int64_t amount_fen = steps * policy->limit.step_fen;
        int32_t bearable_bp = bearable_share_bp(search, amount_fen);
        if (bearable_bp >= share_bp || would_lend(search, amount_fen, bearable_bp))
            return amount_fen;
        share_bp = bearable_bp;
    }
}

/* ------------------------------------------------------------------ one case */

static bool has_lever(const struct decision_case *one, enum policy_lever lever)
{
    for (size_t i = 0; i < one->lever_count; i++) {
        if (one->levers[i] == lever)
            return true;
    }
    return false;
}

/* |p - floor| <= k standard errors of a share of N paths; stratified draws have smaller ones. */
static bool is_marginal(const struct policy *policy, int32_t paths, int64_t repaid_ppm)
{
    int64_t distance_ppm = repaid_ppm - policy->repayment.floor_ppm;
    int64_t errors = policy->decision.marginal_errors;
    return policy->repayment.floor_ppm > 0 &&
           distance_ppm * distance_ppm * paths <= errors * errors * repaid_ppm * (MONEY_PPM_ONE - repaid_ppm);
}

static int32_t secured_bp(const struct decision_case *one)
{
    if (one->limit.secured_fen >= one->amount_fen)
        return MONEY_BP_ONE;
    return (int32_t)money_mul_ratio_floor(one->limit.secured_fen, MONEY_BP_ONE, one->amount_fen);
}

/* How much of the sweep the floor needs. Nothing is decided by it: it is what a loan agreement should be content with. */
static void measure_sufficient(const struct search *search, const struct cashflow_loan *loan, struct decision_case *one)
{
    const struct engine *engine = search->engine;
    const int32_t share_bp = one->repayment.sweep_share_bp;
    one->has_sufficient = engine->policy->repayment.floor_ppm > 0 && !one->floor_failed && share_bp > 0;
    if (!one->has_sufficient)
        return;
    int32_t sufficient_bp = cashflow_sufficient_share_bp(engine->workspace, engine->policy, loan, share_bp);
    cashflow_repayment(engine->workspace, engine->policy, loan, sufficient_bp, &one->sufficient);
}

/* Every figure of the case at its amount. */
static void measure(struct search *search, struct decision_case *one)
{
    const struct engine *engine = search->engine;
    const struct policy *policy = engine->policy;
    struct cashflow_loan loan = search->loan;

    loan.amount_fen = one->amount_fen;
    cashflow_repayment(engine->workspace, policy, &loan, bearable_share_bp(search, one->amount_fen), &one->repayment);
    int32_t repaid_ppm = one->repayment.repaid_ppm[policy->repayment.floor_with_renewals][policy->repayment.floor_within_90_days];

    one->facts = *search->facts;
    scorecard_evaluate(&one->facts, policy, one->amount_fen, &one->scorecard);
    scorecard_grade(&one->scorecard, policy, not_repaid_ppm(policy, repaid_ppm), &one->grade);
    price_loan(policy, engine->decision->as_of, one->grade.pd_ppm, secured_bp(one), &one->price);
    one->is_simulated = uses_simulation(policy);
    one->is_marginal = is_marginal(policy, engine->decision->cashflow.paths, repaid_ppm);
    one->floor_failed = repaid_ppm < policy->repayment.floor_ppm;
    one->grade_failed = one->grade.grade > policy->decision.approve_grade_max;
    measure_sufficient(search, &loan, one);
}

/* Not approved: may a person still turn it, or is it a no? */
static enum outcome outcome_below_approval(const struct engine *engine, const struct decision_case *one)
{
    const struct policy *policy = engine->policy;
    const struct policy_repayment *repayment = &policy->repayment;
    int32_t repaid_ppm = one->repayment.repaid_ppm[repayment->floor_with_renewals][repayment->floor_within_90_days];

    if (engine->decision->eligibility.stop_count > 0)
        return OUTCOME_DECLINE;
    if (engine->decision->eligibility.missing_count > 0)
        return OUTCOME_REFER;
    if (one->limit.limit_fen < policy->eligibility.amount_min_fen)
        return OUTCOME_DECLINE;
    bool near_floor = repayment->floor_ppm == 0 || repaid_ppm >= policy->decision.refer_repaid_min_ppm || one->is_marginal;
    return near_floor && one->grade.grade <= policy->decision.refer_grade_max ? OUTCOME_REFER : OUTCOME_DECLINE;
}

static int64_t amount_to_show(const struct engine *engine, const struct limit_result *limit)
{
    const struct policy *policy = engine->policy;
    if (limit->limit_fen >= policy->eligibility.amount_min_fen && limit->limit_fen > 0)
        return limit->limit_fen;
    int64_t wanted_fen = engine->dossier->application.amount_fen;
    int64_t capped_fen = wanted_fen < policy->limit.product_max_fen ? wanted_fen : policy->limit.product_max_fen;
    int64_t whole_fen = money_round_down(capped_fen, policy->limit.step_fen);
    return whole_fen > 0 ? whole_fen : policy->limit.step_fen;
}

/* The bounds of a case, the repayment floor among them; leaves the search ready for amounts. */
static void measure_bounds(const struct engine *engine, int32_t tenor_months, struct decision_case *one, struct search *search)
{
    const struct policy *policy = engine->policy;
    const struct decision *decision = engine->decision;
    const struct limit_evidence evidence = {has_lever(one, POLICY_LEVER_LOCK_ACCOUNTS), has_lever(one, POLICY_LEVER_REGISTER_PLEDGE),
                                            has_lever(one, POLICY_LEVER_CONFIRM_BUYERS)};

    one->tenor_months = tenor_months;
    limit_measure(engine->dossier, policy, decision->as_of, &decision->delay, &decision->pipeline, &decision->cashflow, &evidence,
                  tenor_months, engine->arena, &one->limit);
    int64_t ceiling_fen = limit_least_ceiling(policy, &one->limit);
    search->loan.sweep = evidence.all_locked ? CASHFLOW_SWEEP_LOCKABLE : CASHFLOW_SWEEP_LOCKED;
    search->loan.tenor_months = tenor_months;
    search->loan.rate_bp = (int32_t)policy->price.cap_bp; /* so that the answer does not wait for the price it leads to */
    search->loan.interest_reference_fen = cashflow_interest_fen(ceiling_fen, search->loan.rate_bp, tenor_months);

    bool has_floor = policy->limit.use_repayment_floor && policy->repayment.floor_ppm > 0;
    search->floor_only = true;
    limit_conclude(policy, has_floor ? largest_amount(search, ceiling_fen) : -1, &one->limit);
    search->floor_only = false;
}

/* The bounds, then the amount, then its figures, for one tenor and one set of conditions. */
static void decide_case(const struct engine *engine, int32_t tenor_months, struct decision_case *one)
{
    const struct policy *policy = engine->policy;
    const struct decision *decision = engine->decision;
    struct scorecard_facts facts;
    struct search search = {.engine = engine, .facts = &facts};

    measure_bounds(engine, tenor_months, one, &search);
    scorecard_gather(engine->dossier, policy, decision->as_of, &decision->delay, &decision->pipeline, tenor_months, &facts);
    int64_t amount_fen = largest_amount(&search, one->limit.limit_fen);
    bool may_approve = decision->eligibility.stop_count == 0 && decision->eligibility.missing_count == 0;
    one->approved_fen = may_approve && amount_fen >= policy->eligibility.amount_min_fen ? amount_fen : 0;
    if (engine->amounts_only)
        return;
    one->amount_fen = one->approved_fen > 0 ? one->approved_fen : amount_to_show(engine, &one->limit);
    measure(&search, one);
    one->outcome = one->approved_fen > 0 ? OUTCOME_APPROVE : outcome_below_approval(engine, one);
}

/* ------------------------------------------------------------------ tenor */

/* The longest that contracts carry: the last one's end and a tail for the money to come in. */
static int32_t tenor_cap_months(const struct engine *engine)
{
    const struct date last_end = engine->decision->pipeline.last_end;
    if (date_is_none(last_end) || date_compare(last_end, engine->decision->as_of) < 0)
        return (int32_t)engine->policy->price.contract_tail_months;
    return date_months_between(engine->decision->as_of, last_end) + (int32_t)engine->policy->price.contract_tail_months;
}

/* The last of the policy's tenors that is not above months; the first where all are. */
static size_t tenor_up_to(const struct policy *policy, int32_t months)
{
    size_t index = 0;
    while (index + 1 < policy->price.tenor_count && policy->price.tenor_months[index + 1] <= months)
        index++;
    return index;
}

/* The tenors that may be decided on: from the one asked for, as far as contracts carry it, to the longest that they carry. */
struct tenors {
    size_t first, last; /* of the policy's */
};

static struct tenors tenors_of(const struct engine *engine)
{
    size_t last = tenor_up_to(engine->policy, tenor_cap_months(engine));
    size_t asked = tenor_up_to(engine->policy, engine->dossier->application.tenor_months);
    return (struct tenors){asked < last ? asked : last, last};
}

/* Could a longer tenor lend more? It brings more receivables before maturity and more time to repay; no other bound hears of it. */
static bool may_grow_with_tenor(const struct decision_case *one)
{
    return one->approved_fen < one->limit.limit_fen || one->limit.binding == LIMIT_RECEIVABLES ||
           one->limit.binding == LIMIT_REPAYMENT_FLOOR;
}

/*
 * The tenor asked for, as far as contracts carry it; a longer one only where it lends more, and then the shortest that
 * lends most. Cash at maturity sets the tenor: a loan that cannot come back in six months may in nine. Every tenor that could
 * lend more is looked at, whatever a shorter one lends: else a fact that makes the shorter one worse would open the longer.
 */
static void decide_tenor(const struct engine *engine, struct decision_case *best)
{
    const struct policy *policy = engine->policy;
    const struct tenors tenors = tenors_of(engine);

    decide_case(engine, (int32_t)policy->price.tenor_months[tenors.first], best);
    for (size_t i = tenors.first + 1; i <= tenors.last && may_grow_with_tenor(best); i++) {
        struct decision_case longer = {.levers = best->levers, .lever_count = best->lever_count};
        decide_case(engine, (int32_t)policy->price.tenor_months[i], &longer);
        if (longer.approved_fen > best->approved_fen)
            *best = longer;
    }
}

/* ------------------------------------------------------------------ conditions */

static int64_t asked_fen(const struct engine *engine)
{
    return money_round_down(engine->dossier->application.amount_fen, engine->policy->limit.step_fen);
}

/* Conditions are asked for in the policy's order, one more at a time; the fewest that lend most. */
static void decide_with_conditions(const struct engine *engine, struct decision *decision)
{
    const struct policy_decision *policy = &engine->policy->decision;
    const struct decision_case *stands = &decision->as_it_stands;
    struct decision_case *best = ARENA_NEW(engine->arena, struct decision_case, 1);

    best->approved_fen = stands->approved_fen;
    for (size_t count = 1; count <= policy->lever_count && best->approved_fen < asked_fen(engine); count++) {
        struct decision_case one = {.levers = policy->levers, .lever_count = count};
        decide_tenor(engine, &one);
        if (one.approved_fen > best->approved_fen)
            *best = one;
    }
    if (best->approved_fen > stands->approved_fen)
        decision->with_conditions = best;
}

/* Is there anything that conditions could add? A case that gets all it may ask for needs none. */
static bool may_gain(const struct engine *engine)
{
    const struct decision_case *stands = &engine->decision->as_it_stands;
    bool barred = engine->decision->eligibility.stop_count > 0 || engine->decision->eligibility.missing_count > 0;
    bool lends = engine->dossier->application.kind != APPLICATION_KIND_DEFERRAL;
    return lends && !barred && stands->approved_fen < asked_fen(engine);
}

/* What the facts could carry over that tenor with every condition met that the lender can demand. */
static int64_t capacity_over_fen(const struct engine *engine, const struct decision_case *governing, int32_t tenor_months)
{
    const struct policy_decision *policy = &engine->policy->decision;
    struct decision_case best = {.levers = policy->levers, .lever_count = policy->lever_count};
    struct search search = {.engine = engine};
    if (governing->lever_count == policy->lever_count && governing->tenor_months == tenor_months)
        return governing->limit.capacity_fen;
    measure_bounds(engine, tenor_months, &best, &search);
    return best.limit.capacity_fen;
}

/* The most of all tenors that contracts carry: the one that governs can change with a fact that is no better, or no worse, for any. */
static int64_t capacity_fen(const struct engine *engine, const struct decision_case *governing)
{
    const struct tenors tenors = tenors_of(engine);
    int64_t most_fen = 0;

    for (size_t i = 0; i <= tenors.last; i++) {
        int64_t fen = capacity_over_fen(engine, governing, (int32_t)engine->policy->price.tenor_months[i]);
        most_fen = fen > most_fen ? fen : most_fen;
    }
    return most_fen;
}

static void conclude(const struct engine *engine, struct decision *decision)
{
    decision->governing = decision->with_conditions != NULL ? decision->with_conditions : &decision->as_it_stands;
    decision->outcome = decision->with_conditions != NULL ? OUTCOME_APPROVE_WITH_CONDITIONS : decision->as_it_stands.outcome;
    decision->limit_fen = decision->governing->approved_fen;
    decision->capacity_fen = capacity_fen(engine, decision->governing);
    servicing_conclude(engine->dossier, engine->policy, engine->arena, decision);
    reason_explain(engine->dossier, engine->policy, engine->arena, decision);
}

/* Stages 1 to 4; `simulated` where the workspace holds the paths already. */
static void run_stages(const struct engine *engine, struct date as_of, const struct cashflow_result *simulated)
{
    const struct dossier *dossier = engine->dossier;
    const struct policy *policy = engine->policy;
    struct decision *decision = engine->decision;

    *decision = (struct decision){.as_of = as_of};
    eligibility_walk(dossier, policy, as_of, engine->arena, &decision->eligibility);
    delay_estimate(dossier, policy, as_of, engine->arena, &decision->delay);
    pipeline_build(dossier, policy, as_of, &decision->delay, engine->arena, &decision->pipeline);
    if (simulated != NULL)
        decision->cashflow = *simulated;
    else
        cashflow_simulate(dossier, policy, as_of, &decision->delay, &decision->pipeline, engine->workspace, engine->arena, &decision->cashflow);
}

void decision_probe_init(struct decision_probe *probe, const struct dossier *dossier, const struct policy *policy, struct date as_of,
                         const struct cashflow_result *simulated, struct cashflow_workspace *workspace, struct arena *arena)
{
    const struct engine engine = {dossier, policy, workspace, arena, &probe->stages, true};

    *probe = (struct decision_probe){.dossier = dossier, .policy = policy, .workspace = workspace, .arena = arena};
    run_stages(&engine, as_of, simulated);
}

int64_t decision_probe_approved_fen(struct decision_probe *probe, size_t lever_count)
{
    const struct engine engine = {probe->dossier, probe->policy, probe->workspace, probe->arena, &probe->stages, true};
    struct decision_case one = {.levers = probe->policy->decision.levers, .lever_count = lever_count};

    decide_tenor(&engine, &one);
    return one.approved_fen;
}

void scoring_decide_once(const struct dossier *dossier, const struct policy *policy, struct date as_of,
                         struct cashflow_workspace *workspace, struct arena *arena, struct decision *decision)
{
    const struct engine engine = {dossier, policy, workspace, arena, decision, false};

    run_stages(&engine, as_of, NULL);
    classification_assess(dossier, policy->servicing.small_business_rules_apply, as_of, arena, &decision->classification);
    early_warning_watch(dossier, policy, as_of, &decision->delay, arena, &decision->alerts);
    decide_tenor(&engine, &decision->as_it_stands);
    if (may_gain(&engine))
        decide_with_conditions(&engine, decision);
    conclude(&engine, decision);
}

void scoring_decide(const struct dossier *dossier, const struct policy *policy, struct date as_of,
                    struct cashflow_workspace *workspace, struct arena *arena, struct decision *decision)
{
    scoring_decide_once(dossier, policy, as_of, workspace, arena, decision);
    counterfactual_search(dossier, policy, workspace, arena, decision);
}
