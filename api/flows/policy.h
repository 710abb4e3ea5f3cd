/*
 * policy.h - a policy ready to decide with: decoded, checked, and named by the digest of its canonical bytes.
 *
 * Thread: any; it does not change once loaded.
 */
#ifndef API_FLOWS_POLICY_H
#define API_FLOWS_POLICY_H

#include "audit/sha256.h"
#include "base/arena.h"
#include "base/bytes.h"
#include "base/error.h"
#include "scoring/policy.h"

struct loaded_policy {
    struct arena arena;
    const struct policy *policy;
    struct buffer canonical; /* the document as it is recorded: the same for every spelling of it (RFC 8785) */
    struct sha256 sha256;    /* of those bytes */
};

/*
 * As policy_decode; on failure nothing is held. Release with loaded_policy_done. This is for a policy that decided already and
 * is read again: what it says of its test cases under another engine is for the reader to see, no reason to refuse it.
 */
enum zcd_code loaded_policy_read(struct bytes json, struct loaded_policy *policy, struct zcd_error *err) ZCD_MUST_USE;

/*
 * A built-in one by name, to decide with: also refused where one of its test cases or edges comes out otherwise (policy_try).
 * ZCD_NOT_FOUND when there is none.
 */
enum zcd_code loaded_policy_builtin(const char *name, struct loaded_policy *policy, struct zcd_error *err) ZCD_MUST_USE;

/* The same from a file: ZCD_NOT_FOUND when it cannot be read. */
enum zcd_code loaded_policy_file(const char *path, struct loaded_policy *policy, struct zcd_error *err) ZCD_MUST_USE;

void loaded_policy_done(struct loaded_policy *policy); /* {0} is fine */

#endif
