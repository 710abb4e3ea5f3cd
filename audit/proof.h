/*
 * proof.h - an offline proof that a leaf is in the log (c2sp.org/tlog-proof), the content of a .tlog-proof file.
 *
 *     c2sp.org/tlog-proof@v1
 *     [extra <base64>]          not authenticated; we write none and ignore others'
 *     index <decimal>
 *     <base64 hash>             the inclusion proof, the leaf's sibling first
 *
 *     <checkpoint, a signed note>
 *
 * Pure. Thread: any.
 */
#ifndef AUDIT_PROOF_H
#define AUDIT_PROOF_H

#include "audit/checkpoint.h"
#include "audit/merkle.h"
#include "audit/note.h"
#include "base/bytes.h"
#include "base/error.h"

#include <stdint.h>

#define PROOF_HASHES_MAX 63                /* lines of hashes; c2sp.org/tlog-proof */
#define PROOF_SIZE_MAX (2 * NOTE_SIZE_MAX) /* bytes of the whole text */

struct proof {
    uint64_t index; /* of the leaf */
    struct merkle_proof inclusion;
    struct bytes checkpoint; /* the signed note; borrowed */
};

/* Append the text. The checkpoint is a well-formed note. */
void proof_format(const struct proof *proof, struct buffer *text);

/*
 * Take the text apart; the note inside is not looked into.
 *   proof  out  its checkpoint is borrowed from text
 * ZCD_INVALID: over PROOF_SIZE_MAX, another first line, an index with sign, leading zero or above MERKLE_SIZE_MAX, a
 * hash that is not 32 bytes of strict base64, over PROOF_HASHES_MAX hashes, no empty line, anything else in between.
 */
enum zcd_code proof_parse(struct bytes text, struct proof *proof, struct zcd_error *err) ZCD_MUST_USE;

/*
 * Verify that the leaf is in the log at proof->index.
 *
 *   leaf        in   the leaf's bytes, from elsewhere than the proof
 *   vkey        in   the log's key, from a source the reader trusts
 *   checkpoint  out  what the log signed
 *
 * The refusals of checkpoint_verify, then those of merkle_verify_inclusion (ZCD_INVALID).
 */
enum zcd_code proof_verify(const struct proof *proof, struct bytes leaf, const struct note_vkey *vkey,
                           struct checkpoint *checkpoint, struct zcd_error *err) ZCD_MUST_USE;

#endif
