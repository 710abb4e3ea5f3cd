/*
 * payer_alias_store.h - the other names under which an organisation's payers pay, as persons and dossiers taught them.
 *
 * The table is PAYER_ALIAS_FACTS of payer_store.h. Thread: that of the connection.
 */
#ifndef CONTRACTS_PAYER_ALIAS_STORE_H
#define CONTRACTS_PAYER_ALIAS_STORE_H

#include "base/arena.h"
#include "contracts/fact_table_store.h"
#include "contracts/payer_store.h"

#define PAYER_ALIAS_SIZE_MAX 500 /* bytes */

/* All that stand, by payer, then name. In a transaction of the caller's or alone. ZCD_UNAVAILABLE, ZCD_CORRUPT. */
enum zcd_code payer_alias_store_load(struct db *db, const struct facts_of *facts, struct arena *arena,
                                     struct payer_alias_row **aliases, size_t *count, struct zcd_error *err) ZCD_MUST_USE;

/* The payer of that id. ZCD_NOT_FOUND; ZCD_UNAVAILABLE, ZCD_CORRUPT. */
enum zcd_code payer_alias_store_find_payer(struct db *db, const struct facts_of *facts, const char *payer_id,
                                           struct arena *arena, const struct payer **payer, struct zcd_error *err) ZCD_MUST_USE;

/*
 * Teach a name, or take it back.
 *
 *   import     in/out  opened with fills false
 *   is_removed in      take back
 */
enum zcd_code payer_alias_store_write(struct db *db, struct fact_import *import, const char *uscc, const char *payer_id,
                                      const char *alias, bool is_removed, struct zcd_error *err) ZCD_MUST_USE;

#endif
