#include "api/flows/fit_binning.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { CUTS_MAX = 20 };

/* Bins while they are being merged: what is in them, and from where to where. */
struct piece {
    size_t goods, bads;
    double below;       /* numbers */
    uint32_t *category; /* texts: a part of one array, the next piece's behind it */
    size_t category_count;
};

struct pieces {
    struct piece *piece;
    size_t count;
    double goods, bads; /* of all rows, the missing too */
};

/* ------------------------------------------------------------------ evidence */

static double woe_of(double goods, double bads, double all_goods, double all_bads)
{
    if (goods == 0 || bads == 0) {
        goods += 0.5;
        bads += 0.5;
    }
    return log(goods / all_goods / (bads / all_bads));
}

static double iv_of(const struct pieces *pieces, size_t goods, size_t bads)
{
    double woe = woe_of((double)goods, (double)bads, pieces->goods, pieces->bads);
    return ((double)goods / pieces->goods - (double)bads / pieces->bads) * woe;
}

static double bad_share(const struct piece *piece)
{
    return (double)piece->bads / (double)(piece->goods + piece->bads);
}

/* ------------------------------------------------------------------ merging */

/* Put piece i + 1 into piece i; its categories stand behind that one's already. */
static void merge(struct pieces *pieces, size_t i)
{
    struct piece *left = &pieces->piece[i];
    const struct piece *right = &pieces->piece[i + 1];
    left->goods += right->goods;
    left->bads += right->bads;
    left->below = right->below;
    left->category_count += right->category_count;
    memmove(&pieces->piece[i + 1], &pieces->piece[i + 2], (pieces->count - i - 2) * sizeof *pieces->piece);
    pieces->count--;
}

static bool is_too_small(const struct pieces *pieces, const struct piece *piece)
{
    double share = (double)(piece->goods + piece->bads) / (pieces->goods + pieces->bads);
    return share < FIT_BIN_SHARE_MIN;
}

/* Every small piece into the neighbour with the nearer share of bads. */
static void merge_small(struct pieces *pieces)
{
    for (size_t i = 0; i < pieces->count && pieces->count > 1;) {
        const struct piece *piece = &pieces->piece[i];
        if (!is_too_small(pieces, piece)) {
            i++;
            continue;
        }
        bool is_left = i + 1 == pieces->count;
        if (i > 0 && !is_left)
            is_left = fabs(bad_share(piece - 1) - bad_share(piece)) <= fabs(bad_share(piece + 1) - bad_share(piece));
        merge(pieces, is_left ? i - 1 : i);
        i = is_left ? i - 1 : i;
    }
}

/* Pool adjacent violators (Barlow et al. 1972): the share of bads then rises (sign 1) or falls (-1) from piece to piece. */
static void merge_violators(struct pieces *pieces, double sign)
{
    for (size_t i = 0; i + 1 < pieces->count;) {
        if (sign * (bad_share(&pieces->piece[i + 1]) - bad_share(&pieces->piece[i])) > 0) {
            i++;
            continue;
        }
        merge(pieces, i);
        i = i > 0 ? i - 1 : 0;
    }
}

/* The neighbours whose union costs the least information, until there are few enough. */
static void merge_to(struct pieces *pieces, size_t count_max)
{
    while (pieces->count > count_max) {
        size_t best = 0;
        double best_loss = INFINITY;
        for (size_t i = 0; i + 1 < pieces->count; i++) {
            const struct piece *a = &pieces->piece[i];
            const struct piece *b = &pieces->piece[i + 1];
            double loss = iv_of(pieces, a->goods, a->bads) + iv_of(pieces, b->goods, b->bads)
                          - iv_of(pieces, a->goods + b->goods, a->bads + b->bads);
            best = loss < best_loss ? i : best;
            best_loss = fmin(loss, best_loss);
        }
        merge(pieces, best);
    }
}

static double information(const struct pieces *pieces)
{
    double sum = 0;
    for (size_t i = 0; i < pieces->count; i++)
        sum += iv_of(pieces, pieces->piece[i].goods, pieces->piece[i].bads);
    return sum;
}

/* ------------------------------------------------------------------ numbers */

static int compare_numbers(const void *left, const void *right)
{
    double a = *(const double *)left;
    double b = *(const double *)right;
    return (a > b) - (a < b);
}

/* Twenty quantiles as ends of pieces, each once, and infinity. */
static void cut(const double *sorted, size_t count, struct pieces *pieces)
{
    for (size_t i = 1; i < CUTS_MAX; i++) {
        double below = sorted[count * i / CUTS_MAX];
        double last = pieces->count > 0 ? pieces->piece[pieces->count - 1].below : sorted[0];
        if (below > last)
            pieces->piece[pieces->count++] = (struct piece){.below = below};
    }
    pieces->piece[pieces->count++] = (struct piece){.below = INFINITY};
}

static void count_numbers(const struct csv_column *column, const struct fit_rows *rows, struct pieces *pieces)
{
    for (size_t i = 0; i < rows->count; i++) {
        size_t row = rows->index[i];
        size_t at = 0;
        if (isnan(column->number[row]))
            continue;
        while (!(column->number[row] < pieces->piece[at].below) && at + 1 < pieces->count)
            at++;
        pieces->piece[at].goods += rows->is_bad[row] ? 0 : 1;
        pieces->piece[at].bads += rows->is_bad[row] ? 1 : 0;
    }
}

/* Rising and falling are both tried; pieces are left as the better of the two. */
static void make_monotonic(struct pieces *pieces, struct arena *arena)
{
    struct pieces falling = *pieces;
    falling.piece = ARENA_NEW(arena, struct piece, pieces->count);
    memcpy(falling.piece, pieces->piece, pieces->count * sizeof *pieces->piece);
    merge_violators(pieces, 1);
    merge_violators(&falling, -1);
    if (information(&falling) > information(pieces))
        *pieces = falling;
}

static void make_number_pieces(const struct csv_column *column, const struct fit_rows *rows, struct arena *arena, struct pieces *pieces)
{
    double *sorted = ARENA_NEW(arena, double, rows->count + 1);
    size_t count = 0;
    for (size_t i = 0; i < rows->count; i++) {
        if (!isnan(column->number[rows->index[i]]))
            sorted[count++] = column->number[rows->index[i]];
    }
    pieces->piece = ARENA_NEW(arena, struct piece, CUTS_MAX);
    if (count == 0)
        return;
    qsort(sorted, count, sizeof *sorted, compare_numbers);
    cut(sorted, count, pieces);
    count_numbers(column, rows, pieces);
    merge_small(pieces);
    make_monotonic(pieces, arena);
    merge_to(pieces, FIT_BINS_MAX);
}

/* ------------------------------------------------------------------ texts */

static int compare_pieces(const void *left, const void *right)
{
    const struct piece *a = left;
    const struct piece *b = right;
    double shares = bad_share(a) - bad_share(b);
    if (shares != 0)
        return shares > 0 ? 1 : -1;
    return (a->category[0] > b->category[0]) - (a->category[0] < b->category[0]);
}

static bool is_missing_text(const struct csv_column *column, uint32_t category)
{
    return column->categories[category][0] == '\0';
}

static void make_text_pieces(const struct csv_column *column, const struct fit_rows *rows, struct arena *arena, struct pieces *pieces)
{
    struct piece *all = ARENA_NEW(arena, struct piece, column->category_count);
    uint32_t *number = ARENA_NEW(arena, uint32_t, column->category_count);
    uint32_t *sorted = ARENA_NEW(arena, uint32_t, column->category_count);
    for (size_t i = 0; i < rows->count; i++) {
        size_t row = rows->index[i];
        all[column->category[row]].goods += rows->is_bad[row] ? 0 : 1;
        all[column->category[row]].bads += rows->is_bad[row] ? 1 : 0;
    }
    pieces->piece = all;
    for (uint32_t i = 0; i < column->category_count; i++) {
        struct piece piece = all[i];
        if (piece.goods + piece.bads == 0 || is_missing_text(column, i))
            continue;
        number[i] = i;
        piece.category = &number[i];
        piece.category_count = 1;
        pieces->piece[pieces->count++] = piece;
    }
    qsort(pieces->piece, pieces->count, sizeof *pieces->piece, compare_pieces);
    for (size_t i = 0; i < pieces->count; i++) {
        sorted[i] = pieces->piece[i].category[0];
        pieces->piece[i].category = &sorted[i];
    }
    merge_small(pieces);
    merge_to(pieces, FIT_BINS_MAX);
}

/* ------------------------------------------------------------------ the whole */

static bool is_missing(const struct csv_column *column, size_t row)
{
    return column->is_number ? isnan(column->number[row]) : is_missing_text(column, column->category[row]);
}

static void add_bin(const struct pieces *pieces, struct fit_bin bin, struct fit_binning *binning)
{
    bin.woe = woe_of((double)bin.goods, (double)bin.bads, pieces->goods, pieces->bads);
    binning->iv += iv_of(pieces, bin.goods, bin.bads);
    binning->bins[binning->bin_count++] = bin;
}

void fit_binning_make(const struct csv_column *column, const struct fit_rows *rows, struct arena *arena, struct fit_binning *binning)
{
    struct pieces pieces = {0};
    struct fit_bin missing = {.is_missing = true};
    for (size_t i = 0; i < rows->count; i++) {
        size_t row = rows->index[i];
        size_t *kind = rows->is_bad[row] ? &missing.bads : &missing.goods;
        pieces.goods += rows->is_bad[row] ? 0 : 1;
        pieces.bads += rows->is_bad[row] ? 1 : 0;
        *kind += is_missing(column, row) ? 1 : 0;
    }
    if (column->is_number)
        make_number_pieces(column, rows, arena, &pieces);
    else
        make_text_pieces(column, rows, arena, &pieces);

    *binning = (struct fit_binning){.column = column};
    for (size_t i = 0; i < pieces.count; i++) {
        const struct piece *piece = &pieces.piece[i];
        add_bin(&pieces, (struct fit_bin){.below = piece->below, .categories = piece->category, .category_count = piece->category_count,
                                          .goods = piece->goods, .bads = piece->bads}, binning);
    }
    if (missing.goods + missing.bads > 0)
        add_bin(&pieces, missing, binning);
}

static bool holds(const struct fit_binning *binning, const struct fit_bin *bin, size_t row)
{
    const struct csv_column *column = binning->column;
    if (bin->is_missing || is_missing(column, row))
        return bin->is_missing && is_missing(column, row);
    if (column->is_number)
        return column->number[row] < bin->below;
    for (size_t i = 0; i < bin->category_count; i++) {
        if (bin->categories[i] == column->category[row])
            return true;
    }
    return false;
}

int fit_binning_find(const struct fit_binning *binning, size_t row)
{
    for (size_t i = 0; i < binning->bin_count; i++) {
        if (holds(binning, &binning->bins[i], row))
            return (int)i;
    }
    return -1;
}

double fit_binning_woe(const struct fit_binning *binning, size_t row)
{
    int bin = fit_binning_find(binning, row);
    return bin < 0 ? 0 : binning->bins[bin].woe;
}
