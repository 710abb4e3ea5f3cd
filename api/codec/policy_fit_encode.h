/*
 * policy_fit_encode.h - a fitted scorecard into the document zhengcaidai/scorecard-fit/1.
 *
 * Canonical JSON of integers: shares, weights of evidence, coefficients and areas in millionths (_ppm), points whole. An edge of a bin
 * of numbers is a decimal text, since the data's numbers need not be whole. Thread: any.
 */
#ifndef API_CODEC_POLICY_FIT_ENCODE_H
#define API_CODEC_POLICY_FIT_ENCODE_H

#include "api/flows/policy_fit.h"
#include "base/bytes.h"

/* Append the document; ZCD_INVALID cannot happen for a fit of policy_fit_make but is passed on. */
enum zcd_code policy_fit_encode(const struct policy_fit *fit, const struct policy_fit_scale *scale, const char *target,
                                const char *data_sha256, struct buffer *json, struct zcd_error *err) ZCD_MUST_USE;

#endif
