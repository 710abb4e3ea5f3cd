#include "api/identity/caller.h"

#include <string.h>

enum belonging { LENDER = 0, ORGANISATION, AUTHORITY };

static const struct {
    enum caller_role role;
    const char *name;
    enum belonging belongs;
} ROLES[] = {
#define CALLER_ROLE(bit, NAME, name, belongs, zh, en) {CALLER_##NAME, name, belongs},
#include "api/identity/caller_roles.def"
#undef CALLER_ROLE
};

enum { ROLE_COUNT = sizeof ROLES / sizeof *ROLES };

const char *caller_role_name(enum caller_role role)
{
    for (size_t i = 0; i < ROLE_COUNT; i++)
        if (ROLES[i].role == role)
            return ROLES[i].name;
    return "";
}

enum caller_role caller_role_first(unsigned roles)
{
    return (enum caller_role)(roles & (0U - roles));
}

const char *caller_roles_format(unsigned roles, char text[CALLER_ROLES_TEXT_SIZE])
{
    text[0] = '\0';
    for (size_t i = 0; i < ROLE_COUNT; i++) {
        if ((roles & (unsigned)ROLES[i].role) == 0)
            continue;
        (void)strncat(text, text[0] == '\0' ? "" : ",", CALLER_ROLES_TEXT_SIZE - strlen(text) - 1);
        (void)strncat(text, ROLES[i].name, CALLER_ROLES_TEXT_SIZE - strlen(text) - 1);
    }
    return text;
}

static unsigned find_role(const char *name, size_t size)
{
    for (size_t i = 0; i < ROLE_COUNT; i++)
        if (strlen(ROLES[i].name) == size && memcmp(ROLES[i].name, name, size) == 0)
            return (unsigned)ROLES[i].role;
    return 0;
}

enum zcd_code caller_roles_parse(const char *text, unsigned *roles, struct zcd_error *err)
{
    unsigned read = 0;

    for (;;) {
        size_t size = strcspn(text, ",");
        unsigned role = find_role(text, size);
        if (role == 0 || (read & role) != 0)
            return zcd_fail(err, ZCD_INVALID, "%.*s is no role, or stands twice", (int)(size < 40 ? size : 40), text);
        read |= role;
        if (text[size] == '\0')
            break;
        text += size + 1;
    }
    *roles = read;
    return ZCD_OK;
}

enum zcd_code caller_roles_check(unsigned roles, const char *lender, const char *uscc, struct zcd_error *err)
{
    enum belonging belongs = lender != NULL ? LENDER : uscc != NULL ? ORGANISATION : AUTHORITY;

    if (lender != NULL && uscc != NULL)
        return zcd_fail(err, ZCD_INVALID, "a user belongs to a lender or to an organisation, not to both");
    if (roles == 0)
        return zcd_fail(err, ZCD_INVALID, "a user has at least one role");
    for (size_t i = 0; i < ROLE_COUNT; i++)
        if ((roles & (unsigned)ROLES[i].role) != 0 && ROLES[i].belongs != belongs)
            return zcd_fail(err, ZCD_INVALID, "the role %s is for users of %s", ROLES[i].name,
                            ROLES[i].belongs == LENDER         ? "a lender"
                            : ROLES[i].belongs == ORGANISATION ? "an organisation"
                                                               : "the authority, which belong to neither");
    return ZCD_OK;
}

bool caller_is_regulator(const struct caller *caller)
{
    return (caller->roles & CALLER_REGULATOR) != 0;
}

bool caller_owns(const struct caller *caller, const char *lender, const char *uscc)
{
    if (caller_is_regulator(caller))
        return true;
    if (caller->lender != NULL)
        return lender != NULL && strcmp(caller->lender, lender) == 0;
    return caller->uscc != NULL && uscc != NULL && strcmp(caller->uscc, uscc) == 0;
}
