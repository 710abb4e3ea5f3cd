/* Every rule of renewal: pass, fail, waiting; and the law of the day. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "scoring/renewal.h"
#include "tests/scoring/policy_document.h"
#include "tests/scoring/sound_case.h"

#define COUNT_OF(array) (sizeof(array) / sizeof(*(array)))

/* A loan of 200,000 that matures on 2021-03-21, two instalments paid on their day; 800,000 still to come under one contract. */
struct scene {
    struct arena arena;
    struct sound_case one;
    const struct policy *shipped;
    struct policy policy;
    struct date as_of;
    bool meets_standard;
    struct renewal_result result;
};

static void scene_init(struct scene *scene)
{
    json_t *document = policy_document_load("zhengcaidai");
    struct zcd_error err;
    memset(scene, 0, sizeof *scene);
    assert_int_equal(policy_document_decode(document, &scene->arena, &scene->shipped, &err), ZCD_OK);
    json_decref(document);
    scene->policy = *scene->shipped;
    sound_case_init(&scene->one);
    sound_case_add_facility(&scene->one);
    scene->one.dossier.application.kind = APPLICATION_KIND_RENEWAL;
    scene->one.dossier.application.facility = "f1";
    scene->one.dossier.application.facility_index = 0;
    scene->as_of = on("2020-10-19");
    scene->meets_standard = true;
}

static void judge(struct scene *scene)
{
    struct delay_result delay;
    struct pipeline_result pipeline;
    struct classification_result classification;
    delay_estimate(&scene->one.dossier, &scene->policy, scene->as_of, &scene->arena, &delay);
    pipeline_build(&scene->one.dossier, &scene->policy, scene->as_of, &delay, &scene->arena, &pipeline);
    classification_assess(&scene->one.dossier, true, scene->as_of, &scene->arena, &classification);
    const struct renewal_case one = {&scene->one.dossier, &scene->policy,  scene->as_of,          &pipeline,
                                     &classification,     scene->meets_standard, {"", ""}};
    renewal_judge(&one, &scene->arena, &scene->result);
}

static const struct renewal_finding *finding(const struct scene *scene, enum renewal_rule rule)
{
    for (size_t i = 0; i < scene->result.finding_count; i++) {
        if (scene->result.findings[i].rule == rule)
            return &scene->result.findings[i];
    }
    fail_msg("rule %d was not judged", (int)rule);
    return NULL;
}

/* Judge, and hold one rule and the whole against what is expected. until NULL: no day. */
static void expect(struct scene *scene, enum renewal_rule rule, enum renewal_outcome outcome, const char *until)
{
    judge(scene);
    const struct renewal_finding *found = finding(scene, rule);
    assert_int_equal(found->outcome, outcome);
    assert_int_equal(found->until.days, until == NULL ? DATE_NONE.days : on(until).days);
    if (outcome != RENEWAL_NOT_APPLICABLE) {
        assert_int_equal(scene->result.outcome, outcome);
        assert_int_equal(scene->result.without_repaying_first, outcome == RENEWAL_PASS && scene->result.law != NULL);
    }
}

static void a_sound_borrower_may_renew_today_without_repaying(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    judge(&scene);
    for (size_t i = 0; i < scene.result.finding_count; i++)
        assert_int_equal(scene.result.findings[i].outcome, RENEWAL_PASS);
    assert_int_equal(scene.result.finding_count, 8);
    assert_int_equal(scene.result.outcome, RENEWAL_PASS);
    assert_int_equal(scene.result.earliest.days, scene.as_of.days);
    assert_true(scene.result.without_repaying_first);
    arena_done(&scene.arena);
}

/* Maturity 2021-03-21 less 180 days is 2020-09-22. */
static void the_window_opens_180_days_before_maturity_and_closes_with_it(void **state)
{
    (void)state;
    static const struct {
        const char *matures_on, *until;
        enum renewal_outcome outcome;
    } rows[] = {
        {"2021-04-17", NULL, RENEWAL_PASS},           {"2021-04-18", "2020-10-20", RENEWAL_WAITING},
        {"2022-10-19", "2022-04-22", RENEWAL_WAITING}, {"2020-10-19", NULL, RENEWAL_PASS},
        {"2020-10-18", NULL, RENEWAL_FAIL},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct scene scene;
        scene_init(&scene);
        scene.one.facilities[0].matures_on = on(rows[i].matures_on);
        expect(&scene, RENEWAL_RULE_WINDOW, rows[i].outcome, rows[i].until);
        assert_int_equal(scene.result.earliest.days, rows[i].outcome == RENEWAL_FAIL ? DATE_NONE.days
                                                     : rows[i].until == NULL         ? scene.as_of.days
                                                                                     : on(rows[i].until).days);
        arena_done(&scene.arena);
    }
}

static void an_increase_has_no_window_and_no_law_of_renewal(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    scene.one.dossier.application.kind = APPLICATION_KIND_INCREASE;
    scene.one.facilities[0].matures_on = on("2025-03-21");
    expect(&scene, RENEWAL_RULE_WINDOW, RENEWAL_NOT_APPLICABLE, NULL);
    assert_int_equal(scene.result.outcome, RENEWAL_PASS);
    assert_null(scene.result.law);
    assert_int_equal(scene.result.condition_count, 0);
    assert_false(scene.result.without_repaying_first);
    arena_done(&scene.arena);
}

/* Paid 31 days late it is in the record until the day two years after it was due. */
static void one_month_late_is_forgiven_and_a_day_more_waits(void **state)
{
    (void)state;
    static const struct {
        int32_t days;
        const char *until;
        enum renewal_outcome outcome;
    } rows[] = {{7, NULL, RENEWAL_PASS}, {30, NULL, RENEWAL_PASS}, {31, "2022-06-22", RENEWAL_WAITING}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct scene scene;
        scene_init(&scene);
        scene.policy.servicing.on_time_min_bp = 5000;
        scene.one.instalment_payments[0].paid_on = date_add_days(on("2020-06-21"), rows[i].days);
        expect(&scene, RENEWAL_RULE_REPAYMENT_RECORD, rows[i].outcome, rows[i].until);
        arena_done(&scene.arena);
    }
}

/* On the day that it waits for, the same record passes. */
static void what_waits_passes_on_its_day(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    scene.policy.servicing.on_time_min_bp = 0;
    scene.one.instalment_payments[0].paid_on = date_add_days(on("2020-06-21"), 31);
    scene.one.instalment_payments[2] = (struct instalment_payment){on("2021-03-21"), 201000};
    scene.one.instalments[2].payments = &scene.one.instalment_payments[2];
    scene.one.instalments[2].payment_count = 1;
    scene.as_of = on("2022-06-21");
    judge(&scene);
    assert_int_equal(finding(&scene, RENEWAL_RULE_REPAYMENT_RECORD)->outcome, RENEWAL_WAITING);
    scene.as_of = on("2022-06-22");
    judge(&scene);
    assert_int_equal(finding(&scene, RENEWAL_RULE_REPAYMENT_RECORD)->outcome, RENEWAL_PASS);
    arena_done(&scene.arena);
}

static void too_few_in_time_fails(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    scene.one.instalment_payments[0].paid_on = date_add_days(on("2020-06-21"), 8); /* one of two */
    expect(&scene, RENEWAL_RULE_REPAYMENT_RECORD, RENEWAL_FAIL, NULL);
    assert_true(date_is_none(scene.result.earliest));
    arena_done(&scene.arena);
}

/* The first instalment is due on 2021-03-21; a week and a day later it is known how it went. */
static void a_loan_without_a_known_instalment_waits_for_its_first(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    scene.one.facilities[0].instalments = &scene.one.instalments[2];
    scene.one.facilities[0].instalment_count = 1;
    expect(&scene, RENEWAL_RULE_REPAYMENT_RECORD, RENEWAL_WAITING, "2021-03-29");
    scene.one.facilities[0].instalment_count = 0;
    expect(&scene, RENEWAL_RULE_REPAYMENT_RECORD, RENEWAL_FAIL, NULL);
    arena_done(&scene.arena);
}

static void arrears_of_eight_days_fail_and_of_seven_do_not(void **state)
{
    (void)state;
    static const struct {
        int32_t days;
        enum renewal_outcome outcome;
    } rows[] = {{7, RENEWAL_PASS}, {8, RENEWAL_FAIL}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct scene scene;
        scene_init(&scene);
        scene.one.instalments[1] = (struct instalment){date_add_days(scene.as_of, -rows[i].days), 0, 1000, NULL, 0};
        judge(&scene);
        assert_int_equal(finding(&scene, RENEWAL_RULE_NO_ARREARS)->outcome, rows[i].outcome);
        arena_done(&scene.arena);
    }
}

static void another_use_of_funds_fails(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    scene.one.dossier.application.purpose = APPLICATION_PURPOSE_OTHER;
    expect(&scene, RENEWAL_RULE_USE_OF_FUNDS, RENEWAL_FAIL, NULL);
    arena_done(&scene.arena);
}

static void a_suspended_listed_or_idle_body_fails(void **state)
{
    (void)state;
    for (int spoiled = 0; spoiled < 5; spoiled++) {
        struct scene scene;
        scene_init(&scene);
        if (spoiled == 0)
            scene.one.dossier.organisation.registration_status = REGISTRATION_STATUS_SUSPENDED;
        else if (spoiled < 4) {
            scene.one.lists[0] = (struct list_entry){(enum list_kind)spoiled, scene.as_of, DATE_NONE};
            scene.one.dossier.organisation.list_count = 1;
        } else {
            scene.one.contracts[0].stage = CONTRACT_STAGE_CLOSED;
        }
        judge(&scene);
        assert_int_equal(finding(&scene, RENEWAL_RULE_OPERATING)->outcome, RENEWAL_FAIL);
        arena_done(&scene.arena);
    }
}

static void what_the_engine_would_not_lend_fails(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    scene.meets_standard = false;
    expect(&scene, RENEWAL_RULE_CREDIT_STANDARD, RENEWAL_FAIL, NULL);
    arena_done(&scene.arena);
}

/* Agreed outside of every window, to 2020-09-21: by the guidelines of 2007 observed for six months. */
static void a_loan_that_is_not_normal_fails_and_one_under_observation_waits(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    scene.one.facilities[0].classification = FACILITY_CLASSIFICATION_ATTENTION;
    expect(&scene, RENEWAL_RULE_CLASSIFICATION, RENEWAL_FAIL, NULL);
    scene.one.facilities[0].classification = FACILITY_CLASSIFICATION_NORMAL;
    scene.one.deferral = (struct deferral){on("2019-12-10"), on("2019-12-21"), on("2020-05-21"), DEFERRAL_CAUSE_OTHER};
    scene.one.facilities[0].deferral_count = 1;
    expect(&scene, RENEWAL_RULE_CLASSIFICATION, RENEWAL_WAITING, "2020-11-21");
    arena_done(&scene.arena);
}

/* 800,000 are to come, so 800,000 may be renewed and not one fen more. */
static void contracts_must_cover_the_principal_and_still_run(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    scene.one.facilities[0].limit_fen = DOSSIER_FEN_NONE;
    scene.one.facilities[0].outstanding_fen = 800000;
    expect(&scene, RENEWAL_RULE_PIPELINE, RENEWAL_PASS, NULL);
    scene.one.facilities[0].outstanding_fen = 800001;
    expect(&scene, RENEWAL_RULE_PIPELINE, RENEWAL_FAIL, NULL);
    scene.one.facilities[0].outstanding_fen = 200000;
    scene.one.contracts[0].ends_on = on("2020-10-18");
    expect(&scene, RENEWAL_RULE_PIPELINE, RENEWAL_FAIL, NULL);
    arena_done(&scene.arena);
}

/* Yinjianfa [2014] 36 until the day before Jingui [2024] 13, which has five conditions; nothing before 2014-07-20. */
static void only_the_law_of_the_day_is_applied(void **state)
{
    (void)state;
    static const struct {
        const char *day, *part;
    } rows[] = {
        {"2014-07-19", NULL}, {"2014-07-20", "36"}, {"2022-06-20", "36"}, {"2024-09-23", "36"}, {"2024-09-24", "13"}, {"2026-03-31", "13"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct scene scene;
        scene_init(&scene);
        scene.as_of = on(rows[i].day);
        judge(&scene);
        if (rows[i].part == NULL) {
            assert_null(scene.result.law);
            assert_int_equal(scene.result.condition_count, 0);
        } else {
            assert_non_null(strstr(scene.result.law->en, rows[i].part));
            assert_int_equal(scene.result.condition_count, 5);
            for (int item = 1; item <= 5; item++)
                assert_int_equal(scene.result.conditions[item - 1].item, item);
        }
        arena_done(&scene.arena);
    }
}

/* Arrears are part of the third condition, the engine's answer of the fourth; the others do not speak of them. */
static void a_condition_is_as_bad_as_the_worst_of_its_rules(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    scene.one.dossier.application.purpose = APPLICATION_PURPOSE_OTHER;
    judge(&scene);
    for (int item = 1; item <= 5; item++)
        assert_int_equal(scene.result.conditions[item - 1].outcome, item == 3 ? RENEWAL_FAIL : RENEWAL_PASS);
    scene.one.dossier.application.purpose = APPLICATION_PURPOSE_PAYROLL;
    scene.meets_standard = false;
    scene.one.facilities[0].matures_on = on("2021-10-21");
    judge(&scene);
    assert_int_equal(scene.result.conditions[3].outcome, RENEWAL_FAIL);
    assert_int_equal(scene.result.conditions[4].outcome, RENEWAL_WAITING);
    arena_done(&scene.arena);
}

static void a_lender_that_does_not_count_such_bodies_wants_it_repaid_first(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    scene.policy.servicing.small_business_rules_apply = false;
    judge(&scene);
    assert_int_equal(scene.result.outcome, RENEWAL_PASS);
    assert_false(scene.result.without_repaying_first);
    arena_done(&scene.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sound_borrower_may_renew_today_without_repaying),
        cmocka_unit_test(the_window_opens_180_days_before_maturity_and_closes_with_it),
        cmocka_unit_test(an_increase_has_no_window_and_no_law_of_renewal),
        cmocka_unit_test(one_month_late_is_forgiven_and_a_day_more_waits),
        cmocka_unit_test(what_waits_passes_on_its_day),
        cmocka_unit_test(too_few_in_time_fails),
        cmocka_unit_test(a_loan_without_a_known_instalment_waits_for_its_first),
        cmocka_unit_test(arrears_of_eight_days_fail_and_of_seven_do_not),
        cmocka_unit_test(another_use_of_funds_fails),
        cmocka_unit_test(a_suspended_listed_or_idle_body_fails),
        cmocka_unit_test(what_the_engine_would_not_lend_fails),
        cmocka_unit_test(a_loan_that_is_not_normal_fails_and_one_under_observation_waits),
        cmocka_unit_test(contracts_must_cover_the_principal_and_still_run),
        cmocka_unit_test(only_the_law_of_the_day_is_applied),
        cmocka_unit_test(a_condition_is_as_bad_as_the_worst_of_its_rules),
        cmocka_unit_test(a_lender_that_does_not_count_such_bodies_wants_it_repaid_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
