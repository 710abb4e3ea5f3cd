/*
 * zcd-verify - checks a signed decision offline: no network, no database, no key but the one it is given.
 */
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
    return verify_run(argument_count, arguments, message_locale(), stdout, stderr);
}
