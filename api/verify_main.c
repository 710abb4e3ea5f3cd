/*
 * verify_main.c - zcd-verify: checks what the log holds, offline: no network, no database, no key but the one it is given.
 *
 * Here and not in audit/, because only here may the scorer be joined to it, for `zcd-verify replay`.
 */
#include "api/flows/decide_again.h"
#include "audit/verify.h"

#include <stdlib.h>

/* The first of these that is set decides, as POSIX has it for messages. */
static const char *message_locale(void)
{
    static const char *const NAMES[] = {"LC_ALL", "LC_MESSAGES", "LANG"};

    for (size_t i = 0; i < sizeof NAMES / sizeof NAMES[0]; i++) {
        const char *value = getenv(NAMES[i]);
        if (value != NULL && value[0] != '\0')
            return value;
    }
    return NULL;
}

int main(int argument_count, char **arguments)
{
    return verify_run(argument_count, arguments, message_locale(), decide_again, stdout, stderr);
}
