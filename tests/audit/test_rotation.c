/* The statement by which a log's key is followed by another. */
#include "tests/audit/support.h"

#include "audit/checkpoint.h"
#include "audit/rotation.h"

static struct signature_key *next_key(uint8_t byte)
{
    uint8_t seed[SIGNATURE_SEED_SIZE];

    memset(seed, byte, sizeof seed);
    return signature_key_from_seed(seed);
}

static struct note_vkey vkey_of_key(const char *name, const struct signature_key *key)
{
    struct signature_public_key public_key = signature_key_public(key);
    struct note_vkey vkey;
    struct zcd_error err;

    assert_int_equal(note_vkey_init(name, &public_key, &vkey, &err), ZCD_OK);
    return vkey;
}

static struct buffer statement_of(const struct signature_key *before, const struct signature_key *after)
{
    struct buffer note = {0};
    struct zcd_error err;

    assert_int_equal(rotation_sign(LOG_NAME, before, after, &note, &err), ZCD_OK);
    return note;
}

static void the_old_key_names_the_new_one_and_both_sign(void **state)
{
    struct signature_key *before = log_key(), *after = next_key(7);
    struct note_vkey old_vkey = vkey_of(LOG_VKEY), expected = vkey_of_key(LOG_NAME, after), got;
    struct buffer note = statement_of(before, after);
    struct zcd_error err;

    (void)state;
    assert_int_equal(rotation_verify(buffer_bytes(&note), &old_vkey, &got, &err), ZCD_OK);
    assert_true(note_vkey_equal(&got, &expected));
    assert_int_equal(rotation_verify(buffer_bytes(&note), &expected, &got, &err),
                     ZCD_INVALID); /* not from the new one */
    buffer_done(&note);
    signature_key_free(before);
    signature_key_free(after);
}

/* Without its own signature a key that belongs to somebody else could be named. */
static void a_statement_that_one_of_them_did_not_sign_is_refused(void **state)
{
    struct signature_key *before = log_key(), *after = next_key(7);
    struct note_vkey old_vkey = vkey_of(LOG_VKEY), got;
    struct buffer note = statement_of(before, after);
    struct note parsed;
    struct zcd_error err;

    (void)state;
    assert_int_equal(note_parse(buffer_bytes(&note), &parsed, &err), ZCD_OK);
    assert_int_equal(parsed.signature_count, 2);
    for (size_t kept = 0; kept < 2; kept++) {
        struct buffer half = {0};
        buffer_append(&half, parsed.text.data, parsed.text.size);
        buffer_append_text(&half, "\n");
        note_append_line(&parsed.signature[kept], &half);
        assert_int_equal(rotation_verify(buffer_bytes(&half), &old_vkey, &got, &err), ZCD_NOT_FOUND);
        buffer_done(&half);
    }
    buffer_done(&note);
    signature_key_free(before);
    signature_key_free(after);
}

static void any_other_text_by_the_key_is_no_statement(void **state)
{
    static const char *const TEXTS[] = {
        LOG_NAME "\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
        "zhengcaidai/key-rotation/v1\n",
        "zhengcaidai/key-rotation/v1\n" LOG_NAME "\n" LOG_VKEY "\n",
        "zhengcaidai/key-rotation/v1\n" LOG_NAME "\n" LOG_VKEY "\n" LOG_VKEY "\n",
        "zhengcaidai/key-rotation/v1\nother\n" LOG_VKEY "\n" LOG_VKEY "\n",
        "zhengcaidai/key-rotation/v2\n" LOG_NAME "\n" LOG_VKEY "\n" LOG_VKEY "\n",
    };
    struct signature_key *key = log_key();
    struct note_vkey vkey = vkey_of(LOG_VKEY), got;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(TEXTS); i++) {
        struct buffer note = {0};
        struct zcd_error err;
        assert_int_equal(note_sign(bytes_of_text(TEXTS[i]), LOG_NAME, key, &note, &err), ZCD_OK);
        assert_int_equal(rotation_verify(buffer_bytes(&note), &vkey, &got, &err), ZCD_INVALID);
        buffer_done(&note);
    }
    signature_key_free(key);
}

static void a_statement_is_no_checkpoint_and_a_key_does_not_follow_itself(void **state)
{
    struct signature_key *before = log_key(), *after = next_key(7);
    struct note_vkey vkey = vkey_of(LOG_VKEY);
    struct buffer note = statement_of(before, after), none = {0};
    struct checkpoint checkpoint;
    struct zcd_error err;

    (void)state;
    assert_int_equal(checkpoint_verify(buffer_bytes(&note), &vkey, &checkpoint, &err), ZCD_INVALID);
    assert_int_equal(rotation_sign(LOG_NAME, before, before, &none, &err), ZCD_INVALID);
    assert_int_equal(none.size, 0);
    buffer_done(&note);
    signature_key_free(before);
    signature_key_free(after);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_old_key_names_the_new_one_and_both_sign),
        cmocka_unit_test(a_statement_that_one_of_them_did_not_sign_is_refused),
        cmocka_unit_test(any_other_text_by_the_key_is_no_statement),
        cmocka_unit_test(a_statement_is_no_checkpoint_and_a_key_does_not_follow_itself),
    };

    return cmocka_run_group_tests_name("rotation", tests, NULL, NULL);
}
