#include "api/http/trace.h"

#include <stdio.h>
#include <string.h>

enum { VERSION_SIZE = 2, TRACE_SIZE = 32, PARENT_SIZE = 16, FLAGS_SIZE = 2, FIELD_SIZE = 55 };
enum { TRACE_AT = VERSION_SIZE + 1, PARENT_AT = TRACE_AT + TRACE_SIZE + 1, FLAGS_AT = PARENT_AT + PARENT_SIZE + 1 };

/* Small letters only, as the text says. */
static bool is_hexadecimal(const char *text, size_t size)
{
    return strspn(text, "0123456789abcdef") >= size;
}

static bool is_id(const char *text, size_t size)
{
    return is_hexadecimal(text, size) && strspn(text, "0") < size;
}

static bool ends_as_it_should(const char *field)
{
    if (strncmp(field, "00", VERSION_SIZE) == 0)
        return field[FIELD_SIZE] == '\0';
    return field[FIELD_SIZE] == '\0' || field[FIELD_SIZE] == '-'; /* a later version may say more */
}

bool http_trace_parse(const char *field, char trace_id[HTTP_TRACE_ID_SIZE])
{
    if (field == NULL || strlen(field) < FIELD_SIZE || !is_hexadecimal(field, VERSION_SIZE)
        || strncmp(field, "ff", VERSION_SIZE) == 0 || field[TRACE_AT - 1] != '-' || !is_id(field + TRACE_AT, TRACE_SIZE)
        || field[PARENT_AT - 1] != '-' || !is_id(field + PARENT_AT, PARENT_SIZE) || field[FLAGS_AT - 1] != '-'
        || !is_hexadecimal(field + FLAGS_AT, FLAGS_SIZE) || !ends_as_it_should(field))
        return false;
    memcpy(trace_id, field + TRACE_AT, TRACE_SIZE);
    trace_id[TRACE_SIZE] = '\0';
    return true;
}

const char *http_trace_format(const char *trace_id, const char *parent_id, char text[HTTP_TRACE_PARENT_SIZE])
{
    (void)snprintf(text, HTTP_TRACE_PARENT_SIZE, "00-%.32s-%.16s-01", trace_id, parent_id);
    return text;
}
