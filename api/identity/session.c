#include "api/identity/session.h"

#include "base/bytes.h"
#include "base/cleanup.h"

#include <stdio.h>
#include <string.h>

bool session_cookie_find(const char *field, char value[SECRET_TEXT_SIZE])
{
    static const char NAME[] = SESSION_COOKIE "=";

    while (field != NULL && *field != '\0') {
        field += strspn(field, "; ");
        size_t size = strcspn(field, ";");
        if (size == sizeof NAME - 1 + SECRET_TEXT_SIZE - 1 && strncmp(field, NAME, sizeof NAME - 1) == 0) {
            memcpy(value, field + sizeof NAME - 1, SECRET_TEXT_SIZE - 1);
            value[SECRET_TEXT_SIZE - 1] = '\0';
            return true;
        }
        field += size;
    }
    return false;
}

const char *session_cookie_format(const char *value, char text[SESSION_COOKIE_TEXT_SIZE])
{
    (void)snprintf(text, SESSION_COOKIE_TEXT_SIZE, SESSION_COOKIE "=%s; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=%d",
                   value == NULL ? "" : value, value == NULL ? 0 : SESSION_HOURS * 3600);
    return text;
}

const char *session_csrf_format(const char *value, char text[SHA256_TEXT_SIZE])
{
    ZCD_AUTO(buffer_done)
    struct buffer input = {0};

    buffer_append_format(&input, "zhengcaidai/csrf\n%s", value);
    struct sha256 digest = sha256_of(buffer_bytes(&input));
    return sha256_format(&digest, text);
}

bool session_csrf_is(const char *value, const char *token)
{
    char expected[SHA256_TEXT_SIZE];

    return token != NULL
           && bytes_equal_constant_time(bytes_of_text(session_csrf_format(value, expected)), bytes_of_text(token));
}
