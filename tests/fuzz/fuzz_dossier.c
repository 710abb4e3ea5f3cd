/* Any bytes as a dossier: refused with a reason, or decided into a document that is canonical JSON. */
#include "tests/fuzz/fuzz.h"

#include "api/codec/decision_encode.h"
#include "api/codec/dossier_decode.h"
#include "api/codec/policy_decode.h"
#include "audit/canonical_json.h"
#include "base/cleanup.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MUST(condition)                                                                                                \
    do {                                                                                                               \
        if (!(condition))                                                                                              \
            abort();                                                                                                   \
    } while (false)

/* The shipped policy with a quarter of the paths: the same code in less time. Read once, never released. */
static const struct policy *shipped_policy(void)
{
    static struct arena arena;
    static const struct policy *policy;
    struct zcd_error err;
    if (policy != NULL)
        return policy;
    json_t *document = json_load_file(ZCD_SOURCE_DIR "/data/policies/zhengcaidai.json", 0, NULL);
    MUST(document != NULL);
    MUST(json_object_set_new(json_object_get(document, "cashflow"), "paths_log2", json_integer(10)) == 0);
    char *text = json_dumps(document, JSON_COMPACT);
    MUST(policy_decode(bytes_of_text(text), &arena, &policy, &err) == ZCD_OK);
    free(text);
    json_decref(document);
    return policy;
}

static void decide_on(const struct dossier *dossier, struct arena *arena)
{
    static struct cashflow_workspace *workspace;
    static const char DIGEST[] = "0000000000000000000000000000000000000000000000000000000000000000";
    const struct decision_identity identity = {DIGEST, "0", DIGEST, DIGEST};
    ZCD_AUTO(buffer_done)
    struct buffer json = {0};
    struct decision decision;
    struct zcd_error err;

    if (workspace == NULL)
        workspace = cashflow_workspace_new();
    scoring_decide(dossier, shipped_policy(), dossier->as_of, workspace, arena, &decision);
    MUST(decision.limit_fen >= 0 && decision.limit_fen <= dossier->application.amount_fen);
    MUST(decision.capacity_fen >= 0);
    enum zcd_code code = decision_encode(&decision, &identity, dossier, shipped_policy(), &json, &err);
    MUST(code == ZCD_OK || (code == ZCD_INVALID && err.pointer[0] == '/')); /* a sum that JSON cannot hold */
    if (code == ZCD_OK)
        MUST(canonical_json_check(buffer_bytes(&json), &err) == ZCD_OK);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ZCD_AUTO(arena_done)
    struct arena arena = {0};
    const struct dossier *dossier;
    struct zcd_error err;

    if (dossier_decode((struct bytes){data, size}, &arena, &dossier, &err) == ZCD_OK)
        decide_on(dossier, &arena);
    else
        MUST(err.code == ZCD_INVALID && err.message[0] != '\0');
    return 0;
}
