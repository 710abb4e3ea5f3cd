/*
 * mirror.h - a whole copy of a log that somebody else serves (c2sp.org/tlog-tiles), verified while it is made.
 *
 * Only the checkpoint and the records are fetched; every tile is computed here. So a copy that is finished has been verified
 * from its records up to the signed root, and continues what the folder held before. Thread: any.
 */
#ifndef API_FLOWS_MIRROR_H
#define API_FLOWS_MIRROR_H

#include "audit/checkpoint.h"
#include "audit/note.h"
#include "base/error.h"

#include <stdint.h>

struct mirror_request {
    const char *url;    /* prefix of the log: URL/checkpoint, URL/tile/entries/... */
    const char *token;  /* bearer token, or NULL */
    const char *folder; /* made where it is missing; what an unfinished run left is used */
    const struct note_vkey *vkey;
};

struct mirrored {
    struct checkpoint checkpoint; /* that the folder now holds */
    uint64_t bundles_fetched;
    uint64_t bundles_kept; /* there already */
};

/*
 * Bring the folder to the newest checkpoint.
 *
 * ZCD_UNAVAILABLE: the source or the folder. ZCD_INVALID: what came is no checkpoint of that key. ZCD_CONFLICT: the folder
 * holds another log's copy, or the source is behind it. ZCD_CORRUPT: the records do not lead to the signed root, or do not
 * continue the copy: history was rewritten. The folder's checkpoint is then what it was.
 */
enum zcd_code mirror(const struct mirror_request *request, struct mirrored *mirrored,
                     struct zcd_error *err) ZCD_MUST_USE;

#endif
