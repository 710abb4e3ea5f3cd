/* Expected values by hand: the decimal text written out in minor units. Decimals: ISO 4217 table A.1. */
#include "contracts/import/currency.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void amounts_are_exact(void **state)
{
    static const struct {
        const char *text;
        int decimals;
        int64_t minor;
    } ROWS[] = {
        {"1234.56", 2, 123456},
        {"1e6", 2, 100000000},
        {"1E+6", 2, 100000000},
        {"1.5e-1", 2, 15},
        {"0.1", 2, 10},
        {"0.29", 2, 29}, /* 0.29 * 100 is 28.999999999999996 in floating point */
        {"1.15", 2, 115},
        {"4.35", 2, 435},
        {"1311264.00", 2, 131126400},
        {"12.340000000", 2, 1234},
        {"0", 2, 0},
        {"-0.00", 2, 0},
        {"0e999999999999", 2, 0},
        {"17875000", 0, 17875000},
        {"2372509.0", 0, 2372509},
        {"1.234", 3, 1234},
        {"1.2345", 4, 12345},
        {"90071992547409.91", 2, INT64_C(9007199254740991)},
        {"0.000001e6", 2, 100},
        {"100e-2", 2, 100},
    };

    (void)state;
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        int64_t minor = -7;
        assert_int_equal(currency_parse_amount(ROWS[i].text, ROWS[i].decimals, &minor), CURRENCY_EXACT);
        assert_int_equal(minor, ROWS[i].minor);
    }
}

static void what_cannot_be_kept_exactly_is_refused_and_told_apart(void **state)
{
    static const struct {
        const char *text;
        int decimals;
        enum currency_outcome outcome;
    } ROWS[] = {
        {"", 2, CURRENCY_NO_NUMBER},          {"abc", 2, CURRENCY_NO_NUMBER},       {"1,234.56", 2, CURRENCY_NO_NUMBER},
        {"01", 2, CURRENCY_NO_NUMBER},        {".5", 2, CURRENCY_NO_NUMBER},        {"5.", 2, CURRENCY_NO_NUMBER},
        {"1e", 2, CURRENCY_NO_NUMBER},        {"1 ", 2, CURRENCY_NO_NUMBER},        {"--1", 2, CURRENCY_NO_NUMBER},
        {"0x10", 2, CURRENCY_NO_NUMBER},      {"1.2.3", 2, CURRENCY_NO_NUMBER},     {"NaN", 2, CURRENCY_NO_NUMBER},
        {"-1", 2, CURRENCY_NEGATIVE},         {"-0.001", 2, CURRENCY_NEGATIVE},     {"1.005", 2, CURRENCY_TOO_FINE},
        {"0.5", 0, CURRENCY_TOO_FINE},        {"1e-3", 2, CURRENCY_TOO_FINE},       {"1e-999999999", 2, CURRENCY_TOO_FINE},
        {"1e99", 2, CURRENCY_TOO_LARGE},      {"1e999999999999", 2, CURRENCY_TOO_LARGE},
        {"90071992547409.92", 2, CURRENCY_TOO_LARGE},
        {"99999999999999999999", 2, CURRENCY_TOO_LARGE},
    };
    char digits[500];

    (void)state;
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        int64_t minor = -7;
        assert_int_equal(currency_parse_amount(ROWS[i].text, ROWS[i].decimals, &minor), ROWS[i].outcome);
        assert_int_equal(minor, -7);
    }
    memset(digits, '9', sizeof digits);
    digits[sizeof digits - 1] = '\0';
    assert_int_equal(currency_parse_amount(digits, 2, &(int64_t){0}), CURRENCY_TOO_LARGE);
}

static void currencies_have_the_decimals_of_iso_4217(void **state)
{
    (void)state;
    assert_int_equal(currency_decimals("CNY"), 2);
    assert_int_equal(currency_decimals("JPY"), 0);
    assert_int_equal(currency_decimals("PYG"), 0);
    assert_int_equal(currency_decimals("TND"), 3);
    assert_int_equal(currency_decimals("CLF"), 4);
    assert_int_equal(currency_decimals("XAU"), -1); /* no minor unit */
    assert_int_equal(currency_decimals("DEM"), -1); /* ended */
    assert_int_equal(currency_decimals("RMB"), -1);
    assert_int_equal(currency_decimals("cny"), -1);
    assert_int_equal(currency_decimals(""), -1);
    assert_int_equal(currency_decimals("NY "), -1);
    assert_int_equal(currency_decimals("CNYX"), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(amounts_are_exact),
        cmocka_unit_test(what_cannot_be_kept_exactly_is_refused_and_told_apart),
        cmocka_unit_test(currencies_have_the_decimals_of_iso_4217),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
