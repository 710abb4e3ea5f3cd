/*
 * organisation.h - the borrower: what it is, who works there, what it has, what it owes each month.
 *
 * Member names are those of the dossier document. Texts and arrays live as long as the dossier's arena.
 * What may be missing says how it looks then. Pure. Thread: any.
 */
#ifndef CONTRACTS_ORGANISATION_H
#define CONTRACTS_ORGANISATION_H

#include "base/date.h"
#include "base/region.h"
#include "base/uscc.h"
#include "contracts/codelist.h"

#include <stddef.h>
#include <stdint.h>

/* An amount that the source does not give; told from zero, because the model scores a missing value as missing. */
#define DOSSIER_FEN_NONE INT64_MIN
#define DOSSIER_COUNT_NONE (-1) /* the same for a count */

struct annual_inspection {
    int32_t year;
    enum inspection_result result;
};

/* Grade by the civil-affairs authority, valid for five years. */
struct organisation_grade {
    enum grade_level level;
    struct date granted_on;
};

struct service_evaluation {
    int32_t year;
    enum evaluation_result result;
};

struct list_entry {
    enum list_kind list;
    struct date entered_on;
    struct date removed_on; /* DATE_NONE: still on it */
};

/* Head count on a day; the licensed are part of the total. */
struct staff_report {
    struct date on;
    int32_t total;
    int32_t licensed_assistant;    /* DOSSIER_COUNT_NONE when not given, like the next two */
    int32_t licensed_intermediate;
    int32_t licensed_senior;
};

/* One year's accounts. Every amount may be DOSSIER_FEN_NONE; net assets may be negative. */
struct statement {
    int32_t year;
    enum accounting_regime regime; /* ACCOUNTING_REGIME_NONE when not given */
    int64_t income_fen;
    int64_t public_income_fen; /* part of income */
    int64_t cost_fen;
    int64_t unrestricted_net_assets_fen;
    int64_t restricted_net_assets_fen;
    int64_t receivables_fen;
    int64_t liabilities_fen;
};

struct organisation {
    struct uscc uscc;
    const char *name;
    enum organisation_kind kind;
    struct date registered_on;
    struct region region;
    enum registration_status registration_status;
    const struct annual_inspection *annual_inspections; /* any order, each year once */
    size_t annual_inspection_count;
    const struct organisation_grade *grade; /* NULL: none */
    const struct service_evaluation *service_evaluations; /* any order, each year once */
    size_t service_evaluation_count;
    const struct list_entry *lists;
    size_t list_count;
    const struct staff_report *staff; /* any order, each day once */
    size_t staff_count;
    int32_t stations; /* DOSSIER_COUNT_NONE: not given */
    int64_t payroll_month_fen;
    int32_t payroll_day; /* 1..31; in a shorter month its last day */
    bool thirteenth_month;
    int64_t other_costs_month_fen; /* DOSSIER_FEN_NONE: not given */
    int64_t cash_fen;
    int64_t restricted_cash_fen; /* part of cash; DOSSIER_FEN_NONE: not given */
    int64_t wages_payable_fen;   /* DOSSIER_FEN_NONE: not given */
    const struct statement *statements; /* any order, each year once */
    size_t statement_count;
};

/* Is the organisation on that list on that day? The day of removal counts as off. */
bool organisation_is_listed(const struct organisation *organisation, enum list_kind list, struct date day);

/* The result of that year, or NONE when there is no row for it. */
enum inspection_result organisation_inspection(const struct organisation *organisation, int32_t year);
enum evaluation_result organisation_evaluation(const struct organisation *organisation, int32_t year);

/* The last report on or before the day, or NULL. */
const struct staff_report *organisation_staff_on(const struct organisation *organisation, struct date day);

/* Licensed staff of a report, all three levels, or DOSSIER_COUNT_NONE when none of them is given. */
int32_t staff_licensed(const struct staff_report *report);

/* The statement of that year, or of the latest year; NULL when there is none. */
const struct statement *organisation_statement(const struct organisation *organisation, int32_t year);
const struct statement *organisation_latest_statement(const struct organisation *organisation);

#endif
