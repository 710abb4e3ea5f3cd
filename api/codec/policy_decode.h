/*
 * policy_decode.h - the document zhengcaidai/policy/1 into a struct policy.
 *
 * The form is data/policies/schema/policy.schema.json. Thread: any.
 */
#ifndef API_CODEC_POLICY_DECODE_H
#define API_CODEC_POLICY_DECODE_H

#include "base/arena.h"
#include "base/bytes.h"
#include "base/error.h"
#include "scoring/policy.h"

#define POLICY_SCHEMA "zhengcaidai/policy/1"

/*
 * Decode a policy and judge it: what comes out may decide.
 *
 *   json      in   the whole document, UTF-8; not kept
 *   arena     in   the policy lives there
 *   findings  out  everything that is wrong, in this order: it is no JSON, or has another schema (then nothing else is
 *                  looked at); members unknown, missing or of another form (then nothing else); those of policy_check_all;
 *                  sources that point at nothing in the document; numbers that neither have a source nor stand within
 *                  something that has one (a characteristic carries its own); test cases whose dossier is refused.
 *                  Whether the cases come out as expected is policy_try's
 *
 * NULL where there is any error. With warnings only, the policy.
 */
const struct policy *policy_decode_all(struct bytes json, struct arena *arena,
                                       struct policy_findings *findings) ZCD_MUST_USE;

/* The same, up to the first error: ZCD_INVALID with its JSON Pointer. policy is written only on ZCD_OK. */
enum zcd_code policy_decode(struct bytes json, struct arena *arena, const struct policy **policy,
                            struct zcd_error *err) ZCD_MUST_USE;

#endif
