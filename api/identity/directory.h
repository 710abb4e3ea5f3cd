/*
 * directory.h - who shows which credential: a copy in memory of the users, and of the tokens, sessions and subjects that are
 * taken for them.
 *
 * The event loop asks it before a body is read, so it never waits for the database. A thread of its own reads the tables
 * again every second: a revocation by any process takes effect within DIRECTORY_STALE_MS while the database is there.
 * While it is away the last copy stands, of which every entry still ends at its own expiry.
 */
#ifndef API_IDENTITY_DIRECTORY_H
#define API_IDENTITY_DIRECTORY_H

#include "api/identity/caller.h"
#include "api/identity/credential_store.h"
#include "audit/sha256.h"
#include "base/arena.h"
#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>

#define DIRECTORY_STALE_MS 1000

struct directory;
struct db;

/*
 * Read the tables and start the thread, with every signal blocked.
 *   database_url  in   as config.h; borrowed until directory_close
 *   directory     out  handed over
 * ZCD_UNAVAILABLE and what reading gives.
 */
enum zcd_code directory_open(const char *database_url, struct directory **directory, struct zcd_error *err) ZCD_MUST_USE;

void directory_close(struct directory *directory); /* NULL is fine */

/* Read the tables now: for whoever has just changed them. On the caller's connection. Any thread. */
enum zcd_code directory_reload(struct directory *directory, struct db *db, struct zcd_error *err) ZCD_MUST_USE;

/*
 * Whose credential is it?
 *   sha256  in   of what was shown (credential_store.h)
 *   caller  out  but for role; its texts are in the arena
 * False when nobody's that is taken now. Any thread; waits for nothing but the copy's lock.
 */
bool directory_find(struct directory *directory, enum credential_kind kind, const struct sha256 *sha256, int64_t now_us,
                    struct arena *arena, struct caller *caller);

#endif
