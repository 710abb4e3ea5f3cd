#include "api/flows/stored_view.h"

#include "api/codec/dossier_encode.h"
#include "api/codec/view_encode.h"
#include "api/flows/decide.h"
#include "base/cleanup.h"

#include <assert.h>
#include <string.h>

static enum application_purpose purpose_of(const struct policy_eligibility *policy)
{
    return policy->purpose_count > 0 ? policy->purposes[0] : APPLICATION_PURPOSE_WORKING_CAPITAL;
}

/* What the engine is asked about; views show nothing that depends on its amount. */
static struct application first_loan(const struct policy *policy, struct date as_of)
{
    return (struct application){.id = "view",
                                .kind = APPLICATION_KIND_FIRST_LOAN,
                                .amount_fen = policy->limit.step_fen,
                                .tenor_months = (int32_t)policy->price.tenor_months[0],
                                .purpose = purpose_of(&policy->eligibility),
                                .requested_on = as_of,
                                .facility = "",
                                .collateral_fen = DOSSIER_FEN_NONE};
}

/* The one that is named; else of those that something is owed on the first to mature. NULL: there is none. */
static const struct facility *find_facility(const struct dossier *dossier, const char *id)
{
    const struct facility *found = NULL;

    for (size_t i = 0; i < dossier->facility_count; i++) {
        const struct facility *facility = &dossier->facilities[i];
        if (facility->outstanding_fen <= 0 || (id != NULL && strcmp(facility->id, id) != 0))
            continue;
        if (found == NULL || date_compare(facility->matures_on, found->matures_on) < 0)
            found = facility;
    }
    return found;
}

/* The same again: what is owed, for as long. */
static struct application renewal_of(const struct facility *facility, const struct policy *policy, struct date as_of)
{
    struct application application = first_loan(policy, as_of);
    int32_t months = date_months_between(facility->opened_on, date_add_days(facility->matures_on, 1)); /* to the day before is whole */

    application.kind = APPLICATION_KIND_RENEWAL;
    application.amount_fen = facility->outstanding_fen;
    application.facility = facility->id;
    if (months >= 1 && months <= DOSSIER_TENOR_MONTHS_MAX)
        application.tenor_months = months;
    return application;
}

static enum zcd_code choose_application(const struct stored_view_key *key, const struct policy *policy,
                                        struct dossier *dossier, struct zcd_error *err)
{
    dossier->application = first_loan(policy, dossier->as_of);
    if (key->kind != STORED_VIEW_RENEWAL)
        return ZCD_OK;
    const struct facility *facility = find_facility(dossier, key->facility);
    if (facility == NULL && key->facility != NULL)
        return zcd_fail(err, ZCD_NOT_FOUND, "nothing is owed on such a facility");
    if (facility != NULL)
        dossier->application = renewal_of(facility, policy, dossier->as_of);
    return ZCD_OK;
}

/* Only of a renewal it is shown what would turn it. */
static enum zcd_code run_engine(const struct dossier *dossier, const struct loaded_policy *policy,
                                struct cashflow_workspace *workspace, struct arena *arena, struct decided *decided,
                                struct zcd_error *err)
{
    ZCD_AUTO(buffer_done)
    struct buffer json = {0};
    enum zcd_code code = dossier_encode(dossier, &json, err);

    if (code != ZCD_OK)
        return code;
    if (dossier->application.kind == APPLICATION_KIND_RENEWAL)
        return decide(buffer_bytes(&json), policy, DATE_NONE, workspace, arena, decided, err);
    return decide_figures(buffer_bytes(&json), policy, workspace, arena, decided, err);
}

static enum zcd_code encode(const struct stored_view_key *key, const struct policy *policy, const struct decided *decided,
                            struct cashflow_workspace *workspace, struct arena *arena, struct buffer *json,
                            struct zcd_error *err)
{
    const struct decision *decision = &decided->decision;
    const struct view view = {.lender = key->dossier.facts.lender,
                              .known_at = key->known_at,
                              .dossier = decided->dossier,
                              .decision = decision,
                              .document = decided->document};
    struct cashflow_expectation expectation;

    switch (key->kind) {
    case STORED_VIEW_CASHFLOW:
        cashflow_expect(decided->dossier, policy, decision->as_of, &decision->delay, &decision->pipeline, workspace, arena,
                        &expectation);
        return view_encode_cashflow(&view, &expectation, json, err);
    case STORED_VIEW_PIPELINE:
        return view_encode_pipeline(&view, json, err);
    case STORED_VIEW_PAYERS:
        return view_encode_payers(&view, json, err);
    case STORED_VIEW_RENEWAL:
        return view_encode_renewal(&view, json, err);
    }
    assert(false);
    return ZCD_CORRUPT;
}

enum zcd_code stored_view_write(struct db *db, const struct loaded_policy *policy, const struct stored_view_key *key,
                                struct cashflow_workspace *workspace, struct arena *arena, struct buffer *json,
                                struct zcd_error *err)
{
    struct dossier *dossier = NULL;
    struct decided decided;

    enum zcd_code code = stored_dossier_load(db, policy, &key->dossier, arena, &dossier, err);
    if (code == ZCD_OK)
        code = choose_application(key, policy->policy, dossier, err);
    if (code == ZCD_OK)
        code = run_engine(dossier, policy, workspace, arena, &decided, err);
    return code == ZCD_OK ? encode(key, policy->policy, &decided, workspace, arena, json, err) : code;
}
