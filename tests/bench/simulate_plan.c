/*
 * simulate_plan.c - what tests/bench/simulate compares with: the plan of a dossier's simulation as JSON, what the engine makes of
 * it, and how long that takes.
 *
 *   simulate_plan DOSSIER RUNS
 */
#include "api/codec/dossier_decode.h"
#include "api/file.h"
#include "api/flows/policy.h"
#include "base/cleanup.h"
#include "scoring/cashflow_internal.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { DOSSIER_SIZE_MAX = 8 << 20, RUNS_MAX = 100000 };

/* What stages 1 to 3 hand to the simulation. */
struct input {
    const struct dossier *dossier;
    const struct policy *policy;
    struct delay_result delay;
    struct pipeline_result pipeline;
};

/* ------------------------------------------------------------------ JSON of integers */

static void print_number(const char *name, int64_t value)
{
    printf("\"%s\":%" PRId64 ",", name, value);
}

#define PRINT_LIST(name, count, value_of_i)                                                                                      \
    do {                                                                                                                         \
        printf("\"%s\":[", name);                                                                                                \
        for (size_t i = 0; i < (size_t)(count); i++)                                                                             \
            printf("%s%" PRId64, i == 0 ? "" : ",", (int64_t)(value_of_i));                                                      \
        printf("],");                                                                                                            \
    } while (false)

static void print_shuffle(const char *name, const struct rng_shuffle *shuffle)
{
    printf("\"%s\":[", name);
    for (int i = 0; i < RNG_SHUFFLE_ROUNDS; i++)
        printf("%s[%d,%d]", i == 0 ? "" : ",", shuffle->round[i].add, shuffle->round[i].multiply);
    printf("],");
}

static void print_frame(const struct cashflow_plan *plan)
{
    print_number("weeks", plan->weeks);
    print_number("weeks_to_longest_tenor", plan->weeks_to_longest_tenor);
    print_number("paths_log2", plan->paths_log2);
    print_number("opening_fen", plan->opening_fen);
    print_number("replaced_fen", plan->replaced_fen);
    print_number("replaced_week", plan->replaced_week);
    PRINT_LIST("outflow_until_fen", plan->weeks, plan->outflow_until_fen[i]);
    PRINT_LIST("payroll_weeks", plan->payroll_count, plan->payrolls[i].week);
    PRINT_LIST("maturity_weeks", plan->tenor_count, plan->maturity_week[i][0]);
    PRINT_LIST("maturity_weeks_late", plan->tenor_count, plan->maturity_week[i][1]);
    printf("\"openings\":[");
    for (size_t i = 0; i < plan->opening_count; i++) {
        const struct cashflow_opening *opening = &plan->openings[i];
        printf("%s[%d,%d,%d,%d]", i == 0 ? "" : ",", opening->first_week, opening->open_week[0], opening->open_week[1], opening->open_week[2]);
    }
    printf("],");
}

static void print_draws(const struct cashflow_plan *plan)
{
    print_shuffle("system", &plan->system_draw);
    printf("\"authorities\":[");
    for (size_t i = 0; i < plan->authority_count; i++) {
        printf("%s{", i == 0 ? "" : ",");
        print_shuffle("draw", &plan->authority_draws[i]);
        printf("\"index\":%zu}", i);
    }
    printf("],\"outlooks\":[");
    for (size_t k = 0; k < plan->outlook_count; k++) {
        const struct cashflow_outlook *outlook = &plan->outlooks[k];
        printf("%s{", k == 0 ? "" : ",");
        print_shuffle("draw", &outlook->draw);
        PRINT_LIST("threshold", DELAY_STATE_COUNT, outlook->threshold[i]);
        PRINT_LIST("cost_fen", plan->payroll_count, outlook->cost_fen[i]);
        printf("\"authority\":%zu}", outlook->authority);
    }
    printf("],");
}

static void print_flows(const struct cashflow_plan *plan)
{
    const struct cashflow_flow *flow = plan->flows;
    printf("\"lucks\":[");
    for (size_t k = 0; k < plan->luck_count; k++) {
        const struct cashflow_luck *luck = &plan->lucks[k];
        printf("%s{\"flows\":[", k == 0 ? "" : ",");
        for (size_t i = 0; i < luck->flow_count; i++, flow++)
            printf("%s[%d,%d,%d,%" PRId64 ",%" PRId64 "]", i == 0 ? "" : ",", (int)flow->pile, flow->week, flow->term_weeks, flow->amount_fen,
                   flow->outlook == SIZE_MAX ? INT64_C(-1) : (int64_t)flow->outlook);
        printf("],");
        print_shuffle("delay", &luck->delay);
        print_shuffle("slip", &luck->slip);
        print_number("has_slip", luck->has_slip);
        print_number("slip_left_q15", luck->slip_left_q15);
        PRINT_LIST("left_q15", DELAY_STATE_COUNT, luck->left_q15[i]);
        print_number("curve", (int64_t)luck->curve);
        printf("\"authority\":%zu}", luck->authority);
    }
    printf("],");
}

static void print_curves(const struct input *input, const struct cashflow_plan *plan)
{
    PRINT_LIST("slip_inverse", CASHFLOW_LEVELS, plan->slip_inverse->week[i]);
    printf("\"inverses\":[");
    for (size_t k = 0; k < input->delay.curve_count; k++) {
        printf("%s[", k == 0 ? "" : ",");
        for (size_t i = 0; i < DELAY_STATE_COUNT * CASHFLOW_LEVELS; i++)
            printf("%s%d", i == 0 ? "" : ",", plan->inverses[k].week[i]);
        printf("]");
    }
    printf("],");
}

static void print_policy(const struct policy_cashflow *policy)
{
    print_number("system_slow_ppm", policy->system_slow_ppm);
    print_number("system_freeze_ppm", policy->system_freeze_ppm);
    print_number("authority_slow_ppm", policy->authority_slow_ppm);
    print_number("authority_freeze_ppm", policy->authority_freeze_ppm);
}

/* ------------------------------------------------------------------ results */

static int64_t sum(const int64_t *row, int32_t count)
{
    int64_t sum_fen = 0;
    for (int32_t i = 0; i < count; i++)
        sum_fen += row[i];
    return sum_fen;
}

/* Sums over all paths: where any path differs, they hardly agree. */
static void print_results(const struct cashflow_workspace *workspace, const struct cashflow_result *result)
{
    print_number("shortfall_ppm", result->shortfall_ppm);
    print_number("shortfall_first_week", result->shortfall_first_week);
    print_number("need_p50_fen", result->need_p50_fen);
    print_number("need_p95_fen", result->need_p95_fen);
    PRINT_LIST("fan_p5_fen", result->weeks, result->fan[i].p5_fen);
    PRINT_LIST("fan_p50_fen", result->weeks, result->fan[i].p50_fen);
    PRINT_LIST("fan_p95_fen", result->weeks, result->fan[i].p95_fen);
    PRINT_LIST("low_fen", workspace->payroll_count, sum(workspace->low_fen[i], workspace->paths));
    PRINT_LIST("low_lockable_fen", workspace->payroll_count, sum(workspace->low_swept_fen[CASHFLOW_SWEEP_LOCKABLE][i], workspace->paths));
    for (int late = 0; late < 2; late++) {
        PRINT_LIST(late ? "late_cash_fen" : "cash_fen", workspace->tenor_count, sum(workspace->standing[i][late].cash_fen, workspace->paths));
        PRINT_LIST(late ? "late_outlook_fen" : "outlook_fen", workspace->tenor_count,
                   sum(workspace->standing[i][late].outlook_fen, workspace->paths));
        PRINT_LIST(late ? "late_lockable_fen" : "lockable_fen", workspace->tenor_count,
                   sum(workspace->standing[i][late].swept_fen[CASHFLOW_SWEEP_LOCKABLE], workspace->paths));
    }
}

/* ------------------------------------------------------------------ time */

static void simulate(const struct input *input, struct cashflow_workspace *workspace, struct arena *arena, struct cashflow_result *result)
{
    cashflow_simulate(input->dossier, input->policy, input->dossier->as_of, &input->delay, &input->pipeline, workspace, arena, result);
}

static int64_t now_ns(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static int compare_times(const void *left, const void *right)
{
    int64_t a = *(const int64_t *)left;
    int64_t b = *(const int64_t *)right;
    return (a > b) - (a < b);
}

static int64_t median_ns(const struct input *input, struct cashflow_workspace *workspace, size_t runs)
{
    static int64_t ns[RUNS_MAX];
    for (size_t i = 0; i < runs; i++) {
        ZCD_AUTO(arena_done)
        struct arena arena = {0};
        struct cashflow_result result;
        int64_t start_ns = now_ns();
        simulate(input, workspace, &arena, &result);
        ns[i] = now_ns() - start_ns;
    }
    qsort(ns, runs, sizeof *ns, compare_times);
    return ns[runs / 2];
}

static void print_all(struct input *input, size_t runs, struct arena *arena)
{
    struct cashflow_workspace *workspace = cashflow_workspace_new();
    struct cashflow_plan *plan = ARENA_NEW(arena, struct cashflow_plan, 1);
    struct cashflow_result result;

    delay_estimate(input->dossier, input->policy, input->dossier->as_of, arena, &input->delay);
    pipeline_build(input->dossier, input->policy, input->dossier->as_of, &input->delay, arena, &input->pipeline);
    cashflow_plan_build(input->dossier, input->policy, input->dossier->as_of, &input->delay, &input->pipeline, arena, plan);
    simulate(input, workspace, arena, &result);
    printf("{\"plan\":{");
    print_frame(plan);
    print_draws(plan);
    print_flows(plan);
    print_curves(input, plan);
    print_policy(&input->policy->cashflow);
    printf("\"end\":0},\"result\":{");
    print_results(workspace, &result);
    printf("\"end\":0},\"median_ns\":%" PRId64 "}\n", median_ns(input, workspace, runs));
    cashflow_workspace_free(workspace);
}

int main(int count, char **words)
{
    ZCD_AUTO(buffer_done)
    struct buffer json = {0};
    ZCD_AUTO(loaded_policy_done)
    struct loaded_policy policy = {0};
    ZCD_AUTO(arena_done)
    struct arena arena = {0};
    struct input input = {0};
    struct zcd_error err;
    long runs = count == 3 ? strtol(words[2], NULL, 10) : 0;

    if (runs < 1 || runs > RUNS_MAX) {
        (void)fprintf(stderr, "usage: simulate_plan DOSSIER RUNS\n");
        return 64;
    }
    enum zcd_code code = loaded_policy_builtin("zhengcaidai", &policy, &err);
    if (code == ZCD_OK)
        code = file_read(words[1], DOSSIER_SIZE_MAX, &json, &err);
    if (code == ZCD_OK)
        code = dossier_decode(buffer_bytes(&json), &arena, &input.dossier, &err);
    if (code != ZCD_OK) {
        (void)fprintf(stderr, "simulate_plan: %s: %s\n", err.pointer, err.message);
        return 66;
    }
    input.policy = policy.policy;
    print_all(&input, (size_t)runs, &arena);
    return 0;
}
