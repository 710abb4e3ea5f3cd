#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include "api/http/router.h"

static void handle(struct http_exchange *exchange, void *context)
{
    (void)exchange;
    (void)context;
}

static const struct http_route ROUTES[] = {
    {HTTP_POST, "/v1/assessments", 1, HTTP_SCOPE_ANY, HTTP_ON_WORKER, 100, "application/json", handle},
    {HTTP_GET, "/v1/assessments/{id}", 1, HTTP_SCOPE_ANY, HTTP_ON_WORKER, 0, NULL, handle},
    {HTTP_GET, "/v1/audit/records/{index}/bundle", 1, HTTP_SCOPE_ANY, HTTP_ON_WORKER, 0, NULL, handle},
    {HTTP_GET, "/log/checkpoint", 0, HTTP_SCOPE_ANY, HTTP_ON_LOOP, 0, NULL, handle},
    {HTTP_GET, "/both", 0, HTTP_SCOPE_ANY, HTTP_ON_LOOP, 0, NULL, handle},
    {HTTP_POST, "/both", 0, HTTP_SCOPE_ANY, HTTP_ON_LOOP, 1, "text/plain", handle},
    {HTTP_GET, "/search?", 1, HTTP_SCOPE_ANY, HTTP_ON_WORKER, 0, NULL, handle},
    {HTTP_GET, "/log/tile/{tile...}", 1, HTTP_SCOPE_ANY, HTTP_ON_WORKER, 0, NULL, handle},
    {.pattern = NULL},
};

static const struct http_answer_types OTHERS[] = {{"/log/checkpoint", "text/plain"}, {.pattern = NULL}};

static struct http_refusal find(enum http_method method, const char *path, struct http_request *request,
                                struct arena *arena, const struct http_route **route)
{
    *request = (struct http_request){.method = method, .path = path};
    return http_router_find(ROUTES, request, arena, route);
}

static void finds_a_route_and_its_parameters(void **state)
{
    static const struct {
        enum http_method method;
        const char *path;
        int route; /* -1: 404 */
        const char *parameter;
    } CASES[] = {
        {HTTP_POST, "/v1/assessments", 0, NULL},
        {HTTP_GET, "/v1/assessments/as_1", 1, "as_1"},
        {HTTP_HEAD, "/v1/assessments/as_1", 1, "as_1"},
        {HTTP_GET, "/v1/assessments/%2e%2e", 1, "%2e%2e"},
        {HTTP_GET, "/v1/audit/records/12/bundle", 2, "12"},
        {HTTP_GET, "/log/checkpoint", 3, NULL},
        {HTTP_POST, "/both", 5, NULL},
        {HTTP_GET, "/search", 6, NULL},
        {HTTP_GET, "/search?", -1, NULL},
        {HTTP_GET, "/searc", -1, NULL},
        {HTTP_GET, "/search/", -1, NULL},
        {HTTP_GET, "/log/tile/0", 7, "0"},
        {HTTP_GET, "/log/tile/0/x001/000.p/9", 7, "0/x001/000.p/9"},
        {HTTP_GET, "/log/tile//", 7, "/"},
        {HTTP_GET, "/log/tile/", -1, NULL},
        {HTTP_GET, "/log/tile", -1, NULL},
        {HTTP_GET, "/", -1, NULL},
        {HTTP_GET, "/v1/assessments/", -1, NULL},
        {HTTP_GET, "/v1/assessments/a/b", -1, NULL},
        {HTTP_GET, "/v1/audit/records//bundle", -1, NULL},
        {HTTP_GET, "/v1/audit/records/12", -1, NULL},
        {HTTP_GET, "/log/checkpoint/", -1, NULL},
        {HTTP_GET, "/log/checkpoin", -1, NULL},
        {HTTP_GET, "/log/checkpointx", -1, NULL},
        {HTTP_GET, "/Log/checkpoint", -1, NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct arena arena = {0};
        struct http_request request;
        const struct http_route *route = NULL;
        struct http_refusal refusal = find(CASES[i].method, CASES[i].path, &request, &arena, &route);

        if (CASES[i].route < 0) {
            assert_int_equal(refusal.status, 404);
            assert_null(route);
        } else {
            assert_int_equal(refusal.status, 0);
            assert_ptr_equal(route, &ROUTES[CASES[i].route]);
            if (CASES[i].parameter != NULL)
                assert_string_equal(request.parameters[0], CASES[i].parameter);
        }
        arena_done(&arena);
    }
}

static void names_the_methods_that_a_path_answers_to(void **state)
{
    struct arena arena = {0};
    struct http_request request;
    const struct http_route *route = NULL;
    (void)state;

    struct http_refusal refusal = find(HTTP_DELETE, "/both", &request, &arena, &route);
    assert_int_equal(refusal.status, 405);
    assert_string_equal(refusal.allow, "GET, HEAD, POST");
    refusal = find(HTTP_GET, "/v1/assessments", &request, &arena, &route);
    assert_int_equal(refusal.status, 405);
    assert_string_equal(refusal.allow, "POST");
    arena_done(&arena);
}

static void checks_query_length_size_and_type_in_this_order(void **state)
{
    static const struct http_header JSON = {"content-type", "application/json; charset=utf-8"};
    static const struct http_header TEXT = {"Content-Type", "text/plain"};
    const struct http_route *post = &ROUTES[0];
    (void)state;

    struct http_request request = {.query = "", .headers = &TEXT, .header_count = 1};
    assert_int_equal(http_router_check(post, OTHERS, &request).status, 400);
    request.query = NULL;
    assert_int_equal(http_router_check(post, OTHERS, &request).status, 411);
    request.has_content_length = true;
    request.content_length = 101;
    assert_int_equal(http_router_check(post, OTHERS, &request).status, 413);
    request.content_length = 100;
    assert_int_equal(http_router_check(post, OTHERS, &request).status, 415);
    request.headers = &JSON;
    assert_int_equal(http_router_check(post, OTHERS, &request).status, 0);
    assert_int_equal(http_router_check(&ROUTES[3], OTHERS, &request).status, 400); /* a GET with a body */
    request.content_length = 0;
    assert_int_equal(http_router_check(&ROUTES[3], OTHERS, &request).status, 0);
    request.query = "a=b";
    assert_int_equal(http_router_check(&ROUTES[3], OTHERS, &request).status, 400);
    assert_int_equal(http_router_check(&ROUTES[6], OTHERS, &request).status, 0);
}

static void checks_whether_the_client_takes_what_the_route_answers_with(void **state)
{
    static const struct http_header PLAIN = {"Accept", "text/plain"};
    const struct http_request request = {.headers = &PLAIN, .header_count = 1};
    (void)state;

    assert_int_equal(http_router_check(&ROUTES[3], OTHERS, &request).status, 0);
    assert_int_equal(http_router_check(&ROUTES[1], OTHERS, &request).status, 406);
    assert_int_equal(http_router_check(&ROUTES[1], NULL, &request).status, 0); /* nobody asks */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_a_route_and_its_parameters),
        cmocka_unit_test(names_the_methods_that_a_path_answers_to),
        cmocka_unit_test(checks_query_length_size_and_type_in_this_order),
        cmocka_unit_test(checks_whether_the_client_takes_what_the_route_answers_with),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
