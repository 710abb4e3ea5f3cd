#include "audit/hmac.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

/* RFC 4231, test cases 1, 2 and 6 (a key longer than a block). */
static void gives_the_codes_of_rfc_4231(void **state)
{
    uint8_t short_key[20], long_key[131];
    char text[SHA256_TEXT_SIZE];
    (void)state;

    memset(short_key, 0x0b, sizeof short_key);
    memset(long_key, 0xaa, sizeof long_key);
    struct sha256 code = hmac_sha256((struct bytes){short_key, sizeof short_key}, bytes_of_text("Hi There"));
    assert_string_equal(sha256_format(&code, text), "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    code = hmac_sha256(bytes_of_text("Jefe"), bytes_of_text("what do ya want for nothing?"));
    assert_string_equal(sha256_format(&code, text), "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    code = hmac_sha256((struct bytes){long_key, sizeof long_key},
                       bytes_of_text("Test Using Larger Than Block-Size Key - Hash Key First"));
    assert_string_equal(sha256_format(&code, text), "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(gives_the_codes_of_rfc_4231)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
