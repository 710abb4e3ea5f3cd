/* zcd-verify replay: a bundle, verified and then decided again. */
#include "audit/verify_internal.h"

#include "audit/canonical_json.h"
#include "audit/record.h"
#include "base/arena.h"
#include "base/cleanup.h"

#include <inttypes.h>
#include <string.h>

enum { DIFFERENCES_MAX = 20 };

/* The bundle must hold before deciding again says anything. */
static bool bundle_holds(const struct bundle *bundle, const struct note_vkey *vkey, struct bundle_report *report)
{
    bundle_verify(bundle, vkey, report);
    return report->verdict != BUNDLE_NOT_VERIFIED;
}

static void judge(const struct bundle *bundle, const struct verify_replayed *replayed, struct buffer *differences,
                  struct verify_report *report)
{
    size_t count = 0;

    if (!replayed->same_engine) {
        (void)zcd_fail(&report->detail, ZCD_INVALID,
                       "engine %.60s decided; this is engine %.60s, or the same version from other sources",
                       replayed->engine_before, replayed->engine);
        verify_report_fault(report, VERIFY_FAULT_ENGINE_DIFFERS);
        return;
    }
    if (bytes_equal(replayed->decision, bundle->part[BUNDLE_DECISION])) {
        (void)snprintf(report->zh, sizeof report->zh,
                       "第 %" PRIu64 " 号记录的决定由所附卷宗和政策重新算出,逐字节相同(引擎 %.60s)", report->index,
                       replayed->engine);
        (void)snprintf(report->en, sizeof report->en,
                       "deciding again on the dossier and policy of record %" PRIu64
                       " gives the same decision, byte for byte (engine %.60s)",
                       report->index, replayed->engine);
        return;
    }
    canonical_json_compare(bundle->part[BUNDLE_DECISION], replayed->decision, DIFFERENCES_MAX, differences, &count);
    (void)zcd_fail(&report->detail, ZCD_INVALID, "%zu fields differ", count);
    verify_report_fault(report, VERIFY_FAULT_DECISION_NOT_REPRODUCED);
}

static int judge_bundle(const struct verify_request *request, const struct bundle *bundle, const struct note_vkey *vkey,
                        struct arena *arena)
{
    ZCD_AUTO(buffer_done)
    struct buffer differences = {0};
    struct verify_report report = verify_report_new();
    struct bundle_report held;
    struct verify_replayed replayed;
    struct zcd_error err;

    if (!bundle_holds(bundle, vkey, &held))
        return verify_judge_bundle(request, bundle, vkey, &(struct verify_others){.timestamped_s = -1});
    if (request->replay(bundle, arena, &replayed, &err) != ZCD_OK)
        return verify_complain(request, request->operand[0], &err);
    report.index = held.index;
    report.checkpoint = held.checkpoint;
    judge(bundle, &replayed, &differences, &report);
    int status = verify_say(request, &report, vkey != NULL);
    if (!request->json && differences.size > 0)
        (void)fwrite(differences.data, 1, differences.size, request->out);
    return status;
}

int verify_run_replay(const struct verify_request *request)
{
    ZCD_AUTO(buffer_done)
    struct buffer zip = {0};
    ZCD_AUTO(arena_done)
    struct arena arena = {0};
    struct zcd_error err;
    struct note_vkey vkey;
    struct bundle bundle;

    if (request->key != NULL && verify_read_vkey(request->key, &vkey, &err) != ZCD_OK)
        return verify_complain(request, "--key", &err);
    if (verify_read_bundle(request->operand[0], &zip, &arena, &bundle, &err) != ZCD_OK)
        return verify_complain(request, request->operand[0], &err);
    return judge_bundle(request, &bundle, request->key == NULL ? NULL : &vkey, &arena);
}
