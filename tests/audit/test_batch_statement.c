/* What the writer signs of a batch: bytes written down by hand, and nothing else verified. */
#include "tests/audit/support.h"

#include "audit/batch_statement.h"
#include "audit/checkpoint.h"

static struct batch_statement sample(void)
{
    struct batch_statement statement = {
        .id = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}, .size_before = 0, .size_after = 3};
    statement.root_before = merkle_empty_root();
    memset(statement.root_after.bytes, 0xff, SHA256_SIZE);
    return statement;
}

static const char TEXT[] = "zhengcaidai/log-batch/v1\n" LOG_NAME "\n000102030405060708090a0b0c0d0e0f\n"
                           "0 47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n" /* SHA-256 of nothing */
                           "3 //////////////////////////////////////////8=\n";

static void signs_these_very_bytes(void **state)
{
    struct signature_key *key = log_key();
    struct note_vkey vkey = vkey_of(LOG_VKEY);
    struct batch_statement statement = sample();
    struct signature signature;
    struct zcd_error err;
    (void)state;

    assert_int_equal(batch_statement_sign(&statement, LOG_NAME, key, &signature, &err), ZCD_OK);
    assert_true(signature_verify(&vkey.key, bytes_of_text(TEXT), &signature));
    assert_true(batch_statement_verify(&statement, &vkey, &signature));
    signature_key_free(key);
}

static void every_member_is_signed(void **state)
{
    struct signature_key *key = log_key();
    struct note_vkey vkey = vkey_of(LOG_VKEY), other_origin = vkey;
    struct batch_statement statement = sample();
    struct signature signature;
    struct zcd_error err;
    (void)state;

    assert_int_equal(batch_statement_sign(&statement, LOG_NAME, key, &signature, &err), ZCD_OK);
    uint8_t *bytes[] = {&statement.id[15], &statement.root_before.bytes[31], &statement.root_after.bytes[0],
                        &signature.bytes[63], &signature.bytes[0]};
    for (size_t i = 0; i < COUNT_OF(bytes); i++) {
        *bytes[i] ^= 1;
        assert_false(batch_statement_verify(&statement, &vkey, &signature));
        *bytes[i] ^= 1;
    }
    statement.size_before++;
    assert_false(batch_statement_verify(&statement, &vkey, &signature));
    statement.size_before--;
    statement.size_after++;
    assert_false(batch_statement_verify(&statement, &vkey, &signature));
    statement.size_after--;
    (void)snprintf(other_origin.name, sizeof other_origin.name, "other.example.test/log");
    assert_false(batch_statement_verify(&statement, &other_origin, &signature));
    assert_true(batch_statement_verify(&statement, &vkey, &signature));
    signature_key_free(key);
}

/* Were the signature put under the text as a note, no reader would take it for a checkpoint, whatever the origin. */
static void can_never_pass_for_a_checkpoint(void **state)
{
    struct checkpoint checkpoint;
    struct zcd_error err;
    (void)state;

    assert_int_equal(checkpoint_parse(bytes_of_text(TEXT), &checkpoint, &err), ZCD_INVALID);
    assert_int_equal(checkpoint_parse(bytes_of_text("zhengcaidai/log-batch/v1\n3\n"
                                                    "000102030405060708090a0b0c0d0e0f\n"
                                                    "0 47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"),
                                      &checkpoint, &err),
                     ZCD_INVALID); /* an origin that is a number, so that the second line could be a size */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(signs_these_very_bytes),
        cmocka_unit_test(every_member_is_signed),
        cmocka_unit_test(can_never_pass_for_a_checkpoint),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
