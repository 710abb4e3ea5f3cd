#include "contracts/facts_store.h"

#include "base/cleanup.h"
#include "contracts/contract_store.h"
#include "contracts/facility_store.h"
#include "contracts/organisation_store.h"
#include "contracts/payer_store.h"

#include <string.h>

/* One table at a time: its rows wait here until they are sent. */
struct writing {
    struct db *db;
    struct fact_import *import;
    const struct dossier *dossier;
    struct db_copy waiting;
};

static void done(struct writing *writing)
{
    db_copy_done(&writing->waiting);
}

/* From its own day on, but not later than the dossier that knows it. */
static struct date from_day(const struct writing *writing, struct date day)
{
    struct date as_of = writing->dossier->as_of;
    return date_is_none(day) || date_compare(day, as_of) > 0 ? as_of : day;
}

static struct date from_year_end(const struct writing *writing, int32_t year)
{
    struct date day;
    struct zcd_error unwanted;

    return date_from_ymd(year, 12, 31, &day, &unwanted) == ZCD_OK ? from_day(writing, day) : writing->dossier->as_of;
}

static struct fact_row row_from(struct date valid_from, size_t i)
{
    return (struct fact_row){.valid_from = valid_from, .source_row = (int64_t)i + 1};
}

static void add(struct writing *writing, const struct fact_table *table, const void *row)
{
    fact_table_add(table, &writing->waiting, writing->dossier->organisation.uscc.text, row);
}

static enum zcd_code send(struct writing *writing, const struct fact_table *table, struct zcd_error *err)
{
    if (writing->waiting.row_count == 0)
        return ZCD_OK;
    enum zcd_code code = fact_table_stage(writing->db, table, &writing->waiting, err);
    return code == ZCD_OK ? fact_table_write(writing->db, table, writing->import, err) : code;
}

/* ------------------------------------------------------------ organisation */

static enum zcd_code write_organisation(struct writing *writing, struct zcd_error *err)
{
    struct organisation_row row = {.row = row_from(writing->dossier->as_of, 0),
                                   .organisation = writing->dossier->organisation,
                                   .provenance = writing->dossier->provenance};

    add(writing, &ORGANISATION_FACTS, &row);
    return send(writing, &ORGANISATION_FACTS, err);
}

static enum zcd_code write_inspections(struct writing *writing, struct zcd_error *err)
{
    const struct organisation *organisation = &writing->dossier->organisation;

    for (size_t i = 0; i < organisation->annual_inspection_count; i++) {
        struct annual_inspection_row row = {.inspection = organisation->annual_inspections[i]};
        row.row = row_from(from_year_end(writing, row.inspection.year), i);
        add(writing, &ANNUAL_INSPECTION_FACTS, &row);
    }
    return send(writing, &ANNUAL_INSPECTION_FACTS, err);
}

static enum zcd_code write_grade(struct writing *writing, struct zcd_error *err)
{
    const struct organisation_grade *grade = writing->dossier->organisation.grade;

    if (grade == NULL)
        return ZCD_OK;
    struct organisation_grade_row row = {.row = row_from(from_day(writing, grade->granted_on), 0), .grade = *grade};
    add(writing, &ORGANISATION_GRADE_FACTS, &row);
    return send(writing, &ORGANISATION_GRADE_FACTS, err);
}

static enum zcd_code write_evaluations(struct writing *writing, struct zcd_error *err)
{
    const struct organisation *organisation = &writing->dossier->organisation;

    for (size_t i = 0; i < organisation->service_evaluation_count; i++) {
        struct service_evaluation_row row = {.evaluation = organisation->service_evaluations[i]};
        row.row = row_from(from_year_end(writing, row.evaluation.year), i);
        add(writing, &SERVICE_EVALUATION_FACTS, &row);
    }
    return send(writing, &SERVICE_EVALUATION_FACTS, err);
}

static enum zcd_code write_list_entries(struct writing *writing, struct zcd_error *err)
{
    const struct organisation *organisation = &writing->dossier->organisation;

    for (size_t i = 0; i < organisation->list_count; i++) {
        struct list_entry_row row = {.entry = organisation->lists[i]};
        row.row = row_from(from_day(writing, row.entry.entered_on), i);
        add(writing, &LIST_ENTRY_FACTS, &row);
    }
    return send(writing, &LIST_ENTRY_FACTS, err);
}

static enum zcd_code write_staff(struct writing *writing, struct zcd_error *err)
{
    const struct organisation *organisation = &writing->dossier->organisation;

    for (size_t i = 0; i < organisation->staff_count; i++) {
        struct staff_report_row row = {.staff = organisation->staff[i]};
        row.row = row_from(from_day(writing, row.staff.on), i);
        add(writing, &STAFF_REPORT_FACTS, &row);
    }
    return send(writing, &STAFF_REPORT_FACTS, err);
}

static enum zcd_code write_statements(struct writing *writing, struct zcd_error *err)
{
    const struct organisation *organisation = &writing->dossier->organisation;

    for (size_t i = 0; i < organisation->statement_count; i++) {
        struct statement_row row = {.statement = organisation->statements[i]};
        row.row = row_from(from_year_end(writing, row.statement.year), i);
        add(writing, &STATEMENT_FACTS, &row);
    }
    return send(writing, &STATEMENT_FACTS, err);
}

/* From 1: how many of the rows before have the same kind and day. */
static int32_t number_of_resource(const struct linked_resource *resources, size_t i)
{
    int32_t number = 1;

    for (size_t before = 0; before < i; before++)
        number += resources[before].kind == resources[i].kind && resources[before].on.days == resources[i].on.days;
    return number;
}

static enum zcd_code write_linked_resources(struct writing *writing, struct zcd_error *err)
{
    const struct dossier *dossier = writing->dossier;

    for (size_t i = 0; i < dossier->linked_resource_count; i++) {
        struct linked_resource_row row = {.resource = dossier->linked_resources[i],
                                          .number = number_of_resource(dossier->linked_resources, i)};
        row.row = row_from(from_day(writing, row.resource.on), i);
        add(writing, &LINKED_RESOURCE_FACTS, &row);
    }
    return send(writing, &LINKED_RESOURCE_FACTS, err);
}

/* ------------------------------------------------------------------ payers */

static enum zcd_code write_payers(struct writing *writing, struct zcd_error *err)
{
    const struct dossier *dossier = writing->dossier;

    for (size_t i = 0; i < dossier->payer_count; i++) {
        struct payer_row row = {.row = row_from(dossier->as_of, i), .payer = dossier->payers[i]};
        add(writing, &PAYER_FACTS, &row);
    }
    return send(writing, &PAYER_FACTS, err);
}

static enum zcd_code write_experience(struct writing *writing, struct zcd_error *err)
{
    const struct dossier *dossier = writing->dossier;

    for (size_t i = 0; i < dossier->payer_experience_count; i++) {
        struct payer_experience_row row = {.row = row_from(dossier->as_of, i),
                                           .experience = dossier->payer_experience[i]};
        add(writing, &PAYER_EXPERIENCE_FACTS, &row);
    }
    return send(writing, &PAYER_EXPERIENCE_FACTS, err);
}

/* --------------------------------------------------------------- contracts */

static enum zcd_code write_contracts(struct writing *writing, struct zcd_error *err)
{
    const struct dossier *dossier = writing->dossier;

    for (size_t i = 0; i < dossier->contract_count; i++) {
        struct contract_row row = {.row = row_from(dossier->as_of, i), .contract = dossier->contracts[i]};
        add(writing, &CONTRACT_FACTS, &row);
    }
    return send(writing, &CONTRACT_FACTS, err);
}

static void add_security(struct writing *writing, size_t i, const char *kind, bool holds, const char *reference)
{
    struct security_row row = {.row = row_from(writing->dossier->as_of, i),
                               .contract_id = writing->dossier->contracts[i].id,
                               .kind = kind,
                               .reference = reference};

    row.row.removed = !holds;
    add(writing, &SECURITY_FACTS, &row);
}

static enum zcd_code write_security(struct writing *writing, struct zcd_error *err)
{
    const struct dossier *dossier = writing->dossier;

    for (size_t i = 0; i < dossier->contract_count; i++) {
        const struct contract_security *security = &dossier->contracts[i].security;
        const char *registration = security->pledge_registration == NULL ? "" : security->pledge_registration;
        add_security(writing, i, SECURITY_ACCOUNT_LOCK, security->account_locked, "");
        add_security(writing, i, SECURITY_PLEDGE_REGISTRATION, *registration != '\0', registration);
        add_security(writing, i, SECURITY_BUYER_CONFIRMATION, security->buyer_confirmed, "");
    }
    return send(writing, &SECURITY_FACTS, err);
}

static enum zcd_code write_milestones(struct writing *writing, struct zcd_error *err)
{
    const struct dossier *dossier = writing->dossier;

    for (size_t i = 0; i < dossier->contract_count; i++) {
        for (size_t m = 0; m < dossier->contracts[i].milestone_count; m++) {
            struct milestone_row row = {.row = row_from(dossier->as_of, m),
                                        .contract_id = dossier->contracts[i].id,
                                        .milestone = dossier->contracts[i].milestones[m]};
            add(writing, &MILESTONE_FACTS, &row);
        }
    }
    return send(writing, &MILESTONE_FACTS, err);
}

static void add_payments(struct writing *writing, const char *contract_id, const struct milestone *milestone)
{
    for (size_t i = 0; i < milestone->payment_count; i++) {
        struct payment_row row = {.contract_id = contract_id,
                                  .milestone_id = milestone->id,
                                  .payment = milestone->payments[i]};
        row.row = row_from(from_day(writing, row.payment.paid_on), i);
        add(writing, &PAYMENT_FACTS, &row);
    }
}

static enum zcd_code write_payments(struct writing *writing, struct zcd_error *err)
{
    const struct dossier *dossier = writing->dossier;

    for (size_t i = 0; i < dossier->contract_count; i++) {
        const struct contract *contract = &dossier->contracts[i];
        for (size_t m = 0; m < contract->milestone_count; m++)
            add_payments(writing, contract->id, &contract->milestones[m]);
    }
    return send(writing, &PAYMENT_FACTS, err);
}

/* -------------------------------------------------------------- facilities */

static const char *join_ids(const struct facility *facility, struct buffer *text)
{
    buffer_clear(text);
    for (size_t i = 0; i < facility->pledged_contract_count; i++) {
        buffer_append_text(text, i == 0 ? "" : " ");
        buffer_append_text(text, facility->pledged_contracts[i]);
    }
    return text->size == 0 ? "" : (const char *)text->data;
}

static enum zcd_code write_facilities(struct writing *writing, struct zcd_error *err)
{
    const struct dossier *dossier = writing->dossier;
    ZCD_AUTO(buffer_done)
    struct buffer ids = {0};

    for (size_t i = 0; i < dossier->facility_count; i++) {
        struct facility_row row = {.row = row_from(dossier->as_of, i),
                                   .facility = dossier->facilities[i],
                                   .pledged_contracts = join_ids(&dossier->facilities[i], &ids)};
        add(writing, &FACILITY_FACTS, &row);
    }
    return send(writing, &FACILITY_FACTS, err);
}

/* From 1: how many of the instalments before fall due on the same day. */
static int32_t number_of_instalment(const struct facility *facility, size_t i)
{
    int32_t number = 1;

    for (size_t before = 0; before < i; before++)
        number += facility->instalments[before].due_on.days == facility->instalments[i].due_on.days;
    return number;
}

static enum zcd_code write_instalments(struct writing *writing, struct zcd_error *err)
{
    const struct dossier *dossier = writing->dossier;

    for (size_t f = 0; f < dossier->facility_count; f++) {
        const struct facility *facility = &dossier->facilities[f];
        for (size_t i = 0; i < facility->instalment_count; i++) {
            struct instalment_row row = {.row = row_from(from_day(writing, facility->opened_on), i),
                                         .facility_id = facility->id,
                                         .number = number_of_instalment(facility, i),
                                         .instalment = facility->instalments[i]};
            add(writing, &INSTALMENT_FACTS, &row);
        }
    }
    return send(writing, &INSTALMENT_FACTS, err);
}

static void add_repayments(struct writing *writing, const struct facility *facility, size_t instalment)
{
    const struct instalment *paid = &facility->instalments[instalment];

    for (size_t i = 0; i < paid->payment_count; i++) {
        struct repayment_row row = {.facility_id = facility->id,
                                    .due_on = paid->due_on,
                                    .number = number_of_instalment(facility, instalment),
                                    .part = 1,
                                    .payment = paid->payments[i]};
        for (size_t before = 0; before < i; before++)
            row.part += paid->payments[before].paid_on.days == row.payment.paid_on.days;
        row.row = row_from(from_day(writing, row.payment.paid_on), i);
        add(writing, &REPAYMENT_FACTS, &row);
    }
}

static enum zcd_code write_repayments(struct writing *writing, struct zcd_error *err)
{
    const struct dossier *dossier = writing->dossier;

    for (size_t f = 0; f < dossier->facility_count; f++) {
        for (size_t i = 0; i < dossier->facilities[f].instalment_count; i++)
            add_repayments(writing, &dossier->facilities[f], i);
    }
    return send(writing, &REPAYMENT_FACTS, err);
}

static enum zcd_code write_deferrals(struct writing *writing, struct zcd_error *err)
{
    const struct dossier *dossier = writing->dossier;

    for (size_t f = 0; f < dossier->facility_count; f++) {
        for (size_t i = 0; i < dossier->facilities[f].deferral_count; i++) {
            struct deferral_row row = {.facility_id = dossier->facilities[f].id,
                                       .deferral = dossier->facilities[f].deferrals[i]};
            row.row = row_from(from_day(writing, row.deferral.agreed_on), i);
            add(writing, &DEFERRAL_FACTS, &row);
        }
    }
    return send(writing, &DEFERRAL_FACTS, err);
}

enum zcd_code facts_store_write_dossier(struct db *db, struct fact_import *import, const struct dossier *dossier,
                                        struct zcd_error *err)
{
    static enum zcd_code (*const tables[])(struct writing *, struct zcd_error *) = {
        write_organisation, write_inspections,      write_grade,      write_evaluations, write_list_entries,
        write_staff,        write_statements,       write_payers,     write_experience,  write_linked_resources,
        write_contracts,    write_security,         write_milestones, write_payments,    write_facilities,
        write_instalments,  write_repayments,       write_deferrals,
    };
    ZCD_AUTO(done)
    struct writing writing = {.db = db, .import = import, .dossier = dossier};

    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        enum zcd_code code = tables[i](&writing, err);
        if (code != ZCD_OK)
            return code;
    }
    return ZCD_OK;
}
