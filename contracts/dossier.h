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
#include "base/error.h"
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
 * ZCD_INVALID with the pointer of the first of these, in this order:
 *    1. more contracts, milestones, payments, payers, rows of experience or facilities than the bounds above
 *    2. an id is not 1 to 64 printable ASCII characters
 *    3. an id occurs twice: payers, contracts, milestones of one contract, payments of one milestone, facilities
 *    4. a reference has no target: contracts/N/payer, payer_experience/N/payer,
 *       facilities/N/pledged_contracts/M, application/facility
 */
enum zcd_code dossier_link(struct dossier *dossier, struct arena *arena, struct zcd_error *err) ZCD_MUST_USE;

/*
 * Judge whether the facts can be true together. Changes nothing; reads a dossier that dossier_link accepted.
 *
 * ZCD_INVALID with the pointer of the first refusal. Sections are walked in this order, rows in theirs; in one
 * section or row, the rules in the order below. In every section: texts have their size and no control characters,
 * required codes are given, amounts are 0 (where marked: 1) to MONEY_FEN_MAX.
 *
 *   dossier            schema is DOSSIER_SCHEMA; as_of is given
 *   organisation       kind agrees with the USCC's first two characters; registered_on not after as_of; payroll_day 1..31;
 *                      restricted cash not above cash; grade, list entries, staff not after as_of; removed_on
 *                      not before entered_on; licensed staff not above total; years of inspections, service
 *                      evaluations and statements once each and not after as_of's; staff days once each;
 *                      public_income_fen not above income_fen
 *   payers             region given unless enterprise or donor; a USCC once; not the organisation's own
 *   payer_experience   exactly one of payer, or level with fund_source; each payer and each class once
 *   linked_resources   not after as_of
 *   contracts          value at least 1; retained and disputed not above value; stage and dates agree (below);
 *                      awarded, signed, published in order and not after as_of; starts_on not after ends_on
 *     stage            intention, tendering: no awarded_on; up to awarded: no signed_on; awarded: awarded_on;
 *                      signed to closed: signed_on, starts_on, ends_on; performing to closed: starts_on not after as_of
 *     milestones       amount at least 1; accepted_on, invoiced_on not after as_of
 *       payments       amount at least 1; only once awarded or signed, not before that day (awarded_on, else
 *                      signed_on), not after as_of
 *                      then: payments and deduction together not above the amount
 *                      then: value_fen is the sum of the milestones and unscheduled_fen
 *   facilities         outstanding not above limit; opened_on not after as_of nor matures_on; a pledged contract once
 *     instalments      due_on not before opened_on; payments at least 1, from opened_on to as_of; not above
 *                      principal and interest together
 *     deferrals        agreed_on not after as_of; from before to
 *   application        amount at least 1; tenor 1..120; requested_on not after as_of; facility given for
 *                      renewal, increase and deferral, and not for a first loan
 */
enum zcd_code dossier_check(const struct dossier *dossier, struct zcd_error *err) ZCD_MUST_USE;

#endif
