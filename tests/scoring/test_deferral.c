/* The cause test by hand, and schedules of thousands of generated loans. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "scoring/deferral.h"
#include "tests/scoring/policy_document.h"
#include "tests/scoring/sound_case.h"

#include <stdlib.h>

#define COUNT_OF(array) (sizeof(array) / sizeof(*(array)))
#define GENERATED 3000
#define INSTALMENTS_MAX 24

/*
 * The sound case on 2020-10-19, as a deferral of a loan whose next instalment, 200,000 and 1,000 interest, is due on 2020-11-21. Accepted
 * and unpaid are 400,000 of milestone m2, payable on 2020-10-16.
 */
struct scene {
    struct arena arena;
    struct sound_case one;
    const struct policy *shipped;
    struct policy policy;
    struct delay_result delay;
    struct pipeline_result pipeline;
    struct classification_result classification;
    struct deferral_result result;
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
    scene->one.instalments[2].due_on = on("2020-11-21");
    scene->one.dossier.application.kind = APPLICATION_KIND_DEFERRAL;
    scene->one.dossier.application.facility = "f1";
    scene->one.dossier.application.facility_index = 0;
    scene->one.dossier.application.tenor_months = 6;
}

static void judge(struct scene *scene)
{
    const struct date as_of = scene->one.dossier.as_of;
    const struct deferral_case one = {&scene->one.dossier, &scene->policy, as_of, &scene->delay, &scene->pipeline,
                                      &scene->classification};
    delay_estimate(&scene->one.dossier, &scene->policy, as_of, &scene->arena, &scene->delay);
    pipeline_build(&scene->one.dossier, &scene->policy, as_of, &scene->delay, &scene->arena, &scene->pipeline);
    classification_assess(&scene->one.dossier, true, as_of, &scene->arena, &scene->classification);
    deferral_judge(&one, &scene->arena, &scene->result);
}

static bool passes(const struct scene *scene, enum deferral_rule rule)
{
    for (size_t i = 0; i < scene->result.finding_count; i++) {
        if (scene->result.findings[i].rule == rule)
            return scene->result.findings[i].passes;
    }
    fail_msg("rule %d was not judged", (int)rule);
    return false;
}

static void late_payers_who_would_have_covered_it_are_a_cause(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    judge(&scene);
    assert_true(scene.result.holds);
    assert_int_equal(scene.result.from.days, on("2020-11-21").days);
    assert_int_equal(scene.result.to.days, on("2021-05-21").days);
    assert_int_equal(scene.result.months, 6);
    assert_int_equal(scene.result.deferred_fen, 201000);
    assert_int_equal(scene.result.covered_fen, 400000);
    assert_int_equal(scene.result.arriving_fen, 400000);
    assert_int_equal(scene.result.receivable_count, 1);
    assert_int_equal(scene.result.receivables[0].payable_on.days, on("2020-10-16").days);
    arena_done(&scene.arena);
}

/* Each takes the 400,000 away from the test, or leaves less than the 201,000 that are due. */
static void only_accepted_undisputed_unpledged_money_payable_by_the_day_counts(void **state)
{
    (void)state;
    for (int spoiled = 0; spoiled < 7; spoiled++) {
        struct scene scene;
        scene_init(&scene);
        static const size_t pledged[] = {0};
        static const char *const pledged_ids[] = {"c1"};
        struct contract *contract = &scene.one.contracts[0];
        if (spoiled == 0)
            contract->disputed_fen = 199001;
        else if (spoiled == 1)
            contract->retained_fen = 199001;
        else if (spoiled == 2)
            scene.one.milestones[1].accepted_on = DATE_NONE;
        else if (spoiled == 3)
            contract->fund_source = FUND_SOURCE_CHARITY;
        else if (spoiled == 4)
            scene.one.milestones[1].accepted_on = on("2020-10-19"), contract->payment_term_days = 34;
        else if (spoiled == 5) {
            scene.one.facilities[1] = scene.one.facilities[0];
            scene.one.facilities[1].id = "f2";
            scene.one.facilities[1].instalment_count = 0;
            scene.one.facilities[1].pledged_contracts = pledged_ids;
            scene.one.facilities[1].pledged_contract_indexes = pledged;
            scene.one.facilities[1].pledged_contract_count = 1;
            scene.one.dossier.facility_count = 2;
        } else {
            contract->stage = CONTRACT_STAGE_TERMINATED;
        }
        judge(&scene);
        assert_false(passes(&scene, DEFERRAL_RULE_CAUSE));
        assert_false(scene.result.holds);
        assert_true(scene.result.may_be_judged);
        assert_int_equal(scene.result.months_enough, 0);
        arena_done(&scene.arena);
    }
}

/* One fen less disputed leaves 201,000: just enough. */
static void just_enough_is_enough(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    scene.one.contracts[0].disputed_fen = 199000;
    judge(&scene);
    assert_int_equal(scene.result.covered_fen, 201000);
    assert_true(scene.result.holds);
    arena_done(&scene.arena);
}

/* The p90 of the money decides how long it takes: months_enough is the first month's end after it. */
static void a_deferral_must_reach_past_the_expected_receipt(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    scene.one.dossier.application.tenor_months = 1;
    judge(&scene);
    struct date arrival = scene.result.receivables[0].arrival_p90;
    int32_t months = 1;
    while (date_compare(date_add_months(on("2020-11-21"), months), arrival) <= 0)
        months++;
    assert_in_range(months, 2, 6);
    assert_false(passes(&scene, DEFERRAL_RULE_ARRIVES));
    assert_true(passes(&scene, DEFERRAL_RULE_CAUSE));
    assert_int_equal(scene.result.months_enough, months);
    scene.one.dossier.application.tenor_months = months;
    judge(&scene);
    assert_true(scene.result.holds);
    arena_done(&scene.arena);
}

static void more_months_than_the_policy_allows_are_cut(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    scene.one.dossier.application.tenor_months = 18;
    judge(&scene);
    assert_int_equal(scene.result.months, 6);
    arena_done(&scene.arena);
}

static void a_loan_is_deferred_once(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    scene.one.deferral = (struct deferral){on("2020-06-10"), on("2020-06-25"), on("2020-07-25"), DEFERRAL_CAUSE_PAYER_DELAY};
    scene.one.facilities[0].deferral_count = 1;
    judge(&scene);
    assert_false(passes(&scene, DEFERRAL_RULE_NOT_DEFERRED_BEFORE));
    assert_false(scene.result.may_be_judged);
    scene.policy.servicing.deferrals_max = 2;
    judge(&scene);
    assert_true(scene.result.holds);
    arena_done(&scene.arena);
}

/* What was late before stays late, and keeps the rest from being put off by rule. */
static void arrears_are_never_moved(void **state)
{
    (void)state;
    static const struct {
        int32_t days;
        bool passes;
    } rows[] = {{7, true}, {8, false}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct scene scene;
        scene_init(&scene);
        scene.one.instalments[1] = (struct instalment){date_add_days(on("2020-10-19"), -rows[i].days), 0, 1000, NULL, 0};
        judge(&scene);
        assert_int_equal(passes(&scene, DEFERRAL_RULE_NOT_LATE), rows[i].passes);
        assert_int_equal(scene.result.from.days, on("2020-11-21").days);
        assert_int_equal(scene.result.deferred_fen, 201000);
        for (size_t j = 0; j < scene.result.line_count; j++)
            assert_int_equal(scene.result.lines[j].is_moved, scene.result.lines[j].principal_fen == 200000);
        arena_done(&scene.arena);
    }
}

static void nothing_due_or_no_lawful_body_is_never_possible(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    scene.one.facilities[0].outstanding_fen = 0;
    scene.one.facilities[0].instalment_count = 2; /* both paid */
    judge(&scene);
    assert_false(passes(&scene, DEFERRAL_RULE_SOMETHING_DUE));
    assert_true(date_is_none(scene.result.from));
    assert_false(scene.result.may_be_judged);
    arena_done(&scene.arena);
    scene_init(&scene);
    scene.one.lists[0] = (struct list_entry){LIST_KIND_COURT_DISHONEST, on("2020-10-19"), DATE_NONE};
    scene.one.dossier.organisation.list_count = 1;
    judge(&scene);
    assert_false(passes(&scene, DEFERRAL_RULE_OPERATING));
    assert_false(scene.result.may_be_judged);
    arena_done(&scene.arena);
}

static void principal_that_no_instalment_names_is_due_at_maturity(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    scene.one.instalments[2].principal_fen = 50000;
    scene.one.facilities[0].matures_on = on("2020-12-21");
    judge(&scene);
    assert_int_equal(scene.result.line_count, 4);
    assert_null(scene.result.lines[3].instalment);
    assert_int_equal(scene.result.lines[3].outstanding_fen, 150000);
    assert_int_equal(scene.result.lines[3].due_on.days, on("2020-12-21").days);
    assert_int_equal(scene.result.deferred_fen, 51000 + 150000);
    arena_done(&scene.arena);
}

/* In the window of the second half of 2020 to 2021-03-31; one day further is a restructuring, by the guidelines of 2007 for six months. */
static void no_downgrade_needs_a_window_that_holds(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    scene.one.dossier.application.tenor_months = 4;
    judge(&scene);
    assert_int_equal(scene.result.treatment, DEFERRAL_WITHOUT_DOWNGRADE);
    assert_int_equal(scene.result.window->number, 2);
    assert_int_equal(scene.result.classification_after, FACILITY_CLASSIFICATION_NORMAL);
    assert_true(date_is_none(scene.result.observed_until));
    scene.one.dossier.application.tenor_months = 5;
    judge(&scene);
    assert_int_equal(scene.result.treatment, DEFERRAL_RESTRUCTURING);
    assert_null(scene.result.window);
    assert_int_equal(scene.result.classification_after, FACILITY_CLASSIFICATION_ATTENTION);
    assert_int_equal(scene.result.observed_until.days, on("2021-10-20").days);
    scene.one.dossier.application.tenor_months = 4;
    scene.policy.servicing.small_business_rules_apply = false;
    judge(&scene);
    assert_int_equal(scene.result.treatment, DEFERRAL_RESTRUCTURING);
    arena_done(&scene.arena);
}

/* ------------------------------------------------------------------ generated schedules */

struct generated {
    struct instalment instalments[INSTALMENTS_MAX];
    struct instalment_payment payments[INSTALMENTS_MAX];
};

/* Splitmix64: the tests' own luck, not the engine's. */
static uint64_t next(uint64_t *luck)
{
    uint64_t z = (*luck += 0x9e3779b97f4a7c15u);
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

static int64_t below(uint64_t *luck, int64_t bound)
{
    return (int64_t)(next(luck) % (uint64_t)bound);
}

/* Instalments in any order, paid in full, in part or not at all; what lies ahead may be paid too. */
static void generate(struct scene *scene, struct generated *one, uint64_t *luck)
{
    struct facility *facility = &scene->one.facilities[0];
    size_t count = (size_t)below(luck, INSTALMENTS_MAX) + 1;
    int64_t outstanding_fen = 0;

    facility->opened_on = on("2019-01-01");
    facility->matures_on = date_add_days(on("2020-10-19"), (int32_t)below(luck, 600) - 30);
    for (size_t i = 0; i < count; i++) {
        struct instalment *instalment = &one->instalments[i];
        *instalment = (struct instalment){date_add_days(on("2020-10-19"), (int32_t)below(luck, 700) - 300), below(luck, 1000000),
                                          below(luck, 20000), NULL, 0};
        int64_t due_fen = instalment_due_fen(instalment);
        int64_t paid_fen = below(luck, 3) == 0 ? due_fen : below(luck, due_fen + 1);
        if (below(luck, 2) == 0 && paid_fen > 0) {
            one->payments[i] = (struct instalment_payment){on("2020-10-01"), paid_fen};
            instalment->payments = &one->payments[i];
            instalment->payment_count = 1;
        }
        outstanding_fen += instalment_outstanding_fen(instalment);
    }
    facility->instalments = one->instalments;
    facility->instalment_count = count;
    facility->limit_fen = DOSSIER_FEN_NONE;
    facility->outstanding_fen = outstanding_fen + below(luck, 100000);
    scene->one.dossier.application.tenor_months = (int32_t)below(luck, 12) + 1;
}

/* The terms as the dossier would hold them once agreed: an independent account of where each instalment has gone. */
static void hold_against_the_agreed_deferral(struct scene *scene)
{
    const struct deferral agreed = {on("2020-10-19"), scene->result.from, scene->result.to, DEFERRAL_CAUSE_PAYER_DELAY};
    struct facility after = scene->one.facilities[0];
    after.deferrals = &agreed;
    after.deferral_count = 1;
    for (size_t i = 0; i < scene->result.line_count; i++) {
        const struct deferral_line *line = &scene->result.lines[i];
        if (line->instalment != NULL && line->outstanding_fen > 0)
            assert_int_equal(line->new_due_on.days, instalment_due_after_deferrals(&after, line->instalment).days);
    }
}

static void hold_schedule(const struct scene *scene)
{
    const struct deferral_result *result = &scene->result;
    int64_t outstanding_fen = 0;
    int64_t moved_fen = 0;

    for (size_t i = 0; i < result->line_count; i++) {
        const struct deferral_line *line = &result->lines[i];
        if (line->instalment != NULL) {
            assert_int_equal(line->principal_fen, line->instalment->principal_fen);
            assert_int_equal(line->interest_fen, line->instalment->interest_fen);
            assert_int_equal(line->paid_fen, instalment_paid_fen(line->instalment));
        }
        assert_int_equal(line->principal_fen + line->interest_fen, line->paid_fen + line->outstanding_fen);
        assert_true(!line->is_moved || line->outstanding_fen > 0); /* paid ones are untouched */
        assert_true(line->is_moved || line->new_due_on.days == line->due_on.days);
        assert_true(!line->is_moved || (line->new_due_on.days == result->to.days && line->due_on.days < result->to.days));
        assert_true(!line->is_moved || line->due_on.days >= scene->one.dossier.as_of.days);
        assert_true(i == 0 || line->due_on.days >= result->lines[i - 1].due_on.days);
        outstanding_fen += line->outstanding_fen;
        moved_fen += line->is_moved ? line->outstanding_fen : 0;
    }
    assert_int_equal(moved_fen, result->deferred_fen);
    for (size_t i = 0; i < scene->one.facilities[0].instalment_count; i++)
        outstanding_fen -= instalment_outstanding_fen(&scene->one.facilities[0].instalments[i]);
    assert_true(outstanding_fen >= 0); /* the rest is principal that no instalment names */
}

static void generated_schedules_keep_every_fen_and_every_paid_line(void **state)
{
    (void)state;
    struct scene scene;
    struct generated generated;
    uint64_t luck = 20221122;
    size_t with_moves = 0;
    scene_init(&scene);
    judge(&scene); /* the receivables do not change */
    for (int i = 0; i < GENERATED; i++) {
        const struct deferral_case one = {&scene.one.dossier, &scene.policy, scene.one.dossier.as_of, &scene.delay,
                                          &scene.pipeline, &scene.classification};
        struct arena arena = {0};
        memset(&generated, 0, sizeof generated);
        generate(&scene, &generated, &luck);
        deferral_judge(&one, &arena, &scene.result);
        assert_int_equal(scene.result.line_count >= scene.one.facilities[0].instalment_count, 1);
        hold_schedule(&scene);
        if (!date_is_none(scene.result.from)) {
            hold_against_the_agreed_deferral(&scene);
            with_moves++;
        }
        arena_done(&arena);
    }
    assert_true(with_moves > GENERATED / 2);
    arena_done(&scene.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(late_payers_who_would_have_covered_it_are_a_cause),
        cmocka_unit_test(only_accepted_undisputed_unpledged_money_payable_by_the_day_counts),
        cmocka_unit_test(just_enough_is_enough),
        cmocka_unit_test(a_deferral_must_reach_past_the_expected_receipt),
        cmocka_unit_test(more_months_than_the_policy_allows_are_cut),
        cmocka_unit_test(a_loan_is_deferred_once),
        cmocka_unit_test(arrears_are_never_moved),
        cmocka_unit_test(nothing_due_or_no_lawful_body_is_never_possible),
        cmocka_unit_test(principal_that_no_instalment_names_is_due_at_maturity),
        cmocka_unit_test(no_downgrade_needs_a_window_that_holds),
        cmocka_unit_test(generated_schedules_keep_every_fen_and_every_paid_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
