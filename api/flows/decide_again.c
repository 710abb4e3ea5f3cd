#include "api/flows/decide_again.h"

#include "api/flows/decide.h"
#include "audit/record.h"
#include "base/cleanup.h"
#include "scoring/cashflow.h"

static void free_workspace(struct cashflow_workspace **workspace)
{
    cashflow_workspace_free(*workspace);
}

static enum zcd_code run(const struct bundle *bundle, struct date as_of, struct arena *arena,
                         struct verify_replayed *replayed, struct zcd_error *err)
{
    ZCD_AUTO(loaded_policy_done) struct loaded_policy policy = {0};
    ZCD_AUTO(free_workspace) struct cashflow_workspace *workspace = cashflow_workspace_new();
    struct decided decided;

    if (loaded_policy_read(bundle->part[BUNDLE_POLICY], &policy, err) != ZCD_OK)
        return zcd_fail_within(err, bundle_part_name(BUNDLE_POLICY));
    if (decide(bundle->part[BUNDLE_DOSSIER], &policy, as_of, workspace, arena, &decided, err) != ZCD_OK)
        return zcd_fail_within(err, bundle_part_name(BUNDLE_DOSSIER));
    replayed->decision = decided.document;
    return ZCD_OK;
}

enum zcd_code decide_again(const struct bundle *bundle, struct arena *arena, struct verify_replayed *replayed,
                           struct zcd_error *err)
{
    const struct sha256 engine_sha256 = decide_engine_sha256();
    struct record record;
    int64_t at_us;
    uint64_t sequence;

    if (record_parse(bundle->part[BUNDLE_LEAF], arena, &record, &at_us, &sequence, err) != ZCD_OK)
        return zcd_fail_within(err, bundle_part_name(BUNDLE_LEAF));
    struct verify_replayed again = {.same_engine = sha256_equal(&record.engine.source_sha256, &engine_sha256),
                                    .engine = decide_engine_version(),
                                    .engine_before = record.engine.version};
    if (again.same_engine) {
        enum zcd_code code = run(bundle, record.as_of, arena, &again, err);
        if (code != ZCD_OK)
            return code;
    }
    *replayed = again;
    return ZCD_OK;
}
