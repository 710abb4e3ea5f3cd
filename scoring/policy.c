#include "scoring/policy.h"

#include "base/money.h"
#include "scoring/cashflow.h"
#include "scoring/policy_internal.h"

#include <stddef.h>
#include <string.h>

#define ID_SIZE_MAX 64
#define MONTHS_MAX 600
#define DAYS_MAX 3650
#define MULTIPLE_MAX_BP (100 * MONEY_BP_ONE)
#define TENOR_MONTHS_MAX 24
#define PATHS_LOG2_MIN 10 /* below a thousand paths a probability of one in twenty is only noise */
#define LATE_WEEKS_MIN 13 /* 90 days after maturity */
#define MONTH_DAYS_MAX 31
#define WEEK_DAYS 7
#define RENEWABLE_DAYS_MIN 28
#define SOURCES_MAX 1000
#define SEED_MAX ((INT64_C(1) << 53) - 1) /* what a JSON integer holds */

enum zcd_code policy_check_numbers(const struct policy_number *numbers, size_t count, struct zcd_error *err)
{
    for (size_t i = 0; i < count; i++) {
        const struct policy_number *number = &numbers[i];
        if (number->value < number->min || number->value > number->max) {
            (void)zcd_fail(err, ZCD_INVALID, "is %lld, not within %lld to %lld", (long long)number->value,
                           (long long)number->min, (long long)number->max);
            return zcd_fail_within(err, number->name);
        }
    }
    return ZCD_OK;
}

enum zcd_code policy_check_rising(const struct policy_number *numbers, size_t count, struct zcd_error *err)
{
    for (size_t i = 1; i < count; i++) {
        if (numbers[i].value < numbers[i - 1].value) {
            (void)zcd_fail(err, ZCD_INVALID, "is below %s", numbers[i - 1].name);
            return zcd_fail_within(err, numbers[i].name);
        }
    }
    return ZCD_OK;
}

static enum zcd_code fail_member(struct zcd_error *err, const char *name, const char *message)
{
    (void)zcd_fail(err, ZCD_INVALID, "%s", message);
    return zcd_fail_within(err, name);
}

static enum zcd_code fail_row(struct zcd_error *err, const char *name, size_t index, const char *message)
{
    (void)zcd_fail(err, ZCD_INVALID, "%s", message);
    (void)zcd_fail_within_index(err, index);
    return zcd_fail_within(err, name);
}

static bool is_text(const char *text)
{
    return text != NULL && text[0] != '\0';
}

/* ------------------------------------------------------------------ head */

static bool is_id(const char *id)
{
    return is_text(id) && strlen(id) <= ID_SIZE_MAX
           && strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789_-") == strlen(id);
}

/* Three numbers without leading zeros (semver.org 2.0.0, item 2). */
static bool is_version(const char *version)
{
    if (version == NULL)
        return false;
    for (int part = 0; part < 3; part++) {
        size_t digits = strspn(version, "0123456789");
        if (digits == 0 || digits > 9 || (digits > 1 && version[0] == '0'))
            return false;
        version += digits;
        if (part < 2 && *version++ != '.')
            return false;
    }
    return *version == '\0';
}

static enum zcd_code check_title(const struct policy_text *title, struct zcd_error *err)
{
    if (!is_text(title->zh))
        return fail_member(err, "zh", "is missing");
    if (!is_text(title->en))
        return fail_member(err, "en", "is missing");
    return ZCD_OK;
}

static enum zcd_code check_head(const struct policy *policy, struct zcd_error *err)
{
    if (!is_id(policy->id))
        return fail_member(err, "id", "is not 1 to 64 of a-z 0-9 _ -");
    if (!is_version(policy->version))
        return fail_member(err, "version", "is not a semantic version");
    if (check_title(&policy->title, err) != ZCD_OK)
        return zcd_fail_within(err, "title");
    if (date_is_none(policy->effective_from))
        return fail_member(err, "effective_from", "is missing");
    if (!date_is_none(policy->effective_to) && date_compare(policy->effective_to, policy->effective_from) < 0)
        return fail_member(err, "effective_to", "is before effective_from");
    return ZCD_OK;
}

/* ------------------------------------------------------------------ sections */

static enum zcd_code check_rules(const struct policy_eligibility *eligibility, struct zcd_error *err)
{
    if (eligibility->rule_count == 0)
        return fail_member(err, "rules", "is empty");
    for (size_t i = 0; i < eligibility->rule_count; i++) {
        if (eligibility->rules[i] <= ELIGIBILITY_NONE || eligibility->rules[i] >= ELIGIBILITY_END)
            return fail_row(err, "rules", i, "is not a rule");
        for (size_t j = 0; j < i; j++) {
            if (eligibility->rules[j] == eligibility->rules[i])
                return fail_row(err, "rules", i, "stands twice");
        }
    }
    return ZCD_OK;
}

static enum zcd_code check_admitted(const struct policy_eligibility *eligibility, struct zcd_error *err)
{
    if (eligibility->body_kind_count == 0)
        return fail_member(err, "body_kinds", "is empty");
    for (size_t i = 0; i < eligibility->body_kind_count; i++) {
        if (!codelist_has(&CODELIST_ORGANISATION_KIND, (int)eligibility->body_kinds[i]))
            return fail_row(err, "body_kinds", i, "is not a kind of body");
    }
    if (eligibility->purpose_count == 0)
        return fail_member(err, "purposes", "is empty");
    for (size_t i = 0; i < eligibility->purpose_count; i++) {
        if (!codelist_has(&CODELIST_APPLICATION_PURPOSE, (int)eligibility->purposes[i]))
            return fail_row(err, "purposes", i, "is not a purpose");
    }
    return ZCD_OK;
}

static enum zcd_code check_eligibility(const struct policy_eligibility *eligibility, struct zcd_error *err)
{
    const struct policy_number numbers[] = {
        POLICY_NUMBER(eligibility, months_in_operation_min, 0, MONTHS_MAX),
        POLICY_NUMBER(eligibility, inspection_exempt_months, 0, MONTHS_MAX),
        POLICY_NUMBER(eligibility, amount_min_fen, 1, MONEY_FEN_MAX),
        POLICY_NUMBER(eligibility, profit_margin_min_bp, -MONEY_BP_ONE, MONEY_BP_ONE),
        POLICY_NUMBER(eligibility, collateral_cover_min_bp, 0, MULTIPLE_MAX_BP),
        POLICY_NUMBER(eligibility, credit_history_months_min, 0, MONTHS_MAX),
    };
    enum zcd_code code = check_rules(eligibility, err);
    if (code == ZCD_OK)
        code = check_admitted(eligibility, err);
    if (code == ZCD_OK)
        code = policy_check_numbers(numbers, POLICY_COUNT(numbers), err);
    return code;
}

static enum zcd_code check_pipeline(const struct policy_pipeline *pipeline, struct zcd_error *err)
{
    const struct policy_number numbers[] = {
        POLICY_NUMBER(pipeline, weight_intention_ppm, 0, MONEY_PPM_ONE),
        POLICY_NUMBER(pipeline, weight_tendering_ppm, 0, MONEY_PPM_ONE),
        POLICY_NUMBER(pipeline, weight_awarded_ppm, 0, MONEY_PPM_ONE),
        POLICY_NUMBER(pipeline, renewal_excellent_ppm, 0, MONEY_PPM_ONE),
        POLICY_NUMBER(pipeline, renewal_good_ppm, 0, MONEY_PPM_ONE),
        POLICY_NUMBER(pipeline, renewal_qualified_ppm, 0, MONEY_PPM_ONE),
        POLICY_NUMBER(pipeline, renewal_unqualified_ppm, 0, MONEY_PPM_ONE),
        POLICY_NUMBER(pipeline, renewal_unrated_ppm, 0, MONEY_PPM_ONE),
        POLICY_NUMBER(pipeline, renewal_per_earlier_ppm, 0, MONEY_PPM_ONE),
        POLICY_NUMBER(pipeline, renewal_earlier_max, 0, 100),
        POLICY_NUMBER(pipeline, renewal_cap_ppm, 0, MONEY_PPM_ONE),
        POLICY_NUMBER(pipeline, renewable_days_min, RENEWABLE_DAYS_MIN, DAYS_MAX),
        POLICY_NUMBER(pipeline, renewal_slow_ppm, 0, MONEY_PPM_ONE),
        POLICY_NUMBER(pipeline, renewal_freeze_ppm, 0, MONEY_PPM_ONE),
        POLICY_NUMBER(pipeline, renewal_tier_station_ppm, 0, MONEY_PPM_ONE),
        POLICY_NUMBER(pipeline, cross_ageing_days, 0, DAYS_MAX),
        POLICY_NUMBER(pipeline, cross_ageing_share_bp, 0, MONEY_BP_ONE),
    };
    enum zcd_code code = policy_check_numbers(numbers, POLICY_COUNT(numbers), err);
    const struct policy_number stages[] = {
        POLICY_NUMBER(pipeline, weight_intention_ppm, 0, 0),
        POLICY_NUMBER(pipeline, weight_tendering_ppm, 0, 0),
        POLICY_NUMBER(pipeline, weight_awarded_ppm, 0, 0),
    };
    const struct policy_number evaluations[] = {
        POLICY_NUMBER(pipeline, renewal_unqualified_ppm, 0, 0),
        POLICY_NUMBER(pipeline, renewal_qualified_ppm, 0, 0),
        POLICY_NUMBER(pipeline, renewal_good_ppm, 0, 0),
        POLICY_NUMBER(pipeline, renewal_excellent_ppm, 0, 0),
    };
    const struct policy_number states[] = {
        POLICY_NUMBER(pipeline, renewal_freeze_ppm, 0, 0),
        POLICY_NUMBER(pipeline, renewal_slow_ppm, 0, 0),
    };
    if (code == ZCD_OK)
        code = policy_check_rising(stages, POLICY_COUNT(stages), err);
    if (code == ZCD_OK)
        code = policy_check_rising(evaluations, POLICY_COUNT(evaluations), err);
    if (code == ZCD_OK)
        code = policy_check_rising(states, POLICY_COUNT(states), err);
    return code;
}

/* The slower the state, the slower the payments: otherwise "freeze" would be a name for luck. */
static enum zcd_code check_states(const struct policy_cashflow *cashflow, struct zcd_error *err)
{
    const struct policy_number hazards[] = {
        POLICY_NUMBER(cashflow, hazard_freeze_ppm, 0, 0),
        POLICY_NUMBER(cashflow, hazard_slow_ppm, 0, 0),
    };
    const struct policy_number weeks[] = {
        POLICY_NUMBER(cashflow, year_start_normal_weeks, 0, 0),
        POLICY_NUMBER(cashflow, year_start_slow_weeks, 0, 0),
        POLICY_NUMBER(cashflow, year_start_freeze_weeks, 0, 0),
    };
    if (cashflow->system_slow_ppm + cashflow->system_freeze_ppm > MONEY_PPM_ONE)
        return fail_member(err, "system_freeze_ppm", "together with system_slow_ppm is above one");
    if (cashflow->authority_slow_ppm + cashflow->authority_freeze_ppm > MONEY_PPM_ONE)
        return fail_member(err, "authority_freeze_ppm", "together with authority_slow_ppm is above one");
    enum zcd_code code = policy_check_rising(hazards, POLICY_COUNT(hazards), err);
    if (code == ZCD_OK)
        code = policy_check_rising(weeks, POLICY_COUNT(weeks), err);
    return code;
}

static enum zcd_code check_cashflow(const struct policy_cashflow *cashflow, struct zcd_error *err)
{
    const struct policy_number numbers[] = {
        POLICY_NUMBER(cashflow, seed, 0, SEED_MAX),
        POLICY_NUMBER(cashflow, paths_log2, PATHS_LOG2_MIN, CASHFLOW_PATHS_LOG2_MAX),
        POLICY_NUMBER(cashflow, tail_weeks, LATE_WEEKS_MIN, CASHFLOW_WEEKS_MAX),
        POLICY_NUMBER(cashflow, system_slow_ppm, 0, MONEY_PPM_ONE),
        POLICY_NUMBER(cashflow, system_freeze_ppm, 0, MONEY_PPM_ONE),
        POLICY_NUMBER(cashflow, authority_slow_ppm, 0, MONEY_PPM_ONE),
        POLICY_NUMBER(cashflow, authority_freeze_ppm, 0, MONEY_PPM_ONE),
        POLICY_NUMBER(cashflow, hazard_slow_ppm, 1, MONEY_PPM_ONE),
        POLICY_NUMBER(cashflow, hazard_freeze_ppm, 1, MONEY_PPM_ONE),
        POLICY_NUMBER(cashflow, year_start_normal_weeks, 0, 26),
        POLICY_NUMBER(cashflow, year_start_slow_weeks, 0, 26),
        POLICY_NUMBER(cashflow, year_start_freeze_weeks, 0, 26),
        POLICY_NUMBER(cashflow, deduction_ppm, 0, MONEY_PPM_ONE),
        POLICY_NUMBER(cashflow, cost_follows_work_ppm, 0, MONEY_PPM_ONE),
        POLICY_NUMBER(cashflow, notice_weeks, 0, 52),
        POLICY_NUMBER(cashflow, thirteenth_month, 1, 12),
    };
    enum zcd_code code = policy_check_numbers(numbers, POLICY_COUNT(numbers), err);
    return code == ZCD_OK ? check_states(cashflow, err) : code;
}

static enum zcd_code check_repayment(const struct policy_repayment *repayment, struct zcd_error *err)
{
    const struct policy_number numbers[] = {
        POLICY_NUMBER(repayment, sweep_share_max_bp, 0, MONEY_BP_ONE),
        POLICY_NUMBER(repayment, sweep_share_step_bp, 1, MONEY_BP_ONE),
        POLICY_NUMBER(repayment, wage_gap_tolerance_bp, 0, MULTIPLE_MAX_BP),
        POLICY_NUMBER(repayment, wage_gap_probability_max_ppm, 0, MONEY_PPM_ONE),
        POLICY_NUMBER(repayment, floor_ppm, 0, MONEY_PPM_ONE),
    };
    enum zcd_code code = policy_check_numbers(numbers, POLICY_COUNT(numbers), err);
    if (code == ZCD_OK && repayment->sweep_share_max_bp % repayment->sweep_share_step_bp != 0)
        return fail_member(err, "sweep_share_max_bp", "is not a whole number of steps");
    return code;
}

static enum zcd_code check_advance(const struct policy_limit *limit, struct zcd_error *err)
{
    const struct policy_number rates[] = {
        POLICY_NUMBER(limit, advance_future_bp, 0, 0),
        POLICY_NUMBER(limit, advance_performed_bp, 0, 0),
        POLICY_NUMBER(limit, advance_accepted_bp, 0, 0),
    };
    return policy_check_rising(rates, POLICY_COUNT(rates), err);
}

static enum zcd_code check_limit(const struct policy_limit *limit, struct zcd_error *err)
{
    const struct policy_number numbers[] = {
        POLICY_NUMBER(limit, product_max_fen, 1, MONEY_FEN_MAX),
        POLICY_NUMBER(limit, step_fen, 1, limit->product_max_fen),
        POLICY_NUMBER(limit, income_share_bp, 0, MULTIPLE_MAX_BP),
        POLICY_NUMBER(limit, collateral_share_bp, 0, MONEY_BP_ONE),
        POLICY_NUMBER(limit, need_buffer_bp, 0, MONEY_BP_ONE),
        POLICY_NUMBER(limit, advance_accepted_bp, 0, MONEY_BP_ONE),
        POLICY_NUMBER(limit, advance_performed_bp, 0, MONEY_BP_ONE),
        POLICY_NUMBER(limit, advance_future_bp, 0, MONEY_BP_ONE),
        POLICY_NUMBER(limit, deduct_unlocked_bp, 0, MONEY_BP_ONE),
        POLICY_NUMBER(limit, deduct_unpledged_bp, 0, MONEY_BP_ONE),
        POLICY_NUMBER(limit, deduct_unconfirmed_bp, 0, MONEY_BP_ONE),
        POLICY_NUMBER(limit, deduct_weak_fund_bp, 0, MONEY_BP_ONE),
        POLICY_NUMBER(limit, deduct_other_payer_bp, 0, MONEY_BP_ONE),
        POLICY_NUMBER(limit, deduct_beyond_budget_year_bp, 0, MONEY_BP_ONE),
        POLICY_NUMBER(limit, dilution_multiple_bp, 0, MULTIPLE_MAX_BP),
        POLICY_NUMBER(limit, late_acceptance_bp, 0, MONEY_BP_ONE),
        POLICY_NUMBER(limit, late_acceptance_days, 0, DAYS_MAX),
        POLICY_NUMBER(limit, payer_share_max_bp, 1, MONEY_BP_ONE),
        POLICY_NUMBER(limit, authority_share_max_bp, 1, MONEY_BP_ONE),
        POLICY_NUMBER(limit, working_capital_growth_cap_bp, 0, MONEY_BP_ONE),
    };
    enum zcd_code code = policy_check_numbers(numbers, POLICY_COUNT(numbers), err);
    if (code == ZCD_OK)
        code = check_advance(limit, err);
    return code;
}

static enum zcd_code check_tenors(const struct policy_price *price, struct zcd_error *err)
{
    if (price->tenor_count == 0 || price->tenor_count > CASHFLOW_TENORS_MAX)
        return fail_member(err, "tenor_months", "has not 1 to 8 rows");
    for (size_t i = 0; i < price->tenor_count; i++) {
        if (price->tenor_months[i] < 1 || price->tenor_months[i] > TENOR_MONTHS_MAX)
            return fail_row(err, "tenor_months", i, "is not within 1 to 24");
        if (i > 0 && price->tenor_months[i] <= price->tenor_months[i - 1])
            return fail_row(err, "tenor_months", i, "is not above the one before");
    }
    return ZCD_OK;
}

static enum zcd_code check_price(const struct policy_price *price, struct zcd_error *err)
{
    const struct policy_number numbers[] = {
        POLICY_NUMBER(price, lgd_bp, 0, MONEY_BP_ONE),
        POLICY_NUMBER(price, lgd_secured_bp, 0, price->lgd_bp),
        POLICY_NUMBER(price, capital_hurdle_bp, 0, MONEY_BP_ONE),
        POLICY_NUMBER(price, operating_bp, 0, MONEY_BP_ONE),
        POLICY_NUMBER(price, inclusive_discount_bp, 0, MONEY_BP_ONE),
        POLICY_NUMBER(price, floor_bp, 0, MONEY_BP_ONE),
        POLICY_NUMBER(price, cap_bp, price->floor_bp, MONEY_BP_ONE),
        POLICY_NUMBER(price, funding_spread_bp, -MONEY_BP_ONE, MONEY_BP_ONE),
        POLICY_NUMBER(price, contract_tail_months, 0, MONTHS_MAX),
    };
    enum zcd_code code = policy_check_numbers(numbers, POLICY_COUNT(numbers), err);
    if (code == ZCD_OK)
        code = policy_check_capital(price, err);
    if (code == ZCD_OK)
        code = check_tenors(price, err);
    return code;
}

static enum zcd_code check_levers(const struct policy_decision *decision, struct zcd_error *err)
{
    for (size_t i = 0; i < decision->lever_count; i++) {
        if (decision->levers[i] <= POLICY_LEVER_NONE || decision->levers[i] > POLICY_LEVER_CONFIRM_BUYERS)
            return fail_row(err, "levers", i, "is not a lever");
        for (size_t j = 0; j < i; j++) {
            if (decision->levers[j] == decision->levers[i])
                return fail_row(err, "levers", i, "stands twice");
        }
    }
    return ZCD_OK;
}

static enum zcd_code check_decision(const struct policy_decision *decision, struct zcd_error *err)
{
    const struct policy_number numbers[] = {
        POLICY_NUMBER(decision, approve_grade_max, 1, POLICY_GRADE_COUNT),
        POLICY_NUMBER(decision, refer_grade_max, decision->approve_grade_max, POLICY_GRADE_COUNT),
        POLICY_NUMBER(decision, refer_repaid_min_ppm, 0, MONEY_PPM_ONE),
        POLICY_NUMBER(decision, marginal_errors, 0, 10),
        POLICY_NUMBER(decision, strength_share_bp, 0, MONEY_BP_ONE),
        POLICY_NUMBER(decision, as_of_age_days_max, 0, DAYS_MAX),
    };
    enum zcd_code code = policy_check_numbers(numbers, POLICY_COUNT(numbers), err);
    return code == ZCD_OK ? check_levers(decision, err) : code;
}

/* ------------------------------------------------------------------ across sections */

/* A product must be able to lend, and the simulation must reach past its longest loan. */
static enum zcd_code check_across(const struct policy *policy, struct zcd_error *err)
{
    const int64_t longest_months = policy->price.tenor_months[policy->price.tenor_count - 1];
    const int64_t weeks = longest_months * MONTH_DAYS_MAX / WEEK_DAYS + 1 + policy->cashflow.tail_weeks;

    if (policy->eligibility.amount_min_fen > policy->limit.product_max_fen) {
        (void)fail_member(err, "product_max_fen", "is below the least amount of the product");
        return zcd_fail_within(err, "limit");
    }
    if (weeks > CASHFLOW_WEEKS_MAX) {
        (void)fail_member(err, "tail_weeks", "reaches past the longest horizon that is simulated");
        return zcd_fail_within(err, "cashflow");
    }
    if (policy->limit.use_repayment_floor && policy->repayment.floor_ppm == 0) {
        (void)fail_member(err, "use_repayment_floor", "is set, but there is no floor");
        return zcd_fail_within(err, "limit");
    }
    if (policy->decision.refer_repaid_min_ppm > policy->repayment.floor_ppm) {
        (void)fail_member(err, "refer_repaid_min_ppm", "is above the repayment floor");
        return zcd_fail_within(err, "decision");
    }
    return ZCD_OK;
}

static enum zcd_code check_source(const struct policy *policy, size_t index, struct zcd_error *err)
{
    const struct policy_source *source = &policy->sources[index];
    if (!is_text(source->pointer) || source->pointer[0] != '/')
        return fail_member(err, "pointer", "is not a JSON Pointer into the document");
    for (size_t i = 0; i < index; i++) {
        if (strcmp(policy->sources[i].pointer, source->pointer) == 0)
            return fail_member(err, "pointer", "stands twice");
    }
    if (source->kind <= POLICY_SOURCE_NONE || source->kind > POLICY_SOURCE_JUDGEMENT)
        return fail_member(err, "kind", "is missing");
    if (!is_text(source->text))
        return fail_member(err, "text", "is missing");
    return ZCD_OK;
}

static enum zcd_code check_sources(const struct policy *policy, struct zcd_error *err)
{
    if (policy->source_count > SOURCES_MAX)
        return fail_member(err, "sources", "has more than 1000 rows");
    for (size_t i = 0; i < policy->source_count; i++) {
        if (check_source(policy, i, err) != ZCD_OK) {
            (void)zcd_fail_within_index(err, i);
            return zcd_fail_within(err, "sources");
        }
    }
    return ZCD_OK;
}

/* One section, with its name put before the pointer of a refusal. */
#define SECTION(check, name)                                                                                           \
    if ((check) != ZCD_OK)                                                                                             \
    return zcd_fail_within(err, (name))

enum zcd_code policy_check(const struct policy *policy, struct zcd_error *err)
{
    if (check_head(policy, err) != ZCD_OK)
        return err->code;
    SECTION(check_eligibility(&policy->eligibility, err), "eligibility");
    SECTION(policy_check_delay(&policy->delay, err), "delay");
    SECTION(check_pipeline(&policy->pipeline, err), "pipeline");
    SECTION(check_cashflow(&policy->cashflow, err), "cashflow");
    SECTION(check_repayment(&policy->repayment, err), "repayment");
    SECTION(policy_check_scorecard(&policy->scorecard, err), "scorecard");
    SECTION(check_limit(&policy->limit, err), "limit");
    SECTION(check_price(&policy->price, err), "price");
    SECTION(check_decision(&policy->decision, err), "decision");
    if (check_across(policy, err) != ZCD_OK)
        return err->code;
    return check_sources(policy, err);
}
