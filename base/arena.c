#include "base/arena.h"

#include "base/memory_internal.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/*
 * Under the address sanitizer, memory not handed out is poisoned and a gap is left behind every allocation, so that
 * an overrun inside a block is found as it would be on the heap.
 */
#if defined(__SANITIZE_ADDRESS__)
#define ARENA_POISONS 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_POISONS 1
#endif
#endif

#ifdef ARENA_POISONS
#include <sanitizer/asan_interface.h>
enum { GAP = 16 };
#else
enum { GAP = 0 };
#define ASAN_POISON_MEMORY_REGION(address, size) ((void)(address), (void)(size))
#define ASAN_UNPOISON_MEMORY_REGION(address, size) ((void)(address), (void)(size))
#endif

enum { BLOCK_SIZE_FIRST = 16 * 1024, BLOCK_SIZE_GROWTH_MAX = 1024 * 1024, ALIGNMENT = alignof(max_align_t) };

struct arena_block {
    struct arena_block *older;
    size_t capacity; /* bytes in data */
    size_t used;
    alignas(ALIGNMENT) uint8_t data[];
};

static struct arena_block *new_block(struct arena_block *older, size_t needed)
{
    size_t capacity = BLOCK_SIZE_FIRST;

    if (older != NULL) /* doubling, so that a large dossier takes few blocks; bounded, so that little is wasted */
        capacity = older->capacity < BLOCK_SIZE_GROWTH_MAX ? 2 * older->capacity : BLOCK_SIZE_GROWTH_MAX;
    if (capacity < needed)
        capacity = needed;
    struct arena_block *block = memory_resize(NULL, memory_size_sum(sizeof *block, capacity));
    *block = (struct arena_block){.older = older, .capacity = capacity};
    ASAN_POISON_MEMORY_REGION(block->data, capacity);
    return block;
}

static void free_block(struct arena_block *block)
{
    ASAN_UNPOISON_MEMORY_REGION(block->data, block->capacity);
    free(block);
}

/* Not zeroed. */
static void *take(struct arena *arena, size_t size)
{
    size_t padded = memory_size_sum(size == 0 ? 1 : size, GAP + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;

    if (arena->newest == NULL || arena->newest->capacity - arena->newest->used < padded)
        arena->newest = new_block(arena->newest, padded);
    uint8_t *taken = arena->newest->data + arena->newest->used;
    arena->newest->used += padded;
    ASAN_UNPOISON_MEMORY_REGION(taken, size);
    return taken;
}

void *arena_alloc(struct arena *arena, size_t count, size_t size)
{
    size_t total = memory_size_product(count, size);
    return memset(take(arena, total), 0, total);
}

char *arena_copy_text(struct arena *arena, const char *text)
{
    return arena_copy_bytes(arena, text, strlen(text));
}

char *arena_copy_bytes(struct arena *arena, const void *data, size_t size)
{
    char *copy = take(arena, memory_size_sum(size, 1));
    if (size > 0)
        memcpy(copy, data, size);
    copy[size] = '\0';
    return copy;
}

static struct arena_block *largest_block(const struct arena *arena)
{
    struct arena_block *largest = arena->newest;
    for (struct arena_block *block = arena->newest; block != NULL; block = block->older) {
        if (block->capacity > largest->capacity)
            largest = block;
    }
    return largest;
}

static void free_blocks_but(struct arena *arena, const struct arena_block *kept)
{
    struct arena_block *block = arena->newest;
    while (block != NULL) {
        struct arena_block *older = block->older;
        if (block != kept)
            free_block(block);
        block = older;
    }
}

void arena_reset(struct arena *arena)
{
    struct arena_block *kept = largest_block(arena);
    free_blocks_but(arena, kept);
    arena->newest = kept;
    if (kept == NULL)
        return;
    kept->older = NULL;
    kept->used = 0;
    ASAN_POISON_MEMORY_REGION(kept->data, kept->capacity);
}

void arena_done(struct arena *arena)
{
    free_blocks_but(arena, NULL);
    arena->newest = NULL;
}
