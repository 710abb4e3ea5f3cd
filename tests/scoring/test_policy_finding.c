/* Every rule of policy_rules.def broken once in a shipped policy, and found at its place; many at once are all found. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "policy_document.h"
#include "scoring/policy_trial.h"

#define COUNT_OF(array) (sizeof(array) / sizeof(*(array)))

#define DELETED NULL
#define ROW "/scorecard/characteristics/0"

/* clang-format off: read by column */
/* One change, and an error that it makes. `value` is JSON; DELETED takes the member away. */
static const struct {
    const char *changed;
    const char *value;
    enum policy_rule rule;
    const char *pointer;
} BAD[] = {
    {"/schema", "\"zhengcaidai/policy/2\"", POLICY_RULE_SCHEMA, "/schema"},
    {"/limit/surprise", "1", POLICY_RULE_UNKNOWN_MEMBER, "/limit/surprise"},
    {"/sources/0/page", "7", POLICY_RULE_UNKNOWN_MEMBER, "/sources/0/page"},
    {"/price/cap_bp", DELETED, POLICY_RULE_MISSING_MEMBER, "/price/cap_bp"},
    {"/vectors/0/dossier", DELETED, POLICY_RULE_MISSING_MEMBER, "/vectors/0/dossier"},
    {"/price/cap_bp", "\"600\"", POLICY_RULE_FORM, "/price/cap_bp"},
    {"/price/cap_bp", "6.5", POLICY_RULE_FORM, "/price/cap_bp"},
    {"/price", "[]", POLICY_RULE_FORM, "/price"},
    {"/price/tenor_months", "12", POLICY_RULE_FORM, "/price/tenor_months"},
    {"/price/tenor_months/1", "true", POLICY_RULE_FORM, "/price/tenor_months/1"},
    {"/decision/levers/1", "\"pray\"", POLICY_RULE_FORM, "/decision/levers/1"},
    {"/effective_from", "\"2020-02-30\"", POLICY_RULE_FORM, "/effective_from"},
    {ROW "/id", "\"luck\"", POLICY_RULE_FORM, ROW "/id"},
    {"/limit/product_max_fen", "9007199254740993", POLICY_RULE_FORM, "/limit/product_max_fen"},
    {"/id", "\"Zheng\"", POLICY_RULE_ID, "/id"},
    {"/version", "\"1.0\"", POLICY_RULE_VERSION, "/version"},
    {"/title/en", "\"\"", POLICY_RULE_TEXT_MISSING, "/title/en"},
    {"/title/zh", "\"\"", POLICY_RULE_TEXT_MISSING, "/title/zh"},
    {ROW "/source", "\"\"", POLICY_RULE_TEXT_MISSING, ROW "/source"},
    {"/title/zh", "\"Loans\"", POLICY_RULE_TEXT_LANGUAGE, "/title/zh"},
    {"/title/en", "\"政采贷\"", POLICY_RULE_TEXT_LANGUAGE, "/title/en"},
    {"/vectors/2/name/zh", "\"below\"", POLICY_RULE_TEXT_LANGUAGE, "/vectors/2/name/zh"},
    {"/effective_to", "\"2019-12-31\"", POLICY_RULE_EFFECTIVE, "/effective_to"},
    {"/cashflow/thirteenth_month", "13", POLICY_RULE_RANGE, "/cashflow/thirteenth_month"},
    {"/limit/payer_share_max_bp", "10001", POLICY_RULE_RANGE, "/limit/payer_share_max_bp"},
    {"/delay/hazard_cap_ppm", "1000000", POLICY_RULE_RANGE, "/delay/hazard_cap_ppm"},
    {ROW "/missing_points", "91", POLICY_RULE_RANGE, ROW "/missing_points"},
    {"/price/tenor_months/2", "6", POLICY_RULE_ORDER, "/price/tenor_months/2"},
    {"/limit/advance_future_bp", "7001", POLICY_RULE_ORDER, "/limit/advance_performed_bp"},
    {"/scorecard/grade_pd_max_ppm/3", "5000", POLICY_RULE_ORDER, "/scorecard/grade_pd_max_ppm/3"},
    {"/vectors/1/like", "1", POLICY_RULE_ORDER, "/vectors/1/like"},
    {"/delay/slip_hazard_ppm", "[1]", POLICY_RULE_ROWS, "/delay/slip_hazard_ppm"},
    {"/eligibility/purposes", "[]", POLICY_RULE_ROWS, "/eligibility/purposes"},
    {"/eligibility/body_kinds/1", "\"foundation\"", POLICY_RULE_DUPLICATE, "/eligibility/body_kinds/2"},
    {"/eligibility/rules/4", "\"body_kind\"", POLICY_RULE_DUPLICATE, "/eligibility/rules/4"},
    {ROW "/id", "\"income_cover\"", POLICY_RULE_DUPLICATE, "/scorecard/characteristics/1/id"},
    {"/sources/1/pointer", "\"/eligibility\"", POLICY_RULE_DUPLICATE, "/sources/1/pointer"},
    {"/delay/bin_start_weeks/0", "1", POLICY_RULE_BINS_GAP, "/delay/bin_start_weeks/0"},
    {ROW "/bins/5/below", "40000", POLICY_RULE_BINS_GAP, ROW "/bins/5/below"},
    {ROW "/bins/2/below", "9999", POLICY_RULE_BINS_OVERLAP, ROW "/bins/2/below"},
    {ROW "/bins/2/below", DELETED, POLICY_RULE_BINS_OVERLAP, ROW "/bins/2/below"},
    {ROW "/bins/2/points", "19", POLICY_RULE_DIRECTION, ROW "/bins/2/points"},
    {ROW "/bins/2/points", "66", POLICY_RULE_DIRECTION, ROW "/bins/3/points"},
    {"/scorecard/characteristics/4/bins/1/points", "31", POLICY_RULE_DIRECTION,
     "/scorecard/characteristics/4/bins/1/points"},
    {ROW "/bins/2/points", "20", POLICY_RULE_DEAD_ROW, ROW "/bins/2/points"},
    {"/scorecard/characteristics/4/bins/3/below", "10001", POLICY_RULE_DEAD_ROW, "/scorecard/characteristics/4/bins/4"},
    {"/scorecard/characteristics/15/bins/0/below", "1", POLICY_RULE_DEAD_ROW,
     "/scorecard/characteristics/15/bins/0/below"},
    {"/delay/bin_start_weeks/5", "160", POLICY_RULE_DEAD_ROW, "/delay/bin_start_weeks/5"},
    {"/scorecard/lens/1/not_repaid_max_ppm", "1251", POLICY_RULE_DEAD_ROW,
     "/scorecard/lens/1"}, /* 4,096 paths: 244 ppm each */
    {ROW "/bins", "[{\"points\": 0}]", POLICY_RULE_NO_POINTS, ROW "/bins"},
    {"/scorecard/lens/19/not_repaid_max_ppm", "999999", POLICY_RULE_TABLE_END, "/scorecard/lens/19/not_repaid_max_ppm"},
    {"/scorecard/pd/35/score_min", "1", POLICY_RULE_TABLE_END, "/scorecard/pd/35/score_min"},
    {"/scorecard/grade_pd_max_ppm/0", "2495", POLICY_RULE_GRADE_UNREACHABLE, "/scorecard/grade_pd_max_ppm/1"},
    {"/limit/product_max_fen", "19000000", POLICY_RULE_CONTRADICTION, "/limit/product_max_fen"},
    {"/limit/step_fen", "600000000", POLICY_RULE_VECTOR, "/vectors/0/expect/outcome"},
    {"/repayment/floor_ppm", "0", POLICY_RULE_CONTRADICTION, "/limit/use_repayment_floor"},
    {"/decision/refer_repaid_min_ppm", "950001", POLICY_RULE_CONTRADICTION, "/decision/refer_repaid_min_ppm"},
    {"/limit/income_share_bp", "0", POLICY_RULE_CONTRADICTION, "/limit/income_share_bp"},
    {"/limit/use_collateral", "true", POLICY_RULE_CONTRADICTION, "/limit/collateral_share_bp"},
    {"/cashflow/system_freeze_ppm", "850001", POLICY_RULE_SHARES, "/cashflow/system_freeze_ppm"},
    {"/repayment/sweep_share_max_bp", "4950", POLICY_RULE_STEPS, "/repayment/sweep_share_max_bp"},
    {"/cashflow/tail_weeks", "75", POLICY_RULE_HORIZON, "/cashflow/tail_weeks"},
    {"/delay/payment", "[]", POLICY_RULE_NO_DEFAULT, "/delay/payment"},
    {"/delay/payment/0/fund_source", "\"charity\"", POLICY_RULE_UNREACHABLE_CLASS, "/delay/payment/0/fund_source"},
    {"/sources/0/pointer", "\"/nowhere\"", POLICY_RULE_SOURCE_DANGLING, "/sources/0/pointer"},
    {"/vectors/0/expect/limit_fen", "21000000", POLICY_RULE_VECTOR, "/vectors/0/expect/limit_fen"},
    {"/vectors/0/expect/grade", "3", POLICY_RULE_VECTOR, "/vectors/0/expect/grade"},
    {"/vectors/0/dossier/payers", "[]", POLICY_RULE_VECTOR_DOSSIER, "/vectors/0/dossier"},
};
/* clang-format on */

/* The document's findings, trial included as wherever a policy is loaded to decide. */
static void examine(const json_t *document, struct arena *arena, struct policy_findings *findings)
{
    struct policy_trial trial;
    char *text = json_dumps(document, JSON_COMPACT);

    assert_non_null(text);
    policy_findings_init(findings, arena);
    const struct policy *policy = policy_decode_all(bytes_of_text(text), arena, findings);
    free(text);
    assert_true((policy == NULL) == (findings->error_count > 0));
    if (policy == NULL)
        return;
    struct cashflow_workspace *workspace = cashflow_workspace_new();
    policy_try(policy, workspace, findings, &trial);
    cashflow_workspace_free(workspace);
}

static bool has(const struct policy_findings *findings, enum policy_rule rule, const char *pointer)
{
    for (size_t i = 0; i < findings->count; i++) {
        if (findings->rows[i].rule == rule && strcmp(findings->rows[i].pointer, pointer) == 0)
            return true;
    }
    return false;
}

static void change(json_t *document, const char *pointer, const char *value)
{
    if (value != NULL) {
        policy_document_set(document, pointer, json_loads(value, JSON_DECODE_ANY, NULL));
        return;
    }
    const char *last = strrchr(pointer, '/');
    char parent[256];
    (void)snprintf(parent, sizeof parent, "%.*s", (int)(last - pointer), pointer);
    assert_int_equal(json_object_del(policy_document_at(document, parent), last + 1), 0);
}

static void each_broken_rule_is_found_at_its_place(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(BAD); i++) {
        json_t *document = policy_document_load("zhengcaidai");
        struct arena arena = {0};
        struct policy_findings findings;

        change(document, BAD[i].changed, BAD[i].value);
        examine(document, &arena, &findings);
        if (!has(&findings, BAD[i].rule, BAD[i].pointer))
            fail_msg("%s = %s: no %s at %s", BAD[i].changed, BAD[i].value, policy_rule_name(BAD[i].rule),
                     BAD[i].pointer);
        arena_done(&arena);
        json_decref(document);
    }
}

/* The loader refuses whatever the examination refuses: here by the first error alone. */
static void what_is_found_is_refused_by_the_loader_too(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(BAD); i++) {
        if (BAD[i].rule == POLICY_RULE_VECTOR)
            continue; /* the loader's second step: tests/e2e */
        json_t *document = policy_document_load("zhengcaidai");
        struct arena arena = {0};
        const struct policy *policy = NULL;
        struct zcd_error err;

        change(document, BAD[i].changed, BAD[i].value);
        assert_int_equal(policy_document_decode(document, &arena, &policy, &err), ZCD_INVALID);
        arena_done(&arena);
        json_decref(document);
    }
}

/* Rules that one change of a shipped policy cannot break, each with a test of its own below. */
static bool is_tried_elsewhere(enum policy_rule rule)
{
    static const enum policy_rule rules[] = {POLICY_RULE_NOT_JSON, POLICY_RULE_CODE,       POLICY_RULE_SOURCE_MISSING,
                                             POLICY_RULE_BOUNDARY, POLICY_RULE_NO_VECTORS, POLICY_RULE_UNUSED,
                                             POLICY_RULE_IDLE_CAP};
    for (size_t i = 0; i < COUNT_OF(rules); i++) {
        if (rules[i] == rule)
            return true;
    }
    return false;
}

static void every_rule_has_a_policy_that_breaks_it(void **state)
{
    (void)state;
    for (int rule = POLICY_RULE_NONE + 1; rule < POLICY_RULE_END; rule++) {
        bool is_tried = is_tried_elsewhere((enum policy_rule)rule);
        for (size_t i = 0; i < COUNT_OF(BAD); i++)
            is_tried = is_tried || (int)BAD[i].rule == rule;
        if (!is_tried)
            fail_msg("no policy breaks %s", policy_rule_name((enum policy_rule)rule));
    }
}

/* Rules of different sections, each broken by one row above that touches no other. */
static bool is_apart(enum policy_rule rule)
{
    return rule == POLICY_RULE_ID || rule == POLICY_RULE_VERSION || rule == POLICY_RULE_EFFECTIVE
           || rule == POLICY_RULE_SHARES || rule == POLICY_RULE_STEPS || rule == POLICY_RULE_HORIZON
           || rule == POLICY_RULE_UNREACHABLE_CLASS;
}

static void faults_of_all_sections_are_found_together(void **state)
{
    (void)state;
    json_t *document = policy_document_load("zhengcaidai");
    struct arena arena = {0};
    struct policy_findings findings;
    size_t wanted = 0;

    for (size_t i = 0; i < COUNT_OF(BAD); i++) {
        if (is_apart(BAD[i].rule))
            change(document, BAD[i].changed, BAD[i].value);
    }
    examine(document, &arena, &findings);
    for (size_t i = 0; i < COUNT_OF(BAD); i++) {
        if (is_apart(BAD[i].rule)) {
            assert_true(has(&findings, BAD[i].rule, BAD[i].pointer));
            wanted++;
        }
    }
    assert_int_equal(wanted, 7);
    assert_int_equal(findings.error_count, 7);
    arena_done(&arena);
    json_decref(document);
}

/* ------------------------------------------------------------------ the rules that take more than one change */

static void what_is_no_json_is_one_finding(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "", "{", "nothing", "{\"id\": 1, \"id\": 2}", "[1.5e400]", "{\"schema\": 99999999999999999999}"};
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        struct arena arena = {0};
        struct policy_findings findings;
        policy_findings_init(&findings, &arena);
        assert_null(policy_decode_all(bytes_of_text(texts[i]), &arena, &findings));
        assert_int_equal(findings.count, 1);
        assert_int_equal(findings.rows[0].rule, POLICY_RULE_NOT_JSON);
        assert_string_equal(findings.rows[0].pointer, "");
        arena_done(&arena);
    }
}

static void every_number_without_a_source_is_named(void **state)
{
    (void)state;
    json_t *document = policy_document_load("zhengcaidai");
    struct arena arena = {0};
    struct policy_findings findings;

    policy_document_set(document, "/sources/0/pointer",
                        json_string("/eligibility/rules")); /* was all of /eligibility */
    json_t *sources = json_object_get(document, "sources");
    for (size_t i = json_array_size(sources); i-- > 1;) {
        const char *pointer = json_string_value(json_object_get(json_array_get(sources, i), "pointer"));
        if (strncmp(pointer, "/eligibility", strlen("/eligibility")) == 0)
            (void)json_array_remove(sources, i);
    }
    examine(document, &arena, &findings);
    assert_int_equal(findings.error_count, 6); /* the six numbers of the section, counted in policy.h */
    assert_true(has(&findings, POLICY_RULE_SOURCE_MISSING, "/eligibility/amount_min_fen"));
    assert_true(has(&findings, POLICY_RULE_SOURCE_MISSING, "/eligibility/credit_history_months_min"));
    arena_done(&arena);
    json_decref(document);
}

static void warnings_do_not_refuse(void **state)
{
    (void)state;
    static const struct {
        const char *changed, *value;
        enum policy_rule rule;
        const char *pointer;
    } rows[] = {
        {"/vectors", "[]", POLICY_RULE_NO_VECTORS, ""},
        {"/eligibility/profit_margin_min_bp", "300", POLICY_RULE_UNUSED, "/eligibility/profit_margin_min_bp"},
        {"/limit/payer_share_max_bp", "8000", POLICY_RULE_IDLE_CAP, "/limit/payer_share_max_bp"},
        {"/repayment/floor_ppm", "930000", POLICY_RULE_IDLE_CAP, "/repayment/floor_ppm"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        json_t *document = policy_document_load("zhengcaidai");
        struct arena arena = {0};
        struct policy_findings findings;
        policy_document_set(document, rows[i].changed, json_loads(rows[i].value, JSON_DECODE_ANY, NULL));
        examine(document, &arena, &findings);
        assert_true(has(&findings, rows[i].rule, rows[i].pointer));
        assert_int_equal(findings.error_count, 0);
        arena_done(&arena);
        json_decref(document);
    }
}

/* A policy that is not made from JSON can hold codes of no list. */
static void codes_outside_of_their_lists_are_found(void **state)
{
    (void)state;
    json_t *document = policy_document_load("zhengcaidai");
    struct arena arena = {0};
    const struct policy *shipped = NULL;
    struct policy_findings findings;
    struct zcd_error err;

    assert_int_equal(policy_document_decode(document, &arena, &shipped, &err), ZCD_OK);
    struct policy policy = *shipped;
    static const enum policy_lever levers[] = {POLICY_LEVER_LOCK_ACCOUNTS, (enum policy_lever)99};
    policy.decision.levers = levers;
    policy.decision.lever_count = COUNT_OF(levers);
    policy_findings_init(&findings, &arena);
    policy_check_all(&policy, &findings);
    assert_int_equal(findings.error_count, 1);
    assert_true(has(&findings, POLICY_RULE_CODE, "/decision/levers/1"));
    assert_int_equal(policy_check(&policy, &err), ZCD_INVALID);
    assert_string_equal(err.pointer, "/decision/levers/1");
    arena_done(&arena);
    json_decref(document);
}

/* ------------------------------------------------------------------ edges */

/* Bins out of order, past every check: the scorecard goes by the first bin that the value is below, the trial by the bin. */
static void an_edge_that_scores_otherwise_is_found(void **state)
{
    (void)state;
    json_t *document = policy_document_load("zhengcaidai");
    struct arena arena = {0};
    const struct policy *shipped = NULL;
    struct policy_findings findings;
    struct policy_trial trial;
    struct zcd_error err;

    assert_int_equal(policy_document_decode(document, &arena, &shipped, &err), ZCD_OK);
    static const struct policy_bin bins[] = {{10000, 0}, {5000, 20}, {INT64_MAX, 90}};
    struct policy_characteristic one = shipped->scorecard.characteristics[0];
    one.bins = bins;
    one.bin_count = COUNT_OF(bins);
    struct policy policy = *shipped;
    policy.scorecard.characteristics = &one;
    policy.scorecard.characteristic_count = 1;
    policy.vector_count = 0;
    policy_findings_init(&findings, &arena);
    policy_try(&policy, NULL, &findings, &trial);
    assert_true(has(&findings, POLICY_RULE_BOUNDARY, "/scorecard/characteristics/0/bins/1"));
    arena_done(&arena);
    json_decref(document);
}

/* Three bins of one characteristic have two edges, each tried below, at and above; this one is never missing. */
static void each_edge_is_tried_on_both_sides(void **state)
{
    (void)state;
    json_t *document = policy_document_load("zhengcaidai");
    struct arena arena = {0};
    const struct policy *shipped = NULL;
    struct policy_findings findings;
    struct policy_trial trial;
    struct zcd_error err;

    assert_int_equal(policy_document_decode(document, &arena, &shipped, &err), ZCD_OK);
    static const struct policy_bin bins[] = {{5000, 0}, {5001, 20}, {INT64_MAX, 90}}; /* the second holds one value */
    for (int id = CHARACTERISTIC_NONE + 1; id < CHARACTERISTIC_END; id++) {
        struct policy_characteristic one = {.id = (enum characteristic)id, .bins = bins, .bin_count = COUNT_OF(bins)};
        struct policy policy = *shipped;
        policy.scorecard.characteristics = &one;
        policy.scorecard.characteristic_count = 1;
        policy.vector_count = 0;
        policy_findings_init(&findings, &arena);
        policy_try(&policy, NULL, &findings, &trial);
        assert_int_equal(findings.error_count, 0);
        bool is_computed = id == CHARACTERISTIC_RECEIVABLE_COVER || id == CHARACTERISTIC_INCOME_COVER
                           || id == CHARACTERISTIC_DEBT_SERVICE || id == CHARACTERISTIC_COLLATERAL_COVER;
        bool is_within = characteristic_value_max(one.id) > 5001;
        assert_int_equal(trial.edge_count, (is_within ? 6 : 0) + (is_computed ? 0 : 1));
    }
    arena_done(&arena);
    json_decref(document);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_broken_rule_is_found_at_its_place),
        cmocka_unit_test(what_is_found_is_refused_by_the_loader_too),
        cmocka_unit_test(every_rule_has_a_policy_that_breaks_it),
        cmocka_unit_test(faults_of_all_sections_are_found_together),
        cmocka_unit_test(what_is_no_json_is_one_finding),
        cmocka_unit_test(every_number_without_a_source_is_named),
        cmocka_unit_test(warnings_do_not_refuse),
        cmocka_unit_test(codes_outside_of_their_lists_are_found),
        cmocka_unit_test(an_edge_that_scores_otherwise_is_found),
        cmocka_unit_test(each_edge_is_tried_on_both_sides),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
