#include "scoring/cashflow.h"
#include "scoring/cashflow_internal.h"

#include "base/money.h"

#include <assert.h>
#include <stdlib.h>

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

    copy_frame(plan, workspace);
    struct cashflow_draws *draws = cashflow_draws_new(plan, &policy->cashflow, arena);
    for (uint32_t first = 0; first < (uint32_t)workspace->paths; first += CASHFLOW_BLOCK) {
        cashflow_draw_block(draws, first, &workspace->block);
        cashflow_walk_block(plan, workspace);
    }

    result->paths = workspace->paths;
    result->weeks = plan->weeks;
    fill_fan(plan, workspace, arena, result);
    fill_need(workspace, result);
}
