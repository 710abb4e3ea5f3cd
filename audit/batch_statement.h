/*
 * batch_statement.h - what the writer signs of each batch before it is committed, so that it knows its own leaves again.
 *
 *     zhengcaidai/log-batch/v1
 *     <origin>
 *     <batch id, 32 hexadecimal digits>
 *     <size before> <root before, base64>
 *     <size after> <root after, base64>
 *
 * It says: "this key's holder put together the tree after out of the tree before", and no more. Whether the batch was ever
 * committed it cannot say, and no reader outside takes it for anything: it is not a note, its first line can be no
 * checkpoint's second (c2sp.org/tlog-checkpoint has a size there), and a checkpoint's text does not begin with a purpose.
 * So two of one size may exist, when a commit failed and was tried again; of checkpoints never two may.
 *
 * What it is for: after a crash there may be leaves that are committed and that no checkpoint covers. They are adopted only
 * when the newest batch's statement verifies and its tree after is the database's: a root commits to every leaf below it,
 * and each statement follows one that was checked the same way. Write access to the database alone is not enough to have
 * a record signed. Pure. Thread: any.
 */
#ifndef AUDIT_BATCH_STATEMENT_H
#define AUDIT_BATCH_STATEMENT_H

#include "audit/note.h"
#include "audit/sha256.h"
#include "audit/signature.h"
#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>

#define BATCH_STATEMENT_PURPOSE "zhengcaidai/log-batch/v1"
#define BATCH_ID_SIZE 16

struct batch_statement {
    uint8_t id[BATCH_ID_SIZE];
    uint64_t size_before, size_after;
    struct sha256 root_before, root_after;
};

/* ZCD_UNAVAILABLE when the key cannot sign now. */
enum zcd_code batch_statement_sign(const struct batch_statement *statement, const char *origin,
                                   const struct signature_key *key, struct signature *signature,
                                   struct zcd_error *err) ZCD_MUST_USE;

/* Did the key of vkey sign this, for the origin that is its name? */
bool batch_statement_verify(const struct batch_statement *statement, const struct note_vkey *vkey,
                            const struct signature *signature);

#endif
