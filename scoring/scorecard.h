/*
 * scorecard.h - stage 5: facts to characteristics to points to PD to grade.
 *
 * Gathering reads the dossier once; evaluating at an amount is a few hundred instructions, because the engine
 * does it for many amounts. Pure. Thread: any.
 */
#ifndef SCORING_SCORECARD_H
#define SCORING_SCORECARD_H

#include "scoring/pipeline.h"

#define SCORECARD_MISSING INT64_MIN
#define SCORECARD_ROWS_MAX 40

/* What does not depend on the amount lent. values[] is indexed by enum characteristic; those that divide by the
 * amount (receivable_cover, income_cover, debt_service, collateral_cover) are filled by evaluation from the sums. */
struct scorecard_facts {
    int64_t values[CHARACTERISTIC_END]; /* SCORECARD_MISSING where the dossier does not say */
    int64_t receivable_fen;     /* signed receivable whose p90 arrival lies within the tenor */
    int64_t annual_income_fen;  /* public contract income of a year */
    int64_t expected_receipts_fen; /* within the tenor, signed contracts */
    int64_t debt_service_fen;   /* of other facilities within the tenor */
    int64_t collateral_fen;
    bool has_credit_history;
};

struct scorecard_row {
    enum characteristic id;
    int64_t value;     /* SCORECARD_MISSING: none */
    int32_t bin;       /* index into the policy's bins; -1: the missing bin */
    int32_t points;
    int32_t points_max;
};

struct scorecard_result {
    struct scorecard_row rows[SCORECARD_ROWS_MAX]; /* in the policy's order */
    size_t row_count;
    int32_t score;       /* 0 to 1000: points scaled by the largest attainable */
    int64_t pd_score_ppm;/* from the score alone */
    int32_t judgement_bp;/* share of attainable points that rests on judgement */
};

enum pd_source { PD_SOURCE_SCORE = 1, PD_SOURCE_REPAYMENT };

struct scorecard_grade {
    int64_t pd_ppm; /* the worse of both lenses */
    enum pd_source source;
    int32_t grade;  /* 1 best to 10 */
    int64_t pd_repayment_ppm; /* second lens; 0 where the policy does not use it */
};

/* receivable_fen, expected receipts and debt service are for loans of tenor_months. */
void scorecard_gather(const struct dossier *dossier, const struct policy *policy, struct date as_of,
                      const struct delay_result *delay, const struct pipeline_result *pipeline, int32_t tenor_months,
                      struct scorecard_facts *facts);

/* amount_fen > 0. Monotone: a larger amount never scores more. */
void scorecard_evaluate(const struct scorecard_facts *facts, const struct policy *policy, int64_t amount_fen,
                        struct scorecard_result *result);

/* not_repaid_ppm: P(not repaid within 90 days of maturity); -1: not simulated. */
void scorecard_grade(const struct scorecard_result *result, const struct policy *policy, int64_t not_repaid_ppm,
                     struct scorecard_grade *grade);

#endif
