/* What the dossier's decoder makes of good documents, of wrong ones, and of hostile ones. */
#include "api/codec/decode.h"
#include "tests/contracts/sample_dossier.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <dirent.h>
#include <stdio.h>

#define COUNT_OF(array) (sizeof(array) / sizeof(*(array)))

static struct date day(const char *text)
{
    struct date date;
    struct zcd_error err;
    assert_int_equal(date_parse(text, &date, &err), ZCD_OK);
    return date;
}

static void assert_day(struct date date, const char *text)
{
    char given[DATE_TEXT_SIZE];
    assert_string_equal(date_is_none(date) ? "none" : date_format(date, given), text);
}

/* Decode and expect this refusal. */
static void assert_refused(const char *json, size_t size, const char *pointer, const char *message)
{
    struct arena arena = {0};
    struct zcd_error err = {0};
    const struct dossier *dossier = NULL;

    enum zcd_code code = dossier_decode((struct bytes){(const uint8_t *)json, size}, &arena, &dossier, &err);
    if (code != ZCD_INVALID || strcmp(err.pointer, pointer) != 0 || strcmp(err.message, message) != 0)
        print_error("%.60s\n  gave code %d at '%s': %s\n", json, (int)code, err.pointer, err.message);
    assert_int_equal(code, ZCD_INVALID);
    assert_int_equal(err.code, ZCD_INVALID);
    assert_string_equal(err.pointer, pointer);
    assert_string_equal(err.message, message);
    assert_null(dossier);
    arena_done(&arena);
}

static void reads_every_member_of_the_organisation(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct zcd_error err;
    const struct dossier *dossier = NULL;

    assert_int_equal(sample_decode_text(SAMPLE_DOSSIER, &arena, &dossier, &err), ZCD_OK);
    assert_string_equal(dossier->schema, DOSSIER_SCHEMA);
    assert_day(dossier->as_of, "2020-10-19");
    assert_string_equal(dossier->provenance, "invented for tests");

    const struct organisation *organisation = &dossier->organisation;
    assert_string_equal(organisation->uscc.text, "52440300MJL186084F");
    assert_string_equal(organisation->name, "\xe6\xb5\x8b\xe8\xaf\x95");
    assert_int_equal(organisation->kind, ORGANISATION_KIND_SOCIAL_SERVICE_INSTITUTION);
    assert_day(organisation->registered_on, "2009-11-30");
    assert_string_equal(organisation->region.code, "440307");
    assert_int_equal(organisation->registration_status, REGISTRATION_STATUS_ACTIVE);
    assert_int_equal(organisation->annual_inspection_count, 2);
    assert_int_equal(organisation->annual_inspections[1].year, 2019);
    assert_int_equal(organisation->annual_inspections[1].result, INSPECTION_RESULT_QUALIFIED);
    assert_int_equal(organisation->grade->level, 5);
    assert_day(organisation->grade->granted_on, "2018-12-01");
    assert_int_equal(organisation->service_evaluation_count, 2);
    assert_int_equal(organisation->service_evaluations[0].result, EVALUATION_RESULT_GOOD);
    assert_int_equal(organisation->list_count, 1);
    assert_int_equal(organisation->lists[0].list, LIST_KIND_ABNORMAL_ACTIVITY);
    assert_day(organisation->lists[0].removed_on, "2016-09-30");
    assert_int_equal(organisation->staff_count, 2);
    assert_int_equal(organisation->staff[1].total, 612);
    assert_int_equal(organisation->staff[1].licensed_assistant, 214);
    assert_int_equal(organisation->staff[1].licensed_intermediate, 96);
    assert_int_equal(organisation->staff[1].licensed_senior, 1);
    assert_int_equal(organisation->stations, 24);
    assert_int_equal(organisation->payroll_month_fen, 390000000);
    assert_int_equal(organisation->payroll_day, 10);
    assert_true(organisation->thirteenth_month);
    assert_int_equal(organisation->other_costs_month_fen, 35000000);
    assert_int_equal(organisation->cash_fen, 210000000);
    assert_int_equal(organisation->restricted_cash_fen, 30000000);
    assert_int_equal(organisation->wages_payable_fen, 0);
    assert_int_equal(organisation->statement_count, 2);
    const struct statement *statement = &organisation->statements[1];
    assert_int_equal(statement->year, 2019);
    assert_int_equal(statement->regime, ACCOUNTING_REGIME_2004);
    assert_int_equal(statement->income_fen, 5000000000);
    assert_int_equal(statement->public_income_fen, 4700000000);
    assert_int_equal(statement->cost_fen, 4950000000);
    assert_true(statement->unrestricted_net_assets_fen == -400);
    assert_int_equal(statement->restricted_net_assets_fen, 50000000);
    assert_int_equal(statement->receivables_fen, 900000000);
    assert_int_equal(statement->liabilities_fen, 300000000);
    arena_done(&arena);
}

static void reads_every_member_of_payers_contracts_and_the_rest(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct zcd_error err;
    const struct dossier *dossier = NULL;

    assert_int_equal(sample_decode_text(SAMPLE_DOSSIER, &arena, &dossier, &err), ZCD_OK);
    assert_int_equal(dossier->payer_count, 3);
    assert_string_equal(dossier->payers[1].id, "p2");
    assert_string_equal(dossier->payers[1].uscc.text, "12440300455752807L");
    assert_string_equal(dossier->payers[1].name, "Campus");
    assert_int_equal(dossier->payers[1].level, PAYER_LEVEL_PUBLIC_INSTITUTION);
    assert_string_equal(dossier->payers[1].region.code, "440305");
    assert_int_equal(dossier->payer_experience_count, 2);
    assert_int_equal(dossier->payer_experience[0].level, PAYER_LEVEL_DISTRICT);
    assert_int_equal(dossier->payer_experience[0].fund_source, FUND_SOURCE_DEPARTMENT_BUDGET);
    assert_int_equal(dossier->payer_experience[0].events_ppm, 41250000);
    assert_int_equal(dossier->payer_experience[0].exposure_ppm, 52800000);
    assert_string_equal(dossier->payer_experience[1].payer, "p2");
    assert_int_equal(dossier->linked_resource_count, 1);
    assert_int_equal(dossier->linked_resources[0].kind, LINKED_RESOURCE_KIND_VOLUNTEERS);
    assert_day(dossier->linked_resources[0].on, "2020-06-30");
    assert_int_equal(dossier->linked_resources[0].count, 1200);
    assert_int_equal(dossier->linked_resources[0].amount_fen, 0);
    assert_string_equal(dossier->linked_resources[0].note, "two\nlines");

    assert_int_equal(dossier->contract_count, 2);
    const struct contract *contract = &dossier->contracts[0];
    assert_string_equal(contract->id, "c1");
    assert_string_equal(contract->title, "Station");
    assert_string_equal(contract->payer, "p2");
    assert_int_equal(contract->tier, CONTRACT_TIER_TOWNSHIP_STATION);
    assert_int_equal(contract->fund_source, FUND_SOURCE_DEPARTMENT_BUDGET);
    assert_int_equal(contract->stage, CONTRACT_STAGE_PERFORMING);
    assert_int_equal(contract->value_fen, 600);
    assert_int_equal(contract->unscheduled_fen, 100);
    assert_day(contract->awarded_on, "2019-12-20");
    assert_day(contract->signed_on, "2020-01-06");
    assert_day(contract->published_on, "2020-01-07");
    assert_day(contract->starts_on, "2020-01-01");
    assert_day(contract->ends_on, "2020-12-31");
    assert_int_equal(contract->payment_term_days, 30);
    assert_int_equal(contract->trigger, PAYMENT_TRIGGER_ACCEPTANCE);
    assert_int_equal(contract->renewals, 2);
    assert_int_equal(contract->service_evaluation, EVALUATION_RESULT_EXCELLENT);
    assert_int_equal(contract->retained_fen, 5);
    assert_int_equal(contract->disputed_fen, 7);
    assert_true(contract->security.account_locked);
    assert_string_equal(contract->security.pledge_registration, "");
    assert_false(contract->security.buyer_confirmed);
    assert_int_equal(contract->milestone_count, 2);
    const struct milestone *milestone = &contract->milestones[0];
    assert_string_equal(milestone->id, "m1");
    assert_string_equal(milestone->title, "First quarter");
    assert_day(milestone->due_on, "2020-03-31");
    assert_int_equal(milestone->amount_fen, 240);
    assert_day(milestone->accepted_on, "2020-04-08");
    assert_day(milestone->invoiced_on, "2020-04-09");
    assert_int_equal(milestone->deducted_fen, 10);
    assert_int_equal(milestone->payment_count, 2);
    assert_string_equal(milestone->payments[1].id, "t2");
    assert_day(milestone->payments[1].paid_on, "2020-05-30");
    assert_int_equal(milestone->payments[1].amount_fen, 130);

    assert_int_equal(dossier->facility_count, 1);
    const struct facility *facility = &dossier->facilities[0];
    assert_string_equal(facility->id, "f1");
    assert_string_equal(facility->lender, "Bank");
    assert_string_equal(facility->product, "zhengcaidai");
    assert_int_equal(facility->limit_fen, 500);
    assert_int_equal(facility->outstanding_fen, 500);
    assert_day(facility->opened_on, "2019-10-23");
    assert_day(facility->matures_on, "2021-10-22");
    assert_int_equal(facility->classification, FACILITY_CLASSIFICATION_NORMAL);
    assert_int_equal(facility->pledged_contract_count, 2);
    assert_string_equal(facility->pledged_contracts[0], "c2");
    assert_int_equal(facility->instalment_count, 1);
    assert_day(facility->instalments[0].due_on, "2019-12-21");
    assert_int_equal(facility->instalments[0].principal_fen, 0);
    assert_int_equal(facility->instalments[0].interest_fen, 16);
    assert_int_equal(facility->instalments[0].payment_count, 1);
    assert_day(facility->instalments[0].payments[0].paid_on, "2019-12-21");
    assert_int_equal(facility->instalments[0].payments[0].amount_fen, 16);
    assert_int_equal(facility->deferral_count, 1);
    assert_day(facility->deferrals[0].agreed_on, "2020-05-10");
    assert_day(facility->deferrals[0].from, "2020-05-21");
    assert_day(facility->deferrals[0].to, "2020-08-21");
    assert_int_equal(facility->deferrals[0].cause, DEFERRAL_CAUSE_PAYER_DELAY);

    assert_string_equal(dossier->application.id, "a1");
    assert_int_equal(dossier->application.kind, APPLICATION_KIND_RENEWAL);
    assert_int_equal(dossier->application.amount_fen, 500000000);
    assert_int_equal(dossier->application.tenor_months, 12);
    assert_int_equal(dossier->application.purpose, APPLICATION_PURPOSE_PAYROLL);
    assert_int_equal(dossier->application.requested_on.days, day("2020-10-19").days);
    assert_string_equal(dossier->application.facility, "f1");
    assert_int_equal(dossier->application.collateral_fen, 0);
    arena_done(&arena);
}

static const char SMALLEST[] =
    "{\"schema\":\"zhengcaidai/dossier/1\",\"as_of\":\"2020-10-19\",\"organisation\":{\"uscc\":\"52440300MJL186084F\","
    "\"name\":\"n\",\"kind\":\"social_service_institution\",\"registered_on\":\"2009-11-30\",\"region\":\"440307\","
    "\"registration_status\":\"active\",\"staff\":[{\"on\":\"2020-01-01\",\"total\":5}],\"statements\":[{\"year\":2019}],"
    "\"payroll_month_fen\":1,\"payroll_day\":10,\"cash_fen\":0},"
    "\"payers\":[{\"id\":\"p\",\"name\":\"p\",\"level\":\"donor\"}],"
    "\"linked_resources\":[{\"kind\":\"donation\",\"on\":\"2020-01-01\"}],"
    "\"contracts\":[{\"id\":\"c\",\"payer\":\"p\",\"fund_source\":\"charity\",\"stage\":\"intention\",\"value_fen\":3,"
    "\"payment_term_days\":0,\"trigger\":\"date\",\"milestones\":[{\"id\":\"m\",\"due_on\":\"2021-01-01\",\"amount_fen\":3}]}],"
    "\"facilities\":[{\"id\":\"f\",\"lender\":\"b\",\"outstanding_fen\":0,\"opened_on\":\"2020-01-01\","
    "\"matures_on\":\"2021-01-01\",\"classification\":\"normal\"}],"
    "\"application\":{\"id\":\"a\",\"kind\":\"first_loan\",\"amount_fen\":1,\"tenor_months\":1,\"purpose\":\"payroll\","
    "\"requested_on\":\"2020-10-19\"}}";

static void tells_missing_from_zero(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct zcd_error err;
    const struct dossier *dossier = NULL;

    assert_int_equal(sample_decode_text(SMALLEST, &arena, &dossier, &err), ZCD_OK);
    const struct organisation *organisation = &dossier->organisation;
    assert_string_equal(dossier->provenance, "");
    assert_null(organisation->grade);
    assert_int_equal(organisation->annual_inspection_count, 0);
    assert_int_equal(organisation->list_count, 0);
    assert_int_equal(organisation->stations, DOSSIER_COUNT_NONE);
    assert_int_equal(organisation->staff[0].licensed_senior, DOSSIER_COUNT_NONE);
    assert_false(organisation->thirteenth_month);
    assert_true(organisation->other_costs_month_fen == DOSSIER_FEN_NONE);
    assert_true(organisation->restricted_cash_fen == DOSSIER_FEN_NONE);
    assert_true(organisation->wages_payable_fen == DOSSIER_FEN_NONE);
    assert_int_equal(organisation->statements[0].regime, ACCOUNTING_REGIME_NONE);
    assert_true(organisation->statements[0].income_fen == DOSSIER_FEN_NONE);
    assert_true(organisation->statements[0].liabilities_fen == DOSSIER_FEN_NONE);
    assert_string_equal(dossier->payers[0].uscc.text, "");
    assert_string_equal(dossier->payers[0].region.code, "");
    assert_int_equal(dossier->payer_experience_count, 0);
    assert_int_equal(dossier->linked_resources[0].count, DOSSIER_COUNT_NONE);
    assert_true(dossier->linked_resources[0].amount_fen == DOSSIER_FEN_NONE);
    assert_string_equal(dossier->linked_resources[0].note, "");
    const struct contract *contract = &dossier->contracts[0];
    assert_string_equal(contract->title, "");
    assert_int_equal(contract->tier, CONTRACT_TIER_NONE);
    assert_day(contract->awarded_on, "none");
    assert_day(contract->signed_on, "none");
    assert_day(contract->published_on, "none");
    assert_day(contract->starts_on, "none");
    assert_day(contract->ends_on, "none");
    assert_int_equal(contract->renewals, 0);
    assert_int_equal(contract->service_evaluation, EVALUATION_RESULT_NONE);
    assert_false(contract->security.account_locked);
    assert_string_equal(contract->security.pledge_registration, "");
    assert_day(contract->milestones[0].accepted_on, "none");
    assert_day(contract->milestones[0].invoiced_on, "none");
    assert_int_equal(contract->milestones[0].deducted_fen, 0);
    assert_string_equal(contract->milestones[0].title, "");
    assert_int_equal(contract->milestones[0].payment_count, 0);
    assert_true(dossier->facilities[0].limit_fen == DOSSIER_FEN_NONE);
    assert_string_equal(dossier->facilities[0].product, "");
    assert_string_equal(dossier->application.facility, "");
    assert_true(dossier->application.collateral_fen == DOSSIER_FEN_NONE);
    arena_done(&arena);
}

/* An optional member may be null; a required one may be neither null nor absent. */
static void knows_which_members_may_be_missing(void **state)
{
    (void)state;
    static const char *const required[] = {
        "/schema", "/as_of", "/organisation", "/organisation/uscc", "/organisation/name", "/organisation/kind",
        "/organisation/registered_on", "/organisation/region", "/organisation/registration_status",
        "/organisation/payroll_month_fen", "/organisation/payroll_day", "/organisation/cash_fen",
        "/organisation/annual_inspections/0/year", "/organisation/annual_inspections/0/result",
        "/organisation/grade/level", "/organisation/grade/granted_on", "/organisation/service_evaluations/0/year",
        "/organisation/service_evaluations/0/result", "/organisation/lists/0/list", "/organisation/lists/0/entered_on",
        "/organisation/staff/0/on", "/organisation/staff/0/total", "/organisation/statements/0/year",
        "/payers", "/payers/0/id", "/payers/0/name", "/payers/0/level",
        "/payer_experience/0/events_ppm", "/payer_experience/0/exposure_ppm",
        "/linked_resources/0/kind", "/linked_resources/0/on",
        "/contracts", "/contracts/0/id", "/contracts/0/payer", "/contracts/0/fund_source", "/contracts/0/stage",
        "/contracts/0/value_fen", "/contracts/0/payment_term_days", "/contracts/0/trigger",
        "/contracts/0/milestones/0/id", "/contracts/0/milestones/0/due_on", "/contracts/0/milestones/0/amount_fen",
        "/contracts/0/milestones/0/payments/0/id", "/contracts/0/milestones/0/payments/0/paid_on",
        "/contracts/0/milestones/0/payments/0/amount_fen",
        "/facilities/0/id", "/facilities/0/lender", "/facilities/0/outstanding_fen", "/facilities/0/opened_on",
        "/facilities/0/matures_on", "/facilities/0/classification", "/facilities/0/instalments/0/due_on",
        "/facilities/0/instalments/0/principal_fen", "/facilities/0/instalments/0/interest_fen",
        "/facilities/0/instalments/0/payments/0/paid_on", "/facilities/0/instalments/0/payments/0/amount_fen",
        "/facilities/0/deferrals/0/agreed_on", "/facilities/0/deferrals/0/from", "/facilities/0/deferrals/0/to",
        "/application", "/application/id", "/application/kind", "/application/amount_fen", "/application/tenor_months",
        "/application/purpose", "/application/requested_on",
    };
    static const char *const optional[] = {
        "/provenance", "/organisation/annual_inspections", "/organisation/grade", "/organisation/service_evaluations",
        "/organisation/lists", "/organisation/staff", "/organisation/stations", "/organisation/thirteenth_month",
        "/organisation/other_costs_month_fen", "/organisation/restricted_cash_fen", "/organisation/wages_payable_fen",
        "/organisation/statements", "/payers/1/uscc", "/payer_experience", "/linked_resources",
        "/contracts/0/title", "/contracts/0/tier", "/contracts/0/renewals", "/contracts/0/service_evaluation",
        "/contracts/0/retained_fen", "/contracts/0/disputed_fen", "/contracts/0/security", "/contracts/0/published_on",
        "/contracts/0/milestones/0/accepted_on", "/contracts/0/milestones/0/invoiced_on",
        "/contracts/0/milestones/0/payments", "/facilities/0/product", "/facilities/0/limit_fen",
        "/facilities/0/pledged_contracts", "/facilities/0/instalments", "/facilities/0/deferrals",
        "/facilities/0/deferrals/0/cause", "/application/collateral_fen",
    };

    for (size_t i = 0; i < COUNT_OF(required); i++) {
        struct arena arena = {0};
        struct zcd_error err = {0};
        const struct dossier *dossier = NULL;
        char edit[128];

        assert_int_equal(sample_decode_edited(required[i], &arena, &dossier, &err), ZCD_INVALID);
        assert_string_equal(err.pointer, required[i]);
        assert_string_equal(err.message, "required member is missing");
        (void)snprintf(edit, sizeof edit, "%s null", required[i]);
        assert_int_equal(sample_decode_edited(edit, &arena, &dossier, &err), ZCD_INVALID);
        assert_string_equal(err.pointer, required[i]);
        assert_memory_equal(err.message, "is null, not a", strlen("is null, not a"));
        arena_done(&arena);
    }
    for (size_t i = 0; i < COUNT_OF(optional); i++) {
        struct arena arena = {0};
        struct zcd_error err = {0};
        const struct dossier *dossier = NULL;
        char edit[128];

        assert_int_equal(sample_decode_edited(optional[i], &arena, &dossier, &err), ZCD_OK);
        (void)snprintf(edit, sizeof edit, "%s null", optional[i]);
        if (optional[i][1] != '\0')
            assert_int_equal(sample_decode_edited(edit, &arena, &dossier, &err), ZCD_OK);
        arena_done(&arena);
    }
}

static void refuses_wrong_types_codes_and_forms_where_they_stand(void **state)
{
    (void)state;
    static const struct {
        const char *edit, *pointer, *message;
    } cases[] = {
        {"/surprise 1", "/surprise", "unknown member"},
        {"/organisation/grade/stars 5", "/organisation/grade/stars", "unknown member"},
        {"/contracts/0/milestones/1/due 1", "/contracts/0/milestones/1/due", "unknown member"},
        {"/organisation []", "/organisation", "is an array, not an object"},
        {"/organisation/grade \"5A\"", "/organisation/grade", "is a text, not an object"},
        {"/contracts {}", "/contracts", "is an object, not an array"},
        {"/contracts/0/milestones/0/payments/0 7", "/contracts/0/milestones/0/payments/0", "is an integer, not an object"},
        {"/facilities/0/pledged_contracts/1 true", "/facilities/0/pledged_contracts/1", "is true or false, not a text"},
        {"/facilities/0/pledged_contracts/1 null", "/facilities/0/pledged_contracts/1", "is null, not a text"},
        {"/organisation/cash_fen \"1\"", "/organisation/cash_fen", "is a text, not an integer"},
        {"/organisation/cash_fen 1.0", "/organisation/cash_fen",
         "is a number with fraction or exponent, not an integer"},
        {"/organisation/cash_fen 1e3", "/organisation/cash_fen",
         "is a number with fraction or exponent, not an integer"},
        {"/organisation/cash_fen 9007199254740993", "/organisation/cash_fen", "larger than 2^53 in size"},
        {"/organisation/cash_fen -9007199254740993", "/organisation/cash_fen", "larger than 2^53 in size"},
        {"/organisation/cash_fen -9223372036854775808", "/organisation/cash_fen", "larger than 2^53 in size"},
        {"/organisation/restricted_cash_fen -9223372036854775808", "/organisation/restricted_cash_fen",
         "larger than 2^53 in size"},
        {"/organisation/cash_fen 9007199254740992", "/organisation/cash_fen",
         "is 9007199254740992, above 10000000000000"},
        {"/organisation/stations -1", "/organisation/stations", "is -1, not within 0 to 2147483647"},
        {"/organisation/stations 2147483648", "/organisation/stations", "is 2147483648, not within 0 to 2147483647"},
        {"/organisation/thirteenth_month 1", "/organisation/thirteenth_month", "is an integer, not true or false"},
        {"/organisation/name 7", "/organisation/name", "is an integer, not a text"},
        {"/organisation/registration_status \"gone\"", "/organisation/registration_status",
         "is not one of: active, suspended, cancelled, revoked"},
        {"/organisation/registration_status \"\"", "/organisation/registration_status",
         "is not one of: active, suspended, cancelled, revoked"},
        {"/organisation/registration_status \"Active\"", "/organisation/registration_status",
         "is not one of: active, suspended, cancelled, revoked"},
        {"/organisation/registration_status 1", "/organisation/registration_status", "is an integer, not a text"},
        {"/organisation/grade/level \"6A\"", "/organisation/grade/level", "is not one of: 1A, 2A, 3A, 4A, 5A"},
        {"/contracts/0/trigger \"delivery\"", "/contracts/0/trigger", "is not one of: acceptance, date, signing"},
        {"/payers/0/level \"state\"", "/payers/0/level",
         "is not one of: central, province, city, district, township, village, public_institution, mass_organisation, "
         "enterprise, donor"},
        {"/as_of 20201019", "/as_of", "is an integer, not a text"},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        json_t *root = json_loads(SAMPLE_DOSSIER, 0, NULL);
        sample_edit_all(root, cases[i].edit);
        char *json = json_dumps(root, JSON_COMPACT);
        assert_refused(json, strlen(json), cases[i].pointer, cases[i].message);
        free(json);
        json_decref(root);
    }
}

/* The leaf parsers have tests of their own; here their refusal gets its pointer. */
static void places_the_refusal_of_a_date_a_uscc_and_a_region(void **state)
{
    (void)state;
    static const struct {
        const char *edit, *pointer;
    } cases[] = {
        {"/as_of \"2020-02-30\"", "/as_of"},
        {"/as_of \"2020-10-19T00:00:00Z\"", "/as_of"},
        {"/contracts/0/milestones/0/due_on \"2020/03/31\"", "/contracts/0/milestones/0/due_on"},
        {"/contracts/0/milestones/0/accepted_on \"\"", "/contracts/0/milestones/0/accepted_on"},
        {"/organisation/uscc \"52440300MJL186084E\"", "/organisation/uscc"},
        {"/payers/1/uscc \"1244030045575280\"", "/payers/1/uscc"},
        {"/organisation/region \"44030\"", "/organisation/region"},
        {"/payers/0/region \"999999\"", "/payers/0/region"},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct arena arena = {0};
        struct zcd_error err = {0};
        const struct dossier *dossier = NULL;

        assert_int_equal(sample_decode_edited(cases[i].edit, &arena, &dossier, &err), ZCD_INVALID);
        assert_string_equal(err.pointer, cases[i].pointer);
        arena_done(&arena);
    }
}

/* Refused as a whole, in these words; where in the text is the parser's matter and follows behind. */
static void assert_not_json(const char *json, size_t size, const char *words)
{
    struct arena arena = {0};
    struct zcd_error err = {0};
    const struct dossier *dossier = NULL;
    size_t length = strlen(words);

    enum zcd_code code = dossier_decode((struct bytes){(const uint8_t *)json, size}, &arena, &dossier, &err);
    if (strncmp(err.message, words, length) != 0 || strncmp(err.message + length, ": line ", 7) != 0)
        print_error("%.60s\n  gave code %d at '%s': %s\n", json, (int)code, err.pointer, err.message);
    assert_int_equal(code, ZCD_INVALID);
    assert_string_equal(err.pointer, "");
    assert_memory_equal(err.message, words, length);
    assert_memory_equal(err.message + length, ": line ", 7);
    assert_null(dossier);
    arena_done(&arena);
}

static void refuses_what_is_not_strict_json(void **state)
{
    (void)state;
    static const struct {
        const char *json, *message;
    } cases[] = {
        {"", "the document ends early"},
        {"   ", "the document ends early"},
        {"{", "the document ends early"},
        {"{} x", "something follows the document"},
        {"{} {}", "something follows the document"},
        {"{\"a\": 1,\n \"a\": 2}", "a member name occurs twice"},
        {"{\"a\": 99999999999999999999}", "a number is too large"},
        {"{\"a\": 1e999}", "a number is too large"},
        {"{\"a\": \"\\u0000\"}", "a text holds NUL"},
        {"{\"a\": \"\\ud800\"}", "not JSON"},
        {"{\"a\": NaN}", "not JSON"},
        {"{\"a\": 01}", "not JSON"},
        {"{\"a\": +1}", "not JSON"},
        {"{'a': 1}", "not JSON"},
        {"{\"a\": 1,}", "not JSON"},
        {"{/**/}", "not JSON"},
        {"{\"a\": \"\n\"}", "not JSON"},
        {"7", "not JSON"},
        {"null", "not JSON"},
        {"\xef\xbb\xbf{}", "not JSON"},
        {"{\"a\": \"\xff\"}", "not UTF-8"},
        {"{\"a\": \"\xc0\xaf\"}", "not UTF-8"},
        {"{\"a\": \"\xed\xa0\x80\"}", "not UTF-8"},
        {"]", "not JSON"},
        {"}}}}", "not JSON"},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++)
        assert_not_json(cases[i].json, strlen(cases[i].json), cases[i].message);
    assert_not_json("{\"a\0b\": 1}", 10, "not JSON");
    assert_refused("[]", 2, "", "is an array, not an object");
    assert_refused("{}", 2, "/schema", "required member is missing");
}

/* Line and column count from 1, in characters; they point at the last character read. */
static void says_where_the_json_ends_to_be_json(void **state)
{
    (void)state;
    assert_refused("{\n\n  x}", 7, "", "not JSON: line 3, column 3");
    assert_refused("{\"\xe6\xb5\x8b\": x}", 9, "", "not JSON: line 1, column 7");
    assert_refused(NULL, 0, "", "the document ends early: line 1, column 0");
}

static void refuses_a_document_that_is_cut_at_any_byte(void **state)
{
    (void)state;
    for (size_t size = 0; size < sizeof SMALLEST - 1; size++) {
        struct arena arena = {0};
        struct zcd_error err = {0};
        const struct dossier *dossier = NULL;
        char *exact = malloc(size == 0 ? 1 : size); /* so that the sanitizer sees a read behind the end */

        memcpy(exact, SMALLEST, size);
        assert_int_equal(dossier_decode((struct bytes){(const uint8_t *)exact, size}, &arena, &dossier, &err), ZCD_INVALID);
        assert_null(dossier);
        free(exact);
        arena_done(&arena);
    }
}

/* Any byte may become any other: most are refused, none does harm. */
static void survives_every_single_byte_change(void **state)
{
    (void)state;
    static const char replacements[] = {'\0', '"', '\\', '{', '}', '[', ']', ',', ':', '0', '9', '-', '.', 'e', '\n', '\x7f', '\xff'};
    char json[sizeof SMALLEST];

    for (size_t at = 0; at < sizeof SMALLEST - 1; at++) {
        for (size_t i = 0; i < sizeof replacements; i++) {
            struct arena arena = {0};
            struct zcd_error err = {0};
            const struct dossier *dossier = NULL;

            memcpy(json, SMALLEST, sizeof json);
            json[at] = replacements[i];
            enum zcd_code code =
                dossier_decode((struct bytes){(const uint8_t *)json, sizeof json - 1}, &arena, &dossier, &err);
            assert_true(code == ZCD_OK ? dossier != NULL : code == ZCD_INVALID && err.message[0] != '\0');
            arena_done(&arena);
        }
    }
}

static void bounds_depth_size_and_number_of_values(void **state)
{
    (void)state;
    size_t size = (size_t)9 * 1024 * 1024;
    char *json = malloc(size);

    memset(json, '[', size);
    assert_not_json(json, 16, "the document ends early");
    assert_refused(json, 17, "", "deeper than 16 levels at byte 17");
    assert_refused(json, DECODE_SIZE_MAX, "", "deeper than 16 levels at byte 17");
    assert_refused(json, size, "", "9437184 bytes, more than 8388608");
    assert_refused(json, DECODE_SIZE_MAX + 1, "", "8388609 bytes, more than 8388608");

    memset(json, ',', size);
    assert_refused(json, DECODE_SIZE_MAX, "", "more than 500000 values");

    /* Brackets inside a text are text: the answer comes from behind the scan. */
    memset(json, '[', DECODE_SIZE_MAX);
    memcpy(json, "{\"schema\": \"", 12);
    memcpy(json + DECODE_SIZE_MAX - 2, "\"}", 2);
    assert_refused(json, DECODE_SIZE_MAX, "/as_of", "required member is missing");

    /* A text that is never closed, and one whose end is escaped. */
    memcpy(json, "{\"schema\": \"", 12);
    json[DECODE_SIZE_MAX - 2] = '\\';
    json[DECODE_SIZE_MAX - 1] = '"';
    struct arena arena = {0};
    struct zcd_error err = {0};
    const struct dossier *dossier = NULL;
    assert_int_equal(dossier_decode((struct bytes){(const uint8_t *)json, DECODE_SIZE_MAX}, &arena, &dossier, &err), ZCD_INVALID);
    assert_string_equal(err.pointer, "");
    assert_int_equal(dossier_decode((struct bytes){(const uint8_t *)json, DECODE_SIZE_MAX - 1}, &arena, &dossier, &err),
                     ZCD_INVALID);
    assert_string_equal(err.pointer, "");
    arena_done(&arena);
    free(json);
}

static void escapes_the_name_of_an_unknown_member(void **state)
{
    (void)state;
    assert_refused("{\"a/b~c\": 1}", 12, "/a~1b~0c", "unknown member");
}

/* The whole file; the caller frees it. */
static char *read_file(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    assert_int_equal(fseek(file, 0, SEEK_END), 0);
    *size = (size_t)ftell(file);
    rewind(file);
    char *text = malloc(*size + 1);
    assert_int_equal(fread(text, 1, *size, file), *size);
    fclose(file);
    return text;
}

static void takes_every_example_that_ships(void **state)
{
    (void)state;
    size_t examples = 0;
    DIR *folder = opendir(ZCD_SOURCE_DIR "/data/examples");
    assert_non_null(folder);

    for (struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
        if (strstr(entry->d_name, ".json") == NULL)
            continue;
        struct arena arena = {0};
        struct zcd_error err = {0};
        const struct dossier *dossier = NULL;
        char path[512];
        size_t size;

        (void)snprintf(path, sizeof path, ZCD_SOURCE_DIR "/data/examples/%s", entry->d_name);
        char *json = read_file(path, &size);
        enum zcd_code code = dossier_decode((struct bytes){(const uint8_t *)json, size}, &arena, &dossier, &err);
        if (code != ZCD_OK)
            print_error("%s at '%s': %s\n", entry->d_name, err.pointer, err.message);
        assert_int_equal(code, ZCD_OK);
        free(json);
        arena_done(&arena);
        examples++;
    }
    closedir(folder);
    assert_true(examples > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_every_member_of_the_organisation),
        cmocka_unit_test(reads_every_member_of_payers_contracts_and_the_rest),
        cmocka_unit_test(tells_missing_from_zero),
        cmocka_unit_test(knows_which_members_may_be_missing),
        cmocka_unit_test(refuses_wrong_types_codes_and_forms_where_they_stand),
        cmocka_unit_test(places_the_refusal_of_a_date_a_uscc_and_a_region),
        cmocka_unit_test(refuses_what_is_not_strict_json),
        cmocka_unit_test(says_where_the_json_ends_to_be_json),
        cmocka_unit_test(refuses_a_document_that_is_cut_at_any_byte),
        cmocka_unit_test(survives_every_single_byte_change),
        cmocka_unit_test(bounds_depth_size_and_number_of_values),
        cmocka_unit_test(takes_every_example_that_ships),
        cmocka_unit_test(escapes_the_name_of_an_unknown_member),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
