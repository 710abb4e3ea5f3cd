#include "api/routes/authorisations.h"

#include "api/app.h"
#include "api/clock.h"
#include "api/codec/identity_decode.h"
#include "api/codec/json_writer.h"
#include "api/flows/authorisation.h"
#include "api/http/query.h"
#include "api/identity/authorisation_store.h"
#include "api/identity/caller.h"
#include "api/routes/answer.h"
#include "api/routes/cursor.h"
#include "api/routes/idempotency.h"
#include "api/routes/log_index.h"

#include <stdio.h>
#include <string.h>

#define LOCATION "/v1/authorisations/"

enum { LIMIT_DEFAULT = 20, LIMIT_MAX = 100 };

static struct date today(void)
{
    return clock_shanghai_day(clock_now_us());
}

static void write_index(struct json_writer *writer, const char *name, int64_t index)
{
    if (index < 0)
        json_write_null(writer, name);
    else
        json_write_integer(writer, name, index);
}

static void write_row(const struct authorisation_row *row, struct json_writer *writer)
{
    char day[DATE_TEXT_SIZE];
    bool has_end = !date_is_none(row->expires_on);
    bool is_over = has_end && date_compare(row->expires_on, today()) < 0;

    json_write_object(writer, NULL);
    if (has_end)
        json_write_text(writer, "expires_on", date_format(row->expires_on, day));
    else
        json_write_null(writer, "expires_on");
    json_write_text(writer, "granted_by", row->granted_by);
    json_write_text(writer, "granted_to", row->granted_to);
    json_write_text(writer, "id", row->id);
    json_write_boolean(writer, "in_force", !is_over && row->withdrawn_index < 0);
    json_write_integer(writer, "log_index", row->log_index);
    json_write_text(writer, "organisation", row->uscc);
    json_write_text(writer, "purpose", row->purpose);
    json_write_array(writer, "scope");
    for (unsigned rest = row->scopes; rest != 0; rest &= rest - 1)
        json_write_text(writer, NULL, authorisation_scope_name((enum authorisation_scope)(rest & (0U - rest))));
    json_write_end(writer);
    write_index(writer, "withdrawn_log_index", row->withdrawn_index);
    json_write_end(writer);
}

static void answer_row(struct http_exchange *exchange, const struct authorisation_row *row, int status)
{
    struct json_writer writer;
    size_t size = sizeof LOCATION + AUTHORISATION_ID_SIZE;
    char *location = arena_alloc(&exchange->arena, size, 1);

    if (status == 201) {
        (void)snprintf(location, size, LOCATION "%s", row->id);
        http_response_add_header(&exchange->response, "Location", location);
    }
    json_writer_init(&writer, &exchange->response.body);
    write_row(row, &writer);
    answer_json(exchange, status);
}

/* On the log's writer's thread, which waits meanwhile. */
static void answer_recorded(struct authorisation *authorisation, const struct zcd_error *err)
{
    struct http_exchange *exchange = authorisation->user;

    if (err == NULL)
        answer_row(exchange, &authorisation->row, authorisation->is_withdrawal ? 200 : 201);
    else if (err->code == ZCD_CONFLICT && authorisation->key != NULL)
        idempotency_answer_taken(exchange);
    else
        answer_error(exchange, err);
}

static void submit(struct http_exchange *exchange, struct app_worker *worker, struct authorisation *authorisation)
{
    struct zcd_error err;

    authorisation->done = answer_recorded;
    authorisation->user = exchange;
    authorisation->entry.trace_id = exchange->request.trace_id;
    if (authorisation_submit(worker->app->log, authorisation, &err) != ZCD_OK)
        answer_error(exchange, &err);
}

void authorisations_create(struct http_exchange *exchange, void *context)
{
    struct authorisation *authorisation = ARENA_NEW(&exchange->arena, struct authorisation, 1);
    struct authorisation_request *request;
    struct zcd_error err;

    if (!idempotency_begin(exchange, context, authorisations_show, 201, &authorisation->key))
        return;
    if (authorisation_request_decode(exchange->request.body, today(), &exchange->arena, &request, &err) != ZCD_OK
        || authorisation_prepare(request, exchange->caller, &exchange->arena, authorisation, &err) != ZCD_OK) {
        answer_invalid(exchange, 422, &err);
        return;
    }
    submit(exchange, context, authorisation);
}

/* A director sees those of the organisation, a lender and the organiser those given to them, the regulator all. */
static bool may_see(const struct caller *caller, const struct authorisation_row *row)
{
    char text[AUTHORISATION_GRANTEE_SIZE];
    const char *grantee = authorisation_grantee_of(caller, text);

    return caller_owns(caller, NULL, row->uscc) || (grantee != NULL && strcmp(grantee, row->granted_to) == 0);
}

static enum zcd_code find(struct http_exchange *exchange, struct app_worker *worker, struct authorisation_row *row,
                          struct zcd_error *err)
{
    struct db *db;
    enum zcd_code code = app_worker_db(worker, &db, err);

    if (code == ZCD_OK)
        code = authorisation_store_find(db, exchange->request.parameters[0], &exchange->arena, row, err);
    if (code == ZCD_OK && !may_see(exchange->caller, row))
        code = zcd_fail(err, ZCD_NOT_FOUND, "there is no such authorisation");
    return code;
}

void authorisations_show(struct http_exchange *exchange, void *context)
{
    struct authorisation_row row;
    struct zcd_error err;

    if (find(exchange, context, &row, &err) != ZCD_OK)
        answer_error(exchange, &err);
    else
        answer_row(exchange, &row, exchange->response.status_of_success == 201 ? 201 : 200);
}

void authorisations_withdraw(struct http_exchange *exchange, void *context)
{
    struct authorisation *authorisation = ARENA_NEW(&exchange->arena, struct authorisation, 1);
    struct authorisation_row row;
    struct zcd_error err;

    enum zcd_code code = find(exchange, context, &row, &err);
    if (code == ZCD_OK && row.withdrawn_index >= 0)
        code = zcd_fail(&err, ZCD_CONFLICT, "it is withdrawn already");
    if (code == ZCD_OK)
        code = authorisation_prepare_withdrawal(&row, exchange->caller, &exchange->arena, authorisation, &err);
    if (code != ZCD_OK)
        answer_error(exchange, &err);
    else
        submit(exchange, context, authorisation);
}

/* ------------------------------------------------------------------ all that concern one */

static enum zcd_code read_number(const char *text, const char *name, uint64_t least, uint64_t most, uint64_t *number,
                                 struct zcd_error *err)
{
    struct zcd_error reason;
    uint64_t read = *number;

    if (text != NULL && (log_index_parse(text, &read, &reason) != ZCD_OK || read < least || read > most)) {
        (void)zcd_fail(err, ZCD_INVALID, "not a number from %llu to %llu", (unsigned long long)least,
                       (unsigned long long)most);
        return zcd_fail_within(err, name);
    }
    *number = read;
    return ZCD_OK;
}

static enum zcd_code read_search(struct http_exchange *exchange, struct authorisation_search *search, struct zcd_error *err)
{
    static const char *const NAMES[] = {"cursor", "limit"};
    const struct caller *caller = exchange->caller;
    char *grantee = arena_alloc(&exchange->arena, AUTHORISATION_GRANTEE_SIZE, 1);
    const char *values[2];
    uint64_t below = INT64_MAX, limit = LIMIT_DEFAULT;

    if (http_query_parse(exchange->request.query, NAMES, 2, &exchange->arena, values, err) != ZCD_OK
        || cursor_parse_number(values[0], INT64_MAX, &below, err) != ZCD_OK
        || read_number(values[1], "limit", 1, LIMIT_MAX, &limit, err) != ZCD_OK)
        return err->code;
    *search = (struct authorisation_search){.uscc = caller->uscc,
                                            .granted_to = caller_is_regulator(caller) ? NULL : authorisation_grantee_of(caller, grantee),
                                            .below = (int64_t)below,
                                            .limit = (size_t)limit + 1};
    return ZCD_OK;
}

static void answer_page(struct http_exchange *exchange, const struct authorisation_row *rows, size_t count, bool has_more)
{
    struct json_writer writer;
    char next[CURSOR_TEXT_SIZE];

    json_writer_init(&writer, &exchange->response.body);
    json_write_object(&writer, NULL);
    json_write_array(&writer, "authorisations");
    for (size_t i = 0; i < count; i++)
        write_row(&rows[i], &writer);
    json_write_end(&writer);
    if (has_more)
        json_write_text(&writer, "next", cursor_format_number((uint64_t)rows[count - 1].log_index, next));
    else
        json_write_null(&writer, "next");
    json_write_end(&writer);
    answer_json(exchange, 200);
}

void authorisations_list(struct http_exchange *exchange, void *context)
{
    struct authorisation_search search;
    struct authorisation_row *rows;
    struct zcd_error err;
    struct db *db;
    size_t count;

    if (read_search(exchange, &search, &err) != ZCD_OK) {
        answer_invalid(exchange, 400, &err);
        return;
    }
    enum zcd_code code = app_worker_db(context, &db, &err);
    if (code == ZCD_OK)
        code = authorisation_store_list(db, &search, &exchange->arena, &rows, &count, &err);
    if (code != ZCD_OK) {
        answer_error(exchange, &err);
        return;
    }
    bool has_more = count == search.limit;
    answer_page(exchange, rows, has_more ? count - 1 : count, has_more);
}
