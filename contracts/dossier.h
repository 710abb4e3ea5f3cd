/*
 * dossier.h - everything known of one organisation at one date: the input of a decision.
 *
 * Made from JSON by api/codec/dossier_decode (or by an importer), recorded as it came, replayed years later. One
 * C struct for each JSON object, with the same member names; arrays have their count beside them. A text that was
 * not given is "", a date DATE_NONE, a code 0, an amount DOSSIER_FEN_NONE unless its comment says otherwise.
 * Everything hangs in one arena and dies with it. Pure. Thread: any; a checked dossier does not change.
 */
#ifndef CONTRACTS_DOSSIER_H
#define CONTRACTS_DOSSIER_H

#include "base/arena.h"
#include "base/date.h"
#include "base/error_list.h"
#include "contracts/application.h"
#include "contracts/contract.h"
#include "contracts/facility.h"
#include "contracts/organisation.h"
#include "contracts/payer.h"

#define DOSSIER_SCHEMA "zhengcaidai/dossier/1"

/* Bounds of one dossier. */
#define DOSSIER_CONTRACTS_MAX 2000
#define DOSSIER_MILESTONES_MAX 20000 /* over all contracts */
#define DOSSIER_PAYMENTS_MAX 40000   /* over all milestones */
#define DOSSIER_PAYERS_MAX 500
#define DOSSIER_EXPERIENCE_MAX 1000
#define DOSSIER_FACILITIES_MAX 50
#define DOSSIER_INSTALMENTS_MAX 200         /* of one facility */
#define DOSSIER_INSTALMENT_PAYMENTS_MAX 100 /* of one instalment */
#define DOSSIER_DEFERRALS_MAX 20            /* of one facility */
#define DOSSIER_AS_OF_MIN_DAYS 7305  /* 1990-01-01: registration of these bodies is younger (order 251 of 1998) */
#define DOSSIER_AS_OF_MAX_DAYS 66108 /* 2150-12-31: tenors from then on are still dates */
#define DOSSIER_VALUE_FEN_MAX INT64_C(4000000000000000) /* of all contracts: what is summed and shown stays below 2^53 */
#define DOSSIER_ROWS_MAX 200 /* of each list of an organisation, and of linked_resources */
#define DOSSIER_ID_SIZE_MAX 64      /* printable ASCII without space */
#define DOSSIER_NAME_SIZE_MAX 200   /* bytes of UTF-8 */
#define DOSSIER_TITLE_SIZE_MAX 500
#define DOSSIER_NOTE_SIZE_MAX 2000  /* may hold line breaks and tabs */
#define DOSSIER_EXPERIENCE_PPM_MAX INT64_C(1000000000000000)
#define DOSSIER_TERM_DAYS_MAX 1000
#define DOSSIER_TENOR_MONTHS_MAX 120
#define DOSSIER_PEOPLE_MAX 1000000

/* A resource of the five-party linkage: context, shown, not scored. */
struct linked_resource {
    enum linked_resource_kind kind;
    struct date on;
    int32_t count;      /* DOSSIER_COUNT_NONE: not given */
    int64_t amount_fen; /* DOSSIER_FEN_NONE: not given */
    const char *note;
};

struct dossier {
    const char *schema; /* DOSSIER_SCHEMA */
    struct date as_of;
    const char *provenance;
    struct organisation organisation;
    const struct payer *payers;
    size_t payer_count;
    struct payer_experience *payer_experience;
    size_t payer_experience_count;
    const struct linked_resource *linked_resources;
    size_t linked_resource_count;
    struct contract *contracts;
    size_t contract_count;
    struct facility *facilities;
    size_t facility_count;
    struct application application;
};

/*
 * Give every id its index: contract.payer_index, payer_experience.payer_index,
 * facility.pledged_contract_indexes, application.facility_index. To be called once, before dossier_check.
 *
 *   dossier  in/out  indexes are written as they are found; on failure the dossier is of no use
 *   arena    in      the dossier's own; the indexes live there
 *
 * ZCD_INVALID with all of these, in this order:
 *    1. more rows somewhere than the bounds above allow: nothing else is looked at then
 *    2. an id is not 1 to 64 printable ASCII characters, or stands twice in payers, in contracts, in facilities, in the
 *       milestones of one contract, in the payments of one milestone, in the pledged contracts of one facility
 *    3. a reference has no target: contracts/N/payer, payer_experience/N/payer,
 *       facilities/N/pledged_contracts/M, application/facility
 */
enum zcd_code dossier_link(struct dossier *dossier, struct arena *arena, struct zcd_error *err) ZCD_MUST_USE;

/*
 * Judge whether the facts can be true together. Changes nothing; reads a dossier that dossier_link accepted.
 *
 * ZCD_INVALID with the first refusal; how many more there are is counted. Sections are walked in the order below, rows in theirs. In each
 * record first every member by itself, in the struct's order: a required member is given; a text has its size and
 * no control characters; a code is in its list; an amount is 0 to MONEY_FEN_MAX (at least 1: value, milestone,
 * payment, amount asked; net assets may be negative); a count is within its bounds; a day that says what happened
 * is not after as_of. Then the rules between members:
 *
 *   dossier            schema is DOSSIER_SCHEMA; as_of is given, from 1990 to 2150
 *   organisation       kind agrees with the USCC's first two characters; restricted cash not above cash; years of
 *                      inspections, service evaluations, statements: once each, not after as_of's; removed_on not before
 *                      entered_on; licensed staff not above total; days of staff once each; public_income_fen not
 *                      above income_fen
 *   payers             region given unless enterprise or donor; USCC not the organisation's own, and once
 *   payer_experience   exactly one of payer, or level with fund_source; each payer and each class once
 *   linked_resources
 *   contracts          stage and dates agree: before awarded no awarded_on, before signed no signed_on; awarded
 *                      has awarded_on; signed to closed have signed_on, starts_on, ends_on; performing to closed have started
 *                      by as_of (terminated: anything); all together worth at most DOSSIER_VALUE_FEN_MAX;
 *                      awarded_on, signed_on, published_on in order; starts_on not after ends_on;
 *                      retained_fen and disputed_fen not above value_fen
 *     milestones
 *       payments       only where the contract has awarded_on or signed_on, and not before it (the first of the two)
 *                      then: payments and deduction together not above amount_fen
 *                      then: value_fen is the sum of the milestones and unscheduled_fen
 *   facilities         outstanding not above limit; matures_on not before opened_on
 *     instalments      due_on and payments not before opened_on; payments not above principal and interest together
 *     deferrals        from before to
 *   application        facility given for renewal, increase and deferral, and not for a first loan
 */
enum zcd_code dossier_check(const struct dossier *dossier, struct zcd_error *err) ZCD_MUST_USE;

/*
 * Both, for a dossier of which something may be refused already: all else that is wrong is added. A member that is refused
 * stands as if it were not given; rules between members are left out where one of them is refused.
 *   place  in  the document's
 */
void dossier_check_all(struct dossier *dossier, struct arena *arena, const struct error_place *place);

#endif
