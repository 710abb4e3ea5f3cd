#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include "api/http/response.h"

#include <string.h>

/* The example of RFC 9110 5.6.7. */
static void writes_dates_as_the_standard_has_them(void **state)
{
    char text[HTTP_DATE_SIZE];
    (void)state;

    assert_string_equal(http_date_format(784111777, text), "Sun, 06 Nov 1994 08:49:37 GMT");
    assert_string_equal(http_date_format(0, text), "Thu, 01 Jan 1970 00:00:00 GMT");
}

static void writes_a_whole_head(void **state)
{
    struct http_response response = {.status = 201, .content_type = "application/json"};
    struct buffer text = {0};
    (void)state;

    buffer_append_text(&response.body, "{}");
    http_response_add_header(&response, "Location", "/v1/x");
    http_response_write_head(&response, "0123", 784111777, false, &text);
    assert_string_equal((const char *)text.data, "HTTP/1.1 201 Created\r\n"
                                                 "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
                                                 "Request-Id: 0123\r\n"
                                                 "Content-Type: application/json\r\n"
                                                 "Content-Length: 2\r\n"
                                                 "Cache-Control: no-store\r\n"
                                                 "Location: /v1/x\r\n"
                                                 "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\n"
                                                 "X-Content-Type-Options: nosniff\r\n"
                                                 "Referrer-Policy: no-referrer\r\n"
                                                 "Cross-Origin-Resource-Policy: same-origin\r\n"
                                                 "\r\n");
    buffer_done(&text);
    buffer_done(&response.body);
}

static void says_when_it_is_the_last_on_the_connection(void **state)
{
    struct http_response response = {.status = 408, .cache_control = "no-cache"};
    struct buffer text = {0};
    (void)state;

    http_response_write_head(&response, "0123", 0, true, &text);
    assert_non_null(strstr((const char *)text.data, "\r\nConnection: close\r\n\r\n"));
    assert_non_null(strstr((const char *)text.data, "\r\nCache-Control: no-cache\r\n"));
    assert_non_null(strstr((const char *)text.data, "\r\nContent-Length: 0\r\n"));
    buffer_done(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_dates_as_the_standard_has_them),
        cmocka_unit_test(writes_a_whole_head),
        cmocka_unit_test(says_when_it_is_the_last_on_the_connection),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
