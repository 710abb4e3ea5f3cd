#include "api/codec/decision_summary.h"

#include "api/codec/decode.h"

#include <string.h>

/* Every member is named, also those that are passed over: a document of another form must not look like half a one. */

#define NUMBER(struct_, member_)                                                                                       \
    DECODE_INT64_OR(struct_, member_, DECISION_SUMMARY_NONE, -DECODE_INTEGER_MAX, DECODE_INTEGER_MAX)

/* clang-format off */
static const struct decode_field TEXT_FIELDS[] = {
    DECODE_TEXT(struct summary_text, en, REQUIRED),
    DECODE_TEXT(struct summary_text, zh, REQUIRED),
};
static const struct decode_object TEXT = DECODE_OBJECT_OF(struct summary_text, TEXT_FIELDS);

static const struct decode_field REASON_FIELDS[] = {
    DECODE_TEXT(struct summary_reason, code, REQUIRED),
    DECODE_IGNORED("number"),
    DECODE_IGNORED("subject"),
    DECODE_OBJECT(struct summary_reason, text, REQUIRED, TEXT),
    DECODE_IGNORED("value"),
};
static const struct decode_object REASON = DECODE_OBJECT_OF(struct summary_reason, REASON_FIELDS);

static const struct decode_field REPAID_FIELDS[] = {
    NUMBER(struct summary_repaid, on_time),
    NUMBER(struct summary_repaid, within_90_days),
};
static const struct decode_object REPAID = DECODE_OBJECT_OF(struct summary_repaid, REPAID_FIELDS);

static const struct decode_field REPAID_PAIR_FIELDS[] = {
    DECODE_OBJECT(struct summary_repaid_pair, with_renewals, REQUIRED, REPAID),
    DECODE_OBJECT(struct summary_repaid_pair, without_renewals, REQUIRED, REPAID),
};
static const struct decode_object REPAID_PAIR = DECODE_OBJECT_OF(struct summary_repaid_pair, REPAID_PAIR_FIELDS);

static const struct decode_field SWEEP_FIELDS[] = {
    DECODE_OBJECT(struct summary_sweep, repaid_ppm, REQUIRED, REPAID_PAIR),
    NUMBER(struct summary_sweep, share_bp),
    DECODE_IGNORED("wage_gap"),
};
static const struct decode_object SWEEP = DECODE_OBJECT_OF(struct summary_sweep, SWEEP_FIELDS);

static const struct decode_field CASE_FIELDS[] = {
    DECODE_IGNORED("amount_fen"),
    NUMBER(struct summary_case, approved_fen),
    DECODE_TEXT(struct summary_case, binding, REQUIRED),
    NUMBER(struct summary_case, capacity_fen),
    DECODE_IGNORED("components"),
    DECODE_IGNORED("conditions"),
    DECODE_IGNORED("expected_loss_fen"),
    DECODE_IGNORED("floor_failed"),
    NUMBER(struct summary_case, grade),
    DECODE_IGNORED("grade_failed"),
    DECODE_IGNORED("lgd_bp"),
    DECODE_IGNORED("limit_bounds"),
    NUMBER(struct summary_case, limit_fen),
    DECODE_IGNORED("marginal"),
    DECODE_TEXT(struct summary_case, outcome, REQUIRED),
    NUMBER(struct summary_case, pd_ppm),
    DECODE_IGNORED("pd_repayment_ppm"),
    DECODE_IGNORED("pd_score_ppm"),
    DECODE_IGNORED("pd_source"),
    DECODE_IGNORED("raroc_bp"),
    NUMBER(struct summary_case, rate_bp),
    DECODE_OBJECT(struct summary_case, repaid_ppm, REQUIRED, REPAID_PAIR),
    NUMBER(struct summary_case, score),
    DECODE_IGNORED("secured_fen"),
    DECODE_BOOL(struct summary_case, simulation_used, REQUIRED),
    DECODE_OBJECT(struct summary_case, sufficient_sweep, OPTIONAL, SWEEP),
    NUMBER(struct summary_case, sweep_share_bp),
    NUMBER(struct summary_case, tenor_months),
    DECODE_IGNORED("wage_gap"),
};
static const struct decode_object CASE = DECODE_OBJECT_OF(struct summary_case, CASE_FIELDS);

static const struct decode_field ALERT_FIELDS[] = {
    DECODE_TEXT(struct summary_alert, contract, REQUIRED),
    DECODE_OBJECT(struct summary_alert, detail, REQUIRED, TEXT),
    DECODE_TEXT(struct summary_alert, facility, REQUIRED),
    DECODE_IGNORED("kind"),
    DECODE_TEXT(struct summary_alert, level, REQUIRED),
    DECODE_TEXT(struct summary_alert, milestone, REQUIRED),
    DECODE_IGNORED("payer"),
    DECODE_OBJECT(struct summary_alert, text, REQUIRED, TEXT),
    DECODE_IGNORED("threshold"),
    DECODE_IGNORED("unit"),
    DECODE_IGNORED("value"),
};
static const struct decode_object ALERT = DECODE_OBJECT_OF(struct summary_alert, ALERT_FIELDS);

static const struct decode_field RULE_FIELDS[] = {
    DECODE_IGNORED("item"),
    DECODE_TEXT(struct summary_rule, outcome, REQUIRED),
    DECODE_IGNORED("rule"),
    DECODE_OBJECT(struct summary_rule, text, REQUIRED, TEXT),
    DECODE_DATE(struct summary_rule, until, OPTIONAL),
    DECODE_OBJECT(struct summary_rule, value, OPTIONAL, TEXT),
};
static const struct decode_object RULE = DECODE_OBJECT_OF(struct summary_rule, RULE_FIELDS);

static const struct decode_field RENEWAL_FIELDS[] = {
    DECODE_OBJECTS(struct summary_renewal, conditions, condition_count, REQUIRED, RULE),
    DECODE_DATE(struct summary_renewal, earliest, OPTIONAL),
    DECODE_OBJECT(struct summary_renewal, law, OPTIONAL, TEXT),
    DECODE_TEXT(struct summary_renewal, outcome, REQUIRED),
    DECODE_OBJECTS(struct summary_renewal, rules, rule_count, REQUIRED, RULE),
    DECODE_BOOL(struct summary_renewal, without_repaying_first, REQUIRED),
};
static const struct decode_object RENEWAL = DECODE_OBJECT_OF(struct summary_renewal, RENEWAL_FIELDS);

static const struct decode_field TREATMENT_FIELDS[] = {
    DECODE_TEXT(struct summary_treatment, classification_after, REQUIRED),
    DECODE_OBJECT(struct summary_treatment, law, OPTIONAL, TEXT),
    DECODE_TEXT(struct summary_treatment, name, REQUIRED),
    DECODE_DATE(struct summary_treatment, observed_until, OPTIONAL),
};
static const struct decode_object TREATMENT = DECODE_OBJECT_OF(struct summary_treatment, TREATMENT_FIELDS);

static const struct decode_field DEFERRAL_FIELDS[] = {
    DECODE_IGNORED("arriving_fen"),
    DECODE_IGNORED("covered_fen"),
    NUMBER(struct summary_deferral, deferred_fen),
    DECODE_DATE(struct summary_deferral, from, OPTIONAL),
    DECODE_IGNORED("months"),
    NUMBER(struct summary_deferral, months_enough),
    DECODE_IGNORED("receivables"),
    DECODE_OBJECTS(struct summary_deferral, rules, rule_count, REQUIRED, RULE),
    DECODE_IGNORED("schedule"),
    DECODE_DATE(struct summary_deferral, to, OPTIONAL),
    DECODE_OBJECT(struct summary_deferral, treatment, OPTIONAL, TREATMENT),
};
static const struct decode_object DEFERRAL = DECODE_OBJECT_OF(struct summary_deferral, DEFERRAL_FIELDS);

static const struct decode_field GREEN_CHANNEL_FIELDS[] = {
    DECODE_DATE(struct summary_green_channel, decide_by, OPTIONAL),
    DECODE_IGNORED("drops"),
    DECODE_BOOL(struct summary_green_channel, open, REQUIRED),
    DECODE_OBJECTS(struct summary_green_channel, rules, rule_count, REQUIRED, RULE),
};
static const struct decode_object GREEN_CHANNEL = DECODE_OBJECT_OF(struct summary_green_channel, GREEN_CHANNEL_FIELDS);

static const struct decode_field POLICY_FIELDS[] = {
    DECODE_TEXT(struct summary_policy, id, REQUIRED),
    DECODE_TEXT(struct summary_policy, sha256, REQUIRED),
    DECODE_TEXT(struct summary_policy, version, REQUIRED),
};
static const struct decode_object POLICY = DECODE_OBJECT_OF(struct summary_policy, POLICY_FIELDS);

static const struct decode_field ENGINE_FIELDS[] = {
    DECODE_TEXT(struct summary_engine, source_sha256, REQUIRED),
    DECODE_TEXT(struct summary_engine, version, REQUIRED),
};
static const struct decode_object ENGINE = DECODE_OBJECT_OF(struct summary_engine, ENGINE_FIELDS);

static const struct decode_field STEP_FIELDS[] = {
    DECODE_DATE(struct summary_step, by, OPTIONAL),
    DECODE_IGNORED("facts"),
    DECODE_IGNORED("lever"),
    DECODE_DATE(struct summary_step, likely_by, OPTIONAL),
    DECODE_OBJECT(struct summary_step, text, REQUIRED, TEXT),
};
static const struct decode_object STEP = DECODE_OBJECT_OF(struct summary_step, STEP_FIELDS);

static const struct decode_field COUNTERFACTUAL_FIELDS[] = {
    DECODE_TEXT(struct summary_counterfactual, goal, REQUIRED),
    NUMBER(struct summary_counterfactual, grade),
    NUMBER(struct summary_counterfactual, limit_fen),
    DECODE_TEXT(struct summary_counterfactual, outcome, REQUIRED),
    DECODE_IGNORED("rate_bp"),
    DECODE_BOOL(struct summary_counterfactual, smallest, REQUIRED),
    DECODE_OBJECTS(struct summary_counterfactual, steps, step_count, REQUIRED, STEP),
    DECODE_IGNORED("tenor_months"),
};
static const struct decode_object COUNTERFACTUAL = DECODE_OBJECT_OF(struct summary_counterfactual, COUNTERFACTUAL_FIELDS);

static const struct decode_field SEARCH_FIELDS[] = {
    DECODE_BOOL_OR(struct summary_search, complete, 1),
    DECODE_IGNORED("runs"),
};
static const struct decode_object SEARCH = DECODE_OBJECT_OF(struct summary_search, SEARCH_FIELDS);

/* The same list of reasons under another name than its count's. */
#define REASONS(member_, count_) DECODE_OBJECTS(struct decision_summary, member_, count_, REQUIRED, REASON)

static const struct decode_field DECISION_FIELDS[] = {
    DECODE_IGNORED("alert_count"),
    DECODE_OBJECTS(struct decision_summary, alerts, alerts_shown, REQUIRED, ALERT),
    DECODE_OBJECT(struct decision_summary, as_it_stands, REQUIRED, CASE),
    DECODE_DATE(struct decision_summary, as_of, REQUIRED),
    DECODE_IGNORED("binding"),
    DECODE_IGNORED("capacity_fen"),
    DECODE_IGNORED("cashflow"),
    DECODE_IGNORED("characteristics"),
    DECODE_IGNORED("classification"),
    DECODE_IGNORED("components"),
    REASONS(conditions, condition_count),
    DECODE_OBJECT(struct decision_summary, counterfactual_search, OPTIONAL, SEARCH),
    DECODE_OBJECTS(struct decision_summary, counterfactuals, counterfactual_count, OPTIONAL, COUNTERFACTUAL),
    DECODE_OBJECT(struct decision_summary, deferral, OPTIONAL, DEFERRAL),
    DECODE_IGNORED("dossier_sha256"),
    DECODE_IGNORED("eligibility"),
    DECODE_OBJECT(struct decision_summary, engine, REQUIRED, ENGINE),
    REASONS(evidence_needed, evidence_count),
    NUMBER(struct decision_summary, grade),
    DECODE_OBJECT(struct decision_summary, green_channel, OPTIONAL, GREEN_CHANNEL),
    DECODE_IGNORED("judgement_share_bp"),
    DECODE_IGNORED("limit_bounds"),
    NUMBER(struct decision_summary, limit_fen),
    DECODE_IGNORED("lpr_on"),
    DECODE_IGNORED("marginal"),
    DECODE_TEXT(struct decision_summary, outcome, REQUIRED),
    DECODE_IGNORED("payers"),
    DECODE_IGNORED("pd_ppm"),
    DECODE_IGNORED("pd_source"),
    DECODE_IGNORED("pipeline"),
    DECODE_OBJECT(struct decision_summary, policy, REQUIRED, POLICY),
    DECODE_TEXT(struct decision_summary, provenance, OPTIONAL),
    DECODE_IGNORED("raroc_bp"),
    NUMBER(struct decision_summary, rate_bp),
    REASONS(reasons, reason_count),
    DECODE_OBJECT(struct decision_summary, renewal, OPTIONAL, RENEWAL),
    DECODE_IGNORED("schema"),
    DECODE_IGNORED("score"),
    DECODE_IGNORED("slip"),
    REASONS(strengths, strength_count),
    NUMBER(struct decision_summary, tenor_months),
    DECODE_OBJECT(struct decision_summary, with_conditions, OPTIONAL, CASE),
};
static const struct decode_object DECISION = DECODE_OBJECT_OF(struct decision_summary, DECISION_FIELDS);

static const struct decode_field ASSESSMENT_FIELDS[] = {
    DECODE_OBJECT(struct assessment_summary, decision, REQUIRED, DECISION),
    DECODE_TEXT(struct assessment_summary, id, REQUIRED),
    DECODE_IGNORED("leaf"),
    DECODE_INT64(struct assessment_summary, log_index, REQUIRED, 0, DECODE_INTEGER_MAX),
    DECODE_IGNORED("proof"),
};
static const struct decode_object ASSESSMENT = DECODE_OBJECT_OF(struct assessment_summary, ASSESSMENT_FIELDS);
/* clang-format on */

enum zcd_code assessment_summary_decode(struct bytes json, struct arena *arena, struct assessment_summary *summary,
                                        struct zcd_error *err)
{
    json_t *root = NULL;
    struct assessment_summary read = {.id = "", .log_index = DECISION_SUMMARY_NONE};

    enum zcd_code code = decode_parse(json, &root, err);
    if (code != ZCD_OK)
        return code;
    code = json_object_get(root, "decision") != NULL ? decode_object(root, &ASSESSMENT, arena, &read, err)
                                                     : decode_object(root, &DECISION, arena, &read.decision, err);
    json_decref(root);
    if (code == ZCD_OK)
        *summary = read;
    return code;
}
