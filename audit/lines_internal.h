/*
 * lines_internal.h - what notes, checkpoints and proofs share: text in lines that end in LF, decimals, hashes in base64.
 *
 * Pure. Thread: any.
 */
#ifndef AUDIT_LINES_INTERNAL_H
#define AUDIT_LINES_INTERNAL_H

#include "audit/sha256.h"
#include "base/bytes.h"

#include <stdbool.h>
#include <stdint.h>

#define LINES_HASH_TEXT_SIZE 45 /* 32 bytes in base64, and NUL */

/* Take the first line off `rest`; the line comes without its LF. False, changing nothing, when no LF is left. */
bool lines_take(struct bytes *rest, struct bytes *line);

/* Does the text begin with this? If so, take it off. */
bool lines_take_prefix(struct bytes *text, const char *prefix);

/* ASCII decimal without sign or leading zero, at most 2^63 - 1. */
bool lines_parse_decimal(struct bytes text, uint64_t *value);

/* Exactly 32 bytes in strict base64. */
bool lines_parse_hash(struct bytes text, struct sha256 *hash);

/* Append a hash in base64, and LF. */
void lines_append_hash(struct buffer *text, const struct sha256 *hash);

#endif
