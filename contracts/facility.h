/*
 * facility.h - what the organisation has borrowed, here or elsewhere, and how it has repaid.
 *
 * Member names are those of the dossier document. Pure; the functions expect facts that passed dossier_check.
 * Thread: any.
 */
#ifndef CONTRACTS_FACILITY_H
#define CONTRACTS_FACILITY_H

#include "base/date.h"
#include "contracts/codelist.h"

#include <stddef.h>
#include <stdint.h>

/* A delay of up to this many days is technical (systems, holidays) and is not held against the borrower. */
#define FACILITY_TECHNICAL_DELAY_DAYS 7

struct instalment_payment {
    struct date paid_on;
    int64_t amount_fen; /* > 0; principal and interest of the instalment, without penalty interest */
};

struct instalment {
    struct date due_on; /* as first agreed; deferrals are kept apart */
    int64_t principal_fen;
    int64_t interest_fen;
    const struct instalment_payment *payments; /* any order */
    size_t payment_count;
};

/* What fell due from `from` until the day before `to` is due on `to` instead. */
struct deferral {
    struct date agreed_on;
    struct date from;
    struct date to;
    enum deferral_cause cause; /* DEFERRAL_CAUSE_NONE when not given */
};

struct facility {
    const char *id;
    const char *lender;
    const char *product;  /* "" when not given */
    int64_t limit_fen;    /* DOSSIER_FEN_NONE: not given */
    int64_t outstanding_fen;
    struct date opened_on;
    struct date matures_on;
    enum facility_classification classification;
    const char *const *pledged_contracts;  /* ids */
    const size_t *pledged_contract_indexes; /* into dossier.contracts, one for each id; set by dossier_link */
    size_t pledged_contract_count;
    const struct instalment *instalments; /* any order */
    size_t instalment_count;
    const struct deferral *deferrals; /* any order */
    size_t deferral_count;
};

int64_t instalment_due_fen(const struct instalment *instalment); /* principal and interest */
int64_t instalment_paid_fen(const struct instalment *instalment);
int64_t instalment_outstanding_fen(const struct instalment *instalment);

/* The day of the last payment once all is paid; DATE_NONE before. An instalment of 0 was paid on its due day. */
struct date instalment_paid_on(const struct instalment *instalment);

/*
 * The day on which the instalment is due under the facility's deferrals. A deferral counts only when it was
 * agreed by the day on which the instalment would have fallen due: what was late before stays late. Deferrals
 * may follow one another.
 */
struct date instalment_due_after_deferrals(const struct facility *facility, const struct instalment *instalment);

/*
 * Days past due at its worst so far: to the last payment where all is paid, to as_of otherwise. 0 when not yet due
 * or paid in time. Technical delays are counted here; the facility functions below leave them out.
 */
int32_t instalment_days_past_due(const struct facility *facility, const struct instalment *instalment, struct date as_of);

/* The worst of the instalments due in [from, as_of], where a technical delay counts as 0. */
int32_t facility_days_past_due_worst(const struct facility *facility, struct date from, struct date as_of);

/* The worst of the instalments that are unpaid on as_of, technical delays included: what classification reads. */
int32_t facility_days_past_due_now(const struct facility *facility, struct date as_of);

/*
 * Instalments due by as_of of which it is known how they went (paid, or unpaid for longer than a technical
 * delay), and how many of those were paid in time (a technical delay is in time).
 */
size_t facility_instalments_due(const struct facility *facility, struct date as_of);
size_t facility_instalments_on_time(const struct facility *facility, struct date as_of);

#endif
