#include "api/routes/access.h"

#include "api/app.h"
#include "api/clock.h"
#include "api/identity/directory.h"
#include "api/routes/answer.h"
#include "audit/record.h"
#include "base/cleanup.h"

#include <string.h>
#include <strings.h>

#define SCHEME "Bearer "

static bool read_token(const struct http_request *request, struct sha256 *sha256)
{
    const char *value = http_request_header(request, "Authorization");

    if (value == NULL || strncasecmp(value, SCHEME, strlen(SCHEME)) != 0)
        return false;
    *sha256 = sha256_of(bytes_of_text(value + strlen(SCHEME)));
    return true;
}

struct http_refusal access_authorise(const struct http_route *route, struct http_exchange *exchange, void *context)
{
    const struct app *app = context;
    struct caller *caller = ARENA_NEW(&exchange->arena, struct caller, 1);
    struct sha256 shown;

    if (!read_token(&exchange->request, &shown)
        || !directory_find(app->directory, &shown, clock_now_us(), &exchange->arena, caller))
        return (struct http_refusal){.status = 401, .detail = "this path needs a token that is taken"};
    if ((caller->roles & route->roles) == 0)
        return (struct http_refusal){.status = 404, .detail = "there is nothing at this path"};
    caller->role = caller_role_name(caller_role_first(caller->roles & route->roles));
    exchange->caller = caller;
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

enum zcd_code access_check_record(const struct caller *caller, struct bytes leaf, struct zcd_error *err)
{
    ZCD_AUTO(arena_done)
    struct arena arena = {0};
    struct record record;
    uint64_t sequence;
    int64_t at_us;

    if (caller_is_regulator(caller))
        return ZCD_OK;
    if (record_parse(leaf, &arena, &record, &at_us, &sequence, err) != ZCD_OK)
        return zcd_fail(err, ZCD_CORRUPT, "the leaf is no record that this version can read");
    if (caller_owns(caller, record.actor.lender, record.subject.uscc.text))
        return ZCD_OK;
    return zcd_fail(err, ZCD_NOT_FOUND, "there is no such record");
}
