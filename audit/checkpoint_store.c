#include "audit/checkpoint_store.h"

#include "audit/fault.h"
#include "base/cleanup.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { PAUSE_FIRST_US = 100, PAUSE_MAX_US = 2000, FILE_MODE = 0644 };

struct checkpoint_store {
    char *path, *fresh_path, *lock_path, *folder;
    struct note_vkey vkey;
    int lock_file;
    bool is_locked;
    struct buffer note; /* as last read and verified; size 0 for none */
    struct checkpoint checkpoint;
};

/* Running out of memory ends the process, as in base/. */
static char *join(const char *first, const char *second)
{
    size_t size = strlen(first) + strlen(second) + 1;
    char *text = malloc(size);

    if (text == NULL)
        abort();
    (void)snprintf(text, size, "%s%s", first, second);
    return text;
}

static char *folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');

    if (slash == NULL)
        return join(".", "");
    if (slash == path)
        return join("/", "");
    char *folder = join(path, "");
    folder[slash - path] = '\0';
    return folder;
}

static void close_file(int *file)
{
    if (*file >= 0)
        (void)close(*file);
}

static enum zcd_code open_lock(struct checkpoint_store *store, struct zcd_error *err)
{
    close_file(&store->lock_file);
    store->lock_file = open(store->lock_path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, FILE_MODE);
    if (store->lock_file < 0)
        return zcd_fail(err, ZCD_UNAVAILABLE, "checkpoint store: cannot open %.120s: %s", store->lock_path,
                        strerror(errno));
    return ZCD_OK;
}

enum zcd_code checkpoint_store_open(const char *path, const struct note_vkey *vkey, struct checkpoint_store **store,
                                    struct zcd_error *err)
{
    struct checkpoint_store *fresh = calloc(1, sizeof *fresh);
    if (fresh == NULL)
        abort();
    fresh->path = join(path, "");
    fresh->fresh_path = join(path, ".new");
    fresh->lock_path = join(path, ".lock");
    fresh->folder = folder_of(path);
    fresh->vkey = *vkey;
    fresh->lock_file = -1;

    enum zcd_code code = open_lock(fresh, err);
    if (code != ZCD_OK) {
        checkpoint_store_close(fresh);
        return code;
    }
    *store = fresh;
    return ZCD_OK;
}

void checkpoint_store_close(struct checkpoint_store *store)
{
    if (store == NULL)
        return;
    if (store->lock_file >= 0)
        (void)close(store->lock_file);
    buffer_done(&store->note);
    free(store->path);
    free(store->fresh_path);
    free(store->lock_path);
    free(store->folder);
    free(store);
}

/* ---------------------------------------------------------------- reading */

static enum zcd_code read_file(const struct checkpoint_store *store, uint8_t *data, size_t capacity, size_t *size,
                               struct zcd_error *err)
{
    ZCD_AUTO(close_file)
    int file = open(store->path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);

    if (file < 0 && errno == ENOENT)
        return zcd_fail(err, ZCD_NOT_FOUND, "checkpoint store: there is no %.200s", store->path);
    if (file < 0)
        return zcd_fail(err, ZCD_UNAVAILABLE, "checkpoint store: cannot open %.120s: %s", store->path, strerror(errno));
    *size = 0;
    while (*size < capacity) {
        ssize_t got = read(file, data + *size, capacity - *size);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return zcd_fail(err, ZCD_UNAVAILABLE, "checkpoint store: cannot read %.120s: %s", store->path,
                            strerror(errno));
        if (got == 0)
            return ZCD_OK;
        *size += (size_t)got;
    }
    return ZCD_OK;
}

enum zcd_code checkpoint_store_read(struct checkpoint_store *store, struct checkpoint *checkpoint, struct bytes *note,
                                    struct zcd_error *err)
{
    uint8_t data[8192]; /* a note of ours has a few hundred bytes; cosignatures of witnesses add some */
    size_t size = 0;
    struct checkpoint read;
    struct zcd_error reason;

    enum zcd_code code = read_file(store, data, sizeof data, &size, err);
    if (code != ZCD_OK)
        return code;
    if (!bytes_equal((struct bytes){data, size}, buffer_bytes(&store->note)) || size == 0) {
        buffer_clear(&store->note);
        if (size == sizeof data)
            return zcd_fail(err, ZCD_CORRUPT, "checkpoint store: %.200s is too large", store->path);
        if (checkpoint_verify((struct bytes){data, size}, &store->vkey, &read, &reason) != ZCD_OK)
            return zcd_fail(err, ZCD_CORRUPT, "checkpoint store: %.80s is not signed by %.60s: %.80s", store->path,
                            store->vkey.name, reason.message);
        buffer_append(&store->note, data, size);
        store->checkpoint = read;
    }
    *checkpoint = store->checkpoint;
    if (note != NULL)
        *note = buffer_bytes(&store->note);
    return ZCD_OK;
}

/* ---------------------------------------------------------------- locking */

static void pause_us(int64_t us)
{
    struct timespec pause = {.tv_sec = us / 1000000, .tv_nsec = us % 1000000 * 1000};
    (void)nanosleep(&pause, NULL);
}

/* Is the file we have locked still the one that others will lock? Somebody may have removed it by hand. */
static bool lock_is_in_place(const struct checkpoint_store *store)
{
    struct stat ours, named;

    return fstat(store->lock_file, &ours) == 0 && stat(store->lock_path, &named) == 0 && ours.st_ino == named.st_ino
           && ours.st_dev == named.st_dev;
}

enum zcd_code checkpoint_store_lock(struct checkpoint_store *store, int32_t wait_ms, struct zcd_error *err)
{
    int64_t left_us = (int64_t)wait_ms * 1000;
    int64_t step_us = PAUSE_FIRST_US;

    assert(!store->is_locked);
    if (store->lock_file < 0 && open_lock(store, err) != ZCD_OK) /* its folder was away the last time */
        return err->code;
    for (;;) {
        if (flock(store->lock_file, LOCK_EX | LOCK_NB) == 0) {
            if (lock_is_in_place(store))
                break;
            enum zcd_code code = open_lock(store, err);
            if (code != ZCD_OK)
                return code;
            continue;
        }
        if (errno != EWOULDBLOCK && errno != EINTR)
            return zcd_fail(err, ZCD_UNAVAILABLE, "checkpoint store: cannot lock %.120s: %s", store->lock_path,
                            strerror(errno));
        if (left_us <= 0)
            return zcd_fail(err, ZCD_UNAVAILABLE, "checkpoint store: another process holds %.120s", store->lock_path);
        pause_us(step_us);
        left_us -= step_us;
        step_us = step_us * 2 > PAUSE_MAX_US ? PAUSE_MAX_US : step_us * 2;
    }
    store->is_locked = true;
    return ZCD_OK;
}

void checkpoint_store_unlock(struct checkpoint_store *store)
{
    assert(store->is_locked);
    (void)flock(store->lock_file, LOCK_UN);
    store->is_locked = false;
}

/* -------------------------------------------------------------- replacing */

static bool write_all(int file, struct bytes data)
{
    for (size_t written = 0; written < data.size;) {
        ssize_t put = write(file, data.data + written, data.size - written);
        if (put < 0 && errno == EINTR)
            continue;
        if (put <= 0)
            return false;
        written += (size_t)put;
    }
    return true;
}

static bool sync_folder(const char *folder)
{
    ZCD_AUTO(close_file)
    int file = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return file >= 0 && fsync(file) == 0;
}

/* A new file, synced, then renamed over the old one, then the folder synced: whole at every moment, durable at the end. */
static bool write_file(const struct checkpoint_store *store, struct bytes note)
{
    ZCD_AUTO(close_file)
    int file = open(store->fresh_path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, FILE_MODE);

    if (file < 0 || !write_all(file, note) || fsync(file) != 0)
        return false;
    fault_point("checkpoint_written");
    if (rename(store->fresh_path, store->path) != 0)
        return false;
    fault_point("checkpoint_renamed");
    return sync_folder(store->folder);
}

/* Does the file still hold what the caller has seen, and may `next` follow it? */
static enum zcd_code check_step(struct checkpoint_store *store, const struct checkpoint *expected,
                                const struct checkpoint *next, struct zcd_error *err)
{
    struct checkpoint present;
    enum zcd_code code = checkpoint_store_read(store, &present, NULL, err);

    if (code == ZCD_NOT_FOUND && expected == NULL)
        return ZCD_OK;
    if (code != ZCD_OK && code != ZCD_NOT_FOUND)
        return code;
    if (code == ZCD_NOT_FOUND || expected == NULL || present.size != expected->size
        || !sha256_equal(&present.root, &expected->root))
        return zcd_fail(err, ZCD_CONFLICT, "checkpoint store: it has changed under the lock");
    if (next->size <= present.size)
        return zcd_fail(err, ZCD_CONFLICT, "checkpoint store: a tree of %llu leaves cannot follow one of %llu",
                        (unsigned long long)next->size, (unsigned long long)present.size);
    return ZCD_OK;
}

static enum zcd_code keep(const struct checkpoint_store *store, struct bytes note, struct zcd_error *err)
{
    if (write_file(store, note))
        return ZCD_OK;
    int reason = errno;
    (void)unlink(store->fresh_path);
    return zcd_fail(err, ZCD_UNAVAILABLE, "checkpoint store: cannot write %.120s: %s", store->path, strerror(reason));
}

enum zcd_code checkpoint_store_replace(struct checkpoint_store *store, const struct checkpoint *expected,
                                       struct bytes note, struct zcd_error *err)
{
    struct checkpoint next;
    struct zcd_error reason;

    assert(store->is_locked);
    if (checkpoint_verify(note, &store->vkey, &next, &reason) != ZCD_OK)
        return zcd_fail(err, ZCD_INVALID, "checkpoint store: not a checkpoint of this log: %.160s", reason.message);
    enum zcd_code code = check_step(store, expected, &next, err);
    if (code != ZCD_OK)
        return code;
    return keep(store, note, err);
}

enum zcd_code checkpoint_store_add_signature(struct checkpoint_store *store, const struct signature_key *key,
                                             struct zcd_error *err)
{
    ZCD_AUTO(buffer_done)
    struct buffer note = {0};
    struct checkpoint checkpoint;
    struct bytes present;
    struct note parsed;

    assert(store->is_locked);
    enum zcd_code code = checkpoint_store_read(store, &checkpoint, &present, err);
    if (code != ZCD_OK)
        return code;
    buffer_append(&note, present.data, present.size);
    if (note_parse(buffer_bytes(&note), &parsed, err) != ZCD_OK)
        return err->code;
    const struct bytes text = {present.data, parsed.text.size};
    code = note_append_signature(text, checkpoint.origin, key, &note, err);
    return code == ZCD_OK ? keep(store, buffer_bytes(&note), err) : code;
}
