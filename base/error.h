/*
 * error.h - the one error value every module hands back.
 *
 * Depends on nothing. Pure. Thread: any.
 */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

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
};

/* Set code and message, empty the pointer, return code, so that callers "return zcd_fail(...)". */
enum zcd_code zcd_fail(struct zcd_error *err, enum zcd_code code, const char *format, ...)
    ZCD_PRINTF(3, 4);

/*
 * Put "/segment" in front of the pointer as the error travels outward; return err->code.
 *
 *   segment  in  a member name as the document has it; '~' and '/' are escaped (RFC 6901 section 3).
 *                A pointer that would not fit loses its innermost end, never its start.
 */
enum zcd_code zcd_fail_within(struct zcd_error *err, const char *segment);

/* The same for an array index. */
enum zcd_code zcd_fail_within_index(struct zcd_error *err, size_t index);

/* The code's name as it stands in problem documents: "invalid", "not_found", ... */
const char *zcd_code_name(enum zcd_code code);

#endif
