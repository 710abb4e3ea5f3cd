/* probes.h - /livez, /startupz and /readyz: for whoever runs the service, and for nobody's decisions. */
#ifndef API_ROUTES_PROBES_H
#define API_ROUTES_PROBES_H

#include "api/http/exchange.h"

/* GET /livez: the event loop turns. On the loop's thread; asks nothing of anybody. */
void probes_livez(struct http_exchange *exchange, void *context);

/* GET /startupz: the start is over. On the loop's thread. */
void probes_startupz(struct http_exchange *exchange, void *context);

/* GET /readyz: would an assessment be taken now? 200 or 503, with each part's yes or no; why not stands in the log of the
 * service. On a worker's thread. */
void probes_readyz(struct http_exchange *exchange, void *context);

#endif
