#include "scoring/cashflow_planner.h"

#include "base/money.h"

#include <stdlib.h>
#include <string.h>

#define Q15 (1 << 15)

/* The share of a curve that is left at this age; what is later than the curve knows keeps its last value. */
static uint32_t left_q15(const int32_t *survival, int32_t age_weeks)
{
    if (age_weeks <= 0)
        return Q15;
    int32_t week = age_weeks < DELAY_WEEKS ? age_weeks - 1 : DELAY_WEEKS - 1;
    return (uint32_t)(survival[week] / (DELAY_ONE / Q15));
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
    luck->authority = planner_authority_of(planner, contract);
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
    int32_t week = planner_week_of(planner, is_payable ? payable_on : milestone->due_on);
    struct cashflow_luck *luck = add_luck(planner, contract, curve);
    struct cashflow_flow *flow = add_flow(planner, luck);

    flow->pile = outlook == SIZE_MAX ? pile_of(row) : CASHFLOW_PILE_OUTLOOK;
    flow->amount_fen = expected_fen(planner, amount_fen, is_payable);
    flow->outlook = outlook;
    flow->week = near(week);
    flow->term_weeks = is_payable ? 0 : near(planner_weeks_rounded_up(contract->payment_term_days));
    luck->has_slip = !is_payable;
    for (int state = 0; state < DELAY_STATE_COUNT; state++)
        luck->left_q15[state] = left_q15(delay->survival[state], is_payable ? -week : 0);
    luck->slip_left_q15 = left_q15(planner->delay->slip_survival, is_payable ? 0 : -week);
    luck->delay = planner_draw_of(planner, "delay", contract->id, milestone->id);
    luck->slip = planner_draw_of(planner, "slip", contract->id, milestone->id);
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
                              struct cashflow_outlook *outlook)
{
    int64_t cost_fen = planner_contract_cost_fen(planner, contract);
    for (size_t i = 0; i < planner->payday_count; i++) {
        const struct cashflow_payday *payday = &planner->paydays[i];
        if (date_compare(payday->day, from) > 0 && date_compare(payday->day, to) <= 0)
            outlook->cost_fen[i] = payday->is_thirteenth ? 2 * cost_fen : cost_fen;
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
    luck->delay = planner_draw_of(planner, "renewal delay", contract->id, "");
    luck->slip = planner_draw_of(planner, "renewal slip", contract->id, "");
    return luck;
}

/* The flows of a renewal repeat the contract's pattern a cycle later. */
static void add_renewal_flows(struct planner *planner, const struct contract *contract, int32_t cycle, size_t outlook,
                              struct cashflow_luck *luck)
{
    const struct milestone **sorted = sorted_milestones(planner, contract);
    for (size_t i = 0; i < contract->milestone_count; i++) {
        struct date due_on = date_add_days(sorted[i]->due_on, cycle * planner_service_days(contract));
        int32_t week = planner_week_of(planner, due_on);
        if (date_compare(due_on, planner->as_of) < 0 || week >= planner->plan->weeks)
            continue;
        struct cashflow_flow *flow = add_flow(planner, luck);
        flow->pile = CASHFLOW_PILE_OUTLOOK;
        flow->amount_fen = expected_fen(planner, sorted[i]->amount_fen, false);
        flow->outlook = outlook;
        flow->week = near(week);
        flow->term_weeks = near(planner_weeks_rounded_up(contract->payment_term_days));
    }
}

/* Cycle 1 starts the day after the contract ends; short contracts may be renewed more than once within the horizon. */
static void add_renewals(struct planner *planner, const struct pipeline_contract *row, size_t curve)
{
    const struct contract *contract = row->contract;
    if (!planner_is_in_progress(row) || row->is_followed || date_compare(contract->ends_on, planner->as_of) < 0)
        return;
    if (planner_service_days(contract) < planner->policy->pipeline.renewable_days_min)
        return;
    struct cashflow_luck *luck = add_renewal_luck(planner, contract, curve);
    for (int32_t cycle = 1;; cycle++) {
        struct date starts_on = date_add_days(contract->starts_on, cycle * planner_service_days(contract));
        struct date ends_on = date_add_days(contract->ends_on, cycle * planner_service_days(contract));
        if (planner_week_of(planner, starts_on) >= planner->plan->weeks_to_longest_tenor)
            return;
        int32_t notice_days = (int32_t)planner->policy->cashflow.notice_weeks * CASHFLOW_WEEK_DAYS;
        size_t index = planner->plan->outlook_count++;
        struct cashflow_outlook *outlook = &planner->outlooks[index];
        outlook->authority = planner_authority_of(planner, contract);
        outlook->draw = planner_draw_of(planner, "renewal", contract->id, "");
        fill_thresholds(&planner->policy->pipeline, row->renewal_ppm, cycle, outlook);
        fill_outlook_cost(planner, contract, date_add_days(starts_on, notice_days - 1), date_add_days(ends_on, notice_days), outlook);
        add_renewal_flows(planner, contract, cycle, index, luck);
    }
}

/* A contract that is awarded or earlier: it comes about with its stage's weight. */
static void add_unsigned(struct planner *planner, const struct pipeline_contract *row, size_t curve)
{
    const struct contract *contract = row->contract;
    size_t index = planner->plan->outlook_count++;
    struct cashflow_outlook *outlook = &planner->outlooks[index];
    outlook->authority = planner_authority_of(planner, contract);
    outlook->draw = planner_draw_of(planner, "award", contract->id, "");
    for (int state = 0; state < DELAY_STATE_COUNT; state++)
        outlook->threshold[state] = (int32_t)(row->stage_weight_ppm * CASHFLOW_LEVELS / MONEY_PPM_ONE);
    if (!date_is_none(contract->starts_on) && !date_is_none(contract->ends_on))
        fill_outlook_cost(planner, contract, date_add_days(contract->starts_on, -1), planner_staffed_until(planner, row), outlook);
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
        if (planner_is_in_progress(row) && planner_service_days(row->contract) >= planner->policy->pipeline.renewable_days_min)
            cycles += (size_t)(planner->plan->weeks * CASHFLOW_WEEK_DAYS / planner_service_days(row->contract)) + 1;
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

void planner_fill_flows(struct planner *planner)
{
    make_room(planner);
    for (size_t i = 0; i < planner->pipeline->contract_count; i++) {
        const struct pipeline_contract *row = &planner->pipeline->contracts[i];
        size_t curve = curve_of(planner, row->contract);
        if (row->stage_weight_ppm == 0)
            continue;
        if (!row->is_signed && row->contract->stage != CONTRACT_STAGE_CLOSED) {
            add_unsigned(planner, row, curve);
            continue;
        }
        add_contract_flows(planner, row, curve, SIZE_MAX);
        add_renewals(planner, row, curve);
    }
}
