/* Differences of documents: hand-made pairs. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include "api/codec/json_diff.h"

#include <stdlib.h>
#include <string.h>

static void names_every_place_that_differs(void **state)
{
    static const struct {
        const char *recorded, *replayed, *expected;
    } CASES[] = {
        {"{\"a\":1}", "{\"a\":1}", "[]"},
        {"{\"a\":1,\"b\":2}", "{\"b\":2,\"a\":1}", "[]"},
        {"{\"a\":1}", "{\"a\":2}", "[{\"pointer\":\"/a\",\"recorded\":1,\"replayed\":2}]"},
        {"{\"a\":1}", "{}", "[{\"pointer\":\"/a\",\"recorded\":1}]"},
        {"{}", "{\"a\":null}", "[{\"pointer\":\"/a\",\"replayed\":null}]"},
        {"{\"a\":[1,2]}", "{\"a\":[1,3,4]}",
         "[{\"pointer\":\"/a/1\",\"recorded\":2,\"replayed\":3},{\"pointer\":\"/a/2\",\"replayed\":4}]"},
        {"{\"a\":{\"b~/\":1}}", "{\"a\":{\"b~/\":\"1\"}}",
         "[{\"pointer\":\"/a/b~0~1\",\"recorded\":1,\"replayed\":\"1\"}]"},
        {"{\"a\":{}}", "{\"a\":[]}", "[{\"pointer\":\"/a\",\"recorded\":{},\"replayed\":[]}]"},
        {"{\"engine\":{\"v\":1},\"x\":1}", "{\"engine\":{\"v\":2},\"x\":1}", "[]"},
        {"1", "2", "[{\"pointer\":\"\",\"recorded\":1,\"replayed\":2}]"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct buffer json = {0};
        struct zcd_error err;
        size_t count;

        assert_int_equal(json_diff(bytes_of_text(CASES[i].recorded), bytes_of_text(CASES[i].replayed), "/engine", &json,
                                   &count, &err),
                         ZCD_OK);
        assert_string_equal((char *)json.data, CASES[i].expected);
        buffer_done(&json);
    }
}

static void shows_the_first_hundred_and_counts_all(void **state)
{
    struct buffer ones = {0}, twos = {0}, json = {0};
    struct zcd_error err;
    size_t count, shown = 0;
    (void)state;

    for (int i = 0; i < 250; i++) {
        buffer_append_text(&ones, i == 0 ? "[1" : ",1");
        buffer_append_text(&twos, i == 0 ? "[2" : ",2");
    }
    buffer_append_text(&ones, "]");
    buffer_append_text(&twos, "]");
    assert_int_equal(json_diff(buffer_bytes(&ones), buffer_bytes(&twos), NULL, &json, &count, &err), ZCD_OK);
    for (const char *at = (char *)json.data; (at = strstr(at, "pointer")) != NULL; at++)
        shown++;
    assert_int_equal(count, 250);
    assert_int_equal(shown, JSON_DIFF_SHOWN_MAX);
    assert_int_equal(json_diff(bytes_of_text("{"), bytes_of_text("{}"), NULL, &json, &count, &err), ZCD_INVALID);
    buffer_done(&ones);
    buffer_done(&twos);
    buffer_done(&json);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_every_place_that_differs),
        cmocka_unit_test(shows_the_first_hundred_and_counts_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
