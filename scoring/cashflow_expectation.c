#include "scoring/cashflow_internal.h"

/* A sum over all paths, held as its mean: the sum itself may pass 64 bits. */
struct mean {
    int64_t whole_fen;
    int64_t rest; /* of so many paths */
};

static void add(struct mean *mean, int64_t sum_fen, int64_t paths)
{
    mean->whole_fen += sum_fen / paths;
    mean->rest += sum_fen % paths;
}

static int64_t value_of(const struct mean *mean, int64_t paths)
{
    return mean->whole_fen + mean->rest / paths;
}

/* The means of one week while the blocks are drawn. */
struct sums {
    struct mean receipts, outlook_receipts, outlook_payments;
};

static int64_t receipts_fen(const struct cashflow_block *block, int pile, int32_t week)
{
    int64_t sum_fen = 0;

    for (size_t strip = 0; block->pile_used[pile] && strip < CASHFLOW_STRIPS; strip++) {
        for (size_t lane = 0; lane < CASHFLOW_LANES; lane++)
            sum_fen += block->receipt_fen[strip][pile][week][lane];
    }
    return sum_fen;
}

static int64_t costs_fen(const struct cashflow_block *block, size_t payroll)
{
    int64_t sum_fen = 0;

    for (size_t path = 0; path < CASHFLOW_BLOCK; path++)
        sum_fen += block->outlook_cost_fen[payroll][path];
    return sum_fen;
}

static void add_block(const struct cashflow_plan *plan, const struct cashflow_block *block, struct sums *sums)
{
    const int64_t paths = INT64_C(1) << plan->paths_log2;

    for (int32_t week = 0; week < plan->weeks; week++) {
        for (int pile = 0; pile < CASHFLOW_PILES; pile++)
            add(pile == CASHFLOW_PILE_OUTLOOK ? &sums[week].outlook_receipts : &sums[week].receipts,
                receipts_fen(block, pile, week), paths);
    }
    for (size_t k = 0; k < plan->payroll_count; k++)
        add(&sums[plan->payrolls[k].week].outlook_payments, costs_fen(block, k), paths);
}

static void fill_rows(const struct cashflow_plan *plan, const struct sums *sums, struct cashflow_expected_week *rows)
{
    const int64_t paths = INT64_C(1) << plan->paths_log2;

    for (int32_t week = 0; week < plan->weeks; week++) {
        rows[week] = (struct cashflow_expected_week){
            .receipt_fen = value_of(&sums[week].receipts, paths),
            .outlook_receipt_fen = value_of(&sums[week].outlook_receipts, paths),
            .payment_fen = plan->outflow_until_fen[week] - (week == 0 ? 0 : plan->outflow_until_fen[week - 1]),
            .outlook_payment_fen = value_of(&sums[week].outlook_payments, paths)};
    }
    if (plan->replaced_week < plan->weeks) /* due without the loan that replaces it */
        rows[plan->replaced_week].payment_fen += plan->replaced_fen;
}

void cashflow_expect(const struct dossier *dossier, const struct policy *policy, struct date as_of,
                     const struct delay_result *delay, const struct pipeline_result *pipeline,
                     struct cashflow_workspace *workspace, struct arena *arena, struct cashflow_expectation *expectation)
{
    struct cashflow_plan *plan = ARENA_NEW(arena, struct cashflow_plan, 1);

    cashflow_plan_build(dossier, policy, as_of, delay, pipeline, arena, plan);
    struct sums *sums = ARENA_NEW(arena, struct sums, (size_t)plan->weeks);
    struct cashflow_draws *draws = cashflow_draws_new(plan, &policy->cashflow, arena);
    for (uint32_t first = 0; first < UINT32_C(1) << plan->paths_log2; first += CASHFLOW_BLOCK) {
        cashflow_draw_block(draws, first, &workspace->block);
        add_block(plan, &workspace->block, sums);
    }
    struct cashflow_expected_week *rows = ARENA_NEW(arena, struct cashflow_expected_week, (size_t)plan->weeks);
    fill_rows(plan, sums, rows);
    *expectation = (struct cashflow_expectation){.opening_fen = plan->opening_fen, .weeks = plan->weeks, .rows = rows};
}
