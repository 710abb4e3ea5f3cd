/*
 * rng.h - counter-based random numbers: the value is a function of key and counter, never of call order.
 *
 * Philox 4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011). Pure. Thread: any.
 */
#ifndef BASE_RNG_H
#define BASE_RNG_H

#include <stddef.h>
#include <stdint.h>

struct rng_key {
    uint32_t word[2];
};

/* Four words for one counter. */
void rng_philox(struct rng_key key, const uint32_t counter[4], uint32_t out[4]);

/*
 * A key for one draw, from the policy's seed and the identity of what is drawn for: kind of draw and ids.
 * Ids are text; equal identities give equal keys on every machine (FNV-1a over length-prefixed parts, then Philox).
 */
struct rng_key rng_key_of(uint64_t seed, const char *kind, const char *id_first, const char *id_second);

/*
 * A keyed shuffle of 0 .. 2^bits - 1, made ready: each value exactly once, a stratified sample of 2^bits uniforms. Equal keys
 * give equal shuffles. The rounds are those of rng.c.
 */
enum { RNG_SHUFFLE_ROUNDS = 4 };

struct rng_shuffle {
    int bits;
    struct rng_shuffle_round {
        uint16_t add;
        uint16_t multiply;
    } round[RNG_SHUFFLE_ROUNDS];
};

/* bits   in   4 to 16 */
struct rng_shuffle rng_shuffle_of(struct rng_key key, int bits);

/*
 * entry[i] is the shuffle's value at first + i, for i below count.
 *   first, count   in   first + count is at most 2^bits
 */
void rng_shuffle_range(const struct rng_shuffle *shuffle, uint32_t first, uint32_t count, uint16_t *entry);

#endif
