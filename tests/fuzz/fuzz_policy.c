/*
 * Any bytes as a policy: refused with a reason, or able to decide the model case and its own cases without breaking, and
 * to score every edge of its bins as written.
 */
#include "tests/fuzz/fuzz.h"

#include "api/codec/dossier_decode.h"
#include "api/codec/policy_decode.h"
#include "base/cleanup.h"
#include "scoring/decision.h"
#include "scoring/policy_trial.h"

#include <stdio.h>
#include <stdlib.h>

#define MUST(condition)                                                                                                \
    do {                                                                                                               \
        if (!(condition))                                                                                              \
            abort();                                                                                                   \
    } while (false)

enum { DOSSIER_SIZE_MAX = 1 << 20 };

static const struct dossier *read_dossier(const char *path)
{
    static struct arena arena; /* never released */
    static char text[DOSSIER_SIZE_MAX];
    const struct dossier *dossier;
    struct zcd_error err;
    FILE *file = fopen(path, "rb");
    MUST(file != NULL);
    size_t size = fread(text, 1, sizeof text, file);
    (void)fclose(file);
    MUST(dossier_decode((struct bytes){(const uint8_t *)text, size}, &arena, &dossier, &err) == ZCD_OK);
    return dossier;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct dossier *first_loan, *renewal;
    static struct cashflow_workspace *workspace;
    ZCD_AUTO(arena_done)
    struct arena arena = {0};
    const struct policy *policy;
    struct decision decision;
    struct zcd_error err;

    if (workspace == NULL) {
        workspace = cashflow_workspace_new();
        first_loan = read_dossier(ZCD_SOURCE_DIR "/data/examples/zhicheng-2020-10.json");
        renewal = read_dossier(ZCD_SOURCE_DIR "/data/examples/zhicheng-2022-06.json");
    }
    if (policy_decode((struct bytes){data, size}, &arena, &policy, &err) != ZCD_OK) {
        MUST(err.code == ZCD_INVALID && err.message[0] != '\0');
        return 0;
    }
    struct policy_findings findings;
    struct policy_trial trial;
    policy_findings_init(&findings, &arena);
    policy_try(policy, workspace, &findings, &trial);
    for (size_t i = 0; i < findings.count; i++)
        MUST(findings.rows[i].rule == POLICY_RULE_VECTOR || findings.rows[i].rule == POLICY_RULE_NO_VECTORS);
    scoring_decide(first_loan, policy, first_loan->as_of, workspace, &arena, &decision);
    MUST(decision.limit_fen >= 0);
    scoring_decide(renewal, policy, renewal->as_of, workspace, &arena, &decision);
    MUST(decision.limit_fen >= 0);
    return 0;
}
