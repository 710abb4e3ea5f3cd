/*
 * trace.h - by which a request is found again in the logs of all the systems that it went through: the field traceparent
 * (W3C Trace Context, 3.2).
 *
 * Pure. Thread: any.
 */
#ifndef API_HTTP_TRACE_H
#define API_HTTP_TRACE_H

#include <stdbool.h>

#define HTTP_TRACE_ID_SIZE 33 /* 32 hexadecimal digits and NUL */
#define HTTP_TRACE_PARENT_SIZE 56 /* "00-", trace, "-", sixteen digits, "-01" and NUL */

/*
 * Read the trace of a field: of version 00, or of a later one as far as it is alike.
 *   trace_id  out  written only when true
 * False when it is ill-formed, of the forbidden version ff, or one of its ids is zero: the trace then begins here.
 */
bool http_trace_parse(const char *field, char trace_id[HTTP_TRACE_ID_SIZE]);

/*
 * The field to pass on; returns text.
 *   trace_id   in  32 hexadecimal digits
 *   parent_id  in  at least 16, of which the first 16 are taken: who passes it on
 */
const char *http_trace_format(const char *trace_id, const char *parent_id, char text[HTTP_TRACE_PARENT_SIZE]);

#endif
