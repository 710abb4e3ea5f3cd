#include "api/flows/policy_review.h"

#include "api/codec/policy_decode.h"
#include "audit/canonical_json.h"
#include "base/cleanup.h"

static void make_canonical(struct bytes json, struct policy_review *review)
{
    ZCD_AUTO(canonical_json_free)
    struct json_t *value = NULL;
    struct zcd_error err;

    review->has_digest = canonical_json_decode(json, &value, &err) == ZCD_OK
                         && canonical_json_encode(value, &review->canonical, &err) == ZCD_OK;
    if (review->has_digest)
        review->sha256 = sha256_of(buffer_bytes(&review->canonical));
    else if (review->findings.error_count == 0)
        policy_find(&review->findings, POLICY_RULE_NOT_JSON, NULL, "%s", err.message);
}

static void try_policy(struct policy_review *review)
{
    struct cashflow_workspace *workspace = cashflow_workspace_new();

    policy_try(review->policy, workspace, &review->findings, &review->trial);
    cashflow_workspace_free(workspace);
}

void policy_review_run(struct bytes json, struct policy_review *review)
{
    policy_findings_init(&review->findings, &review->arena);
    review->policy = policy_decode_all(json, &review->arena, &review->findings);
    make_canonical(json, review);
    if (review->policy != NULL && review->has_digest)
        try_policy(review);
    if (review->findings.error_count > 0)
        review->policy = NULL;
}

void policy_review_done(struct policy_review *review)
{
    arena_done(&review->arena);
    buffer_done(&review->canonical);
    *review = (struct policy_review){0};
}
