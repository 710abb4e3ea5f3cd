/* Tokens: Wycheproof's signed documents, the examples of the RFCs, every claim wrong once, and the known attacks. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include "api/identity/jwt.h"

#include <jansson.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WYCHEPROOF ZCD_SOURCE_DIR "/tests/vectors/identity/wycheproof/json_web_signature_test.json"
#define COUNT_OF(array) (sizeof(array) / sizeof(array)[0])

/* ------------------------------------------------------------------ published */

static struct jwk_set *read_set(const char *json)
{
    struct jwk_set *set = NULL;
    struct zcd_error err;

    return jwk_set_parse(bytes_of_text(json), &set, &err) == ZCD_OK ? set : NULL;
}

static bool is_accepted(const struct jwk_set *set, const char *token)
{
    struct arena arena = {0};
    struct bytes payload;
    struct zcd_error err;
    enum zcd_code code = set == NULL ? ZCD_INVALID : jwt_verify_signature(set, token, &arena, &payload, &err);

    arena_done(&arena);
    return code == ZCD_OK;
}

static bool is_text(const json_t *object, const char *name, const char *expected)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text != NULL && strcmp(text, expected) == 0;
}

static void judges_every_wycheproof_document_as_its_authors_do(void **state)
{
    json_t *file = json_load_file(WYCHEPROOF, 0, NULL);
    size_t i, k;
    const json_t *group, *test;
    int count = 0, accepted_count = 0;

    (void)state;
    json_array_foreach(json_object_get(file, "testGroups"), i, group) {
        json_t *key = json_object_get(group, "public");
        if (key == NULL)
            key = json_object_get(group, "private");
        json_t *set_json = json_pack("{s:[O]}", "keys", key);
        char *text = json_dumps(set_json, 0);
        struct jwk_set *set = read_set(text);
        /* Keys for secrets shared with the issuer, for PSS and for longer hashes are not for us: all is refused. */
        bool is_ours = is_text(key, "alg", "RS256") || is_text(key, "alg", "ES256");

        json_array_foreach(json_object_get(group, "tests"), k, test) {
            bool accepted = is_accepted(set, json_string_value(json_object_get(test, "jws")));
            if (accepted != (is_ours && is_text(test, "result", "valid")))
                fail_msg("tcId %d", (int)json_integer_value(json_object_get(test, "tcId")));
            count++;
            accepted_count += accepted;
        }
        jwk_set_free(set);
        json_decref(set_json);
        free(text);
    }
    assert_int_equal(count, json_integer_value(json_object_get(file, "numberOfTests")));
    assert_int_equal(accepted_count, 10);
    json_decref(file);
}

#define RFC7515_N                                                                                                      \
    "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-"  \
    "pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2"     \
    "CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW"     \
    "9gb54h4FRWyuXpoQ"
#define RFC7515_PAYLOAD                                                                                                \
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
#define RFC7515_A2                                                                                                     \
    "eyJhbGciOiJSUzI1NiJ9." RFC7515_PAYLOAD                                                                            \
    ".cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9"     \
    "CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6"    \
    "_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0"    \
    "igcN_IoypGlUPQGe77Rw"
#define RFC7515_A3                                                                                                     \
    "eyJhbGciOiJFUzI1NiJ9." RFC7515_PAYLOAD                                                                            \
    ".DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"
#define RFC8037_A4                                                                                                     \
    "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc."                                                        \
    "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"
#define RSA_KEY "{\"kty\":\"RSA\",\"n\":\"" RFC7515_N "\",\"e\":\"AQAB\"}"
#define EC_X "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"
#define EC_Y "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"
#define EC_KEY "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"" EC_X "\",\"y\":\"" EC_Y "\"}"
#define OKP_X "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
#define OKP_KEY "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"" OKP_X "\"}"

static void accepts_the_examples_of_the_rfcs(void **state)
{
    static const struct {
        const char *set, *token, *payload;
    } CASES[] = {
        {"{\"keys\":[" RSA_KEY "]}", RFC7515_A2,
         "{\"iss\":\"joe\",\r\n \"exp\":1300819380,\r\n \"http://example.com/is_root\":true}"},
        {"{\"keys\":[" EC_KEY "]}", RFC7515_A3,
         "{\"iss\":\"joe\",\r\n \"exp\":1300819380,\r\n \"http://example.com/is_root\":true}"},
        {"{\"keys\":[" OKP_KEY "]}", RFC8037_A4, "Example of Ed25519 signing"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        struct jwk_set *set = read_set(CASES[i].set);
        struct arena arena = {0};
        struct bytes payload;
        struct zcd_error err;

        assert_non_null(set);
        assert_int_equal(jwt_verify_signature(set, CASES[i].token, &arena, &payload, &err), ZCD_OK);
        assert_true(bytes_equal(payload, bytes_of_text(CASES[i].payload)));
        arena_done(&arena);
        jwk_set_free(set);
    }
}

static void accepts_no_example_once_any_character_is_another(void **state)
{
    static const char *const CASES[][2] = {{"{\"keys\":[" EC_KEY "]}", RFC7515_A3}, {"{\"keys\":[" OKP_KEY "]}", RFC8037_A4}};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        struct jwk_set *set = read_set(CASES[i][0]);
        char token[sizeof RFC7515_A3];

        for (size_t place = 0; CASES[i][1][place] != '\0'; place++) {
            (void)snprintf(token, sizeof token, "%s", CASES[i][1]);
            token[place] = token[place] == 'A' ? 'B' : 'A';
            assert_false(is_accepted(set, token));
        }
        jwk_set_free(set);
    }
}

/* ------------------------------------------------------------------ key sets */

static void passes_over_keys_that_are_not_for_it_and_refuses_a_set_of_none(void **state)
{
    static const char *const USELESS[] = {
        "{\"kty\":\"oct\",\"k\":\"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow\"}",
        "{\"kty\":\"RSA\",\"alg\":\"PS256\",\"n\":\"" RFC7515_N "\",\"e\":\"AQAB\"}",
        "{\"kty\":\"RSA\",\"use\":\"enc\",\"n\":\"" RFC7515_N "\",\"e\":\"AQAB\"}",
        "{\"kty\":\"RSA\",\"key_ops\":[\"encrypt\"],\"n\":\"" RFC7515_N "\",\"e\":\"AQAB\"}",
        "{\"kty\":\"RSA\",\"n\":\"" RFC7515_N "\",\"e\":\"AQ\"}",           /* e = 1: every number is its own signature */
        "{\"kty\":\"RSA\",\"n\":\"" RFC7515_N "\",\"e\":\"Ag\"}",           /* even */
        "{\"kty\":\"RSA\",\"n\":\"ofgWCuLjybRlzo0tZWJjNg\",\"e\":\"AQAB\"}", /* 128 bits */
        "{\"kty\":\"RSA\",\"e\":\"AQAB\"}",
        "{\"kty\":\"EC\",\"crv\":\"P-384\",\"x\":\"" EC_X "\",\"y\":\"" EC_Y "\"}",
        "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"" EC_Y "\",\"y\":\"" EC_X "\"}", /* not on the curve */
        "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"" EC_X "\"}",
        "{\"kty\":\"OKP\",\"crv\":\"X25519\",\"x\":\"" OKP_X "\"}",
        "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"11qY\"}",
        "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":17}",
        "17",
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(USELESS); i++) {
        char json[2048];

        (void)snprintf(json, sizeof json, "{\"keys\":[%s]}", USELESS[i]);
        assert_null(read_set(json));
        (void)snprintf(json, sizeof json, "{\"keys\":[%s," OKP_KEY "]}", USELESS[i]);
        struct jwk_set *set = read_set(json);
        assert_true(is_accepted(set, RFC8037_A4));
        jwk_set_free(set);
    }
}

static void refuses_what_is_no_key_set(void **state)
{
    static const char *const CASES[] = {
        "", "[]", "{}", "{\"keys\":{}}", "{\"keys\":[]}", "{\"keys\":[" OKP_KEY "]", "{\"keys\":[],\"keys\":[" OKP_KEY "]}",
        "{\"keys\":[" OKP_KEY "," OKP_KEY "]}",
        "{\"keys\":[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1," OKP_KEY "]}",
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(CASES); i++)
        assert_null(read_set(CASES[i]));
}

/* ------------------------------------------------------------------ tokens of our own */

/* RFC 8037 A.1: the private half. */
static const uint8_t SEED[32] = {0x9d, 0x61, 0xb1, 0x9d, 0xef, 0xfd, 0x5a, 0x60, 0xba, 0x84, 0x4a,
                                 0xf4, 0x92, 0xec, 0x2c, 0xc4, 0x44, 0x49, 0xc5, 0x69, 0x7b, 0x32,
                                 0x69, 0x19, 0x70, 0x3b, 0xac, 0x03, 0x1c, 0xae, 0x7f, 0x60};

#define NOW_S 1800000000
#define GOOD_CLAIMS                                                                                                    \
    "\"iss\":\"https://idp.example\",\"aud\":\"zhengcaidai\",\"sub\":\"zhang\",\"exp\":1800000300"
#define TWO_KEYS                                                                                                       \
    "{\"keys\":[{\"kid\":\"one\",\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"" OKP_X "\"},"                            \
    "{\"kid\":\"two\",\"kty\":\"RSA\",\"n\":\"" RFC7515_N "\",\"e\":\"AQAB\"}]}"

enum { TOKEN_SIZE = 16384 };

static void append_base64url(const void *data, size_t size, char *token)
{
    char *text = malloc(base64_text_size(size) + 1);

    base64_encode(data, size, text);
    for (char *c = text; *c != '\0'; c++)
        *c = (char)(*c == '+' ? '-' : *c == '/' ? '_' : *c == '=' ? '\0' : *c);
    (void)strncat(token, text, TOKEN_SIZE - strlen(token) - 1);
    free(text);
}

static void begin_token(const char *header, const char *claims, char *token)
{
    token[0] = '\0';
    append_base64url(header, strlen(header), token);
    (void)strcat(token, ".");
    append_base64url(claims, strlen(claims), token);
}

static const char *sign_ed25519(const char *header, const char *claims, char token[TOKEN_SIZE])
{
    EVP_PKEY *key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, SEED, sizeof SEED);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    uint8_t signature[64];
    size_t size = sizeof signature;

    begin_token(header, claims, token);
    assert_int_equal(EVP_DigestSignInit(context, NULL, NULL, NULL, key), 1);
    assert_int_equal(EVP_DigestSign(context, signature, &size, (const uint8_t *)token, strlen(token)), 1);
    (void)strcat(token, ".");
    append_base64url(signature, size, token);
    EVP_MD_CTX_free(context);
    EVP_PKEY_free(key);
    return token;
}

/* An attack: the public key, which everybody has, used as a secret. */
static const char *sign_hmac(const char *header, const char *claims, const char *secret, char token[TOKEN_SIZE])
{
    uint8_t mac[32];
    unsigned size = sizeof mac;

    begin_token(header, claims, token);
    (void)HMAC(EVP_sha256(), secret, (int)strlen(secret), (const uint8_t *)token, strlen(token), mac, &size);
    (void)strcat(token, ".");
    append_base64url(mac, size, token);
    return token;
}

static enum zcd_code verify(const struct jwk_set *set, const char *token, struct arena *arena, struct jwt_claims *claims,
                            struct zcd_error *err)
{
    static const struct jwt_rules RULES = {.issuer = "https://idp.example", .audience = "zhengcaidai"};

    return jwt_verify(set, &RULES, token, NOW_S, arena, claims, err);
}

static void reads_subject_and_expiry_of_a_token_that_is_good(void **state)
{
    static const char *const HEADERS[] = {
        "{\"alg\":\"EdDSA\",\"kid\":\"one\"}",
        "{\"alg\":\"EdDSA\",\"kid\":\"one\",\"typ\":\"JWT\"}",
        "{\"alg\":\"EdDSA\",\"kid\":\"one\",\"typ\":\"application/at+jwt\"}",
        "{\"alg\":\"EdDSA\",\"kid\":\"one\",\"jku\":\"https://elsewhere.example\",\"extra\":[1.5]}",
    };
    static const char *const CLAIMS[] = {
        "{" GOOD_CLAIMS "}",
        "{" GOOD_CLAIMS ",\"nbf\":1800000060,\"iat\":1799999999,\"extra\":{\"a\":0.5}}",
        "{\"iss\":\"https://idp.example\",\"aud\":[\"other\",\"zhengcaidai\"],\"sub\":\"zhang\",\"exp\":1800000300}",
    };
    struct jwk_set *set = read_set(TWO_KEYS);
    char token[TOKEN_SIZE];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(HEADERS) * COUNT_OF(CLAIMS); i++) {
        struct arena arena = {0};
        struct jwt_claims claims;
        struct zcd_error err;

        (void)sign_ed25519(HEADERS[i % COUNT_OF(HEADERS)], CLAIMS[i / COUNT_OF(HEADERS)], token);
        assert_int_equal(verify(set, token, &arena, &claims, &err), ZCD_OK);
        assert_string_equal(claims.subject, "zhang");
        assert_int_equal(claims.expires_at_s, 1800000300);
        arena_done(&arena);
    }
    jwk_set_free(set);
}

static void assert_refused(const struct jwk_set *set, const char *token, const char *message)
{
    struct arena arena = {0};
    struct jwt_claims claims;
    struct zcd_error err = {.code = ZCD_OK};

    assert_int_equal(verify(set, token, &arena, &claims, &err), ZCD_INVALID);
    assert_string_equal(err.message, message);
    arena_done(&arena);
}

static void refuses_each_claim_that_is_wrong(void **state)
{
#define OTHERS "\"sub\":\"zhang\",\"exp\":1800000300"
#define FROM_US "\"iss\":\"https://idp.example\",\"aud\":\"zhengcaidai\""
    static const struct {
        const char *claims, *message;
    } CASES[] = {
        {"[]", "the token's claims are no JSON object"},
        {"{" GOOD_CLAIMS ",\"sub\":\"li\"}", "the token's claims are no JSON object"},
        {"{\"aud\":\"zhengcaidai\"," OTHERS "}", "the token is of another issuer"},
        {"{\"iss\":\"https://idp.example/\",\"aud\":\"zhengcaidai\"," OTHERS "}", "the token is of another issuer"},
        {"{\"iss\":\"https://idp.example\"," OTHERS "}", "the token is for another audience"},
        {"{\"iss\":\"https://idp.example\",\"aud\":[\"zheng\"]," OTHERS "}", "the token is for another audience"},
        {"{\"iss\":\"https://idp.example\",\"aud\":{\"a\":\"zhengcaidai\"}," OTHERS "}", "the token is for another audience"},
        {"{" FROM_US ",\"exp\":1800000300}", "the token is about nobody"},
        {"{" FROM_US ",\"exp\":1800000300,\"sub\":\"\"}", "the token is about nobody"},
        {"{" FROM_US ",\"sub\":\"zhang\"}", "the token does not say when it expires"},
        {"{" FROM_US ",\"sub\":\"zhang\",\"exp\":\"1800000300\"}", "the token does not say when it expires"},
        {"{" FROM_US ",\"sub\":\"zhang\",\"exp\":1799999940}", "the token has expired"},
        {"{" GOOD_CLAIMS ",\"nbf\":1800000061}", "the token is not good yet"},
        {"{" GOOD_CLAIMS ",\"nbf\":\"1\"}", "the token is not good yet"},
        {"{" GOOD_CLAIMS ",\"iat\":1800000061}", "the token is not good yet"},
    };
    struct jwk_set *set = read_set(TWO_KEYS);
    char token[TOKEN_SIZE];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(CASES); i++)
        assert_refused(set, sign_ed25519("{\"alg\":\"EdDSA\",\"kid\":\"one\"}", CASES[i].claims, token), CASES[i].message);
    jwk_set_free(set);
}

static void refuses_each_header_that_is_wrong_though_it_is_signed(void **state)
{
    static const struct {
        const char *header, *message;
    } CASES[] = {
        {"[]", "the token's header is no JSON object"},
        {"{\"alg\":\"EdDSA\",\"alg\":\"EdDSA\",\"kid\":\"one\"}", "the token's header is no JSON object"},
        {"{\"alg\":\"EdDSA\",\"kid\":\"one\",\"crit\":[\"exp\"]}",
         "the token's header has extensions that are not known here"},
        {"{\"alg\":\"EdDSA\",\"kid\":\"one\",\"typ\":\"dpop+jwt\"}", "the token is of another type than JWT and at+jwt"},
        {"{\"alg\":\"EdDSA\",\"kid\":\"one\",\"typ\":1}", "the token is of another type than JWT and at+jwt"},
        {"{\"kid\":\"one\"}", "the token's header names no algorithm"},
        {"{\"alg\":\"EdDSA\",\"kid\":1}", "the token's key id is no text"},
        {"{\"alg\":\"EdDSA\"}", "there is no key of this id for this algorithm"}, /* there are two keys */
        {"{\"alg\":\"EdDSA\",\"kid\":\"two\"}", "there is no key of this id for this algorithm"}, /* the other's id */
        {"{\"alg\":\"EdDSA\",\"kid\":\"../../dev/null\"}", "there is no key of this id for this algorithm"},
        {"{\"alg\":\"RS256\",\"kid\":\"one\"}", "there is no key of this id for this algorithm"},
        {"{\"alg\":\"RS256\",\"kid\":\"two\"}", "the signature is not the key's"},
        {"{\"alg\":\"none\",\"kid\":\"one\"}", "there is no key of this id for this algorithm"},
        {"{\"alg\":\"eddsa\",\"kid\":\"one\"}", "there is no key of this id for this algorithm"},
    };
    struct jwk_set *set = read_set(TWO_KEYS);
    char token[TOKEN_SIZE];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(CASES); i++)
        assert_refused(set, sign_ed25519(CASES[i].header, "{" GOOD_CLAIMS "}", token), CASES[i].message);
    jwk_set_free(set);
}

static void refuses_tokens_that_nobody_signed(void **state)
{
    static const char *const ALGORITHMS[] = {"none", "None", "NONE", "nOnE", "", "HS256", "HS512"};
    static const char *const SECRETS[] = {"", OKP_X, RFC7515_N, RSA_KEY, TWO_KEYS};
    struct jwk_set *set = read_set(TWO_KEYS);
    char token[TOKEN_SIZE], header[64];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(ALGORITHMS); i++) {
        (void)snprintf(header, sizeof header, "{\"alg\":\"%s\",\"kid\":\"two\"}", ALGORITHMS[i]);
        begin_token(header, "{" GOOD_CLAIMS "}", token);
        (void)strcat(token, ".");
        assert_refused(set, token, "there is no key of this id for this algorithm");
        for (size_t k = 0; k < COUNT_OF(SECRETS); k++)
            assert_refused(set, sign_hmac(header, "{" GOOD_CLAIMS "}", SECRETS[k], token),
                           "there is no key of this id for this algorithm");
    }
    begin_token("{\"alg\":\"EdDSA\",\"kid\":\"one\"}", "{" GOOD_CLAIMS "}", token);
    (void)strcat(token, ".");
    assert_refused(set, token, "the signature is not the key's");
    jwk_set_free(set);
}

static void refuses_what_is_no_token(void **state)
{
    static const struct {
        const char *token, *message;
    } CASES[] = {
        {"", "a token has three parts"},
        {"a.b", "a token has three parts"},
        {"a.b.c.d", "a token has three parts"},
        {"..", "the token's header is no JSON object"},
        {"e30=..", "a character is not of base64url without padding"},
        {"e30.+.", "a character is not of base64url without padding"},
    };
    struct jwk_set *set = read_set(TWO_KEYS);
    char long_token[JWT_SIZE_MAX + 2];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(CASES); i++)
        assert_refused(set, CASES[i].token, CASES[i].message);
    memset(long_token, 'A', sizeof long_token - 1);
    long_token[sizeof long_token - 1] = '\0';
    assert_refused(set, long_token, "a token has at most 8192 bytes");
    jwk_set_free(set);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(judges_every_wycheproof_document_as_its_authors_do),
        cmocka_unit_test(accepts_the_examples_of_the_rfcs),
        cmocka_unit_test(accepts_no_example_once_any_character_is_another),
        cmocka_unit_test(passes_over_keys_that_are_not_for_it_and_refuses_a_set_of_none),
        cmocka_unit_test(refuses_what_is_no_key_set),
        cmocka_unit_test(reads_subject_and_expiry_of_a_token_that_is_good),
        cmocka_unit_test(refuses_each_claim_that_is_wrong),
        cmocka_unit_test(refuses_each_header_that_is_wrong_though_it_is_signed),
        cmocka_unit_test(refuses_tokens_that_nobody_signed),
        cmocka_unit_test(refuses_what_is_no_token),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
