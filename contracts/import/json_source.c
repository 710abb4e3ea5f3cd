#include "contracts/import/json_source.h"

#include <assert.h>
#include <errno.h>
#include <iconv.h>
#include <stdlib.h>
#include <string.h>

enum { CHUNK_SIZE = 1 << 16, CONVERTED_SIZE = 4 * CHUNK_SIZE, UTF8_SIZE_MAX = 4 };

struct json_source {
    FILE *file;
    enum json_encoding encoding;
    iconv_t conversion; /* of those that need one */
    bool has_conversion;
    size_t kept; /* bytes at the chunk's beginning that wait for the rest of their character */
    bool is_at_end;
    char chunk[CHUNK_SIZE];
    char converted[CONVERTED_SIZE];
};

static enum zcd_code cannot_read(struct zcd_error *err)
{
    return zcd_fail(err, ZCD_NOT_FOUND, "the file cannot be read");
}

/* ------------------------------------------------------------------ looking through */

/* What the bytes above 0x7F look like, over the whole file. */
struct looks {
    uint64_t broken;      /* bytes that are no part of well-formed UTF-8 */
    uint64_t wide;        /* characters of more than one byte in it */
    uint64_t pairs;       /* what GB18030 would read as two bytes */
    uint64_t level_pairs; /* of them, those in the area of GB 2312 hanzi and punctuation, which is what Chinese text is made of */
    uint64_t not_pairs;   /* bytes that GB18030 does not know */
};

/* Bytes of the UTF-8 character at `at`, 0 when it is none (RFC 3629). */
static size_t utf8_size(const uint8_t *at, size_t size)
{
    size_t length = at[0] < 0x80 ? 1 : at[0] >= 0xC2 && at[0] < 0xE0 ? 2 : (at[0] & 0xF0) == 0xE0 ? 3 : at[0] >= 0xF0 && at[0] < 0xF5 ? 4 : 0;

    if (length == 0 || length > size || !bytes_are_utf8((struct bytes){at, length}))
        return 0;
    return length;
}

static void look_as_utf8(const uint8_t *data, size_t size, struct looks *looks)
{
    for (size_t i = 0; i < size;) {
        size_t length = data[i] < 0x80 ? 1 : utf8_size(data + i, size - i);
        looks->broken += length == 0;
        looks->wide += length > 1;
        i += length == 0 ? 1 : length;
    }
}

/* GB18030: one byte below 0x80; two, the second 0x40-0xFE; four, the second and fourth digits. */
static void look_as_gb18030(const uint8_t *data, size_t size, struct looks *looks)
{
    for (size_t i = 0; i < size;) {
        if (data[i] < 0x80) {
            i++;
        } else if (i + 1 < size && data[i] >= 0x81 && data[i] <= 0xFE && data[i + 1] >= 0x40 && data[i + 1] != 0x7F && data[i + 1] != 0xFF) {
            looks->pairs++;
            looks->level_pairs += data[i] >= 0xA1 && data[i] <= 0xF7 && data[i + 1] >= 0xA1;
            i += 2;
        } else if (i + 3 < size && data[i] >= 0x81 && data[i] <= 0xFE && data[i + 1] >= '0' && data[i + 1] <= '9' && data[i + 2] >= 0x81
                   && data[i + 3] >= '0' && data[i + 3] <= '9') {
            i += 4;
        } else {
            looks->not_pairs++;
            i++;
        }
    }
}

/*
 * Lines end chunks, so that no character is cut in two. A line longer than a chunk is cut behind a character of one
 * byte in the chunk's second half, and where there is none, before UTF-8's last character: a chunk is never small,
 * whatever the file holds.
 */
static size_t whole_lines(const char *chunk, size_t size)
{
    for (size_t end = size; end > 0; end--)
        if (chunk[end - 1] == '\n')
            return end;
    for (size_t end = size; end > size / 2; end--)
        if ((uint8_t)chunk[end - 1] < 0x80)
            return end;
    for (size_t cut = 1; cut < UTF8_SIZE_MAX && cut < size; cut++)
        if ((uint8_t)chunk[size - cut] >= 0xC0)
            return size - cut;
    return size;
}

static enum zcd_code look_through(FILE *file, char *chunk, struct looks *looks, struct zcd_error *err)
{
    size_t kept = 0;

    *looks = (struct looks){0};
    for (;;) {
        size_t got = fread(chunk + kept, 1, CHUNK_SIZE - kept, file);
        if (got == 0)
            break;
        size_t size = whole_lines(chunk, kept + got);
        look_as_utf8((const uint8_t *)chunk, size, looks);
        look_as_gb18030((const uint8_t *)chunk, size, looks);
        kept = kept + got - size;
        memmove(chunk, chunk + size, kept);
    }
    look_as_utf8((const uint8_t *)chunk, kept, looks);
    look_as_gb18030((const uint8_t *)chunk, kept, looks);
    return ferror(file) != 0 ? cannot_read(err) : ZCD_OK;
}

static bool begins(const uint8_t *data, size_t size, const char *mark, size_t mark_size)
{
    return size >= mark_size && memcmp(data, mark, mark_size) == 0;
}

/* By its mark, or, without one, by the zero bytes that every ASCII character of UTF-16 has. */
static bool is_marked(const uint8_t *data, size_t size, enum json_encoding *encoding)
{
    if (begins(data, size, "\xEF\xBB\xBF", 3))
        *encoding = JSON_UTF8_MARKED;
    else if (begins(data, size, "\xFF\xFE", 2) || (size >= 4 && data[0] != 0 && data[1] == 0 && data[3] == 0))
        *encoding = JSON_UTF16LE;
    else if (begins(data, size, "\xFE\xFF", 2) || (size >= 4 && data[0] == 0 && data[1] != 0 && data[2] == 0))
        *encoding = JSON_UTF16BE;
    else
        return false;
    return true;
}

/* Chinese text in GB18030 is pairs of the hanzi area; Latin-1 text read as pairs falls outside of it nearly always. */
static enum json_encoding encoding_of(const struct looks *looks)
{
    if (looks->broken == 0)
        return JSON_UTF8;
    if (looks->not_pairs * 1000 <= looks->pairs && looks->pairs > 0 && looks->level_pairs * 10 >= looks->pairs * 8 && looks->wide < looks->broken)
        return JSON_GB18030;
    return JSON_MIXED;
}

static enum zcd_code find_encoding(struct json_source *source, struct zcd_error *err)
{
    struct looks looks;

    if (fseek(source->file, 0, SEEK_SET) != 0)
        return cannot_read(err);
    size_t got = fread(source->chunk, 1, 4, source->file);
    bool found = is_marked((const uint8_t *)source->chunk, got, &source->encoding);
    if (fseek(source->file, 0, SEEK_SET) != 0)
        return cannot_read(err);
    if (!found) {
        if (look_through(source->file, source->chunk, &looks, err) != ZCD_OK)
            return err->code;
        source->encoding = encoding_of(&looks);
        if (fseek(source->file, 0, SEEK_SET) != 0)
            return cannot_read(err);
    }
    if (source->encoding == JSON_UTF8_MARKED && fseek(source->file, 3, SEEK_SET) != 0)
        return cannot_read(err);
    return ZCD_OK;
}

const char *json_encoding_name(enum json_encoding encoding)
{
    static const char *const NAMES[] = {"UTF-8", "UTF-8 with BOM", "UTF-16LE", "UTF-16BE", "GB18030", "UTF-8 and Windows-1252"};

    return NAMES[encoding];
}

enum json_encoding json_source_encoding(const struct json_source *source)
{
    return source->encoding;
}

static void open_conversion(struct json_source *source)
{
    if (source->encoding != JSON_UTF16LE && source->encoding != JSON_UTF16BE && source->encoding != JSON_GB18030)
        return;
    source->conversion = iconv_open("UTF-8", json_encoding_name(source->encoding));
    assert(source->conversion != (iconv_t)-1 && "the C library has its own conversions");
    source->has_conversion = true;
}

enum zcd_code json_source_open(FILE *file, struct json_source **source, struct zcd_error *err)
{
    struct json_source *opened = calloc(1, sizeof *opened);

    if (opened == NULL)
        abort();
    opened->file = file;
    enum zcd_code code = find_encoding(opened, err);
    if (code != ZCD_OK) {
        free(opened);
        return code;
    }
    open_conversion(opened);
    *source = opened;
    return ZCD_OK;
}

void json_source_close(struct json_source *source)
{
    if (source != NULL && source->has_conversion)
        (void)iconv_close(source->conversion);
    free(source);
}

/* -------------------------------------------------------------------------- reading */

static void put(char **out, const char *text)
{
    size_t size = strlen(text);

    memcpy(*out, text, size);
    *out += size;
}

/* Convert what is in the chunk; what is cut at its end waits for the next. */
static struct bytes convert(struct json_source *source, size_t size)
{
    char *in = source->chunk, *out = source->converted;
    size_t in_left = size, out_left = CONVERTED_SIZE;

    while (in_left > 0) {
        if (iconv(source->conversion, &in, &in_left, &out, &out_left) != (size_t)-1)
            break;
        if (errno == EINVAL && !source->is_at_end)
            break; /* cut */
        put(&out, "\xEF\xBF\xBD");
        out_left -= 3;
        in++;
        in_left--;
    }
    memmove(source->chunk, in, in_left);
    source->kept = in_left;
    return (struct bytes){(const uint8_t *)source->converted, (size_t)(out - source->converted)};
}

enum zcd_code json_source_read(struct json_source *source, struct bytes *bytes, struct zcd_error *err)
{
    struct bytes read = {NULL, 0};

    while (read.size == 0 && !source->is_at_end) {
        size_t got = fread(source->chunk + source->kept, 1, CHUNK_SIZE - source->kept, source->file);
        if (ferror(source->file) != 0)
            return cannot_read(err);
        source->is_at_end = got == 0;
        size_t size = source->kept + got;
        source->kept = 0;
        read = source->has_conversion ? convert(source, size) : (struct bytes){(const uint8_t *)source->chunk, size};
    }
    if (read.size >= 3 && source->has_conversion && memcmp(read.data, "\xEF\xBB\xBF", 3) == 0) { /* the mark, converted */
        read.data += 3;
        read.size -= 3;
        if (read.size == 0)
            return json_source_read(source, bytes, err);
    }
    *bytes = read;
    return ZCD_OK;
}

/* ------------------------------------------------------------------------ repairing */

static unsigned windows_1252(uint8_t byte)
{
    /* 0x80 to 0x9F; the five that Windows-1252 leaves open stay the control characters of Latin-1 */
    static const uint16_t HIGH[32] = {0x20AC, 0x81,   0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
                                      0x2039, 0x0152, 0x8D,   0x017D, 0x8F,   0x90,   0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
                                      0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x9D,   0x017E, 0x0178};

    return byte < 0xA0 ? HIGH[byte - 0x80] : byte;
}

size_t json_source_repair(struct bytes text, struct buffer *repaired)
{
    size_t run = 0, longest = 0;

    for (size_t i = 0; i < text.size;) {
        size_t length = utf8_size(text.data + i, text.size - i);
        if (length > 0) {
            buffer_append(repaired, text.data + i, length);
            i += length;
            run = length == 2 ? run : 0; /* two bytes of another encoding look like UTF-8 often, three hardly ever */
            continue;
        }
        longest = ++run > longest ? run : longest;
        unsigned code = windows_1252(text.data[i++]);
        char encoded[3] = {(char)(0xC0 | (code >> 6)), (char)(0x80 | (code & 0x3F)), 0};
        if (code < 0x800) {
            buffer_append(repaired, encoded, 2);
            continue;
        }
        char wide[3] = {(char)(0xE0 | (code >> 12)), (char)(0x80 | ((code >> 6) & 0x3F)), (char)(0x80 | (code & 0x3F))};
        buffer_append(repaired, wide, 3);
    }
    return longest;
}
