/*
 * delay.h - stage 2: how late does this payer pay, and how late does this organisation deliver?
 *
 * Delay runs in weeks from the payable day (contracts/schedule.h) to payment. A payer that has not paid yet is a
 * right-censored observation, never a dropped one. Weekly hazard = min(cap, theta * prior hazard of the class), where
 * theta is a gamma-Poisson posterior mean, first of the class (level x fund source) over the whole book, then of
 * the payer; exposure is the prior hazard summed over the weeks at risk. So a later payment can only slow the forecast.
 * Pure. Thread: any.
 */
#ifndef SCORING_DELAY_H
#define SCORING_DELAY_H

#include "base/arena.h"
#include "contracts/dossier.h"
#include "scoring/policy.h"

#define DELAY_WEEKS 160                     /* a forecast ends here; what is unpaid by then never comes */
#define DELAY_ONE (INT64_C(1) << 30)        /* probability 1 in a survival curve */
#define DELAY_KAPLAN_MEIER_WEEKS 27

/* Common state of the payment system or of one finance authority in a simulated future. */
enum delay_state { DELAY_STATE_NORMAL = 0, DELAY_STATE_SLOW, DELAY_STATE_FREEZE, DELAY_STATE_COUNT };

/* One payer under one fund source. survival[s][w]: share unpaid after week w (the end of week w), in 1/DELAY_ONE. */
struct delay_curve {
    size_t payer_index;
    enum fund_source fund_source;
    int64_t theta_class_ppm;
    int64_t theta_ppm;      /* of this payer */
    int64_t events_ppm;     /* payer's own, this dossier and payer_experience together */
    int64_t exposure_ppm;
    int64_t prior_weight_bp;/* weight of the class in theta */
    int32_t observations;   /* milestones of this dossier that were payable */
    int32_t expected_days;
    int32_t p50_days;
    int32_t p90_days;
    int32_t paid_30_days_bp;
    int32_t paid_60_days_bp;
    int32_t survival[DELAY_STATE_COUNT][DELAY_WEEKS];
    int32_t kaplan_meier_ppm[DELAY_KAPLAN_MEIER_WEEKS]; /* unpaid after week w among this dossier's own, for people */
};

struct delay_result {
    const struct delay_curve *curves; /* in order of payer id, then fund source */
    size_t curve_count;
    const size_t *curve_of_contract;  /* index into curves, one per contract of the dossier */
    int64_t slip_theta_ppm;           /* the organisation's delivery speed */
    int32_t slip_expected_days;
    int32_t slip_p90_days;
    int32_t slip_observations;
    int32_t slip_survival[DELAY_WEEKS];
};

/*
 * The policy's prior hazards of a class of payers, summed: sums_ppm[w] is that of the first w weeks. What exposure is made of
 * (struct payer_experience), for whoever gathers the book's.
 */
void delay_prior_sums(const struct policy *policy, enum payer_level level, enum fund_source fund_source,
                      int64_t sums_ppm[DELAY_WEEKS + 1]);

/* Estimate everything at as_of. Memory from the arena. */
void delay_estimate(const struct dossier *dossier, const struct policy *policy, struct date as_of, struct arena *arena,
                    struct delay_result *result);

/*
 * The day by which nine in ten of such receivables are paid, for one that is payable (or may be) on payable_on and has not
 * been paid by as_of: what is late already goes on from where it stands.
 */
struct date delay_arrival_p90(const struct delay_curve *curve, struct date payable_on, struct date as_of);

/* The same where half of them are paid. */
struct date delay_arrival_p50(const struct delay_curve *curve, struct date payable_on, struct date as_of);

/* As delay_arrival_p90, for acceptance of work due on due_on. */
struct date delay_acceptance_p90(const struct delay_result *delay, struct date due_on, struct date as_of);

#endif
