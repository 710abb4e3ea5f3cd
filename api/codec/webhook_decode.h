/*
 * webhook_decode.h - the body by which an administrator wants to be told of events.
 *
 * Thread: any.
 */
#ifndef API_CODEC_WEBHOOK_DECODE_H
#define API_CODEC_WEBHOOK_DECODE_H

#include "base/arena.h"
#include "base/bytes.h"
#include "base/error.h"

#include <stddef.h>

#define WEBHOOK_URL_SIZE_MAX 2048

/* {"url": "https://...", "types": ["..."]} */
struct webhook_request {
    const char *url;          /* http or https, with a host, without user and fragment */
    const char *const *types; /* names of events, each once: 1 to WEBHOOK_TYPES_MAX */
    size_t type_count;
};

/* Texts in the arena. ZCD_INVALID with all that is wrong, as decode_checked. */
enum zcd_code webhook_request_decode(struct bytes json, struct arena *arena, struct webhook_request **request,
                                     struct zcd_error *err) ZCD_MUST_USE;

#endif
