#include "api/identity/issuer.h"

#include "api/fetch.h"
#include "api/file.h"
#include "api/notice.h"
#include "base/cleanup.h"

#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { ANSWER_TIMEOUT_MS = 10000 };

struct issuer {
    struct jwt_rules rules;
    const char *keys;
    pthread_t thread;
    pthread_mutex_t mutex; /* guards what follows */
    pthread_cond_t wake;
    bool is_stopping;
    bool is_asked; /* a token was refused */
    struct jwk_set *set; /* NULL until they were read once */
    bool has_failed; /* said once, until it succeeds again */
};

static void done_fetched(struct fetch_answer *answer)
{
    buffer_done(&answer->body);
}

static bool is_url(const char *keys)
{
    return strncmp(keys, "http://", 7) == 0 || strncmp(keys, "https://", 8) == 0;
}

/* http:// and the loopback's name or address. */
static bool is_local(const char *url)
{
    static const char *const HOSTS[] = {"127.0.0.1", "localhost", "[::1]"};

    for (size_t i = 0; i < sizeof HOSTS / sizeof *HOSTS; i++) {
        const char *host = url + strlen("http://");
        size_t size = strlen(HOSTS[i]);
        if (strncmp(host, HOSTS[i], size) == 0 && (host[size] == ':' || host[size] == '/'))
            return true;
    }
    return false;
}

static enum zcd_code read_url(const char *url, struct jwk_set **set, struct zcd_error *err)
{
    ZCD_AUTO(done_fetched)
    struct fetch_answer answer = {0};
    const struct fetch_request request = {
        .url = url, .answer_size_max = JWK_SET_SIZE_MAX, .timeout_ms = ANSWER_TIMEOUT_MS};
    enum zcd_code code = fetch(&request, &answer, err);

    if (code == ZCD_OK && answer.status != 200)
        return zcd_fail(err, ZCD_UNAVAILABLE, "the issuer's keys: status %d", answer.status);
    return code == ZCD_OK ? jwk_set_parse(buffer_bytes(&answer.body), set, err) : code;
}

static enum zcd_code read_path(const char *path, struct jwk_set **set, struct zcd_error *err)
{
    ZCD_AUTO(buffer_done)
    struct buffer content = {0};
    enum zcd_code code = file_read(path, JWK_SET_SIZE_MAX, &content, err);

    return code == ZCD_OK ? jwk_set_parse(buffer_bytes(&content), set, err) : code;
}

static enum zcd_code refresh(struct issuer *issuer, struct zcd_error *err)
{
    struct jwk_set *set = NULL;
    enum zcd_code code = is_url(issuer->keys) ? read_url(issuer->keys, &set, err) : read_path(issuer->keys, &set, err);

    if (code != ZCD_OK && !issuer->has_failed)
        notice("issuer_keys_failed", "detail", err->message);
    issuer->has_failed = code != ZCD_OK;
    if (code != ZCD_OK)
        return code;
    (void)pthread_mutex_lock(&issuer->mutex);
    struct jwk_set *before = issuer->set;
    issuer->set = set;
    (void)pthread_mutex_unlock(&issuer->mutex);
    jwk_set_free(before);
    return ZCD_OK;
}

/* With the mutex held: wait as long as refreshing may not, or need not, be done. */
static void pause_until_due(struct issuer *issuer)
{
    struct timespec begun, until;

    (void)clock_gettime(CLOCK_MONOTONIC, &begun);
    until = begun;
    until.tv_sec += ISSUER_REFRESH_MIN_S;
    while (!issuer->is_stopping && pthread_cond_timedwait(&issuer->wake, &issuer->mutex, &until) == 0)
        continue;
    until.tv_sec = begun.tv_sec + ISSUER_REFRESH_S;
    while (!issuer->is_stopping && !issuer->is_asked && issuer->set != NULL
           && pthread_cond_timedwait(&issuer->wake, &issuer->mutex, &until) == 0)
        continue;
    issuer->is_asked = false;
}

static void *work_until_stopped(void *context)
{
    struct issuer *issuer = context;
    struct zcd_error err;

    (void)pthread_mutex_lock(&issuer->mutex);
    while (!issuer->is_stopping) {
        pause_until_due(issuer);
        if (issuer->is_stopping)
            break;
        (void)pthread_mutex_unlock(&issuer->mutex);
        (void)refresh(issuer, &err); /* said there */
        (void)pthread_mutex_lock(&issuer->mutex);
    }
    (void)pthread_mutex_unlock(&issuer->mutex);
    return NULL;
}

static struct issuer *issuer_new(const struct jwt_rules *rules, const char *keys)
{
    struct issuer *issuer = calloc(1, sizeof *issuer);
    pthread_condattr_t monotonic;

    if (issuer == NULL)
        abort();
    issuer->rules = *rules;
    issuer->keys = keys;
    (void)pthread_mutex_init(&issuer->mutex, NULL);
    (void)pthread_condattr_init(&monotonic);
    (void)pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    (void)pthread_cond_init(&issuer->wake, &monotonic);
    (void)pthread_condattr_destroy(&monotonic);
    return issuer;
}

static void issuer_free(struct issuer *issuer)
{
    jwk_set_free(issuer->set);
    (void)pthread_cond_destroy(&issuer->wake);
    (void)pthread_mutex_destroy(&issuer->mutex);
    free(issuer);
}

/* Signals are the event loop's. */
static bool start_thread(struct issuer *issuer)
{
    sigset_t all, before;

    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    bool is_started = pthread_create(&issuer->thread, NULL, work_until_stopped, issuer) == 0;
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    return is_started;
}

enum zcd_code issuer_open(const struct jwt_rules *rules, const char *keys, struct issuer **issuer, struct zcd_error *err)
{
    if (strncmp(keys, "http://", 7) == 0 && !is_local(keys))
        return zcd_fail(err, ZCD_INVALID, "the issuer's keys come over https, or from this machine");
    struct issuer *opened = issuer_new(rules, keys);
    enum zcd_code code = refresh(opened, err);

    if (is_url(keys))
        code = ZCD_OK;
    if (code == ZCD_OK && !start_thread(opened))
        code = zcd_fail(err, ZCD_UNAVAILABLE, "no thread for the issuer's keys");
    if (code != ZCD_OK) {
        issuer_free(opened);
        return code;
    }
    *issuer = opened;
    return ZCD_OK;
}

void issuer_close(struct issuer *issuer)
{
    if (issuer == NULL)
        return;
    (void)pthread_mutex_lock(&issuer->mutex);
    issuer->is_stopping = true;
    (void)pthread_cond_signal(&issuer->wake);
    (void)pthread_mutex_unlock(&issuer->mutex);
    (void)pthread_join(issuer->thread, NULL);
    issuer_free(issuer);
}

enum zcd_code issuer_verify(struct issuer *issuer, const char *token, int64_t now_s, struct arena *arena,
                            struct jwt_claims *claims, struct zcd_error *err)
{
    enum zcd_code code;

    (void)pthread_mutex_lock(&issuer->mutex);
    if (issuer->set == NULL)
        code = zcd_fail(err, ZCD_INVALID, "the issuer's keys are not known yet");
    else
        code = jwt_verify(issuer->set, &issuer->rules, token, now_s, arena, claims, err);
    if (code != ZCD_OK && !issuer->is_asked) {
        issuer->is_asked = true; /* perhaps it has new keys; the pauses bound how often anybody can make us look */
        (void)pthread_cond_signal(&issuer->wake);
    }
    (void)pthread_mutex_unlock(&issuer->mutex);
    return code;
}
