/* What a policy must satisfy, tried on the shipped documents with one thing changed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "api/codec/builtin_policies.h"
#include "policy_document.h"

#define COUNT_OF(array) (sizeof(array) / sizeof(*(array)))

static const char *const SHIPPED[] = {"zhengcaidai", "traditional"};

/* The document with one value replaced is refused at the pointer. `value` is JSON. */
static void refused_at(const char *changed, const char *value, const char *pointer)
{
    json_t *document = policy_document_load("zhengcaidai");
    struct arena arena = {0};
    const struct policy *policy = NULL;
    struct zcd_error err = {0};

    json_t *parsed = json_loads(value, JSON_DECODE_ANY, NULL);
    assert_non_null(parsed);
    policy_document_set(document, changed, parsed);
    enum zcd_code code = policy_document_decode(document, &arena, &policy, &err);
    if (code != ZCD_INVALID)
        fail_msg("%s = %s was accepted", changed, value);
    assert_string_equal(err.pointer, pointer);
    assert_null(policy);
    json_decref(document);
    arena_done(&arena);
}

static void the_shipped_policies_are_accepted(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(SHIPPED); i++) {
        json_t *document = policy_document_load(SHIPPED[i]);
        struct arena arena = {0};
        const struct policy *policy = NULL;
        struct zcd_error err = {0};
        assert_int_equal(policy_document_decode(document, &arena, &policy, &err), ZCD_OK);
        assert_string_equal(policy->id, SHIPPED[i]);
        assert_true(date_is_none(policy->effective_to));
        json_decref(document);
        arena_done(&arena);
    }
}

static void every_built_in_policy_is_named_by_its_own_id(void **state)
{
    (void)state;
    assert_int_equal(BUILTIN_POLICY_COUNT, COUNT_OF(SHIPPED));
    for (size_t i = 0; i < BUILTIN_POLICY_COUNT; i++) {
        struct arena arena = {0};
        const struct policy *policy = NULL;
        struct zcd_error err = {0};
        const struct bytes json = {BUILTIN_POLICIES[i].data, BUILTIN_POLICIES[i].size};
        assert_int_equal(policy_decode(json, &arena, &policy, &err), ZCD_OK);
        assert_string_equal(policy->id, BUILTIN_POLICIES[i].name);
        arena_done(&arena);
    }
}

/* Numbers against the document, so that no member lands in its neighbour's place. */
static void every_section_is_read_into_its_own_members(void **state)
{
    (void)state;
    json_t *document = policy_document_load("zhengcaidai");
    struct arena arena = {0};
    const struct policy *policy = NULL;
    struct zcd_error err = {0};
    policy_document_set(document, "/effective_to", json_string("2030-12-31"));
    assert_int_equal(policy_document_decode(document, &arena, &policy, &err), ZCD_OK);
    const struct {
        const char *pointer;
        int64_t value;
    } rows[] = {
        {"/eligibility/months_in_operation_min", policy->eligibility.months_in_operation_min},
        {"/eligibility/amount_min_fen", policy->eligibility.amount_min_fen},
        {"/delay/bin_start_weeks/5", policy->delay.bin_start_weeks[5]},
        {"/delay/payment/4/hazard_ppm/2", policy->delay.payment[4].hazard_ppm[2]},
        {"/delay/slip_hazard_ppm/1", policy->delay.slip_hazard_ppm[1]},
        {"/pipeline/renewal_unrated_ppm", policy->pipeline.renewal_unrated_ppm},
        {"/cashflow/year_start_slow_weeks", policy->cashflow.year_start_slow_weeks},
        {"/scorecard/characteristics/7/bins/2/below", policy->scorecard.characteristics[7].bins[2].below},
        {"/scorecard/characteristics/7/bins/2/points", policy->scorecard.characteristics[7].bins[2].points},
        {"/scorecard/pd/3/pd_ppm", policy->scorecard.pd[3].pd_ppm},
        {"/scorecard/lens/2/not_repaid_max_ppm", policy->scorecard.lens[2].not_repaid_max_ppm},
        {"/scorecard/grade_pd_max_ppm/5", policy->scorecard.grade_pd_max_ppm[5]},
        {"/limit/advance_performed_bp", policy->limit.advance_performed_bp},
        {"/price/capital/4/pd_max_ppm", policy->price.capital[4].not_repaid_max_ppm},
        {"/price/capital/4/capital_ppm", policy->price.capital[4].pd_ppm},
        {"/price/tenor_months/3", policy->price.tenor_months[3]},
        {"/decision/refer_repaid_min_ppm", policy->decision.refer_repaid_min_ppm},
        {"/counterfactual/levers/8/step", policy->counterfactual.levers[8].step},
        {"/counterfactual/levers/8/max", policy->counterfactual.levers[8].max},
        {"/counterfactual/runs_max", policy->counterfactual.runs_max},
        {"/counterfactual/milestone_runs_max", policy->counterfactual.milestone_runs_max},
        {"/counterfactual/signing_days", policy->counterfactual.signing_days},
        {"/servicing/renewal_window_days", policy->servicing.renewal_window_days},
        {"/servicing/record_months", policy->servicing.record_months},
        {"/servicing/green_amount_max_bp", policy->servicing.green_amount_max_bp},
        {"/servicing/deferral_months_max", policy->servicing.deferral_months_max},
        {"/servicing/overdue_second_days", policy->servicing.overdue_second_days},
        {"/servicing/cash_runway_min_bp", policy->servicing.cash_runway_min_bp},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        assert_int_equal(rows[i].value, json_integer_value(policy_document_at(document, rows[i].pointer)));

    const struct policy_characteristic *first = &policy->scorecard.characteristics[0];
    assert_int_equal(first->bins[first->bin_count - 1].below, INT64_MAX);
    assert_int_equal(policy->delay.payment[0].level, PAYER_LEVEL_NONE);
    assert_int_equal(policy->delay.payment[4].level, PAYER_LEVEL_DISTRICT);
    assert_int_equal(policy->decision.levers[1], POLICY_LEVER_REGISTER_PLEDGE);
    assert_int_equal(policy->eligibility.rules[2], ELIGIBILITY_SERIOUS_VIOLATION);
    assert_true(policy->repayment.floor_with_renewals);
    assert_true(policy->servicing.use_green_channel);
    assert_true(policy->servicing.small_business_rules_apply);
    assert_false(policy->limit.use_collateral);
    assert_int_equal(policy->effective_to.days, 22279); /* 61 years and 15 leap days after 1970, less one */
    json_decref(document);
    arena_done(&arena);
}

static void another_schema_is_refused_before_all_else(void **state)
{
    (void)state;
    refused_at("/schema", "\"zhengcaidai/policy/2\"", "/schema");
    refused_at("/schema", "1", "/schema");
}

static void the_head_must_be_complete(void **state)
{
    (void)state;
    static const struct {
        const char *pointer, *value;
    } rows[] = {
        {"/id", "\"\""},
        {"/id", "\"Zheng\""},
        {"/id", "\"a b\""},
        {"/version", "\"1.0\""},
        {"/version", "\"1.0.0.0\""},
        {"/version", "\"01.0.0\""},
        {"/version", "\"v1.0.0\""},
        {"/version", "\"1.0.\""},
        {"/title/zh", "\"\""},
        {"/title/en", "\"\""},
        {"/effective_from", "\"2020-02-30\""},
        {"/effective_to", "\"2019-12-31\""},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        refused_at(rows[i].pointer, rows[i].value, rows[i].pointer);
}

/* Every number of every section: none may be negative without limit or as large as JSON allows. */
static void no_number_is_without_bounds(void **state)
{
    (void)state;
    static const char *const sections[] = {"eligibility", "delay", "pipeline", "cashflow",
                                           "repayment",   "limit", "price",    "decision", "servicing"};
    json_t *document = policy_document_load("zhengcaidai");
    size_t tried = 0;
    for (size_t i = 0; i < COUNT_OF(sections); i++) {
        const char *name;
        json_t *member;
        json_object_foreach(json_object_get(document, sections[i]), name, member)
        {
            char pointer[256];
            if (!json_is_integer(member))
                continue;
            (void)snprintf(pointer, sizeof pointer, "/%s/%s", sections[i], name);
            refused_at(pointer, "-1000000000", pointer);
            if (strcmp(name, "seed") != 0)
                refused_at(pointer, "9007199254740991", pointer);
            tried++;
        }
    }
    assert_int_equal(tried, 97); /* counted in policy.h */
    json_decref(document);
}

static void what_contradicts_another_number_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *changed, *value, *pointer;
    } rows[] = {
        {"/eligibility/rules", "[]", "/eligibility/rules"},
        {"/eligibility/rules/1", "\"registration_active\"", "/eligibility/rules/1"},
        {"/eligibility/body_kinds", "[]", "/eligibility/body_kinds"},
        {"/eligibility/purposes", "[]", "/eligibility/purposes"},
        {"/pipeline/weight_tendering_ppm", "960000", "/pipeline/weight_awarded_ppm"},
        {"/pipeline/renewal_good_ppm", "930000", "/pipeline/renewal_excellent_ppm"},
        {"/pipeline/renewal_freeze_ppm", "960000", "/pipeline/renewal_slow_ppm"},
        {"/cashflow/system_freeze_ppm", "850001", "/cashflow/system_freeze_ppm"},
        {"/cashflow/authority_freeze_ppm", "800001", "/cashflow/authority_freeze_ppm"},
        {"/cashflow/hazard_freeze_ppm", "600001", "/cashflow/hazard_slow_ppm"},
        {"/cashflow/year_start_freeze_weeks", "5", "/cashflow/year_start_freeze_weeks"},
        {"/repayment/sweep_share_max_bp", "4950", "/repayment/sweep_share_max_bp"},
        {"/limit/advance_future_bp", "7001", "/limit/advance_performed_bp"},
        {"/limit/product_max_fen", "19000000", "/limit/product_max_fen"},
        {"/price/lgd_secured_bp", "4001", "/price/lgd_secured_bp"},
        {"/price/cap_bp", "299", "/price/cap_bp"},
        {"/price/tenor_months", "[]", "/price/tenor_months"},
        {"/price/tenor_months/2", "6", "/price/tenor_months/2"},
        {"/price/tenor_months/3", "25", "/price/tenor_months/3"},
        {"/cashflow/tail_weeks", "75", "/cashflow/tail_weeks"},
        {"/decision/refer_grade_max", "5", "/decision/refer_grade_max"},
        {"/decision/levers/1", "\"lock_accounts\"", "/decision/levers/1"},
        {"/decision/refer_repaid_min_ppm", "950001", "/decision/refer_repaid_min_ppm"},
        {"/repayment/floor_ppm", "0", "/limit/use_repayment_floor"},
        {"/counterfactual/levers/1/lever", "\"ask_amount\"", "/counterfactual/levers/1/lever"},
        {"/counterfactual/levers/2/step", "2", "/counterfactual/levers/2/step"},
        {"/counterfactual/levers/2/max", "33", "/counterfactual/levers/2/max"},
        {"/counterfactual/levers/10/max", "0", "/counterfactual/levers/10/max"},
        {"/counterfactual/levers/10/max", "1001", "/counterfactual/levers/10/max"},
        {"/counterfactual/levers/10/kind", "\"guess\"", "/counterfactual/levers/10/kind"},
        {"/counterfactual/levers/10/source", "\"\"", "/counterfactual/levers/10/source"},
        {"/counterfactual/runs_max", "1001", "/counterfactual/runs_max"},
        {"/servicing/overdue_first_days", "61", "/servicing/overdue_second_days"},
        {"/servicing/overdue_third_days", "59", "/servicing/overdue_third_days"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        refused_at(rows[i].changed, rows[i].value, rows[i].pointer);
}

/* 24 months are at most 24 * 31 days, 106 whole weeks; with the week of maturity and the tail at most 128. */
static void the_longest_horizon_is_just_accepted(void **state)
{
    (void)state;
    json_t *document = policy_document_load("zhengcaidai");
    struct arena arena = {0};
    const struct policy *policy = NULL;
    struct zcd_error err = {0};
    policy_document_set(document, "/price/tenor_months/3", json_integer(24));
    policy_document_set(document, "/cashflow/tail_weeks", json_integer(21));
    assert_int_equal(policy_document_decode(document, &arena, &policy, &err), ZCD_OK);
    policy_document_set(document, "/cashflow/tail_weeks", json_integer(22));
    assert_int_equal(policy_document_decode(document, &arena, &policy, &err), ZCD_INVALID);
    json_decref(document);
    arena_done(&arena);
}

static void hazards_cover_every_class_once(void **state)
{
    (void)state;
    static const struct {
        const char *changed, *value, *pointer;
    } rows[] = {
        {"/delay/bin_start_weeks/0", "1", "/delay/bin_start_weeks/0"},
        {"/delay/bin_start_weeks/3", "4", "/delay/bin_start_weeks/3"},
        {"/delay/bin_start_weeks/5", "160", "/delay/bin_start_weeks/5"},
        {"/delay/bin_start_weeks", "[0, 2, 4, 8, 13]", "/delay/payment/0/hazard_ppm"},
        {"/delay/payment/0/level", "\"donor\"", "/delay/payment/10/level"},
        {"/delay/payment/0/fund_source", "\"charity\"", "/delay/payment/0/fund_source"},
        {"/delay/payment/2/hazard_ppm/0", "0", "/delay/payment/2/hazard_ppm/0"},
        {"/delay/payment/2/hazard_ppm/0", "600001", "/delay/payment/2/hazard_ppm/0"},
        {"/delay/payment/2/hazard_ppm", "[1, 1, 1, 1, 1]", "/delay/payment/2/hazard_ppm"},
        {"/delay/payment", "[]", "/delay/payment"},
        {"/delay/slip_hazard_ppm", "[1]", "/delay/slip_hazard_ppm"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        refused_at(rows[i].changed, rows[i].value, rows[i].pointer);
}

#define ROW "/scorecard/characteristics/0"

static void bins_meet_and_points_follow_the_direction(void **state)
{
    (void)state;
    static const struct {
        const char *changed, *value, *pointer;
    } rows[] = {
        {ROW "/bins", "[]", ROW "/bins"},
        {ROW "/bins/1/below", "5000", ROW "/bins/1/below"},
        {ROW "/bins/1/below", "null", ROW "/bins/1/below"},
        {ROW "/bins/5/below", "40000", ROW "/bins/5/below"},
        {ROW "/bins/1/points", "46", ROW "/bins/2/points"},
        {ROW "/bins/1/points", "0", ROW "/bins/1/points"},
        {ROW "/bins/1/points", "-1", ROW "/bins/1/points"},
        {ROW "/bins/1/points", "1001", ROW "/bins/1/points"},
        {ROW "/direction", "-1", ROW "/bins/1/points"},
        {ROW "/direction", "2", ROW "/direction"},
        {ROW "/missing_points", "91", ROW "/missing_points"},
        {ROW "/missing_points", "-1", ROW "/missing_points"},
        {ROW "/bins", "[{\"points\": 0}]", ROW "/bins"},
        {ROW "/source", "\"\"", ROW "/source"},
        {ROW "/id", "\"income_cover\"", "/scorecard/characteristics/1/id"},
        {"/scorecard/characteristics", "[]", "/scorecard/characteristics"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        refused_at(rows[i].changed, rows[i].value, rows[i].pointer);
}

static void tables_go_one_way_and_reach_their_end(void **state)
{
    (void)state;
    static const struct {
        const char *changed, *value, *pointer;
    } rows[] = {
        {"/scorecard/pd", "[]", "/scorecard/pd"},
        {"/scorecard/pd/1/score_min", "875", "/scorecard/pd/1/score_min"},
        {"/scorecard/pd/1/pd_ppm", "500", "/scorecard/pd/1/pd_ppm"},
        {"/scorecard/pd/0/score_min", "1001", "/scorecard/pd/0/score_min"},
        {"/scorecard/pd/35/score_min", "1", "/scorecard/pd/35/score_min"},
        {"/scorecard/lens/1/not_repaid_max_ppm", "1250", "/scorecard/lens/1/not_repaid_max_ppm"},
        {"/scorecard/lens/1/pd_ppm", "500", "/scorecard/lens/1/pd_ppm"},
        {"/scorecard/lens/19/not_repaid_max_ppm", "999999", "/scorecard/lens/19/not_repaid_max_ppm"},
        {"/scorecard/grade_pd_max_ppm/0", "2500", "/scorecard/grade_pd_max_ppm/1"},
        {"/scorecard/grade_pd_max_ppm/9", "999999", "/scorecard/grade_pd_max_ppm/9"},
        {"/scorecard/grade_pd_max_ppm", "[1000000]", "/scorecard/grade_pd_max_ppm"},
        {"/price/capital", "[]", "/price/capital"},
        {"/price/capital/1/pd_max_ppm", "500", "/price/capital/1/pd_max_ppm"},
        {"/price/capital/1/capital_ppm", "1", "/price/capital/1/capital_ppm"},
        {"/price/capital/18/pd_max_ppm", "999999", "/price/capital/18/pd_max_ppm"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        refused_at(rows[i].changed, rows[i].value, rows[i].pointer);
}

/* No score has a PD above 0.2494 % and up to 0.25 % where the second grade is squeezed to that. */
static void a_grade_that_no_score_reaches_is_refused(void **state)
{
    (void)state;
    refused_at("/scorecard/grade_pd_max_ppm/0", "2495", "/scorecard/grade_pd_max_ppm/1");
}

static void a_policy_without_the_second_lens_is_accepted(void **state)
{
    (void)state;
    json_t *document = policy_document_load("zhengcaidai");
    struct arena arena = {0};
    const struct policy *policy = NULL;
    struct zcd_error err = {0};
    policy_document_set(document, "/scorecard/lens", json_array());
    assert_int_equal(policy_document_decode(document, &arena, &policy, &err), ZCD_OK);
    assert_int_equal(policy->scorecard.lens_count, 0);
    json_decref(document);
    arena_done(&arena);
}

/* ------------------------------------------------------------------ sources */

static void a_source_must_be_whole_and_point_at_something(void **state)
{
    (void)state;
    refused_at("/sources/3/pointer", "\"/nowhere\"", "/sources/3/pointer");
    refused_at("/sources/3/pointer", "\"/delay/payment/99\"", "/sources/3/pointer");
    refused_at("/sources/3/pointer", "\"/delay/payment/x\"", "/sources/3/pointer");
    refused_at("/sources/3/pointer", "\"limit\"", "/sources/3/pointer");
    refused_at("/sources/3/pointer", "\"/eligibility\"", "/sources/3/pointer");
    refused_at("/sources/3/kind", "\"guess\"", "/sources/3/kind");
    refused_at("/sources/3/text", "\"\"", "/sources/3/text");
}

/* Without any source the first number of the document is the first refused; a section's source covers all that is in it. */
static void a_number_without_a_source_is_refused(void **state)
{
    (void)state;
    refused_at("/sources", "[]", "/eligibility/months_in_operation_min");

    json_t *document = policy_document_load("zhengcaidai");
    json_t *sources = json_object_get(document, "sources");
    struct arena arena = {0};
    const struct policy *policy = NULL;
    struct zcd_error err = {0};
    for (size_t i = json_array_size(sources); i-- > 0;) {
        const char *pointer = json_string_value(json_object_get(json_array_get(sources, i), "pointer"));
        if (strchr(pointer + 1, '/') != NULL || strcmp(pointer, "/price") == 0)
            json_array_remove(sources, i);
    }
    assert_int_equal(json_array_size(sources), 10); /* eleven sections, less price */
    assert_int_equal(policy_document_decode(document, &arena, &policy, &err), ZCD_INVALID);
    assert_string_equal(err.pointer, "/price/lgd_bp");
    json_array_append_new(sources,
                          json_pack("{s:s, s:s, s:s}", "pointer", "/price", "kind", "judgement", "text", "all of it"));
    assert_int_equal(policy_document_decode(document, &arena, &policy, &err), ZCD_OK);
    json_decref(document);
    arena_done(&arena);
}

static void what_stands_in_origin_is_not_read(void **state)
{
    (void)state;
    json_t *document = policy_document_load("zhengcaidai");
    struct arena arena = {0};
    const struct policy *policy = NULL;
    struct zcd_error err = {0};
    char name[600];
    memset(name, 'n', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    policy_document_set(document, "/origin", json_pack("{s:i}", name, 1));
    assert_int_equal(policy_document_decode(document, &arena, &policy, &err), ZCD_OK);
    json_decref(document);
    arena_done(&arena);
}

/* ------------------------------------------------------------------ members */

static bool is_optional(const char *name)
{
    static const char *const names[] = {"origin", "counterfactual", "effective_to", "level", "fund_source", "below", "vectors", "like"};
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        if (strcmp(names[i], name) == 0)
            return true;
    }
    return false;
}

/* Take every member of an object away in turn, and put an unknown one in. */
static size_t try_members(json_t *document, const char *pointer)
{
    json_t *names = json_array();
    const char *name;
    json_t *member;
    size_t tried = 0;
    size_t index;
    char at[300];
    struct arena arena = {0};
    const struct policy *policy = NULL;
    struct zcd_error err = {0};
    json_t *object = policy_document_at(document, pointer);

    json_object_foreach(object, name, member) json_array_append_new(names, json_string(name));
    json_array_foreach(names, index, member)
    {
        name = json_string_value(member);
        if (is_optional(name))
            continue;
        json_t *kept = json_incref(json_object_get(object, name));
        json_object_del(object, name);
        (void)snprintf(at, sizeof at, "%s/%s", pointer, name);
        assert_int_equal(policy_document_decode(document, &arena, &policy, &err), ZCD_INVALID);
        assert_string_equal(err.pointer, at);
        json_object_set_new(object, name, kept);
        tried++;
    }
    json_object_set_new(object, "surprise", json_true());
    (void)snprintf(at, sizeof at, "%s/surprise", pointer);
    assert_int_equal(policy_document_decode(document, &arena, &policy, &err), ZCD_INVALID);
    assert_string_equal(err.pointer, at);
    json_object_del(object, "surprise");
    assert_int_equal(policy_document_decode(document, &arena, &policy, &err), ZCD_OK);
    json_decref(names);
    arena_done(&arena);
    return tried;
}

static void members_are_all_required_and_no_other_is_known(void **state)
{
    (void)state;
    static const char *const objects[] = {
        "",
        "/title",
        "/eligibility",
        "/delay",
        "/delay/payment/1",
        "/pipeline",
        "/cashflow",
        "/repayment",
        "/scorecard",
        "/scorecard/characteristics/2",
        "/scorecard/characteristics/2/bins/0",
        "/scorecard/pd/0",
        "/scorecard/lens/0",
        "/limit",
        "/price",
        "/price/capital/0",
        "/decision",
        "/counterfactual",
        "/counterfactual/levers/0",
        "/sources/0",
        "/vectors/1",
        "/vectors/1/name",
        "/vectors/1/expect",
    };
    json_t *document = policy_document_load("zhengcaidai");
    size_t tried = 0;
    for (size_t i = 0; i < COUNT_OF(objects); i++)
        tried += try_members(document, objects[i]);
    assert_true(tried > 120);
    json_decref(document);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_shipped_policies_are_accepted),
        cmocka_unit_test(every_built_in_policy_is_named_by_its_own_id),
        cmocka_unit_test(every_section_is_read_into_its_own_members),
        cmocka_unit_test(another_schema_is_refused_before_all_else),
        cmocka_unit_test(the_head_must_be_complete),
        cmocka_unit_test(no_number_is_without_bounds),
        cmocka_unit_test(what_contradicts_another_number_is_refused),
        cmocka_unit_test(the_longest_horizon_is_just_accepted),
        cmocka_unit_test(hazards_cover_every_class_once),
        cmocka_unit_test(bins_meet_and_points_follow_the_direction),
        cmocka_unit_test(tables_go_one_way_and_reach_their_end),
        cmocka_unit_test(a_grade_that_no_score_reaches_is_refused),
        cmocka_unit_test(a_policy_without_the_second_lens_is_accepted),
        cmocka_unit_test(a_source_must_be_whole_and_point_at_something),
        cmocka_unit_test(a_number_without_a_source_is_refused),
        cmocka_unit_test(what_stands_in_origin_is_not_read),
        cmocka_unit_test(members_are_all_required_and_no_other_is_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
