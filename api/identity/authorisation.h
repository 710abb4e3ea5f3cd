/*
 * authorisation.h - whom an organisation lets see its facts: who, what, what for, until when.
 *
 * Without an authorisation nobody sees what a lender has about an organisation but that lender, the organisation's
 * director and the regulator. Pure. Thread: any.
 */
#ifndef API_IDENTITY_AUTHORISATION_H
#define API_IDENTITY_AUTHORISATION_H

#include "api/identity/caller.h"
#include "base/error.h"

#include <stddef.h>

#define AUTHORISATION_GRANTEE_SIZE 129 /* a name in a record, and NUL */
#define AUTHORISATION_SCOPES_MAX 16

/* Parts of what is known about an organisation, as bits. */
enum authorisation_scope_place {
#define AUTHORISATION_SCOPE(NAME, name, zh, en) AUTHORISATION_PLACE_##NAME,
#include "api/identity/authorisation_codes.def"
};
enum authorisation_scope {
#define AUTHORISATION_SCOPE(NAME, name, zh, en) AUTHORISATION_##NAME = 1 << AUTHORISATION_PLACE_##NAME,
#include "api/identity/authorisation_codes.def"
};

/* "contracts" */
const char *authorisation_scope_name(enum authorisation_scope scope);

/* Names into bits. ZCD_INVALID, the pointer naming the place: none given, unknown, twice. */
enum zcd_code authorisation_scopes_read(const char *const *names, size_t count, unsigned *scopes,
                                        struct zcd_error *err) ZCD_MUST_USE;

/* ZCD_INVALID when it is none of the list. */
enum zcd_code authorisation_purpose_check(const char *name, struct zcd_error *err) ZCD_MUST_USE;

/*
 * To whom: "lender/NAME" (all users of that lender), "round/ID" (whoever takes part in that matching round) or "organiser".
 * ZCD_INVALID for anything else, or a text too long or with control characters.
 */
enum zcd_code authorisation_grantee_check(const char *grantee, struct zcd_error *err) ZCD_MUST_USE;

/* What authorisations call this caller; NULL when none can be given to it. Returns text. */
const char *authorisation_grantee_of(const struct caller *caller, char text[AUTHORISATION_GRANTEE_SIZE]);

#endif
