#include "scoring/servicing.h"

#include <assert.h>

static struct value_text standard_text(const struct decision *decision)
{
    if (decision->outcome == OUTCOME_APPROVE)
        return (struct value_text){"按现状符合", "met as it stands"};
    if (decision->outcome == OUTCOME_APPROVE_WITH_CONDITIONS)
        return (struct value_text){"满足条件后符合", "met with the conditions"};
    return (struct value_text){"不符合", "not met"};
}

/* The engine's own answer has been given already. */
static enum renewal_outcome worst_but_standard(const struct renewal_result *renewal)
{
    enum renewal_outcome worst = RENEWAL_NOT_APPLICABLE;

    for (size_t i = 0; i < renewal->finding_count; i++) {
        const struct renewal_finding *finding = &renewal->findings[i];
        if (finding->rule != RENEWAL_RULE_CREDIT_STANDARD && finding->outcome > worst)
            worst = finding->outcome;
    }
    return worst;
}

static void conclude_renewal(const struct dossier *dossier, const struct policy *policy, struct arena *arena,
                             struct decision *decision)
{
    struct renewal_result *renewal = ARENA_NEW(arena, struct renewal_result, 1);
    const struct renewal_case one = {dossier, policy, decision->as_of, &decision->pipeline, &decision->classification,
                                     decision->limit_fen > 0, standard_text(decision)};

    renewal_judge(&one, arena, renewal);
    decision->renewal = renewal;
    enum renewal_outcome worst = worst_but_standard(renewal);
    if (worst == RENEWAL_FAIL)
        decision->outcome = OUTCOME_DECLINE;
    else if (worst == RENEWAL_WAITING && decision->outcome != OUTCOME_DECLINE)
        decision->outcome = OUTCOME_REFER;
    if (worst >= RENEWAL_WAITING)
        decision->limit_fen = 0;
}

static void conclude_deferral(const struct dossier *dossier, const struct policy *policy, struct arena *arena,
                              struct decision *decision)
{
    struct deferral_result *deferral = ARENA_NEW(arena, struct deferral_result, 1);
    const struct deferral_case one = {dossier,           policy,           decision->as_of, &decision->delay, &decision->pipeline,
                                      &decision->classification};

    deferral_judge(&one, arena, deferral);
    decision->deferral = deferral;
    decision->limit_fen = 0;
    decision->outcome = OUTCOME_DECLINE;
    if (deferral->holds)
        decision->outcome = OUTCOME_APPROVE;
    else if (deferral->may_be_judged)
        decision->outcome = OUTCOME_REFER;
}

static void enter_green_channel(const struct dossier *dossier, const struct policy *policy, struct arena *arena,
                                struct decision *decision)
{
    struct green_channel_result *green = ARENA_NEW(arena, struct green_channel_result, 1);
    bool is_deferral = decision->deferral != NULL;
    const struct green_channel_case one = {
        .dossier = dossier,
        .policy = policy,
        .as_of = decision->as_of,
        .rules_hold = is_deferral ? decision->deferral->holds : decision->renewal->outcome == RENEWAL_PASS,
        .grade = is_deferral ? 0 : decision->governing->grade.grade,
        .warning_count = decision->alerts.warning_count,
        .missing_count = decision->eligibility.missing_count,
    };
    green_channel_judge(&one, arena, green);
    decision->green_channel = green;
}

void servicing_conclude(const struct dossier *dossier, const struct policy *policy, struct arena *arena, struct decision *decision)
{
    assert(decision->governing != NULL);

    switch (dossier->application.kind) {
    case APPLICATION_KIND_NONE:
    case APPLICATION_KIND_FIRST_LOAN:
        return;
    case APPLICATION_KIND_RENEWAL:
    case APPLICATION_KIND_INCREASE:
        conclude_renewal(dossier, policy, arena, decision);
        break;
    case APPLICATION_KIND_DEFERRAL:
        conclude_deferral(dossier, policy, arena, decision);
        break;
    }
    enter_green_channel(dossier, policy, arena, decision);
}
