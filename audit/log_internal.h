/*
 * log_internal.h - the parts of the log and what they share.
 *
 *   log.c         the queue, the thread, opening and closing
 *   log_writer.c  one batch from the queue to its answers: what is tried again, what is found out, what is given up
 *   log_batch.c   a batch in memory: sealing, growing the tree, proving
 *   log_sign.c    database against checkpoint store: who may sign what
 *   log_tail.c    leaves that were committed and not signed, read before they are
 *   log_tiles.c   fetching in one round trip the tiles that a proof needs
 *   log_read.c    readers
 *   log_cache.c   tiles that readers had
 *   log_search.c  records by what they say
 *   log_export.c  the log as a folder of tiles
 *   log_import.c  leaves put back from such a folder
 *
 * Thread: what is not said to be locked belongs to the writer's thread (and to log_open before there is one).
 */
#ifndef AUDIT_LOG_INTERNAL_H
#define AUDIT_LOG_INTERNAL_H

#include "audit/checkpoint_store.h"
#include "audit/log.h"
#include "audit/store.h"

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ------------------------------------------------------------------ tiles */

/* The tiles in which the nodes stand that routines of merkle.h ask for. {0} is empty. */
struct log_tiles {
    uint64_t size; /* of the tree that is read */
    struct store_tile *tile;
    size_t count, capacity;
};
void log_tiles_done(struct log_tiles *tiles);

/* Forget all tiles; what follows is about the tree of that size. */
void log_tiles_begin(struct log_tiles *tiles, uint64_t size);

/* First pass: note which tiles are asked for. Second pass, once the hashes are filled in: hand nodes out. */
enum zcd_code log_tiles_collect(void *tiles, int level, uint64_t index, struct sha256 *hash, struct zcd_error *err);
enum zcd_code log_tiles_lookup(void *tiles, int level, uint64_t index, struct sha256 *hash, struct zcd_error *err);

/* Is the node's tile among those noted? */
bool log_tiles_has(struct log_tiles *tiles, int level, uint64_t index);

/*
 * Tiles that readers had, with the nodes within them. What stands in it was read from the database and is believed no more
 * than that: a proof that does not lead to the signed root clears it and is read anew. Locked inside.
 */
struct log_cache;
struct log_cache *log_cache_new(void);
void log_cache_free(struct log_cache *cache); /* NULL is fine */
void log_cache_put(struct log_cache *cache, const struct store_tile *tile);
void log_cache_clear(struct log_cache *cache);

/* A permanent node, as merkle_lookup asks for it; false when its tile is not here, or not as wide. */
bool log_cache_find(struct log_cache *cache, int level, uint64_t index, struct sha256 *hash);

/* ------------------------------------------------------------------ batch */

/* Entries in the order of their leaves, and what becomes of them. {0} is empty; memory is kept from batch to batch. */
struct log_batch {
    struct log_entry **entries;
    size_t count, capacity;

    struct store_organisation *organisations; /* distinct, ascending; at most count */
    size_t organisation_count;
    struct buffer text; /* the leaves, one behind the other */
    struct store_leaf *leaves;
    struct store_document *documents;
    size_t document_count, document_capacity;
    struct store_value *values;
    size_t value_count, value_capacity;
    struct record_summary *summaries; /* in the arena */
    struct arena arena;

    /* Every node that became permanent, level by level, each level ascending; level 0 are the leaf hashes. */
    struct merkle_node *nodes;
    size_t node_count, node_capacity;
    size_t level_start[MERKLE_LEVEL_MAX + 2];
    struct store_full_tile *full_tiles;
    size_t full_tile_count, full_tile_capacity;
    struct store_head before, after;
    uint8_t id[STORE_BATCH_ID_SIZE];
};
void log_batch_done(struct log_batch *batch);
void log_batch_clear(struct log_batch *batch);
void log_batch_add(struct log_batch *batch, struct log_entry *entry);

/* Before the transaction: a new id, the organisations, the documents but for those in `known`. */
void log_batch_prepare(struct log_batch *batch, const struct sha256 *known, size_t known_count);

/*
 * Within the transaction, maybe more than once: give every entry its place behind head, seal, and grow the tree.
 *   now_us  in   the leaves carry it, or the head's instant when that is later
 *   out     out  borrowed from batch
 * ZCD_INVALID when a record cannot be sealed, which log_submit has ruled out.
 */
enum zcd_code log_batch_compose(struct log_batch *batch, const struct store_head *head, int64_t now_us,
                                struct store_batch *out, struct zcd_error *err);

/* merkle_lookup on a composed batch: all that proofs of its own leaves need at its own size is in memory. */
enum zcd_code log_batch_lookup(void *batch, int level, uint64_t index, struct sha256 *hash, struct zcd_error *err);

/* ---------------------------------------------------------------- signing */

/*
 * The codes of this section: ZCD_UNAVAILABLE for what may pass by itself (database, store or lock away); ZCD_CONFLICT when
 * signing is refused; ZCD_CORRUPT for damaged or forged data. For the last two a person is needed.
 */
struct log_signer {
    struct checkpoint_store *store;
    struct note_vkey vkey;
    const struct signature_key *key;
    int32_t lock_wait_ms;
    uint64_t signed_count;
    struct checkpoint newest; /* that this process has signed or seen: the store must never be behind it again */
    bool has_newest;
};

/* What the committed tree was last measured against: see log_sign_check. */
struct log_base {
    bool is_present; /* false only while a log begins: there is no checkpoint yet */
    struct checkpoint checkpoint;
};

/*
 * Journey step 2: read the newest checkpoint and make sure that the head extends it, and that what lies beyond it was
 * put together by a holder of the key.
 *   base  out  that checkpoint
 */
enum zcd_code log_sign_check(struct log_signer *signer, struct store *database, const struct store_head *head,
                             struct log_base *base, struct zcd_error *err);

/*
 * Journey step 4: bring the checkpoint store to at least the committed head.
 *   base        in   what the head is known to extend: log_sign_check's, before the head grew
 *   checkpoint  out  the newest: of the head's size, or larger when another process was first
 *   note        out  appended to
 */
enum zcd_code log_sign_head(struct log_signer *signer, struct store *database, const struct store_head *head,
                            const struct log_base *base, struct checkpoint *checkpoint, struct buffer *note,
                            struct zcd_error *err);

/*
 * Are the leaves from the checkpoint to the head, read one by one, those of the head's tree? For leaves that were committed
 * and never signed. ZCD_CONFLICT when signing is to be refused.
 */
enum zcd_code log_tail_check(struct store *database, const struct checkpoint *checkpoint, const struct store_head *head,
                             struct zcd_error *err);

/* At start and after trouble: sign what is committed and not yet signed. Begins the log when there is none. */
enum zcd_code log_sign_recover(struct log_signer *signer, struct store *database, struct checkpoint *checkpoint,
                               struct zcd_error *err);

/* Sign whatever the database holds as the store's first checkpoint: log_checkpoint_store_init. */
enum zcd_code log_sign_init(struct log_signer *signer, struct store *database, struct checkpoint *checkpoint,
                            struct zcd_error *err);

/* ----------------------------------------------------------------- the log */

enum { LOG_KNOWN_DOCUMENTS = 64 };

struct log {
    struct log_config config; /* defaults filled in */
    struct store *database;
    struct log_signer signer;
    struct log_batch batch;
    struct buffer note; /* the checkpoint that the batch is answered with */
    struct log_tiles tiles;
    struct sha256 known[LOG_KNOWN_DOCUMENTS]; /* documents that are kept already, a ring: policies above all */
    size_t known_count, known_next;
    struct log_base base;
    pthread_t thread;
    bool has_thread; /* a reader has none */

    pthread_mutex_t mutex; /* guards all below */
    pthread_cond_t wake;
    struct log_entry *first, *last;
    size_t waiting, waiting_bytes;
    int64_t writing_since_ms; /* when the oldest entry of the batch being written was submitted; 0: none is */
    bool is_closing, is_ready;
    struct zcd_error trouble; /* when not ready */
    struct log_counts counts;

    pthread_mutex_t reader_mutex; /* guards the readers' own view of the checkpoint store */
    struct checkpoint_store *reader_store;
    struct log_cache *cache; /* of the readers */
};

/* Write the batch in log->batch and answer its entries. Returns false when the log is in trouble, which is noted. */
bool log_write_batch(struct log *log);

/* Answer every entry of a list with the error. */
void log_answer_error(struct log *log, struct log_entry *const *entries, size_t count, const struct zcd_error *err);

/* Locked inside. Trouble reaches clients as ZCD_UNAVAILABLE, whatever it is here. */
void log_set_ready(struct log *log, const struct checkpoint *newest);
void log_set_trouble(struct log *log, const struct zcd_error *err);

/*
 * log_open on a given store instead of PostgreSQL as the configuration names it: for tests with a store that fails on
 * purpose. The store is handed over, also on failure.
 */
enum zcd_code log_open_on(const struct log_config *config, struct store *database, struct log **log,
                          struct zcd_error *err);

/* log_import on the parts of a log that has no thread. */
enum zcd_code log_import_on(struct log *parts, const char *folder, struct log_imported *imported,
                            struct zcd_error *err);

int64_t log_now_ms(void); /* monotonic */
void log_pause_ms(int64_t ms);

#endif
