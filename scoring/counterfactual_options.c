#include "scoring/counterfactual_internal.h"

#include "base/money.h"
#include "scoring/value_text.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

bool counterfactual_is_chosen(const struct counterfactual_choice *choice, size_t candidate)
{
    return candidate < choice->size && (choice->left_out >> candidate & 1) == 0;
}

int64_t counterfactual_value(const struct counterfactual_choice *choice)
{
    const struct counterfactual_options *options = choice->options;
    if (options->alternatives != NULL)
        return options->alternatives[choice->size - 1];
    int64_t value = (int64_t)choice->size * options->lever->step;
    return value < options->top ? value : options->top;
}

static int64_t given(int64_t amount_fen)
{
    return amount_fen == DOSSIER_FEN_NONE ? 0 : amount_fen;
}

static int64_t smaller(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* Steps of one up to the lever's bound and to what there is. */
static void set_range(struct counterfactual_options *options, int64_t available)
{
    const struct policy_counterfactual_lever *lever = options->lever;
    options->top = smaller(available, lever->max);
    options->count = options->top <= 0 ? 0 : (size_t)((options->top + lever->step - 1) / lever->step);
}

/* ------------------------------------------------------------------ the application */

static int64_t round_up(int64_t amount_fen, int64_t step_fen)
{
    return money_round_down(amount_fen + step_fen - 1, step_fen);
}

/*
 * Asking for less never gets more, so less is only worth asking where it is lent without conditions; more only where the
 * amount lies below what the product lends at all.
 */
static void list_amounts(const struct counterfactual_case *one, struct counterfactual_options *options)
{
    const struct policy_counterfactual_lever *lever = options->lever;
    const int64_t asked_fen = one->dossier->application.amount_fen;
    const int64_t least_fen = one->policy->eligibility.amount_min_fen;
    int64_t *amount_fen = ARENA_NEW(one->arena, int64_t, 1);

    if (asked_fen < least_fen)
        *amount_fen = round_up(least_fen, lever->step);
    else if (one->decision->with_conditions != NULL)
        *amount_fen = money_round_down(one->decision->as_it_stands.approved_fen, lever->step);
    int64_t change_fen = *amount_fen > asked_fen ? *amount_fen - asked_fen : asked_fen - *amount_fen;
    options->alternatives = amount_fen;
    bool is_askable = *amount_fen >= least_fen && *amount_fen <= MONEY_FEN_MAX;
    options->count = is_askable && change_fen > 0 && change_fen <= lever->max ? 1 : 0;
}

static int64_t distance(int64_t a, int64_t b)
{
    return a < b ? b - a : a - b;
}

/* The tenor that the engine begins with: the policy's last that is not above the one asked for. */
static int64_t tenor_begun_with(const struct policy_price *price, int64_t asked_months)
{
    size_t index = 0;
    while (index + 1 < price->tenor_count && price->tenor_months[index + 1] <= asked_months)
        index++;
    return price->tenor_months[index];
}

/* The policy's tenors, the nearest first, of two equally near the shorter; none past what the contracts carry. */
static void list_tenors(const struct counterfactual_case *one, struct counterfactual_options *options)
{
    const struct policy_price *price = &one->policy->price;
    const int64_t asked_months = one->dossier->application.tenor_months;
    const int64_t begun_with = tenor_begun_with(price, asked_months);
    const bool is_shortened = one->decision->governing->tenor_months < begun_with;
    int64_t *months = ARENA_NEW(one->arena, int64_t, price->tenor_count);

    for (size_t i = 0; i < price->tenor_count; i++) {
        int64_t tenor = price->tenor_months[i];
        bool is_carried = !is_shortened || tenor < one->decision->governing->tenor_months;
        if (tenor == begun_with || !is_carried || distance(tenor, asked_months) > options->lever->max)
            continue;
        size_t place = options->count++;
        for (; place > 0 && distance(months[place - 1], asked_months) > distance(tenor, asked_months); place--)
            months[place] = months[place - 1];
        months[place] = tenor;
    }
    options->alternatives = months;
}

/* ------------------------------------------------------------------ contracts */

static const char *part_name(struct arena *arena, const char *owner, const char *part)
{
    return value_text_format(arena, "%s/%s", owner, part);
}

/* The largest first, by what they are worth, then by name. */
static int compare_worth(const void *left, const void *right)
{
    const struct counterfactual_candidate *a = left;
    const struct counterfactual_candidate *b = right;
    if (a->amount_fen != b->amount_fen)
        return a->amount_fen > b->amount_fen ? -1 : 1;
    return strcmp(a->name, b->name);
}

/* The oldest first, of equals the largest, then by name. */
static int compare_age(const void *left, const void *right)
{
    const struct counterfactual_candidate *a = left;
    const struct counterfactual_candidate *b = right;
    int order = date_compare(a->on, b->on);
    return order != 0 ? order : compare_worth(left, right);
}

static void set_candidates(struct counterfactual_options *options, struct counterfactual_candidate *candidates, size_t count,
                           int compare(const void *, const void *))
{
    qsort(candidates, count, sizeof *candidates, compare);
    options->candidates = candidates;
    options->count = (size_t)smaller((int64_t)count, options->lever->max);
}

static bool lacks_evidence(const struct contract *contract, enum counterfactual_lever lever)
{
    if (lever == COUNTERFACTUAL_LOCK_ACCOUNTS)
        return !contract->security.account_locked;
    if (lever == COUNTERFACTUAL_REGISTER_PLEDGE)
        return contract->security.pledge_registration[0] == '\0';
    return !contract->security.buyer_confirmed;
}

/* Contracts that may secure a loan and do not yet. */
static void list_evidence(const struct counterfactual_case *one, struct counterfactual_options *options)
{
    const struct pipeline_result *pipeline = &one->decision->pipeline;
    struct counterfactual_candidate *rows = ARENA_NEW(one->arena, struct counterfactual_candidate, pipeline->contract_count + 1);
    size_t count = 0;

    for (size_t i = 0; i < pipeline->contract_count; i++) {
        const struct pipeline_contract *row = &pipeline->contracts[i];
        int64_t outstanding_fen = row->accepted_unpaid_fen + row->due_unaccepted_fen + row->future_fen;
        if (row->is_sweepable && outstanding_fen > 0 && lacks_evidence(row->contract, options->lever->lever))
            rows[count++] = (struct counterfactual_candidate){.owner = (size_t)(row->contract - one->dossier->contracts),
                .amount_fen = outstanding_fen, .by = DATE_NONE, .likely = DATE_NONE, .name = row->contract->id};
    }
    options->never_hurts = true;
    set_candidates(options, rows, count, compare_worth);
}

static struct date earlier(struct date a, struct date b)
{
    return date_compare(a, b) < 0 ? a : b;
}

static struct date not_before(struct date date, struct date first)
{
    return date_compare(date, first) < 0 ? first : date;
}

/* Awarded, with its service days known, and not announced as signed already. */
static bool may_be_signed(const struct contract *contract)
{
    return contract->stage == CONTRACT_STAGE_AWARDED && !date_is_none(contract->starts_on) && !date_is_none(contract->ends_on) &&
           date_is_none(contract->published_on);
}

static void list_awarded(const struct counterfactual_case *one, struct counterfactual_options *options)
{
    const struct dossier *dossier = one->dossier;
    const int32_t signing_days = (int32_t)one->policy->counterfactual.signing_days;
    struct counterfactual_candidate *rows = ARENA_NEW(one->arena, struct counterfactual_candidate, dossier->contract_count + 1);
    size_t count = 0;

    for (size_t i = 0; i < dossier->contract_count; i++) {
        const struct contract *contract = &dossier->contracts[i];
        if (!may_be_signed(contract))
            continue;
        struct date by = earlier(date_add_days(contract->awarded_on, signing_days), contract->starts_on);
        rows[count++] = (struct counterfactual_candidate){.owner = i, .amount_fen = contract->value_fen,
            .by = not_before(by, one->decision->as_of), .likely = DATE_NONE, .name = contract->id};
    }
    set_candidates(options, rows, count, compare_worth);
}

/* ------------------------------------------------------------------ receivables */

/* Past any forecast: no day can be told. */
static struct date told(struct date arrival, struct date as_of)
{
    return date_days_between(as_of, arrival) > DELAY_WEEKS * 7 ? DATE_NONE : arrival;
}

/* What a payer owes for work that is accepted; what is disputed or retained may not be asked for. */
static bool may_be_collected(const struct contract *contract)
{
    bool is_earned = contract_is_signed(contract) || contract->stage == CONTRACT_STAGE_CLOSED;
    return is_earned && contract->disputed_fen == 0 && contract->retained_fen == 0;
}

static size_t count_milestones(const struct dossier *dossier)
{
    size_t count = 0;
    for (size_t i = 0; i < dossier->contract_count; i++)
        count += dossier->contracts[i].milestone_count;
    return count;
}

static bool is_owed(const struct contract *contract, const struct milestone *milestone, struct date as_of)
{
    struct date payable_on = milestone_payable_on(contract, milestone);
    bool is_payable = !date_is_none(payable_on) && date_compare(payable_on, as_of) <= 0;
    return milestone_outstanding_fen(milestone) > 0 && !date_is_none(payable_on) && (is_payable || !date_is_none(milestone->accepted_on));
}

static void list_receivables(const struct counterfactual_case *one, struct counterfactual_options *options)
{
    const struct dossier *dossier = one->dossier;
    const struct delay_result *delay = &one->decision->delay;
    const struct date as_of = one->decision->as_of;
    struct counterfactual_candidate *rows = ARENA_NEW(one->arena, struct counterfactual_candidate, count_milestones(dossier) + 1);
    size_t count = 0;

    for (size_t i = 0; i < dossier->contract_count; i++) {
        const struct contract *contract = &dossier->contracts[i];
        const struct delay_curve *curve = &delay->curves[delay->curve_of_contract[i]];
        for (size_t j = 0; j < contract->milestone_count && may_be_collected(contract); j++) {
            const struct milestone *milestone = &contract->milestones[j];
            if (!is_owed(contract, milestone, as_of))
                continue;
            struct date payable_on = milestone_payable_on(contract, milestone);
            rows[count++] = (struct counterfactual_candidate){.owner = i, .part = j, .amount_fen = milestone_outstanding_fen(milestone),
                .on = payable_on, .by = told(delay_arrival_p90(curve, payable_on, as_of), as_of),
                .likely = told(delay_arrival_p50(curve, payable_on, as_of), as_of),
                .name = part_name(one->arena, contract->id, milestone->id)};
        }
    }
    set_candidates(options, rows, count, compare_age);
}

/* Performed as far as the dossier tells: due, on a contract in hand, and not accepted. */
static bool awaits_acceptance(const struct contract *contract, const struct milestone *milestone, struct date as_of)
{
    return contract_is_signed(contract) && contract->disputed_fen == 0 && date_is_none(milestone->accepted_on) &&
           date_compare(milestone->due_on, as_of) <= 0 && milestone_outstanding_fen(milestone) > 0;
}

static void list_unaccepted(const struct counterfactual_case *one, struct counterfactual_options *options)
{
    const struct dossier *dossier = one->dossier;
    const struct date as_of = one->decision->as_of;
    struct counterfactual_candidate *rows = ARENA_NEW(one->arena, struct counterfactual_candidate, count_milestones(dossier) + 1);
    size_t count = 0;

    for (size_t i = 0; i < dossier->contract_count; i++) {
        const struct contract *contract = &dossier->contracts[i];
        for (size_t j = 0; j < contract->milestone_count; j++) {
            const struct milestone *milestone = &contract->milestones[j];
            if (awaits_acceptance(contract, milestone, as_of))
                rows[count++] = (struct counterfactual_candidate){.owner = i, .part = j, .amount_fen = milestone_outstanding_fen(milestone),
                    .on = milestone->due_on, .by = told(delay_acceptance_p90(&one->decision->delay, milestone->due_on, as_of), as_of),
                    .likely = DATE_NONE, .name = part_name(one->arena, contract->id, milestone->id)};
        }
    }
    set_candidates(options, rows, count, compare_age);
}

/* ------------------------------------------------------------------ the organisation */

/* Cash that may be spent on anything. */
static int64_t free_cash_fen(const struct dossier *dossier)
{
    return dossier->organisation.cash_fen - given(dossier->organisation.restricted_cash_fen);
}

static void list_wages(const struct counterfactual_case *one, struct counterfactual_options *options)
{
    set_range(options, smaller(given(one->dossier->organisation.wages_payable_fen), free_cash_fen(one->dossier)));
}

static const char *instalment_name(struct arena *arena, const struct facility *facility, struct date due_on)
{
    char day[DATE_TEXT_SIZE];
    return part_name(arena, facility->id, date_format(due_on, day));
}

/* Two instalments of one day could not be told apart by the path that names what is changed. */
static bool is_only_one_of_its_day(const struct facility *facility, const struct instalment *instalment)
{
    size_t count = 0;
    for (size_t i = 0; i < facility->instalment_count; i++)
        count += date_compare(facility->instalments[i].due_on, instalment->due_on) == 0 ? 1 : 0;
    return count == 1;
}

/* What is past its day under the deferrals agreed, as far as the cash reaches. */
static void list_instalments(const struct counterfactual_case *one, struct counterfactual_options *options)
{
    const struct dossier *dossier = one->dossier;
    size_t room = 1;
    size_t count = 0;
    for (size_t i = 0; i < dossier->facility_count; i++)
        room += dossier->facilities[i].instalment_count;
    struct counterfactual_candidate *rows = ARENA_NEW(one->arena, struct counterfactual_candidate, room);

    for (size_t i = 0; i < dossier->facility_count; i++) {
        const struct facility *facility = &dossier->facilities[i];
        for (size_t j = 0; j < facility->instalment_count; j++) {
            const struct instalment *instalment = &facility->instalments[j];
            struct date due_on = instalment_due_after_deferrals(facility, instalment);
            int64_t unpaid_fen = instalment_outstanding_fen(instalment);
            if (unpaid_fen > 0 && date_compare(due_on, one->decision->as_of) < 0 && is_only_one_of_its_day(facility, instalment))
                rows[count++] = (struct counterfactual_candidate){.owner = i, .part = j, .amount_fen = unpaid_fen, .on = due_on,
                    .by = DATE_NONE, .likely = DATE_NONE, .name = instalment_name(one->arena, facility, due_on)};
        }
    }
    set_candidates(options, rows, count, compare_age);
    int64_t left_fen = free_cash_fen(dossier);
    for (size_t i = 0; i < options->count; i++) {
        left_fen -= rows[i].amount_fen;
        if (left_fen < 0)
            options->count = i;
    }
}

/* Wages so far from anything real that those of so many more would be no amount are left alone. */
static bool is_payable(const struct organisation *organisation, const struct staff_report *report, int64_t people_max)
{
    return (organisation->payroll_month_fen / report->total + 1) * people_max <= MONEY_FEN_MAX;
}

static void list_hires(const struct counterfactual_case *one, struct counterfactual_options *options)
{
    const struct staff_report *report = organisation_staff_on(&one->dossier->organisation, one->decision->as_of);
    if (report != NULL && report->total > 0 && staff_licensed(report) != DOSSIER_COUNT_NONE &&
        is_payable(&one->dossier->organisation, report, options->lever->max))
        set_range(options, DOSSIER_PEOPLE_MAX - report->total);
}

bool counterfactual_list_options(const struct counterfactual_case *one, const struct policy_counterfactual_lever *lever,
                                 struct counterfactual_options *options)
{
    static void (*const LISTS[COUNTERFACTUAL_END])(const struct counterfactual_case *, struct counterfactual_options *) = {
        [COUNTERFACTUAL_ASK_AMOUNT] = list_amounts,
        [COUNTERFACTUAL_ASK_TENOR] = list_tenors,
        [COUNTERFACTUAL_LOCK_ACCOUNTS] = list_evidence,
        [COUNTERFACTUAL_REGISTER_PLEDGE] = list_evidence,
        [COUNTERFACTUAL_CONFIRM_BUYERS] = list_evidence,
        [COUNTERFACTUAL_COLLECT_RECEIVABLES] = list_receivables,
        [COUNTERFACTUAL_SIGN_AWARDED] = list_awarded,
        [COUNTERFACTUAL_CLEAR_WAGES] = list_wages,
        [COUNTERFACTUAL_CLEAR_INSTALMENTS] = list_instalments,
        [COUNTERFACTUAL_HIRE_LICENSED] = list_hires,
        [COUNTERFACTUAL_ACCEPT_WORK] = list_unaccepted,
    };
    *options = (struct counterfactual_options){.lever = lever};
    LISTS[lever->lever](one, options);
    assert(options->candidates == NULL || options->count <= COUNTERFACTUAL_CANDIDATES_MAX);
    return options->count > 0;
}
