#include "scoring/cashflow_planner.h"

#include "base/money.h"

#define YEAR_DAYS 365
#define MONTHS_A_YEAR 12

bool planner_is_in_progress(const struct pipeline_contract *row)
{
    return row->is_signed && !date_is_none(row->contract->starts_on) && !date_is_none(row->contract->ends_on);
}

int32_t planner_service_days(const struct contract *contract)
{
    return date_days_between(contract->starts_on, contract->ends_on) + 1;
}

/* Value of a month of service. */
static int64_t month_value_fen(const struct contract *contract)
{
    return money_mul_ratio_floor(contract->value_fen, YEAR_DAYS, (int64_t)MONTHS_A_YEAR * planner_service_days(contract));
}

/* Staff stay for the notice period after a contract ends; where the next year is signed they go on under that one. */
struct date planner_staffed_until(const struct planner *planner, const struct pipeline_contract *row)
{
    int32_t notice_days = row->is_followed ? 0 : (int32_t)planner->policy->cashflow.notice_weeks * CASHFLOW_WEEK_DAYS;
    return date_add_days(row->contract->ends_on, notice_days);
}

static bool is_staffed(const struct planner *planner, const struct pipeline_contract *row, struct date day)
{
    return date_compare(row->contract->starts_on, day) <= 0 && date_compare(day, planner_staffed_until(planner, row)) <= 0;
}

/* Cost follows work: a share of payroll belongs to the contracts in hand, by their value, and never exceeds it. */
void planner_attach_work(struct planner *planner)
{
    const struct pipeline_result *pipeline = planner->pipeline;
    for (size_t i = 0; i < pipeline->contract_count; i++) {
        const struct pipeline_contract *row = &pipeline->contracts[i];
        if (planner_is_in_progress(row) && is_staffed(planner, row, planner->as_of))
            planner->work_value_fen += month_value_fen(row->contract);
    }
    int64_t attached_fen = money_mul_ppm_floor(planner->dossier->organisation.payroll_month_fen, planner->policy->cashflow.cost_follows_work_ppm);
    planner->work_cost_fen = attached_fen < planner->work_value_fen ? attached_fen : planner->work_value_fen;
}

/* The monthly payroll of one contract; one that comes new is staffed as those in hand are. */
int64_t planner_contract_cost_fen(const struct planner *planner, const struct contract *contract)
{
    if (planner->work_value_fen == 0)
        return money_mul_ppm_floor(month_value_fen(contract), planner->policy->cashflow.cost_follows_work_ppm);
    return money_mul_ratio_floor(month_value_fen(contract), planner->work_cost_fen, planner->work_value_fen);
}

int64_t planner_payroll_fen(const struct planner *planner, struct date day)
{
    const struct pipeline_result *pipeline = planner->pipeline;
    int64_t total_fen = planner->dossier->organisation.payroll_month_fen - planner->work_cost_fen;
    for (size_t i = 0; i < pipeline->contract_count; i++) {
        const struct pipeline_contract *row = &pipeline->contracts[i];
        if (planner_is_in_progress(row) && is_staffed(planner, row, day))
            total_fen += planner_contract_cost_fen(planner, row->contract);
    }
    return total_fen;
}

static struct date payday_of_month(const struct planner *planner, struct date month_start)
{
    struct date month_end = date_add_days(date_add_months(month_start, 1), -1);
    struct date payday = date_add_days(month_start, planner->dossier->organisation.payroll_day - 1);
    return date_compare(payday, month_end) > 0 ? month_end : payday;
}

static bool is_thirteenth(const struct planner *planner, struct date payday)
{
    int year, month, day;
    date_to_ymd(payday, &year, &month, &day);
    return planner->dossier->organisation.thirteenth_month && month == (int)planner->policy->cashflow.thirteenth_month;
}

void planner_list_paydays(struct planner *planner)
{
    int year, month, day;
    date_to_ymd(planner->as_of, &year, &month, &day);
    const struct date first_month = date_add_days(planner->as_of, 1 - day);
    for (int i = 0; i <= CASHFLOW_PAYROLLS_MAX && planner->payday_count < CASHFLOW_PAYROLLS_MAX; i++) {
        struct date payday = payday_of_month(planner, date_add_months(first_month, i));
        if (date_compare(payday, planner->as_of) <= 0)
            continue;
        if (planner_week_of(planner, payday) >= planner->plan->weeks)
            return;
        planner->paydays[planner->payday_count++] = (struct cashflow_payday){payday, is_thirteenth(planner, payday)};
    }
}
