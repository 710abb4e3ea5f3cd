/*
 * tiles.h - the log's tiles and entry bundles, for whoever copies or monitors it (c2sp.org/tlog-tiles).
 *
 * On a worker's thread; the context is struct app_worker.
 */
#ifndef API_ROUTES_TILES_H
#define API_ROUTES_TILES_H

#include "api/http/exchange.h"

http_handler tiles_show; /* GET /log/tile/{tile...} */

#endif
