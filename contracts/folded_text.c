#include "contracts/folded_text.h"

#include <string.h>

/* One character of three bytes as it is folded; NULL where it stays. */
static const char *fold_wide(const unsigned char c[static 3], char ascii[static 2])
{
    unsigned point = (unsigned)(c[0] & 0x0f) << 12 | (unsigned)(c[1] & 0x3f) << 6 | (unsigned)(c[2] & 0x3f);

    if (point >= 0xff01 && point <= 0xff5e) {
        char narrow = (char)(point - 0xff01 + '!');
        ascii[0] = narrow >= 'a' && narrow <= 'z' ? (char)(narrow - 'a' + 'A') : narrow;
        ascii[1] = '\0';
        return ascii;
    }
    if (point == 0x3000 || point == 0xfeff || (point >= 0x2000 && point <= 0x200b))
        return "";
    if ((point >= 0x2010 && point <= 0x2015) || point == 0x2212)
        return "-";
    if (point == 0x3014 || point == 0x3010)
        return "[";
    return point == 0x3015 || point == 0x3011 ? "]" : NULL;
}

static bool is_wide(const unsigned char *c)
{
    return (c[0] & 0xf0) == 0xe0 && (c[1] & 0xc0) == 0x80 && (c[2] & 0xc0) == 0x80;
}

void text_fold(const char *text, struct buffer *folded)
{
    const unsigned char *at = (const unsigned char *)text;

    buffer_append(folded, "", 1); /* the terminator, even of nothing */
    folded->size--;
    while (*at != '\0') {
        char ascii[2];
        if (is_wide(at)) {
            const char *narrow = fold_wide(at, ascii);
            buffer_append(folded, narrow == NULL ? (const char *)at : narrow, narrow == NULL ? 3 : strlen(narrow));
            at += 3;
            continue;
        }
        if (at[0] == 0xc2 && at[1] == 0xa0) { /* U+00A0 */
            at += 2;
            continue;
        }
        char c = (char)*at++;
        if (c == ' ' || (c >= '\t' && c <= '\r'))
            continue;
        if (c >= 'a' && c <= 'z')
            c = (char)(c - 'a' + 'A');
        buffer_append(folded, &c, 1);
    }
}
