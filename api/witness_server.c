#include "api/witness_server.h"

#include "api/clock.h"
#include "api/http/server.h"
#include "api/notice.h"
#include "api/routes/access.h"
#include "api/routes/answer.h"
#include "audit/checkpoint_store.h"
#include "audit/witness.h"
#include "base/cleanup.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LOCK_WAIT_MS = 2000, PATH_SIZE = 4096 };

/* One thread works, so that nothing here needs a lock; other processes are kept out by each file's own. */
struct witness {
    const struct witness_config *config;
    struct checkpoint_store **store; /* one for each log */
};

/* ------------------------------------------------------------------ what it remembers */

static void hash_origin(const char *origin, char text[SHA256_TEXT_SIZE])
{
    struct sha256 digest = sha256_of(bytes_of_text(origin));
    (void)sha256_format(&digest, text);
}

static enum zcd_code open_store(const struct witness_config *config, size_t which, struct checkpoint_store **store,
                                struct zcd_error *err)
{
    char hash[SHA256_TEXT_SIZE];
    char path[PATH_SIZE];

    hash_origin(config->logs[which].name, hash);
    if (snprintf(path, sizeof path, "%s/%s", config->folder, hash) >= (int)sizeof path)
        return zcd_fail(err, ZCD_INVALID, "the folder's name is too long");
    return checkpoint_store_open(path, &config->logs[which], store, err);
}

/* The empty tree where it never cosigned. */
static enum zcd_code read_last(struct checkpoint_store *store, struct checkpoint *last, bool *is_present,
                               struct zcd_error *err)
{
    enum zcd_code code = checkpoint_store_read(store, last, NULL, err);

    *is_present = code == ZCD_OK;
    if (code != ZCD_NOT_FOUND)
        return code;
    *last = (struct checkpoint){.size = 0, .root = merkle_empty_root()};
    return ZCD_OK;
}

/* ------------------------------------------------------------------ cosigning */

/* The note as it came, with our line behind the others. */
static enum zcd_code cosign(const struct witness *witness, struct bytes note, struct buffer *line,
                            struct buffer *cosigned, struct zcd_error *err)
{
    struct note parsed;

    enum zcd_code code = note_parse(note, &parsed, err);
    if (code == ZCD_OK)
        code = note_append_cosignature(parsed.text, witness->config->name, witness->config->key,
                                       clock_now_us() / 1000000, line, err);
    if (code != ZCD_OK)
        return code;
    buffer_append(cosigned, note.data, note.size);
    buffer_append(cosigned, line->data, line->size);
    return ZCD_OK;
}

/* Under the file's lock. A larger tree is remembered before it is answered; the same tree again changes nothing. */
static enum witness_status step(const struct witness *witness, struct checkpoint_store *store,
                                const struct witness_request *request, const struct checkpoint *checkpoint,
                                struct checkpoint *last, struct buffer *line, struct zcd_error *err)
{
    ZCD_AUTO(buffer_done)
    struct buffer cosigned = {0};
    bool is_present;

    if (read_last(store, last, &is_present, err) != ZCD_OK)
        return (enum witness_status)503;
    enum witness_status status = witness_judge(request, checkpoint, last, err);
    if (status != WITNESS_GOOD)
        return status;
    enum zcd_code code = cosign(witness, request->note, line, &cosigned, err);
    if (code == ZCD_OK && (checkpoint->size > last->size || !is_present))
        code = checkpoint_store_replace(store, is_present ? last : NULL, buffer_bytes(&cosigned), err);
    return code == ZCD_OK ? WITNESS_GOOD : (enum witness_status)503;
}

static enum witness_status judge(struct witness *witness, struct bytes body, struct checkpoint *last,
                                 struct buffer *line, struct zcd_error *err)
{
    const struct witness_config *config = witness->config;
    struct witness_request request;
    struct checkpoint checkpoint;
    size_t which;

    if (witness_request_parse(body, &request, err) != ZCD_OK)
        return WITNESS_MALFORMED;
    enum witness_status status = witness_identify(&request, config->logs, config->log_count, &checkpoint, &which, err);
    if (status != WITNESS_GOOD)
        return status;
    if (checkpoint_store_lock(witness->store[which], LOCK_WAIT_MS, err) != ZCD_OK)
        return (enum witness_status)503;
    status = step(witness, witness->store[which], &request, &checkpoint, last, line, err);
    checkpoint_store_unlock(witness->store[which]);
    return status;
}

static void answer_text(struct http_exchange *exchange, const char *content_type)
{
    exchange->response.status = 200;
    exchange->response.content_type = content_type;
    http_exchange_finish(exchange);
}

/* A log that was rewritten is what a witness is there to notice: operators see it. */
static void notice_refusal(enum witness_status status, const struct zcd_error *err)
{
    struct notice line;

    if (status != WITNESS_INCONSISTENT && (int)status < 500)
        return;
    notice_begin(&line, status == WITNESS_INCONSISTENT ? "inconsistent" : "failure");
    notice_text(&line, "detail", err->message);
    notice_write(&line);
}

static void add_checkpoint(struct http_exchange *exchange, void *context)
{
    struct http_response *response = &exchange->response;
    struct checkpoint last = {.size = 0};
    struct zcd_error err;

    enum witness_status status = judge(context, exchange->request.body, &last, &response->body, &err);
    if (status == WITNESS_GOOD) {
        answer_text(exchange, "text/plain; charset=utf-8");
        return;
    }
    notice_refusal(status, &err);
    buffer_clear(&response->body);
    response->status = (int)status;
    response->content_type = "text/plain; charset=utf-8";
    if (status == WITNESS_OUT_OF_STEP) {
        response->content_type = WITNESS_SIZE_CONTENT_TYPE;
        buffer_append_format(&response->body, "%" PRIu64 "\n", last.size);
    } else {
        buffer_append_format(&response->body, "%s\n", (int)status < 500 ? err.message : "try again later");
    }
    http_exchange_finish(exchange);
}

static void show_checkpoint(struct http_exchange *exchange, void *context)
{
    const struct witness *witness = context;
    char hash[SHA256_TEXT_SIZE];
    struct checkpoint checkpoint;
    struct bytes note;
    struct zcd_error err;

    for (size_t i = 0; i < witness->config->log_count; i++) {
        hash_origin(witness->config->logs[i].name, hash);
        if (strcmp(hash, exchange->request.parameters[0]) != 0)
            continue;
        if (checkpoint_store_read(witness->store[i], &checkpoint, &note, &err) != ZCD_OK)
            break;
        buffer_append(&exchange->response.body, note.data, note.size);
        answer_text(exchange, "text/plain; charset=utf-8");
        return;
    }
    answer_fill_problem(exchange, 404, "nothing of that log was cosigned here", NULL);
    http_exchange_finish(exchange);
}

static const struct http_route ROUTES_OF_A_WITNESS[] = {
    {HTTP_POST, "/add-checkpoint", 0, HTTP_SCOPE_ANY, HTTP_ON_WORKER, WITNESS_REQUEST_SIZE_MAX, NULL, add_checkpoint},
    {HTTP_GET, "/{origin}/checkpoint", 0, HTTP_SCOPE_ANY, HTTP_ON_WORKER, 0, NULL, show_checkpoint},
    {.pattern = NULL},
};

/* ------------------------------------------------------------------ serving */

static void *begin_worker(void *context)
{
    return context;
}

static void end_worker(void *worker, void *context)
{
    (void)worker;
    (void)context;
}

static struct http_refusal authorise_nobody(const struct http_route *route, struct http_exchange *exchange, void *context)
{
    (void)route;
    (void)exchange;
    (void)context;
    return (struct http_refusal){.status = 401, .detail = "nobody is known here"};
}

static void observe(const struct http_observation *observation, void *context)
{
    struct notice line;

    (void)context;
    notice_begin(&line, "request");
    notice_text(&line, "request_id", observation->request_id);
    notice_text(&line, "trace_id", observation->trace_id);
    notice_text(&line, "route", observation->route);
    notice_integer(&line, "status", observation->status);
    notice_write(&line);
}

static enum zcd_code run(struct witness *witness, struct zcd_error *err)
{
    const struct http_server_config config = {.listen = witness->config->listen,
                                              .routes = ROUTES_OF_A_WITNESS,
                                              .limits = HTTP_LIMITS_DEFAULT,
                                              .worker_count = 1,
                                              .worker_begin = begin_worker,
                                              .worker_end = end_worker,
                                              .authorise = authorise_nobody,
                                              .refuse = access_refuse,
                                              .observe = observe,
                                              .context = witness};
    char address[HTTP_ADDRESS_SIZE];
    struct http_server *server = NULL;

    enum zcd_code code = http_server_open(&config, &server, err);
    if (code != ZCD_OK)
        return code;
    notice("serving", "address", http_server_address(server, address));
    http_server_run(server);
    http_server_close(server);
    notice("stopped", NULL, NULL);
    return ZCD_OK;
}

enum zcd_code witness_serve(const struct witness_config *config, struct zcd_error *err)
{
    struct witness witness = {.config = config, .store = calloc(config->log_count, sizeof(struct checkpoint_store *))};
    enum zcd_code code = ZCD_OK;

    if (witness.store == NULL)
        abort();
    for (size_t i = 0; code == ZCD_OK && i < config->log_count; i++)
        code = open_store(config, i, &witness.store[i], err);
    if (code == ZCD_OK)
        code = run(&witness, err);
    for (size_t i = 0; i < config->log_count; i++)
        checkpoint_store_close(witness.store[i]);
    free(witness.store);
    return code;
}
