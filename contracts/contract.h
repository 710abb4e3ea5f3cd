/*
 * contract.h - one contract of the organisation with whoever pays for its work.
 *
 * Member names are those of the dossier document. Pure; the functions expect facts that passed dossier_check.
 * Thread: any.
 */
#ifndef CONTRACTS_CONTRACT_H
#define CONTRACTS_CONTRACT_H

#include "contracts/codelist.h"
#include "contracts/schedule.h"

/* Three separate facts; none of them implies another. All absent when the document has no "security". */
struct contract_security {
    bool account_locked;             /* receipts run through a designated account that cannot be changed alone */
    const char *pledge_registration; /* number in the movables and rights register; "" when none */
    bool buyer_confirmed;            /* the payer has confirmed the receivable */
};

struct contract {
    const char *id;
    const char *title; /* "" when not given */
    const char *payer; /* id */
    size_t payer_index;      /* into dossier.payers; set by dossier_link */
    enum contract_tier tier; /* CONTRACT_TIER_NONE when not given */
    enum fund_source fund_source;
    enum contract_stage stage;
    int64_t value_fen;        /* > 0: the milestones and unscheduled_fen together */
    int64_t unscheduled_fen;  /* part of the value without a milestone; 0 when not given */
    struct date awarded_on;   /* DATE_NONE when not given, like the next four */
    struct date signed_on;    /* given from stage signed to closed */
    struct date published_on; /* the contract's announcement */
    struct date starts_on;    /* given from stage signed to closed, like ends_on */
    struct date ends_on;
    int32_t payment_term_days;
    enum payment_trigger trigger;
    int32_t renewals; /* how often it has been renewed so far; 0 when not given */
    enum evaluation_result service_evaluation; /* the last one; EVALUATION_RESULT_NONE when not given */
    int64_t retained_fen; /* held back until the end; 0 when not given */
    int64_t disputed_fen; /* 0 when not given */
    struct contract_security security;
    const struct milestone *milestones; /* any order */
    size_t milestone_count;
};

/* Does it count towards a limit: stage signed, performing or evaluating? */
bool contract_is_signed(const struct contract *contract);

/* Sums over the milestones; unscheduled_fen is in none of them. */
int64_t contract_scheduled_fen(const struct contract *contract);
int64_t contract_paid_fen(const struct contract *contract);
int64_t contract_deducted_fen(const struct contract *contract);
int64_t contract_outstanding_fen(const struct contract *contract);

/* Outstanding on milestones that are accepted. */
int64_t contract_accepted_unpaid_fen(const struct contract *contract);

/* Outstanding on milestones due after the day and not accepted. */
int64_t contract_not_yet_due_fen(const struct contract *contract, struct date day);

/* Outstanding on milestones that are more than days_min days past their payable day (0: at all late). */
int64_t contract_overdue_fen(const struct contract *contract, struct date as_of, int32_t days_min);

#endif
