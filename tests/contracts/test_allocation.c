#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "contracts/allocation.h"

#include <string.h>

static struct date day(int32_t days)
{
    return (struct date){18000 + days};
}

static const struct payment THREE[] = {{"t3", {18090}, 70}, {"t1", {18010}, 100}, {"t2", {18050}, 80}};

static void the_oldest_payment_settles_what_fell_due_first(void **state)
{
    struct arena arena = {0};
    struct milestone milestones[] = {
        {.id = "late", .due_on = day(60), .amount_fen = 100},
        {.id = "never", .due_on = DATE_NONE, .amount_fen = 100},
        {.id = "early", .due_on = day(5), .amount_fen = 150, .deducted_fen = 10},
    };
    (void)state;

    allocation_hand_out(milestones, 3, THREE, 3, &arena);
    assert_int_equal(milestones[2].payment_count, 2); /* 140: all of t1, 40 of t2 */
    assert_string_equal(milestones[2].payments[0].id, "t1");
    assert_int_equal(milestones[2].payments[0].amount_fen, 100);
    assert_int_equal(milestones[2].payments[1].amount_fen, 40);
    assert_int_equal(milestones[2].payments[1].paid_on.days, 18050);
    assert_int_equal(milestones[0].payment_count, 2); /* 100: 40 of t2, 60 of t3 */
    assert_int_equal(milestones[0].payments[0].amount_fen, 40);
    assert_int_equal(milestones[0].payments[1].amount_fen, 60);
    assert_int_equal(milestones[1].payment_count, 1); /* the 10 that are left of t3 */
    assert_int_equal(milestones[1].payments[0].amount_fen, 10);
    arena_done(&arena);
}

static void what_no_milestone_takes_goes_to_none(void **state)
{
    struct arena arena = {0};
    struct milestone milestone = {.id = "m", .due_on = day(5), .amount_fen = 120};
    (void)state;

    allocation_hand_out(&milestone, 1, THREE, 3, &arena);
    assert_int_equal(milestone.payment_count, 2);
    assert_int_equal(milestone_outstanding_fen(&milestone), 0);
    allocation_hand_out(NULL, 0, THREE, 3, &arena);
    arena_done(&arena);
}

static void an_id_that_stands_already_gets_another(void **state)
{
    static const struct payment own[] = {{"t1", {18001}, 20}, {"t1*", {18002}, 20}};
    struct arena arena = {0};
    struct milestone milestone = {.id = "m", .due_on = day(5), .amount_fen = 100, .payments = own, .payment_count = 2};
    (void)state;

    allocation_hand_out(&milestone, 1, &THREE[1], 1, &arena);
    assert_int_equal(milestone.payment_count, 3);
    assert_string_equal(milestone.payments[2].id, "t1**");
    assert_int_equal(milestone.payments[2].amount_fen, 60);
    arena_done(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_oldest_payment_settles_what_fell_due_first),
        cmocka_unit_test(what_no_milestone_takes_goes_to_none),
        cmocka_unit_test(an_id_that_stands_already_gets_another),
    };
    return cmocka_run_group_tests_name("allocation", tests, NULL, NULL);
}
