#include "base/money.h"
#include "scoring/delay.h"
#include "scoring/policy_internal.h"
#include "scoring/scorecard.h"

#define BINS_MAX 32
#define POINTS_MAX 1000
#define SCORE_MAX 1000
#define LENS_ROWS_MAX 1000
#define EXPOSURE_MAX_PPM (1000 * (int64_t)MONEY_PPM_ONE) /* a prior worth a thousand milestones is a fixed belief */

/* ------------------------------------------------------------------ delay */

static void check_bin_starts(const struct policy_delay *delay, struct policy_findings *findings)
{
    const char *name = "bin_start_weeks";

    if (delay->bin_count == 0 || delay->bin_count > POLICY_DELAY_BINS_MAX)
        policy_find(findings, POLICY_RULE_ROWS, name, "%zu ∉ [1, %d]", delay->bin_count, POLICY_DELAY_BINS_MAX);
    for (size_t i = 0; i < delay->bin_count; i++) {
        long long start = delay->bin_start_weeks[i];
        if (i == 0 && start != 0)
            policy_find_in_row(findings, POLICY_RULE_BINS_GAP, name, i, NULL, "%lld ≠ 0", start);
        if (i > 0 && start <= delay->bin_start_weeks[i - 1])
            policy_find_in_row(findings, POLICY_RULE_ORDER, name, i, NULL, "%lld ≤ %lld", start,
                               (long long)delay->bin_start_weeks[i - 1]);
        if (start >= DELAY_WEEKS)
            policy_find_in_row(findings, POLICY_RULE_DEAD_ROW, name, i, NULL, "%lld ≥ %d", start, DELAY_WEEKS);
    }
}

static void check_hazards(const int64_t *hazard_ppm, size_t count, const struct policy_delay *delay, const char *name,
                          struct policy_findings *findings)
{
    if (count != delay->bin_count)
        policy_find(findings, POLICY_RULE_ROWS, name, "%zu ≠ %zu", count, delay->bin_count);
    for (size_t i = 0; i < count; i++) {
        if (hazard_ppm[i] < 1 || hazard_ppm[i] > delay->hazard_cap_ppm)
            policy_find_in_row(findings, POLICY_RULE_RANGE, name, i, NULL, "%lld ∉ [1, %lld]", (long long)hazard_ppm[i],
                               (long long)delay->hazard_cap_ppm);
    }
}

/* A fund source without a level would never be found where the level has a row of its own. */
static void check_class(const struct policy_delay *delay, size_t row, struct policy_findings *findings)
{
    const struct policy_hazard_row *one = &delay->payment[row];

    if (one->level != PAYER_LEVEL_NONE && !codelist_has(&CODELIST_PAYER_LEVEL, (int)one->level))
        policy_find(findings, POLICY_RULE_CODE, "level", POLICY_NO_FIGURES);
    if (one->fund_source != FUND_SOURCE_NONE && !codelist_has(&CODELIST_FUND_SOURCE, (int)one->fund_source))
        policy_find(findings, POLICY_RULE_CODE, "fund_source", POLICY_NO_FIGURES);
    if (one->level == PAYER_LEVEL_NONE && one->fund_source != FUND_SOURCE_NONE)
        policy_find(findings, POLICY_RULE_UNREACHABLE_CLASS, "fund_source", POLICY_NO_FIGURES);
    for (size_t i = 0; i < row; i++) {
        if (delay->payment[i].level == one->level && delay->payment[i].fund_source == one->fund_source) {
            policy_find(findings, POLICY_RULE_DUPLICATE, "level", "/delay/payment/%zu", i);
            break;
        }
    }
    check_hazards(one->hazard_ppm, one->hazard_count, delay, "hazard_ppm", findings);
}

static void check_payment(const struct policy_delay *delay, struct policy_findings *findings)
{
    size_t section = policy_findings_enter(findings, "payment");
    size_t for_all = 0;

    for (size_t i = 0; i < delay->payment_count; i++) {
        size_t table = policy_findings_enter_row(findings, i);
        check_class(delay, i, findings);
        policy_findings_leave(findings, table);
        for_all += delay->payment[i].level == PAYER_LEVEL_NONE ? 1 : 0;
    }
    policy_findings_leave(findings, section);
    if (for_all != 1)
        policy_find(findings, POLICY_RULE_NO_DEFAULT, "payment", "%zu", for_all);
}

void policy_check_delay(const struct policy_delay *delay, struct policy_findings *findings)
{
    const struct policy_number numbers[] = {
        POLICY_NUMBER(delay, prior_strength_ppm, 1, EXPOSURE_MAX_PPM),
        POLICY_NUMBER(delay, hazard_cap_ppm, 1, MONEY_PPM_ONE - 1),
    };
    policy_check_numbers(numbers, POLICY_COUNT(numbers), findings);
    check_bin_starts(delay, findings);
    check_payment(delay, findings);
    check_hazards(delay->slip_hazard_ppm, delay->slip_hazard_count, delay, "slip_hazard_ppm", findings);
}

/* ------------------------------------------------------------------ scorecard */

/* A bin has only its upper edge, so it begins where the one before ends; what is left to check is how the edges stand. */
static void check_edges(const struct policy_characteristic *one, size_t i, struct policy_findings *findings)
{
    const struct policy_bin *bin = &one->bins[i];
    bool is_last = i + 1 == one->bin_count;
    bool is_open = bin->below == INT64_MAX;

    if (is_last && !is_open)
        policy_find_in_row(findings, POLICY_RULE_BINS_GAP, "bins", i, "below", "≥ %lld", (long long)bin->below);
    if (!is_last && is_open)
        policy_find_in_row(findings, POLICY_RULE_BINS_OVERLAP, "bins", i, "below", POLICY_NO_FIGURES);
    if (!is_open && i > 0 && bin->below <= bin[-1].below)
        policy_find_in_row(findings, POLICY_RULE_BINS_OVERLAP, "bins", i, "below", "%lld", (long long)bin->below);
}

/* Points within bounds, along the declared direction, and other than the neighbour's: else the bin has no use. */
static void check_points(const struct policy_characteristic *one, size_t i, struct policy_findings *findings)
{
    long long points = one->bins[i].points;

    if (points < 0 || points > POINTS_MAX)
        policy_find_in_row(findings, POLICY_RULE_RANGE, "bins", i, "points", "%lld ∉ [0, %d]", points, POINTS_MAX);
    if (i == 0)
        return;
    long long before = one->bins[i - 1].points;
    if (points == before)
        policy_find_in_row(findings, POLICY_RULE_DEAD_ROW, "bins", i, "points", "%lld = %lld", points, before);
    else if (one->direction != 0 && (points > before) != (one->direction > 0))
        policy_find_in_row(findings, POLICY_RULE_DIRECTION, "bins", i, "points", "%lld → %lld", before, points);
}

/* Every bin holds some value that the characteristic can have. */
static void check_reach(const struct policy_characteristic *one, size_t i, struct policy_findings *findings)
{
    int64_t least = characteristic_value_min(one->id);
    int64_t most = characteristic_value_max(one->id);
    int64_t from = i == 0 ? INT64_MIN : one->bins[i - 1].below;
    int64_t below = one->bins[i].below;

    if (below <= least)
        policy_find_in_row(findings, POLICY_RULE_DEAD_ROW, "bins", i, "below", "%lld ≤ %lld", (long long)below,
                           (long long)least);
    else if (from > most && from != INT64_MAX)
        policy_find_in_row(findings, POLICY_RULE_DEAD_ROW, "bins", i, NULL, "%lld > %lld", (long long)from,
                           (long long)most);
}

static int64_t best_points(const struct policy_characteristic *one)
{
    int64_t most = 0;

    for (size_t i = 0; i < one->bin_count; i++)
        most = one->bins[i].points > most ? one->bins[i].points : most;
    return most;
}

static void check_bins(const struct policy_characteristic *one, bool is_known, struct policy_findings *findings)
{
    int64_t most = best_points(one);

    if (one->bin_count == 0 || one->bin_count > BINS_MAX)
        policy_find(findings, POLICY_RULE_ROWS, "bins", "%zu ∉ [1, %d]", one->bin_count, BINS_MAX);
    for (size_t i = 0; i < one->bin_count; i++) {
        check_edges(one, i, findings);
        check_points(one, i, findings);
        if (is_known)
            check_reach(one, i, findings);
    }
    if (one->bin_count > 0 && most == 0)
        policy_find(findings, POLICY_RULE_NO_POINTS, "bins", POLICY_NO_FIGURES);
    if (one->missing_points < 0 || one->missing_points > most)
        policy_find(findings, POLICY_RULE_RANGE, "missing_points", "%lld ∉ [0, %lld]", (long long)one->missing_points,
                    (long long)most);
}

static void check_characteristic(const struct policy_characteristic *one, struct policy_findings *findings)
{
    bool is_known = one->id > CHARACTERISTIC_NONE && one->id < CHARACTERISTIC_END;

    if (!is_known)
        policy_find(findings, POLICY_RULE_CODE, "id", POLICY_NO_FIGURES);
    if (one->kind <= POLICY_SOURCE_NONE || one->kind > POLICY_SOURCE_JUDGEMENT)
        policy_find(findings, POLICY_RULE_CODE, "kind", POLICY_NO_FIGURES);
    if (one->source == NULL || one->source[0] == '\0')
        policy_find(findings, POLICY_RULE_TEXT_MISSING, "source", POLICY_NO_FIGURES);
    if (one->direction < -1 || one->direction > 1)
        policy_find(findings, POLICY_RULE_RANGE, "direction", "%d ∉ [-1, 1]", one->direction);
    check_bins(one, is_known, findings);
}

static void check_characteristics(const struct policy_scorecard *scorecard, struct policy_findings *findings)
{
    size_t section = policy_findings_enter(findings, "characteristics");

    for (size_t i = 0; i < scorecard->characteristic_count; i++) {
        size_t table = policy_findings_enter_row(findings, i);
        check_characteristic(&scorecard->characteristics[i], findings);
        for (size_t j = 0; j < i; j++) {
            if (scorecard->characteristics[j].id == scorecard->characteristics[i].id) {
                policy_find(findings, POLICY_RULE_DUPLICATE, "id", "/scorecard/characteristics/%zu", j);
                break;
            }
        }
        policy_findings_leave(findings, table);
    }
    policy_findings_leave(findings, section);
    if (scorecard->characteristic_count == 0 || scorecard->characteristic_count > SCORECARD_ROWS_MAX)
        policy_find(findings, POLICY_RULE_ROWS, "characteristics", "%zu ∉ [1, %d]", scorecard->characteristic_count,
                    SCORECARD_ROWS_MAX);
}

static void check_pd(const struct policy_scorecard *scorecard, struct policy_findings *findings)
{
    if (scorecard->pd_count == 0)
        policy_find(findings, POLICY_RULE_ROWS, "pd", "0");
    for (size_t i = 0; i < scorecard->pd_count; i++) {
        const struct policy_pd_row *row = &scorecard->pd[i];
        bool is_last = i + 1 == scorecard->pd_count;
        if (is_last && row->score_min != 0)
            policy_find_in_row(findings, POLICY_RULE_TABLE_END, "pd", i, "score_min", "%lld ≠ 0",
                               (long long)row->score_min);
        else if (!is_last && (row->score_min < 1 || row->score_min > SCORE_MAX))
            policy_find_in_row(findings, POLICY_RULE_RANGE, "pd", i, "score_min", "%lld ∉ [1, %d]",
                               (long long)row->score_min, SCORE_MAX);
        if (row->pd_ppm < 1 || row->pd_ppm > MONEY_PPM_ONE)
            policy_find_in_row(findings, POLICY_RULE_RANGE, "pd", i, "pd_ppm", "%lld ∉ [1, %d]", (long long)row->pd_ppm,
                               MONEY_PPM_ONE);
        if (i > 0 && row->score_min >= row[-1].score_min)
            policy_find_in_row(findings, POLICY_RULE_ORDER, "pd", i, "score_min", "%lld ≥ %lld",
                               (long long)row->score_min, (long long)row[-1].score_min);
        if (i > 0 && row->pd_ppm <= row[-1].pd_ppm)
            policy_find_in_row(findings, POLICY_RULE_ORDER, "pd", i, "pd_ppm", "%lld ≤ %lld", (long long)row->pd_ppm,
                               (long long)row[-1].pd_ppm);
    }
}

/* What the two tables of the form "up to this bound, that value" are called, and whether the value must rise. */
struct bound_table {
    const struct policy_lens_row *rows;
    size_t count;
    const char *name;
    const char *bound;
    const char *value;
    bool must_rise;
};

static void check_bound_row(const struct bound_table *table, size_t i, struct policy_findings *findings)
{
    const struct policy_lens_row *row = &table->rows[i];
    bool is_last = i + 1 == table->count;

    if (is_last && row->not_repaid_max_ppm != MONEY_PPM_ONE)
        policy_find_in_row(findings, POLICY_RULE_TABLE_END, table->name, i, table->bound, "%lld ≠ %d",
                           (long long)row->not_repaid_max_ppm, MONEY_PPM_ONE);
    else if (!is_last && (row->not_repaid_max_ppm < 0 || row->not_repaid_max_ppm >= MONEY_PPM_ONE))
        policy_find_in_row(findings, POLICY_RULE_RANGE, table->name, i, table->bound, "%lld ∉ [0, %d]",
                           (long long)row->not_repaid_max_ppm, MONEY_PPM_ONE - 1);
    if (row->pd_ppm < 0 || row->pd_ppm > MONEY_PPM_ONE)
        policy_find_in_row(findings, POLICY_RULE_RANGE, table->name, i, table->value, "%lld ∉ [0, %d]",
                           (long long)row->pd_ppm, MONEY_PPM_ONE);
    if (i == 0)
        return;
    if (row->not_repaid_max_ppm <= row[-1].not_repaid_max_ppm)
        policy_find_in_row(findings, POLICY_RULE_ORDER, table->name, i, table->bound, "%lld ≤ %lld",
                           (long long)row->not_repaid_max_ppm, (long long)row[-1].not_repaid_max_ppm);
    if (table->must_rise ? row->pd_ppm <= row[-1].pd_ppm : row->pd_ppm < row[-1].pd_ppm)
        policy_find_in_row(findings, POLICY_RULE_ORDER, table->name, i, table->value, "%lld, %lld",
                           (long long)row[-1].pd_ppm, (long long)row->pd_ppm);
}

static void check_bounds(const struct bound_table *table, struct policy_findings *findings)
{
    if (table->count > LENS_ROWS_MAX)
        policy_find(findings, POLICY_RULE_ROWS, table->name, "%zu > %d", table->count, LENS_ROWS_MAX);
    for (size_t i = 0; i < table->count; i++)
        check_bound_row(table, i, findings);
}

void policy_check_capital(const struct policy_price *price, struct policy_findings *findings)
{
    const struct bound_table table = {price->capital, price->capital_count, "capital",
                                      "pd_max_ppm",   "capital_ppm",        false};

    if (price->capital_count == 0)
        policy_find(findings, POLICY_RULE_ROWS, "capital", "0");
    check_bounds(&table, findings);
}

static void check_grades(const struct policy_scorecard *scorecard, struct policy_findings *findings)
{
    const char *name = "grade_pd_max_ppm";

    if (scorecard->grade_count != POLICY_GRADE_COUNT)
        policy_find(findings, POLICY_RULE_ROWS, name, "%zu ≠ %d", scorecard->grade_count, POLICY_GRADE_COUNT);
    for (size_t i = 0; i < scorecard->grade_count; i++) {
        long long bound_ppm = scorecard->grade_pd_max_ppm[i];
        bool is_last = i + 1 == scorecard->grade_count;
        if (i > 0 && bound_ppm <= scorecard->grade_pd_max_ppm[i - 1])
            policy_find_in_row(findings, POLICY_RULE_ORDER, name, i, NULL, "%lld ≤ %lld", bound_ppm,
                               (long long)scorecard->grade_pd_max_ppm[i - 1]);
        if (is_last != (bound_ppm == MONEY_PPM_ONE))
            policy_find_in_row(findings, POLICY_RULE_TABLE_END, name, i, NULL, "%lld", bound_ppm);
    }
}

void policy_check_scorecard(const struct policy_scorecard *scorecard, struct policy_findings *findings)
{
    const struct bound_table lens = {
        scorecard->lens, scorecard->lens_count, "lens", "not_repaid_max_ppm", "pd_ppm", true};
    size_t errors_before = findings->error_count;

    check_characteristics(scorecard, findings);
    check_pd(scorecard, findings);
    check_bounds(&lens, findings);
    check_grades(scorecard, findings);
    if (findings->error_count == errors_before)
        policy_analyse_scores(scorecard, findings);
}
