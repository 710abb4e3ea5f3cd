#include "api/rate_limit.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>

static const int64_t SECOND_US = 1000000;
static const size_t REQUESTS[RATE_CLASS_COUNT] = {[RATE_READ] = 60, [RATE_DECIDE] = 3, [RATE_BATCH] = RATE_REQUESTS_MAX};

static void check(struct rate_state state, bool is_taken, int64_t remaining, int64_t reset_s, int64_t wait_s)
{
    assert_int_equal(state.is_taken, is_taken);
    assert_int_equal(state.remaining, remaining);
    assert_int_equal(state.reset_s, reset_s);
    assert_int_equal(state.wait_s, wait_s);
}

/* Three a minute: one comes back every 20 seconds. */
static void gives_the_whole_quota_at_once_and_then_as_it_comes_back(void **state)
{
    struct rate_limit *limit = rate_limit_new(REQUESTS);
    int64_t now_us = 1000 * SECOND_US;
    (void)state;

    check(rate_limit_take(limit, RATE_DECIDE, "a", now_us), true, 2, 20, 0);
    check(rate_limit_take(limit, RATE_DECIDE, "a", now_us), true, 1, 40, 0);
    check(rate_limit_take(limit, RATE_DECIDE, "a", now_us), true, 0, 60, 0);
    check(rate_limit_take(limit, RATE_DECIDE, "a", now_us), false, 0, 60, 20);
    check(rate_limit_take(limit, RATE_DECIDE, "a", now_us + 19 * SECOND_US), false, 0, 41, 1);
    check(rate_limit_take(limit, RATE_DECIDE, "a", now_us + 20 * SECOND_US - 1), false, 0, 41, 1);
    check(rate_limit_take(limit, RATE_DECIDE, "a", now_us + 20 * SECOND_US), true, 0, 60, 0);
    check(rate_limit_take(limit, RATE_DECIDE, "a", now_us + 90 * SECOND_US), true, 2, 20, 0); /* whole since a while */
    rate_limit_free(limit);
}

static void takes_nothing_by_a_refusal(void **state)
{
    struct rate_limit *limit = rate_limit_new(REQUESTS);
    int64_t now_us = 0;
    (void)state;

    for (int i = 0; i < 60; i++)
        assert_true(rate_limit_take(limit, RATE_READ, "a", now_us).is_taken);
    for (int i = 0; i < 1000; i++)
        assert_false(rate_limit_take(limit, RATE_READ, "a", now_us + i).is_taken);
    assert_true(rate_limit_take(limit, RATE_READ, "a", now_us + SECOND_US).is_taken);
    rate_limit_free(limit);
}

static void keeps_callers_and_classes_apart(void **state)
{
    struct rate_limit *limit = rate_limit_new(REQUESTS);
    char name[16];
    (void)state;

    for (int round = 0; round < 4; round++) {
        for (int i = 0; i < 3000; i++) { /* more than there are chains */
            (void)snprintf(name, sizeof name, "caller-%d", i);
            assert_int_equal(rate_limit_take(limit, RATE_DECIDE, name, SECOND_US).is_taken, round < 3);
        }
    }
    assert_true(rate_limit_take(limit, RATE_READ, "caller-7", SECOND_US).is_taken);
    rate_limit_free(limit);
}

static void can_be_as_much_as_a_request_a_microsecond(void **state)
{
    struct rate_limit *limit = rate_limit_new(REQUESTS);
    (void)state;

    check(rate_limit_take(limit, RATE_BATCH, "a", 0), true, RATE_REQUESTS_MAX - 1, 1, 0);
    check(rate_limit_take(limit, RATE_BATCH, "a", 1), true, RATE_REQUESTS_MAX - 1, 1, 0);
    rate_limit_free(limit);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_the_whole_quota_at_once_and_then_as_it_comes_back),
        cmocka_unit_test(takes_nothing_by_a_refusal),
        cmocka_unit_test(keeps_callers_and_classes_apart),
        cmocka_unit_test(can_be_as_much_as_a_request_a_microsecond),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
