#include "scoring/renewal.h"

#include "base/money.h"

#include <assert.h>
#include <inttypes.h>

static const struct {
    const char *name, *zh, *en;
} RULES[RENEWAL_RULE_END] = {
#define RENEWAL_RULE(number, name, json, zh, en) [number] = {json, zh, en},
#include "scoring/renewal_rules.def"
#undef RENEWAL_RULE
};

static const enum renewal_rule ORDER[] = {
#define RENEWAL_RULE(number, name, json, zh, en) RENEWAL_RULE_##name,
#include "scoring/renewal_rules.def"
#undef RENEWAL_RULE
};

enum { RULE_COUNT = sizeof ORDER / sizeof *ORDER };
static_assert(RULE_COUNT <= (int)RENEWAL_RULE_END, "findings have room for every rule");

enum law_number {
#define RENEWAL_LAW(number, name, from, to, zh, en) LAW_##name = number,
#include "scoring/renewal_conditions.def"
};

static const struct law LAWS[] = {
#define RENEWAL_LAW(number, name, from, to, zh, en) {from, to, zh, en},
#include "scoring/renewal_conditions.def"
};

#define RENEWAL_BIT(rule) (1u << RENEWAL_RULE_##rule)

static const struct {
    enum law_number law;
    int item;
    const char *zh, *en;
    unsigned rules;
} CONDITIONS[] = {
#define RENEWAL_CONDITION(law, item, zh, en, rules) {LAW_##law, item, zh, en, rules},
#include "scoring/renewal_conditions.def"
};

const char *renewal_rule_name(enum renewal_rule rule)
{
    assert(rule > RENEWAL_RULE_NONE && rule < RENEWAL_RULE_END);
    return RULES[rule].name;
}

const char *renewal_rule_text_zh(enum renewal_rule rule)
{
    assert(rule > RENEWAL_RULE_NONE && rule < RENEWAL_RULE_END);
    return RULES[rule].zh;
}

const char *renewal_rule_text_en(enum renewal_rule rule)
{
    assert(rule > RENEWAL_RULE_NONE && rule < RENEWAL_RULE_END);
    return RULES[rule].en;
}

const char *renewal_outcome_name(enum renewal_outcome outcome)
{
    switch (outcome) {
    case RENEWAL_NOT_APPLICABLE:
        return "not_applicable";
    case RENEWAL_PASS:
        return "pass";
    case RENEWAL_WAITING:
        return "waiting";
    case RENEWAL_FAIL:
        return "fail";
    }
    assert(false);
    return "";
}

struct reading {
    const struct renewal_case *one;
    const struct policy_servicing *policy;
    const struct facility *facility; /* the one to be renewed or increased */
    struct arena *arena;
};

static struct renewal_finding finding_of(enum renewal_outcome outcome, const char *zh, const char *en)
{
    return (struct renewal_finding){.outcome = outcome, .until = DATE_NONE, .value = {zh, en}};
}

static struct renewal_finding pass_if(bool passes, struct value_text value)
{
    return (struct renewal_finding){.outcome = passes ? RENEWAL_PASS : RENEWAL_FAIL, .until = DATE_NONE, .value = value};
}

static struct renewal_finding waiting_until(struct date until, struct value_text value)
{
    return (struct renewal_finding){.outcome = RENEWAL_WAITING, .until = until, .value = value};
}

/* ------------------------------------------------------------------ the rules */

static struct renewal_finding judge_window(const struct reading *reading)
{
    struct date matures_on = reading->facility->matures_on;
    struct date opens_on = date_add_days(matures_on, -(int32_t)reading->policy->renewal_window_days);
    char from[DATE_TEXT_SIZE];
    char to[DATE_TEXT_SIZE];

    if (reading->one->dossier->application.kind != APPLICATION_KIND_RENEWAL)
        return finding_of(RENEWAL_NOT_APPLICABLE, "增额不限受理期", "an increase has no window");
    date_format(opens_on, from);
    date_format(matures_on, to);
    struct value_text value = {value_text_format(reading->arena, "受理期%s至%s", from, to),
                               value_text_format(reading->arena, "from %s to %s", from, to)};
    if (date_compare(reading->one->as_of, matures_on) > 0)
        return pass_if(false, value);
    return date_compare(reading->one->as_of, opens_on) < 0 ? waiting_until(opens_on, value) : pass_if(true, value);
}

/* Instalments of all facilities whose outcome is known, and how they went. */
struct record {
    size_t due;
    size_t on_time;
    int32_t worst_days;
    bool is_late_now;         /* one of the late ones is unpaid */
    struct date late_until;   /* the last day on which a paid late one is in the record */
    struct date first_due_on; /* of what is not known yet */
};

static void add_instalment(const struct reading *reading, const struct facility *facility, const struct instalment *instalment,
                           struct record *record)
{
    struct date as_of = reading->one->as_of;
    struct date from = date_add_months(as_of, -(int)reading->policy->record_months);
    struct date due_on = instalment_due_after_deferrals(facility, instalment);
    int32_t days = instalment_days_past_due(facility, instalment, as_of);
    bool is_paid = !date_is_none(instalment_paid_on(instalment));
    bool is_late = days > FACILITY_TECHNICAL_DELAY_DAYS;

    if (date_compare(due_on, as_of) > 0 || (!is_paid && !is_late)) {
        if (!is_paid && (date_is_none(record->first_due_on) || date_compare(due_on, record->first_due_on) < 0))
            record->first_due_on = due_on;
        return;
    }
    if (is_paid && date_compare(due_on, from) < 0)
        return;
    record->due++;
    record->on_time += is_late ? 0 : 1;
    record->worst_days = is_late && days > record->worst_days ? days : record->worst_days;
    if (days <= reading->policy->days_past_due_max || !is_late)
        return;
    struct date leaves_on = date_add_days(date_add_months(due_on, (int)reading->policy->record_months), 1);
    record->is_late_now = record->is_late_now || !is_paid;
    record->late_until = date_compare(leaves_on, record->late_until) > 0 ? leaves_on : record->late_until;
}

static struct record read_record(const struct reading *reading)
{
    const struct dossier *dossier = reading->one->dossier;
    struct record record = {.late_until = DATE_NONE, .first_due_on = DATE_NONE};

    for (size_t i = 0; i < dossier->facility_count; i++) {
        for (size_t j = 0; j < dossier->facilities[i].instalment_count; j++)
            add_instalment(reading, &dossier->facilities[i], &dossier->facilities[i].instalments[j], &record);
    }
    return record;
}

static struct renewal_finding judge_record(const struct reading *reading)
{
    struct record record = read_record(reading);
    struct value_text value = {
        value_text_format(reading->arena, "%zu期到期，%zu期按时，最长逾期%" PRId32 "天", record.due, record.on_time, record.worst_days),
        value_text_format(reading->arena, "%zu due, %zu in time, worst %" PRId32 " days late", record.due, record.on_time,
                          record.worst_days)};

    if (record.due == 0 && date_is_none(record.first_due_on))
        return pass_if(false, value);
    if (record.due == 0)
        return waiting_until(date_add_days(record.first_due_on, FACILITY_TECHNICAL_DELAY_DAYS + 1), value);
    int64_t wanted = money_mul_bp_ceil((int64_t)record.due, reading->policy->on_time_min_bp);
    if (record.is_late_now || (int64_t)record.on_time < wanted)
        return pass_if(false, value);
    return date_is_none(record.late_until) ? pass_if(true, value) : waiting_until(record.late_until, value);
}

static struct renewal_finding judge_arrears(const struct reading *reading)
{
    int32_t worst_days = 0;

    for (size_t i = 0; i < reading->one->dossier->facility_count; i++) {
        int32_t days = facility_days_past_due_now(&reading->one->dossier->facilities[i], reading->one->as_of);
        worst_days = days > worst_days ? days : worst_days;
    }
    return pass_if(worst_days <= FACILITY_TECHNICAL_DELAY_DAYS,
                   (struct value_text){value_text_format(reading->arena, "未付部分最长逾期%" PRId32 "天", worst_days),
                                       value_text_format(reading->arena, "unpaid for %" PRId32 " days at most", worst_days)});
}

static struct renewal_finding judge_purpose(const struct reading *reading)
{
    const struct policy_eligibility *policy = &reading->one->policy->eligibility;
    enum application_purpose purpose = reading->one->dossier->application.purpose;
    bool is_admitted = false;

    for (size_t i = 0; i < policy->purpose_count; i++)
        is_admitted = is_admitted || policy->purposes[i] == purpose;
    return pass_if(is_admitted, (struct value_text){codelist_text_zh(&CODELIST_APPLICATION_PURPOSE, (int)purpose),
                                                    codelist_text_en(&CODELIST_APPLICATION_PURPOSE, (int)purpose)});
}

static struct renewal_finding judge_operating(const struct reading *reading)
{
    const struct organisation *organisation = &reading->one->dossier->organisation;
    int32_t contracts = reading->one->pipeline->public_contract_count;

    if (organisation->registration_status != REGISTRATION_STATUS_ACTIVE)
        return pass_if(false, (struct value_text){
                                  codelist_text_zh(&CODELIST_REGISTRATION_STATUS, (int)organisation->registration_status),
                                  codelist_text_en(&CODELIST_REGISTRATION_STATUS, (int)organisation->registration_status)});
    for (int list = LIST_KIND_NONE + 1; codelist_has(&CODELIST_LIST_KIND, list); list++) {
        if (organisation_is_listed(organisation, (enum list_kind)list, reading->one->as_of))
            return pass_if(false, (struct value_text){codelist_text_zh(&CODELIST_LIST_KIND, list),
                                                      codelist_text_en(&CODELIST_LIST_KIND, list)});
    }
    return pass_if(contracts > 0, value_text_count(reading->arena, contracts, "份公共合同", "public contracts"));
}

static struct renewal_finding judge_classification(const struct reading *reading)
{
    const struct classification_row *row = classification_find(reading->one->classification, reading->facility);
    enum facility_classification tier = row == NULL ? reading->facility->classification : row->tier;
    struct value_text value = {codelist_text_zh(&CODELIST_FACILITY_CLASSIFICATION, (int)tier),
                               codelist_text_en(&CODELIST_FACILITY_CLASSIFICATION, (int)tier)};
    bool only_observed = row != NULL && row->basis == CLASSIFICATION_BASIS_RESTRUCTURED;

    if (only_observed)
        return waiting_until(date_add_days(row->observed_until, 1), value);
    return pass_if(tier == FACILITY_CLASSIFICATION_NORMAL, value);
}

/* What is still to come under contracts that a loan may be repaid from. */
static int64_t sweepable_fen(const struct pipeline_result *pipeline)
{
    int64_t total_fen = 0;

    for (size_t i = 0; i < pipeline->contract_count; i++) {
        const struct pipeline_contract *row = &pipeline->contracts[i];
        if (row->is_sweepable && !row->is_cross_aged)
            total_fen += row->accepted_unpaid_fen + row->due_unaccepted_fen + row->future_fen;
    }
    return total_fen;
}

static struct renewal_finding judge_pipeline(const struct reading *reading)
{
    const struct renewal_case *one = reading->one;
    const struct policy_price *price = &one->policy->price;
    struct date last_end = one->pipeline->last_end;
    bool is_live = !date_is_none(last_end) && date_compare(last_end, one->as_of) >= 0;
    int64_t months = price->contract_tail_months + (is_live ? date_months_between(one->as_of, last_end) : 0);
    int64_t outstanding_fen = sweepable_fen(one->pipeline);
    int64_t wanted_fen = money_mul_bp_ceil(reading->facility->outstanding_fen, reading->policy->renewal_cover_min_bp);
    struct value_text money = value_text_money(reading->arena, outstanding_fen);

    return pass_if(is_live && months >= price->tenor_months[0] && outstanding_fen >= wanted_fen,
                   (struct value_text){value_text_format(reading->arena, "可支持%" PRId64 "个月，未收%s", months, money.zh),
                                       value_text_format(reading->arena, "%" PRId64 " months, %s to come", months, money.en)});
}

static struct renewal_finding judge(const struct reading *reading, enum renewal_rule rule)
{
    switch (rule) {
    case RENEWAL_RULE_WINDOW:
        return judge_window(reading);
    case RENEWAL_RULE_REPAYMENT_RECORD:
        return judge_record(reading);
    case RENEWAL_RULE_NO_ARREARS:
        return judge_arrears(reading);
    case RENEWAL_RULE_USE_OF_FUNDS:
        return judge_purpose(reading);
    case RENEWAL_RULE_OPERATING:
        return judge_operating(reading);
    case RENEWAL_RULE_CREDIT_STANDARD:
        return pass_if(reading->one->meets_credit_standard, reading->one->standard);
    case RENEWAL_RULE_CLASSIFICATION:
        return judge_classification(reading);
    case RENEWAL_RULE_PIPELINE:
        return judge_pipeline(reading);
    case RENEWAL_RULE_NONE:
    case RENEWAL_RULE_END:
        break;
    }
    assert(false);
    return pass_if(false, (struct value_text){"", ""});
}

/* ------------------------------------------------------------------ the law */

static enum renewal_outcome worst_of(const struct renewal_result *result, unsigned rules)
{
    enum renewal_outcome worst = RENEWAL_NOT_APPLICABLE;

    for (size_t i = 0; i < result->finding_count; i++) {
        const struct renewal_finding *finding = &result->findings[i];
        if ((rules >> finding->rule & 1u) != 0 && finding->outcome > worst)
            worst = finding->outcome;
    }
    return worst;
}

static void apply_law(enum law_number number, struct date as_of, struct renewal_result *result)
{
    const struct law *law = &LAWS[number - 1];

    if (!law_is_in_force(law, as_of))
        return;
    result->law = law;
    for (size_t i = 0; i < sizeof CONDITIONS / sizeof *CONDITIONS; i++) {
        if (CONDITIONS[i].law != number)
            continue;
        assert(result->condition_count < RENEWAL_CONDITIONS_MAX);
        result->conditions[result->condition_count++] = (struct renewal_condition){
            CONDITIONS[i].item, CONDITIONS[i].zh, CONDITIONS[i].en, worst_of(result, CONDITIONS[i].rules)};
    }
}

/* The first day on which nothing waits any more; as_of where nothing does. */
static struct date earliest_of(const struct renewal_result *result, struct date as_of)
{
    struct date earliest = as_of;

    if (result->outcome == RENEWAL_FAIL)
        return DATE_NONE;
    for (size_t i = 0; i < result->finding_count; i++) {
        const struct renewal_finding *finding = &result->findings[i];
        if (finding->outcome == RENEWAL_WAITING && date_compare(finding->until, earliest) > 0)
            earliest = finding->until;
    }
    return earliest;
}

void renewal_judge(const struct renewal_case *one, struct arena *arena, struct renewal_result *result)
{
    const struct application *application = &one->dossier->application;
    assert(application->facility_index < one->dossier->facility_count);
    const struct reading reading = {one, &one->policy->servicing, &one->dossier->facilities[application->facility_index], arena};

    *result = (struct renewal_result){.finding_count = RULE_COUNT, .outcome = RENEWAL_NOT_APPLICABLE};
    for (size_t i = 0; i < RULE_COUNT; i++) {
        result->findings[i] = judge(&reading, ORDER[i]);
        result->findings[i].rule = ORDER[i];
    }
    result->outcome = worst_of(result, ~0u);
    result->earliest = earliest_of(result, one->as_of);
    if (application->kind != APPLICATION_KIND_RENEWAL)
        return;
    for (size_t i = 0; i < sizeof LAWS / sizeof *LAWS; i++)
        apply_law((enum law_number)(i + 1), one->as_of, result);
    result->without_repaying_first =
        result->law != NULL && result->outcome == RENEWAL_PASS && reading.policy->small_business_rules_apply;
}
