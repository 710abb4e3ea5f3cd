#define _GNU_SOURCE /* syncfs */

#include "audit/tile_folder.h"

#include "audit/note.h"
#include "base/cleanup.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_MODE = 0644, FOLDER_MODE = 0755, CHUNK_SIZE = 65536 };

/* The most that a bundle can have: 256 entries of 65,535 bytes behind two bytes each. */
#define BUNDLE_SIZE_MAX ((size_t)TILE_WIDTH * (TILE_ENTRY_SIZE_MAX + 2))

static void close_file(int *file)
{
    if (*file >= 0)
        (void)close(*file);
}

static enum zcd_code join(const char *folder, const char *name, char path[PATH_MAX], struct zcd_error *err)
{
    if (snprintf(path, PATH_MAX, "%s/%s", folder, name) >= PATH_MAX)
        return zcd_fail(err, ZCD_UNAVAILABLE, "the folder's name is too long");
    return ZCD_OK;
}

static enum zcd_code fail_file(const char *what, const char *path, struct zcd_error *err)
{
    return zcd_fail(err, ZCD_UNAVAILABLE, "cannot %s %.160s: %s", what, path, strerror(errno));
}

/* ---------------------------------------------------------------- reading */

/* Append a file. ZCD_NOT_FOUND; ZCD_UNAVAILABLE; ZCD_CORRUPT above size_max. */
static enum zcd_code read_file(const char *path, size_t size_max, struct buffer *bytes, struct zcd_error *err)
{
    ZCD_AUTO(close_file)
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    size_t size_before = bytes->size;
    uint8_t chunk[CHUNK_SIZE];

    if (file < 0 && errno == ENOENT)
        return zcd_fail(err, ZCD_NOT_FOUND, "there is no %.200s", path);
    if (file < 0)
        return fail_file("open", path, err);
    for (;;) {
        ssize_t got = read(file, chunk, sizeof chunk);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return fail_file("read", path, err);
        if (got == 0)
            return ZCD_OK;
        buffer_append(bytes, chunk, (size_t)got);
        if (bytes->size - size_before > size_max)
            return zcd_fail(err, ZCD_CORRUPT, "%.200s is larger than it can be", path);
    }
}

static enum zcd_code check_size(const struct tile *tile, struct bytes bytes, struct bytes *first, struct zcd_error *err)
{
    size_t expected = (size_t)tile->width * SHA256_SIZE;
    struct zcd_error reason;
    char path[TILE_PATH_SIZE];

    if (tile->level != TILE_ENTRIES) {
        if (bytes.size < expected)
            return zcd_fail(err, ZCD_CORRUPT, "%s has %zu bytes, not %zu", tile_path_format(tile, path), bytes.size,
                            expected);
        *first = (struct bytes){bytes.data, expected};
        return ZCD_OK;
    }
    if (tile_first_entries(bytes, tile->width, first, &reason) != ZCD_OK)
        return zcd_fail(err, ZCD_CORRUPT, "%s: %.200s", tile_path_format(tile, path), reason.message);
    return ZCD_OK;
}

/* A file under its own name has exactly what it should; one that another is cut from has at least that. */
static enum zcd_code read_tile(const char *folder, const struct tile *name, const struct tile *tile,
                               struct buffer *bytes, struct zcd_error *err)
{
    ZCD_AUTO(buffer_done)
    struct buffer whole = {0};
    char relative[TILE_PATH_SIZE];
    char path[PATH_MAX];
    struct bytes first;

    enum zcd_code code = join(folder, tile_path_format(name, relative), path, err);
    if (code == ZCD_OK)
        code = read_file(path, tile->level == TILE_ENTRIES ? BUNDLE_SIZE_MAX : TILE_SIZE, &whole, err);
    if (code == ZCD_OK)
        code = check_size(name, buffer_bytes(&whole), &first, err);
    if (code == ZCD_OK && first.size != whole.size)
        code = zcd_fail(err, ZCD_CORRUPT, "%s has bytes behind its end", relative);
    if (code == ZCD_OK)
        code = check_size(tile, buffer_bytes(&whole), &first, err);
    if (code == ZCD_OK)
        buffer_append(bytes, first.data, first.size);
    return code;
}

static void close_folder(DIR **folder)
{
    if (*folder != NULL)
        (void)closedir(*folder);
}

/* The widest partial tile of the same place, in "000.p/"; 0 when there is none. */
static int widest_partial(const char *folder, const struct tile *tile)
{
    const struct tile one = {tile->level, tile->index, 1};
    char relative[TILE_PATH_SIZE];
    char path[PATH_MAX];
    struct zcd_error err;
    int widest = 0;

    if (join(folder, tile_path_format(&one, relative), path, &err) != ZCD_OK)
        return 0;
    *strrchr(path, '/') = '\0';
    ZCD_AUTO(close_folder)
    DIR *widths = opendir(path);
    for (struct dirent *entry; widths != NULL && (entry = readdir(widths)) != NULL;) {
        char *end;
        long width = strtol(entry->d_name, &end, 10);
        if (*end == '\0' && width > widest && width < TILE_WIDTH)
            widest = (int)width;
    }
    return widest;
}

enum zcd_code tile_folder_read(const char *folder, const struct tile *tile, struct buffer *bytes, struct zcd_error *err)
{
    struct tile wider = {tile->level, tile->index, TILE_WIDTH};
    enum zcd_code code = read_tile(folder, tile, tile, bytes, err);

    if (code == ZCD_NOT_FOUND && tile->width < TILE_WIDTH)
        code = read_tile(folder, &wider, tile, bytes, err);
    if (code != ZCD_NOT_FOUND || tile->width == TILE_WIDTH)
        return code;
    wider.width = widest_partial(folder, tile);
    return wider.width > tile->width ? read_tile(folder, &wider, tile, bytes, err) : code;
}

enum zcd_code tile_folder_read_checkpoint(const char *folder, struct buffer *note, struct zcd_error *err)
{
    char path[PATH_MAX];
    enum zcd_code code = join(folder, "checkpoint", path, err);

    return code == ZCD_OK ? read_file(path, NOTE_SIZE_MAX, note, err) : code;
}

/* ---------------------------------------------------------------- writing */

/* Every folder on the way to the file; those that are there are fine. */
static enum zcd_code make_folders(char *path, struct zcd_error *err)
{
    for (char *slash = strchr(path + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (mkdir(path, FOLDER_MODE) != 0 && errno != EEXIST) {
            (void)fail_file("make folder", path, err);
            *slash = '/';
            return err->code;
        }
        *slash = '/';
    }
    return ZCD_OK;
}

static bool write_all(int file, struct bytes bytes)
{
    for (size_t written = 0; written < bytes.size;) {
        ssize_t put = write(file, bytes.data + written, bytes.size - written);
        if (put < 0 && errno == EINTR)
            continue;
        if (put <= 0)
            return false;
        written += (size_t)put;
    }
    return true;
}

/* Beside it under another name, then renamed over it. */
static enum zcd_code write_file(const char *folder, const char *name, struct bytes bytes, struct zcd_error *err)
{
    char path[PATH_MAX];
    char fresh[PATH_MAX];

    enum zcd_code code = join(folder, name, path, err);
    if (code == ZCD_OK)
        code = make_folders(path, err);
    if (code != ZCD_OK)
        return code;
    if (snprintf(fresh, sizeof fresh, "%s.new", path) >= (int)sizeof fresh)
        return zcd_fail(err, ZCD_UNAVAILABLE, "the folder's name is too long");

    ZCD_AUTO(close_file)
    int file = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, FILE_MODE);
    if (file < 0)
        return fail_file("make", fresh, err);
    if (!write_all(file, bytes) || rename(fresh, path) != 0) {
        (void)fail_file("write", path, err);
        (void)unlink(fresh);
        return err->code;
    }
    return ZCD_OK;
}

enum zcd_code tile_folder_write(const char *folder, const struct tile *tile, struct bytes bytes, struct zcd_error *err)
{
    char name[TILE_PATH_SIZE];
    return write_file(folder, tile_path_format(tile, name), bytes, err);
}

/* One sync of the file system for thousands of files. */
static enum zcd_code sync_folder(const char *folder, struct zcd_error *err)
{
    ZCD_AUTO(close_file)
    int file = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (file < 0 || syncfs(file) != 0)
        return fail_file("sync", folder, err);
    return ZCD_OK;
}

enum zcd_code tile_folder_write_checkpoint(const char *folder, struct bytes note, struct zcd_error *err)
{
    char path[PATH_MAX];
    enum zcd_code code = join(folder, "checkpoint", path, err);

    if (code == ZCD_OK)
        code = make_folders(path, err);
    if (code == ZCD_OK)
        code = sync_folder(folder, err);
    if (code == ZCD_OK)
        code = write_file(folder, "checkpoint", note, err);
    return code == ZCD_OK ? sync_folder(folder, err) : code;
}

/* -------------------------------------------------------------- documents */

#define DOCUMENT_SIZE_MAX ((size_t)64 << 20) /* LOG_DOCUMENT_SIZE_MAX */
enum { DOCUMENT_NAME_SIZE = sizeof "documents/" - 1 + SHA256_TEXT_SIZE };

static const char *document_name(const struct sha256 *digest, char name[DOCUMENT_NAME_SIZE])
{
    char text[SHA256_TEXT_SIZE];

    (void)snprintf(name, DOCUMENT_NAME_SIZE, "documents/%s", sha256_format(digest, text));
    return name;
}

enum zcd_code tile_folder_read_document(const char *folder, const struct sha256 *digest, struct buffer *bytes,
                                        struct zcd_error *err)
{
    ZCD_AUTO(buffer_done)
    struct buffer read = {0};
    char name[DOCUMENT_NAME_SIZE];
    char path[PATH_MAX];

    enum zcd_code code = join(folder, document_name(digest, name), path, err);
    if (code == ZCD_OK)
        code = read_file(path, DOCUMENT_SIZE_MAX, &read, err);
    if (code != ZCD_OK)
        return code;
    struct sha256 found = sha256_of(buffer_bytes(&read));
    if (!sha256_equal(&found, digest))
        return zcd_fail(err, ZCD_CORRUPT, "%s does not have the digest that is its name", name);
    buffer_append(bytes, read.data, read.size);
    return ZCD_OK;
}

enum zcd_code tile_folder_write_document(const char *folder, const struct sha256 *digest, struct bytes bytes,
                                         struct zcd_error *err)
{
    char name[DOCUMENT_NAME_SIZE];
    return write_file(folder, document_name(digest, name), bytes, err);
}

/* ------------------------------------------------------------------- root */

struct lookup {
    const char *folder;
    uint64_t size;
};

static enum zcd_code find_node(void *context, int level, uint64_t index, struct sha256 *hash, struct zcd_error *err)
{
    const struct lookup *lookup = context;
    ZCD_AUTO(buffer_done)
    struct buffer bytes = {0};
    struct sha256 hashes[TILE_WIDTH];
    int first, count;

    struct tile tile = tile_of_node(level, index, lookup->size, &first, &count);
    enum zcd_code code = tile_folder_read(lookup->folder, &tile, &bytes, err);
    if (code != ZCD_OK)
        return code;
    memcpy(hashes, bytes.data, bytes.size);
    *hash = tile_root(hashes + first, count);
    return ZCD_OK;
}

enum zcd_code tile_folder_root(const char *folder, uint64_t size, struct sha256 *root, struct zcd_error *err)
{
    struct lookup lookup = {folder, size};
    return merkle_root(size, find_node, &lookup, root, err);
}
