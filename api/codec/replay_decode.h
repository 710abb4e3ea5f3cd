/*
 * replay_decode.h - the body by which a long replay of records is asked for.
 *
 * Thread: any.
 */
#ifndef API_CODEC_REPLAY_DECODE_H
#define API_CODEC_REPLAY_DECODE_H

#include "base/arena.h"
#include "base/bytes.h"
#include "base/error.h"

#include <stdint.h>

/* {"from": INDEX, "to": INDEX}: the records from one to before the other. */
struct replay_request {
    int64_t from;
    int64_t to; /* where the body has none, all that there are */
};

/*
 * Read it for a log of so many records.
 *   request  out  in the arena; from is not behind to, nor to behind the size
 * ZCD_INVALID with all that is wrong, as decode_checked.
 */
enum zcd_code replay_request_decode(struct bytes json, uint64_t size, struct arena *arena, struct replay_request **request,
                                    struct zcd_error *err) ZCD_MUST_USE;

#endif
