#include "api/flows/policy.h"

#include "api/codec/builtin_policies.h"
#include "api/codec/policy_decode.h"
#include "api/file.h"
#include "audit/canonical_json.h"
#include "base/cleanup.h"
#include "scoring/policy_trial.h"

#include <string.h>

enum { POLICY_SIZE_MAX = 1 << 20 };

static enum zcd_code make_canonical(struct bytes json, struct buffer *canonical, struct zcd_error *err)
{
    ZCD_AUTO(canonical_json_free)
    struct json_t *value = NULL;
    enum zcd_code code = canonical_json_decode(json, &value, err);

    return code != ZCD_OK ? code : canonical_json_encode(value, canonical, err);
}

enum zcd_code loaded_policy_read(struct bytes json, struct loaded_policy *policy, struct zcd_error *err)
{
    struct loaded_policy read = {0};

    enum zcd_code code = policy_decode(json, &read.arena, &read.policy, err);
    if (code == ZCD_OK)
        code = make_canonical(json, &read.canonical, err);
    if (code != ZCD_OK) {
        loaded_policy_done(&read);
        return code;
    }
    read.sha256 = sha256_of(buffer_bytes(&read.canonical));
    *policy = read;
    return ZCD_OK;
}

/* Its test cases and edges, before it decides. */
static enum zcd_code try_policy(struct loaded_policy *policy, struct zcd_error *err)
{
    struct cashflow_workspace *workspace = cashflow_workspace_new();
    struct policy_findings findings;
    struct policy_trial trial;

    policy_findings_init(&findings, &policy->arena);
    policy_try(policy->policy, workspace, &findings, &trial);
    cashflow_workspace_free(workspace);
    return policy_findings_refuse(&findings, err);
}

static enum zcd_code read_and_try(struct bytes json, struct loaded_policy *policy, struct zcd_error *err)
{
    struct loaded_policy read;

    enum zcd_code code = loaded_policy_read(json, &read, err);
    if (code != ZCD_OK)
        return code;
    code = try_policy(&read, err);
    if (code != ZCD_OK) {
        loaded_policy_done(&read);
        return code;
    }
    *policy = read;
    return ZCD_OK;
}

enum zcd_code loaded_policy_builtin(const char *name, struct loaded_policy *policy, struct zcd_error *err)
{
    for (const struct builtin_policy *row = BUILTIN_POLICIES; row->name != NULL; row++) {
        if (strcmp(row->name, name) == 0)
            return read_and_try((struct bytes){row->data, row->size}, policy, err);
    }
    return zcd_fail(err, ZCD_NOT_FOUND, "there is no built-in policy of this name");
}

enum zcd_code loaded_policy_file(const char *path, struct loaded_policy *policy, struct zcd_error *err)
{
    ZCD_AUTO(buffer_done)
    struct buffer json = {0};
    enum zcd_code code = file_read(path, POLICY_SIZE_MAX, &json, err);

    return code != ZCD_OK ? code : read_and_try(buffer_bytes(&json), policy, err);
}

void loaded_policy_done(struct loaded_policy *policy)
{
    arena_done(&policy->arena);
    buffer_done(&policy->canonical);
    *policy = (struct loaded_policy){0};
}
