#include "contracts/schedule.h"

#include "contracts/check_internal.h"
#include "contracts/contract.h"
#include "contracts/field_rule_internal.h"

static const struct field_rule MILESTONE_RULES[] = {
    FIELD_RULE(struct milestone, title, TITLE, .optional = true),
    FIELD_RULE(struct milestone, due_on, DATE),
    FIELD_RULE(struct milestone, amount_fen, AMOUNT, .min = 1),
    FIELD_RULE(struct milestone, accepted_on, PAST_DATE, .optional = true),
    FIELD_RULE(struct milestone, invoiced_on, PAST_DATE, .optional = true),
    FIELD_RULE(struct milestone, deducted_fen, AMOUNT),
};

static const struct field_rule PAYMENT_RULES[] = {
    FIELD_RULE(struct payment, paid_on, PAST_DATE),
    FIELD_RULE(struct payment, amount_fen, AMOUNT, .min = 1),
};

static struct date later_of(struct date a, struct date b)
{
    return date_compare(a, b) >= 0 ? a : b;
}

static int32_t days_after(struct date from, struct date to)
{
    int32_t days = date_days_between(from, to);
    return days > 0 ? days : 0;
}

/* The first day on which a payment can be true: the award, else the signature; DATE_NONE when there is neither. */
static struct date bound_since(const struct contract *contract)
{
    return date_is_none(contract->awarded_on) ? contract->signed_on : contract->awarded_on;
}

static void check_payment(const struct contract *contract, bool is_bound_known, const struct payment *payment, struct date as_of,
                          const struct error_place *place)
{
    struct date since = bound_since(contract);

    FIELD_RULES_CHECK(PAYMENT_RULES, payment, as_of, place);
    if (!is_bound_known)
        return;
    if (date_is_none(since))
        error_add(place, NULL, "the contract is neither awarded nor signed");
    else if (date_compare(payment->paid_on, since) < 0)
        error_add(place, "paid_on", "is before %s", date_is_none(contract->awarded_on) ? "signed_on" : "awarded_on");
}

/* is_bound_known  in  false when the contract's days of award or signature are refused */
static void check_milestone(const struct contract *contract, bool is_bound_known, const struct milestone *milestone,
                            struct date as_of, const struct error_place *place)
{
    FIELD_RULES_CHECK(MILESTONE_RULES, milestone, as_of, place);
    for (size_t i = 0; i < milestone->payment_count; i++) {
        const struct error_place row = error_place_row(place, "payments", i);
        check_payment(contract, is_bound_known, &milestone->payments[i], as_of, &row);
    }
    if (!ERROR_ALL_SOUND(place, "amount_fen", "deducted_fen", "payments"))
        return; /* what is refused may be too large for a sum */
    int64_t paid_fen = milestone_paid_fen(milestone);
    if (paid_fen + milestone->deducted_fen > milestone->amount_fen)
        error_add(place, "amount_fen", "is %lld, below payments of %lld and deduction of %lld together",
                  (long long)milestone->amount_fen, (long long)paid_fen, (long long)milestone->deducted_fen);
}

void schedule_check(const struct contract *contract, struct date as_of, const struct error_place *place)
{
    bool is_bound_known = ERROR_ALL_SOUND(place, "awarded_on", "signed_on");

    for (size_t i = 0; i < contract->milestone_count; i++) {
        const struct error_place row = error_place_row(place, "milestones", i);
        check_milestone(contract, is_bound_known, &contract->milestones[i], as_of, &row);
    }
}

int64_t milestone_paid_fen(const struct milestone *milestone)
{
    int64_t paid_fen = 0;

    for (size_t i = 0; i < milestone->payment_count; i++)
        paid_fen += milestone->payments[i].amount_fen;
    return paid_fen;
}

int64_t milestone_outstanding_fen(const struct milestone *milestone)
{
    int64_t outstanding_fen = milestone->amount_fen - milestone_paid_fen(milestone) - milestone->deducted_fen;
    return outstanding_fen > 0 ? outstanding_fen : 0;
}

/* Payments never exceed the amount, so the last of them is the one that settled it. */
struct date milestone_settled_on(const struct milestone *milestone)
{
    struct date last = DATE_NONE;

    if (milestone_outstanding_fen(milestone) > 0)
        return DATE_NONE;
    for (size_t i = 0; i < milestone->payment_count; i++)
        last = later_of(last, milestone->payments[i].paid_on);
    return last;
}

/* DATE_NONE is smaller than every day, so an unknown invoice delays nothing. */
static struct date term_starts_on(const struct contract *contract, const struct milestone *milestone)
{
    switch (contract->trigger) {
    case PAYMENT_TRIGGER_ACCEPTANCE:
        if (date_is_none(milestone->accepted_on))
            return DATE_NONE;
        return later_of(milestone->accepted_on, milestone->invoiced_on);
    case PAYMENT_TRIGGER_DATE:
        return later_of(milestone->due_on, milestone->invoiced_on);
    case PAYMENT_TRIGGER_SIGNING:
        return contract->signed_on;
    case PAYMENT_TRIGGER_NONE:
        break;
    }
    return DATE_NONE; /* a checked contract has a trigger */
}

struct date milestone_payable_on(const struct contract *contract, const struct milestone *milestone)
{
    struct date start = term_starts_on(contract, milestone);
    return date_is_none(start) ? DATE_NONE : date_add_days(start, contract->payment_term_days);
}

int32_t payment_days_late(const struct contract *contract, const struct milestone *milestone, const struct payment *payment)
{
    struct date payable_on = milestone_payable_on(contract, milestone);
    return date_is_none(payable_on) ? 0 : days_after(payable_on, payment->paid_on);
}

int32_t milestone_days_late(const struct contract *contract, const struct milestone *milestone, struct date as_of)
{
    struct date payable_on = milestone_payable_on(contract, milestone);

    if (date_is_none(payable_on) || milestone_outstanding_fen(milestone) == 0)
        return 0;
    return days_after(payable_on, as_of);
}

int32_t milestone_slip_days(const struct milestone *milestone, struct date as_of)
{
    struct date end = date_is_none(milestone->accepted_on) ? as_of : milestone->accepted_on;
    return days_after(milestone->due_on, end);
}

struct date schedule_first_due_on(const struct contract *contract)
{
    struct date first = DATE_NONE;

    for (size_t i = 0; i < contract->milestone_count; i++) {
        struct date due_on = contract->milestones[i].due_on;
        if (date_is_none(first) || date_compare(due_on, first) < 0)
            first = due_on;
    }
    return first;
}

struct date schedule_last_due_on(const struct contract *contract)
{
    struct date last = DATE_NONE;

    for (size_t i = 0; i < contract->milestone_count; i++)
        last = later_of(last, contract->milestones[i].due_on);
    return last;
}
