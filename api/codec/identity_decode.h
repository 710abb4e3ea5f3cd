/*
 * identity_decode.h - the small bodies by which people log in, give authorisations and administer users.
 *
 * What stands in them is what the tables of decode.h say, and each value by itself may stand there. Thread: any.
 */
#ifndef API_CODEC_IDENTITY_DECODE_H
#define API_CODEC_IDENTITY_DECODE_H

#include "base/arena.h"
#include "base/bytes.h"
#include "base/date.h"
#include "base/error.h"

#include <stddef.h>
#include <stdint.h>

#define IDENTITY_BODY_SIZE_MAX ((size_t)16 * 1024)

/* {"user": "...", "password": "..."} */
struct login_request {
    const char *user, *password;
};

/* {"granted_to": "lender/NAME", "purpose": "...", "scope": ["..."], "expires_on": "2027-06-30"}; the last may be missing. */
struct authorisation_request {
    const char *granted_to, *purpose;
    const char *const *scope;
    size_t scope_count;
    struct date expires_on; /* DATE_NONE: until withdrawn */
};

/* {"user": "...", "roles": ["..."]}: all that the user shall have. */
struct role_change_request {
    const char *user;
    const char *const *roles; /* names, each once */
    size_t role_count;
};

/* {"user": "...", "days": 90}; both may be missing. */
struct token_request {
    const char *user; /* "" stands for who asks */
    int32_t days;
};

/*
 * Each reads one body; texts in the arena. ZCD_INVALID with all that is wrong, as decode_checked.
 *   today  in  an authorisation's last day is not before it
 */
enum zcd_code login_request_decode(struct bytes json, struct arena *arena, struct login_request **request,
                                   struct zcd_error *err) ZCD_MUST_USE;
enum zcd_code authorisation_request_decode(struct bytes json, struct date today, struct arena *arena,
                                           struct authorisation_request **request, struct zcd_error *err) ZCD_MUST_USE;
enum zcd_code role_change_request_decode(struct bytes json, struct arena *arena, struct role_change_request **request,
                                         struct zcd_error *err) ZCD_MUST_USE;
enum zcd_code token_request_decode(struct bytes json, struct arena *arena, struct token_request **request,
                                   struct zcd_error *err) ZCD_MUST_USE;

#endif
