#include "contracts/facts_store.h"

#include "contracts/allocation.h"
#include "contracts/contract_store.h"
#include "contracts/dossier_id.h"
#include "contracts/facility_store.h"
#include "contracts/organisation_store.h"
#include "contracts/payer_store.h"
#include "db/transaction.h"

#include <stdlib.h>
#include <string.h>

/* The tables of a dossier, and where each answer is found again. */
enum table {
    ORGANISATION,
    INSPECTIONS,
    GRADES,
    EVALUATIONS,
    LISTS,
    STAFF,
    STATEMENTS,
    RESOURCES,
    PAYERS,
    EXPERIENCE,
    CONTRACTS,
    SECURITY,
    MILESTONES,
    PAYMENTS,
    FACILITIES,
    INSTALMENTS,
    REPAYMENTS,
    DEFERRALS,
    TABLE_COUNT
};

static const struct fact_table *const TABLES[TABLE_COUNT] = {
    [ORGANISATION] = &ORGANISATION_FACTS,
    [INSPECTIONS] = &ANNUAL_INSPECTION_FACTS,
    [GRADES] = &ORGANISATION_GRADE_FACTS,
    [EVALUATIONS] = &SERVICE_EVALUATION_FACTS,
    [LISTS] = &LIST_ENTRY_FACTS,
    [STAFF] = &STAFF_REPORT_FACTS,
    [STATEMENTS] = &STATEMENT_FACTS,
    [RESOURCES] = &LINKED_RESOURCE_FACTS,
    [PAYERS] = &PAYER_FACTS,
    [EXPERIENCE] = &PAYER_EXPERIENCE_FACTS,
    [CONTRACTS] = &CONTRACT_FACTS,
    [SECURITY] = &SECURITY_FACTS,
    [MILESTONES] = &MILESTONE_FACTS,
    [PAYMENTS] = &PAYMENT_FACTS,
    [FACILITIES] = &FACILITY_FACTS,
    [INSTALMENTS] = &INSTALMENT_FACTS,
    [REPAYMENTS] = &REPAYMENT_FACTS,
    [DEFERRALS] = &DEFERRAL_FACTS,
};

struct loading {
    const struct facts_of *facts;
    struct date as_of;
    int64_t known_at_us;
    const struct payer_prior *prior;
    const struct application *application;
    struct arena *arena;
    struct uscc uscc;
    struct dossier *dossier; /* once it is built */
    struct db_rows rows[TABLE_COUNT];
    void *decoded[TABLE_COUNT];
    size_t next[TABLE_COUNT]; /* how far the children were handed to their parents; both are in the order of their keys */
};

static const void *row_at(const struct loading *loading, enum table table, size_t i)
{
    return (const char *)loading->decoded[table] + i * TABLES[table]->row_size;
}

static size_t count_of(const struct loading *loading, enum table table)
{
    return (size_t)loading->rows[table].count;
}

static enum zcd_code ask(struct db *db, struct loading *loading, struct zcd_error *err)
{
    for (int table = 0; table < TABLE_COUNT; table++) {
        db_rows_done(&loading->rows[table]); /* of a run before */
        enum zcd_code code = fact_table_queue(db, TABLES[table], loading->facts, loading->as_of, loading->known_at_us,
                                              &loading->rows[table], err);
        if (code != ZCD_OK)
            return code;
    }
    return db_finish(db, err);
}

/* What lies after the day had not happened yet. */
static struct date unless_later(const struct loading *loading, struct date day)
{
    return date_is_none(day) || date_compare(day, loading->as_of) > 0 ? DATE_NONE : day;
}

static bool is_yuan(const char *currency)
{
    return *currency == '\0' || strcmp(currency, "CNY") == 0;
}

/*
 * Copy one member of each row of a table: the struct of the dossier out of the row around it.
 *   offset  in  of the member in the row
 */
static void *members_of(const struct loading *loading, enum table table, size_t offset, size_t size)
{
    size_t count = count_of(loading, table);
    char *members = arena_alloc(loading->arena, count, size);

    for (size_t i = 0; i < count; i++)
        memcpy(members + i * size, (const char *)row_at(loading, table, i) + offset, size);
    return members;
}

#define MEMBERS_OF(loading, table, row, member)                                                                        \
    members_of(loading, table, offsetof(row, member), sizeof(((row *)NULL)->member))

/* ------------------------------------------------------------ organisation */

/* The latest one granted. */
static const struct organisation_grade *grade_of(const struct loading *loading)
{
    size_t count = count_of(loading, GRADES);
    const struct organisation_grade *grades = MEMBERS_OF(loading, GRADES, struct organisation_grade_row, grade);

    return count == 0 ? NULL : &grades[count - 1];
}

static void build_organisation(const struct loading *loading, struct dossier *dossier)
{
    const struct organisation_row *row = row_at(loading, ORGANISATION, 0);
    struct organisation *organisation = &dossier->organisation;
    struct uscc uscc = organisation->uscc;

    *organisation = row->organisation;
    organisation->uscc = uscc;
    dossier->provenance = row->provenance;
    organisation->annual_inspections = MEMBERS_OF(loading, INSPECTIONS, struct annual_inspection_row, inspection);
    organisation->annual_inspection_count = count_of(loading, INSPECTIONS);
    organisation->grade = grade_of(loading);
    organisation->service_evaluations = MEMBERS_OF(loading, EVALUATIONS, struct service_evaluation_row, evaluation);
    organisation->service_evaluation_count = count_of(loading, EVALUATIONS);
    struct list_entry *lists = MEMBERS_OF(loading, LISTS, struct list_entry_row, entry);
    for (size_t i = 0; i < count_of(loading, LISTS); i++)
        lists[i].removed_on = unless_later(loading, lists[i].removed_on);
    organisation->lists = lists;
    organisation->list_count = count_of(loading, LISTS);
    organisation->staff = MEMBERS_OF(loading, STAFF, struct staff_report_row, staff);
    organisation->staff_count = count_of(loading, STAFF);
    organisation->statements = MEMBERS_OF(loading, STATEMENTS, struct statement_row, statement);
    organisation->statement_count = count_of(loading, STATEMENTS);
    dossier->linked_resources = MEMBERS_OF(loading, RESOURCES, struct linked_resource_row, resource);
    dossier->linked_resource_count = count_of(loading, RESOURCES);
    dossier->payer_experience = MEMBERS_OF(loading, EXPERIENCE, struct payer_experience_row, experience);
    dossier->payer_experience_count = count_of(loading, EXPERIENCE);
}

/* --------------------------------------------------------------- contracts */

/* Negative while the milestone or payment belongs before the contract (and milestone): to one that is not there. */
static int compare_ids(const char *contract_a, const char *milestone_a, const char *contract_b, const char *milestone_b)
{
    int order = strcmp(contract_a, contract_b);
    return order != 0 ? order : strcmp(milestone_a, milestone_b);
}

/* A payment without a day is kept, but no dossier can hold it. */
static bool is_for_dossier(const struct payment_row *row)
{
    return is_yuan(row->currency) && !date_is_none(row->payment.paid_on);
}

/*
 * The payments of a milestone; of "", those of the contract whose milestone is not known, which come before the others.
 * What belongs to milestones that are not there is passed over.
 */
static struct payment *take_payments(struct loading *loading, const char *contract_id, const char *milestone_id,
                                     size_t *count)
{
    size_t *next = &loading->next[PAYMENTS];
    size_t last = count_of(loading, PAYMENTS);
    const struct payment_row *rows = loading->decoded[PAYMENTS];

    while (*next < last && compare_ids(rows[*next].contract_id, rows[*next].milestone_id, contract_id, milestone_id) < 0)
        (*next)++;
    size_t first = *next;
    while (*next < last && compare_ids(rows[*next].contract_id, rows[*next].milestone_id, contract_id, milestone_id) == 0)
        (*next)++;
    struct payment *payments = ARENA_NEW(loading->arena, struct payment, *next - first);
    *count = 0;
    for (size_t i = first; i < *next; i++) {
        if (is_for_dossier(&rows[i])) {
            payments[*count] = rows[i].payment;
            payments[(*count)++].id = dossier_id(rows[i].payment.id, loading->arena);
        }
    }
    return payments;
}

static void take_milestone(struct loading *loading, const struct milestone_row *row, struct milestone *milestone)
{
    *milestone = row->milestone;
    milestone->accepted_on = unless_later(loading, milestone->accepted_on);
    milestone->invoiced_on = unless_later(loading, milestone->invoiced_on);
    milestone->deducted_fen = milestone->deducted_fen == DOSSIER_FEN_NONE ? 0 : milestone->deducted_fen;
    milestone->payments = take_payments(loading, row->contract_id, milestone->id, &milestone->payment_count);
    milestone->id = dossier_id(milestone->id, loading->arena);
}

/* Does a milestone have this payment already, because another source knew which it belongs to? */
static bool is_assigned(const struct milestone *milestones, size_t count, const struct payment *payment)
{
    for (size_t m = 0; m < count; m++) {
        for (size_t i = 0; i < milestones[m].payment_count; i++) {
            const struct payment *own = &milestones[m].payments[i];
            if (own->paid_on.days == payment->paid_on.days && own->amount_fen == payment->amount_fen
                && strcmp(own->id, payment->id) == 0)
                return true;
        }
    }
    return false;
}

/* Those of the payments without a milestone that no milestone has. */
static size_t keep_unassigned(const struct milestone *milestones, size_t count, struct payment *payments,
                              size_t payment_count)
{
    size_t kept = 0;

    for (size_t i = 0; i < payment_count; i++) {
        if (!is_assigned(milestones, count, &payments[i]))
            payments[kept++] = payments[i];
    }
    return kept;
}

static void take_milestones(struct loading *loading, struct contract *contract)
{
    size_t *next = &loading->next[MILESTONES];
    size_t count = count_of(loading, MILESTONES), unassigned_count;
    const struct milestone_row *rows = loading->decoded[MILESTONES];
    int64_t scheduled_fen = 0;

    while (*next < count && strcmp(rows[*next].contract_id, contract->id) < 0)
        (*next)++;
    size_t first = *next;
    while (*next < count && strcmp(rows[*next].contract_id, contract->id) == 0)
        (*next)++;
    struct payment *unassigned = take_payments(loading, contract->id, "", &unassigned_count);
    struct milestone *milestones = ARENA_NEW(loading->arena, struct milestone, *next - first);
    for (size_t i = first; i < *next; i++) {
        if (!is_yuan(rows[i].currency))
            continue;
        struct milestone *milestone = &milestones[contract->milestone_count++];
        take_milestone(loading, &rows[i], milestone);
        scheduled_fen += milestone->amount_fen == DOSSIER_FEN_NONE ? 0 : milestone->amount_fen;
    }
    unassigned_count = keep_unassigned(milestones, contract->milestone_count, unassigned, unassigned_count);
    allocation_hand_out(milestones, contract->milestone_count, unassigned, unassigned_count, loading->arena);
    contract->milestones = milestones;
    contract->unscheduled_fen = contract->value_fen > scheduled_fen ? contract->value_fen - scheduled_fen : 0;
}

static void take_security(struct loading *loading, struct contract *contract)
{
    size_t *next = &loading->next[SECURITY];
    const struct security_row *rows = loading->decoded[SECURITY];

    contract->security = (struct contract_security){.pledge_registration = ""};
    for (; *next < count_of(loading, SECURITY); (*next)++) {
        const struct security_row *row = &rows[*next];
        int order = strcmp(row->contract_id, contract->id);
        if (order > 0)
            return;
        if (order < 0)
            continue;
        if (strcmp(row->kind, SECURITY_ACCOUNT_LOCK) == 0)
            contract->security.account_locked = true;
        if (strcmp(row->kind, SECURITY_BUYER_CONFIRMATION) == 0)
            contract->security.buyer_confirmed = true;
        if (strcmp(row->kind, SECURITY_PLEDGE_REGISTRATION) == 0)
            contract->security.pledge_registration = row->reference;
    }
}

/* What "0 when not given" stands for in a contract, for those that a file told in part. */
static void fill_defaults(struct contract *contract)
{
    contract->renewals = contract->renewals == DOSSIER_COUNT_NONE ? 0 : contract->renewals;
    contract->retained_fen = contract->retained_fen == DOSSIER_FEN_NONE ? 0 : contract->retained_fen;
    contract->disputed_fen = contract->disputed_fen == DOSSIER_FEN_NONE ? 0 : contract->disputed_fen;
}

/* Of a contract that several supply together, nothing is this one's until somebody has said what: no dossier can hold it. */
static bool is_contract_for_dossier(const struct contract_row *row)
{
    bool is_share_unknown = *row->shared_with != '\0' && row->contract.value_fen == DOSSIER_FEN_NONE;

    return is_yuan(row->currency) && !is_share_unknown;
}

static void build_contracts(struct loading *loading, struct dossier *dossier)
{
    size_t count = count_of(loading, CONTRACTS);
    const struct contract_row *rows = loading->decoded[CONTRACTS];

    dossier->contracts = ARENA_NEW(loading->arena, struct contract, count);
    for (size_t i = 0; i < count; i++) {
        if (!is_contract_for_dossier(&rows[i]))
            continue;
        struct contract *contract = &dossier->contracts[dossier->contract_count++];
        *contract = rows[i].contract;
        fill_defaults(contract);
        take_security(loading, contract);
        take_milestones(loading, contract);
        contract->id = dossier_id(contract->id, loading->arena);
        contract->payer = dossier_id(contract->payer, loading->arena);
    }
}

/* ------------------------------------------------------------------ payers */

static int compare_payer(const void *id, const void *row)
{
    return strcmp(id, ((const struct payer_row *)row)->payer.id);
}

/* Those whom only contracts that no dossier can hold name are left out with them: what is not known of them keeps nothing from being decided. */
static void build_payers(const struct loading *loading, struct dossier *dossier)
{
    size_t count = count_of(loading, PAYERS);
    const struct payer_row *rows = loading->decoded[PAYERS];
    const struct contract_row *contracts = loading->decoded[CONTRACTS];
    bool *is_held = ARENA_NEW(loading->arena, bool, count + 1), *is_left_out = ARENA_NEW(loading->arena, bool, count + 1);
    struct payer *payers = ARENA_NEW(loading->arena, struct payer, count + 1);

    for (size_t i = 0; count > 0 && i < count_of(loading, CONTRACTS); i++) {
        const struct payer_row *row = bsearch(contracts[i].contract.payer, rows, count, sizeof *rows, compare_payer);
        if (row != NULL)
            (is_contract_for_dossier(&contracts[i]) ? is_held : is_left_out)[row - rows] = true;
    }
    for (size_t i = 0; i < count; i++) {
        if (is_left_out[i] && !is_held[i])
            continue;
        payers[dossier->payer_count] = rows[i].payer;
        payers[dossier->payer_count++].id = dossier_id(rows[i].payer.id, loading->arena);
    }
    dossier->payers = payers;
}

/* -------------------------------------------------------------- facilities */

static int compare_instalments(const struct repayment_row *repayment, const struct instalment_row *instalment)
{
    int order = strcmp(repayment->facility_id, instalment->facility_id);

    if (order == 0)
        order = date_compare(repayment->due_on, instalment->instalment.due_on);
    return order != 0 ? order : repayment->number - instalment->number;
}

static void take_repayments(struct loading *loading, const struct instalment_row *of, struct instalment *instalment)
{
    size_t *next = &loading->next[REPAYMENTS];
    size_t count = count_of(loading, REPAYMENTS);
    const struct repayment_row *rows = loading->decoded[REPAYMENTS];

    while (*next < count && compare_instalments(&rows[*next], of) < 0)
        (*next)++;
    size_t first = *next;
    while (*next < count && compare_instalments(&rows[*next], of) == 0)
        (*next)++;
    struct instalment_payment *payments = ARENA_NEW(loading->arena, struct instalment_payment, *next - first);
    for (size_t i = first; i < *next; i++)
        payments[i - first] = rows[i].payment;
    instalment->payments = payments;
    instalment->payment_count = *next - first;
}

static void take_instalments(struct loading *loading, struct facility *facility)
{
    size_t *next = &loading->next[INSTALMENTS];
    size_t count = count_of(loading, INSTALMENTS);
    const struct instalment_row *rows = loading->decoded[INSTALMENTS];

    while (*next < count && strcmp(rows[*next].facility_id, facility->id) < 0)
        (*next)++;
    size_t first = *next;
    while (*next < count && strcmp(rows[*next].facility_id, facility->id) == 0)
        (*next)++;
    struct instalment *instalments = ARENA_NEW(loading->arena, struct instalment, *next - first);
    for (size_t i = first; i < *next; i++) {
        instalments[i - first] = rows[i].instalment;
        take_repayments(loading, &rows[i], &instalments[i - first]);
    }
    facility->instalments = instalments;
    facility->instalment_count = *next - first;
}

static void take_deferrals(const struct loading *loading, struct facility *facility)
{
    size_t count = count_of(loading, DEFERRALS);
    const struct deferral_row *rows = loading->decoded[DEFERRALS];
    struct deferral *deferrals = ARENA_NEW(loading->arena, struct deferral, count);

    for (size_t i = 0; i < count; i++) {
        if (strcmp(rows[i].facility_id, facility->id) == 0)
            deferrals[facility->deferral_count++] = rows[i].deferral;
    }
    facility->deferrals = deferrals;
}

/* The ids of a text with a space between two. */
static void take_pledges(const struct loading *loading, const char *joined, struct facility *facility)
{
    char *text = arena_copy_text(loading->arena, joined);
    const char **ids = ARENA_NEW(loading->arena, const char *, strlen(text) / 2 + 1);
    char *rest = text;

    for (char *id = strtok_r(text, " ", &rest); id != NULL; id = strtok_r(NULL, " ", &rest))
        ids[facility->pledged_contract_count++] = id;
    facility->pledged_contracts = ids;
}

static void build_facilities(struct loading *loading, struct dossier *dossier)
{
    size_t count = count_of(loading, FACILITIES);
    const struct facility_row *rows = loading->decoded[FACILITIES];

    dossier->facilities = ARENA_NEW(loading->arena, struct facility, count);
    dossier->facility_count = count;
    for (size_t i = 0; i < count; i++) {
        struct facility *facility = &dossier->facilities[i];
        *facility = rows[i].facility;
        take_pledges(loading, rows[i].pledged_contracts, facility);
        take_instalments(loading, facility);
        take_deferrals(loading, facility);
    }
}

/* ------------------------------------------------------------------- whole */

static enum zcd_code build(struct loading *loading, struct dossier *built, struct zcd_error *err)
{
    for (int table = 0; table < TABLE_COUNT; table++) {
        enum zcd_code code =
            fact_table_decode(TABLES[table], &loading->rows[table], loading->arena, &loading->decoded[table], err);
        if (code != ZCD_OK)
            return code;
    }
    if (count_of(loading, ORGANISATION) == 0)
        return zcd_fail(err, ZCD_NOT_FOUND, "nothing is known of this organisation");
    build_organisation(loading, built);
    build_payers(loading, built);
    build_contracts(loading, built);
    build_facilities(loading, built);
    return ZCD_OK;
}

/* The rows of a table are asked for with those of all others; what the book knows of the payers, once they are known. */
static enum zcd_code load(struct db *db, void *context, struct zcd_error *err)
{
    struct loading *loading = context;
    struct dossier *built = ARENA_NEW(loading->arena, struct dossier, 1);

    built->schema = DOSSIER_SCHEMA;
    built->as_of = loading->as_of;
    built->organisation.uscc = loading->uscc;
    if (loading->application != NULL)
        built->application = *loading->application;
    memset(loading->next, 0, sizeof loading->next);
    enum zcd_code code = ask(db, loading, err);
    if (code == ZCD_OK)
        code = build(loading, built, err);
    if (code == ZCD_OK && loading->prior != NULL)
        code = payer_delay_store_freeze(db, built, loading->known_at_us, loading->prior, loading->arena, err);
    if (code == ZCD_OK)
        loading->dossier = built;
    return code;
}

enum zcd_code facts_store_load_dossier(struct db *db, const struct facts_of *facts, struct date as_of,
                                       int64_t known_at_us, const struct payer_prior *prior,
                                       const struct application *application, struct arena *arena,
                                       struct dossier **dossier, struct zcd_error *err)
{
    struct loading loading = {.facts = facts,
                              .as_of = as_of,
                              .known_at_us = known_at_us,
                              .prior = prior,
                              .application = application,
                              .arena = arena};
    enum zcd_code code = uscc_parse(facts->uscc, &loading.uscc, err);

    if (code == ZCD_OK)
        code = db_transaction_run(db, DB_REPEATABLE_READ_ONLY, load, &loading, err);
    for (int table = 0; table < TABLE_COUNT; table++)
        db_rows_done(&loading.rows[table]);
    if (code == ZCD_OK)
        *dossier = loading.dossier;
    return code;
}
