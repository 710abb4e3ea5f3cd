/* The log when what it depends on fails on purpose: connections end, commits go unanswered, the checkpoint store is away. */
#include "tests/audit/log_support.h"

#include "audit/log_internal.h"

#include <fcntl.h>
#include <sys/file.h>

/* --------------------------------------------- a store that fails on purpose */

enum failing {
    NEVER,
    KEPT_BUT_SAYS_UNKNOWN,     /* the commit happened, its answer was lost */
    NOT_KEPT_AND_SAYS_UNKNOWN, /* the connection went down with the commit */
    NOT_KEPT_AND_SAYS_AWAY,    /* the database is away before anything happened */
};

struct failing_store {
    struct store base;
    struct store *real;
    enum failing failing;
    int times;         /* how often it still fails */
    int finds_failing; /* how often asking still fails */
    int appends, finds;
    void (*after_append)(void *context); /* between commit and signature; may be NULL */
    void *context;
};

static struct failing_store *failing_of(struct store *store)
{
    return (struct failing_store *)store;
}

static enum zcd_code failing_append(struct store *store, struct store_organisation *organisations, size_t count,
                                    const struct store_steps *steps, void *context, enum store_outcome *outcome,
                                    struct zcd_error *err)
{
    struct failing_store *failing = failing_of(store);
    enum failing now = failing->times > 0 ? failing->failing : NEVER;

    failing->appends++;
    if (now != NEVER)
        failing->times--;
    if (now == NOT_KEPT_AND_SAYS_AWAY || now == NOT_KEPT_AND_SAYS_UNKNOWN) {
        *outcome = now == NOT_KEPT_AND_SAYS_AWAY ? STORE_NOT_KEPT : STORE_UNKNOWN;
        return zcd_fail(err, ZCD_UNAVAILABLE, "test: away");
    }
    enum zcd_code code =
        failing->real->methods->append(failing->real, organisations, count, steps, context, outcome, err);
    if (now == KEPT_BUT_SAYS_UNKNOWN && code == ZCD_OK) {
        *outcome = STORE_UNKNOWN;
        return zcd_fail(err, ZCD_UNAVAILABLE, "test: no answer");
    }
    if (failing->after_append != NULL && code == ZCD_OK)
        failing->after_append(failing->context);
    return code;
}

static enum zcd_code failing_find_batch(struct store *store, const uint8_t id[STORE_BATCH_ID_SIZE], bool *found,
                                        struct zcd_error *err)
{
    struct failing_store *failing = failing_of(store);

    failing->finds++;
    if (failing->finds_failing > 0) {
        failing->finds_failing--;
        return zcd_fail(err, ZCD_UNAVAILABLE, "test: away");
    }
    return failing->real->methods->find_batch(failing->real, id, found, err);
}

static enum zcd_code failing_read_head(struct store *store, struct store_head *head, struct zcd_error *err)
{
    return failing_of(store)->real->methods->read_head(failing_of(store)->real, head, err);
}

static enum zcd_code failing_create_head(struct store *store, const char *origin, struct zcd_error *err)
{
    return failing_of(store)->real->methods->create_head(failing_of(store)->real, origin, err);
}

static enum zcd_code failing_read_tiles(struct store *store, struct store_tile *tiles, size_t count,
                                        struct zcd_error *err)
{
    return failing_of(store)->real->methods->read_tiles(failing_of(store)->real, tiles, count, err);
}

static enum zcd_code failing_read_bundle(struct store *store, uint64_t index, int width, struct buffer *bundle,
                                         struct zcd_error *err)
{
    return failing_of(store)->real->methods->read_bundle(failing_of(store)->real, index, width, bundle, err);
}

static void failing_disconnect(struct store *store)
{
    failing_of(store)->real->methods->disconnect(failing_of(store)->real);
}

static void failing_close(struct store *store)
{
    failing_of(store)->real->methods->close(failing_of(store)->real);
}

static const struct store_methods FAILING = {failing_read_head,  failing_create_head, failing_append,
                                             failing_find_batch, failing_read_tiles,  failing_read_bundle,
                                             failing_disconnect, failing_close};

static struct log *open_on_failing(const struct fixture *fixture, const struct log_config *config,
                                   struct failing_store *failing)
{
    struct log *log = NULL;
    struct zcd_error err;

    failing->base.methods = &FAILING;
    failing->real = store_pg_new(fixture->database.conninfo, DB_APPLICATION_ROLE, 2000);
    if (log_open_on(config, &failing->base, &log, &err) != ZCD_OK)
        fail_msg("%s", err.message);
    return log;
}

static void a_commit_that_was_kept_unanswered_is_found_and_acknowledged_once(void **state)
{
    struct fixture *fixture = fixture_of(state);
    struct log_config config = config_of(fixture);
    struct failing_store failing = {.failing = KEPT_BUT_SAYS_UNKNOWN, .times = 1, .finds_failing = 2};
    ZCD_AUTO(waiting_done)
    struct waiting waiting;

    struct log *log = open_on_failing(fixture, &config, &failing);
    waiting_init(&waiting, 0, 1);
    (void)snprintf(waiting.name, sizeof waiting.name, "row");
    assert_int_equal(write_one(log, &waiting), ZCD_OK);
    assert_true(waiting_is_proven(&waiting, &fixture->vkey));
    assert_int_equal(failing.appends, 1);
    assert_int_equal(failing.finds, 3);
    write_many(log, 1);
    log_close(log);
    assert_int_equal(count_of(fixture, "SELECT count(*) FROM log_leaf"), 2);
    assert_log_is_whole(fixture);
}

static void a_commit_that_was_not_kept_is_found_out_and_tried_again(void **state)
{
    struct fixture *fixture = fixture_of(state);
    struct log_config config = config_of(fixture);
    struct failing_store failing = {.failing = NOT_KEPT_AND_SAYS_UNKNOWN, .times = 2};
    ZCD_AUTO(waiting_done)
    struct waiting waiting;

    struct log *log = open_on_failing(fixture, &config, &failing);
    waiting_init(&waiting, 0, 1);
    (void)snprintf(waiting.name, sizeof waiting.name, "row");
    assert_int_equal(write_one(log, &waiting), ZCD_OK);
    assert_int_equal(failing.appends, 3);
    log_close(log);
    assert_int_equal(count_of(fixture, "SELECT count(*) FROM log_leaf"), 1);
    assert_int_equal(count_of(fixture, "SELECT count(*) FROM business"), 1);
    assert_log_is_whole(fixture);
}

static void who_cannot_find_out_in_time_says_so_and_signs_what_was_kept_later(void **state)
{
    struct fixture *fixture = fixture_of(state);
    struct log_config config = config_of(fixture);
    struct failing_store failing = {.failing = KEPT_BUT_SAYS_UNKNOWN, .times = 1, .finds_failing = 1000};
    ZCD_AUTO(waiting_done)
    struct waiting waiting;
    struct zcd_error err;

    config.patience_ms = 300;
    struct log *log = open_on_failing(fixture, &config, &failing);
    waiting_init(&waiting, 0, 1);
    assert_int_equal(write_one(log, &waiting), ZCD_UNAVAILABLE);
    assert_non_null(strstr(waiting.err.message, "the record may be kept or not"));
    for (int i = 0; i < 100 && log_ready(log, &err) != ZCD_OK; i++)
        usleep(50000);
    assert_log_is_whole(fixture); /* its one leaf is signed */
    write_many(log, 1);
    log_close(log);
    assert_int_equal(count_of(fixture, "SELECT count(*) FROM log_leaf"), 2);
    assert_log_is_whole(fixture);
}

static void a_database_that_is_away_is_waited_for_as_long_as_patience_lasts(void **state)
{
    struct fixture *fixture = fixture_of(state);
    struct log_config config = config_of(fixture);
    struct failing_store failing = {.failing = NOT_KEPT_AND_SAYS_AWAY, .times = 4};
    ZCD_AUTO(waiting_done)
    struct waiting patient;
    ZCD_AUTO(waiting_done)
    struct waiting impatient;
    struct zcd_error err;

    struct log *log = open_on_failing(fixture, &config, &failing);
    waiting_init(&patient, 0, 1);
    assert_int_equal(write_one(log, &patient), ZCD_OK);
    log_close(log);

    config.patience_ms = 200;
    failing = (struct failing_store){.failing = NOT_KEPT_AND_SAYS_AWAY, .times = 1000};
    log = open_on_failing(fixture, &config, &failing);
    waiting_init(&impatient, 0, 2);
    assert_int_equal(write_one(log, &impatient), ZCD_UNAVAILABLE);
    failing.times = 0;
    for (int i = 0; i < 100 && log_ready(log, &err) != ZCD_OK; i++)
        usleep(50000);
    write_many(log, 1);
    log_close(log);
    assert_int_equal(count_of(fixture, "SELECT count(*) FROM log_leaf"), 2);
    assert_log_is_whole(fixture);
}

static void write_three_more(void *log)
{
    write_many(log, 3);
}

/* Another process commits behind us and signs its larger tree before we come to sign ours. */
static void a_larger_tree_that_another_process_signed_first_is_taken_over(void **state)
{
    struct fixture *fixture = fixture_of(state);
    struct log_config config = config_of(fixture);
    struct log *other = open_log(fixture);
    struct failing_store store = {.after_append = write_three_more, .context = other};
    struct waiting waiting[5];

    struct log *log = open_on_failing(fixture, &config, &store);
    PGconn *holder = PQconnectdb(fixture->database.conninfo);
    PQclear(PQexec(holder, "BEGIN; SELECT FROM log_head FOR UPDATE"));
    for (int i = 0; i < 5; i++) {
        waiting_init(&waiting[i], i % 2, (unsigned)i);
        assert_int_equal(log_submit(log, &waiting[i].entry, &waiting[i].err), ZCD_OK);
        if (i == 0)
            usleep(50000); /* a batch of its own, then one of four */
    }
    PQclear(PQexec(holder, "COMMIT"));
    PQfinish(holder);
    for (int i = 0; i < 5; i++) {
        assert_true(waiting_wait(&waiting[i]));
        assert_int_equal(waiting[i].checkpoint.size, i == 0 ? 4 : 11); /* 1 + 3, then 4 + 4 + 3 */
        assert_true(waiting_is_proven(&waiting[i], &fixture->vkey));
        waiting_done(&waiting[i]);
    }
    struct log_counts counts;
    log_count(log, &counts);
    assert_int_equal(counts.checkpoints_signed, 0); /* never a smaller size than the store's */
    log_close(log);
    log_close(other);
    assert_log_is_whole(fixture);
}

/* ------------------------------------------------- PostgreSQL, really failing */

/* The backend ends itself within COMMIT, once: sequences do not roll back. */
static void a_backend_terminated_within_the_commit_costs_no_entry(void **state)
{
    struct fixture *fixture = fixture_of(state);

    test_database_run(fixture->database.conninfo,
                      "CREATE SEQUENCE deaths; GRANT USAGE ON deaths TO zcd_app;"
                      "CREATE FUNCTION die_once() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS"
                      " 'BEGIN IF nextval(''deaths'') = 2 THEN PERFORM pg_terminate_backend(pg_backend_pid()); END IF;"
                      " RETURN NULL; END';"
                      "CREATE CONSTRAINT TRIGGER die_once AFTER INSERT ON log_batch DEFERRABLE INITIALLY DEFERRED"
                      " FOR EACH ROW EXECUTE FUNCTION die_once()");
    struct log *log = open_log(fixture);
    write_many(log, 4);
    struct log_counts counts;
    log_count(log, &counts);
    assert_int_equal(counts.entries_failed, 0);
    assert_true(counts.reconnects >= 1);
    log_close(log);
    assert_int_equal(count_of(fixture, "SELECT count(*) FROM log_leaf"), 4);
    assert_log_is_whole(fixture);
}

struct killer {
    const struct fixture *fixture;
    atomic_bool stop;
    int kills;
};

/* Whatever the writer is doing: waiting for the head, inserting, committing, or nothing. */
static void *kill_writers(void *context)
{
    struct killer *killer = context;
    PGconn *pq = PQconnectdb(killer->fixture->database.conninfo);
    unsigned seed = 1;

    while (!killer->stop) {
        PGresult *result = PQexec(pq, "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                                      " WHERE datname = current_database() AND application_name = 'zcd log writer'");
        killer->kills += PQntuples(result) == 1 ? atoi(PQgetvalue(result, 0, 0)) : 0;
        PQclear(result);
        usleep((useconds_t)(500 + rand_r(&seed) % 50000));
    }
    PQfinish(pq);
    return NULL;
}

struct submitter {
    struct log *log;
    const struct note_vkey *vkey;
    int number, entries;
    int acknowledged, failed, unproven;
    struct sha256 leaf_hash[400];
    uint64_t index[400];
};

static void *submit_in_a_thread(void *context)
{
    struct submitter *submitter = context;

    for (int i = 0; i < submitter->entries; i++) {
        ZCD_AUTO(waiting_done)
        struct waiting waiting;
        waiting_init(&waiting, (submitter->number + i) % 2, (unsigned)(submitter->number * 100000 + i));
        (void)snprintf(waiting.name, sizeof waiting.name, "%d/%d", submitter->number, i);
        if (write_one(submitter->log, &waiting) != ZCD_OK) {
            submitter->failed++;
            usleep(10000);
            continue;
        }
        submitter->index[submitter->acknowledged] = waiting.index;
        submitter->leaf_hash[submitter->acknowledged++] = merkle_leaf_hash(buffer_bytes(&waiting.leaf));
        if (!waiting_is_proven(&waiting, submitter->vkey))
            submitter->unproven++;
    }
    return NULL;
}

static void backends_terminated_at_any_moment_lose_nothing_that_was_acknowledged(void **state)
{
    enum { THREADS = 6, ENTRIES = 100 };
    struct fixture *fixture = fixture_of(state);
    struct log *log[2] = {open_log(fixture), open_log(fixture)};
    struct submitter *submitter = calloc(THREADS, sizeof *submitter);
    struct killer killer = {.fixture = fixture};
    pthread_t thread[THREADS], killing;
    int acknowledged = 0;

    assert_int_equal(pthread_create(&killing, NULL, kill_writers, &killer), 0);
    for (int i = 0; i < THREADS; i++) {
        submitter[i] = (struct submitter){.log = log[i % 2], .vkey = &fixture->vkey, .number = i, .entries = ENTRIES};
        assert_int_equal(pthread_create(&thread[i], NULL, submit_in_a_thread, &submitter[i]), 0);
    }
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_join(thread[i], NULL), 0);
    killer.stop = true;
    assert_int_equal(pthread_join(killing, NULL), 0);
    assert_true(killer.kills > 10);
    log_close(log[0]);
    log_close(log[1]);

    log[0] = open_log(fixture); /* signs what the last of them may have left */
    log_close(log[0]);
    assert_log_is_whole(fixture);
    for (int i = 0; i < THREADS; i++) {
        assert_int_equal(submitter[i].unproven, 0);
        for (int j = 0; j < submitter[i].acknowledged; j += 7) {
            char sql[200], hex[65];
            hex_encode(submitter[i].leaf_hash[j].bytes, SHA256_SIZE, hex);
            (void)snprintf(sql, sizeof sql, "SELECT count(*) FROM log_leaf WHERE index = %llu AND leaf_hash = '\\x%s'",
                           (unsigned long long)submitter[i].index[j], hex);
            assert_int_equal(count_of(fixture, sql), 1);
        }
        acknowledged += submitter[i].acknowledged;
    }
    assert_true(acknowledged > 0);
    /* Rows and leaves are kept together, and no name twice. */
    assert_int_equal(count_of(fixture, "SELECT count(*) FROM business"),
                     count_of(fixture, "SELECT count(*) FROM log_leaf"));
    assert_true(count_of(fixture, "SELECT count(*) FROM business") >= acknowledged);
    free(submitter);
}

/* ------------------------------------------------------ the checkpoint store */

static void a_store_that_is_away_stops_acknowledging_until_it_is_back(void **state)
{
    struct fixture *fixture = fixture_of(state);
    char elsewhere[128];
    ZCD_AUTO(waiting_done)
    struct waiting waiting;
    struct zcd_error err;

    struct log *log = open_log(fixture);
    write_many(log, 2);
    (void)snprintf(elsewhere, sizeof elsewhere, "%s-elsewhere", fixture->folder);
    assert_int_equal(rename(fixture->folder, elsewhere), 0);
    waiting_init(&waiting, 0, 5);
    assert_int_equal(write_one(log, &waiting), ZCD_UNAVAILABLE);
    assert_int_equal(log_ready(log, &err), ZCD_UNAVAILABLE);
    assert_int_equal(count_of(fixture, "SELECT count(*) FROM log_leaf"), 2);

    assert_int_equal(rename(elsewhere, fixture->folder), 0);
    for (int i = 0; i < 100 && log_ready(log, &err) != ZCD_OK; i++)
        usleep(100000);
    write_many(log, 1);
    log_close(log);
    assert_log_is_whole(fixture);
}

/* A folder where the new file should be written: the old one can be read, and cannot be replaced. */
static void a_store_that_cannot_be_written_answers_nobody_and_its_leaves_are_signed_later(void **state)
{
    struct fixture *fixture = fixture_of(state);
    struct log_config config = config_of(fixture);
    char in_the_way[128];
    ZCD_AUTO(waiting_done)
    struct waiting waiting;
    struct zcd_error err;

    config.patience_ms = 300;
    struct log *log = open_with(&config);
    (void)snprintf(in_the_way, sizeof in_the_way, "%s.new", fixture->checkpoint_path);
    assert_int_equal(mkdir(in_the_way, 0700), 0);
    waiting_init(&waiting, 0, 5);
    assert_int_equal(write_one(log, &waiting), ZCD_UNAVAILABLE);
    assert_int_equal(count_of(fixture, "SELECT count(*) FROM log_leaf"), 1);

    assert_int_equal(rmdir(in_the_way), 0);
    for (int i = 0; i < 100 && log_ready(log, &err) != ZCD_OK; i++)
        usleep(100000);
    assert_log_is_whole(fixture);
    write_many(log, 1);
    log_close(log);
    assert_log_is_whole(fixture);
}

static void a_lock_that_another_process_holds_is_waited_for(void **state)
{
    struct fixture *fixture = fixture_of(state);
    char lock_path[128];
    ZCD_AUTO(waiting_done)
    struct waiting waiting;

    struct log *log = open_log(fixture);
    (void)snprintf(lock_path, sizeof lock_path, "%s.lock", fixture->checkpoint_path);
    int lock = open(lock_path, O_RDWR);
    assert_int_equal(flock(lock, LOCK_EX), 0);
    waiting_init(&waiting, 0, 5);
    assert_int_equal(log_submit(log, &waiting.entry, &waiting.err), ZCD_OK);
    usleep(300000);
    assert_int_equal(waiting.state, 0); /* committed, not signed, not answered */
    assert_int_equal(count_of(fixture, "SELECT count(*) FROM log_leaf"), 1);
    assert_int_equal(close(lock), 0);
    assert_true(waiting_wait(&waiting));
    log_close(log);
    assert_log_is_whole(fixture);
}

#define LOG_TEST(test) cmocka_unit_test_setup_teardown(test, fixture_set_up, fixture_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        LOG_TEST(a_commit_that_was_kept_unanswered_is_found_and_acknowledged_once),
        LOG_TEST(a_commit_that_was_not_kept_is_found_out_and_tried_again),
        LOG_TEST(who_cannot_find_out_in_time_says_so_and_signs_what_was_kept_later),
        LOG_TEST(a_database_that_is_away_is_waited_for_as_long_as_patience_lasts),
        LOG_TEST(a_larger_tree_that_another_process_signed_first_is_taken_over),
        LOG_TEST(a_backend_terminated_within_the_commit_costs_no_entry),
        LOG_TEST(backends_terminated_at_any_moment_lose_nothing_that_was_acknowledged),
        LOG_TEST(a_store_that_is_away_stops_acknowledging_until_it_is_back),
        LOG_TEST(a_store_that_cannot_be_written_answers_nobody_and_its_leaves_are_signed_later),
        LOG_TEST(a_lock_that_another_process_holds_is_waited_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
