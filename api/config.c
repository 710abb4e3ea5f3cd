#include "api/config.h"

#include "audit/canonical_json.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { WORKERS_MAX = 64, LOG_QUEUE_MAX = 65536, JOB_RUNNERS_MAX = 16 };

#define PREFIX "ZCD_"

struct setting {
    const char *variable;
    const char *name; /* in the struct and in logs */
    size_t offset;    /* of a const char * in struct config */
    const char *missing;
    bool is_secret; /* a connection string may hold a password */
    const char *about;
};

/* clang-format off */
static const struct setting SETTINGS[] = {
    {"ZCD_DATABASE_URL", "database_url", offsetof(struct config, database_url), NULL, true,
     "PostgreSQL, as libpq takes it: postgresql://user@host/db or host=... dbname=..."},
    {"ZCD_LISTEN", "listen", offsetof(struct config, listen), "127.0.0.1:8080", false, "address and port to serve on"},
    {"ZCD_TLS_CERTIFICATE_FILE", "tls_certificate_file", offsetof(struct config, tls_certificate_file), NULL, false,
     "serve TLS with this chain (PEM); without it plain HTTP"},
    {"ZCD_TLS_KEY_FILE", "tls_key_file", offsetof(struct config, tls_key_file), NULL, false, "and this key"},
    {"ZCD_TLS_CLIENT_CA_FILE", "tls_client_ca_file", offsetof(struct config, tls_client_ca_file), NULL, false,
     "take client certificates of these authorities"},
    {"ZCD_OIDC_ISSUER", "oidc_issuer", offsetof(struct config, oidc_issuer), NULL, false,
     "take tokens (JWT) of this OpenID issuer: its claim iss"},
    {"ZCD_OIDC_AUDIENCE", "oidc_audience", offsetof(struct config, oidc_audience), NULL, false,
     "that are made for this audience: in their claim aud"},
    {"ZCD_OIDC_KEYS", "oidc_keys", offsetof(struct config, oidc_keys), NULL, false,
     "and signed with one of these keys: file or URL of its key set (JWKS)"},
    {"ZCD_KEY_FILE", "key_file", offsetof(struct config, key_file), NULL, false,
     "the log's private key (make one with: zcd key new)"},
    {"ZCD_SM2_KEY_FILE", "sm2_key_file", offsetof(struct config, sm2_key_file), NULL, false,
     "an SM2 key that signs every checkpoint too (make one with: zcd key new --sm2)"},
    {"ZCD_ORIGIN", "origin", offsetof(struct config, origin), NULL, false,
     "the log's name for ever, e.g. bank.example/zhengcaidai"},
    {"ZCD_CHECKPOINT_STORE", "checkpoint_store", offsetof(struct config, checkpoint_store), NULL, false,
     "file of the newest signed checkpoint; keep it apart from the database"},
    {"ZCD_WITNESS_POLICY", "witness_policy", offsetof(struct config, witness_policy), NULL, false,
     "file of the witnesses and their quorum (c2sp.org/tlog-policy), for zcd witness submit"},
    {"ZCD_TIMESTAMP_URL", "timestamp_url", offsetof(struct config, timestamp_url), NULL, false,
     "a time-stamping authority (RFC 3161), for zcd witness submit"},
    {"ZCD_POLICY", "policy", offsetof(struct config, policy), "zhengcaidai", false, "name of a built-in policy"},
    {"ZCD_POLICY_FILE", "policy_file", offsetof(struct config, policy_file), NULL, false, "or the file of another one"},
    {"ZCD_WORKERS", "workers", offsetof(struct config, workers_text), NULL, false,
     "threads that decide; one for each processor when not given"},
    {"ZCD_LOG_QUEUE", "log_queue", offsetof(struct config, log_queue_text), "1024", false,
     "records that may wait for the log's writer; beyond them callers are told to come again (503)"},
    {"ZCD_JOB_RUNNERS", "job_runners", offsetof(struct config, job_runners_text), "1", false,
     "jobs that this process does at a time; 0 leaves them to others"},
};
/* clang-format on */

enum { SETTING_COUNT = sizeof SETTINGS / sizeof *SETTINGS };

static const char **place_of(struct config *config, const struct setting *setting)
{
    return (const char **)((char *)config + setting->offset);
}

static const char *value_of(const struct config *config, const struct setting *setting)
{
    return *(const char *const *)((const char *)config + setting->offset);
}

static const struct setting *find_setting(const char *variable, size_t length)
{
    for (size_t i = 0; i < SETTING_COUNT; i++) {
        if (strlen(SETTINGS[i].variable) == length && memcmp(SETTINGS[i].variable, variable, length) == 0)
            return &SETTINGS[i];
    }
    return NULL;
}

static enum zcd_code read_variables(char *const *environment, struct arena *arena, struct config *config,
                                    struct zcd_error *err)
{
    for (; *environment != NULL; environment++) {
        const char *equals = strchr(*environment, '=');
        if (equals == NULL || strncmp(*environment, PREFIX, strlen(PREFIX)) != 0)
            continue;
        size_t length = (size_t)(equals - *environment);
        const struct setting *setting = find_setting(*environment, length);
        if (setting == NULL)
            return zcd_fail(err, ZCD_INVALID, "%.*s is not a setting (zcd help lists them)", (int)length, *environment);
        if (equals[1] == '\0')
            return zcd_fail(err, ZCD_INVALID, "%s is empty; leave it away instead", setting->variable);
        *place_of(config, setting) = arena_copy_text(arena, equals + 1);
    }
    return ZCD_OK;
}

static enum zcd_code read_log_queue(struct config *config, struct zcd_error *err)
{
    char *end = NULL;
    long count = strtol(config->log_queue_text, &end, 10);

    if (*end != '\0' || count < 1 || count > LOG_QUEUE_MAX)
        return zcd_fail(err, ZCD_INVALID, "ZCD_LOG_QUEUE is not a number from 1 to %d", LOG_QUEUE_MAX);
    config->log_queue_entries = (size_t)count;
    return ZCD_OK;
}

static enum zcd_code read_job_runners(struct config *config, struct zcd_error *err)
{
    char *end = NULL;
    long count = strtol(config->job_runners_text, &end, 10);

    if (*end != '\0' || count < 0 || count > JOB_RUNNERS_MAX)
        return zcd_fail(err, ZCD_INVALID, "ZCD_JOB_RUNNERS is not a number from 0 to %d", JOB_RUNNERS_MAX);
    config->job_runners = (size_t)count;
    return ZCD_OK;
}

static enum zcd_code read_workers(struct config *config, struct zcd_error *err)
{
    char *end = NULL;

    if (config->workers_text == NULL) {
        long processors = sysconf(_SC_NPROCESSORS_ONLN);
        config->workers = processors < 1 ? 1 : processors > WORKERS_MAX ? WORKERS_MAX : (size_t)processors;
        return ZCD_OK;
    }
    long count = strtol(config->workers_text, &end, 10);
    if (*end != '\0' || count < 1 || count > WORKERS_MAX)
        return zcd_fail(err, ZCD_INVALID, "ZCD_WORKERS is not a number from 1 to %d", WORKERS_MAX);
    config->workers = (size_t)count;
    return ZCD_OK;
}

enum zcd_code config_read(char *const *environment, struct arena *arena, struct config *config, struct zcd_error *err)
{
    struct config read = {0};

    for (size_t i = 0; i < SETTING_COUNT; i++)
        *place_of(&read, &SETTINGS[i]) = SETTINGS[i].missing;
    enum zcd_code code = read_variables(environment, arena, &read, err);
    if (code == ZCD_OK)
        code = read_workers(&read, err);
    if (code == ZCD_OK)
        code = read_log_queue(&read, err);
    if (code == ZCD_OK)
        code = read_job_runners(&read, err);
    if (code == ZCD_OK)
        *config = read;
    return code;
}

enum zcd_code config_require(const struct config *config, const char *const *setting, struct zcd_error *err)
{
    size_t offset = (size_t)((const char *)setting - (const char *)config);

    if (*setting != NULL)
        return ZCD_OK;
    for (size_t i = 0; i < SETTING_COUNT; i++) {
        if (SETTINGS[i].offset == offset)
            return zcd_fail(err, ZCD_INVALID, "%s is not given: %s", SETTINGS[i].variable, SETTINGS[i].about);
    }
    assert(false); /* not a setting */
    return ZCD_INVALID;
}

static enum zcd_code check_tls(const struct config *config, struct zcd_error *err)
{
    if ((config->tls_certificate_file == NULL) != (config->tls_key_file == NULL))
        return zcd_fail(err, ZCD_INVALID, "ZCD_TLS_CERTIFICATE_FILE and ZCD_TLS_KEY_FILE are given together or not at all");
    if (config->tls_client_ca_file != NULL && config->tls_certificate_file == NULL)
        return zcd_fail(err, ZCD_INVALID, "ZCD_TLS_CLIENT_CA_FILE needs ZCD_TLS_CERTIFICATE_FILE");
    return ZCD_OK;
}

static enum zcd_code check_oidc(const struct config *config, struct zcd_error *err)
{
    bool has_all = config->oidc_issuer != NULL && config->oidc_audience != NULL && config->oidc_keys != NULL;
    bool has_none = config->oidc_issuer == NULL && config->oidc_audience == NULL && config->oidc_keys == NULL;

    return has_all || has_none ? ZCD_OK
                               : zcd_fail(err, ZCD_INVALID,
                                          "ZCD_OIDC_ISSUER, ZCD_OIDC_AUDIENCE and ZCD_OIDC_KEYS go together");
}

enum zcd_code config_check_serve(const struct config *config, struct zcd_error *err)
{
    const char *const *const NEEDED[] = {&config->database_url, &config->key_file, &config->origin,
                                         &config->checkpoint_store};

    for (size_t i = 0; i < sizeof NEEDED / sizeof *NEEDED; i++) {
        enum zcd_code code = config_require(config, NEEDED[i], err);
        if (code != ZCD_OK)
            return code;
    }
    enum zcd_code code = check_oidc(config, err);
    return code == ZCD_OK ? check_tls(config, err) : code;
}

void config_describe(const struct config *config, struct buffer *json)
{
    bool is_first = true;

    for (size_t i = 0; i < SETTING_COUNT; i++) {
        const char *value = value_of(config, &SETTINGS[i]);
        if (value == NULL)
            continue;
        buffer_append_format(json, "%s\"%s\":", is_first ? "" : ",", SETTINGS[i].name);
        canonical_json_append_string(json, bytes_of_text(SETTINGS[i].is_secret ? "(given)" : value));
        is_first = false;
    }
}

void config_explain(struct buffer *text)
{
    for (size_t i = 0; i < SETTING_COUNT; i++) {
        buffer_append_format(text, "  %-24s %s", SETTINGS[i].variable, SETTINGS[i].about);
        if (SETTINGS[i].missing != NULL)
            buffer_append_format(text, " (%s)", SETTINGS[i].missing);
        buffer_append_text(text, "\n");
    }
}
