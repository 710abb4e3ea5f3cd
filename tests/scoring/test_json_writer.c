/* Documents written member by member, against their canonical form by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "api/codec/json_writer.h"
#include "audit/canonical_json.h"

static void a_document_comes_out_in_canonical_form(void **state)
{
    (void)state;
    static const char EXPECTED[] =
        "{\"a\":{},\"b\":[1,-2,[],null,\"\\\"\\n\xe6\xb7\xb1\"],\"c\":true,\"d\":{\"x\":false,\"y\":[{\"z\":0},{}]}}";
    struct buffer text = {0};
    struct json_writer json;
    struct zcd_error err;

    json_writer_init(&json, &text);
    json_write_object(&json, NULL);
    json_write_object(&json, "a");
    json_write_end(&json);
    json_write_array(&json, "b");
    json_write_integer(&json, NULL, 1);
    json_write_integer(&json, NULL, -2);
    json_write_array(&json, NULL);
    json_write_end(&json);
    json_write_null(&json, NULL);
    json_write_text(&json, NULL, "\"\n\xe6\xb7\xb1");
    json_write_end(&json);
    json_write_boolean(&json, "c", true);
    json_write_object(&json, "d");
    json_write_boolean(&json, "x", false);
    json_write_array(&json, "y");
    json_write_object(&json, NULL);
    json_write_integer(&json, "z", 0);
    json_write_end(&json);
    json_write_object(&json, NULL);
    json_write_end(&json);
    json_write_end(&json);
    json_write_end(&json);
    json_write_end(&json);
    assert_int_equal(json_writer_finish(&json, &err), ZCD_OK);
    assert_string_equal((const char *)text.data, EXPECTED);
    assert_true(canonical_json_is_canonical(buffer_bytes(&text)));
    buffer_done(&text);
}

static void the_largest_integers_are_written(void **state)
{
    (void)state;
    struct buffer text = {0};
    struct json_writer json;
    struct zcd_error err;

    json_writer_init(&json, &text);
    json_write_array(&json, NULL);
    json_write_integer(&json, NULL, INT64_C(9007199254740991));
    json_write_integer(&json, NULL, INT64_C(-9007199254740991));
    json_write_end(&json);
    assert_int_equal(json_writer_finish(&json, &err), ZCD_OK);
    assert_string_equal((const char *)text.data, "[9007199254740991,-9007199254740991]");
    buffer_done(&text);
}

static void the_first_integer_too_large_is_named(void **state)
{
    (void)state;
    static const int64_t TOO_LARGE[] = {INT64_C(9007199254740992), INT64_C(-9007199254740992), INT64_MAX, INT64_MIN};
    for (size_t i = 0; i < sizeof TOO_LARGE / sizeof *TOO_LARGE; i++) {
        struct buffer text = {0};
        struct json_writer json;
        struct zcd_error err;

        json_writer_init(&json, &text);
        json_write_object(&json, NULL);
        json_write_array(&json, "rows");
        json_write_integer(&json, NULL, 7);
        json_write_object(&json, NULL);
        json_write_integer(&json, "ok_fen", 1);
        json_write_integer(&json, "sum_fen", TOO_LARGE[i]);
        json_write_end(&json);
        json_write_end(&json);
        json_write_integer(&json, "total_fen", INT64_MAX);
        json_write_end(&json);
        assert_int_equal(json_writer_finish(&json, &err), ZCD_INVALID);
        assert_string_equal(err.pointer, "/rows/1/sum_fen");
        buffer_done(&text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_document_comes_out_in_canonical_form),
        cmocka_unit_test(the_largest_integers_are_written),
        cmocka_unit_test(the_first_integer_too_large_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
