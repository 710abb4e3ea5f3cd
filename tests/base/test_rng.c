/*
 * The tests of chance below use fixed keys, so they always give the same result; their bounds come from the
 * distribution that uniformly random permutations have, stated with each.
 */
#include "base/rng.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { BITS = 12, ENTRIES = 1 << BITS, ENTRIES_MAX = 1 << 16 };

static struct rng_key key_number(uint32_t number)
{
    char id[16];
    (void)snprintf(id, sizeof id, "%" PRIu32, number);
    return rng_key_of(20201009, "test", id, "");
}

static void philox_gives_the_known_answers(void **state)
{
    char line[256];
    int vectors = 0;

    (void)state;
    FILE *file = fopen(ZCD_SOURCE_DIR "/tests/vectors/base/philox4x32_10.txt", "r");
    assert_non_null(file);
    while (fgets(line, sizeof line, file) != NULL) {
        uint32_t word[10];
        uint32_t out[4];

        if (line[0] == '#')
            continue;
        for (size_t i = 0; i < 10; i++)
            assert_int_equal(sscanf(line + 9 * i, "%" SCNx32, &word[i]), 1);
        rng_philox((struct rng_key){{word[4], word[5]}}, word, out);
        assert_memory_equal(out, word + 6, sizeof out);
        vectors++;
    }
    (void)fclose(file);
    assert_int_equal(vectors, 3);
}

/* Computed in Python from the words of base/rng.h, with FNV-1a checked on "foobar" = 85944171f73967e8. */
static void keys_are_those_of_a_second_implementation(void **state)
{
    struct rng_key key = rng_key_of(20201001, "delay", "C-2020-017", "M3");

    (void)state;
    assert_true(key.word[0] == 0x0ca99e11 && key.word[1] == 0xae03c386);
    key = rng_key_of(UINT64_MAX, "", "", "");
    assert_true(key.word[0] == 0x6e133488 && key.word[1] == 0x06b721c4);
}

static bool same_key(struct rng_key a, struct rng_key b)
{
    return a.word[0] == b.word[0] && a.word[1] == b.word[1];
}

static void keys_depend_on_the_seed_and_on_where_each_part_ends(void **state)
{
    struct rng_key key = rng_key_of(1, "ab", "c", "d");

    (void)state;
    assert_true(same_key(key, rng_key_of(1, "ab", "c", "d")));
    assert_false(same_key(key, rng_key_of(2, "ab", "c", "d")));
    assert_false(same_key(key, rng_key_of(UINT64_C(1) << 32 | 1, "ab", "c", "d")));
    assert_false(same_key(key, rng_key_of(1, "a", "bc", "d")));
    assert_false(same_key(key, rng_key_of(1, "ab", "cd", "")));
    assert_false(same_key(key, rng_key_of(1, "ab", "d", "c")));
}

static uint64_t hash_entries(const uint16_t *entry, size_t count)
{
    uint64_t hash = UINT64_C(0xCBF29CE484222325);

    for (size_t i = 0; i < count; i++) {
        hash = (hash ^ (entry[i] & 0xFF)) * UINT64_C(0x100000001B3);
        hash = (hash ^ (entry[i] >> 8)) * UINT64_C(0x100000001B3);
    }
    return hash;
}

static void shuffle_all(struct rng_key key, int bits, uint16_t *entry)
{
    const struct rng_shuffle shuffle = rng_shuffle_of(key, bits);

    rng_shuffle_range(&shuffle, 0, UINT32_C(1) << bits, entry);
}

/* From the same second implementation: a shuffle must never change, or stored decisions would not replay. */
static void shuffles_are_those_of_a_second_implementation(void **state)
{
    static const uint16_t four_bits[] = {4, 0, 5, 1, 15, 8, 9, 7, 6, 3, 2, 10, 14, 12, 13, 11};
    static const uint16_t twelve_bits[] = {211, 3131, 1419, 2384, 2682, 1143, 3384, 1134};
    static uint16_t entry[ENTRIES_MAX];

    (void)state;
    shuffle_all((struct rng_key){{1, 2}}, 4, entry);
    assert_memory_equal(entry, four_bits, sizeof four_bits);
    shuffle_all((struct rng_key){{0xdeadbeef, 0x12345678}}, 12, entry);
    assert_memory_equal(entry, twelve_bits, sizeof twelve_bits);
    shuffle_all((struct rng_key){{1, 2}}, 9, entry);
    assert_true(hash_entries(entry, 1 << 9) == UINT64_C(0xf2628cff73984d31));
    shuffle_all((struct rng_key){{1, 2}}, 12, entry);
    assert_true(hash_entries(entry, 1 << 12) == UINT64_C(0xef013670a8a04f9d));
    shuffle_all((struct rng_key){{1, 2}}, 16, entry);
    assert_true(hash_entries(entry, 1 << 16) == UINT64_C(0xd84590048cdbf3f1));
}

static void every_value_comes_exactly_once(void **state)
{
    static uint16_t entry[ENTRIES_MAX];
    static bool seen[ENTRIES_MAX];

    (void)state;
    for (int bits = 4; bits <= 16; bits++) {
        size_t count = (size_t)1 << bits;
        uint32_t keys = bits <= 12 ? 300 : 30;
        for (uint32_t number = 0; number < keys; number++) {
            memset(seen, 0, sizeof seen);
            shuffle_all(key_number(number), bits, entry);
            for (size_t i = 0; i < count; i++) {
                if (entry[i] >= count || seen[entry[i]])
                    fail_msg("bits %d, key %" PRIu32 ", entry %zu", bits, number, i);
                seen[entry[i]] = true;
            }
        }
    }
}

static void nothing_is_written_behind_the_last_entry(void **state)
{
    (void)state;
    for (int bits = 4; bits <= 8; bits++) {
        uint16_t entry[(1 << 8) + 1];

        entry[1 << bits] = 0xABCD;
        shuffle_all(key_number(1), bits, entry);
        assert_int_equal(entry[1 << bits], 0xABCD);
    }
}

static void a_range_is_a_piece_of_the_whole(void **state)
{
    static const struct {
        uint32_t first, count;
    } ranges[] = {{0, 4096}, {0, 1}, {4095, 1}, {17, 100}, {1024, 1024}, {4000, 96}, {5, 0}};
    static uint16_t whole[ENTRIES];
    static uint16_t piece[ENTRIES + 1];

    (void)state;
    const struct rng_shuffle shuffle = rng_shuffle_of(key_number(3), BITS);
    shuffle_all(key_number(3), BITS, whole);
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++) {
        piece[ranges[i].count] = 0xABCD;
        rng_shuffle_range(&shuffle, ranges[i].first, ranges[i].count, piece);
        assert_memory_equal(piece, whole + ranges[i].first, ranges[i].count * sizeof *piece);
        assert_int_equal(piece[ranges[i].count], 0xABCD);
    }
}

/* 64 times the chi-square statistic of the 8 by 8 table of (a's eighth, b's eighth), expected 64 in each cell. */
static int64_t joint_chi_square_64(const uint16_t *a, const uint16_t *b)
{
    int64_t cell[64] = {0};
    int64_t sum = 0;

    for (size_t i = 0; i < ENTRIES; i++)
        cell[(a[i] >> 9) * 8 + (b[i] >> 9)]++;
    for (size_t i = 0; i < 64; i++)
        sum += (cell[i] - 64) * (cell[i] - 64);
    return sum;
}

/*
 * Shuffles are stratified: every row and every column of the table holds exactly 512. For two independent uniformly
 * random permutations the cells are then hypergeometric, the 15 margins take 15 degrees of freedom of 64, and the
 * statistic has mean 49 * 4096 / 4095 = 49.01 and variance close to 2 * 49, with the tail of chi-square of 49 degrees:
 * 85.35 is exceeded once in 1000. (A Fisher-Yates shuffle gave mean 49.09, variance 97.4, 0.085 % beyond in 20,000
 * pairs.) Of 2000 pairs, 2 are expected beyond and 20 would be far outside chance; the mean of 2000 has a standard
 * error of 0.22; and beyond 150 chance does not reach once in 10^11 pairs.
 */
static void two_keys_are_jointly_independent(void **state)
{
    enum { PAIRS = 2000 };
    static uint16_t a[ENTRIES];
    static uint16_t b[ENTRIES];
    int64_t sum_64 = 0;
    int64_t sum_of_squares = 0;
    int beyond = 0;

    (void)state;
    for (uint32_t pair = 0; pair < PAIRS; pair++) {
        shuffle_all(key_number(2 * pair), BITS, a);
        shuffle_all(key_number(2 * pair + 1), BITS, b);
        int64_t chi_square_64 = joint_chi_square_64(a, b);
        sum_64 += chi_square_64;
        sum_of_squares += chi_square_64 * chi_square_64;
        beyond += chi_square_64 * 100 > 8535 * 64;
        assert_true(chi_square_64 < 150 * 64);
    }
    int64_t mean_64 = sum_64 / PAIRS;
    int64_t variance = (sum_of_squares / PAIRS - mean_64 * mean_64) / (64 * 64);
    assert_true(beyond < PAIRS / 100);
    assert_in_range(mean_64, 48 * 64, 50 * 64);
    assert_in_range(variance, 98 * 85 / 100, 98 * 115 / 100); /* standard error about 3.5 % */
}

/*
 * A path of the simulation adds entries of many shuffles. For independent shuffles the variance over paths of the sum
 * of 30 is 30 times that of one, (4096^2 - 1) / 12; the 435 pairwise correlations, each with standard deviation
 * 1 / sqrt(4095), move it by 2.2 % (one standard deviation), and the mean over 100 groups by 0.2 %.
 */
static void sums_over_thirty_keys_vary_as_independent_ones_do(void **state)
{
    enum { GROUPS = 100, SUMMANDS = 30 };
    const int64_t independent = (int64_t)ENTRIES * SUMMANDS * (((int64_t)ENTRIES * ENTRIES - 1) / 3); /* of 2 * sum */
    static uint16_t entry[ENTRIES];
    static int32_t sum[ENTRIES];
    int64_t per_mille_of_all = 0;

    (void)state;
    for (uint32_t group = 0; group < GROUPS; group++) {
        int64_t squares = 0;

        memset(sum, 0, sizeof sum);
        for (uint32_t i = 0; i < SUMMANDS; i++) {
            shuffle_all(key_number(100000 + group * SUMMANDS + i), BITS, entry);
            for (size_t path = 0; path < ENTRIES; path++)
                sum[path] += 2 * entry[path] - (ENTRIES - 1); /* twice the distance from the mean, an integer */
        }
        for (size_t path = 0; path < ENTRIES; path++)
            squares += (int64_t)sum[path] * sum[path];
        int64_t per_mille = squares / (independent / 1000);
        assert_in_range(per_mille, 850, 1150);
        per_mille_of_all += per_mille;
    }
    assert_in_range(per_mille_of_all / GROUPS, 990, 1010);
}

/*
 * Over keys, each entry takes each value equally often: the 16 by 16 table of (place, value) over 8000 shuffles of
 * 4 bits has fixed margins, 225 degrees of freedom, standard deviation 21; 310 is four of them away.
 */
static void every_place_takes_every_value_equally_often(void **state)
{
    enum { SHUFFLES = 8000, EXPECTED = SHUFFLES / 16 };
    int64_t cell[16][16] = {{0}};
    int64_t sum = 0;

    (void)state;
    for (uint32_t number = 0; number < SHUFFLES; number++) {
        uint16_t entry[16];

        shuffle_all(key_number(number), 4, entry);
        for (size_t i = 0; i < 16; i++)
            cell[i][entry[i]]++;
    }
    for (size_t i = 0; i < 16; i++) {
        for (size_t j = 0; j < 16; j++)
            sum += (cell[i][j] - EXPECTED) * (cell[i][j] - EXPECTED);
    }
    assert_in_range(sum / EXPECTED, 140, 310);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(philox_gives_the_known_answers),
        cmocka_unit_test(keys_are_those_of_a_second_implementation),
        cmocka_unit_test(keys_depend_on_the_seed_and_on_where_each_part_ends),
        cmocka_unit_test(shuffles_are_those_of_a_second_implementation),
        cmocka_unit_test(every_value_comes_exactly_once),
        cmocka_unit_test(nothing_is_written_behind_the_last_entry),
        cmocka_unit_test(a_range_is_a_piece_of_the_whole),
        cmocka_unit_test(two_keys_are_jointly_independent),
        cmocka_unit_test(sums_over_thirty_keys_vary_as_independent_ones_do),
        cmocka_unit_test(every_place_takes_every_value_equally_often),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
