/*
 * Dossiers at the bounds of what is accepted: each is decided, under both shipped policies, into a document that is canonical
 * JSON, and nothing overflows (a build with sanitizers stops where something does). The refusals just past the bounds are in
 * tests/contracts/test_dossier.c.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "api/codec/decision_encode.h"
#include "api/codec/dossier_decode.h"
#include "audit/canonical_json.h"
#include "base/money.h"
#include "scoring/decision.h"
#include "tests/scoring/policy_document.h"
#include "tests/scoring/sound_case.h"

enum { POLICIES = 2, CONTRACT_MILESTONES = 10, LARGEST_CONTRACTS = 400 };
static_assert(DOSSIER_CONTRACTS_MAX * CONTRACT_MILESTONES == DOSSIER_MILESTONES_MAX, "every bound is reached at once");
static_assert(LARGEST_CONTRACTS * MONEY_FEN_MAX == DOSSIER_VALUE_FEN_MAX, "the largest contracts that a dossier holds");

static const char SOUND_USCC[] = "52440307EXAMP00156"; /* of the model case; its registry is made up */
static const char *const POLICY_NAMES[POLICIES] = {"zhengcaidai", "traditional"};

struct scene {
    struct arena arena;
    struct cashflow_workspace *workspace;
    const struct policy *policies[POLICIES];
    struct decision decisions[POLICIES];
};

static void scene_init(struct scene *scene)
{
    memset(scene, 0, sizeof *scene);
    scene->workspace = cashflow_workspace_new();
    for (size_t i = 0; i < POLICIES; i++) {
        struct zcd_error err;
        json_t *document = policy_document_load(POLICY_NAMES[i]);
        assert_int_equal(policy_document_decode(document, &scene->arena, &scene->policies[i], &err), ZCD_OK);
        json_decref(document);
    }
}

static void scene_done(struct scene *scene)
{
    cashflow_workspace_free(scene->workspace);
    arena_done(&scene->arena);
}

/* ------------------------------------------------------------------ what must hold of every decision */

static void assert_whole(const struct dossier *dossier, const struct policy *policy, const struct decision *decision)
{
    static const char DIGEST[] = "0000000000000000000000000000000000000000000000000000000000000000";
    const struct decision_identity identity = {DIGEST, "0", DIGEST, DIGEST};
    bool is_approved = decision->outcome == OUTCOME_APPROVE || decision->outcome == OUTCOME_APPROVE_WITH_CONDITIONS;
    struct buffer json = {0};
    struct zcd_error err;

    assert_in_range(decision->limit_fen, 0, dossier->application.amount_fen);
    assert_in_range(decision->capacity_fen, 0, MONEY_FEN_MAX);
    assert_int_equal(decision->limit_fen > 0, is_approved);
    if (!is_approved)
        assert_true(decision->reasons.count > 0);
    assert_int_equal(decision_encode(decision, &identity, dossier, policy, &json, &err), ZCD_OK);
    assert_int_equal(canonical_json_check(buffer_bytes(&json), &err), ZCD_OK);
    buffer_done(&json);
}

static void decide(struct scene *scene, struct dossier *dossier)
{
    struct zcd_error err;
    if (dossier_link(dossier, &scene->arena, &err) != ZCD_OK || dossier_check(dossier, &err) != ZCD_OK)
        fail_msg("%s: %s", err.pointer, err.message);
    for (size_t i = 0; i < POLICIES; i++) {
        scoring_decide(dossier, scene->policies[i], dossier->as_of, scene->workspace, &scene->arena, &scene->decisions[i]);
        assert_whole(dossier, scene->policies[i], &scene->decisions[i]);
    }
}

static int64_t bound_of(const struct limit_result *limit, enum limit_bound_name name)
{
    for (size_t i = 0; i < limit->bound_count; i++) {
        if (limit->bounds[i].name == name)
            return limit->bounds[i].amount_fen;
    }
    fail_msg("the policy does not use bound %d", (int)name);
    return -1;
}

/* ------------------------------------------------------------------ the model case, and changes to it */

static json_t *model_case(void)
{
    json_t *document = json_load_file(ZCD_SOURCE_DIR "/data/examples/zhicheng-2020-10.json", JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(document);
    return document;
}

/* The caller's to change: what is decoded is the arena's. Takes the document over. */
static struct dossier read_dossier(struct scene *scene, json_t *document)
{
    const struct dossier *dossier;
    struct zcd_error err;
    char *text = json_dumps(document, JSON_COMPACT);
    assert_non_null(text);
    if (dossier_decode(bytes_of_text(text), &scene->arena, &dossier, &err) != ZCD_OK)
        fail_msg("%s: %s", err.pointer, err.message);
    free(text);
    json_decref(document);
    return *dossier;
}

/* Every day of a document so many days later. Years by themselves move with the year of as_of, which others may not pass. */
static void move_days(json_t *value, int32_t days, int32_t years)
{
    const char *key;
    json_t *member;
    size_t index;
    struct date date;
    struct zcd_error err;
    char text[DATE_TEXT_SIZE];

    json_array_foreach(value, index, member)
        move_days(member, days, years);
    json_object_foreach(value, key, member) {
        move_days(member, days, years);
        if (strcmp(key, "year") == 0)
            assert_int_equal(json_integer_set(member, json_integer_value(member) + years), 0);
        if (json_is_string(member) && date_parse(json_string_value(member), &date, &err) == ZCD_OK)
            assert_int_equal(json_string_set(member, date_format(date_add_days(date, days), text)), 0);
    }
}

static struct dossier model_case_on(struct scene *scene, const char *day)
{
    json_t *document = model_case();
    struct date before = on(json_string_value(json_object_get(document, "as_of")));
    int32_t years = (int32_t)strtol(day, NULL, 10) - (int32_t)strtol(json_string_value(json_object_get(document, "as_of")), NULL, 10);
    move_days(document, on(day).days - before.days, years);
    return read_dossier(scene, document);
}

/* ------------------------------------------------------------------ nothing to go on */

static void without_a_contract_a_public_lender_declines(void **state)
{
    struct scene scene;
    (void)state;
    scene_init(&scene);
    struct dossier dossier = read_dossier(&scene, model_case());
    dossier.contract_count = 0;
    decide(&scene, &dossier);
    assert_int_equal(scene.decisions[0].outcome, OUTCOME_DECLINE);
    assert_int_equal(scene.decisions[0].reasons.rows[0].code, REASON_STOP_PUBLIC_CONTRACT);
    assert_int_equal(scene.decisions[0].capacity_fen, 0);
    assert_int_equal(scene.decisions[0].pipeline.outstanding_fen, 0);
    scene_done(&scene);
}

/* Nothing to come is nothing to lend on: the receivable base is 0. */
static void with_every_milestone_paid_nothing_is_lent(void **state)
{
    struct scene scene;
    size_t index, at;
    json_t *contract, *milestone;
    (void)state;
    scene_init(&scene);
    json_t *document = model_case();
    json_array_foreach(json_object_get(document, "contracts"), index, contract) {
        json_array_foreach(json_object_get(contract, "milestones"), at, milestone) {
            json_object_del(milestone, "deducted_fen");
            json_object_set_new(milestone, "payments",
                                json_pack("[{s:s,s:O,s:O}]", "id", "all", "paid_on", json_object_get(document, "as_of"), "amount_fen",
                                          json_object_get(milestone, "amount_fen")));
        }
        json_object_del(contract, "unscheduled_fen");
    }
    struct dossier dossier = read_dossier(&scene, document);
    decide(&scene, &dossier);
    for (size_t i = 0; i < POLICIES; i++) {
        assert_int_equal(scene.decisions[i].pipeline.outstanding_fen, 0);
        assert_int_equal(scene.decisions[i].limit_fen, 0);
    }
    assert_int_equal(bound_of(&scene.decisions[0].as_it_stands.limit, LIMIT_RECEIVABLES), 0);
    assert_int_equal(scene.decisions[0].capacity_fen, 0);
    scene_done(&scene);
}

/* Who pays nothing is never short and needs nothing. */
static void without_wages_and_costs_there_is_no_need(void **state)
{
    struct scene scene;
    (void)state;
    scene_init(&scene);
    struct dossier dossier = read_dossier(&scene, model_case());
    dossier.organisation.payroll_month_fen = 0;
    dossier.organisation.other_costs_month_fen = 0;
    dossier.organisation.wages_payable_fen = 0;
    dossier.organisation.thirteenth_month = false;
    decide(&scene, &dossier);
    const struct decision *decision = &scene.decisions[0];
    assert_int_equal(decision->cashflow.shortfall_ppm, 0);
    assert_int_equal(decision->cashflow.shortfall_first_week, -1);
    assert_int_equal(decision->cashflow.need_p95_fen, 0);
    assert_int_equal(bound_of(&decision->as_it_stands.limit, LIMIT_NEED), 0);
    assert_int_equal(decision->limit_fen, 0);
    scene_done(&scene);
}

/* ------------------------------------------------------------------ as much as there may be */

static const char *number_id(struct arena *arena, char prefix, size_t number)
{
    char id[24];
    (void)snprintf(id, sizeof id, "%c%zu", prefix, number);
    return arena_copy_text(arena, id);
}

/* The sound case with a code, as a dossier that is checked must have one. */
static void sound_dossier_init(struct sound_case *sound)
{
    struct zcd_error err;
    sound_case_init(sound);
    assert_int_equal(uscc_parse(SOUND_USCC, &sound->dossier.organisation.uscc, &err), ZCD_OK);
}

/* A milestone at the end of July 2020 or of the month so many months later: July's is paid, August's accepted and unpaid. */
static struct milestone monthly_milestone(struct arena *arena, size_t month, int64_t amount_fen)
{
    struct date due = date_add_months(on("2020-07-31"), (int)month);
    struct milestone milestone = {.id = number_id(arena, 'm', month), .title = "", .due_on = due, .amount_fen = amount_fen,
                                  .accepted_on = month < 2 ? due : DATE_NONE, .invoiced_on = month < 2 ? due : DATE_NONE};
    if (month == 0) {
        struct payment *payment = ARENA_NEW(arena, struct payment, 1);
        *payment = (struct payment){"t1", on("2020-09-07"), amount_fen};
        milestone.payments = payment;
        milestone.payment_count = 1;
    }
    return milestone;
}

/* Contracts c0 ... cN, the two payers' in turn, in equal monthly milestones. */
static void add_contracts(struct scene *scene, struct sound_case *sound, size_t count, size_t milestone_count, int64_t amount_fen)
{
    struct contract *contracts = ARENA_NEW(&scene->arena, struct contract, count);
    for (size_t i = 0; i < count; i++) {
        struct milestone *milestones = ARENA_NEW(&scene->arena, struct milestone, milestone_count);
        for (size_t k = 0; k < milestone_count; k++)
            milestones[k] = monthly_milestone(&scene->arena, k, amount_fen);
        contracts[i] = sound->contracts[0];
        contracts[i].id = number_id(&scene->arena, 'c', i);
        contracts[i].payer = sound->payers[i % 2].id;
        contracts[i].ends_on = on("2021-07-31");
        contracts[i].milestones = milestones;
        contracts[i].milestone_count = milestone_count;
        contracts[i].value_fen = amount_fen * (int64_t)milestone_count;
    }
    sound->dossier.contracts = contracts;
    sound->dossier.contract_count = count;
}

/* 2,000 contracts of ten milestones of 1,000 yuan: one paid, one accepted, one due and not accepted, seven to come. */
static void the_most_contracts_and_milestones_are_decided(void **state)
{
    struct scene scene;
    struct sound_case sound;
    (void)state;
    scene_init(&scene);
    sound_dossier_init(&sound);
    add_contracts(&scene, &sound, DOSSIER_CONTRACTS_MAX, CONTRACT_MILESTONES, 100000);
    sound.statements[1].income_fen = sound.statements[1].public_income_fen = sound.statements[1].cost_fen = 2000000000;
    sound.dossier.organisation.payroll_month_fen = 150000000;
    sound.dossier.organisation.cash_fen = 100000000;
    sound.dossier.application.amount_fen = 50000000;
    decide(&scene, &sound.dossier);
    const struct pipeline_result *pipeline = &scene.decisions[0].pipeline;
    assert_int_equal(pipeline->contract_count, 2000);
    assert_int_equal(pipeline->outstanding_fen, 1800000000);
    assert_int_equal(pipeline->accepted_unpaid_fen, 200000000);
    assert_int_equal(pipeline->due_unaccepted_fen, 200000000);
    assert_int_equal(pipeline->future_fen, 1400000000);
    /* 60 % of 200 million accepted, 50 % of 200 performed, 10 % of the 600 of this budget year: 280, each payer at most 40 % of it */
    assert_int_equal(bound_of(&scene.decisions[0].as_it_stands.limit, LIMIT_RECEIVABLES), 224000000);
    assert_int_equal(scene.decisions[0].outcome, OUTCOME_APPROVE);
    assert_int_equal(scene.decisions[0].limit_fen, 50000000);
    scene_done(&scene);
}

/* 400 contracts of 100 billion yuan, in four milestones as above; wages, costs, debts and what is asked as large as an amount may be. */
static void the_largest_amounts_are_decided(void **state)
{
    struct scene scene;
    struct sound_case sound;
    (void)state;
    scene_init(&scene);
    sound_dossier_init(&sound);
    sound_case_add_facility(&sound);
    add_contracts(&scene, &sound, LARGEST_CONTRACTS, 4, MONEY_FEN_MAX / 4);
    struct organisation *organisation = &sound.dossier.organisation;
    organisation->payroll_month_fen = organisation->other_costs_month_fen = MONEY_FEN_MAX;
    organisation->wages_payable_fen = MONEY_FEN_MAX;
    organisation->cash_fen = organisation->restricted_cash_fen = 0;
    organisation->thirteenth_month = true;
    sound.statements[1] = (struct statement){2019, ACCOUNTING_REGIME_2004, MONEY_FEN_MAX, MONEY_FEN_MAX, MONEY_FEN_MAX, MONEY_FEN_MAX,
                                             MONEY_FEN_MAX, MONEY_FEN_MAX, MONEY_FEN_MAX};
    sound.facilities[0].limit_fen = sound.facilities[0].outstanding_fen = MONEY_FEN_MAX;
    sound.instalments[2].principal_fen = MONEY_FEN_MAX;
    sound.dossier.application.amount_fen = MONEY_FEN_MAX;
    decide(&scene, &sound.dossier);
    assert_int_equal(scene.decisions[0].pipeline.outstanding_fen, DOSSIER_VALUE_FEN_MAX / 4 * 3);
    assert_int_equal(scene.decisions[0].pipeline.accepted_unpaid_fen, DOSSIER_VALUE_FEN_MAX / 4);
    /* 60, 50 and 10 % of 10^15 each, each payer at most 40 % of that: 96 x 10^13; less the debt of 10^13 */
    assert_int_equal(bound_of(&scene.decisions[0].as_it_stands.limit, LIMIT_RECEIVABLES), INT64_C(950000000000000));
    assert_true(scene.decisions[0].cashflow.need_p95_fen >= MONEY_FEN_MAX); /* the wages owed are paid first, out of nothing */
    scene_done(&scene);
}

static void the_smallest_amounts_are_decided(void **state)
{
    struct scene scene;
    struct sound_case sound;
    (void)state;
    scene_init(&scene);
    sound_dossier_init(&sound);
    add_contracts(&scene, &sound, 1, 2, 1);
    sound.dossier.application.amount_fen = 1;
    sound.dossier.organisation.cash_fen = sound.dossier.organisation.restricted_cash_fen = 0;
    sound.dossier.organisation.payroll_month_fen = 1;
    decide(&scene, &sound.dossier);
    for (size_t i = 0; i < POLICIES; i++)
        assert_int_equal(scene.decisions[i].outcome, OUTCOME_DECLINE); /* under the product's least amount */
    scene_done(&scene);
}

/* ------------------------------------------------------------------ days */

/* The model case lived through at another time is as good as it was: leap days, ends of months and years, far beyond every table. */
static void the_model_case_is_decided_on_any_day(void **state)
{
    static const char *const DAYS[] = {"2019-12-31", "2020-01-01", "2020-02-28", "2020-02-29", "2020-03-01", "2020-12-31", "2021-01-01",
                                       "2021-02-28", "2023-12-31", "2024-02-29", "2024-12-31", "2025-01-31", "2100-02-28", "2100-03-01",
                                       "2149-12-31"};
    (void)state;
    for (size_t i = 0; i < sizeof DAYS / sizeof *DAYS; i++) {
        struct scene scene;
        scene_init(&scene);
        struct dossier dossier = model_case_on(&scene, DAYS[i]);
        decide(&scene, &dossier);
        assert_int_equal(scene.decisions[0].as_of.days, on(DAYS[i]).days);
        assert_int_equal(scene.decisions[0].outcome, OUTCOME_APPROVE_WITH_CONDITIONS);
        assert_int_equal(scene.decisions[0].limit_fen, 500000000);
        scene_done(&scene);
    }
}

/* What was known then, read on the first and the last day that a dossier may have. */
static void the_first_and_the_last_day_are_decided(void **state)
{
    static const int32_t DAYS[] = {DOSSIER_AS_OF_MIN_DAYS, DOSSIER_AS_OF_MAX_DAYS};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct scene scene;
        char day[DATE_TEXT_SIZE];
        scene_init(&scene);
        struct dossier dossier = model_case_on(&scene, date_format((struct date){DAYS[i]}, day));
        decide(&scene, &dossier);
        assert_int_equal(scene.decisions[0].limit_fen, 500000000);
        scene_done(&scene);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_a_contract_a_public_lender_declines),
        cmocka_unit_test(with_every_milestone_paid_nothing_is_lent),
        cmocka_unit_test(without_wages_and_costs_there_is_no_need),
        cmocka_unit_test(the_most_contracts_and_milestones_are_decided),
        cmocka_unit_test(the_largest_amounts_are_decided),
        cmocka_unit_test(the_smallest_amounts_are_decided),
        cmocka_unit_test(the_model_case_is_decided_on_any_day),
        cmocka_unit_test(the_first_and_the_last_day_are_decided),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
