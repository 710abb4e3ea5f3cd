#include "api/routes/idempotency.h"

#include "api/app.h"
#include "api/identity/caller.h"
#include "api/routes/answer.h"

#include <stdio.h>
#include <string.h>

/* Printable ASCII without spaces: what cannot be mistaken in a log or a shell. */
static bool is_key(const char *text)
{
    size_t size = strlen(text);

    if (size == 0 || size > IDEMPOTENCY_KEY_SIZE_MAX)
        return false;
    for (; *text != '\0'; text++)
        if (*text <= ' ' || *text > '~')
            return false;
    return true;
}

/* With its query, which says what is asked for. */
static const char *path_of(const struct http_request *request, struct arena *arena)
{
    if (request->query == NULL)
        return request->path;
    size_t size = strlen(request->path) + strlen(request->query) + 2;
    char *path = arena_alloc(arena, size, 1);
    (void)snprintf(path, size, "%s?%s", request->path, request->query);
    return path;
}

/* A file that cannot be read has the digest of nothing; its handler will find that out too. */
static struct sha256 digest_of_body(const struct http_request *request)
{
    struct sha256 digest = sha256_of(request->body);
    FILE *file = request->body_path == NULL ? NULL : fopen(request->body_path, "rbe");

    if (file == NULL)
        return digest;
    if (!sha256_of_stream(file, &digest))
        digest = sha256_of(request->body);
    (void)fclose(file);
    return digest;
}

static struct idempotency_row *make_row(struct http_exchange *exchange, const char *key, int status)
{
    const struct http_request *request = &exchange->request;
    struct idempotency_row *row = ARENA_NEW(&exchange->arena, struct idempotency_row, 1);

    *row = (struct idempotency_row){.caller = exchange->caller->id,
                                    .key = key,
                                    .method = http_method_name(request->method),
                                    .path = path_of(request, &exchange->arena),
                                    .body_sha256 = digest_of_body(request),
                                    .status = status};
    return row;
}

static bool is_same_request(const struct idempotency_row *a, const struct idempotency_row *b)
{
    return strcmp(a->method, b->method) == 0 && strcmp(a->path, b->path) == 0
           && sha256_equal(&a->body_sha256, &b->body_sha256);
}

static void replay(struct http_exchange *exchange, struct app_worker *worker, const struct idempotency_row *before,
                   http_handler *show)
{
    exchange->request.parameters[0] = before->subject;
    exchange->response.status_of_success = before->status;
    http_response_add_header(&exchange->response, "Idempotency-Replayed", "true");
    show(exchange, worker);
}

bool idempotency_begin(struct http_exchange *exchange, struct app_worker *worker, http_handler *show, int status,
                       struct idempotency_row **key)
{
    const char *given = http_request_header(&exchange->request, "Idempotency-Key");
    struct idempotency_row before;
    bool found = false;
    struct zcd_error err;
    struct db *db;

    *key = NULL;
    if (given == NULL)
        return true;
    if (!is_key(given)) {
        (void)zcd_fail(&err, ZCD_INVALID, "Idempotency-Key has 1 to 255 printable ASCII characters without spaces");
        answer_invalid(exchange, 400, &err);
        return false;
    }
    struct idempotency_row *row = make_row(exchange, given, status);
    if (app_worker_db(worker, &db, &err) != ZCD_OK
        || idempotency_store_find(db, row->caller, row->key, &exchange->arena, &before, &found, &err) != ZCD_OK) {
        answer_error(exchange, &err);
        return false;
    }
    if (found && is_same_request(&before, row)) {
        replay(exchange, worker, &before, show);
        return false;
    }
    if (found) {
        (void)zcd_fail(&err, ZCD_INVALID, "this Idempotency-Key stands for another request");
        answer_invalid(exchange, 422, &err);
        return false;
    }
    *key = row;
    return true;
}

void idempotency_answer_taken(struct http_exchange *exchange)
{
    http_response_add_header(&exchange->response, "Retry-After", "1");
    answer_fill_problem(exchange, 409, "a request with this Idempotency-Key was carried out at the same time; send it again",
                        NULL);
    http_exchange_finish(exchange);
}
