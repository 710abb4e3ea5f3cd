/* Stage 5: every characteristic by hand, bins at their edges, score to PD to grade. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/money.h"
#include "scoring/scorecard.h"
#include "tests/scoring/sound_case.h"

#define MISSING SCORECARD_MISSING

static const struct policy GATHERING = {
    .pipeline = {.renewable_days_min = 28, .cross_ageing_days = 90, .cross_ageing_share_bp = 2500},
};

/*
 * Two payers whose curves are told by hand: half is paid by the end of the third week, nine in ten by the end of the tenth;
 * acceptance comes in the week after the due day.
 */
struct scene {
    struct sound_case sound;
    struct delay_curve curves[2];
    size_t curve_of_contract[4];
    struct delay_result delay;
    struct pipeline_result pipeline;
    struct scorecard_facts facts;
    struct arena arena;
};

static void scene_init(struct scene *scene)
{
    *scene = (struct scene){.arena = {NULL}};
    sound_case_init(&scene->sound);
    for (size_t i = 0; i < 2; i++) {
        scene->curves[i] = (struct delay_curve){.payer_index = i, .fund_source = FUND_SOURCE_DEPARTMENT_BUDGET,
                                                .expected_days = i == 0 ? 23 : 65, .paid_60_days_bp = i == 0 ? 9000 : 6000};
        for (int week = 0; week < 9; week++)
            scene->curves[i].survival[DELAY_STATE_NORMAL][week] = (int32_t)(week < 2 ? DELAY_ONE : DELAY_ONE * 3 / 10);
    }
    scene->delay = (struct delay_result){.curves = scene->curves, .curve_count = 2, .curve_of_contract = scene->curve_of_contract,
                                         .slip_expected_days = 12};
}

static const struct scorecard_facts *gather(struct scene *scene, int32_t tenor_months)
{
    struct date as_of = scene->sound.dossier.as_of;
    arena_done(&scene->arena);
    for (size_t i = 0; i < scene->sound.dossier.contract_count; i++)
        scene->curve_of_contract[i] = scene->sound.contracts[i].payer_index;
    pipeline_build(&scene->sound.dossier, &GATHERING, as_of, &scene->delay, &scene->arena, &scene->pipeline);
    scorecard_gather(&scene->sound.dossier, &GATHERING, as_of, &scene->delay, &scene->pipeline, tenor_months, &scene->facts);
    return &scene->facts;
}

static int64_t value_of(struct scene *scene, enum characteristic id)
{
    int64_t value = gather(scene, 12)->values[id];
    arena_done(&scene->arena);
    return value;
}

/* A second contract, of the other payer: 400,000 to come. */
static void add_second_contract(struct scene *scene)
{
    scene->sound.contracts[1] = scene->sound.contracts[0];
    scene->sound.contracts[1].id = "c2";
    scene->sound.contracts[1].payer_index = 1;
    scene->sound.contracts[1].milestones = &scene->sound.milestones[2];
    scene->sound.contracts[1].milestone_count = 1;
    scene->sound.dossier.contract_count = 2;
}

/* ------------------------------------------------------------------ gathering */

static void a_sound_case_has_these_values(void **state)
{
    (void)state;
    static const struct {
        enum characteristic id;
        int64_t value;
    } EXPECTED[] = {
        {CHARACTERISTIC_REMAINING_MONTHS, 2},        /* 73 days x 12 / 365 = 2.4 */
        {CHARACTERISTIC_RENEWAL_RATE, MISSING},      /* nothing ended, nothing renewed */
        {CHARACTERISTIC_PAYER_CONCENTRATION, 10000},
        {CHARACTERISTIC_BUDGET_FUNDED, 10000},
        {CHARACTERISTIC_TIER_MIX, 10000},
        {CHARACTERISTIC_EXPECTED_DELAY, 23},
        {CHARACTERISTIC_PAID_IN_60_DAYS, 9000},
        {CHARACTERISTIC_OVERDUE_90_DAYS, 0},         /* 400,000 due for three days */
        {CHARACTERISTIC_DELIVERY_SLIP, 12},
        {CHARACTERISTIC_INSTALMENTS_ON_TIME, MISSING},
        {CHARACTERISTIC_WORST_DAYS_PAST_DUE, MISSING},
        {CHARACTERISTIC_MONTHS_ON_BOOK, MISSING},
        {CHARACTERISTIC_SERVICE_EVALUATIONS, 87},    /* (100 + 75) / 2 */
        {CHARACTERISTIC_ORGANISATION_GRADE, 5},
        {CHARACTERISTIC_YEARS_REGISTERED, 10},
        {CHARACTERISTIC_LICENSED_SHARE, 4363},       /* 48 of 110 */
        {CHARACTERISTIC_LICENSED_PER_STATION, 48000},/* 48 at 10 stations */
        {CHARACTERISTIC_INSPECTIONS, 100},
        {CHARACTERISTIC_STAFF_GROWTH, 1000},         /* 100 to 110 */
        {CHARACTERISTIC_CASH_MONTHS, 15000},         /* 600,000 of 400,000 a month */
        {CHARACTERISTIC_NET_ASSET_MONTHS, 15000},
        {CHARACTERISTIC_WAGES_PAYABLE, 1000},
        {CHARACTERISTIC_INCOME_TREND, 2500},         /* 4 to 5 million */
        {CHARACTERISTIC_PROFIT_MARGIN, 100},
        {CHARACTERISTIC_LEVERAGE, 5000},             /* 350,000 of 700,000 */
    };
    struct scene scene;
    scene_init(&scene);
    const struct scorecard_facts *facts = gather(&scene, 12);
    for (size_t i = 0; i < sizeof EXPECTED / sizeof *EXPECTED; i++)
        assert_int_equal(facts->values[EXPECTED[i].id], EXPECTED[i].value);
    assert_int_equal(facts->annual_income_fen, 960655); /* 1,200,000 x 293 days of 366 */
    assert_int_equal(facts->debt_service_fen, 0);
    assert_int_equal(facts->collateral_fen, 0);
    assert_false(facts->has_credit_history);
    arena_done(&scene.arena);
}

/*
 * Payable on 2020-10-16: nine in ten by 2020-12-25, half by 2020-11-06. Due 2020-12-31, accepted a week later, payable
 * 30 days on, 2021-02-06: nine in ten by 2021-04-17, half by 2021-02-27. Today is 2020-10-19.
 */
static void a_receivable_counts_when_it_arrives_within_the_tenor(void **state)
{
    (void)state;
    static const struct {
        int32_t tenor_months;
        int64_t receivable_fen, receipts_fen;
    } CASES[] = {{0, 0, 0}, {1, 0, 400000}, {2, 0, 400000}, {3, 400000, 400000}, {4, 400000, 400000}, {5, 400000, 800000}, {6, 800000, 800000}};
    struct scene scene;
    scene_init(&scene);
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        const struct scorecard_facts *facts = gather(&scene, CASES[i].tenor_months);
        assert_int_equal(facts->receivable_fen, CASES[i].receivable_fen);
        assert_int_equal(facts->expected_receipts_fen, CASES[i].receipts_fen);
    }
    arena_done(&scene.arena);
}

static void arrival_on_the_day_of_maturity_is_in_time(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    scene.sound.milestones[1].accepted_on = on("2020-09-09"); /* payable 2020-10-10, nine in ten by 2020-12-19 */
    scene.sound.milestones[1].invoiced_on = on("2020-09-10");
    assert_int_equal(gather(&scene, 2)->receivable_fen, 400000);
    scene.sound.milestones[1].invoiced_on = on("2020-09-11");
    assert_int_equal(gather(&scene, 2)->receivable_fen, 0);
    arena_done(&scene.arena);
}

/* Past the third week of its wait 3 in 10 are left, and all of those are paid in the tenth: it goes on from there. */
static void what_is_late_goes_on_from_where_it_stands(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    scene.sound.milestones[1].accepted_on = on("2020-08-20");
    scene.sound.milestones[1].invoiced_on = on("2020-08-20"); /* payable 2020-09-19; half of what is left by 2020-11-28 */
    assert_int_equal(gather(&scene, 1)->expected_receipts_fen, 0);
    assert_int_equal(gather(&scene, 2)->expected_receipts_fen, 400000);
    arena_done(&scene.arena);
}

/* 161 weeks after the payable day no forecast reaches it any more. */
static void what_no_forecast_reaches_never_comes(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    for (int week = 9; week < DELAY_WEEKS; week++)
        scene.curves[0].survival[DELAY_STATE_NORMAL][week] = (int32_t)(DELAY_ONE / 4);
    scene.sound.milestones[1].invoiced_on = on("2017-08-18");
    scene.sound.milestones[1].accepted_on = on("2017-08-18");
    scene.sound.contracts[0].milestone_count = 2; /* the paid one and this one */
    assert_int_equal(gather(&scene, 12)->expected_receipts_fen, 0);
    assert_int_equal(gather(&scene, 12)->receivable_fen, 0);
    arena_done(&scene.arena);
}

static void restricted_and_pledged_money_covers_nothing(void **state)
{
    (void)state;
    struct scene scene;
    static const size_t pledged[] = {0};
    scene_init(&scene);
    sound_case_add_facility(&scene.sound);
    scene.sound.facilities[0].pledged_contract_indexes = pledged;
    scene.sound.facilities[0].pledged_contract_count = 1;
    assert_int_equal(gather(&scene, 12)->receivable_fen, 0);
    assert_int_equal(gather(&scene, 12)->expected_receipts_fen, 800000); /* it pays that lender */
    scene.sound.dossier.application.facility_index = 0;                  /* a renewal takes the pledge over */
    assert_int_equal(gather(&scene, 12)->receivable_fen, 800000);
    scene.sound.contracts[0].fund_source = FUND_SOURCE_CHARITY;
    assert_int_equal(gather(&scene, 12)->receivable_fen, 0);
    assert_int_equal(gather(&scene, 12)->expected_receipts_fen, 0);
    arena_done(&scene.arena);
}

static void disputed_and_retained_money_is_taken_off(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    scene.sound.contracts[0].disputed_fen = 100000;
    scene.sound.contracts[0].retained_fen = 50000;
    assert_int_equal(gather(&scene, 12)->receivable_fen, 650000);
    scene.sound.contracts[0].disputed_fen = 1000000;
    assert_int_equal(gather(&scene, 12)->receivable_fen, 0);
    scene.sound.contracts[0].stage = CONTRACT_STAGE_AWARDED;
    scene.sound.contracts[0].disputed_fen = 0;
    assert_int_equal(gather(&scene, 12)->receivable_fen, 0);
    arena_done(&scene.arena);
}

/* 800,000 at 23 days and 400,000 at 65; 90 % and 60 %. */
static void delays_weigh_by_what_is_outstanding(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    add_second_contract(&scene);
    assert_int_equal(value_of(&scene, CHARACTERISTIC_EXPECTED_DELAY), 37);
    assert_int_equal(value_of(&scene, CHARACTERISTIC_PAID_IN_60_DAYS), 8000);
    assert_int_equal(value_of(&scene, CHARACTERISTIC_PAYER_CONCENTRATION), 6666);
    scene.sound.contracts[0].milestone_count = 1; /* all paid */
    assert_int_equal(value_of(&scene, CHARACTERISTIC_EXPECTED_DELAY), 65);
    scene.sound.dossier.contract_count = 1;
    assert_int_equal(value_of(&scene, CHARACTERISTIC_EXPECTED_DELAY), MISSING);
    assert_int_equal(value_of(&scene, CHARACTERISTIC_PAYER_CONCENTRATION), MISSING);
    assert_int_equal(value_of(&scene, CHARACTERISTIC_REMAINING_MONTHS), 0);
    scene.sound.dossier.contract_count = 0;
    assert_int_equal(value_of(&scene, CHARACTERISTIC_BUDGET_FUNDED), MISSING);
    assert_int_equal(value_of(&scene, CHARACTERISTIC_TIER_MIX), MISSING);
    arena_done(&scene.arena);
}

/* Payable 2020-07-20, 91 days ago, beside 400,000 that is due for three days: half. */
static void overdue_over_90_days_is_a_share_of_what_is_overdue(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    add_second_contract(&scene);
    scene.sound.milestones[2].accepted_on = on("2020-06-20");
    scene.sound.milestones[2].invoiced_on = on("2020-06-20");
    scene.sound.contracts[0].milestone_count = 2;
    assert_int_equal(value_of(&scene, CHARACTERISTIC_OVERDUE_90_DAYS), 5000);
    scene.sound.milestones[2].invoiced_on = on("2020-06-21");
    assert_int_equal(value_of(&scene, CHARACTERISTIC_OVERDUE_90_DAYS), 0);
}

static void contracts_renewed_and_lost_are_counted_payer_by_payer(void **state)
{
    (void)state;
    struct scene scene;
    struct contract *contracts = scene.sound.contracts;
    scene_init(&scene);
    add_second_contract(&scene);
    contracts[0].renewals = 1; /* began 2020-01-01 */
    assert_int_equal(value_of(&scene, CHARACTERISTIC_RENEWAL_RATE), 10000);

    contracts[2] = contracts[0]; /* what it renews: ended, and is no loss */
    contracts[2].id = "c0";
    contracts[2].renewals = 0;
    contracts[2].stage = CONTRACT_STAGE_CLOSED;
    contracts[2].starts_on = on("2019-01-01");
    contracts[2].ends_on = on("2019-12-31");
    scene.sound.dossier.contract_count = 3;
    assert_int_equal(value_of(&scene, CHARACTERISTIC_RENEWAL_RATE), 10000);

    contracts[2].payer_index = 1; /* of the other payer it is one */
    assert_int_equal(value_of(&scene, CHARACTERISTIC_RENEWAL_RATE), 5000);
    contracts[2].ends_on = on("2020-07-21"); /* 90 days ago */
    assert_int_equal(value_of(&scene, CHARACTERISTIC_RENEWAL_RATE), 5000);
    contracts[2].ends_on = on("2020-07-22"); /* may still be renewed */
    assert_int_equal(value_of(&scene, CHARACTERISTIC_RENEWAL_RATE), 10000);
    contracts[2].ends_on = on("2017-10-18"); /* 36 months and a day ago */
    contracts[2].starts_on = on("2017-01-01");
    assert_int_equal(value_of(&scene, CHARACTERISTIC_RENEWAL_RATE), 10000);
    contracts[2].ends_on = on("2017-10-19");
    assert_int_equal(value_of(&scene, CHARACTERISTIC_RENEWAL_RATE), 5000);
    contracts[2].starts_on = on("2017-09-23"); /* 27 days of service: an event */
    assert_int_equal(value_of(&scene, CHARACTERISTIC_RENEWAL_RATE), 10000);
    contracts[2].stage = CONTRACT_STAGE_TERMINATED; /* broken off before its end */
    contracts[2].starts_on = on("2020-06-01");
    contracts[2].ends_on = on("2021-05-31");
    assert_int_equal(value_of(&scene, CHARACTERISTIC_RENEWAL_RATE), 5000);
    contracts[0].renewals = 0;
    assert_int_equal(value_of(&scene, CHARACTERISTIC_RENEWAL_RATE), 0);
}

static void a_running_loan_is_a_credit_history(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    sound_case_add_facility(&scene.sound);
    assert_true(gather(&scene, 12)->has_credit_history);
    assert_int_equal(scene.facts.values[CHARACTERISTIC_INSTALMENTS_ON_TIME], 10000);
    assert_int_equal(scene.facts.values[CHARACTERISTIC_WORST_DAYS_PAST_DUE], 0);
    assert_int_equal(scene.facts.values[CHARACTERISTIC_MONTHS_ON_BOOK], 6);
    arena_done(&scene.arena);
}

static void technical_delay_and_agreed_deferral_are_not_held_against_it(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    sound_case_add_facility(&scene.sound);
    scene.sound.instalment_payments[1].paid_on = on("2020-09-28"); /* 7 days */
    assert_int_equal(value_of(&scene, CHARACTERISTIC_INSTALMENTS_ON_TIME), 10000);
    assert_int_equal(value_of(&scene, CHARACTERISTIC_WORST_DAYS_PAST_DUE), 0);
    scene.sound.instalment_payments[1].paid_on = on("2020-09-29");
    assert_int_equal(value_of(&scene, CHARACTERISTIC_INSTALMENTS_ON_TIME), 5000);
    assert_int_equal(value_of(&scene, CHARACTERISTIC_WORST_DAYS_PAST_DUE), 8);
    scene.sound.deferral = (struct deferral){on("2020-09-01"), on("2020-09-21"), on("2020-12-21"), DEFERRAL_CAUSE_PAYER_DELAY};
    scene.sound.facilities[0].deferral_count = 1;
    assert_int_equal(value_of(&scene, CHARACTERISTIC_INSTALMENTS_ON_TIME), 10000);
    assert_int_equal(value_of(&scene, CHARACTERISTIC_WORST_DAYS_PAST_DUE), 0);
}

/* A loan opened but not yet due says nothing of how it is repaid. */
static void before_the_first_instalment_there_is_no_record(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    sound_case_add_facility(&scene.sound);
    scene.sound.facilities[0].instalments = &scene.sound.instalments[2];
    scene.sound.facilities[0].instalment_count = 1;
    assert_int_equal(value_of(&scene, CHARACTERISTIC_INSTALMENTS_ON_TIME), MISSING);
    assert_int_equal(value_of(&scene, CHARACTERISTIC_WORST_DAYS_PAST_DUE), MISSING);
    assert_int_equal(value_of(&scene, CHARACTERISTIC_MONTHS_ON_BOOK), 6);
    assert_true(gather(&scene, 12)->has_credit_history);
    arena_done(&scene.arena);
}

/* Lateness counts while it lasts: due long ago, but unpaid, or paid inside the 24 months. */
static void the_worst_lateness_of_24_months_is_the_one_that_fell_into_them(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    sound_case_add_facility(&scene.sound);
    scene.sound.facilities[0].opened_on = on("2018-01-01");
    scene.sound.instalments[0].due_on = on("2018-06-01");
    scene.sound.instalment_payments[0].paid_on = on("2018-10-18"); /* 139 days late, the day before the window */
    assert_int_equal(value_of(&scene, CHARACTERISTIC_WORST_DAYS_PAST_DUE), 0);
    scene.sound.instalment_payments[0].paid_on = on("2018-10-19");
    assert_int_equal(value_of(&scene, CHARACTERISTIC_WORST_DAYS_PAST_DUE), 140);
    scene.sound.instalments[0].payment_count = 0;
    assert_int_equal(value_of(&scene, CHARACTERISTIC_WORST_DAYS_PAST_DUE), 871);
}

/* Until 2021-10-19: the last instalment of 201,000. Before it, nothing; without a plan, the principal at maturity. */
static void other_loans_take_what_falls_due_within_the_tenor(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    sound_case_add_facility(&scene.sound);
    assert_int_equal(gather(&scene, 12)->debt_service_fen, 201000);
    assert_int_equal(gather(&scene, 3)->debt_service_fen, 0);
    scene.sound.instalments[2].principal_fen = 150000; /* 50,000 in no instalment */
    assert_int_equal(gather(&scene, 12)->debt_service_fen, 201000);
    scene.sound.facilities[0].instalment_count = 0;
    assert_int_equal(gather(&scene, 12)->debt_service_fen, 200000);
    assert_int_equal(gather(&scene, 3)->debt_service_fen, 0);
    scene.sound.dossier.application.facility_index = 0; /* replaced by this loan */
    assert_int_equal(gather(&scene, 12)->debt_service_fen, 0);
    arena_done(&scene.arena);
}

static void evaluations_are_of_three_years_with_the_present_one_once_it_is_known(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    struct service_evaluation *rows = scene.sound.evaluations;
    rows[2] = (struct service_evaluation){2017, EVALUATION_RESULT_UNQUALIFIED};
    scene.sound.dossier.organisation.service_evaluation_count = 3;
    assert_int_equal(value_of(&scene, CHARACTERISTIC_SERVICE_EVALUATIONS), 58); /* (100 + 75 + 0) / 3 */
    rows[3] = (struct service_evaluation){2020, EVALUATION_RESULT_QUALIFIED};
    scene.sound.dossier.organisation.service_evaluation_count = 4;
    assert_int_equal(value_of(&scene, CHARACTERISTIC_SERVICE_EVALUATIONS), 75); /* (100 + 75 + 50) / 3 */
    scene.sound.dossier.organisation.service_evaluation_count = 0;
    assert_int_equal(value_of(&scene, CHARACTERISTIC_SERVICE_EVALUATIONS), MISSING);
    scene.sound.inspections[1].result = INSPECTION_RESULT_BASICALLY_QUALIFIED;
    assert_int_equal(value_of(&scene, CHARACTERISTIC_INSPECTIONS), 75);
    scene.sound.inspections[1].result = INSPECTION_RESULT_NOT_APPLICABLE;
    assert_int_equal(value_of(&scene, CHARACTERISTIC_INSPECTIONS), 100);
    scene.sound.dossier.organisation.annual_inspection_count = 0;
    assert_int_equal(value_of(&scene, CHARACTERISTIC_INSPECTIONS), MISSING);
}

static void a_grade_is_valid_for_five_years(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    scene.sound.grade = (struct organisation_grade){GRADE_LEVEL_3A, on("2015-10-20")};
    assert_int_equal(value_of(&scene, CHARACTERISTIC_ORGANISATION_GRADE), 3);
    scene.sound.grade.granted_on = on("2015-10-19");
    assert_int_equal(value_of(&scene, CHARACTERISTIC_ORGANISATION_GRADE), MISSING);
    scene.sound.dossier.organisation.grade = NULL;
    assert_int_equal(value_of(&scene, CHARACTERISTIC_ORGANISATION_GRADE), MISSING);
}

/* Growth is over about a year: 9 to 15 months, the nearest to 12, of two equally near the earlier. */
static void staff_growth_compares_with_a_year_before(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    scene.sound.staff[2] = (struct staff_report){on("2019-10-01"), 88, -1, -1, -1};
    scene.sound.dossier.organisation.staff_count = 3;
    assert_int_equal(value_of(&scene, CHARACTERISTIC_STAFF_GROWTH), 1000);
    scene.sound.staff[0].on = on("2019-09-29");
    assert_int_equal(value_of(&scene, CHARACTERISTIC_STAFF_GROWTH), 1000);
    scene.sound.staff[0].on = on("2019-09-28");
    assert_int_equal(value_of(&scene, CHARACTERISTIC_STAFF_GROWTH), 2500);
    scene.sound.dossier.organisation.staff_count = 2;
    scene.sound.staff[0].on = on("2019-06-30"); /* 15 months */
    assert_int_equal(value_of(&scene, CHARACTERISTIC_STAFF_GROWTH), 1000);
    scene.sound.staff[0].on = on("2019-06-29");
    assert_int_equal(value_of(&scene, CHARACTERISTIC_STAFF_GROWTH), MISSING);
    scene.sound.staff[0].on = on("2019-12-30"); /* 9 months */
    assert_int_equal(value_of(&scene, CHARACTERISTIC_STAFF_GROWTH), 1000);
    scene.sound.staff[0].on = on("2019-12-31");
    assert_int_equal(value_of(&scene, CHARACTERISTIC_STAFF_GROWTH), MISSING);
}

static void what_is_not_given_is_missing_and_never_zero(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    struct organisation *organisation = &scene.sound.dossier.organisation;
    organisation->restricted_cash_fen = DOSSIER_FEN_NONE;
    assert_int_equal(value_of(&scene, CHARACTERISTIC_CASH_MONTHS), MISSING);
    assert_int_equal(value_of(&scene, CHARACTERISTIC_NET_ASSET_MONTHS), 15000);
    organisation->other_costs_month_fen = DOSSIER_FEN_NONE;
    assert_int_equal(value_of(&scene, CHARACTERISTIC_NET_ASSET_MONTHS), MISSING);
    organisation->wages_payable_fen = DOSSIER_FEN_NONE;
    assert_int_equal(value_of(&scene, CHARACTERISTIC_WAGES_PAYABLE), MISSING);
    organisation->stations = 0;
    assert_int_equal(value_of(&scene, CHARACTERISTIC_LICENSED_PER_STATION), MISSING);
    scene.sound.staff[1].licensed_assistant = DOSSIER_COUNT_NONE;
    assert_int_equal(value_of(&scene, CHARACTERISTIC_LICENSED_SHARE), 1181); /* 13 of 110 */
    scene.sound.staff[1].licensed_intermediate = DOSSIER_COUNT_NONE;
    scene.sound.staff[1].licensed_senior = DOSSIER_COUNT_NONE;
    assert_int_equal(value_of(&scene, CHARACTERISTIC_LICENSED_SHARE), MISSING);
    organisation->staff_count = 0;
    assert_int_equal(value_of(&scene, CHARACTERISTIC_STAFF_GROWTH), MISSING);
    scene.sound.statements[0].year = 2017;
    assert_int_equal(value_of(&scene, CHARACTERISTIC_INCOME_TREND), MISSING);
    scene.sound.statements[1].cost_fen = DOSSIER_FEN_NONE;
    assert_int_equal(value_of(&scene, CHARACTERISTIC_PROFIT_MARGIN), MISSING);
    scene.sound.statements[1].restricted_net_assets_fen = DOSSIER_FEN_NONE;
    assert_int_equal(value_of(&scene, CHARACTERISTIC_LEVERAGE), MISSING);
    organisation->statement_count = 0;
    assert_int_equal(value_of(&scene, CHARACTERISTIC_NET_ASSET_MONTHS), MISSING);
}

static void negative_values_round_down_and_debt_without_assets_is_the_worst(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    struct statement *latest = &scene.sound.statements[1];
    latest->cost_fen = 5000001;
    assert_int_equal(value_of(&scene, CHARACTERISTIC_PROFIT_MARGIN), -1);
    latest->unrestricted_net_assets_fen = -100000;
    assert_int_equal(value_of(&scene, CHARACTERISTIC_LEVERAGE), 1000000000);
    assert_int_equal(value_of(&scene, CHARACTERISTIC_NET_ASSET_MONTHS), -2500);
    latest->liabilities_fen = 0;
    assert_int_equal(value_of(&scene, CHARACTERISTIC_LEVERAGE), 0);
}

static int64_t times_ten(int64_t amount_fen)
{
    return amount_fen == DOSSIER_FEN_NONE ? amount_fen : amount_fen * 10;
}

static void make_ten_times(struct sound_case *sound)
{
    struct organisation *organisation = &sound->dossier.organisation;
    organisation->payroll_month_fen = times_ten(organisation->payroll_month_fen);
    organisation->other_costs_month_fen = times_ten(organisation->other_costs_month_fen);
    organisation->cash_fen = times_ten(organisation->cash_fen);
    organisation->restricted_cash_fen = times_ten(organisation->restricted_cash_fen);
    organisation->wages_payable_fen = times_ten(organisation->wages_payable_fen);
    for (size_t i = 0; i < 2; i++) {
        struct statement *row = &sound->statements[i];
        int64_t *amounts[] = {&row->income_fen, &row->public_income_fen, &row->cost_fen, &row->unrestricted_net_assets_fen,
                              &row->restricted_net_assets_fen, &row->receivables_fen, &row->liabilities_fen};
        for (size_t j = 0; j < sizeof amounts / sizeof *amounts; j++)
            *amounts[j] = times_ten(*amounts[j]);
    }
    sound->payment.amount_fen *= 10;
    for (size_t i = 0; i < 3; i++) {
        sound->milestones[i].amount_fen *= 10;
        sound->milestones[i].deducted_fen *= 10;
        sound->instalments[i].principal_fen *= 10;
        sound->instalments[i].interest_fen *= 10;
        sound->instalment_payments[i].amount_fen *= 10;
    }
    for (size_t i = 0; i < 2; i++) {
        sound->contracts[i].value_fen *= 10;
        sound->contracts[i].disputed_fen *= 10;
    }
    sound->facilities[0].outstanding_fen *= 10;
    sound->dossier.application.amount_fen *= 10;
}

/* Odd amounts, so that anything rounded too early would show. */
static void all_amounts_times_ten_give_equal_values(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    add_second_contract(&scene);
    sound_case_add_facility(&scene.sound);
    scene.sound.milestones[1].deducted_fen = 7;
    scene.sound.milestones[2].amount_fen = 399993;
    scene.sound.contracts[0].value_fen = 1199993;
    scene.sound.contracts[0].disputed_fen = 13;
    scene.sound.statements[1].cost_fen = 4999977;
    struct scorecard_facts once = *gather(&scene, 6);
    make_ten_times(&scene.sound);
    const struct scorecard_facts *ten_times = gather(&scene, 6);
    for (int i = 1; i < CHARACTERISTIC_END; i++)
        assert_int_equal(ten_times->values[i], once.values[i]);
    assert_int_equal(ten_times->receivable_fen, once.receivable_fen * 10);
    assert_int_equal(ten_times->expected_receipts_fen, once.expected_receipts_fen * 10);
    assert_int_equal(ten_times->debt_service_fen, once.debt_service_fen * 10);
    arena_done(&scene.arena);
}

static void the_order_of_contracts_does_not_matter(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    add_second_contract(&scene);
    scene.sound.contracts[1].renewals = 2;
    struct scorecard_facts straight = *gather(&scene, 6);
    struct contract first = scene.sound.contracts[0];
    scene.sound.contracts[0] = scene.sound.contracts[1];
    scene.sound.contracts[1] = first;
    assert_memory_equal(gather(&scene, 6), &straight, sizeof straight);
    arena_done(&scene.arena);
}

/* ------------------------------------------------------------------ scoring */

static const struct policy_bin COVER[] = {{10000, 0}, {20000, 300}, {INT64_MAX, 500}};
static const struct policy_bin DELAY[] = {{30, 400}, {60, 200}, {INT64_MAX, 0}};
static const struct policy_bin DEBT[] = {{5000, 100}, {INT64_MAX, 0}};
static const struct policy_characteristic ROWS[] = {
    {CHARACTERISTIC_RECEIVABLE_COVER, POLICY_SOURCE_JUDGEMENT, "", 1, COVER, 3, 0},
    {CHARACTERISTIC_EXPECTED_DELAY, POLICY_SOURCE_MEASURED, "", -1, DELAY, 3, 150},
    {CHARACTERISTIC_DEBT_SERVICE, POLICY_SOURCE_JUDGEMENT, "", -1, DEBT, 2, 0},
};
static const struct policy_pd_row PD[] = {{800, 5000}, {600, 20000}, {0, 100000}};
static const struct policy_lens_row LENS[] = {{10000, 4000}, {100000, 20000}, {1000000, 400000}};
static const int64_t GRADES[] = {1000, 2500, 5000, 9000, 15000, 25000, 45000, 80000, 200000, 1000000};

static const struct policy SCORING = {
    .scorecard = {.characteristics = ROWS, .characteristic_count = 3, .pd = PD, .pd_count = 3, .lens = LENS, .lens_count = 3,
                  .grade_pd_max_ppm = GRADES, .grade_count = 10},
};

static struct scorecard_facts facts_of(int64_t receivable_fen, int64_t delay_days, int64_t receipts_fen)
{
    struct scorecard_facts facts = {.receivable_fen = receivable_fen, .expected_receipts_fen = receipts_fen};
    facts.values[CHARACTERISTIC_EXPECTED_DELAY] = delay_days;
    return facts;
}

static struct scorecard_result evaluate(struct scorecard_facts facts, int64_t amount_fen)
{
    struct scorecard_result result;
    scorecard_evaluate(&facts, &SCORING, amount_fen, &result);
    return result;
}

static void a_value_falls_into_the_first_bin_that_it_is_below(void **state)
{
    (void)state;
    static const struct {
        int64_t receivable_fen, value;
        int32_t bin, points;
    } CASES[] = {{0, 0, 0, 0}, {9999, 9999, 0, 0}, {10000, 10000, 1, 300}, {19999, 19999, 1, 300}, {20000, 20000, 2, 500}};
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct scorecard_result result = evaluate(facts_of(CASES[i].receivable_fen, 0, 0), 10000);
        assert_int_equal(result.rows[0].id, CHARACTERISTIC_RECEIVABLE_COVER);
        assert_int_equal(result.rows[0].value, CASES[i].value);
        assert_int_equal(result.rows[0].bin, CASES[i].bin);
        assert_int_equal(result.rows[0].points, CASES[i].points);
        assert_int_equal(result.rows[0].points_max, 500);
    }
}

static void a_missing_value_has_points_of_its_own(void **state)
{
    (void)state;
    struct scorecard_result result = evaluate(facts_of(20000, MISSING, 20001), 10000);
    assert_int_equal(result.rows[1].bin, -1);
    assert_int_equal(result.rows[1].points, 150);
    assert_int_equal(result.score, 750); /* 500 + 150 + 100 of 1000 */
}

/* 10,000 of 20,001 is 4999 bp; of 20,000 half. Nothing to come is the worst there is. */
static void debt_service_holds_the_loan_itself(void **state)
{
    (void)state;
    struct scorecard_facts facts = facts_of(0, 0, 20001);
    assert_int_equal(evaluate(facts, 10000).rows[2].value, 4999);
    facts.expected_receipts_fen = 20000;
    assert_int_equal(evaluate(facts, 10000).rows[2].value, 5000);
    facts.debt_service_fen = 10000;
    assert_int_equal(evaluate(facts, 10000).rows[2].value, 10000);
    facts.expected_receipts_fen = 0;
    assert_int_equal(evaluate(facts, 10000).rows[2].value, 1000000000);
}

static void a_score_is_scaled_to_1000_and_says_what_rests_on_judgement(void **state)
{
    (void)state;
    struct scorecard_result result = evaluate(facts_of(20000, 29, 30000), 10000);
    assert_int_equal(result.score, 1000);
    assert_int_equal(result.judgement_bp, 6000);

    struct policy two_rows = SCORING;
    struct scorecard_facts facts = facts_of(10000, 30, 0);
    two_rows.scorecard.characteristic_count = 2;
    scorecard_evaluate(&facts, &two_rows, 10000, &result);
    assert_int_equal(result.score, 555); /* 300 + 200 of 900 */
    assert_int_equal(result.judgement_bp, 5555);
    assert_int_equal(result.row_count, 2);
}

/* 800 and more, 600 to 799, below. */
static void a_score_has_the_pd_of_the_first_row_it_reaches(void **state)
{
    (void)state;
    assert_int_equal(evaluate(facts_of(20000, 30, 30000), 10000).score, 800);
    assert_int_equal(evaluate(facts_of(20000, 30, 30000), 10000).pd_score_ppm, 5000);
    assert_int_equal(evaluate(facts_of(10000, 0, 30000), 10000).score, 800);
    assert_int_equal(evaluate(facts_of(10000, 30, 30000), 10000).score, 600);
    assert_int_equal(evaluate(facts_of(10000, 30, 30000), 10000).pd_score_ppm, 20000);
    assert_int_equal(evaluate(facts_of(0, 60, 0), 10000).pd_score_ppm, 100000);
}

static void the_worse_lens_grades_the_case(void **state)
{
    (void)state;
    static const struct {
        int64_t pd_score_ppm, not_repaid_ppm, pd_ppm, pd_repayment_ppm;
        enum pd_source source;
        int32_t grade;
    } CASES[] = {
        {5000, -1, 5000, 0, PD_SOURCE_SCORE, 3},
        {5000, 10000, 5000, 4000, PD_SOURCE_SCORE, 3},
        {5000, 10001, 20000, 20000, PD_SOURCE_REPAYMENT, 6},
        {20000, 100000, 20000, 20000, PD_SOURCE_SCORE, 6}, /* equal: the score */
        {5000, 100001, 400000, 400000, PD_SOURCE_REPAYMENT, 10},
        {500, 0, 4000, 4000, PD_SOURCE_REPAYMENT, 3},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct scorecard_result result = {.pd_score_ppm = CASES[i].pd_score_ppm};
        struct scorecard_grade grade;
        scorecard_grade(&result, &SCORING, CASES[i].not_repaid_ppm, &grade);
        assert_int_equal(grade.pd_ppm, CASES[i].pd_ppm);
        assert_int_equal(grade.pd_repayment_ppm, CASES[i].pd_repayment_ppm);
        assert_int_equal(grade.source, CASES[i].source);
        assert_int_equal(grade.grade, CASES[i].grade);
    }
}

static void a_policy_without_the_second_lens_does_not_use_it(void **state)
{
    (void)state;
    struct policy policy = SCORING;
    struct scorecard_result result = {.pd_score_ppm = 5000};
    struct scorecard_grade grade;
    policy.scorecard.lens_count = 0;
    scorecard_grade(&result, &policy, 900000, &grade);
    assert_int_equal(grade.pd_ppm, 5000);
    assert_int_equal(grade.pd_repayment_ppm, 0);
}

static void every_grade_holds_its_upper_pd_and_not_one_more(void **state)
{
    (void)state;
    for (int32_t i = 0; i < 10; i++) {
        struct scorecard_result result = {.pd_score_ppm = GRADES[i]};
        struct scorecard_grade grade;
        scorecard_grade(&result, &SCORING, -1, &grade);
        assert_int_equal(grade.grade, i + 1);
        result.pd_score_ppm++;
        scorecard_grade(&result, &SCORING, -1, &grade);
        assert_int_equal(grade.grade, i < 9 ? i + 2 : 10);
    }
}

static void a_larger_amount_never_scores_more(void **state)
{
    (void)state;
    struct scorecard_facts facts = facts_of(3000000, 40, 2500000);
    int32_t before = 1000;
    for (int64_t amount_fen = 1; amount_fen < 6000000; amount_fen += 9973) {
        int32_t score = evaluate(facts, amount_fen).score;
        assert_true(score <= before);
        before = score;
    }
    assert_int_equal(before, 200);
}

static void extreme_amounts_stay_within_bounds(void **state)
{
    (void)state;
    struct scorecard_facts facts = facts_of(MONEY_FEN_MAX * 1000, 0, 1);
    assert_int_equal(evaluate(facts, 1).rows[0].value, 1000000000);
    facts.debt_service_fen = MONEY_FEN_MAX;
    assert_int_equal(evaluate(facts, MONEY_FEN_MAX).rows[2].value, 1000000000);
}

static void every_characteristic_has_texts_a_unit_and_a_name_of_its_own(void **state)
{
    (void)state;
    for (int i = 1; i < CHARACTERISTIC_END; i++) {
        enum characteristic id = (enum characteristic)i;
        assert_true(characteristic_text_zh(id)[0] != '\0');
        assert_true(characteristic_text_en(id)[0] != '\0');
        assert_true(characteristic_unit(id)[0] != '\0');
        assert_true(dimension_name(characteristic_dimension(id))[0] != '\0');
        for (int j = 1; j < i; j++)
            assert_string_not_equal(characteristic_name(id), characteristic_name((enum characteristic)j));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sound_case_has_these_values),
        cmocka_unit_test(a_receivable_counts_when_it_arrives_within_the_tenor),
        cmocka_unit_test(arrival_on_the_day_of_maturity_is_in_time),
        cmocka_unit_test(what_is_late_goes_on_from_where_it_stands),
        cmocka_unit_test(what_no_forecast_reaches_never_comes),
        cmocka_unit_test(restricted_and_pledged_money_covers_nothing),
        cmocka_unit_test(disputed_and_retained_money_is_taken_off),
        cmocka_unit_test(delays_weigh_by_what_is_outstanding),
        cmocka_unit_test(overdue_over_90_days_is_a_share_of_what_is_overdue),
        cmocka_unit_test(contracts_renewed_and_lost_are_counted_payer_by_payer),
        cmocka_unit_test(a_running_loan_is_a_credit_history),
        cmocka_unit_test(technical_delay_and_agreed_deferral_are_not_held_against_it),
        cmocka_unit_test(before_the_first_instalment_there_is_no_record),
        cmocka_unit_test(the_worst_lateness_of_24_months_is_the_one_that_fell_into_them),
        cmocka_unit_test(other_loans_take_what_falls_due_within_the_tenor),
        cmocka_unit_test(evaluations_are_of_three_years_with_the_present_one_once_it_is_known),
        cmocka_unit_test(a_grade_is_valid_for_five_years),
        cmocka_unit_test(staff_growth_compares_with_a_year_before),
        cmocka_unit_test(what_is_not_given_is_missing_and_never_zero),
        cmocka_unit_test(negative_values_round_down_and_debt_without_assets_is_the_worst),
        cmocka_unit_test(all_amounts_times_ten_give_equal_values),
        cmocka_unit_test(the_order_of_contracts_does_not_matter),
        cmocka_unit_test(a_value_falls_into_the_first_bin_that_it_is_below),
        cmocka_unit_test(a_missing_value_has_points_of_its_own),
        cmocka_unit_test(debt_service_holds_the_loan_itself),
        cmocka_unit_test(a_score_is_scaled_to_1000_and_says_what_rests_on_judgement),
        cmocka_unit_test(a_score_has_the_pd_of_the_first_row_it_reaches),
        cmocka_unit_test(the_worse_lens_grades_the_case),
        cmocka_unit_test(a_policy_without_the_second_lens_does_not_use_it),
        cmocka_unit_test(every_grade_holds_its_upper_pd_and_not_one_more),
        cmocka_unit_test(a_larger_amount_never_scores_more),
        cmocka_unit_test(extreme_amounts_stay_within_bounds),
        cmocka_unit_test(every_characteristic_has_texts_a_unit_and_a_name_of_its_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
