#include "api/routes/imports.h"

#include "api/app.h"
#include "api/codec/import_encode.h"
#include "api/codec/json_writer.h"
#include "api/flows/import_read.h"
#include "api/http/query.h"
#include "api/http/spool.h"
#include "api/identity/caller.h"
#include "api/jobs/import_job.h"
#include "api/routes/answer.h"
#include "api/routes/cursor.h"
#include "api/routes/idempotency.h"
#include "api/routes/jobs.h"
#include "api/routes/listing.h"
#include "api/routes/log_index.h"
#include "audit/canonical_json.h"
#include "audit/record.h"
#include "base/cleanup.h"
#include "contracts/import_report_store.h"
#include "contracts/import_store.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { FILE_NAME_SIZE_MAX = 200, TYPES_MAX = 3 };

/* ------------------------------------------------------------------ sending a file */

/* What a file of each kind may call itself. */
static const char *const TYPES[][TYPES_MAX] = {
    [IMPORT_KIND_OCDS] = {"application/json", "application/x-ndjson", "text/plain"},
    [IMPORT_KIND_DOSSIER] = {"application/json"},
    [IMPORT_KIND_STATEMENT] = {"text/csv", "text/plain"},
    [IMPORT_KIND_NOTICE] = {"text/plain", "application/json"},
};

struct order {
    enum import_kind kind;
    const char *organisation, *file_name; /* NULL: not given */
    bool is_dry_run;
};

static enum zcd_code refuse(const char *name, const char *why, struct zcd_error *err)
{
    (void)zcd_fail(err, ZCD_INVALID, "%s", why);
    return zcd_fail_within(err, name);
}

static enum zcd_code check_order(const struct order *order, struct zcd_error *err)
{
    bool needs_organisation = order->kind == IMPORT_KIND_STATEMENT || order->kind == IMPORT_KIND_NOTICE;

    if (order->kind == IMPORT_KIND_NONE)
        return refuse("kind", "one of ocds, dossier, statement, notice must be given", err);
    if (needs_organisation && order->organisation == NULL)
        return refuse("organisation", "a statement or a notice does not say whose it is", err);
    if (order->organisation != NULL && strlen(order->organisation) > FACT_ORGANISATION_SIZE_MAX)
        return refuse("organisation", "neither a unified social credit code nor SCHEME:ID", err);
    if (order->file_name != NULL && (strlen(order->file_name) > FILE_NAME_SIZE_MAX || strchr(order->file_name, '/') != NULL))
        return refuse("file_name", "not a name of at most 200 bytes without '/'", err);
    return ZCD_OK;
}

static enum zcd_code read_order(struct http_exchange *exchange, struct order *order, struct zcd_error *err)
{
    static const char *const NAMES[] = {"dry_run", "file_name", "kind", "organisation"};
    const char *values[4];

    if (http_query_parse(exchange->request.query, NAMES, 4, &exchange->arena, values, err) != ZCD_OK)
        return err->code;
    if (values[0] != NULL && strcmp(values[0], "true") != 0 && strcmp(values[0], "false") != 0)
        return refuse("dry_run", "neither true nor false", err);
    *order = (struct order){.kind = values[2] == NULL ? IMPORT_KIND_NONE : import_kind_find(values[2]),
                            .organisation = values[3],
                            .file_name = values[1],
                            .is_dry_run = values[0] != NULL && strcmp(values[0], "true") == 0};
    return check_order(order, err);
}

static bool has_type_of(const struct http_request *request, enum import_kind kind)
{
    for (int i = 0; i < TYPES_MAX && TYPES[kind][i] != NULL; i++) {
        if (http_request_has_content_type(request, TYPES[kind][i]))
            return true;
    }
    return false;
}

/* False when the exchange is finished. */
static bool check_type(struct http_exchange *exchange, enum import_kind kind)
{
    const char *wrong = NULL;

    if (http_request_header(&exchange->request, "Content-Encoding") != NULL)
        wrong = "a file is sent as it is, without a Content-Encoding";
    else if (!has_type_of(&exchange->request, kind))
        wrong = "a file of this kind has another Content-Type";
    if (wrong == NULL)
        return true;
    answer_fill_problem(exchange, 415, wrong, NULL);
    http_exchange_finish(exchange);
    return false;
}

static void append_text(struct buffer *json, const char *before, const char *text)
{
    buffer_append_text(json, before);
    if (text == NULL)
        buffer_append_text(json, "null");
    else
        canonical_json_append_string(json, bytes_of_text(text));
}

void imports_create(struct http_exchange *exchange, void *context)
{
    ZCD_AUTO(buffer_done)
    struct buffer input = {0};
    struct order order = {.kind = IMPORT_KIND_NONE};
    struct zcd_error err;
    const char *file;

    if (read_order(exchange, &order, &err) != ZCD_OK) {
        answer_invalid(exchange, 400, &err);
        return;
    }
    if (!check_type(exchange, order.kind))
        return;
    if (spool_keep(exchange->request.body_path, &exchange->arena, &file, &err) != ZCD_OK) {
        answer_error(exchange, &err);
        return;
    }
    buffer_append_format(&input, "{\"dry_run\":%s", order.is_dry_run ? "true" : "false");
    append_text(&input, ",\"file_name\":", order.file_name);
    append_text(&input, ",\"kind\":", import_kind_name(order.kind));
    append_text(&input, ",\"organisation\":", order.organisation);
    buffer_append_text(&input, "}");
    jobs_accept(exchange, context, jobs_kind(IMPORT_JOB_KIND), (const char *)input.data, file);
}

/* ------------------------------------------------------------------ one import */

static void write_number(struct json_writer *writer, const char *name, int64_t number)
{
    if (number == 0)
        json_write_null(writer, name);
    else
        json_write_integer(writer, name, number);
}

static void write_text(struct json_writer *writer, const char *name, const char *text)
{
    if (text == NULL)
        json_write_null(writer, name);
    else
        json_write_text(writer, name, text);
}

static void write_row(const struct import_row *row, struct json_writer *writer)
{
    char at[RECORD_AT_TEXT_SIZE], digest_text[SHA256_TEXT_SIZE];
    struct sha256 digest;

    memcpy(digest.bytes, row->file_sha256, sizeof digest.bytes);
    json_write_object(writer, NULL);
    json_write_text(writer, "actor", row->actor);
    json_write_integer(writer, "added", row->fact_count);
    write_text(writer, "file_name", row->file_name);
    write_text(writer, "file_sha256", row->has_file ? sha256_format(&digest, digest_text) : NULL);
    json_write_integer(writer, "id", row->id);
    json_write_text(writer, "kind", row->kind);
    write_number(writer, "matches", row->matches);
    json_write_text(writer, "recorded_at", record_at_format(row->recorded_at_us, at));
    write_number(writer, "withdrawn_by", row->withdrawn_by);
    write_number(writer, "withdraws", row->withdraws);
    json_write_end(writer);
}

/* The import that the path names. */
static enum zcd_code find(struct http_exchange *exchange, struct app_worker *worker, struct db **db, struct import_row *row,
                          struct zcd_error *err)
{
    struct zcd_error reason;
    uint64_t id;

    if (log_index_parse(exchange->request.parameters[0], &id, &reason) != ZCD_OK)
        return zcd_fail(err, ZCD_NOT_FOUND, "the lender has no such import");
    enum zcd_code code = app_worker_db(worker, db, err);
    return code == ZCD_OK ? import_store_find(*db, exchange->caller->lender, (int64_t)id, &exchange->arena, row, err) : code;
}

/* The row's members, and behind them what the reading found, where there was one. */
void imports_show(struct http_exchange *exchange, void *context)
{
    struct buffer *json = &exchange->response.body;
    struct import_outcome_row outcome = {.job = NULL};
    struct json_writer writer;
    struct import_row row;
    struct zcd_error err;
    struct db *db;

    enum zcd_code code = find(exchange, context, &db, &row, &err);
    bool is_found = code == ZCD_OK;
    if (is_found)
        code = import_report_store_find(db, exchange->caller->lender, row.id, &exchange->arena, &outcome, &err);
    if (code != ZCD_OK && !(code == ZCD_NOT_FOUND && is_found)) {
        answer_error(exchange, &err);
        return;
    }
    json_writer_init(&writer, json);
    write_row(&row, &writer);
    json->size--; /* its last brace */
    buffer_append_text(json, ",\"found\":");
    buffer_append_text(json, outcome.outcome == NULL ? "null" : outcome.outcome);
    append_text(json, ",\"job\":", outcome.job);
    buffer_append_text(json, "}");
    answer_json(exchange, 200);
}

/* ------------------------------------------------------------------ lists */

/* Where a page begins: behind this number. */
static enum zcd_code read_page(struct http_exchange *exchange, struct listing *listing, int64_t *cursor, struct zcd_error *err)
{
    struct zcd_error reason;
    uint64_t number = 0;

    if (listing_read(exchange, listing, err) != ZCD_OK)
        return err->code;
    if (listing->cursor != NULL && log_index_parse(listing->cursor, &number, &reason) != ZCD_OK)
        return refuse("cursor", "not the next of a page", err);
    *cursor = (int64_t)number;
    return ZCD_OK;
}

static void write_next(struct json_writer *writer, bool has_more, int64_t last)
{
    char text[24];

    (void)snprintf(text, sizeof text, "%" PRId64, last);
    listing_write_next(writer, has_more, text);
}

void imports_list(struct http_exchange *exchange, void *context)
{
    struct json_writer writer;
    struct listing listing;
    struct import_row *rows;
    int64_t before = 0;
    size_t count;
    struct zcd_error err;
    struct db *db;

    if (read_page(exchange, &listing, &before, &err) != ZCD_OK) {
        answer_invalid(exchange, 400, &err);
        return;
    }
    enum zcd_code code = app_worker_db(context, &db, &err);
    if (code == ZCD_OK)
        code = import_store_list(db, exchange->caller->lender, before, (int32_t)listing.limit + 1, &exchange->arena, &rows, &count,
                                 &err);
    if (code != ZCD_OK) {
        answer_error(exchange, &err);
        return;
    }
    bool has_more = count > listing.limit;
    size_t shown = has_more ? listing.limit : count;
    json_writer_init(&writer, &exchange->response.body);
    json_write_object(&writer, NULL);
    json_write_array(&writer, "imports");
    for (size_t i = 0; i < shown; i++)
        write_row(&rows[i], &writer);
    json_write_end(&writer);
    write_next(&writer, has_more, shown == 0 ? 0 : rows[shown - 1].id);
    json_write_end(&writer);
    answer_json(exchange, 200);
}

static void answer_report(struct http_exchange *exchange, const struct import_outcome_row *outcome, int64_t after,
                          const struct import_line *lines, size_t count)
{
    struct buffer *json = &exchange->response.body;
    int64_t last = after + (int64_t)count;
    char next[CURSOR_TEXT_SIZE];

    buffer_append_format(json, "{\"is_cut\":%s,\"kept\":%" PRId32 ",\"lines\":[",
                         outcome->line_total > outcome->line_count ? "true" : "false", outcome->line_count);
    for (size_t i = 0; i < count; i++) {
        buffer_append_text(json, i == 0 ? "" : ",");
        import_encode_line(&lines[i], json);
    }
    if (last < outcome->line_count)
        buffer_append_format(json, "],\"next\":\"%s\"", cursor_format_number((uint64_t)last, next));
    else
        buffer_append_text(json, "],\"next\":null");
    buffer_append_format(json, ",\"total\":%" PRId64 "}", outcome->line_total);
    answer_json(exchange, 200);
}

void imports_report(struct http_exchange *exchange, void *context)
{
    struct import_outcome_row outcome;
    struct import_line *lines;
    struct listing listing;
    struct import_row row;
    int64_t after = 0;
    size_t count;
    struct zcd_error err;
    struct db *db;

    enum zcd_code code = find(exchange, context, &db, &row, &err);
    if (code == ZCD_OK && read_page(exchange, &listing, &after, &err) != ZCD_OK) {
        answer_invalid(exchange, 400, &err);
        return;
    }
    if (code == ZCD_OK)
        code = import_report_store_find(db, exchange->caller->lender, row.id, &exchange->arena, &outcome, &err);
    if (code == ZCD_OK && after > outcome.line_count)
        after = outcome.line_count;
    if (code == ZCD_OK)
        code = import_report_store_lines(db, exchange->caller->lender, row.id, (int32_t)after, (int32_t)listing.limit,
                                         &exchange->arena, &lines, &count, &err);
    if (code != ZCD_OK)
        answer_error(exchange, &err);
    else
        answer_report(exchange, &outcome, after, lines, count);
}

/* ------------------------------------------------------------------ taking one back */

static enum zcd_code check_withdrawable(const struct import_row *row, struct zcd_error *err)
{
    if (row->withdraws != 0)
        return zcd_fail(err, ZCD_CONFLICT, "a withdrawal cannot be taken back: import the file again");
    if (row->withdrawn_by != 0)
        return zcd_fail(err, ZCD_CONFLICT, "the import was taken back already");
    return row->has_file ? ZCD_OK : zcd_fail(err, ZCD_CONFLICT, "the import came from no file");
}

void imports_withdraw(struct http_exchange *exchange, void *context)
{
    ZCD_AUTO(buffer_done)
    struct buffer input = {0};
    struct idempotency_row *key;
    struct import_row row;
    struct zcd_error err;
    struct db *db;

    /* A repetition is told of its job, also when that has taken the import back by now. */
    if (!idempotency_begin(exchange, context, jobs_show, 202, &key))
        return;
    enum zcd_code code = find(exchange, context, &db, &row, &err);
    if (code == ZCD_OK)
        code = check_withdrawable(&row, &err);
    if (code != ZCD_OK) {
        answer_error(exchange, &err);
        return;
    }
    buffer_append_format(&input, "{\"import\":%" PRId64 "}", row.id);
    jobs_accept(exchange, context, jobs_kind(IMPORT_WITHDRAWAL_JOB_KIND), (const char *)input.data, NULL);
}
