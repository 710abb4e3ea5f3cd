#include "tests/contracts/facts_support.h"

#include "contracts/contract_store.h"
#include "contracts/fact_sink_store.h"

#define YUAN(amount) {(amount)*INT64_C(100), "CNY"}
#define NOTHING {FACT_MONEY_NONE, ""}

/* A list of facts through the sink; at once, or each for itself. */
struct fact_list {
    const struct fact *facts;
    size_t count;
    bool is_in_parts;
    bool *is_told_twice; /* NULL: must not be */
};

static enum zcd_code take_all(struct fact_sink *sink, const struct fact_list *list, struct zcd_error *err)
{
    struct fact_sink_counts counts;
    enum zcd_code code = ZCD_OK;

    for (size_t i = 0; i < list->count && code == ZCD_OK; i++)
        code = fact_sink_take(sink, &list->facts[i], err);
    return code == ZCD_OK ? fact_sink_finish(sink, &counts, err) : code;
}

static enum zcd_code sink_facts(struct db *db, struct fact_import *import, const void *what, struct zcd_error *err)
{
    const struct fact_list *list = what;
    struct fact_sink *sink = fact_sink_new(db, import);
    enum zcd_code code = list->is_in_parts ? fact_sink_begin_parts(sink, 1, err) : ZCD_OK;

    if (code == ZCD_OK)
        code = take_all(sink, list, err);
    if (list->is_told_twice != NULL)
        *list->is_told_twice = fact_sink_is_told_twice(sink);
    if (code == ZCD_CONFLICT && fact_sink_is_told_twice(sink) && list->is_told_twice != NULL) {
        code = fact_sink_begin_again(sink, err);
        if (code == ZCD_OK)
            code = take_all(sink, list, err);
    }
    fact_sink_free(sink);
    return code;
}

static struct fact_import import_facts(struct db *db, int64_t at_us, const struct fact *facts, size_t count)
{
    struct fact_list list = {facts, count, false, NULL};
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

/* ----------------------------------------------------------------- in parts */

/* The same facts for one lender at once and for the other in parts. How many rows differ in anything but the lender? */
static int64_t count_differences(struct db *db, int64_t at_us, const struct fact *facts, size_t count, bool *is_told_twice)
{
    struct fact_list at_once = {facts, count, false, NULL}, in_parts = {facts, count, true, is_told_twice};
    struct import_run run = {.lender = LENDER, .at_us = at_us, .fills = true, .kind = "ocds", .write = sink_facts, .what = &at_once};

    struct fact_import first = run_import(db, run);
    run.lender = OTHER_LENDER;
    run.what = &in_parts;
    struct fact_import second = run_import(db, run);
    assert_int_equal(second.added, first.added);
    assert_int_equal(second.replaced, first.replaced);
    return test_database_count(
        database.conninfo,
        "SELECT count(*) FROM (SELECT content FROM ("
        "  SELECT to_jsonb(f) AS said, lender, superseded_by, 'contract' AS kind FROM contract f"
        "  UNION ALL SELECT to_jsonb(f), lender, superseded_by, 'milestone' FROM milestone f"
        "  UNION ALL SELECT to_jsonb(f), lender, superseded_by, 'payment' FROM payment f"
        "  UNION ALL SELECT to_jsonb(f), lender, superseded_by, 'payer' FROM payer f) facts,"
        " LATERAL (SELECT kind || (said - 'lender' - 'import_id' - 'superseded_by')::text"
        "   || coalesce((SELECT recorded_at::text FROM import i WHERE i.lender = facts.lender AND i.id = superseded_by), '') AS content) c"
        " GROUP BY content HAVING count(DISTINCT lender) <> 2 OR count(*) % 2 <> 0) different");
}

static void a_file_written_in_parts_says_the_same_as_at_once(void **state)
{
    (void)state;
    ZCD_AUTO(close_db)
    struct db *db = connect_as(DB_APPLICATION_ROLE);
    struct fact named = payer_fact(), other = contract_fact("c2", "CNY");
    named.payer.name = "市民政局";
    struct fact facts[] = {organisation_fact("某中心", "440300"), payer_fact(), contract_fact("c1", "CNY"), milestone_fact("c1"),
                           payment_fact("c1", "2020-08-20"), named, other, milestone_fact("c2"), contract_fact("c1", "CNY"),
                           milestone_fact("c1"), payment_fact("c1", "2020-08-20")};
    bool is_told_twice = true;

    assert_int_equal(count_differences(db, INSTANT_US, facts, 11, &is_told_twice), 0);
    assert_false(is_told_twice); /* the same words again are none, and payers wait for the end */
    assert_int_equal(test_database_count(database.conninfo, "SELECT count(*) FROM payment"), 2);
    facts[4] = facts[10] = payment_fact("c1", "2020-09-20");
    facts[6].contract.title = "另一服务";
    assert_int_equal(count_differences(db, INSTANT_US + SECOND_US, facts, 11, &is_told_twice), 0);
    assert_false(is_told_twice);
    assert_int_equal(test_database_count(database.conninfo, "SELECT count(*) FROM payment WHERE superseded_by IS NOT NULL"), 2);
}

static void of_what_a_file_tells_twice_the_last_counts_in_parts_too(void **state)
{
    (void)state;
    ZCD_AUTO(close_db)
    struct db *db = connect_as(DB_APPLICATION_ROLE);
    struct fact first = contract_fact("c1", "CNY"), untitled = contract_fact("c1", "CNY"), moved = payment_fact("c1", "2020-09-20");
    untitled.contract.title = "";
    const struct fact in_words[] = {organisation_fact("某中心", "440300"), first, milestone_fact("c1"), untitled};
    const struct fact in_days[] = {payment_fact("c1", "2020-08-20"), milestone_fact("c1"), moved};
    const struct fact and_back[] = {payment_fact("c1", "2020-08-20"), milestone_fact("c1"), moved};
    bool is_told_twice = false;

    assert_int_equal(count_differences(db, INSTANT_US, in_words, 4, &is_told_twice), 0);
    assert_true(is_told_twice);
    assert_int_equal(test_database_count(database.conninfo, "SELECT count(*) FROM contract WHERE title IS NOT NULL"), 0);
    assert_int_equal(count_differences(db, INSTANT_US + SECOND_US, in_days, 3, &is_told_twice), 0);
    assert_true(is_told_twice);
    assert_int_equal(test_database_count(database.conninfo, "SELECT count(*) FROM payment WHERE paid_on = '2020-09-20'"), 2);
    assert_int_equal(count_differences(db, INSTANT_US + 2 * SECOND_US, and_back, 3, &is_told_twice), 0); /* ends where it was */
    assert_int_equal(test_database_count(database.conninfo, "SELECT count(*) FROM payment"), 2);
    assert_int_equal(test_database_count(database.conninfo, "SELECT count(*) FROM payment WHERE superseded_by IS NOT NULL"), 0);
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
        cmocka_unit_test_setup_teardown(a_file_written_in_parts_says_the_same_as_at_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(of_what_a_file_tells_twice_the_last_counts_in_parts_too, set_up, tear_down),
        cmocka_unit_test_setup_teardown(refuses_what_the_tables_cannot_hold, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("fact_sink_store", tests, NULL, NULL);
}
