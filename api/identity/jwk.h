/*
 * jwk.h - the public keys of an issuer of tokens, from a JSON Web Key Set (RFC 7517 section 5).
 *
 * What may be signed with a key is the key's to say, never a token's: an RSA key verifies RS256 and nothing else, a key on
 * P-256 ES256, an Ed25519 key EdDSA (RFC 8725 section 3.1). Thread: any; a set does not change once it is read.
 */
#ifndef API_IDENTITY_JWK_H
#define API_IDENTITY_JWK_H

#include "base/bytes.h"
#include "base/error.h"

#include <stddef.h>

#define JWK_SET_SIZE_MAX ((size_t)64 * 1024)
#define JWK_SET_KEYS_MAX 32

struct jwk_set;

/*
 * Read a set. Keys that this service has no use for are passed over, as RFC 7517 asks: of another type, curve or
 * algorithm, not for verifying signatures (use, key_ops), RSA below 2048 or above 8192 bits, a point that is not on its
 * curve.
 *
 *   json  in   not kept
 *   set   out  handed over; jwk_set_free
 *
 * ZCD_INVALID: too large, not JSON, no "keys", more than JWK_SET_KEYS_MAX, two keys of one id and algorithm, or none
 * of use.
 */
enum zcd_code jwk_set_parse(struct bytes json, struct jwk_set **set, struct zcd_error *err) ZCD_MUST_USE;

void jwk_set_free(struct jwk_set *set); /* NULL is fine */

/*
 * Did the key of that id sign these bytes?
 *
 *   id         in  NULL when the token names none: then the set must have only one key
 *   algorithm  in  as the token claims it; refused unless it is the key's own
 *   signature  in  as RFC 7518 3.3, 3.4 and RFC 8037 3.1 have it
 *
 * ZCD_INVALID when not, or there is no such key.
 */
enum zcd_code jwk_set_verify(const struct jwk_set *set, const char *id, const char *algorithm, struct bytes signed_bytes,
                             struct bytes signature, struct zcd_error *err) ZCD_MUST_USE;

/* Base64url without padding (RFC 7515 section 2), strictly: into data, of at least text_size bytes. ZCD_INVALID. */
enum zcd_code jwk_base64url_decode(const char *text, size_t text_size, uint8_t *data, size_t *size,
                                   struct zcd_error *err) ZCD_MUST_USE;

#endif
