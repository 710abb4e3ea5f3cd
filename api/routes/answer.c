#include "api/routes/answer.h"

#include "api/codec/problem.h"
#include "api/notice.h"
#include "audit/sha256.h"

#include <stdio.h>
#include <string.h>

const char *answer_etag_format(struct bytes body, char text[ANSWER_ETAG_SIZE])
{
    struct sha256 digest = sha256_of(body);

    text[0] = '"';
    hex_encode(digest.bytes, (ANSWER_ETAG_SIZE - 3) / 2, text + 1);
    text[ANSWER_ETAG_SIZE - 2] = '"';
    text[ANSWER_ETAG_SIZE - 1] = '\0';
    return text;
}

/* Does a field of entity tags name this one? A tag is compared with its quotes, so that part of one is none. Weakly: W/ stands
 * before a tag that somebody on the way has weakened, which for GET is the same body, and for a change is not (RFC 9110 13.1). */
static bool names_etag(const char *field, const char *etag, bool weakly)
{
    if (field == NULL)
        return false;
    if (strcmp(field, "*") == 0)
        return true;
    for (const char *found = strstr(field, etag); found != NULL; found = strstr(found + 1, etag)) {
        if (weakly || found < field + 2 || strncmp(found - 2, "W/", 2) != 0)
            return true;
    }
    return false;
}

void answer_add_etag(struct http_exchange *exchange)
{
    struct http_response *response = &exchange->response;
    enum http_method method = exchange->request.method;

    if ((method != HTTP_GET && method != HTTP_HEAD) || response->status != 200 || response->status_of_success != 0)
        return;
    char *etag = arena_alloc(&exchange->arena, ANSWER_ETAG_SIZE, 1);
    http_response_add_header(response, "ETag", answer_etag_format(buffer_bytes(&response->body), etag));
    if (!names_etag(http_request_header(&exchange->request, "If-None-Match"), etag, true))
        return;
    response->status = 304;
    response->content_type = NULL;
    buffer_clear(&response->body);
}

bool answer_check_match(struct http_exchange *exchange, const char *etag)
{
    const char *wanted = http_request_header(&exchange->request, "If-Match");
    const char *unwanted = http_request_header(&exchange->request, "If-None-Match");
    int status = 0;

    if (etag == NULL)
        status = wanted == NULL ? 0 : 412;
    else if (names_etag(unwanted, etag, true) || (wanted != NULL && !names_etag(wanted, etag, false)))
        status = 412;
    else if (wanted == NULL)
        status = 428;
    if (status == 0)
        return true;
    answer_fill_problem(exchange, status,
                        status == 428  ? "If-Match must name the state that is to be changed: the ETag of its GET"
                        : etag == NULL ? "there is no such thing to be changed"
                                       : "it was changed meanwhile, or made: read it again",
                        NULL);
    http_exchange_finish(exchange);
    return false;
}

void answer_json(struct http_exchange *exchange, int status)
{
    exchange->response.status = status;
    exchange->response.content_type = "application/json";
    answer_add_etag(exchange);
    http_exchange_finish(exchange);
}

#define OF_DATABASE "database: "

/* Where the database is and what it said is for the operator, in the log of the service; not for clients. */
static const char *detail_for_client(struct http_exchange *exchange, int status, const char *detail)
{
    static const char INSTEAD[] = "the database does not answer as it should";
    const char *found = status < 500 ? NULL : strstr(detail, OF_DATABASE);

    if (found == NULL)
        return detail;
    size_t size = (size_t)(found - detail) + sizeof INSTEAD;
    char *text = arena_alloc(&exchange->arena, size, 1);
    (void)snprintf(text, size, "%.*s%s", (int)(found - detail), detail, INSTEAD);
    return text;
}

void answer_fill_problem(struct http_exchange *exchange, int status, const char *detail, const struct zcd_error *error)
{
    struct http_response *response = &exchange->response;

    detail = detail_for_client(exchange, status, detail);
    const struct problem problem = {
        .status = status, .detail = detail, .error = error, .trace_id = exchange->request.trace_id};
    bool chinese = problem_prefers_chinese(http_request_header(&exchange->request, "Accept-Language"));

    response->status = status;
    response->content_type = PROBLEM_CONTENT_TYPE;
    response->cache_control = NULL;
    buffer_clear(&response->body);
    problem_encode(&problem, chinese, &response->body);
    http_response_add_header(response, "Content-Language", chinese ? "zh" : "en");
    http_response_add_header(response, "Vary", "Accept-Language");
    if (status == 503)
        http_response_add_header(response, "Retry-After", "1");
}

/* What is wrong on our side, operators must see, with the id that the client was given. */
static void notice_failure(const struct http_exchange *exchange, const struct zcd_error *error)
{
    struct notice line;

    notice_begin(&line, "failure");
    notice_text(&line, "request_id", exchange->request.id);
    notice_text(&line, "trace_id", exchange->request.trace_id);
    notice_text(&line, "code", zcd_code_name(error->code));
    notice_text(&line, "detail", error->message);
    notice_write(&line);
}

void answer_error(struct http_exchange *exchange, const struct zcd_error *error)
{
    answer_error_as(exchange, error, error->message);
}

void answer_error_as(struct http_exchange *exchange, const struct zcd_error *error, const char *detail)
{
    int status = problem_status(error->code);

    if (status >= 500)
        notice_failure(exchange, error);
    answer_fill_problem(exchange, status, detail, NULL);
    http_exchange_finish(exchange);
}

void answer_busy(struct http_exchange *exchange, const struct zcd_error *error)
{
    answer_fill_problem(exchange, 409, error->message, NULL);
    http_response_add_header(&exchange->response, "Retry-After", "5"); /* most imports are kept within that */
    http_exchange_finish(exchange);
}

void answer_invalid(struct http_exchange *exchange, int status, const struct zcd_error *error)
{
    answer_fill_problem(exchange, status, error->message, error);
    http_exchange_finish(exchange);
}

void answer_refused(struct http_exchange *exchange, const struct zcd_error *error)
{
    if (error->code == ZCD_INVALID)
        answer_invalid(exchange, 422, error);
    else
        answer_error(exchange, error);
}
