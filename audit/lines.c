#include "audit/lines_internal.h"

#include <string.h>

bool lines_take(struct bytes *rest, struct bytes *line)
{
    const uint8_t *end = rest->size == 0 ? NULL : memchr(rest->data, '\n', rest->size);
    if (end == NULL)
        return false;

    size_t size = (size_t)(end - rest->data);
    *line = (struct bytes){rest->data, size};
    *rest = (struct bytes){end + 1, rest->size - size - 1};
    return true;
}

bool lines_take_prefix(struct bytes *text, const char *prefix)
{
    size_t size = strlen(prefix);
    if (text->size < size || memcmp(text->data, prefix, size) != 0)
        return false;

    *text = (struct bytes){text->data + size, text->size - size};
    return true;
}

bool lines_parse_decimal(struct bytes text, uint64_t *value)
{
    if (text.size == 0 || text.size > 19) /* 2^63 - 1 has 19 digits */
        return false;
    if (text.data[0] == '0' && text.size > 1)
        return false;

    uint64_t parsed = 0;
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] < '0' || text.data[i] > '9')
            return false;
        parsed = parsed * 10 + (uint64_t)(text.data[i] - '0'); /* 19 digits fit 64 bits */
    }
    if (parsed > (uint64_t)INT64_MAX)
        return false;
    *value = parsed;
    return true;
}

bool lines_parse_hash(struct bytes text, struct sha256 *hash)
{
    struct sha256 parsed;
    struct zcd_error ignored;
    size_t size;

    if (text.size != LINES_HASH_TEXT_SIZE - 1
        || base64_decode((const char *)text.data, text.size, parsed.bytes, SHA256_SIZE, &size, &ignored) != ZCD_OK
        || size != SHA256_SIZE)
        return false;
    *hash = parsed;
    return true;
}

void lines_append_hash(struct buffer *text, const struct sha256 *hash)
{
    char base64[LINES_HASH_TEXT_SIZE];

    base64_encode(hash->bytes, SHA256_SIZE, base64);
    base64[LINES_HASH_TEXT_SIZE - 1] = '\n'; /* where the NUL was */
    buffer_append(text, base64, LINES_HASH_TEXT_SIZE);
}
