/*
 * view_encode.h - what is shown of an organisation on a day: parts of the decision document as they stand in it, and beside them
 * the rows that they are sums of.
 *
 * A view is no decision: it is made by the functions that decide, and recorded nowhere. Thread: any.
 */
#ifndef API_CODEC_VIEW_ENCODE_H
#define API_CODEC_VIEW_ENCODE_H

#include "base/bytes.h"
#include "base/error.h"
#include "scoring/cashflow.h"
#include "scoring/decision.h"

/* What every view rests on. Everything is borrowed for the call. */
struct view {
    const char *lender;   /* whose facts */
    const char *known_at; /* NULL: as known now */
    const struct dossier *dossier;
    const struct decision *decision; /* on that dossier */
    struct bytes document;           /* the same, encoded */
};

/* Each appends the answer's document, canonical JSON. ZCD_INVALID: a sum is too large, as in decision_encode; ZCD_CORRUPT. */

/* Quantiles of the balance as the decision shows them, and what is expected to come and go, week by week. */
enum zcd_code view_encode_cashflow(const struct view *view, const struct cashflow_expectation *expectation,
                                   struct buffer *json, struct zcd_error *err) ZCD_MUST_USE;

/* Contracts with their amounts; the same by tier and stage; and the decision's sums. */
enum zcd_code view_encode_pipeline(const struct view *view, struct buffer *json, struct zcd_error *err) ZCD_MUST_USE;

/* The decision's payers; and for each its amounts and what is known of its delay, by the organisation and by the whole book. */
enum zcd_code view_encode_payers(const struct view *view, struct buffer *json, struct zcd_error *err) ZCD_MUST_USE;

/*
 * What the decision says of the renewal that the dossier's application asks for, and of what would turn it; null throughout where the
 * application is none of a renewal. Also the facilities that something is owed on.
 */
enum zcd_code view_encode_renewal(const struct view *view, struct buffer *json, struct zcd_error *err) ZCD_MUST_USE;

#endif
