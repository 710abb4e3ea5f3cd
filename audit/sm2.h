/*
 * sm2.h - SM2 signatures with SM3 (GB/T 32918.2, GB/T 32905; GM/T 0009 for the distinguishing id), by OpenSSL 3.
 *
 * Where commercial cryptography of China is asked for, the log's checkpoints bear such a signature beside the Ed25519 one
 * (note.h). The distinguishing id is always 1234567812345678, the default of GM/T 0009-2012 section 10: OpenSSL by itself takes
 * an empty one, under which others would not verify. A signature is the DER of SEQUENCE {r, s}. Thread: any.
 */
#ifndef AUDIT_SM2_H
#define AUDIT_SM2_H

#include "base/bytes.h"
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SM2_PUBLIC_KEY_SIZE 65    /* 0x04, x, y */
#define SM2_SIGNATURE_SIZE_MAX 72 /* two integers of at most 33 bytes, with their heads */
#define SM2_DISTINGUISHING_ID "1234567812345678"

struct sm2_public_key {
    uint8_t bytes[SM2_PUBLIC_KEY_SIZE];
};

struct sm2_signature {
    uint8_t bytes[SM2_SIGNATURE_SIZE_MAX];
    size_t size;
};

struct sm2_key; /* a private key, wiped when freed */

/* As signature_key_generate and signature_key_load (signature.h), for an SM2 key. */
enum zcd_code sm2_key_generate(const char *path, struct zcd_error *err) ZCD_MUST_USE;
enum zcd_code sm2_key_load(const char *path, struct sm2_key **key, struct zcd_error *err) ZCD_MUST_USE;
void sm2_key_free(struct sm2_key *key); /* NULL is fine */

struct sm2_public_key sm2_key_public(const struct sm2_key *key);

/* ZCD_UNAVAILABLE when the key cannot sign now. */
enum zcd_code sm2_sign(const struct sm2_key *key, struct bytes message, struct sm2_signature *signature,
                       struct zcd_error *err) ZCD_MUST_USE;

/*
 * Verify; anything but strict DER and a key that is a point of the curve is refused.
 *   id  in  the signer's distinguishing id; ours is SM2_DISTINGUISHING_ID
 */
bool sm2_verify(const struct sm2_public_key *key, const char *id, struct bytes message, struct bytes signature);

/* An uncompressed point of the curve, not the point at infinity? */
bool sm2_public_key_is_sound(const struct sm2_public_key *key);

#endif
