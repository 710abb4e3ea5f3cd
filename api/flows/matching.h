/*
 * matching.h - receipts of statements that were kept before are matched again with what came since, so that it does not matter in which
 * order statements, contracts, payers and their names come.
 *
 * What is to be done is found in the tables (bank_statement_store_find_old), so that nothing is lost where this was cut short: whoever
 * matches next does it. Thread: any but the log's own; it waits for the log.
 */
#ifndef API_FLOWS_MATCHING_H
#define API_FLOWS_MATCHING_H

#include "api/flows/import_write.h"

struct matching_result {
    uint64_t statements;  /* whose receipts changed, each by an import on record */
    uint64_t matched;     /* receipts that went to milestones */
    uint64_t paid_before; /* whose payment another source tells of by now */
};

/*
 * Match again all that the facts of the actor's lender may say more of.
 *
 *   db      in   outside of a transaction
 *   log     in   as import_write takes it
 *
 * Each statement is matched in a transaction of its own. ZCD_UNAVAILABLE, ZCD_CORRUPT: what was done until then stays.
 */
enum zcd_code matching_run(struct db *db, const struct log_config *log, const struct import_actor *actor,
                           struct matching_result *result, struct zcd_error *err) ZCD_MUST_USE;

#endif
