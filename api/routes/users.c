#include "api/routes/users.h"

#include "api/app.h"
#include "api/clock.h"
#include "api/codec/identity_decode.h"
#include "api/codec/json_writer.h"
#include "api/flows/idempotency_store.h"
#include "api/flows/role_change.h"
#include "api/identity/caller.h"
#include "api/identity/user_store.h"
#include "api/public_id.h"
#include "api/routes/answer.h"
#include "api/routes/idempotency.h"
#include "api/routes/listing.h"
#include "db/transaction.h"

#include <stdio.h>
#include <string.h>

#define LOCATION "/v1/role-changes/"

/* Administrators belong to a lender; one that a table says otherwise of administers nobody. */
static const char *lender_of(const struct caller *caller)
{
    return caller->lender == NULL ? "" : caller->lender;
}

static void write_optional(struct json_writer *writer, const char *name, const char *text)
{
    if (text == NULL)
        json_write_null(writer, name);
    else
        json_write_text(writer, name, text);
}

static void write_roles(struct json_writer *writer, unsigned roles)
{
    json_write_array(writer, "roles");
    for (unsigned rest = roles; rest != 0; rest &= rest - 1)
        json_write_text(writer, NULL, caller_role_name(caller_role_first(rest)));
    json_write_end(writer);
}

/* ------------------------------------------------------------------ users */

static void write_user(const struct user_row *user, struct json_writer *writer)
{
    json_write_object(writer, NULL);
    json_write_boolean(writer, "disabled", user->is_disabled);
    json_write_text(writer, "id", user->id);
    write_optional(writer, "lender", user->lender);
    write_roles(writer, user->roles);
    json_write_end(writer);
}

void users_list(struct http_exchange *exchange, void *context)
{
    struct json_writer writer;
    struct listing listing;
    struct user_row *rows;
    struct zcd_error err;
    struct db *db;
    size_t count;

    if (listing_read(exchange, &listing, &err) != ZCD_OK) {
        answer_invalid(exchange, 400, &err);
        return;
    }
    if (app_worker_db(context, &db, &err) != ZCD_OK
        || user_store_list_lender(db, lender_of(exchange->caller), listing.cursor == NULL ? "" : listing.cursor,
                                  listing.limit + 1, &exchange->arena, &rows, &count, &err) != ZCD_OK) {
        answer_error(exchange, &err);
        return;
    }
    bool has_more = count > listing.limit;
    count -= has_more;
    json_writer_init(&writer, &exchange->response.body);
    json_write_object(&writer, NULL);
    listing_write_next(&writer, has_more, has_more ? rows[count - 1].id : NULL);
    json_write_array(&writer, "users");
    for (size_t i = 0; i < count; i++)
        write_user(&rows[i], &writer);
    json_write_end(&writer);
    json_write_end(&writer);
    answer_json(exchange, 200);
}

/* A user of another lender is none. */
static enum zcd_code find_user(struct http_exchange *exchange, struct db *db, const char *id, struct user_row *user,
                               struct zcd_error *err)
{
    enum zcd_code code = user_store_find(db, id, &exchange->arena, user, err);

    if (code == ZCD_OK && (user->lender == NULL || strcmp(user->lender, lender_of(exchange->caller)) != 0))
        return zcd_fail(err, ZCD_NOT_FOUND, "there is no such user");
    return code;
}

void users_show(struct http_exchange *exchange, void *context)
{
    struct json_writer writer;
    struct user_row user;
    struct zcd_error err;
    struct db *db;

    if (app_worker_db(context, &db, &err) != ZCD_OK
        || find_user(exchange, db, exchange->request.parameters[0], &user, &err) != ZCD_OK) {
        answer_error(exchange, &err);
        return;
    }
    json_writer_init(&writer, &exchange->response.body);
    write_user(&user, &writer);
    answer_json(exchange, 200);
}

/* On the log's writer's thread, which waits meanwhile. */
static void answer_disabled(struct role_change *change, const struct zcd_error *err)
{
    struct http_exchange *exchange = change->user;

    if (err != NULL) {
        answer_error(exchange, err);
        return;
    }
    buffer_append_text(&exchange->response.body, "{\"status\":\"disabled\"}");
    answer_json(exchange, 200);
}

void users_disable(struct http_exchange *exchange, void *context)
{
    struct app_worker *worker = context;
    struct role_change *change = ARENA_NEW(&exchange->arena, struct role_change, 1);
    struct user_row user;
    struct zcd_error err;
    struct db *db;

    enum zcd_code code = app_worker_db(worker, &db, &err);
    if (code == ZCD_OK)
        code = find_user(exchange, db, exchange->request.parameters[0], &user, &err);
    if (code == ZCD_OK && user.is_disabled)
        code = zcd_fail(&err, ZCD_CONFLICT, "the user is disabled already");
    if (code == ZCD_OK) {
        role_change_prepare_disabling(&user, exchange->caller, &exchange->arena, change);
        change->done = answer_disabled;
        change->user = exchange;
        change->entry.trace_id = exchange->request.trace_id;
        code = role_change_submit(worker->app->log, change, &err);
    }
    if (code != ZCD_OK)
        answer_error(exchange, &err);
}

/* ------------------------------------------------------------------ changes of roles */

static void write_change(const struct role_change_row *row, struct json_writer *writer)
{
    json_write_object(writer, NULL);
    write_optional(writer, "decided_by", row->decided_by);
    json_write_text(writer, "id", row->id);
    write_optional(writer, "outcome", row->outcome);
    json_write_text(writer, "proposed_by", row->proposed_by);
    write_roles(writer, row->roles);
    json_write_text(writer, "user", row->user);
    json_write_end(writer);
}

static void answer_change(struct http_exchange *exchange, const struct role_change_row *row, int status)
{
    struct json_writer writer;
    size_t size = sizeof LOCATION + PUBLIC_ID_SIZE;
    char *location = arena_alloc(&exchange->arena, size, 1);

    if (status == 201) {
        (void)snprintf(location, size, LOCATION "%s", row->id);
        http_response_add_header(&exchange->response, "Location", location);
    }
    json_writer_init(&writer, &exchange->response.body);
    write_change(row, &writer);
    answer_json(exchange, status);
}

void role_changes_list(struct http_exchange *exchange, void *context)
{
    struct role_change_row *rows;
    struct json_writer writer;
    struct listing listing;
    struct zcd_error err;
    struct db *db;
    size_t count;

    if (listing_read(exchange, &listing, &err) != ZCD_OK) {
        answer_invalid(exchange, 400, &err);
        return;
    }
    if (app_worker_db(context, &db, &err) != ZCD_OK
        || role_change_store_list(db, lender_of(exchange->caller), listing.cursor, listing.limit + 1, &exchange->arena, &rows,
                                  &count, &err) != ZCD_OK) {
        answer_error(exchange, &err);
        return;
    }
    bool has_more = count > listing.limit;
    count -= has_more;
    json_writer_init(&writer, &exchange->response.body);
    json_write_object(&writer, NULL);
    listing_write_next(&writer, has_more, has_more ? rows[count - 1].id : NULL);
    json_write_array(&writer, "role_changes");
    for (size_t i = 0; i < count; i++)
        write_change(&rows[i], &writer);
    json_write_end(&writer);
    json_write_end(&writer);
    answer_json(exchange, 200);
}

static enum zcd_code find_change(struct http_exchange *exchange, struct app_worker *worker, struct db **db,
                                 struct role_change_row *row, struct zcd_error *err)
{
    enum zcd_code code = app_worker_db(worker, db, err);

    return code == ZCD_OK ? role_change_store_find(*db, lender_of(exchange->caller), exchange->request.parameters[0],
                                                   &exchange->arena, row, err)
                          : code;
}

void role_changes_show(struct http_exchange *exchange, void *context)
{
    struct role_change_row row;
    struct zcd_error err;
    struct db *db;

    if (find_change(exchange, context, &db, &row, &err) != ZCD_OK)
        answer_error(exchange, &err);
    else
        answer_change(exchange, &row, exchange->response.status_of_success == 201 ? 201 : 200);
}

static enum zcd_code read_roles(const struct role_change_request *request, const struct caller *caller, unsigned *roles,
                                struct zcd_error *err)
{
    unsigned read = 0, role;

    for (size_t i = 0; i < request->role_count; i++) {
        if (caller_roles_parse(request->roles[i], &role, err) != ZCD_OK)
            return zcd_fail_within(err, "roles");
        read |= role;
    }
    if (caller_roles_check(read, lender_of(caller), NULL, err) != ZCD_OK)
        return zcd_fail_within(err, "roles");
    *roles = read;
    return ZCD_OK;
}

struct proposal {
    const struct role_change_row *row;
    struct idempotency_row *key; /* NULL: none */
};

static enum zcd_code insert(struct db *db, void *context, struct zcd_error *err)
{
    const struct proposal *proposal = context;
    enum zcd_code code = role_change_store_insert(db, proposal->row, err);

    if (code != ZCD_OK || proposal->key == NULL)
        return code;
    proposal->key->subject = proposal->row->id;
    return idempotency_store_insert(db, proposal->key, err);
}

/* That an id is taken elsewhere is said when it is proposed: ids are one list for all, since records name users by them. */
static enum zcd_code propose(struct http_exchange *exchange, struct app_worker *worker, struct proposal *proposal,
                             struct zcd_error *err)
{
    struct user_row user;
    struct db *db;
    enum zcd_code code = app_worker_db(worker, &db, err);

    if (code == ZCD_OK)
        code = user_store_find(db, proposal->row->user, &exchange->arena, &user, err);
    if (code == ZCD_OK
        && (user.is_disabled || user.lender == NULL || strcmp(user.lender, lender_of(exchange->caller)) != 0))
        return zcd_fail(err, ZCD_CONFLICT, "this id cannot be given");
    if (code != ZCD_OK && code != ZCD_NOT_FOUND)
        return code;
    return db_transaction_run(db, DB_READ_COMMITTED, insert, proposal, err);
}

void role_changes_propose(struct http_exchange *exchange, void *context)
{
    const struct caller *caller = exchange->caller;
    struct role_change_request *request;
    struct role_change_row row = {.lender = lender_of(caller), .proposed_by = caller->id};
    struct proposal proposal = {.row = &row};
    char id[PUBLIC_ID_SIZE];
    struct zcd_error err;

    if (!idempotency_begin(exchange, context, role_changes_show, 201, &proposal.key))
        return;
    if (role_change_request_decode(exchange->request.body, &exchange->arena, &request, &err) != ZCD_OK
        || read_roles(request, caller, &row.roles, &err) != ZCD_OK) {
        answer_invalid(exchange, 422, &err);
        return;
    }
    row.id = public_id_new(ROLE_CHANGE_PREFIX, clock_now_us(), id);
    row.user = request->user;
    enum zcd_code code = propose(exchange, context, &proposal, &err);
    if (code != ZCD_OK)
        answer_refused(exchange, &err);
    else
        answer_change(exchange, &row, 201);
}

/* On the log's writer's thread, which waits meanwhile. */
static void answer_approved(struct role_change *change, const struct zcd_error *err)
{
    struct http_exchange *exchange = change->user;

    if (err != NULL)
        answer_error(exchange, err);
    else
        answer_change(exchange, &change->row, 200);
}

void role_changes_approve(struct http_exchange *exchange, void *context)
{
    struct app_worker *worker = context;
    struct role_change *change = ARENA_NEW(&exchange->arena, struct role_change, 1);
    struct role_change_row row;
    struct user_row user;
    struct zcd_error err;
    struct db *db;

    enum zcd_code code = find_change(exchange, worker, &db, &row, &err);
    bool is_user = false;
    if (code == ZCD_OK) {
        code = find_user(exchange, db, row.user, &user, &err);
        is_user = code == ZCD_OK;
        code = code == ZCD_NOT_FOUND ? ZCD_OK : code; /* a new one; an id that is taken elsewhere meanwhile, the row refuses */
    }
    if (code == ZCD_OK)
        code = role_change_prepare_approval(&row, is_user ? &user : NULL, exchange->caller, &exchange->arena, change, &err);
    if (code == ZCD_OK) {
        change->done = answer_approved;
        change->user = exchange;
        change->entry.trace_id = exchange->request.trace_id;
        code = role_change_submit(worker->app->log, change, &err);
    }
    if (code != ZCD_OK)
        answer_error(exchange, &err);
}

void role_changes_refuse(struct http_exchange *exchange, void *context)
{
    struct role_change_row row;
    struct zcd_error err;
    struct db *db;

    enum zcd_code code = find_change(exchange, context, &db, &row, &err);
    if (code == ZCD_OK)
        code = role_change_store_decide(db, row.id, exchange->caller->id, "refused", &err);
    if (code != ZCD_OK) {
        answer_error(exchange, &err);
        return;
    }
    row.decided_by = exchange->caller->id;
    row.outcome = "refused";
    answer_change(exchange, &row, 200);
}
