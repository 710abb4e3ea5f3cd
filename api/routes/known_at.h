/*
 * known_at.h - the instant as of which facts are asked for: what was known then, and always the same.
 *
 * On a worker's thread.
 */
#ifndef API_ROUTES_KNOWN_AT_H
#define API_ROUTES_KNOWN_AT_H

#include "api/http/exchange.h"

#include <stdbool.h>
#include <stdint.h>

struct db;

/*
 * Read it as a client wrote it; NULL or "": what is known now (FACTS_KNOWN_NOW).
 * ZCD_INVALID at /known_at: not an instant, or one that has not come yet, as what will be known then cannot be told.
 */
enum zcd_code known_at_read(const char *text, int64_t *known_at_us, struct zcd_error *err) ZCD_MUST_USE;

/*
 * Is what was known then certain (import_store_check_settled)? Asked before facts are read. What is known now always is.
 *
 *   lender  in  whose facts; NULL: those of all, as where the book's experience with payers enters, which is made of them
 *
 * False when it was answered: an import is being kept (409 with Retry-After), or the database is away.
 */
bool known_at_is_settled(struct http_exchange *exchange, struct db *db, const char *lender, int64_t known_at_us) ZCD_MUST_USE;

#endif
