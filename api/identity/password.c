#include "api/identity/password.h"

#include "base/bytes.h"
#include "base/cleanup.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

enum { SALT_SIZE = 16, KEY_SIZE = 32, SALT_TEXT_SIZE = 24, KEY_TEXT_SIZE = 44 };

#define PREFIX "$scrypt$ln=15,r=8,p=1$"

static const uint64_t COST = UINT64_C(1) << 15;
static const uint32_t BLOCK_SIZE = 8, LANES = 1;
static const uint64_t MEMORY_MAX = UINT64_C(64) << 20;

static void done_kdf(EVP_KDF **kdf)
{
    EVP_KDF_free(*kdf);
}

static void done_context(EVP_KDF_CTX **context)
{
    EVP_KDF_CTX_free(*context);
}

enum zcd_code password_check(const char *password, struct zcd_error *err)
{
    size_t length = strlen(password);

    if (length < PASSWORD_LENGTH_MIN || length > PASSWORD_LENGTH_MAX)
        return zcd_fail(err, ZCD_INVALID, "a password has %d to %d bytes", PASSWORD_LENGTH_MIN, PASSWORD_LENGTH_MAX);
    if (!bytes_are_utf8(bytes_of_text(password)))
        return zcd_fail(err, ZCD_INVALID, "a password is text in UTF-8");
    for (const char *c = password; *c != '\0'; c++)
        if ((unsigned char)*c < 0x20 || *c == 0x7F)
            return zcd_fail(err, ZCD_INVALID, "a password has no control characters");
    return ZCD_OK;
}

/* Out of memory ends the process, as in base/: there is nothing else that could fail. */
static void derive(const char *password, const uint8_t salt[SALT_SIZE], uint8_t key[KEY_SIZE])
{
    ZCD_AUTO(done_kdf)
    EVP_KDF *kdf = EVP_KDF_fetch(NULL, "SCRYPT", NULL);
    ZCD_AUTO(done_context)
    EVP_KDF_CTX *context = kdf == NULL ? NULL : EVP_KDF_CTX_new(kdf);
    uint64_t cost = COST, memory_max = MEMORY_MAX;
    uint32_t block_size = BLOCK_SIZE, lanes = LANES;
    const OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_PASSWORD, (void *)(uintptr_t)password, strlen(password)),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SALT, (void *)(uintptr_t)salt, SALT_SIZE),
        OSSL_PARAM_construct_uint64(OSSL_KDF_PARAM_SCRYPT_N, &cost),
        OSSL_PARAM_construct_uint32(OSSL_KDF_PARAM_SCRYPT_R, &block_size),
        OSSL_PARAM_construct_uint32(OSSL_KDF_PARAM_SCRYPT_P, &lanes),
        OSSL_PARAM_construct_uint64(OSSL_KDF_PARAM_SCRYPT_MAXMEM, &memory_max),
        OSSL_PARAM_construct_end(),
    };

    if (context == NULL || EVP_KDF_derive(context, key, KEY_SIZE, parameters) != 1)
        abort();
}

const char *password_hash(const char *password, char text[PASSWORD_HASH_SIZE])
{
    uint8_t salt[SALT_SIZE], key[KEY_SIZE];
    char salt_text[SALT_TEXT_SIZE + 1], key_text[KEY_TEXT_SIZE + 1];

    if (getrandom(salt, sizeof salt, 0) != (ssize_t)sizeof salt)
        abort(); /* so few bytes cannot fail once the system is up */
    derive(password, salt, key);
    base64_encode(salt, sizeof salt, salt_text);
    base64_encode(key, sizeof key, key_text);
    (void)snprintf(text, PASSWORD_HASH_SIZE, PREFIX "%s$%s", salt_text, key_text);
    OPENSSL_cleanse(key, sizeof key);
    return text;
}

static bool read_hash(const char *hash, uint8_t salt[SALT_SIZE], uint8_t key[KEY_SIZE])
{
    size_t salt_size, key_size;
    struct zcd_error err;

    if (strncmp(hash, PREFIX, strlen(PREFIX)) != 0)
        return false;
    hash += strlen(PREFIX);
    return strlen(hash) == SALT_TEXT_SIZE + 1 + KEY_TEXT_SIZE && hash[SALT_TEXT_SIZE] == '$'
           && base64_decode(hash, SALT_TEXT_SIZE, salt, SALT_SIZE, &salt_size, &err) == ZCD_OK
           && base64_decode(hash + SALT_TEXT_SIZE + 1, KEY_TEXT_SIZE, key, KEY_SIZE, &key_size, &err) == ZCD_OK
           && salt_size == SALT_SIZE && key_size == KEY_SIZE;
}

enum zcd_code password_verify(const char *password, const char *hash, bool *is_right, struct zcd_error *err)
{
    uint8_t salt[SALT_SIZE] = {0}, key[KEY_SIZE] = {0}, derived[KEY_SIZE];

    if (hash != NULL && !read_hash(hash, salt, key))
        return zcd_fail(err, ZCD_CORRUPT, "a stored password is not as this service makes them");
    derive(password, salt, derived);
    *is_right = CRYPTO_memcmp(derived, key, KEY_SIZE) == 0 && hash != NULL;
    OPENSSL_cleanse(derived, sizeof derived);
    return ZCD_OK;
}
