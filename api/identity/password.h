/*
 * password.h - what is kept of a password: scrypt (RFC 7914), from OpenSSL.
 *
 * N = 2^15, r = 8, p = 1: 32 MiB and about 0.1 s each, so that whoever gets the table cannot try many. Never on the event
 * loop's thread; how many at once is for the caller to bound. Thread: any.
 */
#ifndef API_IDENTITY_PASSWORD_H
#define API_IDENTITY_PASSWORD_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

#define PASSWORD_LENGTH_MIN 12 /* bytes; NIST SP 800-63B-4 3.1.1.2 asks for 15 where it stands alone, 8 beside others */
#define PASSWORD_LENGTH_MAX 256
#define PASSWORD_HASH_SIZE 96 /* "$scrypt$ln=15,r=8,p=1$SALT$HASH" and NUL */

/* May it be one? ZCD_INVALID: too short, too long, not UTF-8 or with control characters. */
enum zcd_code password_check(const char *password, struct zcd_error *err) ZCD_MUST_USE;

/* Hash it under a fresh salt of 16 bytes; returns text. */
const char *password_hash(const char *password, char text[PASSWORD_HASH_SIZE]);

/*
 * Is that the password which was hashed? Takes as long when hash is NULL (there is no such user), and is then false.
 * ZCD_CORRUPT when hash is none that this service made.
 */
enum zcd_code password_verify(const char *password, const char *hash, bool *is_right, struct zcd_error *err) ZCD_MUST_USE;

#endif
