/*
 * stored_dossier.h - the dossier that stored facts come to on a day, as it could have been known at an instant.
 *
 * On a worker's thread.
 */
#ifndef API_FLOWS_STORED_DOSSIER_H
#define API_FLOWS_STORED_DOSSIER_H

#include "api/flows/policy.h"
#include "base/arena.h"
#include "base/bytes.h"
#include "base/date.h"
#include "base/error.h"
#include "contracts/facts_store.h"

struct db;

/* Which one. */
struct stored_dossier_key {
    struct facts_of facts;
    struct date as_of;
    int64_t known_at_us;                   /* FACTS_KNOWN_NOW: all that is recorded */
    const struct application *application; /* NULL: nothing is applied for, and the document has no such member */
};

/*
 * Load them, with the book's experience with the payers frozen in under the policy's prior hazards.
 *
 *   dossier  out  in the arena; neither linked nor checked
 *
 * ZCD_NOT_FOUND: no USCC, or the lender knew nothing of the organisation then; ZCD_UNAVAILABLE; ZCD_CORRUPT.
 */
enum zcd_code stored_dossier_load(struct db *db, const struct loaded_policy *policy, const struct stored_dossier_key *key,
                                  struct arena *arena, struct dossier **dossier, struct zcd_error *err) ZCD_MUST_USE;

/*
 * Append the document zhengcaidai/dossier/1, canonical JSON, with the book's experience with its payers frozen in.
 *
 *   policy  in   its prior hazards weigh that experience
 *   json    out  of no use on failure
 *
 * Whether it may be decided on, dossier_decode says of it: facts may lack what a decision needs. ZCD_NOT_FOUND: no USCC, or the
 * lender knew nothing of the organisation then; ZCD_UNAVAILABLE; ZCD_CORRUPT.
 */
enum zcd_code stored_dossier_write(struct db *db, const struct loaded_policy *policy, const struct stored_dossier_key *key,
                                   struct arena *arena, struct buffer *json, struct zcd_error *err) ZCD_MUST_USE;

#endif
