#include "base/bytes.h"
#include "base/cleanup.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

static void a_buffer_grows_and_stays_terminated(void **state)
{
    ZCD_AUTO(buffer_done) struct buffer buffer = {0};

    (void)state;
    buffer_append(&buffer, NULL, 0);
    assert_int_equal(buffer.size, 0);
    buffer_append_text(&buffer, "ab");
    buffer_append(&buffer, "c\0d", 3);
    buffer_append_format(&buffer, "%d/%s", 42, "x");
    assert_int_equal(buffer.size, 9);
    assert_memory_equal(buffer.data, "abc\0d42/x", 10);
    for (int i = 0; i < 5000; i++) {
        buffer_append_format(&buffer, "%c", 'a' + i % 26);
        assert_int_equal(buffer.data[buffer.size], '\0');
    }
    assert_int_equal(buffer.size, 5009);
    assert_int_equal(buffer.data[9 + 4999], 'a' + 4999 % 26);
}

static void clearing_a_buffer_keeps_its_memory_and_done_gives_it_back(void **state)
{
    struct buffer buffer = {0};

    (void)state;
    buffer_clear(&buffer);
    buffer_append_text(&buffer, "text");
    const uint8_t *before = buffer.data;
    buffer_clear(&buffer);
    assert_int_equal(buffer.size, 0);
    assert_string_equal((const char *)buffer.data, "");
    buffer_append_text(&buffer, "more");
    assert_ptr_equal(buffer.data, before);
    assert_true(bytes_equal(buffer_bytes(&buffer), bytes_of_text("more")));
    buffer_done(&buffer);
    assert_null(buffer.data);
    buffer_done(&buffer);
}

static void one_large_piece_fits_at_once(void **state)
{
    ZCD_AUTO(buffer_done) struct buffer buffer = {0};
    char *piece = malloc(100000);

    (void)state;
    assert_non_null(piece);
    memset(piece, 'x', 100000);
    buffer_append_text(&buffer, "a");
    buffer_append(&buffer, piece, 100000);
    assert_int_equal(buffer.size, 100001);
    assert_memory_equal(buffer.data + 1, piece, 100000);
    free(piece);
}

static void bytes_are_equal_when_all_of_them_are(void **state)
{
    static const struct {
        const char *a, *b;
        bool equal;
    } cases[] = {
        {"", "", true},     {"a", "a", true},    {"a", "b", false},
        {"a", "ab", false}, {"ab", "aB", false}, {"bb", "ab", false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct bytes a = bytes_of_text(cases[i].a);
        struct bytes b = bytes_of_text(cases[i].b);
        assert_int_equal(bytes_equal(a, b), cases[i].equal);
        assert_int_equal(bytes_equal_constant_time(a, b), cases[i].equal);
    }
    assert_true(bytes_equal((struct bytes){NULL, 0}, (struct bytes){NULL, 0}));
    assert_true(bytes_equal_constant_time((struct bytes){NULL, 0}, (struct bytes){NULL, 0}));
}

static void constant_time_equality_sees_every_single_bit(void **state)
{
    uint8_t a[32] = {0};
    uint8_t b[32] = {0};

    (void)state;
    for (size_t bit = 0; bit < 256; bit++) {
        b[bit / 8] = (uint8_t)(1 << bit % 8);
        assert_false(bytes_equal_constant_time((struct bytes){a, 32}, (struct bytes){b, 32}));
        b[bit / 8] = 0;
    }
    assert_true(bytes_equal_constant_time((struct bytes){a, 32}, (struct bytes){b, 32}));
}

/* Unicode scalar values by definition (RFC 3629 section 3): encode each by its rule, and expect all but surrogates. */
static void every_scalar_value_is_utf8_and_no_surrogate_is(void **state)
{
    (void)state;
    for (uint32_t c = 0; c <= 0x10FFFF; c++) {
        uint8_t text[4];
        size_t size;

        if (c < 0x80) {
            text[0] = (uint8_t)c;
            size = 1;
        } else if (c < 0x800) {
            text[0] = (uint8_t)(0xC0 | c >> 6);
            text[1] = (uint8_t)(0x80 | (c & 0x3F));
            size = 2;
        } else if (c < 0x10000) {
            text[0] = (uint8_t)(0xE0 | c >> 12);
            text[1] = (uint8_t)(0x80 | (c >> 6 & 0x3F));
            text[2] = (uint8_t)(0x80 | (c & 0x3F));
            size = 3;
        } else {
            text[0] = (uint8_t)(0xF0 | c >> 18);
            text[1] = (uint8_t)(0x80 | (c >> 12 & 0x3F));
            text[2] = (uint8_t)(0x80 | (c >> 6 & 0x3F));
            text[3] = (uint8_t)(0x80 | (c & 0x3F));
            size = 4;
        }
        bool is_surrogate = c >= 0xD800 && c <= 0xDFFF;
        if (bytes_are_utf8((struct bytes){text, size}) == is_surrogate)
            fail_msg("U+%04X", c);
        if (size > 1 && bytes_are_utf8((struct bytes){text, size - 1}))
            fail_msg("U+%04X without its last byte", c);
    }
}

/* The one- and two-byte texts that are well formed: 128; 128 * 128 of two ASCII, and U+0080 to U+07FF. */
static void counts_of_short_texts_are_those_of_the_standard(void **state)
{
    int one = 0;
    int two = 0;

    (void)state;
    for (int a = 0; a <= UINT8_MAX; a++) {
        uint8_t text[2] = {(uint8_t)a, 0};
        one += bytes_are_utf8((struct bytes){text, 1});
        for (int b = 0; b <= UINT8_MAX; b++) {
            text[1] = (uint8_t)b;
            two += bytes_are_utf8((struct bytes){text, 2});
        }
    }
    assert_int_equal(one, 128);
    assert_int_equal(two, 128 * 128 + 0x800 - 0x80);
}

/* Unicode 15, table 3-7 and section 3.9: overlong forms, bytes that never occur, sequences cut short. */
static void ill_formed_sequences_are_refused(void **state)
{
    static const char *const refused[] = {
        "\xC0\x80", "\xC0\xAF", "\xC1\xBF", "\xE0\x80\xAF", "\xE0\x9F\xBF", "\xED\xA0\x80", "\xED\xBF\xBF",
        "\xF0\x80\x80\xAF", "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFE", "\xFF", "\x80",
        "a\xBF", "\xE6\x94", "\xE6\x94z", "\xF0\x9F\x98", "\xF0\x9F\x98z", "\xC3(", "\xE6\xC3\xA9",
    };
    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        if (bytes_are_utf8(bytes_of_text(refused[i])))
            fail_msg("case %zu", i);
    }
    assert_true(bytes_are_utf8(bytes_of_text("政采贷 é 😀")));
    assert_true(bytes_are_utf8((struct bytes){NULL, 0}));
}

static void hexadecimal_goes_there_and_back(void **state)
{
    uint8_t data[256];
    uint8_t back[256];
    char text[2 * 256 + 1];
    struct zcd_error err;

    (void)state;
    for (size_t i = 0; i < 256; i++)
        data[i] = (uint8_t)i;
    hex_encode(data, 256, text);
    assert_memory_equal(text, "000102030405060708090a0b0c0d0e0f10", 34);
    assert_string_equal(text + 508, "feff");
    assert_int_equal(hex_decode(text, 512, back, 256, &err), ZCD_OK);
    assert_memory_equal(back, data, 256);
    hex_encode(data, 0, text);
    assert_string_equal(text, "");
    assert_int_equal(hex_decode("", 0, back, 0, &err), ZCD_OK);
}

static void hexadecimal_is_strict_and_writes_nothing_when_it_refuses(void **state)
{
    static const struct {
        const char *text, *message;
    } refused[] = {
        {"0a0", "text does not have 4 hexadecimal digits"},
        {"0a0b0", "text does not have 4 hexadecimal digits"},
        {"", "text does not have 4 hexadecimal digits"},
        {"0a0B", "character 4 is not a lower-case hexadecimal digit"},
        {"0a0g", "character 4 is not a lower-case hexadecimal digit"},
        {" a0b", "character 1 is not a lower-case hexadecimal digit"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        uint8_t data[2] = {7, 7};
        struct zcd_error err;

        assert_int_equal(hex_decode(refused[i].text, strlen(refused[i].text), data, 2, &err), ZCD_INVALID);
        assert_string_equal(err.message, refused[i].message);
        assert_memory_equal(data, "\7\7", 2);
    }
}

/* RFC 4648 section 10. */
static void base64_has_the_published_vectors(void **state)
{
    static const struct {
        const char *data, *text;
    } vectors[] = {
        {"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"}, {"foob", "Zm9vYg=="}, {"fooba", "Zm9vYmE="},
        {"foobar", "Zm9vYmFy"}, {"\xFB\xFF\xBF", "+/+/"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        size_t data_size = strlen(vectors[i].data);
        char text[16];
        uint8_t data[8];
        size_t size = 99;
        struct zcd_error err;

        assert_int_equal(base64_text_size(data_size), strlen(vectors[i].text));
        base64_encode((const uint8_t *)vectors[i].data, data_size, text);
        assert_string_equal(text, vectors[i].text);
        assert_int_equal(base64_decode(text, strlen(text), data, data_size, &size, &err), ZCD_OK);
        assert_int_equal(size, data_size);
        assert_memory_equal(data, vectors[i].data, data_size);
    }
}

static void base64_is_strict_and_writes_nothing_when_it_refuses(void **state)
{
    static const struct {
        const char *text, *message;
    } refused[] = {
        {"Zg", "base64 is not a multiple of 4 characters long"},
        {"Zg=", "base64 is not a multiple of 4 characters long"},
        {"Zg==\n", "base64 is not a multiple of 4 characters long"},
        {"Z===", "character 2 is not base64"},
        {"====", "character 1 is not base64"},
        {"=Zg=", "character 1 is not base64"},
        {"Zg==Zg==", "character 3 is not base64"},
        {"Zm9_", "character 4 is not base64"}, /* the alphabet of section 5 */
        {"Zm9-", "character 4 is not base64"},
        {"Zm 9", "character 3 is not base64"},
        {"Zh==", "base64 has bits set behind its last byte"},
        {"Zm9=", "base64 has bits set behind its last byte"},
        {"Zm9vYmFyZm9v", "base64 holds more than 8 bytes"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        uint8_t data[8] = {7, 7, 7, 7, 7, 7, 7, 7};
        size_t size = 99;
        struct zcd_error err;

        assert_int_equal(base64_decode(refused[i].text, strlen(refused[i].text), data, 8, &size, &err), ZCD_INVALID);
        assert_string_equal(err.message, refused[i].message);
        assert_memory_equal(data, "\7\7\7\7\7\7\7\7", 8);
        assert_int_equal(size, 99);
    }
}

/* Each value has one text: of all texts "??==" and "???=" of the alphabet, 256 and 65536 decode. */
static void base64_has_one_text_for_one_value(void **state)
{
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    int one_byte = 0;
    int two_bytes = 0;

    (void)state;
    for (int a = 0; a < 64; a++) {
        for (int b = 0; b < 64; b++) {
            char text[] = {alphabet[a], alphabet[b], '=', '=', '\0'};
            uint8_t data[2];
            size_t size;
            struct zcd_error err;

            one_byte += base64_decode(text, 4, data, 2, &size, &err) == ZCD_OK;
            for (int c = 0; c < 64; c++) {
                text[2] = alphabet[c];
                two_bytes += base64_decode(text, 4, data, 2, &size, &err) == ZCD_OK;
            }
        }
    }
    assert_int_equal(one_byte, 256);
    assert_int_equal(two_bytes, 65536);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_buffer_grows_and_stays_terminated),
        cmocka_unit_test(clearing_a_buffer_keeps_its_memory_and_done_gives_it_back),
        cmocka_unit_test(one_large_piece_fits_at_once),
        cmocka_unit_test(bytes_are_equal_when_all_of_them_are),
        cmocka_unit_test(constant_time_equality_sees_every_single_bit),
        cmocka_unit_test(every_scalar_value_is_utf8_and_no_surrogate_is),
        cmocka_unit_test(counts_of_short_texts_are_those_of_the_standard),
        cmocka_unit_test(ill_formed_sequences_are_refused),
        cmocka_unit_test(hexadecimal_goes_there_and_back),
        cmocka_unit_test(hexadecimal_is_strict_and_writes_nothing_when_it_refuses),
        cmocka_unit_test(base64_has_the_published_vectors),
        cmocka_unit_test(base64_is_strict_and_writes_nothing_when_it_refuses),
        cmocka_unit_test(base64_has_one_text_for_one_value),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
