/*
 * query.h - the part of a request's target behind the '?', read strictly: name=value pairs, each name at most once.
 *
 * Pure. Thread: any.
 */
#ifndef API_HTTP_QUERY_H
#define API_HTTP_QUERY_H

#include "base/arena.h"
#include "base/error.h"

#include <stddef.h>

/*
 * Read a query.
 *
 *   query   in   behind the '?', as sent; NULL when there is none
 *   names   in   those that the route knows, `count` of them
 *   values  out  one for each name, NULL where it is not given; UTF-8 without control characters, in the arena
 *
 * ZCD_INVALID, the pointer naming the parameter: a pair without '=', a name that is unknown or stands twice, an empty
 * value, a %-escape that is none, bytes that are not UTF-8, control characters. '+' is a plus sign.
 */
enum zcd_code http_query_parse(const char *query, const char *const *names, size_t count, struct arena *arena,
                               const char **values, struct zcd_error *err) ZCD_MUST_USE;

#endif
