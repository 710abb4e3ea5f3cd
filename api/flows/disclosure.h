/*
 * disclosure.h - who reads an organisation's records is on record too: once for each organisation, caller, day and form.
 *
 * Thread: said at each function.
 */
#ifndef API_FLOWS_DISCLOSURE_H
#define API_FLOWS_DISCLOSURE_H

#include "audit/log.h"
#include "base/error.h"
#include "contracts/disclosure_store.h"

#include <stdbool.h>
#include <stdint.h>

struct db;

/* Those that are known to be on record, of one day: so that most readings ask nobody. */
struct disclosure_book;
struct disclosure_book *disclosure_book_new(void);
void disclosure_book_free(struct disclosure_book *book); /* NULL is fine */

/* One on its way; the caller's memory, untouched until done. */
struct disclosure {
    /* Given by the caller. */
    struct disclosure_row row; /* but for day and log_index */
    const char *role, *lender; /* of the caller; lender may be NULL */
    /* Called once from the log's writer's thread; err is NULL when it is on record. Not called for one that already was. */
    void (*done)(struct disclosure *disclosure, const struct zcd_error *err);
    void *user;

    /* Its own. */
    struct disclosure_book *book;
    struct log_entry entry;
    char body[64];
};

/*
 * Put it on record, unless it is.
 *
 *   read    in   the index of the record that is read
 *   is_known out true: it is on record, done is not called; false: done will be called
 *
 * Any thread, on its own connection. ZCD_UNAVAILABLE and the other codes of log_submit: then the record is not to be shown.
 */
enum zcd_code disclosure_record(struct disclosure_book *book, struct log *log, struct db *db, uint64_t read,
                                int64_t now_us, struct disclosure *disclosure, bool *is_known,
                                struct zcd_error *err) ZCD_MUST_USE;

/* The row of a disclosure's record: see log_insert_rows and log_restore_rows. */
enum zcd_code disclosure_insert_row(struct db *db, const struct record *record, uint64_t log_index,
                                    struct zcd_error *err) ZCD_MUST_USE;

#endif
