#include "tests/contracts/facts_support.h"

#include "contracts/contract_store.h"
#include "contracts/fact_sink_store.h"

#define YUAN(amount) {(amount)*INT64_C(100), "CNY"}
#define NOTHING {FACT_MONEY_NONE, ""}

/* A list of facts through the sink. */
struct fact_list {
    const struct fact *facts;
    size_t count;
};

static enum zcd_code sink_facts(struct db *db, struct fact_import *import, const void *what, struct zcd_error *err)
{
    const struct fact_list *list = what;
    struct fact_sink *sink = fact_sink_new(db, import);
    struct fact_sink_counts counts;
    enum zcd_code code = ZCD_OK;

    for (size_t i = 0; i < list->count && code == ZCD_OK; i++)
        code = fact_sink_take(sink, &list->facts[i], err);
    if (code == ZCD_OK)
        code = fact_sink_finish(sink, &counts, err);
    fact_sink_free(sink);
    return code;
}

static struct fact_import import_facts(struct db *db, int64_t at_us, const struct fact *facts, size_t count)
{
    struct fact_list list = {facts, count};
    return run_import(db, (struct import_run){.lender = LENDER,
                                              .at_us = at_us,
                                              .fills = true,
                                              .kind = "ocds",
                                              .write = sink_facts,
                                              .what = &list});
}

static struct fact organisation_fact(const char *name, const char *region)
{
    return (struct fact){
        .kind = FACT_ORGANISATION, .organisation = USCC, .line = 1, .organisation_fact = {.name = name, .region = region}};
}

static struct fact payer_fact(void)
{
    return (struct fact){.kind = FACT_PAYER,
                         .organisation = USCC,
                         .line = 1,
                         .payer = {.id = "p1", .uscc = "", .name = "民政局", .level = PAYER_LEVEL_CITY, .region = "440300"}};
}

static struct fact contract_fact(const char *id, const char *currency)
{
    struct fact fact = {.kind = FACT_CONTRACT,
                        .organisation = USCC,
                        .line = 1,
                        .contract = {.id = id,
                                     .number = "",
                                     .title = "社工服务",
                                     .payer = "p1",
                                     .fund_source = FUND_SOURCE_DEPARTMENT_BUDGET,
                                     .stage = CONTRACT_STAGE_CLOSED,
                                     .value = {60000, ""},
                                     .awarded_on = day("2020-01-10"),
                                     .signed_on = day("2020-02-01"),
                                     .published_on = day("2020-02-05"),
                                     .starts_on = day("2020-03-01"),
                                     .ends_on = day("2020-12-31"),
                                     .payment_term_days = 30,
                                     .trigger = PAYMENT_TRIGGER_ACCEPTANCE,
                                     .renewals = DOSSIER_COUNT_NONE,
                                     .holds_from = DATE_NONE}};
    (void)snprintf(fact.contract.value.currency, sizeof fact.contract.value.currency, "%s", currency);
    return fact;
}

static struct fact milestone_fact(const char *contract)
{
    return (struct fact){.kind = FACT_MILESTONE,
                         .organisation = USCC,
                         .line = 1,
                         .milestone = {.contract = contract,
                                       .id = "m1",
                                       .title = "",
                                       .due_on = day("2020-06-30"),
                                       .accepted_on = day("2020-07-10"),
                                       .invoiced_on = DATE_NONE,
                                       .amount = YUAN(400),
                                       .deducted = NOTHING}};
}

static struct fact payment_fact(const char *contract, const char *paid_on)
{
    return (struct fact){.kind = FACT_PAYMENT,
                         .organisation = USCC,
                         .line = 1,
                         .payment = {.contract = contract,
                                     .milestone = "m1",
                                     .id = "t1",
                                     .paid_on = day(paid_on),
                                     .amount = YUAN(100),
                                     .payer_name = ""}};
}

static struct dossier *load_at(struct db *db, const char *as_of, struct arena *arena)
{
    return load(db, LENDER, USCC, day(as_of), FACTS_KNOWN_NOW, NULL, arena);
}

static void a_file_tells_how_things_stood_on_each_day(void **state)
{
    static const struct {
        const char *as_of;
        enum contract_stage stage;
        bool is_signed, is_accepted;
        size_t payments;
    } days[] = {
        {"2020-01-10", CONTRACT_STAGE_AWARDED, false, false, 0},    {"2020-01-31", CONTRACT_STAGE_AWARDED, false, false, 0},
        {"2020-02-01", CONTRACT_STAGE_SIGNED, true, false, 0},      {"2020-03-01", CONTRACT_STAGE_PERFORMING, true, false, 0},
        {"2020-07-09", CONTRACT_STAGE_PERFORMING, true, false, 0},  {"2020-07-10", CONTRACT_STAGE_PERFORMING, true, true, 0},
        {"2020-08-19", CONTRACT_STAGE_PERFORMING, true, true, 0},   {"2020-08-20", CONTRACT_STAGE_PERFORMING, true, true, 1},
        {"2020-12-30", CONTRACT_STAGE_PERFORMING, true, true, 1},   {"2020-12-31", CONTRACT_STAGE_CLOSED, true, true, 1},
    };
    (void)state;
    ZCD_AUTO(arena_done)
    struct arena arena = {0};
    ZCD_AUTO(close_db)
    struct db *db = connect_as(DB_APPLICATION_ROLE);
    struct fact facts[] = {organisation_fact("某中心", "440300"), payer_fact(), contract_fact("c1", "CNY"),
                           milestone_fact("c1"), payment_fact("c1", "2020-08-20")};

    (void)import_facts(db, INSTANT_US, facts, sizeof facts / sizeof *facts);
    assert_int_equal(load_at(db, "2020-01-09", &arena)->contract_count, 0);
    for (size_t i = 0; i < sizeof days / sizeof *days; i++) {
        struct dossier *dossier = load_at(db, days[i].as_of, &arena);
        assert_int_equal(dossier->contract_count, 1);
        assert_int_equal(dossier->contracts[0].stage, days[i].stage);
        assert_int_equal(!date_is_none(dossier->contracts[0].signed_on), days[i].is_signed);
        assert_int_equal(dossier->contracts[0].unscheduled_fen, 20000);
        assert_int_equal(dossier->contracts[0].milestone_count, 1);
        assert_int_equal(!date_is_none(dossier->contracts[0].milestones[0].accepted_on), days[i].is_accepted);
        assert_int_equal(dossier->contracts[0].milestones[0].payment_count, days[i].payments);
    }
}

static void the_same_file_twice_adds_nothing(void **state)
{
    (void)state;
    ZCD_AUTO(close_db)
    struct db *db = connect_as(DB_APPLICATION_ROLE);
    struct fact facts[] = {organisation_fact("某中心", "440300"), payer_fact(), contract_fact("c1", "CNY"),
                           milestone_fact("c1"), payment_fact("c1", "2020-08-20")};

    assert_int_equal(import_facts(db, INSTANT_US, facts, 5).added, 9); /* 4 steps of the contract, 2 of the milestone */
    assert_int_equal(import_facts(db, INSTANT_US + 1, facts, 5).added, 0);
}

static void what_a_file_does_not_say_stays_as_it_was_known(void **state)
{
    (void)state;
    ZCD_AUTO(arena_done)
    struct arena arena = {0};
    ZCD_AUTO(close_db)
    struct db *db = connect_as(DB_APPLICATION_ROLE);
    struct fact first = organisation_fact("某中心", "440300");
    struct fact second = organisation_fact("", "440307");

    (void)import_facts(db, INSTANT_US, &first, 1);
    (void)import_facts(db, INSTANT_US + 1, &second, 1);
    struct dossier *dossier = load_at(db, "2020-01-01", &arena);
    assert_string_equal(dossier->organisation.name, "某中心");
    assert_string_equal(dossier->organisation.region.code, "440307");
}

static void a_payment_whose_day_is_corrected_leaves_its_old_day(void **state)
{
    (void)state;
    ZCD_AUTO(arena_done)
    struct arena arena = {0};
    ZCD_AUTO(close_db)
    struct db *db = connect_as(DB_APPLICATION_ROLE);
    struct fact facts[] = {organisation_fact("某中心", "440300"), payer_fact(), contract_fact("c1", "CNY"),
                           milestone_fact("c1"), payment_fact("c1", "2020-08-20")};
    struct fact corrected = payment_fact("c1", "2020-09-20");

    (void)import_facts(db, INSTANT_US, facts, 5);
    (void)import_facts(db, INSTANT_US + SECOND_US, &corrected, 1);
    assert_int_equal(load_at(db, "2020-09-19", &arena)->contracts[0].milestones[0].payment_count, 0);
    assert_int_equal(load_at(db, "2020-09-20", &arena)->contracts[0].milestones[0].payment_count, 1);
    struct dossier *before = load(db, LENDER, USCC, day("2020-09-19"), INSTANT_US, NULL, &arena);
    assert_int_equal(before->contracts[0].milestones[0].payment_count, 1); /* as it was known then */
}

static void amounts_in_other_currencies_are_kept_and_stay_out_of_the_dossier(void **state)
{
    (void)state;
    ZCD_AUTO(arena_done)
    struct arena arena = {0};
    ZCD_AUTO(close_db)
    struct db *db = connect_as(DB_APPLICATION_ROLE);
    struct fact facts[] = {organisation_fact("某中心", "440300"), payer_fact(), contract_fact("c1", "GBP"),
                           contract_fact("c2", "CNY"), payment_fact("c1", "2020-08-20")};

    (void)import_facts(db, INSTANT_US, facts, 5);
    struct dossier *dossier = load_at(db, "2021-01-01", &arena);
    assert_int_equal(dossier->contract_count, 1);
    assert_string_equal(dossier->contracts[0].id, "c2");
    assert_int_equal(test_database_count(database.conninfo, "SELECT count(*) FROM contract WHERE currency = 'GBP'"), 4);
}

static void payments_without_a_milestone_and_ids_without_form_still_make_a_dossier(void **state)
{
    (void)state;
    ZCD_AUTO(arena_done)
    struct arena arena = {0};
    ZCD_AUTO(close_db)
    struct db *db = connect_as(DB_APPLICATION_ROLE);
    struct fact facts[] = {organisation_fact("某中心", "440300"), payer_fact(), contract_fact("合同 1", "CNY"),
                           milestone_fact("合同 1"), payment_fact("合同 1", "2020-08-20")};

    facts[4].payment.milestone = "";
    (void)import_facts(db, INSTANT_US, facts, 5);
    struct dossier *dossier = load_at(db, "2020-08-20", &arena);
    assert_int_equal(strlen(dossier->contracts[0].id), 33);
    assert_int_equal(dossier->contracts[0].milestones[0].payment_count, 1);
    assert_int_equal(dossier->contracts[0].milestones[0].payments[0].amount_fen, 10000);
    assert_int_equal(load_at(db, "2020-08-19", &arena)->contracts[0].milestones[0].payment_count, 0);

    /* Another file says which milestone it was for: one payment still. */
    facts[4].payment.milestone = "m1";
    assert_int_equal(import_facts(db, INSTANT_US + SECOND_US, facts, 5).added, 1);
    dossier = load_at(db, "2020-08-20", &arena);
    assert_int_equal(dossier->contracts[0].milestones[0].payment_count, 1);
    assert_int_equal(contract_paid_fen(&dossier->contracts[0]), 10000);
}

static void refuses_what_the_tables_cannot_hold(void **state)
{
    (void)state;
    ZCD_AUTO(close_db)
    struct db *db = connect_as(DB_APPLICATION_ROLE);
    struct fact_import import = {.lender = LENDER, .id = 1};
    struct fact_sink *sink = fact_sink_new(db, &import);
    struct fact negative = payment_fact("c1", "2020-08-20"), nameless = payer_fact(), endless = contract_fact("c1", "CNY");
    struct zcd_error err;

    negative.payment.amount.minor = -1;
    assert_int_equal(fact_sink_take(sink, &negative, &err), ZCD_INVALID);
    negative.payment.amount.minor = INT64_C(9007199254740992);
    assert_int_equal(fact_sink_take(sink, &negative, &err), ZCD_INVALID);
    nameless.organisation = "";
    assert_int_equal(fact_sink_take(sink, &nameless, &err), ZCD_INVALID);
    char id[FACT_ID_SIZE_MAX + 2] = "";
    memset(id, 'c', sizeof id - 1);
    endless.contract.id = id;
    assert_int_equal(fact_sink_take(sink, &endless, &err), ZCD_INVALID);
    fact_sink_free(sink);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_file_tells_how_things_stood_on_each_day, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_same_file_twice_adds_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_a_file_does_not_say_stays_as_it_was_known, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_payment_whose_day_is_corrected_leaves_its_old_day, set_up, tear_down),
        cmocka_unit_test_setup_teardown(amounts_in_other_currencies_are_kept_and_stay_out_of_the_dossier, set_up, tear_down),
        cmocka_unit_test_setup_teardown(payments_without_a_milestone_and_ids_without_form_still_make_a_dossier, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(refuses_what_the_tables_cannot_hold, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("fact_sink_store", tests, NULL, NULL);
}
