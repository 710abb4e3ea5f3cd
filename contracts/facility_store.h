/*
 * facility_store.h - the tables of what an organisation has borrowed, and how it repays.
 *
 * Thread: any.
 */
#ifndef CONTRACTS_FACILITY_STORE_H
#define CONTRACTS_FACILITY_STORE_H

#include "contracts/dossier.h"
#include "contracts/fact_table_store.h"

struct facility_row {
    struct fact_row row;
    struct facility facility;      /* without its arrays */
    const char *pledged_contracts; /* their ids, a space between two; "" when none */
};
struct instalment_row {
    struct fact_row row;
    const char *facility_id;
    int32_t number; /* from 1, among those of one due day */
    struct instalment instalment; /* without payments */
};
struct repayment_row {
    struct fact_row row;
    const char *facility_id;
    struct date due_on; /* of the instalment, like the number */
    int32_t number;
    int32_t part; /* from 1, among the payments of one instalment and day */
    struct instalment_payment payment;
};
struct deferral_row {
    struct fact_row row;
    const char *facility_id;
    struct deferral deferral;
};

extern const struct fact_table FACILITY_FACTS;
extern const struct fact_table INSTALMENT_FACTS;
extern const struct fact_table REPAYMENT_FACTS;
extern const struct fact_table DEFERRAL_FACTS;

#endif
