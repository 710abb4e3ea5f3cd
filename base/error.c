#include "base/error.h"

#include <assert.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* Digits of the largest size_t and NUL. */
enum { INDEX_TEXT_SIZE = 21 };
static_assert(SIZE_MAX <= UINT64_MAX, "an index has at most 20 digits");

/* Bytes of the UTF-8 character that begins with this byte; 1 for a byte that begins none. */
static size_t character_size(unsigned char first)
{
    if (first >= 0xF0)
        return 4;
    if (first >= 0xE0)
        return 3;
    return first >= 0xC0 ? 2 : 1;
}

/* Take away a last character whose end was cut off: half a character would not be JSON. */
static void drop_cut_character(char *text)
{
    size_t size = strlen(text);

    for (size_t back = 1; back <= 3 && back <= size; back++) {
        unsigned char byte = (unsigned char)text[size - back];
        if ((byte & 0xC0) == 0x80)
            continue; /* the character began further left */
        if (character_size(byte) > back)
            text[size - back] = '\0';
        return;
    }
}

enum zcd_code zcd_fail_with(struct zcd_error *err, enum zcd_code code, const char *format, va_list values)
{
    assert(err != NULL);
    assert(code != ZCD_OK);

    int length = vsnprintf(err->message, sizeof err->message, format, values);
    assert(length >= 0);
    if ((size_t)length >= sizeof err->message)
        drop_cut_character(err->message);

    err->pointer[0] = '\0';
    err->code = code;
    zcd_error_keep_first(err);
    return code;
}

enum zcd_code zcd_fail(struct zcd_error *err, enum zcd_code code, const char *format, ...)
{
    va_list values;

    va_start(values, format);
    (void)zcd_fail_with(err, code, format, values);
    va_end(values);
    return code;
}

void zcd_error_keep_first(struct zcd_error *err)
{
    err->others = NULL;
    err->other_count = 0;
    err->left_out_count = 0;
}

/* A pointer under construction, as long as the field it goes to. */
struct pointer_text {
    char text[sizeof((struct zcd_error *)0)->pointer];
    size_t size; /* without NUL */
};

/* Append all of it or nothing. */
static bool put(struct pointer_text *pointer, const char *text, size_t size)
{
    if (pointer->size + size >= sizeof pointer->text)
        return false;
    memcpy(pointer->text + pointer->size, text, size);
    pointer->size += size;
    pointer->text[pointer->size] = '\0';
    return true;
}

/* RFC 6901 section 3: '~' is written "~0" and '/' is written "~1". False when the end did not fit. */
static bool put_segment(struct pointer_text *pointer, const char *segment)
{
    if (!put(pointer, "/", 1))
        return false;
    for (const char *c = segment; *c != '\0'; c++) {
        bool fits = *c == '~' ? put(pointer, "~0", 2) : *c == '/' ? put(pointer, "~1", 2) : put(pointer, c, 1);
        if (!fits) {
            drop_cut_character(pointer->text);
            return false;
        }
    }
    return true;
}

/* Append the segments of an escaped pointer from its start, as many as fit whole. */
static void put_pointer(struct pointer_text *pointer, const char *escaped)
{
    while (*escaped != '\0') {
        size_t size = 1 + strcspn(escaped + 1, "/"); /* it begins with '/' */
        if (!put(pointer, escaped, size))
            return;
        escaped += size;
    }
}

enum zcd_code zcd_fail_within(struct zcd_error *err, const char *segment)
{
    assert(err != NULL);
    assert(err->code != ZCD_OK);
    assert(segment != NULL);

    struct pointer_text joined = {.size = 0};
    if (put_segment(&joined, segment))
        put_pointer(&joined, err->pointer);
    memcpy(err->pointer, joined.text, sizeof err->pointer);
    for (size_t i = 0; i < err->other_count; i++)
        (void)zcd_fail_within(&err->others[i], segment);
    return err->code;
}

enum zcd_code zcd_fail_within_index(struct zcd_error *err, size_t index)
{
    char segment[INDEX_TEXT_SIZE];
    (void)snprintf(segment, sizeof segment, "%zu", index);
    return zcd_fail_within(err, segment);
}

const char *zcd_code_name(enum zcd_code code)
{
    switch (code) {
    case ZCD_OK:
        return "ok";
    case ZCD_INVALID:
        return "invalid";
    case ZCD_NOT_FOUND:
        return "not_found";
    case ZCD_CONFLICT:
        return "conflict";
    case ZCD_UNAVAILABLE:
        return "unavailable";
    case ZCD_CORRUPT:
        return "corrupt";
    }
    assert(false); /* a number outside enum zcd_code */
    return "";
}
