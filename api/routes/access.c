#include "api/routes/access.h"

#include "api/app.h"
#include "api/clock.h"
#include "api/identity/authorisation_store.h"
#include "api/identity/directory.h"
#include "api/identity/issuer.h"
#include "api/identity/session.h"
#include "api/rate_limit.h"
#include "api/routes/answer.h"
#include "audit/record.h"
#include "base/cleanup.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#define SCHEME "Bearer "

static const struct http_refusal NOT_KNOWN = {.status = 401, .detail = "this path needs a token that is taken"};

/* RFC 6750 2.1: what stands behind "Bearer"; NULL when there is none. */
static const char *find_bearer(const struct http_request *request)
{
    const char *value = http_request_header(request, "Authorization");

    return value != NULL && strncasecmp(value, SCHEME, strlen(SCHEME)) == 0 ? value + strlen(SCHEME) : NULL;
}

static bool find_token(struct app *app, const char *token, struct arena *arena, struct caller *caller)
{
    struct sha256 shown = sha256_of(bytes_of_text(token));
    int64_t now_us = clock_now_us();
    struct jwt_claims claims;
    struct zcd_error err;

    if (directory_find(app->directory, CREDENTIAL_TOKEN, &shown, now_us, arena, caller))
        return true;
    if (app->issuer == NULL || !jwt_is_one(token)
        || issuer_verify(app->issuer, token, now_us / 1000000, arena, &claims, &err) != ZCD_OK)
        return false;
    shown = credential_subject_digest(CREDENTIAL_OIDC, claims.subject);
    return directory_find(app->directory, CREDENTIAL_OIDC, &shown, now_us, arena, caller);
}

static bool find_certificate(struct app *app, const char *subject, struct arena *arena, struct caller *caller)
{
    struct sha256 shown = credential_subject_digest(CREDENTIAL_CERTIFICATE, subject);

    return directory_find(app->directory, CREDENTIAL_CERTIFICATE, &shown, clock_now_us(), arena, caller);
}

/* A page of somebody else's can make a browser send the cookie's request, but cannot know the token. */
static struct http_refusal find_session(struct app *app, struct http_exchange *exchange, const char *session,
                                        struct caller *caller)
{
    const struct http_request *request = &exchange->request;
    struct sha256 shown = sha256_of(bytes_of_text(session));

    if (!directory_find(app->directory, CREDENTIAL_SESSION, &shown, clock_now_us(), &exchange->arena, caller))
        return NOT_KNOWN;
    if (request->method != HTTP_GET && request->method != HTTP_HEAD
        && !session_csrf_is(session, http_request_header(request, SESSION_CSRF_FIELD)))
        return (struct http_refusal){.status = 403, .detail = "a session's request needs its token in " SESSION_CSRF_FIELD};
    return (struct http_refusal){.status = 0};
}

/* What is shown first counts: a token, a session, a certificate. One that is not taken is not made good by another. */
static struct http_refusal find_caller(struct app *app, struct http_exchange *exchange, struct caller *caller)
{
    const struct http_request *request = &exchange->request;
    const char *token = find_bearer(request);
    char session[SECRET_TEXT_SIZE];
    bool is_known = false;

    if (token == NULL && session_cookie_find(http_request_header(request, "Cookie"), session))
        return find_session(app, exchange, session, caller);
    if (token != NULL)
        is_known = find_token(app, token, &exchange->arena, caller);
    else if (request->client_subject != NULL)
        is_known = find_certificate(app, request->client_subject, &exchange->arena, caller);
    return is_known ? (struct http_refusal){.status = 0} : NOT_KNOWN;
}

static const enum rate_class RATE_CLASSES[HTTP_THREAD_COUNT] = {[HTTP_ON_LOOP] = RATE_READ,
                                                               [HTTP_ON_WORKER] = RATE_READ,
                                                               [HTTP_ON_WORKER_DECIDING] = RATE_DECIDE,
                                                               [HTTP_ON_WORKER_IN_BULK] = RATE_BATCH};

static void add_number(struct http_exchange *exchange, const char *field, int64_t number)
{
    char text[24];

    (void)snprintf(text, sizeof text, "%lld", (long long)number);
    http_response_add_header(&exchange->response, field, arena_copy_text(&exchange->arena, text));
}

/* Structured fields of draft-ietf-httpapi-ratelimit-headers-10: "read";q=12000;w=60 and "read";r=11999;t=1 */
static void add_rate(struct http_exchange *exchange, const char *name, size_t quota, const struct rate_state *state)
{
    char policy[64], left[96];

    (void)snprintf(policy, sizeof policy, "\"%s\";q=%zu;w=%d", name, quota, RATE_WINDOW_S);
    (void)snprintf(left, sizeof left, "\"%s\";r=%lld;t=%lld", name, (long long)state->remaining, (long long)state->reset_s);
    http_response_add_header(&exchange->response, "RateLimit-Policy", arena_copy_text(&exchange->arena, policy));
    http_response_add_header(&exchange->response, "RateLimit", arena_copy_text(&exchange->arena, left));
}

/* Every answer to a known caller says what is left, refusals too. */
static struct http_refusal take_from_quota(struct app *app, const struct http_route *route, struct http_exchange *exchange,
                                           const struct caller *caller)
{
    enum rate_class class = RATE_CLASSES[route->thread];
    struct rate_state state = rate_limit_take(app->rates, class, caller->id, clock_monotonic_us());

    add_rate(exchange, rate_class_name(class), rate_limit_requests(app->rates, class), &state);
    if (state.is_taken)
        return (struct http_refusal){.status = 0};
    add_number(exchange, "Retry-After", state.wait_s);
    return (struct http_refusal){.status = 429, .detail = "the caller has made as many requests as it may in a minute"};
}

struct http_refusal access_authorise(const struct http_route *route, struct http_exchange *exchange, void *context)
{
    struct caller *caller = ARENA_NEW(&exchange->arena, struct caller, 1);
    struct http_refusal refusal = find_caller(context, exchange, caller);

    if (refusal.status == 0)
        refusal = take_from_quota(context, route, exchange, caller);
    if (refusal.status != 0)
        return refusal;
    if ((caller->roles & route->roles) == 0)
        return (struct http_refusal){.status = 404, .detail = "there is nothing at this path"};
    caller->role = caller_role_name(caller_role_first(caller->roles & route->roles));
    exchange->caller = caller;
    exchange->group = caller->lender != NULL ? caller->lender : caller->uscc; /* NULL: of the authority */
    exchange->member = caller->id;
    return (struct http_refusal){.status = 0};
}

void access_refuse(struct http_exchange *exchange, const struct http_refusal *refusal, void *context)
{
    (void)context;
    answer_fill_problem(exchange, refusal->status, refusal->detail, NULL);
    if (refusal->status == 401) /* RFC 6750 3: no error code where no token was shown, and no hint where one was */
        http_response_add_header(&exchange->response, "WWW-Authenticate", "Bearer realm=\"zhengcaidai\"");
    if (refusal->allow != NULL)
        http_response_add_header(&exchange->response, "Allow", refusal->allow);
}

enum zcd_code access_check_facts(const struct caller *caller, struct db *db, const char *uscc, const char *lender,
                                 enum authorisation_scope scope, bool *is_own, struct zcd_error *err)
{
    char text[AUTHORISATION_GRANTEE_SIZE];
    const char *grantee = authorisation_grantee_of(caller, text);
    bool owns = caller_owns(caller, lender, uscc), allows = owns;
    enum zcd_code code = ZCD_OK;

    if (!owns && grantee != NULL)
        code = authorisation_store_allows(db, uscc, grantee, scope, clock_shanghai_day(clock_now_us()), &allows, err);
    if (code != ZCD_OK)
        return code;
    if (is_own != NULL)
        *is_own = owns && !caller_is_regulator(caller);
    return allows ? ZCD_OK : zcd_fail(err, ZCD_NOT_FOUND, "there is no such thing");
}

/* Whose record it is: lender and organisation, in the arena. */
static enum zcd_code read_owners(struct bytes leaf, struct arena *arena, struct record *record, struct zcd_error *err)
{
    uint64_t sequence;
    int64_t at_us;

    if (record_parse(leaf, arena, record, &at_us, &sequence, err) != ZCD_OK)
        return zcd_fail(err, ZCD_CORRUPT, "the leaf is no record that this version can read");
    return ZCD_OK;
}

enum zcd_code access_check_record(const struct caller *caller, struct bytes leaf, struct zcd_error *err)
{
    ZCD_AUTO(arena_done)
    struct arena arena = {0};
    struct record record;

    if (caller_is_regulator(caller))
        return ZCD_OK;
    enum zcd_code code = read_owners(leaf, &arena, &record, err);
    if (code != ZCD_OK || caller_owns(caller, record.actor.lender, record.subject.uscc.text))
        return code;
    return zcd_fail(err, ZCD_NOT_FOUND, "the log has no leaf at this index");
}

enum zcd_code access_check_assessment(const struct caller *caller, struct db *db, struct bytes leaf, bool *is_own,
                                      struct zcd_error *err)
{
    ZCD_AUTO(arena_done)
    struct arena arena = {0};
    struct record record;
    enum zcd_code code = read_owners(leaf, &arena, &record, err);

    if (code == ZCD_OK)
        code = access_check_facts(caller, db, record.subject.uscc.text, record.actor.lender, AUTHORISATION_ASSESSMENTS,
                                  is_own, err);
    return code == ZCD_NOT_FOUND ? zcd_fail(err, code, "the organisation has no such assessment") : code;
}
