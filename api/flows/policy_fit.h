/*
 * policy_fit.h - a scorecard from data with known outcomes: weight of evidence, logistic regression, points that double the odds.
 *
 * Where a lender has outcomes, points need no longer be judgement. Floating point is allowed here and nowhere near a decision: what
 * comes out is data for a policy, rounded to integers, which people read before it takes effect. Thread: any.
 */
#ifndef API_FLOWS_POLICY_FIT_H
#define API_FLOWS_POLICY_FIT_H

#include "api/flows/fit_binning.h"
#include "api/flows/fit_measure.h"

#define POLICY_FIT_CHARACTERISTICS_MAX 100
#define POLICY_FIT_FOLDS_MAX 20
#define POLICY_FIT_IV_MIN 0.02 /* below it a column predicts next to nothing (Siddiqi 2006, chapter 6) */

/* How points are scaled: a score of base_score stands for base_odds good ones to a bad one, and pdo points more for twice that. */
struct policy_fit_scale {
    double base_score;
    double base_odds;
    double pdo;
};

struct policy_fit_characteristic {
    struct fit_binning binning;
    double coefficient; /* of its weight of evidence, for the log odds of good */
    int points[FIT_BINS_MAX + 1]; /* of each bin, rounded */
};

/* A row of a policy's table from score to probability of default. */
struct policy_fit_pd {
    int score;
    double pd;
};

#define POLICY_FIT_PD_ROWS 41 /* from twenty half doublings above the base score to twenty below */

struct policy_fit {
    size_t goods, bads;
    double intercept;
    struct policy_fit_characteristic characteristics[POLICY_FIT_CHARACTERISTICS_MAX]; /* by information value, highest first */
    size_t characteristic_count;
    int base_points; /* of the intercept */
    struct policy_fit_pd pd[POLICY_FIT_PD_ROWS];
    struct fit_separation training; /* of the rounded points, on the rows they were made from */
    struct fit_separation validated; /* mean over the folds, each scored by what the others taught, bins and all */
    double auc_lowest, auc_highest;  /* over the folds */
    size_t folds;
};

/*
 * Fit.
 *
 *   table   in   numbers and texts; every column but the target's is tried
 *   target  in   name of the column that tells bad (1) from good (0)
 *   folds   in   2 to POLICY_FIT_FOLDS_MAX; rows are dealt to them by `seed`, goods and bads apart
 *   arena   in   what the fit points to
 *   fit     out
 *
 * A column is left out whose information value is under POLICY_FIT_IV_MIN, or whose coefficient comes out negative beside the others'.
 *
 * ZCD_INVALID, in this order: no such column; a target that is neither 0 nor 1 somewhere; fewer than ten goods or ten bads for each
 * fold; nothing in the table predicts it; the regression finds no end.
 */
enum zcd_code policy_fit_make(const struct csv_table *table, const char *target, const struct policy_fit_scale *scale, size_t folds,
                              uint64_t seed, struct arena *arena, struct policy_fit *fit, struct zcd_error *err) ZCD_MUST_USE;

/* The score of one row of the table by the fit's points. */
int policy_fit_score(const struct policy_fit *fit, size_t row);

#endif
