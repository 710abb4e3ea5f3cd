/*
 * outcome.h - what becomes of a loan in a world whose truth is known.
 *
 * The loan is paid out on as_of and repaid with interest at maturity. While it runs, the lender holds back a share of the receipts
 * that it may sweep until all that will be owed is there; the rest is paid from cash, wages first: cash below zero is wages
 * that wait. Pure. Thread: any.
 */
#ifndef GENERATOR_OUTCOME_H
#define GENERATOR_OUTCOME_H

#include "generator/world.h"

enum outcome_sweep { OUTCOME_SWEEP_NONE = 0, OUTCOME_SWEEP_LOCKED, OUTCOME_SWEEP_LOCKABLE /* and locked */ };

struct outcome_loan {
    int64_t amount_fen;
    int32_t tenor_months; /* 1 to WORLD_TENOR_MONTHS_MAX */
    int32_t rate_bp;      /* a year of 360 days */
    enum outcome_sweep sweep;
    int32_t sweep_share_bp;
};

struct outcome {
    int64_t owed_fen;          /* at maturity: principal and interest */
    bool repaid_on_time;       /* by the end of the day of maturity */
    bool repaid_within_90_days;
    int32_t repaid_day;        /* after as_of, from maturity on; -1: not within 90 days of it */
    int64_t wage_gap_fen;      /* what was missing on the worst payday up to maturity; 0: none */
    int32_t wage_gap_day;      /* of the first payday with wages missing; -1: none */
};

/* Lend in the world. Lending moves no flow: payers do not know of it. */
void outcome_measure(const struct world *world, const struct outcome_loan *loan, struct outcome *outcome);

/* Without any loan: the first day on which cash is below zero up to day_max, -1 where there is none, and the most that is missing. */
int32_t outcome_first_shortfall(const struct world *world, int32_t day_max, int64_t *need_fen);

#endif
