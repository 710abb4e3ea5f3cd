#include "api/codec/policy_decode.h"

#include "api/codec/decode.h"
#include "api/codec/dossier_decode.h"
#include "api/codec/form_report.h"
#include "api/codec/policy_codes.h"
#include "scoring/policy_trial.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define POINTER_SIZE_MAX 256

/* clang-format off: the tables are read by column */

/* What a number may be is judged in policy_check, so that a policy from elsewhere meets the same bounds. */
#define NUMBER(struct_, member_) DECODE_INT64(struct_, member_, REQUIRED, -DECODE_INTEGER_MAX, DECODE_INTEGER_MAX)
#define NUMBER32(struct_, member_) DECODE_INT32(struct_, member_, REQUIRED, INT32_MIN, INT32_MAX)
#define NUMBERS(struct_, member_, count_)                                                                              \
    DECODE_INTEGERS(struct_, member_, count_, REQUIRED, -DECODE_INTEGER_MAX, DECODE_INTEGER_MAX)
/* A member whose name in the document is another than in C. */
#define NUMBER_NAMED(name_, struct_, member_)                                                                          \
    {                                                                                                                  \
        .name = (name_), .type = DECODE_TYPE_INT64, .presence = DECODE_REQUIRED,                                       \
        .offset = DECODE_OFFSET(struct_, member_, int64_t), .min = -DECODE_INTEGER_MAX, .max = DECODE_INTEGER_MAX      \
    }

static const struct decode_field TEXT_FIELDS[] = {
    DECODE_TEXT(struct policy_text, zh, REQUIRED),
    DECODE_TEXT(struct policy_text, en, REQUIRED),
};
static const struct decode_object TEXT = DECODE_OBJECT_OF(struct policy_text, TEXT_FIELDS);

static const struct decode_field ELIGIBILITY_FIELDS[] = {
    DECODE_CODES(struct policy_eligibility, rules, rule_count, REQUIRED, CODELIST_ELIGIBILITY_RULE),
    DECODE_CODES(struct policy_eligibility, body_kinds, body_kind_count, REQUIRED, CODELIST_ORGANISATION_KIND),
    DECODE_CODES(struct policy_eligibility, purposes, purpose_count, REQUIRED, CODELIST_APPLICATION_PURPOSE),
    NUMBER32(struct policy_eligibility, months_in_operation_min),
    NUMBER32(struct policy_eligibility, inspection_exempt_months),
    NUMBER(struct policy_eligibility, amount_min_fen),
    NUMBER32(struct policy_eligibility, profit_margin_min_bp),
    NUMBER32(struct policy_eligibility, collateral_cover_min_bp),
    NUMBER32(struct policy_eligibility, credit_history_months_min),
};
static const struct decode_object ELIGIBILITY = DECODE_OBJECT_OF(struct policy_eligibility, ELIGIBILITY_FIELDS);

static const struct decode_field HAZARD_ROW_FIELDS[] = {
    DECODE_CODE(struct policy_hazard_row, level, OPTIONAL, CODELIST_PAYER_LEVEL),
    DECODE_CODE(struct policy_hazard_row, fund_source, OPTIONAL, CODELIST_FUND_SOURCE),
    NUMBERS(struct policy_hazard_row, hazard_ppm, hazard_count),
};
static const struct decode_object HAZARD_ROW = DECODE_OBJECT_OF(struct policy_hazard_row, HAZARD_ROW_FIELDS);

static const struct decode_field DELAY_FIELDS[] = {
    NUMBERS(struct policy_delay, bin_start_weeks, bin_count),
    DECODE_OBJECTS(struct policy_delay, payment, payment_count, REQUIRED, HAZARD_ROW),
    NUMBERS(struct policy_delay, slip_hazard_ppm, slip_hazard_count),
    NUMBER(struct policy_delay, prior_strength_ppm),
    NUMBER(struct policy_delay, hazard_cap_ppm),
};
static const struct decode_object DELAY = DECODE_OBJECT_OF(struct policy_delay, DELAY_FIELDS);

static const struct decode_field PIPELINE_FIELDS[] = {
    NUMBER(struct policy_pipeline, weight_intention_ppm),     NUMBER(struct policy_pipeline, weight_tendering_ppm),
    NUMBER(struct policy_pipeline, weight_awarded_ppm),       NUMBER(struct policy_pipeline, renewal_excellent_ppm),
    NUMBER(struct policy_pipeline, renewal_good_ppm),         NUMBER(struct policy_pipeline, renewal_qualified_ppm),
    NUMBER(struct policy_pipeline, renewal_unqualified_ppm),  NUMBER(struct policy_pipeline, renewal_unrated_ppm),
    NUMBER(struct policy_pipeline, renewal_per_earlier_ppm),  NUMBER(struct policy_pipeline, renewal_earlier_max),
    NUMBER(struct policy_pipeline, renewal_cap_ppm),          NUMBER(struct policy_pipeline, renewable_days_min),
    NUMBER(struct policy_pipeline, renewal_slow_ppm),         NUMBER(struct policy_pipeline, renewal_freeze_ppm),
    NUMBER(struct policy_pipeline, renewal_tier_station_ppm), NUMBER(struct policy_pipeline, cross_ageing_days),
    NUMBER(struct policy_pipeline, cross_ageing_share_bp),
};
static const struct decode_object PIPELINE = DECODE_OBJECT_OF(struct policy_pipeline, PIPELINE_FIELDS);

static const struct decode_field CASHFLOW_FIELDS[] = {
    NUMBER(struct policy_cashflow, seed),
    NUMBER(struct policy_cashflow, paths_log2),
    NUMBER(struct policy_cashflow, tail_weeks),
    NUMBER(struct policy_cashflow, system_slow_ppm),
    NUMBER(struct policy_cashflow, system_freeze_ppm),
    NUMBER(struct policy_cashflow, authority_slow_ppm),
    NUMBER(struct policy_cashflow, authority_freeze_ppm),
    NUMBER(struct policy_cashflow, hazard_slow_ppm),
    NUMBER(struct policy_cashflow, hazard_freeze_ppm),
    NUMBER(struct policy_cashflow, year_start_normal_weeks),
    NUMBER(struct policy_cashflow, year_start_slow_weeks),
    NUMBER(struct policy_cashflow, year_start_freeze_weeks),
    NUMBER(struct policy_cashflow, deduction_ppm),
    NUMBER(struct policy_cashflow, cost_follows_work_ppm),
    NUMBER(struct policy_cashflow, notice_weeks),
    NUMBER(struct policy_cashflow, thirteenth_month),
};
static const struct decode_object CASHFLOW = DECODE_OBJECT_OF(struct policy_cashflow, CASHFLOW_FIELDS);

static const struct decode_field REPAYMENT_FIELDS[] = {
    NUMBER(struct policy_repayment, sweep_share_max_bp),
    NUMBER(struct policy_repayment, sweep_share_step_bp),
    NUMBER(struct policy_repayment, wage_gap_tolerance_bp),
    NUMBER(struct policy_repayment, wage_gap_probability_max_ppm),
    NUMBER(struct policy_repayment, floor_ppm),
    DECODE_BOOL(struct policy_repayment, floor_with_renewals, REQUIRED),
    DECODE_BOOL(struct policy_repayment, floor_within_90_days, REQUIRED),
};
static const struct decode_object REPAYMENT = DECODE_OBJECT_OF(struct policy_repayment, REPAYMENT_FIELDS);

/* The last bin has no "below": it is open. */
static const struct decode_field BIN_FIELDS[] = {
    DECODE_INT64_OR(struct policy_bin, below, INT64_MAX, -DECODE_INTEGER_MAX, DECODE_INTEGER_MAX),
    NUMBER(struct policy_bin, points),
};
static const struct decode_object BIN = DECODE_OBJECT_OF(struct policy_bin, BIN_FIELDS);

static const struct decode_field CHARACTERISTIC_FIELDS[] = {
    DECODE_CODE(struct policy_characteristic, id, REQUIRED, CODELIST_CHARACTERISTIC),
    DECODE_CODE(struct policy_characteristic, kind, REQUIRED, CODELIST_POLICY_SOURCE_KIND),
    DECODE_TEXT(struct policy_characteristic, source, REQUIRED),
    NUMBER32(struct policy_characteristic, direction),
    DECODE_OBJECTS(struct policy_characteristic, bins, bin_count, REQUIRED, BIN),
    NUMBER(struct policy_characteristic, missing_points),
};
static const struct decode_object CHARACTERISTIC =
    DECODE_OBJECT_OF(struct policy_characteristic, CHARACTERISTIC_FIELDS);

static const struct decode_field PD_ROW_FIELDS[] = {
    NUMBER(struct policy_pd_row, score_min),
    NUMBER(struct policy_pd_row, pd_ppm),
};
static const struct decode_object PD_ROW = DECODE_OBJECT_OF(struct policy_pd_row, PD_ROW_FIELDS);

static const struct decode_field LENS_ROW_FIELDS[] = {
    NUMBER(struct policy_lens_row, not_repaid_max_ppm),
    NUMBER(struct policy_lens_row, pd_ppm),
};
static const struct decode_object LENS_ROW = DECODE_OBJECT_OF(struct policy_lens_row, LENS_ROW_FIELDS);

static const struct decode_field CAPITAL_ROW_FIELDS[] = {
    NUMBER_NAMED("pd_max_ppm", struct policy_lens_row, not_repaid_max_ppm),
    NUMBER_NAMED("capital_ppm", struct policy_lens_row, pd_ppm),
};
static const struct decode_object CAPITAL_ROW = DECODE_OBJECT_OF(struct policy_lens_row, CAPITAL_ROW_FIELDS);

static const struct decode_field SCORECARD_FIELDS[] = {
    DECODE_OBJECTS(struct policy_scorecard, characteristics, characteristic_count, REQUIRED, CHARACTERISTIC),
    DECODE_OBJECTS(struct policy_scorecard, pd, pd_count, REQUIRED, PD_ROW),
    DECODE_OBJECTS(struct policy_scorecard, lens, lens_count, REQUIRED, LENS_ROW),
    NUMBERS(struct policy_scorecard, grade_pd_max_ppm, grade_count),
};
static const struct decode_object SCORECARD = DECODE_OBJECT_OF(struct policy_scorecard, SCORECARD_FIELDS);

static const struct decode_field LIMIT_FIELDS[] = {
    DECODE_BOOL(struct policy_limit, use_income_share, REQUIRED),
    DECODE_BOOL(struct policy_limit, use_receivables, REQUIRED),
    DECODE_BOOL(struct policy_limit, use_repayment_floor, REQUIRED),
    DECODE_BOOL(struct policy_limit, use_collateral, REQUIRED),
    DECODE_BOOL(struct policy_limit, use_need, REQUIRED),
    DECODE_BOOL(struct policy_limit, use_working_capital, REQUIRED),
    NUMBER(struct policy_limit, product_max_fen),
    NUMBER(struct policy_limit, step_fen),
    NUMBER(struct policy_limit, income_share_bp),
    NUMBER(struct policy_limit, collateral_share_bp),
    NUMBER(struct policy_limit, need_buffer_bp),
    NUMBER(struct policy_limit, advance_accepted_bp),
    NUMBER(struct policy_limit, advance_performed_bp),
    NUMBER(struct policy_limit, advance_future_bp),
    NUMBER(struct policy_limit, deduct_unlocked_bp),
    NUMBER(struct policy_limit, deduct_unpledged_bp),
    NUMBER(struct policy_limit, deduct_unconfirmed_bp),
    NUMBER(struct policy_limit, deduct_weak_fund_bp),
    NUMBER(struct policy_limit, deduct_beyond_budget_year_bp),
    NUMBER(struct policy_limit, dilution_multiple_bp),
    NUMBER(struct policy_limit, late_acceptance_bp),
    NUMBER(struct policy_limit, late_acceptance_days),
    NUMBER(struct policy_limit, payer_share_max_bp),
    NUMBER(struct policy_limit, authority_share_max_bp),
    NUMBER(struct policy_limit, working_capital_growth_cap_bp),
};
static const struct decode_object LIMIT = DECODE_OBJECT_OF(struct policy_limit, LIMIT_FIELDS);

static const struct decode_field PRICE_FIELDS[] = {
    NUMBER(struct policy_price, lgd_bp),
    NUMBER(struct policy_price, lgd_secured_bp),
    NUMBER(struct policy_price, capital_hurdle_bp),
    NUMBER(struct policy_price, operating_bp),
    NUMBER(struct policy_price, inclusive_discount_bp),
    NUMBER(struct policy_price, floor_bp),
    NUMBER(struct policy_price, cap_bp),
    NUMBER(struct policy_price, funding_spread_bp),
    DECODE_OBJECTS(struct policy_price, capital, capital_count, REQUIRED, CAPITAL_ROW),
    NUMBERS(struct policy_price, tenor_months, tenor_count),
    NUMBER(struct policy_price, contract_tail_months),
};
static const struct decode_object PRICE = DECODE_OBJECT_OF(struct policy_price, PRICE_FIELDS);

static const struct decode_field DECISION_FIELDS[] = {
    NUMBER(struct policy_decision, approve_grade_max),
    NUMBER(struct policy_decision, refer_grade_max),
    NUMBER(struct policy_decision, refer_repaid_min_ppm),
    DECODE_CODES(struct policy_decision, levers, lever_count, REQUIRED, CODELIST_POLICY_LEVER),
    NUMBER(struct policy_decision, marginal_errors),
    NUMBER(struct policy_decision, strength_share_bp),
    NUMBER(struct policy_decision, as_of_age_days_max),
};
static const struct decode_object DECISION = DECODE_OBJECT_OF(struct policy_decision, DECISION_FIELDS);

static const struct decode_field COUNTERFACTUAL_LEVER_FIELDS[] = {
    DECODE_CODE(struct policy_counterfactual_lever, lever, REQUIRED, CODELIST_COUNTERFACTUAL_LEVER),
    NUMBER(struct policy_counterfactual_lever, step),
    NUMBER(struct policy_counterfactual_lever, max),
    DECODE_CODE(struct policy_counterfactual_lever, kind, REQUIRED, CODELIST_POLICY_SOURCE_KIND),
    DECODE_TEXT(struct policy_counterfactual_lever, source, REQUIRED),
};
static const struct decode_object COUNTERFACTUAL_LEVER =
    DECODE_OBJECT_OF(struct policy_counterfactual_lever, COUNTERFACTUAL_LEVER_FIELDS);

static const struct decode_field COUNTERFACTUAL_FIELDS[] = {
    DECODE_OBJECTS(struct policy_counterfactual, levers, lever_count, REQUIRED, COUNTERFACTUAL_LEVER),
    NUMBER(struct policy_counterfactual, runs_max),
    NUMBER(struct policy_counterfactual, milestone_runs_max),
    NUMBER(struct policy_counterfactual, signing_days),
    DECODE_BOOL(struct policy_counterfactual, with_pairs, REQUIRED),
    DECODE_BOOL(struct policy_counterfactual, relax_conditions, REQUIRED),
};
static const struct decode_object COUNTERFACTUAL = DECODE_OBJECT_OF(struct policy_counterfactual, COUNTERFACTUAL_FIELDS);

static const struct decode_field SERVICING_FIELDS[] = {
    DECODE_BOOL(struct policy_servicing, small_business_rules_apply, REQUIRED),
    DECODE_BOOL(struct policy_servicing, use_green_channel, REQUIRED),
    NUMBER(struct policy_servicing, renewal_window_days),
    NUMBER(struct policy_servicing, record_months),
    NUMBER(struct policy_servicing, on_time_min_bp),
    NUMBER(struct policy_servicing, days_past_due_max),
    NUMBER(struct policy_servicing, renewal_cover_min_bp),
    NUMBER(struct policy_servicing, green_grade_max),
    NUMBER(struct policy_servicing, green_months_on_book_min),
    NUMBER(struct policy_servicing, green_days_past_due_max),
    NUMBER(struct policy_servicing, green_amount_max_bp),
    NUMBER(struct policy_servicing, green_working_days),
    NUMBER(struct policy_servicing, deferral_months_max),
    NUMBER(struct policy_servicing, deferrals_max),
    NUMBER(struct policy_servicing, deferral_cover_min_bp),
    NUMBER(struct policy_servicing, overdue_first_days),
    NUMBER(struct policy_servicing, overdue_second_days),
    NUMBER(struct policy_servicing, overdue_third_days),
    NUMBER(struct policy_servicing, cash_runway_min_bp),
};
static const struct decode_object SERVICING = DECODE_OBJECT_OF(struct policy_servicing, SERVICING_FIELDS);

static const struct decode_field SOURCE_FIELDS[] = {
    DECODE_TEXT(struct policy_source, pointer, REQUIRED),
    DECODE_CODE(struct policy_source, kind, REQUIRED, CODELIST_POLICY_SOURCE_KIND),
    DECODE_TEXT(struct policy_source, text, REQUIRED),
};
static const struct decode_object SOURCE = DECODE_OBJECT_OF(struct policy_source, SOURCE_FIELDS);

static const struct decode_field EXPECTATION_FIELDS[] = {
    DECODE_CODE(struct policy_expectation, outcome, REQUIRED, CODELIST_OUTCOME),
    DECODE_INT64(struct policy_expectation, grade, REQUIRED, 1, POLICY_GRADE_COUNT),
    DECODE_INT64(struct policy_expectation, limit_fen, REQUIRED, 0, DECODE_INTEGER_MAX),
};
static const struct decode_object EXPECTATION = DECODE_OBJECT_OF(struct policy_expectation, EXPECTATION_FIELDS);

static const struct decode_field VECTOR_FIELDS[] = {
    DECODE_OBJECT(struct policy_vector, name, REQUIRED, TEXT),
    DECODE_INT64_OR(struct policy_vector, like, -1, 0, POLICY_VECTORS_MAX),
    DECODE_IGNORED("dossier"), /* a document of its own: read_vectors */
    DECODE_OBJECT(struct policy_vector, expect, REQUIRED, EXPECTATION),
};
static const struct decode_object VECTOR = DECODE_OBJECT_OF(struct policy_vector, VECTOR_FIELDS);

static const struct decode_field POLICY_FIELDS[] = {
    DECODE_IGNORED("schema"), /* read before all else */
    DECODE_TEXT(struct policy, id, REQUIRED),
    DECODE_TEXT(struct policy, version, REQUIRED),
    DECODE_OBJECT(struct policy, title, REQUIRED, TEXT),
    DECODE_IGNORED("origin"), /* who wrote the file, and its licence: for readers */
    DECODE_DATE(struct policy, effective_from, REQUIRED),
    DECODE_DATE(struct policy, effective_to, OPTIONAL),
    DECODE_OBJECT(struct policy, eligibility, REQUIRED, ELIGIBILITY),
    DECODE_OBJECT(struct policy, delay, REQUIRED, DELAY),
    DECODE_OBJECT(struct policy, pipeline, REQUIRED, PIPELINE),
    DECODE_OBJECT(struct policy, cashflow, REQUIRED, CASHFLOW),
    DECODE_OBJECT(struct policy, repayment, REQUIRED, REPAYMENT),
    DECODE_OBJECT(struct policy, scorecard, REQUIRED, SCORECARD),
    DECODE_OBJECT(struct policy, limit, REQUIRED, LIMIT),
    DECODE_OBJECT(struct policy, price, REQUIRED, PRICE),
    DECODE_OBJECT(struct policy, decision, REQUIRED, DECISION),
    DECODE_OBJECT(struct policy, counterfactual, OPTIONAL, COUNTERFACTUAL),
    DECODE_OBJECT(struct policy, servicing, REQUIRED, SERVICING),
    DECODE_OBJECTS(struct policy, sources, source_count, REQUIRED, SOURCE),
    DECODE_OBJECTS(struct policy, vectors, vector_count, OPTIONAL, VECTOR),
};
static const struct decode_object POLICY = DECODE_OBJECT_OF(struct policy, POLICY_FIELDS);

/* clang-format on */

/* ------------------------------------------------------------------ sources */

/* Member names of a policy hold neither '~' nor '/', so a pointer is its names joined (RFC 6901 section 3). */
static const json_t *find_at(const json_t *value, const char *pointer)
{
    char name[POINTER_SIZE_MAX];

    while (value != NULL && *pointer == '/') {
        size_t size = strcspn(++pointer, "/");
        if (size >= sizeof name)
            return NULL;
        memcpy(name, pointer, size);
        name[size] = '\0';
        pointer += size;
        if (json_is_object(value)) {
            value = json_object_get(value, name);
        } else {
            char *end;
            unsigned long index = strtoul(name, &end, 10);
            value = *end == '\0' && name[0] >= '0' && name[0] <= '9' ? json_array_get(value, index) : NULL;
        }
    }
    return value;
}

static void check_pointers(const json_t *root, const struct policy *policy, struct policy_findings *findings)
{
    for (size_t i = 0; i < policy->source_count; i++) {
        if (policy->sources[i].pointer[0] == '/' && find_at(root, policy->sources[i].pointer) == NULL)
            policy_find_in_row(findings, POLICY_RULE_SOURCE_DANGLING, "sources", i, "pointer", POLICY_NO_FIGURES);
    }
}

static bool has_source(const struct policy *policy, const char *pointer)
{
    for (size_t i = 0; i < policy->source_count; i++) {
        if (strcmp(policy->sources[i].pointer, pointer) == 0)
            return true;
    }
    return false;
}

/* Not read, or facts of a case and what is expected of it: no numbers of the policy. */
static bool needs_no_source(const char *pointer)
{
    return strcmp(pointer, "/origin") == 0 || strcmp(pointer, "/vectors") == 0;
}

/* Every number without a source of its own, or of something that it stands in. Depth is bounded by decode_parse. */
static void check_cover(json_t *value, const struct policy *policy, struct policy_findings *findings)
{
    const char *name;
    json_t *member;
    size_t index;

    if (needs_no_source(findings->place) || (findings->place_size > 0 && has_source(policy, findings->place))
        || (findings->place_size > 0 && json_object_get(value, "source") != NULL))
        return;
    if (json_is_integer(value))
        policy_find(findings, POLICY_RULE_SOURCE_MISSING, NULL, POLICY_NO_FIGURES);
    json_object_foreach(value, name, member)
    {
        size_t outside = policy_findings_enter(findings, name);
        check_cover(member, policy, findings);
        policy_findings_leave(findings, outside);
    }
    json_array_foreach(value, index, member)
    {
        size_t outside = policy_findings_enter_row(findings, index);
        check_cover(member, policy, findings);
        policy_findings_leave(findings, outside);
    }
}

/* ------------------------------------------------------------------ test cases */

/* RFC 7396 section 2: what the target becomes under the patch; a new value. Depth is bounded by decode_parse. */
static json_t *merge(const json_t *target, const json_t *patch)
{
    const char *name;
    json_t *member;

    if (!json_is_object(patch))
        return json_deep_copy(patch);
    json_t *merged = json_is_object(target) ? json_copy((json_t *)target) : json_object();
    json_object_foreach((json_t *)patch, name, member)
    {
        if (json_is_null(member))
            (void)json_object_del(merged, name);
        else
            (void)json_object_set_new(merged, name, merge(json_object_get(merged, name), member));
    }
    return merged;
}

/* The dossier of a case, through the one reader of dossiers, whose pointer goes into the figures. */
static const struct dossier *read_dossier(const json_t *value, struct arena *arena, struct policy_findings *findings)
{
    const struct dossier *dossier = NULL;
    struct zcd_error err;

    char *text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
    assert(text != NULL); /* it was parsed */
    if (dossier_decode(bytes_of_text(text), arena, &dossier, &err) != ZCD_OK) {
        policy_find(findings, POLICY_RULE_VECTOR_DOSSIER, "dossier", "%s: %s", err.pointer, err.message);
        for (size_t i = 0; i < err.other_count; i++)
            policy_find(findings, POLICY_RULE_VECTOR_DOSSIER, "dossier", "%s: %s", err.others[i].pointer, err.others[i].message);
    }
    free(text);
    return dossier;
}

/* One case; its dossier as merged is put behind those of the cases before it. */
static void read_vector(const json_t *value, struct policy_vector *vector, json_t *merged, struct arena *arena,
                        struct policy_findings *findings)
{
    const json_t *given = json_object_get(value, "dossier");
    size_t index = json_array_size(merged);

    if (given == NULL)
        policy_find(findings, POLICY_RULE_MISSING_MEMBER, "dossier", POLICY_NO_FIGURES);
    if (vector->like >= (int64_t)index)
        policy_find(findings, POLICY_RULE_ORDER, "like", "%lld ≥ %zu", (long long)vector->like, index);
    policy_check_text(&vector->name, "name", findings);
    json_t *whole = given == NULL ? json_null() : merge(vector->like < 0 ? NULL : json_array_get(merged, (size_t)vector->like), given);
    (void)json_array_append_new(merged, whole);
    if (given != NULL && vector->like < (int64_t)index)
        vector->dossier = read_dossier(whole, arena, findings);
}

static void read_vectors(const json_t *root, struct arena *arena, struct policy *policy, struct policy_findings *findings)
{
    struct policy_vector *vectors = ARENA_NEW(arena, struct policy_vector, policy->vector_count + 1);
    const json_t *values = json_object_get(root, "vectors");
    json_t *merged = json_array();
    size_t place = policy_findings_enter(findings, "vectors");

    for (size_t i = 0; i < policy->vector_count && i < POLICY_VECTORS_MAX; i++) {
        size_t table = policy_findings_enter_row(findings, i);
        vectors[i] = policy->vectors[i];
        read_vector(json_array_get(values, i), &vectors[i], merged, arena, findings);
        policy_findings_leave(findings, table);
    }
    policy_findings_leave(findings, place);
    json_decref(merged);
    if (policy->vector_count > POLICY_VECTORS_MAX)
        policy_find(findings, POLICY_RULE_ROWS, "vectors", "%zu > %d", policy->vector_count, POLICY_VECTORS_MAX);
    policy->vectors = vectors;
}

/* ------------------------------------------------------------------ the whole */

/* Its form first: what has another form cannot be looked at as a policy. */
static bool has_form(json_t *root, struct policy_findings *findings)
{
    const char *schema = json_string_value(json_object_get(root, "schema"));

    if (schema == NULL || strcmp(schema, POLICY_SCHEMA) != 0) {
        policy_find(findings, POLICY_RULE_SCHEMA, "schema", "%s", POLICY_SCHEMA);
        return false;
    }
    form_report(root, &POLICY, findings);
    return findings->error_count == 0;
}

static const struct policy *read_policy(json_t *root, struct arena *arena, struct policy_findings *findings)
{
    struct policy *policy = ARENA_NEW(arena, struct policy, 1);
    struct zcd_error err;

    if (!has_form(root, findings))
        return NULL;
    enum zcd_code code = decode_object(root, &POLICY, arena, policy, &err);
    assert(code == ZCD_OK); /* form_report accepts what decode_object does, and no more */
    (void)code;
    policy_check_all(policy, findings);
    if (policy->source_count <= POLICY_SOURCES_MAX) { /* refused otherwise, and long to walk */
        check_pointers(root, policy, findings);
        check_cover(root, policy, findings);
    }
    read_vectors(root, arena, policy, findings);
    return findings->error_count == 0 ? policy : NULL;
}

const struct policy *policy_decode_all(struct bytes json, struct arena *arena, struct policy_findings *findings)
{
    struct zcd_error err;
    json_t *root = NULL;

    if (decode_parse(json, &root, &err) != ZCD_OK) {
        policy_find(findings, POLICY_RULE_NOT_JSON, NULL, "%s", err.message);
        return NULL;
    }
    const struct policy *policy = read_policy(root, arena, findings);
    json_decref(root);
    return policy;
}

enum zcd_code policy_decode(struct bytes json, struct arena *arena, const struct policy **policy, struct zcd_error *err)
{
    assert(policy != NULL);

    struct policy_findings findings;
    policy_findings_init(&findings, arena);
    const struct policy *made = policy_decode_all(json, arena, &findings);
    enum zcd_code code = policy_findings_refuse(&findings, err);
    if (code == ZCD_OK)
        *policy = made;
    return code;
}
