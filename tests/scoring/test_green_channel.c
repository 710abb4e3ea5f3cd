/* Who enters the green channel, and its clock by the State Council's calendar. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "scoring/green_channel.h"
#include "tests/scoring/policy_document.h"
#include "tests/scoring/sound_case.h"

#define COUNT_OF(array) (sizeof(array) / sizeof(*(array)))

struct scene {
    struct arena arena;
    struct sound_case one;
    const struct policy *shipped;
    struct policy policy;
    struct green_channel_case input;
    struct green_channel_result result;
};

/* A renewal of the sound case's loan of 200,000, opened seven months before. */
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
    scene->one.dossier.application.amount_fen = 200000;
    scene->one.dossier.application.facility = "f1";
    scene->one.dossier.application.facility_index = 0;
    scene->input = (struct green_channel_case){&scene->one.dossier, &scene->policy, on("2020-10-19"), true, 3, 0, 0};
}

/* The one rule that fails, all others passing; NONE: the lane is open. */
static void expect_only(struct scene *scene, enum green_channel_rule failed)
{
    green_channel_judge(&scene->input, &scene->arena, &scene->result);
    assert_int_equal(scene->result.finding_count, 9);
    for (size_t i = 0; i < scene->result.finding_count; i++)
        assert_int_equal(scene->result.findings[i].passes, scene->result.findings[i].rule != failed);
    assert_int_equal(scene->result.is_open, failed == GREEN_CHANNEL_RULE_NONE);
    assert_int_equal(date_is_none(scene->result.decide_by), failed != GREEN_CHANNEL_RULE_NONE);
    arena_done(&scene->arena);
}

static void a_sound_renewal_enters(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    expect_only(&scene, GREEN_CHANNEL_RULE_NONE);
}

static void each_rule_alone_keeps_a_case_out(void **state)
{
    (void)state;
    for (int rule = GREEN_CHANNEL_RULE_NONE + 1; rule < GREEN_CHANNEL_RULE_END; rule++) {
        struct scene scene;
        scene_init(&scene);
        switch ((enum green_channel_rule)rule) {
        case GREEN_CHANNEL_RULE_OFFERED:
            scene.policy.servicing.use_green_channel = false;
            break;
        case GREEN_CHANNEL_RULE_KIND:
            scene.one.dossier.application.kind = APPLICATION_KIND_INCREASE;
            break;
        case GREEN_CHANNEL_RULE_RULES_HOLD:
            scene.input.rules_hold = false;
            break;
        case GREEN_CHANNEL_RULE_GRADE:
            scene.input.grade = 7;
            break;
        case GREEN_CHANNEL_RULE_MONTHS_ON_BOOK:
            scene.one.facilities[0].opened_on = on("2020-04-20"); /* six months on the next day */
            break;
        case GREEN_CHANNEL_RULE_PAID_IN_TIME:
            scene.one.instalment_payments[0].paid_on = on("2020-06-29"); /* eight days late */
            break;
        case GREEN_CHANNEL_RULE_AMOUNT:
            scene.one.dossier.application.amount_fen = 200001;
            break;
        case GREEN_CHANNEL_RULE_PAPERS:
            scene.input.missing_count = 1;
            break;
        case GREEN_CHANNEL_RULE_NO_ALERT:
            scene.input.warning_count = 1;
            break;
        case GREEN_CHANNEL_RULE_NONE:
        case GREEN_CHANNEL_RULE_END:
            break;
        }
        expect_only(&scene, (enum green_channel_rule)rule);
    }
}

static void edges_are_inside(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    scene.input.grade = 6;
    scene.one.facilities[0].opened_on = on("2020-04-19");
    scene.one.instalment_payments[0].paid_on = on("2020-06-28"); /* seven days are technical */
    expect_only(&scene, GREEN_CHANNEL_RULE_NONE);
}

/* A deferral is not graded and lends nothing, whatever amount the application names. */
static void a_deferral_enters_without_grade_or_amount(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    scene.one.dossier.application.kind = APPLICATION_KIND_DEFERRAL;
    scene.one.dossier.application.amount_fen = 900000;
    scene.input.grade = 0;
    expect_only(&scene, GREEN_CHANNEL_RULE_NONE);
}

/* Days off as announced by the State Council: 2022-06-03 to 05 (Dragon Boat), 2022-10-01 to 07, work on the 8th and 9th. */
static void two_working_days_skip_weekends_and_holidays(void **state)
{
    (void)state;
    static const struct {
        const char *requested_on, *decide_by;
    } rows[] = {
        {"2022-06-20", "2022-06-22"}, {"2022-06-17", "2022-06-21"}, {"2022-06-02", "2022-06-07"},
        {"2022-09-30", "2022-10-09"}, {"2022-06-18", "2022-06-21"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct scene scene;
        scene_init(&scene);
        scene.one.dossier.application.requested_on = on(rows[i].requested_on);
        green_channel_judge(&scene.input, &scene.arena, &scene.result);
        assert_true(scene.result.is_open);
        assert_int_equal(scene.result.decide_by.days, on(rows[i].decide_by).days);
        arena_done(&scene.arena);
    }
}

/* The lane is open all the same; only the day cannot be told. */
static void a_year_without_a_calendar_has_no_deadline(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    scene.one.dossier.application.requested_on = on("2140-05-06");
    green_channel_judge(&scene.input, &scene.arena, &scene.result);
    assert_true(scene.result.is_open);
    assert_true(date_is_none(scene.result.decide_by));
    arena_done(&scene.arena);
}

static void it_drops_papers_and_waiting(void **state)
{
    (void)state;
    assert_int_equal(green_channel_drop_count(), 2);
    assert_string_equal(green_channel_drop_at(0)->name, "papers_on_file");
    assert_string_equal(green_channel_drop_at(1)->name, "queue");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sound_renewal_enters),
        cmocka_unit_test(each_rule_alone_keeps_a_case_out),
        cmocka_unit_test(edges_are_inside),
        cmocka_unit_test(a_deferral_enters_without_grade_or_amount),
        cmocka_unit_test(two_working_days_skip_weekends_and_holidays),
        cmocka_unit_test(a_year_without_a_calendar_has_no_deadline),
        cmocka_unit_test(it_drops_papers_and_waiting),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
