/*
 * jwt.h - is this a JSON Web Token (RFC 7519) that an issuer whom we trust made for us, and that is good now?
 *
 * Compact form only (RFC 7515 7.1). What a token says about itself is believed only once its signature holds, and its
 * header decides nothing but which of our keys is tried: a key, or the place of one, that it brings along (jwk, jku, x5c,
 * x5u) is not looked at; "crit" is refused. Pure: the time is a parameter. Thread: any.
 */
#ifndef API_IDENTITY_JWT_H
#define API_IDENTITY_JWT_H

#include "api/identity/jwk.h"
#include "base/arena.h"
#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>

#define JWT_SIZE_MAX ((size_t)8192)
#define JWT_LEEWAY_S 60 /* between the issuer's clock and ours, RFC 7519 4.1.4 */

struct jwt_rules {
    const char *issuer;   /* iss must be this, byte for byte */
    const char *audience; /* aud must be this, or hold it */
};

struct jwt_claims {
    const char *subject; /* in the arena */
    int64_t expires_at_s;
};

/* Does a bearer token look like one: two dots? Tokens of our own have none. */
bool jwt_is_one(const char *text);

/*
 * Verify a signed document.
 *   payload  out  in the arena
 * ZCD_INVALID, in this order: too long, not three parts of base64url, a header that is no JSON object, or with "crit", or
 * with a typ other than JWT or at+jwt (RFC 9068 2.1), no such key, another algorithm than the key's, signature.
 */
enum zcd_code jwt_verify_signature(const struct jwk_set *set, const char *token, struct arena *arena,
                                   struct bytes *payload, struct zcd_error *err) ZCD_MUST_USE;

/*
 * Verify a token whole.
 *   now_s   in   seconds since 1970
 *   claims  out
 * ZCD_INVALID: as above; then claims that are no JSON object, another issuer, another audience, no subject or an empty
 * one or one above 255 bytes (OpenID Connect Core 2), no expiry, expired, not good yet (nbf), issued in the future (iat).
 * Times are integers.
 */
enum zcd_code jwt_verify(const struct jwk_set *set, const struct jwt_rules *rules, const char *token, int64_t now_s,
                         struct arena *arena, struct jwt_claims *claims, struct zcd_error *err) ZCD_MUST_USE;

#endif
