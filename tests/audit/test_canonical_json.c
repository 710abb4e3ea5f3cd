/* RFC 8785, restricted to integers. Vectors: cyberphone/json-canonicalization. */
#include "tests/audit/support.h"

#include "audit/canonical_json.h"

#include <stdlib.h>

static struct bytes text_of(const struct buffer *buffer)
{
    return buffer_bytes(buffer);
}

/* Decode, encode, compare. */
static void assert_encodes(struct bytes input, struct bytes expected)
{
    json_t *value = NULL;
    struct buffer text = {0};
    struct zcd_error err;

    if (canonical_json_decode(input, &value, &err) != ZCD_OK)
        fail_msg("%s", err.message);
    assert_int_equal(canonical_json_encode(value, &text, &err), ZCD_OK);
    assert_int_equal(text.size, expected.size);
    assert_memory_equal(text.data, expected.data, expected.size);
    buffer_done(&text);
    canonical_json_free(&value);
    assert_null(value);
}

static void gives_the_published_output(void **state)
{
    static const char *const names[] = {"arrays", "french", "unicode", "weird"};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        char path[512];
        (void)snprintf(path, sizeof path, VECTORS "jcs-rfc8785/testdata/input/%s.json", names[i]);
        struct buffer input = load_file(path);
        (void)snprintf(path, sizeof path, VECTORS "jcs-rfc8785/testdata/output/%s.json", names[i]);
        struct buffer output = load_file(path);

        assert_encodes(text_of(&input), text_of(&output));
        assert_true(canonical_json_is_canonical(text_of(&output)));
        assert_false(canonical_json_is_canonical(text_of(&input)));
        buffer_done(&input);
        buffer_done(&output);
    }
}

/* structures.json holds 56.0, whose canonical form is the integer 56: we refuse the former, and agree on the rest. */
static void gives_the_published_output_where_a_real_is_made_an_integer(void **state)
{
    struct buffer input = load_file(VECTORS "jcs-rfc8785/testdata/input/structures.json");
    struct buffer output = load_file(VECTORS "jcs-rfc8785/testdata/output/structures.json");
    json_t *value = NULL;
    struct buffer text = {0};
    struct zcd_error err;
    char *real = strstr((char *)input.data, "56.0");

    (void)state;
    assert_int_equal(canonical_json_decode(text_of(&input), &value, &err), ZCD_OK);
    assert_int_equal(canonical_json_encode(value, &text, &err), ZCD_INVALID);
    assert_string_equal(err.pointer, "/1/\n");
    assert_int_equal(text.size, 0);
    canonical_json_free(&value);

    memcpy(real, "56  ", 4);
    assert_encodes(text_of(&input), text_of(&output));
    assert_true(canonical_json_is_canonical(text_of(&output)));
    buffer_done(&input);
    buffer_done(&output);
    buffer_done(&text);
}

static void refuses_the_published_reals(void **state)
{
    struct buffer output = load_file(VECTORS "jcs-rfc8785/testdata/output/values.json");
    struct zcd_error err;

    (void)state;
    assert_int_equal(canonical_json_check(text_of(&output), &err), ZCD_INVALID);
    assert_string_equal(err.pointer, "/numbers/0");
    assert_string_equal(err.message, "number is not an integer");
    buffer_done(&output);
}

static void accepts_only_the_canonical_form(void **state)
{
    static const struct {
        const char *text;
        bool canonical;
    } cases[] = {
        {"{}", true}, {"[]", true}, {"0", true}, {"\"\"", true}, {"null", true}, {"true", true}, {"-1", true},
        {"{\"a\":1,\"b\":[1,2]}", true},
        {"9007199254740991", true}, {"-9007199254740991", true},
        {"\"\\b\\t\\n\\f\\r\\u0000\"", false}, /* U+0000 is refused */
        {"\"\\u0001\\u001f\\b\\t\\n\\f\\r\\\"\\\\\"", true},
        {"\"\x7f\xc3\xa9/\"", true},
        {"", false}, {" ", false}, {"{} ", false}, {" {}", false}, {"{}\n", false}, {"{ }", false}, {"[1, 2]", false},
        {"{\"b\":1,\"a\":2}", false}, {"{\"a\":1,\"a\":2}", false}, {"{\"a\":1,}", false}, {"[1,]", false},
        {"-0", false}, {"01", false}, {"+1", false}, {"1.0", false}, {"1e2", false}, {"1E400", false},
        {"9007199254740992", false}, {"-9007199254740992", false}, {"18446744073709551616", false},
        {"\"\\/\"", false}, {"\"\\u00e9\"", false}, {"\"\\u001F\"", false}, {"\"\\u0008\"", false},
        {"\"\\ud800\"", false}, {"\"\\ud83d\\ude02\"", false},
        {"\"\xed\xa0\x80\"", false}, {"\"\xc0\xaf\"", false}, {"\"\xff\"", false}, {"\xef\xbb\xbf{}", false},
        {"\"a", false}, {"\"\n\"", false}, {"{\"a\"}", false}, {"{a:1}", false}, {"NaN", false}, {"nul", false},
        {"[1]]", false}, {"{}{}", false}, {"1 2", false}, {"'a'", false}, {"[1]//", false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        if (canonical_json_is_canonical(bytes_of_text(cases[i].text)) != cases[i].canonical)
            fail_msg("%s", cases[i].text);
    }
    assert_false(canonical_json_is_canonical((struct bytes){(const uint8_t *)"{}\0", 3}));
    assert_false(canonical_json_is_canonical((struct bytes){(const uint8_t *)"\"a\0b\"", 5}));
    assert_false(canonical_json_is_canonical((struct bytes){NULL, 0}));
}

/* RFC 8785 3.2.3: by UTF-16 code units, so U+1F602 (D83D DE02) stands before U+FB33, though its UTF-8 is larger. */
static void sorts_members_by_utf16_code_units(void **state)
{
    static const char EXPECTED[] = "{\"\":0,\"A\":0,\"a\":0,\"aa\":0,\"b\":0,\"\xc3\xa9\":0,\"\xed\x9f\xbf\":0,"
                                   "\"\xf0\x90\x80\x80\":0,\"\xf0\x9f\x98\x82\":0,\"\xf4\x8f\xbf\xbf\":0,"
                                   "\"\xee\x80\x80\":0,\"\xef\xac\xb3\":0,\"\xef\xbf\xbf\":0}";
    static const char *const names[] = {"\xef\xbf\xbf", "\xf4\x8f\xbf\xbf", "b", "aa", "\xee\x80\x80", "a", "",
                                        "\xed\x9f\xbf", "\xf0\x9f\x98\x82", "A", "\xc3\xa9", "\xef\xac\xb3",
                                        "\xf0\x90\x80\x80"};
    json_t *object = json_object();
    struct buffer text = {0};
    struct zcd_error err;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(names); i++)
        assert_int_equal(json_object_set_new(object, names[i], json_integer(0)), 0);
    assert_int_equal(canonical_json_encode(object, &text, &err), ZCD_OK);
    assert_string_equal((char *)text.data, EXPECTED);
    assert_true(canonical_json_is_canonical(text_of(&text)));
    json_decref(object);
    buffer_done(&text);
}

static json_t *nested(int depth)
{
    json_t *value = json_array();

    for (int i = 1; i < depth; i++) {
        json_t *outer = i % 2 == 0 ? json_array() : json_object();
        if (json_is_array(outer))
            assert_int_equal(json_array_append_new(outer, value), 0);
        else
            assert_int_equal(json_object_set_new(outer, "in", value), 0);
        value = outer;
    }
    return value;
}

static void bounds_nesting_both_ways(void **state)
{
    struct buffer text = {0};
    struct zcd_error err;
    char deep[100001];
    json_t *value = nested(CANONICAL_JSON_DEPTH_MAX);

    (void)state;
    buffer_append_text(&text, "kept");
    assert_int_equal(canonical_json_encode(value, &text, &err), ZCD_OK);
    assert_true(canonical_json_is_canonical((struct bytes){text.data + 4, text.size - 4}));
    json_decref(value);

    size_t size_before = text.size;
    value = nested(CANONICAL_JSON_DEPTH_MAX + 1);
    assert_int_equal(canonical_json_encode(value, &text, &err), ZCD_INVALID);
    assert_int_equal(text.size, size_before);
    json_decref(value);

    memset(deep, '[', sizeof deep - 1);
    deep[sizeof deep - 1] = '\0';
    value = NULL;
    assert_int_equal(canonical_json_decode(bytes_of_text(deep), &value, &err), ZCD_INVALID);
    assert_string_equal(err.message, "nested deeper than 64");
    assert_int_equal(canonical_json_decode(bytes_of_text("[\"[[[[\\\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["
                                                         "[[[[[[[[[[[[[[[[[[[[[[[[[[[[\"]"),
                                           &value, &err),
                     ZCD_OK); /* brackets in a text are not nesting */
    canonical_json_free(&value);
    buffer_done(&text);
}

static void refuses_what_no_text_may_hold(void **state)
{
    struct buffer text = {0};
    struct zcd_error err;
    json_t *zero = json_pack("{s:[s#]}", "a", "b\0c", 3);
    json_t *broken = json_pack("[i]", 1);
    json_t *large = json_pack("{s:{s:I}}", "a/b", "m~n", (json_int_t)CANONICAL_JSON_INTEGER_MAX + 1);

    (void)state;
    if (zero != NULL) { /* jansson may refuse to make one */
        assert_int_equal(canonical_json_encode(zero, &text, &err), ZCD_INVALID);
        assert_string_equal(err.pointer, "/a/0");
    }
    assert_int_equal(json_array_append_new(broken, json_string_nocheck("\xff")), 0);
    assert_int_equal(canonical_json_encode(broken, &text, &err), ZCD_INVALID);
    assert_string_equal(err.pointer, "/1");
    assert_int_equal(canonical_json_encode(large, &text, &err), ZCD_INVALID);
    assert_string_equal(err.pointer, "/a~1b/m~0n");
    assert_int_equal(text.size, 0);
    json_decref(zero);
    json_decref(broken);
    json_decref(large);
    buffer_done(&text);
}

/* The parser's own messages quote the text; ours must not carry other people's data. */
static void says_why_without_quoting_the_text(void **state)
{
    static const struct {
        const char *text, *message;
    } refused[] = {
        {"{\"secret\":1,\"secret\":2}", "a member stands twice at byte "},
        {"{\"secret\":tru}", "not JSON at byte "},
        {"[1", "JSON ends too early at byte "},
        {"1 secret", "something follows the JSON value at byte "},
        {"\"\xff\"", "text is not UTF-8 at byte "},
        {"99999999999999999999", "number is too large at byte "},
        {"\"\\u0000\"", "text contains U+0000 at byte "},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(refused); i++) {
        json_t *value = NULL;
        struct zcd_error err;

        assert_int_equal(canonical_json_decode(bytes_of_text(refused[i].text), &value, &err), ZCD_INVALID);
        if (strncmp(err.message, refused[i].message, strlen(refused[i].message)) != 0)
            fail_msg("%s: %s", refused[i].text, err.message);
        assert_null(strstr(err.message, "secret"));
        assert_null(value);
    }
}

/* The encoder collects its output in pieces; no length of text may fall between two of them. */
static void writes_texts_of_every_length_whole(void **state)
{
    char text[5000];

    (void)state;
    memset(text, 'a', sizeof text);
    for (size_t size = 1; size < sizeof text; size += size < 2000 || size > 2100 ? 97 : 1) {
        struct buffer expected = {0};
        struct buffer got = {0};
        struct zcd_error err;
        json_t *value = json_pack("[s#s#]", text, (int)size, "\n\x01", 2);

        buffer_append_text(&expected, "[\"");
        buffer_append(&expected, text, size);
        buffer_append_text(&expected, "\",\"\\n\\u0001\"]");
        assert_int_equal(canonical_json_encode(value, &got, &err), ZCD_OK);
        assert_true(bytes_equal(buffer_bytes(&got), buffer_bytes(&expected)));
        json_decref(value);
        buffer_done(&got);
        buffer_done(&expected);
    }
}

/* For ASCII member names and integers jansson's own sorted, compact output is canonical: another's work to compare with. */
static void agrees_with_jansson_on_a_large_document(void **state)
{
    json_t *document = json_object();
    struct buffer text = {0};
    struct zcd_error err;

    (void)state;
    for (int i = 0; i < 3000; i++) {
        char name[32];
        (void)snprintf(name, sizeof name, "%c-%d", 'a' + i * 7919 % 26, i * 104729 % 3001);
        json_t *entry = json_pack("{s:i,s:[b,n,s],s:{}}", "z", i, "a", i % 2, "tab\t \"quoted\" \\ 至诚 \xf0\x9f\x98\x82", "m");
        assert_int_equal(json_object_set_new(document, name, entry), 0);
    }
    char *expected = json_dumps(document, JSON_COMPACT | JSON_SORT_KEYS);
    assert_int_equal(canonical_json_encode(document, &text, &err), ZCD_OK);
    assert_string_equal((char *)text.data, expected);
    assert_true(canonical_json_is_canonical(text_of(&text)));
    free(expected);
    json_decref(document);
    buffer_done(&text);
}

/* Integers and strings on their own: as the whole encoder writes them. */
static void appends_single_values(void **state)
{
    struct buffer text = {0};

    (void)state;
    canonical_json_append_integer(&text, 0);
    buffer_append_text(&text, " ");
    canonical_json_append_integer(&text, -CANONICAL_JSON_INTEGER_MAX);
    buffer_append_text(&text, " ");
    canonical_json_append_integer(&text, 500000000);
    buffer_append_text(&text, " ");
    canonical_json_append_string(&text, bytes_of_text(""));
    canonical_json_append_string(&text, bytes_of_text("\"\\\x01至诚\n/"));
    canonical_json_append_string(&text, (struct bytes){NULL, 0});
    assert_string_equal((char *)text.data, "0 -9007199254740991 500000000 \"\"\"\\\"\\\\\\u0001至诚\\n/\"\"\"");
    buffer_done(&text);
}

static void reads_members_and_names_the_one_that_is_wrong(void **state)
{
    static const char DOCUMENT[] = "{\"array\":[0,9007199254740991],\"bad\":[0,-1],\"flag\":true,\"hex\":\"00ff\","
                                   "\"none\":null,\"number\":-5,\"object\":{\"a\":1},\"text\":\"x\"}";
    json_t *document = NULL;
    const json_t *object;
    const char *text = "untouched";
    int64_t number;
    bool flag;
    uint8_t data[2];
    uint64_t indices[2];
    size_t count = 9;
    struct zcd_error err;

    (void)state;
    assert_int_equal(canonical_json_decode(bytes_of_text(DOCUMENT), &document, &err), ZCD_OK);
    assert_int_equal(canonical_json_read_text(document, "text", &text, &err), ZCD_OK);
    assert_string_equal(text, "x");
    assert_int_equal(canonical_json_read_text(document, "none", &text, &err), ZCD_INVALID);
    assert_string_equal(err.pointer, "/none");
    assert_int_equal(canonical_json_read_text(document, "absent", &text, &err), ZCD_INVALID);
    assert_string_equal(err.pointer, "/absent");
    assert_string_equal(err.message, "missing");
    assert_int_equal(canonical_json_read_text_or_null(document, "none", &text, &err), ZCD_OK);
    assert_null(text);
    assert_int_equal(canonical_json_read_text_or_null(document, "flag", &text, &err), ZCD_INVALID);
    assert_int_equal(canonical_json_read_integer(document, "number", -5, 0, &number, &err), ZCD_OK);
    assert_int_equal(number, -5);
    assert_int_equal(canonical_json_read_integer(document, "number", -4, 0, &number, &err), ZCD_INVALID);
    assert_int_equal(canonical_json_read_integer(document, "text", -4, 0, &number, &err), ZCD_INVALID);
    assert_int_equal(canonical_json_read_boolean(document, "flag", &flag, &err), ZCD_OK);
    assert_true(flag);
    assert_int_equal(canonical_json_read_boolean(document, "none", &flag, &err), ZCD_INVALID);
    assert_int_equal(canonical_json_read_hex(document, "hex", data, 2, &err), ZCD_OK);
    assert_int_equal(data[1], 0xff);
    assert_int_equal(canonical_json_read_hex(document, "hex", data, 1, &err), ZCD_INVALID);
    assert_string_equal(err.pointer, "/hex");
    assert_int_equal(canonical_json_read_object(document, "object", &object, &err), ZCD_OK);
    assert_int_equal(canonical_json_read_object(document, "array", &object, &err), ZCD_INVALID);
    assert_int_equal(canonical_json_read_indices(document, "array", indices, 2, &count, &err), ZCD_OK);
    assert_int_equal(count, 2);
    assert_int_equal(indices[1], CANONICAL_JSON_INTEGER_MAX);
    assert_int_equal(canonical_json_read_indices(document, "array", indices, 1, &count, &err), ZCD_INVALID);
    assert_int_equal(canonical_json_read_indices(document, "bad", indices, 2, &count, &err), ZCD_INVALID);
    assert_string_equal(err.pointer, "/bad/1");
    assert_int_equal(canonical_json_read_indices(document, "text", indices, 2, &count, &err), ZCD_INVALID);
    assert_int_equal(canonical_json_read_text(NULL, "a", &text, &err), ZCD_INVALID);
    assert_int_equal(canonical_json_refuse_unknown(object, (const char *const[]){"a"}, 1, &err), ZCD_OK);
    assert_int_equal(canonical_json_refuse_unknown(object, (const char *const[]){"b"}, 1, &err), ZCD_INVALID);
    assert_string_equal(err.pointer, "/a");
    canonical_json_free(&document);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_the_published_output),
        cmocka_unit_test(gives_the_published_output_where_a_real_is_made_an_integer),
        cmocka_unit_test(refuses_the_published_reals),
        cmocka_unit_test(accepts_only_the_canonical_form),
        cmocka_unit_test(sorts_members_by_utf16_code_units),
        cmocka_unit_test(bounds_nesting_both_ways),
        cmocka_unit_test(refuses_what_no_text_may_hold),
        cmocka_unit_test(says_why_without_quoting_the_text),
        cmocka_unit_test(writes_texts_of_every_length_whole),
        cmocka_unit_test(agrees_with_jansson_on_a_large_document),
        cmocka_unit_test(appends_single_values),
        cmocka_unit_test(reads_members_and_names_the_one_that_is_wrong),
    };

    return cmocka_run_group_tests_name("canonical_json", tests, NULL, NULL);
}
