#include "audit/canonical_json.h"

#include "base/cleanup.h"

#include <jansson.h>

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* ------------------------------------------------------------------ writing */

/* JSON is written a few bytes at a time: collected here, a buffer is asked for room once in a while. */
struct writer {
    struct buffer *text;
    size_t used;
    char chunk[2048];
};

static void flush(struct writer *writer)
{
    buffer_append(writer->text, writer->chunk, writer->used);
    writer->used = 0;
}

static inline void put(struct writer *writer, const void *data, size_t size)
{
    if (size > sizeof writer->chunk - writer->used) {
        flush(writer);
        if (size > sizeof writer->chunk) {
            buffer_append(writer->text, data, size);
            return;
        }
    }
    if (size > 0)
        memcpy(writer->chunk + writer->used, data, size);
    writer->used += size;
}

static inline void put_character(struct writer *writer, char character)
{
    if (writer->used == sizeof writer->chunk)
        flush(writer);
    writer->chunk[writer->used++] = character;
}

/* RFC 8785 3.2.2.2: what may not stand in a string as it is. */
static inline bool needs_escape(uint8_t byte)
{
    return byte < 0x20 || byte == '"' || byte == '\\';
}

static void put_escape(struct writer *writer, uint8_t byte)
{
    static const char SHORT[0x20] = {['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r'};
    static const char DIGITS[] = "0123456789abcdef";

    put_character(writer, '\\');
    if (byte >= 0x20) {
        put_character(writer, (char)byte);
    } else if (SHORT[byte] != '\0') {
        put_character(writer, SHORT[byte]);
    } else {
        char escape[] = {'u', '0', '0', DIGITS[byte >> 4], DIGITS[byte & 0xf]};
        put(writer, escape, sizeof escape);
    }
}

static void put_string(struct writer *writer, struct bytes utf8)
{
    size_t run = 0; /* where the stretch without escapes began */

    put_character(writer, '"');
    for (size_t i = 0; i < utf8.size; i++) {
        if (!needs_escape(utf8.data[i]))
            continue;
        put(writer, utf8.data + run, i - run);
        put_escape(writer, utf8.data[i]);
        run = i + 1;
    }
    if (run < utf8.size)
        put(writer, utf8.data + run, utf8.size - run);
    put_character(writer, '"');
}

static void put_integer(struct writer *writer, int64_t value)
{
    char digits[20];
    size_t start = sizeof digits;
    uint64_t rest = value < 0 ? (uint64_t)-value : (uint64_t)value;

    do {
        digits[--start] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest > 0);
    if (value < 0)
        digits[--start] = '-';
    put(writer, digits + start, sizeof digits - start);
}

void canonical_json_append_string(struct buffer *text, struct bytes utf8)
{
    struct writer writer;
    writer.text = text;
    writer.used = 0; /* the chunk is left as it is: most of it is never touched */

    put_string(&writer, utf8);
    flush(&writer);
}

void canonical_json_append_integer(struct buffer *text, int64_t value)
{
    assert(value >= -CANONICAL_JSON_INTEGER_MAX);
    assert(value <= CANONICAL_JSON_INTEGER_MAX);

    struct writer writer;
    writer.text = text;
    writer.used = 0;

    put_integer(&writer, value);
    flush(&writer);
}

/* ------------------------------------------------------------------ order of members */

struct member {
    const char *name; /* borrowed */
    size_t name_size;
    json_t *value; /* borrowed; jansson's iterators give it without const */
};

/*
 * RFC 8785 3.2.3 sorts by UTF-16 code units. UTF-8 sorts by code points, which is the same but that characters above
 * U+FFFF (lead byte F0-F4) must come before U+E000-U+FFFF (lead byte EE, EF): in UTF-16 they start with D800-DBFF.
 */
static int utf16_rank(uint8_t byte)
{
    if (byte >= 0xf0)
        return byte - 2;
    if (byte >= 0xee)
        return byte + 5;
    return byte;
}

static int compare_names(const struct member *a, const struct member *b)
{
    size_t shorter = a->name_size < b->name_size ? a->name_size : b->name_size;

    for (size_t i = 0; i < shorter; i++) {
        uint8_t left = (uint8_t)a->name[i];
        uint8_t right = (uint8_t)b->name[i];
        if (left != right)
            return utf16_rank(left) - utf16_rank(right);
    }
    return (a->name_size > b->name_size) - (a->name_size < b->name_size);
}

static int compare_members(const void *a, const void *b)
{
    return compare_names(a, b);
}

static void sort_members(struct member *members, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        if (compare_names(&members[i - 1], &members[i]) > 0) {
            qsort(members, count, sizeof *members, compare_members);
            return;
        }
    }
}

/* ------------------------------------------------------------------ encoding */

struct encoder {
    struct writer writer;
    struct buffer members; /* a stack of struct member: those of each object that is open */
};

static enum zcd_code encode_value(struct encoder *encoder, const json_t *value, int depth, struct zcd_error *err);

static enum zcd_code encode_string(struct encoder *encoder, const char *data, size_t size, struct zcd_error *err)
{
    struct bytes utf8 = {(const uint8_t *)data, size};

    if (size > 0 && memchr(data, '\0', size) != NULL)
        return zcd_fail(err, ZCD_INVALID, "text contains U+0000");
    if (!bytes_are_utf8(utf8))
        return zcd_fail(err, ZCD_INVALID, "text is not UTF-8");
    put_string(&encoder->writer, utf8);
    return ZCD_OK;
}

static enum zcd_code encode_integer(struct encoder *encoder, int64_t value, struct zcd_error *err)
{
    if (value > CANONICAL_JSON_INTEGER_MAX || value < -CANONICAL_JSON_INTEGER_MAX)
        return zcd_fail(err, ZCD_INVALID, "integer is larger than 2^53 - 1");
    put_integer(&encoder->writer, value);
    return ZCD_OK;
}

static enum zcd_code encode_array(struct encoder *encoder, const json_t *array, int depth, struct zcd_error *err)
{
    size_t count = json_array_size(array);

    put_character(&encoder->writer, '[');
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            put_character(&encoder->writer, ',');
        if (encode_value(encoder, json_array_get(array, i), depth, err) != ZCD_OK)
            return zcd_fail_within_index(err, i);
    }
    put_character(&encoder->writer, ']');
    return ZCD_OK;
}

/* Push the object's members onto the stack, in canonical order. */
static void push_members(struct encoder *encoder, json_t *object)
{
    size_t base = encoder->members.size;

    for (void *at = json_object_iter(object); at != NULL; at = json_object_iter_next(object, at)) {
        struct member member = {json_object_iter_key(at), json_object_iter_key_len(at), json_object_iter_value(at)};
        buffer_append(&encoder->members, &member, sizeof member);
    }
    if (encoder->members.size > base)
        sort_members((struct member *)(void *)(encoder->members.data + base),
                     (encoder->members.size - base) / sizeof(struct member));
}

static enum zcd_code encode_member(struct encoder *encoder, const struct member *member, int depth,
                                   struct zcd_error *err)
{
    enum zcd_code code = encode_string(encoder, member->name, member->name_size, err);
    if (code != ZCD_OK)
        return code;
    put_character(&encoder->writer, ':');
    if (encode_value(encoder, member->value, depth, err) != ZCD_OK)
        return zcd_fail_within(err, member->name);
    return ZCD_OK;
}

static enum zcd_code encode_object(struct encoder *encoder, const json_t *object, int depth, struct zcd_error *err)
{
    size_t base = encoder->members.size;
    push_members(encoder, (json_t *)object); /* jansson iterates without const, and changes nothing */
    size_t end = encoder->members.size;

    put_character(&encoder->writer, '{');
    for (size_t at = base; at < end; at += sizeof(struct member)) {
        /* A copy: the stack may move while the member's own objects are on it. */
        struct member member;
        memcpy(&member, encoder->members.data + at, sizeof member);
        if (at > base)
            put_character(&encoder->writer, ',');
        enum zcd_code code = encode_member(encoder, &member, depth, err);
        if (code != ZCD_OK)
            return code;
    }
    put_character(&encoder->writer, '}');
    encoder->members.size = base;
    return ZCD_OK;
}

static enum zcd_code encode_value(struct encoder *encoder, const json_t *value, int depth, struct zcd_error *err)
{
    bool is_container = json_is_object(value) || json_is_array(value);
    if (is_container && depth == CANONICAL_JSON_DEPTH_MAX)
        return zcd_fail(err, ZCD_INVALID, "nested deeper than %d", CANONICAL_JSON_DEPTH_MAX);

    switch (json_typeof(value)) {
    case JSON_OBJECT:
        return encode_object(encoder, value, depth + 1, err);
    case JSON_ARRAY:
        return encode_array(encoder, value, depth + 1, err);
    case JSON_STRING:
        return encode_string(encoder, json_string_value(value), json_string_length(value), err);
    case JSON_INTEGER:
        return encode_integer(encoder, json_integer_value(value), err);
    case JSON_REAL:
        return zcd_fail(err, ZCD_INVALID, "number is not an integer");
    case JSON_TRUE:
        put(&encoder->writer, "true", 4);
        return ZCD_OK;
    case JSON_FALSE:
        put(&encoder->writer, "false", 5);
        return ZCD_OK;
    case JSON_NULL:
        put(&encoder->writer, "null", 4);
        return ZCD_OK;
    }
    assert(false && "jansson has no other types");
    return ZCD_INVALID;
}

/* Take back what was appended since the buffer had `size` bytes. */
static void cut_back(struct buffer *text, size_t size)
{
    text->size = size;
    if (text->data != NULL)
        text->data[size] = '\0';
}

enum zcd_code canonical_json_encode(const struct json_t *value, struct buffer *text, struct zcd_error *err)
{
    assert(value != NULL);

    size_t size_before = text->size;
    struct encoder encoder;
    encoder.writer.text = text;
    encoder.writer.used = 0;
    encoder.members = (struct buffer){0};

    enum zcd_code code = encode_value(&encoder, value, 0, err);
    flush(&encoder.writer);
    buffer_done(&encoder.members);
    if (code != ZCD_OK)
        cut_back(text, size_before);
    return code;
}

/* ------------------------------------------------------------------ decoding */

/*
 * Refuse deep nesting before jansson recurses into it. Counting brackets outside strings is enough: where that is
 * not what the text means, the text is not JSON and jansson refuses it.
 */
static enum zcd_code check_depth(struct bytes text, struct zcd_error *err)
{
    int depth = 0;
    bool in_string = false;

    for (size_t i = 0; i < text.size; i++) {
        uint8_t byte = text.data[i];
        if (in_string && byte == '\\')
            i++;
        else if (byte == '"')
            in_string = !in_string;
        else if (!in_string && (byte == '{' || byte == '['))
            depth++;
        else if (!in_string && (byte == '}' || byte == ']'))
            depth--;
        if (depth > CANONICAL_JSON_DEPTH_MAX)
            return zcd_fail(err, ZCD_INVALID, "nested deeper than %d", CANONICAL_JSON_DEPTH_MAX);
    }
    return ZCD_OK;
}

/* Our own words: jansson's quote the text, and with it other people's data. */
static const char *reason_of(const json_error_t *problem)
{
    switch (json_error_code(problem)) {
    case json_error_premature_end_of_input:
        return "JSON ends too early";
    case json_error_end_of_input_expected:
        return "something follows the JSON value";
    case json_error_invalid_utf8:
        return "text is not UTF-8";
    case json_error_null_character:
    case json_error_null_byte_in_key:
        return "text contains U+0000";
    case json_error_duplicate_key:
        return "a member stands twice";
    case json_error_numeric_overflow:
        return "number is too large";
    default:
        return "not JSON";
    }
}

enum zcd_code canonical_json_decode(struct bytes text, struct json_t **value, struct zcd_error *err)
{
    enum zcd_code code = check_depth(text, err);
    if (code != ZCD_OK)
        return code;

    json_error_t problem;
    const char *data = text.size == 0 ? "" : (const char *)text.data;
    json_t *decoded = json_loadb(data, text.size, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &problem);
    if (decoded == NULL)
        return zcd_fail(err, ZCD_INVALID, "%s at byte %d", reason_of(&problem), problem.position);
    *value = decoded;
    return ZCD_OK;
}

void canonical_json_free(struct json_t **value)
{
    json_decref(*value);
    *value = NULL;
}

enum zcd_code canonical_json_check(struct bytes text, struct zcd_error *err)
{
    ZCD_AUTO(canonical_json_free)
    json_t *value = NULL;
    ZCD_AUTO(buffer_done)
    struct buffer canonical = {0};

    enum zcd_code code = canonical_json_decode(text, &value, err);
    if (code == ZCD_OK)
        code = canonical_json_encode(value, &canonical, err);
    if (code == ZCD_OK && !bytes_equal(buffer_bytes(&canonical), text))
        code = zcd_fail(err, ZCD_INVALID, "JSON is not in canonical form (RFC 8785)");
    return code;
}

bool canonical_json_is_canonical(struct bytes text)
{
    struct zcd_error ignored;

    return canonical_json_check(text, &ignored) == ZCD_OK;
}

/* ------------------------------------------------------------------ reading members */

static enum zcd_code fail_member(struct zcd_error *err, const char *name, const char *message)
{
    (void)zcd_fail(err, ZCD_INVALID, "%s", message);
    return zcd_fail_within(err, name);
}

/* The member, whatever its type. */
static enum zcd_code find_member(const json_t *object, const char *name, const json_t **value, struct zcd_error *err)
{
    if (!json_is_object(object))
        return zcd_fail(err, ZCD_INVALID, "not an object");
    *value = json_object_get(object, name);
    if (*value == NULL)
        return fail_member(err, name, "missing");
    return ZCD_OK;
}

enum zcd_code canonical_json_read_text(const struct json_t *object, const char *name, const char **text,
                                       struct zcd_error *err)
{
    const json_t *value;
    enum zcd_code code = find_member(object, name, &value, err);
    if (code != ZCD_OK)
        return code;
    if (!json_is_string(value))
        return fail_member(err, name, "not a text");
    *text = json_string_value(value);
    return ZCD_OK;
}

enum zcd_code canonical_json_read_text_or_null(const struct json_t *object, const char *name, const char **text,
                                               struct zcd_error *err)
{
    const json_t *value;
    enum zcd_code code = find_member(object, name, &value, err);
    if (code != ZCD_OK)
        return code;
    if (!json_is_string(value) && !json_is_null(value))
        return fail_member(err, name, "neither a text nor null");
    *text = json_string_value(value); /* NULL for null */
    return ZCD_OK;
}

enum zcd_code canonical_json_read_integer(const struct json_t *object, const char *name, int64_t value_min,
                                          int64_t value_max, int64_t *value, struct zcd_error *err)
{
    const json_t *member;
    enum zcd_code code = find_member(object, name, &member, err);
    if (code != ZCD_OK)
        return code;
    if (!json_is_integer(member))
        return fail_member(err, name, "not an integer");
    int64_t integer = json_integer_value(member);
    if (integer < value_min || integer > value_max)
        return fail_member(err, name, "out of range");
    *value = integer;
    return ZCD_OK;
}

enum zcd_code canonical_json_read_boolean(const struct json_t *object, const char *name, bool *value,
                                          struct zcd_error *err)
{
    const json_t *member;
    enum zcd_code code = find_member(object, name, &member, err);
    if (code != ZCD_OK)
        return code;
    if (!json_is_boolean(member))
        return fail_member(err, name, "neither true nor false");
    *value = json_is_true(member);
    return ZCD_OK;
}

enum zcd_code canonical_json_read_hex(const struct json_t *object, const char *name, uint8_t *data, size_t size,
                                      struct zcd_error *err)
{
    const char *text = NULL;
    enum zcd_code code = canonical_json_read_text(object, name, &text, err);
    if (code != ZCD_OK)
        return code;
    if (hex_decode(text, strlen(text), data, size, err) != ZCD_OK)
        return zcd_fail_within(err, name);
    return ZCD_OK;
}

enum zcd_code canonical_json_read_object(const struct json_t *object, const char *name, const struct json_t **value,
                                         struct zcd_error *err)
{
    const json_t *member;
    enum zcd_code code = find_member(object, name, &member, err);
    if (code != ZCD_OK)
        return code;
    if (!json_is_object(member))
        return fail_member(err, name, "not an object");
    *value = member;
    return ZCD_OK;
}

static bool is_index(const json_t *value)
{
    return json_is_integer(value) && json_integer_value(value) >= 0
           && json_integer_value(value) <= CANONICAL_JSON_INTEGER_MAX;
}

enum zcd_code canonical_json_read_indices(const struct json_t *object, const char *name, uint64_t *value,
                                          size_t capacity, size_t *count, struct zcd_error *err)
{
    const json_t *array;
    enum zcd_code code = find_member(object, name, &array, err);
    if (code != ZCD_OK)
        return code;
    if (!json_is_array(array))
        return fail_member(err, name, "not an array");
    if (json_array_size(array) > capacity)
        return fail_member(err, name, "too many entries");
    for (size_t i = 0; i < json_array_size(array); i++) {
        if (!is_index(json_array_get(array, i))) {
            (void)zcd_fail(err, ZCD_INVALID, "not an index");
            (void)zcd_fail_within_index(err, i);
            return zcd_fail_within(err, name);
        }
    }
    *count = json_array_size(array);
    for (size_t i = 0; i < *count; i++)
        value[i] = (uint64_t)json_integer_value(json_array_get(array, i));
    return ZCD_OK;
}

enum zcd_code canonical_json_read_texts(const struct json_t *object, const char *name, const char **text,
                                        size_t capacity, size_t *count, struct zcd_error *err)
{
    const json_t *array;
    enum zcd_code code = find_member(object, name, &array, err);
    if (code != ZCD_OK)
        return code;
    if (!json_is_array(array))
        return fail_member(err, name, "not an array");
    if (json_array_size(array) > capacity)
        return fail_member(err, name, "too many entries");
    for (size_t i = 0; i < json_array_size(array); i++) {
        text[i] = json_string_value(json_array_get(array, i));
        if (text[i] == NULL) {
            (void)zcd_fail(err, ZCD_INVALID, "not a text");
            (void)zcd_fail_within_index(err, i);
            return zcd_fail_within(err, name);
        }
    }
    *count = json_array_size(array);
    return ZCD_OK;
}

bool canonical_json_has(const struct json_t *object, const char *name)
{
    return json_object_get(object, name) != NULL;
}

bool canonical_json_is_null(const struct json_t *object, const char *name)
{
    return json_is_null(json_object_get(object, name));
}

static bool is_among(const char *name, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(name, names[i]) == 0)
            return true;
    }
    return false;
}

enum zcd_code canonical_json_refuse_unknown(const struct json_t *object, const char *const *names, size_t count,
                                            struct zcd_error *err)
{
    if (!json_is_object(object))
        return zcd_fail(err, ZCD_INVALID, "not an object");

    json_t *iterated = (json_t *)object; /* jansson iterates without const, and changes nothing */
    for (void *at = json_object_iter(iterated); at != NULL; at = json_object_iter_next(iterated, at)) {
        if (!is_among(json_object_iter_key(at), names, count))
            return fail_member(err, json_object_iter_key(at), "unknown member");
    }
    return ZCD_OK;
}

/* ------------------------------------------------------------------ comparing */

struct comparison {
    char pointer[256]; /* RFC 6901; cut off where it would not fit */
    size_t lines_max;
    struct buffer *lines;
    size_t count;
};

static void append_value(struct buffer *lines, const json_t *value)
{
    struct zcd_error err;

    if (value == NULL || canonical_json_encode(value, lines, &err) != ZCD_OK)
        buffer_append_text(lines, "nothing");
}

static void append_difference(struct comparison *comparison, const json_t *before, const json_t *after)
{
    if (comparison->count++ >= comparison->lines_max)
        return;
    buffer_append_text(comparison->lines, comparison->pointer);
    buffer_append_text(comparison->lines, ": ");
    append_value(comparison->lines, before);
    buffer_append_text(comparison->lines, " -> ");
    append_value(comparison->lines, after);
    buffer_append_text(comparison->lines, "\n");
}

static void compare_values(struct comparison *comparison, json_t *before, json_t *after);

/* Names in our documents hold neither '~' nor '/', so none is escaped. */
static void compare_member(struct comparison *comparison, const char *name, json_t *before, json_t *after)
{
    size_t length = strlen(comparison->pointer);

    (void)snprintf(comparison->pointer + length, sizeof comparison->pointer - length, "/%s", name);
    compare_values(comparison, before, after);
    comparison->pointer[length] = '\0';
}

static void compare_objects(struct comparison *comparison, json_t *before, json_t *after)
{
    const char *name;
    json_t *value;

    json_object_foreach(before, name, value)
    {
        compare_member(comparison, name, value, json_object_get(after, name));
    }
    json_object_foreach(after, name, value)
    {
        if (json_object_get(before, name) == NULL)
            compare_member(comparison, name, NULL, value);
    }
}

static void compare_arrays(struct comparison *comparison, json_t *before, json_t *after)
{
    size_t count = json_array_size(before) > json_array_size(after) ? json_array_size(before) : json_array_size(after);
    char name[24];

    for (size_t i = 0; i < count; i++) {
        (void)snprintf(name, sizeof name, "%zu", i);
        compare_member(comparison, name, json_array_get(before, i), json_array_get(after, i));
    }
}

/* As deep as the documents, which canonical_json_decode bounds. */
static void compare_values(struct comparison *comparison, json_t *before, json_t *after)
{
    if (json_is_object(before) && json_is_object(after))
        compare_objects(comparison, before, after);
    else if (json_is_array(before) && json_is_array(after))
        compare_arrays(comparison, before, after);
    else if (before == NULL || after == NULL || !json_equal(before, after))
        append_difference(comparison, before, after);
}

void canonical_json_compare(struct bytes before, struct bytes after, size_t lines_max, struct buffer *lines,
                            size_t *count)
{
    ZCD_AUTO(canonical_json_free) struct json_t *first = NULL;
    ZCD_AUTO(canonical_json_free) struct json_t *second = NULL;
    struct comparison comparison = {.lines_max = lines_max, .lines = lines};
    struct zcd_error err;

    if (canonical_json_decode(before, &first, &err) == ZCD_OK && canonical_json_decode(after, &second, &err) == ZCD_OK)
        compare_values(&comparison, first, second);
    *count = comparison.count;
}
