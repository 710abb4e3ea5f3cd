/* Every refusal of dossier_link and dossier_check, in the header's order: a valid dossier, one small edit, pointer and message. */
#include "tests/contracts/sample_dossier.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>

#define COUNT_OF(array) (sizeof(array) / sizeof(*(array)))

static void takes_a_valid_dossier_with_every_member(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct zcd_error err = {0};
    const struct dossier *dossier = NULL;

    enum zcd_code code = sample_decode_text(SAMPLE_DOSSIER, &arena, &dossier, &err);
    if (code != ZCD_OK)
        print_error("%s: %s\n", err.pointer, err.message);
    assert_int_equal(code, ZCD_OK);
    assert_int_equal(dossier->contract_count, 2);
    arena_done(&arena);
}

static const struct {
    const char *edits;
    const char *pointer;
    const char *message;
} REFUSED[] = {
    /* dossier_link 2: ids */
    {"/payers/0/id \"\"", "/payers/0/id", "is empty"},
    {"/payers/0/id \"a b\"", "/payers/0/id", "byte 2 is not printable ASCII"},
    {"/contracts/0/id \"\xe5\x90\x88\"", "/contracts/0/id", "byte 1 is not printable ASCII"},
    {"/contracts/1/id \"12345678901234567890123456789012345678901234567890123456789012345\"", "/contracts/1/id",
     "is longer than 64 bytes"},
    {"/payers/2/id \"p1\"", "/payers/2/id", "repeats the id of row 0"},
    {"/contracts/1/id \"c1\"", "/contracts/1/id", "repeats the id of row 0"},
    {"/facilities/- =/facilities/0", "/facilities/1/id", "repeats the id of row 0"},
    {"/contracts/0/milestones/1/id \"m1\"", "/contracts/0/milestones/1/id", "repeats the id of row 0"},
    {"/contracts/0/milestones/0/payments/1/id \"t1\"", "/contracts/0/milestones/0/payments/1/id", "repeats the id of row 0"},
    {"/facilities/0/pledged_contracts/1 \"c2\"", "/facilities/0/pledged_contracts/1", "repeats the id of row 0"},
    {"/facilities/0/pledged_contracts/1 \"\"", "/facilities/0/pledged_contracts/1", "is empty"},
    /* dossier_link 3: references */
    {"/contracts/1/payer \"p9\"", "/contracts/1/payer", "is not in payers"},
    {"/payer_experience/1/payer \"p9\"", "/payer_experience/1/payer", "is not in payers"},
    {"/facilities/0/pledged_contracts/1 \"c9\"", "/facilities/0/pledged_contracts/1", "is not in contracts"},
    {"/application/facility \"f9\"", "/application/facility", "is not in facilities"},
    /* dossier */
    {"/schema \"zhengcaidai/dossier/2\"", "/schema", "is not zhengcaidai/dossier/1"},
    {"/as_of \"1989-12-31\"", "/as_of", "is not between 1990-01-01 and 2150-12-31"},
    {"/as_of \"2151-01-01\"", "/as_of", "is not between 1990-01-01 and 2150-12-31"},
    {"/provenance \"a\\u0001\"", "/provenance", "byte 2 is a control character"},
    /* organisation, members by themselves */
    {"/organisation/name \"\"", "/organisation/name", "is empty"},
    {"/organisation/name \"a\\nb\"", "/organisation/name", "byte 2 is a control character"},
    {"/organisation/name \"a\\u007f\"", "/organisation/name", "byte 2 is a control character"},
    {"/organisation/registered_on \"2020-10-20\"", "/organisation/registered_on", "is after as_of"},
    {"/organisation/stations 1000001", "/organisation/stations", "is 1000001, above 1000000"},
    {"/organisation/payroll_month_fen -1", "/organisation/payroll_month_fen", "is -1, below 0"},
    {"/organisation/payroll_month_fen 10000000000001", "/organisation/payroll_month_fen",
     "is 10000000000001, above 10000000000000"},
    {"/organisation/payroll_day 0", "/organisation/payroll_day", "is 0, below 1"},
    {"/organisation/payroll_day 32", "/organisation/payroll_day", "is 32, above 31"},
    {"/organisation/other_costs_month_fen -1", "/organisation/other_costs_month_fen", "is -1, below 0"},
    {"/organisation/cash_fen -1", "/organisation/cash_fen", "is -1, below 0"},
    {"/organisation/restricted_cash_fen -1", "/organisation/restricted_cash_fen", "is -1, below 0"},
    {"/organisation/wages_payable_fen -1", "/organisation/wages_payable_fen", "is -1, below 0"},
    /* organisation, between members */
    {"/organisation/kind \"foundation\"", "/organisation/kind", "is foundation, but the USCC begins with 52"},
    {"/organisation/kind \"social_association\"", "/organisation/kind", "is social_association, but the USCC begins with 52"},
    {"/organisation/kind \"public_institution\"", "/organisation/kind", "is public_institution, but the USCC begins with 52"},
    {"/organisation/kind \"enterprise\"", "/organisation/kind", "is enterprise, but the USCC begins with 52"},
    {"/organisation/uscc \"53310000MJ49517770\"", "/organisation/kind",
     "is social_service_institution, but the USCC begins with 53"},
    {"/organisation/restricted_cash_fen 210000001", "/organisation/restricted_cash_fen", "is above cash_fen"},
    {"/organisation/annual_inspections/1/year 2018", "/organisation/annual_inspections/1/year", "repeats the year of row 0"},
    {"/organisation/annual_inspections/1/year 2021", "/organisation/annual_inspections/1/year", "is 2021, after as_of"},
    {"/organisation/annual_inspections/1/year 1948", "/organisation/annual_inspections/1/year", "is 1948, before 1949"},
    {"/organisation/service_evaluations/1/year 2018", "/organisation/service_evaluations/1/year", "repeats the year of row 0"},
    {"/organisation/service_evaluations/1/year 2021", "/organisation/service_evaluations/1/year", "is 2021, after as_of"},
    {"/organisation/lists/0/entered_on \"2020-10-20\"", "/organisation/lists/0/entered_on", "is after as_of"},
    {"/organisation/lists/0/removed_on \"2020-10-20\"", "/organisation/lists/0/removed_on", "is after as_of"},
    {"/organisation/lists/0/removed_on \"2016-05-03\"", "/organisation/lists/0/removed_on", "is before entered_on"},
    {"/organisation/staff/0/on \"2020-10-20\"", "/organisation/staff/0/on", "is after as_of"},
    {"/organisation/staff/1/licensed_senior 303", "/organisation/staff/1/total", "is 612, below the licensed staff of 613"},
    {"/organisation/staff/1/on \"2019-09-30\"", "/organisation/staff/1/on", "repeats the day of row 0"},
    {"/organisation/staff/1/total 1000001", "/organisation/staff/1/total", "is 1000001, above 1000000"},
    {"/organisation/statements/1/income_fen -1", "/organisation/statements/1/income_fen", "is -1, below 0"},
    {"/organisation/statements/1/unrestricted_net_assets_fen -10000000000001",
     "/organisation/statements/1/unrestricted_net_assets_fen", "is -10000000000001, below -10000000000000"},
    {"/organisation/statements/1/public_income_fen 5000000001", "/organisation/statements/1/public_income_fen",
     "is above income_fen"},
    {"/organisation/statements/1/year 2018", "/organisation/statements/1/year", "repeats the year of row 0"},
    {"/organisation/statements/1/year 2021", "/organisation/statements/1/year", "is 2021, after as_of"},
    {"/organisation/grade/granted_on \"2020-10-20\"", "/organisation/grade/granted_on", "is after as_of"},
    /* payers */
    {"/payers/0/name \"\"", "/payers/0/name", "is empty"},
    {"/payers/0/region", "/payers/0/region", "is not given; only enterprises and donors may be without"},
    {"/payers/0/uscc \"52440300MJL186084F\"", "/payers/0/uscc", "is the organisation's own"},
    {"/payers/2/uscc \"12440300455752807L\"", "/payers/2/uscc", "repeats the USCC of payer 1"},
    /* payer_experience */
    {"/payer_experience/0/events_ppm -1", "/payer_experience/0/events_ppm", "is -1, below 0"},
    {"/payer_experience/0/exposure_ppm 1000000000000001", "/payer_experience/0/exposure_ppm",
     "is 1000000000000001, above 1000000000000000"},
    {"/payer_experience/1/level \"city\"", "/payer_experience/1", "has both a payer and a class"},
    {"/payer_experience/1/fund_source \"charity\"", "/payer_experience/1", "has both a payer and a class"},
    {"/payer_experience/0/level", "/payer_experience/0", "has neither a payer nor a level with a fund_source"},
    {"/payer_experience/0/fund_source", "/payer_experience/0", "has neither a payer nor a level with a fund_source"},
    {"/payer_experience/- =/payer_experience/0", "/payer_experience/2", "repeats the payer or class of row 0"},
    {"/payer_experience/- =/payer_experience/1", "/payer_experience/2", "repeats the payer or class of row 1"},
    /* linked_resources */
    {"/linked_resources/0/on \"2020-10-20\"", "/linked_resources/0/on", "is after as_of"},
    {"/linked_resources/0/count 1000001", "/linked_resources/0/count", "is 1000001, above 1000000"},
    {"/linked_resources/0/amount_fen -1", "/linked_resources/0/amount_fen", "is -1, below 0"},
    /* contracts, members by themselves */
    {"/contracts/0/title \"\\t\"", "/contracts/0/title", "byte 1 is a control character"},
    {"/contracts/0/value_fen 0", "/contracts/0/value_fen", "is 0, below 1"},
    {"/contracts/0/value_fen 10000000000001", "/contracts/0/value_fen", "is 10000000000001, above 10000000000000"},
    {"/contracts/0/unscheduled_fen -1", "/contracts/0/unscheduled_fen", "is -1, below 0"},
    {"/contracts/0/awarded_on \"2020-10-20\"", "/contracts/0/awarded_on", "is after as_of"},
    {"/contracts/0/signed_on \"2020-10-20\"", "/contracts/0/signed_on", "is after as_of"},
    {"/contracts/0/published_on \"2020-10-20\"", "/contracts/0/published_on", "is after as_of"},
    {"/contracts/0/payment_term_days 1001", "/contracts/0/payment_term_days", "is 1001, above 1000"},
    {"/contracts/0/renewals 101", "/contracts/0/renewals", "is 101, above 100"},
    {"/contracts/0/retained_fen -1", "/contracts/0/retained_fen", "is -1, below 0"},
    {"/contracts/0/disputed_fen -1", "/contracts/0/disputed_fen", "is -1, below 0"},
    /* contracts, stage and dates */
    {"/contracts/1/stage \"intention\"", "/contracts/1/awarded_on", "is given, but the stage is intention"},
    {"/contracts/1/stage \"tendering\"", "/contracts/1/awarded_on", "is given, but the stage is tendering"},
    {"/contracts/1/stage \"tendering\" ; /contracts/1/awarded_on ; /contracts/1/signed_on \"2020-10-19\"",
     "/contracts/1/signed_on", "is given, but the stage is tendering"},
    {"/contracts/1/awarded_on", "/contracts/1/awarded_on", "is not given, but the stage is awarded"},
    {"/contracts/1/signed_on \"2020-10-19\"", "/contracts/1/signed_on", "is given, but the stage is awarded"},
    {"/contracts/1/stage \"signed\"", "/contracts/1/signed_on", "is not given, but the stage is signed"},
    {"/contracts/0/stage \"signed\" ; /contracts/0/starts_on", "/contracts/0/starts_on",
     "is not given, but the stage is signed"},
    {"/contracts/0/ends_on", "/contracts/0/ends_on", "is not given, but the stage is performing"},
    {"/contracts/0/starts_on \"2020-10-20\"", "/contracts/0/starts_on", "is after as_of, but the stage is performing"},
    {"/contracts/0/stage \"evaluating\" ; /contracts/0/starts_on \"2020-10-20\"", "/contracts/0/starts_on",
     "is after as_of, but the stage is evaluating"},
    {"/contracts/0/stage \"closed\" ; /contracts/0/signed_on", "/contracts/0/signed_on",
     "is not given, but the stage is closed"},
    {"/contracts/0/signed_on \"2019-12-19\"", "/contracts/0/signed_on", "is before awarded_on"},
    {"/contracts/0/published_on \"2020-01-05\"", "/contracts/0/published_on", "is before signed_on"},
    {"/contracts/1/published_on \"2020-10-18\"", "/contracts/1/published_on", "is before awarded_on"},
    {"/contracts/0/ends_on \"2019-12-31\"", "/contracts/0/ends_on", "is before starts_on"},
    {"/contracts/0/retained_fen 601", "/contracts/0/retained_fen", "is above value_fen"},
    {"/contracts/0/disputed_fen 601", "/contracts/0/disputed_fen", "is above value_fen"},
    {"/contracts/0/security/pledge_registration \"a b\"", "/contracts/0/security/pledge_registration",
     "byte 2 is not printable ASCII"},
    /* milestones and payments */
    {"/contracts/0/milestones/0/title \"\\n\"", "/contracts/0/milestones/0/title", "byte 1 is a control character"},
    {"/contracts/0/milestones/1/amount_fen 0", "/contracts/0/milestones/1/amount_fen", "is 0, below 1"},
    {"/contracts/0/milestones/1/accepted_on \"2020-10-20\"", "/contracts/0/milestones/1/accepted_on", "is after as_of"},
    {"/contracts/0/milestones/1/invoiced_on \"2020-10-20\"", "/contracts/0/milestones/1/invoiced_on", "is after as_of"},
    {"/contracts/0/milestones/1/deducted_fen -1", "/contracts/0/milestones/1/deducted_fen", "is -1, below 0"},
    {"/contracts/0/milestones/0/payments/0/paid_on \"2020-10-20\"", "/contracts/0/milestones/0/payments/0/paid_on",
     "is after as_of"},
    {"/contracts/0/milestones/0/payments/1/amount_fen 0", "/contracts/0/milestones/0/payments/1/amount_fen", "is 0, below 1"},
    {"/contracts/0/milestones/0/payments/0/paid_on \"2019-12-19\"", "/contracts/0/milestones/0/payments/0/paid_on",
     "is before awarded_on"},
    {"/contracts/0/awarded_on ; /contracts/0/milestones/0/payments/0/paid_on \"2020-01-05\"",
     "/contracts/0/milestones/0/payments/0/paid_on", "is before signed_on"},
    {"/contracts/0/stage \"terminated\" ; /contracts/0/awarded_on ; /contracts/0/signed_on",
     "/contracts/0/milestones/0/payments/0", "the contract is neither awarded nor signed"},
    {"/contracts/0/milestones/0/payments/1/amount_fen 131", "/contracts/0/milestones/0/amount_fen",
     "is 240, below payments of 231 and deduction of 10 together"},
    {"/contracts/0/milestones/1/deducted_fen 261", "/contracts/0/milestones/1/amount_fen",
     "is 260, below payments of 0 and deduction of 261 together"},
    {"/contracts/0/value_fen 601", "/contracts/0/value_fen",
     "is 601, but the milestones are 500 and unscheduled_fen is 100"},
    {"/contracts/1/unscheduled_fen", "/contracts/1/value_fen", "is 50, but the milestones are 0 and unscheduled_fen is 0"},
    /* facilities */
    {"/facilities/0/lender \"\"", "/facilities/0/lender", "is empty"},
    {"/facilities/0/limit_fen -1", "/facilities/0/limit_fen", "is -1, below 0"},
    {"/facilities/0/outstanding_fen -1", "/facilities/0/outstanding_fen", "is -1, below 0"},
    {"/facilities/0/outstanding_fen 501", "/facilities/0/outstanding_fen", "is above limit_fen"},
    {"/facilities/0/opened_on \"2020-10-20\"", "/facilities/0/opened_on", "is after as_of"},
    {"/facilities/0/matures_on \"2019-10-22\"", "/facilities/0/matures_on", "is before opened_on"},
    {"/facilities/0/instalments/0/due_on \"2019-10-22\"", "/facilities/0/instalments/0/due_on", "is before opened_on"},
    {"/facilities/0/instalments/0/principal_fen -1", "/facilities/0/instalments/0/principal_fen", "is -1, below 0"},
    {"/facilities/0/instalments/0/interest_fen -1", "/facilities/0/instalments/0/interest_fen", "is -1, below 0"},
    {"/facilities/0/instalments/0/interest_fen 15", "/facilities/0/instalments/0/payments",
     "are 16, above principal and interest of 15"},
    {"/facilities/0/instalments/0/payments/0/paid_on \"2019-10-22\"", "/facilities/0/instalments/0/payments/0/paid_on",
     "is before opened_on"},
    {"/facilities/0/instalments/0/payments/0/paid_on \"2020-10-20\"", "/facilities/0/instalments/0/payments/0/paid_on",
     "is after as_of"},
    {"/facilities/0/instalments/0/payments/0/amount_fen 0", "/facilities/0/instalments/0/payments/0/amount_fen",
     "is 0, below 1"},
    {"/facilities/0/deferrals/0/agreed_on \"2020-10-20\"", "/facilities/0/deferrals/0/agreed_on", "is after as_of"},
    {"/facilities/0/deferrals/0/to \"2020-05-21\"", "/facilities/0/deferrals/0/to", "is not after from"},
    /* application */
    {"/application/id \"\"", "/application/id", "is empty"},
    {"/application/amount_fen 0", "/application/amount_fen", "is 0, below 1"},
    {"/application/tenor_months 0", "/application/tenor_months", "is 0, below 1"},
    {"/application/tenor_months 121", "/application/tenor_months", "is 121, above 120"},
    {"/application/requested_on \"2020-10-20\"", "/application/requested_on", "is after as_of"},
    {"/application/collateral_fen -1", "/application/collateral_fen", "is -1, below 0"},
    {"/application/facility", "/application/facility", "is not given, but the kind is renewal"},
    {"/application/kind \"increase\" ; /application/facility null", "/application/facility",
     "is not given, but the kind is increase"},
    {"/application/kind \"deferral\" ; /application/facility", "/application/facility",
     "is not given, but the kind is deferral"},
    {"/application/kind \"first_loan\"", "/application/facility", "is given, but the kind is first_loan"},
};

static void names_the_place_and_the_rule_of_each_refusal(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(REFUSED); i++) {
        struct arena arena = {0};
        struct zcd_error err = {0};
        const struct dossier *dossier = NULL;

        enum zcd_code code = sample_decode_edited(REFUSED[i].edits, &arena, &dossier, &err);
        if (code != ZCD_INVALID || strcmp(err.pointer, REFUSED[i].pointer) != 0 || strcmp(err.message, REFUSED[i].message) != 0)
            print_error("%s\n  gave code %d at '%s': %s\n", REFUSED[i].edits, (int)code, err.pointer, err.message);
        assert_int_equal(code, ZCD_INVALID);
        assert_string_equal(err.pointer, REFUSED[i].pointer);
        assert_string_equal(err.message, REFUSED[i].message);
        assert_null(dossier);
        arena_done(&arena);
    }
}

static const char *const ACCEPTED[] = {
    "/organisation/registered_on \"2020-10-19\"",
    "/organisation/payroll_day 31",
    "/organisation/payroll_month_fen 0",
    "/organisation/cash_fen 10000000000000",
    "/organisation/restricted_cash_fen 210000000",
    "/organisation/staff/1/total 311",
    "/organisation/lists/0/removed_on \"2016-05-04\"",
    "/organisation/statements/1/public_income_fen 5000000000",
    "/organisation/statements/1/income_fen null", /* a part may be known where the whole is not */
    "/organisation/annual_inspections/1/year 2020",
    "/payers/0/level \"enterprise\" ; /payers/0/region",
    "/contracts/0/title",
    "/contracts/0/tier",
    "/contracts/0/security",
    "/contracts/0/published_on",
    "/contracts/0/signed_on \"2019-12-20\"",
    "/contracts/0/starts_on \"2020-10-19\"",
    "/contracts/0/starts_on \"2019-01-01\"", /* work before the papers */
    "/contracts/0/milestones/0/payments/0/paid_on \"2019-12-20\"",
    "/contracts/0/milestones/1/deducted_fen 260",
    "/contracts/0/stage \"terminated\"",
    "/contracts/1/stage \"terminated\" ; /contracts/1/awarded_on",
    "/contracts/1/stage \"intention\" ; /contracts/1/awarded_on",
    "/facilities/0/limit_fen",
    "/facilities/0/outstanding_fen 0",
    "/facilities/0/pledged_contracts",
    "/facilities/0/deferrals",
    "/application/kind \"first_loan\" ; /application/facility null",
    "/application/kind \"first_loan\" ; /application/facility \"\"",
    "/application/tenor_months 120",
    "/application/requested_on \"2020-10-01\"",
};

static void leaves_the_edges_inside(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(ACCEPTED); i++) {
        struct arena arena = {0};
        struct zcd_error err = {0};
        const struct dossier *dossier = NULL;

        enum zcd_code code = sample_decode_edited(ACCEPTED[i], &arena, &dossier, &err);
        if (code != ZCD_OK)
            print_error("%s\n  refused at '%s': %s\n", ACCEPTED[i], err.pointer, err.message);
        assert_int_equal(code, ZCD_OK);
        assert_non_null(dossier);
        arena_done(&arena);
    }
}

static void gives_every_reference_its_index(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct zcd_error err;
    const struct dossier *dossier = NULL;

    assert_int_equal(sample_decode_edited("", &arena, &dossier, &err), ZCD_OK);
    assert_int_equal(dossier->contracts[0].payer_index, 1);
    assert_int_equal(dossier->contracts[1].payer_index, 2);
    assert_true(dossier->payer_experience[0].payer_index == SIZE_MAX);
    assert_int_equal(dossier->payer_experience[1].payer_index, 1);
    assert_int_equal(dossier->facilities[0].pledged_contract_indexes[0], 1);
    assert_int_equal(dossier->facilities[0].pledged_contract_indexes[1], 0);
    assert_int_equal(dossier->application.facility_index, 0);
    arena_done(&arena);

    assert_int_equal(sample_decode_edited("/application/kind \"first_loan\" ; /application/facility", &arena, &dossier, &err),
                     ZCD_OK);
    assert_true(dossier->application.facility_index == SIZE_MAX);
    arena_done(&arena);
}

/* Fill the array at `pointer` with `count` copies of its first row, each with its own id where it has one. */
static void fill(json_t *root, const char *pointer, const char *prefix, size_t count)
{
    char first[128];
    json_t *rows;
    char name[64];

    (void)snprintf(first, sizeof first, "%s/0", pointer);
    sample_walk(root, first, &rows, name);
    json_t *row = json_deep_copy(json_array_get(rows, 0));
    json_array_clear(rows);
    for (size_t i = 0; i < count; i++) {
        json_t *copy = json_deep_copy(row);
        (void)snprintf(name, sizeof name, "%s%zu", prefix, i);
        if (prefix[0] != '\0')
            json_object_set_new(copy, "id", json_string(name));
        json_array_append_new(rows, copy);
    }
    json_decref(row);
}

static void bounds_the_number_of_rows(void **state)
{
    (void)state;
    static const struct {
        const char *array, *prefix;
        size_t count;
        const char *pointer, *message;
    } bounds[] = {
        {"/payers", "p", 501, "/payers", "has 501 rows, more than 500"},
        {"/payer_experience", "", 1001, "/payer_experience", "has 1001 rows, more than 1000"},
        {"/linked_resources", "", 201, "/linked_resources", "has 201 rows, more than 200"},
        {"/contracts", "c", 2001, "/contracts", "has 2001 rows, more than 2000"},
        {"/contracts/0/milestones", "m", 20001, "/contracts", "have 20001 milestones, more than 20000"},
        {"/contracts/0/milestones/0/payments", "t", 40001, "/contracts", "have 40001 payments, more than 40000"},
        {"/facilities", "f", 51, "/facilities", "has 51 rows, more than 50"},
        {"/facilities/0/pledged_contracts", "", 2001, "/facilities/0/pledged_contracts", "has 2001 rows, more than 2000"},
        {"/facilities/0/instalments", "", 201, "/facilities/0/instalments", "has 201 rows, more than 200"},
        {"/facilities/0/instalments/0/payments", "", 101, "/facilities/0/instalments/0/payments",
         "has 101 rows, more than 100"},
        {"/facilities/0/deferrals", "", 21, "/facilities/0/deferrals", "has 21 rows, more than 20"},
        {"/organisation/annual_inspections", "", 201, "/organisation/annual_inspections", "has 201 rows, more than 200"},
        {"/organisation/service_evaluations", "", 201, "/organisation/service_evaluations", "has 201 rows, more than 200"},
        {"/organisation/lists", "", 201, "/organisation/lists", "has 201 rows, more than 200"},
        {"/organisation/staff", "", 201, "/organisation/staff", "has 201 rows, more than 200"},
        {"/organisation/statements", "", 201, "/organisation/statements", "has 201 rows, more than 200"},
    };

    for (size_t i = 0; i < COUNT_OF(bounds); i++) {
        struct arena arena = {0};
        struct zcd_error err = {0};
        const struct dossier *dossier = NULL;
        json_t *root = json_loads(SAMPLE_DOSSIER, 0, NULL);

        fill(root, bounds[i].array, bounds[i].prefix, bounds[i].count);
        enum zcd_code code = sample_decode_root(root, &arena, &dossier, &err);
        json_decref(root);
        assert_int_equal(code, ZCD_INVALID);
        assert_string_equal(err.pointer, bounds[i].pointer);
        assert_string_equal(err.message, bounds[i].message);
        arena_done(&arena);
    }
}

/* The largest schedule that is taken; a quadratic search for repeated ids would take minutes here. */
static void takes_twenty_thousand_milestones(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct zcd_error err = {0};
    const struct dossier *dossier = NULL;
    json_t *root = json_loads(SAMPLE_DOSSIER, 0, NULL);

    fill(root, "/contracts/0/milestones", "m", 20000);
    sample_edit(root, "/contracts/0/value_fen", "4800100"); /* 20,000 x 240, and 100 without a milestone */
    assert_int_equal(sample_decode_root(root, &arena, &dossier, &err), ZCD_OK);
    assert_int_equal(dossier->contracts[0].milestone_count, 20000);

    sample_edit(root, "/contracts/0/milestones/19999/id", "\"m7\"");
    assert_int_equal(sample_decode_root(root, &arena, &dossier, &err), ZCD_INVALID);
    assert_string_equal(err.pointer, "/contracts/0/milestones/19999/id");
    assert_string_equal(err.message, "repeats the id of row 7");
    json_decref(root);
    arena_done(&arena);
}

static void bounds_the_length_of_texts(void **state)
{
    (void)state;
    static const struct {
        const char *pointer;
        size_t size_max;
    } texts[] = {
        {"/organisation/name", 200}, {"/payers/0/name", 200},        {"/facilities/0/lender", 200},
        {"/facilities/0/product", 200}, {"/contracts/0/title", 500}, {"/contracts/0/milestones/0/title", 500},
        {"/provenance", 2000},       {"/linked_resources/0/note", 2000}, {"/application/id", 64},
        {"/contracts/0/security/pledge_registration", 64},
    };

    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        for (size_t over = 0; over <= 1; over++) {
            struct arena arena = {0};
            struct zcd_error err = {0};
            const struct dossier *dossier = NULL;
            char value[2100] = "\"";
            json_t *root = json_loads(SAMPLE_DOSSIER, 0, NULL);

            memset(value + 1, 'a', texts[i].size_max + over);
            strcpy(value + 1 + texts[i].size_max + over, "\"");
            sample_edit(root, texts[i].pointer, value);
            enum zcd_code code = sample_decode_root(root, &arena, &dossier, &err);
            json_decref(root);
            assert_int_equal(code, over == 0 ? ZCD_OK : ZCD_INVALID);
            if (over == 1)
                assert_string_equal(err.pointer, texts[i].pointer);
            arena_done(&arena);
        }
    }
}

/* Two things wrong: the earlier rule speaks, whatever the order of the members. */
static void gives_the_first_refusal_of_several(void **state)
{
    (void)state;
    static const struct {
        const char *edits, *pointer;
    } pairs[] = {
        {"/contracts/1/payer \"p9\" ; /payers/0/id \"p2\"", "/payers/1/id"},
        {"/application/amount_fen 0 ; /schema \"x\"", "/schema"},
        {"/contracts/0/value_fen 601 ; /contracts/0/milestones/1/deducted_fen 261", "/contracts/0/milestones/1/amount_fen"},
        {"/contracts/0/value_fen 601 ; /organisation/payroll_day 0", "/organisation/payroll_day"},
        {"/application/facility \"f9\" ; /schema \"x\"", "/application/facility"},
    };

    for (size_t i = 0; i < COUNT_OF(pairs); i++) {
        struct arena arena = {0};
        struct zcd_error err = {0};
        const struct dossier *dossier = NULL;

        assert_int_equal(sample_decode_edited(pairs[i].edits, &arena, &dossier, &err), ZCD_INVALID);
        assert_string_equal(err.pointer, pairs[i].pointer);
        arena_done(&arena);
    }
}

static const struct zcd_error *nth(const struct zcd_error *err, size_t index)
{
    return index == 0 ? err : &err->others[index - 1];
}

static bool names(const struct zcd_error *err, const char *pointer)
{
    for (size_t i = 0; i <= err->other_count; i++) {
        if (strcmp(nth(err, i)->pointer, pointer) == 0)
            return true;
    }
    return false;
}

static void gives_all_refusals_in_the_order_of_the_rules(void **state)
{
    (void)state;
    static const char EDITS[] =
        "/as_of 20201019 ; /organisation/cash_fen \"1\" ; /organisation/colour 1 ; /organisation/payroll_day 32 ; "
        "/payers/2/id \"p1\" ; /contracts/0/payer \"p9\" ; /contracts/0/signed_on \"2019-12-19\" ; "
        "/contracts/0/milestones/0/payments/1/paid_on \"2020-02-30\" ; /contracts/1/disputed_fen 51 ; "
        "/facilities/0/outstanding_fen 501 ; /facilities/0/deferrals/0/to \"2020-05-21\" ; /application/tenor_months 0 ; "
        "/application/id";
    static const struct {
        const char *pointer, *message;
    } wanted[] = {
        /* the form, in the document's order; what is new stands at the end of its object */
        {"/as_of", "is an integer, not a text"},
        {"/organisation/cash_fen", "is a text, not an integer"},
        {"/organisation/colour", "unknown member"},
        {"/contracts/0/milestones/0/payments/1/paid_on", "no such day in the calendar"},
        {"/application/id", "required member is missing"},
        /* then ids, then rules; p9 may be what /payers/2 should be called, and is not told */
        {"/payers/2/id", "repeats the id of row 0"},
        {"/organisation/payroll_day", "is 32, above 31"},
        {"/contracts/0/signed_on", "is before awarded_on"},
        {"/contracts/1/disputed_fen", "is above value_fen"},
        {"/facilities/0/outstanding_fen", "is above limit_fen"},
        {"/facilities/0/deferrals/0/to", "is not after from"},
        {"/application/tenor_months", "is 0, below 1"},
    };
    struct arena arena = {0};
    struct zcd_error err = {0};
    const struct dossier *dossier = NULL;

    assert_int_equal(sample_decode_edited(EDITS, &arena, &dossier, &err), ZCD_INVALID);
    for (size_t i = 0; i < COUNT_OF(wanted) && i <= err.other_count; i++) {
        assert_string_equal(nth(&err, i)->pointer, wanted[i].pointer);
        assert_string_equal(nth(&err, i)->message, wanted[i].message);
    }
    assert_int_equal(err.other_count + 1, COUNT_OF(wanted));
    arena_done(&arena);
}

/* Is the pointer among the refusals of these edits alone? */
static bool is_refused_alone(const char *edits, const char *pointer)
{
    struct arena arena = {0};
    struct zcd_error err = {0};
    const struct dossier *dossier = NULL;

    bool is_refused = sample_decode_edited(edits, &arena, &dossier, &err) == ZCD_INVALID && names(&err, pointer);
    arena_done(&arena);
    return is_refused;
}

/* Do two edits touch different sections, and not the day that all of them are compared with? */
static bool are_apart(const char *a, const char *b)
{
    size_t size = 1 + strcspn(a + 1, "/ ");
    return strchr(a, ';') == NULL && strchr(b, ';') == NULL && strncmp(a, b, size) != 0 && strncmp(a, "/as_of", 6) != 0;
}

/* Any two of the refusals above that are of different sections. Both are told, but for eleven pairs: a reference without a
 * target where an id of the target's array is refused (ten), and a payer with the USCC that the organisation had. */
static void tells_two_refusals_and_nothing_else(void **state)
{
    (void)state;
    size_t told = 0, pairs = 0;

    for (size_t i = 0; i < COUNT_OF(REFUSED); i++) {
        for (size_t j = i + 1; j < COUNT_OF(REFUSED); j++) {
            struct arena arena = {0};
            struct zcd_error err = {0};
            const struct dossier *dossier = NULL;
            char edits[1024];

            if (!are_apart(REFUSED[i].edits, REFUSED[j].edits))
                continue;
            (void)snprintf(edits, sizeof edits, "%s ; %s", REFUSED[i].edits, REFUSED[j].edits);
            assert_int_equal(sample_decode_edited(edits, &arena, &dossier, &err), ZCD_INVALID);
            for (size_t k = 0; k <= err.other_count; k++) {
                const char *pointer = nth(&err, k)->pointer;
                assert_true(strcmp(pointer, REFUSED[i].pointer) == 0 || strcmp(pointer, REFUSED[j].pointer) == 0
                            || is_refused_alone(REFUSED[i].edits, pointer) || is_refused_alone(REFUSED[j].edits, pointer));
            }
            told += names(&err, REFUSED[i].pointer) && names(&err, REFUSED[j].pointer) ? 1 : 0;
            pairs++;
            arena_done(&arena);
        }
    }
    assert_true(pairs > 6000);
    assert_int_equal(pairs - told, 11);
}

/* Call `visit` with the pointer of every member and row in a value; names hold no '/' or '~' here. */
static void walk(const json_t *value, const char *pointer, void (*visit)(const char *pointer, void *context), void *context)
{
    const char *name;
    json_t *member;
    size_t index;
    char inside[256];

    json_object_foreach((json_t *)value, name, member)
    {
        (void)snprintf(inside, sizeof inside, "%s/%s", pointer, name);
        visit(inside, context);
        walk(member, inside, visit, context);
    }
    json_array_foreach(value, index, member)
    {
        (void)snprintf(inside, sizeof inside, "%s/%zu", pointer, index);
        visit(inside, context);
        walk(member, inside, visit, context);
    }
}

/* A number with a fraction is of no type that a member has. */
static void refuse_alone(const char *pointer, void *context)
{
    struct arena arena = {0};
    struct zcd_error err = {0};
    const struct dossier *dossier = NULL;
    json_t *root = json_loads(SAMPLE_DOSSIER, 0, NULL);

    sample_edit(root, pointer, "0.5");
    assert_int_equal(sample_decode_root(root, &arena, &dossier, &err), ZCD_INVALID);
    assert_string_equal(err.pointer, pointer);
    if (err.other_count != 0)
        print_error("%s brings %s: %s\n", pointer, err.others[0].pointer, err.others[0].message);
    assert_int_equal(err.other_count, 0);
    json_decref(root);
    arena_done(&arena);
    ++*(size_t *)context;
}

static void a_member_of_another_type_is_refused_and_nothing_that_follows_from_it(void **state)
{
    (void)state;
    size_t count = 0;
    json_t *root = json_loads(SAMPLE_DOSSIER, 0, NULL);

    walk(root, "", refuse_alone, &count);
    json_decref(root);
    assert_int_equal(count, 195);
}

/* A dossier that never was JSON (an importer's) meets the same rules: here the ones that the decoder forestalls. */
static void judges_what_no_decoder_saw(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct zcd_error err;
    const struct dossier *decoded = NULL;
    assert_int_equal(sample_decode_edited("", &arena, &decoded, &err), ZCD_OK);

    struct dossier dossier = *decoded;
    dossier.as_of = DATE_NONE;
    assert_int_equal(dossier_check(&dossier, &err), ZCD_INVALID);
    assert_string_equal(err.pointer, "/as_of");

    dossier = *decoded;
    dossier.application.kind = (enum application_kind)99;
    assert_int_equal(dossier_check(&dossier, &err), ZCD_INVALID);
    assert_string_equal(err.pointer, "/application/kind");
    assert_string_equal(err.message, "is no code of its list");

    dossier = *decoded;
    dossier.application.purpose = APPLICATION_PURPOSE_NONE;
    assert_int_equal(dossier_check(&dossier, &err), ZCD_INVALID);
    assert_string_equal(err.pointer, "/application/purpose");

    dossier = *decoded;
    dossier.organisation.cash_fen = DOSSIER_FEN_NONE;
    assert_int_equal(dossier_check(&dossier, &err), ZCD_INVALID);
    assert_string_equal(err.pointer, "/organisation/cash_fen");
    assert_string_equal(err.message, "is not given");

    dossier = *decoded;
    dossier.organisation.name = "\xff";
    assert_int_equal(dossier_check(&dossier, &err), ZCD_INVALID);
    assert_string_equal(err.pointer, "/organisation/name");
    assert_string_equal(err.message, "is not UTF-8");
    arena_done(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_a_valid_dossier_with_every_member),
        cmocka_unit_test(names_the_place_and_the_rule_of_each_refusal),
        cmocka_unit_test(leaves_the_edges_inside),
        cmocka_unit_test(gives_every_reference_its_index),
        cmocka_unit_test(bounds_the_number_of_rows),
        cmocka_unit_test(takes_twenty_thousand_milestones),
        cmocka_unit_test(bounds_the_length_of_texts),
        cmocka_unit_test(gives_the_first_refusal_of_several),
        cmocka_unit_test(gives_all_refusals_in_the_order_of_the_rules),
        cmocka_unit_test(tells_two_refusals_and_nothing_else),
        cmocka_unit_test(a_member_of_another_type_is_refused_and_nothing_that_follows_from_it),
        cmocka_unit_test(judges_what_no_decoder_saw),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
