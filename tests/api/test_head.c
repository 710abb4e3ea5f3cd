#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include "api/http/head.h"
#include "api/http/limits.h"

#include <stdio.h>
#include <string.h>

static struct http_refusal parse(const char *head, size_t size, struct arena *arena, struct http_request *request)
{
    *request = (struct http_request){0};
    return http_head_parse((struct bytes){(const uint8_t *)head, size}, arena, request);
}

static int status_of(const char *head)
{
    struct arena arena = {0};
    struct http_request request;
    struct http_refusal refusal = parse(head, strlen(head), &arena, &request);

    if (refusal.status != 0)
        assert_non_null(refusal.detail);
    arena_done(&arena);
    return refusal.status;
}

/* The ways in which two readers of the same bytes have been made to disagree (request smuggling), one by one. */
static void refuses_what_two_readers_could_read_differently(void **state)
{
    static const struct {
        int status;
        const char *head;
    } CASES[] = {
        {400, "GET / HTTP/1.1\nHost: a\n\n"},
        {400, "GET / HTTP/1.1\r\nHost: a\n\r\n"},
        {400, "GET / HTTP/1.1\r\nHost: a\r\n b\r\n\r\n"},
        {400, "GET / HTTP/1.1\r\nHost: a\r\n\tb\r\n\r\n"},
        {400, "GET / HTTP/1.1\r\nHost : a\r\n\r\n"},
        {400, "GET / HTTP/1.1\r\nHost: a\r\n: b\r\n\r\n"},
        {400, "GET / HTTP/1.1\r\nHost: a\r\nb\r\n\r\n"},
        {400, "GET / HTTP/1.1\r\nHost: a\rb\r\n\r\n"},
        {400, "GET / HTTP/1.1\r\nHost: a\x01\r\n\r\n"},
        {400, "GET / HTTP/1.1\r\nHo st: a\r\n\r\n"},
        {400, "GET / HTTP/1.1\r\n\r\n"},
        {400, "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n"},
        {400, "GET / HTTP/1.1\r\nHost: a\r\nhost: b\r\n\r\n"},
        {400, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\n"},
        {400, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3, 3\r\n\r\n"},
        {400, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +3\r\n\r\n"},
        {400, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -3\r\n\r\n"},
        {400, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0x3\r\n\r\n"},
        {400, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3 4\r\n\r\n"},
        {400, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n\r\n"},
        {400, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9999999999999999\r\n\r\n"},
        {400, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n"},
        {400, "GET / HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer a\r\nAuthorization: Bearer b\r\n\r\n"},
        {400, "POST / HTTP/1.1\r\nHost: a\r\nContent-Type: a/b\r\nContent-Type: c/d\r\n\r\n"},
        {411, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"},
        {411, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n"},
        {411, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n"},
        {400, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding : chunked\r\n\r\n"},
        {417, "POST / HTTP/1.1\r\nHost: a\r\nExpect: 200-ok\r\n\r\n"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        int status = status_of(CASES[i].head);
        if (status != CASES[i].status)
            print_error("case %zu: %s", i, CASES[i].head);
        assert_int_equal(status, CASES[i].status);
    }
}

static void refuses_request_lines_that_are_none(void **state)
{
    static const struct {
        int status;
        const char *line;
    } CASES[] = {
        {400, ""},
        {400, "GET"},
        {400, "GET /"},
        {400, "GET  / HTTP/1.1"},
        {400, "GET /  HTTP/1.1"},
        {400, " GET / HTTP/1.1"},
        {400, "GET / HTTP/1.1 "},
        {400, "GET / HTTP/1.1 x"},
        {400, "GET\t/ HTTP/1.1"},
        {400, "G@T / HTTP/1.1"},
        {400, "ABCDEFGHIJKLMNOPQ / HTTP/1.1"},
        {400, "GET http://a/ HTTP/1.1"},
        {400, "GET * HTTP/1.1"},
        {400, "GET //a HTTP/1.1"},
        {400, "GET /a#b HTTP/1.1"},
        {400, "GET /\xe4\xb8\xad HTTP/1.1"},
        {400, "GET /a\x7f HTTP/1.1"},
        {400, "GET / http/1.1"},
        {400, "GET / HTTP/1"},
        {400, "GET / HTTP/1.10"},
        {505, "GET / HTTP/1.2"},
        {505, "GET / HTTP/2.0"},
        {505, "GET / HTTP/0.9"},
        {505, "PRI /* HTTP/2.0"},
        {501, "BREW / HTTP/1.1"},
        {501, "get / HTTP/1.1"},
    };
    char head[256];
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        (void)snprintf(head, sizeof head, "%s\r\nHost: a\r\n\r\n", CASES[i].line);
        int status = status_of(head);
        if (status != CASES[i].status)
            print_error("case %zu: %s\n", i, CASES[i].line);
        assert_int_equal(status, CASES[i].status);
    }
}

static void refuses_a_nul_anywhere(void **state)
{
    static const char HEAD[] = "GET /abc HTTP/1.1\r\nHost: a\r\nX: yz\r\n\r\n";
    char changed[sizeof HEAD];
    struct http_request request;
    (void)state;

    for (size_t i = 0; i < sizeof HEAD - 1; i++) {
        struct arena arena = {0};
        memcpy(changed, HEAD, sizeof HEAD);
        changed[i] = '\0';
        assert_int_equal(parse(changed, sizeof HEAD - 1, &arena, &request).status, 400);
        arena_done(&arena);
    }
}

static void reads_what_a_request_says(void **state)
{
    static const char HEAD[] = "\r\nPOST /v1/a%20b?x=1?2 HTTP/1.1\r\nHost: a:8080\r\nX-Word: \t two words \t\r\nx-empty:\r\n"
                               "CONTENT-length: 0012\r\nContent-Type: Application/JSON ; charset=utf-8\r\n"
                               "Expect: 100-Continue\r\nConnection: x, Close\r\n\r\n";
    struct arena arena = {0};
    struct http_request request;
    (void)state;

    assert_int_equal(parse(HEAD, sizeof HEAD - 1, &arena, &request).status, 0);
    assert_int_equal(request.method, HTTP_POST);
    assert_string_equal(request.path, "/v1/a%20b");
    assert_string_equal(request.query, "x=1?2");
    assert_int_equal(request.version_minor, 1);
    assert_int_equal(request.header_count, 7);
    assert_string_equal(http_request_header(&request, "x-word"), "two words");
    assert_string_equal(http_request_header(&request, "X-Empty"), "");
    assert_null(http_request_header(&request, "X-Wor"));
    assert_true(request.has_content_length);
    assert_int_equal(request.content_length, 12);
    assert_true(http_request_has_content_type(&request, "application/json"));
    assert_false(http_request_has_content_type(&request, "application/js"));
    assert_true(request.expects_continue);
    assert_false(request.keep_alive);
    arena_done(&arena);
}

static void keeps_a_connection_unless_told_otherwise(void **state)
{
    static const struct {
        bool keeps;
        const char *head;
    } CASES[] = {
        {true, "GET / HTTP/1.1\r\nHost: a\r\n\r\n"},
        {true, "GET / HTTP/1.1\r\nHost: a\r\nConnection: keep-alive\r\n\r\n"},
        {true, "GET / HTTP/1.1\r\nHost: a\r\nConnection: closed\r\n\r\n"},
        {false, "GET / HTTP/1.1\r\nHost: a\r\nConnection: CLOSE\r\n\r\n"},
        {false, "GET / HTTP/1.1\r\nHost: a\r\nConnection: a\r\nConnection: b,close\r\n\r\n"},
        {false, "GET / HTTP/1.0\r\n\r\n"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct arena arena = {0};
        struct http_request request;
        assert_int_equal(parse(CASES[i].head, strlen(CASES[i].head), &arena, &request).status, 0);
        assert_int_equal(request.keep_alive, CASES[i].keeps);
        arena_done(&arena);
    }
}

static void bounds_the_number_of_fields(void **state)
{
    struct buffer head = {0};
    struct arena arena = {0};
    struct http_request request;
    (void)state;

    buffer_append_text(&head, "GET / HTTP/1.1\r\nHost: a\r\n");
    for (int i = 1; i < HTTP_HEADERS_MAX; i++)
        buffer_append_text(&head, "a:b\r\n");
    size_t size = head.size;
    buffer_append_text(&head, "\r\n");
    assert_int_equal(parse((const char *)head.data, head.size, &arena, &request).status, 0);
    assert_int_equal(request.header_count, HTTP_HEADERS_MAX);

    head.size = size;
    buffer_append_text(&head, "a:b\r\n\r\n");
    assert_int_equal(parse((const char *)head.data, head.size, &arena, &request).status, 431);
    buffer_done(&head);
    arena_done(&arena);
}

static void finds_the_end_of_a_head_byte_by_byte(void **state)
{
    static const char HEAD[] = "\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\nbody";
    const size_t end = sizeof HEAD - 1 - 4;
    (void)state;

    for (size_t size = 0; size < sizeof HEAD; size++)
        assert_int_equal(http_head_size((struct bytes){(const uint8_t *)HEAD, size}), size < end ? 0 : end);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refuses_what_two_readers_could_read_differently),
        cmocka_unit_test(refuses_request_lines_that_are_none),
        cmocka_unit_test(refuses_a_nul_anywhere),
        cmocka_unit_test(reads_what_a_request_says),
        cmocka_unit_test(keeps_a_connection_unless_told_otherwise),
        cmocka_unit_test(bounds_the_number_of_fields),
        cmocka_unit_test(finds_the_end_of_a_head_byte_by_byte),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
