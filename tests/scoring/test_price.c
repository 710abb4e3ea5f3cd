/* Stage 7: the rate from its components, capital scaled by LGD, RAROC against a published vector. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "api/codec/policy_decode.h"
#include "scoring/price.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const struct policy_lens_row CAPITAL[] = {{10000, 40000}, {50000, 70000}, {1000000, 100000}};

static const struct policy POLICY = {
    .price = {.lgd_bp = 4000, .lgd_secured_bp = 2000, .capital_hurdle_bp = 1200, .operating_bp = 80, .inclusive_discount_bp = 20,
              .floor_bp = 300, .cap_bp = 600, .funding_spread_bp = 100, .capital = CAPITAL, .capital_count = 3},
};

static struct date on(const char *text)
{
    struct date date;
    assert_int_equal(date_parse(text, &date, &(struct zcd_error){0}), ZCD_OK);
    return date;
}

static struct price_result price_at(int64_t pd_ppm, int32_t secured_bp)
{
    struct price_result price;
    price_loan(&POLICY, on("2020-10-19"), pd_ppm, secured_bp, &price);
    return price;
}

/* LPR was 3.85 % since April 2020, quoted last on 21 September. PD 1 % x LGD 40 %; 4 % of capital at 12 %. */
static void a_rate_is_the_sum_of_its_components(void **state)
{
    (void)state;
    struct price_result price = price_at(10000, 0);
    assert_true(price.has_lpr);
    assert_int_equal(price.lpr_on.days, on("2020-09-21").days);
    assert_int_equal(price.lpr_bp, 385);
    assert_int_equal(price.lgd_bp, 4000);
    assert_int_equal(price.expected_loss_bp, 40);
    assert_int_equal(price.capital_ppm, 40000);
    assert_int_equal(price.capital_bp, 48);
    assert_int_equal(price.operating_bp, 80);
    assert_int_equal(price.inclusive_discount_bp, -20);
    assert_int_equal(price.clamp_bp, 0);
    assert_int_equal(price.rate_bp, 385 + 40 + 48 + 80 - 20);
}

/* Half secured: LGD 30 %, so three quarters of loss and capital; all secured: half of them. */
static void security_lowers_loss_and_capital_alike(void **state)
{
    (void)state;
    struct price_result half = price_at(10000, 5000);
    assert_int_equal(half.lgd_bp, 3000);
    assert_int_equal(half.expected_loss_bp, 30);
    assert_int_equal(half.capital_ppm, 30000);
    assert_int_equal(half.capital_bp, 36);
    assert_int_equal(half.rate_bp, 385 + 30 + 36 + 80 - 20);
    struct price_result all = price_at(10000, 10000);
    assert_int_equal(all.lgd_bp, 2000);
    assert_int_equal(all.capital_ppm, 20000);
}

/* A PD on a row's edge is still in it; one above is in the next. Costs are rounded up: 40.004 is 41. */
static void capital_is_read_at_the_first_row_that_reaches_the_pd(void **state)
{
    (void)state;
    assert_int_equal(price_at(1, 0).capital_ppm, 40000);
    assert_int_equal(price_at(10001, 0).capital_ppm, 70000);
    assert_int_equal(price_at(10001, 0).expected_loss_bp, 41);
    assert_int_equal(price_at(50000, 0).capital_ppm, 70000);
    assert_int_equal(price_at(50001, 0).capital_ppm, 100000);
    assert_int_equal(price_at(1000000, 0).capital_ppm, 100000);
}

static void floor_and_cap_show_what_they_add_or_take(void **state)
{
    (void)state;
    struct price_result dear = price_at(1000000, 0);
    assert_int_equal(dear.rate_bp, 600);
    assert_int_equal(dear.clamp_bp, 600 - (385 + 4000 + 120 + 80 - 20));

    struct policy policy = POLICY;
    struct price_result cheap;
    policy.price.inclusive_discount_bp = 400;
    price_loan(&policy, on("2020-10-19"), 10000, 0, &cheap);
    assert_int_equal(cheap.rate_bp, 300);
    assert_int_equal(cheap.clamp_bp, 300 - (385 + 40 + 48 + 80 - 400));
    assert_int_equal(cheap.rate_bp, cheap.lpr_bp + cheap.expected_loss_bp + cheap.capital_bp + cheap.operating_bp
                                        + cheap.inclusive_discount_bp + cheap.clamp_bp);
}

static void a_riskier_case_is_never_cheaper_and_a_secured_one_never_dearer(void **state)
{
    (void)state;
    for (int64_t pd_ppm = 100; pd_ppm < 200000; pd_ppm += 333) {
        assert_true(price_at(pd_ppm + 333, 0).rate_bp >= price_at(pd_ppm, 0).rate_bp);
        assert_true(price_at(pd_ppm, 6000).rate_bp <= price_at(pd_ppm, 3000).rate_bp);
    }
}

/* The reformed LPR was first quoted on 2019-08-20. */
static void without_a_quote_there_is_no_rate(void **state)
{
    (void)state;
    struct price_result price;
    price_loan(&POLICY, on("2019-08-19"), 10000, 0, &price);
    assert_false(price.has_lpr);
    assert_int_equal(price.rate_bp, 0);
    assert_int_equal(price.expected_loss_bp, 40);
    price_loan(&POLICY, on("2019-08-20"), 10000, 0, &price);
    assert_true(price.has_lpr);
    assert_int_equal(price.lpr_bp, 425);
}

/*
 * Published exam question (http://www.frm.com.cn/frmp2/pingce/1539.html): a loan of 3000 at 4.0 %, funding 1.5 %, expected
 * loss 1.0 %, operating cost 1.0 %, capital 8 %, 3 % earned on it: (120 - 45 - 30 - 30 + 7.2) / 240 = 9.25 %.
 */
static void raroc_agrees_with_a_published_vector(void **state)
{
    (void)state;
    assert_int_equal(price_raroc_bp(400, 150, 100, 100, 80000, 300), 925);
}

/* Funding at 2.85 %: (5.33 - 2.85 - 0.80 - 0.40 + 4 % of 2.85) / 4 %. */
static void raroc_of_a_loan_is_what_its_components_make(void **state)
{
    (void)state;
    assert_int_equal(price_at(10000, 0).raroc_bp, 3485);
}

static void raroc_rounds_down_and_survives_extremes(void **state)
{
    (void)state;
    assert_int_equal(price_raroc_bp(100, 0, 0, 0, 30000, 0), 3333);
    assert_int_equal(price_raroc_bp(-100, 0, 0, 0, 30000, 0), -3334);
    assert_int_equal(price_raroc_bp(500, 0, 0, 0, 0, 300), 0);
    assert_int_equal(price_raroc_bp(1000000, 0, 0, 0, 1, 0), INT32_MAX);
    assert_int_equal(price_raroc_bp(-1000000, 0, 0, 0, 1, 0), INT32_MIN);
}

/* A decimal fraction below one, "0.0062494801", in parts per million; what is beyond them is dropped. */
static int64_t ppm_of(const char *decimal)
{
    int64_t ppm = 0;
    assert_int_equal(strncmp(decimal, "0.", 2), 0);
    const char *digit = decimal + 2;
    for (int i = 0; i < 6; i++) {
        ppm = ppm * 10 + (*digit != '\0' ? *digit - '0' : 0);
        digit += *digit != '\0' ? 1 : 0;
    }
    return ppm;
}

static const struct policy *load_policy(const char *path, struct arena *arena)
{
    static uint8_t text[1 << 20];
    const struct policy *policy = NULL;
    struct zcd_error err;
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    size_t size = fread(text, 1, sizeof text, file);
    (void)fclose(file);
    assert_true(size < sizeof text);
    assert_int_equal(policy_decode((struct bytes){text, size}, arena, &policy, &err), ZCD_OK);
    return policy;
}

/*
 * The vectors with the LGD, the maturity and the firm size of the shipped tables. A row holds the most that any PD up to
 * its end needs, so it is never below the formula, and at a row's end it is the formula, to 1 ppm.
 */
static void shipped_capital_agrees_with_the_irb_formula(void **state)
{
    (void)state;
    struct arena arena = {NULL};
    const struct policy *policy = load_policy(ZCD_SOURCE_DIR "/data/policies/zhengcaidai.json", &arena);
    FILE *vectors = fopen(ZCD_SOURCE_DIR "/tests/vectors/scoring/irb_vectors.csv", "r");
    char line[256];
    int checked = 0;
    int at_row_end = 0;
    assert_non_null(vectors);
    assert_int_equal(policy->price.lgd_bp, 4000);
    while (fgets(line, sizeof line, vectors) != NULL) {
        char pd[32], capital[32];
        struct price_result price;
        if (sscanf(line, "%31[^,],0.4,1.0,5,%*[^,],%31[^,]", pd, capital) != 2)
            continue;
        price_loan(policy, on("2020-10-19"), ppm_of(pd), 0, &price);
        assert_true(price.capital_ppm >= ppm_of(capital));
        checked++;
        for (size_t i = 0; i < policy->price.capital_count; i++) {
            if (policy->price.capital[i].not_repaid_max_ppm == ppm_of(pd)) {
                assert_in_range(price.capital_ppm, ppm_of(capital), ppm_of(capital) + 1);
                at_row_end++;
            }
        }
    }
    (void)fclose(vectors);
    assert_int_equal(checked, 19);
    assert_true(at_row_end >= 9);
    arena_done(&arena);
}

/*
 * Loan by loan at the ends of the shipped table's rows, in floating point from the vector's own K: (rate - funding -
 * operating - PD x LGD) / K + funding. The table is up to 1 ppm above K and costs are rounded up by less than 1 bp, so that
 * RAROC may be lower by 1 bp / K and a little, but never higher.
 */
static void raroc_loan_by_loan_agrees_with_the_irb_vectors(void **state)
{
    (void)state;
    struct arena arena = {NULL};
    const struct policy *policy = load_policy(ZCD_SOURCE_DIR "/data/policies/zhengcaidai.json", &arena);
    FILE *vectors = fopen(ZCD_SOURCE_DIR "/tests/vectors/scoring/irb_vectors.csv", "r");
    char line[256];
    int checked = 0;
    assert_non_null(vectors);
    while (fgets(line, sizeof line, vectors) != NULL) {
        double pd, capital;
        if (sscanf(line, "%lf,0.4,1.0,5,%*[^,],%lf", &pd, &capital) != 2)
            continue;
        int64_t pd_ppm = llround(pd * 1e6);
        for (size_t i = 0; i < policy->price.capital_count; i++) {
            if (policy->price.capital[i].not_repaid_max_ppm != pd_ppm)
                continue;
            struct price_result price;
            price_loan(policy, on("2020-10-19"), pd_ppm, 0, &price);
            double funding_bp = 385.0 - (double)policy->price.funding_spread_bp;
            double net_bp = price.rate_bp - funding_bp - (double)policy->price.operating_bp - pd * 4000;
            double raroc_bp = net_bp / capital + funding_bp;
            double lower_bp = 1 / capital + fabs(net_bp) / capital * 2e-6 / capital + 1;
            assert_true(price.raroc_bp <= raroc_bp + fabs(net_bp) / capital * 2e-6 / capital + 1e-6);
            assert_true(price.raroc_bp >= raroc_bp - lower_bp);
            checked++;
        }
    }
    (void)fclose(vectors);
    assert_true(checked >= 9);
    arena_done(&arena);
}

static void a_mixed_lgd_is_rounded_up(void **state)
{
    (void)state;
    assert_int_equal(price_lgd_bp(&POLICY.price, 0), 4000);
    assert_int_equal(price_lgd_bp(&POLICY.price, 1), 4000); /* 3999.8 */
    assert_int_equal(price_lgd_bp(&POLICY.price, 2500), 3500);
    assert_int_equal(price_lgd_bp(&POLICY.price, 10000), 2000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_rate_is_the_sum_of_its_components),
        cmocka_unit_test(security_lowers_loss_and_capital_alike),
        cmocka_unit_test(capital_is_read_at_the_first_row_that_reaches_the_pd),
        cmocka_unit_test(floor_and_cap_show_what_they_add_or_take),
        cmocka_unit_test(a_riskier_case_is_never_cheaper_and_a_secured_one_never_dearer),
        cmocka_unit_test(without_a_quote_there_is_no_rate),
        cmocka_unit_test(raroc_agrees_with_a_published_vector),
        cmocka_unit_test(raroc_of_a_loan_is_what_its_components_make),
        cmocka_unit_test(raroc_rounds_down_and_survives_extremes),
        cmocka_unit_test(shipped_capital_agrees_with_the_irb_formula),
        cmocka_unit_test(raroc_loan_by_loan_agrees_with_the_irb_vectors),
        cmocka_unit_test(a_mixed_lgd_is_rounded_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
