/*
 * settlement_decode.h - the bodies by which a person says where a receipt belongs, and under which other name a payer pays.
 *
 * What stands in them is what the tables of decode.h say; the rules between values belong to whoever asked. Thread: any.
 */
#ifndef API_CODEC_SETTLEMENT_DECODE_H
#define API_CODEC_SETTLEMENT_DECODE_H

#include "base/arena.h"
#include "base/bytes.h"
#include "base/error.h"

#include <stddef.h>
#include <stdint.h>

/* {"contract": "...", "milestone": "m1", "amount_fen": 100}; no milestone of a contract that has none. */
struct settlement_part {
    const char *contract, *milestone;
    int64_t amount_fen; /* above 0 */
};

/* {"parts": [...], "not_contract_fen": 0, "alias_of": "p07", "note": "..."}; all but parts may be missing. */
struct settlement_request {
    const struct settlement_part *parts;
    size_t part_count;
    int64_t not_contract_fen; /* what is no payment of a contract */
    const char *alias_of;     /* the payer whose other name the receipt's is; "" */
    const char *note;         /* why, in words; "" */
};

/* {"payer": "p07", "alias": "..."} */
struct payer_alias_request {
    const char *payer, *alias;
};

/* Each reads one body; texts in the arena. ZCD_INVALID as decode_document. */
enum zcd_code settlement_request_decode(struct bytes json, struct arena *arena, struct settlement_request **request,
                                        struct zcd_error *err) ZCD_MUST_USE;
enum zcd_code payer_alias_request_decode(struct bytes json, struct arena *arena, struct payer_alias_request **request,
                                         struct zcd_error *err) ZCD_MUST_USE;

#endif
