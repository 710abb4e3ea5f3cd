#include "scoring/policy_comparison.h"

#include "base/money.h"

#include <assert.h>
#include <stdio.h>

#define YUAN_FEN 100
#define YEAR_MONTHS 12
#define MILLION_YUAN_FEN INT64_C(100000000)

/* clang-format off */
static const struct {
    int64_t below_fen;
    const char *name;
    const char *zh;
    const char *en;
} SIZES[COMPARISON_SIZES] = {
    {1 * MILLION_YUAN_FEN,  "under_1m",  "100万元以下",      "under CNY 1 million"},
    {5 * MILLION_YUAN_FEN,  "1m_to_5m",  "100万至500万元",   "CNY 1 to 5 million"},
    {20 * MILLION_YUAN_FEN, "5m_to_20m", "500万至2000万元",  "CNY 5 to 20 million"},
    {INT64_MAX,             "over_20m",  "2000万元以上",     "CNY 20 million and more"},
};
/* clang-format on */

const char *comparison_size_name(enum comparison_size size)
{
    assert(size < COMPARISON_SIZES);
    return SIZES[size].name;
}

const char *comparison_size_text_zh(enum comparison_size size)
{
    assert(size < COMPARISON_SIZES);
    return SIZES[size].zh;
}

const char *comparison_size_text_en(enum comparison_size size)
{
    assert(size < COMPARISON_SIZES);
    return SIZES[size].en;
}

const char *comparison_province_text_zh(size_t province, char text[COMPARISON_PROVINCE_TEXT_SIZE])
{
    struct region region;
    struct zcd_error err;

    assert(province < COMPARISON_PROVINCES);
    (void)snprintf(text, COMPARISON_PROVINCE_TEXT_SIZE, "%02zu0000", province);
    if (region_parse(text, &region, &err) == ZCD_OK)
        (void)snprintf(text, COMPARISON_PROVINCE_TEXT_SIZE, "%s", region_name(&region));
    return text;
}

static enum comparison_size size_of(int64_t income_fen)
{
    int size = COMPARISON_SIZE_1M;

    while (income_fen >= SIZES[size].below_fen)
        size++;
    return (enum comparison_size)size;
}

/* What does not fit stays at the end of the range, which no document can hold. */
static void add(int64_t *sum, int64_t value)
{
    if (!money_add(*sum, value, sum))
        *sum = INT64_MAX;
}

static bool is_approval(const struct decision *decision)
{
    return decision->outcome == OUTCOME_APPROVE || decision->outcome == OUTCOME_APPROVE_WITH_CONDITIONS;
}

enum comparison_swap comparison_swap_of(const struct decision *const decisions[COMPARISON_SIDES])
{
    bool by_champion = is_approval(decisions[COMPARISON_CHAMPION]);
    bool by_challenger = is_approval(decisions[COMPARISON_CHALLENGER]);

    if (by_champion)
        return by_challenger ? COMPARISON_BOTH : COMPARISON_ONLY_CHAMPION;
    return by_challenger ? COMPARISON_ONLY_CHALLENGER : COMPARISON_NEITHER;
}

struct comparison_answer comparison_answer_of(const struct decision *decision)
{
    const struct decision_case *governing = decision->governing;

    return (struct comparison_answer){
        .outcome = decision->outcome,
        .grade = governing->grade.grade,
        .limit_fen = decision->limit_fen,
        .rate_bp = governing->price.has_lpr ? governing->price.rate_bp : -1,
        .first_reason = decision->reasons.count > 0 ? decision->reasons.rows[0].code : REASON_NONE,
    };
}

/* ------------------------------------------------------------------ lending */

static int64_t expected_loss_fen(const struct decision *decision)
{
    int64_t year_fen = money_mul_bp_ceil(decision->limit_fen, decision->governing->price.expected_loss_bp);
    return money_mul_ratio_ceil(year_fen, decision->governing->tenor_months, YEAR_MONTHS);
}

static void add_lending(struct comparison_lending *lending, const struct decision *decision)
{
    const struct price_result *price = &decision->governing->price;

    if (!is_approval(decision))
        return;
    lending->approved++;
    add(&lending->lent_fen, decision->limit_fen);
    add(&lending->expected_loss_fen, expected_loss_fen(decision));
    if (price->has_lpr) {
        add(&lending->priced_yuan, decision->limit_fen / YUAN_FEN);
        add(&lending->rate_bp_yuan, decision->limit_fen / YUAN_FEN * price->rate_bp);
    }
}

int64_t comparison_rate_bp(const struct comparison_lending *lending)
{
    return lending->priced_yuan == 0 ? -1 : lending->rate_bp_yuan / lending->priced_yuan;
}

static void add_to_tally(struct comparison_tally *tally, const struct decision *const decisions[COMPARISON_SIDES])
{
    tally->dossiers++;
    tally->swaps[comparison_swap_of(decisions)]++;
    for (int side = 0; side < COMPARISON_SIDES; side++)
        add_lending(&tally->lending[side], decisions[side]);
}

/* ------------------------------------------------------------------ the whole */

static void add_shift(struct policy_comparison *comparison, const struct decision *const decisions[COMPARISON_SIDES])
{
    const struct decision *champion = decisions[COMPARISON_CHAMPION];
    const struct decision *challenger = decisions[COMPARISON_CHALLENGER];

    comparison->outcomes[champion->outcome][challenger->outcome]++;
    comparison->grades[champion->governing->grade.grade][challenger->governing->grade.grade]++;
    if (comparison_swap_of(decisions) != COMPARISON_BOTH)
        return;
    int64_t change_fen = challenger->limit_fen - champion->limit_fen;
    if (change_fen > 0) {
        comparison->amounts_raised++;
        add(&comparison->raised_fen, change_fen);
    } else if (change_fen < 0) {
        comparison->amounts_lowered++;
        add(&comparison->lowered_fen, -change_fen);
    }
}

/* A reason may be given for several payers or contracts: the dossier counts once. */
static void add_reasons(int64_t counts[REASON_END], const struct reason_list *reasons)
{
    for (size_t i = 0; i < reasons->count; i++) {
        bool is_repeated = false;
        for (size_t j = 0; j < i; j++)
            is_repeated = is_repeated || reasons->rows[j].code == reasons->rows[i].code;
        counts[reasons->rows[i].code] += is_repeated ? 0 : 1;
    }
}

static bool is_in_force(const struct policy *policy, struct date day)
{
    return date_compare(policy->effective_from, day) <= 0
           && (date_is_none(policy->effective_to) || date_compare(day, policy->effective_to) <= 0);
}

static size_t province_of(const struct region *region)
{
    return (size_t)(region->code[0] - '0') * 10 + (size_t)(region->code[1] - '0');
}

void policy_comparison_add(struct policy_comparison *comparison, const struct dossier *dossier,
                           const struct policy *const policies[COMPARISON_SIDES],
                           const struct decision *const decisions[COMPARISON_SIDES])
{
    const struct organisation *organisation = &dossier->organisation;
    int64_t income_fen = decisions[COMPARISON_CHAMPION]->pipeline.annual_public_income_fen;

    add_to_tally(&comparison->total, decisions);
    add_to_tally(&comparison->by_application[dossier->application.kind], decisions);
    add_to_tally(&comparison->by_body[organisation->kind], decisions);
    add_to_tally(&comparison->by_province[province_of(&organisation->region)], decisions);
    add_to_tally(&comparison->by_size[size_of(income_fen)], decisions);
    add_shift(comparison, decisions);
    for (int side = 0; side < COMPARISON_SIDES; side++) {
        add_reasons(comparison->reasons[side], &decisions[side]->reasons);
        comparison->not_in_force[side] += is_in_force(policies[side], dossier->as_of) ? 0 : 1;
    }
}
