/*
 * role_change.h - put on record that a user's roles change: what a second administrator approves, and what is taken away.
 */
#ifndef API_FLOWS_ROLE_CHANGE_H
#define API_FLOWS_ROLE_CHANGE_H

#include "api/identity/caller.h"
#include "api/identity/role_change_store.h"
#include "api/identity/user_store.h"
#include "audit/log.h"
#include "base/arena.h"
#include "base/error.h"

#include <stdint.h>

/* One on its way into the log; in its exchange's arena, untouched until done. */
struct role_change {
    struct log_entry entry;
    struct role_change_row row; /* as it is once it is on record; its id is NULL for a user that is disabled */
    /* Given by the caller. Called as log_entry's done. */
    void (*done)(struct role_change *change, const struct zcd_error *err); /* err NULL: on record, and in force */
    void *user;
};

/*
 * Approve a change. The record's actor is who proposed it.
 *   caller  in  another administrator of the same lender, and not whose roles change
 *   before  in  the user as it is; NULL when there is none yet
 * ZCD_CONFLICT: it is decided on, or the caller may not be the second one.
 */
enum zcd_code role_change_prepare_approval(const struct role_change_row *row, const struct user_row *before,
                                           const struct caller *caller, struct arena *arena, struct role_change *change,
                                           struct zcd_error *err) ZCD_MUST_USE;

/* Disable a user: taking away needs no second one. */
void role_change_prepare_disabling(const struct user_row *user, const struct caller *caller, struct arena *arena,
                                   struct role_change *change);

/* Hand it to the log: log_submit. Through done, ZCD_CONFLICT: decided or disabled meanwhile. */
enum zcd_code role_change_submit(struct log *log, struct role_change *change, struct zcd_error *err) ZCD_MUST_USE;

/* The rows of a new entry, and those of a record that comes back: see log_insert_rows and log_restore_rows. */
enum zcd_code role_change_insert_rows(struct db *db, const struct log_entry *entry, struct zcd_error *err) ZCD_MUST_USE;
enum zcd_code role_change_restore_rows(struct db *db, const struct record *record, struct zcd_error *err) ZCD_MUST_USE;

#endif
