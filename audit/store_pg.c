#include "audit/store.h"

#include "audit/fault.h"
#include "audit/log.h"
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
/* A statement of its own, behind the lock: joined to the head it would be read as of before the lock was waited for. */
static const struct db_statement READ_SEAL = {
    "log_read_seal",
    "SELECT id, first_index, first_index + leaf_count AS size, root_before, root, signature FROM log_batch"
    " WHERE id = (SELECT batch_id FROM log_head)"};
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

static enum zcd_code decode_seal(const struct db_rows *rows, struct store_seal *seal, struct zcd_error *err)
{
    struct store_seal read = {.is_signed = true};
    int64_t size_before, size_after;

    *seal = (struct store_seal){.is_signed = false};
    if (rows->count == 0 || db_rows_is_null(rows, 0, "signature"))
        return ZCD_OK;
    if (db_rows_fixed(rows, 0, "id", read.statement.id, BATCH_ID_SIZE, err) != ZCD_OK
        || db_rows_int8(rows, 0, "first_index", &size_before, err) != ZCD_OK
        || db_rows_int8(rows, 0, "size", &size_after, err) != ZCD_OK
        || db_rows_fixed(rows, 0, "root_before", read.statement.root_before.bytes, SHA256_SIZE, err) != ZCD_OK
        || db_rows_fixed(rows, 0, "root", read.statement.root_after.bytes, SHA256_SIZE, err) != ZCD_OK
        || db_rows_fixed(rows, 0, "signature", read.signature.bytes, SIGNATURE_SIZE, err) != ZCD_OK)
        return err->code;
    read.statement.size_before = (uint64_t)size_before;
    read.statement.size_after = (uint64_t)size_after;
    *seal = read;
    return ZCD_OK;
}

/* In one snapshot, since nothing is locked. */
static enum zcd_code read_head_body(struct db *db, void *context, struct zcd_error *err)
{
    ZCD_AUTO(db_rows_done)
    struct db_rows head_rows = {0};
    ZCD_AUTO(db_rows_done)
    struct db_rows seal_rows = {0};
    struct store_head *head = context;

    if (db_queue(db, &READ_HEAD, DB_NO_VALUES, &head_rows, err) != ZCD_OK
        || db_query(db, &READ_SEAL, DB_NO_VALUES, &seal_rows, err) != ZCD_OK)
        return err->code;
    enum zcd_code code = decode_head(&head_rows, head, err);
    return code == ZCD_OK ? decode_seal(&seal_rows, &head->seal, err) : code;
}

static enum zcd_code read_head(struct store *store, struct store_head *head, struct zcd_error *err)
{
    struct store_head read = {.at_us = 0};
    struct db *db;
    enum zcd_code code = connected(store, &db, err);

    if (code == ZCD_OK)
        code = db_transaction_run(db, DB_REPEATABLE_READ_ONLY, read_head_body, &read, err);
    if (code == ZCD_OK)
        *head = read;
    return code;
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
    const struct store_steps *steps;
    void *context;
    bool rows_refused; /* by a step itself */
};

/* The newest number of each, by one look into the key (uscc, sequence); with the head locked nobody can add one. */
static const struct db_statement READ_SEQUENCES = {
    "log_read_sequences", "SELECT coalesce((SELECT r.sequence FROM log_record r WHERE r.uscc = o.uscc"
                          "                 ORDER BY r.sequence DESC LIMIT 1), 0) AS sequence_last"
                          " FROM unnest($1::text[]) WITH ORDINALITY AS o (uscc, n) ORDER BY o.n"};

/* One round trip: BEGIN, the head's lock, and behind it the sequences. */
static enum zcd_code lock_head(struct db *db, struct append *append, struct store_head *head, struct zcd_error *err)
{
    ZCD_AUTO(db_rows_done)
    struct db_rows head_rows = {0};
    ZCD_AUTO(db_rows_done)
    struct db_rows seal_rows = {0};
    ZCD_AUTO(db_rows_done)
    struct db_rows sequences = {0};
    ZCD_AUTO(db_array_done)
    struct db_array usccs;

    db_array_init(&usccs, DB_TEXT_ARRAY);
    for (size_t i = 0; i < append->organisation_count; i++)
        db_array_add_text(&usccs, append->organisations[i].uscc);
    if (db_queue(db, &LOCK_HEAD, DB_NO_VALUES, &head_rows, err) != ZCD_OK
        || db_queue(db, &READ_SEAL, DB_NO_VALUES, &seal_rows, err) != ZCD_OK
        || db_query(db, &READ_SEQUENCES, DB_VALUES(db_array_value(&usccs)), &sequences, err) != ZCD_OK)
        return err->code;
    assert((size_t)sequences.count == append->organisation_count);
    for (int i = 0; i < sequences.count; i++) {
        int64_t last;
        if (db_rows_int8(&sequences, i, "sequence_last", &last, err) != ZCD_OK)
            return err->code;
        append->organisations[i].sequence_last = (uint64_t)last;
    }
    enum zcd_code code = decode_head(&head_rows, head, err);
    return code == ZCD_OK ? decode_seal(&seal_rows, &head->seal, err) : code;
}

static const struct db_statement INSERT_LEAVES = {"log_insert_leaves",
                                                  "INSERT INTO log_leaf (index, leaf_hash, leaf)"
                                                  " SELECT $1 + n - 1, leaf_hash, leaf"
                                                  " FROM unnest($2::bytea[], $3::bytea[])"
                                                  "      WITH ORDINALITY AS x (leaf_hash, leaf, n)"};

static enum zcd_code queue_leaves(struct db *db, const struct store_batch *batch, struct zcd_error *err)
{
    ZCD_AUTO(db_array_done)
    struct db_array hashes, leaves;

    db_array_init(&hashes, DB_BYTEA_ARRAY);
    db_array_init(&leaves, DB_BYTEA_ARRAY);
    for (size_t i = 0; i < batch->leaf_count; i++) {
        db_array_add_bytea(&hashes, (struct bytes){batch->leaves[i].leaf_hash.bytes, SHA256_SIZE});
        db_array_add_bytea(&leaves, batch->leaves[i].leaf);
    }
    return db_queue(db, &INSERT_LEAVES,
                    DB_VALUES(db_int8((int64_t)batch->first_index), db_array_value(&hashes), db_array_value(&leaves)),
                    NULL, err);
}

/* Reasons are codes, without spaces: an array of arrays would have to be rectangular. */
static const struct db_statement INSERT_RECORDS = {
    "log_insert_records",
    "INSERT INTO log_record (uscc, sequence, index, kind, at, application, actor_id, as_of, outcome, reasons, lender)"
    " SELECT uscc, sequence, $1 + n - 1, kind, $2, application, actor_id, as_of::date, outcome,"
    "        string_to_array(reasons, ' '), lender"
    " FROM unnest($3::text[], $4::int8[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[],"
    "      $11::text[]) WITH ORDINALITY AS x (uscc, sequence, kind, application, actor_id, as_of, outcome, reasons, lender, n)"};

enum {
    RECORD_USCC,
    RECORD_KIND_NAME,
    RECORD_APPLICATION,
    RECORD_ACTOR,
    RECORD_AS_OF,
    RECORD_OUTCOME,
    RECORD_REASONS,
    RECORD_LENDER,
    RECORD_TEXTS
};

static void add_record(const struct store_leaf *leaf, struct db_array text[RECORD_TEXTS], struct buffer *reasons)
{
    const struct record *record = leaf->record;
    char day[DATE_TEXT_SIZE];

    buffer_clear(reasons);
    buffer_append_text(reasons, "");
    for (size_t i = 0; i < leaf->summary.reason_count; i++)
        buffer_append_format(reasons, "%s%s", i == 0 ? "" : " ", leaf->summary.reasons[i]);
    db_array_add_text(&text[RECORD_USCC], record->subject.uscc.text);
    db_array_add_text(&text[RECORD_KIND_NAME], record_kind_name(record->kind));
    db_array_add_text(&text[RECORD_APPLICATION], record->subject.application);
    db_array_add_text(&text[RECORD_ACTOR], record->actor.id);
    db_array_add_text(&text[RECORD_AS_OF], date_is_none(record->as_of) ? NULL : date_format(record->as_of, day));
    db_array_add_text(&text[RECORD_OUTCOME], leaf->summary.outcome);
    db_array_add_text(&text[RECORD_REASONS], leaf->summary.reason_count == 0 ? "" : (const char *)reasons->data);
    db_array_add_text(&text[RECORD_LENDER], record->actor.lender);
}

static enum zcd_code queue_records(struct db *db, const struct store_batch *batch, struct zcd_error *err)
{
    ZCD_AUTO(buffer_done)
    struct buffer reasons = {0};
    ZCD_AUTO(db_array_done)
    struct db_array sequences;
    struct db_array text[RECORD_TEXTS];

    db_array_init(&sequences, DB_INT8_ARRAY);
    for (int i = 0; i < RECORD_TEXTS; i++)
        db_array_init(&text[i], DB_TEXT_ARRAY);
    for (size_t i = 0; i < batch->leaf_count; i++) {
        db_array_add_int8(&sequences, (int64_t)batch->leaves[i].sequence);
        add_record(&batch->leaves[i], text, &reasons);
    }
    enum zcd_code code =
        db_queue(db, &INSERT_RECORDS,
                 DB_VALUES(db_int8((int64_t)batch->first_index), db_timestamptz(batch->head.at_us),
                           db_array_value(&text[RECORD_USCC]), db_array_value(&sequences),
                           db_array_value(&text[RECORD_KIND_NAME]), db_array_value(&text[RECORD_APPLICATION]),
                           db_array_value(&text[RECORD_ACTOR]), db_array_value(&text[RECORD_AS_OF]),
                           db_array_value(&text[RECORD_OUTCOME]), db_array_value(&text[RECORD_REASONS]),
                           db_array_value(&text[RECORD_LENDER])),
                 NULL, err);
    for (int i = 0; i < RECORD_TEXTS; i++)
        db_array_done(&text[i]);
    return code;
}

static const struct db_statement INSERT_VALUES = {
    "log_insert_values", "INSERT INTO personal_value (uscc, commitment, salt, value, log_index)"
                         " SELECT uscc, commitment, salt, convert_from(value, 'UTF8'), log_index"
                         " FROM unnest($1::text[], $2::bytea[], $3::bytea[], $4::bytea[], $5::int8[])"
                         "      AS x (uscc, commitment, salt, value, log_index)"};

static enum zcd_code queue_values(struct db *db, const struct store_batch *batch, struct zcd_error *err)
{
    if (batch->value_count == 0)
        return ZCD_OK;

    ZCD_AUTO(db_array_done)
    struct db_array usccs, commitments, salts, values, indices;

    db_array_init(&usccs, DB_TEXT_ARRAY);
    db_array_init(&commitments, DB_BYTEA_ARRAY);
    db_array_init(&salts, DB_BYTEA_ARRAY);
    db_array_init(&values, DB_BYTEA_ARRAY);
    db_array_init(&indices, DB_INT8_ARRAY);
    for (size_t i = 0; i < batch->value_count; i++) {
        const struct commitment *commitment = batch->values[i].commitment;
        db_array_add_text(&usccs, batch->values[i].uscc);
        db_array_add_bytea(&commitments, (struct bytes){commitment->digest.bytes, SHA256_SIZE});
        db_array_add_bytea(&salts, (struct bytes){commitment->salt, COMMITMENT_SALT_SIZE});
        db_array_add_bytea(&values, commitment->value);
        db_array_add_int8(&indices, (int64_t)batch->values[i].index);
    }
    return db_queue(db, &INSERT_VALUES,
                    DB_VALUES(db_array_value(&usccs), db_array_value(&commitments), db_array_value(&salts),
                              db_array_value(&values), db_array_value(&indices)),
                    NULL, err);
}

/*
 * The database has all rows that the tile is made of, since they were inserted before it, here or earlier. A statement
 * sees what those before it did, but not its own rows: so one for each tile, lower levels first.
 */
static const struct db_statement INSERT_LEAF_TILE = {
    "log_insert_leaf_tile", "INSERT INTO log_tile (level, index, root, hashes)"
                            " SELECT 0, $1, $2, string_agg(leaf_hash, ''::bytea ORDER BY index) FROM log_leaf"
                            " WHERE index >= $1 * 256 AND index < ($1 + 1) * 256"};
static const struct db_statement INSERT_BUNDLE = {
    "log_insert_bundle",
    "INSERT INTO log_bundle (index, body)"
    " SELECT $1, string_agg(substring(int4send(octet_length(leaf)) FROM 3) || leaf, ''::bytea ORDER BY index)"
    " FROM log_leaf WHERE index >= $1 * 256 AND index < ($1 + 1) * 256"};
static const struct db_statement INSERT_UPPER_TILE = {
    "log_insert_upper_tile", "INSERT INTO log_tile (level, index, root, hashes)"
                             " SELECT $3::int4, $1, $2, string_agg(root, ''::bytea ORDER BY index) FROM log_tile"
                             " WHERE level = $3::int4 - 1 AND index >= $1 * 256 AND index < ($1 + 1) * 256"};

static enum zcd_code queue_tiles(struct db *db, const struct store_batch *batch, struct zcd_error *err)
{
    for (size_t i = 0; i < batch->full_tile_count; i++) {
        const struct store_full_tile *tile = &batch->full_tiles[i];
        struct db_value index = db_int8((int64_t)tile->index);
        struct db_value root = db_bytea((struct bytes){tile->root.bytes, SHA256_SIZE});
        enum zcd_code code;

        if (tile->level > 0) {
            code = db_queue(db, &INSERT_UPPER_TILE, DB_VALUES(index, root, db_int4(tile->level)), NULL, err);
        } else {
            code = db_queue(db, &INSERT_LEAF_TILE, DB_VALUES(index, root), NULL, err);
            if (code == ZCD_OK)
                code = db_queue(db, &INSERT_BUNDLE, DB_VALUES(index), NULL, err);
        }
        if (code != ZCD_OK)
            return code;
    }
    return ZCD_OK;
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
    "log_insert_batch", "INSERT INTO log_batch (id, first_index, leaf_count, created_at, root_before, root, signature)"
                        " VALUES ($1, $2, $3, $4, $5, $6, $7)"};

static enum zcd_code queue_batch_and_head(struct db *db, const struct store_batch *batch, struct zcd_error *err)
{
    const struct merkle_range *range = &batch->head.range;
    struct bytes peaks = {range->peak[0].bytes, (size_t)merkle_range_peak_count(range) * SHA256_SIZE};
    const struct store_seal *seal = &batch->head.seal;

    assert(seal->is_signed);
    enum zcd_code code = db_queue(db, &INSERT_BATCH,
                                  DB_VALUES(db_uuid(batch->id), db_int8((int64_t)batch->first_index),
                                            db_int8((int64_t)batch->leaf_count), db_timestamptz(batch->head.at_us),
                                            db_bytea((struct bytes){seal->statement.root_before.bytes, SHA256_SIZE}),
                                            db_bytea((struct bytes){seal->statement.root_after.bytes, SHA256_SIZE}),
                                            db_bytea((struct bytes){seal->signature.bytes, SIGNATURE_SIZE})),
                                  NULL, err);

    if (code != ZCD_OK)
        return code;
    return db_queue(db, &MOVE_HEAD,
                    DB_VALUES(db_int8((int64_t)range->size), db_bytea(peaks), db_timestamptz(batch->head.at_us),
                              db_uuid(batch->id)),
                    NULL, err);
}

static enum zcd_code write_rows(struct db *db, struct append *append, store_rows *rows, struct zcd_error *err)
{
    enum zcd_code code = rows == NULL ? ZCD_OK : rows(db, append->context, err);

    append->rows_refused = code != ZCD_OK && code != ZCD_UNAVAILABLE;
    return code;
}

static enum zcd_code append_body(struct db *db, void *context, struct zcd_error *err)
{
    struct append *append = context;
    struct store_head head;
    struct store_batch batch = {0};

    enum zcd_code code = write_rows(db, append, append->steps->prepare, err);
    if (code == ZCD_OK)
        code = lock_head(db, append, &head, err);
    if (code == ZCD_OK)
        code = append->steps->compose(&head, append->context, &batch, err);
    if (code != ZCD_OK)
        return code;
    assert(batch.leaf_count > 0);
    assert(batch.head.range.size == head.range.size + batch.leaf_count);

    /* All of it travels with the COMMIT: the second and last round trip. */
    code = queue_leaves(db, &batch, err);
    if (code == ZCD_OK)
        code = queue_records(db, &batch, err);
    if (code == ZCD_OK)
        code = queue_values(db, &batch, err);
    if (code == ZCD_OK)
        code = queue_tiles(db, &batch, err);
    if (code == ZCD_OK)
        code = queue_documents(db, &batch, err);
    if (code == ZCD_OK)
        code = queue_batch_and_head(db, &batch, err);
    if (code == ZCD_OK)
        code = write_rows(db, append, append->steps->rows, err);
    fault_point("rows_queued");
    return code;
}

/* A refusal of the log's own rows (leaves beyond the head, rights missing) is nobody's but the database's. */
static bool is_own(const struct db_statement *statement)
{
    const struct db_statement *const own[] = {&LOCK_HEAD,      &READ_SEAL,        &READ_SEQUENCES, &INSERT_LEAVES,
                                              &INSERT_RECORDS, &INSERT_LEAF_TILE, &INSERT_BUNDLE,  &INSERT_UPPER_TILE,
                                              &INSERT_BATCH,   &MOVE_HEAD};
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
                            const struct store_steps *steps, void *context, enum store_outcome *outcome,
                            struct zcd_error *err)
{
    struct append call = {organisations, organisation_count, steps, context, false};
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

/* A full tile is one row; the last one of a level is made of the rows below it. Looks into primary keys only. */
static const struct db_statement READ_TILES = {
    "log_read_tiles",
    "SELECT coalesce("
    "  (SELECT t.hashes FROM log_tile t WHERE t.level = x.level::int2 AND t.index = x.index),"
    "  CASE WHEN x.level = 0"
    "       THEN (SELECT string_agg(l.leaf_hash, ''::bytea ORDER BY l.index) FROM log_leaf l"
    "             WHERE l.index >= x.index * 256 AND l.index < (x.index + 1) * 256)"
    "       ELSE (SELECT string_agg(c.root, ''::bytea ORDER BY c.index) FROM log_tile c"
    "             WHERE c.level = (x.level - 1)::int2 AND c.index >= x.index * 256 AND c.index < (x.index + 1) * 256)"
    "  END, ''::bytea) AS hashes"
    " FROM unnest($1::int4[], $2::int8[]) WITH ORDINALITY AS x (level, index, n) ORDER BY x.n"};

static enum zcd_code query_tiles(struct db *db, const struct store_tile *tiles, size_t count, struct db_rows *rows,
                                 struct zcd_error *err)
{
    ZCD_AUTO(db_array_done)
    struct db_array levels, indices;

    db_array_init(&levels, DB_INT4_ARRAY);
    db_array_init(&indices, DB_INT8_ARRAY);
    for (size_t i = 0; i < count; i++) {
        db_array_add_int4(&levels, tiles[i].at.level);
        db_array_add_int8(&indices, (int64_t)tiles[i].at.index);
    }
    return db_query(db, &READ_TILES, DB_VALUES(db_array_value(&levels), db_array_value(&indices)), rows, err);
}

static enum zcd_code decode_tiles(const struct db_rows *rows, struct store_tile *tiles, size_t count,
                                  struct zcd_error *err)
{
    assert((size_t)rows->count == count);
    for (size_t i = 0; i < count; i++) {
        struct bytes hashes;

        if (db_rows_bytea(rows, (int)i, "hashes", &hashes, err) != ZCD_OK)
            return err->code;
        if (hashes.size > TILE_SIZE || hashes.size % SHA256_SIZE != 0
            || hashes.size < (size_t)tiles[i].at.width * SHA256_SIZE)
            return zcd_fail(err, ZCD_CORRUPT, "log: tile %d/%llu has %zu bytes where %d hashes should be",
                            tiles[i].at.level, (unsigned long long)tiles[i].at.index, hashes.size, tiles[i].at.width);
        memcpy(tiles[i].hash, hashes.data, hashes.size);
    }
    return ZCD_OK;
}

enum zcd_code store_pg_read_tiles(struct db *db, struct store_tile *tiles, size_t count, struct zcd_error *err)
{
    ZCD_AUTO(db_rows_done)
    struct db_rows rows = {0};
    enum zcd_code code = query_tiles(db, tiles, count, &rows, err);

    return code == ZCD_OK ? decode_tiles(&rows, tiles, count, err) : code;
}

static enum zcd_code read_tiles(struct store *store, struct store_tile *tiles, size_t count, struct zcd_error *err)
{
    struct db *db;
    enum zcd_code code = connected(store, &db, err);

    return code == ZCD_OK ? store_pg_read_tiles(db, tiles, count, err) : code;
}

static const struct db_statement READ_BUNDLE = {
    "log_read_bundle",
    "SELECT coalesce((SELECT body FROM log_bundle WHERE index = $1),"
    "  (SELECT string_agg(substring(int4send(octet_length(leaf)) FROM 3) || leaf, ''::bytea ORDER BY index)"
    "   FROM log_leaf WHERE index >= $1 * 256 AND index < $1 * 256 + $2::int4), ''::bytea) AS body"};

enum zcd_code store_pg_read_bundle(struct db *db, uint64_t index, int width, struct buffer *bundle,
                                   struct zcd_error *err)
{
    ZCD_AUTO(db_rows_done)
    struct db_rows rows = {0};
    struct bytes body, first;
    struct zcd_error reason;

    if (db_query(db, &READ_BUNDLE, DB_VALUES(db_int8((int64_t)index), db_int4(width)), &rows, err) != ZCD_OK
        || db_rows_bytea(&rows, 0, "body", &body, err) != ZCD_OK)
        return err->code;
    if (tile_first_entries(body, width, &first, &reason) != ZCD_OK)
        return zcd_fail(err, ZCD_CORRUPT, "log: entry bundle %llu: %.200s", (unsigned long long)index, reason.message);
    buffer_append(bundle, first.data, first.size);
    return ZCD_OK;
}

static enum zcd_code read_bundle(struct store *store, uint64_t index, int width, struct buffer *bundle,
                                 struct zcd_error *err)
{
    struct db *db;
    enum zcd_code code = connected(store, &db, err);

    return code == ZCD_OK ? store_pg_read_bundle(db, index, width, bundle, err) : code;
}

static const struct db_statement READ_LEAF = {"log_read_leaf", "SELECT leaf FROM log_leaf WHERE index = $1"};

enum zcd_code store_pg_read_leaf(struct db *db, uint64_t index, struct store_tile *tiles, size_t tile_count,
                                 struct buffer *leaf, struct zcd_error *err)
{
    ZCD_AUTO(db_rows_done)
    struct db_rows leaf_rows = {0};
    ZCD_AUTO(db_rows_done)
    struct db_rows tile_rows = {0};
    struct bytes bytes;

    const struct db_value at = db_int8((int64_t)index);
    if (tile_count == 0) {
        if (db_query(db, &READ_LEAF, &at, 1, &leaf_rows, err) != ZCD_OK)
            return err->code;
    } else if (db_queue(db, &READ_LEAF, &at, 1, &leaf_rows, err) != ZCD_OK
               || query_tiles(db, tiles, tile_count, &tile_rows, err) != ZCD_OK)
        return err->code;
    if (leaf_rows.count == 0)
        return zcd_fail(err, ZCD_NOT_FOUND, "log: there is no leaf %llu", (unsigned long long)index);
    if (db_rows_bytea(&leaf_rows, 0, "leaf", &bytes, err) != ZCD_OK
        || (tile_count > 0 && decode_tiles(&tile_rows, tiles, tile_count, err) != ZCD_OK))
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

/* --------------------------------------------------------------- searching */

/*
 * One statement for each index that can lead the search, so that none is ever planned for the wrong one; what else is
 * asked for filters on the way. Instants never go back, so a span of time is a span of indices, which the batches know.
 */
#define SEARCH(condition, order)                                                                                       \
    "SELECT r.index, l.leaf FROM log_record r JOIN log_leaf l ON l.index = r.index"                                    \
    " WHERE " condition " AND r.index < $1"                                                                            \
    " AND ($3::text IS NULL OR r.uscc = $3) AND ($4::text IS NULL OR r.application = $4)"                              \
    " AND ($5::text IS NULL OR r.actor_id = $5) AND ($6::text IS NULL OR r.reasons @> ARRAY[$6::text])"                \
    " AND ($7::text IS NULL OR r.outcome = $7) AND ($8::text IS NULL OR r.kind = $8)"                                  \
    " AND ($11::text IS NULL OR r.lender = $11)"                                                                       \
    " AND ($9::timestamptz IS NULL OR r.index >= coalesce((SELECT first_index FROM log_batch WHERE created_at >= $9"   \
    "      ORDER BY created_at, first_index LIMIT 1), 9223372036854775807))"                                           \
    " AND ($10::timestamptz IS NULL OR r.index < coalesce((SELECT first_index FROM log_batch WHERE created_at >= $10"  \
    "      ORDER BY created_at, first_index LIMIT 1), 9223372036854775807))"                                           \
    " ORDER BY " order " DESC LIMIT $2::int8"

static const struct db_statement SEARCH_USCC = {"log_search_uscc", SEARCH("r.uscc = $3", "r.sequence")};
static const struct db_statement SEARCH_APPLICATION = {"log_search_application",
                                                       SEARCH("r.application = $4", "r.index")};
static const struct db_statement SEARCH_ACTOR = {"log_search_actor", SEARCH("r.actor_id = $5", "r.index")};
static const struct db_statement SEARCH_REASON = {"log_search_reason",
                                                  SEARCH("r.reasons @> ARRAY[$6::text]", "r.index")};
static const struct db_statement SEARCH_OUTCOME = {"log_search_outcome", SEARCH("r.outcome = $7", "r.index")};
static const struct db_statement SEARCH_KIND = {"log_search_kind", SEARCH("r.kind = $8", "r.index")};
static const struct db_statement SEARCH_LENDER = {"log_search_lender", SEARCH("r.lender = $11", "r.index")};
static const struct db_statement SEARCH_ALL = {"log_search_all", SEARCH("true", "r.index")};

/* By what says most. */
static const struct db_statement *search_statement(const struct log_search *search)
{
    if (search->uscc != NULL)
        return &SEARCH_USCC;
    if (search->application != NULL)
        return &SEARCH_APPLICATION;
    if (search->reason != NULL)
        return &SEARCH_REASON;
    if (search->actor_id != NULL)
        return &SEARCH_ACTOR;
    if (search->outcome != NULL)
        return &SEARCH_OUTCOME;
    if (search->kind != NULL)
        return &SEARCH_KIND;
    return search->lender != NULL ? &SEARCH_LENDER : &SEARCH_ALL;
}

static struct db_value instant_or_null(int64_t at_us)
{
    return at_us == 0 ? db_null(DB_TIMESTAMPTZ) : db_timestamptz(at_us);
}

enum zcd_code store_pg_search(struct db *db, const struct log_search *search, struct log_found *found,
                              struct zcd_error *err)
{
    ZCD_AUTO(db_rows_done)
    struct db_rows rows = {0};
    int64_t below = search->below > INT64_MAX ? INT64_MAX : (int64_t)search->below;

    if (db_query(db, search_statement(search),
                 DB_VALUES(db_int8(below), db_int8((int64_t)search->limit + 1), db_text(search->uscc),
                           db_text(search->application), db_text(search->actor_id), db_text(search->reason),
                           db_text(search->outcome), db_text(search->kind), instant_or_null(search->from_us),
                           instant_or_null(search->to_us), db_text(search->lender)),
                 &rows, err)
        != ZCD_OK)
        return err->code;
    found->has_more = (size_t)rows.count > search->limit;
    for (int i = 0; i < rows.count && (size_t)i < search->limit; i++) {
        struct bytes leaf;
        int64_t index;
        if (db_rows_int8(&rows, i, "index", &index, err) != ZCD_OK
            || db_rows_bytea(&rows, i, "leaf", &leaf, err) != ZCD_OK)
            return err->code;
        if (leaf.size > TILE_ENTRY_SIZE_MAX)
            return zcd_fail(err, ZCD_CORRUPT, "log: a stored leaf is too large");
        found->index[found->count++] = (uint64_t)index;
        tile_append_entry(&found->leaves, leaf);
    }
    return ZCD_OK;
}

/* ----------------------------------------------------------------- counting */

static const struct db_statement COUNT_KINDS = {
    "log_count_kinds", "SELECT kind, count(*) AS records FROM log_record WHERE index >= $1 AND index < $2"
                       " GROUP BY kind ORDER BY kind COLLATE \"C\""};

enum zcd_code store_pg_count_kinds(struct db *db, uint64_t from, uint64_t to, struct log_kind_counts *counts,
                                   struct zcd_error *err)
{
    ZCD_AUTO(db_rows_done)
    struct db_rows rows = {0};

    if (db_query(db, &COUNT_KINDS, DB_VALUES(db_int8((int64_t)from), db_int8((int64_t)to)), &rows, err) != ZCD_OK)
        return err->code;
    if (rows.count > LOG_KINDS_MAX)
        return zcd_fail(err, ZCD_CORRUPT, "log: more kinds of records than there are");
    counts->count = (size_t)rows.count;
    for (int i = 0; i < rows.count; i++) {
        const char *kind;
        int64_t records;
        if (db_rows_text(&rows, i, "kind", &kind, err) != ZCD_OK
            || db_rows_int8(&rows, i, "records", &records, err) != ZCD_OK)
            return err->code;
        if (record_kind_parse(kind, &counts->row[i].kind, err) != ZCD_OK)
            return zcd_fail(err, ZCD_CORRUPT, "log: a record of an unknown kind");
        counts->row[i].records = (uint64_t)records;
    }
    return ZCD_OK;
}

/* All records of a batch have one instant. */
static const struct db_statement FIND_INSTANT = {
    "log_find_instant", "SELECT coalesce((SELECT first_index FROM log_batch WHERE created_at >= $1"
                        " ORDER BY created_at, first_index LIMIT 1), $2) AS index"};

enum zcd_code store_pg_find_instant(struct db *db, int64_t at_us, uint64_t size, uint64_t *index, struct zcd_error *err)
{
    ZCD_AUTO(db_rows_done)
    struct db_rows rows = {0};
    int64_t found;

    if (db_query(db, &FIND_INSTANT, DB_VALUES(db_timestamptz(at_us), db_int8((int64_t)size)), &rows, err) != ZCD_OK
        || db_rows_int8(&rows, 0, "index", &found, err) != ZCD_OK)
        return err->code;
    *index = (uint64_t)found < size ? (uint64_t)found : size;
    return ZCD_OK;
}

static const struct db_statement READ_INSTANT = {"log_read_instant", "SELECT at FROM log_record WHERE index = $1"};

enum zcd_code store_pg_read_instant(struct db *db, uint64_t index, int64_t *at_us, struct zcd_error *err)
{
    ZCD_AUTO(db_rows_done)
    struct db_rows rows = {0};

    if (db_query(db, &READ_INSTANT, DB_VALUES(db_int8((int64_t)index)), &rows, err) != ZCD_OK)
        return err->code;
    if (rows.count == 0)
        return zcd_fail(err, ZCD_NOT_FOUND, "log: there is no record %llu", (unsigned long long)index);
    return db_rows_timestamptz(&rows, 0, "at", at_us, err);
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
    .read_tiles = read_tiles,
    .read_bundle = read_bundle,
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
