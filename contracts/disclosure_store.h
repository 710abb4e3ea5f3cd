/*
 * disclosure_store.h - whose records were shown, to whom, on which day, in which form: one row each, made in the transaction
 * of the leaf that says so and never changed.
 *
 * Thread: that of the connection.
 */
#ifndef CONTRACTS_DISCLOSURE_STORE_H
#define CONTRACTS_DISCLOSURE_STORE_H

#include "base/date.h"
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct db;

struct disclosure_row {
    const char *uscc;   /* or SCHEME:ID */
    const char *caller; /* 1 to 128 bytes */
    struct date day;
    const char *form; /* "record", "bundle", "entries", "value" or "facts" */
    uint64_t log_index;
};

/* Queue the insertion (db_queue). When it runs: ZCD_CONFLICT when there is one already. */
enum zcd_code disclosure_store_insert(struct db *db, const struct disclosure_row *row,
                                      struct zcd_error *err) ZCD_MUST_USE;

/*
 * For which organisations is there one already, of this caller, day and form?
 *
 *   row    in   caller, day and form; the rest does not matter
 *   uscc   in   `count` organisations' keys
 *   has    out  one for each; written only on ZCD_OK
 *
 * ZCD_UNAVAILABLE.
 */
enum zcd_code disclosure_store_find(struct db *db, const struct disclosure_row *row, const char *const *uscc,
                                    size_t count, bool *has, struct zcd_error *err) ZCD_MUST_USE;

#endif
