/* Which witnesses are enough: the policy's text, and the published cosignature against quorums of every kind. */
#include "tests/audit/support.h"

#include "audit/witness_policy.h"

#define W1 "witness.example.test/w1+445d0da2+BFFUYh8NFzyxclkvVfX0qVhGlcU+5CBA+rqYjgpqyotV"

/* Another witness's key, made of a seed. */
static const char *other_witness(uint8_t byte)
{
    static char text[4][NOTE_VKEY_SIZE];
    uint8_t seed[SIGNATURE_SEED_SIZE];
    struct note_vkey vkey;
    struct zcd_error err;

    memset(seed, byte, sizeof seed);
    struct signature_key *key = signature_key_from_seed(seed);
    struct signature_public_key public_key = signature_key_public(key);
    assert_int_equal(note_vkey_init_cosignature("other.example/w", &public_key, &vkey, &err), ZCD_OK);
    signature_key_free(key);
    return note_vkey_format(&vkey, text[byte % 4]);
}

static enum zcd_code check(const char *text, size_t *count)
{
    static struct witness_policy policy;
    struct buffer file = load_file(VECTORS "generated-xmod/log/checkpoint");
    struct note note;
    struct zcd_error err;

    if (witness_policy_parse(bytes_of_text(text), &policy, &err) != ZCD_OK)
        fail_msg("%s", err.message);
    assert_int_equal(note_parse(buffer_bytes(&file), &note, &err), ZCD_OK);
    enum zcd_code code = witness_policy_check(&policy, &note, count, &err);
    buffer_done(&file);
    return code;
}

/* The published checkpoint has one cosignature, by w1. */
static void quorums_of_every_kind_are_judged(void **state)
{
    static const struct {
        const char *rest;
        enum zcd_code expected;
    } CASES[] = {
        {"quorum none\n", ZCD_OK},
        {"quorum w1\n", ZCD_OK},
        {"quorum w2\n", ZCD_NOT_FOUND},
        {"group g any w1 w2 w3\nquorum g\n", ZCD_OK},
        {"group g all w1 w2\nquorum g\n", ZCD_NOT_FOUND},
        {"group g 1 w1 w2 w3\nquorum g\n", ZCD_OK},
        {"group g 2 w1 w2 w3\nquorum g\n", ZCD_NOT_FOUND},
        {"group g any w2 w3\nquorum g\n", ZCD_NOT_FOUND},
        {"group a any w1 w2\ngroup b all a\nquorum b\n", ZCD_OK},
        {"group a any w1 w2\ngroup b all a w3\nquorum b\n", ZCD_NOT_FOUND},
        {"group a any w1 w2\ngroup b any a w3\nquorum b\n", ZCD_OK},
        {"# a comment\n\n \t\nquorum w1 # behind it\n", ZCD_OK},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        char text[2048];
        size_t count = 99;
        (void)snprintf(text, sizeof text,
                       "log " LOG_VKEY "\nwitness w1 " W1 " http://w1.example\nwitness w2 %s\n"
                       "witness\tw3 %s https://w3.example/x\n%s",
                       other_witness(2), other_witness(3), CASES[i].rest);
        if (check(text, &count) != CASES[i].expected)
            fail_msg("%s", CASES[i].rest);
        if (CASES[i].expected == ZCD_OK)
            assert_int_equal(count, 1);
    }
}

static void a_wrong_cosignature_is_worse_than_none(void **state)
{
    static struct witness_policy policy;
    struct buffer file = load_file(VECTORS "generated-xmod/log/checkpoint");
    char *line = strstr((char *)file.data, "RF0Nog");
    struct note note;
    struct zcd_error err;
    size_t count;

    (void)state;
    line[60] = line[60] == 'A' ? 'B' : 'A';
    assert_int_equal(witness_policy_parse(bytes_of_text("witness w1 " W1 "\nquorum none\n"), &policy, &err), ZCD_OK);
    assert_int_equal(note_parse(buffer_bytes(&file), &note, &err), ZCD_OK);
    assert_int_equal(witness_policy_check(&policy, &note, &count, &err), ZCD_CORRUPT);
    buffer_done(&file);
}

static void what_is_no_policy_is_refused_with_its_line(void **state)
{
    static const struct {
        const char *text, *message;
    } REFUSED[] = {
        {"", "the witness policy has no quorum"},
        {"quorum none", "the witness policy's last line does not end"},
        {"quorum none\nquorum none\n", "witness policy, line 2: a second quorum"},
        {"quorum w1\n", "witness policy, line 1: a quorum that is not known above"},
        {"quorum\n", "witness policy, line 1: \"quorum\" takes a name"},
        {"witnesses w1\n", "witness policy, line 1: an unknown word"},
        {"witness w1 x\n", "witness policy, line 1: not a verifier key"},
        {"witness w1 " LOG_VKEY "\n", "witness policy, line 1: a key of another kind"},
        {"log " W1 "\n", "witness policy, line 1: a key of another kind"},
        {"witness none " W1 "\n", "witness policy, line 1: not a name"},
        {"witness w1 " W1 "\nwitness w2 " W1 "\n", "witness policy, line 2: the key stands there twice"},
        {"witness w1 " W1 "\ngroup w1 any w1\n", "witness policy, line 2: the name stands there twice"},
        {"witness w1 " W1 "\ngroup g 2 w1\n", "witness policy, line 2: a number that cannot be reached"},
        {"witness w1 " W1 "\ngroup g 0 w1\n", "witness policy, line 2: neither all, any nor a number"},
        {"witness w1 " W1 "\ngroup g any w2\n", "witness policy, line 2: a member that is not known above"},
        {"witness w1 " W1 "\ngroup g any w1 w1\n", "witness policy, line 2: a member that belongs to a group already"},
        {"witness w1 " W1 "\ngroup g any\n", "witness policy, line 2: \"group\" takes a name, a number and members"},
        {"quorum none\r\n", "witness policy, line 1: a control character"},
    };
    static struct witness_policy policy;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(REFUSED); i++) {
        struct zcd_error err;
        assert_int_equal(witness_policy_parse(bytes_of_text(REFUSED[i].text), &policy, &err), ZCD_INVALID);
        assert_string_equal(err.message, REFUSED[i].message);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quorums_of_every_kind_are_judged),
        cmocka_unit_test(a_wrong_cosignature_is_worse_than_none),
        cmocka_unit_test(what_is_no_policy_is_refused_with_its_line),
    };

    return cmocka_run_group_tests_name("witness_policy", tests, NULL, NULL);
}
