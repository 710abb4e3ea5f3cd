/* Passwords: hashes made with Python's hashlib.scrypt(n=2**15, r=8, p=1), salt 00 01 ... 0f. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include "api/identity/password.h"

#include <string.h>

#define COUNT_OF(array) (sizeof(array) / sizeof(array)[0])
#define SALT "$scrypt$ln=15,r=8,p=1$AAECAwQFBgcICQoLDA0ODw==$"
#define HASHED SALT "eo40JB24mNWRdcaWU4xBdGepdf/laQaEJfFhiNMVnFg="

static void knows_passwords_hashed_by_others(void **state)
{
    static const struct {
        const char *password, *hash;
        bool is_right;
    } CASES[] = {
        {"correct horse battery staple", HASHED, true},
        {"密码密码密码", SALT "MiPo5q5riyVhTnCBwL0H8r3atI7t7Zt9mUqDQFNARas=", true},
        {"correct horse battery stapl", HASHED, false},
        {"", HASHED, false},
        {"correct horse battery staple", NULL, false},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        bool is_right = !CASES[i].is_right;
        struct zcd_error err;

        assert_int_equal(password_verify(CASES[i].password, CASES[i].hash, &is_right, &err), ZCD_OK);
        assert_int_equal(is_right, CASES[i].is_right);
    }
}

static void takes_no_hash_that_it_did_not_make(void **state)
{
    static const char *const CASES[] = {
        "", "$scrypt$", SALT, HASHED "=",
        "$scrypt$ln=14,r=8,p=1$AAECAwQFBgcICQoLDA0ODw==$eo40JB24mNWRdcaWU4xBdGepdf/laQaEJfFhiNMVnFg=",
        SALT "eo40JB24mNWRdcaWU4xBdGepdf/laQaEJfFhiNMVnF*=",
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        bool is_right = true;
        struct zcd_error err;

        assert_int_equal(password_verify("correct horse battery staple", CASES[i], &is_right, &err), ZCD_CORRUPT);
    }
}

static void hashes_one_password_differently_each_time(void **state)
{
    char first[PASSWORD_HASH_SIZE], second[PASSWORD_HASH_SIZE];
    bool is_right = false;
    struct zcd_error err;
    (void)state;

    assert_string_not_equal(password_hash("correct horse", first), password_hash("correct horse", second));
    assert_int_equal(password_verify("correct horse", second, &is_right, &err), ZCD_OK);
    assert_true(is_right);
}

static void says_what_may_be_a_password(void **state)
{
    char long_one[PASSWORD_LENGTH_MAX + 2];
    struct zcd_error err;
    (void)state;

    memset(long_one, 'a', sizeof long_one - 1);
    long_one[sizeof long_one - 1] = '\0';
    assert_int_equal(password_check("elevenbytes", &err), ZCD_INVALID);
    assert_int_equal(password_check(long_one, &err), ZCD_INVALID);
    assert_int_equal(password_check("twelve\nbytes", &err), ZCD_INVALID);
    assert_int_equal(password_check("\xff\xfe twelve bytes", &err), ZCD_INVALID);
    long_one[PASSWORD_LENGTH_MAX] = '\0';
    assert_int_equal(password_check(long_one, &err), ZCD_OK);
    assert_int_equal(password_check("twelve bytes", &err), ZCD_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(knows_passwords_hashed_by_others),
        cmocka_unit_test(takes_no_hash_that_it_did_not_make),
        cmocka_unit_test(hashes_one_password_differently_each_time),
        cmocka_unit_test(says_what_may_be_a_password),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
