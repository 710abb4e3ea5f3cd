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

static void check_bounds(const struct row_bound *bounds, size_t bound_count, const struct error_place *place)
{
    for (size_t i = 0; i < bound_count; i++) {
        if (bounds[i].count > bounds[i].count_max)
            error_add(place, bounds[i].name, "has %zu rows, more than %zu", bounds[i].count, bounds[i].count_max);
    }
}

static void bound_organisation(const struct organisation *organisation, const struct error_place *place)
{
    const struct row_bound bounds[] = {
        {"annual_inspections", organisation->annual_inspection_count, DOSSIER_ROWS_MAX},
        {"service_evaluations", organisation->service_evaluation_count, DOSSIER_ROWS_MAX},
        {"lists", organisation->list_count, DOSSIER_ROWS_MAX},
        {"staff", organisation->staff_count, DOSSIER_ROWS_MAX},
        {"statements", organisation->statement_count, DOSSIER_ROWS_MAX},
    };
    const struct error_place inside = error_place_member(place, "organisation");

    check_bounds(bounds, sizeof bounds / sizeof *bounds, &inside);
}

/* Milestones and payments are bounded over all contracts together. */
static void bound_schedules(const struct dossier *dossier, const struct error_place *place)
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
        error_add(place, "contracts", "have %zu milestones, more than %d", milestones, DOSSIER_MILESTONES_MAX);
    if (payments > DOSSIER_PAYMENTS_MAX)
        error_add(place, "contracts", "have %zu payments, more than %d", payments, DOSSIER_PAYMENTS_MAX);
}

static void bound_facility(const struct facility *facility, const struct error_place *place)
{
    const struct row_bound bounds[] = {
        {"pledged_contracts", facility->pledged_contract_count, DOSSIER_CONTRACTS_MAX},
        {"instalments", facility->instalment_count, DOSSIER_INSTALMENTS_MAX},
        {"deferrals", facility->deferral_count, DOSSIER_DEFERRALS_MAX},
    };

    check_bounds(bounds, sizeof bounds / sizeof *bounds, place);
    for (size_t i = 0; i < facility->instalment_count; i++) {
        const struct row_bound bound = {"payments", facility->instalments[i].payment_count, DOSSIER_INSTALMENT_PAYMENTS_MAX};
        const struct error_place row = error_place_row(place, "instalments", i);
        check_bounds(&bound, 1, &row);
    }
}

/* Added at their places; false when there are too many rows somewhere, even where something else is refused already. */
static bool bound_rows(const struct dossier *dossier, struct arena *arena, const struct error_place *place)
{
    const struct row_bound bounds[] = {
        {"payers", dossier->payer_count, DOSSIER_PAYERS_MAX},
        {"payer_experience", dossier->payer_experience_count, DOSSIER_EXPERIENCE_MAX},
        {"linked_resources", dossier->linked_resource_count, DOSSIER_ROWS_MAX},
        {"contracts", dossier->contract_count, DOSSIER_CONTRACTS_MAX},
        {"facilities", dossier->facility_count, DOSSIER_FACILITIES_MAX},
    };
    struct error_list list = {.arena = arena};
    const struct error_place document = error_place_of(&list);

    bound_organisation(&dossier->organisation, &document);
    check_bounds(bounds, sizeof bounds / sizeof *bounds, &document);
    bound_schedules(dossier, &document);
    for (size_t i = 0; i < dossier->facility_count; i++) {
        const struct error_place row = error_place_row(&document, "facilities", i);
        bound_facility(&dossier->facilities[i], &row);
    }
    error_list_add_all(place, &list);
    return list.count == 0;
}

/* Linking, step 2: ids are well formed and stand once. */

/* The rows of an array by their ids. */
struct known_ids {
    struct id_index index;
    bool are_all_known; /* false when some are refused: a reference without a target may mean one of these */
};

static bool are_all_known(const struct error_place *place, const char *array, size_t count, const char *id)
{
    if (place->list->count == 0)
        return true;
    for (size_t i = 0; i < count; i++) {
        const struct error_place row = error_place_row(place, array, i);
        if (!error_place_is_sound(&row, id))
            return false;
    }
    return count > 0 || error_place_is_sound(place, array);
}

static void refuse_repeats(const struct id_index *index, const char *array, const char *id, struct arena *arena,
                           const struct error_place *place)
{
    size_t *first_of_row = ARENA_NEW(arena, size_t, index->count);

    id_index_mark_repeats(index, first_of_row);
    for (size_t i = 0; i < index->count; i++) {
        const struct error_place row = error_place_row(place, array, i);
        if (first_of_row[i] != i)
            error_add(&row, id, "repeats the id of row %zu", first_of_row[i]);
    }
}

/*
 * Index the ids of an array, refusing ill-formed and repeated ones.
 *   array   in   the member's name; `id` is the member that holds the id, NULL where rows are texts
 */
static struct known_ids index_ids(const void *rows, size_t stride, size_t count, const char *array, const char *id,
                                  struct arena *arena, const struct error_place *place)
{
    struct known_ids ids = {.index = id_index_of(rows, stride, count, arena)};
    struct zcd_error err;

    for (size_t i = 0; i < count; i++) {
        const struct error_place row = error_place_row(place, array, i);
        if (field_text_check(id_of_row(rows, stride, i), FIELD_ID, &err) != ZCD_OK)
            error_add_error(&row, id, &err);
    }
    if (id_index_has_repeat(&ids.index))
        refuse_repeats(&ids.index, array, id, arena, place);
    ids.are_all_known = are_all_known(place, array, count, id);
    return ids;
}

static void check_schedule_ids(const struct contract *contract, struct arena *arena, const struct error_place *place)
{
    (void)index_ids(contract->milestones, sizeof *contract->milestones, contract->milestone_count, "milestones", "id", arena,
                    place);
    for (size_t i = 0; i < contract->milestone_count; i++) {
        const struct milestone *milestone = &contract->milestones[i];
        const struct error_place row = error_place_row(place, "milestones", i);
        (void)index_ids(milestone->payments, sizeof *milestone->payments, milestone->payment_count, "payments", "id", arena, &row);
    }
}

struct dossier_ids {
    struct known_ids payers;
    struct known_ids contracts;
    struct known_ids facilities;
};

static struct dossier_ids index_dossier(const struct dossier *dossier, struct arena *arena, const struct error_place *place)
{
    struct dossier_ids ids;

    ids.payers = index_ids(dossier->payers, sizeof *dossier->payers, dossier->payer_count, "payers", "id", arena, place);
    ids.contracts =
        index_ids(dossier->contracts, sizeof *dossier->contracts, dossier->contract_count, "contracts", "id", arena, place);
    ids.facilities =
        index_ids(dossier->facilities, sizeof *dossier->facilities, dossier->facility_count, "facilities", "id", arena, place);
    for (size_t i = 0; i < dossier->contract_count; i++) {
        const struct error_place row = error_place_row(place, "contracts", i);
        check_schedule_ids(&dossier->contracts[i], arena, &row);
    }
    for (size_t i = 0; i < dossier->facility_count; i++) {
        const struct facility *facility = &dossier->facilities[i];
        const struct error_place row = error_place_row(place, "facilities", i);
        (void)index_ids(facility->pledged_contracts, sizeof *facility->pledged_contracts, facility->pledged_contract_count,
                        "pledged_contracts", NULL, arena, &row);
    }
    return ids;
}

/* Linking, step 3: references have a target. */

/* The row of an id; where there is none SIZE_MAX, and the member is refused in these words. */
static size_t find_target(const struct known_ids *ids, const char *id, const struct error_place *place, const char *member,
                          const char *array)
{
    size_t row = id_index_find(&ids->index, id);

    if (row == SIZE_MAX && ids->are_all_known)
        error_add(place, member, "is not in %s", array);
    return row;
}

static void link_payers(struct dossier *dossier, const struct dossier_ids *ids, const struct error_place *place)
{
    for (size_t i = 0; i < dossier->contract_count; i++) {
        struct contract *contract = &dossier->contracts[i];
        const struct error_place row = error_place_row(place, "contracts", i);
        contract->payer_index = find_target(&ids->payers, contract->payer, &row, "payer", "payers");
    }
    for (size_t i = 0; i < dossier->payer_experience_count; i++) {
        struct payer_experience *experience = &dossier->payer_experience[i];
        const struct error_place row = error_place_row(place, "payer_experience", i);
        experience->payer_index = SIZE_MAX;
        if (experience->payer[0] != '\0')
            experience->payer_index = find_target(&ids->payers, experience->payer, &row, "payer", "payers");
    }
}

static void link_facility(struct facility *facility, const struct dossier_ids *ids, struct arena *arena,
                          const struct error_place *place)
{
    size_t count = facility->pledged_contract_count;
    if (count == 0)
        return;

    size_t *indexes = ARENA_NEW(arena, size_t, count);
    for (size_t i = 0; i < count; i++) {
        const struct error_place row = error_place_row(place, "pledged_contracts", i);
        indexes[i] = find_target(&ids->contracts, facility->pledged_contracts[i], &row, NULL, "contracts");
    }
    facility->pledged_contract_indexes = indexes;
}

static void link_application(struct application *application, const struct dossier_ids *ids, const struct error_place *place)
{
    const struct error_place inside = error_place_member(place, "application");

    application->facility_index = SIZE_MAX;
    if (application->facility[0] != '\0')
        application->facility_index = find_target(&ids->facilities, application->facility, &inside, "facility", "facilities");
}

/* False when there are too many rows for anything else to be looked at. */
static bool link_all(struct dossier *dossier, struct arena *arena, const struct error_place *place)
{
    if (!bound_rows(dossier, arena, place))
        return false;
    const struct dossier_ids ids = index_dossier(dossier, arena, place);
    link_payers(dossier, &ids, place);
    for (size_t i = 0; i < dossier->facility_count; i++) {
        const struct error_place row = error_place_row(place, "facilities", i);
        link_facility(&dossier->facilities[i], &ids, arena, &row);
    }
    link_application(&dossier->application, &ids, place);
    return true;
}

enum zcd_code dossier_link(struct dossier *dossier, struct arena *arena, struct zcd_error *err)
{
    assert(dossier != NULL);

    struct error_list list = {.arena = arena};
    const struct error_place place = error_place_of(&list);
    (void)link_all(dossier, arena, &place);
    return error_list_refuse(&list, err);
}

/* Checking: the sections in the header's order. */

static void check_head(const struct dossier *dossier, const struct error_place *place)
{
    struct zcd_error err;

    if (strcmp(dossier->schema, DOSSIER_SCHEMA) != 0)
        error_add(place, "schema", "is not %s", DOSSIER_SCHEMA);
    if (date_is_none(dossier->as_of))
        error_add(place, "as_of", "is not given");
    else if (dossier->as_of.days < DOSSIER_AS_OF_MIN_DAYS || dossier->as_of.days > DOSSIER_AS_OF_MAX_DAYS)
        error_add(place, "as_of", "is not between 1990-01-01 and 2150-12-31");
    if (dossier->provenance[0] != '\0' && field_text_check(dossier->provenance, FIELD_NOTE, &err) != ZCD_OK)
        error_add_error(place, "provenance", &err);
}

static void check_payers(const struct dossier *dossier, const struct error_place *place)
{
    const struct error_place payers = error_place_member(place, "payers");
    const struct error_place experience = error_place_member(place, "payer_experience");

    payers_check(dossier->payers, dossier->payer_count, &dossier->organisation, &payers);
    payer_experience_check(dossier->payer_experience, dossier->payer_experience_count, &experience);
}

/* What all contracts are worth; they are sound, so that the sum is small enough. */
static void check_worth(const struct dossier *dossier, const struct error_place *place)
{
    int64_t value_fen = 0;

    for (size_t i = 0; i < dossier->contract_count; i++)
        value_fen += dossier->contracts[i].value_fen;
    if (value_fen > DOSSIER_VALUE_FEN_MAX)
        error_add(place, "contracts", "are worth more than %" PRId64 " fen together", DOSSIER_VALUE_FEN_MAX);
}

static void check_contracts(const struct dossier *dossier, struct date as_of, const struct error_place *place)
{
    for (size_t i = 0; i < dossier->contract_count; i++) {
        const struct error_place row = error_place_row(place, "contracts", i);
        contract_check(&dossier->contracts[i], as_of, &row);
    }
    if (error_place_is_sound(place, "contracts"))
        check_worth(dossier, place);
}

static void check_rows(const struct dossier *dossier, struct date as_of, const struct error_place *place)
{
    for (size_t i = 0; i < dossier->linked_resource_count; i++) {
        const struct error_place row = error_place_row(place, "linked_resources", i);
        FIELD_RULES_CHECK(LINKED_RESOURCE_RULES, &dossier->linked_resources[i], as_of, &row);
    }
    check_contracts(dossier, as_of, place);
    for (size_t i = 0; i < dossier->facility_count; i++) {
        const struct error_place row = error_place_row(place, "facilities", i);
        facility_check(&dossier->facilities[i], as_of, &row);
    }
}

static void check_all(const struct dossier *dossier, const struct error_place *place)
{
    const struct error_place organisation = error_place_member(place, "organisation");
    const struct error_place application = error_place_member(place, "application");
    struct date as_of = dossier->as_of;

    check_head(dossier, place);
    if (!error_place_is_sound(place, "as_of"))
        as_of = (struct date){DOSSIER_AS_OF_MAX_DAYS}; /* nothing else is refused for its sake */
    organisation_check(&dossier->organisation, as_of, &organisation);
    check_payers(dossier, place);
    check_rows(dossier, as_of, place);
    application_check(&dossier->application, as_of, &application);
}

enum zcd_code dossier_check(const struct dossier *dossier, struct zcd_error *err)
{
    assert(dossier != NULL);

    struct error_list list = {.arena = NULL};
    const struct error_place place = error_place_of(&list);
    for (size_t i = 0; i < dossier->contract_count; i++)
        assert(dossier->contracts[i].payer_index < dossier->payer_count);
    check_all(dossier, &place);
    return error_list_refuse(&list, err);
}

void dossier_check_all(struct dossier *dossier, struct arena *arena, const struct error_place *place)
{
    assert(dossier != NULL);

    if (link_all(dossier, arena, place))
        check_all(dossier, place);
}
