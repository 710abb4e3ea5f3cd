/*
 * cashflow.h - stage 4: when does the money run out, and does the loan come back?
 *
 * A weekly simulation on 2^paths_log2 paths. Every draw is keyed by the policy's seed and the identity of what it is drawn
 * for (kind, contract, milestone), never by position, and is a stratified shuffle over the paths; so variants of a
 * dossier are coupled path by path and the result is the same bytes everywhere. The simulation is done once per
 * dossier; what depends on the loan (amount, maturity, sweep, locks) is evaluated on the stored paths. Pure. Thread: any,
 * one workspace per thread.
 */
#ifndef SCORING_CASHFLOW_H
#define SCORING_CASHFLOW_H

#include "scoring/pipeline.h"

#define CASHFLOW_PATHS_LOG2_MAX 12
#define CASHFLOW_PATHS_MAX (1 << CASHFLOW_PATHS_LOG2_MAX)
#define CASHFLOW_FAN_PATHS 512 /* for the eye: a quantile of 512 is good to a point or two of percent */
#define CASHFLOW_WEEKS_MAX 128   /* longest tenor 24 months and a tail of 20 weeks */
#define CASHFLOW_PAYROLLS_MAX 36 /* months within them, and the thirteenth */
#define CASHFLOW_TENORS_MAX 8

struct cashflow_workspace; /* the stored paths; about 10 MB, made once per thread */

struct cashflow_workspace *cashflow_workspace_new(void);
void cashflow_workspace_free(struct cashflow_workspace *workspace);

struct cashflow_week {
    int64_t p5_fen, p25_fen, p50_fen, p75_fen, p95_fen; /* cash at the week's end, without the loan */
};

/* What is known before any loan is considered. */
struct cashflow_result {
    int32_t paths;
    int32_t weeks;
    int32_t fan_paths;               /* the quantiles of the weeks are read from the first so many paths */
    const struct cashflow_week *fan; /* one per week; week 0 starts on as_of; arena */
    int32_t shortfall_ppm;           /* P(cash below zero in any week up to the longest tenor), without the loan */
    int32_t shortfall_first_week;    /* median over the paths that have one; -1: none has */
    int64_t need_p50_fen;            /* deepest shortfall in the same weeks; a renewal adds the principal replaced */
    int64_t need_p95_fen;
};

/* Simulate; fills the workspace for the functions below. */
void cashflow_simulate(const struct dossier *dossier, const struct policy *policy, struct date as_of,
                       const struct delay_result *delay, const struct pipeline_result *pipeline,
                       struct cashflow_workspace *workspace, struct arena *arena, struct cashflow_result *result);

/* One week, on average over the paths. */
struct cashflow_expected_week {
    int64_t receipt_fen;         /* of contracts that are signed */
    int64_t outlook_receipt_fen; /* of renewals and of contracts not signed yet, as often as they come about */
    int64_t payment_fen;         /* wages, other costs, debt */
    int64_t outlook_payment_fen; /* wages of that outlook */
};

/* What is expected to come and go, without the loan: the simulation's means, where cashflow_result has quantiles. */
struct cashflow_expectation {
    int64_t opening_fen; /* unrestricted cash on as_of */
    int32_t weeks;       /* as many as the result has, and the same ones */
    const struct cashflow_expected_week *rows; /* arena */
};

/* The means of the paths that cashflow_simulate draws for the same arguments. Uses the workspace; what it holds for loans stays. */
void cashflow_expect(const struct dossier *dossier, const struct policy *policy, struct date as_of,
                     const struct delay_result *delay, const struct pipeline_result *pipeline,
                     struct cashflow_workspace *workspace, struct arena *arena, struct cashflow_expectation *expectation);

/* Which accounts a loan may be swept from. */
enum cashflow_sweep {
    CASHFLOW_SWEEP_LOCKED = 0, /* accounts locked today */
    CASHFLOW_SWEEP_LOCKABLE    /* the account of every sweepable contract */
};

/* A loan put to the test. */
struct cashflow_loan {
    enum cashflow_sweep sweep;
    int64_t amount_fen;
    int32_t tenor_months; /* one of the policy's */
    int32_t rate_bp;      /* interest is charged at this rate, simple, to maturity */
    /* Interest taken off in the wage test: that of the largest loan under consideration, so that the sweep a smaller
     * loan may carry is never larger (the search for an amount relies on it). */
    int64_t interest_reference_fen;
};

struct cashflow_repayment {
    int32_t sweep_share_bp;
    int32_t repaid_ppm[2][2]; /* [with renewals][within 90 days of maturity] */
    int32_t wage_gap_ppm;     /* P(worst wage gap with loan and sweep above the policy's tolerance) */
    int32_t wage_gap_without_ppm; /* the same without the loan */
    int32_t wages_short_ppm;  /* P(wages short at all, on any payday up to maturity, with loan and sweep) */
    int32_t wages_short_without_ppm;
    int64_t wage_gap_p50_fen; /* worst gap with loan and sweep; 0 where wages are never short */
    int64_t wage_gap_p95_fen;
    int64_t expected_loss_fen;/* mean unpaid 90 days after maturity, read as the policy's floor reads renewals, times the
                                 policy's unsecured loss given default */
};

int64_t cashflow_interest_fen(int64_t amount_fen, int32_t rate_bp, int32_t months);

/*
 * The largest share of receipts (whole steps up to the policy's largest) that may be swept while the probability of a wage
 * gap stays within the policy's bound; 0 where none does. Never falls as the amount rises.
 */
int32_t cashflow_sweep_share_bp(const struct cashflow_workspace *workspace, const struct policy *policy, const struct cashflow_loan *loan);

/* P(repaid) as the policy's floor reads it, at this share. Falls as the amount rises, rises with the share. */
int32_t cashflow_repaid_ppm(const struct cashflow_workspace *workspace, const struct policy *policy,
                            const struct cashflow_loan *loan, int32_t sweep_share_bp);

/*
 * The least share (whole steps up to `share_max_bp`) at which P(repaid) still reaches the policy's floor: what the lender has to
 * take, where share_max_bp is what it may take. share_max_bp itself where no share reaches the floor.
 */
int32_t cashflow_sufficient_share_bp(const struct cashflow_workspace *workspace, const struct policy *policy,
                                     const struct cashflow_loan *loan, int32_t share_max_bp);

/* Everything about one loan at one share: the one that cashflow_sweep_share_bp gives. */
void cashflow_repayment(struct cashflow_workspace *workspace, const struct policy *policy, const struct cashflow_loan *loan,
                        int32_t sweep_share_bp, struct cashflow_repayment *result);

#endif
