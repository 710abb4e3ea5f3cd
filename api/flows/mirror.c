#include "api/flows/mirror.h"

#include "api/fetch.h"
#include "audit/merkle.h"
#include "audit/tile.h"
#include "audit/tile_folder.h"
#include "base/cleanup.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { URL_SIZE = 2048 };

/* The most that an entry bundle can have. */
#define ENTRIES_SIZE_MAX ((size_t)TILE_WIDTH * (TILE_ENTRY_SIZE_MAX + 2))

/* The tile of each level that is being filled. */
struct filling {
    struct sha256 hash[TILE_WIDTH];
    int width;
    uint64_t index;
};

struct copying {
    const struct mirror_request *request;
    struct checkpoint target;
    struct checkpoint earlier; /* that the folder holds; size 0 for none */
    bool trusts_folder;        /* beyond the earlier checkpoint too: what an unfinished run left */
    struct fetch_answer answer;
    struct merkle_range range;
    struct filling level[TILE_LEVELS];
    struct mirrored result;
};

static void copying_done(struct copying *copying)
{
    buffer_done(&copying->answer.body);
}

/* ------------------------------------------------------------------ the source */

static enum zcd_code get(struct copying *copying, const char *path, size_t size_max, struct zcd_error *err)
{
    char url[URL_SIZE];
    size_t length = strlen(copying->request->url);
    const char *slash = length > 0 && copying->request->url[length - 1] == '/' ? "" : "/";

    if (snprintf(url, sizeof url, "%s%s%s", copying->request->url, slash, path) >= (int)sizeof url)
        return zcd_fail(err, ZCD_INVALID, "the URL is too long");
    const struct fetch_request request = {.url = url, .token = copying->request->token, .answer_size_max = size_max};
    enum zcd_code code = fetch(&request, &copying->answer, err);
    if (code != ZCD_OK)
        return code;
    if (copying->answer.status == 404)
        return zcd_fail(err, ZCD_NOT_FOUND, "there is no %.200s", url);
    if (copying->answer.status != 200)
        return zcd_fail(err, ZCD_UNAVAILABLE, "%.180s answered %d", url, copying->answer.status);
    return ZCD_OK;
}

/* The bundle, or the full one in whose beginning it stands. */
static enum zcd_code fetch_entries(struct copying *copying, const struct tile *tile, struct buffer *entries,
                                   struct zcd_error *err)
{
    const struct tile whole = {tile->level, tile->index, TILE_WIDTH};
    char path[TILE_PATH_SIZE];
    struct bytes first;

    enum zcd_code code = get(copying, tile_path_format(tile, path), ENTRIES_SIZE_MAX, err);
    if (code == ZCD_NOT_FOUND && tile->width < TILE_WIDTH)
        code = get(copying, tile_path_format(&whole, path), ENTRIES_SIZE_MAX, err);
    if (code == ZCD_NOT_FOUND)
        return zcd_fail(err, ZCD_UNAVAILABLE, "the source lacks %s", path);
    if (code != ZCD_OK)
        return code;
    if (tile_first_entries(buffer_bytes(&copying->answer.body), tile->width, &first, err) != ZCD_OK)
        return zcd_fail(err, ZCD_CORRUPT, "%s does not hold its records", path);
    buffer_append(entries, first.data, first.size);
    return ZCD_OK;
}

/* ------------------------------------------------------------------ the folder */

static enum zcd_code keep(const struct copying *copying, const struct tile *tile, struct bytes bytes,
                          struct zcd_error *err)
{
    ZCD_AUTO(buffer_done)
    struct buffer present = {0};
    struct zcd_error reason;

    if (tile_folder_read(copying->request->folder, tile, &present, &reason) == ZCD_OK
        && bytes_equal(buffer_bytes(&present), bytes))
        return ZCD_OK;
    return tile_folder_write(copying->request->folder, tile, bytes, err);
}

static enum zcd_code read_entries(struct copying *copying, const struct tile *tile, struct buffer *entries,
                                  struct zcd_error *err)
{
    const uint64_t end = tile->index * TILE_WIDTH + (uint64_t)tile->width;
    struct zcd_error reason;

    if ((copying->trusts_folder || end <= copying->earlier.size)
        && tile_folder_read(copying->request->folder, tile, entries, &reason) == ZCD_OK) {
        copying->result.bundles_kept++;
        return ZCD_OK;
    }
    buffer_clear(entries);
    enum zcd_code code = fetch_entries(copying, tile, entries, err);
    if (code == ZCD_OK)
        copying->result.bundles_fetched++;
    return code == ZCD_OK ? keep(copying, tile, buffer_bytes(entries), err) : code;
}

/* ------------------------------------------------------------------ the tree */

static enum zcd_code keep_tile(struct copying *copying, int level, struct zcd_error *err)
{
    struct filling *filling = &copying->level[level];
    const struct tile tile = {level, filling->index, filling->width};
    const struct bytes bytes = {(const uint8_t *)filling->hash, (size_t)filling->width * SHA256_SIZE};

    if (filling->width == 0)
        return ZCD_OK;
    enum zcd_code code = keep(copying, &tile, bytes, err);
    filling->index++;
    filling->width = 0;
    return code;
}

static enum zcd_code add_leaf(struct copying *copying, struct bytes leaf, struct zcd_error *err)
{
    const struct sha256 hash = merkle_leaf_hash(leaf);
    struct merkle_node made[MERKLE_APPEND_NODES_MAX];
    int count = merkle_range_append(&copying->range, &hash, made);

    for (int i = 0; i < count; i += TILE_HEIGHT) {
        struct filling *filling = &copying->level[i / TILE_HEIGHT];
        filling->hash[filling->width++] = made[i].hash;
        if (filling->width == TILE_WIDTH && keep_tile(copying, i / TILE_HEIGHT, err) != ZCD_OK)
            return err->code;
    }
    if (copying->range.size != copying->earlier.size)
        return ZCD_OK;
    const struct sha256 root = merkle_range_root(&copying->range);
    if (!sha256_equal(&root, &copying->earlier.root))
        return zcd_fail(err, ZCD_CORRUPT,
                        "the first %" PRIu64 " records are not those of the copy: history was rewritten,"
                        " or the folder damaged",
                        copying->earlier.size);
    return ZCD_OK;
}

static enum zcd_code add_bundle(struct copying *copying, const struct tile *tile, struct zcd_error *err)
{
    ZCD_AUTO(buffer_done)
    struct buffer entries = {0};
    struct bytes leaf;

    enum zcd_code code = read_entries(copying, tile, &entries, err);
    struct bytes rest = buffer_bytes(&entries);
    for (int i = 0; code == ZCD_OK && i < tile->width; i++) {
        code = tile_next_entry(&rest, &leaf, err);
        if (code == ZCD_OK)
            code = add_leaf(copying, leaf, err);
    }
    return code;
}

/* All records of the target, and from them all tiles. ZCD_CORRUPT when they do not lead to its root. */
static enum zcd_code copy_all(struct copying *copying, struct zcd_error *err)
{
    enum zcd_code code = ZCD_OK;

    copying->range = (struct merkle_range){.size = 0};
    memset(copying->level, 0, sizeof copying->level);
    for (uint64_t index = 0; code == ZCD_OK && index * TILE_WIDTH < copying->target.size; index++) {
        const struct tile tile = {TILE_ENTRIES, index, tile_width_at(TILE_ENTRIES, index, copying->target.size)};
        code = add_bundle(copying, &tile, err);
    }
    for (int level = 0; code == ZCD_OK && level < TILE_LEVELS; level++)
        code = keep_tile(copying, level, err);
    if (code != ZCD_OK)
        return code;
    const struct sha256 root = merkle_range_root(&copying->range);
    if (!sha256_equal(&root, &copying->target.root))
        return zcd_fail(err, ZCD_CORRUPT, "the records do not lead to the signed root of %" PRIu64 " records",
                        copying->target.size);
    return ZCD_OK;
}

/* ------------------------------------------------------------------ from one checkpoint to the next */

static enum zcd_code read_earlier(struct copying *copying, struct zcd_error *err)
{
    ZCD_AUTO(buffer_done)
    struct buffer note = {0};
    struct zcd_error reason;
    enum zcd_code code = tile_folder_read_checkpoint(copying->request->folder, &note, err);

    copying->earlier = (struct checkpoint){.size = 0, .root = merkle_empty_root()};
    if (code == ZCD_NOT_FOUND)
        return ZCD_OK;
    if (code != ZCD_OK)
        return code;
    if (checkpoint_verify(buffer_bytes(&note), copying->request->vkey, &copying->earlier, &reason) != ZCD_OK)
        return zcd_fail(err, ZCD_CONFLICT, "the folder's checkpoint is not one by this key: %.160s", reason.message);
    return ZCD_OK;
}

static enum zcd_code check_step(const struct copying *copying, struct zcd_error *err)
{
    const struct checkpoint *target = &copying->target;
    const struct checkpoint *earlier = &copying->earlier;

    if (target->size < earlier->size)
        return zcd_fail(err, ZCD_CONFLICT, "the source shows %" PRIu64 " records, the copy has %" PRIu64, target->size,
                        earlier->size);
    if (target->size == earlier->size && !sha256_equal(&target->root, &earlier->root))
        return zcd_fail(err, ZCD_CORRUPT, "two trees of %" PRIu64 " records are signed: keep both checkpoints",
                        target->size);
    return ZCD_OK;
}

enum zcd_code mirror(const struct mirror_request *request, struct mirrored *mirrored, struct zcd_error *err)
{
    ZCD_AUTO(copying_done)
    struct copying copying = {.request = request, .trusts_folder = true};
    ZCD_AUTO(buffer_done)
    struct buffer note = {0};

    enum zcd_code code = read_earlier(&copying, err);
    if (code == ZCD_OK)
        code = get(&copying, "checkpoint", NOTE_SIZE_MAX, err);
    if (code != ZCD_OK)
        return code == ZCD_NOT_FOUND ? zcd_fail(err, ZCD_UNAVAILABLE, "the source has no checkpoint") : code;
    buffer_append(&note, copying.answer.body.data, copying.answer.body.size);
    if (checkpoint_verify(buffer_bytes(&note), request->vkey, &copying.target, err) != ZCD_OK)
        return zcd_fail(err, ZCD_INVALID, "the source's checkpoint is not one by this key");
    code = check_step(&copying, err);
    if (code == ZCD_OK)
        code = copy_all(&copying, err);
    if (code == ZCD_CORRUPT && copying.result.bundles_kept > 0) {
        /* Maybe only what an unfinished run left: fetch once more all that was not verified before. */
        copying.trusts_folder = false;
        code = copy_all(&copying, err);
    }
    if (code == ZCD_OK)
        code = tile_folder_write_checkpoint(request->folder, buffer_bytes(&note), err);
    if (code != ZCD_OK)
        return code;
    copying.result.checkpoint = copying.target;
    *mirrored = copying.result;
    return ZCD_OK;
}
