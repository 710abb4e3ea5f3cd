/* Daily statements on a real database, with a clock that the test sets. */
#include "tests/audit/log_support.h"

#include "api/clock.h"
#include "api/flows/daily_statement.h"
#include "api/flows/rows.h"

static const int32_t FIRST_DAY = 20000; /* 2024-10-04 */

struct scene {
    struct fixture *fixture;
    struct log *log;
    struct db *db;
    int64_t now_us;
};

static int64_t clock_of(void *context)
{
    return *(int64_t *)context;
}

static struct date day_of(int number)
{
    return (struct date){FIRST_DAY + number};
}

/* Hours from midnight in Shanghai of that day. */
static void set_clock(struct scene *scene, int day, int hour)
{
    scene->now_us = clock_shanghai_midnight_us(day_of(day)) + INT64_C(3600000000) * hour;
}

static struct scene *open_scene(void **state)
{
    static struct scene scene;
    struct zcd_error err;

    scene = (struct scene){.fixture = fixture_of(state)};
    struct log_config config = config_of(scene.fixture);
    config.insert_rows = rows_insert;
    config.restore_rows = rows_restore;
    config.clock = clock_of;
    config.clock_context = &scene.now_us;
    set_clock(&scene, 0, 0);
    scene.log = open_with(&config);
    assert_int_equal(
        db_connect(&(struct db_options){.conninfo = scene.fixture->database.conninfo, .role = DB_APPLICATION_ROLE},
                   &scene.db, &err),
        ZCD_OK);
    return &scene;
}

static void close_scene(struct scene *scene)
{
    db_close(scene->db);
    log_close(scene->log);
    assert_log_is_whole(scene->fixture);
}

/* Records about the log itself: those of assessments would need rows that only a decision has. */
static void write_exports(struct scene *scene, int count)
{
    for (int i = 0; i < count; i++) {
        ZCD_AUTO(waiting_done)
        struct waiting waiting;

        waiting_init(&waiting, 0, (unsigned)i);
        waiting.entry.record.kind = RECORD_EXPORT;
        waiting.entry.record.as_of = DATE_NONE;
        waiting.entry.record.subject.uscc.text[0] = '\0';
        waiting.entry.record.body = bytes_of_text("{\"from\":0,\"size\":3,\"text\":null}");
        waiting.entry.document_count = 0;
        if (write_one(scene->log, &waiting) != ZCD_OK)
            fail_msg("%s", waiting.err.message);
    }
}

static bool state_day(struct scene *scene, int today)
{
    bool written;
    struct zcd_error err;

    if (daily_statement_write(scene->log, scene->db, day_of(today), &written, &err) != ZCD_OK)
        fail_msg("%s", err.message);
    return written;
}

static void assert_body(const struct scene *scene, long index, const char *expected)
{
    char sql[160], leaf[1024];

    (void)snprintf(sql, sizeof sql, "SELECT convert_from(leaf, 'UTF8') FROM log_leaf WHERE index = %ld", index);
    (void)test_database_ask(scene->fixture->database.conninfo, sql, leaf, sizeof leaf);
    if (strstr(leaf, expected) == NULL)
        fail_msg("%s", leaf);
}

static void each_day_that_is_over_is_stated_once_and_the_ranges_are_dense(void **state)
{
    struct scene *scene = open_scene(state);

    assert_false(state_day(scene, 5)); /* an empty log has nothing to state */
    set_clock(scene, 0, 9);
    write_exports(scene, 3);
    assert_false(state_day(scene, 0)); /* the day is not over */
    set_clock(scene, 1, 1);
    assert_true(state_day(scene, 1));
    assert_body(scene, 3,
                "\"body\":{\"counts\":{\"export\":3},\"day\":\"2024-10-04\",\"from\":0,\"previous\":null,\"to\":3}");
    assert_false(state_day(scene, 1));
    write_exports(scene, 2);

    /* Nobody was there for two days: what is due comes in order, and ends when the day is today's. */
    set_clock(scene, 4, 12);
    write_exports(scene, 1);
    assert_true(state_day(scene, 4));
    assert_body(scene, 7,
                "\"counts\":{\"daily_statement\":1,\"export\":2},\"day\":\"2024-10-05\",\"from\":3,\"previous\":3,"
                "\"to\":6}");
    assert_false(state_day(scene, 4));
    set_clock(scene, 5, 0);
    assert_true(state_day(scene, 5));
    assert_body(scene, 8,
                "\"counts\":{\"daily_statement\":1,\"export\":1},\"day\":\"2024-10-08\",\"from\":6,\"previous\":7,"
                "\"to\":8}");
    assert_int_equal(count_of(scene->fixture, "SELECT count(*) FROM daily_statement s WHERE from_index = coalesce("
                                              "(SELECT max(to_index) FROM daily_statement p WHERE p.day < s.day), 0)"),
                     3);
    close_scene(scene);
}

static void a_record_at_midnight_belongs_to_the_day_that_begins(void **state)
{
    struct scene *scene = open_scene(state);

    scene->now_us = clock_shanghai_midnight_us(day_of(1)) - 1;
    write_exports(scene, 1);
    scene->now_us = clock_shanghai_midnight_us(day_of(1));
    write_exports(scene, 1);
    assert_true(state_day(scene, 2));
    assert_body(scene, 2, "\"day\":\"2024-10-04\",\"from\":0,\"previous\":null,\"to\":1}");
    close_scene(scene);
}

struct racer {
    struct scene *scene;
    struct db *db;
    bool written;
};

static void *race(void *context)
{
    struct racer *racer = context;
    struct zcd_error err;

    if (daily_statement_write(racer->scene->log, racer->db, day_of(1), &racer->written, &err) != ZCD_OK)
        fail_msg("%s", err.message);
    return NULL;
}

static void of_many_at_once_one_states_the_day(void **state)
{
    enum { RACERS = 6 };
    struct scene *scene = open_scene(state);
    struct racer racer[RACERS];
    pthread_t thread[RACERS];
    int written = 0;
    struct zcd_error err;

    set_clock(scene, 0, 9);
    write_exports(scene, 4);
    set_clock(scene, 1, 9);
    for (int i = 0; i < RACERS; i++) {
        racer[i] = (struct racer){.scene = scene};
        assert_int_equal(
            db_connect(&(struct db_options){.conninfo = scene->fixture->database.conninfo, .role = DB_APPLICATION_ROLE},
                       &racer[i].db, &err),
            ZCD_OK);
    }
    for (int i = 0; i < RACERS; i++)
        assert_int_equal(pthread_create(&thread[i], NULL, race, &racer[i]), 0);
    for (int i = 0; i < RACERS; i++) {
        assert_int_equal(pthread_join(thread[i], NULL), 0);
        written += racer[i].written;
        db_close(racer[i].db);
    }
    assert_int_equal(written, 1);
    assert_int_equal(count_of(scene->fixture, "SELECT count(*) FROM log_leaf"), 5);
    close_scene(scene);
}

static void what_is_not_all_there_is_not_stated(void **state)
{
    struct scene *scene = open_scene(state);
    bool written;
    struct zcd_error err;

    set_clock(scene, 0, 9);
    write_exports(scene, 4);
    set_clock(scene, 1, 9);
    test_database_run(scene->fixture->database.conninfo, "DELETE FROM log_record WHERE index = 2");
    assert_int_equal(daily_statement_write(scene->log, scene->db, day_of(1), &written, &err), ZCD_CORRUPT);
    assert_non_null(strstr(err.message, "of records 0 to 4 only 3 are there"));
    db_close(scene->db);
    log_close(scene->log);
}

#define SCENE_TEST(test) cmocka_unit_test_setup_teardown(test, fixture_set_up, fixture_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE_TEST(each_day_that_is_over_is_stated_once_and_the_ranges_are_dense),
        SCENE_TEST(a_record_at_midnight_belongs_to_the_day_that_begins),
        SCENE_TEST(of_many_at_once_one_states_the_day),
        SCENE_TEST(what_is_not_all_there_is_not_stated),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
