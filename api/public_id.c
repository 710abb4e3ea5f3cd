#include "api/public_id.h"

#include "base/bytes.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

enum { DIGITS = 32, RANDOM_SIZE = 10 };

const char *public_id_new(const char *prefix, int64_t now_us, char id[PUBLIC_ID_SIZE])
{
    uint8_t random[RANDOM_SIZE];
    char digits[2 * RANDOM_SIZE + 1];

    assert(strlen(prefix) + DIGITS < PUBLIC_ID_SIZE);
    assert(now_us >= 0);
    if (getrandom(random, sizeof random, 0) != (ssize_t)sizeof random)
        abort(); /* so few bytes cannot fail once the system is up */
    hex_encode(random, sizeof random, digits);
    (void)snprintf(id, PUBLIC_ID_SIZE, "%s%012llx%s", prefix,
                   (unsigned long long)(now_us / 1000) & ((1ULL << 48) - 1), digits);
    return id;
}

bool public_id_is(const char *prefix, const char *text)
{
    size_t size = strlen(prefix);

    return strncmp(text, prefix, size) == 0 && strlen(text + size) == DIGITS
           && strspn(text + size, "0123456789abcdef") == DIGITS;
}
