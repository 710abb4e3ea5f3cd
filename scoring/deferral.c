#include "scoring/deferral.h"

#include "base/money.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name, *zh, *en;
} RULES[DEFERRAL_RULE_END] = {
#define DEFERRAL_RULE(number, name, json, zh, en) [number] = {json, zh, en},
#include "scoring/deferral_rules.def"
#undef DEFERRAL_RULE
};

static const enum deferral_rule ORDER[] = {
#define DEFERRAL_RULE(number, name, json, zh, en) DEFERRAL_RULE_##name,
#include "scoring/deferral_rules.def"
#undef DEFERRAL_RULE
};

enum { RULE_COUNT = sizeof ORDER / sizeof *ORDER };

const char *deferral_rule_name(enum deferral_rule rule)
{
    assert(rule > DEFERRAL_RULE_NONE && rule < DEFERRAL_RULE_END);
    return RULES[rule].name;
}

const char *deferral_rule_text_zh(enum deferral_rule rule)
{
    assert(rule > DEFERRAL_RULE_NONE && rule < DEFERRAL_RULE_END);
    return RULES[rule].zh;
}

const char *deferral_rule_text_en(enum deferral_rule rule)
{
    assert(rule > DEFERRAL_RULE_NONE && rule < DEFERRAL_RULE_END);
    return RULES[rule].en;
}

const char *deferral_treatment_name(enum deferral_treatment treatment)
{
    switch (treatment) {
    case DEFERRAL_WITHOUT_DOWNGRADE:
        return "without_downgrade";
    case DEFERRAL_RESTRUCTURING:
        return "restructuring";
    }
    assert(false);
    return "";
}

struct reading {
    const struct deferral_case *one;
    const struct policy_servicing *policy;
    const struct facility *facility;
    struct arena *arena;
    struct deferral_line *lines; /* as they are, in order of due day */
    size_t line_count;
    const struct deferral_receivable *receivables; /* in order of payable day */
    size_t receivable_count;
    struct date from;
};

/* ------------------------------------------------------------------ the schedule as it is */

static struct deferral_line line_of(const struct facility *facility, const struct instalment *instalment)
{
    struct date due_on = instalment_due_after_deferrals(facility, instalment);
    return (struct deferral_line){.instalment = instalment, .due_on = due_on, .new_due_on = due_on,
                                  .principal_fen = instalment->principal_fen, .interest_fen = instalment->interest_fen,
                                  .paid_fen = instalment_paid_fen(instalment),
                                  .outstanding_fen = instalment_outstanding_fen(instalment)};
}

/* What an instalment leaves of its principal; payments settle interest first. */
static int64_t principal_left_fen(const struct deferral_line *line)
{
    return line->outstanding_fen < line->principal_fen ? line->outstanding_fen : line->principal_fen;
}

/* Principal that the instalments leave out falls due at maturity. */
static void add_remainder(struct reading *reading)
{
    int64_t left_fen = reading->facility->outstanding_fen;
    struct instalment whole = {.due_on = reading->facility->matures_on};

    for (size_t i = 0; i < reading->line_count; i++)
        left_fen -= principal_left_fen(&reading->lines[i]);
    if (left_fen <= 0)
        return;
    struct date due_on = instalment_due_after_deferrals(reading->facility, &whole);
    reading->lines[reading->line_count++] = (struct deferral_line){.due_on = due_on, .new_due_on = due_on,
                                                                   .principal_fen = left_fen, .outstanding_fen = left_fen};
}

/* Equal due days keep an order that does not depend on the input's: by what they are. */
static int compare_lines(const void *left, const void *right)
{
    const struct deferral_line *a = left;
    const struct deferral_line *b = right;
    const int64_t keys[][2] = {{a->due_on.days, b->due_on.days},
                               {a->principal_fen, b->principal_fen},
                               {a->interest_fen, b->interest_fen},
                               {a->paid_fen, b->paid_fen}};

    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        if (keys[i][0] != keys[i][1])
            return keys[i][0] < keys[i][1] ? -1 : 1;
    }
    return 0;
}

static void read_schedule(struct reading *reading)
{
    const struct facility *facility = reading->facility;

    reading->lines = ARENA_NEW(reading->arena, struct deferral_line, facility->instalment_count + 1);
    for (size_t i = 0; i < facility->instalment_count; i++)
        reading->lines[reading->line_count++] = line_of(facility, &facility->instalments[i]);
    add_remainder(reading);
    qsort(reading->lines, reading->line_count, sizeof *reading->lines, compare_lines);

    reading->from = DATE_NONE;
    for (size_t i = 0; i < reading->line_count && date_is_none(reading->from); i++) {
        const struct deferral_line *line = &reading->lines[i];
        if (line->outstanding_fen > 0 && date_compare(line->due_on, reading->one->as_of) >= 0)
            reading->from = line->due_on;
    }
}

/* ------------------------------------------------------------------ what the payers owe */

/* Payable day known, and the work accepted. */
static bool is_countable(const struct contract *contract, const struct milestone *milestone)
{
    return milestone_outstanding_fen(milestone) > 0 && !date_is_none(milestone->accepted_on) &&
           !date_is_none(milestone_payable_on(contract, milestone));
}

static int compare_receivables(const void *left, const void *right)
{
    const struct deferral_receivable *a = left;
    const struct deferral_receivable *b = right;
    int order = date_compare(a->payable_on, b->payable_on);
    order = order != 0 ? order : strcmp(a->contract->id, b->contract->id);
    return order != 0 ? order : strcmp(a->milestone->id, b->milestone->id);
}

/* Disputed and retained money is taken off the receivables that are payable last. */
static size_t take_off(int64_t amount_fen, struct deferral_receivable *rows, size_t count)
{
    while (count > 0 && amount_fen > 0) {
        struct deferral_receivable *last = &rows[count - 1];
        int64_t part_fen = amount_fen < last->amount_fen ? amount_fen : last->amount_fen;
        last->amount_fen -= part_fen;
        amount_fen -= part_fen;
        if (last->amount_fen > 0)
            break;
        count--;
    }
    return count;
}

static const struct delay_curve *curve_of(const struct deferral_case *one, const struct contract *contract)
{
    size_t index = (size_t)(contract - one->dossier->contracts);
    return &one->delay->curves[one->delay->curve_of_contract[index]];
}

/* The receivables of one contract into rows; returns how many. */
static size_t list_contract(const struct deferral_case *one, const struct pipeline_contract *row,
                            struct deferral_receivable *rows)
{
    const struct contract *contract = row->contract;
    bool is_earned = row->is_signed || contract->stage == CONTRACT_STAGE_CLOSED;
    size_t count = 0;

    if (!is_earned || row->is_pledged_elsewhere || row->is_restricted)
        return 0;
    for (size_t i = 0; i < contract->milestone_count; i++) {
        const struct milestone *milestone = &contract->milestones[i];
        if (!is_countable(contract, milestone))
            continue;
        struct date payable_on = milestone_payable_on(contract, milestone);
        rows[count++] = (struct deferral_receivable){contract, milestone, milestone_outstanding_fen(milestone), payable_on,
                                                     delay_arrival_p90(curve_of(one, contract), payable_on, one->as_of)};
    }
    qsort(rows, count, sizeof *rows, compare_receivables);
    return take_off(contract->disputed_fen + contract->retained_fen, rows, count);
}

static void read_receivables(struct reading *reading)
{
    const struct pipeline_result *pipeline = reading->one->pipeline;
    size_t room = 1;

    for (size_t i = 0; i < pipeline->contract_count; i++)
        room += pipeline->contracts[i].contract->milestone_count;
    struct deferral_receivable *rows = ARENA_NEW(reading->arena, struct deferral_receivable, room);
    for (size_t i = 0; i < pipeline->contract_count; i++)
        reading->receivable_count +=
            list_contract(reading->one, &pipeline->contracts[i], &rows[reading->receivable_count]);
    qsort(rows, reading->receivable_count, sizeof *rows, compare_receivables);
    reading->receivables = rows;
}

/* ------------------------------------------------------------------ one number of months */

struct trial {
    struct date to;
    struct date last_due_on; /* the last day that is put off */
    int64_t deferred_fen;
    int64_t covered_fen;
    int64_t arriving_fen;
    bool is_covered;
    bool arrives;
};

static bool is_moved(const struct reading *reading, const struct deferral_line *line, struct date to)
{
    return line->outstanding_fen > 0 && date_compare(line->due_on, reading->from) >= 0 && date_compare(line->due_on, to) < 0;
}

/* Both lists are in order of day: go on from `next` to the receivables payable by the last day that is put off. */
static size_t count_payable(const struct reading *reading, size_t next, struct trial *trial)
{
    for (; next < reading->receivable_count; next++) {
        const struct deferral_receivable *row = &reading->receivables[next];
        if (date_compare(row->payable_on, trial->last_due_on) > 0)
            break;
        trial->covered_fen += row->amount_fen;
        trial->arriving_fen += date_compare(row->arrival_p90, trial->to) < 0 ? row->amount_fen : 0;
    }
    return next;
}

/* Every instalment on its own day, with what went before it; the money that pays them is counted once. */
static struct trial try_months(const struct reading *reading, int32_t months)
{
    struct trial trial = {.to = date_add_months(reading->from, months), .last_due_on = reading->from, .is_covered = true};
    int64_t share_bp = reading->policy->deferral_cover_min_bp;
    size_t next = 0;

    for (size_t i = 0; i < reading->line_count; i++) {
        const struct deferral_line *line = &reading->lines[i];
        if (!is_moved(reading, line, trial.to))
            continue;
        trial.deferred_fen += line->outstanding_fen;
        trial.last_due_on = line->due_on;
        next = count_payable(reading, next, &trial);
        trial.is_covered = trial.is_covered && trial.covered_fen >= money_mul_bp_ceil(trial.deferred_fen, share_bp);
    }
    trial.arrives = trial.arriving_fen >= money_mul_bp_ceil(trial.deferred_fen, share_bp);
    return trial;
}

/* ------------------------------------------------------------------ the rules */

static bool is_operating(const struct reading *reading)
{
    const struct organisation *organisation = &reading->one->dossier->organisation;
    bool is_listed = false;

    for (int list = LIST_KIND_NONE + 1; codelist_has(&CODELIST_LIST_KIND, list); list++)
        is_listed = is_listed || organisation_is_listed(organisation, (enum list_kind)list, reading->one->as_of);
    return organisation->registration_status == REGISTRATION_STATUS_ACTIVE && !is_listed;
}

static struct deferral_finding judge(const struct reading *reading, enum deferral_rule rule, const struct trial *trial)
{
    int32_t late_days = facility_days_past_due_now(reading->facility, reading->one->as_of);
    struct arena *arena = reading->arena;

    switch (rule) {
    case DEFERRAL_RULE_SOMETHING_DUE:
        return (struct deferral_finding){rule, trial->deferred_fen > 0, value_text_money(arena, trial->deferred_fen)};
    case DEFERRAL_RULE_NOT_DEFERRED_BEFORE:
        return (struct deferral_finding){rule, (int64_t)reading->facility->deferral_count < reading->policy->deferrals_max,
                                         value_text_count(arena, (int64_t)reading->facility->deferral_count, "次", "times")};
    case DEFERRAL_RULE_OPERATING:
        return (struct deferral_finding){rule, is_operating(reading),
                                         is_operating(reading) ? (struct value_text){"是", "yes"} : (struct value_text){"否", "no"}};
    case DEFERRAL_RULE_NOT_LATE:
        return (struct deferral_finding){rule, late_days <= FACILITY_TECHNICAL_DELAY_DAYS,
                                         value_text_count(arena, late_days, "天", "days")};
    case DEFERRAL_RULE_CAUSE:
        return (struct deferral_finding){rule, trial->deferred_fen > 0 && trial->is_covered,
                                         value_text_money(arena, trial->covered_fen)};
    case DEFERRAL_RULE_ARRIVES:
        return (struct deferral_finding){rule, trial->deferred_fen > 0 && trial->arrives,
                                         value_text_money(arena, trial->arriving_fen)};
    case DEFERRAL_RULE_NONE:
    case DEFERRAL_RULE_END:
        break;
    }
    assert(false);
    return (struct deferral_finding){0};
}

/* What only time and judgement can mend; the others are never possible today. */
static bool is_for_a_person(enum deferral_rule rule)
{
    return rule == DEFERRAL_RULE_NOT_LATE || rule == DEFERRAL_RULE_CAUSE || rule == DEFERRAL_RULE_ARRIVES;
}

static void judge_all(const struct reading *reading, const struct trial *trial, struct deferral_result *result)
{
    result->finding_count = RULE_COUNT;
    result->holds = true;
    result->may_be_judged = true;
    for (size_t i = 0; i < RULE_COUNT; i++) {
        result->findings[i] = judge(reading, ORDER[i], trial);
        result->holds = result->holds && result->findings[i].passes;
        result->may_be_judged = result->may_be_judged && (result->findings[i].passes || is_for_a_person(ORDER[i]));
    }
}

static bool others_pass(const struct deferral_result *result)
{
    for (size_t i = 0; i < result->finding_count; i++) {
        enum deferral_rule rule = result->findings[i].rule;
        if (rule != DEFERRAL_RULE_CAUSE && rule != DEFERRAL_RULE_ARRIVES && !result->findings[i].passes)
            return false;
    }
    return true;
}

static int32_t months_enough(const struct reading *reading, const struct deferral_result *result)
{
    if (date_is_none(reading->from) || !others_pass(result))
        return 0;
    for (int32_t months = 1; months <= reading->policy->deferral_months_max; months++) {
        struct trial trial = try_months(reading, months);
        if (trial.is_covered && trial.arrives)
            return months;
    }
    return 0;
}

/* ------------------------------------------------------------------ what comes of it */

static void move_lines(const struct reading *reading, struct date to)
{
    for (size_t i = 0; i < reading->line_count; i++) {
        struct deferral_line *line = &reading->lines[i];
        line->is_moved = is_moved(reading, line, to);
        if (line->is_moved)
            line->new_due_on = to;
    }
}

static void classify_after(const struct reading *reading, struct deferral_result *result)
{
    const struct deferral_case *one = reading->one;
    const struct classification_row *row = classification_find(one->classification, reading->facility);
    enum facility_classification now = row == NULL ? reading->facility->classification : row->tier;

    result->window = reading->policy->small_business_rules_apply ? deferral_window_find(one->as_of, result->from, result->to) : NULL;
    result->treatment = result->window != NULL ? DEFERRAL_WITHOUT_DOWNGRADE : DEFERRAL_RESTRUCTURING;
    result->classification_after = now;
    if (result->treatment == DEFERRAL_WITHOUT_DOWNGRADE)
        return;
    result->observed_until = classification_observed_until(result->to, one->as_of);
    if (now < FACILITY_CLASSIFICATION_ATTENTION)
        result->classification_after = FACILITY_CLASSIFICATION_ATTENTION;
}

void deferral_judge(const struct deferral_case *one, struct arena *arena, struct deferral_result *result)
{
    const struct application *application = &one->dossier->application;
    assert(application->facility_index < one->dossier->facility_count);
    struct reading reading = {.one = one, .policy = &one->policy->servicing, .arena = arena,
                              .facility = &one->dossier->facilities[application->facility_index]};
    struct trial trial = {.to = DATE_NONE};

    read_schedule(&reading);
    read_receivables(&reading);
    *result = (struct deferral_result){.from = reading.from, .to = DATE_NONE, .observed_until = DATE_NONE,
                                       .lines = reading.lines, .line_count = reading.line_count,
                                       .receivables = reading.receivables, .receivable_count = reading.receivable_count};
    if (!date_is_none(reading.from)) {
        bool is_cut = application->tenor_months > reading.policy->deferral_months_max;
        result->months = is_cut ? (int32_t)reading.policy->deferral_months_max : application->tenor_months;
        trial = try_months(&reading, result->months);
        result->to = trial.to;
        result->deferred_fen = trial.deferred_fen;
        result->covered_fen = trial.covered_fen;
        result->arriving_fen = trial.arriving_fen;
        move_lines(&reading, trial.to);
        classify_after(&reading, result);
    }
    judge_all(&reading, &trial, result);
    result->months_enough = months_enough(&reading, result);
}
