/*
 * shown.h - an answer that shows organisations' records is sent once it is on record who saw them (flows/disclosure.h).
 *
 * On a worker's thread.
 */
#ifndef API_ROUTES_SHOWN_H
#define API_ROUTES_SHOWN_H

#include "api/flows/disclosure.h"
#include "api/http/exchange.h"

#include <stddef.h>

struct app_worker;
struct db;

/*
 * Finish an exchange whose response is made but for its status, 200. Where the reading cannot be recorded, it is a problem
 * instead and nothing is shown.
 *
 *   form   in  static
 *   shown  in  whose records the response shows, in any order and any number of times; in the exchange's arena
 */
void shown_send(struct http_exchange *exchange, struct app_worker *worker, struct db *db, const char *form,
                const struct disclosed *shown, size_t count);

#endif
