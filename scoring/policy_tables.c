#include "base/money.h"
#include "scoring/delay.h"
#include "scoring/policy_internal.h"
#include "scoring/scorecard.h"

#define BINS_MAX 32
#define POINTS_MAX 1000
#define SCORE_MAX 1000
#define LENS_ROWS_MAX 1000
#define EXPOSURE_MAX_PPM (1000 * (int64_t)MONEY_PPM_ONE) /* a prior worth a thousand milestones is a fixed belief */

static enum zcd_code fail_at(struct zcd_error *err, const char *table, size_t row, const char *member,
                             const char *message)
{
    (void)zcd_fail(err, ZCD_INVALID, "%s", message);
    if (member != NULL)
        (void)zcd_fail_within(err, member);
    (void)zcd_fail_within_index(err, row);
    return zcd_fail_within(err, table);
}

static enum zcd_code fail_member(struct zcd_error *err, const char *name, const char *message)
{
    (void)zcd_fail(err, ZCD_INVALID, "%s", message);
    return zcd_fail_within(err, name);
}

/* ------------------------------------------------------------------ delay */

static enum zcd_code check_bin_starts(const struct policy_delay *delay, struct zcd_error *err)
{
    if (delay->bin_count == 0 || delay->bin_count > POLICY_DELAY_BINS_MAX)
        return fail_member(err, "bin_start_weeks", "has not 1 to 16 rows");
    for (size_t i = 0; i < delay->bin_count; i++) {
        if (i == 0 && delay->bin_start_weeks[i] != 0)
            return fail_at(err, "bin_start_weeks", i, NULL, "is not 0");
        if (i > 0 && delay->bin_start_weeks[i] <= delay->bin_start_weeks[i - 1])
            return fail_at(err, "bin_start_weeks", i, NULL, "is not above the one before");
        if (delay->bin_start_weeks[i] >= DELAY_WEEKS)
            return fail_at(err, "bin_start_weeks", i, NULL, "is past the longest forecast");
    }
    return ZCD_OK;
}

static enum zcd_code check_hazards(const int64_t *hazard_ppm, size_t count, const struct policy_delay *delay,
                                   const char *name, struct zcd_error *err)
{
    if (count != delay->bin_count)
        return fail_member(err, name, "has not one hazard for each bin");
    for (size_t i = 0; i < count; i++) {
        if (hazard_ppm[i] < 1 || hazard_ppm[i] > delay->hazard_cap_ppm)
            return fail_at(err, name, i, NULL, "is not within 1 to hazard_cap_ppm");
    }
    return ZCD_OK;
}

/* A fund source without a level would never be found where the level has a row of its own. */
static enum zcd_code check_class(const struct policy_delay *delay, size_t row, struct zcd_error *err)
{
    const struct policy_hazard_row *one = &delay->payment[row];
    if (one->level != PAYER_LEVEL_NONE && !codelist_has(&CODELIST_PAYER_LEVEL, (int)one->level))
        return fail_member(err, "level", "is not a level");
    if (one->fund_source != FUND_SOURCE_NONE && !codelist_has(&CODELIST_FUND_SOURCE, (int)one->fund_source))
        return fail_member(err, "fund_source", "is not a fund source");
    if (one->level == PAYER_LEVEL_NONE && one->fund_source != FUND_SOURCE_NONE)
        return fail_member(err, "fund_source", "is given without a level");
    for (size_t i = 0; i < row; i++) {
        if (delay->payment[i].level == one->level && delay->payment[i].fund_source == one->fund_source)
            return fail_member(err, "level", "has a row for this fund source already");
    }
    return check_hazards(one->hazard_ppm, one->hazard_count, delay, "hazard_ppm", err);
}

static enum zcd_code check_payment(const struct policy_delay *delay, struct zcd_error *err)
{
    size_t for_all = 0;
    for (size_t i = 0; i < delay->payment_count; i++) {
        if (check_class(delay, i, err) != ZCD_OK) {
            (void)zcd_fail_within_index(err, i);
            return zcd_fail_within(err, "payment");
        }
        for_all += delay->payment[i].level == PAYER_LEVEL_NONE ? 1 : 0;
    }
    if (for_all != 1)
        return fail_member(err, "payment", "has no row for all payers");
    return ZCD_OK;
}

enum zcd_code policy_check_delay(const struct policy_delay *delay, struct zcd_error *err)
{
    const struct policy_number numbers[] = {
        POLICY_NUMBER(delay, prior_strength_ppm, 1, EXPOSURE_MAX_PPM),
        POLICY_NUMBER(delay, hazard_cap_ppm, 1, MONEY_PPM_ONE - 1),
    };
    enum zcd_code code = policy_check_numbers(numbers, POLICY_COUNT(numbers), err);
    if (code == ZCD_OK)
        code = check_bin_starts(delay, err);
    if (code == ZCD_OK)
        code = check_payment(delay, err);
    if (code == ZCD_OK)
        code = check_hazards(delay->slip_hazard_ppm, delay->slip_hazard_count, delay, "slip_hazard_ppm", err);
    return code;
}

/* ------------------------------------------------------------------ scorecard */

/* Bins meet without a gap by their form; what is left to check is that none is empty and that the last is open. */
static enum zcd_code check_bins(const struct policy_characteristic *characteristic, struct zcd_error *err)
{
    if (characteristic->bin_count == 0 || characteristic->bin_count > BINS_MAX)
        return fail_member(err, "bins", "has not 1 to 32 rows");
    for (size_t i = 0; i < characteristic->bin_count; i++) {
        const struct policy_bin *bin = &characteristic->bins[i];
        bool is_last = i + 1 == characteristic->bin_count;
        if (is_last != (bin->below == INT64_MAX))
            return fail_at(err, "bins", i, "below", is_last ? "closes the last bin" : "is missing before the last bin");
        if (i > 0 && bin->below <= bin[-1].below)
            return fail_at(err, "bins", i, "below", "is not above the one before");
        if (bin->points < 0 || bin->points > POINTS_MAX)
            return fail_at(err, "bins", i, "points", "is not within 0 to 1000");
    }
    return ZCD_OK;
}

/* Where a direction is declared, points follow it; a bin with its neighbour's points has no use. */
static enum zcd_code check_direction(const struct policy_characteristic *characteristic, struct zcd_error *err)
{
    if (characteristic->direction < -1 || characteristic->direction > 1)
        return fail_member(err, "direction", "is not -1, 0 or 1");
    for (size_t i = 1; i < characteristic->bin_count; i++) {
        int64_t rise = characteristic->bins[i].points - characteristic->bins[i - 1].points;
        if (rise == 0)
            return fail_at(err, "bins", i, "points", "are those of the bin before");
        if (characteristic->direction != 0 && (rise > 0) != (characteristic->direction > 0))
            return fail_at(err, "bins", i, "points", "go against the declared direction");
    }
    return ZCD_OK;
}

static enum zcd_code check_missing(const struct policy_characteristic *characteristic, struct zcd_error *err)
{
    int64_t most = 0;
    for (size_t i = 0; i < characteristic->bin_count; i++)
        most = characteristic->bins[i].points > most ? characteristic->bins[i].points : most;
    if (most == 0)
        return fail_member(err, "bins", "give no points");
    if (characteristic->missing_points < 0 || characteristic->missing_points > most)
        return fail_member(err, "missing_points", "is not within 0 and the best bin's points");
    return ZCD_OK;
}

static enum zcd_code check_characteristic(const struct policy_characteristic *characteristic, struct zcd_error *err)
{
    if (characteristic->id <= CHARACTERISTIC_NONE || characteristic->id >= CHARACTERISTIC_END)
        return fail_member(err, "id", "is not a characteristic");
    if (characteristic->kind <= POLICY_SOURCE_NONE || characteristic->kind > POLICY_SOURCE_JUDGEMENT)
        return fail_member(err, "kind", "is missing");
    if (characteristic->source == NULL || characteristic->source[0] == '\0')
        return fail_member(err, "source", "is missing");
    enum zcd_code code = check_bins(characteristic, err);
    if (code == ZCD_OK)
        code = check_direction(characteristic, err);
    if (code == ZCD_OK)
        code = check_missing(characteristic, err);
    return code;
}

static enum zcd_code check_characteristics(const struct policy_scorecard *scorecard, struct zcd_error *err)
{
    if (scorecard->characteristic_count == 0 || scorecard->characteristic_count > SCORECARD_ROWS_MAX)
        return fail_member(err, "characteristics", "has not 1 to 40 rows");
    for (size_t i = 0; i < scorecard->characteristic_count; i++) {
        if (check_characteristic(&scorecard->characteristics[i], err) != ZCD_OK) {
            (void)zcd_fail_within_index(err, i);
            return zcd_fail_within(err, "characteristics");
        }
        for (size_t j = 0; j < i; j++) {
            if (scorecard->characteristics[j].id == scorecard->characteristics[i].id)
                return fail_at(err, "characteristics", i, "id", "stands twice");
        }
    }
    return ZCD_OK;
}

static enum zcd_code check_pd(const struct policy_scorecard *scorecard, struct zcd_error *err)
{
    if (scorecard->pd_count == 0)
        return fail_member(err, "pd", "is empty");
    for (size_t i = 0; i < scorecard->pd_count; i++) {
        const struct policy_pd_row *row = &scorecard->pd[i];
        bool is_last = i + 1 == scorecard->pd_count;
        if (row->score_min < 0 || row->score_min > SCORE_MAX || is_last != (row->score_min == 0))
            return fail_at(err, "pd", i, "score_min", is_last ? "is not 0 in the last row" : "is not within 1 to 1000");
        if (row->pd_ppm < 1 || row->pd_ppm > MONEY_PPM_ONE)
            return fail_at(err, "pd", i, "pd_ppm", "is not within 1 to 1000000");
        if (i > 0 && row->score_min >= row[-1].score_min)
            return fail_at(err, "pd", i, "score_min", "is not below the one before");
        if (i > 0 && row->pd_ppm <= row[-1].pd_ppm)
            return fail_at(err, "pd", i, "pd_ppm", "is not above the one before");
    }
    return ZCD_OK;
}

/* Shared by both tables of this form; the value rises with the bound, or at least does not fall. */
static enum zcd_code check_lens_rows(const struct policy_lens_row *rows, size_t count, const char *table,
                                     const char *bound, const char *value, bool must_rise, struct zcd_error *err)
{
    if (count > LENS_ROWS_MAX)
        return fail_member(err, table, "has more than 1000 rows");
    for (size_t i = 0; i < count; i++) {
        bool is_last = i + 1 == count;
        if (rows[i].not_repaid_max_ppm < 0 || rows[i].not_repaid_max_ppm > MONEY_PPM_ONE
            || is_last != (rows[i].not_repaid_max_ppm == MONEY_PPM_ONE))
            return fail_at(err, table, i, bound,
                           is_last ? "is not 1000000 in the last row" : "is not within 0 to 999999");
        if (rows[i].pd_ppm < 0 || rows[i].pd_ppm > MONEY_PPM_ONE)
            return fail_at(err, table, i, value, "is not within 0 to 1000000");
        if (i > 0 && rows[i].not_repaid_max_ppm <= rows[i - 1].not_repaid_max_ppm)
            return fail_at(err, table, i, bound, "is not above the one before");
        if (i > 0 && (must_rise ? rows[i].pd_ppm <= rows[i - 1].pd_ppm : rows[i].pd_ppm < rows[i - 1].pd_ppm))
            return fail_at(err, table, i, value, must_rise ? "is not above the one before" : "is below the one before");
    }
    return ZCD_OK;
}

enum zcd_code policy_check_capital(const struct policy_price *price, struct zcd_error *err)
{
    if (price->capital_count == 0)
        return fail_member(err, "capital", "is empty");
    return check_lens_rows(price->capital, price->capital_count, "capital", "pd_max_ppm", "capital_ppm", false, err);
}

/* A grade that no score leads to would be a promise that nobody can keep. */
static enum zcd_code check_grade_reachable(const struct policy_scorecard *scorecard, size_t grade,
                                           struct zcd_error *err)
{
    int64_t above_ppm = grade == 0 ? 0 : scorecard->grade_pd_max_ppm[grade - 1];
    for (size_t i = 0; i < scorecard->pd_count; i++) {
        if (scorecard->pd[i].pd_ppm > above_ppm && scorecard->pd[i].pd_ppm <= scorecard->grade_pd_max_ppm[grade])
            return ZCD_OK;
    }
    return fail_at(err, "grade_pd_max_ppm", grade, NULL, "no score leads to this grade");
}

static enum zcd_code check_grades(const struct policy_scorecard *scorecard, struct zcd_error *err)
{
    if (scorecard->grade_count != POLICY_GRADE_COUNT)
        return fail_member(err, "grade_pd_max_ppm", "has not 10 rows");
    for (size_t i = 0; i < POLICY_GRADE_COUNT; i++) {
        if (i > 0 && scorecard->grade_pd_max_ppm[i] <= scorecard->grade_pd_max_ppm[i - 1])
            return fail_at(err, "grade_pd_max_ppm", i, NULL, "is not above the one before");
        bool is_last = i + 1 == POLICY_GRADE_COUNT;
        if (is_last != (scorecard->grade_pd_max_ppm[i] == MONEY_PPM_ONE))
            return fail_at(err, "grade_pd_max_ppm", i, NULL, is_last ? "is not 1000000 in the last row" : "is 1000000");
        enum zcd_code code = check_grade_reachable(scorecard, i, err);
        if (code != ZCD_OK)
            return code;
    }
    return ZCD_OK;
}

enum zcd_code policy_check_scorecard(const struct policy_scorecard *scorecard, struct zcd_error *err)
{
    enum zcd_code code = check_characteristics(scorecard, err);
    if (code == ZCD_OK)
        code = check_pd(scorecard, err);
    if (code == ZCD_OK)
        code =
            check_lens_rows(scorecard->lens, scorecard->lens_count, "lens", "not_repaid_max_ppm", "pd_ppm", true, err);
    if (code == ZCD_OK)
        code = check_grades(scorecard, err);
    return code;
}
