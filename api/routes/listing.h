/*
 * listing.h - the cursor and the limit of a list in the order of ids, and where the next page begins.
 */
#ifndef API_ROUTES_LISTING_H
#define API_ROUTES_LISTING_H

#include "api/codec/json_writer.h"
#include "api/http/exchange.h"
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

#define LISTING_LIMIT_DEFAULT 20
#define LISTING_LIMIT_MAX 100

struct listing {
    const char *cursor; /* id of the last one on the page before; NULL for the first page */
    size_t limit;       /* ask the store for one more, so that it is known whether there is a next page */
};

/* Read ?cursor= and ?limit=. ZCD_INVALID, the pointer naming the parameter. */
enum zcd_code listing_read(struct http_exchange *exchange, struct listing *listing, struct zcd_error *err) ZCD_MUST_USE;

/* The same with one more parameter: *value is NULL where it is not given. */
enum zcd_code listing_read_filtered(struct http_exchange *exchange, const char *name, const char **value, struct listing *listing,
                                    struct zcd_error *err) ZCD_MUST_USE;

/* Write the member "next": the cursor (cursor.h) of the last one on this page when there are more, else null. */
void listing_write_next(struct json_writer *writer, bool has_more, const char *last_id);

#endif
