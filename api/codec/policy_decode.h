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
 * Decode and check a policy: what comes out may decide. No number without a source gets past here.
 *
 *   json    in   the whole document, UTF-8; not kept
 *   arena   in   the policy lives there
 *   policy  out  written only on ZCD_OK
 *
 * ZCD_INVALID with the JSON Pointer of the first refusal, in this order: those of decode_parse; another schema; those
 * of decode_object; those of policy_check; a source that points at nothing in the document; a number that neither has a
 * source of its own nor stands within something that has one (a characteristic carries its own).
 */
enum zcd_code policy_decode(struct bytes json, struct arena *arena, const struct policy **policy,
                            struct zcd_error *err) ZCD_MUST_USE;

#endif
