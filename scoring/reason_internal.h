/*
 * reason_internal.h - how reasons are collected and rows of the scorecard ranked. Only for scoring/reason*.c.
 */
#ifndef SCORING_REASON_INTERNAL_H
#define SCORING_REASON_INTERNAL_H

#include "scoring/decision.h"
#include "scoring/value_text.h"

/* What every explanation reads. */
struct reason_explained {
    const struct dossier *dossier;
    const struct policy *policy;
    struct arena *arena;
    const struct decision *decision;
};

/* What a reason speaks of: as the document names it, and as people do. */
struct reason_subject {
    const char *name;
    struct value_text text;
};

/* Rows are collected in a list of fixed room; more than that are not wanted. */
struct reason_collection {
    struct arena *arena;
    struct reason *rows;
    size_t count;
    size_t room;
};

/* A row and what it is ranked by. */
struct reason_ranked {
    const struct scorecard_row *row;
    int64_t weight;
};

typedef int64_t reason_row_weight(const struct reason_explained *, const struct scorecard_row *);

#define REASON_NO_SUBJECT ((struct reason_subject){"", {"", ""}})
#define REASON_NO_VALUE ((struct value_text){"", ""})

/* A subject that has the same name in both languages. */
struct reason_subject reason_subject(const char *name);

/* An empty collection. */
struct reason_collection reason_collection_of(struct arena *arena, size_t room);

/* Is a row of this code in it? */
bool reason_collection_holds(const struct reason_collection *reasons, enum reason_code code);

/* Add a row, its texts filled; nothing where the room is used up. */
void reason_collection_add(struct reason_collection *reasons, enum reason_code code, struct reason_subject subject,
                           struct value_text value);

/* What was collected. */
struct reason_list reason_collection_list(const struct reason_collection *reasons);

/* A rule, and a characteristic, with their texts. */
struct reason_subject reason_rule_subject(enum eligibility_rule rule);
struct reason_subject reason_characteristic_subject(enum characteristic id);

/* The finding of a rule; NULL where the policy does not walk it. */
const struct eligibility_finding *reason_find_finding(const struct eligibility_result *eligibility, enum eligibility_rule rule);

/* The rows of a positive weight, heaviest first; returns how many. */
size_t reason_rank_rows(const struct reason_explained *explained, const struct scorecard_result *scorecard, reason_row_weight *weight_of,
                        struct reason_ranked ranked[static SCORECARD_ROWS_MAX]);

/* Conditions of an approval, and the documents that would settle a case: see reason_explain. */
struct reason_list reason_explain_conditions(const struct reason_explained *explained);
struct reason_list reason_explain_evidence(const struct reason_explained *explained);

#endif
