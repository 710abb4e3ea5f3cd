/* A loan on known flows, computed by hand. A year of 12 months from 2021-01-01 has 365 days, three months have 90. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include "generator/outcome.h"

/* As of 2021-01-01 with 100 in hand: wages of 300 on day 30, 60 and 95, receipts of 500 on day 50, 120 on day 100. */
static const struct world_flow FLOWS[] = {
    {30, WORLD_FLOW_COST, -300, true},
    {50, WORLD_FLOW_RECEIPT_LOCKED, 500, false},
    {60, WORLD_FLOW_COST, -300, true},
    {95, WORLD_FLOW_COST, -300, true},
    {100, WORLD_FLOW_RECEIPT_LOCKABLE, 720, false},
};

static struct dossier dossier;

static struct world some_world(void)
{
    struct zcd_error err;

    assert_int_equal(date_parse("2021-01-01", &dossier.as_of, &err), ZCD_OK);
    return (struct world){.dossier = &dossier, .opening_fen = 100, .flows = FLOWS, .flow_count = sizeof FLOWS / sizeof *FLOWS};
}

/* 200 for three months at 8 %: interest 200 x 8 % x 90 / 360 = 4. */
static struct outcome lend(struct world world, enum outcome_sweep sweep, int32_t share_bp)
{
    const struct outcome_loan loan = {.amount_fen = 200, .tenor_months = 3, .rate_bp = 800, .sweep = sweep, .sweep_share_bp = share_bp};
    struct outcome outcome;

    outcome_measure(&world, &loan, &outcome);
    return outcome;
}

/* Cash with the loan: 300, 0 on day 30, 500, 200 on day 60; 200 on day 90 is less than 204. -100 on day 95, 620 on day 100. */
static void is_repaid_late_where_money_comes_late(void **state)
{
    struct outcome outcome = lend(some_world(), OUTCOME_SWEEP_NONE, 10000);

    (void)state;
    assert_int_equal(outcome.owed_fen, 204);
    assert_false(outcome.repaid_on_time);
    assert_true(outcome.repaid_within_90_days);
    assert_int_equal(outcome.repaid_day, 100);
    assert_int_equal(outcome.wage_gap_fen, 0);
    assert_int_equal(outcome.wage_gap_day, -1);
}

/* Half of 500 is above 204: held back from day 50 on. On day 60 there are 500 - 204 - 300 = -4 in hand. */
static void is_repaid_on_time_by_a_sweep_that_leaves_wages_short(void **state)
{
    struct outcome outcome = lend(some_world(), OUTCOME_SWEEP_LOCKED, 5000);

    (void)state;
    assert_true(outcome.repaid_on_time);
    assert_int_equal(outcome.repaid_day, 90);
    assert_int_equal(outcome.wage_gap_day, 60);
    assert_int_equal(outcome.wage_gap_fen, 4);
}

/* A tenth of 500 is 50, of 1,220 it is 122; cash decides as it does without a sweep. */
static void sweeps_what_could_be_locked_only_where_told_to(void **state)
{
    struct world world = some_world();

    (void)state;
    world.opening_fen = -1000000;
    assert_int_equal(lend(world, OUTCOME_SWEEP_LOCKED, 3000).repaid_day, -1);
    assert_int_equal(lend(world, OUTCOME_SWEEP_LOCKABLE, 3000).repaid_day, 100); /* 366 of 1,220 */
    assert_false(lend(world, OUTCOME_SWEEP_NONE, 3000).repaid_within_90_days);
}

/* What a renewal replaces is repaid from the new loan at the start. */
static void counts_the_principal_that_a_renewal_replaces(void **state)
{
    struct world world = some_world();

    (void)state;
    world.replaced_fen = 200;
    assert_int_equal(lend(world, OUTCOME_SWEEP_NONE, 0).wage_gap_fen, 200); /* 100 - 300 */
    assert_int_equal(lend(world, OUTCOME_SWEEP_NONE, 0).repaid_day, 100);
}

static void finds_the_first_shortfall_and_the_need(void **state)
{
    struct world world = some_world();
    int64_t need_fen;

    (void)state;
    assert_int_equal(outcome_first_shortfall(&world, 29, &need_fen), -1);
    assert_int_equal(need_fen, 0);
    assert_int_equal(outcome_first_shortfall(&world, 365, &need_fen), 30);
    assert_int_equal(need_fen, 300); /* 100 - 300 + 500 - 300 - 300 */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_repaid_late_where_money_comes_late),
        cmocka_unit_test(is_repaid_on_time_by_a_sweep_that_leaves_wages_short),
        cmocka_unit_test(sweeps_what_could_be_locked_only_where_told_to),
        cmocka_unit_test(counts_the_principal_that_a_renewal_replaces),
        cmocka_unit_test(finds_the_first_shortfall_and_the_need),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
