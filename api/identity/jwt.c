#include "api/identity/jwt.h"

#include "base/cleanup.h"

#include <jansson.h>

#include <string.h>
#include <strings.h>

enum { PARTS = 3, SUBJECT_SIZE_MAX = 255 };

static void done_json(json_t **root)
{
    json_decref(*root);
}

struct part {
    const char *text;
    size_t size;
};

bool jwt_is_one(const char *text)
{
    const char *first = strchr(text, '.');
    const char *second = first == NULL ? NULL : strchr(first + 1, '.');

    return second != NULL && strchr(second + 1, '.') == NULL;
}

static enum zcd_code split(const char *token, struct part parts[PARTS], struct zcd_error *err)
{
    if (strlen(token) > JWT_SIZE_MAX)
        return zcd_fail(err, ZCD_INVALID, "a token has at most %zu bytes", JWT_SIZE_MAX);
    if (!jwt_is_one(token))
        return zcd_fail(err, ZCD_INVALID, "a token has three parts");
    for (size_t i = 0; i < PARTS; i++) {
        parts[i] = (struct part){token, strcspn(token, ".")};
        token += parts[i].size + 1;
    }
    return ZCD_OK;
}

static enum zcd_code decode_part(const struct part *part, struct arena *arena, struct bytes *bytes,
                                 struct zcd_error *err)
{
    uint8_t *data = arena_alloc(arena, part->size + 1, 1);
    size_t size;
    enum zcd_code code = jwk_base64url_decode(part->text, part->size, data, &size, err);

    if (code == ZCD_OK)
        *bytes = (struct bytes){data, size};
    return code;
}

/* NULL when it is no object. */
static json_t *load_object(struct bytes json)
{
    json_t *root = json_loadb((const char *)json.data, json.size, JSON_REJECT_DUPLICATES, NULL);

    if (json_is_object(root))
        return root;
    json_decref(root);
    return NULL;
}

static const char *text_of(const json_t *object, const char *name)
{
    return json_string_value(json_object_get(object, name));
}

/* RFC 7515 4.1.9: "application/" may be left out, and letters' case does not matter. */
static bool is_type_known(const json_t *header)
{
    static const char PREFIX[] = "application/";
    const char *type = text_of(header, "typ");

    if (json_object_get(header, "typ") == NULL)
        return true;
    if (type == NULL)
        return false;
    if (strncasecmp(type, PREFIX, sizeof PREFIX - 1) == 0)
        type += sizeof PREFIX - 1;
    return strcasecmp(type, "JWT") == 0 || strcasecmp(type, "at+jwt") == 0;
}

static enum zcd_code check_header(const json_t *header, struct zcd_error *err)
{
    if (header == NULL)
        return zcd_fail(err, ZCD_INVALID, "the token's header is no JSON object");
    if (json_object_get(header, "crit") != NULL) /* RFC 7515 4.1.11: we understand no extension */
        return zcd_fail(err, ZCD_INVALID, "the token's header has extensions that are not known here");
    if (!is_type_known(header))
        return zcd_fail(err, ZCD_INVALID, "the token is of another type than JWT and at+jwt");
    if (text_of(header, "alg") == NULL)
        return zcd_fail(err, ZCD_INVALID, "the token's header names no algorithm");
    if (json_object_get(header, "kid") != NULL && text_of(header, "kid") == NULL)
        return zcd_fail(err, ZCD_INVALID, "the token's key id is no text");
    return ZCD_OK;
}

enum zcd_code jwt_verify_signature(const struct jwk_set *set, const char *token, struct arena *arena,
                                   struct bytes *payload, struct zcd_error *err)
{
    struct part parts[PARTS];
    struct bytes decoded[PARTS];

    enum zcd_code code = split(token, parts, err);
    for (size_t i = 0; code == ZCD_OK && i < PARTS; i++)
        code = decode_part(&parts[i], arena, &decoded[i], err);
    if (code != ZCD_OK)
        return code;
    ZCD_AUTO(done_json)
    json_t *header = load_object(decoded[0]);
    code = check_header(header, err);
    if (code != ZCD_OK)
        return code;
    /* RFC 7515 5.2 (8): what was signed is the text of the first two parts as it came. */
    const struct bytes signed_bytes = {(const uint8_t *)token, parts[0].size + 1 + parts[1].size};
    code = jwk_set_verify(set, text_of(header, "kid"), text_of(header, "alg"), signed_bytes, decoded[2], err);
    if (code == ZCD_OK)
        *payload = decoded[1];
    return code;
}

/* RFC 7519 4.1.3: one text or an array of them. */
static bool has_audience(const json_t *claims, const char *audience)
{
    const json_t *given = json_object_get(claims, "aud");
    size_t i;
    json_t *one;

    if (json_is_string(given))
        return strcmp(json_string_value(given), audience) == 0;
    json_array_foreach(given, i, one)
        if (json_is_string(one) && strcmp(json_string_value(one), audience) == 0)
            return true;
    return false;
}

/* Is a time that need not be given later than now? One that is no integer counts as such. */
static bool is_later(const json_t *claims, const char *name, int64_t now_s)
{
    const json_t *given = json_object_get(claims, name);
    return given != NULL && (!json_is_integer(given) || json_integer_value(given) > now_s + JWT_LEEWAY_S);
}

static enum zcd_code check_times(const json_t *claims, int64_t now_s, struct zcd_error *err)
{
    const json_t *expiry = json_object_get(claims, "exp");

    if (!json_is_integer(expiry))
        return zcd_fail(err, ZCD_INVALID, "the token does not say when it expires");
    if (json_integer_value(expiry) <= now_s - JWT_LEEWAY_S)
        return zcd_fail(err, ZCD_INVALID, "the token has expired");
    if (is_later(claims, "nbf", now_s) || is_later(claims, "iat", now_s))
        return zcd_fail(err, ZCD_INVALID, "the token is not good yet");
    return ZCD_OK;
}

static enum zcd_code check_claims(const json_t *claims, const struct jwt_rules *rules, int64_t now_s,
                                  struct zcd_error *err)
{
    const char *issuer = text_of(claims, "iss");
    const char *subject = text_of(claims, "sub");

    if (claims == NULL)
        return zcd_fail(err, ZCD_INVALID, "the token's claims are no JSON object");
    if (issuer == NULL || strcmp(issuer, rules->issuer) != 0)
        return zcd_fail(err, ZCD_INVALID, "the token is of another issuer");
    if (!has_audience(claims, rules->audience))
        return zcd_fail(err, ZCD_INVALID, "the token is for another audience");
    if (subject == NULL || subject[0] == '\0' || strlen(subject) > SUBJECT_SIZE_MAX)
        return zcd_fail(err, ZCD_INVALID, "the token is about nobody");
    return check_times(claims, now_s, err);
}

enum zcd_code jwt_verify(const struct jwk_set *set, const struct jwt_rules *rules, const char *token, int64_t now_s,
                         struct arena *arena, struct jwt_claims *claims, struct zcd_error *err)
{
    struct bytes payload;
    enum zcd_code code = jwt_verify_signature(set, token, arena, &payload, err);

    if (code != ZCD_OK)
        return code;
    ZCD_AUTO(done_json)
    json_t *said = load_object(payload);
    code = check_claims(said, rules, now_s, err);
    if (code != ZCD_OK)
        return code;
    *claims = (struct jwt_claims){.subject = arena_copy_text(arena, text_of(said, "sub")),
                                  .expires_at_s = json_integer_value(json_object_get(said, "exp"))};
    return ZCD_OK;
}
