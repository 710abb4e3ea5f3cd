/*
 * token_store.h - the table of bearer tokens, of which only digests are kept.
 *
 * Thread: that of the connection.
 */
#ifndef API_IDENTITY_TOKEN_STORE_H
#define API_IDENTITY_TOKEN_STORE_H

#include "audit/sha256.h"
#include "base/arena.h"
#include "base/date.h"
#include "base/error.h"

#include <stddef.h>
#include <stdint.h>

struct db;

#define TOKEN_ID_SIZE 17 /* 16 hexadecimal digits and NUL */

/* The id of a token: the first digits of its digest, enough to tell tokens apart and far too few to be one. */
const char *token_id_format(const struct sha256 *sha256, char text[TOKEN_ID_SIZE]);

/* ZCD_NOT_FOUND when there is no such user or it is disabled; ZCD_CONFLICT when the token is known already. */
enum zcd_code token_store_insert(struct db *db, const char *user, const struct sha256 *sha256, int64_t expires_at_us,
                                 struct zcd_error *err) ZCD_MUST_USE;

/* By id. ZCD_NOT_FOUND when there is none, or it is revoked already. */
enum zcd_code token_store_revoke(struct db *db, const char *id, struct zcd_error *err) ZCD_MUST_USE;

/* A token as its owner sees it; the token itself is known to nobody here. */
struct token_row {
    const char *id, *user;
    int64_t expires_at_us;
    struct date used_on; /* DATE_NONE: never */
};

/* Whose tokens: the user's own and, where lender is not NULL, those of all its users. */
struct token_scope {
    const char *user, *lender;
};

/* Those that are taken, in the order of their ids, after one ("" for the first).   rows, count  out  in the arena */
enum zcd_code token_store_list(struct db *db, const struct token_scope *scope, const char *after, size_t limit,
                               struct arena *arena, struct token_row **rows, size_t *count,
                               struct zcd_error *err) ZCD_MUST_USE;

/* One of them. ZCD_NOT_FOUND. */
enum zcd_code token_store_find(struct db *db, const struct token_scope *scope, const char *id, struct arena *arena,
                               struct token_row *row, struct zcd_error *err) ZCD_MUST_USE;

/* That a token was shown on a day. */
enum zcd_code token_store_use(struct db *db, const struct sha256 *sha256, struct date day,
                              struct zcd_error *err) ZCD_MUST_USE;

#endif
