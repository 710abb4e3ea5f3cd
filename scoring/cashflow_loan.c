#include "scoring/cashflow_internal.h"

#include "base/dispatch.h"
#include "base/money.h"

#include <assert.h>

#define MONTHS_A_YEAR 12
#define LATE_MONTHS 3 /* 90 days */

int64_t cashflow_interest_fen(int64_t amount_fen, int32_t rate_bp, int32_t months)
{
    return money_mul_ratio_ceil(amount_fen, (int64_t)rate_bp * months, (int64_t)MONEY_BP_ONE * MONTHS_A_YEAR);
}

static int32_t tenor_index(const struct cashflow_workspace *workspace, int32_t tenor_months)
{
    int32_t index = 0;
    while (index < workspace->tenor_count && workspace->tenor_months[index] != tenor_months)
        index++;
    assert(index < workspace->tenor_count); /* only the policy's tenors are simulated */
    return index;
}

static int32_t share_of_paths_ppm(const struct cashflow_workspace *workspace, int64_t paths)
{
    return (int32_t)(paths * MONEY_PPM_ONE / workspace->paths);
}

/* The share as a fraction in lowest terms, so that products stay small. */
struct fraction {
    int64_t part;
    int64_t whole;
};

static struct fraction fraction_of_bp(int32_t share_bp)
{
    int64_t a = share_bp;
    int64_t b = MONEY_BP_ONE;
    while (a != 0) { /* Euclid */
        int64_t rest = b % a;
        b = a;
        a = rest;
    }
    return (struct fraction){share_bp / b, MONEY_BP_ONE / b};
}

static int64_t smaller(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/*
 * On how many paths are wages ever short by more than the tolerance? The loan lifts cash by its amount, less the principal
 * it replaces; the sweep takes it back as receipts come, until the principal is repaid; interest is taken off from
 * the start.
 */
ZCD_WIDE static int64_t count_wage_gaps(const struct cashflow_workspace *workspace, const struct cashflow_loan *loan, int32_t share_bp,
                               int64_t tolerance_fen)
{
    const struct fraction share = fraction_of_bp(share_bp);
    const int64_t lift_fen = loan->amount_fen - workspace->replaced_fen - loan->interest_reference_fen + tolerance_fen;
    const int32_t payrolls = workspace->payrolls_by[tenor_index(workspace, loan->tenor_months)];
    uint8_t is_short[CASHFLOW_PATHS_MAX] = {0};

    for (int32_t k = 0; k < payrolls; k++) {
        const int64_t *low_fen = workspace->low_fen[k];
        const int64_t *swept_fen = workspace->low_swept_fen[loan->sweep][k];
        for (int32_t path = 0; path < workspace->paths; path++) {
            int64_t room_fen = low_fen[path] + lift_fen; /* what a sweep may have taken by now */
            is_short[path] |= (uint8_t)((swept_fen[path] * share.part > room_fen * share.whole) & (loan->amount_fen > room_fen));
        }
    }
    int64_t count = 0;
    for (int32_t path = 0; path < workspace->paths; path++)
        count += is_short[path];
    return count;
}

static int64_t tolerance_fen(const struct cashflow_workspace *workspace, const struct policy *policy)
{
    return money_mul_bp_floor(workspace->payroll_month_fen, policy->repayment.wage_gap_tolerance_bp);
}

/* The same without any loan: what was to be replaced is repaid when it falls due. */
static int64_t count_gaps_without(const struct cashflow_workspace *workspace, int32_t tenor, int64_t tolerance_fen)
{
    int64_t count = 0;
    for (int32_t path = 0; path < workspace->paths; path++) {
        bool is_short = false;
        for (int32_t k = 0; k < workspace->payrolls_by[tenor]; k++) {
            int64_t due_fen = workspace->replaced_by[k] ? workspace->replaced_fen : 0;
            is_short = is_short || workspace->low_fen[k][path] - due_fen < -tolerance_fen;
        }
        count += is_short;
    }
    return count;
}

static bool share_is_bearable(const struct cashflow_workspace *workspace, const struct policy *policy, const struct cashflow_loan *loan,
                              int32_t share_bp)
{
    int64_t count = count_wage_gaps(workspace, loan, share_bp, tolerance_fen(workspace, policy));
    return share_of_paths_ppm(workspace, count) <= policy->repayment.wage_gap_probability_max_ppm;
}

static bool anything_to_sweep(const struct cashflow_workspace *workspace, const struct cashflow_loan *loan)
{
    const int64_t *swept_fen = workspace->standing[tenor_index(workspace, loan->tenor_months)][1].swept_fen[loan->sweep];
    for (int32_t path = 0; path < workspace->paths; path++) {
        if (swept_fen[path] > 0)
            return true;
    }
    return false;
}

/* A larger share only adds wage gaps, so the largest bearable one is found by halving. */
int32_t cashflow_sweep_share_bp(const struct cashflow_workspace *workspace, const struct policy *policy, const struct cashflow_loan *loan)
{
    const int32_t step_bp = (int32_t)policy->repayment.sweep_share_step_bp;
    int32_t low = 0; /* steps that are bearable, or none */
    int32_t high = (int32_t)policy->repayment.sweep_share_max_bp / step_bp;

    if (!anything_to_sweep(workspace, loan))
        return 0;
    if (share_is_bearable(workspace, policy, loan, high * step_bp))
        return high * step_bp;
    while (high - low > 1) {
        int32_t middle = (low + high) / 2;
        if (share_is_bearable(workspace, policy, loan, middle * step_bp))
            low = middle;
        else
            high = middle;
    }
    return low * step_bp;
}

/* What a path must have at one day for the loan to be repaid: principal and interest swept, or the interest in cash. */
struct hurdle {
    const int64_t *swept_fen;
    const int64_t *cash_fen;
    const int64_t *outlook_fen;
    int64_t owed; /* in parts of the share */
    int64_t cash_least_fen; /* interest, and what the loan replaced, which it has repaid */
};

static struct hurdle hurdle_of(const struct cashflow_workspace *workspace, const struct cashflow_loan *loan, struct fraction share, bool late)
{
    const struct cashflow_standing *standing = &workspace->standing[tenor_index(workspace, loan->tenor_months)][late];
    int64_t interest_fen = cashflow_interest_fen(loan->amount_fen, loan->rate_bp, loan->tenor_months + (late ? LATE_MONTHS : 0));
    return (struct hurdle){standing->swept_fen[loan->sweep], standing->cash_fen, standing->outlook_fen,
                           (loan->amount_fen + interest_fen) * share.whole, interest_fen + workspace->replaced_fen};
}

/*
 * Mark and count the paths on which the loan is repaid. Within 90 days means on the day or 90 days later; money that was
 * there only in between is not counted on.
 */
ZCD_WIDE static int64_t find_repaid(const struct cashflow_workspace *workspace, const struct cashflow_loan *loan, int32_t share_bp,
                                    bool with_renewals, bool late, uint8_t *is_repaid)
{
    const struct fraction share = fraction_of_bp(share_bp);
    const struct hurdle first = hurdle_of(workspace, loan, share, false);
    const struct hurdle last = hurdle_of(workspace, loan, share, late);
    const int64_t renewals_out = with_renewals ? 0 : -1;
    int64_t count = 0;
    for (int32_t path = 0; path < workspace->paths; path++) {
        int64_t cash_first_fen = first.cash_fen[path] - (first.outlook_fen[path] & renewals_out);
        int64_t cash_last_fen = last.cash_fen[path] - (last.outlook_fen[path] & renewals_out);
        bool by_first = (first.swept_fen[path] * share.part >= first.owed) | (cash_first_fen >= first.cash_least_fen);
        bool by_last = (last.swept_fen[path] * share.part >= last.owed) | (cash_last_fen >= last.cash_least_fen);
        is_repaid[path] = by_first | by_last;
        count += is_repaid[path];
    }
    return count;
}

static int64_t count_repaid(const struct cashflow_workspace *workspace, const struct cashflow_loan *loan, int32_t share_bp,
                            bool with_renewals, bool late)
{
    uint8_t is_repaid[CASHFLOW_PATHS_MAX];
    return find_repaid(workspace, loan, share_bp, with_renewals, late, is_repaid);
}

int32_t cashflow_repaid_ppm(const struct cashflow_workspace *workspace, const struct policy *policy, const struct cashflow_loan *loan,
                            int32_t sweep_share_bp)
{
    return share_of_paths_ppm(workspace, count_repaid(workspace, loan, sweep_share_bp, policy->repayment.floor_with_renewals,
                                                      policy->repayment.floor_within_90_days));
}

/* What is still owed 90 days after maturity, on average over the paths; nothing where the loan was repaid by then. */
static int64_t mean_unpaid_fen(const struct cashflow_workspace *workspace, const struct cashflow_loan *loan, int32_t share_bp, bool with_renewals)
{
    const struct cashflow_standing *standing = &workspace->standing[tenor_index(workspace, loan->tenor_months)][1];
    const struct fraction share = fraction_of_bp(share_bp);
    const int64_t owed_fen = loan->amount_fen + cashflow_interest_fen(loan->amount_fen, loan->rate_bp, loan->tenor_months + LATE_MONTHS);
    uint8_t is_repaid[CASHFLOW_PATHS_MAX];
    int64_t sum_fen = 0;

    (void)find_repaid(workspace, loan, share_bp, with_renewals, true, is_repaid);
    for (int32_t path = 0; path < workspace->paths; path++) {
        if (is_repaid[path])
            continue;
        int64_t outlook_fen = with_renewals ? 0 : standing->outlook_fen[path];
        int64_t cash_fen = standing->cash_fen[path] - outlook_fen + loan->amount_fen - workspace->replaced_fen;
        int64_t swept_fen = standing->swept_fen[loan->sweep][path] * share.part / share.whole;
        int64_t paid_fen = cash_fen > swept_fen ? cash_fen : swept_fen;
        paid_fen = paid_fen < 0 ? 0 : smaller(paid_fen, owed_fen);
        sum_fen += owed_fen - paid_fen;
    }
    return sum_fen / workspace->paths;
}

/* The worst gap of every path, into the scratch row; in parts of the share until the end, so that nothing is divided twice. */
ZCD_WIDE static void fill_wage_gaps(struct cashflow_workspace *workspace, const struct cashflow_loan *loan, int32_t share_bp)
{
    const struct fraction share = fraction_of_bp(share_bp);
    const int32_t payrolls = workspace->payrolls_by[tenor_index(workspace, loan->tenor_months)];
    const int64_t most = loan->amount_fen * share.whole;
    const int64_t lift = (loan->amount_fen - workspace->replaced_fen - loan->interest_reference_fen) * share.whole;
    int64_t *worst = workspace->scratch_fen;

    for (int32_t path = 0; path < workspace->paths; path++)
        worst[path] = 0;
    for (int32_t k = 0; k < payrolls; k++) {
        const int64_t *low_fen = workspace->low_fen[k];
        const int64_t *swept_fen = workspace->low_swept_fen[loan->sweep][k];
        for (int32_t path = 0; path < workspace->paths; path++) {
            int64_t gap = smaller(swept_fen[path] * share.part, most) - low_fen[path] * share.whole - lift;
            worst[path] = gap > worst[path] ? gap : worst[path];
        }
    }
    for (int32_t path = 0; path < workspace->paths; path++)
        worst[path] /= share.whole;
}

void cashflow_repayment(struct cashflow_workspace *workspace, const struct policy *policy, const struct cashflow_loan *loan,
                        int32_t share_bp, struct cashflow_repayment *result)
{
    *result = (struct cashflow_repayment){.sweep_share_bp = share_bp};
    for (int renewals = 0; renewals < 2; renewals++) {
        for (int late = 0; late < 2; late++)
            result->repaid_ppm[renewals][late] =
                share_of_paths_ppm(workspace, count_repaid(workspace, loan, share_bp, renewals != 0, late != 0));
    }
    result->wage_gap_ppm = share_of_paths_ppm(workspace, count_wage_gaps(workspace, loan, share_bp, tolerance_fen(workspace, policy)));
    result->wage_gap_without_ppm = share_of_paths_ppm(
        workspace, count_gaps_without(workspace, tenor_index(workspace, loan->tenor_months), tolerance_fen(workspace, policy)));
    result->expected_loss_fen = money_mul_bp_floor(
        mean_unpaid_fen(workspace, loan, share_bp, policy->repayment.floor_with_renewals), policy->price.lgd_bp);

    size_t count = (size_t)workspace->paths;
    const size_t ranks[] = {count / 2, count * 95 / 100};
    int64_t quantile[2];
    fill_wage_gaps(workspace, loan, share_bp);
    cashflow_quantiles(workspace->scratch_fen, count, ranks, 2, quantile);
    result->wage_gap_p50_fen = quantile[0];
    result->wage_gap_p95_fen = quantile[1];
}
