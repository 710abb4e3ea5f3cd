#include "contracts/dossier.h"

#include "contracts/check_internal.h"
#include "contracts/field_rule_internal.h"
#include "contracts/id_index_internal.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

static_assert(offsetof(struct payer, id) == 0, "id_index_of reads the first member");
static_assert(offsetof(struct contract, id) == 0, "id_index_of reads the first member");
static_assert(offsetof(struct milestone, id) == 0, "id_index_of reads the first member");
static_assert(offsetof(struct payment, id) == 0, "id_index_of reads the first member");
static_assert(offsetof(struct facility, id) == 0, "id_index_of reads the first member");

static const struct field_rule LINKED_RESOURCE_RULES[] = {
    FIELD_RULE(struct linked_resource, kind, CODE, .codes = &CODELIST_LINKED_RESOURCE_KIND),
    FIELD_RULE(struct linked_resource, on, PAST_DATE),
    FIELD_RULE(struct linked_resource, count, COUNT, .max = DOSSIER_PEOPLE_MAX, .optional = true),
    FIELD_RULE(struct linked_resource, amount_fen, AMOUNT, .optional = true),
    FIELD_RULE(struct linked_resource, note, NOTE, .optional = true),
};

/* Linking, step 1: how many rows. */

struct row_bound {
    const char *name;
    size_t count;
    size_t count_max;
};

static enum zcd_code check_bounds(const struct row_bound *bounds, size_t bound_count, struct zcd_error *err)
{
    for (size_t i = 0; i < bound_count; i++) {
        if (bounds[i].count > bounds[i].count_max)
            return fail_member(err, bounds[i].name, "has %zu rows, more than %zu", bounds[i].count, bounds[i].count_max);
    }
    return ZCD_OK;
}

static enum zcd_code bound_organisation(const struct organisation *organisation, struct zcd_error *err)
{
    const struct row_bound bounds[] = {
        {"annual_inspections", organisation->annual_inspection_count, DOSSIER_ROWS_MAX},
        {"service_evaluations", organisation->service_evaluation_count, DOSSIER_ROWS_MAX},
        {"lists", organisation->list_count, DOSSIER_ROWS_MAX},
        {"staff", organisation->staff_count, DOSSIER_ROWS_MAX},
        {"statements", organisation->statement_count, DOSSIER_ROWS_MAX},
    };

    if (check_bounds(bounds, sizeof bounds / sizeof *bounds, err) != ZCD_OK)
        return zcd_fail_within(err, "organisation");
    return ZCD_OK;
}

/* Milestones and payments are bounded over all contracts together. */
static enum zcd_code bound_schedules(const struct dossier *dossier, struct zcd_error *err)
{
    size_t milestones = 0;
    size_t payments = 0;

    for (size_t i = 0; i < dossier->contract_count; i++) {
        const struct contract *contract = &dossier->contracts[i];
        milestones += contract->milestone_count;
        for (size_t j = 0; j < contract->milestone_count; j++)
            payments += contract->milestones[j].payment_count;
    }
    if (milestones > DOSSIER_MILESTONES_MAX)
        return fail_member(err, "contracts", "have %zu milestones, more than %d", milestones, DOSSIER_MILESTONES_MAX);
    if (payments > DOSSIER_PAYMENTS_MAX)
        return fail_member(err, "contracts", "have %zu payments, more than %d", payments, DOSSIER_PAYMENTS_MAX);
    return ZCD_OK;
}

static enum zcd_code bound_facility(const struct facility *facility, struct zcd_error *err)
{
    const struct row_bound bounds[] = {
        {"pledged_contracts", facility->pledged_contract_count, DOSSIER_CONTRACTS_MAX},
        {"instalments", facility->instalment_count, DOSSIER_INSTALMENTS_MAX},
        {"deferrals", facility->deferral_count, DOSSIER_DEFERRALS_MAX},
    };
    enum zcd_code code = check_bounds(bounds, sizeof bounds / sizeof *bounds, err);
    if (code != ZCD_OK)
        return code;

    for (size_t i = 0; i < facility->instalment_count; i++) {
        const struct row_bound bound = {"payments", facility->instalments[i].payment_count, DOSSIER_INSTALMENT_PAYMENTS_MAX};
        if (check_bounds(&bound, 1, err) != ZCD_OK)
            return fail_within_row(err, "instalments", i);
    }
    return ZCD_OK;
}

static enum zcd_code bound_rows(const struct dossier *dossier, struct zcd_error *err)
{
    const struct row_bound bounds[] = {
        {"payers", dossier->payer_count, DOSSIER_PAYERS_MAX},
        {"payer_experience", dossier->payer_experience_count, DOSSIER_EXPERIENCE_MAX},
        {"linked_resources", dossier->linked_resource_count, DOSSIER_ROWS_MAX},
        {"contracts", dossier->contract_count, DOSSIER_CONTRACTS_MAX},
        {"facilities", dossier->facility_count, DOSSIER_FACILITIES_MAX},
    };
    enum zcd_code code = bound_organisation(&dossier->organisation, err);
    if (code == ZCD_OK)
        code = check_bounds(bounds, sizeof bounds / sizeof *bounds, err);
    if (code == ZCD_OK)
        code = bound_schedules(dossier, err);
    if (code != ZCD_OK)
        return code;

    for (size_t i = 0; i < dossier->facility_count; i++) {
        if (bound_facility(&dossier->facilities[i], err) != ZCD_OK)
            return fail_within_row(err, "facilities", i);
    }
    return ZCD_OK;
}

/* Linking, step 2: ids are well formed and stand once. */

/*
 * Index the ids of an array, refusing ill-formed and repeated ones.
 *   array   in   the member's name, for the pointer; `id` is the member that holds the id, "" where rows are texts
 */
static enum zcd_code index_ids(const void *rows, size_t stride, size_t count, const char *array, const char *id,
                               struct arena *arena, struct id_index *index, struct zcd_error *err)
{
    for (size_t i = 0; i < count; i++) {
        if (field_text_check(id_of_row(rows, stride, i), FIELD_ID, err) == ZCD_OK)
            continue;
        if (id[0] != '\0')
            (void)zcd_fail_within(err, id);
        return fail_within_row(err, array, i);
    }

    size_t first;
    size_t again;
    *index = id_index_of(rows, stride, count, arena);
    if (!id_index_find_repeat(index, &first, &again))
        return ZCD_OK;
    (void)zcd_fail(err, ZCD_INVALID, "repeats the id of row %zu", first);
    if (id[0] != '\0')
        (void)zcd_fail_within(err, id);
    return fail_within_row(err, array, again);
}

static enum zcd_code check_schedule_ids(const struct contract *contract, struct arena *arena, struct zcd_error *err)
{
    struct id_index unused;
    enum zcd_code code = index_ids(contract->milestones, sizeof *contract->milestones, contract->milestone_count, "milestones",
                                   "id", arena, &unused, err);
    if (code != ZCD_OK)
        return code;

    for (size_t i = 0; i < contract->milestone_count; i++) {
        const struct milestone *milestone = &contract->milestones[i];
        if (index_ids(milestone->payments, sizeof *milestone->payments, milestone->payment_count, "payments", "id", arena,
                      &unused, err)
            != ZCD_OK)
            return fail_within_row(err, "milestones", i);
    }
    return ZCD_OK;
}

struct dossier_ids {
    struct id_index payers;
    struct id_index contracts;
    struct id_index facilities;
};

static enum zcd_code index_dossier(const struct dossier *dossier, struct arena *arena, struct dossier_ids *ids,
                                   struct zcd_error *err)
{
    enum zcd_code code =
        index_ids(dossier->payers, sizeof *dossier->payers, dossier->payer_count, "payers", "id", arena, &ids->payers, err);
    if (code == ZCD_OK)
        code = index_ids(dossier->contracts, sizeof *dossier->contracts, dossier->contract_count, "contracts", "id", arena,
                         &ids->contracts, err);
    if (code == ZCD_OK)
        code = index_ids(dossier->facilities, sizeof *dossier->facilities, dossier->facility_count, "facilities", "id", arena,
                         &ids->facilities, err);
    if (code != ZCD_OK)
        return code;

    for (size_t i = 0; i < dossier->contract_count; i++) {
        if (check_schedule_ids(&dossier->contracts[i], arena, err) != ZCD_OK)
            return fail_within_row(err, "contracts", i);
    }
    for (size_t i = 0; i < dossier->facility_count; i++) {
        const struct facility *facility = &dossier->facilities[i];
        struct id_index unused;
        if (index_ids(facility->pledged_contracts, sizeof *facility->pledged_contracts, facility->pledged_contract_count,
                      "pledged_contracts", "", arena, &unused, err)
            != ZCD_OK)
            return fail_within_row(err, "facilities", i);
    }
    return ZCD_OK;
}

/* Linking, step 3: references have a target. */

static enum zcd_code link_payers(struct dossier *dossier, const struct dossier_ids *ids, struct zcd_error *err)
{
    for (size_t i = 0; i < dossier->contract_count; i++) {
        struct contract *contract = &dossier->contracts[i];
        contract->payer_index = id_index_find(&ids->payers, contract->payer);
        if (contract->payer_index == SIZE_MAX) {
            (void)fail_member(err, "payer", "is not in payers");
            return fail_within_row(err, "contracts", i);
        }
    }
    for (size_t i = 0; i < dossier->payer_experience_count; i++) {
        struct payer_experience *row = &dossier->payer_experience[i];
        row->payer_index = row->payer[0] == '\0' ? SIZE_MAX : id_index_find(&ids->payers, row->payer);
        if (row->payer[0] != '\0' && row->payer_index == SIZE_MAX) {
            (void)fail_member(err, "payer", "is not in payers");
            return fail_within_row(err, "payer_experience", i);
        }
    }
    return ZCD_OK;
}

static enum zcd_code link_facility(struct facility *facility, const struct dossier_ids *ids, struct arena *arena,
                                   struct zcd_error *err)
{
    size_t count = facility->pledged_contract_count;
    if (count == 0)
        return ZCD_OK;

    size_t *indexes = ARENA_NEW(arena, size_t, count);
    for (size_t i = 0; i < count; i++) {
        indexes[i] = id_index_find(&ids->contracts, facility->pledged_contracts[i]);
        if (indexes[i] == SIZE_MAX) {
            (void)zcd_fail(err, ZCD_INVALID, "is not in contracts");
            return fail_within_row(err, "pledged_contracts", i);
        }
    }
    facility->pledged_contract_indexes = indexes;
    return ZCD_OK;
}

static enum zcd_code link_facilities(struct dossier *dossier, const struct dossier_ids *ids, struct arena *arena,
                                     struct zcd_error *err)
{
    for (size_t i = 0; i < dossier->facility_count; i++) {
        if (link_facility(&dossier->facilities[i], ids, arena, err) != ZCD_OK)
            return fail_within_row(err, "facilities", i);
    }
    return ZCD_OK;
}

static enum zcd_code link_application(struct application *application, const struct dossier_ids *ids, struct zcd_error *err)
{
    application->facility_index = SIZE_MAX;
    if (application->facility[0] == '\0')
        return ZCD_OK;
    application->facility_index = id_index_find(&ids->facilities, application->facility);
    if (application->facility_index != SIZE_MAX)
        return ZCD_OK;
    (void)fail_member(err, "facility", "is not in facilities");
    return zcd_fail_within(err, "application");
}

enum zcd_code dossier_link(struct dossier *dossier, struct arena *arena, struct zcd_error *err)
{
    assert(dossier != NULL);

    struct dossier_ids ids;
    enum zcd_code code = bound_rows(dossier, err);
    if (code == ZCD_OK)
        code = index_dossier(dossier, arena, &ids, err);
    if (code == ZCD_OK)
        code = link_payers(dossier, &ids, err);
    if (code == ZCD_OK)
        code = link_facilities(dossier, &ids, arena, err);
    if (code == ZCD_OK)
        code = link_application(&dossier->application, &ids, err);
    return code;
}

/* Checking: the sections in the header's order. */

static enum zcd_code check_head(const struct dossier *dossier, struct zcd_error *err)
{
    if (strcmp(dossier->schema, DOSSIER_SCHEMA) != 0)
        return fail_member(err, "schema", "is not %s", DOSSIER_SCHEMA);
    if (date_is_none(dossier->as_of))
        return fail_member(err, "as_of", "is not given");
    if (dossier->as_of.days < DOSSIER_AS_OF_MIN_DAYS || dossier->as_of.days > DOSSIER_AS_OF_MAX_DAYS)
        return fail_member(err, "as_of", "is not between 1990-01-01 and 2150-12-31");
    if (dossier->provenance[0] != '\0' && field_text_check(dossier->provenance, FIELD_NOTE, err) != ZCD_OK)
        return zcd_fail_within(err, "provenance");
    return ZCD_OK;
}

static enum zcd_code check_organisation(const struct dossier *dossier, struct zcd_error *err)
{
    if (organisation_check(&dossier->organisation, dossier->as_of, err) != ZCD_OK)
        return zcd_fail_within(err, "organisation");
    return ZCD_OK;
}

static enum zcd_code check_payers(const struct dossier *dossier, struct zcd_error *err)
{
    if (payers_check(dossier->payers, dossier->payer_count, &dossier->organisation, err) != ZCD_OK)
        return zcd_fail_within(err, "payers");
    if (payer_experience_check(dossier->payer_experience, dossier->payer_experience_count, err) != ZCD_OK)
        return zcd_fail_within(err, "payer_experience");
    return ZCD_OK;
}

static enum zcd_code check_linked_resources(const struct dossier *dossier, struct zcd_error *err)
{
    for (size_t i = 0; i < dossier->linked_resource_count; i++) {
        if (FIELD_RULES_CHECK(LINKED_RESOURCE_RULES, &dossier->linked_resources[i], dossier->as_of, err) != ZCD_OK)
            return fail_within_row(err, "linked_resources", i);
    }
    return ZCD_OK;
}

static enum zcd_code check_contracts(const struct dossier *dossier, struct zcd_error *err)
{
    int64_t value_fen = 0;
    for (size_t i = 0; i < dossier->contract_count; i++) {
        const struct contract *contract = &dossier->contracts[i];
        assert(contract->payer_index < dossier->payer_count);
        if (contract_check(contract, dossier->as_of, err) != ZCD_OK)
            return fail_within_row(err, "contracts", i);
        value_fen += contract->value_fen;
    }
    if (value_fen > DOSSIER_VALUE_FEN_MAX)
        return fail_member(err, "contracts", "are worth more than %" PRId64 " fen together", DOSSIER_VALUE_FEN_MAX);
    return ZCD_OK;
}

static enum zcd_code check_facilities(const struct dossier *dossier, struct zcd_error *err)
{
    for (size_t i = 0; i < dossier->facility_count; i++) {
        if (facility_check(&dossier->facilities[i], dossier->as_of, err) != ZCD_OK)
            return fail_within_row(err, "facilities", i);
    }
    return ZCD_OK;
}

static enum zcd_code check_application(const struct dossier *dossier, struct zcd_error *err)
{
    if (application_check(&dossier->application, dossier->as_of, err) != ZCD_OK)
        return zcd_fail_within(err, "application");
    return ZCD_OK;
}

enum zcd_code dossier_check(const struct dossier *dossier, struct zcd_error *err)
{
    static enum zcd_code (*const sections[])(const struct dossier *, struct zcd_error *) = {
        check_head,      check_organisation, check_payers,     check_linked_resources,
        check_contracts, check_facilities,   check_application,
    };

    assert(dossier != NULL);
    for (size_t i = 0; i < sizeof sections / sizeof *sections; i++) {
        enum zcd_code code = sections[i](dossier, err);
        if (code != ZCD_OK)
            return code;
    }
    return ZCD_OK;
}
