#include "contracts/receipt_rematch.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

static const char *const LONGGANG[] = {"龙岗区民政局"};
static const struct known_payment TOLD = {.on = {18570}, .amount_fen = 500};

static struct receivable milestone(const char *id, int64_t open_fen)
{
    return (struct receivable){.contract = "c", .milestone = id, .number = "", .payer_names = LONGGANG, .payer_name_count = 1,
                               .due_on = {18567}, .signed_on = DATE_NONE, .open_fen = open_fen};
}

static struct kept_receipt kept(const char *id, int64_t amount_fen, enum match_reason reason)
{
    return (struct kept_receipt){.account = "0100", .id = id, .payer_name = LONGGANG[0], .note = "", .received_on = {18570},
                                 .amount_fen = amount_fen, .reason = reason};
}

struct scene {
    struct arena arena;
    const struct receipt_change *changes;
};

static size_t rematch(struct scene *scene, const struct receivable *receivables, size_t receivable_count,
                      const struct kept_receipt *receipts, size_t count)
{
    return receipt_rematch(receivables, receivable_count, receipts, count, &scene->arena, &scene->changes);
}

static void what_was_set_aside_goes_to_a_milestone_that_came_later(void **state)
{
    const struct receivable known[] = {milestone("m", 500)};
    const struct kept_receipt receipts[] = {kept("a", 500, MATCH_NO_PAYER)};
    struct scene scene = {0};
    (void)state;

    assert_int_equal(rematch(&scene, NULL, 0, receipts, 1), 0);
    assert_int_equal(rematch(&scene, known, 1, receipts, 1), 1);
    assert_ptr_equal(scene.changes[0].receipt, &receipts[0]);
    assert_int_equal(scene.changes[0].reason, MATCH_NONE);
    assert_int_equal(scene.changes[0].part_count, 1);
    assert_int_equal(scene.changes[0].parts[0].amount_fen, 500);
    assert_int_equal(scene.changes[0].parts[0].reason, MATCH_PAYER_AMOUNT);
    arena_done(&scene.arena);
}

static void a_receipt_that_waits_is_offered_what_is_open_now(void **state)
{
    const struct receivable known[] = {milestone("m", 700), milestone("n", 800)};
    struct receipt_hold held = {"c", "m", 400000, "offer_part"};
    struct kept_receipt receipt = kept("a", 2000, MATCH_AMBIGUOUS);
    struct scene scene = {0};
    (void)state;

    receipt.holds = &held;
    receipt.hold_count = 1;
    assert_int_equal(rematch(&scene, known, 2, &receipt, 1), 1);
    assert_int_equal(scene.changes[0].reason, MATCH_EXCEEDS);
    assert_int_equal(scene.changes[0].part_count, 2);
    assert_true(scene.changes[0].parts[0].is_offer && scene.changes[0].parts[1].is_offer);

    struct receipt_hold offers[] = {{"c", "m", 300000, "offer_in_order"}, {"c", "n", 300000, "offer_in_order"}};
    receipt.reason = MATCH_EXCEEDS;
    receipt.holds = offers;
    receipt.hold_count = 2;
    assert_int_equal(rematch(&scene, known, 2, &receipt, 1), 0);
    offers[1].confidence_ppm = 200000;
    assert_int_equal(rematch(&scene, known, 2, &receipt, 1), 1);
    arena_done(&scene.arena);
}

static void who_waits_for_a_person_goes_on_waiting_when_the_contract_is_gone(void **state)
{
    struct receipt_hold held = {"c", "m", 400000, "offer_part"};
    struct kept_receipt receipt = kept("a", 2000, MATCH_AMBIGUOUS);
    struct scene scene = {0};
    (void)state;

    assert_int_equal(rematch(&scene, NULL, 0, &receipt, 1), 0);
    receipt.holds = &held;
    receipt.hold_count = 1;
    assert_int_equal(rematch(&scene, NULL, 0, &receipt, 1), 1);
    assert_int_equal(scene.changes[0].reason, MATCH_AMBIGUOUS);
    assert_int_equal(scene.changes[0].part_count, 0);
    arena_done(&scene.arena);
}

static void what_went_to_milestones_stays_unless_another_source_tells_of_it(void **state)
{
    struct receivable known = milestone("m", 500); /* open again would be no reason either */
    struct receipt_hold held = {"c", "m", 900000, "payer_and_amount"};
    struct kept_receipt receipt = kept("a", 500, MATCH_NONE);
    struct scene scene = {0};
    (void)state;

    receipt.holds = &held;
    receipt.hold_count = 1;
    assert_int_equal(rematch(&scene, &known, 1, &receipt, 1), 0);
    known.payments = &TOLD;
    known.payment_count = 1;
    assert_int_equal(rematch(&scene, &known, 1, &receipt, 1), 1);
    assert_int_equal(scene.changes[0].reason, MATCH_PAYMENT_KNOWN);
    assert_int_equal(scene.changes[0].part_count, 0);
    arena_done(&scene.arena);
}

static void a_payment_that_another_statement_showed_is_not_taken_twice(void **state)
{
    struct receivable known = milestone("m", 500);
    struct kept_receipt receipts[] = {kept("a", 500, MATCH_PAYMENT_KNOWN), kept("b", 500, MATCH_NO_PAYER)};
    struct scene scene = {0};
    (void)state;

    known.payments = &TOLD;
    known.payment_count = 1;
    receipts[0].is_another_statements = true;
    assert_int_equal(rematch(&scene, &known, 1, receipts, 2), 1);
    assert_ptr_equal(scene.changes[0].receipt, &receipts[1]);
    assert_int_equal(scene.changes[0].reason, MATCH_NONE);
    assert_int_equal(rematch(&scene, &known, 1, &receipts[1], 1), 1);
    assert_int_equal(scene.changes[0].reason, MATCH_PAYMENT_KNOWN);
    arena_done(&scene.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_set_aside_goes_to_a_milestone_that_came_later),
        cmocka_unit_test(a_receipt_that_waits_is_offered_what_is_open_now),
        cmocka_unit_test(who_waits_for_a_person_goes_on_waiting_when_the_contract_is_gone),
        cmocka_unit_test(what_went_to_milestones_stays_unless_another_source_tells_of_it),
        cmocka_unit_test(a_payment_that_another_statement_showed_is_not_taken_twice),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
