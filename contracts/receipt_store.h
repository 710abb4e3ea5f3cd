/*
 * receipt_store.h - receipts of bank statements as they stand, and keeping what a person said of one that waits.
 *
 * A receipt that went to milestones by itself has a row for each. Any other has one row of the table without a milestone, its head, whose
 * reason tells its state; what a person gave to milestones are rows with one, like those of the matching. Facts belong to (uscc, lender). Thread: that of the connection.
 */
#ifndef CONTRACTS_RECEIPT_STORE_H
#define CONTRACTS_RECEIPT_STORE_H

#include "base/arena.h"
#include "contracts/contract_store.h"
#include "contracts/fact_table_store.h"

enum receipt_state { RECEIPT_NONE = 0, RECEIPT_WAITING, RECEIPT_SETTLED, RECEIPT_PAID_BEFORE, RECEIPT_MATCHED };

/* "waiting", "settled" (by a person), "paid_before" (another source told of the payment), "matched" (by itself); RECEIPT_NONE and NULL for others. */
enum receipt_state receipt_state_find(const char *name);
const char *receipt_state_name(enum receipt_state state);

/* What names a receipt within the facts of an organisation and a lender. */
struct receipt_key {
    const char *account; /* last four digits at most */
    const char *id;
};

/* Where it stands in a list. */
struct receipt_place {
    struct date on;
    struct receipt_key key;
};

/* A receipt as it stands. Texts live in the arena it was read into. */
struct receipt_row_read {
    struct receipt_key key;
    enum receipt_state state;
    struct date received_on;
    const char *currency;
    int64_t amount_fen;
    int64_t matched_fen; /* what went to milestones; 0 while it waits */
    const char *payer_name, *note;
    const char *reason;     /* code of match_reasons.def */
    int32_t confidence_ppm; /* of the reason; 0 while it waits */
    int64_t import_id;      /* that said so last */
    int64_t recorded_at_us; /* when */
    const char *actor;      /* who: of a settled one, the person */
};

/*
 * Receipts of one state, in the order of their days, then ids.
 *
 *   after  in   those behind this one; NULL: from the first
 *   limit  in   at most so many
 */
enum zcd_code receipt_store_list(struct db *db, const struct facts_of *facts, enum receipt_state state,
                                 const struct receipt_place *after, size_t limit, struct arena *arena,
                                 struct receipt_row_read **rows, size_t *count, struct zcd_error *err) ZCD_MUST_USE;

/* One of them, of any state. ZCD_NOT_FOUND. */
enum zcd_code receipt_store_find(struct db *db, const struct facts_of *facts, const struct receipt_key *key, struct arena *arena,
                                 struct receipt_row_read *row, struct zcd_error *err) ZCD_MUST_USE;

/* The milestones a receipt may belong to, those first for which most speaks; rows as the table has them. */
enum zcd_code receipt_store_load_offers(struct db *db, const struct facts_of *facts, const struct receipt_key *key,
                                        struct arena *arena, struct receipt_offer_row **offers, size_t *count,
                                        struct zcd_error *err) ZCD_MUST_USE;

/* What went to a milestone, by a person or by itself. */
struct receipt_share {
    const char *contract;
    const char *milestone; /* "" of a contract without milestones */
    int64_t amount_fen;
};

enum zcd_code receipt_store_load_shares(struct db *db, const struct facts_of *facts, const struct receipt_key *key,
                                        struct arena *arena, struct receipt_share **shares, size_t *count,
                                        struct zcd_error *err) ZCD_MUST_USE;

/*
 * Keep what a person said of a waiting receipt: its head, its shares and their payments.
 *
 *   import   in/out  opened with fills false; its counts go up
 *   receipt  in      waits
 *   shares   in      of different milestones; none: it is no payment of a contract
 *
 * ZCD_UNAVAILABLE.
 */
enum zcd_code receipt_store_settle(struct db *db, struct fact_import *import, const char *uscc,
                                   const struct receipt_row_read *receipt, const struct receipt_share *shares, size_t count,
                                   struct zcd_error *err) ZCD_MUST_USE;

#endif
