/*
 * policy_review.h - a policy document under examination: everything that is wrong with it, and what it is.
 *
 * Thread: one at a time.
 */
#ifndef API_FLOWS_POLICY_REVIEW_H
#define API_FLOWS_POLICY_REVIEW_H

#include "audit/sha256.h"
#include "base/arena.h"
#include "base/bytes.h"
#include "scoring/policy.h"
#include "scoring/policy_finding.h"
#include "scoring/policy_trial.h"

struct policy_review {
    struct arena arena;
    const struct policy *policy; /* NULL where a finding is an error */
    struct policy_findings findings;
    struct policy_trial trial; /* {0} where a finding before it is an error */
    bool has_digest;           /* false: it has no canonical form, because it is no strict JSON */
    struct buffer canonical;   /* RFC 8785 */
    struct sha256 sha256;      /* of those bytes: the name by which a decision cites the policy */
};

/* Examine a document, and try it (policy_try) unless it is refused already. Cannot fail. Start with {0}, release with policy_review_done. */
void policy_review_run(struct bytes json, struct policy_review *review);
void policy_review_done(struct policy_review *review);

#endif
