/* zcd-verify bundle: one record with its documents. */
#include "audit/verify_internal.h"

#include "audit/bundle.h"
#include "audit/canonical_json.h"
#include "audit/proof.h"
#include "base/cleanup.h"

#include <inttypes.h>

static void say_in_chinese(const struct bundle_report *report, FILE *out)
{
    char at[RECORD_AT_TEXT_SIZE];

    if (report->verdict == BUNDLE_NOT_VERIFIED) {
        fprintf(out, "未通过验证:%s。\n", bundle_fault_text(report->fault, true));
        return;
    }
    fprintf(out, "%s:日志 %s 第 %" PRIu64 " 号记录(日志共 %" PRIu64 " 条),%s,机构 %s,记录于 %s。\n",
            report->verdict == BUNDLE_VERIFIED ? "已验证" : "内容完整,但未经认证(没有给出公钥,任何人都可能制作)",
            report->checkpoint.origin, report->index, report->checkpoint.size, record_kind_text(report->kind, true),
            report->uscc.text, record_at_format(report->at_us, at));
}

static void say_in_english(const struct bundle_report *report, FILE *out)
{
    char at[RECORD_AT_TEXT_SIZE];

    if (report->verdict == BUNDLE_NOT_VERIFIED) {
        fprintf(out, "Not verified: %s.\n", bundle_fault_text(report->fault, false));
        return;
    }
    fprintf(out, "%s: record %" PRIu64 " of the log %s (%" PRIu64 " records), %s of %s, recorded at %s.\n",
            report->verdict == BUNDLE_VERIFIED
                ? "Verified"
                : "Intact, not authenticated (no key was given, so anybody may have made it)",
            report->index, report->checkpoint.origin, report->checkpoint.size, record_kind_text(report->kind, false),
            report->uscc.text, record_at_format(report->at_us, at));
}

static void append_member(struct buffer *json, const char *start, const char *text)
{
    buffer_append_text(json, start);
    canonical_json_append_string(json, bytes_of_text(text));
}

static void append_fault(const struct bundle_report *report, struct buffer *json)
{
    append_member(json, "{\"detail\":", report->detail.message);
    append_member(json, ",\"fault\":", bundle_fault_name(report->fault));
    append_member(json, ",\"part\":", bundle_part_name(bundle_fault_part(report->fault)));
    append_member(json, ",\"pointer\":", report->detail.pointer);
}

static void append_shown(const struct bundle_report *report, const struct verify_others *others, struct buffer *json)
{
    char at[RECORD_AT_TEXT_SIZE];
    char root[SHA256_TEXT_SIZE];

    append_member(json, "{\"at\":", record_at_format(report->at_us, at));
    if (others->policy != NULL)
        buffer_append_format(json, ",\"cosigned\":%zu", others->cosigned);
    buffer_append_format(json, ",\"index\":%" PRIu64, report->index);
    append_member(json, ",\"kind\":", record_kind_name(report->kind));
    append_member(json, ",\"origin\":", report->checkpoint.origin);
    append_member(json, ",\"root\":", sha256_format(&report->checkpoint.root, root));
    buffer_append_format(json, ",\"size\":%" PRIu64, report->checkpoint.size);
    if (others->timestamped_s >= 0)
        append_member(json, ",\"timestamped_at\":", record_at_format(others->timestamped_s * 1000000, at));
    append_member(json, ",\"uscc\":", report->uscc.text);
}

static void say_in_json(const struct bundle_report *report, const struct verify_others *others, FILE *out)
{
    ZCD_AUTO(buffer_done)
    struct buffer json = {0};

    if (report->verdict == BUNDLE_NOT_VERIFIED)
        append_fault(report, &json);
    else
        append_shown(report, others, &json);
    append_member(&json, ",\"verdict\":", bundle_verdict_name(report->verdict));
    buffer_append_text(&json, "}\n");
    (void)fwrite(json.data, 1, json.size, out);
}

static void say(const struct verify_request *request, const struct bundle_report *report,
                const struct verify_others *others)
{
    if (request->json)
        say_in_json(report, others, request->out);
    else if (request->chinese)
        say_in_chinese(report, request->out);
    else
        say_in_english(report, request->out);
}

enum zcd_code verify_read_bundle(const char *path, struct buffer *zip, struct arena *arena, struct bundle *bundle,
                                 struct zcd_error *err)
{
    enum zcd_code code = verify_read_file(path, BUNDLE_SIZE_MAX, zip, err);
    return code == ZCD_OK ? bundle_read(buffer_bytes(zip), arena, bundle, err) : code;
}

/* A bundle that holds by itself may still lack what others should have said of its checkpoint. */
static bool others_agree(const struct bundle *bundle, struct verify_others *others, struct verify_report *report)
{
    struct proof proof;

    if (proof_parse(bundle->part[BUNDLE_PROOF], &proof, &report->detail) != ZCD_OK) {
        verify_report_fault(report, VERIFY_FAULT_PROOF_MALFORMED);
        return false;
    }
    return verify_check_others(others, proof.checkpoint, bundle->part[BUNDLE_TIMESTAMP], report);
}

static void say_others(const struct verify_request *request, const struct verify_others *others)
{
    char at[RECORD_AT_TEXT_SIZE];

    if (request->json)
        return;
    if (others->policy != NULL)
        fprintf(request->out, request->chinese ? "检查点由 %zu 名见证人联署。\n" : "Cosigned by %zu witnesses.\n",
                others->cosigned);
    if (others->timestamped_s >= 0)
        fprintf(request->out, request->chinese ? "检查点的时间戳:%s。\n" : "Timestamped at %s.\n",
                record_at_format(others->timestamped_s * 1000000, at));
}

int verify_judge_bundle(const struct verify_request *request, const struct bundle *bundle, const struct note_vkey *vkey,
                        struct verify_others *others)
{
    struct verify_report missing = verify_report_new();
    struct bundle_report report;

    bundle_verify(bundle, vkey, &report);
    if (report.verdict != BUNDLE_NOT_VERIFIED && !others_agree(bundle, others, &missing))
        return verify_say(request, &missing, vkey != NULL);
    say(request, &report, others);
    if (report.verdict != BUNDLE_NOT_VERIFIED)
        say_others(request, others);
    return report.verdict == BUNDLE_VERIFIED ? VERIFY_VERIFIED : VERIFY_NOT_VERIFIED;
}

int verify_run_bundle(const struct verify_request *request)
{
    ZCD_AUTO(buffer_done)
    struct buffer zip = {0};
    ZCD_AUTO(arena_done)
    struct arena arena = {0};
    ZCD_AUTO(verify_others_done)
    struct verify_others others = {.policy = NULL};
    struct zcd_error err;
    struct note_vkey vkey;
    struct bundle bundle;

    if (request->key != NULL && verify_read_vkey(request->key, &vkey, &err) != ZCD_OK)
        return verify_complain(request, "--key", &err);
    if (verify_read_others(request, &others, &err) != ZCD_OK)
        return verify_complain(request, request->policy != NULL ? request->policy : request->tsa, &err);
    if (verify_read_bundle(request->operand[0], &zip, &arena, &bundle, &err) != ZCD_OK)
        return verify_complain(request, request->operand[0], &err);
    return verify_judge_bundle(request, &bundle, request->key == NULL ? NULL : &vkey, &others);
}
