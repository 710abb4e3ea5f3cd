/* Dossiers and their way back to JSON. Expected documents: the examples, and one written by hand with every member. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include "api/codec/dossier_decode.h"
#include "api/codec/dossier_encode.h"
#include "api/file.h"
#include "audit/canonical_json.h"

#include <jansson.h>
#include <string.h>

/* Members that say nothing when they are 0: a document may give them or not. */
static const char *const ZERO_SAYS_NOTHING[] = {"deducted_fen", "disputed_fen", "renewals", "retained_fen", "unscheduled_fen"};

static bool says_nothing(const char *name, const json_t *value)
{
    if (json_is_null(value) || json_is_false(value))
        return true;
    if (json_is_array(value) || json_is_object(value))
        return json_array_size(value) + json_object_size(value) == 0 && strcmp(name, "contracts") != 0 && strcmp(name, "payers") != 0;
    if (json_is_string(value))
        return json_string_length(value) == 0;
    for (size_t i = 0; i < sizeof ZERO_SAYS_NOTHING / sizeof *ZERO_SAYS_NOTHING; i++) {
        if (strcmp(name, ZERO_SAYS_NOTHING[i]) == 0 && json_integer_value(value) == 0)
            return true;
    }
    return false;
}

/* The same document without members that stand for what their absence stands for. */
static void leave_out_what_says_nothing(json_t *value)
{
    const char *name;
    json_t *member;
    void *next;
    size_t i;

    json_array_foreach(value, i, member) leave_out_what_says_nothing(member);
    json_object_foreach_safe(value, next, name, member)
    {
        leave_out_what_says_nothing(member);
        if (says_nothing(name, member))
            assert_int_equal(json_object_del(value, name), 0);
    }
}

static void expect_way_back(struct bytes text)
{
    struct arena arena = {0};
    struct buffer written = {0};
    struct buffer expected = {0};
    const struct dossier *dossier;
    json_t *value = json_loadb((const char *)text.data, text.size, 0, NULL);
    struct zcd_error err;

    assert_non_null(value);
    assert_int_equal(dossier_decode(text, &arena, &dossier, &err), ZCD_OK);
    assert_int_equal(dossier_encode(dossier, &written, &err), ZCD_OK);
    leave_out_what_says_nothing(value);
    assert_int_equal(canonical_json_encode(value, &expected, &err), ZCD_OK);
    assert_string_equal((const char *)written.data, (const char *)expected.data);
    json_decref(value);
    buffer_done(&written);
    buffer_done(&expected);
    arena_done(&arena);
}

static void gives_back_every_example(void **state)
{
    static const char *const NAMES[] = {"contract-ending-next-month", "donations-only", "payers-90-days-late",
                                        "serious-violation-list", "zhicheng-2020-10", "zhicheng-2022-06"};
    (void)state;
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
        struct buffer text = {0};
        char path[128];
        struct zcd_error err;

        (void)snprintf(path, sizeof path, "data/examples/%s.json", NAMES[i]);
        assert_int_equal(file_read(path, 8 << 20, &text, &err), ZCD_OK);
        expect_way_back(buffer_bytes(&text));
        buffer_done(&text);
    }
}

/* Every member of every object, each with a value that is not its default. */
static const char COMPLETE[] =
    "{\"schema\":\"zhengcaidai/dossier/1\",\"as_of\":\"2020-10-19\",\"provenance\":\"手写\","
    "\"organisation\":{\"uscc\":\"52440300MJL186084F\",\"name\":\"某中心\",\"kind\":\"social_service_institution\","
    "\"registered_on\":\"2009-11-30\",\"region\":\"440307\",\"registration_status\":\"suspended\","
    "\"annual_inspections\":[{\"year\":2019,\"result\":\"basically_qualified\"}],"
    "\"grade\":{\"level\":\"5A\",\"granted_on\":\"2018-12-01\"},\"service_evaluations\":[{\"year\":2019,\"result\":\"good\"}],"
    "\"lists\":[{\"list\":\"abnormal_activity\",\"entered_on\":\"2016-05-04\",\"removed_on\":\"2016-09-30\"}],"
    "\"staff\":[{\"on\":\"2020-09-30\",\"total\":6,\"licensed_assistant\":3,\"licensed_intermediate\":2,\"licensed_senior\":0}],"
    "\"stations\":0,\"payroll_month_fen\":1,\"payroll_day\":31,\"thirteenth_month\":true,\"other_costs_month_fen\":0,"
    "\"cash_fen\":9,\"restricted_cash_fen\":8,\"wages_payable_fen\":7,\"statements\":[{\"year\":2019,\"regime\":\"2004\","
    "\"income_fen\":6,\"public_income_fen\":5,\"cost_fen\":4,\"unrestricted_net_assets_fen\":-3,"
    "\"restricted_net_assets_fen\":-2,\"receivables_fen\":1,\"liabilities_fen\":0}]},"
    "\"payers\":[{\"id\":\"p1\",\"uscc\":\"12440300455752807L\",\"name\":\"某区\",\"level\":\"district\",\"region\":\"440307\"}],"
    "\"payer_experience\":[{\"level\":\"district\",\"fund_source\":\"charity\",\"events_ppm\":1,\"exposure_ppm\":2},"
    "{\"payer\":\"p1\",\"events_ppm\":3,\"exposure_ppm\":0}],"
    "\"linked_resources\":[{\"kind\":\"donation\",\"on\":\"2020-06-30\",\"count\":0,\"amount_fen\":0,\"note\":\"一行\\n两行\"}],"
    "\"contracts\":[{\"id\":\"c1\",\"title\":\"题\",\"payer\":\"p1\",\"tier\":\"other\",\"fund_source\":\"award_fund\","
    "\"stage\":\"evaluating\",\"value_fen\":100,\"unscheduled_fen\":10,\"awarded_on\":\"2019-12-20\",\"signed_on\":\"2020-01-06\","
    "\"published_on\":\"2020-01-07\",\"starts_on\":\"2020-01-01\",\"ends_on\":\"2020-09-30\",\"payment_term_days\":0,"
    "\"trigger\":\"signing\",\"renewals\":2,\"service_evaluation\":\"unqualified\",\"retained_fen\":1,\"disputed_fen\":2,"
    "\"security\":{\"account_locked\":true,\"pledge_registration\":\"N-1\",\"buyer_confirmed\":true},"
    "\"milestones\":[{\"id\":\"m1\",\"title\":\"一\",\"due_on\":\"2020-03-31\",\"amount_fen\":90,\"accepted_on\":\"2020-04-08\","
    "\"invoiced_on\":\"2020-04-09\",\"deducted_fen\":3,\"payments\":[{\"id\":\"t1\",\"paid_on\":\"2020-05-20\",\"amount_fen\":80}]}]}],"
    "\"facilities\":[{\"id\":\"f1\",\"lender\":\"某行\",\"product\":\"品\",\"limit_fen\":50,\"outstanding_fen\":40,"
    "\"opened_on\":\"2020-02-01\",\"matures_on\":\"2021-02-01\",\"classification\":\"attention\",\"pledged_contracts\":[\"c1\"],"
    "\"instalments\":[{\"due_on\":\"2020-03-01\",\"principal_fen\":10,\"interest_fen\":1,"
    "\"payments\":[{\"paid_on\":\"2020-03-01\",\"amount_fen\":11}]}],"
    "\"deferrals\":[{\"agreed_on\":\"2020-05-10\",\"from\":\"2020-05-21\",\"to\":\"2020-08-21\",\"cause\":\"epidemic\"}]}],"
    "\"application\":{\"id\":\"a1\",\"kind\":\"renewal\",\"amount_fen\":5,\"tenor_months\":12,\"purpose\":\"project_start\","
    "\"requested_on\":\"2020-10-19\",\"facility\":\"f1\",\"collateral_fen\":0}}";

static void gives_back_every_member(void **state)
{
    (void)state;
    expect_way_back(bytes_of_text(COMPLETE));
}

/* The least that a dossier may hold: the optional members are missing, not written as something. */
static void invents_nothing_that_was_not_given(void **state)
{
    (void)state;
    expect_way_back(bytes_of_text(
        "{\"schema\":\"zhengcaidai/dossier/1\",\"as_of\":\"2020-10-19\",\"organisation\":{\"uscc\":\"52440300MJL186084F\","
        "\"name\":\"某中心\",\"kind\":\"social_service_institution\",\"registered_on\":\"2009-11-30\",\"region\":\"440307\","
        "\"registration_status\":\"active\",\"payroll_month_fen\":0,\"payroll_day\":1,\"cash_fen\":0},\"payers\":[],"
        "\"contracts\":[],\"application\":{\"id\":\"a1\",\"kind\":\"first_loan\",\"amount_fen\":1,\"tenor_months\":1,"
        "\"purpose\":\"other\",\"requested_on\":\"2020-10-19\"}}"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_back_every_example),
        cmocka_unit_test(gives_back_every_member),
        cmocka_unit_test(invents_nothing_that_was_not_given),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
