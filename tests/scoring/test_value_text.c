/* Values as people read them, in both languages. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "scoring/value_text.h"

static void each_unit_is_written_in_its_way(void **state)
{
    (void)state;
    static const struct {
        enum characteristic id;
        int64_t value;
        const char *zh, *en;
    } CASES[] = {
        {CHARACTERISTIC_RECEIVABLE_COVER, 12345, "1.23倍", "1.23 times"},
        {CHARACTERISTIC_COLLATERAL_COVER, 0, "0.00倍", "0.00 times"},
        {CHARACTERISTIC_REMAINING_MONTHS, 6, "6个月", "6 months"},
        {CHARACTERISTIC_RENEWAL_RATE, 9876, "98.76 %", "98.76 %"},
        {CHARACTERISTIC_STAFF_GROWTH, -5, "-0.05 %", "-0.05 %"},
        {CHARACTERISTIC_STAFF_GROWTH, -12345, "-123.45 %", "-123.45 %"},
        {CHARACTERISTIC_EXPECTED_DELAY, 1, "1天", "1 day"},
        {CHARACTERISTIC_SERVICE_EVALUATIONS, 87, "87分", "87 points"},
        {CHARACTERISTIC_ORGANISATION_GRADE, 5, "5A", "5A"},
        {CHARACTERISTIC_YEARS_REGISTERED, 10, "10年", "10 years"},
        {CHARACTERISTIC_LICENSED_PER_STATION, 25999, "2.59人", "2.59 people"},
        {CHARACTERISTIC_CASH_MONTHS, 5000, "0.50个月", "0.50 months"},
        {CHARACTERISTIC_NET_ASSET_MONTHS, -2500, "-0.25个月", "-0.25 months"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct arena arena = {NULL};
        struct value_text text = value_text_characteristic(&arena, CASES[i].id, CASES[i].value);
        assert_string_equal(text.zh, CASES[i].zh);
        assert_string_equal(text.en, CASES[i].en);
        arena_done(&arena);
    }
}

/* Every unit of characteristics.def is known, at any value. */
static void every_characteristic_can_be_written(void **state)
{
    (void)state;
    static const int64_t VALUES[] = {-1000000000, -1, 0, 1, 1000000000};
    for (int id = 1; id < CHARACTERISTIC_END; id++) {
        for (size_t i = 0; i < sizeof VALUES / sizeof *VALUES; i++) {
            struct arena arena = {NULL};
            struct value_text text = value_text_characteristic(&arena, (enum characteristic)id, VALUES[i]);
            assert_true(text.zh[0] != '\0');
            assert_true(text.en[0] != '\0');
            arena_done(&arena);
        }
    }
}

static void money_and_probabilities_have_their_unit(void **state)
{
    (void)state;
    struct arena arena = {NULL};
    assert_string_equal(value_text_money(&arena, 500000000).zh, "5,000,000.00元");
    assert_string_equal(value_text_money(&arena, 500000000).en, "CNY 5,000,000.00");
    assert_string_equal(value_text_ppm(&arena, 949999).en, "94.99 %"); /* rounded down: never shown better than it is */
    assert_string_equal(value_text_ppm(&arena, 1000000).en, "100.00 %");
    assert_string_equal(value_text_count(&arena, 12, "份", "contracts").en, "12 contracts");
    arena_done(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_unit_is_written_in_its_way),
        cmocka_unit_test(every_characteristic_can_be_written),
        cmocka_unit_test(money_and_probabilities_have_their_unit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
