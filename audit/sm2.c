#include "audit/sm2.h"

#include "audit/key_file_internal.h"
#include "base/cleanup.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include <assert.h>
#include <stdlib.h>
#include <string.h>

struct sm2_key {
    EVP_PKEY *pkey;
    struct sm2_public_key public_key;
};

static void done_pkey(EVP_PKEY **pkey)
{
    EVP_PKEY_free(*pkey);
}

/* A digest context and the key context in which the distinguishing id stands. */
struct operation {
    EVP_MD_CTX *digest;
    EVP_PKEY_CTX *key;
};

static void done_operation(struct operation *operation)
{
    EVP_MD_CTX_free(operation->digest);
    EVP_PKEY_CTX_free(operation->key);
    ERR_clear_error();
}

static bool begin(struct operation *operation, EVP_PKEY *pkey, const char *id)
{
    operation->digest = EVP_MD_CTX_new();
    operation->key = EVP_PKEY_CTX_new(pkey, NULL);
    if (operation->digest == NULL || operation->key == NULL
        || EVP_PKEY_CTX_set1_id(operation->key, id, (int)strlen(id)) != 1)
        return false;
    EVP_MD_CTX_set_pkey_ctx(operation->digest, operation->key);
    return true;
}

/* ------------------------------------------------------------------ keys */

static bool read_public_key(EVP_PKEY *pkey, struct sm2_public_key *key)
{
    size_t size = 0;

    return EVP_PKEY_set_utf8_string_param(pkey, OSSL_PKEY_PARAM_EC_POINT_CONVERSION_FORMAT, "uncompressed") == 1
           && EVP_PKEY_get_octet_string_param(pkey, OSSL_PKEY_PARAM_PUB_KEY, key->bytes, sizeof key->bytes, &size) == 1
           && size == sizeof key->bytes && key->bytes[0] == 4;
}

enum zcd_code sm2_key_generate(const char *path, struct zcd_error *err)
{
    ZCD_AUTO(done_pkey)
    EVP_PKEY *pkey = EVP_PKEY_Q_keygen(NULL, NULL, "SM2");

    if (pkey == NULL)
        return zcd_fail(err, ZCD_UNAVAILABLE, "libcrypto cannot make an SM2 key");
    return key_file_write(path, pkey, err);
}

enum zcd_code sm2_key_load(const char *path, struct sm2_key **key, struct zcd_error *err)
{
    struct sm2_public_key public_key;
    EVP_PKEY *pkey;
    enum zcd_code code = key_file_read(path, &pkey, err);

    if (code != ZCD_OK)
        return code;
    if (EVP_PKEY_is_a(pkey, "SM2") != 1 || !read_public_key(pkey, &public_key)) {
        EVP_PKEY_free(pkey);
        ERR_clear_error();
        return zcd_fail(err, ZCD_INVALID, "key file does not hold an SM2 key");
    }
    struct sm2_key *loaded = malloc(sizeof *loaded);
    if (loaded == NULL)
        abort();
    *loaded = (struct sm2_key){pkey, public_key};
    *key = loaded;
    return ZCD_OK;
}

void sm2_key_free(struct sm2_key *key)
{
    if (key == NULL)
        return;
    EVP_PKEY_free(key->pkey);
    free(key);
}

struct sm2_public_key sm2_key_public(const struct sm2_key *key)
{
    return key->public_key;
}

/* NULL when the bytes are no point of the curve: libcrypto looks. */
static EVP_PKEY *public_pkey(const struct sm2_public_key *key)
{
    char group[] = "SM2";
    uint8_t point[SM2_PUBLIC_KEY_SIZE];
    EVP_PKEY *pkey = NULL;

    if (key->bytes[0] != 4)
        return NULL;
    memcpy(point, key->bytes, sizeof point);
    OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group, 0),
        OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point, sizeof point),
        OSSL_PARAM_construct_end(),
    };
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "SM2", NULL);
    bool good = context != NULL && EVP_PKEY_fromdata_init(context) == 1
                && EVP_PKEY_fromdata(context, &pkey, EVP_PKEY_PUBLIC_KEY, parameters) == 1;
    EVP_PKEY_CTX_free(context);
    ERR_clear_error();
    return good ? pkey : NULL;
}

bool sm2_public_key_is_sound(const struct sm2_public_key *key)
{
    ZCD_AUTO(done_pkey)
    EVP_PKEY *pkey = public_pkey(key);
    return pkey != NULL;
}

/* ------------------------------------------------------------------ signing and verifying */

enum zcd_code sm2_sign(const struct sm2_key *key, struct bytes message, struct sm2_signature *signature,
                       struct zcd_error *err)
{
    ZCD_AUTO(done_operation)
    struct operation operation = {NULL, NULL};
    struct sm2_signature made = {.size = sizeof made.bytes};

    if (!begin(&operation, key->pkey, SM2_DISTINGUISHING_ID)
        || EVP_DigestSignInit(operation.digest, NULL, EVP_sm3(), NULL, key->pkey) != 1
        || EVP_DigestSign(operation.digest, made.bytes, &made.size, message.data, message.size) != 1)
        return zcd_fail(err, ZCD_UNAVAILABLE, "the SM2 key cannot sign now");
    assert(made.size <= sizeof made.bytes);
    *signature = made;
    return ZCD_OK;
}

bool sm2_verify(const struct sm2_public_key *key, const char *id, struct bytes message, struct bytes signature)
{
    ZCD_AUTO(done_pkey)
    EVP_PKEY *pkey = public_pkey(key);
    ZCD_AUTO(done_operation)
    struct operation operation = {NULL, NULL};

    return pkey != NULL && begin(&operation, pkey, id)
           && EVP_DigestVerifyInit(operation.digest, NULL, EVP_sm3(), NULL, pkey) == 1
           && EVP_DigestVerify(operation.digest, signature.data, signature.size, message.data, message.size) == 1;
}
