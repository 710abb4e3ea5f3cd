/* checkpoint.h - /log/checkpoint: the newest signed checkpoint, for anybody. On a worker's thread, since it reads a file. */
#ifndef API_ROUTES_CHECKPOINT_H
#define API_ROUTES_CHECKPOINT_H

#include "api/http/exchange.h"

/* GET /log/checkpoint, as in c2sp.org/tlog-tiles. Why it cannot be read stands in the log of the service. */
void checkpoint_show(struct http_exchange *exchange, void *context);

/* GET /log/published-checkpoint: the newest that the quorum of witnesses has cosigned. On a worker. */
void checkpoint_show_published(struct http_exchange *exchange, void *context);

#endif
