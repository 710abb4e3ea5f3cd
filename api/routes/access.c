#include "api/routes/access.h"

#include "api/app.h"
#include "api/routes/answer.h"

#include <string.h>
#include <strings.h>

#define SCHEME "Bearer "

bool access_authorise(const struct http_request *request, void *context)
{
    const struct app *app = context;
    const char *value = http_request_header(request, "Authorization");

    if (value == NULL || strncasecmp(value, SCHEME, strlen(SCHEME)) != 0)
        return false;
    struct sha256 shown = sha256_of(bytes_of_text(value + strlen(SCHEME)));
    return bytes_equal_constant_time((struct bytes){shown.bytes, SHA256_SIZE},
                                     (struct bytes){app->token_sha256.bytes, SHA256_SIZE});
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
