#include "base/region.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

static void check_name(const char *code, const char *name)
{
    struct region region;
    struct zcd_error err;

    assert_int_equal(region_parse(code, &region, &err), ZCD_OK);
    assert_string_equal(region.code, code);
    assert_string_equal(region_name(&region), name);
}

static void names_current_regions(void **state)
{
    (void)state;
    check_name("110000", "北京市");
    check_name("440300", "深圳市");
    check_name("440307", "龙岗区");
    check_name("820000", "澳门特别行政区");
}

/* 崇明县 became a district, 310151, in 2016; bodies registered before kept the old code. */
static void a_code_outlives_its_region(void **state)
{
    (void)state;
    check_name("310230", "崇明县");
    check_name("310151", "崇明区");
}

static void bodies_registered_nationally_have_a_code_of_their_own(void **state)
{
    (void)state;
    check_name("100000", "全国");
}

static void gives_the_first_reason_and_leaves_the_output_alone(void **state)
{
    static const struct {
        const char *text, *message;
    } refused[] = {
        {"", "region code does not have 6 digits"},       {"44030", "region code does not have 6 digits"},
        {"4403000", "region code does not have 6 digits"}, {"44030O", "region code does not have 6 digits"},
        {" 44030", "region code does not have 6 digits"},  {"000000", "no edition of GB/T 2260 lists this region code"},
        {"999999", "no edition of GB/T 2260 lists this region code"},
        {"345678", "no edition of GB/T 2260 lists this region code"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        struct region region = {"same"};
        struct zcd_error err;

        assert_int_equal(region_parse(refused[i].text, &region, &err), ZCD_INVALID);
        assert_string_equal(err.message, refused[i].message);
        assert_string_equal(region.code, "same");
    }
}

/* All million texts of six digits: exactly the rows of the data file pass. */
static void accepts_every_row_of_the_table_and_nothing_else(void **state)
{
    char line[256];
    int rows = 0;
    int accepted = 0;

    (void)state;
    FILE *file = fopen(ZCD_SOURCE_DIR "/data/reference/regions.csv", "r");
    assert_non_null(file);
    while (fgets(line, sizeof line, file) != NULL) {
        if (strspn(line, "0123456789") != 6)
            continue;
        char *code = strtok(line, ",");
        check_name(code, strtok(NULL, ","));
        rows++;
    }
    (void)fclose(file);

    for (int number = 0; number < 1000000; number++) {
        char code[7];
        struct region region;
        struct zcd_error err;

        (void)snprintf(code, sizeof code, "%06d", number % 1000000);
        accepted += region_parse(code, &region, &err) == ZCD_OK;
    }
    assert_int_equal(accepted, rows);
    assert_int_equal(rows, 6782); /* 6781 of the sources, and 100000 */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_current_regions),
        cmocka_unit_test(a_code_outlives_its_region),
        cmocka_unit_test(bodies_registered_nationally_have_a_code_of_their_own),
        cmocka_unit_test(gives_the_first_reason_and_leaves_the_output_alone),
        cmocka_unit_test(accepts_every_row_of_the_table_and_nothing_else),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
