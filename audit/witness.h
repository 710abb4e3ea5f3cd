/*
 * witness.h - what a witness is asked and how it judges (c2sp.org/tlog-witness v1.0.0): the request's text, and the rules.
 *
 *     old <size>                  the size that the witness last cosigned, as far as the client knows
 *     <base64 hash>               the consistency proof from there, at most 63 lines
 *
 *     <checkpoint, a signed note>
 *
 * The witness's memory and its signature are its own affair (api/cli/witness.c). Pure. Thread: any.
 */
#ifndef AUDIT_WITNESS_H
#define AUDIT_WITNESS_H

#include "audit/checkpoint.h"
#include "audit/merkle.h"
#include "audit/note.h"
#include "base/bytes.h"
#include "base/error.h"

#include <stddef.h>
#include <stdint.h>

#define WITNESS_PROOF_MAX 63
#define WITNESS_REQUEST_SIZE_MAX (NOTE_SIZE_MAX + 4096)
#define WITNESS_SIZE_CONTENT_TYPE "text/x.tlog.size" /* of the answer 409: the size that the witness has */

struct witness_request {
    uint64_t old_size;
    struct merkle_proof proof;
    struct bytes note; /* borrowed */
};

void witness_request_format(const struct witness_request *request, struct buffer *body);

/* ZCD_INVALID: another first line, a hash that is not 32 bytes in strict base64, over 63 of them, no empty line. */
enum zcd_code witness_request_parse(struct bytes body, struct witness_request *request,
                                    struct zcd_error *err) ZCD_MUST_USE;

/* What the protocol answers; the numbers are HTTP's. */
enum witness_status {
    WITNESS_GOOD = 200,
    WITNESS_MALFORMED = 400,   /* the request, or old above the checkpoint's size */
    WITNESS_NOT_TRUSTED = 403, /* no good signature by the key of that origin */
    WITNESS_UNKNOWN_LOG = 404, /* the origin is none that this witness watches */
    WITNESS_OUT_OF_STEP = 409, /* old is not what the witness cosigned last */
    WITNESS_INCONSISTENT = 422 /* the proof fails: the log was rewritten, or the proof is wrong */
};

/*
 * Whose checkpoint is it, and did that log sign it?
 *
 *   vkeys, count  in   of the logs that are watched
 *   checkpoint    out  with WITNESS_GOOD
 *   which         out  index of the key
 *   err           out  with any other status
 */
enum witness_status witness_identify(const struct witness_request *request, const struct note_vkey *vkeys, size_t count,
                                     struct checkpoint *checkpoint, size_t *which, struct zcd_error *err);

/*
 * May it be cosigned?
 *   last  in  the checkpoint that was cosigned last; size 0 and the empty root when there was none
 */
enum witness_status witness_judge(const struct witness_request *request, const struct checkpoint *checkpoint,
                                  const struct checkpoint *last, struct zcd_error *err);

#endif
