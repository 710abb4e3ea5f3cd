/*
 * router.h - the one table of what the service answers to, and how a request finds its row.
 *
 * Pure. Thread: any.
 */
#ifndef API_HTTP_ROUTER_H
#define API_HTTP_ROUTER_H

#include "api/http/exchange.h"
#include "api/http/head.h"
#include "api/http/request.h"

#include <stdbool.h>
#include <stddef.h>

/* Whose things a caller may reach by a route. The regulator is confined by neither. */
enum http_scope {
    HTTP_SCOPE_ANY = 0, /* those that the route names are nobody's, or everybody's */
    HTTP_SCOPE_OWN      /* of the own lender, of the own organisation, or what an authorisation opens: the handler checks */
};

/* On which thread its handler runs: the loop's own, for what never waits, or a worker's; there, in which queue it waits
 * (workers.h). */
enum http_thread {
    HTTP_ON_LOOP = 0,
    HTTP_ON_WORKER,          /* a few questions to the database */
    HTTP_ON_WORKER_DECIDING, /* milliseconds of computing */
    HTTP_ON_WORKER_IN_BULK,  /* much more than that: half of the workers at most */
    HTTP_THREAD_COUNT
};

struct http_route {
    enum http_method method; /* HTTP_GET answers to HEAD as well */
    /* "/v1/assessments/{id}": each {name} stands for one part between slashes, not empty; a last {name...} for all of
     * the rest of the path, not empty either. A '?' at the end: it takes a query, which its handler reads (query.h). */
    const char *pattern;
    unsigned roles; /* who may call, bits of the application's own meaning; 0: anybody, without saying who it is */
    enum http_scope scope;
    enum http_thread thread;
    /* 0: it takes no body. More than HTTP_BODY_HELD_MAX (limits.h): every body of it, small ones too, comes in a file, the
     * request's body_path, and an empty one is refused. */
    size_t body_size_max;
    const char *content_type; /* that a body must have; NULL: none, or any */
    http_handler *handle;
};

/* What a route answers with, where that is not JSON. */
struct http_answer_types {
    const char *pattern;
    const char *types; /* as http_accepts takes them (accept.h) */
};

/*
 * Find the route of a request; the first that matches.
 *
 *   request  in/out  its parameters are set, pieces of its path copied to the arena
 *   route    out     written only when the request is not refused
 *
 * 404: no route has that path; 405: some have, but none with that method (allow lists them, in the arena).
 */
struct http_refusal http_router_find(const struct http_route *routes, struct http_request *request, struct arena *arena,
                                     const struct http_route **route);

/*
 * Does the request suit its route? 400: a query, where this one takes none, or a body, where this one takes none; 411: no
 * Content-Length; 413: too large; 415: another Content-Type; 406: the client takes nothing of what the route answers with.
 *
 *   others  in  the routes that answer with something else than JSON; a row without a pattern ends them;
 *                NULL: what a client takes is not asked
 */
struct http_refusal http_router_check(const struct http_route *route, const struct http_answer_types *others,
                                      const struct http_request *request);

/* Do its bodies come in files? */
bool http_route_spools(const struct http_route *route);

const char *http_scope_name(enum http_scope scope); /* "any", "own" */

#endif
