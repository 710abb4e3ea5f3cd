#include "api/flows/decide.h"

#include "api/codec/decision_encode.h"
#include "api/codec/dossier_decode.h"
#include "audit/canonical_json.h"
#include "base/cleanup.h"
#include "engine_digest.h"

#include <assert.h>
#include <string.h>

static enum zcd_code choose_date(const struct dossier *dossier, struct date *as_of, struct zcd_error *err)
{
    if (date_is_none(*as_of))
        *as_of = dossier->as_of;
    if (date_compare(*as_of, dossier->as_of) >= 0)
        return ZCD_OK;
    (void)zcd_fail(err, ZCD_INVALID, "the dossier knows facts later than the day asked for");
    return zcd_fail_within(err, "as_of");
}

static enum zcd_code encode(const struct loaded_policy *policy, struct arena *arena, struct decided *decided,
                            struct zcd_error *err)
{
    ZCD_AUTO(buffer_done)
    struct buffer text = {0};
    char policy_sha256[SHA256_TEXT_SIZE];
    char dossier_sha256[SHA256_TEXT_SIZE];
    const struct decision_identity identity = {
        .policy_sha256 = sha256_format(&policy->sha256, policy_sha256),
        .engine_version = ZCD_ENGINE_VERSION,
        .engine_source_sha256 = ZCD_ENGINE_SOURCE_SHA256,
        .dossier_sha256 = sha256_format(&decided->dossier_sha256, dossier_sha256),
    };

    enum zcd_code code = decision_encode(&decided->decision, &identity, decided->dossier, policy->policy, &text, err);
    if (code != ZCD_OK)
        return code;
    decided->document = (struct bytes){(uint8_t *)arena_copy_bytes(arena, text.data, text.size), text.size};
    decided->decision_sha256 = sha256_of(decided->document);
    return ZCD_OK;
}

typedef void engine(const struct dossier *dossier, const struct policy *policy, struct date as_of,
                    struct cashflow_workspace *workspace, struct arena *arena, struct decision *decision);

static enum zcd_code decide_by(engine *run, struct bytes json, const struct loaded_policy *policy, struct date as_of,
                               struct cashflow_workspace *workspace, struct arena *arena, struct decided *decided,
                               struct zcd_error *err)
{
    enum zcd_code code = dossier_decode(json, arena, &decided->dossier, err);

    if (code == ZCD_OK)
        code = choose_date(decided->dossier, &as_of, err);
    if (code != ZCD_OK)
        return code;
    decided->dossier_sha256 = sha256_of(json);
    run(decided->dossier, policy->policy, as_of, workspace, arena, &decided->decision);
    return encode(policy, arena, decided, err);
}

enum zcd_code decide(struct bytes json, const struct loaded_policy *policy, struct date as_of,
                     struct cashflow_workspace *workspace, struct arena *arena, struct decided *decided,
                     struct zcd_error *err)
{
    return decide_by(scoring_decide, json, policy, as_of, workspace, arena, decided, err);
}

enum zcd_code decide_figures(struct bytes json, const struct loaded_policy *policy, struct cashflow_workspace *workspace,
                             struct arena *arena, struct decided *decided, struct zcd_error *err)
{
    return decide_by(scoring_decide_once, json, policy, DATE_NONE, workspace, arena, decided, err);
}

bool decide_was_refused_as_json(struct bytes json)
{
    ZCD_AUTO(canonical_json_free)
    struct json_t *value = NULL;
    struct zcd_error err;

    return canonical_json_decode(json, &value, &err) != ZCD_OK;
}

const char *decide_engine_version(void)
{
    return ZCD_ENGINE_VERSION;
}

struct sha256 decide_engine_sha256(void)
{
    struct zcd_error err;
    struct sha256 digest;
    enum zcd_code code =
        hex_decode(ZCD_ENGINE_SOURCE_SHA256, strlen(ZCD_ENGINE_SOURCE_SHA256), digest.bytes, sizeof digest.bytes, &err);

    assert(code == ZCD_OK); /* the build wrote it */
    (void)code;
    return digest;
}
