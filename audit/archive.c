#include "audit/archive.h"

#include <minizip/unzip.h>
#include <minizip/zip.h>

#include <assert.h>
#include <string.h>

/* MS-DOS has no time before 1980-01-01, and a bundle has no time at all: equal contents give equal bytes. */
#define DOS_DATE_OF_1980 (0x0021UL << 16)

/* ------------------------------------------------------------------ memory in the place of a file */

/* What minizip takes for a file. Reading uses source, writing uses sink. */
struct memory {
    struct bytes source;
    struct buffer *sink;
    size_t sink_start; /* what the buffer held before is not ours */
    size_t position;
    bool ran_out; /* somebody wanted to read behind the end */
};

static size_t memory_size(const struct memory *memory)
{
    return memory->sink == NULL ? memory->source.size : memory->sink->size - memory->sink_start;
}

static voidpf memory_open(voidpf opaque, const void *name, int mode)
{
    (void)name;
    (void)mode;
    return opaque;
}

static uLong memory_read(voidpf opaque, voidpf stream, void *data, uLong size)
{
    struct memory *memory = stream;
    size_t left = memory_size(memory) - memory->position;
    size_t taken = size < left ? size : left;

    (void)opaque;
    if (memory->sink != NULL)
        return 0; /* minizip reads back only from archives it appends to */
    if (taken > 0)
        memcpy(data, memory->source.data + memory->position, taken);
    memory->position += taken;
    memory->ran_out = memory->ran_out || taken < size;
    return (uLong)taken;
}

/* Written at the end, or over sizes and checksums that were not known before. */
static uLong memory_write(voidpf opaque, voidpf stream, const void *data, uLong size)
{
    struct memory *memory = stream;

    (void)opaque;
    if (memory->sink == NULL)
        return 0;
    size_t behind = memory_size(memory) - memory->position;
    size_t over = size < behind ? size : behind;
    if (over > 0)
        memcpy(memory->sink->data + memory->sink_start + memory->position, data, over);
    if (size > over)
        buffer_append(memory->sink, (const uint8_t *)data + over, size - over);
    memory->position += size;
    return size;
}

static ZPOS64_T memory_tell(voidpf opaque, voidpf stream)
{
    const struct memory *memory = stream;

    (void)opaque;
    return memory->position;
}

static long memory_seek(voidpf opaque, voidpf stream, ZPOS64_T offset, int origin)
{
    struct memory *memory = stream;
    size_t from = origin == ZLIB_FILEFUNC_SEEK_SET   ? 0
                  : origin == ZLIB_FILEFUNC_SEEK_CUR ? memory->position
                                                     : memory_size(memory);

    (void)opaque;
    if (offset > memory_size(memory) - from) /* offsets are never negative, and 64 bits wide in hostile hands */
        return -1;
    memory->position = from + (size_t)offset;
    return 0;
}

static int memory_close(voidpf opaque, voidpf stream)
{
    (void)opaque;
    (void)stream;
    return 0;
}

/* minizip takes an end of file for zeros, unless it is told that it was an error. */
static int memory_error(voidpf opaque, voidpf stream)
{
    const struct memory *memory = stream;

    (void)opaque;
    return memory->ran_out ? 1 : 0;
}

static zlib_filefunc64_def functions_of(struct memory *memory)
{
    return (zlib_filefunc64_def){.zopen64_file = memory_open,
                                 .zread_file = memory_read,
                                 .zwrite_file = memory_write,
                                 .ztell64_file = memory_tell,
                                 .zseek64_file = memory_seek,
                                 .zclose_file = memory_close,
                                 .zerror_file = memory_error,
                                 .opaque = memory};
}

static enum zcd_code fail_file(struct zcd_error *err, const char *name, const char *message)
{
    (void)zcd_fail(err, ZCD_INVALID, "%s", message);
    return zcd_fail_within(err, name);
}

/* ------------------------------------------------------------------ packing */

static bool write_file(zipFile zip, const char *name, struct bytes content)
{
    zip_fileinfo info = {.dosDate = DOS_DATE_OF_1980};

    /* A third of the default's time for a fifth more bytes: bundles are made while somebody waits. */
    return zipOpenNewFileInZip64(zip, name, &info, NULL, 0, NULL, 0, NULL, Z_DEFLATED, Z_BEST_SPEED, 0)
               == ZIP_OK
           && zipWriteInFileInZip(zip, content.data, (unsigned)content.size) == ZIP_OK
           && zipCloseFileInZip(zip) == ZIP_OK;
}

static enum zcd_code check_contents(const struct archive_file *files, size_t count, const struct bytes *content,
                                    struct zcd_error *err)
{
    for (size_t i = 0; i < count; i++) {
        if (content[i].size > files[i].size_max)
            return fail_file(err, files[i].name, "larger than allowed");
        if (content[i].size == 0 && !files[i].is_optional)
            return fail_file(err, files[i].name, "empty");
    }
    return ZCD_OK;
}

enum zcd_code archive_write(const struct archive_file *files, size_t count, const struct bytes *content,
                            struct buffer *zip, struct zcd_error *err)
{
    assert(count <= ARCHIVE_FILES_MAX);

    enum zcd_code code = check_contents(files, count, content, err);
    if (code != ZCD_OK)
        return code;

    struct memory memory = {.sink = zip, .sink_start = zip->size};
    zlib_filefunc64_def functions = functions_of(&memory);
    zipFile writer = zipOpen2_64("", APPEND_STATUS_CREATE, NULL, &functions);
    bool good = writer != NULL;
    for (size_t i = 0; good && i < count; i++) {
        if (content[i].size > 0)
            good = write_file(writer, files[i].name, content[i]);
    }
    if (writer != NULL)
        good = zipClose(writer, NULL) == ZIP_OK && good;
    assert(good); /* memory takes everything; running out of it ends the process, as in base/bytes.h */
    return ZCD_OK;
}

/* ------------------------------------------------------------------ unpacking */

/* An archive being read. */
struct unpacking {
    unzFile zip;
    const struct archive_file *files;
    size_t count;
    size_t left; /* bytes that may still be unpacked */
    struct arena *arena;
    bool found[ARCHIVE_FILES_MAX];
    struct bytes content[ARCHIVE_FILES_MAX];
};

/* Which of the expected files the name is, or count. */
static size_t find_file(const struct unpacking *unpacking, const char *name)
{
    size_t i = 0;

    while (i < unpacking->count && strcmp(unpacking->files[i].name, name) != 0)
        i++;
    return i;
}

static enum zcd_code check_header(const struct unpacking *unpacking, const struct archive_file *file,
                                  const unz_file_info64 *info, struct zcd_error *err)
{
    if ((info->flag & 1) != 0)
        return fail_file(err, file->name, "encrypted");
    if (info->compression_method != 0 && info->compression_method != Z_DEFLATED)
        return fail_file(err, file->name, "packed by a method other than deflate");
    if (info->uncompressed_size > file->size_max)
        return fail_file(err, file->name, "larger than allowed");
    if (info->uncompressed_size > unpacking->left)
        return fail_file(err, file->name, "the files together are larger than allowed");
    return ZCD_OK;
}

/* Exactly `size` bytes, and the checksum right; minizip hands out no more than the header announced. */
static bool read_content(unzFile zip, char *data, size_t size)
{
    size_t done = 0;

    if (unzOpenCurrentFile(zip) != UNZ_OK)
        return false;
    while (done < size) {
        int got = unzReadCurrentFile(zip, data + done, (unsigned)(size - done));
        if (got <= 0)
            break;
        done += (size_t)got;
    }
    return unzCloseCurrentFile(zip) == UNZ_OK && done == size;
}

static enum zcd_code read_file(struct unpacking *unpacking, struct zcd_error *err)
{
    unz_file_info64 info;
    char name[ARCHIVE_NAME_LENGTH_MAX + 1] = "";

    if (unzGetCurrentFileInfo64(unpacking->zip, &info, name, sizeof name - 1, NULL, 0, NULL, 0) != UNZ_OK)
        return zcd_fail(err, ZCD_INVALID, "the .zip's directory is malformed");
    size_t i = find_file(unpacking, name);
    if (i == unpacking->count || info.size_filename != strlen(name))
        return zcd_fail(err, ZCD_INVALID, "the .zip has a file of an unknown name");
    if (unpacking->found[i])
        return fail_file(err, name, "stands twice in the .zip");

    enum zcd_code code = check_header(unpacking, &unpacking->files[i], &info, err);
    if (code != ZCD_OK)
        return code;
    size_t size = (size_t)info.uncompressed_size;
    char *data = arena_alloc(unpacking->arena, 1, size + 1);
    if (!read_content(unpacking->zip, data, size))
        return fail_file(err, name, "cannot be unpacked, or has a wrong checksum");
    unpacking->found[i] = true;
    unpacking->left -= size;
    unpacking->content[i] = (struct bytes){(const uint8_t *)data, size};
    return ZCD_OK;
}

static enum zcd_code read_files(struct unpacking *unpacking, struct zcd_error *err)
{
    unz_global_info64 global;

    if (unzGetGlobalInfo64(unpacking->zip, &global) != UNZ_OK || global.number_entry > ARCHIVE_FILES_MAX)
        return zcd_fail(err, ZCD_INVALID, "the .zip has too many files");
    for (uint64_t i = 0; i < global.number_entry; i++) {
        if ((i == 0 ? unzGoToFirstFile(unpacking->zip) : unzGoToNextFile(unpacking->zip)) != UNZ_OK)
            return zcd_fail(err, ZCD_INVALID, "the .zip's directory is malformed");
        enum zcd_code code = read_file(unpacking, err);
        if (code != ZCD_OK)
            return code;
    }
    for (size_t i = 0; i < unpacking->count; i++) {
        if (unpacking->content[i].size == 0 && !unpacking->files[i].is_optional)
            return fail_file(err, unpacking->files[i].name, "missing from the .zip, or empty");
    }
    return ZCD_OK;
}

enum zcd_code archive_read(struct bytes zip, const struct archive_file *files, size_t count, size_t total_max,
                           struct arena *arena, struct bytes *content, struct zcd_error *err)
{
    assert(count <= ARCHIVE_FILES_MAX);

    if (zip.size > total_max)
        return zcd_fail(err, ZCD_INVALID, "the .zip is larger than %zu bytes", total_max);

    struct memory memory = {.source = zip};
    zlib_filefunc64_def functions = functions_of(&memory);
    struct unpacking unpacking = {
        .zip = unzOpen2_64("", &functions), .files = files, .count = count, .left = total_max, .arena = arena};
    if (unpacking.zip == NULL)
        return zcd_fail(err, ZCD_INVALID, "not a .zip, or cut short");
    enum zcd_code code = read_files(&unpacking, err);
    (void)unzClose(unpacking.zip);
    if (code == ZCD_OK)
        memcpy(content, unpacking.content, count * sizeof *content);
    return code;
}
