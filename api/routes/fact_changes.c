#include "api/routes/fact_changes.h"

#include "api/app.h"
#include "api/clock.h"
#include "api/codec/json_writer.h"
#include "api/flows/fact_change.h"
#include "api/routes/answer.h"
#include "api/routes/fact_query.h"
#include "api/routes/facts.h"
#include "contracts/organisation_list_store.h"

#include <stdio.h>
#include <string.h>

/* One request that writes a fact. */
struct writing {
    struct http_exchange *exchange;
    struct db *db;
    struct fact_query query;
    struct fact_named fact;
    struct fact_page now; /* what holds; its count is 0 or 1 */
};

static struct date today(void)
{
    return clock_shanghai_day(clock_now_us());
}

static enum zcd_code nothing(struct zcd_error *err)
{
    return zcd_fail(err, ZCD_NOT_FOUND, "there is no such fact");
}

/* The organisation is one with a code that the lender knows, or is made known by this. */
static enum zcd_code check_organisation(struct writing *writing, struct zcd_error *err)
{
    bool knows = writing->query.form == FACT_FORM_ORGANISATION;
    struct uscc uscc;

    if (uscc_parse(writing->fact.uscc, &uscc, err) != ZCD_OK)
        return nothing(err);
    enum zcd_code code = knows ? ZCD_OK
                               : organisation_list_store_knows(writing->db, writing->fact.uscc, writing->fact.lender, &knows, err);
    return code == ZCD_OK && !knows ? nothing(err) : code;
}

static enum zcd_code find(struct writing *writing, struct zcd_error *err)
{
    enum zcd_code code = fact_query_read(writing->exchange, false, &writing->query, err);

    if (code != ZCD_OK)
        return code;
    writing->fact = (struct fact_named){fact_form_at(writing->query.form), writing->query.uscc,
                                        writing->exchange->caller->lender, writing->query.key};
    code = check_organisation(writing, err);
    if (code == ZCD_OK)
        code = fact_change_find(writing->db, &writing->fact, today(), &writing->exchange->arena, &writing->now, err);
    return code;
}

/* Against the bytes that GET answers with. False when it was answered. */
static bool matches(struct writing *writing)
{
    struct http_exchange *exchange = writing->exchange;
    char etag[ANSWER_ETAG_SIZE];
    struct zcd_error err;

    if (writing->now.count == 0)
        return answer_check_match(exchange, NULL);
    if (facts_write_own(exchange, writing->db, &writing->query, &err) != ZCD_OK) {
        buffer_clear(&exchange->response.body);
        answer_error(exchange, &err);
        return false;
    }
    (void)answer_etag_format(buffer_bytes(&exchange->response.body), etag);
    buffer_clear(&exchange->response.body);
    return answer_check_match(exchange, etag);
}

static bool begin(struct http_exchange *exchange, void *context, struct writing *writing)
{
    struct zcd_error err;

    *writing = (struct writing){.exchange = exchange};
    enum zcd_code code = app_worker_db(context, &writing->db, &err);
    if (code == ZCD_OK)
        code = find(writing, &err);
    if (code == ZCD_OK)
        return matches(writing);
    answer_error(exchange, &err);
    return false;
}

/* ----------------------------------------------------------------- answers */

static void write_number(struct json_writer *writer, const char *name, bool is_given, int64_t number)
{
    if (is_given)
        json_write_integer(writer, name, number);
    else
        json_write_null(writer, name);
}

/* Of what is new. From what was read of the path, since nothing that a client sent goes into a field. */
static void add_location(struct http_exchange *exchange, const struct fact_change *change)
{
    const char *key = fact_key_format(change->fact.key, &exchange->arena);
    size_t size = sizeof "/v1/organisations///" + strlen(change->fact.uscc) + strlen(change->fact.form->name) + strlen(key);
    char *location = arena_alloc(&exchange->arena, size, 1);

    if (*key == '\0')
        (void)snprintf(location, size, "/v1/organisations/%s", change->fact.uscc);
    else
        (void)snprintf(location, size, "/v1/organisations/%s/%s/%s", change->fact.uscc, change->fact.form->name, key);
    http_response_add_header(&exchange->response, "Location", location);
}

static void answer_change(struct http_exchange *exchange, const struct fact_change *change, bool is_changed)
{
    const struct fact_row *head = change->row;
    struct json_writer writer;
    char day[DATE_TEXT_SIZE];

    json_writer_init(&writer, &exchange->response.body);
    json_write_object(&writer, NULL);
    json_write_boolean(&writer, "changed", is_changed);
    json_write_text(&writer, "collection", change->fact.form->name);
    write_number(&writer, "import", is_changed, change->import);
    json_write_text(&writer, "key", fact_key_format(change->fact.key, &exchange->arena));
    json_write_text(&writer, "lender", change->fact.lender);
    write_number(&writer, "log_index", is_changed, (int64_t)change->entry.index);
    json_write_boolean(&writer, "removed", head->removed);
    json_write_text(&writer, "uscc", change->fact.uscc);
    json_write_text(&writer, "valid_from", date_format(head->valid_from, day));
    json_write_end(&writer);
    bool is_new = is_changed && change->seen_import == 0;
    if (is_new)
        add_location(exchange, change);
    answer_json(exchange, is_new ? 201 : 200);
}

static void answer_old(struct http_exchange *exchange)
{
    answer_fill_problem(exchange, 412, "it was changed meanwhile, or made: read it again", NULL);
    http_exchange_finish(exchange);
}

/* On the log's writer's thread, which waits meanwhile. */
static void answer_recorded(struct fact_change *change, const struct zcd_error *err)
{
    struct http_exchange *exchange = change->user;

    if (err == NULL || (err->code == ZCD_CONFLICT && change->is_known))
        answer_change(exchange, change, err == NULL);
    else if (err->code == ZCD_CONFLICT && change->is_busy)
        answer_busy(exchange, err);
    else if (err->code == ZCD_CONFLICT && change->is_old)
        answer_old(exchange);
    else
        answer_refused(exchange, err);
}

static void submit(struct writing *writing, struct app_worker *worker, const struct fact_statement *statement)
{
    struct http_exchange *exchange = writing->exchange;
    struct fact_change *change = ARENA_NEW(&exchange->arena, struct fact_change, 1);
    struct zcd_error err;

    enum zcd_code code = fact_change_prepare(&writing->fact, statement, &writing->now, exchange->caller, &exchange->arena,
                                             change, &err);
    change->done = answer_recorded;
    change->user = exchange;
    change->entry.trace_id = exchange->request.trace_id;
    if (code == ZCD_OK)
        code = fact_change_submit(worker->app->log, change, &err);
    if (code != ZCD_OK)
        answer_error(exchange, &err);
}

void fact_changes_put(struct http_exchange *exchange, void *context)
{
    struct fact_statement statement;
    struct writing writing;
    struct zcd_error err;

    if (!begin(exchange, context, &writing))
        return;
    enum zcd_code code = fact_statement_decode(writing.fact.form, writing.fact.key, exchange->request.body, today(),
                                               &exchange->arena, &statement, &err);
    if (code == ZCD_OK)
        code = fact_change_check(writing.db, &writing.fact, statement.row, today(), &exchange->arena, &err);
    if (code != ZCD_OK)
        answer_refused(exchange, &err);
    else
        submit(&writing, context, &statement);
}

void fact_changes_delete(struct http_exchange *exchange, void *context)
{
    struct fact_statement statement;
    struct writing writing;
    struct zcd_error err;

    if (!begin(exchange, context, &writing))
        return;
    enum zcd_code code = writing.now.count == 0
                             ? nothing(&err)
                             : fact_statement_remove(writing.fact.form, writing.fact.key, writing.now.rows, today(),
                                                     &exchange->arena, &statement, &err);
    if (code != ZCD_OK)
        answer_error(exchange, &err);
    else
        submit(&writing, context, &statement);
}
