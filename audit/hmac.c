#include "audit/hmac.h"

#include <assert.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdlib.h>

struct sha256 hmac_sha256(struct bytes key, struct bytes data)
{
    struct sha256 code;
    unsigned size = 0;

    assert(key.size > 0 && key.size <= 4096);
    if (HMAC(EVP_sha256(), key.data, (int)key.size, data.data, data.size, code.bytes, &size) == NULL
        || size != SHA256_SIZE)
        abort(); /* only for want of memory */
    return code;
}
