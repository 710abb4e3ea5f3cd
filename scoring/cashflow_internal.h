/*
 * cashflow_internal.h - what the two halves of stage 4 share: the flows to be drawn (cashflow_plan.c) and the paths
 * (cashflow.c draws them, cashflow_loan.c lends on them). Only for scoring/cashflow*.c.
 */
#ifndef SCORING_CASHFLOW_INTERNAL_H
#define SCORING_CASHFLOW_INTERNAL_H

#include "base/rng.h"
#include "scoring/cashflow.h"

#define CASHFLOW_LEVELS 4096 /* resolution of a survival curve's inverse */
#define CASHFLOW_LEVELS_LOG2 12

/*
 * Sums of money on a path are kept within this, so that a share in basis points times a sum fits in 64 bits. Nine
 * trillion yuan; no dossier of a real organisation comes near.
 */
#define CASHFLOW_SUM_MAX INT64_C(900000000000000)

/* Inverse of a survival curve: the week in which the share left falls below (level + 1/2) / CASHFLOW_LEVELS. */
struct cashflow_inverse {
    uint8_t week[CASHFLOW_LEVELS]; /* DELAY_WEEKS: never */
};

/* Which pile a receipt falls on. */
enum cashflow_pile { CASHFLOW_PILE_LOCKED = 0, CASHFLOW_PILE_LOCKABLE, CASHFLOW_PILE_OTHER, CASHFLOW_PILE_OUTLOOK, CASHFLOW_PILES };

/* One amount that arrives at one time on each path. */
struct cashflow_flow {
    enum cashflow_pile pile;
    int64_t amount_fen;
    int32_t week;              /* of the payable day; of the due day where work is not accepted; negative when past */
    bool has_slip;             /* not accepted yet: slip and term come before the delay */
    int32_t term_weeks;        /* with slip only */
    size_t curve;              /* into plan.inverses, three a curve */
    uint32_t left_q15[DELAY_STATE_COUNT]; /* share of each state's delay curve left at its age, 1 << 15 at age 0 */
    uint32_t slip_left_q15;
    size_t authority;
    size_t outlook;            /* which renewal or unsigned contract it hangs on, for pile OUTLOOK */
    struct rng_key delay_key;
    struct rng_key slip_key;
};

/* A contract that may or may not come about: a renewal, or one not yet signed. */
struct cashflow_outlook {
    int32_t threshold[DELAY_STATE_COUNT]; /* it comes about where the draw is below, of CASHFLOW_LEVELS */
    size_t authority;
    struct rng_key key;
    int64_t cost_fen[CASHFLOW_PAYROLLS_MAX]; /* what it adds to each payroll */
};

/* A day on which wages are due. */
struct cashflow_payroll {
    int32_t week;
};

struct cashflow_plan {
    int32_t weeks;
    int32_t weeks_to_longest_tenor;
    int32_t paths_log2;
    const struct cashflow_flow *flows;
    size_t flow_count;
    const struct cashflow_outlook *outlooks;
    size_t outlook_count;
    const struct cashflow_inverse *inverses; /* DELAY_STATE_COUNT for each curve */
    const struct cashflow_inverse *slip_inverse;
    const char *const *authorities; /* region codes; the key of each one's state */
    size_t authority_count;
    const struct cashflow_payroll *payrolls;
    size_t payroll_count;
    int64_t opening_fen;                       /* unrestricted cash less wages owed */
    int64_t outflow_fen[CASHFLOW_WEEKS_MAX];   /* sure outflows of each week */
    uint8_t shifted[DELAY_STATE_COUNT][CASHFLOW_WEEKS_MAX + 1]; /* week of payment when offices open late in the year */
    int32_t tenor_count;
    int32_t tenor_months[CASHFLOW_TENORS_MAX];
    int32_t maturity_week[CASHFLOW_TENORS_MAX][2]; /* of the day of maturity, and of 90 days later: its outflows count, its receipts don't */
    int64_t replaced_fen;  /* principal that a renewal replaces: without the new loan it is due in ... */
    int32_t replaced_week; /* ... this week; with it, it is repaid at the start */
    int64_t payroll_month_fen;
};

/* Read the dossier into a plan; memory from the arena. */
void cashflow_plan_build(const struct dossier *dossier, const struct policy *policy, struct date as_of,
                         const struct delay_result *delay, const struct pipeline_result *pipeline, struct arena *arena,
                         struct cashflow_plan *plan);

/* Paths are drawn in blocks, so that one block's weeks stay in the second-level cache. */
#define CASHFLOW_BLOCK 256

/* Receipts of one block, by pile and week; the last row takes what never comes. */
struct cashflow_block {
    uint32_t first; /* path */
    int64_t receipt_fen[CASHFLOW_PILES][CASHFLOW_WEEKS_MAX + 1][CASHFLOW_BLOCK];
    int64_t outlook_cost_fen[CASHFLOW_PAYROLLS_MAX][CASHFLOW_BLOCK];
};

/* Where every path stands at one maturity: after that week's outflows, before its receipts. */
struct cashflow_standing {
    int64_t cash_fen[CASHFLOW_PATHS_MAX];        /* with renewals, before any principal is replaced */
    int64_t outlook_fen[CASHFLOW_PATHS_MAX];     /* what renewals and unsigned contracts brought and cost of it */
    int64_t swept_fen[2][CASHFLOW_PATHS_MAX];    /* receipts so far that a sweep may take, by enum cashflow_sweep */
};

struct cashflow_workspace {
    struct cashflow_block block;
    int32_t paths;
    int32_t tenor_count;
    int32_t tenor_months[CASHFLOW_TENORS_MAX];
    int32_t payroll_count;
    int32_t payrolls_by[CASHFLOW_TENORS_MAX]; /* payrolls up to each maturity */
    int64_t payroll_month_fen;
    int64_t replaced_fen;
    bool replaced_by[CASHFLOW_PAYROLLS_MAX]; /* is the principal to be replaced due by this payroll? */
    /* Cash before receipts, and before any principal is replaced, in each week with wages, and what a sweep may have taken by then. */
    int64_t low_fen[CASHFLOW_PAYROLLS_MAX][CASHFLOW_PATHS_MAX];
    int64_t low_swept_fen[2][CASHFLOW_PAYROLLS_MAX][CASHFLOW_PATHS_MAX];
    struct cashflow_standing standing[CASHFLOW_TENORS_MAX][2]; /* at maturity, and 90 days later */
    int64_t lowest_fen[CASHFLOW_PATHS_MAX];
    int32_t first_week[CASHFLOW_PATHS_MAX]; /* of a shortfall; INT32_MAX: none */
    int64_t fan_fen[CASHFLOW_WEEKS_MAX][CASHFLOW_FAN_PATHS];
    int64_t scratch_fen[CASHFLOW_PATHS_MAX];
};

/*
 * The value at each rank of `values`, without sorting them all.
 *   ranks     in   ascending, each below count
 *   quantile  out  one per rank
 */
void cashflow_quantiles(const int64_t *values, size_t count, const size_t *ranks, size_t rank_count, int64_t *quantile);

#endif
