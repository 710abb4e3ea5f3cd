/* Counts and sums of two policies' decisions, on decisions made by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scoring/policy_comparison.h"
#include "sound_case.h"

/* One decision, as far as it is read. */
struct answer {
    struct decision_case governing;
    struct decision decision;
    struct reason reasons[3];
};

static void answer_init(struct answer *answer, enum outcome outcome, int64_t limit_fen, int32_t grade)
{
    *answer = (struct answer){.governing = {.grade = {.grade = grade}, .tenor_months = 12}};
    answer->decision = (struct decision){.outcome = outcome, .limit_fen = limit_fen, .governing = &answer->governing};
}

static void answer_price(struct answer *answer, int32_t rate_bp, int32_t expected_loss_bp, int32_t tenor_months)
{
    answer->governing.price =
        (struct price_result){.has_lpr = true, .rate_bp = rate_bp, .expected_loss_bp = expected_loss_bp};
    answer->governing.tenor_months = tenor_months;
}

static void answer_reason(struct answer *answer, enum reason_code code)
{
    answer->reasons[answer->decision.reasons.count].code = code;
    answer->decision.reasons.rows = answer->reasons;
    answer->decision.reasons.count++;
}

/* In force in 2020 only, and from 2021 on. */
static struct policy policy_of(const char *from, const char *to)
{
    return (struct policy){.effective_from = on(from), .effective_to = to == NULL ? DATE_NONE : on(to)};
}

static void add(struct policy_comparison *comparison, const struct dossier *dossier, const struct answer *champion,
                const struct answer *challenger)
{
    const struct policy first = policy_of("2020-01-01", "2020-12-31");
    const struct policy second = policy_of("2021-01-01", NULL);
    const struct policy *const policies[COMPARISON_SIDES] = {&first, &second};
    const struct decision *const decisions[COMPARISON_SIDES] = {&champion->decision, &challenger->decision};

    policy_comparison_add(comparison, dossier, policies, decisions);
}

static struct dossier dossier_of(const char *region, const char *as_of)
{
    struct dossier dossier = {.as_of = on(as_of)};

    memcpy(dossier.organisation.region.code, region, sizeof dossier.organisation.region.code);
    dossier.organisation.kind = ORGANISATION_KIND_FOUNDATION;
    dossier.application.kind = APPLICATION_KIND_RENEWAL;
    return dossier;
}

static void every_pair_of_outcomes_has_its_place(void **state)
{
    (void)state;
    static const bool approves[] = {false, true, true, false, false}; /* by outcome */
    struct policy_comparison comparison = {0};
    struct dossier dossier = dossier_of("440304", "2020-10-19");

    for (int i = OUTCOME_APPROVE; i <= OUTCOME_DECLINE; i++) {
        for (int j = OUTCOME_APPROVE; j <= OUTCOME_DECLINE; j++) {
            struct answer champion, challenger;
            answer_init(&champion, (enum outcome)i, approves[i] ? 100 : 0, 2);
            answer_init(&challenger, (enum outcome)j, approves[j] ? 100 : 0, 5);
            add(&comparison, &dossier, &champion, &challenger);
            assert_int_equal(comparison.outcomes[i][j], 1);
        }
    }
    assert_int_equal(comparison.total.dossiers, 16);
    for (int swap = 0; swap < COMPARISON_SWAPS; swap++)
        assert_int_equal(comparison.total.swaps[swap], 4); /* two of four outcomes approve: 2 x 2 each */
    assert_int_equal(comparison.total.lending[COMPARISON_CHAMPION].approved, 8);
    assert_int_equal(comparison.total.lending[COMPARISON_CHALLENGER].lent_fen, 800);
    assert_int_equal(comparison.grades[2][5], 16);
    assert_int_equal(comparison.not_in_force[COMPARISON_CHAMPION], 0);
    assert_int_equal(comparison.not_in_force[COMPARISON_CHALLENGER], 16);
}

/*
 * 1,000,000.00 yuan at 4.00 % and 3,000,000.00 yuan at 3.50 %: mean 3.625 %, shown as 3.62 %. Expected loss 40 bp of the one
 * for 12 months, 4,000.00 yuan, and 33 bp of the other for 7: 9,900.00 x 7 / 12 = 5,775.00.
 */
static void rates_are_weighed_by_amount_and_losses_by_tenor(void **state)
{
    (void)state;
    struct policy_comparison comparison = {0};
    struct dossier dossier = dossier_of("440304", "2020-10-19");
    struct answer one, other, declined;

    answer_init(&one, OUTCOME_APPROVE, 100000000, 3);
    answer_price(&one, 400, 40, 12);
    answer_init(&other, OUTCOME_APPROVE_WITH_CONDITIONS, 300000000, 4);
    answer_price(&other, 350, 33, 7);
    answer_init(&declined, OUTCOME_DECLINE, 0, 9);
    answer_price(&declined, 600, 900, 12);
    add(&comparison, &dossier, &one, &declined);
    add(&comparison, &dossier, &other, &declined);

    const struct comparison_lending *champion = &comparison.total.lending[COMPARISON_CHAMPION];
    const struct comparison_lending *challenger = &comparison.total.lending[COMPARISON_CHALLENGER];
    assert_int_equal(champion->lent_fen, 400000000);
    assert_int_equal(comparison_rate_bp(champion), 362);
    assert_int_equal(champion->expected_loss_fen, 400000 + 577500);
    assert_int_equal(challenger->expected_loss_fen, 0);
    assert_int_equal(comparison_rate_bp(challenger), -1);
}

static void amounts_are_compared_where_both_approve(void **state)
{
    (void)state;
    struct policy_comparison comparison = {0};
    struct dossier dossier = dossier_of("440304", "2021-10-19");
    static const int64_t amounts[][2] = {{500, 700}, {500, 500}, {900, 100}, {0, 100}};

    for (size_t i = 0; i < 4; i++) {
        struct answer champion, challenger;
        answer_init(&champion, amounts[i][0] > 0 ? OUTCOME_APPROVE : OUTCOME_REFER, amounts[i][0], 1);
        answer_init(&challenger, OUTCOME_APPROVE, amounts[i][1], 1);
        add(&comparison, &dossier, &champion, &challenger);
    }
    assert_int_equal(comparison.amounts_raised, 1);
    assert_int_equal(comparison.raised_fen, 200);
    assert_int_equal(comparison.amounts_lowered, 1);
    assert_int_equal(comparison.lowered_fen, 800);
    assert_int_equal(comparison.not_in_force[COMPARISON_CHAMPION], 4);
    assert_int_equal(comparison.not_in_force[COMPARISON_CHALLENGER], 0);
}

static void a_reason_counts_once_a_dossier(void **state)
{
    (void)state;
    struct policy_comparison comparison = {0};
    struct dossier dossier = dossier_of("440304", "2020-10-19");
    struct answer champion, challenger;

    answer_init(&champion, OUTCOME_DECLINE, 0, 10);
    answer_reason(&champion, REASON_PAYER_LATE);
    answer_reason(&champion, REASON_FLOOR_FAILED);
    answer_reason(&champion, REASON_PAYER_LATE); /* another payer */
    answer_init(&challenger, OUTCOME_APPROVE, 100, 1);
    add(&comparison, &dossier, &champion, &challenger);
    assert_int_equal(comparison.reasons[COMPARISON_CHAMPION][REASON_PAYER_LATE], 1);
    assert_int_equal(comparison.reasons[COMPARISON_CHAMPION][REASON_FLOOR_FAILED], 1);
    assert_int_equal(comparison.reasons[COMPARISON_CHALLENGER][REASON_PAYER_LATE], 0);
    assert_int_equal(comparison_answer_of(&champion.decision).first_reason, REASON_PAYER_LATE);
    assert_int_equal(comparison_answer_of(&challenger.decision).first_reason, REASON_NONE);
    assert_int_equal(comparison_answer_of(&challenger.decision).rate_bp, -1);
}

/* 1, 5 and 20 million yuan belong to the band above. */
static void each_dossier_stands_in_one_row_of_every_segment(void **state)
{
    (void)state;
    static const struct {
        int64_t income_fen;
        enum comparison_size size;
    } rows[] = {{0, COMPARISON_SIZE_1M},
                {99999999, COMPARISON_SIZE_1M},
                {100000000, COMPARISON_SIZE_5M},
                {499999999, COMPARISON_SIZE_5M},
                {500000000, COMPARISON_SIZE_20M},
                {1999999999, COMPARISON_SIZE_20M},
                {2000000000, COMPARISON_SIZE_ABOVE},
                {INT64_C(4000000000000000), COMPARISON_SIZE_ABOVE}};
    struct policy_comparison comparison = {0};

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct dossier dossier = dossier_of(i % 2 == 0 ? "440304" : "110000", "2020-10-19");
        struct answer champion, challenger;
        int64_t before = comparison.by_size[rows[i].size].dossiers;
        answer_init(&champion, OUTCOME_APPROVE, 100, 1);
        answer_init(&challenger, OUTCOME_DECLINE, 0, 1);
        champion.decision.pipeline.annual_public_income_fen = rows[i].income_fen;
        add(&comparison, &dossier, &champion, &challenger);
        assert_int_equal(comparison.by_size[rows[i].size].dossiers, before + 1);
    }
    assert_int_equal(comparison.by_province[44].dossiers, 4);
    assert_int_equal(comparison.by_province[11].swaps[COMPARISON_ONLY_CHAMPION], 4);
    assert_int_equal(comparison.by_application[APPLICATION_KIND_RENEWAL].dossiers, 8);
    assert_int_equal(comparison.by_body[ORGANISATION_KIND_FOUNDATION].lending[COMPARISON_CHAMPION].lent_fen, 800);
}

/* Twice the largest sum stays a sum that no document holds, and does not wrap to a small one. */
static void sums_that_do_not_fit_stay_at_the_end(void **state)
{
    (void)state;
    struct policy_comparison comparison = {0};
    struct dossier dossier = dossier_of("440304", "2020-10-19");
    struct answer champion, challenger;

    comparison.total.lending[COMPARISON_CHAMPION].lent_fen = INT64_MAX - 1;
    answer_init(&champion, OUTCOME_APPROVE, 100, 1);
    answer_init(&challenger, OUTCOME_DECLINE, 0, 1);
    add(&comparison, &dossier, &champion, &challenger);
    add(&comparison, &dossier, &champion, &challenger);
    assert_int_equal(comparison.total.lending[COMPARISON_CHAMPION].lent_fen, INT64_MAX);
}

static void provinces_have_their_names(void **state)
{
    (void)state;
    char text[COMPARISON_PROVINCE_TEXT_SIZE];

    assert_string_equal(comparison_province_text_zh(44, text), "广东省");
    assert_string_equal(comparison_province_text_zh(99, text), "990000"); /* no such code */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_pair_of_outcomes_has_its_place),
        cmocka_unit_test(rates_are_weighed_by_amount_and_losses_by_tenor),
        cmocka_unit_test(amounts_are_compared_where_both_approve),
        cmocka_unit_test(a_reason_counts_once_a_dossier),
        cmocka_unit_test(each_dossier_stands_in_one_row_of_every_segment),
        cmocka_unit_test(sums_that_do_not_fit_stay_at_the_end),
        cmocka_unit_test(provinces_have_their_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
