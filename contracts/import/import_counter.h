/*
 * import_counter.h - the sink of a dry run: how many different things the facts are about, and how many lines the report has.
 * Receipts that are not kept (match_code_is_kept) count for nothing.
 *
 * Thread: one at a time.
 */
#ifndef CONTRACTS_IMPORT_IMPORT_COUNTER_H
#define CONTRACTS_IMPORT_IMPORT_COUNTER_H

#include "contracts/import/import_sink.h"

struct import_counts {
    uint64_t things[FACT_KIND_LAST + 1]; /* by enum fact_kind; a thing that several facts are about counts once */
    uint64_t facts;
    uint64_t lines[IMPORT_REFUSED + 1]; /* by enum import_severity */
};

struct import_counter;

/*
 * Start.
 *
 *   next  in  where facts and lines go on to, each after it was counted; NULL for nowhere. Borrowed. A missing function of it
 *             ends there
 */
struct import_counter *import_counter_new(const struct import_sink *next);
void import_counter_free(struct import_counter *counter); /* NULL is fine */

/* The sink to hand to a reader; borrowed from the counter. */
const struct import_sink *import_counter_sink(struct import_counter *counter);

const struct import_counts *import_counter_counts(const struct import_counter *counter);

#endif
