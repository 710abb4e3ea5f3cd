#include "api/routes/probes.h"

#include "api/app.h"
#include "api/notice.h"
#include "api/routes/answer.h"
#include "base/cleanup.h"
#include "db/migrate.h"

void probes_livez(struct http_exchange *exchange, void *context)
{
    (void)context;
    buffer_append_text(&exchange->response.body, "{\"status\":\"alive\"}");
    answer_json(exchange, 200);
}

/* It listens only once policy, key, database version and log have been opened: that it answers is the answer. */
void probes_startupz(struct http_exchange *exchange, void *context)
{
    (void)context;
    buffer_append_text(&exchange->response.body, "{\"status\":\"started\"}");
    answer_json(exchange, 200);
}

static enum zcd_code check_checkpoint_store(struct app_worker *worker, struct zcd_error *err)
{
    ZCD_AUTO(buffer_done)
    struct buffer note = {0};
    return log_read_checkpoint(worker->app->log, &note, NULL, err);
}

static enum zcd_code check_database(struct app_worker *worker, struct zcd_error *err)
{
    struct db *db;
    enum zcd_code code = app_worker_db(worker, &db, err);

    return code != ZCD_OK ? code : db_migrate_check(db, MIGRATION_FILES, MIGRATION_FILE_COUNT, err);
}

/* The key in memory is the one that the log signs with, and it can sign. */
static enum zcd_code check_key(struct app_worker *worker, struct zcd_error *err)
{
    static const char NOTHING[] = "zhengcaidai/readyz"; /* not a note: no reader would take it for a statement */
    const struct signature_public_key key = signature_key_public(worker->app->key);
    struct signature signature;

    enum zcd_code code = signature_sign(worker->app->key, bytes_of_text(NOTHING), &signature, err);
    if (code == ZCD_OK && !signature_verify(&key, bytes_of_text(NOTHING), &signature))
        code = zcd_fail(err, ZCD_CORRUPT, "the key's signature does not verify");
    return code;
}

static enum zcd_code check_writer(struct app_worker *worker, struct zcd_error *err)
{
    return log_ready(worker->app->log, err);
}

/* In the order of their names, as the document has them. */
static const struct check {
    const char *name;
    enum zcd_code (*run)(struct app_worker *worker, struct zcd_error *err);
} CHECKS[] = {
    {"checkpoint_store", check_checkpoint_store},
    {"database", check_database},
    {"key", check_key},
    {"writer", check_writer},
};

/* For operators. Anybody may ask, and is not told of hosts, paths and SQL states. */
static void notice_not_ready(const struct http_exchange *exchange, const struct check *check,
                             const struct zcd_error *err)
{
    struct notice line;

    notice_begin(&line, "not_ready");
    notice_text(&line, "request_id", exchange->request.id);
    notice_text(&line, "check", check->name);
    notice_text(&line, "code", zcd_code_name(err->code));
    notice_text(&line, "detail", err->message);
    notice_write(&line);
}

static bool append_check(const struct check *check, struct app_worker *worker, struct http_exchange *exchange)
{
    struct zcd_error err;
    bool is_ok = check->run(worker, &err) == ZCD_OK;

    if (!is_ok)
        notice_not_ready(exchange, check, &err);
    buffer_append_format(&exchange->response.body, "\"%s\":{\"ok\":%s}", check->name, is_ok ? "true" : "false");
    return is_ok;
}

void probes_readyz(struct http_exchange *exchange, void *context)
{
    struct buffer *json = &exchange->response.body;
    bool is_ready = true;

    buffer_append_text(json, "{\"checks\":{");
    for (size_t i = 0; i < sizeof CHECKS / sizeof *CHECKS; i++) {
        buffer_append_text(json, i == 0 ? "" : ",");
        is_ready = append_check(&CHECKS[i], context, exchange) && is_ready;
    }
    buffer_append_format(json, "},\"status\":\"%s\"}", is_ready ? "ready" : "not_ready");
    answer_json(exchange, is_ready ? 200 : 503);
}
