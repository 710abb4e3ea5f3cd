#include "audit/sha256.h"

#include <openssl/evp.h>
#include <openssl/sha.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static_assert(SHA256_SIZE == SHA256_DIGEST_LENGTH, "libcrypto means the same digest");

static _Noreturn void stop_for_libcrypto(void)
{
    fputs("SHA-256 is not available: libcrypto is out of memory or misconfigured\n", stderr);
    abort();
}

struct sha256 sha256_of(struct bytes data)
{
    struct sha256 digest;

    if (SHA256(data.data, data.size, digest.bytes) == NULL)
        stop_for_libcrypto();
    return digest;
}

struct sha256 sha256_of_parts(const struct bytes *parts, size_t count)
{
    struct sha256 digest;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool good = context != NULL && EVP_DigestInit_ex(context, EVP_sha256(), NULL) == 1;

    for (size_t i = 0; good && i < count; i++)
        good = EVP_DigestUpdate(context, parts[i].data, parts[i].size) == 1;
    if (!good || EVP_DigestFinal_ex(context, digest.bytes, NULL) != 1)
        stop_for_libcrypto();
    EVP_MD_CTX_free(context);
    return digest;
}

bool sha256_of_stream(FILE *stream, struct sha256 *digest)
{
    char chunk[1 << 16];
    size_t got;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool good = context != NULL && EVP_DigestInit_ex(context, EVP_sha256(), NULL) == 1;

    while (good && (got = fread(chunk, 1, sizeof chunk, stream)) > 0)
        good = EVP_DigestUpdate(context, chunk, got) == 1;
    if (!good || EVP_DigestFinal_ex(context, digest->bytes, NULL) != 1)
        stop_for_libcrypto();
    EVP_MD_CTX_free(context);
    return ferror(stream) == 0;
}

bool sha256_equal(const struct sha256 *a, const struct sha256 *b)
{
    return memcmp(a->bytes, b->bytes, SHA256_SIZE) == 0;
}

const char *sha256_format(const struct sha256 *digest, char text[SHA256_TEXT_SIZE])
{
    hex_encode(digest->bytes, SHA256_SIZE, text);
    return text;
}
