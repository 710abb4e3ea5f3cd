#include "scoring/scorecard.h"

#include "base/money.h"

#include <assert.h>
#include <string.h>

/* gcc and clang on 64-bit machines; holds the sum of every amount of a dossier times days or basis points. */
__extension__ typedef __int128 wide;

/* What the words of characteristics.def mean; the bins that read them are the policy's. */
#define WEEK_DAYS 7
#define YEAR_DAYS 365
#define YEAR_MONTHS 12
#define RENEWAL_WINDOW_MONTHS 36
#define RENEWAL_GRACE_DAYS 90 /* a contract that ended so lately may still be renewed */
#define PAST_DUE_WINDOW_MONTHS 24
#define EVALUATION_YEARS 3
#define INSPECTION_YEARS 3
#define GRADE_VALID_MONTHS 60 /* five years: measures on evaluating social organisations (2010, order 39) */
#define STAFF_GAP_MONTHS_MIN 9
#define STAFF_GAP_MONTHS_MAX 15
#define RESULT_POINTS 100 /* of the best evaluation or inspection */

#define RATIO_MAX_BP CHARACTERISTIC_RATIO_MAX

static int64_t within_ratio_bounds(wide ratio_bp)
{
    if (ratio_bp > RATIO_MAX_BP)
        return RATIO_MAX_BP;
    return ratio_bp < -RATIO_MAX_BP ? -RATIO_MAX_BP : (int64_t)ratio_bp;
}

/* part / whole in basis points, rounded down; whole > 0. Both times ten give the same. */
static int64_t ratio_bp(int64_t part, int64_t whole)
{
    wide product = (wide)part * MONEY_BP_ONE;
    wide quotient = product / whole;
    return within_ratio_bounds(product % whole < 0 ? quotient - 1 : quotient);
}

/* The same where nothing to divide by is as bad as it gets, unless there is nothing to divide either. */
static int64_t burden_bp(int64_t part, int64_t whole)
{
    if (whole > 0)
        return ratio_bp(part, whole);
    return part > 0 ? RATIO_MAX_BP : 0;
}

/* A mean weighted by amounts, exact until the end. */
struct mean {
    wide sum;
    wide weight;
};

static void mean_add(struct mean *mean, int64_t value, int64_t weight)
{
    mean->sum += (wide)value * weight;
    mean->weight += weight;
}

static int64_t mean_value(const struct mean *mean)
{
    return mean->weight == 0 ? SCORECARD_MISSING : (int64_t)(mean->sum / mean->weight);
}

static bool is_given(int64_t amount_fen)
{
    return amount_fen != DOSSIER_FEN_NONE;
}

static int64_t at_least_zero(int64_t amount_fen)
{
    return amount_fen < 0 ? 0 : amount_fen;
}

static int32_t year_of(struct date date)
{
    int year, month, day;
    date_to_ymd(date, &year, &month, &day);
    return year;
}

/* What is read while gathering. */
struct reading {
    const struct dossier *dossier;
    const struct policy *policy;
    struct date as_of;
    struct date maturity;
    const struct delay_result *delay;
    const struct pipeline_result *pipeline;
};

/* ------------------------------------------------------------------ pipeline and payment */

static int64_t outstanding_fen(const struct pipeline_contract *row)
{
    return row->accepted_unpaid_fen + row->due_unaccepted_fen + row->future_fen;
}

static const struct delay_curve *curve_of(const struct reading *reading, const struct contract *contract)
{
    return &reading->delay->curves[reading->delay->curve_of_contract[contract - reading->dossier->contracts]];
}

/*
 * The day by which half of such waits are over, for one that began on `from` and is not over on as_of: it goes on from
 * where it stands. DATE_NONE where the curve ends before that: then it never comes.
 */
static struct date median_day(const int32_t *survival, struct date from, struct date as_of)
{
    int32_t days = date_days_between(from, as_of);
    int32_t age = days < 0 ? 0 : days / WEEK_DAYS;
    if (age >= DELAY_WEEKS)
        return DATE_NONE;

    int64_t left = age == 0 ? DELAY_ONE : survival[age - 1];
    for (int32_t week = age; week < DELAY_WEEKS; week++) {
        if (2 * (int64_t)survival[week] <= left)
            return date_add_days(from, (week + 1) * WEEK_DAYS);
    }
    return DATE_NONE;
}

/* Slip where the work is not accepted, then the payer's term, then its delay: all at their median. */
static bool arrives_at_median(const struct reading *reading, const struct contract *contract,
                              const struct milestone *milestone)
{
    struct date payable_on = milestone_payable_on(contract, milestone);
    if (date_is_none(payable_on)) {
        struct date accepted_on = median_day(reading->delay->slip_survival, milestone->due_on, reading->as_of);
        if (date_is_none(accepted_on))
            return false;
        payable_on = date_add_days(accepted_on, contract->payment_term_days);
    }
    const int32_t *survival = curve_of(reading, contract)->survival[DELAY_STATE_NORMAL];
    struct date paid_on = median_day(survival, payable_on, reading->as_of);
    return !date_is_none(paid_on) && date_compare(paid_on, reading->maturity) <= 0;
}

/* The same with slip and delay at the point that nine in ten reach: what stage 6 asks of a receivable. */
static bool arrives_at_p90(const struct reading *reading, const struct contract *contract,
                           const struct milestone *milestone)
{
    struct date payable_on = milestone_payable_on(contract, milestone);
    if (date_is_none(payable_on))
        payable_on = date_add_days(delay_acceptance_p90(reading->delay, milestone->due_on, reading->as_of),
                                   contract->payment_term_days);
    if (date_days_between(payable_on, reading->as_of) >= DELAY_WEEKS * WEEK_DAYS)
        return false; /* longer overdue than any forecast reaches */
    struct date paid_on = delay_arrival_p90(curve_of(reading, contract), payable_on, reading->as_of);
    return date_compare(paid_on, reading->maturity) <= 0;
}

typedef bool arrives_in_time(const struct reading *, const struct contract *, const struct milestone *);

/* Outstanding on one contract that arrives in time; what is disputed or retained is taken off first. */
static int64_t arriving_fen(const struct reading *reading, const struct contract *contract, arrives_in_time *in_time)
{
    int64_t sum_fen = 0;

    for (size_t i = 0; i < contract->milestone_count; i++) {
        const struct milestone *milestone = &contract->milestones[i];
        int64_t unpaid_fen = milestone_outstanding_fen(milestone);
        if (unpaid_fen > 0 && in_time(reading, contract, milestone))
            sum_fen += unpaid_fen;
    }
    return at_least_zero(sum_fen - contract->disputed_fen - contract->retained_fen);
}

/*
 * Restricted money repays no loan. What another lender holds covers none of this one, but it is received all the same and
 * pays that lender's instalments, which debt service counts.
 */
static void gather_receivables(const struct reading *reading, struct scorecard_facts *facts)
{
    for (size_t i = 0; i < reading->pipeline->contract_count; i++) {
        const struct pipeline_contract *row = &reading->pipeline->contracts[i];
        if (!row->is_signed || row->is_restricted)
            continue;
        facts->expected_receipts_fen += arriving_fen(reading, row->contract, arrives_at_median);
        if (!row->is_pledged_elsewhere)
            facts->receivable_fen += arriving_fen(reading, row->contract, arrives_at_p90);
    }
}

static void gather_payment(const struct reading *reading, struct scorecard_facts *facts)
{
    struct mean delay_days = {0, 0};
    struct mean paid_60_bp = {0, 0};
    struct mean left_days = {0, 0};

    for (size_t i = 0; i < reading->pipeline->contract_count; i++) {
        const struct pipeline_contract *row = &reading->pipeline->contracts[i];
        if (!row->is_signed)
            continue;
        const struct delay_curve *curve = curve_of(reading, row->contract);
        int32_t days_left = date_days_between(reading->as_of, row->contract->ends_on);
        mean_add(&delay_days, curve->expected_days, outstanding_fen(row));
        mean_add(&paid_60_bp, curve->paid_60_days_bp, outstanding_fen(row));
        mean_add(&left_days, days_left > 0 ? days_left : 0, outstanding_fen(row));
    }
    int64_t days = mean_value(&left_days);
    facts->values[CHARACTERISTIC_REMAINING_MONTHS] = days == SCORECARD_MISSING ? 0 : days * YEAR_MONTHS / YEAR_DAYS;
    facts->values[CHARACTERISTIC_EXPECTED_DELAY] = mean_value(&delay_days);
    facts->values[CHARACTERISTIC_PAID_IN_60_DAYS] = mean_value(&paid_60_bp);
    facts->values[CHARACTERISTIC_OVERDUE_90_DAYS] =
        burden_bp(reading->pipeline->overdue_90_fen, reading->pipeline->overdue_fen);
    facts->values[CHARACTERISTIC_DELIVERY_SLIP] = reading->delay->slip_expected_days;
}

static bool is_within(struct date day, struct date from, struct date to)
{
    return date_compare(from, day) <= 0 && date_compare(day, to) <= 0;
}

/* Began in the window as the renewal of an earlier one. */
static bool is_renewal(const struct contract *contract, struct date from, struct date to)
{
    bool has_begun = contract->stage != CONTRACT_STAGE_INTENTION && contract->stage != CONTRACT_STAGE_TENDERING
                     && contract->stage != CONTRACT_STAGE_TERMINATED;
    return has_begun && contract->renewals > 0 && is_within(contract->starts_on, from, to);
}

/* Came to its end in the window, or was broken off. A service of a few days is an event and has no renewal. */
static bool is_ended(const struct contract *contract, const struct policy *policy, struct date from, struct date to)
{
    if (date_is_none(contract->starts_on) || date_is_none(contract->ends_on))
        return false;
    if (date_days_between(contract->starts_on, contract->ends_on) + 1 < policy->pipeline.renewable_days_min)
        return false;
    if (contract->stage == CONTRACT_STAGE_TERMINATED)
        return is_within(contract->starts_on, from, to);
    bool was_carried_out = contract_is_signed(contract) || contract->stage == CONTRACT_STAGE_CLOSED;
    return was_carried_out && is_within(contract->ends_on, from, to);
}

/*
 * Renewals over renewals and losses. A dossier does not say which contract follows which, so losses are counted payer by
 * payer: contracts that ended, less those that began as a renewal.
 */
static int64_t renewal_rate_bp(const struct reading *reading)
{
    struct date from = date_add_months(reading->as_of, -RENEWAL_WINDOW_MONTHS);
    struct date settled_by = date_add_days(reading->as_of, -RENEWAL_GRACE_DAYS);
    int64_t renewed = 0;
    int64_t lost = 0;

    for (size_t i = 0; i < reading->pipeline->payer_count; i++) {
        int64_t of_payer_renewed = 0;
        int64_t of_payer_ended = 0;
        for (size_t j = 0; j < reading->dossier->contract_count; j++) {
            const struct contract *contract = &reading->dossier->contracts[j];
            if (contract->payer_index != reading->pipeline->payers[i].payer_index)
                continue;
            of_payer_renewed += is_renewal(contract, from, reading->as_of) ? 1 : 0;
            of_payer_ended += is_ended(contract, reading->policy, from, settled_by) ? 1 : 0;
        }
        renewed += of_payer_renewed;
        lost += at_least_zero(of_payer_ended - of_payer_renewed);
    }
    return renewed + lost == 0 ? SCORECARD_MISSING : ratio_bp(renewed, renewed + lost);
}

static void gather_pipeline(const struct reading *reading, struct scorecard_facts *facts)
{
    const struct pipeline_result *pipeline = reading->pipeline;

    facts->annual_income_fen = pipeline->annual_public_income_fen;
    facts->values[CHARACTERISTIC_RENEWAL_RATE] = renewal_rate_bp(reading);
    if (pipeline->outstanding_fen > 0)
        facts->values[CHARACTERISTIC_PAYER_CONCENTRATION] = pipeline->payer_share_max_bp;
    if (pipeline->signed_value_fen > 0) {
        facts->values[CHARACTERISTIC_BUDGET_FUNDED] = pipeline->budget_funded_bp;
        facts->values[CHARACTERISTIC_TIER_MIX] = pipeline->tier_mix_bp;
    }
}

/* ------------------------------------------------------------------ repayment */

/*
 * Worst lateness that fell within the window: of instalments that are unpaid, or that were paid inside it. Technical delay
 * is none, agreed deferrals move the due day.
 */
static int32_t worst_days_past_due(const struct facility *facility, struct date from, struct date as_of)
{
    int32_t worst = 0;

    for (size_t i = 0; i < facility->instalment_count; i++) {
        const struct instalment *instalment = &facility->instalments[i];
        struct date paid_on = instalment_paid_on(instalment);
        bool was_open = date_is_none(paid_on) || date_compare(paid_on, from) >= 0;
        int32_t days = instalment_days_past_due(facility, instalment, as_of);
        if (was_open && days > FACILITY_TECHNICAL_DELAY_DAYS && days > worst)
            worst = days;
    }
    return worst;
}

static void gather_repayment(const struct reading *reading, struct scorecard_facts *facts)
{
    const struct dossier *dossier = reading->dossier;
    struct date window = date_add_months(reading->as_of, -PAST_DUE_WINDOW_MONTHS);
    struct date first = reading->as_of;
    int64_t due = 0;
    int64_t on_time = 0;
    int32_t worst = 0;

    facts->has_credit_history = dossier->facility_count > 0;
    if (!facts->has_credit_history)
        return;
    for (size_t i = 0; i < dossier->facility_count; i++) {
        const struct facility *facility = &dossier->facilities[i];
        int32_t days = worst_days_past_due(facility, window, reading->as_of);
        worst = days > worst ? days : worst;
        due += (int64_t)facility_instalments_due(facility, reading->as_of);
        on_time += (int64_t)facility_instalments_on_time(facility, reading->as_of);
        first = date_compare(facility->opened_on, first) < 0 ? facility->opened_on : first;
    }
    facts->values[CHARACTERISTIC_MONTHS_ON_BOOK] = date_months_between(first, reading->as_of);
    if (due == 0)
        return; /* nothing has fallen due yet: no record, neither good nor bad */
    facts->values[CHARACTERISTIC_INSTALMENTS_ON_TIME] = ratio_bp(on_time, due);
    facts->values[CHARACTERISTIC_WORST_DAYS_PAST_DUE] = worst;
}

/* What other loans take until the maturity of this one: unpaid instalments, and principal that no instalment names. */
static int64_t facility_service_fen(const struct facility *facility, struct date maturity)
{
    int64_t service_fen = 0;
    int64_t scheduled_fen = 0; /* principal still named by an instalment, whenever due */

    for (size_t i = 0; i < facility->instalment_count; i++) {
        const struct instalment *instalment = &facility->instalments[i];
        int64_t unpaid_fen = instalment_outstanding_fen(instalment);
        scheduled_fen += unpaid_fen < instalment->principal_fen ? unpaid_fen : instalment->principal_fen;
        if (date_compare(instalment_due_after_deferrals(facility, instalment), maturity) <= 0)
            service_fen += unpaid_fen;
    }
    if (date_compare(facility->matures_on, maturity) <= 0)
        service_fen += at_least_zero(facility->outstanding_fen - scheduled_fen);
    return service_fen;
}

static int64_t debt_service_fen(const struct reading *reading)
{
    int64_t sum_fen = 0;

    for (size_t i = 0; i < reading->dossier->facility_count; i++) {
        if (i != reading->dossier->application.facility_index) /* a renewal replaces that one */
            sum_fen += facility_service_fen(&reading->dossier->facilities[i], reading->maturity);
    }
    return sum_fen;
}

/* ------------------------------------------------------------------ service and governance */

static int64_t evaluation_points(enum evaluation_result result)
{
    switch (result) {
    case EVALUATION_RESULT_EXCELLENT:
        return RESULT_POINTS;
    case EVALUATION_RESULT_GOOD:
        return RESULT_POINTS * 3 / 4;
    case EVALUATION_RESULT_QUALIFIED:
        return RESULT_POINTS / 2;
    case EVALUATION_RESULT_UNQUALIFIED:
        return 0;
    case EVALUATION_RESULT_NONE:
        break;
    }
    return SCORECARD_MISSING;
}

static int64_t inspection_points(enum inspection_result result)
{
    switch (result) {
    case INSPECTION_RESULT_QUALIFIED:
        return RESULT_POINTS;
    case INSPECTION_RESULT_BASICALLY_QUALIFIED:
        return RESULT_POINTS / 2;
    case INSPECTION_RESULT_UNQUALIFIED:
        return 0;
    case INSPECTION_RESULT_NONE:
    case INSPECTION_RESULT_MISSING:
    case INSPECTION_RESULT_NOT_APPLICABLE:
        break;
    }
    return SCORECARD_MISSING;
}

static int64_t year_evaluation_points(const struct organisation *organisation, int32_t year)
{
    return evaluation_points(organisation_evaluation(organisation, year));
}

static int64_t year_inspection_points(const struct organisation *organisation, int32_t year)
{
    return inspection_points(organisation_inspection(organisation, year));
}

/* Mean over the last `years` years; the year under way counts once it has a result, and then instead of the oldest. */
static int64_t mean_points(const struct organisation *organisation, struct date as_of, int32_t years,
                           int64_t points_of(const struct organisation *, int32_t))
{
    int32_t last = year_of(as_of);
    struct mean mean = {0, 0};

    if (points_of(organisation, last) == SCORECARD_MISSING)
        last--;
    for (int32_t year = last; year > last - years; year--) {
        int64_t points = points_of(organisation, year);
        if (points != SCORECARD_MISSING)
            mean_add(&mean, points, 1);
    }
    return mean_value(&mean);
}

static int64_t grade_level(const struct organisation *organisation, struct date as_of)
{
    const struct organisation_grade *grade = organisation->grade;

    if (grade == NULL || date_compare(date_add_months(grade->granted_on, GRADE_VALID_MONTHS), as_of) <= 0)
        return SCORECARD_MISSING;
    return grade->level; /* the number is the count of A */
}

/* The report nearest to a year before the latest, the earlier of two equally near; NULL where none is near enough. */
static const struct staff_report *staff_a_year_before(const struct organisation *organisation,
                                                      const struct staff_report *latest)
{
    struct date year_before = date_add_months(latest->on, -YEAR_MONTHS);
    struct date from = date_add_months(latest->on, -STAFF_GAP_MONTHS_MAX);
    struct date to = date_add_months(latest->on, -STAFF_GAP_MONTHS_MIN);
    const struct staff_report *best = NULL;
    int32_t best_gap = 0;

    for (size_t i = 0; i < organisation->staff_count; i++) {
        const struct staff_report *report = &organisation->staff[i];
        int32_t days = date_days_between(year_before, report->on);
        int32_t gap = days < 0 ? -2 * days : 2 * days + 1; /* twice, so that the earlier of two wins */
        if (is_within(report->on, from, to) && (best == NULL || gap < best_gap)) {
            best = report;
            best_gap = gap;
        }
    }
    return best;
}

static void gather_staff(const struct organisation *organisation, struct date as_of, struct scorecard_facts *facts)
{
    const struct staff_report *latest = organisation_staff_on(organisation, as_of);
    if (latest == NULL)
        return;
    int32_t licensed = staff_licensed(latest);
    if (licensed != DOSSIER_COUNT_NONE && latest->total > 0)
        facts->values[CHARACTERISTIC_LICENSED_SHARE] = ratio_bp(licensed, latest->total);
    if (licensed != DOSSIER_COUNT_NONE && organisation->stations > 0)
        facts->values[CHARACTERISTIC_LICENSED_PER_STATION] = ratio_bp(licensed, organisation->stations);
    const struct staff_report *before = staff_a_year_before(organisation, latest);
    if (before != NULL && before->total > 0)
        facts->values[CHARACTERISTIC_STAFF_GROWTH] = ratio_bp((int64_t)latest->total - before->total, before->total);
}

static void gather_service(const struct reading *reading, struct scorecard_facts *facts)
{
    const struct organisation *organisation = &reading->dossier->organisation;
    struct date as_of = reading->as_of;

    facts->values[CHARACTERISTIC_SERVICE_EVALUATIONS] =
        mean_points(organisation, as_of, EVALUATION_YEARS, year_evaluation_points);
    facts->values[CHARACTERISTIC_ORGANISATION_GRADE] = grade_level(organisation, as_of);
    facts->values[CHARACTERISTIC_YEARS_REGISTERED] =
        date_months_between(organisation->registered_on, as_of) / YEAR_MONTHS;
    facts->values[CHARACTERISTIC_INSPECTIONS] =
        mean_points(organisation, as_of, INSPECTION_YEARS, year_inspection_points);
    gather_staff(organisation, as_of, facts);
}

/* ------------------------------------------------------------------ resilience and the traditional view */

/* Payroll and all else; 0 where the dossier does not say it all. */
static int64_t month_cost_fen(const struct organisation *organisation)
{
    return is_given(organisation->other_costs_month_fen)
               ? organisation->payroll_month_fen + organisation->other_costs_month_fen
               : 0;
}

static void gather_cash(const struct organisation *organisation, struct scorecard_facts *facts)
{
    int64_t cost_fen = month_cost_fen(organisation);

    if (cost_fen > 0 && is_given(organisation->restricted_cash_fen))
        facts->values[CHARACTERISTIC_CASH_MONTHS] =
            ratio_bp(organisation->cash_fen - organisation->restricted_cash_fen, cost_fen);
    if (is_given(organisation->wages_payable_fen))
        facts->values[CHARACTERISTIC_WAGES_PAYABLE] =
            burden_bp(organisation->wages_payable_fen, organisation->payroll_month_fen);
}

static void gather_statement(const struct organisation *organisation, struct scorecard_facts *facts)
{
    const struct statement *latest = organisation_latest_statement(organisation);
    if (latest == NULL)
        return;
    const struct statement *before = organisation_statement(organisation, latest->year - 1);
    int64_t cost_fen = month_cost_fen(organisation);
    int64_t unrestricted_fen = latest->unrestricted_net_assets_fen;
    int64_t restricted_fen = latest->restricted_net_assets_fen;

    if (cost_fen > 0 && is_given(unrestricted_fen))
        facts->values[CHARACTERISTIC_NET_ASSET_MONTHS] = ratio_bp(unrestricted_fen, cost_fen);
    if (is_given(latest->income_fen) && before != NULL && is_given(before->income_fen) && before->income_fen > 0)
        facts->values[CHARACTERISTIC_INCOME_TREND] =
            ratio_bp(latest->income_fen - before->income_fen, before->income_fen);
    if (is_given(latest->income_fen) && is_given(latest->cost_fen) && latest->income_fen > 0)
        facts->values[CHARACTERISTIC_PROFIT_MARGIN] =
            ratio_bp(latest->income_fen - latest->cost_fen, latest->income_fen);
    if (is_given(latest->liabilities_fen) && is_given(unrestricted_fen) && is_given(restricted_fen))
        facts->values[CHARACTERISTIC_LEVERAGE] = burden_bp(latest->liabilities_fen, unrestricted_fen + restricted_fen);
}

void scorecard_gather(const struct dossier *dossier, const struct policy *policy, struct date as_of,
                      const struct delay_result *delay, const struct pipeline_result *pipeline, int32_t tenor_months,
                      struct scorecard_facts *facts)
{
    const struct reading reading = {dossier, policy, as_of, date_add_months(as_of, tenor_months), delay, pipeline};
    const struct application *application = &dossier->application;

    *facts = (struct scorecard_facts){0};
    for (int i = 0; i < CHARACTERISTIC_END; i++)
        facts->values[i] = SCORECARD_MISSING;
    facts->collateral_fen = is_given(application->collateral_fen) ? application->collateral_fen : 0;
    facts->debt_service_fen = debt_service_fen(&reading);
    gather_receivables(&reading, facts);
    gather_pipeline(&reading, facts);
    gather_payment(&reading, facts);
    gather_repayment(&reading, facts);
    gather_service(&reading, facts);
    gather_cash(&dossier->organisation, facts);
    gather_statement(&dossier->organisation, facts);
}

/* ------------------------------------------------------------------ points, score, grade */

/* What divides by the amount. A larger amount never has a better value. */
static int64_t value_at(const struct scorecard_facts *facts, enum characteristic id, int64_t amount_fen)
{
    if (id == CHARACTERISTIC_RECEIVABLE_COVER)
        return ratio_bp(facts->receivable_fen, amount_fen);
    if (id == CHARACTERISTIC_INCOME_COVER)
        return ratio_bp(facts->annual_income_fen, amount_fen);
    if (id == CHARACTERISTIC_COLLATERAL_COVER)
        return ratio_bp(facts->collateral_fen, amount_fen);
    if (id == CHARACTERISTIC_DEBT_SERVICE)
        return burden_bp(facts->debt_service_fen + amount_fen, facts->expected_receipts_fen);
    return facts->values[id];
}

/* The first bin that the value is below; the last one is open. */
static int32_t bin_of(const struct policy_characteristic *characteristic, int64_t value)
{
    size_t bin = 0;
    while (bin + 1 < characteristic->bin_count && value >= characteristic->bins[bin].below)
        bin++;
    return (int32_t)bin;
}

static int64_t points_max(const struct policy_characteristic *characteristic)
{
    int64_t most = characteristic->missing_points;
    for (size_t i = 0; i < characteristic->bin_count; i++)
        most = characteristic->bins[i].points > most ? characteristic->bins[i].points : most;
    return most;
}

static struct scorecard_row row_of(const struct scorecard_facts *facts, const struct policy_characteristic *characteristic,
                                   int64_t amount_fen)
{
    struct scorecard_row row = {.id = characteristic->id, .value = value_at(facts, characteristic->id, amount_fen), .bin = -1};

    row.points_max = (int32_t)points_max(characteristic);
    row.points = (int32_t)characteristic->missing_points;
    if (row.value != SCORECARD_MISSING) {
        row.bin = bin_of(characteristic, row.value);
        row.points = (int32_t)characteristic->bins[row.bin].points;
    }
    return row;
}

static int64_t pd_of_score(const struct policy_scorecard *scorecard, int32_t score)
{
    size_t row = 0;
    while (row + 1 < scorecard->pd_count && score < scorecard->pd[row].score_min)
        row++;
    return scorecard->pd[row].pd_ppm;
}

void scorecard_evaluate(const struct scorecard_facts *facts, const struct policy *policy, int64_t amount_fen,
                        struct scorecard_result *result)
{
    const struct policy_scorecard *scorecard = &policy->scorecard;
    int64_t points = 0;
    int64_t attainable = 0;
    int64_t judged = 0;

    assert(amount_fen > 0);
    assert(scorecard->characteristic_count <= SCORECARD_ROWS_MAX);
    *result = (struct scorecard_result){.row_count = scorecard->characteristic_count};
    for (size_t i = 0; i < scorecard->characteristic_count; i++) {
        const struct policy_characteristic *characteristic = &scorecard->characteristics[i];
        result->rows[i] = row_of(facts, characteristic, amount_fen);
        points += result->rows[i].points;
        attainable += result->rows[i].points_max;
        judged += characteristic->kind == POLICY_SOURCE_JUDGEMENT ? result->rows[i].points_max : 0;
    }
    if (attainable > 0) {
        result->score = (int32_t)(at_least_zero(points) * 1000 / attainable);
        result->judgement_bp = (int32_t)(judged * MONEY_BP_ONE / attainable);
    }
    result->pd_score_ppm = pd_of_score(scorecard, result->score);
}

static int64_t pd_of_lens(const struct policy_scorecard *scorecard, int64_t not_repaid_ppm)
{
    size_t row = 0;
    while (row + 1 < scorecard->lens_count && not_repaid_ppm > scorecard->lens[row].not_repaid_max_ppm)
        row++;
    return scorecard->lens[row].pd_ppm;
}

void scorecard_grade(const struct scorecard_result *result, const struct policy *policy, int64_t not_repaid_ppm,
                     struct scorecard_grade *grade)
{
    const struct policy_scorecard *scorecard = &policy->scorecard;

    *grade = (struct scorecard_grade){.pd_ppm = result->pd_score_ppm, .source = PD_SOURCE_SCORE, .grade = 1};
    if (scorecard->lens_count > 0 && not_repaid_ppm >= 0)
        grade->pd_repayment_ppm = pd_of_lens(scorecard, not_repaid_ppm);
    if (grade->pd_repayment_ppm > grade->pd_ppm) {
        grade->pd_ppm = grade->pd_repayment_ppm;
        grade->source = PD_SOURCE_REPAYMENT;
    }
    while ((size_t)grade->grade < scorecard->grade_count && grade->pd_ppm > scorecard->grade_pd_max_ppm[grade->grade - 1])
        grade->grade++;
}
