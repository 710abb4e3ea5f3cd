/*
 * cursor.h - where the next page of a list begins, as a text that means nothing to whoever gets it.
 *
 * The text is hexadecimal: eight bytes of a digest, then the position, which is the list's own (the id or the number of the
 * last one on the page before). The digest keeps nobody out, who may see what lists show anyway; it tells a cursor that a page
 * gave from one that was cut, mistyped or made up, so that these are refused rather than answered with a wrong page. It is the same
 * on every process of the service. Pure. Thread: any.
 */
#ifndef API_ROUTES_CURSOR_H
#define API_ROUTES_CURSOR_H

#include "base/arena.h"
#include "base/error.h"

#include <stdint.h>

#define CURSOR_POSITION_SIZE_MAX 2560 /* a lender and the longest key of a fact */
#define CURSOR_TEXT_SIZE (2 * (8 + CURSOR_POSITION_SIZE_MAX) + 1)

/* The cursor of a position, 1 to CURSOR_POSITION_SIZE_MAX bytes of UTF-8; returns text. */
const char *cursor_format(const char *position, char text[CURSOR_TEXT_SIZE]);
const char *cursor_format_number(uint64_t position, char text[CURSOR_TEXT_SIZE]);

/*
 * The position of a cursor.
 *   text      in   as it came in a query; NULL: none, and position is not written
 *   position  out  in the arena; written only on ZCD_OK
 * ZCD_INVALID with pointer /cursor: no page gave it.
 */
enum zcd_code cursor_parse(const char *text, struct arena *arena, const char **position, struct zcd_error *err) ZCD_MUST_USE;

/* The same for a position that is a number of at most `most`. */
enum zcd_code cursor_parse_number(const char *text, uint64_t most, uint64_t *position, struct zcd_error *err) ZCD_MUST_USE;

#endif
