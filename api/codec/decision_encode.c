#include "api/codec/decision_encode.h"

#include "api/codec/json_values.h"
#include "api/codec/json_writer.h"
#include "api/codec/policy_codes.h"
#include "api/codec/servicing_encode.h"
#include "base/money.h"

#include <assert.h>

/* Members are written in ascending order of their names: see json_writer.h. */

/* ------------------------------------------------------------------ small values */

static const char *pd_source_name(enum pd_source source)
{
    switch (source) {
    case PD_SOURCE_SCORE:
        return "score";
    case PD_SOURCE_REPAYMENT:
        return "repayment";
    }
    assert(false);
    return "";
}

static const char *eligibility_outcome_name(enum eligibility_outcome outcome)
{
    switch (outcome) {
    case ELIGIBILITY_PASS:
        return "pass";
    case ELIGIBILITY_STOP:
        return "stop";
    case ELIGIBILITY_NOT_APPLICABLE:
        return "not_applicable";
    case ELIGIBILITY_MISSING:
        return "missing";
    }
    assert(false);
    return "";
}

static const char *bound_kind_name(enum limit_bound_kind kind)
{
    switch (kind) {
    case LIMIT_CEILING:
        return "ceiling";
    case LIMIT_USE:
        return "use";
    }
    assert(false);
    return "";
}

/* ------------------------------------------------------------------ one case */

/* The texts stand once, at the top of the document. */
static void write_bounds(struct json_writer *json, const struct limit_result *limit, bool with_texts)
{
    json_write_array(json, "limit_bounds");
    for (size_t i = 0; i < limit->bound_count; i++) {
        const struct limit_bound *bound = &limit->bounds[i];
        json_write_object(json, NULL);
        json_write_integer(json, "amount_fen", bound->amount_fen);
        json_write_text(json, "kind", bound_kind_name(limit_bound_kind(bound->name)));
        json_write_text(json, "name", limit_bound_json(bound->name));
        if (with_texts)
            json_write_texts(json, "text", limit_bound_text_zh(bound->name), limit_bound_text_en(bound->name));
        json_write_end(json);
    }
    json_write_end(json);
}

/* The parts of the rate; they add up to it. Null where there was no quote to start from. */
static void write_components(struct json_writer *json, const struct price_result *price)
{
    const struct {
        const char *name;
        int32_t value_bp;
    } parts[] = {
        {"lpr", price->lpr_bp},
        {"expected_loss", price->expected_loss_bp},
        {"capital", price->capital_bp},
        {"operating", price->operating_bp},
        {"inclusive_discount", price->inclusive_discount_bp},
        {"floor_and_cap", price->clamp_bp},
    };
    if (!price->has_lpr) {
        json_write_null(json, "components");
        return;
    }
    json_write_array(json, "components");
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        json_write_object(json, NULL);
        json_write_integer(json, "bp", parts[i].value_bp);
        json_write_text(json, "name", parts[i].name);
        json_write_end(json);
    }
    json_write_end(json);
}

static void write_repaid(struct json_writer *json, const struct cashflow_repayment *repayment)
{
    static const char *const NAMES[] = {"with_renewals", "without_renewals"};

    json_write_object(json, "repaid_ppm");
    for (size_t i = 0; i < 2; i++) {
        const int32_t *repaid_ppm = repayment->repaid_ppm[i == 0];
        json_write_object(json, NAMES[i]);
        json_write_integer(json, "on_time", repaid_ppm[0]);
        json_write_integer(json, "within_90_days", repaid_ppm[1]);
        json_write_end(json);
    }
    json_write_end(json);
}

static void write_wage_gap(struct json_writer *json, const struct cashflow_repayment *repayment)
{
    json_write_object(json, "wage_gap");
    json_write_integer(json, "p50_fen", repayment->wage_gap_p50_fen);
    json_write_integer(json, "p95_fen", repayment->wage_gap_p95_fen);
    json_write_integer(json, "probability_ppm", repayment->wage_gap_ppm);
    json_write_integer(json, "short_ppm", repayment->wages_short_ppm);
    json_write_integer(json, "short_without_loan_ppm", repayment->wages_short_without_ppm);
    json_write_integer(json, "without_loan_ppm", repayment->wage_gap_without_ppm);
    json_write_end(json);
}

/* The least sweep that reaches the floor, and what it leaves for wages. */
static void write_sufficient_sweep(struct json_writer *json, const struct decision_case *one)
{
    if (!one->has_sufficient) {
        json_write_null(json, "sufficient_sweep");
        return;
    }
    json_write_object(json, "sufficient_sweep");
    write_repaid(json, &one->sufficient);
    json_write_integer(json, "share_bp", one->sufficient.sweep_share_bp);
    write_wage_gap(json, &one->sufficient);
    json_write_end(json);
}

static void write_levers(struct json_writer *json, const struct decision_case *one)
{
    json_write_array(json, "conditions");
    for (size_t i = 0; i < one->lever_count; i++)
        json_write_text(json, NULL, codelist_name(&CODELIST_POLICY_LEVER, (int)one->levers[i]));
    json_write_end(json);
}

static void write_case(struct json_writer *json, const char *name, const struct decision_case *one)
{
    if (one == NULL) {
        json_write_null(json, name);
        return;
    }
    json_write_object(json, name);
    json_write_integer(json, "amount_fen", one->amount_fen);
    json_write_integer(json, "approved_fen", one->approved_fen);
    json_write_text(json, "binding", limit_bound_json(one->limit.binding));
    json_write_integer(json, "capacity_fen", one->limit.capacity_fen);
    write_components(json, &one->price);
    write_levers(json, one);
    json_write_integer(json, "expected_loss_fen", one->repayment.expected_loss_fen);
    json_write_boolean(json, "floor_failed", one->floor_failed);
    json_write_integer(json, "grade", one->grade.grade);
    json_write_boolean(json, "grade_failed", one->grade_failed);
    json_write_integer(json, "lgd_bp", one->price.lgd_bp);
    write_bounds(json, &one->limit, false);
    json_write_integer(json, "limit_fen", one->limit.limit_fen);
    json_write_boolean(json, "marginal", one->is_marginal);
    json_write_text(json, "outcome", outcome_name(one->outcome));
    json_write_integer(json, "pd_ppm", one->grade.pd_ppm);
    json_write_integer_if(json, "pd_repayment_ppm", one->grade.pd_repayment_ppm > 0, one->grade.pd_repayment_ppm);
    json_write_integer(json, "pd_score_ppm", one->scorecard.pd_score_ppm);
    json_write_text(json, "pd_source", pd_source_name(one->grade.source));
    json_write_integer_if(json, "raroc_bp", one->price.has_lpr, one->price.raroc_bp);
    json_write_integer_if(json, "rate_bp", one->price.has_lpr, one->price.rate_bp);
    write_repaid(json, &one->repayment);
    json_write_integer(json, "score", one->scorecard.score);
    json_write_integer(json, "secured_fen", one->limit.secured_fen);
    json_write_boolean(json, "simulation_used", one->is_simulated);
    write_sufficient_sweep(json, one);
    json_write_integer(json, "sweep_share_bp", one->repayment.sweep_share_bp);
    json_write_integer(json, "tenor_months", one->tenor_months);
    write_wage_gap(json, &one->repayment);
    json_write_end(json);
}

/* ------------------------------------------------------------------ stages */

static void write_eligibility(struct json_writer *json, const struct eligibility_result *eligibility)
{
    json_write_array(json, "eligibility");
    for (size_t i = 0; i < eligibility->finding_count; i++) {
        const struct eligibility_finding *finding = &eligibility->findings[i];
        json_write_object(json, NULL);
        json_write_text(json, "legal_source", finding->legal_source);
        json_write_text(json, "outcome", eligibility_outcome_name(finding->outcome));
        json_write_text(json, "rule", eligibility_rule_name(finding->rule));
        json_write_texts(json, "text", eligibility_rule_text_zh(finding->rule), eligibility_rule_text_en(finding->rule));
        json_write_text(json, "value", finding->value);
        json_write_end(json);
    }
    json_write_end(json);
}

static void write_characteristics(struct json_writer *json, const struct scorecard_result *scorecard)
{
    json_write_array(json, "characteristics");
    for (size_t i = 0; i < scorecard->row_count; i++) {
        const struct scorecard_row *row = &scorecard->rows[i];
        bool is_there = row->value != SCORECARD_MISSING;
        json_write_object(json, NULL);
        json_write_integer_if(json, "bin", is_there, row->bin);
        json_write_text(json, "dimension", dimension_name(characteristic_dimension(row->id)));
        json_write_text(json, "name", characteristic_name(row->id));
        json_write_integer(json, "points", row->points);
        json_write_integer(json, "points_max", row->points_max);
        json_write_texts(json, "text", characteristic_text_zh(row->id), characteristic_text_en(row->id));
        json_write_text(json, "unit", characteristic_unit(row->id));
        json_write_integer_if(json, "value", is_there, row->value);
        json_write_end(json);
    }
    json_write_end(json);
}

/* Share still unpaid after each week, fitted and observed: what is drawn for people, so whole basis points suffice. */
static void write_curve_points(struct json_writer *json, const struct delay_curve *curve)
{
    json_write_array(json, "unpaid_fitted_bp");
    for (size_t week = 0; week < DELAY_KAPLAN_MEIER_WEEKS; week++)
        json_write_integer(json, NULL, curve->survival[DELAY_STATE_NORMAL][week] * (int64_t)MONEY_BP_ONE / DELAY_ONE);
    json_write_end(json);
    if (curve->observations == 0) {
        json_write_null(json, "unpaid_kaplan_meier_bp");
        return;
    }
    json_write_array(json, "unpaid_kaplan_meier_bp");
    for (size_t week = 0; week < DELAY_KAPLAN_MEIER_WEEKS; week++)
        json_write_integer(json, NULL, curve->kaplan_meier_ppm[week] / (MONEY_PPM_ONE / MONEY_BP_ONE));
    json_write_end(json);
}

static void write_curve(struct json_writer *json, const struct delay_curve *curve)
{
    json_write_object(json, NULL);
    json_write_integer(json, "expected_delay_days", curve->expected_days);
    json_write_text(json, "fund_source", codelist_name(&CODELIST_FUND_SOURCE, (int)curve->fund_source));
    json_write_integer(json, "observations", curve->observations);
    json_write_integer(json, "p50_days", curve->p50_days);
    json_write_integer(json, "p90_days", curve->p90_days);
    json_write_integer(json, "paid_30_days_bp", curve->paid_30_days_bp);
    json_write_integer(json, "paid_60_days_bp", curve->paid_60_days_bp);
    json_write_integer(json, "prior_weight_bp", curve->prior_weight_bp);
    json_write_integer(json, "speed_class_ppm", curve->theta_class_ppm);
    json_write_integer(json, "speed_ppm", curve->theta_ppm);
    write_curve_points(json, curve);
    json_write_end(json);
}

/* A payer's curves follow one another, since both lists are in order of payer id. */
static void write_payers(struct json_writer *json, const struct decision *decision, const struct dossier *dossier)
{
    const struct pipeline_result *pipeline = &decision->pipeline;
    const struct delay_result *delay = &decision->delay;
    size_t curve = 0;

    json_write_array(json, "payers");
    for (size_t i = 0; i < pipeline->payer_count; i++) {
        const struct pipeline_payer *row = &pipeline->payers[i];
        const struct payer *payer = &dossier->payers[row->payer_index];
        json_write_object(json, NULL);
        json_write_boolean(json, "cross_aged", row->is_cross_aged);
        json_write_array(json, "curves");
        for (; curve < delay->curve_count && delay->curves[curve].payer_index == row->payer_index; curve++)
            write_curve(json, &delay->curves[curve]);
        json_write_end(json);
        json_write_integer(json, "due_90_fen", row->due_90_fen);
        json_write_integer(json, "due_fen", row->due_fen);
        json_write_text(json, "id", payer->id);
        json_write_text(json, "level", codelist_name(&CODELIST_PAYER_LEVEL, (int)payer->level));
        json_write_text(json, "name", payer->name);
        json_write_integer(json, "outstanding_fen", row->outstanding_fen);
        json_write_integer(json, "share_bp", row->share_bp);
        json_write_end(json);
    }
    json_write_end(json);
    assert(curve == delay->curve_count);
}

static void write_pipeline(struct json_writer *json, const struct pipeline_result *pipeline)
{
    json_write_object(json, "pipeline");
    json_write_integer(json, "accepted_unpaid_fen", pipeline->accepted_unpaid_fen);
    json_write_integer(json, "annual_public_income_fen", pipeline->annual_public_income_fen);
    json_write_integer(json, "authority_share_max_bp", pipeline->authority_share_max_bp);
    json_write_integer(json, "budget_funded_bp", pipeline->budget_funded_bp);
    json_write_integer(json, "contracts", (int64_t)pipeline->contract_count);
    json_write_integer(json, "deducted_fen", pipeline->deducted_fen);
    json_write_integer(json, "disputed_fen", pipeline->disputed_fen);
    json_write_integer(json, "due_unaccepted_fen", pipeline->due_unaccepted_fen);
    json_write_integer(json, "future_fen", pipeline->future_fen);
    json_write_date(json, "last_end", pipeline->last_end);
    json_write_date(json, "last_milestone", pipeline->last_milestone);
    json_write_integer(json, "outstanding_fen", pipeline->outstanding_fen);
    json_write_integer(json, "overdue_30_fen", pipeline->overdue_30_fen);
    json_write_integer(json, "overdue_60_fen", pipeline->overdue_60_fen);
    json_write_integer(json, "overdue_90_fen", pipeline->overdue_90_fen);
    json_write_integer(json, "overdue_fen", pipeline->overdue_fen);
    json_write_integer(json, "payer_share_max_bp", pipeline->payer_share_max_bp);
    json_write_integer(json, "public_contracts", pipeline->public_contract_count);
    json_write_integer(json, "remaining_months_x10", pipeline->remaining_months_x10);
    json_write_integer(json, "retained_fen", pipeline->retained_fen);
    json_write_integer(json, "signed_value_fen", pipeline->signed_value_fen);
    json_write_integer(json, "tier_mix_bp", pipeline->tier_mix_bp);
    json_write_end(json);
}

static void write_slip(struct json_writer *json, const struct delay_result *delay)
{
    json_write_object(json, "slip");
    json_write_integer(json, "expected_days", delay->slip_expected_days);
    json_write_integer(json, "observations", delay->slip_observations);
    json_write_integer(json, "p90_days", delay->slip_p90_days);
    json_write_integer(json, "speed_ppm", delay->slip_theta_ppm);
    json_write_end(json);
}

static void write_cashflow(struct json_writer *json, const struct cashflow_result *cashflow)
{
    json_write_object(json, "cashflow");
    json_write_integer(json, "fan_paths", cashflow->fan_paths);
    json_write_integer(json, "need_p50_fen", cashflow->need_p50_fen);
    json_write_integer(json, "need_p95_fen", cashflow->need_p95_fen);
    json_write_integer(json, "paths", cashflow->paths);
    json_write_integer_if(json, "shortfall_first_week", cashflow->shortfall_first_week >= 0, cashflow->shortfall_first_week);
    json_write_integer(json, "shortfall_ppm", cashflow->shortfall_ppm);
    json_write_array(json, "weeks");
    for (int32_t i = 0; i < cashflow->weeks; i++) {
        const struct cashflow_week *week = &cashflow->fan[i];
        json_write_object(json, NULL);
        json_write_integer(json, "p25_fen", week->p25_fen);
        json_write_integer(json, "p50_fen", week->p50_fen);
        json_write_integer(json, "p5_fen", week->p5_fen);
        json_write_integer(json, "p75_fen", week->p75_fen);
        json_write_integer(json, "p95_fen", week->p95_fen);
        json_write_end(json);
    }
    json_write_end(json);
    json_write_end(json);
}

static void write_reasons(struct json_writer *json, const char *name, const struct reason_list *list)
{
    json_write_array(json, name);
    for (size_t i = 0; i < list->count; i++) {
        const struct reason *reason = &list->rows[i];
        json_write_object(json, NULL);
        json_write_text(json, "code", reason_code_name(reason->code));
        json_write_integer(json, "number", (int64_t)reason->code);
        json_write_text(json, "subject", reason->subject);
        json_write_texts(json, "text", reason->text_zh, reason->text_en);
        json_write_text(json, "value", reason->value);
        json_write_end(json);
    }
    json_write_end(json);
}

/* ------------------------------------------------------------------ what would turn it */

static void write_value(struct json_writer *json, const char *name, const struct counterfactual_value *value)
{
    switch (value->kind) {
    case COUNTERFACTUAL_VALUE_NULL:
        json_write_null(json, name);
        return;
    case COUNTERFACTUAL_VALUE_BOOLEAN:
        json_write_boolean(json, name, value->number != 0);
        return;
    case COUNTERFACTUAL_VALUE_INTEGER:
        json_write_integer(json, name, value->number);
        return;
    case COUNTERFACTUAL_VALUE_TEXT:
        json_write_text(json, name, value->text);
        return;
    }
    assert(false);
}

static void write_step(struct json_writer *json, const struct counterfactual_step *step)
{
    json_write_object(json, NULL);
    json_write_date(json, "by", step->by);
    json_write_array(json, "facts");
    for (size_t i = 0; i < step->fact_count; i++) {
        json_write_object(json, NULL);
        json_write_text(json, "field", step->facts[i].field);
        write_value(json, "from", &step->facts[i].from);
        write_value(json, "to", &step->facts[i].to);
        json_write_end(json);
    }
    json_write_end(json);
    json_write_text(json, "lever", counterfactual_lever_name(step->lever));
    json_write_date(json, "likely_by", step->likely);
    json_write_texts(json, "text", step->text_zh, step->text_en);
    json_write_end(json);
}

static void write_counterfactuals(struct json_writer *json, const struct counterfactual_list *list)
{
    json_write_array(json, "counterfactuals");
    for (size_t i = 0; i < list->count; i++) {
        const struct counterfactual *row = &list->rows[i];
        json_write_object(json, NULL);
        json_write_text(json, "goal", counterfactual_goal_name(row->goal));
        json_write_integer(json, "grade", row->grade);
        json_write_integer(json, "limit_fen", row->limit_fen);
        json_write_text(json, "outcome", outcome_name(row->has_conditions ? OUTCOME_APPROVE_WITH_CONDITIONS : OUTCOME_APPROVE));
        json_write_integer_if(json, "rate_bp", row->has_rate, row->rate_bp);
        json_write_boolean(json, "smallest", row->is_smallest);
        json_write_array(json, "steps");
        for (size_t j = 0; j < row->step_count; j++)
            write_step(json, &row->steps[j]);
        json_write_end(json);
        json_write_integer(json, "tenor_months", row->tenor_months);
        json_write_end(json);
    }
    json_write_end(json);
}

/* How far was looked; null where there was nothing to look for. */
static void write_counterfactual_search(struct json_writer *json, const struct counterfactual_list *list)
{
    if (!list->was_searched) {
        json_write_null(json, "counterfactual_search");
        return;
    }
    json_write_object(json, "counterfactual_search");
    json_write_boolean(json, "complete", list->is_complete);
    json_write_integer(json, "runs", list->runs);
    json_write_end(json);
}

/* ------------------------------------------------------------------ the whole */

static void write_engine(struct json_writer *json, const struct decision_identity *identity)
{
    json_write_object(json, "engine");
    json_write_text(json, "source_sha256", identity->engine_source_sha256);
    json_write_text(json, "version", identity->engine_version);
    json_write_end(json);
}

static void write_policy(struct json_writer *json, const struct decision_identity *identity,
                         const struct policy *policy)
{
    json_write_object(json, "policy");
    json_write_text(json, "id", policy->id);
    json_write_text(json, "sha256", identity->policy_sha256);
    json_write_text(json, "version", policy->version);
    json_write_end(json);
}

/* The figures at the top are those of the governing case. */
static void write_document(struct json_writer *json, const struct decision *decision,
                           const struct decision_identity *identity, const struct dossier *dossier,
                           const struct policy *policy)
{
    const struct decision_case *governing = decision->governing;

    json_write_object(json, NULL);
    servicing_encode_alerts(json, &decision->alerts);
    write_case(json, "as_it_stands", &decision->as_it_stands);
    json_write_date(json, "as_of", decision->as_of);
    json_write_text(json, "binding", limit_bound_json(governing->limit.binding));
    json_write_integer(json, "capacity_fen", decision->capacity_fen);
    write_cashflow(json, &decision->cashflow);
    write_characteristics(json, &governing->scorecard);
    servicing_encode_classification(json, &decision->classification);
    write_components(json, &governing->price);
    write_reasons(json, "conditions", &decision->conditions);
    write_counterfactual_search(json, &decision->counterfactuals);
    write_counterfactuals(json, &decision->counterfactuals);
    servicing_encode_deferral(json, decision->deferral);
    json_write_text(json, "dossier_sha256", identity->dossier_sha256);
    write_eligibility(json, &decision->eligibility);
    write_engine(json, identity);
    write_reasons(json, "evidence_needed", &decision->evidence_needed);
    json_write_integer(json, "grade", governing->grade.grade);
    servicing_encode_green_channel(json, decision->green_channel);
    json_write_integer(json, "judgement_share_bp", governing->scorecard.judgement_bp);
    write_bounds(json, &governing->limit, true);
    json_write_integer(json, "limit_fen", decision->limit_fen);
    json_write_date(json, "lpr_on", governing->price.has_lpr ? governing->price.lpr_on : DATE_NONE);
    json_write_boolean(json, "marginal", governing->is_marginal);
    json_write_text(json, "outcome", outcome_name(decision->outcome));
    write_payers(json, decision, dossier);
    json_write_integer(json, "pd_ppm", governing->grade.pd_ppm);
    json_write_text(json, "pd_source", pd_source_name(governing->grade.source));
    write_pipeline(json, &decision->pipeline);
    write_policy(json, identity, policy);
    json_write_text(json, "provenance", dossier->provenance);
    json_write_integer_if(json, "raroc_bp", governing->price.has_lpr, governing->price.raroc_bp);
    json_write_integer_if(json, "rate_bp", governing->price.has_lpr, governing->price.rate_bp);
    write_reasons(json, "reasons", &decision->reasons);
    servicing_encode_renewal(json, decision->renewal);
    json_write_text(json, "schema", DECISION_SCHEMA);
    json_write_integer(json, "score", governing->scorecard.score);
    write_slip(json, &decision->delay);
    write_reasons(json, "strengths", &decision->strengths);
    json_write_integer(json, "tenor_months", governing->tenor_months);
    write_case(json, "with_conditions", decision->with_conditions);
    json_write_end(json);
}

enum zcd_code decision_encode(const struct decision *decision, const struct decision_identity *identity,
                              const struct dossier *dossier, const struct policy *policy, struct buffer *json,
                              struct zcd_error *err)
{
    assert(decision->governing != NULL);

    struct json_writer writer;
    size_t size = json->size;
    json_writer_init(&writer, json);
    write_document(&writer, decision, identity, dossier, policy);
    enum zcd_code code = json_writer_finish(&writer, err);
    if (code != ZCD_OK) {
        json->size = size;
        json->data[size] = '\0';
    }
    return code;
}
