/*
 * json_diff.h - where two JSON documents differ, member by member.
 *
 * Pure but for the heap. Thread: any.
 */
#ifndef API_CODEC_JSON_DIFF_H
#define API_CODEC_JSON_DIFF_H

#include "base/bytes.h"
#include "base/error.h"

#include <stddef.h>

#define JSON_DIFF_SHOWN_MAX 100

/*
 * Append a JSON array with an object for each difference:
 * {"pointer": "/price/rate_bp", "recorded": 393, "replayed": 400}; a side that lacks the member is left out.
 *
 *   ignored  in   a pointer below which nothing counts, or NULL
 *   count    out  of all differences; the array has the first JSON_DIFF_SHOWN_MAX
 *
 * ZCD_INVALID when either is not a JSON document.
 */
enum zcd_code json_diff(struct bytes recorded, struct bytes replayed, const char *ignored, struct buffer *json,
                        size_t *count, struct zcd_error *err) ZCD_MUST_USE;

#endif
