#include "api/codec/dossier_decode.h"

#include "api/codec/decode.h"
#include "audit/record.h"

#include <assert.h>

/*
 * Amounts have their range in dossier_check, so that a dossier from elsewhere has the same bounds; here they only
 * have to be integers. Optional counts must not be negative, because -1 says "not given".
 */
#define AMOUNT(struct_, member_) DECODE_INT64(struct_, member_, REQUIRED, -DECODE_INTEGER_MAX, DECODE_INTEGER_MAX)
#define AMOUNT_OR_NONE(struct_, member_)                                                                               \
    DECODE_INT64_OR(struct_, member_, DOSSIER_FEN_NONE, -DECODE_INTEGER_MAX, DECODE_INTEGER_MAX)
#define AMOUNT_OR_ZERO(struct_, member_) DECODE_INT64_OR(struct_, member_, 0, -DECODE_INTEGER_MAX, DECODE_INTEGER_MAX)
#define COUNT(struct_, member_) DECODE_INT32(struct_, member_, REQUIRED, 0, INT32_MAX)
#define COUNT_OR_NONE(struct_, member_) DECODE_INT32_OR(struct_, member_, DOSSIER_COUNT_NONE, 0, INT32_MAX)

static const struct decode_field INSPECTION_FIELDS[] = {
    COUNT(struct annual_inspection, year),
    DECODE_CODE(struct annual_inspection, result, REQUIRED, CODELIST_INSPECTION_RESULT),
};
static const struct decode_object INSPECTION = DECODE_OBJECT_OF(struct annual_inspection, INSPECTION_FIELDS);

static const struct decode_field GRADE_FIELDS[] = {
    DECODE_CODE(struct organisation_grade, level, REQUIRED, CODELIST_GRADE_LEVEL),
    DECODE_DATE(struct organisation_grade, granted_on, REQUIRED),
};
static const struct decode_object GRADE = DECODE_OBJECT_OF(struct organisation_grade, GRADE_FIELDS);

static const struct decode_field EVALUATION_FIELDS[] = {
    COUNT(struct service_evaluation, year),
    DECODE_CODE(struct service_evaluation, result, REQUIRED, CODELIST_EVALUATION_RESULT),
};
static const struct decode_object EVALUATION = DECODE_OBJECT_OF(struct service_evaluation, EVALUATION_FIELDS);

static const struct decode_field LIST_FIELDS[] = {
    DECODE_CODE(struct list_entry, list, REQUIRED, CODELIST_LIST_KIND),
    DECODE_DATE(struct list_entry, entered_on, REQUIRED),
    DECODE_DATE(struct list_entry, removed_on, OPTIONAL),
};
static const struct decode_object LIST = DECODE_OBJECT_OF(struct list_entry, LIST_FIELDS);

static const struct decode_field STAFF_FIELDS[] = {
    DECODE_DATE(struct staff_report, on, REQUIRED),
    COUNT(struct staff_report, total),
    COUNT_OR_NONE(struct staff_report, licensed_assistant),
    COUNT_OR_NONE(struct staff_report, licensed_intermediate),
    COUNT_OR_NONE(struct staff_report, licensed_senior),
};
static const struct decode_object STAFF = DECODE_OBJECT_OF(struct staff_report, STAFF_FIELDS);

static const struct decode_field STATEMENT_FIELDS[] = {
    COUNT(struct statement, year),
    DECODE_CODE(struct statement, regime, OPTIONAL, CODELIST_ACCOUNTING_REGIME),
    AMOUNT_OR_NONE(struct statement, income_fen),
    AMOUNT_OR_NONE(struct statement, public_income_fen),
    AMOUNT_OR_NONE(struct statement, cost_fen),
    AMOUNT_OR_NONE(struct statement, unrestricted_net_assets_fen),
    AMOUNT_OR_NONE(struct statement, restricted_net_assets_fen),
    AMOUNT_OR_NONE(struct statement, receivables_fen),
    AMOUNT_OR_NONE(struct statement, liabilities_fen),
};
static const struct decode_object STATEMENT = DECODE_OBJECT_OF(struct statement, STATEMENT_FIELDS);

static const struct decode_field ORGANISATION_FIELDS[] = {
    DECODE_USCC(struct organisation, uscc, REQUIRED),
    DECODE_TEXT(struct organisation, name, REQUIRED),
    DECODE_CODE(struct organisation, kind, REQUIRED, CODELIST_ORGANISATION_KIND),
    DECODE_DATE(struct organisation, registered_on, REQUIRED),
    DECODE_REGION(struct organisation, region, REQUIRED),
    DECODE_CODE(struct organisation, registration_status, REQUIRED, CODELIST_REGISTRATION_STATUS),
    DECODE_OBJECTS(struct organisation, annual_inspections, annual_inspection_count, OPTIONAL, INSPECTION),
    DECODE_OBJECT_POINTER(struct organisation, grade, OPTIONAL, GRADE),
    DECODE_OBJECTS(struct organisation, service_evaluations, service_evaluation_count, OPTIONAL, EVALUATION),
    DECODE_OBJECTS(struct organisation, lists, list_count, OPTIONAL, LIST),
    DECODE_OBJECTS(struct organisation, staff, staff_count, OPTIONAL, STAFF),
    COUNT_OR_NONE(struct organisation, stations),
    AMOUNT(struct organisation, payroll_month_fen),
    COUNT(struct organisation, payroll_day),
    DECODE_BOOL(struct organisation, thirteenth_month, OPTIONAL),
    AMOUNT_OR_NONE(struct organisation, other_costs_month_fen),
    AMOUNT(struct organisation, cash_fen),
    AMOUNT_OR_NONE(struct organisation, restricted_cash_fen),
    AMOUNT_OR_NONE(struct organisation, wages_payable_fen),
    DECODE_OBJECTS(struct organisation, statements, statement_count, OPTIONAL, STATEMENT),
};
static const struct decode_object ORGANISATION = DECODE_OBJECT_OF(struct organisation, ORGANISATION_FIELDS);

static const struct decode_field PAYER_FIELDS[] = {
    DECODE_TEXT(struct payer, id, REQUIRED),
    DECODE_USCC(struct payer, uscc, OPTIONAL),
    DECODE_TEXT(struct payer, name, REQUIRED),
    DECODE_CODE(struct payer, level, REQUIRED, CODELIST_PAYER_LEVEL),
    DECODE_REGION(struct payer, region, OPTIONAL),
};
static const struct decode_object PAYER = DECODE_OBJECT_OF(struct payer, PAYER_FIELDS);

static const struct decode_field EXPERIENCE_FIELDS[] = {
    DECODE_TEXT(struct payer_experience, payer, OPTIONAL),
    DECODE_CODE(struct payer_experience, level, OPTIONAL, CODELIST_PAYER_LEVEL),
    DECODE_CODE(struct payer_experience, fund_source, OPTIONAL, CODELIST_FUND_SOURCE),
    AMOUNT(struct payer_experience, events_ppm),
    AMOUNT(struct payer_experience, exposure_ppm),
};
static const struct decode_object EXPERIENCE = DECODE_OBJECT_OF(struct payer_experience, EXPERIENCE_FIELDS);

static const struct decode_field LINKED_RESOURCE_FIELDS[] = {
    DECODE_CODE(struct linked_resource, kind, REQUIRED, CODELIST_LINKED_RESOURCE_KIND),
    DECODE_DATE(struct linked_resource, on, REQUIRED),
    COUNT_OR_NONE(struct linked_resource, count),
    AMOUNT_OR_NONE(struct linked_resource, amount_fen),
    DECODE_TEXT(struct linked_resource, note, OPTIONAL),
};
static const struct decode_object LINKED_RESOURCE = DECODE_OBJECT_OF(struct linked_resource, LINKED_RESOURCE_FIELDS);

static const struct decode_field PAYMENT_FIELDS[] = {
    DECODE_TEXT(struct payment, id, REQUIRED),
    DECODE_DATE(struct payment, paid_on, REQUIRED),
    AMOUNT(struct payment, amount_fen),
};
static const struct decode_object PAYMENT = DECODE_OBJECT_OF(struct payment, PAYMENT_FIELDS);

static const struct decode_field MILESTONE_FIELDS[] = {
    DECODE_TEXT(struct milestone, id, REQUIRED),
    DECODE_TEXT(struct milestone, title, OPTIONAL),
    DECODE_DATE(struct milestone, due_on, REQUIRED),
    AMOUNT(struct milestone, amount_fen),
    DECODE_DATE(struct milestone, accepted_on, OPTIONAL),
    DECODE_DATE(struct milestone, invoiced_on, OPTIONAL),
    AMOUNT_OR_ZERO(struct milestone, deducted_fen),
    DECODE_OBJECTS(struct milestone, payments, payment_count, OPTIONAL, PAYMENT),
};
static const struct decode_object MILESTONE = DECODE_OBJECT_OF(struct milestone, MILESTONE_FIELDS);

static const struct decode_field SECURITY_FIELDS[] = {
    DECODE_BOOL(struct contract_security, account_locked, OPTIONAL),
    DECODE_TEXT(struct contract_security, pledge_registration, OPTIONAL),
    DECODE_BOOL(struct contract_security, buyer_confirmed, OPTIONAL),
};
static const struct decode_object SECURITY = DECODE_OBJECT_OF(struct contract_security, SECURITY_FIELDS);

static const struct decode_field CONTRACT_FIELDS[] = {
    DECODE_TEXT(struct contract, id, REQUIRED),
    DECODE_TEXT(struct contract, title, OPTIONAL),
    DECODE_TEXT(struct contract, payer, REQUIRED),
    DECODE_CODE(struct contract, tier, OPTIONAL, CODELIST_CONTRACT_TIER),
    DECODE_CODE(struct contract, fund_source, REQUIRED, CODELIST_FUND_SOURCE),
    DECODE_CODE(struct contract, stage, REQUIRED, CODELIST_CONTRACT_STAGE),
    AMOUNT(struct contract, value_fen),
    AMOUNT_OR_ZERO(struct contract, unscheduled_fen),
    DECODE_DATE(struct contract, awarded_on, OPTIONAL),
    DECODE_DATE(struct contract, signed_on, OPTIONAL),
    DECODE_DATE(struct contract, published_on, OPTIONAL),
    DECODE_DATE(struct contract, starts_on, OPTIONAL),
    DECODE_DATE(struct contract, ends_on, OPTIONAL),
    COUNT(struct contract, payment_term_days),
    DECODE_CODE(struct contract, trigger, REQUIRED, CODELIST_PAYMENT_TRIGGER),
    DECODE_INT32_OR(struct contract, renewals, 0, 0, INT32_MAX),
    DECODE_CODE(struct contract, service_evaluation, OPTIONAL, CODELIST_EVALUATION_RESULT),
    AMOUNT_OR_ZERO(struct contract, retained_fen),
    AMOUNT_OR_ZERO(struct contract, disputed_fen),
    DECODE_OBJECT(struct contract, security, OPTIONAL, SECURITY),
    DECODE_OBJECTS(struct contract, milestones, milestone_count, OPTIONAL, MILESTONE),
};
static const struct decode_object CONTRACT = DECODE_OBJECT_OF(struct contract, CONTRACT_FIELDS);

static const struct decode_field INSTALMENT_PAYMENT_FIELDS[] = {
    DECODE_DATE(struct instalment_payment, paid_on, REQUIRED),
    AMOUNT(struct instalment_payment, amount_fen),
};
static const struct decode_object INSTALMENT_PAYMENT =
    DECODE_OBJECT_OF(struct instalment_payment, INSTALMENT_PAYMENT_FIELDS);

static const struct decode_field INSTALMENT_FIELDS[] = {
    DECODE_DATE(struct instalment, due_on, REQUIRED),
    AMOUNT(struct instalment, principal_fen),
    AMOUNT(struct instalment, interest_fen),
    DECODE_OBJECTS(struct instalment, payments, payment_count, OPTIONAL, INSTALMENT_PAYMENT),
};
static const struct decode_object INSTALMENT = DECODE_OBJECT_OF(struct instalment, INSTALMENT_FIELDS);

static const struct decode_field DEFERRAL_FIELDS[] = {
    DECODE_DATE(struct deferral, agreed_on, REQUIRED),
    DECODE_DATE(struct deferral, from, REQUIRED),
    DECODE_DATE(struct deferral, to, REQUIRED),
    DECODE_CODE(struct deferral, cause, OPTIONAL, CODELIST_DEFERRAL_CAUSE),
};
static const struct decode_object DEFERRAL = DECODE_OBJECT_OF(struct deferral, DEFERRAL_FIELDS);

static const struct decode_field FACILITY_FIELDS[] = {
    DECODE_TEXT(struct facility, id, REQUIRED),
    DECODE_TEXT(struct facility, lender, REQUIRED),
    DECODE_TEXT(struct facility, product, OPTIONAL),
    AMOUNT_OR_NONE(struct facility, limit_fen),
    AMOUNT(struct facility, outstanding_fen),
    DECODE_DATE(struct facility, opened_on, REQUIRED),
    DECODE_DATE(struct facility, matures_on, REQUIRED),
    DECODE_CODE(struct facility, classification, REQUIRED, CODELIST_FACILITY_CLASSIFICATION),
    DECODE_TEXTS(struct facility, pledged_contracts, pledged_contract_count, OPTIONAL),
    DECODE_OBJECTS(struct facility, instalments, instalment_count, OPTIONAL, INSTALMENT),
    DECODE_OBJECTS(struct facility, deferrals, deferral_count, OPTIONAL, DEFERRAL),
};
static const struct decode_object FACILITY = DECODE_OBJECT_OF(struct facility, FACILITY_FIELDS);

static const struct decode_field APPLICATION_FIELDS[] = {
    DECODE_TEXT(struct application, id, REQUIRED),
    DECODE_CODE(struct application, kind, REQUIRED, CODELIST_APPLICATION_KIND),
    AMOUNT(struct application, amount_fen),
    COUNT(struct application, tenor_months),
    DECODE_CODE(struct application, purpose, REQUIRED, CODELIST_APPLICATION_PURPOSE),
    DECODE_DATE(struct application, requested_on, REQUIRED),
    DECODE_TEXT(struct application, facility, OPTIONAL),
    AMOUNT_OR_NONE(struct application, collateral_fen),
};
static const struct decode_object APPLICATION = DECODE_OBJECT_OF(struct application, APPLICATION_FIELDS);

static const struct decode_field DOSSIER_FIELDS[] = {
    DECODE_TEXT(struct dossier, schema, REQUIRED),
    DECODE_DATE(struct dossier, as_of, REQUIRED),
    DECODE_TEXT(struct dossier, provenance, OPTIONAL),
    DECODE_OBJECT(struct dossier, organisation, REQUIRED, ORGANISATION),
    DECODE_OBJECTS(struct dossier, payers, payer_count, REQUIRED, PAYER),
    DECODE_OBJECTS(struct dossier, payer_experience, payer_experience_count, OPTIONAL, EXPERIENCE),
    DECODE_OBJECTS(struct dossier, linked_resources, linked_resource_count, OPTIONAL, LINKED_RESOURCE),
    DECODE_OBJECTS(struct dossier, contracts, contract_count, REQUIRED, CONTRACT),
    DECODE_OBJECTS(struct dossier, facilities, facility_count, OPTIONAL, FACILITY),
    DECODE_OBJECT(struct dossier, application, REQUIRED, APPLICATION),
};
static const struct decode_object DOSSIER = DECODE_OBJECT_OF(struct dossier, DOSSIER_FIELDS);

enum zcd_code dossier_decode(struct bytes json, struct arena *arena, const struct dossier **dossier, struct zcd_error *err)
{
    assert(dossier != NULL);

    struct error_list list = {.arena = arena};
    const struct error_place place = error_place_of(&list);
    void *made = NULL;
    if (decode_document_all(json, &DOSSIER, arena, &made, &list) && !error_list_is_full(&list))
        dossier_check_all(made, arena, &place);

    enum zcd_code code = error_list_refuse(&list, err);
    if (code == ZCD_OK)
        *dossier = made;
    return code;
}

static const struct decode_field REQUEST_FIELDS[] = {
    DECODE_DATE(struct facts_request, as_of, REQUIRED),
    DECODE_TEXT(struct facts_request, known_at, OPTIONAL),
    DECODE_OBJECT(struct facts_request, application, REQUIRED, APPLICATION),
};
static const struct decode_object REQUEST = DECODE_OBJECT_OF(struct facts_request, REQUEST_FIELDS);

static void check_request(const void *target, const void *context, const struct error_place *place)
{
    const struct facts_request *request = target;
    struct zcd_error err;
    int64_t at_us;

    (void)context;
    if (request->known_at[0] != '\0' && record_at_parse(request->known_at, &at_us, &err) != ZCD_OK)
        error_add_error(place, "known_at", &err);
}

enum zcd_code facts_request_decode(struct bytes json, struct arena *arena, const struct facts_request **request,
                                   struct zcd_error *err)
{
    void *made = NULL;
    enum zcd_code code = decode_checked(json, &REQUEST, check_request, NULL, arena, &made, err);

    if (code == ZCD_OK)
        *request = made;
    return code;
}
