/*
 * assessment_encode.h - a recorded assessment as the API answers it.
 *
 *     {"decision": {...}, "id": "as_...", "leaf": "...", "log_index": 0, "proof": "..."}
 *
 * The decision stands in it byte for byte as it was recorded: SHA-256 of those bytes is the leaf's decision_sha256. Leaf
 * and proof are texts, so that they too can be taken out byte for byte. Written in two halves, because what the log
 * adds comes later and on another thread. Pure. Thread: any.
 */
#ifndef API_CODEC_ASSESSMENT_ENCODE_H
#define API_CODEC_ASSESSMENT_ENCODE_H

#include "audit/proof.h"
#include "base/bytes.h"
#include "base/error.h"
#include "base/uscc.h"

#include <stdint.h>

#define ASSESSMENT_NONCE_SIZE 16
#define ASSESSMENT_ID_SIZE (3 + USCC_LENGTH + 1 + 2 * ASSESSMENT_NONCE_SIZE + 1) /* "as_" uscc "_" 32 digits, NUL */

/* The id of the assessment recorded under that nonce; returns text. It names the organisation, by which rows are found. */
const char *assessment_id_format(const struct uscc *uscc, const uint8_t nonce[ASSESSMENT_NONCE_SIZE],
                                 char text[ASSESSMENT_ID_SIZE]);

/* Whose is it? ZCD_NOT_FOUND when it cannot be the id of any assessment. */
enum zcd_code assessment_id_parse(const char *text, struct uscc *uscc, struct zcd_error *err) ZCD_MUST_USE;

/* The half that the worker knows. decision: canonical JSON. */
void assessment_encode_begin(const char *id, struct bytes decision, struct buffer *json);

/* The half that the log knows. */
void assessment_encode_end(struct bytes leaf, const struct proof *proof, struct buffer *json);

/* A record by itself: {"leaf": "...", "log_index": 0, "proof": "..."} */
void assessment_encode_record(struct bytes leaf, const struct proof *proof, struct buffer *json);

#endif
