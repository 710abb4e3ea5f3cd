#include "api/codec/servicing_encode.h"

#include "api/codec/json_values.h"

static void write_law(struct json_writer *json, const char *name, const struct law *law)
{
    if (law == NULL)
        json_write_null(json, name);
    else
        json_write_texts(json, name, law->zh, law->en);
}

/* ------------------------------------------------------------------ alerts and classification */

void servicing_encode_alerts(struct json_writer *json, const struct early_warning_result *alerts)
{
    json_write_integer(json, "alert_count", (int64_t)alerts->found_count);
    json_write_array(json, "alerts");
    for (size_t i = 0; i < alerts->alert_count; i++) {
        const struct alert *alert = &alerts->alerts[i];
        json_write_object(json, NULL);
        json_write_text(json, "contract", alert->contract);
        json_write_texts(json, "detail", alert->detail.zh, alert->detail.en);
        json_write_text(json, "facility", alert->facility);
        json_write_text(json, "kind", early_warning_name(alert->kind));
        json_write_text(json, "level", early_warning_level_name(early_warning_level_of(alert->kind)));
        json_write_text(json, "milestone", alert->milestone);
        json_write_text(json, "payer", alert->payer);
        json_write_texts(json, "text", early_warning_text_zh(alert->kind), early_warning_text_en(alert->kind));
        json_write_integer(json, "threshold", alert->threshold);
        json_write_text(json, "unit", early_warning_unit(alert->kind));
        json_write_integer(json, "value", alert->value);
        json_write_end(json);
    }
    json_write_end(json);
}

static const char *tier_name(enum facility_classification tier)
{
    return codelist_name(&CODELIST_FACILITY_CLASSIFICATION, (int)tier);
}

void servicing_encode_classification(struct json_writer *json, const struct classification_result *classification)
{
    json_write_object(json, "classification");
    json_write_array(json, "facilities");
    for (size_t i = 0; i < classification->row_count; i++) {
        const struct classification_row *row = &classification->rows[i];
        json_write_object(json, NULL);
        json_write_text(json, "basis", classification_basis_name(row->basis));
        json_write_text(json, "by_days", tier_name(row->by_days));
        json_write_integer(json, "days_past_due", row->days_past_due);
        json_write_text(json, "id", row->facility->id);
        json_write_date(json, "observed_until", row->observed_until);
        json_write_text(json, "recorded", tier_name(row->facility->classification));
        json_write_texts(json, "text", classification_basis_text_zh(row->basis), classification_basis_text_en(row->basis));
        json_write_text(json, "tier", tier_name(row->tier));
        json_write_end(json);
    }
    json_write_end(json);
    write_law(json, "law", classification->law);
    if (classification->tier == FACILITY_CLASSIFICATION_NONE)
        json_write_null(json, "tier");
    else
        json_write_text(json, "tier", tier_name(classification->tier));
    json_write_end(json);
}

/* ------------------------------------------------------------------ deferral */

static void write_lines(struct json_writer *json, const struct deferral_result *deferral)
{
    json_write_array(json, "schedule");
    for (size_t i = 0; i < deferral->line_count; i++) {
        const struct deferral_line *line = &deferral->lines[i];
        json_write_object(json, NULL);
        json_write_date(json, "due_on", line->due_on);
        json_write_integer(json, "interest_fen", line->interest_fen);
        json_write_boolean(json, "moved", line->is_moved);
        json_write_date(json, "new_due_on", line->new_due_on);
        json_write_integer(json, "outstanding_fen", line->outstanding_fen);
        json_write_integer(json, "paid_fen", line->paid_fen);
        json_write_integer(json, "principal_fen", line->principal_fen);
        json_write_end(json);
    }
    json_write_end(json);
}

static void write_receivables(struct json_writer *json, const struct deferral_result *deferral)
{
    enum { SHOWN_MAX = 100 };

    json_write_array(json, "receivables");
    for (size_t i = 0; i < deferral->receivable_count && i < SHOWN_MAX; i++) {
        const struct deferral_receivable *row = &deferral->receivables[i];
        json_write_object(json, NULL);
        json_write_integer(json, "amount_fen", row->amount_fen);
        json_write_date(json, "arrival_p90", row->arrival_p90);
        json_write_text(json, "contract", row->contract->id);
        json_write_text(json, "milestone", row->milestone->id);
        json_write_date(json, "payable_on", row->payable_on);
        json_write_end(json);
    }
    json_write_end(json);
}

static void write_deferral_rules(struct json_writer *json, const struct deferral_result *deferral)
{
    json_write_array(json, "rules");
    for (size_t i = 0; i < deferral->finding_count; i++) {
        const struct deferral_finding *finding = &deferral->findings[i];
        json_write_object(json, NULL);
        json_write_text(json, "outcome", finding->passes ? "pass" : "fail");
        json_write_text(json, "rule", deferral_rule_name(finding->rule));
        json_write_texts(json, "text", deferral_rule_text_zh(finding->rule), deferral_rule_text_en(finding->rule));
        json_write_texts(json, "value", finding->value.zh, finding->value.en);
        json_write_end(json);
    }
    json_write_end(json);
}

/* What becomes of the classification; null where nothing falls due that could be deferred. */
static void write_treatment(struct json_writer *json, const struct deferral_result *deferral)
{
    if (date_is_none(deferral->from)) {
        json_write_null(json, "treatment");
        return;
    }
    json_write_object(json, "treatment");
    json_write_text(json, "classification_after", tier_name(deferral->classification_after));
    write_law(json, "law", deferral->window == NULL ? NULL : &deferral->window->law);
    json_write_text(json, "name", deferral_treatment_name(deferral->treatment));
    json_write_date(json, "observed_until", deferral->observed_until);
    json_write_end(json);
}

void servicing_encode_deferral(struct json_writer *json, const struct deferral_result *deferral)
{
    if (deferral == NULL) {
        json_write_null(json, "deferral");
        return;
    }
    json_write_object(json, "deferral");
    json_write_integer(json, "arriving_fen", deferral->arriving_fen);
    json_write_integer(json, "covered_fen", deferral->covered_fen);
    json_write_integer(json, "deferred_fen", deferral->deferred_fen);
    json_write_date(json, "from", deferral->from);
    json_write_integer_if(json, "months", deferral->months > 0, deferral->months);
    json_write_integer_if(json, "months_enough", deferral->months_enough > 0, deferral->months_enough);
    write_receivables(json, deferral);
    write_deferral_rules(json, deferral);
    write_lines(json, deferral);
    json_write_date(json, "to", deferral->to);
    write_treatment(json, deferral);
    json_write_end(json);
}

/* ------------------------------------------------------------------ green channel and renewal */

void servicing_encode_green_channel(struct json_writer *json, const struct green_channel_result *green)
{
    if (green == NULL) {
        json_write_null(json, "green_channel");
        return;
    }
    json_write_object(json, "green_channel");
    json_write_date(json, "decide_by", green->decide_by);
    json_write_array(json, "drops");
    for (size_t i = 0; green->is_open && i < green_channel_drop_count(); i++) {
        const struct green_channel_drop *drop = green_channel_drop_at(i);
        json_write_object(json, NULL);
        json_write_text(json, "name", drop->name);
        json_write_texts(json, "text", drop->zh, drop->en);
        json_write_end(json);
    }
    json_write_end(json);
    json_write_boolean(json, "open", green->is_open);
    json_write_array(json, "rules");
    for (size_t i = 0; i < green->finding_count; i++) {
        const struct green_channel_finding *finding = &green->findings[i];
        json_write_object(json, NULL);
        json_write_text(json, "outcome", finding->passes ? "pass" : "fail");
        json_write_text(json, "rule", green_channel_rule_name(finding->rule));
        json_write_texts(json, "text", green_channel_rule_text_zh(finding->rule), green_channel_rule_text_en(finding->rule));
        json_write_texts(json, "value", finding->value.zh, finding->value.en);
        json_write_end(json);
    }
    json_write_end(json);
    json_write_end(json);
}

static void write_conditions(struct json_writer *json, const struct renewal_result *renewal)
{
    json_write_array(json, "conditions");
    for (size_t i = 0; i < renewal->condition_count; i++) {
        const struct renewal_condition *condition = &renewal->conditions[i];
        json_write_object(json, NULL);
        json_write_integer(json, "item", condition->item);
        json_write_text(json, "outcome", renewal_outcome_name(condition->outcome));
        json_write_texts(json, "text", condition->zh, condition->en);
        json_write_end(json);
    }
    json_write_end(json);
}

static void write_renewal_rules(struct json_writer *json, const struct renewal_result *renewal)
{
    json_write_array(json, "rules");
    for (size_t i = 0; i < renewal->finding_count; i++) {
        const struct renewal_finding *finding = &renewal->findings[i];
        json_write_object(json, NULL);
        json_write_text(json, "outcome", renewal_outcome_name(finding->outcome));
        json_write_text(json, "rule", renewal_rule_name(finding->rule));
        json_write_texts(json, "text", renewal_rule_text_zh(finding->rule), renewal_rule_text_en(finding->rule));
        json_write_date(json, "until", finding->until);
        json_write_texts(json, "value", finding->value.zh, finding->value.en);
        json_write_end(json);
    }
    json_write_end(json);
}

void servicing_encode_renewal(struct json_writer *json, const struct renewal_result *renewal)
{
    if (renewal == NULL) {
        json_write_null(json, "renewal");
        return;
    }
    json_write_object(json, "renewal");
    write_conditions(json, renewal);
    json_write_date(json, "earliest", renewal->earliest);
    write_law(json, "law", renewal->law);
    json_write_text(json, "outcome", renewal_outcome_name(renewal->outcome));
    write_renewal_rules(json, renewal);
    json_write_boolean(json, "without_repaying_first", renewal->without_repaying_first);
    json_write_end(json);
}
