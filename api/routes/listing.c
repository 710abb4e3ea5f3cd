#include "api/routes/listing.h"

#include "api/http/query.h"
#include "api/routes/cursor.h"
#include "api/routes/log_index.h"

static enum zcd_code read_names(struct http_exchange *exchange, const char *const *names, size_t count, const char **values,
                                struct listing *listing, struct zcd_error *err)
{
    struct zcd_error reason;
    uint64_t limit = LISTING_LIMIT_DEFAULT;

    enum zcd_code code = http_query_parse(exchange->request.query, names, count, &exchange->arena, values, err);
    if (code != ZCD_OK)
        return code;
    if (values[1] != NULL
        && (log_index_parse(values[1], &limit, &reason) != ZCD_OK || limit < 1 || limit > LISTING_LIMIT_MAX)) {
        (void)zcd_fail(err, ZCD_INVALID, "not a number from 1 to %d", LISTING_LIMIT_MAX);
        return zcd_fail_within(err, names[1]);
    }
    const char *last_id = NULL;
    code = cursor_parse(values[0], &exchange->arena, &last_id, err);
    if (code == ZCD_OK)
        *listing = (struct listing){.cursor = last_id, .limit = (size_t)limit};
    return code;
}

enum zcd_code listing_read(struct http_exchange *exchange, struct listing *listing, struct zcd_error *err)
{
    static const char *const NAMES[] = {"cursor", "limit"};
    const char *values[2];

    return read_names(exchange, NAMES, 2, values, listing, err);
}

enum zcd_code listing_read_filtered(struct http_exchange *exchange, const char *name, const char **value, struct listing *listing,
                                    struct zcd_error *err)
{
    const char *const names[] = {"cursor", "limit", name};
    const char *values[3];
    enum zcd_code code = read_names(exchange, names, 3, values, listing, err);

    if (code == ZCD_OK)
        *value = values[2];
    return code;
}

void listing_write_next(struct json_writer *writer, bool has_more, const char *last_id)
{
    char next[CURSOR_TEXT_SIZE];

    if (has_more)
        json_write_text(writer, "next", cursor_format(last_id, next));
    else
        json_write_null(writer, "next");
}
