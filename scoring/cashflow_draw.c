#include "scoring/cashflow_internal.h"

#include "base/dispatch.h"
#include "base/money.h"

#include <string.h>

#define BLOCK CASHFLOW_BLOCK

struct cashflow_draws {
    const struct cashflow_plan *plan;
    const struct policy_cashflow *policy;
    struct cashflow_block *block;
    uint8_t *states;     /* of every authority, BLOCK each */
    uint8_t *open_week;  /* of every opening and authority, BLOCK each */
    uint8_t *outlook_on; /* of every outlook, BLOCK each: 0xff it comes about, 0 not */
    bool pile_used[CASHFLOW_PILES];
};

struct cashflow_draws *cashflow_draws_new(const struct cashflow_plan *plan, const struct policy_cashflow *policy, struct arena *arena)
{
    struct cashflow_draws *draws = ARENA_NEW(arena, struct cashflow_draws, 1);

    *draws = (struct cashflow_draws){.plan = plan, .policy = policy};
    draws->states = ARENA_NEW(arena, uint8_t, (plan->authority_count + 1) * BLOCK);
    draws->open_week = ARENA_NEW(arena, uint8_t, (plan->opening_count * plan->authority_count + 1) * BLOCK);
    draws->outlook_on = ARENA_NEW(arena, uint8_t, (plan->outlook_count + 1) * BLOCK);
    for (size_t i = 0; i < plan->flow_count; i++)
        draws->pile_used[plan->flows[i].pile] = true;
    return draws;
}

static void draw(const struct cashflow_draws *draws, const struct rng_shuffle *shuffle, uint16_t *level)
{
    rng_shuffle_range(shuffle, draws->block->first, BLOCK, level);
    int spread = CASHFLOW_LEVELS_LOG2 - draws->plan->paths_log2;
    if (spread == 0)
        return;
    for (int i = 0; i < BLOCK; i++)
        level[i] = (uint16_t)(((2 * level[i] + 1) << spread) / 2); /* the middle of a wider stratum */
}

/* The worse of the common state and the authority's own. */
static void draw_states(struct cashflow_draws *draws)
{
    const struct policy_cashflow *policy = draws->policy;
    const int64_t system_freeze = policy->system_freeze_ppm * CASHFLOW_LEVELS / MONEY_PPM_ONE;
    const int64_t system_slow = system_freeze + policy->system_slow_ppm * CASHFLOW_LEVELS / MONEY_PPM_ONE;
    const int64_t freeze = policy->authority_freeze_ppm * CASHFLOW_LEVELS / MONEY_PPM_ONE;
    const int64_t slow = freeze + policy->authority_slow_ppm * CASHFLOW_LEVELS / MONEY_PPM_ONE;
    uint16_t common[BLOCK];
    uint16_t own[BLOCK];

    draw(draws, &draws->plan->system_draw, common);
    for (size_t i = 0; i < draws->plan->authority_count; i++) {
        draw(draws, &draws->plan->authority_draws[i], own);
        uint8_t *states = draws->states + i * BLOCK;
        for (int path = 0; path < BLOCK; path++) {
            int of_system = (common[path] < system_slow) + (common[path] < system_freeze);
            int of_authority = (own[path] < slow) + (own[path] < freeze);
            states[path] = (uint8_t)(of_system > of_authority ? of_system : of_authority);
        }
    }
}

static uint8_t *open_weeks(const struct cashflow_draws *draws, size_t opening, size_t authority)
{
    return draws->open_week + (opening * draws->plan->authority_count + authority) * BLOCK;
}

/* When each authority's offices open, in the state that it is in. */
static void find_openings(const struct cashflow_draws *draws)
{
    const struct cashflow_plan *plan = draws->plan;
    for (size_t i = 0; i < plan->opening_count; i++) {
        const uint8_t open[DELAY_STATE_COUNT] = {plan->openings[i].open_week[0], plan->openings[i].open_week[1], plan->openings[i].open_week[2]};
        for (size_t k = 0; k < plan->authority_count; k++) {
            const uint8_t *states = draws->states + k * BLOCK;
            uint8_t *open_week = open_weeks(draws, i, k);
            for (int path = 0; path < BLOCK; path++)
                open_week[path] = states[path] == 0 ? open[0] : states[path] == 1 ? open[1] : open[2];
        }
    }
}

/* What each contract that comes about adds to the payrolls. */
static void add_outlook_costs(struct cashflow_draws *draws, const struct cashflow_outlook *outlook, const uint8_t *on)
{
    int64_t mask[BLOCK];
    for (int path = 0; path < BLOCK; path++)
        mask[path] = (int8_t)on[path];
    for (size_t k = 0; k < draws->plan->payroll_count; k++) {
        const int64_t cost_fen = outlook->cost_fen[k];
        int64_t *sum_fen = draws->block->outlook_cost_fen[k];
        if (cost_fen == 0)
            continue;
        for (int path = 0; path < BLOCK; path++)
            sum_fen[path] += cost_fen & mask[path];
    }
}

static void draw_outlooks(struct cashflow_draws *draws)
{
    const struct cashflow_plan *plan = draws->plan;
    uint16_t level[BLOCK];
    for (size_t i = 0; i < plan->outlook_count; i++) {
        const struct cashflow_outlook *outlook = &plan->outlooks[i];
        const int32_t threshold[DELAY_STATE_COUNT] = {outlook->threshold[0], outlook->threshold[1], outlook->threshold[2]};
        const uint8_t *states = draws->states + outlook->authority * BLOCK;
        uint8_t *on = draws->outlook_on + i * BLOCK;
        draw(draws, &outlook->draw, level);
        for (int path = 0; path < BLOCK; path++) {
            int32_t least = states[path] == 0 ? threshold[0] : states[path] == 1 ? threshold[1] : threshold[2];
            on[path] = level[path] < least ? 0xff : 0;
        }
        add_outlook_costs(draws, outlook, on);
    }
}

/* ------------------------------------------------------------------ luck */

/* Four at a time: compilers leave such a loop as it stands, and counting would cost more than looking up. */
static void look_up(const struct cashflow_inverse *inverse, const uint16_t *place, uint8_t *weeks)
{
    for (int path = 0; path < BLOCK; path += 4) {
        weeks[path] = inverse->week[place[path]];
        weeks[path + 1] = inverse->week[place[path + 1]];
        weeks[path + 2] = inverse->week[place[path + 2]];
        weeks[path + 3] = inverse->week[place[path + 3]];
    }
}

/* Weeks that a curve gives at each path's level, scaled to the share left at its age in the path's state. */
static void look_up_delay(const struct cashflow_inverse *inverse, const uint8_t *states, const uint16_t *level,
                          const uint32_t left_q15[static DELAY_STATE_COUNT], uint8_t *weeks)
{
    const uint32_t left[DELAY_STATE_COUNT] = {left_q15[0], left_q15[1], left_q15[2]};
    uint16_t place[BLOCK];
    for (int path = 0; path < BLOCK; path++) {
        uint32_t share = states[path] == 0 ? left[0] : states[path] == 1 ? left[1] : left[2];
        place[path] = (uint16_t)((((2 * (uint32_t)level[path] + 1) * share) >> 16) + (uint32_t)states[path] * CASHFLOW_LEVELS);
    }
    look_up(inverse, place, weeks);
}

static void look_up_slip(const struct cashflow_inverse *inverse, const uint16_t *level, uint32_t left_q15, uint8_t *weeks)
{
    uint16_t place[BLOCK];
    for (int path = 0; path < BLOCK; path++)
        place[path] = (uint16_t)(((2 * (uint32_t)level[path] + 1) * left_q15) >> 16);
    look_up(inverse, place, weeks);
}

struct weeks {
    uint8_t slip[BLOCK];
    uint8_t delay[BLOCK];
};

static void draw_luck(const struct cashflow_draws *draws, const struct cashflow_luck *luck, struct weeks *weeks)
{
    const struct cashflow_plan *plan = draws->plan;
    uint16_t level[BLOCK];
    if (luck->has_slip) {
        draw(draws, &luck->slip, level);
        look_up_slip(plan->slip_inverse, level, luck->slip_left_q15, weeks->slip);
    }
    draw(draws, &luck->delay, level);
    look_up_delay(&plan->inverses[luck->curve], draws->states + luck->authority * BLOCK, level, luck->left_q15, weeks->delay);
}

/* ------------------------------------------------------------------ flows */

/*
 * The week in which a flow is paid, were offices always open. What is past has begun, and work late already is
 * accepted today at best; then come the payment term and the payer's delay. At most `never`.
 */
static void find_weeks(const struct cashflow_flow *flow, const struct weeks *weeks, bool has_slip, int16_t never, uint8_t *row)
{
    const int16_t first_week = flow->week;
    const int16_t term_weeks = flow->term_weeks;
    if (has_slip) {
        for (int path = 0; path < BLOCK; path++) {
            int16_t accepted = (int16_t)(first_week + weeks->slip[path]);
            accepted = accepted < 0 ? 0 : accepted;
            int16_t paid = (int16_t)(accepted + term_weeks + weeks->delay[path]);
            row[path] = (uint8_t)(paid > never ? never : paid);
        }
        return;
    }
    for (int path = 0; path < BLOCK; path++) {
        int16_t paid = (int16_t)(first_week + weeks->delay[path]);
        paid = paid < 0 ? 0 : paid;
        row[path] = (uint8_t)(paid > never ? never : paid);
    }
}

/* What would be paid while offices are closed waits for their opening. */
static void wait_for_opening(const struct cashflow_draws *draws, size_t authority, uint8_t *row)
{
    for (size_t i = 0; i < draws->plan->opening_count; i++) {
        const uint8_t first_week = draws->plan->openings[i].first_week;
        const uint8_t *open_week = open_weeks(draws, i, authority);
        for (int path = 0; path < BLOCK; path++) {
            uint8_t waited = row[path] > open_week[path] ? row[path] : open_week[path];
            row[path] = row[path] >= first_week ? waited : row[path];
        }
    }
}

/* Where a flow falls on every path of the block: the week, or the last row where it never comes. */
static void find_rows(const struct cashflow_draws *draws, const struct cashflow_luck *luck, const struct weeks *weeks,
                      const struct cashflow_flow *flow, uint8_t *row)
{
    const uint8_t never = (uint8_t)draws->plan->weeks;
    find_weeks(flow, weeks, luck->has_slip, never, row);
    wait_for_opening(draws, luck->authority, row);
    if (flow->outlook == SIZE_MAX)
        return;
    const uint8_t *on = draws->outlook_on + flow->outlook * BLOCK;
    for (int path = 0; path < BLOCK; path++)
        row[path] = on[path] != 0 ? row[path] : never;
}

/* Flows that are drawn and wait for being put on the paths; neighbours in the plan. */
struct batch {
    const struct cashflow_flow *flows;
    size_t count;
};

/* Put a batch of flows on every path of the block, in the weeks in which they are paid there. */
static void scatter(struct cashflow_block *block, struct batch *batch)
{
    for (size_t strip = 0; strip < CASHFLOW_STRIPS; strip++) {
        for (size_t i = 0; i < batch->count; i++) {
            const int64_t amount_fen = batch->flows[i].amount_fen;
            const uint8_t *row = block->row[strip][i];
            int64_t(*receipt_fen)[CASHFLOW_LANES] = block->receipt_fen[strip][batch->flows[i].pile];
            for (int lane = 0; lane < CASHFLOW_LANES; lane += 4) {
                receipt_fen[row[lane]][lane] += amount_fen;
                receipt_fen[row[lane + 1]][lane + 1] += amount_fen;
                receipt_fen[row[lane + 2]][lane + 2] += amount_fen;
                receipt_fen[row[lane + 3]][lane + 3] += amount_fen;
            }
        }
    }
    batch->flows += batch->count;
    batch->count = 0;
}

static void draw_flow(const struct cashflow_draws *draws, const struct cashflow_luck *luck, const struct weeks *weeks, struct batch *batch)
{
    const struct cashflow_flow *flow = &batch->flows[batch->count];
    struct cashflow_block *block = draws->block;
    uint8_t row[BLOCK];

    find_rows(draws, luck, weeks, flow, row);
    for (size_t strip = 0; strip < CASHFLOW_STRIPS; strip++)
        memcpy(block->row[strip][batch->count], row + strip * CASHFLOW_LANES, CASHFLOW_LANES);
    batch->count++;
    if (batch->count == CASHFLOW_BATCH)
        scatter(block, batch);
}

static void draw_flows(const struct cashflow_draws *draws)
{
    const struct cashflow_plan *plan = draws->plan;
    struct batch batch = {plan->flows, 0};
    struct weeks weeks;
    for (size_t i = 0; i < plan->luck_count; i++) {
        const struct cashflow_luck *luck = &plan->lucks[i];
        if (luck->flow_count == 0)
            continue;
        draw_luck(draws, luck, &weeks);
        for (size_t k = 0; k < luck->flow_count; k++)
            draw_flow(draws, luck, &weeks, &batch);
    }
    scatter(draws->block, &batch);
}

static void clear(struct cashflow_draws *draws)
{
    const struct cashflow_plan *plan = draws->plan;
    struct cashflow_block *block = draws->block;
    for (size_t strip = 0; strip < CASHFLOW_STRIPS; strip++) {
        for (int pile = 0; pile < CASHFLOW_PILES; pile++) {
            if (draws->pile_used[pile])
                memset(block->receipt_fen[strip][pile], 0, sizeof block->receipt_fen[0][0][0] * ((size_t)plan->weeks + 1));
        }
    }
    memset(block->outlook_cost_fen, 0, sizeof block->outlook_cost_fen[0] * plan->payroll_count);
}

static inline ZCD_WIDE_BODY void draw_block_body(struct cashflow_draws *draws)
{
    clear(draws);
    draw_states(draws);
    find_openings(draws);
    draw_outlooks(draws);
    draw_flows(draws);
}

ZCD_WIDE(void, draw_block, (struct cashflow_draws *draws), (draws))

void cashflow_draw_block(struct cashflow_draws *draws, uint32_t first, struct cashflow_block *block)
{
    draws->block = block;
    block->first = first;
    memcpy(block->pile_used, draws->pile_used, sizeof block->pile_used);
    draw_block(draws);
}
