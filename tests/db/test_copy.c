#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "db/copy.h"

#include "base/cleanup.h"
#include "db/transaction.h"
#include "tests/lib/test_database.h"

static struct test_database database;
static bool has_database;

static int set_up(void **state)
{
    (void)state;
    has_database = test_database_create(&database, "copy");
    if (has_database)
        test_database_run(database.conninfo, "CREATE TABLE thing (n int4 CHECK (n < 1000000), big int8, word text, on_day date, yes boolean)");
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

static struct db *connect_now(void)
{
    struct db *db = NULL;
    struct zcd_error err;

    if (!has_database)
        skip();
    if (db_connect(&(struct db_options){.conninfo = database.conninfo}, &db, &err) != ZCD_OK)
        fail_msg("%s", err.message);
    return db;
}

static const struct db_statement COPY = {"test_copy", "COPY thing (n, big, word, on_day, yes) FROM STDIN (FORMAT binary)"};
static const struct db_statement QUEUED = {"test_queued", "INSERT INTO thing (n) VALUES ($1)"};
static const struct db_statement READ = {"test_read", "SELECT n, big, word, on_day, yes FROM thing WHERE n = $1"};

/* Rows from `first` on, as one COPY, behind a statement that was queued. */
struct copying {
    int32_t first, count;
};

static enum zcd_code copy_body(struct db *db, void *context, struct zcd_error *err)
{
    const struct copying *copying = context;
    ZCD_AUTO(db_copy_done)
    struct db_copy copy = {0};

    for (int32_t n = copying->first; n < copying->first + copying->count; n++) {
        struct db_value row[] = {db_int4(n), db_int8(INT64_MIN + n), db_text(n % 2 == 0 ? "某" : NULL),
                                 db_date(n % 3 == 0 ? (struct date){-1} : DATE_NONE), db_bool(n % 2 == 0)};
        db_copy_add(&copy, row, 5);
    }
    if (db_queue(db, &QUEUED, DB_VALUES(db_int4(-1)), NULL, err) != ZCD_OK)
        return err->code;
    return db_copy_send(db, &COPY, &copy, err);
}

static void many_rows_arrive_as_they_were(void **state)
{
    (void)state;
    ZCD_AUTO(close_db)
    struct db *db = connect_now();
    ZCD_AUTO(db_rows_done)
    struct db_rows rows = {0};
    struct copying copying = {0, 100000};
    struct db_value value;
    struct zcd_error err;

    assert_int_equal(db_transaction_run(db, DB_READ_COMMITTED, copy_body, &copying, &err), ZCD_OK);
    assert_int_equal(test_database_count(database.conninfo, "SELECT count(*) FROM thing WHERE big::numeric = -9223372036854775808::numeric + n"),
                     100000);
    assert_int_equal(test_database_count(database.conninfo, "SELECT count(*) FROM thing WHERE n = -1"), 1);
    assert_int_equal(db_query(db, &READ, DB_VALUES(db_int4(6)), &rows, &err), ZCD_OK);
    assert_int_equal(db_rows_value(&rows, 0, 1, DB_INT8, &value, &err), ZCD_OK);
    assert_int_equal(value.number, INT64_MIN + 6);
    assert_int_equal(db_rows_value(&rows, 0, 2, DB_TEXT, &value, &err), ZCD_OK);
    assert_string_equal((const char *)value.bytes.data, "某");
    assert_int_equal(db_rows_value(&rows, 0, 3, DB_DATE, &value, &err), ZCD_OK);
    assert_int_equal(value.number, -1); /* 1969-12-31 */
    assert_int_equal(db_rows_value(&rows, 0, 4, DB_BOOL, &value, &err), ZCD_OK);
    assert_int_equal(value.number, 1);
    assert_int_equal(db_rows_value(&rows, 0, 4, DB_INT4, &value, &err), ZCD_CORRUPT);
    db_rows_done(&rows);
    assert_int_equal(db_query(db, &READ, DB_VALUES(db_int4(7)), &rows, &err), ZCD_OK);
    assert_int_equal(db_rows_value(&rows, 0, 2, DB_TEXT, &value, &err), ZCD_OK);
    assert_true(value.is_null);
}

static void a_refused_row_leaves_nothing_and_the_connection_is_of_use(void **state)
{
    (void)state;
    ZCD_AUTO(close_db)
    struct db *db = connect_now();
    struct copying beyond = {999000, 100000}, within = {0, 10};
    struct zcd_error err;

    assert_int_equal(db_transaction_run(db, DB_READ_COMMITTED, copy_body, &beyond, &err), ZCD_INVALID);
    assert_non_null(strstr(err.message, "test_copy"));
    assert_int_equal(test_database_count(database.conninfo, "SELECT count(*) FROM thing"), 0);
    assert_int_equal(db_transaction_run(db, DB_READ_COMMITTED, copy_body, &within, &err), ZCD_OK);
    assert_int_equal(test_database_count(database.conninfo, "SELECT count(*) FROM thing"), 11);
}

static void what_was_queued_fails_before_a_row_is_sent(void **state)
{
    (void)state;
    ZCD_AUTO(close_db)
    struct db *db = connect_now();
    struct copying copying = {0, 10};
    struct zcd_error err;

    test_database_run(database.conninfo, "ALTER TABLE thing ADD CHECK (n >= 0)");
    assert_int_equal(db_transaction_run(db, DB_READ_COMMITTED, copy_body, &copying, &err), ZCD_INVALID);
    assert_non_null(strstr(err.message, "test_queued"));
    assert_int_equal(test_database_count(database.conninfo, "SELECT count(*) FROM thing"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(many_rows_arrive_as_they_were, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_refused_row_leaves_nothing_and_the_connection_is_of_use, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_was_queued_fails_before_a_row_is_sent, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("copy", tests, NULL, NULL);
}
