#include "scoring/green_channel.h"

#include "base/money.h"
#include "base/working_day.h"

#include <assert.h>
#include <inttypes.h>

static const struct {
    const char *name, *zh, *en;
} RULES[GREEN_CHANNEL_RULE_END] = {
#define GREEN_CHANNEL_RULE(number, name, json, zh, en) [number] = {json, zh, en},
#include "scoring/green_channel_rules.def"
#undef GREEN_CHANNEL_RULE
};

static const enum green_channel_rule ORDER[] = {
#define GREEN_CHANNEL_RULE(number, name, json, zh, en) GREEN_CHANNEL_RULE_##name,
#include "scoring/green_channel_rules.def"
#undef GREEN_CHANNEL_RULE
};

enum { RULE_COUNT = sizeof ORDER / sizeof *ORDER };

static const struct green_channel_drop DROPS[] = {
#define GREEN_CHANNEL_DROP(number, json, zh, en) {json, zh, en},
#include "scoring/green_channel_drops.def"
#undef GREEN_CHANNEL_DROP
};

enum { DROP_COUNT = sizeof DROPS / sizeof *DROPS };

const char *green_channel_rule_name(enum green_channel_rule rule)
{
    assert(rule > GREEN_CHANNEL_RULE_NONE && rule < GREEN_CHANNEL_RULE_END);
    return RULES[rule].name;
}

const char *green_channel_rule_text_zh(enum green_channel_rule rule)
{
    assert(rule > GREEN_CHANNEL_RULE_NONE && rule < GREEN_CHANNEL_RULE_END);
    return RULES[rule].zh;
}

const char *green_channel_rule_text_en(enum green_channel_rule rule)
{
    assert(rule > GREEN_CHANNEL_RULE_NONE && rule < GREEN_CHANNEL_RULE_END);
    return RULES[rule].en;
}

size_t green_channel_drop_count(void)
{
    return DROP_COUNT;
}

const struct green_channel_drop *green_channel_drop_at(size_t place)
{
    assert(place < DROP_COUNT);
    return &DROPS[place];
}

/* ------------------------------------------------------------------ the rules */

struct reading {
    const struct green_channel_case *one;
    const struct policy_servicing *policy;
    const struct application *application;
    struct arena *arena;
};

static struct green_channel_finding finding_of(bool passes, struct value_text value)
{
    return (struct green_channel_finding){.passes = passes, .value = value};
}

static struct value_text yes_or_no(bool yes)
{
    return yes ? (struct value_text){"是", "yes"} : (struct value_text){"否", "no"};
}

static struct green_channel_finding judge_kind(const struct reading *reading)
{
    enum application_kind kind = reading->application->kind;
    return finding_of(kind == APPLICATION_KIND_RENEWAL || kind == APPLICATION_KIND_DEFERRAL,
                      (struct value_text){codelist_text_zh(&CODELIST_APPLICATION_KIND, (int)kind),
                                          codelist_text_en(&CODELIST_APPLICATION_KIND, (int)kind)});
}

static struct green_channel_finding judge_grade(const struct reading *reading)
{
    int32_t grade = reading->one->grade;

    if (grade == 0)
        return finding_of(true, (struct value_text){"延期不评级", "a deferral is not graded"});
    return finding_of(grade <= reading->policy->green_grade_max,
                      (struct value_text){value_text_format(reading->arena, "%" PRId32 "级", grade),
                                          value_text_format(reading->arena, "grade %" PRId32, grade)});
}

static struct green_channel_finding judge_months(const struct reading *reading)
{
    const struct dossier *dossier = reading->one->dossier;
    struct date first = reading->one->as_of;

    for (size_t i = 0; i < dossier->facility_count; i++) {
        if (date_compare(dossier->facilities[i].opened_on, first) < 0)
            first = dossier->facilities[i].opened_on;
    }
    int months = date_months_between(first, reading->one->as_of);
    return finding_of(months >= reading->policy->green_months_on_book_min,
                      value_text_count(reading->arena, months, "个月", "months"));
}

/* Within the record, and what is unpaid now. The worst leaves technical delays out. */
static struct green_channel_finding judge_lateness(const struct reading *reading)
{
    const struct dossier *dossier = reading->one->dossier;
    struct date from = date_add_months(reading->one->as_of, -(int)reading->policy->record_months);
    int32_t worst_days = 0;

    for (size_t i = 0; i < dossier->facility_count; i++) {
        int32_t past_days = facility_days_past_due_worst(&dossier->facilities[i], from, reading->one->as_of);
        int32_t now_days = facility_days_past_due_now(&dossier->facilities[i], reading->one->as_of);
        int32_t days = past_days > now_days ? past_days : now_days;
        worst_days = days > worst_days ? days : worst_days;
    }
    return finding_of(worst_days <= reading->policy->green_days_past_due_max,
                      value_text_count(reading->arena, worst_days, "天", "days"));
}

/* A deferral lends nothing; where the present limit is not known, what is outstanding stands for it. */
static struct green_channel_finding judge_amount(const struct reading *reading)
{
    const struct facility *facility = &reading->one->dossier->facilities[reading->application->facility_index];
    int64_t limit_fen = facility->limit_fen == DOSSIER_FEN_NONE ? facility->outstanding_fen : facility->limit_fen;
    int64_t allowed_fen = money_mul_bp_floor(limit_fen, reading->policy->green_amount_max_bp);

    if (reading->application->kind == APPLICATION_KIND_DEFERRAL)
        return finding_of(true, (struct value_text){"延期不新增贷款", "a deferral lends nothing"});
    return finding_of(reading->application->amount_fen <= allowed_fen,
                      value_text_money(reading->arena, reading->application->amount_fen));
}

static struct green_channel_finding judge(const struct reading *reading, enum green_channel_rule rule)
{
    const struct green_channel_case *one = reading->one;

    switch (rule) {
    case GREEN_CHANNEL_RULE_OFFERED:
        return finding_of(reading->policy->use_green_channel, yes_or_no(reading->policy->use_green_channel));
    case GREEN_CHANNEL_RULE_KIND:
        return judge_kind(reading);
    case GREEN_CHANNEL_RULE_RULES_HOLD:
        return finding_of(one->rules_hold, yes_or_no(one->rules_hold));
    case GREEN_CHANNEL_RULE_GRADE:
        return judge_grade(reading);
    case GREEN_CHANNEL_RULE_MONTHS_ON_BOOK:
        return judge_months(reading);
    case GREEN_CHANNEL_RULE_PAID_IN_TIME:
        return judge_lateness(reading);
    case GREEN_CHANNEL_RULE_AMOUNT:
        return judge_amount(reading);
    case GREEN_CHANNEL_RULE_PAPERS:
        return finding_of(one->missing_count == 0,
                          value_text_count(reading->arena, (int64_t)one->missing_count, "份缺失", "missing papers"));
    case GREEN_CHANNEL_RULE_NO_ALERT:
        return finding_of(one->warning_count == 0,
                          value_text_count(reading->arena, (int64_t)one->warning_count, "项预警", "warnings"));
    case GREEN_CHANNEL_RULE_NONE:
    case GREEN_CHANNEL_RULE_END:
        break;
    }
    assert(false);
    return finding_of(false, yes_or_no(false));
}

/* A year whose calendar has not been announced has no answer: guessing a holiday would move the deadline. */
static struct date deadline(const struct reading *reading)
{
    struct date day;
    struct zcd_error err;
    enum zcd_code code =
        working_day_add(reading->application->requested_on, (int)reading->policy->green_working_days, &day, &err);
    return code == ZCD_OK ? day : DATE_NONE;
}

void green_channel_judge(const struct green_channel_case *one, struct arena *arena, struct green_channel_result *result)
{
    const struct reading reading = {one, &one->policy->servicing, &one->dossier->application, arena};
    assert(reading.application->facility_index < one->dossier->facility_count);

    *result = (struct green_channel_result){.finding_count = RULE_COUNT, .is_open = true, .decide_by = DATE_NONE};
    for (size_t i = 0; i < RULE_COUNT; i++) {
        result->findings[i] = judge(&reading, ORDER[i]);
        result->findings[i].rule = ORDER[i];
        result->is_open = result->is_open && result->findings[i].passes;
    }
    if (result->is_open)
        result->decide_by = deadline(&reading);
}
