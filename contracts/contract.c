#include "contracts/contract.h"

#include "contracts/check_internal.h"
#include "contracts/dossier.h"
#include "contracts/field_rule_internal.h"

#include <assert.h>

enum { RENEWALS_MAX = 100 };

static const struct field_rule CONTRACT_RULES[] = {
    FIELD_RULE(struct contract, title, TITLE, .optional = true),
    FIELD_RULE(struct contract, tier, CODE, .codes = &CODELIST_CONTRACT_TIER, .optional = true),
    FIELD_RULE(struct contract, fund_source, CODE, .codes = &CODELIST_FUND_SOURCE),
    FIELD_RULE(struct contract, stage, CODE, .codes = &CODELIST_CONTRACT_STAGE),
    FIELD_RULE(struct contract, value_fen, AMOUNT, .min = 1),
    FIELD_RULE(struct contract, unscheduled_fen, AMOUNT),
    FIELD_RULE(struct contract, awarded_on, PAST_DATE, .optional = true),
    FIELD_RULE(struct contract, signed_on, PAST_DATE, .optional = true),
    FIELD_RULE(struct contract, published_on, PAST_DATE, .optional = true),
    FIELD_RULE(struct contract, starts_on, DATE, .optional = true),
    FIELD_RULE(struct contract, ends_on, DATE, .optional = true),
    FIELD_RULE(struct contract, payment_term_days, COUNT, .max = DOSSIER_TERM_DAYS_MAX),
    FIELD_RULE(struct contract, trigger, CODE, .codes = &CODELIST_PAYMENT_TRIGGER),
    FIELD_RULE(struct contract, renewals, COUNT, .max = RENEWALS_MAX),
    FIELD_RULE(struct contract, service_evaluation, CODE, .codes = &CODELIST_EVALUATION_RESULT, .optional = true),
    FIELD_RULE(struct contract, retained_fen, AMOUNT),
    FIELD_RULE(struct contract, disputed_fen, AMOUNT),
};

static const struct field_rule SECURITY_RULES[] = {
    FIELD_RULE(struct contract_security, pledge_registration, ID, .optional = true),
};

enum presence { MAY = 0, MUST, NEVER };

/* What a stage says about the dates; only what cannot be otherwise. A terminated contract may have ended at any stage. */
struct stage_rule {
    enum presence awarded_on;
    enum presence signed_on;
    enum presence period; /* starts_on and ends_on */
    bool has_started;
};

static const struct stage_rule STAGE_RULES[] = {
    [CONTRACT_STAGE_INTENTION] = {.awarded_on = NEVER, .signed_on = NEVER},
    [CONTRACT_STAGE_TENDERING] = {.awarded_on = NEVER, .signed_on = NEVER},
    [CONTRACT_STAGE_AWARDED] = {.awarded_on = MUST, .signed_on = NEVER},
    [CONTRACT_STAGE_SIGNED] = {.signed_on = MUST, .period = MUST},
    [CONTRACT_STAGE_PERFORMING] = {.signed_on = MUST, .period = MUST, .has_started = true},
    [CONTRACT_STAGE_EVALUATING] = {.signed_on = MUST, .period = MUST, .has_started = true},
    [CONTRACT_STAGE_CLOSED] = {.signed_on = MUST, .period = MUST, .has_started = true},
    [CONTRACT_STAGE_TERMINATED] = {.signed_on = MAY},
};

static void check_presence(const struct contract *contract, enum presence presence, struct date date, const char *name,
                           const struct error_place *place)
{
    const char *stage = codelist_name(&CODELIST_CONTRACT_STAGE, (int)contract->stage);

    if (presence == MUST && date_is_none(date))
        error_add(place, name, "is not given, but the stage is %s", stage);
    if (presence == NEVER && !date_is_none(date))
        error_add(place, name, "is given, but the stage is %s", stage);
}

/* The stage is one of the list. */
static void check_stage(const struct contract *contract, struct date as_of, const struct error_place *place)
{
    const struct stage_rule *rule = &STAGE_RULES[contract->stage];
    const struct {
        enum presence presence;
        struct date date;
        const char *name;
    } dates[] = {
        {rule->awarded_on, contract->awarded_on, "awarded_on"},
        {rule->signed_on, contract->signed_on, "signed_on"},
        {rule->period, contract->starts_on, "starts_on"},
        {rule->period, contract->ends_on, "ends_on"},
    };

    for (size_t i = 0; i < sizeof dates / sizeof *dates; i++)
        check_presence(contract, dates[i].presence, dates[i].date, dates[i].name, place);
    if (rule->has_started && date_compare(contract->starts_on, as_of) > 0)
        error_add(place, "starts_on", "is after as_of, but the stage is %s",
                  codelist_name(&CODELIST_CONTRACT_STAGE, (int)contract->stage));
}

/* Work may begin before the papers do (it often does), so the period is not compared with them. */
static void check_order(const struct contract *contract, const struct error_place *place)
{
    const struct {
        struct date earlier;
        struct date later;
        const char *later_name;
        const char *earlier_name;
    } pairs[] = {
        {contract->awarded_on, contract->signed_on, "signed_on", "awarded_on"},
        {contract->signed_on, contract->published_on, "published_on", "signed_on"},
        {contract->awarded_on, contract->published_on, "published_on", "awarded_on"},
        {contract->starts_on, contract->ends_on, "ends_on", "starts_on"},
    };

    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        if (!date_is_none(pairs[i].later) && date_compare(pairs[i].later, pairs[i].earlier) < 0
            && error_place_is_sound(place, pairs[i].earlier_name))
            error_add(place, pairs[i].later_name, "is before %s", pairs[i].earlier_name);
    }
}

static void check_amounts(const struct contract *contract, const struct error_place *place)
{
    if (!error_place_is_sound(place, "value_fen"))
        return;
    if (contract->retained_fen > contract->value_fen)
        error_add(place, "retained_fen", "is above value_fen");
    if (contract->disputed_fen > contract->value_fen)
        error_add(place, "disputed_fen", "is above value_fen");
}

/* Amounts that are refused are not summed: they could be too large for it. */
static void check_value(const struct contract *contract, const struct error_place *place)
{
    if (!ERROR_ALL_SOUND(place, "value_fen", "unscheduled_fen", "milestones"))
        return;
    int64_t scheduled_fen = contract_scheduled_fen(contract);
    if (contract->value_fen != scheduled_fen + contract->unscheduled_fen)
        error_add(place, "value_fen", "is %lld, but the milestones are %lld and unscheduled_fen is %lld",
                  (long long)contract->value_fen, (long long)scheduled_fen, (long long)contract->unscheduled_fen);
}

void contract_check(const struct contract *contract, struct date as_of, const struct error_place *place)
{
    const struct error_place security = error_place_member(place, "security");

    FIELD_RULES_CHECK(CONTRACT_RULES, contract, as_of, place);
    if (error_place_is_sound(place, "stage"))
        check_stage(contract, as_of, place);
    check_order(contract, place);
    check_amounts(contract, place);
    FIELD_RULES_CHECK(SECURITY_RULES, &contract->security, as_of, &security);
    schedule_check(contract, as_of, place);
    check_value(contract, place);
}

bool contract_is_signed(const struct contract *contract)
{
    switch (contract->stage) {
    case CONTRACT_STAGE_SIGNED:
    case CONTRACT_STAGE_PERFORMING:
    case CONTRACT_STAGE_EVALUATING:
        return true;
    case CONTRACT_STAGE_NONE:
    case CONTRACT_STAGE_INTENTION:
    case CONTRACT_STAGE_TENDERING:
    case CONTRACT_STAGE_AWARDED:
    case CONTRACT_STAGE_CLOSED:
    case CONTRACT_STAGE_TERMINATED:
        break;
    }
    return false;
}

int64_t contract_scheduled_fen(const struct contract *contract)
{
    int64_t sum_fen = 0;

    for (size_t i = 0; i < contract->milestone_count; i++)
        sum_fen += contract->milestones[i].amount_fen;
    return sum_fen;
}

int64_t contract_paid_fen(const struct contract *contract)
{
    int64_t sum_fen = 0;

    for (size_t i = 0; i < contract->milestone_count; i++)
        sum_fen += milestone_paid_fen(&contract->milestones[i]);
    return sum_fen;
}

int64_t contract_deducted_fen(const struct contract *contract)
{
    int64_t sum_fen = 0;

    for (size_t i = 0; i < contract->milestone_count; i++)
        sum_fen += contract->milestones[i].deducted_fen;
    return sum_fen;
}

int64_t contract_outstanding_fen(const struct contract *contract)
{
    int64_t sum_fen = 0;

    for (size_t i = 0; i < contract->milestone_count; i++)
        sum_fen += milestone_outstanding_fen(&contract->milestones[i]);
    return sum_fen;
}

int64_t contract_accepted_unpaid_fen(const struct contract *contract)
{
    int64_t sum_fen = 0;

    for (size_t i = 0; i < contract->milestone_count; i++) {
        const struct milestone *milestone = &contract->milestones[i];
        if (!date_is_none(milestone->accepted_on))
            sum_fen += milestone_outstanding_fen(milestone);
    }
    return sum_fen;
}

int64_t contract_not_yet_due_fen(const struct contract *contract, struct date day)
{
    int64_t sum_fen = 0;

    for (size_t i = 0; i < contract->milestone_count; i++) {
        const struct milestone *milestone = &contract->milestones[i];
        if (date_is_none(milestone->accepted_on) && date_compare(milestone->due_on, day) > 0)
            sum_fen += milestone_outstanding_fen(milestone);
    }
    return sum_fen;
}

int64_t contract_overdue_fen(const struct contract *contract, struct date as_of, int32_t days_min)
{
    int64_t sum_fen = 0;

    assert(days_min >= 0);
    for (size_t i = 0; i < contract->milestone_count; i++) {
        const struct milestone *milestone = &contract->milestones[i];
        if (milestone_days_late(contract, milestone, as_of) > days_min)
            sum_fen += milestone_outstanding_fen(milestone);
    }
    return sum_fen;
}
