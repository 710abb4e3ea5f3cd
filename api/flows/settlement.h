/*
 * settlement.h - a person says where a receipt belongs, or under which other name a payer pays: facts, import and record in one
 * transaction of the log (kind correction).
 *
 * Facts are those of the caller's lender. Thread: preparing on a worker's; the rows are written on the log's writer's.
 */
#ifndef API_FLOWS_SETTLEMENT_H
#define API_FLOWS_SETTLEMENT_H

#include "api/codec/settlement_decode.h"
#include "api/identity/caller.h"
#include "audit/log.h"
#include "contracts/receipt_store.h"

struct idempotency_row;

enum settlement_form {
    SETTLEMENT_OF_RECEIPT = 1, /* where it belongs */
    SETTLEMENT_TAKEN_BACK,     /* it waits again */
    SETTLEMENT_ALIAS,          /* a payer's other name */
    SETTLEMENT_ALIAS_REMOVED
};

/* One on its way; in its exchange's arena, untouched until done. */
struct settlement {
    struct log_entry entry;
    struct commitment commitments[2];
    enum settlement_form form;
    struct facts_of facts;
    const char *actor;
    struct receipt_row_read receipt; /* as the person saw it; once done, as it is now */
    struct receipt_share *shares;
    size_t share_count;
    const char *payer_id, *alias; /* NULL: none is taught */
    int64_t seen_import;          /* the receipt's, when the person saw it */
    bool is_busy;                 /* out, on ZCD_CONFLICT: an import is being kept just now */
    bool is_old;                  /* out, on ZCD_CONFLICT: facts have changed since, and it is no matter of the key */
    /* Given by the caller. Called as log_entry's done. */
    struct idempotency_row *key; /* NULL: none */
    void (*done)(struct settlement *settlement, const struct zcd_error *err); /* err NULL: on record */
    void *user;
};

/*
 * Check what a person says of a receipt against the facts, and make the record.
 *
 *   db       in   of the worker, outside of a transaction
 *   receipt  in   as receipt_store_find gives it
 *
 * ZCD_CONFLICT when it does not wait (any more). ZCD_INVALID, with all of these and pointers into the request: a milestone that is not known,
 * stands twice or has less open than the part; parts and rest that do not make up the amount; an alias of nobody, or that is
 * the payer's own name. ZCD_UNAVAILABLE, ZCD_CORRUPT.
 */
enum zcd_code settlement_prepare(struct db *db, const struct settlement_request *request, const struct receipt_row_read *receipt,
                                 const struct caller *caller, const char *uscc, struct arena *arena,
                                 struct settlement *settlement, struct zcd_error *err) ZCD_MUST_USE;

/* Make the record by which what was said of a receipt is taken back. ZCD_CONFLICT when nobody said anything. */
enum zcd_code settlement_prepare_taking_back(const struct receipt_row_read *receipt, const struct caller *caller, const char *uscc,
                                             struct arena *arena, struct settlement *settlement, struct zcd_error *err) ZCD_MUST_USE;

/*
 * Make the record by which a name is taught, or taken back.
 *
 * ZCD_INVALID, with the pointer: a payer that is not known, a name that is empty, too long or the payer's own. ZCD_CONFLICT when
 * it is known already. ZCD_UNAVAILABLE, ZCD_CORRUPT.
 */
enum zcd_code settlement_prepare_alias(struct db *db, const struct payer_alias_request *request, bool is_removed,
                                       const struct caller *caller, const char *uscc, struct arena *arena,
                                       struct settlement *settlement, struct zcd_error *err) ZCD_MUST_USE;

/* Hand it to the log: log_submit. Through done, ZCD_CONFLICT: see is_busy and is_old; else the key was used at the same moment. */
enum zcd_code settlement_submit(struct log *log, struct settlement *settlement, struct zcd_error *err) ZCD_MUST_USE;

/* Is an entry of kind correction one of these? Then its rows: see log_insert_rows. */
bool settlement_is(const struct log_entry *entry);
enum zcd_code settlement_insert_rows(struct db *db, const struct log_entry *entry, struct zcd_error *err) ZCD_MUST_USE;

#endif
