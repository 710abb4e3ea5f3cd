/*
 * bytes.h - spans of bytes, a growing buffer, hexadecimal and base64 (RFC 4648 section 4).
 *
 * Pure but for the heap behind struct buffer. Thread: any.
 */
#ifndef BASE_BYTES_H
#define BASE_BYTES_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Borrowed bytes; whoever made the span says how long they live. */
struct bytes {
    const uint8_t *data;
    size_t size;
};

/* Bytes that grow. Start with {0}; end with buffer_done. Always NUL-terminated behind size once not empty. */
struct buffer {
    uint8_t *data;
    size_t size;
    size_t capacity;
};

/* Append; running out of memory ends the process (nothing sensible can follow it here). */
void buffer_append(struct buffer *buffer, const void *data, size_t size);
void buffer_append_text(struct buffer *buffer, const char *text);
void buffer_append_format(struct buffer *buffer, const char *format, ...) ZCD_PRINTF(2, 3);
struct bytes buffer_bytes(const struct buffer *buffer); /* borrowed until the next change */
void buffer_clear(struct buffer *buffer);               /* size 0, memory kept */
void buffer_done(struct buffer *buffer);                /* {0} again */

bool bytes_equal(struct bytes a, struct bytes b);
/* Equal in time that depends on the sizes alone: for tokens and digests that guard something. */
bool bytes_equal_constant_time(struct bytes a, struct bytes b);
struct bytes bytes_of_text(const char *text);
bool bytes_are_utf8(struct bytes text); /* well-formed per RFC 3629: no surrogates, no overlong forms */

/* Lower-case hexadecimal. text has 2 * size + 1 bytes. */
void hex_encode(const uint8_t *data, size_t size, char *text);
/* Exactly 2 * size lower-case digits, or ZCD_INVALID. */
enum zcd_code hex_decode(const char *text, size_t text_size, uint8_t *data, size_t size,
                         struct zcd_error *err) ZCD_MUST_USE;

/* Base64 with padding, no line breaks. text has base64_text_size(size) + 1 bytes. */
size_t base64_text_size(size_t size);
void base64_encode(const uint8_t *data, size_t size, char *text);
/*
 * Strict decoding: wrong characters, wrong padding and non-zero trailing bits are ZCD_INVALID.
 *   data   out  capacity bytes; *size is set to what was written
 */
enum zcd_code base64_decode(const char *text, size_t text_size, uint8_t *data, size_t capacity, size_t *size,
                            struct zcd_error *err) ZCD_MUST_USE;

#endif
