#include "api/flows/fit_measure.h"

#include <math.h>
#include <stdlib.h>

struct scored {
    double score;
    bool is_bad;
};

static int compare_scores(const void *left, const void *right)
{
    const struct scored *a = left;
    const struct scored *b = right;
    return (a->score > b->score) - (a->score < b->score);
}

/* Rows of one score at a time, from the worst up. */
static struct fit_separation walk(const struct scored *sorted, size_t rows, double goods, double bads)
{
    struct fit_separation result = {0, 0};
    double good_below = 0;
    double bad_below = 0;
    for (size_t i = 0; i < rows;) {
        double good = 0;
        double bad = 0;
        size_t first = i;
        for (; i < rows && sorted[i].score == sorted[first].score; i++) {
            good += sorted[i].is_bad ? 0 : 1;
            bad += sorted[i].is_bad ? 1 : 0;
        }
        result.auc += good * (bad_below + bad / 2);
        good_below += good;
        bad_below += bad;
        result.ks = fmax(result.ks, fabs(bad_below / bads - good_below / goods));
    }
    result.auc /= goods * bads;
    return result;
}

struct fit_separation fit_measure(const double *score, const bool *is_bad, size_t rows)
{
    struct scored *sorted = calloc(rows + 1, sizeof *sorted);
    double bads = 0;
    if (sorted == NULL)
        abort(); /* as an arena would */
    for (size_t i = 0; i < rows; i++) {
        sorted[i] = (struct scored){score[i], is_bad[i]};
        bads += is_bad[i] ? 1 : 0;
    }
    struct fit_separation result = {0.5, 0};
    if (bads > 0 && bads < (double)rows) {
        qsort(sorted, rows, sizeof *sorted, compare_scores);
        result = walk(sorted, rows, (double)rows - bads, bads);
    }
    free(sorted);
    return result;
}
