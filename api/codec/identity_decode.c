#include "api/codec/identity_decode.h"

#include "api/codec/decode.h"
#include "api/identity/authorisation.h"
#include "api/identity/caller.h"

#include <string.h>

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

static void check_scope(const struct authorisation_request *request, const struct error_place *place)
{
    unsigned read = 0;
    struct zcd_error err;

    if (request->scope_count == 0)
        error_add(place, "scope", "an authorisation is for something");
    for (size_t i = 0; i < request->scope_count; i++) {
        const struct error_place row = error_place_row(place, "scope", i);
        unsigned scope = 0;
        if (authorisation_scopes_read(&request->scope[i], 1, &scope, &err) != ZCD_OK || (read & scope) != 0)
            error_add(&row, NULL, "not a part of an organisation's facts, or named twice");
        read |= scope;
    }
}

/* context: today */
static void check_authorisation(const void *target, const void *context, const struct error_place *place)
{
    const struct authorisation_request *request = target;
    const struct date *today = context;
    struct zcd_error err;

    if (authorisation_grantee_check(request->granted_to, &err) != ZCD_OK)
        error_add_error(place, "granted_to", &err);
    if (authorisation_purpose_check(request->purpose, &err) != ZCD_OK)
        error_add_error(place, "purpose", &err);
    check_scope(request, place);
    if (!date_is_none(request->expires_on) && date_compare(request->expires_on, *today) < 0)
        error_add(place, "expires_on", "the last day is over");
}

static void check_roles(const void *target, const void *context, const struct error_place *place)
{
    const struct role_change_request *request = target;
    unsigned read = 0;
    struct zcd_error err;

    (void)context;
    for (size_t i = 0; i < request->role_count; i++) {
        const struct error_place row = error_place_row(place, "roles", i);
        unsigned role = 0;
        if (strchr(request->roles[i], ',') != NULL || caller_roles_parse(request->roles[i], &role, &err) != ZCD_OK
            || (read & role) != 0)
            error_add(&row, NULL, "no role, or named twice");
        read |= role;
    }
}

static enum zcd_code decode(struct bytes json, const struct decode_object *object, decode_rules *rules, const void *context,
                            struct arena *arena, void **request, struct zcd_error *err)
{
    if (json.size > IDENTITY_BODY_SIZE_MAX)
        return zcd_fail(err, ZCD_INVALID, "larger than %zu bytes", IDENTITY_BODY_SIZE_MAX);
    return decode_checked(json, object, rules, context, arena, request, err);
}

enum zcd_code login_request_decode(struct bytes json, struct arena *arena, struct login_request **request,
                                   struct zcd_error *err)
{
    void *read = NULL;
    enum zcd_code code = decode(json, &LOGIN, NULL, NULL, arena, &read, err);

    if (code == ZCD_OK)
        *request = read;
    return code;
}

enum zcd_code authorisation_request_decode(struct bytes json, struct date today, struct arena *arena,
                                           struct authorisation_request **request, struct zcd_error *err)
{
    void *read = NULL;
    enum zcd_code code = decode(json, &AUTHORISATION, check_authorisation, &today, arena, &read, err);

    if (code == ZCD_OK)
        *request = read;
    return code;
}

enum zcd_code role_change_request_decode(struct bytes json, struct arena *arena, struct role_change_request **request,
                                         struct zcd_error *err)
{
    void *read = NULL;
    enum zcd_code code = decode(json, &ROLE_CHANGE, check_roles, NULL, arena, &read, err);

    if (code == ZCD_OK)
        *request = read;
    return code;
}

enum zcd_code token_request_decode(struct bytes json, struct arena *arena, struct token_request **request,
                                   struct zcd_error *err)
{
    void *read = NULL;
    enum zcd_code code = decode(json, &TOKEN, NULL, NULL, arena, &read, err);

    if (code == ZCD_OK)
        *request = read;
    return code;
}
