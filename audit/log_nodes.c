#include "audit/log_internal.h"

#include <assert.h>
#include <stdlib.h>

enum { CAPACITY_FIRST = 64 };

void log_nodes_done(struct log_nodes *nodes)
{
    free(nodes->node);
    *nodes = (struct log_nodes){0};
}

enum zcd_code log_nodes_collect(void *context, int level, uint64_t index, struct sha256 *hash, struct zcd_error *err)
{
    struct log_nodes *nodes = context;
    (void)err;

    if (nodes->count == nodes->capacity) {
        nodes->capacity = nodes->capacity == 0 ? CAPACITY_FIRST : 2 * nodes->capacity;
        nodes->node = realloc(nodes->node, nodes->capacity * sizeof *nodes->node);
        if (nodes->node == NULL)
            abort(); /* out of memory, as in base/ */
    }
    nodes->node[nodes->count++] = (struct merkle_node){.level = level, .index = index};
    *hash = (struct sha256){{0}};
    return ZCD_OK;
}

enum zcd_code log_nodes_replay(void *context, int level, uint64_t index, struct sha256 *hash, struct zcd_error *err)
{
    struct log_nodes *nodes = context;
    (void)err;

    assert(nodes->next < nodes->count);
    const struct merkle_node *node = &nodes->node[nodes->next++];
    assert(node->level == level && node->index == index); /* merkle.h: the order depends on the sizes alone */
    *hash = node->hash;
    return ZCD_OK;
}
