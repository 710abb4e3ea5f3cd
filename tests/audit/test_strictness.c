/*
 * What a lenient reader of notes, proofs and tiles would let pass, one test for each. Each text here is good but for the one
 * thing that its test names; the_good_ones_pass says that they are.
 */
#include "tests/audit/support.h"

#include "audit/checkpoint.h"
#include "audit/proof.h"
#include "audit/tile.h"
#include "audit/tile_folder.h"

#include <stdlib.h>
#include <sys/stat.h>

#define WITNESS_VKEY "witness.example.test/w1+445d0da2+BFFUYh8NFzyxclkvVfX0qVhGlcU+5CBA+rqYjgpqyotV"
#define WITNESS_SEED "8b3179a978146b8d35d1f14dd5a916ef8abb6bf7f70e6ecfd9eb1af5be9a7920"
#define ROOT "JXIxmPuumTjE4YmyzlNPg/lgtFkNS8thrId1koVrGCg="
#define TEXT LOG_NAME "\n700\n" ROOT "\n"
#define SIGNED                                                                                                         \
    "\xe2\x80\x94 " LOG_NAME                                                                                           \
    " o1x9yCstnqDidON0AASF5OqXA992zxUXdBkDxvO58O0JcnFx1VVs8JUHs2fY2xFgPUk9A86T/5sXYm3s0fgMYxGkuw8=\n"
#define GOOD_NOTE TEXT "\n" SIGNED

/* ------------------------------------------------------------------ helpers */

static enum zcd_code read_note(const char *text)
{
    struct note_vkey vkey = vkey_of(LOG_VKEY);
    struct checkpoint checkpoint;
    struct zcd_error err;

    return checkpoint_verify(bytes_of_text(text), &vkey, &checkpoint, &err);
}

static enum zcd_code read_text(const char *text)
{
    struct checkpoint checkpoint;
    struct zcd_error err;

    return checkpoint_parse(bytes_of_text(text), &checkpoint, &err);
}

static enum zcd_code read_proof(const char *text)
{
    struct proof proof;
    struct zcd_error err;

    return proof_parse(bytes_of_text(text), &proof, &err);
}

static enum zcd_code read_path(const char *text)
{
    struct tile tile;
    struct zcd_error err;

    return tile_path_parse(text, &tile, &err);
}

#define PROOF(index, hashes) "c2sp.org/tlog-proof@v1\nindex " index "\n" hashes "\n" GOOD_NOTE

/* ------------------------------------------------------------------ the tests, in the order of the list */

static void the_good_ones_pass(void **state)
{
    (void)state;
    assert_int_equal(read_note(GOOD_NOTE), ZCD_OK);
    assert_int_equal(read_text(TEXT), ZCD_OK);
    assert_int_equal(read_proof(PROOF("5", ROOT "\n")), ZCD_OK);
    assert_int_equal(read_path("tile/0/x001/234.p/5"), ZCD_OK);
}

/* The last character before '=' carries two bits that must be zero: g and h decode alike where nobody looks. */
static void base64_with_trailing_bits_is_refused(void **state)
{
    (void)state;
    assert_int_equal(read_text(LOG_NAME "\n700\nJXIxmPuumTjE4YmyzlNPg/lgtFkNS8thrId1koVrGCh=\n"), ZCD_INVALID);
    assert_int_equal(read_note(TEXT "\n\xe2\x80\x94 " LOG_NAME " o1x9yCstnqDidON0AASF5OqXA992zxUXdBkDxvO58O0JcnFx1VVs"
                                    "8JUHs2fY2xFgPUk9A86T/5sXYm3s0fgMYxGkuw9=\n"),
                     ZCD_INVALID);
}

static void a_carriage_return_is_refused(void **state)
{
    (void)state;
    assert_int_equal(read_note(LOG_NAME "\r\n700\n" ROOT "\n\n" SIGNED), ZCD_INVALID);
    assert_int_equal(read_note(TEXT "\r\n" SIGNED), ZCD_INVALID);
    assert_int_equal(read_proof("c2sp.org/tlog-proof@v1\r\nindex 5\n\n" GOOD_NOTE), ZCD_INVALID);
}

static void a_missing_final_newline_is_refused(void **state)
{
    char text[] = GOOD_NOTE;

    (void)state;
    text[sizeof text - 2] = '\0';
    assert_int_equal(read_note(text), ZCD_INVALID);
    assert_int_equal(read_text(LOG_NAME "\n700\n" ROOT), ZCD_INVALID);
}

static void a_number_with_leading_zero_or_sign_is_refused(void **state)
{
    static const char *const NUMBERS[] = {"0700", "+700", "-700", " 700", "700 ", "7e2", "0x2bc", ""};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(NUMBERS); i++) {
        char text[256];
        (void)snprintf(text, sizeof text, LOG_NAME "\n%s\n" ROOT "\n", NUMBERS[i]);
        assert_int_equal(read_text(text), ZCD_INVALID);
        (void)snprintf(text, sizeof text, "c2sp.org/tlog-proof@v1\nindex %s\n\n", NUMBERS[i]);
        assert_int_equal(read_proof(text), ZCD_INVALID);
    }
}

static void a_size_of_two_to_the_63_is_refused(void **state)
{
    (void)state;
    assert_int_equal(read_text(LOG_NAME "\n9223372036854775807\n" ROOT "\n"), ZCD_OK);
    assert_int_equal(read_text(LOG_NAME "\n9223372036854775808\n" ROOT "\n"), ZCD_INVALID);
    assert_int_equal(read_text(LOG_NAME "\n18446744073709551616\n" ROOT "\n"), ZCD_INVALID);
    assert_int_equal(read_proof(PROOF("9223372036854775808", "")), ZCD_INVALID);
}

static void a_root_that_is_not_32_bytes_is_refused(void **state)
{
    (void)state;
    assert_int_equal(read_text(LOG_NAME "\n700\nJXIxmPuumTjE4YmyzlNPg/lgtFkNS8thrId1koVrGA==\n"), ZCD_INVALID); /* 31 */
    assert_int_equal(read_text(LOG_NAME "\n700\nJXIxmPuumTjE4YmyzlNPg/lgtFkNS8thrId1koVrGCgA\n"), ZCD_INVALID); /* 33 */
    assert_int_equal(read_text(LOG_NAME "\n700\nJXIxmPuumTjE4YmyzlNPg/lgtFkNS8thrId1koVrGCg\n"),
                     ZCD_INVALID); /* no = */
    assert_int_equal(read_proof(PROOF("5", "JXIxmPuumTjE4YmyzlNPg/lgtFkNS8thrId1koVrGA==\n")), ZCD_INVALID);
}

static void a_blank_line_in_a_checkpoint_is_refused(void **state)
{
    (void)state;
    assert_int_equal(read_text(LOG_NAME "\n700\n" ROOT "\n\nextension\n"), ZCD_INVALID);
    assert_int_equal(read_text("\n700\n" ROOT "\n"), ZCD_INVALID);
    assert_int_equal(read_text(LOG_NAME "\n\n" ROOT "\n"), ZCD_INVALID);
}

static void a_key_name_with_plus_or_space_is_refused(void **state)
{
    static const char *const NAMES[] = {"log+x", "log x", "log\xc2\xa0x", "log\xe3\x80\x80x", ""};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(NAMES); i++) {
        char text[512];
        assert_false(note_name_is_valid(bytes_of_text(NAMES[i])));
        (void)snprintf(text, sizeof text, "%s\n700\n" ROOT "\n", NAMES[i]);
        assert_int_equal(read_text(text), ZCD_INVALID);
        (void)snprintf(text, sizeof text, "%s\xe2\x80\x94 %s AAAAAAE=\n", GOOD_NOTE, NAMES[i]);
        assert_int_equal(read_note(text), ZCD_INVALID);
    }
}

static void more_than_63_hashes_are_refused(void **state)
{
    struct buffer text = {0};
    struct proof proof;
    struct zcd_error err;

    (void)state;
    buffer_append_text(&text, "c2sp.org/tlog-proof@v1\nindex 5\n");
    for (int i = 0; i < 64; i++)
        buffer_append_text(&text, ROOT "\n");
    buffer_append_text(&text, "\n" GOOD_NOTE);
    assert_int_equal(proof_parse(buffer_bytes(&text), &proof, &err), ZCD_INVALID);
    assert_string_equal(err.message, "proof has more than 63 hashes");
    buffer_done(&text);
}

static void an_index_beyond_the_size_is_refused(void **state)
{
    struct sha256 root = hash_of_base64(ROOT);
    struct zcd_error err;

    (void)state;
    assert_int_equal(merkle_verify_inclusion(700, 700, &root, &(struct merkle_proof){.count = 0}, &root, &err),
                     ZCD_INVALID);
    assert_int_equal(merkle_verify_inclusion(0, 0, &root, &(struct merkle_proof){.count = 0}, &root, &err),
                     ZCD_INVALID);
    assert_int_equal(merkle_verify_inclusion(0, 1, &root, &(struct merkle_proof){.count = 0}, &root, &err), ZCD_OK);
}

/* A proof of the right hashes and one too many or too few, at either end. */
static void a_proof_of_another_length_is_refused(void **state)
{
    struct sha256 root = hash_of_base64(ROOT), node = merkle_node_hash(&root, &root);
    struct merkle_proof proof = {.count = 1, .hash = {root, root}};
    struct zcd_error err;

    (void)state;
    assert_int_equal(merkle_verify_inclusion(0, 2, &root, &proof, &node, &err), ZCD_OK);
    proof.count = 2;
    assert_int_equal(merkle_verify_inclusion(0, 2, &root, &proof, &node, &err), ZCD_INVALID);
    proof.count = 0;
    assert_int_equal(merkle_verify_inclusion(0, 2, &root, &proof, &node, &err), ZCD_INVALID);
    assert_int_equal(merkle_verify_consistency(1, &root, 2, &node, &proof, &err), ZCD_INVALID);
}

static void a_known_key_with_a_bad_signature_beside_a_good_one_rejects_all(void **state)
{
    struct note_vkey keys[] = {vkey_of(LOG_VKEY), vkey_of(WITNESS_VKEY)};
    struct buffer file = load_file(VECTORS "generated-xmod/log/checkpoint");
    struct note note;
    struct zcd_error err;
    char *cosignature = strstr((char *)file.data, "RF0Nog");

    (void)state;
    assert_int_equal(note_parse(buffer_bytes(&file), &note, &err), ZCD_OK);
    assert_int_equal(note_verify(&note, keys, 2, &err), ZCD_OK);
    cosignature[50] = cosignature[50] == 'A' ? 'B' : 'A';
    assert_int_equal(note_verify(&note, keys, 2, &err), ZCD_CORRUPT);
    assert_int_equal(note_verify(&note, keys, 1, &err), ZCD_OK); /* an unknown key's line is nobody's business */
    buffer_done(&file);
}

/* Of several lines by one key the first counts: a bad one cannot be hidden in front, nor can a good one cure it. */
static void a_duplicate_line_does_not_count(void **state)
{
    (void)state;
    assert_int_equal(read_note(GOOD_NOTE SIGNED), ZCD_OK);
    static const char bad[] =
        "\xe2\x80\x94 " LOG_NAME " o1x9yCstnqDidON0AASF5OqXA992zxUXdBkDxvO58O0JcnFx1VVs8JUHs2fY2xFgP"
        "Uk9A86T/5sXYm3s0fgMYxGkvw8=\n";
    char text[1024];
    (void)snprintf(text, sizeof text, TEXT "\n%s" SIGNED, bad);
    assert_int_equal(read_note(text), ZCD_CORRUPT);
}

/* A cosignature whose time has the highest bit set, signed over that very number. */
static void a_time_beyond_two_to_the_63_is_refused(void **state)
{
    struct note_vkey vkey = vkey_of(WITNESS_VKEY);
    uint8_t seed[SIGNATURE_SEED_SIZE], payload[4 + 8 + SIGNATURE_SIZE] = {0x44, 0x5d, 0x0d, 0xa2, 0x80};
    char line[256], base64[128];
    struct signature signature;
    struct note note;
    struct zcd_error err;

    (void)state;
    assert_int_equal(hex_decode(WITNESS_SEED, strlen(WITNESS_SEED), seed, sizeof seed, &err), ZCD_OK);
    struct signature_key *key = signature_key_from_seed(seed);
    assert_int_equal(
        signature_sign(key, bytes_of_text("cosignature/v1\ntime 9223372036854775808\n" TEXT), &signature, &err),
        ZCD_OK);
    memcpy(payload + 12, signature.bytes, SIGNATURE_SIZE);
    base64_encode(payload, sizeof payload, base64);
    (void)snprintf(line, sizeof line, TEXT "\n\xe2\x80\x94 witness.example.test/w1 %s\n", base64);
    assert_int_equal(note_parse(bytes_of_text(line), &note, &err), ZCD_OK);
    assert_int_equal(note_verify(&note, &vkey, 1, &err), ZCD_CORRUPT);
    signature_key_free(key);
}

static void a_note_over_its_cap_is_refused(void **state)
{
    struct buffer text = {0};
    struct note note;
    struct zcd_error err;

    (void)state;
    while (text.size <= NOTE_SIZE_MAX)
        buffer_append_text(&text, "padding\n");
    buffer_append_text(&text, "\n" SIGNED);
    assert_int_equal(note_parse(buffer_bytes(&text), &note, &err), ZCD_INVALID);
    assert_memory_equal(err.message, "note is larger than", 19);
    buffer_done(&text);
}

static void a_nul_byte_is_refused(void **state)
{
    char text[] = GOOD_NOTE;
    struct note note;
    struct zcd_error err;

    (void)state;
    for (size_t i = 0; i < sizeof text - 1; i += 7) {
        char kept = text[i];
        text[i] = '\0';
        assert_int_equal(note_parse((struct bytes){(const uint8_t *)text, sizeof text - 1}, &note, &err), ZCD_INVALID);
        text[i] = kept;
    }
}

/* ------------------------------------------------------------------ files */

static char folder[] = "/tmp/zcd-test-strictness-XXXXXX";

static int make_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) == NULL ? -1 : 0;
}

static int remove_folder(void **state)
{
    char command[96];

    (void)state;
    (void)snprintf(command, sizeof command, "rm -rf '%s'", folder);
    return system(command);
}

static enum zcd_code read_file_as(const struct tile *tile, size_t size)
{
    uint8_t zeros[300] = {0};
    struct buffer bytes = {0};
    struct zcd_error err;

    assert_true(size <= sizeof zeros);
    assert_int_equal(tile_folder_write(folder, tile, (struct bytes){zeros, size}, &err), ZCD_OK);
    enum zcd_code code = tile_folder_read(folder, tile, &bytes, &err);
    buffer_done(&bytes);
    return code;
}

static void a_tile_that_is_not_whole_hashes_is_refused(void **state)
{
    (void)state;
    assert_int_equal(read_file_as(&(struct tile){0, 0, 3}, 96), ZCD_OK);
    assert_int_equal(read_file_as(&(struct tile){0, 0, 3}, 95), ZCD_CORRUPT);
    assert_int_equal(read_file_as(&(struct tile){0, 0, 3}, 97), ZCD_CORRUPT);
    assert_int_equal(read_file_as(&(struct tile){0, 0, 3}, 128), ZCD_CORRUPT);
}

/* Two zero bytes are an entry of no bytes. */
static void an_entry_bundle_with_bytes_behind_its_end_is_refused(void **state)
{
    (void)state;
    assert_int_equal(read_file_as(&(struct tile){TILE_ENTRIES, 0, 3}, 6), ZCD_OK);
    assert_int_equal(read_file_as(&(struct tile){TILE_ENTRIES, 0, 3}, 7), ZCD_CORRUPT);
    assert_int_equal(read_file_as(&(struct tile){TILE_ENTRIES, 0, 3}, 8), ZCD_CORRUPT);
    assert_int_equal(read_file_as(&(struct tile){TILE_ENTRIES, 0, 3}, 5), ZCD_CORRUPT);
}

static void a_partial_width_of_0_or_256_is_refused(void **state)
{
    (void)state;
    assert_int_equal(read_path("tile/0/000.p/1"), ZCD_OK);
    assert_int_equal(read_path("tile/0/000.p/255"), ZCD_OK);
    assert_int_equal(read_path("tile/0/000.p/0"), ZCD_INVALID);
    assert_int_equal(read_path("tile/0/000.p/256"), ZCD_INVALID);
    assert_int_equal(read_path("tile/entries/000.p/0"), ZCD_INVALID);
    assert_int_equal(read_path("tile/0/000.p/01"), ZCD_INVALID);
}

static void a_path_that_is_not_canonical_is_refused(void **state)
{
    static const char *const PATHS[] = {
        "tile/0/67",      "tile/0/x000/067", "tile/0/x1/067", "tile/00/067", "tile/0/x001/x234",   "tile/0/1067",
        "tile/0/x001/67", "tile/64/000",     "tile/-1/000",   "tile/0/000/", "/tile/0/000",        "tile/0/000.p/",
        "tile/data/000",  "tile/8/0/000",    "tile/0/0x0",    "tile/0/..",   "tile/entries/x000/1"};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(PATHS); i++) {
        if (read_path(PATHS[i]) != ZCD_INVALID)
            fail_msg("%s", PATHS[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_good_ones_pass),
        cmocka_unit_test(base64_with_trailing_bits_is_refused),
        cmocka_unit_test(a_carriage_return_is_refused),
        cmocka_unit_test(a_missing_final_newline_is_refused),
        cmocka_unit_test(a_number_with_leading_zero_or_sign_is_refused),
        cmocka_unit_test(a_size_of_two_to_the_63_is_refused),
        cmocka_unit_test(a_root_that_is_not_32_bytes_is_refused),
        cmocka_unit_test(a_blank_line_in_a_checkpoint_is_refused),
        cmocka_unit_test(a_key_name_with_plus_or_space_is_refused),
        cmocka_unit_test(more_than_63_hashes_are_refused),
        cmocka_unit_test(an_index_beyond_the_size_is_refused),
        cmocka_unit_test(a_proof_of_another_length_is_refused),
        cmocka_unit_test(a_known_key_with_a_bad_signature_beside_a_good_one_rejects_all),
        cmocka_unit_test(a_duplicate_line_does_not_count),
        cmocka_unit_test(a_time_beyond_two_to_the_63_is_refused),
        cmocka_unit_test(a_note_over_its_cap_is_refused),
        cmocka_unit_test(a_nul_byte_is_refused),
        cmocka_unit_test(a_tile_that_is_not_whole_hashes_is_refused),
        cmocka_unit_test(an_entry_bundle_with_bytes_behind_its_end_is_refused),
        cmocka_unit_test(a_partial_width_of_0_or_256_is_refused),
        cmocka_unit_test(a_path_that_is_not_canonical_is_refused),
    };

    return cmocka_run_group_tests_name("strictness", tests, make_folder, remove_folder);
}
