/*
 * fact_spool.h - facts on their way from whoever reads a file to whoever writes to the database, in their order, through a temporary
 * file: the reader never waits, and what was given once can be given again.
 *
 * Thread: fact_spool_take and fact_spool_end one thread, fact_spool_give another or, once it is ended, the same.
 */
#ifndef API_FLOWS_FACT_SPOOL_H
#define API_FLOWS_FACT_SPOOL_H

#include "contracts/import/import_sink.h"

#include <stdbool.h>

struct fact_spool;

/*
 * Begin.
 *   directory  in  for the file, which has no name there; NULL: the system's for temporary files
 * NULL when there is no room for a temporary file.
 */
struct fact_spool *fact_spool_new(const char *directory);
void fact_spool_free(struct fact_spool *spool); /* NULL is fine */

/*
 * Fits import_sink.take_fact, with the spool as context. ZCD_UNAVAILABLE when there is no room; ZCD_CONFLICT once nobody wants the facts
 * any more (fact_spool_refuse).
 */
enum zcd_code fact_spool_take(void *context, const struct fact *fact, struct zcd_error *err) ZCD_MUST_USE;

/* No fact comes any more. is_whole: false when the reading failed, so that fact_spool_give must too. To be called once. */
void fact_spool_end(struct fact_spool *spool, bool is_whole);

/* From any thread: what is still read is in vain. */
void fact_spool_refuse(struct fact_spool *spool);

/* From any thread: has the reading failed? */
bool fact_spool_is_broken(struct fact_spool *spool);

/*
 * Give all facts to `take_fact`, from the first on, as often as wanted; waits for those that are still to come.
 *
 * Its codes; ZCD_CONFLICT when the reading failed; ZCD_CORRUPT when the file cannot be read.
 */
enum zcd_code fact_spool_give(struct fact_spool *spool,
                              enum zcd_code (*take_fact)(void *context, const struct fact *fact, struct zcd_error *err),
                              void *context, struct zcd_error *err) ZCD_MUST_USE;

#endif
