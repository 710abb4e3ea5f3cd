/*
 * Stage 2 against a reference written here independently, in floating point, from the formulas of scoring/README.md; and
 * monotone in every observation, over all small cases.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "scoring/delay.h"

#include <math.h>
#include <string.h>

#define WEEKS DELAY_WEEKS
#define PAYABLE 18000 /* any day */
#define NOT_PAID (-1)

static const int64_t BIN_STARTS[] = {0, 2, 4, 8, 13, 26};
static const int64_t HAZARD[] = {60000, 90000, 120000, 130000, 110000, 80000};
static const struct policy_hazard_row ROWS[] = {{PAYER_LEVEL_NONE, FUND_SOURCE_NONE, HAZARD, 6}};

static const struct policy POLICY = {
    .delay = {.bin_start_weeks = BIN_STARTS, .bin_count = 6, .payment = ROWS, .payment_count = 1, .slip_hazard_ppm = HAZARD,
              .slip_hazard_count = 6, .prior_strength_ppm = 8000000, .hazard_cap_ppm = 600000},
    .cashflow = {.hazard_slow_ppm = 600000, .hazard_freeze_ppm = 300000},
};

#define MILESTONES_MAX 8

/* A dossier of one payer and one contract; each milestone became payable on day PAYABLE. */
struct scene {
    struct payer payer;
    struct contract contract;
    struct milestone milestones[MILESTONES_MAX];
    struct payment payments[MILESTONES_MAX];
    struct dossier dossier;
};

static void scene_init(struct scene *scene, const int *paid_weeks, size_t count)
{
    memset(scene, 0, sizeof *scene);
    scene->payer = (struct payer){.id = "p", .level = PAYER_LEVEL_DISTRICT, .region = {"440307"}};
    for (size_t i = 0; i < count; i++) {
        struct milestone *milestone = &scene->milestones[i];
        *milestone = (struct milestone){.id = "m", .due_on = {PAYABLE}, .amount_fen = 100, .accepted_on = {PAYABLE},
                                        .invoiced_on = DATE_NONE};
        if (paid_weeks[i] == NOT_PAID)
            continue;
        scene->payments[i] = (struct payment){"t", {PAYABLE + paid_weeks[i] * 7}, 100};
        milestone->payments = &scene->payments[i];
        milestone->payment_count = 1;
    }
    scene->contract = (struct contract){.id = "c", .payer = "p", .fund_source = FUND_SOURCE_DEPARTMENT_BUDGET, .stage = CONTRACT_STAGE_PERFORMING,
                                        .trigger = PAYMENT_TRIGGER_ACCEPTANCE, .milestones = scene->milestones, .milestone_count = count};
    scene->dossier = (struct dossier){.payers = &scene->payer, .payer_count = 1, .contracts = &scene->contract, .contract_count = 1};
}

static struct delay_curve estimate(struct scene *scene, int age_weeks, struct delay_result *result)
{
    struct arena arena = {0};
    struct delay_result local;
    delay_estimate(&scene->dossier, &POLICY, (struct date){PAYABLE + age_weeks * 7}, &arena, &local);
    struct delay_curve curve = local.curves[0];
    assert_int_equal(local.curve_count, 1);
    if (result != NULL)
        *result = local;
    arena_done(&arena);
    return curve;
}

static double prior(int week)
{
    double hazard = 0;
    for (int i = 0; i < 6; i++) {
        if (week >= BIN_STARTS[i])
            hazard = (double)HAZARD[i] / 1e6;
    }
    return hazard;
}

static double reference_theta(double above, const int *paid_weeks, size_t count, int age_weeks)
{
    double events = 0;
    double exposure = 0;
    for (size_t i = 0; i < count; i++) {
        int last = paid_weeks[i] == NOT_PAID ? age_weeks - 1 : paid_weeks[i];
        for (int week = 0; week <= last; week++)
            exposure += prior(week);
        events += paid_weeks[i] == NOT_PAID ? 0 : 1;
    }
    return (8 * above + events) / (8 + exposure);
}

static void agrees_with_the_reference(void **state)
{
    (void)state;
    static const struct {
        int paid_weeks[4];
        size_t count;
        int age_weeks;
    } cases[] = {
        {{0, 0, 0, 0}, 4, 10}, {{8, 9, 12, 7}, 4, 20}, {{NOT_PAID, NOT_PAID, 3, 5}, 4, 30}, {{NOT_PAID}, 1, 0}, {{26, 40, NOT_PAID, 1}, 4, 60},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct scene scene;
        scene_init(&scene, cases[i].paid_weeks, cases[i].count);
        struct delay_curve curve = estimate(&scene, cases[i].age_weeks, NULL);
        double of_class = reference_theta(1, cases[i].paid_weeks, cases[i].count, cases[i].age_weeks);
        double of_payer = reference_theta(of_class, cases[i].paid_weeks, cases[i].count, cases[i].age_weeks);

        assert_true(fabs((double)curve.theta_class_ppm / 1e6 - of_class) < 1e-5);
        assert_true(fabs((double)curve.theta_ppm / 1e6 - of_payer) < 1e-5);
        double left = 1;
        for (int week = 0; week < WEEKS; week++) {
            left *= 1 - fmin(0.6, of_payer * prior(week));
            assert_true(fabs((double)curve.survival[DELAY_STATE_NORMAL][week] / (double)DELAY_ONE - left) < 2e-5);
        }
    }
}

/* By hand: 8 prior weeks' worth, two paid in week 0 (exposure 0.06 each): (8 + 2) / (8 + 0.12) = 1.231527. */
static void gives_the_speed_computed_by_hand(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, (const int[]){0, 0}, 2);
    struct delay_curve curve = estimate(&scene, 5, NULL);
    assert_int_equal(curve.theta_class_ppm, 1231527);
    /* (8 x 1.231527 + 2) / 8.12 = 1.459632 */
    assert_int_equal(curve.theta_ppm, 1459632);
    assert_int_equal(curve.observations, 2);
}

static void without_observations_the_class_prior_stands(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, NULL, 0);
    struct delay_curve curve = estimate(&scene, 5, NULL);
    assert_int_equal(curve.theta_ppm, 1000000);
    assert_int_equal(curve.prior_weight_bp, 10000);
}

static void the_book_experience_counts_for_class_and_payer(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, NULL, 0);
    struct payer_experience rows[] = {
        {.payer = "", .payer_index = SIZE_MAX, .level = PAYER_LEVEL_DISTRICT, .fund_source = FUND_SOURCE_DEPARTMENT_BUDGET,
         .events_ppm = 4000000, .exposure_ppm = 8000000},
        {.payer = "p", .payer_index = 0, .events_ppm = 0, .exposure_ppm = 8000000},
    };
    scene.dossier.payer_experience = rows;
    scene.dossier.payer_experience_count = 2;
    struct delay_curve curve = estimate(&scene, 5, NULL);
    assert_int_equal(curve.theta_class_ppm, 750000); /* (8 + 4) / (8 + 8) */
    assert_int_equal(curve.theta_ppm, 375000);       /* (8 x 0.75 + 0) / (8 + 8) */
}

/* Paying later is never better: no value of any survival curve, and none of the figures shown to people. */
static void assert_not_faster(const struct delay_curve *later, const struct delay_curve *before, struct date as_of)
{
    for (int state = 0; state < DELAY_STATE_COUNT; state++) {
        for (int week = 0; week < WEEKS; week++)
            assert_true(later->survival[state][week] >= before->survival[state][week]);
    }
    assert_true(later->expected_days >= before->expected_days);
    assert_true(later->p50_days >= before->p50_days);
    assert_true(later->p90_days >= before->p90_days);
    assert_true(later->paid_30_days_bp <= before->paid_30_days_bp);
    assert_true(later->paid_60_days_bp <= before->paid_60_days_bp);
    assert_true(delay_arrival_p90(later, as_of, as_of).days >= delay_arrival_p90(before, as_of, as_of).days);
}

/* Every one of 8^3 histories: paying any one milestone a week later, or not yet, never speeds the forecast. */
static void paying_later_never_speeds_the_forecast(void **state)
{
    (void)state;
    enum { AGE = 7, LATEST = 7 };
    for (int code = 0; code < 8 * 8 * 8; code++) {
        int weeks[3] = {code % 8, code / 8 % 8, code / 64};
        struct scene scene;
        scene_init(&scene, weeks, 3);
        struct delay_curve before = estimate(&scene, AGE, NULL);
        for (int i = 0; i < 3; i++) {
            int later[3] = {weeks[0], weeks[1], weeks[2]};
            later[i] = weeks[i] == LATEST ? NOT_PAID : weeks[i] + 1;
            scene_init(&scene, later, 3);
            struct delay_curve after = estimate(&scene, AGE, NULL);
            assert_not_faster(&after, &before, (struct date){PAYABLE + AGE * 7});
        }
    }
}

/* ------------------------------------------------------------------ what is shown to people */

static double left_before(const double *left, int week)
{
    return week == 0 ? 1 : left[week - 1];
}

/* The first week, from this one on, at whose end so large a share of what was open at its start is left. */
static int week_of_share(const double *left, int from, double share)
{
    int week = from;
    while (left[week] > share * left_before(left, from))
        week++;
    return week;
}

static double reference_paid_bp(const double *left, int days)
{
    int week = days / 7;
    double before = left_before(left, week);
    return 1e4 * (1 - before + (before - left[week]) * (days % 7) / 7);
}

static void the_figures_for_people_agree_with_the_reference(void **state)
{
    (void)state;
    static const int histories[][3] = {{0, 1, 2}, {4, 9, 13}, {NOT_PAID, NOT_PAID, 20}, {NOT_PAID, NOT_PAID, NOT_PAID}};
    enum { AGE = 21 };
    for (size_t i = 0; i < sizeof histories / sizeof *histories; i++) {
        struct scene scene;
        double left[WEEKS];
        double open = 1;
        double weeks = 0.5;
        scene_init(&scene, histories[i], 3);
        struct delay_curve curve = estimate(&scene, AGE, NULL);
        double theta = reference_theta(reference_theta(1, histories[i], 3, AGE), histories[i], 3, AGE);
        for (int week = 0; week < WEEKS; week++) {
            left[week] = open *= 1 - fmin(0.6, theta * prior(week));
            weeks += open;
        }
        assert_true(fabs(curve.expected_days - 7 * weeks) <= 0.51);
        assert_int_equal(curve.p50_days, 7 * (week_of_share(left, 0, 0.5) + 1));
        assert_int_equal(curve.p90_days, 7 * (week_of_share(left, 0, 0.1) + 1));
        assert_true(fabs(curve.paid_30_days_bp - reference_paid_bp(left, 30)) <= 1.1);
        assert_true(fabs(curve.paid_60_days_bp - reference_paid_bp(left, 60)) <= 1.1);
        for (int age = 0; age < 40; age++) {
            struct date as_of = {PAYABLE + 7 * age + 6}; /* the last day of that week */
            assert_int_equal(delay_arrival_p90(&curve, (struct date){PAYABLE}, as_of).days,
                             PAYABLE + 7 * (week_of_share(left, age, 0.1) + 1));
            assert_int_equal(delay_arrival_p50(&curve, (struct date){PAYABLE}, as_of).days,
                             PAYABLE + 7 * (week_of_share(left, age, 0.5) + 1));
        }
    }
}

/*
 * By hand, at 40 % a week: left are 60, 36, 21.6, 12.96, 7.776 % ...; the mean is 1.5 weeks and a half. After 30 days 5.184
 * x 2/7 less than 12.96 % are left, after 60 days 0.6718464 x 4/7 less than 1.679616 %. Three weeks late, it takes as long again.
 */
static void the_figures_of_a_steady_payer_are_those_computed_by_hand(void **state)
{
    (void)state;
    static const int64_t STEADY[] = {400000, 400000, 400000, 400000, 400000, 400000};
    static const struct policy_hazard_row STEADY_ROWS[] = {{PAYER_LEVEL_NONE, FUND_SOURCE_NONE, STEADY, 6}};
    struct policy policy = POLICY;
    struct arena arena = {0};
    struct delay_result result;
    struct scene scene;
    const struct date as_of = {PAYABLE + 21};
    policy.delay.payment = STEADY_ROWS;
    scene_init(&scene, NULL, 0);
    delay_estimate(&scene.dossier, &policy, as_of, &arena, &result);
    const struct delay_curve *curve = &result.curves[0];
    assert_int_equal(curve->expected_days, 14);
    assert_int_equal(curve->p50_days, 14);
    assert_int_equal(curve->p90_days, 35);
    assert_int_equal(curve->paid_30_days_bp, 8852);
    assert_int_equal(curve->paid_60_days_bp, 9870);
    assert_int_equal(delay_arrival_p90(curve, (struct date){PAYABLE}, as_of).days, as_of.days + 35);
    assert_int_equal(delay_arrival_p50(curve, (struct date){PAYABLE}, as_of).days, as_of.days + 14);
    arena_done(&arena);
}

/* Kaplan and Meier on 1, 2, 2, not paid at 4: 3/4, then 3/4 x 1/3 = 1/4. */
static void shows_the_kaplan_meier_curve(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, (const int[]){1, 2, 2, NOT_PAID}, 4);
    struct delay_curve curve = estimate(&scene, 4, NULL);
    assert_int_equal(curve.kaplan_meier_ppm[0], 1000000);
    assert_int_equal(curve.kaplan_meier_ppm[1], 750000);
    assert_int_equal(curve.kaplan_meier_ppm[2], 250000);
    assert_int_equal(curve.kaplan_meier_ppm[26], 250000);
}

static void a_slower_state_leaves_more_unpaid(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, (const int[]){6, 8, NOT_PAID}, 3);
    struct delay_curve curve = estimate(&scene, 9, NULL);
    for (int week = 0; week < WEEKS; week++) {
        assert_true(curve.survival[DELAY_STATE_SLOW][week] >= curve.survival[DELAY_STATE_NORMAL][week]);
        assert_true(curve.survival[DELAY_STATE_FREEZE][week] >= curve.survival[DELAY_STATE_SLOW][week]);
    }
}

/* Half of a milestone paid in week 0 and half open at week 5 is half an event, and half of each exposure:
 * (8 + 0.5) / (8 + 0.5 x 0.06 + 0.5 x (2 x 0.06 + 2 x 0.09 + 0.12)) = 8.5 / 8.24 for the class. */
static void a_part_paid_counts_by_its_share(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, (const int[]){0}, 1);
    scene.payments[0].amount_fen = 50;
    struct delay_curve curve = estimate(&scene, 5, NULL);
    assert_int_equal(curve.events_ppm, 500000);
    assert_int_equal(curve.exposure_ppm, 240000);
    assert_int_equal(curve.theta_class_ppm, 1031553);
}

/* ------------------------------------------------------------------ slip: the same estimator, from due day to acceptance */

/* Milestones due on PAYABLE, accepted so many weeks later; NOT_PAID: not accepted. Nothing is paid. */
static struct delay_result estimate_slip(const int *accepted_weeks, size_t count, int age_weeks)
{
    static const int NEVER[MILESTONES_MAX] = {NOT_PAID, NOT_PAID, NOT_PAID, NOT_PAID, NOT_PAID, NOT_PAID, NOT_PAID, NOT_PAID};
    struct scene scene;
    struct delay_result result;
    scene_init(&scene, NEVER, count);
    for (size_t i = 0; i < count; i++)
        scene.milestones[i].accepted_on = accepted_weeks[i] == NOT_PAID ? DATE_NONE : (struct date){PAYABLE + accepted_weeks[i] * 7};
    (void)estimate(&scene, age_weeks, &result);
    return result;
}

/* Accepted in week 0 (exposure 0.06) and in week 2 (0.06 + 0.06 + 0.09), one open at week 3 (0.21): (8 + 2) / (8 + 0.48). */
static void slip_is_estimated_like_delay(void **state)
{
    (void)state;
    struct delay_result result = estimate_slip((const int[]){0, 2, NOT_PAID}, 3, 3);
    assert_int_equal(result.slip_theta_ppm, 1179245);
    assert_int_equal(result.slip_observations, 3);
    double left = 1;
    for (int week = 0; week < WEEKS; week++) {
        left *= 1 - fmin(0.6, 1.179245 * prior(week));
        assert_true(fabs((double)result.slip_survival[week] / (double)DELAY_ONE - left) < 2e-5);
    }
}

static void slip_agrees_with_the_reference(void **state)
{
    (void)state;
    static const int histories[][3] = {{0, 0, 0}, {1, 5, 9}, {NOT_PAID, 2, 14}, {NOT_PAID, NOT_PAID, NOT_PAID}};
    enum { AGE = 15 };
    for (size_t i = 0; i < sizeof histories / sizeof *histories; i++) {
        struct delay_result result = estimate_slip(histories[i], 3, AGE);
        double theta = reference_theta(1, histories[i], 3, AGE);
        double open = 1;
        double weeks = 0.5;
        int p90_week = -1;
        for (int week = 0; week < WEEKS; week++) {
            open *= 1 - fmin(0.6, theta * prior(week));
            weeks += open;
            p90_week = p90_week < 0 && open <= 0.1 ? week : p90_week;
            assert_true(fabs((double)result.slip_survival[week] / (double)DELAY_ONE - open) < 2e-5);
        }
        assert_true(fabs((double)result.slip_theta_ppm / 1e6 - theta) < 1e-5);
        assert_true(fabs(result.slip_expected_days - 7 * weeks) <= 0.51);
        assert_int_equal(result.slip_p90_days, 7 * (p90_week + 1));
        assert_int_equal(result.slip_observations, 3);
    }
}

/* Every one of 6^3 histories of acceptance. */
static void accepting_later_never_speeds_delivery(void **state)
{
    (void)state;
    enum { AGE = 5, LATEST = 5 };
    for (int code = 0; code < 6 * 6 * 6; code++) {
        int weeks[3] = {code % 6, code / 6 % 6, code / 36};
        struct delay_result before = estimate_slip(weeks, 3, AGE);
        for (int i = 0; i < 3; i++) {
            int later[3] = {weeks[0], weeks[1], weeks[2]};
            later[i] = weeks[i] == LATEST ? NOT_PAID : weeks[i] + 1;
            struct delay_result after = estimate_slip(later, 3, AGE);
            for (int week = 0; week < WEEKS; week++)
                assert_true(after.slip_survival[week] >= before.slip_survival[week]);
        }
    }
}

/* Work that is not accepted says nothing of its payer, and what is not due yet says nothing of anyone. */
static void unaccepted_work_is_a_slip_and_nothing_else(void **state)
{
    (void)state;
    struct scene scene;
    struct delay_result result;
    scene_init(&scene, (const int[]){NOT_PAID, NOT_PAID}, 2);
    scene.milestones[0].accepted_on = DATE_NONE;
    scene.milestones[1].accepted_on = DATE_NONE;
    scene.milestones[1].due_on = (struct date){PAYABLE + 10 * 7};
    struct delay_curve curve = estimate(&scene, 9, &result);
    assert_int_equal(curve.observations, 0);
    assert_int_equal(curve.exposure_ppm, 0);
    assert_int_equal(result.slip_observations, 1);
}

/* Work that is not due yet says nothing. */
static void work_not_due_yet_is_no_observation(void **state)
{
    (void)state;
    struct delay_result result = estimate_slip((const int[]){NOT_PAID}, 1, -1);
    assert_int_equal(result.slip_observations, 0);
    assert_int_equal(result.slip_theta_ppm, 1000000);
}

/* What is late goes on from where it stands: the p90 day of an old receivable lies after today. */
static void a_late_receivable_arrives_after_today(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, (const int[]){6, 8, NOT_PAID}, 3);
    struct delay_curve curve = estimate(&scene, 9, NULL);
    struct date as_of = {PAYABLE + 40 * 7};
    assert_true(delay_arrival_p90(&curve, (struct date){PAYABLE}, as_of).days > as_of.days);
    assert_true(delay_arrival_p90(&curve, as_of, as_of).days - as_of.days <= curve.p90_days);
}

/* After 160 weeks the curve knows nothing any more: such money is not expected within any tenor. */
static void what_is_older_than_the_curve_never_arrives(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, (const int[]){6, 8, NOT_PAID}, 3);
    struct delay_curve curve = estimate(&scene, 9, NULL);
    struct date as_of = {PAYABLE + DELAY_WEEKS * 7};
    assert_true(delay_arrival_p90(&curve, (struct date){PAYABLE}, as_of).days - as_of.days > 3650);
}

static void prior_hazards_are_summed_week_by_week(void **state)
{
    int64_t sums_ppm[DELAY_WEEKS + 1];
    (void)state;

    delay_prior_sums(&POLICY, PAYER_LEVEL_CITY, FUND_SOURCE_CHARITY, sums_ppm);
    assert_int_equal(sums_ppm[0], 0);
    assert_int_equal(sums_ppm[2], 2 * 60000);
    assert_int_equal(sums_ppm[3], 2 * 60000 + 90000);
    assert_int_equal(sums_ppm[26], 2 * 60000 + 2 * 90000 + 4 * 120000 + 5 * 130000 + 13 * 110000);
    assert_int_equal(sums_ppm[DELAY_WEEKS], sums_ppm[26] + (DELAY_WEEKS - 26) * 80000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(prior_hazards_are_summed_week_by_week),
        cmocka_unit_test(agrees_with_the_reference),
        cmocka_unit_test(gives_the_speed_computed_by_hand),
        cmocka_unit_test(without_observations_the_class_prior_stands),
        cmocka_unit_test(the_book_experience_counts_for_class_and_payer),
        cmocka_unit_test(paying_later_never_speeds_the_forecast),
        cmocka_unit_test(the_figures_for_people_agree_with_the_reference),
        cmocka_unit_test(the_figures_of_a_steady_payer_are_those_computed_by_hand),
        cmocka_unit_test(shows_the_kaplan_meier_curve),
        cmocka_unit_test(a_slower_state_leaves_more_unpaid),
        cmocka_unit_test(a_part_paid_counts_by_its_share),
        cmocka_unit_test(slip_is_estimated_like_delay),
        cmocka_unit_test(slip_agrees_with_the_reference),
        cmocka_unit_test(accepting_later_never_speeds_delivery),
        cmocka_unit_test(unaccepted_work_is_a_slip_and_nothing_else),
        cmocka_unit_test(work_not_due_yet_is_no_observation),
        cmocka_unit_test(a_late_receivable_arrives_after_today),
        cmocka_unit_test(what_is_older_than_the_curve_never_arrives),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
