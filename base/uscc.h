/*
 * uscc.h - Unified Social Credit Code (统一社会信用代码), GB 32100-2015, with the organisation code of
 * GB 11714-1997 inside it. Pure. Thread: any.
 */
#ifndef BASE_USCC_H
#define BASE_USCC_H

#include "base/error.h"

#include <stdbool.h>

#define USCC_LENGTH 18

/* A code that passed uscc_parse(), the only maker of this type. Copy it freely. */
struct uscc {
    char text[USCC_LENGTH + 1];
};

/* What the first two characters say about the body (GB 32100-2015 table 1, and practice). */
enum uscc_body {
    USCC_BODY_OTHER = 0,
    USCC_BODY_STATE_ORGAN,               /* 11 */
    USCC_BODY_PUBLIC_INSTITUTION,        /* 12 */
    USCC_BODY_MASS_ORGANISATION,         /* 13 */
    USCC_BODY_SOCIAL_ASSOCIATION,        /* 51 */
    USCC_BODY_SOCIAL_SERVICE_INSTITUTION,/* 52 */
    USCC_BODY_FOUNDATION,                /* 53 */
    USCC_BODY_ENTERPRISE                 /* 91 */
};

/*
 * Read a code as a client typed it.
 *
 *   text  in   NUL-terminated; 18 of 0-9 A-Z without I O S V Z, upper case, no spaces
 *   id    out  written only on ZCD_OK
 *   err   out  written only otherwise; the caller places it with zcd_fail_within()
 *
 * ZCD_INVALID, in this order: wrong length, foreign character, wrong check character (GB 32100), wrong
 * organisation-code check character (GB 11714). Codes of the pilot years that are valid in law and fail a
 * check are accepted by a list (data/reference/uscc_pilot_exceptions.csv).
 */
enum zcd_code uscc_parse(const char *text, struct uscc *id, struct zcd_error *err) ZCD_MUST_USE;

enum uscc_body uscc_body(const struct uscc *id);
bool uscc_equal(const struct uscc *a, const struct uscc *b);

#endif
