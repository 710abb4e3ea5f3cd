/*
 * renewal.h - may the loan be renewed, since when, and what is missing: rule by rule, with the law in force on the day.
 *
 * A renewal replaces the principal of a loan that runs out; where every rule holds and a law allows it, without repaying first.
 * It is neither a deferral (the same loan, later) nor a restructuring. Pure. Thread: any.
 */
#ifndef SCORING_RENEWAL_H
#define SCORING_RENEWAL_H

#include "scoring/classification.h"
#include "scoring/pipeline.h"
#include "scoring/value_text.h"

/* The list is renewal_rules.def. */
enum renewal_rule {
    RENEWAL_RULE_NONE = 0,
#define RENEWAL_RULE(number, name, json, zh, en) RENEWAL_RULE_##name = number,
#include "scoring/renewal_rules.def"
#undef RENEWAL_RULE
    RENEWAL_RULE_END
};

/* Static texts; not NONE or END. */
const char *renewal_rule_name(enum renewal_rule rule);
const char *renewal_rule_text_zh(enum renewal_rule rule);
const char *renewal_rule_text_en(enum renewal_rule rule);

/* The worse of two is the larger. */
enum renewal_outcome { RENEWAL_NOT_APPLICABLE = 1, RENEWAL_PASS, RENEWAL_WAITING, RENEWAL_FAIL };

const char *renewal_outcome_name(enum renewal_outcome outcome); /* "pass", ... */

struct renewal_finding {
    enum renewal_rule rule;
    enum renewal_outcome outcome;
    struct date until;       /* WAITING: the first day on which it would pass, all else as it is; otherwise DATE_NONE */
    struct value_text value; /* what was read */
};

/* One condition of the law, shown by the worst of its rules. */
struct renewal_condition {
    int item;
    const char *zh;
    const char *en;
    enum renewal_outcome outcome;
};

#define RENEWAL_CONDITIONS_MAX 5

struct renewal_result {
    struct renewal_finding findings[RENEWAL_RULE_END]; /* in the list's order */
    size_t finding_count;
    const struct law *law; /* in force on as_of, for a renewal; NULL: none, or not a renewal */
    struct renewal_condition conditions[RENEWAL_CONDITIONS_MAX];
    size_t condition_count;
    enum renewal_outcome outcome; /* the worst */
    struct date earliest;         /* the first day on which nothing waits; DATE_NONE where something fails */
    bool without_repaying_first;  /* all pass, and the law in force allows it to this kind of borrower under the policy */
};

/* What the rules read. Everything is borrowed for the call. */
struct renewal_case {
    const struct dossier *dossier; /* of kind renewal or increase: its application names a facility */
    const struct policy *policy;
    struct date as_of;
    const struct pipeline_result *pipeline;
    const struct classification_result *classification;
    bool meets_credit_standard; /* the engine would lend, as it stands or with conditions */
    struct value_text standard; /* the same for people */
};

/*
 * Judge every rule in the list's order; none ends the walk.
 *
 *   window                 renewal only: as_of within policy.renewal_window_days before maturity, waiting before, failed after
 *   repayment_record       all facilities, over policy.record_months: share of instalments in time and worst lateness; waiting until
 *                          the first instalment is known, or until a late one leaves the record
 *   no_interest_arrears    no instalment unpaid beyond the technical 7 days
 *   use_of_funds           the purpose is one of the policy's
 *   operating              registered, on no public list, a signed public contract
 *   meets_credit_standard  the engine's own answer
 *   classification_normal  of the facility; waiting until the observation ends where only that stands against it
 *   pipeline_covers_tenor  contracts carry the policy's shortest tenor, and what is outstanding on sweepable ones covers the principal
 *                          renewed by policy.renewal_cover_min_bp; neither depends on the amount asked
 * Law: Yinjianfa [2014] 36 from 2014-07-20, Jingui [2024] 13 from 2024-09-24 (renewal_conditions.def).
 */
void renewal_judge(const struct renewal_case *one, struct arena *arena, struct renewal_result *result);

#endif
