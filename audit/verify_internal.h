/*
 * verify_internal.h - the sub-commands of zcd-verify and what they share.
 *
 *   verify.c              the command line, files, what is said
 *   verify_bundle.c       bundle FILE
 *   verify_others.c       what witnesses and time-stamping authorities say of a checkpoint
 *   verify_checkpoint.c   proof FILE LEAF; consistency OLD NEW
 *   verify_tiles.c        tiles DIR
 *   verify_replay.c       replay FILE
 */
#ifndef AUDIT_VERIFY_INTERNAL_H
#define AUDIT_VERIFY_INTERNAL_H

#include "audit/checkpoint.h"
#include "audit/note.h"
#include "audit/verify.h"
#include "audit/witness_policy.h"
#include "base/bytes.h"
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define VERIFY_OPERANDS_MAX 2
#define VERIFY_OLD_MAX 16

/* What the command line asks for. */
struct verify_request {
    const char *operand[VERIFY_OPERANDS_MAX];
    size_t operand_count;
    const char *key;                 /* --key, or NULL */
    const char *proof;               /* --proof, or NULL */
    const char *against;             /* --against, or NULL */
    const char *policy;              /* --policy, or NULL */
    const char *tsa;                 /* --tsa, or NULL */
    const char *old[VERIFY_OLD_MAX]; /* --old, as often as given */
    size_t old_count;
    uint64_t from; /* --from */
    bool records;  /* --records */
    bool json;
    bool chinese;
    bool help;
    FILE *out, *problems;
    verify_replay *replay;
};

enum { VERIFY_VERIFIED = 0, VERIFY_NOT_VERIFIED = 1, VERIFY_UNREADABLE = 2 };

enum verify_fault {
    VERIFY_FAULT_NONE = 0,
#define VERIFY_FAULT(number, name, text, zh, en) VERIFY_FAULT_##name = number,
#include "audit/verify_faults.def"
#undef VERIFY_FAULT
};

#define VERIFY_NO_INDEX UINT64_MAX
#define VERIFY_TEXT_SIZE 512

/* What was found. Without a fault: the checkpoint, and the sentences that say what holds. */
struct verify_report {
    enum verify_fault fault;
    struct zcd_error detail; /* with a fault: what exactly, in English */
    struct checkpoint checkpoint;
    uint64_t index;            /* of the record, or VERIFY_NO_INDEX */
    uint64_t bad_from, bad_to; /* with a fault: the first bad record is one of [bad_from, bad_to); or VERIFY_NO_INDEX */
    char zh[VERIFY_TEXT_SIZE]; /* what holds, when there is no fault: a clause without its full stop */
    char en[VERIFY_TEXT_SIZE];
};

/* {no fault, no indices}. */
struct verify_report verify_report_new(void);

/* Set the fault; detail was filled already. */
void verify_report_fault(struct verify_report *report, enum verify_fault fault);

/* Say it on request->out, in JSON or in words; returns the exit status. `authenticated`: a key was given. */
int verify_say(const struct verify_request *request, const struct verify_report *report, bool authenticated);

/* Say on request->problems why `what` could not be read; returns VERIFY_UNREADABLE. */
int verify_complain(const struct verify_request *request, const char *what, const struct zcd_error *err);

/* Append the whole file. ZCD_UNAVAILABLE; ZCD_INVALID when it is larger than that. */
enum zcd_code verify_read_file(const char *path, size_t size_max, struct buffer *content,
                               struct zcd_error *err) ZCD_MUST_USE;

/* A key itself, or "@" and the name of a file that holds it on its one line. */
enum zcd_code verify_read_vkey(const char *key, struct note_vkey *vkey, struct zcd_error *err) ZCD_MUST_USE;

/*
 * Read a checkpoint, with the key when there is one.
 *   vkey  in  or NULL
 * False, the fault and detail set, when it is not what it should be.
 */
bool verify_checkpoint(struct bytes note, const struct note_vkey *vkey, struct checkpoint *checkpoint,
                       struct verify_report *report);

/* What else than the log's own signature is asked of a checkpoint, and what was found. */
struct verify_others {
    struct witness_policy *policy; /* NULL: none; on the heap */
    struct buffer tsa_pem;         /* empty: none */
    size_t cosigned;
    int64_t timestamped_s; /* -1: not asked for */
};
void verify_others_done(struct verify_others *others);

/* What --policy and --tsa name. */
enum zcd_code verify_read_others(const struct verify_request *request, struct verify_others *others,
                                 struct zcd_error *err) ZCD_MUST_USE;

/*
 * Judge a checkpoint's cosignatures and timestamp. False, the fault and detail set, when they are not what was asked for.
 *   token  in  empty when there is none
 */
bool verify_check_others(struct verify_others *others, struct bytes note, struct bytes token,
                         struct verify_report *report);

/* Read a bundle's file; the arena holds its parts. ZCD_UNAVAILABLE, ZCD_INVALID. */
enum zcd_code verify_read_bundle(const char *path, struct buffer *zip, struct arena *arena, struct bundle *bundle,
                                 struct zcd_error *err) ZCD_MUST_USE;

/* Judge a bundle, say it, return the exit status. vkey may be NULL. */
int verify_judge_bundle(const struct verify_request *request, const struct bundle *bundle, const struct note_vkey *vkey,
                        struct verify_others *others);

int verify_run_bundle(const struct verify_request *request);
int verify_run_proof(const struct verify_request *request);
int verify_run_consistency(const struct verify_request *request);
int verify_run_tiles(const struct verify_request *request);
int verify_run_replay(const struct verify_request *request);

#endif
