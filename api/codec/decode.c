/* decode.c - see decode.h. */
#include "api/codec/decode.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

enum { FIELDS_MAX = 64 };

/* What one byte outside a string does to the shape of a document. */
enum shape { SHAPE_NONE = 0, SHAPE_OPEN, SHAPE_CLOSE, SHAPE_NEXT, SHAPE_QUOTE };

static const unsigned char SHAPES[256] = {
    ['{'] = SHAPE_OPEN, ['['] = SHAPE_OPEN, ['}'] = SHAPE_CLOSE, [']'] = SHAPE_CLOSE, [','] = SHAPE_NEXT, ['"'] = SHAPE_QUOTE,
};

/* Our own words for the parser's refusals: its texts quote the input, ours must not. */
static const char *syntax_problem(enum json_error_code code)
{
    switch (code) {
    case json_error_premature_end_of_input:
        return "the document ends early";
    case json_error_end_of_input_expected:
        return "something follows the document";
    case json_error_invalid_utf8:
        return "not UTF-8";
    case json_error_null_character:
        return "a text holds NUL";
    case json_error_duplicate_key:
        return "a member name occurs twice";
    case json_error_numeric_overflow:
        return "a number is too large";
    case json_error_stack_overflow:
        return "too deep";
    case json_error_out_of_memory:
        return "out of memory";
    case json_error_unknown:
    case json_error_invalid_argument:
    case json_error_cannot_open_file:
    case json_error_invalid_syntax:
    case json_error_invalid_format:
    case json_error_wrong_type:
    case json_error_null_value:
    case json_error_null_byte_in_key:
    case json_error_item_not_found:
    case json_error_index_out_of_range:
        break;
    }
    return "not JSON";
}

/* The byte behind the string that opens at json.data[at]; the parser will judge the string itself. */
static size_t skip_string(struct bytes json, size_t at)
{
    for (at++; at < json.size && json.data[at] != '"'; at++) {
        if (json.data[at] == '\\')
            at++;
    }
    return at + 1;
}

/* Bound what the parser will build before it builds it: its tree takes far more memory than the text. */
static enum zcd_code check_shape(struct bytes json, struct zcd_error *err)
{
    int depth = 0;
    int64_t values = 0;

    for (size_t at = 0; at < json.size;) {
        switch ((enum shape)SHAPES[json.data[at]]) {
        case SHAPE_OPEN:
            values++;
            depth++;
            if (depth > DECODE_DEPTH_MAX)
                return zcd_fail(err, ZCD_INVALID, "deeper than %d levels at byte %zu", DECODE_DEPTH_MAX, at + 1);
            break;
        case SHAPE_CLOSE:
            depth--;
            break;
        case SHAPE_NEXT:
            values++;
            break;
        case SHAPE_QUOTE:
            at = skip_string(json, at);
            continue;
        case SHAPE_NONE:
            break;
        }
        at++;
    }
    if (values > DECODE_VALUES_MAX)
        return zcd_fail(err, ZCD_INVALID, "more than %d values", DECODE_VALUES_MAX);
    return ZCD_OK;
}

enum zcd_code decode_parse(struct bytes json, json_t **root, struct zcd_error *err)
{
    assert(root != NULL);
    if (json.size > DECODE_SIZE_MAX)
        return zcd_fail(err, ZCD_INVALID, "%zu bytes, more than %zu", json.size, DECODE_SIZE_MAX);
    enum zcd_code code = check_shape(json, err);
    if (code != ZCD_OK)
        return code;

    json_error_t problem;
    json_t *parsed = json_loadb((const char *)json.data, json.size, JSON_REJECT_DUPLICATES, &problem);
    if (parsed == NULL)
        return zcd_fail(err, ZCD_INVALID, "%s: line %d, column %d", syntax_problem(json_error_code(&problem)), problem.line,
                        problem.column);
    *root = parsed;
    return ZCD_OK;
}

static const char *type_name(const json_t *value)
{
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        return "an object";
    case JSON_ARRAY:
        return "an array";
    case JSON_STRING:
        return "a text";
    case JSON_INTEGER:
        return "an integer";
    case JSON_REAL:
        return "a number with fraction or exponent";
    case JSON_TRUE:
    case JSON_FALSE:
        return "true or false";
    case JSON_NULL:
        return "null";
    }
    return "unknown";
}

static enum zcd_code fail_type(const json_t *value, const char *wanted, struct zcd_error *err)
{
    return zcd_fail(err, ZCD_INVALID, "is %s, not %s", type_name(value), wanted);
}

/* The readers: one for each type, all of this shape. They write at target + field->offset. */
typedef enum zcd_code reader(const struct decode_field *field, json_t *value, struct arena *arena, unsigned char *target,
                             struct zcd_error *err);

static void *member_of(const struct decode_field *field, unsigned char *target)
{
    return target + field->offset;
}

static size_t *count_of(const struct decode_field *field, unsigned char *target)
{
    return (size_t *)(void *)(target + field->count_offset);
}

static enum zcd_code read_integer(const struct decode_field *field, const json_t *value, int64_t *integer,
                                  struct zcd_error *err)
{
    if (!json_is_integer(value))
        return fail_type(value, "an integer", err);

    int64_t given = json_integer_value(value);
    if (given > DECODE_INTEGER_MAX || given < -DECODE_INTEGER_MAX)
        return zcd_fail(err, ZCD_INVALID, "larger than 2^53 in size");
    if (given < field->min || given > field->max)
        return zcd_fail(err, ZCD_INVALID, "is %lld, not within %lld to %lld", (long long)given, (long long)field->min,
                        (long long)field->max);
    *integer = given;
    return ZCD_OK;
}

/* A text without NUL, borrowed from the value. */
static enum zcd_code read_text_value(const json_t *value, const char **text, struct zcd_error *err)
{
    if (!json_is_string(value))
        return fail_type(value, "a text", err);
    if (memchr(json_string_value(value), '\0', json_string_length(value)) != NULL)
        return zcd_fail(err, ZCD_INVALID, "holds NUL");
    *text = json_string_value(value);
    return ZCD_OK;
}

/* "not one of: a, b, c", cut at a whole name when the list is long. */
static enum zcd_code fail_code(const struct codelist *codes, struct zcd_error *err)
{
    char names[200];
    size_t used = 0;

    for (size_t i = 0; i < codes->row_count; i++) {
        const char *name = codes->rows[i].name;
        size_t size = strlen(name);
        if (used + 2 + size + sizeof ", ..." > sizeof names) {
            used += (size_t)snprintf(names + used, sizeof names - used, ", ...");
            break;
        }
        used += (size_t)snprintf(names + used, sizeof names - used, "%s%s", i == 0 ? "" : ", ", name);
    }
    return zcd_fail(err, ZCD_INVALID, "is not one of: %.*s", (int)used, names);
}

static enum zcd_code read_code_value(const struct codelist *codes, const json_t *value, int *number, struct zcd_error *err)
{
    const char *text = NULL;
    enum zcd_code code = read_text_value(value, &text, err);
    if (code != ZCD_OK)
        return code;
    if (!codelist_find(codes, text, number))
        return fail_code(codes, err);
    return ZCD_OK;
}

static enum zcd_code read_int64(const struct decode_field *field, json_t *value, struct arena *arena, unsigned char *target,
                                struct zcd_error *err)
{
    (void)arena;
    return read_integer(field, value, member_of(field, target), err);
}

static enum zcd_code read_int32(const struct decode_field *field, json_t *value, struct arena *arena, unsigned char *target,
                                struct zcd_error *err)
{
    (void)arena;
    assert(field->min >= INT32_MIN);
    assert(field->max <= INT32_MAX);

    int64_t integer = 0;
    enum zcd_code code = read_integer(field, value, &integer, err);
    if (code != ZCD_OK)
        return code;
    *(int32_t *)member_of(field, target) = (int32_t)integer;
    return ZCD_OK;
}

static enum zcd_code read_bool(const struct decode_field *field, json_t *value, struct arena *arena, unsigned char *target,
                               struct zcd_error *err)
{
    (void)arena;
    if (!json_is_boolean(value))
        return fail_type(value, "true or false", err);
    *(bool *)member_of(field, target) = json_is_true(value);
    return ZCD_OK;
}

static enum zcd_code read_text(const struct decode_field *field, json_t *value, struct arena *arena, unsigned char *target,
                               struct zcd_error *err)
{
    const char *text = NULL;
    enum zcd_code code = read_text_value(value, &text, err);
    if (code != ZCD_OK)
        return code;
    *(const char **)member_of(field, target) = arena_copy_bytes(arena, text, json_string_length(value));
    return ZCD_OK;
}

static enum zcd_code read_date(const struct decode_field *field, json_t *value, struct arena *arena, unsigned char *target,
                               struct zcd_error *err)
{
    (void)arena;
    const char *text = NULL;
    enum zcd_code code = read_text_value(value, &text, err);
    if (code != ZCD_OK)
        return code;
    return date_parse(text, member_of(field, target), err);
}

static enum zcd_code read_uscc(const struct decode_field *field, json_t *value, struct arena *arena, unsigned char *target,
                               struct zcd_error *err)
{
    (void)arena;
    const char *text = NULL;
    enum zcd_code code = read_text_value(value, &text, err);
    if (code != ZCD_OK)
        return code;
    return uscc_parse(text, member_of(field, target), err);
}

static enum zcd_code read_region(const struct decode_field *field, json_t *value, struct arena *arena, unsigned char *target,
                                 struct zcd_error *err)
{
    (void)arena;
    const char *text = NULL;
    enum zcd_code code = read_text_value(value, &text, err);
    if (code != ZCD_OK)
        return code;
    return region_parse(text, member_of(field, target), err);
}

static enum zcd_code read_code(const struct decode_field *field, json_t *value, struct arena *arena, unsigned char *target,
                               struct zcd_error *err)
{
    (void)arena;
    return read_code_value(field->codes, value, member_of(field, target), err);
}

static enum zcd_code read_object(const struct decode_field *field, json_t *value, struct arena *arena, unsigned char *target,
                                 struct zcd_error *err)
{
    assert(field->element_size == field->object->size);
    return decode_object(value, field->object, arena, member_of(field, target), err);
}

static enum zcd_code read_object_pointer(const struct decode_field *field, json_t *value, struct arena *arena,
                                         unsigned char *target, struct zcd_error *err)
{
    assert(field->element_size == field->object->size);
    void *made = arena_alloc(arena, 1, field->element_size);

    enum zcd_code code = decode_object(value, field->object, arena, made, err);
    if (code != ZCD_OK)
        return code;
    *(void **)member_of(field, target) = made;
    return ZCD_OK;
}

/* Hand every element of an array to `read`, with a field that points at one element of `elements`. */
static enum zcd_code read_elements(const struct decode_field *element, json_t *value, struct arena *arena,
                                   unsigned char *elements, reader *read, struct zcd_error *err)
{
    for (size_t i = 0; i < json_array_size(value); i++) {
        enum zcd_code code = read(element, json_array_get(value, i), arena, elements + i * element->element_size, err);
        if (code != ZCD_OK)
            return zcd_fail_within_index(err, i);
    }
    return ZCD_OK;
}

static enum zcd_code read_array(const struct decode_field *field, size_t element_size, reader *read, json_t *value,
                                struct arena *arena, unsigned char *target, struct zcd_error *err)
{
    if (!json_is_array(value))
        return fail_type(value, "an array", err);
    size_t count = json_array_size(value);
    if (count == 0)
        return ZCD_OK;

    struct decode_field element = *field;
    element.offset = 0;
    element.element_size = element_size;
    void *elements = arena_alloc(arena, count, element_size);
    enum zcd_code code = read_elements(&element, value, arena, elements, read, err);
    if (code != ZCD_OK)
        return code;
    *(void **)member_of(field, target) = elements;
    *count_of(field, target) = count;
    return ZCD_OK;
}

static enum zcd_code read_objects(const struct decode_field *field, json_t *value, struct arena *arena, unsigned char *target,
                                  struct zcd_error *err)
{
    return read_array(field, field->element_size, read_object, value, arena, target, err);
}

static enum zcd_code read_integers(const struct decode_field *field, json_t *value, struct arena *arena, unsigned char *target,
                                   struct zcd_error *err)
{
    return read_array(field, sizeof(int64_t), read_int64, value, arena, target, err);
}

static enum zcd_code read_codes(const struct decode_field *field, json_t *value, struct arena *arena, unsigned char *target,
                                struct zcd_error *err)
{
    return read_array(field, sizeof(int), read_code, value, arena, target, err);
}

static enum zcd_code read_texts(const struct decode_field *field, json_t *value, struct arena *arena, unsigned char *target,
                                struct zcd_error *err)
{
    return read_array(field, sizeof(const char *), read_text, value, arena, target, err);
}

static enum zcd_code read_nothing(const struct decode_field *field, json_t *value, struct arena *arena, unsigned char *target,
                                  struct zcd_error *err)
{
    (void)field, (void)value, (void)arena, (void)target, (void)err;
    return ZCD_OK;
}

static reader *const READERS[] = {
    [DECODE_TYPE_INT64] = read_int64,
    [DECODE_TYPE_INT32] = read_int32,
    [DECODE_TYPE_BOOL] = read_bool,
    [DECODE_TYPE_TEXT] = read_text,
    [DECODE_TYPE_DATE] = read_date,
    [DECODE_TYPE_USCC] = read_uscc,
    [DECODE_TYPE_REGION] = read_region,
    [DECODE_TYPE_CODE] = read_code,
    [DECODE_TYPE_OBJECT] = read_object,
    [DECODE_TYPE_OBJECT_POINTER] = read_object_pointer,
    [DECODE_TYPE_OBJECTS] = read_objects,
    [DECODE_TYPE_INTEGERS] = read_integers,
    [DECODE_TYPE_CODES] = read_codes,
    [DECODE_TYPE_TEXTS] = read_texts,
    [DECODE_TYPE_IGNORED] = read_nothing,
};

static void set_all_missing(const struct decode_object *object, unsigned char *target);

/* Give a member the value that stands for "not given"; target is zeroed memory. */
static void set_missing(const struct decode_field *field, unsigned char *target)
{
    switch (field->type) {
    case DECODE_TYPE_INT64:
        *(int64_t *)member_of(field, target) = field->missing;
        break;
    case DECODE_TYPE_INT32:
        *(int32_t *)member_of(field, target) = (int32_t)field->missing;
        break;
    case DECODE_TYPE_BOOL:
        *(bool *)member_of(field, target) = field->missing != 0;
        break;
    case DECODE_TYPE_TEXT:
        *(const char **)member_of(field, target) = "";
        break;
    case DECODE_TYPE_DATE:
        *(struct date *)member_of(field, target) = DATE_NONE;
        break;
    case DECODE_TYPE_OBJECT:
        set_all_missing(field->object, member_of(field, target));
        break;
    case DECODE_TYPE_USCC:
    case DECODE_TYPE_REGION:
    case DECODE_TYPE_CODE:
    case DECODE_TYPE_OBJECT_POINTER:
    case DECODE_TYPE_OBJECTS:
    case DECODE_TYPE_INTEGERS:
    case DECODE_TYPE_CODES:
    case DECODE_TYPE_TEXTS:
    case DECODE_TYPE_IGNORED:
        break; /* zero says it */
    }
}

static void set_all_missing(const struct decode_object *object, unsigned char *target)
{
    for (size_t i = 0; i < object->field_count; i++)
        set_missing(&object->fields[i], target);
}

/* The row of a member, or field_count. Documents mostly keep the table's order, so look from `guess` on. */
static size_t find_field(const struct decode_object *object, const char *name, size_t guess)
{
    for (size_t i = 0; i < object->field_count; i++) {
        size_t at = (guess + i) % object->field_count;
        if (strcmp(object->fields[at].name, name) == 0)
            return at;
    }
    return object->field_count;
}

/* Read the members that are there; *seen gets a bit for each. */
static enum zcd_code read_members(json_t *value, const struct decode_object *object, struct arena *arena,
                                  unsigned char *target, uint64_t *seen, struct zcd_error *err)
{
    size_t guess = 0;

    for (void *member = json_object_iter(value); member != NULL; member = json_object_iter_next(value, member)) {
        const char *name = json_object_iter_key(member);
        json_t *given = json_object_iter_value(member);
        size_t at = find_field(object, name, guess);
        if (at == object->field_count) {
            (void)zcd_fail(err, ZCD_INVALID, "unknown member");
            return zcd_fail_within(err, name);
        }
        guess = at + 1;
        const struct decode_field *field = &object->fields[at];
        if (json_is_null(given) && field->presence == DECODE_OPTIONAL)
            continue;
        if (READERS[field->type](field, given, arena, target, err) != ZCD_OK)
            return zcd_fail_within(err, name);
        *seen |= UINT64_C(1) << at;
    }
    return ZCD_OK;
}

enum zcd_code decode_object(json_t *value, const struct decode_object *object, struct arena *arena, void *target,
                            struct zcd_error *err)
{
    assert(object->field_count > 0 && object->field_count <= FIELDS_MAX);
    if (!json_is_object(value))
        return fail_type(value, "an object", err);

    uint64_t seen = 0;
    memset(target, 0, object->size);
    enum zcd_code code = read_members(value, object, arena, target, &seen, err);
    if (code != ZCD_OK)
        return code;

    for (size_t i = 0; i < object->field_count; i++) {
        if ((seen >> i & 1) != 0)
            continue;
        if (object->fields[i].presence == DECODE_REQUIRED) {
            (void)zcd_fail(err, ZCD_INVALID, "required member is missing");
            return zcd_fail_within(err, object->fields[i].name);
        }
        set_missing(&object->fields[i], target);
    }
    return ZCD_OK;
}

enum zcd_code decode_document(struct bytes json, const struct decode_object *object, struct arena *arena,
                              void **target, struct zcd_error *err)
{
    assert(arena != NULL);
    assert(target != NULL);

    json_t *root;
    enum zcd_code code = decode_parse(json, &root, err);
    if (code != ZCD_OK)
        return code;

    void *made = arena_alloc(arena, 1, object->size);
    code = decode_object(root, object, arena, made, err);
    json_decref(root);
    if (code != ZCD_OK)
        return code;
    *target = made;
    return ZCD_OK;
}
