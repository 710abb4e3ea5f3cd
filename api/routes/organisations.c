#include "api/routes/organisations.h"

#include "api/app.h"
#include "api/clock.h"
#include "api/codec/json_writer.h"
#include "api/http/query.h"
#include "api/identity/authorisation_store.h"
#include "api/identity/caller.h"
#include "api/routes/answer.h"
#include "api/routes/fact_query.h"
#include "api/routes/listing.h"
#include "api/routes/shown.h"
#include "contracts/organisation_list_store.h"

#include <string.h>

enum parameter { BEGINNING, CURSOR, LIMIT, NAME, PARAMETERS };

static const char *const NAMES[PARAMETERS] = {"beginning", "cursor", "limit", "name"};

static enum zcd_code read_search(struct http_exchange *exchange, struct organisation_search *search, struct zcd_error *err)
{
    const char *values[PARAMETERS];
    enum zcd_code code = http_query_parse(exchange->request.query, NAMES, PARAMETERS, &exchange->arena, values, err);

    if (code != ZCD_OK)
        return code;
    *search = (struct organisation_search){.beginning = values[BEGINNING],
                                           .name = values[NAME],
                                           .as_of = clock_shanghai_day(clock_now_us())};
    code = fact_query_limit(values[LIMIT], &search->limit, err);
    if (code == ZCD_OK)
        code = fact_query_cursor(values[CURSOR], &exchange->arena, &search->after_uscc, &search->after_lender, err);
    return code;
}

/* Its own lender's; the director's own; those that let the caller see them; of the regulator, all. */
static enum zcd_code confine(struct http_exchange *exchange, struct db *db, struct organisation_search *search,
                             struct zcd_error *err)
{
    const struct caller *caller = exchange->caller;
    char text[AUTHORISATION_GRANTEE_SIZE];
    const char *grantee = authorisation_grantee_of(caller, text);

    search->sees_all = caller_is_regulator(caller);
    search->lender = caller->lender;
    if (caller->uscc != NULL) {
        const char **own = ARENA_NEW(&exchange->arena, const char *, 1);
        own[0] = caller->uscc;
        search->organisations = own;
        search->organisation_count = 1;
        return ZCD_OK;
    }
    if (search->sees_all || grantee == NULL)
        return ZCD_OK;
    return authorisation_store_list_allowing(db, grantee, AUTHORISATION_ORGANISATION, search->as_of, &exchange->arena,
                                             &search->organisations, &search->organisation_count, err);
}

static void write_known(struct json_writer *writer, const char *name, const char *text)
{
    if (*text != '\0')
        json_write_text(writer, name, text);
}

static void write_item(const struct organisation_item *item, struct json_writer *writer)
{
    json_write_object(writer, NULL);
    write_known(writer, "kind", item->kind);
    json_write_text(writer, "lender", item->lender);
    write_known(writer, "name", item->name);
    write_known(writer, "region", item->region);
    write_known(writer, "registration_status", item->registration_status);
    json_write_text(writer, "uscc", item->uscc);
    json_write_end(writer);
}

static void answer_page(struct http_exchange *exchange, struct app_worker *worker, const struct organisation_item *items,
                        size_t count, bool has_more)
{
    struct disclosed *shown = ARENA_NEW(&exchange->arena, struct disclosed, count);
    size_t shown_count = 0;
    struct json_writer writer;

    json_writer_init(&writer, &exchange->response.body);
    json_write_object(&writer, NULL);
    fact_query_write_next(&writer, has_more, count == 0 ? NULL : items[count - 1].uscc,
                          count == 0 ? NULL : items[count - 1].lender, &exchange->arena);
    json_write_array(&writer, "organisations");
    for (size_t i = 0; i < count; i++) {
        write_item(&items[i], &writer);
        shown_count += fact_query_discloses(exchange->caller, items[i].uscc, items[i].lender, &shown[shown_count]);
    }
    json_write_end(&writer);
    json_write_end(&writer);
    exchange->response.content_type = "application/json";
    shown_send(exchange, worker, worker->db, "facts", shown, shown_count);
}

void organisations_list(struct http_exchange *exchange, void *context)
{
    struct organisation_search search;
    struct organisation_item *items;
    struct zcd_error err;
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
        code = organisation_list_store_find(db, &search, &exchange->arena, &items, &count, &err);
    if (code != ZCD_OK)
        answer_error(exchange, &err);
    else
        answer_page(exchange, context, items, count > limit ? limit : count, count > limit);
}
