/*
 * canonical_json.h - JSON in its one canonical form (RFC 8785, JCS), restricted to integers, and a small strict reader.
 *
 * What is hashed and signed is these bytes. Differences from RFC 8785, all of them refusals: numbers are integers of
 * size at most 2^53 - 1, so no floating-point text can differ between machines; the character U+0000 is refused, since
 * no store of ours can hold it; nesting is bounded. Members are sorted by UTF-16 code units, as the RFC asks.
 * The only file of this folder that knows jansson is canonical_json.c. Pure but for the heap. Thread: any.
 */
#ifndef AUDIT_CANONICAL_JSON_H
#define AUDIT_CANONICAL_JSON_H

#include "base/bytes.h"
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CANONICAL_JSON_INTEGER_MAX INT64_C(9007199254740991) /* 2^53 - 1: exact in every JSON reader */
#define CANONICAL_JSON_DEPTH_MAX 64                          /* arrays and objects within one another */

struct json_t; /* jansson's value */

/*
 * Append the canonical form of a value.
 *
 *   value  in   borrowed; members already in canonical order are quickest
 *   text   out  appended to; on failure it is as it was
 *
 * ZCD_INVALID with the pointer of the first offender: a real, an integer too large, U+0000, text that is not UTF-8,
 * too deep.
 */
enum zcd_code canonical_json_encode(const struct json_t *value, struct buffer *text,
                                    struct zcd_error *err) ZCD_MUST_USE;

/*
 * Append one string (with its quotes) or integer in canonical form: for those who write a document's members in order
 * themselves.
 *   utf8   in  well-formed UTF-8 without U+0000
 *   value  in  at most CANONICAL_JSON_INTEGER_MAX in size
 */
void canonical_json_append_string(struct buffer *text, struct bytes utf8);
void canonical_json_append_integer(struct buffer *text, int64_t value);

/*
 * Are these bytes exactly the canonical form of the document they hold?
 * ZCD_INVALID, in this order: what canonical_json_decode() refuses, what canonical_json_encode() refuses, another form.
 */
enum zcd_code canonical_json_check(struct bytes text, struct zcd_error *err) ZCD_MUST_USE;

bool canonical_json_is_canonical(struct bytes text);

/*
 * Read any JSON document, strictly: UTF-8, one value and white space only, no member twice, no U+0000, not too deep.
 * It need not be canonical.
 *
 *   value  out  handed over; release with canonical_json_free
 *
 * ZCD_INVALID with the parser's reason and the byte position.
 */
enum zcd_code canonical_json_decode(struct bytes text, struct json_t **value, struct zcd_error *err) ZCD_MUST_USE;

void canonical_json_free(struct json_t **value); /* also for ZCD_AUTO; {NULL} is fine; NULL afterwards */

/*
 * Readers of one object's members, so that no other file of this folder needs jansson. `object` may be NULL or
 * something else than an object: that is refused as ZCD_INVALID, as is a missing member or one of another type; the
 * pointer then names the member. Texts and values handed out are borrowed from the document.
 */
enum zcd_code canonical_json_read_text(const struct json_t *object, const char *name, const char **text,
                                       struct zcd_error *err) ZCD_MUST_USE;
/* The same, but null is allowed and gives NULL. */
enum zcd_code canonical_json_read_text_or_null(const struct json_t *object, const char *name, const char **text,
                                               struct zcd_error *err) ZCD_MUST_USE;
enum zcd_code canonical_json_read_integer(const struct json_t *object, const char *name, int64_t value_min,
                                          int64_t value_max, int64_t *value, struct zcd_error *err) ZCD_MUST_USE;
enum zcd_code canonical_json_read_boolean(const struct json_t *object, const char *name, bool *value,
                                          struct zcd_error *err) ZCD_MUST_USE;
/* Exactly `size` bytes as lower-case hexadecimal. */
enum zcd_code canonical_json_read_hex(const struct json_t *object, const char *name, uint8_t *data, size_t size,
                                      struct zcd_error *err) ZCD_MUST_USE;
enum zcd_code canonical_json_read_object(const struct json_t *object, const char *name, const struct json_t **value,
                                         struct zcd_error *err) ZCD_MUST_USE;
/*
 * An array of integers from 0 to CANONICAL_JSON_INTEGER_MAX.
 *   value  out  at most capacity entries; *count says how many
 */
enum zcd_code canonical_json_read_indices(const struct json_t *object, const char *name, uint64_t *value,
                                          size_t capacity, size_t *count, struct zcd_error *err) ZCD_MUST_USE;

/* An array of texts, as canonical_json_read_indices. */
enum zcd_code canonical_json_read_texts(const struct json_t *object, const char *name, const char **text,
                                        size_t capacity, size_t *count, struct zcd_error *err) ZCD_MUST_USE;

/* Is the member there? Is it null? false for both when `object` is none. */
bool canonical_json_has(const struct json_t *object, const char *name);
bool canonical_json_is_null(const struct json_t *object, const char *name);

/* ZCD_INVALID when the object has a member that is not among the `count` names; the pointer names it. */
enum zcd_code canonical_json_refuse_unknown(const struct json_t *object, const char *const *names, size_t count,
                                            struct zcd_error *err) ZCD_MUST_USE;

/*
 * Append one line for each place where two documents differ, "POINTER: BEFORE -> AFTER" in canonical form, "nothing" where
 * there is no such member or element. Arrays are compared place by place.
 *
 *   before, after  in   canonical JSON
 *   lines_max      in   lines that are written; the others are only counted
 *   count          out  how many places differ; 0 when one of the documents is no JSON
 */
void canonical_json_compare(struct bytes before, struct bytes after, size_t lines_max, struct buffer *lines,
                            size_t *count);

#endif
