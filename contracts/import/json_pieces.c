#include "contracts/import/json_pieces.h"

#include <stdlib.h>
#include <string.h>

enum { KEY_SIZE_MAX = 16, WHOLE_DIGITS_MAX = 18, END = -1 };

enum place {
    AT_TOP,     /* between documents */
    IN_PACKAGE, /* between the members of a document's outermost object */
    IN_LIST     /* between the elements of its `releases` or `records` */
};

struct json_pieces {
    struct json_source *source;
    struct bytes read; /* not yet taken */
    uint64_t line;
    enum place place;
    struct buffer own;  /* the open document without its lists */
    struct buffer item; /* the value being copied */
    uint64_t own_line;
    enum json_piece_fault own_fault;
    bool is_package;
    enum json_piece_kind list_kind;
    uint64_t number;
    uint64_t brackets, brackets_line; /* arrays around documents that are open; where the first begins */
    bool is_fault_given;              /* of a piece that was cut or too deep */
    bool at_line_start; /* only white space since the last line break */
    enum zcd_code failure;
    struct zcd_error err;
};

struct json_pieces *json_pieces_new(struct json_source *source)
{
    struct json_pieces *pieces = calloc(1, sizeof *pieces);

    if (pieces == NULL)
        abort();
    pieces->source = source;
    pieces->line = 1;
    pieces->at_line_start = true;
    return pieces;
}

void json_pieces_free(struct json_pieces *pieces)
{
    if (pieces == NULL)
        return;
    buffer_done(&pieces->own);
    buffer_done(&pieces->item);
    free(pieces);
}

/* ------------------------------------------------------------------------- bytes */

/* The next byte, which stays; END behind the last, and when the file cannot be read. */
static int peek(struct json_pieces *pieces)
{
    if (pieces->read.size == 0 && pieces->failure == ZCD_OK)
        pieces->failure = json_source_read(pieces->source, &pieces->read, &pieces->err);
    return pieces->read.size == 0 || pieces->failure != ZCD_OK ? END : pieces->read.data[0];
}

static void take(struct json_pieces *pieces)
{
    uint8_t byte = pieces->read.data[0];

    pieces->read.data++;
    pieces->read.size--;
    if (byte == '\n') {
        pieces->line++;
        pieces->at_line_start = true;
    } else if (byte != ' ' && byte != '\t' && byte != '\r') {
        pieces->at_line_start = false;
    }
}

static bool is_space(int byte)
{
    return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n' || byte == 0x1E; /* RFC 7464's separator */
}

static int peek_solid(struct json_pieces *pieces)
{
    while (is_space(peek(pieces)))
        take(pieces);
    return peek(pieces);
}

/* -------------------------------------------------------------------- copying values */

/* One value on its way into a buffer. */
struct copy {
    struct buffer *out;
    enum json_piece_fault fault;
    int64_t depth;
    uint64_t objects;  /* a bit for each open level, the innermost last: 1 is an object, 0 an array */
    int before;        /* the last byte that is no white space */
};

static void keep(struct copy *copy, const void *data, size_t size)
{
    if (copy->out->size + size > JSON_PIECES_SIZE_MAX)
        copy->fault = JSON_PIECE_TOO_LARGE;
    else if (copy->fault == JSON_PIECE_WHOLE)
        buffer_append(copy->out, data, size);
}

/* How many bytes at the front of what was read are plain ones within a string. */
static size_t plain_run(struct bytes read)
{
    size_t size = 0;

    while (size < read.size && read.data[size] != '"' && read.data[size] != '\\' && read.data[size] != '\n')
        size++;
    return size;
}

/* From its quotation mark to the other one. A line break within ends the document: JSON has none there. */
static void copy_string(struct json_pieces *pieces, struct copy *copy)
{
    bool is_escaped = false;

    keep(copy, "\"", 1);
    take(pieces);
    for (int byte = peek(pieces); byte != END && byte != '\n'; byte = peek(pieces)) {
        size_t run = is_escaped ? 0 : plain_run(pieces->read);
        if (run > 0) {
            keep(copy, pieces->read.data, run);
            pieces->read.data += run;
            pieces->read.size -= run;
            continue;
        }
        char kept = (char)byte;
        keep(copy, &kept, 1);
        take(pieces);
        if (byte == '"' && !is_escaped)
            return;
        is_escaped = byte == '\\' && !is_escaped;
    }
    if (copy->fault == JSON_PIECE_WHOLE)
        copy->fault = JSON_PIECE_CUT;
}

static bool is_of_number(int byte)
{
    return (byte >= '0' && byte <= '9') || byte == '-' || byte == '+' || byte == '.' || byte == 'e' || byte == 'E';
}

static void copy_number(struct json_pieces *pieces, struct copy *copy)
{
    char text[WHOLE_DIGITS_MAX + 2];
    size_t size = 0;
    bool is_whole = true, is_open = false;

    for (int byte = peek(pieces); is_of_number(byte); byte = peek(pieces)) {
        is_whole = is_whole && size < WHOLE_DIGITS_MAX && ((byte >= '0' && byte <= '9') || (byte == '-' && size == 0));
        if (!is_whole && !is_open) {
            keep(copy, "\"\\u0001", 7);
            keep(copy, text, size);
            is_open = true;
        }
        char kept = (char)byte;
        if (is_open)
            keep(copy, &kept, 1);
        else
            text[size++] = kept;
        take(pieces);
    }
    keep(copy, is_open ? "\"" : text, is_open ? 1 : size);
}

static void open_level(struct copy *copy, bool is_object)
{
    if (++copy->depth > JSON_PIECES_DEPTH_MAX && copy->fault == JSON_PIECE_WHOLE)
        copy->fault = JSON_PIECE_TOO_DEEP;
    copy->objects = copy->objects << 1 | (is_object ? 1 : 0);
}

/* An object at the beginning of a line, where none may stand: the document before was cut short, and the next begins. */
static bool is_next_document(const struct json_pieces *pieces, const struct copy *copy)
{
    bool may_stand = copy->before == ':' || copy->before == '[' || (copy->before == ',' && (copy->objects & 1) == 0);

    return pieces->at_line_start && !may_stand;
}

static void copy_structure(struct json_pieces *pieces, struct copy *copy, int byte)
{
    char kept = (char)byte;

    if (byte == '{' || byte == '[')
        open_level(copy, byte == '{');
    if (byte == '}' || byte == ']') {
        copy->depth--;
        copy->objects >>= 1;
    }
    keep(copy, &kept, 1);
    take(pieces);
}

/* Copy one value, whatever it is. Within objects and arrays up to the bracket that closes the outermost. */
static enum json_piece_fault copy_value(struct json_pieces *pieces, struct buffer *out, int64_t depth)
{
    struct copy copy = {.out = out, .depth = depth, .before = ':'};
    int byte = peek_solid(pieces);

    do {
        if (byte == END || (byte == '{' && copy.depth > depth && is_next_document(pieces, &copy))) {
            copy.fault = copy.fault == JSON_PIECE_WHOLE ? JSON_PIECE_CUT : copy.fault;
            return copy.fault;
        }
        if (byte == '"')
            copy_string(pieces, &copy);
        else if ((byte >= '0' && byte <= '9') || byte == '-')
            copy_number(pieces, &copy);
        else if ((byte == '}' || byte == ']' || byte == ',') && copy.depth == depth)
            return copy.fault; /* belongs to what is around; jansson says what is missing here */
        else if (is_space(byte))
            take(pieces);
        else
            copy_structure(pieces, &copy, byte);
        if (!is_space(byte))
            copy.before = byte;
        if (copy.fault == JSON_PIECE_CUT)
            return copy.fault;
        byte = peek(pieces);
    } while (copy.depth > depth || (copy.before != '"' && copy.before != '}' && copy.before != ']' && !is_space(byte)));
    return copy.fault;
}

/* --------------------------------------------------------------------------- places */

static void give(struct json_pieces *pieces, struct json_piece *piece, enum json_piece_kind kind,
                 enum json_piece_fault fault, uint64_t line, const struct buffer *text)
{
    pieces->is_fault_given = pieces->is_fault_given || fault == JSON_PIECE_CUT || fault == JSON_PIECE_TOO_DEEP;
    *piece = (struct json_piece){
        .kind = kind, .fault = fault, .line = line, .number = pieces->number, .text = buffer_bytes(text)};
}

/* The outermost object is over, or cut short. */
static void end_document(struct json_pieces *pieces, enum json_piece_fault fault, struct json_piece *piece)
{
    if (pieces->own_fault == JSON_PIECE_WHOLE)
        pieces->own_fault = fault;
    buffer_append_text(&pieces->own, "}");
    give(pieces, piece, pieces->is_package ? JSON_PIECE_PACKAGE : JSON_PIECE_DOCUMENT, pieces->own_fault,
         pieces->own_line, &pieces->own);
    pieces->place = AT_TOP;
}

static void begin_document(struct json_pieces *pieces)
{
    pieces->own_line = pieces->line;
    take(pieces);
    buffer_clear(&pieces->own);
    buffer_append_text(&pieces->own, "{");
    pieces->own_fault = JSON_PIECE_WHOLE;
    pieces->is_package = false;
    pieces->place = IN_PACKAGE;
}

/* Something that is neither an object nor what may stand around one: as far as the line goes. */
static void take_garbage(struct json_pieces *pieces, struct json_piece *piece)
{
    buffer_clear(&pieces->item);
    uint64_t line = pieces->line;
    for (int byte = peek(pieces); byte != END && byte != '\n'; byte = peek(pieces)) {
        if (pieces->item.size < 80)
            buffer_append(&pieces->item, pieces->read.data, 1);
        take(pieces);
    }
    give(pieces, piece, JSON_PIECE_DOCUMENT, JSON_PIECE_NO_OBJECT, line, &pieces->item);
}

/* Of an array around documents. True when the piece is written: that there are too many, once. */
static bool count_bracket(struct json_pieces *pieces, int byte, struct json_piece *piece)
{
    if (byte == ']' && pieces->brackets > 0)
        pieces->brackets--;
    if (byte != '[')
        return false;
    if (pieces->brackets++ == 0)
        pieces->brackets_line = pieces->line;
    if (pieces->brackets <= JSON_PIECES_DEPTH_MAX || pieces->is_fault_given)
        return false;
    buffer_clear(&pieces->item);
    give(pieces, piece, JSON_PIECE_DOCUMENT, JSON_PIECE_TOO_DEEP, pieces->line, &pieces->item);
    return true;
}

/* An array around documents that never ends: the file was cut between two of them. */
static bool give_open_brackets(struct json_pieces *pieces, struct json_piece *piece)
{
    if (pieces->brackets == 0 || pieces->is_fault_given)
        return false;
    pieces->brackets = 0;
    buffer_clear(&pieces->item);
    give(pieces, piece, JSON_PIECE_DOCUMENT, JSON_PIECE_CUT, pieces->brackets_line, &pieces->item);
    return true;
}

/* Between documents. True when the piece is written. */
static bool step_top(struct json_pieces *pieces, struct json_piece *piece)
{
    int byte = peek_solid(pieces);

    if (byte == '{') {
        begin_document(pieces);
        return false;
    }
    if (byte == '[' || byte == ']' || byte == ',') { /* of an array of documents */
        take(pieces);
        return count_bracket(pieces, byte, piece);
    }
    take_garbage(pieces, piece);
    return true;
}

static bool is_list_key(const struct buffer *key, enum json_piece_kind *kind)
{
    if (strcmp((const char *)key->data, "\"releases\"") == 0)
        *kind = JSON_PIECE_RELEASE;
    else if (strcmp((const char *)key->data, "\"records\"") == 0)
        *kind = JSON_PIECE_RECORD;
    else
        return false;
    return true;
}

/* `releases` or `records` with what should be an array. True when the piece is written. */
static bool begin_list(struct json_pieces *pieces, enum json_piece_kind kind, struct json_piece *piece)
{
    pieces->is_package = true;
    pieces->list_kind = kind;
    pieces->number = 0;
    if (peek_solid(pieces) == '[') {
        take(pieces);
        pieces->place = IN_LIST;
        return false;
    }
    buffer_clear(&pieces->item);
    uint64_t line = pieces->line;
    bool is_object = peek(pieces) == '{';
    enum json_piece_fault fault = copy_value(pieces, &pieces->item, 1);
    give(pieces, piece, kind, fault == JSON_PIECE_WHOLE && !is_object ? JSON_PIECE_NO_OBJECT : fault, line, &pieces->item);
    piece->is_not_listed = true;
    return true;
}

/* A member of the outermost object into `own`. True when the piece is written. */
static bool take_member(struct json_pieces *pieces, struct json_piece *piece)
{
    enum json_piece_kind kind;

    buffer_clear(&pieces->item);
    enum json_piece_fault fault = copy_value(pieces, &pieces->item, 1);
    if (fault == JSON_PIECE_WHOLE && peek_solid(pieces) != ':')
        fault = JSON_PIECE_CUT;
    if (fault != JSON_PIECE_WHOLE) {
        end_document(pieces, fault, piece);
        return true;
    }
    take(pieces);
    /* A single release has no such members; what a record calls `releases` stands one level below. */
    if (is_list_key(&pieces->item, &kind) && pieces->own_fault == JSON_PIECE_WHOLE)
        return begin_list(pieces, kind, piece);
    if (pieces->own.size > 1)
        buffer_append_text(&pieces->own, ",");
    if (pieces->own.size + pieces->item.size < JSON_PIECES_SIZE_MAX)
        buffer_append(&pieces->own, pieces->item.data, pieces->item.size);
    buffer_append_text(&pieces->own, ":");
    fault = copy_value(pieces, &pieces->own, 1);
    if (fault == JSON_PIECE_CUT) {
        end_document(pieces, fault, piece);
        return true;
    }
    if (pieces->own_fault == JSON_PIECE_WHOLE)
        pieces->own_fault = fault;
    return false;
}

static bool step_package(struct json_pieces *pieces, struct json_piece *piece)
{
    int byte = peek_solid(pieces);

    if (byte == '}') {
        take(pieces);
        end_document(pieces, JSON_PIECE_WHOLE, piece);
        return true;
    }
    if (byte == ',') {
        take(pieces);
        return false;
    }
    if (byte == '"')
        return take_member(pieces, piece);
    if (byte != END && byte != '{') /* no JSON; a brace may be the next document's */
        take_garbage(pieces, piece);
    end_document(pieces, JSON_PIECE_CUT, piece);
    return true;
}

static bool step_list(struct json_pieces *pieces, struct json_piece *piece)
{
    int byte = peek_solid(pieces);

    if (byte == ']' || byte == ',') {
        take(pieces);
        if (byte == ']')
            pieces->place = IN_PACKAGE;
        return false;
    }
    if (byte == END || byte == '}' || byte == ':') {
        end_document(pieces, JSON_PIECE_CUT, piece);
        if (byte != END)
            take(pieces);
        return true;
    }
    buffer_clear(&pieces->item);
    uint64_t line = pieces->line;
    enum json_piece_fault fault = copy_value(pieces, &pieces->item, 2);
    give(pieces, piece, pieces->list_kind, fault == JSON_PIECE_WHOLE && byte != '{' ? JSON_PIECE_NO_OBJECT : fault, line,
         &pieces->item);
    pieces->number++;
    if (fault == JSON_PIECE_CUT) /* the package is cut with it */
        pieces->place = AT_TOP;
    return true;
}

enum zcd_code json_pieces_next(struct json_pieces *pieces, struct json_piece *piece, bool *has_piece,
                               struct zcd_error *err)
{
    bool is_given = false;

    while (!is_given && !(pieces->place == AT_TOP && peek_solid(pieces) == END)) {
        if (pieces->place == AT_TOP)
            is_given = step_top(pieces, piece);
        else if (pieces->place == IN_PACKAGE)
            is_given = step_package(pieces, piece);
        else
            is_given = step_list(pieces, piece);
    }
    if (pieces->failure != ZCD_OK) {
        *err = pieces->err;
        return pieces->failure;
    }
    *has_piece = is_given || give_open_brackets(pieces, piece);
    return ZCD_OK;
}
