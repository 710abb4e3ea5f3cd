/*
 * sound_case.h - an organisation with nothing against it, to be spoiled one fact at a time.
 *
 * Registered 2009-11-30; 2020-10-19 is today; one performing contract of 1,200,000 fen with a district, in three parts: one
 * paid, one accepted and unpaid, one to come. No facility. Only for tests of scoring.
 */
#ifndef TESTS_SCORING_SOUND_CASE_H
#define TESTS_SCORING_SOUND_CASE_H

#include "contracts/dossier.h"

#include <assert.h>
#include <string.h>

struct sound_case {
    struct annual_inspection inspections[4];
    struct service_evaluation evaluations[4];
    struct list_entry lists[2];
    struct staff_report staff[4];
    struct statement statements[2];
    struct organisation_grade grade;
    struct payer payers[2];
    struct payment payment;
    struct milestone milestones[3];
    struct contract contracts[4];
    struct instalment_payment instalment_payments[4];
    struct instalment instalments[4];
    struct deferral deferral;
    struct facility facilities[2];
    struct dossier dossier;
};

static inline struct date on(const char *text)
{
    struct date date;
    struct zcd_error err;
    enum zcd_code code = date_parse(text, &date, &err);
    assert(code == ZCD_OK);
    (void)code;
    return date;
}

static inline void sound_case_add_contract(struct sound_case *one)
{
    one->payers[0] = (struct payer){.id = "p1", .name = "某区民政局", .level = PAYER_LEVEL_DISTRICT, .region = {"440307"}};
    one->payers[1] = (struct payer){.id = "p2", .name = "某街道办", .level = PAYER_LEVEL_TOWNSHIP, .region = {"440306"}};
    one->payment = (struct payment){"t1", on("2020-05-20"), 400000};
    one->milestones[0] = (struct milestone){.id = "m1", .title = "", .due_on = on("2020-03-31"), .amount_fen = 400000,
        .accepted_on = on("2020-04-08"), .invoiced_on = on("2020-04-09"), .payments = &one->payment, .payment_count = 1};
    one->milestones[1] = (struct milestone){.id = "m2", .title = "", .due_on = on("2020-08-31"), .amount_fen = 400000,
        .accepted_on = on("2020-09-15"), .invoiced_on = on("2020-09-16")};
    one->milestones[2] = (struct milestone){.id = "m3", .title = "", .due_on = on("2020-12-31"), .amount_fen = 400000,
        .accepted_on = DATE_NONE, .invoiced_on = DATE_NONE};
    one->contracts[0] = (struct contract){.id = "c1", .title = "", .payer = "p1", .payer_index = 0,
        .tier = CONTRACT_TIER_TOWNSHIP_STATION, .fund_source = FUND_SOURCE_DEPARTMENT_BUDGET,
        .stage = CONTRACT_STAGE_PERFORMING, .value_fen = 1200000, .awarded_on = on("2019-12-20"), .signed_on = on("2020-01-06"),
        .published_on = DATE_NONE, .starts_on = on("2020-01-01"), .ends_on = on("2020-12-31"), .payment_term_days = 30,
        .trigger = PAYMENT_TRIGGER_ACCEPTANCE, .security = {false, "", false}, .milestones = one->milestones, .milestone_count = 3};
}

static inline void sound_case_init(struct sound_case *one)
{
    memset(one, 0, sizeof *one);
    sound_case_add_contract(one);
    one->inspections[0] = (struct annual_inspection){2018, INSPECTION_RESULT_QUALIFIED};
    one->inspections[1] = (struct annual_inspection){2019, INSPECTION_RESULT_QUALIFIED};
    one->evaluations[0] = (struct service_evaluation){2018, EVALUATION_RESULT_EXCELLENT};
    one->evaluations[1] = (struct service_evaluation){2019, EVALUATION_RESULT_GOOD};
    one->staff[0] = (struct staff_report){on("2019-09-30"), 100, 30, 10, 0};
    one->staff[1] = (struct staff_report){on("2020-09-30"), 110, 35, 12, 1};
    one->grade = (struct organisation_grade){GRADE_LEVEL_5A, on("2018-12-01")};
    one->statements[0] = (struct statement){2018, ACCOUNTING_REGIME_2004, 4000000, 3800000, 3900000, 500000, 60000, 700000, 280000};
    one->statements[1] = (struct statement){2019, ACCOUNTING_REGIME_2004, 5000000, 4700000, 4950000, 600000, 100000, 900000, 350000};
    one->dossier = (struct dossier){
        .schema = DOSSIER_SCHEMA, .as_of = on("2020-10-19"), .provenance = "",
        .organisation = {.name = "某社工中心", .kind = ORGANISATION_KIND_SOCIAL_SERVICE_INSTITUTION, .registered_on = on("2009-11-30"),
            .region = {"440307"}, .registration_status = REGISTRATION_STATUS_ACTIVE,
            .annual_inspections = one->inspections, .annual_inspection_count = 2, .grade = &one->grade,
            .service_evaluations = one->evaluations, .service_evaluation_count = 2, .lists = one->lists,
            .staff = one->staff, .staff_count = 2, .stations = 10, .payroll_month_fen = 390000, .payroll_day = 10,
            .other_costs_month_fen = 10000, .cash_fen = 700000, .restricted_cash_fen = 100000, .wages_payable_fen = 39000,
            .statements = one->statements, .statement_count = 2},
        .payers = one->payers, .payer_count = 2, .contracts = one->contracts, .contract_count = 1,
        .facilities = one->facilities, .facility_count = 0,
        .application = {.id = "a1", .kind = APPLICATION_KIND_FIRST_LOAN, .amount_fen = 500000, .tenor_months = 12,
            .purpose = APPLICATION_PURPOSE_PAYROLL, .requested_on = on("2020-10-19"), .facility = "", .facility_index = SIZE_MAX,
            .collateral_fen = DOSSIER_FEN_NONE}};
}

/* A running loan of 200,000 with two instalments paid on their day, one to come with the principal. */
static inline void sound_case_add_facility(struct sound_case *one)
{
    one->instalment_payments[0] = (struct instalment_payment){on("2020-06-21"), 1000};
    one->instalment_payments[1] = (struct instalment_payment){on("2020-09-21"), 1000};
    one->instalments[0] = (struct instalment){on("2020-06-21"), 0, 1000, &one->instalment_payments[0], 1};
    one->instalments[1] = (struct instalment){on("2020-09-21"), 0, 1000, &one->instalment_payments[1], 1};
    one->instalments[2] = (struct instalment){on("2021-03-21"), 200000, 1000, NULL, 0};
    one->facilities[0] = (struct facility){.id = "f1", .lender = "某银行", .product = "", .limit_fen = 200000, .outstanding_fen = 200000,
        .opened_on = on("2020-03-21"), .matures_on = on("2021-03-21"), .classification = FACILITY_CLASSIFICATION_NORMAL,
        .instalments = one->instalments, .instalment_count = 3, .deferrals = &one->deferral, .deferral_count = 0};
    one->dossier.facility_count = 1;
}

#endif
