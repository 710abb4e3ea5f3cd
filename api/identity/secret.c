#include "api/identity/secret.h"

#include "base/bytes.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#define PREFIX "zcd_"

const char *secret_new(char text[SECRET_TEXT_SIZE])
{
    uint8_t bytes[(SECRET_TEXT_SIZE - sizeof PREFIX) / 2];

    if (getrandom(bytes, sizeof bytes, 0) != (ssize_t)sizeof bytes)
        abort(); /* so few bytes cannot fail once the system is up */
    memcpy(text, PREFIX, sizeof PREFIX);
    hex_encode(bytes, sizeof bytes, text + strlen(PREFIX));
    return text;
}
