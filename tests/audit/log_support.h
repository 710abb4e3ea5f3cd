/*
 * log_support.h - what the log's tests share: a migrated database of their own, a checkpoint store in a folder of their
 * own, entries that wait for their answer, and one examination of everything that the log holds.
 */
#ifndef TESTS_AUDIT_LOG_SUPPORT_H
#define TESTS_AUDIT_LOG_SUPPORT_H

#include "tests/audit/support.h"
#include "tests/lib/test_database.h"

#include "audit/log.h"
#include "base/cleanup.h"
#include "db/migrate.h"
#include "db/query.h"

#include <pthread.h>
#include <stdatomic.h>
#include <sys/stat.h>
#include <unistd.h>

struct fixture {
    struct test_database database;
    bool has_database;
    struct signature_key *key;
    struct note_vkey vkey;
    char folder[64];
    char checkpoint_path[96];
};

/* A table of business rows: one for each entry whose `user` text is not NULL. */
static const struct db_statement INSERT_BUSINESS_ROW = {
    "test_insert_business_row", "INSERT INTO business (name, log_index) SELECT * FROM unnest($1::text[], $2::int8[])"};

static inline void fixture_migrate(const char *conninfo)
{
    struct db *db = NULL;
    struct zcd_error err;
    size_t applied;

    if (db_connect(&(struct db_options){.conninfo = conninfo, .statement_timeout_ms = 30000}, &db, &err) != ZCD_OK
        || db_migrate(db, MIGRATION_FILES, MIGRATION_FILE_COUNT, &applied, &err) != ZCD_OK)
        fail_msg("%s", err.message);
    db_close(db);
    test_database_run(conninfo, "CREATE TABLE business (name text PRIMARY KEY, log_index bigint NOT NULL);"
                                "GRANT SELECT, INSERT ON business TO zcd_app");
}

static inline int fixture_set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);

    fixture->has_database = test_database_create(&fixture->database, "log");
    if (fixture->has_database)
        fixture_migrate(fixture->database.conninfo);
    fixture->key = log_key();
    fixture->vkey = vkey_of(LOG_VKEY);
    (void)snprintf(fixture->folder, sizeof fixture->folder, "/tmp/zcd-test-log-XXXXXX");
    if (mkdtemp(fixture->folder) == NULL)
        return -1;
    (void)snprintf(fixture->checkpoint_path, sizeof fixture->checkpoint_path, "%s/checkpoint", fixture->folder);
    *state = fixture;
    return 0;
}

static inline int fixture_tear_down(void **state)
{
    struct fixture *fixture = *state;
    char command[128];

    if (fixture->has_database)
        test_database_drop(&fixture->database);
    signature_key_free(fixture->key);
    (void)snprintf(command, sizeof command, "rm -rf '%s'", fixture->folder);
    int status = system(command);
    free(fixture);
    return status;
}

static inline struct fixture *fixture_of(void **state)
{
    struct fixture *fixture = *state;
    if (!fixture->has_database)
        skip();
    return fixture;
}

/* ------------------------------------------------------------------ entries */

struct waiting {
    struct log_entry entry;
    struct log_document document;
    char text[64]; /* the document's bytes */
    char name[64]; /* of the business row; "" for none */
    struct zcd_error err;
    atomic_int state; /* 0 waits, 1 acknowledged, 2 failed */
    /* copied from the receipt */
    uint64_t index, sequence;
    int64_t at_us;
    struct buffer leaf, note;
    struct merkle_proof inclusion;
    struct checkpoint checkpoint;
    pthread_mutex_t mutex;
    pthread_cond_t wake;
};

static inline void waiting_done_callback(struct log_entry *entry, const struct log_receipt *receipt,
                                         const struct zcd_error *err)
{
    struct waiting *waiting = entry->user;

    if (receipt != NULL) {
        waiting->index = receipt->proof.index;
        waiting->sequence = receipt->sequence;
        waiting->at_us = receipt->at_us;
        waiting->inclusion = receipt->proof.inclusion;
        waiting->checkpoint = receipt->checkpoint;
        buffer_append(&waiting->leaf, receipt->leaf.data, receipt->leaf.size);
        buffer_append(&waiting->note, receipt->proof.checkpoint.data, receipt->proof.checkpoint.size);
    } else {
        waiting->err = *err;
    }
    (void)pthread_mutex_lock(&waiting->mutex);
    waiting->state = receipt != NULL ? 1 : 2;
    (void)pthread_cond_signal(&waiting->wake);
    (void)pthread_mutex_unlock(&waiting->mutex);
}

/* organisation is 0 or 1; records with different numbers differ. */
static inline void waiting_init(struct waiting *waiting, int organisation, unsigned number)
{
    static const char *const USCC[] = {"91110000600037341L", "91330106673959654P"};

    *waiting = (struct waiting){0};
    (void)pthread_mutex_init(&waiting->mutex, NULL);
    (void)pthread_cond_init(&waiting->wake, NULL);
    struct log_entry *entry = &waiting->entry;
    entry->record.kind = RECORD_ASSESSMENT;
    memset(entry->record.nonce, 0x5a, sizeof entry->record.nonce);
    memcpy(entry->record.nonce, &number, sizeof number);
    entry->record.actor.id = "officer-1";
    entry->record.actor.role = "officer";
    entry->record.actor.lender = "bank";
    (void)snprintf(entry->record.subject.uscc.text, sizeof entry->record.subject.uscc.text, "%s", USCC[organisation]);
    entry->record.as_of = (struct date){18536};
    entry->record.engine.version = "0.1.0";
    entry->record.body = bytes_of_text("{\"conditions\":[],\"grade\":3,\"limit_fen\":100,\"outcome\":\"approve\","
                                       "\"rate_bp\":null,\"reasons\":[\"r1\"],\"tenor_months\":12}");
    (void)snprintf(waiting->text, sizeof waiting->text, "dossier %u of %d", number, organisation);
    waiting->document.bytes = bytes_of_text(waiting->text);
    waiting->document.sha256 = sha256_of(waiting->document.bytes);
    waiting->document.kind = LOG_DOCUMENT_DOSSIER;
    entry->record.dossier_sha256 = waiting->document.sha256;
    entry->documents = &waiting->document;
    entry->document_count = 1;
    entry->user = waiting;
    entry->done = waiting_done_callback;
}

static inline void waiting_done(struct waiting *waiting)
{
    buffer_done(&waiting->leaf);
    buffer_done(&waiting->note);
    (void)pthread_mutex_destroy(&waiting->mutex);
    (void)pthread_cond_destroy(&waiting->wake);
}

static inline bool waiting_wait(struct waiting *waiting)
{
    (void)pthread_mutex_lock(&waiting->mutex);
    while (waiting->state == 0)
        (void)pthread_cond_wait(&waiting->wake, &waiting->mutex);
    (void)pthread_mutex_unlock(&waiting->mutex);
    return waiting->state == 1;
}

/* Does the receipt prove, with the key alone, that the leaf is in the log? */
static inline bool waiting_is_proven(const struct waiting *waiting, const struct note_vkey *vkey)
{
    struct proof proof = {waiting->index, waiting->inclusion, buffer_bytes(&waiting->note)};
    struct checkpoint checkpoint;
    struct zcd_error err;

    return proof_verify(&proof, buffer_bytes(&waiting->leaf), vkey, &checkpoint, &err) == ZCD_OK
           && checkpoint.size == waiting->checkpoint.size;
}

static inline enum zcd_code insert_business(struct db *db, struct log_entry *const *entries, size_t count,
                                            void *context, struct zcd_error *err)
{
    ZCD_AUTO(db_array_done)
    struct db_array names, indices;

    (void)context;
    db_array_init(&names, DB_TEXT_ARRAY);
    db_array_init(&indices, DB_INT8_ARRAY);
    for (size_t i = 0; i < count; i++) {
        const struct waiting *waiting = entries[i]->user;
        if (waiting->name[0] == '\0')
            continue;
        db_array_add_text(&names, waiting->name);
        db_array_add_int8(&indices, (int64_t)entries[i]->index);
    }
    return db_queue(db, &INSERT_BUSINESS_ROW, DB_VALUES(db_array_value(&names), db_array_value(&indices)), NULL, err);
}

static inline struct log_config config_of(const struct fixture *fixture)
{
    return (struct log_config){.conninfo = fixture->database.conninfo,
                               .role = DB_APPLICATION_ROLE,
                               .origin = LOG_NAME,
                               .key = fixture->key,
                               .checkpoint_path = fixture->checkpoint_path,
                               .insert_rows = insert_business,
                               .patience_ms = 3000,
                               .statement_timeout_ms = 2000};
}

static inline struct log *open_with(const struct log_config *config)
{
    struct log *log = NULL;
    struct zcd_error err;

    if (log_open(config, &log, &err) != ZCD_OK)
        fail_msg("%s", err.message);
    return log;
}

static inline struct log *open_log(const struct fixture *fixture)
{
    struct log_config config = config_of(fixture);
    return open_with(&config);
}

/* Submit and wait; ZCD_OK or the answer's code. */
static inline enum zcd_code write_one(struct log *log, struct waiting *waiting)
{
    if (log_submit(log, &waiting->entry, &waiting->err) != ZCD_OK)
        return waiting->err.code;
    return waiting_wait(waiting) ? ZCD_OK : waiting->err.code;
}

static inline void write_many(struct log *log, int count)
{
    for (int i = 0; i < count; i++) {
        ZCD_AUTO(waiting_done)
        struct waiting waiting;
        waiting_init(&waiting, 0, (unsigned)i);
        if (write_one(log, &waiting) != ZCD_OK)
            fail_msg("%s", waiting.err.message);
    }
}

/* ------------------------------------------------------------- examination */

static inline long count_of(const struct fixture *fixture, const char *sql)
{
    return test_database_count(fixture->database.conninfo, sql);
}

/* Tiles and bundle as they grow, leaf by leaf, put together anew. */
struct grown {
    struct sha256 hash[TILE_LEVELS][TILE_WIDTH];
    int width[TILE_LEVELS];
    struct buffer bundle;
    int64_t leaves, tiles;
};

static const struct db_statement STORED_BUNDLE = {"test_bundle",
                                                  "SELECT body AS bytes FROM log_bundle WHERE $1 = 0 AND index = $2"};
static const struct db_statement STORED_TILE = {"test_tile", "SELECT hashes AS bytes FROM log_tile"
                                                             " WHERE level = $1 AND index = $2"};
static const struct db_statement STORED_ROOT = {"test_root", "SELECT root AS bytes FROM log_tile"
                                                             " WHERE level = $1 AND index = $2"};

static inline void assert_stored_bytes(struct db *db, const struct db_statement *statement, int level, int64_t index,
                                       struct bytes expected)
{
    struct db_rows rows = {0};
    struct bytes stored;
    struct zcd_error err;

    assert_int_equal(db_query(db, statement, DB_VALUES(db_int4(level), db_int8(index)), &rows, &err), ZCD_OK);
    assert_int_equal(rows.count, 1);
    assert_int_equal(db_rows_bytea(&rows, 0, "bytes", &stored, &err), ZCD_OK);
    assert_true(bytes_equal(stored, expected));
    db_rows_done(&rows);
}

/* One more leaf: whatever is full by it must be stored just so. made: the nodes that merkle_range_append named. */
static inline void assert_full_tiles(struct db *db, struct grown *grown, const struct merkle_node *made,
                                     struct bytes leaf)
{
    tile_append_entry(&grown->bundle, leaf);
    grown->leaves++;
    if (grown->leaves % TILE_WIDTH == 0) {
        assert_stored_bytes(db, &STORED_BUNDLE, 0, grown->leaves / TILE_WIDTH - 1, buffer_bytes(&grown->bundle));
        buffer_clear(&grown->bundle);
    }
    int64_t hashes = grown->leaves;
    for (int level = 0; level < TILE_LEVELS; level++, hashes /= TILE_WIDTH) {
        grown->hash[level][grown->width[level]++] = made[level * TILE_HEIGHT].hash;
        if (grown->width[level] < TILE_WIDTH)
            return;
        assert_stored_bytes(db, &STORED_TILE, level, hashes / TILE_WIDTH - 1,
                            (struct bytes){(const uint8_t *)grown->hash[level], sizeof grown->hash[level]});
        struct sha256 root = made[(level + 1) * TILE_HEIGHT].hash;
        assert_stored_bytes(db, &STORED_ROOT, level, hashes / TILE_WIDTH - 1, (struct bytes){root.bytes, SHA256_SIZE});
        grown->width[level] = 0;
        grown->tiles++;
    }
}

/*
 * Everything that must hold of a log that stands still: leaves dense and equal to their columns, instants that never go
 * back, sequences dense, every tile and entry bundle that is full there and right, head and checkpoint of that very tree.
 */
static inline void assert_log_is_whole(const struct fixture *fixture)
{
    static const struct db_statement LEAVES = {
        "test_leaves",
        "SELECT l.index, leaf, leaf_hash, uscc, sequence, kind, at FROM log_leaf l LEFT JOIN log_record r"
        " ON r.index = l.index ORDER BY l.index"};
    struct db *db = NULL;
    struct zcd_error err;
    struct db_rows rows = {0};
    struct grown grown = {0};
    struct merkle_range range = {0};
    int64_t at_before_us = 0;

    assert_int_equal(db_connect(&(struct db_options){.conninfo = fixture->database.conninfo}, &db, &err), ZCD_OK);
    assert_int_equal(db_query(db, &LEAVES, DB_NO_VALUES, &rows, &err), ZCD_OK);
    for (int i = 0; i < rows.count; i++) {
        struct arena arena = {0};
        struct bytes leaf;
        struct sha256 hash, stored;
        struct record record;
        struct merkle_node made[MERKLE_APPEND_NODES_MAX];
        const char *uscc, *kind;
        int64_t index, at_us, sequence, row_at_us;
        uint64_t sealed_sequence;

        assert_int_equal(db_rows_int8(&rows, i, "index", &index, &err), ZCD_OK);
        assert_int_equal(db_rows_bytea(&rows, i, "leaf", &leaf, &err), ZCD_OK);
        assert_int_equal(db_rows_fixed(&rows, i, "leaf_hash", stored.bytes, SHA256_SIZE, &err), ZCD_OK);
        assert_int_equal(db_rows_text(&rows, i, "uscc", &uscc, &err), ZCD_OK);
        assert_int_equal(db_rows_int8(&rows, i, "sequence", &sequence, &err), ZCD_OK);
        assert_int_equal(index, i);
        hash = merkle_leaf_hash(leaf);
        assert_hash_equal(stored, hash);
        assert_int_equal(record_parse(leaf, &arena, &record, &at_us, &sealed_sequence, &err), ZCD_OK);
        assert_string_equal(record.subject.uscc.text, uscc);
        assert_int_equal(sealed_sequence, sequence);
        assert_int_equal(db_rows_text(&rows, i, "kind", &kind, &err), ZCD_OK);
        assert_string_equal(record_kind_name(record.kind), kind);
        assert_int_equal(db_rows_timestamptz(&rows, i, "at", &row_at_us, &err), ZCD_OK);
        assert_int_equal(row_at_us, at_us);
        assert_true(at_us >= at_before_us);
        at_before_us = at_us;
        (void)merkle_range_append(&range, &hash, made);
        assert_full_tiles(db, &grown, made, leaf);
        arena_done(&arena);
    }
    assert_int_equal(count_of(fixture, "SELECT count(*) FROM log_tile"), grown.tiles);
    assert_int_equal(count_of(fixture, "SELECT count(*) FROM log_bundle"), rows.count / TILE_WIDTH);
    buffer_done(&grown.bundle);
    assert_int_equal(count_of(fixture, "SELECT count(*) FROM (SELECT uscc FROM log_record GROUP BY uscc HAVING"
                                       " min(sequence) <> 1 OR max(sequence) <> count(*)) x"),
                     0);
    assert_int_equal(count_of(fixture, "SELECT size FROM log_head"), rows.count);
    assert_int_equal(count_of(fixture, "SELECT coalesce(sum(leaf_count), 0) FROM log_batch"), rows.count);
    assert_int_equal(count_of(fixture, "SELECT count(*) FROM business b LEFT JOIN log_leaf l ON l.index = b.log_index"
                                       " WHERE l.index IS NULL"),
                     0);

    struct buffer note = load_file(fixture->checkpoint_path);
    struct checkpoint checkpoint;
    assert_int_equal(checkpoint_verify(buffer_bytes(&note), &fixture->vkey, &checkpoint, &err), ZCD_OK);
    assert_int_equal(checkpoint.size, rows.count);
    assert_hash_equal(checkpoint.root, merkle_range_root(&range));
    buffer_done(&note);
    db_rows_done(&rows);
    db_close(db);
}

/* A copy of the whole database under another name, as a backup is. Nobody may be connected. */
static inline void copy_database(const struct fixture *fixture, struct test_database *copy)
{
    char sql[256];

    (void)snprintf(copy->name, sizeof copy->name, "%.50s_copy", fixture->database.name);
    test_database_conninfo(copy->name, copy->conninfo, sizeof copy->conninfo);
    (void)snprintf(sql, sizeof sql, "CREATE DATABASE %s TEMPLATE %s", copy->name, fixture->database.name);
    test_database_run(test_database_server(), sql);
}

static inline void copy_file(const char *from, const char *to)
{
    struct buffer content = load_file(from);
    FILE *file = fopen(to, "wb");

    assert_non_null(file);
    assert_int_equal(fwrite(content.data, 1, content.size, file), content.size);
    assert_int_equal(fclose(file), 0);
    buffer_done(&content);
}

static inline void write_text_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fputs(text, file) < 0, 0);
    assert_int_equal(fclose(file), 0);
}

#endif
