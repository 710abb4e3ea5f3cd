#include "contracts/import/ocds_process.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* Seconds as `date -u -d TEXT +%s` has them. */
static void dates_are_instants_in_whatever_form_publishers_write_them(void **state)
{
    static const struct {
        const char *text;
        int64_t at_us;
    } cases[] = {
        {"2024-06-30T12:34:56Z", INT64_C(1719750896000000)},      {"2024-06-30T12:34:56", INT64_C(1719750896000000)},
        {"2024-06-30T20:34:56+08:00", INT64_C(1719750896000000)}, {"2024-06-30T20:34:56+0800", INT64_C(1719750896000000)},
        {"2024-06-30T08:04:56-04:30", INT64_C(1719750896000000)}, {"2024-06-30T12:34:56.25Z", INT64_C(1719750896250000)},
        {"2024-06-30T12:34:56.1234567+00:00", INT64_C(1719750896123456)},
        {"2024-06-30T12:34Z", INT64_C(1719750840000000)},         {"2024-06-30 12:34", INT64_C(1719750840000000)},
        {"2024-06-30", INT64_C(1719705600000000)},
    };
    static const char *const none[] = {"", "30/06/2024", "2024-06-31", "2024-06-30T1x:34:56Z", "2024-06-30T12:34:56+8", "2024-06-30T12:34:56 EST"};
    int64_t at_us;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_true(ocds_parse_instant(cases[i].text, &at_us));
        assert_int_equal(at_us, cases[i].at_us);
    }
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        assert_false(ocds_parse_instant(none[i], &at_us));
}

/* Merge two releases, given as texts, in both orders of the file: is it clear, and what is the contract's title? */
static void check(const char *first, int64_t first_us, const char *second, int64_t second_us, bool expected, const char *title)
{
    for (size_t turn = 0; turn < 2; turn++) {
        struct ocds_dated dated[2] = {{json_loads(first, 0, NULL), first_us, turn}, {json_loads(second, 0, NULL), second_us, 1 - turn}};
        bool is_clear;
        json_t *merged = ocds_process_merge(dated, 2, &is_clear);

        assert_int_equal(is_clear, expected);
        if (title != NULL)
            assert_string_equal(json_string_value(json_object_get(json_array_get(json_object_get(merged, "contracts"), 0), "title")), title);
        json_decref(merged);
        json_decref(dated[0].release);
        json_decref(dated[1].release);
    }
}

#define TITLE(text) "{\"ocid\":\"o\",\"contracts\":[{\"id\":\"c\",\"title\":\"" text "\"}]}"

static void the_later_date_counts_wherever_it_stands_in_the_file(void **state)
{
    (void)state;
    check(TITLE("a"), 1, TITLE("b"), 2, true, "b");
    check(TITLE("a"), INT64_MIN, TITLE("b"), 1, true, "b");
}

static void releases_of_one_date_are_clear_only_when_their_order_makes_no_difference(void **state)
{
    (void)state;
    check(TITLE("a"), 1, TITLE("b"), 1, false, NULL);
    check(TITLE("a"), INT64_MIN, TITLE("b"), INT64_MIN, false, NULL);
    check(TITLE("a"), 1, TITLE("a"), 1, true, "a");
    check(TITLE("a"), 1, "{\"ocid\":\"o\",\"contracts\":[{\"id\":\"c\",\"status\":\"active\"}]}", 1, true, "a");
    check("{\"ocid\":\"o\",\"awards\":[{\"id\":1}]}", 1, "{\"ocid\":\"o\",\"awards\":[{\"id\":2},{\"id\":\"1\",\"title\":\"x\"}]}", 1, true, NULL);
    check("{\"ocid\":\"o\",\"tender\":{\"title\":\"x\"}}", 1, "{\"ocid\":\"o\",\"tender\":{\"title\":\"y\"}}", 1, true, NULL);
    check("{\"ocid\":\"o\",\"parties\":[{\"id\":1,\"identifier\":{\"id\":\"x\"}}]}", 1,
          "{\"ocid\":\"o\",\"parties\":[{\"id\":1,\"identifier\":{\"id\":\"y\"}}]}", 1, false, NULL);
    check("{\"ocid\":\"o\",\"parties\":[{\"id\":1,\"name\":\"x\"}]}", 1, "{\"ocid\":\"o\",\"parties\":[{\"id\":1,\"name\":\"y\"}]}", 1, true, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dates_are_instants_in_whatever_form_publishers_write_them),
        cmocka_unit_test(the_later_date_counts_wherever_it_stands_in_the_file),
        cmocka_unit_test(releases_of_one_date_are_clear_only_when_their_order_makes_no_difference),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
