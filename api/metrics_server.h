/*
 * metrics_server.h - the listener that Prometheus asks: GET /metrics, on an address of its own and in a thread of its own.
 *
 * Apart from the API so that the one can be open to the world and the other is not, and so that it answers when the API's
 * workers are all busy, or the database is away: nothing here waits for either.
 */
#ifndef API_METRICS_SERVER_H
#define API_METRICS_SERVER_H

#include "api/app.h"

struct metrics_server;

/*
 * Listen where ZCD_METRICS_LISTEN says; without it nothing is done and *server is NULL.
 *
 *   http    in   whose load is told; borrowed, like app, until metrics_server_stop
 *   server  out  to be ended with metrics_server_stop
 *
 * ZCD_INVALID, ZCD_UNAVAILABLE: it cannot listen there.
 */
enum zcd_code metrics_server_start(struct app *app, struct http_server *http, struct metrics_server **server,
                                   struct zcd_error *err) ZCD_MUST_USE;

void metrics_server_stop(struct metrics_server *server); /* NULL is fine */

#endif
