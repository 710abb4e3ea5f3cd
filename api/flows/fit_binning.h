/*
 * fit_binning.h - one column into bins, each with its weight of evidence.
 *
 * Weight of evidence of a bin: ln((goods in it / all goods) / (bads in it / all bads)); information value: the sum over bins of
 * (share of goods - share of bads) times it (Siddiqi, Credit Risk Scorecards, 2006, chapter 6). A bin without goods or without bads
 * counts half a one of each more. Floating point. Thread: any.
 */
#ifndef API_FLOWS_FIT_BINNING_H
#define API_FLOWS_FIT_BINNING_H

#include "api/codec/csv_table.h"

#define FIT_BINS_MAX 6   /* and one for what is missing */
#define FIT_BIN_SHARE_MIN 0.05

struct fit_bin {
    bool is_missing;
    double below;               /* numbers: this bin's are below it and not below the one before; INFINITY: the last */
    const uint32_t *categories; /* texts: the indexes in this bin */
    size_t category_count;
    size_t goods;
    size_t bads;
    double woe;
};

struct fit_binning {
    const struct csv_column *column;
    struct fit_bin bins[FIT_BINS_MAX + 1];
    size_t bin_count;
    double iv;
};

/* The rows that are looked at, of the table's. */
struct fit_rows {
    const size_t *index;
    size_t count;
    const bool *is_bad; /* one for each row of the table */
};

/*
 * Bin a column. Numbers are cut at twenty quantiles and merged until the share of bads only rises or only falls, whichever keeps more
 * information, no bin is under five in a hundred, and there are six at most; texts are put together from those of like share of
 * bads. Memory from the arena.
 */
void fit_binning_make(const struct csv_column *column, const struct fit_rows *rows, struct arena *arena, struct fit_binning *binning);

/* The bin that a row of the table falls into; -1: a text never seen, or missing where nothing was. */
int fit_binning_find(const struct fit_binning *binning, size_t row);

/* Its weight of evidence; 0 where there is no bin. */
double fit_binning_woe(const struct fit_binning *binning, size_t row);

#endif
