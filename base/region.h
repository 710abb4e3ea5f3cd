/*
 * region.h - codes of administrative divisions, GB/T 2260, with every code that was ever valid.
 *
 * A code outlives its region (310230 became a district in 2016), and bodies registered nationally use
 * 100000, which no edition of the standard lists. Pure; the table is compiled in. Thread: any.
 */
#ifndef BASE_REGION_H
#define BASE_REGION_H

#include "base/error.h"

/* A code that passed region_parse(). */
struct region {
    char code[7];
};

/* Six digits that some edition of GB/T 2260 lists, or 100000. ZCD_INVALID: wrong form, then unknown. */
enum zcd_code region_parse(const char *text, struct region *region, struct zcd_error *err) ZCD_MUST_USE;

size_t region_count(void); /* codes in the table */

/* The Chinese name, static storage. */
const char *region_name(const struct region *region);

#endif
