/* Commitments: what stands for a value opens to that value and to no other. */
#include "tests/audit/support.h"

#include "audit/commitment.h"

/* SHA-256 of 32 bytes 00 01 .. 1f and "abc": printf of those bytes into sha256sum. */
static void is_sha_256_of_salt_and_value(void **state)
{
    static const char EXPECTED[] = "42fd4a8c529fdb402d577c701b291018f0b2c52207f96e2a057483fd349a9868";
    uint8_t salt[COMMITMENT_SALT_SIZE];
    struct sha256 digest;
    struct zcd_error err;
    (void)state;

    for (int i = 0; i < COMMITMENT_SALT_SIZE; i++)
        salt[i] = (uint8_t)i;
    assert_int_equal(hex_decode(EXPECTED, strlen(EXPECTED), digest.bytes, SHA256_SIZE, &err), ZCD_OK);
    assert_true(commitment_opens(&digest, salt, bytes_of_text("abc")));
    assert_false(commitment_opens(&digest, salt, bytes_of_text("abd")));
    assert_false(commitment_opens(&digest, salt, bytes_of_text("")));
    salt[31] ^= 1;
    assert_false(commitment_opens(&digest, salt, bytes_of_text("abc")));
}

static void the_same_value_never_has_the_same_commitment_twice(void **state)
{
    (void)state;
    struct commitment first = commitment_new(bytes_of_text("王小明"));
    struct commitment second = commitment_new(bytes_of_text("王小明"));

    assert_true(commitment_opens(&first.digest, first.salt, first.value));
    assert_false(sha256_equal(&first.digest, &second.digest));
    assert_false(commitment_opens(&first.digest, second.salt, first.value));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_sha_256_of_salt_and_value),
        cmocka_unit_test(the_same_value_never_has_the_same_commitment_twice),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
