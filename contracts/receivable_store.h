/*
 * receivable_store.h - what a lender's facts say that an organisation may still be paid, and which receipts are known: what bank
 * statements and notices are read against.
 *
 * Thread: that of the connection.
 */
#ifndef CONTRACTS_RECEIVABLE_STORE_H
#define CONTRACTS_RECEIVABLE_STORE_H

#include "base/arena.h"
#include "contracts/fact_table_store.h"
#include "contracts/import/notice_reader.h"
#include "contracts/receipt_match.h"

/* All in the arena it was loaded into. */
struct receivables {
    struct receivable *list; /* every milestone in yuan with an amount, also those settled */
    size_t count;
    size_t contract_count;
    const char *const *known_ids; /* of receipts, ascending by strcmp */
    size_t known_count;
    struct notice_known notices;   /* contracts with their milestones, payers with their names */
    const char *organisation_name; /* "" when not known */
    int64_t last_import;           /* of the lender, when they were read; 0: none */
};

/*
 * Read them in one snapshot, as all that is known says it now. Payments that earlier receipts brought make a milestone less
 * open; those of other sources do too, and stand beside it, since a receipt may show the same money. Those without a milestone
 * are handed to the contract's milestones as in a dossier (contracts/allocation.h).
 *
 * ZCD_UNAVAILABLE, ZCD_CORRUPT.
 */
enum zcd_code receivable_store_load(struct db *db, const struct facts_of *facts, struct arena *arena,
                                    struct receivables *receivables, struct zcd_error *err) ZCD_MUST_USE;

/*
 * The same in a transaction of the caller's, of what is open alone: no receipts are known, and no payments stand beside.
 */
enum zcd_code receivable_store_load_open(struct db *db, const struct facts_of *facts, struct arena *arena,
                                         struct receivables *receivables, struct zcd_error *err) ZCD_MUST_USE;

/* The line of a milestone; NULL when there is none. */
const struct receivable *receivables_find(const struct receivables *receivables, const char *contract, const char *milestone);

/*
 * Do they still stand? In the transaction of an import that was matched with them, once import_store_begin has given it its turn.
 *
 *   last_import  in  as loaded
 *
 * ZCD_CONFLICT when contracts, milestones, payments, payers, names of payers or receipts of the organisation came since, or any
 * import was taken back; ZCD_UNAVAILABLE.
 */
enum zcd_code receivable_store_check(struct db *db, const struct facts_of *facts, int64_t last_import,
                                     struct zcd_error *err) ZCD_MUST_USE;

#endif
