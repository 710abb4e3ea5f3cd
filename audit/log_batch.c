#include "audit/log_internal.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

/* Running out of memory ends the process, as in base/. */
static void *grow(void *memory, size_t count, size_t size)
{
    void *grown = reallocarray(memory, count == 0 ? 1 : count, size);
    if (grown == NULL)
        abort();
    return grown;
}

void log_batch_done(struct log_batch *batch)
{
    free(batch->entries);
    free(batch->organisations);
    free(batch->leaves);
    free(batch->documents);
    free(batch->values);
    arena_done(&batch->arena);
    free(batch->nodes);
    free(batch->full_tiles);
    buffer_done(&batch->text);
    *batch = (struct log_batch){0};
}

void log_batch_clear(struct log_batch *batch)
{
    batch->count = 0;
    batch->organisation_count = 0;
    batch->document_count = 0;
    batch->node_count = 0;
    buffer_clear(&batch->text);
}

void log_batch_add(struct log_batch *batch, struct log_entry *entry)
{
    if (batch->count == batch->capacity) {
        batch->capacity = batch->capacity == 0 ? 64 : 2 * batch->capacity;
        batch->entries = grow(batch->entries, batch->capacity, sizeof *batch->entries);
        batch->organisations = grow(batch->organisations, batch->capacity, sizeof *batch->organisations);
        batch->leaves = grow(batch->leaves, batch->capacity, sizeof *batch->leaves);
    }
    batch->entries[batch->count++] = entry;
}

/* -------------------------------------------------------------- preparing */

static int compare_organisations(const void *a, const void *b)
{
    return strcmp(((const struct store_organisation *)a)->uscc, ((const struct store_organisation *)b)->uscc);
}

static void list_organisations(struct log_batch *batch)
{
    struct store_organisation *list = batch->organisations;
    size_t distinct = 0;

    for (size_t i = 0; i < batch->count; i++)
        list[i] = (struct store_organisation){.uscc = batch->entries[i]->record.subject.uscc.text};
    qsort(list, batch->count, sizeof *list, compare_organisations);
    for (size_t i = 0; i < batch->count; i++) {
        if (distinct == 0 || strcmp(list[i].uscc, list[distinct - 1].uscc) != 0)
            list[distinct++] = list[i];
    }
    batch->organisation_count = distinct;
}

static int compare_documents(const void *a, const void *b)
{
    return memcmp(((const struct store_document *)a)->sha256.bytes, ((const struct store_document *)b)->sha256.bytes,
                  SHA256_SIZE);
}

static bool is_known(const struct sha256 *digest, const struct sha256 *known, size_t known_count)
{
    for (size_t i = 0; i < known_count; i++) {
        if (sha256_equal(digest, &known[i]))
            return true;
    }
    return false;
}

static void add_document(struct log_batch *batch, const struct log_document *document)
{
    if (batch->document_count == batch->document_capacity) {
        batch->document_capacity = batch->document_capacity == 0 ? 64 : 2 * batch->document_capacity;
        batch->documents = grow(batch->documents, batch->document_capacity, sizeof *batch->documents);
    }
    batch->documents[batch->document_count++] =
        (struct store_document){document->sha256, (int16_t)document->kind, document->bytes};
}

/* Each once, and in the order of their digests, which is that of the index they go into. */
static void list_documents(struct log_batch *batch, const struct sha256 *known, size_t known_count)
{
    size_t distinct = 0;

    for (size_t i = 0; i < batch->count; i++) {
        for (size_t j = 0; j < batch->entries[i]->document_count; j++) {
            if (!is_known(&batch->entries[i]->documents[j].sha256, known, known_count))
                add_document(batch, &batch->entries[i]->documents[j]);
        }
    }
    if (batch->document_count > 0)
        qsort(batch->documents, batch->document_count, sizeof *batch->documents, compare_documents);
    for (size_t i = 0; i < batch->document_count; i++) {
        if (distinct == 0 || compare_documents(&batch->documents[i], &batch->documents[distinct - 1]) != 0)
            batch->documents[distinct++] = batch->documents[i];
    }
    batch->document_count = distinct;
}

static void summarise(struct log_batch *batch)
{
    arena_done(&batch->arena);
    batch->summaries = ARENA_NEW(&batch->arena, struct record_summary, batch->count);
    for (size_t i = 0; i < batch->count; i++)
        record_summarise(&batch->entries[i]->record, &batch->arena, &batch->summaries[i]);
}

void log_batch_prepare(struct log_batch *batch, const struct sha256 *known, size_t known_count)
{
    if (getrandom(batch->id, sizeof batch->id, 0) != (ssize_t)sizeof batch->id)
        abort(); /* a kernel without random numbers */
    batch->document_count = 0;
    list_organisations(batch);
    list_documents(batch, known, known_count);
    summarise(batch);
}

/* -------------------------------------------------------------- composing */

static uint64_t next_sequence(struct log_batch *batch, const char *uscc)
{
    struct store_organisation key = {.uscc = uscc};
    struct store_organisation *found = bsearch(&key, batch->organisations, batch->organisation_count,
                                               sizeof *batch->organisations, compare_organisations);
    assert(found != NULL);
    return ++found->sequence_last;
}

/* All leaves into one buffer, which moves while it grows: spans are set when it has stopped. */
static enum zcd_code seal_all(struct log_batch *batch, struct zcd_error *err)
{
    buffer_clear(&batch->text);
    for (size_t i = 0; i < batch->count; i++) {
        struct log_entry *entry = batch->entries[i];
        size_t start = batch->text.size;

        entry->index = batch->before.range.size + i;
        entry->at_us = batch->after.at_us;
        entry->sequence = next_sequence(batch, entry->record.subject.uscc.text);
        if (record_seal_again(&entry->record, entry->at_us, entry->sequence, &batch->text, err) != ZCD_OK)
            return err->code;
        entry->leaf.size = batch->text.size - start;
    }

    const uint8_t *data = batch->text.data;
    for (size_t i = 0; i < batch->count; i++) {
        struct log_entry *entry = batch->entries[i];
        entry->leaf.data = data;
        data += entry->leaf.size;
        batch->leaves[i] = (struct store_leaf){.leaf = entry->leaf,
                                               .leaf_hash = merkle_leaf_hash(entry->leaf),
                                               .sequence = entry->sequence,
                                               .record = &entry->record,
                                               .summary = batch->summaries[i]};
    }
    return ZCD_OK;
}

static void list_values(struct log_batch *batch)
{
    batch->value_count = 0;
    for (size_t i = 0; i < batch->count; i++) {
        const struct log_entry *entry = batch->entries[i];
        for (size_t j = 0; j < entry->commitment_count; j++) {
            if (batch->value_count == batch->value_capacity) {
                batch->value_capacity = batch->value_capacity == 0 ? 8 : 2 * batch->value_capacity;
                batch->values = grow(batch->values, batch->value_capacity, sizeof *batch->values);
            }
            batch->values[batch->value_count++] =
                (struct store_value){entry->record.subject.uscc.text, entry->index, &entry->commitments[j]};
        }
    }
}

/* How many nodes each level gains is known from the sizes: (new >> level) - (old >> level). */
static void place_levels(struct log_batch *batch)
{
    uint64_t old_size = batch->before.range.size;
    uint64_t new_size = old_size + batch->count;
    size_t start = 0;

    for (int level = 0; level <= MERKLE_LEVEL_MAX; level++) {
        batch->level_start[level] = start;
        start += (size_t)((new_size >> level) - (old_size >> level));
    }
    batch->level_start[MERKLE_LEVEL_MAX + 1] = start;
    batch->node_count = start;
    if (start > batch->node_capacity) {
        batch->nodes = grow(batch->nodes, start, sizeof *batch->nodes);
        batch->node_capacity = start;
    }
}

static struct merkle_node *node_at(struct log_batch *batch, int level, uint64_t index)
{
    uint64_t first = batch->before.range.size >> level;
    assert(level >= 0 && level <= MERKLE_LEVEL_MAX && index >= first);
    size_t place = batch->level_start[level] + (size_t)(index - first);
    assert(place < batch->level_start[level + 1]);
    return &batch->nodes[place];
}

static void grow_tree(struct log_batch *batch)
{
    struct merkle_node fresh[MERKLE_APPEND_NODES_MAX];

    place_levels(batch);
    for (size_t i = 0; i < batch->count; i++) {
        int count = merkle_range_append(&batch->after.range, &batch->leaves[i].leaf_hash, fresh);
        for (int j = 0; j < count; j++)
            *node_at(batch, fresh[j].level, fresh[j].index) = fresh[j];
    }
}

/* A tile is full when the subtree over it has become whole: nodes of the levels 8, 16 and so on are tiles' roots. */
static void list_full_tiles(struct log_batch *batch)
{
    batch->full_tile_count = 0;
    for (int level = TILE_HEIGHT; level <= MERKLE_LEVEL_MAX; level += TILE_HEIGHT) {
        for (size_t i = batch->level_start[level]; i < batch->level_start[level + 1]; i++) {
            if (batch->full_tile_count == batch->full_tile_capacity) {
                batch->full_tile_capacity = batch->full_tile_capacity == 0 ? 8 : 2 * batch->full_tile_capacity;
                batch->full_tiles = grow(batch->full_tiles, batch->full_tile_capacity, sizeof *batch->full_tiles);
            }
            batch->full_tiles[batch->full_tile_count++] = (struct store_full_tile){
                .level = level / TILE_HEIGHT - 1, .index = batch->nodes[i].index, .root = batch->nodes[i].hash};
        }
    }
}

enum zcd_code log_batch_compose(struct log_batch *batch, const struct store_head *head, int64_t now_us,
                                struct store_batch *out, struct zcd_error *err)
{
    assert(batch->count > 0);
    batch->before = *head;
    batch->after = *head;
    if (now_us > head->at_us)
        batch->after.at_us = now_us;

    enum zcd_code code = seal_all(batch, err);
    if (code != ZCD_OK)
        return code;
    list_values(batch);
    grow_tree(batch);

    list_full_tiles(batch);

    *out = (struct store_batch){.first_index = head->range.size,
                                .leaves = batch->leaves,
                                .leaf_count = batch->count,
                                .full_tiles = batch->full_tiles,
                                .full_tile_count = batch->full_tile_count,
                                .documents = batch->documents,
                                .document_count = batch->document_count,
                                .values = batch->values,
                                .value_count = batch->value_count,
                                .head = batch->after};
    memcpy(out->id, batch->id, sizeof out->id);
    return ZCD_OK;
}

/* ---------------------------------------------------------------- proving */

/*
 * A proof of one of the batch's leaves asks for whole subtrees beside its path. Those that end within the batch became
 * permanent by it. Those that end before it are peaks of the tree before: their parents hold the leaf, and so were not
 * whole yet.
 */
enum zcd_code log_batch_lookup(void *context, int level, uint64_t index, struct sha256 *hash, struct zcd_error *err)
{
    struct log_batch *batch = context;

    if (index >= batch->before.range.size >> level) {
        *hash = node_at(batch, level, index)->hash;
        return ZCD_OK;
    }
    for (int i = 0; i < merkle_range_peak_count(&batch->before.range); i++) {
        struct merkle_node peak = merkle_range_peak(&batch->before.range, i);
        if (peak.level == level && peak.index == index) {
            *hash = peak.hash;
            return ZCD_OK;
        }
    }
    return zcd_fail(err, ZCD_CORRUPT, "log: tree node %d/%llu is not at hand", level, (unsigned long long)index);
}
