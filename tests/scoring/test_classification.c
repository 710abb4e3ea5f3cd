/* Five tiers, before and after each law's day, at every edge. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "scoring/classification.h"
#include "tests/scoring/sound_case.h"

#define COUNT_OF(array) (sizeof(array) / sizeof(*(array)))

struct scene {
    struct arena arena;
    struct sound_case one;
    struct classification_result result;
};

/* One loan whose only unpaid instalment fell due `days` before the day. */
static void scene_init(struct scene *scene, const char *day, int32_t days)
{
    memset(scene, 0, sizeof *scene);
    sound_case_init(&scene->one);
    sound_case_add_facility(&scene->one);
    scene->one.facilities[0].opened_on = on("2015-01-01");
    scene->one.facilities[0].instalment_count = 1;
    scene->one.instalments[0] = (struct instalment){date_add_days(on(day), -days), 200000, 1000, NULL, 0};
}

static const struct classification_row *classify(struct scene *scene, const char *day)
{
    classification_assess(&scene->one.dossier, true, on(day), &scene->arena, &scene->result);
    assert_int_equal(scene->result.row_count, scene->one.dossier.facility_count);
    return &scene->result.rows[0];
}

/* Order No. 1 of 2023: more than 7, 90, 270 and 360 days. */
static void every_edge_of_days_past_due(void **state)
{
    (void)state;
    static const struct {
        int32_t days;
        enum facility_classification tier;
    } rows[] = {
        {0, FACILITY_CLASSIFICATION_NORMAL},        {1, FACILITY_CLASSIFICATION_NORMAL},
        {7, FACILITY_CLASSIFICATION_NORMAL},        {8, FACILITY_CLASSIFICATION_ATTENTION},
        {90, FACILITY_CLASSIFICATION_ATTENTION},    {91, FACILITY_CLASSIFICATION_SUBSTANDARD},
        {270, FACILITY_CLASSIFICATION_SUBSTANDARD}, {271, FACILITY_CLASSIFICATION_DOUBTFUL},
        {360, FACILITY_CLASSIFICATION_DOUBTFUL},    {361, FACILITY_CLASSIFICATION_LOSS},
        {4000, FACILITY_CLASSIFICATION_LOSS},
    };
    static const char *const days_of_law[] = {"2022-06-20", "2023-06-30", "2023-07-01", "2026-03-31"};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        assert_int_equal(classification_of_days(rows[i].days), rows[i].tier);
        for (size_t j = 0; j < COUNT_OF(days_of_law) && rows[i].days < 1000; j++) {
            struct scene scene;
            scene_init(&scene, days_of_law[j], rows[i].days);
            const struct classification_row *row = classify(&scene, days_of_law[j]);
            assert_int_equal(row->days_past_due, rows[i].days);
            assert_int_equal(row->by_days, rows[i].tier);
            assert_true(row->tier >= rows[i].tier);
            arena_done(&scene.arena);
        }
    }
}

static void a_technical_delay_is_named_and_normal(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, "2024-05-06", 7);
    const struct classification_row *row = classify(&scene, "2024-05-06");
    assert_int_equal(row->tier, FACILITY_CLASSIFICATION_NORMAL);
    assert_int_equal(row->basis, CLASSIFICATION_BASIS_TECHNICAL_DELAY);
    arena_done(&scene.arena);
}

static void only_the_law_in_force_is_cited(void **state)
{
    (void)state;
    static const struct {
        const char *day, *part;
    } rows[] = {
        {"2007-07-03", "54"}, {"2022-06-20", "54"}, {"2023-06-30", "54"}, {"2023-07-01", "2023"}, {"2026-01-01", "2023"}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct scene scene;
        scene_init(&scene, "2024-05-06", 0);
        scene.one.facilities[0].opened_on = on("2000-01-01");
        (void)classify(&scene, rows[i].day);
        assert_non_null(strstr(scene.result.law->en, rows[i].part));
        arena_done(&scene.arena);
    }
    struct scene scene;
    scene_init(&scene, "2024-05-06", 0);
    (void)classify(&scene, "2007-07-02");
    assert_null(scene.result.law);
    arena_done(&scene.arena);
}

static void what_the_lender_recorded_is_never_bettered(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, "2024-05-06", 0);
    scene.one.facilities[0].classification = FACILITY_CLASSIFICATION_DOUBTFUL;
    const struct classification_row *row = classify(&scene, "2024-05-06");
    assert_int_equal(row->by_days, FACILITY_CLASSIFICATION_NORMAL);
    assert_int_equal(row->tier, FACILITY_CLASSIFICATION_DOUBTFUL);
    assert_int_equal(row->basis, CLASSIFICATION_BASIS_RECORDED);
    arena_done(&scene.arena);
}

/* A second loan, without a schedule, of another or the same bank. */
static void add_second(struct scene *scene, const char *lender, int64_t outstanding_fen)
{
    scene->one.facilities[1] = scene->one.facilities[0];
    scene->one.facilities[1].id = "f2";
    scene->one.facilities[1].lender = lender;
    scene->one.facilities[1].limit_fen = DOSSIER_FEN_NONE;
    scene->one.facilities[1].outstanding_fen = outstanding_fen;
    scene->one.facilities[1].instalment_count = 0;
    scene->one.dossier.facility_count = 2;
}

/* f1 owes 200,000 and is 91 days late: 10 % of 2,000,000 at one bank is not more than 10 %. */
static void more_than_a_tenth_bad_at_one_bank_makes_all_of_it_bad(void **state)
{
    (void)state;
    static const struct {
        int64_t other_fen;
        enum facility_classification tier;
        enum classification_basis basis;
    } rows[] = {
        {1800000, FACILITY_CLASSIFICATION_ATTENTION, CLASSIFICATION_BASIS_BAD_ELSEWHERE},
        {1799999, FACILITY_CLASSIFICATION_SUBSTANDARD, CLASSIFICATION_BASIS_BAD_SHARE},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct scene scene;
        scene_init(&scene, "2024-05-06", 91);
        add_second(&scene, scene.one.facilities[0].lender, rows[i].other_fen);
        (void)classify(&scene, "2024-05-06");
        assert_int_equal(scene.result.rows[1].tier, rows[i].tier);
        assert_int_equal(scene.result.tier, FACILITY_CLASSIFICATION_SUBSTANDARD);
        arena_done(&scene.arena);
    }
}

/* 200,000 of 1,000,000 is not more than 20 %; of 999,999 it is. Elsewhere, so that the rule of one bank is out of it. */
static void more_than_a_fifth_long_past_due_anywhere_makes_all_bad(void **state)
{
    (void)state;
    static const struct {
        const char *day;
        int64_t other_fen;
        enum facility_classification tier;
        enum classification_basis basis;
    } rows[] = {
        {"2024-05-06", 800000, FACILITY_CLASSIFICATION_ATTENTION, CLASSIFICATION_BASIS_BAD_ELSEWHERE},
        {"2024-05-06", 799999, FACILITY_CLASSIFICATION_SUBSTANDARD, CLASSIFICATION_BASIS_PAST_DUE_SHARE},
        {"2023-06-30", 799999, FACILITY_CLASSIFICATION_ATTENTION, CLASSIFICATION_BASIS_BAD_ELSEWHERE},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct scene scene;
        scene_init(&scene, rows[i].day, 91);
        add_second(&scene, "另一银行", rows[i].other_fen);
        (void)classify(&scene, rows[i].day);
        assert_int_equal(scene.result.rows[1].tier, rows[i].tier);
        assert_int_equal(scene.result.rows[1].basis, rows[i].basis);
        arena_done(&scene.arena);
    }
}

static void a_deferral_in_a_window_changes_nothing_and_one_outside_is_observed(void **state)
{
    (void)state;
    static const struct {
        const char *agreed_on, *from, *to, *day, *until;
        enum facility_classification tier;
    } rows[] = {
        {"2022-06-10", "2022-06-21", "2022-09-21", "2022-10-01", NULL, FACILITY_CLASSIFICATION_NORMAL},
        {"2024-01-10", "2024-01-21", "2024-04-21", "2024-05-06", "2025-04-20", FACILITY_CLASSIFICATION_ATTENTION},
        {"2024-01-10", "2024-01-21", "2024-04-21", "2025-04-20", "2025-04-20", FACILITY_CLASSIFICATION_ATTENTION},
        {"2024-01-10", "2024-01-21", "2024-04-21", "2025-04-21", NULL, FACILITY_CLASSIFICATION_NORMAL},
        {"2022-02-10", "2022-02-21", "2022-05-21", "2022-11-20", "2022-11-20", FACILITY_CLASSIFICATION_ATTENTION},
        {"2022-02-10", "2022-02-21", "2022-05-21", "2022-11-21", NULL, FACILITY_CLASSIFICATION_NORMAL},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct scene scene;
        scene_init(&scene, rows[i].day, 0);
        scene.one.deferral = (struct deferral){on(rows[i].agreed_on), on(rows[i].from), on(rows[i].to), DEFERRAL_CAUSE_PAYER_DELAY};
        scene.one.facilities[0].deferral_count = 1;
        const struct classification_row *row = classify(&scene, rows[i].day);
        assert_int_equal(row->tier, rows[i].tier);
        assert_int_equal(row->observed_until.days, rows[i].until == NULL ? DATE_NONE.days : on(rows[i].until).days);
        arena_done(&scene.arena);
    }
}

/* The windows speak of small and micro enterprises. */
static void a_lender_that_does_not_count_such_bodies_has_no_windows(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, "2022-07-01", 0);
    scene.one.deferral = (struct deferral){on("2022-06-10"), on("2022-06-21"), on("2022-09-21"), DEFERRAL_CAUSE_PAYER_DELAY};
    scene.one.facilities[0].deferral_count = 1;
    classification_assess(&scene.one.dossier, false, on("2022-07-01"), &scene.arena, &scene.result);
    assert_int_equal(scene.result.tier, FACILITY_CLASSIFICATION_ATTENTION);
    arena_done(&scene.arena);
}

static void what_is_paid_off_is_no_claim(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, "2024-05-06", 0);
    scene.one.facilities[0].outstanding_fen = 0;
    scene.one.facilities[0].instalment_count = 0;
    scene.one.facilities[0].classification = FACILITY_CLASSIFICATION_LOSS;
    classification_assess(&scene.one.dossier, true, on("2024-05-06"), &scene.arena, &scene.result);
    assert_int_equal(scene.result.row_count, 0);
    assert_int_equal(scene.result.tier, FACILITY_CLASSIFICATION_NONE);
    assert_null(classification_find(&scene.result, &scene.one.facilities[0]));
    arena_done(&scene.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_edge_of_days_past_due),
        cmocka_unit_test(a_technical_delay_is_named_and_normal),
        cmocka_unit_test(only_the_law_in_force_is_cited),
        cmocka_unit_test(what_the_lender_recorded_is_never_bettered),
        cmocka_unit_test(more_than_a_tenth_bad_at_one_bank_makes_all_of_it_bad),
        cmocka_unit_test(more_than_a_fifth_long_past_due_anywhere_makes_all_bad),
        cmocka_unit_test(a_deferral_in_a_window_changes_nothing_and_one_outside_is_observed),
        cmocka_unit_test(a_lender_that_does_not_count_such_bodies_has_no_windows),
        cmocka_unit_test(what_is_paid_off_is_no_claim),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
