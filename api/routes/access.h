/*
 * access.h - who may call, whose things they may see, and what those are told whom the server turns away.
 */
#ifndef API_ROUTES_ACCESS_H
#define API_ROUTES_ACCESS_H

#include "api/http/exchange.h"
#include "api/http/head.h"
#include "api/http/router.h"
#include "api/identity/authorisation.h"
#include "api/identity/caller.h"

#include <stdbool.h>

struct db;

/*
 * Find out who sends a request, and whether the route is for one of its roles: by its bearer token (RFC 6750 2.1), ours or
 * the issuer's; without one by its session's cookie; without that by its client certificate.
 * Refuses with 401 when it shows nothing that is taken, with 403 when a session's request that may change something lacks
 * the CSRF token, with 404 when the route is not for it: nobody learns of what is not theirs. On the event loop's thread; the context is struct app.
 */
struct http_refusal access_authorise(const struct http_route *route, struct http_exchange *exchange, void *context);

/* A refusal by the server as a problem, with the fields that its status asks for. The context is not used. */
void access_refuse(struct http_exchange *exchange, const struct http_refusal *refusal, void *context);

/*
 * May the caller see a part of what a lender has about an organisation? What is its own (caller_owns); what the
 * organisation lets the caller's lender, or the organiser, see (identity/authorisation.h), today in Shanghai.
 *
 *   db      in   of the worker
 *   lender  in   whose facts; NULL: nobody's
 *   is_own  out  false for the regulator and by an authorisation: then it is a disclosure, to be put on record (shown.h);
 *                may be NULL
 *
 * ZCD_NOT_FOUND, which callers say in the words for what does not exist; ZCD_UNAVAILABLE.
 */
enum zcd_code access_check_facts(const struct caller *caller, struct db *db, const char *uscc, const char *lender,
                                 enum authorisation_scope scope, bool *is_own, struct zcd_error *err) ZCD_MUST_USE;

/*
 * May the caller see a record? Its own lender's, its own organisation's; the regulator every one.
 *   leaf  in  the record
 * ZCD_NOT_FOUND, in the words for a record that does not exist; ZCD_CORRUPT when the leaf cannot be read.
 */
enum zcd_code access_check_record(const struct caller *caller, struct bytes leaf, struct zcd_error *err) ZCD_MUST_USE;

/* The same for an assessment, by its record: an authorisation for assessments opens it. ZCD_NOT_FOUND, ZCD_CORRUPT. */
enum zcd_code access_check_assessment(const struct caller *caller, struct db *db, struct bytes leaf, bool *is_own,
                                      struct zcd_error *err) ZCD_MUST_USE;

#endif
