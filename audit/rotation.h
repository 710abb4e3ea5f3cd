/*
 * rotation.h - the statement by which a log goes over from one key to the next: a note that both sign under the origin.
 *
 *     zhengcaidai/key-rotation/v1
 *     <origin>
 *     <verifier key before>
 *     <verifier key from now on>
 *
 * It stands in the log as the body of a key_rotated record. The old key's line says who the successor is; the new key's line
 * that whoever holds it agrees. The first line keeps either signature from serving as a checkpoint. Thread: any.
 */
#ifndef AUDIT_ROTATION_H
#define AUDIT_ROTATION_H

#include "audit/note.h"
#include "audit/signature.h"
#include "base/bytes.h"
#include "base/error.h"

/*
 * Append the statement.
 * ZCD_INVALID: an origin that is no key name, or both keys are one; ZCD_UNAVAILABLE when a key cannot sign now.
 */
enum zcd_code rotation_sign(const char *origin, const struct signature_key *before, const struct signature_key *after,
                            struct buffer *note, struct zcd_error *err) ZCD_MUST_USE;

/*
 * Verify a statement with the key that was trusted so far.
 *   after  out  the key to trust from now on
 * ZCD_INVALID: no such statement, or another log's or another key's; ZCD_NOT_FOUND, ZCD_CORRUPT as in note_verify, for
 * either key.
 */
enum zcd_code rotation_verify(struct bytes note, const struct note_vkey *before, struct note_vkey *after,
                              struct zcd_error *err) ZCD_MUST_USE;

#endif
