/* The decision document of the shipped examples, read back and held against the decision it was made from. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "api/codec/decision_encode.h"
#include "api/codec/dossier_decode.h"
#include "api/codec/policy_decode.h"
#include "audit/canonical_json.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT_OF(array) (sizeof(array) / sizeof(*(array)))

static const struct decision_identity IDENTITY = {
    .policy_sha256 = "p", .engine_version = "0.1.0", .engine_source_sha256 = "e", .dossier_sha256 = "d"};

/* One example decided under one policy. */
struct scene {
    struct arena arena;
    const struct dossier *dossier;
    const struct policy *policy;
    struct cashflow_workspace *workspace;
    struct decision decision;
    struct buffer text;
    json_t *document;
};

static struct buffer read_file(const char *folder, const char *name)
{
    char path[512];
    char chunk[4096];
    struct buffer text = {0};
    size_t size;
    (void)snprintf(path, sizeof path, "%s/data/%s/%s.json", ZCD_SOURCE_DIR, folder, name);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    while ((size = fread(chunk, 1, sizeof chunk, file)) > 0)
        buffer_append(&text, chunk, size);
    fclose(file);
    return text;
}

static void encode(struct scene *scene)
{
    struct zcd_error err;
    json_decref(scene->document);
    buffer_clear(&scene->text);
    assert_int_equal(decision_encode(&scene->decision, &IDENTITY, scene->dossier, scene->policy, &scene->text, &err),
                     ZCD_OK);
    scene->document = json_loadb((const char *)scene->text.data, scene->text.size, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(scene->document);
}

static void scene_init(struct scene *scene, const char *policy, const char *example)
{
    struct zcd_error err;
    struct buffer policy_text = read_file("policies", policy);
    struct buffer dossier_text = read_file("examples", example);
    memset(scene, 0, sizeof *scene);
    assert_int_equal(policy_decode(buffer_bytes(&policy_text), &scene->arena, &scene->policy, &err), ZCD_OK);
    assert_int_equal(dossier_decode(buffer_bytes(&dossier_text), &scene->arena, &scene->dossier, &err), ZCD_OK);
    buffer_done(&policy_text);
    buffer_done(&dossier_text);
    scene->workspace = cashflow_workspace_new();
    scoring_decide(scene->dossier, scene->policy, scene->dossier->as_of, scene->workspace, &scene->arena,
                   &scene->decision);
    encode(scene);
}

static void scene_done(struct scene *scene)
{
    json_decref(scene->document);
    buffer_done(&scene->text);
    cashflow_workspace_free(scene->workspace);
    arena_done(&scene->arena);
}

static int64_t integer_of(const json_t *object, const char *name)
{
    json_t *value = json_object_get(object, name);
    assert_true(json_is_integer(value));
    return json_integer_value(value);
}

static const char *text_of(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    assert_non_null(text);
    return text;
}

static size_t size_of(const json_t *object, const char *name)
{
    json_t *value = json_object_get(object, name);
    assert_true(json_is_array(value));
    return json_array_size(value);
}

/* The same names in the same order: canonical order is part of the form. */
static void assert_members(json_t *object, const char *const *names, size_t count)
{
    const char *name;
    json_t *value;
    size_t i = 0;
    json_object_foreach(object, name, value)
    {
        (void)value;
        assert_true(i < count);
        assert_string_equal(name, names[i++]);
    }
    assert_int_equal(i, count);
}

static void every_example_is_encoded_canonically_under_both_policies(void **state)
{
    (void)state;
    static const char *const policies[] = {"zhengcaidai", "traditional"};
    static const char *const examples[] = {"zhicheng-2020-10",           "zhicheng-2022-06", "zhicheng-2022-06-deferral",
                                           "contract-ending-next-month", "donations-only",   "payers-90-days-late",
                                           "serious-violation-list"};
    for (size_t i = 0; i < COUNT_OF(policies); i++) {
        for (size_t j = 0; j < COUNT_OF(examples); j++) {
            struct scene scene;
            struct zcd_error err;
            scene_init(&scene, policies[i], examples[j]);
            assert_int_equal(canonical_json_check(buffer_bytes(&scene.text), &err), ZCD_OK);
            assert_in_range(scene.text.size, 10000, 48000);
            scene_done(&scene);
        }
    }
}

static void the_document_has_these_members_and_no_other(void **state)
{
    (void)state;
    static const char *const names[] = {
        "alert_count",    "alerts",
        "as_it_stands",   "as_of",
        "binding",        "capacity_fen",
        "cashflow",       "characteristics",
        "classification", "components",
        "conditions",     "counterfactual_search",
        "counterfactuals", "deferral",
        "dossier_sha256", "eligibility",
        "engine",         "evidence_needed",
        "grade",          "green_channel",
        "judgement_share_bp",
        "limit_bounds",   "limit_fen",
        "lpr_on",         "marginal",
        "outcome",        "payers",
        "pd_ppm",         "pd_source",
        "pipeline",       "policy",
        "provenance",     "raroc_bp",
        "rate_bp",        "reasons",
        "renewal",        "schema",
        "score",
        "slip",           "strengths",
        "tenor_months",   "with_conditions",
    };
    struct scene scene;
    scene_init(&scene, "zhengcaidai", "zhicheng-2020-10");
    assert_members(scene.document, names, COUNT_OF(names));
    scene_done(&scene);
}

static void the_top_speaks_of_the_governing_case(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, "zhengcaidai", "zhicheng-2020-10");
    const struct decision *decision = &scene.decision;
    const struct decision_case *governing = decision->governing;

    assert_string_equal(text_of(scene.document, "schema"), "zhengcaidai/decision/1");
    assert_string_equal(text_of(scene.document, "as_of"), "2020-10-19");
    assert_string_equal(text_of(scene.document, "outcome"), outcome_name(decision->outcome));
    assert_int_equal(integer_of(scene.document, "limit_fen"), decision->limit_fen);
    assert_int_equal(integer_of(scene.document, "capacity_fen"), decision->capacity_fen);
    assert_int_equal(integer_of(scene.document, "tenor_months"), governing->tenor_months);
    assert_int_equal(integer_of(scene.document, "score"), governing->scorecard.score);
    assert_int_equal(integer_of(scene.document, "grade"), governing->grade.grade);
    assert_int_equal(integer_of(scene.document, "pd_ppm"), governing->grade.pd_ppm);
    assert_int_equal(integer_of(scene.document, "judgement_share_bp"), governing->scorecard.judgement_bp);
    assert_string_equal(text_of(scene.document, "binding"), limit_bound_json(governing->limit.binding));
    assert_int_equal(size_of(scene.document, "limit_bounds"), governing->limit.bound_count);
    assert_string_equal(text_of(scene.document, "provenance"), scene.dossier->provenance);
    scene_done(&scene);
}

static void it_says_what_it_rests_on(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, "traditional", "donations-only");
    const json_t *policy = json_object_get(scene.document, "policy");
    const json_t *engine = json_object_get(scene.document, "engine");
    assert_string_equal(text_of(policy, "id"), "traditional");
    assert_string_equal(text_of(policy, "version"), "1.1.0");
    assert_string_equal(text_of(policy, "sha256"), "p");
    assert_string_equal(text_of(engine, "version"), "0.1.0");
    assert_string_equal(text_of(engine, "source_sha256"), "e");
    assert_string_equal(text_of(scene.document, "dossier_sha256"), "d");
    scene_done(&scene);
}

static void the_parts_of_the_rate_add_up_to_it(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, "zhengcaidai", "zhicheng-2022-06");
    int64_t sum_bp = 0;
    size_t i;
    json_t *part;
    json_array_foreach(json_object_get(scene.document, "components"), i, part) sum_bp += integer_of(part, "bp");
    assert_int_equal(i, 6);
    assert_int_equal(integer_of(scene.document, "rate_bp"), sum_bp);
    assert_string_equal(text_of(scene.document, "lpr_on"), "2022-06-20"); /* quoted on the day itself, lpr.csv */
    assert_string_equal(text_of(json_array_get(json_object_get(scene.document, "components"), 0), "name"), "lpr");
    assert_int_equal(integer_of(json_array_get(json_object_get(scene.document, "components"), 0), "bp"), 370);
    scene_done(&scene);
}

static void a_case_shows_amount_bounds_and_both_readings_of_repayment(void **state)
{
    (void)state;
    static const char *const names[] = {
        "amount_fen",     "approved_fen",      "binding",      "capacity_fen", "components",
        "conditions",     "expected_loss_fen", "floor_failed", "grade",        "grade_failed",
        "lgd_bp",         "limit_bounds",      "limit_fen",    "marginal",     "outcome",
        "pd_ppm",         "pd_repayment_ppm",  "pd_score_ppm", "pd_source",    "raroc_bp",
        "rate_bp",        "repaid_ppm",        "score",        "secured_fen",  "simulation_used",
        "sufficient_sweep", "sweep_share_bp",  "tenor_months", "wage_gap",
    };
    struct scene scene;
    scene_init(&scene, "zhengcaidai", "zhicheng-2020-10");
    json_t *stands = json_object_get(scene.document, "as_it_stands");
    const struct decision_case *one = &scene.decision.as_it_stands;
    assert_members(stands, names, COUNT_OF(names));
    assert_int_equal(integer_of(stands, "amount_fen"), one->amount_fen);
    assert_int_equal(size_of(stands, "conditions"), 0);
    assert_int_equal(size_of(stands, "limit_bounds"), one->limit.bound_count);

    const json_t *repaid = json_object_get(stands, "repaid_ppm");
    const json_t *with = json_object_get(repaid, "with_renewals");
    const json_t *without = json_object_get(repaid, "without_renewals");
    assert_int_equal(integer_of(without, "on_time"), one->repayment.repaid_ppm[0][0]);
    assert_int_equal(integer_of(without, "within_90_days"), one->repayment.repaid_ppm[0][1]);
    assert_int_equal(integer_of(with, "on_time"), one->repayment.repaid_ppm[1][0]);
    assert_int_equal(integer_of(with, "within_90_days"), one->repayment.repaid_ppm[1][1]);
    scene_done(&scene);
}

static void conditions_are_named_where_they_decide_and_null_elsewhere(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, "zhengcaidai", "zhicheng-2020-10");
    static const enum policy_lever LEVERS[] = {POLICY_LEVER_LOCK_ACCOUNTS, POLICY_LEVER_REGISTER_PLEDGE,
                                               POLICY_LEVER_CONFIRM_BUYERS};
    struct decision_case helped = scene.decision.as_it_stands;
    helped.levers = LEVERS;
    helped.lever_count = COUNT_OF(LEVERS);
    scene.decision.with_conditions = &helped;
    encode(&scene);
    const json_t *names = json_object_get(json_object_get(scene.document, "with_conditions"), "conditions");
    assert_string_equal(json_string_value(json_array_get(names, 0)), "lock_accounts");
    assert_string_equal(json_string_value(json_array_get(names, 1)), "register_pledge");
    assert_string_equal(json_string_value(json_array_get(names, 2)), "confirm_buyers");

    scene.decision.with_conditions = NULL;
    encode(&scene);
    assert_true(json_is_null(json_object_get(scene.document, "with_conditions")));
    scene_done(&scene);
}

static void what_does_not_exist_is_null_and_never_zero(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, "traditional", "zhicheng-2020-10"); /* no second lens, no credit history */
    scene.decision.as_it_stands.price.has_lpr = false;
    scene.decision.cashflow.shortfall_first_week = -1;
    scene.decision.pipeline.last_end = DATE_NONE;
    encode(&scene);
    assert_true(json_is_null(json_object_get(scene.document, "rate_bp")));
    assert_true(json_is_null(json_object_get(scene.document, "raroc_bp")));
    assert_true(json_is_null(json_object_get(scene.document, "components")));
    assert_true(json_is_null(json_object_get(scene.document, "lpr_on")));
    assert_true(json_is_null(json_object_get(json_object_get(scene.document, "as_it_stands"), "pd_repayment_ppm")));
    assert_true(json_is_null(json_object_get(json_object_get(scene.document, "cashflow"), "shortfall_first_week")));
    assert_true(json_is_null(json_object_get(json_object_get(scene.document, "pipeline"), "last_end")));

    size_t missing = 0;
    size_t i;
    json_t *row;
    json_array_foreach(json_object_get(scene.document, "characteristics"), i, row)
    {
        bool is_missing = scene.decision.governing->scorecard.rows[i].value == SCORECARD_MISSING;
        assert_int_equal(json_is_null(json_object_get(row, "value")), is_missing);
        assert_int_equal(json_is_null(json_object_get(row, "bin")), is_missing);
        missing += is_missing;
    }
    assert_int_equal(missing, 3); /* months on book, instalments on time, worst days past due */
    scene_done(&scene);
}

/* The contract that ends next month carries less than asked; a smaller amount would need no conditions. */
static void an_answer_says_goal_steps_facts_and_what_is_decided_then(void **state)
{
    (void)state;
    static const char *const members[] = {"goal", "grade", "limit_fen", "outcome", "rate_bp", "smallest", "steps", "tenor_months"};
    static const char *const step_members[] = {"by", "facts", "lever", "likely_by", "text"};
    static const char *const fact_members[] = {"field", "from", "to"};
    struct scene scene;
    scene_init(&scene, "zhengcaidai", "contract-ending-next-month");
    const struct counterfactual *answer = &scene.decision.counterfactuals.rows[0];
    json_t *row = json_array_get(json_object_get(scene.document, "counterfactuals"), 0);
    json_t *step = json_array_get(json_object_get(row, "steps"), 0);
    json_t *fact = json_array_get(json_object_get(step, "facts"), 0);
    assert_members(row, members, COUNT_OF(members));
    assert_members(step, step_members, COUNT_OF(step_members));
    assert_members(fact, fact_members, COUNT_OF(fact_members));
    assert_string_equal(text_of(row, "goal"), "no_conditions");
    assert_string_equal(text_of(row, "outcome"), "approve");
    assert_int_equal(integer_of(row, "limit_fen"), answer->limit_fen);
    assert_string_equal(text_of(step, "lever"), "ask_amount");
    assert_true(json_is_null(json_object_get(step, "by")));
    assert_string_equal(text_of(fact, "field"), answer->steps[0].facts[0].field);
    assert_int_equal(integer_of(fact, "from"), 300000000);
    assert_int_equal(integer_of(fact, "to"), answer->steps[0].facts[0].to.number);
    assert_int_equal(integer_of(json_object_get(scene.document, "counterfactual_search"), "runs"),
                     scene.decision.counterfactuals.runs);
    scene_done(&scene);

    scene_init(&scene, "zhengcaidai", "zhicheng-2022-06"); /* approved in full: nothing was looked for */
    assert_true(json_is_null(json_object_get(scene.document, "counterfactual_search")));
    assert_int_equal(size_of(scene.document, "counterfactuals"), 0);
    scene_done(&scene);
}

static void every_finding_and_characteristic_has_its_row(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, "zhengcaidai", "serious-violation-list");
    const json_t *findings = json_object_get(scene.document, "eligibility");
    assert_int_equal(json_array_size(findings), scene.policy->eligibility.rule_count);
    const json_t *listed = json_array_get(findings, 2);
    assert_string_equal(text_of(listed, "rule"), "serious_violation");
    assert_string_equal(text_of(listed, "outcome"), "stop");
    assert_string_equal(text_of(listed, "legal_source"), scene.decision.eligibility.findings[2].legal_source);

    const struct scorecard_result *scorecard = &scene.decision.governing->scorecard;
    const json_t *rows = json_object_get(scene.document, "characteristics");
    assert_int_equal(json_array_size(rows), scorecard->row_count);
    for (size_t i = 0; i < scorecard->row_count; i++) {
        const json_t *row = json_array_get(rows, i);
        assert_string_equal(text_of(row, "name"), characteristic_name(scorecard->rows[i].id));
        assert_int_equal(integer_of(row, "points"), scorecard->rows[i].points);
        assert_int_equal(integer_of(row, "points_max"), scorecard->rows[i].points_max);
    }
    const json_t *reason = json_array_get(json_object_get(scene.document, "reasons"), 0);
    assert_string_equal(text_of(reason, "code"), "stop_serious_violation");
    assert_int_equal(integer_of(reason, "number"), 103);
    scene_done(&scene);
}

/* Hand-made: two curves of one payer stand under that payer. */
static void each_payer_carries_its_own_curves(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, "zhengcaidai", "donations-only");
    const struct delay_curve *curves = scene.decision.delay.curves;
    const struct pipeline_result *pipeline = &scene.decision.pipeline;
    const json_t *payers = json_object_get(scene.document, "payers");
    size_t curve = 0;
    assert_int_equal(json_array_size(payers), pipeline->payer_count);
    for (size_t i = 0; i < pipeline->payer_count; i++) {
        const json_t *row = json_array_get(payers, i);
        const json_t *of_payer = json_object_get(row, "curves");
        assert_string_equal(text_of(row, "id"), scene.dossier->payers[pipeline->payers[i].payer_index].id);
        assert_int_equal(integer_of(row, "outstanding_fen"), pipeline->payers[i].outstanding_fen);
        assert_true(json_array_size(of_payer) > 0);
        for (size_t j = 0; j < json_array_size(of_payer); j++, curve++) {
            const json_t *one = json_array_get(of_payer, j);
            assert_int_equal(curves[curve].payer_index, pipeline->payers[i].payer_index);
            assert_int_equal(integer_of(one, "expected_delay_days"), curves[curve].expected_days);
            assert_string_equal(text_of(one, "fund_source"),
                                codelist_name(&CODELIST_FUND_SOURCE, (int)curves[curve].fund_source));
            assert_int_equal(size_of(one, "unpaid_fitted_bp"), DELAY_KAPLAN_MEIER_WEEKS);
            assert_int_equal(json_is_null(json_object_get(one, "unpaid_kaplan_meier_bp")),
                             curves[curve].observations == 0);
        }
    }
    assert_int_equal(curve, scene.decision.delay.curve_count);
    scene_done(&scene);
}

static void the_fan_has_a_row_for_every_week(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, "zhengcaidai", "zhicheng-2022-06");
    const struct cashflow_result *cashflow = &scene.decision.cashflow;
    const json_t *weeks = json_object_get(json_object_get(scene.document, "cashflow"), "weeks");
    assert_int_equal(json_array_size(weeks), cashflow->weeks);
    const json_t *last = json_array_get(weeks, (size_t)cashflow->weeks - 1);
    const struct cashflow_week *expected = &cashflow->fan[cashflow->weeks - 1];
    assert_int_equal(integer_of(last, "p5_fen"), expected->p5_fen);
    assert_int_equal(integer_of(last, "p25_fen"), expected->p25_fen);
    assert_int_equal(integer_of(last, "p50_fen"), expected->p50_fen);
    assert_int_equal(integer_of(last, "p75_fen"), expected->p75_fen);
    assert_int_equal(integer_of(last, "p95_fen"), expected->p95_fen);
    scene_done(&scene);
}

static void the_same_decision_gives_the_same_bytes(void **state)
{
    (void)state;
    struct scene first;
    struct scene second;
    scene_init(&first, "zhengcaidai", "payers-90-days-late");
    scene_init(&second, "zhengcaidai", "payers-90-days-late");
    assert_true(bytes_equal(buffer_bytes(&first.text), buffer_bytes(&second.text)));
    scene_done(&first);
    scene_done(&second);
}

static void a_sum_too_large_for_json_is_refused_and_nothing_is_left_behind(void **state)
{
    (void)state;
    struct scene scene;
    struct zcd_error err;
    scene_init(&scene, "zhengcaidai", "donations-only");
    scene.decision.pipeline.outstanding_fen = INT64_C(9007199254740992);
    buffer_clear(&scene.text);
    buffer_append_text(&scene.text, "before");
    assert_int_equal(decision_encode(&scene.decision, &IDENTITY, scene.dossier, scene.policy, &scene.text, &err),
                     ZCD_INVALID);
    assert_string_equal(err.pointer, "/pipeline/outstanding_fen");
    assert_string_equal((const char *)scene.text.data, "before");
    assert_int_equal(scene.text.size, 6);
    scene_done(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_example_is_encoded_canonically_under_both_policies),
        cmocka_unit_test(the_document_has_these_members_and_no_other),
        cmocka_unit_test(the_top_speaks_of_the_governing_case),
        cmocka_unit_test(it_says_what_it_rests_on),
        cmocka_unit_test(the_parts_of_the_rate_add_up_to_it),
        cmocka_unit_test(a_case_shows_amount_bounds_and_both_readings_of_repayment),
        cmocka_unit_test(conditions_are_named_where_they_decide_and_null_elsewhere),
        cmocka_unit_test(what_does_not_exist_is_null_and_never_zero),
        cmocka_unit_test(an_answer_says_goal_steps_facts_and_what_is_decided_then),
        cmocka_unit_test(every_finding_and_characteristic_has_its_row),
        cmocka_unit_test(each_payer_carries_its_own_curves),
        cmocka_unit_test(the_fan_has_a_row_for_every_week),
        cmocka_unit_test(the_same_decision_gives_the_same_bytes),
        cmocka_unit_test(a_sum_too_large_for_json_is_refused_and_nothing_is_left_behind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
