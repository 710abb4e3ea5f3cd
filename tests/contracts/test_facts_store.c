#include "tests/contracts/facts_support.h"

static const char *const EXAMPLES[] = {
    "contract-ending-next-month", "donations-only",   "payers-90-days-late",       "serious-violation-list",
    "zhicheng-2020-10",           "zhicheng-2022-06", "zhicheng-2022-06-deferral",
};

static void gives_back_every_example(void **state)
{
    (void)state;
    ZCD_AUTO(close_db)
    struct db *db = connect_as(DB_APPLICATION_ROLE);

    for (size_t i = 0; i < sizeof EXAMPLES / sizeof *EXAMPLES; i++) {
        ZCD_AUTO(arena_done)
        struct arena arena = {0};
        struct dossier *expected = example(EXAMPLES[i], &arena);
        const char *uscc = expected->organisation.uscc.text;

        assert_true(import_dossier(db, EXAMPLES[i], INSTANT_US, expected).added > 0);
        struct dossier *found =
            load(db, EXAMPLES[i], uscc, expected->as_of, FACTS_KNOWN_NOW, &expected->application, &arena);
        assert_equal_dossiers(expected, found);
    }
}

static void the_same_dossier_twice_adds_nothing(void **state)
{
    (void)state;
    ZCD_AUTO(arena_done)
    struct arena arena = {0};
    ZCD_AUTO(close_db)
    struct db *db = connect_as(DB_APPLICATION_ROLE);
    struct dossier *dossier = example("zhicheng-2022-06-deferral", &arena);

    (void)import_dossier(db, LENDER, INSTANT_US, dossier);
    assert_int_equal(import_dossier(db, LENDER, INSTANT_US, dossier).added, 0);
    assert_int_equal(test_database_count(database.conninfo, "SELECT count(*) FROM import"), 1);
}

static void a_later_dossier_leaves_the_earlier_day_as_it_was(void **state)
{
    (void)state;
    ZCD_AUTO(arena_done)
    struct arena arena = {0};
    ZCD_AUTO(close_db)
    struct db *db = connect_as(DB_APPLICATION_ROLE);
    struct dossier *earlier = example("zhicheng-2020-10", &arena);
    struct dossier *later = example("zhicheng-2022-06", &arena);

    (void)import_dossier(db, LENDER, INSTANT_US, earlier);
    (void)import_dossier(db, LENDER, INSTANT_US + SECOND_US, later);
    struct dossier *found = load(db, LENDER, USCC, earlier->as_of, INSTANT_US, &earlier->application, &arena);
    assert_equal_dossiers(earlier, found);
    found = load(db, LENDER, USCC, later->as_of, FACTS_KNOWN_NOW, NULL, &arena);
    assert_int_equal(found->organisation.cash_fen, later->organisation.cash_fen);
    assert_true(found->contract_count >= later->contract_count);
}

static void nothing_is_known_before_its_day_or_before_it_was_recorded(void **state)
{
    (void)state;
    ZCD_AUTO(arena_done)
    struct arena arena = {0};
    ZCD_AUTO(close_db)
    struct db *db = connect_as(DB_APPLICATION_ROLE);
    struct dossier *dossier = example("zhicheng-2020-10", &arena);

    (void)import_dossier(db, LENDER, INSTANT_US, dossier);
    assert_null(load(db, LENDER, USCC, date_add_days(dossier->as_of, -1), FACTS_KNOWN_NOW, NULL, &arena));
    assert_null(load(db, LENDER, USCC, dossier->as_of, INSTANT_US - 1, NULL, &arena));
    assert_non_null(load(db, LENDER, USCC, dossier->as_of, INSTANT_US, NULL, &arena));
}

static void another_lender_sees_nothing(void **state)
{
    (void)state;
    ZCD_AUTO(arena_done)
    struct arena arena = {0};
    ZCD_AUTO(close_db)
    struct db *db = connect_as(DB_APPLICATION_ROLE);
    struct dossier *dossier = example("zhicheng-2020-10", &arena);

    (void)import_dossier(db, LENDER, INSTANT_US, dossier);
    assert_null(load(db, OTHER_LENDER, USCC, dossier->as_of, FACTS_KNOWN_NOW, NULL, &arena));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(gives_back_every_example, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_same_dossier_twice_adds_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_later_dossier_leaves_the_earlier_day_as_it_was, set_up, tear_down),
        cmocka_unit_test_setup_teardown(nothing_is_known_before_its_day_or_before_it_was_recorded, set_up, tear_down),
        cmocka_unit_test_setup_teardown(another_lender_sees_nothing, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("facts_store", tests, NULL, NULL);
}
