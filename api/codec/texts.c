#include "api/codec/texts.h"

#include <assert.h>
#include <string.h>

enum { ARGUMENTS_MAX = 9, DEPTH_MAX = 3 };

static const struct row {
    const char *english;
    const char *chinese;
} ROWS[] = {
#define TEXT(english_, chinese_) {english_, chinese_},
#include "api/codec/texts.def"
#undef TEXT
#define POLICY_RULE(number, name, json, severity, zh, en) {en, zh},
#include "scoring/policy_rules.def"
#undef POLICY_RULE
};

/* Pieces of the text that stand for an argument each, in the order of the English. */
struct arguments {
    struct bytes piece[ARGUMENTS_MAX];
    size_t count;
};

static bool starts_with(struct bytes text, const char *piece, size_t size)
{
    return text.size >= size && memcmp(text.data, piece, size) == 0;
}

static struct bytes after(struct bytes text, size_t size)
{
    return (struct bytes){text.data + size, text.size - size};
}

/* How much of the text stands before a piece of a format: before the first such piece, or where it is the last of the
 * format, before the end of the text. False where there is none. */
static bool find_piece(struct bytes text, const char *piece, size_t size, bool is_last, size_t *before)
{
    if (text.size < size)
        return false;
    for (size_t at = is_last ? text.size - size : 0; at + size <= text.size; at++) {
        if (starts_with(after(text, at), piece, size)) {
            *before = at;
            return true;
        }
    }
    return false;
}

/*
 * Does a format with "{}" for each argument give the text? Each argument is as short as it can be, but for the last.
 *   literal_size  out  how many bytes of the text are the format's own
 */
static bool fits(const char *format, struct bytes text, struct arguments *arguments, size_t *literal_size)
{
    const char *hole = strstr(format, "{}");
    size_t size = hole == NULL ? strlen(format) : (size_t)(hole - format);

    arguments->count = 0;
    *literal_size = size;
    if (!starts_with(text, format, size))
        return false;
    text = after(text, size);
    while (hole != NULL) {
        const char *piece = hole + 2;
        size_t before = 0;
        hole = strstr(piece, "{}");
        size = hole == NULL ? strlen(piece) : (size_t)(hole - piece);
        if (!find_piece(text, piece, size, hole == NULL, &before))
            return false;
        assert(arguments->count < ARGUMENTS_MAX);
        arguments->piece[arguments->count++] = (struct bytes){text.data, before};
        text = after(text, before + size);
        *literal_size += size;
    }
    return text.size == 0;
}

/* The row that gives the text with the most bytes of its own, or NULL. */
static const struct row *find_row(struct bytes text, struct arguments *arguments)
{
    const struct row *best = NULL;
    size_t best_size = 0;

    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        struct arguments found;
        size_t size;
        if (fits(ROWS[i].english, text, &found, &size) && (best == NULL || size > best_size)) {
            best = &ROWS[i];
            best_size = size;
            *arguments = found;
        }
    }
    return best;
}

static bool append(struct bytes text, int depth, struct buffer *chinese)
{
    struct arguments arguments;
    const struct row *row = depth < DEPTH_MAX ? find_row(text, &arguments) : NULL;

    if (row == NULL) {
        buffer_append(chinese, text.data, text.size);
        return false;
    }
    for (const char *c = row->chinese; *c != '\0';) {
        if (c[0] == '{' && c[1] >= '1' && c[1] <= '9' && c[2] == '}') {
            size_t index = (size_t)(c[1] - '1');
            assert(index < arguments.count);
            (void)append(arguments.piece[index], depth + 1, chinese);
            c += 3;
            continue;
        }
        size_t size = 1 + strcspn(c + 1, "{");
        buffer_append(chinese, c, size);
        c += size;
    }
    return true;
}

bool texts_append_chinese(const char *text, struct buffer *chinese)
{
    return append(bytes_of_text(text), 0, chinese);
}
