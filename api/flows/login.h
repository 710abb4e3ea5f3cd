/*
 * login.h - from a name and a password to a session.
 *
 * Slow on purpose (identity/password.h), so at most half of a process's workers do it at once, and a name that has failed
 * SESSION_FAILURES_MAX times in SESSION_FAILURE_MINUTES has to wait, whichever process was asked and whether or not there
 * is such a user. Whoever logs in learns nothing else: not which names there are. Thread: any but the event loop's.
 */
#ifndef API_FLOWS_LOGIN_H
#define API_FLOWS_LOGIN_H

#include "api/identity/secret.h"
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct db;
struct directory;

/* Counts those that are under way. */
struct login;
struct login *login_new(size_t worker_count);
void login_free(struct login *login); /* NULL is fine */

enum login_outcome {
    LOGIN_DONE = 0,
    LOGIN_WRONG,    /* no such name with such a password */
    LOGIN_THROTTLED /* the name has failed too often */
};

/*
 * Log in.
 *   session  out  the cookie's value, when outcome is LOGIN_DONE: known to the directory at once
 * ZCD_UNAVAILABLE when too many log in at the moment, or the database is away; ZCD_CORRUPT for a damaged hash.
 */
enum zcd_code login_begin(struct login *login, struct db *db, struct directory *directory, const char *user,
                          const char *password, int64_t now_us, enum login_outcome *outcome,
                          char session[SECRET_TEXT_SIZE], struct zcd_error *err) ZCD_MUST_USE;

#endif
