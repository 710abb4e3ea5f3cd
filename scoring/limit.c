#include "scoring/limit.h"

#include "base/money.h"

#include <assert.h>
#include <string.h>

#define YEAR_DAYS 360 /* of the regulator's formula */
#define BUDGET_YEAR_END_MONTH 12

static const struct {
    const char *json;
    enum limit_bound_kind kind;
    const char *zh;
    const char *en;
} BOUNDS[LIMIT_END] = {
#define LIMIT_BOUND(number, name, json, kind, zh, en) [number] = {json, kind, zh, en},
#include "scoring/limit_bounds.def"
#undef LIMIT_BOUND
};

const char *limit_bound_json(enum limit_bound_name name)
{
    return BOUNDS[name].json;
}

const char *limit_bound_text_zh(enum limit_bound_name name)
{
    return BOUNDS[name].zh;
}

const char *limit_bound_text_en(enum limit_bound_name name)
{
    return BOUNDS[name].en;
}

enum limit_bound_kind limit_bound_kind(enum limit_bound_name name)
{
    return BOUNDS[name].kind;
}

static int64_t at_least_zero(int64_t amount_fen)
{
    return amount_fen < 0 ? 0 : amount_fen;
}

static int64_t smaller(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int64_t given(int64_t amount_fen)
{
    return amount_fen == DOSSIER_FEN_NONE ? 0 : amount_fen;
}

static void add_bound(struct limit_result *result, enum limit_bound_name name, int64_t amount_fen)
{
    result->bounds[result->bound_count++] = (struct limit_bound){name, at_least_zero(amount_fen)};
}

/* Everything the receivable base needs while it is being added up. */
struct base {
    const struct dossier *dossier;
    const struct policy *policy;
    struct date as_of;
    const struct delay_result *delay;
    const struct pipeline_result *pipeline;
    const struct limit_evidence *evidence;
    struct date maturity;
    struct date budget_year_end;
    int64_t dilution_bp; /* the organisation's own share of deductions */
    int64_t *of_payer_fen; /* one per pipeline payer */
    int64_t secured_fen;
};

/* ------------------------------------------------------------------ receivable base */

/* Debt at other lenders: what this loan does not replace. */
static int64_t other_debt_fen(const struct dossier *dossier)
{
    int64_t sum_fen = 0;
    for (size_t i = 0; i < dossier->facility_count; i++)
        sum_fen += i == dossier->application.facility_index ? 0 : dossier->facilities[i].outstanding_fen;
    return sum_fen;
}

static int64_t dilution_bp(const struct policy_limit *policy, const struct pipeline_result *pipeline)
{
    int64_t paid_fen = 0;
    for (size_t i = 0; i < pipeline->contract_count; i++)
        paid_fen += pipeline->contracts[i].paid_fen;
    int64_t billed_fen = paid_fen + pipeline->deducted_fen;
    int64_t share_bp = billed_fen == 0 ? 0 : money_mul_ratio_ceil(pipeline->deducted_fen, MONEY_BP_ONE, billed_fen);
    return money_mul_bp_ceil(share_bp, policy->dilution_multiple_bp);
}

static bool is_weak_fund(enum fund_source source)
{
    return source != FUND_SOURCE_DEPARTMENT_BUDGET && source != FUND_SOURCE_PURCHASE_LIST && source != FUND_SOURCE_WELFARE_LOTTERY;
}

static bool is_locked(const struct base *base, const struct pipeline_contract *row)
{
    return row->contract->security.account_locked || base->evidence->all_locked;
}

static bool is_pledged(const struct base *base, const struct pipeline_contract *row)
{
    return row->contract->security.pledge_registration[0] != '\0' || base->evidence->all_pledged;
}

/* Points taken off for what the contract lacks. */
static int64_t contract_deduction_bp(const struct base *base, const struct pipeline_contract *row)
{
    const struct policy_limit *limit = &base->policy->limit;
    int64_t deduction_bp = base->dilution_bp;
    deduction_bp += is_locked(base, row) ? 0 : limit->deduct_unlocked_bp;
    deduction_bp += is_pledged(base, row) ? 0 : limit->deduct_unpledged_bp;
    deduction_bp += row->contract->security.buyer_confirmed || base->evidence->all_confirmed ? 0 : limit->deduct_unconfirmed_bp;
    deduction_bp += is_weak_fund(row->contract->fund_source) ? limit->deduct_weak_fund_bp : 0;
    return deduction_bp;
}

static int64_t milestone_rate_bp(const struct base *base, const struct contract *contract, const struct milestone *milestone)
{
    const struct policy_limit *limit = &base->policy->limit;
    struct date payable_on = milestone_payable_on(contract, milestone);
    bool is_due = date_compare(milestone->due_on, base->as_of) <= 0;
    if (!date_is_none(milestone->accepted_on) || (!date_is_none(payable_on) && date_compare(payable_on, base->as_of) <= 0))
        return limit->advance_accepted_bp;
    int64_t rate_bp = is_due ? limit->advance_performed_bp : limit->advance_future_bp;
    if (is_due && date_days_between(milestone->due_on, base->as_of) > limit->late_acceptance_days)
        rate_bp -= limit->late_acceptance_bp;
    if (date_compare(milestone->due_on, base->budget_year_end) > 0)
        rate_bp -= limit->deduct_beyond_budget_year_bp;
    return rate_bp;
}

/* Nine in ten such receivables are here by this day. */
static struct date arrival(const struct base *base, const struct delay_curve *curve, const struct contract *contract,
                           const struct milestone *milestone)
{
    struct date payable_on = milestone_payable_on(contract, milestone);
    if (date_is_none(payable_on))
        payable_on = date_add_days(delay_acceptance_p90(base->delay, milestone->due_on, base->as_of), contract->payment_term_days);
    return delay_arrival_p90(curve, payable_on, base->as_of);
}

/* One contract's part of the base; disputed and retained money is taken off first. */
static int64_t contract_base_fen(const struct base *base, const struct pipeline_contract *row)
{
    const struct contract *contract = row->contract;
    const struct delay_curve *curve = &base->delay->curves[base->delay->curve_of_contract[contract - base->dossier->contracts]];
    const int64_t deduction_bp = contract_deduction_bp(base, row);
    int64_t sum_fen = 0;
    for (size_t i = 0; i < contract->milestone_count; i++) {
        const struct milestone *milestone = &contract->milestones[i];
        int64_t unpaid_fen = milestone_outstanding_fen(milestone);
        if (unpaid_fen == 0 || date_compare(arrival(base, curve, contract, milestone), base->maturity) > 0)
            continue;
        int64_t rate_bp = milestone_rate_bp(base, contract, milestone) - deduction_bp;
        sum_fen += rate_bp > 0 ? money_mul_bp_floor(unpaid_fen, rate_bp) : 0;
    }
    return at_least_zero(sum_fen - contract->disputed_fen - contract->retained_fen);
}

static size_t payer_row(const struct pipeline_result *pipeline, size_t payer_index)
{
    size_t row = 0;
    while (pipeline->payers[row].payer_index != payer_index)
        row++;
    return row;
}

static void add_contracts(struct base *base)
{
    for (size_t i = 0; i < base->pipeline->contract_count; i++) {
        const struct pipeline_contract *row = &base->pipeline->contracts[i];
        if (!row->is_sweepable || row->is_cross_aged)
            continue;
        int64_t amount_fen = contract_base_fen(base, row);
        base->of_payer_fen[payer_row(base->pipeline, row->contract->payer_index)] += amount_fen;
        base->secured_fen += is_locked(base, row) || is_pledged(base, row) ? amount_fen : 0;
    }
}

/* No payer, and no finance authority, counts for more than its share of the whole. */
static int64_t capped_sum_fen(const struct base *base)
{
    const struct pipeline_result *pipeline = base->pipeline;
    const struct policy_limit *limit = &base->policy->limit;
    int64_t total_fen = 0;
    for (size_t i = 0; i < pipeline->payer_count; i++)
        total_fen += base->of_payer_fen[i];
    const int64_t payer_cap_fen = money_mul_bp_floor(total_fen, limit->payer_share_max_bp);
    const int64_t authority_cap_fen = money_mul_bp_floor(total_fen, limit->authority_share_max_bp);

    int64_t sum_fen = 0;
    for (size_t i = 0; i < pipeline->payer_count; i++) {
        const char *code = base->dossier->payers[pipeline->payers[i].payer_index].region.code;
        int64_t authority_fen = 0;
        bool is_first = true; /* of its authority */
        for (size_t j = 0; j < pipeline->payer_count; j++) {
            if (strcmp(base->dossier->payers[pipeline->payers[j].payer_index].region.code, code) != 0)
                continue;
            is_first = is_first && j >= i;
            authority_fen += smaller(base->of_payer_fen[j], payer_cap_fen);
        }
        sum_fen += is_first ? smaller(authority_fen, authority_cap_fen) : 0;
    }
    return sum_fen;
}

static struct date budget_year_end(struct date as_of)
{
    int year, month, day;
    date_to_ymd(as_of, &year, &month, &day);
    struct date month_start = date_add_days(as_of, 1 - day);
    return date_add_days(date_add_months(month_start, BUDGET_YEAR_END_MONTH - month + 1), -1);
}

/* ------------------------------------------------------------------ the regulator's formula */

/* Latest year's statement and the one before it, where they say enough; NULL otherwise. */
static const struct statement *usable_statement(const struct dossier *dossier)
{
    const struct statement *statement = organisation_latest_statement(&dossier->organisation);
    bool usable = statement != NULL && statement->income_fen > 0 && statement->cost_fen != DOSSIER_FEN_NONE;
    return usable ? statement : NULL;
}

static int64_t growth_bp(const struct dossier *dossier, const struct policy *policy, const struct statement *latest)
{
    const struct statement *before = organisation_statement(&dossier->organisation, latest->year - 1);
    if (before == NULL || before->income_fen == DOSSIER_FEN_NONE || before->income_fen <= 0)
        return 0;
    int64_t rate_bp = money_mul_ratio_floor(latest->income_fen - before->income_fen, MONEY_BP_ONE, before->income_fen);
    return rate_bp < 0 ? 0 : smaller(rate_bp, policy->limit.working_capital_growth_cap_bp);
}

/* Days from the work to the money: slip, payment term and the payer's delay, weighted by what is outstanding. */
static int64_t receivable_days(const struct base *base)
{
    int64_t days = 0;
    int64_t yuan = 0;
    for (size_t i = 0; i < base->pipeline->contract_count; i++) {
        const struct pipeline_contract *row = &base->pipeline->contracts[i];
        if (!row->is_signed)
            continue;
        const struct contract *contract = row->contract;
        const struct delay_curve *curve = &base->delay->curves[base->delay->curve_of_contract[contract - base->dossier->contracts]];
        int64_t unpaid_yuan = (row->accepted_unpaid_fen + row->due_unaccepted_fen + row->future_fen) / 100;
        days += unpaid_yuan * (base->delay->slip_expected_days + contract->payment_term_days + curve->expected_days);
        yuan += unpaid_yuan;
    }
    return yuan == 0 ? 0 : days / yuan;
}

/*
 * Working capital = income x (1 - margin) x (1 + growth) / turns, with turns = 360 / receivable days; the new loan is
 * that less own funds and loans that stay (annex to the rules on working-capital loans, 2010 order No. 1; kept in 2024).
 * A social-work body has no stock, buys nothing on credit and prepays nothing.
 */
static int64_t working_capital_fen(const struct base *base, const struct statement *statement)
{
    const struct organisation *organisation = &base->dossier->organisation;
    int64_t cost_fen = smaller(statement->cost_fen, statement->income_fen); /* a loss is not financed */
    int64_t grown_fen = money_mul_bp_floor(cost_fen, MONEY_BP_ONE + growth_bp(base->dossier, base->policy, statement));
    int64_t wanted_fen = money_mul_ratio_floor(grown_fen, receivable_days(base), YEAR_DAYS);
    int64_t own_fen = organisation->cash_fen - given(organisation->restricted_cash_fen);
    return wanted_fen - at_least_zero(own_fen) - other_debt_fen(base->dossier);
}

/* ------------------------------------------------------------------ public */

static void measure_ceilings(const struct base *base, struct limit_result *result)
{
    const struct dossier *dossier = base->dossier;
    const struct policy_limit *limit = &base->policy->limit;

    add_bound(result, LIMIT_PRODUCT_MAXIMUM, limit->product_max_fen);
    if (limit->use_income_share)
        add_bound(result, LIMIT_INCOME_SHARE,
                  money_mul_bp_floor(base->pipeline->annual_public_income_fen, limit->income_share_bp) - other_debt_fen(dossier));
    if (limit->use_receivables)
        add_bound(result, LIMIT_RECEIVABLES, capped_sum_fen(base) - other_debt_fen(dossier));
    if (limit->use_collateral)
        add_bound(result, LIMIT_COLLATERAL, money_mul_bp_floor(given(dossier->application.collateral_fen), limit->collateral_share_bp));
}

void limit_measure(const struct dossier *dossier, const struct policy *policy, struct date as_of, const struct delay_result *delay,
                   const struct pipeline_result *pipeline, const struct cashflow_result *cashflow,
                   const struct limit_evidence *evidence, int32_t tenor_months, struct arena *arena, struct limit_result *result)
{
    struct base base = {.dossier = dossier, .policy = policy, .as_of = as_of, .delay = delay, .pipeline = pipeline, .evidence = evidence,
                        .maturity = date_add_months(as_of, tenor_months), .budget_year_end = budget_year_end(as_of),
                        .dilution_bp = dilution_bp(&policy->limit, pipeline),
                        .of_payer_fen = ARENA_NEW(arena, int64_t, pipeline->payer_count + 1)};
    const struct statement *statement = usable_statement(dossier);

    add_contracts(&base);
    *result = (struct limit_result){.secured_fen = base.secured_fen};
    measure_ceilings(&base, result);
    add_bound(result, LIMIT_ASKED, dossier->application.amount_fen);
    if (policy->limit.use_need)
        add_bound(result, LIMIT_NEED, money_mul_bp_floor(cashflow->need_p95_fen, MONEY_BP_ONE + policy->limit.need_buffer_bp));
    if (policy->limit.use_working_capital && statement != NULL)
        add_bound(result, LIMIT_WORKING_CAPITAL, working_capital_fen(&base, statement));
}

static int64_t least_fen(const struct limit_result *result, bool ceilings_only)
{
    int64_t least = INT64_MAX;
    for (size_t i = 0; i < result->bound_count; i++) {
        if (!ceilings_only || limit_bound_kind(result->bounds[i].name) == LIMIT_CEILING)
            least = smaller(least, result->bounds[i].amount_fen);
    }
    return least;
}

int64_t limit_least_ceiling(const struct policy *policy, const struct limit_result *result)
{
    return money_round_down(least_fen(result, true), policy->limit.step_fen);
}

void limit_conclude(const struct policy *policy, int64_t repayment_floor_fen, struct limit_result *result)
{
    if (repayment_floor_fen >= 0) {
        /* The search went up to the least ceiling, in whole steps: reaching it, the floor lies there or above. */
        if (repayment_floor_fen == limit_least_ceiling(policy, result))
            repayment_floor_fen = least_fen(result, true);
        size_t place = 0; /* the list's order is kept */
        while (place < result->bound_count && result->bounds[place].name < LIMIT_REPAYMENT_FLOOR)
            place++;
        memmove(&result->bounds[place + 1], &result->bounds[place], (result->bound_count - place) * sizeof result->bounds[0]);
        result->bounds[place] = (struct limit_bound){LIMIT_REPAYMENT_FLOOR, repayment_floor_fen};
        result->bound_count++;
    }
    result->capacity_fen = limit_least_ceiling(policy, result);
    result->limit_fen = money_round_down(least_fen(result, false), policy->limit.step_fen);
    for (size_t i = result->bound_count; i-- > 0;) {
        if (result->bounds[i].amount_fen == least_fen(result, false))
            result->binding = result->bounds[i].name;
    }
}
