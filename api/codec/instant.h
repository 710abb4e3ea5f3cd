/*
 * instant.h - an instant as clients write it: RFC 3339, UTC. Pure. Thread: any.
 */
#ifndef API_CODEC_INSTANT_H
#define API_CODEC_INSTANT_H

#include "base/error.h"

#include <stdint.h>

/*
 * Read "2026-03-31T09:30:00Z", or the same with the six decimals that records have.
 *   at_us  out  microseconds since 1970
 * ZCD_INVALID.
 */
enum zcd_code instant_parse(const char *text, int64_t *at_us, struct zcd_error *err) ZCD_MUST_USE;

#endif
