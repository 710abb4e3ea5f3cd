#include "scoring/cashflow.h"
#include "scoring/cashflow_internal.h"

#include "base/dispatch.h"
#include "base/money.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK CASHFLOW_BLOCK

struct simulation {
    const struct cashflow_plan *plan;
    const struct policy_cashflow *policy;
    struct cashflow_workspace *workspace;
    struct cashflow_block *block;
    uint8_t *states;     /* of every authority, BLOCK each */
    int64_t *outlook_on; /* of every outlook, BLOCK each: -1 it comes about, 0 not */
    int64_t *always_on;  /* BLOCK times -1 */
    bool pile_used[CASHFLOW_PILES];
};

struct cashflow_workspace *cashflow_workspace_new(void)
{
    struct cashflow_workspace *workspace = calloc(1, sizeof *workspace);
    assert(workspace != NULL);
    return workspace;
}

void cashflow_workspace_free(struct cashflow_workspace *workspace)
{
    free(workspace);
}

/* ------------------------------------------------------------------ draws */

static void draw(const struct simulation *simulation, struct rng_key key, uint16_t *level)
{
    rng_shuffle_range(key, simulation->plan->paths_log2, simulation->block->first, BLOCK, level);
    int spread = CASHFLOW_LEVELS_LOG2 - simulation->plan->paths_log2;
    if (spread == 0)
        return;
    for (int i = 0; i < BLOCK; i++)
        level[i] = (uint16_t)(((2 * level[i] + 1) << spread) / 2); /* the middle of a wider stratum */
}

/* The worse of the common state and the authority's own. */
static void draw_states(struct simulation *simulation)
{
    const struct policy_cashflow *policy = simulation->policy;
    const uint64_t seed = (uint64_t)policy->seed;
    const int64_t system_freeze = policy->system_freeze_ppm * CASHFLOW_LEVELS / MONEY_PPM_ONE;
    const int64_t system_slow = system_freeze + policy->system_slow_ppm * CASHFLOW_LEVELS / MONEY_PPM_ONE;
    const int64_t freeze = policy->authority_freeze_ppm * CASHFLOW_LEVELS / MONEY_PPM_ONE;
    const int64_t slow = freeze + policy->authority_slow_ppm * CASHFLOW_LEVELS / MONEY_PPM_ONE;
    uint16_t common[BLOCK];
    uint16_t own[BLOCK];

    draw(simulation, rng_key_of(seed, "system", "", ""), common);
    for (size_t i = 0; i < simulation->plan->authority_count; i++) {
        draw(simulation, rng_key_of(seed, "authority", simulation->plan->authorities[i], ""), own);
        uint8_t *states = simulation->states + i * BLOCK;
        for (int path = 0; path < BLOCK; path++) {
            int of_system = (common[path] < system_slow) + (common[path] < system_freeze);
            int of_authority = (own[path] < slow) + (own[path] < freeze);
            states[path] = (uint8_t)(of_system > of_authority ? of_system : of_authority);
        }
    }
}

static void draw_outlooks(struct simulation *simulation)
{
    const struct cashflow_plan *plan = simulation->plan;
    uint16_t level[BLOCK];
    for (size_t i = 0; i < plan->outlook_count; i++) {
        const struct cashflow_outlook *outlook = &plan->outlooks[i];
        const uint8_t *states = simulation->states + outlook->authority * BLOCK;
        int64_t *on = simulation->outlook_on + i * BLOCK;
        draw(simulation, outlook->key, level);
        for (int path = 0; path < BLOCK; path++)
            on[path] = level[path] < outlook->threshold[states[path]] ? -1 : 0;
        for (size_t k = 0; k < plan->payroll_count; k++) {
            if (outlook->cost_fen[k] == 0)
                continue;
            for (int path = 0; path < BLOCK; path++)
                simulation->block->outlook_cost_fen[k][path] += outlook->cost_fen[k] & on[path];
        }
    }
}

/* Weeks that a curve gives at each path's level, scaled to the share left at the flow's age in the path's state. */
static void look_up_weeks(const struct cashflow_inverse *const inverse[static DELAY_STATE_COUNT], const uint8_t *states, const uint16_t *level,
                          const uint32_t left_q15[static DELAY_STATE_COUNT], int32_t *weeks)
{
    for (int path = 0; path < BLOCK; path++) {
        uint32_t place = ((2 * (uint32_t)level[path] + 1) * left_q15[states[path]]) >> 16;
        weeks[path] = inverse[states[path]]->week[place];
    }
}

static bool same_key(struct rng_key a, struct rng_key b)
{
    return a.word[0] == b.word[0] && a.word[1] == b.word[1];
}

/*
 * The luck of one flow on every path of the block: weeks of slip, and weeks of delay. The milestones of a renewal share
 * theirs and come one after the other, so that it is drawn once for all of them.
 */
struct luck {
    bool is_drawn;
    struct rng_key delay_key;
    int32_t slip_weeks[BLOCK];
    int32_t delay_weeks[BLOCK];
};

static void draw_luck(const struct simulation *simulation, const struct cashflow_flow *flow, struct luck *luck)
{
    const struct cashflow_plan *plan = simulation->plan;
    const struct cashflow_inverse *delays = plan->inverses + flow->curve * DELAY_STATE_COUNT;
    const struct cashflow_inverse *const delay[DELAY_STATE_COUNT] = {&delays[0], &delays[1], &delays[2]};
    const struct cashflow_inverse *const slip[DELAY_STATE_COUNT] = {plan->slip_inverse, plan->slip_inverse, plan->slip_inverse};
    const uint32_t slip_left_q15[DELAY_STATE_COUNT] = {flow->slip_left_q15, flow->slip_left_q15, flow->slip_left_q15};
    const uint8_t *states = simulation->states + flow->authority * BLOCK;
    uint16_t level[BLOCK];
    if (luck->is_drawn && same_key(luck->delay_key, flow->delay_key))
        return;
    luck->is_drawn = true;
    luck->delay_key = flow->delay_key;
    if (flow->has_slip) {
        draw(simulation, flow->slip_key, level);
        look_up_weeks(slip, states, level, slip_left_q15, luck->slip_weeks);
    }
    draw(simulation, flow->delay_key, level);
    look_up_weeks(delay, states, level, flow->left_q15, luck->delay_weeks);
}

/*
 * The week in which a flow is paid, before offices' opening hours. What is past has begun, and work late already is
 * accepted today at best; then come the payment term and the payer's delay.
 */
static void find_weeks(const struct cashflow_flow *flow, const struct luck *luck, int32_t last_week, int32_t *weeks)
{
    if (flow->has_slip) {
        for (int path = 0; path < BLOCK; path++) {
            int32_t accepted = flow->week + luck->slip_weeks[path];
            weeks[path] = (accepted < 0 ? 0 : accepted) + flow->term_weeks + luck->delay_weeks[path];
        }
    } else {
        for (int path = 0; path < BLOCK; path++)
            weeks[path] = flow->week + luck->delay_weeks[path];
    }
    for (int path = 0; path < BLOCK; path++) {
        int32_t week = weeks[path] < 0 ? 0 : weeks[path];
        weeks[path] = week > last_week ? last_week : week;
    }
}

/* Put one flow on every path of the block, in the week in which it is paid there. */
static void draw_flow(struct simulation *simulation, const struct cashflow_flow *flow, struct luck *luck)
{
    const struct cashflow_plan *plan = simulation->plan;
    const uint8_t *states = simulation->states + flow->authority * BLOCK;
    const int64_t *on = flow->outlook == SIZE_MAX ? simulation->always_on : simulation->outlook_on + flow->outlook * BLOCK;
    const int64_t amount_fen = flow->amount_fen;
    int64_t(*rows)[BLOCK] = simulation->block->receipt_fen[flow->pile];
    int32_t weeks[BLOCK];

    draw_luck(simulation, flow, luck);
    find_weeks(flow, luck, plan->weeks, weeks);
    for (int path = 0; path < BLOCK; path++)
        rows[plan->shifted[states[path]][weeks[path]]][path] += amount_fen & on[path];
}

/* ------------------------------------------------------------------ weeks */

static int64_t bounded(int64_t sum_fen)
{
    sum_fen = sum_fen > CASHFLOW_SUM_MAX ? CASHFLOW_SUM_MAX : sum_fen;
    return sum_fen < -CASHFLOW_SUM_MAX ? -CASHFLOW_SUM_MAX : sum_fen;
}

/* Where the paths of a block stand as the weeks go by. */
struct running {
    int64_t cash_fen[BLOCK];
    int64_t low_fen[BLOCK]; /* of this week, before its receipts */
    int64_t locked_fen[BLOCK];
    int64_t lockable_fen[BLOCK];
    int64_t outlook_fen[BLOCK];
    int64_t lowest_fen[BLOCK];
    int32_t first_week[BLOCK];
};

/* Outflows come first within a week. */
static void pay_outflows(struct running *running, int64_t outflow_fen, const int64_t *outlook_cost_fen)
{
    for (int i = 0; i < BLOCK; i++)
        running->low_fen[i] = running->cash_fen[i] - outflow_fen;
    if (outlook_cost_fen == NULL)
        return;
    for (int i = 0; i < BLOCK; i++) {
        running->low_fen[i] -= outlook_cost_fen[i];
        running->outlook_fen[i] -= outlook_cost_fen[i];
    }
}

/* due_fen: principal that would have to be repaid by now without the new loan. */
static void note_shortfall(struct running *running, int32_t week, int64_t due_fen)
{
    for (int i = 0; i < BLOCK; i++) {
        int64_t low_fen = running->low_fen[i] - due_fen;
        running->lowest_fen[i] = low_fen < running->lowest_fen[i] ? low_fen : running->lowest_fen[i];
        running->first_week[i] = low_fen < 0 && week < running->first_week[i] ? week : running->first_week[i];
    }
}

static void store_fan(int64_t *fan_fen, const struct running *running, int64_t due_fen)
{
    for (int i = 0; i < BLOCK; i++)
        fan_fen[i] = running->cash_fen[i] - due_fen;
}

static void add_row(int64_t *sum_fen, const int64_t *row_fen)
{
    for (int i = 0; i < BLOCK; i++)
        sum_fen[i] += row_fen[i];
}

static void take_receipts(struct running *running, const struct simulation *simulation, int32_t week)
{
    int64_t *const sums[CASHFLOW_PILES] = {running->locked_fen, running->lockable_fen, NULL, running->outlook_fen};
    memcpy(running->cash_fen, running->low_fen, sizeof running->cash_fen);
    for (int pile = 0; pile < CASHFLOW_PILES; pile++) {
        const int64_t *row_fen = simulation->block->receipt_fen[pile][week];
        if (!simulation->pile_used[pile])
            continue;
        add_row(running->cash_fen, row_fen);
        if (sums[pile] != NULL)
            add_row(sums[pile], row_fen);
    }
}

static void store_payroll(struct cashflow_workspace *workspace, size_t payroll, uint32_t first, const struct running *running)
{
    for (uint32_t i = 0; i < BLOCK; i++) {
        workspace->low_fen[payroll][first + i] = bounded(running->low_fen[i]);
        workspace->low_swept_fen[CASHFLOW_SWEEP_LOCKED][payroll][first + i] = bounded(running->locked_fen[i]);
        workspace->low_swept_fen[CASHFLOW_SWEEP_LOCKABLE][payroll][first + i] = bounded(running->locked_fen[i] + running->lockable_fen[i]);
    }
}

static void store_standing(struct cashflow_standing *standing, uint32_t first, const struct running *running)
{
    for (uint32_t i = 0; i < BLOCK; i++) {
        standing->cash_fen[first + i] = bounded(running->low_fen[i]);
        standing->outlook_fen[first + i] = bounded(running->outlook_fen[i]);
        standing->swept_fen[CASHFLOW_SWEEP_LOCKED][first + i] = bounded(running->locked_fen[i]);
        standing->swept_fen[CASHFLOW_SWEEP_LOCKABLE][first + i] = bounded(running->locked_fen[i] + running->lockable_fen[i]);
    }
}

static void store_maturities(const struct cashflow_plan *plan, struct cashflow_workspace *workspace, int32_t week, uint32_t first,
                             const struct running *running)
{
    for (int32_t i = 0; i < plan->tenor_count; i++) {
        for (int late = 0; late < 2; late++) {
            if (plan->maturity_week[i][late] == week)
                store_standing(&workspace->standing[i][late], first, running);
        }
    }
}

static void run_weeks(struct simulation *simulation)
{
    const struct cashflow_plan *plan = simulation->plan;
    struct cashflow_workspace *workspace = simulation->workspace;
    uint32_t first = simulation->block->first;
    size_t payroll = 0;
    struct running running = {.low_fen = {0}};

    for (int i = 0; i < BLOCK; i++) {
        running.cash_fen[i] = plan->opening_fen;
        running.lowest_fen[i] = INT64_MAX;
        running.first_week[i] = INT32_MAX;
    }
    for (int32_t week = 0; week < plan->weeks; week++) {
        int64_t due_fen = week >= plan->replaced_week ? plan->replaced_fen : 0;
        bool has_payroll = payroll < plan->payroll_count && plan->payrolls[payroll].week == week;
        pay_outflows(&running, plan->outflow_fen[week], has_payroll ? simulation->block->outlook_cost_fen[payroll] : NULL);
        if (has_payroll)
            store_payroll(workspace, payroll++, first, &running);
        if (week < plan->weeks_to_longest_tenor)
            note_shortfall(&running, week, due_fen);
        store_maturities(plan, workspace, week, first, &running);
        take_receipts(&running, simulation, week);
        if (first < CASHFLOW_FAN_PATHS)
            store_fan(&workspace->fan_fen[week][first], &running, due_fen);
    }
    memcpy(&workspace->lowest_fen[first], running.lowest_fen, sizeof running.lowest_fen);
    memcpy(&workspace->first_week[first], running.first_week, sizeof running.first_week);
}

ZCD_WIDE static void run_block(struct simulation *simulation, uint32_t first)
{
    const struct cashflow_plan *plan = simulation->plan;
    struct cashflow_block *block = simulation->block;
    block->first = first;
    for (int pile = 0; pile < CASHFLOW_PILES; pile++) {
        if (simulation->pile_used[pile])
            memset(block->receipt_fen[pile], 0, sizeof block->receipt_fen[pile][0] * ((size_t)plan->weeks + 1));
    }
    memset(block->outlook_cost_fen, 0, sizeof block->outlook_cost_fen[0] * plan->payroll_count);

    draw_states(simulation);
    draw_outlooks(simulation);
    struct luck luck = {.is_drawn = false};
    for (size_t i = 0; i < plan->flow_count; i++)
        draw_flow(simulation, &plan->flows[i], &luck);
    run_weeks(simulation);
}

/* ------------------------------------------------------------------ results */

static void copy_frame(const struct cashflow_plan *plan, struct cashflow_workspace *workspace)
{
    workspace->paths = 1 << plan->paths_log2;
    workspace->tenor_count = plan->tenor_count;
    workspace->payroll_count = (int32_t)plan->payroll_count;
    workspace->payroll_month_fen = plan->payroll_month_fen;
    workspace->replaced_fen = plan->replaced_fen;
    for (size_t k = 0; k < plan->payroll_count; k++)
        workspace->replaced_by[k] = plan->payrolls[k].week >= plan->replaced_week;
    for (int32_t i = 0; i < plan->tenor_count; i++) {
        workspace->tenor_months[i] = plan->tenor_months[i];
        workspace->payrolls_by[i] = 0;
        for (size_t k = 0; k < plan->payroll_count; k++)
            workspace->payrolls_by[i] += plan->payrolls[k].week <= plan->maturity_week[i][0] ? 1 : 0;
    }
}

static void fill_fan(const struct cashflow_plan *plan, const struct cashflow_workspace *workspace, struct arena *arena, struct cashflow_result *result)
{
    size_t count = workspace->paths < CASHFLOW_FAN_PATHS ? (size_t)workspace->paths : CASHFLOW_FAN_PATHS;
    const size_t ranks[] = {count * 5 / 100, count * 25 / 100, count * 50 / 100, count * 75 / 100, count * 95 / 100};
    struct cashflow_week *fan = ARENA_NEW(arena, struct cashflow_week, (size_t)plan->weeks);
    for (int32_t week = 0; week < plan->weeks; week++) {
        int64_t quantile[5];
        cashflow_quantiles(workspace->fan_fen[week], count, ranks, 5, quantile);
        fan[week] = (struct cashflow_week){quantile[0], quantile[1], quantile[2], quantile[3], quantile[4]};
    }
    result->fan = fan;
    result->fan_paths = (int32_t)count;
}

static void fill_need(struct cashflow_workspace *workspace, struct cashflow_result *result)
{
    size_t count = (size_t)workspace->paths;
    size_t short_count = 0;
    for (size_t i = 0; i < count; i++)
        workspace->scratch_fen[i] = workspace->lowest_fen[i] < 0 ? -workspace->lowest_fen[i] : 0;

    const size_t ranks[] = {count / 2, count * 95 / 100};
    int64_t quantile[2];
    cashflow_quantiles(workspace->scratch_fen, count, ranks, 2, quantile);
    result->need_p50_fen = quantile[0];
    result->need_p95_fen = quantile[1];

    for (size_t i = 0; i < count; i++) {
        if (workspace->first_week[i] != INT32_MAX)
            workspace->scratch_fen[short_count++] = workspace->first_week[i];
    }
    result->shortfall_ppm = (int32_t)(short_count * MONEY_PPM_ONE / count);
    result->shortfall_first_week = -1;
    if (short_count > 0) {
        const size_t middle = short_count / 2;
        int64_t week;
        cashflow_quantiles(workspace->scratch_fen, short_count, &middle, 1, &week);
        result->shortfall_first_week = (int32_t)week;
    }
}

void cashflow_simulate(const struct dossier *dossier, const struct policy *policy, struct date as_of,
                       const struct delay_result *delay, const struct pipeline_result *pipeline,
                       struct cashflow_workspace *workspace, struct arena *arena, struct cashflow_result *result)
{
    struct cashflow_plan *plan = ARENA_NEW(arena, struct cashflow_plan, 1);
    cashflow_plan_build(dossier, policy, as_of, delay, pipeline, arena, plan);

    struct simulation simulation = {.plan = plan, .policy = &policy->cashflow, .workspace = workspace};
    simulation.block = &workspace->block;
    simulation.states = ARENA_NEW(arena, uint8_t, (plan->authority_count + 1) * BLOCK);
    simulation.outlook_on = ARENA_NEW(arena, int64_t, (plan->outlook_count + 1) * BLOCK);
    simulation.always_on = ARENA_NEW(arena, int64_t, BLOCK);
    memset(simulation.always_on, 0xff, BLOCK * sizeof *simulation.always_on);
    for (size_t i = 0; i < plan->flow_count; i++)
        simulation.pile_used[plan->flows[i].pile] = true;
    copy_frame(plan, workspace);
    for (uint32_t first = 0; first < (uint32_t)workspace->paths; first += BLOCK)
        run_block(&simulation, first);

    result->paths = workspace->paths;
    result->weeks = plan->weeks;
    fill_fan(plan, workspace, arena, result);
    fill_need(workspace, result);
}
