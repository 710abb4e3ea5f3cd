#include "api/routes/log_index.h"

#include <string.h>

enum { DIGITS_MAX = 16 };

enum zcd_code log_index_parse(const char *text, uint64_t *index, struct zcd_error *err)
{
    size_t digits = strspn(text, "0123456789");
    uint64_t value = 0;

    if (digits == 0 || digits > DIGITS_MAX || text[digits] != '\0' || (digits > 1 && text[0] == '0'))
        return zcd_fail(err, ZCD_NOT_FOUND, "there is no record of this index");
    for (; *text != '\0'; text++)
        value = value * 10 + (uint64_t)(*text - '0');
    *index = value;
    return ZCD_OK;
}
