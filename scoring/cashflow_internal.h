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

/* Inverses of a payer's survival curves, one state after the other: the week in which the share left falls below
 * (level + 1/2) / CASHFLOW_LEVELS. One array, so that state and level are one index. */
struct cashflow_inverse {
    uint8_t week[DELAY_STATE_COUNT * CASHFLOW_LEVELS]; /* DELAY_WEEKS: never */
};

/* Which pile a receipt falls on. */
enum cashflow_pile { CASHFLOW_PILE_LOCKED = 0, CASHFLOW_PILE_LOCKABLE, CASHFLOW_PILE_OTHER, CASHFLOW_PILE_OUTLOOK, CASHFLOW_PILES };

/* One amount that arrives at one time on each path. */
struct cashflow_flow {
    enum cashflow_pile pile;
    int64_t amount_fen;
    int16_t week;       /* of the payable day; of the due day where work is not accepted; negative when past; within +-CASHFLOW_WEEKS_FAR */
    int16_t term_weeks; /* with slip only; up to CASHFLOW_WEEKS_FAR */
    size_t outlook;     /* which renewal or unsigned contract it hangs on, for pile OUTLOOK; else SIZE_MAX */
};

/*
 * What befalls the flows of one milestone, or of all the renewals of one contract: weeks of slip where work is not accepted, and
 * weeks of delay. It is drawn once for all of them.
 */
struct cashflow_luck {
    size_t flow_count;
    size_t authority;
    size_t curve;                         /* into plan.inverses */
    uint32_t left_q15[DELAY_STATE_COUNT]; /* share of each state's delay curve left at its age, 1 << 15 at age 0 */
    bool has_slip;                        /* not accepted yet: slip and term come before the delay */
    uint32_t slip_left_q15;
    struct rng_shuffle delay;
    struct rng_shuffle slip;
};

/* Farther than any horizon and any curve: what is farther still changes nothing. */
#define CASHFLOW_WEEKS_FAR 1000

/* A contract that may or may not come about: a renewal, or one not yet signed. */
struct cashflow_outlook {
    int32_t threshold[DELAY_STATE_COUNT]; /* it comes about where the draw is below, of CASHFLOW_LEVELS */
    size_t authority;
    struct rng_shuffle draw;
    int64_t cost_fen[CASHFLOW_PAYROLLS_MAX]; /* what it adds to each payroll */
};

/* A day on which wages are due. */
struct cashflow_payroll {
    int32_t week;
};

/* Nothing is paid in the first weeks of a calendar year: what falls due in its week `first` or later waits for the opening. */
struct cashflow_opening {
    uint8_t first_week;
    uint8_t open_week[DELAY_STATE_COUNT]; /* at most the last week of the plan */
};

#define CASHFLOW_YEARS_MAX 4 /* calendar years that CASHFLOW_WEEKS_MAX can touch */

struct cashflow_plan {
    int32_t weeks;
    int32_t weeks_to_longest_tenor;
    int32_t paths_log2;
    const struct cashflow_flow *flows;
    size_t flow_count;
    const struct cashflow_luck *lucks; /* the flows of each stand behind those of the one before */
    size_t luck_count;
    const struct cashflow_outlook *outlooks;
    size_t outlook_count;
    const struct cashflow_inverse *inverses; /* one for each curve */
    const struct cashflow_inverse *slip_inverse; /* the organisation's own; the same in every state */
    const char *const *authorities; /* region codes; the key of each one's state */
    const struct rng_shuffle *authority_draws;
    size_t authority_count;
    struct rng_shuffle system_draw;
    const struct cashflow_payroll *payrolls;
    size_t payroll_count;
    int64_t opening_fen;                       /* unrestricted cash less wages owed */
    int64_t outflow_until_fen[CASHFLOW_WEEKS_MAX]; /* sure outflows up to and in each week */
    int32_t stop_week[CASHFLOW_WEEKS_MAX]; /* where something flows out, falls due or is looked at; ascending, the first is 0 */
    int32_t stop_count;
    struct cashflow_opening openings[CASHFLOW_YEARS_MAX];
    size_t opening_count;
    int32_t tenor_count;
    int32_t tenor_months[CASHFLOW_TENORS_MAX];
    int32_t maturity_week[CASHFLOW_TENORS_MAX][2]; /* of the day of maturity, and of 90 days later: its outflows count, its receipts don't */
    int64_t replaced_fen;  /* principal that a renewal replaces: without the new loan it is due in ... */
    int32_t replaced_week; /* ... this week; with it, it is repaid at the start */
    int64_t payroll_month_fen;
    bool may_exceed; /* sums on a path may pass CASHFLOW_SUM_MAX */
};

/* Read the dossier into a plan; memory from the arena. */
void cashflow_plan_build(const struct dossier *dossier, const struct policy *policy, struct date as_of,
                         const struct delay_result *delay, const struct pipeline_result *pipeline, struct arena *arena,
                         struct cashflow_plan *plan);

/*
 * Paths are drawn in blocks and then walked a few lanes at a time: draws like long runs, and the receipts of a few lanes over
 * all weeks stay in the first-level cache while flows are scattered over them.
 */
#define CASHFLOW_BLOCK 256
#define CASHFLOW_LANES 32
#define CASHFLOW_STRIPS (CASHFLOW_BLOCK / CASHFLOW_LANES)
#define CASHFLOW_BATCH 128 /* flows drawn before they are scattered */

/* The paths of one block, and where their flows fall. */
struct cashflow_block {
    uint32_t first; /* path */
    bool pile_used[CASHFLOW_PILES];
    /* Receipts by pile and week; the row behind the last week takes what never comes. */
    int64_t receipt_fen[CASHFLOW_STRIPS][CASHFLOW_PILES][CASHFLOW_WEEKS_MAX + 1][CASHFLOW_LANES];
    int64_t outlook_cost_fen[CASHFLOW_PAYROLLS_MAX][CASHFLOW_BLOCK];
    uint8_t row[CASHFLOW_STRIPS][CASHFLOW_BATCH][CASHFLOW_LANES]; /* of receipts, where each flow of the batch falls */
};

/* Rows of paths are a little longer than they need be: at a power of two the same path of every row would fall on the same lines of the
 * cache. */
#define CASHFLOW_PATHS_ROW (CASHFLOW_PATHS_MAX + 24)

/* Where every path stands at one maturity: after that week's outflows, before its receipts. */
struct cashflow_standing {
    int64_t cash_fen[CASHFLOW_PATHS_ROW];        /* with renewals, before any principal is replaced */
    int64_t outlook_fen[CASHFLOW_PATHS_ROW];     /* what renewals and unsigned contracts brought and cost of it */
    int64_t swept_fen[2][CASHFLOW_PATHS_ROW];    /* receipts so far that a sweep may take, by enum cashflow_sweep */
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
    int64_t low_fen[CASHFLOW_PAYROLLS_MAX][CASHFLOW_PATHS_ROW];
    int64_t low_swept_fen[2][CASHFLOW_PAYROLLS_MAX][CASHFLOW_PATHS_ROW];
    struct cashflow_standing standing[CASHFLOW_TENORS_MAX][2]; /* at maturity, and 90 days later */
    int64_t lowest_fen[CASHFLOW_PATHS_ROW];
    int32_t first_week[CASHFLOW_PATHS_ROW]; /* of a shortfall; INT32_MAX: none */
    int64_t fan_fen[CASHFLOW_WEEKS_MAX][CASHFLOW_FAN_PATHS];
    int64_t scratch_fen[CASHFLOW_PATHS_ROW];
};

struct cashflow_draws;

/* Make ready to draw; memory from the arena. */
struct cashflow_draws *cashflow_draws_new(const struct cashflow_plan *plan, const struct policy_cashflow *policy, struct arena *arena);

/* Draw the paths from `first` on: their receipts and the costs that hang on outlooks. */
void cashflow_draw_block(struct cashflow_draws *draws, uint32_t first, struct cashflow_block *block);

/* Walk the paths of the workspace's block through the weeks, and store where they stand. */
void cashflow_walk_block(const struct cashflow_plan *plan, struct cashflow_workspace *workspace);

/*
 * The value at each rank of `values`, without sorting them all.
 *   count     in   1 to CASHFLOW_PATHS_MAX
 *   ranks     in   ascending, each below count; at most 8
 *   quantile  out  one per rank
 */
void cashflow_quantiles(const int64_t *values, size_t count, const size_t *ranks, size_t rank_count, int64_t *quantile);

#endif
