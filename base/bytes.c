#include "base/bytes.h"

#include "base/memory_internal.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CAPACITY_FIRST = 256 };

/* Room for size more bytes and the NUL behind them. */
static void reserve(struct buffer *buffer, size_t size)
{
    size_t needed = memory_size_sum(memory_size_sum(buffer->size, size), 1);
    if (needed <= buffer->capacity)
        return;

    size_t capacity = buffer->capacity == 0 ? CAPACITY_FIRST : memory_size_product(buffer->capacity, 2);
    if (capacity < needed)
        capacity = needed;
    buffer->data = memory_resize(buffer->data, capacity);
    buffer->capacity = capacity;
}

void buffer_append(struct buffer *buffer, const void *data, size_t size)
{
    if (size == 0)
        return;
    reserve(buffer, size);
    memcpy(buffer->data + buffer->size, data, size);
    buffer->size += size;
    buffer->data[buffer->size] = '\0';
}

void buffer_append_text(struct buffer *buffer, const char *text)
{
    buffer_append(buffer, text, strlen(text));
}

void buffer_append_format(struct buffer *buffer, const char *format, ...)
{
    va_list args;
    va_list args_again;

    va_start(args, format);
    va_copy(args_again, args);
    int length = vsnprintf(NULL, 0, format, args);
    assert(length >= 0);
    reserve(buffer, (size_t)length);
    (void)vsnprintf((char *)buffer->data + buffer->size, (size_t)length + 1, format, args_again);
    buffer->size += (size_t)length;
    va_end(args_again);
    va_end(args);
}

struct bytes buffer_bytes(const struct buffer *buffer)
{
    return (struct bytes){buffer->data, buffer->size};
}

void buffer_clear(struct buffer *buffer)
{
    buffer->size = 0;
    if (buffer->data != NULL)
        buffer->data[0] = '\0';
}

void buffer_done(struct buffer *buffer)
{
    free(buffer->data);
    *buffer = (struct buffer){0};
}

bool bytes_equal(struct bytes a, struct bytes b)
{
    return a.size == b.size && (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}

bool bytes_equal_constant_time(struct bytes a, struct bytes b)
{
    if (a.size != b.size)
        return false;

    /* volatile, so that the compiler may not leave the loop once it knows the answer. */
    volatile uint8_t difference = 0;
    for (size_t i = 0; i < a.size; i++)
        difference = (uint8_t)(difference | (a.data[i] ^ b.data[i]));
    return difference == 0;
}

struct bytes bytes_of_text(const char *text)
{
    return (struct bytes){(const uint8_t *)text, strlen(text)};
}

/* RFC 3629 section 4: the ranges of the first two bytes; all further ones are 80..BF. */
struct utf8_form {
    uint8_t first_min, first_max;
    uint8_t second_min, second_max;
    uint8_t size;
};

static const struct utf8_form UTF8_FORMS[] = {
    {0xC2, 0xDF, 0x80, 0xBF, 2},
    {0xE0, 0xE0, 0xA0, 0xBF, 3}, /* below A0: overlong */
    {0xE1, 0xEC, 0x80, 0xBF, 3},
    {0xED, 0xED, 0x80, 0x9F, 3}, /* above 9F: surrogates */
    {0xEE, 0xEF, 0x80, 0xBF, 3},
    {0xF0, 0xF0, 0x90, 0xBF, 4}, /* below 90: overlong */
    {0xF1, 0xF3, 0x80, 0xBF, 4},
    {0xF4, 0xF4, 0x80, 0x8F, 4}, /* above 8F: beyond U+10FFFF */
};

static const struct utf8_form *find_utf8_form(uint8_t first)
{
    for (size_t i = 0; i < sizeof UTF8_FORMS / sizeof *UTF8_FORMS; i++) {
        if (first >= UTF8_FORMS[i].first_min && first <= UTF8_FORMS[i].first_max)
            return &UTF8_FORMS[i];
    }
    return NULL;
}

/* Bytes of the character that text (not empty) begins with; 0 when it begins with none. */
static size_t utf8_character_size(struct bytes text)
{
    if (text.data[0] < 0x80)
        return 1;
    const struct utf8_form *form = find_utf8_form(text.data[0]);
    if (form == NULL || text.size < form->size)
        return 0;
    if (text.data[1] < form->second_min || text.data[1] > form->second_max)
        return 0;
    for (size_t i = 2; i < form->size; i++) {
        if ((text.data[i] & 0xC0) != 0x80)
            return 0;
    }
    return form->size;
}

bool bytes_are_utf8(struct bytes text)
{
    while (text.size > 0) {
        size_t size = utf8_character_size(text);
        if (size == 0)
            return false;
        text.data += size;
        text.size -= size;
    }
    return true;
}

static const char HEX_DIGITS[] = "0123456789abcdef";

/* 0..15, or -1. */
static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

void hex_encode(const uint8_t *data, size_t size, char *text)
{
    for (size_t i = 0; i < size; i++) {
        *text++ = HEX_DIGITS[data[i] >> 4];
        *text++ = HEX_DIGITS[data[i] & 0xF];
    }
    *text = '\0';
}

enum zcd_code hex_decode(const char *text, size_t text_size, uint8_t *data, size_t size, struct zcd_error *err)
{
    if (text_size != memory_size_product(size, 2))
        return zcd_fail(err, ZCD_INVALID, "text does not have %zu hexadecimal digits", 2 * size);
    for (size_t i = 0; i < text_size; i++) {
        if (hex_value(text[i]) < 0)
            return zcd_fail(err, ZCD_INVALID, "character %zu is not a lower-case hexadecimal digit", i + 1);
    }
    for (size_t i = 0; i < size; i++)
        data[i] = (uint8_t)(hex_value(text[2 * i]) << 4 | hex_value(text[2 * i + 1]));
    return ZCD_OK;
}

/* RFC 4648 section 4: three bytes are four characters of six bits. */
static const char BASE64_ALPHABET[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
enum { GROUP_SIZE = 3, GROUP_TEXT_SIZE = 4, SIX_BITS = 0x3F };

size_t base64_text_size(size_t size)
{
    return memory_size_product(size / GROUP_SIZE + (size % GROUP_SIZE != 0), GROUP_TEXT_SIZE);
}

void base64_encode(const uint8_t *data, size_t size, char *text)
{
    for (size_t i = 0; i < size; i += GROUP_SIZE) {
        size_t left = size - i;
        uint32_t group = (uint32_t)data[i] << 16;
        if (left > 1)
            group |= (uint32_t)data[i + 1] << 8;
        if (left > 2)
            group |= data[i + 2];
        *text++ = BASE64_ALPHABET[group >> 18];
        *text++ = BASE64_ALPHABET[group >> 12 & SIX_BITS];
        *text++ = left > 1 ? BASE64_ALPHABET[group >> 6 & SIX_BITS] : '=';
        *text++ = left > 2 ? BASE64_ALPHABET[group & SIX_BITS] : '=';
    }
    *text = '\0';
}

/* 0..63, or -1. */
static int base64_value(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    if (c == '+')
        return 62;
    return c == '/' ? 63 : -1;
}

/* Write the size (1..3) bytes of one group of four characters; '=' counts as zero bits. */
static void decode_group(const char text[static GROUP_TEXT_SIZE], uint8_t *data, size_t size)
{
    uint32_t group = 0;
    for (size_t i = 0; i < GROUP_TEXT_SIZE; i++)
        group = group << 6 | (text[i] == '=' ? 0 : (uint32_t)base64_value(text[i]));
    for (size_t i = 0; i < size; i++)
        data[i] = (uint8_t)(group >> (16 - 8 * i));
}

/* Judge characters, padding and trailing bits; *size is what decoding will write. */
static enum zcd_code check_base64(const char *text, size_t text_size, size_t *size, struct zcd_error *err)
{
    if (text_size % GROUP_TEXT_SIZE != 0)
        return zcd_fail(err, ZCD_INVALID, "base64 is not a multiple of 4 characters long");

    size_t padding = 0;
    while (padding < 2 && padding < text_size && text[text_size - 1 - padding] == '=')
        padding++;
    for (size_t i = 0; i < text_size - padding; i++) {
        if (base64_value(text[i]) < 0)
            return zcd_fail(err, ZCD_INVALID, "character %zu is not base64", i + 1);
    }
    /* RFC 4648 section 3.5: bits that carry no data must be zero, so that one value has one text. */
    int unused_bits = padding == 0 ? 0 : padding == 1 ? 0x3 : 0xF;
    if (padding > 0 && (base64_value(text[text_size - 1 - padding]) & unused_bits) != 0)
        return zcd_fail(err, ZCD_INVALID, "base64 has bits set behind its last byte");

    *size = text_size / GROUP_TEXT_SIZE * GROUP_SIZE - padding;
    return ZCD_OK;
}

enum zcd_code base64_decode(const char *text, size_t text_size, uint8_t *data, size_t capacity, size_t *size,
                            struct zcd_error *err)
{
    size_t decoded_size = 0;

    if (check_base64(text, text_size, &decoded_size, err) != ZCD_OK)
        return err->code;
    if (decoded_size > capacity)
        return zcd_fail(err, ZCD_INVALID, "base64 holds more than %zu bytes", capacity);

    for (size_t done = 0; done < decoded_size; done += GROUP_SIZE) {
        size_t left = decoded_size - done;
        decode_group(text + done / GROUP_SIZE * GROUP_TEXT_SIZE, data + done, left < GROUP_SIZE ? left : GROUP_SIZE);
    }
    *size = decoded_size;
    return ZCD_OK;
}
