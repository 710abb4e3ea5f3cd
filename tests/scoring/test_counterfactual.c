/*
 * What would turn the outcome: each lever on a case where it must be found, held against runs of the engine on a dossier changed
 * by hand, by exactly so much and by one step less.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "scoring/decision.h"
#include "tests/scoring/policy_document.h"
#include "tests/scoring/sound_case.h"

#include "base/bytes.h"
#include "base/money.h"

#define LEVERS_MAX 11

/* Points for one characteristic only, all or nothing: grade 1 or grade 10. */
static const struct policy_bin BINS_YEARS[] = {{1, 0}, {INT64_MAX, 100}};
static const struct policy_bin BINS_WAGES[] = {{1000, 100}, {INT64_MAX, 0}};
static const struct policy_bin BINS_LICENSED[] = {{5000, 0}, {INT64_MAX, 100}};
static const struct policy_characteristic YEARS = {.id = CHARACTERISTIC_YEARS_REGISTERED, .bins = BINS_YEARS, .bin_count = 2};
static const struct policy_characteristic WAGES = {.id = CHARACTERISTIC_WAGES_PAYABLE, .bins = BINS_WAGES, .bin_count = 2};
static const struct policy_characteristic LICENSED = {.id = CHARACTERISTIC_LICENSED_SHARE, .bins = BINS_LICENSED, .bin_count = 2};

/* Three in ten of what is unpaid come in each week, so nine in ten in seven; nine in ten of the work is accepted in a week. */
static const int64_t BIN_STARTS[] = {0};
static const int64_t PAYMENT_HAZARDS[] = {300000};
static const int64_t SLIP_HAZARDS[] = {900000};
static const struct policy_hazard_row PAYMENT[] = {{.hazard_ppm = PAYMENT_HAZARDS, .hazard_count = 1}};
static const struct policy_delay DELAY = {.bin_start_weeks = BIN_STARTS, .bin_count = 1, .payment = PAYMENT, .payment_count = 1,
    .slip_hazard_ppm = SLIP_HAZARDS, .slip_hazard_count = 1, .prior_strength_ppm = 1000000000, .hazard_cap_ppm = 999999};

/* The shipped policy with the amounts of the sound case, every bound switched off and the points of one characteristic. */
struct scene {
    struct sound_case sound;
    struct policy policy;
    struct policy_counterfactual_lever levers[LEVERS_MAX];
    struct milestone milestones[4][3];
    struct arena arena;
    struct cashflow_workspace *workspace;
    struct decision decision;
};

static void read_policy(struct scene *scene)
{
    const struct policy *policy;
    struct zcd_error err;
    json_t *document = policy_document_load("zhengcaidai");
    assert_int_equal(policy_document_decode(document, &scene->arena, &policy, &err), ZCD_OK);
    json_decref(document);
    scene->policy = *policy;
}

static void scene_init(struct scene *scene)
{
    memset(scene, 0, sizeof *scene);
    sound_case_init(&scene->sound);
    scene->workspace = cashflow_workspace_new();
    read_policy(scene);
    struct policy *policy = &scene->policy;
    policy->delay = DELAY;
    policy->eligibility.amount_min_fen = 50000;
    policy->repayment.floor_ppm = 0;
    policy->scorecard.lens_count = 0;
    policy->scorecard.characteristics = &YEARS;
    policy->scorecard.characteristic_count = 1;
    policy->limit = (struct policy_limit){.product_max_fen = 5000000, .step_fen = 10000, .advance_accepted_bp = 8000,
        .advance_performed_bp = 7000, .advance_future_bp = 3000, .deduct_unlocked_bp = 1000, .deduct_unpledged_bp = 500,
        .deduct_unconfirmed_bp = 500, .payer_share_max_bp = MONEY_BP_ONE, .authority_share_max_bp = MONEY_BP_ONE};
    policy->decision.lever_count = 0;
    policy->counterfactual.lever_count = 0;
    policy->counterfactual.levers = scene->levers;
    policy->counterfactual.runs_max = 100;
    policy->counterfactual.relax_conditions = true;
}

static void scene_done(struct scene *scene)
{
    cashflow_workspace_free(scene->workspace);
    arena_done(&scene->arena);
}

static void allow(struct scene *scene, enum counterfactual_lever lever, int64_t step, int64_t max)
{
    size_t index = scene->policy.counterfactual.lever_count++;
    assert_true(index < LEVERS_MAX);
    scene->levers[index] = (struct policy_counterfactual_lever){lever, step, max, POLICY_SOURCE_JUDGEMENT, "test"};
}

static void set_asked(struct scene *scene, int64_t amount_fen, int32_t tenor_months)
{
    scene->sound.dossier.application.amount_fen = amount_fen;
    scene->sound.dossier.application.tenor_months = tenor_months;
}

/* Contracts "c1" to "cN" alike, each with its own milestones. */
static void set_contracts(struct scene *scene, size_t count)
{
    static const char *const IDS[] = {"c1", "c2", "c3", "c4"};
    for (size_t i = 0; i < count; i++) {
        memcpy(scene->milestones[i], scene->sound.milestones, sizeof scene->milestones[i]);
        scene->sound.contracts[i] = scene->sound.contracts[0];
        scene->sound.contracts[i].id = IDS[i];
        scene->sound.contracts[i].milestones = scene->milestones[i];
    }
    scene->sound.dossier.contract_count = count;
}

static const struct decision *decide(struct scene *scene)
{
    scoring_decide(&scene->sound.dossier, &scene->policy, scene->sound.dossier.as_of, scene->workspace, &scene->arena, &scene->decision);
    return &scene->decision;
}

/* What the engine lends on the facts as they have been changed by hand; 0: nothing. */
static int64_t lent_fen(struct scene *scene)
{
    struct decision decision;
    scoring_decide_once(&scene->sound.dossier, &scene->policy, scene->sound.dossier.as_of, scene->workspace, &scene->arena, &decision);
    return decision.limit_fen;
}

static enum outcome outcome_of(struct scene *scene)
{
    struct decision decision;
    scoring_decide_once(&scene->sound.dossier, &scene->policy, scene->sound.dossier.as_of, scene->workspace, &scene->arena, &decision);
    return decision.outcome;
}

/* Exactly one answer, of one lever. */
static const struct counterfactual *only_answer(struct scene *scene, enum counterfactual_goal goal, enum counterfactual_lever lever)
{
    const struct counterfactual_list *list = &decide(scene)->counterfactuals;
    assert_int_equal(list->count, 1);
    assert_int_equal(list->rows[0].goal, goal);
    assert_int_equal(list->rows[0].step_count, 1);
    assert_int_equal(list->rows[0].steps[0].lever, lever);
    assert_true(list->rows[0].is_smallest);
    assert_true(list->is_complete);
    return &list->rows[0];
}

static const struct counterfactual_fact *fact_of(const struct counterfactual *answer, size_t step, const char *field)
{
    for (size_t i = 0; i < answer->steps[step].fact_count; i++) {
        if (strcmp(answer->steps[step].facts[i].field, field) == 0)
            return &answer->steps[step].facts[i];
    }
    fail_msg("no fact %s", field);
    return NULL;
}

static void expect_integers(const struct counterfactual *answer, const char *field, int64_t from, int64_t to)
{
    const struct counterfactual_fact *fact = fact_of(answer, 0, field);
    assert_int_equal(fact->from.kind, COUNTERFACTUAL_VALUE_INTEGER);
    assert_int_equal(fact->from.number, from);
    assert_int_equal(fact->to.kind, COUNTERFACTUAL_VALUE_INTEGER);
    assert_int_equal(fact->to.number, to);
}

static void expect_date(struct date date, const char *text)
{
    assert_int_equal(date.days, on(text).days);
}

/* ------------------------------------------------------------------ the amount and the tenor */

static void an_amount_below_the_minimum_is_raised_to_it_and_no_further(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    allow(&scene, COUNTERFACTUAL_ASK_AMOUNT, 10000, 1000000);
    set_asked(&scene, 20000, 12);
    const struct counterfactual *answer = only_answer(&scene, COUNTERFACTUAL_GOAL_APPROVAL, COUNTERFACTUAL_ASK_AMOUNT);
    expect_integers(answer, "/application/amount_fen", 20000, 50000);
    assert_int_equal(answer->limit_fen, 50000);
    assert_string_equal(answer->steps[0].text_en, "Ask for CNY 500.00");
    assert_string_equal(answer->steps[0].text_zh, "将申请金额改为500.00元");

    set_asked(&scene, 40000, 12);
    assert_int_equal(lent_fen(&scene), 0);
    set_asked(&scene, 50000, 12);
    assert_int_equal(lent_fen(&scene), 50000);
    scene_done(&scene);
}

/* Receivables carry 560,000 as they are (two contracts, 60 % of 400,000 and 10 % of 400,000 each) and 720,000 with every account locked. */
static void receivables_decide(struct scene *scene)
{
    static const enum policy_lever LOCK[] = {POLICY_LEVER_LOCK_ACCOUNTS};
    set_contracts(scene, 2);
    scene->policy.limit.use_receivables = true;
    scene->policy.decision.levers = LOCK;
    scene->policy.decision.lever_count = 1;
}

static void a_smaller_amount_is_offered_where_it_needs_no_conditions(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    receivables_decide(&scene);
    allow(&scene, COUNTERFACTUAL_ASK_AMOUNT, 10000, 1000000);
    set_asked(&scene, 700000, 12);
    const struct counterfactual *answer = only_answer(&scene, COUNTERFACTUAL_GOAL_NO_CONDITIONS, COUNTERFACTUAL_ASK_AMOUNT);
    expect_integers(answer, "/application/amount_fen", 700000, 560000);
    assert_false(answer->has_conditions);

    set_asked(&scene, 570000, 12);
    assert_int_equal(outcome_of(&scene), OUTCOME_APPROVE_WITH_CONDITIONS);
    set_asked(&scene, 560000, 12);
    assert_int_equal(outcome_of(&scene), OUTCOME_APPROVE);
    scene_done(&scene);
}

/* What is due at the end of December arrives (nine in ten) in April, too late for three months: the engine takes six by itself, so that
 * nobody needs to be told to ask for them. */
static void a_longer_tenor_that_lends_more_is_taken_without_being_asked_for(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    scene.policy.limit.use_receivables = true;
    allow(&scene, COUNTERFACTUAL_ASK_TENOR, 1, 12);
    set_asked(&scene, 240000, 3);
    assert_int_equal(lent_fen(&scene), 240000);
    assert_int_equal(decide(&scene)->governing->tenor_months, 3);
    set_asked(&scene, 270000, 3);
    assert_int_equal(lent_fen(&scene), 270000);
    assert_int_equal(decide(&scene)->governing->tenor_months, 6);
    assert_int_equal(scene.decision.counterfactuals.count, 0);
    scene_done(&scene);
}

/* ------------------------------------------------------------------ evidence */

static void as_few_accounts_are_locked_as_do_without_the_condition(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    receivables_decide(&scene);
    allow(&scene, COUNTERFACTUAL_LOCK_ACCOUNTS, 1, 32);
    set_asked(&scene, 640000, 12);
    const struct counterfactual *answer = only_answer(&scene, COUNTERFACTUAL_GOAL_NO_CONDITIONS, COUNTERFACTUAL_LOCK_ACCOUNTS);
    assert_int_equal(answer->steps[0].fact_count, 1);
    assert_int_equal(fact_of(answer, 0, "/contracts/c1/security/account_locked")->to.number, 1);
    assert_string_equal(answer->steps[0].text_en, "Lock the designated collection account of contracts c1 (1 contract)");

    set_asked(&scene, 650000, 12); /* 560,000 and 80,000 for one account: one is not enough */
    answer = only_answer(&scene, COUNTERFACTUAL_GOAL_NO_CONDITIONS, COUNTERFACTUAL_LOCK_ACCOUNTS);
    assert_int_equal(answer->steps[0].fact_count, 2);
    scene.sound.contracts[0].security.account_locked = true;
    assert_int_equal(outcome_of(&scene), OUTCOME_APPROVE_WITH_CONDITIONS);
    scene.sound.contracts[1].security.account_locked = true;
    assert_int_equal(outcome_of(&scene), OUTCOME_APPROVE);
    scene_done(&scene);
}

static void evidence_is_found(enum policy_lever condition, enum counterfactual_lever lever, const char *field)
{
    struct scene scene;
    scene_init(&scene);
    receivables_decide(&scene);
    scene.policy.decision.levers = &condition;
    allow(&scene, lever, 1, 32);
    set_asked(&scene, 600000, 12);
    const struct counterfactual *answer = only_answer(&scene, COUNTERFACTUAL_GOAL_NO_CONDITIONS, lever);
    assert_int_equal(answer->steps[0].fact_count, 1);
    (void)fact_of(answer, 0, field);
    scene.sound.contracts[0].security.pledge_registration = condition == POLICY_LEVER_REGISTER_PLEDGE ? "x" : "";
    scene.sound.contracts[0].security.buyer_confirmed = condition == POLICY_LEVER_CONFIRM_BUYERS;
    assert_int_equal(outcome_of(&scene), OUTCOME_APPROVE);
    set_asked(&scene, 610000, 12);
    assert_int_equal(outcome_of(&scene), OUTCOME_APPROVE_WITH_CONDITIONS);
    scene_done(&scene);
}

static void a_pledge_on_one_contract_is_found_where_one_suffices(void **state)
{
    (void)state;
    evidence_is_found(POLICY_LEVER_REGISTER_PLEDGE, COUNTERFACTUAL_REGISTER_PLEDGE, "/contracts/c1/security/pledge_registration");
}

static void a_confirmation_of_one_contract_is_found_where_one_suffices(void **state)
{
    (void)state;
    evidence_is_found(POLICY_LEVER_CONFIRM_BUYERS, COUNTERFACTUAL_CONFIRM_BUYERS, "/contracts/c1/security/buyer_confirmed");
}

/* What the lender may demand is taken as met already, so it is no way to more. */
static void a_condition_is_no_lever_towards_a_larger_amount(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    receivables_decide(&scene);
    allow(&scene, COUNTERFACTUAL_LOCK_ACCOUNTS, 1, 32);
    allow(&scene, COUNTERFACTUAL_REGISTER_PLEDGE, 1, 32);
    set_asked(&scene, 760000, 12);
    const struct counterfactual_list *list = &decide(&scene)->counterfactuals;
    assert_int_equal(scene.decision.limit_fen, 720000);
    assert_int_equal(list->rows[0].goal, COUNTERFACTUAL_GOAL_FULL_AMOUNT);
    assert_int_equal(list->rows[0].steps[0].lever, COUNTERFACTUAL_REGISTER_PLEDGE);
    assert_int_equal(list->rows[0].steps[0].fact_count, 1);
    assert_int_equal(list->rows[0].limit_fen, 760000);
    scene_done(&scene);
}

/* ------------------------------------------------------------------ receivables and contracts */

/*
 * One payer, who owes 400,000 lately and two older sums. More than a tenth of what it owes is over 90 days old, so none of it
 * counts; m0 is the oldest.
 */
static void an_old_debt_bars_the_payer(struct scene *scene, int64_t oldest_fen, int64_t older_fen)
{
    struct milestone *milestones = scene->milestones[0];
    const struct milestone recent = scene->sound.milestones[1];
    for (size_t i = 0; i < 3; i++)
        milestones[i] = recent;
    milestones[0] = (struct milestone){.id = "m0", .title = "", .due_on = on("2020-02-29"), .amount_fen = oldest_fen,
        .accepted_on = on("2020-03-10"), .invoiced_on = DATE_NONE};
    milestones[1] = (struct milestone){.id = "m1", .title = "", .due_on = on("2020-03-31"), .amount_fen = older_fen,
        .accepted_on = on("2020-04-08"), .invoiced_on = DATE_NONE};
    scene->sound.contracts[0].milestones = milestones;
    scene->sound.contracts[0].value_fen = recent.amount_fen + oldest_fen + older_fen;
    scene->policy.limit.use_receivables = true;
    scene->policy.pipeline.cross_ageing_share_bp = 1000;
    allow(scene, COUNTERFACTUAL_COLLECT_RECEIVABLES, 1, 8);
    set_asked(scene, 200000, 12);
}

static void pay_milestone(struct scene *scene, size_t milestone)
{
    scene->sound.payment = (struct payment){"t", scene->sound.dossier.as_of, scene->milestones[0][milestone].amount_fen};
    scene->milestones[0][milestone].payments = &scene->sound.payment;
    scene->milestones[0][milestone].payment_count = 1;
    scene->sound.dossier.organisation.cash_fen += scene->sound.payment.amount_fen;
}

static void collecting_the_oldest_debt_lets_the_rest_count(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    an_old_debt_bars_the_payer(&scene, 100000, 20000);
    const struct counterfactual *answer = only_answer(&scene, COUNTERFACTUAL_GOAL_APPROVAL, COUNTERFACTUAL_COLLECT_RECEIVABLES);
    expect_integers(answer, "/organisation/cash_fen", 700000, 800000);
    assert_int_equal(fact_of(answer, 0, "/contracts/c1/milestones/m0/payments/-/amount_fen")->to.number, 100000);
    assert_string_equal(fact_of(answer, 0, "/contracts/c1/milestones/m0/payments/-/paid_on")->to.text, "2020-10-19");
    assert_string_equal(answer->steps[0].text_en, "Collect what is owed on c1/m0 (CNY 1,000.00 in all)");
    assert_int_equal(answer->steps[0].fact_count, 3);

    assert_int_equal(lent_fen(&scene), 0);
    pay_milestone(&scene, 0);
    assert_int_equal(lent_fen(&scene), answer->limit_fen);
    scene_done(&scene);
}

/* The oldest, 20,000, comes first in the order of trying; what is needed is the one after it. */
static void a_debt_that_adds_nothing_is_left_out(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    an_old_debt_bars_the_payer(&scene, 20000, 100000);
    const struct counterfactual *answer = only_answer(&scene, COUNTERFACTUAL_GOAL_APPROVAL, COUNTERFACTUAL_COLLECT_RECEIVABLES);
    assert_int_equal(answer->steps[0].fact_count, 3);
    (void)fact_of(answer, 0, "/contracts/c1/milestones/m1/payments/-/amount_fen");
    pay_milestone(&scene, 1);
    assert_int_equal(lent_fen(&scene), answer->limit_fen);
    scene_done(&scene);
}

/* Half by one day and nine in ten by a later one, as the payer's curve has them. */
static void a_debt_is_expected_when_the_payers_curve_says(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    an_old_debt_bars_the_payer(&scene, 100000, 20000);
    const struct counterfactual_step *step =
        &only_answer(&scene, COUNTERFACTUAL_GOAL_APPROVAL, COUNTERFACTUAL_COLLECT_RECEIVABLES)->steps[0];
    const struct delay_curve *curve = &scene.decision.delay.curves[0];
    struct date payable_on = milestone_payable_on(&scene.sound.contracts[0], &scene.milestones[0][0]);
    const int32_t age_weeks = date_days_between(payable_on, scene.sound.dossier.as_of) / 7;
    const int32_t *left = curve->survival[DELAY_STATE_NORMAL];
    int32_t half_weeks = age_weeks;
    int32_t tenth_weeks = age_weeks;
    while (2 * (int64_t)left[half_weeks] > left[age_weeks - 1])
        half_weeks++;
    while (10 * (int64_t)left[tenth_weeks] > left[age_weeks - 1])
        tenth_weeks++;
    assert_int_equal(step->likely.days, payable_on.days + 7 * (half_weeks + 1));
    assert_int_equal(step->by.days, payable_on.days + 7 * (tenth_weeks + 1));
    assert_true(step->likely.days > scene.sound.dossier.as_of.days);
    scene_done(&scene);
}

static void what_is_disputed_is_not_to_be_collected(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    an_old_debt_bars_the_payer(&scene, 100000, 20000);
    scene.sound.contracts[0].disputed_fen = 1;
    assert_int_equal(decide(&scene)->outcome, OUTCOME_DECLINE);
    assert_int_equal(scene.decision.counterfactuals.count, 0);
    assert_int_equal(scene.decision.counterfactuals.runs, 0);
    scene_done(&scene);
}

/*
 * Work due on 2020-08-31 and not accepted: 400,000 at 50 % (70 less 20) and 400,000 to come at 10 %; accepted, the first counts at 60 %.
 */
static void work_that_is_due_is_to_be_accepted(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    set_contracts(&scene, 2);
    for (size_t i = 0; i < 2; i++)
        scene.milestones[i][1].accepted_on = scene.milestones[i][1].invoiced_on = DATE_NONE;
    scene.policy.limit.use_receivables = true;
    allow(&scene, COUNTERFACTUAL_ACCEPT_WORK, 1, 8);
    set_asked(&scene, 520000, 12);
    assert_int_equal(lent_fen(&scene), 480000);
    const struct counterfactual *answer = only_answer(&scene, COUNTERFACTUAL_GOAL_FULL_AMOUNT, COUNTERFACTUAL_ACCEPT_WORK);
    assert_int_equal(answer->limit_fen, 520000);
    assert_int_equal(answer->steps[0].fact_count, 1);
    assert_string_equal(fact_of(answer, 0, "/contracts/c1/milestones/m2/accepted_on")->to.text, "2020-10-19");
    assert_int_equal(answer->steps[0].by.days, delay_acceptance_p90(&scene.decision.delay, on("2020-08-31"), on("2020-10-19")).days);

    scene.milestones[0][1].accepted_on = on("2020-10-19");
    assert_int_equal(lent_fen(&scene), 520000);
    set_asked(&scene, 530000, 12);
    assert_int_equal(lent_fen(&scene), 520000);
    scene_done(&scene);
}

/* Awarded on 2020-10-01 and not signed: nothing to lend on yet. */
static void set_awarded(struct scene *scene, size_t index, const char *starts_on)
{
    struct contract *contract = &scene->sound.contracts[index];
    contract->stage = CONTRACT_STAGE_AWARDED;
    contract->awarded_on = on("2020-10-01");
    contract->signed_on = DATE_NONE;
    contract->starts_on = on(starts_on);
    contract->ends_on = on("2021-08-31");
    for (size_t i = 0; i < 3; i++)
        scene->milestones[index][i] = (struct milestone){.id = i == 0 ? "m1" : i == 1 ? "m2" : "m3", .title = "",
            .due_on = on("2020-12-01"), .amount_fen = 400000, .accepted_on = DATE_NONE, .invoiced_on = DATE_NONE};
}

static void an_awarded_contract_is_to_be_signed_within_thirty_days_of_the_award(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    set_contracts(&scene, 1);
    set_awarded(&scene, 0, "2020-12-01");
    allow(&scene, COUNTERFACTUAL_SIGN_AWARDED, 1, 8);
    const struct counterfactual *answer = only_answer(&scene, COUNTERFACTUAL_GOAL_APPROVAL, COUNTERFACTUAL_SIGN_AWARDED);
    assert_string_equal(fact_of(answer, 0, "/contracts/c1/stage")->from.text, "awarded");
    assert_string_equal(fact_of(answer, 0, "/contracts/c1/stage")->to.text, "signed");
    expect_date(answer->steps[0].by, "2020-10-31");

    scene.sound.contracts[0].starts_on = on("2020-10-25"); /* service begins sooner */
    expect_date(only_answer(&scene, COUNTERFACTUAL_GOAL_APPROVAL, COUNTERFACTUAL_SIGN_AWARDED)->steps[0].by, "2020-10-25");
    scene.sound.contracts[0].starts_on = on("2020-10-05"); /* overdue: at once */
    expect_date(only_answer(&scene, COUNTERFACTUAL_GOAL_APPROVAL, COUNTERFACTUAL_SIGN_AWARDED)->steps[0].by, "2020-10-19");

    assert_int_equal(lent_fen(&scene), 0);
    scene.sound.contracts[0].stage = CONTRACT_STAGE_SIGNED;
    scene.sound.contracts[0].signed_on = scene.sound.dossier.as_of;
    assert_int_equal(lent_fen(&scene), 500000);
    scene_done(&scene);
}

/* Future work counts at 10 % (30 less 20): 120,000 a contract, three of which carry 300,000 and two do not. */
static void as_many_awarded_contracts_are_signed_as_it_takes(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    set_contracts(&scene, 4);
    for (size_t i = 0; i < 4; i++)
        set_awarded(&scene, i, "2020-12-01");
    scene.policy.limit.use_receivables = true;
    allow(&scene, COUNTERFACTUAL_SIGN_AWARDED, 1, 8);
    set_asked(&scene, 300000, 12);
    scene.policy.eligibility.amount_min_fen = 300000;
    const struct counterfactual *answer = only_answer(&scene, COUNTERFACTUAL_GOAL_APPROVAL, COUNTERFACTUAL_SIGN_AWARDED);
    assert_int_equal(answer->steps[0].fact_count, 6);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(lent_fen(&scene), 0);
        scene.sound.contracts[i].stage = CONTRACT_STAGE_SIGNED;
        scene.sound.contracts[i].signed_on = scene.sound.dossier.as_of;
    }
    assert_int_equal(lent_fen(&scene), 300000);
    scene_done(&scene);
}

/* ------------------------------------------------------------------ arrears and staff */

/* Of a payroll of 390,000, less than a tenth may be owed. 60,000 of 100,000 paid leaves 40,000; 70,000 leaves 30,000. */
static void set_wages(struct scene *scene)
{
    scene->policy.scorecard.characteristics = &WAGES;
    scene->sound.dossier.organisation.wages_payable_fen = 100000;
}

static void as_much_of_the_wages_is_paid_as_it_takes(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    set_wages(&scene);
    allow(&scene, COUNTERFACTUAL_CLEAR_WAGES, 10000, 1000000);
    const struct counterfactual *answer = only_answer(&scene, COUNTERFACTUAL_GOAL_APPROVAL, COUNTERFACTUAL_CLEAR_WAGES);
    expect_integers(answer, "/organisation/wages_payable_fen", 100000, 30000);
    expect_integers(answer, "/organisation/cash_fen", 700000, 630000);
    scene.sound.dossier.organisation.wages_payable_fen = 40000;
    scene.sound.dossier.organisation.cash_fen = 640000;
    assert_int_equal(lent_fen(&scene), 0);
    scene.sound.dossier.organisation.wages_payable_fen = 30000;
    scene.sound.dossier.organisation.cash_fen = 630000;
    assert_int_equal(lent_fen(&scene), answer->limit_fen);
    scene_done(&scene);
}

static void wages_are_not_paid_out_of_cash_that_is_not_there(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    set_wages(&scene);
    allow(&scene, COUNTERFACTUAL_CLEAR_WAGES, 10000, 1000000);
    scene.sound.dossier.organisation.restricted_cash_fen = 639000; /* 61,000 is free, which leaves a tenth */
    assert_int_equal(decide(&scene)->counterfactuals.count, 0);
    scene_done(&scene);
}

/* Receivables carry 280,000 less the 200,000 borrowed elsewhere, of which 150,000 is overdue. */
static void set_overdue(struct scene *scene)
{
    sound_case_add_facility(&scene->sound);
    scene->sound.instalments[1] = (struct instalment){on("2020-09-21"), 150000, 1000, NULL, 0};
    scene->sound.instalments[2] = (struct instalment){on("2021-03-21"), 50000, 1000, NULL, 0};
    scene->policy.limit.use_receivables = true;
    set_asked(scene, 200000, 12);
    scene->policy.eligibility.amount_min_fen = 200000;
}

static void paying_what_is_overdue_makes_room_for_the_loan(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    set_overdue(&scene);
    allow(&scene, COUNTERFACTUAL_CLEAR_INSTALMENTS, 1, 8);
    const struct counterfactual *answer = only_answer(&scene, COUNTERFACTUAL_GOAL_APPROVAL, COUNTERFACTUAL_CLEAR_INSTALMENTS);
    expect_integers(answer, "/facilities/f1/outstanding_fen", 200000, 50000);
    expect_integers(answer, "/organisation/cash_fen", 700000, 549000);
    assert_string_equal(answer->steps[0].text_en, "Pay what is overdue on f1/2020-09-21 out of unrestricted cash (CNY 1,510.00 in all)");

    scene.sound.dossier.organisation.cash_fen = 250999; /* 150,999 is free */
    assert_int_equal(decide(&scene)->counterfactuals.count, 0);
    scene.sound.dossier.organisation.cash_fen = 549000;
    scene.sound.facilities[0].outstanding_fen = 50000;
    scene.sound.instalment_payments[3] = (struct instalment_payment){scene.sound.dossier.as_of, 151000};
    scene.sound.instalments[1].payments = &scene.sound.instalment_payments[3];
    scene.sound.instalments[1].payment_count = 1;
    assert_int_equal(lent_fen(&scene), answer->limit_fen);
    scene_done(&scene);
}

/* 48 of 110 are licensed; with 14 more 62 of 124 are, a half; with 13 more 61 of 123. They cost what the others do. */
static void as_many_licensed_people_are_hired_as_it_takes(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    scene.policy.scorecard.characteristics = &LICENSED;
    allow(&scene, COUNTERFACTUAL_HIRE_LICENSED, 1, 20);
    const struct counterfactual *answer = only_answer(&scene, COUNTERFACTUAL_GOAL_APPROVAL, COUNTERFACTUAL_HIRE_LICENSED);
    expect_integers(answer, "/organisation/staff/-/total", 110, 124);
    expect_integers(answer, "/organisation/staff/-/licensed_assistant", 35, 49);
    expect_integers(answer, "/organisation/payroll_month_fen", 390000, 439637); /* 390,000 x 14 / 110 = 49,636.4 */
    assert_string_equal(answer->steps[0].text_zh, "新聘持证社会工作者14名");

    for (int32_t more = 13; more <= 14; more++) {
        scene.sound.staff[2] = (struct staff_report){on("2020-10-19"), 110 + more, 35 + more, 12, 1};
        scene.sound.dossier.organisation.staff_count = 3;
        assert_int_equal(lent_fen(&scene) > 0, more == 14);
    }
    scene_done(&scene);
}

/* A payroll of the largest amount for one person: two more of those would be no amount any more. */
static void people_whose_wages_are_no_amount_are_not_hired(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    scene.policy.scorecard.characteristics = &LICENSED;
    allow(&scene, COUNTERFACTUAL_HIRE_LICENSED, 1, 2);
    scene.sound.staff[1] = (struct staff_report){on("2020-09-30"), 1, 0, 0, 0};
    assert_int_equal(decide(&scene)->counterfactuals.count, 1); /* 1 of 2 is a half */
    scene.sound.dossier.organisation.payroll_month_fen = MONEY_FEN_MAX;
    assert_int_equal(decide(&scene)->counterfactuals.count, 0);
    assert_int_equal(scene.decision.counterfactuals.runs, 0);
    scene_done(&scene);
}

static void two_instalments_of_one_day_are_left_alone(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    set_overdue(&scene);
    allow(&scene, COUNTERFACTUAL_CLEAR_INSTALMENTS, 1, 8);
    scene.sound.instalments[0] = (struct instalment){on("2020-09-21"), 1000, 0, NULL, 0};
    assert_int_equal(decide(&scene)->counterfactuals.runs, 0);
    scene_done(&scene);
}

static void no_more_people_are_hired_than_the_policy_thinks_possible(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    scene.policy.scorecard.characteristics = &LICENSED;
    allow(&scene, COUNTERFACTUAL_HIRE_LICENSED, 1, 13);
    assert_int_equal(decide(&scene)->counterfactuals.count, 0);
    assert_true(scene.decision.counterfactuals.is_complete);
    scene_done(&scene);
}

/* ------------------------------------------------------------------ two together, and none */

static void two_levers_are_combined_only_where_neither_suffices(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    set_overdue(&scene);
    set_wages(&scene);
    allow(&scene, COUNTERFACTUAL_CLEAR_INSTALMENTS, 1, 8);
    allow(&scene, COUNTERFACTUAL_CLEAR_WAGES, 10000, 1000000);
    const struct counterfactual_list *list = &decide(&scene)->counterfactuals;
    assert_int_equal(list->count, 1);
    assert_int_equal(list->rows[0].step_count, 2);
    assert_int_equal(list->rows[0].steps[0].lever, COUNTERFACTUAL_CLEAR_INSTALMENTS);
    assert_int_equal(list->rows[0].steps[1].lever, COUNTERFACTUAL_CLEAR_WAGES);
    assert_int_equal(fact_of(&list->rows[0], 1, "/organisation/wages_payable_fen")->to.number, 30000);
    assert_int_equal(fact_of(&list->rows[0], 0, "/organisation/cash_fen")->to.number, 549000);
    assert_int_equal(fact_of(&list->rows[0], 1, "/organisation/cash_fen")->from.number, 549000);
    assert_int_equal(fact_of(&list->rows[0], 1, "/organisation/cash_fen")->to.number, 479000);

    scene.policy.counterfactual.with_pairs = false;
    assert_int_equal(decide(&scene)->counterfactuals.count, 0);
    scene.policy.counterfactual.with_pairs = true;
    scene.policy.scorecard.characteristics = &YEARS;
    assert_int_equal(only_answer(&scene, COUNTERFACTUAL_GOAL_APPROVAL, COUNTERFACTUAL_CLEAR_INSTALMENTS)->step_count, 1);
    scene_done(&scene);
}

static void allow_all(struct scene *scene)
{
    for (enum counterfactual_lever lever = COUNTERFACTUAL_NONE + 1; lever < COUNTERFACTUAL_END; lever++)
        allow(scene, lever, lever == COUNTERFACTUAL_CLEAR_WAGES || lever == COUNTERFACTUAL_ASK_AMOUNT ? 10000 : 1,
              lever == COUNTERFACTUAL_CLEAR_WAGES || lever == COUNTERFACTUAL_ASK_AMOUNT ? 1000000 : 8);
}

static void a_stop_that_no_lever_moves_costs_no_run_and_has_no_answer(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    allow_all(&scene);
    scene.sound.lists[0] = (struct list_entry){LIST_KIND_SERIOUS_VIOLATION, on("2020-01-01"), DATE_NONE};
    scene.sound.dossier.organisation.list_count = 1;
    assert_int_equal(decide(&scene)->outcome, OUTCOME_DECLINE);
    assert_int_equal(scene.decision.counterfactuals.count, 0);
    assert_int_equal(scene.decision.counterfactuals.runs, 0);
    scene_done(&scene);
}

/* Age cannot be changed: the body is declined for it and hears of no way. */
static void what_nobody_can_change_is_no_answer(void **state)
{
    (void)state;
    static const struct policy_bin BINS[] = {{50, 0}, {INT64_MAX, 100}};
    static const struct policy_characteristic OLD = {.id = CHARACTERISTIC_YEARS_REGISTERED, .bins = BINS, .bin_count = 2};
    struct scene scene;
    scene_init(&scene);
    allow_all(&scene);
    scene.policy.scorecard.characteristics = &OLD;
    assert_int_equal(decide(&scene)->outcome, OUTCOME_DECLINE);
    assert_int_equal(scene.decision.counterfactuals.count, 0);
    assert_true(scene.decision.counterfactuals.runs > 0);
    scene_done(&scene);
}

static void what_is_approved_in_full_is_not_searched(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    allow_all(&scene);
    assert_int_equal(decide(&scene)->outcome, OUTCOME_APPROVE);
    assert_int_equal(scene.decision.limit_fen, 500000);
    assert_false(scene.decision.counterfactuals.was_searched);
    assert_int_equal(scene.decision.counterfactuals.runs, 0);
    scene_done(&scene);
}

/* Less is lent than asked because less is needed: hiring would raise the need, and is not proposed for it. */
static void a_need_smaller_than_what_was_asked_is_not_to_be_raised(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    allow_all(&scene);
    scene.policy.limit.use_need = true;
    set_asked(&scene, 4000000, 12);
    assert_int_equal(decide(&scene)->outcome, OUTCOME_APPROVE);
    assert_int_equal(scene.decision.governing->limit.binding, LIMIT_NEED);
    assert_false(scene.decision.counterfactuals.was_searched);
    scene_done(&scene);
}

static void a_search_that_was_cut_short_says_so(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    scene.policy.scorecard.characteristics = &LICENSED;
    allow(&scene, COUNTERFACTUAL_HIRE_LICENSED, 1, 20);
    scene.policy.counterfactual.runs_max = 5; /* 1, 2, 4, 8 and 16 people */
    const struct counterfactual_list *list = &decide(&scene)->counterfactuals;
    assert_int_equal(list->count, 1);
    assert_false(list->rows[0].is_smallest);
    assert_false(list->is_complete);
    assert_int_equal(list->runs, 6); /* the last confirms */
    assert_int_equal(fact_of(&list->rows[0], 0, "/organisation/staff/-/total")->to.number, 126);

    scene.policy.counterfactual.runs_max = 100;
    scene.policy.counterfactual.milestone_runs_max = 12; /* three milestones and one: three runs */
    assert_int_equal(decide(&scene)->counterfactuals.runs, 3);
    assert_int_equal(scene.decision.counterfactuals.count, 0);
    assert_false(scene.decision.counterfactuals.is_complete);
    scene_done(&scene);
}

static void the_order_of_the_input_changes_nothing(void **state)
{
    (void)state;
    struct scene scene;
    char first[4096] = "";
    char second[4096] = "";
    scene_init(&scene);
    receivables_decide(&scene);
    allow_all(&scene);
    set_contracts(&scene, 3);
    set_asked(&scene, 930000, 12); /* 840,000 as it stands, 80,000 more for each account */
    for (int turn = 0; turn < 2; turn++) {
        char *text = turn == 0 ? first : second;
        const struct counterfactual_list *list = &decide(&scene)->counterfactuals;
        assert_true(list->count > 0);
        for (size_t i = 0; i < list->count; i++) {
            for (size_t j = 0; j < list->rows[i].step_count; j++) {
                size_t length = strlen(text);
                (void)snprintf(text + length, 4096 - length, "%s;", list->rows[i].steps[j].text_en);
            }
        }
        struct contract swapped = scene.sound.contracts[0];
        scene.sound.contracts[0] = scene.sound.contracts[2];
        scene.sound.contracts[2] = swapped;
    }
    assert_string_equal(first, second);
    assert_non_null(strstr(first, "contracts c1, c2 (2 contracts)"));
    scene_done(&scene);
}

/* The search is an addition: nothing else of the decision, and nothing of the dossier, differs by it. */
static void the_search_leaves_decision_and_dossier_as_they_are(void **state)
{
    (void)state;
    struct scene scene;
    struct decision once;
    struct sound_case before;
    scene_init(&scene);
    receivables_decide(&scene);
    allow_all(&scene);
    set_asked(&scene, 700000, 12);
    before = scene.sound;
    scoring_decide_once(&scene.sound.dossier, &scene.policy, scene.sound.dossier.as_of, scene.workspace, &scene.arena, &once);
    decide(&scene);
    assert_true(scene.decision.counterfactuals.count > 0);
    assert_int_equal(once.counterfactuals.count, 0);
    assert_int_equal(once.outcome, scene.decision.outcome);
    assert_int_equal(once.limit_fen, scene.decision.limit_fen);
    assert_int_equal(once.capacity_fen, scene.decision.capacity_fen);
    assert_int_equal(once.conditions.count, scene.decision.conditions.count);
    assert_memory_equal(&before, &scene.sound, sizeof before);
    scene_done(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_amount_below_the_minimum_is_raised_to_it_and_no_further),
        cmocka_unit_test(a_smaller_amount_is_offered_where_it_needs_no_conditions),
        cmocka_unit_test(a_longer_tenor_that_lends_more_is_taken_without_being_asked_for),
        cmocka_unit_test(as_few_accounts_are_locked_as_do_without_the_condition),
        cmocka_unit_test(a_pledge_on_one_contract_is_found_where_one_suffices),
        cmocka_unit_test(a_confirmation_of_one_contract_is_found_where_one_suffices),
        cmocka_unit_test(a_condition_is_no_lever_towards_a_larger_amount),
        cmocka_unit_test(collecting_the_oldest_debt_lets_the_rest_count),
        cmocka_unit_test(a_debt_that_adds_nothing_is_left_out),
        cmocka_unit_test(a_debt_is_expected_when_the_payers_curve_says),
        cmocka_unit_test(what_is_disputed_is_not_to_be_collected),
        cmocka_unit_test(work_that_is_due_is_to_be_accepted),
        cmocka_unit_test(an_awarded_contract_is_to_be_signed_within_thirty_days_of_the_award),
        cmocka_unit_test(as_many_awarded_contracts_are_signed_as_it_takes),
        cmocka_unit_test(as_much_of_the_wages_is_paid_as_it_takes),
        cmocka_unit_test(wages_are_not_paid_out_of_cash_that_is_not_there),
        cmocka_unit_test(paying_what_is_overdue_makes_room_for_the_loan),
        cmocka_unit_test(as_many_licensed_people_are_hired_as_it_takes),
        cmocka_unit_test(people_whose_wages_are_no_amount_are_not_hired),
        cmocka_unit_test(two_instalments_of_one_day_are_left_alone),
        cmocka_unit_test(no_more_people_are_hired_than_the_policy_thinks_possible),
        cmocka_unit_test(two_levers_are_combined_only_where_neither_suffices),
        cmocka_unit_test(a_stop_that_no_lever_moves_costs_no_run_and_has_no_answer),
        cmocka_unit_test(what_nobody_can_change_is_no_answer),
        cmocka_unit_test(what_is_approved_in_full_is_not_searched),
        cmocka_unit_test(a_need_smaller_than_what_was_asked_is_not_to_be_raised),
        cmocka_unit_test(a_search_that_was_cut_short_says_so),
        cmocka_unit_test(the_order_of_the_input_changes_nothing),
        cmocka_unit_test(the_search_leaves_decision_and_dossier_as_they_are),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
