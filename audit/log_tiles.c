#include "audit/log_internal.h"

#include <assert.h>
#include <stdlib.h>

enum { CAPACITY_FIRST = 8 };

void log_tiles_done(struct log_tiles *tiles)
{
    free(tiles->tile);
    *tiles = (struct log_tiles){0};
}

void log_tiles_begin(struct log_tiles *tiles, uint64_t size)
{
    tiles->size = size;
    tiles->count = 0;
}

/* There are a handful: a proof needs two for each level, and the entries of a batch stand beside one another. */
static struct store_tile *find(struct log_tiles *tiles, const struct tile *at)
{
    for (size_t i = 0; i < tiles->count; i++) {
        if (tiles->tile[i].at.level == at->level && tiles->tile[i].at.index == at->index)
            return &tiles->tile[i];
    }
    return NULL;
}

enum zcd_code log_tiles_collect(void *context, int level, uint64_t index, struct sha256 *hash, struct zcd_error *err)
{
    struct log_tiles *tiles = context;
    int first, count;
    struct tile at = tile_of_node(level, index, tiles->size, &first, &count);
    (void)err;

    *hash = (struct sha256){{0}};
    if (find(tiles, &at) != NULL)
        return ZCD_OK;
    if (tiles->count == tiles->capacity) {
        tiles->capacity = tiles->capacity == 0 ? CAPACITY_FIRST : 2 * tiles->capacity;
        tiles->tile = reallocarray(tiles->tile, tiles->capacity, sizeof *tiles->tile);
        if (tiles->tile == NULL)
            abort(); /* out of memory, as in base/ */
    }
    tiles->tile[tiles->count++].at = at;
    return ZCD_OK;
}

bool log_tiles_has(struct log_tiles *tiles, int level, uint64_t index)
{
    int first, count;
    struct tile at = tile_of_node(level, index, tiles->size, &first, &count);

    return find(tiles, &at) != NULL;
}

enum zcd_code log_tiles_lookup(void *context, int level, uint64_t index, struct sha256 *hash, struct zcd_error *err)
{
    struct log_tiles *tiles = context;
    int first, count;
    struct tile at = tile_of_node(level, index, tiles->size, &first, &count);
    const struct store_tile *tile = find(tiles, &at);
    (void)err;

    assert(tile != NULL); /* merkle.h: what is asked for depends on the sizes alone */
    assert(first + count <= tile->at.width);
    *hash = tile_root(tile->hash + first, count);
    return ZCD_OK;
}
