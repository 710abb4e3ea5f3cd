#include "base/money.h"
#include "scoring/cashflow.h"
#include "scoring/policy_internal.h"
#include "scoring/scorecard.h"

#include <string.h>

#define SCORE_MAX 1000
#define MONTH_DAYS_MAX 31
#define WEEK_DAYS 7

/* ------------------------------------------------------------------ scores */

static int64_t most_points(const struct policy_characteristic *one)
{
    int64_t most = one->missing_points;

    for (size_t i = 0; i < one->bin_count; i++)
        most = one->bins[i].points > most ? one->bins[i].points : most;
    return most;
}

/* next[s + points] for every s that can be had without this characteristic. */
static void add_points(const bool *sums, size_t size, int64_t points, bool *next)
{
    for (size_t i = 0; i + (size_t)points < size; i++)
        next[i + (size_t)points] = next[i + (size_t)points] || sums[i];
}

/*
 * Which scores some combination of bins leads to, each characteristic free of the others: sums of points, grown one
 * characteristic at a time. At most 40 characteristics of 33 choices over 40,000 sums.
 */
static void find_scores(const struct policy_scorecard *scorecard, struct arena *arena, bool reached[SCORE_MAX + 1])
{
    int64_t attainable = 0;

    for (size_t i = 0; i < scorecard->characteristic_count; i++)
        attainable += most_points(&scorecard->characteristics[i]);
    size_t size = (size_t)attainable + 1;
    bool *sums = ARENA_NEW(arena, bool, size);
    bool *next = ARENA_NEW(arena, bool, size);
    sums[0] = true;
    for (size_t i = 0; i < scorecard->characteristic_count; i++) {
        const struct policy_characteristic *one = &scorecard->characteristics[i];
        memset(next, 0, size * sizeof *next);
        add_points(sums, size, one->missing_points, next);
        for (size_t j = 0; j < one->bin_count; j++)
            add_points(sums, size, one->bins[j].points, next);
        bool *swap = sums;
        sums = next;
        next = swap;
    }
    for (size_t i = 0; i < size; i++) {
        if (sums[i])
            reached[(int64_t)i * SCORE_MAX / attainable] = true; /* as scorecard_evaluate scales them */
    }
}

/* Some score lies in this row of the PD table. */
static bool is_row_reached(const struct policy_scorecard *scorecard, size_t row, const bool reached[SCORE_MAX + 1])
{
    int64_t above = row == 0 ? SCORE_MAX + 1 : scorecard->pd[row - 1].score_min;

    for (int64_t score = scorecard->pd[row].score_min; score < above; score++) {
        if (reached[score])
            return true;
    }
    return false;
}

/*
 * A row between others that are reached, and itself never is. The table covers the whole scale, so rows below the least
 * score and above the best are as they must be.
 */
static bool is_row_dead(const struct policy_scorecard *scorecard, size_t row, const bool reached[SCORE_MAX + 1])
{
    bool is_passed_above = false;
    bool is_passed_below = false;

    for (size_t i = 0; i < scorecard->pd_count; i++) {
        if (i != row && is_row_reached(scorecard, i, reached))
            *(i < row ? &is_passed_above : &is_passed_below) = true;
    }
    return is_passed_above && is_passed_below && !is_row_reached(scorecard, row, reached);
}

/* A grade that no score leads to would be a promise that nobody can keep. */
static bool is_grade_reached(const struct policy_scorecard *scorecard, size_t grade, const bool reached[SCORE_MAX + 1])
{
    int64_t above_ppm = grade == 0 ? 0 : scorecard->grade_pd_max_ppm[grade - 1];

    for (size_t i = 0; i < scorecard->pd_count; i++) {
        int64_t pd_ppm = scorecard->pd[i].pd_ppm;
        if (pd_ppm > above_ppm && pd_ppm <= scorecard->grade_pd_max_ppm[grade] && is_row_reached(scorecard, i, reached))
            return true;
    }
    return false;
}

void policy_analyse_scores(const struct policy_scorecard *scorecard, struct policy_findings *findings)
{
    bool reached[SCORE_MAX + 1] = {false};

    find_scores(scorecard, findings->arena, reached);
    for (size_t i = 0; i < scorecard->pd_count; i++) {
        if (is_row_dead(scorecard, i, reached))
            policy_find_in_row(findings, POLICY_RULE_DEAD_ROW, "pd", i, NULL, "score ≥ %lld",
                               (long long)scorecard->pd[i].score_min);
    }
    for (size_t i = 0; i < scorecard->grade_count; i++) {
        if (!is_grade_reached(scorecard, i, reached))
            policy_find_in_row(findings, POLICY_RULE_GRADE_UNREACHABLE, "grade_pd_max_ppm", i, NULL, "%zu", i + 1);
    }
}

/* ------------------------------------------------------------------ bounds */

/* One finding in a member of a section. */
static void find_in(struct policy_findings *findings, enum policy_rule rule, const char *section, const char *member,
                    const char *left, int64_t left_value, const char *right, int64_t right_value)
{
    size_t root = policy_findings_enter(findings, section);

    policy_find(findings, rule, member, "%s %lld, %s %lld", left, (long long)left_value, right, (long long)right_value);
    policy_findings_leave(findings, root);
}

/* A product must be able to lend: some whole number of steps lies between the least amount and the most. */
static void analyse_amounts(const struct policy *policy, struct policy_findings *findings)
{
    const struct policy_limit *limit = &policy->limit;
    int64_t least_fen = policy->eligibility.amount_min_fen;

    if (least_fen > limit->product_max_fen)
        find_in(findings, POLICY_RULE_CONTRADICTION, "limit", "product_max_fen", "product_max_fen",
                limit->product_max_fen, "amount_min_fen", least_fen);
    else if (limit->step_fen > 0 && limit->product_max_fen / limit->step_fen * limit->step_fen < least_fen)
        find_in(findings, POLICY_RULE_CONTRADICTION, "limit", "step_fen", "step_fen", limit->step_fen, "amount_min_fen",
                least_fen);
    /* What one payer may make up of the base is part of what its finance authority may. */
    if (limit->use_receivables && limit->payer_share_max_bp > limit->authority_share_max_bp)
        find_in(findings, POLICY_RULE_IDLE_CAP, "limit", "payer_share_max_bp", "payer_share_max_bp",
                limit->payer_share_max_bp, "authority_share_max_bp", limit->authority_share_max_bp);
    if (limit->use_income_share && limit->income_share_bp == 0)
        find_in(findings, POLICY_RULE_CONTRADICTION, "limit", "income_share_bp", "use_income_share", 1,
                "income_share_bp", 0);
    if (limit->use_collateral && limit->collateral_share_bp == 0)
        find_in(findings, POLICY_RULE_CONTRADICTION, "limit", "collateral_share_bp", "use_collateral", 1,
                "collateral_share_bp", 0);
}

static void analyse_horizon(const struct policy *policy, struct policy_findings *findings)
{
    int64_t longest_months = 0;

    for (size_t i = 0; i < policy->price.tenor_count; i++)
        longest_months =
            policy->price.tenor_months[i] > longest_months ? policy->price.tenor_months[i] : longest_months;
    if (longest_months > CASHFLOW_WEEKS_MAX || policy->cashflow.tail_weeks > CASHFLOW_WEEKS_MAX)
        return; /* out of its range already */
    int64_t weeks = longest_months * MONTH_DAYS_MAX / WEEK_DAYS + 1 + policy->cashflow.tail_weeks;
    if (weeks > CASHFLOW_WEEKS_MAX)
        find_in(findings, POLICY_RULE_HORIZON, "cashflow", "tail_weeks", "weeks", weeks, "max", CASHFLOW_WEEKS_MAX);
}

/* The grade of a PD; worse than all where the table has not that many rows. */
static int64_t grade_of(const struct policy_scorecard *scorecard, int64_t pd_ppm)
{
    size_t grade = 0;

    while (grade < scorecard->grade_count && pd_ppm > scorecard->grade_pd_max_ppm[grade])
        grade++;
    return (int64_t)grade + 1;
}

/* A loan that just meets the floor must have a grade that is approved; otherwise the grade decides and the floor idles. */
static void analyse_floor(const struct policy *policy, struct policy_findings *findings)
{
    const struct policy_scorecard *scorecard = &policy->scorecard;
    int64_t not_repaid_ppm = MONEY_PPM_ONE - policy->repayment.floor_ppm;

    if (policy->limit.use_repayment_floor && policy->repayment.floor_ppm == 0)
        find_in(findings, POLICY_RULE_CONTRADICTION, "limit", "use_repayment_floor", "use_repayment_floor", 1,
                "floor_ppm", 0);
    if (policy->decision.refer_repaid_min_ppm > policy->repayment.floor_ppm)
        find_in(findings, POLICY_RULE_CONTRADICTION, "decision", "refer_repaid_min_ppm", "refer_repaid_min_ppm",
                policy->decision.refer_repaid_min_ppm, "floor_ppm", policy->repayment.floor_ppm);
    if (policy->repayment.floor_ppm == 0)
        return;
    for (size_t i = 0; i < scorecard->lens_count; i++) {
        if (not_repaid_ppm > scorecard->lens[i].not_repaid_max_ppm)
            continue;
        int64_t grade = grade_of(scorecard, scorecard->lens[i].pd_ppm);
        if (grade > policy->decision.approve_grade_max)
            find_in(findings, POLICY_RULE_IDLE_CAP, "repayment", "floor_ppm", "grade", grade, "approve_grade_max",
                    policy->decision.approve_grade_max);
        return;
    }
}

/* Some number of paths of 2^paths_log2 lies in (above_ppm, to_ppm], as cashflow_repaid_ppm rounds their share: down. */
static bool is_share_reached(int64_t paths, int64_t above_ppm, int64_t to_ppm)
{
    for (int64_t repaid = 0; repaid <= paths; repaid++) {
        int64_t not_repaid_ppm = MONEY_PPM_ONE - repaid * MONEY_PPM_ONE / paths;
        if (not_repaid_ppm > above_ppm && not_repaid_ppm <= to_ppm)
            return true;
    }
    return false;
}

/* A row of the second lens that is narrower than one path of the simulation. */
static void analyse_lens(const struct policy *policy, struct policy_findings *findings)
{
    const struct policy_scorecard *scorecard = &policy->scorecard;
    size_t root = policy_findings_enter(findings, "scorecard");
    int64_t above_ppm = -1;

    for (size_t i = 0; i < scorecard->lens_count; i++) {
        int64_t to_ppm = scorecard->lens[i].not_repaid_max_ppm;
        if (!is_share_reached(INT64_C(1) << policy->cashflow.paths_log2, above_ppm, to_ppm))
            policy_find_in_row(findings, POLICY_RULE_DEAD_ROW, "lens", i, NULL, "(%lld, %lld] × 2^%lld",
                               (long long)above_ppm, (long long)to_ppm, (long long)policy->cashflow.paths_log2);
        above_ppm = to_ppm;
    }
    policy_findings_leave(findings, root);
}

static bool has_rule(const struct policy_eligibility *eligibility, enum eligibility_rule rule)
{
    for (size_t i = 0; i < eligibility->rule_count; i++) {
        if (eligibility->rules[i] == rule)
            return true;
    }
    return false;
}

/* A number that is given, though the only rule that reads it does not apply. */
static void analyse_unread(const struct policy_eligibility *eligibility, struct policy_findings *findings)
{
    const struct {
        enum eligibility_rule rule;
        const char *member;
        int64_t value;
    } rows[] = {
        {ELIGIBILITY_MONTHS_IN_OPERATION, "months_in_operation_min", eligibility->months_in_operation_min},
        {ELIGIBILITY_PROFIT_MARGIN, "profit_margin_min_bp", eligibility->profit_margin_min_bp},
        {ELIGIBILITY_COLLATERAL, "collateral_cover_min_bp", eligibility->collateral_cover_min_bp},
        {ELIGIBILITY_CREDIT_HISTORY, "credit_history_months_min", eligibility->credit_history_months_min},
    };
    size_t root = policy_findings_enter(findings, "eligibility");

    for (size_t i = 0; i < POLICY_COUNT(rows); i++) {
        if (rows[i].value != 0 && !has_rule(eligibility, rows[i].rule))
            policy_find(findings, POLICY_RULE_UNUSED, rows[i].member, "%lld", (long long)rows[i].value);
    }
    policy_findings_leave(findings, root);
}

void policy_analyse_bounds(const struct policy *policy, struct policy_findings *findings)
{
    bool has_errors = findings->error_count > 0;

    analyse_amounts(policy, findings);
    analyse_horizon(policy, findings);
    analyse_floor(policy, findings);
    analyse_unread(&policy->eligibility, findings);
    if (!has_errors) /* tables in order, and a number of paths that can be shifted to */
        analyse_lens(policy, findings);
}
