/*
 * Any bytes as "KEY SET\nTOKEN": refused with a reason, or verified. A set that is read must still verify what its keys
 * signed, so the reader of keys and that of tokens are reached together.
 */
#include "tests/fuzz/fuzz.h"

#include "api/identity/jwt.h"

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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *end = size == 0 ? NULL : memchr(data, '\n', size);
    size_t set_size = end == NULL ? size : (size_t)(end - data);
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
