/*
 * app.h - the long-lived objects of the service, and how they are put together and taken apart.
 *
 * Thread: said at each member.
 */
#ifndef API_APP_H
#define API_APP_H

#include "api/config.h"
#include "api/flows/policy.h"
#include "api/http/server.h"
#include "audit/log.h"
#include "audit/signature.h"
#include "base/error.h"
#include "scoring/cashflow.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

struct db;
struct disclosure_book; /* flows/disclosure.h */
struct directory;       /* identity/directory.h */
struct issuer;          /* identity/issuer.h */
struct login;           /* flows/login.h */
struct metrics;         /* metrics.h */
struct runner;          /* jobs/runner.h */
struct courier;         /* events/courier.h */

/* Does not change while the service runs; the log has its own locks. Any thread. */
struct app {
    const struct config *config;
    struct loaded_policy policy;
    struct signature_key *key;
    struct directory *directory; /* has its own lock */
    struct issuer *issuer;       /* the same; NULL without an OpenID issuer */
    struct login *login;         /* the same */
    struct rate_limit *rates;    /* of the event loop's thread */
    struct log *log;
    struct disclosure_book *disclosures;
    struct metrics *metrics; /* has its own lock */
    atomic_size_t db_in_use;  /* workers whose request has taken their connection */
    struct runner *runner; /* while it serves; NULL where the process does no jobs */
    struct courier *courier; /* while it serves */
    atomic_llong database_away_until_us; /* who comes before then need not find out again */
};

/* What one worker has for itself; the context of the handlers that run on it. */
struct app_worker {
    struct app *app;
    struct db *db; /* NULL until app_worker_db has connected it */
    struct cashflow_workspace *workspace;
    bool answers_requests; /* one of the HTTP server's: its use of the connection is counted */
    bool uses_db;          /* counted in db_in_use, until its request is done with */
};

/*
 * Load policy and key, open the log.
 *
 *   config  in   passed config_check_serve; borrowed until app_close
 *   app     out  to be closed, also after a failure
 *
 * ZCD_CONFLICT also when the database is not at the program's version: "run zcd migrate".
 */
enum zcd_code app_open(const struct config *config, struct app *app, struct zcd_error *err) ZCD_MUST_USE;

/* Serve until told to stop. ZCD_INVALID, ZCD_UNAVAILABLE: it cannot listen. */
enum zcd_code app_serve(struct app *app, struct zcd_error *err) ZCD_MUST_USE;

void app_close(struct app *app);

/* The log's key of the settings, with the SM2 key beside it when there is one. signature_key_free. */
enum zcd_code app_load_key(const struct config *config, struct signature_key **key, struct zcd_error *err) ZCD_MUST_USE;

/* The log of the configuration, for commands that need it without a service. key may be NULL where it is not used. */
struct log_config app_log_config(const struct config *config, const struct signature_key *key);

/*
 * The worker's connection, made or made anew where it was lost; borrowed until the next call. On the worker's thread.
 * ZCD_UNAVAILABLE.
 */
enum zcd_code app_worker_db(struct app_worker *worker, struct db **db, struct zcd_error *err) ZCD_MUST_USE;

#endif
