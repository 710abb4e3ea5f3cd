/*
 * policy_comparison.h - two policies on one book of dossiers: who is approved by one and not by the other, and what changes in
 * amounts, prices, expected loss, grades and reasons.
 *
 * The champion is the policy in force, the challenger the one that is proposed. Everything is a count or a sum, so the
 * result is the same in any order of dossiers and its size does not depend on their number. Pure. Thread: one at a time.
 */
#ifndef SCORING_POLICY_COMPARISON_H
#define SCORING_POLICY_COMPARISON_H

#include "scoring/decision.h"

enum comparison_side { COMPARISON_CHAMPION = 0, COMPARISON_CHALLENGER = 1, COMPARISON_SIDES };

/* What both policies say of a dossier; approved with or without conditions is approved. */
enum comparison_swap {
    COMPARISON_BOTH = 0,
    COMPARISON_ONLY_CHAMPION,   /* swapped out */
    COMPARISON_ONLY_CHALLENGER, /* swapped in */
    COMPARISON_NEITHER,
    COMPARISON_SWAPS
};

/* One policy's approvals. Sums that would pass INT64_MAX stay there, and are refused when they are written down. */
struct comparison_lending {
    int64_t approved;
    int64_t lent_fen;
    int64_t expected_loss_fen; /* amount x yearly expected loss of the price x tenor, each rounded up */
    int64_t priced_yuan;       /* whole yuan that have a rate: where no LPR is known there is none */
    int64_t rate_bp_yuan;      /* the sum of rate x amount over them */
};

/* Mean rate weighted by amount, rounded down; -1 where nothing has a rate. */
int64_t comparison_rate_bp(const struct comparison_lending *lending);

struct comparison_tally {
    int64_t dossiers;
    int64_t swaps[COMPARISON_SWAPS];
    struct comparison_lending lending[COMPARISON_SIDES];
};

#define COMPARISON_PROVINCES 100 /* the first two digits of a region's code (GB/T 2260) */
#define COMPARISON_OUTCOMES (OUTCOME_DECLINE + 1)
#define COMPARISON_GRADES (POLICY_GRADE_COUNT + 1)

/* By the public income of a year that the engine finds in the contracts: below 1, 5, 20 million yuan, and above. */
enum comparison_size {
    COMPARISON_SIZE_1M = 0,
    COMPARISON_SIZE_5M,
    COMPARISON_SIZE_20M,
    COMPARISON_SIZE_ABOVE,
    COMPARISON_SIZES
};

const char *comparison_size_name(enum comparison_size size); /* "under_1m", ... */
const char *comparison_size_text_zh(enum comparison_size size);
const char *comparison_size_text_en(enum comparison_size size);

/* The name of a province's code NN0000, or the code where no edition of GB/T 2260 lists it; returns text. */
#define COMPARISON_PROVINCE_TEXT_SIZE 64
const char *comparison_province_text_zh(size_t province, char text[COMPARISON_PROVINCE_TEXT_SIZE]);

struct policy_comparison {
    struct comparison_tally total;
    struct comparison_tally by_application[APPLICATION_KIND_DEFERRAL + 1]; /* by enum; row 0 unused */
    struct comparison_tally by_body[ORGANISATION_KIND_ENTERPRISE + 1];     /* the same */
    struct comparison_tally by_province[COMPARISON_PROVINCES];
    struct comparison_tally by_size[COMPARISON_SIZES];
    int64_t outcomes[COMPARISON_OUTCOMES][COMPARISON_OUTCOMES]; /* champion's, challenger's; from 1 */
    int64_t grades[COMPARISON_GRADES][COMPARISON_GRADES];       /* the same, of the governing cases */
    int64_t reasons[COMPARISON_SIDES][REASON_END];              /* dossiers that were given the reason */
    int64_t amounts_raised;                                     /* approved by both, and the challenger lends more */
    int64_t amounts_lowered;                                    /* ... or less */
    int64_t raised_fen;
    int64_t lowered_fen;
    int64_t not_in_force[COMPARISON_SIDES]; /* dossiers of a day outside of the policy's own */
};

/* One side of one dossier, short enough to keep. */
struct comparison_answer {
    enum outcome outcome;
    int64_t grade;
    int64_t limit_fen;
    int64_t rate_bp;               /* -1: none */
    enum reason_code first_reason; /* REASON_NONE: approved as asked */
};

/* Count one dossier in; decisions of the same dossier under the champion and the challenger. Start with {0}. */
void policy_comparison_add(struct policy_comparison *comparison, const struct dossier *dossier,
                           const struct policy *const policies[COMPARISON_SIDES],
                           const struct decision *const decisions[COMPARISON_SIDES]);

enum comparison_swap comparison_swap_of(const struct decision *const decisions[COMPARISON_SIDES]);
struct comparison_answer comparison_answer_of(const struct decision *decision);

#endif
