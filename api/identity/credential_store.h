/*
 * credential_store.h - all by which users are known, from the tables of tokens, sessions and bound subjects at once.
 *
 * Thread: that of the connection.
 */
#ifndef API_IDENTITY_CREDENTIAL_STORE_H
#define API_IDENTITY_CREDENTIAL_STORE_H

#include "audit/sha256.h"
#include "base/arena.h"
#include "base/date.h"
#include "base/error.h"

#include <stddef.h>
#include <stdint.h>

struct db;

enum credential_kind {
    CREDENTIAL_TOKEN = 1,  /* digest of a bearer token */
    CREDENTIAL_SESSION,    /* digest of a session's cookie */
    CREDENTIAL_OIDC,       /* credential_subject_digest of what an issuer calls the user */
    CREDENTIAL_CERTIFICATE /* the same of a certificate's subject */
};

/* A credential that is taken, with what its user is. Texts in the arena. */
struct credential_row {
    struct sha256 sha256;
    enum credential_kind kind;
    int64_t expires_at_us; /* a bound subject does not expire: INT64_MAX */
    struct date used_on;   /* of a token; DATE_NONE: never */
    const char *user;
    unsigned roles;            /* caller.h */
    const char *lender, *uscc; /* NULL where the user has none */
};

/* Subjects are looked up by digest like secrets: of their kind's name, a line feed, and the subject. */
struct sha256 credential_subject_digest(enum credential_kind kind, const char *subject);

/* "oidc", "certificate" */
const char *credential_subject_kind_name(enum credential_kind kind);

/*
 * All credentials that are neither expired nor revoked, of users that are not disabled, in the order of their digests.
 *   rows, count  out  in the arena
 */
enum zcd_code credential_store_list(struct db *db, int64_t now_us, struct arena *arena, struct credential_row **rows,
                                    size_t *count, struct zcd_error *err) ZCD_MUST_USE;

#endif
