#include "api/routes/corrections.h"

#include "api/app.h"
#include "api/clock.h"
#include "api/codec/json_writer.h"
#include "api/flows/correction.h"
#include "api/http/query.h"
#include "api/routes/access.h"
#include "api/routes/answer.h"
#include "api/routes/cursor.h"
#include "api/routes/fact_query.h"
#include "api/routes/idempotency.h"
#include "api/routes/shown.h"
#include "audit/record.h"
#include "base/cleanup.h"
#include "contracts/organisation_list_store.h"

#include <stdio.h>
#include <string.h>

static struct date today(void)
{
    return clock_shanghai_day(clock_now_us());
}

/* ------------------------------------------------------------------- rows */

static void write_text(struct json_writer *writer, const char *name, const char *text)
{
    if (text == NULL)
        json_write_null(writer, name);
    else
        json_write_text(writer, name, text);
}

static void write_number(struct json_writer *writer, const char *name, bool is_given, int64_t number)
{
    if (is_given)
        json_write_integer(writer, name, number);
    else
        json_write_null(writer, name);
}

static void write_instant(struct json_writer *writer, const char *name, bool is_given, int64_t at_us)
{
    char at[RECORD_AT_TEXT_SIZE];

    write_text(writer, name, is_given ? record_at_format(at_us, at) : NULL);
}

/* What was proposed is a document of ours, stored as it was written (fact_filing.proposed). */
static void write_proposed(struct json_writer *writer, const char *proposed)
{
    if (proposed == NULL) {
        json_write_null(writer, "proposed");
        return;
    }
    json_write_object(writer, "proposed");
    buffer_append(writer->text, proposed + 1, strlen(proposed) - 2);
    json_write_end(writer);
}

static void write_row(const struct correction_row *row, struct arena *arena, struct json_writer *writer)
{
    bool is_decided = row->outcome != NULL;

    json_write_object(writer, NULL);
    json_write_text(writer, "collection", row->collection);
    write_instant(writer, "decided_at", is_decided, row->decided_at_us);
    write_text(writer, "decided_by", row->decided_by);
    write_number(writer, "decided_log_index", is_decided, row->decided_index);
    write_text(writer, "decision", row->decision);
    write_text(writer, "evidence", row->evidence);
    write_instant(writer, "filed_at", true, row->filed_at_us);
    json_write_text(writer, "filed_by", row->filed_by);
    json_write_text(writer, "id", row->id);
    write_number(writer, "import", row->import_id != 0, row->import_id);
    json_write_text(writer, "key", fact_key_format(row->key, arena));
    json_write_text(writer, "lender", row->lender);
    json_write_integer(writer, "log_index", row->log_index);
    write_proposed(writer, row->proposed);
    write_text(writer, "reason", row->reason);
    json_write_text(writer, "state", is_decided ? row->outcome : "open");
    json_write_text(writer, "uscc", row->uscc);
    json_write_end(writer);
}

static void write_answer(struct http_exchange *exchange, const struct correction_row *row, int status)
{
    struct json_writer writer;

    json_writer_init(&writer, &exchange->response.body);
    write_row(row, &exchange->arena, &writer);
    if (status != 201)
        return;
    size_t size = sizeof "/v1/organisations//corrections/" + USCC_LENGTH + CORRECTION_ID_SIZE;
    char *location = arena_alloc(&exchange->arena, size, 1);
    (void)snprintf(location, size, "/v1/organisations/%s/corrections/%s", row->uscc, row->id);
    http_response_add_header(&exchange->response, "Location", location);
}

static void answer_row(struct http_exchange *exchange, const struct correction_row *row, int status)
{
    write_answer(exchange, row, status);
    answer_json(exchange, status);
}

/* A repetition is told what became of it, by the id that its key stands for. */
static void show_again(struct http_exchange *exchange, void *context)
{
    const char *id = exchange->request.parameters[0];

    exchange->request.parameters[1] = id;
    exchange->request.parameters[0] = arena_copy_bytes(&exchange->arena, id + strlen("co_"), USCC_LENGTH);
    corrections_show(exchange, context);
}

/* ------------------------------------------------------------------ filing */

/* One on its way. */
struct filing {
    struct http_exchange *exchange;
    struct db *db;
    struct fact_filing said;
    struct fact_named fact;
    struct fact_page now;
};

/* Only the director's own organisation exists. */
static enum zcd_code check_own(const struct http_exchange *exchange, struct zcd_error *err)
{
    if (caller_owns(exchange->caller, NULL, exchange->request.parameters[0]))
        return ZCD_OK;
    return zcd_fail(err, ZCD_NOT_FOUND, "there is no such fact");
}

static enum zcd_code refuse(struct zcd_error *err, const char *member, const char *rule)
{
    (void)zcd_fail(err, ZCD_INVALID, "%s", rule);
    return zcd_fail_within(err, member);
}

/* Which fact of which lender. */
static enum zcd_code find_fact(struct filing *filing, struct zcd_error *err)
{
    const struct fact_filing *said = &filing->said;
    struct arena *arena = &filing->exchange->arena;
    bool is_organisation = strcmp(said->collection, fact_form_at(FACT_FORM_ORGANISATION)->name) == 0, knows = false;
    enum fact_form_number form = is_organisation ? FACT_FORM_ORGANISATION : fact_form_find(said->collection);

    if (form == FACT_FORM_NONE)
        return refuse(err, "collection", "there is no such collection");
    filing->fact = (struct fact_named){fact_form_at(form), filing->exchange->request.parameters[0], said->lender, NULL};
    if (fact_key_read(filing->fact.form, said->key, arena, &filing->fact.key, err) != ZCD_OK)
        return refuse(err, "key", "no fact of the collection has such a key");
    enum zcd_code code =
        organisation_list_store_knows(filing->db, filing->fact.uscc, said->lender, &knows, err);
    if (code == ZCD_OK && !knows)
        return refuse(err, "lender", "the lender knows nothing of the organisation");
    return code;
}

static enum zcd_code read_filing(struct filing *filing, struct zcd_error *err)
{
    struct http_exchange *exchange = filing->exchange;
    struct arena *arena = &exchange->arena;
    enum zcd_code code = fact_filing_decode(exchange->request.body, arena, &filing->said, err);

    if (code == ZCD_OK)
        code = find_fact(filing, err);
    if (code == ZCD_OK)
        code = fact_change_find(filing->db, &filing->fact, today(), arena, &filing->now, err);
    if (code == ZCD_OK)
        code = fact_filing_decode_value(filing->fact.form, filing->fact.key, exchange->request.body,
                                        filing->now.count > 0 ? filing->now.rows : NULL, today(), arena, &filing->said, err);
    if (code == ZCD_NOT_FOUND)
        return refuse(err, "key", "no fact of the collection has such a key");
    if (code == ZCD_OK)
        code = fact_change_check(filing->db, &filing->fact, filing->said.row, today(), arena, err);
    return code;
}

/* On the log's writer's thread, which waits meanwhile; the same for a refusal. */
static void answer_recorded(struct correction *correction, const struct zcd_error *err)
{
    struct http_exchange *exchange = correction->user;

    if (err == NULL)
        answer_row(exchange, &correction->row, correction->is_refusal ? 200 : 201);
    else if (err->code == ZCD_CONFLICT && correction->key != NULL)
        idempotency_answer_taken(exchange);
    else
        answer_error(exchange, err);
}

static void submit(struct http_exchange *exchange, struct app_worker *worker, struct correction *correction)
{
    struct zcd_error err;

    correction->done = answer_recorded;
    correction->user = exchange;
    correction->entry.trace_id = exchange->request.trace_id;
    if (correction_submit(worker->app->log, correction, &err) != ZCD_OK)
        answer_error(exchange, &err);
}

void corrections_file(struct http_exchange *exchange, void *context)
{
    struct correction *correction = ARENA_NEW(&exchange->arena, struct correction, 1);
    struct filing filing = {.exchange = exchange};
    struct zcd_error err;

    if (check_own(exchange, &err) != ZCD_OK) {
        answer_error(exchange, &err);
        return;
    }
    if (!idempotency_begin(exchange, context, show_again, 201, &correction->key))
        return;
    enum zcd_code code = app_worker_db(context, &filing.db, &err);
    if (code == ZCD_OK)
        code = read_filing(&filing, &err);
    if (code == ZCD_OK)
        code = correction_prepare(&filing.fact, &filing.said, &filing.now, exchange->caller, &exchange->arena, correction, &err);
    if (code != ZCD_OK)
        answer_refused(exchange, &err);
    else
        submit(exchange, context, correction);
}

/* ----------------------------------------------------------------- reading */

static enum zcd_code nothing(struct zcd_error *err)
{
    return zcd_fail(err, ZCD_NOT_FOUND, "there is no such correction");
}

/* Of the path's organisation, and one that the caller may see. */
static enum zcd_code find(struct http_exchange *exchange, struct app_worker *worker, struct correction_row *row,
                          struct zcd_error *err)
{
    const char *const *path = exchange->request.parameters;
    struct db *db;
    enum zcd_code code = app_worker_db(worker, &db, err);

    if (code == ZCD_OK)
        code = correction_store_find(db, path[1], &exchange->arena, row, err);
    if (code == ZCD_OK
        && (strcmp(row->uscc, path[0]) != 0 || !caller_owns(exchange->caller, row->lender, row->uscc)))
        return nothing(err);
    return code;
}

static void show(struct http_exchange *exchange, struct app_worker *worker, const struct correction_row *rows, size_t count)
{
    struct disclosed *shown = ARENA_NEW(&exchange->arena, struct disclosed, count);
    size_t shown_count = 0;

    for (size_t i = 0; i < count; i++)
        shown_count += fact_query_discloses(exchange->caller, rows[i].uscc, rows[i].lender, &shown[shown_count]);
    exchange->response.content_type = "application/json";
    shown_send(exchange, worker, worker->db, "facts", shown, shown_count);
}

void corrections_show(struct http_exchange *exchange, void *context)
{
    struct correction_row row;
    struct zcd_error err;

    if (find(exchange, context, &row, &err) != ZCD_OK) {
        answer_error(exchange, &err);
        return;
    }
    write_answer(exchange, &row, exchange->response.status_of_success == 201 ? 201 : 200);
    show(exchange, context, &row, 1);
}

enum parameter { CURSOR, LIMIT, STATE, PARAMETERS };

static enum zcd_code read_search(struct http_exchange *exchange, struct correction_search *search, struct zcd_error *err)
{
    static const char *const names[PARAMETERS] = {"cursor", "limit", "state"};
    static const char *const states[] = {"open", "accepted", "refused"};
    const char *values[PARAMETERS];
    uint64_t below = INT64_MAX;
    bool is_known = false;

    if (http_query_parse(exchange->request.query, names, PARAMETERS, &exchange->arena, values, err) != ZCD_OK
        || fact_query_limit(values[LIMIT], &search->limit, err) != ZCD_OK
        || cursor_parse_number(values[CURSOR], INT64_MAX, &below, err) != ZCD_OK)
        return err->code;
    for (size_t i = 0; values[STATE] != NULL && i < sizeof states / sizeof *states; i++)
        is_known = is_known || strcmp(states[i], values[STATE]) == 0;
    if (values[STATE] != NULL && !is_known)
        return refuse(err, names[STATE], "not open, accepted or refused");
    search->below = (int64_t)below;
    search->state = values[STATE];
    search->uscc = exchange->request.parameters[0];
    return ZCD_OK;
}

/* The director's own, the lender's own, the regulator's all: of an organisation of which the caller knows at all. */
static enum zcd_code confine(const struct http_exchange *exchange, struct db *db, struct correction_search *search,
                             struct zcd_error *err)
{
    bool sees_all = caller_owns(exchange->caller, NULL, search->uscc), knows = false;
    struct uscc uscc;

    if (uscc_parse(search->uscc, &uscc, err) != ZCD_OK || (!sees_all && exchange->caller->lender == NULL))
        return zcd_fail(err, ZCD_NOT_FOUND, "there is no such fact");
    search->lender = sees_all ? NULL : exchange->caller->lender;
    enum zcd_code code = organisation_list_store_knows(db, search->uscc, search->lender, &knows, err);
    return code == ZCD_OK && !knows ? zcd_fail(err, ZCD_NOT_FOUND, "there is no such fact") : code;
}

void corrections_list(struct http_exchange *exchange, void *context)
{
    struct correction_search search;
    struct correction_row *rows;
    struct json_writer writer;
    struct zcd_error err;
    char next[CURSOR_TEXT_SIZE];
    struct db *db;
    size_t count;

    if (read_search(exchange, &search, &err) != ZCD_OK) {
        answer_invalid(exchange, 400, &err);
        return;
    }
    size_t limit = (size_t)search.limit++; /* one more, so that it is known whether there is a next page */
    enum zcd_code code = app_worker_db(context, &db, &err);
    if (code == ZCD_OK)
        code = confine(exchange, db, &search, &err);
    if (code == ZCD_OK)
        code = correction_store_list(db, &search, &exchange->arena, &rows, &count, &err);
    if (code != ZCD_OK) {
        answer_error(exchange, &err);
        return;
    }
    size_t shown = count > limit ? limit : count;
    json_writer_init(&writer, &exchange->response.body);
    json_write_object(&writer, NULL);
    json_write_array(&writer, "corrections");
    for (size_t i = 0; i < shown; i++)
        write_row(&rows[i], &exchange->arena, &writer);
    json_write_end(&writer);
    write_text(&writer, "next", count > limit ? cursor_format_number((uint64_t)rows[shown - 1].log_index, next) : NULL);
    json_write_end(&writer);
    show(exchange, context, rows, shown);
}

/* ---------------------------------------------------------------- deciding */

/* On the log's writer's thread, which waits meanwhile. */
static void answer_accepted(struct fact_change *change, const struct zcd_error *err)
{
    const struct correction_acceptance *acceptance = (const struct correction_acceptance *)change; /* its first member */
    struct http_exchange *exchange = acceptance->user;

    if (err == NULL)
        answer_row(exchange, &acceptance->row, 200);
    else if (err->code == ZCD_CONFLICT && change->is_busy)
        answer_busy(exchange, err);
    else if (err->code == ZCD_CONFLICT && acceptance->key != NULL)
        idempotency_answer_taken(exchange); /* or decided on, or changed, by another: said when it is sent again */
    else
        answer_refused(exchange, err);
}

void corrections_accept(struct http_exchange *exchange, void *context)
{
    struct app_worker *worker = context;
    struct correction_acceptance *acceptance = ARENA_NEW(&exchange->arena, struct correction_acceptance, 1);
    struct correction_row row;
    struct zcd_error err;

    if (!idempotency_begin(exchange, worker, show_again, 200, &acceptance->key))
        return;
    enum zcd_code code = find(exchange, worker, &row, &err);
    if (code == ZCD_OK)
        code = correction_prepare_acceptance(worker->db, &row, exchange->caller, today(), &exchange->arena, acceptance, &err);
    acceptance->user = exchange;
    acceptance->change.done = answer_accepted;
    acceptance->change.entry.trace_id = exchange->request.trace_id;
    if (code == ZCD_OK)
        code = fact_change_submit(worker->app->log, &acceptance->change, &err);
    if (code != ZCD_OK)
        answer_error(exchange, &err);
}

void corrections_refuse(struct http_exchange *exchange, void *context)
{
    struct correction *correction = ARENA_NEW(&exchange->arena, struct correction, 1);
    struct correction_row row;
    struct zcd_error err;
    const char *reason;

    if (!idempotency_begin(exchange, context, show_again, 200, &correction->key))
        return;
    enum zcd_code code = find(exchange, context, &row, &err);
    if (code == ZCD_OK)
        code = fact_refusal_decode(exchange->request.body, &exchange->arena, &reason, &err);
    if (code == ZCD_OK)
        code = correction_prepare_refusal(&row, reason, exchange->caller, &exchange->arena, correction, &err);
    if (code != ZCD_OK)
        answer_refused(exchange, &err);
    else
        submit(exchange, context, correction);
}
