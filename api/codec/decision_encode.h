/*
 * decision_encode.h - a decision into the document zhengcaidai/decision/1, in canonical form: the bytes that are recorded.
 *
 * Members are named in docs/glossary.md's words; amounts are fen, shares bp, probabilities ppm, days ISO 8601. What
 * does not exist is null or not there, never zero. Thread: any.
 */
#ifndef API_CODEC_DECISION_ENCODE_H
#define API_CODEC_DECISION_ENCODE_H

#include "base/bytes.h"
#include "base/error.h"
#include "scoring/decision.h"

#define DECISION_SCHEMA "zhengcaidai/decision/1"

/* What a decision rests on. Digests are SHA-256 in lower-case hexadecimal; the caller's, until the call returns. */
struct decision_identity {
    const char *policy_sha256; /* of the policy document's canonical form */
    const char *engine_version;
    const char *engine_source_sha256; /* of every source that can change a decision */
    const char *dossier_sha256;       /* of the dossier's bytes as they came */
};

/*
 * Append the document.
 *
 *   decision  in   made from this dossier and this policy
 *   json      out  appended to; on failure it is as it was
 *
 * ZCD_INVALID with the pointer of the first sum larger than JSON readers can hold exactly (2^53 - 1 fen, ninety trillion
 * yuan): it takes thousands of contracts of the largest size that is accepted.
 */
enum zcd_code decision_encode(const struct decision *decision, const struct decision_identity *identity,
                              const struct dossier *dossier, const struct policy *policy, struct buffer *json,
                              struct zcd_error *err) ZCD_MUST_USE;

#endif
