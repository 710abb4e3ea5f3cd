#include "audit/bundle.h"

#include "audit/archive.h"
#include "audit/bundle_page.h"
#include "audit/canonical_json.h"
#include "audit/merkle.h"
#include "audit/proof.h"
#include "audit/timestamp.h"
#include "base/cleanup.h"

#include <assert.h>
#include <string.h>

static const struct archive_file FILES[BUNDLE_PART_COUNT] = {
    [BUNDLE_LEAF] = {"leaf.json", RECORD_LEAF_SIZE_MAX, false},
    [BUNDLE_DOSSIER] = {"dossier.json", BUNDLE_DOCUMENT_SIZE_MAX, false},
    [BUNDLE_POLICY] = {"policy.json", BUNDLE_DOCUMENT_SIZE_MAX, false},
    [BUNDLE_DECISION] = {"decision.json", BUNDLE_DOCUMENT_SIZE_MAX, false},
    [BUNDLE_PROOF] = {"record.tlog-proof", PROOF_SIZE_MAX, false},
    [BUNDLE_TIMESTAMP] = {"checkpoint.tsr", TIMESTAMP_SIZE_MAX, true},
    [BUNDLE_README] = {"README.html", 1024 * 1024, true},
};

const char *bundle_part_name(enum bundle_part part)
{
    assert(part < BUNDLE_PART_COUNT);
    return FILES[part].name;
}

/* ------------------------------------------------------------------ writing and reading */

enum zcd_code bundle_write(const struct bundle *bundle, struct buffer *zip, struct zcd_error *err)
{
    struct bundle with_page = *bundle;

    with_page.part[BUNDLE_README] = bundle_page();
    return archive_write(FILES, BUNDLE_PART_COUNT, with_page.part, zip, err);
}

enum zcd_code bundle_read(struct bytes zip, struct arena *arena, struct bundle *bundle, struct zcd_error *err)
{
    return archive_read(zip, FILES, BUNDLE_PART_COUNT, BUNDLE_SIZE_MAX, arena, bundle->part, err);
}

/* ------------------------------------------------------------------ words */

struct fault_row {
    enum bundle_fault fault;
    enum bundle_part part;
    const char *name, *zh, *en;
};

static const struct fault_row FAULTS[] = {
#define BUNDLE_FAULT(number, symbol, text, about, chinese, english)                                                    \
    {BUNDLE_FAULT_##symbol, BUNDLE_##about, text, chinese, english},
#include "audit/bundle_faults.def"
#undef BUNDLE_FAULT
};

static const struct fault_row *fault_row_of(enum bundle_fault fault)
{
    for (size_t i = 0; i < sizeof FAULTS / sizeof FAULTS[0]; i++) {
        if (FAULTS[i].fault == fault)
            return &FAULTS[i];
    }
    assert(false && "every fault has a row");
    return NULL;
}

const char *bundle_verdict_name(enum bundle_verdict verdict)
{
    switch (verdict) {
    case BUNDLE_VERIFIED:
        return "verified";
    case BUNDLE_INTACT:
        return "intact";
    case BUNDLE_NOT_VERIFIED:
        return "not_verified";
    }
    assert(false && "every verdict has a name");
    return "not_verified";
}

const char *bundle_fault_name(enum bundle_fault fault)
{
    return fault == BUNDLE_FAULT_NONE ? "none" : fault_row_of(fault)->name;
}

const char *bundle_fault_text(enum bundle_fault fault, bool chinese)
{
    const struct fault_row *row = fault_row_of(fault);

    return chinese ? row->zh : row->en;
}

enum bundle_part bundle_fault_part(enum bundle_fault fault)
{
    return fault_row_of(fault)->part;
}

/* ------------------------------------------------------------------ judging: each step gives the fault it found */

/* What is being judged, and what the steps have read so far. */
struct judging {
    const struct bundle *bundle;
    const struct note_vkey *vkey; /* or NULL */
    struct arena arena;
    struct record record;
    int64_t at_us;
    struct proof proof;
    struct checkpoint checkpoint;
    struct zcd_error *detail;
};

static enum bundle_fault judge_leaf(struct judging *judging)
{
    uint64_t sequence;

    if (record_parse(judging->bundle->part[BUNDLE_LEAF], &judging->arena, &judging->record, &judging->at_us, &sequence,
                     judging->detail)
        != ZCD_OK)
        return BUNDLE_FAULT_LEAF_MALFORMED;
    return BUNDLE_FAULT_NONE;
}

static bool has_digest(const struct judging *judging, enum bundle_part part, const struct sha256 *expected)
{
    struct sha256 digest = sha256_of(judging->bundle->part[part]);

    return sha256_equal(&digest, expected);
}

/* Does the proof lead from the leaf to its checkpoint's root, whoever signed that? */
static bool leaf_fits_proof(const struct judging *judging)
{
    struct proof proof;
    struct checkpoint checkpoint;
    struct zcd_error ignored;
    struct sha256 leaf_hash = merkle_leaf_hash(judging->bundle->part[BUNDLE_LEAF]);

    return proof_parse(judging->bundle->part[BUNDLE_PROOF], &proof, &ignored) == ZCD_OK
           && checkpoint_read_unverified(proof.checkpoint, &checkpoint, &ignored) == ZCD_OK
           && merkle_verify_inclusion(proof.index, checkpoint.size, &leaf_hash, &proof.inclusion, &checkpoint.root,
                                      &ignored)
                  == ZCD_OK;
}

/* A digest that does not match is the document's fault, unless the leaf fits nothing at all. */
static enum bundle_fault judge_digests(struct judging *judging)
{
    const struct {
        enum bundle_part part;
        const struct sha256 *expected;
        enum bundle_fault fault;
    } documents[] = {
        {BUNDLE_DOSSIER, &judging->record.dossier_sha256, BUNDLE_FAULT_DOSSIER_DIFFERS},
        {BUNDLE_POLICY, &judging->record.policy_sha256, BUNDLE_FAULT_POLICY_DIFFERS},
        {BUNDLE_DECISION, &judging->record.decision_sha256, BUNDLE_FAULT_DECISION_DIFFERS},
    };

    for (size_t i = 0; i < sizeof documents / sizeof documents[0]; i++) {
        if (has_digest(judging, documents[i].part, documents[i].expected))
            continue;
        (void)zcd_fail(judging->detail, ZCD_INVALID, "SHA-256 of %s is not the one in leaf.json",
                       bundle_part_name(documents[i].part));
        return leaf_fits_proof(judging) ? documents[i].fault : BUNDLE_FAULT_LEAF_DIFFERS;
    }
    return BUNDLE_FAULT_NONE;
}

static enum bundle_fault judge_form(struct judging *judging)
{
    if (canonical_json_check(judging->bundle->part[BUNDLE_POLICY], judging->detail) != ZCD_OK)
        return BUNDLE_FAULT_POLICY_NOT_CANONICAL;
    if (canonical_json_check(judging->bundle->part[BUNDLE_DECISION], judging->detail) != ZCD_OK)
        return BUNDLE_FAULT_DECISION_NOT_CANONICAL;
    return BUNDLE_FAULT_NONE;
}

static enum bundle_fault judge_signature(struct judging *judging, const struct note *note)
{
    if (judging->vkey == NULL)
        return BUNDLE_FAULT_NONE;

    enum zcd_code code = note_verify(note, judging->vkey, 1, judging->detail);
    if (code == ZCD_NOT_FOUND)
        return BUNDLE_FAULT_CHECKPOINT_NOT_BY_KEY;
    return code == ZCD_OK ? BUNDLE_FAULT_NONE : BUNDLE_FAULT_CHECKPOINT_SIGNATURE_BAD;
}

static enum bundle_fault judge_origin(struct judging *judging)
{
    if (judging->vkey == NULL || strcmp(judging->checkpoint.origin, judging->vkey->name) == 0)
        return BUNDLE_FAULT_NONE;
    (void)zcd_fail(judging->detail, ZCD_INVALID, "checkpoint's origin is not the key's name");
    return BUNDLE_FAULT_CHECKPOINT_OF_OTHER_LOG;
}

static enum bundle_fault judge_checkpoint(struct judging *judging)
{
    struct note note;

    if (proof_parse(judging->bundle->part[BUNDLE_PROOF], &judging->proof, judging->detail) != ZCD_OK
        || note_parse(judging->proof.checkpoint, &note, judging->detail) != ZCD_OK)
        return BUNDLE_FAULT_PROOF_MALFORMED;
    enum bundle_fault fault = judge_signature(judging, &note);
    if (fault != BUNDLE_FAULT_NONE)
        return fault;
    if (checkpoint_parse(note.text, &judging->checkpoint, judging->detail) != ZCD_OK)
        return BUNDLE_FAULT_PROOF_MALFORMED;
    return judge_origin(judging);
}

static enum bundle_fault judge_inclusion(struct judging *judging)
{
    struct sha256 leaf_hash = merkle_leaf_hash(judging->bundle->part[BUNDLE_LEAF]);

    if (judging->proof.index >= judging->checkpoint.size) {
        (void)zcd_fail(judging->detail, ZCD_INVALID, "index is not below the checkpoint's size");
        return BUNDLE_FAULT_INDEX_BEYOND_SIZE;
    }
    if (merkle_verify_inclusion(judging->proof.index, judging->checkpoint.size, &leaf_hash, &judging->proof.inclusion,
                                &judging->checkpoint.root, judging->detail)
        != ZCD_OK)
        return BUNDLE_FAULT_NOT_INCLUDED;
    return BUNDLE_FAULT_NONE;
}

void bundle_verify(const struct bundle *bundle, const struct note_vkey *vkey, struct bundle_report *report)
{
    typedef enum bundle_fault judge(struct judging * judging);
    static judge *const STEPS[] = {judge_leaf, judge_digests, judge_form, judge_checkpoint, judge_inclusion};
    enum bundle_fault fault = BUNDLE_FAULT_NONE;

    *report = (struct bundle_report){.verdict = BUNDLE_NOT_VERIFIED};
    struct judging judging = {.bundle = bundle, .vkey = vkey, .detail = &report->detail};
    for (size_t i = 0; fault == BUNDLE_FAULT_NONE && i < sizeof STEPS / sizeof STEPS[0]; i++)
        fault = STEPS[i](&judging);

    report->fault = fault;
    if (fault == BUNDLE_FAULT_NONE) {
        report->verdict = vkey == NULL ? BUNDLE_INTACT : BUNDLE_VERIFIED;
        report->index = judging.proof.index;
        report->checkpoint = judging.checkpoint;
        report->kind = judging.record.kind;
        report->at_us = judging.at_us;
        report->uscc = judging.record.subject.uscc;
    }
    arena_done(&judging.arena);
}
