#include "api/app.h"

#include "api/clerk.h"
#include "api/clock.h"
#include "api/events/courier.h"
#include "api/flows/decide.h"
#include "api/flows/disclosure.h"
#include "api/flows/login.h"
#include "api/flows/rows.h"
#include "api/identity/directory.h"
#include "api/identity/issuer.h"
#include "api/jobs/runner.h"
#include "api/metrics.h"
#include "api/metrics_server.h"
#include "api/notice.h"
#include "api/reference.h"
#include "api/routes/access.h"
#include "api/routes/routes.h"
#include "api/service_manager.h"
#include "base/cleanup.h"
#include "db/connection.h"
#include "db/migrate.h"

#include <assert.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ------------------------------------------------------------------ database */

static enum zcd_code connect_as_application(const struct config *config, struct db **db, struct zcd_error *err)
{
    const struct db_options options = {
        .conninfo = config->database_url, .role = DB_APPLICATION_ROLE, .application_name = "zcd worker"};
    return db_connect(&options, db, err);
}

/* One that does not answer takes seconds to be found out, which not everybody who waits should have to. */
enum { DATABASE_AWAY_US = 1000000 };

enum zcd_code app_worker_db(struct app_worker *worker, struct db **db, struct zcd_error *err)
{
    bool must_connect = worker->db == NULL || !db_is_usable(worker->db);

    if (must_connect && clock_now_us() < atomic_load(&worker->app->database_away_until_us))
        return zcd_fail(err, ZCD_UNAVAILABLE, "database: away a moment ago");
    enum zcd_code code =
        worker->db == NULL ? connect_as_application(worker->app->config, &worker->db, err) : db_ensure(worker->db, err);
    if (code != ZCD_OK) {
        atomic_store(&worker->app->database_away_until_us, clock_now_us() + DATABASE_AWAY_US);
        return code;
    }
    if (worker->answers_requests && !worker->uses_db) {
        worker->app->db_in_use++;
        worker->uses_db = true;
    }
    *db = worker->db;
    return ZCD_OK;
}

/* Said at the start, where somebody looks, and not by the first request. */
static enum zcd_code check_database(const struct config *config, struct zcd_error *err)
{
    struct db *db = NULL;
    enum zcd_code code = connect_as_application(config, &db, err);

    if (code == ZCD_OK)
        code = db_migrate_check(db, MIGRATION_FILES, MIGRATION_FILE_COUNT, err);
    db_close(db);
    return code;
}

/* ------------------------------------------------------------------ opening */

static enum zcd_code load_policy(const struct config *config, struct loaded_policy *policy, struct zcd_error *err)
{
    return config->policy_file != NULL ? loaded_policy_file(config->policy_file, policy, err)
                                       : loaded_policy_builtin(config->policy, policy, err);
}

enum zcd_code app_load_key(const struct config *config, struct signature_key **key, struct zcd_error *err)
{
    struct signature_key *loaded = NULL;
    struct sm2_key *second = NULL;

    enum zcd_code code = signature_key_load(config->key_file, &loaded, err);
    if (code == ZCD_OK && config->sm2_key_file != NULL)
        code = sm2_key_load(config->sm2_key_file, &second, err);
    if (code != ZCD_OK) {
        signature_key_free(loaded);
        return code;
    }
    signature_key_set_second(loaded, second);
    *key = loaded;
    return ZCD_OK;
}

struct log_config app_log_config(const struct config *config, const struct signature_key *key)
{
    return (struct log_config){.conninfo = config->database_url,
                               .role = DB_APPLICATION_ROLE,
                               .origin = config->origin,
                               .key = key,
                               .checkpoint_path = config->checkpoint_store,
                               .queue_entries_max = config->log_queue_entries,
                               .insert_rows = rows_insert,
                               .restore_rows = rows_restore};
}

/* The writer's and the clerk's thread inherit a mask in which every signal is blocked: signals are the event loop's. */
static enum zcd_code open_log(const struct app *app, struct log **log, struct zcd_error *err)
{
    const struct log_config config = app_log_config(app->config, app->key);
    sigset_t all;
    sigset_t before;

    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    enum zcd_code code = log_open(&config, log, err);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    return code;
}

static struct clerk *start_clerk(struct app *app)
{
    sigset_t all;
    sigset_t before;

    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    struct clerk *clerk = clerk_start(app);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    return clerk;
}

static enum zcd_code open_issuer(const struct config *config, struct issuer **issuer, struct zcd_error *err)
{
    const struct jwt_rules rules = {.issuer = config->oidc_issuer, .audience = config->oidc_audience};
    return issuer_open(&rules, config->oidc_keys, issuer, err);
}

enum zcd_code app_open(const struct config *config, struct app *app, struct zcd_error *err)
{
    *app = (struct app){.config = config, .metrics = metrics_new(), .disclosures = disclosure_book_new(), .login = login_new(config->workers),
                         .rates = rate_limit_new(config->rate_requests)};

    enum zcd_code code = load_policy(config, &app->policy, err);
    if (code == ZCD_OK)
        code = app_load_key(config, &app->key, err);
    if (code == ZCD_OK)
        code = check_database(config, err);
    if (code == ZCD_OK)
        code = directory_open(config->database_url, &app->directory, err);
    if (code == ZCD_OK && config->oidc_issuer != NULL)
        code = open_issuer(config, &app->issuer, err);
    if (code == ZCD_OK)
        code = open_log(app, &app->log, err);
    return code;
}

void app_close(struct app *app)
{
    log_close(app->log);
    issuer_close(app->issuer);
    directory_close(app->directory);
    metrics_free(app->metrics);
    login_free(app->login);
    rate_limit_free(app->rates);
    disclosure_book_free(app->disclosures);
    signature_key_free(app->key);
    loaded_policy_done(&app->policy);
    *app = (struct app){0};
}

/* ------------------------------------------------------------------ serving */

static void *begin_worker(void *context)
{
    struct app_worker *worker = calloc(1, sizeof *worker);

    if (worker == NULL)
        abort();
    worker->app = context;
    worker->answers_requests = true;
    worker->workspace = cashflow_workspace_new();
    return worker;
}

static void end_worker(void *argument, void *context)
{
    struct app_worker *worker = argument;
    (void)context;

    db_close(worker->db);
    cashflow_workspace_free(worker->workspace);
    free(worker);
}

static void after_request(void *argument, void *context)
{
    struct app_worker *worker = argument;
    (void)context;

    if (worker->uses_db)
        worker->app->db_in_use--;
    worker->uses_db = false;
}

/* The route's pattern stands for every path of it; what found none is one series. */
static void measure(struct metrics *metrics, const struct http_observation *observation)
{
    const char STATUS_CLASS[] = {(char)('0' + observation->status / 100), 'x', 'x', '\0'};
    char route[128] = "none";

    if (observation->route[0] != '\0')
        (void)snprintf(route, sizeof route, "%.*s", (int)strcspn(observation->route, "?"), observation->route);
    metrics_observe(metrics, METRIC_HTTP_DURATION,
                    (struct metric_label[]){
                        {"route", route}, {"method", observation->method}, {"status", STATUS_CLASS}, {NULL, NULL}},
                    observation->duration_us);
}

static void observe(const struct http_observation *observation, void *context)
{
    const struct app *app = context;
    struct notice line;

    measure(app->metrics, observation);
    notice_begin(&line, "request");
    notice_text(&line, "request_id", observation->request_id);
    notice_text(&line, "trace_id", observation->trace_id);
    notice_text(&line, "method", observation->method);
    notice_text(&line, "route", observation->route);
    notice_integer(&line, "status", observation->status);
    notice_integer(&line, "duration_us", observation->duration_us);
    notice_integer(&line, "body_bytes", (int64_t)observation->body_size);
    if (observation->client_has_left)
        notice_text(&line, "client", "left");
    notice_write(&line);
}

static void say_certificate(const struct zcd_error *err, void *context)
{
    (void)context;
    if (err == NULL)
        notice("certificate_replaced", NULL, NULL);
    else
        notice("certificate_refused", "detail", err->message);
}

static void announce(const struct app *app, const struct http_server *server)
{
    char address[HTTP_ADDRESS_SIZE];
    char digest[SHA256_TEXT_SIZE];
    char vkey[NOTE_VKEY_SIZE];
    ZCD_AUTO(buffer_done)
    struct buffer settings = {0};
    struct notice line;

    notice_begin(&line, "serving");
    notice_text(&line, "address", http_server_address(server, address));
    notice_integer(&line, "connections_max", (int64_t)http_server_connections_max(server));
    notice_text(&line, "policy_sha256", sha256_format(&app->policy.sha256, digest));
    notice_text(&line, "vkey", note_vkey_format(log_vkey(app->log), vkey));
    notice_text(&line, "engine", decide_engine_version());
    config_describe(app->config, &settings);
    notice_json(&line, buffer_bytes(&settings));
    notice_write(&line);
}

/* A table that has run out, or is about to: a line each, so that whoever reads the log at a start sees it in time. */
static void warn_of_reference(void)
{
    struct reference_table tables[REFERENCE_TABLE_COUNT];

    reference_look(clock_shanghai_day(clock_now_us()), tables);
    for (size_t i = 0; i < REFERENCE_TABLE_COUNT; i++) {
        char last[DATE_TEXT_SIZE];
        struct notice line;
        if (tables[i].state == REFERENCE_HOLDS)
            continue;
        notice_begin(&line, "reference_ends");
        notice_text(&line, "table", tables[i].name);
        notice_text(&line, "last", date_format(tables[i].last, last));
        notice_text(&line, "state", reference_state_name(tables[i].state));
        notice_text(&line, "message", tables[i].en);
        notice_write(&line);
    }
}

enum zcd_code app_serve(struct app *app, struct zcd_error *err)
{
    struct http_limits limits = HTTP_LIMITS_DEFAULT;
    limits.connections_max = app->config->connections;
    const struct http_server_config config = {.listen = app->config->listen,
                                              .routes = ROUTES,
                                              .answer_types = ANSWER_TYPES,
                                              .tls = {.certificate_file = app->config->tls_certificate_file,
                                                      .key_file = app->config->tls_key_file,
                                                      .client_ca_file = app->config->tls_client_ca_file},
                                              .limits = limits,
                                              .spool_directory = app->config->spool_directory,
                                              .worker_count = app->config->workers,
                                              .worker_begin = begin_worker,
                                              .worker_end = end_worker,
                                              .worker_after = after_request,
                                              .authorise = access_authorise,
                                              .refuse = access_refuse,
                                              .observe = observe,
                                              .certificate_changed = say_certificate,
                                              .context = app};
    struct http_server *server = NULL;

    enum zcd_code code = http_server_open(&config, &server, err);
    if (code != ZCD_OK)
        return code;
    struct metrics_server *metrics_server = NULL;
    code = metrics_server_start(app, server, &metrics_server, err);
    if (code != ZCD_OK) {
        http_server_close(server);
        return code;
    }
    announce(app, server);
    warn_of_reference();
    service_manager_notify("READY=1");
    struct clerk *clerk = start_clerk(app);
    app->runner = runner_start(app, app->config->job_runners);
    app->courier = courier_start(app);
    http_server_run(server);
    service_manager_notify("STOPPING=1");
    notice("stopping", NULL, NULL);
    clerk_stop(clerk);
    runner_stop(app->runner);
    app->runner = NULL;
    courier_stop(app->courier);
    app->courier = NULL;

    /* What is still with the log is written and, where the client is still there, was answered; only then may the
     * server go, which the log's answers go through. */
    metrics_server_stop(metrics_server);
    log_close(app->log);
    app->log = NULL;
    http_server_close(server);
    notice("stopped", NULL, NULL);
    return ZCD_OK;
}
