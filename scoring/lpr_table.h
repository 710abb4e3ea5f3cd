/*
 * lpr_table.h - quotes of the loan prime rate, made of data/reference/lpr.csv by cmake/reference_tables.cmake.
 *
 * Rows ascend by day. Read through scoring/lpr.h. Static, read-only. Thread: any.
 */
#ifndef SCORING_LPR_TABLE_H
#define SCORING_LPR_TABLE_H

#include <stddef.h>
#include <stdint.h>

struct lpr_quote {
    int32_t days; /* publication day, since 1970-01-01 */
    int32_t one_year_bp;
    int32_t five_year_bp; /* five years and above */
};

extern const struct lpr_quote LPR_QUOTES[];
extern const size_t LPR_QUOTE_COUNT;

#endif
