#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "contracts/assessment_store.h"

#include "base/cleanup.h"
#include "db/migrate.h"
#include "db/query.h"
#include "db/transaction.h"
#include "tests/lib/test_database.h"

static struct test_database database;
static bool has_database;

static int set_up(void **state)
{
    struct db *db = NULL;
    struct zcd_error err;
    size_t applied;

    (void)state;
    has_database = test_database_create(&database, "assessment");
    if (!has_database)
        return 0;
    if (db_connect(&(struct db_options){.conninfo = database.conninfo, .statement_timeout_ms = 30000}, &db, &err)
            != ZCD_OK
        || db_migrate(db, MIGRATION_FILES, MIGRATION_FILE_COUNT, &applied, &err) != ZCD_OK)
        return -1;
    db_close(db);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    if (has_database)
        test_database_drop(&database);
    return 0;
}

static void close_db(struct db **db)
{
    db_close(*db);
}

static struct db *connect_as_application(void)
{
    struct db *db = NULL;
    struct zcd_error err;

    if (!has_database)
        skip();
    if (db_connect(&(struct db_options){.conninfo = database.conninfo, .role = DB_APPLICATION_ROLE}, &db, &err)
        != ZCD_OK)
        fail_msg("%s", err.message);
    return db;
}

static struct assessment_row row_of(const char *id, uint64_t log_index)
{
    struct assessment_row row = {.id = id, .log_index = log_index, .outcome = "approve"};
    struct zcd_error err;

    assert_int_equal(uscc_parse("91110000600037341L", &row.uscc, &err), ZCD_OK); /* python-stdnum's documentation */
    memset(row.dossier_sha256, 1, sizeof row.dossier_sha256);
    memset(row.policy_sha256, 2, sizeof row.policy_sha256);
    memset(row.decision_sha256, 3, sizeof row.decision_sha256);
    row.created_at_us = INT64_C(4102444799999999); /* 2099-12-31T23:59:59.999999Z */
    return row;
}

struct insertion {
    const struct assessment_row *rows;
    size_t count;
};

static enum zcd_code insert_body(struct db *db, void *context, struct zcd_error *err)
{
    const struct insertion *insertion = context;
    return assessment_store_insert(db, insertion->rows, insertion->count, err);
}

static enum zcd_code insert(struct db *db, const struct assessment_row *rows, size_t count, struct zcd_error *err)
{
    struct insertion insertion = {rows, count};
    return db_transaction_run(db, DB_READ_COMMITTED, insert_body, &insertion, err);
}

static void rows_come_back_as_they_were_inserted(void **state)
{
    (void)state;
    ZCD_AUTO(close_db)
    struct db *db = connect_as_application();
    ZCD_AUTO(arena_done)
    struct arena arena = {0};
    struct assessment_row rows[2] = {row_of("a-1", 7), row_of("a-2", INT64_MAX)};
    struct assessment_row found;
    struct zcd_error err;

    rows[1].application_id = "app-9";
    rows[1].outcome = "approve_with_conditions";
    assert_int_equal(insert(db, rows, 2, &err), ZCD_OK);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(assessment_store_find(db, &rows[i].uscc, rows[i].id, &arena, &found, &err), ZCD_OK);
        assert_string_equal(found.uscc.text, rows[i].uscc.text);
        assert_string_equal(found.id, rows[i].id);
        assert_int_equal(found.log_index, rows[i].log_index);
        assert_string_equal(found.outcome, rows[i].outcome);
        assert_memory_equal(found.dossier_sha256, rows[i].dossier_sha256, 32);
        assert_memory_equal(found.policy_sha256, rows[i].policy_sha256, 32);
        assert_memory_equal(found.decision_sha256, rows[i].decision_sha256, 32);
        assert_true(found.created_at_us == rows[i].created_at_us);
    }
    assert_string_equal(found.application_id, "app-9");
    assert_int_equal(assessment_store_find(db, &rows[0].uscc, "a-3", &arena, &found, &err), ZCD_NOT_FOUND);
}

static void another_organisation_does_not_find_it(void **state)
{
    (void)state;
    ZCD_AUTO(close_db)
    struct db *db = connect_as_application();
    ZCD_AUTO(arena_done)
    struct arena arena = {0};
    struct assessment_row row = row_of("b-1", 20), found;
    struct uscc other;
    struct zcd_error err;

    assert_int_equal(uscc_parse("91330106673959654P", &other, &err), ZCD_OK);
    assert_int_equal(insert(db, &row, 1, &err), ZCD_OK);
    assert_int_equal(assessment_store_find(db, &other, "b-1", &arena, &found, &err), ZCD_NOT_FOUND);
}

static void what_the_table_forbids_is_refused_with_its_code(void **state)
{
    (void)state;
    ZCD_AUTO(close_db)
    struct db *db = connect_as_application();
    struct assessment_row row = row_of("c-1", 30), other_id = row_of("c-2", 30);
    struct zcd_error err;

    assert_int_equal(insert(db, &row, 1, &err), ZCD_OK);
    assert_int_equal(insert(db, &row, 1, &err), ZCD_CONFLICT);
    assert_int_equal(insert(db, &other_id, 1, &err), ZCD_CONFLICT); /* the leaf is taken */
    row = row_of("c-3", 31);
    row.outcome = "perhaps";
    assert_int_equal(insert(db, &row, 1, &err), ZCD_INVALID);
    row = row_of("", 32);
    assert_int_equal(insert(db, &row, 1, &err), ZCD_INVALID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_come_back_as_they_were_inserted),
        cmocka_unit_test(another_organisation_does_not_find_it),
        cmocka_unit_test(what_the_table_forbids_is_refused_with_its_code),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
