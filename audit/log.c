#include "audit/log_internal.h"

#include "base/cleanup.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    QUEUE_ENTRIES_MAX = 1024,
    QUEUE_BYTES_MAX = 64 << 20,
    BATCH_ENTRIES_MAX = 256,
    BATCH_BYTES_MAX = 8 << 20,
    PATIENCE_MS = 10000,
    STATEMENT_TIMEOUT_MS = 5000,
    BACK_OFF_FIRST_MS = 100,
    BACK_OFF_MAX_MS = 2000
};

/* ------------------------------------------------------------------- state */

void log_set_ready(struct log *log, const struct checkpoint *newest)
{
    (void)pthread_mutex_lock(&log->mutex);
    log->is_ready = true;
    log->counts.checkpoints_signed = log->signer.signed_count;
    if (newest->size > log->counts.signed_size)
        log->counts.signed_size = newest->size;
    (void)pthread_mutex_unlock(&log->mutex);
}

void log_set_trouble(struct log *log, const struct zcd_error *err)
{
    (void)pthread_mutex_lock(&log->mutex);
    log->is_ready = false;
    log->trouble = *err;
    log->trouble.code = ZCD_UNAVAILABLE;
    (void)pthread_mutex_unlock(&log->mutex);
}

enum zcd_code log_ready(struct log *log, struct zcd_error *err)
{
    enum zcd_code code = ZCD_OK;

    (void)pthread_mutex_lock(&log->mutex);
    if (log->is_closing)
        code = zcd_fail(err, ZCD_UNAVAILABLE, "log: closing");
    if (code == ZCD_OK && !log->is_ready) {
        *err = log->trouble;
        code = err->code;
    }
    (void)pthread_mutex_unlock(&log->mutex);
    return code;
}

void log_count(struct log *log, struct log_counts *counts)
{
    (void)pthread_mutex_lock(&log->mutex);
    *counts = log->counts;
    counts->entries_waiting = log->waiting;
    counts->is_ready = log->is_ready;
    if (log->writing_since_ms != 0)
        counts->oldest_waiting_ms = log_now_ms() - log->writing_since_ms;
    else if (log->first != NULL)
        counts->oldest_waiting_ms = log_now_ms() - log->first->submitted_ms;
    (void)pthread_mutex_unlock(&log->mutex);
}

const struct note_vkey *log_vkey(const struct log *log)
{
    return &log->signer.vkey;
}

/* ------------------------------------------------------------------- queue */

/*
 * A record is sealed once for the test, with the longest sequence number there is: what passes here cannot be refused by
 * the writer, where it would hold up others.
 */
static enum zcd_code check_record(struct log_entry *entry, struct zcd_error *err)
{
    ZCD_AUTO(buffer_done)
    struct buffer leaf = {0};
    enum zcd_code code = record_seal(&entry->record, 0, (UINT64_C(1) << 53) - 1, &leaf, err);

    entry->size_bytes = leaf.size;
    return code == ZCD_OK ? record_body_check(entry->record.kind, entry->record.body, err) : code;
}

static enum zcd_code check_commitments(const struct log_entry *entry, struct zcd_error *err)
{
    for (size_t i = 0; i < entry->commitment_count; i++) {
        const struct commitment *commitment = &entry->commitments[i];
        assert(commitment_opens(&commitment->digest, commitment->salt, commitment->value));
        if (commitment->value.size > COMMITMENT_VALUE_SIZE_MAX || !bytes_are_utf8(commitment->value))
            return zcd_fail(err, ZCD_INVALID, "a value is too long, or not UTF-8");
        if (!record_has_commitment(&entry->record, &commitment->digest))
            return zcd_fail(err, ZCD_INVALID, "a commitment does not stand in the record");
    }
    return ZCD_OK;
}

static enum zcd_code check_documents(struct log_entry *entry, struct zcd_error *err)
{
    assert(entry->document_count <= LOG_ENTRY_DOCUMENTS_MAX);
    for (size_t i = 0; i < entry->document_count; i++) {
        const struct log_document *document = &entry->documents[i];
        if (document->bytes.size > LOG_DOCUMENT_SIZE_MAX)
            return zcd_fail(err, ZCD_INVALID, "a document has %zu bytes, more than %u", document->bytes.size,
                            LOG_DOCUMENT_SIZE_MAX);
        struct sha256 digest = sha256_of(document->bytes);
        assert(sha256_equal(&digest, &document->sha256)); /* the submitter computed it from these bytes */
        entry->size_bytes += document->bytes.size;
    }
    return ZCD_OK;
}

/* With the mutex held. */
static enum zcd_code enqueue(struct log *log, struct log_entry *entry, struct zcd_error *err)
{
    if (log->is_closing)
        return zcd_fail(err, ZCD_UNAVAILABLE, "log: closing");
    if (!log->is_ready) {
        *err = log->trouble;
        return err->code;
    }
    if (log->waiting >= log->config.queue_entries_max
        || (log->waiting > 0 && log->waiting_bytes + entry->size_bytes > log->config.queue_bytes_max))
        return zcd_fail(err, ZCD_UNAVAILABLE, "log: %zu records are waiting to be written; try again", log->waiting);
    entry->next = NULL;
    entry->submitted_ms = log_now_ms();
    if (log->last == NULL)
        log->first = entry;
    else
        log->last->next = entry;
    log->last = entry;
    log->waiting++;
    log->waiting_bytes += entry->size_bytes;
    (void)pthread_cond_signal(&log->wake);
    return ZCD_OK;
}

enum zcd_code log_submit(struct log *log, struct log_entry *entry, struct zcd_error *err)
{
    assert(entry->done != NULL);
    enum zcd_code code = check_record(entry, err);

    if (code == ZCD_OK)
        code = check_documents(entry, err);
    if (code == ZCD_OK)
        code = check_commitments(entry, err);
    if (code != ZCD_OK)
        return code;
    (void)pthread_mutex_lock(&log->mutex);
    code = enqueue(log, entry, err);
    (void)pthread_mutex_unlock(&log->mutex);
    return code;
}

/* With the mutex held: as many as fit into one transaction, at least one, from the queue into the batch. */
static void take(struct log *log, size_t entries_max, size_t bytes_max)
{
    size_t bytes = 0;

    log_batch_clear(&log->batch);
    if (log->first != NULL)
        log->writing_since_ms = log->first->submitted_ms;
    while (log->first != NULL && log->batch.count < entries_max) {
        struct log_entry *entry = log->first;
        bytes += entry->size_bytes;
        if (log->batch.count > 0 && bytes > bytes_max)
            return;
        log->first = entry->next;
        if (log->first == NULL)
            log->last = NULL;
        log->waiting--;
        log->waiting_bytes -= entry->size_bytes;
        log_batch_add(&log->batch, entry);
    }
}

/* ------------------------------------------------------------------ thread */

static void wait_for(struct log *log, int64_t ms)
{
    struct timespec until;

    (void)clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += ms / 1000;
    until.tv_nsec += ms % 1000 * 1000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000;
    }
    (void)pthread_cond_timedwait(&log->wake, &log->mutex, &until);
}

/* With the mutex held, which is let go meanwhile: nobody waits for a log that is in trouble. */
static void fail_waiting(struct log *log)
{
    while (log->first != NULL) {
        struct zcd_error trouble = log->trouble;
        take(log, log->config.batch_entries_max, SIZE_MAX);
        (void)pthread_mutex_unlock(&log->mutex);
        log_answer_error(log, log->batch.entries, log->batch.count, &trouble);
        (void)pthread_mutex_lock(&log->mutex);
        log->writing_since_ms = 0;
    }
}

/* With the mutex held, which is let go meanwhile. Returns the next pause. */
static int64_t recover(struct log *log, int64_t pause_ms)
{
    struct checkpoint checkpoint;
    struct zcd_error err;

    wait_for(log, pause_ms);
    if (log->is_closing)
        return pause_ms;
    (void)pthread_mutex_unlock(&log->mutex);
    if (log_sign_recover(&log->signer, log->database, &checkpoint, &err) == ZCD_OK)
        log_set_ready(log, &checkpoint);
    else
        log_set_trouble(log, &err);
    (void)pthread_mutex_lock(&log->mutex);
    if (log->is_ready)
        return BACK_OFF_FIRST_MS;
    return pause_ms * 2 > BACK_OFF_MAX_MS ? BACK_OFF_MAX_MS : pause_ms * 2;
}

static void *write_until_closed(void *context)
{
    struct log *log = context;
    int64_t pause_ms = BACK_OFF_FIRST_MS;

    (void)pthread_mutex_lock(&log->mutex);
    for (;;) {
        if (!log->is_ready) {
            fail_waiting(log);
            if (log->is_closing)
                break;
            pause_ms = recover(log, pause_ms);
            continue;
        }
        if (log->first == NULL && log->is_closing)
            break;
        if (log->first == NULL) {
            (void)pthread_cond_wait(&log->wake, &log->mutex);
            continue;
        }
        take(log, log->config.batch_entries_max, log->config.batch_bytes_max);
        (void)pthread_mutex_unlock(&log->mutex);
        (void)log_write_batch(log); /* trouble is noted in the log */
        (void)pthread_mutex_lock(&log->mutex);
        log->writing_since_ms = 0;
    }
    (void)pthread_mutex_unlock(&log->mutex);
    return NULL;
}

/* -------------------------------------------------------- opening, closing */

static int64_t system_clock_us(void *context)
{
    struct timespec now;

    (void)context;
    (void)clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static void default_size(size_t *value, size_t otherwise)
{
    if (*value == 0)
        *value = otherwise;
}

static void default_ms(int32_t *value, int32_t otherwise)
{
    if (*value == 0)
        *value = otherwise;
}

static struct log *log_new(const struct log_config *config)
{
    struct log *log = calloc(1, sizeof *log);
    pthread_condattr_t monotonic;

    if (log == NULL)
        abort();
    log->config = *config;
    default_size(&log->config.queue_entries_max, QUEUE_ENTRIES_MAX);
    default_size(&log->config.queue_bytes_max, QUEUE_BYTES_MAX);
    default_size(&log->config.batch_entries_max, BATCH_ENTRIES_MAX);
    default_size(&log->config.batch_bytes_max, BATCH_BYTES_MAX);
    default_ms(&log->config.patience_ms, PATIENCE_MS);
    default_ms(&log->config.statement_timeout_ms, STATEMENT_TIMEOUT_MS);
    if (config->clock == NULL)
        log->config.clock = system_clock_us;
    log->cache = log_cache_new();
    (void)pthread_mutex_init(&log->mutex, NULL);
    (void)pthread_mutex_init(&log->reader_mutex, NULL);
    (void)pthread_condattr_init(&monotonic);
    (void)pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    (void)pthread_cond_init(&log->wake, &monotonic);
    (void)pthread_condattr_destroy(&monotonic);
    return log;
}

/* All but the thread, which is not running. */
static void log_free(struct log *log)
{
    if (log == NULL)
        return;
    if (log->database != NULL)
        log->database->methods->close(log->database);
    checkpoint_store_close(log->signer.store);
    checkpoint_store_close(log->reader_store);
    log_cache_free(log->cache);
    log_batch_done(&log->batch);
    log_tiles_done(&log->tiles);
    buffer_done(&log->note);
    (void)pthread_cond_destroy(&log->wake);
    (void)pthread_mutex_destroy(&log->mutex);
    (void)pthread_mutex_destroy(&log->reader_mutex);
    free(log);
}

static void free_log(struct log **log)
{
    log_free(*log);
}

/* Key, checkpoint store and database, none of them asked anything yet. */
static enum zcd_code open_parts(struct log *log, struct zcd_error *err)
{
    struct signature_public_key public_key = signature_key_public(log->config.key);
    enum zcd_code code = note_vkey_init(log->config.origin, &public_key, &log->signer.vkey, err);

    log->signer.key = log->config.key;
    log->signer.lock_wait_ms = log->config.statement_timeout_ms;
    if (code == ZCD_OK)
        code = checkpoint_store_open(log->config.checkpoint_path, &log->signer.vkey, &log->signer.store, err);
    if (code == ZCD_OK)
        code = checkpoint_store_open(log->config.checkpoint_path, &log->signer.vkey, &log->reader_store, err);
    if (code == ZCD_OK && log->database == NULL)
        log->database = store_pg_new(log->config.conninfo, log->config.role, log->config.statement_timeout_ms);
    return code;
}

enum zcd_code log_open_on(const struct log_config *config, struct store *database, struct log **log,
                          struct zcd_error *err)
{
    ZCD_AUTO(free_log)
    struct log *fresh = log_new(config);
    struct checkpoint checkpoint;

    fresh->database = database;
    enum zcd_code code = open_parts(fresh, err);
    if (code == ZCD_OK)
        code = log_sign_recover(&fresh->signer, fresh->database, &checkpoint, err);
    if (code != ZCD_OK)
        return code;
    log_set_ready(fresh, &checkpoint);
    if (pthread_create(&fresh->thread, NULL, write_until_closed, fresh) != 0)
        return zcd_fail(err, ZCD_UNAVAILABLE, "log: no thread for the writer");
    fresh->has_thread = true;
    *log = fresh;
    fresh = NULL;
    return ZCD_OK;
}

enum zcd_code log_open_reader(const struct log_config *config, struct log **log, struct zcd_error *err)
{
    ZCD_AUTO(free_log)
    struct log *fresh = log_new(config);
    enum zcd_code code = open_parts(fresh, err);

    if (code != ZCD_OK)
        return code;
    struct zcd_error reading;
    (void)zcd_fail(&reading, ZCD_UNAVAILABLE, "log: opened for reading alone");
    log_set_trouble(fresh, &reading);
    *log = fresh;
    fresh = NULL;
    return ZCD_OK;
}

enum zcd_code log_open(const struct log_config *config, struct log **log, struct zcd_error *err)
{
    return log_open_on(config, NULL, log, err);
}

void log_close(struct log *log)
{
    if (log == NULL)
        return;
    (void)pthread_mutex_lock(&log->mutex);
    log->is_closing = true;
    (void)pthread_cond_signal(&log->wake);
    (void)pthread_mutex_unlock(&log->mutex);
    if (log->has_thread)
        (void)pthread_join(log->thread, NULL);
    log_free(log);
}

enum zcd_code log_checkpoint_store_init(const struct log_config *config, struct checkpoint *checkpoint,
                                        struct zcd_error *err)
{
    ZCD_AUTO(free_log)
    struct log *parts = log_new(config);
    enum zcd_code code = open_parts(parts, err);

    return code == ZCD_OK ? log_sign_init(&parts->signer, parts->database, checkpoint, err) : code;
}

enum zcd_code log_import(const struct log_config *config, const char *folder, struct log_imported *imported,
                         struct zcd_error *err)
{
    ZCD_AUTO(free_log)
    struct log *parts = log_new(config);
    enum zcd_code code = open_parts(parts, err);

    return code == ZCD_OK ? log_import_on(parts, folder, imported, err) : code;
}
