/*
 * config.h - what the process is told by its environment, read once, by whoever starts it.
 *
 * Every setting is a variable ZCD_NAME; the table in config.c lists them with their defaults. A ZCD_ variable that is not
 * in the table is refused: a setting with a slip in its name must not be overlooked. Thread: any.
 */
#ifndef API_CONFIG_H
#define API_CONFIG_H

#include "base/arena.h"
#include "base/bytes.h"
#include "base/error.h"

#include <stddef.h>

/* Texts live in the arena given to config_read; NULL where a setting is not given and has no default. */
struct config {
    const char *database_url; /* libpq connection string or URI */
    const char *listen;       /* address and port */
    const char *tls_certificate_file, *tls_key_file, *tls_client_ca_file; /* http/tls.h; may be NULL */
    const char *oidc_issuer, *oidc_audience, *oidc_keys; /* identity/issuer.h; all or none */
    const char *key_file;         /* the log's private key */
    const char *sm2_key_file;     /* a second private key, for lines of SM2; may be NULL */
    const char *origin;           /* the log's name */
    const char *checkpoint_store; /* path of the newest checkpoint's file */
    const char *witness_policy;   /* for zcd witness submit; may be NULL */
    const char *timestamp_url;    /* the same */
    const char *policy_file;      /* NULL: the built-in policy of name policy */
    const char *policy;
    const char *workers_text;
    size_t workers;
    const char *job_runners_text;
    size_t job_runners;
    const char *log_queue_text;
    size_t log_queue_entries;
};

/*
 * Read the variables of an environment.
 *
 *   environment  in   as in environ(7)
 *   config       out  written only on ZCD_OK
 *
 * ZCD_INVALID, the message naming the variable: a ZCD_ variable unknown or empty, a number that is none or out of range.
 */
enum zcd_code config_read(char *const *environment, struct arena *arena, struct config *config,
                          struct zcd_error *err) ZCD_MUST_USE;

/* All that a service needs: ZCD_INVALID naming the first that is missing, or what goes together and is not. */
enum zcd_code config_check_serve(const struct config *config, struct zcd_error *err) ZCD_MUST_USE;
/* One setting, for a command that needs just that: its address in the struct, e.g. &config.database_url. */
enum zcd_code config_require(const struct config *config, const char *const *setting,
                             struct zcd_error *err) ZCD_MUST_USE;

/* Append the settings as members of a JSON object, without braces: "listen":"127.0.0.1:8080",... Secrets are "(given)". */
void config_describe(const struct config *config, struct buffer *json);

/* Append one line for each variable, for the help text. */
void config_explain(struct buffer *text);

#endif
