/*
 * answer.h - the answers that every route gives in the same way.
 *
 * Each finishes the exchange, but for answer_fill_problem. Thread: whoever has the exchange.
 */
#ifndef API_ROUTES_ANSWER_H
#define API_ROUTES_ANSWER_H

#include "api/http/exchange.h"
#include "base/error.h"

/* response.body holds the document already. */
void answer_json(struct http_exchange *exchange, int status);

/* An error as a problem, with the status that its code stands for. */
void answer_error(struct http_exchange *exchange, const struct zcd_error *error);

/* The same in other words than the error's, which only the log gets to see. */
void answer_error_as(struct http_exchange *exchange, const struct zcd_error *error, const char *detail);

/* The same with another status, for an error in the document that was sent. */
void answer_invalid(struct http_exchange *exchange, int status, const struct zcd_error *error);

/*
 * Make the response a problem: whatever was in its body is gone.
 *   error  in  NULL, or what is wrong in the document that was sent
 */
void answer_fill_problem(struct http_exchange *exchange, int status, const char *detail, const struct zcd_error *error);

#endif
