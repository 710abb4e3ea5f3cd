#include "contracts/organisation.h"

#include "base/money.h"
#include "contracts/check_internal.h"
#include "contracts/dossier.h"
#include "contracts/field_rule_internal.h"

static const struct field_rule ORGANISATION_RULES[] = {
    FIELD_RULE(struct organisation, name, NAME),
    FIELD_RULE(struct organisation, kind, CODE, .codes = &CODELIST_ORGANISATION_KIND),
    FIELD_RULE(struct organisation, registered_on, PAST_DATE),
    FIELD_RULE(struct organisation, registration_status, CODE, .codes = &CODELIST_REGISTRATION_STATUS),
    FIELD_RULE(struct organisation, stations, COUNT, .max = DOSSIER_PEOPLE_MAX, .optional = true),
    FIELD_RULE(struct organisation, payroll_month_fen, AMOUNT),
    FIELD_RULE(struct organisation, payroll_day, COUNT, .min = 1, .max = 31),
    FIELD_RULE(struct organisation, other_costs_month_fen, AMOUNT, .optional = true),
    FIELD_RULE(struct organisation, cash_fen, AMOUNT),
    FIELD_RULE(struct organisation, restricted_cash_fen, AMOUNT, .optional = true),
    FIELD_RULE(struct organisation, wages_payable_fen, AMOUNT, .optional = true),
};

static const struct field_rule INSPECTION_RULES[] = {
    FIELD_RULE(struct annual_inspection, result, CODE, .codes = &CODELIST_INSPECTION_RESULT),
};

static const struct field_rule GRADE_RULES[] = {
    FIELD_RULE(struct organisation_grade, level, CODE, .codes = &CODELIST_GRADE_LEVEL),
    FIELD_RULE(struct organisation_grade, granted_on, PAST_DATE),
};

static const struct field_rule EVALUATION_RULES[] = {
    FIELD_RULE(struct service_evaluation, result, CODE, .codes = &CODELIST_EVALUATION_RESULT),
};

static const struct field_rule LIST_RULES[] = {
    FIELD_RULE(struct list_entry, list, CODE, .codes = &CODELIST_LIST_KIND),
    FIELD_RULE(struct list_entry, entered_on, PAST_DATE),
    FIELD_RULE(struct list_entry, removed_on, PAST_DATE, .optional = true),
};

static const struct field_rule STAFF_RULES[] = {
    FIELD_RULE(struct staff_report, on, PAST_DATE),
    FIELD_RULE(struct staff_report, total, COUNT, .max = DOSSIER_PEOPLE_MAX),
    FIELD_RULE(struct staff_report, licensed_assistant, COUNT, .max = DOSSIER_PEOPLE_MAX, .optional = true),
    FIELD_RULE(struct staff_report, licensed_intermediate, COUNT, .max = DOSSIER_PEOPLE_MAX, .optional = true),
    FIELD_RULE(struct staff_report, licensed_senior, COUNT, .max = DOSSIER_PEOPLE_MAX, .optional = true),
};

static const struct field_rule STATEMENT_RULES[] = {
    FIELD_RULE(struct statement, regime, CODE, .codes = &CODELIST_ACCOUNTING_REGIME, .optional = true),
    FIELD_RULE(struct statement, income_fen, AMOUNT, .optional = true),
    FIELD_RULE(struct statement, public_income_fen, AMOUNT, .optional = true),
    FIELD_RULE(struct statement, cost_fen, AMOUNT, .optional = true),
    FIELD_RULE(struct statement, unrestricted_net_assets_fen, AMOUNT, .min = -MONEY_FEN_MAX, .optional = true),
    FIELD_RULE(struct statement, restricted_net_assets_fen, AMOUNT, .min = -MONEY_FEN_MAX, .optional = true),
    FIELD_RULE(struct statement, receivables_fen, AMOUNT, .optional = true),
    FIELD_RULE(struct statement, liabilities_fen, AMOUNT, .optional = true),
};

/* GB 32100-2015 table 1: the first two characters of the code say what kind of body it is. */
static bool kind_agrees(enum organisation_kind kind, enum uscc_body body)
{
    switch (kind) {
    case ORGANISATION_KIND_SOCIAL_SERVICE_INSTITUTION:
        return body == USCC_BODY_SOCIAL_SERVICE_INSTITUTION;
    case ORGANISATION_KIND_SOCIAL_ASSOCIATION:
        return body == USCC_BODY_SOCIAL_ASSOCIATION;
    case ORGANISATION_KIND_FOUNDATION:
        return body == USCC_BODY_FOUNDATION;
    case ORGANISATION_KIND_PUBLIC_INSTITUTION:
        return body == USCC_BODY_PUBLIC_INSTITUTION;
    case ORGANISATION_KIND_ENTERPRISE:
        return body == USCC_BODY_ENTERPRISE;
    case ORGANISATION_KIND_NONE:
        break;
    }
    return false;
}

static int32_t year_of(struct date date)
{
    int year;
    int month;
    int day;

    date_to_ymd(date, &year, &month, &day);
    return year;
}

/*
 * A year that is in the past and stands in no earlier row.
 *   rows   in  the first row's year; years are `stride` bytes apart
 *   index  in  the row to judge
 */
static void check_year(const int32_t *rows, size_t stride, size_t index, struct date as_of, const struct error_place *place)
{
    const char *first = (const char *)rows;
    int32_t year = *(const int32_t *)(const void *)(first + index * stride);

    if (year < 1949)
        error_add(place, "year", "is %d, before 1949", (int)year);
    else if (year > year_of(as_of))
        error_add(place, "year", "is %d, after as_of", (int)year);
    for (size_t i = 0; i < index; i++) {
        if (*(const int32_t *)(const void *)(first + i * stride) == year) {
            error_add(place, "year", "repeats the year of row %zu", i);
            return;
        }
    }
}

static void check_inspections(const struct organisation *organisation, struct date as_of, const struct error_place *place)
{
    const struct annual_inspection *rows = organisation->annual_inspections;

    for (size_t i = 0; i < organisation->annual_inspection_count; i++) {
        const struct error_place row = error_place_row(place, "annual_inspections", i);
        FIELD_RULES_CHECK(INSPECTION_RULES, &rows[i], as_of, &row);
        check_year(&rows->year, sizeof *rows, i, as_of, &row);
    }
}

static void check_evaluations(const struct organisation *organisation, struct date as_of, const struct error_place *place)
{
    const struct service_evaluation *rows = organisation->service_evaluations;

    for (size_t i = 0; i < organisation->service_evaluation_count; i++) {
        const struct error_place row = error_place_row(place, "service_evaluations", i);
        FIELD_RULES_CHECK(EVALUATION_RULES, &rows[i], as_of, &row);
        check_year(&rows->year, sizeof *rows, i, as_of, &row);
    }
}

static void check_lists(const struct organisation *organisation, struct date as_of, const struct error_place *place)
{
    for (size_t i = 0; i < organisation->list_count; i++) {
        const struct list_entry *entry = &organisation->lists[i];
        const struct error_place row = error_place_row(place, "lists", i);
        FIELD_RULES_CHECK(LIST_RULES, entry, as_of, &row);
        if (!date_is_none(entry->removed_on) && date_compare(entry->removed_on, entry->entered_on) < 0
            && error_place_is_sound(&row, "entered_on"))
            error_add(&row, "removed_on", "is before entered_on");
    }
}

static void check_staff_report(const struct staff_report *rows, size_t index, struct date as_of, const struct error_place *place)
{
    const struct staff_report *report = &rows[index];

    FIELD_RULES_CHECK(STAFF_RULES, report, as_of, place);
    if (ERROR_ALL_SOUND(place, "licensed_assistant", "licensed_intermediate", "licensed_senior")
        && staff_licensed(report) > report->total)
        error_add(place, "total", "is %d, below the licensed staff of %d", (int)report->total, (int)staff_licensed(report));
    for (size_t i = 0; i < index; i++) {
        if (date_compare(rows[i].on, report->on) == 0) {
            error_add(place, "on", "repeats the day of row %zu", i);
            return;
        }
    }
}

static void check_staff(const struct organisation *organisation, struct date as_of, const struct error_place *place)
{
    for (size_t i = 0; i < organisation->staff_count; i++) {
        const struct error_place row = error_place_row(place, "staff", i);
        check_staff_report(organisation->staff, i, as_of, &row);
    }
}

/* DOSSIER_FEN_NONE is below every amount, so a part that is not given is never too large. */
static void check_statements(const struct organisation *organisation, struct date as_of, const struct error_place *place)
{
    const struct statement *rows = organisation->statements;

    for (size_t i = 0; i < organisation->statement_count; i++) {
        const struct error_place row = error_place_row(place, "statements", i);
        FIELD_RULES_CHECK(STATEMENT_RULES, &rows[i], as_of, &row);
        check_year(&rows->year, sizeof *rows, i, as_of, &row);
        if (rows[i].income_fen != DOSSIER_FEN_NONE && rows[i].public_income_fen > rows[i].income_fen
            && error_place_is_sound(&row, "income_fen"))
            error_add(&row, "public_income_fen", "is above income_fen");
    }
}

static void check_own_members(const struct organisation *organisation, struct date as_of, const struct error_place *place)
{
    FIELD_RULES_CHECK(ORGANISATION_RULES, organisation, as_of, place);
    if (ERROR_ALL_SOUND(place, "kind", "uscc") && !kind_agrees(organisation->kind, uscc_body(&organisation->uscc)))
        error_add(place, "kind", "is %s, but the USCC begins with %.2s",
                  codelist_name(&CODELIST_ORGANISATION_KIND, (int)organisation->kind), organisation->uscc.text);
    if (organisation->restricted_cash_fen > organisation->cash_fen && error_place_is_sound(place, "cash_fen"))
        error_add(place, "restricted_cash_fen", "is above cash_fen");
}

void organisation_check(const struct organisation *organisation, struct date as_of, const struct error_place *place)
{
    check_own_members(organisation, as_of, place);
    check_inspections(organisation, as_of, place);
    check_evaluations(organisation, as_of, place);
    check_lists(organisation, as_of, place);
    check_staff(organisation, as_of, place);
    check_statements(organisation, as_of, place);
    if (organisation->grade != NULL) {
        const struct error_place grade = error_place_member(place, "grade");
        FIELD_RULES_CHECK(GRADE_RULES, organisation->grade, as_of, &grade);
    }
}

bool organisation_is_listed(const struct organisation *organisation, enum list_kind list, struct date day)
{
    for (size_t i = 0; i < organisation->list_count; i++) {
        const struct list_entry *entry = &organisation->lists[i];
        bool has_left = !date_is_none(entry->removed_on) && date_compare(entry->removed_on, day) <= 0;
        if (entry->list == list && date_compare(entry->entered_on, day) <= 0 && !has_left)
            return true;
    }
    return false;
}

enum inspection_result organisation_inspection(const struct organisation *organisation, int32_t year)
{
    for (size_t i = 0; i < organisation->annual_inspection_count; i++) {
        if (organisation->annual_inspections[i].year == year)
            return organisation->annual_inspections[i].result;
    }
    return INSPECTION_RESULT_NONE;
}

enum evaluation_result organisation_evaluation(const struct organisation *organisation, int32_t year)
{
    for (size_t i = 0; i < organisation->service_evaluation_count; i++) {
        if (organisation->service_evaluations[i].year == year)
            return organisation->service_evaluations[i].result;
    }
    return EVALUATION_RESULT_NONE;
}

const struct staff_report *organisation_staff_on(const struct organisation *organisation, struct date day)
{
    const struct staff_report *latest = NULL;

    for (size_t i = 0; i < organisation->staff_count; i++) {
        const struct staff_report *report = &organisation->staff[i];
        if (date_compare(report->on, day) <= 0 && (latest == NULL || date_compare(report->on, latest->on) > 0))
            latest = report;
    }
    return latest;
}

int32_t staff_licensed(const struct staff_report *report)
{
    const int32_t counts[] = {report->licensed_assistant, report->licensed_intermediate, report->licensed_senior};
    int32_t licensed = DOSSIER_COUNT_NONE;

    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        if (counts[i] != DOSSIER_COUNT_NONE)
            licensed = (licensed == DOSSIER_COUNT_NONE ? 0 : licensed) + counts[i];
    }
    return licensed;
}

const struct statement *organisation_statement(const struct organisation *organisation, int32_t year)
{
    for (size_t i = 0; i < organisation->statement_count; i++) {
        if (organisation->statements[i].year == year)
            return &organisation->statements[i];
    }
    return NULL;
}

const struct statement *organisation_latest_statement(const struct organisation *organisation)
{
    const struct statement *latest = NULL;

    for (size_t i = 0; i < organisation->statement_count; i++) {
        if (latest == NULL || organisation->statements[i].year > latest->year)
            latest = &organisation->statements[i];
    }
    return latest;
}
