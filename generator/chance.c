#include "generator/chance.h"

#include <assert.h>
#include <stdio.h>

struct chance_seed chance_seed_of(uint64_t seed, uint32_t number)
{
    struct chance_seed made = {.seed = seed};

    (void)snprintf(made.number, sizeof made.number, "%u", (unsigned)number);
    return made;
}

struct chance chance_of(const struct chance_seed *seed, const char *kind, const char *id)
{
    return (struct chance){rng_key_of(seed->seed, kind, seed->number, id), 0};
}

static uint32_t next_word(struct chance *chance)
{
    uint32_t counter[4] = {chance->next++, 0, 0, 0};
    uint32_t out[4];

    rng_philox(chance->key, counter, out);
    return out[0];
}

int64_t chance_between(struct chance *chance, int64_t low, int64_t high)
{
    assert(low <= high && high - low < UINT32_MAX);
    uint64_t range = (uint64_t)(high - low) + 1;
    return low + (int64_t)((uint64_t)next_word(chance) * range >> 32);
}

bool chance_happens(struct chance *chance, int32_t permille)
{
    return chance_between(chance, 1, 1000) <= permille;
}

size_t chance_pick(struct chance *chance, const int32_t *weights, size_t count)
{
    int64_t total = 0;

    for (size_t i = 0; i < count; i++)
        total += weights[i];
    int64_t left = chance_between(chance, 1, total);
    size_t row = 0;
    while (left > weights[row])
        left -= weights[row++];
    return row;
}

/* About normal, in thousandths. */
static int64_t bell_permille(struct chance *chance)
{
    int64_t sum = 0;

    for (int i = 0; i < 12; i++)
        sum += chance_between(chance, 0, 65535);
    return (sum - INT64_C(6) * 65536 + 6) * 1000 / 65536; /* 12 x 65535 / 2 is 6 short of 6 x 65536 */
}

/* 2^(i/16), times 65536. */
static const int64_t POWERS[17] = {65536, 68438, 71468, 74632, 77936, 81386, 84990, 88752, 92682,
                                   96785, 101070, 105545, 110218, 115098, 120194, 125515, 131072};

/* value x 2^(exponent / 1024); values between rows of the table lie on a straight line. */
static int64_t times_power(int64_t value, int64_t exponent)
{
    int64_t whole = exponent >= 0 ? exponent / 1024 : -((1023 - exponent) / 1024);
    int64_t rest = exponent - whole * 1024;
    int64_t row = rest / 64;
    int64_t power = POWERS[row] + (POWERS[row + 1] - POWERS[row]) * (rest % 64) / 64;
    int64_t scaled = value * power / 65536;
    return whole >= 0 ? scaled << whole : scaled >> -whole;
}

int64_t chance_lognormal(struct chance *chance, int64_t median, int32_t sigma_permille)
{
    assert(median >= 0 && median <= INT64_C(1) << 40);
    assert(sigma_permille >= 0 && sigma_permille <= 2000);
    /* log2(e) x 1024 is 1477.3 */
    int64_t exponent = bell_permille(chance) * sigma_permille * 14773 / INT64_C(10000000);
    return times_power(median, exponent);
}
