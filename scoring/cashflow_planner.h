/*
 * cashflow_planner.h - what the makers of a plan share: cashflow_plan.c (time, curves, authorities, outflows), cashflow_wages.c
 * (who is paid when) and cashflow_flows.c (what may come in). Only for them.
 */
#ifndef SCORING_CASHFLOW_PLANNER_H
#define SCORING_CASHFLOW_PLANNER_H

#include "scoring/cashflow_internal.h"

#define CASHFLOW_WEEK_DAYS 7

/* A day on which wages are due. */
struct cashflow_payday {
    struct date day;
    bool is_thirteenth; /* two wages in one */
};

/* Everything the small steps pass around. */
struct planner {
    const struct dossier *dossier;
    const struct policy *policy;
    struct date as_of;
    const struct delay_result *delay;
    const struct pipeline_result *pipeline;
    struct arena *arena;
    struct cashflow_plan *plan;
    struct cashflow_flow *flows;
    struct cashflow_luck *lucks;
    struct cashflow_outlook *outlooks;
    struct cashflow_payday paydays[CASHFLOW_PAYROLLS_MAX];
    size_t payday_count;
    int64_t work_value_fen; /* monthly value of the contracts that staff now work on */
    int64_t work_cost_fen;  /* monthly payroll attached to them */
};

/* ------------------------------------------------------------------ cashflow_plan.c */

/* The week of the plan that a day falls into; negative before as_of. */
int32_t planner_week_of(const struct planner *planner, struct date day);
int32_t planner_weeks_rounded_up(int32_t days);

/* The draw for what these ids name, on the plan's paths. */
struct rng_shuffle planner_draw_of(const struct planner *planner, const char *kind, const char *id_first, const char *id_second);

/* Index of the finance authority that pays the contract. */
size_t planner_authority_of(const struct planner *planner, const struct contract *contract);

/* ------------------------------------------------------------------ cashflow_wages.c */

/* Signed, with a service period. */
bool planner_is_in_progress(const struct pipeline_contract *row);
int32_t planner_service_days(const struct contract *contract);

/* Staff stay for the notice period after a contract ends; where the next year is signed they go on under that one. */
struct date planner_staffed_until(const struct planner *planner, const struct pipeline_contract *row);

/* Cost follows work: attach a share of payroll to the contracts in hand, by their value, never above it. */
void planner_attach_work(struct planner *planner);

/* The monthly payroll of one contract; one that comes new is staffed as those in hand are. */
int64_t planner_contract_cost_fen(const struct planner *planner, const struct contract *contract);

/* A month's payroll on that day. */
int64_t planner_payroll_fen(const struct planner *planner, struct date day);

/* The paydays after as_of within the horizon, first to last; the day is the month's last where it has no such day. */
void planner_list_paydays(struct planner *planner);

/* ------------------------------------------------------------------ cashflow_flows.c */

/* Everything that may come in, and the contracts that may come about, with the payroll that they bring. */
void planner_fill_flows(struct planner *planner);

#endif
