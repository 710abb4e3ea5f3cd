/*
 * deferral.h - may instalments be put off, because the payers are late: the cause, the terms, and the new schedule.
 *
 * The cause test asks of the facts: had payers paid on their payable days, would undisputed, accepted receivables that are pledged
 * to nobody else have covered each instalment on its day; and does nine in ten of that money come before the new date? What was
 * late before stays late. Interest goes on at the loan's rate, without penalty interest. Pure. Thread: any.
 */
#ifndef SCORING_DEFERRAL_H
#define SCORING_DEFERRAL_H

#include "scoring/classification.h"
#include "scoring/deferral_window.h"
#include "scoring/pipeline.h"
#include "scoring/value_text.h"

/* The list is deferral_rules.def. */
enum deferral_rule {
    DEFERRAL_RULE_NONE = 0,
#define DEFERRAL_RULE(number, name, json, zh, en) DEFERRAL_RULE_##name = number,
#include "scoring/deferral_rules.def"
#undef DEFERRAL_RULE
    DEFERRAL_RULE_END
};

/* Static texts; not NONE or END. */
const char *deferral_rule_name(enum deferral_rule rule);
const char *deferral_rule_text_zh(enum deferral_rule rule);
const char *deferral_rule_text_en(enum deferral_rule rule);

struct deferral_finding {
    enum deferral_rule rule;
    bool passes;
    struct value_text value;
};

/* One line of the loan's schedule, before and after. */
struct deferral_line {
    const struct instalment *instalment; /* NULL: principal that no instalment names, due at maturity */
    struct date due_on;                  /* under the deferrals agreed so far */
    struct date new_due_on;              /* the same where it is not moved */
    int64_t principal_fen;               /* as first agreed: never changed */
    int64_t interest_fen;
    int64_t paid_fen;
    int64_t outstanding_fen;
    bool is_moved;
};

/* A receivable that the cause test counts. */
struct deferral_receivable {
    const struct contract *contract;
    const struct milestone *milestone;
    int64_t amount_fen; /* less what is disputed or retained */
    struct date payable_on;
    struct date arrival_p90;
};

/* What becomes of the loan's classification. */
enum deferral_treatment { DEFERRAL_WITHOUT_DOWNGRADE = 1, DEFERRAL_RESTRUCTURING };

const char *deferral_treatment_name(enum deferral_treatment treatment);

struct deferral_result {
    struct deferral_finding findings[DEFERRAL_RULE_END]; /* in the list's order */
    size_t finding_count;
    bool holds;            /* every rule passes */
    bool may_be_judged;    /* what fails is for a person to weigh: the cause or its time, not what is never possible */
    struct date from;      /* first day that is put off; DATE_NONE where nothing falls due */
    struct date to;        /* the new day */
    int32_t months;        /* from one to the other: those asked for, up to the policy's */
    int32_t months_enough; /* the fewest up to the policy's with which every rule passes; 0: none */
    int64_t deferred_fen;  /* put off in all */
    int64_t covered_fen;   /* receivables payable by the last day that is put off */
    int64_t arriving_fen;  /* of those, what is expected (p90) before the new date */
    const struct deferral_line *lines; /* the whole schedule, in order of due day */
    size_t line_count;
    const struct deferral_receivable *receivables; /* that were counted, in order of payable day */
    size_t receivable_count;
    const struct deferral_window *window; /* under which there is no downgrade; NULL: none */
    enum deferral_treatment treatment;
    enum facility_classification classification_after; /* if it is agreed on as_of */
    struct date observed_until;           /* of a restructuring; otherwise DATE_NONE */
};

/* Borrowed for the call. */
struct deferral_case {
    const struct dossier *dossier; /* of kind deferral: tenor_months are the months asked for */
    const struct policy *policy;
    struct date as_of;
    const struct delay_result *delay;
    const struct pipeline_result *pipeline;
    const struct classification_result *classification;
};

/*
 * Judge every rule and draw up the schedule.
 *
 * Moved is what is unpaid and due (deferrals considered) from the first unpaid due day on or after as_of until the day before the
 * new date; it is due on the new date, as struct deferral says it. Nothing paid is touched and no amount changes: what
 * interest goes on to accrue is added by the lender at the loan's rate, which a dossier does not know.
 */
void deferral_judge(const struct deferral_case *one, struct arena *arena, struct deferral_result *result);

#endif
