#include "scoring/cashflow_internal.h"

#include "base/dispatch.h"

#include <string.h>

#define LANES CASHFLOW_LANES

/* A strip of paths on its way through the weeks. Cash is never carried along: it is what came less what went. */
struct strip {
    const struct cashflow_plan *plan;
    struct cashflow_workspace *workspace;
    size_t number; /* in the block */
    uint32_t first; /* path */
    int64_t received_fen[CASHFLOW_PILES][LANES]; /* before the week at hand */
    int64_t outlook_cost_fen[LANES];             /* up to and in the week at hand */
    int64_t cash_fen[LANES];                     /* after the week's outflows, before its receipts */
    int64_t lowest_fen[LANES];
    int64_t first_week[LANES];
};

static void add(int64_t *restrict sum_fen, const int64_t *restrict row_fen)
{
    for (int i = 0; i < LANES; i++)
        sum_fen[i] += row_fen[i];
}

/* What comes in the weeks from `from` to before `to`. */
static void receive(struct strip *strip, int32_t from, int32_t to)
{
    const struct cashflow_block *block = &strip->workspace->block;
    for (int pile = 0; pile < CASHFLOW_PILES; pile++) {
        if (!block->pile_used[pile])
            continue;
        for (int32_t week = from; week < to; week++)
            add(strip->received_fen[pile], block->receipt_fen[strip->number][pile][week]);
    }
}

/* Outflows come first within a week. */
static void count_cash(struct strip *strip, int32_t week)
{
    const int64_t before_fen = strip->plan->opening_fen - strip->plan->outflow_until_fen[week];
    for (int i = 0; i < LANES; i++)
        strip->cash_fen[i] = before_fen - strip->outlook_cost_fen[i] + strip->received_fen[CASHFLOW_PILE_LOCKED][i] +
                             strip->received_fen[CASHFLOW_PILE_LOCKABLE][i] + strip->received_fen[CASHFLOW_PILE_OTHER][i] +
                             strip->received_fen[CASHFLOW_PILE_OUTLOOK][i];
}

/* Principal that would have to be repaid by now without the new loan. */
static int64_t due_fen(const struct cashflow_plan *plan, int32_t week)
{
    return week >= plan->replaced_week ? plan->replaced_fen : 0;
}

static void note_shortfall(struct strip *strip, int32_t week)
{
    const int64_t principal_fen = due_fen(strip->plan, week);
    for (int i = 0; i < LANES; i++) {
        int64_t cash_fen = strip->cash_fen[i] - principal_fen;
        strip->lowest_fen[i] = cash_fen < strip->lowest_fen[i] ? cash_fen : strip->lowest_fen[i];
        strip->first_week[i] = (cash_fen < 0 && week < strip->first_week[i]) ? week : strip->first_week[i];
    }
}

/* A copy of a strip's row, kept within CASHFLOW_SUM_MAX. */
static void store(const struct strip *strip, const int64_t *row_fen, int64_t *stored_fen)
{
    memcpy(stored_fen, row_fen, LANES * sizeof *row_fen);
    if (!strip->plan->may_exceed)
        return;
    for (int i = 0; i < LANES; i++) {
        stored_fen[i] = stored_fen[i] > CASHFLOW_SUM_MAX ? CASHFLOW_SUM_MAX : stored_fen[i];
        stored_fen[i] = stored_fen[i] < -CASHFLOW_SUM_MAX ? -CASHFLOW_SUM_MAX : stored_fen[i];
    }
}

static void store_swept(const struct strip *strip, int64_t *locked_fen, int64_t *lockable_fen)
{
    const int64_t *locked = strip->received_fen[CASHFLOW_PILE_LOCKED];
    const int64_t *lockable = strip->received_fen[CASHFLOW_PILE_LOCKABLE];
    int64_t both_fen[LANES];
    for (int i = 0; i < LANES; i++)
        both_fen[i] = locked[i] + lockable[i];
    store(strip, locked, locked_fen);
    store(strip, both_fen, lockable_fen);
}

static void store_payroll(const struct strip *strip, size_t payroll)
{
    struct cashflow_workspace *workspace = strip->workspace;
    store(strip, strip->cash_fen, &workspace->low_fen[payroll][strip->first]);
    store_swept(strip, &workspace->low_swept_fen[CASHFLOW_SWEEP_LOCKED][payroll][strip->first],
                &workspace->low_swept_fen[CASHFLOW_SWEEP_LOCKABLE][payroll][strip->first]);
}

static void store_standing(const struct strip *strip, struct cashflow_standing *standing)
{
    int64_t outlook_fen[LANES];
    for (int i = 0; i < LANES; i++)
        outlook_fen[i] = strip->received_fen[CASHFLOW_PILE_OUTLOOK][i] - strip->outlook_cost_fen[i];
    store(strip, strip->cash_fen, &standing->cash_fen[strip->first]);
    store(strip, outlook_fen, &standing->outlook_fen[strip->first]);
    store_swept(strip, &standing->swept_fen[CASHFLOW_SWEEP_LOCKED][strip->first], &standing->swept_fen[CASHFLOW_SWEEP_LOCKABLE][strip->first]);
}

static void store_maturities(const struct strip *strip, int32_t week)
{
    const struct cashflow_plan *plan = strip->plan;
    for (int32_t i = 0; i < plan->tenor_count; i++) {
        for (int late = 0; late < 2; late++) {
            if (plan->maturity_week[i][late] == week)
                store_standing(strip, &strip->workspace->standing[i][late]);
        }
    }
}

/* From stop to stop: between two of them cash only rises. */
static void walk(struct strip *strip)
{
    const struct cashflow_plan *plan = strip->plan;
    const struct cashflow_block *block = &strip->workspace->block;
    size_t payroll = 0;
    int32_t reached = 0;

    for (int32_t i = 0; i < plan->stop_count; i++) {
        const int32_t week = plan->stop_week[i];
        bool is_payroll = payroll < plan->payroll_count && plan->payrolls[payroll].week == week;
        receive(strip, reached, week);
        reached = week;
        if (is_payroll)
            add(strip->outlook_cost_fen, &block->outlook_cost_fen[payroll][strip->number * LANES]);
        count_cash(strip, week);
        if (is_payroll)
            store_payroll(strip, payroll++);
        if (week < plan->weeks_to_longest_tenor)
            note_shortfall(strip, week);
        store_maturities(strip, week);
    }
}

/* Cash at the end of every week, for the fan. */
static void walk_fan(const struct strip *strip)
{
    const struct cashflow_plan *plan = strip->plan;
    const struct cashflow_block *block = &strip->workspace->block;
    size_t payroll = 0;
    int64_t sum_fen[LANES] = {0}; /* all that came, less what hangs on outlooks */

    for (int32_t week = 0; week < plan->weeks; week++) {
        int64_t *fan_fen = &strip->workspace->fan_fen[week][strip->first];
        const int64_t before_fen = plan->opening_fen - plan->outflow_until_fen[week] - due_fen(plan, week);
        for (int pile = 0; pile < CASHFLOW_PILES; pile++) {
            if (block->pile_used[pile])
                add(sum_fen, block->receipt_fen[strip->number][pile][week]);
        }
        if (payroll < plan->payroll_count && plan->payrolls[payroll].week == week) {
            const int64_t *cost_fen = &block->outlook_cost_fen[payroll++][strip->number * LANES];
            for (int i = 0; i < LANES; i++)
                sum_fen[i] -= cost_fen[i];
        }
        for (int i = 0; i < LANES; i++)
            fan_fen[i] = before_fen + sum_fen[i];
    }
}

static inline ZCD_WIDE_BODY void walk_block_body(const struct cashflow_plan *plan, struct cashflow_workspace *workspace)
{
    for (size_t number = 0; number < CASHFLOW_STRIPS; number++) {
        struct strip strip = {.plan = plan, .workspace = workspace, .number = number};
        strip.first = workspace->block.first + (uint32_t)number * LANES;
        for (int i = 0; i < LANES; i++) {
            strip.lowest_fen[i] = INT64_MAX;
            strip.first_week[i] = INT32_MAX;
        }
        walk(&strip);
        if (strip.first < CASHFLOW_FAN_PATHS)
            walk_fan(&strip);
        memcpy(&workspace->lowest_fen[strip.first], strip.lowest_fen, sizeof strip.lowest_fen);
        for (int i = 0; i < LANES; i++)
            workspace->first_week[strip.first + (uint32_t)i] = (int32_t)strip.first_week[i];
    }
}

ZCD_WIDE(void, walk_block, (const struct cashflow_plan *plan, struct cashflow_workspace *workspace), (plan, workspace))

void cashflow_walk_block(const struct cashflow_plan *plan, struct cashflow_workspace *workspace)
{
    walk_block(plan, workspace);
}
