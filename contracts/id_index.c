#include "contracts/id_index_internal.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* By id, then by row: a complete order, so that every qsort gives the same result. */
static int compare_entries(const void *left, const void *right)
{
    const struct id_entry *a = left;
    const struct id_entry *b = right;
    int order = strcmp(a->id, b->id);

    if (order != 0)
        return order;
    return (a->row > b->row) - (a->row < b->row);
}

static int compare_id(const void *id, const void *entry)
{
    return strcmp(id, ((const struct id_entry *)entry)->id);
}

const char *id_of_row(const void *rows, size_t stride, size_t row)
{
    return *(const char *const *)(const void *)((const char *)rows + row * stride);
}

struct id_index id_index_of(const void *rows, size_t stride, size_t count, struct arena *arena)
{
    struct id_index index = {NULL, count};

    if (count == 0)
        return index;
    index.entries = ARENA_NEW(arena, struct id_entry, count);
    for (size_t i = 0; i < count; i++)
        index.entries[i] = (struct id_entry){id_of_row(rows, stride, i), i};
    qsort(index.entries, count, sizeof *index.entries, compare_entries);
    return index;
}

bool id_index_has_repeat(const struct id_index *index)
{
    for (size_t i = 1; i < index->count; i++) {
        if (strcmp(index->entries[i - 1].id, index->entries[i].id) == 0)
            return true;
    }
    return false;
}

void id_index_mark_repeats(const struct id_index *index, size_t *first_of_row)
{
    const struct id_entry *first = index->entries;

    for (size_t i = 0; i < index->count; i++) {
        const struct id_entry *entry = &index->entries[i];
        if (strcmp(first->id, entry->id) != 0)
            first = entry;
        first_of_row[entry->row] = first->row;
    }
}

size_t id_index_find(const struct id_index *index, const char *id)
{
    if (index->count == 0)
        return SIZE_MAX;
    const struct id_entry *entry = bsearch(id, index->entries, index->count, sizeof *index->entries, compare_id);
    return entry == NULL ? SIZE_MAX : entry->row;
}
