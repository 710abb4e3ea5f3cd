#include "base/error_list.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>

static void keeps_what_is_found_in_its_order_and_at_its_place(void **state)
{
    struct arena arena = {0};
    struct error_list list = {.arena = &arena};
    const struct error_place document = error_place_of(&list);
    const struct error_place contract = error_place_row(&document, "contracts", 3);
    const struct error_place cell = error_place_row(&contract, NULL, 0);
    const struct error_place inside = error_place_member(&contract, "a/b");
    struct zcd_error leaf, err;
    (void)state;

    assert_int_equal(error_list_refuse(&list, &err), ZCD_OK);
    error_add(&contract, "value_fen", "is %d, below %d", 0, 1);
    error_add(&cell, NULL, "second");
    error_add(&inside, "c", "third");
    (void)zcd_fail(&leaf, ZCD_INVALID, "fourth");
    (void)zcd_fail_within_index(&leaf, 7);
    error_add_error(&document, "payers", &leaf);

    assert_int_equal(error_list_refuse(&list, &err), ZCD_INVALID);
    assert_string_equal(err.pointer, "/contracts/3/value_fen");
    assert_string_equal(err.message, "is 0, below 1");
    assert_int_equal(err.other_count, 3);
    assert_int_equal(err.left_out_count, 0);
    assert_string_equal(err.others[0].pointer, "/contracts/3/0");
    assert_string_equal(err.others[1].pointer, "/contracts/3/a~1b/c");
    assert_string_equal(err.others[2].pointer, "/payers/7");
    assert_string_equal(err.others[2].message, "fourth");
    arena_done(&arena);
}

static void travels_outward_with_all_its_errors(void **state)
{
    struct arena arena = {0};
    struct error_list list = {.arena = &arena};
    const struct error_place document = error_place_of(&list);
    struct zcd_error err;
    (void)state;

    error_add(&document, "a", "first");
    error_add(&document, "b", "second");
    assert_int_equal(error_list_refuse(&list, &err), ZCD_INVALID);
    assert_int_equal(zcd_fail_within(&err, "dossier"), ZCD_INVALID);
    assert_string_equal(err.pointer, "/dossier/a");
    assert_string_equal(err.others[0].pointer, "/dossier/b");

    zcd_error_keep_first(&err);
    assert_int_equal(err.other_count, 0);
    assert_null(err.others);
    arena_done(&arena);
}

static void refuses_a_place_once(void **state)
{
    struct arena arena = {0};
    struct error_list list = {.arena = &arena};
    const struct error_place document = error_place_of(&list);
    const struct error_place row = error_place_row(&document, "rows", 1);
    (void)state;

    error_add(&row, "a", "first");
    error_add(&row, "a", "again");
    error_add(&document, "rows", "above it");
    const struct error_place member = error_place_member(&row, "a");
    error_add(&member, "b", "below it");
    assert_int_equal(list.count, 1);
    error_add(&row, "ab", "beside it");
    const struct error_place other = error_place_row(&document, "rows", 10);
    error_add(&other, "a", "in another row");
    assert_int_equal(list.count, 3);
    arena_done(&arena);
}

static void knows_what_is_sound(void **state)
{
    struct arena arena = {0};
    struct error_list list = {.arena = &arena};
    const struct error_place document = error_place_of(&list);
    const struct error_place row = error_place_row(&document, "rows", 1);
    (void)state;

    assert_true(error_place_is_sound(&document, NULL));
    error_add(&row, "a", "first");
    assert_false(error_place_is_sound(&row, "a"));
    assert_false(error_place_is_sound(&row, NULL));
    assert_false(error_place_is_sound(&document, "rows"));
    assert_false(error_place_is_sound(&document, NULL));
    assert_true(error_place_is_sound(&row, "b"));
    assert_true(ERROR_ALL_SOUND(&row, "b", "c"));
    assert_false(ERROR_ALL_SOUND(&row, "b", "a"));
    const struct error_place inside = error_place_member(&row, "a");
    assert_false(error_place_is_sound(&inside, "x"));
    arena_done(&arena);
}

static void keeps_a_hundred_and_counts_the_rest(void **state)
{
    struct arena arena = {0};
    struct error_list list = {.arena = &arena};
    const struct error_place document = error_place_of(&list);
    struct zcd_error err;
    (void)state;

    for (size_t i = 0; i < 250; i++) {
        const struct error_place row = error_place_row(&document, NULL, i);
        assert_int_equal(error_list_is_full(&list), i >= ERRORS_MAX);
        error_add(&row, NULL, "number %zu", i);
    }
    assert_false(error_place_is_sound(&document, "x")); /* not known any more */
    assert_int_equal(error_list_refuse(&list, &err), ZCD_INVALID);
    assert_int_equal(err.other_count, 99);
    assert_int_equal(err.left_out_count, 150);
    assert_string_equal(err.others[98].message, "number 99");
    assert_string_equal(err.others[98].pointer, "/99");
    arena_done(&arena);
}

static void keeps_the_first_where_there_is_no_arena(void **state)
{
    struct error_list list = {.arena = NULL};
    const struct error_place document = error_place_of(&list);
    struct zcd_error err;
    (void)state;

    error_add(&document, "a", "first");
    error_add(&document, "b", "second");
    error_add(&document, "c", "third");
    assert_int_equal(error_list_refuse(&list, &err), ZCD_INVALID);
    assert_string_equal(err.pointer, "/a");
    assert_int_equal(err.other_count, 0);
    assert_int_equal(err.left_out_count, 2);
}

static void adds_all_of_another_list(void **state)
{
    struct arena arena = {0};
    struct error_list inner = {.arena = &arena};
    struct error_list list = {.arena = &arena};
    const struct error_place inside = error_place_of(&inner);
    const struct error_place document = error_place_of(&list);
    const struct error_place row = error_place_row(&document, "rows", 2);
    struct zcd_error err;
    (void)state;

    error_add(&inside, "a", "first");
    error_add(&inside, "b", "second");
    error_add(&row, "a", "before");
    error_list_add_all(&row, &inner);
    assert_int_equal(error_list_refuse(&list, &err), ZCD_INVALID);
    assert_string_equal(err.message, "before");
    assert_int_equal(err.other_count, 1);
    assert_string_equal(err.others[0].pointer, "/rows/2/b");
    arena_done(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_what_is_found_in_its_order_and_at_its_place),
        cmocka_unit_test(travels_outward_with_all_its_errors),
        cmocka_unit_test(refuses_a_place_once),
        cmocka_unit_test(knows_what_is_sound),
        cmocka_unit_test(keeps_a_hundred_and_counts_the_rest),
        cmocka_unit_test(keeps_the_first_where_there_is_no_arena),
        cmocka_unit_test(adds_all_of_another_list),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
