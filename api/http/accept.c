#include "api/http/accept.h"

#include <string.h>
#include <strings.h>

/* How closely a range fits a type: not at all, as any type, as any of its kind, as itself. */
enum fit { FITS_NOT, FITS_ANY, FITS_KIND, FITS };

/* A piece of text that is not ended by NUL. */
struct piece {
    const char *text;
    size_t size;
};

static struct piece trim(struct piece piece)
{
    while (piece.size > 0 && strchr(" \t", piece.text[0]) != NULL)
        piece = (struct piece){piece.text + 1, piece.size - 1};
    while (piece.size > 0 && strchr(" \t", piece.text[piece.size - 1]) != NULL)
        piece.size--;
    return piece;
}

/* Take what stands before the separator off the rest. One inside a quoted text separates nothing. */
static struct piece take_piece(struct piece *rest, char separator)
{
    bool is_quoted = false;
    size_t size = 0;

    for (; size < rest->size && (is_quoted || rest->text[size] != separator); size++) {
        if (rest->text[size] == '\\' && is_quoted && size + 1 < rest->size)
            size++;
        else if (rest->text[size] == '"')
            is_quoted = !is_quoted;
    }
    struct piece piece = {rest->text, size};
    size_t taken = size < rest->size ? size + 1 : size;
    *rest = (struct piece){rest->text + taken, rest->size - taken};
    return trim(piece);
}

static bool is_text(struct piece piece, const char *text)
{
    return piece.size == strlen(text) && strncasecmp(piece.text, text, piece.size) == 0;
}

static enum fit fit_of(struct piece range, struct piece type)
{
    const char *slash = memchr(type.text, '/', type.size);
    size_t kind_size = slash == NULL ? type.size : (size_t)(slash - type.text) + 1;

    if (is_text(range, "*/*"))
        return FITS_ANY;
    if (range.size == kind_size + 1 && range.text[kind_size] == '*' && strncasecmp(range.text, type.text, kind_size) == 0)
        return FITS_KIND;
    return range.size == type.size && strncasecmp(range.text, type.text, type.size) == 0 ? FITS : FITS_NOT;
}

/* "q=0", "q=0.0", "q=0.000": what is not wanted at any price. */
static bool is_weight_zero(struct piece parameter)
{
    if (parameter.size < 3 || strncasecmp(parameter.text, "q=0", 3) != 0)
        return false;
    for (size_t i = 3; i < parameter.size; i++) {
        if (parameter.text[i] != (i == 3 ? '.' : '0'))
            return false;
    }
    return true;
}

/* What the closest range so far says of a type. */
struct opinion {
    enum fit fit;
    bool takes;
};

static void ask_element(struct piece element, struct piece type, struct opinion *opinion)
{
    enum fit fit = fit_of(take_piece(&element, ';'), type);
    bool takes = true;

    while (element.size > 0) {
        if (is_weight_zero(take_piece(&element, ';')))
            takes = false;
    }
    if (fit > opinion->fit)
        *opinion = (struct opinion){fit, takes};
    else if (fit == opinion->fit)
        opinion->takes = opinion->takes || takes;
}

static bool takes_type(const struct http_request *request, struct piece type)
{
    struct opinion opinion = {FITS_NOT, false};

    for (size_t i = 0; i < request->header_count; i++) {
        struct piece rest = {request->headers[i].value, strlen(request->headers[i].value)};
        if (strcasecmp(request->headers[i].name, "Accept") != 0)
            continue;
        while (rest.size > 0)
            ask_element(take_piece(&rest, ','), type, &opinion);
    }
    return opinion.fit != FITS_NOT && opinion.takes;
}

bool http_accepts(const struct http_request *request, const char *types)
{
    struct piece rest = {types, strlen(types)};

    if (http_request_header(request, "Accept") == NULL)
        return true;
    while (rest.size > 0) {
        if (takes_type(request, take_piece(&rest, ' ')))
            return true;
    }
    return false;
}
