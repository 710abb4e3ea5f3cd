/* Leaves taken back from a copy of the log: what a database lost is there again, byte for byte, before anything is signed. */
#include "audit/log_internal.h"

#include "audit/tile_folder.h"
#include "base/cleanup.h"

#include <stdlib.h>
#include <string.h>

enum { DOCUMENTS_OF_A_RECORD = 3 };

struct import {
    struct log *log; /* its parts; no thread */
    const char *folder;
    struct checkpoint target;
    struct store_head head;

    /* One transaction: the records of a bundle that have one instant, as every batch has. */
    struct arena arena;
    struct buffer bundle;
    struct buffer documents[TILE_WIDTH * DOCUMENTS_OF_A_RECORD];
    struct store_document document[TILE_WIDTH * DOCUMENTS_OF_A_RECORD];
    size_t document_count;
    struct store_leaf leaf[TILE_WIDTH];
    struct record record[TILE_WIDTH];
    size_t leaf_count;
    struct store_full_tile tile[TILE_LEVELS];
    size_t tile_count;
    struct store_head after;
    struct sha256 policy; /* the newest put back: those behind it have it, in most cases */
    bool has_policy;
    struct log_imported result;
};

static void forget_bundle(struct import *import)
{
    for (size_t i = 0; i < import->document_count; i++)
        buffer_done(&import->documents[i]);
    import->document_count = 0;
    import->leaf_count = 0;
    import->tile_count = 0;
    buffer_clear(&import->bundle);
    arena_reset(&import->arena);
}

static void import_free(struct import **import)
{
    forget_bundle(*import);
    buffer_done(&(*import)->bundle);
    arena_done(&(*import)->arena);
    free(*import);
}

/* ------------------------------------------------------------ what may be */

static enum zcd_code read_target(struct import *import, struct buffer *note, struct zcd_error *err)
{
    struct zcd_error reason;
    enum zcd_code code = tile_folder_read_checkpoint(import->folder, note, err);

    if (code == ZCD_OK
        && checkpoint_verify(buffer_bytes(note), log_vkey(import->log), &import->target, &reason) != ZCD_OK)
        return zcd_fail(err, ZCD_CONFLICT, "the folder's checkpoint is not one of this log: %.160s", reason.message);
    return code;
}

/* The folder holds that very tree: a signed one, or the database's own. */
static enum zcd_code check_begins_with(const struct import *import, uint64_t size, const struct sha256 *root,
                                       const char *whose, struct zcd_error *err)
{
    struct sha256 found;

    if (size > import->target.size)
        return zcd_fail(err, ZCD_CONFLICT, "the folder has %llu leaves, %s %llu: a newer copy is needed",
                        (unsigned long long)import->target.size, whose, (unsigned long long)size);
    enum zcd_code code = tile_folder_root(import->folder, size, &found, err);
    if (code == ZCD_OK && !sha256_equal(&found, root))
        return zcd_fail(err, ZCD_CONFLICT,
                        "the folder's first %llu leaves are not those of %s; import into an empty database",
                        (unsigned long long)size, whose);
    return code;
}

static enum zcd_code read_head(struct import *import, struct zcd_error *err)
{
    struct store *database = import->log->database;
    enum zcd_code code = database->methods->read_head(database, &import->head, err);

    if (code == ZCD_NOT_FOUND) {
        code = database->methods->create_head(database, import->log->config.origin, err);
        if (code == ZCD_OK)
            code = database->methods->read_head(database, &import->head, err);
    }
    if (code == ZCD_OK && strcmp(import->head.origin, import->log->config.origin) != 0)
        return zcd_fail(err, ZCD_CONFLICT, "log: the database's log has the origin %.80s, this one %.80s",
                        import->head.origin, import->log->config.origin);
    return code;
}

/* ---------------------------------------------------------------- bundles */

static enum zcd_code read_bundle(struct import *import, uint64_t size, struct zcd_error *err)
{
    uint64_t index = size / TILE_WIDTH;
    const struct tile tile = {TILE_ENTRIES, index, tile_width_at(TILE_ENTRIES, index, import->target.size)};

    forget_bundle(import);
    return tile_folder_read(import->folder, &tile, &import->bundle, err);
}

/* Every leaf, before the first is written: do they make the signed tree? */
static enum zcd_code check_leaves(struct import *import, struct zcd_error *err)
{
    struct merkle_range range = import->head.range;
    struct merkle_node made[MERKLE_APPEND_NODES_MAX];

    while (range.size < import->target.size) {
        uint64_t index = range.size / TILE_WIDTH * TILE_WIDTH;
        enum zcd_code code = read_bundle(import, range.size, err);
        struct bytes rest = buffer_bytes(&import->bundle);
        struct bytes leaf;
        for (; code == ZCD_OK && tile_next_entry(&rest, &leaf, err) == ZCD_OK; index++) {
            if (index < range.size)
                continue;
            struct sha256 hash = merkle_leaf_hash(leaf);
            (void)merkle_range_append(&range, &hash, made);
        }
        if (code != ZCD_OK)
            return code;
    }
    struct sha256 root = merkle_range_root(&range);
    if (!sha256_equal(&root, &import->target.root))
        return zcd_fail(err, ZCD_CORRUPT, "the folder's records do not lead to its checkpoint");
    return ZCD_OK;
}

/* A document that the copy has too; one that it lacks is no reason to lose the record. */
static enum zcd_code add_document(struct import *import, const struct sha256 *digest, enum log_document_kind kind,
                                  struct zcd_error *err)
{
    struct buffer *bytes = &import->documents[import->document_count];

    if (kind == LOG_DOCUMENT_POLICY && import->has_policy && sha256_equal(&import->policy, digest))
        return ZCD_OK;
    for (size_t i = 0; i < import->document_count; i++) {
        if (sha256_equal(&import->document[i].sha256, digest))
            return ZCD_OK;
    }
    *bytes = (struct buffer){0};
    enum zcd_code code = tile_folder_read_document(import->folder, digest, bytes, err);
    if (code == ZCD_NOT_FOUND) {
        import->result.documents_missing++;
        return ZCD_OK;
    }
    if (code != ZCD_OK) {
        buffer_done(bytes);
        return code;
    }
    if (kind == LOG_DOCUMENT_POLICY) {
        import->policy = *digest;
        import->has_policy = true;
    }
    import->document[import->document_count++] = (struct store_document){*digest, (int16_t)kind, buffer_bytes(bytes)};
    return ZCD_OK;
}

/* ends  out  the leaf has another instant than those before it, and was not added */
static enum zcd_code add_leaf(struct import *import, struct bytes bytes, bool *ends, struct zcd_error *err)
{
    struct record *record = &import->record[import->leaf_count];
    struct store_leaf *leaf = &import->leaf[import->leaf_count];
    struct merkle_node made[MERKLE_APPEND_NODES_MAX];
    struct zcd_error reason;
    int64_t at_us;

    if (record_parse(bytes, &import->arena, record, &at_us, &leaf->sequence, &reason) != ZCD_OK)
        return zcd_fail(err, ZCD_CORRUPT, "record %llu is none that this version can read: %.120s",
                        (unsigned long long)import->after.range.size, reason.message);
    *ends = import->leaf_count > 0 && at_us != import->after.at_us;
    if (*ends)
        return ZCD_OK;
    import->after.at_us = at_us;
    leaf->leaf = bytes;
    leaf->leaf_hash = merkle_leaf_hash(bytes);
    leaf->record = record;
    record_summarise(record, &import->arena, &leaf->summary);
    import->leaf_count++;
    int count = merkle_range_append(&import->after.range, &leaf->leaf_hash, made);
    for (int level = TILE_HEIGHT; level < count; level += TILE_HEIGHT)
        import->tile[import->tile_count++] =
            (struct store_full_tile){level / TILE_HEIGHT - 1, made[level].index, made[level].hash};
    if (!record_kind_has_documents(record->kind))
        return ZCD_OK;
    enum zcd_code code = add_document(import, &record->dossier_sha256, LOG_DOCUMENT_DOSSIER, err);
    if (code == ZCD_OK)
        code = add_document(import, &record->policy_sha256, LOG_DOCUMENT_POLICY, err);
    return code == ZCD_OK ? add_document(import, &record->decision_sha256, LOG_DOCUMENT_DECISION, err) : code;
}

static enum zcd_code prepare(struct import *import, struct zcd_error *err)
{
    uint64_t index = import->head.range.size / TILE_WIDTH * TILE_WIDTH;
    enum zcd_code code = read_bundle(import, import->head.range.size, err);
    struct bytes rest = buffer_bytes(&import->bundle);
    struct bytes leaf;
    struct zcd_error end;
    bool ends = false;

    import->after = import->head;
    for (; code == ZCD_OK && !ends && tile_next_entry(&rest, &leaf, &end) == ZCD_OK; index++) {
        if (index >= import->head.range.size)
            code = add_leaf(import, leaf, &ends, err);
    }
    return code;
}

/* ----------------------------------------------------------------- writing */

static enum zcd_code compose(const struct store_head *head, void *context, struct store_batch *out,
                             struct zcd_error *err)
{
    struct import *import = context;
    struct store_seal *seal = &import->after.seal;

    if (head->range.size != import->head.range.size)
        return zcd_fail(err, ZCD_CONFLICT, "log: another process writes to it; stop the services first");
    *seal = (struct store_seal){.is_signed = true,
                                .statement = {.size_before = head->range.size,
                                              .size_after = import->after.range.size,
                                              .root_before = merkle_range_root(&head->range),
                                              .root_after = merkle_range_root(&import->after.range)}};
    memcpy(seal->statement.id, import->record[0].nonce, sizeof seal->statement.id); /* as random as any */
    *out = (struct store_batch){.first_index = head->range.size,
                                .leaves = import->leaf,
                                .leaf_count = import->leaf_count,
                                .full_tiles = import->tile,
                                .full_tile_count = import->tile_count,
                                .documents = import->document,
                                .document_count = import->document_count};
    memcpy(out->id, seal->statement.id, sizeof out->id);
    enum zcd_code code = batch_statement_sign(&seal->statement, import->log->config.origin, import->log->config.key,
                                              &seal->signature, err);
    out->head = import->after;
    return code;
}

static enum zcd_code insert_rows(struct db *db, void *context, struct zcd_error *err)
{
    struct import *import = context;
    const struct log_config *config = &import->log->config;
    struct log_restored restored[TILE_WIDTH];

    if (config->restore_rows == NULL)
        return ZCD_OK;
    for (size_t i = 0; i < import->leaf_count; i++)
        restored[i] = (struct log_restored){.index = import->head.range.size + i,
                                            .at_us = import->after.at_us,
                                            .record = &import->record[i],
                                            .summary = &import->leaf[i].summary};
    return config->restore_rows(db, restored, import->leaf_count, config->insert_rows_context, err);
}

static enum zcd_code write_batch(struct import *import, struct zcd_error *err)
{
    static const struct store_steps STEPS = {.compose = compose, .rows = insert_rows};
    struct store *database = import->log->database;
    enum store_outcome outcome;

    enum zcd_code code = prepare(import, err);
    if (code == ZCD_OK)
        code = database->methods->append(database, NULL, 0, &STEPS, import, &outcome, err);
    if (code != ZCD_OK)
        return code;
    import->result.leaves += import->leaf_count;
    import->result.documents += import->document_count;
    import->head = import->after;
    return ZCD_OK;
}

/*
 * The store is behind a checkpoint that was signed and given away: it catches up. Nothing is signed here. It does so before
 * the first record is written: an import that is cut short leaves a database behind the store, in which nothing is signed
 * beside what was given away.
 */
static enum zcd_code bring_store_up(struct import *import, bool has_signed, const struct checkpoint *signed_checkpoint,
                                    struct bytes note, struct zcd_error *err)
{
    if (has_signed && signed_checkpoint->size == import->target.size)
        return ZCD_OK;
    return checkpoint_store_replace(import->log->signer.store, has_signed ? signed_checkpoint : NULL, note, err);
}

static enum zcd_code import_locked(struct import *import, struct zcd_error *err)
{
    ZCD_AUTO(buffer_done)
    struct buffer note = {0};
    struct checkpoint newest;
    struct sha256 root;

    enum zcd_code code = read_target(import, &note, err);
    if (code != ZCD_OK)
        return code;
    code = checkpoint_store_read(import->log->signer.store, &newest, NULL, err);
    bool has_signed = code == ZCD_OK;
    if (code == ZCD_NOT_FOUND || (code == ZCD_OK && newest.size == 0))
        code = ZCD_OK;
    else if (code == ZCD_OK)
        code = check_begins_with(import, newest.size, &newest.root, "the newest signed checkpoint", err);
    if (code == ZCD_OK)
        code = read_head(import, err);
    root = merkle_range_root(&import->head.range);
    if (code == ZCD_OK && import->head.range.size > 0)
        code = check_begins_with(import, import->head.range.size, &root, "the database", err);
    if (code == ZCD_OK)
        code = check_leaves(import, err);
    if (code == ZCD_OK)
        code = bring_store_up(import, has_signed, &newest, buffer_bytes(&note), err);
    while (code == ZCD_OK && import->head.range.size < import->target.size)
        code = write_batch(import, err);
    return code;
}

enum zcd_code log_import_on(struct log *parts, const char *folder, struct log_imported *imported, struct zcd_error *err)
{
    ZCD_AUTO(import_free)
    struct import *import = calloc(1, sizeof *import);

    if (import == NULL)
        abort(); /* out of memory, as in base/ */
    import->log = parts;
    import->folder = folder;
    enum zcd_code code = checkpoint_store_lock(parts->signer.store, parts->signer.lock_wait_ms, err);
    if (code != ZCD_OK)
        return code;
    code = import_locked(import, err);
    checkpoint_store_unlock(parts->signer.store);
    if (code == ZCD_OK)
        *imported = import->result;
    return code;
}
