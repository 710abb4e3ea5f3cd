#include "audit/log_internal.h"

#include "audit/fault.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { PAUSE_FIRST_MS = 10, PAUSE_MAX_MS = 500 };

int64_t log_now_ms(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void log_pause_ms(int64_t ms)
{
    struct timespec pause = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
    (void)nanosleep(&pause, NULL);
}

/* Growing pauses up to a deadline, which runs from the first failure on: work that takes long costs none. The first try again is at once. */
struct patience {
    int64_t allowed_ms, deadline_ms, pause_ms;
};

static bool is_patient(struct patience *patience)
{
    int64_t now_ms = log_now_ms();

    if (patience->deadline_ms == 0)
        patience->deadline_ms = now_ms + patience->allowed_ms;
    int64_t left_ms = patience->deadline_ms - now_ms;
    if (left_ms <= 0)
        return false;
    if (patience->pause_ms > 0)
        log_pause_ms(patience->pause_ms < left_ms ? patience->pause_ms : left_ms);
    patience->pause_ms = patience->pause_ms == 0 ? PAUSE_FIRST_MS : patience->pause_ms * 2;
    if (patience->pause_ms > PAUSE_MAX_MS)
        patience->pause_ms = PAUSE_MAX_MS;
    return true;
}

/* -------------------------------------------------------------- committing */

/* So that whoever finds these leaves committed and unsigned knows them for ours: batch_statement.h. */
static enum zcd_code seal(struct log *log, struct zcd_error *err)
{
    struct log_batch *batch = &log->batch;
    struct store_seal *made = &batch->after.seal;

    *made = (struct store_seal){.is_signed = true,
                                .statement = {.size_before = batch->before.range.size,
                                              .size_after = batch->after.range.size,
                                              .root_before = merkle_range_root(&batch->before.range),
                                              .root_after = merkle_range_root(&batch->after.range)}};
    memcpy(made->statement.id, batch->id, sizeof made->statement.id);
    return batch_statement_sign(&made->statement, log->config.origin, log->config.key, &made->signature, err);
}

static enum zcd_code compose(const struct store_head *head, void *context, struct store_batch *out,
                             struct zcd_error *err)
{
    struct log *log = context;
    fault_point("head_locked");
    enum zcd_code code = log_sign_check(&log->signer, log->database, head, &log->base, err);

    if (code == ZCD_OK)
        code = log_batch_compose(&log->batch, head, log->config.clock(log->config.clock_context), out, err);
    if (code != ZCD_OK)
        return code;
    code = seal(log, err);
    fault_point("sealed");
    out->head.seal = log->batch.after.seal;
    return code;
}

static enum zcd_code prepare_rows(struct db *db, void *context, struct zcd_error *err)
{
    struct log *log = context;
    return log->config.prepare_rows(db, log->batch.entries, log->batch.count, log->config.insert_rows_context, err);
}

static enum zcd_code insert_rows(struct db *db, void *context, struct zcd_error *err)
{
    struct log *log = context;
    return log->config.insert_rows(db, log->batch.entries, log->batch.count, log->config.insert_rows_context, err);
}

/* Documents are sent again until a transaction is known to have kept them. */
static void forget_documents(struct log *log)
{
    log->known_count = 0;
    log->known_next = 0;
}

static void remember_documents(struct log *log)
{
    for (size_t i = 0; i < log->batch.document_count; i++) {
        log->known[log->known_next] = log->batch.documents[i].sha256;
        log->known_next = (log->known_next + 1) % LOG_KNOWN_DOCUMENTS;
        if (log->known_count < LOG_KNOWN_DOCUMENTS)
            log->known_count++;
    }
}

/* The connection broke while committing. Ask until there is an answer or no patience. */
static enum zcd_code find_out(struct log *log, struct patience *patience, enum store_outcome *outcome,
                              struct zcd_error *err)
{
    bool found = false;

    while (is_patient(patience)) {
        if (log->database->methods->find_batch(log->database, log->batch.id, &found, err) == ZCD_OK) {
            *outcome = found ? STORE_KEPT : STORE_NOT_KEPT;
            return found ? ZCD_OK : zcd_fail(err, ZCD_UNAVAILABLE, "log: the database did not keep the transaction");
        }
    }
    return zcd_fail(err, ZCD_UNAVAILABLE, "log: the database was lost while committing; the record may be kept or not");
}

static void count_reconnect(struct log *log)
{
    (void)pthread_mutex_lock(&log->mutex);
    log->counts.reconnects++;
    (void)pthread_mutex_unlock(&log->mutex);
}

/* Get the batch committed. On ZCD_UNAVAILABLE patience has run out; other codes come at once. */
static enum zcd_code commit(struct log *log, struct patience *patience, bool *rows_refused, struct zcd_error *err)
{
    const struct store_steps steps = {.prepare = log->config.prepare_rows == NULL ? NULL : prepare_rows,
                                      .compose = compose,
                                      .rows = log->config.insert_rows == NULL ? NULL : insert_rows};

    for (;;) {
        enum store_outcome outcome;

        log_batch_prepare(&log->batch, log->known, log->known_count);
        enum zcd_code code = log->database->methods->append(log->database, log->batch.organisations,
                                                            log->batch.organisation_count, &steps, log, &outcome, err);
        if (outcome == STORE_UNKNOWN)
            code = find_out(log, patience, &outcome, err);
        if (outcome == STORE_KEPT)
            return ZCD_OK;
        forget_documents(log);
        *rows_refused = outcome == STORE_ROWS_REFUSED;
        if (code != ZCD_UNAVAILABLE || outcome == STORE_UNKNOWN || !is_patient(patience))
            return code;
        count_reconnect(log);
    }
}

/* ---------------------------------------------------------------- answering */

void log_answer_error(struct log *log, struct log_entry *const *entries, size_t count, const struct zcd_error *err)
{
    (void)pthread_mutex_lock(&log->mutex);
    log->counts.entries_failed += count;
    (void)pthread_mutex_unlock(&log->mutex);
    for (size_t i = 0; i < count; i++)
        entries[i]->done(entries[i], NULL, err);
}

static struct zcd_error as_unavailable(const struct zcd_error *err)
{
    struct zcd_error copy = *err;
    copy.code = ZCD_UNAVAILABLE;
    return copy;
}

static bool fail_batch(struct log *log, size_t first, const struct zcd_error *err)
{
    struct zcd_error answer = as_unavailable(err);

    /* Refuse before answering: who repeats at once must not be queued behind the trouble. */
    log_set_trouble(log, err);
    log_answer_error(log, log->batch.entries + first, log->batch.count - first, &answer);
    return false;
}

static void answer(struct log *log, struct log_entry *entry, const struct checkpoint *checkpoint,
                   const struct merkle_proof *proof)
{
    struct log_receipt receipt = {
        .sequence = entry->sequence,
        .at_us = entry->at_us,
        .leaf = entry->leaf,
        .proof = {.index = entry->index, .inclusion = *proof, .checkpoint = buffer_bytes(&log->note)},
        .checkpoint = *checkpoint,
    };
    entry->done(entry, &receipt, NULL);
}

/* ---------------------------------------------------------------- publishing */

static enum zcd_code sign(struct log *log, struct patience *patience, struct checkpoint *checkpoint,
                          struct zcd_error *err)
{
    for (;;) {
        buffer_clear(&log->note);
        enum zcd_code code =
            log_sign_head(&log->signer, log->database, &log->batch.after, &log->base, checkpoint, &log->note, err);
        if (code != ZCD_UNAVAILABLE || !is_patient(patience))
            return code;
    }
}

/* The tiles for proofs in a tree that another process has made larger: all of them in one round trip. */
static enum zcd_code fetch_tiles(struct log *log, uint64_t size, struct patience *patience, struct zcd_error *err)
{
    struct merkle_proof proof;
    enum zcd_code code;

    log_tiles_begin(&log->tiles, size);
    for (size_t i = 0; i < log->batch.count; i++) {
        if (merkle_prove_inclusion(log->batch.entries[i]->index, size, log_tiles_collect, &log->tiles, &proof, err)
            != ZCD_OK)
            return err->code;
    }
    do {
        code = log->database->methods->read_tiles(log->database, log->tiles.tile, log->tiles.count, err);
    } while (code == ZCD_UNAVAILABLE && is_patient(patience));
    return code;
}

/* One entry's proof; tiles from the database are believed only when they lead to the signed root. */
static enum zcd_code prove(struct log *log, size_t i, const struct checkpoint *checkpoint, struct merkle_proof *proof,
                           struct zcd_error *err)
{
    uint64_t index = log->batch.entries[i]->index;
    struct zcd_error reason;

    if (checkpoint->size == log->batch.after.range.size)
        return merkle_prove_inclusion(index, checkpoint->size, log_batch_lookup, &log->batch, proof, err);
    if (merkle_prove_inclusion(index, checkpoint->size, log_tiles_lookup, &log->tiles, proof, err) != ZCD_OK)
        return err->code;
    if (merkle_verify_inclusion(index, checkpoint->size, &log->batch.leaves[i].leaf_hash, proof, &checkpoint->root,
                                &reason)
        != ZCD_OK)
        return zcd_fail(err, ZCD_CORRUPT, "log: stored tiles do not lead from leaf %llu to the signed root",
                        (unsigned long long)index);
    return ZCD_OK;
}

static void count_acknowledged(struct log *log, size_t count)
{
    (void)pthread_mutex_lock(&log->mutex);
    log->counts.entries_acknowledged += count;
    (void)pthread_mutex_unlock(&log->mutex);
}

/* The batch is committed: have it signed, and answer. */
static bool publish(struct log *log, struct patience *patience)
{
    struct checkpoint checkpoint;
    struct zcd_error err;

    remember_documents(log);
    fault_point("committed");
    enum zcd_code code = sign(log, patience, &checkpoint, &err);
    if (code == ZCD_OK && checkpoint.size != log->batch.after.range.size)
        code = fetch_tiles(log, checkpoint.size, patience, &err);
    if (code != ZCD_OK)
        return fail_batch(log, 0, &err);

    fault_point("signed");
    log_set_ready(log, &checkpoint);
    for (size_t i = 0; i < log->batch.count; i++) {
        struct merkle_proof proof;
        if (prove(log, i, &checkpoint, &proof, &err) != ZCD_OK)
            return fail_batch(log, i, &err);
        count_acknowledged(log, 1);
        answer(log, log->batch.entries[i], &checkpoint, &proof);
    }
    return true;
}

/* ---------------------------------------------------------------- a batch */

static bool write_entries(struct log *log);

/* Something in the batch was refused: alone, each entry fails for itself. */
static bool write_one_by_one(struct log *log)
{
    size_t count = log->batch.count;
    struct log_entry **entries = calloc(count, sizeof *entries);
    bool is_well = true;

    if (entries == NULL)
        abort();
    memcpy(entries, log->batch.entries, count * sizeof *entries);
    for (size_t i = 0; i < count; i++) {
        log_batch_clear(&log->batch);
        log_batch_add(&log->batch, entries[i]);
        if (is_well) {
            is_well = write_entries(log);
            continue;
        }
        struct zcd_error trouble;
        (void)pthread_mutex_lock(&log->mutex);
        trouble = log->trouble;
        (void)pthread_mutex_unlock(&log->mutex);
        log_answer_error(log, &entries[i], 1, &trouble);
    }
    free(entries);
    return is_well;
}

static bool write_entries(struct log *log)
{
    struct patience patience = {.allowed_ms = log->config.patience_ms};
    bool rows_refused = false;
    struct zcd_error err;

    enum zcd_code code = commit(log, &patience, &rows_refused, &err);
    if (code == ZCD_OK) {
        (void)pthread_mutex_lock(&log->mutex);
        log->counts.batches_committed++;
        (void)pthread_mutex_unlock(&log->mutex);
        return publish(log, &patience);
    }
    if (!rows_refused)
        return fail_batch(log, 0, &err);
    if (log->batch.count > 1)
        return write_one_by_one(log);
    log_answer_error(log, log->batch.entries, 1, &err);
    return true;
}

bool log_write_batch(struct log *log)
{
    assert(log->batch.count > 0);
    return write_entries(log);
}
