/*
 * commitment.h - free text and personal data in a log that cannot forget: the record bears a digest, the value can go.
 *
 * A commitment is SHA-256 of a salt of 32 random bytes of its own and the value behind it. Salt and value stand in a table
 * from which they may be erased. With both anybody can check that the record meant this value and no other; without the
 * salt the digest says nothing, not even to who tries every name there is. Erasing changes no leaf and no proof.
 * Pure but for the generator. Thread: any.
 */
#ifndef AUDIT_COMMITMENT_H
#define AUDIT_COMMITMENT_H

#include "audit/sha256.h"
#include "base/bytes.h"

#include <stdbool.h>
#include <stdint.h>

#define COMMITMENT_SALT_SIZE 32
#define COMMITMENT_VALUE_SIZE_MAX 65536 /* bytes, UTF-8 */

struct commitment {
    uint8_t salt[COMMITMENT_SALT_SIZE];
    struct bytes value;   /* borrowed */
    struct sha256 digest; /* what stands in the record */
};

/* Commit to a value under a fresh salt. */
struct commitment commitment_new(struct bytes value);

/* Is that the value which the digest stands for? */
bool commitment_opens(const struct sha256 *digest, const uint8_t salt[COMMITMENT_SALT_SIZE], struct bytes value);

#endif
