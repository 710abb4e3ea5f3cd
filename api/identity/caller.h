/*
 * caller.h - who a request comes from: a user, with the roles it has and what it belongs to.
 *
 * Pure. Thread: any.
 */
#ifndef API_IDENTITY_CALLER_H
#define API_IDENTITY_CALLER_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

/* Roles are bits, so that a route names all that may call it. */
enum caller_role {
#define CALLER_ROLE(bit, NAME, name, belongs, zh, en) CALLER_##NAME = 1 << (bit),
#include "api/identity/caller_roles.def"
#undef CALLER_ROLE
    CALLER_ANYBODY = (1 << 8) - 1 /* whoever is known */
};

#define CALLER_ROLES_TEXT_SIZE 96 /* all of them, with commas, and NUL */
#define CALLER_ID_SIZE_MAX 64

/* Lives as long as its exchange. Of lender and uscc at most one is given: both NULL is the authority's own. */
struct caller {
    const char *id;
    unsigned roles;   /* all that the user has */
    const char *role; /* the one that lets it call this route: what records say */
    const char *lender;
    const char *uscc; /* of the organisation that a director acts for */
};

/* "officer" */
const char *caller_role_name(enum caller_role role);

/* The lowest of some roles: never called with none. */
enum caller_role caller_role_first(unsigned roles);

/* "officer,approver", in the order of the bits; returns text. */
const char *caller_roles_format(unsigned roles, char text[CALLER_ROLES_TEXT_SIZE]);

/* The same read; each name once, in any order. ZCD_INVALID. */
enum zcd_code caller_roles_parse(const char *text, unsigned *roles, struct zcd_error *err) ZCD_MUST_USE;

/*
 * May one user have these roles, belonging to this lender or organisation? Nobody may serve two masters: roles of lenders,
 * of organisations and of the authority do not mix. ZCD_INVALID, saying which.
 */
enum zcd_code caller_roles_check(unsigned roles, const char *lender, const char *uscc, struct zcd_error *err) ZCD_MUST_USE;

/* Does it act for the authority, which sees what belongs to anybody? Only as the regulator. */
bool caller_is_regulator(const struct caller *caller);

/*
 * May the caller see what this lender has about this organisation, by what the caller itself is? The regulator all of it, a
 * lender's user what is of that lender, a director what is about the own organisation.
 *   lender  in  whose facts or record it is; NULL: nobody's
 *   uscc    in  whom it is about; NULL or "": nobody
 */
bool caller_owns(const struct caller *caller, const char *lender, const char *uscc);

#endif
