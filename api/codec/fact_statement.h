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

/* A correction that a director files. In the arena. */
struct fact_filing {
    const char *collection, *key, *lender; /* of the fact; the key as it stands in paths */
    const char *reason;
    const char *evidence; /* where it can be seen; "" when not said */
    bool removed;         /* that the fact is none */
    const void *row;      /* what is proposed, */
    const char *proposed; /* and as a document: {"valid_from": ..., "value": {...}} or {"removed": true, "valid_from": ...} */
};

/*
 * Read {"collection": "...", "key": "...", "lender": "...", "value": {...}, "valid_from": "...", "reason": "...", "evidence": "..."};
 * valid_from and evidence may be missing; "removed": true in the place of the value proposes that the fact is none. What is proposed
 * follows by the second, once it is known which fact it is about.
 *   now  in  the row that holds; NULL: nothing does
 * ZCD_INVALID as fact_statement_decode, and as fact_proposal_decode; ZCD_NOT_FOUND, of the second: the key can be nobody's.
 */
enum zcd_code fact_filing_decode(struct bytes json, struct arena *arena, struct fact_filing *filing,
                                 struct zcd_error *err) ZCD_MUST_USE;
enum zcd_code fact_filing_decode_value(const struct fact_form *form, const char *sql_key, struct bytes json,
                                       const void *now, struct date today, struct arena *arena, struct fact_filing *filing,
                                       struct zcd_error *err) ZCD_MUST_USE;

/*
 * Read what a filing proposes, from the filing or from the document that was made of it (fact_filing.proposed): a value, as
 * fact_statement_decode reads it, or a removal, which holds from valid_from on (today where it is not said; of what has a day of its own,
 * that day).
 *
 * ZCD_INVALID as fact_statement_decode; a removal of what is not there, or from a day before that from which it holds.
 * ZCD_NOT_FOUND: the key can be nobody's.
 */
enum zcd_code fact_proposal_decode(const struct fact_form *form, const char *sql_key, struct bytes json, const void *now,
                                   struct date today, struct arena *arena, struct fact_statement *statement,
                                   struct zcd_error *err) ZCD_MUST_USE;

/* Read {"reason": "..."}. ZCD_INVALID. */
enum zcd_code fact_refusal_decode(struct bytes json, struct arena *arena, const char **reason,
                                  struct zcd_error *err) ZCD_MUST_USE;

/*
 * That the thing is no more, from `today` on; or, for what has a day of its own in its key or in `row`, that it never was.
 *   row  in   what holds; NULL: nothing does
 */
enum zcd_code fact_statement_remove(const struct fact_form *form, const char *sql_key, const void *row, struct date today,
                                    struct arena *arena, struct fact_statement *statement,
                                    struct zcd_error *err) ZCD_MUST_USE;

#endif
