/* Stage 1: each hard stop at its edges, its value and the law in force on the day. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/money.h"
#include "scoring/eligibility.h"
#include "tests/scoring/sound_case.h"

static const enum eligibility_rule ALL_RULES[] = {
#define ELIGIBILITY_RULE(number, name, json, zh, en) ELIGIBILITY_##name,
#include "scoring/eligibility_rules.def"
#undef ELIGIBILITY_RULE
};
enum { RULE_COUNT = sizeof ALL_RULES / sizeof *ALL_RULES };

static const enum organisation_kind KINDS[] = {ORGANISATION_KIND_SOCIAL_SERVICE_INSTITUTION, ORGANISATION_KIND_FOUNDATION};
static const enum application_purpose PURPOSES[] = {APPLICATION_PURPOSE_PAYROLL, APPLICATION_PURPOSE_PROJECT_START};

static const struct policy POLICY = {
    .eligibility = {.rules = ALL_RULES, .rule_count = RULE_COUNT, .body_kinds = KINDS, .body_kind_count = 2, .purposes = PURPOSES,
                    .purpose_count = 2, .months_in_operation_min = 24, .inspection_exempt_months = 6, .amount_min_fen = 100000,
                    .profit_margin_min_bp = 50, .collateral_cover_min_bp = 15000, .credit_history_months_min = 6},
};

struct scene {
    struct sound_case sound;
    struct arena arena;
    struct eligibility_result result;
};

static void scene_init(struct scene *scene)
{
    *scene = (struct scene){.arena = {NULL}};
    sound_case_init(&scene->sound);
}

static const struct eligibility_finding *find(struct scene *scene, enum eligibility_rule rule)
{
    eligibility_walk(&scene->sound.dossier, &POLICY, scene->sound.dossier.as_of, &scene->arena, &scene->result);
    for (size_t i = 0; i < scene->result.finding_count; i++) {
        if (scene->result.findings[i].rule == rule)
            return &scene->result.findings[i];
    }
    fail();
    return NULL;
}

static void expect(struct scene *scene, enum eligibility_rule rule, enum eligibility_outcome outcome, const char *value)
{
    const struct eligibility_finding *finding = find(scene, rule);
    assert_int_equal(finding->outcome, outcome);
    assert_string_equal(finding->value, value);
    assert_true(finding->value_zh[0] != '\0');
}

/* A traditional lender stops it for collateral and history alone; its margin of 1 % suffices. */
static void every_rule_is_judged_in_the_policys_order(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    find(&scene, ELIGIBILITY_PURPOSE);
    assert_int_equal(scene.result.finding_count, RULE_COUNT);
    assert_int_equal(scene.result.stop_count, 2);
    assert_int_equal(scene.result.missing_count, 0);
    for (size_t i = 0; i < RULE_COUNT; i++)
        assert_int_equal(scene.result.findings[i].rule, ALL_RULES[i]);

    const enum eligibility_rule turned[] = {ELIGIBILITY_PURPOSE, ELIGIBILITY_REGISTRATION_ACTIVE};
    struct policy policy = POLICY;
    policy.eligibility.rules = turned;
    policy.eligibility.rule_count = 2;
    eligibility_walk(&scene.sound.dossier, &policy, scene.sound.dossier.as_of, &scene.arena, &scene.result);
    assert_int_equal(scene.result.finding_count, 2);
    assert_int_equal(scene.result.findings[0].rule, ELIGIBILITY_PURPOSE);
    assert_int_equal(scene.result.findings[1].rule, ELIGIBILITY_REGISTRATION_ACTIVE);
    assert_int_equal(scene.result.stop_count, 0);
    arena_done(&scene.arena);
}

static void a_stop_does_not_end_the_walk(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    scene.sound.dossier.organisation.registration_status = REGISTRATION_STATUS_REVOKED;
    scene.sound.dossier.application.purpose = APPLICATION_PURPOSE_OTHER;
    expect(&scene, ELIGIBILITY_REGISTRATION_ACTIVE, ELIGIBILITY_STOP, "revoked");
    expect(&scene, ELIGIBILITY_PURPOSE, ELIGIBILITY_STOP, "other");
    assert_int_equal(scene.result.stop_count, 4);
    arena_done(&scene.arena);
}

static void only_an_active_registration_passes(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    expect(&scene, ELIGIBILITY_REGISTRATION_ACTIVE, ELIGIBILITY_PASS, "active");
    scene.sound.dossier.organisation.registration_status = REGISTRATION_STATUS_SUSPENDED;
    expect(&scene, ELIGIBILITY_REGISTRATION_ACTIVE, ELIGIBILITY_STOP, "suspended");
    scene.sound.dossier.organisation.registration_status = REGISTRATION_STATUS_CANCELLED;
    expect(&scene, ELIGIBILITY_REGISTRATION_ACTIVE, ELIGIBILITY_STOP, "cancelled");
    arena_done(&scene.arena);
}

static void a_non_profit_legal_person_is_a_finding_of_its_own(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    expect(&scene, ELIGIBILITY_BODY_KIND, ELIGIBILITY_PASS, "social_service_institution: non-profit legal person");
    scene.sound.dossier.organisation.kind = ORGANISATION_KIND_SOCIAL_ASSOCIATION;
    expect(&scene, ELIGIBILITY_BODY_KIND, ELIGIBILITY_STOP, "social_association: non-profit legal person");
    scene.sound.dossier.organisation.kind = ORGANISATION_KIND_ENTERPRISE;
    expect(&scene, ELIGIBILITY_BODY_KIND, ELIGIBILITY_STOP, "enterprise");
    arena_done(&scene.arena);
}

/* Removed on the day itself is off the list already. */
static void an_entry_that_has_ended_is_history(void **state)
{
    (void)state;
    static const struct {
        enum list_kind list;
        enum eligibility_rule rule;
    } LISTS[] = {{LIST_KIND_ABNORMAL_ACTIVITY, ELIGIBILITY_ABNORMAL_ACTIVITY},
                 {LIST_KIND_SERIOUS_VIOLATION, ELIGIBILITY_SERIOUS_VIOLATION},
                 {LIST_KIND_COURT_DISHONEST, ELIGIBILITY_COURT_DISHONEST}};
    for (size_t i = 0; i < 3; i++) {
        struct scene scene;
        scene_init(&scene);
        expect(&scene, LISTS[i].rule, ELIGIBILITY_PASS, "not listed");
        scene.sound.dossier.organisation.list_count = 1;
        scene.sound.lists[0] = (struct list_entry){LISTS[i].list, on("2019-05-04"), DATE_NONE};
        expect(&scene, LISTS[i].rule, ELIGIBILITY_STOP, "listed since 2019-05-04");
        scene.sound.lists[0].removed_on = on("2020-10-20");
        expect(&scene, LISTS[i].rule, ELIGIBILITY_STOP, "listed since 2019-05-04");
        scene.sound.lists[0].removed_on = on("2020-10-19");
        expect(&scene, LISTS[i].rule, ELIGIBILITY_PASS, "not listed; was from 2019-05-04 to 2020-10-19");
        scene.sound.dossier.organisation.list_count = 2; /* back on it */
        scene.sound.lists[1] = (struct list_entry){LISTS[i].list, on("2020-10-19"), DATE_NONE};
        expect(&scene, LISTS[i].rule, ELIGIBILITY_STOP, "listed since 2020-10-19");
        arena_done(&scene.arena);
    }
}

static void one_list_does_not_stand_for_another(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    scene.sound.dossier.organisation.list_count = 1;
    scene.sound.lists[0] = (struct list_entry){LIST_KIND_ABNORMAL_ACTIVITY, on("2019-05-04"), DATE_NONE};
    expect(&scene, ELIGIBILITY_SERIOUS_VIOLATION, ELIGIBILITY_PASS, "not listed");
    expect(&scene, ELIGIBILITY_COURT_DISHONEST, ELIGIBILITY_PASS, "not listed");
    arena_done(&scene.arena);
}

static void inspections_stop_when_unqualified_or_twice_basically_qualified(void **state)
{
    (void)state;
    static const struct {
        enum inspection_result before, last;
        enum eligibility_outcome outcome;
        const char *value;
    } CASES[] = {
        {INSPECTION_RESULT_QUALIFIED, INSPECTION_RESULT_QUALIFIED, ELIGIBILITY_PASS, "2019 qualified"},
        {INSPECTION_RESULT_UNQUALIFIED, INSPECTION_RESULT_QUALIFIED, ELIGIBILITY_PASS, "2019 qualified"},
        {INSPECTION_RESULT_QUALIFIED, INSPECTION_RESULT_BASICALLY_QUALIFIED, ELIGIBILITY_PASS, "2019 basically_qualified"},
        {INSPECTION_RESULT_BASICALLY_QUALIFIED, INSPECTION_RESULT_BASICALLY_QUALIFIED, ELIGIBILITY_STOP, "2018 and 2019 basically_qualified"},
        {INSPECTION_RESULT_QUALIFIED, INSPECTION_RESULT_UNQUALIFIED, ELIGIBILITY_STOP, "2019 unqualified"},
        {INSPECTION_RESULT_QUALIFIED, INSPECTION_RESULT_NOT_APPLICABLE, ELIGIBILITY_NOT_APPLICABLE, "2019 not_applicable"},
        {INSPECTION_RESULT_QUALIFIED, INSPECTION_RESULT_MISSING, ELIGIBILITY_MISSING, "2019: no result"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct scene scene;
        scene_init(&scene);
        scene.sound.inspections[0].result = CASES[i].before;
        scene.sound.inspections[1].result = CASES[i].last;
        expect(&scene, ELIGIBILITY_ANNUAL_INSPECTION, CASES[i].outcome, CASES[i].value);
        arena_done(&scene.arena);
    }
}

/* The report of 2019 is due by 31 May 2020; on that day the year before is still enough. */
static void the_latest_year_due_is_read_and_a_later_one_if_it_is_known(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    scene.sound.dossier.organisation.annual_inspection_count = 1; /* 2018 */
    scene.sound.dossier.as_of = on("2020-05-31");
    expect(&scene, ELIGIBILITY_ANNUAL_INSPECTION, ELIGIBILITY_PASS, "2018 qualified");
    scene.sound.dossier.as_of = on("2020-06-01");
    expect(&scene, ELIGIBILITY_ANNUAL_INSPECTION, ELIGIBILITY_MISSING, "2019: no result");
    assert_int_equal(scene.result.missing_count, 1);

    scene.sound.dossier.organisation.annual_inspection_count = 2;
    scene.sound.inspections[1].result = INSPECTION_RESULT_UNQUALIFIED;
    scene.sound.dossier.as_of = on("2020-04-30"); /* not due yet, but known, and bad */
    expect(&scene, ELIGIBILITY_ANNUAL_INSPECTION, ELIGIBILITY_STOP, "2019 unqualified");
    arena_done(&scene.arena);
}

/* Measures of 2005, art. 3: registered for no more than six months on 31 December, no part in that year's inspection. */
static void a_body_too_young_on_the_last_day_of_the_year_is_not_inspected(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    scene.sound.dossier.organisation.annual_inspection_count = 0;
    scene.sound.dossier.organisation.registered_on = on("2019-07-01");
    expect(&scene, ELIGIBILITY_ANNUAL_INSPECTION, ELIGIBILITY_NOT_APPLICABLE, "2019: too young to be inspected");
    scene.sound.dossier.organisation.registered_on = on("2019-06-30");
    expect(&scene, ELIGIBILITY_ANNUAL_INSPECTION, ELIGIBILITY_MISSING, "2019: no result");
    scene.sound.dossier.organisation.registered_on = on("2020-06-01");
    expect(&scene, ELIGIBILITY_ANNUAL_INSPECTION, ELIGIBILITY_NOT_APPLICABLE, "2019: too young to be inspected");
    arena_done(&scene.arena);
}

static void civil_affairs_do_not_inspect_enterprises(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    scene.sound.dossier.organisation.annual_inspection_count = 0;
    scene.sound.dossier.organisation.kind = ORGANISATION_KIND_ENTERPRISE;
    expect(&scene, ELIGIBILITY_ANNUAL_INSPECTION, ELIGIBILITY_NOT_APPLICABLE, "not inspected by civil affairs");
    arena_done(&scene.arena);
}

static void months_in_operation_are_whole_months(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    scene.sound.dossier.organisation.registered_on = on("2018-10-19");
    expect(&scene, ELIGIBILITY_MONTHS_IN_OPERATION, ELIGIBILITY_PASS, "24 months");
    scene.sound.dossier.organisation.registered_on = on("2018-10-20");
    expect(&scene, ELIGIBILITY_MONTHS_IN_OPERATION, ELIGIBILITY_STOP, "23 months");
    arena_done(&scene.arena);
}

static void a_public_contract_must_be_signed_paid_by_public_money_and_alive(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    struct contract *contract = &scene.sound.contracts[0];
    expect(&scene, ELIGIBILITY_PUBLIC_CONTRACT, ELIGIBILITY_PASS, "1 contract");

    static const struct {
        enum contract_stage stage;
        enum eligibility_outcome outcome;
    } STAGES[] = {{CONTRACT_STAGE_INTENTION, ELIGIBILITY_STOP}, {CONTRACT_STAGE_TENDERING, ELIGIBILITY_STOP},
                  {CONTRACT_STAGE_AWARDED, ELIGIBILITY_STOP},   {CONTRACT_STAGE_SIGNED, ELIGIBILITY_PASS},
                  {CONTRACT_STAGE_EVALUATING, ELIGIBILITY_PASS}, {CONTRACT_STAGE_CLOSED, ELIGIBILITY_STOP},
                  {CONTRACT_STAGE_TERMINATED, ELIGIBILITY_STOP}};
    for (size_t i = 0; i < sizeof STAGES / sizeof *STAGES; i++) {
        contract->stage = STAGES[i].stage;
        assert_int_equal(find(&scene, ELIGIBILITY_PUBLIC_CONTRACT)->outcome, STAGES[i].outcome);
    }
    contract->stage = CONTRACT_STAGE_EVALUATING;
    contract->ends_on = on("2020-10-18"); /* over, but not all is paid */
    assert_int_equal(find(&scene, ELIGIBILITY_PUBLIC_CONTRACT)->outcome, ELIGIBILITY_PASS);
    contract->milestone_count = 1; /* the paid one */
    assert_int_equal(find(&scene, ELIGIBILITY_PUBLIC_CONTRACT)->outcome, ELIGIBILITY_STOP);
    contract->ends_on = on("2020-10-19"); /* paid, but its last day is today */
    assert_int_equal(find(&scene, ELIGIBILITY_PUBLIC_CONTRACT)->outcome, ELIGIBILITY_PASS);

    scene.sound.payers[0].level = PAYER_LEVEL_DONOR;
    expect(&scene, ELIGIBILITY_PUBLIC_CONTRACT, ELIGIBILITY_STOP, "0 contracts");
    scene.sound.payers[0].level = PAYER_LEVEL_ENTERPRISE;
    assert_int_equal(find(&scene, ELIGIBILITY_PUBLIC_CONTRACT)->outcome, ELIGIBILITY_STOP);
    scene.sound.payers[0].level = PAYER_LEVEL_MASS_ORGANISATION;
    assert_int_equal(find(&scene, ELIGIBILITY_PUBLIC_CONTRACT)->outcome, ELIGIBILITY_PASS);
    contract->fund_source = FUND_SOURCE_CHARITY;
    assert_int_equal(find(&scene, ELIGIBILITY_PUBLIC_CONTRACT)->outcome, ELIGIBILITY_STOP);
    arena_done(&scene.arena);
}

static void the_worst_facility_is_read_wherever_it_is(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    expect(&scene, ELIGIBILITY_FACILITY_CLASSIFICATION, ELIGIBILITY_NOT_APPLICABLE, "no facility");
    sound_case_add_facility(&scene.sound);
    scene.sound.facilities[1] = scene.sound.facilities[0];
    scene.sound.facilities[1].id = "f2";
    scene.sound.dossier.facility_count = 2;
    expect(&scene, ELIGIBILITY_FACILITY_CLASSIFICATION, ELIGIBILITY_PASS, "f1 normal");
    scene.sound.facilities[1].classification = FACILITY_CLASSIFICATION_ATTENTION;
    expect(&scene, ELIGIBILITY_FACILITY_CLASSIFICATION, ELIGIBILITY_PASS, "f2 attention");
    scene.sound.facilities[1].classification = FACILITY_CLASSIFICATION_SUBSTANDARD;
    expect(&scene, ELIGIBILITY_FACILITY_CLASSIFICATION, ELIGIBILITY_STOP, "f2 substandard");
    scene.sound.facilities[0].classification = FACILITY_CLASSIFICATION_LOSS;
    expect(&scene, ELIGIBILITY_FACILITY_CLASSIFICATION, ELIGIBILITY_STOP, "f1 loss");
    arena_done(&scene.arena);
}

static void the_minimum_itself_may_be_asked(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    scene.sound.dossier.application.amount_fen = 100000;
    expect(&scene, ELIGIBILITY_AMOUNT_MINIMUM, ELIGIBILITY_PASS, "CNY 1,000.00");
    scene.sound.dossier.application.amount_fen = 99999;
    expect(&scene, ELIGIBILITY_AMOUNT_MINIMUM, ELIGIBILITY_STOP, "CNY 999.99");
    arena_done(&scene.arena);
}

/* 50,000 of 5,000,000 is 1 %; at 4,975,000 of cost it is the half percent wanted, a fen more and it is not. */
static void profit_margin_is_of_the_latest_statement(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    struct statement *latest = &scene.sound.statements[1];
    expect(&scene, ELIGIBILITY_PROFIT_MARGIN, ELIGIBILITY_PASS, "2019 1.00 %");
    latest->cost_fen = 4975000;
    expect(&scene, ELIGIBILITY_PROFIT_MARGIN, ELIGIBILITY_PASS, "2019 0.50 %");
    latest->cost_fen = 4975001;
    expect(&scene, ELIGIBILITY_PROFIT_MARGIN, ELIGIBILITY_STOP, "2019 0.49 %");
    latest->cost_fen = 5025000;
    expect(&scene, ELIGIBILITY_PROFIT_MARGIN, ELIGIBILITY_STOP, "2019 -0.50 %");
    latest->income_fen = 0;
    expect(&scene, ELIGIBILITY_PROFIT_MARGIN, ELIGIBILITY_STOP, "2019 no income");
    latest->income_fen = DOSSIER_FEN_NONE;
    expect(&scene, ELIGIBILITY_PROFIT_MARGIN, ELIGIBILITY_MISSING, "2019: no income or cost");
    scene.sound.dossier.organisation.statement_count = 0;
    expect(&scene, ELIGIBILITY_PROFIT_MARGIN, ELIGIBILITY_MISSING, "no statement");
    arena_done(&scene.arena);
}

/* 150 % of the smallest loan of 1,000 yuan; what is asked does not matter. */
static void collateral_covers_the_smallest_loan(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    expect(&scene, ELIGIBILITY_COLLATERAL, ELIGIBILITY_STOP, "none; property serving the public benefit cannot be mortgaged");
    scene.sound.dossier.application.collateral_fen = 149999;
    expect(&scene, ELIGIBILITY_COLLATERAL, ELIGIBILITY_STOP, "CNY 1,499.99");
    scene.sound.dossier.application.collateral_fen = 150000;
    expect(&scene, ELIGIBILITY_COLLATERAL, ELIGIBILITY_PASS, "CNY 1,500.00");
    scene.sound.dossier.application.amount_fen = MONEY_FEN_MAX;
    assert_int_equal(find(&scene, ELIGIBILITY_COLLATERAL)->outcome, ELIGIBILITY_PASS);
    scene.sound.dossier.application.collateral_fen = 0;
    scene.sound.dossier.organisation.kind = ORGANISATION_KIND_ENTERPRISE;
    expect(&scene, ELIGIBILITY_COLLATERAL, ELIGIBILITY_STOP, "none");
    arena_done(&scene.arena);
}

static void credit_history_begins_with_the_first_facility(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    expect(&scene, ELIGIBILITY_CREDIT_HISTORY, ELIGIBILITY_STOP, "none");
    sound_case_add_facility(&scene.sound);
    scene.sound.facilities[0].opened_on = on("2020-04-20");
    expect(&scene, ELIGIBILITY_CREDIT_HISTORY, ELIGIBILITY_STOP, "5 months");
    scene.sound.facilities[1] = scene.sound.facilities[0];
    scene.sound.facilities[1].opened_on = on("2020-04-19");
    scene.sound.dossier.facility_count = 2;
    expect(&scene, ELIGIBILITY_CREDIT_HISTORY, ELIGIBILITY_PASS, "6 months");
    arena_done(&scene.arena);
}

/* Each on the last day of one text and the first day of the next. */
static void the_law_in_force_on_the_day_is_cited(void **state)
{
    (void)state;
    static const struct {
        enum eligibility_rule rule;
        const char *day, *begins;
    } CASES[] = {
        {ELIGIBILITY_BODY_KIND, "2017-09-30", ""},
        {ELIGIBILITY_BODY_KIND, "2017-10-01", "民法总则第八十七条"},
        {ELIGIBILITY_BODY_KIND, "2020-12-31", "民法总则第八十七条"},
        {ELIGIBILITY_BODY_KIND, "2021-01-01", "民法典第八十七条"},
        {ELIGIBILITY_SERIOUS_VIOLATION, "2018-01-23", ""},
        {ELIGIBILITY_SERIOUS_VIOLATION, "2018-01-24", "社会组织信用信息管理办法（民政部令第60号）"},
        {ELIGIBILITY_COURT_DISHONEST, "2017-04-30", "最高人民法院关于公布失信被执行人名单信息的若干规定（法释〔2013〕17号）"},
        {ELIGIBILITY_COURT_DISHONEST, "2017-05-01", "最高人民法院关于公布失信被执行人名单信息的若干规定（法释〔2017〕7号）"},
        {ELIGIBILITY_FACILITY_CLASSIFICATION, "2023-06-30", "贷款风险分类指引（银监发〔2007〕54号）"},
        {ELIGIBILITY_FACILITY_CLASSIFICATION, "2023-07-01", "商业银行金融资产风险分类办法"},
        {ELIGIBILITY_PURPOSE, "2024-06-30", "流动资金贷款管理暂行办法"},
        {ELIGIBILITY_PURPOSE, "2024-07-01", "流动资金贷款管理办法"},
        {ELIGIBILITY_COLLATERAL, "2020-12-31", ""},
        {ELIGIBILITY_COLLATERAL, "2021-01-01", "民法典第三百九十九条第三项"},
        {ELIGIBILITY_MONTHS_IN_OPERATION, "2021-01-01", ""},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct scene scene;
        scene_init(&scene);
        scene.sound.dossier.as_of = on(CASES[i].day);
        const char *source = find(&scene, CASES[i].rule)->legal_source;
        assert_int_equal(strncmp(source, CASES[i].begins, strlen(CASES[i].begins)), 0);
        if (CASES[i].begins[0] == '\0')
            assert_string_equal(source, "");
        arena_done(&scene.arena);
    }
}

static void the_law_is_that_of_the_kind_of_body(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    assert_non_null(strstr(find(&scene, ELIGIBILITY_REGISTRATION_ACTIVE)->legal_source, "民办非企业单位登记管理暂行条例"));
    scene.sound.dossier.organisation.kind = ORGANISATION_KIND_FOUNDATION;
    assert_non_null(strstr(find(&scene, ELIGIBILITY_REGISTRATION_ACTIVE)->legal_source, "基金会管理条例"));
    arena_done(&scene.arena);
}

static void every_rule_has_its_texts_and_a_name_of_its_own(void **state)
{
    (void)state;
    for (size_t i = 0; i < RULE_COUNT; i++) {
        assert_true(eligibility_rule_text_zh(ALL_RULES[i])[0] != '\0');
        assert_true(eligibility_rule_text_en(ALL_RULES[i])[0] != '\0');
        for (size_t j = 0; j < i; j++) {
            assert_string_not_equal(eligibility_rule_name(ALL_RULES[i]), eligibility_rule_name(ALL_RULES[j]));
            assert_int_not_equal(ALL_RULES[i], ALL_RULES[j]);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_rule_is_judged_in_the_policys_order),
        cmocka_unit_test(a_stop_does_not_end_the_walk),
        cmocka_unit_test(only_an_active_registration_passes),
        cmocka_unit_test(a_non_profit_legal_person_is_a_finding_of_its_own),
        cmocka_unit_test(an_entry_that_has_ended_is_history),
        cmocka_unit_test(one_list_does_not_stand_for_another),
        cmocka_unit_test(inspections_stop_when_unqualified_or_twice_basically_qualified),
        cmocka_unit_test(the_latest_year_due_is_read_and_a_later_one_if_it_is_known),
        cmocka_unit_test(a_body_too_young_on_the_last_day_of_the_year_is_not_inspected),
        cmocka_unit_test(civil_affairs_do_not_inspect_enterprises),
        cmocka_unit_test(months_in_operation_are_whole_months),
        cmocka_unit_test(a_public_contract_must_be_signed_paid_by_public_money_and_alive),
        cmocka_unit_test(the_worst_facility_is_read_wherever_it_is),
        cmocka_unit_test(the_minimum_itself_may_be_asked),
        cmocka_unit_test(profit_margin_is_of_the_latest_statement),
        cmocka_unit_test(collateral_covers_the_smallest_loan),
        cmocka_unit_test(credit_history_begins_with_the_first_facility),
        cmocka_unit_test(the_law_in_force_on_the_day_is_cited),
        cmocka_unit_test(the_law_is_that_of_the_kind_of_body),
        cmocka_unit_test(every_rule_has_its_texts_and_a_name_of_its_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
