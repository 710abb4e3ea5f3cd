/* zcd-verify proof and consistency: what can be said of single records and of growth with a few hashes. */
#include "audit/verify_internal.h"

#include "audit/lines_internal.h"
#include "audit/merkle.h"
#include "audit/proof.h"
#include "audit/tile_folder.h"
#include "base/cleanup.h"

#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>

enum { CONSISTENCY_SIZE_MAX = 8192 };

/* ------------------------------------------------------------------ one checkpoint */

static bool fail(struct verify_report *report, enum verify_fault fault)
{
    verify_report_fault(report, fault);
    return false;
}

static bool check_signature(const struct note *note, const struct note_vkey *vkey, struct verify_report *report)
{
    if (vkey == NULL)
        return true;
    enum zcd_code code = note_verify(note, vkey, 1, &report->detail);
    if (code == ZCD_OK)
        return true;
    return fail(report,
                code == ZCD_NOT_FOUND ? VERIFY_FAULT_CHECKPOINT_NOT_BY_KEY : VERIFY_FAULT_CHECKPOINT_SIGNATURE_BAD);
}

bool verify_checkpoint(struct bytes note, const struct note_vkey *vkey, struct checkpoint *checkpoint,
                       struct verify_report *report)
{
    struct note parts;

    if (note_parse(note, &parts, &report->detail) != ZCD_OK)
        return fail(report, VERIFY_FAULT_CHECKPOINT_MALFORMED);
    if (!check_signature(&parts, vkey, report))
        return false;
    if (checkpoint_parse(parts.text, checkpoint, &report->detail) != ZCD_OK)
        return fail(report, VERIFY_FAULT_CHECKPOINT_MALFORMED);
    if (vkey == NULL || strcmp(checkpoint->origin, vkey->name) == 0)
        return true;
    (void)zcd_fail(&report->detail, ZCD_INVALID, "checkpoint's origin is not the key's name");
    return fail(report, VERIFY_FAULT_CHECKPOINT_OF_OTHER_LOG);
}

/* ------------------------------------------------------------------ proof */

static void judge_proof(struct bytes text, struct bytes leaf, const struct note_vkey *vkey,
                        struct verify_others *others, struct verify_report *report)
{
    const struct sha256 leaf_hash = merkle_leaf_hash(leaf);
    struct checkpoint *checkpoint = &report->checkpoint;
    struct proof proof;

    if (proof_parse(text, &proof, &report->detail) != ZCD_OK) {
        verify_report_fault(report, VERIFY_FAULT_PROOF_MALFORMED);
        return;
    }
    if (!verify_checkpoint(proof.checkpoint, vkey, checkpoint, report))
        return;
    if (merkle_verify_inclusion(proof.index, checkpoint->size, &leaf_hash, &proof.inclusion, &checkpoint->root,
                                &report->detail)
        != ZCD_OK) {
        verify_report_fault(report, proof.index < checkpoint->size ? VERIFY_FAULT_NOT_INCLUDED
                                                                   : VERIFY_FAULT_INDEX_BEYOND_SIZE);
        return;
    }
    if (!verify_check_others(others, proof.checkpoint, (struct bytes){NULL, 0}, report))
        return;
    report->index = proof.index;
    (void)snprintf(report->zh, sizeof report->zh, "这些字节是日志 %s 的第 %" PRIu64 " 号记录(日志共 %" PRIu64 " 条)",
                   checkpoint->origin, proof.index, checkpoint->size);
    (void)snprintf(report->en, sizeof report->en,
                   "these bytes are record %" PRIu64 " of the log %s (%" PRIu64 " records)", proof.index,
                   checkpoint->origin, checkpoint->size);
}

int verify_run_proof(const struct verify_request *request)
{
    ZCD_AUTO(buffer_done)
    struct buffer text = {0};
    ZCD_AUTO(buffer_done)
    struct buffer leaf = {0};
    struct verify_report report = verify_report_new();
    struct zcd_error err;
    ZCD_AUTO(verify_others_done)
    struct verify_others others = {.policy = NULL};
    struct note_vkey vkey;

    if (request->key != NULL && verify_read_vkey(request->key, &vkey, &err) != ZCD_OK)
        return verify_complain(request, "--key", &err);
    if (verify_read_others(request, &others, &err) != ZCD_OK)
        return verify_complain(request, request->policy, &err);
    if (verify_read_file(request->operand[0], PROOF_SIZE_MAX, &text, &err) != ZCD_OK)
        return verify_complain(request, request->operand[0], &err);
    if (verify_read_file(request->operand[1], TILE_ENTRY_SIZE_MAX, &leaf, &err) != ZCD_OK)
        return verify_complain(request, request->operand[1], &err);
    judge_proof(buffer_bytes(&text), buffer_bytes(&leaf), request->key == NULL ? NULL : &vkey, &others, &report);
    return verify_say(request, &report, request->key != NULL);
}

/* ------------------------------------------------------------------ consistency */

/* One hash a line, as c2sp.org/tlog-witness has them; nothing else. */
static enum zcd_code parse_consistency(struct bytes text, struct merkle_proof *proof, struct zcd_error *err)
{
    struct bytes line;

    proof->count = 0;
    while (text.size > 0) {
        if (!lines_take(&text, &line) || proof->count == MERKLE_PROOF_MAX
            || !lines_parse_hash(line, &proof->hash[proof->count]))
            return zcd_fail(err, ZCD_INVALID, "line %zu is not a hash of 32 bytes in base64", proof->count + 1);
        proof->count++;
    }
    return ZCD_OK;
}

static bool is_folder(const char *path)
{
    struct stat state;
    return stat(path, &state) == 0 && S_ISDIR(state.st_mode);
}

/* What NEW is: a note, and how it is to be shown that it continues OLD. */
struct newer {
    struct buffer note;
    const char *folder; /* or NULL */
    struct merkle_proof proof;
};

static void newer_done(struct newer *newer)
{
    buffer_done(&newer->note);
}

static enum zcd_code read_newer(const struct verify_request *request, struct newer *newer, struct zcd_error *err)
{
    ZCD_AUTO(buffer_done)
    struct buffer text = {0};

    if (is_folder(request->operand[1])) {
        newer->folder = request->operand[1];
        return tile_folder_read_checkpoint(newer->folder, &newer->note, err);
    }
    enum zcd_code code = verify_read_file(request->operand[1], NOTE_SIZE_MAX, &newer->note, err);
    if (code == ZCD_OK && request->proof != NULL)
        code = verify_read_file(request->proof, CONSISTENCY_SIZE_MAX, &text, err);
    if (code == ZCD_OK)
        code = parse_consistency(buffer_bytes(&text), &newer->proof, err);
    return code;
}

/* In a folder the older tree is the beginning of the newer one: both roots come from the same tiles. */
static bool folder_has_root(const char *folder, const struct checkpoint *checkpoint, struct verify_report *report)
{
    struct sha256 root;
    enum zcd_code code = tile_folder_root(folder, checkpoint->size, &root, &report->detail);

    if (code == ZCD_NOT_FOUND)
        return fail(report, VERIFY_FAULT_TILE_MISSING);
    if (code != ZCD_OK)
        return fail(report, VERIFY_FAULT_TILE_MALFORMED);
    if (sha256_equal(&root, &checkpoint->root))
        return true;
    (void)zcd_fail(&report->detail, ZCD_INVALID, "the tiles do not lead to the root of the checkpoint of %" PRIu64,
                   checkpoint->size);
    return false;
}

static bool check_growth(const struct newer *newer, const struct checkpoint *older, struct verify_report *report)
{
    const struct checkpoint *now = &report->checkpoint;

    if (newer->folder == NULL)
        return merkle_verify_consistency(older->size, &older->root, now->size, &now->root, &newer->proof,
                                         &report->detail)
                       == ZCD_OK
                   ? true
                   : fail(report, VERIFY_FAULT_NOT_CONSISTENT);
    if (!folder_has_root(newer->folder, now, report))
        return report->fault == VERIFY_FAULT_NONE ? fail(report, VERIFY_FAULT_ROOT_DIFFERS) : false;
    if (!folder_has_root(newer->folder, older, report))
        return report->fault == VERIFY_FAULT_NONE ? fail(report, VERIFY_FAULT_NOT_CONSISTENT) : false;
    return true;
}

static void judge_consistency(struct bytes old_note, const struct newer *newer, const struct note_vkey *vkey,
                              struct verify_report *report)
{
    struct checkpoint *now = &report->checkpoint;
    struct checkpoint older;

    if (!verify_checkpoint(old_note, vkey, &older, report)
        || !verify_checkpoint(buffer_bytes(&newer->note), vkey, now, report))
        return;
    if (strcmp(older.origin, now->origin) != 0) {
        (void)zcd_fail(&report->detail, ZCD_INVALID, "the two checkpoints have different origins");
        verify_report_fault(report, VERIFY_FAULT_CHECKPOINT_OF_OTHER_LOG);
        return;
    }
    if (older.size > now->size) {
        (void)zcd_fail(&report->detail, ZCD_INVALID, "%" PRIu64 " records, then %" PRIu64, older.size, now->size);
        verify_report_fault(report, VERIFY_FAULT_LOG_SHRANK);
        return;
    }
    if (!check_growth(newer, &older, report))
        return;
    (void)snprintf(report->zh, sizeof report->zh,
                   "日志 %s 从 %" PRIu64 " 条增长到 %" PRIu64 " 条,原有记录没有改动、删除或调换", now->origin,
                   older.size, now->size);
    (void)snprintf(report->en, sizeof report->en,
                   "the log %s grew from %" PRIu64 " to %" PRIu64
                   " records, and none of the former was changed, dropped or moved",
                   now->origin, older.size, now->size);
}

int verify_run_consistency(const struct verify_request *request)
{
    ZCD_AUTO(buffer_done)
    struct buffer old_note = {0};
    ZCD_AUTO(newer_done)
    struct newer newer = {.folder = NULL};
    struct verify_report report = verify_report_new();
    struct zcd_error err;
    struct note_vkey vkey;

    if (request->key != NULL && verify_read_vkey(request->key, &vkey, &err) != ZCD_OK)
        return verify_complain(request, "--key", &err);
    if (verify_read_file(request->operand[0], NOTE_SIZE_MAX, &old_note, &err) != ZCD_OK)
        return verify_complain(request, request->operand[0], &err);
    if (read_newer(request, &newer, &err) != ZCD_OK)
        return verify_complain(request, request->operand[1], &err);
    judge_consistency(buffer_bytes(&old_note), &newer, request->key == NULL ? NULL : &vkey, &report);
    return verify_say(request, &report, request->key != NULL);
}
