/*
 * json_pieces.h - a file of JSON taken apart into the documents that stand in it, one in memory at a time.
 *
 * The file may hold one document, an array of them, several one after another, or one a line (JSON Lines). An object that
 * has a member `releases` or `records` is a package: each element of that array is a piece of its own, however many
 * there are, and the package's other members are one more, behind them. An object without is a piece itself.
 *
 * Numbers come out exact: one that is no whole number of up to 18 digits stands in the piece as a string, JSON_PIECES_NUMBER
 * before its text, since JSON readers round it.
 *
 * A document that is cut short, with the next one in a line of its own behind it, costs itself alone.
 * Thread: the reader's.
 */
#ifndef CONTRACTS_IMPORT_JSON_PIECES_H
#define CONTRACTS_IMPORT_JSON_PIECES_H

#include "base/bytes.h"
#include "contracts/import/json_source.h"

#define JSON_PIECES_NUMBER '\x01'        /* first character of a string that was a number in the file */
#define JSON_PIECES_SIZE_MAX (64u << 20) /* of one piece */
#define JSON_PIECES_DEPTH_MAX 64

enum json_piece_kind {
    JSON_PIECE_DOCUMENT = 1, /* an object of its own */
    JSON_PIECE_RELEASE,      /* an element of `releases` */
    JSON_PIECE_RECORD,       /* an element of `records` */
    JSON_PIECE_PACKAGE       /* the members of a package without those two */
};

enum json_piece_fault {
    JSON_PIECE_WHOLE = 0,
    JSON_PIECE_CUT,        /* it ends in the middle */
    JSON_PIECE_TOO_LARGE,  /* more than JSON_PIECES_SIZE_MAX bytes */
    JSON_PIECE_TOO_DEEP,   /* more than JSON_PIECES_DEPTH_MAX levels */
    JSON_PIECE_NO_OBJECT   /* something else than an object where one should stand */
};

struct json_piece {
    enum json_piece_kind kind;
    enum json_piece_fault fault;
    uint64_t line;      /* on which it begins, from 1 */
    uint64_t number;    /* of the element in its array, from 0 */
    bool is_not_listed; /* `releases` or `records` held it itself, instead of an array */
    struct bytes text;  /* UTF-8, or with single foreign bytes; borrowed until the next call */
};

struct json_pieces;

/* Begin. The source is borrowed until json_pieces_free. */
struct json_pieces *json_pieces_new(struct json_source *source);
void json_pieces_free(struct json_pieces *pieces); /* NULL is fine */

/*
 * The next piece.
 *
 *   has_piece  out  false at the file's end
 *
 * ZCD_NOT_FOUND when the file cannot be read.
 */
enum zcd_code json_pieces_next(struct json_pieces *pieces, struct json_piece *piece, bool *has_piece,
                               struct zcd_error *err) ZCD_MUST_USE;

#endif
