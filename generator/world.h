/*
 * world.h - plausible dossiers whose truth is known.
 *
 * One world is one organisation, its payers and its contracts over some years, lived through once by laws of its own. The dossier is
 * what an application on as_of would show of it; the flows are what really came and went afterwards. So a prediction made
 * from the dossier can be held against what happened.
 *
 * The laws are not the credit model's, and nothing of scoring is read here:
 *   delays        a mixture of prompt and stuck files, both lognormal; files are cleared in a rush before the year's end, nothing
 *                 is paid from 1 January until the authority has opened its budget, some payers pay on fixed days only
 *   acceptance    in rounds that an authority holds at intervals, so that slips come in clusters; a bad spell of the
 *                 organisation slows all of it
 *   budgets       tight years of an economy and of an authority lengthen delays and cost renewals; a cut terminates many of an
 *                 authority's contracts on one day
 *   work and cost payroll rises every July, follows work with the organisation's own lag, and is struck by single events
 * Its numbers are invented within bands that domain experience makes plausible; they are nobody's data.
 *
 * Whole numbers only: a seed and a number give the same world on every machine. Pure. Thread: any.
 */
#ifndef GENERATOR_WORLD_H
#define GENERATOR_WORLD_H

#include "base/arena.h"
#include "contracts/dossier.h"

/* Where money that moves after as_of comes from, as the facts stand on as_of. */
enum world_flow_kind {
    WORLD_FLOW_COST = 1,         /* wages, other costs, instalments of other loans; the amount is negative */
    WORLD_FLOW_RECEIPT,          /* that no sweep may take */
    WORLD_FLOW_RECEIPT_LOCKED,   /* of a signed public contract, unrestricted, unpledged, its account locked */
    WORLD_FLOW_RECEIPT_LOCKABLE  /* the same without a locked account */
};

const char *world_flow_kind_name(enum world_flow_kind kind); /* "cost", ... */

struct world_flow {
    int32_t day; /* after as_of; 0: on the day itself, the past's unpaid wages */
    enum world_flow_kind kind;
    int64_t amount_fen;
    bool is_payroll; /* a day on which wages are due */
};

/* How a payer really pays. */
struct world_payer {
    int32_t prompt_days;     /* median of files that are not stuck */
    int32_t stuck_permille;  /* of files */
    int32_t stuck_days;      /* their median */
    bool pays_on_fixed_days; /* the 10th and the 25th only */
};

struct world {
    const struct dossier *dossier;     /* linked; passes dossier_check */
    const struct world_payer *payers;  /* one for each payer of the dossier */
    int64_t opening_fen;               /* unrestricted cash on as_of */
    int64_t replaced_fen;              /* principal that a renewal would replace; not among the flows */
    const struct world_flow *flows;    /* by day; a day's costs before its receipts */
    size_t flow_count;
    int32_t horizon_days;              /* the flows end here */
    int32_t contracts_cut;             /* terminated after as_of */
    int32_t contracts_not_renewed;     /* that end within a year of as_of and are not followed */
};

/* The longest tenor that outcomes are known for: its maturity and 90 days more are within every world's horizon. */
#define WORLD_TENOR_MONTHS_MAX 24

/*
 * Live through one world.
 *
 *   seed, number  in   of the whole set, and of this dossier in it
 *   arena         in   everything in *world lives there
 *   world         out
 */
void world_generate(uint64_t seed, uint32_t number, struct arena *arena, struct world *world);

#endif
