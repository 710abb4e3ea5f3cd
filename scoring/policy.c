#include "scoring/policy.h"

#include "base/money.h"
#include "scoring/cashflow.h"
#include "scoring/counterfactual.h"
#include "scoring/policy_internal.h"

#include <stddef.h>
#include <string.h>

#define ID_SIZE_MAX 64
#define MONTHS_MAX 600
#define DAYS_MAX 3650
#define MULTIPLE_MAX_BP (100 * MONEY_BP_ONE)
#define TENOR_MONTHS_MAX 24
#define WORKING_DAYS_MAX 60
#define PATHS_LOG2_MIN 10 /* below a thousand paths a probability of one in twenty is only noise */
#define LATE_WEEKS_MIN 13 /* 90 days after maturity */
#define RENEWABLE_DAYS_MIN 28
#define SEED_MAX ((INT64_C(1) << 53) - 1) /* what a JSON integer holds */

void policy_check_numbers(const struct policy_number *numbers, size_t count, struct policy_findings *findings)
{
    for (size_t i = 0; i < count; i++) {
        const struct policy_number *number = &numbers[i];
        if (number->value < number->min || number->value > number->max)
            policy_find(findings, POLICY_RULE_RANGE, number->name, "%lld ∉ [%lld, %lld]", (long long)number->value,
                        (long long)number->min, (long long)number->max);
    }
}

void policy_check_rising(const struct policy_number *numbers, size_t count, struct policy_findings *findings)
{
    for (size_t i = 1; i < count; i++) {
        if (numbers[i].value < numbers[i - 1].value)
            policy_find(findings, POLICY_RULE_ORDER, numbers[i].name, "%lld < %s %lld", (long long)numbers[i].value,
                        numbers[i - 1].name, (long long)numbers[i - 1].value);
    }
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

/* Han characters of the common planes: three bytes of UTF-8 from E3 90 80 (U+3400) to E9 BF BF (U+9FFF). */
static bool has_han(const char *text)
{
    for (const unsigned char *at = (const unsigned char *)text; *at != '\0'; at++) {
        if ((*at == 0xE3 && at[1] >= 0x90) || (*at >= 0xE4 && *at <= 0xE9))
            return true;
    }
    return false;
}

static bool has_latin(const char *text)
{
    return strpbrk(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") != NULL;
}

void policy_check_text(const struct policy_text *text, const char *member, struct policy_findings *findings)
{
    size_t outside = policy_findings_enter(findings, member);

    if (!is_text(text->zh))
        policy_find(findings, POLICY_RULE_TEXT_MISSING, "zh", POLICY_NO_FIGURES);
    else if (!has_han(text->zh))
        policy_find(findings, POLICY_RULE_TEXT_LANGUAGE, "zh", POLICY_NO_FIGURES);
    if (!is_text(text->en))
        policy_find(findings, POLICY_RULE_TEXT_MISSING, "en", POLICY_NO_FIGURES);
    else if (!has_latin(text->en))
        policy_find(findings, POLICY_RULE_TEXT_LANGUAGE, "en", POLICY_NO_FIGURES);
    policy_findings_leave(findings, outside);
}

static void check_head(const struct policy *policy, struct policy_findings *findings)
{
    if (!is_id(policy->id))
        policy_find(findings, POLICY_RULE_ID, "id", POLICY_NO_FIGURES);
    if (!is_version(policy->version))
        policy_find(findings, POLICY_RULE_VERSION, "version", POLICY_NO_FIGURES);
    policy_check_text(&policy->title, "title", findings);
    if (date_is_none(policy->effective_from))
        policy_find(findings, POLICY_RULE_MISSING_MEMBER, "effective_from", POLICY_NO_FIGURES);
    if (!date_is_none(policy->effective_to) && date_compare(policy->effective_to, policy->effective_from) < 0)
        policy_find(findings, POLICY_RULE_EFFECTIVE, "effective_to", POLICY_NO_FIGURES);
}

/* ------------------------------------------------------------------ sections */

/* A list of codes: not empty, known, none twice. `codes` are enums, which the decoder holds to the size of an int. */
static void check_codes(const char *name, const void *codes, size_t count, bool is_known(int), struct policy_findings *findings)
{
    const int *rows = codes;

    if (count == 0)
        policy_find(findings, POLICY_RULE_ROWS, name, "0");
    for (size_t i = 0; i < count; i++) {
        if (!is_known(rows[i]))
            policy_find_in_row(findings, POLICY_RULE_CODE, name, i, NULL, POLICY_NO_FIGURES);
        for (size_t j = 0; j < i; j++) {
            if (rows[j] == rows[i]) {
                policy_find_in_row(findings, POLICY_RULE_DUPLICATE, name, i, NULL, POLICY_NO_FIGURES);
                break;
            }
        }
    }
}

static bool is_rule(int rule)
{
    return rule > ELIGIBILITY_NONE && rule < ELIGIBILITY_END;
}

static bool is_body_kind(int kind)
{
    return codelist_has(&CODELIST_ORGANISATION_KIND, kind);
}

static bool is_purpose(int purpose)
{
    return codelist_has(&CODELIST_APPLICATION_PURPOSE, purpose);
}

static void check_eligibility(const struct policy_eligibility *eligibility, struct policy_findings *findings)
{
    const struct policy_number numbers[] = {
        POLICY_NUMBER(eligibility, months_in_operation_min, 0, MONTHS_MAX),
        POLICY_NUMBER(eligibility, inspection_exempt_months, 0, MONTHS_MAX),
        POLICY_NUMBER(eligibility, amount_min_fen, 1, MONEY_FEN_MAX),
        POLICY_NUMBER(eligibility, profit_margin_min_bp, -MONEY_BP_ONE, MONEY_BP_ONE),
        POLICY_NUMBER(eligibility, collateral_cover_min_bp, 0, MULTIPLE_MAX_BP),
        POLICY_NUMBER(eligibility, credit_history_months_min, 0, MONTHS_MAX),
    };
    check_codes("rules", eligibility->rules, eligibility->rule_count, is_rule, findings);
    check_codes("body_kinds", eligibility->body_kinds, eligibility->body_kind_count, is_body_kind, findings);
    check_codes("purposes", eligibility->purposes, eligibility->purpose_count, is_purpose, findings);
    policy_check_numbers(numbers, POLICY_COUNT(numbers), findings);
}

static void check_pipeline(const struct policy_pipeline *pipeline, struct policy_findings *findings)
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
    policy_check_numbers(numbers, POLICY_COUNT(numbers), findings);
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
    policy_check_rising(stages, POLICY_COUNT(stages), findings);
    policy_check_rising(evaluations, POLICY_COUNT(evaluations), findings);
    policy_check_rising(states, POLICY_COUNT(states), findings);
}

static void check_shares(const char *name, int64_t slow_ppm, int64_t freeze_ppm, struct policy_findings *findings)
{
    if (slow_ppm + freeze_ppm > MONEY_PPM_ONE)
        policy_find(findings, POLICY_RULE_SHARES, name, "%lld + %lld > %d", (long long)slow_ppm, (long long)freeze_ppm,
                    MONEY_PPM_ONE);
}

/* The slower the state, the slower the payments: otherwise "freeze" would be a name for luck. */
static void check_states(const struct policy_cashflow *cashflow, struct policy_findings *findings)
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
    check_shares("system_freeze_ppm", cashflow->system_slow_ppm, cashflow->system_freeze_ppm, findings);
    check_shares("authority_freeze_ppm", cashflow->authority_slow_ppm, cashflow->authority_freeze_ppm, findings);
    policy_check_rising(hazards, POLICY_COUNT(hazards), findings);
    policy_check_rising(weeks, POLICY_COUNT(weeks), findings);
}

static void check_cashflow(const struct policy_cashflow *cashflow, struct policy_findings *findings)
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
    policy_check_numbers(numbers, POLICY_COUNT(numbers), findings);
    check_states(cashflow, findings);
}

static void check_repayment(const struct policy_repayment *repayment, struct policy_findings *findings)
{
    const struct policy_number numbers[] = {
        POLICY_NUMBER(repayment, sweep_share_max_bp, 0, MONEY_BP_ONE),
        POLICY_NUMBER(repayment, sweep_share_step_bp, 1, MONEY_BP_ONE),
        POLICY_NUMBER(repayment, wage_gap_tolerance_bp, 0, MULTIPLE_MAX_BP),
        POLICY_NUMBER(repayment, wage_gap_probability_max_ppm, 0, MONEY_PPM_ONE),
        POLICY_NUMBER(repayment, floor_ppm, 0, MONEY_PPM_ONE),
    };
    policy_check_numbers(numbers, POLICY_COUNT(numbers), findings);
    if (repayment->sweep_share_step_bp > 0 && repayment->sweep_share_max_bp % repayment->sweep_share_step_bp != 0)
        policy_find(findings, POLICY_RULE_STEPS, "sweep_share_max_bp", "%lld / %lld", (long long)repayment->sweep_share_max_bp,
                    (long long)repayment->sweep_share_step_bp);
}

static void check_advance(const struct policy_limit *limit, struct policy_findings *findings)
{
    const struct policy_number rates[] = {
        POLICY_NUMBER(limit, advance_future_bp, 0, 0),
        POLICY_NUMBER(limit, advance_performed_bp, 0, 0),
        POLICY_NUMBER(limit, advance_accepted_bp, 0, 0),
    };
    policy_check_rising(rates, POLICY_COUNT(rates), findings);
}

static void check_limit(const struct policy_limit *limit, struct policy_findings *findings)
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
        POLICY_NUMBER(limit, deduct_beyond_budget_year_bp, 0, MONEY_BP_ONE),
        POLICY_NUMBER(limit, dilution_multiple_bp, 0, MULTIPLE_MAX_BP),
        POLICY_NUMBER(limit, late_acceptance_bp, 0, MONEY_BP_ONE),
        POLICY_NUMBER(limit, late_acceptance_days, 0, DAYS_MAX),
        POLICY_NUMBER(limit, payer_share_max_bp, 1, MONEY_BP_ONE),
        POLICY_NUMBER(limit, authority_share_max_bp, 1, MONEY_BP_ONE),
        POLICY_NUMBER(limit, working_capital_growth_cap_bp, 0, MONEY_BP_ONE),
    };
    policy_check_numbers(numbers, POLICY_COUNT(numbers), findings);
    check_advance(limit, findings);
}

static void check_tenors(const struct policy_price *price, struct policy_findings *findings)
{
    if (price->tenor_count == 0 || price->tenor_count > CASHFLOW_TENORS_MAX)
        policy_find(findings, POLICY_RULE_ROWS, "tenor_months", "%zu ∉ [1, %d]", price->tenor_count, CASHFLOW_TENORS_MAX);
    for (size_t i = 0; i < price->tenor_count; i++) {
        int64_t months = price->tenor_months[i];
        if (months < 1 || months > TENOR_MONTHS_MAX)
            policy_find_in_row(findings, POLICY_RULE_RANGE, "tenor_months", i, NULL, "%lld ∉ [1, %d]", (long long)months,
                               TENOR_MONTHS_MAX);
        if (i > 0 && months <= price->tenor_months[i - 1])
            policy_find_in_row(findings, POLICY_RULE_ORDER, "tenor_months", i, NULL, "%lld ≤ %lld", (long long)months,
                               (long long)price->tenor_months[i - 1]);
    }
}

static void check_price(const struct policy_price *price, struct policy_findings *findings)
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
    policy_check_numbers(numbers, POLICY_COUNT(numbers), findings);
    policy_check_capital(price, findings);
    check_tenors(price, findings);
}

static bool is_lever(int lever)
{
    return lever > POLICY_LEVER_NONE && lever <= POLICY_LEVER_CONFIRM_BUYERS;
}

static void check_decision(const struct policy_decision *decision, struct policy_findings *findings)
{
    const struct policy_number numbers[] = {
        POLICY_NUMBER(decision, approve_grade_max, 1, POLICY_GRADE_COUNT),
        POLICY_NUMBER(decision, refer_grade_max, decision->approve_grade_max, POLICY_GRADE_COUNT),
        POLICY_NUMBER(decision, refer_repaid_min_ppm, 0, MONEY_PPM_ONE),
        POLICY_NUMBER(decision, marginal_errors, 0, 10),
        POLICY_NUMBER(decision, strength_share_bp, 0, MONEY_BP_ONE),
        POLICY_NUMBER(decision, as_of_age_days_max, 0, DAYS_MAX),
    };
    policy_check_numbers(numbers, POLICY_COUNT(numbers), findings);
    if (decision->lever_count > 0) /* a lender may have none to ask for */
        check_codes("levers", decision->levers, decision->lever_count, is_lever, findings);
}

static bool names_rows(enum counterfactual_lever lever)
{
    switch (lever) {
    case COUNTERFACTUAL_LOCK_ACCOUNTS:
    case COUNTERFACTUAL_REGISTER_PLEDGE:
    case COUNTERFACTUAL_CONFIRM_BUYERS:
    case COUNTERFACTUAL_COLLECT_RECEIVABLES:
    case COUNTERFACTUAL_SIGN_AWARDED:
    case COUNTERFACTUAL_CLEAR_INSTALMENTS:
    case COUNTERFACTUAL_ACCEPT_WORK:
        return true;
    case COUNTERFACTUAL_ASK_AMOUNT:
    case COUNTERFACTUAL_ASK_TENOR:
    case COUNTERFACTUAL_CLEAR_WAGES:
    case COUNTERFACTUAL_HIRE_LICENSED:
    case COUNTERFACTUAL_NONE:
    case COUNTERFACTUAL_END:
        break;
    }
    return false;
}

/* The place in hand is the lever's row. Contracts, milestones and instalments are taken one by one. */
static void check_counterfactual_lever(const struct policy_counterfactual *section, size_t index, struct policy_findings *findings)
{
    const struct policy_counterfactual_lever *row = &section->levers[index];
    const int64_t step_max = names_rows(row->lever) ? 1 : MONEY_FEN_MAX;
    const int64_t plain_max = row->lever == COUNTERFACTUAL_HIRE_LICENSED ? COUNTERFACTUAL_HIRES_MAX : MONEY_FEN_MAX;
    const int64_t max_max = names_rows(row->lever) ? COUNTERFACTUAL_CANDIDATES_MAX : plain_max;
    const struct policy_number numbers[] = {
        POLICY_NUMBER(row, step, 1, step_max),
        POLICY_NUMBER(row, max, row->step, max_max),
    };
    if (row->lever <= COUNTERFACTUAL_NONE || row->lever >= COUNTERFACTUAL_END)
        policy_find(findings, POLICY_RULE_CODE, "lever", POLICY_NO_FIGURES);
    for (size_t i = 0; i < index; i++) {
        if (section->levers[i].lever == row->lever) {
            policy_find(findings, POLICY_RULE_DUPLICATE, "lever", "/counterfactual/levers/%zu", i);
            break;
        }
    }
    policy_check_numbers(numbers, POLICY_COUNT(numbers), findings);
    if (row->kind <= POLICY_SOURCE_NONE || row->kind > POLICY_SOURCE_JUDGEMENT)
        policy_find(findings, POLICY_RULE_CODE, "kind", POLICY_NO_FIGURES);
    if (!is_text(row->source))
        policy_find(findings, POLICY_RULE_TEXT_MISSING, "source", POLICY_NO_FIGURES);
}

/* A policy may be without the section: then nothing is searched. */
static void check_counterfactual(const struct policy_counterfactual *section, struct policy_findings *findings)
{
    const struct policy_number numbers[] = {
        POLICY_NUMBER(section, runs_max, 1, COUNTERFACTUAL_RUNS_MAX),
        POLICY_NUMBER(section, milestone_runs_max, 1, MONEY_FEN_MAX),
        POLICY_NUMBER(section, signing_days, 0, DAYS_MAX),
    };
    if (section->lever_count == 0)
        return;
    policy_check_numbers(numbers, POLICY_COUNT(numbers), findings);
    for (size_t i = 0; i < section->lever_count && i < COUNTERFACTUAL_END; i++) {
        size_t levers = policy_findings_enter(findings, "levers");
        policy_findings_enter_row(findings, i);
        check_counterfactual_lever(section, i, findings);
        policy_findings_leave(findings, levers);
    }
    if (section->lever_count >= COUNTERFACTUAL_END)
        policy_find(findings, POLICY_RULE_ROWS, "levers", "%zu > %d", section->lever_count, COUNTERFACTUAL_END - 1);
}

/* An alert that comes later must mean more lateness, or the earlier one would say nothing. */
static void check_servicing(const struct policy_servicing *servicing, struct policy_findings *findings)
{
    const struct policy_number numbers[] = {
        POLICY_NUMBER(servicing, renewal_window_days, 1, DAYS_MAX),
        POLICY_NUMBER(servicing, record_months, 1, MONTHS_MAX),
        POLICY_NUMBER(servicing, on_time_min_bp, 0, MONEY_BP_ONE),
        POLICY_NUMBER(servicing, days_past_due_max, 0, DAYS_MAX),
        POLICY_NUMBER(servicing, renewal_cover_min_bp, 0, MULTIPLE_MAX_BP),
        POLICY_NUMBER(servicing, green_grade_max, 1, POLICY_GRADE_COUNT),
        POLICY_NUMBER(servicing, green_months_on_book_min, 0, MONTHS_MAX),
        POLICY_NUMBER(servicing, green_days_past_due_max, 0, DAYS_MAX),
        POLICY_NUMBER(servicing, green_amount_max_bp, 0, MULTIPLE_MAX_BP),
        POLICY_NUMBER(servicing, green_working_days, 1, WORKING_DAYS_MAX),
        POLICY_NUMBER(servicing, deferral_months_max, 1, TENOR_MONTHS_MAX),
        POLICY_NUMBER(servicing, deferrals_max, 0, DOSSIER_DEFERRALS_MAX),
        POLICY_NUMBER(servicing, deferral_cover_min_bp, 0, MULTIPLE_MAX_BP),
        POLICY_NUMBER(servicing, overdue_first_days, 0, DAYS_MAX),
        POLICY_NUMBER(servicing, overdue_second_days, 0, DAYS_MAX),
        POLICY_NUMBER(servicing, overdue_third_days, 0, DAYS_MAX),
        POLICY_NUMBER(servicing, cash_runway_min_bp, 0, MULTIPLE_MAX_BP),
    };
    const struct policy_number overdue[] = {
        POLICY_NUMBER(servicing, overdue_first_days, 0, 0),
        POLICY_NUMBER(servicing, overdue_second_days, 0, 0),
        POLICY_NUMBER(servicing, overdue_third_days, 0, 0),
    };
    policy_check_numbers(numbers, POLICY_COUNT(numbers), findings);
    policy_check_rising(overdue, POLICY_COUNT(overdue), findings);
}

/* ------------------------------------------------------------------ sources */

static void check_source(const struct policy *policy, size_t index, struct policy_findings *findings)
{
    const struct policy_source *source = &policy->sources[index];

    if (!is_text(source->pointer) || source->pointer[0] != '/')
        policy_find(findings, POLICY_RULE_SOURCE_DANGLING, "pointer", POLICY_NO_FIGURES);
    for (size_t i = 0; i < index; i++) {
        if (strcmp(policy->sources[i].pointer, source->pointer) == 0) {
            policy_find(findings, POLICY_RULE_DUPLICATE, "pointer", "/sources/%zu", i);
            break;
        }
    }
    if (source->kind <= POLICY_SOURCE_NONE || source->kind > POLICY_SOURCE_JUDGEMENT)
        policy_find(findings, POLICY_RULE_CODE, "kind", POLICY_NO_FIGURES);
    if (!is_text(source->text))
        policy_find(findings, POLICY_RULE_TEXT_MISSING, "text", POLICY_NO_FIGURES);
}

static void check_sources(const struct policy *policy, struct policy_findings *findings)
{
    size_t root = policy_findings_enter(findings, "sources");

    for (size_t i = 0; i < policy->source_count && i < POLICY_SOURCES_MAX; i++) {
        size_t sources = policy_findings_enter_row(findings, i);
        check_source(policy, i, findings);
        policy_findings_leave(findings, sources);
    }
    policy_findings_leave(findings, root);
    if (policy->source_count > POLICY_SOURCES_MAX)
        policy_find(findings, POLICY_RULE_ROWS, "sources", "%zu > %d", policy->source_count, POLICY_SOURCES_MAX);
}

/* ------------------------------------------------------------------ the whole */

/* One section, with its name in the place of what it finds. */
#define SECTION(name, check)                                                                                           \
    do {                                                                                                               \
        size_t root_ = policy_findings_enter(findings, (name));                                                        \
        check;                                                                                                         \
        policy_findings_leave(findings, root_);                                                                        \
    } while (0)

void policy_check_all(const struct policy *policy, struct policy_findings *findings)
{
    check_head(policy, findings);
    SECTION("eligibility", check_eligibility(&policy->eligibility, findings));
    SECTION("delay", policy_check_delay(&policy->delay, findings));
    SECTION("pipeline", check_pipeline(&policy->pipeline, findings));
    SECTION("cashflow", check_cashflow(&policy->cashflow, findings));
    SECTION("repayment", check_repayment(&policy->repayment, findings));
    SECTION("scorecard", policy_check_scorecard(&policy->scorecard, findings));
    SECTION("limit", check_limit(&policy->limit, findings));
    SECTION("price", check_price(&policy->price, findings));
    SECTION("decision", check_decision(&policy->decision, findings));
    SECTION("counterfactual", check_counterfactual(&policy->counterfactual, findings));
    SECTION("servicing", check_servicing(&policy->servicing, findings));
    policy_analyse_bounds(policy, findings);
    check_sources(policy, findings);
}

enum zcd_code policy_check(const struct policy *policy, struct zcd_error *err)
{
    struct arena arena = {0};
    struct policy_findings findings;

    policy_findings_init(&findings, &arena);
    policy_check_all(policy, &findings);
    enum zcd_code code = policy_findings_refuse(&findings, err);
    arena_done(&arena);
    return code;
}
