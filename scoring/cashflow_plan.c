#include "scoring/cashflow_planner.h"

#include "base/money.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define LATE_DAYS 90 /* "within 90 days of maturity" */

int32_t planner_week_of(const struct planner *planner, struct date day)
{
    int32_t days = date_days_between(planner->as_of, day);
    return days >= 0 ? days / CASHFLOW_WEEK_DAYS : -((-days) / CASHFLOW_WEEK_DAYS);
}

int32_t planner_weeks_rounded_up(int32_t days)
{
    return (days + CASHFLOW_WEEK_DAYS - 1) / CASHFLOW_WEEK_DAYS;
}

struct rng_shuffle planner_draw_of(const struct planner *planner, const char *kind, const char *id_first, const char *id_second)
{
    return rng_shuffle_of(rng_key_of((uint64_t)planner->policy->cashflow.seed, kind, id_first, id_second), planner->plan->paths_log2);
}

/* ------------------------------------------------------------------ time */

static struct date new_year_of(struct date date)
{
    int year, month, day;
    date_to_ymd(date, &year, &month, &day);
    return date_add_months(date_add_days(date, 1 - day), 1 - month);
}

/* The first week of each calendar year, and the week in which its offices open. */
static void fill_openings(struct planner *planner)
{
    const struct policy_cashflow *policy = &planner->policy->cashflow;
    const int64_t closed_weeks[DELAY_STATE_COUNT] = {policy->year_start_normal_weeks, policy->year_start_slow_weeks,
                                                     policy->year_start_freeze_weeks};
    struct cashflow_plan *plan = planner->plan;
    struct date new_year = DATE_NONE;
    for (int32_t week = 0; week < plan->weeks; week++) {
        struct date day = date_add_days(planner->as_of, week * CASHFLOW_WEEK_DAYS);
        if (date_compare(new_year_of(day), new_year) == 0)
            continue;
        new_year = new_year_of(day);
        assert(plan->opening_count < CASHFLOW_YEARS_MAX);
        struct cashflow_opening *opening = &plan->openings[plan->opening_count++];
        int32_t past_weeks = date_days_between(new_year, day) / CASHFLOW_WEEK_DAYS;
        opening->first_week = (uint8_t)week;
        for (int state = 0; state < DELAY_STATE_COUNT; state++) {
            int32_t wait_weeks = (int32_t)closed_weeks[state] - past_weeks;
            int32_t open_week = wait_weeks > 0 ? week + wait_weeks : week;
            opening->open_week[state] = (uint8_t)(open_week < plan->weeks ? open_week : plan->weeks);
        }
    }
}

static void fill_horizon(struct planner *planner)
{
    const struct policy_price *price = &planner->policy->price;
    struct cashflow_plan *plan = planner->plan;

    plan->tenor_count = (int32_t)price->tenor_count;
    for (int32_t i = 0; i < plan->tenor_count; i++) {
        struct date matures_on = date_add_months(planner->as_of, (int)price->tenor_months[i]);
        int32_t days = date_days_between(planner->as_of, matures_on);
        plan->tenor_months[i] = (int32_t)price->tenor_months[i];
        plan->maturity_week[i][0] = days / CASHFLOW_WEEK_DAYS;
        plan->maturity_week[i][1] = (days + LATE_DAYS) / CASHFLOW_WEEK_DAYS;
    }
    plan->weeks_to_longest_tenor = plan->maturity_week[plan->tenor_count - 1][0] + 1;
    plan->weeks = plan->weeks_to_longest_tenor + 1 + (int32_t)planner->policy->cashflow.tail_weeks;
    assert(plan->weeks <= CASHFLOW_WEEKS_MAX); /* policy_check */
    plan->paths_log2 = (int32_t)planner->policy->cashflow.paths_log2;
}

/* ------------------------------------------------------------------ delays */

/* week[level]: the first week after which less than (level + 1/2) / LEVELS is left. */
static void fill_inverse(const int32_t *survival, uint8_t inverse[static CASHFLOW_LEVELS])
{
    int64_t open_levels = CASHFLOW_LEVELS; /* those below are not reached yet */
    for (int32_t week = 0; week < DELAY_WEEKS; week++) {
        int64_t halves = (int64_t)survival[week] * 2 * CASHFLOW_LEVELS / DELAY_ONE; /* level is left behind where 2 level + 1 > halves */
        int64_t left = (halves + 1) / 2;
        if (left < open_levels) {
            memset(&inverse[left], week, (size_t)(open_levels - left));
            open_levels = left;
        }
    }
    memset(inverse, DELAY_WEEKS, (size_t)open_levels);
}

static void fill_inverses(struct planner *planner)
{
    const struct delay_result *delay = planner->delay;
    struct cashflow_inverse *inverses = ARENA_NEW(planner->arena, struct cashflow_inverse, delay->curve_count + 1);
    for (size_t i = 0; i < delay->curve_count; i++) {
        for (size_t state = 0; state < DELAY_STATE_COUNT; state++)
            fill_inverse(delay->curves[i].survival[state], inverses[i].week + state * CASHFLOW_LEVELS);
    }
    struct cashflow_inverse *slip = ARENA_NEW(planner->arena, struct cashflow_inverse, 1);
    fill_inverse(delay->slip_survival, slip->week);
    planner->plan->inverses = inverses;
    planner->plan->slip_inverse = slip;
}

/* ------------------------------------------------------------------ authorities */

static int compare_texts(const void *left, const void *right)
{
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

/* All payers of one region draw on one finance authority. Order: by code. */
static void fill_authorities(struct planner *planner)
{
    const struct dossier *dossier = planner->dossier;
    const char **codes = ARENA_NEW(planner->arena, const char *, dossier->payer_count + 1);
    for (size_t i = 0; i < dossier->payer_count; i++)
        codes[i] = dossier->payers[i].region.code;
    qsort(codes, dossier->payer_count, sizeof *codes, compare_texts);
    size_t count = 0;
    for (size_t i = 0; i < dossier->payer_count; i++) {
        if (count == 0 || strcmp(codes[count - 1], codes[i]) != 0)
            codes[count++] = codes[i];
    }
    planner->plan->authorities = codes;
    planner->plan->authority_count = count;
    struct rng_shuffle *draws = ARENA_NEW(planner->arena, struct rng_shuffle, count + 1);
    for (size_t i = 0; i < count; i++)
        draws[i] = planner_draw_of(planner, "authority", codes[i], "");
    planner->plan->authority_draws = draws;
    planner->plan->system_draw = planner_draw_of(planner, "system", "", "");
}

size_t planner_authority_of(const struct planner *planner, const struct contract *contract)
{
    const char *code = planner->dossier->payers[contract->payer_index].region.code;
    const char *const *found = bsearch(&code, planner->plan->authorities, planner->plan->authority_count, sizeof code, compare_texts);
    assert(found != NULL);
    return (size_t)(found - planner->plan->authorities);
}

/* ------------------------------------------------------------------ outflows */

static int64_t given(int64_t amount_fen)
{
    return amount_fen == DOSSIER_FEN_NONE ? 0 : amount_fen;
}

static void add_outflow(struct planner *planner, struct date day, int64_t amount_fen)
{
    int32_t week = planner_week_of(planner, day);
    if (week < planner->plan->weeks)
        planner->plan->outflow_until_fen[week < 0 ? 0 : week] += amount_fen;
}

/* Instalments still owed, what is late at once. The principal that this loan replaces is kept apart. */
static void add_debt_service(struct planner *planner, const struct facility *facility, bool is_replaced)
{
    int64_t scheduled_fen = 0;
    for (size_t i = 0; i < facility->instalment_count; i++) {
        const struct instalment *instalment = &facility->instalments[i];
        int64_t unpaid_fen = instalment_outstanding_fen(instalment);
        int64_t principal_fen = unpaid_fen < instalment->principal_fen ? unpaid_fen : instalment->principal_fen;
        scheduled_fen += principal_fen;
        add_outflow(planner, instalment_due_after_deferrals(facility, instalment), is_replaced ? unpaid_fen - principal_fen : unpaid_fen);
    }
    if (is_replaced) {
        int32_t week = planner_week_of(planner, facility->matures_on);
        planner->plan->replaced_fen = facility->outstanding_fen;
        planner->plan->replaced_week = week < 0 ? 0 : week;
    } else if (facility->outstanding_fen > scheduled_fen)
        add_outflow(planner, facility->matures_on, facility->outstanding_fen - scheduled_fen);
}

static void fill_outflows(struct planner *planner)
{
    const struct organisation *organisation = &planner->dossier->organisation;
    struct cashflow_plan *plan = planner->plan;
    struct cashflow_payroll *payrolls = ARENA_NEW(planner->arena, struct cashflow_payroll, planner->payday_count + 1);

    plan->opening_fen = organisation->cash_fen - given(organisation->restricted_cash_fen);
    plan->outflow_until_fen[0] += given(organisation->wages_payable_fen);
    for (size_t i = 0; i < planner->payday_count; i++) {
        const struct cashflow_payday *payday = &planner->paydays[i];
        int64_t wages_fen = planner_payroll_fen(planner, payday->day);
        add_outflow(planner, payday->day, payday->is_thirteenth ? 2 * wages_fen : wages_fen);
        add_outflow(planner, payday->day, given(organisation->other_costs_month_fen));
        payrolls[i].week = planner_week_of(planner, payday->day);
    }
    plan->payrolls = payrolls;
    plan->payroll_count = planner->payday_count;
    plan->payroll_month_fen = organisation->payroll_month_fen;
    for (size_t i = 0; i < planner->dossier->facility_count; i++)
        add_debt_service(planner, &planner->dossier->facilities[i], i == planner->dossier->application.facility_index);
}

static bool is_maturity(const struct cashflow_plan *plan, int32_t week)
{
    for (int32_t i = 0; i < plan->tenor_count; i++) {
        if (plan->maturity_week[i][0] == week || plan->maturity_week[i][1] == week)
            return true;
    }
    return false;
}

/* Could a sum of money on any path pass what the paths keep? Nobody's does but a made-up dossier's. */
static bool may_exceed(const struct cashflow_plan *plan)
{
    int64_t room_fen = CASHFLOW_SUM_MAX - (plan->opening_fen < 0 ? -plan->opening_fen : plan->opening_fen);
    for (int32_t week = 0; week < plan->weeks && room_fen >= 0; week++)
        room_fen -= plan->outflow_until_fen[week];
    for (size_t i = 0; i < plan->flow_count && room_fen >= 0; i++)
        room_fen -= plan->flows[i].amount_fen;
    for (size_t i = 0; i < plan->outlook_count; i++) {
        for (size_t k = 0; k < plan->payroll_count && room_fen >= 0; k++)
            room_fen -= plan->outlooks[i].cost_fen[k];
    }
    return room_fen < 0;
}

/* Between these weeks cash only rises, so that nothing about it has to be known. Turns the outflows into sums. */
static void fill_stops(struct cashflow_plan *plan)
{
    size_t payroll = 0;
    for (int32_t week = 0; week < plan->weeks; week++) {
        bool is_payroll = payroll < plan->payroll_count && plan->payrolls[payroll].week == week;
        bool is_stop = week == 0 || is_payroll || plan->outflow_until_fen[week] != 0 || week == plan->replaced_week || is_maturity(plan, week);
        payroll += is_payroll ? 1 : 0;
        plan->outflow_until_fen[week] += week == 0 ? 0 : plan->outflow_until_fen[week - 1];
        if (is_stop)
            plan->stop_week[plan->stop_count++] = week;
    }
}

void cashflow_plan_build(const struct dossier *dossier, const struct policy *policy, struct date as_of,
                         const struct delay_result *delay, const struct pipeline_result *pipeline, struct arena *arena,
                         struct cashflow_plan *plan)
{
    struct planner planner = {.dossier = dossier, .policy = policy, .as_of = as_of, .delay = delay, .pipeline = pipeline,
                              .arena = arena, .plan = plan};

    *plan = (struct cashflow_plan){0};
    fill_horizon(&planner);
    fill_openings(&planner);
    fill_inverses(&planner);
    fill_authorities(&planner);
    planner_attach_work(&planner);
    planner_list_paydays(&planner);
    planner_fill_flows(&planner);
    fill_outflows(&planner);
    plan->may_exceed = may_exceed(plan);
    fill_stops(plan);
}
