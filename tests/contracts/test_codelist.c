/* Every codelist is complete, and no two of its names are alike. */
#include "contracts/codelist.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

#define COUNT_OF(array) (sizeof(array) / sizeof(*(array)))

/* How many values design and documents give each list. */
static const struct {
    const struct codelist *list;
    size_t row_count;
} LISTS[] = {
    {&CODELIST_ORGANISATION_KIND, 5},    {&CODELIST_REGISTRATION_STATUS, 4},     {&CODELIST_INSPECTION_RESULT, 5},
    {&CODELIST_GRADE_LEVEL, 5},          {&CODELIST_EVALUATION_RESULT, 4},       {&CODELIST_LIST_KIND, 3},
    {&CODELIST_ACCOUNTING_REGIME, 2},    {&CODELIST_PAYER_LEVEL, 10},            {&CODELIST_CONTRACT_TIER, 5},
    {&CODELIST_FUND_SOURCE, 8},          {&CODELIST_CONTRACT_STAGE, 8},          {&CODELIST_PAYMENT_TRIGGER, 3},
    {&CODELIST_FACILITY_CLASSIFICATION, 5}, {&CODELIST_DEFERRAL_CAUSE, 3},       {&CODELIST_APPLICATION_KIND, 4},
    {&CODELIST_APPLICATION_PURPOSE, 4},  {&CODELIST_LINKED_RESOURCE_KIND, 5},
};

static void rows_are_numbered_from_one_without_a_gap_and_have_every_text(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(LISTS); i++) {
        const struct codelist *list = LISTS[i].list;
        assert_int_equal(list->row_count, LISTS[i].row_count);
        for (size_t j = 0; j < list->row_count; j++) {
            assert_int_equal(list->rows[j].number, j + 1);
            assert_true(strlen(list->rows[j].name) > 0);
            assert_true(strlen(list->rows[j].zh) > 0);
            assert_true(strlen(list->rows[j].en) > 0);
        }
    }
}

static void a_name_leads_to_its_number_and_back(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(LISTS); i++) {
        const struct codelist *list = LISTS[i].list;
        for (size_t j = 0; j < list->row_count; j++) {
            int number = 0;
            assert_true(codelist_find(list, list->rows[j].name, &number));
            assert_int_equal(number, j + 1); /* so the name stands once */
            assert_string_equal(codelist_name(list, number), list->rows[j].name);
            assert_string_equal(codelist_text_zh(list, number), list->rows[j].zh);
            assert_string_equal(codelist_text_en(list, number), list->rows[j].en);
        }
    }
}

static void none_has_no_name_and_is_not_found(void **state)
{
    (void)state;
    int number = 7;
    for (size_t i = 0; i < COUNT_OF(LISTS); i++) {
        assert_string_equal(codelist_name(LISTS[i].list, 0), "");
        assert_string_equal(codelist_text_zh(LISTS[i].list, 0), "");
        assert_string_equal(codelist_text_en(LISTS[i].list, 0), "");
        assert_false(codelist_has(LISTS[i].list, 0));
        assert_false(codelist_has(LISTS[i].list, -1));
        assert_false(codelist_has(LISTS[i].list, (int)LISTS[i].row_count + 1));
        assert_false(codelist_find(LISTS[i].list, "", &number));
        assert_int_equal(number, 7);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_are_numbered_from_one_without_a_gap_and_have_every_text),
        cmocka_unit_test(a_name_leads_to_its_number_and_back),
        cmocka_unit_test(none_has_no_name_and_is_not_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
