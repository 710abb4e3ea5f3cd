#include "api/http/fair_queue.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

/* Take everything; the items are texts. */
static const char *take_all(struct fair_queue *queue, char text[256])
{
    text[0] = '\0';
    for (const char *item = fair_queue_take(queue); item != NULL; item = fair_queue_take(queue)) {
        (void)strncat(text, item, 255 - strlen(text));
        (void)strncat(text, " ", 255 - strlen(text));
    }
    return text;
}

static bool put(struct fair_queue *queue, const char *group, const char *member, const char *item)
{
    return fair_queue_put(queue, group, member, (void *)(uintptr_t)item);
}

static void gives_each_groups_and_members_in_turn_and_ones_own_in_order(void **state)
{
    struct fair_queue *queue = fair_queue_new(64);
    char text[256];
    (void)state;

    for (int i = 0; i < 2; i++) { /* once more, with what was used before */
        assert_true(put(queue, "bank", "script", "s1"));
        assert_true(put(queue, "bank", "script", "s2"));
        assert_true(put(queue, "bank", "script", "s3"));
        assert_true(put(queue, "bank", "officer", "o1"));
        assert_true(put(queue, "other", "script", "x1"));
        assert_true(put(queue, "bank", "officer", "o2"));
        assert_int_equal(fair_queue_count(queue), 6);
        assert_string_equal(take_all(queue, text), "s1 x1 o1 s2 o2 s3 ");
        assert_int_equal(fair_queue_count(queue), 0);
    }
    fair_queue_free(queue);
}

static void serves_a_newcomer_next_but_those_before_it(void **state)
{
    struct fair_queue *queue = fair_queue_new(256);
    (void)state;

    for (int i = 0; i < 60; i++)
        assert_true(put(queue, "bank", "script", "s"));
    assert_string_equal(fair_queue_take(queue), "s");
    assert_true(put(queue, "organisation", "director", "d"));
    assert_string_equal(fair_queue_take(queue), "s");
    assert_string_equal(fair_queue_take(queue), "d");
    fair_queue_free(queue);
}

static void leaves_room_for_others_however_much_one_puts(void **state)
{
    struct fair_queue *queue = fair_queue_new(16);
    char name[8];
    (void)state;

    for (int i = 0; i < 4; i++)
        assert_true(put(queue, "bank", "a", "x"));
    assert_false(put(queue, "bank", "a", "x")); /* a member has a quarter */
    for (int i = 0; i < 4; i++)
        assert_true(put(queue, "bank", "b", "x"));
    assert_false(put(queue, "bank", "c", "x")); /* a group has half */
    for (int i = 0; i < 8; i++) {
        (void)snprintf(name, sizeof name, "g%d", i);
        assert_true(put(queue, name, "a", "x"));
    }
    assert_int_equal(fair_queue_count(queue), 16);
    assert_false(put(queue, "another", "a", "x"));
    assert_non_null(fair_queue_take(queue));
    assert_true(put(queue, "another", "a", "x"));
    fair_queue_free(queue);
}

/* Whatever is put and taken: all that went in comes out once, one's own in order, and nobody waits for more than one of each
 * other group. */
static void keeps_all_in_order_whatever_is_put_and_taken(void **state)
{
    enum { GROUPS = 5, MEMBERS = 3, ROUNDS = 20000, STEP = 100000 };
    struct fair_queue *queue = fair_queue_new(64);
    uintptr_t next_in[GROUPS][MEMBERS] = {{0}}, next_out[GROUPS][MEMBERS] = {{0}};
    uint32_t random = 12345;
    size_t inside = 0;
    (void)state;

    for (int round = 0; round < ROUNDS || inside > 0; round++) {
        random = random * 1664525 + 1013904223;
        uintptr_t group = (random >> 8) % GROUPS, member = (random >> 16) % MEMBERS;
        if (round < ROUNDS && (random >> 24) % 2 == 0) {
            char group_name[8], member_name[8];
            (void)snprintf(group_name, sizeof group_name, "%d", (int)group);
            (void)snprintf(member_name, sizeof member_name, "%d", (int)member);
            uintptr_t item = (group * MEMBERS + member) * STEP + next_in[group][member] + 1;
            if (fair_queue_put(queue, group_name, member_name, (void *)item)) {
                next_in[group][member]++;
                inside++;
            }
        } else if (inside > 0) {
            uintptr_t item = (uintptr_t)fair_queue_take(queue) - 1;
            uintptr_t who = item / STEP;
            assert_int_equal(item % STEP, next_out[who / MEMBERS][who % MEMBERS]++);
            inside--;
        } else {
            assert_null(fair_queue_take(queue));
        }
        assert_int_equal(fair_queue_count(queue), inside);
    }
    assert_memory_equal(next_in, next_out, sizeof next_in);
    fair_queue_free(queue);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_each_groups_and_members_in_turn_and_ones_own_in_order),
        cmocka_unit_test(serves_a_newcomer_next_but_those_before_it),
        cmocka_unit_test(leaves_room_for_others_however_much_one_puts),
        cmocka_unit_test(keeps_all_in_order_whatever_is_put_and_taken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
