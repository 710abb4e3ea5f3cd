/* Every alert: the fact just inside its threshold and just past it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "scoring/early_warning.h"
#include "tests/scoring/policy_document.h"
#include "tests/scoring/sound_case.h"

#define COUNT_OF(array) (sizeof(array) / sizeof(*(array)))

struct scene {
    struct arena arena;
    struct sound_case one;
    const struct policy *policy;
    struct delay_result delay;
    struct early_warning_result result;
};

static void scene_init(struct scene *scene)
{
    json_t *document = policy_document_load("zhengcaidai");
    struct zcd_error err;
    memset(scene, 0, sizeof *scene);
    assert_int_equal(policy_document_decode(document, &scene->arena, &scene->policy, &err), ZCD_OK);
    json_decref(document);
    sound_case_init(&scene->one);
    /* An evaluation that does not drop, so that the sound case is a quiet one. */
    scene->one.evaluations[1].result = EVALUATION_RESULT_EXCELLENT;
}

static void watch(struct scene *scene)
{
    const struct date as_of = scene->one.dossier.as_of;
    delay_estimate(&scene->one.dossier, scene->policy, as_of, &scene->arena, &scene->delay);
    early_warning_watch(&scene->one.dossier, scene->policy, as_of, &scene->delay, &scene->arena, &scene->result);
}

static const struct alert *find(const struct scene *scene, enum early_warning kind)
{
    for (size_t i = 0; i < scene->result.alert_count; i++) {
        if (scene->result.alerts[i].kind == kind)
            return &scene->result.alerts[i];
    }
    return NULL;
}

static void a_sound_borrower_raises_no_alert(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    watch(&scene);
    assert_int_equal(scene.result.found_count, 0);
    assert_int_equal(scene.result.warning_count, 0);
    arena_done(&scene.arena);
}

/* Milestone m2 is made payable so many days ago. The sound payer's p90 is beyond 90 days. */
static void a_milestone_is_told_at_the_highest_of_its_three_thresholds(void **state)
{
    (void)state;
    static const struct {
        int32_t days;
        enum early_warning kind; /* NONE: no alert */
        int32_t threshold;
    } rows[] = {
        {30, EARLY_WARNING_NONE, 0},
        {31, EARLY_WARNING_MILESTONE_OVERDUE_FIRST, 30},
        {60, EARLY_WARNING_MILESTONE_OVERDUE_FIRST, 30},
        {61, EARLY_WARNING_MILESTONE_OVERDUE_SECOND, 60},
        {90, EARLY_WARNING_MILESTONE_OVERDUE_SECOND, 60},
        {91, EARLY_WARNING_MILESTONE_OVERDUE_THIRD, 90},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct scene scene;
        scene_init(&scene);
        struct date payable_on = date_add_days(on("2020-10-19"), -rows[i].days);
        scene.one.milestones[1].accepted_on = scene.one.milestones[1].invoiced_on = date_add_days(payable_on, -30);
        watch(&scene);
        size_t overdue = 0;
        for (size_t j = 0; j < scene.result.alert_count; j++)
            overdue += scene.result.alerts[j].kind != EARLY_WARNING_PAYER_LATE ? 1 : 0;
        assert_int_equal(overdue, rows[i].kind == EARLY_WARNING_NONE ? 0 : 1);
        if (rows[i].kind != EARLY_WARNING_NONE) {
            const struct alert *alert = find(&scene, rows[i].kind);
            assert_non_null(alert);
            assert_int_equal(alert->value, rows[i].days);
            assert_int_equal(alert->threshold, rows[i].threshold);
            assert_string_equal(alert->contract, "c1");
            assert_string_equal(alert->payer, "p1");
            assert_string_equal(alert->milestone, "m2");
        }
        arena_done(&scene.arena);
    }
}

/* The threshold is the payer's own p90, at which it is not yet later than usual. */
static void a_payer_is_held_against_its_own_habit(void **state)
{
    (void)state;
    for (int32_t days = 1; days < 400; days++) {
        struct scene scene;
        scene_init(&scene);
        struct date payable_on = date_add_days(on("2020-10-19"), -days);
        scene.one.milestones[1].accepted_on = scene.one.milestones[1].invoiced_on = date_add_days(payable_on, -30);
        watch(&scene);
        int32_t p90_days = scene.delay.curves[scene.delay.curve_of_contract[0]].p90_days;
        const struct alert *alert = find(&scene, EARLY_WARNING_PAYER_LATE);
        assert_int_equal(alert != NULL, days > p90_days);
        assert_true(alert == NULL || (alert->value == days && alert->threshold == p90_days));
        arena_done(&scene.arena);
    }
}

static void a_terminated_contract_counts_while_its_service_would_run(void **state)
{
    (void)state;
    static const struct {
        const char *ends_on;
        bool alerts;
    } rows[] = {{"2020-12-31", true}, {"2020-10-19", true}, {"2020-10-18", false}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct scene scene;
        scene_init(&scene);
        scene.one.contracts[0].stage = CONTRACT_STAGE_TERMINATED;
        scene.one.contracts[0].ends_on = on(rows[i].ends_on);
        watch(&scene);
        assert_int_equal(find(&scene, EARLY_WARNING_CONTRACT_TERMINATED) != NULL, rows[i].alerts);
        arena_done(&scene.arena);
    }
}

static void a_result_that_drops_is_told_with_both_years(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    scene.one.evaluations[1].result = EVALUATION_RESULT_GOOD;
    scene.one.inspections[1].result = INSPECTION_RESULT_BASICALLY_QUALIFIED;
    scene.one.contracts[0].service_evaluation = EVALUATION_RESULT_UNQUALIFIED;
    watch(&scene);
    assert_int_equal(scene.result.found_count, 3);
    assert_int_equal(find(&scene, EARLY_WARNING_SERVICE_EVALUATION)->value, 2019);
    assert_int_equal(find(&scene, EARLY_WARNING_SERVICE_EVALUATION)->threshold, 2018);
    assert_string_equal(find(&scene, EARLY_WARNING_SERVICE_EVALUATION)->detail.en, "2019 good, 2018 excellent");
    assert_string_equal(find(&scene, EARLY_WARNING_ANNUAL_INSPECTION)->detail.zh, "2019年基本合格，2018年合格");
    assert_string_equal(find(&scene, EARLY_WARNING_CONTRACT_UNQUALIFIED)->contract, "c1");
    arena_done(&scene.arena);
}

/* A year in between without a result is no drop, nor is an inspection that was not applicable. */
static void what_cannot_be_compared_is_no_drop(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    scene.one.evaluations[1] = (struct service_evaluation){2020, EVALUATION_RESULT_QUALIFIED};
    scene.one.inspections[1].result = INSPECTION_RESULT_NOT_APPLICABLE;
    watch(&scene);
    assert_int_equal(scene.result.found_count, 0);
    arena_done(&scene.arena);
}

/* 400,000 a month and 100,000 restricted: a quarter of a month is reached with 200,000 in the bank. */
static void cash_below_a_quarter_of_a_month_is_a_warning(void **state)
{
    (void)state;
    static const struct {
        int64_t cash_fen, value_bp;
        bool alerts;
    } rows[] = {{200000, 2500, false}, {199999, 2499, true}, {100000, 0, true}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct scene scene;
        scene_init(&scene);
        scene.one.dossier.organisation.cash_fen = rows[i].cash_fen;
        watch(&scene);
        const struct alert *alert = find(&scene, EARLY_WARNING_CASH_RUNWAY);
        assert_int_equal(alert != NULL, rows[i].alerts);
        assert_true(alert == NULL || alert->value == rows[i].value_bp);
        arena_done(&scene.arena);
    }
    struct scene scene;
    scene_init(&scene);
    scene.one.dossier.organisation.payroll_month_fen = 0;
    scene.one.dossier.organisation.other_costs_month_fen = DOSSIER_FEN_NONE;
    scene.one.dossier.organisation.cash_fen = 0;
    scene.one.dossier.organisation.restricted_cash_fen = DOSSIER_FEN_NONE;
    watch(&scene);
    assert_null(find(&scene, EARLY_WARNING_CASH_RUNWAY));
    arena_done(&scene.arena);
}

static void each_list_is_an_alert_while_it_holds(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    scene.one.lists[0] = (struct list_entry){LIST_KIND_ABNORMAL_ACTIVITY, on("2020-05-04"), on("2020-10-19")};
    scene.one.lists[1] = (struct list_entry){LIST_KIND_COURT_DISHONEST, on("2020-05-04"), on("2020-10-20")};
    scene.one.dossier.organisation.list_count = 2;
    watch(&scene);
    assert_int_equal(scene.result.found_count, 1);
    assert_string_equal(scene.result.alerts[0].detail.en, "court list of dishonest debtors");
    arena_done(&scene.arena);
}

static void an_instalment_eight_days_unpaid_is_a_missed_covenant(void **state)
{
    (void)state;
    static const struct {
        int32_t days;
        bool alerts;
    } rows[] = {{7, false}, {8, true}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct scene scene;
        scene_init(&scene);
        sound_case_add_facility(&scene.one);
        scene.one.instalments[1] = (struct instalment){date_add_days(on("2020-10-19"), -rows[i].days), 0, 1000, NULL, 0};
        watch(&scene);
        const struct alert *alert = find(&scene, EARLY_WARNING_INSTALMENT_MISSED);
        assert_int_equal(alert != NULL, rows[i].alerts);
        assert_true(alert == NULL || strcmp(alert->facility, "f1") == 0);
        arena_done(&scene.arena);
    }
}

/* The most urgent first, whatever the order of the facts; and not more than are shown. */
static void many_alerts_are_counted_and_the_most_urgent_shown(void **state)
{
    (void)state;
    enum { MANY = 150 };
    static struct milestone milestones[MANY];
    static char ids[MANY][8];
    struct scene scene;
    scene_init(&scene);
    for (int i = 0; i < MANY; i++) {
        (void)snprintf(ids[i], sizeof ids[i], "x%03d", MANY - i);
        milestones[i] = scene.one.milestones[1];
        milestones[i].id = ids[i];
        milestones[i].accepted_on = milestones[i].invoiced_on = on("2020-08-01"); /* payable on 08-31, 49 days ago */
    }
    scene.one.contracts[0].milestones = milestones;
    scene.one.contracts[0].milestone_count = MANY;
    scene.one.evaluations[1].result = EVALUATION_RESULT_GOOD;
    watch(&scene);
    assert_int_equal(scene.result.found_count, MANY + 1);
    assert_int_equal(scene.result.alert_count, EARLY_WARNING_SHOWN_MAX);
    assert_int_equal(scene.result.warning_count, 1);
    assert_int_equal(scene.result.alerts[0].kind, EARLY_WARNING_SERVICE_EVALUATION);
    assert_string_equal(scene.result.alerts[1].milestone, "x001");
    assert_string_equal(scene.result.alerts[2].milestone, "x002");
    arena_done(&scene.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sound_borrower_raises_no_alert),
        cmocka_unit_test(a_milestone_is_told_at_the_highest_of_its_three_thresholds),
        cmocka_unit_test(a_payer_is_held_against_its_own_habit),
        cmocka_unit_test(a_terminated_contract_counts_while_its_service_would_run),
        cmocka_unit_test(a_result_that_drops_is_told_with_both_years),
        cmocka_unit_test(what_cannot_be_compared_is_no_drop),
        cmocka_unit_test(cash_below_a_quarter_of_a_month_is_a_warning),
        cmocka_unit_test(each_list_is_an_alert_while_it_holds),
        cmocka_unit_test(an_instalment_eight_days_unpaid_is_a_missed_covenant),
        cmocka_unit_test(many_alerts_are_counted_and_the_most_urgent_shown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
