#include "scoring/classification.h"

#include "base/money.h"
#include "scoring/deferral_window.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define BAD_DAYS_MIN 91

static const struct {
    const char *name, *zh, *en;
} BASES[CLASSIFICATION_BASIS_END] = {
#define CLASSIFICATION_BASIS(number, name, json, zh, en) [number] = {json, zh, en},
#include "scoring/classification_bases.def"
#undef CLASSIFICATION_BASIS
};

/* What a law says of the debtor and of restructured loans. */
struct rules {
    struct law law;
    int32_t bad_share_bp;
    int32_t past_due_share_bp;
    int32_t observation_months;
};

static const struct rules RULES[] = {
#define CLASSIFICATION_LAW(from, to, bad_share_bp, past_due_share_bp, months, zh, en)                                  \
    {{from, to, zh, en}, bad_share_bp, past_due_share_bp, months},
#include "scoring/classification_laws.def"
#undef CLASSIFICATION_LAW
};

enum { RULES_COUNT = sizeof RULES / sizeof *RULES };

const char *classification_basis_name(enum classification_basis basis)
{
    assert(basis > CLASSIFICATION_BASIS_NONE && basis < CLASSIFICATION_BASIS_END);
    return BASES[basis].name;
}

const char *classification_basis_text_zh(enum classification_basis basis)
{
    assert(basis > CLASSIFICATION_BASIS_NONE && basis < CLASSIFICATION_BASIS_END);
    return BASES[basis].zh;
}

const char *classification_basis_text_en(enum classification_basis basis)
{
    assert(basis > CLASSIFICATION_BASIS_NONE && basis < CLASSIFICATION_BASIS_END);
    return BASES[basis].en;
}

/* Days before any of the laws are judged by the oldest of them, and nothing is cited. */
static const struct rules *rules_on(struct date day)
{
    for (size_t i = 0; i < RULES_COUNT; i++) {
        if (law_is_in_force(&RULES[i].law, day))
            return &RULES[i];
    }
    return &RULES[RULES_COUNT - 1];
}

enum facility_classification classification_of_days(int32_t days_past_due)
{
    static const struct {
        int32_t days_max;
        enum facility_classification tier;
    } TIERS[] = {
        {FACILITY_TECHNICAL_DELAY_DAYS, FACILITY_CLASSIFICATION_NORMAL},
        {BAD_DAYS_MIN - 1, FACILITY_CLASSIFICATION_ATTENTION},
        {270, FACILITY_CLASSIFICATION_SUBSTANDARD},
        {360, FACILITY_CLASSIFICATION_DOUBTFUL},
    };
    for (size_t i = 0; i < sizeof TIERS / sizeof *TIERS; i++) {
        if (days_past_due <= TIERS[i].days_max)
            return TIERS[i].tier;
    }
    return FACILITY_CLASSIFICATION_LOSS;
}

static bool is_bad(const struct classification_row *row)
{
    return row->tier >= FACILITY_CLASSIFICATION_SUBSTANDARD;
}

static void raise_to(struct classification_row *row, enum facility_classification tier, enum classification_basis basis)
{
    if (tier <= row->tier)
        return;
    row->tier = tier;
    row->basis = basis;
}

/* ------------------------------------------------------------------ each facility */

struct date classification_observed_until(struct date from, struct date as_of)
{
    return date_add_days(date_add_months(from, rules_on(as_of)->observation_months), -1);
}

/* The last day of observation after the facility's deferrals; DATE_NONE where windows covered them all. */
static struct date observed_until(const struct facility *facility, bool small_business_rules_apply, struct date as_of)
{
    struct date last = DATE_NONE;

    for (size_t i = 0; i < facility->deferral_count; i++) {
        const struct deferral *deferral = &facility->deferrals[i];
        if (small_business_rules_apply && deferral_window_find(deferral->agreed_on, deferral->from, deferral->to) != NULL)
            continue;
        struct date until = classification_observed_until(deferral->to, as_of);
        if (date_compare(until, last) > 0)
            last = until;
    }
    return last;
}

static enum classification_basis basis_of_days(int32_t days)
{
    if (days == 0)
        return CLASSIFICATION_BASIS_NOT_PAST_DUE;
    return days <= FACILITY_TECHNICAL_DELAY_DAYS ? CLASSIFICATION_BASIS_TECHNICAL_DELAY : CLASSIFICATION_BASIS_DAYS_PAST_DUE;
}

static void fill_row(const struct facility *facility, bool small_business_rules_apply, struct date as_of,
                     struct classification_row *row)
{
    int32_t days = facility_days_past_due_now(facility, as_of);
    struct date until = observed_until(facility, small_business_rules_apply, as_of);
    bool is_observed = !date_is_none(until) && date_compare(as_of, until) <= 0;

    *row = (struct classification_row){.facility = facility, .days_past_due = days, .by_days = classification_of_days(days),
                                       .observed_until = is_observed ? until : DATE_NONE};
    row->tier = row->by_days;
    row->basis = basis_of_days(days);
    raise_to(row, facility->classification, CLASSIFICATION_BASIS_RECORDED);
    if (is_observed)
        raise_to(row, FACILITY_CLASSIFICATION_ATTENTION, CLASSIFICATION_BASIS_RESTRUCTURED);
}

/* ------------------------------------------------------------------ the debtor */

/* Outstanding of the rows of one lender (NULL: all) that `counts` (NULL: all). At most DOSSIER_FACILITIES_MAX amounts. */
static int64_t sum_fen(const struct classification_row *rows, size_t count, const char *lender,
                       bool counts(const struct classification_row *))
{
    int64_t total_fen = 0;

    for (size_t i = 0; i < count; i++) {
        bool is_lenders = lender == NULL || strcmp(rows[i].facility->lender, lender) == 0;
        if (is_lenders && (counts == NULL || counts(&rows[i])))
            total_fen += rows[i].facility->outstanding_fen;
    }
    return total_fen;
}

static bool is_long_past_due(const struct classification_row *row)
{
    return row->days_past_due >= BAD_DAYS_MIN;
}

/* part / whole > share, without rounding: at most 50 x 10^13 x 10^4 fits. */
static bool is_above_share(int64_t part_fen, int64_t whole_fen, int32_t share_bp)
{
    return share_bp > 0 && part_fen * MONEY_BP_ONE > whole_fen * share_bp;
}

/* Judged on each facility's own tier, before any of these rules has raised another. */
static void apply_debtor_rules(const struct rules *rules, const struct classification_row *own, struct classification_row *rows,
                               size_t count)
{
    bool any_bad = false;
    bool long_past_due = is_above_share(sum_fen(own, count, NULL, is_long_past_due), sum_fen(own, count, NULL, NULL),
                                        rules->past_due_share_bp);

    for (size_t i = 0; i < count; i++)
        any_bad = any_bad || is_bad(&own[i]);
    for (size_t i = 0; i < count; i++) {
        const char *lender = rows[i].facility->lender;
        if (any_bad)
            raise_to(&rows[i], FACILITY_CLASSIFICATION_ATTENTION, CLASSIFICATION_BASIS_BAD_ELSEWHERE);
        if (is_above_share(sum_fen(own, count, lender, is_bad), sum_fen(own, count, lender, NULL), rules->bad_share_bp))
            raise_to(&rows[i], FACILITY_CLASSIFICATION_SUBSTANDARD, CLASSIFICATION_BASIS_BAD_SHARE);
        if (long_past_due)
            raise_to(&rows[i], FACILITY_CLASSIFICATION_SUBSTANDARD, CLASSIFICATION_BASIS_PAST_DUE_SHARE);
    }
}

static int compare_rows(const void *left, const void *right)
{
    const struct classification_row *a = left;
    const struct classification_row *b = right;
    return strcmp(a->facility->id, b->facility->id);
}

/* A loan that is paid off is no claim any more. */
static bool is_claim(const struct facility *facility, struct date as_of)
{
    return facility->outstanding_fen > 0 || facility_days_past_due_now(facility, as_of) > 0;
}

void classification_assess(const struct dossier *dossier, bool small_business_rules_apply, struct date as_of,
                           struct arena *arena, struct classification_result *result)
{
    const struct rules *rules = rules_on(as_of);
    struct classification_row *rows = ARENA_NEW(arena, struct classification_row, dossier->facility_count + 1);
    struct classification_row *own = ARENA_NEW(arena, struct classification_row, dossier->facility_count + 1);
    size_t count = 0;

    for (size_t i = 0; i < dossier->facility_count; i++) {
        if (is_claim(&dossier->facilities[i], as_of))
            fill_row(&dossier->facilities[i], small_business_rules_apply, as_of, &rows[count++]);
    }
    qsort(rows, count, sizeof *rows, compare_rows);
    memcpy(own, rows, count * sizeof *rows);
    apply_debtor_rules(rules, own, rows, count);

    *result = (struct classification_result){.rows = rows, .row_count = count,
                                             .law = law_is_in_force(&rules->law, as_of) ? &rules->law : NULL};
    for (size_t i = 0; i < count; i++)
        result->tier = rows[i].tier > result->tier ? rows[i].tier : result->tier;
}

const struct classification_row *classification_find(const struct classification_result *result, const struct facility *facility)
{
    for (size_t i = 0; i < result->row_count; i++) {
        if (result->rows[i].facility == facility)
            return &result->rows[i];
    }
    return NULL;
}
