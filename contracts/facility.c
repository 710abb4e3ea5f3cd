#include "contracts/facility.h"

#include "contracts/check_internal.h"
#include "contracts/dossier.h"
#include "contracts/field_rule_internal.h"

static const struct field_rule FACILITY_RULES[] = {
    FIELD_RULE(struct facility, lender, NAME),
    FIELD_RULE(struct facility, product, NAME, .optional = true),
    FIELD_RULE(struct facility, limit_fen, AMOUNT, .optional = true),
    FIELD_RULE(struct facility, outstanding_fen, AMOUNT),
    FIELD_RULE(struct facility, opened_on, PAST_DATE),
    FIELD_RULE(struct facility, matures_on, DATE),
    FIELD_RULE(struct facility, classification, CODE, .codes = &CODELIST_FACILITY_CLASSIFICATION),
};

static const struct field_rule INSTALMENT_RULES[] = {
    FIELD_RULE(struct instalment, due_on, DATE),
    FIELD_RULE(struct instalment, principal_fen, AMOUNT),
    FIELD_RULE(struct instalment, interest_fen, AMOUNT),
};

static const struct field_rule PAYMENT_RULES[] = {
    FIELD_RULE(struct instalment_payment, paid_on, PAST_DATE),
    FIELD_RULE(struct instalment_payment, amount_fen, AMOUNT, .min = 1),
};

static const struct field_rule DEFERRAL_RULES[] = {
    FIELD_RULE(struct deferral, agreed_on, PAST_DATE),
    FIELD_RULE(struct deferral, from, DATE),
    FIELD_RULE(struct deferral, to, DATE),
    FIELD_RULE(struct deferral, cause, CODE, .codes = &CODELIST_DEFERRAL_CAUSE, .optional = true),
};

static void check_payments(const struct facility *facility, bool is_opening_known, const struct instalment *instalment,
                           struct date as_of, const struct error_place *place)
{
    for (size_t i = 0; i < instalment->payment_count; i++) {
        const struct instalment_payment *payment = &instalment->payments[i];
        const struct error_place row = error_place_row(place, "payments", i);
        FIELD_RULES_CHECK(PAYMENT_RULES, payment, as_of, &row);
        if (is_opening_known && date_compare(payment->paid_on, facility->opened_on) < 0)
            error_add(&row, "paid_on", "is before opened_on");
    }
}

static void check_instalment(const struct facility *facility, bool is_opening_known, const struct instalment *instalment,
                             struct date as_of, const struct error_place *place)
{
    FIELD_RULES_CHECK(INSTALMENT_RULES, instalment, as_of, place);
    if (is_opening_known && date_compare(instalment->due_on, facility->opened_on) < 0)
        error_add(place, "due_on", "is before opened_on");
    check_payments(facility, is_opening_known, instalment, as_of, place);
    if (ERROR_ALL_SOUND(place, "principal_fen", "interest_fen", "payments")
        && instalment_paid_fen(instalment) > instalment_due_fen(instalment))
        error_add(place, "payments", "are %lld, above principal and interest of %lld",
                  (long long)instalment_paid_fen(instalment), (long long)instalment_due_fen(instalment));
}

static void check_deferral(const struct deferral *deferral, struct date as_of, const struct error_place *place)
{
    FIELD_RULES_CHECK(DEFERRAL_RULES, deferral, as_of, place);
    if (date_compare(deferral->from, deferral->to) >= 0 && error_place_is_sound(place, "from"))
        error_add(place, "to", "is not after from");
}

void facility_check(const struct facility *facility, struct date as_of, const struct error_place *place)
{
    FIELD_RULES_CHECK(FACILITY_RULES, facility, as_of, place);
    if (facility->limit_fen != DOSSIER_FEN_NONE && facility->outstanding_fen > facility->limit_fen
        && error_place_is_sound(place, "limit_fen"))
        error_add(place, "outstanding_fen", "is above limit_fen");
    bool is_opening_known = error_place_is_sound(place, "opened_on");
    if (is_opening_known && date_compare(facility->matures_on, facility->opened_on) < 0)
        error_add(place, "matures_on", "is before opened_on");
    for (size_t i = 0; i < facility->instalment_count; i++) {
        const struct error_place row = error_place_row(place, "instalments", i);
        check_instalment(facility, is_opening_known, &facility->instalments[i], as_of, &row);
    }
    for (size_t i = 0; i < facility->deferral_count; i++) {
        const struct error_place row = error_place_row(place, "deferrals", i);
        check_deferral(&facility->deferrals[i], as_of, &row);
    }
}

int64_t instalment_due_fen(const struct instalment *instalment)
{
    return instalment->principal_fen + instalment->interest_fen;
}

int64_t instalment_paid_fen(const struct instalment *instalment)
{
    int64_t paid_fen = 0;

    for (size_t i = 0; i < instalment->payment_count; i++)
        paid_fen += instalment->payments[i].amount_fen;
    return paid_fen;
}

int64_t instalment_outstanding_fen(const struct instalment *instalment)
{
    return instalment_due_fen(instalment) - instalment_paid_fen(instalment);
}

/* Payments never exceed what is due, so the last of them is the one that settled it. */
struct date instalment_paid_on(const struct instalment *instalment)
{
    struct date last = DATE_NONE;

    if (instalment_due_fen(instalment) == 0)
        return instalment->due_on;
    if (instalment_outstanding_fen(instalment) > 0)
        return DATE_NONE;
    for (size_t i = 0; i < instalment->payment_count; i++) {
        if (date_compare(instalment->payments[i].paid_on, last) > 0)
            last = instalment->payments[i].paid_on;
    }
    return last;
}

/* The deferral that moves what is due on that day, or NULL. */
static const struct deferral *find_deferral(const struct facility *facility, struct date due_on)
{
    for (size_t i = 0; i < facility->deferral_count; i++) {
        const struct deferral *deferral = &facility->deferrals[i];
        bool covers = date_compare(deferral->from, due_on) <= 0 && date_compare(due_on, deferral->to) < 0;
        if (covers && date_compare(deferral->agreed_on, due_on) <= 0)
            return deferral;
    }
    return NULL;
}

/* Each step moves the day forward to another deferral's `to`, so there are at most as many steps as deferrals. */
struct date instalment_due_after_deferrals(const struct facility *facility, const struct instalment *instalment)
{
    struct date due_on = instalment->due_on;
    const struct deferral *deferral = find_deferral(facility, due_on);

    while (deferral != NULL) {
        due_on = deferral->to;
        deferral = find_deferral(facility, due_on);
    }
    return due_on;
}

int32_t instalment_days_past_due(const struct facility *facility, const struct instalment *instalment, struct date as_of)
{
    struct date due_on = instalment_due_after_deferrals(facility, instalment);
    struct date paid_on = instalment_paid_on(instalment);
    int32_t days = date_days_between(due_on, date_is_none(paid_on) ? as_of : paid_on);

    return days > 0 ? days : 0;
}

/* Due in [from, as_of], deferrals considered. */
static bool is_due_within(const struct facility *facility, const struct instalment *instalment, struct date from,
                          struct date as_of)
{
    struct date due_on = instalment_due_after_deferrals(facility, instalment);
    return date_compare(due_on, from) >= 0 && date_compare(due_on, as_of) <= 0;
}

int32_t facility_days_past_due_worst(const struct facility *facility, struct date from, struct date as_of)
{
    int32_t worst = 0;

    for (size_t i = 0; i < facility->instalment_count; i++) {
        const struct instalment *instalment = &facility->instalments[i];
        int32_t days = instalment_days_past_due(facility, instalment, as_of);
        if (is_due_within(facility, instalment, from, as_of) && days > FACILITY_TECHNICAL_DELAY_DAYS && days > worst)
            worst = days;
    }
    return worst;
}

int32_t facility_days_past_due_now(const struct facility *facility, struct date as_of)
{
    int32_t worst = 0;

    for (size_t i = 0; i < facility->instalment_count; i++) {
        const struct instalment *instalment = &facility->instalments[i];
        int32_t days = instalment_days_past_due(facility, instalment, as_of);
        if (instalment_outstanding_fen(instalment) > 0 && days > worst)
            worst = days;
    }
    return worst;
}

/* Due by as_of and settled one way or the other: paid, or unpaid beyond what may be technical. */
static bool is_decided(const struct facility *facility, const struct instalment *instalment, struct date as_of)
{
    bool is_paid = !date_is_none(instalment_paid_on(instalment));
    int32_t days = instalment_days_past_due(facility, instalment, as_of);

    return is_due_within(facility, instalment, DATE_NONE, as_of) && (is_paid || days > FACILITY_TECHNICAL_DELAY_DAYS);
}

size_t facility_instalments_due(const struct facility *facility, struct date as_of)
{
    size_t count = 0;

    for (size_t i = 0; i < facility->instalment_count; i++)
        count += is_decided(facility, &facility->instalments[i], as_of) ? 1 : 0;
    return count;
}

size_t facility_instalments_on_time(const struct facility *facility, struct date as_of)
{
    size_t count = 0;

    for (size_t i = 0; i < facility->instalment_count; i++) {
        const struct instalment *instalment = &facility->instalments[i];
        int32_t days = instalment_days_past_due(facility, instalment, as_of);
        if (is_decided(facility, instalment, as_of) && days <= FACILITY_TECHNICAL_DELAY_DAYS)
            count++;
    }
    return count;
}
