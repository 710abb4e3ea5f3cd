/*
 * fact_sink_store.h - what importers read, into the tables of facts: one transaction, all or nothing.
 *
 * Facts are taken one by one in the order of the file, gathered, sent by COPY into staging tables as they become many, and
 * turned into statements at the end or in parts, one SQL statement for each table. What a fact does not say overwrites nothing that is
 * known; the same content again adds nothing. Of several facts in one file about the same thing the last counts.
 *
 * The day from which a fact holds:
 *   contract      one statement for each step that its days tell (award, signing, start, and where it stands now), so that
 *                 the contract can be seen on each day as it stood then
 *   milestone     since ever, and again from its last day (acceptance, invoice), so that what an older source said ends there;
 *                 days that are still to come are left out whenever it is read
 *   payment, receipt   its day
 *   security      the day that the source gives
 *   the rest, and what has no day: since ever, 1990-01-01
 * Thread: that of the connection.
 */
#ifndef CONTRACTS_FACT_SINK_STORE_H
#define CONTRACTS_FACT_SINK_STORE_H

#include "contracts/fact_table_store.h"
#include "contracts/import/fact.h"

struct fact_sink;

/* What one sink has added, by enum fact_kind. */
struct fact_sink_counts {
    int64_t added[FACT_KIND_LAST + 1];
};

/*
 * Start. The import was opened by import_store_begin with fills true; both live until fact_sink_free.
 * The memory of what waits to be sent is bounded, whatever the size of the file.
 */
struct fact_sink *fact_sink_new(struct db *db, struct fact_import *import);
void fact_sink_free(struct fact_sink *sink); /* NULL is fine */

/*
 * Write contracts, milestones, payments and what hangs on them while facts still come, each time that part_bytes of a kind wait, so that
 * reader and server work at the same time. To be called before the first fact.
 *
 * A file that tells a thing again in another part, in other words, cannot be written so, since the last should count and nothing is
 * overwritten: fact_sink_take or fact_sink_finish then ends with ZCD_CONFLICT and fact_sink_is_told_twice. fact_sink_begin_again undoes
 * what was written, and all facts are taken once more, to be written at the end.
 */
enum zcd_code fact_sink_begin_parts(struct fact_sink *sink, size_t part_bytes, struct zcd_error *err) ZCD_MUST_USE;
bool fact_sink_is_told_twice(const struct fact_sink *sink);
enum zcd_code fact_sink_begin_again(struct fact_sink *sink, struct zcd_error *err) ZCD_MUST_USE;

/*
 * Take one fact; fits import_sink.take_fact with the sink as context.
 *
 * ZCD_INVALID when an id, name or amount is beyond what the tables hold; ZCD_UNAVAILABLE. Either way nothing is kept of the
 * import, because its transaction ends with it.
 */
enum zcd_code fact_sink_take(void *context, const struct fact *fact, struct zcd_error *err) ZCD_MUST_USE;

/* Write all that was taken. import->added says how many statements were new: 0 when the file says nothing new. */
enum zcd_code fact_sink_finish(struct fact_sink *sink, struct fact_sink_counts *counts,
                               struct zcd_error *err) ZCD_MUST_USE;

#endif
