#include "generator/outcome.h"

#include "base/money.h"

#include <assert.h>

enum { GRACE_DAYS = 90, INTEREST_YEAR_DAYS = 360 };

/* The organisation's purse and the lender's, day by day. */
struct purse {
    int64_t cash_fen;  /* without the sweep: loan paid out, replaced principal repaid */
    int64_t sweepable_fen;
};

static bool may_sweep(enum world_flow_kind kind, enum outcome_sweep sweep)
{
    switch (kind) {
    case WORLD_FLOW_COST:
    case WORLD_FLOW_RECEIPT:
        return false;
    case WORLD_FLOW_RECEIPT_LOCKED:
        return sweep != OUTCOME_SWEEP_NONE;
    case WORLD_FLOW_RECEIPT_LOCKABLE:
        return sweep == OUTCOME_SWEEP_LOCKABLE;
    }
    return false;
}

static int64_t swept_fen(const struct purse *purse, const struct outcome_loan *loan, int64_t owed_fen)
{
    int64_t swept = money_mul_bp_floor(purse->sweepable_fen, loan->sweep_share_bp);
    return swept < owed_fen ? swept : owed_fen;
}

static void note_wages(struct outcome *outcome, const struct world_flow *flow, int64_t in_hand_fen)
{
    if (!flow->is_payroll || in_hand_fen >= 0)
        return;
    if (outcome->wage_gap_day < 0)
        outcome->wage_gap_day = flow->day;
    if (-in_hand_fen > outcome->wage_gap_fen)
        outcome->wage_gap_fen = -in_hand_fen;
}

/* Is everything owed there: held back already, or in cash on top of that? */
static bool can_repay(const struct purse *purse, const struct outcome_loan *loan, int64_t owed_fen)
{
    int64_t swept = swept_fen(purse, loan, owed_fen);
    return swept == owed_fen || purse->cash_fen - swept >= owed_fen - swept;
}

static void note_repaid(struct outcome *outcome, int32_t day, int32_t maturity_day)
{
    outcome->repaid_day = day;
    outcome->repaid_on_time = day <= maturity_day;
    outcome->repaid_within_90_days = true;
}

void outcome_measure(const struct world *world, const struct outcome_loan *loan, struct outcome *outcome)
{
    assert(loan->tenor_months >= 1 && loan->tenor_months <= WORLD_TENOR_MONTHS_MAX);
    struct date as_of = world->dossier->as_of;
    int32_t maturity_day = date_days_between(as_of, date_add_months(as_of, loan->tenor_months));
    int64_t interest_fen = money_mul_ratio_ceil(loan->amount_fen, (int64_t)loan->rate_bp * maturity_day, INT64_C(10000) * INTEREST_YEAR_DAYS);
    struct purse purse = {.cash_fen = world->opening_fen + loan->amount_fen - world->replaced_fen};
    size_t next = 0;

    *outcome = (struct outcome){.owed_fen = loan->amount_fen + interest_fen, .repaid_day = -1, .wage_gap_day = -1};
    for (int32_t day = 0; day <= maturity_day + GRACE_DAYS && outcome->repaid_day < 0; day++) {
        for (; next < world->flow_count && world->flows[next].day == day; next++) {
            const struct world_flow *flow = &world->flows[next];
            purse.cash_fen += flow->amount_fen;
            purse.sweepable_fen += may_sweep(flow->kind, loan->sweep) ? flow->amount_fen : 0;
            if (day <= maturity_day)
                note_wages(outcome, flow, purse.cash_fen - swept_fen(&purse, loan, outcome->owed_fen));
        }
        if (day >= maturity_day && can_repay(&purse, loan, outcome->owed_fen))
            note_repaid(outcome, day, maturity_day);
    }
}

int32_t outcome_first_shortfall(const struct world *world, int32_t day_max, int64_t *need_fen)
{
    int64_t cash_fen = world->opening_fen;
    int32_t first_day = -1;

    *need_fen = 0;
    for (size_t i = 0; i < world->flow_count && world->flows[i].day <= day_max; i++) {
        cash_fen += world->flows[i].amount_fen;
        if (cash_fen < 0 && first_day < 0)
            first_day = world->flows[i].day;
        if (-cash_fen > *need_fen)
            *need_fen = -cash_fen;
    }
    return first_day;
}
