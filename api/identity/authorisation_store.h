/*
 * authorisation_store.h - the table of authorisations, each made in the transaction of its record.
 *
 * Thread: that of the connection.
 */
#ifndef API_IDENTITY_AUTHORISATION_STORE_H
#define API_IDENTITY_AUTHORISATION_STORE_H

#include "api/identity/authorisation.h"
#include "base/arena.h"
#include "base/date.h"
#include "base/error.h"
#include "base/uscc.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct db;

#define AUTHORISATION_ID_SIZE 55 /* "au_", the USCC, "_", 32 hexadecimal digits and NUL */

struct authorisation_row {
    const char *uscc, *id, *granted_to, *purpose, *granted_by;
    unsigned scopes;
    struct date expires_on; /* the last day; DATE_NONE: until withdrawn */
    int64_t log_index;
    int64_t withdrawn_index; /* -1: not withdrawn */
};

/* Queue the insertion (db_queue). */
enum zcd_code authorisation_store_insert(struct db *db, const struct authorisation_row *row,
                                         struct zcd_error *err) ZCD_MUST_USE;

/* ZCD_CONFLICT when it is withdrawn already, or there is none of that record. */
enum zcd_code authorisation_store_withdraw(struct db *db, const char *uscc, int64_t log_index, int64_t withdrawn_index,
                                           struct zcd_error *err) ZCD_MUST_USE;

/* By id, which begins with the organisation.   row  out  texts in the arena.   ZCD_NOT_FOUND. */
enum zcd_code authorisation_store_find(struct db *db, const char *id, struct arena *arena, struct authorisation_row *row,
                                       struct zcd_error *err) ZCD_MUST_USE;

/* Newest first. NULL where it does not matter; below: only records before that index. */
struct authorisation_search {
    const char *uscc, *granted_to;
    int64_t below;
    size_t limit;
};
enum zcd_code authorisation_store_list(struct db *db, const struct authorisation_search *search, struct arena *arena,
                                       struct authorisation_row **rows, size_t *count, struct zcd_error *err) ZCD_MUST_USE;

/* Does one that is in force on that day let the grantee see that part? */
enum zcd_code authorisation_store_allows(struct db *db, const char *uscc, const char *granted_to,
                                         enum authorisation_scope scope, struct date day, bool *allows,
                                         struct zcd_error *err) ZCD_MUST_USE;

/* Whose organisations let the grantee see that part on that day? Each once, in the arena. */
enum zcd_code authorisation_store_list_allowing(struct db *db, const char *granted_to, enum authorisation_scope scope,
                                                struct date day, struct arena *arena, const char *const **organisations,
                                                size_t *count, struct zcd_error *err) ZCD_MUST_USE;

#endif
