/*
 * dossier_encode.h - a struct dossier into the document zhengcaidai/dossier/1, in canonical form.
 *
 * The way back of dossier_decode: decoding what is written here gives an equal dossier. What was not given is left out, and so is
 * what equals the value that a missing member stands for (an amount of 0 where that is the default, false, an empty list);
 * `payers` and `contracts` always stand. Thread: any.
 */
#ifndef API_CODEC_DOSSIER_ENCODE_H
#define API_CODEC_DOSSIER_ENCODE_H

#include "base/bytes.h"
#include "base/error.h"
#include "contracts/dossier.h"

/*
 * Append the document.
 *
 *   dossier  in   as dossier_check accepts it, or as facts give it: what is not known of a required member is left out, and the
 *                 application where its id is NULL. The indexes of dossier_link are not read
 *   json     out  appended to; of no use on failure
 *
 * ZCD_INVALID with the pointer of the first integer larger than 2^53 - 1 in size.
 */
enum zcd_code dossier_encode(const struct dossier *dossier, struct buffer *json, struct zcd_error *err) ZCD_MUST_USE;

#endif
