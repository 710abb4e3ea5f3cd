/*
 * problem.h - what a client is told when it does not get what it asked for: RFC 9457 problem details.
 *
 *     {"code", "detail", "error_count", "errors": [{"code", "detail", "pointer"}], "status", "title", "trace_id", "type"}
 *
 * `errors` has all that is wrong in the document that was sent, ERRORS_MAX at most; `error_count` says how many were found, and
 * where there are several, so does the detail, and whether some of them are not listed.
 *
 * Title and details are in the reader's language; details are handed over in English (texts.h). Pure. Thread: any.
 */
#ifndef API_CODEC_PROBLEM_H
#define API_CODEC_PROBLEM_H

#include "base/bytes.h"
#include "base/error.h"

#include <stdbool.h>

#define PROBLEM_CONTENT_TYPE "application/problem+json"

struct problem {
    int status;                    /* one of problem_codes.def */
    const char *detail;            /* one phrase, English */
    const struct zcd_error *error; /* NULL, or what is wrong in the document that was sent, with the others */
    const char *trace_id;          /* NULL outside HTTP */
};

/* Append the document, canonical JSON. */
void problem_encode(const struct problem *problem, bool chinese, struct buffer *json);

/* The HTTP status of an error: 422, 404, 409, 503, 500. */
int problem_status(enum zcd_code code);

/* Does an Accept-Language field (RFC 9110 12.5.4) like Chinese better than English? Chinese also when it is NULL: most readers are. */
bool problem_prefers_chinese(const char *accept_language);

#endif
