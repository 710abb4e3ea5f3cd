/* The log as a folder of tiles, checked as it is written: whatever is wrong in the database is named by its first index. */
#include "audit/log_internal.h"

#include "audit/tile_folder.h"
#include "base/cleanup.h"

#include <stdlib.h>
#include <string.h>

struct export
{
    struct db *db;
    const char *folder;
    struct checkpoint checkpoint;
    uint64_t from;       /* the first leaf that is wanted */
    struct buffer roots; /* of the full tiles of the level below, from tile roots_first on */
    uint64_t roots_first;
    struct buffer next_roots;
    struct log_exported result;
};

static void export_done(struct export *export)
{
    buffer_done(&export->roots);
    buffer_done(&export->next_roots);
}

static enum zcd_code read_tile(struct export *export, const struct tile *tile, struct buffer *bytes,
                               struct zcd_error *err)
{
    struct store_tile stored = {.at = *tile};

    if (tile->level == TILE_ENTRIES)
        return store_pg_read_bundle(export->db, tile->index, tile->width, bytes, err);
    enum zcd_code code = store_pg_read_tiles(export->db, &stored, 1, err);
    if (code == ZCD_OK)
        buffer_append(bytes, stored.hash, (size_t)tile->width * SHA256_SIZE);
    return code;
}

/* Write what is not there yet. What is there and different is written anew: it was damaged, or never whole. */
static enum zcd_code keep(struct export *export, const struct tile *tile, struct bytes bytes, struct zcd_error *err)
{
    ZCD_AUTO(buffer_done)
    struct buffer present = {0};
    struct zcd_error reason;

    if (tile_folder_read(export->folder, tile, &present, &reason) == ZCD_OK
        && bytes_equal(buffer_bytes(&present), bytes)) {
        export->result.files_kept++;
        return ZCD_OK;
    }
    export->result.files_written++;
    return tile_folder_write(export->folder, tile, bytes, err);
}

/* The entries' hashes are the level-0 tile. */
static enum zcd_code check_entries(struct bytes bundle, const struct tile *tile, const struct sha256 *hash,
                                   struct zcd_error *err)
{
    for (int i = 0; i < tile->width; i++) {
        struct bytes leaf;
        enum zcd_code code = tile_next_entry(&bundle, &leaf, err);
        if (code != ZCD_OK)
            return code;
        struct sha256 leaf_hash = merkle_leaf_hash(leaf);
        if (!sha256_equal(&leaf_hash, &hash[i]))
            return zcd_fail(err, ZCD_CORRUPT, "log: record %llu does not have its hash",
                            (unsigned long long)(tile->index * TILE_WIDTH + (uint64_t)i));
    }
    return ZCD_OK;
}

static enum zcd_code export_bundle(struct export *export, const struct tile *tile, const struct sha256 *hash,
                                   struct zcd_error *err)
{
    const struct tile bundle = {TILE_ENTRIES, tile->index, tile->width};
    ZCD_AUTO(buffer_done)
    struct buffer bytes = {0};

    enum zcd_code code = read_tile(export, &bundle, &bytes, err);
    if (code == ZCD_OK)
        code = check_entries(buffer_bytes(&bytes), tile, hash, err);
    return code == ZCD_OK ? keep(export, &bundle, buffer_bytes(&bytes), err) : code;
}

/* Those of the hashes whose tiles were exported are those tiles' roots. */
static enum zcd_code check_upper(const struct export *export, const struct tile *tile, const struct sha256 *hash,
                                 struct zcd_error *err)
{
    const uint64_t count = export->roots.size / SHA256_SIZE;

    for (int i = 0; i < tile->width; i++) {
        uint64_t below = tile->index * TILE_WIDTH + (uint64_t)i;
        if (below < export->roots_first || below - export->roots_first >= count)
            continue;
        if (memcmp(hash[i].bytes, export->roots.data + (below - export->roots_first) * SHA256_SIZE, SHA256_SIZE) != 0)
            return zcd_fail(err, ZCD_CORRUPT, "log: tile %d/%llu does not have the root that level %d says",
                            tile->level - 1, (unsigned long long)below, tile->level);
    }
    return ZCD_OK;
}

static enum zcd_code export_tile(struct export *export, const struct tile *tile, struct zcd_error *err)
{
    ZCD_AUTO(buffer_done)
    struct buffer bytes = {0};
    struct sha256 hash[TILE_WIDTH];

    enum zcd_code code = read_tile(export, tile, &bytes, err);
    if (code != ZCD_OK)
        return code;
    memcpy(hash, bytes.data, bytes.size);
    code = tile->level == 0 ? export_bundle(export, tile, hash, err) : check_upper(export, tile, hash, err);
    if (code == ZCD_OK)
        code = keep(export, tile, buffer_bytes(&bytes), err);
    if (code == ZCD_OK && tile->width == TILE_WIDTH) {
        struct sha256 root = tile_root(hash, TILE_WIDTH);
        buffer_append(&export->next_roots, root.bytes, SHA256_SIZE);
    }
    return code;
}

/* All tiles of a level from the one that covers `from` on. */
static enum zcd_code export_level(struct export *export, int level, struct zcd_error *err)
{
    uint64_t first = level == 0 ? export->from / TILE_WIDTH : 0;

    buffer_clear(&export->next_roots);
    for (uint64_t index = first;; index++) {
        const struct tile tile = {level, index, tile_width_at(level, index, export->checkpoint.size)};
        if (tile.width == 0)
            break;
        enum zcd_code code = export_tile(export, &tile, err);
        if (code != ZCD_OK)
            return code;
    }
    struct buffer done = export->roots;
    export->roots = export->next_roots;
    export->next_roots = done;
    export->roots_first = first;
    return ZCD_OK;
}

/* Do the files, as they are now, lead to the checkpoint? */
static enum zcd_code check_root(const char *folder, const struct checkpoint *checkpoint, struct zcd_error *err)
{
    struct sha256 root;
    enum zcd_code code = tile_folder_root(folder, checkpoint->size, &root, err);

    if (code == ZCD_NOT_FOUND)
        return zcd_fail(err, ZCD_CONFLICT, "the folder lacks tiles of a checkpoint of %llu leaves",
                        (unsigned long long)checkpoint->size);
    if (code == ZCD_OK && !sha256_equal(&root, &checkpoint->root))
        return zcd_fail(err, ZCD_CORRUPT, "log: the tiles do not lead to the root of the checkpoint of %llu leaves",
                        (unsigned long long)checkpoint->size);
    return code;
}

/* What an earlier run left must be the same log, and shorter. */
static enum zcd_code check_earlier(struct log *log, const struct export *export, struct checkpoint *earlier,
                                   struct zcd_error *err)
{
    ZCD_AUTO(buffer_done)
    struct buffer note = {0};
    struct zcd_error reason;

    *earlier = (struct checkpoint){.size = 0, .root = merkle_empty_root()};
    enum zcd_code code = tile_folder_read_checkpoint(export->folder, &note, err);
    if (code == ZCD_NOT_FOUND)
        return ZCD_OK;
    if (code != ZCD_OK)
        return code;
    if (checkpoint_verify(buffer_bytes(&note), log_vkey(log), earlier, &reason) != ZCD_OK)
        return zcd_fail(err, ZCD_CONFLICT, "the folder's checkpoint is not one of this log: %.160s", reason.message);
    if (earlier->size > export->checkpoint.size)
        return zcd_fail(err, ZCD_CONFLICT, "the folder has a checkpoint of %llu leaves, the log one of %llu",
                        (unsigned long long)earlier->size, (unsigned long long)export->checkpoint.size);
    return ZCD_OK;
}

static enum zcd_code export_all(struct export *export, const struct checkpoint *earlier, struct bytes note,
                                struct zcd_error *err)
{
    enum zcd_code code = ZCD_OK;

    for (int level = 0; code == ZCD_OK && export->checkpoint.size >> (TILE_HEIGHT * level) > 0; level++)
        code = export_level(export, level, err);
    if (code == ZCD_OK && export->checkpoint.size > 0)
        code = check_root(export->folder, &export->checkpoint, err);
    if (code == ZCD_OK && earlier->size > 0)
        code = check_root(export->folder, earlier, err);
    return code == ZCD_OK ? tile_folder_write_checkpoint(export->folder, note, err) : code;
}

enum zcd_code log_export(struct log *log, struct db *db, const char *folder, uint64_t from,
                         struct log_exported *exported, struct zcd_error *err)
{
    ZCD_AUTO(export_done)
    struct export export = {.db = db, .folder = folder, .from = from};
    ZCD_AUTO(buffer_done)
    struct buffer note = {0};
    struct checkpoint earlier;

    enum zcd_code code = log_read_checkpoint(log, &note, &export.checkpoint, err);
    if (code == ZCD_OK)
        code = check_earlier(log, &export, &earlier, err);
    if (code == ZCD_OK)
        code = export_all(&export, &earlier, buffer_bytes(&note), err);
    if (code != ZCD_OK)
        return code;
    export.result.checkpoint = export.checkpoint;
    *exported = export.result;
    return ZCD_OK;
}

/* -------------------------------------------------------------- documents */

static enum zcd_code export_document(struct db *db, const char *folder, const struct sha256 *digest,
                                     uint64_t *documents, struct zcd_error *err)
{
    ZCD_AUTO(buffer_done)
    struct buffer bytes = {0};
    struct zcd_error reason;

    if (tile_folder_read_document(folder, digest, &bytes, &reason) == ZCD_OK)
        return ZCD_OK; /* a policy, above all */
    buffer_clear(&bytes);
    enum zcd_code code = log_read_document(db, digest, NULL, &bytes, err);
    if (code == ZCD_NOT_FOUND) /* erased, or never put back */
        return ZCD_OK;
    if (code == ZCD_OK)
        code = tile_folder_write_document(folder, digest, buffer_bytes(&bytes), err);
    if (code == ZCD_OK)
        (*documents)++;
    return code;
}

static enum zcd_code export_documents_of(struct db *db, const char *folder, struct bytes leaf, uint64_t *documents,
                                         struct zcd_error *err)
{
    ZCD_AUTO(arena_done)
    struct arena arena = {0};
    struct record record;
    struct zcd_error reason;
    uint64_t sequence;
    int64_t at_us;

    if (record_parse(leaf, &arena, &record, &at_us, &sequence, &reason) != ZCD_OK
        || !record_kind_has_documents(record.kind))
        return ZCD_OK;
    enum zcd_code code = export_document(db, folder, &record.dossier_sha256, documents, err);
    if (code == ZCD_OK)
        code = export_document(db, folder, &record.policy_sha256, documents, err);
    return code == ZCD_OK ? export_document(db, folder, &record.decision_sha256, documents, err) : code;
}

enum zcd_code log_export_documents(struct log *log, struct db *db, const char *folder, uint64_t from,
                                   uint64_t *documents, struct zcd_error *err)
{
    ZCD_AUTO(buffer_done)
    struct buffer note = {0};
    ZCD_AUTO(buffer_done)
    struct buffer bundle = {0};
    struct checkpoint checkpoint = {.size = 0};
    uint64_t count = 0;

    enum zcd_code code = log_read_checkpoint(log, &note, &checkpoint, err);
    for (uint64_t index = from / TILE_WIDTH; code == ZCD_OK; index++) {
        const struct tile tile = {TILE_ENTRIES, index, tile_width_at(TILE_ENTRIES, index, checkpoint.size)};
        struct bytes leaf;
        if (tile.width == 0)
            break;
        buffer_clear(&bundle);
        code = tile_folder_read(folder, &tile, &bundle, err);
        struct bytes rest = buffer_bytes(&bundle);
        struct zcd_error end;
        while (code == ZCD_OK && tile_next_entry(&rest, &leaf, &end) == ZCD_OK)
            code = export_documents_of(db, folder, leaf, &count, err);
    }
    if (code == ZCD_OK)
        *documents = count;
    return code;
}
