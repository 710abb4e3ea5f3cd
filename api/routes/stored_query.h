/*
 * stored_query.h - of whose stored facts, of which day, as known when something is asked; and may the caller see it.
 *
 * On a worker's thread.
 */
#ifndef API_ROUTES_STORED_QUERY_H
#define API_ROUTES_STORED_QUERY_H

#include "api/flows/disclosure.h"
#include "api/flows/stored_dossier.h"
#include "api/http/exchange.h"

#include <stdbool.h>

struct app_worker;

struct stored_query {
    struct stored_dossier_key key; /* without an application */
    const char *known_at;          /* as it was asked; NULL: now */
    const char *facility;          /* ?facility=; NULL when not given, or not taken */
};

/*
 * Read ?as_of= (today in Shanghai), ?known_at= (now), ?lender= and, where it is taken, ?facility=; the organisation is the path's {uscc}.
 * Without a lender it is the caller's own; for those who belong to none and may see all, the only one that knows the organisation. What is
 * made of all facts shows all of them, so every scope must be open to the caller.
 *
 *   db         out  the worker's
 *   discloses  out  whether showing it is a disclosure (shown.h)
 *
 * False when it was answered: 400 with the parameter, 404 in the words for what does not exist, 503.
 */
bool stored_query_begin(struct http_exchange *exchange, struct app_worker *worker, bool takes_facility,
                        struct stored_query *query, struct db **db, bool *discloses);

/* Send what is in the response's body; put on record that it was shown, where that is a disclosure. */
void stored_query_send(struct http_exchange *exchange, struct app_worker *worker, const struct stored_query *query,
                       struct db *db, bool discloses);

#endif
