/*
 * fit_measure.h - how well a score separates good from bad. Floating point. Thread: any.
 */
#ifndef API_FLOWS_FIT_MEASURE_H
#define API_FLOWS_FIT_MEASURE_H

#include <stdbool.h>
#include <stddef.h>

struct fit_separation {
    double auc; /* P(score of a good one above that of a bad one), a tie counts a half (Hanley and McNeil 1982) */
    double ks;  /* largest distance between the two distributions of the score (Kolmogorov-Smirnov) */
};

/*
 * Measure.
 *   score   in  one per row, higher is better
 *   is_bad  in  one per row; both kinds have to be there, else auc is 0.5 and ks 0
 */
struct fit_separation fit_measure(const double *score, const bool *is_bad, size_t rows);

#endif
