#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "db/query.h"

#include "base/cleanup.h"
#include "tests/lib/test_database.h"

#include <stdio.h>
#include <string.h>

static struct test_database database;
static bool has_database;

static int set_up(void **state)
{
    (void)state;
    has_database = test_database_create(&database, "query");
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

static struct db *connect_with(const struct db_options *options)
{
    struct db *db = NULL;
    struct zcd_error err;

    if (db_connect(options, &db, &err) != ZCD_OK)
        fail_msg("%s", err.message);
    return db;
}

static struct db *connect_plain(void)
{
    if (!has_database)
        skip();
    return connect_with(&(struct db_options){.conninfo = database.conninfo});
}

static void every_type_comes_back_as_it_was_bound(void **state)
{
    static const struct db_statement ECHO_ALL = {
        "test_echo", "SELECT $1::bool AS b, $2::int4 AS i, $3::int8 AS l, $4::text AS t, $5::bytea AS y, $6::date AS d,"
                     " $7::timestamptz AS z, $8::uuid AS u, $9::text AS n, $6::date::text AS d_text,"
                     " extract(epoch FROM $7::timestamptz)::int8 AS z_seconds, $8::uuid::text AS u_text"};
    static const uint8_t uuid[16] = {0x12, 0x34, 0x56, 0x78, 0x9a, 0xbc, 0xde, 0xf0, 1, 2, 3, 4, 5, 6, 7, 8};
    static const uint8_t data[] = {0, 255, 10, 0};
    (void)state;
    ZCD_AUTO(close_db)
    struct db *db = connect_plain();
    ZCD_AUTO(db_rows_done)
    struct db_rows rows = {0};
    struct zcd_error err;
    bool b;
    int32_t i;
    int64_t l, z;
    const char *text;
    struct bytes y;
    struct date d;
    uint8_t u[16];

    assert_int_equal(db_query(db, &ECHO_ALL,
                              DB_VALUES(db_bool(true), db_int4(-7), db_int8(INT64_MIN), db_text("至诚"),
                                        db_bytea((struct bytes){data, sizeof data}), db_date((struct date){18536}),
                                        db_timestamptz(INT64_C(1601510400123456)), db_uuid(uuid), db_text(NULL)),
                              &rows, &err),
                     ZCD_OK);
    assert_int_equal(rows.count, 1);
    assert_int_equal(db_rows_bool(&rows, 0, "b", &b, &err), ZCD_OK);
    assert_true(b);
    assert_int_equal(db_rows_int4(&rows, 0, "i", &i, &err), ZCD_OK);
    assert_int_equal(i, -7);
    assert_int_equal(db_rows_int8(&rows, 0, "l", &l, &err), ZCD_OK);
    assert_true(l == INT64_MIN);
    assert_int_equal(db_rows_text(&rows, 0, "t", &text, &err), ZCD_OK);
    assert_string_equal(text, "至诚");
    assert_int_equal(db_rows_bytea(&rows, 0, "y", &y, &err), ZCD_OK);
    assert_int_equal(y.size, sizeof data);
    assert_memory_equal(y.data, data, sizeof data);
    /* 18536 days after 1970-01-01 is 2020-10-01, says PostgreSQL. */
    assert_int_equal(db_rows_date(&rows, 0, "d", &d, &err), ZCD_OK);
    assert_int_equal(d.days, 18536);
    assert_int_equal(db_rows_text(&rows, 0, "d_text", &text, &err), ZCD_OK);
    assert_string_equal(text, "2020-10-01");
    assert_int_equal(db_rows_timestamptz(&rows, 0, "z", &z, &err), ZCD_OK);
    assert_true(z == INT64_C(1601510400123456));
    assert_int_equal(db_rows_int8(&rows, 0, "z_seconds", &l, &err), ZCD_OK);
    assert_true(l == INT64_C(1601510400));
    assert_int_equal(db_rows_fixed(&rows, 0, "u", u, sizeof u, &err), ZCD_OK);
    assert_memory_equal(u, uuid, sizeof u);
    assert_int_equal(db_rows_text(&rows, 0, "u_text", &text, &err), ZCD_OK);
    assert_string_equal(text, "12345678-9abc-def0-0102-030405060708");
    assert_true(db_rows_is_null(&rows, 0, "n"));
    assert_int_equal(db_rows_text(&rows, 0, "n", &text, &err), ZCD_CORRUPT);
    assert_int_equal(db_rows_int8(&rows, 0, "i", &l, &err), ZCD_CORRUPT);
    assert_int_equal(db_rows_fixed(&rows, 0, "y", u, 16, &err), ZCD_CORRUPT);
}

static const struct db_statement ECHO_TEXTS = {"echo_texts", "SELECT $1::text AS t, NULL::text AS n"};

static void texts_copied_into_an_arena_outlive_the_rows(void **state)
{
    (void)state;
    ZCD_AUTO(close_db)
    struct db *db = connect_plain();
    ZCD_AUTO(arena_done)
    struct arena arena = {0};
    struct db_rows rows = {0};
    const char *strict = NULL, *lenient = NULL, *nothing = "unset";
    struct zcd_error err;

    assert_int_equal(db_query(db, &ECHO_TEXTS, DB_VALUES(db_text("至诚")), &rows, &err), ZCD_OK);
    assert_int_equal(db_rows_copy_text(&rows, 0, "t", &arena, &strict, &err), ZCD_OK);
    assert_int_equal(db_rows_copy_text_or_null(&rows, 0, "t", &arena, &lenient, &err), ZCD_OK);
    assert_int_equal(db_rows_copy_text_or_null(&rows, 0, "n", &arena, &nothing, &err), ZCD_OK);
    assert_null(nothing);
    assert_int_equal(db_rows_copy_text(&rows, 0, "n", &arena, &strict, &err), ZCD_CORRUPT);
    db_rows_done(&rows);
    assert_string_equal(strict, "至诚"); /* a failure leaves what was there */
    assert_string_equal(lenient, "至诚");
}

static void arrays_unnest_in_order_with_their_nulls(void **state)
{
    static const struct db_statement UNNEST = {
        "test_unnest",
        "SELECT b, i, l, t FROM unnest($1::bytea[], $2::int4[], $3::int8[], $4::text[]) AS x (b, i, l, t)"};
    (void)state;
    ZCD_AUTO(close_db)
    struct db *db = connect_plain();
    ZCD_AUTO(db_rows_done)
    struct db_rows rows = {0};
    ZCD_AUTO(db_array_done)
    struct db_array b, i, l, t;
    struct zcd_error err;

    db_array_init(&b, DB_BYTEA_ARRAY);
    db_array_init(&i, DB_INT4_ARRAY);
    db_array_init(&l, DB_INT8_ARRAY);
    db_array_init(&t, DB_TEXT_ARRAY);
    for (int row = 0; row < 1000; row++) {
        char text[16];
        (void)snprintf(text, sizeof text, "row %d", row);
        db_array_add_bytea(&b, (struct bytes){(const uint8_t *)text, strlen(text)});
        db_array_add_int4(&i, -row);
        db_array_add_int8(&l, (int64_t)row << 40);
        db_array_add_text(&t, row == 500 ? NULL : text);
    }
    assert_int_equal(db_query(db, &UNNEST,
                              DB_VALUES(db_array_value(&b), db_array_value(&i), db_array_value(&l), db_array_value(&t)),
                              &rows, &err),
                     ZCD_OK);
    assert_int_equal(rows.count, 1000);
    for (int row = 0; row < 1000; row++) {
        struct bytes bytes;
        int32_t number;
        int64_t large;

        assert_int_equal(db_rows_bytea(&rows, row, "b", &bytes, &err), ZCD_OK);
        assert_memory_equal(bytes.data, "row ", 4);
        assert_int_equal(db_rows_int4(&rows, row, "i", &number, &err), ZCD_OK);
        assert_int_equal(number, -row);
        assert_int_equal(db_rows_int8(&rows, row, "l", &large, &err), ZCD_OK);
        assert_true(large == (int64_t)row << 40);
        assert_int_equal(db_rows_is_null(&rows, row, "t"), row == 500);
    }
}

static void empty_values_and_empty_arrays_are_not_null(void **state)
{
    static const struct db_statement EMPTY = {
        "test_empty", "SELECT $1::bytea = '' AS b, $2::text = '' AS t, cardinality($3::bytea[]) AS n"};
    (void)state;
    ZCD_AUTO(close_db)
    struct db *db = connect_plain();
    ZCD_AUTO(db_rows_done)
    struct db_rows rows = {0};
    ZCD_AUTO(db_array_done)
    struct db_array array;
    struct zcd_error err;
    bool yes = false;
    int32_t n = -1;

    db_array_init(&array, DB_BYTEA_ARRAY);
    assert_int_equal(
        db_query(db, &EMPTY, DB_VALUES(db_bytea((struct bytes){0}), db_text(""), db_array_value(&array)), &rows, &err),
        ZCD_OK);
    assert_int_equal(db_rows_bool(&rows, 0, "b", &yes, &err), ZCD_OK);
    assert_true(yes);
    assert_int_equal(db_rows_bool(&rows, 0, "t", &yes, &err), ZCD_OK);
    assert_true(yes);
    assert_int_equal(db_rows_int4(&rows, 0, "n", &n, &err), ZCD_OK);
    assert_int_equal(n, 0);
}

static void queued_statements_run_in_order_before_the_one_waited_for(void **state)
{
    static const struct db_statement CREATE = {"test_create", "CREATE TEMPORARY TABLE t (n int4)"};
    static const struct db_statement INSERT = {"test_insert", "INSERT INTO t VALUES ($1)"};
    static const struct db_statement LIST = {"test_list", "SELECT n FROM t ORDER BY n"};
    (void)state;
    ZCD_AUTO(close_db)
    struct db *db = connect_plain();
    ZCD_AUTO(db_rows_done)
    struct db_rows between = {0}, rows = {0};
    struct zcd_error err;

    assert_int_equal(db_execute(db, &CREATE, DB_NO_VALUES, &err), ZCD_OK);
    assert_int_equal(db_queue(db, &INSERT, DB_VALUES(db_int4(1)), NULL, &err), ZCD_OK);
    assert_int_equal(db_queue(db, &LIST, DB_NO_VALUES, &between, &err), ZCD_OK);
    assert_int_equal(db_queue(db, &INSERT, DB_VALUES(db_int4(2)), NULL, &err), ZCD_OK);
    assert_int_equal(db_query(db, &LIST, DB_NO_VALUES, &rows, &err), ZCD_OK);
    assert_int_equal(between.count, 1);
    assert_int_equal(rows.count, 2);
}

static void a_refused_statement_ends_the_series_and_the_connection_goes_on(void **state)
{
    static const struct db_statement DIVIDE = {"test_divide", "SELECT 1 / $1 AS q"};
    static const struct db_statement NO_TABLE = {"test_no_table", "SELECT n FROM no_such_table"};
    (void)state;
    ZCD_AUTO(close_db)
    struct db *db = connect_plain();
    ZCD_AUTO(db_rows_done)
    struct db_rows first = {0}, rows = {0};
    struct zcd_error err;

    for (int turn = 0; turn < 2; turn++) { /* prepared and not yet prepared */
        assert_int_equal(db_queue(db, &DIVIDE, DB_VALUES(db_int4(1)), &first, &err), ZCD_OK);
        assert_int_equal(db_queue(db, &DIVIDE, DB_VALUES(db_int4(0)), NULL, &err), ZCD_OK);
        assert_int_equal(db_query(db, &DIVIDE, DB_VALUES(db_int4(1)), &rows, &err), ZCD_INVALID);
        assert_string_equal(err.message, "database: statement test_divide failed with SQLSTATE 22012");
        assert_int_equal(db_last_failure(db), DB_FAILURE_STATEMENT);
        assert_null(first.result); /* outputs only on success */
        assert_null(rows.result);
        assert_int_equal(db_execute(db, &NO_TABLE, DB_NO_VALUES, &err), ZCD_CORRUPT);
        assert_null(strstr(err.message, "no_such_table"));
    }
    assert_int_equal(db_query(db, &DIVIDE, DB_VALUES(db_int4(1)), &rows, &err), ZCD_OK);
    assert_int_equal(db_last_failure(db), DB_FAILURE_NONE);
}

static void sqlstates_become_the_codes_of_the_header(void **state)
{
    static const struct {
        const char *sqlstate;
        enum zcd_code code;
        enum db_failure failure;
    } cases[] = {
        {"40001", ZCD_CONFLICT, DB_FAILURE_RETRY},       {"40P01", ZCD_CONFLICT, DB_FAILURE_RETRY},
        {"23505", ZCD_CONFLICT, DB_FAILURE_STATEMENT},   {"23514", ZCD_INVALID, DB_FAILURE_STATEMENT},
        {"22003", ZCD_INVALID, DB_FAILURE_STATEMENT},    {"53100", ZCD_UNAVAILABLE, DB_FAILURE_RESOURCE},
        {"57014", ZCD_UNAVAILABLE, DB_FAILURE_RESOURCE}, {"55P03", ZCD_UNAVAILABLE, DB_FAILURE_RESOURCE},
        {"25006", ZCD_UNAVAILABLE, DB_FAILURE_RESOURCE}, {"42501", ZCD_CORRUPT, DB_FAILURE_STATEMENT},
        {"XX001", ZCD_CORRUPT, DB_FAILURE_STATEMENT},
    };
    static const struct db_statement CREATE = {
        "test_create_raise", "CREATE OR REPLACE FUNCTION pg_temp.refuse(state text) RETURNS int4 LANGUAGE plpgsql AS"
                             " 'BEGIN RAISE EXCEPTION ''no'' USING ERRCODE = state; END'"};
    static const struct db_statement REFUSE = {"test_refuse", "SELECT pg_temp.refuse($1)"};
    (void)state;
    ZCD_AUTO(close_db)
    struct db *db = connect_plain();
    struct zcd_error err;

    assert_int_equal(db_execute(db, &CREATE, DB_NO_VALUES, &err), ZCD_OK);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(db_execute(db, &REFUSE, DB_VALUES(db_text(cases[i].sqlstate)), &err), cases[i].code);
        assert_int_equal(db_last_failure(db), cases[i].failure);
    }
}

static void a_server_that_does_not_answer_is_given_up_in_time(void **state)
{
    static const struct db_statement SLEEP = {"test_sleep", "SELECT pg_sleep(3)::text AS nothing"};
    (void)state;
    if (!has_database)
        skip();
    ZCD_AUTO(close_db)
    struct db *short_statement =
        connect_with(&(struct db_options){.conninfo = database.conninfo, .statement_timeout_ms = 100});
    ZCD_AUTO(close_db)
    struct db *short_answer = connect_with(
        &(struct db_options){.conninfo = database.conninfo, .statement_timeout_ms = 10000, .answer_timeout_ms = 200});
    struct zcd_error err;

    assert_int_equal(db_execute(short_statement, &SLEEP, DB_NO_VALUES, &err), ZCD_UNAVAILABLE);
    assert_int_equal(db_last_failure(short_statement), DB_FAILURE_RESOURCE);
    assert_true(db_is_usable(short_statement));

    assert_int_equal(db_execute(short_answer, &SLEEP, DB_NO_VALUES, &err), ZCD_UNAVAILABLE);
    assert_int_equal(db_last_failure(short_answer), DB_FAILURE_CONNECTION);
    assert_false(db_is_usable(short_answer));
    assert_int_equal(db_ensure(short_answer, &err), ZCD_OK);
    assert_true(db_is_usable(short_answer));
}

static void a_terminated_backend_is_a_lost_connection_and_can_be_replaced(void **state)
{
    static const struct db_statement DIE = {"test_die", "SELECT pg_terminate_backend(pg_backend_pid()) AS gone"};
    static const struct db_statement ONE = {"test_one", "SELECT 1 AS one"};
    (void)state;
    ZCD_AUTO(close_db)
    struct db *db = connect_plain();
    ZCD_AUTO(db_rows_done)
    struct db_rows rows = {0};
    struct zcd_error err;

    assert_int_equal(db_execute(db, &ONE, DB_NO_VALUES, &err), ZCD_OK);
    assert_int_equal(db_execute(db, &DIE, DB_NO_VALUES, &err), ZCD_UNAVAILABLE);
    assert_int_equal(db_last_failure(db), DB_FAILURE_CONNECTION);
    assert_int_equal(db_execute(db, &ONE, DB_NO_VALUES, &err), ZCD_UNAVAILABLE);
    assert_int_equal(db_ensure(db, &err), ZCD_OK);
    assert_int_equal(db_query(db, &ONE, DB_NO_VALUES, &rows, &err), ZCD_OK); /* prepared anew */
}

static void a_connection_closed_while_idle_is_replaced_before_it_is_used(void **state)
{
    static const struct db_statement PID = {"test_pid", "SELECT pg_backend_pid() AS pid"};
    static const struct db_statement KILL = {"test_kill", "SELECT pg_terminate_backend($1, 5000) AS gone"};
    (void)state;
    ZCD_AUTO(close_db)
    struct db *idle = connect_plain();
    ZCD_AUTO(close_db)
    struct db *other = connect_plain();
    ZCD_AUTO(db_rows_done)
    struct db_rows rows = {0};
    struct zcd_error err;
    int32_t pid;

    assert_int_equal(db_query(idle, &PID, DB_NO_VALUES, &rows, &err), ZCD_OK);
    assert_int_equal(db_rows_int4(&rows, 0, "pid", &pid, &err), ZCD_OK);
    assert_int_equal(db_execute(other, &KILL, DB_VALUES(db_int4(pid)), &err), ZCD_OK);
    assert_int_equal(db_ensure(idle, &err), ZCD_OK);
    assert_int_equal(db_execute(idle, &PID, DB_NO_VALUES, &err), ZCD_OK);
}

static void the_session_is_durable_and_bounded_whatever_the_login_says(void **state)
{
    static const struct db_statement SETTINGS = {
        "test_settings",
        "SELECT current_setting('synchronous_commit') AS durable, current_setting('client_encoding') AS"
        " encoding, current_setting('statement_timeout') AS statement, current_setting('lock_timeout')"
        " AS lock, current_setting('idle_in_transaction_session_timeout') AS idle"};
    static const struct {
        const char *column, *value;
    } expected[] = {{"durable", "on"}, {"encoding", "UTF8"}, {"statement", "10s"}, {"lock", "10s"}, {"idle", "15s"}};
    char conninfo[1200];
    (void)state;
    if (!has_database)
        skip();
    (void)snprintf(conninfo, sizeof conninfo, "%s options='-csynchronous_commit=off' client_encoding=LATIN1",
                   database.conninfo);
    ZCD_AUTO(close_db)
    struct db *db = connect_with(&(struct db_options){.conninfo = conninfo});
    ZCD_AUTO(db_rows_done)
    struct db_rows rows = {0};
    struct zcd_error err;

    assert_int_equal(db_query(db, &SETTINGS, DB_NO_VALUES, &rows, &err), ZCD_OK);
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        const char *value;
        assert_int_equal(db_rows_text(&rows, 0, expected[i].column, &value, &err), ZCD_OK);
        assert_string_equal(value, expected[i].value);
    }
}

static void who_cannot_connect_learns_why_but_no_password(void **state)
{
    (void)state;
    struct db *db = NULL;
    struct zcd_error err;

    assert_int_equal(db_connect(&(struct db_options){.conninfo = "host=/nowhere password=hunter2"}, &db, &err),
                     ZCD_UNAVAILABLE);
    assert_non_null(strstr(err.message, "/nowhere"));
    assert_null(strstr(err.message, "hunter2"));
    assert_int_equal(db_connect(&(struct db_options){.conninfo = "host=/nowhere hunter2"}, &db, &err), ZCD_INVALID);
    assert_null(strstr(err.message, "hunter2"));
    assert_null(db);
}

static void a_missing_role_is_named(void **state)
{
    (void)state;
    struct db *db = NULL;
    struct zcd_error err;

    if (!has_database)
        skip();
    assert_int_equal(
        db_connect(&(struct db_options){.conninfo = database.conninfo, .role = "zcd_no_such_role"}, &db, &err),
        ZCD_UNAVAILABLE);
    assert_non_null(strstr(err.message, "zcd_no_such_role"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_type_comes_back_as_it_was_bound),
        cmocka_unit_test(texts_copied_into_an_arena_outlive_the_rows),
        cmocka_unit_test(arrays_unnest_in_order_with_their_nulls),
        cmocka_unit_test(empty_values_and_empty_arrays_are_not_null),
        cmocka_unit_test(queued_statements_run_in_order_before_the_one_waited_for),
        cmocka_unit_test(a_refused_statement_ends_the_series_and_the_connection_goes_on),
        cmocka_unit_test(sqlstates_become_the_codes_of_the_header),
        cmocka_unit_test(a_server_that_does_not_answer_is_given_up_in_time),
        cmocka_unit_test(a_terminated_backend_is_a_lost_connection_and_can_be_replaced),
        cmocka_unit_test(a_connection_closed_while_idle_is_replaced_before_it_is_used),
        cmocka_unit_test(the_session_is_durable_and_bounded_whatever_the_login_says),
        cmocka_unit_test(who_cannot_connect_learns_why_but_no_password),
        cmocka_unit_test(a_missing_role_is_named),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
