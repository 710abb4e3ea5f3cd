/* Stage 4: quantiles against sorting, and a loan on paths laid by hand, where every answer can be counted. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "scoring/cashflow_internal.h"

#include <stdlib.h>
#include <string.h>

static int compare_values(const void *left, const void *right)
{
    int64_t a = *(const int64_t *)left;
    int64_t b = *(const int64_t *)right;
    return (a > b) - (a < b);
}

static void quantiles_equal_those_of_a_sorted_copy(void **state)
{
    (void)state;
    static int64_t values[4096];
    static int64_t sorted[4096];
    const size_t sizes[] = {1, 2, 3, 100, 1024, 4096};
    const int64_t spreads[] = {1, 2, 1000, INT64_C(1000000000000), CASHFLOW_SUM_MAX};
    for (size_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++) {
        for (size_t k = 0; k < sizeof spreads / sizeof spreads[0]; k++) {
            size_t count = sizes[s];
            for (size_t i = 0; i < count; i++) {
                uint32_t word[4];
                rng_philox((struct rng_key){{(uint32_t)k, 7}}, (uint32_t[4]){(uint32_t)i, 0, 0, 0}, word);
                int64_t wide = (int64_t)(((uint64_t)word[0] << 31) | word[1] >> 1);
                values[i] = wide % spreads[k] - spreads[k] / 2;
            }
            memcpy(sorted, values, count * sizeof *values);
            qsort(sorted, count, sizeof *sorted, compare_values);
            const size_t ranks[] = {count * 5 / 100, count / 2, count / 2, count * 95 / 100, count - 1};
            int64_t quantile[5];
            cashflow_quantiles(values, count, ranks, 5, quantile);
            for (int i = 0; i < 5; i++)
                assert_int_equal(quantile[i], sorted[ranks[i]]);
        }
    }
}

/* 12 % a year for 6 months of 1,000,000 fen is 60,000; rounding is up. */
static void interest_is_simple_and_rounded_up(void **state)
{
    (void)state;
    assert_int_equal(cashflow_interest_fen(1000000, 1200, 6), 60000);
    assert_int_equal(cashflow_interest_fen(1, 1, 1), 1);
    assert_int_equal(cashflow_interest_fen(0, 600, 12), 0);
}

static const struct policy POLICY = {
    .repayment = {.sweep_share_max_bp = 5000, .sweep_share_step_bp = 500, .wage_gap_tolerance_bp = 10000,
                  .wage_gap_probability_max_ppm = 250000, .floor_ppm = 900000, .floor_with_renewals = true, .floor_within_90_days = true},
};

/*
 * Four paths, one tenor of 12 months, one payroll of 100 before maturity, no interest. Loan 1000.
 * Cash before wages without the loan, and receipts that could be swept by then and by maturity:
 */
static const struct {
    int64_t low, swept_by_payroll, swept_by_maturity, cash_at_maturity;
} PATHS[4] = {
    {-500, 0, 4000, -100},    /* the loan bridges it; the sweep repays */
    {-300, 1000, 2000, 50},   /* cash covers it in the end */
    {-1000, 2000, 3000, -10}, /* a sweep of half leaves wages short by 1000 */
    {500, 0, 0, -1},          /* never short, never swept, not repaid */
};

static struct cashflow_workspace *lay_paths(void)
{
    struct cashflow_workspace *workspace = cashflow_workspace_new();
    workspace->paths = 4;
    workspace->tenor_count = 1;
    workspace->tenor_months[0] = 12;
    workspace->payroll_count = 1;
    workspace->payrolls_by[0] = 1;
    workspace->payroll_month_fen = 100;
    for (int path = 0; path < 4; path++) {
        workspace->low_fen[0][path] = PATHS[path].low;
        workspace->low_swept_fen[CASHFLOW_SWEEP_LOCKABLE][0][path] = PATHS[path].swept_by_payroll;
        for (int late = 0; late < 2; late++) {
            workspace->standing[0][late].cash_fen[path] = PATHS[path].cash_at_maturity;
            workspace->standing[0][late].swept_fen[CASHFLOW_SWEEP_LOCKABLE][path] = PATHS[path].swept_by_maturity;
        }
    }
    return workspace;
}

static const struct cashflow_loan LOAN = {.sweep = CASHFLOW_SWEEP_LOCKABLE, .amount_fen = 1000, .tenor_months = 12};

/* With half swept, path 3 alone is short by more than a month's wages: one in four, just within the bound. */
static void the_sweep_is_the_largest_share_within_the_wage_bound(void **state)
{
    (void)state;
    struct cashflow_workspace *workspace = lay_paths();
    struct policy strict = POLICY;
    strict.repayment.wage_gap_probability_max_ppm = 249999;

    assert_int_equal(cashflow_sweep_share_bp(workspace, &POLICY, &LOAN), 5000);
    /* path 3: cash 0 after loan, a month's tolerance of 100 is 5 % of 2000 */
    assert_int_equal(cashflow_sweep_share_bp(workspace, &strict, &LOAN), 500);
    cashflow_workspace_free(workspace);
}

static void nothing_is_swept_where_nothing_is_locked(void **state)
{
    (void)state;
    struct cashflow_workspace *workspace = lay_paths();
    struct cashflow_loan unlocked = LOAN;
    unlocked.sweep = CASHFLOW_SWEEP_LOCKED;
    assert_int_equal(cashflow_sweep_share_bp(workspace, &POLICY, &unlocked), 0);
    assert_int_equal(cashflow_repaid_ppm(workspace, &POLICY, &unlocked, 0), 250000); /* path 2, by cash */
    cashflow_workspace_free(workspace);
}

/* Half of 4000, of 2000 and of 3000 reach 1000; path 4 has nothing. */
static void the_sweep_repays_where_cash_alone_would_not(void **state)
{
    (void)state;
    struct cashflow_workspace *workspace = lay_paths();
    struct cashflow_repayment result;
    assert_int_equal(cashflow_repaid_ppm(workspace, &POLICY, &LOAN, 5000), 750000);
    assert_int_equal(cashflow_repaid_ppm(workspace, &POLICY, &LOAN, 2500), 500000);

    cashflow_repayment(workspace, &POLICY, &LOAN, cashflow_sweep_share_bp(workspace, &POLICY, &LOAN), &result);
    assert_int_equal(result.sweep_share_bp, 5000);
    assert_int_equal(result.repaid_ppm[1][1], 750000);
    assert_int_equal(result.wage_gap_ppm, 250000);
    assert_int_equal(result.wage_gap_p95_fen, 1000);
    /* with the loan path 3 is short; without it the first three are */
    assert_int_equal(result.wages_short_ppm, 250000);
    assert_int_equal(result.wages_short_without_ppm, 750000);
    /* path 4 has 999 of its loan left and owes 1000: one fen lost over four paths rounds to nothing */
    assert_int_equal(result.expected_loss_fen, 0);
    cashflow_workspace_free(workspace);
}

/* A quarter of 4000 and half of 2000 reach 1000, a third of 3000 too: three of four paths at half, two at a quarter. */
static void the_sufficient_share_is_the_least_that_reaches_the_floor(void **state)
{
    (void)state;
    struct cashflow_workspace *workspace = lay_paths();
    struct policy policy = POLICY;
    policy.repayment.floor_ppm = 750000;
    assert_int_equal(cashflow_sufficient_share_bp(workspace, &policy, &LOAN, 5000), 3500);
    policy.repayment.floor_ppm = 500000;
    assert_int_equal(cashflow_sufficient_share_bp(workspace, &policy, &LOAN, 5000), 2500);
    policy.repayment.floor_ppm = 250000; /* path 2 has cash */
    assert_int_equal(cashflow_sufficient_share_bp(workspace, &policy, &LOAN, 5000), 0);
    policy.repayment.floor_ppm = 1000000;
    assert_int_equal(cashflow_sufficient_share_bp(workspace, &policy, &LOAN, 5000), 5000);
    cashflow_workspace_free(workspace);
}

/* Path 2 has the money on the day; that it has spent it 90 days later does not undo the repayment. */
static void repaid_on_the_day_is_repaid_within_90_days(void **state)
{
    (void)state;
    struct cashflow_workspace *workspace = lay_paths();
    struct cashflow_repayment result;
    struct cashflow_loan unlocked = LOAN;
    unlocked.sweep = CASHFLOW_SWEEP_LOCKED;
    workspace->standing[0][1].cash_fen[1] = -5;
    cashflow_repayment(workspace, &POLICY, &unlocked, 0, &result);
    assert_int_equal(result.repaid_ppm[1][0], 250000);
    assert_int_equal(result.repaid_ppm[1][1], 250000);
    cashflow_workspace_free(workspace);
}

static void renewals_are_taken_out_of_the_stricter_reading(void **state)
{
    (void)state;
    struct cashflow_workspace *workspace = lay_paths();
    struct cashflow_repayment result;
    struct cashflow_loan unlocked = LOAN;
    unlocked.sweep = CASHFLOW_SWEEP_LOCKED;
    workspace->standing[0][0].outlook_fen[1] = 60; /* path 2 has its cash from a renewal */
    workspace->standing[0][1].outlook_fen[1] = 60;
    cashflow_repayment(workspace, &POLICY, &unlocked, 0, &result);
    assert_int_equal(result.repaid_ppm[1][1], 250000);
    assert_int_equal(result.repaid_ppm[0][1], 0);
    cashflow_workspace_free(workspace);
}

/* The two monotonicities on which the search for an amount stands, over many shares and amounts. */
static void a_larger_loan_bears_no_smaller_sweep_and_is_repaid_no_more_often(void **state)
{
    (void)state;
    struct cashflow_workspace *workspace = lay_paths();
    int32_t share_before = 0;
    for (int64_t amount = 50; amount <= 3000; amount += 50) {
        struct cashflow_loan loan = LOAN;
        loan.amount_fen = amount;
        int32_t share = cashflow_sweep_share_bp(workspace, &POLICY, &loan);
        assert_true(share >= share_before);
        share_before = share;
        for (int32_t swept = 0; swept <= 5000; swept += 500) {
            struct cashflow_loan larger = loan;
            larger.amount_fen += 50;
            int32_t repaid = cashflow_repaid_ppm(workspace, &POLICY, &loan, swept);
            assert_true(cashflow_repaid_ppm(workspace, &POLICY, &larger, swept) <= repaid);
            assert_true(cashflow_repaid_ppm(workspace, &POLICY, &loan, swept + 500) >= repaid);
        }
    }
    cashflow_workspace_free(workspace);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quantiles_equal_those_of_a_sorted_copy),
        cmocka_unit_test(interest_is_simple_and_rounded_up),
        cmocka_unit_test(the_sweep_is_the_largest_share_within_the_wage_bound),
        cmocka_unit_test(nothing_is_swept_where_nothing_is_locked),
        cmocka_unit_test(the_sweep_repays_where_cash_alone_would_not),
        cmocka_unit_test(the_sufficient_share_is_the_least_that_reaches_the_floor),
        cmocka_unit_test(repaid_on_the_day_is_repaid_within_90_days),
        cmocka_unit_test(renewals_are_taken_out_of_the_stricter_reading),
        cmocka_unit_test(a_larger_loan_bears_no_smaller_sweep_and_is_repaid_no_more_often),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
