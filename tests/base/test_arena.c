#include "base/arena.h"
#include "base/cleanup.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__)
#define HAS_ADDRESS_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HAS_ADDRESS_SANITIZER 1
#endif
#endif
#ifdef HAS_ADDRESS_SANITIZER
#include <sanitizer/asan_interface.h>
#endif

static bool is_zero(const uint8_t *data, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (data[i] != 0)
            return false;
    }
    return true;
}

/* Write into every allocation and find it unchanged after all others: none overlaps, all are aligned and zeroed. */
static void allocations_are_zeroed_aligned_and_apart(void **state)
{
    enum { COUNT = 3000 };
    static uint8_t *given[COUNT];
    ZCD_AUTO(arena_done) struct arena arena = {0};

    (void)state;
    for (size_t i = 0; i < COUNT; i++) {
        size_t size = i % 97 * (i % 13);
        given[i] = arena_alloc(&arena, 1, size);
        assert_non_null(given[i]);
        assert_int_equal((uintptr_t)given[i] % _Alignof(max_align_t), 0);
        assert_true(is_zero(given[i], size));
        memset(given[i], (int)(i & 0xFF), size);
    }
    for (size_t i = 0; i < COUNT; i++) {
        for (size_t j = 0; j < i % 97 * (i % 13); j++)
            assert_int_equal(given[i][j], i & 0xFF);
    }
}

static void one_allocation_may_be_larger_than_any_block(void **state)
{
    ZCD_AUTO(arena_done) struct arena arena = {0};

    (void)state;
    (void)arena_alloc(&arena, 1, 10);
    uint8_t *large = arena_alloc(&arena, 1000, 5000);
    assert_true(is_zero(large, 5000000));
    memset(large, 1, 5000000);
}

static void reuse_after_reset_is_zeroed_again(void **state)
{
    ZCD_AUTO(arena_done) struct arena arena = {0};

    (void)state;
    arena_reset(&arena);
    for (int round = 0; round < 5; round++) {
        for (int i = 0; i < 100; i++) {
            uint8_t *data = arena_alloc(&arena, 10, 100);
            assert_true(is_zero(data, 1000));
            memset(data, 0xFF, 1000);
        }
        arena_reset(&arena);
    }
}

/* After a reset the largest block takes what several took before, so a second request of the size asks for no more. */
static void reset_keeps_the_largest_block(void **state)
{
    ZCD_AUTO(arena_done) struct arena arena = {0};

    (void)state;
    (void)arena_alloc(&arena, 1, 100);
    (void)arena_alloc(&arena, 1, 3000000);
    const struct arena_block *largest = arena.newest;
    (void)arena_alloc(&arena, 1, 900000);
    arena_reset(&arena);
    assert_ptr_equal(arena.newest, largest);
    (void)arena_alloc(&arena, 1, 2900000);
    assert_ptr_equal(arena.newest, largest);
}

static void copies_are_terminated_and_their_own(void **state)
{
    ZCD_AUTO(arena_done) struct arena arena = {0};
    char text[] = "龙岗区";

    (void)state;
    char *copy = arena_copy_text(&arena, text);
    char *bytes = arena_copy_bytes(&arena, "a\0b", 3);
    char *nothing = arena_copy_bytes(&arena, NULL, 0);
    text[0] = '\0';
    assert_string_equal(copy, "龙岗区");
    assert_memory_equal(bytes, "a\0b", 4);
    assert_string_equal(nothing, "");
    assert_string_equal(arena_copy_text(&arena, ""), "");
}

static void typed_allocation_has_room_for_all(void **state)
{
    ZCD_AUTO(arena_done) struct arena arena = {0};

    (void)state;
    int64_t *numbers = ARENA_NEW(&arena, int64_t, 5000);
    for (int i = 0; i < 5000; i++)
        numbers[i] = i;
    assert_int_equal(numbers[4999], 4999);
}

static void a_size_that_overflows_ends_the_process(void **state)
{
    int status;

    (void)state;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct arena arena = {0};
        (void)signal(SIGABRT, SIG_DFL);
        (void)close(STDERR_FILENO);
        (void)arena_alloc(&arena, SIZE_MAX / 2, 3);
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGABRT);
}

static void the_sanitizer_sees_overruns_and_use_after_reset(void **state)
{
    (void)state;
#ifdef HAS_ADDRESS_SANITIZER
    ZCD_AUTO(arena_done) struct arena arena = {0};
    char *first = arena_alloc(&arena, 1, 13);
    char *second = arena_alloc(&arena, 1, 16);

    assert_false(__asan_address_is_poisoned(first + 12));
    assert_true(__asan_address_is_poisoned(first + 13));
    assert_false(__asan_address_is_poisoned(second + 15));
    assert_true(__asan_address_is_poisoned(second + 16));
    arena_reset(&arena);
    assert_true(__asan_address_is_poisoned(first));
    assert_true(__asan_address_is_poisoned(second));
#else
    skip();
#endif
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(allocations_are_zeroed_aligned_and_apart),
        cmocka_unit_test(one_allocation_may_be_larger_than_any_block),
        cmocka_unit_test(reuse_after_reset_is_zeroed_again),
        cmocka_unit_test(reset_keeps_the_largest_block),
        cmocka_unit_test(copies_are_terminated_and_their_own),
        cmocka_unit_test(typed_allocation_has_room_for_all),
        cmocka_unit_test(a_size_that_overflows_ends_the_process),
        cmocka_unit_test(the_sanitizer_sees_overruns_and_use_after_reset),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
