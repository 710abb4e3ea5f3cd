/*
 * classification.h - five-tier risk classification (五级分类) of what the organisation has borrowed, centred on the debtor.
 *
 * By days past due: up to 7 days are technical and normal, from 8 attention, from 91 substandard, from 271 doubtful, from 361
 * loss (order No. 1 of 2023, in force from 2023-07-01). The guidelines of 2007 gave the tiers without days; a lender before that day
 * counted the same ones by its own practice. An agreed deferral moves the due day. What only the lender knows (expected
 * losses, evasion) enters through the classification that it has recorded: this never betters that. Pure. Thread: any.
 */
#ifndef SCORING_CLASSIFICATION_H
#define SCORING_CLASSIFICATION_H

#include "base/arena.h"
#include "contracts/dossier.h"
#include "scoring/law.h"

enum classification_basis {
    CLASSIFICATION_BASIS_NONE = 0,
#define CLASSIFICATION_BASIS(number, name, json, zh, en) CLASSIFICATION_BASIS_##name = number,
#include "scoring/classification_bases.def"
#undef CLASSIFICATION_BASIS
    CLASSIFICATION_BASIS_END
};

/* Static texts; not NONE or END. */
const char *classification_basis_name(enum classification_basis basis);
const char *classification_basis_text_zh(enum classification_basis basis);
const char *classification_basis_text_en(enum classification_basis basis);

struct classification_row {
    const struct facility *facility; /* borrowed from the dossier */
    int32_t days_past_due;           /* of the unpaid instalment that is latest, technical delays included */
    enum facility_classification by_days;
    enum facility_classification tier; /* all considered */
    enum classification_basis basis;   /* what gave the tier; of several the first that reached it */
    struct date observed_until;        /* last day of observation of a restructured loan; DATE_NONE: not under observation */
};

struct classification_result {
    enum facility_classification tier; /* the worst of the rows; NONE without a facility */
    const struct classification_row *rows; /* of facilities with money outstanding or late, in order of id */
    size_t row_count;
    const struct law *law; /* in force on as_of; NULL before 2007-07-03 */
};

/* The tier of so many days past due. */
enum facility_classification classification_of_days(int32_t days_past_due);

/*
 * Classify every facility. Rules on the debtor, after each facility's own tier (order No. 1 of 2023; the first only, by the
 * guidelines of 2007):
 *   - bad debt at any bank: every claim is at least attention
 *   - more than 10 % of the claims at one bank bad (art. 7): every claim there is at least substandard
 *   - more than 20 % of the debt at all banks over 90 days past due: every claim is at least substandard
 * A deferral is a restructuring, with at least attention until the observation ends, unless a policy window covered it
 * (small_business_rules_apply: the lender's policy says that those windows are open to such bodies).
 */
void classification_assess(const struct dossier *dossier, bool small_business_rules_apply, struct date as_of,
                           struct arena *arena, struct classification_result *result);

/* The last day on which a loan restructured so that payment goes on from `from` is under observation, by the law of as_of. */
struct date classification_observed_until(struct date from, struct date as_of);

/* The row of a facility; NULL where it has none. */
const struct classification_row *classification_find(const struct classification_result *result, const struct facility *facility);

#endif
