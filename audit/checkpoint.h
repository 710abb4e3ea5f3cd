/*
 * checkpoint.h - the log's signed statement of its size and root (c2sp.org/tlog-checkpoint v1.0.0).
 *
 * The text of a signed note: origin, size in decimal, root in base64, one a line. Ours has no further lines; those of
 * others may have, and are read over. The log's key has the origin as its name. Pure. Thread: any.
 */
#ifndef AUDIT_CHECKPOINT_H
#define AUDIT_CHECKPOINT_H

#include "audit/note.h"
#include "audit/sha256.h"
#include "audit/signature.h"
#include "base/bytes.h"
#include "base/error.h"

#include <stdint.h>

struct checkpoint {
    char origin[NOTE_NAME_SIZE]; /* names the log for ever */
    uint64_t size;               /* leaves; at most MERKLE_SIZE_MAX */
    struct sha256 root;
};

/*
 * Read a checkpoint's text (a note's, not the note itself).
 * ZCD_INVALID: fewer than three lines, an empty line, an origin that cannot be a key name, a size with sign, leading
 * zero or above MERKLE_SIZE_MAX, a root that is not 32 bytes of strict base64, size 0 with a root other than the empty
 * tree's.
 */
enum zcd_code checkpoint_parse(struct bytes text, struct checkpoint *checkpoint, struct zcd_error *err) ZCD_MUST_USE;

/* Append the three lines. The checkpoint is one that checkpoint_parse would accept. */
void checkpoint_format(const struct checkpoint *checkpoint, struct buffer *text);

/*
 * Append the checkpoint as a note signed under its origin; with a second line when the key has an SM2 key beside it.
 * The caller alone knows whether it may be signed: never two that are not consistent. ZCD_INVALID, ZCD_UNAVAILABLE as
 * in note_sign.
 */
enum zcd_code checkpoint_sign(const struct checkpoint *checkpoint, const struct signature_key *key, struct buffer *note,
                              struct zcd_error *err) ZCD_MUST_USE;

/*
 * Read a signed note as a checkpoint of the log that `vkey` belongs to.
 *
 * In this order: ZCD_INVALID when the key is a witness's, or it is not a note (note_parse); ZCD_NOT_FOUND without a signature by the key;
 * ZCD_CORRUPT when that signature is bad; ZCD_INVALID when the text is not a checkpoint, or its origin is not the
 * key's name.
 */
enum zcd_code checkpoint_verify(struct bytes note, const struct note_vkey *vkey, struct checkpoint *checkpoint,
                                struct zcd_error *err) ZCD_MUST_USE;

/* The same without a key: readable, but said by nobody. For comparing, never for believing. */
enum zcd_code checkpoint_read_unverified(struct bytes note, struct checkpoint *checkpoint,
                                         struct zcd_error *err) ZCD_MUST_USE;

#endif
