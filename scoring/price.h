/*
 * price.h - stage 7: the rate from LPR and its components, each in basis points, and RAROC for the bank.
 *
 * Capital comes from the policy's table, generated from the IRB formula (CRE31). Pure. Thread: any.
 */
#ifndef SCORING_PRICE_H
#define SCORING_PRICE_H

#include "scoring/policy.h"

struct price_result {
    bool has_lpr;         /* false: no quote on or before the date; then no rate is given */
    struct date lpr_on;   /* day of the quote */
    int32_t lpr_bp;
    int32_t expected_loss_bp;
    int32_t capital_bp;   /* capital x hurdle */
    int32_t operating_bp;
    int32_t inclusive_discount_bp; /* negative */
    int32_t clamp_bp;     /* what floor or cap added or took */
    int32_t rate_bp;
    int32_t lgd_bp;       /* blended by secured share */
    int32_t capital_ppm;  /* of exposure */
    int32_t raroc_bp;
};

/*
 * The rate is LPR + expected loss + capital charge + operating cost - inclusive discount, kept within floor and cap.
 * Costs are rounded up to whole basis points. Capital is read from the policy's table, which holds it at price.lgd_bp, and is
 * scaled to the mixed LGD: the IRB formula is linear in it (CRE31.5).
 *
 *   pd_ppm      in  of the graded case
 *   secured_bp  in  share of the loan covered by locked or pledged receivables, 0-10000
 */
void price_loan(const struct policy *policy, struct date as_of, int64_t pd_ppm, int32_t secured_bp, struct price_result *result);

/* Share of exposure that is lost where the borrower fails, mixed by the secured share; rounded up. */
int32_t price_lgd_bp(const struct policy_price *price, int32_t secured_bp);

/*
 * Risk-adjusted return on capital: (income - funding - operating - expected loss + return on capital) / capital.
 * All but capital_ppm in basis points of exposure a year; rounded down. 0 where no capital is held.
 *
 *   capital_return_bp  in  what the capital itself earns, in basis points of capital
 */
int32_t price_raroc_bp(int64_t income_bp, int64_t funding_bp, int64_t operating_bp, int64_t expected_loss_bp,
                       int64_t capital_ppm, int64_t capital_return_bp);

#endif
