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
    /* Nothing at all has no address, of which the parser would not say where it ends. */
    json_t *parsed = json_loadb(json.size == 0 ? "" : (const char *)json.data, json.size, JSON_REJECT_DUPLICATES, &problem);
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

/* The readers: one for each type, all of this shape. They write at target + field->offset, or add what is wrong at `place`,
 * which is the member's. False when the value itself is refused, and nothing written. */
typedef bool reader(const struct decode_field *field, json_t *value, struct arena *arena, unsigned char *target,
                    const struct error_place *place);

static bool refuse_type(const struct error_place *place, const json_t *value, const char *wanted)
{
    error_add(place, NULL, "is %s, not %s", type_name(value), wanted);
    return false;
}

static void *member_of(const struct decode_field *field, unsigned char *target)
{
    return target + field->offset;
}

static size_t *count_of(const struct decode_field *field, unsigned char *target)
{
    return (size_t *)(void *)(target + field->count_offset);
}

static bool read_integer(const struct decode_field *field, const json_t *value, int64_t *integer, const struct error_place *place)
{
    if (!json_is_integer(value))
        return refuse_type(place, value, "an integer");

    int64_t given = json_integer_value(value);
    if (given > DECODE_INTEGER_MAX || given < -DECODE_INTEGER_MAX) {
        error_add(place, NULL, "larger than 2^53 in size");
        return false;
    }
    if (given < field->min || given > field->max) {
        error_add(place, NULL, "is %lld, not within %lld to %lld", (long long)given, (long long)field->min, (long long)field->max);
        return false;
    }
    *integer = given;
    return true;
}

/* A text without NUL, borrowed from the value; or NULL, refused. */
static const char *read_text_value(const json_t *value, const struct error_place *place)
{
    if (!json_is_string(value)) {
        (void)refuse_type(place, value, "a text");
        return NULL;
    }
    if (memchr(json_string_value(value), '\0', json_string_length(value)) != NULL) {
        error_add(place, NULL, "holds NUL");
        return NULL;
    }
    return json_string_value(value);
}

/* "not one of: a, b, c", cut at a whole name when the list is long. */
static void refuse_code(const struct error_place *place, const struct codelist *codes)
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
    error_add(place, NULL, "is not one of: %.*s", (int)used, names);
}

static bool read_int64(const struct decode_field *field, json_t *value, struct arena *arena, unsigned char *target,
                       const struct error_place *place)
{
    (void)arena;
    return read_integer(field, value, member_of(field, target), place);
}

static bool read_int32(const struct decode_field *field, json_t *value, struct arena *arena, unsigned char *target,
                       const struct error_place *place)
{
    (void)arena;
    assert(field->min >= INT32_MIN);
    assert(field->max <= INT32_MAX);

    int64_t integer = 0;
    if (!read_integer(field, value, &integer, place))
        return false;
    *(int32_t *)member_of(field, target) = (int32_t)integer;
    return true;
}

static bool read_bool(const struct decode_field *field, json_t *value, struct arena *arena, unsigned char *target,
                      const struct error_place *place)
{
    (void)arena;
    if (!json_is_boolean(value))
        return refuse_type(place, value, "true or false");
    *(bool *)member_of(field, target) = json_is_true(value);
    return true;
}

static bool read_text(const struct decode_field *field, json_t *value, struct arena *arena, unsigned char *target,
                      const struct error_place *place)
{
    const char *text = read_text_value(value, place);
    if (text == NULL)
        return false;
    *(const char **)member_of(field, target) = arena_copy_bytes(arena, text, json_string_length(value));
    return true;
}

/* What a parser of base says of the text. */
static bool take_parsed(enum zcd_code code, const struct zcd_error *err, const struct error_place *place)
{
    if (code != ZCD_OK)
        error_add_error(place, NULL, err);
    return code == ZCD_OK;
}

static bool read_date(const struct decode_field *field, json_t *value, struct arena *arena, unsigned char *target,
                      const struct error_place *place)
{
    (void)arena;
    struct zcd_error err;
    const char *text = read_text_value(value, place);
    return text != NULL && take_parsed(date_parse(text, member_of(field, target), &err), &err, place);
}

static bool read_uscc(const struct decode_field *field, json_t *value, struct arena *arena, unsigned char *target,
                      const struct error_place *place)
{
    (void)arena;
    struct zcd_error err;
    const char *text = read_text_value(value, place);
    return text != NULL && take_parsed(uscc_parse(text, member_of(field, target), &err), &err, place);
}

static bool read_region(const struct decode_field *field, json_t *value, struct arena *arena, unsigned char *target,
                        const struct error_place *place)
{
    (void)arena;
    struct zcd_error err;
    const char *text = read_text_value(value, place);
    return text != NULL && take_parsed(region_parse(text, member_of(field, target), &err), &err, place);
}

static bool read_code(const struct decode_field *field, json_t *value, struct arena *arena, unsigned char *target,
                      const struct error_place *place)
{
    (void)arena;
    const char *text = read_text_value(value, place);
    if (text == NULL)
        return false;
    if (codelist_find(field->codes, text, member_of(field, target)))
        return true;
    refuse_code(place, field->codes);
    return false;
}

static bool read_members(json_t *value, const struct decode_object *object, struct arena *arena, unsigned char *target,
                         const struct error_place *place);

static bool read_object(const struct decode_field *field, json_t *value, struct arena *arena, unsigned char *target,
                        const struct error_place *place)
{
    assert(field->element_size == field->object->size);
    return read_members(value, field->object, arena, member_of(field, target), place);
}

static bool read_object_pointer(const struct decode_field *field, json_t *value, struct arena *arena, unsigned char *target,
                                const struct error_place *place)
{
    assert(field->element_size == field->object->size);
    void *made = arena_alloc(arena, 1, field->element_size);

    if (!read_members(value, field->object, arena, made, place))
        return false;
    *(void **)member_of(field, target) = made;
    return true;
}

static void set_missing(const struct decode_field *field, unsigned char *target);

/* Hand every element of an array to `read`, with a field that points at one element of `elements`. One that is refused stays
 * as if not given, so that what is wrong with the others can be told. */
static void read_elements(const struct decode_field *element, json_t *value, struct arena *arena, unsigned char *elements,
                          reader *read, const struct error_place *place)
{
    for (size_t i = 0; i < json_array_size(value); i++) {
        unsigned char *target = elements + i * element->element_size;
        const struct error_place row = error_place_row(place, NULL, i);
        if (!read(element, json_array_get(value, i), arena, target, &row))
            set_missing(element, target);
    }
}

static bool read_array(const struct decode_field *field, enum decode_type type, size_t element_size, reader *read,
                       json_t *value, struct arena *arena, unsigned char *target, const struct error_place *place)
{
    if (!json_is_array(value))
        return refuse_type(place, value, "an array");
    size_t count = json_array_size(value);
    if (count == 0)
        return true;

    struct decode_field element = *field;
    element.type = type;
    element.offset = 0;
    element.element_size = element_size;
    void *elements = arena_alloc(arena, count, element_size);
    read_elements(&element, value, arena, elements, read, place);
    *(void **)member_of(field, target) = elements;
    *count_of(field, target) = count;
    return true;
}

static bool read_objects(const struct decode_field *field, json_t *value, struct arena *arena, unsigned char *target,
                         const struct error_place *place)
{
    return read_array(field, DECODE_TYPE_OBJECT, field->element_size, read_object, value, arena, target, place);
}

static bool read_integers(const struct decode_field *field, json_t *value, struct arena *arena, unsigned char *target,
                          const struct error_place *place)
{
    return read_array(field, DECODE_TYPE_INT64, sizeof(int64_t), read_int64, value, arena, target, place);
}

static bool read_codes(const struct decode_field *field, json_t *value, struct arena *arena, unsigned char *target,
                       const struct error_place *place)
{
    return read_array(field, DECODE_TYPE_CODE, sizeof(int), read_code, value, arena, target, place);
}

static bool read_texts(const struct decode_field *field, json_t *value, struct arena *arena, unsigned char *target,
                       const struct error_place *place)
{
    return read_array(field, DECODE_TYPE_TEXT, sizeof(const char *), read_text, value, arena, target, place);
}

static bool read_nothing(const struct decode_field *field, json_t *value, struct arena *arena, unsigned char *target,
                         const struct error_place *place)
{
    (void)field, (void)value, (void)arena, (void)target, (void)place;
    return true;
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

/* Give a member the value that stands for "not given", in memory in which nothing was written yet. */
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

/* Read the members that are there; the result has a bit for each, refused or not. */
static uint64_t read_given(json_t *value, const struct decode_object *object, struct arena *arena, unsigned char *target,
                           const struct error_place *place)
{
    uint64_t seen = 0;
    size_t guess = 0;

    for (void *member = json_object_iter(value); member != NULL; member = json_object_iter_next(value, member)) {
        const char *name = json_object_iter_key(member);
        json_t *given = json_object_iter_value(member);
        size_t at = find_field(object, name, guess);
        if (at == object->field_count) {
            error_add(place, name, "unknown member");
            continue;
        }
        guess = at + 1;
        const struct decode_field *field = &object->fields[at];
        if (json_is_null(given) && field->presence == DECODE_OPTIONAL)
            continue;
        seen |= UINT64_C(1) << at;
        const struct error_place inside = error_place_member(place, name);
        if (!READERS[field->type](field, given, arena, target, &inside))
            set_missing(field, target);
    }
    return seen;
}

/* An object's members, into `target`; what was refused is there as if not given. False when the value is no object. */
static bool read_members(json_t *value, const struct decode_object *object, struct arena *arena, unsigned char *target,
                         const struct error_place *place)
{
    assert(object->field_count > 0 && object->field_count <= FIELDS_MAX);
    if (!json_is_object(value))
        return refuse_type(place, value, "an object");

    memset(target, 0, object->size);
    uint64_t seen = read_given(value, object, arena, target, place);
    for (size_t i = 0; i < object->field_count; i++) {
        if ((seen >> i & 1) != 0)
            continue;
        if (object->fields[i].presence == DECODE_REQUIRED)
            error_add(place, object->fields[i].name, "required member is missing");
        set_missing(&object->fields[i], target);
    }
    return true;
}

void decode_object_all(json_t *value, const struct decode_object *object, struct arena *arena, void *target,
                       const struct error_place *place)
{
    if (!read_members(value, object, arena, target, place))
        set_all_missing(object, memset(target, 0, object->size));
}

enum zcd_code decode_object(json_t *value, const struct decode_object *object, struct arena *arena, void *target,
                            struct zcd_error *err)
{
    struct error_list list = {.arena = arena};
    const struct error_place place = error_place_of(&list);

    decode_object_all(value, object, arena, target, &place);
    return error_list_refuse(&list, err);
}

bool decode_document_all(struct bytes json, const struct decode_object *object, struct arena *arena, void **target,
                         struct error_list *list)
{
    assert(arena != NULL);
    assert(target != NULL);

    const struct error_place place = error_place_of(list);
    struct zcd_error err;
    json_t *root;
    if (decode_parse(json, &root, &err) != ZCD_OK) {
        error_add_error(&place, NULL, &err);
        return false;
    }
    *target = arena_alloc(arena, 1, object->size);
    decode_object_all(root, object, arena, *target, &place);
    json_decref(root);
    return true;
}

enum zcd_code decode_checked(struct bytes json, const struct decode_object *object, decode_rules *rules, const void *context,
                             struct arena *arena, void **target, struct zcd_error *err)
{
    struct error_list list = {.arena = arena};
    const struct error_place place = error_place_of(&list);
    void *made = NULL;

    if (decode_document_all(json, object, arena, &made, &list) && rules != NULL)
        rules(made, context, &place);
    enum zcd_code code = error_list_refuse(&list, err);
    if (code == ZCD_OK)
        *target = made;
    return code;
}

enum zcd_code decode_document(struct bytes json, const struct decode_object *object, struct arena *arena,
                              void **target, struct zcd_error *err)
{
    return decode_checked(json, object, NULL, NULL, arena, target, err);
}
