#include "contracts/import/ocds_reader.h"

#include "base/cleanup.h"
#include "contracts/import/json_pieces.h"
#include "contracts/import/ocds_internal.h"
#include "contracts/import/ocds_process.h"
#include "contracts/import/ocds_versioned.h"

#include <stdlib.h>
#include <string.h>

enum { GROUP_SIZE_MAX = 64 << 20 };

/*
 * Bytes in a row that are not UTF-8: letters with accents hardly ever stand by four in Windows-1252, and a text cut within a
 * character leaves three at most. More of them are text in another encoding, and to read it would garble names that are known.
 */
enum { FOREIGN_RUN_MAX = 3 };

/* A single release put aside, or the mark that its process has a compiled one. */
struct aside {
    char ocid[64 + 1]; /* ocds_fact_id: short ones as they are */
    size_t first;      /* number of the first one of its process */
    size_t number;     /* in the order of the file */
    int64_t offset;    /* in the temporary file; -1: the mark */
    size_t size;
    uint64_t line;
};

struct reader {
    struct ocds_context context;
    struct arena arena;
    FILE *aside;
    int64_t aside_size;
    struct aside *rows;
    size_t row_count, row_capacity;
    bool has_links, has_releases; /* of the open document */
    bool has_pieces;              /* the file holds anything at all */
    struct zcd_error *err;
};

/* ----------------------------------------------------------------------- putting aside */

static struct aside *add_row(struct reader *reader, const char *ocid)
{
    if (reader->row_count == reader->row_capacity) {
        reader->row_capacity = reader->row_capacity == 0 ? 64 : 2 * reader->row_capacity;
        reader->rows = realloc(reader->rows, reader->row_capacity * sizeof *reader->rows);
        if (reader->rows == NULL)
            abort();
    }
    struct aside *row = &reader->rows[reader->row_count];
    *row = (struct aside){.number = reader->row_count, .offset = -1, .line = reader->context.line};
    (void)snprintf(row->ocid, sizeof row->ocid, "%s", ocds_fact_id(&reader->arena, ocid, "", ""));
    reader->row_count++;
    return row;
}

static enum zcd_code put_aside(struct reader *reader, const char *ocid, json_t *release)
{
    char *text = json_dumps(release, JSON_COMPACT);

    if (text == NULL)
        abort();
    struct aside *row = add_row(reader, ocid);
    row->offset = reader->aside_size;
    row->size = strlen(text);
    bool is_written = fwrite(text, 1, row->size, reader->aside) == row->size;
    free(text);
    reader->aside_size += (int64_t)row->size;
    return is_written ? ZCD_OK : zcd_fail(reader->err, ZCD_UNAVAILABLE, "no room to put releases aside");
}

/* ------------------------------------------------------------------------- releases */

static bool is_compiled(const json_t *release)
{
    json_t *tags = json_object_get(release, "tag"), *tag;
    size_t i;

    if (json_is_string(tags))
        return strcmp(json_string_value(tags), "compiled") == 0;
    json_array_foreach(tags, i, tag)
        if (json_is_string(tag) && strcmp(json_string_value(tag), "compiled") == 0)
            return true;
    return false;
}

/* Facts are named by the ocid: a release within a record may have left it to that. */
static void complete_ocid(json_t *release, const char *ocid)
{
    if (!json_is_string(json_object_get(release, "ocid")))
        json_object_set_new(release, "ocid", json_string(ocid));
}

static enum zcd_code take_compiled(struct reader *reader, const char *ocid, json_t *release)
{
    complete_ocid(release, ocid);
    (void)add_row(reader, ocid);
    return ocds_release_read(release, &reader->context, reader->err);
}

/* What a versioned release comes to stands for its releases, as a compiled one does. */
static enum zcd_code take_versioned(struct reader *reader, const char *ocid, json_t *versioned)
{
    enum zcd_code code = ocds_report(&reader->context, OCDS_VERSIONED_RELEASE, ocid, reader->err, "%s", "");
    json_t *latest = ocds_versioned_latest(versioned);

    if (code == ZCD_OK)
        code = take_compiled(reader, ocid, latest);
    json_decref(latest);
    return code;
}

/* A link {url, date, tag}, as records may have instead of releases. */
static bool is_link(const json_t *release)
{
    return json_object_get(release, "ocid") == NULL && json_object_get(release, "url") != NULL;
}

/* ocid: of the record around it; "" for none. */
static enum zcd_code take_release(struct reader *reader, json_t *release, const char *ocid)
{
    const char *own = ocds_text(&reader->arena, json_object_get(release, "ocid"));
    const char *named = *own == '\0' ? ocid : own;

    if (is_link(release)) {
        reader->has_links = true; /* the record that holds it is reported */
        return ZCD_OK;
    }
    reader->has_releases = true;
    if (*named == '\0')
        return ocds_report(&reader->context, OCDS_OCID_MISSING, NULL, reader->err, "/ocid");
    if (ocds_is_versioned(release))
        return take_versioned(reader, named, release);
    if (is_compiled(release))
        return take_compiled(reader, named, release);
    reader->context.coverage->counts[OCDS_TOLD_RELEASES]++;
    if (ocds_release_check_tag(release, &reader->context, reader->err) != ZCD_OK
        || ocds_release_check_ids(release, &reader->context, reader->err) != ZCD_OK)
        return reader->err->code;
    complete_ocid(release, named);
    return put_aside(reader, named, release);
}

/* The ocid of a record's release; the record's own where that has none. */
static const char *ocid_in(struct reader *reader, const json_t *record, const json_t *release)
{
    const char *own = ocds_text(&reader->arena, json_object_get(release, "ocid"));

    return *own != '\0' ? own : ocds_text(&reader->arena, json_object_get(record, "ocid"));
}

/*
 * {ocid, releases, compiledRelease, versionedRelease}: the compiled one, else its own releases, else what the versioned one comes to.
 * All three say the same of one process; only releases of which the record has no more than the address say nothing.
 */
static enum zcd_code take_record(struct reader *reader, json_t *record)
{
    json_t *compiled = json_object_get(record, "compiledRelease"), *versioned = json_object_get(record, "versionedRelease");
    json_t *releases = json_object_get(record, "releases"), *release;
    const char *ocid = ocid_in(reader, record, NULL);
    bool has_own = false;
    size_t i;

    if (json_is_object(compiled))
        return take_compiled(reader, ocid_in(reader, record, compiled), compiled);
    json_array_foreach(releases, i, release) {
        if (!json_is_object(release) || is_link(release))
            continue;
        has_own = true;
        if (take_release(reader, release, ocid) != ZCD_OK)
            return reader->err->code;
    }
    if (!has_own && json_is_object(versioned))
        return take_versioned(reader, ocid_in(reader, record, versioned), versioned);
    return has_own ? ZCD_OK : ocds_report(&reader->context, OCDS_LINKED_RELEASES, ocid, reader->err, "/releases");
}

/* An object of its own, or what stands around releases: also a record whose releases were read one by one. */
static enum zcd_code take_document(struct reader *reader, json_t *document, bool is_package)
{
    json_t *compiled = json_object_get(document, "compiledRelease");
    json_t *versioned = json_object_get(document, "versionedRelease");
    bool has_ocid = json_object_get(document, "ocid") != NULL;

    if (json_is_object(compiled) || (json_is_object(versioned) && !reader->has_releases))
        return take_record(reader, document);
    if (is_package && reader->has_links && !reader->has_releases)
        return ocds_report(&reader->context, OCDS_LINKED_RELEASES, NULL, reader->err, "/releases");
    if (is_package)
        return ZCD_OK;
    return has_ocid ? take_release(reader, document, "")
                    : ocds_report(&reader->context, OCDS_NO_OCDS, NULL, reader->err, "%s", "");
}

/* --------------------------------------------------------------------------- pieces */

static enum zcd_code report_fault(struct reader *reader, const struct json_piece *piece)
{
    static const enum ocds_rule RULES[] = {[JSON_PIECE_CUT] = OCDS_CUT,
                                           [JSON_PIECE_TOO_LARGE] = OCDS_TOO_LARGE,
                                           [JSON_PIECE_TOO_DEEP] = OCDS_TOO_DEEP,
                                           [JSON_PIECE_NO_OBJECT] = OCDS_NO_OBJECT};
    char shown[41] = "";

    for (size_t i = 0; i < sizeof shown - 1 && i < piece->text.size && piece->fault == JSON_PIECE_NO_OBJECT; i++) {
        bool is_shown = piece->text.data[i] >= 0x20 && piece->text.data[i] < 0x7F;
        shown[i] = is_shown ? (char)piece->text.data[i] : '?';
    }
    return ocds_report(&reader->context, RULES[piece->fault], shown, reader->err, "%s", "");
}

/* The piece as JSON; NULL when it is none, which is reported into *code. */
static json_t *load(struct reader *reader, struct bytes text, enum zcd_code *code)
{
    json_error_t problem;
    json_t *loaded = json_loadb((const char *)text.data, text.size, JSON_REJECT_DUPLICATES, &problem);

    *code = ZCD_OK;
    if (loaded == NULL) {
        bool is_duplicate = json_error_code(&problem) == json_error_duplicate_key;
        *code = ocds_report(&reader->context, is_duplicate ? OCDS_DUPLICATE_KEY : OCDS_NO_JSON, problem.text, reader->err,
                            "%s", "");
    }
    return loaded;
}

static enum zcd_code take_text(struct reader *reader, const struct json_piece *piece, struct bytes text)
{
    enum zcd_code code;
    json_t *json = load(reader, text, &code);

    if (json == NULL)
        return code;
    if (piece->kind == JSON_PIECE_RELEASE)
        code = take_release(reader, json, "");
    else if (piece->kind == JSON_PIECE_RECORD)
        code = take_record(reader, json);
    else
        code = take_document(reader, json, piece->kind == JSON_PIECE_PACKAGE);
    if (piece->kind == JSON_PIECE_DOCUMENT || piece->kind == JSON_PIECE_PACKAGE)
        reader->has_links = reader->has_releases = false;
    json_decref(json);
    return code;
}

static enum zcd_code take_piece(struct reader *reader, const struct json_piece *piece)
{
    ZCD_AUTO(buffer_done)
    struct buffer repaired = {0};
    char place[48] = "";
    struct bytes text = piece->text;
    enum zcd_code code = ZCD_OK;

    if (piece->kind == JSON_PIECE_RELEASE || piece->kind == JSON_PIECE_RECORD)
        (void)snprintf(place, sizeof place, "/%s/%llu", piece->kind == JSON_PIECE_RELEASE ? "releases" : "records",
                       (unsigned long long)piece->number);
    reader->context.place = place;
    reader->context.line = piece->line;
    if (piece->kind == JSON_PIECE_DOCUMENT || piece->kind == JSON_PIECE_PACKAGE)
        reader->context.coverage->counts[OCDS_TOLD_DOCUMENTS]++;
    if (piece->fault != JSON_PIECE_WHOLE)
        return report_fault(reader, piece);
    if (piece->is_not_listed)
        code = ocds_report(&reader->context, OCDS_NOT_LISTED, NULL, reader->err, "%s", "");
    if (code == ZCD_OK && !bytes_are_utf8(text)) {
        if (json_source_repair(text, &repaired) > FOREIGN_RUN_MAX)
            return ocds_report(&reader->context, OCDS_FOREIGN_TEXT, NULL, reader->err, "%s", "");
        text = buffer_bytes(&repaired);
        code = ocds_report(&reader->context, OCDS_FOREIGN_BYTES, NULL, reader->err, "%s", "");
    }
    code = code == ZCD_OK ? take_text(reader, piece, text) : code;
    arena_reset(&reader->arena);
    return code;
}

static enum zcd_code take_pieces(struct reader *reader, struct json_pieces *pieces)
{
    struct json_piece piece;
    bool has_piece = true;
    enum zcd_code code = json_pieces_next(pieces, &piece, &has_piece, reader->err);

    while (code == ZCD_OK && has_piece) {
        reader->has_pieces = true;
        code = take_piece(reader, &piece);
        if (code == ZCD_OK)
            code = json_pieces_next(pieces, &piece, &has_piece, reader->err);
    }
    reader->context.place = ""; /* that of the last piece is gone */
    return code;
}

/* ------------------------------------------------------------------------ processes */

static int compare_by_ocid(const void *a, const void *b)
{
    const struct aside *left = a, *right = b;
    int order = strcmp(left->ocid, right->ocid);

    return order != 0 ? order : (left->number > right->number) - (left->number < right->number);
}

static int compare_by_first(const void *a, const void *b)
{
    const struct aside *left = a, *right = b;

    if (left->first != right->first)
        return left->first > right->first ? 1 : -1;
    return (left->number > right->number) - (left->number < right->number);
}

/* The rows of one process together, processes in the order of the file. */
static void group(struct reader *reader)
{
    if (reader->row_count == 0)
        return;
    qsort(reader->rows, reader->row_count, sizeof *reader->rows, compare_by_ocid);
    for (size_t i = 0; i < reader->row_count; i++) {
        bool is_next = i > 0 && strcmp(reader->rows[i].ocid, reader->rows[i - 1].ocid) == 0;
        reader->rows[i].first = is_next ? reader->rows[i - 1].first : reader->rows[i].number;
    }
    qsort(reader->rows, reader->row_count, sizeof *reader->rows, compare_by_first);
}

static enum zcd_code load_aside(struct reader *reader, const struct aside *row, json_t **release)
{
    ZCD_AUTO(buffer_done)
    struct buffer text = {0};
    char chunk[4096];

    if (fseeko(reader->aside, row->offset, SEEK_SET) != 0)
        return zcd_fail(reader->err, ZCD_UNAVAILABLE, "what was put aside cannot be read");
    while (text.size < row->size) {
        size_t wanted = row->size - text.size < sizeof chunk ? row->size - text.size : sizeof chunk;
        size_t got = fread(chunk, 1, wanted, reader->aside);
        if (got == 0)
            return zcd_fail(reader->err, ZCD_UNAVAILABLE, "what was put aside cannot be read");
        buffer_append(&text, chunk, got);
    }
    *release = json_loadb((const char *)text.data, text.size, 0, NULL);
    return *release == NULL ? zcd_fail(reader->err, ZCD_UNAVAILABLE, "what was put aside cannot be read") : ZCD_OK;
}

static enum zcd_code load_dated(struct reader *reader, const struct aside *row, struct ocds_dated *dated)
{
    enum zcd_code code = load_aside(reader, row, &dated->release);
    if (code != ZCD_OK)
        return code;
    const char *date = ocds_text(&reader->arena, json_object_get(dated->release, "date"));

    dated->number = row->number;
    dated->at_us = INT64_MIN;
    reader->context.line = row->line;
    if (ocds_parse_instant(date, &dated->at_us))
        return ZCD_OK;
    return ocds_report(&reader->context, OCDS_RELEASE_DATE, date, reader->err, "/date");
}

static enum zcd_code read_merged(struct reader *reader, struct ocds_dated *dated, size_t count)
{
    bool is_clear;
    json_t *merged = ocds_process_merge(dated, count, &is_clear);
    const char *ocid = ocds_text(&reader->arena, json_object_get(merged, "ocid"));
    enum zcd_code code = is_clear ? ocds_release_read(merged, &reader->context, reader->err)
                                  : ocds_report(&reader->context, OCDS_CONTRADICTORY, ocid, reader->err, "/date");

    json_decref(merged);
    return code;
}

static enum zcd_code merge_process(struct reader *reader, const struct aside *rows, size_t count)
{
    struct ocds_dated *dated = calloc(count, sizeof *dated);
    enum zcd_code code = ZCD_OK;

    if (dated == NULL)
        abort();
    for (size_t i = 0; i < count && code == ZCD_OK; i++)
        code = load_dated(reader, &rows[i], &dated[i]);
    if (code == ZCD_OK)
        code = read_merged(reader, dated, count);
    for (size_t i = 0; i < count; i++)
        json_decref(dated[i].release);
    free(dated);
    return code;
}

static enum zcd_code take_process(struct reader *reader, const struct aside *rows, size_t count)
{
    size_t size = 0, releases = 0;

    for (size_t i = 0; i < count; i++) {
        size += rows[i].size;
        releases += rows[i].offset >= 0;
    }
    reader->context.line = rows[0].line;
    if (releases == 0) /* compiled ones, which are through */
        return count == 1 ? ZCD_OK : ocds_report(&reader->context, OCDS_COMPILED_TWICE, rows[0].ocid, reader->err, "/ocid");
    if (releases < count)
        return ocds_report(&reader->context, OCDS_RELEASES_BESIDE_COMPILED, rows[0].ocid, reader->err, "/ocid");
    if (size > GROUP_SIZE_MAX)
        return ocds_report(&reader->context, OCDS_PROCESS_TOO_LARGE, rows[0].ocid, reader->err, "/ocid");
    enum zcd_code code = merge_process(reader, rows, count);
    arena_reset(&reader->arena);
    return code;
}

static enum zcd_code take_processes(struct reader *reader)
{
    enum zcd_code code = ZCD_OK;

    group(reader);
    for (size_t i = 0, end; code == ZCD_OK && i < reader->row_count; i = end) {
        for (end = i + 1; end < reader->row_count && reader->rows[end].first == reader->rows[i].first;)
            end++;
        code = take_process(reader, reader->rows + i, end - i);
    }
    return code;
}

/* ------------------------------------------------------------------------------ all */

static enum zcd_code read_source(struct reader *reader, struct json_source *source)
{
    enum json_encoding encoding = json_source_encoding(source);
    enum zcd_code code = ZCD_OK;

    if (encoding == JSON_UTF16LE || encoding == JSON_UTF16BE || encoding == JSON_GB18030)
        code = ocds_report(&reader->context, OCDS_ENCODING, json_encoding_name(encoding), reader->err, "%s", "");
    struct json_pieces *pieces = json_pieces_new(source);
    if (code == ZCD_OK)
        code = take_pieces(reader, pieces);
    json_pieces_free(pieces);
    if (code == ZCD_OK && !reader->has_pieces)
        code = ocds_report(&reader->context, OCDS_EMPTY, NULL, reader->err, "%s", "");
    return code == ZCD_OK ? take_processes(reader) : code;
}

enum zcd_code ocds_read(FILE *file, const struct ocds_wanted *wanted, const struct import_sink *sink,
                        struct ocds_coverage *coverage, struct zcd_error *err)
{
    struct reader reader = {.aside = tmpfile(), .err = err};
    struct json_source *source = NULL;
    enum zcd_code code;

    *coverage = (struct ocds_coverage){{0}};
    reader.context = (struct ocds_context){
        .sink = sink, .wanted = wanted, .coverage = coverage, .arena = &reader.arena, .place = ""};
    if (reader.aside == NULL)
        code = zcd_fail(err, ZCD_UNAVAILABLE, "no room for a temporary file");
    else
        code = json_source_open(file, &source, err);
    if (code == ZCD_OK)
        code = read_source(&reader, source);
    json_source_close(source);
    if (reader.aside != NULL)
        (void)fclose(reader.aside);
    arena_done(&reader.arena);
    free(reader.rows);
    return code;
}
