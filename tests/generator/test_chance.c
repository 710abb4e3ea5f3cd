/* Draws of the generated world, against the distributions that they are to follow (floating point is the reference). */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include "generator/chance.h"

#include <math.h>
#include <stdlib.h>

enum { DRAWS = 40000 };

static struct chance some_chance(const char *id)
{
    struct chance_seed seed = chance_seed_of(7, 1);
    return chance_of(&seed, "test", id);
}

static int compare(const void *left, const void *right)
{
    int64_t a = *(const int64_t *)left;
    int64_t b = *(const int64_t *)right;
    return (a > b) - (a < b);
}

static void draws_both_ends_and_nothing_beyond(void **state)
{
    struct chance chance = some_chance("ends");
    int seen[5] = {0};

    (void)state;
    for (int i = 0; i < DRAWS; i++) {
        int64_t value = chance_between(&chance, -2, 2);
        assert_in_range(value + 2, 0, 4);
        seen[value + 2]++;
    }
    for (int i = 0; i < 5; i++) /* 8,000 expected; six standard deviations are 480 */
        assert_in_range(seen[i], 7520, 8480);
}

static void picks_rows_by_their_weight_and_never_one_without(void **state)
{
    static const int32_t WEIGHTS[] = {0, 3, 0, 1};
    struct chance chance = some_chance("weights");
    int seen[4] = {0};

    (void)state;
    for (int i = 0; i < DRAWS; i++)
        seen[CHANCE_PICK(&chance, WEIGHTS)]++;
    assert_int_equal(seen[0], 0);
    assert_int_equal(seen[2], 0);
    assert_in_range(seen[1], 29480, 30520); /* 30,000, six standard deviations */
}

/* The quantiles of a lognormal with median 10,000 and sigma 0.5 are 10000 exp(0.5 z). */
static void follows_the_lognormal_law(void **state)
{
    static const struct {
        double share, z;
    } QUANTILES[] = {{0.05, -1.6449}, {0.25, -0.6745}, {0.5, 0}, {0.75, 0.6745}, {0.95, 1.6449}};
    static int64_t drawn[DRAWS];
    struct chance chance = some_chance("lognormal");

    (void)state;
    for (int i = 0; i < DRAWS; i++)
        drawn[i] = chance_lognormal(&chance, 10000, 500);
    qsort(drawn, DRAWS, sizeof *drawn, compare);
    for (size_t i = 0; i < sizeof QUANTILES / sizeof *QUANTILES; i++) {
        double expected = 10000 * exp(0.5 * QUANTILES[i].z);
        double found = (double)drawn[(size_t)(QUANTILES[i].share * DRAWS)];
        assert_true(fabs(found / expected - 1) < 0.02);
    }
}

static void gives_the_median_where_there_is_no_spread(void **state)
{
    struct chance chance = some_chance("flat");

    (void)state;
    for (int i = 0; i < 100; i++)
        assert_int_equal(chance_lognormal(&chance, 12345, 0), 12345);
}

static void draws_the_same_for_the_same_thing_and_else_for_another(void **state)
{
    struct chance first = some_chance("a");
    struct chance again = some_chance("a");
    struct chance other = some_chance("b");
    int equal = 0;

    (void)state;
    for (int i = 0; i < 1000; i++) {
        int64_t value = chance_between(&first, 0, 999999);
        assert_int_equal(value, chance_between(&again, 0, 999999));
        equal += value == chance_between(&other, 0, 999999);
    }
    assert_true(equal < 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(draws_both_ends_and_nothing_beyond),
        cmocka_unit_test(picks_rows_by_their_weight_and_never_one_without),
        cmocka_unit_test(follows_the_lognormal_law),
        cmocka_unit_test(gives_the_median_where_there_is_no_spread),
        cmocka_unit_test(draws_the_same_for_the_same_thing_and_else_for_another),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
