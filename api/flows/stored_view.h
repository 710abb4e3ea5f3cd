/*
 * stored_view.h - what is shown of an organisation on stored facts: the figures that a decision would rest on, made by the engine
 * that decides, and recorded nowhere.
 *
 * On a worker's thread.
 */
#ifndef API_FLOWS_STORED_VIEW_H
#define API_FLOWS_STORED_VIEW_H

#include "api/flows/stored_dossier.h"
#include "scoring/cashflow.h"

enum stored_view_kind { STORED_VIEW_CASHFLOW = 1, STORED_VIEW_PIPELINE, STORED_VIEW_PAYERS, STORED_VIEW_RENEWAL };

struct stored_view_key {
    enum stored_view_kind kind;
    struct stored_dossier_key dossier; /* without an application */
    const char *known_at;              /* as it was asked; NULL: now */
    const char *facility;              /* of a renewal; NULL: the one that matures first of those that something is owed on */
};

/*
 * Append the answer's document (codec/view_encode.h). The figures are those of a first loan, which replaces nothing; of a renewal, those of one
 * for what is owed on the facility, over the facility's own tenor.
 *
 * ZCD_NOT_FOUND: nothing is known of the organisation, or it has no such facility; ZCD_INVALID with all that the facts lack, each by its
 * pointer into the dossier; ZCD_UNAVAILABLE, ZCD_CORRUPT.
 */
enum zcd_code stored_view_write(struct db *db, const struct loaded_policy *policy, const struct stored_view_key *key,
                                struct cashflow_workspace *workspace, struct arena *arena, struct buffer *json,
                                struct zcd_error *err) ZCD_MUST_USE;

#endif
