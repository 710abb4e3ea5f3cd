#include "api/events/signature.h"

#include "audit/hmac.h"
#include "base/cleanup.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

const char *webhook_secret_format(const uint8_t secret[WEBHOOK_SECRET_SIZE], char text[WEBHOOK_SECRET_TEXT_SIZE])
{
    memcpy(text, WEBHOOK_SECRET_PREFIX, sizeof WEBHOOK_SECRET_PREFIX);
    base64_encode(secret, WEBHOOK_SECRET_SIZE, text + strlen(text));
    return text;
}

const char *webhook_signature_format(const struct bytes *secrets, size_t count, const char *id, int64_t timestamp_s,
                                     struct bytes body, char text[WEBHOOK_SIGNATURE_TEXT_SIZE])
{
    ZCD_AUTO(buffer_done)
    struct buffer content = {0};
    size_t size = 0;

    assert(count <= 4);
    buffer_append_format(&content, "%s.%lld.", id, (long long)timestamp_s);
    buffer_append(&content, body.data, body.size);
    text[0] = '\0';
    for (size_t i = 0; i < count; i++) {
        const struct sha256 code = hmac_sha256(secrets[i], buffer_bytes(&content));
        size += (size_t)snprintf(text + size, WEBHOOK_SIGNATURE_TEXT_SIZE - size, "%sv1,", i == 0 ? "" : " ");
        base64_encode(code.bytes, sizeof code.bytes, text + size);
        size += strlen(text + size);
    }
    return text;
}
