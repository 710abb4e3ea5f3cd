#include "api/codec/problem.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

#include "audit/canonical_json.h"

static void says_what_is_wrong_and_where(void **state)
{
    const struct zcd_error err = {
        .code = ZCD_INVALID, .pointer = "/contracts/0/payer", .message = "no payer has the id \"x\""};
    const struct problem problem = {.status = 422, .detail = err.message, .error = &err, .trace_id = "0123"};
    struct buffer json = {0};
    (void)state;

    problem_encode(&problem, false, &json);
    assert_string_equal((const char *)json.data,
                        "{\"code\":\"invalid_content\",\"detail\":\"no payer has the id \\\"x\\\"\",\"error_count\":1,\"errors\":[{\"code\":\"invalid\","
                        "\"detail\":\"no payer has the id \\\"x\\\"\",\"pointer\":\"/contracts/0/payer\"}],\"status\":422,"
                        "\"title\":\"The content breaks a rule\",\"trace_id\":\"0123\","
                        "\"type\":\"urn:zhengcaidai:problem:invalid_content\"}");
    buffer_done(&json);
}

static void lists_all_that_is_wrong_and_says_what_it_leaves_out(void **state)
{
    struct zcd_error others[] = {{.code = ZCD_INVALID, .pointer = "/b", .message = "two"},
                                 {.code = ZCD_INVALID, .pointer = "/c", .message = "three"}};
    struct zcd_error err = {.code = ZCD_INVALID, .pointer = "/a", .message = "one", .others = others, .other_count = 2};
    const struct problem problem = {.status = 422, .detail = err.message, .error = &err};
    struct buffer json = {0};
    (void)state;

    problem_encode(&problem, false, &json);
    assert_non_null(strstr((const char *)json.data,
                           "\"detail\":\"3 errors in the document\",\"error_count\":3,\"errors\":["
                           "{\"code\":\"invalid\",\"detail\":\"one\",\"pointer\":\"/a\"},"
                           "{\"code\":\"invalid\",\"detail\":\"two\",\"pointer\":\"/b\"},"
                           "{\"code\":\"invalid\",\"detail\":\"three\",\"pointer\":\"/c\"}]"));
    buffer_clear(&json);
    err.left_out_count = 40;
    problem_encode(&problem, false, &json);
    assert_non_null(strstr((const char *)json.data,
                           "\"detail\":\"43 errors in the document; the first 3 are listed\",\"error_count\":43,"));
    assert_true(canonical_json_is_canonical(buffer_bytes(&json)));
    buffer_done(&json);
}

static void is_canonical_json_for_every_status_and_language(void **state)
{
    static const int STATUSES[] = {
#define PROBLEM(status, name, zh, en) status,
#include "api/codec/problem_codes.def"
#undef PROBLEM
    };
    (void)state;
    for (size_t i = 0; i < 2 * (sizeof STATUSES / sizeof *STATUSES); i++) {
        const struct problem problem = {.status = STATUSES[i / 2], .detail = "d\"\\\n"};
        struct buffer json = {0};

        problem_encode(&problem, i % 2 == 0, &json);
        assert_true(canonical_json_is_canonical(buffer_bytes(&json)));
        buffer_done(&json);
    }
}

static void has_a_status_for_every_code(void **state)
{
    (void)state;
    assert_int_equal(problem_status(ZCD_INVALID), 422);
    assert_int_equal(problem_status(ZCD_NOT_FOUND), 404);
    assert_int_equal(problem_status(ZCD_CONFLICT), 409);
    assert_int_equal(problem_status(ZCD_UNAVAILABLE), 503);
    assert_int_equal(problem_status(ZCD_CORRUPT), 500);
}

static void weighs_the_languages_that_are_asked_for(void **state)
{
    static const struct {
        const char *field;
        bool chinese;
    } CASES[] = {
        {NULL, true},
        {"zh", true},
        {"zh-CN", true},
        {"ZH-Hans-CN,en;q=0.5", true},
        {"en", false},
        {"en-GB, zh;q=0.9", false},
        {"en;q=0.8, zh;q=0.9", true},
        {"en;q=0.85,zh;q=0.9", true},
        {"en;q=1.0,zh;q=0.999", false},
        {"zh;q=0", false},
        {"zh;q=0,en;q=0.1", false},
        {"fr", false},
        {"", false},
        {",,", false},
        {"zh;", true},
        {"zh;q", true},
        {"zh;q=", true},
        {"zh; q=0.1, en; q=0.2", false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++)
        assert_int_equal(problem_prefers_chinese(CASES[i].field), CASES[i].chinese);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(says_what_is_wrong_and_where),
        cmocka_unit_test(lists_all_that_is_wrong_and_says_what_it_leaves_out),
        cmocka_unit_test(is_canonical_json_for_every_status_and_language),
        cmocka_unit_test(has_a_status_for_every_code),
        cmocka_unit_test(weighs_the_languages_that_are_asked_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
