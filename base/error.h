/*
 * error.h - the one error value every module hands back.
 *
 * Depends on nothing. Pure. Thread: any.
 */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#include <stdarg.h>
#include <stddef.h>

#define ZCD_MUST_USE __attribute__((warn_unused_result))
#define ZCD_PRINTF(text, first) __attribute__((format(printf, text, first)))

/* Numbers reach audit records and clients: never change one, never reuse one. */
enum zcd_code {
    ZCD_OK = 0,
    ZCD_INVALID = 1,     /* the caller sent something the contract forbids (HTTP 422) */
    ZCD_NOT_FOUND = 2,   /* no such thing (HTTP 404) */
    ZCD_CONFLICT = 3,    /* refused by the present state; may pass after a reload (HTTP 409) */
    ZCD_UNAVAILABLE = 4, /* a dependency is away; a retry may help (HTTP 503) */
    ZCD_CORRUPT = 5      /* stored data fails its own check; a person must look (HTTP 500) */
};

struct zcd_error {
    enum zcd_code code;
    char pointer[256]; /* RFC 6901 JSON Pointer to the offending field; "" is the whole document */
    char message[256]; /* one phrase naming the rule; no personal data, no SQL, no newline */

    /* What else is wrong in the same document (error_list.h), in its order; none of them has others of its own. They live in the
     * arena of the call that failed: who lets go of that before the error calls zcd_error_keep_first. */
    struct zcd_error *others; /* NULL when there are none */
    size_t other_count;
    size_t left_out_count; /* found beyond those */
};

/* Set code and message, empty the pointer, without others; return code, so that callers "return zcd_fail(...)". */
enum zcd_code zcd_fail(struct zcd_error *err, enum zcd_code code, const char *format, ...)
    ZCD_PRINTF(3, 4);
enum zcd_code zcd_fail_with(struct zcd_error *err, enum zcd_code code, const char *format, va_list values)
    ZCD_PRINTF(3, 0);

/*
 * Put "/segment" in front of the pointer, and of those of the others, as the error travels outward; return err->code.
 *
 *   segment  in  a member name as the document has it; '~' and '/' are escaped (RFC 6901 section 3).
 *                A pointer that would not fit loses its innermost end, never its start.
 */
enum zcd_code zcd_fail_within(struct zcd_error *err, const char *segment);

/* The same for an array index. */
enum zcd_code zcd_fail_within_index(struct zcd_error *err, size_t index);

/* The others are forgotten, as if there were none. */
void zcd_error_keep_first(struct zcd_error *err);

/* The code's name as it stands in problem documents: "invalid", "not_found", ... */
const char *zcd_code_name(enum zcd_code code);

#endif
