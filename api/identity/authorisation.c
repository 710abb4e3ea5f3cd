#include "api/identity/authorisation.h"

#include "audit/record.h"

#include <stdio.h>
#include <string.h>

static const char *const SCOPES[] = {
#define AUTHORISATION_SCOPE(NAME, name, zh, en) name,
#include "api/identity/authorisation_codes.def"
};
static const char *const PURPOSES[] = {
#define AUTHORISATION_PURPOSE(NAME, name, zh, en) name,
#include "api/identity/authorisation_codes.def"
};

#define COUNT_OF(array) (sizeof(array) / sizeof(array)[0])
#define LENDER "lender/"
#define ROUND "round/"
#define ORGANISER "organiser"

const char *authorisation_scope_name(enum authorisation_scope scope)
{
    for (size_t i = 0; i < COUNT_OF(SCOPES); i++)
        if (scope == 1U << i)
            return SCOPES[i];
    return "";
}

static unsigned find_scope(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(SCOPES); i++)
        if (strcmp(SCOPES[i], name) == 0)
            return 1U << i;
    return 0;
}

enum zcd_code authorisation_scopes_read(const char *const *names, size_t count, unsigned *scopes, struct zcd_error *err)
{
    unsigned read = 0;

    if (count == 0)
        return zcd_fail(err, ZCD_INVALID, "an authorisation is for something");
    for (size_t i = 0; i < count; i++) {
        unsigned scope = find_scope(names[i]);
        if (scope == 0 || (read & scope) != 0) {
            (void)zcd_fail(err, ZCD_INVALID, "not a part of an organisation's facts, or named twice");
            return zcd_fail_within_index(err, i);
        }
        read |= scope;
    }
    *scopes = read;
    return ZCD_OK;
}

enum zcd_code authorisation_purpose_check(const char *name, struct zcd_error *err)
{
    for (size_t i = 0; i < COUNT_OF(PURPOSES); i++)
        if (strcmp(PURPOSES[i], name) == 0)
            return ZCD_OK;
    return zcd_fail(err, ZCD_INVALID, "no authorisation is for that purpose");
}

static bool has_name_behind(const char *grantee, const char *prefix)
{
    return strncmp(grantee, prefix, strlen(prefix)) == 0 && grantee[strlen(prefix)] != '\0';
}

enum zcd_code authorisation_grantee_check(const char *grantee, struct zcd_error *err)
{
    bool is_one = strcmp(grantee, ORGANISER) == 0 || has_name_behind(grantee, LENDER) || has_name_behind(grantee, ROUND);

    if (!is_one || !record_is_name(grantee))
        return zcd_fail(err, ZCD_INVALID, "neither lender/NAME nor round/ID nor organiser");
    return ZCD_OK;
}

const char *authorisation_grantee_of(const struct caller *caller, char text[AUTHORISATION_GRANTEE_SIZE])
{
    if (caller->lender != NULL)
        (void)snprintf(text, AUTHORISATION_GRANTEE_SIZE, LENDER "%s", caller->lender);
    else if ((caller->roles & CALLER_ORGANISER) != 0)
        (void)snprintf(text, AUTHORISATION_GRANTEE_SIZE, ORGANISER);
    else
        return NULL;
    return text;
}
