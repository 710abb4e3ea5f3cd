/*
 * store.h - what the log needs of the database, in sentences; store_pg.c is PostgreSQL.
 *
 * What it must promise:
 *   - a transaction's leaves, tiles, bundles, documents, business rows, batch and head are kept together or not at all, and once
 *     STORE_KEPT is said, on disk;
 *   - transactions of all writers follow one another: what compose() sees as the head is what the batch follows;
 *   - what is kept never changes;
 *   - when it cannot say whether a transaction was kept, it says STORE_UNKNOWN, and find_batch() finds out.
 * It trusts nothing it is given and need not be trusted: the log checks all it reads against signed roots.
 * Thread: a store belongs to one thread at a time. A store that lost its connection makes a new one at the next call.
 */
#ifndef AUDIT_STORE_H
#define AUDIT_STORE_H

#include "audit/batch_statement.h"
#include "audit/commitment.h"
#include "audit/merkle.h"
#include "audit/note.h"
#include "audit/record.h"
#include "audit/sha256.h"
#include "audit/tile.h"
#include "base/bytes.h"
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define STORE_BATCH_ID_SIZE BATCH_ID_SIZE

struct db;
struct log_found;
struct log_search;
struct store;

/* What its writer signed of a batch. */
struct store_seal {
    bool is_signed; /* false for no batch at all, and for one of before there were signatures */
    struct batch_statement statement;
    struct signature signature;
};

/* How far the log reaches. */
struct store_head {
    char origin[NOTE_NAME_SIZE];
    struct merkle_range range;
    int64_t at_us;          /* of the newest leaves; 0 for an empty log */
    struct store_seal seal; /* of the newest batch */
};

struct store_leaf {
    struct bytes leaf;
    struct sha256 leaf_hash;
    uint64_t sequence;
    const struct record *record; /* what it is searched by */
    struct record_summary summary;
};

/* A value that the leaf of that index commits to. */
struct store_value {
    const char *uscc; /* "" for none */
    uint64_t index;
    const struct commitment *commitment;
};

/* A tile that a batch fills up; its hashes, and at level 0 the entry bundle, the store puts together from its rows. */
struct store_full_tile {
    int level;
    uint64_t index;
    struct sha256 root;
};

/* A tile to be read. */
struct store_tile {
    struct tile at;                 /* width: how many hashes are wanted */
    struct sha256 hash[TILE_WIDTH]; /* so many are filled in, or more */
};

struct store_document {
    struct sha256 sha256;
    int16_t kind;
    struct bytes bytes;
};

/* What one transaction adds. Borrowed from whoever composed it until append() returns. */
struct store_batch {
    uint8_t id[STORE_BATCH_ID_SIZE];
    uint64_t first_index; /* the size before */
    const struct store_leaf *leaves;
    size_t leaf_count;                        /* at least 1 */
    const struct store_full_tile *full_tiles; /* that are full with these leaves; lower levels first */
    size_t full_tile_count;
    const struct store_document *documents; /* those that are there already are passed over */
    size_t document_count;
    const struct store_value *values;
    size_t value_count;
    struct store_head head; /* after; its seal is this batch's */
};

/* An organisation ("" for the log itself) whose records are added, and the sequence of its newest; 0 when it has none. */
struct store_organisation {
    const char *uscc;
    uint64_t sequence_last; /* filled by the store before compose() */
};

/*
 * Called within the transaction, with the head locked. May run more than once. May call read_tiles(). Any code but ZCD_OK
 * ends the transaction and is handed on.
 *   batch  out  what to add
 */
typedef enum zcd_code store_compose(const struct store_head *head, void *context, struct store_batch *batch,
                                    struct zcd_error *err);

/* Business rows: called before the head is locked, or after the batch's own rows were queued. */
typedef enum zcd_code store_rows(struct db *db, void *context, struct zcd_error *err);

/* What is done within the transaction, in this order; the head is locked before compose. */
struct store_steps {
    store_rows *prepare; /* may be NULL */
    store_compose *compose;
    store_rows *rows; /* may be NULL */
};

enum store_outcome {
    STORE_KEPT = 0,
    STORE_NOT_KEPT,     /* compose said no, the database is away, or it refuses the log's own rows */
    STORE_ROWS_REFUSED, /* not kept: documents or business rows were refused, so other entries may pass without them */
    STORE_UNKNOWN       /* kept or not: see find_batch */
};

struct store_methods {
    /* The committed head. ZCD_NOT_FOUND when the log was never begun; ZCD_UNAVAILABLE; ZCD_CORRUPT. */
    enum zcd_code (*read_head)(struct store *store, struct store_head *head, struct zcd_error *err);

    /* Begin an empty log; nothing happens when there is a head. */
    enum zcd_code (*create_head)(struct store *store, const char *origin, struct zcd_error *err);

    /*
     * One transaction: prepare, lock the head, fill in the organisations' sequences, compose, insert, move the head, commit.
     *   organisations  in/out  distinct
     *   outcome        out     always written; STORE_KEPT exactly on ZCD_OK
     * The codes of the steps; ZCD_UNAVAILABLE when the database is away; other codes as db_query has them.
     */
    enum zcd_code (*append)(struct store *store, struct store_organisation *organisations, size_t organisation_count,
                            const struct store_steps *steps, void *context, enum store_outcome *outcome,
                            struct zcd_error *err);

    /* Wait until no transaction holds the head, then say whether the batch was kept. Bounded: ZCD_UNAVAILABLE. */
    enum zcd_code (*find_batch)(struct store *store, const uint8_t id[STORE_BATCH_ID_SIZE], bool *found,
                                struct zcd_error *err);

    /* Fill in the hashes of tiles, in one round trip. ZCD_CORRUPT when there are fewer than wanted. */
    enum zcd_code (*read_tiles)(struct store *store, struct store_tile *tiles, size_t count, struct zcd_error *err);

    /* Append the first `width` entries of an entry bundle. ZCD_CORRUPT when there are fewer. */
    enum zcd_code (*read_bundle)(struct store *store, uint64_t index, int width, struct buffer *bundle,
                                 struct zcd_error *err);

    /* Let go of the connection, so that the next call makes a new one. */
    void (*disconnect)(struct store *store);
    void (*close)(struct store *store);
};

/* The first member of every implementation. */
struct store {
    const struct store_methods *methods;
};

/*
 * The log in PostgreSQL, as db/migrations has it. Connects at the first call, not here.
 *   role  in  as in struct db_options
 */
struct store *store_pg_new(const char *conninfo, const char *role, int32_t statement_timeout_ms);

/*
 * For readers, on their own connection. ZCD_NOT_FOUND; ZCD_UNAVAILABLE; ZCD_CORRUPT.
 *
 * A leaf and the tiles that prove it, in one round trip; tiles as in read_tiles.
 *   leaf  out  appended to
 */
enum zcd_code store_pg_read_leaf(struct db *db, uint64_t index, struct store_tile *tiles, size_t tile_count,
                                 struct buffer *leaf, struct zcd_error *err) ZCD_MUST_USE;

/* The tiles alone. */
enum zcd_code store_pg_read_tiles(struct db *db, struct store_tile *tiles, size_t count,
                                  struct zcd_error *err) ZCD_MUST_USE;

/*
 * The first `width` entries of an entry bundle, from the bundle if it is full and from at most 255 rows otherwise.
 *   bundle  out  appended to
 * ZCD_CORRUPT when there are fewer.
 */
enum zcd_code store_pg_read_bundle(struct db *db, uint64_t index, int width, struct buffer *bundle,
                                   struct zcd_error *err) ZCD_MUST_USE;
/* As log_count_kinds, log_find_instant and log_read_instant. */
struct log_kind_counts;
enum zcd_code store_pg_count_kinds(struct db *db, uint64_t from, uint64_t to, struct log_kind_counts *counts,
                                   struct zcd_error *err) ZCD_MUST_USE;
enum zcd_code store_pg_find_instant(struct db *db, int64_t at_us, uint64_t size, uint64_t *index,
                                    struct zcd_error *err) ZCD_MUST_USE;
enum zcd_code store_pg_read_instant(struct db *db, uint64_t index, int64_t *at_us, struct zcd_error *err) ZCD_MUST_USE;

/*
 * Records by what they say: log_search, below search->below.
 *   found  in/out  index has room for search->limit; leaves are appended to
 */
enum zcd_code store_pg_search(struct db *db, const struct log_search *search, struct log_found *found,
                              struct zcd_error *err) ZCD_MUST_USE;
enum zcd_code store_pg_read_document(struct db *db, const struct sha256 *sha256, int16_t *kind, struct buffer *bytes,
                                     struct zcd_error *err) ZCD_MUST_USE;

#endif
