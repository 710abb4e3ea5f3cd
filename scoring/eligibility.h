/*
 * eligibility.h - stage 1: the hard stops, walked in the policy's order, each with the value read and its legal source.
 *
 * Pure. Thread: any.
 */
#ifndef SCORING_ELIGIBILITY_H
#define SCORING_ELIGIBILITY_H

#include "base/arena.h"
#include "scoring/policy.h"

enum eligibility_outcome { ELIGIBILITY_PASS = 1, ELIGIBILITY_STOP, ELIGIBILITY_NOT_APPLICABLE, ELIGIBILITY_MISSING };

struct eligibility_finding {
    enum eligibility_rule rule;
    enum eligibility_outcome outcome; /* MISSING: the paper is missing, not bad; leads to refer, not to decline */
    const char *value;        /* what was read, in words of the dossier: "social_service_institution", "2019 qualified" */
    const char *value_zh;     /* the same for people, in Chinese */
    const char *legal_source; /* document and article in force on as_of; "" where the rule is the lender's own */
};

struct eligibility_result {
    const struct eligibility_finding *findings; /* one per rule of the policy, in its order */
    size_t finding_count;
    size_t stop_count;
    size_t missing_count;
};

/*
 * Judge every rule of the policy in its order; none ends the walk, so that all findings are known. Texts live in the
 * arena or are static. What each rule reads is told in scoring/README.md.
 */
void eligibility_walk(const struct dossier *dossier, const struct policy *policy, struct date as_of, struct arena *arena,
                      struct eligibility_result *result);

#endif
