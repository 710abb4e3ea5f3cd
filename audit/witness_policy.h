/*
 * witness_policy.h - which witnesses are trusted and how many of them are enough (c2sp.org/tlog-policy).
 *
 *     log <vkey> [<url>]
 *     witness <name> <vkey> [<url>]
 *     group <name> all|any|<k> <member> ...
 *     quorum <name>|none
 *
 * Names refer backwards; a member belongs to one group; "quorum" stands exactly once. '#' begins a comment. Pure. Thread: any.
 */
#ifndef AUDIT_WITNESS_POLICY_H
#define AUDIT_WITNESS_POLICY_H

#include "audit/note.h"
#include "base/bytes.h"
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

#define WITNESS_POLICY_SIZE_MAX 65536
#define WITNESS_POLICY_LOGS_MAX 32
#define WITNESS_POLICY_MEMBERS_MAX 64 /* witnesses and groups together */
#define WITNESS_POLICY_NAME_SIZE 64
#define WITNESS_POLICY_URL_SIZE 256

/* A witness (needed is 0) or a group of those before it. */
struct witness_member {
    char name[WITNESS_POLICY_NAME_SIZE];
    struct note_vkey vkey;             /* of a witness */
    char url[WITNESS_POLICY_URL_SIZE]; /* of a witness; "" for none */
    int needed;                        /* of a group: how many members it takes */
    int group;                         /* the member that it belongs to, or -1 */
};

struct witness_policy {
    struct note_vkey log[WITNESS_POLICY_LOGS_MAX];
    size_t log_count;
    struct witness_member member[WITNESS_POLICY_MEMBERS_MAX];
    size_t member_count;
    int quorum; /* a member, or -1 for none */
};

/*
 * ZCD_INVALID, the message naming the line: bytes that may not stand there, an unknown word, a key that is none or of the
 * wrong kind, a name or a key that stands twice, a member that is unknown or in another group already, a number that
 * cannot be reached, no quorum or two; more than there is room for.
 */
enum zcd_code witness_policy_parse(struct bytes text, struct witness_policy *policy,
                                   struct zcd_error *err) ZCD_MUST_USE;

/*
 * Do the cosignatures of a checkpoint satisfy the quorum?
 *   note   in   parsed; the log's own signature is not looked at
 *   count  out  how many of the policy's witnesses cosigned
 * ZCD_CORRUPT when a line by one of the witnesses does not verify; ZCD_NOT_FOUND when they are too few.
 */
enum zcd_code witness_policy_check(const struct witness_policy *policy, const struct note *note, size_t *count,
                                   struct zcd_error *err) ZCD_MUST_USE;

#endif
