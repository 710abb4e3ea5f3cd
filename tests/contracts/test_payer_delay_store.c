/* What the book knows of payers, against the same sums made naively from the dossiers of the other organisations. */
#include "tests/contracts/facts_support.h"

#include "base/money.h"
#include "contracts/payer_delay_store.h"

#define LATE_US INT64_C(1680000000000000) /* 2023-03-28, after all payments of the examples */
#define TODAY "2023-03-28"

static const struct {
    const char *example, *lender;
} BOOK[] = {
    {"contract-ending-next-month", "bank"}, {"payers-90-days-late", "bank"},         {"serious-violation-list", "other bank"},
    {"donations-only", "other bank"},       {"zhicheng-2022-06-deferral", "bank"}, {"zhicheng-2020-10", "other bank"},
};
enum { BOOK_COUNT = sizeof BOOK / sizeof *BOOK, CELLS_MAX = 20000 };

/* Any hazards do, as long as they differ by week and class. */
static void fill_prior(const void *context, enum payer_level level, enum fund_source fund_source,
                       int64_t sums_ppm[PAYER_DELAY_WEEKS + 1])
{
    (void)context;
    sums_ppm[0] = 0;
    for (int week = 0; week < PAYER_DELAY_WEEKS; week++)
        sums_ppm[week + 1] = sums_ppm[week] + 1000 * (int)level + 77 * (int)fund_source + 13 * week;
}
static const struct payer_prior PRIOR = {fill_prior, NULL};

/* ------------------------------------------------------------- the naive sums */

struct cell {
    char key[128]; /* of the payer; "" of a class */
    enum payer_level level;
    enum fund_source fund_source;
    bool is_paid;
    int32_t week;
    int64_t share_ppm;
};
static struct cell cells[CELLS_MAX];
static size_t cell_count;

static void count_cell(const char *key, enum payer_level level, enum fund_source fund_source, bool is_paid, int32_t days,
                       int64_t share_ppm)
{
    struct cell cell = {.level = level, .fund_source = fund_source, .is_paid = is_paid, .share_ppm = share_ppm};

    cell.week = days < 0 ? 0 : days / 7 > 159 ? 159 : days / 7;
    (void)snprintf(cell.key, sizeof cell.key, "%s", key);
    for (size_t i = 0; i < cell_count; i++) {
        if (strcmp(cells[i].key, key) == 0 && cells[i].level == level && cells[i].fund_source == fund_source
            && cells[i].is_paid == is_paid && cells[i].week == cell.week) {
            cells[i].share_ppm += share_ppm;
            return;
        }
    }
    assert_true(cell_count < CELLS_MAX);
    cells[cell_count++] = cell;
}

static void count_milestone(const struct payer *payer, const struct contract *contract, const struct milestone *milestone,
                            struct date as_of)
{
    struct date payable_on = milestone_payable_on(contract, milestone);
    int64_t base_fen = milestone->amount_fen - milestone->deducted_fen, unpaid_ppm = 1000000;

    if (date_is_none(payable_on) || base_fen <= 0)
        return;
    for (int round = 0; round < 2; round++) { /* of the payer, then of its class */
        const char *key = round == 0 ? payer->uscc.text : "";
        unpaid_ppm = 1000000;
        for (size_t i = 0; i < milestone->payment_count; i++) {
            const struct payment *payment = &milestone->payments[i];
            int64_t share_ppm = payment->amount_fen * 1000000 / base_fen;
            count_cell(key, payer->level, contract->fund_source, true, date_days_between(payable_on, payment->paid_on),
                       share_ppm);
            unpaid_ppm -= share_ppm;
        }
        if (unpaid_ppm > 0 && milestone_outstanding_fen(milestone) > 0 && date_compare(payable_on, as_of) <= 0)
            count_cell(key, payer->level, contract->fund_source, false, date_days_between(payable_on, as_of), unpaid_ppm);
    }
}

static void count_dossier(struct dossier *dossier, struct arena *arena)
{
    struct zcd_error err;

    dossier->application.facility = "";
    assert_int_equal(dossier_link(dossier, arena, &err), ZCD_OK);
    for (size_t i = 0; i < dossier->contract_count; i++) {
        const struct contract *contract = &dossier->contracts[i];
        for (size_t m = 0; m < contract->milestone_count; m++)
            count_milestone(&dossier->payers[contract->payer_index], contract, &contract->milestones[m], dossier->as_of);
    }
}

static void sum_cells(const char *key, enum payer_level level, enum fund_source fund_source, int64_t *events_ppm,
                      int64_t *exposure_ppm)
{
    *events_ppm = *exposure_ppm = 0;
    for (size_t i = 0; i < cell_count; i++) {
        int64_t sums_ppm[PAYER_DELAY_WEEKS + 1];
        if (strcmp(cells[i].key, key) != 0
            || (*key == '\0' && (cells[i].level != level || cells[i].fund_source != fund_source)))
            continue;
        fill_prior(NULL, cells[i].level, cells[i].fund_source, sums_ppm);
        *events_ppm += cells[i].is_paid ? cells[i].share_ppm : 0;
        *exposure_ppm += sums_ppm[cells[i].week + cells[i].is_paid] * cells[i].share_ppm / 1000000;
    }
}

/* -------------------------------------------------------------------- the book */

static void import_book(struct db *db)
{
    for (size_t i = 0; i < BOOK_COUNT; i++) {
        ZCD_AUTO(arena_done)
        struct arena arena = {0};
        struct dossier *dossier = example(BOOK[i].example, &arena);
        dossier->payer_experience_count = 0; /* what is found comes from the book */
        (void)import_dossier(db, BOOK[i].lender, LATE_US + (int64_t)i * SECOND_US, dossier);
    }
}

static struct dossier *load_with_book(struct db *db, const char *lender, const char *uscc, struct date as_of,
                                      int64_t known_at_us, struct arena *arena)
{
    struct dossier *dossier = NULL;
    struct zcd_error err;

    if (facts_store_load_dossier(db, &(struct facts_of){uscc, lender}, as_of, known_at_us, &PRIOR, NULL, arena, &dossier, &err)
        != ZCD_OK)
        fail_msg("%s", err.message);
    return dossier;
}

static const struct payer *payer_of(const struct dossier *dossier, const char *id)
{
    for (size_t i = 0; i < dossier->payer_count; i++) {
        if (strcmp(dossier->payers[i].id, id) == 0)
            return &dossier->payers[i];
    }
    fail_msg("no payer %s", id);
    return NULL;
}

/* Every dossier of the book, on that day: its experience is that of all the others, and of nothing of its own. */
static size_t compare_book(struct db *db, struct date as_of, int64_t known_at_us)
{
    size_t compared = 0;

    for (size_t own = 0; own < BOOK_COUNT; own++) {
        ZCD_AUTO(arena_done)
        struct arena arena = {0};
        struct uscc uscc = example(BOOK[own].example, &arena)->organisation.uscc;
        if (load(db, BOOK[own].lender, uscc.text, as_of, known_at_us, NULL, &arena) == NULL)
            continue;
        cell_count = 0;
        for (size_t i = 0; i < BOOK_COUNT; i++) {
            struct uscc other = example(BOOK[i].example, &arena)->organisation.uscc;
            struct dossier *dossier = load(db, BOOK[i].lender, other.text, as_of, known_at_us, NULL, &arena);
            if (dossier != NULL && !uscc_equal(&uscc, &other))
                count_dossier(dossier, &arena);
        }
        struct dossier *found = load_with_book(db, BOOK[own].lender, uscc.text, as_of, known_at_us, &arena);
        for (size_t i = 0; i < found->payer_experience_count; i++, compared++) {
            const struct payer_experience *row = &found->payer_experience[i];
            int64_t events_ppm, exposure_ppm;
            const char *key = *row->payer == '\0' ? "" : payer_of(found, row->payer)->uscc.text;
            sum_cells(key, row->level, row->fund_source, &events_ppm, &exposure_ppm);
            assert_int_equal(row->events_ppm, events_ppm);
            assert_int_equal(row->exposure_ppm, exposure_ppm);
            assert_true(events_ppm + exposure_ppm > 0);
        }
    }
    return compared;
}

static void each_dossier_gets_what_the_others_saw_and_nothing_of_its_own(void **state)
{
    (void)state;
    ZCD_AUTO(close_db)
    struct db *db = connect_as(DB_APPLICATION_ROLE);

    import_book(db);
    assert_true(compare_book(db, day(TODAY), FACTS_KNOWN_NOW) >= 10);
}

static void a_past_day_gets_what_was_seen_by_then(void **state)
{
    (void)state;
    ZCD_AUTO(close_db)
    struct db *db = connect_as(DB_APPLICATION_ROLE);

    import_book(db);
    assert_true(compare_book(db, day("2022-07-01"), FACTS_KNOWN_NOW) >= 10);
    assert_true(compare_book(db, day("2021-10-20"), FACTS_KNOWN_NOW) > 0);
    assert_true(compare_book(db, day(TODAY), LATE_US + 2 * SECOND_US) > 0); /* the first three imports */
}

static void a_lone_organisation_keeps_what_was_given_along(void **state)
{
    (void)state;
    ZCD_AUTO(arena_done)
    struct arena arena = {0};
    ZCD_AUTO(close_db)
    struct db *db = connect_as(DB_APPLICATION_ROLE);
    struct dossier *dossier = example("zhicheng-2020-10", &arena);

    (void)import_dossier(db, LENDER, LATE_US, dossier);
    struct dossier *found = load_with_book(db, LENDER, USCC, dossier->as_of, FACTS_KNOWN_NOW, &arena);
    found->application = dossier->application;
    assert_equal_dossiers(dossier, found);
}

/* ----------------------------------------------------------------- kept and made anew */

#define ROWS_OF(table) "SELECT md5(string_agg(t::text, ';' ORDER BY t::text)) || count(*) FROM " table " t"

static void assert_same_when_made_anew(struct db *db)
{
    char own[64], book[64], own_anew[64], book_anew[64];
    struct zcd_error err;

    test_database_ask(database.conninfo, ROWS_OF("organisation_payer_delay"), own, sizeof own);
    test_database_ask(database.conninfo, ROWS_OF("payer_delay"), book, sizeof book);
    assert_int_equal(payer_delay_store_rebuild(db, &err), ZCD_OK);
    test_database_ask(database.conninfo, ROWS_OF("organisation_payer_delay"), own_anew, sizeof own_anew);
    test_database_ask(database.conninfo, ROWS_OF("payer_delay"), book_anew, sizeof book_anew);
    assert_string_equal(own, own_anew);
    assert_string_equal(book, book_anew);
}

struct withdrawing {
    const char *lender;
    int64_t id;
};

static enum zcd_code withdraw_body(struct db *db, void *context, struct zcd_error *err)
{
    const struct withdrawing *withdrawing = context;
    struct fact_import withdrawal;

    return import_store_withdraw(db, withdrawing->lender, withdrawing->id, "tester", LATE_US, NULL, &withdrawal, err);
}

static void the_book_kept_is_the_book_made_anew(void **state)
{
    (void)state;
    ZCD_AUTO(arena_done)
    struct arena arena = {0};
    ZCD_AUTO(close_db)
    struct db *db = connect_as(DB_APPLICATION_ROLE);
    struct zcd_error err;

    import_book(db);
    assert_true(test_database_count(database.conninfo, "SELECT count(*) FROM payer_delay") > 20);
    assert_same_when_made_anew(db);

    /* An earlier dossier over a later one, then a withdrawal of the later: what was seen changes both times. */
    struct fact_import second = import_dossier(db, "bank", LATE_US, example("zhicheng-2020-10", &arena));
    assert_same_when_made_anew(db);
    struct withdrawing withdrawing = {"bank", second.id};
    assert_int_equal(db_transaction_run(db, DB_READ_COMMITTED, withdraw_body, &withdrawing, &err), ZCD_OK);
    assert_same_when_made_anew(db);
}

static void a_book_whose_imports_are_all_taken_back_is_empty(void **state)
{
    (void)state;
    ZCD_AUTO(arena_done)
    struct arena arena = {0};
    ZCD_AUTO(close_db)
    struct db *db = connect_as(DB_APPLICATION_ROLE);
    struct zcd_error err;

    struct fact_import import = import_dossier(db, LENDER, LATE_US, example("zhicheng-2020-10", &arena));
    struct withdrawing withdrawing = {LENDER, import.id};
    assert_int_equal(db_transaction_run(db, DB_READ_COMMITTED, withdraw_body, &withdrawing, &err), ZCD_OK);
    assert_int_equal(test_database_count(database.conninfo, "SELECT count(*) FROM payer_delay"), 0);
    assert_int_equal(test_database_count(database.conninfo, "SELECT count(*) FROM organisation_payer_delay"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(each_dossier_gets_what_the_others_saw_and_nothing_of_its_own, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_past_day_gets_what_was_seen_by_then, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_lone_organisation_keeps_what_was_given_along, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_book_kept_is_the_book_made_anew, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_book_whose_imports_are_all_taken_back_is_empty, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("payer_delay_store", tests, NULL, NULL);
}
