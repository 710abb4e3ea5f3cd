/*
 * session_store.h - the tables behind logging in: passwords, failed tries, sessions; and the subjects bound to users.
 *
 * Thread: that of the connection.
 */
#ifndef API_IDENTITY_SESSION_STORE_H
#define API_IDENTITY_SESSION_STORE_H

#include "api/identity/credential_store.h"
#include "audit/sha256.h"
#include "base/arena.h"
#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>

struct db;

#define SESSION_FAILURES_MAX 10   /* of one name within */
#define SESSION_FAILURE_MINUTES 15

/* Set a user's password and end the sessions that the old one began. ZCD_NOT_FOUND: no such user, or disabled. */
enum zcd_code session_store_set_password(struct db *db, const char *user, const char *hash,
                                         struct zcd_error *err) ZCD_MUST_USE;

/* The hash of a user's password, in the arena; NULL when the user has none, is disabled, or is none. */
enum zcd_code session_store_find_password(struct db *db, const char *user, struct arena *arena, const char **hash,
                                          struct zcd_error *err) ZCD_MUST_USE;

/*
 * Note that a login is tried, as failed until session_store_forgive: so many at once cannot slip through together.
 *   may_try  out  false when the name has failed SESSION_FAILURES_MAX times; nothing is noted then
 */
enum zcd_code session_store_try(struct db *db, const struct sha256 *name, bool *may_try,
                                struct zcd_error *err) ZCD_MUST_USE;

/* The name has logged in: forget its failures. */
enum zcd_code session_store_forgive(struct db *db, const struct sha256 *name, struct zcd_error *err) ZCD_MUST_USE;

/* Begin a session of a user that is not disabled. ZCD_NOT_FOUND. */
enum zcd_code session_store_insert(struct db *db, const char *user, const struct sha256 *sha256, int64_t expires_at_us,
                                   struct zcd_error *err) ZCD_MUST_USE;

/* End it. Done as well when it has ended. */
enum zcd_code session_store_end(struct db *db, const struct sha256 *sha256, struct zcd_error *err) ZCD_MUST_USE;

/* Bind a subject to a user. ZCD_CONFLICT when it is bound to one; ZCD_NOT_FOUND: no such user; ZCD_INVALID: too long. */
enum zcd_code session_store_bind(struct db *db, enum credential_kind kind, const char *subject, const char *user,
                                 struct zcd_error *err) ZCD_MUST_USE;

/* ZCD_NOT_FOUND when it is not bound to that user. */
enum zcd_code session_store_unbind(struct db *db, enum credential_kind kind, const char *subject, const char *user,
                                   struct zcd_error *err) ZCD_MUST_USE;

#endif
