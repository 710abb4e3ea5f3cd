#include "api/routes/fact_query.h"

#include "api/clock.h"
#include "api/http/query.h"
#include "api/routes/access.h"
#include "api/routes/cursor.h"
#include "api/routes/known_at.h"
#include "api/routes/listing.h"
#include "api/routes/log_index.h"
#include "contracts/facts_store.h"
#include "contracts/organisation_list_store.h"

#include <stdio.h>
#include <string.h>

static const enum authorisation_scope SCOPES[FACT_FORM_COUNT] = {
#define FACT_FORM(NAME, name, TABLE, SCOPE, PARENT, required, day, zh, en) AUTHORISATION_##SCOPE,
#include "api/codec/fact_forms.def"
#undef FACT_FORM
};

enum authorisation_scope fact_query_scope(enum fact_form_number form)
{
    return SCOPES[form];
}

static enum zcd_code nothing(struct zcd_error *err)
{
    return zcd_fail(err, ZCD_NOT_FOUND, "there is no such fact");
}

/* ------------------------------------------------------------------- query */

enum parameter { AS_OF, CURSOR, HISTORY, KNOWN_AT, LENDER, LIMIT, PARTS, UNDER, PARAMETERS };

static const char *const NAMES[PARAMETERS] = {"as_of", "cursor", "history", "known_at", "lender", "limit", "parts", "under"};

static enum zcd_code refuse(struct zcd_error *err, enum parameter parameter, const char *rule)
{
    (void)zcd_fail(err, ZCD_INVALID, "%s", rule);
    return zcd_fail_within(err, NAMES[parameter]);
}

enum zcd_code fact_query_limit(const char *text, int32_t *limit, struct zcd_error *err)
{
    struct zcd_error reason;
    uint64_t read = LISTING_LIMIT_DEFAULT;

    if (text != NULL && (log_index_parse(text, &read, &reason) != ZCD_OK || read < 1 || read > LISTING_LIMIT_MAX)) {
        (void)zcd_fail(err, ZCD_INVALID, "not a number from 1 to %d", LISTING_LIMIT_MAX);
        return zcd_fail_within(err, NAMES[LIMIT]);
    }
    *limit = (int32_t)read;
    return ZCD_OK;
}

/* A position is two texts with a line break between them, which neither has. */
enum zcd_code fact_query_cursor(const char *text, struct arena *arena, const char **first, const char **second,
                                struct zcd_error *err)
{
    const char *position = "\n";
    enum zcd_code code = cursor_parse(text, arena, &position, err);

    if (code != ZCD_OK)
        return code;
    const char *end = strchr(position, '\n');
    if (end == NULL)
        return refuse(err, CURSOR, "not the next of a page");
    *first = arena_copy_bytes(arena, position, (size_t)(end - position));
    *second = end + 1;
    return ZCD_OK;
}

void fact_query_write_next(struct json_writer *writer, bool has_more, const char *first, const char *second,
                           struct arena *arena)
{
    if (!has_more) {
        json_write_null(writer, "next");
        return;
    }
    size_t size = strlen(first) + strlen(second) + 2;
    char *position = arena_alloc(arena, size, 1);
    (void)snprintf(position, size, "%s\n%s", first, second);
    char *next = arena_alloc(arena, CURSOR_TEXT_SIZE, 1);
    json_write_text(writer, "next", cursor_format(position, next));
}

static enum zcd_code read_day(const char *text, struct date *day, struct zcd_error *err)
{
    *day = clock_shanghai_day(clock_now_us());
    if (text == NULL || date_parse(text, day, err) == ZCD_OK)
        return ZCD_OK;
    return zcd_fail_within(err, NAMES[AS_OF]);
}

static enum zcd_code read_yes(const char *const *values, enum parameter parameter, bool *yes, struct zcd_error *err)
{
    *yes = values[parameter] != NULL && strcmp(values[parameter], "true") == 0;
    if (values[parameter] == NULL || *yes || strcmp(values[parameter], "false") == 0)
        return ZCD_OK;
    return refuse(err, parameter, "neither true nor false");
}

/* ?under=KEY: what belongs to the parent with that key. */
static enum zcd_code read_under(const char *text, struct arena *arena, struct fact_query *query, struct zcd_error *err)
{
    enum fact_form_number parent = fact_form_at(query->form)->parent;
    const char *key;
    struct zcd_error unwanted;

    if (text == NULL)
        return ZCD_OK;
    if (parent == FACT_FORM_NONE || fact_key_read(fact_form_at(parent), text, arena, &key, &unwanted) != ZCD_OK)
        return refuse(err, UNDER, "not the key of what these facts belong to");
    size_t size = strlen(key) + 2;
    char *beginning = arena_alloc(arena, size, 1);
    (void)snprintf(beginning, size, "%s,", key);
    query->beginning = beginning;
    return ZCD_OK;
}

/* What only lists take, what only one fact takes, and what both do. */
static enum zcd_code check_use(const char *const *values, bool is_list, struct zcd_error *err)
{
    static const enum parameter of_lists[] = {CURSOR, LIMIT, PARTS, UNDER};

    if (is_list && values[HISTORY] != NULL)
        return refuse(err, HISTORY, "a list has no history; each of its facts has");
    for (size_t i = 0; !is_list && i < sizeof of_lists / sizeof *of_lists; i++) {
        if (values[of_lists[i]] != NULL)
            return refuse(err, of_lists[i], "this is for lists");
    }
    return ZCD_OK;
}

static enum zcd_code read_values(const char *const *values, struct arena *arena, bool is_list, struct fact_query *query,
                                 struct zcd_error *err)
{
    if (check_use(values, is_list, err) != ZCD_OK || read_day(values[AS_OF], &query->as_of, err) != ZCD_OK
        || known_at_read(values[KNOWN_AT], &query->known_at_us, err) != ZCD_OK
        || fact_query_limit(values[LIMIT], &query->limit, err) != ZCD_OK
        || fact_query_cursor(values[CURSOR], arena, &query->after_lender, &query->after_key, err) != ZCD_OK
        || read_yes(values, HISTORY, &query->wants_history, err) != ZCD_OK
        || read_yes(values, PARTS, &query->wants_parts, err) != ZCD_OK)
        return err->code;
    query->lender = values[LENDER];
    return read_under(values[UNDER], arena, query, err);
}

/* -------------------------------------------------------------------- path */

/* A code, or SCHEME:ID in which a client may have escaped the colon. */
static enum zcd_code read_organisation(const char *text, struct arena *arena, const char **uscc, struct zcd_error *err)
{
    /* Read as a key of one part: escapes are undone the same way. */
    enum zcd_code code = fact_key_read(fact_form_at(FACT_FORM_VISITS), text, arena, uscc, err);

    return code == ZCD_OK ? code : nothing(err);
}

enum zcd_code fact_query_read(struct http_exchange *exchange, bool is_list, struct fact_query *query,
                              struct zcd_error *err)
{
    const char *const *path = exchange->request.parameters;
    struct arena *arena = &exchange->arena;
    const char *values[PARAMETERS];
    struct fact_query read = {.form = FACT_FORM_ORGANISATION, .key = ""};

    if (read_organisation(path[0], arena, &read.uscc, err) != ZCD_OK)
        return err->code;
    if (path[1] != NULL)
        read.form = fact_form_find(path[1]);
    if (read.form == FACT_FORM_NONE)
        return nothing(err);
    if (path[1] != NULL && !is_list && fact_key_read(fact_form_at(read.form), path[2], arena, &read.key, err) != ZCD_OK)
        return err->code;
    if (is_list)
        read.key = NULL;
    enum zcd_code code = http_query_parse(exchange->request.query, NAMES, PARAMETERS, arena, values, err);
    if (code == ZCD_OK)
        code = read_values(values, arena, is_list, &read, err);
    if (code == ZCD_OK)
        *query = read;
    return code;
}

struct fact_question fact_query_question(const struct fact_query *query, const char *lender)
{
    return (struct fact_question){.uscc = query->uscc,
                                  .lender = lender,
                                  .as_of = query->as_of,
                                  .known_at_us = query->known_at_us,
                                  .after_lender = query->after_lender,
                                  .after_key = query->after_key,
                                  .key = query->key,
                                  .beginning = query->beginning,
                                  .limit = query->limit};
}

/* ------------------------------------------------------------------ access */

enum zcd_code fact_query_confine(const struct caller *caller, struct db *db, const char *uscc, enum fact_form_number form,
                                 const char **lender, struct zcd_error *err)
{
    enum zcd_code code = access_check_facts(caller, db, uscc, NULL, SCOPES[form], NULL, err);
    bool sees_all = code == ZCD_OK, knows = false;

    if (code != ZCD_OK && code != ZCD_NOT_FOUND)
        return code;
    if (!sees_all && caller->lender == NULL)
        return nothing(err);
    const char *own = sees_all ? NULL : caller->lender;
    code = organisation_list_store_knows(db, uscc, own, &knows, err);
    if (code == ZCD_OK && !knows)
        return nothing(err);
    if (code == ZCD_OK)
        *lender = own;
    return code;
}

size_t fact_query_discloses(const struct caller *caller, const char *uscc, const char *lender, struct disclosed *disclosed)
{
    struct zcd_error unwanted;

    if (caller_owns(caller, lender, uscc) && !caller_is_regulator(caller))
        return 0;
    *disclosed = (struct disclosed){.index = DISCLOSED_FACTS};
    if (uscc_parse(uscc, &disclosed->uscc, &unwanted) != ZCD_OK)
        disclosed->abroad = uscc;
    return 1;
}
