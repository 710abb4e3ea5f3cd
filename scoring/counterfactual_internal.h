/*
 * counterfactual_internal.h - what the search (counterfactual.c) and the levers themselves (counterfactual_options.c: what there
 * is to move; counterfactual_change.c: moving it) share. Only for scoring/counterfactual*.c.
 */
#ifndef SCORING_COUNTERFACTUAL_INTERNAL_H
#define SCORING_COUNTERFACTUAL_INTERNAL_H

#include "scoring/decision.h"

/* The decision that falls short. */
struct counterfactual_case {
    const struct dossier *dossier;
    const struct policy *policy;
    const struct decision *decision;
    struct arena *arena;
};

/* A contract, milestone or instalment that a lever may name. */
struct counterfactual_candidate {
    size_t owner; /* index of the contract or facility in the dossier */
    size_t part;  /* of the milestone or instalment in it */
    int64_t amount_fen;
    struct date on; /* receivables and instalments: since when payable */
    struct date by;
    struct date likely;
    const char *name; /* "c3", "c3/m2", "f1/2021-03-21" */
};

/*
 * How far one lever can be moved: sizes 1 to count, each more than the one before. Of candidates, size n takes the first n; of a
 * range, n steps up to `top`; of alternatives, the n-th, nearest first.
 */
struct counterfactual_options {
    const struct policy_counterfactual_lever *lever;
    size_t count;
    const struct counterfactual_candidate *candidates; /* NULL: a range or alternatives */
    const int64_t *alternatives;                       /* NULL: candidates or a range */
    int64_t top;
    bool never_hurts; /* more of it never gives less */
};

/* A lever moved. */
struct counterfactual_choice {
    const struct counterfactual_options *options;
    size_t size;
    uint32_t left_out; /* bit i: candidate i is not needed */
};

/* What was changed, for people; NULL where nobody asks. */
struct counterfactual_record {
    struct arena *arena;
    struct counterfactual_fact *facts;
    size_t count;
    size_t room;
};

bool counterfactual_is_chosen(const struct counterfactual_choice *choice, size_t candidate);
int64_t counterfactual_value(const struct counterfactual_choice *choice); /* of a range or alternatives */

/* Everything that this lever can do in this case; false where that is nothing. */
bool counterfactual_list_options(const struct counterfactual_case *one, const struct policy_counterfactual_lever *lever,
                                 struct counterfactual_options *options);

/*
 * Make the change.
 *   changed  in/out  a shallow copy of the case's dossier, or one that another lever has changed; what it points at is copied
 *                    to the arena before it is written
 *   record   in/out  the facts so changed; may be NULL
 */
void counterfactual_apply(const struct counterfactual_case *one, const struct counterfactual_choice *choice, struct dossier *changed,
                          struct arena *arena, struct counterfactual_record *record);

#endif
