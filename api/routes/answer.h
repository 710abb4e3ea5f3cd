/*
 * answer.h - the answers that every route gives in the same way.
 *
 * Each finishes the exchange, but for answer_fill_problem. Thread: whoever has the exchange.
 */
#ifndef API_ROUTES_ANSWER_H
#define API_ROUTES_ANSWER_H

#include "api/http/exchange.h"
#include "base/bytes.h"
#include "base/error.h"

#include <stdbool.h>

/* response.body holds the document already. */
void answer_json(struct http_exchange *exchange, int status);

/*
 * To an answer of 200 to GET that is made but for being finished: a strong ETag, the digest of its body (RFC 9110 8.8.3). Where
 * the client has that body already (If-None-Match), it becomes 304 without one. answer_json does so by itself.
 */
void answer_add_etag(struct http_exchange *exchange);

/*
 * For a change of something that two may change at once: does the client know its newest state? If-Match has to name it, strongly
 * (RFC 9110 13.1.1, RFC 6585 3). What is not there yet is made without a condition, or with "If-None-Match: *".
 *   etag  in  of the newest state, as answer_etag_format writes it of what GET answers with; NULL: there is none yet
 * False when the exchange is finished: 412 when a condition names another state, or asks for none where there is one; 428 without
 * If-Match where there is one.
 */
bool answer_check_match(struct http_exchange *exchange, const char *etag);

/* "\"0f1e...\"": of the bytes that GET answers with; returns text. */
#define ANSWER_ETAG_SIZE 35
const char *answer_etag_format(struct bytes body, char text[ANSWER_ETAG_SIZE]);

/* An error as a problem, with the status that its code stands for. */
void answer_error(struct http_exchange *exchange, const struct zcd_error *error);

/* The same in other words than the error's, which only the log gets to see. */
void answer_error_as(struct http_exchange *exchange, const struct zcd_error *error, const char *detail);

/* 409 for what met an import that is being kept just now: Retry-After says when to send it again. */
void answer_busy(struct http_exchange *exchange, const struct zcd_error *error);

/* As answer_error with another status, for an error in the document that was sent. */
void answer_invalid(struct http_exchange *exchange, int status, const struct zcd_error *error);

/* What became of a document: all that is wrong in it with 422 (ZCD_INVALID), anything else as answer_error. */
void answer_refused(struct http_exchange *exchange, const struct zcd_error *error);

/*
 * Make the response a problem: whatever was in its body is gone.
 *   error  in  NULL, or what is wrong in the document that was sent
 */
void answer_fill_problem(struct http_exchange *exchange, int status, const char *detail, const struct zcd_error *error);

#endif
