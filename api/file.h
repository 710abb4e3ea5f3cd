/*
 * file.h - a whole file in memory.
 *
 * Thread: any.
 */
#ifndef API_FILE_H
#define API_FILE_H

#include "base/bytes.h"
#include "base/error.h"

#include <stddef.h>

/*
 * Append a file's bytes.
 *
 *   path     in   "-" is standard input
 *   content  out  appended to; on failure it holds what was read so far
 *
 * ZCD_NOT_FOUND when it cannot be opened or read; ZCD_INVALID when it is larger than size_max.
 */
enum zcd_code file_read(const char *path, size_t size_max, struct buffer *content, struct zcd_error *err) ZCD_MUST_USE;

#endif
