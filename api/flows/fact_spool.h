/*
 * fact_spool.h - facts put aside in a temporary file, in their order: a file is read and judged once, before the transaction that
 * keeps what it says, so that the transaction is short.
 *
 * Thread: one at a time.
 */
#ifndef API_FLOWS_FACT_SPOOL_H
#define API_FLOWS_FACT_SPOOL_H

#include "contracts/import/import_sink.h"

struct fact_spool;

/*
 * Begin.
 *   directory  in  for the file, which has no name there; NULL: the system's for temporary files
 * NULL when there is no room for a temporary file.
 */
struct fact_spool *fact_spool_new(const char *directory);
void fact_spool_free(struct fact_spool *spool); /* NULL is fine */

/* Fits import_sink.take_fact, with the spool as context. ZCD_UNAVAILABLE when there is no room. */
enum zcd_code fact_spool_take(void *context, const struct fact *fact, struct zcd_error *err) ZCD_MUST_USE;

/* Give all facts to `take_fact`, from the first on, as often as wanted. Its codes; ZCD_UNAVAILABLE when the file cannot be read. */
enum zcd_code fact_spool_give(struct fact_spool *spool,
                              enum zcd_code (*take_fact)(void *context, const struct fact *fact, struct zcd_error *err),
                              void *context, struct zcd_error *err) ZCD_MUST_USE;

#endif
