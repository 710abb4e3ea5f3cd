/*
 * schedule.h - what a contract pays and when: milestones, their payments, and how late they are.
 *
 * A milestone is a piece of work with a price. It is due, accepted, invoiced, and paid in one or more payments.
 *   payable day   when the payer's term ends; DATE_NONE while nothing has started the term
 *   delay         from the payable day to the payment: the payer's lateness
 *   slip          from the due day to acceptance: the organisation's (or the evaluator's) lateness
 * Pure; the functions expect facts that passed dossier_check. Thread: any.
 */
#ifndef CONTRACTS_SCHEDULE_H
#define CONTRACTS_SCHEDULE_H

#include "base/date.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct contract;

struct payment {
    const char *id;
    struct date paid_on;
    int64_t amount_fen; /* > 0 */
};

struct milestone {
    const char *id;
    const char *title; /* "" when not given */
    struct date due_on;
    int64_t amount_fen;      /* > 0 */
    struct date accepted_on; /* DATE_NONE: not accepted */
    struct date invoiced_on; /* DATE_NONE: not invoiced, or the invoice's day is not known */
    int64_t deducted_fen;    /* finally withheld by the payer; 0 when not given */
    const struct payment *payments; /* any order */
    size_t payment_count;
};

int64_t milestone_paid_fen(const struct milestone *milestone);

/* Amount less payments less deduction: what may still come. Never below 0. */
int64_t milestone_outstanding_fen(const struct milestone *milestone);

/* The day of the payment that left nothing outstanding; DATE_NONE while something is, or where nothing was ever paid. */
struct date milestone_settled_on(const struct milestone *milestone);

/*
 * The day on which the payer's term ends: contract.payment_term_days after what `trigger` says:
 *   acceptance  the later of acceptance and invoice; DATE_NONE while not accepted
 *   date        the later of the due day and the invoice
 *   signing     the day of signing; DATE_NONE while not signed
 * An invoice whose day is not known delays nothing.
 *   contract  in  the one that holds the milestone
 */
struct date milestone_payable_on(const struct contract *contract, const struct milestone *milestone);

/* Days that one payment came after the payable day; 0 when it came on time or there is no payable day. */
int32_t payment_days_late(const struct contract *contract, const struct milestone *milestone, const struct payment *payment);

/* Days that the outstanding part is past its payable day on as_of; 0 when nothing is outstanding or payable. */
int32_t milestone_days_late(const struct contract *contract, const struct milestone *milestone, struct date as_of);

/*
 * Days from the due day to acceptance, or to as_of while not accepted (a censored slip: accepted_on is
 * DATE_NONE). 0 when early, on the day, or not yet due.
 */
int32_t milestone_slip_days(const struct milestone *milestone, struct date as_of);

/* First and last due day of the contract's milestones; DATE_NONE when it has none. */
struct date schedule_first_due_on(const struct contract *contract);
struct date schedule_last_due_on(const struct contract *contract);

#endif
