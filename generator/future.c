/* What really comes and goes after as_of. */
#include "generator/world_internal.h"

#include <assert.h>
#include <stdlib.h>

/* The list while it grows; its room is counted before. */
struct ledger {
    const struct story *story;
    struct world_flow *flows;
    size_t count;
    size_t room;
};

static void add_flow(struct ledger *ledger, int32_t on, enum world_flow_kind kind, int64_t amount_fen, bool is_payroll)
{
    const struct story *story = ledger->story;

    if (on > story->horizon || amount_fen == 0)
        return;
    assert(ledger->count < ledger->room);
    ledger->flows[ledger->count++] = (struct world_flow){on - story->as_of.days, kind, amount_fen, is_payroll};
}

/* ------------------------------------------------------------------ receipts */

static enum world_flow_kind kind_of(const struct story *story, const struct life *life)
{
    if (!portrait_may_be_swept(story, life))
        return WORLD_FLOW_RECEIPT;
    return life->account_locked ? WORLD_FLOW_RECEIPT_LOCKED : WORLD_FLOW_RECEIPT_LOCKABLE;
}

static void add_receipts(struct ledger *ledger, const struct life *life)
{
    const struct story *story = ledger->story;
    enum world_flow_kind kind = kind_of(story, life);

    if (life->failed_on != DAY_NEVER)
        return;
    for (int32_t i = 0; i < life->milestone_count; i++) {
        const struct life_milestone *milestone = &life->milestones[i];
        for (int32_t j = 0; j < milestone->payment_count; j++) {
            if (milestone->payments[j].paid_on > story->as_of.days)
                add_flow(ledger, milestone->payments[j].paid_on, kind, milestone->payments[j].amount_fen, false);
        }
    }
}

/* ------------------------------------------------------------------ costs */

/* The day of a month, or its last day where the month is shorter. */
static int32_t day_in_month(struct date first_of_month, int32_t of_month)
{
    int32_t last = date_add_months(first_of_month, 1).days - 1;
    int32_t day = first_of_month.days + of_month - 1;
    return day < last ? day : last;
}

static void add_month(struct ledger *ledger, struct date first, int month, const struct organisation *organisation)
{
    const struct story *story = ledger->story;
    int32_t payday = day_in_month(first, organisation->payroll_day);
    int32_t bills_day = day_in_month(first, 20);

    if (payday > story->as_of.days) {
        int64_t wages_fen = payroll_fen(story, payday);
        add_flow(ledger, payday, WORLD_FLOW_COST, -wages_fen * (month == story->character.thirteenth_month ? 2 : 1), true);
    }
    if (bills_day > story->as_of.days)
        add_flow(ledger, bills_day, WORLD_FLOW_COST, -other_costs_fen(story, bills_day), false);
}

static void add_costs(struct ledger *ledger, const struct organisation *organisation)
{
    const struct story *story = ledger->story;
    int year;
    int month;
    int day;

    date_to_ymd(story->as_of, &year, &month, &day);
    struct date first = {day_of(year, month, 1)};
    while (first.days <= story->horizon) {
        add_month(ledger, first, month, organisation);
        first = date_add_months(first, 1);
        month = month % 12 + 1;
    }
    if (organisation->wages_payable_fen != DOSSIER_FEN_NONE)
        add_flow(ledger, story->as_of.days, WORLD_FLOW_COST, -organisation->wages_payable_fen, false);
}

/* A claim, a flood, a car: in one year of ten, up to two months' wages. */
static void add_shocks(struct ledger *ledger, const struct organisation *organisation)
{
    struct chance chance = chance_of(&ledger->story->seed, "shock", "");

    for (int year = 0; year < 2; year++) {
        if (!chance_happens(&chance, 100))
            continue;
        int64_t amount_fen = permille_of(organisation->payroll_month_fen, chance_between(&chance, 200, 2000));
        int32_t day = ledger->story->as_of.days + 365 * year + (int32_t)chance_between(&chance, 1, 365);
        add_flow(ledger, day, WORLD_FLOW_COST, -amount_fen, false);
    }
}

/* Instalments of what is borrowed already; the principal that a renewal replaces is not among them. */
static void add_debt_service(struct ledger *ledger, const struct facility *facility, bool is_replaced)
{
    const struct story *story = ledger->story;

    for (size_t i = 0; i < facility->instalment_count; i++) {
        const struct instalment *instalment = &facility->instalments[i];
        int64_t left_fen = instalment_outstanding_fen(instalment) - (is_replaced ? instalment->principal_fen : 0);
        int32_t due_on = instalment_due_after_deferrals(facility, instalment).days;
        if (instalment->payment_count == 0)
            add_flow(ledger, day_max(due_on, story->as_of.days + 1), WORLD_FLOW_COST, -left_fen, false);
    }
}

/* ------------------------------------------------------------------ the list */

/* By day; within a day costs go out before receipts come in. Equal rows are equal, so their order does not show. */
static int compare_flows(const void *left, const void *right)
{
    const struct world_flow *a = left;
    const struct world_flow *b = right;

    if (a->day != b->day)
        return a->day < b->day ? -1 : 1;
    if (a->kind != b->kind)
        return a->kind < b->kind ? -1 : 1;
    if (a->amount_fen != b->amount_fen)
        return a->amount_fen < b->amount_fen ? -1 : 1;
    return (int)a->is_payroll - (int)b->is_payroll;
}

static size_t room_of(const struct story *story, const struct dossier *dossier)
{
    size_t room = 100; /* months of wages and bills, shocks */

    for (size_t i = 0; i < dossier->facility_count; i++)
        room += dossier->facilities[i].instalment_count;
    return room + story->life_count * LIFE_MILESTONES_MAX * 2;
}

static void count_losses(const struct story *story, struct world *world)
{
    int32_t today = story->as_of.days;

    for (size_t i = 0; i < story->life_count; i++) {
        const struct life *life = &story->lives[i];
        bool is_cut = life->terminated_on != DAY_NEVER && life->terminated_on > today;
        bool ends = life->failed_on == DAY_NEVER && life->ends_on > today && life->ends_on <= today + 365;
        world->contracts_cut += is_cut ? 1 : 0;
        world->contracts_not_renewed += ends && !life->is_followed && !life->line->is_event ? 1 : 0;
    }
}

void future_list(const struct story *story, struct world *world)
{
    const struct dossier *dossier = world->dossier;
    struct ledger ledger = {.story = story, .room = room_of(story, dossier)};

    ledger.flows = ARENA_NEW(story->arena, struct world_flow, ledger.room);
    for (size_t i = 0; i < story->life_count; i++)
        add_receipts(&ledger, &story->lives[i]);
    add_costs(&ledger, &dossier->organisation);
    add_shocks(&ledger, &dossier->organisation);
    for (size_t i = 0; i < dossier->facility_count; i++) {
        bool is_replaced = dossier->application.kind == APPLICATION_KIND_RENEWAL && i == dossier->application.facility_index;
        add_debt_service(&ledger, &dossier->facilities[i], is_replaced);
        world->replaced_fen += is_replaced ? dossier->facilities[i].outstanding_fen : 0;
    }
    qsort(ledger.flows, ledger.count, sizeof *ledger.flows, compare_flows);
    world->flows = ledger.flows;
    world->flow_count = ledger.count;
    count_losses(story, world);
}
