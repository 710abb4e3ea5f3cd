/* Stage 3: what a book of three contracts adds up to, by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "scoring/pipeline.h"

#include <string.h>

#define AS_OF 18554 /* 2020-10-19 */

static const int64_t BIN_STARTS[] = {0};
static const int64_t HAZARD[] = {100000};
static const struct policy_hazard_row ROWS[] = {{PAYER_LEVEL_NONE, FUND_SOURCE_NONE, HAZARD, 1}};

static const struct policy POLICY = {
    .delay = {.bin_start_weeks = BIN_STARTS, .bin_count = 1, .payment = ROWS, .payment_count = 1, .slip_hazard_ppm = HAZARD,
              .slip_hazard_count = 1, .prior_strength_ppm = 8000000, .hazard_cap_ppm = 600000},
    .cashflow = {.hazard_slow_ppm = 600000, .hazard_freeze_ppm = 300000},
    .pipeline = {.weight_intention_ppm = 100000, .weight_tendering_ppm = 300000, .weight_awarded_ppm = 950000,
                 .renewal_excellent_ppm = 900000, .renewal_unrated_ppm = 700000, .renewal_per_earlier_ppm = 20000, .renewal_earlier_max = 3,
                 .renewal_cap_ppm = 960000, .renewal_tier_station_ppm = 10000, .cross_ageing_days = 90, .cross_ageing_share_bp = 2500},
};

struct scene {
    struct payer payers[2];
    struct milestone milestones[3][2];
    struct payment payment;
    struct contract contracts[3];
    struct dossier dossier;
    struct arena arena;
    struct delay_result delay;
    struct pipeline_result result;
};

/* Three contracts of 2,000 in two halves, a service year that began 300 days ago, nothing accepted. Ids against the order. */
static void scene_init(struct scene *scene)
{
    static const char *const IDS[] = {"c3", "c1", "c2"};
    memset(scene, 0, sizeof *scene);
    scene->payers[0] = (struct payer){.id = "p2", .level = PAYER_LEVEL_DISTRICT, .region = {"440307"}};
    scene->payers[1] = (struct payer){.id = "p1", .level = PAYER_LEVEL_TOWNSHIP, .region = {"440307"}};
    for (size_t i = 0; i < 3; i++) {
        for (size_t j = 0; j < 2; j++)
            scene->milestones[i][j] = (struct milestone){.id = j == 0 ? "m1" : "m2", .due_on = {AS_OF + (j == 0 ? -200 : 60)}, .amount_fen = 1000,
                                                         .accepted_on = DATE_NONE, .invoiced_on = DATE_NONE};
        scene->contracts[i] = (struct contract){.id = IDS[i], .payer_index = i == 2, .tier = CONTRACT_TIER_OTHER,
            .fund_source = FUND_SOURCE_DEPARTMENT_BUDGET, .stage = CONTRACT_STAGE_PERFORMING, .value_fen = 2000, .signed_on = {AS_OF - 310},
            .starts_on = {AS_OF - 299}, .ends_on = {AS_OF + 65}, .payment_term_days = 30, .trigger = PAYMENT_TRIGGER_ACCEPTANCE,
            .security = {false, "", false}, .milestones = scene->milestones[i], .milestone_count = 2};
    }
    scene->dossier = (struct dossier){.payers = scene->payers, .payer_count = 2, .contracts = scene->contracts, .contract_count = 3,
                                      .application = {.facility = "", .facility_index = SIZE_MAX}};
}

static const struct pipeline_result *build(struct scene *scene)
{
    struct date as_of = {AS_OF};
    arena_done(&scene->arena);
    delay_estimate(&scene->dossier, &POLICY, as_of, &scene->arena, &scene->delay);
    pipeline_build(&scene->dossier, &POLICY, as_of, &scene->delay, &scene->arena, &scene->result);
    return &scene->result;
}

static void contracts_and_payers_come_in_order_of_their_ids(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    const struct pipeline_result *result = build(&scene);
    assert_string_equal(result->contracts[0].contract->id, "c1");
    assert_string_equal(result->contracts[2].contract->id, "c3");
    assert_int_equal(result->payer_count, 2);
    assert_int_equal(result->payers[0].payer_index, 1); /* p1 */
    arena_done(&scene.arena);
}

/* 300 of 365 days of service have passed: 2000 x 300 / 365 = 1643, three times. */
static void income_is_a_days_share_for_each_day(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    assert_int_equal(build(&scene)->annual_public_income_fen, 3 * 1643);
    scene.contracts[0].fund_source = FUND_SOURCE_CHARITY;
    assert_int_equal(build(&scene)->annual_public_income_fen, 2 * 1643);
    scene.payers[1].level = PAYER_LEVEL_DONOR;
    assert_int_equal(build(&scene)->annual_public_income_fen, 1643);
    arena_done(&scene.arena);
}

static void money_is_told_by_how_far_it_has_come(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    scene.milestones[0][0].accepted_on = (struct date){AS_OF - 150}; /* payable 120 days ago */
    scene.milestones[1][0].accepted_on = (struct date){AS_OF - 70};  /* payable 40 days ago */
    const struct pipeline_result *result = build(&scene);
    assert_int_equal(result->accepted_unpaid_fen, 2000);
    assert_int_equal(result->due_unaccepted_fen, 1000);
    assert_int_equal(result->future_fen, 3000);
    assert_int_equal(result->outstanding_fen, 6000);
    assert_int_equal(result->overdue_fen, 2000);
    assert_int_equal(result->overdue_30_fen, 2000);
    assert_int_equal(result->overdue_60_fen, 1000);
    assert_int_equal(result->overdue_90_fen, 1000);
    arena_done(&scene.arena);
}

/* p2 owes 2000 due, 1000 of it over 90 days: half is more than a quarter. Paid in part, 200 of 1200 is not. */
static void a_payer_too_late_on_too_much_is_cross_aged(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    scene.milestones[0][0].accepted_on = (struct date){AS_OF - 150};
    scene.milestones[1][0].accepted_on = (struct date){AS_OF - 70};
    const struct pipeline_result *result = build(&scene);
    assert_true(result->payers[1].is_cross_aged);
    assert_false(result->payers[0].is_cross_aged);
    assert_true(result->contracts[0].is_cross_aged); /* c1 is p2's too */
    assert_false(result->contracts[1].is_cross_aged);

    scene.payment = (struct payment){"t", {AS_OF - 10}, 800};
    scene.milestones[0][0].payments = &scene.payment;
    scene.milestones[0][0].payment_count = 1;
    assert_false(build(&scene)->payers[1].is_cross_aged);
    arena_done(&scene.arena);
}

/* 90 % for excellent, 2 % for each of three of the five earlier renewals, capped at 96 %. */
static void renewal_chance_follows_evaluation_and_history(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    scene.contracts[1].service_evaluation = EVALUATION_RESULT_EXCELLENT;
    scene.contracts[2].renewals = 1;
    scene.contracts[2].tier = CONTRACT_TIER_TOWNSHIP_STATION;
    const struct pipeline_result *result = build(&scene);
    assert_int_equal(result->contracts[0].renewal_ppm, 900000);
    assert_int_equal(result->contracts[1].renewal_ppm, 730000);
    scene.contracts[1].renewals = 5;
    assert_int_equal(build(&scene)->contracts[0].renewal_ppm, 960000);
    arena_done(&scene.arena);
}

static void what_another_lender_holds_may_not_be_swept(void **state)
{
    (void)state;
    struct scene scene;
    const size_t pledged[] = {0, 2};
    struct facility facility = {.id = "f1", .outstanding_fen = 100, .pledged_contract_indexes = pledged, .pledged_contract_count = 2};
    scene_init(&scene);
    scene.dossier.facilities = &facility;
    scene.dossier.facility_count = 1;
    const struct pipeline_result *result = build(&scene);
    assert_true(result->contracts[0].is_sweepable);  /* c1, index 1 */
    assert_false(result->contracts[1].is_sweepable); /* c2, index 2 */
    assert_false(result->contracts[2].is_sweepable); /* c3, index 0 */
    scene.dossier.application.facility_index = 0; /* renewed: the pledge passes to the new loan */
    assert_true(build(&scene)->contracts[1].is_sweepable);
    arena_done(&scene.arena);
}

static void a_contract_not_yet_signed_has_its_stages_weight_and_no_part_in_the_limit(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    scene.contracts[0].stage = CONTRACT_STAGE_AWARDED;
    const struct pipeline_result *result = build(&scene);
    assert_int_equal(result->contracts[2].stage_weight_ppm, 950000);
    assert_false(result->contracts[2].is_sweepable);
    assert_int_equal(result->signed_value_fen, 4000);
    assert_int_equal(result->public_contract_count, 2);
    arena_done(&scene.arena);
}

/* c1's next year, same payer and tier, renewed once more, begins the day after it ends; c2 is another payer's. */
static void a_contract_is_followed_by_its_next_service_year(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    scene.contracts[0].starts_on = (struct date){AS_OF + 66}; /* c3 */
    scene.contracts[0].ends_on = (struct date){AS_OF + 430};
    scene.contracts[0].stage = CONTRACT_STAGE_SIGNED;
    assert_false(build(&scene)->contracts[0].is_followed); /* not renewed more often: a second contract, not the next year */
    scene.contracts[0].renewals = 1;
    assert_true(build(&scene)->contracts[0].is_followed);
    assert_false(build(&scene)->contracts[1].is_followed);
    assert_false(build(&scene)->contracts[2].is_followed);
    scene.contracts[0].stage = CONTRACT_STAGE_TENDERING; /* hoped for only */
    assert_false(build(&scene)->contracts[0].is_followed);
    scene.contracts[0].stage = CONTRACT_STAGE_AWARDED;
    assert_true(build(&scene)->contracts[0].is_followed);
    scene.contracts[0].starts_on = (struct date){AS_OF + 65 + 46};
    assert_false(build(&scene)->contracts[0].is_followed);
    arena_done(&scene.arena);
}

/* p2 has two contracts of three; both payers are of one region, so of one authority. */
static void concentration_is_told_by_payer_and_by_authority(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    const struct pipeline_result *result = build(&scene);
    assert_int_equal(result->payer_share_max_bp, 6666);
    assert_int_equal(result->authority_share_max_bp, 10000);
    memcpy(scene.payers[1].region.code, "440306", 7);
    assert_int_equal(build(&scene)->authority_share_max_bp, 6666);
    arena_done(&scene.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(contracts_and_payers_come_in_order_of_their_ids),
        cmocka_unit_test(income_is_a_days_share_for_each_day),
        cmocka_unit_test(money_is_told_by_how_far_it_has_come),
        cmocka_unit_test(a_payer_too_late_on_too_much_is_cross_aged),
        cmocka_unit_test(renewal_chance_follows_evaluation_and_history),
        cmocka_unit_test(what_another_lender_holds_may_not_be_swept),
        cmocka_unit_test(a_contract_not_yet_signed_has_its_stages_weight_and_no_part_in_the_limit),
        cmocka_unit_test(a_contract_is_followed_by_its_next_service_year),
        cmocka_unit_test(concentration_is_told_by_payer_and_by_authority),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
