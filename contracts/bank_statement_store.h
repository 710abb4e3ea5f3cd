/*
 * bank_statement_store.h - statements that were kept, and their receipts as they stand, so that these can be matched again when more
 * is known.
 *
 * A receipt whose payer is under no known contract is no fact and is shown to nobody: it is set aside in bulk, until a contract or a name
 * that comes later says otherwise. Facts belong to (uscc, lender). Thread: that of the connection.
 */
#ifndef CONTRACTS_BANK_STATEMENT_STORE_H
#define CONTRACTS_BANK_STATEMENT_STORE_H

#include "base/arena.h"
#include "base/bytes.h"
#include "contracts/fact_table_store.h"
#include "contracts/receipt_rematch.h"

/* --- in the transaction of a statement's import */

/* Receipts on their way. Start with {0}; end with bank_statement_done. */
struct bank_statement_rest {
    struct buffer receipts;
    struct db_copy pieces;
    int32_t piece_count;
    int64_t receipt_count;
};

/* Set one aside. Of the receipt reason and holds do not matter. ZCD_UNAVAILABLE. */
enum zcd_code bank_statement_store_set_aside(struct db *db, const struct fact_import *import, const char *uscc,
                                             const struct kept_receipt *receipt, struct bank_statement_rest *rest,
                                             struct zcd_error *err) ZCD_MUST_USE;

/* The statement is told: keep its row and what was set aside. ZCD_UNAVAILABLE. */
enum zcd_code bank_statement_store_end(struct db *db, struct fact_import *import, const char *uscc,
                                       struct bank_statement_rest *rest, struct zcd_error *err) ZCD_MUST_USE;

void bank_statement_done(struct bank_statement_rest *rest);

/*
 * Is it worth setting aside? Not what natural persons give, whose names the lender has no need of: a name of two to four characters or
 * with a middle dot, and a note without a digit, which cites no contract.
 */
bool bank_statement_may_match_later(const char *payer_name, const char *note);

/* --- reading */

/*
 * Ids of receipts that are known or set aside, ascending by strcmp, each once.
 *
 *   known  in   those of the receipts that are facts (receivables), ascending
 */
enum zcd_code bank_statement_store_load_ids(struct db *db, const struct facts_of *facts, const char *const *known, size_t known_count,
                                            struct arena *arena, const char *const **ids, size_t *count,
                                            struct zcd_error *err) ZCD_MUST_USE;

/* Receipts whose payments another source told of, of all statements. */
enum zcd_code bank_statement_store_load_paid(struct db *db, const struct facts_of *facts, struct arena *arena,
                                             struct kept_receipt **receipts, size_t *count, struct zcd_error *err) ZCD_MUST_USE;

/* Has the lender any statement of the organisation? */
enum zcd_code bank_statement_store_has_any(struct db *db, const struct facts_of *facts, bool *has_any,
                                           struct zcd_error *err) ZCD_MUST_USE;

/* A statement of which something may match by now. */
struct old_statement {
    const char *uscc;
    int64_t import;
    const uint8_t *file_sha256;
};

/*
 * Those of a lender since whose last matching contracts, milestones, payments, payers or names of payers of the same organisation came, or
 * were taken back; in the order of their imports, at most BANK_STATEMENTS_MAX.
 */
#define BANK_STATEMENTS_MAX 1000
enum zcd_code bank_statement_store_find_old(struct db *db, const char *lender, struct arena *arena, struct old_statement **statements,
                                            size_t *count, struct zcd_error *err) ZCD_MUST_USE;

/*
 * Its receipts in yuan that no person has said anything of, and those of others whose payments were known before.
 *
 *   known  in  ids of receipts that are facts, ascending: what was set aside and is among them is no more
 */
enum zcd_code bank_statement_store_load(struct db *db, const struct facts_of *facts, int64_t statement, const char *const *known,
                                        size_t known_count, struct arena *arena, struct kept_receipt **receipts, size_t *count,
                                        struct zcd_error *err) ZCD_MUST_USE;

/* --- writing */

/*
 * In the transaction of an import of kind matching: rows of receipts, of what they are offered, and of payments.
 *
 *   import       in/out  opened with fills false; its counts go up
 *   receivables  in      those of receipt_rematch
 */
enum zcd_code bank_statement_store_write(struct db *db, struct fact_import *import, const char *uscc, int64_t statement,
                                         const struct receivable *receivables, const struct receipt_change *changes, size_t count,
                                         struct zcd_error *err) ZCD_MUST_USE;

/* Its receipts were matched with all that imports up to this one brought, and stay as they are. */
enum zcd_code bank_statement_store_mark(struct db *db, const struct facts_of *facts, int64_t statement, int64_t matched_to,
                                        struct zcd_error *err) ZCD_MUST_USE;

#endif
