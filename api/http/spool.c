#include "api/http/spool.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define BODY_PREFIX "body-"
#define KEPT_PREFIX "kept-"

enum { ABANDONED_AFTER_S = 86400, LISTED_MAX = 1000 };

struct spool {
    char *directory;
    uint64_t size_total_max;
    uint64_t size_total;
};

/* ------------------------------------------------------------------ the directory */

static bool is_old(int directory, const char *name, const char *prefix, int64_t age_s)
{
    struct stat found;

    return strncmp(name, prefix, strlen(prefix)) == 0 && fstatat(directory, name, &found, AT_SYMLINK_NOFOLLOW) == 0
           && S_ISREG(found.st_mode) && found.st_mtim.tv_sec < time(NULL) - age_s;
}

static void remove_abandoned(const char *path)
{
    DIR *directory = opendir(path);

    if (directory == NULL)
        return;
    for (const struct dirent *one = readdir(directory); one != NULL; one = readdir(directory)) {
        if (is_old(dirfd(directory), one->d_name, BODY_PREFIX, ABANDONED_AFTER_S))
            (void)unlinkat(dirfd(directory), one->d_name, 0);
    }
    (void)closedir(directory);
}

static int make_file(const char *directory, struct arena *arena, const char **path)
{
    size_t size = strlen(directory) + sizeof "/" BODY_PREFIX "XXXXXX";
    char *name = arena_alloc(arena, size, 1);

    (void)snprintf(name, size, "%s/" BODY_PREFIX "XXXXXX", directory);
    int fd = mkstemp(name); /* with mode 0600 */
    if (fd >= 0)
        (void)fcntl(fd, F_SETFD, FD_CLOEXEC);
    *path = name;
    return fd;
}

enum zcd_code spool_open(const char *directory, uint64_t size_total_max, struct spool **spool, struct zcd_error *err)
{
    struct arena arena = {0};
    const char *path;
    int fd = make_file(directory, &arena, &path);

    if (fd < 0) {
        arena_done(&arena);
        return zcd_fail(err, ZCD_INVALID, "no file can be made in the spool directory %.200s: %s", directory, strerror(errno));
    }
    (void)close(fd);
    (void)unlink(path);
    arena_done(&arena);
    remove_abandoned(directory);

    struct spool *made = calloc(1, sizeof *made);
    char *copy = strdup(directory);
    if (made == NULL || copy == NULL)
        abort(); /* out of memory, as in base */
    *made = (struct spool){.directory = copy, .size_total_max = size_total_max};
    *spool = made;
    return ZCD_OK;
}

void spool_close(struct spool *spool)
{
    if (spool == NULL)
        return;
    free(spool->directory);
    free(spool);
}

/* ------------------------------------------------------------------ bodies */

bool spool_begin(struct spool *spool, uint64_t size, struct arena *arena, struct spooled *spooled)
{
    const char *path;

    if (size > spool->size_total_max - spool->size_total)
        return false;
    int fd = make_file(spool->directory, arena, &path);
    if (fd < 0)
        return false;
    spool->size_total += size;
    *spooled = (struct spooled){fd, path, size};
    return true;
}

void spool_remove(struct spool *spool, struct spooled *spooled)
{
    if (spooled->path == NULL)
        return;
    spool->size_total -= spooled->size;
    (void)close(spooled->fd);
    (void)unlink(spooled->path); /* one that was kept has another name beside it */
    *spooled = (struct spooled){0};
}

/* ------------------------------------------------------------------ keeping */

static int synchronise(const char *path, int flags)
{
    int fd = open(path, flags | O_RDONLY | O_CLOEXEC);

    if (fd < 0)
        return -1;
    int result = fsync(fd);
    (void)close(fd);
    return result;
}

static int synchronise_directory_of(const char *path)
{
    char *directory = strdup(path);

    if (directory == NULL)
        abort();
    *strrchr(directory, '/') = '\0';
    int result = synchronise(directory[0] == '\0' ? "/" : directory, O_DIRECTORY);
    free(directory);
    return result;
}

enum zcd_code spool_keep(const char *path, struct arena *arena, const char **kept, struct zcd_error *err)
{
    char *name = arena_copy_text(arena, path);

    memcpy(strrchr(name, '/') + 1, KEPT_PREFIX, strlen(KEPT_PREFIX));
    /* A name that is taken already is another body's: link refuses where rename would put one in the place of the other. */
    if (synchronise(path, 0) != 0 || link(path, name) != 0)
        return zcd_fail(err, ZCD_UNAVAILABLE, "the body's file cannot be kept: %s", strerror(errno));
    if (synchronise_directory_of(name) != 0) {
        int cause = errno;
        (void)unlink(name);
        return zcd_fail(err, ZCD_UNAVAILABLE, "the body's file cannot be kept: %s", strerror(cause));
    }
    *kept = name;
    return ZCD_OK;
}

/* ------------------------------------------------------------------ what was kept */

static const char *join(const char *directory, const char *name, struct arena *arena)
{
    size_t size = strlen(directory) + strlen(name) + 2;
    char *path = arena_alloc(arena, size, 1);

    (void)snprintf(path, size, "%s/%s", directory, name);
    return path;
}

void spool_list_kept(const char *directory, int64_t age_s, struct arena *arena, const char ***paths, size_t *count)
{
    DIR *opened = opendir(directory);
    const char **found = ARENA_NEW(arena, const char *, LISTED_MAX);
    size_t used = 0;

    if (opened != NULL) {
        for (const struct dirent *one = readdir(opened); one != NULL && used < LISTED_MAX; one = readdir(opened)) {
            if (is_old(dirfd(opened), one->d_name, KEPT_PREFIX, age_s))
                found[used++] = join(directory, one->d_name, arena);
        }
        (void)closedir(opened);
    }
    *paths = found;
    *count = used;
}
