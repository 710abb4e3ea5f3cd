/* .tlog-proof files: those made with golang.org/x/mod, and everything that is not one. */
#include "tests/audit/support.h"

#include "audit/proof.h"

#include <stdlib.h>

#define XMOD VECTORS "generated-xmod/"

static const char *const PROOFS[][2] = {
    {XMOD "proof-000000.tlog-proof", XMOD "proof-000000.leaf"},
    {XMOD "proof-000001.tlog-proof", XMOD "proof-000001.leaf"},
    {XMOD "proof-000255.tlog-proof", XMOD "proof-000255.leaf"},
    {XMOD "proof-000256.tlog-proof", XMOD "proof-000256.leaf"},
    {XMOD "proof-000256-with-sm2.tlog-proof", XMOD "proof-000256.leaf"},
    {XMOD "proof-000699.tlog-proof", XMOD "proof-000699.leaf"},
};

static void verifies_golangs_proofs_and_writes_them_the_same(void **state)
{
    struct note_vkey vkey = vkey_of(LOG_VKEY);

    (void)state;
    for (size_t i = 0; i < COUNT_OF(PROOFS); i++) {
        struct buffer text = load_file(PROOFS[i][0]);
        struct buffer leaf = load_file(PROOFS[i][1]);
        struct buffer again = {0};
        struct proof proof;
        struct checkpoint checkpoint;
        struct zcd_error err;

        assert_int_equal(proof_parse(buffer_bytes(&text), &proof, &err), ZCD_OK);
        assert_int_equal(proof_verify(&proof, buffer_bytes(&leaf), &vkey, &checkpoint, &err), ZCD_OK);
        assert_int_equal(checkpoint.size, 700);
        proof_format(&proof, &again);
        assert_true(bytes_equal(buffer_bytes(&again), buffer_bytes(&text)));
        buffer_done(&text);
        buffer_done(&leaf);
        buffer_done(&again);
    }
}

static void refuses_each_proof_for_any_other_leaf(void **state)
{
    struct note_vkey vkey = vkey_of(LOG_VKEY);

    (void)state;
    for (size_t i = 0; i < COUNT_OF(PROOFS); i++) {
        for (size_t k = 0; k < COUNT_OF(PROOFS); k++) {
            struct buffer text = load_file(PROOFS[i][0]);
            struct buffer leaf = load_file(PROOFS[k][1]);
            struct proof proof;
            struct checkpoint checkpoint;
            struct zcd_error err;

            assert_int_equal(proof_parse(buffer_bytes(&text), &proof, &err), ZCD_OK);
            enum zcd_code code = proof_verify(&proof, buffer_bytes(&leaf), &vkey, &checkpoint, &err);
            assert_int_equal(code, strcmp(PROOFS[i][1], PROOFS[k][1]) == 0 ? ZCD_OK : ZCD_INVALID);
            buffer_done(&text);
            buffer_done(&leaf);
        }
    }
}

/* Bits of the witness's signature line are not ours to judge; all before them are. */
static void refuses_every_flipped_bit_up_to_the_logs_signature(void **state)
{
    struct note_vkey vkey = vkey_of(LOG_VKEY);
    struct buffer text = load_file(XMOD "proof-000699.tlog-proof");
    struct buffer leaf = load_file(XMOD "proof-000699.leaf");
    size_t end = (size_t)(strstr((char *)text.data, "\xe2\x80\x94 witness") - (char *)text.data);

    (void)state;
    for (size_t bit = 0; bit < 8 * end; bit++) {
        struct proof proof;
        struct checkpoint checkpoint;
        struct zcd_error err;

        text.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
        if (proof_parse(buffer_bytes(&text), &proof, &err) == ZCD_OK &&
            proof_verify(&proof, buffer_bytes(&leaf), &vkey, &checkpoint, &err) == ZCD_OK)
            fail_msg("bit %zu", bit);
        text.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    buffer_done(&text);
    buffer_done(&leaf);
}

#define FIRST "c2sp.org/tlog-proof@v1\n"
#define HASH "JXIxmPuumTjE4YmyzlNPg/lgtFkNS8thrId1koVrGCg=\n"

static void refuses_every_text_that_is_not_exactly_a_proof(void **state)
{
    static const char *const refused[] = {
        "",
        "\n",
        FIRST,
        FIRST "\n",
        FIRST "index 5\n",                              /* no empty line */
        FIRST "index 5",
        "index 5\n" HASH "\nnote",                      /* no first line (the older .spicy form) */
        "c2sp.org/tlog-proof@v2\nindex 5\n\nnote",
        " " FIRST "index 5\n\nnote",
        "c2sp.org/tlog-proof@v1\r\nindex 5\r\n\r\nnote",
        FIRST "index 05\n\nnote",
        FIRST "index +5\n\nnote",
        FIRST "index -5\n\nnote",
        FIRST "index  5\n\nnote",
        FIRST "index 5 \n\nnote",
        FIRST "index \n\nnote",
        FIRST "index 9223372036854775808\n\nnote",
        FIRST "index 18446744073709551621\n\nnote",
        FIRST "Index 5\n\nnote",
        FIRST "index 5\nindex 5\n\nnote",
        FIRST "index 5\n" HASH "x\n\nnote",
        FIRST "index 5\nJXIxmPuumTjE4YmyzlNPg/lgtFkNS8thrId1koVrGCh=\n\nnote", /* trailing bits */
        FIRST "index 5\nJXIxmPuumTjE4YmyzlNPg/lgtFkNS8thrId1koVrGA==\n\nnote", /* 31 bytes */
        FIRST "index 5\nJXIxmPuumTjE4YmyzlNPg/lgtFkNS8thrId1koVrGCgA\n\nnote", /* 33 bytes */
        FIRST "extra\nindex 5\n\nnote",
        FIRST "extra AAB=\nindex 5\n\nnote",
        FIRST "extra AAA\nindex 5\n\nnote",
        FIRST "extra AAA=\nextra AAA=\nindex 5\n\nnote",
        FIRST "index 5\nextra AAA=\n\nnote",            /* too late */
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(refused); i++) {
        struct proof proof = {.index = 77};
        struct zcd_error err;
        if (proof_parse(bytes_of_text(refused[i]), &proof, &err) != ZCD_INVALID)
            fail_msg("%zu: %s", i, refused[i]);
        assert_int_equal(proof.index, 77);
    }
}

static void reads_over_an_extra_line_that_nothing_vouches_for(void **state)
{
    struct proof proof;
    struct zcd_error err;

    (void)state;
    assert_int_equal(proof_parse(bytes_of_text(FIRST "extra AAA=\nindex 5\n" HASH "\nnote"), &proof, &err), ZCD_OK);
    assert_int_equal(proof.index, 5);
    assert_int_equal(proof.inclusion.count, 1);
    assert_true(bytes_equal(proof.checkpoint, bytes_of_text("note")));
    assert_int_equal(proof_parse(bytes_of_text(FIRST "extra \nindex 9223372036854775807\n\n"), &proof, &err), ZCD_OK);
    assert_int_equal(proof.index, INT64_MAX);
    assert_int_equal(proof.checkpoint.size, 0);
}

static void takes_63_hashes_and_no_more(void **state)
{
    struct buffer text = {0};
    struct proof proof;
    struct zcd_error err;

    (void)state;
    for (int count = PROOF_HASHES_MAX; count <= PROOF_HASHES_MAX + 1; count++) {
        buffer_clear(&text);
        buffer_append_text(&text, FIRST "index 5\n");
        for (int i = 0; i < count; i++)
            buffer_append_text(&text, HASH);
        buffer_append_text(&text, "\nnote");
        assert_int_equal(proof_parse(buffer_bytes(&text), &proof, &err),
                         count == PROOF_HASHES_MAX ? ZCD_OK : ZCD_INVALID);
    }
    buffer_done(&text);
}

static void refuses_a_proof_that_is_too_large(void **state)
{
    struct buffer text = {0};
    struct proof proof;
    struct zcd_error err;

    (void)state;
    buffer_append_text(&text, FIRST "index 5\n\n");
    while (text.size < PROOF_SIZE_MAX)
        buffer_append_text(&text, "a");
    assert_int_equal(proof_parse(buffer_bytes(&text), &proof, &err), ZCD_OK);
    buffer_append_text(&text, "a");
    assert_int_equal(proof_parse(buffer_bytes(&text), &proof, &err), ZCD_INVALID);
    buffer_done(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(verifies_golangs_proofs_and_writes_them_the_same),
        cmocka_unit_test(refuses_each_proof_for_any_other_leaf),
        cmocka_unit_test(refuses_every_flipped_bit_up_to_the_logs_signature),
        cmocka_unit_test(refuses_every_text_that_is_not_exactly_a_proof),
        cmocka_unit_test(reads_over_an_extra_line_that_nothing_vouches_for),
        cmocka_unit_test(takes_63_hashes_and_no_more),
        cmocka_unit_test(refuses_a_proof_that_is_too_large),
    };

    return cmocka_run_group_tests_name("proof", tests, NULL, NULL);
}
