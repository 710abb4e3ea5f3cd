#include "api/config.h"

#include "api/file.h"
#include "api/notice.h"
#include "audit/canonical_json.h"
#include "base/cleanup.h"

#include <assert.h>
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { WORKERS_MAX = 64, LOG_QUEUE_MAX = 65536, JOB_RUNNERS_MAX = 16, CONNECTIONS_MIN = 16, CONNECTIONS_MAX = 65536 };
enum { FILE_SIZE_MAX = 64 << 10, SECRET_SIZE_MAX = 4096 };

#define PREFIX "ZCD_"
#define CONFIG_FILE "ZCD_CONFIG_FILE"
#define SECRET_SUFFIX "_FILE"

/* Where a value is from; each wins over those before it. */
enum source { FROM_DEFAULT, FROM_FILE, FROM_ENVIRONMENT, SOURCE_COUNT };
static const char *const SOURCE_NAMES[SOURCE_COUNT] = {"default", "file", "environment"};

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
    {"ZCD_METRICS_LISTEN", "metrics_listen", offsetof(struct config, metrics_listen), NULL, false,
     "address and port of the metrics for Prometheus, for the operator's network only; none when not given"},
    {"ZCD_LOG_LEVEL", "log_level", offsetof(struct config, log_level), "info", false,
     "what the service says of itself on standard error: info, warning or error and what is graver"},
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
    {"ZCD_CONNECTIONS", "connections", offsetof(struct config, connections_text), "10240", false,
     "clients that may be connected at once; fewer when the limit of open files (ulimit -Hn) is lower"},
    {"ZCD_SPOOL_DIRECTORY", "spool_directory", offsetof(struct config, spool_directory), NULL, false,
     "directory for the files of large bodies; without it they are answered 503"},
    {"ZCD_RATE_READ", "rate_read", offsetof(struct config, rate_text[RATE_READ]), "12000", false,
     "requests that one caller may make a minute; beyond them it is told to wait (429)"},
    {"ZCD_RATE_DECIDE", "rate_decide", offsetof(struct config, rate_text[RATE_DECIDE]), "6000", false,
     "the same for requests that decide something"},
    {"ZCD_RATE_BATCH", "rate_batch", offsetof(struct config, rate_text[RATE_BATCH]), "600", false,
     "the same for those that read much at once"},
    {"ZCD_JOB_RUNNERS", "job_runners", offsetof(struct config, job_runners_text), "1", false,
     "jobs that this process does at a time; 0 leaves them to others"},
    {"ZCD_WEBHOOK_ADDRESSES", "webhook_addresses", offsetof(struct config, webhook_addresses_text), NULL, false,
     "addresses besides public ones that webhooks may have, e.g. 10.1.0.0/16,::1; to these also without TLS"},
};
/* clang-format on */

enum { SETTING_COUNT = sizeof SETTINGS / sizeof *SETTINGS };
static_assert(sizeof SETTINGS / sizeof *SETTINGS <= sizeof((struct config *)0)->given_by, "given_by is too short");

/* Settings that are numbers: their text, and where the number goes. */
static const struct number {
    const char *variable;
    size_t text_offset, offset; /* of a const char * and a size_t in struct config */
    long min, max;
} NUMBERS[] = {
    {"ZCD_WORKERS", offsetof(struct config, workers_text), offsetof(struct config, workers), 1, WORKERS_MAX},
    {"ZCD_LOG_QUEUE", offsetof(struct config, log_queue_text), offsetof(struct config, log_queue_entries), 1, LOG_QUEUE_MAX},
    {"ZCD_CONNECTIONS", offsetof(struct config, connections_text), offsetof(struct config, connections), CONNECTIONS_MIN,
     CONNECTIONS_MAX},
    {"ZCD_RATE_READ", offsetof(struct config, rate_text[RATE_READ]), offsetof(struct config, rate_requests[RATE_READ]), 1,
     RATE_REQUESTS_MAX},
    {"ZCD_RATE_DECIDE", offsetof(struct config, rate_text[RATE_DECIDE]), offsetof(struct config, rate_requests[RATE_DECIDE]), 1,
     RATE_REQUESTS_MAX},
    {"ZCD_RATE_BATCH", offsetof(struct config, rate_text[RATE_BATCH]), offsetof(struct config, rate_requests[RATE_BATCH]), 1,
     RATE_REQUESTS_MAX},
    {"ZCD_JOB_RUNNERS", offsetof(struct config, job_runners_text), offsetof(struct config, job_runners), 0, JOB_RUNNERS_MAX},
};

/* What is being put together: a secret is first known by the name of its file. */
struct reading {
    struct arena *arena;
    struct config config;
    bool is_secret_file[SETTING_COUNT]; /* the setting's value is the path of the file that has it */
};

static const char **place_of(struct config *config, const struct setting *setting)
{
    return (const char **)((char *)config + setting->offset);
}

static const char *value_of(const struct config *config, const struct setting *setting)
{
    return *(const char *const *)((const char *)config + setting->offset);
}

/* The setting of a variable, which for a secret may have _FILE behind it; NULL when there is none. */
static const struct setting *find_setting(struct bytes variable, bool *is_secret_file)
{
    for (size_t i = 0; i < SETTING_COUNT; i++) {
        size_t length = strlen(SETTINGS[i].variable);
        if (variable.size < length || memcmp(SETTINGS[i].variable, variable.data, length) != 0)
            continue;
        struct bytes rest = {variable.data + length, variable.size - length};
        *is_secret_file = SETTINGS[i].is_secret && bytes_equal(rest, bytes_of_text(SECRET_SUFFIX));
        if (rest.size == 0 || *is_secret_file)
            return &SETTINGS[i];
    }
    return NULL;
}

static enum zcd_code take(struct reading *reading, enum source source, struct bytes variable, struct bytes value,
                          struct zcd_error *err)
{
    bool is_secret_file = false;
    const struct setting *setting = find_setting(variable, &is_secret_file);
    int length = variable.size > 64 ? 64 : (int)variable.size;

    if (setting == NULL)
        return zcd_fail(err, ZCD_INVALID, "%.*s is not a setting (zcd help lists them)", length, (const char *)variable.data);
    if (value.size == 0)
        return zcd_fail(err, ZCD_INVALID, "%.*s is empty; leave it away instead", length, (const char *)variable.data);
    size_t row = (size_t)(setting - SETTINGS);
    if (reading->config.given_by[row] == source)
        return zcd_fail(err, ZCD_INVALID, "%s is given twice", setting->variable);
    *place_of(&reading->config, setting) = arena_copy_bytes(reading->arena, value.data, value.size);
    reading->config.given_by[row] = (unsigned char)source;
    reading->is_secret_file[row] = is_secret_file;
    return ZCD_OK;
}

/* ------------------------------------------------------------------ the file */

static bool has_control_character(struct bytes line)
{
    for (size_t i = 0; i < line.size; i++) {
        if (line.data[i] < ' ' || line.data[i] == 0x7f)
            return true;
    }
    return false;
}

static enum zcd_code take_line(struct reading *reading, struct bytes line, struct zcd_error *err)
{
    if (line.size == 0 || line.data[0] == '#')
        return ZCD_OK;
    if (has_control_character(line) || !bytes_are_utf8(line))
        return zcd_fail(err, ZCD_INVALID, "the line is not plain text in UTF-8");
    const uint8_t *equals = memchr(line.data, '=', line.size);
    if (equals == NULL)
        return zcd_fail(err, ZCD_INVALID, "the line is not of the form NAME=VALUE");
    size_t length = (size_t)(equals - line.data);
    return take(reading, FROM_FILE, (struct bytes){line.data, length}, (struct bytes){equals + 1, line.size - length - 1}, err);
}

static enum zcd_code take_file(struct reading *reading, const char *path, struct bytes content, struct zcd_error *err)
{
    const uint8_t *at = content.data;
    const uint8_t *end = content.data + content.size;

    for (int number = 1; at < end; number++) {
        const uint8_t *stop = memchr(at, '\n', (size_t)(end - at));
        if (stop == NULL)
            stop = end;
        struct zcd_error cause;
        enum zcd_code code = take_line(reading, (struct bytes){at, (size_t)(stop - at)}, &cause);
        if (code != ZCD_OK)
            return zcd_fail(err, code, "%s line %d: %s", path, number, cause.message);
        at = stop == end ? end : stop + 1;
    }
    return ZCD_OK;
}

static enum zcd_code read_small_file(const char *variable, const char *path, size_t size_max, struct buffer *content,
                                     struct zcd_error *err)
{
    struct zcd_error cause;
    enum zcd_code code = file_read(path, size_max, content, &cause);

    return code == ZCD_OK ? ZCD_OK : zcd_fail(err, code, "%s %s: %s", variable, path, cause.message);
}

/* ------------------------------------------------------------------ the environment */

static bool is_ours(const char *variable)
{
    return strncmp(variable, PREFIX, strlen(PREFIX)) == 0 && strchr(variable, '=') != NULL;
}

static enum zcd_code take_environment(struct reading *reading, char *const *environment, struct zcd_error *err)
{
    for (; *environment != NULL; environment++) {
        if (!is_ours(*environment) || strncmp(*environment, CONFIG_FILE "=", strlen(CONFIG_FILE "=")) == 0)
            continue;
        const char *equals = strchr(*environment, '=');
        struct bytes variable = {(const uint8_t *)*environment, (size_t)(equals - *environment)};
        enum zcd_code code = take(reading, FROM_ENVIRONMENT, variable, bytes_of_text(equals + 1), err);
        if (code != ZCD_OK)
            return code;
    }
    return ZCD_OK;
}

static const char *find_config_file(char *const *environment)
{
    for (; *environment != NULL; environment++) {
        if (strncmp(*environment, CONFIG_FILE "=", strlen(CONFIG_FILE "=")) == 0)
            return *environment + strlen(CONFIG_FILE "=");
    }
    return NULL;
}

/* ------------------------------------------------------------------ secrets and numbers */

static enum zcd_code read_secret(struct reading *reading, const struct setting *setting, struct zcd_error *err)
{
    ZCD_AUTO(buffer_done)
    struct buffer content = {0};
    const char **value = place_of(&reading->config, setting);
    char variable[64];

    (void)snprintf(variable, sizeof variable, "%s" SECRET_SUFFIX, setting->variable);
    enum zcd_code code = read_small_file(variable, *value, SECRET_SIZE_MAX, &content, err);
    if (code != ZCD_OK)
        return code;
    if (content.size > 0 && content.data[content.size - 1] == '\n')
        content.size--;
    if (content.size == 0 || has_control_character(buffer_bytes(&content)))
        return zcd_fail(err, ZCD_INVALID, "%s %s: not one line of text", variable, *value);
    *value = arena_copy_bytes(reading->arena, content.data, content.size);
    return ZCD_OK;
}

static enum zcd_code read_secrets(struct reading *reading, struct zcd_error *err)
{
    enum zcd_code code = ZCD_OK;

    for (size_t i = 0; i < SETTING_COUNT && code == ZCD_OK; i++) {
        if (reading->is_secret_file[i])
            code = read_secret(reading, &SETTINGS[i], err);
    }
    return code;
}

static enum zcd_code read_webhook_addresses(struct config *config, struct zcd_error *err)
{
    struct zcd_error reason;

    if (address_list_parse(config->webhook_addresses_text, &config->webhook_addresses, &reason) != ZCD_OK)
        return zcd_fail(err, ZCD_INVALID, "ZCD_WEBHOOK_ADDRESSES: %.150s", reason.message);
    return ZCD_OK;
}

static enum zcd_code read_number(struct config *config, const struct number *number, struct zcd_error *err)
{
    const char *text = *(const char *const *)((const char *)config + number->text_offset);
    size_t *value = (size_t *)(void *)((char *)config + number->offset);
    char *end = NULL;

    if (text == NULL) /* only workers have no default of their own */
        return ZCD_OK;
    errno = 0;
    long count = strtol(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || *end != '\0' || errno != 0 || count < number->min || count > number->max)
        return zcd_fail(err, ZCD_INVALID, "%s is not a number from %ld to %ld", number->variable, number->min, number->max);
    *value = (size_t)count;
    return ZCD_OK;
}

static size_t count_processors(void)
{
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    return processors < 1 ? 1 : processors > WORKERS_MAX ? WORKERS_MAX : (size_t)processors;
}

static enum zcd_code read_numbers(struct config *config, struct zcd_error *err)
{
    enum zcd_code code = ZCD_OK;

    config->workers = count_processors();
    for (size_t i = 0; i < sizeof NUMBERS / sizeof *NUMBERS && code == ZCD_OK; i++)
        code = read_number(config, &NUMBERS[i], err);
    return code;
}

static enum zcd_code check_log_level(const struct config *config, struct zcd_error *err)
{
    enum notice_level level;

    return notice_level_parse(config->log_level, &level)
               ? ZCD_OK
               : zcd_fail(err, ZCD_INVALID, "ZCD_LOG_LEVEL is not one of info, warning, error");
}

/* ------------------------------------------------------------------ together */

enum zcd_code config_read_with(char *const *environment, const char *path, const struct bytes *content,
                               struct arena *arena, struct config *config, struct zcd_error *err)
{
    struct reading reading = {.arena = arena};

    for (size_t i = 0; i < SETTING_COUNT; i++)
        *place_of(&reading.config, &SETTINGS[i]) = SETTINGS[i].missing;
    enum zcd_code code = content == NULL ? ZCD_OK : take_file(&reading, path, *content, err);
    if (code == ZCD_OK)
        code = take_environment(&reading, environment, err);
    if (code == ZCD_OK)
        code = read_secrets(&reading, err);
    if (code == ZCD_OK)
        code = read_numbers(&reading.config, err);
    if (code == ZCD_OK)
        code = read_webhook_addresses(&reading.config, err);
    if (code == ZCD_OK)
        code = check_log_level(&reading.config, err);
    if (code == ZCD_OK)
        *config = reading.config;
    return code;
}

enum zcd_code config_read(char *const *environment, struct arena *arena, struct config *config, struct zcd_error *err)
{
    ZCD_AUTO(buffer_done)
    struct buffer content = {0};
    const char *path = find_config_file(environment);

    if (path == NULL)
        return config_read_with(environment, NULL, NULL, arena, config, err);
    enum zcd_code code = read_small_file(CONFIG_FILE, path, FILE_SIZE_MAX, &content, err);
    struct bytes bytes = buffer_bytes(&content);
    return code == ZCD_OK ? config_read_with(environment, path, &bytes, arena, config, err) : code;
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

void config_print(const struct config *config, struct buffer *text)
{
    for (size_t i = 0; i < SETTING_COUNT; i++) {
        const char *value = value_of(config, &SETTINGS[i]);
        if (value != NULL)
            buffer_append_format(text, "%-26s %-44s # %s\n", SETTINGS[i].variable, SETTINGS[i].is_secret ? "(given)" : value,
                                 SOURCE_NAMES[config->given_by[i]]);
    }
}

void config_explain(struct buffer *text)
{
    buffer_append_format(text, "  %-24s %s\n", CONFIG_FILE, "a file of settings, NAME=VALUE a line; what the environment says wins");
    for (size_t i = 0; i < SETTING_COUNT; i++) {
        buffer_append_format(text, "  %-24s %s", SETTINGS[i].variable, SETTINGS[i].about);
        if (SETTINGS[i].missing != NULL)
            buffer_append_format(text, " (%s)", SETTINGS[i].missing);
        buffer_append_text(text, "\n");
        if (SETTINGS[i].is_secret)
            buffer_append_format(text, "  %s" SECRET_SUFFIX "     or a file that has it\n", SETTINGS[i].variable);
    }
}
