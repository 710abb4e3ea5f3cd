#include "api/routes/sessions.h"

#include "api/app.h"
#include "api/clock.h"
#include "api/codec/identity_decode.h"
#include "api/codec/json_writer.h"
#include "api/flows/login.h"
#include "api/identity/caller.h"
#include "api/identity/directory.h"
#include "api/identity/session.h"
#include "api/identity/session_store.h"
#include "api/routes/answer.h"

#include <assert.h>

#define WAIT_S "900" /* SESSION_FAILURE_MINUTES */
static_assert(SESSION_FAILURE_MINUTES * 60 == 900, "Retry-After says when the first failure is forgotten");

static void set_cookie(struct http_exchange *exchange, const char *value)
{
    char *text = arena_alloc(&exchange->arena, SESSION_COOKIE_TEXT_SIZE, 1);
    http_response_add_header(&exchange->response, "Set-Cookie", session_cookie_format(value, text));
}

static void refuse(struct http_exchange *exchange, enum login_outcome outcome)
{
    if (outcome == LOGIN_WRONG) {
        answer_fill_problem(exchange, 401, "there is no such user with such a password", NULL);
        http_response_add_header(&exchange->response, "WWW-Authenticate", "Bearer realm=\"zhengcaidai\"");
    } else {
        answer_fill_problem(exchange, 429, "too many logins of this name have failed", NULL);
        http_response_add_header(&exchange->response, "Retry-After", WAIT_S);
    }
    http_exchange_finish(exchange);
}

void sessions_create(struct http_exchange *exchange, void *context)
{
    struct app_worker *worker = context;
    char session[SECRET_TEXT_SIZE], csrf[SHA256_TEXT_SIZE];
    enum login_outcome outcome = LOGIN_WRONG;
    struct login_request *request;
    struct zcd_error err;
    struct db *db;

    if (login_request_decode(exchange->request.body, &exchange->arena, &request, &err) != ZCD_OK) {
        answer_invalid(exchange, 422, &err);
        return;
    }
    if (app_worker_db(worker, &db, &err) != ZCD_OK
        || login_begin(worker->app->login, db, worker->app->directory, request->user, request->password, clock_now_us(),
                       &outcome, session, &err) != ZCD_OK) {
        answer_error(exchange, &err);
        return;
    }
    if (outcome != LOGIN_DONE) {
        refuse(exchange, outcome);
        return;
    }
    set_cookie(exchange, arena_copy_text(&exchange->arena, session));
    buffer_append_format(&exchange->response.body, "{\"csrf_token\":\"%s\"}", session_csrf_format(session, csrf));
    answer_json(exchange, 201);
}

static void write_optional(struct json_writer *writer, const char *name, const char *text)
{
    if (text == NULL)
        json_write_null(writer, name);
    else
        json_write_text(writer, name, text);
}

void sessions_show(struct http_exchange *exchange, void *context)
{
    const struct caller *caller = exchange->caller;
    const char *cookie = http_request_header(&exchange->request, "Cookie");
    char session[SECRET_TEXT_SIZE], csrf[SHA256_TEXT_SIZE];
    bool is_session = http_request_header(&exchange->request, "Authorization") == NULL
                      && session_cookie_find(cookie, session);
    struct json_writer writer;
    (void)context;

    json_writer_init(&writer, &exchange->response.body);
    json_write_object(&writer, NULL);
    write_optional(&writer, "csrf_token", is_session ? session_csrf_format(session, csrf) : NULL);
    write_optional(&writer, "lender", caller->lender);
    write_optional(&writer, "organisation", caller->uscc);
    json_write_array(&writer, "roles");
    for (unsigned rest = caller->roles; rest != 0; rest &= rest - 1)
        json_write_text(&writer, NULL, caller_role_name(caller_role_first(rest)));
    json_write_end(&writer);
    json_write_text(&writer, "user", caller->id);
    json_write_end(&writer);
    answer_json(exchange, 200);
}

void sessions_end(struct http_exchange *exchange, void *context)
{
    struct app_worker *worker = context;
    char session[SECRET_TEXT_SIZE];
    struct zcd_error err;
    struct db *db;

    if (http_request_header(&exchange->request, "Authorization") != NULL
        || !session_cookie_find(http_request_header(&exchange->request, "Cookie"), session)) {
        (void)zcd_fail(&err, ZCD_NOT_FOUND, "this request is not a session's");
        answer_error(exchange, &err);
        return;
    }
    struct sha256 sha256 = sha256_of(bytes_of_text(session));
    if (app_worker_db(worker, &db, &err) != ZCD_OK || session_store_end(db, &sha256, &err) != ZCD_OK
        || directory_reload(worker->app->directory, db, &err) != ZCD_OK) {
        answer_error(exchange, &err);
        return;
    }
    set_cookie(exchange, NULL);
    buffer_append_text(&exchange->response.body, "{\"status\":\"ended\"}");
    answer_json(exchange, 200);
}
