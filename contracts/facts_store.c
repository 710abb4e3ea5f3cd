#include "contracts/facts_store.h"

#include "contracts/contract_store.h"
#include "contracts/facility_store.h"
#include "contracts/monitoring_store.h"
#include "contracts/organisation_store.h"
#include "contracts/payer_store.h"

const struct fact_table *const FACT_TABLES[] = {
    &ORGANISATION_FACTS,      &ANNUAL_INSPECTION_FACTS, &ORGANISATION_GRADE_FACTS, &SERVICE_EVALUATION_FACTS,
    &LIST_ENTRY_FACTS,        &STAFF_REPORT_FACTS,      &STATEMENT_FACTS,          &LINKED_RESOURCE_FACTS,
    &PAYER_FACTS,             &PAYER_ALIAS_FACTS,       &PAYER_EXPERIENCE_FACTS,   &CONTRACT_FACTS,
    &SECURITY_FACTS,          &MILESTONE_FACTS,         &PAYMENT_FACTS,            &RECEIPT_FACTS,
    &FACILITY_FACTS,          &INSTALMENT_FACTS,        &REPAYMENT_FACTS,          &DEFERRAL_FACTS,
    &MONITORING_EVENT_FACTS,  &VISIT_FACTS,             &MATCHING_MEETING_FACTS,   &RECEIPT_OFFER_FACTS,
    NULL,
};
