/*
 * policy_internal.h - what the parts of policy_check share: sections of plain numbers (policy.c), tables (policy_tables.c)
 * and what can be reached (policy_analysis.c). Only for scoring/policy*.c.
 */
#ifndef SCORING_POLICY_INTERNAL_H
#define SCORING_POLICY_INTERNAL_H

#include "scoring/policy.h"
#include "scoring/policy_finding.h"

/* One number of a section, with the least and the largest that make sense. */
struct policy_number {
    const char *name; /* member of the document */
    int64_t value;
    int64_t min;
    int64_t max;
};

/* clang-format off */
#define POLICY_NUMBER(section, member, min, max) {#member, (section)->member, (min), (max)}
/* clang-format on */
#define POLICY_COUNT(array) (sizeof(array) / sizeof(*(array)))

/* Numbers out of their range. */
void policy_check_numbers(const struct policy_number *numbers, size_t count, struct policy_findings *findings);

/* Numbers that are below the one before them. */
void policy_check_rising(const struct policy_number *numbers, size_t count, struct policy_findings *findings);

/* The place in hand is the section. */
void policy_check_delay(const struct policy_delay *delay, struct policy_findings *findings);
void policy_check_scorecard(const struct policy_scorecard *scorecard, struct policy_findings *findings);
void policy_check_capital(const struct policy_price *price, struct policy_findings *findings);

/* What takes more than a look at neighbours: policy_analysis.c. The tables passed the checks above. */
void policy_analyse_scores(const struct policy_scorecard *scorecard, struct policy_findings *findings);
void policy_analyse_bounds(const struct policy *policy, struct policy_findings *findings);

#endif
