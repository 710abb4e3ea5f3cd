#include "api/routes/tokens.h"

#include "api/app.h"
#include "api/clock.h"
#include "api/codec/identity_decode.h"
#include "api/codec/json_writer.h"
#include "api/flows/idempotency_store.h"
#include "api/identity/caller.h"
#include "api/identity/directory.h"
#include "api/identity/secret.h"
#include "api/identity/token_store.h"
#include "api/identity/user_store.h"
#include "api/routes/answer.h"
#include "api/routes/idempotency.h"
#include "api/routes/listing.h"
#include "db/transaction.h"

#include <stdio.h>
#include <string.h>

#define LOCATION "/v1/tokens/"

static bool is_admin(const struct caller *caller)
{
    return (caller->roles & CALLER_ADMIN) != 0 && caller->lender != NULL;
}

static struct token_scope scope_of(const struct caller *caller)
{
    return (struct token_scope){.user = caller->id, .lender = is_admin(caller) ? caller->lender : NULL};
}

/* token is NULL but in the answer that makes it. */
static void write_token(const struct token_row *row, const char *token, struct json_writer *writer)
{
    char expires[DATE_TEXT_SIZE], used[DATE_TEXT_SIZE];

    json_write_object(writer, NULL);
    json_write_text(writer, "expires_on", date_format(clock_shanghai_day(row->expires_at_us), expires));
    json_write_text(writer, "id", row->id);
    if (token != NULL)
        json_write_text(writer, "token", token);
    if (date_is_none(row->used_on))
        json_write_null(writer, "used_on");
    else
        json_write_text(writer, "used_on", date_format(row->used_on, used));
    json_write_text(writer, "user", row->user);
    json_write_end(writer);
}

static void answer_token(struct http_exchange *exchange, const struct token_row *row, const char *token, int status)
{
    struct json_writer writer;
    size_t size = sizeof LOCATION + TOKEN_ID_SIZE;
    char *location = arena_alloc(&exchange->arena, size, 1);

    if (status == 201) {
        (void)snprintf(location, size, LOCATION "%s", row->id);
        http_response_add_header(&exchange->response, "Location", location);
    }
    json_writer_init(&writer, &exchange->response.body);
    write_token(row, token, &writer);
    answer_json(exchange, status);
}

void tokens_list(struct http_exchange *exchange, void *context)
{
    const struct token_scope scope = scope_of(exchange->caller);
    struct json_writer writer;
    struct listing listing;
    struct token_row *rows;
    struct zcd_error err;
    struct db *db;
    size_t count;

    if (listing_read(exchange, &listing, &err) != ZCD_OK) {
        answer_invalid(exchange, 400, &err);
        return;
    }
    if (app_worker_db(context, &db, &err) != ZCD_OK
        || token_store_list(db, &scope, listing.cursor == NULL ? "" : listing.cursor, listing.limit + 1, &exchange->arena,
                            &rows, &count, &err) != ZCD_OK) {
        answer_error(exchange, &err);
        return;
    }
    bool has_more = count > listing.limit;
    count -= has_more;
    json_writer_init(&writer, &exchange->response.body);
    json_write_object(&writer, NULL);
    listing_write_next(&writer, has_more, has_more ? rows[count - 1].id : NULL);
    json_write_array(&writer, "tokens");
    for (size_t i = 0; i < count; i++)
        write_token(&rows[i], NULL, &writer);
    json_write_end(&writer);
    json_write_end(&writer);
    answer_json(exchange, 200);
}

void tokens_show(struct http_exchange *exchange, void *context)
{
    const struct token_scope scope = scope_of(exchange->caller);
    struct token_row row;
    struct zcd_error err;
    struct db *db;

    if (app_worker_db(context, &db, &err) != ZCD_OK
        || token_store_find(db, &scope, exchange->request.parameters[0], &exchange->arena, &row, &err) != ZCD_OK)
        answer_error(exchange, &err);
    else
        answer_token(exchange, &row, NULL, exchange->response.status_of_success == 201 ? 201 : 200);
}

/* ------------------------------------------------------------------ making one */

static enum zcd_code check_user(struct http_exchange *exchange, struct db *db, const char *user, struct zcd_error *err)
{
    const struct caller *caller = exchange->caller;
    struct user_row row;
    enum zcd_code code = ZCD_OK;

    if (strcmp(user, caller->id) == 0)
        return ZCD_OK;
    code = user_store_find(db, user, &exchange->arena, &row, err);
    if (code != ZCD_OK && code != ZCD_NOT_FOUND)
        return code;
    if (code == ZCD_OK && is_admin(caller) && row.lender != NULL && strcmp(row.lender, caller->lender) == 0
        && row.roles == CALLER_SYSTEM)
        return ZCD_OK;
    (void)zcd_fail(err, ZCD_INVALID, "a token is for oneself, or made by an administrator for a system of the same lender");
    return zcd_fail_within(err, "user");
}

struct making {
    const char *user;
    struct sha256 sha256;
    int64_t expires_at_us;
    const char *id;
    struct idempotency_row *key; /* NULL: none */
};

static enum zcd_code insert(struct db *db, void *context, struct zcd_error *err)
{
    const struct making *making = context;
    enum zcd_code code = token_store_insert(db, making->user, &making->sha256, making->expires_at_us, err);

    if (code != ZCD_OK || making->key == NULL)
        return code;
    making->key->subject = making->id;
    return idempotency_store_insert(db, making->key, err);
}

static enum zcd_code make(struct http_exchange *exchange, struct app_worker *worker, struct making *making,
                          struct zcd_error *err)
{
    struct db *db;
    enum zcd_code code = app_worker_db(worker, &db, err);

    if (code == ZCD_OK)
        code = check_user(exchange, db, making->user, err);
    if (code == ZCD_OK)
        code = db_transaction_run(db, DB_READ_COMMITTED, insert, making, err);
    return code == ZCD_OK ? directory_reload(worker->app->directory, db, err) : code;
}

void tokens_create(struct http_exchange *exchange, void *context)
{
    char token[SECRET_TEXT_SIZE], id[TOKEN_ID_SIZE];
    struct making making = {.id = id};
    struct token_request *request;
    struct zcd_error err;

    if (!idempotency_begin(exchange, context, tokens_show, 201, &making.key))
        return;
    if (token_request_decode(exchange->request.body, &exchange->arena, &request, &err) != ZCD_OK) {
        answer_invalid(exchange, 422, &err);
        return;
    }
    making.user = request->user[0] == '\0' ? exchange->caller->id : request->user;
    making.sha256 = sha256_of(bytes_of_text(secret_new(token)));
    making.expires_at_us = clock_now_us() + (int64_t)request->days * 86400 * 1000000;
    (void)token_id_format(&making.sha256, id);
    enum zcd_code code = make(exchange, context, &making, &err);
    if (code != ZCD_OK)
        answer_refused(exchange, &err);
    else
        answer_token(exchange,
                     &(struct token_row){.id = id, .user = making.user, .expires_at_us = making.expires_at_us,
                                         .used_on = DATE_NONE},
                     token, 201);
}

void tokens_revoke(struct http_exchange *exchange, void *context)
{
    struct app_worker *worker = context;
    const struct token_scope scope = scope_of(exchange->caller);
    struct token_row row;
    struct zcd_error err;
    struct db *db;

    if (app_worker_db(worker, &db, &err) != ZCD_OK
        || token_store_find(db, &scope, exchange->request.parameters[0], &exchange->arena, &row, &err) != ZCD_OK
        || token_store_revoke(db, row.id, &err) != ZCD_OK
        || directory_reload(worker->app->directory, db, &err) != ZCD_OK) {
        answer_error(exchange, &err);
        return;
    }
    buffer_append_text(&exchange->response.body, "{\"status\":\"revoked\"}");
    answer_json(exchange, 200);
}
