/* Signed notes and verifier keys: the specification's examples, golang.org/x/mod's, and everything that is not one. */
#include "tests/audit/support.h"

#include <stdlib.h>

#define NOTES VECTORS "c2sp-notes/"

/* The n-th line of a file (from 0) as a vkey. */
static struct note_vkey vkey_of_line(const char *path, int n)
{
    struct buffer file = load_file(path);
    char *line = (char *)file.data;

    for (int i = 0; i < n; i++)
        line = strchr(line, '\n') + 1;
    line[strcspn(line, "\n")] = '\0';
    struct note_vkey vkey = vkey_of(line);
    buffer_done(&file);
    return vkey;
}

static enum zcd_code verify(struct bytes bytes, const struct note_vkey *keys, size_t count, struct zcd_error *err)
{
    struct note note;
    enum zcd_code code = note_parse(bytes, &note, err);

    return code == ZCD_OK ? note_verify(&note, keys, count, err) : code;
}

/* ------------------------------------------------------------------ published notes */

static void verifies_the_example_of_the_specification(void **state)
{
    struct buffer file = load_file(NOTES "signed-note-example.note");
    struct note_vkey vkey = vkey_of_line(NOTES "signed-note-example.vkey", 0);
    struct note note;
    struct zcd_error err;

    (void)state;
    assert_int_equal(note_parse(buffer_bytes(&file), &note, &err), ZCD_OK);
    assert_true(bytes_equal(note.text, bytes_of_text("This is an example message.\n")));
    assert_int_equal(note.signature_count, 1);
    assert_int_equal(note_verify(&note, &vkey, 1, &err), ZCD_OK);
    buffer_done(&file);
}

static void verifies_a_note_with_two_signatures_by_either_key_or_both(void **state)
{
    struct buffer file = load_file(NOTES "sumdb-two-signers.note");
    struct note_vkey keys[] = {vkey_of_line(NOTES "sumdb-two-signers.vkeys", 0),
                               vkey_of_line(NOTES "sumdb-two-signers.vkeys", 1)};
    struct zcd_error err;

    (void)state;
    assert_int_equal(verify(buffer_bytes(&file), &keys[0], 1, &err), ZCD_OK);
    assert_int_equal(verify(buffer_bytes(&file), &keys[1], 1, &err), ZCD_OK);
    assert_int_equal(verify(buffer_bytes(&file), keys, 2, &err), ZCD_OK);
    assert_int_equal(verify(buffer_bytes(&file), keys, 0, &err), ZCD_NOT_FOUND);
    buffer_done(&file);
}

/* One good signature does not make up for a bad one by another known key. */
static void refuses_a_bad_signature_by_a_known_key_even_beside_a_good_one(void **state)
{
    struct buffer file = load_file(NOTES "sumdb-two-signers.note");
    struct note_vkey keys[] = {vkey_of_line(NOTES "sumdb-two-signers.vkeys", 0),
                               vkey_of_line(NOTES "sumdb-two-signers.vkeys", 1)};
    struct zcd_error err;
    char *second = strstr((char *)file.data, "EnochRoot rwz+eBz");

    (void)state;
    second[15] = 'C';
    assert_int_equal(verify(buffer_bytes(&file), &keys[0], 1, &err), ZCD_OK); /* not known, so ignored */
    assert_int_equal(verify(buffer_bytes(&file), keys, 2, &err), ZCD_CORRUPT);
    buffer_done(&file);
}

static void verifies_golangs_checkpoints_and_ignores_lines_of_other_kinds(void **state)
{
    static const char *const files[] = {"checkpoint-0.txt", "checkpoint-1.txt", "checkpoint-300.txt",
                                        "checkpoint-700.txt", "checkpoint-with-sm2-line.txt"};
    struct note_vkey vkey = vkey_of(LOG_VKEY);
    struct zcd_error err;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(files); i++) {
        char path[512];
        (void)snprintf(path, sizeof path, VECTORS "generated-xmod/%s", files[i]);
        struct buffer file = load_file(path);
        assert_int_equal(verify(buffer_bytes(&file), &vkey, 1, &err), ZCD_OK);
        buffer_done(&file);
    }
}

/* ------------------------------------------------------------------ verifier keys */

static void reads_and_writes_the_published_verifier_keys(void **state)
{
    static const char *const texts[] = {
        LOG_VKEY,
        "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop",
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        struct note_vkey vkey = vkey_of(texts[i]);
        char text[NOTE_VKEY_SIZE];
        assert_string_equal(note_vkey_format(&vkey, text), texts[i]);
    }
    /* The private seed of keys.txt gives the public key of its vkey. */
    struct signature_key *key = log_key();
    struct signature_public_key public_key = signature_key_public(key);
    struct note_vkey made;
    struct zcd_error err;
    char text[NOTE_VKEY_SIZE];
    assert_int_equal(note_vkey_init(LOG_NAME, &public_key, &made, &err), ZCD_OK);
    assert_string_equal(note_vkey_format(&made, text), LOG_VKEY);
    signature_key_free(key);
}

static void refuses_every_other_verifier_key(void **state)
{
    static const char *const refused[] = {
        "PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==", /* c2sp-notes/bad-vkeys.txt */
        "PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",         /* the other: unknown type */
        "",
        "+",
        "++",
        "name",
        "name+a35c7dc8",
        "log.example.test/audit+a35c7dc9+ARAyQLy/SHXaT1ZYTFb57H2Elhiwb0+LuOsh3XgJdoj4",  /* another id */
        "log.example.test/audit+A35C7DC8+ARAyQLy/SHXaT1ZYTFb57H2Elhiwb0+LuOsh3XgJdoj4",  /* capitals */
        "log.example.test/audit+a35c7dc+ARAyQLy/SHXaT1ZYTFb57H2Elhiwb0+LuOsh3XgJdoj4",   /* seven digits */
        "log.example.test/audit+a35c7dc8+ARAyQLy/SHXaT1ZYTFb57H2Elhiwb0+LuOsh3XgJdoj",   /* cut */
        "log.example.test/audit+a35c7dc8+ARAyQLy/SHXaT1ZYTFb57H2Elhiwb0+LuOsh3XgJdog=",  /* 32 bytes in all */
        "log.example.test/audit+a35c7dc8+ARAyQLy/SHXaT1ZYTFb57H2Elhiwb0+LuOsh3XgJdoj4\n",
        "log.example.test/audit+a35c7dc8+ARAyQLy/SHXaT1ZYTFb57H2Elhiwb0+LuOsh3XgJdoj4 ",
        " log.example.test/audit+a35c7dc8+ARAyQLy/SHXaT1ZYTFb57H2Elhiwb0+LuOsh3XgJdoj4",
        "+a35c7dc8+ARAyQLy/SHXaT1ZYTFb57H2Elhiwb0+LuOsh3XgJdoj4",
        "log.example.test/audit+a35c7dc8+BBAyQLy/SHXaT1ZYTFb57H2Elhiwb0+LuOsh3XgJdoj4", /* a cosigner's type */
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(refused); i++) {
        struct note_vkey vkey = {.key_id = 7};
        struct zcd_error err;
        if (note_vkey_parse(refused[i], &vkey, &err) != ZCD_INVALID)
            fail_msg("%s", refused[i]);
        assert_int_equal(vkey.key_id, 7);
    }
}

static void refuses_names_that_the_note_format_cannot_carry(void **state)
{
    static const char *const refused[] = {"", "a b", "a+b", "a\tb", "a\nb", "a\rb", "a\x0b", "\xc2\x85", "a\xc2\xa0",
                                          "\xe1\x9a\x80", "\xe2\x80\x80", "\xe2\x80\x8a", "\xe2\x80\xa8",
                                          "\xe2\x80\xa9", "\xe2\x80\xaf", "\xe2\x81\x9f", "\xe3\x80\x80", "\xff"};
    static const char *const accepted[] = {"a", "日志", "log.example/审计", "\xe2\x80\x8b", "a=b", "\xe2\x81\xa0"};
    char longest[NOTE_NAME_SIZE];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(refused); i++)
        assert_false(note_name_is_valid(bytes_of_text(refused[i])));
    for (size_t i = 0; i < COUNT_OF(accepted); i++)
        assert_true(note_name_is_valid(bytes_of_text(accepted[i])));
    memset(longest, 'a', sizeof longest);
    assert_true(note_name_is_valid((struct bytes){(uint8_t *)longest, sizeof longest - 1}));
    assert_false(note_name_is_valid((struct bytes){(uint8_t *)longest, sizeof longest}));
    assert_false(note_name_is_valid((struct bytes){(const uint8_t *)"a\0b", 3}));
}

static void refuses_a_verifier_key_of_small_order(void **state)
{
    struct signature_public_key identity = {{1}};
    struct note_vkey vkey;
    struct zcd_error err;

    (void)state;
    assert_int_equal(note_vkey_init("name", &identity, &vkey, &err), ZCD_INVALID);
}

/* ------------------------------------------------------------------ strictness */

#define DASH "\xe2\x80\x94"
#define GOOD_LINE DASH " example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
#define GOOD_TEXT "This is an example message.\n"

static void refuses_everything_that_is_not_exactly_a_note(void **state)
{
    static const char *const refused[] = {
        "",
        "\n",
        "\n\n",
        GOOD_TEXT,
        GOOD_LINE,
        GOOD_TEXT "\n",                                  /* no signature */
        GOOD_TEXT GOOD_LINE,                             /* no empty line */
        GOOD_TEXT "\n" GOOD_LINE "\n",                   /* an empty line behind */
        GOOD_TEXT "\n" GOOD_LINE "x\n",                  /* a line that is no signature */
        GOOD_TEXT "\n" DASH "example.com/foo AAAAAAA=\n",
        GOOD_TEXT "\n- example.com/foo AAAAAAA=\n",      /* a hyphen */
        GOOD_TEXT "\n" DASH " example.com/foo\n",        /* no base64 */
        GOOD_TEXT "\n" DASH " example.com/foo \n",
        GOOD_TEXT "\n" DASH "  AAAAAAA=\n",              /* no name */
        GOOD_TEXT "\n" DASH " a+b AAAAAAA=\n",           /* + in a name */
        GOOD_TEXT "\n" DASH " a\xc2\xa0 AAAAAAA=\n",     /* white space in a name */
        GOOD_TEXT "\n" DASH " a AAAAAAA= \n",            /* a space behind */
        GOOD_TEXT "\n" DASH " a AAAA AAA=\n",
        GOOD_TEXT "\n" DASH " a AAAAAAB=\n",             /* trailing bits */
        GOOD_TEXT "\n" DASH " a AAAAAAA\n",              /* padding missing */
        GOOD_TEXT "\n" DASH " a AAAAA===\n",
        GOOD_TEXT "\n" DASH " a AAAAA-A=\n",             /* the other alphabet */
        GOOD_TEXT "\n" DASH " a AAAAAA==\n",             /* four bytes: a key id and nothing */
        "This is an example message.\r\n\r\n" GOOD_LINE, /* CRLF */
        "This is an example\tmessage.\n\n" GOOD_LINE,    /* a control character */
        "This is an example \xff message.\n\n" GOOD_LINE,
        "This is an example \xed\xa0\x80 message.\n\n" GOOD_LINE,
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(refused); i++) {
        struct note note = {.signature_count = 77};
        struct zcd_error err;
        if (note_parse(bytes_of_text(refused[i]), &note, &err) != ZCD_INVALID)
            fail_msg("%zu: %s", i, refused[i]);
        assert_int_equal(note.signature_count, 77);
    }
}

static void refuses_a_note_without_its_last_newline_or_with_nul_bytes(void **state)
{
    static const char good[] = GOOD_TEXT "\n" GOOD_LINE;
    char changed[sizeof good];
    struct note_vkey vkey = vkey_of_line(NOTES "signed-note-example.vkey", 0);
    struct zcd_error err;

    (void)state;
    assert_int_equal(verify((struct bytes){(const uint8_t *)good, sizeof good - 1}, &vkey, 1, &err), ZCD_OK);
    assert_int_equal(verify((struct bytes){(const uint8_t *)good, sizeof good - 2}, &vkey, 1, &err), ZCD_INVALID);
    assert_int_equal(verify((struct bytes){(const uint8_t *)good, sizeof good}, &vkey, 1, &err), ZCD_INVALID);
    assert_int_equal(verify((struct bytes){NULL, 0}, &vkey, 1, &err), ZCD_INVALID);
    for (size_t i = 0; i < sizeof good - 1; i++) {
        memcpy(changed, good, sizeof good);
        changed[i] = '\0';
        assert_int_equal(verify((struct bytes){(uint8_t *)changed, sizeof good - 1}, &vkey, 1, &err), ZCD_INVALID);
    }
}

static void refuses_every_flipped_bit_of_a_note(void **state)
{
    char note[] = GOOD_TEXT "\n" GOOD_LINE;
    struct note_vkey vkey = vkey_of_line(NOTES "signed-note-example.vkey", 0);
    struct zcd_error err;

    (void)state;
    for (size_t bit = 0; bit < 8 * (sizeof note - 1); bit++) {
        note[bit / 8] ^= (char)(1 << bit % 8);
        if (verify((struct bytes){(uint8_t *)note, sizeof note - 1}, &vkey, 1, &err) == ZCD_OK)
            fail_msg("bit %zu", bit);
        note[bit / 8] ^= (char)(1 << bit % 8);
    }
}

/* A text may hold empty lines, and lines that look like signatures: the last empty line decides. */
static void splits_at_the_last_empty_line(void **state)
{
    static const char text[] = "first\n\n" DASH " a AAAAAAA=\n\nlast\n";
    struct signature_key *key = log_key();
    struct note_vkey vkey = vkey_of(LOG_VKEY);
    struct buffer bytes = {0};
    struct note note;
    struct zcd_error err;

    (void)state;
    assert_int_equal(note_sign(bytes_of_text(text), LOG_NAME, key, &bytes, &err), ZCD_OK);
    assert_int_equal(note_parse(buffer_bytes(&bytes), &note, &err), ZCD_OK);
    assert_true(bytes_equal(note.text, bytes_of_text(text)));
    assert_int_equal(note_verify(&note, &vkey, 1, &err), ZCD_OK);
    buffer_done(&bytes);
    signature_key_free(key);
}

/* Of two lines by one key the first counts, whichever is good. */
static void looks_at_the_first_of_several_lines_by_one_key(void **state)
{
    static const char bad_line[] = DASH " example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyAAA=\n";
    struct note_vkey vkey = vkey_of_line(NOTES "signed-note-example.vkey", 0);
    struct buffer note = {0};
    struct zcd_error err;

    (void)state;
    buffer_append_format(&note, GOOD_TEXT "\n" GOOD_LINE "%s", bad_line);
    assert_int_equal(verify(buffer_bytes(&note), &vkey, 1, &err), ZCD_OK);
    buffer_clear(&note);
    buffer_append_format(&note, GOOD_TEXT "\n%s" GOOD_LINE, bad_line);
    assert_int_equal(verify(buffer_bytes(&note), &vkey, 1, &err), ZCD_CORRUPT);
    buffer_done(&note);
}

/* After a key was replaced there are two of one name: each line is judged by its own key. */
static void tells_two_keys_of_one_name_apart(void **state)
{
    struct signature_key *old_key = log_key();
    struct signature_key *new_key = signature_key_from_seed((const uint8_t[SIGNATURE_SEED_SIZE]){7});
    struct signature_public_key new_public_key = signature_key_public(new_key);
    struct note_vkey keys[2] = {vkey_of(LOG_VKEY)};
    struct buffer note = {0};
    struct buffer second = {0};
    struct zcd_error err;

    (void)state;
    assert_int_equal(note_vkey_init(LOG_NAME, &new_public_key, &keys[1], &err), ZCD_OK);
    assert_int_equal(note_sign(bytes_of_text(GOOD_TEXT), LOG_NAME, old_key, &note, &err), ZCD_OK);
    assert_int_equal(note_sign(bytes_of_text(GOOD_TEXT), LOG_NAME, new_key, &second, &err), ZCD_OK);
    buffer_append_text(&note, strstr((char *)second.data, DASH));
    assert_int_equal(verify(buffer_bytes(&note), keys, 2, &err), ZCD_OK);
    assert_int_equal(verify(buffer_bytes(&note), &keys[1], 1, &err), ZCD_OK);

    note.data[note.size - 8] = note.data[note.size - 8] == 'A' ? 'B' : 'A'; /* in the second signature */
    assert_int_equal(verify(buffer_bytes(&note), &keys[0], 1, &err), ZCD_OK);
    assert_int_equal(verify(buffer_bytes(&note), keys, 2, &err), ZCD_CORRUPT);
    buffer_done(&note);
    buffer_done(&second);
    signature_key_free(old_key);
    signature_key_free(new_key);
}

static void refuses_a_known_keys_signature_of_another_length(void **state)
{
    struct note_vkey vkey = vkey_of_line(NOTES "signed-note-example.vkey", 0);
    struct zcd_error err;

    (void)state;
    assert_int_equal(verify(bytes_of_text(GOOD_TEXT "\n" DASH " example.com/foo Uw2QOgA=\n"), &vkey, 1, &err),
                     ZCD_CORRUPT);
}

static void takes_a_hundred_signatures_and_no_more(void **state)
{
    struct note_vkey vkey = vkey_of_line(NOTES "signed-note-example.vkey", 0);
    struct buffer note = {0};
    struct zcd_error err;

    (void)state;
    buffer_append_text(&note, GOOD_TEXT "\n");
    for (int i = 0; i < NOTE_SIGNATURES_MAX - 1; i++)
        buffer_append_format(&note, DASH " witness-%d AAAAAAA=\n", i);
    buffer_append_text(&note, GOOD_LINE);
    assert_int_equal(verify(buffer_bytes(&note), &vkey, 1, &err), ZCD_OK);
    buffer_append_text(&note, DASH " one-more AAAAAAA=\n");
    assert_int_equal(verify(buffer_bytes(&note), &vkey, 1, &err), ZCD_INVALID);
    buffer_done(&note);
}

static void refuses_notes_and_lines_that_are_too_large(void **state)
{
    struct note_vkey vkey = vkey_of_line(NOTES "signed-note-example.vkey", 0);
    struct buffer note = {0};
    struct zcd_error err;

    (void)state;
    for (int i = 0; i < NOTE_SIZE_MAX; i++)
        buffer_append_text(&note, "a");
    buffer_append_text(&note, "\n\n" GOOD_LINE);
    assert_int_equal(verify(buffer_bytes(&note), &vkey, 1, &err), ZCD_INVALID);

    buffer_clear(&note);
    buffer_append_text(&note, GOOD_TEXT "\n" GOOD_LINE DASH " large ");
    for (int i = 0; i < NOTE_SIGNATURE_BASE64_MAX; i++)
        buffer_append_text(&note, "A");
    size_t size = note.size;
    buffer_append_text(&note, "\n");
    assert_int_equal(verify(buffer_bytes(&note), &vkey, 1, &err), ZCD_OK);
    note.size = size;
    buffer_append_text(&note, "AAAA\n");
    assert_int_equal(verify(buffer_bytes(&note), &vkey, 1, &err), ZCD_INVALID);
    buffer_done(&note);
}

/* ------------------------------------------------------------------ signing */

static void signs_as_golang_does(void **state)
{
    struct buffer expected = load_file(VECTORS "generated-xmod/checkpoint-300.txt");
    struct signature_key *key = log_key();
    struct buffer note = {0};
    struct note parts;
    struct zcd_error err;

    (void)state;
    assert_int_equal(note_parse(buffer_bytes(&expected), &parts, &err), ZCD_OK);
    assert_int_equal(note_sign(parts.text, LOG_NAME, key, &note, &err), ZCD_OK);
    /* Ed25519 is deterministic; the file may go on with cosignatures. */
    assert_true(expected.size >= note.size);
    assert_memory_equal(note.data, expected.data, note.size);
    buffer_done(&expected);
    buffer_done(&note);
    signature_key_free(key);
}

static void signs_no_text_that_nobody_could_read(void **state)
{
    static const char *const refused[] = {"", "no newline", "a\r\n", "a\tb\n", "\xff\n"};
    struct signature_key *key = log_key();
    struct buffer note = {0};
    struct zcd_error err;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(refused); i++)
        assert_int_equal(note_sign(bytes_of_text(refused[i]), LOG_NAME, key, &note, &err), ZCD_INVALID);
    assert_int_equal(note_sign(bytes_of_text("a\n"), "a name", key, &note, &err), ZCD_INVALID);
    assert_int_equal(note.size, 0);
    signature_key_free(key);
    buffer_done(&note);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(verifies_the_example_of_the_specification),
        cmocka_unit_test(verifies_a_note_with_two_signatures_by_either_key_or_both),
        cmocka_unit_test(refuses_a_bad_signature_by_a_known_key_even_beside_a_good_one),
        cmocka_unit_test(verifies_golangs_checkpoints_and_ignores_lines_of_other_kinds),
        cmocka_unit_test(reads_and_writes_the_published_verifier_keys),
        cmocka_unit_test(refuses_every_other_verifier_key),
        cmocka_unit_test(refuses_names_that_the_note_format_cannot_carry),
        cmocka_unit_test(refuses_a_verifier_key_of_small_order),
        cmocka_unit_test(refuses_everything_that_is_not_exactly_a_note),
        cmocka_unit_test(refuses_a_note_without_its_last_newline_or_with_nul_bytes),
        cmocka_unit_test(refuses_every_flipped_bit_of_a_note),
        cmocka_unit_test(splits_at_the_last_empty_line),
        cmocka_unit_test(looks_at_the_first_of_several_lines_by_one_key),
        cmocka_unit_test(tells_two_keys_of_one_name_apart),
        cmocka_unit_test(refuses_a_known_keys_signature_of_another_length),
        cmocka_unit_test(takes_a_hundred_signatures_and_no_more),
        cmocka_unit_test(refuses_notes_and_lines_that_are_too_large),
        cmocka_unit_test(signs_as_golang_does),
        cmocka_unit_test(signs_no_text_that_nobody_could_read),
    };

    return cmocka_run_group_tests_name("note", tests, NULL, NULL);
}
