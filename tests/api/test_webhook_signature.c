#include "api/events/signature.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

/* The example of the Standard Webhooks and Svix documentation ("verifying manually"), which their libraries test with. */
#define ID "msg_p5jXN8AQM9LWM0D4loKWxJek"
#define BODY "{\"test\": 2432232314}"
#define SIGNATURE "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
static const char SECRET[] = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
enum { TIMESTAMP = 1614265330 };

static struct bytes decode_secret(uint8_t bytes[64])
{
    struct zcd_error err;
    size_t size;

    assert_int_equal(base64_decode(SECRET, strlen(SECRET), bytes, 64, &size, &err), ZCD_OK);
    return (struct bytes){bytes, size};
}

static void gives_the_published_signature(void **state)
{
    uint8_t bytes[64];
    char text[WEBHOOK_SIGNATURE_TEXT_SIZE];
    const struct bytes secret = decode_secret(bytes);
    (void)state;

    assert_string_equal(webhook_signature_format(&secret, 1, ID, TIMESTAMP, bytes_of_text(BODY), text), SIGNATURE);
}

static void signs_with_each_secret_while_one_replaces_another(void **state)
{
    uint8_t bytes[64];
    char text[WEBHOOK_SIGNATURE_TEXT_SIZE];
    const struct bytes secret = decode_secret(bytes);
    const struct bytes secrets[] = {secret, secret, secret, secret};
    (void)state;

    assert_string_equal(webhook_signature_format(secrets, 4, ID, TIMESTAMP, bytes_of_text(BODY), text),
                        SIGNATURE " " SIGNATURE " " SIGNATURE " " SIGNATURE);
}

static void writes_a_secret_as_the_standard_asks(void **state)
{
    uint8_t secret[WEBHOOK_SECRET_SIZE];
    char text[WEBHOOK_SECRET_TEXT_SIZE];
    (void)state;

    memset(secret, 0xff, sizeof secret);
    assert_string_equal(webhook_secret_format(secret, text), "whsec_//////////////////////////////////////////8=");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_the_published_signature),
        cmocka_unit_test(signs_with_each_secret_while_one_replaces_another),
        cmocka_unit_test(writes_a_secret_as_the_standard_asks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
