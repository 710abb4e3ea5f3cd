/* The scheme of the facts' tables: against a naive model over random histories, and against the catalogue. */
#include "tests/contracts/facts_support.h"

#include "contracts/monitoring_store.h"
#include "contracts/organisation_store.h"
#include "contracts/payer_store.h"

/* --------------------------------------------------------------- random histories */

enum { KEYS = 3, DAYS = 5, ROWS_MAX = 4, IMPORTS = 24, STATEMENTS_MAX = IMPORTS * ROWS_MAX, HISTORIES = 12 };

/* What the model keeps of one statement, whether the tables were to add it or not. */
struct said {
    int import;
    int key;
    int day;
    int value; /* 0 when removed */
    bool removed;
    bool is_added;
};

struct model {
    bool is_of_events;
    struct said said[STATEMENTS_MAX];
    size_t said_count;
    int withdrawn_at[IMPORTS + 1]; /* by which import; 0: stands */
    int64_t id[IMPORTS + 1];       /* in the database; 0 when it added nothing */
};

static uint64_t next_random(uint64_t *state) /* splitmix64 */
{
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

static int pick(uint64_t *state, int count)
{
    return (int)(next_random(state) % (uint64_t)count);
}

/* The statement that decides about the key on the day, as known after import `known`; NULL when there is none. */
static const struct said *deciding(const struct model *model, int key, int day_index, int known)
{
    const struct said *best = NULL;

    for (size_t i = 0; i < model->said_count; i++) {
        const struct said *said = &model->said[i];
        int withdrawn_at = model->withdrawn_at[said->import];
        if (!said->is_added || said->key != key || said->import > known || (withdrawn_at != 0 && withdrawn_at <= known))
            continue;
        if (!model->is_of_events && said->day > day_index)
            continue;
        if (best == NULL || (!model->is_of_events && said->day > best->day)
            || ((model->is_of_events || said->day == best->day) && said->import > best->import))
            best = said;
    }
    return best;
}

/* The value that holds; 0 when nothing does. */
static int value_held(const struct model *model, int key, int day_index, int known)
{
    const struct said *said = deciding(model, key, day_index, known);
    return said == NULL || said->removed || said->day > day_index ? 0 : said->value;
}

static bool says_something_new(const struct model *model, const struct said *given)
{
    const struct said *before = deciding(model, given->key, given->day, given->import - 1);

    if (before == NULL)
        return !given->removed;
    return before->removed != given->removed || before->value != given->value
           || (model->is_of_events && before->day != given->day);
}

static struct date date_of(int day_index)
{
    return date_add_days(day("2020-01-01"), day_index);
}

/* ------------------------------------------------------------ the same in the tables */

struct batch {
    const struct model *model;
    const struct said *said;
    size_t count;
};

static void add_row(const struct model *model, const struct said *said, struct db_copy *waiting)
{
    struct fact_row head = {.valid_from = date_of(said->day), .removed = said->removed};
    char key[8], note[16];

    (void)snprintf(key, sizeof key, "v%d", said->key);
    (void)snprintf(note, sizeof note, "%d", said->value);
    struct staff_report_row staff = {.row = head, .staff = {.on = date_of(100 + said->key), .total = said->value,
                                                            .licensed_assistant = -1, .licensed_intermediate = -1,
                                                            .licensed_senior = -1}};
    struct visit_row visit = {.row = head, .id = key, .on = date_of(said->day), .visitor = "", .place = "", .note = note};
    if (model->is_of_events)
        fact_table_add(&VISIT_FACTS, waiting, USCC, &visit);
    else
        fact_table_add(&STAFF_REPORT_FACTS, waiting, USCC, &staff);
}

static const struct fact_table *table_of(const struct model *model)
{
    return model->is_of_events ? &VISIT_FACTS : &STAFF_REPORT_FACTS;
}

static enum zcd_code write_batch(struct db *db, struct fact_import *import, const void *what, struct zcd_error *err)
{
    const struct batch *batch = what;
    ZCD_AUTO(db_copy_done)
    struct db_copy waiting = {0};

    for (size_t i = 0; i < batch->count; i++)
        add_row(batch->model, &batch->said[i], &waiting);
    enum zcd_code code = fact_table_stage(db, table_of(batch->model), &waiting, err);
    return code == ZCD_OK ? fact_table_write(db, table_of(batch->model), import, err) : code;
}

static int64_t instant_of(int import)
{
    return INSTANT_US + import * SECOND_US;
}

struct withdrawing {
    int64_t id, at_us;
};

static enum zcd_code withdraw_body(struct db *db, void *context, struct zcd_error *err)
{
    const struct withdrawing *withdrawing = context;
    struct fact_import withdrawal;

    return import_store_withdraw(db, LENDER, withdrawing->id, "tester", withdrawing->at_us, NULL, &withdrawal, err);
}

/* One import of the history: some statements, or the withdrawal of an earlier import. */
static void take_step(struct db *db, struct model *model, int import, uint64_t *random)
{
    int target = 1 + pick(random, import);
    struct zcd_error err;

    if (pick(random, 5) == 0 && target < import && model->id[target] != 0 && model->withdrawn_at[target] == 0) {
        struct withdrawing withdrawing = {model->id[target], instant_of(import)};
        assert_int_equal(db_transaction_run(db, DB_READ_COMMITTED, withdraw_body, &withdrawing, &err), ZCD_OK);
        model->withdrawn_at[target] = import;
        return;
    }
    struct said *batch = &model->said[model->said_count];
    size_t count = 0, added = 0;
    for (int row = 1 + pick(random, ROWS_MAX); row > 0; row--) {
        struct said said = {import, pick(random, KEYS), pick(random, DAYS), 1 + pick(random, 3), pick(random, 4) == 0, false};
        bool is_double = false;
        for (size_t i = 0; i < count; i++)
            is_double = is_double || (batch[i].key == said.key && (model->is_of_events || batch[i].day == said.day));
        if (said.removed)
            said.value = 0;
        if (!is_double)
            batch[count++] = said;
    }
    for (size_t i = 0; i < count; i++)
        added += batch[i].is_added = says_something_new(model, &batch[i]);
    struct batch what = {model, batch, count};
    struct fact_import run = run_import(db, (struct import_run){.lender = LENDER, .at_us = instant_of(import),
                                                                .kind = "correction", .write = write_batch, .what = &what});
    assert_int_equal(run.added, added);
    model->said_count += count;
    model->id[import] = added > 0 ? run.id : 0;
}

static int number_of_key(const struct model *model, const void *row)
{
    if (model->is_of_events)
        return ((const struct visit_row *)row)->id[1] - '0';
    return date_days_between(date_of(100), ((const struct staff_report_row *)row)->staff.on);
}

static int value_of_row(const struct model *model, const void *row)
{
    if (model->is_of_events)
        return (int)strtol(((const struct visit_row *)row)->note, NULL, 10);
    return ((const struct staff_report_row *)row)->staff.total;
}

struct reading {
    const struct model *model;
    int day, known;
    struct db_rows rows;
};

static enum zcd_code read_body(struct db *db, void *context, struct zcd_error *err)
{
    struct reading *reading = context;

    return fact_table_queue(db, table_of(reading->model), &(struct facts_of){USCC, LENDER}, date_of(reading->day),
                            instant_of(reading->known), &reading->rows, err);
}

/* The same answer page by page, and each fact by its own key. */
static void compare_pages(struct db *db, const struct model *model, int day_index, int known)
{
    ZCD_AUTO(arena_done)
    struct arena arena = {0};
    struct fact_question question = {.uscc = USCC,
                                     .as_of = date_of(day_index),
                                     .known_at_us = instant_of(known),
                                     .after_lender = "",
                                     .after_key = "",
                                     .limit = 2};
    int found[KEYS] = {0};
    struct fact_page page, one;
    struct zcd_error err;

    do {
        assert_int_equal(fact_table_page(db, table_of(model), &question, &arena, &page, &err), ZCD_OK);
        for (size_t i = 0; i < page.count; i++) {
            const void *row = (const char *)page.rows + i * table_of(model)->row_size;
            found[number_of_key(model, row)] = value_of_row(model, row);
            question.after_lender = page.told[i].lender;
            question.after_key = page.told[i].key;
            struct fact_question alone = {.uscc = USCC, .lender = LENDER, .as_of = question.as_of, .known_at_us = question.known_at_us,
                                          .after_lender = "", .after_key = "", .key = page.told[i].key, .limit = 2};
            assert_int_equal(fact_table_page(db, table_of(model), &alone, &arena, &one, &err), ZCD_OK);
            assert_int_equal(one.count, 1);
            assert_int_equal(one.told[0].import_id, page.told[i].import_id);
        }
    } while (page.count == 2);
    for (int key = 0; key < KEYS; key++)
        assert_int_equal(found[key], value_held(model, key, day_index, known));
}

static void compare(struct db *db, const struct model *model, int day_index, int known)
{
    ZCD_AUTO(arena_done)
    struct arena arena = {0};
    struct reading reading = {model, day_index, known, {0}};
    int found[KEYS] = {0};
    struct zcd_error err;
    void *rows;

    assert_int_equal(db_transaction_run(db, DB_REPEATABLE_READ_ONLY, read_body, &reading, &err), ZCD_OK);
    assert_int_equal(fact_table_decode(table_of(model), &reading.rows, &arena, &rows, &err), ZCD_OK);
    for (int i = 0; i < reading.rows.count; i++) {
        const void *row = (const char *)rows + (size_t)i * table_of(model)->row_size;
        found[number_of_key(model, row)] = value_of_row(model, row);
    }
    db_rows_done(&reading.rows);
    for (int key = 0; key < KEYS; key++)
        assert_int_equal(found[key], value_held(model, key, day_index, known));
}

static void live_a_history(struct db *db, bool is_of_events, uint64_t seed)
{
    struct model model = {.is_of_events = is_of_events};
    uint64_t random = seed;

    for (int import = 1; import <= IMPORTS; import++)
        take_step(db, &model, import, &random);
    for (int known = 0; known <= IMPORTS; known++) {
        for (int day_index = 0; day_index < DAYS; day_index++) {
            compare(db, &model, day_index, known);
            if (known % 6 == 0) /* several questions each */
                compare_pages(db, &model, day_index, known);
        }
    }
}

static void live_histories(bool is_of_events)
{
    ZCD_AUTO(close_db)
    struct db *db = connect_as(DB_APPLICATION_ROLE);

    for (uint64_t seed = 1; seed <= HISTORIES; seed++) {
        live_a_history(db, is_of_events, seed);
        test_database_run(database.conninfo, "TRUNCATE import, import_outcome, visit, staff_report");
    }
}

static void states_read_on_any_day_as_known_at_any_instant_equal_a_naive_model(void **state)
{
    (void)state;
    live_histories(false);
}

static void events_read_on_any_day_as_known_at_any_instant_equal_a_naive_model(void **state)
{
    (void)state;
    live_histories(true);
}

/* ------------------------------------------------------------------ the catalogue */

static void every_table_of_facts_is_in_the_list_and_begins_its_key_with_uscc_and_lender(void **state)
{
    size_t count = 0;
    (void)state;
    ZCD_AUTO(close_db)
    struct db *db = connect_as(NULL);
    assert_non_null(db);

    for (; FACT_TABLES[count] != NULL; count++) {
        char sql[512], key[64];
        (void)snprintf(sql, sizeof sql,
                       "SELECT string_agg(a.attname, ',' ORDER BY k.place) FROM pg_index i, unnest(i.indkey) WITH ORDINALITY k (n, place),"
                       " pg_attribute a WHERE i.indrelid = '%s'::regclass AND i.indisprimary AND a.attrelid = i.indrelid"
                       " AND a.attnum = k.n AND k.place <= 2",
                       FACT_TABLES[count]->name);
        assert_string_equal(test_database_ask(database.conninfo, sql, key, sizeof key), "uscc,lender");
    }
    assert_int_equal(test_database_count(database.conninfo,
                                         "SELECT count(*) FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid"
                                         " WHERE attname = 'superseded_by' AND relkind = 'r'"),
                     count);
}

static void every_query_names_the_organisation_and_the_lender(void **state)
{
    (void)state;
    for (size_t i = 0; FACT_TABLES[i] != NULL; i++) {
        assert_non_null(strstr(FACT_TABLES[i]->read.sql, " WHERE uscc = $1 AND lender = $2"));
        assert_non_null(strstr(FACT_TABLES[i]->history.sql, " WHERE uscc = $1 AND lender = $2"));
        assert_non_null(strstr(FACT_TABLES[i]->page.sql, " WHERE uscc = $1 AND ($2::text IS NULL OR lender = $2)"));
        assert_non_null(strstr(FACT_TABLES[i]->told.sql, " WHERE t.uscc = $1 AND ($2::text IS NULL OR t.lender = $2)"));
        assert_non_null(strstr(FACT_TABLES[i]->write.sql, " WHERE t.uscc = given.uscc AND t.lender = $2"));
        assert_non_null(strstr(FACT_TABLES[i]->write.sql, " AND ctid = ANY (ARRAY(SELECT replaced_tid FROM changed "));
    }
}

static void the_service_may_add_and_say_what_replaced_a_row_and_no_more(void **state)
{
    (void)state;
    ZCD_AUTO(close_db)
    struct db *db = connect_as(NULL);
    assert_non_null(db);

    for (size_t i = 0; FACT_TABLES[i] != NULL; i++) {
        char sql[512], rights[128];
        (void)snprintf(sql, sizeof sql,
                       "SELECT concat_ws(',', CASE WHEN has_table_privilege('zcd_app', '%1$s', 'DELETE, TRUNCATE, UPDATE') THEN 'too much' END,"
                       " (SELECT string_agg(attname, ',') FROM pg_attribute WHERE attrelid = '%1$s'::regclass AND attnum > 0"
                       "  AND has_column_privilege('zcd_app', attrelid, attnum, 'UPDATE')))",
                       FACT_TABLES[i]->name);
        assert_string_equal(test_database_ask(database.conninfo, sql, rights, sizeof rights), "superseded_by");
    }
    assert_int_equal(test_database_count(database.conninfo,
                                         "SELECT count(*) WHERE has_table_privilege('zcd_app', 'import', 'DELETE, TRUNCATE, UPDATE')"),
                     0);
}

static void every_code_has_its_domain(void **state)
{
    static const struct {
        const char *domain;
        const struct codelist *codes;
    } domains[] = {
        {"organisation_kind_code", &CODELIST_ORGANISATION_KIND},
        {"registration_status_code", &CODELIST_REGISTRATION_STATUS},
        {"inspection_result_code", &CODELIST_INSPECTION_RESULT},
        {"grade_level_code", &CODELIST_GRADE_LEVEL},
        {"evaluation_result_code", &CODELIST_EVALUATION_RESULT},
        {"list_kind_code", &CODELIST_LIST_KIND},
        {"accounting_regime_code", &CODELIST_ACCOUNTING_REGIME},
        {"payer_level_code", &CODELIST_PAYER_LEVEL},
        {"contract_tier_code", &CODELIST_CONTRACT_TIER},
        {"fund_source_code", &CODELIST_FUND_SOURCE},
        {"contract_stage_code", &CODELIST_CONTRACT_STAGE},
        {"payment_trigger_code", &CODELIST_PAYMENT_TRIGGER},
        {"facility_classification_code", &CODELIST_FACILITY_CLASSIFICATION},
        {"deferral_cause_code", &CODELIST_DEFERRAL_CAUSE},
        {"linked_resource_kind_code", &CODELIST_LINKED_RESOURCE_KIND},
    };
    (void)state;
    ZCD_AUTO(close_db)
    struct db *db = connect_as(NULL);
    assert_non_null(db);

    for (size_t i = 0; i < sizeof domains / sizeof *domains; i++) {
        char sql[1024], answer[8];
        int size = snprintf(sql, sizeof sql, "SELECT count(c::%s) FROM (VALUES ", domains[i].domain);
        for (size_t row = 0; row < domains[i].codes->row_count; row++)
            size += snprintf(sql + size, sizeof sql - (size_t)size, "%s('%s')", row == 0 ? "" : ", ", domains[i].codes->rows[row].name);
        (void)snprintf(sql + size, sizeof sql - (size_t)size, ") v (c)");
        assert_int_equal(strtol(test_database_ask(database.conninfo, sql, answer, sizeof answer), NULL, 10),
                         domains[i].codes->row_count);
    }
}

/* -------------------------------------------------------------------- withdrawals */

static void an_import_is_taken_back_once_and_a_withdrawal_never(void **state)
{
    (void)state;
    ZCD_AUTO(arena_done)
    struct arena arena = {0};
    ZCD_AUTO(close_db)
    struct db *db = connect_as(DB_APPLICATION_ROLE);
    struct dossier *dossier = example("zhicheng-2020-10", &arena);
    struct fact_import import = import_dossier(db, LENDER, instant_of(0), dossier);
    struct withdrawing withdrawing = {import.id, instant_of(1)};
    struct import_row row;
    struct zcd_error err;

    assert_int_equal(db_transaction_run(db, DB_READ_COMMITTED, withdraw_body, &withdrawing, &err), ZCD_OK);
    assert_null(load(db, LENDER, USCC, dossier->as_of, FACTS_KNOWN_NOW, NULL, &arena));
    assert_equal_dossiers(dossier, load(db, LENDER, USCC, dossier->as_of, instant_of(0), &dossier->application, &arena));
    assert_int_equal(db_transaction_run(db, DB_READ_COMMITTED, withdraw_body, &withdrawing, &err), ZCD_CONFLICT);
    assert_int_equal(import_store_find(db, LENDER, import.id, &arena, &row, &err), ZCD_OK);
    assert_string_equal(row.kind, "dossier");
    withdrawing.id = row.withdrawn_by;
    assert_int_equal(db_transaction_run(db, DB_READ_COMMITTED, withdraw_body, &withdrawing, &err), ZCD_CONFLICT);
    withdrawing.id = 999999;
    assert_int_equal(db_transaction_run(db, DB_READ_COMMITTED, withdraw_body, &withdrawing, &err), ZCD_NOT_FOUND);
    assert_int_equal(import_store_find(db, OTHER_LENDER, import.id, &arena, &row, &err), ZCD_NOT_FOUND);
    assert_true(import_dossier(db, LENDER, instant_of(2), dossier).added > 0); /* the same file, read again */
}

static void a_history_names_each_statement_and_what_replaced_it(void **state)
{
    (void)state;
    ZCD_AUTO(arena_done)
    struct arena arena = {0};
    ZCD_AUTO(close_db)
    struct db *db = connect_as(DB_APPLICATION_ROLE);
    struct dossier *dossier = example("zhicheng-2020-10", &arena);
    struct fact_import first = import_dossier(db, LENDER, instant_of(0), dossier);
    struct fact_history *history;
    struct zcd_error err;
    size_t count;
    void *rows;

    dossier->organisation.cash_fen += 100;
    struct fact_import second = import_dossier(db, LENDER, instant_of(1), dossier);
    assert_int_equal(second.added, 1);
    assert_int_equal(second.replaced, 1);
    assert_int_equal(fact_table_history(db, &ORGANISATION_FACTS, &(struct facts_of){USCC, LENDER}, &arena, &rows, &history,
                                        &count, &err),
                     ZCD_OK);
    const struct organisation_row *statements = rows;
    assert_int_equal(count, 2);
    assert_int_equal(history[0].import_id, first.id);
    assert_int_equal(history[0].superseded_by, second.id);
    assert_int_equal(history[0].recorded_at_us, instant_of(0));
    assert_int_equal(history[1].superseded_by, 0);
    assert_int_equal(statements[1].organisation.cash_fen - statements[0].organisation.cash_fen, 100);
    assert_int_equal(statements[1].row.valid_from.days, dossier->as_of.days);
}

/* --------------------------------------------------------------------- single rows */

/* Two lenders' rows in one transaction, as in one batch of the log. */
static enum zcd_code two_lenders_body(struct db *db, void *context, struct zcd_error *err)
{
    static const char *const lenders[] = {LENDER, OTHER_LENDER};

    (void)context;
    for (size_t i = 0; i < 2; i++) {
        struct visit_row visit = {.row = {.valid_from = day("2020-09-01")}, .id = "v,1%", .on = day("2020-09-01"), .note = lenders[i]};
        struct fact_import import;
        if (import_store_begin(db, lenders[i], instant_of(0), false, &import, err) != ZCD_OK
            || fact_table_write_row(db, &VISIT_FACTS, &import, USCC, &visit, err) != ZCD_OK
            || import_store_end(db, &import, &(struct import_row){.kind = "correction", .actor = "officer-1"}, err) != ZCD_OK)
            return err->code;
    }
    return ZCD_OK;
}

static void rows_of_two_lenders_in_one_transaction_do_not_meet(void **state)
{
    (void)state;
    ZCD_AUTO(arena_done)
    struct arena arena = {0};
    ZCD_AUTO(close_db)
    struct db *db = connect_as(DB_APPLICATION_ROLE);
    struct fact_question question = {.uscc = USCC, .as_of = day("2020-09-30"), .known_at_us = FACTS_KNOWN_NOW,
                                     .after_lender = "", .after_key = "", .limit = 10};
    struct fact_page page;
    struct zcd_error err;

    assert_int_equal(db_transaction_run(db, DB_READ_COMMITTED, two_lenders_body, NULL, &err), ZCD_OK);
    assert_int_equal(fact_table_page(db, &VISIT_FACTS, &question, &arena, &page, &err), ZCD_OK);
    assert_int_equal(page.count, 2);
    for (size_t i = 0; i < 2; i++) {
        assert_string_equal(((const struct visit_row *)page.rows)[i].note, page.told[i].lender);
        assert_string_equal(page.told[i].key, "v%2C1%25");
        assert_string_equal(page.told[i].import_kind, "correction");
        assert_null(page.told[i].import_file);
    }
    question.key = "v%2C1%25";
    assert_int_equal(fact_table_told(db, &VISIT_FACTS, &question, &arena, &page, &err), ZCD_OK);
    assert_int_equal(page.count, 2);
}

static enum zcd_code write_alias(struct db *db, struct fact_import *import, const void *what, struct zcd_error *err)
{
    return fact_table_write_row(db, &PAYER_ALIAS_FACTS, import, USCC, what, err);
}

static size_t aliases_on(struct db *db, const char *as_of, struct arena *arena, struct payer_alias_row **rows)
{
    struct zcd_error err;
    size_t count;
    void *array;

    assert_int_equal(fact_table_load(db, &PAYER_ALIAS_FACTS, &(struct facts_of){USCC, LENDER}, day(as_of), FACTS_KNOWN_NOW,
                                     arena, &array, &count, &err),
                     ZCD_OK);
    *rows = array;
    return count;
}

static void a_person_files_an_alias_of_a_payer_and_takes_it_away(void **state)
{
    (void)state;
    ZCD_AUTO(arena_done)
    struct arena arena = {0};
    ZCD_AUTO(close_db)
    struct db *db = connect_as(DB_APPLICATION_ROLE);
    struct payer_alias_row alias = {.row = {.valid_from = day("2020-01-01")}, .payer_id = "p1", .alias = "区财政国库支付中心"};
    struct import_run run = {.lender = LENDER, .at_us = INSTANT_US, .kind = "correction", .write = write_alias, .what = &alias};
    struct payer_alias_row *rows;

    (void)run_import(db, run);
    assert_int_equal(aliases_on(db, "2020-01-01", &arena, &rows), 1);
    assert_string_equal(rows[0].payer_id, "p1");
    assert_string_equal(rows[0].alias, "区财政国库支付中心");
    alias.row = (struct fact_row){.valid_from = day("2021-01-01"), .removed = true};
    (void)run_import(db, run);
    assert_int_equal(aliases_on(db, "2020-12-31", &arena, &rows), 1);
    assert_int_equal(aliases_on(db, "2021-01-01", &arena, &rows), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(states_read_on_any_day_as_known_at_any_instant_equal_a_naive_model, set_up, tear_down),
        cmocka_unit_test_setup_teardown(rows_of_two_lenders_in_one_transaction_do_not_meet, set_up, tear_down),
        cmocka_unit_test_setup_teardown(events_read_on_any_day_as_known_at_any_instant_equal_a_naive_model, set_up, tear_down),
        cmocka_unit_test_setup_teardown(every_table_of_facts_is_in_the_list_and_begins_its_key_with_uscc_and_lender, set_up,
                                        tear_down),
        cmocka_unit_test(every_query_names_the_organisation_and_the_lender),
        cmocka_unit_test_setup_teardown(the_service_may_add_and_say_what_replaced_a_row_and_no_more, set_up, tear_down),
        cmocka_unit_test_setup_teardown(every_code_has_its_domain, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_import_is_taken_back_once_and_a_withdrawal_never, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_person_files_an_alias_of_a_payer_and_takes_it_away, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_history_names_each_statement_and_what_replaced_it, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("fact_table_store", tests, NULL, NULL);
}
