/* Stage 8: which reasons are given, in which order, and what they say. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "scoring/decision.h"
#include "tests/scoring/sound_case.h"

#include <ctype.h>

static const enum policy_lever LEVERS[] = {POLICY_LEVER_LOCK_ACCOUNTS, POLICY_LEVER_REGISTER_PLEDGE, POLICY_LEVER_CONFIRM_BUYERS};
static const struct policy_pd_row PD[] = {{600, 5000}, {0, 100000}};
static const int64_t GRADES[] = {1000, 2500, 5000, 9000, 15000, 25000, 45000, 80000, 200000, 1000000};

static const struct policy POLICY = {
    .pipeline = {.cross_ageing_days = 90, .cross_ageing_share_bp = 2500},
    .repayment = {.floor_ppm = 900000, .floor_with_renewals = true, .floor_within_90_days = true},
    .scorecard = {.pd = PD, .pd_count = 2, .grade_pd_max_ppm = GRADES, .grade_count = 10},
    .limit = {.step_fen = 10000},
    .decision = {.approve_grade_max = 6, .refer_grade_max = 8, .strength_share_bp = 8000},
};

/* A decision made by hand: all that was asked, 500,000 for 12 months, approved on the sound case. */
struct scene {
    struct sound_case sound;
    struct eligibility_finding findings[ELIGIBILITY_END];
    struct pipeline_contract contracts[3];
    struct pipeline_payer payers[2];
    struct decision_case with_conditions;
    struct decision decision;
    struct arena arena;
};

static void scene_init(struct scene *scene)
{
    static const char *const IDS[] = {"c1", "c2", "c3"};
    memset(scene, 0, sizeof *scene);
    sound_case_init(&scene->sound);
    for (size_t i = 0; i < 3; i++) {
        scene->sound.contracts[i] = scene->sound.contracts[0];
        scene->sound.contracts[i].id = IDS[i];
        scene->contracts[i] = (struct pipeline_contract){.contract = &scene->sound.contracts[i], .is_signed = true, .is_public = true,
                                                         .is_sweepable = true, .future_fen = 100000};
    }
    scene->payers[0] = (struct pipeline_payer){.payer_index = 0, .outstanding_fen = 200000};
    scene->payers[1] = (struct pipeline_payer){.payer_index = 1, .outstanding_fen = 100000};
    scene->decision = (struct decision){
        .outcome = OUTCOME_APPROVE, .limit_fen = 500000,
        .as_it_stands = {.outcome = OUTCOME_APPROVE, .approved_fen = 500000, .amount_fen = 500000, .tenor_months = 12,
                         .limit = {.bounds = {{LIMIT_ASKED, 500000}}, .bound_count = 1, .binding = LIMIT_ASKED, .limit_fen = 500000},
                         .repayment = {.repaid_ppm = {{0, 0}, {0, 950000}}},
                         .facts = {.has_credit_history = true},
                         .scorecard = {.score = 700, .pd_score_ppm = 5000},
                         .grade = {.pd_ppm = 5000, .source = PD_SOURCE_SCORE, .grade = 3}, .is_simulated = true},
        .eligibility = {.findings = scene->findings},
        .pipeline = {.contracts = scene->contracts, .contract_count = 3, .payers = scene->payers, .payer_count = 2},
    };
    scene->decision.governing = &scene->decision.as_it_stands;
}

/* By number: was this row given by any case of this file so far? */
static bool was_given[REASON_END];

static void note_given(const struct reason_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        was_given[list->rows[i].code] = true;
}

static void explain(struct scene *scene)
{
    reason_explain(&scene->sound.dossier, &POLICY, &scene->arena, &scene->decision);
    note_given(&scene->decision.reasons);
    note_given(&scene->decision.strengths);
    note_given(&scene->decision.conditions);
    note_given(&scene->decision.evidence_needed);
}

static void not_approved(struct scene *scene, enum outcome outcome)
{
    scene->decision.outcome = outcome;
    scene->decision.as_it_stands.outcome = outcome;
    scene->decision.as_it_stands.approved_fen = 0;
    scene->decision.limit_fen = 0;
}

static void add_finding(struct scene *scene, enum eligibility_rule rule, enum eligibility_outcome outcome)
{
    struct eligibility_result *eligibility = &scene->decision.eligibility;
    scene->findings[eligibility->finding_count++] =
        (struct eligibility_finding){.rule = rule, .outcome = outcome, .value = "value", .value_zh = "数值", .legal_source = ""};
    eligibility->stop_count += outcome == ELIGIBILITY_STOP ? 1 : 0;
    eligibility->missing_count += outcome == ELIGIBILITY_MISSING ? 1 : 0;
}

static void set_bound(struct decision_case *one, enum limit_bound_name name, int64_t amount_fen)
{
    one->limit.bounds[one->limit.bound_count++] = (struct limit_bound){name, amount_fen};
    one->limit.binding = name;
    one->limit.limit_fen = amount_fen / 10000 * 10000;
}

static void add_row(struct decision_case *one, enum characteristic id, int64_t value, int32_t points, int32_t points_max)
{
    int32_t bin = value == SCORECARD_MISSING ? -1 : 0;
    one->scorecard.rows[one->scorecard.row_count++] = (struct scorecard_row){id, value, bin, points, points_max};
}

static void fail_the_score(struct decision_case *one)
{
    one->scorecard.pd_score_ppm = 100000;
    one->grade = (struct scorecard_grade){.pd_ppm = 100000, .source = PD_SOURCE_SCORE, .grade = 9};
    one->grade_failed = true;
}

static void expect_codes(const struct reason_list *list, const enum reason_code *codes, size_t count)
{
    assert_int_equal(list->count, count);
    for (size_t i = 0; i < count; i++)
        assert_string_equal(reason_code_name(list->rows[i].code), reason_code_name(codes[i]));
}

#define EXPECT(list, ...)                                                                                              \
    expect_codes(&(list), (const enum reason_code[]){__VA_ARGS__},                                                     \
                 sizeof((const enum reason_code[]){__VA_ARGS__}) / sizeof(enum reason_code))

/* ------------------------------------------------------------------ the list */

static void numbers_and_names_are_given_once_and_texts_in_both_languages(void **state)
{
    (void)state;
    for (size_t i = 0; i < reason_code_count(); i++) {
        enum reason_code code = reason_code_at(i);
        assert_true(code > REASON_NONE);
        assert_true(reason_code_text_zh(code)[0] != '\0');
        assert_true(reason_code_text_en(code)[0] != '\0');
        for (const char *c = reason_code_text_en(code); *c != '\0'; c++)
            assert_true(isascii(*c));
        assert_string_not_equal(reason_code_text_zh(code), reason_code_text_en(code));
        for (size_t j = 0; j < i; j++) {
            assert_int_not_equal(code, reason_code_at(j));
            assert_string_not_equal(reason_code_name(code), reason_code_name(reason_code_at(j)));
        }
    }
}

/* What one language says of subject and value, the other says too; THIN_FILE and the like speak of neither. */
static void both_texts_use_the_same_marks(void **state)
{
    (void)state;
    static const char *const MARKS[] = {"{subject}", "{value}"};
    for (size_t i = 0; i < reason_code_count(); i++) {
        enum reason_code code = reason_code_at(i);
        for (size_t j = 0; j < 2; j++)
            assert_int_equal(strstr(reason_code_text_zh(code), MARKS[j]) != NULL, strstr(reason_code_text_en(code), MARKS[j]) != NULL);
    }
}

static void the_list_runs_from_stops_to_bounds_to_failures_to_points(void **state)
{
    (void)state;
    int group = 0;
    for (size_t i = 0; i < reason_code_count(); i++) {
        int of_this = (int)reason_code_at(i) / 100;
        assert_true(of_this >= group);
        group = of_this;
    }
    assert_int_equal(reason_code_at(0), REASON_STOP_SERIOUS_VIOLATION);
}

/* ------------------------------------------------------------------ principal reasons */

static void a_plain_approval_of_what_was_asked_owes_no_reasons(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    add_row(&scene.decision.as_it_stands, CHARACTERISTIC_TIER_MIX, 0, 0, 50);
    explain(&scene);
    assert_int_equal(scene.decision.reasons.count, 0);
    scene.sound.dossier.application.amount_fen = 509999; /* less than a step above */
    explain(&scene);
    assert_int_equal(scene.decision.reasons.count, 0);
    arena_done(&scene.arena);
}

/* Every stop by itself is the one reason, and names its value; of all together the first four of the list are given. */
static void hard_stops_come_in_the_order_of_the_list_and_alone(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    not_approved(&scene, OUTCOME_DECLINE);
    set_bound(&scene.decision.as_it_stands, LIMIT_RECEIVABLES, 0);
    fail_the_score(&scene.decision.as_it_stands);
    scene.decision.as_it_stands.floor_failed = true;
    for (int rule = 1; rule < ELIGIBILITY_END; rule++) {
        scene.decision.eligibility = (struct eligibility_result){.findings = scene.findings};
        add_finding(&scene, ELIGIBILITY_PURPOSE, ELIGIBILITY_PASS);
        add_finding(&scene, (enum eligibility_rule)rule, ELIGIBILITY_STOP);
        explain(&scene);
        if (rule == ELIGIBILITY_PURPOSE)
            continue; /* passed above: first found wins */
        assert_int_equal(scene.decision.reasons.count, 1);
        assert_int_equal(scene.decision.reasons.rows[0].code, 100 + rule);
        assert_string_equal(scene.decision.reasons.rows[0].subject, eligibility_rule_name((enum eligibility_rule)rule));
        assert_string_equal(scene.decision.reasons.rows[0].value, "value");
    }
    scene.decision.eligibility = (struct eligibility_result){.findings = scene.findings};
    for (int rule = ELIGIBILITY_END - 1; rule > 0; rule--)
        add_finding(&scene, (enum eligibility_rule)rule, ELIGIBILITY_STOP);
    explain(&scene);
    EXPECT(scene.decision.reasons, REASON_STOP_SERIOUS_VIOLATION, REASON_STOP_COURT_DISHONEST, REASON_STOP_REGISTRATION_ACTIVE,
           REASON_STOP_BODY_KIND);
    assert_string_equal(scene.decision.reasons.rows[0].text_zh, "列入严重违法失信名单：数值");
    assert_string_equal(scene.decision.reasons.rows[0].text_en, "On the list of serious violations: value");
    arena_done(&scene.arena);
}

/* Walk the list: with the reason at each place and all that follow in force, it is the first given. */
static void the_earlier_in_the_list_is_given_first(void **state)
{
    (void)state;
    struct scene scene;
    const enum reason_code stops[] = {REASON_STOP_SERIOUS_VIOLATION, REASON_STOP_COURT_DISHONEST, REASON_STOP_REGISTRATION_ACTIVE,
        REASON_STOP_BODY_KIND, REASON_STOP_ABNORMAL_ACTIVITY, REASON_STOP_ANNUAL_INSPECTION, REASON_STOP_MONTHS_IN_OPERATION,
        REASON_STOP_PUBLIC_CONTRACT, REASON_STOP_FACILITY_CLASSIFICATION, REASON_STOP_PURPOSE, REASON_STOP_AMOUNT_MINIMUM,
        REASON_STOP_PROFIT_MARGIN, REASON_STOP_COLLATERAL, REASON_STOP_CREDIT_HISTORY};
    const size_t count = sizeof stops / sizeof *stops;
    scene_init(&scene);
    not_approved(&scene, OUTCOME_DECLINE);
    for (size_t first = 0; first < count; first++) {
        assert_int_equal(reason_code_at(first), stops[first]);
        scene.decision.eligibility = (struct eligibility_result){.findings = scene.findings};
        for (size_t i = count; i-- > first;)
            add_finding(&scene, (enum eligibility_rule)((int)stops[i] - 100), ELIGIBILITY_STOP);
        explain(&scene);
        assert_int_equal(scene.decision.reasons.rows[0].code, stops[first]);
        assert_int_equal(scene.decision.reasons.count, count - first < REASON_PRINCIPAL_MAX ? count - first : REASON_PRINCIPAL_MAX);
    }
    arena_done(&scene.arena);
}

/* All at once, taken away one by one from the front. */
static void missing_papers_bound_failure_payer_tenor_and_points_follow_in_this_order(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    struct decision_case *one = &scene.decision.as_it_stands;
    not_approved(&scene, OUTCOME_REFER);
    add_finding(&scene, ELIGIBILITY_ANNUAL_INSPECTION, ELIGIBILITY_MISSING);
    set_bound(one, LIMIT_RECEIVABLES, 123456);
    one->floor_failed = true;
    one->repayment.repaid_ppm[1][1] = 712399;
    fail_the_score(one);
    scene.payers[1].due_fen = 90000;
    scene.payers[1].due_90_fen = 60000;
    scene.payers[1].is_cross_aged = true;
    one->tenor_months = 6;
    add_row(one, CHARACTERISTIC_TIER_MIX, 100, 10, 30);
    one->facts.has_credit_history = false;

    explain(&scene);
    EXPECT(scene.decision.reasons, REASON_EVIDENCE_MISSING, REASON_BOUND_RECEIVABLES, REASON_FLOOR_FAILED, REASON_GRADE_FAILED);
    assert_string_equal(scene.decision.reasons.rows[0].subject, "annual_inspection");
    assert_string_equal(scene.decision.reasons.rows[1].text_zh, "期限内合格应收款可支持1,234.56元");
    assert_string_equal(scene.decision.reasons.rows[1].text_en, "Eligible receivables within the tenor carry CNY 1,234.56");
    assert_string_equal(scene.decision.reasons.rows[2].value, "71.23 %, at least 90.00 % wanted");
    assert_string_equal(scene.decision.reasons.rows[3].value, "grade 9, 6 or better wanted");

    scene.decision.eligibility = (struct eligibility_result){.findings = scene.findings};
    one->grade_failed = false;
    explain(&scene);
    EXPECT(scene.decision.reasons, REASON_BOUND_RECEIVABLES, REASON_FLOOR_FAILED, REASON_PAYER_LATE, REASON_TENOR_SHORTENED);
    assert_string_equal(scene.decision.reasons.rows[3].value, "6 months");

    one->grade_failed = true;
    set_bound(one, LIMIT_ASKED, 500000);
    one->floor_failed = false;
    explain(&scene);
    EXPECT(scene.decision.reasons, REASON_GRADE_FAILED, REASON_PAYER_LATE, REASON_TENOR_SHORTENED, REASON_LOST_TIER_MIX);

    scene.payers[1].due_90_fen = 0;
    scene.payers[1].is_cross_aged = false;
    one->tenor_months = 12;
    explain(&scene);
    EXPECT(scene.decision.reasons, REASON_GRADE_FAILED, REASON_LOST_TIER_MIX, REASON_THIN_FILE);
    arena_done(&scene.arena);
}

/* Every bound, once it binds below what was asked, is named with its amount. */
static void each_bound_has_its_reason(void **state)
{
    (void)state;
    for (int name = 1; name < LIMIT_END; name++) {
        struct scene scene;
        if (name == LIMIT_ASKED)
            continue; /* never below itself */
        scene_init(&scene);
        scene.decision.limit_fen = 300000;
        scene.decision.as_it_stands.approved_fen = 300000;
        set_bound(&scene.decision.as_it_stands, (enum limit_bound_name)name, 305000);
        explain(&scene);
        assert_int_equal(scene.decision.reasons.count, 1);
        assert_int_equal(scene.decision.reasons.rows[0].code, 300 + name);
        assert_string_equal(scene.decision.reasons.rows[0].value, "CNY 3,050.00");
        assert_string_equal(scene.decision.reasons.rows[0].subject, limit_bound_json((enum limit_bound_name)name));
        arena_done(&scene.arena);
    }
}

/* "The largest amount is 0" beside "the chance is 71 %" would be the same thing twice. */
static void a_floor_that_binds_and_failed_is_told_once(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    struct decision_case *one = &scene.decision.as_it_stands;
    not_approved(&scene, OUTCOME_REFER);
    set_bound(one, LIMIT_REPAYMENT_FLOOR, 0);
    one->floor_failed = true;
    explain(&scene);
    EXPECT(scene.decision.reasons, REASON_FLOOR_FAILED);
    one->floor_failed = false;
    explain(&scene);
    EXPECT(scene.decision.reasons, REASON_BOUND_REPAYMENT_FLOOR);
    arena_done(&scene.arena);
}

static void the_lens_is_named_where_it_governs_and_the_floor_where_it_failed(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    struct decision_case *one = &scene.decision.as_it_stands;
    not_approved(&scene, OUTCOME_REFER);
    one->grade = (struct scorecard_grade){.pd_ppm = 60000, .source = PD_SOURCE_REPAYMENT, .grade = 8};
    one->grade_failed = true;
    add_row(one, CHARACTERISTIC_TIER_MIX, 100, 10, 30); /* lost, but the score by itself would do */
    explain(&scene);
    EXPECT(scene.decision.reasons, REASON_LENS_GOVERNS);
    one->floor_failed = true;
    explain(&scene);
    EXPECT(scene.decision.reasons, REASON_FLOOR_FAILED);
    arena_done(&scene.arena);
}

static void an_amount_that_could_not_be_larger_says_so(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    struct decision_case *one = &scene.decision.as_it_stands;
    one->approved_fen = scene.decision.limit_fen = 400000; /* the limit is 500,000 */
    add_row(one, CHARACTERISTIC_RECEIVABLE_COVER, 15000, 30, 80);
    explain(&scene);
    EXPECT(scene.decision.reasons, REASON_AMOUNT_GRADED, REASON_LOST_RECEIVABLE_COVER);
    assert_string_equal(scene.decision.reasons.rows[1].text_en, "Signed receivables that arrive within the tenor are only 1.50 times the loan");
    one->grade.source = PD_SOURCE_REPAYMENT;
    explain(&scene);
    EXPECT(scene.decision.reasons, REASON_AMOUNT_GRADED);
    arena_done(&scene.arena);
}

/* Of those cross-aged or with a quarter of their due over 90 days late, the one that owes most; of equals the first by id. */
static void the_late_payer_is_named(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    not_approved(&scene, OUTCOME_DECLINE);
    scene.decision.as_it_stands.floor_failed = true;
    scene.payers[0].due_fen = scene.payers[1].due_fen = 100000;
    scene.payers[0].due_90_fen = 24999;
    explain(&scene);
    EXPECT(scene.decision.reasons, REASON_FLOOR_FAILED);
    scene.payers[0].due_90_fen = 25000;
    explain(&scene);
    EXPECT(scene.decision.reasons, REASON_FLOOR_FAILED, REASON_PAYER_LATE);
    assert_string_equal(scene.decision.reasons.rows[1].subject, "某区民政局");
    assert_string_equal(scene.decision.reasons.rows[1].text_zh, "付款方某区民政局拖欠：到期未付1,000.00元，其中超过90天250.00元");
    assert_string_equal(scene.decision.reasons.rows[1].value, "CNY 1,000.00 due and unpaid, CNY 250.00 of it over 90 days");
    scene.payers[1].due_90_fen = 25000;
    explain(&scene);
    assert_string_equal(scene.decision.reasons.rows[1].subject, "某区民政局");
    scene.payers[1].due_90_fen = 25001;
    explain(&scene);
    assert_string_equal(scene.decision.reasons.rows[1].subject, "某街道办");
    arena_done(&scene.arena);
}

/* The product's maximum has nothing to do with who pays late. */
static void a_late_payer_is_no_reason_where_it_did_not_decide(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    scene.decision.limit_fen = scene.decision.as_it_stands.approved_fen = 300000;
    scene.payers[0].due_fen = scene.payers[0].due_90_fen = 50000;
    scene.payers[0].is_cross_aged = true;
    set_bound(&scene.decision.as_it_stands, LIMIT_PRODUCT_MAXIMUM, 300000);
    explain(&scene);
    EXPECT(scene.decision.reasons, REASON_BOUND_PRODUCT_MAXIMUM);
    set_bound(&scene.decision.as_it_stands, LIMIT_RECEIVABLES, 300000);
    explain(&scene);
    EXPECT(scene.decision.reasons, REASON_BOUND_RECEIVABLES, REASON_PAYER_LATE);
    arena_done(&scene.arena);
}

/* Most points first; of equals the first of characteristics.def, whatever the policy's order. */
static void points_lost_are_ranked_and_missing_values_are_never_lost(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    struct decision_case *one = &scene.decision.as_it_stands;
    not_approved(&scene, OUTCOME_DECLINE);
    fail_the_score(one);
    add_row(one, CHARACTERISTIC_INCOME_TREND, -500, 10, 40);
    add_row(one, CHARACTERISTIC_CASH_MONTHS, 4999, 0, 60);
    add_row(one, CHARACTERISTIC_TIER_MIX, 3300, 10, 40);
    add_row(one, CHARACTERISTIC_LICENSED_SHARE, SCORECARD_MISSING, 0, 90);
    add_row(one, CHARACTERISTIC_EXPECTED_DELAY, 12, 50, 50);
    explain(&scene);
    EXPECT(scene.decision.reasons, REASON_GRADE_FAILED, REASON_LOST_CASH_MONTHS, REASON_LOST_TIER_MIX, REASON_LOST_INCOME_TREND);
    assert_string_equal(scene.decision.reasons.rows[1].value, "0.49 months");
    assert_string_equal(scene.decision.reasons.rows[1].text_zh, "非限定性现金储备少：0.49个月");
    assert_string_equal(scene.decision.reasons.rows[3].value, "-5.00 %");
    assert_string_equal(scene.decision.reasons.rows[3].subject, "income_trend");
    arena_done(&scene.arena);
}

/* Three empty repayment rows are a thin file, said last and never as something bad. */
static void no_history_is_a_thin_file_and_not_a_bad_one(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    struct decision_case *one = &scene.decision.as_it_stands;
    not_approved(&scene, OUTCOME_REFER);
    fail_the_score(one);
    one->facts.has_credit_history = false;
    add_row(one, CHARACTERISTIC_INSTALMENTS_ON_TIME, SCORECARD_MISSING, 20, 60);
    add_row(one, CHARACTERISTIC_WORST_DAYS_PAST_DUE, SCORECARD_MISSING, 20, 60);
    explain(&scene);
    EXPECT(scene.decision.reasons, REASON_GRADE_FAILED, REASON_THIN_FILE);
    assert_int_equal(scene.decision.evidence_needed.count, 0);
    arena_done(&scene.arena);
}

/* Each characteristic, once it lost points, has a sentence with its value in its unit. */
static void every_characteristic_can_be_a_reason_or_a_strength(void **state)
{
    (void)state;
    for (int id = 1; id < CHARACTERISTIC_END; id++) {
        struct scene scene;
        scene_init(&scene);
        not_approved(&scene, OUTCOME_DECLINE);
        fail_the_score(&scene.decision.as_it_stands);
        add_row(&scene.decision.as_it_stands, (enum characteristic)id, 3, 0, 50);
        explain(&scene);
        assert_int_equal(scene.decision.reasons.count, 2);
        assert_int_equal(scene.decision.reasons.rows[1].code, 600 + id);
        assert_true(scene.decision.reasons.rows[1].value[0] != '\0');
        assert_null(strchr(scene.decision.reasons.rows[1].text_zh, '{'));
        assert_non_null(strstr(scene.decision.reasons.rows[1].text_en, scene.decision.reasons.rows[1].value));
        scene.decision.as_it_stands.scorecard.rows[0].points = 50;
        explain(&scene);
        assert_int_equal(scene.decision.strengths.count, 1);
        assert_int_equal(scene.decision.strengths.rows[0].code, 700 + id);
        assert_non_null(strstr(scene.decision.strengths.rows[0].text_en, scene.decision.strengths.rows[0].value));
        arena_done(&scene.arena);
    }
}

static void a_shorter_tenor_alone_is_a_reason(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    scene.decision.as_it_stands.tenor_months = 9;
    explain(&scene);
    EXPECT(scene.decision.reasons, REASON_TENOR_SHORTENED);
    assert_string_equal(scene.decision.reasons.rows[0].text_zh, "现有合同只支持9个月");
    arena_done(&scene.arena);
}

/* As it stands the receivables carry 200,000; with conditions the cash need of 400,000 binds. */
static void with_conditions_the_reasons_are_of_the_case_as_it_stands(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    struct decision_case *one = &scene.decision.as_it_stands;
    one->outcome = OUTCOME_REFER;
    one->approved_fen = 0;
    one->floor_failed = true;
    set_bound(one, LIMIT_RECEIVABLES, 200000);
    scene.with_conditions = (struct decision_case){.outcome = OUTCOME_APPROVE, .approved_fen = 400000, .tenor_months = 12,
                                                   .levers = LEVERS, .lever_count = 2, .grade = {.grade = 3}};
    set_bound(&scene.with_conditions, LIMIT_NEED, 400000);
    scene.decision.with_conditions = scene.decision.governing = &scene.with_conditions;
    scene.decision.outcome = OUTCOME_APPROVE_WITH_CONDITIONS;
    scene.decision.limit_fen = 400000;
    explain(&scene);
    EXPECT(scene.decision.reasons, REASON_BOUND_RECEIVABLES, REASON_BOUND_NEED, REASON_FLOOR_FAILED);
    EXPECT(scene.decision.conditions, REASON_LOCK_ACCOUNTS, REASON_REGISTER_PLEDGE, REASON_PAY_WAGES_DIRECTLY, REASON_REPORT_MONTHLY);
    arena_done(&scene.arena);
}

/* ------------------------------------------------------------------ strengths, conditions, evidence */

/* At 80 % and more of a row's points; most points first, ties by list order, five at most. */
static void strengths_are_the_rows_near_their_most(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    struct decision_case *one = &scene.decision.as_it_stands;
    add_row(one, CHARACTERISTIC_TIER_MIX, 9000, 39, 50);              /* 78 % */
    add_row(one, CHARACTERISTIC_INCOME_TREND, 900, 40, 50);           /* 80 % */
    add_row(one, CHARACTERISTIC_EXPECTED_DELAY, 15, 60, 60);
    add_row(one, CHARACTERISTIC_INCOME_COVER, 90000, 40, 40);
    add_row(one, CHARACTERISTIC_RENEWAL_RATE, SCORECARD_MISSING, 30, 30); /* full points, but nothing known */
    explain(&scene);
    assert_int_equal(scene.decision.strengths.count, 3);
    assert_string_equal(scene.decision.strengths.rows[0].subject, "expected_delay");
    assert_string_equal(scene.decision.strengths.rows[1].subject, "income_cover");
    assert_string_equal(scene.decision.strengths.rows[2].subject, "income_trend");
    assert_string_equal(scene.decision.strengths.rows[0].text_en, "Payers are expected to pay soon: 15 days late");
    assert_string_equal(scene.decision.strengths.rows[0].text_zh, "付款方预期延迟短：15天");
    add_row(one, CHARACTERISTIC_ORGANISATION_GRADE, 5, 70, 70);
    add_row(one, CHARACTERISTIC_CASH_MONTHS, 20000, 5, 5);
    add_row(one, CHARACTERISTIC_INSPECTIONS, 100, 4, 4);
    explain(&scene);
    assert_int_equal(scene.decision.strengths.count, 5);
    assert_string_equal(scene.decision.strengths.rows[0].value, "5A");
    arena_done(&scene.arena);
}

static void levers_name_the_contracts_they_concern(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    struct decision_case *one = &scene.decision.as_it_stands;
    one->levers = LEVERS;
    one->lever_count = 3;
    scene.sound.contracts[1].security.account_locked = true;
    scene.contracts[2].is_sweepable = false;
    scene.sound.contracts[0].security.pledge_registration = "01234567";
    explain(&scene);
    EXPECT(scene.decision.conditions, REASON_LOCK_ACCOUNTS, REASON_REGISTER_PLEDGE, REASON_CONFIRM_BUYERS, REASON_KEEP_ACCOUNTS_LOCKED,
           REASON_PAY_WAGES_DIRECTLY, REASON_REPORT_MONTHLY);
    assert_string_equal(scene.decision.conditions.rows[0].subject, "c1");
    assert_string_equal(scene.decision.conditions.rows[0].value, "1 of them, CNY 1,000.00 to come");
    assert_string_equal(scene.decision.conditions.rows[1].subject, "c2");
    assert_string_equal(scene.decision.conditions.rows[2].subject, "c1, c2");
    assert_string_equal(scene.decision.conditions.rows[2].text_zh, "取得采购人对下列合同应收款的确认：c1, c2（2份，未收2,000.00元）");
    assert_string_equal(scene.decision.conditions.rows[3].subject, "c2");
    scene.contracts[0].future_fen = 0; /* nothing more to come: nothing to lock */
    explain(&scene);
    assert_int_equal(scene.decision.conditions.rows[0].code, REASON_REGISTER_PLEDGE);
    arena_done(&scene.arena);
}

static void a_long_list_of_contracts_is_cut_and_still_counted(void **state)
{
    (void)state;
    struct scene scene;
    struct contract contracts[14];
    struct pipeline_contract rows[14];
    char ids[14][4];
    scene_init(&scene);
    for (size_t i = 0; i < 14; i++) {
        contracts[i] = scene.sound.contracts[0];
        ids[i][0] = 'k';
        ids[i][1] = (char)('0' + i / 10);
        ids[i][2] = (char)('0' + i % 10);
        ids[i][3] = '\0';
        contracts[i].id = ids[i];
        rows[i] = scene.contracts[0];
        rows[i].contract = &contracts[i];
    }
    scene.decision.as_it_stands.levers = LEVERS;
    scene.decision.as_it_stands.lever_count = 1;
    scene.decision.pipeline.contracts = rows;
    scene.decision.pipeline.contract_count = 14;
    explain(&scene);
    assert_string_equal(scene.decision.conditions.rows[0].subject, "k00, k01, k02, k03, k04, k05, k06, k07, k08, k09, k10, k11, ...");
    assert_string_equal(scene.decision.conditions.rows[0].value, "14 of them, CNY 14,000.00 to come");
    arena_done(&scene.arena);
}

static void a_longer_tenor_is_a_condition(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    scene.decision.as_it_stands.tenor_months = 18;
    explain(&scene);
    assert_int_equal(scene.decision.reasons.count, 0);
    EXPECT(scene.decision.conditions, REASON_TENOR_LENGTHENED, REASON_PAY_WAGES_DIRECTLY, REASON_REPORT_MONTHLY);
    assert_string_equal(scene.decision.conditions.rows[0].value, "18 months");
    arena_done(&scene.arena);
}

static void nothing_is_demanded_where_nothing_is_lent(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    not_approved(&scene, OUTCOME_REFER);
    explain(&scene);
    assert_int_equal(scene.decision.conditions.count, 0);
    not_approved(&scene, OUTCOME_DECLINE);
    explain(&scene);
    assert_int_equal(scene.decision.conditions.count, 0);
    arena_done(&scene.arena);
}

/* Documents by the points that hang on them; one document that tells several values is asked for once. */
static void a_referral_names_the_documents_that_would_settle_it(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    struct decision_case *one = &scene.decision.as_it_stands;
    not_approved(&scene, OUTCOME_REFER);
    fail_the_score(one);
    add_row(one, CHARACTERISTIC_ORGANISATION_GRADE, SCORECARD_MISSING, 10, 45);
    add_row(one, CHARACTERISTIC_LICENSED_SHARE, SCORECARD_MISSING, 0, 20);
    add_row(one, CHARACTERISTIC_STAFF_GROWTH, SCORECARD_MISSING, 0, 21);
    add_row(one, CHARACTERISTIC_CASH_MONTHS, SCORECARD_MISSING, 5, 40);
    add_row(one, CHARACTERISTIC_INSPECTIONS, SCORECARD_MISSING, 0, 10);
    add_row(one, CHARACTERISTIC_WAGES_PAYABLE, 0, 20, 20);
    explain(&scene);
    EXPECT(scene.decision.evidence_needed, REASON_EVIDENCE_STAFF, REASON_EVIDENCE_GRADE, REASON_EVIDENCE_CASH, REASON_EVIDENCE_INSPECTION);
    assert_string_equal(scene.decision.evidence_needed.rows[0].subject, "staff_growth");
    assert_string_equal(scene.decision.evidence_needed.rows[0].value, "41 points");

    add_finding(&scene, ELIGIBILITY_ANNUAL_INSPECTION, ELIGIBILITY_MISSING); /* the finding comes first, once */
    explain(&scene);
    EXPECT(scene.decision.evidence_needed, REASON_EVIDENCE_INSPECTION, REASON_EVIDENCE_STAFF, REASON_EVIDENCE_GRADE, REASON_EVIDENCE_CASH);
    not_approved(&scene, OUTCOME_DECLINE);
    explain(&scene);
    EXPECT(scene.decision.evidence_needed, REASON_EVIDENCE_INSPECTION);
    arena_done(&scene.arena);
}

static void no_more_than_five_documents_are_asked_for(void **state)
{
    (void)state;
    static const enum characteristic IDS[] = {CHARACTERISTIC_RENEWAL_RATE, CHARACTERISTIC_EXPECTED_DELAY, CHARACTERISTIC_SERVICE_EVALUATIONS,
        CHARACTERISTIC_ORGANISATION_GRADE, CHARACTERISTIC_STAFF_GROWTH, CHARACTERISTIC_CASH_MONTHS, CHARACTERISTIC_INCOME_TREND};
    struct scene scene;
    scene_init(&scene);
    not_approved(&scene, OUTCOME_REFER);
    for (size_t i = 0; i < sizeof IDS / sizeof *IDS; i++)
        add_row(&scene.decision.as_it_stands, IDS[i], SCORECARD_MISSING, 0, (int32_t)i + 1);
    explain(&scene);
    EXPECT(scene.decision.evidence_needed, REASON_EVIDENCE_STATEMENT, REASON_EVIDENCE_CASH, REASON_EVIDENCE_STAFF, REASON_EVIDENCE_GRADE,
           REASON_EVIDENCE_EVALUATIONS);
    arena_done(&scene.arena);
}

/* A name may hold anything, even what looks like a mark. */
static void a_subject_is_put_in_as_it_is(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    not_approved(&scene, OUTCOME_DECLINE);
    scene.decision.as_it_stands.floor_failed = true;
    scene.payers[0].due_fen = scene.payers[0].due_90_fen = 100;
    scene.sound.payers[0].name = "100% {value} {subject} %s";
    explain(&scene);
    assert_string_equal(scene.decision.reasons.rows[1].text_en,
                        "The payer 100% {value} {subject} %s is late: CNY 1.00 due and unpaid, CNY 1.00 of it over 90 days");
    arena_done(&scene.arena);
}

/* ------------------------------------------------------------------ row by row */

/* Of the codes from `first` on, all in force, the first four are given, in this order. */
static void expect_from(const struct reason_list *list, const enum reason_code *codes, size_t count, size_t first)
{
    size_t left = count - first;
    expect_codes(list, &codes[first], left < REASON_PRINCIPAL_MAX ? left : REASON_PRINCIPAL_MAX);
}

static void every_failed_rule_of_renewal_precedes_those_after_it(void **state)
{
    (void)state;
    static const enum reason_code codes[] = {REASON_RENEWAL_OPERATING, REASON_RENEWAL_CLASSIFICATION, REASON_RENEWAL_NO_ARREARS,
        REASON_RENEWAL_REPAYMENT_RECORD, REASON_RENEWAL_USE_OF_FUNDS, REASON_RENEWAL_WINDOW, REASON_RENEWAL_PIPELINE,
        REASON_RENEWAL_CREDIT_STANDARD};
    const size_t count = sizeof codes / sizeof *codes;
    for (size_t first = 0; first < count; first++) {
        struct scene scene;
        struct renewal_result renewal = {.law = NULL};
        scene_init(&scene);
        not_approved(&scene, OUTCOME_DECLINE);
        for (size_t i = count; i-- > first;)
            renewal.findings[renewal.finding_count++] = (struct renewal_finding){
                .rule = (enum renewal_rule)((int)codes[i] - 220), .outcome = RENEWAL_WAITING, .value = {"数值", "value"}};
        scene.decision.renewal = &renewal;
        set_bound(&scene.decision.as_it_stands, LIMIT_RECEIVABLES, 0); /* follows every one of them */
        explain(&scene);
        if (count - first < REASON_PRINCIPAL_MAX) {
            assert_int_equal(scene.decision.reasons.rows[count - first].code, REASON_BOUND_RECEIVABLES);
            scene.decision.reasons.count--;
        }
        expect_from(&scene.decision.reasons, codes, count, first);
        arena_done(&scene.arena);
    }
}

static void every_failed_rule_of_deferral_precedes_those_after_it(void **state)
{
    (void)state;
    static const enum reason_code codes[] = {REASON_DEFERRAL_SOMETHING_DUE, REASON_DEFERRAL_NOT_DEFERRED_BEFORE,
        REASON_DEFERRAL_OPERATING, REASON_DEFERRAL_NOT_LATE, REASON_DEFERRAL_CAUSE, REASON_DEFERRAL_ARRIVES};
    const size_t count = sizeof codes / sizeof *codes;
    for (size_t first = 0; first < count; first++) {
        struct scene scene;
        struct deferral_result deferral = {.holds = false};
        scene_init(&scene);
        not_approved(&scene, OUTCOME_DECLINE);
        for (size_t i = 0; i < count; i++)
            deferral.findings[deferral.finding_count++] = (struct deferral_finding){
                .rule = (enum deferral_rule)((int)codes[i] - 240), .passes = i < first, .value = {"数值", "value"}};
        scene.decision.deferral = &deferral;
        explain(&scene);
        expect_from(&scene.decision.reasons, codes, count, first);
        assert_int_equal(scene.decision.conditions.count, 0);
        arena_done(&scene.arena);
    }
}

static void a_deferral_that_holds_has_its_conditions(void **state)
{
    (void)state;
    struct scene scene;
    struct deferral_result deferral = {.holds = true, .treatment = DEFERRAL_RESTRUCTURING, .observed_until = {18628}};
    scene_init(&scene);
    scene.decision.deferral = &deferral;
    explain(&scene);
    EXPECT(scene.decision.conditions, REASON_DEFERRAL_IS_RESTRUCTURING, REASON_DEFERRAL_INTEREST, REASON_REPORT_MONTHLY);
    assert_string_equal(scene.decision.conditions.rows[0].value, "2021-01-01");
    arena_done(&scene.arena);
}

/* Of two that lost or earned alike, the one before in the list comes first; one point more, and it is the other. */
static void of_equal_points_the_earlier_row_comes_first(void **state)
{
    (void)state;
    for (int id = 1; id + 1 < CHARACTERISTIC_END; id++) {
        struct scene scene;
        scene_init(&scene);
        struct decision_case *one = &scene.decision.as_it_stands;
        not_approved(&scene, OUTCOME_DECLINE);
        fail_the_score(one);
        add_row(one, (enum characteristic)(id + 1), 3, 0, 50);
        add_row(one, (enum characteristic)id, 3, 0, 50);
        explain(&scene);
        EXPECT(scene.decision.reasons, REASON_GRADE_FAILED, (enum reason_code)(600 + id), (enum reason_code)(601 + id));
        one->scorecard.rows[0].points_max++;
        explain(&scene);
        EXPECT(scene.decision.reasons, REASON_GRADE_FAILED, (enum reason_code)(601 + id), (enum reason_code)(600 + id));
        one->scorecard.rows[0].points_max = one->scorecard.rows[0].points = one->scorecard.rows[1].points = 50;
        explain(&scene);
        EXPECT(scene.decision.strengths, (enum reason_code)(700 + id), (enum reason_code)(701 + id));
        arena_done(&scene.arena);
    }
}

/* For each document a value that only it tells; where as many points hang on two, the list decides. */
static void each_document_is_asked_for_the_values_that_it_tells(void **state)
{
    (void)state;
    static const struct {
        enum reason_code document;
        enum characteristic id;
    } rows[] = {
        {REASON_EVIDENCE_INSPECTION, CHARACTERISTIC_INSPECTIONS}, {REASON_EVIDENCE_STATEMENT, CHARACTERISTIC_INCOME_TREND},
        {REASON_EVIDENCE_CONTRACTS, CHARACTERISTIC_EXPECTED_DELAY}, {REASON_EVIDENCE_PAST_CONTRACTS, CHARACTERISTIC_RENEWAL_RATE},
        {REASON_EVIDENCE_REPAYMENT_RECORD, CHARACTERISTIC_INSTALMENTS_ON_TIME},
        {REASON_EVIDENCE_EVALUATIONS, CHARACTERISTIC_SERVICE_EVALUATIONS}, {REASON_EVIDENCE_GRADE, CHARACTERISTIC_ORGANISATION_GRADE},
        {REASON_EVIDENCE_STAFF, CHARACTERISTIC_LICENSED_SHARE}, {REASON_EVIDENCE_CASH, CHARACTERISTIC_CASH_MONTHS},
        {REASON_EVIDENCE_WAGES, CHARACTERISTIC_WAGES_PAYABLE},
    };
    for (size_t i = 0; i + 1 < sizeof rows / sizeof *rows; i++) {
        struct scene scene;
        scene_init(&scene);
        not_approved(&scene, OUTCOME_REFER);
        add_row(&scene.decision.as_it_stands, rows[i + 1].id, SCORECARD_MISSING, 0, 20);
        add_row(&scene.decision.as_it_stands, rows[i].id, SCORECARD_MISSING, 0, 20);
        explain(&scene);
        EXPECT(scene.decision.evidence_needed, rows[i].document, rows[i + 1].document);
        assert_string_equal(scene.decision.evidence_needed.rows[0].subject, characteristic_name(rows[i].id));
        scene.decision.as_it_stands.scorecard.rows[0].points_max = 21;
        explain(&scene);
        EXPECT(scene.decision.evidence_needed, rows[i + 1].document, rows[i].document);
        arena_done(&scene.arena);
    }
}

/* Comes last: the amount asked is never below itself, so only its row stays unused. */
static void every_row_of_the_list_was_given_in_some_case_above(void **state)
{
    (void)state;
    for (size_t place = 0; place < reason_code_count(); place++) {
        enum reason_code code = reason_code_at(place);
        if (!was_given[code] && code != REASON_BOUND_ASKED)
            fail_msg("%s is never given", reason_code_name(code));
    }
    assert_false(was_given[REASON_BOUND_ASKED]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_and_names_are_given_once_and_texts_in_both_languages),
        cmocka_unit_test(both_texts_use_the_same_marks),
        cmocka_unit_test(the_list_runs_from_stops_to_bounds_to_failures_to_points),
        cmocka_unit_test(a_plain_approval_of_what_was_asked_owes_no_reasons),
        cmocka_unit_test(hard_stops_come_in_the_order_of_the_list_and_alone),
        cmocka_unit_test(the_earlier_in_the_list_is_given_first),
        cmocka_unit_test(missing_papers_bound_failure_payer_tenor_and_points_follow_in_this_order),
        cmocka_unit_test(each_bound_has_its_reason),
        cmocka_unit_test(a_floor_that_binds_and_failed_is_told_once),
        cmocka_unit_test(the_lens_is_named_where_it_governs_and_the_floor_where_it_failed),
        cmocka_unit_test(an_amount_that_could_not_be_larger_says_so),
        cmocka_unit_test(the_late_payer_is_named),
        cmocka_unit_test(a_late_payer_is_no_reason_where_it_did_not_decide),
        cmocka_unit_test(points_lost_are_ranked_and_missing_values_are_never_lost),
        cmocka_unit_test(no_history_is_a_thin_file_and_not_a_bad_one),
        cmocka_unit_test(every_characteristic_can_be_a_reason_or_a_strength),
        cmocka_unit_test(a_shorter_tenor_alone_is_a_reason),
        cmocka_unit_test(with_conditions_the_reasons_are_of_the_case_as_it_stands),
        cmocka_unit_test(strengths_are_the_rows_near_their_most),
        cmocka_unit_test(levers_name_the_contracts_they_concern),
        cmocka_unit_test(a_long_list_of_contracts_is_cut_and_still_counted),
        cmocka_unit_test(a_longer_tenor_is_a_condition),
        cmocka_unit_test(nothing_is_demanded_where_nothing_is_lent),
        cmocka_unit_test(a_referral_names_the_documents_that_would_settle_it),
        cmocka_unit_test(no_more_than_five_documents_are_asked_for),
        cmocka_unit_test(a_subject_is_put_in_as_it_is),
        cmocka_unit_test(every_failed_rule_of_renewal_precedes_those_after_it),
        cmocka_unit_test(every_failed_rule_of_deferral_precedes_those_after_it),
        cmocka_unit_test(a_deferral_that_holds_has_its_conditions),
        cmocka_unit_test(of_equal_points_the_earlier_row_comes_first),
        cmocka_unit_test(each_document_is_asked_for_the_values_that_it_tells),
        cmocka_unit_test(every_row_of_the_list_was_given_in_some_case_above),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
