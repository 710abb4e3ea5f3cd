#include "api/routes/facts.h"

#include "api/app.h"
#include "api/routes/answer.h"
#include "api/routes/fact_write.h"
#include "api/routes/known_at.h"
#include "api/routes/shown.h"
#include "db/transaction.h"

#include <string.h>

/* One request for facts, on its way. */
struct asked {
    struct http_exchange *exchange;
    struct app_worker *worker;
    struct db *db;
    struct fact_query query;
    const struct fact_form *form;
    const char *lender; /* whose facts are read; NULL: of all */
    struct disclosed shown;
    size_t shown_count;
};

/* A lender that is named and that the caller may not see has nothing. */
static const char *lender_to_ask(const struct asked *asked)
{
    return asked->lender == NULL ? asked->query.lender : asked->lender;
}

/* False when it was answered: the query is wrong, or there is nothing that the caller may see. */
static bool begin(struct http_exchange *exchange, void *context, bool is_list, struct asked *asked)
{
    struct zcd_error err;

    *asked = (struct asked){.exchange = exchange, .worker = context};
    enum zcd_code code = fact_query_read(exchange, is_list, &asked->query, &err);
    if (code == ZCD_INVALID) {
        answer_invalid(exchange, 400, &err);
        return false;
    }
    asked->form = code == ZCD_OK ? fact_form_at(asked->query.form) : NULL;
    if (code == ZCD_OK)
        code = app_worker_db(context, &asked->db, &err);
    if (code == ZCD_OK)
        code = fact_query_confine(exchange->caller, asked->db, asked->query.uscc, asked->query.form, &asked->lender, &err);
    if (code != ZCD_OK)
        answer_error(exchange, &err);
    return code == ZCD_OK && known_at_is_settled(exchange, asked->db, lender_to_ask(asked), asked->query.known_at_us);
}

/* That a lender's facts stand in the answer: once for all of others' lenders is enough, since a disclosure names none. */
static void note_shown(struct asked *asked, const struct fact_told *told)
{
    if (asked->shown_count == 0)
        asked->shown_count = fact_query_discloses(asked->exchange->caller, asked->query.uscc, told->lender, &asked->shown);
}

static void send(struct asked *asked)
{
    struct http_exchange *exchange = asked->exchange;
    struct disclosed *shown = ARENA_NEW(&exchange->arena, struct disclosed, 1);

    *shown = asked->shown;
    exchange->response.content_type = "application/json";
    shown_send(exchange, asked->worker, asked->db, "facts", shown, asked->shown_count);
}

/* In one snapshot, so that what belongs together is shown as it stood together. */
static enum zcd_code write_in_snapshot(struct asked *asked, db_transaction_body *body, struct zcd_error *err)
{
    return db_transaction_run(asked->db, DB_REPEATABLE_READ_ONLY, body, asked, err);
}

static void begin_writing(struct asked *asked)
{
    buffer_clear(&asked->exchange->response.body); /* of a run before */
    asked->shown_count = 0;
}

static void fail(struct asked *asked, const struct zcd_error *err)
{
    buffer_clear(&asked->exchange->response.body);
    answer_error(asked->exchange, err);
}

/* ------------------------------------------------------------------- lists */

static enum zcd_code write_page(struct asked *asked, const struct fact_page *page, size_t count, struct zcd_error *err)
{
    struct arena *arena = &asked->exchange->arena;
    struct json_writer writer;
    enum zcd_code code = ZCD_OK;

    json_writer_init(&writer, &asked->exchange->response.body);
    json_write_object(&writer, NULL);
    json_write_array(&writer, "facts");
    for (size_t i = 0; code == ZCD_OK && i < count; i++) {
        struct fact_shown fact = fact_shown_at(asked->form, asked->query.uscc, page, i);
        note_shown(asked, fact.told);
        code = fact_write(&fact, asked->query.wants_parts ? &asked->query : NULL, asked->exchange->caller, asked->db, arena,
                          &writer, err);
    }
    if (code != ZCD_OK)
        return code;
    json_write_end(&writer);
    fact_query_write_next(&writer, page->count > count, count == 0 ? NULL : page->told[count - 1].lender,
                          count == 0 ? NULL : page->told[count - 1].key, arena);
    json_write_end(&writer);
    return json_writer_finish(&writer, err);
}

static bool names_anothers(const struct asked *asked)
{
    return asked->lender != NULL && asked->query.lender != NULL && strcmp(asked->lender, asked->query.lender) != 0;
}

static enum zcd_code write_list(struct db *db, void *context, struct zcd_error *err)
{
    struct asked *asked = context;
    struct fact_question question = fact_query_question(&asked->query, lender_to_ask(asked));
    struct fact_page page = {.count = 0};
    enum zcd_code code = ZCD_OK;

    begin_writing(asked);
    question.limit++; /* so that it is known whether there is a next page */
    if (!names_anothers(asked))
        code = fact_table_page(db, asked->form->table, &question, &asked->exchange->arena, &page, err);
    size_t limit = (size_t)asked->query.limit;
    return code == ZCD_OK ? write_page(asked, &page, page.count > limit ? limit : page.count, err) : code;
}

void facts_list(struct http_exchange *exchange, void *context)
{
    struct asked asked;
    struct zcd_error err;

    if (!begin(exchange, context, true, &asked))
        return;
    if (write_in_snapshot(&asked, write_list, &err) != ZCD_OK)
        fail(&asked, &err);
    else
        send(&asked);
}

/* ---------------------------------------------------------------- one fact */

/*
 * Of the lender that is named; else of the caller's own; else of the only one that has it.
 * ZCD_CONFLICT: several have it.
 */
static enum zcd_code find(struct asked *asked, struct fact_page *page, struct zcd_error *err)
{
    const char *own = asked->exchange->caller->lender;
    struct fact_question question = fact_query_question(&asked->query, lender_to_ask(asked));
    bool prefers_own = question.lender == NULL && own != NULL;

    question.limit = 2;
    if (prefers_own)
        question.lender = own;
    enum zcd_code code = fact_table_page(asked->db, asked->form->table, &question, &asked->exchange->arena, page, err);
    if (code == ZCD_OK && page->count == 0 && prefers_own) {
        question.lender = NULL;
        code = fact_table_page(asked->db, asked->form->table, &question, &asked->exchange->arena, page, err);
    }
    if (code != ZCD_OK)
        return code;
    if (page->count == 0 || names_anothers(asked))
        return zcd_fail(err, ZCD_NOT_FOUND, "there is no such fact");
    return page->count == 1 ? ZCD_OK : zcd_fail(err, ZCD_CONFLICT, "several lenders have this fact: name one in ?lender=");
}

static enum zcd_code write_one(struct db *db, void *context, struct zcd_error *err)
{
    struct asked *asked = context;
    struct json_writer writer;
    struct fact_page page;

    begin_writing(asked);
    if (find(asked, &page, err) != ZCD_OK)
        return err->code;
    struct fact_shown fact = fact_shown_at(asked->form, asked->query.uscc, &page, 0);
    note_shown(asked, fact.told);
    json_writer_init(&writer, &asked->exchange->response.body);
    enum zcd_code code =
        fact_write(&fact, &asked->query, asked->exchange->caller, db, &asked->exchange->arena, &writer, err);
    return code == ZCD_OK ? json_writer_finish(&writer, err) : code;
}

enum zcd_code facts_write_own(struct http_exchange *exchange, struct db *db, const struct fact_query *query,
                              struct zcd_error *err)
{
    struct asked asked = {.exchange = exchange,
                          .db = db,
                          .query = *query,
                          .form = fact_form_at(query->form),
                          .lender = exchange->caller->lender};

    return write_in_snapshot(&asked, write_one, err);
}

/* Of all lenders whose facts the caller may see, unless one is named. */
static enum zcd_code write_history(struct db *db, void *context, struct zcd_error *err)
{
    struct asked *asked = context;
    struct fact_question question = fact_query_question(&asked->query, lender_to_ask(asked));
    struct json_writer writer;
    struct fact_page page;

    begin_writing(asked);
    enum zcd_code code =
        fact_table_told(db, asked->form->table, &question, &asked->exchange->arena, &page, err);
    if (code != ZCD_OK)
        return code;
    if (page.count == 0 || names_anothers(asked))
        return zcd_fail(err, ZCD_NOT_FOUND, "there is no such fact");
    json_writer_init(&writer, &asked->exchange->response.body);
    json_write_object(&writer, NULL);
    json_write_array(&writer, "history");
    for (size_t i = 0; i < page.count; i++) {
        struct fact_shown fact = fact_shown_at(asked->form, asked->query.uscc, &page, i);
        note_shown(asked, fact.told);
        fact_write_told(&fact, &asked->exchange->arena, &writer);
    }
    json_write_end(&writer);
    json_write_end(&writer);
    return json_writer_finish(&writer, err);
}

void facts_show(struct http_exchange *exchange, void *context)
{
    struct asked asked;
    struct zcd_error err;

    if (!begin(exchange, context, false, &asked))
        return;
    if (write_in_snapshot(&asked, asked.query.wants_history ? write_history : write_one, &err) != ZCD_OK)
        fail(&asked, &err);
    else
        send(&asked);
}
