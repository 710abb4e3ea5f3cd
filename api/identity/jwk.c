#include "api/identity/jwk.h"

#include "base/cleanup.h"

#include <jansson.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum {
    NUMBER_SIZE_MAX = 1024, /* of 8192 bits */
    NUMBER_TEXT_SIZE_MAX = 1400,
    RSA_BITS_MIN = 2048,
    RSA_BITS_MAX = 8192,
    EXPONENT_SIZE_MAX = 4, /* larger ones only cost time */
    COORDINATE_SIZE = 32,
    ES256_SIGNATURE_SIZE = 2 * COORDINATE_SIZE,
    DER_SIGNATURE_SIZE_MAX = 80
};

struct jwk {
    char *id; /* NULL when it has none */
    const char *algorithm;
    EVP_PKEY *pkey;
};

struct jwk_set {
    struct jwk keys[JWK_SET_KEYS_MAX];
    size_t count;
};

struct number {
    uint8_t bytes[NUMBER_SIZE_MAX];
    size_t size;
};

/* ------------------------------------------------------------------ releases, for ZCD_AUTO */

static void done_json(json_t **root)
{
    json_decref(*root);
}

static void done_pkey_context(EVP_PKEY_CTX **context)
{
    EVP_PKEY_CTX_free(*context);
}

static void done_digest_context(EVP_MD_CTX **context)
{
    EVP_MD_CTX_free(*context);
}

static void done_builder(OSSL_PARAM_BLD **builder)
{
    OSSL_PARAM_BLD_free(*builder);
}

static void done_parameters(OSSL_PARAM **parameters)
{
    OSSL_PARAM_free(*parameters);
}

static void done_bignum(BIGNUM **number)
{
    BN_free(*number);
}

static void done_signature(ECDSA_SIG **signature)
{
    ECDSA_SIG_free(*signature);
}

/* ------------------------------------------------------------------ texts */

/* RFC 4648 section 5, and without '=': the two last characters of the alphabet differ from base64's. */
enum zcd_code jwk_base64url_decode(const char *text, size_t text_size, uint8_t *data, size_t *size,
                                   struct zcd_error *err)
{
    ZCD_AUTO(buffer_done)
    struct buffer plain = {0};

    buffer_append(&plain, text, text_size);
    for (size_t i = 0; i < text_size; i++) {
        char c = text[i];
        if (c == '+' || c == '/' || c == '=')
            return zcd_fail(err, ZCD_INVALID, "a character is not of base64url without padding");
        plain.data[i] = c == '-' ? '+' : c == '_' ? '/' : (uint8_t)c;
    }
    while (plain.size % 4 != 0)
        buffer_append(&plain, "=", 1);
    return base64_decode((const char *)plain.data, plain.size, data, text_size, size, err);
}

static const char *text_of(const json_t *object, const char *name)
{
    return json_string_value(json_object_get(object, name));
}

static bool is_text(const json_t *object, const char *name, const char *expected)
{
    const char *text = text_of(object, name);
    return text != NULL && strcmp(text, expected) == 0;
}

static bool read_number(const json_t *object, const char *name, struct number *number)
{
    const char *text = text_of(object, name);
    uint8_t decoded[NUMBER_TEXT_SIZE_MAX];
    size_t size;
    struct zcd_error err;

    if (text == NULL || strlen(text) > NUMBER_TEXT_SIZE_MAX
        || jwk_base64url_decode(text, strlen(text), decoded, &size, &err) != ZCD_OK || size == 0
        || size > NUMBER_SIZE_MAX)
        return false;
    memcpy(number->bytes, decoded, size);
    number->size = size;
    return true;
}

/* ------------------------------------------------------------------ keys */

static EVP_PKEY *key_from(const char *type, OSSL_PARAM_BLD *builder)
{
    ZCD_AUTO(done_pkey_context)
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
    ZCD_AUTO(done_parameters)
    OSSL_PARAM *parameters = OSSL_PARAM_BLD_to_param(builder);
    EVP_PKEY *pkey = NULL;

    if (context == NULL || parameters == NULL || EVP_PKEY_fromdata_init(context) != 1
        || EVP_PKEY_fromdata(context, &pkey, EVP_PKEY_PUBLIC_KEY, parameters) != 1)
        return NULL;
    return pkey;
}

/* RFC 7518 6.3.1 */
static EVP_PKEY *read_rsa(const json_t *object)
{
    ZCD_AUTO(done_builder)
    OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
    ZCD_AUTO(done_bignum)
    BIGNUM *modulus = NULL;
    ZCD_AUTO(done_bignum)
    BIGNUM *exponent = NULL;
    struct number n, e;

    if (builder == NULL || !read_number(object, "n", &n) || !read_number(object, "e", &e) || e.size > EXPONENT_SIZE_MAX)
        return NULL;
    modulus = BN_bin2bn(n.bytes, (int)n.size, NULL);
    exponent = BN_bin2bn(e.bytes, (int)e.size, NULL);
    if (modulus == NULL || exponent == NULL || BN_num_bits(modulus) < RSA_BITS_MIN || BN_num_bits(modulus) > RSA_BITS_MAX
        || !BN_is_odd(exponent) || BN_is_one(exponent)
        || OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_N, modulus) != 1
        || OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_E, exponent) != 1)
        return NULL;
    return key_from("RSA", builder);
}

/* RFC 7518 6.2.1: coordinates of the full 32 bytes. OpenSSL refuses a point that is not on the curve. */
static EVP_PKEY *read_ec(const json_t *object)
{
    ZCD_AUTO(done_builder)
    OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
    uint8_t point[1 + 2 * COORDINATE_SIZE] = {0x04}; /* SEC 1 2.3.3: not compressed */
    struct number x, y;

    if (builder == NULL || !is_text(object, "crv", "P-256") || !read_number(object, "x", &x)
        || !read_number(object, "y", &y) || x.size != COORDINATE_SIZE || y.size != COORDINATE_SIZE)
        return NULL;
    memcpy(point + 1, x.bytes, COORDINATE_SIZE);
    memcpy(point + 1 + COORDINATE_SIZE, y.bytes, COORDINATE_SIZE);
    if (OSSL_PARAM_BLD_push_utf8_string(builder, OSSL_PKEY_PARAM_GROUP_NAME, "P-256", 0) != 1
        || OSSL_PARAM_BLD_push_octet_string(builder, OSSL_PKEY_PARAM_PUB_KEY, point, sizeof point) != 1)
        return NULL;
    return key_from("EC", builder);
}

/* RFC 8037 section 2 */
static EVP_PKEY *read_okp(const json_t *object)
{
    struct number x;

    if (!is_text(object, "crv", "Ed25519") || !read_number(object, "x", &x))
        return NULL;
    return EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, x.bytes, x.size);
}

static const struct key_type {
    const char *name; /* RFC 7518 6.1, RFC 8037 2 */
    const char *algorithm;
    EVP_PKEY *(*read)(const json_t *object);
} TYPES[] = {{"RSA", "RS256", read_rsa}, {"EC", "ES256", read_ec}, {"OKP", "EdDSA", read_okp}};

/* RFC 7517 4.2 and 4.3: use and key_ops, where they are given. */
static bool is_for_verifying(const json_t *object)
{
    const json_t *operations = json_object_get(object, "key_ops");
    size_t i;
    json_t *operation;

    if (json_object_get(object, "use") != NULL && !is_text(object, "use", "sig"))
        return false;
    if (operations == NULL)
        return true;
    json_array_foreach(operations, i, operation)
        if (json_is_string(operation) && strcmp(json_string_value(operation), "verify") == 0)
            return true;
    return false;
}

/* Leaves key.pkey NULL for one that is passed over. */
static struct jwk read_key(const json_t *object)
{
    struct jwk key = {.pkey = NULL};

    for (size_t i = 0; i < sizeof TYPES / sizeof *TYPES; i++) {
        if (!is_text(object, "kty", TYPES[i].name) || !is_for_verifying(object)
            || (json_object_get(object, "alg") != NULL && !is_text(object, "alg", TYPES[i].algorithm)))
            continue;
        key.algorithm = TYPES[i].algorithm;
        key.pkey = TYPES[i].read(object);
    }
    return key;
}

static bool is_same_id(const char *a, const char *b)
{
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static const struct jwk *find(const struct jwk_set *set, const char *id, const char *algorithm)
{
    for (size_t i = 0; i < set->count; i++)
        if (is_same_id(set->keys[i].id, id) && strcmp(set->keys[i].algorithm, algorithm) == 0)
            return &set->keys[i];
    return NULL;
}

/* Takes the key over. */
static enum zcd_code add(struct jwk_set *set, struct jwk key, const char *id, struct zcd_error *err)
{
    if (find(set, id, key.algorithm) != NULL) {
        EVP_PKEY_free(key.pkey);
        return zcd_fail(err, ZCD_INVALID, "two keys have one id and algorithm");
    }
    if (id != NULL) {
        key.id = strdup(id);
        if (key.id == NULL)
            abort();
    }
    set->keys[set->count++] = key;
    return ZCD_OK;
}

static enum zcd_code read_keys(const json_t *keys, struct jwk_set *set, struct zcd_error *err)
{
    size_t i;
    json_t *object;

    if (!json_is_array(keys))
        return zcd_fail(err, ZCD_INVALID, "a key set is an object with an array of keys");
    if (json_array_size(keys) > JWK_SET_KEYS_MAX)
        return zcd_fail(err, ZCD_INVALID, "there are more than %d keys", JWK_SET_KEYS_MAX);
    json_array_foreach(keys, i, object) {
        struct jwk key = read_key(object);
        if (key.pkey != NULL && add(set, key, text_of(object, "kid"), err) != ZCD_OK)
            return zcd_fail_within_index(err, i);
    }
    return set->count > 0 ? ZCD_OK : zcd_fail(err, ZCD_INVALID, "no key is for RS256, ES256 or EdDSA");
}

enum zcd_code jwk_set_parse(struct bytes json, struct jwk_set **set, struct zcd_error *err)
{
    if (json.size > JWK_SET_SIZE_MAX)
        return zcd_fail(err, ZCD_INVALID, "a key set has at most %zu bytes", JWK_SET_SIZE_MAX);
    ZCD_AUTO(done_json)
    json_t *root = json_loadb((const char *)json.data, json.size, JSON_REJECT_DUPLICATES, NULL);
    struct jwk_set *read = calloc(1, sizeof *read);

    if (read == NULL)
        abort();
    enum zcd_code code = read_keys(json_object_get(root, "keys"), read, err);
    if (code != ZCD_OK) {
        jwk_set_free(read);
        return code;
    }
    *set = read;
    return ZCD_OK;
}

void jwk_set_free(struct jwk_set *set)
{
    if (set == NULL)
        return;
    for (size_t i = 0; i < set->count; i++) {
        EVP_PKEY_free(set->keys[i].pkey);
        free(set->keys[i].id);
    }
    free(set);
}

/* ------------------------------------------------------------------ signatures */

/* RFC 7518 3.4: two numbers of 32 bytes; OpenSSL wants them in DER. 0 when they are none. */
static size_t to_der(struct bytes signature, uint8_t der[DER_SIGNATURE_SIZE_MAX])
{
    ZCD_AUTO(done_signature)
    ECDSA_SIG *both = ECDSA_SIG_new();
    BIGNUM *r, *s;

    if (both == NULL || signature.size != ES256_SIGNATURE_SIZE)
        return 0;
    r = BN_bin2bn(signature.data, COORDINATE_SIZE, NULL);
    s = BN_bin2bn(signature.data + COORDINATE_SIZE, COORDINATE_SIZE, NULL);
    if (r == NULL || s == NULL || ECDSA_SIG_set0(both, r, s) != 1) {
        BN_free(r);
        BN_free(s);
        return 0;
    }
    int size = i2d_ECDSA_SIG(both, &(unsigned char *){der});
    return size > 0 ? (size_t)size : 0;
}

static bool is_signed(const struct jwk *key, struct bytes signed_bytes, struct bytes signature)
{
    ZCD_AUTO(done_digest_context)
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    uint8_t der[DER_SIGNATURE_SIZE_MAX];
    bool is_eddsa = strcmp(key->algorithm, "EdDSA") == 0;

    if (strcmp(key->algorithm, "ES256") == 0)
        signature = (struct bytes){der, to_der(signature, der)};
    return context != NULL && signature.size > 0
           && EVP_DigestVerifyInit(context, NULL, is_eddsa ? NULL : EVP_sha256(), NULL, key->pkey) == 1
           && EVP_DigestVerify(context, signature.data, signature.size, signed_bytes.data, signed_bytes.size) == 1;
}

enum zcd_code jwk_set_verify(const struct jwk_set *set, const char *id, const char *algorithm, struct bytes signed_bytes,
                             struct bytes signature, struct zcd_error *err)
{
    const struct jwk *key = find(set, id, algorithm);

    if (id == NULL && set->count == 1 && strcmp(set->keys[0].algorithm, algorithm) == 0)
        key = &set->keys[0];
    else if (id == NULL)
        key = NULL;
    if (key == NULL)
        return zcd_fail(err, ZCD_INVALID, "there is no key of this id for this algorithm");
    return is_signed(key, signed_bytes, signature) ? ZCD_OK
                                                   : zcd_fail(err, ZCD_INVALID, "the signature is not the key's");
}
