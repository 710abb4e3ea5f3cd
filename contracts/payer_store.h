/*
 * payer_store.h - the tables of those who pay an organisation's contracts, as a lender knows them.
 *
 * A payer is one and the same over all organisations and lenders by its USCC, or by name and region where it has none;
 * see payer_delay_store.h. Thread: any.
 */
#ifndef CONTRACTS_PAYER_STORE_H
#define CONTRACTS_PAYER_STORE_H

#include "contracts/dossier.h"
#include "contracts/fact_table_store.h"

struct payer_row {
    struct fact_row row;
    struct payer payer;
};

/* Another name under which the payer pays. */
struct payer_alias_row {
    struct fact_row row;
    const char *payer_id;
    const char *alias; /* 1 to 500 bytes */
};

/* What a dossier brought along of other books' experience. */
struct payer_experience_row {
    struct fact_row row;
    struct payer_experience experience; /* payer_index is not kept */
};

extern const struct fact_table PAYER_FACTS;
extern const struct fact_table PAYER_ALIAS_FACTS;
extern const struct fact_table PAYER_EXPERIENCE_FACTS;

#endif
