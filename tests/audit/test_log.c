/* The log on a real database: what it answers, what it keeps, and what it refuses when database and store disagree. */
#include "tests/audit/log_support.h"

#include <sys/wait.h>

static void close_db(struct db **db)
{
    db_close(*db);
}

static struct db *reader_of(const struct fixture *fixture)
{
    struct db *db = NULL;
    struct zcd_error err;

    if (db_connect(&(struct db_options){.conninfo = fixture->database.conninfo, .role = DB_APPLICATION_ROLE}, &db, &err)
        != ZCD_OK)
        fail_msg("%s", err.message);
    return db;
}

/* ------------------------------------------------------------------ answers */

static void an_entry_is_answered_with_its_leaf_its_proof_and_a_signed_checkpoint(void **state)
{
    struct fixture *fixture = fixture_of(state);
    struct log *log = open_log(fixture);
    ZCD_AUTO(waiting_done)
    struct waiting first;
    ZCD_AUTO(waiting_done)
    struct waiting second;
    ZCD_AUTO(waiting_done)
    struct waiting other;

    waiting_init(&first, 0, 1);
    waiting_init(&second, 0, 2);
    waiting_init(&other, 1, 3);
    (void)snprintf(first.name, sizeof first.name, "first");
    assert_int_equal(write_one(log, &first), ZCD_OK);
    assert_int_equal(write_one(log, &other), ZCD_OK);
    assert_int_equal(write_one(log, &second), ZCD_OK);
    assert_int_equal(first.index, 0);
    assert_int_equal(first.sequence, 1);
    assert_int_equal(other.index, 1);
    assert_int_equal(other.sequence, 1);
    assert_int_equal(second.index, 2);
    assert_int_equal(second.sequence, 2);
    assert_true(waiting_is_proven(&first, &fixture->vkey));
    assert_true(waiting_is_proven(&second, &fixture->vkey));
    assert_true(waiting_is_proven(&other, &fixture->vkey));
    assert_int_equal(count_of(fixture, "SELECT log_index FROM business WHERE name = 'first'"), 0);
    log_close(log);
    assert_log_is_whole(fixture);
}

static void what_was_written_is_read_back_with_a_proof_in_the_newest_checkpoint(void **state)
{
    struct fixture *fixture = fixture_of(state);
    struct log *log = open_log(fixture);
    ZCD_AUTO(close_db)
    struct db *db = reader_of(fixture);
    ZCD_AUTO(waiting_done)
    struct waiting waiting;
    ZCD_AUTO(buffer_done)
    struct buffer document = {0};
    enum log_document_kind kind;
    struct zcd_error err;

    waiting_init(&waiting, 0, 99);
    assert_int_equal(write_one(log, &waiting), ZCD_OK);
    write_many(log, 20);
    for (uint64_t index = 0; index < 21; index++) {
        ZCD_AUTO(log_record_done)
        struct log_record record = {0};
        struct checkpoint checkpoint;
        assert_int_equal(log_read_record(log, db, index, &record, &err), ZCD_OK);
        assert_int_equal(record.checkpoint.size, 21);
        assert_int_equal(proof_verify(&record.proof, buffer_bytes(&record.leaf), &fixture->vkey, &checkpoint, &err),
                         ZCD_OK);
        if (index == 0)
            assert_true(bytes_equal(buffer_bytes(&record.leaf), buffer_bytes(&waiting.leaf)));
    }
    ZCD_AUTO(log_record_done)
    struct log_record record = {0};
    assert_int_equal(log_read_record(log, db, 21, &record, &err), ZCD_NOT_FOUND);
    assert_int_equal(log_read_document(db, &waiting.document.sha256, &kind, &document, &err), ZCD_OK);
    assert_int_equal(kind, LOG_DOCUMENT_DOSSIER);
    assert_true(bytes_equal(buffer_bytes(&document), waiting.document.bytes));
    struct sha256 unknown = sha256_of(bytes_of_text("unknown"));
    assert_int_equal(log_read_document(db, &unknown, &kind, &document, &err), ZCD_NOT_FOUND);
    log_close(log);
}

static void an_edited_leaf_or_document_is_not_handed_out(void **state)
{
    struct fixture *fixture = fixture_of(state);
    struct log *log = open_log(fixture);
    ZCD_AUTO(close_db)
    struct db *db = reader_of(fixture);
    ZCD_AUTO(waiting_done)
    struct waiting waiting;
    ZCD_AUTO(buffer_done)
    struct buffer document = {0};
    ZCD_AUTO(log_record_done)
    struct log_record record = {0};
    struct zcd_error err;

    waiting_init(&waiting, 0, 1);
    assert_int_equal(write_one(log, &waiting), ZCD_OK);
    write_many(log, 3);
    test_database_run(fixture->database.conninfo,
                      "UPDATE log_leaf SET leaf = overlay(leaf PLACING '\\x00' FROM 9) WHERE"
                      " index = 1; UPDATE log_leaf SET leaf_hash = sha256(leaf_hash)"
                      " WHERE index = 2; UPDATE document SET body = 'x'; DELETE FROM log_leaf"
                      " WHERE index = 3");
    for (uint64_t index = 0; index < 4; index++) /* 0 and 2 lose their proofs, 1 itself is edited, 3 is gone */
        assert_int_equal(log_read_record(log, db, index, &record, &err), ZCD_CORRUPT);
    assert_int_equal(log_read_document(db, &waiting.document.sha256, NULL, &document, &err), ZCD_CORRUPT);
    assert_int_equal(document.size, 0);
    log_close(log);
}

static int64_t clock_of(void *context)
{
    int64_t *next_us = context;
    return *next_us;
}

static void instants_never_go_back_when_the_clock_does(void **state)
{
    struct fixture *fixture = fixture_of(state);
    int64_t now_us = INT64_C(1600000000000000);
    struct log_config config = config_of(fixture);
    static const int64_t CLOCK[] = {1600000000000000, 1500000000000000, 1600000000000001};
    static const int64_t EXPECTED[] = {1600000000000000, 1600000000000000, 1600000000000001};

    config.clock = clock_of;
    config.clock_context = &now_us;
    struct log *log = open_with(&config);
    for (int i = 0; i < 3; i++) {
        ZCD_AUTO(waiting_done)
        struct waiting waiting;
        waiting_init(&waiting, 0, (unsigned)i);
        now_us = CLOCK[i];
        assert_int_equal(write_one(log, &waiting), ZCD_OK);
        assert_true(waiting.at_us == EXPECTED[i]);
    }
    log_close(log);
    assert_log_is_whole(fixture);
}

static void a_record_that_cannot_be_sealed_is_refused_at_the_door(void **state)
{
    struct fixture *fixture = fixture_of(state);
    struct log *log = open_log(fixture);
    ZCD_AUTO(waiting_done)
    struct waiting waiting;

    waiting_init(&waiting, 0, 1);
    waiting.entry.record.actor.role = "";
    assert_int_equal(write_one(log, &waiting), ZCD_INVALID);
    assert_string_equal(waiting.err.pointer, "/actor/role");
    log_close(log);
    assert_int_equal(count_of(fixture, "SELECT count(*) FROM log_leaf"), 0);
}

static void a_refused_business_row_fails_its_entry_and_no_other(void **state)
{
    struct fixture *fixture = fixture_of(state);
    struct log_config config = config_of(fixture);
    struct waiting waiting[20];

    /* Hold the head, so that all of them wait and go into one batch. */
    struct log *log = open_with(&config);
    PGconn *holder = PQconnectdb(fixture->database.conninfo);
    PQclear(PQexec(holder, "BEGIN; SELECT FROM log_head FOR UPDATE"));
    for (int i = 0; i < 20; i++) {
        waiting_init(&waiting[i], 0, (unsigned)i);
        /* 7 and 13 bear the name of 3: whoever comes first keeps it. */
        (void)snprintf(waiting[i].name, sizeof waiting[i].name, "row %d", i == 7 || i == 13 ? 3 : i);
        assert_int_equal(log_submit(log, &waiting[i].entry, &waiting[i].err), ZCD_OK);
    }
    usleep(100000);
    PQclear(PQexec(holder, "COMMIT"));
    PQfinish(holder);
    for (int i = 0; i < 20; i++) {
        bool acknowledged = waiting_wait(&waiting[i]);
        assert_int_equal(acknowledged, i != 7 && i != 13);
        if (acknowledged)
            assert_true(waiting_is_proven(&waiting[i], &fixture->vkey));
        else
            assert_int_equal(waiting[i].err.code, ZCD_CONFLICT);
        waiting_done(&waiting[i]);
    }
    struct zcd_error err;
    assert_int_equal(log_ready(log, &err), ZCD_OK);
    log_close(log);
    assert_int_equal(count_of(fixture, "SELECT count(*) FROM log_leaf"), 18);
    assert_int_equal(count_of(fixture, "SELECT count(*) FROM business"), 18);
    assert_log_is_whole(fixture);
}

static void a_full_queue_refuses_at_once_and_closing_writes_what_waits(void **state)
{
    struct fixture *fixture = fixture_of(state);
    struct log_config config = config_of(fixture);
    struct waiting waiting[12];
    int refused = 0;

    config.queue_entries_max = 8;
    struct log *log = open_with(&config);
    PGconn *holder = PQconnectdb(fixture->database.conninfo);
    PQclear(PQexec(holder, "BEGIN; SELECT FROM log_head FOR UPDATE"));
    for (int i = 0; i < 12; i++) {
        waiting_init(&waiting[i], 0, (unsigned)i);
        if (log_submit(log, &waiting[i].entry, &waiting[i].err) != ZCD_OK) {
            assert_int_equal(waiting[i].err.code, ZCD_UNAVAILABLE);
            assert_non_null(strstr(waiting[i].err.message, "8 records are waiting"));
            waiting[i].state = 3;
            refused++;
        }
        if (i == 0)
            usleep(50000); /* the writer takes the first and waits for the head */
    }
    assert_int_equal(refused, 3);
    PQclear(PQexec(holder, "COMMIT"));
    PQfinish(holder);
    log_close(log);
    for (int i = 0; i < 12; i++) {
        if (waiting[i].state != 3)
            assert_true(waiting_wait(&waiting[i]));
        waiting_done(&waiting[i]);
    }
    assert_int_equal(count_of(fixture, "SELECT count(*) FROM log_leaf"), 9);
    assert_log_is_whole(fixture);
}

/* ------------------------------------------------------- many at one time */

struct submitter {
    struct log *log;
    const struct note_vkey *vkey;
    int number, entries;
    int acknowledged, failed, unproven;
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
            usleep(2000);
            continue;
        }
        submitter->acknowledged++;
        if (!waiting_is_proven(&waiting, submitter->vkey))
            submitter->unproven++;
    }
    return NULL;
}

static void two_logs_on_one_database_make_one_dense_log_under_many_threads(void **state)
{
    enum { THREADS = 12, ENTRIES = 60 };
    struct fixture *fixture = fixture_of(state);
    struct log *log[2] = {open_log(fixture), open_log(fixture)};
    struct submitter submitter[THREADS];
    pthread_t thread[THREADS];

    for (int i = 0; i < THREADS; i++) {
        submitter[i] = (struct submitter){.log = log[i % 2], .vkey = &fixture->vkey, .number = i, .entries = ENTRIES};
        assert_int_equal(pthread_create(&thread[i], NULL, submit_in_a_thread, &submitter[i]), 0);
    }
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_join(thread[i], NULL), 0);
    log_close(log[0]);
    log_close(log[1]);
    for (int i = 0; i < THREADS; i++) {
        assert_int_equal(submitter[i].acknowledged, ENTRIES);
        assert_int_equal(submitter[i].unproven, 0);
    }
    assert_int_equal(count_of(fixture, "SELECT count(*) FROM log_leaf"), THREADS * ENTRIES);
    assert_int_equal(count_of(fixture, "SELECT count(*) FROM business"), THREADS * ENTRIES);
    assert_log_is_whole(fixture);
}

/* ------------------------------------------- database and checkpoint store */

static void a_first_start_signs_the_empty_tree(void **state)
{
    struct fixture *fixture = fixture_of(state);
    struct log *log = open_log(fixture);
    ZCD_AUTO(buffer_done)
    struct buffer note = {0};
    struct checkpoint checkpoint;
    struct zcd_error err;

    assert_int_equal(log_read_checkpoint(log, &note, &checkpoint, &err), ZCD_OK);
    assert_int_equal(checkpoint.size, 0);
    log_close(log);
    assert_log_is_whole(fixture);
}

static void assert_open_refused(const struct log_config *config, enum zcd_code code, const char *says)
{
    struct log *log = NULL;
    struct zcd_error err;

    assert_int_equal(log_open(config, &log, &err), code);
    if (strstr(err.message, says) == NULL)
        fail_msg("%s", err.message);
    assert_null(log);
}

static void what_was_committed_and_not_signed_is_signed_at_the_next_start(void **state)
{
    struct fixture *fixture = fixture_of(state);
    char older[128];

    struct log *log = open_log(fixture);
    write_many(log, 3);
    (void)snprintf(older, sizeof older, "%s/older", fixture->folder);
    copy_file(fixture->checkpoint_path, older);
    write_many(log, 4);
    log_close(log);
    assert_int_equal(rename(older, fixture->checkpoint_path), 0); /* as if killed between commit and signature */
    log = open_log(fixture);
    assert_log_is_whole(fixture);
    write_many(log, 1);
    log_close(log);
    assert_log_is_whole(fixture);
}

static void a_database_restored_to_an_earlier_state_is_refused_at_start(void **state)
{
    struct fixture *fixture = fixture_of(state);
    struct test_database backup;
    struct log_config config = config_of(fixture);

    struct log *log = open_log(fixture);
    write_many(log, 3);
    log_close(log);
    copy_database(fixture, &backup);
    log = open_log(fixture);
    write_many(log, 2);
    log_close(log);

    config.conninfo = backup.conninfo;
    assert_open_refused(&config, ZCD_CONFLICT, "the database has 3 leaves, the newest signed checkpoint 5");
    assert_open_refused(&config, ZCD_CONFLICT,
                        "recover the database's WAL, re-import the leaves from a mirror, or open a new origin");
    test_database_drop(&backup);
    log = open_log(fixture); /* the right one goes on */
    write_many(log, 1);
    log_close(log);
    assert_log_is_whole(fixture);
}

static void a_second_database_that_went_its_own_way_is_refused(void **state)
{
    struct fixture *fixture = fixture_of(state);
    struct test_database other;
    struct log_config config = config_of(fixture);
    char own_store[128];

    struct log *log = open_log(fixture);
    write_many(log, 3);
    log_close(log);
    copy_database(fixture, &other);
    (void)snprintf(own_store, sizeof own_store, "%s/own", fixture->folder);
    copy_file(fixture->checkpoint_path, own_store);

    config.conninfo = other.conninfo;
    config.checkpoint_path = own_store;
    log = open_with(&config);
    write_many(log, 4); /* 7 leaves */
    log_close(log);
    log = open_log(fixture);
    write_many(log, 2); /* 5 leaves, of which two at another instant */
    log_close(log);

    config.checkpoint_path = fixture->checkpoint_path;
    assert_open_refused(&config, ZCD_CONFLICT,
                        "the database's first 5 leaves are not those of the newest signed checkpoint");
    test_database_drop(&other);
}

/* Tables saved and put back under a running service: it must notice before it writes anything. */
static void a_database_restored_under_a_running_log_is_refused_and_not_written_to(void **state)
{
    struct fixture *fixture = fixture_of(state);
    struct zcd_error err;
    ZCD_AUTO(waiting_done)
    struct waiting waiting;
    ZCD_AUTO(waiting_done)
    struct waiting next;
    ZCD_AUTO(waiting_done)
    struct waiting last;
    static const char SAVE[] =
        "CREATE SCHEMA %1$s; CREATE TABLE %1$s.head AS TABLE log_head; CREATE TABLE %1$s.leaf AS TABLE log_leaf;"
        "CREATE TABLE %1$s.record AS TABLE log_record;"
        "CREATE TABLE %1$s.batch AS TABLE log_batch";
    static const char RESTORE[] =
        "BEGIN; TRUNCATE log_head, log_leaf, log_record, log_batch; INSERT INTO log_batch TABLE %1$s.batch;"
        "INSERT INTO log_head TABLE %1$s.head; INSERT INTO log_leaf TABLE %1$s.leaf;"
        "INSERT INTO log_record TABLE %1$s.record;"
        "COMMIT";
    char sql[1024];

    struct log *log = open_log(fixture);
    write_many(log, 3);
    (void)snprintf(sql, sizeof sql, SAVE, "older");
    test_database_run(fixture->database.conninfo, sql);
    write_many(log, 2);
    (void)snprintf(sql, sizeof sql, SAVE, "newest");
    test_database_run(fixture->database.conninfo, sql);
    (void)snprintf(sql, sizeof sql, RESTORE, "older");
    test_database_run(fixture->database.conninfo, sql);

    waiting_init(&waiting, 0, 50);
    assert_int_equal(write_one(log, &waiting), ZCD_UNAVAILABLE);
    assert_non_null(strstr(waiting.err.message, "signing refused"));
    assert_int_equal(count_of(fixture, "SELECT count(*) FROM log_leaf"), 3);
    waiting_init(&next, 0, 51);
    assert_int_equal(write_one(log, &next), ZCD_UNAVAILABLE);
    assert_int_equal(log_ready(log, &err), ZCD_UNAVAILABLE);
    assert_non_null(strstr(err.message, "signing refused"));

    /* The lost state comes back, and with it the log, by itself. */
    (void)snprintf(sql, sizeof sql, RESTORE, "newest");
    test_database_run(fixture->database.conninfo, sql);
    for (int i = 0; i < 100 && log_ready(log, &err) != ZCD_OK; i++)
        usleep(100000);
    waiting_init(&last, 0, 52);
    assert_int_equal(write_one(log, &last), ZCD_OK);
    assert_int_equal(last.index, 5);
    log_close(log);
    assert_log_is_whole(fixture);
}

static void a_missing_store_is_refused_until_a_person_makes_it_anew(void **state)
{
    struct fixture *fixture = fixture_of(state);
    struct log_config config = config_of(fixture);
    struct checkpoint checkpoint;
    struct zcd_error err;

    struct log *log = open_log(fixture);
    assert_int_equal(log_checkpoint_store_init(&config, &checkpoint, &err), ZCD_CONFLICT);
    write_many(log, 3);
    log_close(log);
    assert_int_equal(unlink(fixture->checkpoint_path), 0);
    assert_open_refused(&config, ZCD_CONFLICT, "the log has 3 leaves and no checkpoint store");
    assert_int_equal(log_checkpoint_store_init(&config, &checkpoint, &err), ZCD_OK);
    assert_int_equal(checkpoint.size, 3);
    log = open_log(fixture);
    write_many(log, 1);
    log_close(log);
    assert_log_is_whole(fixture);
}

static void a_store_is_not_made_anew_over_hashes_that_contradict_the_head(void **state)
{
    struct fixture *fixture = fixture_of(state);
    struct log_config config = config_of(fixture);
    struct checkpoint checkpoint;
    struct zcd_error err;

    struct log *log = open_log(fixture);
    write_many(log, 4);
    log_close(log);
    assert_int_equal(unlink(fixture->checkpoint_path), 0);
    test_database_run(fixture->database.conninfo, "UPDATE log_leaf SET leaf_hash = sha256(leaf_hash) WHERE index = 2");
    assert_int_equal(log_checkpoint_store_init(&config, &checkpoint, &err), ZCD_CORRUPT);
    assert_int_equal(access(fixture->checkpoint_path, F_OK), -1);
}

static void a_damaged_or_foreign_store_is_refused(void **state)
{
    struct fixture *fixture = fixture_of(state);
    struct log_config config = config_of(fixture);
    ZCD_AUTO(buffer_done)
    struct buffer note = {0};
    struct zcd_error err;

    struct log *log = open_log(fixture);
    write_many(log, 3);
    log_close(log);

    write_text_file(fixture->checkpoint_path, "");
    assert_open_refused(&config, ZCD_CORRUPT, "is not signed by " LOG_NAME);
    write_text_file(fixture->checkpoint_path, "garbage\n");
    assert_open_refused(&config, ZCD_CORRUPT, "is not signed by " LOG_NAME);

    struct checkpoint other = {.origin = "other.example.test/audit", .size = 3};
    assert_int_equal(checkpoint_sign(&other, fixture->key, &note, &err), ZCD_OK);
    buffer_append(&note, "", 1);
    write_text_file(fixture->checkpoint_path, (const char *)note.data);
    assert_open_refused(&config, ZCD_CORRUPT, "is not signed by " LOG_NAME);

    config.origin = "other.example.test/audit";
    assert_open_refused(&config, ZCD_CONFLICT, "the database's log has the origin " LOG_NAME);
    config.origin = "no name";
    assert_open_refused(&config, ZCD_INVALID, "");
}

static void a_fresh_database_beside_an_old_store_is_refused_and_stays_empty(void **state)
{
    struct fixture *fixture = fixture_of(state);
    struct log_config config = config_of(fixture);

    struct log *log = open_log(fixture);
    write_many(log, 2);
    log_close(log);
    test_database_run(fixture->database.conninfo, "TRUNCATE log_head, log_leaf, log_record, log_batch");
    assert_open_refused(&config, ZCD_CONFLICT, "the database has 0 leaves, the newest signed checkpoint 2");
    assert_int_equal(count_of(fixture, "SELECT count(*) FROM log_head"), 0);
}

/* --------------------------------------------- leaves that nobody of us wrote */

/* What write access to the database is good for: a leaf behind the last one, tree, head and batch all as they should be. */
static void append_forged_leaf(const struct fixture *fixture, const char *batch_columns, const char *batch_values)
{
    char sql[2048];
    struct merkle_range range = {0};
    struct merkle_node made[MERKLE_APPEND_NODES_MAX];
    char peaks[MERKLE_PEAKS_MAX * 64 + 1] = "";
    char hash_text[65];
    long size = count_of(fixture, "SELECT size FROM log_head");

    for (long i = 0; i <= size; i++) {
        struct sha256 hash;
        struct zcd_error err;
        (void)snprintf(sql, sizeof sql, "SELECT encode(leaf_hash, 'hex') FROM log_leaf WHERE index = %ld",
                       i < size ? i : size - 1);
        (void)test_database_ask(fixture->database.conninfo, sql, hash_text, sizeof hash_text);
        assert_int_equal(hex_decode(hash_text, 64, hash.bytes, SHA256_SIZE, &err), ZCD_OK);
        (void)merkle_range_append(&range, &hash, made);
    }
    for (int i = 0; i < merkle_range_peak_count(&range); i++)
        hex_encode(range.peak[i].bytes, SHA256_SIZE, peaks + 64 * i);
    (void)snprintf(
        sql, sizeof sql,
        "BEGIN; INSERT INTO log_leaf SELECT index + 1, leaf_hash, leaf FROM log_leaf WHERE index = %ld;"
        "INSERT INTO log_record SELECT uscc, sequence + 1, index + 1, kind, at, application, actor_id, as_of,"
        " outcome, reasons FROM log_record WHERE index = %ld;"
        "INSERT INTO log_batch (id, first_index, leaf_count, created_at%s)"
        " SELECT gen_random_uuid(), %ld, 1, created_at%s FROM log_batch ORDER BY first_index DESC LIMIT 1;"
        "UPDATE log_head SET size = %ld, peaks = '\\x%s',"
        " batch_id = (SELECT id FROM log_batch WHERE first_index = %ld); COMMIT",
        size - 1, size - 1, batch_columns, size, batch_values, size + 1, peaks, size);
    test_database_run(fixture->database.conninfo, sql);
}

/* Without a signature; with the one of the batch before; with 64 bytes of anything. */
static const struct {
    const char *columns, *values;
} FORGED[] = {
    {"", ""},
    {", root_before, root, signature", ", root_before, root, signature"},
    {", root_before, root, signature", ", root, sha256('root'), sha512('signature')"},
};

static void a_record_that_was_added_behind_our_back_is_never_signed(void **state)
{
    struct fixture *fixture = fixture_of(state);
    struct log_config config = config_of(fixture);
    struct test_database backup;

    struct log *log = open_log(fixture);
    write_many(log, 3);
    log_close(log);
    for (size_t i = 0; i < sizeof FORGED / sizeof FORGED[0]; i++) {
        ZCD_AUTO(waiting_done)
        struct waiting waiting;
        ZCD_AUTO(buffer_done)
        struct buffer note = {0};
        struct checkpoint checkpoint;
        struct zcd_error err;

        copy_database(fixture, &backup);
        config.conninfo = backup.conninfo;
        log = open_with(&config);
        const struct fixture on_copy = {.database = backup};
        append_forged_leaf(&on_copy, FORGED[i].columns, FORGED[i].values);
        waiting_init(&waiting, 0, 77);
        assert_int_equal(write_one(log, &waiting), ZCD_UNAVAILABLE);
        assert_non_null(strstr(waiting.err.message, "records 3 to 3 were not put there by this log's writer"));
        assert_int_equal(log_read_checkpoint(log, &note, &checkpoint, &err), ZCD_OK);
        assert_int_equal(checkpoint.size, 3);
        log_close(log);
        assert_open_refused(&config, ZCD_CONFLICT, "records 3 to 3 were not put there by this log's writer");
        assert_int_equal(count_of(&on_copy, "SELECT count(*) FROM log_leaf"), 4); /* nothing was added to it */
        test_database_drop(&backup);
    }
    assert_log_is_whole(fixture);
}

/* Our own batch, committed and not signed yet, as after a crash; then a leaf of it is changed in place. */
static void a_record_that_was_changed_before_it_was_signed_is_not_signed(void **state)
{
    struct fixture *fixture = fixture_of(state);
    struct log_config config = config_of(fixture);
    char older[128];
    static const char CHANGE[] =
        "UPDATE log_leaf SET leaf = convert_to(replace(encode(leaf, 'escape'), '%s', '%s'), 'UTF8') WHERE index = 302";
    char sql[256];

    struct log *log = open_log(fixture);
    write_many(log, 300);
    (void)snprintf(older, sizeof older, "%s/older", fixture->folder);
    copy_file(fixture->checkpoint_path, older);
    write_many(log, 4);
    log_close(log);
    assert_int_equal(rename(older, fixture->checkpoint_path), 0);
    (void)snprintf(sql, sizeof sql, CHANGE, "officer-1", "officer-2");
    test_database_run(fixture->database.conninfo, sql);
    assert_open_refused(&config, ZCD_CONFLICT, "records 300 to 303, which were not signed yet, are not as they were");
    (void)snprintf(sql, sizeof sql, CHANGE, "officer-2", "officer-1");
    test_database_run(fixture->database.conninfo, sql);
    log = open_log(fixture);
    log_close(log);
    assert_log_is_whole(fixture);
}

static void every_batch_follows_the_one_before_it(void **state)
{
    struct fixture *fixture = fixture_of(state);
    struct log *log = open_log(fixture);

    write_many(log, 5);
    log_close(log);
    assert_int_equal(count_of(fixture, "SELECT count(*) FROM log_batch b JOIN log_batch p"
                                       " ON p.first_index + p.leaf_count = b.first_index AND p.root = b.root_before"),
                     count_of(fixture, "SELECT count(*) - 1 FROM log_batch"));
}

/* Database and store both set back under a running service: the process itself still knows better. */
static void a_store_set_back_under_a_running_log_is_noticed(void **state)
{
    struct fixture *fixture = fixture_of(state);
    char older[128];
    ZCD_AUTO(waiting_done)
    struct waiting waiting;

    struct log *log = open_log(fixture);
    write_many(log, 2);
    (void)snprintf(older, sizeof older, "%s/older", fixture->folder);
    copy_file(fixture->checkpoint_path, older);
    write_many(log, 2);
    assert_int_equal(rename(older, fixture->checkpoint_path), 0);
    waiting_init(&waiting, 0, 77);
    assert_int_equal(write_one(log, &waiting), ZCD_UNAVAILABLE);
    assert_non_null(strstr(waiting.err.message, "holds a checkpoint of 2 leaves, and one of 4 was signed already"));
    log_close(log);
    assert_int_equal(count_of(fixture, "SELECT count(*) FROM log_leaf"), 4);
}

/* ------------------------------------------------------- erasable values */

static void a_value_can_be_erased_and_its_record_stays_proven(void **state)
{
    struct fixture *fixture = fixture_of(state);
    struct log *log = open_log(fixture);
    ZCD_AUTO(close_db)
    struct db *db = reader_of(fixture);
    ZCD_AUTO(waiting_done)
    struct waiting waiting;
    ZCD_AUTO(log_record_done)
    struct log_record record = {0};
    struct commitment commitment = commitment_new(bytes_of_text("王小明: 13800138000"));
    char digest[SHA256_TEXT_SIZE], body[256];
    struct zcd_error err;

    waiting_init(&waiting, 0, 1);
    waiting.entry.commitments = &commitment;
    waiting.entry.commitment_count = 1;
    assert_int_equal(write_one(log, &waiting), ZCD_INVALID); /* it stands nowhere in the body */

    (void)snprintf(body, sizeof body,
                   "{\"limit_fen\":1,\"outcome\":\"approve\",\"reasons\":[\"other\"],\"text\":\"%s\"}",
                   sha256_format(&commitment.digest, digest));
    waiting.entry.record.kind = RECORD_OVERRIDE;
    waiting.entry.record.as_of = DATE_NONE;
    waiting.entry.record.body = bytes_of_text(body);
    assert_int_equal(write_one(log, &waiting), ZCD_OK);
    assert_int_equal(count_of(fixture, "SELECT count(*) FROM personal_value WHERE commitment = sha256(salt ||"
                                       " convert_to(value, 'UTF8')) AND value LIKE '王小明%'"),
                     1);
    assert_int_equal(db_execute_script(db, "DELETE FROM personal_value", &err), ZCD_OK); /* under the service's role */
    assert_int_equal(log_read_record(log, db, waiting.index, &record, &err), ZCD_OK);
    assert_null(strstr((const char *)record.leaf.data, "13800138000"));
    log_close(log);
    assert_log_is_whole(fixture);
}

/* ---------------------------------------------------------------- kill -9 */

/* In a process of its own: write until killed, and say on the pipe what was acknowledged. */
static void acknowledge_until_killed(const struct fixture *fixture, int round, int pipe_end)
{
    struct log *log = open_log(fixture);

    for (unsigned i = 0;; i++) {
        struct waiting waiting[8];
        for (unsigned j = 0; j < 8; j++) {
            waiting_init(&waiting[j], (int)(j % 2), (unsigned)round * 1000000 + i * 8 + j);
            (void)snprintf(waiting[j].name, sizeof waiting[j].name, "%d/%u", round, i * 8 + j);
            if (log_submit(log, &waiting[j].entry, &waiting[j].err) != ZCD_OK)
                _exit(1);
        }
        for (unsigned j = 0; j < 8; j++) {
            char line[64 + 2 * SHA256_SIZE + 8];
            char hex[2 * SHA256_SIZE + 1];
            if (!waiting_wait(&waiting[j]))
                _exit(1);
            struct sha256 hash = merkle_leaf_hash(buffer_bytes(&waiting[j].leaf));
            hex_encode(hash.bytes, SHA256_SIZE, hex);
            int length = snprintf(line, sizeof line, "%llu %s\n", (unsigned long long)waiting[j].index, hex);
            if (write(pipe_end, line, (size_t)length) != length)
                _exit(1);
            waiting_done(&waiting[j]);
        }
    }
}

static void what_was_acknowledged_before_kill_9_is_there_and_nothing_is_half_made(void **state)
{
    struct fixture *fixture = fixture_of(state);
    long acknowledged = 0;

    for (int round = 0; round < 6; round++) {
        int ends[2];
        char line[256];

        assert_int_equal(pipe(ends), 0);
        pid_t child = fork();
        if (child == 0) {
            (void)close(ends[0]);
            acknowledge_until_killed(fixture, round, ends[1]);
        }
        assert_true(child > 0);
        (void)close(ends[1]);
        usleep((useconds_t)(150000 + 37000 * round));
        assert_int_equal(kill(child, SIGKILL), 0);
        assert_int_equal(waitpid(child, NULL, 0), child);

        /* The killed process's last transaction may still be committing: opening waits for nothing, so give it time. */
        struct log *log = open_log(fixture);
        FILE *lines = fdopen(ends[0], "r");
        while (fgets(line, sizeof line, lines) != NULL && strchr(line, '\n') != NULL) {
            char sql[256], hex[65];
            unsigned long long index;
            assert_int_equal(sscanf(line, "%llu %64s", &index, hex), 2);
            (void)snprintf(sql, sizeof sql, "SELECT count(*) FROM log_leaf WHERE index = %llu AND leaf_hash = '\\x%s'",
                           index, hex);
            if (acknowledged % 10 == 0)
                assert_int_equal(count_of(fixture, sql), 1);
            acknowledged++;
        }
        (void)fclose(lines);
        write_many(log, 1);
        log_close(log);
        assert_log_is_whole(fixture);
        /* Leaf and row are one: all but the entries of write_many have a row. */
        assert_int_equal(count_of(fixture, "SELECT count(*) FROM business"),
                         count_of(fixture, "SELECT count(*) FROM log_leaf") - round - 1);
        assert_true(count_of(fixture, "SELECT count(*) FROM business") >= acknowledged);
    }
    assert_true(acknowledged > 0);
}

#define LOG_TEST(test) cmocka_unit_test_setup_teardown(test, fixture_set_up, fixture_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        LOG_TEST(an_entry_is_answered_with_its_leaf_its_proof_and_a_signed_checkpoint),
        LOG_TEST(what_was_written_is_read_back_with_a_proof_in_the_newest_checkpoint),
        LOG_TEST(an_edited_leaf_or_document_is_not_handed_out),
        LOG_TEST(instants_never_go_back_when_the_clock_does),
        LOG_TEST(a_record_that_cannot_be_sealed_is_refused_at_the_door),
        LOG_TEST(a_refused_business_row_fails_its_entry_and_no_other),
        LOG_TEST(a_full_queue_refuses_at_once_and_closing_writes_what_waits),
        LOG_TEST(two_logs_on_one_database_make_one_dense_log_under_many_threads),
        LOG_TEST(a_first_start_signs_the_empty_tree),
        LOG_TEST(what_was_committed_and_not_signed_is_signed_at_the_next_start),
        LOG_TEST(a_database_restored_to_an_earlier_state_is_refused_at_start),
        LOG_TEST(a_second_database_that_went_its_own_way_is_refused),
        LOG_TEST(a_database_restored_under_a_running_log_is_refused_and_not_written_to),
        LOG_TEST(a_missing_store_is_refused_until_a_person_makes_it_anew),
        LOG_TEST(a_store_is_not_made_anew_over_hashes_that_contradict_the_head),
        LOG_TEST(a_damaged_or_foreign_store_is_refused),
        LOG_TEST(a_fresh_database_beside_an_old_store_is_refused_and_stays_empty),
        LOG_TEST(a_record_that_was_added_behind_our_back_is_never_signed),
        LOG_TEST(a_record_that_was_changed_before_it_was_signed_is_not_signed),
        LOG_TEST(every_batch_follows_the_one_before_it),
        LOG_TEST(a_store_set_back_under_a_running_log_is_noticed),
        LOG_TEST(a_value_can_be_erased_and_its_record_stays_proven),
        LOG_TEST(what_was_acknowledged_before_kill_9_is_there_and_nothing_is_half_made),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
