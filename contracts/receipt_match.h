/*
 * receipt_match.h - which milestones the money on a bank statement belongs to.
 *
 * Receipts are taken in the order of their days, then of their ids, whatever the order in which they come; what one
 * takes is no longer open for the next. A contract is found by its number in the note, else by the payer's name or an
 * alias; a milestone by its amount, then by its due day. What can be read in more than one way waits for a person.
 * The rules and their confidence are match_reasons.def, our judgement, after how public payers pay: instalments in full,
 * several at once at the end of a year, the number of the contract in the note.
 * Pure and deterministic. Thread: any.
 */
#ifndef CONTRACTS_RECEIPT_MATCH_H
#define CONTRACTS_RECEIPT_MATCH_H

#include "base/arena.h"
#include "base/date.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RECEIPT_EARLY_DAYS_MAX 92   /* a payment earlier than that before the due day is not this milestone's; judgement */
#define RECEIPT_LATE_DAYS_MAX 1096  /* later than three years after it neither; judgement, the general limitation period */
#define RECEIPT_NUMBER_SIZE_MIN 4   /* bytes: a shorter number of a contract is not looked for in notes */
#define RECEIPT_KNOWN_DAYS_MAX 10   /* so far may the day of a payment lie, by another source, from the bank's; judgement */
#define RECEIPT_OFFERS_MAX 8        /* milestones offered to the person for whom a receipt waits */

enum match_reason {
    MATCH_NONE = 0,
#define MATCH_REASON(number, name, code, confidence, zh, en) MATCH_##name = number,
#include "contracts/match_reasons.def"
#undef MATCH_REASON
};

/* A payment of a milestone that no receipt brought: a publisher or a dossier says so. */
struct known_payment {
    struct date on;
    int64_t amount_fen;
};

/* What an organisation's milestone may still bring. Texts are borrowed for the time of the call. */
struct receivable {
    const char *contract;
    const char *milestone;
    const char *number;             /* of the contract as printed; "" when not known */
    const char *const *payer_names; /* name, then aliases */
    size_t payer_name_count;
    struct date due_on;    /* DATE_NONE: no receipt is matched with it */
    struct date signed_on; /* of the contract; DATE_NONE when not known */
    int64_t open_fen;      /* 0 of a settled one, by which payer and contract are still known */
    const struct known_payment *payments; /* the same money may come by as a receipt */
    size_t payment_count;
};

struct receipt {
    const char *id; /* no two receipts have the same */
    struct date on;
    int64_t amount_fen; /* > 0 */
    const char *payer_name;
    const char *note;
    bool is_matched; /* its money is with milestones already: judged only for whether another source tells of it too */
};

/*
 * One part of a receipt, or a receipt that went nowhere: then receivable is SIZE_MAX and amount_fen 0. Behind a receipt that
 * waits stand the milestones it may belong to, with is_offer and amount_fen 0, those first for which most speaks.
 */
struct receipt_part {
    size_t receipt;    /* index of the input */
    size_t receivable; /* the same */
    int64_t amount_fen;
    enum match_reason reason;
    bool is_offer;
    int32_t confidence_ppm; /* of the reason; of an offer, shared among those for the same reason */
};

/*
 * Match.
 *
 *   receivables, receipts  in   any order
 *   arena                  in   parts and working memory
 *   parts                  out  by receipt in the order of the input, then by due day; at least one of each receipt, but none of one
 *                              that is_matched and stays so
 *   returns the number of parts
 *
 * The parts of one receipt make up its amount, or it has one part that went nowhere, with offers behind it. A receipt that is a
 * known payment (the payer's or the number's contract, the same amount, RECEIPT_KNOWN_DAYS_MAX) goes nowhere, and is the
 * payment of that one receipt only.
 */
size_t receipt_match(const struct receivable *receivables, size_t receivable_count, const struct receipt *receipts,
                     size_t receipt_count, struct arena *arena, const struct receipt_part **parts);

/* Of the table; static storage. MATCH_NONE has none. */
const char *match_reason_code(enum match_reason reason);
const char *match_reason_text_zh(enum match_reason reason);
const char *match_reason_text_en(enum match_reason reason);
int32_t match_reason_confidence_ppm(enum match_reason reason); /* 0: waits, or no payment of a contract */

/* By its code; MATCH_NONE when there is none. */
enum match_reason match_reason_find(const char *code);

/* Must a person say where it belongs? False where it matched, of money that nobody under contract paid, and of what is known. */
bool match_reason_waits(enum match_reason reason);

/* Is a receipt with this code a fact? Not where nobody under a known contract paid: such a one is set aside (bank_statement_store.h). */
bool match_code_is_kept(const char *code);

#endif
