/*
 * bundle.h - everything a stranger needs to check one record, in one .zip: written, read and verified in memory.
 *
 * What is inside is not to be believed: bundle_verify says what holds, with a key that came from elsewhere. Keys inside
 * a bundle are never trusted (there is no place for one). Everything here is for hostile input. Thread: any.
 */
#ifndef AUDIT_BUNDLE_H
#define AUDIT_BUNDLE_H

#include "audit/checkpoint.h"
#include "audit/note.h"
#include "audit/record.h"
#include "base/arena.h"
#include "base/bytes.h"
#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>

#define BUNDLE_SIZE_MAX (32 * 1024 * 1024)         /* of the .zip, and of all parts together unpacked */
#define BUNDLE_DOCUMENT_SIZE_MAX (8 * 1024 * 1024) /* of the dossier, the policy, the decision */

enum bundle_part {
    BUNDLE_LEAF,     /* leaf.json: the log's entry, byte for byte */
    BUNDLE_DOSSIER,  /* dossier.json: the facts, byte for byte as recorded */
    BUNDLE_POLICY,   /* policy.json */
    BUNDLE_DECISION, /* decision.json */
    BUNDLE_PROOF,    /* record.tlog-proof */
    BUNDLE_TIMESTAMP, /* checkpoint.tsr: an RFC 3161 token of the checkpoint's text; optional */
    BUNDLE_README,   /* README.html: for people; not covered by any digest or signature */
    BUNDLE_PART_COUNT
};

const char *bundle_part_name(enum bundle_part part); /* the file's name in the .zip */

struct bundle {
    struct bytes part[BUNDLE_PART_COUNT]; /* borrowed */
};

/*
 * Write a .zip; equal parts give equal bytes (no clock in it).
 *
 *   bundle  in   all parts but BUNDLE_README, which is ignored: the page is always ours (bundle_page.h); BUNDLE_TIMESTAMP
 *                may be empty
 *   zip     out  appended to; on failure it is as it was
 *
 * ZCD_INVALID, pointer "/PARTNAME": a part empty or over its bound.
 */
enum zcd_code bundle_write(const struct bundle *bundle, struct buffer *zip, struct zcd_error *err) ZCD_MUST_USE;

/*
 * Unpack a .zip.
 *
 *   arena   in   holds the parts
 *   bundle  out  BUNDLE_TIMESTAMP and BUNDLE_README may be empty
 *
 * ZCD_INVALID: over BUNDLE_SIZE_MAX, not a .zip or cut short, an unknown name, a name twice, a part missing,
 * encrypted, packed with anything but deflate, over its bound, or with a wrong checksum.
 */
enum zcd_code bundle_read(struct bytes zip, struct arena *arena, struct bundle *bundle,
                          struct zcd_error *err) ZCD_MUST_USE;

enum bundle_verdict {
    BUNDLE_VERIFIED,    /* all of it holds, and the key's owner signed the log it is in */
    BUNDLE_INTACT,      /* all of it fits together, but no key was given: anybody may have made it */
    BUNDLE_NOT_VERIFIED /* see fault */
};

enum bundle_fault {
    BUNDLE_FAULT_NONE = 0,
#define BUNDLE_FAULT(number, name, text, part, zh, en) BUNDLE_FAULT_##name = number,
#include "audit/bundle_faults.def"
#undef BUNDLE_FAULT
};

const char *bundle_verdict_name(enum bundle_verdict verdict);         /* "verified", "intact", "not_verified" */
const char *bundle_fault_name(enum bundle_fault fault);               /* as in bundle_faults.def; NONE is "none" */
const char *bundle_fault_text(enum bundle_fault fault, bool chinese); /* one line for people */
enum bundle_part bundle_fault_part(enum bundle_fault fault);          /* fault is not NONE */

struct bundle_report {
    enum bundle_verdict verdict;
    enum bundle_fault fault; /* the first in the order of bundle_faults.def */
    struct zcd_error detail; /* with a fault: what exactly, in English, with a pointer where there is one */

    /* Without a fault: what was shown. */
    uint64_t index;
    struct checkpoint checkpoint;
    enum record_kind kind;
    int64_t at_us;
    struct uscc uscc;
};

/*
 * Judge a bundle. In this order: the leaf is a record; dossier, policy and decision have the digests that stand in it;
 * policy and decision are canonical JSON; the checkpoint is signed by the key and of the log whose name the key has;
 * the index lies within it; the leaf is in its tree at that index.
 *
 *   vkey    in   from a source the reader trusts, or NULL
 *   report  out  always written
 */
void bundle_verify(const struct bundle *bundle, const struct note_vkey *vkey, struct bundle_report *report);

#endif
