/*
 * chance.h - draws of the generated world: whole numbers keyed by what is drawn for, so that one seed gives the same bytes on
 * every machine and one dossier does not depend on how many were made before it.
 *
 * A struct chance is a short stream of numbers; make one for each thing that draws. One draw a statement: C leaves open in which order
 * the arguments of a call or the members of an initialiser are worked out. Pure. Thread: one at a time each.
 */
#ifndef GENERATOR_CHANCE_H
#define GENERATOR_CHANCE_H

#include "base/rng.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The world of one dossier. */
struct chance_seed {
    uint64_t seed;
    char number[12]; /* of the dossier, in decimal */
};

struct chance {
    struct rng_key key;
    uint32_t next;
};

struct chance_seed chance_seed_of(uint64_t seed, uint32_t number);

/* The stream of one thing: its kind and id. Streams of different things are independent. */
struct chance chance_of(const struct chance_seed *seed, const char *kind, const char *id);

/* A whole number from low to high, both included, each equally likely to within 2^-32. high - low is below 2^32. */
int64_t chance_between(struct chance *chance, int64_t low, int64_t high);

bool chance_happens(struct chance *chance, int32_t permille);

/* A row of a table of weights, each 0 or more, together above 0. */
size_t chance_pick(struct chance *chance, const int32_t *weights, size_t count);
#define CHANCE_PICK(chance, weights) chance_pick((chance), (weights), sizeof(weights) / sizeof *(weights))

/*
 * A lognormal amount, rounded down: median x exp(sigma x z). z is the sum of twelve uniforms less six (Irwin and Hall), within
 * 6 of 0; the exponential is a table of powers of two, exact to one part in a thousand.
 *   median          in  0 to 2^40
 *   sigma_permille  in  0 to 2000
 */
int64_t chance_lognormal(struct chance *chance, int64_t median, int32_t sigma_permille);

#endif
