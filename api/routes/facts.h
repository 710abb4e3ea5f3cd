/*
 * facts.h - the facts of an organisation as resources: one implementation for all collections (codec/fact_forms.def).
 *
 * A lender's users see what their lender brought; the organisation's director and the regulator what all lenders brought, each fact with
 * its source; others what a recorded authorisation opens. What is seen by an authorisation or by the regulator is a disclosure on record.
 */
#ifndef API_ROUTES_FACTS_H
#define API_ROUTES_FACTS_H

#include "api/http/exchange.h"
#include "api/routes/fact_query.h"

http_handler facts_list; /* GET /v1/organisations/{uscc}/{collection}? */
http_handler facts_show; /* GET /v1/organisations/{uscc}/{collection}/{key}? and /v1/organisations/{uscc}? */

/*
 * Write into the response what GET answers to a user of a lender for a fact of that lender: by it the state is told that a change is to
 * find. ZCD_NOT_FOUND: there is none.
 */
enum zcd_code facts_write_own(struct http_exchange *exchange, struct db *db, const struct fact_query *query,
                              struct zcd_error *err) ZCD_MUST_USE;

#endif
