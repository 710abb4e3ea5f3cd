#include "api/routes/listing.h"

#include "api/http/query.h"
#include "api/routes/log_index.h"
#include "base/bytes.h"

enum zcd_code listing_read(struct http_exchange *exchange, struct listing *listing, struct zcd_error *err)
{
    static const char *const NAMES[] = {"cursor", "limit"};
    const char *values[2];
    struct zcd_error reason;
    uint64_t limit = LISTING_LIMIT_DEFAULT;

    enum zcd_code code = http_query_parse(exchange->request.query, NAMES, 2, &exchange->arena, values, err);
    if (code != ZCD_OK)
        return code;
    if (values[1] != NULL
        && (log_index_parse(values[1], &limit, &reason) != ZCD_OK || limit < 1 || limit > LISTING_LIMIT_MAX)) {
        (void)zcd_fail(err, ZCD_INVALID, "not a number from 1 to %d", LISTING_LIMIT_MAX);
        return zcd_fail_within(err, NAMES[1]);
    }
    if (values[0] != NULL && !bytes_are_utf8(bytes_of_text(values[0]))) {
        (void)zcd_fail(err, ZCD_INVALID, "not the next of a page");
        return zcd_fail_within(err, NAMES[0]);
    }
    *listing = (struct listing){.cursor = values[0], .limit = (size_t)limit};
    return ZCD_OK;
}

void listing_write_next(struct json_writer *writer, bool has_more, const char *last_id)
{
    if (has_more)
        json_write_text(writer, "next", last_id);
    else
        json_write_null(writer, "next");
}
