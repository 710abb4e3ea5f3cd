/*
 * decide_again.h - decide once more on what a bundle holds: the same facts, policy and day must give the same bytes.
 *
 * Needs no database. Thread: any.
 */
#ifndef API_FLOWS_DECIDE_AGAIN_H
#define API_FLOWS_DECIDE_AGAIN_H

#include "audit/verify.h"

/*
 * Of the type verify_replay (audit/verify.h): leaf, dossier and policy come from a bundle that fits together.
 *
 * An engine decides only as itself: when the leaf names other sources than this program's, nothing is decided, and
 * replayed says which version it was. ZCD_INVALID, the pointer beginning with the part, when one of them cannot be read.
 */
enum zcd_code decide_again(const struct bundle *bundle, struct arena *arena, struct verify_replayed *replayed,
                           struct zcd_error *err) ZCD_MUST_USE;

#endif
