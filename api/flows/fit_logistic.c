#include "api/flows/fit_logistic.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { STEPS_MAX = 100, HALVINGS_MAX = 30 };

static const double RIDGE = 1e-6;
static const double STEP_MIN = 1e-9; /* of any coefficient: closer than any rounding that follows */

struct problem {
    const double *x;
    const bool *y;
    size_t rows;
    size_t columns; /* without the intercept */
    size_t size;    /* with it */
    double *gradient;
    double *hessian; /* size times size; its Cholesky factor after solving */
    double *step;
    double *tried;
};

static double linear(const struct problem *problem, const double *coefficient, size_t row)
{
    const double *x = problem->x + row * problem->columns;
    double sum = coefficient[0];
    for (size_t i = 0; i < problem->columns; i++)
        sum += coefficient[i + 1] * x[i];
    return sum;
}

/* log(1 + exp(z)) without overflow. */
static double softplus(double z)
{
    return z > 0 ? z + log1p(exp(-z)) : log1p(exp(z));
}

static double penalised_likelihood(const struct problem *problem, const double *coefficient)
{
    double sum = 0;
    for (size_t row = 0; row < problem->rows; row++) {
        double z = linear(problem, coefficient, row);
        sum += (problem->y[row] ? z : 0) - softplus(z);
    }
    for (size_t i = 1; i < problem->size; i++)
        sum -= RIDGE / 2 * coefficient[i] * coefficient[i];
    return sum;
}

static void add_row(struct problem *problem, const double *coefficient, size_t row)
{
    const double *x = problem->x + row * problem->columns;
    double p = 1 / (1 + exp(-linear(problem, coefficient, row)));
    double residual = (problem->y[row] ? 1 : 0) - p;
    double weight = p * (1 - p);
    for (size_t i = 0; i < problem->size; i++) {
        double xi = i == 0 ? 1 : x[i - 1];
        problem->gradient[i] += residual * xi;
        for (size_t k = 0; k <= i; k++)
            problem->hessian[i * problem->size + k] += weight * xi * (k == 0 ? 1 : x[k - 1]);
    }
}

static void differentiate(struct problem *problem, const double *coefficient)
{
    memset(problem->gradient, 0, problem->size * sizeof *problem->gradient);
    memset(problem->hessian, 0, problem->size * problem->size * sizeof *problem->hessian);
    for (size_t row = 0; row < problem->rows; row++)
        add_row(problem, coefficient, row);
    for (size_t i = 0; i < problem->size; i++) {
        problem->gradient[i] -= i == 0 ? 0 : RIDGE * coefficient[i];
        problem->hessian[i * problem->size + i] += RIDGE;
    }
}

/* Cholesky in place, lower triangle; false where the matrix is not positive definite. */
static bool factor(double *matrix, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        for (size_t k = 0; k <= i; k++) {
            double sum = matrix[i * size + k];
            for (size_t j = 0; j < k; j++)
                sum -= matrix[i * size + j] * matrix[k * size + j];
            if (i == k && !(sum > 0))
                return false;
            matrix[i * size + k] = i == k ? sqrt(sum) : sum / matrix[k * size + k];
        }
    }
    return true;
}

static void solve(const double *triangle, size_t size, const double *right, double *solution)
{
    for (size_t i = 0; i < size; i++) {
        double sum = right[i];
        for (size_t k = 0; k < i; k++)
            sum -= triangle[i * size + k] * solution[k];
        solution[i] = sum / triangle[i * size + i];
    }
    for (size_t i = size; i-- > 0;) {
        double sum = solution[i];
        for (size_t k = i + 1; k < size; k++)
            sum -= triangle[k * size + i] * solution[k];
        solution[i] = sum / triangle[i * size + i];
    }
}

/* Go along the step, by halves, until the likelihood does not fall. Returns the largest change of a coefficient. */
static double advance(struct problem *problem, double *coefficient)
{
    const double before = penalised_likelihood(problem, coefficient);
    double share = 1;
    double largest = 0;
    for (int halvings = 0; halvings < HALVINGS_MAX; halvings++, share /= 2) {
        for (size_t i = 0; i < problem->size; i++)
            problem->tried[i] = coefficient[i] + share * problem->step[i];
        if (penalised_likelihood(problem, problem->tried) >= before)
            break;
    }
    for (size_t i = 0; i < problem->size; i++) {
        double change = fabs(problem->tried[i] - coefficient[i]);
        largest = change > largest ? change : largest;
        coefficient[i] = problem->tried[i];
    }
    return largest;
}

static bool iterate(struct problem *problem, double *coefficient)
{
    for (int steps = 0; steps < STEPS_MAX; steps++) {
        differentiate(problem, coefficient);
        if (!factor(problem->hessian, problem->size))
            return false;
        solve(problem->hessian, problem->size, problem->gradient, problem->step);
        if (advance(problem, coefficient) < STEP_MIN)
            return true;
    }
    return false;
}

bool fit_logistic(const double *x, const bool *y, size_t rows, size_t columns, double *coefficient)
{
    if (columns > FIT_LOGISTIC_COLUMNS_MAX)
        return false;
    const size_t size = columns + 1;
    struct problem problem = {.x = x, .y = y, .rows = rows, .columns = columns, .size = size};
    double *memory = calloc(3 * size + size * size, sizeof *memory);
    if (memory == NULL)
        return false;
    problem.gradient = memory;
    problem.step = memory + size;
    problem.tried = memory + 2 * size;
    problem.hessian = memory + 3 * size;
    memset(coefficient, 0, size * sizeof *coefficient);
    bool is_found = iterate(&problem, coefficient);
    free(memory);
    return is_found;
}
