/*
 * fact.h - one thing that an imported file says, as readers hand it on: no database, no dossier yet.
 *
 * A fact names what it is about by the source's own ids, which stay the same from file to file; two facts of one kind with
 * the same ids are two versions of one thing. Texts are borrowed until take_fact returns. "" and the NONE of each type
 * stand for "the source does not say", which overwrites nothing that is known. Pure. Thread: any.
 */
#ifndef CONTRACTS_IMPORT_FACT_H
#define CONTRACTS_IMPORT_FACT_H

#include "base/date.h"
#include "contracts/codelist.h"
#include "contracts/facility.h"
#include "contracts/organisation.h"

#include <stdbool.h>
#include <stdint.h>

#define FACT_ORGANISATION_SIZE_MAX 64 /* bytes of an organisation's key */
#define FACT_ID_SIZE_MAX 256          /* of every other id */
#define FACT_MONEY_NONE INT64_MIN     /* an amount that the source does not give */

/* An amount in the minor units of its currency (ISO 4217): fen for CNY, pence for GBP, yen for JPY. */
struct fact_money {
    int64_t minor;    /* FACT_MONEY_NONE when not given; negative amounts are refused by readers */
    char currency[4]; /* "CNY"; "" when no amount is given */
};

/* Only yuan is scored; others are kept and flagged. */
#define FACT_CURRENCY_SCORED "CNY"

enum fact_kind {
    FACT_ORGANISATION = 1,
    FACT_PAYER,
    FACT_CONTRACT,
    FACT_SECURITY,
    FACT_MILESTONE,
    FACT_PAYMENT,
    FACT_RECEIPT,
    FACT_OFFER
};

#define FACT_KIND_LAST FACT_OFFER

enum fact_answer { FACT_UNKNOWN = 0, FACT_NO, FACT_YES };

struct fact_organisation {
    const char *name;
    const char *region; /* GB/T 2260 code of six digits */
};

/* Who pays. Belongs to the organisation's book like everything else, so that lenders do not learn from one another. */
struct fact_payer {
    const char *id;
    const char *uscc; /* "" when the source gives another kind of id, or none */
    const char *name;
    enum payer_level level;
    const char *region;
};

struct fact_contract {
    const char *id;
    const char *number; /* as printed on the contract: what notes of bank statements cite */
    const char *title;
    const char *payer; /* id of a payer fact */
    const char *shared_with; /* the other suppliers of the same contract, for people; then no value is given. "" or NULL: none */
    enum contract_tier tier;
    enum fund_source fund_source;
    enum contract_stage stage;
    struct fact_money value;
    struct date awarded_on, signed_on, published_on, starts_on, ends_on;
    int32_t payment_term_days; /* DOSSIER_COUNT_NONE when not given, like renewals */
    enum payment_trigger trigger;
    int32_t renewals;
    struct date holds_from; /* the day on which its stage was reached, where its other days do not tell; DATE_NONE */
};

/* Three separate evidences, each with a word of its own; see struct contract_security. */
struct fact_security {
    const char *contract;
    struct date on; /* from which day it holds; DATE_NONE: not said */
    enum fact_answer account_locked;
    const char *account;             /* of the designated account: the last four digits at most */
    const char *pledge_registration; /* number */
    enum fact_answer buyer_confirmed;
};

struct fact_milestone {
    const char *contract;
    const char *id;
    const char *title;
    struct date due_on, accepted_on, invoiced_on;
    struct fact_money amount;
    struct fact_money deducted;
    bool is_amendment;      /* of a milestone that is known: only what is given changes, from holds_from on */
    struct date holds_from; /* of an amendment alone */
};

/* Money that a source says was paid under a contract. */
struct fact_payment {
    const char *contract;
    const char *milestone; /* "" when the source does not say which */
    const char *id;
    struct date paid_on;
    struct fact_money amount;
    const char *payer_name;
};

/* A line of a bank statement that brought money in; the matcher makes payments of it. */
struct fact_receipt {
    const char *account; /* the last four digits at most */
    const char *id;      /* of the bank, or made from the line so that the same line always gives the same */
    struct date on;
    struct fact_money amount;
    const char *payer_name;
    const char *note;
    const char *contract;  /* of the match; "" while it waits for a person */
    const char *milestone; /* the same */
    struct fact_money matched; /* the part that went to this milestone */
    int32_t confidence_ppm;    /* 0 when it waits */
    const char *reason;        /* code of the rule that matched or did not */
};

/* A milestone that a waiting receipt may belong to: shown to the person who is to say. */
struct fact_offer {
    const char *account; /* as of the receipt */
    const char *receipt;
    const char *contract, *milestone;
    struct date on; /* the receipt's */
    int32_t confidence_ppm;
    const char *reason;
};

struct fact {
    enum fact_kind kind;
    const char *organisation; /* USCC that was checked, or SCHEME:ID as a publisher abroad gives it */
    uint64_t line;            /* of the file, from 1 */
    const char *place;        /* within the line: JSON Pointer or name of a column; "" for all of it */
    union {
        struct fact_organisation organisation_fact;
        struct fact_payer payer;
        struct fact_contract contract;
        struct fact_security security;
        struct fact_milestone milestone;
        struct fact_payment payment;
        struct fact_receipt receipt;
        struct fact_offer offer;
    };
};

#endif
