#include "scoring/eligibility.h"

#include "base/money.h"
#include "scoring/value_text.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

/* What a rule reads. */
struct reading {
    const struct dossier *dossier;
    const struct policy_eligibility *policy;
    struct date as_of;
    struct arena *arena;
};

struct verdict {
    enum eligibility_outcome outcome;
    struct value_text value;
};

static struct verdict verdict_of(enum eligibility_outcome outcome, const char *zh, const char *en)
{
    return (struct verdict){outcome, {zh, en}};
}

static struct verdict pass_if(bool passes, struct value_text value)
{
    return (struct verdict){passes ? ELIGIBILITY_PASS : ELIGIBILITY_STOP, value};
}

/* A code as the document writes it, and in Chinese. */
static struct value_text code_text(const struct codelist *list, int number)
{
    return (struct value_text){codelist_text_zh(list, number), codelist_name(list, number)};
}

static int32_t year_of(struct date date)
{
    int year, month, day;
    date_to_ymd(date, &year, &month, &day);
    return year;
}

/* 51, 52 and 53 bodies: registered by civil affairs, may not distribute profit, and must not be mistaken for enterprises. */
static bool is_social_organisation(enum organisation_kind kind)
{
    return kind == ORGANISATION_KIND_SOCIAL_SERVICE_INSTITUTION || kind == ORGANISATION_KIND_SOCIAL_ASSOCIATION
           || kind == ORGANISATION_KIND_FOUNDATION;
}

/* ------------------------------------------------------------------ the body itself */

static struct verdict judge_registration(const struct reading *reading)
{
    enum registration_status status = reading->dossier->organisation.registration_status;
    return pass_if(status == REGISTRATION_STATUS_ACTIVE, code_text(&CODELIST_REGISTRATION_STATUS, (int)status));
}

static struct verdict judge_body_kind(const struct reading *reading)
{
    enum organisation_kind kind = reading->dossier->organisation.kind;
    struct value_text name = code_text(&CODELIST_ORGANISATION_KIND, (int)kind);
    bool is_admitted = false;

    for (size_t i = 0; i < reading->policy->body_kind_count; i++)
        is_admitted = is_admitted || reading->policy->body_kinds[i] == kind;
    if (is_social_organisation(kind))
        name = (struct value_text){value_text_format(reading->arena, "%s：非营利法人", name.zh),
                                   value_text_format(reading->arena, "%s: non-profit legal person", name.en)};
    return pass_if(is_admitted, name);
}

static struct verdict judge_months(const struct reading *reading)
{
    struct date registered_on = reading->dossier->organisation.registered_on;
    int months = date_months_between(registered_on, reading->as_of);
    return pass_if(months >= reading->policy->months_in_operation_min,
                   value_text_count(reading->arena, months, "个月", "months"));
}

/* ------------------------------------------------------------------ lists */

/* The entry to speak of: one that holds on as_of, else the last that ended; among equals the earliest. NULL: never listed. */
static const struct list_entry *telling_entry(const struct reading *reading, enum list_kind list, bool is_listed)
{
    const struct organisation *organisation = &reading->dossier->organisation;
    const struct list_entry *best = NULL;

    for (size_t i = 0; i < organisation->list_count; i++) {
        const struct list_entry *entry = &organisation->lists[i];
        bool has_ended = !date_is_none(entry->removed_on) && date_compare(entry->removed_on, reading->as_of) <= 0;
        if (entry->list != list || date_compare(entry->entered_on, reading->as_of) > 0 || has_ended == is_listed)
            continue;
        if (best == NULL || (is_listed && date_compare(entry->entered_on, best->entered_on) < 0)
            || (!is_listed && date_compare(entry->removed_on, best->removed_on) > 0))
            best = entry;
    }
    return best;
}

/* The day of removal is free already: an entry that has ended is history, not a stop. */
static struct verdict judge_list(const struct reading *reading, enum list_kind list)
{
    char from[DATE_TEXT_SIZE];
    char to[DATE_TEXT_SIZE];
    bool is_listed = organisation_is_listed(&reading->dossier->organisation, list, reading->as_of);
    const struct list_entry *entry = telling_entry(reading, list, is_listed);

    if (entry == NULL)
        return verdict_of(ELIGIBILITY_PASS, "未列入", "not listed");
    date_format(entry->entered_on, from);
    if (is_listed)
        return verdict_of(ELIGIBILITY_STOP, value_text_format(reading->arena, "自%s起列入", from),
                          value_text_format(reading->arena, "listed since %s", from));
    date_format(entry->removed_on, to);
    return verdict_of(ELIGIBILITY_PASS, value_text_format(reading->arena, "未列入；%s至%s曾列入", from, to),
                      value_text_format(reading->arena, "not listed; was from %s to %s", from, to));
}

/* ------------------------------------------------------------------ annual inspection */

static struct date day_of(int year, int month, int day)
{
    struct date date;
    struct zcd_error err;
    enum zcd_code code = date_from_ymd(year, month, day, &date, &err);
    assert(code == ZCD_OK);
    (void)code;
    return date;
}

static bool is_result(enum inspection_result result)
{
    return result != INSPECTION_RESULT_NONE && result != INSPECTION_RESULT_MISSING;
}

/*
 * The year whose result must be known: the report of a year is due by 31 May of the next (rules of 1998, art. 23), so from
 * 1 June the year before. A later result that is known already is read instead.
 */
static int32_t inspected_year(const struct reading *reading)
{
    int32_t this_year = year_of(reading->as_of);
    bool is_past_due_day = date_compare(reading->as_of, day_of(this_year, 5, 31)) > 0;
    int32_t due_year = this_year - (is_past_due_day ? 1 : 2);

    for (int32_t year = this_year; year > due_year; year--) {
        if (is_result(organisation_inspection(&reading->dossier->organisation, year)))
            return year;
    }
    return due_year;
}

/*
 * Too young on 31 December of the year inspected to take part (measures of 2005, art. 3), which covers every year before it
 * was registered.
 */
static bool was_exempt(const struct reading *reading, int32_t year)
{
    struct date registered_on = reading->dossier->organisation.registered_on;
    if (year_of(registered_on) > year)
        return true;
    return date_months_between(registered_on, day_of(year, 12, 31)) < reading->policy->inspection_exempt_months;
}

/* No result where there should be one: not needed, or a paper that is missing. */
static struct verdict judge_no_inspection(const struct reading *reading, int32_t year)
{
    if (!is_social_organisation(reading->dossier->organisation.kind))
        return verdict_of(ELIGIBILITY_NOT_APPLICABLE, "不属于民政年检对象", "not inspected by civil affairs");
    if (was_exempt(reading, year))
        return verdict_of(ELIGIBILITY_NOT_APPLICABLE,
                          value_text_format(reading->arena, "%" PRId32 "年：成立时间短，不参加年检", year),
                          value_text_format(reading->arena, "%" PRId32 ": too young to be inspected", year));
    return verdict_of(ELIGIBILITY_MISSING, value_text_format(reading->arena, "%" PRId32 "年：无年检结论", year),
                      value_text_format(reading->arena, "%" PRId32 ": no result", year));
}

static struct verdict judge_inspection(const struct reading *reading)
{
    const struct organisation *organisation = &reading->dossier->organisation;
    int32_t year = inspected_year(reading);
    enum inspection_result result = organisation_inspection(organisation, year);
    struct value_text name = code_text(&CODELIST_INSPECTION_RESULT, (int)result);
    const char *zh = value_text_format(reading->arena, "%" PRId32 "年%s", year, name.zh);
    const char *en = value_text_format(reading->arena, "%" PRId32 " %s", year, name.en);

    switch (result) {
    case INSPECTION_RESULT_QUALIFIED:
        return verdict_of(ELIGIBILITY_PASS, zh, en);
    case INSPECTION_RESULT_BASICALLY_QUALIFIED:
        if (organisation_inspection(organisation, year - 1) != INSPECTION_RESULT_BASICALLY_QUALIFIED)
            return verdict_of(ELIGIBILITY_PASS, zh, en);
        return verdict_of(ELIGIBILITY_STOP, value_text_format(reading->arena, "%" PRId32 "年和%s", year - 1, zh),
                          value_text_format(reading->arena, "%" PRId32 " and %s", year - 1, en));
    case INSPECTION_RESULT_UNQUALIFIED:
        return verdict_of(ELIGIBILITY_STOP, zh, en);
    case INSPECTION_RESULT_NOT_APPLICABLE:
        return verdict_of(ELIGIBILITY_NOT_APPLICABLE, zh, en);
    case INSPECTION_RESULT_NONE:
    case INSPECTION_RESULT_MISSING:
        break;
    }
    return judge_no_inspection(reading, year);
}

/* ------------------------------------------------------------------ contracts, facilities, the application */

/* Public money from a public body, still owed or still being earned: what a procurement loan is repaid from. */
static bool is_live_public_contract(const struct reading *reading, const struct contract *contract)
{
    const struct payer *payer = &reading->dossier->payers[contract->payer_index];
    bool is_donated =
        contract->fund_source == FUND_SOURCE_CHARITY || contract->fund_source == FUND_SOURCE_VENTURE_PHILANTHROPY;
    bool is_live =
        date_compare(contract->ends_on, reading->as_of) >= 0 || contract_outstanding_fen(contract) > 0;
    return contract_is_signed(contract) && payer_is_public(payer) && !is_donated && is_live;
}

static struct verdict judge_public_contract(const struct reading *reading)
{
    size_t count = 0;

    for (size_t i = 0; i < reading->dossier->contract_count; i++)
        count += is_live_public_contract(reading, &reading->dossier->contracts[i]) ? 1 : 0;
    return pass_if(count > 0, value_text_count(reading->arena, (int64_t)count, "份合同", "contracts"));
}

static struct verdict judge_classification(const struct reading *reading)
{
    const struct facility *worst = NULL;

    for (size_t i = 0; i < reading->dossier->facility_count; i++) {
        const struct facility *facility = &reading->dossier->facilities[i];
        if (worst == NULL || facility->classification > worst->classification
            || (facility->classification == worst->classification && strcmp(facility->id, worst->id) < 0))
            worst = facility;
    }
    if (worst == NULL)
        return verdict_of(ELIGIBILITY_NOT_APPLICABLE, "无授信", "no facility");
    struct value_text name = code_text(&CODELIST_FACILITY_CLASSIFICATION, (int)worst->classification);
    bool is_sound = worst->classification <= FACILITY_CLASSIFICATION_ATTENTION;
    return verdict_of(is_sound ? ELIGIBILITY_PASS : ELIGIBILITY_STOP,
                      value_text_format(reading->arena, "%s %s", worst->id, name.zh),
                      value_text_format(reading->arena, "%s %s", worst->id, name.en));
}

static struct verdict judge_purpose(const struct reading *reading)
{
    enum application_purpose purpose = reading->dossier->application.purpose;
    bool is_allowed = false;

    for (size_t i = 0; i < reading->policy->purpose_count; i++)
        is_allowed = is_allowed || reading->policy->purposes[i] == purpose;
    return pass_if(is_allowed, code_text(&CODELIST_APPLICATION_PURPOSE, (int)purpose));
}

static struct verdict judge_amount(const struct reading *reading)
{
    int64_t amount_fen = reading->dossier->application.amount_fen;
    return pass_if(amount_fen >= reading->policy->amount_min_fen, value_text_money(reading->arena, amount_fen));
}

/* ------------------------------------------------------------------ what a traditional lender asks for */

static struct verdict judge_profit_margin(const struct reading *reading)
{
    const struct statement *statement = organisation_latest_statement(&reading->dossier->organisation);

    if (statement == NULL)
        return verdict_of(ELIGIBILITY_MISSING, "无财务报表", "no statement");
    if (statement->income_fen == DOSSIER_FEN_NONE || statement->cost_fen == DOSSIER_FEN_NONE)
        return verdict_of(ELIGIBILITY_MISSING,
                          value_text_format(reading->arena, "%" PRId32 "年：收入或成本未填", statement->year),
                          value_text_format(reading->arena, "%" PRId32 ": no income or cost", statement->year));
    if (statement->income_fen == 0)
        return verdict_of(ELIGIBILITY_STOP, value_text_format(reading->arena, "%" PRId32 "年无收入", statement->year),
                          value_text_format(reading->arena, "%" PRId32 " no income", statement->year));
    int64_t profit_fen = statement->income_fen - statement->cost_fen;
    int64_t margin_bp = money_mul_ratio_floor(profit_fen, MONEY_BP_ONE, statement->income_fen);
    struct value_text share = value_text_bp(reading->arena, margin_bp);
    return pass_if(margin_bp >= reading->policy->profit_margin_min_bp,
                   (struct value_text){value_text_format(reading->arena, "%" PRId32 "年%s", statement->year, share.zh),
                                       value_text_format(reading->arena, "%" PRId32 " %s", statement->year, share.en)});
}

/*
 * Measured against the smallest loan of the product, not the amount asked: more collateral is asked of a larger loan by
 * the bound in stage 6, and asking for more must never get less.
 */
static struct verdict judge_collateral(const struct reading *reading)
{
    int64_t offered_fen = reading->dossier->application.collateral_fen;
    int64_t wanted_fen =
        money_mul_bp_ceil(reading->policy->amount_min_fen, reading->policy->collateral_cover_min_bp);

    if (offered_fen != DOSSIER_FEN_NONE && offered_fen > 0)
        return pass_if(offered_fen >= wanted_fen, value_text_money(reading->arena, offered_fen));
    if (is_social_organisation(reading->dossier->organisation.kind))
        return verdict_of(ELIGIBILITY_STOP, "无；公益设施不得抵押",
                          "none; property serving the public benefit cannot be mortgaged");
    return verdict_of(ELIGIBILITY_STOP, "无", "none");
}

static struct verdict judge_credit_history(const struct reading *reading)
{
    struct date first = DATE_NONE;

    for (size_t i = 0; i < reading->dossier->facility_count; i++) {
        struct date opened_on = reading->dossier->facilities[i].opened_on;
        if (date_is_none(first) || date_compare(opened_on, first) < 0)
            first = opened_on;
    }
    if (date_is_none(first))
        return pass_if(reading->policy->credit_history_months_min <= 0, (struct value_text){"无", "none"});
    int months = date_months_between(first, reading->as_of);
    return pass_if(months >= reading->policy->credit_history_months_min,
                   value_text_count(reading->arena, months, "个月", "months"));
}

/* ------------------------------------------------------------------ the walk */

static struct verdict judge(const struct reading *reading, enum eligibility_rule rule)
{
    switch (rule) {
    case ELIGIBILITY_REGISTRATION_ACTIVE:
        return judge_registration(reading);
    case ELIGIBILITY_BODY_KIND:
        return judge_body_kind(reading);
    case ELIGIBILITY_SERIOUS_VIOLATION:
        return judge_list(reading, LIST_KIND_SERIOUS_VIOLATION);
    case ELIGIBILITY_COURT_DISHONEST:
        return judge_list(reading, LIST_KIND_COURT_DISHONEST);
    case ELIGIBILITY_ABNORMAL_ACTIVITY:
        return judge_list(reading, LIST_KIND_ABNORMAL_ACTIVITY);
    case ELIGIBILITY_ANNUAL_INSPECTION:
        return judge_inspection(reading);
    case ELIGIBILITY_MONTHS_IN_OPERATION:
        return judge_months(reading);
    case ELIGIBILITY_PUBLIC_CONTRACT:
        return judge_public_contract(reading);
    case ELIGIBILITY_FACILITY_CLASSIFICATION:
        return judge_classification(reading);
    case ELIGIBILITY_PURPOSE:
        return judge_purpose(reading);
    case ELIGIBILITY_AMOUNT_MINIMUM:
        return judge_amount(reading);
    case ELIGIBILITY_PROFIT_MARGIN:
        return judge_profit_margin(reading);
    case ELIGIBILITY_COLLATERAL:
        return judge_collateral(reading);
    case ELIGIBILITY_CREDIT_HISTORY:
        return judge_credit_history(reading);
    case ELIGIBILITY_NONE:
    case ELIGIBILITY_END:
        break;
    }
    assert(false); /* policy_check: rules are members of the list */
    return verdict_of(ELIGIBILITY_STOP, "", "");
}

/* The first text in the list that is in force on the day and speaks of this kind of body; "" where there is none. */
static const char *source_on(enum eligibility_rule rule, enum organisation_kind kind, struct date day)
{
    static const struct {
        enum eligibility_rule rule;
        enum organisation_kind kind; /* NONE: any */
        int32_t from, to;            /* YYYYMMDD */
        const char *text;
    } SOURCES[] = {
#define ELIGIBILITY_SOURCE(rule, kind, from, to, text) {ELIGIBILITY_##rule, ORGANISATION_KIND_##kind, from, to, text},
#include "scoring/eligibility_sources.def"
#undef ELIGIBILITY_SOURCE
    };
    int year, month, day_of_month;

    date_to_ymd(day, &year, &month, &day_of_month);
    int32_t on = year * 10000 + month * 100 + day_of_month;
    for (size_t i = 0; i < sizeof SOURCES / sizeof *SOURCES; i++) {
        bool fits = SOURCES[i].kind == ORGANISATION_KIND_NONE || SOURCES[i].kind == kind;
        if (SOURCES[i].rule == rule && fits && SOURCES[i].from <= on && on <= SOURCES[i].to)
            return SOURCES[i].text;
    }
    return "";
}

void eligibility_walk(const struct dossier *dossier, const struct policy *policy, struct date as_of,
                      struct arena *arena, struct eligibility_result *result)
{
    const struct reading reading = {dossier, &policy->eligibility, as_of, arena};
    size_t count = policy->eligibility.rule_count;
    struct eligibility_finding *findings = ARENA_NEW(arena, struct eligibility_finding, count + 1);

    *result = (struct eligibility_result){.findings = findings, .finding_count = count};
    for (size_t i = 0; i < count; i++) {
        enum eligibility_rule rule = policy->eligibility.rules[i];
        struct verdict verdict = judge(&reading, rule);
        findings[i] = (struct eligibility_finding){.rule = rule, .outcome = verdict.outcome, .value = verdict.value.en,
                                                   .value_zh = verdict.value.zh,
                                                   .legal_source = source_on(rule, dossier->organisation.kind, as_of)};
        result->stop_count += verdict.outcome == ELIGIBILITY_STOP ? 1 : 0;
        result->missing_count += verdict.outcome == ELIGIBILITY_MISSING ? 1 : 0;
    }
}
