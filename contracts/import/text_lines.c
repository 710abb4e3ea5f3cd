#include "contracts/import/text_lines.h"

#include "base/bytes.h"

#include <assert.h>
#include <errno.h>
#include <iconv.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { CHARACTER_SIZE_MAX = 4, GROWTH = 3 /* two bytes of GB18030 are at most three of UTF-8, four are four */ };

struct text_lines {
    FILE *file;
    enum text_encoding encoding;
    iconv_t conversion; /* (iconv_t)-1 for UTF-8 */
    uint64_t number;
    size_t at, size; /* of what is in block */
    bool is_at_end;
    char block[TEXT_LINE_SIZE_MAX];
    char line[TEXT_LINE_SIZE_MAX + 1];
    size_t line_size;
    char text[TEXT_LINE_SIZE_MAX * GROWTH + 1];
};

static enum zcd_code fill(struct text_lines *lines, struct zcd_error *err)
{
    lines->at = 0;
    lines->size = fread(lines->block, 1, sizeof lines->block, lines->file);
    if (lines->size < sizeof lines->block) {
        if (ferror(lines->file) != 0)
            return zcd_fail(err, ZCD_NOT_FOUND, "the file cannot be read: %s", strerror(errno));
        lines->is_at_end = true;
    }
    return ZCD_OK;
}

/* Is what is in the block UTF-8, but for a character that its end may have cut? */
static bool begins_as_utf8(const struct text_lines *lines)
{
    size_t cut_max = lines->is_at_end ? 0 : CHARACTER_SIZE_MAX - 1;

    for (size_t cut = 0; cut <= cut_max && cut <= lines->size; cut++) {
        if (bytes_are_utf8((struct bytes){(const uint8_t *)lines->block, lines->size - cut}))
            return true;
    }
    return false;
}

static enum zcd_code recognise(struct text_lines *lines, struct zcd_error *err)
{
    static const char MARK[] = "\xef\xbb\xbf";

    if (lines->size >= 2 && (memcmp(lines->block, "\xff\xfe", 2) == 0 || memcmp(lines->block, "\xfe\xff", 2) == 0))
        return zcd_fail(err, ZCD_INVALID, "the file is UTF-16; save it as UTF-8 or GB18030");
    if (lines->size >= sizeof MARK - 1 && memcmp(lines->block, MARK, sizeof MARK - 1) == 0) {
        lines->encoding = TEXT_UTF8_MARKED;
        lines->at = sizeof MARK - 1;
        return ZCD_OK;
    }
    lines->encoding = begins_as_utf8(lines) ? TEXT_UTF8 : TEXT_GB18030;
    if (lines->encoding == TEXT_UTF8)
        return ZCD_OK;
    lines->conversion = iconv_open("UTF-8", "GB18030");
    if (lines->conversion == (iconv_t)-1)
        return zcd_fail(err, ZCD_UNAVAILABLE, "this system cannot convert GB18030");
    return ZCD_OK;
}

enum zcd_code text_lines_open(FILE *file, struct text_lines **lines, struct zcd_error *err)
{
    assert(file != NULL);
    assert(lines != NULL);

    struct text_lines *opened = calloc(1, sizeof *opened);
    if (opened == NULL)
        return zcd_fail(err, ZCD_UNAVAILABLE, "out of memory");
    opened->file = file;
    opened->conversion = (iconv_t)-1;
    enum zcd_code code = fill(opened, err);
    if (code == ZCD_OK)
        code = recognise(opened, err);
    if (code != ZCD_OK) {
        text_lines_close(opened);
        return code;
    }
    *lines = opened;
    return ZCD_OK;
}

void text_lines_close(struct text_lines *lines)
{
    if (lines == NULL)
        return;
    if (lines->conversion != (iconv_t)-1)
        (void)iconv_close(lines->conversion);
    free(lines);
}

enum text_encoding text_lines_encoding(const struct text_lines *lines)
{
    return lines->encoding;
}

/* Collect the bytes up to the next LF; is_cut: more of them than a line may have, the rest is passed over. */
static enum zcd_code collect(struct text_lines *lines, bool *is_cut, bool *is_any, struct zcd_error *err)
{
    lines->line_size = 0;
    *is_cut = *is_any = false;
    for (;;) {
        if (lines->at == lines->size) {
            if (lines->is_at_end)
                return ZCD_OK;
            enum zcd_code code = fill(lines, err);
            if (code != ZCD_OK)
                return code;
            if (lines->size == 0)
                return ZCD_OK;
        }
        const char *from = lines->block + lines->at;
        size_t left = lines->size - lines->at;
        const char *end = memchr(from, '\n', left);
        size_t size = end == NULL ? left : (size_t)(end - from);
        *is_any = true;
        *is_cut = *is_cut || lines->line_size + size > TEXT_LINE_SIZE_MAX;
        if (!*is_cut) {
            memcpy(lines->line + lines->line_size, from, size);
            lines->line_size += size;
        }
        lines->at += size + (end == NULL ? 0 : 1);
        if (end != NULL)
            return ZCD_OK;
    }
}

/* NULL: these bytes are no text. */
static const char *convert(struct text_lines *lines)
{
    if (memchr(lines->line, '\0', lines->line_size) != NULL)
        return NULL;
    if (lines->encoding != TEXT_GB18030) {
        lines->line[lines->line_size] = '\0';
        return bytes_are_utf8((struct bytes){(const uint8_t *)lines->line, lines->line_size}) ? lines->line : NULL;
    }
    char *in = lines->line;
    size_t in_left = lines->line_size;
    char *out = lines->text;
    size_t out_left = sizeof lines->text - 1;
    (void)iconv(lines->conversion, NULL, NULL, NULL, NULL);
    if (iconv(lines->conversion, &in, &in_left, &out, &out_left) == (size_t)-1)
        return NULL;
    *out = '\0';
    return lines->text;
}

enum zcd_code text_lines_next(struct text_lines *lines, struct text_line *line, struct zcd_error *err)
{
    bool is_cut;
    bool is_any;

    enum zcd_code code = collect(lines, &is_cut, &is_any, err);
    if (code != ZCD_OK)
        return code;
    *line = (struct text_line){.state = TEXT_LINE_NONE, .number = lines->number, .text = ""};
    if (!is_any)
        return ZCD_OK;
    line->number = ++lines->number;
    line->state = TEXT_LINE_TOO_LONG;
    if (is_cut)
        return ZCD_OK;
    if (lines->line_size > 0 && lines->line[lines->line_size - 1] == '\r')
        lines->line_size--;
    const char *text = convert(lines);
    line->state = text == NULL ? TEXT_LINE_BROKEN : TEXT_LINE_GIVEN;
    line->text = text == NULL ? "" : text;
    return ZCD_OK;
}
