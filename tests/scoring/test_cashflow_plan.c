/* The plan of a simulation: what flows when, by hand, for the sound case on a Monday, 2020-10-19. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "scoring/cashflow_internal.h"
#include "tests/scoring/sound_case.h"

#include <string.h>

static const int64_t BIN_STARTS[] = {0};
static const int64_t TENOR_MONTHS[] = {6, 12};
static const int64_t HAZARD[] = {100000};
static const struct policy_hazard_row ROWS[] = {{PAYER_LEVEL_NONE, FUND_SOURCE_NONE, HAZARD, 1}};

static struct policy policy_new(void)
{
    struct policy policy = {
        .delay = {.bin_start_weeks = BIN_STARTS, .bin_count = 1, .payment = ROWS, .payment_count = 1, .slip_hazard_ppm = HAZARD,
                  .slip_hazard_count = 1, .prior_strength_ppm = 8000000, .hazard_cap_ppm = 600000},
        .cashflow = {.seed = 1, .paths_log2 = 10, .tail_weeks = 13, .hazard_slow_ppm = 600000, .hazard_freeze_ppm = 300000,
                     .year_start_normal_weeks = 3, .year_start_slow_weeks = 6, .year_start_freeze_weeks = 10, .deduction_ppm = 10000,
                     .cost_follows_work_ppm = 850000, .notice_weeks = 8, .thirteenth_month = 1},
        .pipeline = {.weight_awarded_ppm = 950000, .renewal_good_ppm = 850000, .renewal_unrated_ppm = 700000, .renewal_cap_ppm = 960000,
                     .renewable_days_min = 90, .renewal_slow_ppm = 950000, .renewal_freeze_ppm = 700000, .cross_ageing_days = 90,
                     .cross_ageing_share_bp = 2500},
    };
    policy.price.tenor_count = 2;
    policy.price.tenor_months = TENOR_MONTHS;
    return policy;
}

struct scene {
    struct policy policy;
    struct sound_case one;
    struct arena arena;
    struct delay_result delay;
    struct pipeline_result pipeline;
    struct cashflow_plan plan;
};

static void scene_init(struct scene *scene)
{
    *scene = (struct scene){.policy = policy_new()};
    sound_case_init(&scene->one);
}

static const struct cashflow_plan *build(struct scene *scene)
{
    const struct dossier *dossier = &scene->one.dossier;
    struct date as_of = dossier->as_of;
    arena_done(&scene->arena);
    scene->arena = (struct arena){0};
    delay_estimate(dossier, &scene->policy, as_of, &scene->arena, &scene->delay);
    pipeline_build(dossier, &scene->policy, as_of, &scene->delay, &scene->arena, &scene->pipeline);
    cashflow_plan_build(dossier, &scene->policy, as_of, &scene->delay, &scene->pipeline, &scene->arena, &scene->plan);
    return &scene->plan;
}

static int64_t outflow_of(const struct cashflow_plan *plan, int32_t week)
{
    return plan->outflow_until_fen[week] - (week > 0 ? plan->outflow_until_fen[week - 1] : 0);
}

/* 2021-10-19 is 365 days on, in week 52; 90 days later week 65; 13 weeks of tail after the week of maturity. */
static void the_horizon_reaches_past_the_longest_tenor(void **state)
{
    struct scene scene;
    (void)state;
    scene_init(&scene);
    const struct cashflow_plan *plan = build(&scene);
    assert_int_equal(plan->maturity_week[0][0], 26); /* 2021-04-19, 182 days */
    assert_int_equal(plan->maturity_week[1][0], 52);
    assert_int_equal(plan->maturity_week[1][1], 65);
    assert_int_equal(plan->weeks_to_longest_tenor, 53);
    assert_int_equal(plan->weeks, 67);
    assert_int_equal(plan->opening_fen, 600000);
    arena_done(&scene.arena);
}

/* 2020 has long opened; the week of Monday 2021-01-04 is the eleventh and the first of 2021; that of 2022 is out of sight but for its first. */
static void offices_open_late_in_a_new_year(void **state)
{
    struct scene scene;
    (void)state;
    scene_init(&scene);
    const struct cashflow_plan *plan = build(&scene);
    assert_int_equal(plan->opening_count, 3);
    assert_int_equal(plan->openings[0].first_week, 0);
    assert_int_equal(plan->openings[0].open_week[DELAY_STATE_FREEZE], 0);
    assert_int_equal(plan->openings[1].first_week, 11);
    assert_int_equal(plan->openings[1].open_week[DELAY_STATE_NORMAL], 14);
    assert_int_equal(plan->openings[1].open_week[DELAY_STATE_SLOW], 17);
    assert_int_equal(plan->openings[1].open_week[DELAY_STATE_FREEZE], 21);
    assert_int_equal(plan->openings[2].first_week, 63); /* 2022-01-03 */
    assert_int_equal(plan->openings[2].open_week[DELAY_STATE_FREEZE], 67);
    arena_done(&scene.arena);
}

/* In the middle of January the weeks that have gone are not waited for again. */
static void a_year_that_has_begun_waits_for_the_rest(void **state)
{
    struct scene scene;
    (void)state;
    scene_init(&scene);
    scene.one.dossier.as_of = on("2021-01-18"); /* 17 days, 2 whole weeks */
    const struct cashflow_plan *plan = build(&scene);
    assert_int_equal(plan->openings[0].first_week, 0);
    assert_int_equal(plan->openings[0].open_week[DELAY_STATE_NORMAL], 1);
    assert_int_equal(plan->openings[0].open_week[DELAY_STATE_SLOW], 4);
    arena_done(&scene.arena);
}

/*
 * Wages of 390,000 on the 10th, other costs of 10,000. The contract's month is 1,200,000 x 365 / (12 x 366) = 99,726, less than 85 % of
 * payroll, so that much of it is the contract's and stops eight weeks after 2020-12-31, on 2021-02-25.
 */
static void cost_follows_work(void **state)
{
    struct scene scene;
    (void)state;
    scene_init(&scene);
    const struct cashflow_plan *plan = build(&scene);
    assert_int_equal(plan->payroll_count, 15); /* November 2020 to January 2022 */
    assert_int_equal(plan->payrolls[0].week, 3);
    assert_int_equal(outflow_of(plan, 0), 39000); /* wages already owed */
    assert_int_equal(outflow_of(plan, 3), 400000);
    assert_int_equal(outflow_of(plan, 16), 400000);         /* 2021-02-10 */
    assert_int_equal(outflow_of(plan, 20), 400000 - 99726); /* 2021-03-10 */
    assert_int_equal(outflow_of(plan, 4), 0);
    arena_done(&scene.arena);
}

static void the_thirteenth_month_doubles_wages_not_other_costs(void **state)
{
    struct scene scene;
    (void)state;
    scene_init(&scene);
    scene.one.dossier.organisation.thirteenth_month = true;
    const struct cashflow_plan *plan = build(&scene);
    assert_int_equal(outflow_of(plan, 11), 2 * 390000 + 10000); /* 2021-01-10 */
    assert_int_equal(outflow_of(plan, 7), 400000);              /* 2020-12-10 */
    arena_done(&scene.arena);
}

static void wages_due_on_the_31st_are_paid_on_a_months_last_day(void **state)
{
    struct scene scene;
    (void)state;
    scene_init(&scene);
    scene.one.dossier.organisation.payroll_day = 31;
    const struct cashflow_plan *plan = build(&scene);
    assert_int_equal(plan->payrolls[0].week, 1); /* 2020-10-31, 12 days */
    assert_int_equal(plan->payrolls[1].week, 6); /* 2020-11-30, 42 days */
    arena_done(&scene.arena);
}

/* The last instalment of 200,000 and 1,000 falls due on 2021-03-21, in week 21. */
static void debt_service_flows_out_unless_the_loan_replaces_it(void **state)
{
    struct scene scene;
    (void)state;
    scene_init(&scene);
    sound_case_add_facility(&scene.one);
    const struct cashflow_plan *plan = build(&scene);
    assert_int_equal(outflow_of(plan, 21), 201000);
    assert_int_equal(plan->replaced_fen, 0);

    scene.one.dossier.application.facility_index = 0;
    plan = build(&scene);
    assert_int_equal(outflow_of(plan, 21), 1000);
    assert_int_equal(plan->replaced_fen, 200000);
    assert_int_equal(plan->replaced_week, 21);
    arena_done(&scene.arena);
}

/*
 * m2 is accepted and was payable on 2020-10-16: whole, in this week. m3 is due on 2020-12-31, in week 10, with a term of 30 days,
 * and one in a hundred is expected to be deducted.
 */
static void what_is_owed_comes_whole_and_what_is_to_be_done_less_deductions(void **state)
{
    struct scene scene;
    (void)state;
    scene_init(&scene);
    const struct cashflow_plan *plan = build(&scene);
    assert_int_equal(plan->luck_count, 3); /* and one for the renewal */
    /* what comes last is listed first: disputed money is taken from there */
    assert_int_equal(plan->flows[0].amount_fen, 396000);
    assert_int_equal(plan->flows[0].week, 10);
    assert_int_equal(plan->flows[0].term_weeks, 5);
    assert_true(plan->lucks[0].has_slip);
    assert_int_equal(plan->flows[1].amount_fen, 400000);
    assert_int_equal(plan->flows[1].week, 0);
    assert_false(plan->lucks[1].has_slip);
    assert_int_equal(plan->lucks[1].left_q15[DELAY_STATE_NORMAL], 1 << 15);
    arena_done(&scene.arena);
}

static void disputed_money_is_taken_from_what_comes_last(void **state)
{
    struct scene scene;
    (void)state;
    scene_init(&scene);
    scene.one.contracts[0].disputed_fen = 450000; /* all of m3 and 50,000 of m2 */
    const struct cashflow_plan *plan = build(&scene);
    assert_int_equal(plan->flows[0].amount_fen, 350000);
    assert_int_equal(plan->lucks[0].flow_count, 1);
    assert_int_equal(plan->lucks[1].flow_count, 3); /* the renewal's */
    arena_done(&scene.arena);
}

/*
 * The next year repeats the pattern 366 days later: 2021-04-01, 2021-09-01 and 2022-01-01, of 396,000 each, with one luck. Its wages are
 * those that would stop: from 2021-03-10 on.
 */
static void a_renewal_repeats_the_pattern_and_keeps_the_staff(void **state)
{
    struct scene scene;
    (void)state;
    scene_init(&scene);
    const int32_t weeks[] = {23, 45, 62};
    scene.one.contracts[0].service_evaluation = EVALUATION_RESULT_GOOD;
    const struct cashflow_plan *plan = build(&scene);
    assert_int_equal(plan->outlook_count, 1);
    assert_int_equal(plan->lucks[2].flow_count, 3);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(plan->flows[2 + i].pile, CASHFLOW_PILE_OUTLOOK);
        assert_int_equal(plan->flows[2 + i].amount_fen, 396000);
        assert_int_equal(plan->flows[2 + i].week, weeks[i]);
    }
    for (size_t i = 0; i < plan->payroll_count; i++)
        assert_int_equal(plan->outlooks[0].cost_fen[i], plan->payrolls[i].week >= 20 ? 99726 : 0);
    /* rated good: 85 %, less in a slow and in a frozen year, of 4,096 */
    assert_int_equal(plan->outlooks[0].threshold[DELAY_STATE_NORMAL], 3481);
    assert_int_equal(plan->outlooks[0].threshold[DELAY_STATE_SLOW], 3307);
    assert_int_equal(plan->outlooks[0].threshold[DELAY_STATE_FREEZE], 2437);
    arena_done(&scene.arena);
}

static void an_award_hangs_on_its_weight(void **state)
{
    struct scene scene;
    (void)state;
    scene_init(&scene);
    scene.one.contracts[1] = scene.one.contracts[0];
    scene.one.contracts[1].id = "c2";
    scene.one.contracts[1].stage = CONTRACT_STAGE_AWARDED;
    scene.one.contracts[1].signed_on = DATE_NONE;
    scene.one.contracts[1].starts_on = DATE_NONE;
    scene.one.contracts[1].ends_on = DATE_NONE;
    scene.one.contracts[1].milestones = &scene.one.milestones[2];
    scene.one.contracts[1].milestone_count = 1;
    scene.one.dossier.contract_count = 2;
    const struct cashflow_plan *plan = build(&scene);
    assert_int_equal(plan->outlook_count, 2);
    assert_int_equal(plan->outlooks[1].threshold[DELAY_STATE_FREEZE], 4096 * 95 / 100);
    assert_int_equal(plan->flows[plan->flow_count - 1].outlook, 1);
    arena_done(&scene.arena);
}

/* Every outflow, maturity and replaced principal is a stop; nothing else is. */
static void stops_are_where_cash_may_fall(void **state)
{
    struct scene scene;
    (void)state;
    scene_init(&scene);
    sound_case_add_facility(&scene.one);
    const struct cashflow_plan *plan = build(&scene);
    assert_int_equal(plan->stop_week[0], 0);
    int32_t stop = 0;
    for (int32_t week = 0; week < plan->weeks; week++) {
        bool is_expected = week == 0 || outflow_of(plan, week) != 0 || week == 26 || week == 38 || week == 52 || week == 65;
        bool is_stop = stop < plan->stop_count && plan->stop_week[stop] == week;
        assert_int_equal(is_stop, is_expected);
        stop += is_stop ? 1 : 0;
    }
    assert_int_equal(stop, plan->stop_count);
    assert_false(plan->may_exceed);
    arena_done(&scene.arena);
}

static struct cashflow_expectation expect(struct scene *scene, struct cashflow_workspace *workspace)
{
    struct cashflow_expectation expectation;
    struct cashflow_result result;
    const struct dossier *dossier = &scene->one.dossier;
    (void)build(scene);
    cashflow_simulate(dossier, &scene->policy, dossier->as_of, &scene->delay, &scene->pipeline, workspace, &scene->arena, &result);
    cashflow_expect(dossier, &scene->policy, dossier->as_of, &scene->delay, &scene->pipeline, workspace, &scene->arena, &expectation);
    assert_int_equal(expectation.weeks, result.weeks);
    return expectation;
}

/* As many paths as the fan has: what is expected has to add up to the mean of its balances, which another function walked. */
static void what_is_expected_adds_up_to_the_mean_balance(void **state)
{
    struct scene scene;
    struct cashflow_workspace *workspace = cashflow_workspace_new();
    (void)state;
    scene_init(&scene);
    scene.policy.cashflow.paths_log2 = 9;
    sound_case_add_facility(&scene.one);
    const struct cashflow_expectation expectation = expect(&scene, workspace);
    int64_t balance_fen = expectation.opening_fen;
    int64_t outlook_fen = 0;
    for (int32_t week = 0; week < expectation.weeks; week++) {
        const struct cashflow_expected_week *row = &expectation.rows[week];
        int64_t sum_fen = 0;
        balance_fen += row->receipt_fen + row->outlook_receipt_fen - row->payment_fen - row->outlook_payment_fen;
        outlook_fen += row->outlook_receipt_fen;
        for (int path = 0; path < CASHFLOW_FAN_PATHS; path++)
            sum_fen += workspace->fan_fen[week][path];
        assert_in_range(balance_fen - sum_fen / CASHFLOW_FAN_PATHS + 3 * (week + 1), 0, 6 * (week + 1)); /* each row is rounded down */
    }
    assert_true(outlook_fen > 0);
    cashflow_workspace_free(workspace);
    arena_done(&scene.arena);
}

/* The days and amounts of cost_follows_work; and of 800,000 unpaid on the contract, nothing more can come than that. */
static void what_is_sure_is_expected_on_its_day(void **state)
{
    struct scene scene;
    struct cashflow_workspace *workspace = cashflow_workspace_new();
    int64_t receipts_fen = 0;
    (void)state;
    scene_init(&scene);
    const struct cashflow_expectation expectation = expect(&scene, workspace);
    assert_int_equal(expectation.opening_fen, 600000);
    assert_int_equal(expectation.rows[0].payment_fen, 39000);
    assert_int_equal(expectation.rows[3].payment_fen, 400000);
    assert_int_equal(expectation.rows[4].payment_fen, 0);
    assert_int_equal(expectation.rows[20].payment_fen, 400000 - 99726);
    for (int32_t week = 0; week < expectation.weeks; week++)
        receipts_fen += expectation.rows[week].receipt_fen;
    assert_in_range(receipts_fen, 700000, 800000);
    cashflow_workspace_free(workspace);
    arena_done(&scene.arena);
}

/* 4096 paths of forty trillion yuan in one week are more than 64 bits hold. */
static void the_mean_of_the_largest_amounts_is_exact(void **state)
{
    struct scene scene;
    struct cashflow_workspace *workspace = cashflow_workspace_new();
    int64_t receipts_fen = 0;
    (void)state;
    scene_init(&scene);
    scene.policy.cashflow.paths_log2 = 12;
    scene.one.milestones[1].amount_fen = DOSSIER_VALUE_FEN_MAX - 800000;
    scene.one.contracts[0].value_fen = DOSSIER_VALUE_FEN_MAX;
    const struct cashflow_expectation expectation = expect(&scene, workspace);
    for (int32_t week = 0; week < expectation.weeks; week++) {
        assert_true(expectation.rows[week].receipt_fen >= 0);
        receipts_fen += expectation.rows[week].receipt_fen;
    }
    assert_true(receipts_fen > DOSSIER_VALUE_FEN_MAX / 2 && receipts_fen <= DOSSIER_VALUE_FEN_MAX);
    cashflow_workspace_free(workspace);
    arena_done(&scene.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_horizon_reaches_past_the_longest_tenor),
        cmocka_unit_test(offices_open_late_in_a_new_year),
        cmocka_unit_test(a_year_that_has_begun_waits_for_the_rest),
        cmocka_unit_test(cost_follows_work),
        cmocka_unit_test(the_thirteenth_month_doubles_wages_not_other_costs),
        cmocka_unit_test(wages_due_on_the_31st_are_paid_on_a_months_last_day),
        cmocka_unit_test(debt_service_flows_out_unless_the_loan_replaces_it),
        cmocka_unit_test(what_is_owed_comes_whole_and_what_is_to_be_done_less_deductions),
        cmocka_unit_test(disputed_money_is_taken_from_what_comes_last),
        cmocka_unit_test(a_renewal_repeats_the_pattern_and_keeps_the_staff),
        cmocka_unit_test(an_award_hangs_on_its_weight),
        cmocka_unit_test(stops_are_where_cash_may_fall),
        cmocka_unit_test(what_is_expected_adds_up_to_the_mean_balance),
        cmocka_unit_test(what_is_sure_is_expected_on_its_day),
        cmocka_unit_test(the_mean_of_the_largest_amounts_is_exact),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
