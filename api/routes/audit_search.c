#include "api/routes/audit_search.h"

#include "api/app.h"
#include "api/clock.h"
#include "api/http/query.h"
#include "api/identity/caller.h"
#include "api/routes/answer.h"
#include "api/routes/cursor.h"
#include "api/routes/log_index.h"
#include "api/routes/shown.h"
#include "audit/canonical_json.h"
#include "base/cleanup.h"

#include <string.h>

enum { LIMIT_DEFAULT = 20, LIMIT_MAX = 100 };

enum parameter { APPLICATION, CURSOR, FROM, KIND, LIMIT, OFFICER, OUTCOME, REASON, TO, USCC, PARAMETERS };

static const char *const NAMES[PARAMETERS] = {"application", "cursor",  "from",   "kind", "limit",
                                              "officer",     "outcome", "reason", "to",   "uscc"};

/* A day from its first instant in Shanghai, `later` days on. */
static enum zcd_code read_day(const char *const *values, enum parameter name, int later, int64_t *at_us,
                              struct zcd_error *err)
{
    struct date day;

    if (values[name] == NULL)
        return ZCD_OK;
    if (date_parse(values[name], &day, err) != ZCD_OK)
        return zcd_fail_within(err, NAMES[name]);
    *at_us = clock_shanghai_midnight_us(date_add_days(day, later));
    if (*at_us <= 0)
        *at_us = 1; /* before there were computers: 0 stands for no bound */
    return ZCD_OK;
}

static enum zcd_code read_number(const char *const *values, enum parameter name, uint64_t least, uint64_t most,
                                 uint64_t *number, struct zcd_error *err)
{
    uint64_t read;
    struct zcd_error reason;

    if (values[name] == NULL)
        return ZCD_OK;
    if (log_index_parse(values[name], &read, &reason) != ZCD_OK || read < least || read > most) {
        (void)zcd_fail(err, ZCD_INVALID, "not a number from %llu to %llu", (unsigned long long)least,
                       (unsigned long long)most);
        return zcd_fail_within(err, NAMES[name]);
    }
    *number = read;
    return ZCD_OK;
}

/* A kind that there is none of would find nothing, for ever: it is a slip. */
static enum zcd_code check_kind(const char *kind, struct zcd_error *err)
{
    enum record_kind known;

    if (kind == NULL || record_kind_parse(kind, &known, err) == ZCD_OK)
        return ZCD_OK;
    return zcd_fail_within(err, NAMES[KIND]);
}

static enum zcd_code read_search(const struct http_exchange *exchange, struct arena *arena, struct log_search *search,
                                 struct zcd_error *err)
{
    const char *values[PARAMETERS];
    uint64_t limit = LIMIT_DEFAULT;
    uint64_t below = UINT64_MAX;

    enum zcd_code code = http_query_parse(exchange->request.query, NAMES, PARAMETERS, arena, values, err);
    if (code != ZCD_OK)
        return code;
    *search = (struct log_search){.uscc = values[USCC],
                                  .application = values[APPLICATION],
                                  .actor_id = values[OFFICER],
                                  .kind = values[KIND],
                                  .outcome = values[OUTCOME],
                                  .reason = values[REASON]};
    code = check_kind(values[KIND], err);
    if (code == ZCD_OK)
        code = read_day(values, FROM, 0, &search->from_us, err);
    if (code == ZCD_OK)
        code = read_day(values, TO, 1, &search->to_us, err);
    if (code == ZCD_OK)
        code = read_number(values, LIMIT, 1, LIMIT_MAX, &limit, err);
    if (code == ZCD_OK)
        code = cursor_parse_number(values[CURSOR], CANONICAL_JSON_INTEGER_MAX, &below, err);
    search->limit = (size_t)limit;
    search->below = below;
    return code;
}

/* shown: found->count places */
static enum zcd_code encode(const struct log_found *found, struct buffer *json, struct disclosed *shown,
                            struct zcd_error *err)
{
    struct bytes rest = buffer_bytes(&found->leaves);
    enum zcd_code code = ZCD_OK;
    char next[CURSOR_TEXT_SIZE];
    struct bytes leaf;

    buffer_append_text(json, "{\"next\":");
    if (found->has_more)
        buffer_append_format(json, "\"%s\"", cursor_format_number(found->index[found->count - 1], next));
    else
        buffer_append_text(json, "null");
    buffer_append_text(json, ",\"records\":[");
    for (size_t i = 0; code == ZCD_OK && i < found->count; i++) {
        code = tile_next_entry(&rest, &leaf, err);
        if (code == ZCD_OK)
            code = disclosed_read(leaf, found->index[i], &shown[i], err);
        if (code != ZCD_OK)
            break;
        buffer_append_text(json, i == 0 ? "{\"leaf\":" : ",{\"leaf\":");
        canonical_json_append_string(json, leaf);
        buffer_append_format(json, ",\"log_index\":%llu}", (unsigned long long)found->index[i]);
    }
    buffer_append_text(json, "]}");
    return code;
}

/* To what is the caller's own. Asking for another's organisation finds nothing, as if there were none. */
static void confine(const struct caller *caller, struct log_search *search)
{
    if (caller_is_regulator(caller))
        return;
    search->lender = caller->lender;
    if (caller->uscc != NULL && search->uscc != NULL && strcmp(search->uscc, caller->uscc) != 0)
        search->limit = 0;
    else if (caller->uscc != NULL)
        search->uscc = caller->uscc;
}

void audit_search(struct http_exchange *exchange, void *context)
{
    struct app_worker *worker = context;
    ZCD_AUTO(log_found_done)
    struct log_found found = {0};
    struct log_search search;
    struct zcd_error err;
    struct db *db;

    if (read_search(exchange, &exchange->arena, &search, &err) != ZCD_OK) {
        answer_invalid(exchange, 400, &err);
        return;
    }
    confine(exchange->caller, &search);
    enum zcd_code code = app_worker_db(worker, &db, &err);
    if (code == ZCD_OK && search.limit > 0)
        code = log_search(worker->app->log, db, &search, &found, &err);
    struct disclosed *shown = ARENA_NEW(&exchange->arena, struct disclosed, found.count);
    if (code == ZCD_OK)
        code = encode(&found, &exchange->response.body, shown, &err);
    if (code != ZCD_OK) {
        answer_error(exchange, &err);
        return;
    }
    exchange->response.content_type = "application/json";
    shown_send(exchange, worker, db, "record", shown, found.count);
}
