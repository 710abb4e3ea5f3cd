/* How what comes after the first loan turns a decision: the shipped examples with one fact changed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "api/codec/decision_encode.h"
#include "api/codec/decision_summary.h"
#include "api/codec/dossier_decode.h"
#include "scoring/decision.h"
#include "tests/scoring/policy_document.h"
#include "tests/scoring/sound_case.h"

struct scene {
    struct arena arena;
    const struct policy *policy;
    const struct dossier *read;
    struct dossier dossier; /* a copy; its facilities and contracts are the arena's, and may be changed */
    struct cashflow_workspace *workspace;
    struct decision decision;
};

static void scene_init(struct scene *scene, const char *example)
{
    char path[512];
    json_error_t problem;
    struct zcd_error err;
    memset(scene, 0, sizeof *scene);
    json_t *document = policy_document_load("zhengcaidai");
    assert_int_equal(policy_document_decode(document, &scene->arena, &scene->policy, &err), ZCD_OK);
    json_decref(document);
    (void)snprintf(path, sizeof path, "%s/data/examples/%s.json", ZCD_SOURCE_DIR, example);
    document = json_load_file(path, JSON_REJECT_DUPLICATES, &problem);
    assert_non_null(document);
    char *text = json_dumps(document, JSON_COMPACT);
    assert_int_equal(dossier_decode(bytes_of_text(text), &scene->arena, &scene->read, &err), ZCD_OK);
    free(text);
    json_decref(document);
    scene->dossier = *scene->read;
    scene->workspace = cashflow_workspace_new();
}

static void decide(struct scene *scene)
{
    scoring_decide(&scene->dossier, scene->policy, scene->dossier.as_of, scene->workspace, &scene->arena, &scene->decision);
}

static void scene_done(struct scene *scene)
{
    cashflow_workspace_free(scene->workspace);
    arena_done(&scene->arena);
}

static bool has_reason(const struct reason_list *list, enum reason_code code)
{
    for (size_t i = 0; i < list->count; i++) {
        if (list->rows[i].code == code)
            return true;
    }
    return false;
}

static void a_first_loan_has_only_classification_and_alerts(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, "zhicheng-2020-10");
    decide(&scene);
    assert_null(scene.decision.renewal);
    assert_null(scene.decision.deferral);
    assert_null(scene.decision.green_channel);
    assert_int_equal(scene.decision.classification.tier, FACILITY_CLASSIFICATION_NONE);
    assert_int_equal(scene.decision.outcome, OUTCOME_APPROVE_WITH_CONDITIONS);
    scene_done(&scene);
}

static void a_renewal_that_holds_keeps_the_engines_answer(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, "zhicheng-2022-06");
    decide(&scene);
    assert_int_equal(scene.decision.outcome, OUTCOME_APPROVE);
    assert_int_equal(scene.decision.limit_fen, 500000000);
    assert_int_equal(scene.decision.renewal->outcome, RENEWAL_PASS);
    assert_true(scene.decision.green_channel->is_open);
    assert_int_equal(scene.decision.green_channel->decide_by.days, on("2022-06-22").days);
    assert_int_equal(scene.decision.reasons.count, 0);
    scene_done(&scene);
}

/* 2022-12-18 less 180 days is 2022-06-21: tomorrow. */
static void a_renewal_asked_a_day_too_early_is_referred_with_the_day(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, "zhicheng-2022-06");
    scene.dossier.facilities[0].matures_on = on("2022-12-18");
    decide(&scene);
    assert_int_equal(scene.decision.outcome, OUTCOME_REFER);
    assert_int_equal(scene.decision.limit_fen, 0);
    assert_int_equal(scene.decision.renewal->earliest.days, on("2022-06-21").days);
    assert_true(has_reason(&scene.decision.reasons, REASON_RENEWAL_WINDOW));
    assert_int_equal(scene.decision.conditions.count, 0);
    assert_false(scene.decision.green_channel->is_open);
    scene_done(&scene);
}

static void a_renewal_of_a_loan_that_is_not_normal_is_declined(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, "zhicheng-2022-06");
    scene.dossier.facilities[0].classification = FACILITY_CLASSIFICATION_ATTENTION;
    decide(&scene);
    assert_int_equal(scene.decision.outcome, OUTCOME_DECLINE);
    assert_int_equal(scene.decision.limit_fen, 0);
    assert_int_equal(scene.decision.reasons.rows[0].code, REASON_RENEWAL_CLASSIFICATION);
    assert_int_equal(scene.decision.classification.tier, FACILITY_CLASSIFICATION_ATTENTION);
    scene_done(&scene);
}

/* The same loan may be increased: no window, and no law of renewals is needed. */
static void an_increase_is_decided_by_the_rules_without_the_window(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, "zhicheng-2022-06");
    scene.dossier.application.kind = APPLICATION_KIND_INCREASE;
    scene.dossier.facilities[0].matures_on = on("2024-10-22");
    decide(&scene);
    assert_int_equal(scene.decision.outcome, OUTCOME_APPROVE);
    assert_int_equal(scene.decision.renewal->outcome, RENEWAL_PASS);
    assert_null(scene.decision.renewal->law);
    assert_false(scene.decision.green_channel->is_open);
    scene_done(&scene);
}

static void a_deferral_lends_nothing_and_asks_for_no_levers(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, "zhicheng-2022-06-deferral");
    decide(&scene);
    assert_int_equal(scene.decision.outcome, OUTCOME_APPROVE);
    assert_int_equal(scene.decision.limit_fen, 0);
    assert_null(scene.decision.with_conditions);
    assert_null(scene.decision.renewal);
    assert_int_equal(scene.decision.counterfactuals.count, 0);
    assert_int_equal(scene.decision.reasons.count, 0);
    assert_true(has_reason(&scene.decision.conditions, REASON_DEFERRAL_INTEREST));
    assert_false(has_reason(&scene.decision.conditions, REASON_DEFERRAL_IS_RESTRUCTURING));
    scene_done(&scene);
}

/* Seven months reach past 2022-12-31; the policy allows six, so what is asked is cut. Another window, another treatment. */
static void a_deferral_beyond_the_window_is_a_restructuring_and_says_so(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, "zhicheng-2022-06-deferral");
    struct policy policy = *scene.policy;
    policy.servicing.deferral_months_max = 12;
    scene.policy = &policy;
    scene.dossier.application.tenor_months = 7;
    decide(&scene);
    assert_int_equal(scene.decision.outcome, OUTCOME_APPROVE);
    assert_int_equal(scene.decision.deferral->treatment, DEFERRAL_RESTRUCTURING);
    assert_int_equal(scene.decision.deferral->classification_after, FACILITY_CLASSIFICATION_ATTENTION);
    assert_int_equal(scene.decision.conditions.rows[0].code, REASON_DEFERRAL_IS_RESTRUCTURING);
    scene_done(&scene);
}

static void a_deferral_without_the_payers_as_cause_is_for_a_person(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, "zhicheng-2022-06-deferral");
    for (size_t i = 0; i < scene.dossier.contract_count; i++)
        scene.dossier.contracts[i].disputed_fen = scene.dossier.contracts[i].value_fen;
    decide(&scene);
    assert_int_equal(scene.decision.outcome, OUTCOME_REFER);
    assert_true(has_reason(&scene.decision.reasons, REASON_DEFERRAL_CAUSE));
    assert_int_equal(scene.decision.conditions.count, 0);
    scene_done(&scene);
}

static void a_second_deferral_is_declined(void **state)
{
    (void)state;
    static const struct deferral EARLIER = {{18900}, {18910}, {18930}, DEFERRAL_CAUSE_PAYER_DELAY};
    struct scene scene;
    scene_init(&scene, "zhicheng-2022-06-deferral");
    scene.dossier.facilities[0].deferrals = &EARLIER;
    scene.dossier.facilities[0].deferral_count = 1;
    decide(&scene);
    assert_int_equal(scene.decision.outcome, OUTCOME_DECLINE);
    assert_int_equal(scene.decision.reasons.rows[0].code, REASON_DEFERRAL_NOT_DEFERRED_BEFORE);
    assert_false(scene.decision.green_channel->is_open);
    scene_done(&scene);
}

/* Encoded, and read back for people. */
static void encode(struct scene *scene, struct decision_summary *summary)
{
    static const struct decision_identity IDENTITY = {"p", "0.1.0", "e", "d"};
    struct assessment_summary assessment;
    struct buffer text = {0};
    struct zcd_error err;
    assert_int_equal(decision_encode(&scene->decision, &IDENTITY, &scene->dossier, scene->policy, &text, &err), ZCD_OK);
    assert_int_equal(assessment_summary_decode(buffer_bytes(&text), &scene->arena, &assessment, &err), ZCD_OK);
    *summary = assessment.decision;
    buffer_done(&text);
}

static void the_document_tells_what_was_judged(void **state)
{
    (void)state;
    struct decision_summary summary;
    struct scene scene;
    scene_init(&scene, "zhicheng-2022-06");
    scene.dossier.facilities[0].matures_on = on("2022-12-18");
    decide(&scene);
    encode(&scene, &summary);
    assert_string_equal(summary.renewal.outcome, "waiting");
    assert_int_equal(summary.renewal.earliest.days, on("2022-06-21").days);
    assert_int_equal(summary.renewal.rule_count, 8);
    assert_string_equal(summary.renewal.rules[0].outcome, "waiting");
    assert_int_equal(summary.renewal.rules[0].until.days, on("2022-06-21").days);
    assert_int_equal(summary.renewal.condition_count, 5);
    assert_string_equal(summary.renewal.conditions[4].outcome, "waiting");
    assert_int_equal(summary.alerts_shown, scene.decision.alerts.alert_count);
    assert_false(summary.green_channel.open);
    scene_done(&scene);

    scene_init(&scene, "zhicheng-2022-06-deferral");
    decide(&scene);
    encode(&scene, &summary);
    assert_int_equal(summary.deferral.from.days, on("2022-06-21").days);
    assert_int_equal(summary.deferral.to.days, on("2022-12-21").days);
    assert_int_equal(summary.deferral.deferred_fen, scene.decision.deferral->deferred_fen);
    assert_string_equal(summary.deferral.treatment.name, "without_downgrade");
    assert_true(summary.green_channel.open);
    scene_done(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_first_loan_has_only_classification_and_alerts),
        cmocka_unit_test(a_renewal_that_holds_keeps_the_engines_answer),
        cmocka_unit_test(a_renewal_asked_a_day_too_early_is_referred_with_the_day),
        cmocka_unit_test(a_renewal_of_a_loan_that_is_not_normal_is_declined),
        cmocka_unit_test(an_increase_is_decided_by_the_rules_without_the_window),
        cmocka_unit_test(a_deferral_lends_nothing_and_asks_for_no_levers),
        cmocka_unit_test(a_deferral_beyond_the_window_is_a_restructuring_and_says_so),
        cmocka_unit_test(a_deferral_without_the_payers_as_cause_is_for_a_person),
        cmocka_unit_test(a_second_deferral_is_declined),
        cmocka_unit_test(the_document_tells_what_was_judged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
