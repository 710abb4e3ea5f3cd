#include "scoring/pipeline.h"

#include "base/money.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define YEAR_DAYS 365
#define FOLLOW_ON_DAYS 45 /* between one service year and the next */

static int64_t smaller(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int64_t share_bp(int64_t part_fen, int64_t whole_fen)
{
    return whole_fen <= 0 ? 0 : money_mul_ratio_floor(part_fen, MONEY_BP_ONE, whole_fen);
}

/* Public money paid by a public body: what a procurement loan is repaid from. */
static bool is_public(const struct payer *payer, const struct contract *contract)
{
    bool donated = contract->fund_source == FUND_SOURCE_CHARITY || contract->fund_source == FUND_SOURCE_VENTURE_PHILANTHROPY;
    return payer_is_public(payer) && !donated;
}

/* Money given for a purpose (限定性) cannot repay a loan: accounting system for non-profits 2004, art. 56. */
static bool is_restricted(const struct contract *contract)
{
    return contract->fund_source == FUND_SOURCE_CHARITY || contract->fund_source == FUND_SOURCE_VENTURE_PHILANTHROPY;
}

/*
 * Mark what other loans hold as security. A facility that is being renewed is not "elsewhere": its pledge passes to
 * the new loan.
 *   pledged  out  one per contract of the dossier, false before
 */
static void mark_pledged(const struct dossier *dossier, bool *pledged)
{
    for (size_t i = 0; i < dossier->facility_count; i++) {
        const struct facility *facility = &dossier->facilities[i];
        if (facility->outstanding_fen == 0 || i == dossier->application.facility_index)
            continue;
        for (size_t j = 0; j < facility->pledged_contract_count; j++)
            pledged[facility->pledged_contract_indexes[j]] = true;
    }
}

static int64_t stage_weight_ppm(const struct policy_pipeline *policy, enum contract_stage stage)
{
    switch (stage) {
    case CONTRACT_STAGE_INTENTION:
        return policy->weight_intention_ppm;
    case CONTRACT_STAGE_TENDERING:
        return policy->weight_tendering_ppm;
    case CONTRACT_STAGE_AWARDED:
        return policy->weight_awarded_ppm;
    case CONTRACT_STAGE_SIGNED:
    case CONTRACT_STAGE_PERFORMING:
    case CONTRACT_STAGE_EVALUATING:
    case CONTRACT_STAGE_CLOSED:
        return MONEY_PPM_ONE;
    case CONTRACT_STAGE_TERMINATED:
    case CONTRACT_STAGE_NONE:
        return 0;
    }
    return 0;
}

static int64_t evaluation_renewal_ppm(const struct policy_pipeline *policy, enum evaluation_result evaluation)
{
    switch (evaluation) {
    case EVALUATION_RESULT_EXCELLENT:
        return policy->renewal_excellent_ppm;
    case EVALUATION_RESULT_GOOD:
        return policy->renewal_good_ppm;
    case EVALUATION_RESULT_QUALIFIED:
        return policy->renewal_qualified_ppm;
    case EVALUATION_RESULT_UNQUALIFIED:
        return policy->renewal_unqualified_ppm;
    case EVALUATION_RESULT_NONE:
        return policy->renewal_unrated_ppm;
    }
    return 0;
}

static bool is_station_tier(enum contract_tier tier)
{
    return tier == CONTRACT_TIER_COUNTY_CENTRE || tier == CONTRACT_TIER_TOWNSHIP_STATION || tier == CONTRACT_TIER_VILLAGE_ROOM;
}

static int64_t renewal_ppm(const struct policy_pipeline *policy, const struct contract *contract)
{
    int64_t chance_ppm = evaluation_renewal_ppm(policy, contract->service_evaluation);
    chance_ppm += policy->renewal_per_earlier_ppm * smaller(contract->renewals, policy->renewal_earlier_max);
    if (is_station_tier(contract->tier))
        chance_ppm += policy->renewal_tier_station_ppm;
    return smaller(chance_ppm, policy->renewal_cap_ppm);
}

static void add_milestone(const struct policy_pipeline *policy, struct date as_of, const struct milestone *milestone,
                          struct pipeline_contract *row, struct pipeline_payer *payer, struct pipeline_result *sums)
{
    int64_t unpaid_fen = milestone_outstanding_fen(milestone);
    struct date payable_on = milestone_payable_on(row->contract, milestone);
    bool is_payable = !date_is_none(payable_on) && date_compare(payable_on, as_of) <= 0;
    int32_t late_days = is_payable ? date_days_between(payable_on, as_of) : 0;

    row->paid_fen += milestone_paid_fen(milestone);
    row->deducted_fen += milestone->deducted_fen;
    if (!date_is_none(milestone->accepted_on) || is_payable)
        row->accepted_unpaid_fen += unpaid_fen;
    else if (date_compare(milestone->due_on, as_of) <= 0)
        row->due_unaccepted_fen += unpaid_fen;
    else
        row->future_fen += unpaid_fen;

    if (!row->is_signed && row->contract->stage != CONTRACT_STAGE_CLOSED)
        return;
    payer->outstanding_fen += row->is_signed ? unpaid_fen : 0;
    if (!is_payable || unpaid_fen == 0)
        return;
    row->overdue_fen += unpaid_fen;
    payer->due_fen += unpaid_fen;
    payer->aged_fen += late_days > policy->cross_ageing_days ? unpaid_fen : 0;
    sums->overdue_30_fen += late_days > 30 ? unpaid_fen : 0;
    sums->overdue_60_fen += late_days > 60 ? unpaid_fen : 0;
    if (late_days > 90) {
        row->overdue_90_fen += unpaid_fen;
        payer->due_90_fen += unpaid_fen;
    }
}

static void fill_contract(const struct dossier *dossier, const struct policy *policy, const struct contract *contract,
                          bool is_pledged, struct pipeline_contract *row)
{
    const struct payer *payer = &dossier->payers[contract->payer_index];
    row->contract = contract;
    row->is_signed = contract_is_signed(contract);
    row->is_public = is_public(payer, contract);
    row->is_restricted = is_restricted(contract);
    row->is_pledged_elsewhere = is_pledged;
    row->is_sweepable = row->is_signed && row->is_public && !row->is_restricted && !row->is_pledged_elsewhere;
    row->stage_weight_ppm = stage_weight_ppm(&policy->pipeline, contract->stage);
    row->renewal_ppm = renewal_ppm(&policy->pipeline, contract);
}

static int compare_contracts(const void *left, const void *right)
{
    const struct pipeline_contract *a = left;
    const struct pipeline_contract *b = right;
    return strcmp(a->contract->id, b->contract->id);
}

/*
 * Is `next` the following service year of `row`? A dossier does not say which contract renews which: the same payer and
 * tier, renewed more often, and begun within so many days of the other's end.
 */
static bool follows(const struct contract *next, const struct contract *contract)
{
    if (date_is_none(next->starts_on) || date_is_none(contract->ends_on))
        return false;
    int32_t gap_days = date_days_between(contract->ends_on, next->starts_on);
    return next->payer_index == contract->payer_index && next->tier == contract->tier && next->renewals > contract->renewals &&
           gap_days >= -FOLLOW_ON_DAYS && gap_days <= FOLLOW_ON_DAYS;
}

/* Each follow-on takes one contract, the first by id that it can follow; rows are in order of id. */
static void mark_followed(struct pipeline_contract *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct contract *next = rows[i].contract;
        bool is_certain = rows[i].is_signed || next->stage == CONTRACT_STAGE_AWARDED;
        for (size_t j = 0; is_certain && j < count; j++) {
            if (j == i || !rows[j].is_signed || rows[j].is_followed || !follows(next, rows[j].contract))
                continue;
            rows[j].is_followed = true;
            break;
        }
    }
}

/* The part of a contract's value that falls into the year up to as_of, a day's share for each day of service. */
static int64_t last_year_value_fen(const struct contract *contract, struct date as_of)
{
    if (date_is_none(contract->starts_on) || date_is_none(contract->ends_on))
        return 0;
    int32_t first = contract->starts_on.days > as_of.days - YEAR_DAYS + 1 ? contract->starts_on.days : as_of.days - YEAR_DAYS + 1;
    int32_t last = contract->ends_on.days < as_of.days ? contract->ends_on.days : as_of.days;
    int32_t service_days = contract->ends_on.days - contract->starts_on.days + 1;
    return last < first ? 0 : money_mul_ratio_floor(contract->value_fen, last - first + 1, service_days);
}

static bool is_budget_money(enum fund_source source)
{
    return source == FUND_SOURCE_DEPARTMENT_BUDGET || source == FUND_SOURCE_PURCHASE_LIST || source == FUND_SOURCE_WELFARE_LOTTERY;
}

/* What the whole book adds up to; value-weighted shares are kept as sums until the end. */
struct shares {
    int64_t budget_fen;
    int64_t tier_fen;
    __int128 unpaid_days;   /* sum of outstanding yuan x days left */
    int64_t unpaid_yuan;
};

static void add_signed(const struct pipeline_contract *row, struct date as_of, struct pipeline_result *sums, struct shares *shares)
{
    const struct contract *contract = row->contract;
    int64_t unpaid_fen = row->accepted_unpaid_fen + row->due_unaccepted_fen + row->future_fen;

    sums->signed_value_fen += contract->value_fen;
    sums->outstanding_fen += unpaid_fen;
    sums->accepted_unpaid_fen += row->accepted_unpaid_fen;
    sums->due_unaccepted_fen += row->due_unaccepted_fen;
    sums->future_fen += row->future_fen;
    sums->disputed_fen += contract->disputed_fen;
    sums->retained_fen += contract->retained_fen;
    sums->public_contract_count += row->is_public ? 1 : 0;
    shares->budget_fen += is_budget_money(contract->fund_source) && row->is_public ? contract->value_fen : 0;
    shares->tier_fen += is_station_tier(contract->tier) ? contract->value_fen : 0;
    if (date_is_none(contract->ends_on))
        return;
    if (date_compare(contract->ends_on, sums->last_end) > 0)
        sums->last_end = contract->ends_on;
    int32_t days_left = date_days_between(as_of, contract->ends_on);
    shares->unpaid_yuan += unpaid_fen / 100;
    shares->unpaid_days += days_left > 0 ? (__int128)(unpaid_fen / 100) * days_left : 0;
}

static void add_last_milestone(const struct contract *contract, struct pipeline_result *sums)
{
    for (size_t i = 0; i < contract->milestone_count; i++) {
        const struct milestone *milestone = &contract->milestones[i];
        if (milestone_outstanding_fen(milestone) > 0 && date_compare(milestone->due_on, sums->last_milestone) > 0)
            sums->last_milestone = milestone->due_on;
    }
}

static struct pipeline_payer *payer_row(struct pipeline_payer *rows, size_t count, size_t payer_index)
{
    for (size_t i = 0; i < count; i++) {
        if (rows[i].payer_index == payer_index)
            return &rows[i];
    }
    return NULL;
}

/* One row per payer with a contract, in order of payer id (the curves are in that order already). */
static size_t list_payers(const struct delay_result *delay, struct pipeline_payer *rows)
{
    size_t count = 0;
    for (size_t i = 0; i < delay->curve_count; i++) {
        if (count == 0 || rows[count - 1].payer_index != delay->curves[i].payer_index)
            rows[count++].payer_index = delay->curves[i].payer_index;
    }
    return count;
}

/* Largest share of one payer, and of one finance authority: all payers of a region draw on one budget. */
static void fill_concentration(const struct dossier *dossier, struct pipeline_payer *payers, size_t count, struct pipeline_result *sums)
{
    int64_t total_fen = 0;
    for (size_t i = 0; i < count; i++)
        total_fen += payers[i].outstanding_fen;
    for (size_t i = 0; i < count; i++) {
        int64_t authority_fen = 0;
        const struct payer *payer = &dossier->payers[payers[i].payer_index];
        for (size_t j = 0; j < count; j++) {
            const struct payer *other = &dossier->payers[payers[j].payer_index];
            authority_fen += strcmp(payer->region.code, other->region.code) == 0 ? payers[j].outstanding_fen : 0;
        }
        payers[i].share_bp = share_bp(payers[i].outstanding_fen, total_fen);
        if (payers[i].share_bp > sums->payer_share_max_bp)
            sums->payer_share_max_bp = (int32_t)payers[i].share_bp;
        if (share_bp(authority_fen, total_fen) > sums->authority_share_max_bp)
            sums->authority_share_max_bp = (int32_t)share_bp(authority_fen, total_fen);
    }
}

/* Cross-ageing: when too much of what a payer owes is too old, none of it is taken. */
static void fill_cross_ageing(const struct policy_pipeline *policy, struct pipeline_payer *payers, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct pipeline_payer *payer = &payers[i];
        payer->is_cross_aged = payer->aged_fen > 0 && share_bp(payer->aged_fen, payer->due_fen) > policy->cross_ageing_share_bp;
    }
}

void pipeline_build(const struct dossier *dossier, const struct policy *policy, struct date as_of,
                    const struct delay_result *delay, struct arena *arena, struct pipeline_result *result)
{
    size_t count = dossier->contract_count;
    struct pipeline_contract *contracts = ARENA_NEW(arena, struct pipeline_contract, count + 1);
    struct pipeline_payer *payers = ARENA_NEW(arena, struct pipeline_payer, delay->curve_count + 1);
    size_t payer_count = list_payers(delay, payers);
    struct shares shares = {0, 0, 0, 0};

    *result = (struct pipeline_result){.contracts = contracts, .contract_count = count, .payers = payers,
                                       .payer_count = payer_count, .last_end = DATE_NONE, .last_milestone = DATE_NONE};
    bool *pledged = ARENA_NEW(arena, bool, count + 1);
    mark_pledged(dossier, pledged);
    for (size_t i = 0; i < count; i++)
        fill_contract(dossier, policy, &dossier->contracts[i], pledged[i], &contracts[i]);
    qsort(contracts, count, sizeof *contracts, compare_contracts);
    mark_followed(contracts, count);

    for (size_t i = 0; i < count; i++) {
        struct pipeline_contract *row = &contracts[i];
        const struct contract *contract = row->contract;
        struct pipeline_payer *payer = payer_row(payers, payer_count, contract->payer_index);
        assert(payer != NULL);
        for (size_t j = 0; j < contract->milestone_count; j++)
            add_milestone(&policy->pipeline, as_of, &contract->milestones[j], row, payer, result);
        result->overdue_fen += row->overdue_fen;
        result->overdue_90_fen += row->overdue_90_fen;
        result->deducted_fen += row->deducted_fen;
        if (row->is_signed) {
            add_signed(row, as_of, result, &shares);
            add_last_milestone(contract, result);
        }
        if (row->is_public && (row->is_signed || contract->stage == CONTRACT_STAGE_CLOSED))
            result->annual_public_income_fen += last_year_value_fen(contract, as_of);
    }

    result->budget_funded_bp = (int32_t)share_bp(shares.budget_fen, result->signed_value_fen);
    result->tier_mix_bp = (int32_t)share_bp(shares.tier_fen, result->signed_value_fen);
    if (shares.unpaid_yuan > 0)
        result->remaining_months_x10 = (int32_t)(shares.unpaid_days / shares.unpaid_yuan * 120 / YEAR_DAYS);
    fill_concentration(dossier, payers, payer_count, result);
    fill_cross_ageing(&policy->pipeline, payers, payer_count);
    for (size_t i = 0; i < count; i++)
        contracts[i].is_cross_aged = payer_row(payers, payer_count, contracts[i].contract->payer_index)->is_cross_aged;
}
