/*
 * json_source.h - the bytes of a file as UTF-8, whatever publishers wrote: UTF-8 with or without a mark, UTF-16, GB18030.
 *
 * A file is looked through once before it is read. Single bytes that are not UTF-8 in a file that is not GB18030 either are
 * left as they are: whoever reads a document of it takes them as Windows-1252 (json_source_repair).
 * Thread: the reader's.
 */
#ifndef CONTRACTS_IMPORT_JSON_SOURCE_H
#define CONTRACTS_IMPORT_JSON_SOURCE_H

#include "base/bytes.h"
#include "base/error.h"

#include <stdbool.h>
#include <stdio.h>

enum json_encoding { JSON_UTF8 = 0, JSON_UTF8_MARKED, JSON_UTF16LE, JSON_UTF16BE, JSON_GB18030, JSON_MIXED };

struct json_source;

/*
 * Look the file through and stand at its beginning.
 *
 *   file    in   seekable; borrowed until json_source_close
 *   source  out
 *
 * ZCD_NOT_FOUND when it cannot be read.
 */
enum zcd_code json_source_open(FILE *file, struct json_source **source, struct zcd_error *err) ZCD_MUST_USE;
void json_source_close(struct json_source *source); /* NULL is fine */

enum json_encoding json_source_encoding(const struct json_source *source);
const char *json_encoding_name(enum json_encoding encoding);

/*
 * The next bytes, of no particular size; size 0 at the end. Borrowed until the next call.
 * What cannot be converted becomes U+FFFD. ZCD_NOT_FOUND when the file cannot be read.
 */
enum zcd_code json_source_read(struct json_source *source, struct bytes *bytes, struct zcd_error *err) ZCD_MUST_USE;

/*
 * Append the text with every byte that is not UTF-8 read as Windows-1252, of which Latin-1 is a part. Returns how many such
 * bytes one run of other than ASCII characters has at most, by which the caller judges whether it is in another encoding.
 */
size_t json_source_repair(struct bytes text, struct buffer *repaired);

#endif
