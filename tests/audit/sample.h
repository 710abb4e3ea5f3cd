/*
 * sample.h - a record and the bundle around it, as the tests of record, bundle and verify need them.
 *
 * Include after support.h.
 */
#ifndef TESTS_AUDIT_SAMPLE_H
#define TESTS_AUDIT_SAMPLE_H

#include "audit/bundle.h"
#include "audit/proof.h"
#include "audit/record.h"
#include "base/uscc.h"

#include <stdlib.h>

#define SAMPLE_AT_US INT64_C(1603080000123456) /* 2020-10-19T04:00:00.123456Z */
#define SAMPLE_DOSSIER "{ \"schema\": \"zhengcaidai/dossier/1\", \"as_of\": \"2020-10-19\" }\n"
#define SAMPLE_POLICY "{\"id\":\"zhengcaidai\",\"version\":1}"
#define SAMPLE_DECISION "{\"limit_fen\":500000000,\"outcome\":\"approve\"}"
#define SAMPLE_BODY "{\"limit_fen\":500000000,\"outcome\":\"approve_with_conditions\",\"reasons\":[\"R07\",\"R11\"]}"

static const uint64_t SAMPLE_PRIOR[] = {3, 17};

static inline struct record sample_record(void)
{
    struct record record = {
        .kind = RECORD_ASSESSMENT,
        .nonce = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 0xff},
        .actor = {.id = "officer-7", .role = "officer", .lender = "bocom-shenzhen"},
        .subject = {.application = "a1"},
        .prior = SAMPLE_PRIOR,
        .prior_count = 2,
        .dossier_sha256 = sha256_of(bytes_of_text(SAMPLE_DOSSIER)),
        .policy_sha256 = sha256_of(bytes_of_text(SAMPLE_POLICY)),
        .decision_sha256 = sha256_of(bytes_of_text(SAMPLE_DECISION)),
        .engine = {.version = "0.1.0", .source_sha256 = sha256_of(bytes_of_text("sources"))},
        .body = bytes_of_text(SAMPLE_BODY),
    };
    struct zcd_error err;

    assert_int_equal(date_parse("2020-10-19", &record.as_of, &err), ZCD_OK);
    assert_int_equal(uscc_parse("91110000600037341L", &record.subject.uscc, &err), ZCD_OK);
    return record;
}

/* The parts of a good bundle: the sample record is leaf 5 of 12 in a log signed with log_key(). */
struct sample {
    struct buffer leaf, proof;
    struct bundle bundle; /* borrows from the above */
};

static inline void sample_done(struct sample *sample)
{
    buffer_done(&sample->leaf);
    buffer_done(&sample->proof);
}

/* Other leaves around it, and a checkpoint over `size` leaves. */
static inline void sample_seal_in_log(struct sample *sample, uint64_t index, uint64_t size)
{
    struct tree *tree = calloc(1, sizeof *tree);
    struct signature_key *key = log_key();
    struct checkpoint checkpoint = {.origin = LOG_NAME, .size = size};
    struct buffer note = {0};
    struct proof proof = {.index = index};
    struct zcd_error err;

    for (uint64_t i = 0; i < size; i++) {
        uint8_t other = (uint8_t)i;
        tree_append(tree, merkle_leaf_hash(i == index ? buffer_bytes(&sample->leaf) : (struct bytes){&other, 1}));
    }
    checkpoint.root = merkle_range_root(&tree->range);
    assert_int_equal(checkpoint_sign(&checkpoint, key, &note, &err), ZCD_OK);
    assert_int_equal(merkle_prove_inclusion(index, size, tree_find, tree, &proof.inclusion, &err), ZCD_OK);
    proof.checkpoint = buffer_bytes(&note);
    buffer_clear(&sample->proof);
    proof_format(&proof, &sample->proof);
    sample->bundle.part[BUNDLE_PROOF] = buffer_bytes(&sample->proof);
    buffer_done(&note);
    signature_key_free(key);
    free(tree);
}

static inline struct sample sample_of(const struct record *record)
{
    struct sample sample = {.leaf = {0}};
    struct zcd_error err;

    assert_int_equal(record_seal(record, SAMPLE_AT_US, 3, &sample.leaf, &err), ZCD_OK);
    sample.bundle.part[BUNDLE_LEAF] = buffer_bytes(&sample.leaf);
    sample.bundle.part[BUNDLE_DOSSIER] = bytes_of_text(SAMPLE_DOSSIER);
    sample.bundle.part[BUNDLE_POLICY] = bytes_of_text(SAMPLE_POLICY);
    sample.bundle.part[BUNDLE_DECISION] = bytes_of_text(SAMPLE_DECISION);
    sample_seal_in_log(&sample, 5, 12);
    return sample;
}

static inline struct sample sample_good(void)
{
    struct record record = sample_record();

    return sample_of(&record);
}

#endif
