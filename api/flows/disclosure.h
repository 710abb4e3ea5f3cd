/*
 * disclosure.h - who reads organisations' records is on record too: once for each organisation, caller, day and form.
 *
 * Forms: "record" (a leaf: alone, among others that a search found, or decided again), "bundle", "entries" (a file of leaves, as
 * mirrors copy them), "value" (what stands behind a commitment), "facts" (what a lender knows of the organisation). That somebody read is no secret of the organisation's: showing
 * the record of a disclosure makes no other one, or a mirror that follows the log would keep it growing by itself. An organisation abroad
 * has no code by which a record could be about it: the log's own record then names it (kind disclosure_abroad).
 *
 * Thread: said at each function.
 */
#ifndef API_FLOWS_DISCLOSURE_H
#define API_FLOWS_DISCLOSURE_H

#include "audit/log.h"
#include "base/arena.h"
#include "base/error.h"
#include "base/uscc.h"

#include <stddef.h>
#include <stdint.h>

struct db;

/* Those that are known to be on record, of one day: so that most readings ask nobody. */
struct disclosure_book;
struct disclosure_book *disclosure_book_new(void);
void disclosure_book_free(struct disclosure_book *book); /* NULL is fine */

/* A record that is shown, and whose it is. */
struct disclosed {
    struct uscc uscc;   /* text "": about the log itself, nobody's */
    const char *abroad; /* SCHEME:ID of an organisation that has no USCC, whose text is "" then; NULL: none; lives as long as the reading */
    uint64_t index;     /* DISCLOSED_FACTS: no record, but facts are shown */
};
#define DISCLOSED_FACTS UINT64_MAX

/* Read that from a leaf; for a leaf that is itself the record of a disclosure, it is nobody's. ZCD_CORRUPT: not a record. */
enum zcd_code disclosed_read(struct bytes leaf, uint64_t index, struct disclosed *disclosed,
                             struct zcd_error *err) ZCD_MUST_USE;

/* One request's reading, of one record or several; the caller's memory, untouched until done. */
struct reading {
    /* Given by the caller. */
    const char *form;
    const char *caller, *role, *lender; /* lender may be NULL */
    const struct disclosed *shown;
    size_t shown_count;
    /* Called once, from any thread, perhaps before disclosure_record returns. err is NULL when all of it is on record; else
     * nothing is to be shown. */
    void (*done)(struct reading *reading, const struct zcd_error *err);
    void *user;

    /* Its own. */
    struct disclosure *parts;
    size_t part_count;
    _Atomic size_t waiting;
};

/*
 * Put a reading on record, as far as it is not.
 *
 *   db     in  the calling thread's
 *   arena  in  holds what is on its way; lives until done
 *
 * Errors as of log_submit and ZCD_UNAVAILABLE for the database, all through done.
 */
void disclosure_record(struct disclosure_book *book, struct log *log, struct db *db, int64_t now_us, struct arena *arena,
                       struct reading *reading);

/* The same for commands, which have nothing else to do: wait until it is on record. done and user are this function's own. */
enum zcd_code disclosure_record_and_wait(struct log *log, struct db *db, int64_t now_us, struct arena *arena,
                                         struct reading *reading, struct zcd_error *err) ZCD_MUST_USE;

/* The row of a disclosure's record: see log_insert_rows and log_restore_rows. */
enum zcd_code disclosure_insert_row(struct db *db, const struct record *record, uint64_t log_index,
                                    struct zcd_error *err) ZCD_MUST_USE;

#endif
