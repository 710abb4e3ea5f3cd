#include "api/flows/policy_fit.h"

#include "api/flows/fit_logistic.h"
#include "base/rng.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { PER_FOLD_MIN = 10 };

/* What a fit is made from. */
struct data {
    const struct csv_table *table;
    size_t target; /* column */
    const bool *is_bad;
    const struct policy_fit_scale *scale;
};

/* ------------------------------------------------------------------ the target */

static enum zcd_code find_target(const struct csv_table *table, const char *name, size_t *column, struct zcd_error *err)
{
    for (size_t i = 0; i < table->column_count; i++) {
        if (strcmp(table->columns[i].name, name) == 0) {
            *column = i;
            return ZCD_OK;
        }
    }
    return zcd_fail(err, ZCD_INVALID, "there is no column %.80s", name);
}

static enum zcd_code read_target(const struct csv_column *column, size_t rows, bool *is_bad, struct zcd_error *err)
{
    for (size_t i = 0; i < rows; i++) {
        double value = column->is_number ? column->number[i] : NAN;
        if (!(value == 0 || value == 1)) /* NAN is neither */
            return zcd_fail(err, ZCD_INVALID, "row %zu: the target %.80s is neither 0 (good) nor 1 (bad)", i + 1, column->name);
        is_bad[i] = value == 1;
    }
    return ZCD_OK;
}

/* ------------------------------------------------------------------ one fit */

static int compare_characteristics(const void *left, const void *right)
{
    const struct policy_fit_characteristic *a = left;
    const struct policy_fit_characteristic *b = right;
    return (a->binning.iv < b->binning.iv) - (a->binning.iv > b->binning.iv);
}

/* Every column that tells something, the most telling first. */
static void choose(const struct data *data, const struct fit_rows *rows, struct arena *arena, struct policy_fit *fit)
{
    for (size_t i = 0; i < data->table->column_count && fit->characteristic_count < POLICY_FIT_CHARACTERISTICS_MAX; i++) {
        struct policy_fit_characteristic *one = &fit->characteristics[fit->characteristic_count];
        if (i == data->target)
            continue;
        fit_binning_make(&data->table->columns[i], rows, arena, &one->binning);
        if (one->binning.iv >= POLICY_FIT_IV_MIN && one->binning.bin_count > 1)
            fit->characteristic_count++;
    }
    qsort(fit->characteristics, fit->characteristic_count, sizeof *fit->characteristics, compare_characteristics);
}

static bool regress(const struct fit_rows *rows, struct policy_fit *fit)
{
    const size_t columns = fit->characteristic_count;
    double *x = calloc(rows->count * columns + 1, sizeof *x);
    bool *is_good = calloc(rows->count + 1, sizeof *is_good);
    double coefficient[POLICY_FIT_CHARACTERISTICS_MAX + 1];
    bool is_found = false;
    if (x != NULL && is_good != NULL) {
        for (size_t i = 0; i < rows->count; i++) {
            is_good[i] = !rows->is_bad[rows->index[i]];
            for (size_t k = 0; k < columns; k++)
                x[i * columns + k] = fit_binning_woe(&fit->characteristics[k].binning, rows->index[i]);
        }
        is_found = fit_logistic(x, is_good, rows->count, columns, coefficient);
    }
    if (is_found) {
        fit->intercept = coefficient[0];
        for (size_t k = 0; k < columns; k++)
            fit->characteristics[k].coefficient = coefficient[k + 1];
    }
    free(x);
    free(is_good);
    return is_found;
}

/* Take out the column with the most negative coefficient: its bins would say the opposite of what they saw. False: there is none. */
static bool drop_contrary(struct policy_fit *fit)
{
    size_t worst = 0;
    for (size_t i = 1; i < fit->characteristic_count; i++)
        worst = fit->characteristics[i].coefficient < fit->characteristics[worst].coefficient ? i : worst;
    if (fit->characteristic_count == 0 || fit->characteristics[worst].coefficient > 0)
        return false;
    fit->characteristic_count--;
    memmove(&fit->characteristics[worst], &fit->characteristics[worst + 1],
            (fit->characteristic_count - worst) * sizeof *fit->characteristics);
    return true;
}

/* points = offset + factor x ln(odds), factor = pdo / ln 2, offset = base_score - factor x ln(base_odds) (Siddiqi 2006, chapter 6). */
static void scale_points(const struct policy_fit_scale *scale, struct policy_fit *fit)
{
    const double factor = scale->pdo / log(2);
    fit->base_points = (int)lround(scale->base_score - factor * log(scale->base_odds) + factor * fit->intercept);
    for (size_t i = 0; i < fit->characteristic_count; i++) {
        struct policy_fit_characteristic *one = &fit->characteristics[i];
        for (size_t k = 0; k < one->binning.bin_count; k++)
            one->points[k] = (int)lround(factor * one->coefficient * one->binning.bins[k].woe);
    }
}

static enum zcd_code fit_on(const struct data *data, const struct fit_rows *rows, struct arena *arena, struct policy_fit *fit,
                              struct zcd_error *err)
{
    choose(data, rows, arena, fit);
    do {
        if (fit->characteristic_count == 0)
            return zcd_fail(err, ZCD_INVALID, "nothing in the table predicts %.80s", data->table->columns[data->target].name);
        if (!regress(rows, fit))
            return zcd_fail(err, ZCD_INVALID, "the regression finds no end");
    } while (drop_contrary(fit));
    scale_points(data->scale, fit);
    return ZCD_OK;
}

int policy_fit_score(const struct policy_fit *fit, size_t row)
{
    int score = fit->base_points;
    for (size_t i = 0; i < fit->characteristic_count; i++) {
        int bin = fit_binning_find(&fit->characteristics[i].binning, row);
        score += bin < 0 ? 0 : fit->characteristics[i].points[bin];
    }
    return score;
}

static void fill_pd(const struct policy_fit_scale *scale, struct policy_fit *fit)
{
    for (int i = 0; i < POLICY_FIT_PD_ROWS; i++) {
        double score = round(scale->base_score + (POLICY_FIT_PD_ROWS / 2 - i) * scale->pdo / 2);
        fit->pd[i] = (struct policy_fit_pd){(int)score, 1 / (1 + scale->base_odds * exp2((score - scale->base_score) / scale->pdo))};
    }
}

static struct fit_separation separation_of(const struct policy_fit *fit, const struct fit_rows *rows, struct arena *arena)
{
    double *score = ARENA_NEW(arena, double, rows->count + 1);
    bool *is_bad = ARENA_NEW(arena, bool, rows->count + 1);
    for (size_t i = 0; i < rows->count; i++) {
        score[i] = policy_fit_score(fit, rows->index[i]);
        is_bad[i] = rows->is_bad[rows->index[i]];
    }
    return fit_measure(score, is_bad, rows->count);
}

/* ------------------------------------------------------------------ folds */

struct dealt {
    uint64_t rank;
    size_t row;
};

static int compare_dealt(const void *left, const void *right)
{
    const struct dealt *a = left;
    const struct dealt *b = right;
    if (a->rank != b->rank)
        return a->rank > b->rank ? 1 : -1;
    return (a->row > b->row) - (a->row < b->row);
}

/* The fold of every row: goods and bads are shuffled apart and dealt in turn, so that each fold has its share of both. */
static void deal(const struct data *data, size_t folds, uint64_t seed, struct arena *arena, size_t *fold)
{
    const size_t rows = data->table->row_count;
    struct dealt *dealt = ARENA_NEW(arena, struct dealt, rows);
    struct rng_key key = rng_key_of(seed, "fold", "", "");
    size_t next[2] = {0, 0};
    for (size_t i = 0; i < rows; i++) {
        uint32_t word[4];
        rng_philox(key, (uint32_t[4]){(uint32_t)i, (uint32_t)(i >> 32), 0, 0}, word);
        dealt[i] = (struct dealt){(uint64_t)word[0] << 32 | word[1], i};
    }
    qsort(dealt, rows, sizeof *dealt, compare_dealt);
    for (size_t i = 0; i < rows; i++)
        fold[dealt[i].row] = next[data->is_bad[dealt[i].row]]++ % folds;
}

/* Rows in (is_in) or out of a fold. */
static struct fit_rows rows_of(const struct data *data, const size_t *fold, size_t number, bool is_in, struct arena *arena)
{
    size_t *index = ARENA_NEW(arena, size_t, data->table->row_count);
    size_t count = 0;
    for (size_t i = 0; i < data->table->row_count; i++) {
        if ((fold[i] == number) == is_in)
            index[count++] = i;
    }
    return (struct fit_rows){index, count, data->is_bad};
}

static enum zcd_code validate(const struct data *data, size_t folds, uint64_t seed, struct arena *arena, struct policy_fit *fit,
                              struct zcd_error *err)
{
    size_t *fold = ARENA_NEW(arena, size_t, data->table->row_count);
    deal(data, folds, seed, arena, fold);
    fit->auc_lowest = 1;
    for (size_t number = 0; number < folds; number++) {
        struct policy_fit *taught = ARENA_NEW(arena, struct policy_fit, 1);
        struct fit_rows others = rows_of(data, fold, number, false, arena);
        struct fit_rows held_out = rows_of(data, fold, number, true, arena);
        enum zcd_code code = fit_on(data, &others, arena, taught, err);
        if (code != ZCD_OK)
            return code;
        struct fit_separation separation = separation_of(taught, &held_out, arena);
        fit->validated.auc += separation.auc / (double)folds;
        fit->validated.ks += separation.ks / (double)folds;
        fit->auc_lowest = fmin(fit->auc_lowest, separation.auc);
        fit->auc_highest = fmax(fit->auc_highest, separation.auc);
    }
    fit->folds = folds;
    return ZCD_OK;
}

/* ------------------------------------------------------------------ the whole */

static enum zcd_code check_counts(const struct policy_fit *fit, size_t folds, struct zcd_error *err)
{
    if (fit->goods < folds * PER_FOLD_MIN || fit->bads < folds * PER_FOLD_MIN)
        return zcd_fail(err, ZCD_INVALID, "%zu goods and %zu bads are too few for %zu folds: ten of each are wanted in every one", fit->goods,
                        fit->bads, folds);
    return ZCD_OK;
}

enum zcd_code policy_fit_make(const struct csv_table *table, const char *target, const struct policy_fit_scale *scale, size_t folds,
                              uint64_t seed, struct arena *arena, struct policy_fit *fit, struct zcd_error *err)
{
    struct policy_fit *made = ARENA_NEW(arena, struct policy_fit, 1);
    bool *is_bad = ARENA_NEW(arena, bool, table->row_count);
    size_t *everywhere = ARENA_NEW(arena, size_t, table->row_count);
    struct data data = {.table = table, .is_bad = is_bad, .scale = scale};

    if (find_target(table, target, &data.target, err) != ZCD_OK)
        return err->code;
    if (read_target(&table->columns[data.target], table->row_count, is_bad, err) != ZCD_OK)
        return err->code;
    for (size_t i = 0; i < table->row_count; i++) {
        everywhere[i] = i;
        made->bads += is_bad[i] ? 1 : 0;
    }
    made->goods = table->row_count - made->bads;
    const struct fit_rows rows = {everywhere, table->row_count, is_bad};
    enum zcd_code code = check_counts(made, folds, err);
    if (code == ZCD_OK)
        code = fit_on(&data, &rows, arena, made, err);
    if (code == ZCD_OK)
        code = validate(&data, folds, seed, arena, made, err);
    if (code != ZCD_OK)
        return code;
    fill_pd(scale, made);
    made->training = separation_of(made, &rows, arena);
    *fit = *made;
    return ZCD_OK;
}
