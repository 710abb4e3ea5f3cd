/* The days of a law, and the windows in which a deferral could be agreed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "scoring/deferral_window.h"
#include "tests/scoring/sound_case.h"

#define COUNT_OF(array) (sizeof(array) / sizeof(*(array)))

static void a_law_is_in_force_on_both_its_days(void **state)
{
    (void)state;
    const struct law law = {20140720, 20240923, "", ""};
    assert_false(law_is_in_force(&law, on("2014-07-19")));
    assert_true(law_is_in_force(&law, on("2014-07-20")));
    assert_true(law_is_in_force(&law, on("2024-09-23")));
    assert_false(law_is_in_force(&law, on("2024-09-24")));
    assert_true(law_holds(20240924, LAW_OPEN, on("2199-12-31")));
    assert_int_equal(law_day(20240229).days, on("2024-02-29").days);
}

/* The days are those of the notices; the row that fits is named by its number in the list. */
static void a_window_is_open_only_on_its_days(void **state)
{
    (void)state;
    static const struct {
        const char *agreed_on, *from, *to;
        int number; /* 0: none */
    } rows[] = {
        {"2020-02-29", "2020-03-21", "2020-06-21", 0}, {"2020-03-01", "2020-03-21", "2020-06-21", 1},
        {"2020-03-01", "2020-03-21", "2020-07-01", 0}, {"2020-06-01", "2020-06-01", "2021-03-31", 2},
        {"2020-06-01", "2020-06-01", "2021-04-01", 0}, {"2020-12-31", "2020-12-31", "2021-03-31", 2},
        {"2021-01-01", "2021-01-21", "2021-07-21", 3}, {"2021-04-01", "2021-04-21", "2021-10-21", 4},
        {"2021-12-31", "2021-12-31", "2022-06-30", 4}, {"2022-01-01", "2022-01-21", "2022-07-21", 0},
        {"2022-05-23", "2022-06-21", "2022-09-21", 0}, {"2022-05-24", "2022-06-21", "2022-09-21", 6},
        {"2022-06-20", "2022-06-21", "2023-01-01", 0}, {"2022-11-13", "2022-11-21", "2023-01-01", 0},
        {"2022-11-14", "2022-11-21", "2023-06-30", 5}, {"2022-11-14", "2022-11-21", "2023-07-01", 0},
        {"2022-12-31", "2023-01-01", "2023-03-01", 0}, {"2024-05-06", "2024-05-21", "2024-08-21", 0},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct deferral_window *window = deferral_window_find(on(rows[i].agreed_on), on(rows[i].from), on(rows[i].to));
        assert_int_equal(window == NULL ? 0 : window->number, rows[i].number);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_law_is_in_force_on_both_its_days),
        cmocka_unit_test(a_window_is_open_only_on_its_days),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
