/*
 * signature.h - Ed25519 (RFC 8032, pure) and the file that holds the log's private key.
 *
 * Signing takes a few tens of microseconds, verifying about a hundred. Thread: any; a loaded key may be shared.
 */
#ifndef AUDIT_SIGNATURE_H
#define AUDIT_SIGNATURE_H

#include "audit/sm2.h"
#include "base/bytes.h"
#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>

#define SIGNATURE_PUBLIC_KEY_SIZE 32
#define SIGNATURE_SEED_SIZE 32
#define SIGNATURE_SIZE 64

struct signature_public_key {
    uint8_t bytes[SIGNATURE_PUBLIC_KEY_SIZE];
};

struct signature {
    uint8_t bytes[SIGNATURE_SIZE];
};

/* A private key, in libcrypto's memory, wiped when freed. It is never printed and never leaves this file. */
struct signature_key;

/*
 * Make a new key and write it to a new file as unencrypted PKCS#8 PEM, mode 0600, synced to disk.
 *
 *   path  in  in an existing folder; must not exist, not even as a link: a key is never overwritten
 *
 * ZCD_CONFLICT when the file exists; ZCD_UNAVAILABLE when it cannot be written (nothing is left behind).
 */
enum zcd_code signature_key_generate(const char *path, struct zcd_error *err) ZCD_MUST_USE;

/*
 * Read a key file.
 *
 *   key  out  handed over; release with signature_key_free
 *
 * In this order: ZCD_NOT_FOUND when there is no such file; ZCD_UNAVAILABLE when it cannot be opened (a symbolic link
 * included); ZCD_INVALID when it is not a regular file, when its owner is neither the user of this process nor root,
 * when group or others have any right to it (mode & 077), when it is over 16 KiB, when it is not one unencrypted
 * Ed25519 key in PKCS#8 PEM.
 */
enum zcd_code signature_key_load(const char *path, struct signature_key **key, struct zcd_error *err) ZCD_MUST_USE;

/* The key of a 32-byte seed (RFC 8032 5.1.5): for published vectors. Ends the process when libcrypto fails. */
struct signature_key *signature_key_from_seed(const uint8_t seed[SIGNATURE_SEED_SIZE]);

void signature_key_free(struct signature_key *key); /* NULL is fine */

/*
 * Put an SM2 key beside it, which then signs every checkpoint too (checkpoint.h).
 *   second  in  handed over; NULL takes it away
 */
void signature_key_set_second(struct signature_key *key, struct sm2_key *second);
const struct sm2_key *signature_key_second(const struct signature_key *key); /* NULL when there is none */

struct signature_public_key signature_key_public(const struct signature_key *key);

/* ZCD_UNAVAILABLE when the key cannot sign now. */
enum zcd_code signature_sign(const struct signature_key *key, struct bytes message, struct signature *signature,
                             struct zcd_error *err) ZCD_MUST_USE;

/*
 * RFC 8032 5.1.7, with the stricter choices where the RFC leaves one: S must be below the group order, R and the key
 * must be canonical encodings, and the key must not be one of the eight points of small order, under which
 * signatures of anything by nobody are valid.
 */
bool signature_verify(const struct signature_public_key *key, struct bytes message, const struct signature *signature);

/* Could this be anybody's key? A canonical encoding, not of small order. (Not every such encoding is a point.) */
bool signature_public_key_is_sound(const struct signature_public_key *key);

#endif
