/*
 * dossier_decode.h - the document zhengcaidai/dossier/1 into a struct dossier.
 *
 * Thread: any.
 */
#ifndef API_CODEC_DOSSIER_DECODE_H
#define API_CODEC_DOSSIER_DECODE_H

#include "base/arena.h"
#include "base/bytes.h"
#include "base/error.h"
#include "contracts/dossier.h"

/*
 * Decode, link and check a dossier: what comes out may be decided on.
 *
 *   json     in   the whole document, UTF-8, at most 8 MiB; not kept
 *   arena    in   the dossier lives there
 *   dossier  out  written only on ZCD_OK
 *
 * ZCD_INVALID with all that is wrong, each with its JSON Pointer: what decode_document refuses, then what dossier_link
 * does, then dossier_check; the form's errors alone where these are ERRORS_MAX or more.
 */
enum zcd_code dossier_decode(struct bytes json, struct arena *arena, const struct dossier **dossier,
                             struct zcd_error *err) ZCD_MUST_USE;

/* What is asked about facts that are kept: a day, and what is applied for. */
struct facts_request {
    struct date as_of;
    const char *known_at; /* as given; "" for now */
    struct application application;
};

/*
 * Decode such a request: {"as_of", "known_at", "application"}. ZCD_INVALID with all that is wrong in its form; whether the
 * application suits the facts, dossier_decode says of the dossier that comes of them.
 */
enum zcd_code facts_request_decode(struct bytes json, struct arena *arena, const struct facts_request **request,
                                   struct zcd_error *err) ZCD_MUST_USE;

#endif
