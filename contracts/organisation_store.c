#include "contracts/organisation_store.h"

/* clang-format off */
#define ORGANISATION_KEY(C, ROW)
#define ORGANISATION_VALUES(C, ROW) \
    C(ROW, name,                  TEXT,   organisation.name, NULL) \
    C(ROW, kind,                  CODE,   organisation.kind, &CODELIST_ORGANISATION_KIND) \
    C(ROW, registered_on,         DATE,   organisation.registered_on, NULL) \
    C(ROW, region,                REGION, organisation.region, NULL) \
    C(ROW, registration_status,   CODE,   organisation.registration_status, &CODELIST_REGISTRATION_STATUS) \
    C(ROW, stations,              COUNT,  organisation.stations, NULL) \
    C(ROW, payroll_month_fen,     FEN,    organisation.payroll_month_fen, NULL) \
    C(ROW, payroll_day,           COUNT,  organisation.payroll_day, NULL) \
    C(ROW, thirteenth_month,      YES,    organisation.thirteenth_month, NULL) \
    C(ROW, other_costs_month_fen, FEN,    organisation.other_costs_month_fen, NULL) \
    C(ROW, cash_fen,              FEN,    organisation.cash_fen, NULL) \
    C(ROW, restricted_cash_fen,   FEN,    organisation.restricted_cash_fen, NULL) \
    C(ROW, wages_payable_fen,     FEN,    organisation.wages_payable_fen, NULL) \
    C(ROW, provenance,            TEXT,   provenance, NULL)
FACT_TABLE_BY_DAYS(ORGANISATION_FACTS, "organisation", struct organisation_row, ORGANISATION);

#define INSPECTION_KEY(C, ROW)    C(ROW, year, INT4, inspection.year, NULL)
#define INSPECTION_VALUES(C, ROW) C(ROW, result, CODE, inspection.result, &CODELIST_INSPECTION_RESULT)
FACT_TABLE_BY_DAYS(ANNUAL_INSPECTION_FACTS, "annual_inspection", struct annual_inspection_row, INSPECTION);

#define GRADE_KEY(C, ROW)    C(ROW, granted_on, DATE, grade.granted_on, NULL)
#define GRADE_VALUES(C, ROW) C(ROW, level, CODE, grade.level, &CODELIST_GRADE_LEVEL)
FACT_TABLE_BY_DAYS(ORGANISATION_GRADE_FACTS, "organisation_grade", struct organisation_grade_row, GRADE);

#define EVALUATION_KEY(C, ROW)    C(ROW, year, INT4, evaluation.year, NULL)
#define EVALUATION_VALUES(C, ROW) C(ROW, result, CODE, evaluation.result, &CODELIST_EVALUATION_RESULT)
FACT_TABLE_BY_DAYS(SERVICE_EVALUATION_FACTS, "service_evaluation", struct service_evaluation_row, EVALUATION);

#define LIST_ENTRY_KEY(C, ROW) \
    C(ROW, list,       CODE, entry.list, &CODELIST_LIST_KIND) \
    C(ROW, entered_on, DATE, entry.entered_on, NULL)
#define LIST_ENTRY_VALUES(C, ROW) C(ROW, removed_on, DATE, entry.removed_on, NULL)
FACT_TABLE_BY_DAYS(LIST_ENTRY_FACTS, "list_entry", struct list_entry_row, LIST_ENTRY);

#define STAFF_KEY(C, ROW) C(ROW, on_day, DATE, staff.on, NULL)
#define STAFF_VALUES(C, ROW) \
    C(ROW, total,                 COUNT, staff.total, NULL) \
    C(ROW, licensed_assistant,    COUNT, staff.licensed_assistant, NULL) \
    C(ROW, licensed_intermediate, COUNT, staff.licensed_intermediate, NULL) \
    C(ROW, licensed_senior,       COUNT, staff.licensed_senior, NULL)
FACT_TABLE_BY_DAYS(STAFF_REPORT_FACTS, "staff_report", struct staff_report_row, STAFF);

#define STATEMENT_KEY(C, ROW) C(ROW, year, INT4, statement.year, NULL)
#define STATEMENT_VALUES(C, ROW) \
    C(ROW, regime,                      CODE, statement.regime, &CODELIST_ACCOUNTING_REGIME) \
    C(ROW, income_fen,                  FEN,  statement.income_fen, NULL) \
    C(ROW, public_income_fen,           FEN,  statement.public_income_fen, NULL) \
    C(ROW, cost_fen,                    FEN,  statement.cost_fen, NULL) \
    C(ROW, unrestricted_net_assets_fen, FEN,  statement.unrestricted_net_assets_fen, NULL) \
    C(ROW, restricted_net_assets_fen,   FEN,  statement.restricted_net_assets_fen, NULL) \
    C(ROW, receivables_fen,             FEN,  statement.receivables_fen, NULL) \
    C(ROW, liabilities_fen,             FEN,  statement.liabilities_fen, NULL)
FACT_TABLE_BY_DAYS(STATEMENT_FACTS, "statement", struct statement_row, STATEMENT);

#define LINKED_RESOURCE_KEY(C, ROW) \
    C(ROW, kind,   CODE, resource.kind, &CODELIST_LINKED_RESOURCE_KIND) \
    C(ROW, on_day, DATE, resource.on, NULL) \
    C(ROW, number, INT4, number, NULL)
#define LINKED_RESOURCE_VALUES(C, ROW) \
    C(ROW, count,      COUNT, resource.count, NULL) \
    C(ROW, amount_fen, FEN,   resource.amount_fen, NULL) \
    C(ROW, note,       TEXT,  resource.note, NULL)
FACT_TABLE_BY_DAYS(LINKED_RESOURCE_FACTS, "linked_resource", struct linked_resource_row, LINKED_RESOURCE);
/* clang-format on */
