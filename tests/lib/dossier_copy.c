#include "tests/lib/dossier_copy.h"

#include <string.h>

static void *copy_rows(struct arena *arena, const void *rows, size_t count, size_t room, size_t size)
{
    void *copied = arena_alloc(arena, room + 1, size);
    if (count > 0)
        memcpy(copied, rows, count * size);
    return copied;
}

#define COPY(arena, rows, count) copy_rows((arena), (rows), (count), (count), sizeof *(rows))

static void copy_contract(struct contract *contract, struct arena *arena)
{
    struct milestone *milestones = COPY(arena, contract->milestones, contract->milestone_count);
    for (size_t i = 0; i < contract->milestone_count; i++)
        milestones[i].payments = COPY(arena, milestones[i].payments, milestones[i].payment_count);
    contract->milestones = milestones;
}

static void copy_facility(struct facility *facility, struct arena *arena)
{
    struct instalment *instalments = COPY(arena, facility->instalments, facility->instalment_count);
    for (size_t i = 0; i < facility->instalment_count; i++)
        instalments[i].payments = COPY(arena, instalments[i].payments, instalments[i].payment_count);
    facility->instalments = instalments;
    facility->deferrals = COPY(arena, facility->deferrals, facility->deferral_count);
    facility->pledged_contracts = COPY(arena, facility->pledged_contracts, facility->pledged_contract_count);
    facility->pledged_contract_indexes = COPY(arena, facility->pledged_contract_indexes, facility->pledged_contract_count);
}

static void copy_organisation(struct organisation *organisation, struct arena *arena)
{
    organisation->annual_inspections = COPY(arena, organisation->annual_inspections, organisation->annual_inspection_count);
    organisation->service_evaluations = COPY(arena, organisation->service_evaluations, organisation->service_evaluation_count);
    organisation->lists = COPY(arena, organisation->lists, organisation->list_count);
    organisation->staff = COPY(arena, organisation->staff, organisation->staff_count);
    organisation->statements = COPY(arena, organisation->statements, organisation->statement_count);
}

struct dossier *dossier_copy(const struct dossier *dossier, struct arena *arena)
{
    struct dossier *copy = ARENA_NEW(arena, struct dossier, 1);

    *copy = *dossier;
    copy_organisation(&copy->organisation, arena);
    copy->payers = COPY(arena, copy->payers, copy->payer_count);
    copy->payer_experience = COPY(arena, copy->payer_experience, copy->payer_experience_count);
    copy->contracts = COPY(arena, copy->contracts, copy->contract_count);
    copy->facilities = COPY(arena, copy->facilities, copy->facility_count);
    for (size_t i = 0; i < copy->contract_count; i++)
        copy_contract(&copy->contracts[i], arena);
    for (size_t i = 0; i < copy->facility_count; i++)
        copy_facility(&copy->facilities[i], arena);
    return copy;
}

struct milestone *copied_milestones(const struct contract *contract)
{
    return (struct milestone *)contract->milestones;
}

struct payment *copied_payments(const struct milestone *milestone)
{
    return (struct payment *)milestone->payments;
}

struct instalment *copied_instalments(const struct facility *facility)
{
    return (struct instalment *)facility->instalments;
}

struct instalment_payment *copied_instalment_payments(const struct instalment *instalment)
{
    return (struct instalment_payment *)instalment->payments;
}

static void take_out(void *rows, size_t *count, size_t index, size_t size)
{
    char *row = (char *)rows + index * size;
    memmove(row, row + size, (*count - index - 1) * size);
    *count -= 1;
}

static void let_go_of_contract(struct facility *facility, size_t contract)
{
    size_t *indexes = (size_t *)facility->pledged_contract_indexes;
    const char **ids = (const char **)facility->pledged_contracts;

    for (size_t i = facility->pledged_contract_count; i-- > 0;) {
        if (indexes[i] == contract) {
            size_t count = facility->pledged_contract_count;
            take_out(indexes, &count, i, sizeof *indexes);
            take_out(ids, &facility->pledged_contract_count, i, sizeof *ids);
        } else if (indexes[i] > contract) {
            indexes[i]--;
        }
    }
}

void dossier_remove_contract(struct dossier *copy, size_t index)
{
    take_out(copy->contracts, &copy->contract_count, index, sizeof *copy->contracts);
    for (size_t i = 0; i < copy->facility_count; i++)
        let_go_of_contract(&copy->facilities[i], index);
}

void dossier_remove_facility(struct dossier *copy, size_t index)
{
    struct application *application = &copy->application;

    take_out(copy->facilities, &copy->facility_count, index, sizeof *copy->facilities);
    if (application->facility_index == SIZE_MAX)
        return;
    if (application->facility_index > index) {
        application->facility_index--;
    } else if (application->facility_index == index) {
        application->facility_index = SIZE_MAX;
        application->facility = "";
        application->kind = APPLICATION_KIND_FIRST_LOAN;
    }
}

void dossier_remove_milestone(struct dossier *copy, size_t contract, size_t index)
{
    struct contract *row = &copy->contracts[contract];

    row->value_fen -= row->milestones[index].amount_fen;
    take_out(copied_milestones(row), &row->milestone_count, index, sizeof *row->milestones);
}
