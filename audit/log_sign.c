#include "audit/log_internal.h"

#include "audit/fault.h"
#include "base/cleanup.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

/* What a person has to know when the database is not the one that was signed. */
#define WAYS_OUT "recover the database's WAL, re-import the leaves from a mirror, or open a new origin"

static enum zcd_code refuse_behind(uint64_t head_size, uint64_t signed_size, struct zcd_error *err)
{
    return zcd_fail(
        err, ZCD_CONFLICT,
        "log: signing refused: the database has %llu leaves, the newest signed checkpoint %llu; was an older "
        "state restored? " WAYS_OUT,
        (unsigned long long)head_size, (unsigned long long)signed_size);
}

static enum zcd_code refuse_beside(uint64_t signed_size, struct zcd_error *err)
{
    return zcd_fail(err, ZCD_CONFLICT,
                    "log: signing refused: the database's first %llu leaves are not those of the newest signed "
                    "checkpoint; " WAYS_OUT,
                    (unsigned long long)signed_size);
}

static enum zcd_code refuse_foreign(const struct store_head *head, uint64_t signed_size, struct zcd_error *err)
{
    return zcd_fail(err, ZCD_CONFLICT,
                    "log: signing refused: records %llu to %llu were not put there by this log's writer (no valid "
                    "signature on their batch); go back to a state before them: " WAYS_OUT,
                    (unsigned long long)signed_size, (unsigned long long)(head->range.size - 1));
}

/* The newest batch's statement says this very tree, and the key's holder made it. */
static bool is_our_own(const struct log_signer *signer, const struct store_head *head)
{
    const struct batch_statement *statement = &head->seal.statement;
    struct sha256 root = merkle_range_root(&head->range);

    return head->seal.is_signed && statement->size_after == head->range.size
           && sha256_equal(&statement->root_after, &root)
           && batch_statement_verify(statement, &signer->vkey, &head->seal.signature);
}

static enum zcd_code check_origin(const struct log_signer *signer, const struct store_head *head, struct zcd_error *err)
{
    if (strcmp(head->origin, signer->vkey.name) != 0)
        return zcd_fail(err, ZCD_CONFLICT, "log: the database's log has the origin %.80s, this service %.80s",
                        head->origin, signer->vkey.name);
    return ZCD_OK;
}

static void remember(struct log_signer *signer, const struct checkpoint *checkpoint)
{
    signer->newest = *checkpoint;
    signer->has_newest = true;
}

/* A store set back under a running process, with or without the database: what was signed once is known here. */
static enum zcd_code check_store_goes_on(struct log_signer *signer, const struct checkpoint *checkpoint,
                                         struct zcd_error *err)
{
    if (signer->has_newest
        && (checkpoint->size < signer->newest.size
            || (checkpoint->size == signer->newest.size && !sha256_equal(&checkpoint->root, &signer->newest.root))))
        return zcd_fail(err, ZCD_CONFLICT,
                        "log: signing refused: the checkpoint store holds a checkpoint of %llu leaves, and one of %llu "
                        "was signed already; restore the newest file and database",
                        (unsigned long long)checkpoint->size, (unsigned long long)signer->newest.size);
    remember(signer, checkpoint);
    return ZCD_OK;
}

/*
 * The newest checkpoint. A missing file is fine only where a log begins.
 *   base  out  is_present is false for a missing file
 */
static enum zcd_code read_base(struct log_signer *signer, uint64_t head_size, bool may_begin, struct log_base *base,
                               struct bytes *note, struct zcd_error *err)
{
    struct log_base read = {.is_present = true};
    enum zcd_code code = checkpoint_store_read(signer->store, &read.checkpoint, note, err);

    if (code == ZCD_NOT_FOUND && may_begin && head_size == 0) {
        read.is_present = false;
        code = ZCD_OK;
    }
    if (code == ZCD_NOT_FOUND)
        return zcd_fail(err, ZCD_CONFLICT,
                        "log: signing refused: the log has %llu leaves and no checkpoint store; restore the file, or, "
                        "sure that no leaf is lost, make it anew (zcd log init-checkpoint-store)",
                        (unsigned long long)head_size);
    if (code == ZCD_OK && read.is_present)
        code = check_store_goes_on(signer, &read.checkpoint, err);
    if (code == ZCD_OK)
        *base = read;
    return code;
}

/* Fetch the consistency proof's tiles in one round trip and verify it. The roots' own equality is the caller's question. */
static enum zcd_code check_consistency(struct store *database, const struct checkpoint *old, uint64_t size,
                                       const struct sha256 *root, struct zcd_error *err)
{
    ZCD_AUTO(log_tiles_done)
    struct log_tiles tiles = {.size = size};
    struct merkle_proof proof;
    struct zcd_error reason;

    if (merkle_prove_consistency(old->size, size, log_tiles_collect, &tiles, &proof, err) != ZCD_OK)
        return err->code;
    if (tiles.count > 0 && database->methods->read_tiles(database, tiles.tile, tiles.count, err) != ZCD_OK)
        return err->code;
    if (merkle_prove_consistency(old->size, size, log_tiles_lookup, &tiles, &proof, err) != ZCD_OK)
        return err->code;
    if (merkle_verify_consistency(old->size, &old->root, size, root, &proof, &reason) != ZCD_OK)
        return refuse_beside(old->size, err);
    return ZCD_OK;
}

/* Is the head at or ahead of the checkpoint, with the same leaves up to there? */
static enum zcd_code check_extends(struct store *database, const struct store_head *head,
                                   const struct checkpoint *checkpoint, struct zcd_error *err)
{
    struct sha256 root = merkle_range_root(&head->range);

    if (head->range.size < checkpoint->size)
        return refuse_behind(head->range.size, checkpoint->size, err);
    if (head->range.size == checkpoint->size)
        return sha256_equal(&root, &checkpoint->root) ? ZCD_OK : refuse_beside(checkpoint->size, err);
    return check_consistency(database, checkpoint, head->range.size, &root, err);
}

static enum zcd_code check_head(struct log_signer *signer, struct store *database, const struct store_head *head,
                                bool may_begin, struct log_base *base, struct zcd_error *err)
{
    struct log_base read;
    enum zcd_code code = check_origin(signer, head, err);

    if (code == ZCD_OK)
        code = read_base(signer, head->range.size, may_begin, &read, NULL, err);
    if (code == ZCD_OK && read.is_present)
        code = check_extends(database, head, &read.checkpoint, err);
    if (code == ZCD_OK && read.is_present && head->range.size > read.checkpoint.size && !is_our_own(signer, head))
        code = refuse_foreign(head, read.checkpoint.size, err);
    if (code == ZCD_OK)
        *base = read;
    return code;
}

enum zcd_code log_sign_check(struct log_signer *signer, struct store *database, const struct store_head *head,
                             struct log_base *base, struct zcd_error *err)
{
    return check_head(signer, database, head, false, base, err);
}

static bool same_base(const struct log_base *a, const struct log_base *b)
{
    return a->is_present && b->is_present && a->checkpoint.size == b->checkpoint.size
           && sha256_equal(&a->checkpoint.root, &b->checkpoint.root);
}

/* The lock is held, the head extends base and is larger, or there is no checkpoint yet. */
static enum zcd_code sign_and_keep(struct log_signer *signer, const struct store_head *head,
                                   const struct log_base *base, struct checkpoint *checkpoint, struct buffer *note,
                                   struct zcd_error *err)
{
    struct checkpoint next = {.size = head->range.size, .root = merkle_range_root(&head->range)};
    ZCD_AUTO(buffer_done)
    struct buffer fresh = {0};

    (void)snprintf(next.origin, sizeof next.origin, "%s", signer->vkey.name);
    if (checkpoint_sign(&next, signer->key, &fresh, err) != ZCD_OK)
        return err->code;
    fault_point("checkpoint_signed");
    enum zcd_code code =
        checkpoint_store_replace(signer->store, base->is_present ? &base->checkpoint : NULL, buffer_bytes(&fresh), err);
    if (code != ZCD_OK)
        return code;
    signer->signed_count++;
    remember(signer, &next);
    buffer_append(note, fresh.data, fresh.size);
    *checkpoint = next;
    return ZCD_OK;
}

/* Another process has signed a tree that is larger than ours, or ours itself. */
static enum zcd_code adopt(struct store *database, const struct store_head *head, const struct checkpoint *newest,
                           struct bytes newest_note, struct checkpoint *checkpoint, struct buffer *note,
                           struct zcd_error *err)
{
    struct checkpoint ours = {.size = head->range.size, .root = merkle_range_root(&head->range)};
    enum zcd_code code = ZCD_OK;

    if (newest->size > ours.size)
        code = check_consistency(database, &ours, newest->size, &newest->root, err);
    else if (!sha256_equal(&ours.root, &newest->root))
        code = refuse_beside(newest->size, err);
    if (code != ZCD_OK)
        return code;
    buffer_append(note, newest_note.data, newest_note.size);
    *checkpoint = *newest;
    return ZCD_OK;
}

static enum zcd_code sign_locked(struct log_signer *signer, struct store *database, const struct store_head *head,
                                 const struct log_base *known, struct checkpoint *checkpoint, struct buffer *note,
                                 struct zcd_error *err)
{
    struct log_base newest;
    struct bytes newest_note = {0};
    enum zcd_code code = read_base(signer, head->range.size, false, &newest, &newest_note, err);

    if (code != ZCD_OK)
        return code;
    if (newest.checkpoint.size >= head->range.size)
        return adopt(database, head, &newest.checkpoint, newest_note, checkpoint, note, err);
    if (!same_base(known, &newest))
        code = check_extends(database, head, &newest.checkpoint, err);
    return code == ZCD_OK ? sign_and_keep(signer, head, &newest, checkpoint, note, err) : code;
}

enum zcd_code log_sign_head(struct log_signer *signer, struct store *database, const struct store_head *head,
                            const struct log_base *base, struct checkpoint *checkpoint, struct buffer *note,
                            struct zcd_error *err)
{
    enum zcd_code code = checkpoint_store_lock(signer->store, signer->lock_wait_ms, err);

    if (code != ZCD_OK)
        return code;
    code = sign_locked(signer, database, head, base, checkpoint, note, err);
    checkpoint_store_unlock(signer->store);
    return code;
}

/* The committed head; a log that was never begun is begun, unless a checkpoint says that it once was. */
static enum zcd_code read_or_begin(struct log_signer *signer, struct store *database, struct store_head *head,
                                   struct zcd_error *err)
{
    struct checkpoint newest;
    enum zcd_code code = database->methods->read_head(database, head, err);

    if (code != ZCD_NOT_FOUND)
        return code;
    code = checkpoint_store_read(signer->store, &newest, NULL, err);
    if (code != ZCD_OK && code != ZCD_NOT_FOUND)
        return code;
    if (code == ZCD_OK && newest.size > 0)
        return refuse_behind(0, newest.size, err);
    code = database->methods->create_head(database, signer->vkey.name, err);
    return code == ZCD_OK ? database->methods->read_head(database, head, err) : code;
}

static enum zcd_code recover_locked(struct log_signer *signer, struct store *database, struct checkpoint *checkpoint,
                                    struct zcd_error *err)
{
    ZCD_AUTO(buffer_done)
    struct buffer note = {0};
    struct store_head head;
    struct log_base base;

    enum zcd_code code = read_or_begin(signer, database, &head, err);
    if (code == ZCD_OK)
        code = check_head(signer, database, &head, true, &base, err);
    if (code != ZCD_OK)
        return code;
    if (base.is_present && base.checkpoint.size == head.range.size) {
        *checkpoint = base.checkpoint;
        return ZCD_OK;
    }
    if (base.is_present)
        code = log_tail_check(database, &base.checkpoint, &head, err);
    return code == ZCD_OK ? sign_and_keep(signer, &head, &base, checkpoint, &note, err) : code;
}

/* The head is read under the store's lock: no other process can sign a larger one between our reading and our signing. */
enum zcd_code log_sign_recover(struct log_signer *signer, struct store *database, struct checkpoint *checkpoint,
                               struct zcd_error *err)
{
    enum zcd_code code = checkpoint_store_lock(signer->store, signer->lock_wait_ms, err);

    if (code != ZCD_OK)
        return code;
    code = recover_locked(signer, database, checkpoint, err);
    checkpoint_store_unlock(signer->store);
    return code;
}

/* ------------------------------------------------- a store for an old log */

/* The stored tiles must lead to the head's root: what is signed now without an older checkpoint to measure it against
 * shall at least be whole in itself. */
static enum zcd_code check_tiles(struct store *database, const struct store_head *head, struct zcd_error *err)
{
    ZCD_AUTO(log_tiles_done)
    struct log_tiles tiles = {.size = head->range.size};
    struct sha256 expected = merkle_range_root(&head->range);
    struct sha256 root;

    if (merkle_root(head->range.size, log_tiles_collect, &tiles, &root, err) != ZCD_OK)
        return err->code;
    if (tiles.count > 0 && database->methods->read_tiles(database, tiles.tile, tiles.count, err) != ZCD_OK)
        return err->code;
    if (merkle_root(head->range.size, log_tiles_lookup, &tiles, &root, err) != ZCD_OK)
        return err->code;
    if (!sha256_equal(&root, &expected))
        return zcd_fail(err, ZCD_CORRUPT, "log: the stored tiles do not lead to the head's root");
    return ZCD_OK;
}

static enum zcd_code init_locked(struct log_signer *signer, struct store *database, struct checkpoint *checkpoint,
                                 struct zcd_error *err)
{
    ZCD_AUTO(buffer_done)
    struct buffer note = {0};
    struct checkpoint present;
    struct store_head head;

    enum zcd_code code = checkpoint_store_read(signer->store, &present, NULL, err);
    if (code == ZCD_OK)
        return zcd_fail(err, ZCD_CONFLICT, "log: the checkpoint store holds a checkpoint of %llu leaves already",
                        (unsigned long long)present.size);
    if (code == ZCD_NOT_FOUND)
        code = database->methods->read_head(database, &head, err);
    if (code == ZCD_OK)
        code = check_origin(signer, &head, err);
    if (code == ZCD_OK)
        code = check_tiles(database, &head, err);
    if (code != ZCD_OK)
        return code;
    return sign_and_keep(signer, &head, &(struct log_base){.is_present = false}, checkpoint, &note, err);
}

enum zcd_code log_sign_init(struct log_signer *signer, struct store *database, struct checkpoint *checkpoint,
                            struct zcd_error *err)
{
    enum zcd_code code = checkpoint_store_lock(signer->store, signer->lock_wait_ms, err);

    if (code != ZCD_OK)
        return code;
    code = init_locked(signer, database, checkpoint, err);
    checkpoint_store_unlock(signer->store);
    return code;
}
