/*
 * Any bytes as the query of a list: refused with a reason, or read; and what is read as a cursor is the very text that its
 * position has.
 */
#include "tests/fuzz/fuzz.h"

#include "api/http/query.h"
#include "api/routes/cursor.h"
#include "base/bytes.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define MUST(condition)                                                                                                \
    do {                                                                                                               \
        if (!(condition))                                                                                              \
            abort();                                                                                                   \
    } while (0)

static void try_cursor(const char *text, struct arena *arena)
{
    char again[CURSOR_TEXT_SIZE];
    const char *position = NULL;
    uint64_t number = UINT64_MAX;
    struct zcd_error err = {.code = ZCD_OK};

    if (cursor_parse(text, arena, &position, &err) != ZCD_OK) {
        MUST(err.code == ZCD_INVALID && strcmp(err.pointer, "/cursor") == 0 && position == NULL);
        MUST(cursor_parse_number(text, INT64_MAX, &number, &err) == ZCD_INVALID);
        return;
    }
    MUST(text == NULL || strcmp(cursor_format(position, again), text) == 0);
    if (cursor_parse_number(text, INT64_MAX, &number, &err) == ZCD_OK && text != NULL)
        MUST(number <= INT64_MAX && strcmp(cursor_format_number(number, again), text) == 0);
}

/* Most bytes are no cursor of any page, whatever changes: so the digest is made right for some. */
static void try_position(const char *text, struct arena *arena)
{
    char cursor[CURSOR_TEXT_SIZE];
    const char *position = NULL;
    struct zcd_error err = {.code = ZCD_OK};
    size_t size = strlen(text);

    if (size == 0 || size > CURSOR_POSITION_SIZE_MAX)
        return;
    bool is_text = bytes_are_utf8(bytes_of_text(text));
    MUST((cursor_parse(cursor_format(text, cursor), arena, &position, &err) == ZCD_OK) == is_text);
    MUST(!is_text || strcmp(position, text) == 0);
    try_cursor(cursor, arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const NAMES[] = {"cursor", "limit", "state"};
    struct arena arena = {0};
    const char *query = arena_copy_bytes(&arena, data, size);
    const char *values[3];
    struct zcd_error err = {.code = ZCD_OK};

    try_cursor(query, &arena);
    try_position(query, &arena);
    if (http_query_parse(query, NAMES, 3, &arena, values, &err) == ZCD_OK)
        try_cursor(values[0], &arena);
    else
        MUST(err.code == ZCD_INVALID && err.message[0] != '\0');
    arena_done(&arena);
    return 0;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t size_max, unsigned int seed)
{
    (void)seed;
    return LLVMFuzzerMutate(data, size, size_max);
}
