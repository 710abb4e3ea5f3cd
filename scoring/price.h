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

/* pd_ppm of the graded case; secured_bp: share of the loan covered by locked or pledged receivables, 0-10000. */
void price_loan(const struct policy *policy, struct date as_of, int64_t pd_ppm, int32_t secured_bp, struct price_result *result);

#endif
