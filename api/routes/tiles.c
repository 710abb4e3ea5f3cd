#include "api/routes/tiles.h"

#include "api/app.h"
#include "api/routes/answer.h"
#include "audit/tile.h"

#include <stdio.h>

/* A path that names no tile names nothing: 404, like a tile that the log does not have yet. */
static enum zcd_code parse_tile(const char *rest, struct tile *tile, struct zcd_error *err)
{
    char path[TILE_PATH_SIZE + 1];
    int size = snprintf(path, sizeof path, "tile/%s", rest);

    if (size >= TILE_PATH_SIZE || tile_path_parse(path, tile, err) != ZCD_OK)
        return zcd_fail(err, ZCD_NOT_FOUND, "there is no tile at this path");
    return ZCD_OK;
}

void tiles_show(struct http_exchange *exchange, void *context)
{
    struct app_worker *worker = context;
    struct tile tile;
    struct zcd_error err;
    struct db *db;

    enum zcd_code code = parse_tile(exchange->request.parameters[0], &tile, &err);
    if (code == ZCD_OK)
        code = app_worker_db(worker, &db, &err);
    if (code == ZCD_OK)
        code = log_read_tile(worker->app->log, db, &tile, &exchange->response.body, &err);
    if (code != ZCD_OK) {
        answer_error(exchange, &err); /* not to be cached: the tile may be there soon */
        return;
    }
    exchange->response.status = 200;
    exchange->response.content_type = "application/octet-stream";
    exchange->response.cache_control = "private, max-age=604800, immutable"; /* a partial tile never changes either */
    http_exchange_finish(exchange);
}
