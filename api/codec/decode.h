/*
 * decode.h - JSON bytes into C structs by declared fields: one table for each kind of object.
 *
 * A table lists the members that an object may have; anything else is refused. What a table says is all that is
 * checked here: types, ranges, codes, required members. Rules between values belong to the struct's own check.
 *
 *     static const struct decode_field PAYER_FIELDS[] = {
 *         DECODE_TEXT(struct payer, id, REQUIRED),
 *         DECODE_USCC(struct payer, uscc, OPTIONAL),
 *         DECODE_CODE(struct payer, level, REQUIRED, CODELIST_PAYER_LEVEL),
 *     };
 *     static const struct decode_object PAYER = DECODE_OBJECT_OF(struct payer, PAYER_FIELDS);
 *
 * The C member has the name of the JSON member, and its type is checked at compile time. Tables of nested structs
 * stand before the table that uses them.
 *
 * JSON is RFC 8259 made strict: UTF-8, no duplicate names, integers only (no fraction, no exponent) of at most
 * 2^53 in size, no NUL in texts, bounded size, depth and number of values. `null` in an optional member is the same
 * as leaving it out; in a required one it is refused. Thread: any.
 */
#ifndef API_CODEC_DECODE_H
#define API_CODEC_DECODE_H

#include "base/arena.h"
#include "base/bytes.h"
#include "base/date.h"
#include "base/error_list.h"
#include "base/region.h"
#include "base/uscc.h"
#include "contracts/codelist.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DECODE_SIZE_MAX ((size_t)8 * 1024 * 1024)
#define DECODE_DEPTH_MAX 16
#define DECODE_VALUES_MAX 500000 /* so that 8 MiB of "[[],[]," cannot take a gigabyte */
#define DECODE_INTEGER_MAX (INT64_C(1) << 53)

enum decode_type {
    DECODE_TYPE_INT64 = 1,
    DECODE_TYPE_INT32,
    DECODE_TYPE_BOOL,
    DECODE_TYPE_TEXT,
    DECODE_TYPE_DATE,
    DECODE_TYPE_USCC,
    DECODE_TYPE_REGION,
    DECODE_TYPE_CODE,
    DECODE_TYPE_OBJECT,
    DECODE_TYPE_OBJECT_POINTER,
    DECODE_TYPE_OBJECTS,
    DECODE_TYPE_INTEGERS,
    DECODE_TYPE_CODES,
    DECODE_TYPE_TEXTS,
    DECODE_TYPE_IGNORED
};

enum decode_presence { DECODE_OPTIONAL = 0, DECODE_REQUIRED = 1 };

struct decode_object;

/* One member. Made by the macros below, never by hand. */
struct decode_field {
    const char *name;
    enum decode_type type;
    enum decode_presence presence;
    size_t offset;                     /* of the member in its struct */
    size_t count_offset;               /* arrays: of the size_t beside it */
    size_t element_size;               /* objects and arrays of them: of the struct */
    int64_t min;                       /* integers: smallest and largest that is accepted */
    int64_t max;
    int64_t missing;                   /* integers: what an optional member is when not given; bool: 0 or 1 */
    const struct codelist *codes;      /* codes */
    const struct decode_object *object; /* objects */
};

struct decode_object {
    size_t size; /* of the struct */
    const struct decode_field *fields; /* in the order in which documents usually have them: fastest */
    size_t field_count;                /* at most 64 */
};

/* The table of a struct; FIELDS is an array. */
#define DECODE_OBJECT_OF(type_, fields_) {sizeof(type_), (fields_), sizeof(fields_) / sizeof(*(fields_))}

/* Offset of a member, which must have exactly the type named. */
#define DECODE_OFFSET(struct_, member_, type_)                                                                \
    (offsetof(struct_, member_) +                                                                              \
     0 * sizeof(char[__builtin_types_compatible_p(__typeof__(((struct_ *)0)->member_), type_) ? 1 : -1]))
/* Offset of a member of some enum, some pointer. */
#define DECODE_OFFSET_SIZED(struct_, member_, size_)                                                           \
    (offsetof(struct_, member_) + 0 * sizeof(char[sizeof(((struct_ *)0)->member_) == (size_) ? 1 : -1]))

/* int64_t or int32_t member within [min, max]. The _OR form is optional and says what it is when not given. */
#define DECODE_INT64(struct_, member_, presence_, min_, max_)                                                  \
    {.name = #member_, .type = DECODE_TYPE_INT64, .presence = DECODE_##presence_,                              \
     .offset = DECODE_OFFSET(struct_, member_, int64_t), .min = (min_), .max = (max_)}
#define DECODE_INT64_OR(struct_, member_, missing_, min_, max_)                                                \
    {.name = #member_, .type = DECODE_TYPE_INT64, .offset = DECODE_OFFSET(struct_, member_, int64_t),          \
     .min = (min_), .max = (max_), .missing = (missing_)}
#define DECODE_INT32(struct_, member_, presence_, min_, max_)                                                  \
    {.name = #member_, .type = DECODE_TYPE_INT32, .presence = DECODE_##presence_,                              \
     .offset = DECODE_OFFSET(struct_, member_, int32_t), .min = (min_), .max = (max_)}
#define DECODE_INT32_OR(struct_, member_, missing_, min_, max_)                                                \
    {.name = #member_, .type = DECODE_TYPE_INT32, .offset = DECODE_OFFSET(struct_, member_, int32_t),          \
     .min = (min_), .max = (max_), .missing = (missing_)}

/* bool; false when not given (the _OR form says otherwise). */
#define DECODE_BOOL(struct_, member_, presence_)                                                               \
    {.name = #member_, .type = DECODE_TYPE_BOOL, .presence = DECODE_##presence_,                               \
     .offset = DECODE_OFFSET(struct_, member_, bool)}
#define DECODE_BOOL_OR(struct_, member_, missing_)                                                             \
    {.name = #member_, .type = DECODE_TYPE_BOOL, .offset = DECODE_OFFSET(struct_, member_, bool), .missing = (missing_)}

/* const char *, copied to the arena; "" when not given. */
#define DECODE_TEXT(struct_, member_, presence_)                                                               \
    {.name = #member_, .type = DECODE_TYPE_TEXT, .presence = DECODE_##presence_,                               \
     .offset = DECODE_OFFSET(struct_, member_, const char *)}

/* struct date, DATE_NONE when not given; struct uscc and struct region, "" when not given. */
#define DECODE_DATE(struct_, member_, presence_)                                                               \
    {.name = #member_, .type = DECODE_TYPE_DATE, .presence = DECODE_##presence_,                               \
     .offset = DECODE_OFFSET(struct_, member_, struct date)}
#define DECODE_USCC(struct_, member_, presence_)                                                               \
    {.name = #member_, .type = DECODE_TYPE_USCC, .presence = DECODE_##presence_,                               \
     .offset = DECODE_OFFSET(struct_, member_, struct uscc)}
#define DECODE_REGION(struct_, member_, presence_)                                                             \
    {.name = #member_, .type = DECODE_TYPE_REGION, .presence = DECODE_##presence_,                             \
     .offset = DECODE_OFFSET(struct_, member_, struct region)}

/* An enum whose names are in a codelist; 0 when not given. */
#define DECODE_CODE(struct_, member_, presence_, codelist_)                                                    \
    {.name = #member_, .type = DECODE_TYPE_CODE, .presence = DECODE_##presence_,                               \
     .offset = DECODE_OFFSET_SIZED(struct_, member_, sizeof(int)), .codes = &(codelist_)}

/* A struct inside the struct; when not given, all its members are as if not given (required ones too). */
#define DECODE_OBJECT(struct_, member_, presence_, object_)                                                    \
    {.name = #member_, .type = DECODE_TYPE_OBJECT, .presence = DECODE_##presence_,                             \
     .offset = offsetof(struct_, member_), .element_size = sizeof(((struct_ *)0)->member_), .object = &(object_)}

/* A pointer to a struct in the arena; NULL when not given. */
#define DECODE_OBJECT_POINTER(struct_, member_, presence_, object_)                                            \
    {.name = #member_, .type = DECODE_TYPE_OBJECT_POINTER, .presence = DECODE_##presence_,                     \
     .offset = DECODE_OFFSET_SIZED(struct_, member_, sizeof(void *)),                                          \
     .element_size = sizeof(*((struct_ *)0)->member_), .object = &(object_)}

/* Arrays in the arena with their size_t count; NULL and 0 when empty or not given. */
#define DECODE_OBJECTS(struct_, member_, count_, presence_, object_)                                           \
    {.name = #member_, .type = DECODE_TYPE_OBJECTS, .presence = DECODE_##presence_,                            \
     .offset = DECODE_OFFSET_SIZED(struct_, member_, sizeof(void *)),                                          \
     .count_offset = DECODE_OFFSET(struct_, count_, size_t),                                                   \
     .element_size = sizeof(*((struct_ *)0)->member_), .object = &(object_)}
#define DECODE_INTEGERS(struct_, member_, count_, presence_, min_, max_) /* int64_t */                          \
    {.name = #member_, .type = DECODE_TYPE_INTEGERS, .presence = DECODE_##presence_,                           \
     .offset = DECODE_OFFSET(struct_, member_, const int64_t *),                                               \
     .count_offset = DECODE_OFFSET(struct_, count_, size_t), .min = (min_), .max = (max_)}
#define DECODE_CODES(struct_, member_, count_, presence_, codelist_) /* an enum */                              \
    {.name = #member_, .type = DECODE_TYPE_CODES, .presence = DECODE_##presence_,                              \
     .offset = DECODE_OFFSET_SIZED(struct_, member_, sizeof(void *)) +                                         \
               0 * sizeof(char[sizeof(*((struct_ *)0)->member_) == sizeof(int) ? 1 : -1]),                     \
     .count_offset = DECODE_OFFSET(struct_, count_, size_t), .codes = &(codelist_)}
#define DECODE_TEXTS(struct_, member_, count_, presence_) /* const char * */                                    \
    {.name = #member_, .type = DECODE_TYPE_TEXTS, .presence = DECODE_##presence_,                              \
     .offset = DECODE_OFFSET(struct_, member_, const char *const *),                                           \
     .count_offset = DECODE_OFFSET(struct_, count_, size_t)}

/* A member that may be there and is not read, whatever its type. */
#define DECODE_IGNORED(name_) {.name = (name_), .type = DECODE_TYPE_IGNORED}

/*
 * Read a document into a new struct.
 *
 *   json    in   the whole document; not kept
 *   object  in   table of its top-level object
 *   arena   in   the struct and all that hangs on it live there
 *   target  out  a pointer to the struct, written only on ZCD_OK
 *
 * ZCD_INVALID, in this order: larger than DECODE_SIZE_MAX, deeper than DECODE_DEPTH_MAX, more values than
 * DECODE_VALUES_MAX, not JSON as above (pointer "", line and column in the message); then in document order each
 * unknown member, wrong type, value out of range, unknown code, ill-formed date, USCC or region; and, at the
 * end of each object, each required member of its table that is missing. All of these are in the error (error_list.h).
 */
enum zcd_code decode_document(struct bytes json, const struct decode_object *object, struct arena *arena,
                              void **target, struct zcd_error *err) ZCD_MUST_USE;

/*
 * The same with rules that its members must satisfy besides: all that is wrong is told at once. Members that are refused stand as
 * if they were not given; what the rules add to them is left unsaid.
 *   context  in  for the rules
 */
typedef void decode_rules(const void *target, const void *context, const struct error_place *place);
enum zcd_code decode_checked(struct bytes json, const struct decode_object *object, decode_rules *rules, const void *context,
                             struct arena *arena, void **target, struct zcd_error *err) ZCD_MUST_USE;

/*
 * The same for a caller that goes on to look for more that is wrong: what is refused stands in the struct as if it were not
 * given, and in the list.
 *   target  out  a pointer to the struct
 * False, and nothing written, only when it is no JSON as above.
 */
bool decode_document_all(struct bytes json, const struct decode_object *object, struct arena *arena, void **target,
                         struct error_list *list);

/*
 * The two halves of decode_document, for a caller that needs the JSON as well.
 *   root    out  the caller's, to be released with json_decref
 *   value   in   not changed
 *   target  out  object->size bytes; on failure what is refused is as if not given
 */
enum zcd_code decode_parse(struct bytes json, json_t **root, struct zcd_error *err) ZCD_MUST_USE;
enum zcd_code decode_object(json_t *value, const struct decode_object *object, struct arena *arena, void *target,
                            struct zcd_error *err) ZCD_MUST_USE;
void decode_object_all(json_t *value, const struct decode_object *object, struct arena *arena, void *target,
                       const struct error_place *place);

#endif
