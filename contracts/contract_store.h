/*
 * contract_store.h - the tables of contracts, what secures them, their milestones, payments, and receipts of bank statements.
 *
 * Amounts are in minor units of the row's currency; only those in yuan enter a dossier. Thread: any.
 */
#ifndef CONTRACTS_CONTRACT_STORE_H
#define CONTRACTS_CONTRACT_STORE_H

#include "contracts/dossier.h"
#include "contracts/fact_table_store.h"

#define SECURITY_ACCOUNT_LOCK "account_lock"
#define SECURITY_PLEDGE_REGISTRATION "pledge_registration"
#define SECURITY_BUYER_CONFIRMATION "buyer_confirmation"

struct contract_row {
    struct fact_row row;
    const char *number;       /* as printed; "" when not given */
    const char *currency;     /* ISO 4217; "" is yuan */
    const char *shared_with;  /* names of others who supply it together with this one; "" when it does alone */
    struct contract contract; /* without milestones, security and unscheduled_fen, which is what no milestone names */
};
struct security_row {
    struct fact_row row;
    const char *contract_id;
    const char *kind;      /* one of the three above */
    const char *reference; /* registration number of a pledge, last four digits of a locked account; "" */
};
struct milestone_row {
    struct fact_row row;
    const char *contract_id;
    const char *currency;
    struct milestone milestone; /* without payments */
};
struct payment_row {
    struct fact_row row;
    const char *contract_id;
    const char *milestone_id; /* "" when the source does not say which */
    const char *currency;
    const char *payer_name; /* "" when not given */
    struct payment payment;
};
struct receipt_row {
    struct fact_row row;
    const char *account;
    const char *id;
    const char *contract_id;  /* "" while it waits for a person, like the milestone's */
    const char *milestone_id;
    struct date received_on;
    const char *currency;
    int64_t amount_fen;
    int64_t matched_fen; /* DOSSIER_FEN_NONE while it waits */
    const char *payer_name, *note;
    int32_t confidence_ppm;
    const char *reason;
};

/* A milestone that a receipt may belong to, for the person who says it. */
struct receipt_offer_row {
    struct fact_row row;
    const char *account;
    const char *receipt_id;
    const char *contract_id, *milestone_id;
    int32_t confidence_ppm;
    const char *reason;
};

/*
 * The ids of contracts that the lender knows as the organisation's alone: what later releases of procurement data are read against.
 *
 *   facts  in   whose, known to whom
 *   ids    out  ascending by strcmp, in the arena
 *
 * ZCD_UNAVAILABLE, ZCD_CORRUPT.
 */
enum zcd_code contract_store_load_ids(struct db *db, const struct facts_of *facts, struct arena *arena,
                                      const char *const **ids, size_t *count, struct zcd_error *err) ZCD_MUST_USE;

extern const struct fact_table CONTRACT_FACTS;
extern const struct fact_table SECURITY_FACTS;
extern const struct fact_table MILESTONE_FACTS;
extern const struct fact_table PAYMENT_FACTS; /* of events */
extern const struct fact_table RECEIPT_FACTS; /* of events */
extern const struct fact_table RECEIPT_OFFER_FACTS; /* of events */

#endif
