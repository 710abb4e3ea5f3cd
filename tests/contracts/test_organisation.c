/* What is read off an organisation: lists, years, staff, statements; and which payers are public. */
#include "contracts/organisation.h"
#include "contracts/payer.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#define COUNT_OF(array) (sizeof(array) / sizeof(*(array)))

static struct date day(const char *text)
{
    struct date date;
    struct zcd_error err;
    assert_int_equal(date_parse(text, &date, &err), ZCD_OK);
    return date;
}

static void is_on_a_list_from_entry_until_the_day_before_removal(void **state)
{
    (void)state;
    const struct list_entry entries[] = {
        {LIST_KIND_ABNORMAL_ACTIVITY, day("2016-05-04"), day("2016-09-30")},
        {LIST_KIND_COURT_DISHONEST, day("2020-01-01"), DATE_NONE},
    };
    struct organisation organisation = {.lists = entries, .list_count = COUNT_OF(entries)};

    assert_false(organisation_is_listed(&organisation, LIST_KIND_ABNORMAL_ACTIVITY, day("2016-05-03")));
    assert_true(organisation_is_listed(&organisation, LIST_KIND_ABNORMAL_ACTIVITY, day("2016-05-04")));
    assert_true(organisation_is_listed(&organisation, LIST_KIND_ABNORMAL_ACTIVITY, day("2016-09-29")));
    assert_false(organisation_is_listed(&organisation, LIST_KIND_ABNORMAL_ACTIVITY, day("2016-09-30")));
    assert_false(organisation_is_listed(&organisation, LIST_KIND_SERIOUS_VIOLATION, day("2016-06-01")));
    assert_true(organisation_is_listed(&organisation, LIST_KIND_COURT_DISHONEST, day("2199-12-31")));
}

static void finds_the_row_of_a_year_or_says_there_is_none(void **state)
{
    (void)state;
    const struct annual_inspection inspections[] = {{2019, INSPECTION_RESULT_QUALIFIED}, {2018, INSPECTION_RESULT_UNQUALIFIED}};
    const struct service_evaluation evaluations[] = {{2019, EVALUATION_RESULT_EXCELLENT}};
    const struct statement statements[] = {{.year = 2018}, {.year = 2020}, {.year = 2019}};
    struct organisation organisation = {.annual_inspections = inspections, .annual_inspection_count = COUNT_OF(inspections),
                                        .service_evaluations = evaluations, .service_evaluation_count = COUNT_OF(evaluations),
                                        .statements = statements, .statement_count = COUNT_OF(statements)};
    struct organisation empty = {0};

    assert_int_equal(organisation_inspection(&organisation, 2018), INSPECTION_RESULT_UNQUALIFIED);
    assert_int_equal(organisation_inspection(&organisation, 2020), INSPECTION_RESULT_NONE);
    assert_int_equal(organisation_evaluation(&organisation, 2019), EVALUATION_RESULT_EXCELLENT);
    assert_int_equal(organisation_evaluation(&organisation, 2018), EVALUATION_RESULT_NONE);
    assert_ptr_equal(organisation_statement(&organisation, 2019), &statements[2]);
    assert_null(organisation_statement(&organisation, 2017));
    assert_ptr_equal(organisation_latest_statement(&organisation), &statements[1]);
    assert_null(organisation_latest_statement(&empty));
}

static void takes_the_last_staff_report_by_the_day(void **state)
{
    (void)state;
    const struct staff_report reports[] = {{.on = day("2020-09-30"), .total = 2}, {.on = day("2019-09-30"), .total = 1}};
    struct organisation organisation = {.staff = reports, .staff_count = COUNT_OF(reports)};

    assert_null(organisation_staff_on(&organisation, day("2019-09-29")));
    assert_ptr_equal(organisation_staff_on(&organisation, day("2019-09-30")), &reports[1]);
    assert_ptr_equal(organisation_staff_on(&organisation, day("2020-09-29")), &reports[1]);
    assert_ptr_equal(organisation_staff_on(&organisation, day("2020-10-19")), &reports[0]);
}

static void tells_no_licensed_staff_from_an_unknown_number(void **state)
{
    (void)state;
    struct staff_report unknown = {.total = 9, .licensed_assistant = -1, .licensed_intermediate = -1, .licensed_senior = -1};
    struct staff_report partly = {.total = 9, .licensed_assistant = -1, .licensed_intermediate = 4, .licensed_senior = -1};
    struct staff_report nobody = {.total = 9};
    struct staff_report all = {.total = 9, .licensed_assistant = 2, .licensed_intermediate = 3, .licensed_senior = 1};

    assert_int_equal(staff_licensed(&unknown), DOSSIER_COUNT_NONE);
    assert_int_equal(staff_licensed(&partly), 4);
    assert_int_equal(staff_licensed(&nobody), 0);
    assert_int_equal(staff_licensed(&all), 6);
}

static void everyone_but_enterprises_and_donors_is_public(void **state)
{
    (void)state;
    for (int level = PAYER_LEVEL_CENTRAL; level <= PAYER_LEVEL_DONOR; level++) {
        struct payer payer = {.level = (enum payer_level)level};
        assert_int_equal(payer_is_public(&payer), level != PAYER_LEVEL_ENTERPRISE && level != PAYER_LEVEL_DONOR);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_on_a_list_from_entry_until_the_day_before_removal),
        cmocka_unit_test(finds_the_row_of_a_year_or_says_there_is_none),
        cmocka_unit_test(takes_the_last_staff_report_by_the_day),
        cmocka_unit_test(tells_no_licensed_staff_from_an_unknown_number),
        cmocka_unit_test(everyone_but_enterprises_and_donors_is_public),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
