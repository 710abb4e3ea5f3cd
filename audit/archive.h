/*
 * archive.h - a few named files in one .zip, in memory, with hard bounds (PKWARE APPNOTE; minizip of zlib).
 *
 * For hostile input: only names the caller expects, each once, stored or deflated, never more than was allowed.
 * Thread: any.
 */
#ifndef AUDIT_ARCHIVE_H
#define AUDIT_ARCHIVE_H

#include "base/arena.h"
#include "base/bytes.h"
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

#define ARCHIVE_FILES_MAX 16
#define ARCHIVE_NAME_LENGTH_MAX 63

/* What a file may be. */
struct archive_file {
    const char *name; /* ASCII, without folders */
    size_t size_max;  /* unpacked */
    bool is_optional; /* when missing, its content is empty */
};

/*
 * Pack.
 *
 *   files, count  in  at most ARCHIVE_FILES_MAX
 *   content       in  count entries; equal contents give equal bytes (no clock in it)
 *   zip           out appended to; on failure it is as it was
 *
 * ZCD_INVALID, pointer "/NAME": larger than its size_max, or empty and not optional. An empty optional one is left out.
 */
enum zcd_code archive_write(const struct archive_file *files, size_t count, const struct bytes *content,
                            struct buffer *zip, struct zcd_error *err) ZCD_MUST_USE;

/*
 * Unpack.
 *
 *   total_max  in   bytes of the .zip, and of all files together unpacked
 *   arena      in   holds the contents
 *   content    out  count entries
 *
 * ZCD_INVALID, the pointer naming the file where it is one of ours: too large, not a .zip or cut short, an unknown name,
 * a name twice, encrypted or packed by another method, over its size_max, a wrong checksum, a file missing.
 */
enum zcd_code archive_read(struct bytes zip, const struct archive_file *files, size_t count, size_t total_max,
                           struct arena *arena, struct bytes *content, struct zcd_error *err) ZCD_MUST_USE;

#endif
