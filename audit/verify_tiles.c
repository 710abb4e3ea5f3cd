/*
 * zcd-verify tiles: a whole log as a folder, from its records up to the signed root, and where it first goes wrong.
 *
 * What is compared with what, from the bottom: each record with its hash in level 0, each full tile's root with its hash in
 * the level above, the root over all with the signed one. A record edited alone is named exactly. Edited together with
 * its tile it is narrowed to the 256 of that tile; and when somebody made every hash anew, only something kept elsewhere
 * can tell: earlier checkpoints (--old) narrow it to between two of them, an earlier copy (--against) names it.
 */
#include "audit/verify_internal.h"

#include "audit/merkle.h"
#include "audit/record_order.h"
#include "audit/tile.h"
#include "audit/tile_folder.h"
#include "base/cleanup.h"

#include <inttypes.h>
#include <string.h>

struct survey {
    const struct verify_request *request;
    const char *folder;
    const struct note_vkey *vkey; /* or NULL */
    struct verify_report *report;
    struct record_order *order; /* NULL: records are not looked into */
    struct buffer roots;        /* of the full tiles of the level below, from tile roots_first on */
    uint64_t roots_first;
    struct buffer next_roots;
};

static void survey_done(struct survey *survey)
{
    record_order_free(survey->order);
    buffer_done(&survey->roots);
    buffer_done(&survey->next_roots);
}

/* What lies wholly before the first bad place known so far is the first now. Levels come from the bottom, so what is known
 * already within a range is known more exactly. */
static void note_bad(struct survey *survey, enum verify_fault fault, uint64_t from, uint64_t to,
                     const struct zcd_error *detail)
{
    struct verify_report *report = survey->report;

    if (report->fault != VERIFY_FAULT_NONE && to > report->bad_from)
        return;
    verify_report_fault(report, fault);
    report->detail = *detail;
    report->bad_from = from;
    report->bad_to = to;
}

/* ------------------------------------------------------------------ level 0 and the records */

/* What could not be read is bad from its first record on. */
static bool read_tile(struct survey *survey, const struct tile *tile, struct buffer *bytes)
{
    struct zcd_error err;
    enum zcd_code code = tile_folder_read(survey->folder, tile, bytes, &err);
    int height = tile->level == TILE_ENTRIES ? 0 : TILE_HEIGHT * tile->level;
    uint64_t from = (tile->index * TILE_WIDTH) << height;

    if (code == ZCD_OK)
        return true;
    note_bad(survey, code == ZCD_CORRUPT ? VERIFY_FAULT_TILE_MALFORMED : VERIFY_FAULT_TILE_MISSING, from,
             from + ((uint64_t)tile->width << height), &err);
    return false;
}

static void check_order(struct survey *survey, struct bytes leaf, uint64_t index)
{
    struct zcd_error err;

    if (survey->order != NULL && record_order_check(survey->order, leaf, &err) != ZCD_OK)
        note_bad(survey, VERIFY_FAULT_RECORD_DOES_NOT_FOLLOW, index, index + 1, &err);
}

static void check_records(struct survey *survey, const struct tile *tile, struct bytes bundle,
                          const struct sha256 *hash)
{
    struct zcd_error err;

    for (int i = 0; i < tile->width; i++) {
        uint64_t index = tile->index * TILE_WIDTH + (uint64_t)i;
        struct bytes leaf;
        if (tile_next_entry(&bundle, &leaf, &err) != ZCD_OK)
            return; /* reading has counted them already */
        struct sha256 leaf_hash = merkle_leaf_hash(leaf);
        if (!sha256_equal(&leaf_hash, &hash[i])) {
            (void)zcd_fail(&err, ZCD_INVALID, "record %" PRIu64 " does not have its hash", index);
            note_bad(survey, VERIFY_FAULT_RECORD_DIFFERS, index, index + 1, &err);
        }
        check_order(survey, leaf, index);
    }
}

/* ------------------------------------------------------------------ levels */

/* Those of the hashes whose tiles were read are those tiles' roots. */
static void check_upper(struct survey *survey, const struct tile *tile, const struct sha256 *hash)
{
    const uint64_t count = survey->roots.size / SHA256_SIZE;
    const int height = TILE_HEIGHT * tile->level;
    static const struct sha256 UNREAD;
    struct zcd_error err;

    for (int i = 0; i < tile->width; i++) {
        uint64_t below = tile->index * TILE_WIDTH + (uint64_t)i;
        if (below < survey->roots_first || below - survey->roots_first >= count)
            continue;
        const uint8_t *root = survey->roots.data + (below - survey->roots_first) * SHA256_SIZE;
        if (memcmp(hash[i].bytes, root, SHA256_SIZE) == 0 || memcmp(UNREAD.bytes, root, SHA256_SIZE) == 0)
            continue;
        (void)zcd_fail(&err, ZCD_INVALID, "tile %d/%" PRIu64 " does not have the root that level %d says",
                       tile->level - 1, below, tile->level);
        note_bad(survey, VERIFY_FAULT_TILE_DIFFERS, below << height, (below + 1) << height, &err);
    }
}

static void survey_tile(struct survey *survey, const struct tile *tile)
{
    ZCD_AUTO(buffer_done)
    struct buffer bytes = {0};
    ZCD_AUTO(buffer_done)
    struct buffer bundle = {0};
    struct sha256 hash[TILE_WIDTH];
    struct sha256 root = {{0}}; /* a tile that could not be read; it was noted then */

    bool has_records =
        tile->level == 0 && read_tile(survey, &(struct tile){TILE_ENTRIES, tile->index, tile->width}, &bundle);
    if (read_tile(survey, tile, &bytes)) {
        memcpy(hash, bytes.data, bytes.size);
        if (has_records)
            check_records(survey, tile, buffer_bytes(&bundle), hash);
        if (tile->level > 0)
            check_upper(survey, tile, hash);
        if (tile->width == TILE_WIDTH)
            root = tile_root(hash, TILE_WIDTH);
    }
    if (tile->width == TILE_WIDTH)
        buffer_append(&survey->next_roots, root.bytes, SHA256_SIZE);
}

static void survey_level(struct survey *survey, int level, uint64_t size)
{
    uint64_t first = level == 0 ? survey->request->from / TILE_WIDTH : 0;

    buffer_clear(&survey->next_roots);
    for (uint64_t index = first;; index++) {
        const struct tile tile = {level, index, tile_width_at(level, index, size)};
        if (tile.width == 0)
            break;
        survey_tile(survey, &tile);
    }
    struct buffer done = survey->roots;
    survey->roots = survey->next_roots;
    survey->next_roots = done;
    survey->roots_first = first;
}

/* ------------------------------------------------------------------ against what is kept elsewhere */

/* Between which records is the first that differs from what was signed before? */
struct bounds {
    uint64_t from, to;
    bool is_broken; /* an earlier checkpoint is not continued */
};

static bool has_root(const char *folder, const struct checkpoint *checkpoint)
{
    struct zcd_error err;
    struct sha256 root;

    return tile_folder_root(folder, checkpoint->size, &root, &err) == ZCD_OK && sha256_equal(&root, &checkpoint->root);
}

/* One earlier checkpoint. False: it is none of this log's; the report says so. */
static bool narrow_by_note(struct survey *survey, struct bytes note, struct bounds *bounds)
{
    struct verify_report *report = survey->report;
    struct verify_report reading = verify_report_new();
    struct checkpoint older;

    if (!verify_checkpoint(note, survey->vkey, &older, &reading)) {
        *report = reading;
        return false;
    }
    if (strcmp(older.origin, report->checkpoint.origin) != 0) {
        (void)zcd_fail(&report->detail, ZCD_INVALID, "the earlier checkpoint is one of %.150s", older.origin);
        verify_report_fault(report, VERIFY_FAULT_CHECKPOINT_OF_OTHER_LOG);
        return false;
    }
    if (older.size > report->checkpoint.size) {
        bounds->is_broken = true;
        if (bounds->to > report->checkpoint.size)
            bounds->to = report->checkpoint.size;
        return true;
    }
    if (has_root(survey->folder, &older)) {
        bounds->from = older.size > bounds->from ? older.size : bounds->from;
        return true;
    }
    bounds->is_broken = true;
    bounds->to = older.size < bounds->to ? older.size : bounds->to;
    return true;
}

static bool narrow_by_checkpoints(struct survey *survey, struct bounds *bounds, int *status)
{
    const struct verify_request *request = survey->request;
    struct zcd_error err;

    for (size_t i = 0; i < request->old_count; i++) {
        ZCD_AUTO(buffer_done)
        struct buffer note = {0};
        if (verify_read_file(request->old[i], NOTE_SIZE_MAX, &note, &err) != ZCD_OK) {
            *status = verify_complain(request, request->old[i], &err);
            return false;
        }
        if (!narrow_by_note(survey, buffer_bytes(&note), bounds)) {
            *status = verify_say(request, survey->report, survey->vkey != NULL);
            return false;
        }
    }
    return true;
}

/* Compare level 0 of both copies. The earlier copy counts only if its own hashes lead to its signed root. */
static enum zcd_code compare_copies(struct survey *survey, const struct checkpoint *older, uint64_t *differs,
                                    struct zcd_error *err)
{
    struct merkle_range range = {.size = 0};
    struct merkle_node nodes[MERKLE_APPEND_NODES_MAX];
    struct zcd_error unread;
    struct sha256 hash;

    *differs = VERIFY_NO_INDEX;
    for (uint64_t index = 0; index * TILE_WIDTH < older->size; index++) {
        const struct tile tile = {0, index, tile_width_at(0, index, older->size)};
        ZCD_AUTO(buffer_done)
        struct buffer before = {0};
        ZCD_AUTO(buffer_done)
        struct buffer now = {0};
        enum zcd_code code = tile_folder_read(survey->request->against, &tile, &before, err);
        if (code != ZCD_OK)
            return code;
        if (tile_folder_read(survey->folder, &tile, &now, &unread) != ZCD_OK)
            buffer_clear(&now);
        for (size_t i = 0; i < (size_t)tile.width; i++) {
            const uint8_t *old_hash = before.data + i * SHA256_SIZE;
            bool is_same =
                (i + 1) * SHA256_SIZE <= now.size && memcmp(old_hash, now.data + i * SHA256_SIZE, SHA256_SIZE) == 0;
            if (!is_same && *differs == VERIFY_NO_INDEX)
                *differs = index * TILE_WIDTH + i;
            memcpy(hash.bytes, old_hash, SHA256_SIZE);
            (void)merkle_range_append(&range, &hash, nodes);
        }
    }
    hash = merkle_range_root(&range);
    if (!sha256_equal(&hash, &older->root))
        return zcd_fail(err, ZCD_INVALID, "the earlier copy does not lead to its own signed root");
    return ZCD_OK;
}

static bool narrow_by_copy(struct survey *survey, struct bounds *bounds, int *status)
{
    const struct verify_request *request = survey->request;
    ZCD_AUTO(buffer_done)
    struct buffer note = {0};
    struct verify_report reading = verify_report_new();
    struct checkpoint older;
    struct zcd_error err;
    uint64_t differs;

    if (request->against == NULL)
        return true;
    enum zcd_code code = tile_folder_read_checkpoint(request->against, &note, &err);
    if (code == ZCD_OK && !verify_checkpoint(buffer_bytes(&note), survey->vkey, &older, &reading)) {
        err = reading.detail;
        code = ZCD_INVALID;
    }
    if (code == ZCD_OK)
        code = compare_copies(survey, &older, &differs, &err);
    if (code != ZCD_OK) {
        *status = verify_complain(request, request->against, &err);
        return false;
    }
    if (differs == VERIFY_NO_INDEX) {
        bounds->from = older.size > bounds->from ? older.size : bounds->from;
        return true;
    }
    *bounds = (struct bounds){differs, differs + 1, true};
    return true;
}

/* The first record that does not follow by what stands in it: the first bad one is not behind it. */
static void narrow_by_order(struct survey *survey, struct bounds *bounds)
{
    struct record_order *order = record_order_new(survey->request->from < TILE_WIDTH);
    uint64_t index = survey->request->from / TILE_WIDTH * TILE_WIDTH;
    struct zcd_error err;
    enum zcd_code code = ZCD_OK;

    while (code == ZCD_OK && index < bounds->to) {
        ZCD_AUTO(buffer_done)
        struct buffer bundle = {0};
        const uint64_t place = index / TILE_WIDTH;
        const struct tile tile = {TILE_ENTRIES, place,
                                  tile_width_at(TILE_ENTRIES, place, survey->report->checkpoint.size)};
        if (tile_folder_read(survey->folder, &tile, &bundle, &err) != ZCD_OK)
            break;
        struct bytes rest = buffer_bytes(&bundle);
        struct bytes leaf;
        while (code == ZCD_OK && tile_next_entry(&rest, &leaf, &err) == ZCD_OK) {
            code = record_order_check(order, leaf, &err);
            if (code == ZCD_OK)
                index++;
        }
    }
    record_order_free(order);
    if (code == ZCD_CONFLICT && index >= bounds->from && index < bounds->to)
        bounds->to = index + 1;
}

/* ------------------------------------------------------------------ the whole */

static void conclude(struct survey *survey, struct bounds *bounds)
{
    const struct checkpoint *checkpoint = &survey->report->checkpoint;
    bool is_signed = has_root(survey->folder, checkpoint);
    struct zcd_error err;

    if (is_signed && !bounds->is_broken)
        return;
    if (survey->report->fault == VERIFY_FAULT_NONE && bounds->to > bounds->from + 1)
        narrow_by_order(survey, bounds);
    (void)zcd_fail(&err, ZCD_INVALID,
                   is_signed ? "an earlier checkpoint or copy is not continued"
                             : "all hashes fit one another, but not the signed root");
    note_bad(survey, is_signed ? VERIFY_FAULT_NOT_CONSISTENT : VERIFY_FAULT_ROOT_DIFFERS, bounds->from, bounds->to,
             &err);
}

static void describe(struct verify_report *report)
{
    const struct checkpoint *checkpoint = &report->checkpoint;

    (void)snprintf(report->zh, sizeof report->zh, "日志 %s 的全部 %" PRIu64 " 条记录与所签的树根相符",
                   checkpoint->origin, checkpoint->size);
    (void)snprintf(report->en, sizeof report->en, "all %" PRIu64 " records of the log %s lead to the signed root",
                   checkpoint->size, checkpoint->origin);
}

static int survey_folder(struct survey *survey)
{
    const struct verify_request *request = survey->request;
    struct bounds bounds = {0, survey->report->checkpoint.size, false};
    const uint64_t size = survey->report->checkpoint.size;
    int status = VERIFY_UNREADABLE;

    if (request->records)
        survey->order = record_order_new(request->from < TILE_WIDTH);
    for (int level = 0; level < TILE_LEVELS && size >> (TILE_HEIGHT * level) > 0; level++)
        survey_level(survey, level, size);
    if (!narrow_by_checkpoints(survey, &bounds, &status) || !narrow_by_copy(survey, &bounds, &status))
        return status;
    conclude(survey, &bounds);
    describe(survey->report);
    return verify_say(request, survey->report, survey->vkey != NULL);
}

int verify_run_tiles(const struct verify_request *request)
{
    ZCD_AUTO(buffer_done)
    struct buffer note = {0};
    struct verify_report report = verify_report_new();
    struct zcd_error err;
    struct note_vkey vkey;
    ZCD_AUTO(survey_done)
    struct survey survey = {.request = request, .folder = request->operand[0], .report = &report};

    if (request->key != NULL && verify_read_vkey(request->key, &vkey, &err) != ZCD_OK)
        return verify_complain(request, "--key", &err);
    survey.vkey = request->key == NULL ? NULL : &vkey;
    if (tile_folder_read_checkpoint(survey.folder, &note, &err) != ZCD_OK)
        return verify_complain(request, survey.folder, &err);
    if (!verify_checkpoint(buffer_bytes(&note), survey.vkey, &report.checkpoint, &report))
        return verify_say(request, &report, survey.vkey != NULL);
    return survey_folder(&survey);
}
