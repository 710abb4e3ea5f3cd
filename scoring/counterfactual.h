/*
 * counterfactual.h - what would turn the outcome: the smallest change of something the applicant can still change.
 *
 * For a decision that is less than was asked. Each answer was found by search and every one of them is a whole run of the
 * engine on the dossier so changed, as if the change were made on as_of: nothing is interpolated. Which levers are
 * tried, in which order and how far, is the policy's (section "counterfactual"). Non-goals: levers that need a changed
 * past (age, how it paid) or a made-up need. Pure. Thread: any; the workspace's thread.
 */
#ifndef SCORING_COUNTERFACTUAL_H
#define SCORING_COUNTERFACTUAL_H

#include "base/arena.h"
#include "base/date.h"
#include "scoring/counterfactual_lever.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define COUNTERFACTUAL_STEPS_MAX 2 /* levers in one answer */
#define COUNTERFACTUAL_CANDIDATES_MAX 32 /* contracts, milestones or instalments that one lever may name */
#define COUNTERFACTUAL_HIRES_MAX 1000
#define COUNTERFACTUAL_RUNS_MAX 1000 /* of the engine, whatever a policy says */

/* What is wanted: the first that the decision falls short of, and, of a conditional one, the conditions' absence as well. */
enum counterfactual_goal {
    COUNTERFACTUAL_GOAL_NONE = 0,
    COUNTERFACTUAL_GOAL_APPROVAL,     /* declined or referred: any approval, with conditions or without */
    COUNTERFACTUAL_GOAL_FULL_AMOUNT,  /* approved for less: all that was asked and is needed */
    COUNTERFACTUAL_GOAL_NO_CONDITIONS /* approved with conditions, and for less than asked unless the policy relaxes conditions:
                                         the same amount without any */
};

const char *counterfactual_goal_name(enum counterfactual_goal goal); /* "approval", ...; not NONE */

/* A value of the dossier: a text, a whole number, or not given. */
enum counterfactual_value_kind { COUNTERFACTUAL_VALUE_NULL = 0, COUNTERFACTUAL_VALUE_BOOLEAN, COUNTERFACTUAL_VALUE_INTEGER, COUNTERFACTUAL_VALUE_TEXT };

struct counterfactual_value {
    enum counterfactual_value_kind kind;
    int64_t number;   /* integer; 0 or 1 of a boolean */
    const char *text; /* only of a text */
};

/*
 * One fact that is taken to be otherwise. `field` is a path of member names with ids in the place of indices, so that it does
 * not depend on the order of the input: "/contracts/c3/security/account_locked"; "-" is a new row (RFC 6901 section 4).
 */
struct counterfactual_fact {
    const char *field;
    struct counterfactual_value from;
    struct counterfactual_value to;
};

/* One lever of an answer, and how far it is moved. */
struct counterfactual_step {
    enum counterfactual_lever lever;
    const struct counterfactual_fact *facts;
    size_t fact_count;
    struct date by;     /* by when it can be expected or has to be done; DATE_NONE: nothing but the applicant decides */
    struct date likely; /* receivables: the day by which half of such have come (by: nine in ten); else DATE_NONE */
    const char *text_zh;
    const char *text_en;
};

struct counterfactual {
    enum counterfactual_goal goal;
    struct counterfactual_step steps[COUNTERFACTUAL_STEPS_MAX];
    size_t step_count;
    bool is_smallest;     /* each next smaller change was tried and falls short; false where the search was cut short */
    /* What the engine decides then. */
    bool has_conditions;  /* approve_with_conditions; else approve */
    int64_t limit_fen;
    int32_t grade;
    int32_t tenor_months;
    int32_t rate_bp;
    bool has_rate;        /* false: no LPR quote on as_of */
};

struct counterfactual_list {
    const struct counterfactual *rows; /* in order of goal, then the policy's order of levers */
    size_t count;
    bool was_searched; /* false: got all it may ask for, or the policy has no levers */
    bool is_complete;  /* false: ended by the policy's number of runs */
    int32_t runs;      /* of the engine, those that confirm an answer included */
};

struct decision;
struct dossier;
struct policy;
struct cashflow_workspace;

/*
 * Search. Costs nothing where the decision is all that was asked or needed.
 *
 *   decision   in/out  complete but for .counterfactuals, which is written
 *   workspace  in      its paths are overwritten
 *   arena      in      holds the answer
 *
 * Each lever by itself, in the policy's order; two together only where none of them suffices alone, the first such pair in
 * the policy's order. No lever is tried where a rule of eligibility stops the case that it does not move, where a paper is
 * missing (evidence_needed says which), or where less is needed than the product lends.
 */
void counterfactual_search(const struct dossier *dossier, const struct policy *policy, struct cashflow_workspace *workspace,
                           struct arena *arena, struct decision *decision);

#endif
