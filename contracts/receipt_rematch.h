/*
 * receipt_rematch.h - receipts of a statement that was kept before, matched again with what is known by now: what is to change.
 *
 * Statements and contracts come in any order. A receipt that waits, or whose payer was under no known contract, is judged again as if
 * it were read today; one that went to milestones is looked at only for whether another source tells of the same payment, so that no
 * money counts twice. What a person said of a receipt is never touched. Pure. Thread: any.
 */
#ifndef CONTRACTS_RECEIPT_REMATCH_H
#define CONTRACTS_RECEIPT_REMATCH_H

#include "base/arena.h"
#include "contracts/receipt_match.h"

/* A milestone that a receipt was matched with, or is offered. */
struct receipt_hold {
    const char *contract, *milestone;
    int32_t confidence_ppm; /* of an offer */
    const char *reason;
};

/* A receipt as it stands. Texts are borrowed. */
struct kept_receipt {
    const char *account, *id, *payer_name, *note;
    struct date received_on;
    int64_t amount_fen;
    int64_t line; /* of the statement */
    /* Why it waits or brings no payment; MATCH_NO_PAYER: it was set aside; MATCH_NONE: it is with milestones. */
    enum match_reason reason;
    bool is_another_statements; /* it only says which payments are known by it (MATCH_PAYMENT_KNOWN), and does not change */
    struct receipt_hold *holds; /* its milestones, or those it is offered, by contract and milestone */
    size_t hold_count;
};

/* As receipt_match takes it. Its texts are borrowed. */
struct receipt kept_receipt_judged(const struct kept_receipt *receipt);

/* How a receipt is to stand. */
struct receipt_change {
    const struct kept_receipt *receipt;
    enum match_reason reason;         /* MATCH_NONE: it goes to milestones */
    const struct receipt_part *parts; /* which, or which are offered */
    size_t part_count;
};

/*
 * Match again.
 *
 *   receivables  in   what may still come in, less what all receipts with milestones brought
 *   changes      out  in the arena; of receipts that change alone
 *   returns how many
 */
size_t receipt_rematch(const struct receivable *receivables, size_t receivable_count, const struct kept_receipt *receipts,
                       size_t receipt_count, struct arena *arena, const struct receipt_change **changes);

#endif
