#include "api/routes/answer.h"

#include "api/codec/problem.h"
#include "api/notice.h"

void answer_json(struct http_exchange *exchange, int status)
{
    exchange->response.status = status;
    exchange->response.content_type = "application/json";
    http_exchange_finish(exchange);
}

void answer_fill_problem(struct http_exchange *exchange, int status, const char *detail, const struct zcd_error *error)
{
    struct http_response *response = &exchange->response;
    const struct problem problem = {
        .status = status, .detail = detail, .error = error, .trace_id = exchange->request.id};
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

void answer_invalid(struct http_exchange *exchange, int status, const struct zcd_error *error)
{
    answer_fill_problem(exchange, status, error->message, error);
    http_exchange_finish(exchange);
}
