#include "api/routes/stored_query.h"

#include "api/app.h"
#include "api/clock.h"
#include "api/http/query.h"
#include "api/routes/access.h"
#include "api/routes/answer.h"
#include "api/routes/known_at.h"
#include "api/routes/shown.h"
#include "base/uscc.h"
#include "contracts/organisation_list_store.h"

#include <string.h>

enum parameter { AS_OF, KNOWN_AT, LENDER, FACILITY, PARAMETERS };

static const char *const NAMES[PARAMETERS] = {"as_of", "known_at", "lender", "facility"};

static enum zcd_code nothing(struct zcd_error *err)
{
    return zcd_fail(err, ZCD_NOT_FOUND, "nothing is known of this organisation");
}

static enum zcd_code refuse(struct zcd_error *err, enum parameter parameter, const char *rule)
{
    (void)zcd_fail(err, ZCD_INVALID, "%s", rule);
    return zcd_fail_within(err, NAMES[parameter]);
}

static enum zcd_code read_as_of(const char *text, struct date *as_of, struct zcd_error *err)
{
    struct date today = clock_shanghai_day(clock_now_us());

    *as_of = today;
    if (text != NULL && date_parse(text, as_of, err) != ZCD_OK)
        return zcd_fail_within(err, NAMES[AS_OF]);
    return date_compare(*as_of, today) <= 0 ? ZCD_OK : refuse(err, AS_OF, "the day has not come yet");
}

static enum zcd_code read(struct http_exchange *exchange, bool takes_facility, struct stored_query *query,
                          struct zcd_error *err)
{
    const char *values[PARAMETERS] = {NULL};
    enum zcd_code code = http_query_parse(exchange->request.query, NAMES, takes_facility ? PARAMETERS : FACILITY,
                                          &exchange->arena, values, err);

    *query = (struct stored_query){.known_at = values[KNOWN_AT], .facility = takes_facility ? values[FACILITY] : NULL};
    if (code == ZCD_OK)
        code = read_as_of(values[AS_OF], &query->key.as_of, err);
    if (code == ZCD_OK)
        code = known_at_read(values[KNOWN_AT], &query->key.known_at_us, err);
    query->key.facts.uscc = exchange->request.parameters[0];
    query->key.facts.lender = values[LENDER] != NULL ? values[LENDER] : exchange->caller->lender;
    return code;
}

/* All that a dossier is made of. lender NULL: of every lender. */
static enum zcd_code check_access(struct db *db, const struct caller *caller, const struct facts_of *facts, bool *is_own,
                                  struct zcd_error *err)
{
    static const enum authorisation_scope SCOPES[] = {AUTHORISATION_ORGANISATION, AUTHORISATION_CONTRACTS,
                                                      AUTHORISATION_PAYMENTS, AUTHORISATION_FACILITIES};
    enum zcd_code code = ZCD_OK;

    for (size_t i = 0; code == ZCD_OK && i < sizeof SCOPES / sizeof *SCOPES; i++)
        code = access_check_facts(caller, db, facts->uscc, facts->lender, SCOPES[i], is_own, err);
    return code == ZCD_NOT_FOUND ? nothing(err) : code;
}

/* The only lender that knows the organisation, for a caller that may see the facts of all. */
static enum zcd_code choose_lender(struct db *db, struct arena *arena, struct stored_dossier_key *key, struct zcd_error *err)
{
    const struct organisation_search search = {.sees_all = true, .beginning = key->facts.uscc, .as_of = key->as_of,
                                               .after_uscc = "", .after_lender = "", .limit = 2};
    struct organisation_item *items;
    struct uscc uscc;
    size_t count;

    if (uscc_parse(key->facts.uscc, &uscc, err) != ZCD_OK) /* so that it is the beginning of no other's code */
        return nothing(err);
    enum zcd_code code = organisation_list_store_find(db, &search, arena, &items, &count, err);
    if (code != ZCD_OK)
        return code;
    if (count > 1)
        return refuse(err, LENDER, "several lenders know this organisation: name one");
    if (count == 0)
        return nothing(err);
    key->facts.lender = items[0].lender;
    return ZCD_OK;
}

bool stored_query_begin(struct http_exchange *exchange, struct app_worker *worker, bool takes_facility,
                        struct stored_query *query, struct db **db, bool *discloses)
{
    struct zcd_error err;
    bool is_own = true;

    enum zcd_code code = read(exchange, takes_facility, query, &err);
    if (code == ZCD_OK)
        code = app_worker_db(worker, db, &err);
    if (code == ZCD_OK)
        code = check_access(*db, exchange->caller, &query->key.facts, &is_own, &err);
    if (code == ZCD_OK && query->key.facts.lender == NULL)
        code = choose_lender(*db, &exchange->arena, &query->key, &err);
    if (code == ZCD_INVALID)
        answer_invalid(exchange, 400, &err);
    else if (code != ZCD_OK)
        answer_error(exchange, &err);
    *discloses = !is_own;
    return code == ZCD_OK && known_at_is_settled(exchange, *db, NULL, query->key.known_at_us);
}

void stored_query_send(struct http_exchange *exchange, struct app_worker *worker, const struct stored_query *query,
                       struct db *db, bool discloses)
{
    struct disclosed *shown = ARENA_NEW(&exchange->arena, struct disclosed, 1);
    struct zcd_error err;

    shown->index = DISCLOSED_FACTS;
    if (uscc_parse(query->key.facts.uscc, &shown->uscc, &err) != ZCD_OK) {
        answer_error(exchange, &err);
        return;
    }
    exchange->response.content_type = "application/json";
    shown_send(exchange, worker, db, "facts", shown, discloses ? 1 : 0);
}
