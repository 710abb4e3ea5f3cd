/*
 * issuer.h - the OpenID issuer whose tokens are taken, and its keys, read again from time to time.
 *
 * The keys come from a file or a URL (api/fetch), at the start, then every ISSUER_REFRESH_S, and when a token is refused,
 * whose key may be new, at most every ISSUER_REFRESH_MIN_S. While they cannot be read the last ones stand; without any,
 * tokens are refused. A thread of its own reads them, so that nobody waits for it.
 */
#ifndef API_IDENTITY_ISSUER_H
#define API_IDENTITY_ISSUER_H

#include "api/identity/jwt.h"
#include "base/arena.h"
#include "base/error.h"

#include <stdint.h>

#define ISSUER_REFRESH_S 300
#define ISSUER_REFRESH_MIN_S 10

struct issuer;

/*
 * Read the keys and start the thread, with every signal blocked.
 *   rules  in   borrowed until issuer_close
 *   keys   in   https:// URL, http:// of this machine itself, or path of a file; borrowed as well
 *   issuer out  handed over
 * ZCD_INVALID for http:// of another machine, since whoever is in between could be anybody, and for a file that is no key set, ZCD_NOT_FOUND for none. A URL that does not answer is tried again later.
 */
enum zcd_code issuer_open(const struct jwt_rules *rules, const char *keys, struct issuer **issuer,
                          struct zcd_error *err) ZCD_MUST_USE;

void issuer_close(struct issuer *issuer); /* NULL is fine */

/* Verify a token (jwt_verify). ZCD_INVALID. Any thread; waits for nothing but the keys' lock. */
enum zcd_code issuer_verify(struct issuer *issuer, const char *token, int64_t now_s, struct arena *arena,
                            struct jwt_claims *claims, struct zcd_error *err) ZCD_MUST_USE;

#endif
