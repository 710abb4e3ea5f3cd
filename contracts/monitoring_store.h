/*
 * monitoring_store.h - the tables of what a lender does and notices around its loans: events, visits, matching meetings.
 *
 * They are shown, not scored. Thread: any.
 */
#ifndef CONTRACTS_MONITORING_STORE_H
#define CONTRACTS_MONITORING_STORE_H

#include "contracts/fact_table_store.h"

struct monitoring_event_row {
    struct fact_row row;
    const char *id;
    struct date on;
    const char *kind;        /* a code of the lender's */
    const char *contract_id; /* "" when it is about the organisation */
    const char *note;
};
struct visit_row {
    struct fact_row row;
    const char *id;
    struct date on;
    const char *visitor, *place, *note;
};
/* 银企对接: organisations and lenders are brought together. */
struct matching_meeting_row {
    struct fact_row row;
    const char *id;
    struct date on;
    const char *organiser, *place, *outcome;
};

extern const struct fact_table MONITORING_EVENT_FACTS; /* all three of events */
extern const struct fact_table VISIT_FACTS;
extern const struct fact_table MATCHING_MEETING_FACTS;

#endif
