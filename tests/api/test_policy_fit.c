/* A scorecard from data: by hand where a hand can do it, and on the German credit data, where others have published figures. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "api/codec/policy_fit_encode.h"
#include "api/file.h"
#include "api/flows/fit_logistic.h"
#include "audit/canonical_json.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct policy_fit_scale SCALE = {600, 50, 50};
static struct arena arena;

static int clear_arena(void **state)
{
    (void)state;
    arena_done(&arena);
    arena = (struct arena){0};
    return 0;
}

static void assert_near(double a, double b, double within)
{
    if (!(fabs(a - b) <= within))
        fail_msg("%.9f is not %.9f", a, b);
}

/* ------------------------------------------------------------------ measures */

/* Goods score 3, 2, 2; bads 2, 1. Of six pairs four are right and two are ties: (4 + 1) / 6. At 1 half of the bads and none of the goods
 * are below, at 2 all bads and two of three goods: distances 1/2 and 1/3. */
static void ties_count_a_half(void **state)
{
    const double score[] = {3, 2, 2, 2, 1};
    const bool is_bad[] = {false, false, false, true, true};
    (void)state;
    struct fit_separation separation = fit_measure(score, is_bad, 5);
    assert_near(separation.auc, 5.0 / 6, 1e-12);
    assert_near(separation.ks, 0.5, 1e-12);
}

static void one_kind_alone_cannot_be_told_apart(void **state)
{
    const double score[] = {1, 2};
    const bool is_bad[] = {true, true};
    (void)state;
    assert_near(fit_measure(score, is_bad, 2).auc, 0.5, 0);
    assert_near(fit_measure(score, is_bad, 0).auc, 0.5, 0);
}

/* ------------------------------------------------------------------ regression */

/* With one column of 0 and 1 the model can say both shares exactly: 1 of 4, and 3 of 4. */
static void a_saturated_regression_says_the_shares(void **state)
{
    const double x[] = {0, 0, 0, 0, 1, 1, 1, 1};
    const bool y[] = {true, false, false, false, true, true, true, false};
    double coefficient[2];
    (void)state;
    assert_true(fit_logistic(x, y, 8, 1, coefficient));
    assert_near(coefficient[0], log(1.0 / 3), 1e-5);
    assert_near(coefficient[1], log(9), 1e-5);
}

/* Twenty students, hours of study and whether they passed: the example of Wikipedia's "Logistic regression". R's glm gives it the
 * coefficients -4.077713 and 1.504645 (rstudio-pubs-static.s3.amazonaws.com/167443_521a65d0dc3e4f04aeba47a8fd813554.html). */
static void a_published_regression_comes_out_as_published(void **state)
{
    const double hours[] = {0.5, 0.75, 1, 1.25, 1.5, 1.75, 1.75, 2, 2.25, 2.5, 2.75, 3, 3.25, 3.5, 4, 4.25, 4.5, 4.75, 5, 5.5};
    const bool passed[] = {false, false, false, false, false, false, true, false, true, false,
                           true,  false, true,  false, true,  true,  true, true,  true, true};
    double coefficient[2];
    (void)state;
    assert_true(fit_logistic(hours, passed, 20, 1, coefficient));
    assert_near(coefficient[0], -4.077713, 5e-6);
    assert_near(coefficient[1], 1.504645, 5e-6);
}

/* Without the ridge there is no maximum. With it, at the maximum, P = 1 / (1 + exp(b1 / 2)) of error on either side balances it:
 * 2 P = 10^-6 b1, which b1 = 22.766695 solves, and b0 = -b1 / 2. */
static void separable_data_stay_finite(void **state)
{
    const double x[] = {0, 0, 1, 1};
    const bool y[] = {false, false, true, true};
    double coefficient[2];
    (void)state;
    assert_true(fit_logistic(x, y, 4, 1, coefficient));
    assert_near(coefficient[1], 22.766695, 1e-4);
    assert_near(coefficient[0], -22.766695 / 2, 1e-4);
}

static void equal_columns_share_one_effect(void **state)
{
    const double x[] = {0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1};
    const bool y[] = {true, false, false, false, true, true, true, false};
    double coefficient[3];
    (void)state;
    assert_true(fit_logistic(x, y, 8, 2, coefficient));
    assert_near(coefficient[1] + coefficient[2], log(9), 1e-4);
    assert_near(coefficient[1], coefficient[2], 1e-4);
}

/* ------------------------------------------------------------------ bins */

static struct csv_table read_table(const char *text)
{
    struct csv_table table;
    struct zcd_error err;
    assert_int_equal(csv_table_read(bytes_of_text(text), &arena, &table, &err), ZCD_OK);
    return table;
}

static struct fit_rows all_rows(const struct csv_table *table)
{
    size_t *index = ARENA_NEW(&arena, size_t, table->row_count);
    bool *is_bad = ARENA_NEW(&arena, bool, table->row_count);
    for (size_t i = 0; i < table->row_count; i++) {
        index[i] = i;
        is_bad[i] = table->columns[table->column_count - 1].number[i] == 1;
    }
    return (struct fit_rows){index, table->row_count, is_bad};
}

/* Texts a: 3 good 1 bad, b: 1 good 3 bad; of 4 and 4. ln(3) each way; IV = 2 x (3/4 - 1/4) x ln 3. */
static void weights_of_evidence_are_those_of_the_formula(void **state)
{
    struct fit_binning binning;
    (void)state;
    struct csv_table table = read_table("x,bad\na,0\na,0\na,0\na,1\nb,0\nb,1\nb,1\nb,1\n");
    struct fit_rows rows = all_rows(&table);
    fit_binning_make(&table.columns[0], &rows, &arena, &binning);
    assert_int_equal(binning.bin_count, 2);
    assert_near(binning.bins[0].woe, log(3), 1e-12);
    assert_near(binning.bins[1].woe, -log(3), 1e-12);
    assert_near(binning.iv, log(3), 1e-12);
    assert_near(fit_binning_woe(&binning, 7), -log(3), 1e-12);
}

/* 1 to 8, bad below 3 and, once, at 5: shares of bads 1, 1, 0, 0, 1, 0, 0, 0 can only fall. */
static void bins_of_numbers_rise_or_fall(void **state)
{
    struct fit_binning binning;
    (void)state;
    struct csv_table table = read_table("x,bad\n1,1\n1,0\n1,1\n2,1\n2,0\n2,1\n3,0\n3,1\n3,0\n4,0\n4,1\n4,1\n5,0\n5,0\n5,1\n6,0\n6,0\n6,0\n6,1\n,1\n,0\n");
    struct fit_rows rows = all_rows(&table);
    fit_binning_make(&table.columns[0], &rows, &arena, &binning);
    assert_true(binning.bin_count >= 3);
    for (size_t i = 1; i + 1 < binning.bin_count; i++) {
        assert_true(binning.bins[i].below > binning.bins[i - 1].below);
        assert_true(binning.bins[i].woe > binning.bins[i - 1].woe);
    }
    assert_true(binning.bins[binning.bin_count - 1].is_missing);
    assert_int_equal(fit_binning_find(&binning, 19), (int)binning.bin_count - 1);
    assert_int_equal(fit_binning_find(&binning, 0), 0);
}

/* ------------------------------------------------------------------ the whole */

static struct csv_table german(void)
{
    struct buffer text = {0};
    struct csv_table table;
    struct zcd_error err;
    assert_int_equal(file_read(ZCD_SOURCE_DIR "/tests/vectors/credit/german.csv", 1 << 20, &text, &err), ZCD_OK);
    assert_int_equal(csv_table_read(buffer_bytes(&text), &arena, &table, &err), ZCD_OK);
    buffer_done(&text);
    return table;
}

/*
 * Plain scorecards of weights of evidence are published with 0.78 to 0.80 in cross-validation. The status of the account tells most:
 * 348 of 700 goods and 46 of 300 bads have none (A14), and its information value is published as 0.666.
 */
static void german_credit_comes_out_as_published(void **state)
{
    struct policy_fit fit;
    struct zcd_error err;
    (void)state;
    struct csv_table table = german();
    for (uint64_t seed = 1; seed <= 5; seed++) {
        assert_int_equal(policy_fit_make(&table, "bad", &SCALE, 5, seed, &arena, &fit, &err), ZCD_OK);
        assert_true(fit.validated.auc > 0.775 && fit.validated.auc < 0.81);
        assert_true(fit.auc_lowest <= fit.validated.auc && fit.validated.auc <= fit.auc_highest);
        assert_true(fit.training.auc > fit.validated.auc);
    }
    assert_int_equal(fit.goods, 700);
    assert_int_equal(fit.bads, 300);
    assert_string_equal(fit.characteristics[0].binning.column->name, "status");
    assert_near(fit.characteristics[0].binning.iv, 0.666, 0.001);
    assert_near(fit.characteristics[0].binning.bins[0].woe, log(348.0 / 700 / (46.0 / 300)), 1e-9);
}

/* Points of a bin are factor x coefficient x weight of evidence, factor = 50 / ln 2; the base is where odds are 50 : 1. */
static void points_double_the_odds(void **state)
{
    struct policy_fit fit;
    struct zcd_error err;
    (void)state;
    struct csv_table table = german();
    assert_int_equal(policy_fit_make(&table, "bad", &SCALE, 5, 1, &arena, &fit, &err), ZCD_OK);
    const double factor = 50 / log(2);
    assert_near(fit.base_points, 600 + factor * (fit.intercept - log(50)), 0.5);
    for (size_t i = 0; i < fit.characteristic_count; i++) {
        const struct policy_fit_characteristic *one = &fit.characteristics[i];
        assert_true(one->coefficient > 0);
        assert_true(i == 0 || one->binning.iv <= fit.characteristics[i - 1].binning.iv);
        for (size_t k = 0; k < one->binning.bin_count; k++)
            assert_near(one->points[k], factor * one->coefficient * one->binning.bins[k].woe, 0.5);
    }
    assert_int_equal(fit.pd[POLICY_FIT_PD_ROWS / 2].score, 600);
    assert_near(fit.pd[POLICY_FIT_PD_ROWS / 2].pd, 1.0 / 51, 1e-12);
    assert_int_equal(fit.pd[POLICY_FIT_PD_ROWS / 2 - 2].score, 650);
    assert_near(fit.pd[POLICY_FIT_PD_ROWS / 2 - 2].pd, 1.0 / 101, 1e-12);
}

/* The predicted odds fit the observed ones where many are alike: PD by score, in the large. */
static void predicted_and_observed_shares_agree_on_the_whole(void **state)
{
    struct policy_fit fit;
    struct zcd_error err;
    double sum = 0;
    (void)state;
    struct csv_table table = german();
    assert_int_equal(policy_fit_make(&table, "bad", &SCALE, 5, 1, &arena, &fit, &err), ZCD_OK);
    for (size_t row = 0; row < table.row_count; row++)
        sum += 1 / (1 + 50 * exp2((policy_fit_score(&fit, row) - 600.0) / 50));
    assert_near(sum / 1000, 0.3, 0.01);
}

static void the_document_is_canonical_and_the_same_twice(void **state)
{
    struct policy_fit fit;
    struct buffer json[2] = {{0}, {0}};
    struct zcd_error err;
    (void)state;
    struct csv_table table = german();
    for (int i = 0; i < 2; i++) {
        assert_int_equal(policy_fit_make(&table, "bad", &SCALE, 5, 1, &arena, &fit, &err), ZCD_OK);
        assert_int_equal(policy_fit_encode(&fit, &SCALE, "bad", "00", &json[i], &err), ZCD_OK);
    }
    assert_true(canonical_json_is_canonical(buffer_bytes(&json[0])));
    assert_true(bytes_equal(buffer_bytes(&json[0]), buffer_bytes(&json[1])));
    buffer_done(&json[0]);
    buffer_done(&json[1]);
}

static void what_cannot_be_fitted_is_refused(void **state)
{
    static const struct {
        const char *text, *message;
    } REFUSED[] = {
        {"x,y\n1,0\n", "there is no column bad"},
        {"x,bad\n1,2\n", "row 1: the target bad is neither 0 (good) nor 1 (bad)"},
        {"x,bad\n1,\n2,1\n", "row 1: the target bad is neither 0 (good) nor 1 (bad)"},
        {"x,bad\n1,yes\n", "row 1: the target bad is neither 0 (good) nor 1 (bad)"},
        {"x,bad\n1,0\n2,1\n", "1 goods and 1 bads are too few for 2 folds: ten of each are wanted in every one"},
    };
    struct policy_fit fit;
    struct zcd_error err;
    (void)state;
    for (size_t i = 0; i < sizeof REFUSED / sizeof *REFUSED; i++) {
        struct csv_table table = read_table(REFUSED[i].text);
        assert_int_equal(policy_fit_make(&table, "bad", &SCALE, 2, 1, &arena, &fit, &err), ZCD_INVALID);
        assert_string_equal(err.message, REFUSED[i].message);
    }
}

/* A constant column and one of chance tell nothing. */
static void what_predicts_nothing_is_said(void **state)
{
    struct buffer text = {0};
    struct policy_fit fit;
    struct zcd_error err;
    (void)state;
    buffer_append_text(&text, "x,bad\n");
    for (int i = 0; i < 100; i++)
        buffer_append_format(&text, "7,%d\n", i % 2);
    struct csv_table table = read_table((const char *)text.data);
    assert_int_equal(policy_fit_make(&table, "bad", &SCALE, 2, 1, &arena, &fit, &err), ZCD_INVALID);
    assert_string_equal(err.message, "nothing in the table predicts bad");
    buffer_done(&text);
}

/* Texts a: 8 goods, b: 12 bads, c: one of each. The halves: a ln(8.5 / 9 / (0.5 / 13)), b ln(0.5 / 9 / (12.5 / 13)). */
static void a_bin_without_goods_or_bads_stands_and_counts_half_a_one_more(void **state)
{
    struct buffer text = {0};
    struct fit_binning binning;
    (void)state;
    buffer_append_text(&text, "x,bad\n");
    for (int i = 0; i < 8; i++)
        buffer_append_text(&text, "a,0\n");
    for (int i = 0; i < 12; i++)
        buffer_append_text(&text, "b,1\n");
    buffer_append_text(&text, "c,0\nc,1\n");
    struct csv_table table = read_table((const char *)text.data);
    struct fit_rows rows = all_rows(&table);
    fit_binning_make(&table.columns[0], &rows, &arena, &binning);
    assert_int_equal(binning.bin_count, 3);
    assert_near(binning.bins[0].woe, log(8.5 / 9 / (0.5 / 13)), 1e-12);
    assert_near(binning.bins[1].woe, log(1.0 / 9 / (1.0 / 13)), 1e-12);
    assert_near(binning.bins[2].woe, log(0.5 / 9 / (12.5 / 13)), 1e-12);
    buffer_done(&text);
}

static void append_perfect_rows(struct buffer *text, bool is_number)
{
    buffer_append_text(text, "x,bad\n");
    for (int i = 0; i < 100; i++) {
        if (is_number)
            buffer_append_format(text, "%d,%d\n", i, i >= 50);
        else
            buffer_append_format(text, "%s,%d\n", i < 50 ? "a" : "b", i >= 50);
    }
}

/* A column that gives the answer away is fitted, with finite points, and tells every good one from every bad one. */
static void a_perfect_column_has_finite_points(void **state)
{
    (void)state;
    for (int is_number = 0; is_number < 2; is_number++) {
        struct buffer text = {0};
        struct policy_fit fit;
        struct zcd_error err;
        append_perfect_rows(&text, is_number);
        struct csv_table table = read_table((const char *)text.data);
        assert_int_equal(policy_fit_make(&table, "bad", &SCALE, 2, 1, &arena, &fit, &err), ZCD_OK);
        assert_int_equal(fit.characteristic_count, 1);
        assert_near(fit.training.auc, 1, 1e-12);
        assert_true(fit.validated.auc > 0.95);
        for (size_t i = 0; i < fit.characteristics[0].binning.bin_count; i++)
            assert_in_range(abs(fit.characteristics[0].points[i]), 1, 100000);
        buffer_done(&text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ties_count_a_half),
        cmocka_unit_test(one_kind_alone_cannot_be_told_apart),
        cmocka_unit_test(a_saturated_regression_says_the_shares),
        cmocka_unit_test(a_published_regression_comes_out_as_published),
        cmocka_unit_test(separable_data_stay_finite),
        cmocka_unit_test(equal_columns_share_one_effect),
        cmocka_unit_test_teardown(weights_of_evidence_are_those_of_the_formula, clear_arena),
        cmocka_unit_test_teardown(bins_of_numbers_rise_or_fall, clear_arena),
        cmocka_unit_test_teardown(german_credit_comes_out_as_published, clear_arena),
        cmocka_unit_test_teardown(points_double_the_odds, clear_arena),
        cmocka_unit_test_teardown(predicted_and_observed_shares_agree_on_the_whole, clear_arena),
        cmocka_unit_test_teardown(the_document_is_canonical_and_the_same_twice, clear_arena),
        cmocka_unit_test_teardown(what_cannot_be_fitted_is_refused, clear_arena),
        cmocka_unit_test_teardown(what_predicts_nothing_is_said, clear_arena),
        cmocka_unit_test_teardown(a_bin_without_goods_or_bads_stands_and_counts_half_a_one_more, clear_arena),
        cmocka_unit_test_teardown(a_perfect_column_has_finite_points, clear_arena),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
