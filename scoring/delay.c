#include "scoring/delay.h"

#include "base/money.h"
#include "contracts/schedule.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define WEEK_DAYS 7
#define NEVER_WEEKS 2000 /* past every tenor */
#define FUND_SOURCES (FUND_SOURCE_OTHER + 1)
#define LEVELS (PAYER_LEVEL_DONOR + 1)

/* Events and exposure gathered for one speed, both in millionths. */
struct tally {
    int64_t events_ppm;
    int64_t exposure_ppm;
    int32_t observations;
};

/* What a dossier's milestones say about one payer by week, for the Kaplan-Meier curve. Shares in ppm. */
struct weekly_counts {
    int64_t events_ppm[DELAY_KAPLAN_MEIER_WEEKS];
    int64_t censored_ppm[DELAY_KAPLAN_MEIER_WEEKS];
    int64_t beyond_ppm; /* still unpaid after the last week shown */
};

/* The hazards of each week under one class, before any speed: hazard[w] and its running sum. */
struct prior {
    int64_t hazard_ppm[DELAY_WEEKS];
    int64_t sum_ppm[DELAY_WEEKS + 1]; /* sum of the first w weeks */
};

static int32_t whole_weeks(struct date from, struct date to)
{
    int32_t days = date_days_between(from, to);
    return days < 0 ? 0 : days / WEEK_DAYS;
}

static int32_t smaller(int32_t a, int32_t b)
{
    return a < b ? a : b;
}

static void prior_fill(const struct policy_delay *policy, const int64_t *bins_ppm, struct prior *prior)
{
    size_t bin = 0;
    prior->sum_ppm[0] = 0;
    for (int32_t week = 0; week < DELAY_WEEKS; week++) {
        while (bin + 1 < policy->bin_count && policy->bin_start_weeks[bin + 1] <= week)
            bin++;
        prior->hazard_ppm[week] = bins_ppm[bin];
        prior->sum_ppm[week + 1] = prior->sum_ppm[week] + bins_ppm[bin];
    }
}

/* The most specific row: level and source, then level, then the row for all. */
static const struct policy_hazard_row *hazard_row(const struct policy_delay *policy, enum payer_level level, enum fund_source source)
{
    const struct policy_hazard_row *best = NULL;
    int best_rank = -1;
    for (size_t i = 0; i < policy->payment_count; i++) {
        const struct policy_hazard_row *row = &policy->payment[i];
        bool level_fits = row->level == PAYER_LEVEL_NONE || row->level == level;
        bool source_fits = row->fund_source == FUND_SOURCE_NONE || row->fund_source == source;
        int rank = (row->level != PAYER_LEVEL_NONE ? 2 : 0) + (row->fund_source != FUND_SOURCE_NONE ? 1 : 0);
        if (level_fits && source_fits && rank > best_rank) {
            best = row;
            best_rank = rank;
        }
    }
    assert(best != NULL); /* policy_check: there is a row for all */
    return best;
}

/* Posterior mean of a speed: (m * above + events) / (m + exposure). */
static int64_t speed(int64_t strength_ppm, int64_t above_ppm, const struct tally *tally)
{
    int64_t at_prior = money_mul_ratio_floor(strength_ppm, above_ppm, MONEY_PPM_ONE);
    return money_mul_ratio_floor(at_prior + tally->events_ppm, MONEY_PPM_ONE, strength_ppm + tally->exposure_ppm);
}

/* One paid or unpaid share of a milestone. */
static void tally_share(struct tally *tally, struct weekly_counts *weekly, const struct prior *prior, int64_t share_ppm,
                        int32_t weeks, bool is_paid)
{
    int32_t week = smaller(weeks, DELAY_WEEKS - 1);
    int64_t at_risk_ppm = is_paid ? prior->sum_ppm[week + 1] : prior->sum_ppm[week];

    tally->exposure_ppm += money_mul_ppm_floor(at_risk_ppm, share_ppm);
    if (is_paid)
        tally->events_ppm += share_ppm;
    if (weekly == NULL)
        return;
    if (week >= DELAY_KAPLAN_MEIER_WEEKS)
        weekly->beyond_ppm += share_ppm;
    else if (is_paid)
        weekly->events_ppm[week] += share_ppm;
    else
        weekly->censored_ppm[week] += share_ppm;
}

/* A milestone counts from its payable day on; partly paid ones weigh by amount. */
static void tally_milestone(struct tally *tally, struct weekly_counts *weekly, const struct prior *prior,
                            const struct contract *contract, const struct milestone *milestone, struct date as_of)
{
    struct date payable_on = milestone_payable_on(contract, milestone);
    int64_t base_fen = milestone->amount_fen - milestone->deducted_fen;
    if (date_is_none(payable_on) || base_fen <= 0)
        return;
    if (date_compare(payable_on, as_of) > 0 && milestone->payment_count == 0)
        return;

    int64_t unpaid_ppm = MONEY_PPM_ONE;
    for (size_t i = 0; i < milestone->payment_count; i++) {
        const struct payment *payment = &milestone->payments[i];
        int64_t share_ppm = money_mul_ratio_floor(payment->amount_fen, MONEY_PPM_ONE, base_fen);
        tally_share(tally, weekly, prior, share_ppm, whole_weeks(payable_on, payment->paid_on), true);
        unpaid_ppm -= share_ppm;
    }
    if (unpaid_ppm > 0 && milestone_outstanding_fen(milestone) > 0)
        tally_share(tally, weekly, prior, unpaid_ppm, whole_weeks(payable_on, as_of), false);
    tally->observations++;
}

/* A class of payers: its prior hazards and what the book and this dossier say about it. Made when first asked for. */
struct payer_class {
    struct prior prior;
    struct tally tally;
};

struct class_table {
    const struct dossier *dossier;
    const struct policy_delay *policy;
    struct date as_of;
    struct arena *arena;
    struct payer_class *rows[LEVELS][FUND_SOURCES];
};

static void tally_contract(struct tally *tally, struct weekly_counts *weekly, const struct prior *prior,
                           const struct contract *contract, struct date as_of)
{
    for (size_t i = 0; i < contract->milestone_count; i++)
        tally_milestone(tally, weekly, prior, contract, &contract->milestones[i], as_of);
}

static const struct payer *payer_of(const struct dossier *dossier, const struct contract *contract)
{
    return &dossier->payers[contract->payer_index];
}

/* Everything of one class: the whole book's rows and this organisation's own milestones. */
static struct tally tally_class(const struct class_table *classes, const struct prior *prior, enum payer_level level,
                                enum fund_source source)
{
    const struct dossier *dossier = classes->dossier;
    struct tally tally = {0, 0, 0};
    for (size_t i = 0; i < dossier->payer_experience_count; i++) {
        const struct payer_experience *row = &dossier->payer_experience[i];
        if (row->payer_index == SIZE_MAX && row->level == level && row->fund_source == source) {
            tally.events_ppm += row->events_ppm;
            tally.exposure_ppm += row->exposure_ppm;
        }
    }
    for (size_t i = 0; i < dossier->contract_count; i++) {
        const struct contract *contract = &dossier->contracts[i];
        if (contract->fund_source == source && payer_of(dossier, contract)->level == level)
            tally_contract(&tally, NULL, prior, contract, classes->as_of);
    }
    return tally;
}

static const struct payer_class *class_of(struct class_table *classes, enum payer_level level, enum fund_source source)
{
    struct payer_class **row = &classes->rows[level][source];
    if (*row == NULL) {
        *row = ARENA_NEW(classes->arena, struct payer_class, 1);
        prior_fill(classes->policy, hazard_row(classes->policy, level, source)->hazard_ppm, &(*row)->prior);
        (*row)->tally = tally_class(classes, &(*row)->prior, level, source);
    }
    return *row;
}

/* Everything of one payer, each contract against the prior of its own class. */
static struct tally tally_payer(struct class_table *classes, size_t payer_index, struct weekly_counts *weekly)
{
    const struct dossier *dossier = classes->dossier;
    struct tally tally = {0, 0, 0};
    for (size_t i = 0; i < dossier->payer_experience_count; i++) {
        const struct payer_experience *row = &dossier->payer_experience[i];
        if (row->payer_index == payer_index) {
            tally.events_ppm += row->events_ppm;
            tally.exposure_ppm += row->exposure_ppm;
        }
    }
    for (size_t i = 0; i < dossier->contract_count; i++) {
        const struct contract *contract = &dossier->contracts[i];
        if (contract->payer_index != payer_index)
            continue;
        const struct payer_class *class = class_of(classes, payer_of(dossier, contract)->level, contract->fund_source);
        tally_contract(&tally, weekly, &class->prior, contract, classes->as_of);
    }
    return tally;
}

/* survival[w] = share left after week w. */
static void survival_fill(const struct policy_delay *policy, const struct prior *prior, int64_t theta_ppm, int32_t *survival)
{
    int64_t left = DELAY_ONE;
    for (int32_t week = 0; week < DELAY_WEEKS; week++) {
        int64_t hazard_ppm = money_mul_ppm_floor(prior->hazard_ppm[week], theta_ppm);
        if (hazard_ppm > policy->hazard_cap_ppm)
            hazard_ppm = policy->hazard_cap_ppm;
        left = left * (MONEY_PPM_ONE - hazard_ppm) / MONEY_PPM_ONE;
        survival[week] = (int32_t)left;
    }
}

/* Mean in days, rounded: whole weeks survived, and half a week for the one in which it is paid. */
static int32_t expected_days(const int32_t *survival)
{
    int64_t sum = 0;
    for (int32_t week = 0; week < DELAY_WEEKS; week++)
        sum += survival[week];
    return (int32_t)((2 * sum * WEEK_DAYS + WEEK_DAYS * DELAY_ONE + DELAY_ONE) / (2 * DELAY_ONE));
}

/* The first day by which this share is paid, at the end of a week. */
static int32_t quantile_days(const int32_t *survival, int32_t paid_percent)
{
    for (int32_t week = 0; week < DELAY_WEEKS; week++) {
        if ((int64_t)survival[week] * 100 <= DELAY_ONE * (100 - paid_percent))
            return (week + 1) * WEEK_DAYS;
    }
    return DELAY_WEEKS * WEEK_DAYS;
}

/* Share paid within so many days, in a straight line within the week. */
static int32_t paid_within_bp(const int32_t *survival, int32_t days)
{
    int32_t weeks = days / WEEK_DAYS;
    int64_t before = weeks == 0 ? DELAY_ONE : survival[weeks - 1];
    int64_t left = before - (before - survival[weeks]) * (days % WEEK_DAYS) / WEEK_DAYS;
    return (int32_t)((DELAY_ONE - left) * MONEY_BP_ONE / DELAY_ONE);
}

/* Kaplan and Meier 1958: the product over weeks of 1 - paid / at risk. */
static void kaplan_meier_fill(const struct weekly_counts *weekly, int32_t *curve_ppm)
{
    int64_t at_risk_ppm = weekly->beyond_ppm;
    for (int32_t week = 0; week < DELAY_KAPLAN_MEIER_WEEKS; week++)
        at_risk_ppm += weekly->events_ppm[week] + weekly->censored_ppm[week];

    int64_t left_ppm = MONEY_PPM_ONE;
    for (int32_t week = 0; week < DELAY_KAPLAN_MEIER_WEEKS; week++) {
        if (at_risk_ppm > 0)
            left_ppm = money_mul_ratio_floor(left_ppm, at_risk_ppm - weekly->events_ppm[week], at_risk_ppm);
        at_risk_ppm -= weekly->events_ppm[week] + weekly->censored_ppm[week];
        curve_ppm[week] = (int32_t)left_ppm;
    }
}

static void curve_fill(struct class_table *classes, const struct policy *policy, struct delay_curve *curve)
{
    const struct policy_delay *delay = &policy->delay;
    enum payer_level level = classes->dossier->payers[curve->payer_index].level;
    const struct payer_class *class = class_of(classes, level, curve->fund_source);
    struct weekly_counts weekly = {{0}, {0}, 0};
    struct tally of_payer = tally_payer(classes, curve->payer_index, &weekly);

    curve->theta_class_ppm = speed(delay->prior_strength_ppm, MONEY_PPM_ONE, &class->tally);
    curve->theta_ppm = speed(delay->prior_strength_ppm, curve->theta_class_ppm, &of_payer);
    curve->events_ppm = of_payer.events_ppm;
    curve->exposure_ppm = of_payer.exposure_ppm;
    curve->observations = of_payer.observations;
    curve->prior_weight_bp = money_mul_ratio_floor(delay->prior_strength_ppm, MONEY_BP_ONE,
                                                   delay->prior_strength_ppm + of_payer.exposure_ppm);

    const int64_t factor_ppm[DELAY_STATE_COUNT] = {MONEY_PPM_ONE, policy->cashflow.hazard_slow_ppm, policy->cashflow.hazard_freeze_ppm};
    for (int state = 0; state < DELAY_STATE_COUNT; state++)
        survival_fill(delay, &class->prior, money_mul_ppm_floor(curve->theta_ppm, factor_ppm[state]), curve->survival[state]);

    const int32_t *normal = curve->survival[DELAY_STATE_NORMAL];
    curve->expected_days = expected_days(normal);
    curve->p50_days = quantile_days(normal, 50);
    curve->p90_days = quantile_days(normal, 90);
    curve->paid_30_days_bp = paid_within_bp(normal, 30);
    curve->paid_60_days_bp = paid_within_bp(normal, 60);
    kaplan_meier_fill(&weekly, curve->kaplan_meier_ppm);
}

/* The organisation's own delivery: from the day work is due to its acceptance. */
static void slip_fill(const struct dossier *dossier, const struct policy *policy, struct date as_of, struct delay_result *result)
{
    struct tally tally = {0, 0, 0};
    struct prior prior;
    prior_fill(&policy->delay, policy->delay.slip_hazard_ppm, &prior);

    for (size_t i = 0; i < dossier->contract_count; i++) {
        const struct contract *contract = &dossier->contracts[i];
        for (size_t j = 0; j < contract->milestone_count; j++) {
            const struct milestone *milestone = &contract->milestones[j];
            bool is_accepted = !date_is_none(milestone->accepted_on);
            if (!is_accepted && (date_compare(milestone->due_on, as_of) > 0 || !contract_is_signed(contract)))
                continue;
            struct date end = is_accepted ? milestone->accepted_on : as_of;
            tally_share(&tally, NULL, &prior, MONEY_PPM_ONE, whole_weeks(milestone->due_on, end), is_accepted);
            tally.observations++;
        }
    }
    result->slip_theta_ppm = speed(policy->delay.prior_strength_ppm, MONEY_PPM_ONE, &tally);
    result->slip_observations = tally.observations;
    survival_fill(&policy->delay, &prior, result->slip_theta_ppm, result->slip_survival);
    result->slip_expected_days = expected_days(result->slip_survival);
    result->slip_p90_days = quantile_days(result->slip_survival, 90);
}

struct pair {
    const char *payer_id;
    size_t payer_index;
    enum fund_source fund_source;
};

static int compare_pairs(const void *left, const void *right)
{
    const struct pair *a = left;
    const struct pair *b = right;
    int order = strcmp(a->payer_id, b->payer_id);
    return order != 0 ? order : (int)a->fund_source - (int)b->fund_source;
}

/* The distinct pairs of payer and fund source among the contracts, in order. */
static size_t list_pairs(const struct dossier *dossier, struct pair *pairs)
{
    for (size_t i = 0; i < dossier->contract_count; i++) {
        const struct contract *contract = &dossier->contracts[i];
        pairs[i] = (struct pair){payer_of(dossier, contract)->id, contract->payer_index, contract->fund_source};
    }
    qsort(pairs, dossier->contract_count, sizeof *pairs, compare_pairs);

    size_t count = 0;
    for (size_t i = 0; i < dossier->contract_count; i++) {
        if (count == 0 || compare_pairs(&pairs[count - 1], &pairs[i]) != 0)
            pairs[count++] = pairs[i];
    }
    return count;
}

void delay_prior_sums(const struct policy *policy, enum payer_level level, enum fund_source fund_source,
                      int64_t sums_ppm[DELAY_WEEKS + 1])
{
    struct prior prior;

    prior_fill(&policy->delay, hazard_row(&policy->delay, level, fund_source)->hazard_ppm, &prior);
    memcpy(sums_ppm, prior.sum_ppm, sizeof prior.sum_ppm);
}

void delay_estimate(const struct dossier *dossier, const struct policy *policy, struct date as_of, struct arena *arena,
                    struct delay_result *result)
{
    struct pair *pairs = ARENA_NEW(arena, struct pair, dossier->contract_count + 1);
    size_t count = list_pairs(dossier, pairs);
    struct delay_curve *curves = ARENA_NEW(arena, struct delay_curve, count + 1);
    struct class_table *classes = ARENA_NEW(arena, struct class_table, 1);
    classes->dossier = dossier;
    classes->policy = &policy->delay;
    classes->as_of = as_of;
    classes->arena = arena;
    for (size_t i = 0; i < count; i++) {
        curves[i].payer_index = pairs[i].payer_index;
        curves[i].fund_source = pairs[i].fund_source;
        curve_fill(classes, policy, &curves[i]);
    }

    size_t *curve_of_contract = ARENA_NEW(arena, size_t, dossier->contract_count + 1);
    for (size_t i = 0; i < dossier->contract_count; i++) {
        const struct contract *contract = &dossier->contracts[i];
        struct pair wanted = {payer_of(dossier, contract)->id, contract->payer_index, contract->fund_source};
        const struct pair *found = bsearch(&wanted, pairs, count, sizeof *pairs, compare_pairs);
        assert(found != NULL);
        curve_of_contract[i] = (size_t)(found - pairs);
    }

    *result = (struct delay_result){.curves = curves, .curve_count = count, .curve_of_contract = curve_of_contract};
    slip_fill(dossier, policy, as_of, result);
}

/* The week in which one in `parts` is left of what was at this age; far off where the curve ends before. */
static int32_t remaining_weeks(const int32_t *survival, int32_t age_weeks, int64_t parts)
{
    if (age_weeks >= DELAY_WEEKS)
        return age_weeks + NEVER_WEEKS;
    int64_t left = age_weeks == 0 ? DELAY_ONE : survival[age_weeks - 1];
    for (int32_t week = age_weeks; week < DELAY_WEEKS; week++) {
        if ((int64_t)survival[week] * parts <= left)
            return week + 1;
    }
    return age_weeks + NEVER_WEEKS;
}

static struct date arrival(const int32_t *survival, struct date from, struct date as_of, int64_t parts)
{
    return date_add_days(from, remaining_weeks(survival, whole_weeks(from, as_of), parts) * WEEK_DAYS);
}

struct date delay_arrival_p90(const struct delay_curve *curve, struct date payable_on, struct date as_of)
{
    return arrival(curve->survival[DELAY_STATE_NORMAL], payable_on, as_of, 10);
}

struct date delay_arrival_p50(const struct delay_curve *curve, struct date payable_on, struct date as_of)
{
    return arrival(curve->survival[DELAY_STATE_NORMAL], payable_on, as_of, 2);
}

struct date delay_acceptance_p90(const struct delay_result *delay, struct date due_on, struct date as_of)
{
    return arrival(delay->slip_survival, due_on, as_of, 10);
}
