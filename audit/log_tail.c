#include "audit/log_internal.h"

#include "base/cleanup.h"

/* The signed tree's peaks, from stored tiles, which are believed only because they lead to the signed root. */
static enum zcd_code read_range(struct store *database, const struct checkpoint *checkpoint, struct merkle_range *range,
                                struct zcd_error *err)
{
    ZCD_AUTO(log_tiles_done)
    struct log_tiles tiles = {.size = checkpoint->size};
    struct merkle_range read = {.size = checkpoint->size};
    int count = merkle_range_peak_count(&read);
    struct sha256 hash;

    for (int i = 0; i < count; i++) {
        struct merkle_node peak = merkle_range_peak(&read, i);
        if (log_tiles_collect(&tiles, peak.level, peak.index, &hash, err) != ZCD_OK)
            return err->code;
    }
    if (tiles.count > 0 && database->methods->read_tiles(database, tiles.tile, tiles.count, err) != ZCD_OK)
        return err->code;
    for (int i = 0; i < count; i++) {
        struct merkle_node peak = merkle_range_peak(&read, i);
        if (log_tiles_lookup(&tiles, peak.level, peak.index, &read.peak[i], err) != ZCD_OK)
            return err->code;
    }
    struct sha256 root = merkle_range_root(&read);
    if (!sha256_equal(&root, &checkpoint->root))
        return zcd_fail(err, ZCD_CORRUPT, "log: the stored tiles do not lead to the signed root of %llu leaves",
                        (unsigned long long)checkpoint->size);
    *range = read;
    return ZCD_OK;
}

/* Append the leaves of one bundle that the range does not have yet. */
static enum zcd_code append_bundle(struct store *database, uint64_t size, struct merkle_range *range,
                                   struct zcd_error *err)
{
    ZCD_AUTO(buffer_done)
    struct buffer bundle = {0};
    struct merkle_node made[MERKLE_APPEND_NODES_MAX];
    uint64_t index = range->size / TILE_WIDTH;
    int width = tile_width_at(TILE_ENTRIES, index, size);

    enum zcd_code code = database->methods->read_bundle(database, index, width, &bundle, err);
    struct bytes rest = buffer_bytes(&bundle);
    for (int i = 0; code == ZCD_OK && i < width; i++) {
        struct bytes leaf;
        code = tile_next_entry(&rest, &leaf, err);
        if (code != ZCD_OK || index * TILE_WIDTH + (uint64_t)i < range->size)
            continue;
        struct sha256 hash = merkle_leaf_hash(leaf);
        (void)merkle_range_append(range, &hash, made);
    }
    return code;
}

enum zcd_code log_tail_check(struct store *database, const struct checkpoint *checkpoint, const struct store_head *head,
                             struct zcd_error *err)
{
    struct merkle_range range = {0};
    enum zcd_code code = read_range(database, checkpoint, &range, err);

    while (code == ZCD_OK && range.size < head->range.size)
        code = append_bundle(database, head->range.size, &range, err);
    if (code != ZCD_OK)
        return code;
    struct sha256 root = merkle_range_root(&range);
    struct sha256 expected = merkle_range_root(&head->range);
    if (!sha256_equal(&root, &expected))
        return zcd_fail(err, ZCD_CONFLICT,
                        "log: signing refused: records %llu to %llu, which were not signed yet, are not as they were "
                        "written; recover the database to the state before they were changed",
                        (unsigned long long)checkpoint->size, (unsigned long long)(head->range.size - 1));
    return ZCD_OK;
}
