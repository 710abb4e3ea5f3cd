#include "audit/commitment.h"

#include <stdlib.h>
#include <sys/random.h>

static struct sha256 digest_of(const uint8_t salt[COMMITMENT_SALT_SIZE], struct bytes value)
{
    struct buffer salted = {0};

    buffer_append(&salted, salt, COMMITMENT_SALT_SIZE);
    buffer_append(&salted, value.data, value.size);
    struct sha256 digest = sha256_of(buffer_bytes(&salted));
    buffer_done(&salted);
    return digest;
}

struct commitment commitment_new(struct bytes value)
{
    struct commitment commitment = {.value = value};

    if (getrandom(commitment.salt, sizeof commitment.salt, 0) != (ssize_t)sizeof commitment.salt)
        abort(); /* so few bytes cannot fail once the system is up */
    commitment.digest = digest_of(commitment.salt, value);
    return commitment;
}

bool commitment_opens(const struct sha256 *digest, const uint8_t salt[COMMITMENT_SALT_SIZE], struct bytes value)
{
    struct sha256 expected = digest_of(salt, value);
    return sha256_equal(&expected, digest);
}
