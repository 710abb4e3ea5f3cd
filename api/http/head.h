/*
 * head.h - the head of a request, read strictly (RFC 9112), so that no two readers of the same bytes can disagree about
 * where a request ends.
 *
 * Stricter than the RFC asks: lines end in CRLF only, nothing is folded, the target is a path, a body comes with one
 * Content-Length (digits, without a tab beside them) or not at all (no transfer codings), fields that mean something stand
 * once. Pure. Thread: any.
 */
#ifndef API_HTTP_HEAD_H
#define API_HTTP_HEAD_H

#include "api/http/request.h"
#include "base/arena.h"
#include "base/bytes.h"

/* Why a request is refused before any handler sees it. */
struct http_refusal {
    int status;         /* 0: it is not refused */
    const char *detail; /* one phrase, English, static */
    const char *allow;  /* with 405: the methods that there are, as in an Allow field */
};

/* Bytes of the head with its empty line, or 0 when it is not complete. Says nothing about whether it is well-formed. */
size_t http_head_size(struct bytes input);

/*
 * Read a head.
 *
 *   head     in   http_head_size() bytes
 *   arena    in   holds what request points to
 *   request  out  but for parameters, body and id
 *
 * Refusals, in the order of the bytes: 400 for what is not a request line or field, 505 for another version; then 431
 * for more than HTTP_HEADERS_MAX fields; then, over all fields, 400 for one of Host, Content-Length, Content-Type,
 * Authorization twice, no Host, an ill-formed Content-Length, or a Transfer-Encoding with Content-Length; 411 for a
 * Transfer-Encoding alone; 417 for an Expect other than 100-continue; 501 for a method the service does not know.
 */
struct http_refusal http_head_parse(struct bytes head, struct arena *arena, struct http_request *request);

#endif
