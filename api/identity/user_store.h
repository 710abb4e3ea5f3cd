/*
 * user_store.h - the table of users.
 *
 * Every user's row is small and there are few of them: lists are read whole. Thread: that of the connection.
 */
#ifndef API_IDENTITY_USER_STORE_H
#define API_IDENTITY_USER_STORE_H

#include "base/arena.h"
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct db;

struct user_row {
    const char *id; /* 1 to 64 of a-z 0-9 . _ -, beginning with a letter or digit */
    unsigned roles; /* caller.h */
    const char *lender, *uscc; /* at most one; NULL */
    bool is_disabled;
};

/* ZCD_CONFLICT when there is one of that id; ZCD_INVALID for an id that is none; ZCD_UNAVAILABLE. */
enum zcd_code user_store_insert(struct db *db, const struct user_row *row, struct zcd_error *err) ZCD_MUST_USE;

/* In the order of their ids, texts in the arena.   rows, count  out */
enum zcd_code user_store_list(struct db *db, struct arena *arena, struct user_row **rows, size_t *count,
                              struct zcd_error *err) ZCD_MUST_USE;

/* Those of one lender, in the order of their ids, after one ("" for the first).   rows, count  out  texts in the arena */
enum zcd_code user_store_list_lender(struct db *db, const char *lender, const char *after, size_t limit,
                                     struct arena *arena, struct user_row **rows, size_t *count,
                                     struct zcd_error *err) ZCD_MUST_USE;

/* ZCD_NOT_FOUND.   row  out  texts in the arena */
enum zcd_code user_store_find(struct db *db, const char *id, struct arena *arena, struct user_row *row,
                              struct zcd_error *err) ZCD_MUST_USE;

/*
 * Give a lender's user these roles; it is made when there is none. ZCD_CONFLICT when there is one of that id that is
 * disabled, or belongs elsewhere.
 */
enum zcd_code user_store_set_roles(struct db *db, const char *id, unsigned roles, const char *lender,
                                   struct zcd_error *err) ZCD_MUST_USE;

/* No credential of it is taken any more. ZCD_NOT_FOUND when there is none, or it is disabled already. */
enum zcd_code user_store_disable(struct db *db, const char *id, struct zcd_error *err) ZCD_MUST_USE;

#endif
