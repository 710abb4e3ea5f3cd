#include "audit/signature.h"

#include "audit/key_file_internal.h"
#include "base/cleanup.h"

#include <openssl/err.h>
#include <openssl/evp.h>

#include <assert.h>
#include <stdlib.h>
#include <string.h>

struct signature_key {
    EVP_PKEY *pkey;
    struct signature_public_key public_key;
    struct sm2_key *second; /* or NULL */
};

/* ------------------------------------------------------------------ releases, for ZCD_AUTO */

static void done_pkey(EVP_PKEY **pkey)
{
    EVP_PKEY_free(*pkey);
}

static void done_context(EVP_MD_CTX **context)
{
    EVP_MD_CTX_free(*context);
}

/* ------------------------------------------------------------------ keys */

/* Takes pkey over. */
static struct signature_key *key_of(EVP_PKEY *pkey)
{
    struct signature_key *key = calloc(1, sizeof *key);
    size_t size = SIGNATURE_PUBLIC_KEY_SIZE;

    if (key == NULL || EVP_PKEY_get_raw_public_key(pkey, key->public_key.bytes, &size) != 1)
        abort();
    assert(size == SIGNATURE_PUBLIC_KEY_SIZE);
    key->pkey = pkey;
    return key;
}

struct signature_key *signature_key_from_seed(const uint8_t seed[SIGNATURE_SEED_SIZE])
{
    EVP_PKEY *pkey = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed, SIGNATURE_SEED_SIZE);

    if (pkey == NULL)
        abort();
    return key_of(pkey);
}

void signature_key_free(struct signature_key *key)
{
    if (key == NULL)
        return;
    EVP_PKEY_free(key->pkey);
    sm2_key_free(key->second);
    free(key);
}

void signature_key_set_second(struct signature_key *key, struct sm2_key *second)
{
    sm2_key_free(key->second);
    key->second = second;
}

const struct sm2_key *signature_key_second(const struct signature_key *key)
{
    return key->second;
}

struct signature_public_key signature_key_public(const struct signature_key *key)
{
    return key->public_key;
}

enum zcd_code signature_key_generate(const char *path, struct zcd_error *err)
{
    ZCD_AUTO(done_pkey) EVP_PKEY *pkey = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");

    if (pkey == NULL)
        return zcd_fail(err, ZCD_UNAVAILABLE, "libcrypto cannot make a key");
    return key_file_write(path, pkey, err);
}

enum zcd_code signature_key_load(const char *path, struct signature_key **key, struct zcd_error *err)
{
    EVP_PKEY *pkey;
    enum zcd_code code = key_file_read(path, &pkey, err);

    if (code != ZCD_OK)
        return code;
    if (EVP_PKEY_get_id(pkey) != EVP_PKEY_ED25519) {
        EVP_PKEY_free(pkey);
        return zcd_fail(err, ZCD_INVALID, "key file does not hold an Ed25519 key");
    }
    *key = key_of(pkey);
    return ZCD_OK;
}

/* ------------------------------------------------------------------ signing and verifying */

enum zcd_code signature_sign(const struct signature_key *key, struct bytes message, struct signature *signature,
                             struct zcd_error *err)
{
    struct signature made;
    size_t size = SIGNATURE_SIZE;

    ZCD_AUTO(done_context) EVP_MD_CTX *context = EVP_MD_CTX_new();
    if (context == NULL || EVP_DigestSignInit(context, NULL, NULL, NULL, key->pkey) != 1
        || EVP_DigestSign(context, made.bytes, &size, message.data, message.size) != 1) {
        ERR_clear_error();
        return zcd_fail(err, ZCD_UNAVAILABLE, "the key cannot sign now");
    }
    assert(size == SIGNATURE_SIZE);
    *signature = made;
    return ZCD_OK;
}

/* The y of a point is below p = 2^255 - 19; the highest bit is the sign of x. */
static bool is_canonical_y(const uint8_t bytes[SIGNATURE_PUBLIC_KEY_SIZE])
{
    if ((bytes[31] & 0x7f) != 0x7f || bytes[0] < 0xed)
        return true;
    for (int i = 1; i < 31; i++) {
        if (bytes[i] != 0xff)
            return true;
    }
    return false;
}

/*
 * The y of the eight points whose order divides 8 (five values; x and -x share one). With the sign bit set, two of them
 * are the non-canonical forms with x = -0, so that refusing them whatever the sign covers RFC 8032 5.1.3 step 4 too.
 */
static bool is_small_order(const uint8_t bytes[SIGNATURE_PUBLIC_KEY_SIZE])
{
    /* clang-format off */
    static const uint8_t SMALL[][SIGNATURE_PUBLIC_KEY_SIZE] = {
        {0},
        {1},
        {0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98, 0xf0,
         0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05},
        {0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67, 0x0f,
         0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a},
        {0xec, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
         0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f},
    };
    /* clang-format on */
    uint8_t unsigned_y[SIGNATURE_PUBLIC_KEY_SIZE];

    memcpy(unsigned_y, bytes, sizeof unsigned_y);
    unsigned_y[31] &= 0x7f;
    for (size_t i = 0; i < sizeof SMALL / sizeof SMALL[0]; i++) {
        if (memcmp(unsigned_y, SMALL[i], sizeof unsigned_y) == 0)
            return true;
    }
    return false;
}

bool signature_public_key_is_sound(const struct signature_public_key *key)
{
    return is_canonical_y(key->bytes) && !is_small_order(key->bytes);
}

bool signature_verify(const struct signature_public_key *key, struct bytes message, const struct signature *signature)
{
    if (!signature_public_key_is_sound(key))
        return false;

    /* libcrypto refuses S not below the order, and compares R as bytes with what it computed, so R is canonical too. */
    ZCD_AUTO(done_pkey) EVP_PKEY *pkey =
        EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, key->bytes, SIGNATURE_PUBLIC_KEY_SIZE);
    ZCD_AUTO(done_context) EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool good = pkey != NULL && context != NULL && EVP_DigestVerifyInit(context, NULL, NULL, NULL, pkey) == 1
                && EVP_DigestVerify(context, signature->bytes, SIGNATURE_SIZE, message.data, message.size) == 1;

    if (!good)
        ERR_clear_error();
    return good;
}
