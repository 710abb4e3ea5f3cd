/*
 * form_report.h - every refusal that a decoding table has against a document, where decode_object stops at the first.
 *
 * For authors of documents, who want to see all that is wrong at once. Thread: any.
 */
#ifndef API_CODEC_FORM_REPORT_H
#define API_CODEC_FORM_REPORT_H

#include "api/codec/decode.h"
#include "scoring/policy_finding.h"

/*
 * Add UNKNOWN_MEMBER, MISSING_MEMBER and FORM findings, members in document order and missing ones at the end of their object.
 *
 *   value     in      as decode_parse made it; not changed
 *   object    in      table of the document
 *   findings  in/out  the place in hand is that of the value. Nothing is added exactly when decode_object accepts it.
 */
void form_report(json_t *value, const struct decode_object *object, struct policy_findings *findings);

#endif
