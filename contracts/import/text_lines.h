/*
 * text_lines.h - the lines of a text file as UTF-8, one at a time, whatever a bank's program wrote.
 *
 * UTF-8 with or without a byte order mark, or GB18030 (so GBK and GB2312 too): a file whose first 64 KiB are UTF-8 is taken
 * for UTF-8, every other for GB18030. Lines end in LF or CRLF. Memory does not grow with the file. Thread: the reader's.
 */
#ifndef CONTRACTS_IMPORT_TEXT_LINES_H
#define CONTRACTS_IMPORT_TEXT_LINES_H

#include "base/error.h"

#include <stdint.h>
#include <stdio.h>

#define TEXT_LINE_SIZE_MAX 65536 /* bytes of a line in the file */

enum text_encoding { TEXT_UTF8 = 1, TEXT_UTF8_MARKED, TEXT_GB18030 };

enum text_line_state {
    TEXT_LINE_GIVEN = 1,
    TEXT_LINE_BROKEN,   /* bytes that are no text of the file's encoding, or a NUL; text is "" */
    TEXT_LINE_TOO_LONG, /* skipped; text is "" */
    TEXT_LINE_NONE      /* the file is at its end */
};

struct text_line {
    enum text_line_state state;
    uint64_t number;  /* from 1 */
    const char *text; /* without its end; borrowed until the next call */
};

struct text_lines;

/*
 * Begin to read.
 *
 *   file   in   borrowed until text_lines_close; need not be seekable
 *   lines  out
 *
 * ZCD_INVALID for UTF-16, which no separator survives unnoticed; ZCD_NOT_FOUND when the file cannot be read.
 */
enum zcd_code text_lines_open(FILE *file, struct text_lines **lines, struct zcd_error *err) ZCD_MUST_USE;
void text_lines_close(struct text_lines *lines); /* NULL is fine */

enum text_encoding text_lines_encoding(const struct text_lines *lines);

/* The next line. ZCD_NOT_FOUND when the file cannot be read further. */
enum zcd_code text_lines_next(struct text_lines *lines, struct text_line *line, struct zcd_error *err) ZCD_MUST_USE;

#endif
