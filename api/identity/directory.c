#include "api/identity/directory.h"

#include "api/clock.h"
#include "api/identity/credential_store.h"
#include "api/identity/token_store.h"
#include "api/notice.h"
#include "base/cleanup.h"
#include "db/connection.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* One reading of the tables; replaced whole. */
struct copy {
    struct arena arena;
    struct credential_row *rows;
    size_t count;
};

struct directory {
    const char *database_url;
    struct db *db; /* the thread's own */
    pthread_t thread;
    pthread_mutex_t mutex; /* guards what follows */
    pthread_cond_t wake;
    bool is_stopping;
    struct copy copy;
    bool has_failed; /* said once, until it succeeds again */
};

static void free_copy(struct copy *copy)
{
    arena_done(&copy->arena);
}

static struct credential_row *find(const struct copy *copy, const struct sha256 *sha256)
{
    size_t from = 0;
    size_t to = copy->count;

    while (from < to) {
        size_t middle = from + (to - from) / 2;
        int order = memcmp(copy->rows[middle].sha256.bytes, sha256->bytes, SHA256_SIZE);
        if (order == 0)
            return &copy->rows[middle];
        if (order < 0)
            from = middle + 1;
        else
            to = middle;
    }
    return NULL;
}

/* The day on which it was last shown here. */
static struct date shown_on(struct directory *directory, const struct sha256 *sha256)
{
    (void)pthread_mutex_lock(&directory->mutex);
    const struct credential_row *row = find(&directory->copy, sha256);
    struct date day = row == NULL ? DATE_NONE : row->used_on;
    (void)pthread_mutex_unlock(&directory->mutex);
    return day;
}

/* Bring a reading's days of use up to what was seen here, in the database too: once a token and day. */
static enum zcd_code write_uses(struct directory *directory, struct db *db, struct copy *read, struct zcd_error *err)
{
    enum zcd_code code = ZCD_OK;

    for (size_t i = 0; code == ZCD_OK && i < read->count; i++) {
        struct date day = shown_on(directory, &read->rows[i].sha256);
        if (read->rows[i].kind != CREDENTIAL_TOKEN || date_compare(read->rows[i].used_on, day) >= 0)
            continue;
        read->rows[i].used_on = day;
        code = token_store_use(db, &read->rows[i].sha256, day, err);
    }
    return code;
}

enum zcd_code directory_reload(struct directory *directory, struct db *db, struct zcd_error *err)
{
    ZCD_AUTO(free_copy)
    struct copy read = {0};

    enum zcd_code code = credential_store_list(db, clock_now_us(), &read.arena, &read.rows, &read.count, err);
    if (code == ZCD_OK)
        code = write_uses(directory, db, &read, err);
    if (code != ZCD_OK)
        return code;
    (void)pthread_mutex_lock(&directory->mutex);
    struct copy before = directory->copy;
    directory->copy = read;
    (void)pthread_mutex_unlock(&directory->mutex);
    read = before;
    return ZCD_OK;
}

bool directory_find(struct directory *directory, enum credential_kind kind, const struct sha256 *sha256, int64_t now_us,
                    struct arena *arena, struct caller *caller)
{
    bool is_taken = false;

    (void)pthread_mutex_lock(&directory->mutex);
    struct credential_row *row = find(&directory->copy, sha256);
    if (row != NULL && row->kind == kind && now_us < row->expires_at_us) {
        is_taken = true;
        row->used_on = clock_shanghai_day(now_us);
        *caller = (struct caller){.id = arena_copy_text(arena, row->user),
                                  .roles = row->roles,
                                  .lender = row->lender == NULL ? NULL : arena_copy_text(arena, row->lender),
                                  .uscc = row->uscc == NULL ? NULL : arena_copy_text(arena, row->uscc)};
    }
    (void)pthread_mutex_unlock(&directory->mutex);
    return is_taken;
}

/* ------------------------------------------------------------------ the thread */

static enum zcd_code connect(struct directory *directory, struct zcd_error *err)
{
    const struct db_options options = {
        .conninfo = directory->database_url, .role = DB_APPLICATION_ROLE, .application_name = "zcd directory"};

    return directory->db == NULL ? db_connect(&options, &directory->db, err) : db_ensure(directory->db, err);
}

static void work(struct directory *directory)
{
    struct zcd_error err;

    enum zcd_code code = connect(directory, &err);
    if (code == ZCD_OK)
        code = directory_reload(directory, directory->db, &err);
    if (code != ZCD_OK && !directory->has_failed)
        notice("directory_failed", "detail", err.message);
    directory->has_failed = code != ZCD_OK;
}

static void *work_until_stopped(void *context)
{
    struct directory *directory = context;

    (void)pthread_mutex_lock(&directory->mutex);
    while (!directory->is_stopping) {
        struct timespec until;
        (void)clock_gettime(CLOCK_MONOTONIC, &until);
        until.tv_sec += DIRECTORY_STALE_MS / 1000;
        while (!directory->is_stopping && pthread_cond_timedwait(&directory->wake, &directory->mutex, &until) == 0)
            continue;
        (void)pthread_mutex_unlock(&directory->mutex);
        work(directory);
        (void)pthread_mutex_lock(&directory->mutex);
    }
    (void)pthread_mutex_unlock(&directory->mutex);
    return NULL;
}

static void directory_free(struct directory *directory)
{
    db_close(directory->db);
    free_copy(&directory->copy);
    (void)pthread_cond_destroy(&directory->wake);
    (void)pthread_mutex_destroy(&directory->mutex);
    free(directory);
}

static struct directory *directory_new(const char *database_url)
{
    struct directory *directory = calloc(1, sizeof *directory);
    pthread_condattr_t monotonic;

    if (directory == NULL)
        abort();
    directory->database_url = database_url;
    (void)pthread_mutex_init(&directory->mutex, NULL);
    (void)pthread_condattr_init(&monotonic);
    (void)pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    (void)pthread_cond_init(&directory->wake, &monotonic);
    (void)pthread_condattr_destroy(&monotonic);
    return directory;
}

/* Signals are the event loop's. */
static bool start_thread(struct directory *directory)
{
    sigset_t all, before;

    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    bool is_started = pthread_create(&directory->thread, NULL, work_until_stopped, directory) == 0;
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    return is_started;
}

enum zcd_code directory_open(const char *database_url, struct directory **directory, struct zcd_error *err)
{
    struct directory *opened = directory_new(database_url);

    enum zcd_code code = connect(opened, err);
    if (code == ZCD_OK)
        code = directory_reload(opened, opened->db, err);
    if (code == ZCD_OK && !start_thread(opened))
        code = zcd_fail(err, ZCD_UNAVAILABLE, "no thread for the directory of users");
    if (code != ZCD_OK) {
        directory_free(opened);
        return code;
    }
    *directory = opened;
    return ZCD_OK;
}

void directory_close(struct directory *directory)
{
    if (directory == NULL)
        return;
    (void)pthread_mutex_lock(&directory->mutex);
    directory->is_stopping = true;
    (void)pthread_cond_signal(&directory->wake);
    (void)pthread_mutex_unlock(&directory->mutex);
    (void)pthread_join(directory->thread, NULL);
    directory_free(directory);
}
