#include "contracts/receipt_match.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

static const char *const LONGGANG[] = {"龙岗区民政局", "龙岗区财政国库支付中心"};
static const char *const BAOAN[] = {"宝安区民政局"};

static struct date day(int year, int month, int day_of_month)
{
    struct date date;
    struct zcd_error err;

    assert_int_equal(date_from_ymd(year, month, day_of_month, &date, &err), ZCD_OK);
    return date;
}

static struct receivable of(const char *contract, const char *milestone, const char *number, struct date due_on, int64_t open_fen)
{
    return (struct receivable){.contract = contract, .milestone = milestone, .number = number, .payer_names = LONGGANG,
                               .payer_name_count = COUNT_OF(LONGGANG), .due_on = due_on, .signed_on = DATE_NONE, .open_fen = open_fen};
}

static struct receipt receipt(const char *id, struct date on, int64_t amount_fen, const char *payer_name, const char *note)
{
    return (struct receipt){.id = id, .on = on, .amount_fen = amount_fen, .payer_name = payer_name, .note = note};
}

static void expect_part(const struct receipt_part *part, size_t of_receipt, size_t receivable, int64_t amount_fen, enum match_reason reason)
{
    assert_int_equal(part->receipt, of_receipt);
    assert_int_equal(part->reason, reason);
    assert_true(part->receivable == receivable);
    assert_int_equal(part->amount_fen, amount_fen);
}

/* One receipt against these milestones, which goes where it is expected or nowhere. */
static void expect_one(const struct receivable *receivables, size_t count, struct receipt given, size_t receivable, enum match_reason reason)
{
    struct arena arena = {0};
    const struct receipt_part *parts;

    size_t part_count = receipt_match(receivables, count, &given, 1, &arena, &parts);
    assert_true(part_count == 1 || receivable == SIZE_MAX);
    for (size_t i = 0; i < part_count; i++)
        assert_true(parts[i].is_offer == (i > 0));
    expect_part(parts, 0, receivable, receivable == SIZE_MAX ? 0 : given.amount_fen, reason);
    arena_done(&arena);
}

static void money_of_strangers_is_no_payment_of_a_contract(void **state)
{
    (void)state;
    const struct receivable one = of("c1", "m1", "HT-2020-1", day(2020, 10, 31), 500);

    expect_one(&one, 1, receipt("r", day(2020, 10, 30), 500, "张三", "捐款"), SIZE_MAX, MATCH_NO_PAYER);
    expect_one(NULL, 0, receipt("r", day(2020, 10, 30), 500, "龙岗区民政局", ""), SIZE_MAX, MATCH_NO_PAYER);
    assert_false(match_reason_waits(MATCH_NO_PAYER));
}

static void a_payer_is_known_by_an_alias_in_any_width_and_spacing(void **state)
{
    (void)state;
    const struct receivable one = of("c1", "m1", "", day(2020, 10, 31), 500);

    expect_one(&one, 1, receipt("r", day(2020, 11, 2), 500, " 龙岗区　民政局", ""), 0, MATCH_PAYER_AMOUNT);
    expect_one(&one, 1, receipt("r", day(2020, 11, 2), 500, "龙岗区财政国库支付中心", ""), 0, MATCH_PAYER_AMOUNT);
}

static void the_number_in_the_note_decides_between_equal_amounts(void **state)
{
    (void)state;
    const struct receivable two[] = {of("c1", "m1", "深龙社购〔2020〕11号", day(2020, 10, 31), 500),
                                     of("c2", "m1", "深龙社购〔2020〕12号", day(2020, 10, 31), 500)};

    expect_one(two, 2, receipt("r", day(2020, 11, 2), 500, "龙岗区民政局", "付项目款"), SIZE_MAX, MATCH_AMBIGUOUS);
    assert_true(match_reason_waits(MATCH_AMBIGUOUS));
    expect_one(two, 2, receipt("r", day(2020, 11, 2), 500, "龙岗区民政局", "付 深龙社购【２０２０】12号 款"), 1, MATCH_NUMBER_AMOUNT);
}

static void a_number_inside_a_longer_number_is_not_cited(void **state)
{
    (void)state;
    const struct receivable two[] = {of("c1", "m1", "HT-2020-1", day(2020, 10, 31), 500), of("c2", "m1", "HT-2020-12", day(2020, 10, 31), 500)};

    expect_one(two, 2, receipt("r", day(2020, 11, 2), 500, "龙岗区民政局", "ht-2020-12合同款"), 1, MATCH_NUMBER_AMOUNT);
    expect_one(two, 1, receipt("r", day(2020, 11, 2), 500, "某人", "XHT-2020-1"), SIZE_MAX, MATCH_NO_PAYER);
}

static void somebody_else_may_pay_a_cited_contract_exactly_and_only_so(void **state)
{
    (void)state;
    const struct receivable one = of("c1", "m1", "HT-2020-1", day(2020, 10, 31), 500);

    expect_one(&one, 1, receipt("r", day(2020, 11, 2), 500, "深圳市财政局", "HT-2020-1"), 0, MATCH_NUMBER_OTHER_PAYER);
    expect_one(&one, 1, receipt("r", day(2020, 11, 2), 499, "深圳市财政局", "HT-2020-1"), SIZE_MAX, MATCH_OTHER_PAYER);
}

static void of_equal_instalments_of_one_contract_the_earliest_is_paid(void **state)
{
    (void)state;
    const struct receivable three[] = {of("c1", "m3", "", day(2020, 12, 31), 500), of("c1", "m1", "", day(2020, 10, 31), 500),
                                       of("c1", "m2", "", day(2020, 11, 30), 500)};

    expect_one(three, 3, receipt("r", day(2020, 12, 30), 500, "龙岗区民政局", ""), 1, MATCH_PAYER_EARLIEST);
}

/* 300 + 400 of c1; 700 is no single milestone. */
static void one_receipt_pays_several_milestones(void **state)
{
    (void)state;
    const struct receivable three[] = {of("c1", "m1", "", day(2020, 9, 30), 300), of("c1", "m2", "", day(2020, 10, 31), 400),
                                       of("c1", "m3", "", day(2020, 12, 31), 900)};
    const struct receipt given = receipt("r", day(2020, 11, 2), 700, "龙岗区民政局", "");
    struct arena arena = {0};
    const struct receipt_part *parts;

    assert_int_equal(receipt_match(three, 3, &given, 1, &arena, &parts), 2);
    expect_part(&parts[0], 0, 0, 300, MATCH_PAYER_SUM);
    expect_part(&parts[1], 0, 1, 400, MATCH_PAYER_SUM);
    arena_done(&arena);
}

/* At the year's end one payment for all that is due: 300 of c1 and 450 of c2; 200 of c2 is due later. */
static void one_receipt_pays_all_that_is_due_over_several_contracts(void **state)
{
    (void)state;
    const struct receivable three[] = {of("c1", "m1", "", day(2020, 10, 31), 300), of("c2", "m1", "", day(2020, 11, 30), 450),
                                       of("c2", "m2", "", day(2021, 1, 31), 200)};
    const struct receipt given = receipt("r", day(2020, 12, 28), 750, "龙岗区民政局", "");
    struct arena arena = {0};
    const struct receipt_part *parts;

    assert_int_equal(receipt_match(three, 3, &given, 1, &arena, &parts), 2);
    expect_part(&parts[0], 0, 0, 300, MATCH_PAYER_ALL_DUE);
    expect_part(&parts[1], 0, 1, 450, MATCH_PAYER_ALL_DUE);
    arena_done(&arena);
}

/* 1000 is paid as 600 and 400; the order in which they are given is the later one first. */
static void several_receipts_pay_one_milestone_in_any_order_of_the_file(void **state)
{
    (void)state;
    const struct receivable one = of("c1", "m1", "", day(2020, 10, 31), 1000);
    const struct receipt given[] = {receipt("b", day(2020, 12, 1), 400, "龙岗区民政局", ""), receipt("a", day(2020, 11, 1), 600, "龙岗区民政局", "")};
    struct arena arena = {0};
    const struct receipt_part *parts;

    assert_int_equal(receipt_match(&one, 1, given, 2, &arena, &parts), 2);
    expect_part(&parts[0], 0, 0, 400, MATCH_PAYER_AMOUNT);
    expect_part(&parts[1], 1, 0, 600, MATCH_PAYER_PART);
    arena_done(&arena);
}

/* 500 under a cited contract with 300 and 400 open: 300 and 200. */
static void a_cited_contract_is_paid_in_the_order_of_its_due_days(void **state)
{
    (void)state;
    const struct receivable two[] = {of("c1", "m2", "HT-1", day(2020, 10, 31), 400), of("c1", "m1", "HT-1", day(2020, 9, 30), 300)};
    const struct receipt given = receipt("r", day(2020, 11, 2), 500, "龙岗区民政局", "HT-1");
    struct arena arena = {0};
    const struct receipt_part *parts;

    assert_int_equal(receipt_match(two, 2, &given, 1, &arena, &parts), 2);
    expect_part(&parts[0], 0, 1, 300, MATCH_NUMBER_IN_ORDER);
    expect_part(&parts[1], 0, 0, 200, MATCH_NUMBER_IN_ORDER);
    arena_done(&arena);
}

static void what_does_not_fit_waits(void **state)
{
    (void)state;
    struct receivable two[] = {of("c1", "m1", "", day(2020, 10, 31), 300), of("c1", "m2", "", day(2020, 11, 30), 400)};

    expect_one(two, 2, receipt("r", day(2020, 12, 1), 701, "龙岗区民政局", ""), SIZE_MAX, MATCH_EXCEEDS);
    expect_one(two, 2, receipt("r", day(2020, 12, 1), 350, "龙岗区民政局", ""), SIZE_MAX, MATCH_NO_AMOUNT_FITS);
    two[1] = of("c2", "m1", "", day(2020, 11, 30), 400);
    expect_one(two, 2, receipt("r", day(2020, 12, 1), 100, "龙岗区民政局", ""), SIZE_MAX, MATCH_AMBIGUOUS);
}

/* 92 days before 2020-10-31 is 2020-07-31; 1096 days after it is 2023-11-01. */
static void a_milestone_is_open_from_three_months_before_its_day_to_three_years_after(void **state)
{
    (void)state;
    struct receivable one = of("c1", "m1", "", day(2020, 10, 31), 500);

    expect_one(&one, 1, receipt("r", day(2020, 7, 30), 500, "龙岗区民政局", ""), SIZE_MAX, MATCH_NOTHING_OPEN);
    expect_one(&one, 1, receipt("r", day(2020, 7, 31), 500, "龙岗区民政局", ""), 0, MATCH_PAYER_AMOUNT);
    expect_one(&one, 1, receipt("r", day(2023, 11, 1), 500, "龙岗区民政局", ""), 0, MATCH_PAYER_AMOUNT);
    expect_one(&one, 1, receipt("r", day(2023, 11, 2), 500, "龙岗区民政局", ""), SIZE_MAX, MATCH_NOTHING_OPEN);
    one.signed_on = day(2020, 8, 2);
    expect_one(&one, 1, receipt("r", day(2020, 8, 1), 500, "龙岗区民政局", ""), SIZE_MAX, MATCH_NOTHING_OPEN);
}

static void what_one_receipt_took_is_not_open_for_the_next(void **state)
{
    (void)state;
    const struct receivable one = of("c1", "m1", "", day(2020, 10, 31), 500);
    const struct receipt given[] = {receipt("a", day(2020, 11, 1), 500, "龙岗区民政局", ""), receipt("b", day(2020, 11, 1), 500, "龙岗区民政局", "")};
    struct arena arena = {0};
    const struct receipt_part *parts;

    assert_int_equal(receipt_match(&one, 1, given, 2, &arena, &parts), 2);
    expect_part(&parts[0], 0, 0, 500, MATCH_PAYER_AMOUNT);
    expect_part(&parts[1], 1, SIZE_MAX, 0, MATCH_NOTHING_OPEN);
    arena_done(&arena);
}

/* All orders of four receipts and three milestones give the same parts by id. */
static void the_order_of_the_input_changes_nothing(void **state)
{
    (void)state;
    const struct receivable milestones[] = {of("c1", "m1", "HT-2020-1", day(2020, 9, 30), 300), of("c1", "m2", "HT-2020-1", day(2020, 10, 31), 300),
                                            {.contract = "c2", .milestone = "m1", .number = "", .payer_names = BAOAN, .payer_name_count = 1,
                                             .due_on = day(2020, 10, 31), .signed_on = DATE_NONE, .open_fen = 700}};
    const struct receipt receipts[] = {receipt("a", day(2020, 11, 1), 300, "龙岗区民政局", ""), receipt("b", day(2020, 11, 1), 200, "龙岗区民政局", ""),
                                       receipt("c", day(2020, 11, 2), 100, "龙岗区民政局", "HT-2020-1"), receipt("d", day(2020, 11, 2), 700, "宝安区民政局", "")};
    /* By hand: a takes m1 (equal amounts, earliest); b is part of m2; c takes its rest; d takes c2. */
    static const enum match_reason REASONS[] = {MATCH_PAYER_EARLIEST, MATCH_PAYER_PART, MATCH_NUMBER_AMOUNT, MATCH_PAYER_AMOUNT};
    static const char *const MILESTONES[] = {"c1/m1", "c1/m2", "c1/m2", "c2/m1"};
    static const size_t ORDERS[][4] = {{0, 1, 2, 3}, {3, 2, 1, 0}, {2, 0, 3, 1}, {1, 3, 0, 2}};

    for (size_t order = 0; order < COUNT_OF(ORDERS); order++) {
        struct receivable shuffled[3];
        struct receipt given[4];
        struct arena arena = {0};
        const struct receipt_part *parts;

        for (size_t i = 0; i < 3; i++)
            shuffled[i] = milestones[(i + order) % 3];
        for (size_t i = 0; i < 4; i++)
            given[i] = receipts[ORDERS[order][i]];
        assert_int_equal(receipt_match(shuffled, 3, given, 4, &arena, &parts), 4);
        for (size_t i = 0; i < 4; i++) {
            size_t which = ORDERS[order][i];
            const struct receivable *taken = &shuffled[parts[i].receivable];
            assert_int_equal(parts[i].receipt, i);
            assert_int_equal(parts[i].reason, REASONS[which]);
            assert_memory_equal(taken->contract, MILESTONES[which], 2);
            assert_string_equal(taken->milestone, MILESTONES[which] + 3);
        }
        arena_done(&arena);
    }
}

static void a_treasury_that_is_no_payer_waits_with_what_fits_exactly(void **state)
{
    (void)state;
    const struct receivable four[] = {of("c1", "m1", "", day(2020, 10, 31), 500), of("c2", "m1", "", day(2020, 10, 31), 500),
                                       of("c3", "m1", "", day(2020, 10, 31), 700), of("c2", "m2", "", day(2020, 11, 30), 500)};
    const struct receipt given = receipt("r", day(2020, 11, 2), 500, "深圳市财政局", "拨款");
    struct arena arena = {0};
    const struct receipt_part *parts;

    /* 900,000 millionths of offer_amount, shared by two contracts, of which one has two such milestones. */
    assert_int_equal(receipt_match(four, 4, &given, 1, &arena, &parts), 4);
    expect_part(&parts[0], 0, SIZE_MAX, 0, MATCH_TREASURY);
    expect_part(&parts[1], 0, 0, 0, MATCH_OFFER_AMOUNT);
    expect_part(&parts[2], 0, 1, 0, MATCH_OFFER_AMOUNT);
    expect_part(&parts[3], 0, 3, 0, MATCH_OFFER_AMOUNT);
    assert_true(parts[1].is_offer && parts[2].is_offer);
    assert_int_equal(parts[1].confidence_ppm, 450000);
    assert_int_equal(parts[3].confidence_ppm, 450000);
    assert_int_equal(parts[2].confidence_ppm, 450000);
    assert_true(match_reason_waits(MATCH_TREASURY));
    arena_done(&arena);
}

static void offers_stand_in_the_order_of_what_speaks_for_them_and_are_few(void **state)
{
    (void)state;
    struct receivable many[12];
    char ids[12][4];
    struct receipt given = receipt("r", day(2020, 11, 2), 600, "龙岗区民政局", "");
    struct arena arena = {0};
    const struct receipt_part *parts;

    /* c00 to c10 are larger; c11 is due too far off. */
    for (size_t i = 0; i < 12; i++) {
        (void)snprintf(ids[i], sizeof ids[i], "c%02d", (int)i);
        many[i] = of(ids[i], "m1", "", i == 11 ? day(2022, 1, 1) : day(2020, 10, 31), 1000 + (int64_t)i);
    }
    assert_int_equal(receipt_match(many, 12, &given, 1, &arena, &parts), 1 + RECEIPT_OFFERS_MAX);
    expect_part(&parts[0], 0, SIZE_MAX, 0, MATCH_AMBIGUOUS);
    for (size_t i = 1; i <= RECEIPT_OFFERS_MAX; i++)
        expect_part(&parts[i], 0, i - 1, 0, MATCH_OFFER_PART);

    const struct receivable two[] = {many[11], of("c99", "m1", "", day(2020, 10, 31), 500)};
    given.amount_fen = 501;
    assert_int_equal(receipt_match(two, 2, &given, 1, &arena, &parts), 3);
    expect_part(&parts[0], 0, SIZE_MAX, 0, MATCH_EXCEEDS);
    expect_part(&parts[1], 0, 1, 0, MATCH_OFFER_IN_ORDER);
    expect_part(&parts[2], 0, 0, 0, MATCH_OFFER_OTHER_DAY);
    arena_done(&arena);
}

static void a_payment_that_another_source_told_of_is_one_receipt_and_no_second_payment(void **state)
{
    (void)state;
    const struct known_payment known[] = {{day(2020, 10, 12), 500}};
    struct receivable two[] = {of("c1", "m1", "", day(2020, 7, 31), 0), of("c1", "m2", "", day(2020, 10, 31), 500)};
    const struct receipt given[] = {receipt("a", day(2020, 10, 14), 500, "龙岗区民政局", ""),
                                    receipt("b", day(2020, 10, 15), 500, "龙岗区民政局", "")};
    struct arena arena = {0};
    const struct receipt_part *parts;

    two[0].payments = known;
    two[0].payment_count = 1;
    assert_int_equal(receipt_match(two, 2, given, 2, &arena, &parts), 2);
    expect_part(&parts[0], 0, SIZE_MAX, 0, MATCH_PAYMENT_KNOWN);
    expect_part(&parts[1], 1, 1, 500, MATCH_PAYER_AMOUNT);
    assert_false(match_reason_waits(MATCH_PAYMENT_KNOWN));
    expect_one(two, 2, receipt("a", day(2020, 10, 22), 500, "龙岗区民政局", ""), SIZE_MAX, MATCH_PAYMENT_KNOWN);
    expect_one(two, 2, receipt("a", day(2020, 10, 23), 500, "龙岗区民政局", ""), 1, MATCH_PAYER_AMOUNT); /* 11 days off */
    expect_one(two, 2, receipt("a", day(2020, 10, 14), 499, "龙岗区民政局", ""), 1, MATCH_PAYER_PART);
    expect_one(two, 1, receipt("a", day(2020, 11, 14), 500, "龙岗区民政局", ""), SIZE_MAX, MATCH_NOTHING_OPEN);
    arena_done(&arena);
}

static void what_has_no_due_day_is_matched_with_nothing(void **state)
{
    (void)state;
    const struct receivable two[] = {of("c1", "", "HT-2020-1", DATE_NONE, 0), of("c2", "m1", "HT-2020-2", DATE_NONE, 500)};

    expect_one(two, 1, receipt("r", day(2020, 10, 30), 500, "龙岗区民政局", ""), SIZE_MAX, MATCH_NOTHING_OPEN);
    expect_one(two, 2, receipt("r", day(2020, 10, 30), 500, "某人", "HT-2020-2"), SIZE_MAX, MATCH_NOTHING_OPEN);
}

static void every_reason_has_a_code_and_both_texts(void **state)
{
    (void)state;
#define MATCH_REASON(number, name, code, confidence, zh, en)                 \
    assert_string_equal(match_reason_code(MATCH_##name), code);              \
    assert_int_equal(match_reason_confidence_ppm(MATCH_##name), confidence); \
    assert_true(strlen(match_reason_text_zh(MATCH_##name)) > 0 && strlen(match_reason_text_en(MATCH_##name)) > 0);
#include "contracts/match_reasons.def"
#undef MATCH_REASON
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(money_of_strangers_is_no_payment_of_a_contract),
        cmocka_unit_test(a_payer_is_known_by_an_alias_in_any_width_and_spacing),
        cmocka_unit_test(the_number_in_the_note_decides_between_equal_amounts),
        cmocka_unit_test(a_number_inside_a_longer_number_is_not_cited),
        cmocka_unit_test(somebody_else_may_pay_a_cited_contract_exactly_and_only_so),
        cmocka_unit_test(of_equal_instalments_of_one_contract_the_earliest_is_paid),
        cmocka_unit_test(one_receipt_pays_several_milestones),
        cmocka_unit_test(one_receipt_pays_all_that_is_due_over_several_contracts),
        cmocka_unit_test(several_receipts_pay_one_milestone_in_any_order_of_the_file),
        cmocka_unit_test(a_cited_contract_is_paid_in_the_order_of_its_due_days),
        cmocka_unit_test(what_does_not_fit_waits),
        cmocka_unit_test(a_milestone_is_open_from_three_months_before_its_day_to_three_years_after),
        cmocka_unit_test(what_one_receipt_took_is_not_open_for_the_next),
        cmocka_unit_test(the_order_of_the_input_changes_nothing),
        cmocka_unit_test(a_treasury_that_is_no_payer_waits_with_what_fits_exactly),
        cmocka_unit_test(offers_stand_in_the_order_of_what_speaks_for_them_and_are_few),
        cmocka_unit_test(a_payment_that_another_source_told_of_is_one_receipt_and_no_second_payment),
        cmocka_unit_test(what_has_no_due_day_is_matched_with_nothing),
        cmocka_unit_test(every_reason_has_a_code_and_both_texts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
