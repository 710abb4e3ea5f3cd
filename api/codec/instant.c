#include "api/codec/instant.h"

#include "audit/record.h"

#include <stdio.h>
#include <string.h>

#define WHOLE_SECONDS_SIZE (sizeof "2026-03-31T09:30:00Z" - 1)

enum zcd_code instant_parse(const char *text, int64_t *at_us, struct zcd_error *err)
{
    char whole[RECORD_AT_TEXT_SIZE];

    if (strlen(text) == WHOLE_SECONDS_SIZE && text[WHOLE_SECONDS_SIZE - 1] == 'Z') {
        (void)snprintf(whole, sizeof whole, "%.19s.000000Z", text);
        text = whole;
    }
    if (record_at_parse(text, at_us, err) == ZCD_OK)
        return ZCD_OK;
    return zcd_fail(err, ZCD_INVALID, "not an instant like 2026-03-31T09:30:00Z");
}
