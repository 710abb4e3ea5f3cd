/* What contracts add up to by tier and stage, by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "scoring/pipeline_sums.h"

/* Three contracts of two payers; amounts are powers of ten, so that each sum shows what went into it. */
static struct contract CONTRACTS[] = {
    {.id = "a", .payer_index = 0, .tier = CONTRACT_TIER_TOWNSHIP_STATION, .stage = CONTRACT_STAGE_PERFORMING, .value_fen = 1111},
    {.id = "b", .payer_index = 1, .tier = CONTRACT_TIER_NONE, .stage = CONTRACT_STAGE_INTENTION, .value_fen = 500},
    {.id = "c", .payer_index = 0, .tier = CONTRACT_TIER_TOWNSHIP_STATION, .stage = CONTRACT_STAGE_PERFORMING, .value_fen = 22222},
};
static const struct pipeline_contract ROWS[] = {
    {.contract = &CONTRACTS[0], .paid_fen = 1, .accepted_unpaid_fen = 10, .due_unaccepted_fen = 100, .future_fen = 1000, .overdue_fen = 7,
     .overdue_90_fen = 3},
    {.contract = &CONTRACTS[1], .future_fen = 500},
    {.contract = &CONTRACTS[2], .paid_fen = 2, .accepted_unpaid_fen = 20, .due_unaccepted_fen = 200, .future_fen = 2000, .overdue_fen = 10,
     .deducted_fen = 20000},
};
static const struct pipeline_result PIPELINE = {.contracts = ROWS, .contract_count = 3};

static void a_contract_schedules_what_came_was_deducted_and_is_outstanding(void **state)
{
    (void)state;
    const struct pipeline_sums sums = pipeline_sums_of(&ROWS[2]);
    assert_int_equal(sums.outstanding_fen, 2220);
    assert_int_equal(sums.scheduled_fen, 22222);
    assert_int_equal(sums.received_fen, 2);
    assert_int_equal(sums.deducted_fen, 20000);
}

static void a_payers_contracts_are_summed(void **state)
{
    (void)state;
    const struct pipeline_sums first = pipeline_sums_of_payer(&PIPELINE, 0);
    assert_int_equal(first.contract_count, 2);
    assert_int_equal(first.received_fen, 3);
    assert_int_equal(first.accepted_unpaid_fen, 30);
    assert_int_equal(first.due_unaccepted_fen, 300);
    assert_int_equal(first.future_fen, 3000);
    assert_int_equal(first.outstanding_fen, 3330);
    assert_int_equal(first.overdue_fen, 17);
    assert_int_equal(first.overdue_90_fen, 3);
    assert_int_equal(first.value_fen, 23333);
    assert_int_equal(pipeline_sums_of_payer(&PIPELINE, 2).contract_count, 0);
}

static void groups_come_in_the_order_of_the_lists_and_none_is_empty(void **state)
{
    struct arena arena = {0};
    const struct pipeline_group *groups;
    (void)state;
    assert_int_equal(pipeline_group_contracts(&PIPELINE, &arena, &groups), 2);
    assert_int_equal(groups[0].tier, CONTRACT_TIER_NONE);
    assert_int_equal(groups[0].stage, CONTRACT_STAGE_INTENTION);
    assert_int_equal(groups[0].sums.scheduled_fen, 500);
    assert_int_equal(groups[1].tier, CONTRACT_TIER_TOWNSHIP_STATION);
    assert_int_equal(groups[1].stage, CONTRACT_STAGE_PERFORMING);
    assert_int_equal(groups[1].sums.contract_count, 2);
    assert_int_equal(groups[1].sums.scheduled_fen, 1111 + 22222);
    arena_done(&arena);
}

static void no_contract_makes_no_group(void **state)
{
    static const struct pipeline_result NONE = {.contract_count = 0};
    struct arena arena = {0};
    const struct pipeline_group *groups;
    (void)state;
    assert_int_equal(pipeline_group_contracts(&NONE, &arena, &groups), 0);
    arena_done(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_contract_schedules_what_came_was_deducted_and_is_outstanding),
        cmocka_unit_test(a_payers_contracts_are_summed),
        cmocka_unit_test(groups_come_in_the_order_of_the_lists_and_none_is_empty),
        cmocka_unit_test(no_contract_makes_no_group),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
