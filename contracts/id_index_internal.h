/*
 * id_index_internal.h - rows by their id: is one there twice, and where is it?
 *
 * Sorted, not hashed: whoever writes the ids cannot make it slow. Pure. Thread: any.
 */
#ifndef CONTRACTS_ID_INDEX_INTERNAL_H
#define CONTRACTS_ID_INDEX_INTERNAL_H

#include "base/arena.h"

#include <stdbool.h>
#include <stddef.h>

struct id_entry {
    const char *id;
    size_t row;
};

struct id_index {
    struct id_entry *entries; /* by id, then by row */
    size_t count;
};

/*
 * Index the rows of an array of structs whose first member is `const char *id`, or of such texts themselves.
 *   rows    in   the array
 *   stride  in   size of one row in bytes
 *   arena   in   the index lives there; the ids are borrowed from the rows
 */
struct id_index id_index_of(const void *rows, size_t stride, size_t count, struct arena *arena);

/* The id of the row as it stands in the array. */
const char *id_of_row(const void *rows, size_t stride, size_t row);

/* Is an id there twice? */
bool id_index_has_repeat(const struct id_index *index);

/*
 * For each row the first that has its id: the row itself unless it repeats one.
 *   first_of_row  out  as many as there are rows
 */
void id_index_mark_repeats(const struct id_index *index, size_t *first_of_row);

/* The row of an id, or SIZE_MAX. */
size_t id_index_find(const struct id_index *index, const char *id);

#endif
