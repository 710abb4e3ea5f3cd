#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "db/migrate.h"

#include "base/cleanup.h"
#include "db/query.h"
#include "tests/lib/test_database.h"

#include <pthread.h>

static struct test_database database;
static bool has_database;

/* Every test starts from an empty database. */
static int set_up(void **state)
{
    (void)state;
    has_database = test_database_create(&database, "migrate");
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

static struct db *connect_as(const char *conninfo)
{
    struct db *db = NULL;
    struct zcd_error err;

    if (!has_database)
        skip();
    if (db_connect(&(struct db_options){.conninfo = conninfo, .statement_timeout_ms = 30000}, &db, &err) != ZCD_OK)
        fail_msg("%s", err.message);
    return db;
}

static size_t migrate_all(struct db *db)
{
    size_t applied = 999;
    struct zcd_error err;

    if (db_migrate(db, MIGRATION_FILES, MIGRATION_FILE_COUNT, &applied, &err) != ZCD_OK)
        fail_msg("%s", err.message);
    return applied;
}

#define FILE_OF(number, name, text)                                                                                    \
    {                                                                                                                  \
        number, name, text, sizeof(text) - 1                                                                           \
    }

static void the_shipped_migrations_apply_once(void **state)
{
    (void)state;
    ZCD_AUTO(close_db)
    struct db *db = connect_as(database.conninfo);
    struct zcd_error err;

    assert_int_equal(db_migrate_check(db, MIGRATION_FILES, MIGRATION_FILE_COUNT, &err), ZCD_CONFLICT);
    assert_int_equal(migrate_all(db), MIGRATION_FILE_COUNT);
    assert_int_equal(migrate_all(db), 0);
    assert_int_equal(db_migrate_check(db, MIGRATION_FILES, MIGRATION_FILE_COUNT, &err), ZCD_OK);
}

static void every_table_and_column_says_what_it_is(void **state)
{
    char undescribed[256];
    (void)state;
    ZCD_AUTO(close_db)
    struct db *db = connect_as(database.conninfo);

    (void)migrate_all(db);
    test_database_ask(database.conninfo,
                      "SELECT string_agg(c.relname || coalesce('.' || a.attname, ''), ', ')"
                      " FROM pg_class c LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0"
                      " WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition" /* which its table speaks for */
                      "   AND c.relnamespace = 'public'::regnamespace"
                      "   AND (col_description(c.oid, a.attnum) IS NULL OR obj_description(c.oid, 'pg_class') IS NULL)",
                      undescribed, sizeof undescribed);
    assert_string_equal(undescribed, "");
}

static void a_changed_file_is_refused_and_nothing_is_applied(void **state)
{
    static const struct migration_file before[] = {FILE_OF(1, "0001_a", "CREATE TABLE a (n int)")};
    static const struct migration_file after[] = {FILE_OF(1, "0001_a", "CREATE TABLE a (n int) "),
                                                  FILE_OF(2, "0002_b", "CREATE TABLE b (n int)")};
    (void)state;
    ZCD_AUTO(close_db)
    struct db *db = connect_as(database.conninfo);
    struct zcd_error err;
    size_t applied = 999;

    assert_int_equal(db_migrate(db, before, 1, &applied, &err), ZCD_OK);
    assert_int_equal(applied, 1);
    assert_int_equal(db_migrate(db, after, 2, &applied, &err), ZCD_CONFLICT);
    assert_non_null(strstr(err.message, "0001_a"));
    assert_int_equal(applied, 1); /* untouched */
    assert_int_equal(test_database_count(database.conninfo, "SELECT count(*) FROM pg_class WHERE relname = 'b'"), 0);
}

static void a_newer_database_is_refused(void **state)
{
    static const struct migration_file files[] = {FILE_OF(1, "0001_a", "CREATE TABLE a (n int)"),
                                                  FILE_OF(3, "0003_c", "CREATE TABLE c (n int)")};
    (void)state;
    ZCD_AUTO(close_db)
    struct db *db = connect_as(database.conninfo);
    struct zcd_error err;
    size_t applied;

    assert_int_equal(db_migrate(db, files, 2, &applied, &err), ZCD_OK);
    assert_int_equal(db_migrate(db, files, 1, &applied, &err), ZCD_CONFLICT);
    assert_int_equal(db_migrate_check(db, files, 1, &err), ZCD_CONFLICT);
    assert_non_null(strstr(err.message, "migration 3"));
}

static void a_file_below_the_newest_applied_one_is_refused(void **state)
{
    static const struct migration_file before[] = {FILE_OF(1, "0001_a", "SELECT 1"), FILE_OF(3, "0003_c", "SELECT 3")};
    static const struct migration_file after[] = {FILE_OF(1, "0001_a", "SELECT 1"), FILE_OF(2, "0002_b", "SELECT 2"),
                                                  FILE_OF(3, "0003_c", "SELECT 3")};
    (void)state;
    ZCD_AUTO(close_db)
    struct db *db = connect_as(database.conninfo);
    struct zcd_error err;
    size_t applied;

    assert_int_equal(db_migrate(db, before, 2, &applied, &err), ZCD_OK);
    assert_int_equal(db_migrate(db, after, 3, &applied, &err), ZCD_CONFLICT);
    assert_non_null(strstr(err.message, "0002_b"));
}

static void a_failing_file_leaves_nothing_of_itself_and_says_why(void **state)
{
    static const struct migration_file files[] = {
        FILE_OF(1, "0001_a", "CREATE TABLE a (n int)"),
        FILE_OF(2, "0002_b", "CREATE TABLE b (n int); INSERT INTO nowhere VALUES (1)")};
    (void)state;
    ZCD_AUTO(close_db)
    struct db *db = connect_as(database.conninfo);
    struct zcd_error err;
    size_t applied;

    assert_int_equal(db_migrate(db, files, 2, &applied, &err), ZCD_CORRUPT);
    assert_non_null(strstr(err.message, "migration 0002_b"));
    assert_non_null(strstr(err.message, "nowhere"));
    assert_int_equal(test_database_count(database.conninfo, "SELECT count(*) FROM pg_class WHERE relname = 'b'"), 0);
    assert_int_equal(test_database_count(database.conninfo, "SELECT count(*) FROM schema_migration"), 1);
    assert_int_equal(db_migrate(db, files, 1, &applied, &err), ZCD_OK); /* the lock was let go, the session is clean */
}

static void *migrate_in_a_thread(void *conninfo)
{
    struct db *db = connect_as(conninfo);
    size_t applied = migrate_all(db);

    db_close(db);
    return (void *)(uintptr_t)applied;
}

static void programs_that_start_at_once_apply_each_migration_once(void **state)
{
    pthread_t thread[4];
    uintptr_t sum = 0;
    (void)state;
    if (!has_database)
        skip();
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&thread[i], NULL, migrate_in_a_thread, database.conninfo), 0);
    for (int i = 0; i < 4; i++) {
        void *applied;
        assert_int_equal(pthread_join(thread[i], &applied), 0);
        sum += (uintptr_t)applied;
    }
    assert_int_equal(sum, MIGRATION_FILE_COUNT);
}

static void the_application_role_can_add_and_read_but_change_nothing_but_the_head(void **state)
{
    static const char *const tables[] = {"log_leaf", "log_tile", "log_bundle", "log_record", "daily_statement", "disclosure", "log_batch", "document", "log_head", "assessment"};
    char sql[256];
    (void)state;
    ZCD_AUTO(close_db)
    struct db *owner = connect_as(database.conninfo);

    (void)migrate_all(owner);
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
        (void)snprintf(
            sql, sizeof sql,
            "SELECT (has_table_privilege('zcd_app', '%s', 'SELECT')"
            " AND has_table_privilege('zcd_app', '%s', 'INSERT')"
            " AND NOT has_table_privilege('zcd_app', '%s', 'UPDATE, DELETE, TRUNCATE, TRIGGER, REFERENCES'))::int",
            tables[i], tables[i], tables[i]);
        assert_int_equal(test_database_count(database.conninfo, sql), 1);
    }
    test_database_ask(database.conninfo,
                      "SELECT string_agg(table_name || '.' || column_name, ' ' ORDER BY column_name)"
                      " FROM information_schema.column_privileges"
                      " WHERE grantee = 'zcd_app' AND privilege_type = 'UPDATE' AND (table_name LIKE 'log\\_%'"
                      " OR table_name IN ('document', 'assessment', 'daily_statement', 'disclosure', 'personal_value'))",
                      sql, sizeof sql);
    assert_string_equal(sql, "log_head.at log_head.batch_id log_head.peaks log_head.size");
}

static void the_application_role_is_refused_by_the_server(void **state)
{
    static const char *const refused[] = {"UPDATE log_leaf SET leaf = 'x'",
                                          "DELETE FROM log_leaf",
                                          "TRUNCATE log_tile",
                                          "DELETE FROM document",
                                          "UPDATE log_head SET origin = 'x'",
                                          "DELETE FROM log_head",
                                          "UPDATE assessment SET outcome = 'approve'",
                                          "DELETE FROM log_batch",
                                          "UPDATE personal_value SET value = 'x'",
                                          "DELETE FROM log_record",
                                          "DELETE FROM log_leaf_0",
                                          "DROP TABLE log_leaf",
                                          "ALTER TABLE log_leaf DISABLE TRIGGER ALL"};
    (void)state;
    ZCD_AUTO(close_db)
    struct db *owner = connect_as(database.conninfo);
    struct db *app = NULL;
    struct zcd_error err;

    (void)migrate_all(owner);
    assert_int_equal(
        db_connect(&(struct db_options){.conninfo = database.conninfo, .role = DB_APPLICATION_ROLE}, &app, &err),
        ZCD_OK);
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        assert_int_equal(db_execute_script(app, refused[i], &err), ZCD_CORRUPT);
        assert_non_null(strstr(err.message, "42501")); /* insufficient_privilege */
    }
    db_close(app);
}

/* The other way of installing: no superuser, a database of one's own, and the right to make roles or a role made before. */
static void a_plain_owner_can_migrate_and_serve(void **state)
{
    static const char *const with_rights[] = {"CREATEROLE", "NOCREATEROLE"};
    (void)state;
    if (!has_database)
        skip();
    for (int i = 0; i < 2; i++) {
        struct test_database own;
        char sql[512], conninfo[1200];
        struct db *app = NULL;
        struct zcd_error err;

        assert_true(test_database_create(&own, i == 0 ? "owner0" : "owner1"));
        (void)snprintf(
            sql, sizeof sql,
            "DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'zcd_app') THEN CREATE ROLE zcd_app"
            " NOLOGIN; END IF; END $$; CREATE ROLE %s_login LOGIN %s; ALTER DATABASE %s OWNER TO %s_login",
            own.name, with_rights[i], own.name, own.name);
        test_database_run(database.conninfo, sql);
        if (i == 1) {
            (void)snprintf(sql, sizeof sql, "GRANT zcd_app TO %s_login", own.name);
            test_database_run(database.conninfo, sql);
        }
        (void)snprintf(conninfo, sizeof conninfo, "%s user=%s_login", own.conninfo, own.name);
        struct db *db = connect_as(conninfo);
        assert_int_equal(migrate_all(db), MIGRATION_FILE_COUNT);
        assert_int_equal(
            db_connect(&(struct db_options){.conninfo = conninfo, .role = DB_APPLICATION_ROLE}, &app, &err), ZCD_OK);
        assert_int_equal(db_execute_script(app, "DELETE FROM log_leaf", &err), ZCD_CORRUPT);
        db_close(app);
        db_close(db);
        test_database_drop(&own);
        (void)snprintf(sql, sizeof sql, "DROP ROLE %s_login", own.name);
        test_database_run(database.conninfo, sql);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_shipped_migrations_apply_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(every_table_and_column_says_what_it_is, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_changed_file_is_refused_and_nothing_is_applied, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_newer_database_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_file_below_the_newest_applied_one_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_failing_file_leaves_nothing_of_itself_and_says_why, set_up, tear_down),
        cmocka_unit_test_setup_teardown(programs_that_start_at_once_apply_each_migration_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_application_role_can_add_and_read_but_change_nothing_but_the_head, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(the_application_role_is_refused_by_the_server, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_plain_owner_can_migrate_and_serve, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
