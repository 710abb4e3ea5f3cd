/*
 * policy_review_encode.h - what was found in a policy, as the document zhengcaidai/policy_review/1. Pure. Thread: any.
 */
#ifndef API_CODEC_POLICY_REVIEW_ENCODE_H
#define API_CODEC_POLICY_REVIEW_ENCODE_H

#include "base/bytes.h"
#include "base/error.h"
#include "scoring/policy_trial.h"

#define POLICY_REVIEW_SCHEMA "zhengcaidai/policy_review/1"

/*
 * Append the document, canonical JSON.
 *
 *   policy    in  NULL where it is refused: then only what was found is said
 *   sha256    in  of the canonical form, hexadecimal; NULL: it has none
 *   findings  in
 *   trial     in  how much was tried
 */
enum zcd_code policy_review_encode(const struct policy *policy, const char *sha256,
                                   const struct policy_findings *findings, const struct policy_trial *trial,
                                   struct buffer *json, struct zcd_error *err) ZCD_MUST_USE;

#endif
