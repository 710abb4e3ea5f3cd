/*
 * statement_import.h - a bank statement into facts: receipts, and the payments that they are of contracts.
 *
 * Every receipt gets an id that is the same in every statement that shows it: the bank's number with day and amount, or,
 * where the bank gives none, a digest of the line with its rank among equal lines. So statements may overlap, and a file
 * may be read again. Receipts and their matching do not depend on the order of the lines. Thread: the caller's.
 */
#ifndef CONTRACTS_IMPORT_STATEMENT_IMPORT_H
#define CONTRACTS_IMPORT_STATEMENT_IMPORT_H

#include "contracts/import/statement_reader.h"
#include "contracts/receipt_match.h"

#define STATEMENT_RECEIPTS_MAX 2000000

struct statement_import {
    const char *organisation; /* whose account it is: key of every fact */
    const struct statement_profile *profiles;
    size_t profile_count;
    const struct receivable *receivables; /* what may still come, without what earlier receipts brought */
    size_t receivable_count;
    const char *const *known_ids; /* receipts that earlier statements brought, ascending by strcmp; passed over */
    size_t known_count;
    const struct receipt *paid; /* of earlier statements, whose payments another source told of: no other receipt is those */
    size_t paid_count;
    const struct import_sink *sink;
};

struct statement_import_summary {
    struct statement_summary read;
    uint64_t receipt_count;   /* new ones */
    uint64_t matched_count;   /* those that went to milestones */
    uint64_t waiting_count;   /* those for which a person must say */
    uint64_t unrelated_count; /* paid by nobody under contract */
    uint64_t paid_before_count; /* those whose payment another source told of */
    uint64_t duplicate_count, known_count;
    uint64_t part_count;      /* payments */
    int64_t matched_fen;
};

/*
 * Read a statement and hand on, for each new receipt in the order of the file, a FACT_RECEIPT per part with the rule that
 * matched it, a FACT_PAYMENT per part that went to a milestone, and a FACT_OFFER per milestone that is offered to the person for
 * whom it waits.
 *
 *   arena  in  working memory: grows with the receipts, not with the rest of the file
 *
 * As statement_read; ZCD_INVALID for more than STATEMENT_RECEIPTS_MAX receipts. What the sink answers ends the reading.
 */
enum zcd_code statement_import_read(FILE *file, const struct statement_import *import, struct arena *arena,
                                    struct statement_import_summary *summary, struct zcd_error *err) ZCD_MUST_USE;

#endif
