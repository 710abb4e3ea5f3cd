/*
 * early_warning.h - what a lender should look at today: alerts, each with the fact that it rests on and the threshold it passed.
 *
 * Only computed here; whether somebody has seen or resolved an alert is not a fact of the dossier. The one covenant that a dossier
 * knows of is repayment itself. Pure. Thread: any.
 */
#ifndef SCORING_EARLY_WARNING_H
#define SCORING_EARLY_WARNING_H

#include "scoring/delay.h"
#include "scoring/value_text.h"

#define EARLY_WARNING_SHOWN_MAX 100 /* most urgent first; the count tells of all */

enum early_warning_level { EARLY_WARNING_LEVEL_NOTICE = 1, EARLY_WARNING_LEVEL_WARNING };

/* The list is early_warnings.def. */
enum early_warning {
    EARLY_WARNING_NONE = 0,
#define EARLY_WARNING(number, name, json, level, unit, zh, en) EARLY_WARNING_##name = number,
#include "scoring/early_warnings.def"
#undef EARLY_WARNING
    EARLY_WARNING_END
};

/* Static texts; not NONE or END. */
const char *early_warning_name(enum early_warning which);
const char *early_warning_unit(enum early_warning which); /* of value and threshold: "days", "bp", "year", "fen" */
const char *early_warning_text_zh(enum early_warning which);
const char *early_warning_text_en(enum early_warning which);
enum early_warning_level early_warning_level_of(enum early_warning which);
const char *early_warning_level_name(enum early_warning_level level);

/* Ids are the dossier's; "" where the alert is not about one. */
struct alert {
    enum early_warning kind;
    const char *contract;
    const char *payer;
    const char *milestone;
    const char *facility;
    int64_t value;            /* what was read, in the kind's unit */
    int64_t threshold;        /* what it passed; for a drop the year it is compared with; 0 where the fact alone counts */
    struct value_text detail; /* value and threshold for people */
};

struct early_warning_result {
    const struct alert *alerts; /* in the order of the list, then by contract, milestone, facility; at most EARLY_WARNING_SHOWN_MAX */
    size_t alert_count;
    size_t found_count;         /* of all, also those not shown */
    size_t warning_count;       /* of level WARNING among all */
};

/*
 * Look at everything on as_of:
 *   list_entry            each public list that the organisation is on
 *   instalment_missed     a facility with an instalment unpaid for more than the technical 7 days
 *   contract_terminated   a terminated contract whose service had not ended
 *   cash_runway           unrestricted cash below policy.cash_runway_min_bp of a month's payroll and other costs
 *   service_evaluation, annual_inspection   the latest year's result is worse than that of the year before
 *   contract_unqualified  a contract in service whose evaluation is unqualified
 *   milestone_overdue_*   unpaid past its payable day for more than the policy's days; the highest of the three only
 *   payer_late            unpaid for more than the p90 of this payer's own delay (delay.h)
 * Signed and closed contracts only, where nothing else is said.
 */
void early_warning_watch(const struct dossier *dossier, const struct policy *policy, struct date as_of,
                         const struct delay_result *delay, struct arena *arena, struct early_warning_result *result);

#endif
