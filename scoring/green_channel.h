/*
 * green_channel.h - the fast lane for renewals and deferrals of borrowers with a record: who enters, and by when it is decided.
 *
 * The lane drops papers and waiting, never a stage: the decision is the same one. Any open warning leaves the lane. Pure.
 * Thread: any.
 */
#ifndef SCORING_GREEN_CHANNEL_H
#define SCORING_GREEN_CHANNEL_H

#include "contracts/dossier.h"
#include "scoring/policy.h"
#include "scoring/value_text.h"

/* The list is green_channel_rules.def. */
enum green_channel_rule {
    GREEN_CHANNEL_RULE_NONE = 0,
#define GREEN_CHANNEL_RULE(number, name, json, zh, en) GREEN_CHANNEL_RULE_##name = number,
#include "scoring/green_channel_rules.def"
#undef GREEN_CHANNEL_RULE
    GREEN_CHANNEL_RULE_END
};

/* Static texts; not NONE or END. */
const char *green_channel_rule_name(enum green_channel_rule rule);
const char *green_channel_rule_text_zh(enum green_channel_rule rule);
const char *green_channel_rule_text_en(enum green_channel_rule rule);

/* One thing that the lane leaves out. Static. */
struct green_channel_drop {
    const char *name, *zh, *en;
};

size_t green_channel_drop_count(void);
const struct green_channel_drop *green_channel_drop_at(size_t place);

struct green_channel_finding {
    enum green_channel_rule rule;
    bool passes;
    struct value_text value;
};

struct green_channel_result {
    struct green_channel_finding findings[GREEN_CHANNEL_RULE_END]; /* in the list's order */
    size_t finding_count;
    bool is_open;          /* every rule passes */
    struct date decide_by; /* last day of the clock; DATE_NONE: not in the lane, or that year's calendar is not known */
};

/* What the rules read. Borrowed for the call. */
struct green_channel_case {
    const struct dossier *dossier; /* not a first loan: its application names a facility */
    const struct policy *policy;
    struct date as_of;
    bool rules_hold;      /* every rule of the renewal or deferral holds */
    int32_t grade;        /* 1 best to 10; 0: a deferral is not graded */
    size_t warning_count; /* open alerts of level warning */
    size_t missing_count; /* papers missing in eligibility */
};

/*
 * Judge every rule, and set the clock: policy.green_working_days after the day of the request, by the State Council's calendar
 * (base/working_day.h).
 */
void green_channel_judge(const struct green_channel_case *one, struct arena *arena, struct green_channel_result *result);

#endif
