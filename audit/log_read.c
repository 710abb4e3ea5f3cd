#include "audit/log_internal.h"

#include "base/cleanup.h"

#include <string.h>

enum zcd_code log_read_checkpoint(struct log *log, struct buffer *note, struct checkpoint *checkpoint,
                                  struct zcd_error *err)
{
    struct checkpoint newest;
    struct bytes bytes;

    (void)pthread_mutex_lock(&log->reader_mutex);
    enum zcd_code code = checkpoint_store_read(log->reader_store, &newest, &bytes, err);
    if (code == ZCD_OK)
        buffer_append(note, bytes.data, bytes.size);
    (void)pthread_mutex_unlock(&log->reader_mutex);
    if (code == ZCD_NOT_FOUND)
        return zcd_fail(err, ZCD_UNAVAILABLE, "log: the checkpoint store is missing");
    if (code == ZCD_OK && checkpoint != NULL)
        *checkpoint = newest;
    return code;
}

void log_record_done(struct log_record *record)
{
    buffer_done(&record->leaf);
    buffer_done(&record->note);
    *record = (struct log_record){0};
}

/* Nodes from the cache, and tiles for those that it lacks. */
struct lookup {
    struct log_cache *cache;
    struct log_tiles tiles;
};

static void lookup_done(struct lookup *lookup)
{
    log_tiles_done(&lookup->tiles);
}

static enum zcd_code collect(void *context, int level, uint64_t index, struct sha256 *hash, struct zcd_error *err)
{
    struct lookup *lookup = context;

    if (log_cache_find(lookup->cache, level, index, hash))
        return ZCD_OK;
    return log_tiles_collect(&lookup->tiles, level, index, hash, err);
}

/* What was in the cache a moment ago may have made room: then the proof is wrong, and read once more without it. */
static enum zcd_code look_up(void *context, int level, uint64_t index, struct sha256 *hash, struct zcd_error *err)
{
    struct lookup *lookup = context;

    if (log_tiles_has(&lookup->tiles, level, index))
        return log_tiles_lookup(&lookup->tiles, level, index, hash, err);
    if (!log_cache_find(lookup->cache, level, index, hash))
        *hash = (struct sha256){{0}};
    return ZCD_OK;
}

/* Leaf and proof as database and cache have them. */
static enum zcd_code read_leaf(struct log *log, struct db *db, uint64_t index, uint64_t size, struct buffer *leaf,
                               struct merkle_proof *proof, struct zcd_error *err)
{
    ZCD_AUTO(lookup_done)
    struct lookup lookup = {.cache = log->cache, .tiles = {.size = size}};

    if (merkle_prove_inclusion(index, size, collect, &lookup, proof, err) != ZCD_OK)
        return err->code; /* ZCD_NOT_FOUND: beyond the checkpoint */
    enum zcd_code code = store_pg_read_leaf(db, index, lookup.tiles.tile, lookup.tiles.count, leaf, err);
    if (code == ZCD_NOT_FOUND)
        return zcd_fail(err, ZCD_CORRUPT, "log: leaf %llu is signed and missing", (unsigned long long)index);
    if (code == ZCD_OK)
        code = merkle_prove_inclusion(index, size, look_up, &lookup, proof, err);
    for (size_t i = 0; code == ZCD_OK && i < lookup.tiles.count; i++)
        log_cache_put(log->cache, &lookup.tiles.tile[i]);
    return code;
}

static bool leads_to_root(uint64_t index, const struct log_record *read)
{
    struct sha256 leaf_hash = merkle_leaf_hash(buffer_bytes(&read->leaf));
    struct zcd_error reason;

    return merkle_verify_inclusion(index, read->checkpoint.size, &leaf_hash, &read->proof.inclusion,
                                   &read->checkpoint.root, &reason)
           == ZCD_OK;
}

/* note and checkpoint of `read` are filled in. */
static enum zcd_code complete_record(struct log *log, struct db *db, uint64_t index, struct log_record *read,
                                     struct zcd_error *err)
{
    enum zcd_code code = read_leaf(log, db, index, read->checkpoint.size, &read->leaf, &read->proof.inclusion, err);

    if (code == ZCD_OK && !leads_to_root(index, read)) {
        log_cache_clear(log->cache);
        buffer_clear(&read->leaf);
        code = read_leaf(log, db, index, read->checkpoint.size, &read->leaf, &read->proof.inclusion, err);
        if (code == ZCD_OK && !leads_to_root(index, read))
            code = zcd_fail(err, ZCD_CORRUPT, "log: leaf %llu does not lead to the signed root",
                            (unsigned long long)index);
    }
    if (code != ZCD_OK)
        return code;
    read->proof.index = index;
    read->proof.checkpoint = buffer_bytes(&read->note);
    return ZCD_OK;
}

enum zcd_code log_read_record(struct log *log, struct db *db, uint64_t index, struct log_record *record,
                              struct zcd_error *err)
{
    ZCD_AUTO(log_record_done)
    struct log_record read = {0};

    enum zcd_code code = log_read_checkpoint(log, &read.note, &read.checkpoint, err);
    if (code == ZCD_OK)
        code = complete_record(log, db, index, &read, err);
    if (code != ZCD_OK)
        return code;
    *record = read; /* handed over: buffers do not move */
    read = (struct log_record){0};
    return ZCD_OK;
}

enum zcd_code log_read_record_in(struct log *log, struct db *db, uint64_t index, struct bytes note,
                                 const struct checkpoint *checkpoint, struct log_record *record, struct zcd_error *err)
{
    ZCD_AUTO(log_record_done)
    struct log_record read = {.checkpoint = *checkpoint};

    buffer_append(&read.note, note.data, note.size);
    enum zcd_code code = complete_record(log, db, index, &read, err);
    if (code != ZCD_OK)
        return code;
    *record = read;
    read = (struct log_record){0};
    return ZCD_OK;
}

enum zcd_code log_prove_growth(struct log *log, struct db *db, uint64_t old_size, uint64_t size,
                               struct merkle_proof *proof, struct zcd_error *err)
{
    ZCD_AUTO(lookup_done)
    struct lookup lookup = {.cache = log->cache, .tiles = {.size = size}};

    if (merkle_prove_consistency(old_size, size, collect, &lookup, proof, err) != ZCD_OK)
        return err->code;
    if (lookup.tiles.count > 0 && store_pg_read_tiles(db, lookup.tiles.tile, lookup.tiles.count, err) != ZCD_OK)
        return err->code;
    return merkle_prove_consistency(old_size, size, look_up, &lookup, proof, err);
}

static enum zcd_code read_hashes(struct db *db, const struct tile *tile, struct buffer *bytes, struct zcd_error *err)
{
    struct store_tile stored = {.at = *tile};
    enum zcd_code code = store_pg_read_tiles(db, &stored, 1, err);

    if (code == ZCD_OK)
        buffer_append(bytes, stored.hash, (size_t)tile->width * SHA256_SIZE);
    return code;
}

enum zcd_code log_read_tile(struct log *log, struct db *db, const struct tile *tile, struct buffer *bytes,
                            struct zcd_error *err)
{
    ZCD_AUTO(buffer_done)
    struct buffer note = {0};
    struct checkpoint checkpoint = {.size = 0};

    enum zcd_code code = log_read_checkpoint(log, &note, &checkpoint, err);
    if (code != ZCD_OK)
        return code;
    if (tile->width > tile_width_at(tile->level, tile->index, checkpoint.size))
        return zcd_fail(err, ZCD_NOT_FOUND, "the log has no such tile yet");
    return tile->level == TILE_ENTRIES ? store_pg_read_bundle(db, tile->index, tile->width, bytes, err)
                                       : read_hashes(db, tile, bytes, err);
}

enum zcd_code log_read_document(struct db *db, const struct sha256 *sha256, enum log_document_kind *kind,
                                struct buffer *bytes, struct zcd_error *err)
{
    ZCD_AUTO(buffer_done)
    struct buffer body = {0};
    int16_t number = 0;
    enum zcd_code code = store_pg_read_document(db, sha256, &number, &body, err);

    if (code != ZCD_OK)
        return code;
    struct sha256 digest = sha256_of(buffer_bytes(&body));
    if (!sha256_equal(&digest, sha256))
        return zcd_fail(err, ZCD_CORRUPT, "log: a stored document does not have its digest");
    buffer_append(bytes, body.data, body.size);
    if (kind != NULL)
        *kind = (enum log_document_kind)number;
    return ZCD_OK;
}
