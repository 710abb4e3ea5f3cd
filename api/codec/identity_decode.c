#include "api/codec/identity_decode.h"

#include "api/codec/decode.h"

enum { TOKEN_DAYS_DEFAULT = 90, TOKEN_DAYS_MAX = 366 };

static const struct decode_field LOGIN_FIELDS[] = {
    DECODE_TEXT(struct login_request, user, REQUIRED),
    DECODE_TEXT(struct login_request, password, REQUIRED),
};
static const struct decode_object LOGIN = DECODE_OBJECT_OF(struct login_request, LOGIN_FIELDS);

static const struct decode_field AUTHORISATION_FIELDS[] = {
    DECODE_TEXT(struct authorisation_request, granted_to, REQUIRED),
    DECODE_TEXT(struct authorisation_request, purpose, REQUIRED),
    DECODE_TEXTS(struct authorisation_request, scope, scope_count, REQUIRED),
    DECODE_DATE(struct authorisation_request, expires_on, OPTIONAL),
};
static const struct decode_object AUTHORISATION =
    DECODE_OBJECT_OF(struct authorisation_request, AUTHORISATION_FIELDS);

static const struct decode_field ROLE_CHANGE_FIELDS[] = {
    DECODE_TEXT(struct role_change_request, user, REQUIRED),
    DECODE_TEXTS(struct role_change_request, roles, role_count, REQUIRED),
};
static const struct decode_object ROLE_CHANGE = DECODE_OBJECT_OF(struct role_change_request, ROLE_CHANGE_FIELDS);

static const struct decode_field TOKEN_FIELDS[] = {
    DECODE_TEXT(struct token_request, user, OPTIONAL),
    DECODE_INT32_OR(struct token_request, days, TOKEN_DAYS_DEFAULT, 1, TOKEN_DAYS_MAX),
};
static const struct decode_object TOKEN = DECODE_OBJECT_OF(struct token_request, TOKEN_FIELDS);

static enum zcd_code decode(struct bytes json, const struct decode_object *object, struct arena *arena, void **request,
                            struct zcd_error *err)
{
    if (json.size > IDENTITY_BODY_SIZE_MAX)
        return zcd_fail(err, ZCD_INVALID, "larger than %zu bytes", IDENTITY_BODY_SIZE_MAX);
    return decode_document(json, object, arena, request, err);
}

#define DEFINE_DECODE(name, object)                                                                                    \
    enum zcd_code name##_decode(struct bytes json, struct arena *arena, struct name **request, struct zcd_error *err)  \
    {                                                                                                                  \
        void *read = NULL;                                                                                             \
        enum zcd_code code = decode(json, &(object), arena, &read, err);                                               \
        if (code == ZCD_OK)                                                                                            \
            *request = read;                                                                                           \
        return code;                                                                                                   \
    }

DEFINE_DECODE(login_request, LOGIN)
DEFINE_DECODE(authorisation_request, AUTHORISATION)
DEFINE_DECODE(role_change_request, ROLE_CHANGE)
DEFINE_DECODE(token_request, TOKEN)
