#include "api/routes/tiles.h"

#include "api/app.h"
#include "api/identity/caller.h"
#include "api/routes/answer.h"
#include "api/routes/shown.h"
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

/*
 * Whose records a bundle of entries shows. A leaf that was changed into something that is no record is served as it stands:
 * whoever copies the log must be able to see it.
 *   shown  out  at most TILE_WIDTH
 */
static enum zcd_code read_shown(const struct tile *tile, struct bytes entries, struct disclosed *shown, size_t *count,
                                struct zcd_error *err)
{
    struct bytes leaf;

    for (*count = 0; entries.size > 0; (*count)++) {
        enum zcd_code code = tile_next_entry(&entries, &leaf, err);
        if (code != ZCD_OK)
            return code;
        if (disclosed_read(leaf, tile->index * TILE_WIDTH + *count, &shown[*count], err) != ZCD_OK)
            shown[*count].uscc.text[0] = '\0';
    }
    return ZCD_OK;
}

void tiles_show(struct http_exchange *exchange, void *context)
{
    struct app_worker *worker = context;
    struct disclosed *shown = ARENA_NEW(&exchange->arena, struct disclosed, TILE_WIDTH);
    size_t shown_count = 0;
    struct tile tile;
    struct zcd_error err;
    struct db *db;

    enum zcd_code code = parse_tile(exchange->request.parameters[0], &tile, &err);
    if (code == ZCD_OK && tile.level == TILE_ENTRIES && !caller_is_regulator(exchange->caller)) /* records of everybody */
        code = zcd_fail(&err, ZCD_NOT_FOUND, "there is no tile at this path");
    if (code == ZCD_OK)
        code = app_worker_db(worker, &db, &err);
    if (code == ZCD_OK)
        code = log_read_tile(worker->app->log, db, &tile, &exchange->response.body, &err);
    if (code == ZCD_OK && tile.level == TILE_ENTRIES)
        code = read_shown(&tile, buffer_bytes(&exchange->response.body), shown, &shown_count, &err);
    if (code != ZCD_OK) {
        answer_error(exchange, &err); /* not to be cached: the tile may be there soon */
        return;
    }
    exchange->response.content_type = "application/octet-stream";
    exchange->response.cache_control = "private, max-age=604800, immutable"; /* a partial tile never changes either */
    shown_send(exchange, worker, db, "entries", shown, shown_count);
}
