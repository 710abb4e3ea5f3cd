/*
 * lender_facts.h - what the routes have in common that are about one lender's facts of one organisation: whether it has any, and what
 * its officer says of them (flows/settlement).
 *
 * On a worker's thread, but for the answers.
 */
#ifndef API_ROUTES_LENDER_FACTS_H
#define API_ROUTES_LENDER_FACTS_H

#include "api/flows/settlement.h"
#include "api/http/exchange.h"
#include "contracts/fact_table_store.h"

struct app_worker;
struct db;

/*
 * The connection, where the caller's lender knows the organisation of the path: of another one the caller learns nothing, not even that
 * its question was ill put.
 *   facts  out  of the path's {uscc} and the caller's lender
 * NULL when it was answered.
 */
struct db *lender_facts_begin(struct http_exchange *exchange, struct app_worker *worker, struct facts_of *facts);

/* Hand it to the log, or answer why not. */
void lender_facts_submit(struct http_exchange *exchange, struct app_worker *worker, struct settlement *settlement);

/* What came of it instead: 409 with Retry-After where an import is being kept, or the key was used at the same moment. Any thread. */
void lender_facts_answer_failed(struct http_exchange *exchange, const struct settlement *settlement, const struct zcd_error *err);

/* 200 with {"status": ...}. Any thread. */
void lender_facts_answer_status(struct http_exchange *exchange, const char *status);

#endif
