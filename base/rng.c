#include "base/rng.h"

#include "base/dispatch.h"

#include <assert.h>
#include <string.h>

/* Philox 4x32-10 of Salmon et al. 2011; known answers stand in tests/vectors/base. */
enum { PHILOX_ROUNDS = 10 };
static const uint32_t PHILOX_MULTIPLIER[2] = {0xD2511F53, 0xCD9E8D57};
static const uint32_t PHILOX_WEYL[2] = {0x9E3779B9, 0xBB67AE85};

static void philox_round(struct rng_key key, uint32_t word[4])
{
    uint64_t product_0 = (uint64_t)PHILOX_MULTIPLIER[0] * word[0];
    uint64_t product_2 = (uint64_t)PHILOX_MULTIPLIER[1] * word[2];

    word[0] = (uint32_t)(product_2 >> 32) ^ word[1] ^ key.word[0];
    word[1] = (uint32_t)product_2;
    word[2] = (uint32_t)(product_0 >> 32) ^ word[3] ^ key.word[1];
    word[3] = (uint32_t)product_0;
}

void rng_philox(struct rng_key key, const uint32_t counter[4], uint32_t out[4])
{
    uint32_t word[4] = {counter[0], counter[1], counter[2], counter[3]};

    for (int round = 0; round < PHILOX_ROUNDS; round++) {
        philox_round(key, word);
        key.word[0] += PHILOX_WEYL[0];
        key.word[1] += PHILOX_WEYL[1];
    }
    memcpy(out, word, sizeof word);
}

/* FNV-1a, 64 bits: http://www.isthe.com/chongo/tech/comp/fnv/ (public domain). */
static const uint64_t FNV_OFFSET = UINT64_C(0xCBF29CE484222325);
static const uint64_t FNV_PRIME = UINT64_C(0x100000001B3);

static uint64_t fnv_byte(uint64_t hash, uint8_t byte)
{
    return (hash ^ byte) * FNV_PRIME;
}

/* The length, four bytes, lowest first, keeps ("ab", "c") apart from ("a", "bc"). */
static uint64_t fnv_part(uint64_t hash, const char *part)
{
    size_t size = strlen(part);

    for (int shift = 0; shift < 32; shift += 8)
        hash = fnv_byte(hash, (uint8_t)(size >> shift));
    for (size_t i = 0; i < size; i++)
        hash = fnv_byte(hash, (uint8_t)part[i]);
    return hash;
}

struct rng_key rng_key_of(uint64_t seed, const char *kind, const char *id_first, const char *id_second)
{
    uint64_t identity = fnv_part(fnv_part(fnv_part(FNV_OFFSET, kind), id_first), id_second);
    struct rng_key seed_key = {{(uint32_t)seed, (uint32_t)(seed >> 32)}};
    uint32_t counter[4] = {(uint32_t)identity, (uint32_t)(identity >> 32), 0, 0};
    uint32_t out[4];

    rng_philox(seed_key, counter, out);
    return (struct rng_key){{out[0], out[1]}};
}

/*
 * The shuffle. Each round adds a key, multiplies by an odd key and folds the high half onto the low half, all modulo
 * 2^bits; each of the three is a bijection, so their chain is one. From four rounds on, the joint distribution of two
 * shuffles cannot be told from that of two uniformly random permutations (tests/base/test_rng.c). Every step is one
 * 16-bit lane operation that SSE2 has, and `bits` is a constant in each call of shuffle_part, so that compilers work
 * on eight entries at once.
 */
enum { SHUFFLE_BITS_MIN = 4, SHUFFLE_BITS_MAX = 16 };

/* Counter word 3 of the shuffle's own key material; a caller's counters are small. */
static const uint32_t SHUFFLE_DOMAIN = 0x73687566; /* "shuf" */

struct rng_shuffle rng_shuffle_of(struct rng_key key, int bits)
{
    struct rng_shuffle shuffle = {.bits = bits};
    uint32_t word[RNG_SHUFFLE_ROUNDS];

    assert(bits >= SHUFFLE_BITS_MIN);
    assert(bits <= SHUFFLE_BITS_MAX);
    rng_philox(key, (uint32_t[4]){(uint32_t)bits, 0, 0, SHUFFLE_DOMAIN}, word);
    for (int i = 0; i < RNG_SHUFFLE_ROUNDS; i++) {
        shuffle.round[i].add = (uint16_t)word[i];
        /* 5 modulo 8: never 1 or -1, which would leave the round without effect */
        shuffle.round[i].multiply = (uint16_t)((word[i] >> 16 & ~UINT32_C(7)) | 5);
    }
    return shuffle;
}

/* Narrowed after each operation: that is what tells compilers that 16-bit lanes are enough. */
static inline uint16_t shuffle_step(uint16_t x, struct rng_shuffle_round round, int bits)
{
    const uint16_t mask = (uint16_t)((UINT32_C(1) << bits) - 1);
    x = (uint16_t)(x + round.add);
    x = (uint16_t)((uint32_t)x * round.multiply);
    x = (uint16_t)(x & mask);
    return (uint16_t)(x ^ x >> bits / 2);
}

static inline __attribute__((always_inline)) void shuffle_part(const struct rng_shuffle_round *round, int bits,
                                                               uint32_t first, uint32_t count,
                                                               uint16_t *restrict entry)
{
    /* Copies, so that the compiler sees that writing entries cannot change them. */
    const struct rng_shuffle_round round_1 = round[0];
    const struct rng_shuffle_round round_2 = round[1];
    const struct rng_shuffle_round round_3 = round[2];
    const struct rng_shuffle_round round_4 = round[3];

    uint16_t at = (uint16_t)first; /* its own counter, of the lanes' width */
    for (uint32_t i = 0; i < count; i++) {
        uint16_t x = shuffle_step(at++, round_1, bits);
        x = shuffle_step(x, round_2, bits);
        x = shuffle_step(x, round_3, bits);
        entry[i] = shuffle_step(x, round_4, bits);
    }
}

static inline ZCD_WIDE_BODY void shuffle_range_body(const struct rng_shuffle *shuffle, uint32_t first, uint32_t count,
                                                    uint16_t *entry)
{
    const struct rng_shuffle_round *round = shuffle->round;
    switch (shuffle->bits) {
    case 4:
        shuffle_part(round, 4, first, count, entry);
        return;
    case 5:
        shuffle_part(round, 5, first, count, entry);
        return;
    case 6:
        shuffle_part(round, 6, first, count, entry);
        return;
    case 7:
        shuffle_part(round, 7, first, count, entry);
        return;
    case 8:
        shuffle_part(round, 8, first, count, entry);
        return;
    case 9:
        shuffle_part(round, 9, first, count, entry);
        return;
    case 10:
        shuffle_part(round, 10, first, count, entry);
        return;
    case 11:
        shuffle_part(round, 11, first, count, entry);
        return;
    case 12:
        shuffle_part(round, 12, first, count, entry);
        return;
    case 13:
        shuffle_part(round, 13, first, count, entry);
        return;
    case 14:
        shuffle_part(round, 14, first, count, entry);
        return;
    case 15:
        shuffle_part(round, 15, first, count, entry);
        return;
    case 16:
        shuffle_part(round, 16, first, count, entry);
        return;
    }
}

ZCD_WIDE(void, shuffle_range, (const struct rng_shuffle *shuffle, uint32_t first, uint32_t count, uint16_t *entry),
         (shuffle, first, count, entry))

void rng_shuffle_range(const struct rng_shuffle *shuffle, uint32_t first, uint32_t count, uint16_t *entry)
{
    assert((uint64_t)first + count <= UINT64_C(1) << shuffle->bits);
    shuffle_range(shuffle, first, count, entry);
}
