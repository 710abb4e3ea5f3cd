#include "audit/store.h"

#include "base/cleanup.h"
#include "db/query.h"
#include "db/transaction.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct store_pg {
    struct store base;
    struct db *db; /* NULL until the first call */
    char *conninfo, *role;
    int32_t statement_timeout_ms;
};

/* Running out of memory ends the process, as in base/. */
static char *copy_text(const char *text)
{
    char *copy = text == NULL ? NULL : strdup(text);
    if (text != NULL && copy == NULL)
        abort();
    return copy;
}

static struct store_pg *of(struct store *store)
{
    return (struct store_pg *)store;
}

static enum zcd_code connected(struct store *store, struct db **db, struct zcd_error *err)
{
    struct store_pg *pg = of(store);
    struct db_options options = {.conninfo = pg->conninfo,
                                 .role = pg->role,
                                 .application_name = "zcd log writer",
                                 .statement_timeout_ms = pg->statement_timeout_ms};
    enum zcd_code code = pg->db == NULL ? db_connect(&options, &pg->db, err) : db_ensure(pg->db, err);

    if (code == ZCD_OK)
        *db = pg->db;
    return code;
}

/* ------------------------------------------------------------------- head */

static const struct db_statement READ_HEAD = {"log_read_head", "SELECT origin, size, peaks, at FROM log_head"};
static const struct db_statement LOCK_HEAD = {"log_lock_head",
                                              "SELECT origin, size, peaks, at FROM log_head FOR UPDATE"};
static const struct db_statement CREATE_HEAD = {
    "log_create_head", "INSERT INTO log_head (origin, size, peaks) VALUES ($1, 0, '') ON CONFLICT DO NOTHING"};
static const struct db_statement MOVE_HEAD = {
    "log_move_head", "UPDATE log_head SET size = $1, peaks = $2, at = $3, batch_id = $4 WHERE one_row"};

static enum zcd_code decode_peaks(const struct db_rows *rows, struct merkle_range *range, struct zcd_error *err)
{
    struct bytes peaks;
    enum zcd_code code = db_rows_bytea(rows, 0, "peaks", &peaks, err);

    if (code != ZCD_OK)
        return code;
    size_t expected = (size_t)merkle_range_peak_count(range) * SHA256_SIZE;
    if (peaks.size != expected)
        return zcd_fail(err, ZCD_CORRUPT, "log: the head's peaks have %zu bytes, not %zu", peaks.size, expected);
    if (expected > 0)
        memcpy(range->peak, peaks.data, expected);
    return ZCD_OK;
}

static enum zcd_code decode_head(const struct db_rows *rows, struct store_head *head, struct zcd_error *err)
{
    struct store_head read = {0};
    const char *origin;
    int64_t size;

    if (rows->count == 0)
        return zcd_fail(err, ZCD_NOT_FOUND, "log: the database holds no log yet");
    if (db_rows_text(rows, 0, "origin", &origin, err) != ZCD_OK || db_rows_int8(rows, 0, "size", &size, err) != ZCD_OK)
        return err->code;
    if (strlen(origin) >= sizeof read.origin || size < 0)
        return zcd_fail(err, ZCD_CORRUPT, "log: the head row is damaged");
    (void)snprintf(read.origin, sizeof read.origin, "%s", origin);
    read.range.size = (uint64_t)size;
    enum zcd_code code = decode_peaks(rows, &read.range, err);
    if (code == ZCD_OK && size > 0)
        code = db_rows_timestamptz(rows, 0, "at", &read.at_us, err);
    if (code == ZCD_OK)
        *head = read;
    return code;
}

static enum zcd_code read_head(struct store *store, struct store_head *head, struct zcd_error *err)
{
    ZCD_AUTO(db_rows_done)
    struct db_rows rows = {0};
    struct db *db;
    enum zcd_code code = connected(store, &db, err);

    if (code == ZCD_OK)
        code = db_query(db, &READ_HEAD, DB_NO_VALUES, &rows, err);
    return code == ZCD_OK ? decode_head(&rows, head, err) : code;
}

static enum zcd_code create_head(struct store *store, const char *origin, struct zcd_error *err)
{
    struct db *db;
    enum zcd_code code = connected(store, &db, err);

    return code == ZCD_OK ? db_execute(db, &CREATE_HEAD, DB_VALUES(db_text(origin)), err) : code;
}

/* -------------------------------------------------------------- appending */

struct append {
    struct store_organisation *organisations;
    size_t organisation_count;
    store_compose *compose;
    store_rows *rows;
    void *context;
    bool rows_refused; /* by the callback itself */
};

/* The newest number of each, by one look into the index (uscc, sequence); with the head locked nobody can add one. */
static const struct db_statement READ_SEQUENCES = {
    "log_read_sequences", "SELECT coalesce((SELECT l.sequence FROM log_leaf l WHERE l.uscc = o.uscc"
                          "                 ORDER BY l.sequence DESC LIMIT 1), 0) AS sequence_last"
                          " FROM unnest($1::text[]) WITH ORDINALITY AS o (uscc, n) ORDER BY o.n"};

/* One round trip: BEGIN, the head's lock, and behind it the sequences. */
static enum zcd_code lock_head(struct db *db, struct append *append, struct store_head *head, struct zcd_error *err)
{
    ZCD_AUTO(db_rows_done)
    struct db_rows head_rows = {0};
    ZCD_AUTO(db_rows_done)
    struct db_rows sequences = {0};
    ZCD_AUTO(db_array_done)
    struct db_array usccs;

    db_array_init(&usccs, DB_TEXT_ARRAY);
    for (size_t i = 0; i < append->organisation_count; i++)
        db_array_add_text(&usccs, append->organisations[i].uscc);
    if (db_queue(db, &LOCK_HEAD, DB_NO_VALUES, &head_rows, err) != ZCD_OK
        || db_query(db, &READ_SEQUENCES, DB_VALUES(db_array_value(&usccs)), &sequences, err) != ZCD_OK)
        return err->code;
    assert((size_t)sequences.count == append->organisation_count);
    for (int i = 0; i < sequences.count; i++) {
        int64_t last;
        if (db_rows_int8(&sequences, i, "sequence_last", &last, err) != ZCD_OK)
            return err->code;
        append->organisations[i].sequence_last = (uint64_t)last;
    }
    return decode_head(&head_rows, head, err);
}

static const struct db_statement INSERT_LEAVES = {"log_insert_leaves",
                                                  "INSERT INTO log_leaf (index, leaf_hash, uscc, sequence, leaf)"
                                                  " SELECT $1 + n - 1, leaf_hash, uscc, sequence, leaf"
                                                  " FROM unnest($2::bytea[], $3::text[], $4::int8[], $5::bytea[])"
                                                  "      WITH ORDINALITY AS x (leaf_hash, uscc, sequence, leaf, n)"};

static enum zcd_code queue_leaves(struct db *db, const struct store_batch *batch, struct zcd_error *err)
{
    ZCD_AUTO(db_array_done)
    struct db_array hashes, usccs, sequences, leaves;

    db_array_init(&hashes, DB_BYTEA_ARRAY);
    db_array_init(&usccs, DB_TEXT_ARRAY);
    db_array_init(&sequences, DB_INT8_ARRAY);
    db_array_init(&leaves, DB_BYTEA_ARRAY);
    for (size_t i = 0; i < batch->leaf_count; i++) {
        const struct store_leaf *leaf = &batch->leaves[i];
        db_array_add_bytea(&hashes, (struct bytes){leaf->leaf_hash.bytes, SHA256_SIZE});
        db_array_add_text(&usccs, leaf->uscc);
        db_array_add_int8(&sequences, (int64_t)leaf->sequence);
        db_array_add_bytea(&leaves, leaf->leaf);
    }
    return db_queue(db, &INSERT_LEAVES,
                    DB_VALUES(db_int8((int64_t)batch->first_index), db_array_value(&hashes), db_array_value(&usccs),
                              db_array_value(&sequences), db_array_value(&leaves)),
                    NULL, err);
}

static const struct db_statement INSERT_NODES = {
    "log_insert_nodes",
    "INSERT INTO log_node (level, index, hash)"
    " SELECT level, index, hash FROM unnest($1::int4[], $2::int8[], $3::bytea[]) AS x (level, index, hash)"};

static enum zcd_code queue_nodes(struct db *db, const struct store_batch *batch, struct zcd_error *err)
{
    if (batch->node_count == 0)
        return ZCD_OK;

    ZCD_AUTO(db_array_done)
    struct db_array levels, indices, hashes;

    db_array_init(&levels, DB_INT4_ARRAY);
    db_array_init(&indices, DB_INT8_ARRAY);
    db_array_init(&hashes, DB_BYTEA_ARRAY);
    for (size_t i = 0; i < batch->node_count; i++) {
        assert(batch->nodes[i].level > 0);
        db_array_add_int4(&levels, batch->nodes[i].level);
        db_array_add_int8(&indices, (int64_t)batch->nodes[i].index);
        db_array_add_bytea(&hashes, (struct bytes){batch->nodes[i].hash.bytes, SHA256_SIZE});
    }
    return db_queue(db, &INSERT_NODES,
                    DB_VALUES(db_array_value(&levels), db_array_value(&indices), db_array_value(&hashes)), NULL, err);
}

static const struct db_statement INSERT_DOCUMENTS = {
    "log_insert_documents", "INSERT INTO document (sha256, kind, body)"
                            " SELECT sha256, kind, body FROM unnest($1::bytea[], $2::int4[], $3::bytea[])"
                            " AS x (sha256, kind, body) ON CONFLICT (sha256) DO NOTHING"};

static enum zcd_code queue_documents(struct db *db, const struct store_batch *batch, struct zcd_error *err)
{
    if (batch->document_count == 0)
        return ZCD_OK;

    ZCD_AUTO(db_array_done)
    struct db_array digests, kinds, bodies;

    db_array_init(&digests, DB_BYTEA_ARRAY);
    db_array_init(&kinds, DB_INT4_ARRAY);
    db_array_init(&bodies, DB_BYTEA_ARRAY);
    for (size_t i = 0; i < batch->document_count; i++) {
        db_array_add_bytea(&digests, (struct bytes){batch->documents[i].sha256.bytes, SHA256_SIZE});
        db_array_add_int4(&kinds, batch->documents[i].kind);
        db_array_add_bytea(&bodies, batch->documents[i].bytes);
    }
    return db_queue(db, &INSERT_DOCUMENTS,
                    DB_VALUES(db_array_value(&digests), db_array_value(&kinds), db_array_value(&bodies)), NULL, err);
}

static const struct db_statement INSERT_BATCH = {
    "log_insert_batch", "INSERT INTO log_batch (id, first_index, leaf_count, created_at) VALUES ($1, $2, $3, $4)"};

static enum zcd_code queue_batch_and_head(struct db *db, const struct store_batch *batch, struct zcd_error *err)
{
    const struct merkle_range *range = &batch->head.range;
    struct bytes peaks = {range->peak[0].bytes, (size_t)merkle_range_peak_count(range) * SHA256_SIZE};
    enum zcd_code code = db_queue(db, &INSERT_BATCH,
                                  DB_VALUES(db_uuid(batch->id), db_int8((int64_t)batch->first_index),
                                            db_int8((int64_t)batch->leaf_count), db_timestamptz(batch->head.at_us)),
                                  NULL, err);

    if (code != ZCD_OK)
        return code;
    return db_queue(db, &MOVE_HEAD,
                    DB_VALUES(db_int8((int64_t)range->size), db_bytea(peaks), db_timestamptz(batch->head.at_us),
                              db_uuid(batch->id)),
                    NULL, err);
}

static enum zcd_code append_body(struct db *db, void *context, struct zcd_error *err)
{
    struct append *append = context;
    struct store_head head;
    struct store_batch batch = {0};

    enum zcd_code code = lock_head(db, append, &head, err);
    if (code == ZCD_OK)
        code = append->compose(&head, append->context, &batch, err);
    if (code != ZCD_OK)
        return code;
    assert(batch.leaf_count > 0);
    assert(batch.head.range.size == head.range.size + batch.leaf_count);

    /* All of it travels with the COMMIT: the second and last round trip. */
    code = queue_leaves(db, &batch, err);
    if (code == ZCD_OK)
        code = queue_nodes(db, &batch, err);
    if (code == ZCD_OK)
        code = queue_documents(db, &batch, err);
    if (code == ZCD_OK)
        code = queue_batch_and_head(db, &batch, err);
    if (code == ZCD_OK && append->rows != NULL) {
        code = append->rows(db, append->context, err);
        append->rows_refused = code != ZCD_OK && code != ZCD_UNAVAILABLE;
    }
    return code;
}

/* A refusal of the log's own rows (leaves beyond the head, rights missing) is nobody's but the database's. */
static bool is_own(const struct db_statement *statement)
{
    const struct db_statement *const own[] = {&LOCK_HEAD,    &READ_SEQUENCES, &INSERT_LEAVES,
                                              &INSERT_NODES, &INSERT_BATCH,   &MOVE_HEAD};
    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++) {
        if (statement == own[i])
            return true;
    }
    return false;
}

static enum store_outcome outcome_of(const struct db *db, enum zcd_code code, const struct append *call)
{
    if (code == ZCD_OK)
        return STORE_KEPT;
    if (db_last_failure(db) == DB_FAILURE_COMMIT_UNKNOWN)
        return STORE_UNKNOWN;
    const struct db_statement *failed = db_failed_statement(db);
    if (call->rows_refused || (failed != NULL && !is_own(failed)))
        return STORE_ROWS_REFUSED;
    return STORE_NOT_KEPT;
}

static enum zcd_code append(struct store *store, struct store_organisation *organisations, size_t organisation_count,
                            store_compose *compose, store_rows *rows, void *context, enum store_outcome *outcome,
                            struct zcd_error *err)
{
    struct append call = {organisations, organisation_count, compose, rows, context, false};
    struct db *db;

    *outcome = STORE_NOT_KEPT;
    enum zcd_code code = connected(store, &db, err);
    if (code != ZCD_OK)
        return code;
    code = db_transaction_run(db, DB_READ_COMMITTED, append_body, &call, err);
    *outcome = outcome_of(db, code, &call);
    return code;
}

/* ------------------------------------------------------------- finding out */

static const struct db_statement FIND_BATCH = {"log_find_batch",
                                               "SELECT EXISTS (SELECT FROM log_batch WHERE id = $1) AS found"};

struct find {
    const uint8_t *id;
    bool found;
};

/*
 * The transaction in doubt held the head's lock when its COMMIT was sent. Once we hold it, that transaction has ended one
 * way or the other, and the second statement, with a snapshot of its own, sees which.
 */
static enum zcd_code find_body(struct db *db, void *context, struct zcd_error *err)
{
    struct find *find = context;
    ZCD_AUTO(db_rows_done)
    struct db_rows rows = {0};

    if (db_queue(db, &LOCK_HEAD, DB_NO_VALUES, NULL, err) != ZCD_OK
        || db_query(db, &FIND_BATCH, DB_VALUES(db_uuid(find->id)), &rows, err) != ZCD_OK)
        return err->code;
    return db_rows_bool(&rows, 0, "found", &find->found, err);
}

static enum zcd_code find_batch(struct store *store, const uint8_t id[STORE_BATCH_ID_SIZE], bool *found,
                                struct zcd_error *err)
{
    struct find find = {.id = id};
    struct db *db;
    enum zcd_code code = connected(store, &db, err);

    if (code == ZCD_OK)
        code = db_transaction_run(db, DB_READ_COMMITTED, find_body, &find, err);
    if (code == ZCD_OK)
        *found = find.found;
    return code;
}

/* ---------------------------------------------------------------- reading */

/* A look into a primary key for each node, whatever the planner thinks of the tables' sizes. */
static const struct db_statement READ_NODES = {
    "log_read_nodes",
    "SELECT CASE WHEN x.level = 0"
    "            THEN (SELECT l.leaf_hash FROM log_leaf l WHERE l.index = x.index)"
    "            ELSE (SELECT o.hash FROM log_node o WHERE o.level = x.level::int2 AND o.index = x.index)"
    "       END AS hash"
    " FROM unnest($1::int4[], $2::int8[]) WITH ORDINALITY AS x (level, index, n) ORDER BY x.n"};

static enum zcd_code query_nodes(struct db *db, const struct merkle_node *nodes, size_t count, struct db_rows *rows,
                                 struct zcd_error *err)
{
    ZCD_AUTO(db_array_done)
    struct db_array levels, indices;

    db_array_init(&levels, DB_INT4_ARRAY);
    db_array_init(&indices, DB_INT8_ARRAY);
    for (size_t i = 0; i < count; i++) {
        db_array_add_int4(&levels, nodes[i].level);
        db_array_add_int8(&indices, (int64_t)nodes[i].index);
    }
    return db_query(db, &READ_NODES, DB_VALUES(db_array_value(&levels), db_array_value(&indices)), rows, err);
}

static enum zcd_code decode_nodes(const struct db_rows *rows, struct merkle_node *nodes, size_t count,
                                  struct zcd_error *err)
{
    assert((size_t)rows->count == count);
    for (size_t i = 0; i < count; i++) {
        if (db_rows_is_null(rows, (int)i, "hash"))
            return zcd_fail(err, ZCD_CORRUPT, "log: tree node %d/%llu is missing", nodes[i].level,
                            (unsigned long long)nodes[i].index);
        if (db_rows_fixed(rows, (int)i, "hash", nodes[i].hash.bytes, SHA256_SIZE, err) != ZCD_OK)
            return err->code;
    }
    return ZCD_OK;
}

static enum zcd_code read_nodes(struct store *store, struct merkle_node *nodes, size_t count, struct zcd_error *err)
{
    ZCD_AUTO(db_rows_done)
    struct db_rows rows = {0};
    struct db *db;
    enum zcd_code code = connected(store, &db, err);

    if (code == ZCD_OK)
        code = query_nodes(db, nodes, count, &rows, err);
    return code == ZCD_OK ? decode_nodes(&rows, nodes, count, err) : code;
}

static const struct db_statement READ_LEAF = {"log_read_leaf", "SELECT leaf FROM log_leaf WHERE index = $1"};

enum zcd_code store_pg_read_leaf(struct db *db, uint64_t index, struct merkle_node *nodes, size_t node_count,
                                 struct buffer *leaf, struct zcd_error *err)
{
    ZCD_AUTO(db_rows_done)
    struct db_rows leaf_rows = {0};
    ZCD_AUTO(db_rows_done)
    struct db_rows node_rows = {0};
    struct bytes bytes;

    if (db_queue(db, &READ_LEAF, DB_VALUES(db_int8((int64_t)index)), &leaf_rows, err) != ZCD_OK
        || query_nodes(db, nodes, node_count, &node_rows, err) != ZCD_OK)
        return err->code;
    if (leaf_rows.count == 0)
        return zcd_fail(err, ZCD_NOT_FOUND, "log: there is no leaf %llu", (unsigned long long)index);
    if (db_rows_bytea(&leaf_rows, 0, "leaf", &bytes, err) != ZCD_OK
        || decode_nodes(&node_rows, nodes, node_count, err) != ZCD_OK)
        return err->code;
    buffer_append(leaf, bytes.data, bytes.size);
    return ZCD_OK;
}

static const struct db_statement READ_DOCUMENT = {"log_read_document",
                                                  "SELECT kind::int4 AS kind, body FROM document WHERE sha256 = $1"};

enum zcd_code store_pg_read_document(struct db *db, const struct sha256 *sha256, int16_t *kind, struct buffer *bytes,
                                     struct zcd_error *err)
{
    ZCD_AUTO(db_rows_done)
    struct db_rows rows = {0};
    struct bytes digest = {sha256->bytes, SHA256_SIZE};
    struct bytes body;
    int32_t number;

    if (db_query(db, &READ_DOCUMENT, DB_VALUES(db_bytea(digest)), &rows, err) != ZCD_OK)
        return err->code;
    if (rows.count == 0)
        return zcd_fail(err, ZCD_NOT_FOUND, "log: there is no such document");
    if (db_rows_int4(&rows, 0, "kind", &number, err) != ZCD_OK || db_rows_bytea(&rows, 0, "body", &body, err) != ZCD_OK)
        return err->code;
    buffer_append(bytes, body.data, body.size);
    *kind = (int16_t)number;
    return ZCD_OK;
}

/* ------------------------------------------------------------------- life */

static void disconnect(struct store *store)
{
    db_close(of(store)->db);
    of(store)->db = NULL;
}

static void close_store(struct store *store)
{
    disconnect(store);
    free(of(store)->conninfo);
    free(of(store)->role);
    free(store);
}

static const struct store_methods METHODS = {
    .read_head = read_head,
    .create_head = create_head,
    .append = append,
    .find_batch = find_batch,
    .read_nodes = read_nodes,
    .disconnect = disconnect,
    .close = close_store,
};

struct store *store_pg_new(const char *conninfo, const char *role, int32_t statement_timeout_ms)
{
    struct store_pg *pg = calloc(1, sizeof *pg);
    if (pg == NULL)
        abort();
    pg->base.methods = &METHODS;
    pg->conninfo = copy_text(conninfo);
    pg->role = copy_text(role);
    pg->statement_timeout_ms = statement_timeout_ms;
    return &pg->base;
}
