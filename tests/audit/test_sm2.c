/* SM2 and SM3 by published vectors (tests/vectors/audit/SOURCES.md), and the key's file. */
#include "tests/audit/support.h"

#include "audit/checkpoint.h"
#include "audit/sm2.h"

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <stdlib.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#define SM2_LINE VECTORS "generated-xmod/checkpoint-with-sm2-line.txt"

/* ------------------------------------------------------------------ SM3, on which the signatures rest */

static void assert_sm3(const char *input, const char *output)
{
    uint8_t data[8192], digest[32], expected[32];
    char lower[16385];
    size_t size = strlen(input) / 2;
    struct zcd_error err;

    assert_true(strlen(input) < sizeof lower);
    for (size_t i = 0; i <= strlen(input); i++)
        lower[i] = (char)(input[i] >= 'A' && input[i] <= 'F' ? input[i] + 32 : input[i]);
    assert_int_equal(hex_decode(lower, strlen(lower), data, size, &err), ZCD_OK);
    for (size_t i = 0; i <= 64; i++)
        lower[i] = (char)(output[i] >= 'A' && output[i] <= 'F' ? output[i] + 32 : output[i]);
    assert_int_equal(hex_decode(lower, 64, expected, sizeof expected, &err), ZCD_OK);
    assert_int_equal(EVP_Digest(data, size, digest, NULL, EVP_sm3(), NULL), 1);
    assert_memory_equal(digest, expected, sizeof digest);
}

/* Both collections: pairs of lines "In..." and "Out..." with hexadecimal behind "= ". Returns how many. */
static int check_sm3_file(const char *path)
{
    static char line[20000], input[20000];
    FILE *file = fopen(path, "rb");
    int count = 0;

    assert_non_null(file);
    while (fgets(line, sizeof line, file) != NULL) {
        const char *value = strstr(line, "= ");
        line[strcspn(line, "\r\n")] = '\0';
        if (strncmp(line, "Title = Case", 12) == 0)
            break; /* other digests follow */
        if (value == NULL)
            continue;
        if (strncmp(line, "In", 2) == 0) {
            (void)snprintf(input, sizeof input, "%s", value + 2);
        } else if (strncmp(line, "Out", 3) == 0) {
            assert_sm3(input, value + 2);
            count++;
        }
    }
    (void)fclose(file);
    return count;
}

static void sm3_gives_every_published_digest(void **state)
{
    (void)state;
    assert_true(check_sm3_file(VECTORS "botan/sm3.vec") > 100);
    assert_true(check_sm3_file(VECTORS "tongsuo/evpmd_sm3.txt") >= 5);
}

/* ------------------------------------------------------------------ signatures of others */

/* sm2_sig.vec, on the standard curve, with SM3; generated with GmSSL. */
#define GMSSL_ID "sm2test@example.com"
#define GMSSL_MESSAGE "hi chappy"
#define GMSSL_PRIVATE "110E7973206F68C19EE5F7328C036F26911C8C73B4E4F36AE3291097F8984FFC"
#define GMSSL_R "05890B9077B92E47B17A1FF42A814280E556AFD92B4A98B9670BF8B1A274C2FA"
#define GMSSL_S "E3ABBB8DB2B6ECD9B24ECCEA7F679FB9A4B1DB52F4AA985E443AD73237FA1993"

static struct sm2_public_key public_of_private(const char *hex)
{
    struct sm2_public_key key;
    EC_GROUP *group = EC_GROUP_new_by_curve_name(NID_sm2);
    EC_POINT *point = EC_POINT_new(group);
    BIGNUM *d = NULL;

    assert_int_equal(BN_hex2bn(&d, hex), 64);
    assert_int_equal(EC_POINT_mul(group, point, d, NULL, NULL, NULL), 1);
    assert_int_equal(EC_POINT_point2oct(group, point, POINT_CONVERSION_UNCOMPRESSED, key.bytes, sizeof key.bytes, NULL),
                     SM2_PUBLIC_KEY_SIZE);
    BN_free(d);
    EC_POINT_free(point);
    EC_GROUP_free(group);
    return key;
}

static struct sm2_signature der_of(const char *r_hex, const char *s_hex)
{
    struct sm2_signature signature;
    ECDSA_SIG *pair = ECDSA_SIG_new();
    BIGNUM *r = NULL, *s = NULL;
    uint8_t *end = signature.bytes;

    assert_true(BN_hex2bn(&r, r_hex) > 0 && BN_hex2bn(&s, s_hex) > 0);
    assert_int_equal(ECDSA_SIG_set0(pair, r, s), 1);
    signature.size = (size_t)i2d_ECDSA_SIG(pair, &end);
    ECDSA_SIG_free(pair);
    return signature;
}

static bool gmssl_verifies(const char *id, const char *message, const char *r, const char *s)
{
    struct sm2_public_key key = public_of_private(GMSSL_PRIVATE);
    struct sm2_signature signature = der_of(r, s);

    return sm2_verify(&key, id, bytes_of_text(message), (struct bytes){signature.bytes, signature.size});
}

static void a_signature_by_gmssl_verifies_and_nothing_near_it_does(void **state)
{
    (void)state;
    assert_true(gmssl_verifies(GMSSL_ID, GMSSL_MESSAGE, GMSSL_R, GMSSL_S));
    assert_false(gmssl_verifies(SM2_DISTINGUISHING_ID, GMSSL_MESSAGE, GMSSL_R, GMSSL_S));
    assert_false(gmssl_verifies("", GMSSL_MESSAGE, GMSSL_R, GMSSL_S));
    assert_false(gmssl_verifies(GMSSL_ID, "hi chappz", GMSSL_R, GMSSL_S));
    assert_false(gmssl_verifies(GMSSL_ID, GMSSL_MESSAGE, GMSSL_S, GMSSL_R));
    assert_false(gmssl_verifies(GMSSL_ID, GMSSL_MESSAGE, "00", GMSSL_S));
}

static void a_signature_that_is_not_strict_der_is_refused(void **state)
{
    struct sm2_public_key key = public_of_private(GMSSL_PRIVATE);
    struct sm2_signature good = der_of(GMSSL_R, GMSSL_S);
    uint8_t longer[SM2_SIGNATURE_SIZE_MAX + 1] = {0};

    (void)state;
    memcpy(longer, good.bytes, good.size);
    assert_false(sm2_verify(&key, GMSSL_ID, bytes_of_text(GMSSL_MESSAGE), (struct bytes){longer, good.size + 1}));
    assert_false(sm2_verify(&key, GMSSL_ID, bytes_of_text(GMSSL_MESSAGE), (struct bytes){longer, good.size - 1}));
    assert_false(sm2_verify(&key, GMSSL_ID, bytes_of_text(GMSSL_MESSAGE), (struct bytes){NULL, 0}));
}

static void a_key_that_is_no_point_of_the_curve_is_not_sound(void **state)
{
    struct sm2_public_key key = public_of_private(GMSSL_PRIVATE);

    (void)state;
    assert_true(sm2_public_key_is_sound(&key));
    key.bytes[40] ^= 1;
    assert_false(sm2_public_key_is_sound(&key));
    assert_false(sm2_public_key_is_sound(&(struct sm2_public_key){{0}}));
    assert_false(sm2_public_key_is_sound(&(struct sm2_public_key){{4}}));
}

/* ------------------------------------------------------------------ the line in a checkpoint */

/*
 * The published line was made with another key id than ours: we compute it as signed-note says, and so put it in, with its
 * line's own signature behind it. 45ac357d is what Python's hashlib gives for name, LF, 0xff, our type and the point.
 */
#define PUBLISHED_KEY_ID 0x305bf1c4
#define OUR_KEY_ID 0x45ac357d

static struct buffer published_note(void)
{
    struct buffer file = load_file(SM2_LINE);
    struct buffer note = {0};
    uint8_t payload[128];
    char base64[256];
    char *line = strstr((char *)file.data, "MFvx");
    size_t text_size = strcspn(line, "\n"), size;
    struct zcd_error err;

    assert_int_equal(base64_decode(line, text_size, payload, sizeof payload, &size, &err), ZCD_OK);
    for (int i = 0; i < 4; i++) {
        assert_int_equal(payload[i], (uint8_t)((uint32_t)PUBLISHED_KEY_ID >> (24 - 8 * i)));
        payload[i] = (uint8_t)((uint32_t)OUR_KEY_ID >> (24 - 8 * i));
    }
    base64_encode(payload, size, base64);
    buffer_append(&note, file.data, (size_t)(line - (char *)file.data));
    buffer_append_text(&note, base64);
    buffer_append_text(&note, line + text_size);
    buffer_done(&file);
    return note;
}

/* sm2-public-key.pem: the point is the last 65 bytes of the DER. */
static struct note_vkey published_sm2_vkey(void)
{
    struct note_vkey vkey;
    struct sm2_public_key key;
    struct zcd_error err;
    FILE *file = fopen(VECTORS "generated-xmod/sm2-public-key.pem", "rb");
    unsigned char *der = NULL;

    assert_non_null(file);
    EVP_PKEY *pkey = PEM_read_PUBKEY(file, NULL, NULL, NULL);
    int size = i2d_PUBKEY(pkey, &der);
    assert_true(size > SM2_PUBLIC_KEY_SIZE);
    memcpy(key.bytes, der + size - SM2_PUBLIC_KEY_SIZE, SM2_PUBLIC_KEY_SIZE);
    OPENSSL_free(der);
    EVP_PKEY_free(pkey);
    (void)fclose(file);
    assert_int_equal(note_vkey_init_sm2(LOG_NAME, &key, &vkey, &err), ZCD_OK);
    return vkey;
}

static void the_published_sm2_line_verifies_beside_the_ed25519_one(void **state)
{
    struct note_vkey keys[] = {vkey_of(LOG_VKEY), published_sm2_vkey()};
    struct buffer file = published_note();
    struct note note;
    struct zcd_error err;
    char text[NOTE_VKEY_SIZE];

    (void)state;
    assert_int_equal(keys[1].key_id, OUR_KEY_ID);
    assert_int_equal(note_parse(buffer_bytes(&file), &note, &err), ZCD_OK);
    assert_int_equal(note_verify(&note, keys, 2, &err), ZCD_OK);
    assert_int_equal(note_verify(&note, &keys[1], 1, &err), ZCD_OK);

    struct note_vkey again = vkey_of(note_vkey_format(&keys[1], text));
    assert_true(note_vkey_equal(&again, &keys[1]));
    buffer_done(&file);
}

static void a_wrong_sm2_line_rejects_the_note_although_the_ed25519_one_is_good(void **state)
{
    struct note_vkey keys[] = {vkey_of(LOG_VKEY), published_sm2_vkey()};
    struct buffer file = published_note();
    struct note note;
    struct zcd_error err;
    char *line = strstr((char *)file.data, "Raw1fTBG");

    (void)state;
    assert_non_null(line);
    line[60] = line[60] == 'A' ? 'B' : 'A';
    assert_int_equal(note_parse(buffer_bytes(&file), &note, &err), ZCD_OK);
    assert_int_equal(note_verify(&note, keys, 2, &err), ZCD_CORRUPT);
    assert_int_equal(note_verify(&note, keys, 1, &err), ZCD_OK); /* who does not know the key passes the line over */
    buffer_done(&file);
}

/* ------------------------------------------------------------------ our own key */

static char folder[] = "/tmp/zcd-test-sm2-XXXXXX";

static const char *new_key(void)
{
    static char path[64];
    struct zcd_error err;

    (void)snprintf(path, sizeof path, "%s/key", folder);
    (void)unlink(path);
    if (sm2_key_generate(path, &err) != ZCD_OK)
        fail_msg("%s", err.message);
    return path;
}

static void what_a_key_signs_verifies_with_its_public_half_alone(void **state)
{
    struct sm2_key *key = NULL, *other = NULL;
    struct sm2_signature signature;
    struct zcd_error err;

    (void)state;
    assert_int_equal(sm2_key_load(new_key(), &key, &err), ZCD_OK);
    assert_int_equal(sm2_key_load(new_key(), &other, &err), ZCD_OK);
    struct sm2_public_key mine = sm2_key_public(key), others = sm2_key_public(other);
    assert_int_equal(sm2_sign(key, bytes_of_text("text"), &signature, &err), ZCD_OK);
    struct bytes made = {signature.bytes, signature.size};
    assert_true(sm2_verify(&mine, SM2_DISTINGUISHING_ID, bytes_of_text("text"), made));
    assert_false(sm2_verify(&others, SM2_DISTINGUISHING_ID, bytes_of_text("text"), made));
    assert_false(sm2_verify(&mine, SM2_DISTINGUISHING_ID, bytes_of_text("texts"), made));
    sm2_key_free(key);
    sm2_key_free(other);
}

static void a_checkpoint_bears_both_lines(void **state)
{
    struct signature_key *ed25519 = log_key();
    struct sm2_key *sm2 = NULL;
    struct checkpoint checkpoint = {.origin = LOG_NAME, .size = 0, .root = merkle_empty_root()};
    struct buffer note = {0};
    struct note parsed;
    struct zcd_error err;

    (void)state;
    assert_int_equal(sm2_key_load(new_key(), &sm2, &err), ZCD_OK);
    struct sm2_public_key public_key = sm2_key_public(sm2);
    struct note_vkey keys[] = {vkey_of(LOG_VKEY), {.key_id = 0}};
    assert_int_equal(note_vkey_init_sm2(LOG_NAME, &public_key, &keys[1], &err), ZCD_OK);
    signature_key_set_second(ed25519, sm2);
    assert_int_equal(checkpoint_sign(&checkpoint, ed25519, &note, &err), ZCD_OK);
    assert_int_equal(note_parse(buffer_bytes(&note), &parsed, &err), ZCD_OK);
    assert_int_equal(parsed.signature_count, 2);
    assert_int_equal(note_verify(&parsed, keys, 2, &err), ZCD_OK);
    assert_int_equal(checkpoint_verify(buffer_bytes(&note), &keys[1], &checkpoint, &err), ZCD_OK);
    buffer_done(&note);
    signature_key_free(ed25519);
}

static void a_key_file_that_others_can_read_or_of_another_kind_is_refused(void **state)
{
    struct sm2_key *key = NULL;
    struct signature_key *wrong = NULL;
    struct zcd_error err;
    const char *path = new_key();

    (void)state;
    assert_int_equal(signature_key_load(path, &wrong, &err), ZCD_INVALID);
    assert_string_equal(err.message, "key file does not hold an Ed25519 key");
    assert_int_equal(chmod(path, 0640), 0);
    assert_int_equal(sm2_key_load(path, &key, &err), ZCD_INVALID);
    assert_non_null(strstr(err.message, "open to group or others"));
    assert_int_equal(chmod(path, 0600), 0);
    assert_int_equal(sm2_key_generate(path, &err), ZCD_CONFLICT);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(signature_key_generate(path, &err), ZCD_OK);
    assert_int_equal(sm2_key_load(path, &key, &err), ZCD_INVALID);
    assert_string_equal(err.message, "key file does not hold an SM2 key");
}

static int make_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) == NULL ? -1 : 0;
}

static int remove_folder(void **state)
{
    char command[64];

    (void)state;
    (void)snprintf(command, sizeof command, "rm -rf '%s'", folder);
    return system(command);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sm3_gives_every_published_digest),
        cmocka_unit_test(a_signature_by_gmssl_verifies_and_nothing_near_it_does),
        cmocka_unit_test(a_signature_that_is_not_strict_der_is_refused),
        cmocka_unit_test(a_key_that_is_no_point_of_the_curve_is_not_sound),
        cmocka_unit_test(the_published_sm2_line_verifies_beside_the_ed25519_one),
        cmocka_unit_test(a_wrong_sm2_line_rejects_the_note_although_the_ed25519_one_is_good),
        cmocka_unit_test(what_a_key_signs_verifies_with_its_public_half_alone),
        cmocka_unit_test(a_checkpoint_bears_both_lines),
        cmocka_unit_test(a_key_file_that_others_can_read_or_of_another_kind_is_refused),
    };

    return cmocka_run_group_tests_name("sm2", tests, make_folder, remove_folder);
}
