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

static int64_t count_marked(const struct cashflow_workspace *workspace, const uint8_t *mark)
{
    int64_t count = 0;
    for (int32_t path = 0; path < workspace->paths; path++)
        count += mark[path];
    return count;
}

/*
 * On how many paths are wages ever short by more than the tolerance? The loan lifts cash by its amount, less the principal
 * it replaces; the sweep takes it back as receipts come, until the principal is repaid; interest is taken off from
 * the start.
 */
static inline ZCD_WIDE_BODY int64_t count_wage_gaps_body(const struct cashflow_workspace *workspace,
                                                         const struct cashflow_loan *loan, int32_t share_bp, int64_t tolerance_fen)
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
    return count_marked(workspace, is_short);
}

ZCD_WIDE(int64_t, count_wage_gaps,
         (const struct cashflow_workspace *workspace, const struct cashflow_loan *loan, int32_t share_bp, int64_t tolerance_fen),
         (workspace, loan, share_bp, tolerance_fen))

static int64_t tolerance_fen(const struct cashflow_workspace *workspace, const struct policy *policy)
{
    return money_mul_bp_floor(workspace->payroll_month_fen, policy->repayment.wage_gap_tolerance_bp);
}

/* The same without any loan: what was to be replaced is repaid when it falls due. */
static inline ZCD_WIDE_BODY int64_t count_gaps_without_body(const struct cashflow_workspace *workspace, int32_t tenor,
                                                            int64_t tolerance_fen)
{
    uint8_t is_short[CASHFLOW_PATHS_MAX] = {0};
    for (int32_t k = 0; k < workspace->payrolls_by[tenor]; k++) {
        const int64_t *low_fen = workspace->low_fen[k];
        const int64_t least_fen = (workspace->replaced_by[k] ? workspace->replaced_fen : 0) - tolerance_fen;
        for (int32_t path = 0; path < workspace->paths; path++)
            is_short[path] |= low_fen[path] < least_fen;
    }
    return count_marked(workspace, is_short);
}

ZCD_WIDE(int64_t, count_gaps_without, (const struct cashflow_workspace *workspace, int32_t tenor, int64_t tolerance_fen),
         (workspace, tenor, tolerance_fen))

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
    const int64_t *received_fen; /* that a sweep may take */
    const int64_t *cash_fen;
    const int64_t *outlook_fen;
    int64_t received_least_fen; /* so that its share covers principal and interest */
    int64_t cash_least_fen;     /* interest, and what the loan replaced, which it has repaid */
};

static int64_t divided_up(int64_t value, int64_t divisor)
{
    return (value + divisor - 1) / divisor;
}

static struct hurdle hurdle_of(const struct cashflow_workspace *workspace, const struct cashflow_loan *loan, struct fraction share, bool late)
{
    const struct cashflow_standing *standing = &workspace->standing[tenor_index(workspace, loan->tenor_months)][late];
    int64_t interest_fen = cashflow_interest_fen(loan->amount_fen, loan->rate_bp, loan->tenor_months + (late ? LATE_MONTHS : 0));
    int64_t owed = (loan->amount_fen + interest_fen) * share.whole; /* in parts of the share */
    return (struct hurdle){standing->swept_fen[loan->sweep], standing->cash_fen, standing->outlook_fen,
                           share.part > 0 ? divided_up(owed, share.part) : INT64_MAX, interest_fen + workspace->replaced_fen};
}

/* Is the loan repaid on this path on the hurdle's day? renewals_out: -1 leaves out what hangs on renewals, 0 counts it. */
static inline int is_over(const struct hurdle *hurdle, int32_t path, int64_t renewals_out)
{
    int64_t cash_fen = hurdle->cash_fen[path] - (hurdle->outlook_fen[path] & renewals_out);
    return (hurdle->received_fen[path] >= hurdle->received_least_fen) | (cash_fen >= hurdle->cash_least_fen);
}

/*
 * Count the paths on which the loan is repaid. Within 90 days means on the day or 90 days later; money that was there
 * only in between is not counted on.
 */
static inline ZCD_WIDE_BODY int64_t count_repaid_body(const struct cashflow_workspace *workspace, const struct cashflow_loan *loan,
                                                      int32_t share_bp, bool with_renewals, bool late)
{
    const struct fraction share = fraction_of_bp(share_bp);
    const struct hurdle first = hurdle_of(workspace, loan, share, false);
    const struct hurdle last = hurdle_of(workspace, loan, share, late);
    const int64_t renewals_out = with_renewals ? 0 : -1;
    int64_t count = 0;
    for (int32_t path = 0; path < workspace->paths; path++)
        count += is_over(&first, path, renewals_out) | is_over(&last, path, renewals_out);
    return count;
}

ZCD_WIDE(int64_t, count_repaid,
         (const struct cashflow_workspace *workspace, const struct cashflow_loan *loan, int32_t share_bp, bool with_renewals,
          bool late),
         (workspace, loan, share_bp, with_renewals, late))

int32_t cashflow_repaid_ppm(const struct cashflow_workspace *workspace, const struct policy *policy, const struct cashflow_loan *loan,
                            int32_t sweep_share_bp)
{
    return share_of_paths_ppm(workspace, count_repaid(workspace, loan, sweep_share_bp, policy->repayment.floor_with_renewals,
                                                      policy->repayment.floor_within_90_days));
}

/* A larger share is repaid no less often, so the least one is found by halving. */
int32_t cashflow_sufficient_share_bp(const struct cashflow_workspace *workspace, const struct policy *policy,
                                     const struct cashflow_loan *loan, int32_t share_max_bp)
{
    const int32_t step_bp = (int32_t)policy->repayment.sweep_share_step_bp;
    int32_t low = -1; /* steps that do not suffice */
    int32_t high = share_max_bp / step_bp;

    while (high - low > 1) {
        int32_t middle = low + (high - low) / 2;
        if (cashflow_repaid_ppm(workspace, policy, loan, middle * step_bp) < policy->repayment.floor_ppm)
            low = middle;
        else
            high = middle;
    }
    return high * step_bp;
}

/* All four readings of "repaid" in one pass. [with renewals][late] */
struct repaid {
    int64_t paths[2][2];
    uint8_t is_repaid[2][CASHFLOW_PATHS_MAX]; /* [with renewals]: within 90 days */
};

static inline ZCD_WIDE_BODY void find_repaid_body(const struct cashflow_workspace *workspace, const struct cashflow_loan *loan,
                                                  int32_t share_bp, struct repaid *repaid)
{
    const struct fraction share = fraction_of_bp(share_bp);
    const struct hurdle first = hurdle_of(workspace, loan, share, false);
    const struct hurdle last = hurdle_of(workspace, loan, share, true);
    for (int renewals = 0; renewals < 2; renewals++) {
        const int64_t renewals_out = renewals != 0 ? 0 : -1;
        int64_t on_time = 0;
        int64_t within = 0;
        for (int32_t path = 0; path < workspace->paths; path++) {
            int by_first = is_over(&first, path, renewals_out);
            int by_last = by_first | is_over(&last, path, renewals_out);
            on_time += by_first;
            within += by_last;
            repaid->is_repaid[renewals][path] = (uint8_t)by_last;
        }
        repaid->paths[renewals][0] = on_time;
        repaid->paths[renewals][1] = within;
    }
}

ZCD_WIDE(void, find_repaid,
         (const struct cashflow_workspace *workspace, const struct cashflow_loan *loan, int32_t share_bp, struct repaid *repaid),
         (workspace, loan, share_bp, repaid))

/* What is still owed 90 days after maturity, on average over the paths; nothing where the loan was repaid by then. */
static int64_t mean_unpaid_fen(const struct cashflow_workspace *workspace, const struct cashflow_loan *loan, int32_t share_bp,
                               bool with_renewals, const uint8_t *is_repaid)
{
    const struct cashflow_standing *standing = &workspace->standing[tenor_index(workspace, loan->tenor_months)][1];
    const struct fraction share = fraction_of_bp(share_bp);
    const int64_t owed_fen = loan->amount_fen + cashflow_interest_fen(loan->amount_fen, loan->rate_bp, loan->tenor_months + LATE_MONTHS);
    int64_t sum_fen = 0;

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

/* The worst gap of every path, into the scratch row, in parts of the share: dividing later is dividing less. */
static inline ZCD_WIDE_BODY void fill_wage_gaps_body(struct cashflow_workspace *workspace, const struct cashflow_loan *loan,
                                                     int32_t share_bp)
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
}

ZCD_WIDE(void, fill_wage_gaps, (struct cashflow_workspace *workspace, const struct cashflow_loan *loan, int32_t share_bp),
         (workspace, loan, share_bp))

static int64_t count_above(const struct cashflow_workspace *workspace, const int64_t *values, int64_t bound)
{
    int64_t count = 0;
    for (int32_t path = 0; path < workspace->paths; path++)
        count += values[path] > bound;
    return count;
}

static void measure_wage_gaps(struct cashflow_workspace *workspace, const struct policy *policy, const struct cashflow_loan *loan,
                              int32_t share_bp, struct cashflow_repayment *result)
{
    const int32_t tenor = tenor_index(workspace, loan->tenor_months);
    const int64_t bound_fen = tolerance_fen(workspace, policy);
    const int64_t whole = fraction_of_bp(share_bp).whole;
    const size_t count = (size_t)workspace->paths;
    const size_t ranks[] = {count / 2, count * 95 / 100};
    int64_t quantile[2];

    fill_wage_gaps(workspace, loan, share_bp);
    result->wage_gap_ppm = share_of_paths_ppm(workspace, count_above(workspace, workspace->scratch_fen, bound_fen * whole));
    result->wage_gap_without_ppm = share_of_paths_ppm(workspace, count_gaps_without(workspace, tenor, bound_fen));
    result->wages_short_ppm = share_of_paths_ppm(workspace, count_above(workspace, workspace->scratch_fen, 0));
    result->wages_short_without_ppm = share_of_paths_ppm(workspace, count_gaps_without(workspace, tenor, 0));
    cashflow_quantiles(workspace->scratch_fen, count, ranks, 2, quantile);
    result->wage_gap_p50_fen = quantile[0] / whole;
    result->wage_gap_p95_fen = quantile[1] / whole;
}

void cashflow_repayment(struct cashflow_workspace *workspace, const struct policy *policy, const struct cashflow_loan *loan,
                        int32_t share_bp, struct cashflow_repayment *result)
{
    const bool with_renewals = policy->repayment.floor_with_renewals;
    struct repaid repaid;

    find_repaid(workspace, loan, share_bp, &repaid);
    *result = (struct cashflow_repayment){.sweep_share_bp = share_bp};
    for (int renewals = 0; renewals < 2; renewals++) {
        for (int late = 0; late < 2; late++)
            result->repaid_ppm[renewals][late] = share_of_paths_ppm(workspace, repaid.paths[renewals][late]);
    }
    int64_t unpaid_fen = mean_unpaid_fen(workspace, loan, share_bp, with_renewals, repaid.is_repaid[with_renewals]);
    result->expected_loss_fen = money_mul_bp_floor(unpaid_fen, policy->price.lgd_bp);
    measure_wage_gaps(workspace, policy, loan, share_bp, result);
}
