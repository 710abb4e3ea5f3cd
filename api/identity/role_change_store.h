/*
 * role_change_store.h - roles that one administrator of a lender proposes and another one decides on.
 *
 * Thread: that of the connection.
 */
#ifndef API_IDENTITY_ROLE_CHANGE_STORE_H
#define API_IDENTITY_ROLE_CHANGE_STORE_H

#include "base/arena.h"
#include "base/error.h"

#include <stddef.h>

struct db;

#define ROLE_CHANGE_PREFIX "rc_" /* public_id.h */

struct role_change_row {
    const char *id, *lender, *user;
    unsigned roles; /* that the user shall have; caller.h */
    const char *proposed_by;
    const char *decided_by; /* NULL: nobody yet */
    const char *outcome;    /* "approved", "refused"; NULL: none yet */
};

/* Propose. ZCD_CONFLICT when another change of that user waits to be decided on. */
enum zcd_code role_change_store_insert(struct db *db, const struct role_change_row *row,
                                       struct zcd_error *err) ZCD_MUST_USE;

/* Of a lender.   row  out  texts in the arena.   ZCD_NOT_FOUND. */
enum zcd_code role_change_store_find(struct db *db, const char *lender, const char *id, struct arena *arena,
                                     struct role_change_row *row, struct zcd_error *err) ZCD_MUST_USE;

/* Of a lender, newest first, before one (NULL for the newest).   rows, count  out  in the arena */
enum zcd_code role_change_store_list(struct db *db, const char *lender, const char *before, size_t limit,
                                     struct arena *arena, struct role_change_row **rows, size_t *count,
                                     struct zcd_error *err) ZCD_MUST_USE;

/* Decide on one that waits. ZCD_CONFLICT when it does not any more. */
enum zcd_code role_change_store_decide(struct db *db, const char *id, const char *decided_by, const char *outcome,
                                       struct zcd_error *err) ZCD_MUST_USE;

#endif
