#include "scoring/early_warning.h"

#include "base/money.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name, *unit, *zh, *en;
    enum early_warning_level level;
    int place;
} ROWS[EARLY_WARNING_END] = {
#define EARLY_WARNING(number, name, json, level, unit, zh, en) [number] = {json, unit, zh, en, EARLY_WARNING_LEVEL_##level, __LINE__},
#include "scoring/early_warnings.def"
#undef EARLY_WARNING
};

const char *early_warning_name(enum early_warning which)
{
    assert(which > EARLY_WARNING_NONE && which < EARLY_WARNING_END);
    return ROWS[which].name;
}

const char *early_warning_unit(enum early_warning which)
{
    assert(which > EARLY_WARNING_NONE && which < EARLY_WARNING_END);
    return ROWS[which].unit;
}

const char *early_warning_text_zh(enum early_warning which)
{
    assert(which > EARLY_WARNING_NONE && which < EARLY_WARNING_END);
    return ROWS[which].zh;
}

const char *early_warning_text_en(enum early_warning which)
{
    assert(which > EARLY_WARNING_NONE && which < EARLY_WARNING_END);
    return ROWS[which].en;
}

enum early_warning_level early_warning_level_of(enum early_warning which)
{
    assert(which > EARLY_WARNING_NONE && which < EARLY_WARNING_END);
    return ROWS[which].level;
}

const char *early_warning_level_name(enum early_warning_level level)
{
    switch (level) {
    case EARLY_WARNING_LEVEL_NOTICE:
        return "notice";
    case EARLY_WARNING_LEVEL_WARNING:
        return "warning";
    }
    assert(false);
    return "";
}

/* What every look reads, and what it has found. `room` is enough for all that can be found. */
struct watch {
    const struct dossier *dossier;
    const struct policy_servicing *policy;
    struct date as_of;
    const struct delay_result *delay;
    struct arena *arena;
    struct alert *alerts;
    size_t count;
    size_t room;
};

static void add(struct watch *watch, struct alert alert)
{
    assert(watch->count < watch->room);
    watch->alerts[watch->count++] = alert;
}

/* An alert about nothing in particular, to be told more. */
static struct alert alert_of(enum early_warning kind, int64_t value, int64_t threshold, struct value_text detail)
{
    return (struct alert){.kind = kind, .contract = "", .payer = "", .milestone = "", .facility = "",
                          .value = value, .threshold = threshold, .detail = detail};
}

static struct value_text days_text(struct watch *watch, int64_t days, int64_t threshold_days)
{
    return (struct value_text){value_text_format(watch->arena, "%" PRId64 "天，界限%" PRId64 "天", days, threshold_days),
                               value_text_format(watch->arena, "%" PRId64 " days, threshold %" PRId64, days, threshold_days)};
}

/* ------------------------------------------------------------------ the organisation */

static void watch_lists(struct watch *watch)
{
    const struct organisation *organisation = &watch->dossier->organisation;

    for (int list = LIST_KIND_NONE + 1; codelist_has(&CODELIST_LIST_KIND, list); list++) {
        if (!organisation_is_listed(organisation, (enum list_kind)list, watch->as_of))
            continue;
        struct value_text text = {codelist_text_zh(&CODELIST_LIST_KIND, list), codelist_text_en(&CODELIST_LIST_KIND, list)};
        add(watch, alert_of(EARLY_WARNING_LIST_ENTRY, 0, 0, text));
    }
}

/* Where other costs are not given, the wages alone must be covered. */
static void watch_cash(struct watch *watch)
{
    const struct organisation *organisation = &watch->dossier->organisation;
    int64_t restricted_fen = organisation->restricted_cash_fen == DOSSIER_FEN_NONE ? 0 : organisation->restricted_cash_fen;
    int64_t other_fen = organisation->other_costs_month_fen == DOSSIER_FEN_NONE ? 0 : organisation->other_costs_month_fen;
    int64_t cost_fen = organisation->payroll_month_fen + other_fen;
    int64_t cash_fen = organisation->cash_fen - restricted_fen;

    if (cost_fen == 0)
        return;
    int64_t months_bp = money_mul_ratio_floor(cash_fen, MONEY_BP_ONE, cost_fen);
    if (months_bp >= watch->policy->cash_runway_min_bp)
        return;
    struct value_text have = value_text_bp(watch->arena, months_bp);
    struct value_text want = value_text_bp(watch->arena, watch->policy->cash_runway_min_bp);
    struct value_text text = {value_text_format(watch->arena, "为月支出的%s，下限%s", have.zh, want.zh),
                              value_text_format(watch->arena, "%s of a month's cost, at least %s wanted", have.en, want.en)};
    add(watch, alert_of(EARLY_WARNING_CASH_RUNWAY, months_bp, watch->policy->cash_runway_min_bp, text));
}

static struct value_text drop_text(struct watch *watch, const struct codelist *list, int32_t year, int now, int before)
{
    return (struct value_text){value_text_format(watch->arena, "%" PRId32 "年%s，%" PRId32 "年%s", year, codelist_text_zh(list, now),
                                                 year - 1, codelist_text_zh(list, before)),
                               value_text_format(watch->arena, "%" PRId32 " %s, %" PRId32 " %s", year, codelist_text_en(list, now),
                                                 year - 1, codelist_text_en(list, before))};
}

/* Results are numbered from the best to the worst. */
static void watch_evaluations(struct watch *watch)
{
    const struct organisation *organisation = &watch->dossier->organisation;
    int32_t year = 0;

    for (size_t i = 0; i < organisation->service_evaluation_count; i++) {
        if (organisation->service_evaluations[i].year > year)
            year = organisation->service_evaluations[i].year;
    }
    enum evaluation_result now = organisation_evaluation(organisation, year);
    enum evaluation_result before = organisation_evaluation(organisation, year - 1);
    if (before == EVALUATION_RESULT_NONE || now <= before)
        return;
    add(watch, alert_of(EARLY_WARNING_SERVICE_EVALUATION, year, year - 1,
                        drop_text(watch, &CODELIST_EVALUATION_RESULT, year, (int)now, (int)before)));
}

/* Not applicable and missing are no grades of an inspection. */
static bool is_inspected(enum inspection_result result)
{
    return result >= INSPECTION_RESULT_QUALIFIED && result <= INSPECTION_RESULT_UNQUALIFIED;
}

static void watch_inspections(struct watch *watch)
{
    const struct organisation *organisation = &watch->dossier->organisation;
    int32_t year = 0;

    for (size_t i = 0; i < organisation->annual_inspection_count; i++) {
        const struct annual_inspection *inspection = &organisation->annual_inspections[i];
        if (is_inspected(inspection->result) && inspection->year > year)
            year = inspection->year;
    }
    enum inspection_result now = organisation_inspection(organisation, year);
    enum inspection_result before = organisation_inspection(organisation, year - 1);
    if (!is_inspected(now) || !is_inspected(before) || now <= before)
        return;
    add(watch, alert_of(EARLY_WARNING_ANNUAL_INSPECTION, year, year - 1,
                        drop_text(watch, &CODELIST_INSPECTION_RESULT, year, (int)now, (int)before)));
}

static void watch_facilities(struct watch *watch)
{
    for (size_t i = 0; i < watch->dossier->facility_count; i++) {
        const struct facility *facility = &watch->dossier->facilities[i];
        int32_t days = facility_days_past_due_now(facility, watch->as_of);
        if (days <= FACILITY_TECHNICAL_DELAY_DAYS)
            continue;
        struct alert alert = alert_of(EARLY_WARNING_INSTALMENT_MISSED, days, FACILITY_TECHNICAL_DELAY_DAYS,
                                      days_text(watch, days, FACILITY_TECHNICAL_DELAY_DAYS));
        alert.facility = facility->id;
        add(watch, alert);
    }
}

/* ------------------------------------------------------------------ contracts */

static void add_contract(struct watch *watch, enum early_warning kind, const struct contract *contract)
{
    struct alert alert = alert_of(kind, contract->value_fen, 0, value_text_money(watch->arena, contract->value_fen));
    alert.contract = contract->id;
    alert.payer = contract->payer;
    add(watch, alert);
}

static void add_milestone(struct watch *watch, enum early_warning kind, const struct contract *contract,
                          const struct milestone *milestone, int64_t days, int64_t threshold_days)
{
    struct alert alert = alert_of(kind, days, threshold_days, days_text(watch, days, threshold_days));
    alert.contract = contract->id;
    alert.payer = contract->payer;
    alert.milestone = milestone->id;
    add(watch, alert);
}

static void watch_milestone(struct watch *watch, const struct contract *contract, const struct milestone *milestone,
                            int32_t p90_days)
{
    const struct policy_servicing *policy = watch->policy;
    int32_t days = milestone_days_late(contract, milestone, watch->as_of);

    if (days > policy->overdue_third_days)
        add_milestone(watch, EARLY_WARNING_MILESTONE_OVERDUE_THIRD, contract, milestone, days, policy->overdue_third_days);
    else if (days > policy->overdue_second_days)
        add_milestone(watch, EARLY_WARNING_MILESTONE_OVERDUE_SECOND, contract, milestone, days, policy->overdue_second_days);
    else if (days > policy->overdue_first_days)
        add_milestone(watch, EARLY_WARNING_MILESTONE_OVERDUE_FIRST, contract, milestone, days, policy->overdue_first_days);
    if (days > p90_days)
        add_milestone(watch, EARLY_WARNING_PAYER_LATE, contract, milestone, days, p90_days);
}

static void watch_contract(struct watch *watch, size_t index)
{
    const struct contract *contract = &watch->dossier->contracts[index];
    int32_t p90_days = watch->delay->curves[watch->delay->curve_of_contract[index]].p90_days;
    bool has_ended = !date_is_none(contract->ends_on) && date_compare(contract->ends_on, watch->as_of) < 0;

    if (contract->stage == CONTRACT_STAGE_TERMINATED && !has_ended)
        add_contract(watch, EARLY_WARNING_CONTRACT_TERMINATED, contract);
    if (contract_is_signed(contract) && contract->service_evaluation == EVALUATION_RESULT_UNQUALIFIED)
        add_contract(watch, EARLY_WARNING_CONTRACT_UNQUALIFIED, contract);
    if (!contract_is_signed(contract) && contract->stage != CONTRACT_STAGE_CLOSED)
        return;
    for (size_t i = 0; i < contract->milestone_count; i++)
        watch_milestone(watch, contract, &contract->milestones[i], p90_days);
}

/* ------------------------------------------------------------------ the whole */

static int compare_alerts(const void *left, const void *right)
{
    const struct alert *a = left;
    const struct alert *b = right;
    int order = ROWS[a->kind].place - ROWS[b->kind].place;
    order = order != 0 ? order : strcmp(a->contract, b->contract);
    order = order != 0 ? order : strcmp(a->milestone, b->milestone);
    order = order != 0 ? order : strcmp(a->facility, b->facility);
    return order != 0 ? order : strcmp(a->detail.en, b->detail.en); /* two lists */
}

/* Every look at once finds at most so many. */
static size_t room_for(const struct dossier *dossier)
{
    size_t room = CODELIST_LIST_KIND.row_count + 3 + dossier->facility_count;

    for (size_t i = 0; i < dossier->contract_count; i++)
        room += 2 + 2 * dossier->contracts[i].milestone_count;
    return room;
}

void early_warning_watch(const struct dossier *dossier, const struct policy *policy, struct date as_of,
                         const struct delay_result *delay, struct arena *arena, struct early_warning_result *result)
{
    size_t room = room_for(dossier);
    struct watch watch = {dossier, &policy->servicing, as_of, delay, arena, ARENA_NEW(arena, struct alert, room), 0, room};

    watch_lists(&watch);
    watch_cash(&watch);
    watch_evaluations(&watch);
    watch_inspections(&watch);
    watch_facilities(&watch);
    for (size_t i = 0; i < dossier->contract_count; i++)
        watch_contract(&watch, i);
    qsort(watch.alerts, watch.count, sizeof *watch.alerts, compare_alerts);

    *result = (struct early_warning_result){
        .alerts = watch.alerts,
        .alert_count = watch.count < EARLY_WARNING_SHOWN_MAX ? watch.count : EARLY_WARNING_SHOWN_MAX,
        .found_count = watch.count,
    };
    for (size_t i = 0; i < watch.count; i++)
        result->warning_count += early_warning_level_of(watch.alerts[i].kind) == EARLY_WARNING_LEVEL_WARNING ? 1 : 0;
}
