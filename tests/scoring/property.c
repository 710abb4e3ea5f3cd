#include "tests/scoring/property.h"

#include "api/codec/decision_encode.h"
#include "base/money.h"
#include "tests/lib/dossier_copy.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* ------------------------------------------------------------------ what a pair of decisions shows */

static bool was_approved(const struct property_side *before, const struct property_side *after)
{
    (void)after;
    return before->decision->outcome <= OUTCOME_APPROVE_WITH_CONDITIONS;
}

static bool was_stopped(const struct property_side *before, const struct property_side *after)
{
    (void)after;
    return before->decision->eligibility.stop_count > 0;
}

static bool bounds_differ(const struct limit_result *a, const struct limit_result *b)
{
    if (a->bound_count != b->bound_count)
        return true;
    for (size_t i = 0; i < a->bound_count; i++) {
        if (a->bounds[i].name != b->bounds[i].name || a->bounds[i].amount_fen != b->bounds[i].amount_fen)
            return true;
    }
    return false;
}

/* The base case was approved and a bound moved, as it stands or in the case that governs. */
static bool bound_moved(const struct property_side *before, const struct property_side *after)
{
    return was_approved(before, after) && (bounds_differ(&before->decision->as_it_stands.limit, &after->decision->as_it_stands.limit) ||
                                           bounds_differ(&before->decision->governing->limit, &after->decision->governing->limit));
}

/* The base case was approved and a bound or a value of the scorecard moved: instalments move no bound but by way of the score. */
static bool anything_moved(const struct property_side *before, const struct property_side *after)
{
    const struct decision_case *a = before->decision->governing;
    const struct decision_case *b = after->decision->governing;
    return was_approved(before, after) &&
           (bound_moved(before, after) || memcmp(a->facts.values, b->facts.values, sizeof a->facts.values) != 0);
}

/* ------------------------------------------------------------------ what must hold */

static bool broken(char message[PROPERTY_MESSAGE_SIZE], const char *what, int64_t before, int64_t after)
{
    (void)snprintf(message, PROPERTY_MESSAGE_SIZE, "%s: %" PRId64 " before, %" PRId64 " after", what, before, after);
    return false;
}

/* Grades tell of an amount under conditions over a tenor: they compare where those are the same. */
static bool grades_compare(const struct decision_case *a, const struct decision_case *b)
{
    return a->amount_fen == b->amount_fen && a->tenor_months == b->tenor_months && a->lever_count == b->lever_count;
}

static bool no_better_grade(const struct property_side *before, const struct property_side *after, char message[PROPERTY_MESSAGE_SIZE])
{
    const struct decision_case *a = before->decision->governing;
    const struct decision_case *b = after->decision->governing;

    if (after->decision->capacity_fen > before->decision->capacity_fen)
        return broken(message, "capacity rose", before->decision->capacity_fen, after->decision->capacity_fen);
    if (grades_compare(a, b) && b->grade.grade < a->grade.grade)
        return broken(message, "the grade bettered", a->grade.grade, b->grade.grade);
    return true;
}

static bool nothing_better(const struct property_side *before, const struct property_side *after, char message[PROPERTY_MESSAGE_SIZE])
{
    const struct decision_case *a = before->decision->governing;
    const struct decision_case *b = after->decision->governing;

    if (!no_better_grade(before, after, message))
        return false;
    if (after->decision->limit_fen > before->decision->limit_fen)
        return broken(message, "the limit rose", before->decision->limit_fen, after->decision->limit_fen);
    if (after->decision->outcome < before->decision->outcome)
        return broken(message, "the outcome bettered", before->decision->outcome, after->decision->outcome);
    if (grades_compare(a, b) && b->scorecard.score > a->scorecard.score)
        return broken(message, "the score rose", a->scorecard.score, b->scorecard.score);
    return true;
}

static bool nothing_worse(const struct property_side *before, const struct property_side *after, char message[PROPERTY_MESSAGE_SIZE])
{
    if (after->decision->capacity_fen < before->decision->capacity_fen)
        return broken(message, "capacity fell", before->decision->capacity_fen, after->decision->capacity_fen);
    if (after->decision->limit_fen < before->decision->limit_fen)
        return broken(message, "the limit fell", before->decision->limit_fen, after->decision->limit_fen);
    if (after->decision->outcome > before->decision->outcome)
        return broken(message, "the outcome worsened", before->decision->outcome, after->decision->outcome);
    return true;
}

static bool no_lower_capacity(const struct property_side *before, const struct property_side *after, char message[PROPERTY_MESSAGE_SIZE])
{
    if (after->decision->capacity_fen < before->decision->capacity_fen)
        return broken(message, "capacity fell", before->decision->capacity_fen, after->decision->capacity_fen);
    return true;
}

static bool no_lower_limit(const struct property_side *before, const struct property_side *after, char message[PROPERTY_MESSAGE_SIZE])
{
    if (after->decision->limit_fen < before->decision->limit_fen)
        return broken(message, "the limit fell", before->decision->limit_fen, after->decision->limit_fen);
    return true;
}

static bool stops(const struct decision *decision, enum eligibility_rule rule)
{
    for (size_t i = 0; i < decision->eligibility.finding_count; i++) {
        const struct eligibility_finding *finding = &decision->eligibility.findings[i];
        if (finding->rule == rule && finding->outcome == ELIGIBILITY_STOP)
            return true;
    }
    return false;
}

static bool no_stop_added(const struct property_side *before, const struct property_side *after, char message[PROPERTY_MESSAGE_SIZE])
{
    for (size_t i = 0; i < after->decision->eligibility.finding_count; i++) {
        enum eligibility_rule rule = after->decision->eligibility.findings[i].rule;
        if (stops(after->decision, rule) && !stops(before->decision, rule))
            return broken(message, "a rule stops that did not", 0, (int64_t)rule);
    }
    return true;
}

void property_write_decision(const struct property_side *side, struct buffer *json)
{
    static const char ZEROS[] = "0000000000000000000000000000000000000000000000000000000000000000";
    static const struct decision_identity IDENTITY = {ZEROS, "test", ZEROS, ZEROS};
    struct zcd_error err;
    enum zcd_code code = decision_encode(side->decision, &IDENTITY, side->dossier, side->policy, json, &err);

    assert(code == ZCD_OK);
    (void)code;
}

static bool same_bytes(const struct property_side *before, const struct property_side *after, char message[PROPERTY_MESSAGE_SIZE])
{
    struct buffer a = {0};
    struct buffer b = {0};

    property_write_decision(before, &a);
    property_write_decision(after, &b);
    bool equal = bytes_equal(buffer_bytes(&a), buffer_bytes(&b));
    if (!equal) {
        size_t at = 0;
        while (at < a.size && at < b.size && a.data[at] == b.data[at])
            at++;
        (void)snprintf(message, PROPERTY_MESSAGE_SIZE, "the documents differ at byte %zu: %.80s", at, (const char *)a.data + (at > 60 ? at - 60 : 0));
    }
    buffer_done(&a);
    buffer_done(&b);
    return equal;
}

static bool ten_times(const struct property_side *before, const struct property_side *after, char message[PROPERTY_MESSAGE_SIZE])
{
    const struct decision *a = before->decision;
    const struct decision *b = after->decision;

    if (b->outcome != a->outcome)
        return broken(message, "another outcome", a->outcome, b->outcome);
    if (b->governing->scorecard.score != a->governing->scorecard.score)
        return broken(message, "another score", a->governing->scorecard.score, b->governing->scorecard.score);
    if (b->governing->grade.grade != a->governing->grade.grade)
        return broken(message, "another grade", a->governing->grade.grade, b->governing->grade.grade);
    if (b->limit_fen != 10 * a->limit_fen)
        return broken(message, "not ten times the limit", a->limit_fen, b->limit_fen);
    if (b->capacity_fen != 10 * a->capacity_fen)
        return broken(message, "not ten times the capacity", a->capacity_fen, b->capacity_fen);
    return true;
}

/* ------------------------------------------------------------------ changes: payments */

/* Some payment of the past a while later, still in the past. */
static bool pay_later(struct property_change *change)
{
    for (int32_t attempt = 0; attempt < 50 && change->dossier->contract_count > 0; attempt++) {
        const struct contract *contract = &change->dossier->contracts[chance_between(change->chance, 0, (int64_t)change->dossier->contract_count - 1)];
        if (contract->milestone_count == 0)
            continue;
        const struct milestone *milestone = &contract->milestones[chance_between(change->chance, 0, (int64_t)contract->milestone_count - 1)];
        if (milestone->payment_count == 0)
            continue;
        struct payment *payment = &copied_payments(milestone)[chance_between(change->chance, 0, (int64_t)milestone->payment_count - 1)];
        int32_t room = date_days_between(payment->paid_on, change->dossier->as_of);
        if (room < 1)
            continue;
        payment->paid_on = date_add_days(payment->paid_on, (int32_t)chance_between(change->chance, 1, room));
        return true;
    }
    return false;
}

static bool pay_instalment_later(struct property_change *change)
{
    for (int32_t attempt = 0; attempt < 50 && change->dossier->facility_count > 0; attempt++) {
        const struct facility *facility = &change->dossier->facilities[chance_between(change->chance, 0, (int64_t)change->dossier->facility_count - 1)];
        if (facility->instalment_count == 0)
            continue;
        struct instalment *instalment = &copied_instalments(facility)[chance_between(change->chance, 0, (int64_t)facility->instalment_count - 1)];
        if (instalment->payment_count == 0)
            continue;
        struct instalment_payment *payment = copied_instalment_payments(instalment);
        int32_t room = date_days_between(payment->paid_on, change->dossier->as_of);
        if (room < 1)
            continue;
        payment->paid_on = date_add_days(payment->paid_on, (int32_t)chance_between(change->chance, 1, room));
        return true;
    }
    return false;
}

/* ------------------------------------------------------------------ changes: security, amount, stops, order */

static bool secure(struct property_change *change, void (*set)(struct contract_security *), bool (*is_set)(const struct contract_security *))
{
    int32_t permille = (int32_t)chance_between(change->chance, 100, 1000);
    bool any = false;

    for (size_t i = 0; i < change->dossier->contract_count; i++) {
        struct contract *contract = &change->dossier->contracts[i];
        if (!contract_is_signed(contract) || is_set(&contract->security) || !chance_happens(change->chance, permille))
            continue;
        set(&contract->security);
        any = true;
    }
    return any;
}

static void set_locked(struct contract_security *security)
{
    security->account_locked = true;
}

static bool is_locked(const struct contract_security *security)
{
    return security->account_locked;
}

static void set_confirmed(struct contract_security *security)
{
    security->buyer_confirmed = true;
}

static bool is_confirmed(const struct contract_security *security)
{
    return security->buyer_confirmed;
}

static bool lock_accounts(struct property_change *change)
{
    return secure(change, set_locked, is_locked);
}

static bool confirm_buyers(struct property_change *change)
{
    return secure(change, set_confirmed, is_confirmed);
}

static bool ask_for_more(struct property_change *change)
{
    change->dossier->application.amount_fen += chance_between(change->chance, 1, 500) * 1000000;
    return true;
}

/* One fact that stops is mended: an entry on a list, the registration, an inspection, a loan's class, the purpose. */
static bool mend_stop(struct property_change *change)
{
    struct organisation *organisation = &change->dossier->organisation;

    switch (chance_between(change->chance, 0, 4)) {
    case 0:
        organisation->list_count = 0;
        return change->before->dossier->organisation.list_count > 0;
    case 1:
        organisation->registration_status = REGISTRATION_STATUS_ACTIVE;
        return change->before->dossier->organisation.registration_status != REGISTRATION_STATUS_ACTIVE;
    case 2:
        for (size_t i = 0; i < organisation->annual_inspection_count; i++)
            ((struct annual_inspection *)organisation->annual_inspections)[i].result = INSPECTION_RESULT_QUALIFIED;
        return organisation->annual_inspection_count > 0;
    case 3:
        for (size_t i = 0; i < change->dossier->facility_count; i++)
            change->dossier->facilities[i].classification = FACILITY_CLASSIFICATION_NORMAL;
        return change->dossier->facility_count > 0;
    default:
        change->dossier->application.purpose = APPLICATION_PURPOSE_PAYROLL;
        return change->before->dossier->application.purpose != APPLICATION_PURPOSE_PAYROLL;
    }
}

static void shuffle(struct chance *chance, void *rows, size_t count, size_t size)
{
    char kept[512];
    char *row = rows;

    assert(size <= sizeof kept);
    for (size_t i = count; i-- > 1;) {
        size_t other = (size_t)chance_between(chance, 0, (int64_t)i);
        memcpy(kept, row + i * size, size);
        memcpy(row + i * size, row + other * size, size);
        memcpy(row + other * size, kept, size);
    }
}

#define SHUFFLE(chance, rows, count) shuffle((chance), (void *)(rows), (count), sizeof *(rows))

static bool reorder(struct property_change *change)
{
    struct zcd_error err;
    struct dossier *changed = change->dossier;

    SHUFFLE(change->chance, changed->contracts, changed->contract_count);
    SHUFFLE(change->chance, changed->payers, changed->payer_count);
    SHUFFLE(change->chance, changed->facilities, changed->facility_count);
    SHUFFLE(change->chance, changed->payer_experience, changed->payer_experience_count);
    SHUFFLE(change->chance, changed->organisation.statements, changed->organisation.statement_count);
    SHUFFLE(change->chance, changed->organisation.staff, changed->organisation.staff_count);
    SHUFFLE(change->chance, changed->organisation.annual_inspections, changed->organisation.annual_inspection_count);
    for (size_t i = 0; i < changed->contract_count; i++) {
        SHUFFLE(change->chance, changed->contracts[i].milestones, changed->contracts[i].milestone_count);
        for (size_t j = 0; j < changed->contracts[i].milestone_count; j++)
            SHUFFLE(change->chance, changed->contracts[i].milestones[j].payments, changed->contracts[i].milestones[j].payment_count);
    }
    for (size_t i = 0; i < changed->facility_count; i++)
        SHUFFLE(change->chance, changed->facilities[i].instalments, changed->facilities[i].instalment_count);
    enum zcd_code code = dossier_link(changed, change->arena, &err);
    assert(code == ZCD_OK);
    return code == ZCD_OK;
}

/* ------------------------------------------------------------------ changes: ten times everything */

static void scale(int64_t *amount_fen)
{
    if (*amount_fen != DOSSIER_FEN_NONE)
        *amount_fen *= 10;
}

static void scale_contract(struct contract *contract)
{
    scale(&contract->value_fen);
    scale(&contract->unscheduled_fen);
    scale(&contract->retained_fen);
    scale(&contract->disputed_fen);
    for (size_t i = 0; i < contract->milestone_count; i++) {
        struct milestone *milestone = &copied_milestones(contract)[i];
        scale(&milestone->amount_fen);
        scale(&milestone->deducted_fen);
        for (size_t j = 0; j < milestone->payment_count; j++)
            scale(&copied_payments(milestone)[j].amount_fen);
    }
}

static void scale_facility(struct facility *facility)
{
    scale(&facility->limit_fen);
    scale(&facility->outstanding_fen);
    for (size_t i = 0; i < facility->instalment_count; i++) {
        struct instalment *instalment = &copied_instalments(facility)[i];
        scale(&instalment->principal_fen);
        scale(&instalment->interest_fen);
        for (size_t j = 0; j < instalment->payment_count; j++)
            scale(&copied_instalment_payments(instalment)[j].amount_fen);
    }
}

static void scale_organisation(struct organisation *organisation)
{
    scale(&organisation->payroll_month_fen);
    scale(&organisation->other_costs_month_fen);
    scale(&organisation->cash_fen);
    scale(&organisation->restricted_cash_fen);
    scale(&organisation->wages_payable_fen);
    for (size_t i = 0; i < organisation->statement_count; i++) {
        struct statement *statement = (struct statement *)&organisation->statements[i];
        scale(&statement->income_fen);
        scale(&statement->public_income_fen);
        scale(&statement->cost_fen);
        scale(&statement->unrestricted_net_assets_fen);
        scale(&statement->restricted_net_assets_fen);
        scale(&statement->receivables_fen);
        scale(&statement->liabilities_fen);
    }
}

static bool multiply_by_ten(struct property_change *change)
{
    scale(&change->policy->eligibility.amount_min_fen);
    scale(&change->policy->limit.product_max_fen);
    scale(&change->policy->limit.step_fen);
    scale(&change->dossier->application.amount_fen);
    scale(&change->dossier->application.collateral_fen);
    scale_organisation(&change->dossier->organisation);
    for (size_t i = 0; i < change->dossier->contract_count; i++)
        scale_contract(&change->dossier->contracts[i]);
    for (size_t i = 0; i < change->dossier->facility_count; i++)
        scale_facility(&change->dossier->facilities[i]);
    return true;
}

/* ------------------------------------------------------------------ changes: one contract more */

/* The payer of some signed public contract that pays no slower than the book's average and is far from the concentration caps. */
static const struct contract *find_model(struct property_change *change, int64_t *average_fen)
{
    const struct decision *decision = change->before->decision;
    const struct dossier *dossier = change->dossier;
    int64_t weighted_days = 0, sum_fen = 0;
    int64_t count = 0;

    for (size_t i = 0; i < dossier->contract_count; i++) {
        const struct contract *contract = &dossier->contracts[i];
        if (!contract_is_signed(contract))
            continue;
        weighted_days += decision->delay.curves[decision->delay.curve_of_contract[i]].expected_days * (contract->value_fen / 100);
        sum_fen += contract->value_fen;
        count++;
    }
    if (count == 0)
        return NULL;
    *average_fen = sum_fen / count;
    size_t from = (size_t)chance_between(change->chance, 0, (int64_t)dossier->contract_count - 1);
    for (size_t k = 0; k < dossier->contract_count; k++) {
        size_t i = (from + k) % dossier->contract_count;
        const struct contract *contract = &dossier->contracts[i];
        int32_t days = decision->delay.curves[decision->delay.curve_of_contract[i]].expected_days;
        if (contract_is_signed(contract) && payer_is_public(&dossier->payers[contract->payer_index]) && days * (sum_fen / 100) <= weighted_days)
            return contract;
    }
    return NULL;
}

/* Share of what is outstanding with that contract's payer, and with its finance authority, once `added_fen` came to it. */
static bool is_under_caps(const struct property_change *change, const struct contract *model, int64_t added_fen)
{
    const struct dossier *dossier = change->dossier;
    const struct policy_limit *limit = &change->before->policy->limit;
    int64_t all_fen = added_fen, payer_fen = added_fen, authority_fen = added_fen;

    for (size_t i = 0; i < dossier->contract_count; i++) {
        const struct contract *contract = &dossier->contracts[i];
        int64_t outstanding_fen = contract_is_signed(contract) ? contract_outstanding_fen(contract) : 0;
        bool same_region = strcmp(dossier->payers[contract->payer_index].region.code, dossier->payers[model->payer_index].region.code) == 0;
        all_fen += outstanding_fen;
        payer_fen += contract->payer_index == model->payer_index ? outstanding_fen : 0;
        authority_fen += same_region ? outstanding_fen : 0;
    }
    return payer_fen <= money_mul_bp_floor(all_fen, limit->payer_share_max_bp) &&
           authority_fen <= money_mul_bp_floor(all_fen, limit->authority_share_max_bp);
}

/*
 * A year's service signed a month ago, of average value, in four equal parts, in every respect at least as good as the book: locked,
 * confirmed, from the department's budget, rated excellent.
 */
static bool add_contract(struct property_change *change)
{
    struct dossier *dossier = change->dossier;
    struct milestone *milestones = ARENA_NEW(change->arena, struct milestone, 4);
    static const char *const IDS[] = {"m1", "m2", "m3", "m4"};
    int64_t value_fen;
    const struct contract *model = find_model(change, &value_fen);

    if (model == NULL || !is_under_caps(change, model, value_fen))
        return false;
    for (int32_t i = 0; i < 4; i++)
        milestones[i] = (struct milestone){.id = IDS[i], .title = "", .due_on = date_add_days(dossier->as_of, 85 * (i + 1)),
                                           .amount_fen = i == 3 ? value_fen - 3 * (value_fen / 4) : value_fen / 4,
                                           .accepted_on = DATE_NONE, .invoiced_on = DATE_NONE};
    dossier->contracts[dossier->contract_count++] = (struct contract){
        .id = "added", .title = "", .payer = model->payer, .payer_index = model->payer_index, .tier = CONTRACT_TIER_TOWNSHIP_STATION,
        .fund_source = model->fund_source, .stage = CONTRACT_STAGE_PERFORMING, .value_fen = value_fen,
        .awarded_on = date_add_days(dossier->as_of, -60), .signed_on = date_add_days(dossier->as_of, -30), .published_on = DATE_NONE,
        .starts_on = date_add_days(dossier->as_of, -20), .ends_on = date_add_days(dossier->as_of, 345), .payment_term_days = 0,
        .trigger = PAYMENT_TRIGGER_ACCEPTANCE, .renewals = 3, .service_evaluation = EVALUATION_RESULT_EXCELLENT,
        .security = {true, "EX-added", true}, .milestones = milestones, .milestone_count = 4};
    return true;
}

/* ------------------------------------------------------------------ the list */

/* clang-format off */
const struct property PROPERTIES[] = {
    {"payment",    "a payment made later, in the past, never raises capacity nor betters the grade",  pay_later,            no_better_grade,   bound_moved},
    {"contract",   "one signed contract more, no worse than the book, never lowers capacity",         add_contract,         no_lower_capacity, bound_moved},
    {"instalment", "an instalment paid later never betters anything",                                 pay_instalment_later, nothing_better,    anything_moved},
    {"lock",       "locking accounts never hurts",                                                    lock_accounts,        nothing_worse,     bound_moved},
    {"confirm",    "confirming buyers never hurts",                                                   confirm_buyers,       nothing_worse,     bound_moved},
    {"ask",        "asking for more never gets a lower limit",                                        ask_for_more,         no_lower_limit,    bound_moved},
    {"stop",       "removing a fact that stops never adds a stop",                                    mend_stop,            no_stop_added,     was_stopped},
    {"order",      "the order of the input never matters",                                            reorder,              same_bytes,        was_approved},
    {"tenfold",    "ten times every amount gives the same score and grade and ten times the limit",   multiply_by_ten,      ten_times,         was_approved},
};
/* clang-format on */
const size_t PROPERTY_COUNT = sizeof PROPERTIES / sizeof *PROPERTIES;
