/*
 * dossier_order.h - bring the lists of a dossier into the order of their keys, in which the tables of facts give them back.
 *
 * For tests alone: it writes into lists that the dossier calls const.
 */
#ifndef TESTS_LIB_DOSSIER_ORDER_H
#define TESTS_LIB_DOSSIER_ORDER_H

#include "contracts/dossier.h"

#include <stdlib.h>
#include <string.h>

#define DOSSIER_ORDER_BY(name, type, expression)                                                                       \
    static inline int name(const void *left, const void *right)                                                        \
    {                                                                                                                  \
        const type *a = left, *b = right;                                                                              \
        return (expression);                                                                                           \
    }

static inline int order_codes(const struct codelist *list, int a, int b)
{
    return strcmp(codelist_name(list, a), codelist_name(list, b));
}

DOSSIER_ORDER_BY(order_inspections, struct annual_inspection, a->year - b->year)
DOSSIER_ORDER_BY(order_evaluations, struct service_evaluation, a->year - b->year)
DOSSIER_ORDER_BY(order_statements, struct statement, a->year - b->year)
DOSSIER_ORDER_BY(order_staff, struct staff_report, date_compare(a->on, b->on))
DOSSIER_ORDER_BY(order_lists, struct list_entry,
                 a->list != b->list ? order_codes(&CODELIST_LIST_KIND, (int)a->list, (int)b->list)
                                    : date_compare(a->entered_on, b->entered_on))
DOSSIER_ORDER_BY(order_resources, struct linked_resource,
                 a->kind != b->kind ? order_codes(&CODELIST_LINKED_RESOURCE_KIND, (int)a->kind, (int)b->kind)
                                    : date_compare(a->on, b->on))
DOSSIER_ORDER_BY(order_payers, struct payer, strcmp(a->id, b->id))
DOSSIER_ORDER_BY(order_experience, struct payer_experience,
                 strcmp(a->payer, b->payer) != 0 ? strcmp(a->payer, b->payer)
                 : a->level != b->level          ? order_codes(&CODELIST_PAYER_LEVEL, (int)a->level, (int)b->level)
                                        : order_codes(&CODELIST_FUND_SOURCE, (int)a->fund_source, (int)b->fund_source))
DOSSIER_ORDER_BY(order_contracts, struct contract, strcmp(a->id, b->id))
DOSSIER_ORDER_BY(order_milestones, struct milestone, strcmp(a->id, b->id))
DOSSIER_ORDER_BY(order_payments, struct payment, strcmp(a->id, b->id))
DOSSIER_ORDER_BY(order_facilities, struct facility, strcmp(a->id, b->id))
DOSSIER_ORDER_BY(order_instalments, struct instalment, date_compare(a->due_on, b->due_on))
DOSSIER_ORDER_BY(order_repayments, struct instalment_payment, date_compare(a->paid_on, b->paid_on))
DOSSIER_ORDER_BY(order_deferrals, struct deferral, date_compare(a->agreed_on, b->agreed_on))

static inline void dossier_order_list(const void *list, size_t count, size_t size, int (*order)(const void *, const void *))
{
    if (count > 1)
        qsort((void *)(uintptr_t)list, count, size, order);
}
#define DOSSIER_ORDER(list, count, order) dossier_order_list((list), (count), sizeof *(list), (order))

static inline void dossier_order_contracts(const struct dossier *dossier)
{
    DOSSIER_ORDER(dossier->contracts, dossier->contract_count, order_contracts);
    for (size_t i = 0; i < dossier->contract_count; i++) {
        const struct contract *contract = &dossier->contracts[i];
        DOSSIER_ORDER(contract->milestones, contract->milestone_count, order_milestones);
        for (size_t m = 0; m < contract->milestone_count; m++)
            DOSSIER_ORDER(contract->milestones[m].payments, contract->milestones[m].payment_count, order_payments);
    }
}

static inline void dossier_order_facilities(const struct dossier *dossier)
{
    DOSSIER_ORDER(dossier->facilities, dossier->facility_count, order_facilities);
    for (size_t i = 0; i < dossier->facility_count; i++) {
        const struct facility *facility = &dossier->facilities[i];
        DOSSIER_ORDER(facility->instalments, facility->instalment_count, order_instalments);
        DOSSIER_ORDER(facility->deferrals, facility->deferral_count, order_deferrals);
        for (size_t n = 0; n < facility->instalment_count; n++)
            DOSSIER_ORDER(facility->instalments[n].payments, facility->instalments[n].payment_count, order_repayments);
    }
}

/* The indexes of dossier_link are of no use afterwards. */
static inline void dossier_order(const struct dossier *dossier)
{
    const struct organisation *organisation = &dossier->organisation;

    DOSSIER_ORDER(organisation->annual_inspections, organisation->annual_inspection_count, order_inspections);
    DOSSIER_ORDER(organisation->service_evaluations, organisation->service_evaluation_count, order_evaluations);
    DOSSIER_ORDER(organisation->statements, organisation->statement_count, order_statements);
    DOSSIER_ORDER(organisation->staff, organisation->staff_count, order_staff);
    DOSSIER_ORDER(organisation->lists, organisation->list_count, order_lists);
    DOSSIER_ORDER(dossier->linked_resources, dossier->linked_resource_count, order_resources);
    DOSSIER_ORDER(dossier->payers, dossier->payer_count, order_payers);
    DOSSIER_ORDER(dossier->payer_experience, dossier->payer_experience_count, order_experience);
    dossier_order_contracts(dossier);
    dossier_order_facilities(dossier);
}

#endif
