/*
 * simulation_encode.h - what a run of two policies over a folder of dossiers came to, and its document
 * zhengcaidai/policy_simulation/1. Pure. Thread: any.
 */
#ifndef API_CODEC_SIMULATION_ENCODE_H
#define API_CODEC_SIMULATION_ENCODE_H

#include "base/arena.h"
#include "base/bytes.h"
#include "base/error.h"
#include "scoring/policy_comparison.h"

#define SIMULATION_SCHEMA "zhengcaidai/policy_simulation/1"
#define SIMULATION_SWAPS_MAX 500 /* kept of each direction; all are counted */
#define SIMULATION_BAD_MAX 500   /* kept; all are counted and told as they are met */

/* A dossier that one policy approves and the other does not. */
struct simulation_swap {
    const char *file; /* name in the folder, fit to be shown: bytes that are no text are '?' */
    enum comparison_swap swap;
    struct comparison_answer answers[COMPARISON_SIDES];
};

/* A file that cannot be decided on. */
struct simulation_bad {
    const char *file;
    const char *pointer;
    const char *message;
};

struct simulation {
    struct arena arena; /* of the two lists */
    struct policy_comparison comparison;
    struct simulation_swap swaps[2 * SIMULATION_SWAPS_MAX]; /* in the order of the files' names */
    size_t swap_count;
    struct simulation_bad bad[SIMULATION_BAD_MAX];
    size_t bad_count;
    int64_t bad_total; /* also those that are not kept */
};

/* A policy as a report names it: texts are the caller's. */
struct simulation_policy {
    const struct policy *policy;
    const char *sha256; /* of the canonical form, hexadecimal */
};

/*
 * Append the document, canonical JSON. Segments without a dossier, and reasons that nobody was given, are left out.
 *
 * ZCD_INVALID where a sum is larger than JSON readers hold exactly: ninety trillion yuan.
 */
enum zcd_code simulation_encode(const struct simulation *simulation,
                                const struct simulation_policy policies[COMPARISON_SIDES], struct buffer *json,
                                struct zcd_error *err) ZCD_MUST_USE;

#endif
