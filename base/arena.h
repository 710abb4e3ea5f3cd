/*
 * arena.h - memory of one request: many small allocations, one release.
 *
 * Thread: one at a time. Running out of memory ends the process.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>

struct arena_block;

/* Start with {0}; end with arena_done. */
struct arena {
    struct arena_block *newest;
};

/* Zeroed memory for count objects of size bytes, aligned for any type; lives until arena_done or arena_reset. */
void *arena_alloc(struct arena *arena, size_t count, size_t size);
char *arena_copy_text(struct arena *arena, const char *text);
char *arena_copy_bytes(struct arena *arena, const void *data, size_t size); /* NUL is put behind */
void arena_reset(struct arena *arena); /* everything handed out is gone; keeps the largest block for reuse */
void arena_done(struct arena *arena);

#define ARENA_NEW(arena, type, count) ((type *)arena_alloc((arena), (count), sizeof(type)))

#endif
