#include "audit/log_internal.h"

#include <stdlib.h>
#include <string.h>

/* 16 MiB at most, touched only as they fill: tiles of a quarter of a million leaves. */
enum { SLOTS = 1024, NODES = 2 * TILE_WIDTH - 1, LEVEL_STRIDE = 509 };

/* A tile with all nodes within it, row upon row: the hashes first, the root last. */
struct slot {
    struct tile at; /* width 0: empty */
    struct sha256 node[NODES];
};

struct log_cache {
    pthread_mutex_t mutex;
    struct slot slots[SLOTS];
};

struct log_cache *log_cache_new(void)
{
    struct log_cache *cache = calloc(1, sizeof *cache);

    if (cache == NULL)
        abort(); /* out of memory, as in base/ */
    (void)pthread_mutex_init(&cache->mutex, NULL);
    return cache;
}

void log_cache_free(struct log_cache *cache)
{
    if (cache == NULL)
        return;
    (void)pthread_mutex_destroy(&cache->mutex);
    free(cache);
}

static struct slot *slot_of(struct log_cache *cache, int level, uint64_t index)
{
    return &cache->slots[(index + (uint64_t)level * LEVEL_STRIDE) % SLOTS];
}

/* Where row `height` begins: behind 256 + 128 + ... */
static int row_start(int height)
{
    return 2 * TILE_WIDTH - (2 * TILE_WIDTH >> height);
}

static void fill(struct slot *slot, const struct store_tile *tile)
{
    slot->at = tile->at;
    memcpy(slot->node, tile->hash, (size_t)tile->at.width * sizeof *tile->hash);
    for (int height = 1; height <= TILE_HEIGHT; height++) {
        const struct sha256 *below = &slot->node[row_start(height - 1)];
        for (int i = 0; i < tile->at.width >> height; i++)
            slot->node[row_start(height) + i] = merkle_node_hash(&below[2 * i], &below[2 * i + 1]);
    }
}

void log_cache_put(struct log_cache *cache, const struct store_tile *tile)
{
    struct slot fresh;

    fill(&fresh, tile); /* before the lock: it takes some hundred hashes */
    (void)pthread_mutex_lock(&cache->mutex);
    *slot_of(cache, tile->at.level, tile->at.index) = fresh;
    (void)pthread_mutex_unlock(&cache->mutex);
}

bool log_cache_find(struct log_cache *cache, int level, uint64_t index, struct sha256 *hash)
{
    int height = level % TILE_HEIGHT;
    uint64_t place = index << height;
    bool found = false;

    (void)pthread_mutex_lock(&cache->mutex);
    const struct slot *slot = slot_of(cache, level / TILE_HEIGHT, place / TILE_WIDTH);
    int first = (int)(place % TILE_WIDTH);
    if (slot->at.level == level / TILE_HEIGHT && slot->at.index == place / TILE_WIDTH
        && first + (1 << height) <= slot->at.width) {
        *hash = slot->node[row_start(height) + (first >> height)];
        found = true;
    }
    (void)pthread_mutex_unlock(&cache->mutex);
    return found;
}

void log_cache_clear(struct log_cache *cache)
{
    (void)pthread_mutex_lock(&cache->mutex);
    for (int i = 0; i < SLOTS; i++)
        cache->slots[i].at.width = 0;
    (void)pthread_mutex_unlock(&cache->mutex);
}
