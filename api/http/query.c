#include "api/http/query.h"

#include "base/bytes.h"

#include <stdbool.h>
#include <string.h>

enum { NAME_SIZE_MAX = 32 };

static enum zcd_code fail_parameter(const char *name, size_t size, const char *message, struct zcd_error *err)
{
    char shown[NAME_SIZE_MAX + 1] = "";

    memcpy(shown, name, size < NAME_SIZE_MAX ? size : NAME_SIZE_MAX);
    for (char *at = shown; *at != '\0'; at++) {
        if ((unsigned char)*at < 0x20 || (unsigned char)*at > 0x7e)
            *at = '?';
    }
    (void)zcd_fail(err, ZCD_INVALID, "%s", message);
    return zcd_fail_within(err, shown);
}

static int digit_of(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* %-escapes undone in place; false for one that is none, or what no text holds. */
static bool decode(char *text)
{
    char *to = text;

    for (const char *from = text; *from != '\0'; from++) {
        char c = *from;
        if (c == '%') {
            int high = digit_of(from[1]);
            int low = high < 0 ? -1 : digit_of(from[2]);
            if (low < 0)
                return false;
            c = (char)(high << 4 | low);
            from += 2;
        }
        if ((unsigned char)c < 0x20 || c == 0x7f)
            return false;
        *to++ = c;
    }
    *to = '\0';
    return bytes_are_utf8(bytes_of_text(text));
}

static size_t find_name(const char *text, size_t size, const char *const *names, size_t count)
{
    size_t i = 0;
    while (i < count && (strlen(names[i]) != size || memcmp(names[i], text, size) != 0))
        i++;
    return i;
}

static enum zcd_code read_pair(const char *pair, size_t size, const char *const *names, size_t count,
                               struct arena *arena, const char **values, struct zcd_error *err)
{
    const char *equals = memchr(pair, '=', size);
    size_t name_size = equals == NULL ? size : (size_t)(equals - pair);
    size_t i = find_name(pair, name_size, names, count);

    if (i == count)
        return fail_parameter(pair, name_size, "unknown parameter", err);
    if (values[i] != NULL)
        return fail_parameter(pair, name_size, "given twice", err);
    if (equals == NULL || name_size + 1 == size)
        return fail_parameter(pair, name_size, "without a value", err);
    char *value = arena_copy_bytes(arena, equals + 1, size - name_size - 1);
    if (!decode(value))
        return fail_parameter(pair, name_size, "not well-formed", err);
    values[i] = value;
    return ZCD_OK;
}

enum zcd_code http_query_parse(const char *query, const char *const *names, size_t count, struct arena *arena,
                               const char **values, struct zcd_error *err)
{
    for (size_t i = 0; i < count; i++)
        values[i] = NULL;
    while (query != NULL && *query != '\0') {
        size_t size = strcspn(query, "&");
        enum zcd_code code = read_pair(query, size, names, count, arena, values, err);
        if (code != ZCD_OK)
            return code;
        query += size;
        if (*query == '&')
            query++;
    }
    return ZCD_OK;
}
