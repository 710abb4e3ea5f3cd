#include "scoring/counterfactual_internal.h"

#include "base/money.h"
#include "scoring/value_text.h"

#include <assert.h>
#include <string.h>

/* One change under way. */
struct change {
    const struct counterfactual_case *one;
    const struct counterfactual_choice *choice;
    struct dossier *dossier;
    struct arena *arena;
    struct counterfactual_record *record;
};

/* ------------------------------------------------------------------ what is told of it */

static struct counterfactual_value nothing(void)
{
    return (struct counterfactual_value){COUNTERFACTUAL_VALUE_NULL, 0, ""};
}

static struct counterfactual_value boolean(bool is_so)
{
    return (struct counterfactual_value){COUNTERFACTUAL_VALUE_BOOLEAN, is_so, ""};
}

static struct counterfactual_value integer(int64_t number)
{
    return (struct counterfactual_value){COUNTERFACTUAL_VALUE_INTEGER, number, ""};
}

static struct counterfactual_value text(const char *words)
{
    return (struct counterfactual_value){COUNTERFACTUAL_VALUE_TEXT, 0, words};
}

static struct counterfactual_value day(const struct change *change, struct date date)
{
    char words[DATE_TEXT_SIZE];
    return change->record == NULL ? nothing() : text(arena_copy_text(change->record->arena, date_format(date, words)));
}

/* An id as a segment of a path: "~" and "/" escaped (RFC 6901 section 3). */
static const char *segment(struct arena *arena, const char *id)
{
    char *words = ARENA_NEW(arena, char, 2 * strlen(id) + 1);
    char *end = words;
    for (; *id != '\0'; id++) {
        bool is_escaped = *id == '~' || *id == '/';
        *end++ = is_escaped ? '~' : *id;
        if (is_escaped)
            *end++ = *id == '~' ? '0' : '1';
    }
    return words;
}

/* A field that is written twice is told once, from its first value to its last. */
static void tell(const struct change *change, const char *field, struct counterfactual_value from, struct counterfactual_value to)
{
    struct counterfactual_record *record = change->record;
    for (size_t i = 0; i < record->count; i++) {
        if (strcmp(record->facts[i].field, field) == 0) {
            record->facts[i].to = to;
            return;
        }
    }
    assert(record->count < record->room);
    record->facts[record->count++] = (struct counterfactual_fact){field, from, to};
}

static void tell_contract(const struct change *change, const char *id, const char *member, struct counterfactual_value from,
                          struct counterfactual_value to)
{
    if (change->record != NULL)
        tell(change, value_text_format(change->record->arena, "/contracts/%s/%s", segment(change->record->arena, id), member), from, to);
}

static void tell_field(const struct change *change, const char *field, struct counterfactual_value from, struct counterfactual_value to)
{
    if (change->record != NULL)
        tell(change, field, from, to);
}

/* ------------------------------------------------------------------ copies */

/* An array that may be written, with room for one more row. */
static void *copy_rows(struct arena *arena, const void *rows, size_t count, size_t size)
{
    unsigned char *copy = arena_alloc(arena, count + 1, size);
    if (count > 0)
        memcpy(copy, rows, count * size);
    return copy;
}

static void own_contracts(const struct change *change)
{
    struct dossier *dossier = change->dossier;
    dossier->contracts = copy_rows(change->arena, dossier->contracts, dossier->contract_count, sizeof *dossier->contracts);
}

static void add_cash(const struct change *change, int64_t amount_fen)
{
    struct organisation *organisation = &change->dossier->organisation;
    tell_field(change, "/organisation/cash_fen", integer(organisation->cash_fen), integer(organisation->cash_fen + amount_fen));
    organisation->cash_fen += amount_fen;
}

/* ------------------------------------------------------------------ the application */

static void change_amount(const struct change *change)
{
    struct application *application = &change->dossier->application;
    int64_t amount_fen = counterfactual_value(change->choice);
    tell_field(change, "/application/amount_fen", integer(application->amount_fen), integer(amount_fen));
    application->amount_fen = amount_fen;
}

static void change_tenor(const struct change *change)
{
    struct application *application = &change->dossier->application;
    int64_t months = counterfactual_value(change->choice);
    tell_field(change, "/application/tenor_months", integer(application->tenor_months), integer(months));
    application->tenor_months = (int32_t)months;
}

/* ------------------------------------------------------------------ contracts */

typedef void change_contract(const struct change *, struct contract *);

static void lock_account(const struct change *change, struct contract *contract)
{
    tell_contract(change, contract->id, "security/account_locked", boolean(false), boolean(true));
    contract->security.account_locked = true;
}

static void register_pledge(const struct change *change, struct contract *contract)
{
    static const char NUMBER[] = "registered"; /* the register gives the number */
    tell_contract(change, contract->id, "security/pledge_registration", nothing(), text(NUMBER));
    contract->security.pledge_registration = NUMBER;
}

static void confirm_buyer(const struct change *change, struct contract *contract)
{
    tell_contract(change, contract->id, "security/buyer_confirmed", boolean(false), boolean(true));
    contract->security.buyer_confirmed = true;
}

static void sign(const struct change *change, struct contract *contract)
{
    struct date as_of = change->one->decision->as_of;
    tell_contract(change, contract->id, "stage", text(codelist_name(&CODELIST_CONTRACT_STAGE, CONTRACT_STAGE_AWARDED)),
                  text(codelist_name(&CODELIST_CONTRACT_STAGE, CONTRACT_STAGE_SIGNED)));
    tell_contract(change, contract->id, "signed_on", nothing(), day(change, as_of));
    contract->stage = CONTRACT_STAGE_SIGNED;
    contract->signed_on = as_of;
}

static void change_contracts(const struct change *change, change_contract *change_one)
{
    const struct counterfactual_options *options = change->choice->options;
    own_contracts(change);
    for (size_t i = 0; i < options->count; i++) {
        if (counterfactual_is_chosen(change->choice, i))
            change_one(change, &change->dossier->contracts[options->candidates[i].owner]);
    }
}

static void change_locks(const struct change *change)
{
    change_contracts(change, lock_account);
}

static void change_pledges(const struct change *change)
{
    change_contracts(change, register_pledge);
}

static void change_confirmations(const struct change *change)
{
    change_contracts(change, confirm_buyer);
}

static void change_signatures(const struct change *change)
{
    change_contracts(change, sign);
}

/* ------------------------------------------------------------------ receivables */

/* Money given for a purpose stays restricted when it is in. */
static void receive(const struct change *change, const struct contract *contract, int64_t amount_fen)
{
    struct organisation *organisation = &change->dossier->organisation;
    bool is_restricted = contract->fund_source == FUND_SOURCE_CHARITY || contract->fund_source == FUND_SOURCE_VENTURE_PHILANTHROPY;
    add_cash(change, amount_fen);
    if (!is_restricted)
        return;
    bool is_given = organisation->restricted_cash_fen != DOSSIER_FEN_NONE;
    int64_t before_fen = is_given ? organisation->restricted_cash_fen : 0;
    tell_field(change, "/organisation/restricted_cash_fen", is_given ? integer(before_fen) : nothing(), integer(before_fen + amount_fen));
    organisation->restricted_cash_fen = before_fen + amount_fen;
}

static void tell_payment(const struct change *change, const struct contract *contract, const struct milestone *milestone, int64_t amount_fen)
{
    if (change->record == NULL)
        return;
    struct arena *arena = change->record->arena;
    const char *id = segment(arena, milestone->id);
    tell_contract(change, contract->id, value_text_format(arena, "milestones/%s/payments/-/amount_fen", id), nothing(), integer(amount_fen));
    tell_contract(change, contract->id, value_text_format(arena, "milestones/%s/payments/-/paid_on", id), nothing(),
                  day(change, change->one->decision->as_of));
}

static void collect(const struct change *change, const struct counterfactual_candidate *candidate)
{
    struct contract *contract = &change->dossier->contracts[candidate->owner];
    struct milestone *milestones = copy_rows(change->arena, contract->milestones, contract->milestone_count, sizeof *milestones);
    struct milestone *milestone = &milestones[candidate->part];
    struct payment *payments = copy_rows(change->arena, milestone->payments, milestone->payment_count, sizeof *payments);

    payments[milestone->payment_count] = (struct payment){"", change->one->decision->as_of, candidate->amount_fen};
    tell_payment(change, contract, milestone, candidate->amount_fen);
    milestone->payments = payments;
    milestone->payment_count++;
    contract->milestones = milestones;
    receive(change, contract, candidate->amount_fen);
}

static void accept(const struct change *change, const struct counterfactual_candidate *candidate)
{
    const struct date as_of = change->one->decision->as_of;
    struct contract *contract = &change->dossier->contracts[candidate->owner];
    struct milestone *milestones = copy_rows(change->arena, contract->milestones, contract->milestone_count, sizeof *milestones);
    struct milestone *milestone = &milestones[candidate->part];

    milestone->accepted_on = as_of;
    contract->milestones = milestones;
    if (change->record != NULL)
        tell_contract(change, contract->id,
                      value_text_format(change->record->arena, "milestones/%s/accepted_on", segment(change->record->arena, milestone->id)),
                      nothing(), day(change, as_of));
}

static void change_milestones(const struct change *change, void change_one(const struct change *, const struct counterfactual_candidate *))
{
    const struct counterfactual_options *options = change->choice->options;
    own_contracts(change);
    for (size_t i = 0; i < options->count; i++) {
        if (counterfactual_is_chosen(change->choice, i))
            change_one(change, &options->candidates[i]);
    }
}

static void change_acceptances(const struct change *change)
{
    change_milestones(change, accept);
}

static void change_receivables(const struct change *change)
{
    change_milestones(change, collect);
}

/* ------------------------------------------------------------------ the organisation */

static void change_wages(const struct change *change)
{
    struct organisation *organisation = &change->dossier->organisation;
    int64_t amount_fen = counterfactual_value(change->choice);
    int64_t owed_fen = organisation->wages_payable_fen;
    tell_field(change, "/organisation/wages_payable_fen", integer(owed_fen), integer(owed_fen - amount_fen));
    organisation->wages_payable_fen = owed_fen - amount_fen;
    add_cash(change, -amount_fen);
}

static void tell_instalment(const struct change *change, const struct facility *facility, const struct instalment *instalment,
                            int64_t amount_fen, int64_t outstanding_fen)
{
    char due_on[DATE_TEXT_SIZE];
    if (change->record == NULL)
        return;
    struct arena *arena = change->record->arena;
    const char *id = segment(arena, facility->id);
    date_format(instalment->due_on, due_on);
    tell(change, value_text_format(arena, "/facilities/%s/instalments/%s/payments/-/amount_fen", id, due_on), nothing(), integer(amount_fen));
    tell(change, value_text_format(arena, "/facilities/%s/instalments/%s/payments/-/paid_on", id, due_on), nothing(),
         day(change, change->one->decision->as_of));
    tell(change, value_text_format(arena, "/facilities/%s/outstanding_fen", id), integer(facility->outstanding_fen), integer(outstanding_fen));
}

/* What was paid so far went to interest first, as the simulation has it: what is unpaid is principal as far as that goes. */
static void pay_instalment(const struct change *change, const struct counterfactual_candidate *candidate)
{
    struct facility *facility = &change->dossier->facilities[candidate->owner];
    struct instalment *instalments = copy_rows(change->arena, facility->instalments, facility->instalment_count, sizeof *instalments);
    struct instalment *instalment = &instalments[candidate->part];
    struct instalment_payment *payments = copy_rows(change->arena, instalment->payments, instalment->payment_count, sizeof *payments);
    int64_t principal_fen = candidate->amount_fen < instalment->principal_fen ? candidate->amount_fen : instalment->principal_fen;
    int64_t outstanding_fen = facility->outstanding_fen > principal_fen ? facility->outstanding_fen - principal_fen : 0;

    tell_instalment(change, facility, instalment, candidate->amount_fen, outstanding_fen);
    payments[instalment->payment_count] = (struct instalment_payment){change->one->decision->as_of, candidate->amount_fen};
    instalment->payments = payments;
    instalment->payment_count++;
    facility->instalments = instalments;
    facility->outstanding_fen = outstanding_fen;
    add_cash(change, -candidate->amount_fen);
}

static void change_instalments(const struct change *change)
{
    const struct counterfactual_options *options = change->choice->options;
    struct dossier *dossier = change->dossier;
    dossier->facilities = copy_rows(change->arena, dossier->facilities, dossier->facility_count, sizeof *dossier->facilities);
    for (size_t i = 0; i < options->count; i++) {
        if (counterfactual_is_chosen(change->choice, i))
            pay_instalment(change, &options->candidates[i]);
    }
}

static int32_t counted(int32_t people)
{
    return people == DOSSIER_COUNT_NONE ? 0 : people;
}

static struct counterfactual_value people(int32_t count)
{
    return count == DOSSIER_COUNT_NONE ? nothing() : integer(count);
}

static void tell_staff(const struct change *change, bool is_replaced, const char *member, struct counterfactual_value from,
                       struct counterfactual_value to)
{
    char row[DATE_TEXT_SIZE] = "-";
    if (change->record == NULL)
        return;
    if (is_replaced)
        date_format(change->one->decision->as_of, row);
    tell(change, value_text_format(change->record->arena, "/organisation/staff/%s/%s", row, member), from, to);
}

/* The new row whole, beside the latest there was. */
static void tell_hires(const struct change *change, bool is_replaced, const struct staff_report *before, const struct staff_report *after)
{
    if (!is_replaced)
        tell_staff(change, is_replaced, "on", day(change, before->on), day(change, after->on));
    tell_staff(change, is_replaced, "total", integer(before->total), integer(after->total));
    tell_staff(change, is_replaced, "licensed_assistant", people(before->licensed_assistant), people(after->licensed_assistant));
    if (is_replaced)
        return;
    tell_staff(change, is_replaced, "licensed_intermediate", people(before->licensed_intermediate), people(after->licensed_intermediate));
    tell_staff(change, is_replaced, "licensed_senior", people(before->licensed_senior), people(after->licensed_senior));
}

/* They earn what the staff earns on average; the report of as_of, where there is one, is replaced. */
static void change_staff(const struct change *change)
{
    struct organisation *organisation = &change->dossier->organisation;
    const struct date as_of = change->one->decision->as_of;
    const struct staff_report *before = organisation_staff_on(organisation, as_of);
    const int32_t hired = (int32_t)counterfactual_value(change->choice);
    const bool is_replaced = date_compare(before->on, as_of) == 0;
    struct staff_report *staff = copy_rows(change->arena, organisation->staff, organisation->staff_count, sizeof *staff);
    struct staff_report *after = &staff[is_replaced ? (size_t)(before - organisation->staff) : organisation->staff_count];
    int64_t payroll_fen = organisation->payroll_month_fen;

    *after = (struct staff_report){as_of, before->total + hired, counted(before->licensed_assistant) + hired,
                                   before->licensed_intermediate, before->licensed_senior};
    tell_hires(change, is_replaced, before, after);
    organisation->staff = staff;
    organisation->staff_count += is_replaced ? 0 : 1;
    organisation->payroll_month_fen += money_mul_ratio_ceil(payroll_fen, hired, before->total);
    tell_field(change, "/organisation/payroll_month_fen", integer(payroll_fen), integer(organisation->payroll_month_fen));
}

void counterfactual_apply(const struct counterfactual_case *one, const struct counterfactual_choice *choice, struct dossier *changed,
                          struct arena *arena, struct counterfactual_record *record)
{
    static void (*const CHANGES[COUNTERFACTUAL_END])(const struct change *) = {
        [COUNTERFACTUAL_ASK_AMOUNT] = change_amount,
        [COUNTERFACTUAL_ASK_TENOR] = change_tenor,
        [COUNTERFACTUAL_LOCK_ACCOUNTS] = change_locks,
        [COUNTERFACTUAL_REGISTER_PLEDGE] = change_pledges,
        [COUNTERFACTUAL_CONFIRM_BUYERS] = change_confirmations,
        [COUNTERFACTUAL_COLLECT_RECEIVABLES] = change_receivables,
        [COUNTERFACTUAL_SIGN_AWARDED] = change_signatures,
        [COUNTERFACTUAL_CLEAR_WAGES] = change_wages,
        [COUNTERFACTUAL_CLEAR_INSTALMENTS] = change_instalments,
        [COUNTERFACTUAL_HIRE_LICENSED] = change_staff,
        [COUNTERFACTUAL_ACCEPT_WORK] = change_acceptances,
    };
    const struct change change = {one, choice, changed, arena, record};
    CHANGES[choice->options->lever->lever](&change);
}
