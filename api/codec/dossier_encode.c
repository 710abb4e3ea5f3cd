#include "api/codec/dossier_encode.h"

#include "api/codec/json_writer.h"

#include <assert.h>

/* Members are written in ascending order of their names: see json_writer.h. */

/* ------------------------------------------------------------------ small values */

static void write_text_if(struct json_writer *json, const char *name, const char *text)
{
    if (text[0] != '\0')
        json_write_text(json, name, text);
}

static void write_date_if(struct json_writer *json, const char *name, struct date date)
{
    char text[DATE_TEXT_SIZE];

    if (!date_is_none(date))
        json_write_text(json, name, date_format(date, text));
}

static void write_amount_if(struct json_writer *json, const char *name, int64_t amount_fen)
{
    if (amount_fen != DOSSIER_FEN_NONE)
        json_write_integer(json, name, amount_fen);
}

static void write_positive_if(struct json_writer *json, const char *name, int64_t value)
{
    if (value != 0)
        json_write_integer(json, name, value);
}

static void write_count_if(struct json_writer *json, const char *name, int32_t count)
{
    if (count != DOSSIER_COUNT_NONE)
        json_write_integer(json, name, count);
}

static void write_true_if(struct json_writer *json, const char *name, bool value)
{
    if (value)
        json_write_boolean(json, name, true);
}

static void write_code_if(struct json_writer *json, const char *name, const struct codelist *list, int number)
{
    if (number != 0)
        json_write_text(json, name, codelist_name(list, number));
}

/* ------------------------------------------------------------------ organisation */

static void write_inspections(struct json_writer *json, const struct organisation *organisation)
{
    if (organisation->annual_inspection_count == 0)
        return;
    json_write_array(json, "annual_inspections");
    for (size_t i = 0; i < organisation->annual_inspection_count; i++) {
        const struct annual_inspection *inspection = &organisation->annual_inspections[i];
        json_write_object(json, NULL);
        write_code_if(json, "result", &CODELIST_INSPECTION_RESULT, (int)inspection->result);
        write_count_if(json, "year", inspection->year);
        json_write_end(json);
    }
    json_write_end(json);
}

static void write_grade(struct json_writer *json, const struct organisation_grade *grade)
{
    if (grade == NULL)
        return;
    json_write_object(json, "grade");
    write_date_if(json, "granted_on", grade->granted_on);
    write_code_if(json, "level", &CODELIST_GRADE_LEVEL, (int)grade->level);
    json_write_end(json);
}

static void write_lists(struct json_writer *json, const struct organisation *organisation)
{
    if (organisation->list_count == 0)
        return;
    json_write_array(json, "lists");
    for (size_t i = 0; i < organisation->list_count; i++) {
        const struct list_entry *entry = &organisation->lists[i];
        json_write_object(json, NULL);
        write_date_if(json, "entered_on", entry->entered_on);
        write_code_if(json, "list", &CODELIST_LIST_KIND, (int)entry->list);
        write_date_if(json, "removed_on", entry->removed_on);
        json_write_end(json);
    }
    json_write_end(json);
}

static void write_evaluations(struct json_writer *json, const struct organisation *organisation)
{
    if (organisation->service_evaluation_count == 0)
        return;
    json_write_array(json, "service_evaluations");
    for (size_t i = 0; i < organisation->service_evaluation_count; i++) {
        const struct service_evaluation *evaluation = &organisation->service_evaluations[i];
        json_write_object(json, NULL);
        write_code_if(json, "result", &CODELIST_EVALUATION_RESULT, (int)evaluation->result);
        write_count_if(json, "year", evaluation->year);
        json_write_end(json);
    }
    json_write_end(json);
}

static void write_staff(struct json_writer *json, const struct organisation *organisation)
{
    if (organisation->staff_count == 0)
        return;
    json_write_array(json, "staff");
    for (size_t i = 0; i < organisation->staff_count; i++) {
        const struct staff_report *report = &organisation->staff[i];
        json_write_object(json, NULL);
        write_count_if(json, "licensed_assistant", report->licensed_assistant);
        write_count_if(json, "licensed_intermediate", report->licensed_intermediate);
        write_count_if(json, "licensed_senior", report->licensed_senior);
        write_date_if(json, "on", report->on);
        write_count_if(json, "total", report->total);
        json_write_end(json);
    }
    json_write_end(json);
}

static void write_statements(struct json_writer *json, const struct organisation *organisation)
{
    if (organisation->statement_count == 0)
        return;
    json_write_array(json, "statements");
    for (size_t i = 0; i < organisation->statement_count; i++) {
        const struct statement *statement = &organisation->statements[i];
        json_write_object(json, NULL);
        write_amount_if(json, "cost_fen", statement->cost_fen);
        write_amount_if(json, "income_fen", statement->income_fen);
        write_amount_if(json, "liabilities_fen", statement->liabilities_fen);
        write_amount_if(json, "public_income_fen", statement->public_income_fen);
        write_amount_if(json, "receivables_fen", statement->receivables_fen);
        write_code_if(json, "regime", &CODELIST_ACCOUNTING_REGIME, (int)statement->regime);
        write_amount_if(json, "restricted_net_assets_fen", statement->restricted_net_assets_fen);
        write_amount_if(json, "unrestricted_net_assets_fen", statement->unrestricted_net_assets_fen);
        write_count_if(json, "year", statement->year);
        json_write_end(json);
    }
    json_write_end(json);
}

static void write_organisation(struct json_writer *json, const struct organisation *organisation)
{
    json_write_object(json, "organisation");
    write_inspections(json, organisation);
    write_amount_if(json, "cash_fen", organisation->cash_fen);
    write_grade(json, organisation->grade);
    write_code_if(json, "kind", &CODELIST_ORGANISATION_KIND, (int)organisation->kind);
    write_lists(json, organisation);
    json_write_text(json, "name", organisation->name);
    write_amount_if(json, "other_costs_month_fen", organisation->other_costs_month_fen);
    write_count_if(json, "payroll_day", organisation->payroll_day);
    write_amount_if(json, "payroll_month_fen", organisation->payroll_month_fen);
    json_write_text(json, "region", organisation->region.code);
    write_date_if(json, "registered_on", organisation->registered_on);
    write_code_if(json, "registration_status", &CODELIST_REGISTRATION_STATUS, (int)organisation->registration_status);
    write_amount_if(json, "restricted_cash_fen", organisation->restricted_cash_fen);
    write_evaluations(json, organisation);
    write_staff(json, organisation);
    write_statements(json, organisation);
    write_count_if(json, "stations", organisation->stations);
    write_true_if(json, "thirteenth_month", organisation->thirteenth_month);
    json_write_text(json, "uscc", organisation->uscc.text);
    write_amount_if(json, "wages_payable_fen", organisation->wages_payable_fen);
    json_write_end(json);
}

/* ------------------------------------------------------------------ payers */

static void write_payers(struct json_writer *json, const struct dossier *dossier)
{
    json_write_array(json, "payers");
    for (size_t i = 0; i < dossier->payer_count; i++) {
        const struct payer *payer = &dossier->payers[i];
        json_write_object(json, NULL);
        json_write_text(json, "id", payer->id);
        write_code_if(json, "level", &CODELIST_PAYER_LEVEL, (int)payer->level);
        json_write_text(json, "name", payer->name);
        write_text_if(json, "region", payer->region.code);
        write_text_if(json, "uscc", payer->uscc.text);
        json_write_end(json);
    }
    json_write_end(json);
}

static void write_payer_experience(struct json_writer *json, const struct dossier *dossier)
{
    if (dossier->payer_experience_count == 0)
        return;
    json_write_array(json, "payer_experience");
    for (size_t i = 0; i < dossier->payer_experience_count; i++) {
        const struct payer_experience *row = &dossier->payer_experience[i];
        json_write_object(json, NULL);
        write_amount_if(json, "events_ppm", row->events_ppm);
        write_amount_if(json, "exposure_ppm", row->exposure_ppm);
        write_code_if(json, "fund_source", &CODELIST_FUND_SOURCE, (int)row->fund_source);
        write_code_if(json, "level", &CODELIST_PAYER_LEVEL, (int)row->level);
        write_text_if(json, "payer", row->payer);
        json_write_end(json);
    }
    json_write_end(json);
}

static void write_linked_resources(struct json_writer *json, const struct dossier *dossier)
{
    if (dossier->linked_resource_count == 0)
        return;
    json_write_array(json, "linked_resources");
    for (size_t i = 0; i < dossier->linked_resource_count; i++) {
        const struct linked_resource *resource = &dossier->linked_resources[i];
        json_write_object(json, NULL);
        write_amount_if(json, "amount_fen", resource->amount_fen);
        write_count_if(json, "count", resource->count);
        write_code_if(json, "kind", &CODELIST_LINKED_RESOURCE_KIND, (int)resource->kind);
        write_text_if(json, "note", resource->note);
        write_date_if(json, "on", resource->on);
        json_write_end(json);
    }
    json_write_end(json);
}

/* ------------------------------------------------------------------ contracts */

static void write_payments(struct json_writer *json, const struct milestone *milestone)
{
    if (milestone->payment_count == 0)
        return;
    json_write_array(json, "payments");
    for (size_t i = 0; i < milestone->payment_count; i++) {
        const struct payment *payment = &milestone->payments[i];
        json_write_object(json, NULL);
        write_amount_if(json, "amount_fen", payment->amount_fen);
        json_write_text(json, "id", payment->id);
        write_date_if(json, "paid_on", payment->paid_on);
        json_write_end(json);
    }
    json_write_end(json);
}

static void write_milestones(struct json_writer *json, const struct contract *contract)
{
    if (contract->milestone_count == 0)
        return;
    json_write_array(json, "milestones");
    for (size_t i = 0; i < contract->milestone_count; i++) {
        const struct milestone *milestone = &contract->milestones[i];
        json_write_object(json, NULL);
        write_date_if(json, "accepted_on", milestone->accepted_on);
        write_amount_if(json, "amount_fen", milestone->amount_fen);
        write_positive_if(json, "deducted_fen", milestone->deducted_fen);
        write_date_if(json, "due_on", milestone->due_on);
        json_write_text(json, "id", milestone->id);
        write_date_if(json, "invoiced_on", milestone->invoiced_on);
        write_payments(json, milestone);
        write_text_if(json, "title", milestone->title);
        json_write_end(json);
    }
    json_write_end(json);
}

static void write_security(struct json_writer *json, const struct contract_security *security)
{
    if (!security->account_locked && !security->buyer_confirmed && security->pledge_registration[0] == '\0')
        return;
    json_write_object(json, "security");
    write_true_if(json, "account_locked", security->account_locked);
    write_true_if(json, "buyer_confirmed", security->buyer_confirmed);
    write_text_if(json, "pledge_registration", security->pledge_registration);
    json_write_end(json);
}

static void write_contract(struct json_writer *json, const struct contract *contract)
{
    json_write_object(json, NULL);
    write_date_if(json, "awarded_on", contract->awarded_on);
    write_positive_if(json, "disputed_fen", contract->disputed_fen);
    write_date_if(json, "ends_on", contract->ends_on);
    write_code_if(json, "fund_source", &CODELIST_FUND_SOURCE, (int)contract->fund_source);
    json_write_text(json, "id", contract->id);
    write_milestones(json, contract);
    json_write_text(json, "payer", contract->payer);
    write_count_if(json, "payment_term_days", contract->payment_term_days);
    write_date_if(json, "published_on", contract->published_on);
    write_positive_if(json, "renewals", contract->renewals);
    write_positive_if(json, "retained_fen", contract->retained_fen);
    write_security(json, &contract->security);
    write_code_if(json, "service_evaluation", &CODELIST_EVALUATION_RESULT, (int)contract->service_evaluation);
    write_date_if(json, "signed_on", contract->signed_on);
    write_code_if(json, "stage", &CODELIST_CONTRACT_STAGE, (int)contract->stage);
    write_date_if(json, "starts_on", contract->starts_on);
    write_code_if(json, "tier", &CODELIST_CONTRACT_TIER, (int)contract->tier);
    write_text_if(json, "title", contract->title);
    write_code_if(json, "trigger", &CODELIST_PAYMENT_TRIGGER, (int)contract->trigger);
    write_positive_if(json, "unscheduled_fen", contract->unscheduled_fen);
    write_amount_if(json, "value_fen", contract->value_fen);
    json_write_end(json);
}

static void write_contracts(struct json_writer *json, const struct dossier *dossier)
{
    json_write_array(json, "contracts");
    for (size_t i = 0; i < dossier->contract_count; i++)
        write_contract(json, &dossier->contracts[i]);
    json_write_end(json);
}

/* ------------------------------------------------------------------ facilities */

static void write_instalment(struct json_writer *json, const struct instalment *instalment)
{
    json_write_object(json, NULL);
    write_date_if(json, "due_on", instalment->due_on);
    write_amount_if(json, "interest_fen", instalment->interest_fen);
    if (instalment->payment_count > 0) {
        json_write_array(json, "payments");
        for (size_t i = 0; i < instalment->payment_count; i++) {
            json_write_object(json, NULL);
            write_amount_if(json, "amount_fen", instalment->payments[i].amount_fen);
            write_date_if(json, "paid_on", instalment->payments[i].paid_on);
            json_write_end(json);
        }
        json_write_end(json);
    }
    write_amount_if(json, "principal_fen", instalment->principal_fen);
    json_write_end(json);
}

static void write_deferrals(struct json_writer *json, const struct facility *facility)
{
    if (facility->deferral_count == 0)
        return;
    json_write_array(json, "deferrals");
    for (size_t i = 0; i < facility->deferral_count; i++) {
        const struct deferral *deferral = &facility->deferrals[i];
        json_write_object(json, NULL);
        write_date_if(json, "agreed_on", deferral->agreed_on);
        write_code_if(json, "cause", &CODELIST_DEFERRAL_CAUSE, (int)deferral->cause);
        write_date_if(json, "from", deferral->from);
        write_date_if(json, "to", deferral->to);
        json_write_end(json);
    }
    json_write_end(json);
}

static void write_instalments(struct json_writer *json, const struct facility *facility)
{
    if (facility->instalment_count == 0)
        return;
    json_write_array(json, "instalments");
    for (size_t i = 0; i < facility->instalment_count; i++)
        write_instalment(json, &facility->instalments[i]);
    json_write_end(json);
}

static void write_facility(struct json_writer *json, const struct facility *facility)
{
    json_write_object(json, NULL);
    write_code_if(json, "classification", &CODELIST_FACILITY_CLASSIFICATION, (int)facility->classification);
    write_deferrals(json, facility);
    json_write_text(json, "id", facility->id);
    write_instalments(json, facility);
    json_write_text(json, "lender", facility->lender);
    write_amount_if(json, "limit_fen", facility->limit_fen);
    write_date_if(json, "matures_on", facility->matures_on);
    write_date_if(json, "opened_on", facility->opened_on);
    write_amount_if(json, "outstanding_fen", facility->outstanding_fen);
    if (facility->pledged_contract_count > 0) {
        json_write_array(json, "pledged_contracts");
        for (size_t i = 0; i < facility->pledged_contract_count; i++)
            json_write_text(json, NULL, facility->pledged_contracts[i]);
        json_write_end(json);
    }
    write_text_if(json, "product", facility->product);
    json_write_end(json);
}

static void write_facilities(struct json_writer *json, const struct dossier *dossier)
{
    if (dossier->facility_count == 0)
        return;
    json_write_array(json, "facilities");
    for (size_t i = 0; i < dossier->facility_count; i++)
        write_facility(json, &dossier->facilities[i]);
    json_write_end(json);
}

static void write_application(struct json_writer *json, const struct application *application)
{
    json_write_object(json, "application");
    write_amount_if(json, "amount_fen", application->amount_fen);
    write_amount_if(json, "collateral_fen", application->collateral_fen);
    write_text_if(json, "facility", application->facility);
    json_write_text(json, "id", application->id);
    write_code_if(json, "kind", &CODELIST_APPLICATION_KIND, (int)application->kind);
    write_code_if(json, "purpose", &CODELIST_APPLICATION_PURPOSE, (int)application->purpose);
    write_date_if(json, "requested_on", application->requested_on);
    write_count_if(json, "tenor_months", application->tenor_months);
    json_write_end(json);
}

enum zcd_code dossier_encode(const struct dossier *dossier, struct buffer *json, struct zcd_error *err)
{
    struct json_writer writer;

    assert(dossier != NULL);
    assert(json != NULL);
    json_writer_init(&writer, json);
    json_write_object(&writer, NULL);
    if (dossier->application.id != NULL)
        write_application(&writer, &dossier->application);
    write_date_if(&writer, "as_of", dossier->as_of);
    write_contracts(&writer, dossier);
    write_facilities(&writer, dossier);
    write_linked_resources(&writer, dossier);
    write_organisation(&writer, &dossier->organisation);
    write_payer_experience(&writer, dossier);
    write_payers(&writer, dossier);
    write_text_if(&writer, "provenance", dossier->provenance);
    json_write_text(&writer, "schema", dossier->schema);
    json_write_end(&writer);
    return json_writer_finish(&writer, err);
}
