/*
 * organisation_store.h - the tables of an organisation's own facts.
 *
 * One row struct and one fact_table each; what is done with them is in fact_table_store.h. Thread: any.
 */
#ifndef CONTRACTS_ORGANISATION_STORE_H
#define CONTRACTS_ORGANISATION_STORE_H

#include "contracts/dossier.h"
#include "contracts/fact_table_store.h"

struct organisation_row {
    struct fact_row row;
    struct organisation organisation; /* without its arrays, which are tables of their own */
    const char *provenance;
};
struct annual_inspection_row {
    struct fact_row row;
    struct annual_inspection inspection;
};
struct organisation_grade_row {
    struct fact_row row;
    struct organisation_grade grade;
};
struct service_evaluation_row {
    struct fact_row row;
    struct service_evaluation evaluation;
};
struct list_entry_row {
    struct fact_row row;
    struct list_entry entry;
};
struct staff_report_row {
    struct fact_row row;
    struct staff_report staff;
};
struct statement_row {
    struct fact_row row;
    struct statement statement;
};
struct linked_resource_row {
    struct fact_row row;
    int32_t number; /* from 1, among those of one kind and day */
    struct linked_resource resource;
};

extern const struct fact_table ORGANISATION_FACTS;
extern const struct fact_table ANNUAL_INSPECTION_FACTS;
extern const struct fact_table ORGANISATION_GRADE_FACTS;
extern const struct fact_table SERVICE_EVALUATION_FACTS;
extern const struct fact_table LIST_ENTRY_FACTS;
extern const struct fact_table STAFF_REPORT_FACTS;
extern const struct fact_table STATEMENT_FACTS;
extern const struct fact_table LINKED_RESOURCE_FACTS;

#endif
