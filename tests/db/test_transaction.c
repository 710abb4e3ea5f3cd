#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "db/transaction.h"

#include "base/cleanup.h"
#include "db/query.h"
#include "tests/lib/test_database.h"

static struct test_database database;
static bool has_database;

static int set_up(void **state)
{
    (void)state;
    has_database = test_database_create(&database, "transaction");
    if (has_database)
        test_database_run(database.conninfo,
                          "CREATE TABLE t (k int PRIMARY KEY, n int NOT NULL);"
                          "CREATE TABLE u (k int UNIQUE DEFERRABLE INITIALLY DEFERRED);"
                          "CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS"
                          " 'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END';"
                          "CREATE TABLE deadly (n int);"
                          "CREATE CONSTRAINT TRIGGER die AFTER INSERT ON deadly DEFERRABLE INITIALLY"
                          " DEFERRED FOR EACH ROW EXECUTE FUNCTION die()");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    if (has_database)
        test_database_drop(&database);
    return 0;
}

static int clear(void **state)
{
    (void)state;
    if (has_database)
        test_database_run(database.conninfo,
                          "TRUNCATE t; TRUNCATE u; TRUNCATE deadly; INSERT INTO t VALUES (1, 0), (2, 0)");
    return 0;
}

static void close_db(struct db **db)
{
    db_close(*db);
}

static struct db *connect_plain(void)
{
    struct db *db = NULL;
    struct zcd_error err;

    if (!has_database)
        skip();
    if (db_connect(&(struct db_options){.conninfo = database.conninfo}, &db, &err) != ZCD_OK)
        fail_msg("%s", err.message);
    return db;
}

static const struct db_statement ADD = {"test_add", "UPDATE t SET n = n + 1 WHERE k = $1"};
static const struct db_statement INSERT = {"test_insert", "INSERT INTO t VALUES ($1, 0)"};
static const struct db_statement INSERT_DEFERRED = {"test_insert_deferred", "INSERT INTO u VALUES ($1)"};
static const struct db_statement INSERT_DEADLY = {"test_insert_deadly", "INSERT INTO deadly VALUES (1)"};
static const struct db_statement READ = {"test_read", "SELECT n FROM t WHERE k = 1"};

static long number_of(int k)
{
    return test_database_count(database.conninfo,
                               k == 1 ? "SELECT n FROM t WHERE k = 1" : "SELECT n FROM t WHERE k = 2");
}

static enum zcd_code add_to_both(struct db *db, void *context, struct zcd_error *err)
{
    (void)context;
    if (db_queue(db, &ADD, DB_VALUES(db_int4(1)), NULL, err) != ZCD_OK)
        return err->code;
    return db_queue(db, &ADD, DB_VALUES(db_int4(2)), NULL, err);
}

static void what_was_only_queued_is_committed(void **state)
{
    (void)state;
    ZCD_AUTO(close_db)
    struct db *db = connect_plain();
    struct zcd_error err;

    assert_int_equal(db_transaction_run(db, DB_READ_COMMITTED, add_to_both, NULL, &err), ZCD_OK);
    assert_int_equal(number_of(1), 1);
    assert_int_equal(number_of(2), 1);
}

static enum zcd_code add_then_refuse(struct db *db, void *context, struct zcd_error *err)
{
    (void)context;
    if (db_execute(db, &ADD, DB_VALUES(db_int4(1)), err) != ZCD_OK)
        return err->code;
    if (db_queue(db, &ADD, DB_VALUES(db_int4(2)), NULL, err) != ZCD_OK)
        return err->code;
    return zcd_fail(err, ZCD_NOT_FOUND, "the body says no");
}

static void a_body_that_refuses_leaves_nothing(void **state)
{
    (void)state;
    ZCD_AUTO(close_db)
    struct db *db = connect_plain();
    struct zcd_error err;

    assert_int_equal(db_transaction_run(db, DB_READ_COMMITTED, add_then_refuse, NULL, &err), ZCD_NOT_FOUND);
    assert_string_equal(err.message, "the body says no");
    assert_int_equal(number_of(1), 0);
    assert_int_equal(number_of(2), 0);
    assert_int_equal(db_transaction_run(db, DB_READ_COMMITTED, add_to_both, NULL, &err), ZCD_OK);
}

static enum zcd_code queue_a_duplicate(struct db *db, void *context, struct zcd_error *err)
{
    (void)context;
    if (db_queue(db, &ADD, DB_VALUES(db_int4(1)), NULL, err) != ZCD_OK)
        return err->code;
    return db_queue(db, &INSERT, DB_VALUES(db_int4(1)), NULL, err);
}

static void a_queued_statement_refused_at_the_commit_rolls_back(void **state)
{
    (void)state;
    ZCD_AUTO(close_db)
    struct db *db = connect_plain();
    struct zcd_error err;

    assert_int_equal(db_transaction_run(db, DB_READ_COMMITTED, queue_a_duplicate, NULL, &err), ZCD_CONFLICT);
    assert_int_equal(db_last_failure(db), DB_FAILURE_STATEMENT);
    assert_int_equal(number_of(1), 0);
}

static enum zcd_code defer_a_duplicate(struct db *db, void *context, struct zcd_error *err)
{
    (void)context;
    if (db_execute(db, &INSERT_DEFERRED, DB_VALUES(db_int4(1)), err) != ZCD_OK)
        return err->code;
    return db_execute(db, &INSERT_DEFERRED, DB_VALUES(db_int4(1)), err);
}

static void a_commit_that_is_refused_is_known_to_be(void **state)
{
    (void)state;
    ZCD_AUTO(close_db)
    struct db *db = connect_plain();
    struct zcd_error err;

    assert_int_equal(db_transaction_run(db, DB_READ_COMMITTED, defer_a_duplicate, NULL, &err), ZCD_CONFLICT);
    assert_int_equal(db_last_failure(db), DB_FAILURE_STATEMENT);
    assert_int_equal(db_transaction_run(db, DB_READ_COMMITTED, add_to_both, NULL, &err), ZCD_OK);
}

static enum zcd_code ignore_a_refusal(struct db *db, void *context, struct zcd_error *err)
{
    (void)context;
    struct zcd_error ignored;

    if (db_execute(db, &ADD, DB_VALUES(db_int4(1)), err) != ZCD_OK)
        return err->code;
    (void)!db_execute(db, &INSERT, DB_VALUES(db_int4(1)), &ignored);
    return ZCD_OK;
}

static void a_body_that_overlooks_a_refusal_is_not_told_that_it_was_committed(void **state)
{
    (void)state;
    ZCD_AUTO(close_db)
    struct db *db = connect_plain();
    struct zcd_error err;

    assert_int_equal(db_transaction_run(db, DB_READ_COMMITTED, ignore_a_refusal, NULL, &err), ZCD_CORRUPT);
    assert_int_equal(number_of(1), 0);
    assert_int_equal(db_transaction_run(db, DB_READ_COMMITTED, add_to_both, NULL, &err), ZCD_OK);
}

struct rival {
    int runs;
    int interfere; /* in how many runs */
};

/* Reads, lets another change what was read, and writes: 40001 under REPEATABLE READ. */
static enum zcd_code read_and_add(struct db *db, void *context, struct zcd_error *err)
{
    struct rival *rival = context;
    ZCD_AUTO(db_rows_done)
    struct db_rows rows = {0};

    rival->runs++;
    if (db_query(db, &READ, DB_NO_VALUES, &rows, err) != ZCD_OK)
        return err->code;
    if (rival->runs <= rival->interfere)
        test_database_run(database.conninfo, "UPDATE t SET n = n + 10 WHERE k = 1");
    return db_execute(db, &ADD, DB_VALUES(db_int4(1)), err);
}

static void a_serialization_failure_runs_the_body_again(void **state)
{
    (void)state;
    ZCD_AUTO(close_db)
    struct db *db = connect_plain();
    struct rival rival = {.interfere = 2};
    struct zcd_error err;

    assert_int_equal(db_transaction_run(db, DB_REPEATABLE_READ, read_and_add, &rival, &err), ZCD_OK);
    assert_int_equal(rival.runs, 3);
    assert_int_equal(number_of(1), 21);
}

static void a_transaction_that_never_gets_through_ends_as_a_conflict(void **state)
{
    (void)state;
    ZCD_AUTO(close_db)
    struct db *db = connect_plain();
    struct rival rival = {.interfere = 100};
    struct zcd_error err;

    assert_int_equal(db_transaction_run(db, DB_REPEATABLE_READ, read_and_add, &rival, &err), ZCD_CONFLICT);
    assert_int_equal(rival.runs, 5);
    assert_int_equal(db_last_failure(db), DB_FAILURE_RETRY);
}

static enum zcd_code add_and_be_terminated(struct db *db, void *context, struct zcd_error *err)
{
    static const struct db_statement DIE = {"test_die", "SELECT pg_terminate_backend(pg_backend_pid()) AS gone"};
    (void)context;
    if (db_execute(db, &ADD, DB_VALUES(db_int4(1)), err) != ZCD_OK)
        return err->code;
    return db_execute(db, &DIE, DB_NO_VALUES, err);
}

static void a_connection_lost_before_the_commit_leaves_nothing_for_certain(void **state)
{
    (void)state;
    ZCD_AUTO(close_db)
    struct db *db = connect_plain();
    struct zcd_error err;

    assert_int_equal(db_transaction_run(db, DB_READ_COMMITTED, add_and_be_terminated, NULL, &err), ZCD_UNAVAILABLE);
    assert_int_equal(db_last_failure(db), DB_FAILURE_CONNECTION);
    assert_int_equal(number_of(1), 0);
    assert_int_equal(db_ensure(db, &err), ZCD_OK);
    assert_int_equal(db_transaction_run(db, DB_READ_COMMITTED, add_to_both, NULL, &err), ZCD_OK);
}

static enum zcd_code insert_deadly(struct db *db, void *context, struct zcd_error *err)
{
    (void)context;
    return db_execute(db, &INSERT_DEADLY, DB_NO_VALUES, err);
}

/* A deferred trigger terminates the backend within COMMIT: seen from here it could as well have been kept. */
static void a_connection_lost_within_the_commit_is_said_to_be_unknown(void **state)
{
    (void)state;
    ZCD_AUTO(close_db)
    struct db *db = connect_plain();
    struct zcd_error err;

    assert_int_equal(db_transaction_run(db, DB_READ_COMMITTED, insert_deadly, NULL, &err), ZCD_UNAVAILABLE);
    assert_int_equal(db_last_failure(db), DB_FAILURE_COMMIT_UNKNOWN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(what_was_only_queued_is_committed, clear),
        cmocka_unit_test_setup(a_body_that_refuses_leaves_nothing, clear),
        cmocka_unit_test_setup(a_queued_statement_refused_at_the_commit_rolls_back, clear),
        cmocka_unit_test_setup(a_commit_that_is_refused_is_known_to_be, clear),
        cmocka_unit_test_setup(a_body_that_overlooks_a_refusal_is_not_told_that_it_was_committed, clear),
        cmocka_unit_test_setup(a_serialization_failure_runs_the_body_again, clear),
        cmocka_unit_test_setup(a_transaction_that_never_gets_through_ends_as_a_conflict, clear),
        cmocka_unit_test_setup(a_connection_lost_before_the_commit_leaves_nothing_for_certain, clear),
        cmocka_unit_test_setup(a_connection_lost_within_the_commit_is_said_to_be_unknown, clear),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
