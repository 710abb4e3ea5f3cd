#include "scoring/cashflow_internal.h"

#include "base/money.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define WEEK_DAYS 7
#define YEAR_DAYS 365
#define MONTHS_A_YEAR 12
#define LATE_DAYS 90 /* "within 90 days of maturity" */
#define Q15 (1 << 15)

/* Everything the small steps below pass around. */
struct planner {
    const struct dossier *dossier;
    const struct policy *policy;
    struct date as_of;
    const struct delay_result *delay;
    const struct pipeline_result *pipeline;
    struct arena *arena;
    struct cashflow_plan *plan;
    struct cashflow_flow *flows;
    struct cashflow_luck *lucks;
    struct cashflow_outlook *outlooks;
    int64_t work_value_fen; /* monthly value of the contracts that staff now work on */
    int64_t work_cost_fen;  /* monthly payroll attached to them */
};

static int32_t week_of(const struct planner *planner, struct date day)
{
    int32_t days = date_days_between(planner->as_of, day);
    return days >= 0 ? days / WEEK_DAYS : -((-days) / WEEK_DAYS);
}

static int32_t weeks_rounded_up(int32_t days)
{
    return (days + WEEK_DAYS - 1) / WEEK_DAYS;
}

static bool is_in_progress(const struct pipeline_contract *row)
{
    return row->is_signed && !date_is_none(row->contract->starts_on) && !date_is_none(row->contract->ends_on);
}

static int32_t service_days(const struct contract *contract)
{
    return date_days_between(contract->starts_on, contract->ends_on) + 1;
}

static struct rng_shuffle draw_of(const struct planner *planner, const char *kind, const char *id_first, const char *id_second)
{
    return rng_shuffle_of(rng_key_of((uint64_t)planner->policy->cashflow.seed, kind, id_first, id_second), planner->plan->paths_log2);
}

/* ------------------------------------------------------------------ time */

static struct date new_year_of(struct date date)
{
    int year, month, day;
    date_to_ymd(date, &year, &month, &day);
    return date_add_months(date_add_days(date, 1 - day), 1 - month);
}

/* The first week of each calendar year, and the week in which its offices open. */
static void fill_openings(struct planner *planner)
{
    const struct policy_cashflow *policy = &planner->policy->cashflow;
    const int64_t closed_weeks[DELAY_STATE_COUNT] = {policy->year_start_normal_weeks, policy->year_start_slow_weeks,
                                                     policy->year_start_freeze_weeks};
    struct cashflow_plan *plan = planner->plan;
    struct date new_year = DATE_NONE;
    for (int32_t week = 0; week < plan->weeks; week++) {
        struct date day = date_add_days(planner->as_of, week * WEEK_DAYS);
        if (date_compare(new_year_of(day), new_year) == 0)
            continue;
        new_year = new_year_of(day);
        assert(plan->opening_count < CASHFLOW_YEARS_MAX);
        struct cashflow_opening *opening = &plan->openings[plan->opening_count++];
        int32_t past_weeks = date_days_between(new_year, day) / WEEK_DAYS;
        opening->first_week = (uint8_t)week;
        for (int state = 0; state < DELAY_STATE_COUNT; state++) {
            int32_t wait_weeks = (int32_t)closed_weeks[state] - past_weeks;
            int32_t open_week = wait_weeks > 0 ? week + wait_weeks : week;
            opening->open_week[state] = (uint8_t)(open_week < plan->weeks ? open_week : plan->weeks);
        }
    }
}

static void fill_horizon(struct planner *planner)
{
    const struct policy_price *price = &planner->policy->price;
    struct cashflow_plan *plan = planner->plan;

    plan->tenor_count = (int32_t)price->tenor_count;
    for (int32_t i = 0; i < plan->tenor_count; i++) {
        struct date matures_on = date_add_months(planner->as_of, (int)price->tenor_months[i]);
        int32_t days = date_days_between(planner->as_of, matures_on);
        plan->tenor_months[i] = (int32_t)price->tenor_months[i];
        plan->maturity_week[i][0] = days / WEEK_DAYS;
        plan->maturity_week[i][1] = (days + LATE_DAYS) / WEEK_DAYS;
    }
    plan->weeks_to_longest_tenor = plan->maturity_week[plan->tenor_count - 1][0] + 1;
    plan->weeks = plan->weeks_to_longest_tenor + 1 + (int32_t)planner->policy->cashflow.tail_weeks;
    assert(plan->weeks <= CASHFLOW_WEEKS_MAX); /* policy_check */
    plan->paths_log2 = (int32_t)planner->policy->cashflow.paths_log2;
}

/* ------------------------------------------------------------------ delays */

/* week[level]: the first week after which less than (level + 1/2) / LEVELS is left. */
static void fill_inverse(const int32_t *survival, uint8_t inverse[static CASHFLOW_LEVELS])
{
    int64_t open_levels = CASHFLOW_LEVELS; /* those below are not reached yet */
    for (int32_t week = 0; week < DELAY_WEEKS; week++) {
        int64_t halves = (int64_t)survival[week] * 2 * CASHFLOW_LEVELS / DELAY_ONE; /* level is left behind where 2 level + 1 > halves */
        int64_t left = (halves + 1) / 2;
        if (left < open_levels) {
            memset(&inverse[left], week, (size_t)(open_levels - left));
            open_levels = left;
        }
    }
    memset(inverse, DELAY_WEEKS, (size_t)open_levels);
}

static void fill_inverses(struct planner *planner)
{
    const struct delay_result *delay = planner->delay;
    struct cashflow_inverse *inverses = ARENA_NEW(planner->arena, struct cashflow_inverse, delay->curve_count + 1);
    for (size_t i = 0; i < delay->curve_count; i++) {
        for (size_t state = 0; state < DELAY_STATE_COUNT; state++)
            fill_inverse(delay->curves[i].survival[state], inverses[i].week + state * CASHFLOW_LEVELS);
    }
    struct cashflow_inverse *slip = ARENA_NEW(planner->arena, struct cashflow_inverse, 1);
    fill_inverse(delay->slip_survival, slip->week);
    planner->plan->inverses = inverses;
    planner->plan->slip_inverse = slip;
}

/* The share of a curve that is left at this age; what is later than the curve knows keeps its last value. */
static uint32_t left_q15(const int32_t *survival, int32_t age_weeks)
{
    if (age_weeks <= 0)
        return Q15;
    int32_t week = age_weeks < DELAY_WEEKS ? age_weeks - 1 : DELAY_WEEKS - 1;
    return (uint32_t)(survival[week] / (DELAY_ONE / Q15));
}

/* ------------------------------------------------------------------ authorities */

static int compare_texts(const void *left, const void *right)
{
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

/* All payers of one region draw on one finance authority. Order: by code. */
static void fill_authorities(struct planner *planner)
{
    const struct dossier *dossier = planner->dossier;
    const char **codes = ARENA_NEW(planner->arena, const char *, dossier->payer_count + 1);
    for (size_t i = 0; i < dossier->payer_count; i++)
        codes[i] = dossier->payers[i].region.code;
    qsort(codes, dossier->payer_count, sizeof *codes, compare_texts);
    size_t count = 0;
    for (size_t i = 0; i < dossier->payer_count; i++) {
        if (count == 0 || strcmp(codes[count - 1], codes[i]) != 0)
            codes[count++] = codes[i];
    }
    planner->plan->authorities = codes;
    planner->plan->authority_count = count;
    struct rng_shuffle *draws = ARENA_NEW(planner->arena, struct rng_shuffle, count + 1);
    for (size_t i = 0; i < count; i++)
        draws[i] = draw_of(planner, "authority", codes[i], "");
    planner->plan->authority_draws = draws;
    planner->plan->system_draw = draw_of(planner, "system", "", "");
}

static size_t authority_of(const struct planner *planner, const struct contract *contract)
{
    const char *code = planner->dossier->payers[contract->payer_index].region.code;
    const char *const *found = bsearch(&code, planner->plan->authorities, planner->plan->authority_count, sizeof code, compare_texts);
    assert(found != NULL);
    return (size_t)(found - planner->plan->authorities);
}

/* ------------------------------------------------------------------ flows */

static enum cashflow_pile pile_of(const struct pipeline_contract *row)
{
    if (!row->is_sweepable)
        return CASHFLOW_PILE_OTHER;
    return row->contract->security.account_locked ? CASHFLOW_PILE_LOCKED : CASHFLOW_PILE_LOCKABLE;
}

/* Work that is still to be accepted may be deducted from; what is accepted has had its deduction. */
static int64_t expected_fen(const struct planner *planner, int64_t amount_fen, bool is_accepted)
{
    int64_t lost_ppm = is_accepted ? 0 : planner->policy->cashflow.deduction_ppm;
    return money_mul_ppm_floor(amount_fen, MONEY_PPM_ONE - lost_ppm);
}

static int16_t near(int32_t weeks)
{
    weeks = weeks < CASHFLOW_WEEKS_FAR ? weeks : CASHFLOW_WEEKS_FAR;
    return (int16_t)(weeks > -CASHFLOW_WEEKS_FAR ? weeks : -CASHFLOW_WEEKS_FAR);
}

static struct cashflow_luck *add_luck(struct planner *planner, const struct contract *contract, size_t curve)
{
    struct cashflow_luck *luck = &planner->lucks[planner->plan->luck_count++];
    luck->authority = authority_of(planner, contract);
    luck->curve = curve;
    return luck;
}

static struct cashflow_flow *add_flow(struct planner *planner, struct cashflow_luck *luck)
{
    luck->flow_count++;
    return &planner->flows[planner->plan->flow_count++];
}

/* One unpaid milestone of a contract that exists. */
static void add_milestone(struct planner *planner, const struct pipeline_contract *row, size_t curve, const struct milestone *milestone,
                          int64_t amount_fen, size_t outlook)
{
    const struct contract *contract = row->contract;
    const struct delay_curve *delay = &planner->delay->curves[curve];
    struct date payable_on = milestone_payable_on(contract, milestone);
    bool is_payable = !date_is_none(payable_on);
    int32_t week = week_of(planner, is_payable ? payable_on : milestone->due_on);
    struct cashflow_luck *luck = add_luck(planner, contract, curve);
    struct cashflow_flow *flow = add_flow(planner, luck);

    flow->pile = outlook == SIZE_MAX ? pile_of(row) : CASHFLOW_PILE_OUTLOOK;
    flow->amount_fen = expected_fen(planner, amount_fen, is_payable);
    flow->outlook = outlook;
    flow->week = near(week);
    flow->term_weeks = is_payable ? 0 : near(weeks_rounded_up(contract->payment_term_days));
    luck->has_slip = !is_payable;
    for (int state = 0; state < DELAY_STATE_COUNT; state++)
        luck->left_q15[state] = left_q15(delay->survival[state], is_payable ? -week : 0);
    luck->slip_left_q15 = left_q15(planner->delay->slip_survival, is_payable ? 0 : -week);
    luck->delay = draw_of(planner, "delay", contract->id, milestone->id);
    luck->slip = draw_of(planner, "slip", contract->id, milestone->id);
}

static int compare_milestones(const void *left, const void *right)
{
    const struct milestone *a = *(const struct milestone *const *)left;
    const struct milestone *b = *(const struct milestone *const *)right;
    int order = date_compare(a->due_on, b->due_on);
    return order != 0 ? order : strcmp(a->id, b->id);
}

/* A contract's milestones by due day, so that the order of the input cannot matter. */
static const struct milestone **sorted_milestones(struct planner *planner, const struct contract *contract)
{
    const struct milestone **sorted = ARENA_NEW(planner->arena, const struct milestone *, contract->milestone_count + 1);
    for (size_t i = 0; i < contract->milestone_count; i++)
        sorted[i] = &contract->milestones[i];
    qsort(sorted, contract->milestone_count, sizeof *sorted, compare_milestones);
    return sorted;
}

/* What is disputed or retained is not counted on; it is taken from the milestones that come last. */
static void add_contract_flows(struct planner *planner, const struct pipeline_contract *row, size_t curve, size_t outlook)
{
    const struct contract *contract = row->contract;
    const struct milestone **sorted = sorted_milestones(planner, contract);
    int64_t withheld_fen = contract->disputed_fen + contract->retained_fen;
    for (size_t i = contract->milestone_count; i-- > 0;) {
        int64_t unpaid_fen = milestone_outstanding_fen(sorted[i]);
        int64_t taken_fen = unpaid_fen < withheld_fen ? unpaid_fen : withheld_fen;
        withheld_fen -= taken_fen;
        if (unpaid_fen > taken_fen)
            add_milestone(planner, row, curve, sorted[i], unpaid_fen - taken_fen, outlook);
    }
}

/* ------------------------------------------------------------------ wages */

/* Value of a month of service. */
static int64_t month_value_fen(const struct contract *contract)
{
    return money_mul_ratio_floor(contract->value_fen, YEAR_DAYS, (int64_t)MONTHS_A_YEAR * service_days(contract));
}

/* Staff stay for the notice period after a contract ends; where the next year is signed they go on under that one. */
static struct date staffed_until(const struct planner *planner, const struct pipeline_contract *row)
{
    int32_t notice_days = row->is_followed ? 0 : (int32_t)planner->policy->cashflow.notice_weeks * WEEK_DAYS;
    return date_add_days(row->contract->ends_on, notice_days);
}

static bool is_staffed(const struct planner *planner, const struct pipeline_contract *row, struct date day)
{
    return date_compare(row->contract->starts_on, day) <= 0 && date_compare(day, staffed_until(planner, row)) <= 0;
}

/* Cost follows work: a share of payroll belongs to the contracts in hand, by their value, and never exceeds it. */
static void fill_work(struct planner *planner)
{
    const struct pipeline_result *pipeline = planner->pipeline;
    for (size_t i = 0; i < pipeline->contract_count; i++) {
        const struct pipeline_contract *row = &pipeline->contracts[i];
        if (is_in_progress(row) && is_staffed(planner, row, planner->as_of))
            planner->work_value_fen += month_value_fen(row->contract);
    }
    int64_t attached_fen = money_mul_ppm_floor(planner->dossier->organisation.payroll_month_fen, planner->policy->cashflow.cost_follows_work_ppm);
    planner->work_cost_fen = attached_fen < planner->work_value_fen ? attached_fen : planner->work_value_fen;
}

/* The monthly payroll of one contract; one that comes new is staffed as those in hand are. */
static int64_t contract_cost_fen(const struct planner *planner, const struct contract *contract)
{
    if (planner->work_value_fen == 0)
        return money_mul_ppm_floor(month_value_fen(contract), planner->policy->cashflow.cost_follows_work_ppm);
    return money_mul_ratio_floor(month_value_fen(contract), planner->work_cost_fen, planner->work_value_fen);
}

static int64_t payroll_fen(const struct planner *planner, struct date day)
{
    const struct pipeline_result *pipeline = planner->pipeline;
    int64_t total_fen = planner->dossier->organisation.payroll_month_fen - planner->work_cost_fen;
    for (size_t i = 0; i < pipeline->contract_count; i++) {
        const struct pipeline_contract *row = &pipeline->contracts[i];
        if (is_in_progress(row) && is_staffed(planner, row, day))
            total_fen += contract_cost_fen(planner, row->contract);
    }
    return total_fen;
}

/* Payroll days after as_of within the horizon, first to last; the day is the month's last where it has no such day. */
static size_t list_paydays(const struct planner *planner, struct date *days, bool *is_thirteenth)
{
    const struct organisation *organisation = &planner->dossier->organisation;
    int year, month, day;
    date_to_ymd(planner->as_of, &year, &month, &day);
    struct date first = date_add_days(planner->as_of, 1 - day);
    size_t count = 0;
    for (int i = 0; i <= CASHFLOW_PAYROLLS_MAX && count < CASHFLOW_PAYROLLS_MAX; i++) {
        struct date month_start = date_add_months(first, i);
        struct date month_end = date_add_days(date_add_months(first, i + 1), -1);
        struct date payday = date_add_days(month_start, organisation->payroll_day - 1);
        if (date_compare(payday, month_end) > 0)
            payday = month_end;
        if (date_compare(payday, planner->as_of) <= 0)
            continue;
        if (week_of(planner, payday) >= planner->plan->weeks || (count > 0 && date_compare(payday, days[count - 1]) <= 0))
            return count;
        date_to_ymd(payday, &year, &month, &day);
        is_thirteenth[count] = organisation->thirteenth_month && month == (int)planner->policy->cashflow.thirteenth_month;
        days[count++] = payday;
    }
    return count;
}

/* ------------------------------------------------------------------ renewals and contracts not yet signed */

static void fill_thresholds(const struct policy_pipeline *policy, int64_t chance_ppm, int32_t cycle, struct cashflow_outlook *outlook)
{
    const int64_t factor_ppm[DELAY_STATE_COUNT] = {MONEY_PPM_ONE, policy->renewal_slow_ppm, policy->renewal_freeze_ppm};
    for (int state = 0; state < DELAY_STATE_COUNT; state++) {
        int64_t once_ppm = money_mul_ppm_floor(chance_ppm, factor_ppm[state]);
        int64_t all_ppm = MONEY_PPM_ONE;
        for (int32_t i = 0; i < cycle; i++)
            all_ppm = money_mul_ppm_floor(all_ppm, once_ppm);
        outlook->threshold[state] = (int32_t)(all_ppm * CASHFLOW_LEVELS / MONEY_PPM_ONE);
    }
}

/* The payrolls that this piece of work adds: those after `from` up to `to`. */
static void fill_outlook_cost(const struct planner *planner, const struct contract *contract, struct date from, struct date to,
                              const struct date *paydays, const bool *is_thirteenth, size_t count, struct cashflow_outlook *outlook)
{
    int64_t cost_fen = contract_cost_fen(planner, contract);
    for (size_t i = 0; i < count; i++) {
        if (date_compare(paydays[i], from) > 0 && date_compare(paydays[i], to) <= 0)
            outlook->cost_fen[i] = is_thirteenth[i] ? 2 * cost_fen : cost_fen;
    }
}

/* One luck for all renewals of a contract. */
static struct cashflow_luck *add_renewal_luck(struct planner *planner, const struct contract *contract, size_t curve)
{
    struct cashflow_luck *luck = add_luck(planner, contract, curve);
    luck->has_slip = true;
    for (int state = 0; state < DELAY_STATE_COUNT; state++)
        luck->left_q15[state] = Q15;
    luck->slip_left_q15 = Q15;
    luck->delay = draw_of(planner, "renewal delay", contract->id, "");
    luck->slip = draw_of(planner, "renewal slip", contract->id, "");
    return luck;
}

/* The flows of a renewal repeat the contract's pattern a cycle later. */
static void add_renewal_flows(struct planner *planner, const struct contract *contract, int32_t cycle, size_t outlook,
                              struct cashflow_luck *luck)
{
    const struct milestone **sorted = sorted_milestones(planner, contract);
    for (size_t i = 0; i < contract->milestone_count; i++) {
        struct date due_on = date_add_days(sorted[i]->due_on, cycle * service_days(contract));
        int32_t week = week_of(planner, due_on);
        if (date_compare(due_on, planner->as_of) < 0 || week >= planner->plan->weeks)
            continue;
        struct cashflow_flow *flow = add_flow(planner, luck);
        flow->pile = CASHFLOW_PILE_OUTLOOK;
        flow->amount_fen = expected_fen(planner, sorted[i]->amount_fen, false);
        flow->outlook = outlook;
        flow->week = near(week);
        flow->term_weeks = near(weeks_rounded_up(contract->payment_term_days));
    }
}

/* Cycle 1 starts the day after the contract ends; short contracts may be renewed more than once within the horizon. */
static void add_renewals(struct planner *planner, const struct pipeline_contract *row, size_t curve, const struct date *paydays,
                         const bool *is_thirteenth, size_t payday_count)
{
    const struct contract *contract = row->contract;
    if (!is_in_progress(row) || row->is_followed || date_compare(contract->ends_on, planner->as_of) < 0)
        return;
    if (service_days(contract) < planner->policy->pipeline.renewable_days_min)
        return;
    struct cashflow_luck *luck = add_renewal_luck(planner, contract, curve);
    for (int32_t cycle = 1;; cycle++) {
        struct date starts_on = date_add_days(contract->starts_on, cycle * service_days(contract));
        struct date ends_on = date_add_days(contract->ends_on, cycle * service_days(contract));
        if (week_of(planner, starts_on) >= planner->plan->weeks_to_longest_tenor)
            return;
        int32_t notice_days = (int32_t)planner->policy->cashflow.notice_weeks * WEEK_DAYS;
        size_t index = planner->plan->outlook_count++;
        struct cashflow_outlook *outlook = &planner->outlooks[index];
        outlook->authority = authority_of(planner, contract);
        outlook->draw = draw_of(planner, "renewal", contract->id, "");
        fill_thresholds(&planner->policy->pipeline, row->renewal_ppm, cycle, outlook);
        fill_outlook_cost(planner, contract, date_add_days(starts_on, notice_days - 1), date_add_days(ends_on, notice_days), paydays,
                          is_thirteenth, payday_count, outlook);
        add_renewal_flows(planner, contract, cycle, index, luck);
    }
}

/* A contract that is awarded or earlier: it comes about with its stage's weight. */
static void add_unsigned(struct planner *planner, const struct pipeline_contract *row, size_t curve, const struct date *paydays,
                         const bool *is_thirteenth, size_t payday_count)
{
    const struct contract *contract = row->contract;
    size_t index = planner->plan->outlook_count++;
    struct cashflow_outlook *outlook = &planner->outlooks[index];
    outlook->authority = authority_of(planner, contract);
    outlook->draw = draw_of(planner, "award", contract->id, "");
    for (int state = 0; state < DELAY_STATE_COUNT; state++)
        outlook->threshold[state] = (int32_t)(row->stage_weight_ppm * CASHFLOW_LEVELS / MONEY_PPM_ONE);
    if (!date_is_none(contract->starts_on) && !date_is_none(contract->ends_on))
        fill_outlook_cost(planner, contract, date_add_days(contract->starts_on, -1), staffed_until(planner, row), paydays,
                          is_thirteenth, payday_count, outlook);
    add_contract_flows(planner, row, curve, index);
}

/* How many flows, lucks and outlooks there can be, to make room for them. */
static void make_room(struct planner *planner)
{
    size_t flows = 0;
    size_t lucks = 0;
    size_t outlooks = 0;
    for (size_t i = 0; i < planner->pipeline->contract_count; i++) {
        const struct pipeline_contract *row = &planner->pipeline->contracts[i];
        size_t cycles = 1;
        if (is_in_progress(row) && service_days(row->contract) >= planner->policy->pipeline.renewable_days_min)
            cycles += (size_t)(planner->plan->weeks * WEEK_DAYS / service_days(row->contract)) + 1;
        flows += row->contract->milestone_count * (cycles + 1);
        lucks += row->contract->milestone_count + 1;
        outlooks += cycles;
    }
    planner->flows = ARENA_NEW(planner->arena, struct cashflow_flow, flows + 1);
    planner->outlooks = ARENA_NEW(planner->arena, struct cashflow_outlook, outlooks + 1);
    planner->lucks = ARENA_NEW(planner->arena, struct cashflow_luck, lucks + 1);
    planner->plan->flows = planner->flows;
    planner->plan->lucks = planner->lucks;
    planner->plan->outlooks = planner->outlooks;
}

static size_t curve_of(const struct planner *planner, const struct contract *contract)
{
    return planner->delay->curve_of_contract[contract - planner->dossier->contracts];
}

static void fill_flows(struct planner *planner, const struct date *paydays, const bool *is_thirteenth, size_t payday_count)
{
    make_room(planner);
    for (size_t i = 0; i < planner->pipeline->contract_count; i++) {
        const struct pipeline_contract *row = &planner->pipeline->contracts[i];
        size_t curve = curve_of(planner, row->contract);
        if (row->stage_weight_ppm == 0)
            continue;
        if (!row->is_signed && row->contract->stage != CONTRACT_STAGE_CLOSED) {
            add_unsigned(planner, row, curve, paydays, is_thirteenth, payday_count);
            continue;
        }
        add_contract_flows(planner, row, curve, SIZE_MAX);
        add_renewals(planner, row, curve, paydays, is_thirteenth, payday_count);
    }
}

/* ------------------------------------------------------------------ outflows */

static int64_t given(int64_t amount_fen)
{
    return amount_fen == DOSSIER_FEN_NONE ? 0 : amount_fen;
}

static void add_outflow(struct planner *planner, struct date day, int64_t amount_fen)
{
    int32_t week = week_of(planner, day);
    if (week < planner->plan->weeks)
        planner->plan->outflow_until_fen[week < 0 ? 0 : week] += amount_fen;
}

/* Instalments still owed, what is late at once. The principal that this loan replaces is kept apart. */
static void add_debt_service(struct planner *planner, const struct facility *facility, bool is_replaced)
{
    int64_t scheduled_fen = 0;
    for (size_t i = 0; i < facility->instalment_count; i++) {
        const struct instalment *instalment = &facility->instalments[i];
        int64_t unpaid_fen = instalment_outstanding_fen(instalment);
        int64_t principal_fen = unpaid_fen < instalment->principal_fen ? unpaid_fen : instalment->principal_fen;
        scheduled_fen += principal_fen;
        add_outflow(planner, instalment_due_after_deferrals(facility, instalment), is_replaced ? unpaid_fen - principal_fen : unpaid_fen);
    }
    if (is_replaced) {
        int32_t week = week_of(planner, facility->matures_on);
        planner->plan->replaced_fen = facility->outstanding_fen;
        planner->plan->replaced_week = week < 0 ? 0 : week;
    } else if (facility->outstanding_fen > scheduled_fen)
        add_outflow(planner, facility->matures_on, facility->outstanding_fen - scheduled_fen);
}

static void fill_outflows(struct planner *planner, const struct date *paydays, const bool *is_thirteenth, size_t payday_count)
{
    const struct organisation *organisation = &planner->dossier->organisation;
    struct cashflow_plan *plan = planner->plan;
    struct cashflow_payroll *payrolls = ARENA_NEW(planner->arena, struct cashflow_payroll, payday_count + 1);

    plan->opening_fen = organisation->cash_fen - given(organisation->restricted_cash_fen);
    plan->outflow_until_fen[0] += given(organisation->wages_payable_fen);
    for (size_t i = 0; i < payday_count; i++) {
        int64_t wages_fen = payroll_fen(planner, paydays[i]);
        add_outflow(planner, paydays[i], is_thirteenth[i] ? 2 * wages_fen : wages_fen);
        add_outflow(planner, paydays[i], given(organisation->other_costs_month_fen));
        payrolls[i].week = week_of(planner, paydays[i]);
    }
    plan->payrolls = payrolls;
    plan->payroll_count = payday_count;
    plan->payroll_month_fen = organisation->payroll_month_fen;
    for (size_t i = 0; i < planner->dossier->facility_count; i++)
        add_debt_service(planner, &planner->dossier->facilities[i], i == planner->dossier->application.facility_index);
}

static bool is_maturity(const struct cashflow_plan *plan, int32_t week)
{
    for (int32_t i = 0; i < plan->tenor_count; i++) {
        if (plan->maturity_week[i][0] == week || plan->maturity_week[i][1] == week)
            return true;
    }
    return false;
}

/* Could a sum of money on any path pass what the paths keep? Nobody's does but a made-up dossier's. */
static bool may_exceed(const struct cashflow_plan *plan)
{
    int64_t room_fen = CASHFLOW_SUM_MAX - (plan->opening_fen < 0 ? -plan->opening_fen : plan->opening_fen);
    for (int32_t week = 0; week < plan->weeks && room_fen >= 0; week++)
        room_fen -= plan->outflow_until_fen[week];
    for (size_t i = 0; i < plan->flow_count && room_fen >= 0; i++)
        room_fen -= plan->flows[i].amount_fen;
    for (size_t i = 0; i < plan->outlook_count; i++) {
        for (size_t k = 0; k < plan->payroll_count && room_fen >= 0; k++)
            room_fen -= plan->outlooks[i].cost_fen[k];
    }
    return room_fen < 0;
}

/* Between these weeks cash only rises, so that nothing about it has to be known. Turns the outflows into sums. */
static void fill_stops(struct cashflow_plan *plan)
{
    size_t payroll = 0;
    for (int32_t week = 0; week < plan->weeks; week++) {
        bool is_payroll = payroll < plan->payroll_count && plan->payrolls[payroll].week == week;
        bool is_stop = week == 0 || is_payroll || plan->outflow_until_fen[week] != 0 || week == plan->replaced_week || is_maturity(plan, week);
        payroll += is_payroll ? 1 : 0;
        plan->outflow_until_fen[week] += week == 0 ? 0 : plan->outflow_until_fen[week - 1];
        if (is_stop)
            plan->stop_week[plan->stop_count++] = week;
    }
}

void cashflow_plan_build(const struct dossier *dossier, const struct policy *policy, struct date as_of,
                         const struct delay_result *delay, const struct pipeline_result *pipeline, struct arena *arena,
                         struct cashflow_plan *plan)
{
    struct planner planner = {.dossier = dossier, .policy = policy, .as_of = as_of, .delay = delay, .pipeline = pipeline,
                              .arena = arena, .plan = plan};
    struct date paydays[CASHFLOW_PAYROLLS_MAX];
    bool is_thirteenth[CASHFLOW_PAYROLLS_MAX];

    *plan = (struct cashflow_plan){0};
    fill_horizon(&planner);
    fill_openings(&planner);
    fill_inverses(&planner);
    fill_authorities(&planner);
    fill_work(&planner);
    size_t payday_count = list_paydays(&planner, paydays, is_thirteenth);
    fill_flows(&planner, paydays, is_thirteenth, payday_count);
    fill_outflows(&planner, paydays, is_thirteenth, payday_count);
    plan->may_exceed = may_exceed(plan);
    fill_stops(plan);
}
