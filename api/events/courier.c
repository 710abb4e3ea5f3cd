#include "api/events/courier.h"

#include "api/address.h"
#include "api/clock.h"
#include "api/events/event_store.h"
#include "api/events/signature.h"
#include "api/fetch.h"
#include "api/http/trace.h"
#include "api/notice.h"
#include "audit/record.h"
#include "base/cleanup.h"
#include "db/connection.h"
#include "db/transaction.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

enum {
    THREADS = 2,
    LOOK_MS = 500,
    TIMEOUT_MS = 10000, /* for an answer */
    LEASE_MS = 60000,
    ANSWER_SIZE_MAX = 64 << 10,
    FORGET_S = 3600,
    ERROR_SIZE = 256
};

/*
 * After each attempt, how long until the next: as Standard Webhooks 1.0.0 recommends (retry schedule), three days in all.
 * A quarter more or less is drawn, so that receivers that were away are not all found by everybody at once.
 */
static const int32_t PAUSES_S[] = {5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400};
enum { ATTEMPTS_MAX = sizeof PAUSES_S / sizeof *PAUSES_S + 1 };

struct post {
    struct courier *courier;
    struct app_worker worker; /* its connection */
    pthread_t thread;
};

struct courier {
    struct app *app;
    struct address_list allowed;
    pthread_mutex_t mutex;
    pthread_cond_t wake;
    atomic_bool is_stopping;
    atomic_bool has_failed; /* said once, until it succeeds again */
    atomic_llong forgot_at_s;
    size_t count;
    struct post posts[THREADS];
};

/* ------------------------------------------------------------------ one attempt */

struct guard {
    const struct address_list *allowed;
    bool is_plain; /* without TLS: only where the operator allows the address */
    bool refused;
};

static bool may_connect(const struct sockaddr *address, void *context)
{
    struct guard *guard = context;
    bool may = address_list_has(guard->allowed, address) || (!guard->is_plain && address_is_public(address));

    guard->refused = guard->refused || !may;
    return may;
}

static void write_body(const struct event_delivery *delivery, struct buffer *body)
{
    char at[RECORD_AT_TEXT_SIZE];

    buffer_append_format(body, "{\"data\":%s,\"timestamp\":\"%s\",\"type\":\"%s\"}", delivery->data,
                         record_at_format(delivery->at_us, at), delivery->type);
}

static uint32_t random_number(void)
{
    uint32_t number;

    if (getrandom(&number, sizeof number, 0) != (ssize_t)sizeof number)
        abort(); /* so few bytes cannot fail once the system is up */
    return number;
}

static int64_t pause_ms(int32_t attempts)
{
    int64_t pause = (int64_t)PAUSES_S[attempts] * 1000;
    return pause * 3 / 4 + (int64_t)(random_number() % (uint32_t)(pause / 2));
}

/* The delivery is a step of its own in the trace of the request that the event came of. */
static const char *write_parent(const struct event_delivery *delivery, char text[HTTP_TRACE_PARENT_SIZE])
{
    char step[17];

    if (delivery->trace_id == NULL)
        return NULL;
    (void)snprintf(step, sizeof step, "%08x%08x", (unsigned)random_number() | 1U, (unsigned)random_number());
    return http_trace_format(delivery->trace_id, step, text);
}

static enum zcd_code post_event(const struct event_delivery *delivery, struct guard *guard, const atomic_bool *ends,
                                int *status, struct zcd_error *err)
{
    ZCD_AUTO(buffer_done)
    struct buffer body = {0};
    struct fetch_answer answer = {.status = 0};
    char signature[WEBHOOK_SIGNATURE_TEXT_SIZE], timestamp[24], parent[HTTP_TRACE_PARENT_SIZE];
    const int64_t now_s = clock_now_us() / 1000000;

    write_body(delivery, &body);
    const struct bytes bytes = buffer_bytes(&body);
    (void)snprintf(timestamp, sizeof timestamp, "%lld", (long long)now_s);
    (void)webhook_signature_format(delivery->secrets, delivery->secret_count, delivery->id, now_s, bytes, signature);
    const struct fetch_field fields[] = {{"webhook-id", delivery->id},
                                         {"webhook-timestamp", timestamp},
                                         {"webhook-signature", signature},
                                         {"traceparent", write_parent(delivery, parent)}};
    const size_t field_count = sizeof fields / sizeof *fields;
    const struct fetch_request request = {.url = delivery->url,
                                          .content_type = "application/json",
                                          .body = &bytes,
                                          .fields = fields,
                                          .field_count = delivery->trace_id == NULL ? field_count - 1 : field_count,
                                          .may_connect = may_connect,
                                          .may_connect_context = guard,
                                          .ends = ends,
                                          .answer_size_max = ANSWER_SIZE_MAX,
                                          .timeout_ms = TIMEOUT_MS};
    enum zcd_code code = fetch(&request, &answer, err);
    buffer_done(&answer.body);
    *status = answer.status;
    return code;
}

/* error: ERROR_SIZE bytes, for outcome->error */
static void attempt(const struct courier *courier, const struct event_delivery *delivery,
                    struct event_outcome *outcome, char *error)
{
    struct guard guard = {.allowed = &courier->allowed, .is_plain = strncmp(delivery->url, "https:", 6) != 0};
    struct zcd_error err;

    *outcome = (struct event_outcome){.error = error};
    enum zcd_code code = post_event(delivery, &guard, &courier->is_stopping, &outcome->status, &err);
    if (guard.refused && code != ZCD_OK)
        (void)snprintf(error, ERROR_SIZE, "not sent: the address is not one that may be connected to");
    else if (code != ZCD_OK)
        (void)snprintf(error, ERROR_SIZE, "not answered: %.200s", err.message);
    else if (outcome->status < 200 || outcome->status > 299)
        (void)snprintf(error, ERROR_SIZE, "answered with status %d", outcome->status);
    else
        *outcome = (struct event_outcome){.is_delivered = true, .status = outcome->status};
    if (outcome->is_delivered)
        return;
    outcome->is_gone = outcome->status == 410;
    outcome->is_given_up = delivery->attempts + 1 >= ATTEMPTS_MAX;
    outcome->delay_ms = outcome->is_given_up ? 0 : pause_ms(delivery->attempts);
}

static void say_attempt(const struct event_delivery *delivery, const struct event_outcome *outcome, bool disabled)
{
    struct notice line;

    notice_begin(&line, "webhook");
    notice_text(&line, "webhook", delivery->webhook_id);
    notice_text(&line, "event_id", delivery->id);
    notice_integer(&line, "attempt", delivery->attempts + 1);
    notice_integer(&line, "status", outcome->status);
    notice_text(&line, "outcome", outcome->is_delivered ? "delivered" : disabled ? "disabled" : "failed");
    notice_write(&line);
}

/* ------------------------------------------------------------------ taking and settling */

struct taking {
    uint8_t lease[EVENT_LEASE_SIZE];
    struct arena *arena;
    struct event_delivery delivery;
};

static enum zcd_code take(struct db *db, void *context, struct zcd_error *err)
{
    struct taking *taking = context;
    return event_store_take(db, taking->lease, LEASE_MS, taking->arena, &taking->delivery, err);
}

struct settling {
    const struct event_delivery *delivery;
    struct event_outcome outcome;
    bool disabled;
};

static enum zcd_code settle(struct db *db, void *context, struct zcd_error *err)
{
    struct settling *settling = context;
    return event_store_settle(db, settling->delivery, &settling->outcome, &settling->disabled, err);
}

/* ZCD_NOT_FOUND: nothing is to be sent. */
static enum zcd_code deliver_one(struct post *post, struct zcd_error *err)
{
    ZCD_AUTO(arena_done)
    struct arena arena = {0};
    struct taking taking = {.arena = &arena};
    struct settling settling = {.delivery = &taking.delivery};
    char error[ERROR_SIZE];
    struct db *db;

    if (getrandom(taking.lease, sizeof taking.lease, 0) != (ssize_t)sizeof taking.lease)
        abort(); /* so few bytes cannot fail once the system is up */
    enum zcd_code code = app_worker_db(&post->worker, &db, err);
    if (code == ZCD_OK)
        code = db_transaction_run(db, DB_READ_COMMITTED, take, &taking, err);
    if (code != ZCD_OK || taking.delivery.id == NULL)
        return code;
    attempt(post->courier, &taking.delivery, &settling.outcome, error);
    if (atomic_load(&post->courier->is_stopping) && !settling.outcome.is_delivered)
        settling.outcome.is_cut_short = true; /* no fault of the receiver's */
    code = app_worker_db(&post->worker, &db, err);
    if (code == ZCD_OK)
        code = db_transaction_run(db, DB_READ_COMMITTED, settle, &settling, err);
    if (code == ZCD_OK)
        say_attempt(&taking.delivery, &settling.outcome, settling.disabled);
    return code == ZCD_NOT_FOUND ? ZCD_OK : code; /* another process has it: that one says how it went */
}

static void forget(struct post *post)
{
    struct courier *courier = post->courier;
    const long long now_s = clock_now_us() / 1000000;
    long long before_s = atomic_load(&courier->forgot_at_s);
    struct zcd_error err;
    struct db *db;

    if (now_s - before_s < FORGET_S || !atomic_compare_exchange_strong(&courier->forgot_at_s, &before_s, now_s))
        return;
    if (app_worker_db(&post->worker, &db, &err) != ZCD_OK || event_store_forget(db, &err) != ZCD_OK)
        notice("events_failed", "detail", err.message);
}

/* ------------------------------------------------------------------ threads */

static void wait_a_moment(struct courier *courier)
{
    struct timespec until;

    (void)clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += LOOK_MS * 1000000L;
    if (until.tv_nsec >= 1000000000) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000;
    }
    (void)pthread_mutex_lock(&courier->mutex);
    if (!atomic_load(&courier->is_stopping))
        (void)pthread_cond_timedwait(&courier->wake, &courier->mutex, &until);
    (void)pthread_mutex_unlock(&courier->mutex);
}

static void *deliver_until_stopped(void *context)
{
    struct post *post = context;
    struct courier *courier = post->courier;

    while (!atomic_load(&courier->is_stopping)) {
        struct zcd_error err;
        enum zcd_code code = deliver_one(post, &err);
        bool is_trouble = code != ZCD_OK && code != ZCD_NOT_FOUND;

        if (is_trouble && !atomic_load(&courier->has_failed))
            notice("events_failed", "detail", err.message);
        atomic_store(&courier->has_failed, is_trouble);
        if (code == ZCD_OK)
            continue;
        forget(post);
        wait_a_moment(courier);
    }
    return NULL;
}

static void courier_free(struct courier *courier)
{
    for (size_t i = 0; i < courier->count; i++)
        db_close(courier->posts[i].worker.db);
    (void)pthread_cond_destroy(&courier->wake);
    (void)pthread_mutex_destroy(&courier->mutex);
    free(courier);
}

static struct courier *courier_new(struct app *app)
{
    struct courier *courier = calloc(1, sizeof *courier);
    pthread_condattr_t monotonic;

    if (courier == NULL)
        abort();
    courier->app = app;
    courier->allowed = app->config->webhook_addresses;
    (void)pthread_mutex_init(&courier->mutex, NULL);
    (void)pthread_condattr_init(&monotonic);
    (void)pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    (void)pthread_cond_init(&courier->wake, &monotonic);
    (void)pthread_condattr_destroy(&monotonic);
    return courier;
}

static bool start_post(struct courier *courier, struct post *post)
{
    *post = (struct post){.courier = courier, .worker = {.app = courier->app}};
    return pthread_create(&post->thread, NULL, deliver_until_stopped, post) == 0;
}

struct courier *courier_start(struct app *app)
{
    struct courier *courier = courier_new(app);
    sigset_t all;
    sigset_t before;

    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    while (courier->count < THREADS && start_post(courier, &courier->posts[courier->count]))
        courier->count++;
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (courier->count == 0) {
        notice("events_failed", "detail", "no thread for them");
        courier_free(courier);
        return NULL;
    }
    return courier;
}

void courier_wake(struct courier *courier)
{
    if (courier == NULL)
        return;
    (void)pthread_mutex_lock(&courier->mutex);
    (void)pthread_cond_broadcast(&courier->wake);
    (void)pthread_mutex_unlock(&courier->mutex);
}

void courier_stop(struct courier *courier)
{
    if (courier == NULL)
        return;
    atomic_store(&courier->is_stopping, true);
    courier_wake(courier);
    for (size_t i = 0; i < courier->count; i++)
        (void)pthread_join(courier->posts[i].thread, NULL);
    courier_free(courier);
}
