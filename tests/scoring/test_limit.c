/* Stage 6: every bound computed by hand on a book of three contracts. Amounts in fen, kept small. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "scoring/limit.h"

#include <string.h>

#define AS_OF 18554 /* 2020-10-19 */

static const struct policy POLICY = {
    .limit = {.use_income_share = true, .use_receivables = true, .use_need = true, .use_working_capital = true,
              .product_max_fen = 9000000, .step_fen = 10000, .income_share_bp = 1500, .need_buffer_bp = 1000,
              .advance_accepted_bp = 8000, .advance_performed_bp = 7000, .advance_future_bp = 3000, .deduct_unlocked_bp = 1000,
              .deduct_unpledged_bp = 500, .deduct_unconfirmed_bp = 500, .deduct_weak_fund_bp = 2000,
              .deduct_beyond_budget_year_bp = 2000, .dilution_multiple_bp = 10000, .late_acceptance_bp = 1000,
              .late_acceptance_days = 60, .payer_share_max_bp = 10000, .authority_share_max_bp = 10000,
              .working_capital_growth_cap_bp = 3000},
};

/* One contract with one milestone. */
struct row {
    struct milestone milestone;
    struct contract contract;
};

struct scene {
    struct payer payers[2];
    struct row rows[3];
    struct contract contracts[3];
    struct statement statements[2];
    struct dossier dossier;
    struct pipeline_contract pipeline_contracts[3];
    struct pipeline_payer pipeline_payers[2];
    struct pipeline_result pipeline;
    struct delay_curve curve;
    size_t curve_of_contract[3];
    struct delay_result delay;
    struct cashflow_result cashflow;
    struct arena arena;
};

/* Curves that pay within the first week, so that arrival is a week after the payable day. */
static void scene_init(struct scene *scene)
{
    static const char *const IDS[] = {"c1", "c2", "c3"};
    memset(scene, 0, sizeof *scene);
    scene->payers[0] = (struct payer){.id = "p1", .level = PAYER_LEVEL_DISTRICT, .region = {"440307"}};
    scene->payers[1] = (struct payer){.id = "p2", .level = PAYER_LEVEL_TOWNSHIP, .region = {"440306"}};
    for (size_t i = 0; i < 3; i++) {
        struct milestone *milestone = &scene->rows[i].milestone;
        *milestone = (struct milestone){.id = "m", .due_on = {AS_OF + 30}, .amount_fen = 1000000, .accepted_on = DATE_NONE, .invoiced_on = DATE_NONE};
        scene->contracts[i] = (struct contract){.id = IDS[i], .payer_index = i == 2, .fund_source = FUND_SOURCE_DEPARTMENT_BUDGET,
            .stage = CONTRACT_STAGE_PERFORMING, .value_fen = 1000000, .signed_on = {AS_OF - 100}, .starts_on = {AS_OF - 100},
            .ends_on = {AS_OF + 100}, .payment_term_days = 30, .trigger = PAYMENT_TRIGGER_ACCEPTANCE,
            .security = {false, "", false}, .milestones = milestone, .milestone_count = 1};
        scene->pipeline_contracts[i] = (struct pipeline_contract){.contract = &scene->contracts[i], .is_signed = true, .is_public = true,
                                                                  .is_sweepable = true, .future_fen = 1000000};
    }
    scene->statements[0] = (struct statement){.year = 2019, .income_fen = 12000000, .cost_fen = 11000000};
    scene->dossier = (struct dossier){.payers = scene->payers, .payer_count = 2, .contracts = scene->contracts, .contract_count = 3,
        .organisation = {.statements = scene->statements, .statement_count = 1, .cash_fen = 500000, .restricted_cash_fen = 100000},
        .application = {.amount_fen = 700000, .facility = "", .facility_index = SIZE_MAX, .collateral_fen = DOSSIER_FEN_NONE}};
    scene->pipeline_payers[0].payer_index = 0;
    scene->pipeline_payers[1].payer_index = 1;
    scene->pipeline = (struct pipeline_result){.contracts = scene->pipeline_contracts, .contract_count = 3, .payers = scene->pipeline_payers,
                                               .payer_count = 2, .annual_public_income_fen = 10000000};
    scene->curve.expected_days = 23;
    scene->delay = (struct delay_result){.curves = &scene->curve, .curve_count = 1, .curve_of_contract = scene->curve_of_contract,
                                         .slip_expected_days = 7};
    scene->cashflow.need_p95_fen = 400000;
}

static struct limit_result measure(struct scene *scene, int32_t tenor_months, const struct limit_evidence *evidence)
{
    static const struct limit_evidence NOTHING = {false, false, false};
    struct limit_result result;
    limit_measure(&scene->dossier, &POLICY, (struct date){AS_OF}, &scene->delay, &scene->pipeline, &scene->cashflow,
                  evidence == NULL ? &NOTHING : evidence, tenor_months, &scene->arena, &result);
    arena_done(&scene->arena);
    return result;
}

static int64_t bound_of(const struct limit_result *result, enum limit_bound_name name)
{
    for (size_t i = 0; i < result->bound_count; i++) {
        if (result->bounds[i].name == name)
            return result->bounds[i].amount_fen;
    }
    return -1;
}

static int64_t receivables(struct scene *scene)
{
    struct limit_result result = measure(scene, 12, NULL);
    return bound_of(&result, LIMIT_RECEIVABLES);
}

/* Future work 30 %, less 10 unlocked, 5 unpledged, 5 unconfirmed: 10 % of three million. */
static void each_contract_counts_at_its_advance_rate(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    assert_int_equal(receivables(&scene), 300000);

    scene.rows[0].milestone.accepted_on = (struct date){AS_OF - 5}; /* accepted: 80 - 20 = 60 % */
    assert_int_equal(receivables(&scene), 800000);
    scene.rows[1].milestone.due_on = (struct date){AS_OF - 10}; /* performed: 70 - 20 = 50 % */
    assert_int_equal(receivables(&scene), 1200000);
    scene.rows[1].milestone.due_on = (struct date){AS_OF - 61}; /* and over 60 days unaccepted: 40 % */
    assert_int_equal(receivables(&scene), 1100000);
    scene.contracts[2].fund_source = FUND_SOURCE_AWARD_FUND; /* 10 - 20: floored at zero */
    assert_int_equal(receivables(&scene), 1000000);
}

static void money_due_after_the_budget_year_counts_less(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    scene.contracts[0].security = (struct contract_security){true, "1", true}; /* 30 % */
    scene.rows[0].milestone.due_on = (struct date){AS_OF + 73};                /* 2020-12-31 */
    assert_int_equal(receivables(&scene), 300000 + 200000);
    scene.rows[0].milestone.due_on = (struct date){AS_OF + 74}; /* 2021-01-01: 30 - 20 */
    assert_int_equal(receivables(&scene), 300000 + 0);
}

static void evidence_raises_the_advance_rate(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    const struct limit_evidence locked = {true, false, false};
    const struct limit_evidence all = {true, true, true};
    struct limit_result result = measure(&scene, 12, &locked);
    assert_int_equal(bound_of(&result, LIMIT_RECEIVABLES), 600000);
    assert_int_equal(result.secured_fen, 600000);
    result = measure(&scene, 12, &all);
    assert_int_equal(bound_of(&result, LIMIT_RECEIVABLES), 900000);
    result = measure(&scene, 12, NULL);
    assert_int_equal(result.secured_fen, 0);
}

/* Due in 30 days, a week to acceptance, 30 days of term, a week to payment: day 74, past two months (61 days). */
static void what_arrives_after_maturity_does_not_count(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    struct limit_result result = measure(&scene, 2, NULL);
    assert_int_equal(bound_of(&result, LIMIT_RECEIVABLES), 0);
    result = measure(&scene, 3, NULL);
    assert_int_equal(bound_of(&result, LIMIT_RECEIVABLES), 300000);
}

static void disputed_cross_aged_and_pledged_money_does_not_count(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    scene.contracts[0].disputed_fen = 40000;
    scene.contracts[0].retained_fen = 10000;
    assert_int_equal(receivables(&scene), 250000);
    scene.pipeline_contracts[1].is_cross_aged = true;
    assert_int_equal(receivables(&scene), 150000);
    scene.pipeline_contracts[2].is_sweepable = false;
    assert_int_equal(receivables(&scene), 50000);
}

/* 5 % of what was billed has been deducted: five points off. */
static void dilution_is_taken_off_the_rate(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    scene.pipeline.deducted_fen = 50000;
    scene.pipeline_contracts[0].paid_fen = 950000;
    assert_int_equal(receivables(&scene), 150000);
}

/* p1 has two thirds of 300,000: capped at 40 % each payer counts 120,000 and 100,000; one authority at most 50 %. */
static void payers_and_authorities_are_capped(void **state)
{
    (void)state;
    struct scene scene;
    struct policy capped = POLICY;
    struct limit_result result;
    const struct limit_evidence nothing = {false, false, false};
    scene_init(&scene);
    capped.limit.payer_share_max_bp = 4000;
    limit_measure(&scene.dossier, &capped, (struct date){AS_OF}, &scene.delay, &scene.pipeline, &scene.cashflow, &nothing, 12, &scene.arena, &result);
    assert_int_equal(bound_of(&result, LIMIT_RECEIVABLES), 220000);
    scene.payers[1].region = scene.payers[0].region;
    capped.limit.authority_share_max_bp = 5000;
    limit_measure(&scene.dossier, &capped, (struct date){AS_OF}, &scene.delay, &scene.pipeline, &scene.cashflow, &nothing, 12, &scene.arena, &result);
    assert_int_equal(bound_of(&result, LIMIT_RECEIVABLES), 150000);
    arena_done(&scene.arena);
}

/* Debt elsewhere is taken from what income and receivables carry; the loan that is replaced is not debt elsewhere. */
static void other_debt_lowers_the_ceilings(void **state)
{
    (void)state;
    struct scene scene;
    struct facility facilities[2] = {{.id = "f1", .outstanding_fen = 100000}, {.id = "f2", .outstanding_fen = 50000}};
    scene_init(&scene);
    scene.dossier.facilities = facilities;
    scene.dossier.facility_count = 2;
    struct limit_result result = measure(&scene, 12, NULL);
    assert_int_equal(bound_of(&result, LIMIT_INCOME_SHARE), 1500000 - 150000);
    assert_int_equal(bound_of(&result, LIMIT_RECEIVABLES), 300000 - 150000);
    scene.dossier.application.facility_index = 0;
    result = measure(&scene, 12, NULL);
    assert_int_equal(bound_of(&result, LIMIT_INCOME_SHARE), 1500000 - 50000);
}

/*
 * Cost 11,000,000, no growth; 7 days of slip, 30 of term, 23 of delay are 60 days of 360: 1,833,333; less own cash of
 * 400,000. With 10,000,000 the year before, growth is 20 %: 13,200,000 / 6 - 400,000.
 */
static void follows_the_working_capital_formula(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    struct limit_result result = measure(&scene, 12, NULL);
    assert_int_equal(bound_of(&result, LIMIT_WORKING_CAPITAL), 1433333);
    scene.statements[1] = (struct statement){.year = 2018, .income_fen = 10000000, .cost_fen = 10000000};
    scene.dossier.organisation.statement_count = 2;
    result = measure(&scene, 12, NULL);
    assert_int_equal(bound_of(&result, LIMIT_WORKING_CAPITAL), 1800000);
    scene.dossier.organisation.statement_count = 0;
    result = measure(&scene, 12, NULL);
    assert_int_equal(bound_of(&result, LIMIT_WORKING_CAPITAL), -1); /* no statement, no formula */
}

/* Ceilings 9,000,000, 1,500,000 and 300,000; uses 700,000, 440,000 and 1,433,333. */
static void the_least_bound_binds_and_whole_steps_are_lent(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    scene.rows[0].milestone.accepted_on = (struct date){AS_OF - 5};
    struct limit_result result = measure(&scene, 12, NULL);
    assert_int_equal(limit_least_ceiling(&POLICY, &result), 800000);
    limit_conclude(&POLICY, 560000, &result);
    assert_int_equal(bound_of(&result, LIMIT_NEED), 440000);
    assert_int_equal(result.binding, LIMIT_NEED);
    assert_int_equal(result.limit_fen, 440000);
    assert_int_equal(result.capacity_fen, 560000);
    for (size_t i = 1; i < result.bound_count; i++)
        assert_true(result.bounds[i].name > result.bounds[i - 1].name);
}

/* A floor that the search found at the least ceiling, 305,000 in whole steps, does not bind: receivables do. */
static void a_floor_at_the_ceiling_does_not_bind(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    scene.rows[0].milestone.amount_fen = 1050000;
    struct limit_result result = measure(&scene, 12, NULL);
    assert_int_equal(bound_of(&result, LIMIT_RECEIVABLES), 305000);
    limit_conclude(&POLICY, 300000, &result);
    assert_int_equal(result.binding, LIMIT_RECEIVABLES);
    assert_int_equal(result.capacity_fen, 300000);
}

static void of_equal_bounds_the_first_in_the_list_is_named(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    scene.dossier.application.amount_fen = 440000;
    scene.rows[0].milestone.accepted_on = (struct date){AS_OF - 5};
    struct limit_result result = measure(&scene, 12, NULL);
    limit_conclude(&POLICY, -1, &result);
    assert_int_equal(result.binding, LIMIT_ASKED);
    assert_int_equal(bound_of(&result, LIMIT_REPAYMENT_FLOOR), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_contract_counts_at_its_advance_rate),
        cmocka_unit_test(money_due_after_the_budget_year_counts_less),
        cmocka_unit_test(evidence_raises_the_advance_rate),
        cmocka_unit_test(what_arrives_after_maturity_does_not_count),
        cmocka_unit_test(disputed_cross_aged_and_pledged_money_does_not_count),
        cmocka_unit_test(dilution_is_taken_off_the_rate),
        cmocka_unit_test(payers_and_authorities_are_capped),
        cmocka_unit_test(other_debt_lowers_the_ceilings),
        cmocka_unit_test(follows_the_working_capital_formula),
        cmocka_unit_test(the_least_bound_binds_and_whole_steps_are_lent),
        cmocka_unit_test(a_floor_at_the_ceiling_does_not_bind),
        cmocka_unit_test(of_equal_bounds_the_first_in_the_list_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
