/*
 * fit_logistic.h - logistic regression by iteratively reweighted least squares (Newton's method; McCullagh and Nelder, Generalized
 * Linear Models, 2nd ed., section 4.4). Floating point: what comes out of it is data for a policy, rounded there. Thread: any.
 */
#ifndef API_FLOWS_FIT_LOGISTIC_H
#define API_FLOWS_FIT_LOGISTIC_H

#include <stdbool.h>
#include <stddef.h>

#define FIT_LOGISTIC_COLUMNS_MAX 200

/*
 * Fit P(y = 1) = 1 / (1 + exp(-(b0 + b1 x1 + ...))).
 *
 *   x            in   rows times columns, row by row
 *   y            in   one per row
 *   coefficient  out  columns + 1 values, the intercept first
 *
 * A ridge of a millionth keeps separable and collinear data finite; steps are halved until the likelihood does not fall. False when
 * no maximum is found in 100 steps, or the columns are too many.
 */
bool fit_logistic(const double *x, const bool *y, size_t rows, size_t columns, double *coefficient);

#endif
