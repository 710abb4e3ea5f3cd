/*
 * Any bytes as "KEY SET\nTOKEN": refused with a reason, or verified. A set that is read must still verify what its keys
 * signed, so the reader of keys and that of tokens are reached together. The same bytes as "HEADER\nCLAIMS", signed here:
 * what is behind a signature is reached by no change of a token.
 */
#include "tests/fuzz/fuzz.h"

#include "api/identity/jwt.h"
#include "base/bytes.h"

#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#define MUST(condition)                                                                                                \
    do {                                                                                                               \
        if (!(condition))                                                                                              \
            abort();                                                                                                   \
    } while (0)

static void try_token(const struct jwk_set *set, const char *token)
{
    static const struct jwt_rules RULES = {.issuer = "https://idp.example", .audience = "zhengcaidai"};
    struct arena arena = {0};
    struct jwt_claims claims;
    struct zcd_error err = {.code = ZCD_OK};

    if (jwt_verify(set, &RULES, token, 1800000000, &arena, &claims, &err) == ZCD_OK)
        MUST(claims.subject[0] != '\0' && claims.expires_at_s > 1800000000 - 2 * JWT_LEEWAY_S);
    else
        MUST(err.code == ZCD_INVALID && err.message[0] != '\0');
    arena_done(&arena);
}

static void append_base64url(struct buffer *token, const uint8_t *data, size_t size)
{
    char *text = malloc(base64_text_size(size) + 1);

    MUST(text != NULL);
    base64_encode(data, size, text);
    for (char *c = text; *c != '\0'; c++)
        *c = (char)(*c == '+' ? '-' : *c == '/' ? '_' : *c == '=' ? '\0' : *c);
    buffer_append_text(token, text);
    free(text);
}

static void append_signature(struct buffer *token)
{
    static const uint8_t SEED[32] = {0x9d, 0x61, 0xb1, 0x9d, 0xef, 0xfd, 0x5a, 0x60, 0xba, 0x84, 0x4a,  /* RFC 8037 A.1 */
                                     0xf4, 0x92, 0xec, 0x2c, 0xc4, 0x44, 0x49, 0xc5, 0x69, 0x7b, 0x32,
                                     0x69, 0x19, 0x70, 0x3b, 0xac, 0x03, 0x1c, 0xae, 0x7f, 0x60};
    EVP_PKEY *key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, SEED, sizeof SEED);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    uint8_t signature[64];
    size_t size = sizeof signature;

    MUST(EVP_DigestSignInit(context, NULL, NULL, NULL, key) == 1);
    MUST(EVP_DigestSign(context, signature, &size, token->data, token->size) == 1);
    buffer_append_text(token, ".");
    append_base64url(token, signature, size);
    EVP_MD_CTX_free(context);
    EVP_PKEY_free(key);
}

static void try_signed(const uint8_t *data, size_t header_size, size_t size)
{
    static const char KEYS[] = "{\"keys\":[{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}]}";
    struct jwk_set *set = NULL;
    struct buffer token = {0};
    struct zcd_error err = {.code = ZCD_OK};

    MUST(jwk_set_parse(bytes_of_text(KEYS), &set, &err) == ZCD_OK);
    append_base64url(&token, data, header_size);
    buffer_append_text(&token, ".");
    append_base64url(&token, data + header_size + 1, size - header_size - 1);
    append_signature(&token);
    try_token(set, (const char *)token.data);
    buffer_done(&token);
    jwk_set_free(set);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *end = size == 0 ? NULL : memchr(data, '\n', size);
    size_t set_size = end == NULL ? size : (size_t)(end - data);
    if (end != NULL)
        try_signed(data, set_size, size);

    struct jwk_set *set = NULL;
    struct zcd_error err = {.code = ZCD_OK};
    if (jwk_set_parse((struct bytes){data, set_size}, &set, &err) != ZCD_OK) {
        MUST(err.code == ZCD_INVALID && err.message[0] != '\0' && set == NULL);
        return 0;
    }
    char *token = calloc(size - set_size + 1, 1);
    MUST(token != NULL);
    if (end != NULL)
        memcpy(token, end + 1, size - set_size - 1);
    try_token(set, token);
    free(token);
    jwk_set_free(set);
    return 0;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t size_max, unsigned int seed)
{
    (void)seed;
    return LLVMFuzzerMutate(data, size, size_max);
}
