/* Checkpoints: golang.org/x/mod's, and every text that is not one. */
#include "tests/audit/support.h"

#include "audit/checkpoint.h"

#include <stdlib.h>

#define ROOT_700 "JXIxmPuumTjE4YmyzlNPg/lgtFkNS8thrId1koVrGCg="

static enum zcd_code parse(const char *text, struct zcd_error *err)
{
    struct checkpoint checkpoint = {.size = 12345};
    enum zcd_code code = checkpoint_parse(bytes_of_text(text), &checkpoint, err);

    if (code != ZCD_OK)
        assert_int_equal(checkpoint.size, 12345);
    return code;
}

static void reads_golangs_checkpoints_and_writes_them_the_same(void **state)
{
    static const struct {
        const char *file;
        uint64_t size;
    } cases[] = {{"checkpoint-0.txt", 0}, {"checkpoint-1.txt", 1}, {"checkpoint-300.txt", 300},
                 {"checkpoint-700.txt", 700}, {"checkpoint-with-sm2-line.txt", 700}, {"log/checkpoint", 700}};
    struct note_vkey vkey = vkey_of(LOG_VKEY);
    json_t *roots = load_json(VECTORS "generated-xmod/roots.json");

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char path[512], size[24];
        struct checkpoint checkpoint;
        struct zcd_error err;
        struct buffer text = {0};

        (void)snprintf(path, sizeof path, VECTORS "generated-xmod/%s", cases[i].file);
        struct buffer file = load_file(path);
        assert_int_equal(checkpoint_verify(buffer_bytes(&file), &vkey, &checkpoint, &err), ZCD_OK);
        assert_string_equal(checkpoint.origin, LOG_NAME);
        assert_int_equal(checkpoint.size, cases[i].size);
        (void)snprintf(size, sizeof size, "%d", (int)cases[i].size);
        assert_hash_equal(checkpoint.root, hash_of_base64(json_string_value(json_object_get(roots, size))));
        checkpoint_format(&checkpoint, &text);
        assert_memory_equal(text.data, file.data, text.size);
        assert_int_equal(file.data[text.size], '\n');
        buffer_done(&text);
        buffer_done(&file);
    }
    json_decref(roots);
}

static void refuses_every_text_that_is_not_exactly_a_checkpoint(void **state)
{
    static const char *const refused[] = {
        "",
        "\n",
        "log\n",
        "log\n700\n",
        "log\n700\n" ROOT_700,                        /* no last newline */
        "\n700\n" ROOT_700 "\n",                      /* no origin */
        "a log\n700\n" ROOT_700 "\n",                 /* no key could be called that */
        "log+1\n700\n" ROOT_700 "\n",
        "log\n\n" ROOT_700 "\n",
        "log\n700\n\n",
        "log\n700\n" ROOT_700 "\n\n",                 /* an empty line */
        "log\n700\n" ROOT_700 "\nextension\n\nmore\n",
        "log\n700\n" ROOT_700 "\nextension",          /* no last newline */
        "log\n0700\n" ROOT_700 "\n",
        "log\n00\n" ROOT_700 "\n",
        "log\n+700\n" ROOT_700 "\n",
        "log\n-700\n" ROOT_700 "\n",
        "log\n 700\n" ROOT_700 "\n",
        "log\n700 \n" ROOT_700 "\n",
        "log\n7e2\n" ROOT_700 "\n",
        "log\n0x7\n" ROOT_700 "\n",
        "log\n9223372036854775808\n" ROOT_700 "\n",   /* 2^63 */
        "log\n18446744073709551616\n" ROOT_700 "\n",  /* 2^64: must not come out as 0 */
        "log\n99999999999999999999999999\n" ROOT_700 "\n",
        "log\n700\nJXIxmPuumTjE4YmyzlNPg/lgtFkNS8thrId1koVrGA==\n", /* 31 bytes */
        "log\n700\nJXIxmPuumTjE4YmyzlNPg/lgtFkNS8thrId1koVrGCgA\n", /* 33 bytes */
        "log\n700\nJXIxmPuumTjE4YmyzlNPg/lgtFkNS8thrId1koVrGCh=\n", /* trailing bits */
        "log\n700\nJXIxmPuumTjE4YmyzlNPg/lgtFkNS8thrId1koVrGCg\n",  /* no padding */
        "log\n700\nJXIxmPuumTjE4YmyzlNPg_lgtFkNS8thrId1koVrGCg=\n", /* the other alphabet */
        "log\n0\n" ROOT_700 "\n",                     /* the empty tree has one root only */
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(refused); i++) {
        struct zcd_error err;
        if (parse(refused[i], &err) != ZCD_INVALID)
            fail_msg("%zu: %s", i, refused[i]);
    }
}

static void accepts_the_largest_size_and_reads_over_extension_lines(void **state)
{
    struct zcd_error err;

    (void)state;
    assert_int_equal(parse("log\n9223372036854775807\n" ROOT_700 "\n", &err), ZCD_OK);
    assert_int_equal(parse("log\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n", &err), ZCD_OK);
    assert_int_equal(parse("log\n700\n" ROOT_700 "\nextension\nanother one\n", &err), ZCD_OK);
}

static void signs_what_it_verifies(void **state)
{
    struct checkpoint checkpoint = {.origin = LOG_NAME, .size = 700, .root = hash_of_base64(ROOT_700)};
    struct buffer expected = load_file(VECTORS "generated-xmod/checkpoint-700.txt");
    struct signature_key *key = log_key();
    struct note_vkey vkey = vkey_of(LOG_VKEY);
    struct checkpoint read_back;
    struct buffer note = {0};
    struct zcd_error err;

    (void)state;
    assert_int_equal(checkpoint_sign(&checkpoint, key, &note, &err), ZCD_OK);
    assert_memory_equal(note.data, expected.data, note.size);
    assert_int_equal(checkpoint_verify(buffer_bytes(&note), &vkey, &read_back, &err), ZCD_OK);
    assert_int_equal(read_back.size, 700);
    buffer_done(&note);
    buffer_done(&expected);
    signature_key_free(key);
}

/* A key signs under its own name only: a checkpoint of another log does not verify even if its key's owner signed it. */
static void refuses_another_logs_checkpoint_under_our_key(void **state)
{
    static const char text[] = "other.example/log\n700\n" ROOT_700 "\n";
    struct signature_key *key = log_key();
    struct note_vkey vkey = vkey_of(LOG_VKEY);
    struct checkpoint checkpoint;
    struct buffer note = {0};
    struct zcd_error err;

    (void)state;
    assert_int_equal(note_sign(bytes_of_text(text), LOG_NAME, key, &note, &err), ZCD_OK);
    assert_int_equal(checkpoint_verify(buffer_bytes(&note), &vkey, &checkpoint, &err), ZCD_INVALID);
    assert_string_equal(err.message, "checkpoint's origin is not the key's name");
    assert_int_equal(checkpoint_read_unverified(buffer_bytes(&note), &checkpoint, &err), ZCD_OK);
    buffer_done(&note);

    assert_int_equal(note_sign(bytes_of_text(text), "other.example/log", key, &note, &err), ZCD_OK);
    assert_int_equal(checkpoint_verify(buffer_bytes(&note), &vkey, &checkpoint, &err), ZCD_NOT_FOUND);
    buffer_done(&note);
    signature_key_free(key);
}

/* The purpose stands in the text: a signed note about something else is no checkpoint. */
static void refuses_a_signed_text_of_another_purpose(void **state)
{
    static const char *const texts[] = {LOG_NAME "\n", "zhengcaidai/webhook\n700\n" ROOT_700 "\n", "hello\n"};
    struct signature_key *key = log_key();
    struct note_vkey vkey = vkey_of(LOG_VKEY);

    (void)state;
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        struct checkpoint checkpoint;
        struct buffer note = {0};
        struct zcd_error err;
        assert_int_equal(note_sign(bytes_of_text(texts[i]), LOG_NAME, key, &note, &err), ZCD_OK);
        assert_int_equal(checkpoint_verify(buffer_bytes(&note), &vkey, &checkpoint, &err), ZCD_INVALID);
        buffer_done(&note);
    }
    signature_key_free(key);
}

static void says_bad_signature_apart_from_no_signature(void **state)
{
    struct buffer file = load_file(VECTORS "generated-xmod/checkpoint-700.txt");
    struct note_vkey vkey = vkey_of(LOG_VKEY);
    struct note_vkey other = vkey_of("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k");
    struct checkpoint checkpoint;
    struct zcd_error err;

    (void)state;
    assert_int_equal(checkpoint_verify(buffer_bytes(&file), &other, &checkpoint, &err), ZCD_NOT_FOUND);
    strstr((char *)file.data, "\n700\n")[1] = '8';
    assert_int_equal(checkpoint_verify(buffer_bytes(&file), &vkey, &checkpoint, &err), ZCD_CORRUPT);
    buffer_done(&file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_golangs_checkpoints_and_writes_them_the_same),
        cmocka_unit_test(refuses_every_text_that_is_not_exactly_a_checkpoint),
        cmocka_unit_test(accepts_the_largest_size_and_reads_over_extension_lines),
        cmocka_unit_test(signs_what_it_verifies),
        cmocka_unit_test(refuses_another_logs_checkpoint_under_our_key),
        cmocka_unit_test(refuses_a_signed_text_of_another_purpose),
        cmocka_unit_test(says_bad_signature_apart_from_no_signature),
    };

    return cmocka_run_group_tests_name("checkpoint", tests, NULL, NULL);
}
