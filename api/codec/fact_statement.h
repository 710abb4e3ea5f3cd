/*
 * fact_statement.h - what a person says of one fact, by hand: read, and judged as far as it can be by itself.
 *
 * Thread: any.
 */
#ifndef API_CODEC_FACT_STATEMENT_H
#define API_CODEC_FACT_STATEMENT_H

#include "api/codec/fact_form.h"
#include "base/error_list.h"

/* In the arena. */
struct fact_statement {
    const void *row;    /* of the form's table, with fact_row */
    const char *reason; /* "" when not given */
};

/*
 * Read {"value": {...}, "valid_from": "2026-01-31", "reason": "..."}; the last two may be missing.
 *
 *   sql_key  in  of the fact: members of the key may be left out of the value, and must agree where they are not
 *   today    in  from when it holds where nothing is said; what has a day of its own holds from that
 *
 * ZCD_INVALID with all that is wrong (error_list.h): as decode_document; a member of the key that is another than the path's; a
 * text too long or with control characters; a day that says what happened and is to come; members that contradict one another.
 * ZCD_NOT_FOUND: the key can be nobody's.
 */
enum zcd_code fact_statement_decode(const struct fact_form *form, const char *sql_key, struct bytes json,
                                    struct date today, struct arena *arena, struct fact_statement *statement,
                                    struct zcd_error *err) ZCD_MUST_USE;

/*
 * That the thing is no more, from `today` on; or, for what has a day of its own in its key or in `row`, that it never was.
 *   row  in   what holds; NULL: nothing does
 */
enum zcd_code fact_statement_remove(const struct fact_form *form, const char *sql_key, const void *row, struct date today,
                                    struct arena *arena, struct fact_statement *statement,
                                    struct zcd_error *err) ZCD_MUST_USE;

#endif
