#include "base/money.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

static void addition_says_whether_it_fit(void **state)
{
    int64_t sum = 7;

    (void)state;
    assert_true(money_add(1, -3, &sum));
    assert_int_equal(sum, -2);
    assert_true(money_add(INT64_MAX - 1, 1, &sum));
    assert_true(sum == INT64_MAX);
    sum = 7;
    assert_false(money_add(INT64_MAX, 1, &sum));
    assert_false(money_add(INT64_MIN, -1, &sum));
    assert_int_equal(sum, 7);
}

static void subtraction_says_whether_it_fit(void **state)
{
    int64_t difference = 7;

    (void)state;
    assert_true(money_sub(1, 3, &difference));
    assert_int_equal(difference, -2);
    assert_true(money_sub(-1, INT64_MAX, &difference));
    assert_true(difference == INT64_MIN);
    difference = 7;
    assert_false(money_sub(-2, INT64_MAX, &difference));
    assert_false(money_sub(0, INT64_MIN, &difference));
    assert_int_equal(difference, 7);
}

static void floor_goes_down_and_ceil_up_on_both_sides_of_zero(void **state)
{
    static const struct {
        int64_t amount, numerator, denominator, floor, ceil;
    } cases[] = {
        {7, 1, 2, 3, 4},     {-7, 1, 2, -4, -3}, {7, -1, 2, -4, -3}, {-7, -1, 2, 3, 4},
        {8, 1, 2, 4, 4},     {-8, 1, 2, -4, -4}, {0, 5, 3, 0, 0},    {1, 1, INT64_MAX, 0, 1},
        {-1, 1, INT64_MAX, -1, 0},
        {INT64_MAX, 10000, 10000, INT64_MAX, INT64_MAX},
        {INT64_MIN, 1, 1, INT64_MIN, INT64_MIN},
        /* 10^13 * 10^13 / 10^13: the product needs more than 64 bits. */
        {MONEY_FEN_MAX, MONEY_FEN_MAX, MONEY_FEN_MAX, MONEY_FEN_MAX, MONEY_FEN_MAX},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_true(money_mul_ratio_floor(cases[i].amount, cases[i].numerator, cases[i].denominator) == cases[i].floor);
        assert_true(money_mul_ratio_ceil(cases[i].amount, cases[i].numerator, cases[i].denominator) == cases[i].ceil);
    }
}

static void floor_and_ceil_keep_their_definition_for_all_small_numbers(void **state)
{
    (void)state;
    for (int64_t amount = -40; amount <= 40; amount++) {
        for (int64_t numerator = -20; numerator <= 20; numerator++) {
            for (int64_t denominator = 1; denominator <= 20; denominator++) {
                int64_t product = amount * numerator;
                int64_t floor = money_mul_ratio_floor(amount, numerator, denominator);
                int64_t ceil = money_mul_ratio_ceil(amount, numerator, denominator);
                assert_true(floor * denominator <= product && product < (floor + 1) * denominator);
                assert_true(ceil * denominator >= product && product > (ceil - 1) * denominator);
            }
        }
    }
}

/* 5,000,000.00 yuan at 3.85 % a year is 192,500.00 yuan; one fen at any rate below 100 % is nothing, or one. */
static void rates_in_basis_points_and_parts_per_million(void **state)
{
    (void)state;
    assert_int_equal(money_mul_bp_floor(500000000, 385), 19250000);
    assert_int_equal(money_mul_bp_ceil(500000000, 385), 19250000);
    assert_int_equal(money_mul_bp_floor(1, 9999), 0);
    assert_int_equal(money_mul_bp_ceil(1, 9999), 1);
    assert_int_equal(money_mul_bp_floor(-1, 1), -1);
    assert_int_equal(money_mul_ppm_floor(500000000, 12345), 6172500);
    assert_int_equal(money_mul_ppm_floor(999999, 1), 0);
}

static void rounds_down_to_whole_steps(void **state)
{
    (void)state;
    assert_int_equal(money_round_down(123456789, 1000000), 123000000);
    assert_int_equal(money_round_down(1000000, 1000000), 1000000);
    assert_int_equal(money_round_down(999999, 1000000), 0);
    assert_int_equal(money_round_down(0, 1), 0);
}

static void yuan_are_grouped_by_thousands_with_two_decimals(void **state)
{
    static const struct {
        int64_t amount_fen;
        const char *text;
    } cases[] = {
        {0, "0.00"}, {5, "0.05"}, {-5, "-0.05"}, {99999, "999.99"}, {100000, "1,000.00"}, {100001, "1,000.01"},
        {500000000, "5,000,000.00"}, {-123456789, "-1,234,567.89"}, {MONEY_FEN_MAX, "100,000,000,000.00"},
        {INT64_MAX, "92,233,720,368,547,758.07"}, {INT64_MIN, "-92,233,720,368,547,758.08"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[MONEY_TEXT_SIZE];
        assert_ptr_equal(money_format_yuan(cases[i].amount_fen, text), text);
        assert_string_equal(text, cases[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addition_says_whether_it_fit),
        cmocka_unit_test(subtraction_says_whether_it_fit),
        cmocka_unit_test(floor_goes_down_and_ceil_up_on_both_sides_of_zero),
        cmocka_unit_test(floor_and_ceil_keep_their_definition_for_all_small_numbers),
        cmocka_unit_test(rates_in_basis_points_and_parts_per_million),
        cmocka_unit_test(rounds_down_to_whole_steps),
        cmocka_unit_test(yuan_are_grouped_by_thousands_with_two_decimals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
