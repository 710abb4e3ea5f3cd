/*
 * Any bytes as what a connection begins with: refused with a status and a reason, or read; and what is read says where it
 * ends in one way only, however it came in pieces and whoever reads it again.
 */
#include "tests/fuzz/fuzz.h"

#include "api/http/head.h"
#include "api/http/limits.h"
#include "api/http/router.h"
#include "base/bytes.h"

#include <stdlib.h>
#include <string.h>

#define MUST(condition)                                                                                                \
    do {                                                                                                               \
        if (!(condition))                                                                                              \
            abort();                                                                                                   \
    } while (0)

static const struct http_route ROUTES[] = {
    {HTTP_GET, "/livez", 0, HTTP_SCOPE_ANY, HTTP_ON_LOOP, 0, NULL, NULL},
    {HTTP_POST, "/v1/assessments", 1, HTTP_SCOPE_OWN, HTTP_ON_WORKER, 1000, "application/json", NULL},
    {HTTP_GET, "/v1/things/{id}/{tile...}?", 1, HTTP_SCOPE_OWN, HTTP_ON_WORKER, 0, NULL, NULL},
    {.pattern = NULL},
};

static const struct http_answer_types OTHERS[] = {{"/livez", "text/plain text/html"}, {.pattern = NULL}};

/* The request in the plainest form that says the same. */
static void write_again(const struct http_request *request, struct buffer *text)
{
    buffer_append_format(text, "%s %s%s%s HTTP/1.%d\r\n", http_method_name(request->method), request->path,
                         request->query == NULL ? "" : "?", request->query == NULL ? "" : request->query,
                         request->version_minor);
    for (size_t i = 0; i < request->header_count; i++)
        buffer_append_format(text, "%s:%s\r\n", request->headers[i].name, request->headers[i].value);
    buffer_append_text(text, "\r\n");
}

static void check_accepted(const struct http_request *request)
{
    struct arena arena = {0};
    struct buffer text = {0};
    struct http_request again = {0};
    const struct http_route *route = NULL;

    MUST(request->path[0] == '/' && request->path[1] != '/' && request->header_count <= HTTP_HEADERS_MAX);
    MUST(request->version_minor == 0 || http_request_header(request, "Host") != NULL);
    MUST(http_request_header(request, "Transfer-Encoding") == NULL);
    MUST(request->has_content_length == (http_request_header(request, "Content-Length") != NULL));

    write_again(request, &text);
    MUST(http_head_size(buffer_bytes(&text)) == text.size);
    MUST(http_head_parse(buffer_bytes(&text), &arena, &again).status == 0);
    MUST(again.method == request->method && again.content_length == request->content_length
         && again.keep_alive == request->keep_alive && again.header_count == request->header_count
         && strcmp(again.path, request->path) == 0);
    char trace[HTTP_TRACE_ID_SIZE];
    if (http_trace_parse(http_request_header(&again, "traceparent"), trace))
        MUST(strlen(trace) == HTTP_TRACE_ID_SIZE - 1);
    struct http_refusal refusal = http_router_find(ROUTES, &again, &arena, &route);
    MUST(refusal.status == 0 ? route != NULL : refusal.status == 404 || refusal.allow != NULL);
    if (route != NULL)
        (void)http_router_check(route, OTHERS, &again);
    buffer_done(&text);
    arena_done(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes input = {data, size > HTTP_HEAD_SIZE_MAX ? HTTP_HEAD_SIZE_MAX : size};
    struct http_request request = {0};
    struct arena arena = {0};

    size_t head_size = http_head_size(input);
    MUST(head_size <= input.size);
    if (head_size == 0)
        return 0;
    MUST(http_head_size((struct bytes){data, head_size}) == head_size); /* what follows does not matter */
    MUST(http_head_size((struct bytes){data, head_size - 1}) == 0);     /* and it is not over before */
    struct http_refusal refusal = http_head_parse((struct bytes){data, head_size}, &arena, &request);
    if (refusal.status == 0)
        check_accepted(&request);
    else
        MUST(refusal.status >= 400 && refusal.status <= 505 && refusal.detail[0] != '\0');
    arena_done(&arena);
    return 0;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t size_max, unsigned int seed)
{
    (void)seed;
    return LLVMFuzzerMutate(data, size, size_max);
}
