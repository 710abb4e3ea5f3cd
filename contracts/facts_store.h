/*
 * facts_store.h - all facts of one organisation as one lender knows them: a dossier written into the tables, and read back
 * as it stood on any day and was known at any instant.
 *
 * Facts belong to (uscc, lender). Nothing here asks who wants to know: whose facts are read is for the caller to decide,
 * by its own lender or by an authorisation of the organisation. Thread: that of the connection.
 */
#ifndef CONTRACTS_FACTS_STORE_H
#define CONTRACTS_FACTS_STORE_H

#include "base/arena.h"
#include "contracts/dossier.h"
#include "contracts/fact_table_store.h"
#include "contracts/payer_delay_store.h"

/* Known at: everything recorded so far. 9999-12-31. */
#define FACTS_KNOWN_NOW INT64_C(253402214400000000)

/* Every table of facts; a NULL stands behind the last. */
extern const struct fact_table *const FACT_TABLES[];

/*
 * Write all facts of a dossier as known from this import on. What has a day of its own (payments, repayments, deferrals,
 * list entries, staff, grades, accounts and results of a year, linked resources) holds from that day, everything else from
 * the dossier's as_of. What the tables know besides stays: a dossier adds and corrects, it removes only security evidence that it
 * denies. The application is none of the facts and is not kept.
 *
 *   import   in/out  opened by import_store_begin with fills false; its counts go up
 *   dossier  in      as dossier_check accepts it
 *
 * In the import's transaction. ZCD_INVALID when a value is beyond a table's bounds; ZCD_UNAVAILABLE.
 */
enum zcd_code facts_store_write_dossier(struct db *db, struct fact_import *import, const struct dossier *dossier,
                                        struct zcd_error *err) ZCD_MUST_USE;

/*
 * Read the facts as they stood on as_of and were known at known_at, in one snapshot.
 *
 *   facts        in   the organisation, and the lender whose facts to read
 *   prior        in   a policy's prior hazards, to freeze the book's experience with the payers into the dossier
 *                     (payer_delay_store_freeze); NULL: only what was imported along
 *   application  in   what is applied for: becomes the dossier's; NULL for none
 * Payments whose source names no milestone are handed to the contract's milestones (contracts/allocation.h); ids that no dossier
 * can hold get others (contracts/dossier_id.h).
 *
 *   dossier      out  in the arena; lists in the order of their keys. Only amounts in yuan, contracts without those not in yuan.
 *                     Neither linked nor checked: what the tables hold may be too little for a decision, and dossier_check
 *                     then says what is missing
 *
 * ZCD_INVALID when the organisation's key is no USCC; ZCD_NOT_FOUND when the lender knew nothing of it then;
 * ZCD_UNAVAILABLE; ZCD_CORRUPT.
 */
enum zcd_code facts_store_load_dossier(struct db *db, const struct facts_of *facts, struct date as_of,
                                       int64_t known_at_us, const struct payer_prior *prior,
                                       const struct application *application, struct arena *arena,
                                       struct dossier **dossier, struct zcd_error *err) ZCD_MUST_USE;

#endif
