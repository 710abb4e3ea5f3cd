#include "api/routes/cursor.h"

#include "api/routes/log_index.h"
#include "audit/sha256.h"
#include "base/bytes.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

enum { CHECK_SIZE = 8 };

static const char DOMAIN[] = "zhengcaidai cursor\n"; /* the digest of no other thing */

static struct sha256 digest_of(struct bytes position)
{
    const struct bytes parts[] = {bytes_of_text(DOMAIN), position};
    return sha256_of_parts(parts, sizeof parts / sizeof *parts);
}

const char *cursor_format(const char *position, char text[CURSOR_TEXT_SIZE])
{
    struct bytes bytes = bytes_of_text(position);
    struct sha256 digest = digest_of(bytes);

    assert(bytes.size > 0 && bytes.size <= CURSOR_POSITION_SIZE_MAX);
    hex_encode(digest.bytes, CHECK_SIZE, text);
    hex_encode(bytes.data, bytes.size, text + 2 * (size_t)CHECK_SIZE);
    return text;
}

const char *cursor_format_number(uint64_t position, char text[CURSOR_TEXT_SIZE])
{
    char decimal[24];

    (void)snprintf(decimal, sizeof decimal, "%llu", (unsigned long long)position);
    return cursor_format(decimal, text);
}

static enum zcd_code refuse(struct zcd_error *err)
{
    (void)zcd_fail(err, ZCD_INVALID, "no page of a list gave this cursor");
    return zcd_fail_within(err, "cursor");
}

enum zcd_code cursor_parse(const char *text, struct arena *arena, const char **position, struct zcd_error *err)
{
    uint8_t bytes[CHECK_SIZE + CURSOR_POSITION_SIZE_MAX];
    struct zcd_error reason;

    if (text == NULL)
        return ZCD_OK;
    size_t size = strlen(text) / 2;
    if (strlen(text) % 2 != 0 || size <= CHECK_SIZE || size > sizeof bytes
        || hex_decode(text, 2 * size, bytes, size, &reason) != ZCD_OK)
        return refuse(err);
    struct bytes found = {bytes + CHECK_SIZE, size - CHECK_SIZE};
    struct sha256 digest = digest_of(found);
    if (memcmp(digest.bytes, bytes, CHECK_SIZE) != 0 || memchr(found.data, '\0', found.size) != NULL || !bytes_are_utf8(found))
        return refuse(err);
    *position = arena_copy_bytes(arena, found.data, found.size);
    return ZCD_OK;
}

enum zcd_code cursor_parse_number(const char *text, uint64_t most, uint64_t *position, struct zcd_error *err)
{
    struct arena arena = {0};
    struct zcd_error reason;
    const char *decimal = NULL;
    uint64_t number = 0;
    enum zcd_code code = cursor_parse(text, &arena, &decimal, err);

    if (code == ZCD_OK && decimal != NULL && (log_index_parse(decimal, &number, &reason) != ZCD_OK || number > most))
        code = refuse(err);
    if (code == ZCD_OK && decimal != NULL)
        *position = number;
    arena_done(&arena);
    return code;
}
