/*
 * sha256.h - SHA-256 (FIPS 180-4), the one digest of the audit trail: documents, leaves, tree nodes.
 *
 * Pure but for libcrypto's own memory; libcrypto failing (out of memory) ends the process. Thread: any.
 */
#ifndef AUDIT_SHA256_H
#define AUDIT_SHA256_H

#include "base/bytes.h"

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#define SHA256_SIZE 32
#define SHA256_TEXT_SIZE (2 * SHA256_SIZE + 1) /* lower-case hexadecimal and NUL */

/* A value; copy it freely. Arrays of it are plain runs of 32 bytes, as tiles and database columns hold them. */
struct sha256 {
    uint8_t bytes[SHA256_SIZE];
};
static_assert(sizeof(struct sha256) == SHA256_SIZE, "an array of digests has no gaps");

/* The digest of `data`; {NULL, 0} is the empty message. */
struct sha256 sha256_of(struct bytes data);

/* The digest of the parts one after another, without copying them together. */
struct sha256 sha256_of_parts(const struct bytes *parts, size_t count);

/* The digest of what the stream gives from where it stands to its end. False when it cannot be read. */
bool sha256_of_stream(FILE *stream, struct sha256 *digest);

bool sha256_equal(const struct sha256 *a, const struct sha256 *b);

/* Write 64 lower-case hexadecimal digits and NUL; returns text. */
const char *sha256_format(const struct sha256 *digest, char text[SHA256_TEXT_SIZE]);

#endif
